"""The synthetic Thai pack: what its table says, and what its sound measures.  No ear has judged it."""

from __future__ import annotations

from functools import cache
from itertools import combinations, permutations

import pytest
import second_reading
import tone_facts
import voice_measures as measures
from voice_measures import Heard

from broker import centre
from broker.voice import kiosk_phrases
from broker.voice.clips import Clip
from broker.voice.pack import Voice
from broker.voice.readings import THAI_DIGITS
from broker.voice.sound import RATE, loudness
from display.voice import mould, synthetic
from display.voice.announcement import clips
from display.voice.phonemes import CONTOURS, READINGS, WORDS, Syllable, Tone


# ---------------------------------------------------------------- the table
def test_a_second_source_reads_every_word_alike_or_there_is_a_reason() -> None:
    differ = [word.word for word in second_reading.compared() if not word.agree]
    assert sorted(differ) == sorted(second_reading.ADJUDICATED)


def test_where_spelling_is_the_source_the_second_source_agrees() -> None:
    differ = {word.word for word in second_reading.compared() if not word.agree}
    assert [word for word in differ if WORDS[word].source == "spelling"] == []
    assert second_reading.ruled("ล่าง", Syllable("lâːŋ")) == "falling"


@pytest.mark.parametrize("slip", ["sàːm", "sam", "sǎm", "sǎːn", "tʰǎːm"])
def test_a_slip_of_tone_length_final_or_start_in_the_table_is_found(monkeypatch: pytest.MonkeyPatch, slip: str) -> None:
    monkeypatch.setitem(WORDS, "สาม", WORDS["สาม"]._replace(syllables=(Syllable(slip),)))
    assert "สาม" in {word.word for word in second_reading.compared() if not word.agree}


@pytest.mark.parametrize("word", WORDS)
def test_the_tone_follows_from_the_thai_letters_of_each_syllable(word: str) -> None:
    entry = WORDS[word]
    tones = [second_reading.ruled(thai, said) for thai, said in zip(entry.thai, entry.syllables, strict=True)]
    assert tones == [syllable.tone for syllable in entry.syllables]


def test_the_ten_digits_have_the_tones_of_the_dictionary() -> None:
    """So that a slip in the table does not pass as what was meant."""
    assert "".join(READINGS[word].syllables[0].tone[0] for word in THAI_DIGITS) == "rlrrlflllf"


@pytest.mark.parametrize(
    ("ipa", "shan"),
    [("kʰɔ̌ː", "k_hO"), ("tɕèt", "tSet"), ("kâːw", "ka:u"), ("mǎːj", "ma:i"), ("kʰâʔ", "k_ha"), ("ʔétɕ", "?etS")],
)
def test_shan_phonemes_follow_from_ipa(ipa: str, shan: str) -> None:
    assert Syllable(ipa).shan == shan


def test_it_can_say_all_that_a_speaking_kiosk_of_the_shipped_centre_says(voice: Voice) -> None:
    spoken = kiosk_phrases.needed(centre.load(centre.DEFAULT))
    assert voice.missing([clip for clip in spoken if clip.language == "th"]) == []


# ---------------------------------------------------------------- tones, length, level
@pytest.fixture(scope="module")
def words(voice: Voice) -> list[Heard]:
    """Every syllable of every word of the pack."""
    return measures.heard(voice, [Clip("th", word, 60) for word in READINGS])


@pytest.fixture(scope="module", params=[("A015", 2), ("W888", 21)], ids=str)
def announcement(request: pytest.FixtureRequest, voice: Voice) -> list[Heard]:
    return measures.heard(voice, clips(*request.param, ("th",), "kha", again=request.param[1] > 9))


def test_every_syllable_of_every_word_has_its_tone(words: list[Heard]) -> None:
    assert [heard.fault for heard in words if heard.fault] == []


def test_every_syllable_keeps_its_tone_in_an_announcement(announcement: list[Heard]) -> None:
    assert [heard.fault for heard in announcement if heard.fault] == []


def test_a_tone_laid_wrong_is_found(words: list[Heard]) -> None:
    """The measure, not the voice: each syllable judged as if another tone had been meant."""
    for tone in ("maː", "màː", "mâː", "máː", "mǎː"):
        wrong = [h._replace(syllable=Syllable(tone)) for h in words if h.syllable.tone != Syllable(tone).tone]
        assert all(heard.fault for heard in wrong)


# ---------------------------------------------------------------- tones, against what others measured of Thai
FIVE = ("kʰaː", "kʰàː", "kʰâː", "kʰáː", "kʰǎː")


def in_five_tones() -> dict[Tone, list[tone_facts.Contour]]:
    """One syllable in each tone, as it is synthesised now."""
    return {Syllable(ipa).tone: [tone_facts.contour(measures.one(ipa).sound)] for ipa in FIVE}


