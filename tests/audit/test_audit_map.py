"""What makes readings part, and a page per reading: a case whose causes are known, and degenerate ones."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import pytest
from tests.audit.audit_crises import reference
from tests.audit.test_audit_answer import SMALL, two_readings

from offramp.audit import Found, Sizes, found_of, pages
from offramp.audit._map import TOGETHER
from offramp.audit._map_views import cause, map_table, map_words
from offramp.audit._sampling import FULL, QUICK
from offramp.audit._views import answer_of


@cache
def found() -> Found:
    return found_of(two_readings(), sizes=SMALL)


def test_the_number_that_makes_two_readings_part_is_named_and_no_other() -> None:
    """War costs B much for one and little for the other: the cost alone turns both claims."""
    assert {(p.claim, p.author, p.other) for p in found().parted} >= {
        ("dear_1", "dear", "cheap"),
        ("cheap_1", "cheap", "dear"),
    }
    for p in found().parted:
        if p.claim not in ("dear_1", "cheap_1"):
            continue
        turns = {s.path for s in found().swaps if s.claim == p.claim and s.turns}
        assert turns == {"war.cost.B", TOGETHER}
        assert cause(two_readings(), found(), p) == "“war: cost, Borland” alone"
    moved = next(s for s in found().swaps if s.claim == "dear_1" and s.path == "war.cost.B")
    assert (moved.own, moved.given) == pytest.approx((0.45, 0.035))
    assert moved.margin == pytest.approx(0.15)
    assert moved.moved == pytest.approx(0.035 - 0.3)


def test_a_premise_that_has_no_part_in_a_claim_moves_it_by_nothing() -> None:
    still = next(s for s in found().swaps if s.claim == "dear_1" and s.path == "blocs.B.patience")
    assert not still.turns
    assert still.moved == pytest.approx(still.margin, abs=1e-12)


def test_partings_without_a_cause_in_the_premises_say_so() -> None:
    p = next(p for p in found().parted if p.claim == "dear_1")
    none = replace(found(), swaps=tuple(replace(s, turns=False) for s in found().swaps))
    assert "crises of the two dates differ" in cause(two_readings(), none, p)
    same = replace(p, there=p.here)
    assert "agree at central values" in cause(two_readings(), none, same)
    several = replace(
        none,
        swaps=tuple(replace(s, turns=s.path == TOGETHER) for s in none.swaps),
    )
    assert cause(two_readings(), several, p) == "several numbers together, none alone"
    assert "no number" in cause(two_readings(), replace(found(), swaps=()), p)
    assert "cannot be asked" in cause(two_readings(), found(), replace(p, here=None))


def test_one_reading_or_agreement_leaves_no_map() -> None:
    one = found_of(two_readings(), readings=["cheap"], claims=["cheap_1"], sizes=SMALL)
    assert not one.parted
    assert not one.swaps
    assert map_table(two_readings(), one) is None
    assert map_words(two_readings(), one) == ""
    words = pages(two_readings(), one)[0].words()
    assert "only this reading was audited" in words


def test_a_page_says_what_it_claims_what_follows_what_carries_and_how_forecasts_fared() -> None:
    made = pages(two_readings(), found())
    assert [p.name for p in made] == ["audit-dear", "audit-cheap"]
    dear = made[0]
    json.dumps(dear.to_dict(), allow_nan=False)
    text = dear.words()
    for part in ("What it claims", "What follows", "What carries it", "What would change it"):
        assert part in text
    assert "makes none with a date" in text
    assert "1 cannot be put to such a game" in text
    assert "“Always so” came out the same" in text
    assert "(0.035 instead of 0.45) turns “War costs B much”" in text
    assert len(dear.table().rows) == len(dear.data["claims"]) == 5  # type: ignore[index]
    assert not any(word in text.lower() for word in ("aggressor", "state index"))


def test_forecasts_are_scored_only_after_the_fact_and_only_if_asked() -> None:
    crisis = reference()
    few = Sizes(own=2, cross=1, off=2, pairs=1, check=0, spare=0)
    one = found_of(crisis, readings=["time_favours_b"], claims=["c004_1"], sizes=few)
    scored = pages(crisis, one)[0]
    assert "kept sealed from the game" in scored.words()
    assert scored.data["forecasts"]["resolved"] > 0  # type: ignore[index]
    assert "forecasts" in scored.tables[-1].title
    blind = pages(crisis, one, scored=False)[0]
    assert "not scored here" in blind.words()
    assert blind.data["forecasts"] is None  # type: ignore[index]


def test_a_settled_claim_is_left_alone_and_the_answer_says_so() -> None:
    sizes = Sizes(own=24, cross=1, off=2, pairs=6, check=1, first=20, spare=2, swaps=0)
    staged = found_of(two_readings(), readings=["dear"], claims=["dear_1", "dear_2"], sizes=sizes)
    author = staged.author("dear")
    assert staged.first == 20
    assert author.cells["dear_1"].draws == 20, "true in all of 20: settled"
    whole = found_of(
        two_readings(),
        readings=["dear"],
        claims=["dear_1", "dear_2"],
        sizes=replace(sizes, first=0),
    )
    other = whole.author("dear")
    assert other.cells["dear_1"].draws == 24
    assert other.cells["dear_1"].word == author.cells["dear_1"].word
    if author.cells["dear_2"].draws == 24:
        assert author.cells["dear_2"] == other.cells["dear_2"]
    told = " ".join(answer_of(two_readings(), staged).warnings)
    assert "after 20 draws" in told
    assert "points wide" in told


def test_quick_is_a_part_of_full() -> None:
    assert QUICK.first > 0 == FULL.first
    for name in ("own", "cross", "off", "pairs", "check", "spare", "swaps"):
        assert getattr(QUICK, name) < getattr(FULL, name)
    assert FULL.own >= 500
