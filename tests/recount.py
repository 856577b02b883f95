"""The standard's figures, counted again from a ledger's raw events: `python tests/recount.py LEDGER FROM TO`.

Nothing of Khiu is imported: Python, SQLite and JSON alone, written from the rules in words.  So it can be
wrong only where the report is right.

- A visit is a ticket's stay at one service: from its issue, or its transfer there.
- Waiting: from then until the first call; unknown where the time of issue was guessed.
- Walking: from the last call before service began, recalls included, until then.
- Service time: from start until an officer finished or transferred.
- Information (1.1) within 15 minutes: from start until "provided"; where nobody pressed it, until the end.
- A visit that the end of the day closed has no end that anybody knows.
"""

from __future__ import annotations

import json
import math
import sqlite3
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from statistics import fmean, median, stdev

Visit = dict[str, object]


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def events(file: str, first: str, last: str) -> Iterator[dict]:
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as ledger:
        rows = ledger.execute("SELECT day, body FROM event WHERE day BETWEEN ? AND ? ORDER BY seq", (first, last))
        for day, body in rows.fetchall():
            yield {"service_day": day, **json.loads(body)}


class Recount:
    """Every visit of these days; one method an event, named like it."""

    def __init__(self, file: str, first: str, last: str) -> None:
        self.visits: dict[str, Visit] = {}
        self.voided: set[tuple[str, str]] = set()
        for event in events(file, first, last):
            if take := getattr(self, event["kind"], None):
                take(event, self.visits.get(event.get("visit", "")))

    def ticket_queued(self, event: dict, _visit: Visit | None) -> None:
        self.visits[event["visit"]] = {
            "day": event["day"],
            "number": event["number"],
            "service": event["service"],
            "issued": seconds(event["given_at"]),
            "guessed": event.get("certainty") == "guessed",
            "priority": event["priority"],
            "estimate": event.get("estimate"),
            "calls": 0,
        }

    def ticket_voided(self, event: dict, _visit: Visit | None) -> None:
        self.voided.add((event["day"], event["number"]))
        self.visits = {
            id: visit
            for id, visit in self.visits.items()
            if (visit["day"], visit["number"]) != (event["day"], event["number"])
        }

    def called(self, event: dict, visit: Visit) -> None:
        visit["calls"] += 1
        visit.setdefault("first_called", seconds(event["at"]))
        visit.update(outcome=None, point=event["point"], officer=event["officer"])
        if visit.get("started") is None:
            visit["called"] = seconds(event["at"])

    def started(self, event: dict, visit: Visit) -> None:
        if visit.get("started") is None:
            visit["started"] = seconds(event["at"])

    def provided(self, event: dict, visit: Visit) -> None:
        visit.setdefault("provided", seconds(event["at"]))

    def finished(self, event: dict, visit: Visit) -> None:
        visit.update(outcome="served", code=event.get("outcome"))
        if event.get("by", "officer") == "officer":
            visit["finished"] = seconds(event["at"])

    def no_show(self, event: dict, visit: Visit) -> None:
        visit["outcome"] = "no_show"
        if event.get("unstarted"):
            visit["started"] = None

    def unserved(self, _event: dict, visit: Visit) -> None:
        visit["outcome"] = "unserved"

    def transferred(self, event: dict, visit: Visit) -> None:
        visit.update(outcome="transferred", finished=seconds(event["at"]))
        self.visits[event["next_visit"]] = {
            "day": visit["day"],
            "number": visit["number"],
            "service": event["service"],
            "issued": seconds(event["at"]),
            "priority": visit["priority"],
            "calls": 0,
        }

    def rated(self, event: dict, visit: Visit) -> None:
        visit["level"] = event["level"]


def took(visits: list[Visit], begin: str, end: str) -> list[float]:
    known = [v for v in visits if v.get(begin) is not None and v.get(end) is not None]
    return sorted(max(0.0, v[end] - v[begin]) for v in known)


def spread(times: list[float]) -> dict[str, float | int | None]:
    """Nearest rank for the 90 %."""
    if not times:
        return {"n": 0, "mean": None, "median": None, "p90": None, "longest": None}
    p90 = times[math.ceil(0.9 * len(times)) - 1]
    return {"n": len(times), "mean": fmean(times), "median": median(times), "p90": p90, "longest": times[-1]}


def within(visits: list[Visit], limit: float, until: str) -> dict[str, int]:
    times = []
    for visit in visits:
        end = visit.get("provided") if until == "provided" else None
        end = visit.get("finished") if end is None else end
        if visit.get("started") is not None and end is not None:
            times.append(end - visit["started"])
    return {"n": len(times), "within": sum(time <= limit for time in times)}


