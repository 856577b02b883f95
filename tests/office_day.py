"""A day's work at the desk, in Thai: what each does there, and what it comes to at the point and in the hall."""

from __future__ import annotations

import re
from collections.abc import Mapping

from faults_centre import wait_for
from office_centre import OfficeCentre
from office_eyes import Eyes, Person
from office_pages import ADMINISTRATOR, NOBODY, OFFICER, SUPERVISOR

from broker.morning.waiting import NotSeen

PASSWORD = "ประโยคยาว ๆ ของฉันเอง"
AT_1_2 = "officer of 1.2"  # the second officer
STAFF = {  # account → its name on the screen, what it is, the person that it becomes
    "somchai": ("สมชาย ใจเย็น", "supervisor", SUPERVISOR),
    "somying": ("สมหญิง ใจดี", "officer", OFFICER),
    "namfon": ("น้ำฝน ซื่อตรง", "officer", AT_1_2),
}


def opening(centre: OfficeCentre, eyes: Eyes) -> Mapping[str, Person]:
    """The first administrator enters by the code from the hall's board, and makes the others; all are signed in."""
    administrator = eyes.person(ADMINISTRATOR)
    administrator.role = NOBODY  # until the code is proved
    administrator.look_over("/first", "first")
    administrator.go("/first")
    administrator.fill(code="AAAA-BBBB-CCCC", name="Napha!", shown="นภา ดูแลดี", new="สั้น", again="สั้นๆ")
    administrator.press("Begin")
    administrator.look("first-wrong", 422)
    administrator.fill(code=centre.first_code(), name="napha", new=PASSWORD, again=PASSWORD)
    administrator.press("Begin")
    administrator.role = ADMINISTRATOR
    administrator.reads("The hall now")
    people = {ADMINISTRATOR: administrator, NOBODY: eyes.person(NOBODY)}
    for name, (shown, role, person) in STAFF.items():
        people[person] = eyes.person(role)
        enters(people[person], name, employed(administrator, name, shown, role))
    return people


def employed(administrator: Person, name: str, shown: str, role: str) -> str:
    """An account is made; its one-time code."""
    administrator.go("/users")
    administrator.follow("Add a user")
    administrator.fill(name=name, shown="" if role == "supervisor" else shown)
    administrator.choose("role", role)
    administrator.page.locator("form").evaluate_all("forms => forms.forEach(form => form.noValidate = true)")
    administrator.press("Add, and make a one-time code")
    if role == "supervisor":  # a name was forgotten: the form comes back as it was filled in
        administrator.look("user-new-wrong", 422)
        administrator.fill(shown=shown)
        administrator.press("Add, and make a one-time code")
    administrator.look(f"user-code-{name}")
    return administrator.page.locator("code.code").inner_text()


def enters(person: Person, name: str, code: str) -> None:
    """With the one-time code, a password of one's own; then out, and in again with it."""
    person.go("/sign-in")
    person.follow("I have a one-time code")
    person.fill(name=name, code=code, new=PASSWORD, again=PASSWORD)
    person.press("Set the password and sign in")
    person.reads("The hall now")
    person.press("Sign out")
    person.fill(name=name, password="ไม่ใช่รหัสผ่านนี้")
    person.press("Sign in")
    if name == "somchai":
        person.look("sign-in-wrong", 422)
    person.fill(name=name, password=PASSWORD)
    person.press("Sign in")
    person.reads("The hall now")


def at_the_point(centre: OfficeCentre, people: Mapping[str, Person]) -> None:
    """Point 2, by keys; then point 4, which gets what point 2 sent on."""
    officer = people[OFFICER]
    numbers = [centre.take(service) for service in ("1.1", "1.1", "1.1", "1.2")]
    officer.go("/points")
    officer.follow("Point {point}", point=2)
    officer.look("console-signed-out")
    officer.press("Sign in at this point")
    centre.comes_to(2, officer="สมหญิง ใจดี")
    _first(centre, officer, numbers[0])
    _transferred(centre, officer, numbers[1])
    _no_show(centre, officer, numbers[2])
    _pause(centre, officer)
    _sent_on(centre, people[AT_1_2], numbers[1])


def _first(centre: OfficeCentre, officer: Person, number: str) -> None:
    """Called, called again, served, set aside, resumed, provided, finished with an outcome, rated."""
    officer.key("n")
    centre.comes_to(2, state="called", ticket=number, calls=1)
    officer.look("console-called")
    officer.key("r")
    centre.comes_to(2, state="called", calls=2)
    officer.key("s")
    centre.comes_to(2, state="serving", ticket=number)
    officer.look("console-serving")
    officer.key("h")
    centre.comes_to(2, state="idle", ticket=None)
    officer.look("console-set-aside")
    officer.key("u")
    centre.comes_to(2, state="called", ticket=number)
    officer.key("s")
    centre.comes_to(2, state="serving")
    officer.key("p")
    centre.comes_to(2, state="provided")
    officer.choose("outcome", "documents_given")
    officer.key("f")
    centre.comes_to(2, state="idle")
    centre.rate(2, 5)


