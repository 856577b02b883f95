"""The centre of `make office`: that of `make faults`, with a desk of its own by HTTPS and some days behind it."""

from __future__ import annotations

import re
from pathlib import Path

from faults_centre import COUNTER, BrokenCentre, wait_for
from faults_morning import touched
from msgspec.structs import replace
from office_past import live_through, working_days

from broker.centre import Centre
from broker.messages import PointStatus
from broker.morning.subscriber import Seen
from broker.morning.waiting import NotSeen, until
from broker.mosquitto import certificates

DESK = "desk"
PAST_DAYS = 8
CODE = re.compile(r"\b[A-Z0-9]{4}(?:-[A-Z0-9]{4}){2}\b")


class OfficeCentre(BrokenCentre):
    """Real processes all; the kiosk and the screen are windows, the printer prints into files."""

    def __init__(self, folder: Path, display: str) -> None:
        super().__init__(folder, display)
        self.today = self.now().astimezone(self.centre.zone).date()
        self.past = working_days(self.today, PAST_DAYS, self.centre)

    def _here(self, given: Centre) -> Centre:
        """The desk listens on this machine alone, by a name that is not known for it: so it must speak HTTPS."""
        here = super()._here(given)
        assert here.desk is not None
        return replace(here, desk=replace(here.desk, host="LOCALHOST", names=("localhost",)))

    def _start(self) -> None:
        self.state("hall").mkdir(parents=True)
        live_through(self.state("hall"), self.past, self.centre)
        certificates(self.folder / "secrets", DESK, "localhost")
        super()._start()
        self._node(DESK, [self._command("khiu-desk"), "--ledger", str(self.ledger)])
        self.programs[DESK].start()

    @property
    def ledger(self) -> Path:
        return self.state("hall") / "ledger.sqlite"

    @property
    def origin(self) -> str:
        assert self.centre.desk is not None
        return f"https://localhost:{self.centre.desk.port}"

    @property
    def authority(self) -> Path:
        return self.folder / "secrets" / "ca.crt"

    def first_code(self) -> str:
        """As it stands on the board's line for staff."""

        def look() -> str | None:
            boards = [seen for seen in self.subscriber.seen if seen.topic.endswith("/hall/board")]
            found = CODE.search(" ".join(boards[-1].payload.get("alerts", ()))) if boards else None
            return found[0] if found else None

        return until("the first administrator's code on the hall's board", look, 15)

    def take(self, service: str) -> str:
        """A citizen touches a service; the number that she is given."""
        mark = self.subscriber.count()
        until(f"the kiosk taking a touch of service {service}", lambda: touched(self, service), 30)
        fact = self.subscriber.wait(f"a ticket of service {service}", lambda seen: _issued(seen, service), mark, 15)
        return str(fact.payload["fact"]["number"])

    def papers(self) -> int:
        """How many have come out of the kiosk's printer."""
        return len(list((self.folder / "paper").glob("*.png")))

    def comes_to(self, point: int, **wanted: object) -> PointStatus:
        """Wait until the hall says so of this point, as its counter hears it.  Raises `NotSeen`."""

        def as_wanted() -> bool:
            status = self.point(point)
            return status is not None and all(getattr(status, name) == value for name, value in wanted.items())

        if not wait_for(as_wanted, 10):
            raise NotSeen(f"point {point} is not {wanted}: {self.point(point)}")
        status = self.point(point)
        assert status is not None
        return status

    def rate(self, point: int, level: int) -> None:
        """A citizen touches a smiley of this point; the hall has it."""
        until(f"smileys of point {point}", lambda: (status := self.point(point)) and status.survey, 10)
        mark = self.subscriber.count()
        self.press(point, f"smiley-{level}")
        self.subscriber.wait("a rating", lambda seen: _is(seen, "rated"), mark, 10)
        self.subscriber.wait("the hall's word for it", lambda seen: seen.topic.endswith(f"/ack/{COUNTER}"), mark, 10)


def _issued(seen: Seen, service: str) -> bool:
    return _is(seen, "ticket_issued") and seen.payload["fact"]["service"] == service


def _is(seen: Seen, kind: str) -> bool:
    return seen.topic.endswith("/fact") and bool(seen.payload["fact"]["kind"] == kind)
