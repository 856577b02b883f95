"""Coming in and going out: sign-in, one-time codes, one's own password, the language."""

from __future__ import annotations

import re
from math import ceil

from starlette.responses import Response

from broker.language.catalogue import N_
from display.desk.accounts import LONGEST, SHORTEST, plain_code
from display.desk.audit import Kind
from display.desk.page import EVERYBODY, OFFICERS, Form, Page, Visit, local
from display.desk.sessions import new_token, same

NAME = re.compile(r"[a-z][a-z0-9._-]{1,31}")
SHOWN = re.compile(r"[^\x00-\x1f\x7f-\x9f]{1,60}")  # as `words.Officer`, but not empty

LABELS = {
    "name": N_("User name"),
    "shown": N_("Name and surname"),
    "password": N_("Password"),
    "old": N_("Present password"),
    "new": N_("New password"),
    "again": N_("New password once more"),
    "code": N_("One-time code"),
    "next": "",
}
EMPTY = N_("Please fill this in.")
WRONG = N_("User name and password do not fit together.")
WRONG_CODE = N_("User name and code do not fit together, or the code was used or is too old.")


def fields(visit: Visit, *names: str) -> Form:
    """A form of these fields, as posted; empty on a first look."""
    return Form({name: visit.say(LABELS[name]) if LABELS[name] else "" for name in names}, visit.form)


def name_faults(visit: Visit, form: Form) -> None:
    _filled(visit, form, "name")
    if not NAME.fullmatch(form["name"]):
        form.fault("name", visit.say(N_("2 to 32 small letters a–z, digits, dots or hyphens; a letter first.")))


def shown_faults(visit: Visit, form: Form) -> None:
    _filled(visit, form, "shown")
    if not SHOWN.fullmatch(form["shown"]):
        form.fault(
            "shown", visit.say(N_("Please give a name of up to 60 characters, as it should stand on the screen."))
        )


def password_faults(visit: Visit, form: Form, name: str) -> None:
    """Length only, and not one's own name (NIST SP 800-63B, 5.1.1.2)."""
    new = form["new"]
    if not SHORTEST <= len(new) <= LONGEST:
        text = visit.counted("At least {count} character.", "At least {count} characters.", SHORTEST)
        form.fault("new", text.format(count=SHORTEST))
    elif name and new.lower() == name.lower():
        form.fault("new", visit.say(N_("Not your own name, please.")))
    if new != form["again"]:
        form.fault("again", visit.say(N_("The two are not the same.")))


# ---------------------------------------------------------------- sign in
async def sign_in_form(visit: Visit) -> Response:
    if visit.desk.accounts.empty:
        return visit.go("/first")
    if visit.account:
        return visit.go("/")
    form = fields(visit, "name", "password", "next")
    form.values["next"] = local(visit.request.query_params.get("next", "/"))
    return visit.form_page("sign_in.html", form)


async def sign_in(visit: Visit) -> Response:
    form = fields(visit, "name", "password", "next")
    name = form["name"].lower()
    _filled(visit, form, "name", "password")
    if not await _proved(visit, form, "password", name, visit.desk.accounts.secret(name)):
        return visit.form_page("sign_in.html", form)
    return _enter(visit, name, local(form["next"]), "signed_in")


async def sign_out(visit: Visit) -> Response:
    visit.desk.sessions.end(visit.token)
    visit.note("signed_out")
    visit.token = new_token()
    return visit.go("/sign-in")


async def sign_out_everywhere(visit: Visit) -> Response:
    visit.desk.sessions.end_all(visit.who)
    visit.note("signed_out_everywhere")
    visit.token = new_token()
    return visit.go("/sign-in", "everywhere")


# ---------------------------------------------------------------- one-time codes
async def first_form(visit: Visit) -> Response:
    """The first administrator names herself; the code stands where only staff of the hall reads it."""
    if visit.desk.first_code is None:
        return visit.go("/sign-in")
    return visit.form_page("first.html", fields(visit, "code", "name", "shown", "new", "again"))


async def first(visit: Visit) -> Response:
    desk, form = visit.desk, fields(visit, "code", "name", "shown", "new", "again")
    form.values["name"] = form["name"].lower()
    _filled(visit, form, "code")
    name_faults(visit, form)
    shown_faults(visit, form)
    password_faults(visit, form, form["name"])
    if not form.faults and not _paused(visit, form, "code", ""):
        desk.throttle.failed("", visit.address, desk.monotonic())
        if desk.first_code is None or not same(plain_code(form["code"]), desk.first_code):
            visit.note("code_failed", form["name"])
            form.fault("code", visit.say(N_("This is not the code.")))
    if form.faults:
        return visit.form_page("first.html", form)
    desk.first_code = None  # before the wait for the hash: used once
    hashed = await desk.hash(form["new"])
    with desk.connection:
        desk.accounts.add(form["name"], form["shown"], "administrator")
        desk.accounts.set_secret(form["name"], hashed)
    desk.show_code()
    return _enter(visit, form["name"], "/", "code_used")


