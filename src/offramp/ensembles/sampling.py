"""How a number of a crisis is sampled: quantile functions of quantities.

Symbols: c central value, [l, h] the stated interval, Q(u) the value at probability u.

* ``range``: [l, h] is a 90 % interval and c the median. Q is piecewise: uniform from l to c and from c to h
  with 45 % each; 5 % lie in a tail beyond each end, whose density falls linearly to zero from that of
  the piece beside it, so a tail reaches ``2/9`` of its piece beyond the end. Where a number cannot go that
  far by its meaning (a share beyond 1), the tail ends there and is that much denser. Where the end itself
  is the limit, or c is the end, nothing lies beyond: that half is uniform from c to the end.
* ``uniform``: from l to h. ``triangular``: from l to h, mode c.
* ``normal``: mean c, standard deviation (h - l) / (2 z), z = 1.6449. ``lognormal``: 5 % below l, 95 % below
  h, l > 0. Both are conditioned on what the number can be by its meaning.
* ``fixed``: c. A quantity without a range is fixed.

Nothing is clipped: every value is a quantile of the stated distribution.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from offramp.crisis import Crisis, Quantity, get, limits

Floats = NDArray[np.float64]
Quantile = Callable[[Floats], Floats]
"""Values at probabilities in (0, 1)."""

TAIL = 0.05
"""Probability beyond each end of a ``range``."""
Z = 1.6448536269514722
"""Standard deviations from the median to the 95th percentile of a normal distribution."""
INFINITE = float("inf")


class NoRange(ValueError):
    """A parameter that cannot be sampled; the message says why."""


def varies(number: Quantity) -> bool:
    """Whether a quantity has a range to be sampled from."""
    return (
        number.distribution != "fixed"
        and number.low is not None
        and number.high is not None
        and number.high > number.low
    )


def quantile_of(crisis: Crisis, path: str) -> Quantile:
    """The quantile function of the number at a path.

    Raises:
        NoRange: if there is no number at the path, or it has no range, or one that its distribution
            cannot have.
        UnknownPath: for a path that leads nowhere.
    """
    number = get(crisis, path)
    if not isinstance(number, Quantity):
        raise NoRange(f"`{path}` is not a number with a range, so it cannot be sampled")
    if not varies(number):
        raise NoRange(f"`{path}` has no range; give it one, for example {_example(number)}")
    assert number.low is not None
    assert number.high is not None
    bounds = limits(crisis, path)
    ends = (bounds.low, bounds.high) if bounds is not None else (-INFINITE, INFINITE)
    c, low, high = number.value, number.low, number.high
    if number.distribution == "range":
        return partial(_knots, *_pieces(c, low, high, ends))
    if number.distribution == "uniform":
        return partial(_uniform, low, high)
    if number.distribution == "triangular":
        return partial(_triangular, c, low, high)
    if number.distribution == "normal":
        return partial(_normal, c, (high - low) / (2 * Z), ends)
    if low <= 0:
        raise NoRange(f"`{path}` is lognormal, so its low end must be more than 0; it is {low:g}")
    middle, spread = (math.log(low) + math.log(high)) / 2, math.log(high / low) / (2 * Z)
    return partial(_lognormal, middle, spread, ends)


def values_at(crisis: Crisis, paths: Sequence[str], points: Floats) -> Floats:
    """Values of parameters at points of the unit cube, shape of ``points`` (n, paths).

    A path that has no range in this crisis (a reading may fix it) keeps its central value.

    Raises:
        NoRange: if a path is not a number, or has an impossible range.
    """
    values = np.empty_like(points)
    for j, path in enumerate(paths):
        number = get(crisis, path)
        if isinstance(number, Quantity) and not varies(number):
            values[:, j] = number.value
        else:
            values[:, j] = quantile_of(crisis, path)(points[:, j])
    return values


def _example(number: Quantity) -> str:
    low, high = sorted((0.8 * number.value, 1.2 * number.value))
    return f"[{number.value:g}, {low:g}, {high:g}]" if number.value else "[0, -0.1, 0.1]"


def _pieces(
    c: float, low: float, high: float, ends: tuple[float, float]
) -> tuple[float, float, float, float, float]:
    """Ends of the tails and the knots between: (least, l, c, h, most)."""
    reach = TAIL / (0.5 - TAIL) * 2  # a triangle of the same height as the piece beside it
    return (
        max(low - reach * (c - low), ends[0]),
        low,
        c,
        high,
        min(high + reach * (high - c), ends[1]),
    )


def _knots(least: float, low: float, c: float, high: float, most: float, u: Floats) -> Floats:
    """Quantiles of a ``range``; a side without a tail is one uniform piece."""
    below = _half(c - low, low - least, 2 * np.minimum(u, 0.5))
    above = _half(high - c, most - high, 2 * np.minimum(1 - u, 0.5))
    # With nothing on one side of c, all the probability is on the other.
    if c == low:
        return np.asarray(most - _half(high - c, most - high, 1 - u, TAIL))
    if c == high:
        return np.asarray(least + _half(c - low, low - least, u, TAIL))
    return np.asarray(np.where(u < 0.5, least + below, most - above))


def _half(inside: float, tail: float, v: Floats, share: float = 2 * TAIL) -> Floats:
    """Distance from the outer end at probability ``v`` of this side: the tail, then the piece."""
    if tail <= 0:
        return np.asarray(inside * v)
    outer = tail * np.sqrt(np.minimum(v, share) / share)
    return np.asarray(np.where(v < share, outer, tail + inside * (v - share) / (1 - share)))


def _uniform(low: float, high: float, u: Floats) -> Floats:
    return low + (high - low) * u


def _triangular(mode: float, low: float, high: float, u: Floats) -> Floats:
    split = (mode - low) / (high - low)
    rising = low + np.sqrt(u * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - u) * (high - low) * (high - mode))
    return np.asarray(np.where(u < split, rising, falling))


def _normal(mean: float, spread: float, ends: tuple[float, float], u: Floats) -> Floats:
    below, above = (float(ndtr((end - mean) / spread)) for end in ends)
    return np.asarray(mean + spread * ndtri(below + u * (above - below)))


def _lognormal(middle: float, spread: float, ends: tuple[float, float], u: Floats) -> Floats:
    logs = (
        math.log(ends[0]) if ends[0] > 0 else -INFINITE,
        math.log(ends[1]) if ends[1] < INFINITE else INFINITE,
    )
    return np.asarray(np.exp(_normal(middle, spread, logs, u)))
