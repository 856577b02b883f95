"""The sign that names an officer at a point (R13): one page A4 for each, in the centre's first two languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from string import Template

from broker.centre import Centre
from broker.language.catalogue import words
from broker.language.web import STYLE, mark
from broker.office import RosterOfficer

_PAGE = Path(__file__).with_name("sign.html")
# A name of up to so many letters → points of its type, so that its longest word finds room on the page
_SIZES = ((22, 60), (32, 42), (45, 32), (60, 24))


def signs(officers: Sequence[RosterOfficer], centre: Centre, language: str) -> str:
    """A page of HTML for print: a sign for each point of each of these officers, without one for who has none.

    ``language`` names the document alone; the signs are for the public, in the centre's languages.
    """
    pages = [_sign(officer, point, centre) for officer in officers for point in officer.points or (None,)]
    page = Template(_PAGE.read_text("utf-8")).substitute(
        language=centre.centre.languages[0],
        title=escape(words(language)("Officers' signs")),
        font=escape(centre.centre.font),
        lines=STYLE,
        signs="".join(pages),
    )
    return mark(page)


def _sign(officer: RosterOfficer, point: int | None, centre: Centre) -> str:
    languages = centre.centre.languages[:2]
    centres = "".join(f'<p class="centre">{_text(centre.centre.name, language)}</p>' for language in languages)
    names = "".join(
        f'<p class="{kind}" style="font-size: {_size(officer.name, language) * share:.0f}pt">'
        f"{_text(officer.name, language)}</p>"
        for language, kind, share in zip(languages, ("name", "second"), (1, 0.6), strict=False)
    )
    positions = "".join(
        f'<p class="position{kind}">{_text(officer.position or {}, language)}</p>'
        for language, kind in zip(languages, ("", " second"), strict=False)
    )
    return f'<section>{centres}{_point(point, centre)}<div class="who">{names}{positions}</div></section>'


def _point(point: int | None, centre: Centre) -> str:
    if point is None:
        return ""
    languages = centre.centre.languages[:2]
    heads = [escape(words(language)("Service point")) for language in languages]
    services = "".join(
        "<li>"
        + " ".join(_service(centre.service(id).name, place, language) for place, language in enumerate(languages))
        for id in centre.services_of(point)
    )
    second = heads[1] if len(heads) > 1 else ""
    return f'<div class="point">{heads[0]}<b>{point}</b>{second}</div><ul class="what">{services}</ul>'


def _service(name: Mapping[str, str], place: int, language: str) -> str:
    return f"<small>{_text(name, language)}</small>" if place else _text(name, language)


def _text(texts: Mapping[str, str], language: str) -> str:
    return escape(texts.get(language, ""))


def _size(texts: Mapping[str, str], language: str) -> int:
    length = len(texts.get(language, ""))
    return next((size for most, size in _SIZES if length <= most), _SIZES[-1][1])
