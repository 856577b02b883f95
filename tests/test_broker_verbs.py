"""What stands before the options of a program: known, listed, or answered with the nearest."""

from __future__ import annotations

import pytest

from broker import node
from broker.centre import DEFAULT
from broker.verbs import Verb, dispatch, listed

VERBS = {
    "summary": Verb(len, "a day's figures"),
    "voice say": Verb(lambda argv: 10 + len(argv), "a call"),
    "voice check": Verb(lambda argv: 20, "are all words there?"),
}


@pytest.mark.parametrize(
    ("said", "code"),
    [("summary", 0), ("summary --day x", 2), ("voice say A015 2", 12), ("", None), ("--state x", None)],
)
def test_a_verb_is_given_what_follows_it_and_without_one_the_program_is_its_node(said, code):
    assert dispatch("khiu-hall", VERBS, said.split()) == code


@pytest.mark.parametrize(
    ("said", "nearest"),
    [("sumary", "summary"), ("voice sya", "voice say"), ("voice", "voice say"), ("check", "voice check")],
)
def test_a_word_that_is_no_verb_is_answered_with_all_of_them_the_nearest_first(said, nearest, capsys):
    assert dispatch("khiu-hall", VERBS, said.split()) == 2
    first, *lines = capsys.readouterr().err.splitlines()
    assert f"'{said}' is none of its verbs" in first
    assert lines[0].startswith(f"  khiu-hall {nearest} ")
    assert all(any(f" {verb} " in line for line in lines) for verb in VERBS)


def test_the_help_of_verbs_of_two_words_is_their_list(capsys):
    assert dispatch("khiu-screen", VERBS, ["voice", "--help"]) == 0
    told = capsys.readouterr().out
    assert "voice say" in told
    assert "summary" not in told


def test_the_help_of_a_node_lists_its_verbs_and_what_each_does():
    told = node.options("khiu-hall", "The hall.", VERBS).format_help()
    assert listed("khiu-hall", VERBS) in told
    assert "  khiu-hall voice say    a call\n" in told


def test_a_command_that_only_reads_takes_the_shipped_centre_where_none_is_installed_and_leaves_no_folder(
    tmp_path, monkeypatch
):
    monkeypatch.delenv("KHIU_CENTRE", raising=False)
    monkeypatch.setattr(node, "INSTALLED", tmp_path / "none")
    given = node.questions("khiu-hall summary", "").parse_args(["--state", str(tmp_path / "state")])
    assert given.centre == DEFAULT
    assert node.from_options("hall", given, reads=True).state == tmp_path / "state"
    assert list(tmp_path.iterdir()) == []
