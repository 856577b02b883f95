"""A simulated day: planned from a seed, lived, judged; and, when a promise was broken, told as shortly as can be.

The plan (`plan`) says what people and misfortune do; `live` runs it, heals everything, waits until nobody has anything
more to say, and hands what is left to `promises.judge`.
"""

from __future__ import annotations

import logging
import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from promises import Breach, Evidence, Verdict, judge
from sim_deeds import (
    UNSET,
    BrokerRestart,
    CardFull,
    Citizen,
    ClockJumps,
    CutOff,
    Deed,
    Kill,
    NewCard,
    Officer,
    PrinterIll,
    Smiley,
    Storm,
)
from sim_kiosk import KioskMachine
from sim_network import Weather
from sim_nodes import CENTRE, CounterMachine, HallMachine, ScreenMachine
from sim_world import World

from display.ledger.ledger import FILE
from display.queue.rules import AHEAD

BUSY_SECONDS = 150.0  # people come and things break so long
DRAIN_SECONDS = 80.0  # then all is well, and what was begun comes to its end
LONGEST_SECONDS = 1200.0
KINDS = ("calm", "kills", "power", "broker", "cuts", "storm", "clocks", "printer", "card", "all")
MACHINES = {
    "hall": HallMachine,
    "kiosk-1": KioskMachine,
    "kiosk-2": KioskMachine,
    "screen-1": ScreenMachine,
    "buttons-1": CounterMachine,
    "buttons-2": CounterMachine,
}
NODES = tuple(MACHINES)
Plan = tuple[Deed, ...]


@dataclass(frozen=True)
class Lived:
    """What a day came to."""

    verdict: Verdict
    injected: int
    outage: float  # seconds
    story: tuple[str, ...]


# ---------------------------------------------------------------- planning
def plan(seed: int, kind: str = "all") -> Plan:
    """The deeds of the day of this seed, in order."""
    dice = random.Random(f"{kind} {seed}")
    deeds = [*_people(dice)]
    kinds = [k for k in KINDS if k not in ("calm", "all")] if kind == "all" else [kind]
    for chosen in kinds:
        for _ in range(dice.randint(0, 3) if kind == "all" else dice.randint(2, 7)):
            deeds += _misfortune(dice, chosen)
    return tuple(sorted(deeds, key=lambda deed: deed.at))


def _people(dice: random.Random) -> list[Deed]:
    deeds: list[Deed] = []
    for _ in range(dice.randint(6, 16)):
        kiosk, service = dice.choice(("kiosk-1", "kiosk-1", "kiosk-2")), dice.choice(("1.1", "1.1", "1.2"))
        stays = dice.random() < 0.7
        deeds.append(Citizen(dice.uniform(2, BUSY_SECONDS - 30), kiosk, service, dice.random() < 0.2, stays))
    for point in (2, 3, 4):
        at = dice.uniform(3, 20)
        while at < BUSY_SECONDS + 30:
            again = dice.choice((None, None, None, None, 0.1, 0.2, 0.5, 1.0))
            deeds.append(Officer(at, point, dice.random(), again))
            at += dice.choice((0.4, 2.0, *(dice.uniform(4, 13) for _ in range(6))))
        at = dice.uniform(3, 20)
        while at < BUSY_SECONDS + 30:
            deeds.append(Smiley(at, point, tuple(dice.randint(1, 5) for _ in range(dice.choice((1, 1, 1, 2, 3))))))
            at += dice.uniform(6, 20)
    return deeds


def _misfortune(dice: random.Random, kind: str) -> list[Deed]:
    at, node = dice.uniform(2, BUSY_SECONDS), dice.choice(NODES)
    kiosk = dice.choice(("kiosk-1", "kiosk-2"))
    match kind:
        case "kills":
            return [Kill(at, node, _some(dice), False, 2.0)]
        case "power" if dice.random() < 0.1:
            return [NewCard(at, kiosk, dice.uniform(1, 60))]
        case "power":
            wakes = UNSET if dice.random() < 0.3 else None
            return [Kill(at, node, _some(dice), True, dice.choice((2.0, 8.0, 20.0)), wakes)]
        case "broker":
            return [BrokerRestart(at, dice.choice((0.2, 1.0, 5.0, 20.0)))]
        case "cuts":
            up, down = dice.choice(((True, False), (False, True), (True, True)))
            return [CutOff(at, node, up, down, dice.choice((1.0, 4.0, 6.0, 7.0, 15.0, 40.0)) * dice.uniform(0.8, 1.2))]
        case "storm":
            weather = Weather(*(dice.choice((0.0, 0.1, 0.3)) for _ in range(3)), most=dice.choice((0.2, 2.0, 7.0)))
            return [Storm(at, weather, dice.uniform(5, 60))]
        case "clocks":
            return _clocks(dice, at, node, kiosk)
        case "printer":
            ill = dice.choice((None, None, "paper_out", "cover_open", "offline", "silent", "near_end"))
            mute = ill is None and dice.random() < 0.5
            return [PrinterIll(at, kiosk, ill, mute, ill is None and not mute, dice.uniform(3, 60))]
        case "card":
            return [CardFull(at, node, dice.uniform(1, 30))]
    return []


