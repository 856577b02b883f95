"""The kiosk's voice at its headphone jack: one statement at a time, and a newer one cuts it short.

A thread of its own mixes and plays.  Whether there is a sound device is tried with a sound of no length, at the start
and every `LOOK_AGAIN` seconds while it fails: a kiosk that cannot be heard does not offer to speak.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np

from broker.centre import Centre
from broker.language.catalogue import N_
from broker.voice import kiosk_phrases
from broker.voice.clips import Clip
from broker.voice.pack import Voice
from broker.voice.player import Player, patience
from broker.voice.shelf import Shelf
from broker.voice.sound import RATE, Sound, wav

log = logging.getLogger(__name__)

LOOK_AGAIN = 60.0  # s
LACKS = N_("The kiosk cannot speak: voice packs lack its words")
NO_SOUND = N_("The kiosk cannot speak: the sound does not play")
SILENCE: Sound = np.zeros(0, np.float32)

Statement = Callable[[Callable[[Clip], bool]], tuple[Clip, ...]]  # asked what can be said, tells what is to be said


class Earphone:
    """``deliver`` is told the languages that can be spoken now and the warning for staff ("" if all is well), whenever
    they change, on this thread."""

    def __init__(self, directory: Path, site: Centre, deliver: Callable[[frozenset[str], str], object]) -> None:
        self._directory, self._site, self._deliver = directory, site, deliver
        self._player = Player()
        self._wishes: queue.SimpleQueue[tuple[int, Statement] | None] = queue.SimpleQueue()  # None: look how things are
        self._latest = 0  # the number of the newest statement: for an older one it is too late
        self._told: tuple[frozenset[str], str] = (frozenset(), "")
        self._fault = False
        self._thread = threading.Thread(target=self._work, name="earphone", daemon=True)

    def start(self) -> None:
        """Begin, with a look at packs and sound."""
        self._thread.start()

    def say(self, statement: Statement) -> None:
        """Say this at once, whatever is being said."""
        self._latest += 1
        self._wishes.put((self._latest, statement))
        self._player.cut()

    def hush(self) -> None:
        """Say no more."""
        self.say(lambda _speaks: ())

    def stop(self) -> None:
        """Silence, within 2 s and for good."""
        self._player.stop()
        self._wishes.put(None)
        self._thread.join(2)

    def _work(self) -> None:
        shelf = Shelf(self._directory, self._site.voice.pack, lambda: self._wishes.put(None))
        self._look(shelf.voice)
        while not self._player.stopped:
            try:
                wish = self._wishes.get(timeout=LOOK_AGAIN if self._fault else None)
            except queue.Empty:
                wish = None
            if wish is None:
                self._look(shelf.voice)
            else:
                self._say(shelf.voice, *wish)
        shelf.close()

    def _say(self, voice: Voice, number: int, statement: Statement) -> None:
        try:
            sound = voice.mix(statement(lambda clip: voice.sound(clip) is not None))
        except Exception:  # a page that is not read can still be seen
            log.exception("a statement of the kiosk could not be made")
            return
        if len(sound):
            self._play(sound, lambda: number == self._latest)
            self._tell(voice)

    def _look(self, voice: Voice) -> None:
        self._play(SILENCE)
        self._tell(voice)

    def _play(self, sound: Sound, wanted: Callable[[], bool] = lambda: True) -> None:
        fault = self._player.play(wav(sound, RATE), patience(len(sound) / RATE), wanted)
        if fault and not self._player.stopped:
            log.warning("the kiosk's sound does not play: %s", fault)
        self._fault = bool(fault)

    def _tell(self, voice: Voice) -> None:
        spare = kiosk_phrases.names(self._site)
        lacking = [
            clip for clip in voice.missing(kiosk_phrases.needed(self._site)) if (clip.language, clip.word) not in spare
        ]
        languages = {language for language in self._site.centre.languages if language in kiosk_phrases.LANGUAGES}
        spoken = frozenset(languages - {clip.language for clip in lacking})
        warning = NO_SOUND if self._fault else LACKS if lacking else ""
        told = (frozenset[str]() if self._fault else spoken, warning)
        if told != self._told and not self._player.stopped:
            self._told = told
            for clip in lacking:
                log.warning("no voice pack has %r (%s)", clip.word, clip.language)
            self._deliver(*told)
