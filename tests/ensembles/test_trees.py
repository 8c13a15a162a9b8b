"""The tree against a literal search for the best split, and on planted structure."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from offramp.ensembles.discovery import inside
from offramp.ensembles.trees import grow

NAMES = ["a", "b", "c"]


def literal_split(X, y, least):
    """The best split by trying every value of every input."""

    def impurity(rows):
        if not len(rows):
            return 0.0
        p = sum(y[i] for i in rows) / len(rows)
        return len(rows) * 2 * p * (1 - p)

    everyone = list(range(len(y)))
    best = None
    for j in range(X.shape[1]):
        values = sorted(set(X[:, j]))
        for low, high in itertools.pairwise(values):
            t = (low + high) / 2
            left = [i for i in everyone if X[i, j] <= t]
            right = [i for i in everyone if X[i, j] > t]
            if min(len(left), len(right)) < least:
                continue
            fall = impurity(everyone) - impurity(left) - impurity(right)
            if best is None or fall > best[0] + 1e-12:
                best = (fall, j, t)
    return best


@pytest.mark.parametrize("seed", range(5))
def test_the_first_question_is_the_best_of_all(seed):
    rng = np.random.default_rng(seed)
    X = np.column_stack([rng.random(120), rng.integers(0, 4, 120), rng.random(120)])
    y = (X[:, 1] > 1) & (X[:, 2] < 0.7) | (rng.random(120) < 0.15)
    fall, column, threshold = literal_split(X, y, 6)
    root = grow(X, y, NAMES, depth=1).root
    assert root.column == column
    assert root.threshold == pytest.approx(threshold)
    share = y.mean()
    assert root.worth == pytest.approx(fall / (120 * 2 * share * (1 - share)))


def test_a_tree_says_that_one_input_decides_which_other_matters():
    rng = np.random.default_rng(0)
    X = rng.random((3000, 3))
    y = np.where(X[:, 0] < 0.5, X[:, 1] < 0.3, X[:, 2] < 0.3)
    tree = grow(X, y, NAMES)
    pure = [leaf for leaf in tree.leaves() if leaf.density > 0.95]
    questions = [{limit.name for limit in leaf.limits} for leaf in pure]
    assert {"a", "b"} in questions or {"a", "c"} in questions
    assert sum(leaf.coverage for leaf in pure) > 0.6
    assert set(tree.worth()) == {"a", "b", "c"}


def test_leaves_are_disjoint_and_cover_everything():
    rng = np.random.default_rng(1)
    X = rng.random((1000, 3))
    y = (X[:, 0] < 0.4) & (X[:, 2] > 0.3) | (rng.random(1000) < 0.1)
    tree = grow(X, y, NAMES)
    leaves = tree.leaves()
    # A leaf's box is closed, its neighbour's too: no row lies on a threshold half way between values.
    held = np.stack([inside(leaf.limits, X) for leaf in leaves])
    assert (held.sum(axis=0) == 1).all()
    assert [int(h.sum()) for h in held] == [leaf.inside for leaf in leaves]
    assert sum(leaf.hits for leaf in leaves) == y.sum()
    predicted = tree.predict(X)
    for h, leaf in zip(held, leaves, strict=True):
        assert predicted[h] == pytest.approx(leaf.density)


def test_noise_grows_no_tree():
    rng = np.random.default_rng(2)
    grown = 0
    for _ in range(60):
        tree = grow(rng.random((500, 3)), rng.random(500) < 0.3, NAMES)
        grown += len(tree.leaves()) > 1
    assert grown <= 7  # nominal: 3 of 60


@pytest.mark.parametrize("cases", [np.zeros(80, bool), np.ones(80, bool)])
def test_all_of_one_kind_is_a_single_leaf(cases):
    tree = grow(np.random.default_rng(0).random((80, 3)), cases, NAMES)
    (leaf,) = tree.leaves()
    assert leaf.limits == ()
    assert tree.worth() == {}


def test_leaves_are_no_smaller_than_asked_for():
    rng = np.random.default_rng(3)
    X = rng.random((400, 3))
    tree = grow(X, X[:, 0] < 0.02, NAMES, least_leaf=0.1)
    assert min(leaf.inside for leaf in tree.leaves()) >= 40


def test_bad_arrays_are_refused():
    with pytest.raises(ValueError, match="do not fit"):
        grow(np.zeros((3, 2)), [True] * 3, NAMES)
    with pytest.raises(ValueError, match="failed rows"):
        grow(np.full((3, 3), np.nan), [True] * 3, NAMES)
