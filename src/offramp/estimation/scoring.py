"""Scores for a handful of probability forecasts, honest about how few they are.

Forecast i says p_i for an event that happened (o_i = 1) or did not (o_i = 0); n forecasts.

- Brier score ``B = mean (p_i - o_i)^2`` (Brier 1950): 0 is perfect, .25 is what a coin says, 1 is
  certain and wrong. Logarithmic score ``L = mean -ln(p_i if o_i else 1 - p_i)`` in nats: ln 2 = .693 is
  what a coin says, infinite is certain and wrong.
- Decomposition (Murphy 1973) over bins k of forecasts, with the two terms within bins that make it exact
  for any binning (Stephenson, Coelho and Jolliffe 2008)::

      B = REL - RES + UNC + WBV - WBC
      REL = sum_k n_k (pbar_k - obar_k)^2 / n      calibration: low is good
      RES = sum_k n_k (obar_k - obar)^2 / n        resolution: high is good
      UNC = obar (1 - obar)                        uncertainty of the questions
      WBV = sum_k sum_i (p_i - pbar_k)^2 / n,  WBC = 2 sum_k sum_i (o_i - obar_k)(p_i - pbar_k) / n

- Calibration test, exact: if each p_i were right and the events independent, the Brier score would be
  as high as it is, or higher, with chance P = P(B >= B_obs) (:func:`chance_of_worse`), by the 2^n outcomes
  up to :data:`EXACT` of them and by a normal approximation beyond (Spiegelhalter 1986). Events that
  hang together make the independent test too sure of itself; the other extreme, one draw u that decides
  which calls come out right (i does if u < max(p_i, 1 - p_i)), has its own exact value (``tied``).
- Hit share with an exact (Clopper-Pearson) 90 % interval.
- Discrimination: D = P(a right call was made with more confidence than a wrong one), ties one half, with
  confidence |p - 1/2|. It does not change if a question is turned round, as the area under the ROC curve
  does. Interval: all D with |D_obs - D| <= z sd(D), sd by Hanley and McNeil (1982) with
  both sample sizes replaced by their mean, after Newcombe (2006); a permutation test beside it. With two to
  six calls a side it covers .86 to .97 where it says .90 (measured in the tests), with one call less.

Everything is in probabilities or nats. Raises :class:`ValueError` for a p outside [0, 1] and for
an empty sample.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

Floats = NDArray[np.float64]

EXACT = 16
"""Forecasts up to which all outcomes are enumerated: 65,536 of them, a few milliseconds."""
LEVEL = 0.90
"""Coverage of every interval here, as of ranges in a crisis file."""
LEAST = 4
"""Resolved forecasts below which nobody is ranked."""
_TIE = 1e-12
_NEAR = 1e-9


@dataclass(frozen=True, slots=True)
class Forecast:
    """A probability and how it turned out; ``low`` to ``high`` is the coder's range for it."""

    probability: float
    outcome: bool
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Bin:
    """Forecasts of similar probability: mean forecast, share that came true and its interval."""

    low: float
    high: float
    count: int
    said: float
    came: float
    came_low: float
    came_high: float


@dataclass(frozen=True, slots=True)
class Murphy:
    """The parts of a Brier score; ``reliability - resolution + uncertainty + within`` is the score."""

    reliability: float
    resolution: float
    uncertainty: float
    within: float

    @property
    def total(self) -> float:
        """The Brier score that the parts add up to."""
        return self.reliability - self.resolution + self.uncertainty + self.within


@dataclass(frozen=True, slots=True)
class Scores:
    """Everything said about a set of resolved forecasts.

    Attributes:
        brier_low, brier_high: Least and greatest Brier score over the coder's ranges.
        expected: Brier score to expect if every probability were right.
        worse: Chance of a score this bad or worse if they were, events independent; ``tied``: if one
            draw decided them all.
        came, came_low, came_high: Share of events that happened, with interval.
        said: Mean probability.
        right: Calls on the right side of one half; ``even`` forecasts make no call.
        discrimination: D with interval; None without both right and wrong calls.
        luck: Chance of a D this high or higher if confidence had nothing to do with being right.
    """

    count: int
    brier: float
    brier_low: float
    brier_high: float
    log: float
    expected: float
    worse: float
    tied: float
    said: float
    came: float
    came_low: float
    came_high: float
    right: int
    even: int
    parts: Murphy
    discrimination: float | None
    discrimination_low: float | None
    discrimination_high: float | None
    luck: float | None


def brier(p: float, outcome: bool) -> float:
    """``(p - o)^2``."""
    _check(p)
    return (p - float(outcome)) ** 2


