"""Every word that people read is there in every language."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from code_strings import strings, tree
from jinja2.ext import babel_extract

from broker.language import catalogue
from broker.language.catalogue import LanguageMissing, languages, plurals, words

PROJECT = Path(__file__).parent.parent
SOURCES = [
    file
    for room in ("broker", "kiosk", "counter_buttons", "display")
    for file in sorted((PROJECT / room).rglob("*.py"))
    if file.parent.name != "morning"  # tells whoever runs it what it proved, in English
]
TEMPLATES = sorted((PROJECT / "display/desk/templates").glob("*.html"))
SINGULAR, PLURAL = {"_", "N_", "words", "_words", "say", "pair", "both"}, {"n_", "_plurals", "plurals", "counted"}
COUNTS = {"{count}", "{minutes}", "{seconds}"}  # placeholders whose number the words around them bend to


def called(call: ast.Call) -> str:
    """The name behind a call: _("x"), self._("x"), words(language)("x")."""
    function = call.func.func if isinstance(call.func, ast.Call) else call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


@cache
def used() -> tuple[tuple[str, str, bool], ...]:
    """Every msgid in the code, where it stands, and whether it bends to a number."""
    return tuple(_used())


def _used() -> Iterator[tuple[str, str, bool]]:
    for file in SOURCES:
        named = {  # a msgid too long for its call, given a name before
            node.targets[0].id: node.value.value
            for node in ast.walk(tree(file))
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
            if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        }
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.Call):
                plural = called(node) in PLURAL
                for argument in node.args if plural or called(node) in SINGULAR else ():
                    text = named.get(argument.id) if isinstance(argument, ast.Name) else None
                    text = argument.value if isinstance(argument, ast.Constant) else text
                    if isinstance(text, str):
                        yield text, f"{file.relative_to(PROJECT)}:{node.lineno}", plural
    for file in TEMPLATES:
        for line, function, found in in_template(file):
            for text in found if isinstance(found, tuple) else (found,):
                if text is not None:
                    yield text, f"{file.relative_to(PROJECT)}:{line}", function == "n_"


def in_template(file: Path) -> Iterator[tuple[int, str, str | tuple[str | None, ...]]]:
    with file.open("rb") as template:
        for line, function, found, _ in babel_extract(template, ("_", "n_"), (), {"trimmed": "false"}):
            yield line, function, found


def catalogue_of(language: str) -> Catalog:
    with (catalogue.LOCALE / f"{language}.po").open("rb") as po:
        return read_po(po, locale=language)


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"{[a-z_]*}", text))


def ids(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def test_every_word_in_the_code_is_there_in_thai() -> None:
    known = {msgid for entry in catalogue_of("th") if all(ids(entry.string)) for msgid in ids(entry.id)}
    missing = sorted({f"{where}: {msgid}" for msgid, where, _ in used() if msgid not in known})
    assert not missing, "\n".join(missing)


def test_the_search_for_words_finds_some() -> None:
    found = {msgid for msgid, _, _ in used()}
    assert {"Your number", "{count} waiting ahead", "HH:mm", "Within {minutes} min from start until finished"} <= found


def test_a_text_with_a_count_bends_to_it() -> None:
    """As English does (1 ticket, 2 tickets), or for the sake of a language that does."""
    stiff = {f"{where}: {msgid}" for msgid, where, plural in used() if not plural and placeholders(msgid) & COUNTS}
    assert not stiff


def test_no_text_of_the_catalogue_is_left_that_nobody_uses() -> None:
    written = {text for file in SOURCES for _, text in strings(file)} | {text for text, _, _ in used()}
    assert {ids(entry.id)[0] for entry in catalogue_of("th")} - written <= {""}


@pytest.mark.parametrize("language", languages())
def test_a_translation_has_the_placeholders_of_its_english(language: str) -> None:
    wrong = [
        entry.id
        for entry in catalogue_of(language)
        if entry.id and any(placeholders(said) != placeholders(ids(entry.id)[-1]) for said in ids(entry.string))
    ]
    assert not wrong


@pytest.mark.parametrize("language", languages())
def test_a_word_stands_once_in_a_catalogue(language: str) -> None:
    text = (catalogue.LOCALE / f"{language}.po").read_text("utf-8")
    twice = [msgid for msgid, count in Counter(re.findall(r'^msgid (".+")$', text, re.MULTILINE)).items() if count > 1]
    assert not [msgid for msgid in twice if msgid != '""']


def test_thai_has_no_marks_that_stand_on_nothing() -> None:
    """A vowel or tone mark needs a consonant before it; two alike in a row are a slip of the fingers."""
    text = (catalogue.LOCALE / "th.po").read_text("utf-8")
    assert not re.findall(r'(?:^|[ "}\d])[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]+|([\u0e31-\u0e3a\u0e47-\u0e4e])\1', text)
    assert "เเ" not in text  # two เ in place of แ
    assert "\u0e4d\u0e32" not in text  # ํ and า in place of ำ


def test_words_fall_back_to_english() -> None:
    assert words("th")("Nobody has translated this") == "Nobody has translated this"


def test_english_has_its_plural_and_thai_needs_none() -> None:
    one, many = "About {minutes} minute", "About {minutes} minutes"
    assert [plurals("en")(one, many, n) for n in (1, 2)] == [one, many]
    assert plurals("th")(one, many, 1) == plurals("th")(one, many, 2) == "ประมาณ {minutes} นาที"


def test_a_third_language_is_one_more_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LanguageMissing):
        words("lo")
    (tmp_path / "lo.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Copy"\nmsgstr "ສຳເນົາ"\n', "utf-8"
    )
    monkeypatch.setattr(catalogue, "LOCALE", tmp_path)
    assert words("lo")("Copy") == "ສຳເນົາ"
    assert languages() == ("lo",)
    catalogue._catalogue.cache_clear()


# Where texts are put together for citizens and officers; what technicians read (log, errors, commands) is English
ROOMS_FOR_PEOPLE = ("kiosk", "counter_buttons", "signage", "desk", "guide", "window")
FOR_PEOPLE = [
    *(
        file
        for file in SOURCES
        if file.parent.name in ("kiosk", "counter_buttons", "signage", "guide", "window", "desk")
        and file.name != "command.py"  # a command is a technician's
    ),
    *(
        PROJECT / "display" / name
        for name in ("alerts.py", "lookout.py", "ledger/table.py", "voice/recorder.py", "voice/take.py")
    ),
]
FOR_TECHNICIANS = {
    "debug",
    "info",
    "warning",
    "error",
    "exception",
    "add_argument",
    "ArgumentParser",
    "options",
    "setting",
    "execute",
}
WRITTEN = " \n·:,()☑☐▲●■◔–&nbsp;"  # signs of a template that need no translation
NO_WORDS = {"Loma", "Thai", "ปี่ญู", "Khiu", "Khiu kiosk", "Khiu points"}  # a face, a script, a measure, window titles


def said(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and value of every string that may reach people: none that documents, is logged, raised or printed."""
    for part in ast.iter_child_nodes(node):
        told = isinstance(part, ast.Call) and called(part) in FOR_TECHNICIANS | {"print", "Thread", "Meta"}
        if told or isinstance(part, ast.Raise) or (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)):
            continue
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.lineno, part.value
        yield from said(part)


