"""The belief simplex: a grid, and piecewise-linear interpolation on it.

Beliefs over n types live on the lattice of points ``i / D`` with non-negative integer coordinates
summing to D. Between lattice points functions are interpolated on the Kuhn (Freudenthal)
triangulation: with cumulative coordinates ``c_j = D (p_1 + ... + p_j)``, the integer parts give a
base vertex and the fractional parts, sorted downwards, give the simplex and its weights. For two
types this is ordinary linear interpolation.

Source: Freudenthal 1942; Kuhn 1960; used for POMDP beliefs by Lovejoy 1991.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


@dataclass(frozen=True)
class BeliefGrid:
    """A regular grid on the simplex of beliefs over ``types`` types with ``steps`` per edge.

    ``steps = 0`` means one frozen belief (no updating): used where beliefs cannot matter.
    """

    types: int
    steps: int
    frozen: tuple[float, ...] | None = None

    @cached_property
    def points(self) -> Floats:
        """Grid beliefs, shape (NB, types); rows sum to one."""
        if self.frozen is not None:
            return np.array([self.frozen])
        if self.types == 1:
            return np.ones((1, 1))
        rows = []
        for bars in combinations(range(self.steps + self.types - 1), self.types - 1):
            edges = (-1, *bars, self.steps + self.types - 1)
            rows.append([edges[j + 1] - edges[j] - 1 for j in range(self.types)])
        return np.array(rows[::-1], dtype=float) / self.steps

    @property
    def size(self) -> int:
        """Number of grid beliefs."""
        return len(self.points)

    @cached_property
    def lookup(self) -> Ints:
        """Index of a lattice point by its cumulative coordinates."""
        n, d = self.types, self.steps
        table = np.full((d + 1,) * (n - 1), -1, dtype=np.intp)
        cumulative = np.rint(np.cumsum(self.points, axis=1)[:, :-1] * d).astype(np.intp)
        table[tuple(cumulative.T)] = np.arange(self.size)
        return table

    def locate(self, beliefs: Floats) -> tuple[Ints, Floats]:
        """Vertices and weights of the simplex around each belief.

        Args:
            beliefs: shape (..., types), on the simplex.

        Returns:
            indices and weights, each (types, ...): the value at a belief is
            ``sum_v weights[v] * f[indices[v]]``.
        """
        shape = beliefs.shape[:-1]
        if self.size == 1:
            return np.zeros((1, *shape), dtype=np.intp), np.ones((1, *shape))
        index, weight, _ = self.locate_with_order(beliefs)
        return index, weight

    def locate_with_order(self, beliefs: Floats) -> tuple[Ints, Floats, Ints]:
        """As :meth:`locate`, with the order in which coordinates are raised, (types-1, ...).

        Vertex v+1 differs from vertex v by +1 in cumulative coordinate ``order[v]``, so the
        derivative of the interpolant along cumulative coordinate ``order[v]`` is
        ``D (f[v+1] - f[v])``.
        """
        n, d = self.types, self.steps
        cumulative = np.cumsum(np.moveaxis(beliefs, -1, 0)[:-1], axis=0) * d
        base = np.floor(cumulative + 1e-12)
        np.minimum(base, d, out=base)
        fraction = np.maximum(cumulative - base, 0.0)
        if n == 2:
            order = np.zeros((1, *fraction.shape[1:]), dtype=np.intp)
        elif n == 3:
            first = fraction[1] + 1e-12 >= fraction[0]
            order = np.stack([first, ~first]).astype(np.intp)
        else:
            # Ties are broken towards the later coordinate, which keeps vertices in the simplex.
            order = (n - 2) - np.argsort(-fraction[::-1], axis=0, kind="stable")
        vertex = base.astype(np.intp)
        index = np.empty((n, *fraction.shape[1:]), dtype=np.intp)
        weight = np.empty((n, *fraction.shape[1:]))
        index[0] = self.lookup[tuple(vertex)]
        previous = np.ones(fraction.shape[1:])
        for v in range(n - 1):
            f = np.take_along_axis(fraction, order[v][None], axis=0)[0]
            weight[v] = previous - f
            previous = f
            step = np.zeros_like(vertex)
            np.put_along_axis(step, order[v][None], 1, axis=0)
            vertex = np.minimum(vertex + step, d)
            index[v + 1] = self.lookup[tuple(vertex)]
        weight[n - 1] = previous
        return index, weight, order


def simplex_grid(types: int, steps: int) -> BeliefGrid:
    """A grid for ``types`` types (one point if there is one type)."""
    return BeliefGrid(types, steps if types > 1 else 0)
