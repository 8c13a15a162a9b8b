"""The exact distribution of a solved game month by month, and quantiles over it.

Particles are those of :mod:`offramp.solution._forward`: public states with exact beliefs and exact masses.
Here they are handed out month by month, for figures that no monthly summary holds: quantiles of values,
and what a battlefield gain in a given month would be worth.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from offramp.solution import Solution
from offramp.solution._forward import opening, walking
from offramp.solution._particles import Cloud

Floats = NDArray[np.float64]


def clouds(solution: Solution, months: int) -> Iterator[tuple[int, Cloud]]:
    """Particles at the start of each month 0..months, before the plan's triggers are looked at."""
    cloud = opening(solution.game)
    with walking(solution.game, solution.values) as walk:
        for t in range(months + 1):
            yield t, cloud
            if t == months:
                return
            cloud = walk.spread(t, walk.played(t, walk.triggered(t, cloud)))


def quantiles(values: Floats, weights: Floats, levels: Sequence[float]) -> tuple[float, ...]:
    """Weighted quantiles: the least value up to which at least that share of the weight lies.

    Raises:
        ValueError: if there is no weight.
    """
    total = float(weights.sum())
    if not total > 0:
        raise ValueError("quantiles of nothing")
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) / total
    last = len(order) - 1
    found = (int(np.searchsorted(reached, level - 1e-12)) for level in levels)
    return tuple(float(values[order[min(at, last)]]) for at in found)
