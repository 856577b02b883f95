"""``khiu-desk``: the web pages, served until SIGTERM or SIGINT; ``backup | restore``: `display.desk.command`."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import os
import socket
import ssl
import sys
from collections.abc import Iterator
from pathlib import Path

import apsw
import uvicorn

from broker import clock, node
from broker.link import Link
from broker.store import AtWork, alive, alone, open_healed
from broker.verbs import dispatch
from display.desk.app import application
from display.desk.command import VERBS
from display.desk.desk import Desk
from display.desk.mirror import subscriptions
from display.desk.store import DESK_MIGRATIONS, FILE, LOCK
from display.ledger import ledger

CONNECTIONS = 300  # at once; a page has one, and one more for its stream
GOODBYE_SECONDS = 2
ERASE_SECONDS = 3600.0  # at most, until contacts are looked at again: the clock may have been put right
log = logging.getLogger(__name__)

CERTIFICATE, KEY = "desk.crt", "desk.key"


class Server(uvicorn.Server):
    """Tells when it listens; without signals of its own: `node.on_stop` has them."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def main() -> int:
    """The entry of ``khiu-desk``; the exit code."""
    told = dispatch("khiu-desk", VERBS, sys.argv[1:])
    if told is not None:
        return told
    options = node.options("khiu-desk", "The web pages for officers.", VERBS)
    options.add_argument(
        "--ledger", type=Path, metavar="FILE", help=f"the hall's (default: {ledger.FILE} in the state directory)"
    )
    given = options.parse_args(sys.argv[1:])
    setting = node.from_options("desk", given)
    asyncio.run(_serve(setting, given.ledger or setting.state / ledger.FILE))
    return 0


async def _serve(setting: node.Setting, book: Path) -> None:
    """Raises `SystemExit` 78 where HTTPS is due and there is no certificate, or where another desk has the store."""
    rules = setting.centre.desk
    assert rules is not None  # its node would not be in the file
    try:
        alone(setting.state / LOCK)
    except AtWork as fault:
        print(fault, file=sys.stderr)
        raise SystemExit(node.CONFIG_FAULT) from fault
    loop = asyncio.get_running_loop()
    connection, warned = open_healed(setting.state / FILE, DESK_MIGRATIONS)
    link = Link(
        setting,
        "desk",
        subscriptions(setting.centre, setting.node),
        lambda event: loop.call_soon_threadsafe(desk.hear, event),
        warned,
    )
    desk = Desk(setting.centre, connection, link, ledger=book, secure=not rules.loopback)
    server = Server(
        uvicorn.Config(
            application(desk),
            host=rules.host,
            port=rules.port,
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=CONNECTIONS,
            timeout_graceful_shutdown=GOODBYE_SECONDS,
            **({} if rules.loopback else _certificate()),  # type: ignore[arg-type]
        )
    )

    def stop() -> None:
        desk.bell.close()
        server.should_exit = True

    node.on_stop(lambda: loop.call_soon_threadsafe(stop))
    link.start()
    desk.show_code()
    address = f"http{'' if rules.loopback else 's'}://{_in_url(rules.addresses[0])}:{rules.port}"
    works = (_watch(server, link, desk, address), desk.facts.carry(), _erase(desk))
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await server.serve()
    finally:
        for task in tasks:
            task.cancel()
        node.notify("STOPPING=1")
        await asyncio.to_thread(link.stop)
        connection.close()


async def _watch(server: Server, link: Link, desk: Desk, address: str) -> None:
    """READY once it listens, and the dog's food for as long as loop, link and store are alive."""
    await server.listens.wait()
    print(f"desk: {address}", flush=True)
    if desk.first_code:
        print(f"no administrator yet: open {address}/first; the one-time code is {desk.first_code}", flush=True)
    node.notify("READY=1")
    while watchdog := node.watchdog_seconds():
        if link.alive and alive(desk.connection):
            node.notify("WATCHDOG=1")
        await asyncio.sleep(watchdog / 2)


async def _erase(desk: Desk) -> None:
    """Until cancelled: each contact goes on its date, and at once what fell due while no desk ran."""
    while True:
        now = desk.now()
        today = now.astimezone(desk.centre.zone)
        try:
            if clock.was_set(now) and (gone := desk.contacts.erase_due(today.date(), now)):
                log.info("%d contacts erased: their date has come", gone)
        except apsw.Error:
            log.exception("contacts that are due are not erased yet")
        midnight = dt.datetime.combine(today.date() + dt.timedelta(days=1), dt.time(), desk.centre.zone)
        await asyncio.sleep(min((midnight - today).total_seconds() + 1, ERASE_SECONDS))


def _certificate() -> dict[str, object]:
    """As uvicorn takes it: a systemd credential, or a file beside the nodes' secrets."""
    for place in filter(None, (os.environ.get("CREDENTIALS_DIRECTORY"), os.environ.get("KHIU_PASSWORDS"))):
        if Path(place, CERTIFICATE).is_file():
            return {
                "ssl_certfile": Path(place, CERTIFICATE),
                "ssl_keyfile": Path(place, KEY),
                "ssl_version": ssl.PROTOCOL_TLS_SERVER,
            }
    print("the desk has no certificate: run systemd/install again on the hall's machine", file=sys.stderr)
    raise SystemExit(node.CONFIG_FAULT)


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


if __name__ == "__main__":
    sys.exit(main())
