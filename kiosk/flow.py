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

What a citizen asks of the glass (`Mode`) is forgotten with the language and the priority when the page goes home to the
next one.  While any of it is on, every page waits `PATIENCE` times as long.

On a spoken page a first touch reads aloud what is under the finger; a second one on the same within `CHOOSE_SECONDS`
does what a touch does elsewhere.  Every page that opens is read, too.

A machine that stopped between number and confirmation begins with that number on the screen, as if the print had
failed: its citizen may stand before it with or without paper, or sit and hold the paper already.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from broker.hours import Hours, Open
from broker.words import PrinterState
from kiosk.catalogue import Catalogue, CatalogueOpened
from kiosk.pages import (
    BoardChanged,
    CardKnown,
    Closed,
    DayChanged,
    DiskChanged,
    Effect,
    EnterQueue,
    Event,
    Explored,
    Fault,
    Felt,
    Give,
    Giving,
    Home,
    HoursChanged,
    Hush,
    LanguageChosen,
    LinkChanged,
    ModeToggled,
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
    Say,
    State,
    Steps,
    StepsOpened,
    Stopped,
    Taken,
    Ticket,
    TimeUp,
    Touched,
    VoicesKnown,
    Void,
    Wake,
    WentHome,
)

PRINTS: frozenset[PrinterState] = frozenset({"ready", "near_end"})
PATIENCE = 2  # times as long: larger text shows less at once, and listening and reaching take their time
CHOOSE_SECONDS = 25.0  # what is read takes up to seven of them, and an officer's own voice may be slower
TREMBLE_SECONDS = 0.5  # sooner than this a second touch was the first one's echo
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
    known = KNOWLEDGE.get(type(event))
    after, effects = _turn(rules, known(state, event) if known else state, event)
    return after, (*effects, *_speech(state, after))


def _turn(rules: Rules, state: State, event: Event) -> Outcome:
    if transition := TRANSITIONS.get((type(state.page), type(event))):
        return transition(rules, state, event)
    return state, ()


def _speech(before: State, after: State) -> tuple[Effect, ...]:
    """A spoken page is read when it opens, or when a voice for it is asked for."""
    if not after.spoken:
        return (Hush(),) if before.spoken else ()
    came_out = isinstance(after.page, Taken) and isinstance(before.page, Taken) and after.page.paper > before.page.paper
    opened = came_out or (type(after.page) is not type(before.page) and not isinstance(after.page, Giving))
    return (Say(),) if opened or not before.spoken or after.language != before.language else ()


def _show(rules: Rules, state: State, page: Page, *effects: Effect) -> Outcome:
    """Turn to this page, with the timer that leads on from it."""
    seconds = {Taken: rules.ticket_seconds, Fault: rules.untaken_seconds}.get(type(page), rules.idle_seconds)
    seconds *= PATIENCE if state.modes else 1
    state = replace(state, page=page, turn=state.turn + 1, felt=None)
    return state, (*effects, *(() if isinstance(page, Printing | Giving) else (Wake(state.turn, seconds),)))


def _home(rules: Rules, state: State, *effects: Effect) -> Outcome:
    """Ready for the next citizen: first language, no priority, nothing asked of the glass."""
    fresh = replace(state, language=rules.first_language, priority=False, modes=frozenset(), felt=None)
    return replace(fresh, page=_idle(state), turn=state.turn + 1), effects


def _again(rules: Rules, state: State) -> Outcome:
    """The same page; where it waits for a citizen its time begins anew, where a ticket is under way it runs on."""
    ticket_under_way = isinstance(state.page, Printing | Fault | Taken)
    return (state, ()) if ticket_under_way else _show(rules, state, state.page)


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
    return _show(rules, state, Fault(event.ticket, state.printer or "unknown"))


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
    return _again(rules, replace(state, language=event.language))


def _mode(rules: Rules, state: State, event: ModeToggled) -> Outcome:
    state = replace(state, modes=state.modes ^ {event.mode})
    if state.spoken and isinstance(state.page, Catalogue):  # no pack has the titles of documents
        return _show(rules, state, Steps(state.page.service))
    return _again(rules, state)


