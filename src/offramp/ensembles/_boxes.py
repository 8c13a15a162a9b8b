"""Boxes in the space of inputs: limits, what is inside, how good a box is, and words for it.

Symbols. n rows, y in {0, 1} (1: a case of interest), box = limits on some inputs, T rows inside, H of
them of interest::

    coverage = H / sum y        density = H / T        mass = T / n
    phi = (H n - T sum y) / sqrt(T (n - T) sum y (n - sum y))     correlation of inside with interest

*Quasi-p-value* of a limit (Bryant and Lempert 2010): with the limit dropped the box holds T_j rows, H_j
of interest; qp = P(Binomial(T, H_j / T_j) >= H), the chance of so dense a box if the limit did nothing.
"Quasi", for the box was found by looking at the same rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Limit:
    """Limits of one input; infinite ends do not bind.

    Attributes:
        name: The input.
        column: Its column.
        low, high: The box holds ``low <= x <= high``.
        qp_low, qp_high: Quasi-p-values of the two limits; None where there is none.
    """

    name: str
    column: int
    low: float = -np.inf
    high: float = np.inf
    qp_low: float | None = None
    qp_high: float | None = None

    @property
    def quasi_p(self) -> float:
        """The greater quasi-p-value of the limits there are: of the weaker of the two."""
        return max(p for p in (self.qp_low, self.qp_high) if p is not None)


@dataclass(frozen=True)
class Box:
    """A box with its figures on the rows that it was found on, or on others.

    Attributes:
        limits: Binding limits in the order of columns.
        inside: T, rows inside.
        hits: H, rows of interest inside.
        rows: n.
        interest: Rows of interest in all.
    """

    limits: tuple[Limit, ...]
    inside: int
    hits: int
    rows: int
    interest: int

    @property
    def coverage(self) -> float:
        """Share of the cases of interest that are inside."""
        return self.hits / self.interest if self.interest else 0.0

    @property
    def density(self) -> float:
        """Share of the rows inside that are of interest."""
        return self.hits / self.inside if self.inside else 0.0

    @property
    def mass(self) -> float:
        """Share of all rows that are inside."""
        return self.inside / self.rows

    @property
    def lift(self) -> float:
        """Density over the share of interest among all rows."""
        return self.density * self.rows / self.interest if self.interest else 0.0

    @property
    def correlation(self) -> float:
        """Correlation (phi) of being inside with being of interest; 0 where either is constant.

        Zero for the box of everything whatever the share of interest, one for a box of all cases and
        nothing else.
        """
        n, t, i = self.rows, self.inside, self.interest
        spread = t * (n - t) * i * (n - i)
        return (self.hits * n - t * i) / math.sqrt(spread) if spread else 0.0


def inside(limits: Sequence[Limit], X: Floats) -> Bools:
    """Which rows a box holds."""
    held = np.ones(len(X), dtype=np.bool_)
    for limit in limits:
        column = X[:, limit.column]
        held &= (column >= limit.low) & (column <= limit.high)
    return held


def measured(limits: Sequence[Limit], X: Floats, y: Bools) -> Box:
    """A box with its figures on these rows; quasi-p-values stay as they are."""
    held = inside(limits, X)
    return Box(tuple(limits), int(held.sum()), int(y[held].sum()), len(y), int(y.sum()))


def with_quasi_p(box: Box, X: Floats, y: Bools) -> Box:
    """The box with the quasi-p-value of every limit on these rows."""
    broken = _broken(box.limits, X)
    total = sum(broken, start=np.zeros(len(X), dtype=np.int64))
    found: list[Limit] = []
    place = 0
    for limit in box.limits:
        values: list[float | None] = []
        for bound in (limit.low, limit.high):
            if not np.isfinite(bound):
                values.append(None)
                continue
            without = (total - broken[place]) == 0
            place += 1
            share = float(y[without].mean()) if without.any() else 0.0
            values.append(float(binom.sf(box.hits - 1, box.inside, share)))
        found.append(Limit(limit.name, limit.column, limit.low, limit.high, *values))
    return Box(tuple(found), box.inside, box.hits, box.rows, box.interest)


def _broken(limits: Sequence[Limit], X: Floats) -> list[NDArray[np.int64]]:
    """For every finite bound in order: 1 where a row lies beyond it."""
    broken = []
    for limit in limits:
        column = X[:, limit.column]
        if np.isfinite(limit.low):
            broken.append((column < limit.low).astype(np.int64))
        if np.isfinite(limit.high):
            broken.append((column > limit.high).astype(np.int64))
    return broken


def drop_weak(
    box: Box, X: Floats, y: Bools, level: float = 0.05, most_limits: int | None = None
) -> Box:
    """The box without limits whose quasi-p-value is above ``level``, weakest dropped first.

    With ``most_limits`` the weakest go on being dropped until no more inputs than that are limited.
    """
    current = with_quasi_p(box, X, y)
    while current.limits:
        weakest = max(
            (
                (p, k, side)
                for k, limit in enumerate(current.limits)
                for side, p in (("low", limit.qp_low), ("high", limit.qp_high))
                if p is not None
            ),
        )
        few = most_limits is None or len(current.limits) <= most_limits
        if weakest[0] <= level and few:
            return current
        current = with_quasi_p(_without(current, weakest[1], weakest[2], X, y), X, y)
    return current


def _without(box: Box, k: int, side: str, X: Floats, y: Bools) -> Box:
    limit = box.limits[k]
    low = -np.inf if side == "low" else limit.low
    high = np.inf if side == "high" else limit.high
    kept = (
        (Limit(limit.name, limit.column, low, high),)
        if np.isfinite(low) or np.isfinite(high)
        else ()
    )
    return measured((*box.limits[:k], *kept, *box.limits[k + 1 :]), X, y)


def hull(first: Box, second: Box, X: Floats, y: Bools) -> Box:
    """The least box that holds two boxes: limits that both have, each at the outer of the two."""
    others = {limit.column: limit for limit in second.limits}
    limits = []
    for limit in first.limits:
        other = others.get(limit.column)
        if other is None:
            continue
        low, high = min(limit.low, other.low), max(limit.high, other.high)
        if np.isfinite(low) or np.isfinite(high):
            limits.append(Limit(limit.name, limit.column, low, high))
    return measured(tuple(limits), X, y)


def merged(boxes: Sequence[Box], X: Floats, y: Bools, tolerance: float = 0.02) -> tuple[Box, ...]:
    """Boxes with pairs replaced by their hull where it is as dense as either.

    Two boxes found one after the other often split one region. The hull of a pair takes its place if
    its density is no lower than that of the denser of the two, less ``tolerance``; the pair with the
    densest hull first, until no pair is left that qualifies.
    """
    left = list(boxes)
    while len(left) > 1:
        best: tuple[float, int, int, Box] | None = None
        for i in range(len(left)):
            for j in range(i + 1, len(left)):
                denser = max(left[i].density, left[j].density)
                joint = hull(left[i], left[j], X, y)
                fits = joint.limits and joint.density >= denser - tolerance
                if fits and (best is None or joint.density > best[0]):
                    best = (joint.density, i, j, joint)
        if best is None:
            break
        _, i, j, joint = best
        left = [box for k, box in enumerate(left) if k not in (i, j)]
        left.insert(i, with_quasi_p(joint, X, y))
    return tuple(left)
