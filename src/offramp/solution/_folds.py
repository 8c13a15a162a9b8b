"""One act of a typed node with two types: its monotone branches, their roots, the records of a walk.

In log-odds x of the posterior p = 1 / (1 + e^-x), with D(p) = Q_1(p) - Q_2(p) linear on each of the cells
[k / count, (k + 1) / count], the act's condition is ``f(x) = c`` where

    f(x) = x - lambda D(p(x)),   f'(x) = 1 - s p (1 - p),   s = lambda dD/dp

f turns only at cell ends and, inside a cell with s > 4, at p = (1 +- sqrt(1 - 4/s)) / 2, the roots of
s p (1 - p) = 1. Cell ends and turning points are the knots; f is monotone between them, rises from -infinity
before the first and to +infinity after the last. A branch is a longest run of pieces on which f is
monotone: branch 0 rises, 1 falls, 2 rises, ..., the last rises.

A stair is the root selected among several: where dx/dt = c - f(x), started at an anchor, first comes to
rest. Walking up from the anchor that is the first x at which f reaches c, so it lies left of the first knot
whose running maximum reaches c; walking down likewise with the running minimum. Both records together
ascend with x. Two equal records in a row mark a c at which the root jumps.

Also here: Chandrupatla's bracketing method for a continuous function of c.

Units: x, c, f in log-odds; lambda is multiplied into payoffs. Nothing is raised.
Source: Chandrupatla 1997 for the bracketing method; the rest is elementary.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate, pairwise
from operator import neg
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Select = Literal["lowest", "near", "highest"]
Point = tuple[float, list[float]]
"""Value of the outer function at some c, and the x it was computed at."""

ENOUGH = 2e-13
"""Size of the outer function, in log-odds, at which its search stops: some roundings of lambda Q."""
ROUNDING = 2.3e-16
"""Unit of rounding of a double."""
MOST_HALVINGS = 120
"""Steps of a bracketing search. Halving alone takes some 60 from any bracket met here to neighbours."""


@dataclass(frozen=True, slots=True)
class Curve:
    """f of one act at one node; lambda is multiplied into its payoffs.

    Attributes:
        act: Index of the act.
        log_weight: log w.
        knots: x of cell ends and turning points, ascending.
        heights: f there.
        cells: Grid cell of each of the ``len(knots) + 1`` pieces between knots.
        turns: Knots at which f turns; branch j runs from turn j - 1 to turn j and rises if j is even.
        first: lambda Q_1 at grid beliefs p = 0, 1/D, ..., 1.
        second: lambda Q_2 there.
        gap: lambda D there.
    """

    act: int
    log_weight: float
    knots: list[float]
    heights: list[float]
    cells: list[int]
    turns: list[int]
    first: list[float]
    second: list[float]
    gap: list[float]

    def ends(self, branch: int) -> tuple[int, int]:
        """Knots at the two ends of a branch; -1 and ``len(knots)`` stand for the infinities."""
        left = self.turns[branch - 1] if branch else -1
        return left, self.turns[branch] if branch < len(self.turns) else len(self.knots)

    def piece(self, branch: int, c: float) -> int:
        """Piece of a branch on which f passes c."""
        left, right = self.ends(branch)
        if branch % 2:
            return bisect_left(self.heights, -c, left + 1, right, key=neg)
        return bisect_left(self.heights, c, left + 1, right)

    def limit(self, branch: int, direction: int) -> float:
        """Height at which a branch ends if c moves up (1) or down (-1)."""
        left, right = self.ends(branch)
        at = right if (branch % 2 == 0) == (direction > 0) else left
        return self.heights[at] if 0 <= at < len(self.knots) else math.inf * direction

    def root(self, piece: int, c: float) -> float:
        """Root of f(x) = c on one monotone piece: Newton's method inside a shrinking bracket."""
        cell, count = self.cells[piece], len(self.gap) - 1
        start, rise = self.gap[cell], self.gap[cell + 1] - self.gap[cell]
        low, high = c + start + min(rise, 0.0), c + start + max(rise, 0.0)  # x = c + lambda D
        x, rising = c + start + rise * (piece > 0), True  # right at the far end of an outer piece
        if piece > 0:
            low, left = self.knots[piece - 1], self.heights[piece - 1]
            if left == c:
                return low
        if piece < len(self.knots):
            high, right = self.knots[piece], self.heights[piece]
            if right == c:
                return high
            if piece > 0 and left != right:
                rising = left < right
                x = low + (high - low) * (c - left) / (right - left)
        if not low <= x <= high:
            x = 0.5 * (low + high)
        for _ in range(MOST_HALVINGS):
            p = logistic(x)
            g = x - (start + rise * (p * count - cell)) - c
            if abs(g) <= ROUNDING * (abs(x) + abs(c) + abs(start) + abs(rise)):
                break
            if (g > 0) == rising:
                high = x
            else:
                low = x
            slope = 1.0 - rise * count * p * (1.0 - p)
            x = x - g / slope if slope else low
            if not low < x < high:
                x = 0.5 * (low + high)
                if not low < x < high:
                    break
        return x

    def height(self, x: float) -> float:
        """f(x)."""
        cell, part = self._place(x)
        return x - (self.gap[cell] + part * (self.gap[cell + 1] - self.gap[cell]))

    def scores(self, x: float) -> tuple[float, float]:
        """Scores log w + lambda Q_theta at log-odds x, for both types."""
        cell, part = self._place(x)
        one, two = self.first, self.second
        return (
            self.log_weight + one[cell] + part * (one[cell + 1] - one[cell]),
            self.log_weight + two[cell] + part * (two[cell + 1] - two[cell]),
        )

    def _place(self, x: float) -> tuple[int, float]:
        """Cell of a belief and the share of the way through it."""
        at = logistic(x) * (len(self.gap) - 1)
        cell = min(int(at), len(self.gap) - 2)
        return cell, at - cell


