"""Every screen in every language, at the size where its text is tightest: none is cut, covered, faint, small or broken.

Which size that is was measured: the one at which a page's smallest text comes nearest to its floor.  The pages that are
laid out in another way where the glass is upright, or are tighter there, are drawn so too; `make thai` draws every page
at every size, and pictures it.
"""

from __future__ import annotations

from functools import cache

import pytest
from window_render import PANEL, Seen, render

pytestmark = pytest.mark.timeout(240)  # 36 scenes, on a busy machine
Size = tuple[int, int]
WIDE, UPRIGHT, SMALL = (1920, 1080), (1080, 1920), (1280, 800)
LARGE = "kiosk-fault-paper(-large)?-(th|en)$"
# node and size → which scenes, as a pattern of their names, and how many at least
RENDERED: dict[tuple[str, Size], tuple[str, int]] = {
    ("board", WIDE): ("", 30),
    ("board", UPRIGHT): ("board-(names|lost|called-longest|steps-0)-", 8),
    ("kiosk", SMALL): ("", 60),
    ("kiosk", UPRIGHT): (f"kiosk-(home|steps-A|documents?|ticket|fault-silent)-(th|en)$|{LARGE}", 16),
    ("kiosk", WIDE): (LARGE, 4),
    ("panel", PANEL): ("", 18),
}


@cache
def seen(node: str, size: Size) -> list[Seen]:
    """What a node's window showed at this size."""
    return render(size, None, node, RENDERED[node, size][0])


@pytest.mark.parametrize(("node", "size"), RENDERED)
def test_every_text_of_every_screen_can_be_read(node: str, size: Size) -> None:
    scenes = seen(node, size)
    assert len(scenes) >= RENDERED[node, size][1]
    assert min(len(scene.labels) for scene in scenes) >= 3
    assert [(scene.scene, *fault.values()) for scene in scenes for fault in scene.faults] == []


@pytest.mark.parametrize("size", [WIDE, UPRIGHT, SMALL])
def test_large_text_on_the_kiosk_is_larger(size: Size) -> None:
    drawn = {s.scene: {label["text"]: label["arcminutes"] for label in s.labels} for s in seen("kiosk", size)}
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
