"""A third language is one file: its words, plurals, dates and name come to every screen and paper without any code."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from queue_script import MONDAY, NINE, Script

from broker import messages as m
from broker.centre import DEFAULT, Centre, CentreError, load
from broker.hours import Open, Shut
from broker.language import catalogue
from broker.language.catalogue import plurals, words
from broker.language.dates import clock, day_range, full_date
from broker.language.letters import FontLacksLetters, require
from display.alerts import alerts
from display.ledger.ledger import FILE, Ledger
from display.ledger.summary import summary
from display.ledger.table import table
from display.lookout import Lookout
from display.signage import board
from kiosk import flow, pages
from kiosk.slip import Mark, Text, slip
from kiosk.view import Choice, language_name, view

THIRD = "ga"  # Irish has five plural forms, and letters that Loma holds
KEPT = ("d MMMM y", "d MMM y", "EEEE d MMMM y", "HH:mm")  # patterns of dates
CHOSEN = (Choice, "name")  # what a button of the bar chooses, not what it says
LONG = str.maketrans({"a": "áá", "e": "éé", "i": "íí", "o": "óó", "u": "úú"})


def longer(text: str, form: str = "") -> str:
    """Words that are no English, nearly half as long again; placeholders stay.  ``form`` tells plural forms apart."""
    if text in KEPT:
        return "dd.MM.yyyy" if text == "d MMM y" else text
    parts = re.split(r"({[a-z_]*})", text)
    return "".join(part if part.startswith("{") else part.translate(LONG) for part in parts) + form


def speaks(text: str) -> bool:
    """Whether it is of the third language, or has no words at all."""
    return bool(re.search("[áéíóú]", text)) or not re.search("[A-Za-z]{3}|[\u0e01-\u0e5b]", text)


@pytest.fixture
def irish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Centre]:
    """The shipped centre, which also speaks the third language, read from its file as every node reads it."""
    locale = tmp_path / "locale"
    locale.mkdir()
    for language in ("th", "en"):
        (locale / f"{language}.po").write_bytes((catalogue.LOCALE / f"{language}.po").read_bytes())
    third = Catalog(locale=THIRD)
    for message in read_po((locale / "th.po").open("rb"), locale="th"):
        if isinstance(message.id, tuple | list):
            third.add(tuple(message.id), tuple(longer(message.id[1], f" {form}") for form in "ⅠⅡⅢⅣⅤ"))
        elif message.id:
            third.add(message.id, longer(message.id))
    with (locale / f"{THIRD}.po").open("wb") as file:
        write_po(file, third)
    monkeypatch.setattr(catalogue, "LOCALE", locale)
    catalogue._catalogue.cache_clear()
    file = tmp_path / "centre.toml"
    file.write_bytes(msgspec.toml.encode(with_third(msgspec.to_builtins(load(DEFAULT)))))
    yield load(file)
    catalogue._catalogue.cache_clear()


def with_third(part: Any) -> Any:
    """The centre's tables with a text in the third language beside each English one."""
    if isinstance(part, list | tuple):  # of strings it is the list of languages
        return ["th", "en", THIRD] if list(part) == ["th", "en"] else [with_third(each) for each in part]
    if isinstance(part, dict):
        more = {THIRD: longer(part["en"])} if part.keys() == {"th", "en"} else {}
        return {key: value if key == "speakers" else with_third(value) for key, value in part.items()} | more
    return part


def first_in(centre: Centre, *languages: str) -> Centre:
    return msgspec.structs.replace(centre, centre=msgspec.structs.replace(centre.centre, languages=languages))


def texts(shown: Any) -> Iterator[str]:
    """Every text of a page, the chosen language of each pair only."""
    if is_dataclass(shown):
        for field in fields(shown):
            if (
                field.name not in ("page", "state", "service", "prefix", "number")
                and (type(shown), field.name) != CHOSEN
            ):
                yield from texts(getattr(shown, field.name))
    elif isinstance(shown, tuple):
        pair = len(shown) == 2 and all(isinstance(part, str) for part in shown)
        for part in shown[:1] if pair else shown:
            yield from texts(part)
    elif isinstance(shown, str):
        yield shown


def test_a_language_without_its_file_is_refused_by_key(irish: Centre, tmp_path: Path) -> None:
    (catalogue.LOCALE / f"{THIRD}.po").unlink()
    with pytest.raises(CentreError, match=r"centre\.languages: ga has no catalogue; catalogues are en, th"):
        load(tmp_path / "centre.toml")


def test_its_plural_forms_are_its_own(irish: Centre) -> None:
    n_ = plurals(THIRD)
    forms = [n_("{count} ticket", "{count} tickets", count)[-1] for count in (1, 2, 3, 6, 7, 10, 11, 100)]
    assert "".join(forms) == "ⅠⅡⅢⅢⅣⅣⅤⅤ"


def test_its_dates_and_its_name_come_from_babel(irish: Centre) -> None:
    assert full_date(dt.date(2026, 11, 23), THIRD) == "Dé Luain 23 Samhain 2026"
    assert day_range(irish.hours.days, THIRD) == "Dé Luain–Dé hAoine"
    assert clock(dt.time(9, 7), THIRD) == "09:07"
    assert language_name(THIRD) == "Gaeilge"


def test_the_kiosks_button_leads_through_all_three_languages(irish: Centre) -> None:
    rules = pages.Rules("th", 6, 30, 60)
    state, seen = flow.start(rules, Open(NINE)), []
    for _ in range(4):
        seen.append(state.language)
        state, _effects = flow.step(rules, state, pages.LanguageChosen(view(state, irish).following))
    assert seen == ["th", "en", THIRD, "th"]


