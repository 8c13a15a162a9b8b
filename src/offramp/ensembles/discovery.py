"""In which futures does a plan fail? Boxes by the patient rule induction method (PRIM).

Definitions (Friedman and Fisher 1999; Bryant and Lempert 2010 for scenario discovery). Rows of inputs X
and y in {0, 1}, 1 for a case of interest; coverage, density, mass, quasi-p-values as in
:mod:`offramp.ensembles._boxes`.

*Peeling.* From the box of everything, each step takes from one end of one input the alpha of the rows
inside that lie furthest out (more where values tie, since equal values go together), and of all 2 d
such peels takes the one that raises density most per row removed::

    gain = (density after - density before) / (rows removed / rows before)

until the box would hold less than ``least_mass`` of all rows, is all of interest, or cannot be peeled.
A limit lies half way between the last row peeled and the first one kept.

*Pasting.* From a box on that trajectory, alpha of its rows are put back across one limit at a time, as
long as density does not fall.

*Choice.* Boxes along the trajectory are simplified: the limit with the greatest quasi-p-value is dropped
until all are below .05 and at most ``most_limits`` inputs are limited (on few rows peels wander over many
inputs, and most of these limits do nothing). Of the simplified boxes the one whose inside correlates most
with being of interest is taken (phi: no credit for a box of everything, whatever the share of interest).
The whole trajectory is kept, for the trade-off of coverage and density is the reader's.

Classical comparator: EMA Workbench's ``prim`` (same steps; its ORIGINAL objective maximises density after
the peel, which is this gain where peels are of equal size). A literal version stands in the tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

from offramp.ensembles._boxes import (
    Bools,
    Box,
    Floats,
    Limit,
    drop_weak,
    hull,
    inside,
    measured,
    merged,
    with_quasi_p,
)
from offramp.ensembles._peeling import ALPHA, LEAST_MASS, Trajectory, checked, paste, peel

__all__ = [
    "Box",
    "Discovery",
    "Limit",
    "Trajectory",
    "best_box",
    "discover_boxes",
    "drop_weak",
    "hull",
    "inside",
    "measured",
    "merged",
    "paste",
    "peel",
    "rank_correlations",
    "screened",
    "with_quasi_p",
]

CANDIDATES = 16
"""Boxes along the trajectory, at equal steps, that are simplified and compared."""

HALVES_SEED = 20_250_415
"""Seed of the split in halves, so that the same rows give the same figures."""

HALF = 0.5
"""A further box that is less than half as dense as the first explains little and hides much."""

MOST_LIMITS = 4
"""Inputs in a box that a reader can hold in mind."""


@dataclass(frozen=True)
class Discovery:
    """Boxes that together hold the cases of interest.

    Attributes:
        boxes: In the order found, limits of no weight dropped, pairs merged where they fit.
        trajectory: Of the first box.
        held_out: The first box's procedure on one half of the rows, measured on the other half: what to
            expect of new rows. None if there are too few rows of interest.
        share: Share of rows of interest.
    """

    boxes: tuple[Box, ...]
    trajectory: Trajectory
    held_out: Box | None
    share: float


def best_box(trajectory: Trajectory, *, most_limits: int = MOST_LIMITS) -> Box:
    """The box of the trajectory whose inside correlates most with being of interest."""
    allowed = [box for box in trajectory.boxes if len(box.limits) <= most_limits]
    return max(allowed, key=lambda box: box.correlation)


def screened(X: ArrayLike, y: ArrayLike, most: int) -> NDArray[np.intp]:
    """Columns by the strength of their rank correlation with being of interest: the first ``most``.

    With hundreds of inputs a greedy search finds limits that only fit the sample at hand.
    """
    inputs, cases = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)
    strength = np.abs(rank_correlations(inputs, cases))
    found: NDArray[np.intp] = np.sort(np.argsort(-strength, kind="stable")[:most])
    return found


def rank_correlations(X: ArrayLike, y: ArrayLike) -> Floats:
    """Spearman's correlation of every column with y; 0 where either is constant."""
    ranks = rankdata(np.asarray(X, dtype=np.float64), axis=0)
    other = rankdata(np.asarray(y, dtype=np.float64))
    ranks -= ranks.mean(axis=0)
    other -= other.mean()
    sizes = np.sqrt((ranks**2).sum(axis=0) * (other**2).sum())
    found: Floats = np.divide(other @ ranks, sizes, out=np.zeros(ranks.shape[1]), where=sizes > 0)
    return found


