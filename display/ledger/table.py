"""A summary as a table for a terminal or a sheet of paper, in the reader's language."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from broker.centre import Centre
from broker.language.catalogue import plurals, words
from broker.language.dates import long_date
from display.reports.figures import Group, Spread, Within

if TYPE_CHECKING:
    from display.ledger.summary import Summary  # which counts by numpy, and other tables need none

Words = Callable[[str], str]
Row = Sequence[str]
Line = tuple[str, Group]


def table(day: Summary, centre: Centre, language: str) -> str:
    """The whole summary; lines end with "\\n" between them, none at the end."""
    _ = words(language)
    name = {s.id: f"{s.id} {s.name.get(language, '')}".strip() for s in centre.services}
    services = [(name[line.service], line.figures) for line in day.services]
    points = [(_point(line.point, line.officers, _), line.figures) for line in day.points]
    everything = [*services, (_("All services"), day.all)]
    parts = [
        f"{centre.centre.name.get(language, '')}\n{_('Summary of')} {long_date(day.day, language)}",
        f"{_('Numbers given')} {day.numbers}   {_('Voided')} {day.voided}",
        _("A practice day: made up to try this on; nobody came.") if day.practice else "",
        columns([_counts_head(_, _("Service")), *(_counts(*line) for line in everything)]),
        columns([_counts_head(_, _("Point")), *(_counts(*line) for line in points)]),
    ]
    if day.all.tickets:
        parts += [
            _times(_, _("Service"), _visited(everything)),
            _times(_, _("Point"), _visited(points)),
            _standards(day, name, language),
            columns([_ratings_head(_, _("Service")), *(_ratings(*line) for line in _visited(everything))]),
            columns([_ratings_head(_, _("Point")), *(_ratings(*line) for line in _visited(points))]),
            _outcomes(day, centre, language),
        ]
    parts.append(_pauses(day, centre, language))
    return "\n\n".join(part for part in parts if part)


def _visited(lines: Sequence[Line]) -> list[Line]:
    return [line for line in lines if line[1].tickets]


def _point(number: int, officers: Sequence[str], _: Words) -> str:
    return " ".join([_("Point {points}").format(points=number), ", ".join(officers)]).strip()


def _counts_head(_: Words, what: str) -> Row:
    heads = ("Tickets", "Priority", "Served", "Transferred", "No-show", "Unserved", "Open", "Calls")
    return [what, *(_(head) for head in heads)]


def _counts(name: str, g: Group) -> Row:
    figures = (g.tickets, g.priority, g.served, g.transferred, g.no_show, g.unserved, g.open, g.calls)
    return [name, *(str(figure) for figure in figures)]


def _times(_: Words, what: str, lines: Sequence[Line]) -> str:
    head = [what, "", _("Visits"), _("Mean"), _("Median"), _("90 %"), _("Longest")]
    rows: list[Row] = [head]
    for name, g in lines:
        spans = ((_("Waiting"), g.waiting), (_("Walking"), g.walking), (_("Service time"), g.service))
        rows += [_span("" if place else name, kind, spread) for place, (kind, spread) in enumerate(spans)]
        if g.priority and name == lines[-1][0]:
            rows.append(_span("", _("Waiting, priority"), g.waiting_priority))
            rows.append(_span("", _("Waiting, others"), g.waiting_others))
    return columns(rows, left=2) if lines else ""


def _span(name: str, kind: str, spread: Spread) -> Row:
    figures = (spread.mean, spread.median, spread.p90, spread.longest)
    return [name, kind, str(spread.n), *(minutes(figure) for figure in figures)]


def minutes(seconds: float | None) -> str:
    """Minutes and seconds as a clock shows them, "–" for what is not known."""
    return "–" if seconds is None else "{}:{:02}".format(*divmod(round(seconds), 60))


def _standards(day: Summary, name: dict[str, str], language: str) -> str:
    lines = [
        f"{name[line.service]}\n  {_rule(s, language)}: {s.within} / {s.n} ({_percent(s.percent)})"
        for line in day.services
        if (s := line.standard)
    ]
    return "\n".join([words(language)("Service standard"), *lines]) if lines else ""


def _rule(standard: Within, language: str) -> str:
    n_, count = plurals(language), math.ceil(standard.seconds / 60)
    provided = "Within {minutes} min from start until provided (choosing documents not counted)"
    finished = "Within {minutes} min from start until finished"
    text = n_(provided, provided, count) if standard.until == "provided" else n_(finished, finished, count)
    return text.format(minutes=minutes(standard.seconds).removesuffix(":00"))


def _ratings_head(_: Words, what: str) -> Row:
    heads = ("Ratings", "Response in %", "Levels 5 to 1", "Mean", "S.D.", "Mean in %", "Levels 4 and 5 in %")
    return [what, *(_(head) for head in heads)]


def _ratings(name: str, g: Group) -> Row:
    r = g.ratings
    return [
        name,
        str(r.n),
        _percent(r.response_percent),
        " ".join(str(count) for count in r.counts.values()),
        "–" if r.mean is None else f"{r.mean:.2f}",
        "–" if r.sd is None else f"{r.sd:.2f}",
        _percent(r.mean_percent),
        _percent(r.satisfied_percent),
    ]


def _outcomes(day: Summary, centre: Centre, language: str) -> str:
    _ = words(language)
    rows = [[_chosen(centre.outcomes, code, language), str(count)] for code, count in day.all.outcomes.items()]
    return columns([[_("Outcome"), _("Visits")], *rows]) if rows else ""


def _pauses(day: Summary, centre: Centre, language: str) -> str:
    _ = words(language)
    head = [_("Pauses"), _("Reasons"), _("Times"), _("Mean"), _("Longest")]
    rows = []
    for line in day.points:
        reasons = [
            f"{_chosen(centre.pauses, code, language) if code else _('not stated')} {count}"
            for code, count in line.pauses.reasons.items()
        ]
        time = line.pauses.time
        rows.append(
            [
                _point(line.point, (), _),
                ", ".join(reasons),
                str(time.n),
                minutes(time.mean),
                minutes(time.longest),
            ]
        )
    rows = [row for row in rows if row[1]]
    return columns([head, *rows], left=2) if rows else ""


def _chosen(choices: Mapping[str, Mapping[str, str]], code: str, language: str) -> str:
    """The words of a choice; its code, where the centre no longer has it."""
    return choices.get(code, {}).get(language, code)


def _percent(figure: float | None) -> str:
    return "–" if figure is None else f"{figure:.1f} %"


def columns(rows: Sequence[Row], left: int = 1) -> str:
    """Rows under each other; the first ``left`` columns to the left, figures to the right, a rule under the head."""
    widths = [max(width(cell) for cell in column) for column in zip_longest(*rows, fillvalue="")]
    lines = [
        "  ".join(
            cell + gap if place < left else gap + cell
            for place, cell in enumerate(row)
            for gap in [" " * (widths[place] - width(cell))]
        ).rstrip()
        for row in rows
    ]
    return "\n".join([lines[0], "─" * (sum(widths) + 2 * (len(widths) - 1)), *lines[1:]])


def width(text: str) -> int:
    """Cells of a terminal that the text takes: Thai vowels and marks above and below a letter take none."""
    return sum(unicodedata.category(letter) not in ("Mn", "Me", "Cf") for letter in text)
