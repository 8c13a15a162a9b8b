"""Problems print where they are, safely, and say which word was probably meant."""

from __future__ import annotations

import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offramp.crisis._diagnostics import (
    MAX_SHOWN,
    SHOWN_WIDTH,
    CrisisError,
    Problem,
    did_you_mean,
    dotted,
    nearest,
    printable,
)


def test_a_problem_shows_its_place_its_line_a_caret_and_a_suggestion():
    problem = Problem(
        "unknown field `saliense`",
        ("issues", "territory", "saliense"),
        "crisis.yaml",
        line=12,
        column=5,
        suggestion="did you mean `salience`?",
        excerpt="    saliense: 0.25",
    )
    assert str(problem).splitlines() == [
        "crisis.yaml:12:5: unknown field `saliense`",
        "      saliense: 0.25",
        "      ^",
        "  did you mean `salience`?",
    ]


def test_a_problem_of_a_workbook_names_its_cell():
    problem = Problem("not a number", file="case.xlsx", cell="Levers!C7")
    assert str(problem) == "case.xlsx:Levers!C7: not a number"


def test_a_problem_without_a_line_names_its_path():
    problem = Problem("not a share", ("levers", 3, "cost"), "case")
    assert str(problem) == "case: levers[3].cost: not a share"


def test_the_caret_stands_under_its_place_behind_tabs_and_wide_letters():
    excerpt = "\t战争: NaN"
    shown, caret = str(Problem("no number", line=1, column=6, excerpt=excerpt)).splitlines()[1:]
    assert shown == "      战争: NaN"
    assert (
        caret.index("^") == len("      战争: ") + 2
    )  # each of the two letters is two columns wide


def test_a_long_line_is_cut_around_the_caret():
    excerpt = "a" * 5_000 + "HERE" + "b" * 5_000
    shown, caret = str(Problem("long", line=1, column=5_001, excerpt=excerpt)).splitlines()[1:]
    assert len(shown) <= SHOWN_WIDTH + 6
    assert shown[caret.index("^") :].startswith("HERE")
    assert shown.startswith("  … ")
    assert shown.endswith(" …")


def test_a_line_that_fits_is_shown_whole_wherever_the_caret_is():
    excerpt = "x" * SHOWN_WIDTH
    assert f"  {excerpt}\n" in str(Problem("m", line=1, column=SHOWN_WIDTH, excerpt=excerpt))


def test_a_caret_past_the_end_of_its_line_stands_at_the_end():
    assert str(Problem("m", line=1, column=99, excerpt="ab")).splitlines()[2] == "    ^"


HOSTILE = "\x1b]0;owned\x07\x9b31m\u202eevil\r\nfake: ok\x00\ud800"


def test_a_hostile_file_cannot_write_terminal_escapes():
    problem = Problem(
        HOSTILE, (HOSTILE,), HOSTILE, 1, 3, suggestion=HOSTILE, excerpt=HOSTILE, code="x"
    )
    printed = str(CrisisError([problem]))
    assert all(line.isprintable() for line in printed.split("\n"))
    assert len(printed.split("\n")) == 4
    shown = problem.to_dict()
    texts = [shown[key] for key in ("message", "file", "suggestion", "excerpt")]
    assert all(text.isprintable() for text in (*texts, *shown["path"]))


@given(st.text(), st.integers(-5, 50))
def test_no_line_however_odd_breaks_the_caret(excerpt: str, column: int):
    printed = str(Problem("m", line=1, column=column, excerpt=excerpt)).split("\n")
    assert len(printed) == 3
    assert all(line.isprintable() for line in printed)


def test_letters_of_every_script_stay_as_they_are():
    assert printable("Львів, Žilina, 東京, غزة") == "Львів, Žilina, 東京, غزة"


def test_all_problems_are_printed_in_the_order_of_the_file():
    error = CrisisError(
        [
            Problem("third", file="b.yaml", line=2, column=1),
            Problem("second", file="a.yaml", line=10, column=1),
            Problem("first", file="a.yaml", line=9, column=20),
        ]
    )
    assert [problem.message for problem in error.problems] == ["first", "second", "third"]


def test_cells_are_sorted_by_row_and_column_and_not_by_letter():
    cells = ["Levers!AA2", "Levers!B10", "Levers!C2", "Actors!Z9"]
    error = CrisisError(Problem("m", file="c.xlsx", cell=cell) for cell in cells)
    assert [problem.cell for problem in error.problems] == [
        "Actors!Z9",
        "Levers!C2",
        "Levers!AA2",
        "Levers!B10",
    ]


def test_the_same_problem_is_reported_once():
    assert len(CrisisError([Problem("m", line=1), Problem("m", line=1)]).problems) == 1


def test_past_a_hundred_problems_only_their_number_is_said():
    printed = str(CrisisError(Problem("m", line=i) for i in range(1, MAX_SHOWN + 24)))
    assert printed.endswith("\nand 23 more")
    assert printed.count("m") == MAX_SHOWN + 1


def test_an_invalid_crisis_exits_with_3_and_survives_a_trip_to_a_worker():
    error = CrisisError([Problem("m", ("a", 1), "f", 1, 2)])
    assert error.exit_code == 3
    assert pickle.loads(pickle.dumps(error)).problems == error.problems


def test_an_error_without_a_problem_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="at least one problem"):
        CrisisError([])


def test_a_problem_is_plain_json():
    problem = Problem("m", ("a", 1), "f", 1, 2, None, "s", "x" * 9_999, "code")
    plain = json.loads(json.dumps(problem.to_dict()))
    assert plain == problem.to_dict()
    assert plain["path"] == ["a", 1]
    assert len(plain["excerpt"]) < 120


def test_a_path_reads_like_the_file():
    assert dotted(("plans", 2, "stages", 0, "trigger")) == "plans[2].stages[0].trigger"
    assert dotted((1, "a")) == "[1].a"
    assert dotted(()) == ""


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("saliense", "salience"),  # one slip
        ("slaience", "salience"),  # a swap is one slip
        ("SALIENCE", "salience"),
        ("ideal-point", "ideal_point"),
        ("Ideal Point", "ideal_point"),
        ("idealpoint", "ideal_point"),
        ("cost_own", "own_cost"),
        ("stalling", "belief.stalling"),
        ("ceasefire_mon", "ceasefire_months"),
    ],
)
def test_the_nearest_word_is_what_the_writer_meant(word: str, meant: str):
    known = ["salience", "ideal_point", "own_cost", "belief.stalling", "ceasefire_months", "UA"]
    assert nearest(word, known) == meant
    assert did_you_mean(word, known) == f"did you mean `{meant}`?"


@pytest.mark.parametrize("word", ["x", "UK", "hydrocarbons", "", "   ", "e" * 10_000])
def test_no_word_is_forced_on_a_writer_who_meant_something_else(word: str):
    assert nearest(word, ["salience", "ideal_point", "UA", "RU"]) is None
    assert did_you_mean(word, ["salience", "ideal_point", "UA", "RU"]) is None


def test_two_candidates_that_end_alike_are_not_guessed_between():
    assert nearest("delta", ["A.delta", "B.delta"]) is None


@given(st.lists(st.from_regex(r"[a-z_.-]{1,12}", fullmatch=True), min_size=1, max_size=8))
def test_a_known_word_is_its_own_nearest_but_for_dashes_and_underscores(known: list[str]):
    found = nearest(known[-1], known)
    if known[-1].strip("-_"):
        assert found is not None
        assert sorted(found.replace("-", "").replace("_", "")) == sorted(
            known[-1].replace("-", "").replace("_", "")
        )
