"""A press at a running desk goes through a real broker to a real hall and back, at once."""

from __future__ import annotations

import datetime as dt
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from statistics import median

import httpx2
import msgspec
import pytest
from desk_pages import dated
from msgspec.structs import replace

from broker import clock
from broker import messages as m
from broker.centre import DEFAULT, load
from broker.link import Received
from broker.mosquitto import Mosquitto, free_port
from broker.program import Program

SLOWEST = 20  # bare pages; one takes 2 to 4 ms on a quiet machine, and a press should be answered within 200
PRESSES = 12


@pytest.fixture
def mosquitto(tmp_path):
    """A broker of its own: a hall leaves boards behind that others would hear."""
    with Mosquitto(tmp_path, load(DEFAULT)) as broker:
        yield broker


@pytest.fixture
def centre(mosquitto):
    default = load(DEFAULT)
    return replace(default, broker=replace(default.broker, port=mosquitto.port))


@pytest.fixture
def desk(centre, mosquitto, tmp_path, monkeypatch):
    """A browser at the desk of a running centre, signed in as its first administrator, at nine on a Monday."""
    nine = str((dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC) - dt.datetime.now(dt.UTC)).total_seconds())
    monkeypatch.setenv(clock.OFFSET, nine)
    port = free_port()
    file = tmp_path / "centre.toml"
    file.write_bytes(msgspec.toml.encode(replace(centre, desk=replace(centre.desk, port=port))))
    for node in ("hall", "desk"):
        (tmp_path / node).write_text(mosquitto.secret(node))
    env = {"KHIU_CENTRE": str(file), "KHIU_PASSWORDS": str(tmp_path), clock.OFFSET: nine}
    state = ["--state", str(tmp_path)]
    hall = Program("hall", [sys.executable, "-m", "display", "run", *state], env, tmp_path / "hall.log")
    desk = Program("desk", [sys.executable, "-m", "display.desk", *state], env, tmp_path / "desk.log")
    hall.start(20)
    desk.start(20)
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=10, follow_redirects=True) as client:
        code = re.search(r"one-time code is (\S+)", (tmp_path / "desk.log").read_text())[1]
        secret = "a sentence of my own"
        send(client, "/first", code=code, name="mali", shown="มะลิ สดใส", new=secret, again=secret)
        yield client
    desk.stop()
    hall.stop()


def form(page):
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


def send(client, path, **fields):
    return client.post(path, data=form(client.get(path).text) | fields)


def timed(ask):
    """Its answer, and milliseconds."""
    began = time.perf_counter()
    return ask().raise_for_status(), (time.perf_counter() - began) * 1000


def test_a_press_at_the_desk_is_answered_at_once_with_the_page_that_it_made(desk, link_as):
    kiosk, acks = link_as("kiosk-1", [m.Ack])
    for seq in range(1, PRESSES + 1):
        kiosk.publish(m.Fact(seq, m.TicketIssued(f"A{seq:03}", dt.date(2026, 11, 23), "1.1", clock.now())))
    acks.wait(Received, lambda heard: heard.message.seq == PRESSES)
    page = send(desk, "/points/2", do="sign_in")
    assert 'value="sign_out"' in page.text
    bare, pressed = [], []
    for turn in range(PRESSES):
        _, took = timed(partial(desk.get, "/me"))
        bare.append(took)
        filled = form(desk.get("/points/2").text) | {"do": ("next", "start", "finish")[turn % 3]}
        page, took = timed(partial(desk.post, "/points/2", data=filled))
        pressed.append(took)
        assert form(page.text)["expect"] != filled["expect"]  # the page is no older than its press
    print(f"a bare page {median(bare):.1f} ms; press and page {median(pressed):.1f} ms, at most {max(pressed):.1f}")
    assert min(pressed) < SLOWEST * min(bare)


def test_a_case_sent_twice_at_the_same_moment_is_filed_once_by_a_real_hall(desk, link_as):
    kiosk, acks = link_as("kiosk-1", [m.Ack])
    kiosk.publish(m.Fact(1, m.TicketIssued("B001", dt.date(2026, 11, 23), "1.2", clock.now())))
    acks.wait(Received, lambda heard: heard.message.seq == 1)
    for do in ("sign_in", "next", "start"):
        send(desk, "/points/4", do=do)
    new = desk.get("/cases/new?point=4").text
    told = {"service": "1.2", "matter": "request", "paper0": "หนังสือร้องเรียน", "held0": "on"}
    contact = {"channel": "phone", "name": "สมชาย ใจดี", "value": "0812345678"} | dated("erase_on", "2027-02-01")
    filled = form(new) | told | contact
    assert filled["visit"]
    with ThreadPoolExecutor(2) as hands:
        pages = list(hands.map(lambda _hand: desk.post("/cases/new", data=filled), range(2)))
    assert [page.status_code for page in pages] == [200, 200]
    assert any(f"/cases/{filled['case']}" in str(page.url) for page in pages)
    listed = desk.get("/cases?show=all").text
    assert (listed.count(f"/cases/{filled['case']}"), ">2/2569<" in listed) == (1, False)
    path = f"/cases/{filled['case']}"
    page = send(desk, path, step="forwarded", **dated("day", "2026-11-23"))
    assert 'value="answered"' in page.text
