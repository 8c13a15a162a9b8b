"""Which inputs move an outcome: Sobol indices of first and total order, tornado, one at a time.

Definitions. Y = f(X_1 .. X_d) with independent X. First order S_j = Var(E[Y | X_j]) / Var(Y): the share
of the variance that goes if X_j becomes known. Total order T_j = E[Var(Y | all but X_j)] / Var(Y): the
share that is left if everything but X_j is known. T_j - S_j is what X_j does together with others.

Estimators. With y_A, y_B, y_j the outcomes at A, B and AB_j, centred on the mean of A and B, and V their
variance (all from the same rows, :mod:`offramp.ensembles._sobol_sample`)::

    S_j = mean(y_B (y_j - y_A)) / V      (Saltelli et al. 2010, table 2 b)
    T_j = mean((y_A - y_j)^2) / (2 V)    (Jansen 1999)

Intervals are percentiles of bootstrap resamples of base points (rows, with all their blocks): estimates
and denominators are resampled together, as weighted sums, in one matrix product. The points are those
of a low-discrepancy sequence, more even than independent ones, so the intervals err on the wide side.
Nothing is clipped: a small negative S_j is sampling noise and is shown as what it is.

*Rare outcomes.* An outcome that differs at a few base points only has no spread in some resamples; these
are left out, with a warning. If A and B show no spread at all but a block does, V is that of all rows.

*No effect.* If no single step of X_j moved any outcome, T_j is exactly 0 and so is its interval. Else,
"no distinguishable effect" means T_j's upper end below ``NEGLIGIBLE``.

*Direction.* The share of steps A -> AB_j with a change of Y in which Y moved the way X_j did.

Classical comparator: SALib's ``sobol.analyze`` (same formulas; asserted equal in the tests).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from offramp.ensembles._sobol_sample import (
    Floats,
    Outcomes,
    SobolSample,
    WrongSample,
    sobol_sample,
)

__all__ = [
    "NEGLIGIBLE",
    "Index",
    "Outcomes",
    "Sensitivity",
    "SobolSample",
    "Swing",
    "WrongSample",
    "one_at_a_time",
    "sobol_indices",
    "sobol_sample",
    "tornado",
]

NEGLIGIBLE = 0.01
"""A factor whose total order is surely below one per cent of the variance has no effect to speak of."""

RESAMPLES = 200
"""Bootstrap resamples: the ends of a 95 % interval then rest on five resamples each."""

SPREAD = 1e-9
"""Variance of a resample, as a share of the sample's, that is rounding and no spread."""

FEW = 64
"""Below this many base points intervals themselves are rough, and the result says so."""


@dataclass(frozen=True)
class Index:
    """Indices of one factor with their intervals.

    Attributes:
        factor: Its name.
        first, first_low, first_high: First order and its interval.
        total, total_low, total_high: Total order and its interval.
        interaction, interaction_low, interaction_high: Total less first order.
        rising: Share of changes in which the outcome moved the way the factor did; None for a group,
            or if nothing changed.
        moved: Share of steps of this factor alone that changed the outcome at all.
    """

    factor: str
    first: float
    first_low: float
    first_high: float
    total: float
    total_low: float
    total_high: float
    interaction: float
    interaction_low: float
    interaction_high: float
    rising: float | None
    moved: float

    @property
    def none(self) -> bool:
        """Whether the factor has no effect: exactly none, or less than can matter."""
        return self.moved == 0.0 or self.total_high < NEGLIGIBLE

    @property
    def interacts(self) -> bool:
        """Whether it acts together with others beyond doubt."""
        return self.interaction_low > 0 and self.interaction > NEGLIGIBLE


@dataclass(frozen=True)
class Sensitivity:
    """Indices of all factors in the sample's order, and what they rest on.

    Attributes:
        key: Key of the sample.
        indices: One a factor.
        mean, variance: Of the outcome, over A and B.
        base: Base points used; ``lost`` were left out for failed outcomes.
        level: Level of the intervals.
        warnings: What a reader must know before the figures.
    """

    key: str
    indices: tuple[Index, ...]
    mean: float
    variance: float
    base: int
    lost: int
    level: float
    warnings: tuple[str, ...] = ()

    def ranked(self) -> tuple[Index, ...]:
        """Indices by total order, greatest first."""
        return tuple(sorted(self.indices, key=lambda i: -i.total))

    @property
    def constant(self) -> bool:
        """Whether the outcome is the same at every point."""
        return self.variance == 0.0


