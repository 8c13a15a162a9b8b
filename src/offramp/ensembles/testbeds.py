"""Textbook models on which to try the statistics: known answers, evaluated in one array expression.

*Ishigami* (Ishigami and Homma 1990): Y = sin X1 + a sin^2 X2 + b X3^4 sin X1, X uniform on [-pi, pi].
With a = 7, b = 0.1: V = a^2/8 + b pi^4/5 + b^2 pi^8/18 + 1/2, V1 = (1 + b pi^4/5)^2 / 2, V2 = a^2/8,
V13 = 8 b^2 pi^8 / 225.

*The lake* (Carpenter, Ludwig and Brock 1999; Quinn, Reed and Keller 2017): phosphorus follows
P' = P + inflow + P^q / (1 + P^q) - b P. Its critical level is the least positive root of
P^q / (1 + P^q) = b P; above it the lake tips. For q = 2 it is (1 - sqrt(1 - 4 b^2)) / (2 b).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

ISHIGAMI_A = 7.0
ISHIGAMI_B = 0.1

HALVINGS = 60
"""Bisections of the bracket (0, peak]: past 53 doubles do not move."""


def ishigami(unit: Floats) -> Floats:
    """Ishigami's function of points in the unit cube, shape (n, 3)."""
    x = np.pi * (2 * unit - 1)
    found: Floats = (
        np.sin(x[:, 0])
        + ISHIGAMI_A * np.sin(x[:, 1]) ** 2
        + ISHIGAMI_B * x[:, 2] ** 4 * np.sin(x[:, 0])
    )
    return found


def ishigami_indices() -> tuple[Floats, Floats]:
    """Exact first and total order indices of Ishigami's function."""
    a, b, pi = ISHIGAMI_A, ISHIGAMI_B, np.pi
    one = (1 + b * pi**4 / 5) ** 2 / 2
    two = a**2 / 8
    both = 8 * b**2 * pi**8 / 225
    whole = one + two + both
    return np.array([one, two, 0.0]) / whole, np.array([one + both, two, both]) / whole


def critical_phosphorus(b: ArrayLike, q: ArrayLike) -> Floats:
    """The level above which a lake of decay b and recycling exponent q tips.

    On (0, peak], where peak = (q - 1)^(1/q) is the place at which recycling per unit of phosphorus,
    P^(q-1) / (1 + P^q), is greatest, that ratio rises from 0: the root is unique there.

    Raises:
        ValueError: where there is none, because b is not below the greatest ratio, or q <= 1.
    """
    decay, power = np.broadcast_arrays(
        np.asarray(b, dtype=np.float64), np.asarray(q, dtype=np.float64)
    )
    if np.any(power <= 1) or np.any(decay <= 0):
        raise ValueError("a lake has b > 0 and q > 1")

    def ratio(p: Floats) -> Floats:
        found: Floats = p ** (power - 1) / (1 + p**power)
        return found

    low = np.zeros(power.shape)
    high = (power - 1) ** (1 / power)
    if np.any(ratio(high) < decay):
        raise ValueError(
            "a lake whose decay outweighs its recycling everywhere has no critical level"
        )
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        below = ratio(middle) < decay
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    found: Floats = (low + high) / 2
    return found
