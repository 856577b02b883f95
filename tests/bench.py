"""`make bench`: how far the product is from the floor of what its parts can do, measured in the same run.

Prints three tables: a press until the new board (floor: bare paho, two hops and one durable commit),
a touch until the last byte on paper (floor: the same bytes straight to the printer's socket), and what
each process costs while nothing happens (floor: a bare Kivy window).  Only the ratios mean anything
on a shared machine.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from statistics import median

import paho.mqtt.client as mqtt

from broker import clock, topics
from broker.centre import DEFAULT, load
from broker.link import Event, Link, Received
from broker.messages import Action, Board, Command, Hold, Message, Next, Resume
from broker.morning.ears import Ears
from broker.morning.glass import VirtualScreen
from broker.morning.stage import Stage
from broker.morning.waiting import until
from broker.mosquitto import free_port
from broker.node import Setting
from broker.onebox import ON_A_VIRTUAL_SCREEN, VIRTUAL_SCREEN_SIZE, OneBox, opening
from broker.store import open_store

POINT = 4
SERVICE = "1.2"


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--presses", type=int, default=200, help="presses timed (default 200)")
    parser.add_argument("--touches", type=int, default=8, help="touches timed (default 8)")
    parser.add_argument("--idle", type=float, default=20, help="seconds of idleness watched (default 20)")
    options = parser.parse_args(argv)
    centre = load(DEFAULT)
    glass = VirtualScreen(VIRTUAL_SCREEN_SIZE)
    try:
        with tempfile.TemporaryDirectory(prefix="khiu-bench-") as folder:
            ears = Ears(Path(folder) / "heard")
            env = {"DISPLAY": glass.display, **ears.env}
            begin = opening(centre, clock.now(), dt.timedelta(minutes=30))
            with OneBox(centre, Path(folder), ON_A_VIRTUAL_SCREEN, env=env, begin=begin, say=lambda _line: None) as box:
                stage = Stage(box, glass.display, ears, Path(folder) / "out", lambda _line: None)
                stage.kiosk.shows("home", 60)
                stage.board.shows("idle", 60)
                idle(box, glass.display, options.idle)
                touches(stage, options.touches)
                presses(box, options.presses)
                stage.subscriber.stop()
    finally:
        glass.stop()
    return 0


# ---------------------------------------------------------------- idle
BARE_WINDOW = textwrap.dedent("""
    import os
    os.environ |= {"KIVY_NO_ARGS": "1", "KIVY_NO_FILELOG": "1", "KIVY_NO_CONFIG": "1", "KIVY_NO_CONSOLELOG": "1"}
    from kivy.config import Config
    Config.set("graphics", "maxfps", "60")
    from kivy.app import App
    from kivy.uix.label import Label
    App.build = lambda self: Label(text="floor")
    App().run()
