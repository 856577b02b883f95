"""Reports of any span: the figures with their rules, charts, the tickets behind each figure, and files to hand on.

What a report asks stands in its address, so it can be kept and sent.  The reading and counting is done in a thread with
a connection of its own, few at a time: ten years are half a second's work, and the live pages go on meanwhile.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar, get_args
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.responses import Response

from broker.language.catalogue import N_
from broker.store import StoreError
from display.desk.gate import UNREADABLE
from display.desk.page import OFFICERS, SUPERVISORS, Form, Page, Visit
from display.desk.report_charts import drawn
from display.desk.report_tables import Told
from display.ledger.table import minutes
from display.reports import case_figures, sheets, table
from display.reports.behind import FIGURES, LINES, Line, behind, listed, of_officer
from display.reports.command import read, read_report
from display.reports.measures import Measures
from display.reports.pages import write_pdf
from display.reports.report import By, Report, report
from display.reports.rules import made_up, of_few, rules, span_name
from display.reports.spans import Span, fiscal_year, fiscal_year_of, month
from display.reports.table import HEADS, band_name, in_no_line, line_name, outcome_name, outcomes_told
from display.reports.text import headline, peak
from display.reports.visits import Visits

SPAN = ("first", "last")
FIELDS = {"first": N_("First day"), "last": N_("Last day"), "by": N_("Broken down by"), "whose": N_("Figures of")}
AT_ONCE = asyncio.Semaphore(2)  # pages that are worked on
ONE_FILE = asyncio.Semaphore(
    1
)  # pages of paper take a core for seconds: no second one beside, and no page waits for it
LISTED = 100  # tickets on a page
OF_OFFICERS = N_("Figures of single officers are for supervisors.")
AT_THE_PEAK = N_("Waiting when the most waited")
DRAWN = "default-src 'none'; style-src 'unsafe-inline'; sandbox"  # the look of a drawing stands in itself
T = TypeVar("T")
WRITERS: Mapping[str, tuple[str, Callable[..., None]]] = {
    "csv": ("text/csv; charset=utf-8", lambda file, made, _came, *its: sheets.write_csv(file, made, *its)),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", sheets.write_xlsx),
    "pdf": ("application/pdf", write_pdf),
}


async def show(visit: Visit) -> Response:
    form, span = _form(visit)
    if kept := visit.keep_days(form, *SPAN):
        return kept
    made: Report | None = None
    if span and "x-live" not in visit.request.headers:  # the page keeps its line about the link current, no more
        made = await _off(lambda: _report(visit, span, form["by"], form["whose"]))  # type: ignore[arg-type]
    told = Told(visit, span, form["by"], form["whose"]) if span else None
    by = [(str(each), visit.say(HEADS[each])) for each in _allowed(visit)]
    return visit.form_page(
        "reports.html",
        form,
        presets=_presets(visit),
        by=by,
        whose=_whose(visit, form["whose"]),
        span=span_name(span, visit.language) if span else "",
        head=dict(by).get(form["by"], ""),
        made=made if made and (made.all.figures.tickets or made.cases.filed) else None,
        asked=made is not None,
        told=told,
        headline=[
            (each, told.tickets(each.figure, **({"service": each.service} if each.service else {})))
            for each in headline(made, visit.desk.centre, visit.language)
        ]
        if made and told
        else [],
        peak=peak(made, visit.language) if made and not form["whose"] else "",
        drawn=[
            (each, visit.desk.drawings.keep(each.chart.svg))
            for each in drawn(made, visit.desk.centre, visit.language, told.tickets)
        ]
        if made and told
        else [],
        rest=in_no_line(made, visit.language) if made else "",
        outcomes=outcomes_told(made, visit.desk.centre, visit.language) if made else [],
        cases=list(case_figures.told(made.cases, visit.language)) if made else [],
        practice=made_up(made.practice, visit.language) if made else "",
        rules=rules(visit.desk.centre, visit.language),
        few=of_few(visit.language),
        files=[
            (kind, told.link(f"/reports/report.{kind}", by=form["by"]))
            for kind in WRITERS
            if told and _boss(visit) and not form["whose"]
        ],
    )


async def tickets(visit: Visit) -> Response:
    """The tickets behind one figure."""
    form, span = _form(visit)
    asked = visit.request.query_params
    figure, page = asked.get("figure", "tickets"), asked.get("page", "0")
    chosen = {by: asked[by] for by in LINES if by in asked}
    if span is None or figure not in FIGURES or not (page.isascii() and page.isdigit() and len(page) < 8):
        raise HTTPException(404)
    if figure == "peak" and form["whose"]:  # the whole hall's alone
        raise HTTPException(404)
    if "officer" in chosen and not _boss(visit):
        raise HTTPException(403)

    def find() -> tuple[int, int, Any]:
        measures = Measures(_read(visit, span, form["whose"]), visit.desk.centre)
        try:
            found = behind(measures, figure, chosen)
        except KeyError as unknown:
            raise HTTPException(404) from unknown
        return len(found), found.practice_days, listed(found, int(page) * LISTED, LISTED)

    count, practice, rows = await _off(find)
    told = Told(visit, span, form["by"], form["whose"])
    names = [form["whose"]] if form["whose"] else []
    names += [_line_name(visit, by, key) for by, key in chosen.items()]
    return visit.page(
        "report_tickets.html",
        span=span_name(span, visit.language),
        names=names,
        figure=_figure_name(visit, figure),
        rows=rows,
        count=count,
        practice=made_up(practice, visit.language),
        back=told.link("/reports", by=form["by"]),
        before=told.tickets(figure, page=int(page) - 1, **chosen) if int(page) else "",
        after=told.tickets(figure, page=int(page) + 1, **chosen) if (int(page) + 1) * LISTED < count else "",
        boss=_boss(visit),
        time=minutes,
        outcomes=OUTCOMES,
    )


async def chart(visit: Visit) -> Response:
    """A drawing of a page that was shown just now."""
    svg = visit.desk.drawings.get(visit.request.path_params["name"])
    if svg is None:
        raise HTTPException(404)
    return Response(svg, media_type="image/svg+xml", headers={"Content-Security-Policy": DRAWN})


async def file(visit: Visit) -> Response:
    """The report as a file."""
    kind = visit.request.path_params["kind"]
    form, span = _form(visit)
    if kind not in WRITERS or span is None or form["whose"]:
        raise HTTPException(404)
    media, write = WRITERS[kind]
    centre = visit.desk.centre

    def made() -> bytes:
        today = visit.now.astimezone(centre.zone).date()
        its, came = read_report(visit.desk.ledger, span, form["by"], centre, today)  # type: ignore[arg-type]
        with TemporaryDirectory() as folder:
            place = Path(folder) / f"report.{kind}"
            write(place, its, came, centre, visit.language)
            return place.read_bytes()

    content = await _off(made, ONE_FILE)
    name = f"khiu-{span.first.isoformat()}-{span.last.isoformat()}.{kind}"
    how = "inline" if kind == "pdf" else "attachment"
    return Response(content, media_type=media, headers={"Content-Disposition": f'{how}; filename="{name}"'})


OUTCOMES = {
    "open": N_("Open"),
    "served": N_("Served"),
    "transferred": N_("Transferred"),
    "no_show": N_("No-show"),
    "unserved": N_("Unserved"),
    "voided": N_("Voided"),
}


def _report(visit: Visit, span: Span, by: By, whose: str) -> Report:
    """Of one officer without what only a whole hall has: its peak against its seats, and its cases."""
    centre = visit.desk.centre
    if whose:
        return report(_read(visit, span, whose), span, by, centre)
    return read_report(visit.desk.ledger, span, by, centre, visit.now.astimezone(centre.zone).date())[0]


def _read(visit: Visit, span: Span, whose: str) -> Visits:
    came = read(visit.desk.ledger, span, visit.desk.centre)
    return of_officer(came, whose) if whose else came


async def _off(work: Callable[[], T], bound: asyncio.Semaphore = AT_ONCE) -> T:
    """In a thread, when ``bound`` lets it.  Raises `HTTPException` 503 for a ledger that cannot be read."""
    try:
        async with bound:
            return await asyncio.to_thread(work)
    except StoreError as fault:
        raise HTTPException(503, UNREADABLE) from fault


def _form(visit: Visit) -> tuple[Form, Span | None]:
    """What was asked for; no span with the fault in the form.  Without a word: this month by service.

    Raises `HTTPException` 403 for the figures of another officer.
    """
    form = Form({name: visit.say(label) for name, label in FIELDS.items()}, dict(visit.request.query_params))
    today = visit.now.astimezone(visit.desk.centre.zone).date()
    usual = month(today.year, today.month)
    form.values["first"] = form["first"] or usual.first.isoformat()
    form.values["last"] = form["last"] or min(usual.last, today).isoformat()
    form.values["by"] = form["by"] or "service"
    if not _boss(visit) and form["whose"] not in dict(_whose(visit, "")):
        raise HTTPException(403)
    first, last = (form.day(name, visit.language) for name in SPAN)
    if form["by"] not in _allowed(visit):
        form.fault("by", visit.say(OF_OFFICERS if form["by"] == "officer" else N_("Please choose one.")))
    if first and last and first > last:
        form.fault("first", visit.say(N_("The first day is after the last.")))
    return form, Span(first, last) if first and last and not form.faults else None


def _whose(visit: Visit, asked: str) -> list[tuple[str, str]]:
    """Whose figures this visitor may choose: the centre's and, by the name that the ledger has, one's own."""
    own = visit.account.shown if visit.account else ""
    choices = [("", visit.say(N_("The whole centre"))), (own, visit.say(N_("My own: {name}")).format(name=own))]
    return choices if asked in dict(choices) else [*choices, (asked, asked)]


def _allowed(visit: Visit) -> tuple[By, ...]:
    return tuple(by for by in get_args(By) if by != "officer" or _boss(visit))


def _boss(visit: Visit) -> bool:
    """Who may see figures of single officers, and take files along that hold them."""
    return visit.account is not None and visit.account.role in SUPERVISORS


def _presets(visit: Visit) -> list[tuple[str, str]]:
    today = visit.now.astimezone(visit.desk.centre.zone).date()
    before = today.replace(day=1) - dt.timedelta(days=1)
    year = fiscal_year_of(today)
    spans = [
        (N_("Today"), Span(today, today)),
        (N_("This month"), month(today.year, today.month)),
        (N_("Last month"), month(before.year, before.month)),
        (N_("This fiscal year"), fiscal_year(year)),
        (N_("Last fiscal year"), fiscal_year(year - 1)),
    ]
    kept = {name: visit.request.query_params.get(name, "") for name in ("by", "whose")}
    kept = {name: value for name, value in kept.items() if value}
    return [(visit.say(name), f"/reports?{urlencode({'first': s.first, 'last': s.last, **kept})}") for name, s in spans]


def _line_name(visit: Visit, by: Line, key: str) -> str:
    centre, language = visit.desk.centre, visit.language
    if by == "code":
        return outcome_name(key, centre, language)
    if by == "band":
        return f"{band_name(int(key))} {visit.say(N_('min'))}"
    return line_name(by, key, centre, language)


def _figure_name(visit: Visit, figure: str) -> str:
    """What the figure is called in the report's tables."""
    if figure == "peak":
        return visit.say(AT_THE_PEAK)
    for column in table.columns(visit.desk.centre, visit.language):
        if column.figure == figure:
            return column.full_head
    return visit.say(OUTCOMES.get(figure, N_("Tickets")))


PAGES = (
    Page("/reports", OFFICERS, show, menu=N_("Reports")),
    Page("/reports/tickets", OFFICERS, tickets),
    Page("/reports/charts/{name}.svg", OFFICERS, chart),
    Page("/reports/report.{kind}", SUPERVISORS, file),
)
