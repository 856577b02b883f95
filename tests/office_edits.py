"""What supervisor and administrator edit on the day of `make office`, and that the hall has it."""

from __future__ import annotations

from collections.abc import Mapping

from office_centre import OfficeCentre
from office_eyes import Person
from office_pages import ADMINISTRATOR, OFFICER, SUPERVISOR


def in_the_office(centre: OfficeCentre, people: Mapping[str, Person]) -> None:
    notices(centre, people[ADMINISTRATOR])
    announcement(centre, people[SUPERVISOR])
    documents(people[ADMINISTRATOR], people[OFFICER])
    forgotten(people[ADMINISTRATOR])


def notices(centre: OfficeCentre, administrator: Person) -> None:
    """A notice is written, with its English forgotten at first; the hall takes it, the screen's centre has it."""
    notice = "วันนี้มีบริการตรวจค่าไฟฟ้าฟรี ณ จุดบริการ 6"
    administrator.go("/office/notices")
    empty = administrator.page.locator("fieldset.line").nth(2).locator("textarea")
    empty.nth(0).fill(notice)
    administrator.press("Save", administrator.page.locator(".ends"))
    administrator.look("notices-wrong", 422)
    empty.nth(1).fill("Free check of electricity bills today, at point 6")
    administrator.press("Preview")
    administrator.look("notices-preview")
    administrator.press("Save", administrator.page.locator(".ends"))
    administrator.reads("The hall has taken it. Kiosk and screen show it from now on.")
    administrator.look("notices-saved")
    centre.subscriber.wait("the notice, from the hall", lambda seen: notice in str(seen.payload))
    administrator.go("/office/notices/versions/0")
    administrator.press("Put this version back")
    administrator.reads("The hall has taken it. Kiosk and screen show it from now on.")


def announcement(centre: OfficeCentre, supervisor: Person) -> None:
    """To the screen, until the afternoon; and taken down again."""
    said = "รถทะเบียน กข 1234 กรุณาเลื่อนรถ"
    supervisor.go("/office/announcements")
    row = supervisor.page.locator("fieldset.line").first
    row.locator("textarea").nth(0).fill(said)
    row.locator("textarea").nth(1).fill("Please move the car กข 1234")
    begin, until = row.locator("fieldset.date").all()
    begin.locator("input[name$=_day]").fill(str(centre.today.day))
    begin.locator("select").select_option(str(centre.today.month))
    begin.locator("input[name$=_year]").fill(str(centre.today.year + 543))
    begin.locator("input[name$=_time]").fill("6.00")
    supervisor.button("Today", until).click()
    until.locator("input[name$=_time]").fill("16.00")
    supervisor.press("Save", supervisor.page.locator(".ends"))
    supervisor.reads("The hall has taken it. Kiosk and screen show it from now on.")
    supervisor.look("announced")
    centre.subscriber.wait("the announcement, from the hall", lambda seen: said in str(seen.payload))


def documents(administrator: Person, officer: Person) -> None:
    """A leaflet enters the catalogue, and two copies are handed out."""
    administrator.go("/office/catalogue-1.1")
    row = administrator.page.locator("fieldset.line").first
    row.locator("textarea").nth(0).fill("แผ่นพับการประหยัดไฟฟ้าในบ้าน")
    row.locator("textarea").nth(1).fill("Saving electricity at home")
    row.locator("input[name$=paper]").check()
    administrator.press("Save", administrator.page.locator(".ends"))
    administrator.reads("The hall has taken it. Kiosk and screen show it from now on.")
    administrator.look("catalogue-saved")
    officer.go("/documents")
    officer.fill(count="2")
    with officer.page.expect_navigation():
        officer.page.locator("form.pick button").click()
    officer.page.locator("dl.facts dd").first.get_by_text("2", exact=True).wait_for()


def forgotten(administrator: Person) -> None:
    """A password is forgotten: the user is found among all, and gets a new code."""
    administrator.go("/users/namfon")
    administrator.press("Make a one-time code")
    administrator.look("user-code-again")
