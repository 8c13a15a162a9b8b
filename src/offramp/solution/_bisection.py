"""The typed node with two types by nested root finding: slow, but it does not get stuck.

In log-odds x_b of the posterior after act b (see :mod:`offramp.solution._typed`) a node is solved when

    f_b(x_b) = c  for every act,  f_b(x) = x - lambda D_b(p(x)),  D_b = Q_1b - Q_2b,  p = 1 / (1 + e^-x)
    G(c) = log Z_1 - log Z_2 + c - l0 = 0,  Z_theta = sum_b w_b exp(lambda Q_theta,b(p(x_b)))

with l0 the prior log-odds and c = l0 - rho. For fixed c the acts separate: that is the inner problem,
solved exactly on monotone pieces in :mod:`offramp.solution._folds`. Because log Z_1 - log Z_2 lies between
lambda min D and lambda max D whatever x is, G <= 0 at c = l0 - lambda max D and G >= 0 at
c = l0 - lambda min D: the outer problem has a bracket.

Selections. Where f_b(x) = c has several roots, damped best replies to that c, dx/dt = c - f_b(x), are
followed from an anchor to their first rest point: "lowest" from -infinity (the smallest root), "highest"
from +infinity (the largest), "near" from the pooled prior l0 (the first root on the side to which
replies pull). The selected x_b(c) never falls in c, and jumps only at c on a known list.

Outer problem. Bisection over that list ends between two jumps, where G is continuous, or at one jump
across which G changes sign. Between jumps, a bracketing method. At a jump the curve
{x : f_b(x_b) = c for all b, some c} is followed through the folds: a chain of arcs on each of which every act
stays on one monotone branch; where an act's branch ends, it turns to the next and c changes direction.
G is continuous along the curve, so a change of its sign encloses a solution; with one fold this is a search
over the x_b of the act that folds. The piece of curve followed may close on itself; the curve that comes
from c = -infinity must leave to c = +infinity (there is one arc at either end, and every arc has two
neighbours), so it always holds a solution; it is followed from either end, up to a number of arcs. Ties
between folds are broken as if the heights of act b were raised by an infinitesimal that grows with b.

A solution found between jumps is one at which damped replies settle (every f_b' >= 0, G rising); one found at
a jump need not be. Several selections with one solution do not prove that there is no other.

Units: c, x, G and residuals in log-odds; Q in stake units; lambda per stake unit.
Source: agent quantal response (McKelvey and Palfrey 1998); complementary pivoting (Lemke and Howson
1964) for following a curve from fold to fold and for its parity argument.
Raises ValueError for other than two types, frozen beliefs, priors on the edge, an unknown selection, a
node without acts.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator
from functools import partial
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from offramp.game import BeliefGrid
from offramp.solution._folds import (
    Curve,
    Floats,
    Point,
    Select,
    Stair,
    curves_of,
    enclosed,
    stair_of,
)

Ints = NDArray[np.intp]

SMALLEST = math.exp(-690.0)
"""Priors below this are raised to it, as for every typed node: log-odds stay finite."""
SOLVED = 1e-10
"""Largest residual of a lane that counts as solved."""
ORDER: tuple[Select, ...] = ("near", "lowest", "highest")
"""Selections, in the order in which they stand in for one another."""
MOST_ARCS = 1500
"""Arcs of a curve followed before it is given up: the residual of the lane then says so."""


def bisect_typed(
    table: Floats,
    weight: Floats,
    precision: float,
    node: Ints,
    prior: Floats,
    grid: BeliefGrid,
    select: Select = "near",
) -> tuple[Floats, Floats]:
    """Solve typed nodes with two types, lane by lane.

    Args:
        table: B's payoff by node, act, type and grid belief, shape (nodes, K, 2, NB).
        weight: Prior weight of each act, shape (nodes, K); 0 = not available.
        precision: lambda, per stake unit.
        node: Node of each lane, shape (lanes,).
        prior: Prior of each lane, shape (lanes, 2).
        grid: The belief grid.
        select: Which root each act takes where its equation has several. A lane on which this ends
            with curves too long to follow is tried with the others, near before lowest before highest.

    Returns:
        Log-odds of the posterior after each act, shape (1, K, lanes), the prior's for acts not
        available; and the largest residual of each lane.

    Raises:
        ValueError: if there are not two types, beliefs are frozen, a prior rules a type out,
            ``select`` is unknown, or a node has no act.
    """
    if select not in ORDER:
        raise ValueError(f"select is one of {', '.join(ORDER)}, not {select!r}")
    x = np.empty((1, table.shape[1], len(node)))
    residual = np.empty(len(node))
    order = sorted(ORDER, key=lambda one: one != select)
    for at, lane in enumerate(_lanes(table, weight, precision, node, prior, grid)):
        residual[at] = math.inf
        for one in order:
            found = lane.solve([one] * len(lane.curves))
            r = lane.residual(found)
            if r < residual[at]:
                x[0, :, at], residual[at] = lane.written(found, table.shape[1]), r
            if r < SOLVED:
                break
    return x, residual


def selections(
    table: Floats, weight: Floats, precision: float, node: Ints, prior: Floats, grid: BeliefGrid
) -> Iterator[tuple[Floats, Floats]]:
    """Solutions of each lane under many selections, most of them the same one.

    The three of :func:`bisect_typed`, and for every act that folds at a c within the bracket the one in
    which it alone takes its highest root and the others their lowest. These mixed ones reach
    solutions on closed curves, which the three alone miss.

    Args:
        table: As for :func:`bisect_typed`.
        weight: As for :func:`bisect_typed`.
        precision: As for :func:`bisect_typed`.
        node: As for :func:`bisect_typed`.
        prior: As for :func:`bisect_typed`.
        grid: As for :func:`bisect_typed`.

    Yields:
        By lane, log-odds (selections, K) and residuals (selections,).
    """
    for lane in _lanes(table, weight, precision, node, prior, grid):
        count = len(lane.curves)
        wanted: list[list[Select]] = [[select] * count for select in ORDER]
        wanted += [
            ["highest" if b == at else "lowest" for b in range(count)] for at in lane.folding()
        ]
        found = [lane.solve(selects) for selects in wanted]
        yield (
            np.array([lane.written(x, table.shape[1]) for x in found]),
            np.array([lane.residual(x) for x in found]),
        )


def _lanes(
    table: Floats, weight: Floats, precision: float, node: Ints, prior: Floats, grid: BeliefGrid
) -> Iterator[_Lane]:
    """Lanes one after the other; those of one node share its curves."""
    if table.shape[2] != 2 or grid.size < 2:
        raise ValueError(
            f"bisection needs two types and beliefs that move, not {table.shape[2]} types on "
            f"{grid.size} grid beliefs"
        )
    if (weight.sum(1) <= 0).any():
        raise ValueError("a typed node has no act available")
    if not (prior > 0).all():
        raise ValueError("a prior that rules a type out leaves nothing to solve")
    log_prior = np.log(np.maximum(prior, SMALLEST))
    odds = log_prior[:, 0] - log_prior[:, 1]
    curves: dict[int, list[Curve]] = {}
    for at, l0 in zip(node.tolist(), odds.tolist(), strict=True):
        if at not in curves:
            curves[at] = curves_of(precision * table[at][:, :, grid.lookup], weight[at])
        yield _Lane(curves[at], l0)


class _Lane:
    """One node at one prior."""

    def __init__(self, curves: list[Curve], l0: float) -> None:
        self.curves, self.l0 = curves, l0
        spare = 1e-9 * (1.0 + abs(l0))  # signs at the ends of the bracket are then beyond rounding
        self.low = l0 - max(max(curve.gap) for curve in curves) - spare
        self.high = l0 - min(min(curve.gap) for curve in curves) + spare

    def excess(self, c: float, pieces: list[int]) -> Point:
        """G(c), and x, with each act's root on a given piece."""
        x = [curve.root(piece, c) for curve, piece in zip(self.curves, pieces, strict=True)]
        return self.rho(x) + c - self.l0, x

    def rho(self, x: list[float]) -> float:
        """Difference log Z_1 - log Z_2."""
        scores = [curve.scores(value) for curve, value in zip(self.curves, x, strict=True)]
        top1, top2 = max(s[0] for s in scores), max(s[1] for s in scores)
        z1 = math.fsum(math.exp(s[0] - top1) for s in scores)
        z2 = math.fsum(math.exp(s[1] - top2) for s in scores)
        return top1 - top2 + math.log(z1 / z2)

    def residual(self, x: list[float]) -> float:
        """Largest |x_b - l0 + rho - lambda D_b|."""
        shift = self.rho(x) - self.l0
        return max(
            abs(curve.height(value) + shift) for curve, value in zip(self.curves, x, strict=True)
        )

    def written(self, x: list[float], acts: int) -> Floats:
        """Log-odds by act, the prior's for acts not available."""
        full = np.full(acts, self.l0)
        full[[curve.act for curve in self.curves]] = x
        return full

    def folding(self) -> list[int]:
        """Acts (their places among those available) that turn back at some c within the bracket."""
        return [
            at
            for at, curve in enumerate(self.curves)
            if any(self.low < curve.heights[turn] < self.high for turn in curve.turns)
        ]

    def solve(self, selects: list[Select]) -> list[float]:
        """Log-odds of every act, each act with its own selection.

        If curves are too long to follow, a point that solves all inner problems but not the outer.
        """
        stairs = [
            stair_of(k, select, self.l0) for k, select in zip(self.curves, selects, strict=True)
        ]

        def selected(c: float, after: bool = False) -> Point:
            return self.excess(c, [stair.piece(c, after) for stair in stairs])

        jumps = sorted(
            {
                value
                for stair in stairs
                for value, following in pairwise(stair.values)
                if value == following and self.low < value < self.high
            }
        )
        low, high = -1, len(jumps)  # G <= 0 just above jump `low`, G >= 0 just below jump `high`
        while high - low > 1:
            middle = (low + high) // 2
            c = jumps[middle]
            if selected(c)[0] >= 0:
                high = middle
            elif selected(c, True)[0] <= 0:
                low = middle
            else:
                return self._at_jump(c, stairs)
        c_low = jumps[low] if low >= 0 else self.low
        c_high = jumps[high] if high < len(jumps) else self.high
        return enclosed(selected, c_low, selected(c_low, True), c_high, selected(c_high))

    def _at_jump(self, c: float, stairs: list[Stair]) -> list[float]:
        """A solution on the curve through either side of a jump, else on the unbounded curve.

        If all are too long, the point just below the jump.
        """
        ends = [
            ([stair.piece(c, after) for stair in stairs], -1 if after else 1)
            for after in (False, True)
        ]
        # Start on the side on which the act that jumps sits on its fold: it does so below the jump
        # if c rises away from its anchor.
        for stair, below, above in zip(stairs, ends[0][0], ends[1][0], strict=True):
            if below != above and stair.curve.heights[below] != c:
                ends.reverse()
                break
        curves = [stair.curve for stair in stairs]
        starts = [
            ([bisect_left(k.turns, piece) for k, piece in zip(curves, pieces, strict=True)], c, way)
            for pieces, way in ends
        ]
        starts.append(([0] * len(curves), -math.inf, 1))
        starts.append(([len(curve.turns) for curve in curves], math.inf, -1))
        for branches, at, way in starts:
            found = self._follow(branches, at, way)
            if found is not None:
                return found
        return self.excess(c, ends[0][0])[1]

    def _on_branches(self, branches: list[int], c: float) -> Point:
        """G(c), and x, with each act's root on a given branch."""
        return self.excess(c, [k.piece(j, c) for k, j in zip(self.curves, branches, strict=True)])

    def _follow(self, branches: list[int], c: float, direction: int) -> list[float] | None:
        """Solution where G first changes sign on the curve; None if it closes, leaves or is too long.

        G is negative at the start if c first moves up (``direction`` 1), else positive.
        """
        sign = -direction
        start = (tuple(branches), direction)
        for _ in range(MOST_ARCS):
            ends = [
                (curve.limit(branch, direction), at)
                for at, (curve, branch) in enumerate(zip(self.curves, branches, strict=True))
            ]
            limit, turning = min(ends) if direction > 0 else max(ends)
            one, two = (min(max(end, self.low), self.high) for end in (c, limit))
            if one != two:
                f = partial(self._on_branches, branches)
                at_end = f(two)
                if at_end[0] * sign <= 0:
                    return enclosed(f, one, f(one), two, at_end)
            if math.isinf(limit):
                return None
            # A rising branch is left at its right end if c moves up, a falling one at its left.
            branches = branches.copy()
            branches[turning] += direction if branches[turning] % 2 == 0 else -direction
            c, direction = limit, -direction
            if (tuple(branches), direction) == start:
                return None
        return None
