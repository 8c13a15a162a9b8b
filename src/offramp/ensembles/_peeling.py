"""Peeling and pasting of one box; definitions in :mod:`offramp.ensembles.discovery`.

Inputs are sorted once. A peel then is a prefix or a suffix of a sorted column; after it, each column
keeps the order of the rows that stay. Work: O(n d / alpha), no step looks at a row twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offramp.ensembles._boxes import Bools, Box, Floats, Limit, measured

ALPHA = 0.05
"""Share of rows a peel removes: patient enough not to cut blindly, the usual choice."""

LEAST_MASS = 0.05
"""Boxes with fewer rows than this share say too little about too few."""


@dataclass(frozen=True)
class Trajectory:
    """Boxes from everything inwards, one a peel.

    Attributes:
        boxes: The first has no limits.
        alpha: Share of rows a peel removes.
    """

    boxes: tuple[Box, ...]
    alpha: float


def checked(X: ArrayLike, y: ArrayLike, names: Sequence[str]) -> tuple[Floats, Bools]:
    """Inputs and cases of interest as arrays that fit together."""
    inputs = np.asarray(X, dtype=np.float64)
    cases = np.asarray(y)
    if inputs.ndim != 2 or inputs.shape[1] != len(names):
        raise ValueError(f"inputs of shape {inputs.shape} for {len(names)} names")
    if cases.shape != (len(inputs),):
        raise ValueError(f"{cases.shape} outcomes for {len(inputs)} rows")
    if not np.isfinite(inputs).all():
        raise ValueError("inputs have missing or infinite values: leave out failed rows first")
    if cases.dtype != np.bool_ and not np.isin(cases, (0, 1)).all():
        raise ValueError("outcomes are cases of interest, yes or no")
    return inputs, cases.astype(np.bool_)


def peel(
    X: ArrayLike,
    y: ArrayLike,
    names: Sequence[str],
    *,
    alpha: float = ALPHA,
    least_mass: float = LEAST_MASS,
) -> Trajectory:
    """The peeling trajectory.

    Raises:
        ValueError: for inputs that do not fit together, or alpha outside (0, 1/2].
    """
    inputs, cases = checked(X, y, names)
    if not 0 < alpha <= 0.5:
        raise ValueError(f"alpha is a share of rows up to a half, not {alpha:g}")
    n, d = inputs.shape
    columns = np.ascontiguousarray(inputs.T)
    order = np.argsort(columns, axis=1).astype(np.int32)
    weight = cases.astype(np.float64)
    interest = int(cases.sum())
    low, high = np.full(d, -np.inf), np.full(d, np.inf)
    rows, hits = n, interest
    boxes = [Box((), n, interest, n, interest)]
    keep = np.ones(n, dtype=np.bool_)
    while 1 < rows != hits:
        best = _best_peel(columns, order, weight, hits, alpha, least_mass * n)
        if best is None:
            break
        j, from_low, count, lost = best
        if from_low:
            gone, edge, other = order[j, :count], order[j, count], order[j, count - 1]
        else:
            gone = order[j, rows - count :]
            edge, other = order[j, rows - count - 1], order[j, rows - count]
        bound = _between(columns[j, edge], columns[j, other])
        if from_low:
            low[j] = bound
        else:
            high[j] = bound
        keep[gone] = False
        rows -= count
        hits -= lost
        order = order[keep[order]].reshape(d, rows)
        boxes.append(Box(_limits(names, low, high), rows, hits, n, interest))
    return Trajectory(tuple(boxes), alpha)


def _between(kept: float, gone: float) -> float:
    """Half way from a value kept to one peeled, never on the latter."""
    middle = (kept + gone) / 2
    return float(kept if middle == gone else middle)


def _best_peel(
    columns: Floats,
    order: NDArray[np.int32],
    weight: Floats,
    hits: int,
    alpha: float,
    least: float,
) -> tuple[int, bool, int, int] | None:
    """Input, end, rows and hits removed of the peel with the greatest gain."""
    d, rows = order.shape
    count = max(1, int(alpha * rows))
    density = hits / rows
    best: tuple[int, bool, int, int] | None = None
    most = -np.inf
    for j in range(d):
        column = columns[j]
        for from_low in (True, False):
            ranks = order[j] if from_low else order[j, ::-1]
            taken = _to_a_change(column, ranks, count)
            if taken is None or rows - taken < least:
                continue
            lost = float(weight[ranks[:taken]].sum())
            after = (hits - lost) / (rows - taken)
            gain = (after - density) * rows / taken
            if gain > most:
                most, best = gain, (j, from_low, taken, round(lost))
    return best


def _to_a_change(column: Floats, ranks: NDArray[np.int32], count: int) -> int | None:
    """How many rows go so that equal values go, or stay, together; None if all are equal.

    At most ``count`` if the value changes before; else all rows of the outermost value.
    """
    rows = len(ranks)
    if count >= rows:
        return None
    edge = column[ranks[count]]
    if column[ranks[count - 1]] != edge:
        return count
    outer = column[ranks[0]]
    if outer != edge:
        head = column[ranks[:count]]
        return int(np.flatnonzero(head != edge)[-1]) + 1
    changes = np.flatnonzero(column[ranks[count:]] != edge)
    return int(changes[0]) + count if len(changes) else None


def _limits(names: Sequence[str], low: Floats, high: Floats) -> tuple[Limit, ...]:
    return tuple(
        Limit(name, j, float(low[j]), float(high[j]))
        for j, name in enumerate(names)
        if np.isfinite(low[j]) or np.isfinite(high[j])
    )


def paste(
    box: Box, X: ArrayLike, y: ArrayLike, names: Sequence[str], *, alpha: float = ALPHA
) -> Box:
    """The box grown across its limits, alpha of its rows at a time, while density does not fall."""
    inputs, cases = checked(X, y, names)
    low, high = np.full(len(names), -np.inf), np.full(len(names), np.inf)
    for limit in box.limits:
        low[limit.column], high[limit.column] = limit.low, limit.high
    current = box
    while True:
        best: tuple[float, int, bool, float] | None = None
        beyond = (inputs < low).sum(axis=1) + (inputs > high).sum(axis=1)
        count = max(1, int(alpha * current.inside))
        for limit in current.limits:
            j = limit.column
            for from_low, bound in ((True, low[j]), (False, high[j])):
                if not np.isfinite(bound):
                    continue
                out = inputs[:, j] < bound if from_low else inputs[:, j] > bound
                near = np.flatnonzero((beyond == 1) & out)
                if not len(near):
                    continue
                values = -inputs[near, j] if from_low else inputs[near, j]
                ranked = np.sort(values)
                reach = ranked[min(count, len(ranked)) - 1]
                added = near[values <= reach]
                further = ranked[ranked > reach]
                density = (current.hits + int(cases[added].sum())) / (current.inside + len(added))
                edge = (reach + further[0]) / 2 if len(further) else np.inf
                if density >= current.density and (best is None or density > best[0]):
                    best = (density, j, from_low, float(-edge if from_low else edge))
        if best is None:
            return current
        _, j, from_low, edge = best
        (low if from_low else high)[j] = edge
        current = measured(_limits(names, low, high), inputs, cases)