def _transferred(centre: OfficeCentre, officer: Person, number: str) -> None:
    officer.key("n")
    centre.comes_to(2, state="called", ticket=number)
    officer.key("s")
    centre.comes_to(2, state="serving")
    officer.page.keyboard.press("t")  # opens the form
    officer.fill(note="ขอยื่นเรื่องร้องเรียนค่าไฟฟ้า")
    officer.press("Transfer", officer.page.locator("#transfer"))
    officer.look("console-transfer-wrong", 422)  # no service was chosen; the note is still there
    officer.choose("service", "1.2")
    officer.press("Transfer", officer.page.locator("#transfer"))
    centre.comes_to(2, state="idle")
    centre.comes_to(4, waiting=2)


def _no_show(centre: OfficeCentre, officer: Person, number: str) -> None:
    officer.key("n")
    centre.comes_to(2, state="called", ticket=number)
    officer.key("x")
    centre.comes_to(2, state="idle", ticket=None)
    officer.fill(number="ก้าวหน้า")
    officer.press("Call this ticket")
    centre.take("1.2")  # the hall changes, the page with it: not what she has just typed
    officer.look("console-number-wrong", 422)
    typed = officer.page.locator('input[name="number"]').input_value()
    assert typed == "ก้าวหน้า", f"the page has lost what was typed: {typed!r}"


def _pause(centre: OfficeCentre, officer: Person) -> None:
    officer.go("/points/2")
    officer.page.keyboard.press("z")
    officer.choose("reason", "lunch")
    officer.press("Pause the point", officer.page.locator("#pause"))
    centre.comes_to(2, state="closed", officer="สมหญิง ใจดี")
    officer.look("console-paused")
    officer.press("Open again")
    centre.comes_to(2, state="idle")


def _sent_on(centre: OfficeCentre, officer: Person, number: str) -> None:
    """Who was sent on came first, and is called first; the note is there."""
    officer.go("/points/4")
    officer.press("Sign in at this point")
    officer.key("n")
    centre.comes_to(4, state="called", ticket=number)
    officer.page.get_by_text("ขอยื่นเรื่องร้องเรียนค่าไฟฟ้า").first.wait_for()
    officer.key("s")
    centre.comes_to(4, state="serving")
    officer.look("console-with-note")


def printed(centre: OfficeCentre, officer: Person) -> None:
    """The slip of what is missing comes out of the kiosk's printer: not while it has no paper, and that is said."""
    slip = officer.page.locator('input[name="paper"][value="missing"] ~ button[value$=" th"]').first
    centre.trouble("paper_out")
    with officer.page.expect_navigation(timeout=40_000):
        slip.click()
    officer.look("case-unprinted", 503)
    centre.trouble()
    before = centre.papers()
    with officer.page.expect_navigation(timeout=40_000):
        slip.click()
    officer.look("case-printed")
    if not wait_for(lambda: centre.papers() > before, 20):
        raise NotSeen("no paper came out of the kiosk")


def with_a_case(centre: OfficeCentre, people: Mapping[str, Person]) -> None:
    """From the ticket that is served at point 4: filed, complete, forwarded, answered, told, closed."""
    officer = people[AT_1_2]
    officer.go("/points/4")
    officer.follow("Make a case of this ticket")
    officer.fill(paper0="สำเนาบัตรประจำตัวประชาชน", paper1="สำเนาใบแจ้งค่าไฟฟ้า", name="มานี มีตา", value="12")
    officer.choose("held0", "on")
    officer.press("File the case")
    officer.look("case-wrong", 422)  # what was filled in stands there still, and the telephone number is named
    officer.fill(value="081 234 5678")
    officer.press("File the case")
    officer.look("case-incomplete")
    printed(centre, officer)
    officer.page.locator('input[name="held1"]').check()
    officer.press("Save the checklist")
    for step, text in (
        ("forwarded", "Forwarded to the agency"),
        ("answered", "The agency has acted"),
    ):
        officer.press(text)
        officer.look(f"case-{step}")
    officer.press("Show the contact")
    officer.page.get_by_text("มานี มีตา").first.wait_for()
    officer.look("case-contact")
    officer.press("English")  # a language calls itself so; the contact is not shown again unasked
    assert "มานี มีตา" not in officer.page.content()
    officer.press("ไทย")
    officer.press("The citizen was informed")
    officer.press("The centre was informed")
    officer.look("case-closed")
    officer.go("/cases?q=ไม่ใช่เลข")
    officer.look("case-not-found", 422)


def in_the_hall(centre: OfficeCentre, people: Mapping[str, Person]) -> None:
    """The supervisor's page follows the hall by itself; she closes a service and opens it again."""
    supervisor = people[SUPERVISOR]
    supervisor.go("/")
    number = centre.take("1.3")
    card = supervisor.page.locator(".card.service", has_text="บริการเบ็ดเสร็จ")
    card.locator(".big", has_text=re.compile(r"^1\b")).wait_for()  # nobody loaded it anew
    supervisor.press("Stop giving tickets", card)
    supervisor.reads("No more tickets today")
    supervisor.look("hall-service-closed")
    supervisor.press("Give tickets again", supervisor.page.locator(".card.service.shut"))
    supervisor.page.locator(".card.service.shut").wait_for(state="detached")
    assert number.startswith("R"), number


def barred(people: Mapping[str, Person]) -> None:
    """What one may not see, and what is not there."""
    people[OFFICER].look_over("/users", "barred", 403)
    people[OFFICER].look_over("/nowhere", "no-such-page", 404)
