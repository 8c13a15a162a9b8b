"""Labels that take a side are found wherever they stand, and attribution is recognised."""

from __future__ import annotations

import pytest

from offramp.estimation.language import partisan


@pytest.mark.parametrize(
    "text",
    [
        "The Kiev regime refuses.",
        "Putin's regime will fall.",
        "a neo-Nazi government",
        "the special military operation",
        "the terrorist state",
        "An unprovoked war.",
        "Western appeasers",
        "the collective West",
        "Orcs crossed the river",
        "the so-called referendum",
    ],
)
def test_labels_of_either_side_are_found(text: str) -> None:
    [found] = partisan({"here": text})
    assert not found.attributed


@pytest.mark.parametrize(
    "text",
    [
        "The regime of the game is war or ceasefire.",
        "Regimes through time",
        "Russia invaded on a broad front.",
        "The area is occupied.",
        "A search tree; a torch; an orchard.",
        "The aggregate is small.",
    ],
)
def test_plain_words_pass(text: str) -> None:
    assert partisan([("here", text)]) == ()


def test_an_authors_term_in_quotation_marks_is_attributed() -> None:
    [found] = partisan(
        {"n": "The author calls them “the Kiev regime”, which is coded as a perception."}
    )
    assert found.attributed
    [found] = partisan({"n": "“Unprovoked” is the author's term."})
    assert found.attributed


@pytest.mark.parametrize(
    "text",
    [
        "Everybody knows “the Kiev regime”.",
        "The author calls them by name. The Kiev regime refuses.",
        "The author says that the aggressor will go on.",
    ],
)
def test_quotes_without_an_author_or_an_author_without_quotes_do_not_do(text: str) -> None:
    assert [f.attributed for f in partisan({"n": text})] == [False]
