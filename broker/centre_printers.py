"""The tables of centre.toml that say how a printer is reached, and which stand at points."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from broker.office import Table
from broker.words import Node, Point


class NetworkPrinter(Table, frozen=True, tag_field="kind", tag="network"):
    host: str
    port: Annotated[int, Meta(ge=1, le=65535)]
    paper_mm: Literal[58, 80]
    profile: str | None = None  # its name in python-escpos's list; without it everything is printed as a picture
    centres: bool | None = None  # whether it centres pictures too (ESC a); else taken for true with a profile only


class UsbPrinter(Table, frozen=True, tag_field="kind", tag="usb"):
    vendor: Annotated[int, Meta(ge=0, le=0xFFFF)]
    product: Annotated[int, Meta(ge=0, le=0xFFFF)]
    paper_mm: Literal[58, 80]
    profile: str | None = None
    centres: bool | None = None


class SerialPrinter(Table, frozen=True, tag_field="kind", tag="serial"):
    device: str
    baud: Annotated[int, Meta(ge=1200)]
    paper_mm: Literal[58, 80]
    profile: str | None = None
    centres: bool | None = None


Printer = NetworkPrinter | UsbPrinter | SerialPrinter


class PointPrinter(Table, frozen=True):
    """A printer of papers of cases, at points that the kiosk is far from."""

    name: Node
    points: Annotated[tuple[Point, ...], Meta(min_length=1)]
    printer: Printer
