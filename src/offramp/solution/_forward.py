"""Forward: the distribution over futures, by particles that carry exact beliefs.

A particle is (state, belief mu, mass w, whether a deal has been signed before); the mass of type
theta at it is ``w mu(theta)``, so beliefs and types can never drift apart: Bayes' rule holds exactly at
every branch. After each month particles of the same state whose beliefs fall in the same cell of a
fine simplex grid merge into their mass-weighted mean. That conserves total mass, the mass of each
type, and the mean belief (the martingale) to rounding. Nothing is sampled and nothing is dropped.
Merging loses some of the spread of beliefs, so what is learned is added up apart, before particles
merge: E[mu mu'] grows in each round and with each signal by the spread that it adds, and the mean
belief in k if the truth is j is ``E[mu_j mu_k] / Pr(j)``.

Policies are solved again at the particles' own beliefs from the stored values. Public signals split
particles by Bayes' rule; a plan's triggers act as A really follows them, whatever B believed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.game import Game, simplex_grid
from offramp.game._states import SETTLED
from offramp.solution._induction import Progress, Values, continuation
from offramp.solution._look import FastLook, Look
from offramp.solution._nodes import (
    A_SIGNED,
    ACT_NAMES,
    B_SIGNED,
    Branches,
    Continuation,
    Outcome,
    a_moves,
    b_moves,
    reviews,
)
from offramp.solution._particles import LIGHT, Cloud, Futures, Heavy, Tally
from offramp.solution._typed import TOLERANCE
from offramp.solution.kernels import Kernel, chosen

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


HEAVIEST = 8
"""Places kept of each round, for the probe of several solutions."""


def _merge(game: Game, cloud: Cloud, cells: int) -> Cloud:
    """Merge particles of one state, one flag and one belief cell into their mean."""
    types = cloud.belief.shape[1]
    if types == 1 or game.grid.size == 1:
        cell = np.zeros(len(cloud.state), dtype=np.intp)
        count = 1
    else:
        fine = simplex_grid(types, cells)
        index, share = fine.locate(cloud.belief)
        cell = np.take_along_axis(index, share.argmax(0)[None], axis=0)[0]
        count = fine.size
        cell = np.where(game.layout.regime[cloud.state] > SETTLED, 0, cell)
    key = (cloud.state * (count + 1) + cell) * 2 + cloud.signed
    order, inverse = np.unique(key, return_inverse=True)
    mass: Floats = np.bincount(inverse, cloud.mass, len(order)).astype(np.float64)
    if count > 1:
        light = mass < LIGHT
        order = np.where(
            light, (order // 2 // (count + 1) * (count + 1) + count) * 2 + order % 2, order
        )
        order, again = np.unique(order, return_inverse=True)
        inverse = again[inverse]
        mass = np.bincount(inverse, cloud.mass, len(order)).astype(np.float64)
    belief: Floats = np.stack(
        [
            np.bincount(inverse, cloud.mass * cloud.belief[:, j], len(order)).astype(np.float64)
            for j in range(types)
        ],
        1,
    )
    belief /= np.maximum(belief.sum(1, keepdims=True), 1e-300)
    return Cloud(order // 2 // (count + 1), belief, mass, (order % 2).astype(bool))


def _branch(cloud: Cloud, pick: Ints, share: float, b: Branches, game: Game) -> Cloud:
    """Particles after branches of a node reached with probability ``share``."""
    source = pick[b.lane]
    joint = cloud.belief[source] * b.chance
    weight = joint.sum(1)
    belief = joint / np.maximum(weight, 1e-300)[:, None]
    signed = cloud.signed[source] | (game.layout.regime[b.target] == SETTLED)
    return Cloud(b.target, belief, share * cloud.mass[source] * weight, signed)


def join(parts: list[Cloud]) -> Cloud:
    """Particles of several distributions together."""
    return Cloud(
        np.concatenate([p.state for p in parts]),
        np.concatenate([p.belief for p in parts]),
        np.concatenate([p.mass for p in parts]),
        np.concatenate([p.signed for p in parts]),
    )


def _chance(game: Game, t: int, cloud: Cloud) -> Cloud:
    """Spread particles by nature's moves."""
    matrix = game.chance[t]
    start = matrix.indptr[cloud.state]
    length = matrix.indptr[cloud.state + 1] - start
    source = np.repeat(np.arange(len(cloud.state)), length)
    offset = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    entry = start[source] + offset
    return Cloud(
        matrix.indices[entry].astype(np.intp),
        cloud.belief[source],
        cloud.mass[source] * matrix.data[entry],
        cloud.signed[source],
    )


