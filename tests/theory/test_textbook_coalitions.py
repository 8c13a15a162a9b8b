"""Burdens and votes, against enumeration of coalitions, orders and best replies."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from offramp.theory import (
    banzhaf,
    cobb_douglas_burden,
    consent_distribution,
    q_rule_core,
    quasilinear_burden,
    quota_probability,
    shapley_shubik,
    veto_players,
    volunteers_dilemma,
    weakest_link_range,
)

EEC_1958 = (4, 4, 4, 2, 2, 1)
SECURITY_COUNCIL = (7,) * 5 + (1,) * 10


def enumerate_power(weights, quota):
    """Shapley-Shubik by all orders and Banzhaf by all coalitions, literally."""
    n = len(weights)
    pivots, swings = [0] * n, [0] * n
    for order in itertools.permutations(range(n)):
        total = 0
        for member in order:
            total += weights[member]
            if total >= quota:
                pivots[member] += 1
                break
    for coalition in itertools.product((0, 1), repeat=n):
        total = sum(w for w, inside in zip(weights, coalition, strict=True) if inside)
        for i, inside in enumerate(coalition):
            if inside and total >= quota > total - weights[i]:
                swings[i] += 1
    return (
        [p / math.factorial(n) for p in pivots],
        [s / sum(swings) for s in swings],
    )


def test_small_members_free_ride_on_large_ones():
    burden = cobb_douglas_burden((10.0, 6.0, 2.0), 0.5)
    assert burden.total == pytest.approx(5.33333333, abs=5e-9)
    assert burden.contributions == pytest.approx((4.66666667, 0.66666667, 0.0), abs=5e-9)


def test_redistribution_among_contributors_changes_nothing():
    before = cobb_douglas_burden((10.0, 6.0, 2.0), 0.5)
    after = cobb_douglas_burden((9.0, 7.0, 2.0), 0.5)
    assert after.total == pytest.approx(before.total, abs=1e-12)


@given(wealth=st.lists(st.floats(0.1, 20.0), min_size=1, max_size=6), taste=st.floats(0.05, 0.95))
def test_no_member_wants_to_give_more_or_less(wealth, taste):
    burden = cobb_douglas_burden(wealth, taste)
    assert sum(burden.contributions) == pytest.approx(burden.total, rel=1e-9)
    for i, w in enumerate(wealth):
        others = sum(burden.contributions[:i]) + sum(burden.contributions[i + 1 :])
        grid = np.linspace(0.0, w, 2001)[:-1]
        with np.errstate(divide="ignore"):
            utility = (1.0 - taste) * np.log(w - grid) + taste * np.log(others + grid)
        mine = burden.contributions[i]
        chosen = (1.0 - taste) * math.log(w - mine) + taste * math.log(others + mine)
        assert utility.max() <= chosen + 1e-9


def test_only_the_keenest_member_pays_for_a_quasilinear_good():
    burden = quasilinear_burden((3.0, 1.0, 2.0))
    assert burden.contributions == (3.0, 0.0, 0.0)
    best = minimize_scalar(lambda g: g - 3.0 * math.log(g), bounds=(0.01, 10.0), method="bounded")
    assert best.x == pytest.approx(burden.total, abs=1e-4)
    assert 2.0 / burden.total < 1.0


def test_more_volunteers_make_help_less_likely():
    group = volunteers_dilemma(5, 0.2)
    assert group.volunteers == pytest.approx(0.33125970, abs=5e-9)
    assert group.provided == pytest.approx(0.86625194, abs=5e-9)
    assert volunteers_dilemma(9, 0.2).provided < group.provided


@given(n=st.integers(2, 12), ratio=st.floats(0.02, 0.98))
def test_volunteers_are_indifferent(n, ratio):
    p = volunteers_dilemma(n, ratio).volunteers
    somebody_else = 1.0 - (1.0 - p) ** (n - 1)
    assert 1.0 - ratio == pytest.approx(somebody_else, abs=1e-9)


def test_the_weakest_link_bounds_the_common_effort():
    assert weakest_link_range((3.0, 1.5, 2.0)) == (0.0, 1.5)


@given(points=st.lists(st.integers(0, 20), min_size=1, max_size=7), data=st.data())
def test_q_rule_core_is_what_no_majority_wants_to_leave(points, data):
    n = len(points)
    q = data.draw(st.integers(n // 2 + 1, n))
    low, high = q_rule_core(points, q)
    for x in np.arange(0.0, 20.5, 0.5):
        beaten = any(
            sum(abs(p - y) < abs(p - x) for p in points) >= q for y in np.arange(0.0, 20.25, 0.25)
        )
        assert beaten == (not low <= x <= high)


def test_big_states_held_the_votes_of_the_six():
    assert shapley_shubik(EEC_1958, 12) == pytest.approx(
        tuple(k / 60 for k in (14, 14, 14, 9, 9, 0)), abs=1e-15
    )
    assert banzhaf(EEC_1958, 12) == pytest.approx(
        tuple(k / 21 for k in (5, 5, 5, 3, 3, 0)), abs=1e-15
    )


def test_permanent_members_hold_nearly_all_the_power_of_the_council():
    power = shapley_shubik(SECURITY_COUNCIL, 39)
    assert power[0] == pytest.approx(0.19627040, abs=5e-9)
    assert power[-1] == pytest.approx(0.00186480, abs=5e-9)
    assert veto_players(SECURITY_COUNCIL, 39) == (0, 1, 2, 3, 4)


@given(weights=st.lists(st.integers(0, 6), min_size=1, max_size=6), data=st.data())
def test_power_counts_every_order_and_every_coalition(weights, data):
    if sum(weights) == 0:
        weights[0] = 1
    quota = data.draw(st.integers(1, sum(weights)))
    orders, coalitions = enumerate_power(weights, quota)
    assert shapley_shubik(weights, quota) == pytest.approx(orders, abs=1e-12)
    assert banzhaf(weights, quota) == pytest.approx(coalitions, abs=1e-12)


def test_nobody_holds_a_veto_in_a_simple_majority():
    assert veto_players((1, 1, 1), 2) == ()
    assert veto_players((1, 1, 1), 3) == (0, 1, 2)


def test_unanimity_is_much_harder_than_two_of_three():
    assert quota_probability((0.9, 0.8, 0.7), 2) == pytest.approx(0.902, abs=1e-14)
    assert quota_probability((0.9, 0.8, 0.7), 3) == pytest.approx(0.504, abs=1e-14)


@given(st.lists(st.floats(0.0, 1.0), min_size=0, max_size=8))
def test_consents_add_up_over_every_pattern(probabilities):
    counts = [0.0] * (len(probabilities) + 1)
    for pattern in itertools.product((0, 1), repeat=len(probabilities)):
        counts[sum(pattern)] += math.prod(
            p if yes else 1.0 - p for p, yes in zip(probabilities, pattern, strict=True)
        )
    assert consent_distribution(probabilities) == pytest.approx(counts, abs=1e-12)


@pytest.mark.parametrize(
    "call",
    [
        lambda: cobb_douglas_burden((0.0, 0.0), 0.5),
        lambda: cobb_douglas_burden((1.0, -1.0), 0.5),
        lambda: quasilinear_burden((1.0, 1.0)),
        lambda: quasilinear_burden(()),
        lambda: volunteers_dilemma(1, 0.2),
        lambda: weakest_link_range(()),
        lambda: q_rule_core((1.0, 2.0, 3.0, 4.0), 2),
        lambda: shapley_shubik((1, 1), 3),
        lambda: banzhaf((1, -1), 1),
        lambda: quota_probability((0.5,), 2),
        lambda: consent_distribution((1.5,)),
    ],
)
def test_impossible_coalitions_are_refused(call):
    with pytest.raises(ValueError):
        call()
