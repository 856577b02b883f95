"""The table of centre.toml that the web pages for officers follow."""

from __future__ import annotations

import ipaddress
from typing import Annotated

import msgspec
from msgspec import Meta

from broker.office import Table, Words
from broker.words import END, Code, Node

Host = Annotated[str, Meta(pattern=rf"^[A-Za-z0-9.:-]{{1,253}}{END}", description="a host's name or address")]
Minutes = Annotated[int, Meta(ge=1, le=1440)]


class Desk(Table, frozen=True):
    """Where the pages are served, how long one is signed in, from when on the live page calls for attention, and what
    officers choose from, by code, in every language.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65535)] = 8443
    name: Node = "desk"
    names: tuple[Host, ...] = ()
    idle_minutes: Minutes = 60  # a session that nobody used so long is over
    session_hours: Annotated[int, Meta(ge=1, le=168)] = 12  # and every session after so long
    seats: Annotated[int, Meta(ge=1, le=9999)] | None = None  # of the waiting area (R12)
    amber_percent: Annotated[int, Meta(ge=1, le=100)] = 80  # of a standard's time: 12 of 15 minutes
    many_waiting: Annotated[int, Meta(ge=1, le=999)] | None = None  # at one service
    long_wait_minutes: Minutes | None = None
    # how a visit came out (R4.3), and why a point pauses; none: those of `broker.choices`
    outcomes: dict[Code, Words] = msgspec.field(default_factory=dict)
    pauses: dict[Code, Words] = msgspec.field(default_factory=dict)

    @property
    def loopback(self) -> bool:
        """Whether only its own machine can reach it: then it speaks plain HTTP, else HTTPS."""
        return is_loopback(self.host)

    @property
    def addresses(self) -> tuple[str, ...]:
        """What browsers may call it, the first being what to tell people; its certificate holds for these."""
        everywhere = self.host in ("0.0.0.0", "::")  # noqa: S104 -- compared, not bound
        return self.names if everywhere else (*self.names, *({self.host} - set(self.names)))


def is_loopback(host: str) -> bool:
    """Whether only the machine itself is reached by it."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
