"""Demands and offers in the shadow of war, against grids, roots and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offramp.theory import (
    bargaining_range,
    first_strike_range,
    indivisible_settlements,
    logit_ultimatum,
    peace_survives_first_strike,
    risky_demand_threshold,
    two_type_demand,
    uniform_cost_demand,
)


def expected_share(x, p, c1, low, high):
    """Literal payoff of demanding x when the other side's cost is uniform."""
    refuse = np.clip((x - p - low) / (high - low), 0.0, 1.0)
    return (1.0 - refuse) * x + refuse * (p - c1)


def test_uncertain_resolve_makes_some_wars_worth_risking():
    best = uniform_cost_demand(0.5, 0.1, 0.0, 0.4)
    assert best.demand == pytest.approx(0.65, abs=1e-14)
    assert best.war_probability == pytest.approx(0.375, abs=1e-14)
    assert best.value == pytest.approx(0.55625, abs=1e-14)


def test_a_narrow_range_of_costs_makes_the_safe_demand_best():
    best = uniform_cost_demand(0.5, 0.1, 0.2, 0.4)
    assert best.demand == pytest.approx(0.70, abs=1e-14)
    assert best.war_probability == 0.0
    assert best.value == best.demand


@given(
    p=st.floats(0.05, 0.95),
    c1=st.floats(0.0, 0.5),
    low=st.floats(0.0, 0.3),
    span=st.floats(0.02, 0.6),
)
def test_no_demand_on_a_fine_grid_beats_the_uniform_formula(p, c1, low, span):
    best = uniform_cost_demand(p, c1, low, low + span)
    grid = np.linspace(0.0, 1.0, 4001)
    values = expected_share(grid, p, c1, low, low + span)
    assert values.max() <= best.value + 1e-12
    assert values.max() >= best.value - 2e-3
    assert 0.0 <= best.war_probability <= 1.0
    assert best.demand <= 1.0


def test_a_side_never_demands_more_than_the_pie():
    best = uniform_cost_demand(0.9, 0.0, 0.0, 0.6)
    assert best.demand == 1.0
    assert best.war_probability == pytest.approx(0.1 / 0.6)


def test_risky_demand_pays_until_half_the_opponents_are_resolute():
    assert risky_demand_threshold(0.2, 0.1, 0.4) == pytest.approx(0.5, abs=1e-15)
    assert two_type_demand(0.5, 0.2, 0.1, 0.4, 0.499).demand == pytest.approx(0.9)
    assert two_type_demand(0.5, 0.2, 0.1, 0.4, 0.501).demand == pytest.approx(0.6)


@given(
    p=st.floats(0.0, 1.0),
    c1=st.floats(0.0, 0.5),
    low=st.floats(0.0, 0.3),
    gap=st.floats(0.01, 0.5),
    share=st.floats(0.0, 1.0),
)
def test_two_type_demand_is_the_better_of_its_two_candidates(p, c1, low, gap, share):
    safe, risky = min(1.0, p + low), min(1.0, p + low + gap)
    gamble = (1.0 - share) * risky + share * (p - c1) if risky > safe else -math.inf
    best = two_type_demand(p, c1, low, low + gap, share)
    assert best.value == pytest.approx(max(safe, gamble), abs=1e-12)


def test_logit_responder_meets_the_lambert_offer():
    best = logit_ultimatum(1.0, 0.4, 0.3, 0.05)
    assert best.offer == pytest.approx(0.36532793, abs=5e-9)
    assert best.accept_probability == pytest.approx(0.78693672, abs=5e-9)
    assert best.value == pytest.approx(0.58467207, abs=5e-9)


@given(
    r1=st.floats(-1.0, 1.0),
    r2=st.floats(-1.0, 1.0),
    scale=st.floats(0.02, 2.0),
)
def test_no_offer_on_a_fine_grid_beats_the_lambert_offer(r1, r2, scale):
    best = logit_ultimatum(1.0, r1, r2, scale)
    grid = best.offer + np.linspace(-4.0, 4.0, 2001) * scale
    accept = 1.0 / (1.0 + np.exp(-(grid - r2) / scale))
    values = accept * (1.0 - grid) + (1.0 - accept) * r1
    assert values.max() <= best.value + 1e-12
    assert values[1000] == pytest.approx(best.value, abs=1e-10)
    assert accept[1000] == pytest.approx(best.accept_probability, abs=1e-9)


def test_an_almost_exact_responder_is_offered_its_war_value():
    best = logit_ultimatum(1.0, 0.1, 0.3, 1e-5)
    assert best.offer == pytest.approx(0.3, abs=2e-4)
    assert best.accept_probability > 0.9999
    surplus = (1.0 - 0.1 - 1e-5 - 0.3) / 1e-5
    w = best.accept_probability / (1.0 - best.accept_probability)
    assert w + math.log(w) == pytest.approx(surplus, rel=1e-6)


@given(p=st.floats(0.0, 1.0), c1=st.floats(0.0, 1.0), c2=st.floats(0.0, 1.0))
def test_costly_war_always_leaves_a_bargaining_range(p, c1, c2):
    deals = bargaining_range(p, c1, c2)
    assert deals.exists
    assert deals.width == pytest.approx(c1 + c2, abs=1e-12)


def test_indivisible_issue_can_leave_no_deal():
    assert indivisible_settlements((0.0, 1.0), 0.5, 0.2, 0.2) == ()
    assert indivisible_settlements((0.0, 0.5, 1.0), 0.5, 0.2, 0.2) == (0.5,)


@given(
    c1=st.floats(0.0, 0.3), c2=st.floats(0.0, 0.3), d1=st.floats(0.0, 0.3), d2=st.floats(0.0, 0.3)
)
def test_first_strike_advantages_above_total_cost_end_peace(c1, c2, d1, d2):
    if abs(d1 + d2 - c1 - c2) > 1e-9:
        deals = first_strike_range(0.5, c1, c2, d1, d2)
        assert deals.exists == peace_survives_first_strike(c1, c2, d1, d2)


@pytest.mark.parametrize(
    "call",
    [
        lambda: uniform_cost_demand(1.2, 0.1, 0.0, 0.4),
        lambda: uniform_cost_demand(0.5, -0.1, 0.0, 0.4),
        lambda: uniform_cost_demand(0.5, 0.1, 0.4, 0.4),
        lambda: uniform_cost_demand(math.nan, 0.1, 0.0, 0.4),
        lambda: two_type_demand(0.5, 0.1, 0.4, 0.1, 0.5),
        lambda: logit_ultimatum(1.0, 0.4, 0.3, 0.0),
        lambda: first_strike_range(0.9, 0.1, 0.1, 0.2, 0.0),
        lambda: indivisible_settlements((1.5,), 0.5, 0.1, 0.1),
        lambda: bargaining_range(0.5, math.inf, 0.1),
    ],
)
def test_impossible_wars_are_refused(call):
    with pytest.raises(ValueError, match="must"):
        call()
