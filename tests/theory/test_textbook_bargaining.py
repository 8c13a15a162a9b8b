"""Alternating and random offers, against literal backward induction and fixed points."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offramp.theory import (
    baron_ferejohn,
    breakdown_share,
    finite_horizon_share,
    fixed_cost_share,
    inside_option_share,
    leverage_values,
    leverage_weight,
    outside_option_share,
    rubinstein_share,
    sanction_leverage,
)

patience = st.floats(0.05, 0.97)


def play_backwards(rounds, accept_1, accept_2):
    """First proposer's share when ``accept_i(own later share)`` is what i must be given."""
    ahead = None
    for t in range(rounds - 1, -1, -1):
        if t % 2 == 0:
            ahead = 1.0 - (0.0 if ahead is None else accept_2(1.0 - ahead))
        else:
            ahead = 0.0 if ahead is None else accept_1(ahead)
    return ahead


def test_more_patient_rival_gets_more():
    assert rubinstein_share(0.9, 0.8) == pytest.approx(0.71428571, abs=5e-9)
    assert rubinstein_share(0.9, 0.95) < rubinstein_share(0.9, 0.8)


@given(d1=patience, d2=patience)
def test_long_alternating_offers_converge_to_the_stationary_share(d1, d2):
    share = play_backwards(2001, lambda x: d1 * x, lambda y: d2 * y)
    assert rubinstein_share(d1, d2) == pytest.approx(share, abs=1e-10)


@given(delta=st.floats(0.0, 1.0), rounds=st.integers(1, 30))
def test_finite_horizon_share_is_backward_induction(delta, rounds):
    share = play_backwards(rounds, lambda x: delta * x, lambda y: delta * y)
    assert finite_horizon_share(delta, rounds) == pytest.approx(share, abs=1e-12)


def test_five_rounds_give_the_first_proposer_most_of_the_pie():
    assert finite_horizon_share(0.9, 5) == pytest.approx(0.8371, abs=1e-12)


def test_a_side_that_gains_from_delay_gets_more():
    assert inside_option_share(0.9, 0.8, 0.1, -0.2) == pytest.approx(0.88571429, abs=5e-9)
    assert inside_option_share(0.9, 0.8, 0.0, 0.0) == pytest.approx(rubinstein_share(0.9, 0.8))


@given(d1=patience, d2=patience, b1=st.floats(0.0, 0.5), b2=st.floats(0.0, 0.5))
def test_inside_options_are_backward_induction_with_flows(d1, d2, b1, b2):
    share = play_backwards(
        2001, lambda x: (1.0 - d1) * b1 + d1 * x, lambda y: (1.0 - d2) * b2 + d2 * y
    )
    assert inside_option_share(d1, d2, b1, b2) == pytest.approx(share, abs=1e-9)


def test_patient_sides_split_the_surplus_over_their_inside_options():
    share = inside_option_share(1.0 - 1e-9, 1.0 - 1e-9, 0.3, 0.1)
    assert share == pytest.approx(0.3 + (1.0 - 0.4) / 2.0, abs=1e-7)


def test_an_outside_option_matters_only_once_it_binds():
    assert outside_option_share(0.9, 0.6) == pytest.approx(0.4, abs=1e-15)
    assert outside_option_share(0.9, 0.3) == pytest.approx(rubinstein_share(0.9, 0.9))


@given(delta=patience, outside=st.floats(0.0, 0.9))
def test_outside_option_share_is_backward_induction_with_an_exit(delta, outside):
    share = play_backwards(2001, lambda x: delta * x, lambda y: max(delta * y, outside))
    assert outside_option_share(delta, outside) == pytest.approx(share, abs=1e-9)


def test_the_cheaper_waiter_takes_all_and_the_dearer_one_its_rivals_cost():
    assert fixed_cost_share(0.05, 0.1) == 1.0
    assert fixed_cost_share(0.1, 0.05) == 0.05


def test_fixed_costs_are_backward_induction_over_a_long_horizon():
    for c1, c2 in ((0.05, 0.1), (0.1, 0.05)):
        share = play_backwards(
            2001, lambda x, c=c1: max(x - c, 0.0), lambda y, c=c2: max(y - c, 0.0)
        )
        assert fixed_cost_share(c1, c2) == pytest.approx(share, abs=1e-9)


@given(q=st.floats(0.02, 1.0), f1=st.floats(0.0, 0.5), f2=st.floats(0.0, 0.5))
def test_risk_of_breakdown_is_backward_induction_with_a_lottery(q, f1, f2):
    share = play_backwards(3001, lambda x: q * f1 + (1.0 - q) * x, lambda y: q * f2 + (1.0 - q) * y)
    assert breakdown_share(q, f1, f2) == pytest.approx(share, abs=1e-8)


