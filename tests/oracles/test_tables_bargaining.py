"""Offers of any size, out of tables: ultimata, offers in turn, and power that shifts."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest

from offramp import theory
from offramp.game import Act, Chance, End, Proposal, from_tables
from offramp.game._tables import State
from offramp.solution import solve_tables

PIE: dict[str, State] = {"all to A": End(1, 0), "all to B": End(0, 1)}


# --- One demand -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pie", "refused_a", "refused_b", "scale"),
    [(1, 0.4, 0.3, 0.05), (1, 0.2, 0.1, 0.3), (5, 0.5, 2, 0.8), (1, 0.1, 0.3, 0.01)],
)
def test_the_best_offer_to_a_logit_responder(pie, refused_a, refused_b, scale):
    """The proposer is exact: the offer is a point between the two ends of the pie."""
    states: dict[str, State] = {
        "offer": Proposal("A", "A keeps all", "B gets all", [Act("refuse", "refused")]),
        "A keeps all": End(pie, 0),
        "B gets all": End(0, pie),
        "refused": End(refused_a, refused_b),
    }
    solution = solve_tables(from_tables(states, "offer"), (np.inf, 1 / scale))
    said = theory.logit_ultimatum(pie, refused_a, refused_b, scale)
    assert 0 < said.offer < pie
    assert pie * solution.proposal("offer") == pytest.approx(said.offer, abs=1e-6)
    assert solution.chance("offer", "accept") == pytest.approx(said.accept_probability, abs=1e-6)
    assert solution.value("A", "offer") == pytest.approx(said.value, abs=1e-6)


def test_the_printed_ultimatum():
    said = theory.logit_ultimatum(1, 0.4, 0.3, 0.05)
    assert said.offer == pytest.approx(0.36532793, abs=1e-8)
    states: dict[str, State] = {
        "offer": Proposal("A", "all to A", "all to B", [Act("refuse", "refused")]),
        "refused": End(0.4, 0.3),
        **PIE,
    }
    solution = solve_tables(from_tables(states, "offer"), (np.inf, 20.0))
    assert solution.proposal("offer") == pytest.approx(0.36532793, abs=1e-6)
    assert solution.chance("offer", "accept") == pytest.approx(0.78693672, abs=1e-6)
    assert solution.value("A", "offer") == pytest.approx(0.58467207, abs=1e-6)


def screened(p, cost_a, costs, priors):
    names = [f"t{k}" for k in range(len(costs))]
    fought = {n: float(1 - p - c) for n, c in zip(names, costs, strict=True)}
    states: dict[str, State] = {
        "demand": Proposal("A", "all to B", "all to A", [Act("fight", "war")]),
        "war": End(p - cost_a, fought),
        **PIE,
    }
    types = dict(zip(names, (float(q) for q in priors), strict=True))
    return solve_tables(from_tables(states, "demand", types=types), mode="exact")


@pytest.mark.parametrize(
    ("p", "cost_a", "low", "high"),
    [(0.5, 0.1, 0, 0.4), (0.4, 0.05, 0.02, 0.3), (0.5, 0.1, 0.2, 0.4)],
)
def test_one_demand_to_a_side_whose_cost_of_war_is_uniform(p, cost_a, low, high):
    costs = low + (high - low) * (np.arange(500) + 0.5) / 500
    solution = screened(p, cost_a, costs, np.full(500, 1 / 500))
    said = theory.uniform_cost_demand(p, cost_a, low, high)
    assert solution.proposal("demand") == pytest.approx(said.demand, abs=1e-3)
    assert solution.reach("war") == pytest.approx(said.war_probability, abs=2e-3)
    assert solution.value("A", "demand") == pytest.approx(said.value, abs=1e-3)


@pytest.mark.parametrize("tough", [0.3, 0.49, 0.51, 0.8])
def test_two_types_are_screened_exactly_while_the_tough_one_is_unlikely(tough):
    solution = screened(0.5, 0.2, [0.1, 0.4], [tough, 1 - tough])
    said = theory.two_type_demand(0.5, 0.2, 0.1, 0.4, tough)
    assert solution.proposal("demand") == pytest.approx(said.demand, abs=1e-12)
    assert solution.reach("war") == pytest.approx(said.war_probability, abs=1e-12)
    assert solution.chance("demand", "fight", "t1") == 0


# --- Offers in turn -----------------------------------------------------------------------------


def in_turn(rounds, discount, refusing=(0.0, 0.0), at_end=(0.0, 0.0), leave_b=None, broken=None):
    """A proposes first; a refusal pays ``refusing`` to both and hands the initiative over."""
    onward = {"A": "B proposes", "B": "A proposes"}
    states: dict[str, State] = dict(PIE)
    sides: tuple[Literal["A"], Literal["B"]] = ("A", "B")
    for side in sides:
        pays = {"a": refusing[0], "b": refusing[1]}
        if broken is None:
            answers = [Act("refuse", onward[side], later=True, **pays)]
        else:
            answers = [Act("refuse", f"talks after {side}", **pays)]
            states[f"talks after {side}"] = Chance(
                {"broken off": broken[0], f"resumed after {side}": 1 - broken[0]}
            )
            states[f"resumed after {side}"] = Chance({onward[side]: 1}, later=True)
        if side == "A" and leave_b is not None:
            answers.append(Act("leave", "left"))
        ends = ("all to B", "all to A") if side == "A" else ("all to A", "all to B")
        states[f"{side} proposes"] = Proposal(side, *ends, answers, at_end=at_end)
    if leave_b is not None:
        states["left"] = End(0, leave_b)
    if broken is not None:
        states["broken off"] = End(*broken[1])
    game = from_tables(states, "A proposes", periods=rounds, discount=discount)
    return solve_tables(game, mode="exact")


@pytest.mark.parametrize("rounds", [1, 2, 5, 40])
@pytest.mark.parametrize("delta", [0.6, 0.9])
def test_finitely_many_rounds(rounds, delta):
    solution = in_turn(rounds, delta)
    share = theory.finite_horizon_share(delta, rounds)
    assert solution.value("A", "A proposes") == pytest.approx(share, abs=1e-10)
    assert solution.proposal("A proposes") == pytest.approx(share, abs=1e-10)
    assert solution.chance("A proposes", "accept") == 1


@pytest.mark.parametrize("discount", [(0.9, 0.8), (0.8, 0.9), (0.95, 0.5)])
def test_unequal_patience(discount):
    solution = in_turn(400, discount)
    share = theory.rubinstein_share(*discount)
    assert solution.value("A", "A proposes") == pytest.approx(share, abs=1e-10)
    if discount == (0.9, 0.8):
        assert solution.value("A", "A proposes") == pytest.approx(0.71428571, abs=1e-8)


@pytest.mark.parametrize(
    ("discount", "flows"), [((0.9, 0.8), (0.1, -0.2)), ((0.9, 0.9), (-0.3, 0.2))]
)
def test_what_each_side_has_while_they_disagree(discount, flows):
    pays = tuple((1 - d) * f for d, f in zip(discount, flows, strict=True))
    solution = in_turn(400, discount, refusing=pays)
    share = theory.inside_option_share(*discount, *flows)
    assert solution.value("A", "A proposes") == pytest.approx(share, abs=1e-10)


@pytest.mark.parametrize("outside", [0.2, 0.47, 0.48, 0.6])
def test_an_outside_option_has_no_effect_until_it_binds(outside):
    solution = in_turn(400, 0.9, leave_b=outside)
    share = theory.outside_option_share(0.9, outside)
    assert solution.value("A", "A proposes") == pytest.approx(share, abs=1e-10)
    assert solution.chance("A proposes", "leave") == 0


@pytest.mark.parametrize("costs", [(0.1, 0.05), (0.05, 0.1), (0.3, 0.2)])
def test_fixed_costs_of_delay(costs):
    solution = in_turn(200, 1.0, refusing=(-costs[0], -costs[1]))
    share = theory.fixed_cost_share(*costs)
    assert solution.value("A", "A proposes") == pytest.approx(share, abs=1e-10)


@pytest.mark.parametrize(("chance", "fallback"), [(0.1, (0.2, 0.3)), (0.4, (0.0, 0.5))])
def test_talks_that_may_collapse(chance, fallback):
    solution = in_turn(400, 1.0, at_end=fallback, broken=(chance, fallback))
    share = theory.breakdown_share(chance, *fallback)
    assert solution.value("A", "A proposes") == pytest.approx(share, abs=1e-10)


def test_a_noisy_proposer_of_any_point_is_refused():
    states: dict[str, State] = {
        "offer": Proposal("A", "all to A", "all to B", [Act("refuse", "war")]),
        "war": End(0.4, 0.4),
        **PIE,
    }
    with pytest.raises(ValueError, match="needs a proposer that plays best responses"):
        solve_tables(from_tables(states, "offer"), 20.0)


# --- Power that shifts ---------------------------------------------------------------------------


def fights(p_now, p_next, costs, delta):
    """The rising side B shares out today's pie; tomorrow the declining side A shares out the rest.

    Tomorrow's proposer is A: the best that A can hope for. B then accepts what it could lock in by
    fighting at tomorrow's odds. A accepts today or fights at today's odds.
    """
    stream = 1 / (1 - delta)
    states: dict[str, State] = {
        "today": Proposal(
            "B", "A gets nothing today", "A gets today's pie", [Act("fight", "war today")]
        ),
        "A gets nothing today": Chance({"tomorrow": 1}, later=True, flow_b=1),
        "A gets today's pie": Chance({"tomorrow": 1}, later=True, flow_a=1),
        "war today": End(p_now * stream - costs[0], (1 - p_now) * stream - costs[1]),
        "tomorrow": Proposal(
            "A", "all to B", "all to A", [Act("fight", "war tomorrow")], at_end=(0, 0)
        ),
        "all to A": End(stream, 0),
        "all to B": End(0, stream),
        "war tomorrow": End(p_next * stream - costs[0], (1 - p_next) * stream - costs[1]),
    }
    solution = solve_tables(from_tables(states, "today", periods=2, discount=delta), mode="exact")
    return solution.reach("war today") > 0.5


@pytest.mark.parametrize(
    ("p_now", "costs", "delta"), [(0.7, (1, 1), 0.9), (0.8, (0.5, 1.5), 0.9), (0.6, (2, 1), 0.95)]
)
def test_war_begins_where_the_lock_ins_exceed_what_there_is(p_now, costs, delta):
    low, high = 0.0, p_now
    assert fights(p_now, low, costs, delta)
    assert not fights(p_now, high, costs, delta)
    while high - low > 1e-8:
        middle = (low + high) / 2
        low, high = (middle, high) if fights(p_now, middle, costs, delta) else (low, middle)
    said = theory.shift_threshold(p_now, costs[0], costs[1], delta)
    assert low == pytest.approx(said, abs=1e-6)
    if (p_now, delta) == (0.7, 0.9):
        assert low == pytest.approx(0.45555556, abs=1e-6)
