"""The officers' signs as they come out on paper: set by the real setter, read back from the PDF."""

from __future__ import annotations

import re
import subprocess

import pytest

from broker.centre import DEFAULT, load
from broker.office import RosterOfficer
from display.paper.case import write
from display.paper.sign import signs

CENTRE = load(DEFAULT)
NIDA = RosterOfficer(
    {"th": "นิดา แสงทอง", "en": "Nida Saengthong"}, (2, 6), {"th": "นักประชาสัมพันธ์", "en": "Public Relations Officer"}
)
LONG = RosterOfficer(
    {"th": "ประเสริฐสุขวัฒนากุลชัยมงคลประเสริฐสุขวัฒนากุลชัยมงคลประเสริฐ"[:60], "en": "Wilhelmina" * 6},
    (7,),
    {"th": "นักวิเคราะห์นโยบายและแผนชำนาญการพิเศษ " * 3, "en": "Policy and Plan Analyst " * 5},
)


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> list[str]:
    """The words of each page with their places."""
    file = tmp_path_factory.mktemp("signs") / "signs.pdf"
    write(signs([NIDA, LONG, RosterOfficer(NIDA.name)], CENTRE, "th"), file)
    shown = subprocess.run(["pdftotext", "-bbox", file, "-"], check=True, capture_output=True, text=True).stdout
    return shown.split("<page ")[1:]


def words(page: str) -> list[str]:
    return re.findall(r"<word [^>]*>(.*?)</word>", page)


def test_each_point_of_an_officer_has_a_sign_with_its_services_and_who_has_none_has_one_without(pages) -> None:
    assert len(pages) == 4
    assert [[number for number in ("2", "6", "7") if number in words(page)] for page in pages] == [
        ["2"],
        ["6"],
        ["7"],
        [],
    ]
    assert "Information" in words(pages[0])
    assert "One-stop" in words(pages[1])
    assert all("Saengthong" in words(page) for page in (*pages[:2], pages[3]))
    assert "Relations" in words(pages[0])
    assert "Relations" not in words(pages[3])


def test_the_signs_are_a4_and_the_longest_words_stay_on_the_paper(pages) -> None:
    for page in pages:
        width, height = map(float, re.match(r'width="([\d.]+)" height="([\d.]+)"', page).groups())
        assert (round(width), round(height)) == (842, 595)
        boxes = re.findall(r'xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)"', page)
        assert boxes
        assert all(float(left) >= 0 and float(right) <= width for left, _, right, _ in boxes)
        assert all(float(top) >= 0 and float(bottom) <= height for _, top, _, bottom in boxes)
