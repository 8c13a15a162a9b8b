"""Robustness criteria on tables small enough to work out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from offramp.ensembles.robust import (
    Threshold,
    domain,
    regret,
    robustness,
    satisficing,
    survivors,
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
    assert found.agreed == ()


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
    assert found.agreed == ("bold", "other")
    assert found.tied == 1.0
    exact = robustness(Y, PLANS)
    assert exact.agreed == ("other",)
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
    assert found.agreed == ("only",)
    assert found.plans[0].worst_regret == 0.0


def test_a_plan_survives_only_if_it_survives_every_reading():
    optimist = np.array([[True, True], [True, True], [True, False], [True, True]])
    pessimist = np.array([[True, False], [False, False], [True, True], [True, False]])
    found = survivors({"optimist": optimist, "pessimist": pessimist}, ["solid", "fair"], share=0.6)
    solid, fair = found
    assert (solid.plan, solid.survives, solid.worst) == ("solid", True, "pessimist")
    assert (fair.plan, fair.survives, fair.worst) == ("fair", False, "pessimist")
    assert fair.shares == {"optimist": 0.75, "pessimist": 0.25}
    with pytest.raises(ValueError, match="no reading"):
        survivors({}, ["solid"])


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="for 2 plans"):
        robustness(TABLE, ["a", "b"])
    with pytest.raises(ValueError, match="not negative"):
        robustness(TABLE, PLANS, error=-1.0)
    with pytest.raises(ValueError, match="does not fit"):
        robustness(TABLE, PLANS, good_enough=np.ones((2, 3)))