ROUNDS, DELTA = 60, 0.95


def example_flows():
    return [(0.2, -0.1 if t <= 10 else -0.4) for t in range(ROUNDS)]


def test_whoever_loses_less_from_delay_gets_more():
    values = leverage_values(example_flows(), (0.4, 0.6), DELTA)
    assert values == pytest.approx((0.61535647, 0.38464353), abs=5e-9)


@given(
    flows=st.lists(
        st.tuples(*[st.floats(-0.5, 0.33)] * 3),
        min_size=1,
        max_size=25,
    ),
    weights=st.tuples(*[st.floats(0.1, 1.0)] * 3),
    delta=st.floats(0.0, 0.99),
)
def test_leverage_is_the_discounted_average_of_flow_advantages(flows, weights, delta):
    pi = np.array(weights) / sum(weights)
    b = np.array(flows)
    w = np.array([leverage_weight(delta, t) for t in range(len(b))])
    closed = (w[:, None] * (b + pi * (1.0 - b.sum(axis=1, keepdims=True)))).sum(axis=0)
    closed = closed + delta ** len(b) * pi
    values = leverage_values(flows, tuple(pi), delta)
    assert values == pytest.approx(tuple(closed), abs=1e-10)
    assert sum(values) == pytest.approx(1.0, abs=1e-10)


def test_sanctioning_the_stronger_proposer_can_lower_the_senders_share():
    assert sanction_leverage(0.1, 0.2, 0.4, DELTA, ROUNDS) == pytest.approx(0.01907860, abs=5e-9)
    assert sanction_leverage(0.1, 0.12, 0.4, DELTA, ROUNDS) == pytest.approx(-0.01144716, abs=5e-9)


@given(s_a=st.floats(0.0, 1.0), s_b=st.floats(0.0, 1.0), pi=st.floats(0.0, 1.0))
def test_sanction_leverage_is_the_difference_of_two_bargains(s_a, s_b, pi):
    before = leverage_values([(0.0, 0.0)] * 20, (pi, 1.0 - pi), 0.9)
    after = leverage_values([(-s_a, -s_b)] * 20, (pi, 1.0 - pi), 0.9)
    assert sanction_leverage(s_a, s_b, pi, 0.9, 20) == pytest.approx(
        after[0] - before[0], abs=1e-12
    )


def test_delay_that_pays_everybody_is_refused_with_its_round():
    flows = [(0.1, 0.1)] * 3 + [(0.9, 0.9)] * 200
    with pytest.raises(ValueError, match="delay is preferred"):
        leverage_values(flows, (0.5, 0.5), 0.9)


def test_majority_proposer_buys_the_fewest_votes():
    bargain = baron_ferejohn(3, 2, 0.9)
    assert bargain.value == pytest.approx(1.0 / 3.0)
    assert bargain.proposer_share == pytest.approx(0.7, abs=1e-15)
    assert bargain.partner_share == pytest.approx(0.3, abs=1e-15)


@given(n=st.integers(1, 12), delta=st.floats(0.0, 1.0), data=st.data())
def test_majority_value_is_a_fixed_point_of_recognition(n, delta, data):
    k = data.draw(st.integers(1, n))
    bargain = baron_ferejohn(n, k, delta)
    partner_chance = (k - 1) / (n - 1) if n > 1 else 0.0
    value = bargain.proposer_share / n
    value += (n - 1) / n * partner_chance * bargain.partner_share
    assert value == pytest.approx(bargain.value, abs=1e-12)


@pytest.mark.parametrize(
    "call",
    [
        lambda: rubinstein_share(1.0, 0.9),
        lambda: finite_horizon_share(0.9, 0),
        lambda: inside_option_share(0.9, 0.8, 0.7, 0.7),
        lambda: inside_option_share(0.9, 0.8, 0.0, -9.0),
        lambda: outside_option_share(0.9, 1.1),
        lambda: fixed_cost_share(0.1, 0.1),
        lambda: breakdown_share(0.0, 0.1, 0.1),
        lambda: breakdown_share(0.5, 0.8, 0.8),
        lambda: leverage_values([(0.1, 0.1, 0.1)], (0.5, 0.5), 0.9),
        lambda: leverage_values([(0.1, 0.1)], (0.5, 0.6), 0.9),
        lambda: leverage_weight(0.9, -1),
        lambda: sanction_leverage(-0.1, 0.2, 0.4, 0.9, 10),
        lambda: baron_ferejohn(3, 4, 0.9),
    ],
)
def test_bargains_outside_the_models_are_refused(call):
    with pytest.raises(ValueError):
        call()
