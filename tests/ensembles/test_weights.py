"""Weights from observed moments: known tilts, limits, and collapse said aloud."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from offramp.ensembles.weights import OutOfReach, effective_size, likely, tilted


def normal_draws(n=40_000, seed=0):
    return np.random.default_rng(seed).standard_normal((n, 1))


def test_tilting_a_standard_normal_shifts_it():
    """exp(lambda x) times a standard normal is a normal with mean lambda and variance 1."""
    draws = normal_draws()
    found = tilted(draws, [0.5], ["x"])
    assert found.after[0] == pytest.approx(0.5, abs=1e-8)
    assert found.tilt[0] == pytest.approx(0.5, abs=0.02)
    assert found.mean((draws[:, 0] - 0.5) ** 2) == pytest.approx(1.0, abs=0.05)
    # E[w^2] = exp(lambda^2): the effective share of draws.
    assert found.effective / len(draws) == pytest.approx(np.exp(-0.25), abs=0.03)


def test_an_error_stops_half_way():
    """Minimise relative entropy m^2 / 2 plus (m - t)^2 / (2 s^2): m = t / (1 + s^2) for a standard normal."""
    found = tilted(normal_draws(), [1.0], ["x"], errors=1.0)
    assert found.after[0] == pytest.approx(0.5, abs=0.02)
    assert found.effective > tilted(normal_draws(), [1.0], ["x"]).effective


def test_two_events_of_known_odds():
    draws = np.array([[0.0], [0.0], [0.0], [1.0]])
    found = tilted(draws, [0.7], ["happens"])
    assert_allclose(found.weights, [0.1, 0.1, 0.1, 0.7])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_reachable_targets_are_met_and_no_other_weights_are_closer_to_equal(seed, p, q):
    rng = np.random.default_rng(seed)
    draws = rng.random((200, 2))
    mix = rng.dirichlet(np.full(200, 0.5))
    targets = mix @ draws
    found = tilted(draws, targets, ["a", "b"])
    assert_allclose(found.weights @ draws, targets, atol=1e-7)
    assert found.weights.sum() == pytest.approx(1.0)

    def entropy(w):
        held = w[w > 0]
        return (held * np.log(200 * held)).sum()

    assert entropy(found.weights) <= entropy(mix) + 1e-9


def test_targets_at_the_mean_leave_all_draws_equal():
    draws = normal_draws(500)
    found = tilted(draws, draws.mean(axis=0), ["x"])
    assert_allclose(found.weights, 1 / 500)
    assert found.effective == pytest.approx(500)
    assert found.warnings == ()
    assert not found.collapsed


def test_a_target_out_of_reach_is_refused_and_named():
    draws = normal_draws(500)
    with pytest.raises(OutOfReach, match="aid in May: the draws span"):
        tilted(draws, [9.0], ["aid in May"])
    together = np.column_stack([draws[:, 0], -draws[:, 0]])
    with pytest.raises(OutOfReach, match="together"):
        tilted(together, [1.0, 1.0], ["a", "b"])
    softened = tilted(together, [1.0, 1.0], ["a", "b"], errors=0.5)
    assert_allclose(softened.after, 0.0, atol=0.1)  # they pull in opposite directions


def test_weights_that_collapse_are_warned_about():
    draws = normal_draws(400)
    far = tilted(draws, [draws[:, 0].max() - 0.05], ["x"])
    assert far.collapsed
    assert far.effective < 10
    assert any("collapsed: 400 draws count for" in w for w in far.warnings)


def test_a_moment_that_is_the_same_everywhere_tells_nothing_and_says_so():
    draws = np.column_stack([normal_draws(300)[:, 0], np.full(300, 2.0)])
    found = tilted(draws, [0.1, 2.0], ["x", "flat"])
    assert any("flat" in w for w in found.warnings)
    with pytest.raises(OutOfReach, match="flat"):
        tilted(draws, [0.1, 2.1], ["x", "flat"])


def test_the_likelihood_of_a_normal_prior_gives_the_normal_posterior():
    draws = normal_draws()
    found = likely(draws, [1.0], ["x"], errors=0.5)
    # Prior N(0, 1), observation 1 with variance .25: posterior N(.8, .2).
    assert found.mean(draws[:, 0]) == pytest.approx(0.8, abs=0.02)
    assert found.mean((draws[:, 0] - 0.8) ** 2) == pytest.approx(0.2, abs=0.01)


def test_a_covariance_counts_correlated_errors_once():
    draws = normal_draws(20_000)
    twice = np.column_stack([draws[:, 0]] * 2)
    once = likely(draws, [1.0], ["x"], errors=0.5).mean(draws[:, 0])
    shared = np.full((2, 2), 0.25) + 1e-8 * np.eye(2)
    correlated = likely(twice, [1.0, 1.0], ["x", "same"], covariance=shared)
    independent = likely(twice, [1.0, 1.0], ["x", "same"], errors=0.5)
    assert correlated.mean(draws[:, 0]) == pytest.approx(once, abs=1e-3)
    assert independent.mean(draws[:, 0]) > once + 0.05


def test_draws_without_a_moment_get_no_weight():
    draws = normal_draws(100)
    draws[5] = np.nan
    for found in (tilted(draws, [0.0], ["x"]), likely(draws, [0.0], ["x"], errors=1.0)):
        assert found.weights[5] == 0.0
        assert any("1 of 100 draws lack a moment" in w for w in found.warnings)
        outcome = np.where(np.isnan(draws[:, 0]), np.nan, 1.0)
        assert found.mean(outcome) == pytest.approx(1.0)
    with pytest.raises(ValueError, match="is missing"):
        found.mean(np.full(100, np.nan))


def test_kish_by_hand():
    assert effective_size([1.0, 1.0, 1.0, 1.0]) == 4.0
    assert effective_size([1.0, 0.0]) == 1.0
    assert effective_size([3.0, 1.0]) == pytest.approx(1.6)


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="do not fit"):
        tilted(np.zeros((3, 2)), [0.0], ["x"])
    with pytest.raises(ValueError, match="positive errors"):
        likely(np.zeros((3, 1)), [0.0], ["x"], errors=0.0)
    with pytest.raises(ValueError, match="either errors or a covariance"):
        likely(np.zeros((3, 1)), [0.0], ["x"])
    with pytest.raises(ValueError, match="not positive definite"):
        likely(np.zeros((3, 1)), [0.0], ["x"], covariance=[[-1.0]])
    with pytest.raises(ValueError, match="no draw has all moments"):
        tilted(np.full((3, 1), np.nan), [0.0], ["x"])


@pytest.mark.parametrize("draws", [3, 7, 10, 21, 30])
def test_equal_weights_on_few_draws_have_not_collapsed(draws):
    moments = np.random.default_rng(0).normal(size=(draws, 1))
    assert not tilted(moments, [0.0], ["m"], errors=1e4).collapsed


def test_a_moment_that_is_the_same_in_every_draw_does_not_stop_the_others():
    moments = np.column_stack([np.random.default_rng(0).normal(size=200), np.full(200, 0.1)])
    assert moments.std(axis=0)[1] > 0  # rounding, not spread
    found = tilted(moments, [0.3, 0.2], ["x", "flat"], errors=[0.0, 0.1])
    assert found.after[0] == pytest.approx(0.3, abs=1e-6)
    assert any("flat" in text for text in found.warnings)
