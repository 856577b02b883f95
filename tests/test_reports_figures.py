"""The figures of any span: counted again by a script that knows nothing of them, and worked out by hand."""

from __future__ import annotations

import ast
import dataclasses
import datetime as dt
import random
from contextlib import closing
from pathlib import Path

import apsw
import pytest
import recount
from hall_script import Morning
from msgspec.structs import replace
from queue_script import CENTRE, MONDAY, NINE

from broker import messages as m
from display.desk.report_charts import drawn
from display.ledger.audit import audit
from display.ledger.columns import OUTCOMES, bodies
from display.reports.bands import band
from display.reports.behind import behind, listed, of_officer
from display.reports.measures import Measures
from display.reports.report import BANDS, BY, By, Line, lines, report
from display.reports.spans import Span, fiscal_year, fiscal_year_of, month
from display.reports.table import Column, Value, columns
from display.reports.visits import Visits, visits

DAY = dt.timedelta(days=1)
ACTIONS = (
    m.Next(), m.Next(), m.Start(), m.Start(), m.Provided(), m.Finish("advised"), m.Finish(), m.Recall(), m.NoShow(),
    m.Hold(), m.Resume(), m.CallBack(), m.Transfer("1.1"), m.Transfer("1.2"),
)  # fmt: skip
SPAN = Span(MONDAY, MONDAY + 3 * DAY)


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    """Three days of a hall, played by chance, and a fourth that has not ended: its own rules, its own ledger."""
    hall, chance = Morning(tmp_path_factory.mktemp("hall")), random.Random(5)
    for day in range(4):
        date = MONDAY + day * DAY
        hall.now = NINE + day * DAY
        hall.hall.tick(hall.now)
        given = dict.fromkeys("ABR", 0)
        for _ in range(250):
            hall.now += dt.timedelta(seconds=chance.randrange(1, 120), milliseconds=chance.randrange(1000))
            if chance.random() < 0.35:
                prefix = chance.choice("AABR")
                given[prefix] += 1
                number, service = f"{prefix}{given[prefix]:03}", {"A": "1.1", "B": "1.2", "R": "1.3"}[prefix]
                told = chance.choice((None, 60, 600, 1200))
                fact = m.TicketIssued(number, date, service, hall.now, chance.random() < 0.2, estimate=told)
                hall.fact("kiosk-1", fact)
                if chance.random() < 0.05:
                    hall.fact("kiosk-1", m.TicketVoided(number, date, service, hall.now))
            point = chance.randrange(2, 8)
            hall.press(chance.choice(ACTIONS), point=point)
            if (survey := hall.hall.today.points[point].survey) and chance.random() < 0.7:
                hall.fact("buttons-1", m.Rated(survey.visit, point, chance.randrange(1, 6), hall.now))
    hall.ledger.close()
    return hall.file


@pytest.fixture(scope="module")
def came(file) -> Visits:
    with closing(apsw.Connection(str(file))) as ledger:
        return visits(bodies(ledger, *SPAN), CENTRE.zone)


@pytest.fixture(scope="module")
def again(file) -> list[recount.Visit]:
    return list(recount.Recount(str(file), str(SPAN.first), str(SPAN.last)).visits.values())


def same(figures, counted: dict) -> None:
    """Every figure of a group is that of the recount, to the digits that are shown."""
    for name in ("tickets", "priority", "served", "transferred", "no_show", "unserved", "open", "calls", "walk_outs"):
        assert getattr(figures, name) == counted[name], name
    for name in ("waiting", "walking", "service"):
        spread = getattr(figures, name)
        assert spread.n == counted[name]["n"], name
        for part in ("mean", "median", "p90", "longest"):
            assert getattr(spread, part) == pytest.approx(counted[name][part], abs=0.051), (name, part)
    ratings, said = figures.ratings, counted["ratings"]
    assert (ratings.n, ratings.rateable, ratings.counts) == (said["n"], said["rateable"], said["counts"])
    assert ratings.mean == pytest.approx(said["mean"], abs=0.0051)
    assert ratings.sd == pytest.approx(said["sd"], abs=0.0051)
    if said["n"]:
        assert ratings.satisfied_percent == pytest.approx(100 * said["satisfied"] / said["n"], abs=0.051)
    told = counted["estimates"]
    assert (figures.estimates.n, figures.estimates.near) == (told["n"], told["near"])
    assert figures.estimates.bias == pytest.approx(told["bias"], abs=0.051)
    assert figures.estimates.absolute == pytest.approx(told["absolute"], abs=0.051)


