"""How loud at which hour, and what centre.toml may say of it."""

import datetime as dt
from pathlib import Path

import pytest
from msgspec.structs import replace

from broker.centre import DEFAULT, CentreError, Quiet, Volume, load
from broker.voice.volume import decibels

RULES = load(DEFAULT).voice
DAY = replace(
    RULES,
    volume=(Volume(dt.time(8), 100), Volume(dt.time(12), 25), Volume(dt.time(17), 50)),
    quiet=(Quiet(dt.time(12, 30), dt.time(13)),),
)


def test_the_shipped_file_speaks_at_full_loudness_all_day() -> None:
    assert {decibels(RULES, dt.time(hour)) for hour in range(24)} == {0.0}


@pytest.mark.parametrize(
    ("at", "gain"),
    [
        ("00:00:00", -10),  # the evening's, until the first hour of the day
        ("07:59:59", -10),
        ("08:00:00", 0),
        ("12:00:00", -20),
        ("12:29:59", -20),
        ("12:30:00", None),
        ("12:59:59", None),
        ("13:00:00", -20),
        ("17:00:00", -10),
    ],
)
def test_an_hour_has_its_loudness_or_silence(at: str, gain: float | None) -> None:
    assert decibels(DAY, dt.time.fromisoformat(at)) == gain


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("volume = [{ from = 08:00:00, percent = 5 }]", "voice.volume[0].percent: 5 is not allowed"),
        ("volume = [{ from = 08:00:00 }]", "voice.volume[0].percent: missing"),
        (
            "volume = [{ from = 12:00:00, percent = 50 }, { from = 08:00:00, percent = 90 }]",
            "voice.volume[1].from: 08:00:00 is not after 12:00:00; hours in the order of the day",
        ),
        ("quiet = [{ from = 13:00:00, to = 12:00:00 }]", "voice.quiet[0].to: 12:00:00 is not after from"),
        (
            "quiet = [{ from = 12:00:00, to = 13:00:00 }, { from = 12:30:00, to = 14:00:00 }]",
            "voice.quiet[1].from: 12:30:00 is before 13:00:00; quiet hours one after another",
        ),
    ],
)
def test_hours_that_make_no_sense_are_told_by_key(tmp_path: Path, line: str, fault: str) -> None:
    file = tmp_path / "centre.toml"
    file.write_text(DEFAULT.read_text("utf-8").replace("[voice]", f"[voice]\n{line}"), "utf-8")
    with pytest.raises(CentreError) as told:
        load(file)
    assert fault in str(told.value)


def test_the_commented_example_of_the_shipped_file_is_valid(tmp_path: Path) -> None:
    file = tmp_path / "centre.toml"
    lines = DEFAULT.read_text("utf-8").replace("# volume =", "volume =").replace("# quiet =", "quiet =")
    file.write_text(lines, "utf-8")
    voice = load(file).voice
    assert (voice.volume[1].percent, voice.quiet[0].begin) == (60, dt.time(12))
