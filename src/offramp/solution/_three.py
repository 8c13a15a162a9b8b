"""The typed node with three types, written out: the same mathematics as the general node.

With x = (x_1, x_2) the log-odds against type 3, cumulative coordinates ``u = D p_1`` and
``v = D (p_1 + p_2)`` with integer parts (i, j) and fractions (f, g), the Kuhn simplex raises the
coordinate with the larger fraction first::

    Q(p) = Q_0 + max(f, g) (Q_1 - Q_0) + min(f, g) (Q_2 - Q_1)

where Q_0 sits at (i, j), Q_2 at (i + 1, j + 1), and Q_1 at (i, j + 1) if g >= f (to 1e-12, so that
rounding decides nothing at grid points), else (i + 1, j). Slopes
along u and v follow, and ``dQ/dx_1 = p_1 (s_u (1 - C_1) + s_v (1 - C_2))``,
``dQ/dx_2 = p_2 (-s_u C_1 + s_v (1 - C_2))`` with C the cumulative probabilities. The Newton system is
2x2 per act with a 2x2 border. Agreement with the general code is a test.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

SMALLEST = 0.02
"""Determinants nearer to zero are moved to this size: the step stays finite, its direction stays."""


def padded_lookup(lookup: Ints) -> Ints:
    """Grid index by (i, j), one row and column longer so that vertices past the edge stay on it."""
    d = lookup.shape[0] - 1
    edge = np.minimum(np.arange(d + 2), d)
    padded = lookup[np.ix_(edge, edge)]
    return np.maximum(padded, 0).reshape(-1)


def payoffs(
    flat: Floats, offset: Ints, nb: int, steps: int, lookup: Ints, x: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Payoffs and slopes at the posteriors.

    Args:
        flat: Table of payoffs, flattened (node, act, type, belief).
        offset: Start of each (act, lane)'s block in ``flat``, shape (K, L).
        nb: Grid beliefs.
        steps: Grid steps per edge, D.
        lookup: :func:`padded_lookup`.
        x: Log-odds, shape (2, K, L).

    Returns:
        p (2, K, L); Q (3, K, L); dQ/dx_1 and dQ/dx_2 (3, K, L).
    """
    top = np.maximum(np.maximum(x[0], x[1]), 0.0)
    e1 = np.exp(np.maximum(x[0] - top, -690.0))
    e2 = np.exp(np.maximum(x[1] - top, -690.0))
    total = e1 + e2 + np.exp(np.maximum(-top, -690.0))
    p1, p2 = e1 / total, e2 / total
    c2 = p1 + p2
    u, v = p1 * steps, c2 * steps
    i = np.minimum(np.floor(u + 1e-12), steps)
    j = np.minimum(np.floor(v + 1e-12), steps)
    f, g = np.maximum(u - i, 0.0), np.maximum(v - j, 0.0)
    later = g + 1e-12 >= f
    big, small = np.where(later, g, f), np.where(later, f, g)
    corner = (i * (steps + 2) + j).astype(np.intp)
    place = offset[None] + (nb * np.arange(3))[:, None, None]
    q0 = flat.take(place + lookup.take(corner))
    q1 = flat.take(place + lookup.take(corner + np.where(later, 1, steps + 2)))
    q2 = flat.take(place + lookup.take(corner + (steps + 3)))
    rise, onward = q1 - q0, q2 - q1
    q = q0 + big * rise + small * onward
    along_u = np.where(later, onward, rise) * steps
    along_v = (rise + onward) * steps - along_u
    rest = along_v * (1.0 - c2)
    return np.stack([p1, p2]), q, p1 * (along_u * (1.0 - p1) + rest), p2 * (rest - along_u * p1)


def newton_step(
    r: Floats, sigma: Floats, d1: Floats, d2: Floats, precision: float, diagonal: Floats | float,
    offered: NDArray[np.bool_],
) -> Floats:  # fmt: skip
    """Solve (blockdiag(J) + 1 h) dx = -r for all lanes.

    Args:
        r: Residuals (2, K, L).
        sigma: Policies (3, K, L).
        d1: dQ/dx_1 (3, K, L); ``d2`` dQ/dx_2.
        d2: See ``d1``.
        precision: lambda.
        diagonal: 1, or 1 + 1/tau by lane.
        offered: Acts that are available, (K, L).
    """
    a = diagonal - precision * (d1[0] - d1[2])
    b = -precision * (d2[0] - d2[2])
    c = -precision * (d1[1] - d1[2])
    d = diagonal - precision * (d2[1] - d2[2])
    det = _away(a * d - b * c)
    i11, i12, i21, i22 = d / det, -b / det, -c / det, a / det
    weight = precision * offered
    s3_1, s3_2 = sigma[2] * d1[2], sigma[2] * d2[2]
    h11, h12 = weight * (sigma[0] * d1[0] - s3_1), weight * (sigma[0] * d2[0] - s3_2)
    h21, h22 = weight * (sigma[1] * d1[1] - s3_1), weight * (sigma[1] * d2[1] - s3_2)
    m11, m12 = h11 * i11 + h12 * i21, h11 * i12 + h12 * i22
    m21, m22 = h21 * i11 + h22 * i21, h21 * i12 + h22 * i22
    y1, y2 = -(m11 * r[0] + m12 * r[1]).sum(0), -(m21 * r[0] + m22 * r[1]).sum(0)
    t11, t12 = 1.0 + m11.sum(0), m12.sum(0)
    t21, t22 = m21.sum(0), 1.0 + m22.sum(0)
    outer = _away(t11 * t22 - t12 * t21)
    shift1, shift2 = (t22 * y1 - t12 * y2) / outer, (t11 * y2 - t21 * y1) / outer
    g1, g2 = r[0] + shift1, r[1] + shift2
    return np.stack([-(i11 * g1 + i12 * g2), -(i21 * g1 + i22 * g2)])


def _away(det: Floats) -> Floats:
    """Determinants kept away from zero, sign unchanged."""
    return np.where(np.abs(det) < SMALLEST, np.where(det < 0, -SMALLEST, SMALLEST), det)
