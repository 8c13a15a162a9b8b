"""First-order shares from plain draws, by regression: for samples too small for Sobol's estimators.

Definition. The first-order share of input j is Var(E[Y | X_j]) / Var(Y). E[Y | X_j] is fitted by least
squares on a linear spline of x_j (k columns besides the constant) over n independent draws, and the share
is the adjusted coefficient of determination::

    S_j = 1 - (1 - R^2) (n - 1) / (n - 1 - k)

which is 0 on average for an input without effect. Its noise there is about sqrt(2 k) / n, against
1 / sqrt(n) of the estimators from swapped samples: at 128 draws .02 against .09. The price is bias: a
curve that the spline cannot follow is missed. Interval: percentiles over bootstrap resamples of draws,
refitted; a resample repeats draws, which raises R^2, so each is corrected with the number of its
distinct draws in place of n.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from offramp.ensembles.information import RIDGE, Floats, basis

KNOTS = 2
"""Inner knots: three slopes are enough for a bend and a saturation."""

RESAMPLES = 200


@dataclass(frozen=True)
class MainEffect:
    """A first-order share with its interval."""

    value: float
    low: float
    high: float


def main_effect(
    x: ArrayLike,
    y: ArrayLike,
    *,
    level: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> MainEffect:
    """First-order share of one input; draws with a missing outcome are left out.

    Raises:
        ValueError: for shapes that do not fit, or fewer than ten draws a coefficient.
    """
    inputs, outcomes = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if inputs.ndim != 1 or inputs.shape != outcomes.shape:
        raise ValueError(f"inputs {inputs.shape} and outcomes {outcomes.shape} do not fit")
    known = np.isfinite(outcomes)
    inputs, outcomes = inputs[known], outcomes[known]
    n = len(outcomes)
    if n < 10 * (KNOTS + 2):
        raise ValueError(f"{n} draws are too few: {10 * (KNOTS + 2)} at least")
    if np.ptp(outcomes) == 0 or np.ptp(inputs) == 0:
        return MainEffect(0.0, 0.0, 0.0)
    q = basis(inputs, KNOTS)
    k = q.shape[1] - 1
    centred = outcomes - outcomes.mean()
    value = _share(float(((q.T @ centred) ** 2).sum() / (centred**2).sum()), n, k)
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(resamples):
        w = np.bincount(rng.integers(0, n, n), minlength=n).astype(np.float64)
        mean = w @ centred / n
        z = centred - mean
        gram = (q * w[:, None]).T @ q
        gram += RIDGE * np.trace(gram) / len(gram) * np.eye(len(gram))
        cross = q.T @ (w * z)
        explained = float(cross @ np.linalg.solve(gram, cross))
        spread = float(w @ (z * z))
        if spread > 0:
            found.append(_share(explained / spread, int((w > 0).sum()), k))
    tail = 50 * (1 - level)
    low, high = np.percentile(found, [tail, 100 - tail]) if found else (np.nan, np.nan)
    return MainEffect(value, float(low), float(high))


def _share(determination: float, n: int, k: int) -> float:
    return 1 - (1 - determination) * (n - 1) / (n - 1 - k)


__all__ = ["Floats", "MainEffect", "main_effect"]
