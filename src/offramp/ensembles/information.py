"""What is it worth to find out? Expected value of perfect and partial information for choosing a plan.

Definitions. Y[i, p] is what plan p is worth in future i (one draw of all inputs), w_i the weight of the
draw. The chooser maximises the mean and must choose once for all draws, or after learning::

    now      = max_p E[Y_p]                     choose today
    EVPI     = E[max_p Y_p] - now               choose after learning everything
    EVPPI(j) = E[max_p E[Y_p | X_j]] - now      choose after learning input j
    EVSI(s)  = E[max_p E[Y_p | s]] - now        choose after seeing a signal s about the inputs

All in the chooser's own stake. All are at least 0, and none of the partial values exceeds EVPI.

Estimators, from one ensemble, no further solve. EVPPI: E[Y_p - Y_best | X_j] is the least-squares fit of
the difference on a linear spline of x_j with knots at quantiles (regression of Strong, Oakley and
Brennan 2014; a spline in place of their additive model or Gaussian process, exact where the difference
is linear in x_j). A maximum over noisy fits is biased upwards, so each figure comes with (a) a
percentile interval over bootstrap resamples of draws, refitted, and (b) the *chance level*: shuffle the
draws' worths against their inputs, take the greatest figure among all inputs, and of that the 95th
percentile over shuffles (Westfall and Young 1993). A figure at or below it is nothing distinguishable,
however many inputs were tried.
EVSI of a signal with P(s | draw) = L[i, s] is exact given the ensemble::

    EVSI = sum_s max_p sum_i w_i L[i, s] Y[i, p] - now

Classical comparator: Raiffa and Schlaifer (1961); two plans with a normal difference of mean m and
standard deviation s have EVPI = s phi(m/s) - |m| Phi(-|m|/s), asserted in the tests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

KNOTS = 4
"""Inner knots of the spline, at equal shares of draws: six coefficients, some 85 draws each at 512."""

RESAMPLES = 200
LEVEL = 0.95
"""Level of intervals, and of what chance alone is taken to explain."""


@dataclass(frozen=True)
class Worth:
    """Value of learning one thing.

    Attributes:
        name: What is learnt.
        value, low, high: EVPPI (or EVSI) with its interval, own stake.
        chance: What the luckiest of all inputs reaches in one of twenty shuffles.
        changes: Share of draws in which learning it would change the choice.
        switch: Plans chosen at the lowest and at the highest value of the input, if learning it changes
            the choice anywhere (they are the same one where only values in between change it).
    """

    name: str
    value: float
    low: float
    high: float
    chance: float
    changes: float
    switch: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether the figure is no more than chance makes."""
        return self.value <= self.chance


@dataclass(frozen=True)
class Information:
    """Value of information for a choice among plans.

    Attributes:
        plans: The plans.
        best: The plan chosen today, and ``now`` what it is worth.
        perfect, perfect_low, perfect_high: EVPI with its interval.
        worths: One an input, greatest first.
        draws: Draws used; ``lost`` were left out for a missing value.
    """

    plans: tuple[str, ...]
    best: str
    now: float
    perfect: float
    perfect_low: float
    perfect_high: float
    worths: tuple[Worth, ...]
    draws: int
    lost: int


def _weights(weights: ArrayLike | None, n: int) -> Floats:
    if weights is None:
        return np.full(n, 1.0 / n)
    w = np.asarray(weights, dtype=np.float64)
    if w.shape != (n,) or np.any(w < 0) or not w.sum() > 0:
        raise ValueError("weights are one non-negative number a draw, not all zero")
    found: Floats = w / w.sum()
    return found


def basis(x: Floats, knots: int = KNOTS) -> Floats:
    """Orthonormal columns that span linear splines of x with knots at quantiles, shape (n, <= knots + 2).

    A column of few distinct values gives their indicators: nothing is assumed about order.
    """
    values = np.unique(x)
    if len(values) <= knots + 2:
        columns = (x[:, None] == values[None, :]).astype(np.float64)
    else:
        z = (x - x.mean()) / x.std()
        at = np.unique(np.quantile(z, np.arange(1, knots + 1) / (knots + 1)))
        columns = np.column_stack(
            [np.ones(len(x)), z, *(np.maximum(z - k, 0.0) for k in at if k < z.max())]
        )
    q, r = np.linalg.qr(columns)
    kept = np.abs(np.diag(r)) > 1e-9 * np.abs(np.diag(r)).max()
    found: Floats = np.asarray(q[:, kept])
    return found


