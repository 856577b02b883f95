"""Says calls aloud, one after another, never two at once.

A thread of its own mixes each announcement from words that were decoded before, and gives it to the one player, which
is watched.  Where no sentence can be said, the chime alone turns heads to the screen.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from pathlib import Path

from broker import centre, clock
from broker.messages import Call
from broker.voice.chime import chime
from broker.voice.pack import Voice
from broker.voice.player import Player, patience
from broker.voice.shelf import Shelf
from broker.voice.sound import RATE, Sound, wav
from broker.voice.volume import decibels
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

    `on_done(call id, spoken)` follows every call, on a thread of the speaker: `spoken` is False in quiet hours, when
    there was no pack for it (a chime may still sound), no sound device, or anything else went wrong.  Calls that `stop`
    cuts off or leaves unsaid get none, so a screen that comes back says them.  `warnings` is for the node's health;
    `on_warnings` follows whenever they changed.
    """

    def __init__(
        self,
        directory: Path,
        site: centre.Centre,
        on_done: Callable[[str, bool], None],
        on_warnings: Callable[[], None] = lambda: None,
    ) -> None:
        self._directory = directory
        self._site = site
        self._on_done = on_done
        self._on_warnings = on_warnings
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
        shelf = Shelf(self._directory, self._site.voice.pack, lambda: self._judge(shelf.voice))
        self._judge(shelf.voice)
        while (call := self._calls.get()) and not self._player.stopped:
            try:
                self._announce(shelf.voice, call)
            except Exception:  # whatever this call bears, the next one is to be heard
                log.exception("%s: %s", NOT_MADE, call)
                self._tell(NOT_MADE)
                self._finish(call, False)
        shelf.close()

    def _announce(self, voice: Voice, call: Call) -> None:
        rules = self._site.voice
        # by the hall's time, which the call bears: a screen's own clock may show any; while none was set, be heard
        gain = decibels(rules, call.at.astimezone(self._site.zone).time()) if clock.was_set(call.at) else 0.0
        sound = voice.mix(clips(call.ticket, call.point, rules.speakers, rules.polite, call.times > 1))
        if gain is None:
            self._finish(call, False)
        elif not len(sound):
            self._finish(call, False)  # before the chime: nobody has to wait for it
            self._play(chime(RATE), gain)
        else:
            self._finish(call, self._play(sound, gain))

    def _finish(self, call: Call, spoken: bool) -> None:
        if not self._player.stopped:
            self._on_done(call.call, spoken)

    def _play(self, sound: Sound, gain: float) -> bool:
        fault = self._player.play(wav(sound * 10 ** (gain / 20), RATE), patience(len(sound) / RATE))
        if fault and not self._player.stopped:
            log.warning("%s: %s", NO_SOUND, fault)
        self._tell(NO_SOUND if fault else "")
        return not fault

    def _judge(self, voice: Voice) -> None:
        """Of the packs as they are now."""
        warnings = _pack_warnings(voice, self._site)
        if warnings != self._pack_warnings:
            self._pack_warnings = warnings
            self._on_warnings()

    def _tell(self, fault: str) -> None:
        """Of the last announcement; "" clears it."""
        if fault != self._fault:
            self._fault = fault
            self._on_warnings()


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
