"""``khiu-desk`` as it runs: HTTPS by the centre's authority, a real broker and hall, a stream over a real socket."""

from __future__ import annotations

import datetime as dt
import re
import ssl
import sys
from contextlib import closing

import httpx2
import msgspec
import pytest
from desk_pages import PASSWORD, text
from msgspec.structs import replace

from broker import clock
from broker import messages as m
from broker.link import Received
from broker.mosquitto import certificates, free_port
from broker.node import CONFIG_FAULT
from broker.program import NotStarted, Program
from broker.store import open_store
from display.desk.contacts import Contact, Contacts
from display.desk.store import DESK_MIGRATIONS, FILE

HOST = "0.0.0.0"  # not the loopback alone, so that it must speak HTTPS; the tests reach it there


@pytest.fixture
def desk(centre, mosquitto, tmp_path):
    rules = replace(centre.desk, host=HOST, names=("localhost",), port=free_port())
    (tmp_path / "centre.toml").write_bytes(msgspec.toml.encode(replace(centre, desk=rules)))
    (tmp_path / "desk").write_text(mosquitto.secret("desk"))
    env = {"KHIU_CENTRE": str(tmp_path / "centre.toml"), "KHIU_PASSWORDS": str(tmp_path)}
    program = Program(
        "desk", [sys.executable, "-m", "display.desk", "--state", str(tmp_path)], env, tmp_path / "desk.log"
    )
    program.address = f"https://localhost:{rules.port}"
    yield program
    program.stop()


def hidden(page):
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text))


def test_the_first_administrator_enters_by_https_and_sees_the_hall_change(desk, link_as, tmp_path):
    hall, heard = link_as("hall", [m.Status])
    certificates(tmp_path, "desk", "localhost")
    desk.start(20)
    code = re.search(r"one-time code is (\S+)", desk.log.read_text())[1]
    told = heard.wait(Received, lambda r: r.key == "desk" and r.message.health.warnings).message
    assert code in told.health.warnings[0]
    with pytest.raises(httpx2.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx2.get(desk.address + "/first")  # by a browser that was not told to trust the centre's authority
    trust = ssl.create_default_context(cafile=tmp_path / "ca.crt")
    with httpx2.Client(base_url=desk.address, verify=trust, timeout=5) as browser:
        form = browser.get("/first")
        fields = {"code": code, "name": "somsri", "shown": "สมศรี", "new": PASSWORD, "again": PASSWORD}
        assert browser.post("/first", data=hidden(form) | fields).headers["location"] == "/"
        assert browser.get("/").status_code == 200
        with browser.stream("GET", "/changes") as stream:
            lines = stream.iter_lines()
            assert next(lines) == "retry: 2000"
            assert next(lines).startswith("data: ")
            hall.publish(m.Status(online=True, role="hall", software="khiu"))
            assert next(line for line in lines if line.startswith("data: "))
        assert "ระบบจัดคิวไม่ตอบ" not in text(browser.get("/"))
    desk.stop()
    assert "Traceback" not in desk.log.read_text()
    gone = heard.wait(Received, lambda r: r.key == "desk" and not r.message.online)
    assert gone.message.at  # it said so itself, it is no last will


def test_without_a_certificate_it_serves_the_network_nothing(desk):
    with pytest.raises(NotStarted, match="no certificate"):
        desk.start(20)
    assert desk.wait() == CONFIG_FAULT


def test_a_contact_whose_date_came_while_no_desk_ran_is_erased_when_one_starts(desk, tmp_path):
    certificates(tmp_path, "desk", "localhost")
    now = clock.now()
    with closing(open_store(tmp_path / FILE, DESK_MIGRATIONS)) as store:
        kept = Contact("case-1", "สมชาย ใจดี", "phone", "0812345678", now, now.date() - dt.timedelta(days=1))
        Contacts(store).keep(kept, "somsri", now)
    desk.start(20)
    desk.stop()
    with closing(open_store(tmp_path / FILE, DESK_MIGRATIONS)) as store:
        assert (Contacts(store).figures().held, Contacts(store).figures().erased) == (0, 1)
    assert b"0812345678" not in (tmp_path / FILE).read_bytes()
