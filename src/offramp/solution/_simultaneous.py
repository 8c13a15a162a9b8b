"""Simultaneous moves: the principal branch of logit equilibria, from precision 0.

A's mean policy x over R rows, B's mean policy y over C columns. Private kind n
of A (probability p_n, payments U_n) answers y by logit, and likewise B's kinds::

    x = sum_n p_n logit(U_n y),      y = sum_m q_m logit(x' T_m)

The *principal branch* is the path of solutions that starts at lambda = 0. It is followed by
pseudo-arclength continuation in (x, y, log(1 + lambda)): unit tangent as predictor, Newton with the
arc-length equation as corrector. The path may bend back. Where the determinant of the bordered
Jacobian changes sign it crosses another branch; the precisions where that happens are reported, and
beyond the first of them other equilibria exist next to the one shown.

Units: U, T in payoff units; lambda per payoff unit; residuals in probability.
Sources: McKelvey and Palfrey (1995), *Games and Economic Behavior* 10(1), 6-38; Turocy (2005),
*Games and Economic Behavior* 51(2), 243-263; Keller (1977) for the arc-length equation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STEPS = 4000
"""Arc steps after which a path is given up (its residual is then reported)."""
CORRECTIONS = 12
"""Newton steps back to the path."""
FIRST_STEP, LONGEST_STEP, SHORTEST_STEP = 0.05, 0.3, 1e-9
"""Arc steps, in units of probability and of log(1 + lambda)."""
CROSSING_STEP = 1e-4
"""Steps over a crossing are shortened to this, so that a branch which only passes close by is told
from one that is crossed, and the precision of a crossing is known to as much."""
CLOSE = 1e-11
"""Largest residual, in probability, of a corrected point."""


@dataclass(frozen=True)
class Both:
    """Play where both move at once.

    ``rows`` (kinds of A, R) and ``columns`` (kinds of B, C) are the policies by kind; ``residual``
    in probability; ``crossings`` the precisions (of the side with the larger one) at which the path
    crossed another branch; ``steps`` along the path.
    """

    rows: Floats
    columns: Floats
    residual: float
    crossings: tuple[float, ...]
    steps: int


def trace_both(
    kinds: tuple[Floats, Floats],
    pay: tuple[Floats, Floats],
    weight: tuple[Floats, Floats],
    precision: tuple[float, float],
) -> Both:
    """The principal branch of a simultaneous move.

    Args:
        kinds: Probabilities of A's and of B's kinds, shapes (N,) and (M,).
        pay: Payments U (N, R, C) of A and T (M, R, C) of B.
        weight: Prior weights of rows and columns; 0 = not available.
        precision: lambda of A and B at the end of the path.
    """
    rows, columns = np.flatnonzero(weight[0] > 0), np.flatnonzero(weight[1] > 0)
    u = np.ascontiguousarray(pay[0][:, rows][:, :, columns])
    v = np.ascontiguousarray(pay[1][:, rows][:, :, columns].transpose(0, 2, 1))
    path = _Path(
        kinds[0], kinds[1], u, v, np.log(weight[0][rows]), np.log(weight[1][columns]),
        np.array(precision, dtype=float) / max(precision),
    )  # fmt: skip
    point, crossings, steps = _follow(path, max(precision))
    sigma_a, sigma_b = path.replies(point, max(precision))
    full_a = np.zeros((len(kinds[0]), len(weight[0])))
    full_b = np.zeros((len(kinds[1]), len(weight[1])))
    full_a[:, rows], full_b[:, columns] = sigma_a, sigma_b
    residual = float(np.abs(path.gap(point, max(precision))).max())
    return Both(full_a, full_b, residual, crossings, steps)


@dataclass(frozen=True)
class _Path:
    """The equations x = replies(x) of a simultaneous move; z = (x, y)."""

    kinds_a: Floats
    kinds_b: Floats
    pay_a: Floats
    pay_b: Floats
    log_row: Floats
    log_column: Floats
    share: Floats

    def replies(self, z: Floats, lam: float) -> tuple[Floats, Floats]:
        """Policies by kind, (N, R) and (M, C), against mean policies z."""
        r = len(self.log_row)
        out = []
        for pay, other, log_w, share in (
            (self.pay_a, z[r:], self.log_row, self.share[0]),
            (self.pay_b, z[:r], self.log_column, self.share[1]),
        ):
            score = log_w + lam * share * (pay @ other)
            e = np.exp(score - score.max(1, keepdims=True))
            out.append(e / e.sum(1, keepdims=True))
        return out[0], out[1]

    def gap(self, z: Floats, lam: float) -> Floats:
        """What z exceeds the mean replies by."""
        a, b = self.replies(z, lam)
        return np.asarray(z - np.concatenate([self.kinds_a @ a, self.kinds_b @ b]))

    def slopes(self, z: Floats, lam: float) -> tuple[Floats, Floats, Floats]:
        """Derivatives of the gap: of A's part by y (R, C), of B's by x (C, R), of both by lambda."""
        a, b = self.replies(z, lam)
        r = len(self.log_row)
        found, by_lam = [], np.zeros(len(z))
        for sigma, pay, kinds, share, here, there in (
            (a, self.pay_a, self.kinds_a, self.share[0], slice(0, r), slice(r, None)),
            (b, self.pay_b, self.kinds_b, self.share[1], slice(r, None), slice(0, r)),
        ):
            weighed = kinds[:, None] * sigma
            mean = np.einsum("nr,nrc->nc", sigma, pay)
            rise = np.einsum("nr,nrc->rc", weighed, pay) - np.einsum("nr,nc->rc", weighed, mean)
            found.append(-lam * share * rise)
            by_lam[here] = -share * (rise @ z[there])
        return found[0], found[1], by_lam


def _follow(path: _Path, target: float) -> tuple[Floats, tuple[float, ...], int]:
    """Follow the principal branch up to a precision."""
    n = len(path.log_row) + len(path.log_column)
    start = [np.exp(w - w.max()) for w in (path.log_row, path.log_column)]
    z = np.concatenate([s / s.sum() for s in start])
    if target == 0:
        return z, (), 0
    end = np.log1p(target)
    point = np.append(z, 0.0)  # (z, log(1 + lambda))
    tangent = np.append(np.zeros(n), 1.0)
    step = FIRST_STEP
    crossings: list[float] = []
    tangent, sign = _ahead(path, point, tangent)
    for count in range(STEPS):
        while True:
            guess = point + step * tangent
            last = bool(guess[-1] >= end)
            if last:
                guess = point + (end - point[-1]) / tangent[-1] * tangent
            found, tries = _correct(path, guess, tangent, last)
            if found is not None and found[-1] >= 0:
                onward, now = _ahead(path, found, tangent)
                if now == sign or step <= CROSSING_STEP:
                    break
            step = min(step, float(np.linalg.norm(guess - point))) / 2
            if step < SHORTEST_STEP:
                return point[:-1], tuple(crossings), count
        if now != sign:
            crossings.append(float(np.expm1(found[-1])))
        point, tangent, sign = found, onward, now
        if last:
            return point[:-1], tuple(crossings), count + 1
        step = min(step * (1.5 if tries <= 3 else 1.0 if tries <= 5 else 0.7), LONGEST_STEP)
    return point[:-1], tuple(crossings), STEPS


def _ahead(path: _Path, point: Floats, tangent: Floats) -> tuple[Floats, float]:
    """Unit tangent of the path at a point, in the old direction, and the sign of the determinant."""
    target = np.append(np.zeros(len(point) - 1), 1.0)
    new, _ = _bordered(path, point, tangent, target)
    if new is None:  # exactly at a crossing: keep the direction
        new = tangent
    new = new / np.linalg.norm(new)
    return new, _bordered(path, point, new, target)[1]


def _bordered(
    path: _Path, point: Floats, border: Floats, right: Floats
) -> tuple[Floats | None, float]:
    """Solve the bordered Jacobian; the sign of its determinant. None if it is singular.

    With blocks ``[[1, P, f], [Q, 1, g], [a, b, c]]`` x is eliminated first, which leaves
    ``[[1 - Q P, g - Q f], [b - a P, c - a f]]``, of the same determinant.
    """
    p, q, by_lam = path.slopes(point[:-1], float(np.expm1(point[-1])))
    by_level = by_lam * np.exp(point[-1])
    r = p.shape[0]
    f, g = by_level[:r], by_level[r:]
    a, b, c = border[:r], border[r:-1], border[-1]
    small = np.block(
        [
            [np.eye(len(g)) - np.einsum("ij,jk->ik", q, p), (g - q @ f)[:, None]],
            [(b - a @ p)[None], np.array([[c - a @ f]])],
        ]
    )
    sign = float(np.linalg.slogdet(small)[0])
    x, y, last = right[:r], right[r:-1], right[-1]
    try:
        rest = np.linalg.solve(small, np.append(y - q @ x, last - a @ x))
    except np.linalg.LinAlgError:
        return None, sign
    return np.concatenate([x - p @ rest[:-1] - f * rest[-1], rest]), sign


def _correct(path: _Path, guess: Floats, tangent: Floats, fixed: bool) -> tuple[Floats | None, int]:
    """Newton from a guess, across the tangent or, if ``fixed``, at the guess's precision."""
    border = np.append(np.zeros(len(guess) - 1), 1.0) if fixed else tangent
    point = guess
    for tries in range(CORRECTIONS):
        gap = path.gap(point[:-1], float(np.expm1(point[-1])))
        if np.abs(gap).max() < CLOSE:
            return point, tries
        move, _ = _bordered(path, point, border, -np.append(gap, 0.0))
        if move is None or np.abs(move).max() > LONGEST_STEP:
            return None, tries
        point = point + move
    return None, CORRECTIONS
