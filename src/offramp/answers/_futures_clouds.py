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
from offramp.solution._forward import Cloud, Tally, _steps, _triggered
from offramp.solution._induction import continuation
from offramp.solution._nodes import ACT_NAMES

Floats = NDArray[np.float64]


def clouds(solution: Solution, months: int) -> Iterator[tuple[int, Cloud]]:
    """Particles at the start of each month 0..months, before the plan's triggers are looked at."""
    game, values = solution.game, solution.values
    types, n_t = len(game.types), game.months
    tally = Tally(
        np.zeros((n_t, len(ACT_NAMES))),
        np.zeros((n_t, len(game.offers))),
        np.zeros(1 + types),
        np.outer(game.opening, game.opening),
    )
    cloud = Cloud(
        np.array([game.start]), game.opening[None].copy(), np.ones(1), np.zeros(1, dtype=bool)
    )
    with _steps(game, values, values.kernel) as (play, spread):
        for t in range(months + 1):
            yield t, cloud
            if t == months:
                return
            cloud = _triggered(game, t, cloud)
            if game.protocol.recognition[t].sum() > 0:
                c = continuation(game, t, values.a[t + 1], values.b[t + 1])
                cloud = play(t, c, cloud, tally)
            cloud = spread(t, cloud, tally)


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
