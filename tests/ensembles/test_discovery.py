"""PRIM against a literal implementation of the definition, on planted boxes and on the lake."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest, qmc

from offramp.ensembles.discovery import (
    Box,
    Limit,
    best_box,
    discover_boxes,
    drop_weak,
    hull,
    inside,
    measured,
    merged,
    paste,
    peel,
    screened,
    with_quasi_p,
)
from offramp.ensembles.testbeds import critical_phosphorus
from offramp.ensembles.trees import grow

NAMES = ["a", "b", "c", "d"]


def literal_peel(X, y, alpha, least_mass):
    """Peeling as the docstring defines it: every candidate from scratch, rows as Python lists."""
    n, d = X.shape
    rows = list(range(n))
    limits: dict[tuple[int, str], float] = {}
    found = [(dict(limits), n, int(sum(y)))]
    while True:
        hits = sum(int(y[i]) for i in rows)
        if hits == len(rows) or len(rows) <= 1:
            return found
        best = None
        for j in range(d):
            for side in ("low", "high"):
                sign = 1 if side == "low" else -1
                values = sorted({sign * X[i, j] for i in rows})
                if len(values) == 1:
                    continue
                quota = max(1, int(alpha * len(rows)))
                gone: list[int] = []
                for value in values:  # equal values go together; at least the outermost value goes
                    group = [i for i in rows if sign * X[i, j] == value]
                    if gone and len(gone) + len(group) > quota:
                        break
                    gone += group
                    if len(gone) >= quota:
                        break
                left = [i for i in rows if i not in set(gone)]
                if not left or len(left) < least_mass * n:
                    continue
                before = hits / len(rows)
                after = sum(int(y[i]) for i in left) / len(left)
                gain = (after - before) * len(rows) / len(gone)
                if best is None or gain > best[0] + 1e-13:
                    edge = (
                        max(sign * X[i, j] for i in gone) + min(sign * X[i, j] for i in left)
                    ) / 2
                    best = (gain, j, side, sign * edge, left)
        if best is None:
            return found
        _, j, side, edge, rows = best
        limits = {**limits, (j, side): edge}
        found.append((limits, len(rows), sum(int(y[i]) for i in rows)))


def as_dict(box: Box):
    return {
        (limit.column, side): bound
        for limit in box.limits
        for side, bound in (("low", limit.low), ("high", limit.high))
        if np.isfinite(bound)
    }


def planted(n=400, seed=0, noise=0.1):
    rng = np.random.default_rng(seed)
    X = rng.random((n, 4))
    y = (X[:, 0] < 0.5) & (X[:, 2] > 0.4)
    return X, y ^ (rng.random(n) < noise)


@pytest.mark.parametrize("seed", range(4))
def test_the_trajectory_is_that_of_the_definition(seed):
    X, y = planted(200, seed)
    ours = peel(X, y, NAMES)
    theirs = literal_peel(X, y, 0.05, 0.05)
    assert len(ours.boxes) == len(theirs) > 10
    for box, (limits, rows, hits) in zip(ours.boxes, theirs, strict=True):
        assert (box.inside, box.hits) == (rows, hits)
        assert as_dict(box) == pytest.approx(limits)


@pytest.mark.parametrize("seed", range(4))
def test_the_trajectory_is_that_of_the_definition_where_values_tie(seed):
    rng = np.random.default_rng(seed)
    X = np.column_stack([rng.integers(0, k, 180) for k in (2, 5, 30, 180)]).astype(float)
    y = (X[:, 1] >= 3) & (X[:, 2] < 20) | (rng.random(180) < 0.1)
    ours = peel(X, y, NAMES, alpha=0.07)
    theirs = literal_peel(X, y, 0.07, 0.05)
    assert [(b.inside, b.hits) for b in ours.boxes] == [(r, h) for _, r, h in theirs]
    assert as_dict(ours.boxes[-1]) == pytest.approx(theirs[-1][0])


def test_every_box_of_a_trajectory_holds_the_rows_it_says():
    X, y = planted(1000, 3)
    for box in peel(X, y, NAMES).boxes:
        again = measured(box.limits, X, y)
        assert (again.inside, again.hits) == (box.inside, box.hits)


def test_a_planted_box_is_found_with_its_edges():
    X, y = planted(4000, 1, noise=0.03)
    found = discover_boxes(X, y, NAMES)
    box = found.boxes[0]
    edges = as_dict(box)
    assert set(edges) == {(0, "high"), (2, "low")}
    assert edges[0, "high"] == pytest.approx(0.5, abs=0.03)
    assert edges[2, "low"] == pytest.approx(0.4, abs=0.03)
    assert box.coverage > 0.9
    assert box.density > 0.9
    assert box.mass == pytest.approx(0.3, abs=0.04)
    assert all(limit.quasi_p < 1e-6 for limit in box.limits)
    assert found.held_out is not None
    assert found.held_out.density == pytest.approx(box.density, abs=0.05)


def test_pasting_never_lowers_density_and_puts_back_what_was_cut_too_far():
    X, y = planted(2000, 2, noise=0.0)
    tight = measured((Limit("a", 0, high=0.3), Limit("c", 2, low=0.7)), X, y)
    grown = paste(tight, X, y, NAMES)
    assert grown.density >= tight.density == 1.0
    assert grown.coverage > 0.9 > tight.coverage
    assert grown.hits == measured(grown.limits, X, y).hits


def test_quasi_p_is_the_binomial_test_against_the_box_without_the_limit():
    X, y = planted(600, 4, noise=0.2)
    box = measured((Limit("a", 0, high=0.5), Limit("b", 1, low=0.1, high=0.9)), X, y)
    tested = with_quasi_p(box, X, y)
    without_low = inside((Limit("a", 0, high=0.5), Limit("b", 1, high=0.9)), X)
    expected = binomtest(box.hits, box.inside, y[without_low].mean(), alternative="greater").pvalue
    assert tested.limits[1].qp_low == pytest.approx(expected)
    assert tested.limits[0].qp_low is None  # no limit there
    assert tested.limits[0].quasi_p < 1e-6 < tested.limits[1].quasi_p


def test_a_limit_that_does_nothing_is_dropped():
    X, y = planted(600, 4)
    box = measured((Limit("a", 0, high=0.5), Limit("b", 1, low=0.1), Limit("c", 2, low=0.4)), X, y)
    kept = drop_weak(box, X, y)
    assert [limit.name for limit in kept.limits] == ["a", "c"]
    assert kept.hits == measured(kept.limits, X, y).hits


def test_two_halves_of_one_region_are_merged_and_two_regions_are_not():
    X, _ = planted(3000, 5)
    y = X[:, 0] < 0.5
    halves = [
        measured((Limit("a", 0, low=0.2, high=0.5),), X, y),
        measured((Limit("a", 0, high=0.2),), X, y),
    ]
    (joint,) = merged(halves, X, y)
    assert as_dict(joint) == {(0, "high"): 0.5}
    two = (X[:, 0] < 0.2) | (X[:, 0] > 0.8)
    apart = [
        measured((Limit("a", 0, high=0.2),), X, two),
        measured((Limit("a", 0, low=0.8),), X, two),
    ]
    assert len(merged(apart, X, two)) == 2
    assert hull(apart[0], apart[1], X, two).limits == ()


def test_two_regions_give_two_boxes():
    rng = np.random.default_rng(6)
    X = rng.random((4000, 4))
    y = ((X[:, 0] < 0.4) & (X[:, 1] < 0.4)) | ((X[:, 2] > 0.8) & (X[:, 3] > 0.7))
    found = discover_boxes(X, y, NAMES)
    assert len(found.boxes) == 2
    assert [sorted(limit.name for limit in box.limits) for box in found.boxes] == [
        ["a", "b"],
        ["c", "d"],
    ]
    held = inside(found.boxes[0].limits, X) | inside(found.boxes[1].limits, X)
    assert y[held].mean() > 0.9
    assert y[held].sum() / y.sum() > 0.9


def test_nothing_is_found_where_there_is_nothing():
    rng = np.random.default_rng(7)
    X = rng.random((2000, 4))
    y = rng.random(2000) < 0.3
    found = discover_boxes(X, y, NAMES)
    # Whatever a search turns up in noise does not hold on rows it has not seen.
    if found.boxes:
        assert found.held_out is not None
        assert found.held_out.density < 0.36


def test_regions_on_opposite_sides_of_one_input_are_beyond_a_greedy_peel_and_not_beyond_a_tree():
    rng = np.random.default_rng(6)
    X = rng.random((4000, 4))
    y = ((X[:, 0] < 0.3) & (X[:, 1] < 0.5)) | ((X[:, 0] > 0.7) & (X[:, 3] > 0.6))
    assert discover_boxes(X, y, NAMES).boxes[0].density < 0.7
    leaves = grow(X, y, NAMES).leaves()
    dense = [leaf for leaf in leaves if leaf.density > 0.9]
    assert sum(leaf.coverage for leaf in dense) > 0.7


@pytest.mark.parametrize("cases", [np.zeros(50, bool), np.ones(50, bool)])
def test_all_or_none_of_interest_gives_no_box(cases):
    X = np.random.default_rng(0).random((50, 4))
    found = discover_boxes(X, cases, NAMES)
    assert found.boxes == ()
    assert found.held_out is None
    assert len(found.trajectory.boxes) >= 1


def test_one_row_and_constant_inputs_do_not_break():
    assert discover_boxes(np.ones((1, 4)), [True], NAMES).boxes == ()
    X = np.ones((60, 4))
    assert len(peel(X, np.arange(60) % 2 == 0, NAMES).boxes) == 1


def test_a_box_has_at_most_the_limits_asked_for():
    rng = np.random.default_rng(8)
    X = rng.random((3000, 4))
    y = (X > 0.25).all(axis=1)
    assert len(best_box(peel(X, y, NAMES), most_limits=2).limits) == 2
    assert len(best_box(peel(X, y, NAMES), most_limits=4).limits) == 4


def test_the_lake_tips_where_decay_is_low():
    rng = np.random.default_rng(9)
    X = np.column_stack([rng.uniform(0.1, 0.45, 3000), rng.uniform(2, 4.5, 3000)])
    tips = critical_phosphorus(X[:, 0], X[:, 1]) < 0.3
    box = discover_boxes(X, tips, ["b", "q"]).boxes[0]
    edges = as_dict(box)
    assert edges[0, "high"] < 0.3  # slow decay, and recycling that sets in early
    assert edges[1, "high"] < 3.2
    assert box.density > 0.8


def test_bad_arrays_are_refused():
    X, y = planted(50)
    with pytest.raises(ValueError, match="names"):
        peel(X, y, NAMES[:3])
    with pytest.raises(ValueError, match="outcomes for 50 rows"):
        peel(X, y[:-1], NAMES)
    with pytest.raises(ValueError, match="yes or no"):
        peel(X, np.linspace(0, 1, 50), NAMES)
    with pytest.raises(ValueError, match="leave out failed rows"):
        peel(np.where(X > 0.99, np.nan, X), y, NAMES)
    with pytest.raises(ValueError, match="alpha"):
        peel(X, y, NAMES, alpha=0.7)


def test_the_box_of_everything_earns_nothing_however_common_the_cases():
    """Harmonic means of coverage and density reward it; a correlation does not."""
    assert Box((), 100, 60, 100, 60).correlation == 0.0
    assert Box((), 60, 60, 100, 60).correlation == 1.0
    inside_, hits = np.arange(100) < 30, np.arange(100) % 3 == 0
    box = Box((), 30, int(hits[inside_].sum()), 100, int(hits.sum()))
    assert box.correlation == pytest.approx(np.corrcoef(inside_, hits)[0, 1])


def test_the_held_out_halves_are_not_the_halves_of_a_sequence():
    """Rows of a Sobol sequence alternate between halves of the cube; a split by rows would show it."""
    X = qmc.Sobol(4, rng=1).random(1024)
    y = (X[:, 0] < 0.4) & (X[:, 1] > 0.5)
    found = discover_boxes(X, y, NAMES)
    assert found.held_out is not None
    assert found.held_out.density > 0.9
    assert found.held_out.coverage > 0.9


def test_a_search_among_the_strongest_inputs_names_the_right_columns():
    rng = np.random.default_rng(10)
    X = rng.random((600, 40))
    names = [f"x{j}" for j in range(40)]
    y = ((X[:, 17] < 0.5) & (X[:, 31] > 0.4)) ^ (rng.random(600) < 0.05)
    found = discover_boxes(X, y, names, most_inputs=6)
    assert [(limit.name, limit.column) for limit in found.boxes[0].limits] == [
        ("x17", 17),
        ("x31", 31),
    ]
    assert set(screened(X, y, 2)) == {17, 31}
