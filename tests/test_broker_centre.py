"""Every fault of centre.toml is told by file, key and what is allowed; each case breaks the shipped file once."""

# ruff: noqa: E501 - the cases are a table, and a table is read by its rows
from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from broker.__main__ import main
from broker.centre import DEFAULT, Centre, CentreError, load
from broker.centre_rules import RULES, board_fits_its_message
from broker.language.catalogue import words

PINS = "buttons = { call = 17, serve = 27, more = 22 }, green = 23, red = 24, smileys = [5, 6, 13, 19, 26]"
SECOND_KIOSK = """
[[kiosk]]
name = "kiosk-2"
numbers = [500, 900]
printer = { kind = "usb", vendor = 1208, product = 514, paper_mm = 80 }
"""


def printer(name: str, points: str, paper_mm: int = 80) -> str:
    """A printer at points, before the first screen."""
    table = f'kind = "network", host = "10.0.0.9", port = 9100, paper_mm = {paper_mm}, profile = "TM-T20II"'
    return f'[[printer]]\nname = "{name}"\npoints = {points}\nprinter = {{ {table} }}\n[[screen]]'


# what is written instead of what, and the line that tells it
CASES: dict[str, tuple[str, str, str]] = {
    "syntax": ("[centre]", "[centre", "line 5, column 8: the name of a table without its ]; write it as [table] (the line reads: [centre)"),
    "key twice": ("schema = 1", "schema = 1\nschema = 1", "line 4, column 11: this key or table stands in the file already; leave one of the two"),
    "unknown key": ("levels = 5", "levels = 5\nfaces = 5", "survey.faces: unknown key; allowed here: levels, open_seconds"),
    "key with a slip": ("open_seconds = 30", "open_second = 30", "survey.open_second: unknown key; did you mean open_seconds? Allowed here: levels, open_seconds"),
    "no closing mark": ('site = "moe"', 'site = "moe', "a text without its closing quotation mark; write it behind the text, in the same line"),
    "curled marks": ('site = "moe"', "site = “moe”", 'column 8: no value; a text in straight quotation marks (")'),
    "time in marks": ("open = 08:30:00", 'open = "08:30"', 'hours.open: "08:30" is not allowed; allowed: a time without quotation marks, such as 08:30:00'),
    "number for a text": ('prefix = "A"', "prefix = 1", "service[1.1].prefix: 1 is not allowed; allowed: in quotation marks, one letter, A to Z"),
    "one value for a list": ("[1, 999]", "999", "numbers: 999 is not allowed; allowed: a list of 2 in brackets, such as [1, 999]"),
    "one table for a list": ("[[screen]]", "[screen]", "allowed: [[screen]]"),
    "unknown table": ("[survey]", "[servey]", "servey: unknown key; did you mean survey? Allowed here: backup, broker, buttons,"),
    "missing key": ("open_seconds = 30", "", "survey.open_seconds: missing;"),
    "missing table": ("[voice]", "[speech]", "voice: missing;"),
    "type": ("max_calls = 3", 'max_calls = "3"', 'calling.max_calls: "3" is not allowed; allowed: a whole number from 1 to 9'),
    "range": ("max_calls = 3", "max_calls = 10", "calling.max_calls: 10 is not allowed; allowed: a whole number from 1 to 9"),
    "word": ('polite = "kha"', 'polite = "ka"', 'voice.polite: "ka" is not allowed; allowed: kha, khrap'),
    "pattern": ('prefix = "A"', 'prefix = "a"', 'service[1.1].prefix: "a" is not allowed; allowed: one letter, A to Z'),
    "printer": ('"network"', '"fax"', 'kiosk[kiosk-1].printer.kind: "fax" is not allowed; allowed: network, serial, usb'),
    "inside a printer": ("port = 9100", "port = 0", "kiosk[kiosk-1].printer.port: 0 is not allowed; allowed: a whole number from 1 to 65535"),
    "profile": ('"TM-T20II"', '"TM-U220"', 'kiosk[kiosk-1].printer.profile: "TM-U220" is no picture printer of'),
    "paper of a profile": ('"TM-T20II"', '"POS-5890"', "kiosk[kiosk-1].printer.paper_mm: 80 is not the paper of POS-5890; 58, or another"),
    "command": ('"call.short" = "next"', '"call.short" = "dance"', 'buttons_default.bindings.call.short: "dance" is not allowed; allowed: next, recall,'),
    "gesture": ('"call.short"', '"call"', 'buttons_default.bindings.call: "call" is not allowed; allowed: <button>.short'),
    "service id twice": ('id = "1.2"', 'id = "1.1"', "service.id: 1.1 stands there 2 times; once"),
    "prefix twice": ('prefix = "B"', 'prefix = "A"', "service.prefix: A stands there 2 times"),
    "point twice": ("number = 3", "number = 2", "point.number: 2 stands there 2 times"),
    "day twice": ('["mon", "tue"', '["mon", "mon"', "hours.days: mon stands there 2 times"),
    "node twice": ('name = "screen-1"', 'name = "kiosk-1"', "kiosk, screen, buttons, printer, desk.name: kiosk-1 stands there 2 times"),
    "reserved node": ('name = "screen-1"', 'name = "hall"', "hall is reserved; any name but hall, monitor"),
    "point of a service": ("[2, 3]", "[2, 3, 9]", "service[1.1].points: 9 is not a point; points are 2, 3, 4, 5, 6, 7"),
    "point of a node": ("[2, 3, 4, 5, 6, 7]", "[2, 3, 4, 5, 6, 7, 8]", "buttons[buttons-1].points: 8 is not a point;"),
    "point without service": ("points = [2, 3]", "points = [2]", "point[3]: no service names it;"),
    "help": ("number = 3", 'number = 3\nhelps = ["2.0"]', "point[3].helps: 2.0 is not a service; services are 1.1, 1.2, 1.3"),
    "transfer": ('"transfer_or_pause:1.2"', '"transfer_or_pause:9.9"', "point[2].bindings.more.long: 9.9 is not a service; services are 1.1,"),
    "text": (', en = "Information" }', " }", "service[1.1].name.en: missing; a text for each of th, en"),
    "empty text": ('en = "Information"', 'en = " "', "service[1.1].name.en: missing;"),
    "text of a step": (', en = "Take a ticket and wait for your call"', "", "service[1.3].steps[1].en: missing;"),
    "text of a notice": (', en = "Drinking water and a public computer are available"', "", "screen_texts.notices[1].en:"),
    "officer": (', en = "Somying Jaidee"', "", "point[2].officer.en: missing;"),
    "foreign text": ('en = "Information"', 'en = "I", de = "I"', "service[1.1].name.de: not a language of this centre;"),
    "language without words": ('languages = ["th", "en"]', 'languages = ["th", "en", "tlh"]', "centre.languages: tlh has no catalogue; catalogues are en, th"),
    "speaker": ('languages = ["th", "en"]', 'languages = ["th"]', "voice.speakers: en is not a language of this centre; th"),
    "desk without a name": ('host = "127.0.0.1"                # only', 'host = "0.0.0.0"  # only', "desk.names: missing; 0.0.0.0 is every address;"),
    "timezone": ("Asia/Bangkok", "Asia/Krungthep", 'centre.timezone: "Asia/Krungthep" is no time zone; a name like'),
    "closes before it opens": ("close = 16:30:00", "close = 08:00:00", "hours.close: 08:00:00 is not after open;"),
    "ends before it closes": ("day_ends = 18:00:00", "day_ends = 16:00:00", "hours.day_ends: 16:00:00 is not after"),
    "no days": ('["mon", "tue", "wed", "thu", "fri"]', "[]", "hours.days: empty; at least one of mon,"),
    "numbers backwards": ("[1, 999]", "[999, 1]", "kiosk[kiosk-1].numbers: 999 is after 1;"),
    "numbers shared": ("[[screen]]", SECOND_KIOSK + "[[screen]]", "kiosk[kiosk-2].numbers: shared with kiosk-1;"),
    "printer of no point": ("[[screen]]", printer("p", "[]"), "printer[p].points: [] is not allowed;"),
    "point of a printer": ("[[screen]]", printer("p", "[4, 9]"), "printer[p].points: 9 is not a point; points are 2,"),
    "printer with a node's name": ("[[screen]]", printer("kiosk-1", "[4]"), "printer, desk.name: kiosk-1 stands there 2 times"),
    "point of two printers": ("[[screen]]", printer("p", "[4]").replace("[[screen]]", printer("q", "[4, 5]")), "printer.points: 4 stands there 2 times;"),
    "paper of a printer": ("[[screen]]", printer("p", "[4]", 58), "printer[p].printer.paper_mm: 58 is not the paper of TM-T20II; 80,"),
    "no pins": (f"pins = {{ chip = 5, {PINS} }}", "", "point[7].pins: missing; a point of a [[buttons]] node has pins"),
    "pins nobody runs": ("[2, 3, 4, 5, 6, 7]", "[2, 3, 4, 5, 6]", "point[7].pins: no [[buttons]] node runs them;"),
    "point on two nodes": ("[[buttons]]", '[[buttons]]\nname = "b"\npoints = [7]\n[[buttons]]', "buttons.points: 7 stands"),
    "pin twice at a point": ("green = 23", "green = 17", "point[2].pins.green: pin 17 of chip 0 is point[2].pins.buttons.call;"),
    "pin twice at a node": ("chip = 1,", "chip = 0,", "point[3].pins.red: pin 24 of chip 0 is point[2].pins.red;"),
    "officer too long": ('"วิชัย พึ่งธรรม"', f'"{"ก" * 61}"', "point[3].officer.th: "),
    "officer with a newline": ('"วิชัย พึ่งธรรม"', '"วิชัย\\n"', "allowed: An officer's name: up to 60 characters"),
    "site with a newline": ('site = "moe"', 'site = "moe\\n"', "centre.site: "),
    "smileys": ("[5, 6, 13, 19, 26]", "[5, 6, 13]", "point[2].pins.smileys: pins here: 3; survey.levels asks for 5"),
    "no such button": ('"more.long" =', '"bell.long" =', "point[2].bindings.bell.long: no such button here; buttons are call,"),
    "default for no button": ('"call.short"', '"bell.short"', "buttons_default.bindings.bell.short: no point has this"),
    "dead button": (', "more.short" = "call_back"', "", "point[2].pins.buttons.more: a short press does nothing;"),
    "Buddhist year": ("holidays_confirmed = 2026", "holidays_confirmed = 2569", "cases.holidays_confirmed: 2569: a Buddhist year; 2026"),
    "Buddhist holiday": ("date = 2026-12-10", "date = 2569-12-10", "holiday, hours.closed: 2569-12-10: a Buddhist year; 2026"),
    "far broker": ('host = "127.0.0.1"', 'host = "hall.local"', "broker.ca: missing; hall.local is another machine,"),
}  # fmt: skip


