"""Every message once: a frozen struct bound to its topic, quality of service and retention.

Topics stand under ``khiu/<site>/``.  A message that does not fit its struct to the letter raises
`BadMessage` (`broker.topics`); the receiver counts it and changes nothing.  The AsyncAPI document is generated from
this file (`broker.asyncapi`), so what stands here is the contract.

The contract grows by adding optional fields.  Senders of another major version carry another
``v`` and are refused.  Times are aware datetimes in UTC; durations are seconds.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from broker.office import AnyPart, Language
from broker.words import (
    CaseNumber,
    CasePaper,
    CaseStep,
    Code,
    Count,
    DocumentId,
    Id,
    Levels,
    Matter,
    Note,
    Number,
    Officer,
    Paper,
    PartKey,
    Point,
    PointState,
    Prefix,
    PrinterState,
    PrintOutcome,
    Reason,
    Seq,
    ServiceId,
    Text,
    Time,
)

VERSION = 1
MAX_BYTES = 8192  # Mosquitto's message_size_limit says the same


class _Timed(Struct, frozen=True, forbid_unknown_fields=True):
    def __post_init__(self) -> None:
        """Raises `ValueError` for a time in the calendar's first or last year: not every zone has a name for it."""
        for field in self.__struct_fields__:
            value = getattr(self, field)
            if isinstance(value, dt.datetime) and not dt.MINYEAR < value.year < dt.MAXYEAR:
                raise ValueError(f"{field} is no time of this world")


class Part(_Timed, frozen=True):
    """A part of a message."""


class Message(_Timed, frozen=True, tag_field="v", tag=VERSION):
    """Base of all messages; ``v`` on the wire is the version of this contract."""

    topic: ClassVar[str]  # below khiu/<site>/; `{node}` and `{point}` are filled in
    retained: ClassVar[bool] = False
    qos: ClassVar[int] = 1


# ---------------------------------------------------------------- every node
class Health(Part, frozen=True):
    """What a node says of itself.  Absent means: does not apply to this node."""

    printer: PrinterState | None = None
    unprinted: Count = 0  # numbers given whose paper is still owed
    rejected: dict[str, Count] = {}  # messages that changed nothing, by cause
    warnings: tuple[Text, ...] = ()


class Status(Message, frozen=True):
    """A node is there, or (as its last will) is gone."""

    topic = "{node}/status"
    retained = True

    online: bool
    role: Literal["hall", "screen", "kiosk", "buttons", "desk", "printer"]
    software: Text
    at: Time | None = None  # absent in a last will: nobody knows when it will be sent
    health: Health = Health()


# ---------------------------------------------------------------- facts: numbered, kept until acknowledged
def _snake(name: str) -> str:
    return "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")


class _FactBody(_Timed, frozen=True, tag_field="kind", tag=_snake):
    """What happened at a node; ``kind`` on the wire is its name in snake_case."""


class TicketIssued(_FactBody, frozen=True):
    """A citizen holds this number, on paper or read from the screen (R4.2, R5)."""

    number: Number
    day: dt.date
    service: ServiceId
    given_at: Time  # the touch: waiting time starts here
    priority: bool = False  # one flag; why is nobody's business (PDPA)
    proof: Literal["paper", "screen"] = "paper"
    unsure: bool = False  # by a clock that nobody had set: the hall puts the time right (`Fact.age`)
    estimate: Count | None = None  # seconds that the citizen was told to wait; None: nothing was said


class TicketVoided(_FactBody, frozen=True):
    """A number was given but nobody took it; it is never given again that day."""

    number: Number
    day: dt.date
    service: ServiceId
    given_at: Time
    why: Literal["not_taken", "power_cut"] = "not_taken"
    unsure: bool = False


class Rated(_FactBody, frozen=True):
    """One smiley for one visit (R2.4).  Anonymous: it names a visit, never a person."""

    visit: Id
    point: Point
    level: Levels
    rated_at: Time
    unsure: bool = False


class Document(Part, frozen=True):
    """A line of a case's checklist (R3.1)."""

    name: Paper
    held: bool  # the office has it; else it was asked for


Documents = Annotated[tuple[Document, ...], Meta(max_length=20)]


class DeskFact(_FactBody, frozen=True):
    """What somebody did at the desk: ``by`` is the officer's own name, never a citizen's."""

    by: Officer
    at: Time


class CaseFiled(DeskFact, frozen=True):
    """A citizen filed what the point cannot finish at once (R2.3b, R3.1).

    Nothing here is about a person but the officer: name and channel of the citizen never leave the desk.
    """

    case: Id
    service: ServiceId
    matter: Matter
    visit: Id | None = None  # None: it came by another way than the queue
    documents: Documents = ()  # none missing: it is complete
    note: Note | None = None  # what the matter is


class CaseMoved(DeskFact, frozen=True):
    """A step of a case (R3.2, R3.3), taken by an officer who saw the case as of revision ``expects``; ``at`` is when it
    happened, perhaps days before it was written down.

    Where the case has moved on since, the fact is rejected: neither a page gone back to nor a second officer can undo
    or repeat a step.
    """

    case: Id
    step: CaseStep
    expects: Seq  # 1 from the filing, one more with each step
    documents: Documents = ()  # with ``missing`` and ``completed``: the checklist as it stands now
    note: Note | None = None  # to whom it was forwarded, what the answer was


