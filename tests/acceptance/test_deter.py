"""Rows S22, S24, S25, S32, S33, S41, S42, S66 and S72 on the reference crisis, through the public answer."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from tests.answers.answer_crises import reference, solved, yaml_of
from tests.game.small_crises import TINY, small

import offramp
from offramp.answers import Answer
from offramp.answers._deter_force import losses, tolerance
from offramp.answers._deter_guarantee import Hold, holds
from offramp.answers._deter_reserve import Reserve, reserve
from offramp.answers._deter_risk import exposure
from offramp.answers._deter_runs import Solver, recompiled, solved_of, sweep_grid
from offramp.answers._deter_steps import gain_of, threatened
from offramp.answers.deter import deter
from offramp.crisis import load
from offramp.solution import Check, Refinement, check_of, neighbours
from offramp.solution._nodes import B_HELD, B_UP, b_moves

CAP = 0.01
"""A cap between the riskiest plan of the reference crisis and the rest."""


@cache
def answer() -> Answer:
    """The status quo of the reference crisis, against a cap of one in a hundred."""
    return deter(solved(), cap=CAP)


def data() -> dict[str, Any]:
    """Its raw figures."""
    found: dict[str, Any] = answer().to_dict()["data"]
    return found


@cache
def checks() -> tuple[Check, ...]:
    """Two refinements of the status quo: finer beliefs and a finer front, or what stands for them."""
    base = solved()
    chosen: list[Refinement] = [x for x in neighbours(base.game) if x.counts][:2]
    found = []
    for x in chosen:
        other = offramp.solve(x.apply(base.game))
        pair = (base.headline(12), other.headline(12))
        found.append(check_of(x, *pair, other.futures.unsolved_mass))
    return tuple(found)


def error(metric: str) -> float:
    """Largest change of a figure under the refinements tried."""
    return max(abs(c.change(metric)) for c in checks())  # type: ignore[arg-type]


@cache
def pledge(contract: str = "plan_a_deal") -> Hold:
    """How the guarantee of a contract holds B under the status quo."""
    return next(h for h in holds(solved_of(solved()), 12) if h.id == contract)


def rules(name: str) -> dict[str, Any]:
    """A row of the table of engagements."""
    found: dict[str, Any] = next(
        e for e in data()["engagement"]["rules"] if name.lower() in e["rules"].lower()
    )
    return found


# --- S22: the backstop ---------------------------------------------------------------------------


def test_S22_backstop_deters_and_its_token_has_a_price() -> None:
    """Response .45 -> .65: dearer breach, fewer probes, half the attacks; what a token forgoes is printed."""
    backstop = data()["backstop"]
    assert backstop["response"] == pytest.approx([0.45, 0.65])
    without, with_it = pledge(), pledge("plan_a_backstop")
    assert (with_it.margin - without.margin > 0.1).all()
    probe = [rules(n)["taken"][0] for n in ("robust", "US support in reserve")]
    assert probe[0] - probe[1] > 0.01
    assert backstop["incident_hazard"][1] < 0.7 * backstop["incident_hazard"][0]
    assert backstop["price_of_a_token"] > 2 * max(0.005, error("value_a"))
    assert "token backstop forgoes" in answer().words()


def test_S22_life_of_the_deal_itself_comes_out_otherwise() -> None:
    """Solved in full the deal does not live longer at .65 than at .45: at .45 B waits for A to leave it
    first, at .65 A stays, and the type that prepares breaks it. From .10 to .45 it does live longer."""
    found = data()["backstop"]["survives"]["preparing"]
    assert found[1] < found[0] - max(0.05, error("settled"))
    grid = sweep_grid(solved())
    weak = offramp.override(reference(), {"guarantees.force.response": 0.10})
    [poor] = Solver(solved(), None, 1).solve([recompiled(solved(), grid, weak)], "weak")
    lives = next(h for h in holds(poor, 12) if h.id == "plan_a_deal").survives
    assert (lives < np.array([v[0] for v in data()["backstop"]["survives"].values()]) - 0.05).all()


# --- S24: rules of engagement --------------------------------------------------------------------


def test_S24_force_that_may_not_fire_deters_probes_no_better_than_the_UN_option() -> None:
    held, un = rules("may not fire"), rules("UN soldiers")
    assert held["taken"][0] >= un["taken"][0] + 0.05
    assert held["margin"][0] <= un["margin"][0]


def test_S24_robust_rules_deter_probes_and_add_accident_risk() -> None:
    held, robust = rules("may not fire"), rules("robust")
    assert robust["taken"][0] < held["taken"][0] - 0.3
    assert robust["risk_a_year"][0] > 5e-4 > held["risk_a_year"][0] == 0


# --- S25: link to a wider guarantee --------------------------------------------------------------


def test_S25_link_trades_deterrence_against_a_backer_that_stays() -> None:
    link = data()["link"]
    k = link["aversion"].index(1.0)
    assert link["stay"][k][0] > link["stay"][k][-1] + 0.1
    assert link["response"][k][0] < link["response"][k][-1] - 0.05
    assert link["entrapped"][k][0] == 0 < link["entrapped"][k][-1]


def test_S25_best_link_lies_inside_for_a_backer_that_minds_much() -> None:
    link = data()["link"]
    best = dict(zip(link["aversion"], link["best"], strict=True))
    assert best[0.0] == 1.0
    assert 0.1 < best[4.0] < 0.9
    row = link["response"][link["aversion"].index(4.0)]
    assert max(row) > max(row[0], row[-1]) + 0.02


# --- S32 and S33: losses -------------------------------------------------------------------------


def test_S32_fifty_deaths_and_a_tolerance_of_a_quarter() -> None:
    """The chance that fewer than three remain is reported; it falls with fewer deaths."""
    found = data()["losses"]
    assert (found["deaths"], found["tolerance"], found["fewest"]) == (50, 0.25, 3)
    assert 0.2 < found["fewer_apart"] < found["fewer_together"] < 0.95
    fewer = losses(reference(), pledge(), deaths=10)
    assert fewer is not None
    assert fewer.apart < found["fewer_apart"] - 0.2
    assert "After 50 deaths" in answer().words()


def test_S32_backstop_halves_the_hazard_of_an_attack() -> None:
    only = offramp.override(reference(), {"events.hostages.hazard": 0.0})
    found = losses(only, pledge())
    assert found is not None
    assert found.by_year is not None
    year = -np.log(1 - found.by_year)
    assert year[1] / year[0] == pytest.approx([0.5, 0.5], abs=0.02)


def test_S33_tolerance_at_which_the_pledge_stops_deterring() -> None:
    at = data()["tolerance"]["threshold"]
    assert at["sincere"] == at["stalling"] == 0
    assert 0.01 < at["preparing"] < 0.25
    for shift, sign in ((-0.02, -1), (0.02, 1)):
        found = tolerance(reference(), pledge(), tolerance=at["preparing"] + shift)
        assert found is not None
        assert sign * found.margin[2] > 1e-3


# --- S41: reciprocal threats ---------------------------------------------------------------------


@cache
def calculator(benefit: float, cost: float, credibility: float) -> dict[str, Any]:
    """The reciprocal threat of the reference crisis's numbers, on a sketch of a small crisis."""
    game = offramp.compile(small(), resolution=TINY)
    found = deter(
        offramp.solve(game), benefit=benefit, cost=cost, credibility=credibility, plans=()
    )
    reciprocal: dict[str, Any] = found.to_dict()["data"]["reciprocal"]
    return reciprocal