def broken(tmp_path: Path, old: str, new: str) -> list[str]:
    """What is told of the shipped file with the first ``old`` written as ``new``."""
    text = DEFAULT.read_text("utf-8")
    assert old in text
    file = tmp_path / "centre.toml"
    file.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(CentreError) as told:
        load(file)
    return str(told.value).splitlines()


def test_the_shipped_file_is_in_order() -> None:
    assert load(DEFAULT).services_of(2) == ("1.1",)


@pytest.mark.parametrize("case", CASES)
def test_a_fault_is_told_by_its_key(case: str, tmp_path: Path) -> None:
    old, new, told = CASES[case]
    lines = broken(tmp_path, old, new)
    assert any(line.startswith(f"{tmp_path}/centre.toml: ") and told in line for line in lines), lines


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    old = "levels = 5                        # 5, or 3 (three cannot feed the five-level tables)\nopen_seconds = 30"
    assert len(broken(tmp_path, old, "levels = 4\nopen_seconds = 0\nfaces = 1")) == 3


def test_every_fault_is_told_in_thai_with_its_key_and_what_is_allowed(tmp_path: Path) -> None:
    say = words("th")
    english = re.compile(
        r"[a-z]{2,}(?:,? (?!true|false|toml)[a-z]{2,}){2,}"
    )  # what is written in the file is no sentence
    for case, (old, new, _) in CASES.items():
        file = tmp_path / "centre.toml"
        file.write_text(DEFAULT.read_text("utf-8").replace(old, new, 1), "utf-8")
        with pytest.raises(CentreError) as found:
            load(file)
        for line, thai in zip(str(found.value).splitlines(), found.value.told(say).splitlines(), strict=True):
            key = line.removeprefix(f"{file}: ").partition(": ")[0]
            assert thai.startswith(f"{file}: "), case
            assert key.startswith("line ") or thai.startswith(f"{file}: {key}: "), case
            assert re.search("[ก-๙]{3}", thai), (case, thai)
            assert "; " in line, (case, line)
            assert "; " in thai, (case, thai)
            left = english.search(re.sub(r"\(บรรทัดนี้เขียนว่า.*", "", thai).replace(", ", " · "))
            assert left is None, (case, thai)


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US", "LC_ALL": "th_TH.UTF-8"}, "th"),
        ({"LANG": "C.UTF-8"}, "th"),
        ({}, "th"),
    ],
)
def test_check_speaks_the_language_of_the_terminal_or_thai(
    environ: dict[str, str],
    language: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert main(["--check", str(tmp_path / "none.toml")]) == 78
    assert ("there is no such file" in capsys.readouterr().err) == (language == "en")
    assert main(["--check", str(tmp_path / "none.toml"), "--language", "en"]) == 78
    assert "there is no such file" in capsys.readouterr().err


def test_a_mark_that_an_editor_writes_before_the_file_is_none_of_it(tmp_path: Path) -> None:
    (tmp_path / "centre.toml").write_bytes(b"\xef\xbb\xbf" + DEFAULT.read_bytes())
    assert load(tmp_path / "centre.toml") == load(DEFAULT)
    (tmp_path / "centre.toml").write_text(DEFAULT.read_text("utf-8"), "utf-16")
    with pytest.raises(CentreError, match=r"centre\.toml: the file is written as UTF-16; save it as UTF-8"):
        load(tmp_path / "centre.toml")


def test_a_file_that_is_not_there_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(CentreError, match=r"nowhere\.toml: there is no such file;"):
        load(tmp_path / "nowhere.toml")


def test_a_file_that_is_no_text_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "centre.toml").write_bytes("name = 'ศูนย์'".encode("tis-620"))
    with pytest.raises(CentreError, match=r"centre\.toml: line 1: letters that are no UTF-8"):
        load(tmp_path / "centre.toml")