def log_score(p: float, outcome: bool) -> float:
    """``-ln`` of the probability given to what happened; infinite if that was none."""
    _check(p)
    given = p if outcome else 1 - p
    return -math.log(given) if given > 0 else math.inf


def call(p: float, outcome: bool) -> bool | None:
    """Whether the forecast lay on the right side of one half; None at one half."""
    _check(p)
    return None if p == 0.5 else (p > 0.5) == outcome


def score(forecasts: Sequence[Forecast], edges: Sequence[float] = ()) -> Scores:
    """Scores of a set of forecasts; ``edges`` are the inner edges of the bins for the decomposition.

    Raises:
        ValueError: for no forecasts, or a probability outside [0, 1].
    """
    p, o = _arrays(forecasts)
    ranges = [_brier_range(f) for f in forecasts]
    calls = [call(f.probability, f.outcome) for f in forecasts]
    found, low, high, luck = discrimination(p, o)
    came_low, came_high = share_interval(int(o.sum()), len(o))
    return Scores(
        count=len(p),
        brier=float(np.mean((p - o) ** 2)),
        brier_low=float(np.mean([a for a, _ in ranges])),
        brier_high=float(np.mean([b for _, b in ranges])),
        log=float(np.mean([log_score(f.probability, f.outcome) for f in forecasts])),
        expected=float(np.mean(p * (1 - p))),
        worse=chance_of_worse(p, o),
        tied=chance_of_worse_tied(p, o),
        said=float(p.mean()),
        came=float(o.mean()),
        came_low=came_low,
        came_high=came_high,
        right=sum(c is True for c in calls),
        even=sum(c is None for c in calls),
        parts=murphy(forecasts, edges),
        discrimination=found,
        discrimination_low=low,
        discrimination_high=high,
        luck=luck,
    )


def _brier_range(f: Forecast) -> tuple[float, float]:
    ends = [f.probability, *(x for x in (f.low, f.high) if x is not None)]
    scores = [brier(x, f.outcome) for x in ends]
    return min(scores), max(scores)


# --- Calibration ---------------------------------------------------------------------------


def bins(forecasts: Sequence[Forecast], edges: Sequence[float]) -> tuple[Bin, ...]:
    """Forecasts by bin, empty bins left out. A forecast on an edge belongs to the bin nearer to 1/2."""
    p, o = _arrays(forecasts)
    place = _places(p, edges)
    cuts = (0.0, *edges, 1.0)
    found = []
    for k in np.unique(place):
        inside = place == k
        low, high = share_interval(int(o[inside].sum()), int(inside.sum()))
        found.append(
            Bin(
                cuts[k], cuts[k + 1], int(inside.sum()),
                float(p[inside].mean()), float(o[inside].mean()), low, high,
            )
        )  # fmt: skip
    return tuple(found)


def murphy(forecasts: Sequence[Forecast], edges: Sequence[float] = ()) -> Murphy:
    """Calibration, resolution and uncertainty, and what is left within bins.

    Without ``edges`` every distinct probability is a bin of its own, and nothing is left within.
    """
    p, o = _arrays(forecasts)
    place = _places(p, edges) if len(edges) else np.unique(p, return_inverse=True)[1]
    rel = res = within = 0.0
    for k in np.unique(place):
        a, b = p[place == k], o[place == k]
        share = len(a) / len(p)
        rel += share * float(a.mean() - b.mean()) ** 2
        res += share * float(b.mean() - o.mean()) ** 2
        within += share * float(np.mean((a - a.mean()) ** 2))
        within -= share * 2 * float(np.mean((b - b.mean()) * (a - a.mean())))
    return Murphy(rel, res, float(o.mean() * (1 - o.mean())), within)


def _places(p: Floats, edges: Sequence[float]) -> NDArray[np.intp]:
    """Bin of each probability; an edge belongs to the bin on its side towards one half."""
    cuts = np.asarray(edges, dtype=float)
    if len(cuts) and (np.any(np.diff(cuts) <= 0) or cuts[0] <= 0 or cuts[-1] >= 1):
        raise ValueError("edges of bins rise strictly between 0 and 1")
    upper = np.searchsorted(cuts, p, side="right")
    lower = np.searchsorted(cuts, p, side="left")
    return np.where(p < 0.5, upper, lower)


def share_interval(hits: int, n: int, level: float = LEVEL) -> tuple[float, float]:
    """Exact (Clopper-Pearson) interval of a share: covers at least as often as it says."""
    tail = (1 - level) / 2
    low = float(special.betaincinv(hits, n - hits + 1, tail)) if hits > 0 else 0.0
    high = float(special.betaincinv(hits + 1, n - hits, 1 - tail)) if hits < n else 1.0
    return low, high


