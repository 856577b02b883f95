"""A page of the desk, one visit to it, and the form that a visitor sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import jinja2
from babel import Locale
from markupsafe import Markup
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from broker.language import dates, web
from broker.language.catalogue import N_, plurals, words
from broker.waits import told_minutes
from display.desk import days
from display.desk.accounts import ROLES, Account, Role
from display.desk.audit import Kind
from display.desk.desk import Desk
from display.desk.sessions import form_token
from display.refusals import REFUSALS

EVERYBODY: tuple[Role, ...] = ()  # of `Page.roles`: signed in or not
OFFICERS = ROLES
SUPERVISORS: tuple[Role, ...] = ("supervisor", "administrator")
ADMINISTRATORS: tuple[Role, ...] = ("administrator",)
LARGEST_FORM = 65_536  # bytes

ROLE_NAMES: Mapping[Role, str] = {
    "officer": N_("Officer"),
    "supervisor": N_("Supervisor"),
    "administrator": N_("Administrator"),
}


@dataclass(frozen=True)
class Page:
    """A path and what it does.  Who may see it is said here and nowhere else; the gate holds it."""

    path: str
    roles: tuple[Role, ...]  # `EVERYBODY`: also who is not signed in
    show: Callable[[Visit], Awaitable[Response]] | None = None  # GET
    act: Callable[[Visit], Awaitable[Response]] | None = None  # POST, its form token proved
    menu: str | None = None  # its name in the menu, a msgid; None: not there
    largest: int = LARGEST_FORM  # bytes of what may be posted


class Form:
    """What a visitor filled in, and what is wrong with it: field → its label, its value, its fault."""

    def __init__(self, labels: Mapping[str, str], values: Mapping[str, Any] | FormData | None = None) -> None:
        """``labels``: each field's name as people read it, in their language; no other field is looked at."""
        self.labels = labels
        self.values = {name: days.text_of(name, values or {}) for name in labels}
        self.faults: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    def fault(self, name: str, text: str) -> None:
        """The first fault of a field is the one that is told."""
        self.faults.setdefault(name, text)

    def day(self, name: str, language: str) -> dt.date | None:
        """The day of this field; None with its fault told."""
        try:
            return days.read(self[name], language)
        except days.Wrong as wrong:
            self.fault(name, str(wrong))
            return None


