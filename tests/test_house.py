"""The plan of the house, held by reading the imports: who may know whom, and what stays pure."""

# ruff: noqa: SIM905 -- words in rows read better than a column of quotes

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent
NODES = ("kiosk", "counter_buttons", "display")
ROOMS = ("broker", *NODES)
LONGEST = 350  # lines; the contract alone may be longer: every message once, in one file

# Decide and describe: everything they need is an argument, so they are tested alone and never surprise.
PURE = """
    broker/messages broker/words broker/topics broker/roles broker/door broker/tables broker/centre_rules
    broker/said broker/kinds broker/waits
    broker/office broker/office_rules
    broker/language/dates broker/language/lists
    broker/hall_clock broker/window/theme broker/window/sight
    broker/voice/clips broker/voice/volume broker/voice/readings broker/voice/kiosk_phrases
    kiosk/numbering kiosk/flow kiosk/pages kiosk/catalogue kiosk/looks broker/hours
    kiosk/spoken kiosk/slip kiosk/case_slip kiosk/sizes kiosk/bands kiosk/own kiosk/view
    counter_buttons/gestures counter_buttons/bindings counter_buttons/console
    counter_buttons/lamp counter_buttons/smileys
    display/queue/* display/cases/* display/office display/staffing display/alerts display/signage/board
    display/signage/announcing display/practice/draw
    display/voice/announcement display/voice/phonemes
    display/desk/throttle display/desk/presses
    display/desk/facility display/desk/days display/desk/inputs display/desk/office_sheets display/desk/sheets
    display/reports/spans display/reports/bands display/reports/figures display/reports/rules display/reports/table
    display/reports/text
""".split()
# As pure, but they count by numpy, which costs a start of a node a while.
COUNTING = [f"display/reports/{file}" for file in ("visits", "measures", "report", "behind")]
# What a pure file may not touch: disk, network, processes, threads, clocks, chance, and every device's library.
IMPURE = set(
    """
    apsw asyncio ctypes glob http io logging multiprocessing os pathlib queue random secrets select selectors shutil
    signal socket socketserver sqlite3 ssl subprocess sys tempfile threading time urllib uuid
    PIL babel.messages escpos gpiozero kivy numpy paho pyttsx3 pyworld qrcode serial usb watchdog weasyprint
    """.split()
)
# What a node does between events, with a store but without threads, windows, sockets and clocks: product and simulation
# run the same code.
CORES = """
    display/hall display/practice/play display/signage/caller counter_buttons/counter kiosk/issuer display/desk/mirror
""".split()
THREADS = {"asyncio", "kivy", "paho", "queue", "socket", "threading", "time"}
CLOCK_CALLS = {"now", "moment", "monotonic", "utcnow", "today", "fromtimestamp"}
# One file per device or driver: library → the only files that may know it.
OWNERS = {
    "paho": "broker/link",
    "gpiozero": "counter_buttons/buttons",
    "escpos": "kiosk/wires broker/printers",
    "serial": "kiosk/wires",
    "usb": "kiosk/wires",
    "holidays": "display/cases/seed",
    "qrcode": "kiosk/raster kiosk/virtual_paper",
    "watchdog": "broker/voice/shelf",
    "pyttsx3": "display/voice/english",
    "pyworld": "display/voice/synthetic",
    "starlette": "display/desk/*",
    "uvicorn": "display/desk/__main__",
    "jinja2": "display/desk/page",
    "argon2": "display/desk/accounts",
    "weasyprint": "broker/guide/pages display/paper/case display/reports/pages",
    "pygal": "display/reports/charts",
    "xlsxwriter": "display/reports/sheets",
    "PIL": "display/voice/large kiosk/raster kiosk/virtual_printer kiosk/virtual_paper broker/morning/glass",
    "kivy": "broker/window/* kiosk/live kiosk/screens kiosk/catalogue_pages kiosk/pictograms kiosk/virtual_tray"
    " display/signage/screens display/signage/live"
    " counter_buttons/panel counter_buttons/view counter_buttons/faces counter_buttons/plates",
}


def files(*patterns: str) -> list[Path]:
    return sorted({file for pattern in patterns for file in HOUSE.glob(f"{pattern}.py")})


