"""What the desk has heard of the centre: retained mirrors and the answers to its own commands.

A page shows what stands here and never waits for the broker.  Who wants to know of changes looks at `revision`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from broker import messages as m
from broker.centre import Centre
from broker.link import Connected, Disconnected, Event, Received
from broker.topics import address

PATIENCE = dt.timedelta(seconds=30)  # a node that was not heard so long after we connected is not there
KINDS = (m.Status, m.Reply, m.Ack, m.Board, m.PointStatus, m.Office, m.Printed)


def subscriptions(centre: Centre, node: str) -> list[str]:
    """The topics that the desk must hear."""
    site = centre.centre.site
    return [address(site, kind, node=node if kind in (m.Reply, m.Ack) else "+") for kind in KINDS]


class Mirror:
    """Takes events of the link one at a time; use from one thread."""

    def __init__(self, centre: Centre) -> None:
        self._roles = centre.nodes()
        self._points = {point.number for point in centre.points}
        self._awaited: dict[str, Callable[[m.Accepted | m.Refused], object]] = {}
        self._printing: dict[tuple[str, str], list[Callable[[m.Printed], object]]] = {}
        self.revision = 0  # grows with everything that a page may show
        self.connected_at: dt.datetime | None = None  # None: no broker, and what stands below is of before
        self.board: m.Board | None = None  # None: the hall has said nothing yet
        self.points: dict[int, m.PointStatus] = {}
        self.statuses: dict[str, m.Status] = {}
        self.parts: dict[str, m.Office] = {}  # of what the office edits, as the hall says that each stands
        self.acknowledged: int | None = None  # the last of this desk's facts that the hall has; None: it said nothing

    @property
    def hall_is_there(self) -> bool:
        """Whether what stands here is of now."""
        status = self.statuses.get("hall")
        return self.connected_at is not None and status is not None and status.online

    def nodes(self, now: dt.datetime) -> dict[str, m.Status | None]:
        """What each other node said of itself; None for one that by now should have, as of `display.alerts`."""
        late = self.connected_at is not None and now - self.connected_at >= PATIENCE
        others = [node for node, role in self._roles.items() if role != "desk"]
        return {node: self.statuses.get(node) for node in others if late or node in self.statuses}

    def hear(self, event: Event, now: dt.datetime) -> None:
        """One event of the link, at this moment."""
        before = self.revision
        match event:
            case Connected():
                self.connected_at = now
                self.revision += 1
            case Disconnected():
                self.connected_at = None
                self.statuses.clear()
                self.revision += 1
            case Received(message=m.Reply() | m.Printed() as answer, key=node):
                self._tell(answer, node)
            case Received(message=m.Ack(seq=seq)):
                self.revision += seq != self.acknowledged
                self.acknowledged = seq
            case Received(message=m.Office() as said, key=part) if part == said.part:
                self.revision += said != self.parts.get(part)
                self.parts[part] = said
            case Received(message=m.Board() as board):
                self.board = board
                self.revision += 1
            case Received(message=m.PointStatus(point=point) as status) if point in self._points:
                self.points[point] = status
                self.revision += 1
            case Received(message=m.Status() as status, key=node) if self._roles.get(node) == status.role:
                self.statuses[node] = status
                self.revision += status.role != "desk"
        assert self.revision >= before

    def _tell(self, answer: m.Reply | m.Printed, node: str) -> None:
        """An answer, to whoever waits for it."""
        if isinstance(answer, m.Printed):
            for each in self._printing.pop((node, answer.id), []):
                each(answer)
        elif told := self._awaited.pop(answer.id, None):
            told(answer.answer)

    def await_reply(self, id: str, told: Callable[[m.Accepted | m.Refused], object]) -> None:
        """``told`` is called once, when the hall answers the command of this id."""
        self._awaited[id] = told

    def forget(self, id: str) -> None:
        """Nobody waits for this answer any more."""
        self._awaited.pop(id, None)

    def await_printed(self, node: str, id: str, told: Callable[[m.Printed], object]) -> None:
        """``told`` is called once, when this node says what became of the paper of this id.

        Several may wait for one: a form was sent twice.
        """
        self._printing.setdefault((node, id), []).append(told)

    def forget_printed(self, node: str, id: str, told: Callable[[m.Printed], object]) -> None:
        """This one does not wait any more."""
        waiting = [other for other in self._printing.pop((node, id), []) if other != told]
        if waiting:
            self._printing[node, id] = waiting
