"""``khiu-hall`` as it runs on the machine: started, killed, started again, asked for its summary."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys

import msgspec
import pytest

from broker import clock
from broker import messages as m
from broker.link import Received
from broker.messages import PointStatus
from broker.program import Program

HALL = [sys.executable, "-m", "display"]


@pytest.fixture
def nine(centre):
    """The offset that makes it nine on a Monday now."""
    return str((dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC) - dt.datetime.now(dt.UTC)).total_seconds())


@pytest.fixture
def program(centre, mosquitto, nine, tmp_path, monkeypatch):
    monkeypatch.setenv(clock.OFFSET, nine)
    passwords = tmp_path / "passwords"
    passwords.mkdir()
    (passwords / "hall").write_text(mosquitto.secret("hall"))
    (tmp_path / "centre.toml").write_bytes(msgspec.toml.encode(centre))
    env = {"KHIU_CENTRE": str(tmp_path / "centre.toml"), "KHIU_PASSWORDS": str(passwords), clock.OFFSET: nine}
    hall = Program("hall", [*HALL, "run", "--state", str(tmp_path)], env, tmp_path / "hall.log")
    hall.start(20)
    yield hall
    hall.stop()


def summarise(tmp_path, *options):
    command = [*HALL, "summary", "--centre", tmp_path / "centre.toml", "--state", tmp_path, *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=30)


def test_a_hall_killed_in_mid_morning_goes_on_where_it_was(program, link_as, tmp_path):
    kiosk, acks = link_as("kiosk-1", [m.Ack])
    buttons, points = link_as("buttons-1", [m.Reply, PointStatus])
    acks.wait(Received)
    now = clock.now()
    for seq, number in ((1, "A001"), (2, "A002")):
        kiosk.publish(m.Fact(seq, m.TicketIssued(number, dt.date(2026, 11, 23), "1.1", now)))
        acks.wait(Received, lambda r, seq=seq: r.message.seq == seq)
    buttons.publish(m.Command("press-1", 2, clock.now() + dt.timedelta(seconds=5), m.Next()))
    points.wait(Received, lambda r: isinstance(r.message, m.Reply))
    os.kill(program.pid, signal.SIGKILL)
    program.wait()
    program.start(20)
    buttons.publish(m.Command("press-2", 3, clock.now() + dt.timedelta(seconds=5), m.Next()))
    reply = points.wait(Received, lambda r: isinstance(r.message, m.Reply) and r.message.id == "press-2").message
    assert reply.answer == m.Accepted("A002")
    day = json.loads(summarise(tmp_path, "--json", "--day", "2026-11-23").stdout)
    assert (day["numbers"], day["all"]["calls"], day["services"][0]["figures"]["open"]) == (2, 2, 2)


def test_the_summary_is_a_table_in_thai_unless_asked_otherwise(program, tmp_path):
    assert "สรุปการให้บริการ" in summarise(tmp_path).stdout
    assert "Summary of 23 November 2026" in summarise(tmp_path, "--language", "en").stdout


def test_a_summary_without_a_ledger_says_so(program, tmp_path):
    (tmp_path / "empty").mkdir()
    told = summarise(tmp_path, "--state", tmp_path / "empty")
    assert (told.returncode, "no such ledger" in told.stderr) == (1, True)


def test_the_hall_starts_without_what_only_reports_need():
    heavy = ("numpy", "pygal", "xlsxwriter", "weasyprint")
    asked = f"import sys, display.__main__; print([name for name in {heavy} if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, timeout=60)
    assert told.stdout == "[]\n", told
