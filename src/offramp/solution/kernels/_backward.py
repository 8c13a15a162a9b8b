"""One month of backward induction by the compiled kernels.

States are cut into blocks that threads take one after another (kernels run without the GIL; blocks
are interleaved because active states come first). Every block writes to rows of its own, so that
results do not depend on the number of threads.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from offramp.game import Game
from offramp.solution.kernels._grid import (
    answer_tables,
    choose,
    initiative_tables,
    review_tables,
)
from offramp.solution.kernels._lanes import (
    NO_FLOATS,
    NO_INTS,
    Floats,
    Group,
    Ints,
    Scheme,
    faces_of,
    read_group,
    solve_edge,
    solve_inside,
)

BLOCK_LANES = 6_000
"""Lanes of a block: enough to keep the vectors full, few enough for the cache."""


@dataclass(frozen=True)
class Part:
    """Worst residual, unsolved lanes and lanes of some typed nodes; exponentials they took."""

    worst: float
    unsolved: int
    lanes: int
    exps: int


class Nodes:
    """The decision nodes of a game, laid out for the kernels.

    ``exps`` counts the exponentials that months took: what a benchmark holds against the machine's limit.
    """

    def __init__(self, game: Game, precision: tuple[float, float], scheme: Scheme) -> None:
        acts = game.acts
        self.game, self.precision, self.scheme = game, precision, scheme
        self.grid, self.types = game.grid, len(game.types)
        self.here = acts.states.astype(np.int64)
        p = acts.proposals
        self.target = p.target.astype(np.int64)
        self.ratify, self.sign_a, self.sign_b = p.ratify, p.lump_a, p.lump_b
        self.own = [_plain(a) for a in acts.own]
        self.reply = [_plain(a) for a in acts.reply]
        self.propose = [np.ascontiguousarray(p.weight[side]) for side in (0, 1)]
        row, k = np.nonzero(self.propose[0] > 0)
        self.row_of, self.k_of = row.astype(np.int64), k.astype(np.int64)
        self.node_w = self.propose[0][row, k]
        self.first_node = np.searchsorted(row, np.arange(len(self.here) + 1)).astype(np.int64)
        self.columns = np.flatnonzero((self.propose[1] > 0).any(0)).astype(np.int64)
        self.exps = 0
        self.points = np.ascontiguousarray(game.grid.points.T)
        v = game.reviews
        self.settled = v.states.astype(np.int64)
        self.broken = v.broken.astype(np.int64)
        self.gain_a, self.gain_b = v.gain_a.astype(np.float64), v.gain_b.astype(np.float64)

    @cached_property
    def groups(self) -> tuple[tuple[int, Ints, tuple[Floats, ...], tuple[int, int], Ints], ...]:
        """Grid beliefs by face: (kind, beliefs, log-odds, pair of types, edge)."""
        faces, logs = faces_of(self.types, self.grid.steps), _logs(self.grid.points)
        found: list[tuple[int, Ints, tuple[Floats, ...], tuple[int, int], Ints]] = []
        if len(faces.inside):
            m = faces.inside
            odds = tuple(logs[m, j] - logs[m, -1] for j in range(self.types - 1))
            kind = 3 if self.types == 3 else 2
            edge = faces.edges[0][2] if self.types == 2 else NO_INTS
            found.append((kind, m, odds, (0, 1), edge))
        if self.types == 3:
            for a, b, edge in faces.edges:
                m = edge[1:-1]
                if len(m):
                    found.append((2, m, (logs[m, a] - logs[m, b],), (a, b), edge))
        found.append((1, faces.corners, (), (0, 0), NO_INTS))
        return tuple(found)

    def on_grid(
        self, table_a: Floats, table_b: Floats, log_w: Floats, value_a: Floats, value_b: Floats
    ) -> Part:
        """Solve nodes with tables (nodes, K, types, NB) at every grid belief.

        ``value_a``, ``value_b``: results, (nodes, types, NB).
        """
        nodes, acts, types, nb = table_b.shape
        flat_a, flat_b, w = table_a.reshape(-1), table_b.reshape(-1), log_w.reshape(-1)
        lam = self.precision[1]
        worst, unsolved, lanes, exps = 0.0, 0, 0, 0
        every = np.arange(nodes, dtype=np.int64)
        for kind, beliefs, odds, pair, edge in self.groups:
            node = np.repeat(every, len(beliefs))
            spot = np.tile(beliefs, nodes)
            tiled = tuple(np.tile(o, nodes) for o in odds)
            x1 = x2 = best = NO_FLOATS
            if kind != 1:
                if kind == 3 or types == 2:
                    x1, x2, best, taken = solve_inside(
                        flat_b, types, self.grid, acts, lam, w, node, tiled, self.scheme
                    )
                else:
                    x1, best, taken = solve_edge(
                        flat_b, nodes, types, self.grid, acts, lam, w, node, *pair, edge, tiled[0],
                        self.scheme,
                    )  # fmt: skip
                worst = max(worst, float(best.max()))
                unsolved += int((best > self.scheme.tolerance).sum())
                lanes += len(node)
                exps += taken * acts * (6 if kind == 3 else 3)
            exps += len(node) * acts * (types + kind - 1)
            group = Group(kind, NO_INTS, node, spot, edge, pair, x1, x2, best)
            read_group(
                group, flat_a, flat_b, types, self.grid, acts, lam, w, node * (types * nb) + spot, nb,
                value_a.reshape(-1), value_b.reshape(-1),
            )  # fmt: skip
        return Part(worst, unsolved, lanes, exps)

    def a_block(
        self, rows: Ints, ca: Floats, cb: Floats, share: float, out_a: Floats, out_b: Floats
    ) -> Part:
        """A has the initiative at consecutive rows: adds ``share`` times the values."""
        first, last = int(self.first_node[rows[0]]), int(self.first_node[rows[-1] + 1])
        nodes, nb = last - first, self.grid.size
        target, weight, lump_a, lump_b = self.reply[1]
        acts = 2 + target.shape[1]
        table_a = np.empty((nodes, acts, self.types, nb))
        table_b = np.empty_like(table_a)
        log_w = np.empty((nodes, acts))
        value_a = np.empty((nodes, self.types, nb))
        value_b = np.empty_like(value_a)
        part = Part(0.0, 0, 0, 0)
        if nodes:
            answer_tables(
                first, last, self.row_of, self.k_of, self.here, ca, cb, self.target, self.ratify,
                self.sign_a, self.sign_b, target, weight, lump_a, lump_b, table_a, table_b, log_w,
            )  # fmt: skip
            part = self.on_grid(table_a, table_b, log_w, value_a, value_b)
        choose(
            rows, self.first_node, self.k_of, self.node_w, self.points, self.precision[0], ca, cb,
            *self.own[0], value_a, value_b, first, share, out_a, out_b,
        )  # fmt: skip
        return part

    def b_tables(self, rows: Ints, ca: Floats, cb: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Tables of B's acts at its initiative, log weights, and A's answers."""
        n, nb = len(rows), self.grid.size
        columns, own = len(self.columns), self.own[1]
        acts = columns + own[0].shape[1]
        table_a = np.empty((n, acts, self.types, nb))
        table_b = np.empty_like(table_a)
        log_w = np.empty((n, acts))
        answers = np.empty((n, columns, 2 + self.reply[0][0].shape[1], nb))
        initiative_tables(
            rows, self.columns, self.points, self.precision[0], self.here, ca, cb, self.target,
            self.ratify, self.propose[1], self.sign_a, self.sign_b, *self.reply[0], *own, table_a,
            table_b, log_w, answers,
        )  # fmt: skip
        return table_a, table_b, log_w, answers

    def b_block(
        self, rows: Ints, ca: Floats, cb: Floats, share: float, out_a: Floats, out_b: Floats
    ) -> Part:
        """B has the initiative at rows: adds ``share`` times the values."""
        table_a, table_b, log_w, _ = self.b_tables(rows, ca, cb)
        value_a = np.empty((len(rows), self.types, self.grid.size))
        value_b = np.empty_like(value_a)
        part = self.on_grid(table_a, table_b, log_w, value_a, value_b)
        out_a[rows] += share * value_a
        out_b[rows] += share * value_b
        return part

    def review_tables(
        self, rows: Ints, ca: Floats, cb: Floats
    ) -> tuple[Floats, Floats, Floats, Floats]:
        """Tables of B's review of settlements, log weights, A's chance to keep."""
        n, nb = len(rows), self.grid.size
        table_a = np.empty((n, 2, self.types, nb))
        table_b = np.empty_like(table_a)
        log_w = np.empty((n, 2))
        stays = np.empty((n, nb))
        review_tables(
            rows, self.points, self.precision[0], self.game.weights.renege, self.settled, self.broken,
            self.gain_a, self.gain_b, ca, cb, table_a, table_b, log_w, stays,
        )  # fmt: skip
        return table_a, table_b, log_w, stays

    def review_block(
        self, rows: Ints, ca: Floats, cb: Floats, out_a: Floats, out_b: Floats
    ) -> Part:
        """Settlements under review: values of rows."""
        table_a, table_b, log_w, _ = self.review_tables(rows, ca, cb)
        value_a = np.empty((len(rows), self.types, self.grid.size))
        value_b = np.empty_like(value_a)
        part = self.on_grid(table_a, table_b, log_w, value_a, value_b)
        out_a[rows], out_b[rows] = value_a, value_b
        return part

    def month(
        self, ca: Floats, cb: Floats, shares: tuple[float, float], pool: ThreadPoolExecutor | None
    ) -> tuple[Floats, Floats, float, float]:
        """Values of active states and of settlements in a month with a round.

        Returns:
            a, b of shape (active + settled, types, NB); worst residual; share of lanes unsolved.
        """
        n, m = len(self.here), len(self.settled)
        out_a = np.empty((n + m, self.types, self.grid.size))
        out_b = np.empty_like(out_a)
        idle = 1.0 - shares[0] - shares[1]
        nb = self.grid.size
        proposals = max(1, len(self.row_of) // max(1, n))

        def active(rows: Ints) -> Sequence[Part]:
            out_a[rows] = idle * ca[self.here[rows]]
            out_b[rows] = idle * cb[self.here[rows]]
            parts = []
            if shares[0] > 0:
                parts.append(self.a_block(rows, ca, cb, shares[0], out_a, out_b))
            if shares[1] > 0:
                parts.append(self.b_block(rows, ca, cb, shares[1], out_a, out_b))
            return parts

        def settled(rows: Ints) -> Sequence[Part]:
            return [self.review_block(rows, ca, cb, out_a[n:], out_b[n:])]

        tasks = [
            *(partial(active, rows) for rows in _blocks(n, BLOCK_LANES // (nb * proposals))),
            *(partial(settled, rows) for rows in _blocks(m, BLOCK_LANES // nb)),
        ]
        done = (
            [task() for task in tasks]
            if pool is None
            else list(pool.map(lambda task: task(), tasks))
        )
        parts = [part for found in done for part in found]
        lanes = sum(p.lanes for p in parts)
        self.exps += sum(p.exps for p in parts)
        return (
            out_a,
            out_b,
            max((p.worst for p in parts), default=0.0),
            sum(p.unsolved for p in parts) / max(1, lanes),
        )


def _plain(acts: object) -> tuple[Ints, Floats, Floats, Floats]:
    """Arrays of one list of acts as the kernels take them."""
    from offramp.game._acts import Acts

    assert isinstance(acts, Acts)
    return (
        np.where(acts.weight > 0, acts.target, 0).astype(np.int64),
        np.ascontiguousarray(acts.weight, dtype=np.float64),
        np.ascontiguousarray(acts.lump_a, dtype=np.float64),
        np.ascontiguousarray(acts.lump_b, dtype=np.float64),
    )


def _logs(points: Floats) -> NDArray[np.float64]:
    with np.errstate(divide="ignore"):
        return np.log(points)


def _blocks(n: int, size: int) -> list[Ints]:
    """Rows 0..n-1 in blocks of about ``size``."""
    if n == 0:
        return []
    count = max(1, -(-n // max(1, size)))
    return [b.astype(np.int64) for b in np.array_split(np.arange(n), count)]
