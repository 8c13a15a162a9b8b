"""Forward: the distribution over futures, by particles that carry exact beliefs.

A particle is (state, belief mu, mass w, whether a deal has been signed before); the mass of type
theta at it is ``w mu(theta)``, so beliefs and types can never drift apart: Bayes' rule holds exactly at
every branch. After each month particles of the same state whose beliefs fall in the same cell of a
fine simplex grid merge into their mass-weighted mean. That conserves total mass, the mass of each
type, and the mean belief (the martingale) to rounding; it loses a little of the spread of beliefs.
Nothing is sampled and nothing is dropped.

Policies are solved again at the particles' own beliefs from the stored values.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.game import Game, simplex_grid
from offramp.game._states import CEASEFIRE, SETTLED
from offramp.solution._induction import Progress, Values, continuation
from offramp.solution._nodes import (
    A_SIGNED,
    ACT_NAMES,
    B_SIGNED,
    Branches,
    a_moves,
    at_beliefs,
    b_moves,
    reviews,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


LIGHT = 1e-6
"""Particles lighter than this share one particle per state (their mass and mean belief are kept)."""


@dataclass(frozen=True)
class Cloud:
    """Particles at one date: states, beliefs (n, types), masses, and whether a deal was signed."""

    state: Ints
    belief: Floats
    mass: Floats
    signed: NDArray[np.bool_]


@dataclass(frozen=True)
class Futures:
    """The exact distribution over public histories, summarised by month.

    Attributes:
        regime: Probability of each regime at the start of month t, (months+1, 8).
        regime_by_type: The same given B's type, (types, months+1, 8).
        settled_on: Probability of being in a settlement on each offer, (months+1, offers).
        first_deal: Probability that the first settlement has been signed by month t, (months+1,).
        acts: Probability of each act in month t, (months, acts).
        signed: Probability that each offer is signed in month t, (months, offers).
        belief: Mean belief given true type, (months+1, true type, type).
        position, tier, node: Joint probabilities with still being open, (months+1, ...).
        flow_a, flow_voice, flow_b: Expected flows by month (A; voices of A; B by type given type).
        value_a, value_b: Expected values of A (months+1,) and of B's types (types, months+1) given
            that nothing is settled or over.
        mass_error, martingale_error: Largest departures from conservation.
        residual_seen: Largest residual at nodes with mass above 1e-6; ``unsolved_mass`` the
            mass-weighted share of nodes above tolerance.
        particles: Largest number of particles held.
    """

    regime: Floats
    regime_by_type: Floats
    settled_on: Floats
    first_deal: Floats
    acts: Floats
    signed: Floats
    belief: Floats
    position: Floats
    tier: Floats
    node: Floats
    flow_a: Floats
    flow_voice: Floats
    flow_b: Floats
    value_a: Floats
    value_b: Floats
    mass_error: float
    martingale_error: float
    residual_seen: float
    unsolved_mass: float
    particles: int


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


def _join(parts: list[Cloud]) -> Cloud:
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


def propagate(game: Game, values: Values, progress: Progress | None = None) -> Futures:
    """Run the solved policies forward from the opening state and beliefs."""
    n_t, n_o, types = game.months, len(game.offers), len(game.types)
    lay = game.layout
    cells = game.resolution.particle_steps * (2 if types == 2 else 1)
    regime = np.zeros((n_t + 1, 8))
    by_type = np.zeros((types, n_t + 1, 8))
    settled_on = np.zeros((n_t + 1, n_o))
    first = np.zeros(n_t + 1)
    acts = np.zeros((n_t, len(ACT_NAMES)))
    signed = np.zeros((n_t, n_o))
    belief = np.zeros((n_t + 1, types, types))
    position = np.zeros((n_t + 1, lay.sizes[0]))
    tier = np.zeros((n_t + 1, lay.sizes[3]))
    node = np.zeros((n_t + 1, lay.sizes[2]))
    flow_a = np.zeros(n_t)
    flow_voice = np.zeros((len(game.voices), n_t))
    flow_b = np.zeros((types, n_t))
    value_a = np.full(n_t + 1, np.nan)
    value_b = np.full((types, n_t + 1), np.nan)
    cloud = Cloud(
        np.array([game.start]), game.opening[None].copy(), np.ones(1), np.zeros(1, dtype=bool)
    )
    mass_error = martingale_error = residual_seen = unsolved = looked = 0.0
    most = 1
    row_of = np.full(lay.size, -1)
    row_of[game.moves.states] = np.arange(len(game.moves.states))
    review_of = np.full(lay.size, -1)
    review_of[game.reviews.states] = np.arange(len(game.reviews.states))
    for t in range(n_t + 1):
        w, s = cloud.mass, cloud.state
        joint = w[:, None] * cloud.belief
        totals = joint.sum(0)
        mass_error = max(mass_error, abs(float(w.sum()) - 1.0))
        martingale_error = max(martingale_error, float(np.abs(totals - game.opening).max()))
        regime[t] = np.bincount(lay.regime[s], w, 8)
        for j in range(types):
            if totals[j] > 0:
                by_type[j, t] = np.bincount(lay.regime[s], joint[:, j], 8) / totals[j]
                belief[t, j] = joint[:, j] @ cloud.belief / totals[j]
        held = lay.regime[s] == SETTLED
        if n_o:
            settled_on[t] = np.bincount(lay.offer[s[held]], w[held], n_o)
        first[t] = w[cloud.signed].sum()
        on = lay.regime[s] <= CEASEFIRE
        position[t] = np.bincount(lay.position[s[on]], w[on], lay.sizes[0])
        tier[t] = np.bincount(lay.tier[s[on]], w[on], lay.sizes[3])
        node[t] = np.bincount(lay.node[s[on]], w[on], lay.sizes[2])
        if w[on].sum() > LIGHT:
            va = at_beliefs(game, values.a[t], s[on], cloud.belief[on])
            vb = at_beliefs(game, values.b[t], s[on], cloud.belief[on])
            value_a[t] = (joint[on] * va.T).sum() / w[on].sum()
            value_b[:, t] = (joint[on] * vb.T).sum(0) / np.maximum(joint[on].sum(0), 1e-300)
        if t == n_t:
            break
        moved = game.after_triggers(t, cloud.state, _seen(game, cloud.belief))
        cloud = Cloud(moved, cloud.belief, cloud.mass, cloud.signed)
        pi_a, pi_b = game.protocol.recognition[t]
        if pi_a + pi_b > 0:
            c = continuation(game, t, values.a[t + 1], values.b[t + 1])
            rows = row_of[cloud.state]
            active = np.flatnonzero(rows >= 0)
            rest = np.flatnonzero(rows < 0)
            parts: list[Cloud] = []
            idle = 1 - pi_a - pi_b
            if idle > 0:
                parts.append(_scaled(cloud, active, idle))
            acts[t, 0] += idle * cloud.mass[active].sum()
            for share, kind in ((pi_a, a_moves), (pi_b, b_moves)):
                if share <= 0 or not len(active):
                    continue
                out = kind(
                    game, c, values.precision, rows[active], _seen(game, cloud.belief[active]), True
                )
                assert out.branches is not None
                parts.append(_branch(cloud, active, share, out.branches, game))
                made = parts[-1].mass
                acts[t] += np.bincount(out.branches.act, made, len(ACT_NAMES))
                done = np.isin(out.branches.act, (A_SIGNED, B_SIGNED))
                if n_o:
                    signed[t] += np.bincount(out.branches.offer[done], made[done], n_o)
                heavy = cloud.mass[active] > 1e-6
                residual_seen = max(residual_seen, float(out.residual[heavy].max(initial=0.0)))
                unsolved += float(cloud.mass[active][out.residual > 1e-9].sum())
                looked += float(cloud.mass[active].sum())
            review = review_of[cloud.state[rest]]
            under, others = rest[review >= 0], rest[review < 0]
            if len(under):
                out = reviews(
                    game, c, values.precision, review_of[cloud.state[under]],
                    _seen(game, cloud.belief[under]), True,
                )  # fmt: skip
                assert out.branches is not None
                parts.append(_branch(cloud, under, 1.0, out.branches, game))
                acts[t] += np.bincount(out.branches.act, parts[-1].mass, len(ACT_NAMES))
                heavy = cloud.mass[under] > 1e-6
                residual_seen = max(residual_seen, float(out.residual[heavy].max(initial=0.0)))
                unsolved += float(cloud.mass[under][out.residual > 1e-9].sum())
                looked += float(cloud.mass[under].sum())
            parts.append(_scaled(cloud, others, 1.0))
            cloud = _merge(game, _join(parts), cells)
        joint = cloud.mass[:, None] * cloud.belief
        flow_a[t] = cloud.mass @ game.flow_a[t, cloud.state]
        flow_voice[:, t] = game.flow_voice[:, t, cloud.state] @ cloud.mass
        for j in range(types):
            total = joint[:, j].sum()
            flow_b[j, t] = (joint[:, j] @ game.flow_b[j, t, cloud.state]) / max(total, 1e-300)
        cloud = _merge(game, _chance(game, t, cloud), cells)
        most = max(most, len(cloud.state))
        if progress is not None:
            progress(t + 1, n_t)
    return Futures(
        regime, by_type, settled_on, first, acts, signed, belief, position, tier, node,
        flow_a, flow_voice, flow_b, value_a, value_b, mass_error, martingale_error, residual_seen,
        unsolved / looked if looked else 0.0, most,
    )  # fmt: skip


def _seen(game: Game, beliefs: Floats) -> Floats:
    """What A believes: the particles' beliefs, or the frozen one if A does not update."""
    if game.grid.frozen is None:
        return beliefs
    return np.tile(np.array(game.grid.frozen), (len(beliefs), 1))


def _scaled(cloud: Cloud, pick: Ints, share: float) -> Cloud:
    return Cloud(
        cloud.state[pick], cloud.belief[pick], share * cloud.mass[pick], cloud.signed[pick]
    )