def test_every_page_of_the_kiosk_speaks_it(irish: Centre) -> None:
    ticket = pages.Ticket(1, "A015", "1.1", MONDAY, NINE, priority=True)
    known = tuple(m.ServiceView(s.id, True, 7, 610) for s in irish.services)
    home = pages.State(pages.Home(), THIRD, Open(NINE), linked=True, services=known, printer="paper_out")
    all_pages = (
        pages.Home(), pages.Steps("1.2"), pages.Giving("1.1"), pages.Printing(ticket, 1), pages.Taken(ticket, True),
        pages.Taken(ticket, False), pages.Fault(ticket, "paper_out"), pages.Fault(ticket, "silent"), pages.Stopped(),
    )  # fmt: skip
    states = [replace(home, page=page) for page in all_pages]
    states += [
        replace(home, none_left=frozenset({"1.1"})),
        replace(home, services=(m.ServiceView("1.1", False, 0, 0),)),
    ]
    states += [replace(home, page=pages.Closed(), hours=Shut(NINE))]
    for state in states:
        said = [text for text in texts(view(state, irish)) if text != language_name("th")]  # the next to be chosen
        assert any(re.search("[áéíóú]", text) for text in said)
        assert [text for text in said if not speaks(text)] == []
    assert view(states[0], irish).tiles[0].waiting.endswith("Ⅳ")  # seven wait
    assert view(states[0], irish).tiles[0].name[1] == irish.services[0].name["th"]


def test_a_ticket_has_it_beside_the_centres_first_language(irish: Centre) -> None:
    given = m.TicketIssued(number="A015", day=MONDAY, service="1.1", given_at=NINE, priority=True)
    lines = slip(given, irish, THIRD, ahead=2, estimate=700, copy=True)
    said = [line.text for line in lines if isinstance(line, Text | Mark)]
    assert f"บัตรคิว / {longer('Queue ticket')}" in said
    assert any(text.endswith("2 wááíítííng ááhééáád Ⅱ") for text in said)
    assert "23.11.2026   09:00" in said
    assert [text for text in said if not speaks(text)] == []


def test_the_board_shows_the_first_two_languages(irish: Centre) -> None:
    waiting = tuple(m.ServiceView(s.id, True, 4, 541) for s in irish.services)
    shown = m.Board(1, MONDAY, NINE, waiting, (), (), ())
    assert view_of(shown, irish).services[0].wait == ("รอประมาณ 10 นาที", "Wait about 10 min")
    own = view_of(shown, first_in(irish, THIRD, "th", "en"))
    assert own.services[0].wait == ("Wááíít áábóóúút 10 míín Ⅳ", "รอประมาณ 10 นาที")
    slides = [slide for slide in own.slides if not isinstance(slide, str)]  # what is only named has its words elsewhere
    assert [text for text in texts((own.points, own.services, slides)) if not speaks(text)] == []
    moment = board.moment(NINE, first_in(irish, THIRD, "th", "en"))
    assert moment[1] == ("Dé Luain 23 Samhain 2026", "วันจันทร์ที่ 23 พฤศจิกายน 2569")


def view_of(shown: m.Board, centre: Centre) -> board.View:
    return board.view(shown, centre)


def test_warnings_and_the_days_summary_speak_it(irish: Centre, tmp_path: Path) -> None:
    room = Script(irish)
    room.arrive("A001", "A002", "A003")
    room.after(60)
    room.press(2, m.Next())
    room.press(2, m.Start())
    ledger = Ledger(tmp_path / FILE)
    for event in room.events:
        ledger.record(MONDAY, (event,))
    ledger.close()
    made = table(summary(tmp_path / FILE, irish), irish, THIRD)
    assert [line for line in made.splitlines() if not speaks(line.replace("Somying Jaidee", ""))] == []
    assert "23 Samhain 2026" in made
    lookout = Lookout(first_in(irish, THIRD))
    for number in ("A009", "A002"):  # one that nobody knows, and one that another holds
        given = m.TicketIssued(number=number, day=MONDAY, service="1.1", given_at=NINE + dt.timedelta(hours=1))
        lookout.stray("kiosk-1", given, room.today)
    told = alerts({"kiosk-1": None}, lookout.warnings(room.today, NINE), THIRD, 9999)
    assert len(told) == 3
    assert all(map(speaks, told))
    assert told[0].endswith("Ⅰ")


def test_every_word_of_the_points_consoles_is_there(irish: Centre) -> None:
    source = "".join(
        (Path(__file__).parent.parent / f"counter_buttons/{name}.py").read_text("utf-8") for name in ("view", "faces")
    )
    said = re.findall(r'N_\("([^"]+)"\)', source)
    assert len(said) > 25
    assert [text for text in said if not speaks(words(THIRD)(text))] == []


def test_its_letters_are_asked_of_the_face(irish: Centre) -> None:
    with pytest.raises(FontLacksLetters, match=r"lacks letters that are printed here: Ⅰ U\+2160, .* \(ga\.po\)"):
        require(irish)
    po = catalogue.LOCALE / f"{THIRD}.po"
    po.write_text(re.sub("[Ⅰ-Ⅴ]", "", po.read_text("utf-8")), "utf-8")
    catalogue._catalogue.cache_clear()
    require(irish)
