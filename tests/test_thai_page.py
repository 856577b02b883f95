"""The page of `make thai` itself: what it names, and when it says no."""

from __future__ import annotations

from pathlib import Path

import pytest
import thai_page

SECTION = """
from thai_page import Picture, Section, Table
def section(folder):
    (folder / "น้ำ.png").write_bytes(b"")
    return Section("Water", "น้ำ & <b>", (Table("t", ("a",), (("1 < 2",),)),), (Picture("น้ำ.png", "wet"),), (), {faults})
"""


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """``page(name=source, …)``: the exit status and the page of these parts."""
    monkeypatch.syspath_prepend(tmp_path)

    def made(**parts: str) -> tuple[int, str]:
        for part, source in parts.items():
            (tmp_path / f"thai_{part}.py").write_text(source, "utf-8")
        monkeypatch.setattr(thai_page, "PARTS", tuple(parts))
        status = thai_page.main(["--folder", str(tmp_path / "out")])
        return status, (tmp_path / "out" / "index.html").read_text("utf-8")

    return made


def test_a_page_within_all_bounds_exits_0_and_shows_what_was_made_as_it_is(page) -> None:
    status, html = page(wet=SECTION.format(faults="()"))
    assert status == 0
    assert "น้ำ &amp; &lt;b&gt;" in html
    assert "1 &lt; 2" in html
    assert "wet/%E0%B8%99%E0%B9%89%E0%B8%B3.png" in html


def test_one_figure_outside_its_bound_is_named_and_the_page_exits_1(page) -> None:
    status, html = page(wet=SECTION.format(faults='("too wet",)'))
    assert status == 1
    assert html.count("too wet") == 2  # at the top and in its section


def test_a_section_that_raises_is_a_fault_and_the_others_are_made(page, capsys) -> None:
    status, html = page(lame="def section(folder): raise KeyError('broken')", wet=SECTION.format(faults="()"))
    assert status == 1
    assert "KeyError" in html
    assert "Water" in html