@dataclass(frozen=True, slots=True)
class Stair:
    """The selected root x_b(c) of one act: ascending record heights from an anchor, knot by knot."""

    curve: Curve
    values: list[float]
    inserted: int
    """Position at which the anchor was put among the knots (or past them all: not put)."""

    def piece(self, c: float, after: bool) -> int:
        """Piece of the root as c is reached from below, or (``after``) left upwards."""
        at = bisect_right(self.values, c) if after else bisect_left(self.values, c)
        return at if at <= self.inserted else at - 1


def logistic(x: float) -> float:
    """1 / (1 + e^-x) without overflow."""
    if x >= 0:
        return 1.0 / (1.0 + math.exp(-x))
    e = math.exp(x)
    return e / (1.0 + e)


def curves_of(payoff: Floats, weight: Floats) -> list[Curve]:
    """Curves of the acts available at one node; ``payoff`` is lambda Q, shape (K, 2, D + 1)."""
    curves = []
    count = payoff.shape[2] - 1
    for act in np.flatnonzero(weight > 0).tolist():
        first, second = payoff[act].tolist()
        gap = [a - b for a, b in zip(first, second, strict=True)]
        knots: list[float] = []
        heights: list[float] = []
        cells: list[int] = []
        for cell in range(count):
            here = [math.log(cell / (count - cell))] if cell else []
            steep = (gap[cell + 1] - gap[cell]) * count
            if steep > 4.0:
                small = (2.0 / steep) / (1.0 + math.sqrt(1.0 - 4.0 / steep))
                turn = math.log1p(-small) - math.log(small)  # p = 1 - small; -turn is p = small
                for x in (-turn, turn):
                    if cell < logistic(x) * count < cell + 1 and (not here or x > here[-1]):
                        here.append(x)
            for x in here:
                part = logistic(x) * count - cell
                heights.append(x - (gap[cell] + part * (gap[cell + 1] - gap[cell])))
                # The piece left of a cell's own end belongs to the cell before.
                cells.append(cell - 1 if cell and x == here[0] else cell)
            knots += here
        cells.append(count - 1)
        rises = [True, *(b > a for a, b in pairwise(heights)), True]
        turns = [i for i, (a, b) in enumerate(pairwise(rises)) if a != b]
        log_weight = math.log(weight[act])
        curves.append(Curve(act, log_weight, knots, heights, cells, turns, first, second, gap))
    return curves


def stair_of(curve: Curve, select: Select, l0: float) -> Stair:
    """Record heights of f on the way from the anchor of a selection, by knot."""
    f = curve.heights
    if select == "lowest":
        return Stair(curve, list(accumulate(f, max)), len(f))
    if select == "highest":
        return Stair(curve, list(accumulate(f[::-1], min))[::-1], len(f))
    at = bisect_left(curve.knots, l0)
    here = curve.height(l0)
    left = list(accumulate(f[:at][::-1], min, initial=here))[::-1]
    right = list(accumulate(f[at:], max, initial=here))
    return Stair(curve, left + right[1:], at)


def enclosed(
    f: Callable[[float], Point], a: float, at_a: Point, b: float, at_b: Point
) -> list[float]:
    """Point at which a continuous f changes sign between a and b (Chandrupatla's method).

    Inverse quadratic interpolation through the last three points where it is safe, else halving.
    """
    (fa, xa), (fb, xb) = at_a, at_b
    c, fc, share = b, fb, 0.5
    for _ in range(MOST_HALVINGS):
        best, x = (fa, xa) if abs(fa) < abs(fb) else (fb, xb)
        if abs(best) <= ENOUGH:
            break
        new = a + share * (b - a)
        if new in (a, b):
            break
        f_new, x_new = f(new)
        if (f_new > 0) == (fa > 0):
            c, fc = a, fa
        else:
            c, fc, b, fb, xb = b, fb, a, fa, xa
        a, fa, xa = new, f_new, x_new
        xi, phi = (a - b) / (c - b), (fa - fb) / (fc - fb)
        if phi * phi < xi and (1 - phi) ** 2 < 1 - xi:
            share = fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (
                fc - fb
            )
        else:
            share = 0.5
        # Stay a few roundings inside the bracket.
        least = 2.0 * ROUNDING * (1.0 + abs(a)) / abs(b - a)
        share = min(max(share, least), 1.0 - least) if least < 0.5 else 0.5
    return x
