"""Gains on the ground: positions, window, lottery, timing, race; crises without most of them."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from tests.answers.answer_crises import reference, solved, starter, yaml_of
from tests.solution.certificates import certificate, check

import offramp
from offramp.answers import Answer
from offramp.answers._offensive_choice import (
    carrots,
    kindest,
    outcomes,
    reaction,
    timing,
    without_carrots,
)
from offramp.answers._offensive_front import (
    Board,
    Standing,
    after,
    again,
    board,
    gains,
    place,
    redrawn,
    standing,
    sweep,
    window,
)
from offramp.answers._offensive_race import gained, race
from offramp.answers._offensive_risk import direction
from offramp.answers.offensive import offensive
from offramp.crisis import Crisis
from offramp.game._resolution import named
from offramp.solution import Solution


@cache
def sketched() -> Solution:
    """A sketch without the ladder."""
    grid = named("sketch").with_(name="sketch", rungs=0)
    return offramp.solve(offramp.compile(reference(), resolution=grid), kernel="numba")


@cache
def answered() -> Answer:
    return offensive(sketched())


@cache
def starter_answered() -> Answer:
    return offensive(offramp.solve(offramp.compile(starter(), resolution="sketch")))


def _row(gain: float, settled: float, climbs: float) -> Standing:
    return Standing(gain, settled, climbs, 0.0, 0.0, 0.0, 0.0, 0.5, (0.5,), np.nan)


def test_no_gain_is_the_solved_game() -> None:
    solution = sketched()
    today = standing(solution, 12, 0)
    assert today.settled == pytest.approx(float(solution.futures.first_deal[12]), abs=1e-12)
    assert today.value_a == pytest.approx(solution.opening_a, abs=1e-12)
    assert today.value_b == pytest.approx(solution.opening_b, abs=1e-12)
    assert place(solution.game, 0) == solution.game.start


def test_a_gain_of_A_is_a_position_nearer_its_aims() -> None:
    """B is worse off after every step that A gains; the front reads nearer A's aims."""
    game = sketched().game
    assert "towards Ukraine" in game.state_name(place(game, 1))
    values = [standing(sketched(), 6, g).value_b for g in (-1, 0, 1, 2)]
    for j in range(len(game.types)):
        assert all(x[j] > y[j] for x, y in itertools.pairwise(values))
    with pytest.raises(ValueError, match="outside the positions"):
        place(game, 9)


def test_terms_redrawn_for_no_gain_are_the_same_crisis() -> None:
    game = sketched().game
    same = offramp.solve(again(game, redrawn(game, 0), game.resolution), kernel="numba")
    assert same.opening_a == pytest.approx(sketched().opening_a, abs=1e-9)
    assert same.futures.first_deal[12] == pytest.approx(sketched().futures.first_deal[12], abs=1e-9)


def test_terms_redrawn_move_only_what_stands_at_todays_line() -> None:
    crisis = reference()
    moved = redrawn(sketched().game, 2)
    assert moved.contracts["armed_freeze"].terms["territory"] == pytest.approx(0.30)
    assert (
        moved.contracts["imposed"].terms["territory"]
        == crisis.contracts["imposed"].terms["territory"]
    )
    assert moved.issues["territory"].status_quo == pytest.approx(0.30)
    assert moved.actors["UA"].floor is not None
    floor = crisis.actors["UA"].floor
    assert floor is not None
    assert moved.actors["UA"].floor.value.value > floor.value.value


def test_too_large_a_gain_mixes_in_a_climb() -> None:
    b = board(solved(), 12)
    assert b.extended == 1
    assert gains(b.solution.game) == [-3, -2, -1, 0, 1, 2, 3]
    calm = after(b.solution, 12, 3, 0.0)
    surely = after(b.solution, 12, 3, 1.0)
    half = after(b.solution, 12, 3, 0.5)
    assert surely.climbs > calm.climbs + 0.5
    assert half.climbs == pytest.approx((calm.climbs + surely.climbs) / 2, abs=1e-12)
    assert after(b.solution, 12, 2, 1.0) == after(b.solution, 12, 2, 0.0)


