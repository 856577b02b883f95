"""What people read, in their language: gettext catalogues, read from their .po files as they stand.

A msgid is the English text.  A further language is one more file, ``locale/<language>.po``: no code, no build step.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from gettext import GNUTranslations
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).with_name("locale")


class LanguageMissing(LookupError):
    """There is no catalogue for this language."""


def languages() -> tuple[str, ...]:
    """The languages that have a catalogue, by their codes."""
    return tuple(sorted(file.stem for file in LOCALE.glob("*.po")))


def spoken(environ: Mapping[str, str], otherwise: str) -> str:
    """The language of whoever sits at the terminal, as locale(7) finds it; ``otherwise`` if that has no catalogue."""
    named = next(filter(None, (environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    language = named.partition(".")[0].partition("_")[0]
    return language if language in languages() else otherwise


def words(language: str) -> Callable[[str], str]:
    """The function usually called ``_``: English text → text in this language (the English where no one translated it).

    Raises `LanguageMissing`.
    """
    return _catalogue(language).gettext


def plurals(language: str) -> Callable[[str, str, int], str]:
    """The function usually called ``ngettext``: English singular, English plural, how many → text in this language.

    Raises `LanguageMissing`.
    """
    return _catalogue(language).ngettext


def messages(language: str) -> Iterator[str]:
    """Every text that may be shown in this language, placeholders and all: its own, and the English ones beneath.

    Raises `LanguageMissing`.
    """
    for message in _read(language):
        if message.id:  # of the empty one the text is the catalogue's own header
            yield from _forms(message.string)
    for each in languages():
        for message in _read(each):
            yield from _forms(message.id)


def N_(text: str) -> str:  # noqa: N802 -- gettext's own name for it
    """Marks text in a table for translation; ``_`` is given the same text when it is shown."""
    return text


def _read(language: str) -> Catalog:
    if language not in languages():
        raise LanguageMissing(f"no {LOCALE / language}.po; there are {', '.join(languages())}")
    with (LOCALE / f"{language}.po").open("rb") as po:
        return read_po(po, locale=language)


@cache
def _catalogue(language: str) -> GNUTranslations:
    compiled = io.BytesIO()
    write_mo(compiled, _read(language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def _forms(text: str | Sequence[str] | None) -> Sequence[str]:
    return (text,) if isinstance(text, str) else text or ()
