"""Opening beliefs by hand, and the belief grid against its definition."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.game.small_crises import small

from offramp.crisis import load
from offramp.game import simplex_grid
from offramp.game._evidence import opening_beliefs, prior_of, updates

ITEM = {"date": "2025-12-01", "text": "Seen.", "likelihood": {"weary": 0.3, "patient": 0.6}}


def opening(*items, **changes):
    """Opening beliefs and the exponents of each item: prior .6 / .4, hindsight .7, acts : words 2."""
    evidence = {f"item_{i}": {**ITEM, **item} for i, item in enumerate(items)}
    return opening_beliefs(small(evidence=evidence, **changes))


def by_hand(*logs):
    """Posterior from prior .6 / .4 and log-likelihood ratios (weary over patient)."""
    odds = 0.6 / 0.4 * math.exp(sum(logs))
    return [odds / (1 + odds), 1 / (1 + odds)]


def test_without_evidence_beliefs_are_the_priors():
    assert opening() == pytest.approx([0.6, 0.4])


def test_acts_count_twice_as_much_as_words():
    ratio = math.log(0.3 / 0.6)
    word, act = 0.7 * 2 / 3, 0.7 * 4 / 3
    assert opening({"kind": "word"}) == pytest.approx(by_hand(word * ratio))
    assert opening({"kind": "act"}) == pytest.approx(by_hand(act * ratio))


def test_grades_pull_likelihoods_towards_their_mean():
    weight = 0.85 * 0.65  # B3
    low, high = weight * 0.3 + (1 - weight) * 0.45, weight * 0.6 + (1 - weight) * 0.45
    act = 0.7 * 4 / 3
    assert opening({"grade": "B3"}) == pytest.approx(by_hand(act * math.log(low / high)))
    for grade in ("F1", "A6"):
        assert opening({"grade": grade}) == pytest.approx([0.6, 0.4])


def test_absences_count_as_far_as_one_would_have_seen():
    low, high = 0.5 * 0.3 + 0.5 * 0.45, 0.5 * 0.6 + 0.5 * 0.45
    word = 0.7 * 2 / 3
    found = opening({"kind": "absence", "chance_of_seeing": 0.5})
    assert found == pytest.approx(by_hand(word * math.log(low / high)))


def test_items_that_hang_together_are_tempered():
    changes = {"dependence": {"pair": {"items": ["item_0", "item_1"], "exponent": 0.5}}}
    act = 0.7 * 4 / 3 * math.log(0.5)
    assert opening({}, {}, **changes) == pytest.approx(by_hand(act))
    assert opening({}, {}) == pytest.approx(by_hand(2 * act))


@pytest.mark.parametrize(
    "left_out",
    [
        {"include": False},
        {"about": "A"},
        {"date": "2024-01-01"},
    ],
    ids=["excluded", "about A", "before the priors"],
)
def test_items_that_may_not_be_used_are_not(left_out):
    changes = {"hypotheses.prior_date": "2025-01-01"}
    assert opening(left_out, **changes) == pytest.approx([0.6, 0.4])


def test_a_likelihood_of_zero_rules_a_type_out_without_an_error():
    found = opening({"likelihood": {"weary": 0.0, "patient": 0.5}})
    assert found == pytest.approx([0, 1], abs=1e-12)


def test_the_reference_case_opens_with_beliefs_over_its_types():
    crisis = load("ukraine-2025")
    belief = opening_beliefs(crisis)
    assert belief.sum() == pytest.approx(1)
    assert (belief > 0.01).all()
    log = np.log(prior_of(crisis)) + np.sum([u.log_likelihood for u in updates(crisis)], axis=0)
    assert belief == pytest.approx(np.exp(log) / np.exp(log).sum())
    assert all(u.date <= crisis.as_of for u in updates(crisis))


@pytest.mark.parametrize(("types", "steps"), [(1, 3), (2, 10), (3, 6), (4, 4), (5, 2)])
def test_the_grid_holds_every_point_of_the_lattice(types, steps):
    grid = simplex_grid(types, steps)
    assert grid.size == math.comb(steps + types - 1, types - 1) if types > 1 else grid.size == 1
    assert grid.points.sum(1) == pytest.approx(1)
    assert len({tuple(p) for p in grid.points}) == grid.size


beliefs = st.integers(2, 5).flatmap(
    lambda n: st.lists(st.floats(0, 1), min_size=n, max_size=n).filter(lambda x: sum(x) > 0.01)
)


@given(raw=beliefs, steps=st.integers(1, 7))
def test_interpolation_keeps_linear_functions_and_lies_between_its_corners(raw, steps):
    belief = np.array(raw) / sum(raw)
    grid = simplex_grid(len(belief), steps)
    index, weight = grid.locate(belief[None])
    assert weight.min() >= -1e-12
    assert weight.sum() == pytest.approx(1)
    mean = (weight[:, 0, None] * grid.points[index[:, 0]]).sum(0)
    assert mean == pytest.approx(belief, abs=1e-9)
    # Corners that carry weight are neighbours: no coordinate differs by more than one step.
    used = grid.points[index[:, 0][weight[:, 0] > 1e-9]]
    assert (used.max(0) - used.min(0) <= 1 / steps + 1e-9).all()


@pytest.mark.parametrize(("types", "steps"), [(2, 10), (3, 6), (4, 4)])
def test_grid_points_are_their_own_corner(types, steps):
    grid = simplex_grid(types, steps)
    index, weight = grid.locate(grid.points)
    f = np.random.default_rng(0).normal(size=grid.size)
    assert (weight * f[index]).sum(0) == pytest.approx(f, abs=1e-9)


def test_a_new_item_has_the_graded_chance_and_the_record_its_tempered_one() -> None:
    """Tempering is a power of the graded likelihood; a chance of being seen is never above one."""
    crisis = load("ukraine-2025")
    found = updates(crisis)
    assert len(found) >= 5
    for update in found:
        chance, logs = np.array(update.likelihood), np.array(update.log_likelihood)
        assert ((chance >= 0) & (chance <= 1)).all()
        if np.ptp(chance) > 1e-9:
            powers = logs / np.log(chance)
            np.testing.assert_allclose(powers, powers[0], rtol=1e-12)
    assert any(abs(u.log_likelihood[0] - np.log(u.likelihood[0])) > 0.1 for u in found)
