"""The race between production and support, as stocks by month.

Both are read as what they do to the chance that a battle step favours B:

    G(t) = what A's production has added:  p - Lambda(logit p - sum of war.production up to t)
           + |step_shift| of a production lever x clip((t - lag + e) / ramp, 0, 1)
    L(t) = what lost support has taken:    odds_loss x (I(0) - E[I(t) | nothing is settled])

with p today's chance, I cohesion, e months by which the lever is contracted earlier. Gap months are those in
which L(t) > G(t). The least e that leaves none (of those looked at) closes the gap. B's exhaustion, a stock
that raises its cost of war, is shown beside them; cohesion does not depend on gains per loss in this game.

Units: percentage points of a battle; months.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.crisis import Crisis
from offramp.game._states import CEASEFIRE
from offramp.solution import Solution

Floats = NDArray[np.float64]

EARLIEST = 24
"""Most months by which production is brought forward."""
EVEN = 1e-9
"""Gap below which the two are even."""


@dataclass(frozen=True)
class Race:
    """Stocks by month 0..T.

    Attributes:
        gained: G(t) at e = 0; ``lost`` L(t).
        cohesion: E[I(t)] while nothing is settled.
        exhaustion_b: B's stock of exhaustion (1 doubles its cost of war).
        lever: Production lever that is counted, or None.
        gap: Months with L > G; ``by_earlier`` their number for each e = 0..EARLIEST.
        closes: Least e without gap months, or None.
    """

    gained: Floats
    lost: Floats
    cohesion: Floats
    exhaustion_b: Floats
    lever: str | None
    gap: tuple[int, ...]
    by_earlier: tuple[int, ...]
    closes: int | None


def production_lever(crisis: Crisis) -> str | None:
    """A's lever that helps in battle and takes longest to come in full, if any."""
    sides = {"A", *(key for key, actor in crisis.actors.items() if actor.bloc == "A")}
    slow = {
        key: lever.lag.value + lever.ramp.value
        for key, lever in crisis.levers.items()
        if lever.holder in sides and lever.step_shift is not None and lever.step_shift.value < 0
    }
    return max(slow, key=lambda k: slow[k], default=None)


def race(solution: Solution, lever: str | None = None) -> Race:
    """The race over the months that are shown.

    Args:
        solution: The solved game.
        lever: Production lever to count; left out, the slowest of A's that helps in battle, unless the plan
            uses it already.

    Raises:
        KeyError: for an unknown lever.
    """
    game, crisis = solution.game, solution.game.crisis
    months = np.arange(game.shown + 1)
    if lever is not None and lever not in crisis.levers:
        raise KeyError(f"there is no lever {lever!r}")
    chosen = lever if lever is not None else production_lever(crisis)
    tier = solution.futures.tier[: game.shown + 1]
    still = solution.futures.regime[: game.shown + 1, : CEASEFIRE + 1].sum(1)
    cohesion = np.divide(
        tier @ game.cohesion, still, out=np.full(len(months), np.nan), where=still > 0
    )
    lost = crisis.coalition.odds_loss.value * (cohesion[0] - cohesion)
    by = [gained(crisis, chosen, months, e) for e in range(EARLIEST + 1)]
    counts = tuple(int((lost - g > EVEN).sum()) for g in by)
    closes = next((e for e, n in enumerate(counts) if n == 0), None)
    gap = tuple(int(t) for t in months[lost - by[0] > EVEN])
    return Race(
        by[0],
        lost,
        cohesion,
        np.asarray(crisis.war.exhaustion.B.value * months, dtype=np.float64),
        chosen,
        gap,
        counts,
        closes,
    )


def gained(crisis: Crisis, lever: str | None, months: NDArray[np.intp], earlier: int) -> Floats:
    """G(t) with the lever contracted so many months earlier."""
    p = crisis.war.step_favours_b.value
    found = np.zeros(len(months))
    rate = crisis.war.production.value
    if rate and 0 < p < 1:
        found += p - 1 / (1 + np.exp(-(np.log(p / (1 - p)) - rate * months)))
    if lever is not None:
        one = crisis.levers[lever]
        shift = -one.step_shift.value if one.step_shift is not None else 0.0
        since = months - one.lag.value + earlier
        ramp = one.ramp.value
        share = (
            np.where(since >= 0, 1.0, 0.0)
            if ramp <= 0
            else np.minimum(np.maximum(since / ramp, 0), 1)
        )
        found += shift * share
    return np.asarray(found)
