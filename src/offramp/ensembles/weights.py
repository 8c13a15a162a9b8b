"""Weights on draws from what was observed: the draws that look like the world count for more.

Symbols. n draws with m moments each, M (n x m): what the model says in a draw about things that were
observed (aid by month, area per month, how often a settlement comes). Targets t (m), errors s (m).

*Tilting* (maximum entropy; Kullback 1959, Hainmueller 2012). Of all weights the closest to equal ones
that reproduce the targets::

    min_w  sum_i w_i log(n w_i) + sum_k ((w M)_k - t_k)^2 / (2 s_k^2)

The solution is w_i prop exp(lambda . M_i); lambda minimises the convex dual
``log mean exp(lambda . (M_i - t)) + sum_k s_k^2 lambda_k^2 / 2``, by Newton's method. With s = 0 targets
are met exactly, and are refused if no mixture of draws can meet them.

*Likelihood.* w_i prop exp(-(M_i - t)' C^-1 (M_i - t) / 2): each draw by itself must look like the world,
not only the mixture. The two answer different questions; a result says which was used.

*Effective sample size* (Kish 1965): 1 / sum_i w_i^2. It falls from n to 1 as few draws take all weight;
below ``COLLAPSED`` of the draws, or ``FEWEST`` in number, the weighted figures rest on a handful of
draws and the result warns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

COLLAPSED = 0.1
FEWEST = 30
"""Below 30 effective draws a quantile of a tenth rests on three of them."""

ROUNDING = 1e-9
"""Relative error of sums of weights: 20 equal draws count for 20, and not for a little less."""

STEPS = 100
TOLERANCE = 1e-10
"""Gradient of the dual, in standard deviations of the moments, at which Newton stops."""

FURTHEST = 50.0
"""Tilt, in standard deviations of a moment, beyond which one draw takes all weight: out of reach."""


class OutOfReach(ValueError):
    """Targets that no mixture of the draws can reproduce."""


@dataclass(frozen=True, eq=False)
class Weighted:
    """Weights with what they rest on.

    Attributes:
        method: ``tilting`` or ``likelihood``.
        weights: One a draw, sum 1; draws with a missing moment have 0.
        effective: Effective sample size.
        draws: Draws.
        names, targets: The moments and what was observed.
        before, after: Means of the moments under equal weights and under these.
        tilt: lambda by moment, per standard deviation (tilting only).
        warnings: What a reader must know.
    """

    method: str
    weights: Floats
    effective: float
    draws: int
    names: tuple[str, ...]
    targets: Floats
    before: Floats
    after: Floats
    tilt: Floats
    warnings: tuple[str, ...]

    @property
    def collapsed(self) -> bool:
        """Whether too few draws carry the weight."""
        least = max(COLLAPSED * self.draws, min(FEWEST, self.draws))
        return self.effective < least * (1 - ROUNDING)

    def mean(self, values: ArrayLike) -> Floats:
        """Weighted mean of outcomes, draws first.

        Raises:
            ValueError: if there is not one outcome a draw, or one with weight is missing.
        """
        y = np.asarray(values, dtype=np.float64)
        if len(y) != self.draws:
            raise ValueError(f"{len(y)} outcomes for {self.draws} draws")
        used = self.weights > 0
        if not np.isfinite(y[used]).all():
            raise ValueError("an outcome of a draw with weight is missing")
        found: Floats = np.asarray(np.tensordot(self.weights[used], y[used], axes=1))
        return found


def effective_size(weights: ArrayLike) -> float:
    """Kish's effective sample size of weights of any scale."""
    w = np.asarray(weights, dtype=np.float64)
    return float(w.sum() ** 2 / (w * w).sum())


def tilted(
    moments: ArrayLike,
    targets: ArrayLike,
    names: Sequence[str],
    *,
    errors: ArrayLike | float = 0.0,
) -> Weighted:
    """Weights closest to equal ones under which the moments' means are the targets, within errors.

    Raises:
        OutOfReach: for a target outside of what the draws span, or targets that they cannot meet together.
        ValueError: for shapes that do not fit, or negative errors.
    """
    m, t, s, whole = _checked(moments, targets, names, errors)
    x = m[whole]
    # A column of equal numbers has a standard deviation of rounding, so it is told by its span.
    spread = np.where(np.ptp(x, axis=0) > 0, x.std(axis=0), 0.0)
    for k, name in enumerate(names):
        low, high = x[:, k].min(), x[:, k].max()
        if s[k] == 0 and not low <= t[k] <= high:
            raise OutOfReach(
                f"{name}: the draws span {low:.4g} to {high:.4g}, the target is {t[k]:.4g}; "
                "widen the ranges, or give the target an error"
            )
    live = spread > 0
    z = np.zeros_like(x)
    z[:, live] = (x[:, live] - t[live]) / spread[live]
    error = np.zeros(len(t))
    error[live] = s[live] / spread[live]
    slope = _newton(z[:, live], error[live], [n for n, k in zip(names, live, strict=True) if k])
    tilt = np.zeros(len(t))
    tilt[live] = slope
    weights = np.zeros(len(m))
    weights[whole] = _soft(z @ tilt)
    return _described("tilting", weights, m, t, names, tilt)


