"""Logit choice of a side whose payoffs everybody knows.

``Pr(a) proportional to w_a exp(lambda Q_a)``; the value is the expected payoff. ``lambda =
kappa / (1 - delta^m)`` turns a precision kappa per negotiation round into one per stake unit: a
round of m months is worth (1 - delta^m) of the stake.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def stake_precision(kappa: float, discount: float, spacing: float) -> float:
    """Lambda per stake unit of kappa per round of ``spacing`` months.

    Raises:
        ValueError: if kappa is not positive or the discount factor is not in (0, 1).
    """
    if kappa <= 0:
        raise ValueError(f"precision must be positive, got {kappa:g}")
    if not 0 < discount < 1:
        raise ValueError(f"the discount factor must lie in (0, 1), got {discount:g}")
    return float(kappa / (1.0 - discount**spacing))


def logit(payoff: Floats, weight: Floats, precision: float) -> Floats:
    """Choice probabilities along axis 0; weight 0 = not available (payoff is then ignored)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        score = np.where(weight > 0, np.log(weight) + precision * payoff, -np.inf)
    top = score.max(0, keepdims=True)
    e = np.exp(score - top)
    share: Floats = e / e.sum(0, keepdims=True)
    return share
