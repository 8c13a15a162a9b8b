"""Shifting power against a literal search over efficient divisions."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from offramp.theory import (
    armed_peace_costs_more_than_war,
    destruction_shift_threshold,
    largest_concession,
    lock_in_excess,
    shift_causes_war,
    shift_threshold,
)


def test_fast_decline_brings_war_and_slow_decline_does_not():
    assert shift_threshold(0.7, 1.0, 1.0, 0.9) == pytest.approx(0.45555556, abs=5e-9)
    assert shift_causes_war(0.7, 0.3, 1.0, 1.0, 0.9)
    assert not shift_causes_war(0.7, 0.5, 1.0, 1.0, 0.9)


@given(
    p_now=st.floats(0.0, 1.0),
    p_next=st.floats(0.0, 1.0),
    cost=st.floats(0.0, 3.0),
    delta=st.floats(0.1, 0.98),
)
def test_war_breaks_out_exactly_below_the_threshold(p_now, p_next, cost, delta):
    threshold = shift_threshold(p_now, cost, cost, delta)
    assume(abs(p_next - threshold) > 1e-9)
    assert shift_causes_war(p_now, p_next, cost, cost, delta) == (p_next < threshold)


def test_two_period_search_over_divisions_finds_the_same_threshold():
    delta, p_now, cost = 0.9, 0.7, 1.0
    stream = 1.0 / (1.0 - delta)

    def some_division_keeps_peace(p_next):
        """D gets x today and, tomorrow, whatever R leaves after taking its lock-in value."""
        keeps = stream - ((1.0 - p_next) * stream - cost)
        best = max(x / 1000.0 + delta * keeps for x in range(1001))
        return best >= p_now * stream - cost

    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (low, middle) if some_division_keeps_peace(middle) else (middle, high)
    assert high == pytest.approx(shift_threshold(p_now, cost, cost, delta), abs=1e-12)


def test_lock_in_excess_is_what_a_third_party_would_have_to_add():
    excess = lock_in_excess(6.0, 6.0, 0.9)
    assert excess == pytest.approx(1.4)
    assert largest_concession(6.0, 0.9) + excess == pytest.approx(6.0)


def test_patient_sides_survive_a_shift_of_a_quarter_when_war_destroys_a_fifth():
    assert destruction_shift_threshold(0.2) == pytest.approx(0.25, abs=1e-15)


@given(d=st.floats(0.0, 0.45), shift=st.floats(0.0, 0.5))
def test_destruction_threshold_is_the_patient_limit_of_the_general_condition(d, shift):
    threshold = destruction_shift_threshold(d)
    assume(abs(shift - threshold) > 1e-3)
    delta, p_now = 1.0 - 1e-7, 0.9
    stream = 1.0 / (1.0 - delta)
    declining = p_now * (1.0 - d) * stream
    rising = (1.0 - p_now + shift) * (1.0 - d) * stream
    assert (lock_in_excess(declining, rising, delta) > 0.0) == (shift > threshold)


def test_costly_arming_makes_one_war_cheaper_than_peace():
    assert armed_peace_costs_more_than_war(0.2, 0.2, 3.0, 0.9)
    assert not armed_peace_costs_more_than_war(0.1, 0.1, 3.0, 0.9)


@pytest.mark.parametrize(
    "call",
    [
        lambda: shift_threshold(0.7, 1.0, 1.0, 1.0),
        lambda: shift_threshold(0.7, 1.0, 1.0, 0.0),
        lambda: shift_causes_war(0.7, 1.3, 1.0, 1.0, 0.9),
        lambda: destruction_shift_threshold(1.0),
        lambda: armed_peace_costs_more_than_war(-0.1, 0.1, 3.0, 0.9),
    ],
)
def test_impossible_shifts_are_refused(call):
    with pytest.raises(ValueError, match="must"):
        call()
