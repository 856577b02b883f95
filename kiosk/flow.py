"""What a touch does: the kiosk's pages as a state machine, without clock, screen, printer or disk.

`step(rules, state, event)` gives the next state and the effects for `kiosk.app` to carry out.  What may happen on which
page stands in `TRANSITIONS`; an event without an entry there changes nothing: a second touch while the first is being
printed, a printer's word about a job that nobody waits for, a timer of a page already left.

Home ──touch──▶ Giving ──committed──▶ Printing ──printed──▶ Ticket ──ticket_seconds──▶ Home
                   │ none left: Home      │ failed            ▲ copy printed, or number taken from the screen
                   ▼                      ▼                   │
                  Home                  Fault ────────────────┘   (untaken_seconds: voided, Home)

Home stands for the page that waits for a citizen: `Closed` out of hours, `Stopped` while no number may be given.

A ticket enters the queue (`EnterQueue`) at one of two moments only: the printer says that it printed, or the citizen
says that the number was taken from the screen.  Every number given ends in `EnterQueue` or `Void`, once.

Paper owed.  While a number without paper is on the screen, the printer's recovery prints it (marked as a copy, for the
first try may have come out).  Once its page is gone nothing is printed any more: paper that lies in the tray unasked
would be taken by the next citizen, and two people would hold one number.

A machine that stopped between number and confirmation begins with that number on the screen, as if the print had
failed: its citizen may stand before it with or without paper, or sit and hold the paper already.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from broker.hours import Hours, Open
from broker.words import PrinterState
from kiosk.pages import (
    BoardChanged,
    Closed,
    DayChanged,
    DiskChanged,
    Effect,
    EnterQueue,
    Event,
    Fault,
    Give,
    Giving,
    Home,
    HoursChanged,
    LanguageChosen,
    LinkChanged,
    NoNumberLeft,
    NotGiven,
    NumberGiven,
    NumberTaken,
    Page,
    PaperFollowed,
    Print,
    Printed,
    PrinterSeen,
    PrintFailed,
    Printing,
    PriorityToggled,
    Restored,
    Rules,
    State,
    Steps,
    StepsOpened,
    Stopped,
    Taken,
    Ticket,
    TimeUp,
    Touched,
    Void,
    Wake,
    WentHome,
)

PRINTS: frozenset[PrinterState] = frozenset({"ready", "near_end"})
MAX_COPIES = 2  # of one number: a printer that prints but cannot say so must not empty its roll
Outcome = tuple[State, tuple[Effect, ...]]


def start(rules: Rules, hours: Hours) -> State:
    """The state before anything happened."""
    return State(Home() if isinstance(hours, Open) else Closed(), rules.first_language, hours)


def _idle(state: State) -> Page:
    """The page that waits for a citizen."""
    if not isinstance(state.hours, Open):
        return Closed()
    return Stopped() if state.stopped else Home()


def step(rules: Rules, state: State, event: Event) -> Outcome:
    """The next state, and what is to be done.  An event that means nothing here gives the same state and nothing."""
    if known := KNOWLEDGE.get(type(event)):
        state = known(state, event)
    if transition := TRANSITIONS.get((type(state.page), type(event))):
        return transition(rules, state, event)
    return state, ()


def _show(rules: Rules, state: State, page: Page, *effects: Effect) -> Outcome:
    """Turn to this page, with the timer that leads on from it."""
    seconds = {Taken: rules.ticket_seconds, Fault: rules.untaken_seconds}.get(type(page), rules.idle_seconds)
    state = replace(state, page=page, turn=state.turn + 1)
    return state, (*effects, *(() if isinstance(page, Printing | Giving) else (Wake(state.turn, seconds),)))


def _home(rules: Rules, state: State, *effects: Effect) -> Outcome:
    """Ready for the next citizen: first language, no priority."""
    fresh = replace(state, page=_idle(state), turn=state.turn + 1, language=rules.first_language, priority=False)
    return fresh, effects


def _touched(rules: Rules, state: State, event: Touched) -> Outcome:
    if not state.gives(event.service):
        return _show(rules, state, Home())
    view = state.waiting(event.service)
    ahead, estimate = (view.waiting, view.estimate) if view and not state.priority else (None, None)
    return _show(rules, state, Giving(event.service), Give(event.service, state.priority, ahead, estimate))


def _given(rules: Rules, state: State, event: NumberGiven) -> Outcome:
    return _print(rules, state, event.ticket, copies=0)


def _print(rules: Rules, state: State, ticket: Ticket, copies: int) -> Outcome:
    job = state.jobs + 1
    state = replace(state, jobs=job)
    return _show(rules, state, Printing(ticket, job, copies), Print(job, ticket, state.language, copies > 0))


def _none_left(rules: Rules, state: State, event: NoNumberLeft) -> Outcome:
    return _show(rules, replace(state, none_left=state.none_left | {event.service}), Home())


def _not_given(rules: Rules, state: State, _event: NotGiven) -> Outcome:
    return _show(rules, state, _idle(state))


def _restored(rules: Rules, state: State, event: Restored) -> Outcome:
    return _show(rules, state, Fault(event.ticket, state.printer))


def _printed(rules: Rules, state: State, event: Printed) -> Outcome:
    page = state.page
    if not isinstance(page, Printing) or event.job != page.job:
        return state, ()
    return _show(rules, state, Taken(page.ticket, paper=True), EnterQueue(page.ticket, paper=True))


def _print_failed(rules: Rules, state: State, event: PrintFailed) -> Outcome:
    page = state.page
    if not isinstance(page, Printing) or event.job != page.job:
        return state, ()
    return _show(rules, state, Fault(page.ticket, event.printer, page.copies))


def _mended(rules: Rules, state: State, event: PrinterSeen) -> Outcome:
    page = state.page
    if not isinstance(page, Fault):
        return state, ()
    if event.printer in PRINTS and page.copies < MAX_COPIES:
        return _print(rules, state, page.ticket, page.copies + 1)
    return replace(state, page=replace(page, printer=event.printer)), ()


def _number_taken(rules: Rules, state: State, _event: NumberTaken) -> Outcome:
    page = state.page
    if not isinstance(page, Fault):
        return state, ()
    return _show(
        rules, state, Taken(page.ticket, paper=False, copies=page.copies), EnterQueue(page.ticket, paper=False)
    )


def _mended_late(_rules: Rules, state: State, event: PrinterSeen) -> Outcome:
    page = state.page
    if (
        not isinstance(page, Taken)
        or page.paper
        or page.job
        or page.copies >= MAX_COPIES
        or event.printer not in PRINTS
    ):
        return state, ()
    job = state.jobs + 1
    taken = replace(page, job=job, copies=page.copies + 1)
    # a new turn without a timer: the page stays until the printer has answered, so that nobody leaves paper behind
    state = replace(state, page=taken, jobs=job, turn=state.turn + 1)
    return state, (Print(job, page.ticket, state.language, copy=True),)


def _printed_late(rules: Rules, state: State, event: Printed) -> Outcome:
    page = state.page
    if not isinstance(page, Taken) or not page.job or event.job != page.job:
        return state, ()
    return _show(rules, state, Taken(page.ticket, paper=True), PaperFollowed(page.ticket))


def _failed_late(rules: Rules, state: State, event: PrintFailed) -> Outcome:
    page = state.page
    if not isinstance(page, Taken) or event.job != page.job:
        return state, ()
    return _show(rules, state, replace(page, job=0))


def _language(rules: Rules, state: State, event: LanguageChosen) -> Outcome:
    return _show(rules, replace(state, language=event.language), state.page)


def _language_kept_time(_rules: Rules, state: State, event: LanguageChosen) -> Outcome:
    return replace(state, language=event.language), ()  # the page's own time runs on


def _priority(rules: Rules, state: State, _event: PriorityToggled) -> Outcome:
    return _show(rules, replace(state, priority=not state.priority), state.page)


def _steps(rules: Rules, state: State, event: StepsOpened) -> Outcome:
    return _show(rules, state, Steps(event.service))


def _back(rules: Rules, state: State, _event: WentHome) -> Outcome:
    return _show(rules, state, Home())  # the same citizen: language and priority stay


def _time_up(rules: Rules, state: State, event: TimeUp) -> Outcome:
    if event.turn != state.turn:
        return state, ()
    return _home(rules, state, *((Void(state.page.ticket),) if isinstance(state.page, Fault) else ()))


def _reconsider(rules: Rules, state: State, _event: Event) -> Outcome:
    """Idle pages turn with what is known; a citizen who has touched a service is served to the end."""
    shown = Home() if isinstance(state.page, Steps) else state.page
    return (state, ()) if shown == _idle(state) else _home(rules, state)


# what is known changes on every page
KNOWLEDGE: dict[type[Any], Callable[[State, Any], State]] = {
    HoursChanged: lambda state, event: replace(state, hours=event.hours),
    DayChanged: lambda state, _event: replace(state, none_left=frozenset(), services=None),
    BoardChanged: lambda state, event: replace(state, services=event.services, other_day=event.services is None),
    LinkChanged: lambda state, event: replace(state, linked=event.linked),
    DiskChanged: lambda state, event: replace(state, disk_works=event.works),
    PrinterSeen: lambda state, event: replace(state, printer=event.printer),
    PrintFailed: lambda state, event: replace(state, printer=event.printer),
}

TRANSITIONS: dict[tuple[type[Any], type[Any]], Callable[[Rules, State, Any], Outcome]] = {
    (Home, Touched): _touched,
    (Home, LanguageChosen): _language,
    (Home, PriorityToggled): _priority,
    (Home, StepsOpened): _steps,
    (Home, TimeUp): _time_up,
    (Home, Restored): _restored,
    (Steps, Touched): _touched,
    (Steps, LanguageChosen): _language,
    (Steps, WentHome): _back,
    (Steps, TimeUp): _time_up,
    (Giving, NumberGiven): _given,
    (Giving, NoNumberLeft): _none_left,
    (Giving, NotGiven): _not_given,
    (Printing, Printed): _printed,
    (Printing, PrintFailed): _print_failed,
    (Fault, PrinterSeen): _mended,
    (Fault, NumberTaken): _number_taken,
    (Fault, LanguageChosen): _language_kept_time,
    (Fault, TimeUp): _time_up,
    (Taken, PrinterSeen): _mended_late,
    (Taken, Printed): _printed_late,
    (Taken, PrintFailed): _failed_late,
    (Taken, TimeUp): _time_up,
    (Closed, LanguageChosen): _language,
    (Closed, TimeUp): _time_up,
    (Closed, Restored): _restored,
    (Stopped, LanguageChosen): _language,
    (Stopped, TimeUp): _time_up,
    **{
        (page, event): _reconsider
        for page in (Home, Steps, Closed, Stopped)
        for event in (HoursChanged, BoardChanged, LinkChanged, DiskChanged)
    },
}
