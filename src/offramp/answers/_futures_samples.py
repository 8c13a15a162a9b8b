"""Sample histories of a solved game, for people to look at.

A history is one run of the solved policies: B's type is drawn from the opening beliefs; each month the
plan's triggers are followed or not, a side may have the initiative and acts by the policies that the
solution prescribes at exactly these beliefs, nature moves, and news may arrive. Beliefs follow Bayes'
rule along the way, as in the exact distribution, which the frequencies of many histories must match.

Random numbers are counter based (Philox, keyed by the seed and the number of the history), so the same
seed gives the same histories, and history i does not depend on how many are drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.game import Game
from offramp.game._states import CEASEFIRE
from offramp.solution import Solution
from offramp.solution._nodes import Outcome, a_moves, b_moves, reviews

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

USES = 5
"""Draws a month: plan, initiative, act, nature, news. The type uses a draw of its own."""


@dataclass(frozen=True)
class Histories:
    """Histories side by side: ``n`` of them over ``months``.

    Attributes:
        kind: B's type in each history, (n,).
        state: Public state at the start of each month, (n, months+1).
        begun: State after the plan's triggers of the month, (n, months).
        after: State after the sides have acted, (n, months).
        act: What happened, index into ``ACT_NAMES``, or -1 in months without a round, (n, months).
        offer: Offer that the act was about, or -1, (n, months).
        belief: Beliefs at the start of each month, (n, months+1, types).
    """

    kind: Ints
    state: Ints
    begun: Ints
    after: Ints
    act: Ints
    offer: Ints
    belief: Floats

    @property
    def months(self) -> int:
        """Months that were run."""
        return int(self.act.shape[1])


def draws(seed: int, count: int, months: int) -> Floats:
    """Uniform numbers, (count, months * USES + 1)."""
    rows = [
        np.random.Generator(np.random.Philox(key=np.array([seed, i], dtype=np.uint64))).random(
            months * USES + 1
        )
        for i in range(count)
    ]
    return np.array(rows).reshape(count, months * USES + 1)


def _pick(group: Ints, chance: Floats, u: Floats) -> Ints:
    """For each group 0..n-1 the index of one of its entries, drawn by ``chance``.

    Args:
        group: Group of each entry; every group has one.
        chance: Chance of each entry (any scale within a group).
        u: Uniform number of each group.
    """
    order = np.argsort(group, kind="stable")
    total = np.bincount(group, chance, len(u))
    end = np.cumsum(np.bincount(group, minlength=len(u)))
    within = np.cumsum(chance[order])
    before = np.concatenate([[0.0], within])[np.concatenate([[0], end[:-1]])]
    found = np.searchsorted(within, before + u * total, side="right")
    # Rounding may carry the largest u past its group; entries without chance are never the last one.
    last = np.full(len(u), -1)
    possible = np.flatnonzero(chance[order] > 0)
    last[group[order][possible]] = possible
    picked: Ints = order[np.minimum(found, last)]
    return picked


def sample(solution: Solution, count: int, seed: int, months: int | None = None) -> Histories:
    """Draw histories.

    Args:
        solution: A solved game in logit mode.
        count: How many.
        seed: Seed of the random numbers, at least 0.
        months: How far; left out, the months that are shown.
    """
    game = solution.game
    n_t = game.shown if months is None else months
    u = draws(seed, count, n_t)
    kind = np.minimum(
        np.searchsorted(np.cumsum(game.opening), u[:, -1], side="right"), len(game.types) - 1
    ).astype(np.intp)
    state = np.full((count, n_t + 1), game.start)
    begun, after = (np.zeros((count, n_t), dtype=np.intp) for _ in range(2))
    act, offer = np.full((count, n_t), -1), np.full((count, n_t), -1)
    belief = np.tile(game.opening, (count, n_t + 1, 1))
    rows = np.full(game.layout.size, -1)
    rows[game.acts.states] = np.arange(len(game.acts.states))
    under = np.full(game.layout.size, -1)
    under[game.reviews.states] = np.arange(len(game.reviews.states))
    for t in range(n_t):
        plan, who, what, nature, news = (u[:, t * USES + i] for i in range(USES))
        mu = belief[:, t].copy()
        begun[:, t] = _started(game, t, state[:, t], mu, plan)
        now = begun[:, t].copy()
        shares = game.protocol.recognition[t]
        if shares.sum() > 0:
            act[:, t] = 0
            c = solution.continuation(t)
            active = rows[now] >= 0
            by_a = active & (who < shares[0])
            by_b = active & ~by_a & (who < shares[0] + shares[1])
            for chosen, node, at in (
                (by_a, a_moves, rows),
                (by_b, b_moves, rows),
                (under[now] >= 0, reviews, under),
            ):
                lanes = np.flatnonzero(chosen)
                if not len(lanes):
                    continue
                out = node(
                    game, c, solution.values.precision, at[now[lanes]], _seen(game, mu[lanes]), True
                )
                _follow(out, lanes, kind, what[lanes], now, mu, act[:, t], offer[:, t])
            act[~active & (under[begun[:, t]] < 0), t] = -1
        after[:, t] = now
        state[:, t + 1] = _moved(game, t, now, nature)
        belief[:, t + 1] = _heard(game, t, mu, kind, news)
    return Histories(kind, state, begun, after, act, offer, belief)


def _started(game: Game, t: int, state: Ints, belief: Floats, u: Floats) -> Ints:
    """States after the plan's triggers, as A really acts on them."""
    lottery = game.trigger_lottery(t, state, _seen(game, belief), actual=True)
    upto = np.cumsum([chance for _, chance in lottery])
    which = np.minimum(np.searchsorted(upto, u, side="right"), len(lottery) - 1)
    found: Ints = np.stack([moved for moved, _ in lottery])[which, np.arange(len(state))]
    return found