def propagate(
    game: Game, values: Values, progress: Progress | None = None, kernel: Kernel = "auto"
) -> Futures:
    """Run the solved policies forward from the opening state and beliefs.

    Args:
        game: The game.
        values: Its values.
        progress: Told after each month.
        kernel: As in :func:`offramp.solution._induction.induce`; ``auto`` is what solved the values.
    """
    which = values.kernel if kernel == "auto" else chosen(game, kernel)
    n_t, types = game.months, len(game.types)
    look = (Look if which == "numpy" else FastLook)(game, values)
    flow_a, flow_b = np.zeros(n_t), np.zeros((types, n_t))
    flow_voice = np.zeros((len(game.voices), n_t))
    cloud = opening(game)
    most = 1
    heavy: list[Heavy] = []
    rows = _rows_of(game)[0]
    with walking(game, values, which) as walk:
        for t in range(n_t + 1):
            look.at(t, cloud, walk.tally.spread)
            if t == n_t:
                break
            cloud = walk.triggered(t, cloud)
            if t < game.shown and game.protocol.recognition[t].sum() > 0:
                heavy.append(_heaviest(t, cloud, rows))
            cloud = walk.played(t, cloud)
            flow_a[t], flow_voice[:, t], flow_b[:, t] = look.flows(t, cloud)
            cloud = walk.spread(t, cloud)
            most = max(most, len(cloud.state))
            if progress is not None:
                progress(t + 1, n_t)
    return look.futures(walk.tally, flow_a, flow_voice, flow_b, most, tuple(heavy))


def opening(game: Game) -> Cloud:
    """All probability at the opening state and beliefs."""
    return Cloud(
        np.array([game.start]), game.opening[None].copy(), np.ones(1), np.zeros(1, dtype=bool)
    )


def _heaviest(t: int, cloud: Cloud, rows: Ints) -> Heavy:
    """The heaviest active particles of a month."""
    active = np.flatnonzero(rows[cloud.state] >= 0)
    top = active[np.argsort(-cloud.mass[active], kind="stable")[:HEAVIEST]]
    return Heavy(t, rows[cloud.state[top]], cloud.belief[top], cloud.mass[top])


Play = Callable[[int, Continuation, Cloud, "Tally"], Cloud]
Spread = Callable[[int, Cloud, "Tally"], Cloud]


@dataclass(frozen=True)
class Walk:
    """A month's steps from any distribution at its start; ``tally`` adds up what the rounds bring."""

    game: Game
    values: Values
    tally: Tally
    _round: Play
    _end: Spread

    def lottery(self, t: int, cloud: Cloud) -> list[Cloud]:
        """Particles by outcome of the plan's triggers, as A really acts on them."""
        seen = _seen(self.game, cloud.belief)
        pairs = self.game.trigger_lottery(t, cloud.state, seen, actual=True)
        return [
            Cloud(moved, cloud.belief, chance * cloud.mass, cloud.signed)
            for moved, chance in pairs
            if chance > 0
        ]

    def triggered(self, t: int, cloud: Cloud) -> Cloud:
        """Particles after the plan's triggers."""
        parts = self.lottery(t, cloud)
        return parts[0] if len(parts) == 1 else join(parts)

    def played(self, t: int, cloud: Cloud) -> Cloud:
        """Particles after the month's round of moves and reviews, if it has one."""
        if self.game.protocol.recognition[t].sum() <= 0:
            return cloud
        c = continuation(self.game, t, self.values.a[t + 1], self.values.b[t + 1])
        return self._round(t, c, cloud, self.tally)

    def spread(self, t: int, cloud: Cloud) -> Cloud:
        """Particles after nature's moves and the month's news."""
        return self._end(t, cloud, self.tally)


@contextmanager
def walking(game: Game, values: Values, kernel: str | None = None) -> Iterator[Walk]:
    """Steps forward through a solved game, by the code that solved it or by another kernel."""
    tally = Tally(
        np.zeros((game.months, len(ACT_NAMES))),
        np.zeros((game.months, len(game.offers))),
        np.zeros(1 + len(game.types)),
        np.outer(game.opening, game.opening),
    )
    with _steps(game, values, values.kernel if kernel is None else kernel) as (play, spread):
        yield Walk(game, values, tally, play, spread)


@contextmanager
def _steps(game: Game, values: Values, which: str) -> Iterator[tuple[Play, Spread]]:
    """What plays a round, and what nature and news do at the end of a month."""
    if which == "numpy":
        cells = game.resolution.particle_steps * (2 if len(game.types) == 2 else 1)
        rows = _rows_of(game)
        yield (
            lambda t, c, cloud, tally: _play(game, values, rows, cells, t, c, cloud, tally),
            lambda t, cloud, tally: _spread(game, t, cloud, cells, tally),
        )
        return
    from offramp.solution.kernels import nodes_of, pool
    from offramp.solution.kernels._forward import Particles, Stream

    with pool() as threads:
        stream = Stream(nodes_of(game, values.precision), threads)

        def packed(cloud: Cloud) -> Particles:
            mass = np.ascontiguousarray(cloud.mass[:, None] * cloud.belief)
            return Particles(cloud.state.astype(np.int64), mass, cloud.signed.astype(np.int64))

        def unpacked(p: Particles) -> Cloud:
            mass: Floats = p.mass.sum(1)
            return Cloud(p.state, p.mass / mass[:, None], mass, p.flag.astype(bool))

        def play(t: int, c: Continuation, cloud: Cloud, tally: Tally) -> Cloud:
            shares = game.protocol.recognition[t]
            month = Tally(tally.acts[t], tally.signed[t], tally.regrets, tally.spread)
            after = stream.round(
                packed(cloud), c.a, c.b, (float(shares[0]), float(shares[1])), month, LIGHT
            )
            tally.worst = max(tally.worst, month.worst)
            tally.unsolved += month.unsolved
            tally.looked += month.looked
            return unpacked(after)

        def spread(t: int, cloud: Cloud, tally: Tally) -> Cloud:
            p = stream.chance(packed(cloud), game.chance[t], LIGHT)
            likelihood = game.signals[t]
            if likelihood is not None:
                p = stream.signal(p, likelihood, tally, LIGHT)
            return unpacked(p)

        yield play, spread


