"""A real browser: hands on it, and eyes that hold every page to what a page of the desk must be.

Pages are seen in each language at the width of a desk and of a telephone: a picture of the whole page, axe with the
rules of WCAG 2.2 AA, nothing wider than the glass, nothing in the console, nothing asked of another host.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, Response, sync_playwright
from starlette.routing import compile_path

from broker.language.catalogue import words
from display.desk.app import PAGES

CHROMIUM = "/usr/bin/chromium"
LANGUAGES = ("th", "en")
WIDTHS = {1280: 800, 390: 844}  # pixels → height: a desk, a telephone
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SLOW = 10_000  # milliseconds after which a page does not come
FETCH = """async path => {
  const answer = await fetch(path);
  return [answer.status, answer.headers.get("content-type"), [...new Uint8Array(await answer.arrayBuffer())]];
}"""
ALOUD = "Failed to load resource"  # Chromium's words for any answer from 400 on; the page's own is judged by `status`
ROUTES = {page.path: compile_path(page.path)[0] for page in PAGES if page.show}


@dataclass
class Row:
    """One page of `display.desk.app.PAGES` (or an error's): what was seen of it."""

    page: str
    roles: set[str] = field(default_factory=set)
    pictures: int = 0
    violations: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)


class Eyes:
    """Keeps a row for each page."""

    def __init__(self, browser: Browser, origin: str, out: Path) -> None:
        self.browser, self.origin, self.out = browser, origin, out
        self.rows: dict[str, Row] = {}
        self._axe, self._taken = Axe(), 0

    def person(self, role: str) -> Person:
        """Somebody at a browser of her own."""
        return Person(self, role)

    def row(self, address: str, status: int) -> Row:
        """Of the page that this address belongs to; what is barred or not there has a page of its own."""
        path = address.removeprefix(self.origin).partition("?")[0] or "/"
        page = next((page for page, route in ROUTES.items() if route.match(path)), path)
        page = f"error {status}" if status in (403, 404) else page
        return self.rows.setdefault(page, Row(page))

    def judge(self, page: Page, row: Row, language: str, name: str) -> None:
        """At each width."""
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            self._taken += 1
            page.screenshot(path=self.out / f"{self._taken:03}-{name}-{language}-{width}.png", full_page=True)
            row.pictures += 1
            where = f"{row.page} {name} ({language}, {width})"
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                row.faults.append(f"{where}: {wide} pixels wide")
            said = page.evaluate("document.documentElement.lang")
            if said != language:
                row.faults.append(f"{where}: says it is {said}")
            found = self._axe.run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response["violations"]
            row.violations += len(found)
            for rule in found:
                where_in_it = "; ".join(" ".join(map(str, node["target"])) for node in rule["nodes"][:3])
                row.faults.append(f"{where}: axe {rule['id']}: {rule['help']}: {where_in_it}")
        page.set_viewport_size({"width": 1280, "height": WIDTHS[1280]})


