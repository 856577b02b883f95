"""The English pack, heard by a recogniser: a small seeded part of what `make thai` measures."""

from __future__ import annotations

import numpy as np
import pytest
from recogniser import DIGITS, PREFIXES, Call, Recogniser, Score, calls, spoken

from broker.voice.pack import Voice
from broker.voice.sound import RATE


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser(PREFIXES)


def test_ticket_and_point_are_read_back_from_announcements(recogniser: Recogniser, voice: Voice) -> None:
    score = recogniser.score(voice, calls(5, PREFIXES, 9, seed=3))
    assert (score.tickets, score.points, score.openings) == (5, 5, 5), score.confused


def test_a_digit_taken_for_another_is_heard_as_that_other(recogniser: Recogniser, voice: Voice) -> None:
    """So that the recogniser could say no: A123 swapped for A321 in the air is not read as A123."""
    score = Score()
    score.add(Call("A123", 2, False), recogniser.hear(spoken(voice, Call("A321", 2, False))))
    assert (score.tickets, score.points) == (0, 1)
    assert score.confused == {("one", "three"): 1, ("three", "one"): 1}


def test_a_silenced_ticket_is_not_read_back(recogniser: Recogniser, voice: Voice) -> None:
    call = Call("R745", 6, False)
    sound = spoken(voice, call)
    sound[int(0.9 * RATE) : int(3.0 * RATE)] = 0
    score = Score()
    score.add(call, recogniser.hear(sound))
    assert score.tickets == 0
    assert np.all([digit in DIGITS for digit in call.words[1:4]])