async def code_form(visit: Visit) -> Response:
    return visit.form_page("code.html", fields(visit, "name", "code", "new", "again"))


async def code(visit: Visit) -> Response:
    """A new account, or a forgotten password: whoever has the code sets a password, once."""
    desk, form = visit.desk, fields(visit, "name", "code", "new", "again")
    name = form["name"].lower()
    _filled(visit, form, "name", "code")
    password_faults(visit, form, name)
    form.values["code"] = plain_code(form["code"]) if form["code"] else ""
    hashed = desk.accounts.code(name, visit.now)
    if not await _proved(visit, form, "code", name, hashed):
        return visit.form_page("code.html", form)
    secret = await desk.hash(form["new"])
    if desk.accounts.code(name, desk.now()) != hashed:  # used, or replaced, while we were hashing
        form.fault("code", visit.say(WRONG_CODE))
        return visit.form_page("code.html", form)
    desk.accounts.set_secret(name, secret)
    desk.sessions.end_all(name)
    return _enter(visit, name, "/", "code_used")


# ---------------------------------------------------------------- one's own account
async def me_form(visit: Visit) -> Response:
    return visit.form_page("me.html", fields(visit, "old", "new", "again"))


async def me(visit: Visit) -> Response:
    """Another password; whoever is signed in elsewhere as this account is not any more."""
    desk, form, name = visit.desk, fields(visit, "old", "new", "again"), visit.who
    _filled(visit, form, "old")
    password_faults(visit, form, name)
    if not await _proved(visit, form, "old", name, desk.accounts.secret(name)):
        return visit.form_page("me.html", form)
    desk.accounts.set_secret(name, await desk.hash(form["new"]))
    desk.sessions.end_all(name)
    return _enter(visit, name, "/me?said=password", "password_changed")


async def seen(visit: Visit) -> Response:
    """What the hall did not take is told no more."""
    id = str(visit.form.get("id", ""))
    if id.isascii() and id.isdigit() and len(id) < 19:
        visit.desk.late.seen(visit.who, int(id))
    return visit.go(local(str(visit.form.get("next", "/"))))


async def language(visit: Visit) -> Response:
    """The other language, for this browser, and back to where one was."""
    wanted = str(visit.form.get("language", ""))
    if wanted in visit.desk.centre.centre.languages:
        visit.language = wanted
    return visit.go(local(str(visit.form.get("next", "/"))))


PAGES = (
    Page("/sign-in", EVERYBODY, sign_in_form, sign_in),
    Page("/first", EVERYBODY, first_form, first),
    Page("/code", EVERYBODY, code_form, code),
    Page("/language", EVERYBODY, act=language),
    Page("/me", OFFICERS, me_form, me),
    Page("/me/seen", OFFICERS, act=seen),
    Page("/sign-out", OFFICERS, act=sign_out),
    Page("/sign-out-everywhere", OFFICERS, act=sign_out_everywhere),
)


# ---------------------------------------------------------------- what they share
def _filled(visit: Visit, form: Form, *names: str) -> None:
    for name in names:
        if not form[name]:
            form.fault(name, visit.say(EMPTY))


def _paused(visit: Visit, form: Form, field: str, name: str) -> bool:
    """Whether too many were tried: then nothing is looked at, not even what is right."""
    if wait := visit.desk.throttle.wait(name, visit.address, visit.desk.monotonic()):
        seconds = ceil(wait)
        text = visit.counted("Too many attempts. Please wait {seconds} second.",
                           "Too many attempts. Please wait {seconds} seconds.", seconds)  # fmt: skip
        form.fault(field, text.format(seconds=seconds))
        visit.note("sign_in_paused", name)
    return bool(wait)


async def _proved(visit: Visit, form: Form, field: str, name: str, hashed: str | None) -> bool:
    """Whether the form is right, and this field's secret too; tells in the form what is not."""
    desk, code = visit.desk, field == "code"
    if form.faults or _paused(visit, form, field, name):
        return False
    desk.throttle.failed(name, visit.address, desk.monotonic())  # before the slow look, or many at once get through
    if await desk.verify(hashed, form[field]):
        desk.throttle.succeeded(name, visit.address)
        return True
    visit.note("code_failed" if code else "sign_in_failed", name)
    form.fault(field, visit.say(WRONG_CODE if code else WRONG))
    return False


def _enter(visit: Visit, name: str, path: str, kind: Kind) -> Response:
    """A session of this account, under a token that nobody knew before."""
    visit.desk.sessions.end(visit.token)
    visit.token = visit.desk.sessions.begin(name, visit.desk.now())
    visit.note(kind, name, account=name)
    return visit.go(path)
