"""``khiu-screen voice``: record a pack, check what is there, say a call into a file, build the synthetic packs."""

from __future__ import annotations

import argparse
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from broker import centre
from broker.language.catalogue import languages, words
from broker.node import centre_file, voice_directory
from broker.verbs import USAGE, Verb, Verbs
from broker.voice import kiosk_phrases
from broker.voice.clips import Clip
from broker.voice.pack import PackError, Voice
from broker.voice.sound import RATE, wav
from broker.words import Number, Point
from display.voice.announcement import SENTENCES, clips, examples, needed
from display.voice.draft import Draft, DraftError
from display.voice.microphone import DEVICE

DOES = {
    "record": "your own voice, word by word, with a microphone",
    "check": "are all words of the centre there, whole and even?",
    "say": "one call as a WAV file, as the hall would hear it",
    "build": "make the synthetic Thai pack and the English one",
}


def main(argv: Sequence[str]) -> int:
    """0: done; 1: a pack is faulty or a word is missing; 2: no such point; 78: the centre's file is wrong."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    asked = _arguments(argv)
    try:
        site = centre.load(asked.centre)
    except centre.CentreError as fault:
        print(fault)
        return os.EX_CONFIG
    if asked.verb == "build":
        return _build(asked.directory, site)
    if asked.verb == "record":
        return _record(site, asked)
    voice = Voice.load(asked.directory, site.voice.pack)
    return _check(voice, site, asked.kiosk) if asked.verb == "check" else _say(voice, site, asked)


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="khiu-screen voice", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    record, check, say, build = (verbs.add_parser(verb, help=does, description=does) for verb, does in DOES.items())
    for verb in (build, check):
        verb.add_argument("directory", type=Path, nargs="?", default=voice_directory())
    say.add_argument("--directory", type=Path, default=voice_directory())
    say.add_argument("ticket", type=_as(Number, "a prefix and three digits, as A015"))
    say.add_argument("point", type=_as(Point, "a point's number"))
    say.add_argument("--again", action="store_true", help="as a repeated call")
    say.add_argument("-o", "--output", type=Path, required=True)
    record.add_argument("pack", nargs="?", default="office", help="its folder (default: office)")
    record.add_argument("--directory", type=Path, default=voice_directory())
    record.add_argument("--speaks", choices=SENTENCES, default="th", help="the language of the pack")
    record.add_argument("--all", action="store_true", help="every letter and point, not only what this centre needs")
    for verb in (check, record):
        verb.add_argument("--kiosk", action="store_true", help="with the words of a kiosk that reads its pages aloud")
    record.add_argument("--word", help="only this one, anew")
    record.add_argument("--microphone", metavar="DEVICE", help=f"of ALSA, as arecord -L tells (else ${DEVICE})")
    record.add_argument("--language", choices=languages(), default="th", help="in which you are led")
    for verb in (build, check, say, record):
        verb.add_argument("--centre", type=Path, default=centre_file())
    return parser.parse_args(argv)


def _as(kind: Any, allowed: str) -> Callable[[str], Any]:
    """For argparse: a word of the field."""

    def read(text: str) -> Any:
        try:
            return msgspec.convert(text, kind, strict=False)
        except msgspec.ValidationError as fault:
            raise argparse.ArgumentTypeError(f"{text!r} is not {allowed}") from fault

    return read


def _build(directory: Path, site: centre.Centre) -> int:
    try:
        from display.voice import build, english  # noqa: PLC0415 (pyworld is not on every screen)
    except ImportError as fault:
        print(f"Packs cannot be built here ({fault}); build them on another machine and copy the folder.")
        return 1
    try:
        build.build(directory, site)
    except (OSError, subprocess.SubprocessError, english.EnglishError, PackError) as fault:
        print(f"The packs could not be built: {fault}")
        return 1
    return 0


def _record(site: centre.Centre, asked: argparse.Namespace) -> int:
    from display.voice.recorder import Recorder, Script  # noqa: PLC0415 (imports Pillow, which no other verb needs)

    everything, needs = (_sentences(found, asked.speaks) for found in (examples(), examples(site)))
    if asked.kiosk:
        needs |= {w: (w,) for w in kiosk_phrases.vocabulary(site).get(asked.speaks, ()) if w not in needs}
        everything |= needs
    led = {asked.word: everything.get(asked.word, ())} if asked.word else everything if asked.all else needs
    if not led or () in led.values():
        print(f"Nothing to record in {asked.speaks!r}: {asked.word or 'this centre does not speak it'}")
        return 1
    script = Script(led, tuple(needs), anew=bool(asked.word))
    try:
        draft = Draft(asked.directory / asked.pack, asked.speaks)
        try:
            draft.try_out()
        except OSError:
            _ = words(asked.language)
            unfit = _("This folder cannot be written: {folder}. On an appliance the command begins with sudo")
            print(unfit.format(folder=asked.directory))
            return 1
        whole = Recorder(draft, script, asked.language, site.centre.font, asked.microphone).run()
    except (OSError, DraftError) as fault:
        print(fault)
        return 1
    return 0 if whole else 1


def _sentences(found: Mapping[Clip, Sequence[Clip]], language: str) -> dict[str, tuple[str, ...]]:
    """Word → the words of a sentence with it, of one language."""
    return {clip.word: tuple(c.word for c in sentence) for clip, sentence in found.items() if clip.language == language}


def _check(voice: Voice, site: centre.Centre, kiosk: bool) -> int:
    asked = needed(site)
    if kiosk:
        dispensable = kiosk_phrases.names(site)
        phrases = (clip for clip in kiosk_phrases.needed(site) if (clip.language, clip.word) not in dispensable)
        asked = tuple({(clip.language, clip.word): clip for clip in (*phrases, *asked)}.values())
    print(f"{next(iter(site.centre.name.values()))}: words needed: {len(asked)}")
    for pack in voice.packs:
        about = pack.manifest
        spoken = sum(voice.speaker(clip) is pack for clip in asked)
        print(f"{about.name}: {about.language}; words: {len(pack.words)}, spoken here: {spoken}; ", end="")
        print(f"{about.speaker}; {about.licence}; {about.label}")
    faults = [*voice.faults, *(fault for pack in voice.packs for fault in pack.faults)]
    faults += map(str, voice.holes(asked))
    faults += [line for pack in voice.packs for line in pack.uneven()]
    for fault in faults:
        print(fault)
    return 1 if faults else 0


def _say(voice: Voice, site: centre.Centre, asked: argparse.Namespace) -> int:
    points = [point.number for point in site.points]
    if asked.point not in points:
        known = ", ".join(map(str, points))
        print(f"There is no point {asked.point}: the points of this centre are {known}", file=sys.stderr)
        return USAGE
    sound = voice.mix(clips(asked.ticket, asked.point, site.voice.speakers, site.voice.polite, asked.again))
    if not len(sound):
        print("The packs cannot say this: see khiu-screen voice check")
        return 1
    asked.output.write_bytes(wav(sound, RATE))
    print(f"written: {asked.output.absolute()}")
    return 0


def _told(verb: str, argv: Sequence[str]) -> int:
    return main([verb, *argv])


VERBS: Verbs = {verb: Verb(partial(_told, verb), does) for verb, does in DOES.items()}
