"""The wires of the points: buttons and faces to ground (pulled up inside the chip), two LEDs a point.

The only file that imports gpiozero.  On a Pi the pins are real (lgpio, one factory a gpiochip); with
``GPIOZERO_PIN_FACTORY=mock`` they are gpiozero's mock pins and `Bench` is the hand that works them.
"""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from gpiozero import LED, InputDevice
from gpiozero.pins.mock import MockConnectedPin, MockFactory
from gpiozero.pins.pi import PiFactory

from broker import clock
from broker.centre import Centre
from counter_buttons.console import wires
from counter_buttons.lamp import Light

Chips = Mapping[int, PiFactory]  # number of a gpiochip → its pins
Edge = Callable[[int, str, bool, float], None]  # point, wire, down, seconds of the monotonic clock


class Wires:
    """All inputs and lamps of these points.  ``edge`` is called on gpiozero's thread and must only enqueue.

    gpiozero is given no bounce time: debouncing is `gestures`' work, and a mock pin would ignore it anyway.
    """

    def __init__(self, centre: Centre, points: Iterable[int], chips: Chips, edge: Edge) -> None:
        self._inputs: dict[tuple[int, str], InputDevice] = {}
        self._lamps: dict[int, tuple[LED, LED]] = {}
        self._heard: list[Callable[[float, int], None]] = []  # gpiozero holds callbacks weakly
        for point in points:
            pins = centre.point(point).pins
            if pins is None:
                continue
            chip = chips[pins.chip]
            self._lamps[point] = LED(pins.green, pin_factory=chip), LED(pins.red, pin_factory=chip)
            for wire, pin in wires(centre, point).items():
                device = self._inputs[point, wire] = InputDevice(pin, pull_up=True, pin_factory=chip)
                heard = partial(_hear, edge, point, wire)
                self._heard.append(heard)
                device.pin.edges = "both"
                device.pin.when_changed = heard

    def down(self, point: int, wire: str) -> bool:
        """The line as it stands now."""
        return bool(self._inputs[point, wire].is_active)

    def of(self, point: int) -> tuple[str, ...]:
        """The names of a point's inputs."""
        return tuple(wire for at, wire in self._inputs if at == point)

    def shine(self, point: int, light: Light) -> None:
        """Set a point's lamp."""
        for led, lit in zip(self._lamps.get(point, ()), light, strict=False):
            led.value = lit

    def close(self) -> None:
        """Lamps dark, lines free."""
        for led in (led for pair in self._lamps.values() for led in pair):
            led.off()
            led.close()
        for device in self._inputs.values():
            device.close()


def _hear(edge: Edge, point: int, wire: str, ticks: float, level: int) -> None:
    # a local factory's ticks are seconds of the monotonic clock; but kernels before 5.7 stamped edges by the wall
    # clock, far ahead of it.  A stamp of long ago is true: this thread had to wait, and the press is as old as that.
    now = clock.monotonic()
    edge(point, wire, not level, min(ticks, now))


def chips(centre: Centre, points: Iterable[int]) -> Chips:
    """A pin factory for each gpiochip of these points: mock pins if ``GPIOZERO_PIN_FACTORY`` says so, else real ones.

    Raises `ImportError` without lgpio and `lgpio.error` for a chip that is not there or not ours.
    """
    wired = (pins for point in points if (pins := centre.point(point).pins))
    make = MockFactory if os.environ.get("GPIOZERO_PIN_FACTORY") == "mock" else _real_chip
    return {number: make() if make is MockFactory else make(number) for number in sorted({p.chip for p in wired})}


def _real_chip(number: int) -> PiFactory:
    from gpiozero.pins.lgpio import LGPIOFactory  # noqa: PLC0415 (its library is there only on a Pi)

    factory = LGPIOFactory(chip=number)
    # gpiozero gives all local factories one table of pins and one of reservations, keyed by BCM number, so that nobody
    # drives one pin by two libraries.  Here pin 17 of two chips is two pins: each chip has tables of its own.
    factory.pins, factory._reservations = {}, defaultdict(list)
    return factory


class Bench:
    """The other end of the wires, on mock pins: fingers that press, eyes on the lamps.

    ``lit`` hears each change of a lamp, on the thread that switches it: point, light.
    """

    def __init__(self, centre: Centre, points: Iterable[int], lit: Callable[[int, Light], None] | None = None) -> None:
        self._centre = centre
        self.chips: dict[int, PiFactory] = {}
        self._eyes: dict[int, tuple[InputDevice, InputDevice]] = {}
        self._heard: list[Callable[[float, int], None]] = []
        for point in points:
            pins = centre.point(point).pins
            if pins is None:
                continue
            chip = self.chips.setdefault(pins.chip, MockFactory())
            eyes = MockFactory()  # a lamp's pin is wired to an eye's, which tells of changes as any input does
            self._eyes[point] = self._eye(chip, eyes, pins.green), self._eye(chip, eyes, pins.red)
            if lit:
                heard = partial(self._see, lit, point)
                self._heard.append(heard)
                for eye in self._eyes[point]:
                    eye.pin.edges = "both"
                    eye.pin.when_changed = heard
        self._hand = threading.Lock()

    @staticmethod
    def _eye(chip: MockFactory, eyes: MockFactory, pin: int) -> InputDevice:
        eye = InputDevice(pin, pin_factory=eyes)
        chip.pin(pin, pin_class=MockConnectedPin, input_pin=eye.pin)
        return eye

    def _see(self, lit: Callable[[int, Light], None], point: int, _ticks: float, _level: int) -> None:
        lit(point, self.light(point))

    def light(self, point: int) -> Light:
        """What shines at a point now."""
        green, red = self._eyes[point]
        return Light(bool(green.is_active), bool(red.is_active))

    def contact(self, point: int, wire: str, down: bool) -> None:
        """One real edge: the line of a button or face goes low (down) or high.  Raises `KeyError` for no such wire."""
        pins = self._centre.point(point).pins
        if pins is None:
            raise KeyError(wire)
        pin = self.chips[pins.chip].pin(wires(self._centre, point)[wire])
        with self._hand:
            pin.drive_low() if down else pin.drive_high()
