"""Loads: how much each premise of a reading carries, as Shapley shares from one random-inclusion sample.

v(S) is the share of draws in which a claim is true (or its mean margin) with the premises in S on and all
others off, over the same draws of everything else. The load of premise j is its Shapley value::

    phi_j = sum_S |S|! (n - |S| - 1)! / n!  [v(S with j) - v(S)],     sum_j phi_j = v(all) - v(none)

Every draw switches each premise on or off once: set sizes k = 1..n-1 are drawn with weight 1 / (k (n - k)),
members uniformly, and each set comes with its complement at the same point of chance. The Shapley values
are then the coefficients of the least-squares fit ``v(S) ~ v(none) + sum_j z_j phi_j`` under the sum
constraint (Charnes, Golany, Keane and Rousseau 1988; pairing: Covert and Lee 2021). v(all) and v(none) come
from samples of their own. Intervals: percentile bootstrap over pairs and over those samples, widened by
``sqrt(m / (m - n))`` for the n values that m pairs are fitted to.

One sample gives the loads of all premises for all claims. Units: share of draws, or the margin's unit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
RESAMPLES = 400
"""Bootstrap samples."""
LEVEL = 0.95
"""Coverage of intervals."""


@dataclass(frozen=True)
class Loads:
    """Load of each premise with its interval, (premises,) each; ``total`` is v(all) - v(none)."""

    value: Floats
    low: Floats
    high: Floats
    total: float
    pairs: int


class TooFew(ValueError):
    """Samples that cannot give loads."""


def coalitions(premises: int, pairs: int, seed: int) -> Bools:
    """Sets and their complements in turn, (2 pairs, premises)."""
    if premises < 2:
        return np.zeros((0, premises), dtype=bool)
    rng = np.random.default_rng(seed)
    sizes = np.arange(1, premises)
    weight = 1.0 / (sizes * (premises - sizes))
    found = np.zeros((2 * pairs, premises), dtype=bool)
    for i in range(pairs):
        size = int(rng.choice(sizes, p=weight / weight.sum()))
        found[2 * i, rng.permutation(premises)[:size]] = True
        found[2 * i + 1] = ~found[2 * i]
    return found


def fitted(masks: Bools, y: Floats, none: float, every: float) -> Floats:
    """Least-squares Shapley values under the sum constraint."""
    n = masks.shape[1]
    if n == 0:
        return np.zeros(0)
    if n == 1:
        return np.array([every - none])
    z = masks.astype(np.float64)
    left = z[:, :-1] - z[:, -1:]
    right = y - none - z[:, -1] * (every - none)
    first = np.linalg.lstsq(left, right, rcond=None)[0]
    return np.append(first, every - none - first.sum())


def loads(masks: Bools, y: Floats, none: Floats, every: Floats, seed: int = 0) -> Loads:
    """Loads with bootstrap intervals.

    Args:
        masks: Sets and complements in turn, (2 pairs, premises).
        y: What came of each, nan where the claim was not asked (the pair is left out).
        none: Outcomes of the sample with all premises off.
        every: Outcomes of the sample with all premises on.
        seed: Of the bootstrap.

    Raises:
        TooFew: if a sample is empty, or there are fewer pairs than premises.
    """
    none, every = none[np.isfinite(none)], every[np.isfinite(every)]
    if not len(none) or not len(every):
        raise TooFew("loads need outcomes with all premises on and with all off")
    n = masks.shape[1]
    good: Bools = np.asarray(np.isfinite(y.reshape(-1, 2)).all(axis=1))
    pairs = y.reshape(-1, 2)[good]
    sets = masks.reshape(len(good), 2, n)[good]
    if n > 1 and len(pairs) <= n:
        raise TooFew(f"{len(pairs)} pairs are too few for {n} premises")
    value = fitted(
        sets.reshape(2 * len(sets), n), pairs.reshape(-1), float(none.mean()), float(every.mean())
    )
    rng = np.random.default_rng(seed)
    boot = np.empty((RESAMPLES, n))
    for b in range(RESAMPLES):
        pick = rng.integers(len(pairs), size=len(pairs)) if len(pairs) else np.zeros(0, dtype=int)
        boot[b] = fitted(
            sets[pick].reshape(2 * len(pick), n),
            pairs[pick].reshape(-1),
            float(none[rng.integers(len(none), size=len(none))].mean()),
            float(every[rng.integers(len(every), size=len(every))].mean()),
        )
    tail = (1 - LEVEL) / 2
    if n == 0:
        return Loads(value, np.zeros(0), np.zeros(0), float(every.mean() - none.mean()), len(pairs))
    wide = math.sqrt(len(pairs) / (len(pairs) - n)) if n > 1 else 1.0
    low, high = (value + wide * (q - value) for q in np.quantile(boot, [tail, 1 - tail], axis=0))
    return Loads(value, low, high, float(every.mean() - none.mean()), len(pairs))
