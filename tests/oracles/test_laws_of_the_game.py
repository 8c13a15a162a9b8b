"""What must hold of every solution, whatever the numbers."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from tests.oracles.worlds import LIVELY, game, lively, pie

import offramp
from offramp.game._states import SETTLED
from offramp.solution._nodes import ACT_NAMES

TYPES = {
    "soft": {"name": "Soft", "prior": 0.6, "war_cost": 0.25, "delay_flow": -0.02},
    "hard": {"name": "Hard", "prior": 0.4, "war_cost": 0.05, "delay_flow": 0.03},
}


SOON = {"horizon_months": 6, "padding_months": 2}


def swapped(pair):
    return {"A": pair["B"], "B": pair["A"]}


def mirrored():
    """The lively war with the names of the sides exchanged."""
    raw = copy.deepcopy(LIVELY)
    war = raw["war"]
    raw["issues"]["pie"]["status_quo"] = 1 - raw["issues"]["pie"]["status_quo"]
    raw["blocs"] = swapped(raw["blocs"])
    raw["clock"]["recognition"] = swapped(raw["clock"]["recognition"])
    war["cost"], war["collapse"] = swapped(war["cost"]), swapped(war["collapse"])
    war["step_favours_b"] = 1 - war["step_favours_b"]
    raw["ladder"]["cost"] = swapped(raw["ladder"]["cost"])
    for contract in raw["contracts"].values():
        contract["terms"]["pie"] = 1 - contract["terms"]["pie"]
    return lively(raw)


@pytest.mark.parametrize("mode", ["logit", "exact"])
def test_exchanging_the_names_of_the_sides_exchanges_their_values(mode):
    one = offramp.solve(game(lively(), offers=6, rungs=1), mode=mode)
    two = offramp.solve(game(mirrored(), offers=6, rungs=1), mode=mode)
    assert two.opening_b[0] == pytest.approx(one.opening_a, abs=1e-10)
    assert two.opening_a == pytest.approx(one.opening_b[0], abs=1e-10)
    assert two.futures.first_deal == pytest.approx(one.futures.first_deal, abs=1e-10)
    assert 0.01 < one.futures.first_deal[-1] <= 1


@pytest.mark.parametrize("mode", ["logit", "exact"])
def test_either_side_pays_alike_for_answering_an_offer_by_attack(mode):
    waiting = {
        "regime": "standoff",
        "standoff": {
            "attackers": ["A", "B"],
            "cost": {"A": 0.3, "B": 0.3},
            "attack_cost": {"A": 0.05, "B": 0.05},
        },
        "clock": {"recognition": {"A": 0.4, "B": 0.4}},
        "blocs": {"A": {"patience": 0.96}, "B": {"patience": 0.96}},
        "issues": {"pie": {"name": "The pie", "status_quo": 0.5, "moves_with_war": True}},
        "war": {"step_favours_b": 0.5, "cost": {"A": 0.1, "B": 0.1}, "collapse": {"A": 0, "B": 0}},
        "contracts": {"short": {"terms": {"pie": 0.5}}},
        "ladder": {"cost": {"A": 0.02, "B": 0.02}},
    }
    solution = offramp.solve(game(lively(waiting), offers=6, rungs=1), mode=mode)
    assert solution.opening_a == pytest.approx(solution.opening_b[0], abs=1e-10)


def half_agreed(types):
    """The lively war in which half of what matters to either side is not in dispute.

    That halves every stake in dispute; costs are halved to match.
    """
    split = {"ideal": 0, "weight": 0.5}
    halves = {
        k: {**v, **{f: v[f] / 2 for f in ("war_cost", "delay_flow")}} for k, v in types.items()
    }
    return lively(
        calm()
        | {
            "issues": {
                "pie": LIVELY["issues"]["pie"],
                "agreed": {"name": "What both want", "status_quo": 0},
            },
            "actors": {
                "a": {"preferences": {"pie": {"ideal": 0, "weight": 0.5}, "agreed": split}},
                "b": {"preferences": {"pie": {"ideal": 1, "weight": 0.5}, "agreed": split}},
            },
            "war": {"cost": {"A": 0.1, "B": 0.075}, "collapse": {"A": 0, "B": 0}},
            "contracts": {"plain": {"terms": {"agreed": 0}}, "short": {"terms": {"agreed": 0}}},
            "types": halves,
            "clock": SOON,
            "settlement": {"binding": False, "breach_cost": 0.01},
        }
    )


def calm():
    """No disaster and no collapse, whose worth is not measured in shares of the pie."""
    rungs = [{**r, "accident": 0} for r in LIVELY["ladder"]["rungs"]]
    return {"ladder": {"rungs": rungs, "cost": {"A": 0.015, "B": 0.01}}}


def test_halving_every_stake_and_doubling_precision_moves_no_decision():
    whole = lively(
        {
            "ladder": {"rungs": calm()["ladder"]["rungs"]},
            "war": {"collapse": {"A": 0, "B": 0}},
            "types": TYPES,
            "clock": SOON,
            "settlement": {"binding": False, "breach_cost": 0.02},
        }
    )
    one = offramp.solve(game(whole, offers=6, rungs=1), precision=6)
    two = offramp.solve(game(half_agreed(TYPES), offers=6, rungs=1), precision=12)
    assert two.futures.acts == pytest.approx(one.futures.acts, abs=1e-7)
    assert two.futures.belief == pytest.approx(one.futures.belief, abs=1e-7)
    assert 2 * (two.opening_a - 0.5) == pytest.approx(one.opening_a, abs=1e-7)
    assert 2 * (np.array(two.opening_b) - 0.5) == pytest.approx(np.array(one.opening_b), abs=1e-7)


@pytest.mark.parametrize("precision", [3, 8, 20])
def test_no_probability_and_no_belief_is_lost(precision):
    crisis = lively({"types": TYPES, "clock": SOON, "settlement": {"binding": False}})
    solution = offramp.solve(game(crisis, offers=6, rungs=1), precision=precision)
    f, prior = solution.futures, solution.game.opening
    assert f.mass_error < 1e-12
    assert f.martingale_error < 1e-12
    assert f.regime.sum(1) == pytest.approx(1, abs=1e-12)
    assert f.acts.sum(1).max() <= 1 + 1e-12
    # Whatever the true type, beliefs move; averaged over types they stay where they were.
    mean = np.einsum("j,tjk->tk", prior, f.belief)
    assert mean == pytest.approx(np.tile(prior, (len(mean), 1)), abs=1e-12)
    assert np.abs(f.belief[-1] - prior).max() > 1e-3
    by_type = np.einsum("j,jtr->tr", prior, f.regime_by_type)
    assert by_type == pytest.approx(f.regime, abs=1e-12)


def test_each_type_is_on_average_believed_in_at_least_as_much_as_at_the_start():
    solution = offramp.solve(game(lively({"types": TYPES}), offers=6))
    for j, prior in enumerate(solution.game.opening):
        assert (solution.futures.belief[:, j, j] >= prior - 1e-12).all()


def test_exact_play_conserves_probability_and_pays_what_it_promises():
    solution = offramp.solve(game(lively(), offers=6, rungs=1), mode="exact")
    assert solution.futures.mass_error < 1e-12
    kinds = {f"t{j}": {"name": "t", "prior": 0.01, "war_cost": 0.004 * j} for j in range(100)}
    screened = offramp.solve(game(pie({"types": kinds}), frozen_beliefs=True), mode="exact")
    assert screened.futures.mass_error < 1e-12
    assert screened.futures.martingale_error < 1e-12
    # One month, then the same for ever: the expected flow after the offer is the value.
    assert screened.futures.flow_a[0] == pytest.approx(screened.opening_a, abs=1e-12)
    assert screened.futures.flow_b[:, 0] == pytest.approx(screened.opening_b, abs=1e-12)


FOUGHT_OUT = {
    "available_to": ["A", "B"],
    "odds_b": 0.5,
    "odds_b_per_step": 0.1,
    "cost": {"A": 0.22, "B": 0.26},
}
WORLDS: dict[str, dict[str, Any]] = {
    "a binding peace": {},
    "a peace that may be broken": {"settlement": {"binding": False, "breach_cost": 0.01}},
    "a war that may be fought out": {"war": {"decisive": FOUGHT_OUT}, "weights": {"fight_out": 1}},
    "a stand-off": {
        "regime": "standoff",
        "standoff": {
            "attackers": ["A", "B"],
            "cost": {"A": 0.3, "B": 0.2},
            "attack_cost": {"A": 0.03, "B": 0.05},
        },
    },
    "a parliament that may refuse": {
        "actors": {"a": {"floor": {"value": 0.48}}},
        "blocs": {"B": {"audience": {"cost": 0.04}}},
    },
}


@pytest.mark.parametrize("world", WORLDS)
def test_exact_play_is_where_ever_more_precise_play_goes(world):
    """With named contracts only, so that no offer lies between points of a grid."""
    more = {f"p{k}": {"name": f"p{k}", "terms": {"pie": k / 20}} for k in range(7, 14)}
    crisis = lively({**WORLDS[world], "contracts": more})
    compiled = game(crisis, offers=0, rungs=1)
    exact = offramp.solve(compiled, mode="exact")
    gaps = []
    for precision in (1e2, 1e4, 1e6):
        logit = offramp.solve(compiled, precision=precision)
        gaps.append(
            max(
                abs(logit.opening_a - exact.opening_a),
                abs(logit.opening_b[0] - exact.opening_b[0]),
            )
        )
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] < 1e-5


def test_one_round_of_screening_in_a_long_war_is_where_ever_more_precise_play_goes():
    """B's types accept, refuse or climb; then the war goes on without talks."""
    kinds = {
        f"t{j}": {
            "name": "t",
            "prior": 0.1,
            "war_cost": 0.02 + 0.03 * j,
            "delay_flow": 0.01 * (j % 3),
        }
        for j in range(10)
    }
    more = {f"p{k}": {"name": f"p{k}", "terms": {"pie": k / 20}} for k in range(5, 14)}
    once = {"protocol": "alternating", "round_months": 18}
    changes = {
        "types": kinds,
        "contracts": more,
        "clock": once,
        "war": {"cost": {"A": 0.02}, "step_favours_b": 0.4},
        "ladder": {**calm()["ladder"], "cost": {"A": 0.0, "B": -0.02}},
    }
    crisis = lively(changes)
    compiled = game(crisis, offers=0, rungs=1, frozen_beliefs=True)
    exact = offramp.solve(compiled, mode="exact")
    logit = offramp.solve(compiled, precision=1e6)
    assert logit.opening_a == pytest.approx(exact.opening_a, abs=1e-5)
    assert logit.opening_b == pytest.approx(exact.opening_b, abs=1e-5)
    assert logit.futures.acts == pytest.approx(exact.futures.acts, abs=1e-5)
    assert logit.futures.regime_by_type == pytest.approx(exact.futures.regime_by_type, abs=1e-5)
    answered = exact.futures.acts[0, ACT_NAMES.index("A's offer answered by escalation")]
    assert 0 < answered < 1
    # With offers between the contracts A can only do better.
    finer = offramp.solve(game(crisis, offers=4, rungs=1, frozen_beliefs=True), mode="exact")
    assert finer.opening_a > exact.opening_a


