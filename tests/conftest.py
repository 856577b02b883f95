"""What tests of every room share: the default centre, a real broker for it, and links to that broker."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import pytest
from msgspec.structs import replace

from broker.centre import DEFAULT, Centre, load
from broker.clock import monotonic
from broker.link import Connected, Event, Link
from broker.messages import Message
from broker.mosquitto import Mosquitto
from broker.node import Setting
from broker.topics import address
from broker.voice.pack import Voice

E = TypeVar("E", bound=Event)


LONGEST = (
    *("test_morning", "test_signage_screen", "test_buttons_node", "test_window_scenes", "test_kiosk_app"),
    *("test_voice_synthetic", "test_sim", "test_sim_guards", "test_voice_packs"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first: one that begins last leaves every other process of the suite idle.

    Those that draw or compute, and so keep a processor busy, stand among those that mostly wait.
    """
    rank = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path.stem, len(rank)))


class Inbox:
    """What a link delivered, in order; `wait` is how a test follows it."""

    def __init__(self) -> None:
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()

    def wait(self, kind: type[E], where: Callable[[E], bool] = lambda _: True, seconds: float = 5.0) -> E:
        """The next event of this kind for which ``where`` holds; earlier ones are dropped."""
        give_up = monotonic() + seconds
        while (left := give_up - monotonic()) > 0:
            try:
                event = self.events.get(timeout=left)
            except queue.Empty:
                break
            if isinstance(event, kind) and where(event):
                return event
        raise AssertionError(f"no such {kind.__name__} within {seconds} s")


@pytest.fixture(scope="session")
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    """A real broker on a free port, with the default centre's users and access list."""
    with Mosquitto(tmp_path_factory.mktemp("passwords"), load(DEFAULT)) as broker:
        yield broker


@pytest.fixture(scope="session")
def centre(mosquitto: Mosquitto) -> Centre:
    """The default centre, its broker being the real one of these tests."""
    default = load(DEFAULT)
    return replace(default, broker=replace(default.broker, port=mosquitto.port))


@pytest.fixture
def link_as(centre: Centre, mosquitto: Mosquitto, tmp_path: Path) -> Iterator[Callable[..., tuple[Link, Inbox]]]:
    """``link_as(node, [Kind, …])``: a connected link of that node, hearing all topics of these kinds, and its inbox."""
    links = []

    def make(node: str, kinds: Sequence[type[Message]] = ()) -> tuple[Link, Inbox]:
        inbox = Inbox()
        filters = [address(centre.centre.site, kind) for kind in kinds]
        setting = Setting(centre, node, tmp_path, mosquitto.secret(node))
        link = Link(setting, centre.nodes().get(node, "desk"), filters, inbox.events.put)
        links.append(link)
        link.start()
        inbox.wait(Connected)
        return link, inbox

    yield make
    for link in links:
        link.stop()


@pytest.fixture(scope="session")
def built() -> Path:
    """The folder of the packs that `voice build` makes; made once, whoever of the test processes comes first."""
    from display.voice.build import build

    directory = Path(__file__).parent.parent / "build" / "voice"
    build(directory)
    return directory


@pytest.fixture(scope="session")
def voice(built: Path) -> Voice:
    return Voice.load(built, "synthetic")