@dataclass
class Visit:
    """One request, by whom, in which language."""

    desk: Desk
    request: Request
    language: str
    token: str  # of the browser
    account: Account | None = None
    form: FormData = field(default_factory=FormData)
    menu: tuple[Page, ...] = ()  # what this visitor's menu offers

    def __post_init__(self) -> None:
        self.now = self.desk.now()
        self.say, self.counted = words(self.language), plurals(self.language)

    @property
    def address(self) -> str:
        return self.request.client.host if self.request.client else ""

    @property
    def who(self) -> str:
        """The name of the account, '' for nobody."""
        return self.account.name if self.account else ""

    @property
    def again(self) -> str:
        """The address of this page with what it was asked, but for what it said after an act."""
        asked = [(name, value) for name, value in self.request.query_params.multi_items() if name != "said"]
        return self.request.url.path + (f"?{urlencode(asked, quote_via=quote)}" if asked else "")

    @property
    def point(self) -> int | None:
        """Where this visitor is signed in to serve; None: nowhere."""
        points = self.desk.mirror.points.items()
        return next((point for point, at in points if self.account and at.officer == self.account.shown), None)

    def may(self, page: Page) -> bool:
        return not page.roles or (self.account is not None and self.account.role in page.roles)

    def note(self, kind: Kind, about: str = "", account: str | None = None) -> None:
        """Into the audit."""
        who = self.who if account is None else account
        self.desk.audit.note(kind, account=who, about=about, address=self.address, now=self.now)

    def page(self, template: str, status: int = 200, **context: Any) -> Response:
        """This template as a page, its Thai lines broken where they should be."""
        html = TEMPLATES.get_template(template).render(self._context() | context)
        return HTMLResponse(web.mark(html), status)

    def form_page(self, template: str, form: Form, **context: Any) -> Response:
        """As `page`; 422 when the form that it shows again has faults."""
        return self.page(template, 422 if form.faults else 200, form=form, **context)

    def go(self, path: str, said: str | None = None) -> Response:
        """Elsewhere after an act, so that "reload" repeats nothing; ``said``: a key of `SAID`, told there."""
        url = quote(path, safe="/?=&%-._~:")
        return RedirectResponse(url + (f"{'&' if '?' in url else '?'}said={said}" if said else ""), 303)

    def keep_days(self, form: Form, *names: str) -> Response | None:
        """Here again with these days as ISO dates in the address, where it has their controls and they can be read."""
        asked = self.request.query_params
        filled_in = {f"{name}_{part}" for name in names for part in days.PARTS}
        if not filled_in & asked.keys() or not all(days.is_day(form[name]) for name in names):
            return None
        rest = [(name, text) for name, text in asked.multi_items() if name not in {*filled_in, *names}]
        kept = urlencode([*((name, form[name]) for name in names), *rest])
        return RedirectResponse(f"{self.request.url.path}?{kept}", 303)

    def day(self, at: dt.datetime) -> str:
        return dates.short_date(at.astimezone(self.desk.centre.zone).date(), self.language)

    def date(self, day: dt.date) -> str:
        return dates.short_date(day, self.language)

    def time(self, at: dt.datetime) -> str:
        return dates.clock(at.astimezone(self.desk.centre.zone).time(), self.language)

    def minutes(self, seconds: float) -> str:
        whole = int(seconds // 60)
        return self.counted("{minutes} min", "{minutes} min", whole).format(minutes=whole)

    def estimate(self, seconds: float) -> str:
        """As board, kiosk and tickets tell it."""
        whole = told_minutes(seconds)
        return self.counted("{minutes} min", "{minutes} min", whole).format(minutes=whole)

    def run(self, seconds: int) -> str:
        """As a running clock shows it: 09:05, 1:02:03."""
        hours, rest = divmod(seconds, 3600)
        return (f"{hours}:" if hours else "") + f"{rest // 60:02}:{rest % 60:02}"

    def language_name(self, language: str) -> str:
        """A language as it calls itself: ไทย, English."""
        return str(Locale(language).get_display_name()).title()

    def named(self, texts: Mapping[str, str]) -> str:
        """A text of centre.toml in this visitor's language."""
        return texts[self.language]

    def shown(self, account: str) -> str:
        """The name on the screen of an account; the account's own where there is none."""
        found = self.desk.accounts.get(account)
        return found.shown if found else account

    def _context(self) -> dict[str, Any]:
        said = SAID.get(self.request.query_params.get("said", ""))
        return {
            "visit": self,
            "desk": self.desk,
            "centre": self.desk.centre,
            "account": self.account,
            "language": self.language,
            "languages": self.desk.centre.centre.languages,
            "_": self.say,
            "n_": self.counted,
            "token": form_token(self.token),
            "here": self.request.url.path,
            "said": self.say(said) if said else None,
            "untaken": self.desk.late.of(self.who),
            "role_name": lambda role: self.say(ROLE_NAMES[role]),
            "near_days": lambda *away: days.near(
                self.now.astimezone(self.desk.centre.zone).date(), self.language, *away
            ),
            "day_controls": lambda text, timed: days.controls(text, self.language, timed),
        }


# What a page says after an act, by the word in its address
SAID: Mapping[str, str] = {
    "done": N_("Done."),
    "saved": N_("Saved."),
    "unanswered": N_("The hall did not answer. Nothing was changed; please try again."),
    "password": N_("Your new password is set."),
    "everywhere": N_("Signed out on all devices."),
    "counted": N_("Counted."),
    "taken": N_("The hall has taken it. Kiosk and screen show it from now on."),
    "waits": N_("Kept here, but the hall has not taken it yet. It will as soon as it answers."),
    "filed": N_("The case is filed. Please give the citizen the receipt."),
    "printed": N_("Printed. The paper lies in the kiosk's tray."),
    "printed_at_point": N_("Printed. The paper lies at the point's own printer."),
    "ended": N_("Please sign in again."),
    **{str(reason): text for reason, text in REFUSALS.items()},
}
TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters["name"] = lambda person: Markup(web.whole(person))  # noqa: S704 -- it escapes each word


def local(path: str) -> str:
    """A path of this desk to go on to; "/" for whatever else a form may have named."""
    plain = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if plain else "/"
