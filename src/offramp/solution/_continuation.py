"""Following a logit equilibrium from precision 0: nested choice, and signals.

*Nested choice.* Act a in nest g, inner weights w (summing to 1 in a nest), nest weights W,
precision lambda inside nests and ``top * lambda`` among them; a single act is a nest of one::

    S_g = sum_(a in g) w_a exp(lambda Q_a),      Z = sum_g W_g S_g^top
    log sigma_a = log W_g + lambda Q_a + log w_a - (1 - top) log S_g - log Z
    d log sigma_a / d Q_j = lambda [a = j] + (top - 1) lambda pi_(j|g) - top lambda sigma_j

with pi_(j|g) the choice inside a's nest. At top = 1 this is plain weighted logit.

*Signals.* As in :mod:`offramp.solution._typed` the unknowns are the posterior log-odds
``x_(b,i) = log p_b(i) - log p_b(n)`` and the equations
``x_(b,i) = l_i + log sigma_i(b) - log sigma_n(b)``. They are solved by Newton's method at a ladder of
precisions that climbs from near 0, each rung started from the last two by the secant; the rungs of
every lane are as far apart as its Newton steps allow.

Units: Q in payoff units; lambda per payoff unit; residuals in log-odds.
Sources: McFadden (1978); McKelvey and Palfrey (1998), *Experimental Economics* 1(1), 9-41.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.game import BeliefGrid

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

TOLERANCE = 1e-9
"""Largest residual of a rung that counts as solved."""
RUNGS = 4000
"""Rungs after which a path is given up (its residual is then reported)."""
CORRECTIONS = 12
"""Newton steps at one rung."""
LONGEST = 6.0
"""Newton steps longer than this, in log-odds, are shortened."""
GENTLE = 0.5
"""Largest lambda times spread of payoffs of the first rung, close to indifference."""
NARROWEST = 1e-4
"""Smallest relative distance between rungs before a lane is given up."""


@dataclass(frozen=True)
class Nests:
    """Nests of the acts of one node: see the module. ``nest`` (K,), ``inner`` (K,), ``outer`` (G,)."""

    nest: Ints
    inner: Floats
    outer: Floats
    top: float

    @property
    def plain(self) -> bool:
        """Whether this is weighted logit without levels."""
        return self.top == 1.0

    @property
    def weight(self) -> Floats:
        """Weight of each act in plain weighted logit."""
        return np.asarray(self.outer[self.nest] * self.inner)

    def log_policy(self, q: Floats, precision: Floats | float) -> tuple[Floats, Floats]:
        """``log sigma`` and the choice inside nests; acts on axis 0, payoffs of any shape."""
        lam = np.asarray(precision, dtype=float)
        with np.errstate(divide="ignore"):
            log_w = _up(np.log(self.inner), q.ndim)
            log_outer = _up(np.log(self.outer), q.ndim)
        score = lam * q + log_w
        log_s = np.full((len(self.outer), *q.shape[1:]), -np.inf)
        np.maximum.at(log_s, self.nest, score)
        peak = np.where(np.isfinite(log_s), log_s, 0.0)
        total = np.zeros_like(peak)
        np.add.at(total, self.nest, np.exp(score - peak[self.nest]))
        with np.errstate(divide="ignore"):
            log_s = peak + np.log(total)
            classes = log_outer + self.top * log_s
        best = classes.max(0)
        log_z = best + np.log(np.exp(classes - best).sum(0))
        inside = score - np.where(np.isfinite(log_s), log_s, 0.0)[self.nest]
        return inside + (classes - log_z)[self.nest], np.exp(inside)

    def slope(self, sigma: Floats, inside: Floats, precision: Floats | float) -> Floats:
        """``d log sigma_a / d Q_j``, shape (a, j, ...)."""
        lam = np.asarray(precision, dtype=float)
        k = len(self.nest)
        same = _up((self.nest[:, None] == self.nest[None, :]).astype(float), sigma.ndim + 1)
        eye = _up(np.eye(k), sigma.ndim + 1)
        rise = eye + (self.top - 1.0) * same * inside[None] - self.top * sigma[None]
        return np.asarray(lam * rise)


def _up(table: Floats, ndim: int) -> Floats:
    """A table with unit axes appended until it has ``ndim`` axes."""
    return np.asarray(table.reshape(*table.shape, *([1] * (ndim - table.ndim))))


@dataclass(frozen=True)
class Signals:
    """Policies (types, K, lanes), their residuals (log-odds) and rungs climbed by the slowest."""

    sigma: Floats
    residual: Floats
    rungs: int


def trace_signals(
    table: Floats, nests: Nests, precision: float, prior: Floats, grid: BeliefGrid
) -> Signals:
    """Solve one typed node for many priors by continuation in lambda.

    Args:
        table: B's payoff by act, type and grid belief, shape (K, types, NB).
        nests: The acts' nests and weights.
        precision: lambda per payoff unit.
        prior: Prior of each lane, shape (lanes, types); types of probability 0 are kept at 1e-300.
        grid: The belief grid.
    """
    offered = np.flatnonzero(nests.weight > 0)
    sub = Nests(nests.nest[offered], nests.inner[offered], nests.outer, nests.top)
    problem = _Signalling(table[offered], sub, grid, np.log(np.maximum(prior, 1e-300)).T)
    lanes, k, n = len(prior), len(offered), table.shape[1]
    spread = float(np.ptp(table[offered]))
    first = precision if spread == 0 else min(precision, GENTLE / spread)
    x = np.repeat(problem.odds[None], k, axis=0)
    lam, last_lam = np.zeros(lanes), np.zeros(lanes)
    last = x.copy()
    factor = np.full(lanes, 2.0)
    open_lanes = np.arange(lanes)
    rungs = 0
    while len(open_lanes) and rungs < RUNGS:
        rungs += 1
        now, before = lam[open_lanes], last_lam[open_lanes]
        aim = np.where(now == 0, first * (factor[open_lanes] - 1), now * factor[open_lanes])
        aim = np.minimum(aim, precision)
        start = x[:, :, open_lanes]
        gap = now - before
        with np.errstate(divide="ignore", invalid="ignore"):
            ahead = np.where(gap > 0, (aim - now) / gap, 0.0)
        guess = start + (start - last[:, :, open_lanes]) * ahead
        found, error = problem.correct(guess, aim, open_lanes)
        good = error < TOLERANCE
        win = open_lanes[good]
        last[:, :, win], last_lam[win] = x[:, :, win], lam[win]
        x[:, :, win], lam[win] = found[:, :, good], aim[good]
        factor[win] = np.minimum(1 + (factor[win] - 1) * 1.5, 3.0)
        lose = open_lanes[~good]
        factor[lose] = 1 + (factor[lose] - 1) * 0.3
        open_lanes = open_lanes[
            (lam[open_lanes] < precision) & (factor[open_lanes] > 1 + NARROWEST)
        ]
    every = np.arange(lanes)
    log_sigma, residual = problem.look(x, np.full(lanes, precision), every)[:2]
    sigma = np.zeros((n, table.shape[0], lanes))
    sigma[:, offered] = np.moveaxis(np.exp(log_sigma), 0, 1)
    return Signals(sigma, np.abs(residual).max((0, 1)), rungs)


@dataclass(frozen=True)
class _Signalling:
    """Residuals and Newton steps of a typed node, lanes last. x has shape (K, types - 1, lanes)."""

    table: Floats
    nests: Nests
    grid: BeliefGrid
    log_prior: Floats

    @property
    def odds(self) -> Floats:
        return np.asarray(self.log_prior[:-1] - self.log_prior[-1])

    def look(
        self, x: Floats, lam: Floats, lanes: Ints, jacobian: bool = False
    ) -> tuple[Floats, Floats, Floats | None]:
        """Log policy (K, types, lanes), residual (K, types-1, lanes), Jacobian."""
        k, n = self.table.shape[:2]
        full = np.concatenate([x, np.zeros((k, 1, x.shape[2]))], axis=1)
        full = full - full.max(1, keepdims=True)
        p = np.exp(full)
        p /= p.sum(1, keepdims=True)
        index, share, order = self.grid.locate_with_order(np.moveaxis(p, 1, -1))
        at = np.arange(k)[:, None]
        corner = np.stack([self.table[at, :, index[v]] for v in range(n)])  # (v, K, lanes, n)
        q = np.einsum("vkl,vkln->knl", share, corner)
        log_sigma, inside = self.nests.log_policy(q, lam)
        r = x - self.odds[None][:, :, lanes] - (log_sigma[:, :-1] - log_sigma[:, -1:])
        if not jacobian:
            return log_sigma, r, None
        slope = np.zeros((k, x.shape[2], n, n - 1))  # dQ / d cumulative belief
        for v in range(n - 1):
            rise = self.grid.steps * (corner[v + 1] - corner[v])
            for j in range(n - 1):
                slope[..., j] += rise * (order[v] == j)[..., None]
        cumulative = np.cumsum(p, axis=1)
        gradient = np.zeros_like(slope)  # dQ / dx
        for i in range(n - 1):
            for j in range(n - 1):
                moved = p[:, i] * ((i <= j) - cumulative[:, j])
                gradient[..., i] += slope[..., j] * moved[..., None]
        steep = self.nests.slope(np.exp(log_sigma), inside, lam)  # (a, b, n, lanes)
        moves = np.einsum("abnl,blni->labni", steep, gradient)
        block = -(moves[..., :-1, :] - moves[..., -1:, :])  # (lanes, a, b, type, i)
        for a in range(k):
            for i in range(n - 1):
                block[:, a, a, i, i] += 1.0
        size = k * (n - 1)
        return log_sigma, r, block.transpose(0, 1, 3, 2, 4).reshape(len(lanes), size, size)

    def correct(self, x: Floats, lam: Floats, lanes: Ints) -> tuple[Floats, Floats]:
        """Newton's method at given precisions; returns points and largest residuals."""
        best, best_error = x.copy(), np.full(len(lanes), np.inf)
        for _ in range(CORRECTIONS):
            _, r, jacobian = self.look(x, lam, lanes, jacobian=True)
            assert jacobian is not None
            error = np.abs(r).max((0, 1))
            better = error < best_error
            best[:, :, better], best_error[better] = x[:, :, better], error[better]
            if (best_error < TOLERANCE).all():
                break
            right = np.moveaxis(r, -1, 0).reshape(len(lanes), -1)
            step = _solve(jacobian, -right)
            longest = np.abs(step).max(1, keepdims=True)
            step *= np.minimum(1.0, LONGEST / np.maximum(longest, 1e-300))
            x = x + np.moveaxis(step.reshape(len(lanes), *r.shape[:2]), 0, -1)
        return best, best_error


def _solve(matrix: Floats, right: Floats) -> Floats:
    """Linear systems, lanes first; a singular one is solved in the least-squares sense."""
    try:
        return np.asarray(np.linalg.solve(matrix, right[..., None])[..., 0])
    except np.linalg.LinAlgError:
        return np.stack(
            [np.linalg.lstsq(m, b, rcond=None)[0] for m, b in zip(matrix, right, strict=True)]
        )
