"""The first sentences of page 1: two ranges told apart, confidence, and settlements without a range today."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from tests.brief.brief_sample import sample_brief
from tests.ensembles.ensemble_crises import TINY, starter

import offramp
from offramp.answers import Answer, Comparison, compare
from offramp.answers._answer import Trace
from offramp.answers._futures_stories import regime_words
from offramp.brief._bottom import (
    Spread,
    bottom_line,
    bridge_words,
    confidence,
    points,
    spread_of,
)
from offramp.brief.words import lint
from offramp.game._states import SETTLED
from offramp.solution import Solution


def answer(
    name: str, data: dict[str, Any], headline: str = "It is so", grid: str = "tiny"
) -> Answer:
    settings = (("resolution", grid),)
    return Answer(name, "?", headline, (), (), (), Trace("", settings=settings), data=data)


@cache
def compared() -> Comparison:
    return compare(starter(), resolution=TINY, workers=1)


@cache
def solved() -> Solution:
    return offramp.solve(offramp.compile(starter(), resolution=TINY))


DRAWN = [None, *np.linspace(0.0, 1.0, 101).tolist()]


def sample(plan: str = "status_quo", month: int = 12, grid: str = "tiny") -> Answer:
    return answer("sensitivity", {"plan": plan, "draws": {f"settled_{month}": DRAWN}}, grid=grid)


def test_the_spread_is_that_of_the_draws_of_this_plan_and_month() -> None:
    found = spread_of((sample(grid="sketch"),), "status_quo", 12, "draft")
    assert found is not None
    assert (found.low, found.middle, found.high) == pytest.approx((0.05, 0.5, 0.95))
    assert (found.draws, found.coarser) == (101, True)
    assert spread_of((sample(),), "status_quo", 12, "tiny") == replace(found, coarser=False)
    assert spread_of((sample(),), "pressure", 12, "tiny") is None
    assert spread_of((sample(month=6),), "status_quo", 12, "tiny") is None
    assert spread_of((answer("discover", {}), answer("sensitivity", {})), "x", 12, "tiny") is None


def lines(spread: Spread | None, bridge: str = "") -> tuple[str, ...]:
    about = (answer("leverage", {}, "Delay costs A"), answer("deal", {}, "No deal today"))
    c = compared()
    return bottom_line(c, *about, next(iter(c.own)), "icd203", spread, bridge)


def test_both_ranges_stand_beside_the_chance_and_say_what_they_run_over() -> None:
    p = compared().own["status_quo"].at("settled", compared().month)
    wide = Spread(max(0.0, p - 0.3), p + 0.2, min(1.0, p + 0.3), 71, True)
    first = lines(wide)[0]
    assert "runs over precision and the grid, with every input at its central value" in first
    assert f"from {100 * wide.low:.0f}" in first
    assert "in nine of ten of 71 draws. Their middle" in first
    assert "coarser grid" in first
    assert "coarser grid" not in lines(replace(wide, coarser=False))[0]
    assert "Their middle" not in lines(replace(wide, middle=p))[0]
    assert "draws" not in lines(None)[0]
    assert not lint(first)


def test_confidence_leaves_no_input_out_where_draws_are_at_hand() -> None:
    c = compared()
    assert "not over the inputs" in confidence(c.crisis, c)
    said = confidence(c.crisis, c, Spread(0.15, 0.43, 0.88, 71, True))
    assert "not over the inputs" not in said
    assert "leave open is 73 points" in said
    assert not lint(said)


def test_wide_draws_keep_confidence_low_whatever_the_band(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offramp.brief._bottom.MOSTLY", 0.0)
    c = compared()
    crisis = c.crisis.model_copy(
        update={
            "sources": {
                k: s.model_copy(update={"kind": "data"}) for k, s in c.crisis.sources.items()
            }
        }
    )
    narrow = SimpleNamespace(own=c.own, settled_range=lambda _: (0.40, 0.41))
    whole = Spread(0.1, 0.4, 0.9, 9, False)
    levels = [
        " is low" in confidence(crisis, cast(Any, narrow), s)
        for s in (None, replace(whole, low=0.4, high=0.45), whole)
    ]
    assert levels == [False, False, True]


def test_the_deal_is_said_once_on_page_1() -> None:
    brief = sample_brief(bottom_line=("No deal today.",), deal_range="No deal today.", answers=())
    assert brief.range_line == ""
    page = brief.to_html()
    assert page.count("No deal today.") == 1
    assert brief.summary(90).count("No deal today.") == 1
    assert sample_brief(deal_range="Another sentence.").range_line == "Another sentence."


def bridge(inside: dict[str, list[list[str]]], settled: dict[str, float], month: int = 12) -> str:
    game = solved().game
    name = regime_words(game, SETTLED)
    deals = answer("deal", {"months": [0, 6, 12, 18], "range": inside})
    told = answer("futures", {"regimes_by_type": {t: {name: [x] * 19} for t, x in settled.items()}})
    return bridge_words(game, deals, told, month)


def test_settlements_without_a_range_today_are_counted_by_type_and_dated() -> None:
    game = solved().game
    one, two = game.types
    belief = dict(zip(game.types, game.opening.tolist(), strict=True))
    never: list[list[str]] = [[], [], [], []]
    today = [["x"], [], [], []]
    same = {one: 0.4, two: 0.4}
    said = bridge({one: today, two: never}, same)
    assert said.startswith("Of the 40 points of the chance of a settlement at month 12, ")
    assert f", {points(0.4 * belief[two])} come from types of Borland" in said
    assert "none opens by month 12" in said
    assert bridge({one: never, two: never}, same).startswith("All of the chance")
    late = bridge({one: never, two: [[], [], ["x"], []]}, same)
    name = game.crisis.types[two].name.lower()
    assert f"one opens by month 12 if the type is “{name}”" in late
    assert "none opens by month 6" in bridge({one: never, two: [[], [], ["x"], []]}, same, 6)
    assert "by months 6 to 12, and" in bridge(
        {one: [[], ["x"], [], []], two: [[], [], ["x"], []]}, same
    )


def test_nothing_is_bridged_where_ranges_are_open_or_nothing_is_settled() -> None:
    one, two = solved().game.types
    today = [["x"], [], [], []]
    never: list[list[str]] = [[], [], [], []]
    assert bridge({one: today, two: today}, {one: 0.4, two: 0.4}) == ""
    assert bridge({one: never, two: never}, {one: 0.0, two: 0.0}) == ""


def test_the_bridge_reads_what_the_answers_found() -> None:
    """From the answers of a solved game: its share is that of the types without a range."""
    s = offramp.solve(
        offramp.compile(offramp.override(starter(), {"war.cost.B": 0.05}), resolution=TINY)
    )
    deals, told = offramp.deal(s, parts=False), offramp.futures(s)
    said = bridge_words(s.game, deals, told, 12)
    data: Any = deals.data
    closed = [j for j, t in enumerate(s.game.types) if not data["range"][t][0]]
    by_type = s.futures.regime_by_type[:, 12, SETTLED]
    without = float(sum(s.game.opening[j] * by_type[j] for j in closed))
    assert len(closed) == 1
    assert f", {points(without)} come from types" in said
    assert f"Of the {points(float(s.futures.regime[12, SETTLED]))} of" in said


def test_points_are_no_per_cent() -> None:
    assert [points(x) for x in (0.0, 0.001, 0.01, 0.02)] == [
        "0 points",
        "less than a point",
        "1 point",
        "2 points",
    ]
