"""Self-enforcing settlements, against literal streams of payoffs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from offramp.theory import (
    compliance_margin,
    critical_detection,
    fixed_treaty_exists,
    grim_threshold,
    penance_threshold,
    treaty_band,
)


def test_forgiving_punishment_needs_more_patience_than_grim():
    assert grim_threshold(5.0, 3.0, 1.0) == pytest.approx(0.5, abs=1e-15)
    assert penance_threshold(5.0, 3.0, 1.0, 0.0) == pytest.approx(2.0 / 3.0, abs=1e-15)


falling = st.tuples(*[st.floats(0.05, 2.0)] * 3)


@given(steps=falling, delta=st.floats(0.01, 0.99))
def test_grim_trigger_sustains_cooperation_exactly_above_its_threshold(steps, delta):
    punishment = 0.0
    reward = steps[0]
    temptation = reward + steps[1]
    threshold = grim_threshold(temptation, reward, punishment)
    assume(abs(delta - threshold) > 1e-9)
    keep = reward / (1.0 - delta)
    breach = temptation + delta * punishment / (1.0 - delta)
    assert (keep > breach) == (delta > threshold)


@given(steps=falling, delta=st.floats(0.01, 0.99))
def test_one_period_of_penance_deters_breach_and_is_served(steps, delta):
    sucker = 0.0
    punishment = steps[0]
    reward = punishment + steps[1]
    temptation = reward + steps[2]
    threshold = penance_threshold(temptation, reward, punishment, sucker)
    assume(abs(delta - threshold) > 1e-9)
    penance = sucker + delta * reward / (1.0 - delta)
    keeps = reward / (1.0 - delta) > temptation + delta * penance
    serves = penance > punishment + delta * penance
    assert (keeps and serves) == (delta > threshold)


@given(
    gain=st.floats(0.01, 2.0),
    d=st.floats(0.0, 1.0),
    phi=st.floats(0.0, 1.0),
    penalty=st.floats(0.0, 3.0),
    delta=st.floats(0.0, 0.99),
    peace=st.floats(0.0, 3.0),
)
def test_detection_and_response_together_keep_a_settlement(gain, d, phi, penalty, delta, peace):
    keep = delta * peace
    breach = gain + d * (-phi * penalty) + (1.0 - d) * delta * peace
    margin = compliance_margin(gain, d, phi, penalty, delta, peace, 0.0)
    assert margin == pytest.approx(keep - breach, abs=1e-12)
    stake = phi * penalty + delta * peace
    assume(stake > 1e-6)
    critical = critical_detection(gain, phi, penalty, delta, peace, 0.0)
    assume(abs(d - critical) > 1e-9)
    assert (d > critical) == (margin > 0.0)


def test_a_guarantee_that_is_never_executed_deters_nothing():
    assert compliance_margin(0.1, 1.0, 0.0, 100.0) == pytest.approx(-0.1)
    with pytest.raises(ValueError, match="no probability deters"):
        critical_detection(0.1, 0.0, 100.0)


def test_fluctuating_power_narrows_the_treaty_to_a_band():
    band = treaty_band((0.35, 0.5, 0.6), (0.15,) * 3, (0.12,) * 3)
    assert (band.low, band.high) == pytest.approx((0.45, 0.47), abs=1e-15)
    assert fixed_treaty_exists((0.35, 0.5, 0.6), 0.15, 0.12)


@given(
    powers=st.lists(st.floats(0.0, 1.0), min_size=1, max_size=6),
    c1=st.floats(0.0, 0.5),
    c2=st.floats(0.0, 0.5),
)
def test_a_fixed_treaty_needs_costs_above_the_swing_of_power(powers, c1, c2):
    swing = max(powers) - min(powers)
    assume(abs(swing - c1 - c2) > 1e-9)
    assert fixed_treaty_exists(powers, c1, c2) == (swing < c1 + c2)
    band = treaty_band(powers, [c1] * len(powers), [c2] * len(powers))
    for x in np.linspace(-0.5, 1.5, 81):
        survives = all(p - c1 <= x <= p + c2 for p in powers)
        assert survives == (band.low <= x <= band.high)


def test_a_guarantee_that_raises_the_cost_of_war_saves_a_treaty():
    assert not treaty_band((0.3, 0.7), (0.1, 0.1), (0.1, 0.1)).exists
    assert treaty_band((0.3, 0.7), (0.1, 0.3), (0.1, 0.1)).exists


@pytest.mark.parametrize(
    "call",
    [
        lambda: grim_threshold(3.0, 5.0, 1.0),
        lambda: penance_threshold(5.0, 3.0, 1.0, 2.0),
        lambda: compliance_margin(0.1, 1.2, 0.5, 1.0),
        lambda: compliance_margin(0.1, 0.2, 0.5, 1.0, 1.0),
        lambda: treaty_band((), (), ()),
        lambda: treaty_band((0.5,), (0.1, 0.2), (0.1,)),
        lambda: fixed_treaty_exists((0.5,), -0.1, 0.1),
    ],
)
def test_impossible_settlements_are_refused(call):
    with pytest.raises(ValueError, match="must"):
        call()