SOURCES = files(*(f"{room}/**/*" for room in ROOMS))


def name(file: Path) -> str:
    return str(file.relative_to(HOUSE))


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"), name(file))


def imports(file: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of everything a file imports, wherever in it."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(file)}:{node.lineno}: imports are written in full"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def within(module: str, packages: set[str]) -> bool:
    return any(module == package or module.startswith(package + ".") for package in packages)


def outsiders(source: list[Path], packages: set[str]) -> list[str]:
    """Every import of one of these packages, as file:line: name."""
    return [f"{name(f)}:{line}: {m}" for f in source for line, m in imports(f) if within(m, packages)]


@pytest.mark.parametrize("room", NODES)
def test_a_node_imports_no_other_node(room: str) -> None:
    assert outsiders(files(f"{room}/**/*"), set(NODES) - {room}) == []


def test_the_virtual_printer_knows_nothing_of_who_makes_its_bytes() -> None:
    makers = {f"kiosk.{file}" for file in ("bands", "own", "paper", "raster", "sizes", "slip", "case_slip")}
    assert outsiders(files("kiosk/virtual_*"), makers) == []


def test_the_broker_imports_no_node() -> None:
    assert outsiders(files("broker/**/*"), set(NODES)) == []


def test_every_pure_file_named_here_exists() -> None:
    assert [pattern for pattern in PURE if not files(pattern)] == []


def test_a_pure_file_touches_no_disk_no_network_no_clock_and_no_device() -> None:
    assert outsiders(files(*PURE), IMPURE) == []
    assert len(files(*COUNTING)) == len(COUNTING)
    assert outsiders(files(*COUNTING), IMPURE - {"numpy"}) == []


def test_a_core_has_no_thread_no_window_and_no_socket() -> None:
    assert len(files(*CORES)) == len(CORES)
    assert outsiders(files(*CORES), THREADS) == []


def test_neither_a_pure_file_nor_a_core_asks_what_time_it_is() -> None:
    asked = [
        f"{name(file)}:{node.lineno}: {ast.unparse(node)}"
        for file in files(*PURE, *COUNTING, *CORES)
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCK_CALLS
    ]
    assert asked == []


def test_wall_time_is_read_in_one_place() -> None:
    read = [
        f"{name(file)}:{node.lineno}: {ast.unparse(node)}"
        for file in SOURCES
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Call)
        and re.search(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.time)$", ast.unparse(node.func))
    ]
    assert [place for place in read if not place.startswith("broker/clock.py")] == []


@pytest.mark.parametrize("library", OWNERS)
def test_a_device_is_known_to_its_own_files_alone(library: str) -> None:
    others = [file for file in SOURCES if file not in files(*OWNERS[library].split())]
    assert outsiders(others, {library}) == []


@pytest.mark.parametrize("file", SOURCES, ids=name)
def test_a_module_says_what_it_is_for(file: Path) -> None:
    assert ast.get_docstring(tree(file)) or not file.read_text("utf-8").strip()


def test_no_module_is_too_long_to_be_read_at_once() -> None:
    lengths = {name(file): len(file.read_text("utf-8").splitlines()) for file in SOURCES if file.name != "messages.py"}
    assert {file: lines for file, lines in lengths.items() if lines > LONGEST} == {}


def test_nothing_is_fetched_from_a_host_and_no_path_of_one_machine_is_left() -> None:
    # one letter of each in brackets, so that this line does not find itself
    strange = r"p[y]pi\.org|python[h]osted|pi[w]heels|[c]dn\.|google[a]pis|/[w]ork/|/[r]oot/"
    folders = [HOUSE, *(HOUSE / room for room in (*ROOMS, "systemd", "tests", ".ci"))]
    texts = [f for folder in folders for f in folder.glob("*" if folder == HOUSE else "**/*") if f.is_file()]
    found = [
        f"{name(file)}: {match[0]}"
        for file in texts
        if file.suffix != ".pyc" and "_cache" not in str(file) and file.name != ".git"
        for match in re.finditer(strange, file.read_bytes().decode("utf-8", "replace"))
    ]
    assert found == []