def value_of_information(
    X: ArrayLike,
    Y: ArrayLike,
    names: Sequence[str],
    plans: Sequence[str],
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
    knots: int = KNOTS,
) -> Information:
    """EVPI and the EVPPI of every input.

    Args:
        X: Inputs, (draws, inputs).
        Y: Worth of plans, (draws, plans); a draw with a missing value is left out whole.
        names: Names of inputs.
        plans: Names of plans.
        resamples: Bootstrap resamples and shuffles.
        seed: Their seed.
        knots: Inner knots of the splines.

    Raises:
        ValueError: for arrays that do not fit together, or too few draws for the splines.
    """
    inputs, worth = np.asarray(X, dtype=np.float64), np.asarray(Y, dtype=np.float64)
    if worth.ndim != 2 or worth.shape[1] != len(plans) or inputs.shape != (len(worth), len(names)):
        raise ValueError(
            f"inputs {inputs.shape} and worths {worth.shape} do not fit {len(names)} names "
            f"and {len(plans)} plans"
        )
    whole = np.isfinite(worth).all(axis=1) & np.isfinite(inputs).all(axis=1)
    inputs, worth = inputs[whole], worth[whole]
    n = len(worth)
    if n < 10 * (knots + 2):
        raise ValueError(f"{n} complete draws are too few: {10 * (knots + 2)} at least")
    means = worth.mean(axis=0)
    first = int(np.argmax(means))
    gain = worth - worth[:, [first]]
    rng = np.random.default_rng(seed)
    counts = np.stack(
        [np.bincount(rng.integers(0, n, n), minlength=n) for _ in range(resamples)]
    ).astype(np.float64)
    shuffles = np.stack([rng.permutation(n) for _ in range(resamples)])
    tails = [50 * (1 - LEVEL), 50 * (1 + LEVEL)]
    resampled_means = counts @ gain / n
    all_known = gain.max(axis=1)
    perfect = float(all_known.mean())
    spread = counts @ all_known / n - resampled_means.max(axis=1)
    low, high = np.percentile(spread, tails)
    fits = [_partial(inputs[:, j], gain, counts, shuffles, knots, tails) for j in range(len(names))]
    shuffled = np.stack([fit.shuffled for fit in fits]).max(axis=0) if fits else np.zeros(0)
    chance = float(np.percentile(shuffled, 100 * LEVEL)) if shuffled.size else 0.0
    worths = [
        Worth(
            name,
            fit.value,
            fit.low,
            fit.high,
            chance,
            fit.changes,
            tuple(plans[p] for p in fit.ends) if fit.changes else (),
        )
        for name, fit in zip(names, fits, strict=True)
    ]
    return Information(
        tuple(plans),
        plans[first],
        float(means[first]),
        perfect,
        float(low),
        float(high),
        tuple(sorted(worths, key=lambda w: -w.value)),
        n,
        int((~whole).sum()),
    )


@dataclass(frozen=True)
class _Fit:
    """Value of learning one input: figure, interval, figures of shuffles, share of choices changed."""

    value: float
    low: float
    high: float
    shuffled: Floats
    changes: float
    ends: tuple[int, int]


RIDGE = 1e-9
"""Added to the normal equations of a resample, relative to their scale: a resample may miss a knot."""


