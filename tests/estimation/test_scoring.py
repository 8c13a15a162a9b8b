"""Scores of forecasts: worked values, identities, exact tests, and intervals that cover."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from offramp.estimation.scoring import (
    EXACT,
    Forecast,
    area_interval,
    bins,
    brier,
    chance_of_worse,
    chance_of_worse_tied,
    discrimination,
    log_score,
    murphy,
    score,
    share_interval,
)

EDGES = (0.05, 0.20, 0.45, 0.55, 0.80, 0.95)
some_forecasts = st.lists(
    st.builds(Forecast, st.integers(0, 100).map(lambda k: k / 100), st.booleans()),
    min_size=1,
    max_size=30,
)


def test_brier_and_log_scores_of_one_forecast() -> None:
    assert brier(0.96, False) == pytest.approx(0.9216)
    assert brier(0.95, True) == pytest.approx(0.0025)
    assert log_score(0.5, True) == pytest.approx(math.log(2))
    assert log_score(1.0, False) == math.inf


def test_what_is_no_probability_is_refused() -> None:
    with pytest.raises(ValueError, match="not a probability"):
        brier(1.2, True)
    with pytest.raises(ValueError, match="no forecasts"):
        score([])


@given(some_forecasts)
@settings(deadline=None, max_examples=100)
def test_the_parts_add_up_to_the_brier_score_for_any_bins(forecasts: list[Forecast]) -> None:
    direct = float(np.mean([brier(f.probability, f.outcome) for f in forecasts]))
    assert murphy(forecasts, EDGES).total == pytest.approx(direct, abs=1e-12)
    own = murphy(forecasts)
    assert own.total == pytest.approx(direct, abs=1e-12)
    assert own.within == pytest.approx(0.0, abs=1e-12)


@given(some_forecasts)
@settings(deadline=None, max_examples=50)
def test_turning_questions_round_changes_neither_score_nor_discrimination(
    forecasts: list[Forecast],
) -> None:
    turned = [Forecast(1 - f.probability, not f.outcome) for f in forecasts]
    a, b = score(forecasts), score(turned)
    assert a.brier == pytest.approx(b.brier)
    assert a.worse == pytest.approx(b.worse, abs=1e-9)
    assert a.right == b.right
    assert a.discrimination == (
        None if b.discrimination is None else pytest.approx(b.discrimination)
    )


def test_the_murphy_parts_of_a_hand_worked_case() -> None:
    """Two bins of two: .8 with 1 and 0, .2 with 0 and 0. obar = 1/4.

    REL = ((.8 - .5)^2 + (.2 - 0)^2)/2 = .065; RES = ((.5 - .25)^2 + (0 - .25)^2)/2 = .0625; UNC = .1875.
    """
    four = [Forecast(p, o) for p, o in ((0.8, True), (0.8, False), (0.2, False), (0.2, False))]
    found = murphy(four)
    assert found.reliability == pytest.approx(0.065)
    assert found.resolution == pytest.approx(0.0625)
    assert found.uncertainty == pytest.approx(0.1875)
    assert found.total == pytest.approx((0.04 + 0.64 + 0.04 + 0.04) / 4)


@pytest.mark.parametrize("seed", range(5))
def test_the_exact_chance_of_a_worse_score_is_the_sum_over_all_outcomes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    p = np.round(rng.uniform(0.05, 0.95, 6), 2)
    o = (rng.random(6) < 0.5).astype(float)
    seen = np.sum((p - o) ** 2)
    total = 0.0
    for outcome in itertools.product((0.0, 1.0), repeat=6):
        x = np.array(outcome)
        if np.sum((p - x) ** 2) >= seen - 1e-12:
            total += float(np.prod(np.where(x > 0, p, 1 - p)))
    assert chance_of_worse(p, o) == pytest.approx(total, abs=1e-12)


def test_the_normal_form_meets_the_exact_one_where_it_takes_over() -> None:
    rng = np.random.default_rng(1)
    p = rng.uniform(0.1, 0.9, EXACT)
    o = (rng.random(EXACT) < p).astype(float)
    more = np.concatenate((p, [0.5])), np.concatenate((o, [1.0]))
    assert chance_of_worse(*more) == pytest.approx(chance_of_worse(p, o), abs=0.05)


def test_with_one_cause_for_all_a_bad_surprise_is_as_likely_as_its_likeliest_miss() -> None:
    p, o = np.array([0.9, 0.8, 0.7]), np.array([0.0, 0.0, 0.0])
    assert chance_of_worse_tied(p, o) == pytest.approx(0.1)
    assert chance_of_worse(p, o) == pytest.approx(0.1 * 0.2 * 0.3)


@pytest.mark.parametrize(("hits", "n"), [(0, 4), (4, 4), (2, 5), (3, 7)])
def test_the_interval_of_a_share_is_clopper_and_pearsons(hits: int, n: int) -> None:
    found = stats.binomtest(hits, n).proportion_ci(confidence_level=0.90, method="exact")
    assert share_interval(hits, n) == pytest.approx((found.low, found.high), abs=1e-9)


@pytest.mark.parametrize("n", [4, 5, 7])
def test_the_interval_of_a_share_covers_at_least_as_often_as_it_says(n: int) -> None:
    for truth in np.linspace(0.02, 0.98, 25):
        covered = sum(
            float(stats.binom.pmf(k, n, truth))
            for k in range(n + 1)
            if share_interval(k, n)[0] <= truth <= share_interval(k, n)[1]
        )
        assert covered >= 0.90 - 1e-9


@pytest.mark.parametrize(("m", "n"), [(2, 2), (4, 4), (5, 3), (2, 6)])
@pytest.mark.parametrize("area", [0.5, 0.76, 0.92])
def test_the_interval_of_discrimination_covers_with_a_handful_of_calls(
    m: int, n: int, area: float
) -> None:
    """Two normal populations apart by d: area = Phi(d / sqrt 2). 2,000 draws: sd of the share .007."""
    rng = np.random.default_rng(7)
    apart = math.sqrt(2) * float(stats.norm.ppf(area))
    covered, known = 0, {}
    for _ in range(2000):
        gaps = (rng.normal(apart, 1, m)[:, None] > rng.normal(0, 1, n)[None, :]).mean()
        found = float(gaps)
        if found not in known:
            known[found] = area_interval(found, m, n)
        covered += known[found][0] <= area <= known[found][1]
    assert covered / 2000 >= 0.84


def test_discrimination_needs_right_and_wrong_calls() -> None:
    assert discrimination(np.array([0.8, 0.9]), np.array([1.0, 1.0]))[0] is None
    assert discrimination(np.array([0.5, 0.9]), np.array([1.0, 1.0]))[0] is None


def test_luck_is_a_permutation_test() -> None:
    """Two right calls surer than two wrong ones: one of six ways to deal them out."""
    found, low, high, luck = discrimination(
        np.array([0.95, 0.9, 0.6, 0.7]), np.array([1.0, 1.0, 0.0, 0.0])
    )
    assert found == 1.0
    assert luck == pytest.approx(1 / 6)
    assert low is not None
    assert high == 1.0
    assert 0 < low < 0.8


def test_an_edge_belongs_to_the_bin_nearer_to_even() -> None:
    found = bins([Forecast(p, True) for p in (0.20, 0.80, 0.5)], EDGES)
    assert [(b.low, b.high) for b in found] == [(0.20, 0.45), (0.45, 0.55), (0.55, 0.80)]


def test_edges_must_rise_inside_zero_and_one() -> None:
    with pytest.raises(ValueError, match="rise strictly"):
        bins([Forecast(0.5, True)], (0.6, 0.4))


def test_scores_carry_the_coders_range() -> None:
    found = score([Forecast(0.8, True, 0.65, 0.92)])
    assert found.brier_low == pytest.approx(0.0064)
    assert found.brier_high == pytest.approx(0.1225)


def test_certain_and_wrong_is_beyond_chance_for_any_number_of_forecasts():
    for n in (15, 16, 17, 40):
        p = np.ones(n)
        o = np.ones(n)
        assert chance_of_worse(p, o) == 1.0
        o[0] = 0.0
        assert chance_of_worse(p, o) == 0.0
    assert chance_of_worse(np.full(20, 0.5), np.zeros(20)) == 1.0
