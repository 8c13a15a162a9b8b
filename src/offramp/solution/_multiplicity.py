"""Whether a typed node has more than one solution, and how much hangs on which is taken.

A typed node (:mod:`offramp.solution._typed`) may have several: a policy is then one of many consistent
with the same payoffs, and figures that rest on it should say so. Two solutions are distinct if some choice
probability sigma_theta(b) differs by more than 1e-6; the gap of a lane is the largest such difference.

Two types: the selections of nested root finding (:mod:`offramp.solution._bisection`): every act its lowest,
nearest or highest root, and one act its highest while the others take their lowest. Measured on 892
rough random nodes with three or five acts, these show several solutions in 94 of every 100 nodes
that have them (by exhaustive scan); lowest against highest alone in 79.

Three types or more: restarts of pseudo-transient continuation from one lean per act and type (the posterior
after that act leans to that type, all others stay at the prior) and from points of an additive
low-discrepancy sequence in log-odds around the prior, x = l + 3 log(u / (1 - u)). Continuation settles
where damped replies do, so unstable solutions are mostly not met.

A prior that rules types out is a node of the types that are left, as in :mod:`offramp.solution._typed`; the
choices of types ruled out are not compared.

In all cases the solution that :func:`solve_typed` reports is one of those compared. **All counts are lower
bounds**: one solution found is not a proof that there is no other. Everything is deterministic given the seed.

Units: log-odds for x and residuals; probabilities for gaps; shares of the mass given.
Source: additive recurrence with generalised golden ratios (Roberts 2018); systematic sampling with
probability proportional to size (Madow 1949); multiplicity of agent quantal responses (McKelvey
and Palfrey 1998).
Raises ValueError for masses that are negative, not finite or all zero, and for a limit below one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.game import BeliefGrid
from offramp.solution._bisection import selections
from offramp.solution._typed import FLOOR, GONE, TOLERANCE, _face, _Problem, solve_typed

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

DISTINCT = 1e-6
"""Solutions nearer than this in every choice probability are one."""
SETTLED = 1e-11
"""Residual, in log-odds, at which a restart stops: well below a solved node's, so that one solution reached
from two sides is not taken for two."""
LEAN = 5.0
"""Log-odds by which the posterior of a start leans to a type."""
SPREAD = 3.0
"""Scale, in log-odds, of low-discrepancy starts around the prior."""
EXTRA = 8
"""Low-discrepancy starts for each lane."""
TRANSIENT = (0.2, 2.0, 120)
"""Pseudo-transient continuation of a restart: first tau, its largest growth per step, most steps."""
BLOCK = 4096
"""Starts taken through continuation at once."""


@dataclass(frozen=True)
class Multiplicity:
    """What was found at each lane.

    Attributes:
        found: Distinct solutions found; 0 = none converged.
        gap: Largest difference of a choice probability between two of them.
    """

    found: Ints
    gap: Floats

    @property
    def several(self) -> NDArray[np.bool_]:
        """Lanes with more than one solution found."""
        return self.found > 1


@dataclass(frozen=True)
class Probe:
    """Multiplicity over many lanes, from a subset of them.

    Attributes:
        share: Share of the mass at lanes with several solutions found (a lower bound).
        unsolved: Share of the mass at lanes where no solution was found.
        probed: Lanes looked at.
        lanes: Lanes with any mass.
        certain: Share of the mass at lanes that were looked at for sure; the rest was sampled.
        largest_gap: Largest difference of a choice probability between two solutions of a lane.
    """

    share: float
    unsolved: float
    probed: int
    lanes: int
    certain: float
    largest_gap: float


def several(
    table: Floats,
    weight: Floats,
    precision: float,
    node: Ints,
    prior: Floats,
    grid: BeliefGrid,
    *,
    extra: int = EXTRA,
    seed: int = 0,
) -> Multiplicity:
    """Look for more than one solution at each lane.

    Args:
        table: B's payoff by node, act, type and grid belief, shape (nodes, K, types, NB).
        weight: Prior weight of each act, shape (nodes, K); 0 = not available.
        precision: lambda, per stake unit.
        node: Node of each lane, shape (lanes,).
        prior: Prior of each lane, shape (lanes, types).
        grid: The belief grid.
        extra: Low-discrepancy starts for each lane (three types or more).
        seed: Shift of the low-discrepancy sequence.
    """
    types, lanes = table.shape[2], len(node)
    reported = solve_typed(table, weight, precision, node, prior, grid)
    # No fixed point where beliefs cannot move: one policy. Unsolved lanes start from none.
    found = (reported.residual < TOLERANCE).astype(np.intp)
    gap = np.zeros(lanes)
    pattern = (prior > 0) @ (1 << np.arange(types))
    for code in np.unique(pattern).tolist():
        left = np.flatnonzero((code >> np.arange(types)) & 1)
        if len(left) == 1 or grid.size == 1:
            continue
        face, here = grid, table
        if len(left) < types:
            face, where = _face(grid, left)
            here = table[:, :, left][..., where]
        starts = None if len(left) == 2 else _starts(len(left), table.shape[1], extra, seed)
        every = np.flatnonzero(pattern == code)
        block = max(1, BLOCK // (1 if starts is None else starts.shape[2]))
        for first in range(0, len(every), block):
            pick = every[first : first + block]
            case = (here, weight, precision, node[pick], prior[pick][:, left], face)
            others = _from_selections(*case) if starts is None else _from_starts(*case, starts)
            for at, (lane, solutions) in enumerate(zip(pick, others, strict=True)):
                if found[lane]:
                    one = reported.sigma[left][None, :, :, pick[at]]
                    solutions = np.concatenate([one, solutions])
                found[lane], gap[lane] = _distinct(solutions)
    return Multiplicity(found, gap)


def _from_selections(
    table: Floats, weight: Floats, precision: float, node: Ints, prior: Floats, grid: BeliefGrid
) -> Iterator[Floats]:
    """Policies of the solutions of each lane, two types: (solutions, 2, K) lane by lane."""
    lanes = selections(table, weight, precision, node, prior, grid)
    for at, (x, residual) in zip(node, lanes, strict=True):
        x = x[residual < TOLERANCE]
        yield _replies(table, weight, precision, np.full(len(x), at), x.T[None], grid)


def _from_starts(
    table: Floats, weight: Floats, precision: float, node: Ints, prior: Floats, grid: BeliefGrid,
    starts: Floats,
) -> Iterator[Floats]:  # fmt: skip
    """Policies of the solutions of each lane, any number of types: (solutions, types, K)."""
    of = np.repeat(np.arange(len(node)), starts.shape[2])
    log_prior = np.log(np.maximum(prior.T, np.exp(-FLOOR)))
    odds = (log_prior[:-1] - log_prior[-1])[:, of]
    x = odds[:, None] + np.tile(starts, (1, 1, len(node)))
    x, residual = _settle(table, weight, precision, node[of], x, odds, grid)
    policies = _replies(table, weight, precision, node[of], x, grid)
    good = residual < TOLERANCE
    for lane in range(len(node)):
        yield policies[good & (of == lane)]


def probe(
    table: Floats,
    weight: Floats,
    precision: float,
    node: Ints,
    prior: Floats,
    grid: BeliefGrid,
    mass: Floats,
    *,
    limit: int = 200,
    extra: int = EXTRA,
    seed: int = 0,
) -> Probe:
    """Share of a mass that sits at lanes with several solutions, from at most ``limit`` lanes.

    If more lanes have mass, the heavier half of the limit is looked at for sure and the other half
    is a systematic sample of the rest with chances proportional to mass, which then stands for it.

    Args:
        table: As for :func:`several`.
        weight: As for :func:`several`.
        precision: As for :func:`several`.
        node: As for :func:`several`.
        prior: As for :func:`several`.
        grid: As for :func:`several`.
        mass: Probability mass, or any weight, of each lane, shape (lanes,).
        limit: Most lanes to look at.
        extra: As for :func:`several`.
        seed: As for :func:`several`.

    Raises:
        ValueError: if the limit is below one, or masses are negative, not finite or all zero.
    """
    if limit < 1:
        raise ValueError(f"at least one lane must be looked at, not {limit}")
    if not np.isfinite(mass).all() or (mass < 0).any() or not mass.any():
        raise ValueError("masses of lanes are finite, not negative and not all zero")
    lane, stands_for, certain = _sample(mass, limit)
    verdict = several(
        table, weight, precision, node[lane], prior[lane], grid, extra=extra, seed=seed
    )
    total = float(mass.sum())
    return Probe(
        share=float(stands_for[verdict.several].sum()) / total,
        unsolved=float(stands_for[verdict.found == 0].sum()) / total,
        probed=len(lane),
        lanes=int(np.count_nonzero(mass)),
        certain=certain / total,
        largest_gap=float(verdict.gap.max()),
    )


def _sample(mass: Floats, limit: int) -> tuple[Ints, Floats, float]:
    """Lanes to look at, the mass each stands for, and the mass looked at for sure."""
    order = np.argsort(-mass, kind="stable")
    order = order[mass[order] > 0]
    if len(order) <= limit:
        return order, mass[order], float(mass.sum())
    sure = order[: limit // 2]
    rest = np.sort(order[limit // 2 :])  # in the order of lanes: neighbours in the game stay apart
    cumulative = np.cumsum(mass[rest])
    draws = limit - len(sure)
    points = (np.arange(draws) + 0.5) / draws * cumulative[-1]
    hit, times = np.unique(np.searchsorted(cumulative, points), return_counts=True)
    stands_for = times * (cumulative[-1] / draws)
    return (
        np.concatenate([sure, rest[hit]]),
        np.concatenate([mass[sure], stands_for]),
        float(mass[sure].sum()),
    )


def _starts(types: int, acts: int, extra: int, seed: int) -> Floats:
    """Offsets from the prior in log-odds, shape (types - 1, acts, starts)."""
    lean = LEAN * np.concatenate([np.eye(types - 1), -np.ones((1, types - 1))])
    leans = np.einsum("ti,kb->ikbt", lean, np.eye(acts)).reshape(types - 1, acts, -1)
    dimensions = (types - 1) * acts
    ratio = 2.0  # root of r^(d + 1) = r + 1: the golden ratio for d = 1
    for _ in range(60):
        ratio = (1.0 + ratio) ** (1.0 / (dimensions + 1))
    steps = ratio ** -np.arange(1.0, dimensions + 1)
    shift = np.random.default_rng(seed).random(dimensions)
    u = np.clip((shift[:, None] + steps[:, None] * np.arange(extra)) % 1.0, 1e-6, 1 - 1e-6)
    spread = SPREAD * np.log(u / (1 - u))
    return np.concatenate([leans, spread.reshape(types - 1, acts, extra)], axis=2)


def _settle(
    table: Floats, weight: Floats, precision: float, node: Ints, x: Floats, odds: Floats,
    grid: BeliefGrid,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Pseudo-transient continuation from given starts: last points and their residuals."""
    problem = _Problem(np.ascontiguousarray(table).reshape(-1), table.shape, precision, grid)
    log_weight = _log(weight)[node].T
    first, growth, most = TRANSIENT
    x = x.copy()
    residual = np.full(len(node), np.inf)
    tau = np.full(len(node), first)
    todo = np.arange(len(node))
    for _ in range(most):
        r, step = problem.newton(
            x[:, :, todo], odds[:, todo], log_weight[:, todo], node[todo], tau[todo]
        )
        ratio = np.where(np.isfinite(residual[todo]), residual[todo] / np.maximum(r, 1e-300), 1.0)
        tau[todo] *= np.clip(ratio, 1 / 3, growth)
        residual[todo] = r
        moving = r > SETTLED
        todo = todo[moving]
        if not len(todo):
            break
        x[:, :, todo] += step[:, :, moving]
    else:  # the last step was not looked at
        residual[todo], _ = problem.newton(
            x[:, :, todo], odds[:, todo], log_weight[:, todo], node[todo], None
        )
    return x, residual


