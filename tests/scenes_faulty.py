"""Labels that are wrong in one way each, and two that are right: what proves the checker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from kivy.app import App
from kivy.graphics import Color, Rectangle
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget
from window_scenes import Floors, Scene

from broker.window import sight, theme
from broker.window.text import ThaiLabel

ALSO_RIGHT = "น้ำดื่มอยู่ที่จุดที่ 2"


def app(_size: tuple[int, int]) -> App:
    return App()


def scenes(_size: tuple[int, int]) -> Iterator[Scene]:
    floors = Floors(sight.HALL, sight.HALL_FIRST, sight.HALL_SECOND, named={"faulty-named": sight.HALL_NUMBER})
    for name, build in FAULTY.items():
        yield Scene(f"faulty-{name}", "th", floors, _with_a_right_one(build))


def _with_a_right_one(build: Callable[[FloatLayout], None]) -> Callable[[], FloatLayout]:
    def make() -> FloatLayout:
        root = FloatLayout()
        _label(root, ALSO_RIGHT, at=(20, 500))
        build(root)
        return root

    return make


def _label(root: Widget, text: str, at: tuple[int, int] = (100, 100), **more: Any) -> ThaiLabel:
    looks = {"font_size": 60, "size": (600, 130), "size_hint": (None, None), "valign": "bottom"} | more
    label = ThaiLabel(text=text, pos=at, **looks)
    root.add_widget(label)
    return label


def _drawn(label: ThaiLabel) -> ThaiLabel:
    """The same, drawn now and never again."""
    label._redraw.cancel()
    label._draw()
    return label


def _clipped_by_its_card(root: FloatLayout) -> None:
    card = Widget(pos=(100, 100), size=(300, 200), size_hint=(None, None))
    root.add_widget(card)
    _label(card, "กตัญญู ฟ้าใส ปั๊มน้ำ")


def _clipped_by_the_window(root: FloatLayout) -> None:
    _label(root, "A015", at=(-30, 100))


def _clipped_in_its_texture(root: FloatLayout) -> None:
    picture = _drawn(_label(root, "ปั๊มน้ำ"))._picture
    width, height = picture.texture.size
    picture.texture = picture.texture.get_region(0, height // 3, width, height * 2 // 3)  # the marks are gone
    picture.size = picture.texture.size


def _too_narrow(root: FloatLayout) -> None:
    _label(root, "กรุณารอ", size=(0.2, 130))


def _overlapped(root: FloatLayout) -> None:
    _label(root, "A015")
    _label(root, "R003", at=(140, 110))


def _overlapped_lines(root: FloatLayout) -> None:
    _label(root, "กตัญญู\nที่นั่ง", leading=0.7, size=(600, 300))


def _side_by_side(root: FloatLayout) -> None:
    _label(root, "A015", size=(180, 130))
    _label(root, "R003", at=(300, 100))


def _hidden(root: FloatLayout) -> None:
    _label(root, "A015")
    with root.canvas:
        Color(*theme.BAD)
        Rectangle(pos=(120, 100), size=(40, 130))


def _faint(root: FloatLayout) -> None:
    _label(root, "กรุณารอ", color=theme.colour("#9aa6b4"))


def _faint_on_one_half(root: FloatLayout) -> None:
    with root.canvas.before:
        Color(*theme.INK)
        Rectangle(pos=(100, 100), size=(60, 130))
    _label(root, "กรุณารอ")


def _faint_but_large(root: FloatLayout) -> None:
    _label(root, "A015", color=theme.colour("#7d8896"), font_size=200, size=(900, 330))


def _small(root: FloatLayout) -> None:
    _label(root, "กรุณารอ", font_size=20)


def _small_for_a_number(root: FloatLayout) -> None:
    from broker.window.targets import target

    target(_label(root, "A015", font_size=40), "faulty-named")


def _second_language(root: FloatLayout) -> None:
    _label(root, "Please wait", font_size=20)


def _cut(root: FloatLayout) -> None:
    label = _drawn(_label(root, "ใกล้ที่นั่งริมหน้าต่าง", size=(600, 300)))
    label.lines = ["ใกล้ที่นั่งริมห", "น้าต่าง"]  # as Kivy alone would


FAULTY: dict[str, Callable[[FloatLayout], None]] = {
    "right": _side_by_side,
    "right-large": _faint_but_large,
    "right-second": _second_language,
    "clipped-card": _clipped_by_its_card,
    "clipped-window": _clipped_by_the_window,
    "clipped-texture": _clipped_in_its_texture,
    "clipped-narrow": _too_narrow,
    "overlapped": _overlapped,
    "overlapped-lines": _overlapped_lines,
    "hidden": _hidden,
    "faint": _faint,
    "faint-half": _faint_on_one_half,
    "small": _small,
    "small-number": _small_for_a_number,
    "cut": _cut,
}
