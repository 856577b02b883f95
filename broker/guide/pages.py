"""The guide's pages: the text of `th.html` and `th.toml` with this centre's own services, buttons and rules in it.

A guide is prose, not messages, so a language of it is a template of its own beside the Thai one (``en.html``,
``en.toml``) and not an entry of the gettext catalogues; only Thai, the officers' language, has been written so far.
The guide is in the first of the centre's languages that has a template, else in Thai.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from html import escape
from pathlib import Path
from string import Template

import msgspec

from broker.centre import Centre, Service
from broker.language.dates import day_range
from broker.language.lists import listed
from broker.language.web import STYLE, mark

_HERE = Path(__file__).parent


class _Texts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What ``<language>.toml`` holds."""

    within: str
    no_standard: str
    only_at: str
    buttons: dict[str, str]
    lengths: dict[str, str]
    commands: dict[str, str]


def html(centre: Centre) -> str:
    """The guide as one HTML page for print, its lines ending where ours do.  Raises `ThaiBreakerMissing`."""
    language = next((language for language in centre.centre.languages if _template(language).exists()), "th")
    told = _Told(centre, language)
    hours, calling = centre.hours, centre.calling
    page = Template(_template(language).read_text("utf-8")).substitute(
        lines=STYLE,
        centre=escape(told.named(centre.centre.name)),
        font=escape(centre.centre.font),
        services="".join(told.service(service) for service in centre.services),
        buttons=told.buttons(),
        days=day_range(hours.days, language),
        open=f"{hours.open:%H:%M}",
        close=f"{hours.close:%H:%M}",
        day_ends=f"{hours.day_ends:%H:%M}",
        long=f"{centre.buttons_default.long_press_ms / 1000:g}",
        deadline=calling.command_seconds,
        others=calling.others_per_priority,
        max_calls=calling.max_calls,
        answer=calling.answer_seconds,
        latecomer=calling.latecomer_within,
        survey=centre.survey.open_seconds,
        untaken=centre.kiosk_screen.untaken_seconds,
    )
    return mark(page)


def write(centre: Centre, file: Path) -> None:
    """Set the guide as a PDF of A4 pages.  Raises `OSError` where it cannot be written."""
    from weasyprint import HTML  # noqa: PLC0415 -- half a second that only this command needs

    HTML(string=html(centre)).write_pdf(file)


def _template(language: str) -> Path:
    return _HERE / f"{language}.html"


class _Told:
    """Rows of the guide's tables, in its language."""

    def __init__(self, centre: Centre, language: str) -> None:
        self._centre, self._language = centre, language

    @cached_property
    def _texts(self) -> _Texts:
        return msgspec.toml.decode((_HERE / f"{self._language}.toml").read_bytes(), type=_Texts)

    def named(self, names: dict[str, str]) -> str:
        return names.get(self._language) or next(iter(names.values()))

    def service(self, service: Service) -> str:
        standard = service.standard
        within = self._texts.within.format(minutes=standard.seconds // 60) if standard else self._texts.no_standard
        points = listed([str(p) for p in service.points], self._language)
        name = f"{service.id} {self.named(service.name)}"
        return _row(name, f"{service.prefix}001, {service.prefix}002 …", points, within)

    def buttons(self) -> str:
        """The bindings that all points share, then, button by button, what a point has of its own."""
        centre = self._centre
        rows = [self._gesture(gesture, binding) for gesture, binding in centre.buttons_default.bindings.items()]
        own = Counter((g, b) for point in centre.points for g, b in point.bindings.items())
        for gesture, binding in own:
            at = [str(p.number) for p in centre.points if p.bindings.get(gesture) == binding]
            rows.append(self._gesture(gesture, binding, listed(at, self._language)))
        return "".join(rows)

    def _gesture(self, gesture: str, binding: str, points: str = "") -> str:
        texts = self._texts
        button, _, length = gesture.partition(".")
        word, _, service = binding.partition(":")
        name = self.named(self._centre.service(service).name) if service else ""
        does = texts.commands[word].format(service=name)
        if points:
            does = texts.only_at.format(does=does, points=points)
        return _row(texts.buttons.get(button, button), texts.lengths[length], does)


def _row(*cells: str) -> str:
    return "<tr>" + "".join(f"<td>{escape(cell)}" for cell in cells) + "</tr>"
