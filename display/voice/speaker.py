"""Says calls aloud, one after another, never two at once.

A thread of its own mixes each announcement and gives it to the one player, which is watched.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from pathlib import Path

from broker import centre
from broker.messages import Call
from broker.voice.pack import Voice
from broker.voice.player import Player, patience
from broker.voice.sound import RATE, wav
from display.voice.announcement import clips, needed

log = logging.getLogger(__name__)

# What a node says of its voice (broker/language has them in Thai); the log has the particulars.
NO_PACK = "There is no voice pack: nothing is spoken"
FAULTY_PACK = "A voice pack is faulty"
HOLES = "A voice pack lacks words: another voice speaks them"
MISSING_WORDS = "The voice lacks words: some calls are not spoken"
NO_SOUND = "The sound does not play"
NOT_MADE = "An announcement could not be made"


class Speaker:
    """The voice of one screen.

    `on_done(call id, spoken)` follows every call, on the speaker's own thread: `spoken` is False when there was no pack
    for it, no sound device, or anything else went wrong.  Calls that `stop` cuts off or leaves unsaid get none, so a
    screen that comes back says them.  `warnings` is for the node's health.
    """

    def __init__(self, directory: Path, site: centre.Centre, on_done: Callable[[str, bool], None]) -> None:
        self._directory = directory
        self._site = site
        self._on_done = on_done
        self._calls: queue.SimpleQueue[Call | None] = queue.SimpleQueue()
        self._player = Player()
        self._pack_warnings: tuple[str, ...] = ()
        self._fault = ""  # of the last announcement
        self._thread = threading.Thread(target=self._run, name="speaker", daemon=True)
        self._thread.start()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What keeps the voice from speaking, a line each; empty when all is well."""
        return (*self._pack_warnings, self._fault) if self._fault else self._pack_warnings

    def say(self, call: Call) -> None:
        """Queue a call; returns at once."""
        self._calls.put(call)

    def stop(self) -> None:
        """Silence, within 2 s; the speaker cannot be used again."""
        self._player.stop()
        self._calls.put(None)
        self._thread.join(2)

    def _run(self) -> None:
        voice = Voice.load(self._directory, self._site.voice.pack)
        self._pack_warnings = _pack_warnings(voice, self._site)
        while (call := self._calls.get()) and not self._player.stopped:
            try:
                spoken = self._announce(voice, call)
            except Exception:  # whatever this call bears, the next one is to be heard
                log.exception("%s: %s", NOT_MADE, call)
                spoken, self._fault = False, NOT_MADE
            if not self._player.stopped:
                self._on_done(call.call, spoken)

    def _announce(self, voice: Voice, call: Call) -> bool:
        rules = self._site.voice
        sound = voice.mix(clips(call.ticket, call.point, rules.speakers, rules.polite, call.times > 1))
        return bool(len(sound)) and self._play(wav(sound, RATE), patience(len(sound) / RATE))

    def _play(self, file: bytes, timeout: float) -> bool:
        fault = self._player.play(file, timeout)
        if fault and not self._player.stopped:
            log.warning("%s: %s", NO_SOUND, fault)
        self._fault = NO_SOUND if fault else ""
        return not fault


def _pack_warnings(voice: Voice, site: centre.Centre) -> tuple[str, ...]:
    holes = voice.holes(needed(site)) if voice.packs else []
    for line in (*voice.faults, *(fault for pack in voice.packs for fault in pack.faults), *map(str, holes)):
        log.warning(line)
    standing = {
        FAULTY_PACK: voice.faults,
        NO_PACK: not voice.packs,
        HOLES: any(hole.speaker for hole in holes),
        MISSING_WORDS: not all(hole.speaker for hole in holes),
    }
    return tuple(warning for warning, holds in standing.items() if holds)
