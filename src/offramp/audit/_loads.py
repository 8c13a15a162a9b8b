"""Loads: how much each premise of a reading carries, as Shapley shares from one random-inclusion sample.

v(S) is the share of draws in which a claim is true (or its mean margin) with the premises in S on and all
others off, over the same draws of everything else. The load of premise j is its Shapley value::

    phi_j = sum_S |S|! (n - |S| - 1)! / n!  [v(S with j) - v(S)],     sum_j phi_j = v(all) - v(none)

Every draw switches each premise on or off once: set sizes k = 1..n-1 are drawn with weight 1 / (k (n - k)),
members uniformly, and each set comes with its complement at the same point of chance. The Shapley values
are then the coefficients of the least-squares fit ``v(S) ~ v(none) + sum_j z_j phi_j`` under the sum
constraint (Charnes, Golany, Keane and Rousseau 1988; pairing: Covert and Lee 2021). v(all) and v(none) come
from samples of their own, at the same points of chance as far as both go. A premise that the claim does not
read is a null player: its load is 0, and it is left out of the fit, which changes nothing else.

Intervals hold for all premises of a claim at once, since the heaviest of them is what one looks for: value
-+ c sd, with sd the bootstrap's (over pairs and over points) and c the 95 % quantile of the largest
``|deviation| / sd`` over the premises, widened by ``sqrt(m / (m - n))`` for the n values that m pairs are
fitted to.

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


def loads(
    masks: Bools, y: Floats, none: Floats, every: Floats, seed: int = 0, reads: Bools | None = None
) -> Loads:
    """Loads with bootstrap intervals.

    Args:
        masks: Sets and complements in turn, (2 pairs, premises).
        y: What came of each, nan where the claim was not asked (the pair is left out).
        none: Outcomes of the sample with all premises off.
        every: Outcomes of the sample with all premises on, at the same points.
        seed: Of the bootstrap.
        reads: Premises that the claim reads, (premises,); None means all.

    Raises:
        TooFew: if the samples have no point in common, or there are fewer pairs than premises.
    """
    common = min(len(none), len(every))
    asked = np.isfinite(none[:common]) & np.isfinite(every[:common])
    none, every = none[:common][asked], every[:common][asked]
    if not len(none):
        raise TooFew("loads need outcomes with all premises on and with all off")
    width = masks.shape[1]
    use: Bools = np.ones(width, dtype=bool) if reads is None else reads
    n = int(use.sum())
    good: Bools = np.asarray(np.isfinite(y.reshape(-1, 2)).all(axis=1))
    pairs = y.reshape(-1, 2)[good]
    sets = masks.reshape(len(good), 2, width)[good][:, :, use]
    if n > 1 and len(pairs) <= n:
        raise TooFew(f"{len(pairs)} pairs are too few for {n} premises")
    total = float(every.mean() - none.mean())
    value, low, high = np.zeros(width), np.zeros(width), np.zeros(width)
    if n:
        value[use] = fitted(
            sets.reshape(-1, n), pairs.reshape(-1), float(none.mean()), float(every.mean())
        )
        half = _half(sets, pairs, none, every, value[use], seed)
        low[use], high[use] = value[use] - half, value[use] + half
    return Loads(value, low, high, total, len(pairs))


def _half(
    sets: Bools, pairs: Floats, none: Floats, every: Floats, value: Floats, seed: int
) -> Floats:
    """Half the width of each premise's interval."""
    rng = np.random.default_rng(seed)
    n = sets.shape[2]
    boot = np.empty((RESAMPLES, n))
    for b in range(RESAMPLES):
        pick = rng.integers(len(pairs), size=len(pairs)) if len(pairs) else np.zeros(0, dtype=int)
        at = rng.integers(len(none), size=len(none))
        boot[b] = fitted(
            sets[pick].reshape(-1, n),
            pairs[pick].reshape(-1),
            float(none[at].mean()),
            float(every[at].mean()),
        )
    spread = boot.std(axis=0)
    moves = spread > 0
    off = np.abs(boot - value)[:, moves] / spread[moves]
    c = float(np.quantile(off.max(axis=1), LEVEL)) if moves.any() else 0.0
    wide = math.sqrt(len(pairs) / (len(pairs) - n)) if n > 1 else 1.0
    return np.asarray(wide * c * spread)
