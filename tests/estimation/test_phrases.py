"""Phrases and the ranges that published scales give them."""

from __future__ import annotations

import pytest

from offramp.brief.words import SECOND_ROW, TERMS, Yardstick
from offramp.estimation import UnknownPhrase, meaning, meanings
from offramp.estimation.phrases import OPEN, SCALES, found_in, phrases


@pytest.mark.parametrize("scale", ["icd203", "phia"])
def test_the_two_offices_scales_are_those_that_briefs_are_written_with(scale: Yardstick) -> None:
    """One table in two places stays one table."""
    here = {p.words: (round(100 * p.low), round(100 * p.high)) for p in phrases(scale)}
    there = {t.word: (round(t.low), round(t.high)) for t in TERMS[scale]}
    if scale == "icd203":
        there |= {w: (a, b) for w, a, b in SECOND_ROW}
    else:
        there["probable"] = there["likely"]
    assert here == there


def test_scales_disagree_about_the_same_word() -> None:
    found = {p.scale: (p.low, p.high) for p in meanings("likely")}
    assert found == {"icd203": (0.55, 0.80), "phia": (0.55, 0.75), "ipcc": (0.66, 1.00)}


def test_kent_gave_probable_three_quarters_give_or_take_an_eighth() -> None:
    probable = meaning("Probably", "kent")
    assert (probable.low, probable.middle, probable.high) == pytest.approx((0.63, 0.75, 0.87))


@pytest.mark.parametrize("words", sorted(OPEN))
def test_words_that_exclude_nothing_get_no_range(words: str) -> None:
    with pytest.raises(UnknownPhrase, match="not excluded"):
        meanings(words)


def test_an_unknown_phrase_is_refused_with_what_is_near() -> None:
    with pytest.raises(UnknownPhrase, match="did you mean “very likely”"):
        meanings("verry likely")


def test_a_term_of_one_scale_is_refused_on_another_with_the_scale_that_has_it() -> None:
    with pytest.raises(UnknownPhrase, match="phia has it"):
        meaning("a realistic possibility", "icd203")
    assert meaning("a realistic possibility.", "phia").low == 0.40


@pytest.mark.parametrize("scale", list(SCALES))
def test_phrases_of_a_scale_rise_from_unlikely_to_likely(scale: str) -> None:
    lows = [p.low for p in phrases(scale)]  # type: ignore[arg-type]
    assert lows == sorted(lows)
    assert all(0 <= p.low < p.high <= 1 for p in phrases(scale))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The author calls it likely.", ("likely",)),
        ("Very unlikely, then; almost certainly not.", ("very unlikely", "almost certainly not")),
        ("It is not likely.", ()),
        ("Held to be possible.", ("possible",)),
        ("A likelihood, likelier than most.", ()),
    ],
)
def test_phrases_are_found_in_a_text_unless_negated(text: str, found: tuple[str, ...]) -> None:
    assert found_in(text) == found


def test_the_month_of_may_is_no_word_of_probability():
    assert found_in("Written in May 2025: likely by 3 May.") == ("likely",)
    assert found_in("It may come") == ("may",)
    assert found_in("May well come") == ("may",)
