"""The voices of `make thai`: tones, voice onset, length, joints and level of synthetic Thai; English read back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import recogniser as listener
import second_reading
import tone_facts
import voice_measures as measures
from PIL import Image, ImageDraw
from recogniser import LETTERS, PREFIXES, Recogniser, Score, calls, spoken
from thai_page import Picture, Section, Table
from voice_measures import Heard

from broker.voice.clips import CHIME, Clip
from broker.voice.pack import LOUDNESS_SLACK, Voice
from broker.voice.readings import THAI_DIGITS
from broker.voice.sound import RATE, Sound, loudness, wav
from display.voice import mould
from display.voice.announcement import clips
from display.voice.build import build
from display.voice.phonemes import CONTOURS, READINGS, WORDS

TEXT = (
    "Every syllable of the synthetic Thai pack is found again in the sound that is played, alone, in its phrase and in "
    "announcements, and measured: pitch, voice onset of stops, length, joints, level. Tones are proved twice. Words of "
    "one syllable, in which nothing but the sound is asked where the voice is, have the shapes, registers and movement "
    "that phoneticians measured of Thai speakers (Potisuk, Gandour and Harper 1994; Zsiga and Nitisaroj 2007; Gandour "
    "and others 1999): of all 120 ways to give the five contours to the five tones only ours passes. Syllables of "
    "phrases are compared with our own contours, at places that the synthesiser tells: that proves that the sound "
    "carries what was ordered, and by mean height only that it is Thai. "
    "The table of readings is compared with a second source. English is read back by a recogniser from 200 "
    "random announcements, after noise of −50 dBFS is laid over them; it knows the sentence, and in the first hundred "
    "the centre's letters and nine points too. No letter but A, B and R is proved fit for tickets: among all 26 some "
    "are taken for others, as the second table of English tells. Bounds drawn after the voice had been measured, so "
    "that they tell of a change for the worse and no more: distance from its own tone, joints, level between "
    "syllables, and all of 26 letters. "
    "None of this proves that people understand. Only ears can say that the "
    "Thai is intelligible and sounds like Thai, not like Shan; that the names of Latin letters are said as people say "
    "them; that stops at the ends of syllables are told apart; that elderly citizens follow it in a hall. Until ten "
    "listeners have (whole ticket right 98 %, point 99 %) the pack is labelled เสียงสังเคราะห์ชั่วคราว."
)
DRAWN = (*THAI_DIGITS, "เอ", "บี", "อาร์", "ครับ")
ANNOUNCED = (("A015", 2, False), ("B348", 5, True), ("R679", 7, False), ("W888", 21, False))


def section(folder: Path) -> Section:
    directory = Path(__file__).parent.parent / "build" / "voice"
    build(directory)
    voice = Voice.load(directory, "synthetic")
    words = measures.heard(voice, [Clip("th", word, 60) for word in READINGS])
    announced = {
        f"{ticket}, {point}": measures.heard(voice, clips(ticket, point, ("th",), "kha", again))
        for ticket, point, again in ANNOUNCED
    }
    faults: list[str] = []
    tables = [
        _tone_facts(voice, words, faults),
        *_tones(words, announced, faults),
        _onsets(faults),
        _lengths(words, faults),
        _joints(faults),
        _levels(voice, announced, faults),
        *_english(voice, faults),
        _readings(faults),
    ]
    _draw_tones([heard for heard in words if heard.word in DRAWN], folder / "tones.png")
    ticket = voice.mix(clips("A015", 2, ("th",), "kha"))
    _draw_spectrum(ticket[int(1.7 * RATE) :: 2].astype(float), RATE // 2, folder / "call.png")
    pairs = [measures.one(ipa).sound for ipa in ("biː", "piː", "pʰiː", "kâːw", "kʰâːw", "tɕeː", "tɕʰeː")]
    _draw_spectrum(np.concatenate([np.pad(sound, 1500) for sound in pairs]), mould.RATE, folder / "onsets.png")
    digits = [Clip("", CHIME, 0), *(Clip("th", digit, 300) for digit in THAI_DIGITS)]
    sounds = {
        "digits.wav": ("ศูนย์ … เก้า", voice.mix(digits)),
        "call.wav": ("A015, point 2", voice.mix(clips("A015", 2, ("th", "en"), "kha"))),
        "again.wav": ("B348, point 5, called again", voice.mix(clips("B348", 5, ("th", "en"), "khrap", True))),
        "kiosk.wav": (
            "กรุณาแตะเลือกบริการที่ต้องการ, then the three services",
            voice.mix(
                [digits[0], *(Clip("th", word, 500) for word in READINGS if word.startswith(("กรุณาแตะ", "บริการ")))]
            ),
        ),
    }
    for file, (_, sound) in sounds.items():
        (folder / file).write_bytes(wav(sound, RATE))
    return Section(
        "The sound of the voices: Thai tones, and English read back",
        TEXT,
        tuple(tables),
        (
            Picture(
                "tones.png",
                "The ten digits, A, B, R and ครับ: measured pitch (dots, semitones) on the contour of the tone",
            ),
            Picture("call.png", "ขอเชิญหมายเลข เอ ศูนย์ หนึ่ง ห้า ที่จุดบริการที่ สอง ค่ะ: 0 … 7 kHz, a mark each 100 ms"),
            Picture("onsets.png", "บ ป พ, then ก ข, then จ ช: voice before, at and long after the release"),
        ),
        tuple(Picture(file, caption) for file, (caption, _) in sounds.items()),
        tuple(faults),
    )


def _tone_facts(voice: Voice, words: Sequence[Heard], faults: list[str]) -> Table:
    found, heights = tone_facts.alone(voice), measures.heights([heard for heard in words if heard.place != "alone"])
    faults += [f"tone: {why}" for why in tone_facts.faults(found)]
    if why := tone_facts.out_of_register(heights):
        faults.append(f"tone: in phrases: {why}")
    rows = []
    for tone, contours in found.items():
        shape, holds = tone_facts.ALONE[tone]
        mean = f"{np.mean(contours):.1f}"
        moves = f"{np.mean([tone_facts.movement(one) for one in contours]):.1f}"
        right = f"{sum(map(holds, contours))} of {len(contours)}"
        rows.append((tone, shape, right, mean, f"{heights[tone]:+.1f}", moves))
    caption = (
        "Tones against what phoneticians measured: the shape of words of one syllable; mean height, semitones (low and "
        "rising below mid, falling and high above); movement, semitones (mid and low least)"
    )
    head = ("tone", "must be", "words", "above 100 Hz", "in phrases, from the middle", "moves")
    return Table(caption, head, tuple(rows))


def _tones(words: Sequence[Heard], announced: dict[str, list[Heard]], faults: list[str]) -> list[Table]:
    head = ("word", "syllable", "tone", "from its own", "nearest other", "from that")

    def row(heard: Heard, where: str) -> tuple[str, ...]:
        other, tone = heard.nearest
        return (where, heard.syllable.ipa, heard.syllable.tone, f"{heard.own:.2f}", tone, f"{other:.2f}")

    everything = (*words, *(heard for call in announced.values() for heard in call))
    faults += [f"tone: {heard.fault}" for heard in everything if heard.fault]
    bound = f"semitones RMS; at most {measures.NEAR} from its own tone, at least {measures.APART} more from each other"
    alone = [heard for heard in words if heard.place == "alone"]
    phrases = {word: [heard for heard in words if heard.word == word] for word in dict.fromkeys(h.word for h in words)}
    worst = [max(found, key=lambda heard: heard.own) for found in phrases.values() if len(found) > 1]
    return [
        Table(f"Tones of words of one syllable ({bound})", head, tuple(row(heard, heard.word) for heard in alone)),
        Table(
            "Tones inside phrases: the worst syllable of each", head, tuple(row(heard, heard.word) for heard in worst)
        ),
        Table(
            "Tones in whole announcements, in the stream that is played: the worst three of each",
            ("call", *head),
            tuple(
                (call, *row(heard, heard.word))
                for call, found in announced.items()
                for heard in sorted(found, key=lambda heard: -heard.own)[:3]
            ),
        ),
    ]


def _onsets(faults: list[str]) -> Table:
    rows, found = [], {}
    for consonant, (least, most) in measures.ONSETS.items():
        times = [measures.onset(measures.one(consonant + rhyme).sound, mould.RATE) for rhyme in measures.RHYMES]
        found[consonant] = times
        rows.append((consonant, f"{np.mean(times):.0f}", f"{min(times):.0f} … {max(times):.0f}", f"{least} … {most}"))
        faults += [f"voice onset: {consonant} {time:.0f} ms" for time in times if not least <= time <= most]
    for plain in ("p", "t", "k", "tɕ"):
        gap = min(long - short for long, short in zip(found[f"{plain}ʰ"], found[plain], strict=True))
        rows.append((f"{plain}ʰ less {plain}", "", f"at least {gap:.0f}", f"at least {measures.GAP}"))
        if gap < measures.GAP:
            faults.append(f"voice onset: {plain}ʰ only {gap:.0f} ms after {plain}")
    caption = f"Voice onset, ms after the release, before {', '.join(measures.RHYMES)}"
    return Table(caption, ("consonant", "mean", "found", "bound"), tuple(rows))


def _lengths(words: Sequence[Heard], faults: list[str]) -> Table:
    rows = []
    for place, (long, short) in measures.lengths(words).items():
        rows.append((place, f"{1000 * long:.0f}", f"{1000 * short:.0f}", f"{long / short:.2f}"))
        if long < measures.LONGER * short:
            faults.append(f"length: {place}: long {long:.3f} s, short {short:.3f} s")
    caption = f"Voice of syllables with long and with short vowels, mean ms; ratio at least {measures.LONGER}"
    return Table(caption, ("place", "long", "short", "ratio"), tuple(rows))


def _joints(faults: list[str]) -> Table:
    found = [
        (word, *step) for word, reading in READINGS.items() for step in measures.joints(reading, measures.said(word))
    ]
    for word, pitch, level in found:
        if pitch > measures.PITCH_STEP or level > measures.LEVEL_STEP:
            faults.append(f"joint: {word}: {pitch:.1f} semitones, {level:.1f} dB")
    worst = sorted(found, key=lambda joint: -joint[1] / measures.PITCH_STEP - joint[2] / measures.LEVEL_STEP)[:8]
    caption = (
        f"Joints inside words where the voice goes on: the worst 8 of {len(found)}; at most "
        f"{measures.PITCH_STEP} semitones within 15 ms and {measures.LEVEL_STEP} dB within 5 ms"
    )
    rows = tuple((word, f"{pitch:.1f}", f"{level:.1f}") for word, pitch, level in worst)
    return Table(caption, ("word", "semitones", "dB"), rows)


def _levels(voice: Voice, announced: dict[str, list[Heard]], faults: list[str]) -> Table:
    rows = []
    for pack in voice.packs:
        off = [loudness(sound, RATE) - pack.manifest.loudness for word, sound in pack.words.items() if word != CHIME]
        bound = measures.EVEN if pack.manifest.language == "th" else LOUDNESS_SLACK
        rows.append((f"words of {pack.manifest.name}", f"{min(off):+.2f} … {max(off):+.2f}", f"±{bound}"))
        if max(map(abs, off)) > bound:
            faults.append(f"level: a word of {pack.manifest.name} is {max(off, key=abs):+.2f} LU off")
    for call, found in announced.items():
        levels = [heard.loudness for heard in found]
        spread = max(levels) - min(levels)
        rows.append((f"syllables of {call}", f"{spread:.1f} apart", f"{measures.LEVELS} apart"))
        if spread > measures.LEVELS:
            faults.append(f"level: {call}: syllables {spread:.1f} LU apart")
    return Table("Level, LU from the pack's loudness, or between syllables", ("of", "found", "bound"), tuple(rows))


def _english(voice: Voice, faults: list[str]) -> list[Table]:
    asked, ears = calls(100, PREFIXES, 9, seed=2569), Recogniser(PREFIXES)
    own, control = ears.score(voice, asked), Score()
    for call, other in pairwise(asked[:11]):
        control.add(other, ears.hear(spoken(voice, call)))
    if control.tickets:
        faults.append(f"English: {control.tickets} of 10 announcements were read back as what they did not say")
    every = Recogniser().score(voice, calls(100, LETTERS, 99, seed=2570))
    bounds: list[tuple[str, Score, Callable[[Score], float], float]] = [
        ("letters A B R, points 1 … 9: whole ticket", own, lambda score: score.tickets, listener.TICKETS),
        ("… point", own, lambda score: score.points, listener.POINTS),
        ("… called again or not", own, lambda score: score.openings, listener.POINTS),
        ("26 letters, points 1 … 99: digits", every, lambda score: score.digits / 3, listener.DIGITS_OF_ALL),
        ("… point", every, lambda score: score.points, listener.POINTS_OF_ALL),
        ("… letter", every, lambda score: score.letters, listener.LETTERS_OF_ALL),
        ("… whole ticket", every, lambda score: score.tickets, listener.TICKETS_OF_ALL),
    ]
    rows = []
    for what, score, count, least in bounds:
        share = count(score) / score.calls
        rows.append((what, f"{100 * share:.0f} %", f"{100 * least:.0f} %"))
        if share < least:
            faults.append(f"English: {what}: {100 * share:.0f} %")
    rows.append(("control: ticket right, judged as if the next had been said", f"{10 * control.tickets} %", "0 %"))
    confused = (own.confused + every.confused).most_common()
    return [
        Table("English, read back from 200 announcements", ("what", "right", "at least"), tuple(rows)),
        Table(
            "What was taken for what",
            ("said", "heard", "times"),
            tuple((said, heard, str(times)) for (said, heard), times in confused),
        ),
    ]


def _readings(faults: list[str]) -> Table:
    rows = []
    found = second_reading.compared()
    for word, ours, theirs, dictionary in found:
        entry, reason = WORDS[word], second_reading.ADJUDICATED.get(word, "")
        if (ours == theirs) == bool(reason):
            faults.append(f"reading: {word}: {ours}, second source {theirs}, {'no ' * (not reason)}reason given")
        ipa = " ".join(syllable.ipa for syllable in entry.syllables)
        said, by = "alike" if ours == theirs else theirs, "dictionary" if dictionary else "rule"
        rows.append((word, "-".join(entry.thai), ipa, entry.source, said, by, reason))
    agreed = sum(one.agree for one in found)
    caption = (
        f"How each word is said, and what the second source says: alike in {agreed} of {len(rows)}; "
        f"{sum(one.dictionary for one in found)} stand in its dictionary, the others it reads by the rules of spelling"
    )
    head = ("word", "read", "IPA", "source", "second source", "which goes by", "why ours stands")
    return Table(caption, head, tuple(rows))


def _draw_tones(words: Sequence[Heard], file: Path) -> None:
    """A panel a tone: its contour as a line, the words that have it as dots."""
    wide, high, colours = 300, 220, ("#b3261e", "#1a6b3c", "#1f4e9c", "#8a5a00", "#6b2d86")
    image = Image.new("RGB", (wide * 2, high * 3), "white")
    draw = ImageDraw.Draw(image)
    for panel, (tone, points) in enumerate(CONTOURS.items()):
        left, top = panel % 2 * wide + 20, panel // 2 * high

        def at(place: float, semitones: float, left: int = left, top: int = top) -> tuple[float, float]:
            return left + place * (wide - 40), top + high / 2 + 10 - semitones * 18

        draw.line([at(0, 0), at(1, 0)], fill="#dddddd")
        draw.line([at(place / 4, value) for place, value in enumerate(points)], fill="#999999", width=5)
        having = [heard for heard in words if heard.syllable.tone == tone]
        for colour, heard in zip(colours, having, strict=False):
            for place, value in zip(heard.at, heard.semitones, strict=True):
                x, y = at(place, value)
                draw.ellipse((x - 2, y - 2, x + 2, y + 2), fill=colour)
        named = ", ".join(READINGS[heard.word].file for heard in having)
        draw.text((left, top + 6), f"{tone}: {named}", fill="black", font_size=13)
    image.save(file)


def _draw_spectrum(sound: Sound, rate: int, file: Path) -> None:
    """Dark is loud; a column each 4 ms, up to 7 kHz, the lowest sound at the bottom."""
    size, step = rate * 8 // 1000, rate * 4 // 1000
    frames = np.lib.stride_tricks.sliding_window_view(np.diff(sound), size)[::step] * np.hanning(size)
    level = 10 * np.log10(np.abs(np.fft.rfft(frames, 1024)) ** 2 + 1e-12)[:, : int(1024 * 7000 / rate)]
    grey = 255 - 255 * np.clip((level - level.max() + 60) / 60, 0, 1)
    image = Image.fromarray(grey.T[::-1].astype("uint8")).convert("RGB")
    draw = ImageDraw.Draw(image)
    for mark in range(0, image.width, 25):
        draw.line((mark, image.height - 8, mark, image.height), fill="#1f4e9c", width=2)
    image.save(file)
