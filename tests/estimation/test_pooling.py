"""Pools of experts, against a published example and by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from offramp.estimation.pooling import (
    Assessment,
    Seed,
    calibration,
    information,
    intrinsic_range,
    linear_pool,
    performance,
    quantile_average,
)

ROWS = (
    (24, (2, 5, 7), (20, 23, 34), (20, 25, 28)),
    (11, (12, 13, 15), (8, 10, 11), (10, 13, 15)),
    (68, (87, 89, 92), (60, 70, 90), (65, 67, 70)),
    (47, (2, 5, 8), (20, 35, 45), (42, 44, 46)),
    (31, (48, 50, 52), (30, 35, 40), (32, 33, 35)),
)
"""Five seed questions: truth, and the 5th, 50th and 95th percentile of experts A, B and C.

TU Delft OpenCourseWare, *Decision Making Under Uncertainty: Introduction to Structured Expert Judgment*,
reading 3.7.3.
"""
SEEDS = tuple(
    Seed(str(k), truth, {e: Assessment(*q) for e, q in zip("ABC", three, strict=True)})
    for k, (truth, *three) in enumerate(ROWS, start=1)
)


def chi2_above(x: float) -> float:
    """P(chi-square with 3 degrees of freedom > x), in closed form."""
    return 1 - math.erf(math.sqrt(x / 2)) + math.sqrt(2 * x / math.pi) * math.exp(-x / 2)


def test_cookes_model_meets_the_published_scores_and_weights() -> None:
    """Printed there: calibration 3.621E-005, .608, .327; information 1.418, .558, 1.354; the weights."""
    found = performance(SEEDS)
    assert found.calibration["A"] == pytest.approx(3.621e-5, rel=1e-3)
    assert found.calibration["B"] == pytest.approx(0.608, abs=5e-4)
    assert found.calibration["C"] == pytest.approx(0.327, abs=5e-4)
    assert [found.information[e] for e in "ABC"] == pytest.approx([1.418, 0.558, 1.354], abs=5e-4)
    assert found.weights["A"] == pytest.approx(6.565341e-5, rel=2e-3)
    assert found.weights["B"] == pytest.approx(0.4338007, abs=5e-4)
    assert found.weights["C"] == pytest.approx(0.5661336, abs=5e-4)
    assert found.few


def test_a_calibration_score_by_hand() -> None:
    """Ten seeds with 1, 2, 5 and 2 in the four intervals (same course, reading 2.3.4).

    I = .1 ln(.1/.05) + .2 ln(.2/.45) + .5 ln(.5/.45) + .2 ln(.2/.05)
      = .0693147 - .1621860 + .0526803 + .2772589 = .2370678;
    2 N I = 4.741356, and the tail of a chi-square with 3 degrees there is .19.
    """
    told = 0.1 * math.log(2) + 0.2 * math.log(4 / 9) + 0.5 * math.log(10 / 9) + 0.2 * math.log(4)
    assert told == pytest.approx(0.2370678, abs=5e-8)
    assert calibration((1, 2, 5, 2)) == pytest.approx(chi2_above(20 * told), abs=1e-12)
    assert calibration((1, 2, 5, 2)) == pytest.approx(0.19, abs=5e-3)


def test_perfect_frequencies_are_perfectly_calibrated() -> None:
    assert calibration((1, 9, 9, 1)) == pytest.approx(1.0)


def test_information_by_hand() -> None:
    """Quantiles 1, 2, 3 on 0 to 4: .05 ln .2 + .45 ln 1.8 + .45 ln 1.8 + .05 ln .2."""
    found = information(Assessment(1, 2, 3), (0.0, 4.0))
    assert found == pytest.approx(0.1 * math.log(0.2) + 0.9 * math.log(1.8))


def test_saying_more_about_the_same_earns_more_information() -> None:
    span = (0.0, 10.0)
    assert information(Assessment(4, 5, 6), span) > information(Assessment(2, 5, 8), span)


def test_the_linear_pool_keeps_disagreement_and_the_quantile_average_does_not() -> None:
    two = {"low": Assessment(0.9, 1.0, 1.1), "high": Assessment(4.9, 5.0, 5.1)}
    mixture, average = linear_pool(two), quantile_average(two)
    assert (average.low, average.middle, average.high) == pytest.approx((2.9, 3.0, 3.1))
    assert mixture.high - mixture.low > 15 * (average.high - average.low)


def test_the_linear_pool_by_hand() -> None:
    """Equal weights on (0, 1, 2) and (1, 2, 3): at 1.5 the first has .5 + .225, the second .05 + .225.

    F(1.5) = (.725 + .275)/2 = .5: the median is 1.5.
    """
    pool = linear_pool({"a": Assessment(0, 1, 2), "b": Assessment(1, 2, 3)})
    assert pool.middle == pytest.approx(1.5)
    assert intrinsic_range([Assessment(0, 1, 2), Assessment(1, 2, 3)]) == pytest.approx((-0.3, 3.3))


def test_one_expert_pools_to_themselves() -> None:
    alone = {"a": Assessment(1, 2, 4)}
    for pool in (linear_pool(alone), quantile_average(alone)):
        assert (pool.low, pool.middle, pool.high) == pytest.approx((1, 2, 4))


def test_who_is_left_out_by_the_threshold_gets_no_weight() -> None:
    found = performance(SEEDS, alpha=0.05)
    assert found.weights["A"] == 0
    assert sum(found.weights.values()) == pytest.approx(1)


def test_the_chosen_threshold_serves_the_combined_expert_best() -> None:
    chosen = performance(SEEDS, alpha=None)
    score = math.prod(chosen.maker)
    for alpha in chosen.calibration.values():
        assert score >= math.prod(performance(SEEDS, alpha=alpha).maker) - 1e-12
    assert score > math.prod(performance(SEEDS).equal)


def test_experts_who_know_their_own_uncertainty_are_not_found_out() -> None:
    """With 400 seeds from the expert's own distribution, calibration is a fair p-value."""
    rng = np.random.default_rng(3)
    truths = np.interp(rng.random((50, 400)), [0, 0.05, 0.5, 0.95, 1], [-1, 0, 1, 2, 3])
    found = []
    for row in truths:
        counts = np.bincount(np.searchsorted([0, 1, 2], row), minlength=4)
        found.append(calibration([int(k) for k in counts]))
    assert 0.3 < float(np.mean(found)) < 0.7


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: Assessment(2, 1, 3), "quantiles must rise"),
        (lambda: performance(()), "needs seed questions"),
        (
            lambda: performance([SEEDS[0], Seed("x", 1, {"A": Assessment(0, 1, 2)})]),
            "not everybody",
        ),
        (lambda: performance(SEEDS, alpha=0.99), "no expert reaches"),
        (lambda: linear_pool({"a": Assessment(0, 1, 2)}, {"a": -1.0}), "at least 0"),
        (lambda: calibration((1, 2, 3)), "four counts"),
    ],
)
def test_what_cannot_be_pooled_is_refused(call, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()
