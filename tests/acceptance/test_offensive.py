"""Acceptance: offensives, seriousness, the window, the race, doubling down (rows S43, S45, S47-S49)."""

from __future__ import annotations

from functools import cache

import offramp
from offramp.answers import Answer
from offramp.answers._offensive_choice import Timing, outcomes, timing
from offramp.answers._offensive_front import (
    Board,
    Standing,
    Window,
    board,
    standing,
    sweep,
    sweep_redrawn,
    window,
)
from offramp.answers._offensive_race import race
from offramp.answers._offensive_risk import direction
from offramp.answers.offensive import TOLERATED, offensive
from offramp.crisis import Crisis
from offramp.solution import Solution, neighbours

MONTH = 12


@cache
def crisis() -> Crisis:
    return offramp.load("ukraine-2025")


@cache
def solution(reading: str | None = None) -> Solution:
    return offramp.solve(offramp.compile(crisis(), "status_quo", reading))


@cache
def answer() -> Answer:
    return offensive(solution())


@cache
def swept(reading: str | None) -> tuple[Board, list[Standing], list[Standing]]:
    b = board(solution(reading), MONTH)
    return b, sweep(b), sweep_redrawn(b)[0]


@cache
def error() -> float:
    """What two refinements change in the difference that two steps of gain make to settlement."""
    game = solution().game
    own = _effect(solution())
    refined = [x for x in neighbours(game) if x.name in ("later end", "more offers")]
    assert len(refined) == 2
    return max(abs(_effect(offramp.solve(x.apply(game))) - own) for x in refined)


def _effect(solved: Solution) -> float:
    return standing(solved, MONTH, 2).settled - standing(solved, MONTH, 0).settled


def _at(rows: list[Standing], gain: float) -> Standing:
    return next(x for x in rows if x.gain == gain)


def _windows(reading: str) -> tuple[Window, Window]:
    _, written, redrawn = swept(reading)
    today = _at(written, 0)
    level = today.climbs + TOLERATED
    ahead = [x for x in written if x.gain > 0]
    return window(today, ahead, error(), level), window(today, redrawn, error(), level)


@cache
def _rewarding() -> Solution:
    """The reference crisis where gains do not raise what A holds out for, and a good offensive."""
    changed = offramp.override(
        crisis(),
        {
            "coalition.floor_from_territory": 0.0,
            "war.offensive.outcomes": {"fails": 0.2, "window": 0.8},
        },
    )
    return offramp.solve(offramp.compile(changed, "status_quo"))


def _timing(ready_now: float, ready_after: float, solved: Solution | None = None) -> Timing:
    b = Board(solved or _rewarding(), False, 0, MONTH)
    lottery, _ = outcomes(b.solution.game)
    return timing(b, lottery, ready_now, ready_after)


@cache
def timing_error() -> float:
    """What a later end changes in the spread of what different starts add."""
    refined = next(x for x in neighbours(_rewarding().game) if x.name == "later end")
    later = _timing(0.0, 9.0, offramp.solve(refined.apply(_rewarding().game)))
    own = _timing(0.0, 9.0)
    return max(
        abs((later.a[n] - later.a[own.best]) - (own.a[n] - own.a[own.best])) for n in own.months
    )


def test_S43_a_ramp_makes_the_best_start_an_interior_date() -> None:
    """Ready later with a higher chance, against discounting and a war that may end first."""
    t = _timing(0.0, 9.0)
    assert 0 < t.best < t.months[-1]
    best = t.a[t.best]
    assert best - t.a[0] > 3 * timing_error()
    assert best - t.a[-1] > 3 * timing_error()


def test_S43_without_a_ramp_waiting_only_costs() -> None:
    t = _timing(1.0, 0.0)
    assert t.best == 0
    assert all(later < earlier for earlier, later in zip(t.a, t.a[1:], strict=False))
    assert t.a[0] - t.a[12] > 5 * timing_error()


def test_S43_in_the_reference_case_no_date_is_distinguishable() -> None:
    """Half of a gain is added to what A holds out for, so that ground brings it next to nothing."""
    when = answer().to_dict()["data"]["timing"]
    assert max(when["a"]) - min(when["a"]) < 0.005
    assert "no distinguishable difference" in answer().words()


def test_S45_settlement_rises_with_the_risk_of_failure_for_stalling_and_preparing() -> None:
    found = {x["path"]: x for x in answer().to_dict()["data"]["risks"]}
    collapse = found["war.collapse.B"]
    types = list(crisis().types)
    for name in ("stalling", "preparing"):
        series = collapse["by_type"][types.index(name)]
        assert direction(series, error()) == "rises"
        assert series[-1] - series[0] > 5 * error()