def test_a_point_with_one_button_is_enough(tmp_path: Path) -> None:
    text = DEFAULT.read_text("utf-8").replace(
        f"chip = 5, {PINS}", f"chip = 5, {PINS}".replace(", serve = 27, more = 22", "")
    )
    file = tmp_path / "centre.toml"
    own = 'Rungrueang" }\nbindings = { "more.long" = "transfer_or_pause:1.1" }\n'
    file.write_text(text.replace(own, 'Rungrueang" }\n'), "utf-8")
    assert load(file).point(7).pins.buttons == {"call": 17}  # type: ignore[union-attr]


@pytest.mark.parametrize("number", [20, 99])
def test_a_centre_has_so_many_points_that_their_board_is_one_message(number: int) -> None:
    centre = load(DEFAULT)
    points = tuple(replace(centre.points[0], number=n + 1) for n in range(number))
    assert bool(list(board_fits_its_message(replace(centre, points=points)))) == (number == 99)


def test_a_changed_centre_is_written_as_a_file_that_loads(tmp_path: Path) -> None:
    centre = load(DEFAULT)
    (tmp_path / "centre.toml").write_bytes(msgspec.toml.encode(centre))
    assert load(tmp_path / "centre.toml") == centre


def test_an_unknown_service_or_point_is_a_key_error() -> None:
    centre: Centre = load(DEFAULT)
    with pytest.raises(KeyError):
        centre.service("9.9")
    with pytest.raises(KeyError):
        centre.point(1)


def test_every_rule_stands_in_the_list() -> None:
    import broker.centre_rules as module

    functions = {f for n, f in vars(module).items() if getattr(f, "__module__", "") == module.__name__ and n[0] != "_"}
    assert {f for f in functions if f.__name__ != "faults"} == set(RULES)
