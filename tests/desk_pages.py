"""A desk that a test visits: the real application and store, a hall that answers at once, a clock by hand."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

from argon2 import PasswordHasher
from httpx2 import Response
from queue_script import Script
from starlette.testclient import TestClient

from broker import messages as m
from broker.centre import DEFAULT, load
from broker.link import Connected, Received
from broker.store import open_store
from display.desk.accounts import Hasher, Role
from display.desk.app import application
from display.desk.desk import Desk
from display.desk.store import DESK_MIGRATIONS
from display.ledger.ledger import FILE, Ledger

CENTRE = load(DEFAULT)
NINE = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)  # on a Monday in Bangkok
PASSWORD = "a sentence of my own"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Wire:
    """Keeps what the desk says; ``answer`` is the hall's to each command, None for a hall that is away."""

    def __init__(self) -> None:
        self.commands: list[m.Command] = []
        self.own = m.Health()
        self.connected = True
        self.answer: m.Accepted | m.Refused | None = m.Accepted()
        self.deliver: Callable[[Received], object] = lambda _event: None

    def publish(self, message, *, node=None, point=None, expires=None) -> bool:
        if self.connected:
            self.commands.append(message)
            if self.answer:
                self.deliver(Received(m.Reply(message.id, message.point, self.answer), "desk", False))
        return self.connected

    def health(self, health: m.Health) -> None:
        self.own = health


class Office:
    """One desk and all its browsers."""

    def __init__(self, directory: Path, secure: bool = True) -> None:
        self.at, self.now, self.wire = 1000.0, NINE, Wire()
        store = open_store(":memory:", DESK_MIGRATIONS)
        self.desk = Desk(
            CENTRE, store, self.wire, ledger=directory / "ledger.sqlite", secure=secure, hasher=Hasher(CHEAP),
            now=lambda: self.now, monotonic=lambda: self.at,
        )  # fmt: skip
        self.wire.deliver = self.desk.hear
        self.application = application(self.desk)

    def pass_time(self, **time: float) -> None:
        span = dt.timedelta(**time)
        self.now, self.at = self.now + span, self.at + span.total_seconds()

    def employ(self, name: str, role: Role = "officer") -> None:
        self.desk.accounts.add(name, name.title(), role)
        self.desk.accounts.set_secret(name, CHEAP.hash(PASSWORD))

    def hear(self, *messages: m.Message, key: str = "hall") -> None:
        for message in messages:
            self.desk.hear(Received(message, key, False))

    def opens(self) -> None:
        """The hall is there, with its first word."""
        self.desk.hear(Connected())
        self.hear(m.Status(online=True, role="hall", software="khiu"))
        self.hear(board())

    def browser(self, address: str = "10.0.0.7") -> Browser:
        return Browser(self, address)

    def signed_in(self, name: str = "somsri", role: Role = "officer") -> Browser:
        if self.desk.accounts.get(name) is None:
            self.employ(name, role)
        browser = self.browser()
        assert browser.sign_in(name).headers["location"] == "/"
        return browser

    @property
    def audited(self) -> list[tuple[str, str, str]]:
        """Who, what, whom; the latest first."""
        return [(e.account, e.kind, e.about) for e in self.desk.audit.entries()]


def office_after(directory: Path, room: Script, day: dt.date) -> Office:
    """An office that opens with a ledger of this day, as a hall's events filled it."""
    ledger = Ledger(directory / FILE)
    for event in room.events:
        ledger.record(day, (event,))
    ledger.close()
    office = Office(directory)
    office.opens()
    return office


class Browser:
    """Keeps cookies and fills in forms as they were sent; follows no redirect by itself."""

    def __init__(self, office: Office, address: str) -> None:
        origin = "https://khiu.local" if office.desk.secure else "http://127.0.0.1"
        client = (address, 50000)
        self.client = TestClient(
            office.application, origin, follow_redirects=False, client=client, raise_server_exceptions=False
        )

    def see(self, path: str, **headers: str) -> Response:
        return self.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def send(self, path: str, form: str | None = None, **fields: str) -> Response:
        """Post these fields, with what is hidden in the form on page ``form`` (default: the same path)."""
        found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.see(form or path).text)
        return self.client.post(path, data={name: unescape(value) for name, value in found} | fields)

    def sign_in(self, name: str, password: str = PASSWORD) -> Response:
        return self.send("/sign-in", name=name, password=password)


def filled(html: str) -> dict[str, str]:
    """Every field of these forms with its value, as a browser sends it."""
    fields = {}
    for tag in re.findall(r"<input ([^>]*)>", html):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        boxed = attributes.get("type") in ("checkbox", "radio")
        if not boxed or " checked" in tag:
            fields[attributes["name"]] = unescape(attributes.get("value", ""))
    for tag, options in re.findall(r"<select ([^>]*)>(.*?)</select>", html, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        fields[re.search(r'name="([^"]*)"', tag)[1]] = chosen[1] if chosen else ""
    for name, written in re.findall(r'<textarea [^>]*\bname="([^"]*)"[^>]*>(.*?)</textarea>', html, re.DOTALL):
        fields[name] = unescape(written)
    return fields


def dated(name: str, day: str, time: str | None = None) -> dict[str, str]:
    """A day, YYYY-MM-DD, as it is typed into its controls in Thai; what is none stands where the day does."""
    year, month, number = day.split("-") if day.count("-") == 2 else ("", "", day)
    typed = {
        f"{name}_day": number.lstrip("0"),
        f"{name}_month": month.lstrip("0"),
        f"{name}_year": year and str(int(year) + 543),
    }
    return typed | ({} if time is None else {f"{name}_time": time})


def text(answer: Response) -> str:
    """What a person reads on the page."""
    html = re.sub(r"<(script|style|title).*?</\1>", "", answer.text, flags=re.DOTALL)
    html = re.sub(r"</?(span|b|small|a|strong|wbr)\b[^>]*>", "", html)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def board(**changes) -> m.Board:
    """Three wait at 1.1, the first for 40 minutes; point 2 serves A001, the others are closed."""
    views = tuple(m.PointView(p.number, "closed") for p in CENTRE.points[1:])
    told = {
        "revision": 1,
        "day": NINE.date(),
        "at": NINE,
        "services": (
            m.ServiceView("1.1", True, 3, 600, NINE - dt.timedelta(minutes=40)),
            m.ServiceView("1.2", True, 0, None),
            m.ServiceView("1.3", False, 0, None),
        ),
        "points": (m.PointView(2, "serving", "A001", "สมหญิง ใจดี"), *views),
        "recent": (),
    }
    return m.Board(**(told | changes))


def serving(minutes: float, point: int = 2, number: str = "A001", service: str = "1.1") -> m.PointStatus:
    return m.PointStatus(1, point, "serving", 3, number, service, NINE - dt.timedelta(minutes=minutes), 1)