def bangkok(visit: recount.Visit) -> dt.datetime:
    return dt.datetime.fromtimestamp(visit["issued"], dt.timezone(dt.timedelta(hours=7)))


KEYS = {
    "service": lambda visit: visit["service"],
    "point": lambda visit: str(visit["point"]) if visit.get("point") else None,
    "officer": lambda visit: visit.get("officer"),
    "hour": lambda visit: f"{bangkok(visit):%H}",
    "weekday": lambda visit: f"{bangkok(visit):%a}".lower(),
}


def test_the_recount_knows_nothing_of_khiu():
    imported = {
        name
        for node in ast.walk(ast.parse(Path(recount.__file__).read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    assert imported <= {
        "__future__", "json", "math", "sqlite3", "sys", "collections.abc", "datetime", "statistics",
    }  # fmt: skip


def test_the_days_that_were_played_have_something_of_everything(came, again, file):
    total = report(came, SPAN, "service", CENTRE).all.figures
    assert audit(file).faults == ()
    assert min(total.served, total.transferred, total.missed, total.walk_outs, total.broken_off, total.priority) > 0
    assert total.ratings.n > 10 < total.estimates.n
    assert len(again) == total.tickets


def test_all_visits_of_a_span_are_what_a_recount_of_the_raw_events_says(came, again):
    same(report(came, SPAN, "service", CENTRE).all.figures, recount.figures(again))


@pytest.mark.parametrize("by", BY)
def test_so_is_every_line(came, again, by: By):
    groups = recount.groups(again, KEYS[by])
    groups.pop(None, None)
    found = {line.key: line for line in lines(came, by, CENTRE)}
    assert found.keys() == groups.keys()
    for key, line in found.items():
        same(line.figures, recount.figures(groups[key]))
        limit = recount.within([v for v in groups[key] if v["service"] == "1.1"], 900, "provided")
        if limit["n"]:
            assert (line.within["1.1"].n, line.within["1.1"].within) == (limit["n"], limit["within"])
        else:
            assert line.within == {}


def test_the_most_that_waited_at_once_is_counted_moment_by_moment(came, again):
    days = recount.groups(again, lambda visit: visit["day"])
    most = {day: recount.most_waiting(of_day) for day, of_day in days.items()}
    peak = report(came, SPAN, "service", CENTRE, seats=3).peak
    assert peak.most == max(most.values())
    assert most[str(peak.day)] == peak.most
    assert peak.days_over == sum(waiting > 3 for waiting in most.values())


def test_what_is_left_of_the_tickets_is_told_apart_and_adds_up(came):
    for line in (*lines(came, "service", CENTRE), report(came, SPAN, "service", CENTRE).all):
        of = line.figures
        assert of.missed + of.walk_outs + of.broken_off == of.no_show + of.unserved
        assert of.served + of.transferred + of.no_show + of.unserved + of.open == of.tickets


def test_the_numbers_given_are_those_on_the_tickets(came, file):
    with closing(apsw.Connection(str(file))) as ledger:
        count, voided = ledger.execute("SELECT count(*), sum(state = 'voided') FROM ticket").fetchone()
    made = report(came, SPAN, "service", CENTRE)
    assert (made.numbers, made.voided) == (count, voided)
    assert voided


def test_the_trend_and_the_table_of_hours_hold_every_visit_once(came):
    made = report(came, SPAN, "service", CENTRE)
    assert [moment.day for moment in made.trend] == [MONDAY + n * DAY for n in range(4)]
    assert sum(moment.tickets for moment in made.trend) == sum(map(sum, made.heat)) == len(came)
    assert sum(made.waiting.counts) == made.all.figures.waiting.n
    assert sum(made.standards["1.1"].counts) == made.all.within["1.1"].n
    assert made.standards["1.1"].within_percent == made.all.within["1.1"].percent


def test_a_trend_goes_by_days_within_a_month_and_by_months_beyond(came):
    daily = report(came, month(2569, 11), "service", CENTRE).trend
    (only,) = report(came, fiscal_year(2570), "service", CENTRE).trend
    assert len(daily) == 4
    assert (only.day, only.tickets) == (dt.date(2026, 11, 1), len(came))


def of_how_many(column: Column, line: Line) -> Value:
    """The tickets that a figure counts, or is of; of the load, which counts hours and days, those that made it."""
    if column.section == "load":
        return line.figures.tickets if column.figure == "tickets" else line.figures.service.n
    return (column.n or column.of)(line)


@pytest.mark.parametrize("by", BY)
def test_behind_every_figure_of_every_table_stand_the_tickets_that_it_counts(came, by):
    measures, checked = Measures(came, CENTRE), 0
    everything = report(came, Span(MONDAY, MONDAY), by, CENTRE).all
    for line in (*lines(came, by, CENTRE), everything):
        for column in columns(CENTRE, "en"):
            of = ({} if line is everything else {by: line.key}) | (
                {"service": column.service} if column.service else {}
            )
            if column.service and line.key not in (column.service, "all") and by == "service":
                assert not of_how_many(column, line)
                continue
            found = behind(measures, column.figure, of)
            count = int(found["calls"].sum()) if column.figure == "called" else len(found)
            assert count == of_how_many(column, line), (column.full_head, of)
            checked += count > 0
    assert checked > 50


def test_behind_each_band_of_a_distribution_stand_the_tickets_that_it_counts(came):
    measures, made = Measures(came, CENTRE), report(came, Span(MONDAY, MONDAY), "service", CENTRE)
    bands = list(map(str, BANDS))
    assert tuple(len(behind(measures, "waiting", {"band": begin})) for begin in bands) == made.waiting.counts
    for id, shape in made.standards.items():
        counts = tuple(len(behind(measures, "measured", {"service": id, "band": begin})) for begin in bands)
        assert (counts, sum(counts) > 0) == (shape.counts, True)
    for figure, begin in (("waiting", "7"), ("rated", "5")):
        with pytest.raises(KeyError):
            behind(measures, figure, {"band": begin})


def test_behind_an_outcome_and_the_most_that_waited_stand_their_tickets(came):
    measures, made = Measures(came, CENTRE), report(came, Span(MONDAY, MONDAY), "service", CENTRE)
    assert made.all.figures.outcomes
    for code, count in made.all.figures.outcomes.items():
        assert len(behind(measures, "tickets", {"code": code})) == count
    waited = behind(measures, "peak", {})
    assert (len(waited), {row.day for row in listed(waited)}) == (made.peak.most, {made.peak.day})


def test_behind_each_place_of_a_trend_stand_the_tickets_of_its_days_and_none_beyond_the_span(came):
    *days, last = came.days
    moved = dataclasses.replace(came, days=(*days, dataclasses.replace(last, date=dt.date(2026, 12, 1))))
    made = report(moved, Span(dt.date(2026, 1, 10), dt.date(2026, 12, 5)), "service", CENTRE)
    *_, trend = drawn(made, CENTRE, "en", lambda figure, **its: f"{figure} {its}")
    assert [name for name, _cells in trend.rows] == ["Nov 2026", "Dec 2026"]
    days_of = [(dt.date(2026, 11, 1), dt.date(2026, 11, 30)), (dt.date(2026, 12, 1), dt.date(2026, 12, 5))]
    for (_name, cells), (first, last), at in zip(trend.rows, days_of, made.trend, strict=True):
        told = {"first": first, "last": last}
        assert cells[0] == (f"{at.tickets:,}", f"tickets {told}")
        of_the_standard = f"measured {told | {'service': '1.1'}}"
        assert cells[3][1] == ("" if cells[3][0] == "–" else of_the_standard)
    assert trend.rows[0][1][3][1]


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_visits_are_found_by_how_they_ended(came, outcome):
    found = behind(Measures(came, CENTRE), outcome, {})
    assert {row.outcome for row in listed(found, 0, len(found))} <= {outcome}
    assert len(found) == getattr(report(came, Span(MONDAY, MONDAY), "service", CENTRE).all.figures, outcome)


def test_the_figures_of_one_officer_are_those_of_her_line(came):
    for line in lines(came, "officer", CENTRE):
        own = report(of_officer(came, line.key), Span(MONDAY, MONDAY), "service", CENTRE)
        assert (own.all.figures, own.all.within) == (line.figures, line.within)
    assert len(of_officer(came, "nobody")) == 0


def test_a_list_of_tickets_goes_on_where_it_stopped(came):
    whole = listed(came, 0, len(came))
    assert [*listed(came, 0, 7), *listed(came, 7, 5)] == whole[:12]
    assert (whole[0].day, whole[0].number[0] in "ABR") == (MONDAY, True)


def test_a_line_that_there_is_none_of_has_nothing_behind_it(came):
    with pytest.raises(KeyError):
        behind(Measures(came, CENTRE), "tickets", {"service": "9.9"})


def test_a_span_without_a_visit_has_a_report_of_nothing(file):
    empty = visits([], CENTRE.zone)
    made = report(empty, Span(NINE.date(), NINE.date()), "officer", CENTRE, seats=40)
    assert (made.all.figures.tickets, made.lines, made.peak.most, made.trend) == (0, (), 0, ())
    assert made.all.figures.waiting.median is made.waiting.within_percent is None


def test_a_standard_until_the_finish_and_another_service_with_one_are_measured_each_by_its_own(came, again):
    standard = replace(CENTRE.services[0].standard, seconds=300, until="finished")
    centre = replace(
        CENTRE, services=(CENTRE.services[0], *(replace(s, standard=standard) for s in CENTRE.services[1:]))
    )
    kept = report(came, SPAN, "service", centre).all.within
    for service in ("1.2", "1.3"):
        limit = recount.within([v for v in again if v["service"] == service], 300, "finished")
        assert (kept[service].n, kept[service].within) == (limit["n"], limit["within"])


# ---------------------------------------------------------------- spans and bands
def test_fiscal_year_2570_began_on_1_october_2569():
    year = fiscal_year(2570)
    assert year == fiscal_year(2027) == Span(dt.date(2026, 10, 1), dt.date(2027, 9, 30))
    assert (year.fiscal_year, Span(year.first, year.last - DAY).fiscal_year) == (2570, None)
    assert [fiscal_year_of(day) for day in (year.first - DAY, year.first, year.last, year.last + DAY)] == [
        2569, 2570, 2570, 2571,
    ]  # fmt: skip


def test_a_month_is_whole_in_a_leap_year_too():
    assert month(2571, 2) == Span(dt.date(2028, 2, 1), dt.date(2028, 2, 29))
    assert month(2571, 2).month
    with pytest.raises(ValueError):
        month(2571, 13)


@pytest.mark.parametrize(
    ("mean", "name"),
    [
        (5.0, "มากที่สุด"),
        (4.21, "มากที่สุด"),
        (4.2, "มาก"),
        (3.4, "ปานกลาง"),
        (2.6, "น้อย"),
        (1.8, "น้อยที่สุด"),
        (1.0, "น้อยที่สุด"),
        (None, None),
    ],
)
def test_a_mean_lies_in_the_band_that_thai_reports_give_it(mean, name):
    assert band(mean, "th") == name