def test_no_text_for_people_stands_in_code() -> None:
    """Thai, two words, or one with a capital: what is no msgid belongs into the catalogue, or into centre.toml."""
    msgids = {msgid for entry in catalogue_of("th") for msgid in ids(entry.id)}
    words_in = re.compile(r"[\u0e01-\u0e5b]|^[A-Z][a-z]{2,}( |$)|[a-z]{2,} [a-z]{2,}")
    found = [
        f"{file.relative_to(PROJECT)}:{line}: {text}"
        for file in FOR_PEOPLE
        if not file.name.startswith("virtual_")  # the printer of demonstrations: paper, and pages for its maker
        for line, text in said(tree(file))
        if words_in.search(text) and text not in msgids | NO_WORDS and not text.lstrip().startswith(("SELECT", "-- "))
    ]
    assert found == []


def test_no_text_for_people_stands_in_a_layout() -> None:
    layouts = [file for room in ("kiosk", "display") for file in (PROJECT / room).rglob("*.kv")]
    rules = [
        rule[1]
        for file in layouts
        for rule in re.finditer(
            r"^ +(?:\w*text|caption|title|hint|pair|\w*words|\w*name|unit): (.*)", file.read_text(), re.MULTILINE
        )
    ]
    assert len(rules) > 40
    drawn = [text for rule in rules for compared, text in re.findall(r'([=!]=)? *"([^"]*)"', rule) if not compared]
    assert [text for text in drawn if re.search("[A-Za-z\u0e01-\u0e5b]{2}", text)] == []


def test_no_text_for_people_stands_in_a_template() -> None:
    """What is left between tags, and in attributes that are read, when Jinja's own is taken away."""
    found = []
    for file in TEMPLATES:
        html = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}|<!doctype html>", "", file.read_text("utf-8"), flags=re.DOTALL)
        read = re.findall(r'(?:title|alt|aria-label|placeholder)="([^"]*)"', html)
        found += [
            f"{file.name}: {text.strip()}" for text in (re.sub(r"<[^>]*>", " ", html), *read) if text.strip(WRITTEN)
        ]
    assert len(TEMPLATES) > 10
    assert found == []


def test_what_has_a_name_has_one() -> None:
    """The kiosk is ตู้รับบัตรคิว to citizens, officers and in the guide; a number is called ด้วยวาจา."""
    written = "".join(
        file.read_text("utf-8")
        for file in (catalogue.LOCALE / "th.po", catalogue.LOCALE.parent.parent / "guide/th.html")
    )
    assert written.count("ตู้รับบัตรคิว") >= 4
    assert not re.search("ตู้กดบัตร|ตู้ออกบัตร|เครื่องกดบัตร|เครื่องนี้|ปากเปล่า", written)
