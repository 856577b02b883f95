"""Targets in mm of the real glass, on every page: large enough, apart, and within reach."""

from __future__ import annotations

import pytest
from kiosk_glasses import GLASSES, Page, measured

MODES, PAGES = ("", "all"), ("home", "home-no-printer", "steps-A", "documents", "document", "fault-paper", "closed")


@pytest.fixture(scope="module")
def pages() -> list[Page]:
    return measured(MODES, PAGES, ("th",))


def test_everything_that_can_be_touched_is_20_mm_large_apart_and_low_where_that_was_asked(pages: list[Page]) -> None:
    assert len(pages) == len(GLASSES) * 2 * len(MODES) * len(PAGES)
    assert [f"{page}: {fault}" for page in pages for fault in page.faults()] == []


def test_without_the_wish_a_tall_glass_is_used_above_the_reach_of_an_arm(pages: list[Page]) -> None:
    assert max(page.top for page in pages if page.targets[0].mode == "") > 1400


def test_every_page_has_the_bar_of_choices_and_home_every_service(pages: list[Page]) -> None:
    for page in pages:
        names = {target.name for target in page.targets}
        assert {"language", "large", "contrast", "low", "spoken"} <= names
        if page.targets[0].page == "home":
            assert sum(name.startswith("service-") for name in names) == page.targets[0].services