def _replies(
    table: Floats, weight: Floats, precision: float, node: Ints, x: Floats, grid: BeliefGrid
) -> Floats:
    """Logit policies (lanes, types, K) at beliefs given in log-odds, shape (types - 1, K, lanes)."""
    full = np.concatenate([x, np.zeros((1, *x.shape[1:]))])
    full -= full.max(0)
    p = np.exp(np.maximum(full, -FLOOR))
    index, share = grid.locate(np.moveaxis(p / p.sum(0), 0, -1))
    act = np.arange(x.shape[1])[:, None]
    q = sum(share[v][..., None] * table[node, act, :, index[v]] for v in range(len(index)))
    score = _log(weight)[node].T[..., None] + precision * q
    e = np.exp(np.maximum(score - score.max(0), -FLOOR))
    sigma: Floats = np.moveaxis(e / e.sum(0), (1, 2, 0), (0, 1, 2))
    return sigma


def _log(weight: Floats) -> Floats:
    """Log-weights, with a number for acts that are not available."""
    return np.where(weight > 0, np.log(np.where(weight > 0, weight, 1.0)), GONE)


def _distinct(policies: Floats) -> tuple[int, float]:
    """Number of distinct policies, first axis, and the largest difference between two."""
    kept: list[Floats] = []
    gap = 0.0
    for policy in policies:
        apart = [float(np.abs(policy - other).max()) for other in kept]
        if all(distance > DISTINCT for distance in apart):
            kept.append(policy)
            gap = max([gap, *apart])
    return len(kept), gap
