"""From the share that backs each item to the share that backs a whole package.

Respondents were asked item by item: share p_i of them backs item i, i = 1..m. A plan that needs all m
items has the backing of those who back every one. The shares alone only bound that (Frechet 1935,
Hoeffding 1940), and the bounds are reached::

    max(0, sum p_i - (m - 1))  <=  P(all)  <=  min p_i

The upper bound is reached when backers are nested (whoever backs the least popular item backs the
rest), the lower when those who object to one item back the others. Independence gives prod p_i. Between them
stands one common factor with correlation rho (Gaussian copula)::

    P(all; rho) = E_z prod_i Phi( (Phi^-1(p_i) - sqrt(rho) z) / sqrt(1 - rho) ),   z ~ N(0, 1)

which is prod p_i at rho = 0 and min p_i at rho = 1, so that the correlation which a majority for the whole
needs can be said (:func:`correlation_for`). Every form rises in each p_i, so ranges of the shares give ranges
of the support by their lower and upper ends.

Shares in [0, 1]. Raises :class:`ValueError` for a share outside, or for no items.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

NEARLY_ONE = 0.999
"""Correlation beyond which the limit min p_i is used."""
FURTHEST, NODES = 9.0, 4001
"""Trapezoid rule on [-9, 9]. The integrand turns over a width of sqrt(1/rho - 1), .03 at most narrow, which
is seven steps, so the rule is exact to about 1e-12; nodes of Gauss and Hermite miss it by .02 at .99."""


@dataclass(frozen=True, slots=True)
class Support:
    """Joint support of a package: both extremes and independence; ``low`` <= ``independent`` <= ``high``."""

    low: float
    independent: float
    high: float


def joint_support(shares: Sequence[float]) -> Support:
    """Bounds and independence for the support of all items together."""
    p = _checked(shares)
    m = len(p)
    lower = max(0.0, math.fsum(p) - (m - 1))
    upper = min(p)
    if m == 1:
        return Support(upper, upper, upper)
    return Support(min(lower, upper), math.prod(p), upper)


def all_of(shares: Sequence[float], correlation: float) -> float:
    """Support of all items if one factor with this correlation moves every respondent.

    Raises:
        ValueError: for a correlation outside [0, 1].
    """
    p = np.array(_checked(shares))
    if not 0 <= correlation <= 1:
        raise ValueError(f"a common correlation lies between 0 and 1; got {correlation:g}")
    if p.min() == 0:
        return 0.0
    p = p[p < 1]
    if not len(p):
        return 1.0
    if correlation == 0 or len(p) == 1:
        return float(p.prod())
    if correlation > NEARLY_ONE:
        return float(p.min())
    z = np.linspace(-FURTHEST, FURTHEST, NODES)
    weight = np.exp(-z * z / 2)
    t = special.ndtri(p)[:, None]
    inner = special.ndtr((t - math.sqrt(correlation) * z) / math.sqrt(1 - correlation))
    return float(inner.prod(axis=0) @ weight / weight.sum())


def correlation_for(shares: Sequence[float], wanted: float) -> float | None:
    """The least correlation at which joint support reaches ``wanted``; None if none does."""
    if all_of(shares, 0.0) >= wanted:
        return 0.0
    if min(shares) < wanted or all_of(shares, NEARLY_ONE) < wanted:
        return None
    return float(optimize.brentq(lambda r: all_of(shares, r) - wanted, 0.0, NEARLY_ONE, xtol=1e-6))


def disagreement(share: float) -> float:
    """Chance that two respondents picked at random, with replacement, answer differently: 2 p (1 - p)."""
    [p] = _checked([share])
    return 2 * p * (1 - p)


def _checked(shares: Sequence[float]) -> list[float]:
    if not len(shares):
        raise ValueError("there are no items")
    for p in shares:
        if not 0 <= p <= 1:
            raise ValueError(f"{p!r} is not a share between 0 and 1")
    return [float(p) for p in shares]