def test_S41_critical_credibility() -> None:
    base = reference().blocs["A"].threat_credibility.value
    assert base == 0.45
    cheap = calculator(0.05, 0.12, base)
    assert list(cheap["critical"].values()) == pytest.approx([0.05 / 0.17] * 2)
    assert all(cheap["deters"].values())
    for credibility in (base, 0.65):
        dear = calculator(0.11, 0.05, credibility)
        assert list(dear["critical"].values()) == pytest.approx([0.6875] * 2)
        assert not any(dear["deters"].values())


def test_S41_at_the_critical_credibility_the_solved_game_is_indifferent() -> None:
    """One type that gains g by attacking: a threat of g + L carried out with g / (g + L) leaves the odds of
    attacking and holding at their prior weights."""
    plain = yaml_of(small(**{"regime": "standoff", "weights.escalate": 0.3}))
    plain["types"] = {"weary": {**plain["types"]["weary"], "prior": 1.0, "attack_gain": 0.2}}
    plain["plans"] = {"idle": plain["plans"]["idle"]}
    solution = offramp.solve(offramp.compile(load(plain), resolution=TINY))
    own = solved_of(solution)
    gain, extra = float(gain_of(own)[0]), 0.12
    assert gain > 0.01
    critical = gain / (gain + extra)
    game = threatened(own.game, critical * (gain + extra))
    row = np.flatnonzero(game.acts.states == own.first)
    out = b_moves(game, own.today, solution.values.precision, row, game.opening[None], True)
    assert out.branches is not None
    up, held = (float(out.branches.chance[out.branches.act == a].sum()) for a in (B_UP, B_HELD))
    assert up / held == pytest.approx(game.weights.escalate[1] / game.weights.hold, rel=1e-9)


# --- S42: weapons reach --------------------------------------------------------------------------


@cache
def reach_under_plan_b() -> dict[str, Any]:
    """What deep-reaching weapons are worth beside plan B, by rung."""
    found: dict[str, Any] = deter(solved("plan_b"), plans=()).to_dict()["data"]["reach"]
    return found