""")


def idle(box: OneBox, display: str, seconds: float) -> None:
    bare = subprocess.Popen([sys.executable, "-c", BARE_WINDOW], env={**os.environ, "DISPLAY": display})
    try:
        time.sleep(8)  # what a start leaves behind is not idleness
        watched = {p.name: p.pid for p in box.programs.values() if p.pid} | {"a bare Kivy window": bare.pid}
        before = {name: _cpu(pid) for name, pid in watched.items()}
        time.sleep(seconds)
        used = {name: (_cpu(pid) - before[name]) / seconds * 100 for name, pid in watched.items()}
    finally:
        bare.terminate()
        bare.wait(10)
    floor = used.pop("a bare Kivy window")
    print(f"\nidle for {seconds:.0f} s: % of one core (floor: a bare Kivy window at 60 frames a second, {floor:.2f} %)")
    for name, percent in used.items():
        print(f"  {name:<12} {percent:6.2f} %   {percent / floor:5.2f} × the floor")


def _cpu(pid: int) -> float:
    """Seconds of processor time a process has used (proc(5), fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# ---------------------------------------------------------------- touch → paper
def touches(stage: Stage, count: int) -> None:
    product, floor = [], []
    folder = stage.box.directory / "paper"
    printer = stage.box.centre.kiosks[0].printer
    for _ in range(count):
        stage.kiosk.shows("home", 30)
        before = set(folder.glob("*.escpos"))
        begin = time.time()
        stage.kiosk.touch("service-1.2", seconds=0.02)
        paper = until("paper", lambda seen=before: set(folder.glob("*.escpos")) - seen, 20).pop()
        product.append(paper.stat().st_mtime - begin)
        job = paper.read_bytes()
        before = set(folder.glob("*.escpos"))
        begin = time.time()
        with socket.create_connection((printer.host, printer.port), 5) as wire:  # type: ignore[union-attr]
            wire.sendall(job)
            paper = until("paper", lambda seen=before: set(folder.glob("*.escpos")) - seen, 20).pop()
        floor.append(paper.stat().st_mtime - begin)
    _table("touch → last printer byte", product, "the same bytes straight to the socket", floor)


# ---------------------------------------------------------------- press → board
def presses(box: OneBox, count: int) -> None:
    """The bench takes the place of the points' node and of the screen: one ticket held and resumed again and again."""
    node, screen = box.centre.buttons[0].name, box.centre.screens[0].name
    for idle_now in (node, screen):
        box.programs[idle_now].stop()
    os.environ[clock.OFFSET] = str(box.clock_offset)
    arrived: SimpleQueue[Event] = SimpleQueue()
    hears_board = [topics.address(box.centre.centre.site, Board)]
    link = Link(Setting(box.centre, node, box.directory, box.broker.secret(node)), "buttons", [], lambda _: None)
    eye = Link(
        Setting(box.centre, screen, box.directory, box.broker.secret(screen)), "screen", hears_board, arrived.put
    )
    link.start()
    eye.start()
    try:
        until("the bench connected", lambda: link.connected and eye.connected)
        time.sleep(1)
        actions = [Next(), *([Hold(), Resume()] * count)][:count]
        times = [_press(link, arrived, action) for action in actions]
    finally:
        link.stop()
        eye.stop()
    _table(
        "press → board", times, "bare paho, two hops and one durable commit", floor_of_two_hops(box.directory, count)
    )


def _press(link: Link, arrived: SimpleQueue[Event], action: Action) -> float:
    _drain(arrived)
    deadline = clock.now() + dt.timedelta(seconds=5)
    start = time.perf_counter()
    link.publish(Command(id=uuid.uuid4().hex, point=POINT, deadline=deadline, action=action))
    _await(arrived, Board)
    return time.perf_counter() - start


def _drain(arrived: SimpleQueue[Event]) -> None:
    try:
        while True:
            arrived.get_nowait()
    except Empty:
        return


def _await(arrived: SimpleQueue[Event], kind: type[Message]) -> Message:
    end = time.monotonic() + 5
    while time.monotonic() < end:
        event = arrived.get(timeout=5)
        if isinstance(event, Received) and isinstance(event.message, kind):
            return event.message
    raise TimeoutError(kind.__name__)


def floor_of_two_hops(folder: Path, count: int) -> list[float]:
    """node → broker → peer, one row committed there, peer → broker → node, with nothing of Khiu in between."""
    port = free_port()
    configuration = folder / "floor.conf"
    configuration.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\n")
    broker = subprocess.Popen(["mosquitto", "-c", configuration], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    back: SimpleQueue[float] = SimpleQueue()
    asked: SimpleQueue[bytes] = SimpleQueue()
    try:
        until("the bare broker", lambda: _answers(port))
        peer = _paho(port, "ask", lambda _client, _data, message: asked.put(message.payload))
        node = _paho(port, "answer", lambda *_: back.put(time.perf_counter()))
        threading.Thread(target=_bare_peer, args=(folder, peer, asked, count), daemon=True).start()
        times = []
        for _ in range(count):
            start = time.perf_counter()
            node.publish("ask", b"x" * 150, 1)
            times.append(back.get(timeout=10) - start)
        for client in (peer, node):
            client.disconnect()
            client.loop_stop()
    finally:
        broker.terminate()
        broker.wait(10)
    return times


def _bare_peer(folder: Path, client: mqtt.Client, asked: SimpleQueue[bytes], count: int) -> None:
    store = open_store(folder / "floor.sqlite", ("CREATE TABLE fact (seq INTEGER PRIMARY KEY, body BLOB)",))
    for _ in range(count):
        body = asked.get(timeout=10)
        with store:
            store.execute("INSERT INTO fact (body) VALUES (?)", (body,))
        client.publish("answer", body * 8, 1)  # a board is about eight times a command


def _paho(port: int, topic: str, hear: Callable[..., object]) -> mqtt.Client:
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
    subscribed = threading.Event()
    client.on_message = hear
    client.on_socket_open = lambda _c, _d, wire: wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.on_subscribe = lambda *_: subscribed.set()
    client.connect("127.0.0.1", port)
    client.loop_start()
    client.subscribe(topic, 1)
    if not subscribed.wait(5):
        raise TimeoutError(topic)
    return client


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def _table(what: str, product: list[float], floor_is: str, floor: list[float]) -> None:
    print(f"\n{what}: {len(product)} times, milliseconds (floor: {floor_is})")
    print(f"  {'':<10}{'median':>9}{'90 %':>9}{'longest':>9}")
    for name, times in (("product", product), ("floor", floor)):
        ordered = sorted(1000 * t for t in times)
        print(f"  {name:<10}{median(ordered):9.2f}{ordered[int(len(ordered) * 0.9)]:9.2f}{ordered[-1]:9.2f}")
    print(f"  ratio of the medians: {median(product) / median(floor):.2f}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