def _follow(
    out: Outcome, lanes: Ints, kind: Ints, u: Floats, now: Ints, mu: Floats, act: Ints, offer: Ints
) -> None:
    """Draw one branch for each lane by the chances of its own type; change ``now`` .. ``offer``."""
    b = out.branches
    assert b is not None
    mine = b.chance[np.arange(len(b.lane)), kind[lanes[b.lane]]]
    picked = _pick(b.lane, mine, u)
    joint = mu[lanes] * b.chance[picked]
    mu[lanes] = joint / joint.sum(1, keepdims=True)
    now[lanes], act[lanes], offer[lanes] = b.target[picked], b.act[picked], b.offer[picked]


def _moved(game: Game, t: int, states: Ints, u: Floats) -> Ints:
    """States after nature's moves."""
    matrix = game.chance[t]
    start = matrix.indptr[states]
    length = matrix.indptr[states + 1] - start
    group = np.repeat(np.arange(len(states)), length)
    offset = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    entry = start[group] + offset
    picked = _pick(group, matrix.data[entry], u)
    return np.asarray(matrix.indices[entry[picked]], dtype=np.intp)


def _heard(game: Game, t: int, mu: Floats, kind: Ints, u: Floats) -> Floats:
    """Beliefs after the public signal of the month, if there is one."""
    likelihood = game.signals[t]
    if likelihood is None:
        return mu
    upto = np.cumsum(likelihood[:, kind], axis=0)
    heard = np.minimum((u[None] >= upto).sum(0), len(likelihood) - 1)
    joint = mu * likelihood[heard]
    updated: Floats = joint / joint.sum(1, keepdims=True)
    return updated


def _seen(game: Game, beliefs: Floats) -> Floats:
    """What A believes: the histories' beliefs, or the frozen one if A does not update."""
    if game.grid.frozen is None:
        return beliefs
    return np.tile(np.array(game.grid.frozen), (len(beliefs), 1))


def is_open(game: Game, states: Ints) -> NDArray[np.bool_]:
    """Whether nothing is settled or over."""
    found: NDArray[np.bool_] = game.layout.regime[states] <= CEASEFIRE
    return found
