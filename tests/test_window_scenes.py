"""Every screen in every language and size: no text is cut, covered, faint, too small or broken inside a word."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from window_render import PANEL, SIZES, Seen, render

pytestmark = pytest.mark.timeout(240)  # three windows, one after another where a machine has one core
RENDERED = {"board": SIZES, "kiosk": SIZES, "panel": (PANEL,)}


Drawn = dict[tuple[str, tuple[int, int]], list[Seen]]


@pytest.fixture(scope="module")
def seen() -> Drawn:
    """What each node's window showed at each size; two windows are drawn at a time."""
    with ThreadPoolExecutor(2) as pool:
        jobs = {
            (node, size): pool.submit(render, size, None, node) for node, sizes in RENDERED.items() for size in sizes
        }
    return {wanted: job.result() for wanted, job in jobs.items()}


@pytest.mark.parametrize(("node", "size"), [(node, size) for node, sizes in RENDERED.items() for size in sizes])
def test_every_text_of_every_screen_can_be_read(seen: Drawn, node: str, size: tuple[int, int]) -> None:
    scenes = seen[node, size]
    assert len(scenes) >= 10
    assert min(len(scene.labels) for scene in scenes) >= 3
    assert [(scene.scene, *fault.values()) for scene in scenes for fault in scene.faults] == []


@pytest.mark.parametrize("size", RENDERED["kiosk"])
def test_large_text_on_the_kiosk_is_larger(seen: Drawn, size: tuple[int, int]) -> None:
    drawn = {s.scene: {label["text"]: label["arcminutes"] for label in s.labels} for s in seen["kiosk", size]}
    for language in ("th", "en"):
        plain, large = (drawn[f"kiosk-fault-paper{ending}-{language}"] for ending in ("", "-large"))
        grown = [large[text] / plain[text] for text in plain.keys() & large.keys()]
        assert min(grown) > 0.9  # a number fills its frame, the bar's words their buttons; a line less may cost a tenth
        assert sum(ratio > 1.15 for ratio in grown) >= 4


def test_the_checker_names_what_is_wrong_and_only_that() -> None:
    found = {scene.scene.removeprefix("faulty-"): scene for scene in render((960, 640), None, "faulty")}
    assert len(found) == 15
    for name, scene in found.items():
        kinds = {fault["kind"] for fault in scene.faults}
        assert kinds == ({name.split("-")[0]} - {"right"}), (name, scene.faults)
        assert all("น้ำดื่ม" not in fault["text"] for fault in scene.faults)
