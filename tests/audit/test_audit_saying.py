"""How the audit words what it found: headlines of settled verdicts, names for ids, marks of one weight."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.audit.audit_crises import reference
from tests.audit.test_audit_answer import SMALL, answer, two_readings
from tests.audit.test_audit_map import found

from offramp.answers._answer import Answer
from offramp.answers._style import FILLS
from offramp.audit import Author, Found, pages, setting_of, verdict
from offramp.audit._pages import follows_words, headline
from offramp.audit._saying import (
    LEAST,
    SORTS,
    cell_text,
    claims_said,
    listed,
    marked,
    number_said,
    sort_of,
    sorted_out,
    tallied,
    verdict_text,
)
from offramp.audit._words import headline_of, reading_words
from offramp.crisis import quantities

MANY = 40


def cell(true: int, of: int = MANY) -> Any:
    truth = np.repeat([1.0, 0.0], [true, of - true])
    return verdict(truth, truth - 0.5)


def made() -> Found:
    """One claim of each sort; ``s`` are structural, and of ``thin`` too few draws were asked."""
    cells = {
        "a": cell(MANY), "s1": cell(MANY), "s2": cell(MANY), "s3": cell(0), "b": cell(0), "c": cell(20),
        "d": cell(32), "thin": cell(8, 8), "e": verdict(np.full(3, np.nan), np.zeros(3), "no such plan"),
    }  # fmt: skip
    author = Author("r", "R", "2025-04-01", tuple(cells), cells, ())
    return Found(
        (author,), {k: ("r", "step", f"Text of {k}.") for k in cells}, ("s1", "s2", "s3"), MANY, MANY, 0,
        "sketch", "draft", 0, 0, (), False, 0,
    )  # fmt: skip


def test_a_headline_counts_settled_verdicts_and_structural_ones_apart() -> None:
    by = sorted_out(made(), made().authors[0])
    assert by == {
        "follows": ["a"], "holds": ["s1", "s2"], "fails": ["s3"], "contradicts": ["b"],
        "undetermined": ["c"], "unsettled": ["d", "thin"], "not asked": ["e"],
    }  # fmt: skip
    assert headline(made(), made().authors[0]) == (
        "“R”: of 8 claims that can be asked, 1 follows from its premises, 2 more hold whatever anybody "
        "assumes, 1 fails whatever anybody assumes, 1 is contradicted, 1 depends on values within its own "
        "ranges and 2 are not settled by these draws"
    )
    assert headline_of(two_readings(), made()) == (
        "Of 8 claims that could be asked, 1 follows from their authors' own premises, 2 more hold whatever "
        "anybody assumes, 1 fails whatever anybody assumes, 1 is contradicted, 1 depends on values within "
        "their authors' own ranges and 2 are not settled by these draws"
    )
    said = follows_words(made(), made().authors[0])
    assert "2 are true whatever anybody assumes: “Text of s1”; “Text of s2”." in said
    assert "“Text of d” (true in 80" in said
    assert "What is so whatever anybody assumes came out the same in every draw" in said
    words = reading_words(two_readings(), made(), made().authors[0])
    assert "of 9 claims, 1 follows, 2 more hold whatever" in words
    assert "1 could not be asked" in words


def test_a_structural_claim_of_few_draws_is_not_settled() -> None:
    few = replace(made(), structural=("thin",))
    assert sort_of(few, few.authors[0], "thin") == "unsettled"
    assert sort_of(few, few.authors[0], "s1") == "follows"


def test_nothing_that_follows_is_said_as_none_and_only_then() -> None:
    assert (
        tallied(counted(holds=1), "", "its") == "none follows and 1 holds whatever anybody assumes"
    )
    assert tallied(counted(unsettled=2), "", "its").startswith("none clearly follows and 2 are")
    assert tallied(counted(follows=2), "here", "its") == "2 follow here"


def counted(**counts: int) -> Counter[Any]:
    return Counter(counts)


def test_counts_of_a_headline_add_up_to_the_claims_asked() -> None:
    for author in found().authors:
        by = sorted_out(found(), author)
        assert sum(len(names) for names in by.values()) == len(author.claims)
        assert list(by) == [sort for sort in SORTS if sort in by]


@pytest.mark.parametrize("true", [0, 1, LEAST - 1])
def test_a_few_draws_are_told_as_a_count_and_never_as_a_verdict(true: int) -> None:
    few = cell(true, LEAST - 1)
    assert cell_text(few) == f"{true} of {LEAST - 1}"
    assert marked(few.word, few.clear, few.share, few.draws) == (cell_text(few), "none")
    assert cell_text(cell(LEAST, LEAST)).startswith("follows, ")


def test_verdicts_differ_by_sign_and_word_and_none_is_darker() -> None:
    told = [marked(c.word, c.clear, c.share, c.draws) for c in (cell(MANY), cell(0), cell(20))]
    assert [text for text, _ in told] == ["+ follows", "− contradicted", "± undetermined"]
    assert len({FILLS[fill] for _, fill in told}) == 1
    assert marked("follows", True, 1.0, MANY, structural=True) == (
        "+ holds whatever is assumed",
        "light",
    )
    assert verdict_text(cell(0), structural=True) == "fails whatever is assumed"
    assert verdict_text(cell(8, 8), structural=True) == "follows, not clearly"
    unsure = cell(32)
    assert marked(unsure.word, unsure.clear, unsure.share, unsure.draws) == ("+ follows?", "none")


def sentences(one: Answer) -> str:
    """Everything that is read as a sentence: words, flips, warnings, titles of charts."""
    charts = [f"{c.title} {c.table.rows}" for c in one.charts]
    return " ".join((one.headline, *one.paragraphs, *one.flips, *one.warnings, *charts))


def test_no_sentence_names_a_claim_or_a_number_by_its_id() -> None:
    paths = {p.path for r in two_readings().readings.values() for p in r.premises}
    for one in (answer(), *pages(two_readings(), found())):
        text = sentences(one)
        assert not re.search(r"(dear|cheap)_\d", text)
        assert not any(path in text for path in paths)
    assert "dear_1" in {row[0] for row in answer().table().rows}, "the table keeps ids"
    assert SMALL.swaps > 0
    assert "“War costs B much”" in sentences(pages(two_readings(), found())[0])


def test_long_lists_are_counted() -> None:
    assert claims_said(made(), ["a", "b"]) == "“Text of a” and “Text of b”"
    assert listed(list("abcd"), "claims") == "a, b, c and d"
    assert listed(list("abcdef"), "numbers", "or") == "a, b, c or 3 other numbers"


def test_a_red_line_that_only_another_date_has_is_named() -> None:
    assert number_said(reference(), "red_lines.old_line.penalty") == "red line old line: penalty"


def test_a_page_rests_on_the_values_of_the_readings_own_crisis() -> None:
    dear = pages(two_readings(), found())[0]
    own = quantities(setting_of(two_readings(), "dear").named)
    file = quantities(two_readings())
    at = {s.path: (float(s.value), s.range) for s in dear.trace().supports}
    assert at["war.cost.B"] == (own["war.cost.B"].value, "0.4 to 0.5")
    assert at["war.cost.B"][0] != file["war.cost.B"].value
    both = {s.path: s for s in answer().trace().supports}["war.cost.B"]
    assert float(both.value) == file["war.cost.B"].value
    assert both.why == (
        "the file's own; “War is dear” has 0.45 (0.4 to 0.5) and “War is cheap” has 0.035 (0.02 to 0.05)"
    )
