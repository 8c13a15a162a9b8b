"""The typed node: one mover whose type others do not know, choosing among K acts.

Every act is a signal. With prior mu over n types, act b is chosen by type theta with probability
``sigma_theta(b)  proportional to  w_b exp(lambda Q_theta,b(p_b))`` where p_b is the posterior after b,
so Q depends on the policy through p_b. This is a fixed point. Its unknowns are the posterior
log-odds ``x_b,i = log p_b(i) - log p_b(n)`` for i < n:

    r_b,i = x_b,i - l_i + rho_i(x) - lambda (Q_i,b(p_b) - Q_n,b(p_b)) = 0
    l_i = log mu_i - log mu_n,   rho_i = log Z_i - log Z_n,   Z_theta = sum_b w_b exp(lambda Q_theta,b)

Acts are coupled only through rho, so the Jacobian is block diagonal plus a border of rank n - 1 and
a Newton step costs a few small solves. Q is piecewise linear in p on the belief grid. Lanes that
Newton does not settle are restarted from the pooled prior with pseudo-transient continuation
(``J + I / tau``, tau growing as the residual falls): an implicit damped best response that stays near
pooling. With two types, lanes that are still left go to nested bisection. The reported branch is the
one reached that way, the pooling limit; the residual of every lane is returned.

A prior that rules types out lies on a face of the simplex: the fixed point is one of the types that are
left, and a type ruled out answers it by its own logit at the posteriors on that face.

Weights w carry the nests: a class weight times the measure of an act within its class (weights of
offers sum to the class weight), which is nested logit with equal precision in both levels.

Units: Q in stake units; lambda per stake unit; residuals in log-odds.
Source: agent quantal response (McKelvey and Palfrey 1998); pseudo-transient continuation (Kelley
and Keyes 1998).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from offramp.game import BeliefGrid, simplex_grid
from offramp.solution._three import newton_step, padded_lookup, payoffs

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

TOLERANCE = 1e-10
"""Largest residual, in log-odds, of a node that counts as solved."""
NEWTON_STEPS = 8
"""Newton steps before a lane is handed to pseudo-transient continuation."""
BLOCK = 16_384
"""Act-lanes taken through Newton's method at once: small enough for the cache."""
TRANSIENTS = ((0.2, 2.0, 60), (0.05, 1.3, 400), (0.01, 1.1, 2000))
"""Pseudo-transient continuation, tried in turn: first tau, its largest growth per step, most steps.

Slow growth matters at the few nodes where a step of either size overshoots; what the stages leave is
table 5 of ``./dev bench solver``."""
SCHEME = (
    TOLERANCE, 6.0, NEWTON_STEPS, np.array([t[0] for t in TRANSIENTS]),
    np.array([t[1] for t in TRANSIENTS]), np.array([t[2] for t in TRANSIENTS]),
)  # fmt: skip
"""Tolerance, longest step, Newton steps, and the stages, as the compiled kernels take them."""
FLOOR = 690.0
"""Largest size of a log-odds number: log of the smallest probability told apart from zero."""
LONGEST_STEP = float(SCHEME[1])
"""Newton steps longer than this, in log-odds, are shortened (globalisation, not truncation)."""
GONE = -1e290
"""Log-weight of an act that is not available."""


@dataclass(frozen=True)
class Acts:
    """Policies at typed nodes, one lane per (node, prior).

    Attributes:
        sigma: Probability of act k for type theta, shape (types, K, lanes).
        posterior: Belief after act k by Bayes' rule from sigma, shape (types, K, lanes).
        fixed: Belief after act k at which payoffs are read: the fixed point's, which is Bayes' up to
            the residual, shape (types, K, lanes).
        residual: Largest residual of each lane (log-odds).
        steps: Steps taken by the slowest lane.
    """

    sigma: Floats
    posterior: Floats
    fixed: Floats
    residual: Floats
    steps: int


