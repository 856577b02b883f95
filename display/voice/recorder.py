"""Leads one officer, alone, through the words of her voice pack: read it, press Enter, say it, hear it.

A good take is kept before it is played back; one with a fault is kept only if she says so.  What is kept is safe on
the disk (`draft`), so quitting, Ctrl-C and a power cut cost at most the word being spoken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from broker.language.catalogue import plurals, words
from broker.voice.player import Player, patience
from broker.voice.sound import RATE, wav
from display.voice import microphone
from display.voice.draft import Draft
from display.voice.large import large
from display.voice.take import WHY, Take
from display.voice.terminal import BOLD, MARKED, PLAIN, Key, Terminal


@dataclass(frozen=True)
class Script:
    """What is to be spoken into the microphone."""

    words: Mapping[str, tuple[str, ...]]  # each word and a sentence with it, in the order in which she is led
    needed: tuple[str, ...]  # a pack without these has holes
    anew: bool = False  # a word that is there is recorded again


class Recorder:
    """One sitting at a terminal.  Raises `NoTerminal` where there is none."""

    def __init__(self, draft: Draft, script: Script, language: str, font: str, device: str | None) -> None:
        self._draft = draft
        self._script = script
        self._words = tuple(script.words)
        self._ = words(language)
        self._count = plurals(language)
        self._font = font
        self._device = device
        self._player = Player()
        self._terminal = Terminal()
        self._done = {word for word in (*self._words, *script.needed) if draft.sound(word) is not None}
        self._anew = script.anew
        self._place = 0 if self._anew else self._first_missing()
        self._status = ""
        self._doubtful: Take | None = None  # the last take, where it has a fault and is not kept

    def run(self) -> bool:
        """Until all words are there or she has had enough; whether they are.  Raises `OSError`, `DraftError`."""
        with self._terminal:
            try:
                if self._introduced():
                    self._lead()
            except (KeyboardInterrupt, EOFError):
                self._place = 0  # she left: nothing more is asked
            finally:
                self._player.stop()
            self._part()
        return set(self._words) <= self._done

    def _first_missing(self) -> int:
        return next((place for place, word in enumerate(self._words) if word not in self._done), 0)

    def _introduced(self) -> bool:
        """Whose voice it is: asked once."""
        _ = self._
        if self._draft.begun:
            return True
        self._terminal.page([])
        speaker = self._terminal.line(_("Whose voice is it? Name:"))
        usual = _("For the announcements of this centre only")
        licence = self._terminal.line(_("What may be done with it? (Enter alone: {usual})").format(usual=usual))
        if speaker:
            self._draft.begin(speaker, licence or usual, _("Voice of {speaker}").format(speaker=speaker))
        return bool(speaker)

    def _lead(self) -> None:
        acts: dict[Key, Callable[[], None]] = {
            "enter": self._enter,
            "again": self._record,
            "back": lambda: self._go(-1),
            "skip": lambda: self._go(1),
            "play": self._play,
            "keep": self._keep,
        }
        while self._place < len(self._words):
            standing = self._("Recorded") if self._word in self._done else self._("Not recorded yet")
            self._show(self._status or standing, self._keys())
            key = self._terminal.key()
            if key == "quit":
                return
            if key in acts:
                acts[key]()

    @property
    def _word(self) -> str:
        return self._words[self._place]

    @property
    def _settled(self) -> bool:
        """Whether the word that is shown needs no more takes."""
        return self._word in self._done and not self._doubtful and not self._anew

    def _enter(self) -> None:
        if self._settled:
            self._go(1)
        else:
            self._record()

    def _go(self, step: int) -> None:
        self._place = max(0, self._place + step)
        self._status, self._doubtful = "", None

    def _record(self) -> None:
        _ = self._
        self._doubtful = None
        self._show(_("Speak now …"), "")
        try:
            take = microphone.record(self._device).take()
        except microphone.MicrophoneError as fault:
            self._status = _("The microphone does not record: {fault}").format(fault=_(str(fault)))
            return
        if not take.faults:
            self._accept(take)
            return
        self._status = " · ".join(_(WHY[fault]) for fault in take.faults)
        self._doubtful = take if len(take.sound) else None

    def _keep(self) -> None:
        if self._doubtful:
            self._accept(self._doubtful)

    def _accept(self, take: Take) -> None:
        self._draft.keep(self._word, take.sound)
        self._done.add(self._word)
        self._doubtful, self._anew = None, False
        text = self._("Recorded: spoken at {loudness} LUFS, {room} dB above the room")
        self._status = text.format(loudness=f"{take.loudness:.0f}", room=f"{take.room:.0f}")
        self._play()

    def _play(self) -> None:
        sound = self._doubtful.sound if self._doubtful else self._draft.sound(self._word)
        if sound is None:
            return
        self._show(self._status, "")
        unheard = self._("The sound does not play")
        self._status = self._status.removesuffix(f" · {unheard}")
        if self._player.play(wav(sound, RATE), patience(len(sound) / RATE)):
            self._status += f" · {unheard}"

    def _keys(self) -> str:
        if self._doubtful:
            return self._("Enter: again · K: keep it all the same · S: skip · B: back · P: play · Q: quit")
        if self._settled:
            return self._("Enter: next word · R: again · B: back · P: play · Q: quit")
        return self._("Enter: record · S: skip · B: back · P: play · Q: quit")

    def _show(self, status: str, keys: str) -> None:
        here, _ = self._word, self._
        sentence = " ".join(f"{MARKED}{w}{PLAIN}" if w == here else w for w in self._script.words[here])
        done = len(self._done & set(self._words))
        progress = _("Word {place} of {last}, {done} recorded")
        self._terminal.page([
            progress.format(place=self._place + 1, last=len(self._words), done=done),
            "", *large(here, self._font), f"{BOLD}{here}{PLAIN}",
            "", _("In the sentence: {sentence}").format(sentence=sentence),
            "", f"{BOLD}{status}{PLAIN}", keys,
        ])  # fmt: skip

    def _part(self) -> None:
        """Say what came of it; a pack with holes is taken into use only if she wants it so."""
        _, name, draft = self._, self._draft.name, self._draft
        missing = [word for word in self._script.needed if word not in self._done]
        lines = []
        if missing:
            counted = self._count("{count} word is not recorded:", "{count} words are not recorded:", len(missing))
            lines = [counted.format(count=len(missing)), " ".join(missing)]
        if draft.begun and not draft.published:
            question = _("Take “{pack}” into use all the same? Another voice will speak what is missing. Y: yes")
            if missing and self._place >= len(self._words):
                self._terminal.page([*lines, question.format(pack=name)])
            if not missing or (self._place >= len(self._words) and self._terminal.key() == "yes"):
                draft.publish()
        if draft.published:
            first = _('For the hall to use it first: pack = "{pack}" under [voice] of centre.toml')
            lines += [_("“{pack}” is a voice pack").format(pack=name), first.format(pack=name)]
        else:
            lines.append(_("What was recorded is kept. Give the same command again to go on"))
        self._terminal.page(lines)