def _clocks(dice: random.Random, at: float, node: str, kiosk: str) -> list[Deed]:
    """A clock jumps; or power goes, perhaps twice, and a node starts with a wrong clock and nobody to ask."""
    if dice.random() < 0.5:
        jump = dice.choice((-86400 * 3, -7200, -20, -3, -1, 1, 3, 20, 120, 7200, 86400 * 2))
        return [ClockJumps(at, node, jump * dice.uniform(0.9, 1.1), dice.uniform(5, 100))]
    node = dice.choice((node, kiosk))
    wakes = dice.choice((UNSET, UNSET, -86400 * 2, -3600, 3600, *((86400 * 3, 86400 * 400) if node != "hall" else ())))
    alone = dice.choice((0.0, 20.0, 45.0))
    deeds: list[Deed] = [Kill(at, node, 0, True, 2.0, wakes, dice.choice((alone / 2, 60.0, 200.0)))]
    if alone and dice.random() < 0.3:
        deeds.append(Kill(at + alone / 2, node, 0, True, 2.0, wakes, 200.0))
    return [*deeds, CutOff(at, node, True, True, alone)] if alone else deeds


def _some(dice: random.Random) -> int:
    return dice.choice((0, 1, 2, 3, *(dice.randint(4, 20) for _ in range(4))))


# ---------------------------------------------------------------- living
def live(seed: int, deeds: Plan, telling: bool = False) -> Lived:
    """The day of this plan, judged; its many warnings are nobody's."""
    heard = logging.root.manager.disable
    logging.disable()
    try:
        return _lived(seed, deeds, telling)
    finally:
        logging.disable(heard)


def _lived(seed: int, deeds: Plan, telling: bool) -> Lived:
    world = World(seed, telling=telling)
    hall, *others = [make(world, name) for name, make in MACHINES.items()]
    world.at(0.0, hall.start)
    for machine in others:
        world.after(world.dice.uniform(0, 2), machine.start)
    for deed in deeds:
        world.at(deed.at, lambda deed=deed: deed.do(world))  # type: ignore[misc]
    world.run(BUSY_SECONDS + 30)
    _heal(world)
    world.run(world.now + DRAIN_SECONDS)
    while _busy(world) and world.now < LONGEST_SECONDS:
        world.run(world.now + 20)
    return _judged(world, deeds)


def _heal(world: World) -> None:
    world.broker.weather = Weather()
    for machine in world.machines.values():
        machine.link.set_cut(False, False)
        machine.clock.set(0.0)
        machine.disk.full = False
        if isinstance(machine, KioskMachine):
            machine.printer.ill, machine.printer.mute, machine.printer.torn = None, False, False


def _busy(world: World) -> bool:
    screen = world.machines["screen-1"]
    assert isinstance(screen, ScreenMachine)
    said = {begun.call for begun in screen.begun_calls}
    return any(not m.alive for m in world.machines.values()) or bool(screen.owed() - said)


def _judged(world: World, deeds: Plan) -> Lived:
    machines = world.machines.values()
    kiosks = [m for m in machines if isinstance(m, KioskMachine)]
    counters = [m for m in machines if isinstance(m, CounterMachine)]
    screen = world.machines["screen-1"]
    assert isinstance(screen, ScreenMachine)
    owed = screen.owed()
    for machine in machines:
        if machine.core:
            machine.core.close()
    clocks = [
        deed for deed in deeds if isinstance(deed, ClockJumps) or (isinstance(deed, Kill) and deed.wakes is not None)
    ]
    with tempfile.TemporaryDirectory() as folder:
        for machine in machines:
            (Path(folder) / machine.name).mkdir()
            machine.disk.copy_to(Path(folder) / machine.name)
        evidence = Evidence(
            Path(folder) / "hall" / FILE,
            {kiosk.name: Path(folder) / kiosk.name / "kiosk.sqlite" for kiosk in kiosks},
            [paper for kiosk in kiosks for paper in kiosk.papers],
            [press for counter in counters for press in counter.presses],
            screen.begun_calls,
            [thanked for counter in counters for thanked in counter.thanks],
            world.broker.seen,
            heard=lambda call, _at: call in owed,
            command_seconds=CENTRE.calling.command_seconds + (AHEAD.total_seconds() if clocks else 0.0),
            every_paper=True,
            touches=[touch for kiosk in kiosks for touch in kiosk.touches],
            kept_order=not any(isinstance(deed, Storm) for deed in deeds),
            true_times=not any(deed.node == "hall" for deed in clocks),
        )
        verdict = judge(evidence)
    faults = tuple(Breach("untrue", fault) for fault in world.faults)
    verdict = Verdict(verdict.tickets, verdict.calls, verdict.ratings, (*verdict.breaches, *faults))
    outage = max(machine.outage for machine in (*kiosks, *counters))
    return Lived(verdict, sum(deed.fault for deed in deeds), outage, tuple(world.story))


# ---------------------------------------------------------------- telling
def shrink(seed: int, deeds: Plan, tries: int = 400) -> Plan:
    """As few of these deeds as still break the same promise; each try is a day."""
    promise = live(seed, deeds).verdict.breaches[0].promise
    step = max(1, len(deeds) // 2)
    while step and tries > 0:
        place = 0
        while place < len(deeds) and tries > 0:
            fewer = deeds[:place] + deeds[place + step :]
            tries -= 1
            if any(breach.promise == promise for breach in live(seed, fewer).verdict.breaches):
                deeds = fewer
            else:
                place += step
        step //= 2
    return deeds


def story(seed: int, deeds: Sequence[Deed]) -> str:
    """What happened in this day, line by line, and what it broke."""
    lived = live(seed, tuple(deeds), telling=True)
    return "\n".join([*lived.story, "", str(lived.verdict)])