def _rows_of(game: Game) -> tuple[Ints, Ints]:
    """Row of each state among the active ones and among the settlements; -1 where it has none."""
    row_of = np.full(game.layout.size, -1)
    row_of[game.acts.states] = np.arange(len(game.acts.states))
    review_of = np.full(game.layout.size, -1)
    review_of[game.reviews.states] = np.arange(len(game.reviews.states))
    return row_of, review_of


def _play(
    game: Game, values: Values, rows_of: tuple[Ints, Ints], cells: int, t: int, c: Continuation,
    cloud: Cloud, tally: Tally,
) -> Cloud:  # fmt: skip
    """A round of moves and reviews by whole-array code."""
    pi_a, pi_b = game.protocol.recognition[t]
    n_o = len(game.offers)
    rows = rows_of[0][cloud.state]
    active, rest = np.flatnonzero(rows >= 0), np.flatnonzero(rows < 0)
    parts: list[Cloud] = []
    idle = 1 - pi_a - pi_b
    if idle > 0:
        parts.append(_scaled(cloud, active, idle))
    tally.acts[t, 0] += idle * cloud.mass[active].sum()

    def add(out: Outcome, pick: Ints, share: float) -> None:
        assert out.branches is not None
        parts.append(_branch(cloud, pick, share, out.branches, game))
        made = parts[-1].mass
        tally.acts[t] += np.bincount(out.branches.act, made, len(ACT_NAMES))
        done = np.isin(out.branches.act, (A_SIGNED, B_SIGNED))
        if n_o:
            tally.signed[t] += np.bincount(out.branches.offer[done], made[done], n_o)
        mass = cloud.mass[pick]
        tally.regrets[0] += share * (mass @ out.regret_a)
        tally.regrets[1:] += share * ((mass[:, None] * cloud.belief[pick]) * out.regret_b.T).sum(0)
        tally.note(out.residual, mass, TOLERANCE)

    for share, kind in ((pi_a, a_moves), (pi_b, b_moves)):
        if share > 0 and len(active):
            seen = _seen(game, cloud.belief[active])
            add(kind(game, c, values.precision, rows[active], seen, True), active, share)
    review = rows_of[1][cloud.state[rest]]
    under, others = rest[review >= 0], rest[review < 0]
    if len(under):
        seen = _seen(game, cloud.belief[under])
        under_rows = rows_of[1][cloud.state[under]]
        add(reviews(game, c, values.precision, under_rows, seen, True), under, 1.0)
    parts.append(_scaled(cloud, others, 1.0))
    joined = join(parts)
    tally.spread += _second(joined) - _second(cloud)
    return _merge(game, joined, cells)


def _second(cloud: Cloud) -> Floats:
    """Mass times belief times belief, (types, types)."""
    moment: Floats = (cloud.mass * cloud.belief.T) @ cloud.belief
    return moment


def _spread(game: Game, t: int, cloud: Cloud, cells: int, tally: Tally) -> Cloud:
    """Nature's moves, then the public signal of the month."""
    cloud = _merge(game, _chance(game, t, cloud), cells)
    likelihood = game.signals[t]
    if likelihood is None:
        return cloud
    parts = []
    for row in likelihood:
        joint = cloud.belief * row
        total: Floats = joint.sum(1)
        seen = total > 0
        parts.append(
            Cloud(
                cloud.state[seen],
                joint[seen] / total[seen, None],
                cloud.mass[seen] * total[seen],
                cloud.signed[seen],
            )
        )
    joined = join(parts)
    tally.spread += _second(joined) - _second(cloud)
    return _merge(game, joined, cells)


def _seen(game: Game, beliefs: Floats) -> Floats:
    """What A believes: the particles' beliefs, or the frozen one if A does not update."""
    if game.grid.frozen is None:
        return beliefs
    return np.tile(np.array(game.grid.frozen), (len(beliefs), 1))


def _scaled(cloud: Cloud, pick: Ints, share: float) -> Cloud:
    return Cloud(
        cloud.state[pick], cloud.belief[pick], share * cloud.mass[pick], cloud.signed[pick]
    )
