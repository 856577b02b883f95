"""What a spoken kiosk says: of a page that opens, of what lies under a finger.  Pure: state → words of the packs.

Each statement is whole or not said at all; a service whose name no pack has is called by its letter.  Numbers of
tickets are read digit by digit, numbers of people as numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from broker.centre import Centre, Service
from broker.voice import kiosk_phrases as say
from broker.voice.clips import Clip
from broker.voice.kiosk_phrases import MOST_READ, Phrase
from broker.voice.readings import (
    CLAUSE,
    DIGIT,
    NEXT_SENTENCE,
    POLITE,
    THAI_LETTERS,
    english_number,
    english_ticket,
    joined,
    spelt,
    thai_number,
    thai_ticket,
)
from kiosk.catalogue import Catalogue
from kiosk.flow import PRINTS
from kiosk.pages import Closed, Fault, Giving, Home, Printing, State, Steps, Stopped, Taken
from kiosk.slip import ENQUIRY_POINT

Words = list[tuple[str, int]]  # of a pack, each with the silence before it in ms
MODES = {"large": say.LARGE, "contrast": say.CONTRAST, "low": say.LOW, "spoken": say.SPOKEN}
BUTTONS = {"home": say.BACK, "give": say.GIVE, "taken": say.TAKEN, "language": say.LANGUAGE}


def statement(state: State, centre: Centre, target: str, speaks: Callable[[Clip], bool]) -> tuple[Clip, ...]:
    """What is said of this target, or (without a name) of the page; ``speaks`` tells whether a pack has a word.

    Empty in a language that the packs have no phrases for.
    """
    if state.language not in say.LANGUAGES:
        return ()
    reader = _Reader(state, centre, speaks)
    words = reader.target(target) if target else reader.page()
    return tuple(Clip(state.language, word, pause) for word, pause in words if word)


@dataclass(frozen=True)
class _Reader:
    state: State
    centre: Centre
    speaks: Callable[[Clip], bool]

    def page(self) -> Words:
        match self.state.page:
            case Home():
                trouble = [] if self.state.printer in (*PRINTS, None) else self.phrases(say.FAULT)
                words = [*trouble, *self.phrases(say.HEAR, say.CHOOSE, say.SERVICES)]
            case Steps(service) | Catalogue(service):
                words = [*self.name(service), *self.ask(), *self.phrases(say.HEAR, say.CHOOSE)]
            case Giving() | Printing():
                words = self.phrases(say.PRINTING)
            case Taken(ticket, paper):
                begin = self.phrases(say.TAKE if paper else say.IN_QUEUE)
                words = [*begin, *self.ticket(ticket.number), *self.phrases(say.WAIT)]
            case Fault(ticket):
                begin = self.phrases(say.FAULT, say.REMEMBER)
                words = [*begin, *self.ticket(ticket.number), *self.phrases(say.BELOW, say.CANCELLED)]
            case Closed():
                words = self.phrases(say.CLOSED)
            case Stopped():
                words = [*self.phrases(say.STOPPED), *self.ask()]
        return [*words, (POLITE[self.centre.voice.polite], DIGIT)] if self.state.language == "th" else words

    def target(self, name: str) -> Words:
        kind, _, service = name.partition("-")
        if kind == "service":
            waiting = self.waiting(service)
            return [*self.name(service), *waiting, *(self.choose() if self.state.gives(service) else [])]
        if kind == "steps":
            return [*self.phrases(say.STEPS), *self.name(service), *self.choose()]
        if name == "priority":
            return [*self.phrases(say.PRIORITY), *self.on(self.state.priority), *self.choose()]
        if name in MODES:
            return [*self.phrases(MODES[name]), *self.on(name in self.state.modes), *self.choose()]
        return [*self.phrases(BUTTONS[name]), *self.choose()]

    def phrases(self, *phrases: Phrase) -> Words:
        return [(getattr(phrase, self.state.language), NEXT_SENTENCE) for phrase in phrases]

    def clause(self, phrase: Phrase) -> tuple[str, int]:
        return getattr(phrase, self.state.language), CLAUSE

    def choose(self) -> Words:
        return self.phrases(say.CHOOSE)

    def on(self, on: bool) -> Words:
        return [self.clause(say.ON if on else say.OFF)]

    def ask(self) -> Words:
        return [*self.phrases(say.ASK), *self.number(ENQUIRY_POINT)]

    def name(self, id: str) -> Words:
        service: Service = self.centre.service(id)
        name = service.name.get(self.state.language, "")
        if name and self.speaks(Clip(self.state.language, name, NEXT_SENTENCE)):
            return [(name, NEXT_SENTENCE)]
        letter = THAI_LETTERS[service.prefix] if self.state.language == "th" else service.prefix
        return [*self.phrases(say.SERVICE), *spelt([letter])]

    def waiting(self, service: str) -> Words:
        if not self.state.gives(service):
            return self.phrases(say.NO_MORE)
        view = self.state.waiting(service)
        if view is None or view.waiting > MOST_READ:
            return []
        if not view.waiting:
            return self.phrases(say.NO_WAIT)
        return [*self.phrases(say.WAITING), *self.number(view.waiting), self.clause(say.TICKETS)]

    def number(self, number: int) -> Words:
        return joined(thai_number(number) if self.state.language == "th" else english_number(number))

    def ticket(self, number: str) -> Words:
        read = thai_ticket if self.state.language == "th" else english_ticket
        return [*self.phrases(say.NUMBER), *spelt(read(number))]