def sobol_indices(
    sample: SobolSample,
    outcomes: Outcomes,
    *,
    level: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Sensitivity:
    """First and total order indices of every factor.

    Args:
        sample: The sample.
        outcomes: Its outcomes.
        level: Level of the intervals.
        resamples: Bootstrap resamples; 0 gives no intervals (ends are ``nan``).
        seed: Seed of the bootstrap.

    Raises:
        WrongSample: for outcomes of another sample.
        ValueError: for a level outside (0, 1), or too few complete base points.
    """
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, not at {level:g}")
    rows, lost = sample.blocks(outcomes)
    n, d = len(rows), len(sample.factors)
    warnings = []
    if lost:
        warnings.append(
            f"{lost} of {sample.base} base points had a failed outcome and are left out whole: "
            "the figures speak of the rest"
        )
    if n < FEW:
        warnings.append(f"only {n} base points: intervals are rough")
    both = rows[:, :2]
    mean = float(both.mean())
    if np.ptp(rows) == 0.0:
        flat = tuple(_flat(name) for name in sample.factor_names)
        warnings.append("the outcome is the same at every point: no factor has any effect")
        return Sensitivity(sample.key, flat, mean, 0.0, n, lost, level, tuple(warnings))
    terms = _terms(rows - mean)
    if np.ptp(both) == 0.0:
        terms[:, :3] = _pooled(rows - mean)
        warnings.append(
            "the outcome is the same at all points of A and B and moves only in single steps: variance is "
            "that of all points"
        )
    sums = terms.mean(axis=0)
    first, total = _from_sums(sums, d)
    drawn = _resampled(terms, resamples, seed)
    spread = _variance(drawn) > SPREAD * _variance(sums)
    if not spread.all():
        warnings.append(
            f"the outcome differs at so few points that {int((~spread).sum())} of {resamples} resamples show "
            "no spread and are left out: intervals are rough"
        )
    firsts, totals = _from_sums(drawn[spread], d)
    tail = 100 * (1 - level) / 2
    ends = [tail, 100 - tail]
    if len(firsts):
        f, t, i = (np.percentile(x, ends, axis=0) for x in (firsts, totals, totals - firsts))
    else:
        f = t = i = np.full((2, d), np.nan)
    moved, rising = _directions(sample, outcomes)
    indices = tuple(
        Index(
            name,
            first=float(first[j]),
            first_low=float(f[0, j]),
            first_high=float(f[1, j]),
            total=float(total[j]),
            total_low=float(t[0, j]),
            total_high=float(t[1, j]),
            interaction=float(total[j] - first[j]),
            interaction_low=float(i[0, j]),
            interaction_high=float(i[1, j]),
            rising=rising[j],
            moved=moved[j],
        )
        for j, name in enumerate(sample.factor_names)
    )
    variance = float(_variance(sums))
    return Sensitivity(sample.key, indices, mean, variance, n, lost, level, tuple(warnings))


def _terms(y: Floats) -> Floats:
    """Per base point: y_A, y_B, y_A^2 + y_B^2, y_B (y_j - y_A) for each j, (y_A - y_j)^2 / 2."""
    a, b, ab = y[:, 0], y[:, 1], y[:, 2:]
    d = ab.shape[1]
    terms = np.empty((len(y), 3 + 2 * d))
    terms[:, 0] = a
    terms[:, 1] = b
    terms[:, 2] = a * a + b * b
    step = ab - a[:, None]
    np.multiply(b[:, None], step, out=terms[:, 3 : 3 + d])
    np.multiply(0.5 * step, step, out=terms[:, 3 + d :])
    return terms


def _pooled(y: Floats) -> Floats:
    """The first three terms with the rows of every block in place of those of A and B."""
    mean, square = y.mean(axis=1), (y * y).mean(axis=1)
    return np.column_stack([mean, mean, 2 * square])


def _variance(sums: Floats) -> Floats:
    """Variance of A and B together, from means of the terms (last axis)."""
    mean = (sums[..., 0] + sums[..., 1]) / 2
    found: Floats = np.asarray(sums[..., 2] / 2 - mean * mean)
    return found


def _from_sums(sums: Floats, d: int) -> tuple[Floats, Floats]:
    variance = _variance(sums)[..., None]
    return sums[..., 3 : 3 + d] / variance, sums[..., 3 + d :] / variance


def _resampled(terms: Floats, resamples: int, seed: int) -> Floats:
    """Means of the terms over bootstrap resamples of rows: one matrix product a block of resamples."""
    rng = np.random.default_rng(seed)
    n = len(terms)
    found = np.empty((resamples, terms.shape[1]))
    block = max(1, 2**22 // n)
    for start in range(0, resamples, block):
        size = min(block, resamples - start)
        drawn = rng.integers(0, n, (size, n), dtype=np.uint32)
        counts = np.stack([np.bincount(row, minlength=n) for row in drawn]).astype(np.float64)
        found[start : start + size] = counts @ terms / n
    return found


def _directions(sample: SobolSample, outcomes: Outcomes) -> tuple[list[float], list[float | None]]:
    n = sample.base
    y = outcomes.values.reshape(-1, n)
    moved: list[float] = []
    rising: list[float | None] = []
    for j, (_, group) in enumerate(sample.factors):
        change = y[2 + j] - y[0]
        known = np.isfinite(change)
        changed = known & (change != 0)
        moved.append(float(changed.sum() / known.sum()))
        if len(group) > 1 or not changed.any():
            rising.append(None)
            continue
        column = group[0]
        step = sample.points[n : 2 * n, column] - sample.points[:n, column]
        rising.append(float(((change * step) > 0)[changed].mean()))
    return moved, rising


def _flat(name: str) -> Index:
    return Index(name, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, None, 0.0)


# --- One at a time -------------------------------------------------------------------------


@dataclass(frozen=True)
class Swing:
    """What one parameter does from its low to its high end with all others at their centre.

    ``hidden``: the indices show that it acts together with others, so the swing at the centre does
    not tell its whole effect.
    """

    name: str
    at_low: float
    at_high: float
    centre: float
    hidden: bool = False

    @property
    def width(self) -> float:
        """High less low outcome."""
        return self.at_high - self.at_low

    @property
    def reach(self) -> float:
        """Span of the three outcomes: what the parameter can do on either side of the centre.

        ``nan`` if one of them is missing.
        """
        three = (self.at_low, self.centre, self.at_high)
        return max(three) - min(three) if np.isfinite(three).all() else float("nan")


def one_at_a_time(low: Floats, centre: Floats, high: Floats) -> Floats:
    """Points to evaluate for a tornado: the centre, then each parameter at its low, then at its high end.

    Shapes: three times (d,); result (1 + 2 d, d).

    Raises:
        ValueError: if an end lies on the wrong side of the centre.
    """
    low, centre, high = (np.asarray(x, dtype=np.float64) for x in (low, centre, high))
    if np.any(low > centre) or np.any(centre > high):
        raise ValueError("low <= centre <= high must hold for every parameter")
    d = len(centre)
    points = np.tile(centre, (1 + 2 * d, 1))
    at = np.arange(d)
    points[1 + 2 * at, at] = low
    points[2 + 2 * at, at] = high
    return points


def tornado(
    names: Sequence[str], outcomes: Floats, sensitivity: Sensitivity | None = None
) -> tuple[Swing, ...]:
    """Swings by reach, widest first, from outcomes at :func:`one_at_a_time` points.

    Those with a missing outcome come last.

    Args:
        names: Parameters in the order of the points.
        outcomes: One a point.
        sensitivity: Indices of the same outcome, to flag parameters whose swing hides interactions.

    Raises:
        ValueError: if there is not one outcome a point.
    """
    y = np.asarray(outcomes, dtype=np.float64)
    if y.shape != (1 + 2 * len(names),):
        raise ValueError(f"{y.shape} outcomes for {1 + 2 * len(names)} points")
    interacting = (
        {i.factor for i in sensitivity.indices if i.interacts} if sensitivity is not None else set()
    )
    swings = [
        Swing(name, float(y[1 + 2 * j]), float(y[2 + 2 * j]), float(y[0]), name in interacting)
        for j, name in enumerate(names)
    ]
    return tuple(sorted(swings, key=lambda s: (np.isnan(s.reach), -s.reach)))
