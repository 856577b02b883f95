"""An outside subscriber: Debian's mosquitto_sub, as user `monitor`, writes down all that passes the broker."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from broker.morning.waiting import until


@dataclass(frozen=True)
class Seen:
    """One message as the broker delivered it."""

    at: str
    topic: str
    retained: bool
    payload: Any


class Subscriber:
    def __init__(self, port: int, secret: str, site: str, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        options = folder / "mosquitto_sub"  # the secret stays off the command line, where `ps` would show it
        options.touch(mode=0o600)
        options.write_text(f"-u monitor\n-P {secret}\n")
        command = ["mosquitto_sub", "-V", "5", "-h", "127.0.0.1", "-p", str(port), "-i", "monitor", "-c", "-x", "300"]
        command += ["-q", "1", "-t", f"khiu/{site}/#", "-F", "%j"]
        self._process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "XDG_CONFIG_HOME": str(folder)},
        )
        self.seen: list[Seen] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            outer = json.loads(line.decode("utf-8", "replace"), strict=False)  # a bystander hears nonsense too
            try:
                payload = json.loads(outer["payload"])
            except (ValueError, TypeError, RecursionError):
                payload = outer["payload"]
            self.seen.append(Seen(outer["tst"], outer["topic"], bool(outer.get("retain")), payload))

    def count(self) -> int:
        """A mark: how many messages have been seen so far."""
        return len(self.seen)

    def wait(self, what: str, match: Callable[[Seen], bool], since: int = 0, within: float = 10.0) -> Seen:
        """The first message after mark ``since`` that matches.  Raises `NotSeen`."""
        return until(f"{what} at the broker", lambda: next((m for m in self.seen[since:] if match(m)), None), within)

    def write(self, file: Path) -> None:
        """All messages, one JSON object a line: at, topic, retained, payload."""
        with file.open("w", encoding="utf-8") as out:
            for m in list(self.seen):
                line = {"at": m.at, "topic": m.topic, "retained": m.retained, "payload": m.payload}
                out.write(json.dumps(line, ensure_ascii=False) + "\n")

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)
        self._thread.join(5)
