"""Conditional levers and sanction threats, against literal lotteries and game trees."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offramp.theory import (
    ConditionalLever,
    coercive_leverage,
    complies,
    comply_probability,
    discounted_relief,
    repeated_leverage,
    threaten_sanction,
)

probability = st.floats(0.0, 1.0)


def test_credible_relief_turns_pain_into_leverage():
    leverage = coercive_leverage([ConditionalLever(0.3, 0.9, 0.2)])
    assert leverage == pytest.approx(0.21, abs=1e-15)
    assert complies(leverage, 0.2)


@given(size=st.floats(0.0, 100.0), release=probability)
def test_unconditional_sanctions_have_no_coercive_leverage(size, release):
    lever = ConditionalLever(size, release, release)
    assert coercive_leverage([lever]) == 0.0
    assert coercive_leverage([], [lever]) == 0.0
    assert repeated_leverage([lever], 0.9) == 0.0


@given(
    sticks=st.lists(st.tuples(st.floats(0.0, 2.0), probability, probability), max_size=4),
    carrots=st.lists(st.tuples(st.floats(0.0, 2.0), probability, probability), max_size=4),
)
def test_leverage_is_the_difference_between_two_expected_burdens(sticks, carrots):
    def burden(comply):
        pain = sum(s * (1.0 - (c if comply else d)) for s, c, d in sticks)
        return pain - sum(g * (c if comply else d) for g, c, d in carrots)

    leverage = coercive_leverage(
        [ConditionalLever(*s) for s in sticks], [ConditionalLever(*g) for g in carrots]
    )
    assert leverage == pytest.approx(burden(False) - burden(True), abs=1e-12)


@given(leverage=st.floats(-5.0, 5.0), kappa=st.floats(-5.0, 5.0), precision=st.floats(0.0, 400.0))
def test_noisy_targets_comply_more_often_the_more_it_pays(leverage, kappa, precision):
    p = comply_probability(leverage, kappa, precision)
    assert 0.0 <= p <= 1.0
    assert p == pytest.approx(1.0 - comply_probability(kappa, leverage, precision), abs=1e-12)
    assert comply_probability(leverage + 0.1, kappa, precision) >= p


@given(size=st.floats(0.0, 2.0), lifting=probability, delta=st.floats(0.0, 0.95))
def test_slow_lifting_discounts_relief(size, lifting, delta):
    on, total = 1.0, 0.0
    for t in range(1200):
        on *= 1.0 - lifting
        total += delta**t * size * (1.0 - on)
    assert discounted_relief(size, lifting, delta) == pytest.approx(total, abs=1e-8)


def test_sanctions_that_cannot_be_repealed_do_not_coerce():
    frozen = ConditionalLever(0.3, 0.01, 0.0)
    credible = ConditionalLever(0.3, 0.5, 0.0)
    assert repeated_leverage([frozen], 0.9) < 0.2 / (1.0 - 0.9) < repeated_leverage([credible], 0.9)


def test_imposed_sanctions_succeed_only_between_weak_threats_and_weak_sanctions():
    assert threaten_sanction(0.4, 0.5, 0.2).threat_works
    works_late = threaten_sanction(0.4, 0.5, 0.3)
    assert not works_late.threat_works
    assert works_late.imposition_works
    assert works_late.imposed == works_late.success == pytest.approx(0.4)
    assert threaten_sanction(0.4, 0.5, 0.6).success == 0.0


@given(pi=probability, size=st.floats(0.05, 2.0), kappa=st.floats(0.05, 2.0))
def test_sanction_threat_is_backward_induction_for_the_target(pi, size, kappa):
    after_imposition = max(-kappa, -size)
    resist = pi * after_imposition
    at_once = -kappa >= -pi * size
    outcome = threaten_sanction(pi, size, kappa)
    assert outcome.threat_works == at_once
    assert outcome.imposition_works == (after_imposition == -kappa)
    assert resist <= 0.0
    assert (outcome.imposed > 0.0) == (not at_once and pi > 0.0)


@given(size=st.floats(0.05, 2.0), kappa=st.floats(0.05, 2.0), pi=st.sampled_from([0.0, 1.0]))
def test_under_complete_information_no_sanction_that_would_work_is_imposed(size, kappa, pi):
    outcome = threaten_sanction(pi, size, kappa)
    assert not (outcome.imposed > 0.0 and outcome.imposition_works)


@pytest.mark.parametrize(
    "call",
    [
        lambda: ConditionalLever(-0.1, 0.9, 0.2),
        lambda: ConditionalLever(0.1, 1.9, 0.2),
        lambda: complies(math.nan, 0.1),
        lambda: comply_probability(0.1, 0.1, -1.0),
        lambda: discounted_relief(0.3, 0.1, 1.0),
        lambda: repeated_leverage([], 1.0),
        lambda: threaten_sanction(0.5, 0.0, 0.1),
    ],
)
def test_impossible_levers_are_refused(call):
    with pytest.raises(ValueError, match="must"):
        call()