def test_a_grid_without_a_ladder_says_that_escalation_cannot_be_read() -> None:
    assert sketched().game.layout.sizes[1] == 1
    assert any("keeps no step up the ladder" in x for x in answered().warnings)


def test_the_window_lies_between_too_little_and_too_far() -> None:
    """S rises from .3 to .5 and B climbs .1 more a step: from .5 steps to 2 steps."""
    ahead = [_row(1, 0.4, 0.2), _row(2, 0.5, 0.3), _row(3, 0.6, 0.8)]
    w = window(_row(0, 0.3, 0.1), ahead, least=0.05, level=0.3)
    assert w.low == pytest.approx(0.5, abs=0.01)
    assert w.high == pytest.approx(2.0, abs=0.01)
    assert w.width == pytest.approx(1.5, abs=0.02)
    assert w.best == pytest.approx(2.0, abs=0.01)
    assert w.upper.startswith("too far: B climbs")


def test_a_window_that_no_gain_opens_is_empty_with_its_reason() -> None:
    flat = window(_row(0, 0.3, 0.1), [_row(1, 0.31, 0.1)], least=0.05, level=0.3)
    assert flat.low is None
    assert flat.width == 0
    assert "no likelier" in flat.lower
    wild = window(_row(0, 0.3, 0.1), [_row(1, 0.6, 0.9)], least=0.05, level=0.0)
    assert wild.low is None
    assert wild.upper == "B climbs too often"
    assert window(_row(0, 0.3, 0.1), [], 0.05, 0.3).low is None


def test_outcomes_are_those_of_the_file_and_unknown_words_are_refused_or_left_out() -> None:
    game = board(sketched(), 12).solution.game
    lottery, said = outcomes(game)
    assert sum(o.chance for o in lottery) == pytest.approx(1.0)
    assert {o.name: o.read_at for o in lottery}["too_far"] == 3
    assert not said
    short, remarks = outcomes(sketched().game)
    assert {o.name: o.read_at for o in short}["too_far"] == 2
    assert "read at 2" in remarks[0]
    with pytest.raises(ValueError, match="no outcome 'glory'"):
        outcomes(game, {"glory": 2})
    odd = offramp.override(reference(), {"war.offensive.outcomes": {"glory": 0.4, "fails": 0.6}})
    other = offramp.compile(odd, resolution="sketch")
    assert outcomes(other)[0] == ()
    assert "glory" in outcomes(other)[1][0]
    assert len(outcomes(other, {"glory": 2})[0]) == 2


def test_a_file_without_outcomes_uses_the_chance_of_success() -> None:
    bare = offramp.override(reference(), {"war.offensive.outcomes": {}})
    lottery, _ = outcomes(offramp.compile(bare, resolution="sketch"))
    assert {o.name: o.chance for o in lottery} == pytest.approx({"fails": 0.65, "success": 0.35})


def test_starting_at_once_adds_the_expected_step_in_value() -> None:
    """D(0) written out from the values of the positions."""
    b = board(sketched(), 12)
    lottery, _ = outcomes(b.solution.game)
    at = {x.gain: x for x in sweep(replace(b, months=1))}
    calm = {g: standing(b.solution, 1, g).value_a for g in at}
    expected = sum(o.chance * (calm[o.read_at] - calm[0]) for o in lottery)
    t = timing(b, lottery, ready_now=1.0, ready_after=0.0)
    assert t.a[0] == pytest.approx(expected, abs=1e-9)
    assert t.at_war[0] == 1.0
    half = timing(b, lottery, ready_now=0.5, ready_after=4.0)
    assert half.a[0] == pytest.approx(expected / 2, abs=1e-9)
    assert half.a[6] == pytest.approx(t.a[6], abs=1e-12)
    with pytest.raises(ValueError, match="readiness"):
        timing(b, lottery, ready_now=1.5)


