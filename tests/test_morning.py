"""The longest test: a whole morning at the centre, every process real, judged from outside."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import wave
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("morning")
    command = [Path(sys.executable).with_name("khiu-centre"), "--morning", out]
    played = subprocess.run(command, capture_output=True, text=True, timeout=200)
    assert played.returncode == 0, played.stdout[-3000:] + played.stderr[-2000:]
    return out


pytestmark = pytest.mark.timeout(240)


def test_a_morning_is_seen_to_happen_from_touch_to_smiley(morning: Path) -> None:
    tickets = {file.stem for file in (morning / "tickets").glob("*.png")}
    assert len(tickets) >= 11
    assert {number[0] for number in tickets} == {"A", "B", "R"}
    assert all((morning / "tickets" / f"{number}.escpos").stat().st_size > 500 for number in tickets)


def test_every_page_was_pictured(morning: Path) -> None:
    names = {"kiosk-home", "kiosk-ticket", "kiosk-printer-fault", "board-idle", "board-calling", "survey"}
    for name in names:
        with Image.open(morning / "screens" / f"{name}.png") as picture:
            assert len(picture.convert("L").getcolors() or range(257)) > 20, f"{name} is empty"


def test_every_call_was_heard_to_its_end(morning: Path) -> None:
    for file in (morning / "speech").glob("*.wav"):
        with wave.open(str(file)) as speech:
            assert speech.getnframes() / speech.getframerate() > 5, file.name


def test_the_messages_are_those_of_the_contract(morning: Path) -> None:
    lines = [json.loads(line) for line in (morning / "messages.jsonl").read_text("utf-8").splitlines()]
    assert all(set(line) == {"at", "topic", "retained", "payload"} for line in lines)
    ends = {line["topic"].split("/", 2)[2] for line in lines}
    assert {"hall/board", "hall/call", "kiosk-1/fact", "buttons-1/command", "screen-1/announced"} <= ends


def test_the_summary_counts_what_the_ledger_holds(morning: Path) -> None:
    summary = json.loads((morning / "summary.json").read_text("utf-8"))
    with closing(sqlite3.connect(morning / "ledger.sqlite")) as ledger:
        (tickets,) = ledger.execute("SELECT count(*) FROM ticket").fetchone()
        (ratings,) = ledger.execute("SELECT count(*) FROM rating").fetchone()
    assert summary["numbers"] == tickets == 12
    assert summary["all"]["ratings"]["n"] == ratings == 9
    assert summary["all"]["tickets"] == 13, "a transferred ticket is two visits"
