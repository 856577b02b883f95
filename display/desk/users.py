"""The administrator's pages: who may enter, as what, and the audit of who did what."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from broker.language.catalogue import N_
from display.desk.accounts import CODE_HOURS, ROLES, Account, Role, new_code
from display.desk.audit import KINDS, PAGE, Entry
from display.desk.office import title
from display.desk.page import ADMINISTRATORS, Form, Page, Visit
from display.desk.signin import name_faults, shown_faults

LABELS = {
    "name": N_("User name"),
    "shown": N_("Name and surname"),
    "role": N_("Role"),
    "disabled": N_("Disabled: may not sign in"),
    "version": "",
}


async def users(visit: Visit) -> Response:
    return visit.page("users.html", users=visit.desk.accounts.all())


async def new_form(visit: Visit) -> Response:
    form = _form(visit, "name", "shown", "role")
    form.values["role"] = "officer"
    return visit.form_page("user_new.html", form, roles=ROLES)


async def new(visit: Visit) -> Response:
    desk, form = visit.desk, _form(visit, "name", "shown", "role")
    form.values["name"] = form["name"].lower()
    name_faults(visit, form)
    shown_faults(visit, form)
    _alone(visit, form, form["name"])
    role = _role(visit, form)
    if not form.faults and not desk.accounts.add(form["name"], form["shown"], role):
        form.fault("name", visit.say(N_("This user name is taken.")))
    if form.faults:
        return visit.form_page("user_new.html", form, roles=ROLES)
    visit.note("account_added", form["name"])
    return await _with_new_code(visit, form["name"])


async def user_form(visit: Visit) -> Response:
    user = _user(visit)
    form = _form(visit, "shown", "role", "disabled", "version")
    form.values |= {"shown": user.shown, "role": user.role, "version": str(user.version)}
    form.values["disabled"] = "on" if user.disabled else ""
    return visit.form_page("user.html", form, user=user, roles=ROLES)


async def user(visit: Visit) -> Response:
    desk, before = visit.desk, _user(visit)
    form = _form(visit, "shown", "role", "disabled", "version")
    shown_faults(visit, form)
    if form["shown"] != before.shown:  # who bears another's name from before is still to be disabled at once
        _alone(visit, form, before.name)
    role, disabled = _role(visit, form), form["disabled"] == "on"
    if form["version"] != str(before.version):
        form.fault("shown", visit.say(N_("Somebody else changed this user just now. Please look, then save again.")))
        form.values["version"] = str(before.version)
    enters = before.role == "administrator" and before.has_password and not before.disabled
    if enters and (disabled or role != "administrator") and desk.accounts.administrators() == 1:
        form.fault("role", visit.say(N_("This is the only administrator; make another one first.")))
    if form.faults or not desk.accounts.change(before, shown=form["shown"], role=role, disabled=disabled):
        return visit.form_page("user.html", form, user=before, roles=ROLES)
    if disabled != before.disabled:
        visit.note("account_disabled" if disabled else "account_enabled", before.name)
    if (form["shown"], role) != (before.shown, before.role):
        visit.note("account_changed", f"{before.name}: {form['shown']}, {role}")
    if disabled or role != before.role:
        desk.sessions.end_all(before.name)
    return visit.go("/users", "saved")


async def without_code(visit: Visit) -> Response:
    """Whoever opens the address of a shown code again gets its user."""
    return visit.go(f"/users/{_user(visit).name}")


async def code(visit: Visit) -> Response:
    """A one-time code for this account, shown once, to be handed over in person."""
    return await _with_new_code(visit, _user(visit).name)


async def audit(visit: Visit) -> Response:
    asked = visit.request.query_params.get("before", "")
    before = int(asked) if asked.isdigit() and len(asked) < 16 else None
    entries = visit.desk.audit.entries(before)
    older = entries[-1].seq if len(entries) == PAGE else None
    return visit.page(
        "audit.html", entries=entries, about=lambda entry: _about(visit, entry), older=older, before=before, kinds=KINDS
    )


PAGES = (
    Page("/users", ADMINISTRATORS, users, menu=N_("Users")),
    Page("/users/new", ADMINISTRATORS, new_form, new),
    Page("/users/{name}", ADMINISTRATORS, user_form, user),
    Page("/users/{name}/code", ADMINISTRATORS, without_code, code),
    Page("/audit", ADMINISTRATORS, audit, menu=N_("Audit")),
)


async def _with_new_code(visit: Visit, name: str) -> Response:
    code = new_code()
    hashed = await visit.desk.hash(code)
    visit.desk.accounts.set_code(name, hashed, visit.now)
    visit.note("code_made", name)
    return visit.page("user_code.html", user=visit.desk.accounts.get(name), code=code, hours=CODE_HOURS)


def _about(visit: Visit, entry: Entry) -> str:
    """Whom or what an entry is about, in the words of the pages; as it was noted where they have none for it."""
    try:
        match entry.kind:
            case "office_edited":
                part, _, version = entry.about.rpartition(" ")
                return visit.say(N_("{part}, version {n}")).format(part=title(visit, part), n=version)
            case "service_opened" | "service_closed":
                return f"{entry.about} {visit.named(visit.desk.centre.service(entry.about).name)}"
            case "refused":
                page = next(page for page in visit.menu if page.path == entry.about)
                return f"{visit.say(page.menu or '')} ({entry.about})"
    except (KeyError, StopIteration):
        pass  # this centre has it no more
    return entry.about or "–"


def _form(visit: Visit, *names: str) -> Form:
    return Form({name: visit.say(LABELS[name]) if LABELS[name] else "" for name in names}, visit.form)


def _alone(visit: Visit, form: Form, name: str) -> None:
    """Points and the ledger know an officer by this name alone: who had another's would have that one's figures too."""
    if visit.desk.accounts.anothers(form["shown"], name):
        taken = N_("Another user has or had this name, by which figures and points know an officer.")
        form.fault("shown", visit.say(taken))


def _role(visit: Visit, form: Form) -> Role:
    for role in ROLES:
        if form["role"] == role:
            return role
    form.fault("role", visit.say(N_("Please choose one.")))
    return "officer"


def _user(visit: Visit) -> Account:
    """Raises `HTTPException` 404."""
    if user := visit.desk.accounts.get(visit.request.path_params["name"]):
        return user
    raise HTTPException(404)
