"""Fearon (1995): one demand to a side whose cost of war nobody else knows."""

from __future__ import annotations

import time

import numpy as np
import pytest
from tests.oracles.worlds import game, pie

import offramp
from offramp import theory
from offramp.game._states import WAR
from offramp.solution._exact import ExactSolution


def demand(spread, cost_a):
    """A makes one demand to B, whose cost of war is spread as (costs, priors) say."""
    costs, priors = spread
    kinds = {
        f"t{j}": {"name": f"cost {c:.4f}", "prior": float(p), "war_cost": float(c)}
        for j, (c, p) in enumerate(zip(costs, priors, strict=True))
    }
    crisis = pie({"types": kinds, "war": {"cost": {"A": cost_a}}})
    solution = offramp.solve(game(crisis, frozen_beliefs=True), mode="exact")
    assert isinstance(solution, ExactSolution)
    return solution


def uniform(low, high, types=2000):
    middle = low + (high - low) * (np.arange(types) + 0.5) / types
    return middle, np.full(types, 1 / types)


def test_costs_spread_over_0_to_40_percent_bring_a_risky_demand_and_war_in_three_of_eight():
    solution = demand(uniform(0.0, 0.4), cost_a=0.1)
    said = theory.uniform_cost_demand(0.5, 0.1, 0.0, 0.4)
    (offer,) = solution.offers
    assert (offer.month, offer.side) == (0, "A")
    assert 1 - offer.terms[0] == pytest.approx(0.65, abs=1e-3)
    assert 1 - offer.terms[0] == pytest.approx(said.demand, abs=1e-3)
    assert 1 - np.mean(offer.acceptance) == pytest.approx(0.375, abs=1e-3)
    assert solution.futures.regime[1, WAR] == pytest.approx(said.war_probability, abs=1e-3)
    assert solution.opening_a == pytest.approx(0.55625, abs=1e-3)
    assert solution.opening_a == pytest.approx(said.value, abs=1e-3)
    assert offer.value_a == pytest.approx(solution.opening_a, abs=1e-12)


def test_costs_that_are_never_small_bring_the_safe_demand_and_no_war():
    solution = demand(uniform(0.2, 0.4), cost_a=0.1)
    (offer,) = solution.offers
    assert 1 - offer.terms[0] == pytest.approx(0.70, abs=1e-3)
    assert solution.futures.regime[1, WAR] == pytest.approx(0.0, abs=1e-12)


def test_those_who_fight_are_those_to_whom_war_costs_least():
    solution = demand(uniform(0.0, 0.4, types=50), cost_a=0.1)
    acceptance = solution.offers[0].acceptance
    assert list(acceptance) == sorted(acceptance)
    fought = solution.futures.regime_by_type[:, 1, WAR]
    assert fought == pytest.approx(1 - np.array(acceptance), abs=1e-12)


@pytest.mark.parametrize("share_of_tough", [0.2, 0.49, 0.499, 0.501, 0.51, 0.8])
def test_with_two_types_a_demands_more_exactly_while_the_tough_one_is_unlikely(share_of_tough):
    low, high, cost_a = 0.1, 0.4, 0.2
    said = theory.two_type_demand(0.5, cost_a, low, high, share_of_tough)
    solution = demand(((low, high), (share_of_tough, 1 - share_of_tough)), cost_a)
    risky = share_of_tough <= theory.risky_demand_threshold(cost_a, low, high)
    assert 1 - solution.offers[0].terms[0] == pytest.approx(0.9 if risky else 0.6, abs=1e-9)
    assert 1 - solution.offers[0].terms[0] == pytest.approx(said.demand, abs=1e-9)
    assert solution.opening_a == pytest.approx(said.value, abs=1e-9)
    war = share_of_tough if risky else 0.0
    assert solution.futures.regime[1, WAR] == pytest.approx(war, abs=1e-12)


def test_a_tie_between_the_demands_is_broken_towards_acceptance():
    solution = demand(((0.1, 0.4), (0.5, 0.5)), cost_a=0.2)
    assert 1 - solution.offers[0].terms[0] == pytest.approx(0.6, abs=1e-9)


def test_two_thousand_types_take_less_than_two_seconds():
    kinds = {
        f"t{j}": {"name": "t", "prior": 1 / 2000, "war_cost": float(c)}
        for j, c in enumerate(uniform(0.0, 0.4)[0])
    }
    compiled = game(pie({"types": kinds}), frozen_beliefs=True)
    took = []
    for _ in range(2):
        before = time.process_time()
        offramp.solve(compiled, mode="exact")
        took.append(time.process_time() - before)
    assert min(took) < 2.0


def test_exact_mode_refuses_types_that_could_signal():
    kinds = {k: {"name": k, "prior": 0.5} for k in ("low", "high")}
    with pytest.raises(ValueError, match="frozen_beliefs=True"):
        offramp.solve(game(pie({"types": kinds})), mode="exact")
    talking = pie({"types": kinds, "clock": {"recognition": {"A": 0.5, "B": 0.5}}})
    with pytest.raises(ValueError, match="B has types and the initiative"):
        offramp.solve(game(talking, frozen_beliefs=True), mode="exact")
    longer = pie({"types": kinds, "clock": {"horizon_months": 2}})
    with pytest.raises(ValueError, match="there are 2 rounds"):
        offramp.solve(game(longer, frozen_beliefs=True), mode="exact")