def _one(
    inputs: Floats,
    cases: Bools,
    names: Sequence[str],
    alpha: float,
    least_mass: float,
    most_limits: int,
    most_inputs: int | None,
) -> tuple[Box, Trajectory]:
    if most_inputs is not None and most_inputs < len(names):
        columns = screened(inputs, cases, most_inputs)
        kept = [names[c] for c in columns]
        box, trajectory = _one(
            inputs[:, columns], cases, kept, alpha, least_mass, most_limits, None
        )
        boxes = tuple(_in_columns(b, columns) for b in trajectory.boxes)
        return _in_columns(box, columns), Trajectory(boxes, alpha)
    trajectory = peel(inputs, cases, names, alpha=alpha, least_mass=least_mass)
    step = max(1, len(trajectory.boxes) // CANDIDATES)
    simple = [
        drop_weak(b, inputs, cases, most_limits=most_limits) for b in trajectory.boxes[::step]
    ]
    chosen = max(simple, key=lambda box: box.correlation)
    box = drop_weak(paste(chosen, inputs, cases, names, alpha=alpha), inputs, cases)
    return box, trajectory


def _in_columns(box: Box, columns: NDArray[np.intp]) -> Box:
    """A box found on some columns, with its limits on the columns they were taken from."""
    limits = tuple(replace(limit, column=int(columns[limit.column])) for limit in box.limits)
    return replace(box, limits=limits)


def discover_boxes(
    X: ArrayLike,
    y: ArrayLike,
    names: Sequence[str],
    *,
    alpha: float = ALPHA,
    least_mass: float = LEAST_MASS,
    most_limits: int = MOST_LIMITS,
    most_boxes: int = 3,
    most_inputs: int | None = None,
) -> Discovery:
    """Boxes one after the other, each on the rows that the ones before left over.

    ``most_inputs``: search only among the inputs that :func:`screened` puts first, chosen anew on the
    rows of every search (of every half, too, for the box held out).

    A further box is looked for while cases of interest are left, and kept if it is denser than the
    rows that it was found on and at least ``HALF`` as dense as the first. Figures of every box are on
    all rows, coverage included.

    Raises:
        ValueError: for inputs that do not fit together.
    """
    inputs, cases = checked(X, y, names)
    left = np.ones(len(inputs), dtype=np.bool_)
    found: list[Box] = []
    first: Trajectory | None = None
    enough = max(2, int(least_mass * len(inputs)))
    while len(found) < most_boxes and left.sum() > enough and cases[left].any():
        if cases[left].all():
            break
        share = least_mass * len(inputs) / left.sum()
        box, trajectory = _one(
            inputs[left], cases[left], names, alpha, share, most_limits, most_inputs
        )
        first = first or trajectory
        if not box.limits or box.density <= cases[left].mean():
            break
        if found and box.density < HALF * found[0].density:
            break
        found.append(with_quasi_p(measured(box.limits, inputs, cases), inputs, cases))
        left &= ~inside(box.limits, inputs)
    trajectory = first or peel(inputs, cases, names, alpha=alpha, least_mass=least_mass)
    boxes = merged(found, inputs, cases)
    return Discovery(
        boxes,
        trajectory,
        _held_out(inputs, cases, names, alpha, least_mass, most_limits, most_inputs)
        if boxes
        else None,
        float(cases.mean()),
    )


def _held_out(
    inputs: Floats,
    cases: Bools,
    names: Sequence[str],
    alpha: float,
    least_mass: float,
    most_limits: int,
    most_inputs: int | None,
) -> Box | None:
    """Both halves in turn: found on one, measured on the other; counts are summed.

    The halves are drawn at random (seeded): rows of a low-discrepancy sequence alternate, so that every
    other row would be half of the space and not half of the sample.
    """
    parts = []
    order = np.random.default_rng(HALVES_SEED).permutation(len(cases))
    middle = len(cases) // 2
    for seen, unseen in (
        (order[:middle], order[middle:]),
        (order[middle:], order[:middle]),
    ):
        y = cases[seen]
        if y.all() or not y.any():
            return None
        box, _ = _one(inputs[seen], y, names, alpha, least_mass, most_limits, most_inputs)
        parts.append(measured(box.limits, inputs[unseen], cases[unseen]))
    one, two = parts
    return Box(
        (),
        one.inside + two.inside,
        one.hits + two.hits,
        one.rows + two.rows,
        one.interest + two.interest,
    )
