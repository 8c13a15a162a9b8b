"""Sobol indices against exact answers, against a literal estimator, and against SALib."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from offramp.ensembles.sobol import (
    NEGLIGIBLE,
    SobolSample,
    WrongSample,
    one_at_a_time,
    sobol_indices,
    sobol_sample,
    tornado,
)
from offramp.ensembles.testbeds import critical_phosphorus, ishigami, ishigami_indices


def firsts(result):
    return np.array([i.first for i in result.indices])


def totals(result):
    return np.array([i.total for i in result.indices])


# --- Known answers -------------------------------------------------------------------------


def test_the_indices_of_ishigami_are_those_of_the_book():
    first, total = ishigami_indices()
    assert_allclose(first, [0.31390519, 0.44241114, 0.0], atol=1e-8)
    assert_allclose(total, [0.55758886, 0.44241114, 0.24368366], atol=1e-8)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_ishigami_is_estimated_to_a_thousandth_from_2_to_the_15_base_points(seed):
    sample = sobol_sample(["x1", "x2", "x3"], 2**15, seed=seed)
    found = sobol_indices(sample, sample.evaluate(ishigami), resamples=0)
    first, total = ishigami_indices()
    assert np.abs(firsts(found) - first).max() < 1e-3
    assert np.abs(totals(found) - total).max() < 1e-3


def test_intervals_hold_the_exact_indices_of_ishigami():
    first, total = ishigami_indices()
    inside = 0
    for seed in range(10):
        sample = sobol_sample(["x1", "x2", "x3"], 512, seed=seed)
        found = sobol_indices(sample, sample.evaluate(ishigami), seed=seed)
        for index, s, t in zip(found.indices, first, total, strict=True):
            inside += index.first_low <= s <= index.first_high
            inside += index.total_low <= t <= index.total_high
    assert inside >= 56  # of 60; nominal is 57, and a sequence is better than independent points


def test_the_critical_phosphorus_of_the_lake_is_the_known_one():
    found = critical_phosphorus([0.42, 0.1, 0.4], [2.0, 2.0, 2.5])
    assert_allclose(found, [0.5445400016, 0.1010205144, 0.6678778690], atol=5e-11)
    b = np.linspace(0.05, 0.49, 20)
    assert_allclose(critical_phosphorus(b, 2.0), (1 - np.sqrt(1 - 4 * b**2)) / (2 * b), atol=1e-12)


def test_a_lake_that_always_recovers_has_no_critical_level():
    with pytest.raises(ValueError, match="decay outweighs"):
        critical_phosphorus(0.6, 2.0)


def test_the_lake_holds_more_the_faster_it_clears_and_the_later_recycling_sets_in():
    sample = sobol_sample(["b", "q"], 2**12, seed=1)

    def lake(unit):
        return critical_phosphorus(0.1 + 0.35 * unit[:, 0], 2.0 + 2.5 * unit[:, 1])

    b, q = sobol_indices(sample, sample.evaluate(lake)).indices
    assert b.rising == 1.0
    assert q.rising == 1.0
    assert b.first > 0.4
    assert q.first > 0.3
    literal = _literal(sample, lake)
    assert_allclose([[b.first, q.first], [b.total, q.total]], literal, atol=1e-12)


def _literal(sample, model):
    """The formulas of the module's docstring, one factor and one base point at a time."""
    n, d = sample.base, len(sample.factors)
    a, b = (model(sample.points[k * n : (k + 1) * n]) for k in (0, 1))
    both = [*a, *b]
    mean = sum(both) / len(both)
    variance = sum((y - mean) ** 2 for y in both) / len(both)
    first, total = [], []
    for j in range(d):
        ab = model(sample.points[(2 + j) * n : (3 + j) * n])
        first.append(sum((b[i] - mean) * (ab[i] - a[i]) for i in range(n)) / n / variance)
        total.append(sum((a[i] - ab[i]) ** 2 for i in range(n)) / (2 * n) / variance)
    return first, total


def test_a_sum_of_independent_terms_has_no_interaction():
    sample = sobol_sample(["a", "b", "c"], 2**12)
    found = sobol_indices(sample, sample.evaluate(lambda u: u @ [1.0, 2.0, 3.0]))
    assert_allclose(firsts(found), np.array([1, 4, 9]) / 14, atol=2e-3)
    assert not any(i.interacts for i in found.indices)
    assert [i.factor for i in found.ranked()] == ["c", "b", "a"]
    assert [i.rising for i in found.indices] == [1.0, 1.0, 1.0]