def _partial(
    x: Floats,
    gain: Floats,
    counts: Floats,
    shuffles: NDArray[np.int64],
    knots: int,
    tails: Sequence[float],
) -> _Fit:
    n, p = gain.shape
    q = basis(x, knots)
    k = q.shape[1]
    now = gain.mean(axis=0)
    fit = q @ (q.T @ gain)
    chosen = np.argmax(fit, axis=1)
    # Resamples: least squares with the counts as weights, all of them at once.
    gram = (counts @ (q[:, :, None] * q[:, None, :]).reshape(n, k * k)).reshape(-1, k, k)
    cross = (counts @ (q[:, :, None] * gain[:, None, :]).reshape(n, k * p)).reshape(-1, k, p)
    scale = np.trace(gram, axis1=1, axis2=2)[:, None, None] / k
    slopes = np.linalg.solve(gram + RIDGE * scale * np.eye(k), cross)
    drawn = np.array(
        [
            row @ (q @ slope).max(axis=1) / n - (row @ gain / n).max()
            for row, slope in zip(counts, slopes, strict=True)
        ]
    )
    shuffled = np.array(
        [(q @ (q.T @ gain[order])).max(axis=1).mean() - now.max() for order in shuffles]
    )
    low, high = np.percentile(drawn, tails) if len(drawn) else (np.nan, np.nan)
    least, most = np.argmin(x), np.argmax(x)
    return _Fit(
        float(fit.max(axis=1).mean() - now.max()),
        float(low),
        float(high),
        shuffled,
        float((chosen != np.argmax(now)).mean()),
        (int(chosen[least]), int(chosen[most])),
    )


def value_of_signal(
    Y: ArrayLike, likelihood: ArrayLike, *, weights: ArrayLike | None = None
) -> float:
    """EVSI of one signal: ``likelihood[i, s]`` is the chance of signal s in draw i; rows sum to 1.

    Raises:
        ValueError: for rows that do not sum to 1, or shapes that do not fit.
    """
    worth, chances = np.asarray(Y, dtype=np.float64), np.asarray(likelihood, dtype=np.float64)
    if chances.ndim != 2 or len(chances) != len(worth):
        raise ValueError(f"likelihoods {chances.shape} do not fit worths {worth.shape}")
    if np.any(chances < 0) or not np.allclose(chances.sum(axis=1), 1.0, atol=1e-9):
        raise ValueError("the chances of a draw's signals are non-negative and sum to 1")
    w = _weights(weights, len(worth))
    return float(((w[:, None] * chances).T @ worth).max(axis=1).sum() - (w @ worth).max())


def value_of_evidence(
    Y: ArrayLike,
    likelihoods: Mapping[str, ArrayLike],
    *,
    weights: ArrayLike | None = None,
    draws: ArrayLike | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> tuple[Worth, ...]:
    """EVSI of several items of evidence, each alone, greatest first.

    Args:
        Y: Worths, (rows, plans).
        likelihoods: By item, the chance of each of its signals in every row.
        weights: One a row.
        draws: Which draw a row belongs to, from 0 (a draw may have a row for each type of opponent);
            left out, each row is a draw. The interval is over bootstrap resamples of draws.
        resamples: Bootstrap resamples.
        seed: Their seed.

    There is no fit, hence no chance level beyond 0.

    Raises:
        ValueError: as :func:`value_of_signal`.
    """
    worth = np.asarray(Y, dtype=np.float64)
    w = _weights(weights, len(worth))
    rng = np.random.default_rng(seed)
    which = np.arange(len(worth)) if draws is None else np.asarray(draws, dtype=np.intp)
    if which.shape != (len(worth),) or which.min() < 0:
        raise ValueError("`draws` says for each row which draw it belongs to, from 0")
    n = int(which.max()) + 1
    resampled = [
        np.bincount(rng.integers(0, n, n), minlength=n)[which] * w for _ in range(resamples)
    ]
    today = int(np.argmax(w @ worth))
    found = []
    for name, likelihood in likelihoods.items():
        chances = np.asarray(likelihood, dtype=np.float64)
        value = value_of_signal(worth, chances, weights=w)
        many = [value_of_signal(worth, chances, weights=d) for d in resampled]
        low, high = (
            np.percentile(many, [50 * (1 - LEVEL), 50 * (1 + LEVEL)]) if many else (0.0, 0.0)
        )
        chosen = ((w[:, None] * chances).T @ worth).argmax(axis=1)
        changes = float((w @ chances)[chosen != today].sum())
        found.append(Worth(name, value, float(low), float(high), 0.0, changes))
    return tuple(sorted(found, key=lambda item: -item.value))