def solve_typed(
    table: Floats, weight: Floats, precision: float, node: Ints, prior: Floats, grid: BeliefGrid
) -> Acts:
    """Solve typed nodes for many priors at once.

    Args:
        table: B's payoff by node, act, type and grid belief, shape (nodes, K, types, NB).
        weight: Prior weight of each act, shape (nodes, K); 0 = not available.
        precision: lambda, per stake unit.
        node: Node of each lane, shape (lanes,).
        prior: Prior of each lane, shape (lanes, types).
        grid: The belief grid.

    Raises:
        ValueError: if a node has no act available.
    """
    if (weight.sum(1) <= 0).any():
        raise ValueError("a typed node has no act available")
    types, acts, lanes = table.shape[2], table.shape[1], len(node)
    with np.errstate(divide="ignore"):
        log_weight = np.where(weight > 0, np.log(weight), GONE)[node].T
    if types == 1 or grid.size == 1:
        return _unsignalled(table, log_weight, precision, node, prior, grid)
    fixed = np.empty((types, acts, lanes))
    residual = np.zeros(lanes)
    steps = 1
    pattern = (prior > 0) @ (1 << np.arange(types))
    for code in np.unique(pattern).tolist():
        pick = np.flatnonzero(pattern == code)
        left = np.flatnonzero((code >> np.arange(types)) & 1)
        fixed[:, :, pick] = 0.0
        if len(left) == 1:
            fixed[left[0], :, pick] = 1.0
            continue
        face, where = (grid, None) if len(left) == types else _face(grid, left)
        here = table if where is None else table[:, :, left][..., where]
        p, residual[pick], taken = _fixed_points(
            np.ascontiguousarray(here), weight, log_weight[:, pick], precision, node[pick],
            prior[pick][:, left], face,
        )  # fmt: skip
        fixed[left[:, None, None], np.arange(acts)[None, :, None], pick[None, None]] = p
        steps = max(steps, taken)
    sigma = _policy(table, log_weight, precision, node, fixed, grid)
    return Acts(sigma, _bayes(prior.T, sigma), fixed, residual, steps)


def _face(grid: BeliefGrid, left: Ints) -> tuple[BeliefGrid, Ints]:
    """The grid on the face of the types ``left``, and where its beliefs are on the whole grid."""
    face = simplex_grid(len(left), grid.steps)
    count = np.zeros((face.size, grid.types), dtype=np.intp)
    count[:, left] = np.rint(face.points * grid.steps).astype(np.intp)
    where: Ints = grid.lookup[tuple(np.cumsum(count, axis=1)[:, :-1].T)]
    return face, where


def _policy(
    table: Floats, log_weight: Floats, precision: float, node: Ints, fixed: Floats, grid: BeliefGrid
) -> Floats:
    """Logit of every type at the payoffs of the beliefs ``fixed``, shape (types, K, lanes)."""
    _, acts, types, nb = table.shape
    flat = np.ascontiguousarray(table).reshape(-1)
    index, share = grid.locate(np.moveaxis(fixed, 0, -1))
    base = (node[None, :] * acts + np.arange(acts)[:, None]) * (types * nb)
    score = np.empty(fixed.shape)
    for theta in range(types):
        q = sum(share[v] * flat.take(base + theta * nb + index[v]) for v in range(len(index)))
        score[theta] = log_weight + precision * q
    score -= score.max(1, keepdims=True)
    e = np.exp(np.maximum(score, -FLOOR - 60))
    sigma: Floats = e / e.sum(1, keepdims=True)
    return sigma


def _bayes(prior: Floats, sigma: Floats) -> Floats:
    """Posteriors (types, K, lanes) of priors (types, lanes) after each act."""
    joint = prior[:, None] * sigma
    total = joint.sum(0, keepdims=True)
    posterior: Floats = np.where(total > 0, joint / np.maximum(total, 1e-300), prior[:, None])
    return posterior