def test_a_product_around_zero_is_all_interaction():
    sample = sobol_sample(["a", "b"], 2**12)
    found = sobol_indices(sample, sample.evaluate(lambda u: (u[:, 0] - 0.5) * (u[:, 1] - 0.5)))
    assert_allclose(firsts(found), 0, atol=0.02)
    assert_allclose(totals(found), 1, atol=0.02)
    assert all(i.interacts for i in found.indices)


# --- No effect, groups, failures -----------------------------------------------------------


def test_a_parameter_without_effect_is_said_to_have_none_with_its_interval():
    sample = sobol_sample(["works", "idle"], 256)
    works, idle = sobol_indices(sample, sample.evaluate(lambda u: u[:, 0])).indices
    assert idle.none
    assert idle.moved == 0.0
    assert idle.rising is None
    assert (idle.total, idle.total_low, idle.total_high) == (0.0, 0.0, 0.0)
    assert not works.none


def test_a_parameter_of_tiny_effect_has_none_to_speak_of():
    sample = sobol_sample(["works", "hardly"], 1024)
    _, hardly = sobol_indices(sample, sample.evaluate(lambda u: u[:, 0] + 0.01 * u[:, 1])).indices
    assert hardly.moved == 1.0
    assert 0 < hardly.total <= hardly.total_high < NEGLIGIBLE
    assert hardly.none


def test_a_constant_outcome_is_said_in_words():
    sample = sobol_sample(["a", "b"], 128)
    found = sobol_indices(sample, sample.evaluate(lambda u: np.full(len(u), 0.3)))
    assert found.constant
    assert all(i.none for i in found.indices)
    assert "same at every point" in " ".join(found.warnings)


def test_a_group_moves_together_and_its_index_is_that_of_its_sum():
    names = ["a", "b", "c"]
    sample = sobol_sample(names, 2**12, groups={"b and c": ["b", "c"]})
    assert sample.factor_names == ("a", "b and c")
    assert sample.size == 4 * 2**12
    found = sobol_indices(sample, sample.evaluate(lambda u: u @ [1.0, 2.0, 3.0]))
    assert_allclose(totals(found), np.array([1, 13]) / 14, atol=2e-3)
    assert found.indices[1].rising is None  # a group has no direction


def test_a_base_point_with_a_failure_is_left_out_whole():
    sample = sobol_sample(["a", "b"], 256)
    values = sample.points @ np.array([1.0, 2.0])
    broken = values.copy()
    broken[2 * 256 + 7] = np.nan  # AB_a at base point 7
    found = sobol_indices(sample, sample.outcomes(broken, of=sample.key))
    assert (found.base, found.lost) == (255, 1)
    assert any("1 of 256 base points" in w for w in found.warnings)
    kept = np.delete(values.reshape(4, 256), 7, axis=1)
    a, b, ab = kept[0], kept[1], kept[2]
    variance = np.concatenate([a, b]).var()
    assert found.indices[0].total == pytest.approx(((a - ab) ** 2).mean() / 2 / variance)


def test_few_base_points_are_warned_about():
    sample = sobol_sample(["a"], 16)
    found = sobol_indices(sample, sample.evaluate(lambda u: u[:, 0]))
    assert any("only 16 base points" in w for w in found.warnings)


# --- Tied to their sample ------------------------------------------------------------------


def test_outcomes_of_another_sample_are_refused():
    one, two = (sobol_sample(["a", "b"], 64, seed=s) for s in (0, 1))
    outcomes = one.evaluate(lambda u: u[:, 0])
    with pytest.raises(WrongSample, match="not of this one"):
        sobol_indices(two, outcomes)
    with pytest.raises(WrongSample, match="not of this one"):
        two.outcomes(outcomes.values, of=one.key)
    with pytest.raises(WrongSample, match="outcomes for 256 points"):
        one.outcomes(outcomes.values[:-1], of=one.key)


def test_equal_samples_have_equal_keys_and_the_names_count():
    assert sobol_sample(["a"], 64).key == sobol_sample(["a"], 64).key
    assert sobol_sample(["a"], 64).key != sobol_sample(["b"], 64).key


def test_a_sample_whose_rows_are_out_of_order_is_refused():
    sample = sobol_sample(["a", "b"], 32)
    shuffled = np.roll(sample.points, 1, axis=0)
    with pytest.raises(WrongSample, match="columns from B"):
        SobolSample(sample.names, 32, shuffled, sample.factors)


