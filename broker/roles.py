"""Who may say and hear what: the broker's access list and the AsyncAPI document are made from these tables."""

from __future__ import annotations

from broker.messages import (
    Ack,
    Announced,
    Board,
    Call,
    Command,
    Fact,
    Message,
    Office,
    PointStatus,
    Print,
    Printed,
    Reply,
    Status,
)

MONITOR = "monitor"  # a user that hears everything and says nothing
RESERVED = ("hall", MONITOR)  # names that no other node may take

SAYS: dict[str, tuple[type[Message], ...]] = {
    "hall": (Status, Ack, Reply, Board, PointStatus, Call, Office),
    "kiosk": (Status, Fact, Printed),
    "screen": (Status, Announced),
    "buttons": (Status, Fact, Command),
    "printer": (Status, Printed),
    "desk": (Status, Fact, Command, Print),
}
# of Status a node hears the hall's alone; of PointStatus, Ack, Reply and Print those that are addressed to it; a
# desk, which shows the whole hall, hears every Status, PointStatus and Printed
HEARS: dict[str, tuple[type[Message], ...]] = {
    "hall": (Status, Fact, Command, Announced),
    "kiosk": (Status, Ack, Board, Office, Print),
    "screen": (Status, Board, Call, Office),
    "buttons": (Status, Ack, Reply, PointStatus),
    "printer": (Ack, Board, Office, Print),
    "desk": (Status, Ack, Reply, Board, PointStatus, Call, Office, Printed),
}
