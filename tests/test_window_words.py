"""Thai is shaped in the window as HarfBuzz shapes it elsewhere."""

from pathlib import Path

from thai_words import CLOSE, WORDS, compare, faults


def test_every_hard_word_is_drawn_as_pillow_sets_it(tmp_path: Path) -> None:
    likeness = compare("Thai", "Loma", tmp_path / "sheet.png")
    assert set(likeness) == set(WORDS)
    assert faults(likeness) == []


def test_a_window_that_is_not_told_the_script_is_found_out(tmp_path: Path) -> None:
    wrong = faults(compare("Latin", "Loma", tmp_path / "sheet.png"))
    assert {fault.split(":")[0] for fault in wrong} == set(CLOSE)