def test_S42_weapons_reach_flips_its_sign_at_some_accident_hazard() -> None:
    found = reach_under_plan_b()
    assert found["lever"] == "long_range"
    assert found["disaster"] == sorted(found["disaster"])
    assert found["disaster"][-1] > found["disaster_without"] + 0.02
    clear = max(0.005, error("value_a"))
    assert found["gain_a"][-2] > clear
    assert found["gain_a"][-1] < -clear
    assert found["hazard"][-2] < found["flips"][-1] < found["hazard"][-1]


def test_S42_accident_risk_at_first_serves_A_comes_out_otherwise() -> None:
    """Expected: odds gained against risk run, a gain that falls in the hazard throughout. In the solved game
    the odds are not worth the lever's cost, and the risk, which B runs too, is what brings A a gain."""
    found = data()["reach"]
    clear = max(0.005, error("value_a"))
    assert found["gain_a"][0] < clear
    assert found["gain_a"][-2] > found["gain_a"][0] + clear
    assert found["gain_b"] == sorted(found["gain_b"], reverse=True)


# --- S66: nobody controls the ladder -------------------------------------------------------------


def test_S66_every_plan_has_a_risk_with_a_band() -> None:
    plans = data()["plans"]
    assert set(plans) == set(reference().plans)
    assert all(p["low"] < p["disaster"] < p["high"] for p in plans.values())


def test_S66_plan_above_the_cap_is_flagged_not_hidden() -> None:
    plans = data()["plans"]
    over = {k for k, p in plans.items() if p["disaster"] > CAP}
    assert over == {k for k, p in plans.items() if p["above_cap"]}
    assert "sticks_only" in over
    assert plans["sticks_only"]["disaster"] > CAP + 2 * max(0.0005, error("disaster"))
    assert "status_quo" not in over
    name = reference().plans["sticks_only"].name
    assert name in answer().headline
    assert any(name in w and "above the cap" in w for w in answer().warnings)
    shown = next(t for t in answer().tables if t.title.startswith("Accident risk by plan"))
    words = {r["plan"]: r["cap"] for r in shown.records()}
    assert len(words) == len(reference().plans)
    assert str(words[name]).startswith("ABOVE")


def test_S66_risk_adds_up_by_source_to_the_chance_of_disaster() -> None:
    risk, exact = data()["risk"], solved().futures.regime[:25, 7]
    assert np.abs(np.array(risk["disaster"]) - exact).max() < 1e-12
    parts = np.sum(list(risk["source"].values()), axis=0)
    assert np.abs(parts - exact).max() < 1e-12
    assert risk["source"]["step above it"][12] > 5e-4


def test_S66_band_at_fixed_conduct_is_near_the_game_solved_at_the_high_hazards() -> None:
    """Conduct answers risk: solved again, sides avoid some of what the band with conduct held shows."""
    from offramp.answers._deter_risk import with_hazards

    base = solved()
    high = offramp.solve(offramp.compile(with_hazards(reference(), "high"), "status_quo"))
    again = exposure(high, solved_of(high), 12, band=False).disaster[12]
    held = exposure(base, solved_of(base), 12).high[12]
    assert again < held
    assert again > 0.3 * held


# --- S72: moves kept in hand ---------------------------------------------------------------------


def of(side: str) -> dict[str, Any]:
    """The irreversible move of a side."""
    found: dict[str, Any] = next(r for r in data()["reserves"] if r["side"] == side)
    return found


@cache
def annexation(gain: float) -> Reserve:
    """B's move kept in hand, worth ``gain`` to it beyond the game."""
    base = solved()
    grid = sweep_grid(base)
    solver = Solver(base, None, 3)
    [own] = solver.solve([recompiled(base, grid)], "the plan")
    return reserve(base, own, solver, grid, "B", "annex_recognise", gain)


def test_S72_move_is_kept_while_the_talks_are_worth_more_than_the_boundary() -> None:
    for side, lever, metric in (
        ("A", "frozen_assets", "value_a"),
        ("B", "annex_recognise", "value_b"),
    ):
        found = of(side)
        assert found["lever"] == lever
        assert found["boundary"] is not None
        assert found["talks"] > found["boundary"] + max(0.005, error(metric))
        assert found["used"] < found["talks"]


def test_S72_move_is_used_once_the_talks_are_worth_less_than_the_boundary() -> None:
    """A gain of .05 that the game does not contain lifts the boundary above what the talks are worth."""
    kept, used = annexation(0.0), annexation(0.05)
    assert kept.boundary is not None
    assert used.boundary is not None
    clear = max(0.005, error("value_b"))
    assert used.boundary == pytest.approx(kept.boundary + 0.05, abs=0.01)
    assert used.talks < used.boundary - clear
    assert used.used > used.talks + clear


def test_S72_after_use_the_range_shrinks_for_good() -> None:
    assert of("A")["off_the_table"] == ["armed_freeze"]
    room = annexation(0.0).room
    assert room[1] < room[0] - 0.003
    assert room[1] < 0 < room[0]
