"""The working days before the day of `make office`: a hall with its own rules lived through them, in a moment.

Without them no report, no what-if and no "few visits" has anything to say.
"""

from __future__ import annotations

import datetime as dt
import heapq
import random
from pathlib import Path

from hall_script import Morning

from broker import messages as m
from broker.centre import Centre

PREFIX = {"1.1": "A", "1.2": "B", "1.3": "R"}
MINUTES = {"1.1": 7, "1.2": 14, "1.3": 10}  # of service, about
OFFICERS = {2: "สมหญิง ใจดี", 3: "วิชัย พึ่งธรรม", 4: "น้ำฝน ซื่อตรง", 6: "อนงค์ แสงทอง"}
A_DAY = 36  # tickets
LATE, INCOMPLETE = "late-request", "incomplete-request"  # cases


def working_days(before: dt.date, count: int, centre: Centre) -> list[dt.date]:
    """The last so many days of opening before this one, in order."""
    days: list[dt.date] = []
    while len(days) < count:
        before -= dt.timedelta(days=1)
        if before.weekday() < 5 and before not in centre.days_off:
            days.append(before)
    return days[::-1]


def live_through(folder: Path, days: list[dt.date], centre: Centre, seed: int = 5) -> None:
    """Leaves the hall's ledger in this folder, each day with its end."""
    chance = random.Random(seed)
    hall = Morning(folder, opens(days[0], centre))
    hall.seq["desk"] = 0
    for day in days:
        if day == days[0]:
            hall.now = opens(day, centre) + dt.timedelta(minutes=1)
            for fact in requests(hall.now):
                hall.fact("desk", fact)
        Past(hall, opens(day, centre), chance).live()
    hall.now = opens(days[-1], centre) + dt.timedelta(hours=12)  # after the day's end, which closes who still waits
    hall.hall.tick(hall.now)
    hall.ledger.close()


def requests(at: dt.datetime) -> list[m.CaseFiled]:
    """One that is complete and should have been forwarded long ago, and one that still misses a document."""
    card, bill = m.Document("สำเนาบัตรประจำตัวประชาชน", held=True), "สำเนาใบแจ้งค่าไฟฟ้า"
    by = {"by": OFFICERS[4], "at": at, "service": "1.2", "matter": "request"}
    return [
        m.CaseFiled(case=LATE, documents=(card,), **by),
        m.CaseFiled(case=INCOMPLETE, documents=(card, m.Document(bill, held=False)), **by),
    ]


def opens(day: dt.date, centre: Centre) -> dt.datetime:
    return dt.datetime.combine(day, centre.hours.open, centre.zone).astimezone(dt.UTC)


class Past:
    """One day: what happens next stands on a heap, by time."""

    def __init__(self, hall: Morning, opening: dt.datetime, chance: random.Random) -> None:
        self.hall, self.opening, self.chance = hall, opening, chance
        self.given = dict.fromkeys(PREFIX, 0)
        self.due: list[tuple[dt.datetime, int, str, int]] = []
        for _ in range(A_DAY):
            self.later("arrive", 0, minutes=chance.triangular(0, 450, 120))
        for point in OFFICERS:
            self.later("sign_in", point, minutes=1)

    def later(self, what: str, point: int, *, minutes: float, since: dt.datetime | None = None) -> None:
        at = (since or self.opening) + dt.timedelta(minutes=minutes)
        heapq.heappush(self.due, (at, len(self.due) + self.chance.randrange(10**6), what, point))

    def live(self) -> None:
        end = self.opening + dt.timedelta(hours=8.5)
        while self.due and self.due[0][0] < end:
            self.hall.now, _, what, point = heapq.heappop(self.due)
            self.hall.hall.tick(self.hall.now)
            getattr(self, what)(point)

    def press(self, action: m.Action, point: int) -> bool:
        return isinstance(self.hall.press(action, point=point), m.Accepted)

    def arrive(self, _point: int) -> None:
        service = self.chance.choices(list(PREFIX), (5, 2, 3))[0]
        self.given[service] += 1
        number = f"{PREFIX[service]}{self.given[service]:03}"
        day = self.hall.hall.today.day
        told = self.chance.choice((None, 180, 420, 900))
        priority = self.chance.random() < 0.1
        self.hall.fact("kiosk-1", m.TicketIssued(number, day, service, self.hall.now, priority, estimate=told))

    def sign_in(self, point: int) -> None:
        self.press(m.Open(OFFICERS[point]), point)
        self.look(point)

    def look(self, point: int) -> None:
        called = self.press(m.Next(), point) and self.hall.hall.today.points[point].ticket
        self.later("come" if called else "look", point, minutes=self.chance.uniform(0.3, 1.5), since=self.hall.now)

    def come(self, point: int) -> None:
        if self.chance.random() < 0.06:
            self.press(m.NoShow(), point)
            self.look(point)
            return
        self.press(m.Start(), point)
        service = next(service for service in PREFIX if point in self.hall.hall.today.centre.service(service).points)
        took = self.chance.gammavariate(3, MINUTES[service] / 3)
        self.later("provide", point, minutes=took, since=self.hall.now)

    def provide(self, point: int) -> None:
        if self.chance.random() < 0.08:
            self.press(m.Transfer("1.2" if point < 4 else "1.3"), point)
            self.look(point)
            return
        self.press(m.Provided(), point)
        self.later("finish", point, minutes=self.chance.uniform(0.2, 4), since=self.hall.now)

    def finish(self, point: int) -> None:
        self.press(m.Finish(self.chance.choice(("advised", "documents_given", None))), point)
        survey = self.hall.hall.today.points[point].survey
        if survey and self.chance.random() < 0.6:
            level = self.chance.choices((5, 4, 3, 2), (50, 35, 10, 5))[0]
            self.hall.fact("buttons-1", m.Rated(survey.visit, point, level, self.hall.now))
        self.later("look", point, minutes=self.chance.uniform(0.1, 1), since=self.hall.now)
