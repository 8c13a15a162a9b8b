"""Fixed points of many typed nodes by the compiled kernels, group by group of beliefs.

A prior that rules types out lies on a face of the simplex; there the signalling problem is one of the
types that are left, and the types ruled out answer it. So lanes are grouped: inside the simplex, on
each edge, at corners, where nothing can be signalled. A group is solved by the kernel of its number of
types and then read off for all types.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from offramp.game import BeliefGrid, simplex_grid
from offramp.solution.kernels._grid import evaluate
from offramp.solution.kernels._jit import kernel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NO_FLOATS: Floats = np.zeros(1)
NO_INTS: Ints = np.zeros(1, dtype=np.int64)


@dataclass(frozen=True)
class Scheme:
    """How a lane is taken to its fixed point; see :mod:`offramp.solution._typed`."""

    tolerance: float
    longest_step: float
    newton: int
    tau: Floats
    growth: Floats
    most: Ints


@kernel
def edge_tables(  # type: ignore[no-untyped-def]
    T, nodes, K, n, nb, first, second, edge, out
):
    """Payoffs of two types along an edge of the simplex, (nodes, K, 2, places), flat."""
    D1 = len(edge)
    for i in range(nodes * K):
        for p in range(D1):
            out[(i * 2) * D1 + p] = T[(i * n + first) * nb + edge[p]]
            out[(i * 2 + 1) * D1 + p] = T[(i * n + second) * nb + edge[p]]


@dataclass(frozen=True)
class Faces:
    """The grid by faces: beliefs inside each, and where each edge runs."""

    inside: Ints
    edges: tuple[tuple[int, int, Ints], ...]
    corners: Ints


@lru_cache(maxsize=64)
def faces_of(types: int, steps: int) -> Faces:
    """Faces of a regular grid; an edge lists its grid beliefs from p = 1 of its first type to 0."""
    points = simplex_grid(types, steps).points
    count = np.rint(points * steps).astype(int)
    support = (count > 0).sum(1)
    inside = np.flatnonzero(support == types).astype(np.int64)
    corners = np.array(
        [int(np.flatnonzero(count[:, j] == steps)[0]) for j in range(types)], dtype=np.int64
    )
    edges = []
    for a, b in combinations(range(types), 2):
        on = np.flatnonzero(count[:, a] + count[:, b] == steps)
        edges.append((a, b, on[np.argsort(-count[on, a])].astype(np.int64)))
    return Faces(inside, tuple(edges), corners)


@dataclass(frozen=True)
class Group:
    """Lanes of one face: which, how they were solved, and the fixed points (act by act)."""

    kind: int
    lanes: Ints
    node: Ints
    spot: Ints
    edge: Ints
    pair: tuple[int, int]
    x1: Floats
    x2: Floats
    residual: Floats


def solve_inside(
    flat: Floats, types: int, grid: BeliefGrid, acts: int, lam: float, log_w: Floats, node: Ints,
    odds: tuple[Floats, ...], scheme: Scheme,
) -> tuple[Floats, Floats, Floats, int]:  # fmt: skip
    """Fixed points of lanes with full support on two or three types: x1, x2, residual, lane-steps."""
    nb, n_lanes = grid.size, len(node)
    steps = grid.steps
    offset = node * (acts * types * nb)
    where = node * acts
    mask = np.full(acts, -1, dtype=np.int64)
    best = np.empty(n_lanes)
    x1 = np.empty(acts * n_lanes)
    stages = (scheme.tau, scheme.growth, scheme.most)
    if types == 2:
        from offramp.solution.kernels._two import solve_two

        base = np.arange(acts, dtype=np.int64) * (2 * nb) + steps
        taken = solve_two(
            flat, float(steps), lam, acts, base, mask, 0, nb, log_w, where, offset, odds[0],
            scheme.tolerance, scheme.longest_step, scheme.newton, *stages, x1, best,
        )  # fmt: skip
        table = flat.reshape(-1, acts, 2, nb)
        _last_resort(table, log_w, lam, node, odds[0], grid, scheme, x1, best)
        return x1, NO_FLOATS, best, taken
    from offramp.solution.kernels._three import solve_three

    x2 = np.empty(acts * n_lanes)
    base = np.arange(acts, dtype=np.int64) * (3 * nb)
    taken = solve_three(
        flat, float(steps), float(nb), lam, acts, base, mask, log_w, where, offset, odds[0], odds[1],
        scheme.tolerance, scheme.longest_step, scheme.newton, *stages, x1, x2, best,
    )  # fmt: skip
    return x1, x2, best, taken


def solve_edge(
    flat: Floats, nodes: int, types: int, grid: BeliefGrid, acts: int, lam: float, log_w: Floats,
    node: Ints, first: int, second: int, edge: Ints, odds: Floats, scheme: Scheme,
) -> tuple[Floats, Floats, int]:  # fmt: skip
    """Fixed points of lanes on an edge between two of three types: x, residual, lane-steps."""
    from offramp.solution.kernels._two import solve_two

    places, n_lanes = len(edge), len(node)
    along = np.empty(nodes * acts * 2 * places)
    edge_tables(flat, nodes, acts, types, grid.size, first, second, edge, along)
    base = np.arange(acts, dtype=np.int64) * (2 * places) + (places - 1)
    x = np.empty(acts * n_lanes)
    best = np.empty(n_lanes)
    taken = solve_two(
        along, float(places - 1), lam, acts, base, np.full(acts, -1, dtype=np.int64), 0, places, log_w,
        node * acts, node * (acts * 2 * places), odds, scheme.tolerance, scheme.longest_step,
        scheme.newton, scheme.tau, scheme.growth, scheme.most, x, best,
    )  # fmt: skip
    table = along.reshape(nodes, acts, 2, places)
    _last_resort(table, log_w, lam, node, odds, simplex_grid(2, places - 1), scheme, x, best)
    return x, best, taken


def _last_resort(
    table: Floats, log_w: Floats, lam: float, node: Ints, odds: Floats, grid: BeliefGrid,
    scheme: Scheme, x: Floats, best: Floats,
) -> None:  # fmt: skip
    """Nested bisection for lanes of two types that are still unsolved; changes ``x`` and ``best``."""
    left = np.flatnonzero(best >= scheme.tolerance)
    if not len(left):
        return
    from offramp.solution._bisection import bisect_typed

    acts = table.shape[1]
    weight = np.exp(np.maximum(log_w.reshape(-1, acts), -700.0)) * (
        log_w.reshape(-1, acts) > -1e280
    )
    p = 1.0 / (1.0 + np.exp(-odds[left]))
    prior = np.stack([p, 1.0 - p], 1)
    found, residual = bisect_typed(table, weight, lam, node[left].astype(np.intp), prior, grid)
    better = residual < best[left]
    x.reshape(acts, -1)[:, left[better]] = found[0][:, better]
    best[left[better]] = residual[better]


def solve_groups(
    flat: Floats, nodes: int, types: int, grid: BeliefGrid, acts: int, lam: float, log_w: Floats,
    node: Ints, prior: Floats, scheme: Scheme,
) -> list[Group]:  # fmt: skip
    """Group lanes (node, prior) by the face of their prior and solve each group."""
    faces = faces_of(types, grid.steps)
    with np.errstate(divide="ignore"):
        logs = np.log(prior)
    there = prior > 0
    count = there.sum(1)
    groups = []
    full = np.flatnonzero(count == types).astype(np.int64)
    if len(full):
        at = node[full]
        odds = tuple(np.ascontiguousarray(logs[full, j] - logs[full, -1]) for j in range(types - 1))
        x1, x2, best, _ = solve_inside(flat, types, grid, acts, lam, log_w, at, odds, scheme)
        kind = 3 if types == 3 else 2
        edge = faces.edges[0][2] if types == 2 else NO_INTS
        groups.append(Group(kind, full, at, NO_INTS, edge, (0, 1), x1, x2, best))
    if types == 3:
        for a, b, edge in faces.edges:
            some = np.flatnonzero((count == 2) & there[:, a] & there[:, b])
            if len(some):
                at = node[some]
                odds_ab = np.ascontiguousarray(logs[some, a] - logs[some, b])
                x, best, _ = solve_edge(
                    flat, nodes, types, grid, acts, lam, log_w, at, a, b, edge, odds_ab, scheme
                )
                groups.append(Group(2, some, at, NO_INTS, edge, (a, b), x, NO_FLOATS, best))
    sure = np.flatnonzero(count == 1)
    if len(sure):
        spot = faces.corners[there[sure].argmax(1)]
        groups.append(
            Group(
                1,
                sure,
                node[sure],
                spot,
                NO_INTS,
                (0, 0),
                NO_FLOATS,
                NO_FLOATS,
                np.zeros(len(sure)),
            )
        )
    return groups


def read_group(
    group: Group, flat_a: Floats, flat_b: Floats, types: int, grid: BeliefGrid, acts: int, lam: float,
    log_w: Floats, place: Ints, stride: int, value_a: Floats, value_b: Floats,
    policies: tuple[int, Floats, Floats] | None = None,
) -> None:  # fmt: skip
    """Values of a group's lanes, type th's at ``place + th * stride``.

    ``policies``: number of lanes in all, policies (types, acts, lanes) and B's best payoffs (types,
    lanes), flat, to be filled at ``group.lanes``.
    """
    keep = policies is not None
    lanes, sigma, best = policies if policies is not None else (0, NO_FLOATS, NO_FLOATS)
    evaluate(
        group.kind, flat_a, flat_b, types, grid.size, float(grid.steps), group.edge, acts, lam, log_w,
        group.node, group.spot, place, stride, group.x1, group.x2, value_a, value_b, keep, group.lanes,
        lanes, sigma, best,
    )  # fmt: skip


@dataclass(frozen=True)
class Played:
    """Values and policies at lanes: flat (types, lanes), (types, acts, lanes); residual by lane."""

    value_a: Floats
    value_b: Floats
    best: Floats
    sigma: Floats
    residual: Floats


def play(
    table_a: Floats, table_b: Floats, log_w: Floats, lam: float, node: Ints, prior: Floats,
    grid: BeliefGrid, scheme: Scheme,
) -> Played:  # fmt: skip
    """Solve lanes (node, prior) of tables (nodes, acts, types, NB) and read everything off."""
    nodes, acts, types, _ = table_b.shape
    lanes = len(node)
    flat_a, flat_b, w = table_a.reshape(-1), table_b.reshape(-1), log_w.reshape(-1)
    value_a, value_b, best = (np.empty(types * lanes) for _ in range(3))
    sigma = np.empty(types * acts * lanes)
    residual = np.zeros(lanes)
    for group in solve_groups(flat_b, nodes, types, grid, acts, lam, w, node, prior, scheme):
        read_group(
            group, flat_a, flat_b, types, grid, acts, lam, w, group.lanes.astype(np.int64), lanes,
            value_a, value_b, (lanes, sigma, best),
        )  # fmt: skip
        residual[group.lanes] = group.residual
    return Played(value_a, value_b, best, sigma, residual)
