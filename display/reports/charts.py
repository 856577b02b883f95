"""A report's charts as SVG, by pygal: each answers one question, and fetches nothing."""

from __future__ import annotations

import base64

import pygal
from pygal.style import Style

from broker.centre import Centre
from broker.language.catalogue import words
from display.reports.report import BAND, BANDS, Distribution, Line, Report
from display.reports.table import line_name, moment_name

CALM, LATE, SECOND = "#0b6e99", "#c25b12", "#5b8c3a"  # told apart in grey and by who sees colours otherwise
_WIDTH, _HEIGHT = 760, 300
_LABELS = 14  # of the trend that find room


def distribution(shape: Distribution, title: str, centre: Centre, language: str) -> str:
    """How many took how long, what is within the limit in another colour than what is above."""
    _ = words(language)
    limit = shape.limit / 60
    within = [count if begin + BAND <= limit else None for begin, count in zip(BANDS, shape.counts, strict=True)]
    above = [None if begin + BAND <= limit else count for begin, count in zip(BANDS, shape.counts, strict=True)]
    chart = pygal.StackedBar(title=title, x_title=_("minutes"), y_title=_("Tickets"), **_look(centre, (CALM, LATE)))
    chart.x_labels = [f"{begin}–{begin + BAND}" for begin in BANDS[:-1]] + [f"> {BANDS[-1]}"]
    chart.add(_("up to {limit} min").format(limit=f"{limit:g}"), within)
    chart.add(_("longer"), above)
    return _svg(chart)


def waiting_by_point(lines: tuple[Line, ...], centre: Centre, language: str) -> str:
    """Points side by side: median of waiting and of service, in minutes."""
    _ = words(language)
    chart = pygal.Bar(title=_("Points compared"), y_title=_("minutes"), **_look(centre, (CALM, SECOND)))
    chart.x_labels = [line_name("point", line.key, centre, language) for line in lines]
    chart.add(_("Waiting, median"), [_minutes(line.figures.waiting.median) for line in lines])
    chart.add(_("Service time, median"), [_minutes(line.figures.service.median) for line in lines])
    return _svg(chart)


def trend(report: Report, centre: Centre, language: str) -> str:
    """Whether waiting grows: its median and 90 % from day to day, or month to month."""
    _ = words(language)
    daily = (report.last - report.first).days < 31
    chart = pygal.Line(
        title=_("Waiting over time"), y_title=_("minutes"), range=None, dots_size=2, **_look(centre, (CALM, LATE))
    )
    every = max(1, -(-len(report.trend) // _LABELS))
    names = [moment_name(moment.day, daily, language) for moment in report.trend]
    chart.x_labels = names
    chart.x_labels_major = names[::every]
    chart.show_minor_x_labels = False
    chart.add(_("Waiting, median"), [_minutes(moment.waiting.median) for moment in report.trend])
    chart.add(_("Waiting, 90 %"), [_minutes(moment.waiting.p90) for moment in report.trend])
    return _svg(chart)


def inlined(svg: str) -> str:
    """The chart as the source of an image, so that no mark of lines gets into it."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / 60, 1)


def _look(centre: Centre, colours: tuple[str, ...]) -> dict[str, object]:
    face = centre.centre.font
    style = Style(
        background="white", plot_background="white", foreground="#16222e", foreground_strong="#16222e",
        foreground_subtle="#8a949e", colors=colours, font_family=face, title_font_family=face, label_font_family=face,
        major_label_font_family=face, legend_font_family=face, value_font_family=face, tooltip_font_family=face,
        title_font_size=17, label_font_size=12, major_label_font_size=12, legend_font_size=13, value_font_size=12,
        opacity="1", opacity_hover="1",
    )  # fmt: skip
    return {
        "style": style, "js": [], "width": _WIDTH, "height": _HEIGHT, "legend_at_bottom": True, "min_scale": 3,
        "include_x_axis": True, "show_y_guides": True, "x_label_rotation": 0, "disable_xml_declaration": True,
        "no_data_text": "–", "margin": 8, "explicit_size": True, "legend_at_bottom_columns": 3,
    }  # fmt: skip


def _svg(chart: pygal.graph.graph.Graph) -> str:
    return str(chart.render(is_unicode=True))
