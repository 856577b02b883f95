"""What is said for a call."""

import typing

import pytest

from broker import centre
from broker.voice import kiosk_phrases
from broker.voice.clips import sentences
from broker.voice.readings import english_number, thai_number
from display.voice.announcement import OPENINGS, SENTENCES, clips, vocabulary

CENTRE = centre.load(centre.DEFAULT)


def said(ticket, point, speakers=("th", "en"), polite="kha", again=False):
    spoken = sentences(clips(ticket, point, speakers, polite, again))
    return [" ".join(clip.word for clip in sentence) for _, sentence in spoken]


def test_a_call_is_a_chime_then_thai_then_english():
    assert said("A015", 2) == [
        "chime",
        "ขอเชิญหมายเลข เอ ศูนย์ หนึ่ง ห้า ที่จุดบริการที่ สอง ค่ะ",
        "Ticket number A zero one five please proceed to service point two",
    ]


def test_a_repeated_call_says_so():
    assert said("A015", 2, again=True) == [
        "chime",
        "ขอเรียกซ้ำหมายเลข เอ ศูนย์ หนึ่ง ห้า ที่จุดบริการที่ สอง ค่ะ",
        "Calling again, ticket number A zero one five please proceed to service point two",
    ]


def test_the_order_of_speakers_is_the_offices_choice():
    assert [line.split()[0] for line in said("B107", 4, speakers=("en", "th"))] == ["chime", "Ticket", "ขอเชิญหมายเลข"]


def test_a_mans_voice_ends_with_khrap():
    assert said("R230", 7, polite="khrap")[1].endswith("เจ็ด ครับ")


def test_every_speaker_that_a_centre_may_name_has_a_sentence():
    allowed = typing.get_args(typing.get_type_hints(centre.Voice)["speakers"])[0]
    assert set(typing.get_args(allowed)) == set(SENTENCES) == set(OPENINGS)


@pytest.mark.parametrize(
    ("number", "thai", "english"),
    [
        (1, "หนึ่ง", "one"),
        (10, "สิบ", "ten"),
        (11, "สิบ เอ็ด", "eleven"),
        (12, "สิบ สอง", "twelve"),
        (20, "ยี่ สิบ", "twenty"),
        (21, "ยี่ สิบ เอ็ด", "twenty one"),
        (30, "สาม สิบ", "thirty"),
        (99, "เก้า สิบ เก้า", "ninety nine"),
    ],
)
def test_a_point_is_read_as_a_number(number, thai, english):
    assert (" ".join(thai_number(number)), " ".join(english_number(number))) == (thai, english)


def test_a_centre_needs_only_its_own_words():
    words = vocabulary(CENTRE)
    assert " ".join(words["th"]) == (
        "ขอเชิญหมายเลข เอ ศูนย์ หนึ่ง สอง สาม สี่ ห้า หก เจ็ด แปด เก้า ที่จุดบริการที่ ค่ะ บี อาร์ ขอเรียกซ้ำหมายเลข"
    )
    assert set(words) == {"th", "en"}  # the chime needs no pack


def test_no_silence_inside_a_sentence_reaches_400_ms():
    pauses = [clip.pause for _, sentence in sentences(clips("A015", 21, ("th", "en"), "kha")) for clip in sentence[1:]]
    assert max(pauses) < 300


def test_a_kiosk_asks_the_packs_for_its_phrases_its_services_its_letters_and_every_number_it_reads():
    thai, english = kiosk_phrases.vocabulary(CENTRE)["th"], kiosk_phrases.vocabulary(CENTRE)["en"]
    for service in CENTRE.services:
        assert service.name["th"] in thai
        assert service.name["en"] in english
        assert service.prefix in english
    assert {"อาร์", "ยี่", "เอ็ด", "ค่ะ", "กรุณารับบัตรคิว"} <= set(thai)
    assert {"nineteen", "ninety", "Please take your ticket"} <= set(english)
    assert {(clip.language, clip.word) for clip in kiosk_phrases.needed(CENTRE)} == {
        *(("th", word) for word in thai),
        *(("en", word) for word in english),
    }
