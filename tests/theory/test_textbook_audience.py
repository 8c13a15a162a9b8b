"""Audience costs and costly signals, against best replies and simulated races."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from offramp.theory import audience_race, sink_costs, tie_hands

positive = st.floats(0.2, 4.0)


def test_equal_audiences_end_in_war_one_time_in_four():
    race = audience_race((1.0, 1.0), (2.0, 2.0))
    assert race.horizon == pytest.approx(1.0, abs=1e-12)
    assert race.stand == pytest.approx((0.5, 0.5), abs=1e-12)
    assert race.war == pytest.approx(0.25, abs=1e-12)
    assert race.quits_at_once == pytest.approx((0.0, 0.0), abs=1e-12)


def test_stronger_domestic_audience_backs_down_less():
    race = audience_race((2.0, 1.0), (2.0, 2.0))
    assert race.horizon == pytest.approx(0.61803399, abs=5e-9)
    assert race.stand == pytest.approx((0.61803399, 0.30901699), abs=5e-9)
    assert race.quits_at_once == pytest.approx((0.0, 0.30901699), abs=5e-9)
    assert race.war == pytest.approx(0.19098301, abs=5e-9)
    assert race.backs_down == pytest.approx((0.18314384, 0.62587316), abs=5e-9)
    assert race.bluff_value[0] == pytest.approx(0.30901699, abs=5e-9)


@given(
    a=st.tuples(positive, positive),
    c=st.tuples(positive, positive),
    v=st.tuples(positive, positive),
)
def test_some_side_backs_down_or_there_is_war(a, c, v):
    race = audience_race(a, c, v)
    assert sum(race.backs_down) + race.war == pytest.approx(1.0, abs=1e-9)
    assert min(race.quits_at_once) == pytest.approx(0.0, abs=1e-12)


@given(
    a=st.tuples(positive, positive),
    c=st.tuples(positive, positive),
    v=st.tuples(positive, positive),
    share=st.floats(0.01, 1.0),
)
def test_a_bluffer_is_indifferent_about_when_to_quit(a, c, v, share):
    race = audience_race(a, c, v)
    t = share * race.horizon
    for i in (0, 1):
        j = 1 - i
        start = 1.0 - race.quits_at_once[j]
        rival_stands = start * v[i] / (v[i] + a[i] * t)
        payoff = (1.0 - rival_stands) * v[i] - rival_stands * a[i] * t
        assert payoff == pytest.approx(race.bluff_value[i], abs=1e-9)
        stands_at_end = start * v[i] / (v[i] + a[i] * race.horizon)
        assert stands_at_end == pytest.approx(race.stand[j], abs=1e-9)


@pytest.mark.parametrize(("a", "c"), [((2.0, 1.0), (2.0, 2.0)), ((1.0, 1.0), (1.0, 3.0))])
def test_simulated_quitting_times_meet_the_race(a, c):
    race = audience_race(a, c)
    n = 400_000
    draws = np.random.default_rng(1994).random((2, n))
    quit_times = []
    for i in (0, 1):
        j = 1 - i
        start = 1.0 - race.quits_at_once[i]
        survives = 1.0 - draws[i]
        times = (start / survives - 1.0) / a[j]
        times = np.where(survives >= start, 0.0, times)
        quit_times.append(np.where(survives <= race.stand[i], np.inf, times))
    first, second = quit_times
    assert np.mean(np.isinf(first) & np.isinf(second)) == pytest.approx(race.war, abs=0.003)
    assert np.mean(first < second) == pytest.approx(race.backs_down[0], abs=0.003)
    assert np.mean(second < first) == pytest.approx(race.backs_down[1], abs=0.003)


def test_tied_hands_pay_better_and_bring_more_war_than_sunk_costs():
    tie, sink = tie_hands(0.25, 0.4), sink_costs(0.25, 0.4)
    assert tie.cost == sink.cost == pytest.approx(0.3, abs=1e-15)
    assert (tie.lowest_signaller, sink.lowest_signaller) == pytest.approx((0.1, 0.4), abs=1e-15)
    assert (tie.war, sink.war) == pytest.approx((0.225, 0.15), abs=1e-14)
    assert (tie.mean_payoff, sink.mean_payoff) == pytest.approx((0.405, 0.18), abs=1e-14)


@given(r=st.floats(0.0, 1.0), c=st.floats(0.05, 0.9))
def test_costly_signals_separate_and_nobody_bluffs(r, c):
    tie, sink = tie_hands(r, c), sink_costs(r, c)

    def tied(v):
        return (1.0 - r) * v + r * max(v - c, -tie.cost)

    def sunk(v):
        return (1.0 - r) * v + r * max(v - c, 0.0) - sink.cost

    for v in np.linspace(0.0, 1.0, 101):
        silent = max(v - c, 0.0)
        if v > tie.lowest_signaller + 1e-9:
            assert tied(v) >= silent - 1e-12
            assert v - c >= -tie.cost - 1e-12
        if v < tie.lowest_signaller - 1e-9:
            assert tied(v) <= silent + 1e-12
        if v < sink.lowest_signaller - 1e-9:
            assert sunk(v) <= silent + 1e-12
        if v > sink.lowest_signaller + 1e-9:
            assert sunk(v) >= silent - 1e-12


@given(r=st.floats(0.0, 1.0), c=st.floats(0.05, 0.9), highest=st.floats(1.0, 5.0))
def test_mean_payoffs_of_signals_average_over_types(r, c, highest):
    tie = tie_hands(r, c, highest)
    mean, _ = quad(lambda v: (v - r * c) / highest, tie.lowest_signaller, highest)
    assert tie.mean_payoff == pytest.approx(mean, abs=1e-9)
    sink = sink_costs(r, c, highest)
    mean, _ = quad(lambda v: (v - sink.cost - r * c) / highest, sink.lowest_signaller, highest)
    assert sink.mean_payoff == pytest.approx(mean, abs=1e-9)
    assert tie.war >= sink.war
    assert tie.mean_payoff >= sink.mean_payoff - 1e-12


@pytest.mark.parametrize(
    "call",
    [
        lambda: audience_race((0.0, 1.0)),
        lambda: audience_race((1.0, 1.0), (1.0, -1.0)),
        lambda: tie_hands(1.5, 0.4),
        lambda: tie_hands(0.25, 1.4),
        lambda: sink_costs(0.25, 0.0),
    ],
)
def test_impossible_audiences_are_refused(call):
    with pytest.raises(ValueError, match="must"):
        call()