class OfficeEdited(DeskFact, frozen=True):
    """A part of the office as it shall be from now on.

    Only the hall says what then holds (`Office`): an edit made ``based_on`` another version than the one that stands
    changes nothing, so that nobody overwrites what he has not read.
    """

    id: Id  # of this edit: `Office` bears it when it was taken
    based_on: Count  # the version that was edited; 0: centre.toml
    edit: AnyPart


class HandedOut(DeskFact, frozen=True):
    """So many copies of a document of the catalogue were given to the public (R7)."""

    document: DocumentId
    count: Annotated[int, Meta(ge=1, le=999)]
    point: Point | None = None  # None: elsewhere than at a point that calls


QueueFact = TicketIssued | TicketVoided | Rated
CaseFact = CaseFiled | CaseMoved
OfficeFact = OfficeEdited | HandedOut
AnyFact = QueueFact | CaseFact | OfficeFact


class Fact(Message, frozen=True):
    """A node's fact number ``seq``; sent until the hall acknowledges it."""

    topic = "{node}/fact"

    seq: Seq
    fact: AnyFact
    oldest: Seq | None = None  # the oldest fact its sender still holds; see broker.outbox
    # seconds since it happened, by the sender's steady clock; only for an unsure one, and none after a restart
    age: Annotated[float, Meta(ge=0, le=31_536_000)] | None = None
    over: Annotated[float, Meta(ge=0, le=31_536_000)] | None = None  # then it is older than this
    life: Id | None = None  # of its sender, in which the number was given; see broker.outbox
    follows: Id | None = None  # the life of the number before it, where its sender holds that one


class Ack(Message, frozen=True):
    """The hall has committed this node's facts up to ``seq`` (0: none yet), and a kiosk's numbers of ``day`` so far."""

    topic = "hall/ack/{node}"
    retained = True

    seq: Count
    day: dt.date | None = None  # the hall's
    # the highest of each prefix: a kiosk's card may be new or an older copy, and no number is given twice in a day
    numbers: dict[Prefix, Annotated[int, Meta(ge=1, le=999)]] = {}
    ledger: Id | None = None  # the name of this ledger: another one may hold less than was acknowledged before
    at: Time | None = None  # the hall's clock, for `broker.hall_clock`
    life: Id | None = None  # of fact ``seq``


# ---------------------------------------------------------------- commands: requests with a deadline
class _Action(Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag=_snake):
    """A thing an officer can ask for; ``do`` on the wire is its name in snake_case."""


class Next(_Action, frozen=True):
    """Call the next ticket; finishes the one being served, makes a called one that nobody answered a no-show.

    Refused (``point_busy``) within ``calling.answer_seconds`` of that ticket's latest call: a double tap acts once.
    """

    outcome: Code | None = None  # of the visit that is finished by it


class Recall(_Action, frozen=True):
    """Call the same ticket again, up to the recall limit."""


class Start(_Action, frozen=True):
    """The citizen sat down: service time starts (R2.2)."""


class Provided(_Action, frozen=True):
    """The information was provided: the 15-minute clock of 1.1 stops (R2.3a)."""


class Finish(_Action, frozen=True):
    """The visit is over; the smileys open (R2.4)."""

    outcome: Code | None = None  # how it came out, of the centre's own list (R4.3)


class NoShow(_Action, frozen=True):
    """The called citizen did not come."""


class Hold(_Action, frozen=True):
    """Set the ticket aside; it comes back by `Resume` or `CallTicket`."""


class Resume(_Action, frozen=True):
    """Call the ticket that this point has held longest."""


class CallBack(_Action, frozen=True):
    """Call this point's last no-show once more, within the centre's latecomer limit."""


class Transfer(_Action, frozen=True):
    """Send the ticket to another service; it keeps its place by first arrival (R4.3)."""

    service: ServiceId
    note: Note | None = None  # for the officer who gets the ticket


class CallTicket(_Action, frozen=True):
    """Call a given ticket: a held one, a waiting one, or a latecomer within the centre's limit."""

    number: Number


class Open(_Action, frozen=True):
    """The point serves; the officer's name, if given, stands on the board (R13)."""

    officer: Officer | None = None


class Close(_Action, frozen=True):
    """The point stops serving (พักให้บริการ).  Refused while a ticket is there.

    With a reason, or from buttons, it is a pause, and the officer's name comes back with the next opening; from the
    desk without one the officer signs out.
    """

    reason: Code | None = None  # of the centre's own list


class OpenService(_Action, frozen=True):
    """Tickets of this service are given again."""

    service: ServiceId


class CloseService(_Action, frozen=True):
    """No more tickets of this service today; those waiting are still served."""

    service: ServiceId


Action = (
    Next | Recall | Start | Provided | Finish | NoShow | Hold | Resume | CallBack | Transfer
    | CallTicket | Open | Close | OpenService | CloseService
)  # fmt: skip


