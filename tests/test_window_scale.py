"""The scale of type: few sizes, one ratio, each large enough for what it is used for."""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from broker.window import sight, theme
from broker.window.sight import HALL, KIOSK, SMALL_KIOSK, Sight

CAPITAL = 0.70  # of a size: the height of a capital letter, a little less than Loma's and every face in use has it
STEPS = (theme.FINE, theme.CAPTION, theme.BODY, theme.TITLE, theme.HEADING, theme.DISPLAY)
LARGEST = (theme.FIGURE, theme.GREAT, theme.CALL)


def test_an_angle_is_height_by_distance() -> None:
    chart = Sight(distance=6000, unit=1.0)
    assert chart.arcminutes(8.727) == pytest.approx(5.0, abs=0.001)  # the 6/6 line of a chart at 6 m: 8.73 mm
    assert chart.height(5.0) == pytest.approx(8.727, abs=0.001)


def test_each_size_is_the_one_before_times_the_same_ratio() -> None:
    for scale in (STEPS, LARGEST):
        assert [larger / smaller for smaller, larger in pairwise(scale)] == pytest.approx([2**0.5] * (len(scale) - 1))


@pytest.mark.parametrize(
    ("eye", "size", "floor"),
    [
        (HALL, theme.HEADING, sight.HALL_NUMBER),
        (HALL, theme.BODY, sight.HALL_FIRST),
        (HALL, theme.CAPTION, sight.HALL_SECOND),
        (HALL, theme.FINE, sight.HALL_STAFF),
        (KIOSK, theme.FINE, sight.KIOSK_MAIN),
        (SMALL_KIOSK, theme.BODY, sight.KIOSK_MAIN),
        (SMALL_KIOSK, theme.CAPTION, sight.KIOSK_LEAST),
    ],
)
def test_a_size_is_read_where_it_is_used(eye: Sight, size: float, floor: float) -> None:
    assert eye.arcminutes(size * CAPITAL) >= floor


@pytest.mark.parametrize("file", ["display/signage/screen.kv", "kiosk/kiosk.kv"])
def test_a_layout_sets_type_in_sizes_of_the_scale_alone(file: str) -> None:
    text = (Path(__file__).parent.parent / file).read_text("utf-8")
    sizes = re.findall(r"^\s*(?:font_size|size_of_\w+|units(?:_below)?|largest):(.*)$", text, re.MULTILINE)
    assert len(sizes) > 10
    bare = [re.sub(r"(?<=if ).*?(?= else)", "", size.partition("#")[0]) for size in sizes]  # what a choice depends on
    assert [size for size in bare if re.search(r"(?<![\w.])\d", size)] == []


@pytest.mark.parametrize("folder", ["display/signage", "kiosk", "counter_buttons", "broker/window"])
def test_a_window_sets_type_in_sizes_of_the_scale_alone(folder: str) -> None:
    bare = [
        f"{file.name}:{node.lineno}: {ast.unparse(value)}"
        for file in (Path(__file__).parent.parent / folder).glob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        for name, value in named(node)
        if re.fullmatch(r"font_size|size_of_\w+|units(_below)?|largest", name) and isinstance(value, ast.Constant)
    ]
    assert bare == []


def named(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """What this node gives a name to, and a property in units its first value (in px it has none before a layout)."""
    if isinstance(node, ast.keyword) and node.arg:
        yield node.arg, node.value
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            name, value = getattr(target, "id", getattr(target, "attr", "")), node.value
            if isinstance(value, ast.Call) and value.args and re.fullmatch(r"units(_below)?|largest", name):
                value = value.args[0]
            yield name, value
