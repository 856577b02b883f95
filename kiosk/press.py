"""The printer's own thread: prints, and looks how the printer is, one after the other.

A kiosk that stands still looks every `CALM_SECONDS`, one with a faulty printer every `FAULTY_SECONDS`; a ticket's
own print looks before and after by itself.  A printer that tells what changes (automatic status, over a wire that stays
open) is looked at when it does; then the calm look is for one that died without a word.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Literal

from broker import clock
from broker.words import PrinterState, PrintOutcome
from kiosk.case_prints import CaseTried, PrintCase
from kiosk.flow import PRINTS
from kiosk.pages import Print, Printed, PrinterSeen, PrintFailed
from kiosk.printer import Outcome, Printer

CALM_SECONDS, FAULTY_SECONDS = 10.0, 2.0
TOLD_SECONDS = 30.0  # between calm looks at a printer that tells
SETTLE_SECONDS = 0.1  # a cover that opens makes several words; a printer that babbles is looked at no more often
STOP_SECONDS = 15.0  # longer than a print takes to fail

Wish = Print | PrintCase
Word = Printed | PrintFailed | PrinterSeen | CaseTried | Exception
CASE_OUTCOMES: dict[Outcome, PrintOutcome] = {"printed": "printed", "failed": "not_printed", "unknown": "unsure"}


class Press:
    """``draw`` makes the bytes of a paper; ``deliver`` hears what became of it, on this thread.

    An exception is delivered too: it is a fault of this software, by which the kiosk must end.
    """

    def __init__(self, printer: Printer, draw: Callable[[Wish], bytes], deliver: Callable[[Word], object]) -> None:
        self._printer, self._draw, self._deliver = printer, draw, deliver
        self._wishes: SimpleQueue[Wish | Literal["look"] | None] = SimpleQueue()
        self._state: PrinterState | None = None
        self._thread = threading.Thread(target=self._work, name="press", daemon=True)

    def start(self) -> None:
        """Begin, with a look."""
        self._printer.listen(lambda: self._wishes.put("look"))
        self._thread.start()

    def print(self, wish: Wish) -> None:
        """`Printed` or `PrintFailed` of its job follows, or `CaseTried`."""
        self._wishes.put(wish)

    def stop(self) -> None:
        """End after what is under way."""
        self._wishes.put(None)
        self._thread.join(STOP_SECONDS)
        self._printer.close()

    def _work(self) -> None:
        try:
            self.look()
            told = False
            while True:
                try:
                    wish = self._wishes.get(timeout=SETTLE_SECONDS if told else self.patience)
                except Empty:
                    told = False
                    self.look()
                    continue
                if wish is None:
                    return
                if told := wish == "look":
                    continue
                self.do(wish)
        except Exception as error:  # noqa: BLE001 - see above
            self._deliver(error)

    @property
    def patience(self) -> float:
        """Seconds until the next look."""
        if self._state not in PRINTS:
            return FAULTY_SECONDS
        return TOLD_SECONDS if self._printer.tells else CALM_SECONDS

    def look(self) -> None:
        """Look how the printer is, and tell what is news.  Blocks; from one thread at a time, as `do`."""
        seen = self._printer.state()
        if seen != self._state or seen not in PRINTS:
            self._deliver(PrinterSeen(seen))
        self._state = seen

    def do(self, wish: Wish) -> None:
        """Print, and tell what became of it."""
        if isinstance(wish, PrintCase):
            self._do_case(wish)
            return
        outcome = self._printer.print(self._draw(wish))
        seen = self._printer.seen
        if outcome == "printed":
            self._state = seen
            self._deliver(Printed(wish.job))
            self._deliver(PrinterSeen(seen))
        else:
            # a printer that looks well and did not print is looked at again before it is believed
            self._state = "unknown" if seen in PRINTS else seen
            self._deliver(PrintFailed(wish.job, self._state))

    def _do_case(self, wish: PrintCase) -> None:
        if clock.monotonic() >= wish.until:  # the look before it took too long
            self._deliver(CaseTried(wish.wish.id, "late"))
            return
        outcome = self._printer.print(self._draw(wish))
        seen = self._printer.seen
        self._deliver(CaseTried(wish.wish.id, CASE_OUTCOMES[outcome], seen))
        # as after a ticket: one that looks well and did not print is looked at again
        self._state = "unknown" if outcome != "printed" and seen in PRINTS else seen
        self._deliver(PrinterSeen(self._state))
