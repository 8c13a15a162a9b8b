"""Wars of attrition, against quadrature, simulation and best replies."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from offramp.theory import (
    attrition_complete,
    deal_enforceable,
    exponential_expected_duration,
    exponential_persistence,
    haggling_delay,
    longest_enforceable_lag,
    uniform_expected_duration,
    uniform_persistence,
)


def test_side_that_values_the_prize_more_concedes_more_often_in_the_mixed_equilibrium():
    contest = attrition_complete(1.0, 2.0, 0.1, 0.1)
    assert contest.expected_duration == pytest.approx(6.66666667, abs=5e-9)
    assert contest.first_concedes_1 == pytest.approx(1.0 / 3.0, abs=1e-12)


@given(
    v1=st.floats(0.2, 5.0),
    v2=st.floats(0.2, 5.0),
    k1=st.floats(0.05, 1.0),
    k2=st.floats(0.05, 1.0),
    stop=st.floats(0.0, 10.0),
)
def test_every_stopping_time_pays_the_same_against_the_mixed_equilibrium(v1, v2, k1, k2, stop):
    h2 = attrition_complete(v1, v2, k1, k2).hazard_2
    stay = math.exp(-h2 * stop)
    wins_early = v1 * (1.0 - stay)
    held_out = k1 * (1.0 - stay) / h2
    assert wins_early - held_out == pytest.approx(0.0, abs=1e-10)


def test_uniform_values_hold_out_longer_the_more_they_care():
    assert uniform_persistence(0.6) == pytest.approx(0.31629, abs=1e-5)
    assert uniform_expected_duration() == pytest.approx(1.0 / 6.0, abs=1e-15)


@given(v=st.floats(1e-6, 0.95), highest=st.floats(0.2, 4.0))
def test_uniform_persistence_integrates_value_times_hazard(v, highest):
    area, _ = quad(lambda x: x / (highest - x), 0.0, v * highest)
    assert uniform_persistence(v * highest, highest) == pytest.approx(area, abs=1e-9)


def test_mean_durations_are_the_lower_persistence_of_two_draws():
    m = 3.0
    uniform, _ = quad(lambda v: 2.0 * (1.0 - v) * uniform_persistence(v), 0.0, 1.0)
    exponential, _ = quad(
        lambda v: 2.0 * m * math.exp(-2.0 * m * v) * exponential_persistence(v, m), 0.0, 20.0
    )
    assert uniform == pytest.approx(uniform_expected_duration(), abs=1e-9)
    assert exponential == pytest.approx(exponential_expected_duration(m), abs=1e-9)


@pytest.mark.parametrize("own", [0.1, 0.3, 0.6, 0.9])
def test_no_other_stopping_time_beats_the_equilibrium_one(own):
    rivals = (np.arange(20000) + 0.5) / 20000
    stops = -rivals - np.log1p(-rivals)

    def payoff(stop):
        wins = stops < stop
        return np.where(wins, own - stops, -stop).mean()

    chosen = payoff(uniform_persistence(own))
    assert all(payoff(t) <= chosen + 1e-4 for t in np.linspace(0.0, 4.0, 200))


def test_a_longer_shadow_of_the_future_means_longer_haggling():
    haggling = haggling_delay(0.3, 0.7, 0.1, 0.1)
    assert haggling.hazard == pytest.approx(0.1, abs=1e-15)
    assert haggling.expected_delay == pytest.approx(5.0, abs=1e-12)
    assert haggling_delay(0.3, 0.7, 0.1, 0.05).expected_delay == pytest.approx(10.0, abs=1e-12)


@given(stop=st.floats(0.0, 30.0), rate=st.floats(0.02, 0.5))
def test_hagglers_are_indifferent_about_when_to_give_in(stop, rate):
    a, b, c = 0.3, 0.7, 0.1
    h = haggling_delay(a, b, c, rate).hazard
    stay = math.exp(-(h + rate) * stop)
    value = (-c + h * b / rate) * (1.0 - stay) / (h + rate) + stay * a / rate
    assert value == pytest.approx(a / rate, abs=1e-9)


@given(
    a=st.floats(0.0, 0.5),
    extra=st.floats(0.01, 1.0),
    c=st.floats(0.05, 1.0),
    rate=st.floats(0.02, 1.0),
    lag=st.floats(0.0, 20.0),
)
def test_a_deal_holds_exactly_when_breaching_until_detection_does_not_pay(a, extra, c, rate, lag):
    g = a + extra
    kept = a / rate
    breached = g * (1.0 - math.exp(-rate * lag)) / rate - c * math.exp(-rate * lag) / rate
    if abs(kept - breached) > 1e-9:
        assert deal_enforceable(a, g, c, rate, lag) == (kept > breached)


def test_patience_enforces_deals_through_longer_lags():
    assert longest_enforceable_lag(0.3, 0.7, 0.1, 0.05) > longest_enforceable_lag(
        0.3, 0.7, 0.1, 0.1
    )
    assert longest_enforceable_lag(0.3, 0.2, 0.1, 0.1) == math.inf


@pytest.mark.parametrize(
    "call",
    [
        lambda: attrition_complete(0.0, 1.0, 0.1, 0.1),
        lambda: uniform_persistence(1.0),
        lambda: exponential_persistence(-1.0, 1.0),
        lambda: haggling_delay(0.7, 0.3, 0.1, 0.1),
        lambda: haggling_delay(-0.2, 0.3, 0.1, 0.1),
        lambda: longest_enforceable_lag(0.3, 0.7, -0.3, 0.1),
        lambda: deal_enforceable(0.3, 0.7, 0.1, 0.1, -1.0),
    ],
)
def test_impossible_contests_are_refused(call):
    with pytest.raises(ValueError, match="must"):
        call()