def _fixed_points(
    table: Floats, weight: Floats, log_weight: Floats, precision: float, node: Ints, prior: Floats,
    grid: BeliefGrid,
) -> tuple[Floats, Floats, int]:  # fmt: skip
    """Posteriors (types, K, lanes) of lanes with full support, their residuals, steps taken."""
    acts, lanes = table.shape[1], len(node)
    log_prior = np.log(np.maximum(prior.T, np.exp(-FLOOR)))
    odds = log_prior[:-1] - log_prior[-1]
    x = np.repeat(odds[:, None, :], acts, axis=1)
    residual = np.full(lanes, np.inf)
    problem = _Problem(table.reshape(-1), table.shape, precision, grid)
    steps = 0
    block = max(1, BLOCK // acts)
    left = []
    for start in range(0, lanes, block):
        todo = np.arange(start, min(lanes, start + block))
        for count in range(NEWTON_STEPS):
            steps = max(steps, count + 1)
            r, step = problem.newton(
                x[:, :, todo], odds[:, todo], log_weight[:, todo], node[todo], None
            )
            residual[todo] = r
            open_lanes = r >= TOLERANCE
            if count < NEWTON_STEPS - 1:  # else x would no longer be the point with that residual
                x[:, :, todo] += step * open_lanes
            todo = todo[open_lanes]
            if not len(todo):
                break
        left.append(todo)
    todo = np.concatenate(left)
    for first, growth, most in TRANSIENTS:
        if len(todo):
            steps += _transient(
                problem, x, odds, log_weight, node, residual, todo, first, growth, most
            )
            todo = todo[residual[todo] >= TOLERANCE]
    if len(todo) and grid.types == 2:
        from offramp.solution._bisection import bisect_typed

        found, rest = bisect_typed(table, weight, precision, node[todo], prior[todo], grid)
        better = rest < residual[todo]
        x[:, :, todo[better]], residual[todo[better]] = found[:, :, better], rest[better]
    full = np.concatenate([x, np.zeros((1, *x.shape[1:]))])
    full -= full.max(0)
    p = np.exp(np.maximum(full, -FLOOR))
    return p / p.sum(0), residual, steps


def _transient(
    problem: _Problem,
    x: Floats,
    odds: Floats,
    log_weight: Floats,
    node: Ints,
    residual: Floats,
    todo: Ints,
    first: float,
    growth: float,
    most: int,
) -> int:
    """Pseudo-transient continuation from the pooled prior; keeps the best point of each lane."""
    acts = x.shape[1]
    best = x[:, :, todo].copy()
    best_residual = residual[todo].copy()
    place = np.arange(len(todo))
    y = np.repeat(odds[:, None, todo], acts, axis=1)
    tau = np.full(len(todo), first)
    last = np.full(len(todo), np.inf)
    for count in range(most):  # noqa: B007
        lanes = todo[place]
        r, step = problem.newton(y, odds[:, lanes], log_weight[:, lanes], node[lanes], tau)
        better = r < best_residual[place]
        best[:, :, place[better]] = y[:, :, better]
        best_residual[place[better]] = r[better]
        done = r < TOLERANCE
        ratio = np.where(np.isfinite(last), last / np.maximum(r, 1e-300), 1.0)
        tau = tau * np.clip(ratio, 1 / 3, growth)
        last = r
        y = y + step
        if done.any():
            keep = ~done
            place, y, tau, last = place[keep], y[:, :, keep], tau[keep], last[keep]
            if not len(place):
                break
    x[:, :, todo] = best
    residual[todo] = best_residual
    return count + 1


@dataclass(frozen=True)
class _Problem:
    """Evaluation of residuals and Newton steps on flat lanes."""

    flat: Floats
    shape: tuple[int, ...]
    precision: float
    grid: BeliefGrid
    written_out: bool = True

    @cached_property
    def lookup(self) -> Ints:
        """Padded grid index for three types."""
        return padded_lookup(self.grid.lookup)

    def values(self, x: Floats, node: Ints) -> tuple[Floats, Floats, Floats]:
        """Posteriors (n,K,L), payoffs Q (n,K,L) and dQ_theta/dx_j (n, n-1, K, L)."""
        _, acts, n, nb = self.shape
        full = np.concatenate([x, np.zeros((1, *x.shape[1:]))])
        full -= full.max(0)
        p = np.exp(np.maximum(full, -FLOOR))
        p /= p.sum(0)
        index, share, order = self.grid.locate_with_order(np.moveaxis(p, 0, -1))
        base = (node[None, :] * acts + np.arange(acts)[:, None]) * n
        corner = np.empty((n, n, *p.shape[1:]))
        for v in range(n):
            for theta in range(n):
                corner[v, theta] = self.flat.take((base + theta) * nb + index[v])
        q = np.einsum("v...,vt...->t...", share, corner)
        slope = np.zeros((n, n - 1, *p.shape[1:]))
        for v in range(n - 1):
            rise = self.grid.steps * (corner[v + 1] - corner[v])
            for j in range(n - 1):
                slope[:, j] += rise * (order[v] == j)
        cumulative = np.cumsum(p, axis=0)
        gradient = np.zeros_like(slope)
        for at in range(n - 1):
            for j in range(n - 1):
                gradient[:, at] += slope[:, j] * (p[at] * ((at <= j) - cumulative[j]))
        return p, q, gradient

    def odds_shift(self, q: Floats, log_weight: Floats) -> tuple[Floats, Floats]:
        """Policies sigma (n,K,L) and rho (n-1,L)."""
        score = log_weight[None] + self.precision * q
        top = score.max(1, keepdims=True)
        e = np.exp(np.maximum(score - top, -FLOOR - 60))
        total = e.sum(1, keepdims=True)
        log_z = (top + np.log(total))[:, 0]
        return e / total, log_z[:-1] - log_z[-1]

    def newton(
        self, x: Floats, odds: Floats, log_weight: Floats, node: Ints, tau: Floats | None
    ) -> tuple[Floats, Floats]:
        """Largest residual of each lane and the (damped) Newton step, shape of x."""
        n = self.shape[2]
        lam = self.precision
        if n == 3 and self.written_out:
            return self._newton_of_three(x, odds, log_weight, node, tau)
        _, q, gradient = self.values(x, node)
        sigma, rho = self.odds_shift(q, log_weight)
        r = x - odds[:, None] + rho[:, None] - lam * (q[:-1] - q[-1:])
        offered = log_weight > GONE / 2
        r *= offered
        error = np.abs(r).max((0, 1))
        block = -lam * (gradient[:-1] - gradient[-1:])
        border = lam * (sigma[:-1, None] * gradient[:-1] - sigma[-1:, None] * gradient[-1:])
        border *= offered
        diagonal = 1.0 if tau is None else 1.0 + 1.0 / tau
        for i in range(n - 1):
            block[i, i] += diagonal
        if n == 2:
            j = np.maximum(block[0, 0], 0.1)
            h = border[0, 0]
            s = 1.0 + (h / j).sum(0)
            s = np.where(np.abs(s) < 0.1, 0.1, s)
            shift = -(h * r[0] / j).sum(0) / s
            step = (-(r[0] + shift) / j)[None]
        else:
            # Lanes last -> matrices last for the small solves.
            matrix = np.moveaxis(block, (0, 1), (-2, -1))
            right = np.moveaxis(r, 0, -1)
            inverse = _inverse(matrix)
            h = np.moveaxis(border, (0, 1), (-2, -1))
            hj = h @ inverse
            system = np.eye(n - 1) + hj.sum(0)
            rhs = -(hj @ right[..., None]).sum(0)
            shift = (_inverse(system) @ rhs)[..., 0]
            full = -(inverse @ (right + shift[None])[..., None])[..., 0]
            step = np.moveaxis(full, -1, 0)
        return error, _shortened(step, offered)

    def _newton_of_three(
        self, x: Floats, odds: Floats, log_weight: Floats, node: Ints, tau: Floats | None
    ) -> tuple[Floats, Floats]:
        """As :meth:`newton`, with the formulas for three types written out."""
        _, acts, n, nb = self.shape
        offset = (node[None, :] * acts + np.arange(acts)[:, None]) * (n * nb)
        _, q, d1, d2 = payoffs(self.flat, offset, nb, self.grid.steps, self.lookup, x)
        sigma, rho = self.odds_shift(q, log_weight)
        offered = log_weight > GONE / 2
        r = (x - odds[:, None] + rho[:, None] - self.precision * (q[:2] - q[2])) * offered
        diagonal = 1.0 if tau is None else 1.0 + 1.0 / tau
        step = newton_step(r, sigma, d1, d2, self.precision, diagonal, offered)
        return np.abs(r).max((0, 1)), _shortened(step, offered)


def _shortened(step: Floats, offered: NDArray[np.bool_]) -> Floats:
    """Steps no longer than LONGEST_STEP, and only for acts that are available."""
    longest = np.abs(step).max((0, 1))
    step *= np.minimum(1.0, LONGEST_STEP / np.maximum(longest, 1e-300))
    step *= offered
    return step


def _inverse(matrix: Floats) -> Floats:
    """Inverse of small matrices on the last two axes; singular ones are nudged off singularity."""
    n = matrix.shape[-1]
    if n == 2:
        a, b, c, d = matrix[..., 0, 0], matrix[..., 0, 1], matrix[..., 1, 0], matrix[..., 1, 1]
        det = a * d - b * c
        det = np.where(np.abs(det) < 0.02, np.where(det < 0, -0.02, 0.02), det)
        result = np.empty_like(matrix)
        result[..., 0, 0], result[..., 0, 1] = d / det, -b / det
        result[..., 1, 0], result[..., 1, 1] = -c / det, a / det
        return result
    inverse: Floats = np.linalg.inv(matrix + 1e-12 * np.eye(n)).astype(np.float64)
    return inverse


def _unsignalled(
    table: Floats,
    log_weight: Floats,
    precision: float,
    node: Ints,
    prior: Floats,
    grid: BeliefGrid,
) -> Acts:
    """One type, or frozen beliefs: plain weighted logit, no updating."""
    q = np.moveaxis(table[node][..., 0], (0, 1, 2), (2, 1, 0))
    score = log_weight[None] + precision * q
    score = score - score.max(1, keepdims=True)
    e = np.exp(np.maximum(score, -FLOOR - 60))
    sigma = e / e.sum(1, keepdims=True)
    posterior = np.repeat(prior.T[:, None, :], table.shape[1], axis=1)
    return Acts(sigma, posterior, posterior, np.zeros(len(node)), 1)