def test_words_of_one_syllable_have_the_tones_that_phoneticians_found(voice: Voice) -> None:
    found = tone_facts.alone(voice)
    assert {tone: len(contours) for tone, contours in found.items() if len(contours) < 3} == {}
    assert tone_facts.faults(found) == []


def test_syllables_of_phrases_lie_in_the_registers_that_phoneticians_found(words: list[Heard]) -> None:
    assert tone_facts.out_of_register(measures.heights([h for h in words if h.place != "alone"])) == ""


@pytest.mark.parametrize(("one", "other"), list(combinations(CONTOURS, 2)))
def test_two_tones_exchanged_in_the_table_of_contours_are_found_out(
    monkeypatch: pytest.MonkeyPatch, one: Tone, other: Tone
) -> None:
    ours = CONTOURS[one]
    monkeypatch.setitem(CONTOURS, one, CONTOURS[other])
    monkeypatch.setitem(CONTOURS, other, ours)
    assert tone_facts.faults(in_five_tones()) != []


def test_of_all_ways_to_give_five_contours_to_five_tones_one_is_thai() -> None:
    found = in_five_tones()
    orders = [dict(zip(found, order, strict=True)) for order in permutations(found)]
    fit = [order for order in orders if not tone_facts.faults({tone: found[of] for tone, of in order.items()})]
    assert fit == [{tone: tone for tone in found}]


def test_long_vowels_outlast_short_ones_in_like_places(words: list[Heard]) -> None:
    short = {place: (long / short, place) for place, (long, short) in measures.lengths(words).items()}
    assert min(short.values()) >= (measures.LONGER,)


def test_in_a_word_said_alone_every_long_vowel_outlasts_every_short_one(words: list[Heard]) -> None:
    alone = [heard for heard in words if heard.place == "alone"]
    assert min(h.seconds for h in alone if h.syllable.long) > max(h.seconds for h in alone if not h.syllable.long)


def test_the_words_are_equally_loud(voice: Voice) -> None:
    pack = next(pack for pack in voice.packs if pack.manifest.name == "synthetic")
    assert all(abs(loudness(pack.words[word], RATE) - pack.manifest.loudness) < measures.EVEN for word in READINGS)


def test_the_levels_of_an_announcement_are_even(announcement: list[Heard]) -> None:
    levels = [heard.loudness for heard in announcement]
    assert max(levels) - min(levels) < measures.LEVELS


# ---------------------------------------------------------------- voice onset
@cache
def onset_of(ipa: str) -> float:
    return measures.onset(measures.one(ipa).sound, mould.RATE)


@pytest.mark.parametrize("consonant", measures.ONSETS)
def test_voice_begins_when_thai_has_it_begin(consonant: str) -> None:
    least, most = measures.ONSETS[consonant]
    found = [onset_of(consonant + rhyme) for rhyme in measures.RHYMES]
    assert all(least <= milliseconds <= most for milliseconds in found), found


@pytest.mark.parametrize("plain", ["p", "t", "k", "tɕ"])
def test_an_aspirated_stop_is_not_its_plain_twin(plain: str) -> None:
    assert all(onset_of(f"{plain}ʰ{rhyme}") - onset_of(plain + rhyme) >= measures.GAP for rhyme in measures.RHYMES)


def test_the_k_of_espeak_alone_would_be_found_out() -> None:
    """Its Shan k is aspirated: เก้า (9) would be heard as เข้า."""
    sound = synthetic._spoken("ka:u")
    assert measures.onset(sound, mould.RATE) > measures.ONSETS["k"][1]


# ---------------------------------------------------------------- joints
JOINED = ("ขอเชิญหมายเลข", "ขอเรียกซ้ำหมายเลข", "ที่จุดบริการที่", "ดับเบิลยู", "กรุณาแตะเลือกบริการที่ต้องการ", "กลับหน้าแรก")


def steps() -> list[tuple[float, float]]:
    return [step for word in JOINED for step in measures.joints(READINGS[word], synthetic.say(READINGS[word]))]


def test_where_the_voice_goes_on_neither_pitch_nor_level_steps() -> None:
    pitch, level = zip(*steps(), strict=True)
    assert max(pitch) < measures.PITCH_STEP
    assert max(level) < measures.LEVEL_STEP


def test_syllables_cut_against_one_another_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mould, "_blended", lambda before, after, _: mould._strung([before, after.scaled(12)]))
    pitch, level = zip(*steps(), strict=True)
    assert max(pitch) > measures.PITCH_STEP
    assert max(level) > measures.LEVEL_STEP


def test_every_word_rises_from_silence_and_falls_to_it(voice: Voice) -> None:
    for word in READINGS:
        sound = voice.sound(Clip("th", word, 0))
        assert sound is not None
        assert max(abs(sound[0]), abs(sound[-1])) < 0.003