class Person:
    """One browser with its own cookies: what a person reads, presses and fills in is told by the desk's msgids."""

    def __init__(self, eyes: Eyes, role: str) -> None:
        self.eyes, self.role, self.language = eyes, role, LANGUAGES[0]
        self.context = eyes.browser.new_context(viewport={"width": 1280, "height": 800}, locale="th-TH")
        self.context.set_default_timeout(SLOW)
        self.page = self.context.new_page()
        self.status = 0  # of the last page
        self.asked: set[str] = set()  # paths
        self._told: list[str] = []  # by the console; of the page that is shown
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self._told.append(f"error in a script: {error}"))
        self.page.on("request", self._request)
        self.page.on("response", self._response)

    # ---------------------------------------------------------------- hands
    def go(self, path: str) -> None:
        self.page.goto(self.eyes.origin + path)

    def say(self, text: str, **values: object) -> str:
        """A msgid as this person reads it."""
        return words(self.language)(text).format(**values)

    def button(self, text: str, within: Locator | None = None, **values: object) -> Locator:
        return (within or self.page).get_by_role("button", name=self.say(text, **values)).filter(visible=True).first

    def press(self, text: str, within: Locator | None = None, **values: object) -> None:
        """A button that leads to a page."""
        with self._turning():
            self.button(text, within, **values).click()

    def key(self, letter: str) -> None:
        """A key of the console that acts."""
        with self._turning():
            self.page.keyboard.press(letter)

    def follow(self, text: str, **values: object) -> None:
        with self._turning():
            self.page.get_by_role("link", name=self.say(text, **values)).first.click()

    def fill(self, **fields: str) -> None:
        """By the fields' names; each is found by its label too, which axe holds."""
        for name, text in fields.items():
            self.page.locator(f'input[name="{name}"], textarea[name="{name}"], select[name="{name}"]').fill(text)

    def choose(self, name: str, value: str) -> None:
        self.page.locator(f'input[name="{name}"][value="{value}"]').check()

    def reads(self, text: str, **values: object) -> None:
        """Wait until this stands on the page.  Raises what playwright raises."""
        self.page.get_by_text(self.say(text, **values)).filter(visible=True).first.wait_for()

    @contextmanager
    def _turning(self) -> Iterator[None]:
        with self.page.expect_navigation():
            yield

    # ---------------------------------------------------------------- eyes
    def look(self, name: str, status: int = 200) -> None:
        """Judge the page as it stands, in the language that it has."""
        self._look(name, status, time.monotonic())

    def look_over(self, path: str, name: str, status: int = 200) -> None:
        """Open this address in every language and judge it."""
        for language in LANGUAGES:
            began = time.monotonic()
            self.speak(language)
            self.go(path)
            self._look(name, status, began)
        self.speak(LANGUAGES[0])

    def fetch(self, path: str, kind: str) -> None:
        """A file that a page leads to, as its link opens it; the pages of a PDF become pictures."""
        row, began = self.eyes.row(path, 200), time.monotonic()
        row.roles.add(self.role)
        status, type, letters = self.page.evaluate(FETCH, path)
        if status != 200 or type.partition(";")[0] != kind:
            row.faults.append(f"{row.page}: answered {status}, {type}")
            return
        file = self.eyes.out / f"desk-{path.partition('?')[0].rpartition('/')[2]}"
        file.write_bytes(bytes(letters))
        if kind == "application/pdf":
            row.pictures += len(pages_of(file))
        row.seconds += time.monotonic() - began

    def speak(self, language: str) -> None:
        self.language = language
        self.context.add_cookies([{"name": "__Host-khiu-language", "value": language, "url": self.eyes.origin,
                                   "secure": True, "httpOnly": True, "sameSite": "Strict"}])  # fmt: skip

    def _look(self, name: str, status: int, began: float) -> None:
        row = self.eyes.row(self.page.url, status)
        row.roles.add(self.role)
        if self.status != status:
            row.faults.append(f"{row.page} {name}: answered {self.status}, not {status}")
        self.eyes.judge(self.page, row, self.language, name)
        row.faults += [f"{row.page} {name}: {told}" for told in self._told]
        self._told.clear()
        row.seconds += time.monotonic() - began

    # ---------------------------------------------------------------- ears
    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(ALOUD):
            self._told.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        own = request.url.startswith((self.eyes.origin + "/", "data:", "about:"))
        if not own:
            self._told.append(f"asked {request.url}")
        self.asked.add(request.url.removeprefix(self.eyes.origin).partition("?")[0])

    def _response(self, response: Response) -> None:
        if response.request.is_navigation_request() and response.frame == self.page.main_frame:
            self.status = response.status
        elif response.status >= 400:
            self._told.append(f"{response.url} answered {response.status}")


@contextmanager
def eyes(origin: str, authority: Path, home: Path, out: Path) -> Iterator[Eyes]:
    """Chromium, told to trust the centre's authority as an office's telephone is, and to find no other host."""
    store = home / ".pki" / "nssdb"
    store.mkdir(parents=True)
    trust = ["certutil", "-d", f"sql:{store}"]
    subprocess.run([*trust, "-N", "--empty-password"], check=True, timeout=60)
    subprocess.run([*trust, "-A", "-t", "C,,", "-n", "Khiu centre", "-i", authority], check=True, timeout=60)
    nowhere = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=[nowhere], env={"HOME": str(home), "PATH": "/usr/bin:/bin"}
        )
        try:
            yield Eyes(browser, origin, out)
        finally:
            browser.close()


def pages_of(file: Path) -> list[Path]:
    """Each page of a PDF as a picture beside it."""
    subprocess.run(["pdftoppm", "-r", "80", "-png", file, file.with_suffix("")], check=True, timeout=60)
    return sorted(file.parent.glob(f"{file.stem}-*.png"))


def table(rows: Iterable[Row]) -> str:
    """One line for each page: roles, pictures, axe violations, seconds."""
    head = ("page", "roles", "pictures", "violations", "faults", "seconds")
    lines = [
        (r.page, ", ".join(sorted(r.roles)), str(r.pictures), str(r.violations), str(len(r.faults)), f"{r.seconds:.1f}")
        for r in rows
    ]
    widths = [max(map(len, column)) for column in zip(head, *lines, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in (head, *lines))
