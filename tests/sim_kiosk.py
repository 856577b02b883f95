"""The simulated kiosk: the real core and the real press, a printer that can be ill, and citizens before the glass."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from pathlib import Path

import apsw
from promises import Paper, Touch
from sim_nodes import CENTRE
from sim_world import DISKS, Core, Machine, World

from broker.link import Event
from broker.words import PrinterState
from kiosk import issuer, pages
from kiosk.case_prints import PrintCase
from kiosk.press import Press, Word
from kiosk.printer import Outcome
from kiosk.store import KioskStore

PRINT_SECONDS = 0.4, 1.8


class SimPrinter:
    """What `kiosk.printer.Printer` is to the press; paper comes out of it, or not, whatever it says."""

    def __init__(self, machine: KioskMachine) -> None:
        self._machine = machine
        self.ill: PrinterState | None = None
        self.mute = False  # its confirmations get lost: paper comes out and the outcome is unknown
        self.torn = False  # it fails in the middle of a ticket
        self.seen: PrinterState = "unknown"
        self.tells = False

    def state(self) -> PrinterState:
        self.seen = self.ill or "ready"
        return self.seen

    def print(self, _job: bytes) -> Outcome:
        if self.state() not in ("ready", "near_end"):
            return "failed"
        machine, wish = self._machine, self._machine.printing
        assert wish is not None
        machine.boundary("before the paper")
        if self.torn:
            self.seen = "offline"
            return "unknown"
        ticket = wish.ticket
        machine.world.tell(machine.name, f"prints {ticket.number}{' (copy)' if wish.copy else ''}")
        machine.papers.append(Paper(machine.name, ticket.day, ticket.number, wish.copy))
        machine.boundary("after the paper")
        if self.mute:
            self.seen = "silent"
            return "unknown"
        return "printed"


class KioskMachine(Machine):
    """A kiosk; citizens work it by `touch`."""

    role = "kiosk"

    def __init__(self, world: World, name: str) -> None:
        super().__init__(world, name)
        self.numbers = next(kiosk.numbers for kiosk in CENTRE.kiosks if kiosk.name == name)
        self.papers: list[Paper] = []
        self.touches: list[Touch] = []
        self.printer = SimPrinter(self)
        self.printing: pages.Print | None = None  # what the press works on
        self.state: pages.State | None = None
        self.outage = 0.0
        self._refused: float | None = None  # since when
        self._press: Press
        self._press_free = 0.0

    def subscriptions(self) -> list[str]:
        return issuer.subscriptions(CENTRE, self.name)

    def boot(self) -> Core:
        self._press = Press(self.printer, lambda _wish: b"", self._deliver)  # type: ignore[arg-type]
        return _Kiosk(self)

    def begun(self) -> None:
        self._press.look()
        self._look_later()

    def died(self, power: bool) -> None:
        self.state = None
        self._press_free = 0.0

    def act(self, event: pages.Event) -> None:
        """A touch."""
        self.work(lambda core: core.act(event))  # type: ignore[attr-defined]

    @property
    def owes_nothing(self) -> bool:
        core = self.core
        return isinstance(core, _Kiosk) and core.owes_nothing and isinstance(core.state.page, pages.Home)

    def swap_card(self) -> None:
        self.fall("for a new card")
        self.disk.files.clear()

    def refuses(self, page: pages.Page | None) -> None:
        """A citizen stands before it and finds no way to a ticket."""
        if not isinstance(page, pages.Giving | pages.Printing | pages.Taken | pages.Fault) and self._refused is None:
            self._refused = self.world.now

    # ------------------------------------------------------------ the press, whose thread is the world's
    def _deliver(self, word: Word) -> None:
        if isinstance(word, Exception):
            raise word
        core = self.core
        assert isinstance(core, _Kiosk)
        core.act(word)

    def _look_later(self) -> None:
        def look(_core: Core) -> None:
            if self.printing is None:
                self._press.look()
            self._look_later()

        self.later(self._press.patience, look)

    def _print(self, wish: pages.Print, _core: Core) -> None:
        self.printing = wish
        try:
            self._press.do(wish)
        finally:
            self.printing = None

    # ------------------------------------------------------------ `kiosk.issuer.Front`
    def do(self, effect: pages.Effect | PrintCase) -> None:
        if isinstance(effect, pages.Print):
            self.boundary("before it prints")
            self._press_free = max(self._press_free, self.world.now) + self.world.dice.uniform(*PRINT_SECONDS)
            self.later(self._press_free - self.world.now, partial(self._print, effect))

    def show(self, state: pages.State) -> None:
        before, self.state = self.state, state
        if before and isinstance(before.page, pages.Home | pages.Giving) and isinstance(state.page, pages.Printing):
            ticket = state.page.ticket
            self.touches.append(Touch(self.name, ticket.day, ticket.number, self.world.true_time()))
        if isinstance(state.page, pages.Printing) and self._refused is not None:
            self.outage, self._refused = max(self.outage, self.world.now - self._refused), None
        if self.world.telling and (before is None or type(before.page) is not type(state.page)):
            self.world.tell(self.name, f"shows {type(state.page).__name__}")


class _Kiosk:
    def __init__(self, machine: KioskMachine) -> None:
        self._clock = machine.clock
        self._store = KioskStore.open(Path(f"/{machine.name}/kiosk.sqlite"), machine.numbers, DISKS.name)
        self._issuer = issuer.Issuer(CENTRE, self._store, machine, machine, machine.clock.moment())
        self._issuer.begin(machine.clock.moment())
        machine.show(self._issuer.state)

    @property
    def state(self) -> pages.State:
        return self._issuer.state

    @property
    def owes_nothing(self) -> bool:
        return self._store.outbox.joined and not self._store.outbox.pending(1)

    def act(self, event: pages.Event) -> None:
        self._issuer.act(event, self._clock.moment())

    def take(self, event: Event) -> None:
        self._issuer.take(event, self._clock.moment())

    def tick(self) -> None:
        self._issuer.tick(self._clock.moment())

    def due(self) -> float:
        return self._issuer.deadline()

    def close(self) -> None:
        with suppress(apsw.Error):
            self._store.close()