def likely(
    moments: ArrayLike,
    targets: ArrayLike,
    names: Sequence[str],
    *,
    errors: ArrayLike | float | None = None,
    covariance: ArrayLike | None = None,
) -> Weighted:
    """Weights by the Gaussian likelihood of what was observed, draw by draw.

    Give either ``errors`` (standard deviations, independent) or ``covariance``.

    Raises:
        ValueError: for shapes that do not fit, errors that are not positive, or a covariance that is
            not positive definite.
    """
    if (errors is None) == (covariance is None):
        raise ValueError("give either errors or a covariance")
    m, t, s, whole = _checked(moments, targets, names, 0.0 if errors is None else errors)
    root: Floats
    if covariance is None:
        if np.any(s <= 0):
            raise ValueError("a likelihood needs positive errors")
        root = np.asarray(np.diag(s))
    else:
        c = np.asarray(covariance, dtype=np.float64)
        if c.shape != (len(t), len(t)):
            raise ValueError(f"a covariance of shape {c.shape} for {len(t)} moments")
        try:
            root = np.asarray(np.linalg.cholesky(c))
        except np.linalg.LinAlgError as error:
            raise ValueError("the covariance is not positive definite") from error
    away = np.linalg.solve(root, (m[whole] - t).T)
    weights = np.zeros(len(m))
    weights[whole] = _soft(-0.5 * (away**2).sum(axis=0))
    return _described("likelihood", weights, m, t, names, np.full(len(t), np.nan))


def _checked(
    moments: ArrayLike, targets: ArrayLike, names: Sequence[str], errors: ArrayLike | float
) -> tuple[Floats, Floats, Floats, NDArray[np.bool_]]:
    m = np.asarray(moments, dtype=np.float64)
    t = np.asarray(targets, dtype=np.float64)
    if m.ndim != 2 or t.shape != (m.shape[1],) or len(names) != len(t):
        raise ValueError(f"moments {m.shape}, targets {t.shape} and {len(names)} names do not fit")
    s = np.broadcast_to(np.asarray(errors, dtype=np.float64), t.shape)
    if np.any(s < 0) or not np.isfinite(s).all() or not np.isfinite(t).all():
        raise ValueError("targets are finite, errors finite and not negative")
    whole: NDArray[np.bool_] = np.asarray(np.isfinite(m).all(axis=1))
    if not whole.any():
        raise ValueError("no draw has all moments")
    return m, t, s, whole


def _soft(exponents: Floats) -> Floats:
    w = np.exp(exponents - exponents.max())
    found: Floats = w / w.sum()
    return found


def _newton(z: Floats, error: Floats, names: Sequence[str]) -> Floats:
    """Minimiser of log mean exp(z lambda) + |error lambda|^2 / 2, with halved steps where needed."""
    m = z.shape[1]
    slope = np.zeros(m)

    def dual(at: Floats) -> float:
        e = z @ at
        top = e.max()
        return float(top + np.log(np.exp(e - top).mean()) + 0.5 * ((error * at) ** 2).sum())

    value = dual(slope)
    for _ in range(STEPS):
        w = _soft(z @ slope)
        mean = w @ z
        gradient = mean + error**2 * slope
        if np.abs(gradient).max(initial=0.0) < TOLERANCE:
            return slope
        hessian = (z * w[:, None]).T @ z - np.outer(mean, mean) + np.diag(error**2)
        step = np.linalg.lstsq(hessian, -gradient, rcond=None)[0]
        size = 1.0
        # A step that does not lower the dual (rounding, or nearly singular) is halved.
        while (trial := dual(slope + size * step)) > value and size > 2**-30:
            size /= 2
        slope = slope + size * step
        value = min(value, trial)
        if np.abs(slope).max() > FURTHEST:
            break
    w = _soft(z @ slope)
    missed = np.abs(w @ z + error**2 * slope)
    if missed.max() < 1e-6:
        return slope
    worst = names[int(np.argmax(np.abs(slope)))]
    raise OutOfReach(
        f"no mixture of the draws meets these targets together; {worst} pulls hardest. "
        "Give the targets errors, or leave some out"
    )


def _described(
    method: str,
    weights: Floats,
    m: Floats,
    t: Floats,
    names: Sequence[str],
    tilt: Floats,
) -> Weighted:
    used = np.isfinite(m).all(axis=1)
    after = weights[used] @ m[used]
    result = Weighted(
        method,
        weights,
        effective_size(weights),
        len(m),
        tuple(names),
        t,
        m[used].mean(axis=0),
        after,
        tilt,
        (),
    )
    warnings = []
    if not used.all():
        warnings.append(f"{int((~used).sum())} of {len(m)} draws lack a moment and get no weight")
    if result.collapsed:
        warnings.append(
            f"the weights have collapsed: {len(m)} draws count for {result.effective:.0f}; the figures "
            "rest on a handful of draws. Widen the ranges, or trust the observations less"
        )
    flat = [n for n, k in zip(names, np.ptp(m[used], axis=0), strict=True) if k == 0]
    if flat:
        warnings.append(
            f"the same in every draw, so it tells draws apart in nothing: {', '.join(flat)}"
        )
    return Weighted(
        method,
        weights,
        result.effective,
        len(m),
        tuple(names),
        t,
        result.before,
        after,
        tilt,
        tuple(warnings),
    )