def chance_of_worse(p: Floats, o: Floats) -> float:
    """P(B >= B_obs) if each p_i is right and events are independent.

    With ``w_i = 1 - 2 p_i``, ``n B = sum p_i^2 + sum o_i w_i``: enumerated, or normal beyond EXACT.
    """
    w = 1 - 2 * p
    seen = float(o @ w)
    if len(p) > EXACT:
        mean, var = float(p @ w), float((p * (1 - p)) @ w**2)
        if (
            var <= 0
        ):  # every p is 0, 1/2 or 1: the score they lead to expect is the only one they allow
            return float(seen <= mean + _TIE)
        return float(special.ndtr((mean - seen) / math.sqrt(var)))
    sums, chance = np.zeros(1), np.ones(1)
    for q, step in zip(p, w, strict=True):
        sums = np.concatenate((sums, sums + step))
        chance = np.concatenate((chance * (1 - q), chance * q))
    return min(float(chance[sums >= seen - _TIE].sum()), 1.0)


def chance_of_worse_tied(p: Floats, o: Floats) -> float:
    """P(B >= B_obs) if one draw decides all: every forecast is right or wrong with the surest ones.

    The likelier side of each question has chance ``c_i = max(p_i, 1 - p_i)``, and happens if u < c_i.
    """
    c = np.maximum(p, 1 - p)
    seen = float(np.sum((p - o) ** 2))
    cuts = np.concatenate(([0.0], np.unique(c), [1.0]))
    total = 0.0
    for low, high in itertools.pairwise(cuts):
        right = c > (low + high) / 2
        worse = float(np.sum(np.where(right, 1 - c, c) ** 2))
        total += (high - low) * (worse >= seen - _TIE)
    return min(float(total), 1.0)


# --- Discrimination ------------------------------------------------------------------------


def discrimination(
    p: Floats, o: Floats
) -> tuple[float | None, float | None, float | None, float | None]:
    """D, its interval, and the chance of as high a D by luck; all None without right and wrong calls."""
    made = p != 0.5
    right = (p > 0.5) == (o > 0.5)
    sure = np.abs(p - 0.5)
    good, bad = sure[made & right], sure[made & ~right]
    if not len(good) or not len(bad):
        return None, None, None, None
    found = above(good, bad)
    low, high = area_interval(found, len(good), len(bad))
    return found, low, high, _luck(good, bad, found)


def above(x: Floats, y: Floats) -> float:
    """P(X > Y) + P(X = Y)/2 over all pairs (Mann and Whitney)."""
    gap = x[:, None] - y[None, :]
    return float(np.mean((gap > _TIE) + 0.5 * (np.abs(gap) <= _TIE)))


def area_interval(found: float, m: int, n: int, level: float = LEVEL) -> tuple[float, float]:
    """Interval of an area from m and n cases: every area that is not too far from the one found."""
    z = float(special.ndtri((1 + level) / 2))
    each = (m + n) / 2

    def excess(area: float) -> float:
        spread = (each - 1) * ((1 - area) / (2 - area) + area / (1 + area))
        return abs(found - area) - z * math.sqrt(area * (1 - area) * (1 + spread) / (m * n))

    # Just beside the area found the distance is within reach, and at 0 and 1 it is not, unless found there.
    low = float(optimize.brentq(excess, 0.0, found - _NEAR)) if found > 0 else 0.0
    high = float(optimize.brentq(excess, found + _NEAR, 1.0)) if found < 1 else 1.0
    return low, high


def _luck(good: Floats, bad: Floats, found: float) -> float | None:
    """Permutation test: share of ways to deal out right and wrong that give as high a D."""
    every = np.concatenate((good, bad))
    if len(every) > EXACT:
        return None
    places = range(len(every))
    hits = total = 0
    for chosen in itertools.combinations(places, len(good)):
        rest = [i for i in places if i not in chosen]
        hits += above(every[list(chosen)], every[rest]) >= found - _TIE
        total += 1
    return hits / total


def _arrays(forecasts: Sequence[Forecast]) -> tuple[Floats, Floats]:
    if not forecasts:
        raise ValueError("there are no forecasts to score")
    for f in forecasts:
        _check(f.probability)
        for end in (f.low, f.high):
            if end is not None:
                _check(end)
    return (
        np.array([f.probability for f in forecasts], dtype=float),
        np.array([float(f.outcome) for f in forecasts]),
    )


def _check(p: float) -> None:
    if not 0 <= p <= 1:
        raise ValueError(f"{p!r} is not a probability between 0 and 1")
