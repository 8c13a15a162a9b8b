"""The value of finding out, on cases with an answer in closed form."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm, qmc

from offramp.ensembles.information import (
    basis,
    value_of_evidence,
    value_of_information,
    value_of_signal,
)


def normal_worth(mean, spread):
    """E[max(0, D)] - max(0, mean) for D normal: what it is worth to know D before choosing."""
    return spread * norm.pdf(mean / spread) - abs(mean) * norm.cdf(-abs(mean) / spread)


def two_plans(n=4096, noise=0.0, seed=0):
    """Standing still is worth 0, acting .2 + .8 x + .3 z (+ noise); w does nothing."""
    unit = qmc.Sobol(3, rng=seed).random(n)
    X = norm.ppf(np.clip(unit, 1e-9, 1 - 1e-9))
    extra = noise * np.random.default_rng(seed).standard_normal(n)
    acting = 0.2 + 0.8 * X[:, 0] + 0.3 * X[:, 1] + extra
    return X, np.column_stack([np.zeros(n), acting])


def test_values_of_information_are_those_of_the_normal_loss_integral():
    X, Y = two_plans()
    found = value_of_information(X, Y, ["x", "z", "w"], ["stay", "act"])
    assert found.best == "act"
    assert found.now == pytest.approx(0.2, abs=0.002)
    assert found.perfect == pytest.approx(normal_worth(0.2, np.hypot(0.8, 0.3)), abs=0.002)
    worth = {w.name: w for w in found.worths}
    assert worth["x"].value == pytest.approx(normal_worth(0.2, 0.8), abs=0.002)
    assert worth["z"].value == pytest.approx(normal_worth(0.2, 0.3), abs=0.002)
    assert [w.name for w in found.worths] == ["x", "z", "w"]
    for w in found.worths[:2]:
        assert w.low <= w.value <= w.high
        assert not w.nothing


def test_what_does_not_matter_is_worth_nothing_to_know():
    X, Y = two_plans(1024, noise=0.3)
    found = value_of_information(X, Y, ["x", "z", "w"], ["stay", "act"])
    idle = found.worths[-1]
    assert idle.name == "w"
    assert idle.nothing
    assert idle.value <= idle.chance < 0.02


def test_a_false_alarm_is_rare_however_many_inputs_are_tried():
    alarms = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        X, Y = rng.random((300, 25)), rng.standard_normal((300, 2))
        found = value_of_information(X, Y, [f"x{j}" for j in range(25)], ["p", "q"], resamples=60)
        alarms += any(not w.nothing for w in found.worths)
    assert alarms <= 4  # nominal rate 1 in 20 families


def test_a_plan_that_is_always_best_leaves_nothing_to_find_out():
    X, Y = two_plans(512)
    Y = np.column_stack([Y[:, 1], Y[:, 1] - 1.0])
    found = value_of_information(X, Y, ["x", "z", "w"], ["good", "bad"])
    assert found.best == "good"
    assert found.perfect == found.perfect_high == 0.0
    assert all(w.value == 0.0 and w.nothing and not w.switch for w in found.worths)


def test_learning_says_which_plan_on_which_side():
    X, Y = two_plans()
    (x, *_) = value_of_information(X, Y, ["x", "z", "w"], ["stay", "act"]).worths
    assert x.switch == ("stay", "act")
    assert x.changes == pytest.approx(norm.cdf(-0.25), abs=0.01)


def test_partial_information_is_never_worth_more_than_perfect():
    for seed in range(5):
        X, Y = two_plans(256, noise=0.5, seed=seed)
        found = value_of_information(X, Y, ["x", "z", "w"], ["stay", "act"], resamples=20)
        assert all(w.value <= found.perfect + 1e-12 for w in found.worths)
        assert all(w.value >= -1e-12 for w in found.worths)


def test_a_threshold_is_followed_by_the_spline():
    rng = np.random.default_rng(1)
    x = rng.random((4000, 1))
    Y = np.column_stack([np.zeros(4000), np.where(x[:, 0] < 0.5, -1.0, 0.6)])
    found = value_of_information(x, Y, ["x"], ["stay", "act"], resamples=20)
    share = (x[:, 0] >= 0.5).mean()
    exact = 0.6 * share - max(0.0, 0.6 * share - (1 - share))
    assert found.worths[0].value == pytest.approx(exact, abs=0.03)


def test_an_input_with_few_values_is_taken_value_by_value():
    rng = np.random.default_rng(2)
    x = rng.integers(0, 3, 3000).astype(float)
    gains = np.array([0.5, -1.0, 0.4])[x.astype(int)]  # not monotone: no line would see it
    Y = np.column_stack([np.zeros(3000), gains])
    found = value_of_information(x[:, None], Y, ["x"], ["stay", "act"], resamples=20)
    assert found.worths[0].value == pytest.approx(found.perfect)
    assert basis(x).shape == (3000, 3)
    assert basis(np.ones(50)).shape == (50, 1)


def test_draws_with_a_missing_worth_are_left_out_and_counted():
    X, Y = two_plans(512)
    Y[3, 1] = np.nan
    found = value_of_information(X, Y, ["x", "z", "w"], ["stay", "act"], resamples=10)
    assert (found.draws, found.lost) == (511, 1)
    with pytest.raises(ValueError, match="too few"):
        value_of_information(X[:40], Y[:40], ["x", "z", "w"], ["stay", "act"])
    with pytest.raises(ValueError, match="do not fit"):
        value_of_information(X, Y, ["x"], ["stay", "act"])


# --- Evidence ------------------------------------------------------------------------------


def by_hand(prior, likelihood, worth):
    """Preposterior analysis of a textbook: two types, two plans, a signal."""
    now = max(sum(p * w for p, w in zip(prior, row, strict=True)) for row in worth.T)
    after = 0.0
    for s in range(likelihood.shape[1]):
        after += max(
            sum(p * lk * w for p, lk, w in zip(prior, likelihood[:, s], row, strict=True))
            for row in worth.T
        )
    return after - now


def test_a_signal_about_the_type_is_worth_what_preposterior_analysis_says():
    prior = np.array([0.6, 0.4])
    worth = np.array([[1.0, 0.4], [-1.0, 0.4]])  # rows: types; columns: concede, hold
    likelihood = np.array([[0.8, 0.2], [0.3, 0.7]])
    found = value_of_signal(worth, likelihood, weights=prior)
    assert found == pytest.approx(by_hand(prior, likelihood, worth))
    assert found == pytest.approx(0.6 * 0.8 - 0.4 * 0.3 + 0.4 * 0.4 - 0.4)  # .12


def test_a_signal_that_says_the_same_whatever_the_type_is_worth_nothing():
    worth = np.array([[1.0, 0.4], [-1.0, 0.4]])
    assert value_of_signal(worth, np.full((2, 2), 0.5)) == pytest.approx(0.0, abs=1e-15)


def test_a_perfect_signal_is_worth_perfect_information():
    worth = np.array([[1.0, 0.4], [-1.0, 0.4]])
    perfect = worth.max(axis=1).mean() - worth.mean(axis=0).max()
    assert value_of_signal(worth, np.eye(2)) == pytest.approx(perfect)


def test_evidence_is_ranked_with_intervals():
    rng = np.random.default_rng(4)
    hard = rng.random(800) < 0.5
    Y = np.column_stack([np.where(hard, -1.0, 1.0), np.full(800, 0.1)])
    items = {
        "weak": np.where(hard[:, None], [0.45, 0.55], [0.55, 0.45]),
        "strong": np.where(hard[:, None], [0.1, 0.9], [0.9, 0.1]),
    }
    strong, weak = value_of_evidence(Y, items)
    assert (strong.name, weak.name) == ("strong", "weak")
    assert strong.low > weak.high
    assert strong.low <= strong.value <= strong.high
    assert strong.changes == pytest.approx(0.5, abs=0.06)


def test_chances_that_are_not_chances_are_refused():
    with pytest.raises(ValueError, match="sum to 1"):
        value_of_signal(np.zeros((2, 2)), [[0.5, 0.6], [0.5, 0.5]])
    with pytest.raises(ValueError, match="do not fit"):
        value_of_signal(np.zeros((2, 2)), [[0.5, 0.5]])
    with pytest.raises(ValueError, match="weights"):
        value_of_signal(np.zeros((2, 2)), np.eye(2), weights=[-1.0, 2.0])