def test_S45_settlement_rises_with_the_cost_of_war() -> None:
    found = {x["path"]: x for x in answer().to_dict()["data"]["risks"]}
    for series in found["war.cost.B"]["by_type"]:
        assert series[-1] - series[0] > 5 * error()
    table = next(t for t in answer().tables if "risk of failure" in t.title)
    assert any("as it grows: rises" in str(row[0]) for row in table.rows)


def test_S47_gains_make_settlement_less_likely_comes_out_otherwise() -> None:
    """Terms as the file names them: no peak at two steps, for contracts keep to today's line."""
    _, written, _ = swept(None)
    fall = _at(written, 0).settled - _at(written, 3).settled
    assert fall > 0.05
    assert fall > 2 * error()
    assert abs(_at(written, 1).settled - _at(written, 0).settled) < 0.03
    assert "There is no window" in answer().headline


def test_S47_too_large_a_gain_makes_B_climb() -> None:
    _, written, _ = swept(None)
    assert _at(written, 3).climbs - _at(written, 2).climbs > 0.2


def test_S47_a_window_opens_for_no_carrots_if_terms_follow_the_front() -> None:
    """Too little below, too far above, about two steps wide; the peak is at one step, not at two."""
    written, redrawn = _windows("no_carrots")
    assert written.low is None
    assert redrawn.low is not None
    assert 1.5 < redrawn.width < 2.6
    assert redrawn.upper.startswith("too far")
    _, today, moved = swept("no_carrots")
    peak = max(moved, key=lambda x: x.settled)
    assert peak.gain == 1
    assert peak.settled - _at(today, 0).settled > 5 * error()
    assert peak.settled - _at(moved, 3).settled > 2 * error()


def test_S47_the_window_of_raise_the_risk_is_no_wider_comes_out_otherwise() -> None:
    _, narrow = _windows("no_carrots")
    _, other = _windows("raise_the_risk")
    assert other.width < narrow.width


def test_S48_production_comes_after_support_goes_and_half_a_year_closes_the_gap() -> None:
    r = race(solution())
    assert r.lever == "prod_ramp"
    assert len(r.gap) >= 3
    assert r.gap[0] == 1
    assert r.by_earlier[6] == 0
    assert r.closes is not None
    assert 0 < r.closes <= 6
    assert all(
        later <= earlier for earlier, later in zip(r.by_earlier, r.by_earlier[1:], strict=False)
    )


def test_S48_slower_production_widens_the_gap() -> None:
    slow = offramp.override(crisis(), {"war.production": 0.004})
    r = race(
        offramp.solve(offramp.compile(slow, "status_quo", resolution="sketch"), kernel="numba")
    )
    fast = race(
        offramp.solve(offramp.compile(crisis(), "status_quo", resolution="sketch"), kernel="numba")
    )
    assert len(r.gap) > len(fast.gap)


def test_S49_carrots_make_B_cut_its_losses_more_often_after_a_setback() -> None:
    found = answer().to_dict()["data"]["reactions"]
    kind, bare = found[-2], found[-1]
    assert kind["carrots"]
    assert not bare["carrots"]
    for with_them, without in zip(kind["cuts"], bare["cuts"], strict=True):
        assert with_them - without > 0.03
    for with_them, without in zip(kind["climbs"], bare["climbs"], strict=True):
        assert without > with_them + 0.005


def test_S49_without_carrots_B_does_not_cut_its_losses_in_about_six_rounds_of_ten() -> None:
    """Stalling and preparing types: it fights on or climbs with .60-.75, but seldom climbs."""
    bare = answer().to_dict()["data"]["reactions"][-1]
    types = list(crisis().types)
    for name in ("stalling", "preparing"):
        j = types.index(name)
        assert 0.58 < bare["climbs"][j] + bare["fights_on"][j] < 0.75


def test_S49_climbing_after_a_setback_is_rare_comes_out_otherwise() -> None:
    """The file judges .60 for doubling down; the game gives a climb a tenth of that, and says so."""
    for found in answer().to_dict()["data"]["reactions"]:
        assert max(found["climbs"]) < 0.15
    assert "is not read by the game" in answer().words()


def test_S49_the_cases_are_listed_and_called_too_few() -> None:
    words = answer().words()
    assert "too few to prove anything" in words
    for month in ("2022-03", "2022-09", "2022-11", "2024-08"):
        assert month in words
