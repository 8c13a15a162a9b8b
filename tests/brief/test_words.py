"""Words of probability: the published tables, their edges and gaps, and the lint."""

from __future__ import annotations

import pytest

from offramp.brief.words import (
    TERMS,
    Yardstick,
    confidence_sentence,
    estimate,
    lint,
    sentence,
    word,
    yardstick_table,
)


@pytest.mark.parametrize(
    ("p", "expected"),
    [
        (0.03, "almost no chance"),
        (0.1, "very unlikely"),
        (0.3, "unlikely"),
        (0.5, "roughly even chance"),
        (0.62, "likely"),
        (0.9, "very likely"),
        (0.97, "almost certain"),
    ],
)
def test_icd_203_terms_are_the_directives(p: float, expected: str) -> None:
    assert word(p, "icd203") == expected


@pytest.mark.parametrize(
    ("p", "expected"),
    [
        (0.0, "remote chance"),
        (0.05, "remote chance"),
        (0.15, "highly unlikely"),
        (0.3, "unlikely"),
        (0.45, "realistic possibility"),
        (0.6, "likely"),
        (0.85, "highly likely"),
        (1.0, "almost certain"),
    ],
)
def test_phia_terms_are_the_yardsticks(p: float, expected: str) -> None:
    assert word(p, "phia") == expected


def test_a_number_on_an_icd_edge_takes_the_term_nearer_to_even() -> None:
    edges = [0.05, 0.20, 0.45, 0.55, 0.80, 0.95]
    assert [word(p, "icd203") for p in edges] == [
        "very unlikely",
        "unlikely",
        "roughly even chance",
        "roughly even chance",
        "likely",
        "very likely",
    ]


def test_icd_203_has_no_term_below_one_and_above_ninety_nine_per_cent() -> None:
    assert word(0.004, "icd203") == word(0.996, "icd203") == ""
    assert estimate(0.004, "icd203") == "less than 1 %"
    assert estimate(0.996, "icd203") == "more than 99 %"


def test_a_number_in_a_phia_gap_stands_between_two_terms_with_the_number() -> None:
    assert estimate(0.37, "phia") == "between unlikely and realistic possibility (37 %)"
    assert estimate(0.50, "phia") == "between realistic possibility and likely (50 %)"
    assert estimate(0.78, "phia") == "between likely and highly likely (78 %)"


def test_the_word_belongs_to_the_number_as_printed() -> None:
    assert estimate(0.796, "phia") == "highly likely (80 %)"
    assert estimate(0.1996, "icd203") == "unlikely (20 %)"


def test_a_range_is_printed_with_its_word() -> None:
    assert estimate(0.62, low=0.48, high=0.75) == "likely (62 %; range 48–75 %)"
    with pytest.raises(ValueError, match="does not hold"):
        estimate(0.62, low=0.7, high=0.8)


def test_a_share_outside_zero_and_one_is_refused() -> None:
    with pytest.raises(ValueError, match="not a probability"):
        estimate(62)


@pytest.mark.parametrize("yardstick", ["icd203", "phia"])
def test_what_we_write_never_fails_our_own_lint(yardstick: Yardstick) -> None:
    for k in range(1001):
        text = sentence(k / 1000, "both sign", yardstick, low=k / 1000, high=k / 1000)
        assert lint(text, yardstick) == (), text


@pytest.mark.parametrize(
    "text",
    [
        "A deal is likely (30 %).",
        "A deal is very unlikely, at about 40 %.",
        "There is a 62 % (unlikely) chance of a deal.",
        "A deal is almost certain (60–70 %).",
    ],
)
def test_the_lint_finds_a_word_that_its_number_denies(text: str) -> None:
    assert len(lint(text, "icd203")) == 1


def test_the_lint_finds_terms_of_another_scale() -> None:
    assert "not a term" in lint("A deal is highly likely (85 %).", "icd203")[0].problem
    assert "not a term" in lint("A deal is very likely (85 %).", "phia")[0].problem
    assert "second row" in lint("A deal is highly probable (85 %).", "icd203")[0].problem


def test_likelihood_and_confidence_never_share_a_sentence() -> None:
    assert lint("We judge with high confidence that a deal is likely.")
    apart = "A deal is likely (62 %). " + confidence_sentence("high", "three sources agree")
    assert lint(apart) == ()


def test_everyday_words_are_left_alone() -> None:
    assert lint("Remote villages are likely to hear of it last, in 40 % of cases.") == ()


@pytest.mark.parametrize("yardstick", ["icd203", "phia"])
def test_the_yardstick_is_printed_with_its_citation(yardstick: Yardstick) -> None:
    table = yardstick_table(yardstick)
    assert [row[0] for row in table.rows] == [t.word for t in TERMS[yardstick]]
    assert "20" in table.note
