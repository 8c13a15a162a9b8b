"""How sure it is that a plan is good enough often enough. See :mod:`offramp.ensembles.robust`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from offramp.ensembles._robust_weights import ROUNDING, fitting_weights
from offramp.ensembles.weights import effective_size

Verdict = Literal["holds up", "falls short", "cannot be told"]

Z = 1.959963984540054
"""Standard deviations of a 95 % interval."""


def wilson(share: float, futures: float) -> tuple[float, float]:
    """Wilson's 95 % interval of a share over so many futures (an effective number will do).

    Raises:
        ValueError: for a share outside 0 to 1, or no futures.
    """
    if not 0 <= share <= 1 + ROUNDING or not futures > 0:
        raise ValueError(f"a share of {share:g} over {futures:g} futures has no interval")
    share = min(share, 1.0)  # a sum of weights may miss it by rounding
    shrink = 1 + Z * Z / futures
    middle = (share + Z * Z / (2 * futures)) / shrink
    half = Z * math.sqrt(share * (1 - share) / futures + (Z / (2 * futures)) ** 2) / shrink
    low = 0.0 if share == 0 else middle - half
    return low, 1.0 if share == 1 else middle + half


@dataclass(frozen=True)
class Held:
    """How often one plan is good enough under one reading.

    Attributes:
        share: Share of the weight of futures with an answer in which it is; nan if there is none.
        low, high: Interval: Wilson's, with futures that have no answer counted against and for the plan.
        hits, futures: Futures in which it is good enough, and futures with an answer.
        effective: What the latter count for.
        lost: Share of all weight that lies on futures without an answer.
        bar: Share that was asked for.
    """

    share: float
    low: float
    high: float
    hits: int
    futures: int
    effective: float
    lost: float
    bar: float

    @property
    def verdict(self) -> Verdict:
        """On which side of the bar the whole interval lies."""
        if self.low >= self.bar:
            return "holds up"
        return "falls short" if self.high < self.bar else "cannot be told"


def held(
    good: ArrayLike, known: ArrayLike, *, bar: float = 0.5, weights: ArrayLike | None = None
) -> Held:
    """A plan's satisficing share with its interval.

    Args:
        good: Futures in which every threshold is met.
        known: Futures in which that can be said at all.
        bar: Share of futures that must be good enough.
        weights: One a future; left out, equal.

    Raises:
        ValueError: for shapes that do not fit, no future, or a bar outside 0 to 1.
    """
    flags, there = np.asarray(good, dtype=np.bool_), np.asarray(known, dtype=np.bool_)
    if flags.ndim != 1 or flags.shape != there.shape or not len(flags):
        raise ValueError(f"{flags.shape} flags and {there.shape} futures do not fit")
    if not 0 < bar < 1:
        raise ValueError(f"a share to be reached lies between 0 and 1, not at {bar:g}")
    w = fitting_weights(weights, len(flags))
    total = float(w.sum())
    lost = float(w[~there].sum()) / total
    hits = flags & there
    counted = there & (w > 0)
    if not counted.any():
        return Held(math.nan, 0.0, 1.0, 0, 0, 0.0, lost, bar)
    reached, counts_for = float(w[hits].sum()), effective_size(w)
    low, _ = wilson(reached / total, counts_for)
    _, high = wilson(float(w[hits | ~there].sum()) / total, counts_for)
    return Held(
        reached / float(w[there].sum()),
        low,
        high,
        int((hits & counted).sum()),
        int(counted.sum()),
        effective_size(w[there]),
        lost,
        bar,
    )


@dataclass(frozen=True)
class Standing:
    """A plan under every reading.

    Attributes:
        plan: The plan.
        held: By id of the reading; None is the crisis as it stands.
    """

    plan: str
    held: Mapping[str | None, Held]

    @property
    def least(self) -> str | None:
        """The reading under which its share is lowest; one without any answer comes first."""
        return min(self.held, key=lambda r: -1.0 if math.isnan(h := self.held[r].share) else h)

    @property
    def verdict(self) -> Verdict:
        """Over all readings: it holds up under each, falls short under one, or neither is sure."""
        words = {h.verdict for h in self.held.values()}
        if words == {"holds up"}:
            return "holds up"
        return "falls short" if "falls short" in words else "cannot be told"
