"""Logit, nests and quantal responses, against literal softmax and fixed points."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from offramp.theory import (
    Nest,
    centipede_take,
    coordination_branch,
    expected_value,
    logit_shares,
    logsum_value,
    matching_pennies_qre,
    nested_shares,
    offer_grid,
)

values = st.lists(st.floats(-3.0, 3.0), min_size=1, max_size=6)


@given(q=values, precision=st.floats(0.01, 50.0))
def test_logit_shares_are_a_softmax(q, precision):
    raw = np.exp(precision * (np.array(q) - max(q)))
    assert logit_shares(q, precision) == pytest.approx(tuple(raw / raw.sum()), abs=1e-14)


@given(q=values, precision=st.floats(0.01, 50.0), shift=st.floats(-1e3, 1e3))
def test_logit_choice_sees_only_differences(q, precision, shift):
    moved = logit_shares([v + shift for v in q], precision)
    assert moved == pytest.approx(logit_shares(q, precision), abs=1e-9)


@given(q=values, precision=st.floats(0.01, 50.0))
def test_log_sum_exceeds_expected_payoff_by_entropy(q, precision):
    shares = logit_shares(q, precision)
    entropy = -sum(p * math.log(p) for p in shares if p > 0.0)
    gap = logsum_value(q, precision) - expected_value(q, precision)
    assert gap == pytest.approx(entropy / precision, abs=1e-9)


@given(
    attack=st.floats(-1.0, 1.0), offers=values, precision=st.floats(0.1, 20.0), k=st.integers(1, 5)
)
def test_cutting_offers_finer_does_not_change_a_nested_choice(attack, offers, precision, k):
    coarse = nested_shares([Nest((attack,)), Nest(tuple(offers))], precision)
    finer = nested_shares([Nest((attack,)), Nest(tuple(offers) * k)], precision)
    assert finer[0][0] == pytest.approx(coarse[0][0], abs=1e-12)
    assert sum(map(sum, finer)) == pytest.approx(1.0, abs=1e-12)


@given(offers=values, precision=st.floats(0.1, 20.0), between=st.floats(0.1, 20.0))
def test_nested_choice_is_a_choice_of_class_and_then_of_action(offers, precision, between):
    nests = [Nest((0.4, 0.1), (0.25, 0.75)), Nest(tuple(offers))]
    shares = nested_shares(nests, precision, between, (1.0, 2.0))
    inside = [
        math.log(0.25 * math.exp(precision * 0.4) + 0.75 * math.exp(precision * 0.1)),
        math.log(np.exp(precision * np.array(offers)).mean()),
    ]
    top = [w * math.exp(between * iv / precision) for w, iv in zip((1, 2), inside, strict=True)]
    assert sum(shares[0]) == pytest.approx(top[0] / sum(top), abs=1e-12)


@pytest.mark.parametrize(
    ("points", "plain", "nested"), [(101, 0.0176, 0.644), (1001, 0.00185, 0.650)]
)
def test_plain_logit_lets_a_fine_offer_grid_drown_the_attack(points, plain, nested):
    shares = offer_grid(points)
    assert shares.plain == pytest.approx(plain, rel=2.5e-3)
    assert shares.nested == pytest.approx(nested, abs=5e-4)


def test_on_eleven_offers_the_attack_hinges_on_the_last_acceptable_offer():
    accepted, refused = offer_grid(11), offer_grid(11, accepts_limit=False)
    assert (accepted.plain, accepted.nested) == pytest.approx((0.1114, 0.5797), abs=5e-5)
    assert (refused.plain, refused.nested) == pytest.approx((0.212, 0.747), abs=5e-4)


def test_binary_rounding_refuses_the_last_acceptable_offer_on_eleven_points_only():
    for points, accepts in ((11, False), (101, True), (1001, True)):
        offers = np.linspace(0.0, 1.0, points)
        worth = np.exp(10.0 * np.where(offers <= 0.6, offers, 0.3))
        attack = math.exp(4.5)
        shares = offer_grid(points, accepts_limit=accepts)
        assert shares.plain == pytest.approx(attack / (attack + worth.sum()), abs=1e-14)
        assert shares.nested == pytest.approx(attack / (attack + worth.mean()), abs=1e-14)


def test_nested_choice_settles_as_the_offer_grid_grows():
    gaps = [abs(offer_grid(n).nested - offer_grid(n).nested_limit) for n in (11, 101, 1001, 10001)]
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] < 1e-4


@given(
    precision=st.floats(0.5, 30.0),
    attack=st.floats(0.0, 1.0),
    limit=st.floats(1e-6, 1.0),
    refused=st.floats(0.0, 1.0),
)
def test_the_limit_of_offer_grids_is_an_integral_over_offers(precision, attack, limit, refused):
    below, _ = quad(lambda x: math.exp(precision * (x - 1.0)), 0.0, limit)
    mean = below + (1.0 - limit) * math.exp(precision * (refused - 1.0))
    worth = math.exp(precision * (attack - 1.0))
    shares = offer_grid(2, precision, attack, limit, refused)
    assert shares.nested_limit == pytest.approx(worth / (worth + mean), abs=1e-9)


@pytest.mark.parametrize(
    ("precision", "up", "left"),
    [
        (0.5, 0.83067059, 0.41807747),
        (1.0, 0.89357633, 0.31278038),
        (2.0, 0.86075439, 0.19107849),
        (5.0, 0.70198424, 0.11713529),
        (20.0, 0.55462739, 0.10109693),
    ],
)
def test_own_payoff_matters_in_noisy_matching_pennies(precision, up, left):
    assert matching_pennies_qre(9.0, precision) == pytest.approx((up, left), abs=6e-9)


@given(prize=st.floats(0.2, 12.0), precision=st.floats(0.0, 15.0))
def test_matching_pennies_response_is_a_fixed_point(prize, precision):
    up, left = matching_pennies_qre(prize, precision)
    row = logit_shares((prize * left, 1.0 - left), precision)[0]
    column = logit_shares((1.0 - up, up), precision)[0]
    assert (up, left) == pytest.approx((row, column), abs=1e-9)


CENTIPEDE = ((0.4, 0.1), (0.2, 0.8), (1.6, 0.4), (0.8, 3.2), (6.4, 1.6))


@pytest.mark.parametrize(
    ("precision", "expected"),
    [
        (1.0, (0.296257, 0.277980, 0.464884, 0.832018)),
        (3.0, (0.271225, 0.601575, 0.905755, 0.991837)),
        (10.0, (0.851436, 0.981847, 0.999665, 1.0)),
    ],
)
def test_noisy_centipede_players_pass_early_and_take_late(precision, expected):
    assert centipede_take(CENTIPEDE, precision) == pytest.approx(expected, abs=6e-7)


@given(precision=st.floats(0.0, 12.0))
def test_centipede_takes_are_replies_to_later_takes(precision):
    takes = centipede_take(CENTIPEDE, precision)
    for t, take in enumerate(takes):
        ahead, reach = 0.0, 1.0
        for later in range(t + 1, 4):
            ahead += reach * takes[later] * CENTIPEDE[later][t % 2]
            reach *= 1.0 - takes[later]
        ahead += reach * CENTIPEDE[4][t % 2]
        reply = logit_shares((CENTIPEDE[t][t % 2], ahead), precision)[0]
        assert take == pytest.approx(reply, abs=1e-12)


def test_coordination_stays_even_until_precision_two_and_then_tips():
    assert coordination_branch(1.0) == coordination_branch(2.0) == 0.5
    assert coordination_branch(4.99963) == pytest.approx(0.992809, abs=5e-7)


@given(precision=st.floats(2.001, 60.0))
def test_coordination_branch_is_a_fixed_point_above_one_half(precision):
    p = coordination_branch(precision)
    assert p > 0.5
    assert p == pytest.approx(1.0 / (1.0 + math.exp(-precision * (2.0 * p - 1.0))), abs=1e-9)


@pytest.mark.parametrize(
    "call",
    [
        lambda: logit_shares((), 1.0),
        lambda: logit_shares((1.0,), -1.0),
        lambda: logit_shares((1.0, math.nan), 1.0),
        lambda: logit_shares((1.0, 2.0), 1.0, (0.0, 0.0)),
        lambda: logit_shares((1.0, 2.0), 1.0, (1.0,)),
        lambda: logsum_value((1.0,), 0.0),
        lambda: Nest((1.0, 2.0), (0.5, 0.6)),
        lambda: nested_shares([], 1.0),
        lambda: offer_grid(1),
        lambda: offer_grid(11, accepted_up_to=1.5),
        lambda: matching_pennies_qre(0.0, 1.0),
        lambda: centipede_take(((1.0, 2.0),), 1.0),
        lambda: coordination_branch(-1.0),
    ],
)
def test_impossible_choices_are_refused(call):
    with pytest.raises(ValueError, match="must"):
        call()
