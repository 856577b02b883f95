"""A report's charts as SVG, by pygal: each answers one question, and fetches nothing.

The drawing holds digits alone.  Words stand beside it as text: WeasyPrint sets the text of an SVG letter by letter,
which tears Thai marks off their letters, and a page's own text can be read aloud, too.
"""

from __future__ import annotations

import base64
from typing import Any, NamedTuple

import pygal
from pygal.style import Style

from broker.centre import Centre
from broker.language.catalogue import words
from broker.language.dates import year
from display.reports.report import BAND, BANDS, Distribution, Line, Report
from display.reports.spans import Span
from display.reports.table import line_name

CALM, LATE, SECOND = "#0b6e99", "#c25b12", "#5b8c3a"  # told apart in grey and by who sees colours otherwise
_DASHED = {"width": 2, "dasharray": "7, 4"}  # colour alone tells nobody anything
_LABELS = 14  # of the trend that find room
_DOTS = 62  # of the trend that are told apart; more cost the most of a page of ten years, and nobody sees them


class Chart(NamedTuple):
    """Words in the reader's language."""

    title: str
    svg: str
    legend: tuple[tuple[str, str], ...]  # colour, and what it stands for
    along: str  # what the digits below are

    @property
    def source(self) -> str:
        """The drawing as the source of an image."""
        return "data:image/svg+xml;base64," + base64.b64encode(self.svg.encode()).decode()


def distribution(shape: Distribution, title: str, centre: Centre, language: str) -> Chart:
    """How many took how long, what is within the limit in another colour than what is above."""
    _ = words(language)
    limit = shape.limit / 60
    within = [count if begin + BAND <= limit else None for begin, count in zip(BANDS, shape.counts, strict=True)]
    above = [None if begin + BAND <= limit else count for begin, count in zip(BANDS, shape.counts, strict=True)]
    chart = pygal.StackedBar(**_look(centre, (CALM, LATE)))
    chart.x_labels = [f"{begin}–{begin + BAND}" for begin in BANDS[:-1]] + [f"> {BANDS[-1]}"]
    chart.add("1", within)
    chart.add("2", above)
    legend = (CALM, _("up to {limit} min").format(limit=f"{limit:g}")), (LATE, _("longer"))
    return Chart(title, _svg(chart), legend, _("Tickets, by minutes"))


def standard_title(id: str, centre: Centre, language: str) -> str:
    """Of the chart of what a service's standard measures."""
    _ = words(language)
    return _("Time against the standard: {service}").format(service=line_name("service", id, centre, language))


def points_compared(lines: tuple[Line, ...], centre: Centre, language: str) -> Chart:
    """Points side by side: median of waiting and of service, in minutes."""
    _ = words(language)
    chart = pygal.Bar(**_look(centre, (CALM, SECOND)))
    chart.x_labels = [line.key for line in lines]
    chart.add("1", [_minutes(line.figures.waiting.median) for line in lines])
    chart.add("2", [_minutes(line.figures.service.median) for line in lines])
    legend = (CALM, _("Waiting, median (left bar)")), (SECOND, _("Service time, median (right bar)"))
    return Chart(_("Points compared"), _svg(chart), legend, _("Minutes, by point"))


def trend(report: Report, centre: Centre, language: str) -> Chart:
    """Whether waiting grows: its median and 90 % from day to day, or month to month."""
    _ = words(language)
    daily = Span(report.first, report.last).short
    days = [moment.day for moment in report.trend]
    names = [f"{day.day}/{day.month}" if daily else f"{day.month}/{year(day, language) % 100:02}" for day in days]
    chart = pygal.Line(
        dots_size=2, stroke_style={"width": 2}, show_dots=len(names) <= _DOTS, **_look(centre, (CALM, LATE))
    )
    chart.x_labels = names
    chart.x_labels_major = names[:: max(1, -(-len(names) // _LABELS))]
    chart.show_minor_x_labels = False
    chart.add("1", [_minutes(moment.waiting.median) for moment in report.trend])
    chart.add("2", [_minutes(moment.waiting.p90) for moment in report.trend], stroke_style=_DASHED)
    legend = (CALM, _("Waiting, median")), (LATE, _("Waiting, 90 % (dashed line)"))
    return Chart(_("Waiting over time"), _svg(chart), legend, _("Minutes, by day") if daily else _("Minutes, by month"))


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / 60, 1)


def _look(centre: Centre, colours: tuple[str, ...]) -> dict[str, object]:
    face = centre.centre.font
    style = Style(
        background="white", plot_background="white", foreground="#16222e", foreground_strong="#16222e",
        foreground_subtle="#8a949e", colors=colours, font_family=face, label_font_family=face,
        major_label_font_family=face, value_font_family=face, no_data_font_family=face, label_font_size=15,
        major_label_font_size=15, opacity="1", opacity_hover="1",
    )  # fmt: skip
    return {
        "style": style, "js": [], "width": 760, "height": 240, "show_legend": False, "min_scale": 3, "max_scale": 8,
        "include_x_axis": True, "disable_xml_declaration": True, "no_data_text": "–", "margin": 8,
        "explicit_size": True, "x_label_rotation": 0, "truncate_label": -1,
    }  # fmt: skip


def _svg(chart: pygal.graph.graph.Graph) -> str:
    chart.add_xml_filter(_without_script)
    return str(chart.render(is_unicode=True))


def _without_script(drawing: Any) -> Any:
    """It has one for its tooltips, even where none is asked for; our pages run no script but their own."""
    for parent in list(drawing.iter()):
        for script in [child for child in parent if str(child.tag).endswith("script")]:
            parent.remove(script)
    return drawing
