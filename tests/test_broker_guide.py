"""The staff guide says what this centre's own file says."""

from __future__ import annotations

import re
import subprocess
from html import unescape

import msgspec
import pytest

from broker.centre import DEFAULT, Centre, load
from broker.guide.pages import html, write


@pytest.fixture
def centre() -> Centre:
    return load(DEFAULT)


def text_of(page: str) -> str:
    """What a reader sees of HTML."""
    return unescape(re.sub("<[^>]*>", "", page))


def test_a_changed_rule_changes_the_guide(centre: Centre) -> None:
    calling = msgspec.structs.replace(centre.calling, max_calls=7)
    assert "ไม่เกิน 7 ครั้ง" in text_of(html(msgspec.structs.replace(centre, calling=calling)))


def test_every_binding_of_every_point_has_words(centre: Centre) -> None:
    text = text_of(html(centre))
    assert text.count("โอนคิวไป") - 1 == len({b for p in centre.points for b in p.bindings.values()})
    assert "$" not in text


def test_an_office_may_write_its_name_as_it_likes(centre: Centre) -> None:
    about = msgspec.structs.replace(centre.centre, name={"th": "ศูนย์ <ก> & ข", "en": "A & B"})
    assert "ศูนย์ &lt;ก&gt; &amp; ข" in html(msgspec.structs.replace(centre, centre=about))


def test_the_printed_pages_hold_the_words_a_reader_would_look_for(centre: Centre, tmp_path) -> None:
    write(centre, tmp_path / "guide.pdf")
    text = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "guide.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout
    pages = text.split("\f")[:-1]
    assert 2 <= len(pages) <= 3
    assert "A001" in pages[0]
    assert "khiu-hall summary" in text