def _explored(rules: Rules, state: State, event: Explored) -> Outcome:
    felt, wish = state.felt, event.wish
    second = felt and felt.target == event.target and TREMBLE_SECONDS <= event.at - felt.at <= CHOOSE_SECONDS
    if wish and (second or not state.spoken):
        after, effects = _turn(rules, replace(state, felt=None), wish)
        opened = type(after.page) is not type(state.page) or after.language != state.language
        return after, effects if opened or not after.spoken else (*effects, Say(event.target))
    after, effects = _again(rules, state)
    return replace(after, felt=Felt(event.target, event.at)), (*effects, Say(event.target))


def _priority(rules: Rules, state: State, _event: PriorityToggled) -> Outcome:
    return _again(rules, replace(state, priority=not state.priority))


def _steps(rules: Rules, state: State, event: StepsOpened) -> Outcome:
    return _show(rules, state, Steps(event.service))


def _catalogue(rules: Rules, state: State, event: CatalogueOpened) -> Outcome:
    return _show(rules, state, event.page)


def _back(rules: Rules, state: State, _event: WentHome) -> Outcome:
    return _show(rules, state, Home())  # the same citizen: language and priority stay


def _time_up(rules: Rules, state: State, event: TimeUp) -> Outcome:
    if event.turn != state.turn:
        return state, ()
    return _home(rules, state, *((Void(state.page.ticket),) if isinstance(state.page, Fault) else ()))


def _reconsider(rules: Rules, state: State, _event: Event) -> Outcome:
    """Idle pages turn with what is known; a citizen who has touched a service is served to the end."""
    shown = Home() if isinstance(state.page, Steps | Catalogue) else state.page
    if shown == _idle(state):
        return state, ()
    if state.modes or state.language != rules.first_language:  # whoever asked for them stands there still
        return _show(rules, state, _idle(state))
    return _home(rules, state)


# what is known changes on every page
KNOWLEDGE: dict[type[Any], Callable[[State, Any], State]] = {
    HoursChanged: lambda state, event: replace(state, hours=event.hours),
    DayChanged: lambda state, _event: replace(state, none_left=frozenset(), services=None),
    BoardChanged: lambda state, event: replace(state, services=event.services, other_day=event.services is None),
    LinkChanged: lambda state, event: replace(state, linked=event.linked),
    DiskChanged: lambda state, event: replace(state, disk_works=event.works),
    CardKnown: lambda state, event: replace(state, card_known=event.known),
    VoicesKnown: lambda state, event: replace(state, voices=event.languages),
    PrinterSeen: lambda state, event: replace(state, printer=event.printer),
    PrintFailed: lambda state, event: replace(state, printer=event.printer),
}

TRANSITIONS: dict[tuple[type[Any], type[Any]], Callable[[Rules, State, Any], Outcome]] = {
    (Home, Touched): _touched,
    (Home, PriorityToggled): _priority,
    (Home, StepsOpened): _steps,
    (Home, TimeUp): _time_up,
    (Home, Restored): _restored,
    (Steps, Touched): _touched,
    (Steps, WentHome): _back,
    (Steps, TimeUp): _time_up,
    (Steps, CatalogueOpened): _catalogue,
    (Catalogue, CatalogueOpened): _catalogue,
    (Catalogue, StepsOpened): _steps,
    (Catalogue, TimeUp): _time_up,
    (Giving, NumberGiven): _given,
    (Giving, NoNumberLeft): _none_left,
    (Giving, NotGiven): _not_given,
    (Printing, Printed): _printed,
    (Printing, PrintFailed): _print_failed,
    (Fault, PrinterSeen): _mended,
    (Fault, NumberTaken): _number_taken,
    (Fault, TimeUp): _time_up,
    (Taken, PrinterSeen): _mended_late,
    (Taken, Printed): _printed_late,
    (Taken, PrintFailed): _failed_late,
    (Taken, TimeUp): _time_up,
    (Closed, TimeUp): _time_up,
    (Closed, Restored): _restored,
    (Stopped, TimeUp): _time_up,
    **{
        (page, event): transition
        for page in (Home, Steps, Catalogue, Closed, Stopped, Printing, Fault, Taken)
        for event, transition in ((LanguageChosen, _language), (ModeToggled, _mode), (Explored, _explored))
    },
    **{
        (page, event): _reconsider
        for page in (Home, Steps, Catalogue, Closed, Stopped)
        for event in (HoursChanged, BoardChanged, LinkChanged, DiskChanged, CardKnown)
    },
}
