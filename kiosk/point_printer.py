"""``khiu-paper``: a printer at points that the kiosk is far from; papers of cases come out of it, no tickets (R3.1).

A kiosk without its glass: press, printer and papers of cases are the kiosk's own, and nothing here draws a window.
"""

from __future__ import annotations

import logging
import queue
import sys
from contextlib import suppress

import apsw

from broker import clock, link, node
from broker.centre import Centre
from broker.hall_clock import HallClock
from broker.messages import Ack, Board, Health, Office, Print
from broker.office_copy import OFFICE_MIGRATIONS, OfficeCopy, OfficeShelf
from broker.printers import abilities
from broker.store import alive, open_healed
from broker.topics import address
from kiosk.case_prints import CASE_PRINT_MIGRATIONS, CasePrints, CaseTried, PrintCase
from kiosk.case_slip import case_slip
from kiosk.pages import PrinterSeen
from kiosk.paper import render
from kiosk.press import Press, Wish, Word
from kiosk.printer import open_printer

MIGRATIONS = (*OFFICE_MIGRATIONS, *CASE_PRINT_MIGRATIONS)
LONGEST_SECONDS = 3600.0  # no wait is longer

log = logging.getLogger(__name__)


def subscriptions(centre: Centre, name: str) -> list[str]:
    """The topics that this printer must hear.  The hall acknowledges whoever comes, which tells its time at once."""
    site = centre.centre.site
    own = [address(site, kind, node=name) for kind in (Ack, Print)]
    return [address(site, Board), address(site, Office), *own]


class PointPrinter:
    """One printer, until `stop`.  Link and press have threads of their own, which only fill the inbox.

    Raises what `open_healed` raises.
    """

    def __init__(self, setting: node.Setting) -> None:
        centre = setting.centre
        self._table = next(each.printer for each in centre.printers if each.name == setting.node)
        self._inbox: queue.SimpleQueue[link.Event | Word | None] = queue.SimpleQueue()
        self._store, warned = open_healed(setting.state / "printer.sqlite", MIGRATIONS)
        self._shelf = OfficeShelf(self._store)
        self._office = OfficeCopy(centre, self._shelf.parts())
        self._hall_clock = HallClock()
        self._link = link.Link(setting, "printer", subscriptions(centre, setting.node), self._inbox.put, warned)
        self._papers = CasePrints(self._store, self._link.publish)
        self._press = Press(open_printer(self._table), self._draw, self._inbox.put)
        self._ping_due, self._watchdog = clock.monotonic(), node.watchdog_seconds()

    def stop(self) -> None:
        """End `run` soon; from any thread."""
        self._inbox.put(None)

    def run(self) -> None:
        """Work until `stop`; a paper under way is ended, and said, before."""
        self._press.start()
        self._link.start()
        node.notify("READY=1")
        try:
            while self._turn():
                pass
        finally:
            node.notify("STOPPING=1")
            self._press.stop()
            while not self._inbox.empty():
                if isinstance(tried := self._inbox.get(), CaseTried):
                    self._papers.tried(tried)
            self._link.stop()
            self._store.close()

    def _turn(self) -> bool:
        """Wait for the next word or deadline, and do what it asks for; False at the end."""
        with suppress(queue.Empty):
            event = self._inbox.get(timeout=self._patience(clock.monotonic()))
            if event is None:
                return False
            self._take(event, clock.moment())
        if paper := self._papers.next(clock.monotonic()):  # and what waited too long is refused
            self._press.print(paper)
        self._ping(clock.monotonic())
        return True

    def _patience(self, now: float) -> float:
        due = [now + LONGEST_SECONDS, self._papers.due, self._ping_due if self._watchdog else None]
        return max(0.0, min(d for d in due if d is not None) - now)

    def _take(self, event: link.Event | Word, moment: clock.Moment) -> None:
        match event:
            case Exception() as fault:
                raise fault
            case PrinterSeen(state):
                self._link.health(Health(printer=state))
            case CaseTried() as tried:
                self._papers.tried(tried)
            case link.Received(Print() as wish, retained=False):  # of a retained one nobody knows when it was said
                self._papers.hear(wish, moment._replace(now=self._hall_clock.tells(moment)), self._office.centre)
            case link.Received(Ack(at=at) | Board(at=at), retained=False):
                self._hall_clock.hear(at, moment)
            case link.Received(Office() as said, part) if self._office.hear(said, part):
                try:
                    self._shelf.keep(said)
                except apsw.Error:  # it is heard anew at the next connection
                    log.exception("%s of the office is not kept", part)

    def _draw(self, wish: Wish) -> bytes:
        """On the press's own thread."""
        assert isinstance(wish, PrintCase)  # nobody asks this printer for a ticket
        centre = self._office.centre
        return render(case_slip(wish.wish, centre), abilities(self._table), centre.centre.font)

    def _ping(self, at: float) -> None:
        if self._watchdog and at >= self._ping_due:
            if self._link.alive and alive(self._store):  # a broker that is away is no fault of ours
                node.notify("WATCHDOG=1")
            self._ping_due = at + self._watchdog / 2


def main() -> int:
    """Run until SIGTERM or SIGINT; `SystemExit` 78 for a wrong centre.toml."""
    printer = PointPrinter(node.setting("printer", sys.argv[1:], "A printer at points, for papers of cases."))
    node.on_stop(printer.stop)
    printer.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
