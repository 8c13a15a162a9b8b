"""Robustness criteria on tables small enough to work out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import binomtest

from offramp.ensembles.robust import (
    Standing,
    Threshold,
    domain,
    held,
    quantile,
    regret,
    robustness,
    satisficing,
    wilson,
)

TABLE = np.array([[3.0, 1.0, 2.0], [0.0, 4.0, 2.0], [1.0, 1.0, 2.0], [5.0, 0.0, 2.0]])
PLANS = ["bold", "other", "steady"]


def test_regret_by_hand():
    assert_allclose(regret(TABLE), [[0, 2, 1], [4, 0, 2], [1, 1, 0], [0, 5, 3]])


def test_criteria_disagree_and_each_names_its_best():
    found = robustness(TABLE, PLANS)
    assert found.best["worst regret"] == ("steady",)
    assert found.best["mean regret"] == ("bold",)
    by_name = {p.plan: p for p in found.plans}
    assert by_name["bold"].domain == pytest.approx(0.5)
    assert by_name["steady"].worst_regret == 3.0
    assert by_name["other"].mean == pytest.approx(1.5)
    # Four futures cannot tell .5 from .25: shares tie within sampling error.
    assert set(found.best["domain"]) == {"bold", "other", "steady"}


def test_the_domain_of_starr_is_a_share_of_volume():
    """Worths x, y and .5 on the unit square: the first two plans are best on 3/8 of it each."""
    u = (np.stack(np.meshgrid(*[np.arange(200)] * 2), -1).reshape(-1, 2) + 0.5) / 200
    Y = np.column_stack([u, np.full(len(u), 0.5)])
    assert_allclose(domain(Y).mean(axis=0), [0.375, 0.375, 0.25], atol=1e-3)


def test_shares_of_a_domain_sum_to_one_with_ties_shared():
    Y = np.array([[1.0, 1.0, 0.0], [0.0, 2.0, 1.0]])
    assert_allclose(domain(Y), [[0.5, 0.5, 0.0], [0.0, 1.0, 0.0]])
    assert_allclose(domain(Y, error=1.0), [[1 / 3, 1 / 3, 1 / 3], [0.0, 0.5, 0.5]])


def test_differences_within_error_are_ties():
    rng = np.random.default_rng(0)
    base = rng.random(2000)
    Y = np.column_stack([base, base + 0.002, base - 0.5])
    found = robustness(Y, PLANS, error=0.003)
    assert all(best == ("bold", "other") for best in found.best.values())
    assert found.tied == 1.0
    exact = robustness(Y, PLANS)
    assert all(best == ("other",) for best in exact.best.values())
    assert exact.tied == 0.0


def test_satisficing_needs_every_threshold():
    outcomes = {"worth": TABLE, "disaster": np.array([[0.1, 0.0, 0.0]] * 4)}
    good = satisficing(outcomes, [Threshold("worth", ">=", 1.0), Threshold("disaster", "<=", 0.05)])
    assert_allclose(good.mean(axis=0), [0.0, 0.75, 1.0])
    found = robustness(TABLE, PLANS, good_enough=good)
    assert "steady" in found.best["satisficing"]
    assert "bold" not in found.best["satisficing"]
    with pytest.raises(ValueError, match="at least one threshold"):
        satisficing(outcomes, [])


def test_a_missing_outcome_is_not_good_enough():
    assert not Threshold("worth", "<=", 1.0).met([np.nan])[0]


def test_futures_with_a_missing_worth_are_left_out_and_counted():
    Y = np.vstack([TABLE, [np.nan, 1.0, 1.0]])
    found = robustness(Y, PLANS)
    assert (found.futures, found.lost) == (4, 1)
    with pytest.raises(ValueError, match="no future"):
        robustness(np.full((2, 3), np.nan), PLANS)


def test_one_plan_is_best_by_every_criterion():
    found = robustness(TABLE[:, :1], ["only"])
    assert all(best == ("only",) for best in found.best.values())
    assert found.plans[0].worst_regret == 0.0


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="for 2 plans"):
        robustness(TABLE, ["a", "b"])
    with pytest.raises(ValueError, match="not negative"):
        robustness(TABLE, PLANS, error=-1.0)
    with pytest.raises(ValueError, match="does not fit"):
        robustness(TABLE, PLANS, good_enough=np.ones((2, 3)))


# --- Weights, pairs and intervals -------------------------------------------------------------


def rounded(found):
    """Every figure of every plan, and the plans within error of the best."""
    figures = [
        [p.mean, p.mean_regret, p.high_regret, p.worst_regret, p.domain, p.satisfices]
        for p in found.plans
    ]
    return np.array(figures, dtype=float), found.tied


@pytest.mark.parametrize("seed", range(5))
def test_a_weight_of_three_is_a_row_given_three_times(seed):
    rng = np.random.default_rng(seed)
    Y, good = rng.random((40, 3)), rng.random((40, 3)) < 0.6
    counts = rng.integers(0, 4, 40)
    weighted = robustness(Y, PLANS, error=0.05, good_enough=good, weights=counts)
    rows = np.repeat(np.arange(40), counts)
    plain = robustness(Y[rows], PLANS, error=0.05, good_enough=good[rows])
    assert_allclose(rounded(weighted)[0], rounded(plain)[0])
    assert rounded(weighted)[1] == pytest.approx(rounded(plain)[1])
    scaled = robustness(Y, PLANS, error=0.05, good_enough=good, weights=counts / 7)
    assert_allclose(rounded(scaled)[0], rounded(plain)[0])


def test_a_percentile_is_a_value_that_occurs_with_the_weight_at_or_below_it():
    values = [3.0, 1.0, 2.0, 4.0]
    assert quantile(values, 0.5) == 2.0
    assert quantile(values, 0.51) == 3.0
    assert quantile(values, 1.0) == 4.0
    assert quantile(values, 0.5, [1, 0, 0, 3]) == 4.0
    assert quantile(np.arange(10), 0.9) == 8
    for scale in (1e-10, 1e10):  # weights are of any scale
        tenths = np.full(10, scale)
        assert [quantile(np.arange(10), k / 10, tenths) for k in range(1, 11)] == [*range(10)]
        assert quantile([1.0, 2.0, 3.0], 0.34, np.full(3, scale)) == 2.0
        assert quantile([1.0, 2.0], 1e-12, [0.0, scale]) == 2.0
    with pytest.raises(ValueError, match="needs values"):
        quantile([], 0.5)


def test_pairs_of_plans_have_errors_of_their_own():
    Y = np.tile([0.5, 0.52, 0.52], (50, 1))
    pairs = np.array([[0, 0.03, 0.03], [0.03, 0, 0.01], [0.03, 0.01, 0]])
    assert robustness(Y, PLANS, error=pairs).best["mean regret"] == tuple(PLANS)
    pairs[0, 1] = pairs[1, 0] = 0.01
    assert robustness(Y, PLANS, error=pairs).best["mean regret"] == ("other", "steady")
    with pytest.raises(ValueError, match="one for each pair"):
        robustness(Y, PLANS, error=np.zeros(3))


def test_mean_regrets_of_a_sample_tie_within_two_standard_errors():
    rng = np.random.default_rng(1)
    Y = np.column_stack([rng.normal(0.5, 0.1, 20), rng.normal(0.51, 0.1, 20), np.zeros(20)])
    assert len(robustness(Y, PLANS).best["mean regret"]) == 1
    assert robustness(Y, PLANS, sampled=True).best["mean regret"] == ("bold", "other")


@pytest.mark.parametrize(("hits", "n"), [(0, 10), (9, 16), (22, 32), (32, 32), (430, 1000)])
def test_the_interval_of_a_share_is_that_of_wilson(hits, n):
    theirs = binomtest(hits, n).proportion_ci(method="wilson")
    assert_allclose(wilson(hits / n, n), (theirs.low, theirs.high), atol=1e-12)


def test_a_verdict_needs_the_whole_interval_on_one_side():
    def verdict(hits, n, bar=0.5):
        return held(np.arange(n) < hits, np.ones(n, dtype=bool), bar=bar).verdict

    assert verdict(22, 32) == "holds up"
    assert verdict(21, 32) == "cannot be told"
    assert verdict(11, 32) == "cannot be told"
    assert verdict(10, 32) == "falls short"


def test_what_is_not_known_counts_against_either_verdict():
    good, known = np.ones(40, dtype=bool), np.arange(40) < 26
    found = held(good, known)
    assert (found.share, found.hits, found.futures) == (1.0, 26, 26)
    assert found.lost == pytest.approx(14 / 40)
    assert found.low == pytest.approx(wilson(26 / 40, 40)[0])
    assert found.high == 1.0
    none = held(good, np.zeros(40, dtype=bool))
    assert np.isnan(none.share)
    assert none.verdict == "cannot be told"


def test_few_effective_futures_widen_the_interval():
    good = np.arange(100) < 80
    known = np.ones(100, dtype=bool)
    weights = np.where(np.arange(100) % 10 == 0, 1.0, 1e-6)
    assert held(good, known, weights=weights).share == pytest.approx(0.8)
    assert held(good, known).verdict == "holds up"
    assert held(good, known, weights=weights).verdict == "cannot be told"


def test_over_all_readings_one_failure_is_enough_and_all_must_hold():
    sure = held(np.ones(40, dtype=bool), np.ones(40, dtype=bool))
    never = held(np.zeros(40, dtype=bool), np.ones(40, dtype=bool))
    maybe = held(np.arange(40) < 20, np.ones(40, dtype=bool))
    assert Standing("p", {"x": sure, "y": sure}).verdict == "holds up"
    assert Standing("p", {"x": sure, "y": maybe}).verdict == "cannot be told"
    assert Standing("p", {"x": sure, "y": maybe, "z": never}).verdict == "falls short"
    assert Standing("p", {"x": sure, "y": maybe, "z": never}).least == "z"


def test_weights_that_are_no_weights_are_refused():
    for weights in (np.ones(3), -np.ones(4), np.zeros(4), [np.nan] * 4):
        with pytest.raises(ValueError, match="weights"):
            robustness(TABLE, PLANS, weights=weights)
    with pytest.raises(ValueError, match="between 0 and 1"):
        held([True], [True], bar=1.0)
    with pytest.raises(ValueError, match="do not fit"):
        held([True], [True, False])
