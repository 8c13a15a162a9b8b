"""Weights on futures, and percentiles under them. See :mod:`offramp.ensembles.robust`."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

ROUNDING = 1e-9
"""Part of itself by which a sum of weights may miss what it reaches in exact arithmetic."""


def quantile(values: ArrayLike, q: float, weights: ArrayLike | None = None) -> float:
    """The least value with at least the share q of the weight at or below it.

    Raises:
        ValueError: for no values, a share outside (0, 1], or weights that do not fit.
    """
    v = np.asarray(values, dtype=np.float64)
    w = fitting_weights(weights, len(v))
    if not len(v) or not 0 < q <= 1:
        raise ValueError(f"a quantile needs values and a share in (0, 1], not {len(v)} and {q:g}")
    order = np.argsort(v, kind="stable")
    reached = np.cumsum(w[order])
    place = min(int(np.searchsorted(reached, q * reached[-1] * (1 - ROUNDING))), len(v) - 1)
    return float(v[order[place]])


def fitting_weights(weights: ArrayLike | None, futures: int) -> Floats:
    """Weights as given; ones if none are."""
    if weights is None:
        return np.ones(futures)
    w = np.asarray(weights, dtype=np.float64)
    if w.shape != (futures,):
        raise ValueError(f"{w.shape} weights for {futures} futures")
    if not np.isfinite(w).all() or (w < 0).any() or not w.sum() > 0:
        raise ValueError("weights are finite, not negative, and not all zero")
    return w