class Command(Message, frozen=True):
    """A press: a request to the hall, refused (never acted on late) after ``deadline``."""

    topic = "{node}/command"

    id: Id
    point: Point
    deadline: Time
    action: Action
    by: Officer | None = None  # who asks for it, as signed in at the desk; nobody knows who pressed a button
    expect: Id | None = None  # `PointStatus.stand` as its sender saw it; refused (``changed``) where it has moved on


class Accepted(Part, frozen=True, tag_field="outcome", tag="accepted"):
    ticket: Number | None = None


class Refused(Part, frozen=True, tag_field="outcome", tag="refused"):
    """A refusal is data, shown on the lamp and the desk."""

    reason: Reason


class Reply(Message, frozen=True):
    """The hall's answer to the command of this id."""

    topic = "hall/reply/{node}"

    id: Id
    point: Point
    answer: Accepted | Refused
    at: Time | None = None  # the hall's clock, for `broker.hall_clock`


# ---------------------------------------------------------------- the hall's mirrors
class ServiceView(Part, frozen=True):
    service: ServiceId
    open: bool
    waiting: Count
    estimate: Count | None = None  # seconds a ticket taken now would wait; None: nobody serves
    oldest: Time | None = None  # when, of those waiting, the one who came first took the ticket


class PointView(Part, frozen=True):
    point: Point
    state: PointState
    ticket: Number | None = None
    officer: Officer | None = None


class CallView(Part, frozen=True):
    """A call of today, newest first on the board."""

    call: Id
    ticket: Number
    point: Point
    at: Time
    times: Annotated[int, Meta(ge=1)]  # 1: first call
    announced: bool = False  # a screen has spoken it


class Board(Message, frozen=True):
    """All that a screen or a kiosk shows; ``revision`` only grows within a day."""

    topic = "hall/board"
    retained = True

    revision: Count
    day: dt.date
    at: Time
    services: tuple[ServiceView, ...]
    points: tuple[PointView, ...]
    recent: tuple[CallView, ...]  # newest first, at most RECENT_CALLS
    alerts: tuple[Text, ...] = ()  # for staff: printer out of paper, node lost


RECENT_CALLS = 6


class Office(Message, frozen=True):
    """A part of the office as it stands; without ``edit`` it is as centre.toml says."""

    topic = "hall/office/{part}"
    retained = True

    part: PartKey
    version: Count = 0  # 1 is the first edit
    edit: AnyPart | None = None
    id: Id | None = None  # of the edit
    by: Officer | None = None
    at: Time | None = None


class Survey(Part, frozen=True):
    visit: Id
    ticket: Number
    until: Time


class PointStatus(Message, frozen=True):
    """What one point's lamp, smileys and console show."""

    topic = "hall/point/{point}"
    retained = True

    revision: Count
    point: Point
    state: PointState
    waiting: Count  # tickets this point could call now
    ticket: Number | None = None
    service: ServiceId | None = None
    since: Time | None = None  # when this state began
    calls: Count = 0
    survey: Survey | None = None
    stand: Id | None = None  # another one after every move at this point, as an entity tag (RFC 9110, 8.8.3)
    note: Note | None = None  # from the officer who transferred the ticket
    pause: Code | None = None  # why the point is closed, where an officer said so
    officer: Officer | None = None  # who is signed in: serves here, or pauses


class Call(Message, frozen=True):
    """One announcement, spoken once (design: speech follows this, never the board)."""

    topic = "hall/call"

    call: Id
    ticket: Number
    point: Point
    at: Time
    times: Annotated[int, Meta(ge=1)] = 1


class Announced(Message, frozen=True):
    """A screen has shown and, if it has a voice, spoken this call to the end."""

    topic = "{node}/announced"

    call: Id
    spoken: bool
    at: Time


# ---------------------------------------------------------------- papers of a case, out of a printer
class Print(Message, frozen=True):
    """The desk asks a kiosk, or a printer at points, for a paper of a case (R3.1), while its citizen stands there.

    Nothing here is about a person but the officer.  What is not begun before ``deadline`` is never printed: paper that
    lies in the tray unasked would be taken by the next citizen.
    """

    topic = "desk/print/{node}"

    id: Id  # whatever happens, it is printed once at most
    deadline: Time
    paper: CasePaper
    language: Language
    number: CaseNumber
    service: ServiceId
    matter: Matter
    filed: Time
    officer: Officer  # who received it
    documents: Documents = ()
    forward_due: dt.date | None = None
    answer_due: dt.date | None = None
    provisional: bool = False  # the days due may change, for not all holidays before them are confirmed


class Printed(Message, frozen=True):
    """What became of the `Print` of this id; the same each time that it is asked for again."""

    topic = "{node}/printed"

    id: Id
    outcome: PrintOutcome
    printer: PrinterState | None = None  # as it was seen then


ALL: tuple[type[Message], ...] = (
    Status, Fact, Ack, Command, Reply, Board, PointStatus, Call, Announced, Office, Print, Printed,
)  # fmt: skip
