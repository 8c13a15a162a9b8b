"""The forward pass by the compiled kernels; what it computes is said in :mod:`offramp.solution._forward`.

Particles are solved in blocks, which threads take one after another; their branches are added in the
order of the blocks, so that the result does not depend on the number of threads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from offramp.game import simplex_grid
from offramp.solution import _nodes as named
from offramp.solution.kernels._backward import Nodes
from offramp.solution.kernels._grid import answer_tables
from offramp.solution.kernels._lanes import Floats, Ints, Played, play
from offramp.solution.kernels._push import (
    collect,
    keep,
    learn,
    nature,
    push_a,
    push_b,
    push_review,
)

if TYPE_CHECKING:
    from offramp.solution._particles import Tally

BLOCK_LANES = 6_000

T = TypeVar("T")


@dataclass(frozen=True)
class Particles:
    """States, masses by type (n, types), and whether a deal was signed (0 or 1)."""

    state: Ints
    mass: Floats
    flag: Ints


class Stream:
    """Moves particles through the rounds and nature of one game."""

    def __init__(self, nodes: Nodes, pool: ThreadPoolExecutor | None) -> None:
        game = nodes.game
        self.nodes, self.game, self.pool = nodes, game, pool
        self.types = len(game.types)
        self.fine_steps = game.resolution.particle_steps * (2 if self.types == 2 else 1)
        self.cells = simplex_grid(self.types, self.fine_steps).size
        places = game.layout.size * (self.cells + 1) * 2
        self.acc = np.zeros((places, self.types))
        self.seen = np.zeros(places, dtype=np.uint8)
        self.touched = np.zeros(places, dtype=np.int64)
        self.moment = np.zeros((self.types, self.types))
        self.regime = game.layout.regime.astype(np.int64)
        self.row_of = _inverse(game.layout.size, game.acts.states)
        self.review_of = _inverse(game.layout.size, game.reviews.states)
        self.count = 0
        self.own_code = [
            np.array([named.OWN[i][name] for name in game.acts.own[i].names], dtype=np.int64)
            for i in (0, 1)
        ]
        self.reply_code = [
            np.array(
                [named.ANSWERED[1 - i][name] for name in game.acts.reply[i].names], dtype=np.int64
            )
            for i in (0, 1)
        ]

    @property
    def table(self) -> tuple[object, ...]:
        """The table of branches as the kernels take it."""
        return (
            float(self.fine_steps), float(self.cells), self.regime, self.acc, self.seen, self.touched,
            self.moment, self.count,
        )  # fmt: skip

    def merged(self, light: float) -> Particles:
        """Particles of everything added since the last call."""
        most = min(2 * self.count + 1, len(self.touched))
        state = np.empty(most, dtype=np.int64)
        flag = np.empty(most, dtype=np.int64)
        mass = np.empty((most, self.types))
        n = collect(
            self.types, self.cells, light, self.acc, self.seen, self.touched, self.count, state, mass,
            flag,
        )  # fmt: skip
        self.count = 0
        return Particles(state[:n].copy(), mass[:n].copy(), flag[:n].copy())

    def stay(self, p: Particles, some: Ints, share: float) -> None:
        """Particles ``some`` are added where they are."""
        self.count = keep(some, share, p.state, p.mass, p.flag, self.types, *self.table)

    def chance(self, p: Particles, matrix: sparse.csr_matrix, light: float) -> Particles:
        """Nature moves."""
        self.count = nature(
            matrix.indptr.astype(np.int64), matrix.indices.astype(np.int64), matrix.data, p.state,
            p.mass, p.flag, len(p.state), self.types, *self.table,
        )  # fmt: skip
        return self.merged(light)

    def signal(self, p: Particles, likelihood: Floats, tally: Tally, light: float) -> Particles:
        """A public signal about B's type arrives."""
        self.moment[:] = 0.0
        self.count = learn(
            np.ascontiguousarray(likelihood), p.state, p.mass, p.flag, len(p.state), self.types,
            *self.table,
        )  # fmt: skip
        self._learned(p, tally)
        return self.merged(light)

    def round(
        self, p: Particles, ca: Floats, cb: Floats, shares: tuple[float, float], tally: Tally,
        light: float,
    ) -> Particles:  # fmt: skip
        """A round of moves and reviews."""
        self.moment[:] = 0.0
        rows, reviewed = self.row_of[p.state], self.review_of[p.state]
        active = np.flatnonzero(rows >= 0).astype(np.int64)
        under = np.flatnonzero(reviewed >= 0).astype(np.int64)
        other = np.flatnonzero((rows < 0) & (reviewed < 0)).astype(np.int64)
        total = p.mass.sum(1)
        belief = p.mass / total[:, None]
        idle = 1 - shares[0] - shares[1]
        if idle > 0:
            self.stay(p, active, idle)
            tally.acts[named.IDLE] += idle * total[active].sum()
        if shares[0] > 0 and len(active):
            self._a(p, active, rows[active], belief, total, ca, cb, shares[0], tally)
        if shares[1] > 0 and len(active):
            self._b(p, active, rows[active], belief, total, ca, cb, shares[1], tally)
        if len(under):
            self._reviews(p, under, reviewed[under], belief, total, ca, cb, tally)
        self.stay(p, other, 1.0)
        self._learned(p, tally)
        return self.merged(light)

    def _learned(self, before: Particles, tally: Tally) -> None:
        """Note by how much beliefs have spread since ``before``, merging left aside."""
        upper = np.triu(self.moment)
        total = before.mass.sum(1)
        tally.spread += upper + np.triu(upper, 1).T - (before.mass.T / total) @ before.mass
        self.moment[:] = 0.0

    def _a(
        self, p: Particles, active: Ints, rows: Ints, belief: Floats, total: Floats, ca: Floats,
        cb: Floats, share: float, tally: Tally,
    ) -> None:  # fmt: skip
        n = self.nodes
        first, width = n.first_node, np.diff(n.first_node)
        reply = n.reply[1]
        acts = 2 + reply[0].shape[1]
        grid = n.grid

        def solved(block: Ints) -> tuple[Ints, Ints, Played]:
            used, inverse = np.unique(rows[block], return_inverse=True)
            starts = np.concatenate([[0], np.cumsum(width[used])]).astype(np.int64)
            list_of = (
                np.concatenate([np.arange(first[r], first[r + 1]) for r in used]).astype(np.int64)
                if starts[-1]
                else np.zeros(0, dtype=np.int64)
            )
            each = width[rows[block]]
            first_lane = (np.cumsum(each) - each).astype(np.int64)
            within = np.arange(each.sum()) - np.repeat(first_lane, each)
            node = (np.repeat(starts[inverse], each) + within).astype(np.int64)
            prior = np.repeat(belief[active[block]], each, axis=0)
            table_a = np.empty((starts[-1], acts, self.types, grid.size))
            table_b = np.empty_like(table_a)
            log_w = np.empty((starts[-1], acts))
            answer_tables(
                0, len(list_of), n.row_of[list_of], n.k_of[list_of], n.here, ca, cb, n.target,
                n.ratify, n.sign_a, n.sign_b, *reply, table_a, table_b, log_w,
            )  # fmt: skip
            played = play(table_a, table_b, log_w, n.precision[1], node, prior, grid, n.scheme)
            return first_lane, each, played

        per = max(1, BLOCK_LANES // max(1, int(width.max(initial=1))))
        codes = np.array(
            [named.A_SIGNED, named.A_UNRATIFIED, named.A_PAUSE, named.A_REFUSED,
             named.A_PAUSE_REFUSED], dtype=np.int64,
        )  # fmt: skip
        blocks = _blocks(len(active), per)
        for block, (first_lane, each, played) in zip(
            blocks, self._map(solved, blocks), strict=True
        ):
            self.count = push_a(
                active[block], rows[block], share, p.state, p.mass, p.flag, belief, self.types,
                float(grid.steps), float(grid.size), n.precision[0], ca, cb, first, n.k_of, n.node_w,
                first_lane, n.target, n.ratify, n.here, reply[0], self.reply_code[1], *n.own[0][:3],
                self.own_code[0], acts, played.value_a, played.value_b, played.best, played.sigma,
                len(played.residual), len(self.game.offers), codes, *self.table, tally.acts,
                tally.signed, tally.regrets,
            )  # fmt: skip
            worst = np.zeros(len(block))
            owner = np.repeat(np.arange(len(block)), each)
            np.maximum.at(worst, owner, played.residual)
            tally.note(worst, total[active[block]], n.scheme.tolerance)

    def _b(
        self, p: Particles, active: Ints, rows: Ints, belief: Floats, total: Floats, ca: Floats,
        cb: Floats, share: float, tally: Tally,
    ) -> None:  # fmt: skip
        n, grid = self.nodes, self.nodes.grid

        def solved(block: Ints) -> tuple[Ints, Floats, Floats, Played]:
            used, node = np.unique(rows[block], return_inverse=True)
            table_a, table_b, log_w, answers = n.b_tables(used.astype(np.int64), ca, cb)
            node = node.astype(np.int64)
            prior = belief[active[block]]
            played = play(table_a, table_b, log_w, n.precision[1], node, prior, grid, n.scheme)
            return node, log_w, answers, played

        codes = np.array(
            [named.B_SIGNED, named.B_UNRATIFIED, named.B_PAUSE, named.B_REFUSED,
             named.B_PAUSE_REFUSED], dtype=np.int64,
        )  # fmt: skip
        blocks = _blocks(len(active), BLOCK_LANES // 4)
        reply, own = n.reply[0], n.own[1]
        for block, (node, log_w, answers, played) in zip(
            blocks, self._map(solved, blocks), strict=True
        ):
            self.count = push_b(
                active[block], rows[block], node, share, p.state, p.mass, p.flag, self.types,
                float(grid.steps), float(grid.size), n.columns, n.target, n.ratify, n.here, reply[0],
                reply[1], self.reply_code[0], own[0], self.own_code[1], log_w, answers,
                log_w.shape[1], played.value_b, played.best, played.sigma, len(block),
                len(self.game.offers), codes, *self.table, tally.acts, tally.signed, tally.regrets,
            )  # fmt: skip
            tally.note(played.residual, total[active[block]], n.scheme.tolerance)

    def _reviews(
        self, p: Particles, under: Ints, rows: Ints, belief: Floats, total: Floats, ca: Floats,
        cb: Floats, tally: Tally,
    ) -> None:  # fmt: skip
        n, grid = self.nodes, self.nodes.grid

        def solved(block: Ints) -> tuple[Ints, Floats, Played]:
            used, node = np.unique(rows[block], return_inverse=True)
            table_a, table_b, log_w, stays = n.review_tables(used.astype(np.int64), ca, cb)
            node = node.astype(np.int64)
            prior = belief[under[block]]
            played = play(table_a, table_b, log_w, n.precision[1], node, prior, grid, n.scheme)
            return node, stays, played

        codes = np.array([named.KEPT, named.BROKEN_A, named.BROKEN_B], dtype=np.int64)
        blocks = _blocks(len(under), BLOCK_LANES)
        for block, (node, stays, played) in zip(blocks, self._map(solved, blocks), strict=True):
            self.count = push_review(
                under[block], rows[block], node, p.mass, p.flag, self.types, float(grid.steps),
                float(grid.size), n.settled, n.broken, stays, played.value_b, played.best,
                played.sigma, len(block), codes, *self.table, tally.acts, tally.regrets,
            )  # fmt: skip
            tally.note(played.residual, total[under[block]], n.scheme.tolerance)

    def _map(self, work: Callable[[Ints], T], blocks: list[Ints]) -> Iterator[T]:
        """Results of ``work`` on blocks, in order."""
        if self.pool is None or len(blocks) < 2:
            return map(work, blocks)
        return self.pool.map(work, blocks)


def _inverse(size: int, states: NDArray[np.intp]) -> Ints:
    """Row of each state, -1 where it has none."""
    rows = np.full(size, -1, dtype=np.int64)
    rows[states] = np.arange(len(states))
    return rows


def _blocks(n: int, size: int) -> list[Ints]:
    """0..n-1 in blocks of about ``size``."""
    if n == 0:
        return []
    return [b.astype(np.int64) for b in np.array_split(np.arange(n), max(1, -(-n // max(1, size))))]