def ratings(visits: list[Visit]) -> dict[str, object]:
    levels = [v["level"] for v in visits if v.get("level")]
    return {
        "n": len(levels),
        "rateable": len(took(visits, "started", "finished")),
        "counts": {str(level): levels.count(level) for level in (5, 4, 3, 2, 1)},
        "mean": fmean(levels) if levels else None,
        "sd": stdev(levels) if len(levels) > 1 else None,
        "satisfied": sum(level >= 4 for level in levels),
    }


def most_waiting(visits: list[Visit]) -> int:
    """The most visits that waited for their first call at one moment; one never called waits till the day's end."""
    turns = [(v["issued"], 1) for v in visits]
    turns += [(v["first_called"], -1) for v in visits if v.get("first_called") is not None]
    most = now = 0
    for _, step in sorted(turns):  # who leaves at the moment at which another comes makes room for them
        now += step
        most = max(most, now)
    return most


def figures(visits: list[Visit]) -> dict[str, object]:
    """All of it, for visits seen together."""
    ended = [v.get("outcome") for v in visits]
    estimates = [
        (v["estimate"], max(0.0, v["first_called"] - v["issued"]))
        for v in visits
        if v.get("estimate") is not None and v.get("first_called") is not None and not v.get("guessed")
    ]
    errors = [told - waited for told, waited in estimates]
    return {
        "tickets": len(visits),
        "priority": sum(map(bool, (v["priority"] for v in visits))),
        **{outcome: ended.count(outcome) for outcome in ("served", "transferred", "no_show", "unserved")},
        "open": ended.count(None),
        "calls": sum(v["calls"] for v in visits),
        "waiting": spread(took([v for v in visits if not v.get("guessed")], "issued", "first_called")),
        "walking": spread(took(visits, "called", "started")),
        "service": spread(took(visits, "started", "finished")),
        "ratings": ratings(visits),
        "walk_outs": sum(v.get("outcome") == "unserved" and v.get("first_called") is None for v in visits),
        "estimates": {
            "n": len(errors),
            "bias": fmean(errors) if errors else None,
            "absolute": fmean(map(abs, errors)) if errors else None,
            "near": sum(abs(error) <= 300 for error in errors),
        },
    }


def groups(visits: list[Visit], by: Callable[[Visit], object]) -> dict[object, list[Visit]]:
    found: dict[object, list[Visit]] = {}
    for visit in visits:
        found.setdefault(by(visit), []).append(visit)
    return found


def cases(file: str, first: str, last: str, today: str) -> dict[str, int]:
    """Cases filed on these days (office time, UTC+7) against the due dates that their last event gave them."""
    found: dict[str, dict] = {}
    for event in events(file, "0000", "9999"):
        if event["kind"] == "case_filed":
            found[event["case"]] = {"filed": event["filed_at"], "forwarded": None, "closed": None}
        if event["kind"] in ("case_filed", "case_moved", "case_redated"):
            case = found[event["case"]]
            case |= {"state": event["state"], "forward": event["forward_due"], "answer": event["answer_due"]}
        if event["kind"] == "case_moved":
            if event["step"] == "forwarded":
                case["forwarded"] = event["moved_at"]
            if event["state"] == "closed":
                case["closed"] = event["moved_at"]

    def day(at: str) -> str:
        return (datetime.fromisoformat(at) + timedelta(hours=7)).strftime("%Y-%m-%d")

    owed = [case for case in found.values() if first <= day(case["filed"]) <= last]
    said = {"filed": len(owed), "withdrawn": sum(case["state"] == "withdrawn" for case in owed)}
    owed = [case for case in owed if case["state"] != "withdrawn"]
    for due, done in (("forward", "forwarded"), ("answer", "closed")):
        dated = [(day(case[done]) if case[done] else None, case[due]) for case in owed if case[due]]
        said[f"{due}_within"] = sum(at is not None and at <= limit for at, limit in dated)
        said[f"{due}_late"] = sum((at or today) > limit for at, limit in dated)
    return said


def main(file: str, first: str, last: str) -> None:
    visits = list(Recount(file, first, last).visits.values())
    services = groups(visits, lambda visit: visit["service"])
    said = {"all": figures(visits), "services": {service: figures(of) for service, of in sorted(services.items())}}
    said["within_15_minutes_1.1"] = within(services.get("1.1", []), 900, "provided")
    days = groups(visits, lambda visit: visit["day"])
    said["most_waiting"] = max(map(most_waiting, days.values()), default=0)
    print(json.dumps(said, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: python tests/recount.py LEDGER FROM TO (YYYY-MM-DD)")
    main(*sys.argv[1:])