def test_a_contract_that_both_sides_like_less_than_another_changes_nothing():
    agreed = {"ideal": 0, "weight": 0.3}
    two_issues = {
        "issues": {
            "pie": LIVELY["issues"]["pie"],
            "agreed": {"name": "What both want", "status_quo": 0},
        },
        "actors": {
            "a": {"preferences": {"pie": {"ideal": 0, "weight": 0.7}, "agreed": agreed}},
            "b": {"preferences": {"pie": {"ideal": 1, "weight": 0.7}, "agreed": agreed}},
        },
        "contracts": {"plain": {"terms": {"agreed": 0}}, "short": {"terms": {"agreed": 0}}},
    }
    wasteful = {"name": "Wasteful", "terms": {"pie": 0.5, "agreed": 0.5}}
    more = copy.deepcopy(two_issues)
    more["contracts"]["wasteful"] = wasteful
    one = offramp.solve(game(lively(two_issues), offers=6, rungs=1), mode="exact")
    two = offramp.solve(game(lively(more), offers=6, rungs=1), mode="exact")
    assert two.opening_a == pytest.approx(one.opening_a, abs=1e-12)
    assert two.opening_b == pytest.approx(one.opening_b, abs=1e-12)
    assert two.futures.acts == pytest.approx(one.futures.acts, abs=1e-12)


@pytest.mark.parametrize("mode", ["logit", "exact"])
def test_months_beyond_the_horizon_hardly_matter_for_the_first_ones(mode):
    def opened(padding):
        crisis = lively({"clock": {"horizon_months": 18, "padding_months": padding}})
        return offramp.solve(game(crisis, offers=6), mode=mode)

    one, two = opened(6), opened(12)
    assert two.opening_a == pytest.approx(one.opening_a, abs=0.003)
    assert two.opening_b == pytest.approx(one.opening_b, abs=0.003)
    early = slice(0, 7)
    moved = two.futures.regime[early, SETTLED] - one.futures.regime[early, SETTLED]
    assert np.abs(moved).max() < 0.02