def test_taking_carrots_out_leaves_the_sticks() -> None:
    crisis = reference()
    bare = without_carrots(crisis, crisis.plans["sticks_relief"])
    used = {use.lever for s in bare.stages for use in s.on}
    assert "hydrocarbon_stop" in used
    assert not used & carrots(crisis)
    assert bare.relief.comply == crisis.relief.defy
    assert kindest(crisis, "status_quo") == "order_talks"
    assert kindest(starter(), "pressure") is None


def test_a_reaction_is_a_distribution() -> None:
    solution = sketched()
    found = reaction(solution, "x", solution.game.plan)
    assert found is not None
    for parts in zip(found.climbs, found.fights_on, found.cuts, strict=True):
        assert sum(parts) == pytest.approx(1.0)
        assert min(parts) >= 0


def test_production_contracted_earlier_is_the_same_curve_moved() -> None:
    crisis = reference()
    months = np.arange(25)
    now, then = (gained(crisis, "prod_ramp", months, e) for e in (0, 6))
    without = gained(crisis, None, months, 0)
    assert (now - without)[6:][:13] == pytest.approx((then - without)[:13])
    assert now[6] == pytest.approx(without[6])
    assert (now - without)[24] == pytest.approx(0.04)
    with pytest.raises(KeyError, match="no lever"):
        race(sketched(), "trebuchets")


def test_directions_need_more_than_the_least_difference() -> None:
    assert direction((0.1, 0.2, 0.3), 0.05) == "rises"
    assert direction((0.3, 0.2), 0.05) == "falls"
    assert direction((0.1, 0.3, 0.2), 0.05) == "rises and falls"
    assert direction((0.1, 0.12), 0.05) == "makes no distinguishable difference"


def test_the_answer_round_trips_through_json() -> None:
    plain = json.loads(json.dumps(answered().to_dict(), allow_nan=False))
    assert [x["gain"] for x in plain["data"]["positions"]] == [-3, -2, -1, 0, 1, 2, 3]
    assert plain["data"]["window"]["width"] >= 0
    assert 3 <= len(answered().paragraphs) <= 6
    for chart in answered().charts:
        assert chart.table.rows
    names = {c.name for c in answered().charts}
    assert {"gains", "gains_redrawn", "race", "setback", "wait_or_go"} == names


def test_differences_below_the_error_are_not_worded_as_such() -> None:
    told = offensive(sketched(), certificate=certificate(check(size=0.9)))
    assert "no distinguishable difference" in told.headline
    assert "makes no distinguishable difference to its value" in told.words()


def test_a_crisis_without_an_offensive_reads_positions_alone() -> None:
    told = starter_answered()
    assert json.dumps(told.to_dict(), allow_nan=False)
    assert "no offensive" in told.words()
    assert told.to_dict()["data"]["timing"] is None
    assert told.to_dict()["data"]["lottery"] is None


def test_a_front_that_does_not_move_is_said() -> None:
    data = yaml_of(starter())
    data["war"]["reach"] = 0
    data["clock"]["horizon_months"] = 1
    still = offramp.solve(offramp.compile(Crisis.model_validate(data), resolution="sketch"))
    told = offensive(still)
    assert json.dumps(told.to_dict(), allow_nan=False)
    assert "does not move" in told.headline
    assert 2 <= len(told.paragraphs) <= 6


def test_a_heavy_game_is_swept_coarser_and_says_so() -> None:
    from offramp.answers import _offensive_front as front

    assert front.sweep_grid(offramp.compile(reference(), resolution="standard")).name == "draft"
    assert front.sweep_grid(sketched().game).name == "sketch"
    assert isinstance(board(sketched(), 12), Board)


def test_an_exact_solution_is_refused() -> None:
    with pytest.raises(ValueError, match="logit"):
        offensive(replace(sketched(), mode="exact"))