def test_points_and_outcomes_cannot_be_written_to():
    sample = sobol_sample(["a"], 8)
    outcomes = sample.evaluate(lambda u: u[:, 0])
    for array in (sample.points, outcomes.values):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1.0


# --- Peers ---------------------------------------------------------------------------------


def test_estimates_agree_with_salib():
    salib = pytest.importorskip("SALib.analyze.sobol")
    names = ["x1", "x2", "x3"]
    sample = sobol_sample(names, 1024, seed=3)
    outcomes = sample.evaluate(ishigami)
    ours = sobol_indices(sample, outcomes, seed=1)
    blocks = outcomes.values.reshape(5, -1)
    theirs = salib.analyze(
        {"num_vars": 3, "names": names, "bounds": [[0, 1]] * 3},
        np.concatenate([blocks[:1], blocks[2:], blocks[1:2]]).T.ravel(),  # A, AB_1.., B a row
        calc_second_order=False,
        num_resamples=400,
        seed=1,
    )
    # SALib centres on the mean of all blocks, we on that of A and B: the same to 1e-6 here, not to rounding.
    assert_allclose(firsts(ours), theirs["S1"], atol=1e-6)
    assert_allclose(totals(ours), theirs["ST"], atol=1e-12)
    half = [(i.total_high - i.total_low) / 2 for i in ours.indices]
    assert_allclose(half, theirs["ST_conf"], rtol=0.3)


def test_the_bootstrap_is_the_same_for_the_same_seed():
    sample = sobol_sample(["x1", "x2", "x3"], 128)
    outcomes = sample.evaluate(ishigami)
    assert sobol_indices(sample, outcomes, seed=5) == sobol_indices(sample, outcomes, seed=5)
    assert sobol_indices(sample, outcomes, seed=5) != sobol_indices(sample, outcomes, seed=6)


# --- One at a time -------------------------------------------------------------------------


def test_the_tornado_ranks_by_reach_and_flags_hidden_interactions():
    names = ["a", "b", "c"]
    model = lambda u: u[:, 0] + 4 * (u[:, 1] - 0.5) * (u[:, 2] - 0.5)  # noqa: E731
    sample = sobol_sample(names, 2048)
    indices = sobol_indices(sample, sample.evaluate(model))
    points = one_at_a_time(np.zeros(3), np.full(3, 0.5), np.ones(3))
    assert points.shape == (7, 3)
    swings = tornado(names, model(points), indices)
    assert swings[0].name == "a"
    assert (swings[0].at_low, swings[0].centre, swings[0].at_high) == (0.0, 0.5, 1.0)
    # At the centre b and c do nothing: the tornado alone would miss a third of the variance.
    hidden = {s.name: (s.reach, s.hidden) for s in swings}
    assert hidden["b"] == (0.0, True)
    assert hidden["c"] == (0.0, True)
    assert hidden["a"] == (1.0, False)


def test_a_bump_at_the_centre_counts_in_the_reach():
    points = one_at_a_time(np.zeros(1), np.full(1, 0.5), np.ones(1))
    (swing,) = tornado(["a"], -((points[:, 0] - 0.5) ** 2))
    assert swing.width == 0.0
    assert swing.reach == 0.25


def test_ends_on_the_wrong_side_are_refused():
    with pytest.raises(ValueError, match="low <= centre <= high"):
        one_at_a_time(np.ones(1), np.zeros(1), np.ones(1))
    with pytest.raises(ValueError, match="outcomes for 3 points"):
        tornado(["a"], np.zeros(4))


# --- Rare outcomes -------------------------------------------------------------------------


def test_a_rare_outcome_has_finite_intervals_and_says_that_they_are_rough():
    sample = sobol_sample(["x1", "x2"], 64, seed=1)
    y = np.zeros(sample.size)
    y[5] = 1.0
    found = sobol_indices(sample, sample.outcomes(y, of=sample.key))
    assert all(np.isfinite([i.first_low, i.total_low, i.total_high]).all() for i in found.indices)
    assert any("resamples show no spread" in text for text in found.warnings)


def test_an_outcome_that_moves_only_in_single_steps_has_the_variance_of_all_points():
    sample = sobol_sample(["x1", "x2"], 64, seed=1)
    y = np.zeros(sample.size)
    y[2 * 64 + 5] = 1.0
    found = sobol_indices(sample, sample.outcomes(y, of=sample.key))
    assert found.variance == pytest.approx(y.var())
    assert not found.constant
    assert np.isfinite(totals(found)).all()
    assert found.indices[0].total > 0 == found.indices[1].total
    assert any("only in single steps" in text for text in found.warnings)
