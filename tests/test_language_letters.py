"""A face that lacks a letter is found at start, and not on the wall."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from code_strings import strings
from fontTools import subset
from fontTools.ttLib import TTFont
from msgspec.structs import replace

from broker.centre import DEFAULT, Centre, load
from broker.guide.pages import html
from broker.language.fonts import font_file
from broker.language.letters import FontLacksLetters, printed, require

PROJECT = Path(__file__).parent.parent
# Where texts are put together for people: what stands in quotes there is drawn as it is
DRAWS = [
    *(
        file
        for room in ("kiosk", "counter_buttons", "display/signage")
        for file in sorted((PROJECT / room).glob("*.py"))
    ),
    *(PROJECT / "display" / name for name in ("alerts.py", "lookout.py")),
]
THAI = [*range(0x0E01, 0x0E3B), *range(0x0E3F, 0x0E5C)]
LATIN = [*range(0x20, 0x7F), *map(ord, "–—·…“”‘’›")]


def with_font(name: str, notice: str = "ยินดีต้อนรับ") -> Centre:
    centre = load(DEFAULT)
    texts = replace(centre.screen_texts, notices=({"th": notice, "en": "Welcome"},))
    return replace(centre, centre=replace(centre.centre, font=name), screen_texts=texts)


@pytest.fixture
def faces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose faces fontconfig finds, besides the machine's own."""
    folder = tmp_path / "faces"
    folder.mkdir()
    config = tmp_path / "fonts.conf"
    config.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig>'
        f"<include>/etc/fonts/fonts.conf</include><dir>{folder}</dir><cachedir>{tmp_path}/cache</cachedir></fontconfig>"
    )
    monkeypatch.setenv("FONTCONFIG_FILE", str(config))
    return folder


def make(folder: Path, name: str, bold: bool, letters: list[int]) -> None:
    """A face of Loma's letters, so many of them, under a name of its own."""
    font = TTFont(font_file("Loma", bold))
    wanted = subset.Options(name_IDs=["*"], notdef_outline=True)
    cutter = subset.Subsetter(wanted)
    cutter.populate(unicodes=letters)
    cutter.subset(font)
    for record in font["name"].names:
        if record.nameID in (1, 4, 6, 16):
            record.string = name if record.nameID != 6 else name.replace(" ", "")
    font.save(folder / f"{name}-{'bold' if bold else 'regular'}.ttf")


def test_the_shipped_centres_face_has_every_letter() -> None:
    require(load(DEFAULT))


def test_a_face_of_thai_alone_is_refused_with_its_name_the_letters_and_what_to_do(faces: Path) -> None:
    for bold in (False, True):
        make(faces, "Only Thai", bold, THAI)
    with pytest.raises(FontLacksLetters) as refused:
        require(with_font("Only Thai"))
    regular, bold, advice = str(refused.value).splitlines()
    assert "Only Thai, regular, lacks letters" in regular
    assert "Only Thai, bold, lacks letters" in bold
    assert "0 U+0030, 1 U+0031, 2 U+0032, 3 U+0033 and" in regular
    assert "more (numbers and signs)" in regular
    assert "fonts-tlwg-loma-ttf" in advice


def test_one_letter_of_the_offices_own_text_is_missed_and_named_by_its_key(faces: Path) -> None:
    for bold in (False, True):
        make(faces, "Without Accents", bold, THAI + LATIN)
    require(with_font("Without Accents"))
    with pytest.raises(FontLacksLetters, match=r"printed here: é U\+00E9 \(screen_texts\.notices\[0\]\.th\)\n"):
        require(with_font("Without Accents", "กาแฟที่ร้าน Café ชั้น 1"))


def test_every_letter_of_the_thai_alphabet_is_asked_for_though_no_text_has_it(faces: Path) -> None:
    for bold in (False, True):
        make(faces, "Without Ho Nok Huk", bold, [code for code in THAI if chr(code) != "ฮ"] + LATIN)
    with pytest.raises(FontLacksLetters, match=r"printed here: ฮ U\+0E2E"):
        require(with_font("Without Ho Nok Huk"))


def test_the_bold_face_is_looked_at_too(faces: Path) -> None:
    make(faces, "Thin Bold", False, THAI + LATIN)
    make(faces, "Thin Bold", True, THAI + [code for code in LATIN if chr(code) != "Q"])
    with pytest.raises(FontLacksLetters) as refused:
        require(with_font("Thin Bold"))
    assert str(refused.value).startswith("centre.font: Thin Bold, bold, lacks letters that are printed here: Q U+0051")


def test_a_mark_is_named_on_a_circle(faces: Path) -> None:
    for bold in (False, True):
        make(faces, "Without Mai Tri", bold, [code for code in THAI if chr(code) != "๊"] + LATIN)
    with pytest.raises(FontLacksLetters, match="◌๊ U\\+0E4A"):
        require(with_font("Without Mai Tri", "โต๊ะ"))


@pytest.mark.parametrize("command", ["khiu-centre", "khiu-kiosk", "khiu-screen"])
def test_nothing_starts_with_a_face_that_lacks_letters(command: str, faces: Path, tmp_path: Path) -> None:
    for bold in (False, True):
        make(faces, "Only Thai Again", bold, THAI)
    file = tmp_path / "centre.toml"
    file.write_bytes(msgspec.toml.encode(with_font("Only Thai Again")))
    told = ["--check", file] if command == "khiu-centre" else ["--centre", file, "--state", tmp_path / "state"]
    ran = subprocess.run([Path(sys.executable).with_name(command), *told], capture_output=True, text=True, timeout=30)
    assert ran.returncode == 78
    assert "Only Thai Again, regular, lacks letters" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_every_sign_that_code_draws_of_itself_is_asked_for() -> None:
    letters = {letter for file in DRAWS for _, text in strings(file) for letter in text}
    assert {"—", "–"} <= letters
    assert letters - set(printed(load(DEFAULT))) <= {"\n"}


def test_the_guide_is_set_in_letters_that_were_asked_for() -> None:
    centre = load(DEFAULT)
    assert set(html(centre)) - set(printed(centre)) <= {"\n", "\u200b", "\u2060"}


def test_the_faces_are_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    require(load(DEFAULT))
    monkeypatch.setenv("PATH", "/nowhere")
    require(load(DEFAULT))
