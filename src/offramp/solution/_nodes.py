"""Decision nodes of one month, on any set of lanes (state, belief).

Given the continuation C of every state on the belief grid, three kinds of node are solved:

* A moves: unilateral acts are worth C; an offer or a ceasefire is answered by typed B (accept,
  refuse, or another answer), which signals; A chooses by logit on expected payoffs.
* B moves: every act, offers included, is a signal; A answers an offer by logit at the posterior;
  B's fixed point is the typed node.
* Review of a settlement: B keeps or breaks (typed), then A keeps or breaks.

A signed offer is ratified with the chance of the game's floors; if it is not, nothing has changed.
Arrays: C_A, C_B have shape (nS, types, NB), A's conditional on B's type. What can be done where is read
from the game's act tables.

The regret of a choice is what its best act is worth more than the logit mixture, given everybody's
policies and the beliefs that follow: the one-deviation regret that noise costs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.game import BeliefGrid, Game
from offramp.game._acts import Acts as Options
from offramp.solution._choice import logit
from offramp.solution._typed import Acts, solve_typed

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
TypedSolver = Callable[[Floats, Floats, float, Ints, Floats, BeliefGrid], Acts]
"""Signature of :func:`offramp.solution._typed.solve_typed`."""


@dataclass(frozen=True)
class Continuation:
    """C of both sides at one month: shape (nS, types, NB) each."""

    a: Floats
    b: Floats


@dataclass(frozen=True)
class Branches:
    """Where lanes go: parallel arrays over (lane, branch) pairs.

    Attributes:
        lane: Lane each branch starts from.
        target: Post-state.
        chance: Chance given the lane, by type, shape (branches, types).
        belief: Posterior, shape (branches, types).
        act: Index into :data:`ACT_NAMES` of what happened.
        offer: Offer signed, or -1.
    """

    lane: Ints
    target: Ints
    chance: Floats
    belief: Floats
    act: Ints
    offer: Ints


@dataclass(frozen=True)
class Outcome:
    """Result of one kind of node: values by lane, branches if asked for, residuals.

    ``value_a`` and ``value_b`` have shape (types, lanes); A's are conditional on B's type. Regrets are
    expected over the choices of a lane: ``regret_a`` (lanes,), ``regret_b`` (types, lanes).
    """

    value_a: Floats
    value_b: Floats
    residual: Floats
    steps: int
    branches: Branches | None
    regret_a: Floats
    regret_b: Floats


ACT_NAMES = (
    "nobody moved", "signed A's offer", "A's offer not ratified", "A's offer refused",
    "A's offer answered by escalation", "ceasefire agreed on A's proposal",
    "A's ceasefire refused", "A held", "A escalated", "A stepped down", "A fought it out",
    "signed B's offer", "B's offer not ratified", "B's offer refused",
    "B's offer answered by escalation", "ceasefire agreed on B's proposal",
    "B's ceasefire refused", "B held", "B escalated", "B stepped down", "B fought it out",
    "kept", "broken by B", "broken by A", "B's offer answered by all-out war",
    "A's offer answered by all-out war", "A set off the next stage", "A committed itself",
    "B committed itself",
)  # fmt: skip
(
    IDLE, A_SIGNED, A_UNRATIFIED, A_REFUSED, A_ANSWERED, A_PAUSE, A_PAUSE_REFUSED, A_HELD, A_UP,
    A_DOWN, A_FIGHT, B_SIGNED, B_UNRATIFIED, B_REFUSED, B_ANSWERED, B_PAUSE, B_PAUSE_REFUSED,
    B_HELD, B_UP, B_DOWN, B_FIGHT, KEPT, BROKEN_B, BROKEN_A, B_FOUGHT,
    A_FOUGHT, A_ACTIVATED, A_COMMITTED, B_COMMITTED,
) = range(29)  # fmt: skip

OWN = (
    {"hold": A_HELD, "up": A_UP, "down": A_DOWN, "fight": A_FIGHT, "activate": A_ACTIVATED,
     "commit": A_COMMITTED},
    {"hold": B_HELD, "up": B_UP, "down": B_DOWN, "fight": B_FIGHT, "commit": B_COMMITTED},
)  # fmt: skip
"""What a side's own act is called in :data:`ACT_NAMES`."""
ANSWERED = ({"up": A_ANSWERED, "fight": A_FOUGHT}, {"up": B_ANSWERED, "fight": B_FOUGHT})
"""What happened when A's (B's) proposal met another answer than yes or no."""


class _Collector:
    """Gathers branches act by act."""

    def __init__(self) -> None:
        self.parts: list[tuple[Ints, Ints, Floats, Floats, Ints, Ints]] = []

    def add(
        self, lane: Ints, target: Ints, chance: Floats, belief: Floats, act: int, offer: Ints | int
    ) -> None:
        """Add branches that have any chance; ``chance`` and ``belief`` are (types, lanes)."""
        pick = chance.max(0) > 0
        if not pick.any():
            return
        n = int(pick.sum())
        offers = np.full(n, offer) if isinstance(offer, int) else offer[pick]
        self.parts.append(
            (
                lane[pick],
                target[pick],
                chance[:, pick].T,
                belief[:, pick].T,
                np.full(n, act),
                offers,
            )
        )

    def done(self) -> Branches:
        """All branches as flat arrays."""
        lane, target, chance, belief, act, offer = (
            np.concatenate([p[i] for p in self.parts]) for i in range(6)
        )
        return Branches(lane, target, chance, belief, act, offer)


def at_beliefs(game: Game, table: Floats, rows: Ints, beliefs: Floats) -> Floats:
    """``table[rows]`` (…, types, NB) interpolated at each lane's belief -> (types, lanes)."""
    index, share = game.grid.locate(beliefs)
    types = table.shape[1]
    result = np.zeros((types, len(rows)))
    for v in range(len(index)):
        for theta in range(types):
            result[theta] += share[v] * table[rows, theta, index[v]]
    return result


def answers_to(game: Game, c: Continuation, k: int, rows: Ints, side: int) -> tuple[Floats, ...]:
    """Answers of the other side to proposal k of ``side``: accept, refuse, others.

    Returns:
        payoffs of A and of B, shape (1 + 1 + R, rows, types, NB); prior weights, (2 + R, rows).
    """
    p, replies = game.acts.proposals, game.acts.reply[1 - side]
    here, sign = c.a[game.acts.states[rows]], p.target[rows, k]
    here_b = c.b[game.acts.states[rows]]
    shape = (2 + len(replies.names), *here.shape)
    table_a, table_b, odds = np.zeros(shape), np.zeros(shape), np.ones(shape[:2])
    r = p.ratify[rows, k][:, None, None]
    table_a[0] = r * (c.a[sign] + p.lump_a[rows, k][:, None, None]) + (1 - r) * here
    table_b[0] = r * (c.b[sign] + p.lump_b[rows, k][:, None, None]) + (1 - r) * here_b
    table_a[1], table_b[1] = here, here_b
    for i in range(len(replies.names)):
        can = replies.weight[rows, i] > 0
        target, at = replies.target[rows[can], i], rows[can]
        table_a[2 + i, can] = c.a[target] + replies.lump_a[at, i][:, None, None]
        table_b[2 + i, can] = c.b[target] + replies.lump_b[at, i][:, :, None]
        odds[2 + i] = replies.weight[rows, i]
    return table_a, table_b, odds


def _own_values(
    game: Game, c: Continuation, acts: Options, rows: Ints, beliefs: Floats
) -> tuple[Floats, Floats]:
    """Payoffs of a side's own acts at lanes, (K, types, lanes) each; zero where unavailable."""
    shape = (len(acts.names), len(game.types), len(rows))
    q_a, q_b = np.zeros(shape), np.zeros(shape)
    for k in range(shape[0]):
        ok = acts.weight[rows, k] > 0
        target, at = acts.target[rows[ok], k], rows[ok]
        q_a[k][:, ok] = at_beliefs(game, c.a, target, beliefs[ok]) + acts.lump_a[at, k]
        q_b[k][:, ok] = at_beliefs(game, c.b, target, beliefs[ok]) + acts.lump_b[at, k].T
    return q_a, q_b


def a_moves(
    game: Game, c: Continuation, precision: tuple[float, float], rows: Ints, beliefs: Floats,
    branches: bool, solver: TypedSolver = solve_typed,
) -> Outcome:  # fmt: skip
    """Nodes at which A has the initiative.

    Args:
        game: The game.
        c: Continuation of this month.
        precision: lambda of A and B.
        rows: Row of each lane in ``game.acts``.
        beliefs: A's belief at each lane, (lanes, types).
        branches: Whether to return where lanes go.
        solver: Solves the typed nodes.
    """
    p, own = game.acts.proposals, game.acts.own[0]
    n_p, types, lanes = p.target.shape[1], len(game.types), len(rows)
    n_k = n_p + len(own.names)
    lane = np.arange(lanes)
    weight = np.concatenate([p.weight[0][rows].T, own.weight[rows].T])
    q_a, q_b = np.zeros((n_k, types, lanes)), np.zeros((n_k, types, lanes))
    q_a[n_p:], q_b[n_p:] = _own_values(game, c, own, rows, beliefs)
    proposals = [(k, np.flatnonzero(weight[k] > 0)) for k in range(n_p) if (weight[k] > 0).any()]
    solved: list[tuple[int, Ints, Acts, Ints]] = []
    residual, steps = np.zeros(lanes), 0
    regret = np.zeros((n_k, types, lanes))
    if proposals:
        tables = [np.unique(rows[where], return_inverse=True) for _, where in proposals]
        parts = [
            answers_to(game, c, k, used, 0)
            for (k, _), (used, _) in zip(proposals, tables, strict=True)
        ]
        starts = np.cumsum([0, *(len(used) for used, _ in tables)])
        node = np.concatenate([n + s for (_, n), s in zip(tables, starts, strict=False)])
        table_a, table_b = (
            np.moveaxis(np.concatenate([t[i] for t in parts], axis=1), 0, 1) for i in (0, 1)
        )
        odds = np.concatenate([t[2] for t in parts], axis=1).T
        lanes_of = np.concatenate([where for _, where in proposals])
        every = solver(table_b, odds, precision[1], node, beliefs[lanes_of], game.grid)
        steps = every.steps
        np.maximum.at(residual, lanes_of, every.residual)
        gain_a, gain_b, best = _worth(game, table_a, table_b, odds, node, every)
        at = 0
        for k, where in proposals:
            part = np.arange(at, at + len(where))
            q_a[k][:, where], q_b[k][:, where] = gain_a[:, part], gain_b[:, part]
            regret[k][:, where] = best[:, part] - gain_b[:, part]
            if branches:
                solved.append((k, where, every, part))
            at += len(where)
    expected = np.einsum("lt,ktl->kl", beliefs, q_a)
    choice = logit(np.where(weight > 0, expected, 0.0), weight, precision[0])
    value_a = np.einsum("kl,ktl->tl", choice, q_a)
    value_b = np.einsum("kl,ktl->tl", choice, q_b)
    regret_a = np.where(weight > 0, expected, -np.inf).max(0) - (choice * expected).sum(0)
    regret_b = np.einsum("kl,ktl->tl", choice, regret)
    if not branches:
        return Outcome(value_a, value_b, residual, steps, None, regret_a, regret_b)
    out, prior = _Collector(), beliefs.T
    for i, name in enumerate(own.names):
        ok = weight[n_p + i] > 0
        chance = np.tile(choice[n_p + i, ok], (types, 1))
        out.add(lane[ok], own.target[rows[ok], i], chance, prior[:, ok], OWN[0][name], -1)
    for k, where, acts, part in solved:
        made = choice[k, where][None]
        share = [made * acts.sigma[:, b, part] for b in range(acts.sigma.shape[1])]
        after = [acts.posterior[:, b, part] for b in range(acts.sigma.shape[1])]
        _answered(game, out, 0, k, where, rows[where], share, after)
    return Outcome(value_a, value_b, residual, steps, out.done(), regret_a, regret_b)


def _worth(
    game: Game, table_a: Floats, table_b: Floats, odds: Floats, node: Ints, acts: Acts
) -> tuple[Floats, Floats, Floats]:
    """Values of both sides and B's best payoff, (types, lanes) each, read at the fixed points."""
    gain_a = np.zeros((acts.sigma.shape[0], len(node)))
    gain_b, best = np.zeros_like(gain_a), np.full_like(gain_a, -np.inf)
    for b in range(acts.sigma.shape[1]):
        belief = acts.fixed[:, b].T
        worth = at_beliefs(game, table_b[:, b], node, belief)
        gain_a += acts.sigma[:, b] * at_beliefs(game, table_a[:, b], node, belief)
        gain_b += acts.sigma[:, b] * worth
        best = np.maximum(best, np.where(odds[node, b] > 0, worth, -np.inf))
    return gain_a, gain_b, best


def _answered(
    game: Game, out: _Collector, side: int, k: int, lane: Ints, row: Ints, share: list[Floats],
    after: list[Floats],
) -> None:  # fmt: skip
    """Branches after proposal k of a side: accepted, refused, other answers."""
    p, replies = game.acts.proposals, game.acts.reply[1 - side]
    signed, unratified, paused, refused, pause_refused = (
        (A_SIGNED, A_UNRATIFIED, A_PAUSE, A_REFUSED, A_PAUSE_REFUSED),
        (B_SIGNED, B_UNRATIFIED, B_PAUSE, B_REFUSED, B_PAUSE_REFUSED),
    )[side]
    here, pause = game.acts.states[row], k == len(game.offers)
    if pause:
        out.add(lane, p.target[row, k], share[0], after[0], paused, -1)
    else:
        r = p.ratify[row, k][None]
        out.add(lane, p.target[row, k], share[0] * r, after[0], signed, k)
        out.add(lane, here, share[0] * (1 - r), after[0], unratified, k)
    out.add(lane, here, share[1], after[1], pause_refused if pause else refused, -1 if pause else k)
    for i, name in enumerate(replies.names):
        ok = replies.weight[row, i] > 0
        chance, belief = share[2 + i][:, ok], after[2 + i][:, ok]
        out.add(lane[ok], replies.target[row[ok], i], chance, belief, ANSWERED[side][name], -1)


def b_tables(
    game: Game, c: Continuation, precision: tuple[float, float], rows: Ints
) -> tuple[Floats, Floats, Floats, Floats]:
    """B's acts at its own initiative: payoffs of both, prior weights, A's answers to proposals.

    Returns:
        table_a, table_b of shape (rows, K, types, NB), proposals first, then own acts; weights (rows,
        K); answers (rows, proposals, 2 + R, NB): A's chances to accept, refuse or answer otherwise.
    """
    p, own, grid = game.acts.proposals, game.acts.own[1], game.grid
    n_p, n, types = p.target.shape[1], len(rows), len(game.types)
    shape = (n, n_p + len(own.names), types, grid.size)
    table_a, table_b = np.zeros(shape), np.zeros(shape)
    weight = np.concatenate([p.weight[1][rows], own.weight[rows]], axis=1)
    answers = np.zeros((n, n_p, 2 + len(game.acts.reply[0].names), grid.size))
    for k in range(n_p):
        ok = np.flatnonzero(p.weight[1][rows, k] > 0)
        if not len(ok):
            continue
        options_a, options_b, odds = answers_to(game, c, k, rows[ok], 1)
        expected = np.einsum("mt,bntm->bnm", grid.points, options_a)
        odds = np.broadcast_to(odds[:, :, None], expected.shape)
        reply = logit(np.where(odds > 0, expected, 0.0), odds, precision[0])
        answers[ok, k] = np.moveaxis(reply, 0, 1)
        table_a[ok, k] = np.einsum("bnm,bntm->ntm", reply, options_a)
        table_b[ok, k] = np.einsum("bnm,bntm->ntm", reply, options_b)
    for i in range(len(own.names)):
        ok = np.flatnonzero(own.weight[rows, i] > 0)
        target, at = own.target[rows[ok], i], rows[ok]
        table_a[ok, n_p + i] = c.a[target] + own.lump_a[at, i][:, None, None]
        table_b[ok, n_p + i] = c.b[target] + own.lump_b[at, i][:, :, None]
    return table_a, table_b, weight, answers


def b_moves(
    game: Game, c: Continuation, precision: tuple[float, float], rows: Ints, beliefs: Floats,
    branches: bool, solver: TypedSolver = solve_typed,
) -> Outcome:  # fmt: skip
    """Nodes at which B has the initiative; arguments as :func:`a_moves`."""
    own, n_p = game.acts.own[1], game.acts.proposals.target.shape[1]
    used, node = np.unique(rows, return_inverse=True)
    table_a, table_b, weight, answers = b_tables(game, c, precision, used)
    kept = np.flatnonzero(weight.max(0) > 0)
    table_a, table_b, weight = table_a[:, kept], table_b[:, kept], weight[:, kept]
    solved = solver(table_b, weight, precision[1], node, beliefs, game.grid)
    value_a, value_b, best = _worth(game, table_a, table_b, weight, node, solved)
    nobody = np.zeros(len(rows))
    if not branches:
        return Outcome(
            value_a, value_b, solved.residual, solved.steps, None, nobody, best - value_b
        )
    out, lane = _Collector(), np.arange(len(rows))
    for i, k in enumerate(kept.tolist()):
        sigma, posterior = solved.sigma[:, i], solved.posterior[:, i]
        ok = (weight[node, i] > 0) & (sigma.max(0) > 0)
        if not ok.any():
            continue
        who, row, s, p = lane[ok], rows[ok], sigma[:, ok], posterior[:, ok]
        if k >= n_p:
            name = own.names[k - n_p]
            out.add(who, own.target[row, k - n_p], s, p, OWN[1][name], -1)
            continue
        reply = at_beliefs(game, answers[:, k], node[ok], p.T)
        _answered(game, out, 1, k, who, row, [s * q for q in reply], [p] * len(reply))
    return Outcome(
        value_a, value_b, solved.residual, solved.steps, out.done(), nobody, best - value_b
    )


def review_tables(
    game: Game, c: Continuation, precision: tuple[float, float], rows: Ints
) -> tuple[Floats, Floats, Floats, Floats]:
    """B's review of settlements ``rows`` of ``game.reviews``: keep or break, then A.

    Returns:
        table_a, table_b (rows, 2, types, NB); weights (rows, 2); A's chance to keep (rows, NB).
    """
    v = game.reviews
    keep, broken = v.states[rows], v.broken[rows]
    gain_a = v.gain_a[rows][:, None, None]
    expected = np.einsum(
        "mt,bntm->bnm", game.grid.points, np.stack([c.a[keep], c.a[broken] + gain_a])
    )
    odds = np.array([1.0, game.weights.renege])[:, None, None]
    choice = logit(expected, np.broadcast_to(odds, expected.shape), precision[0])
    kept, left = choice[0][:, None], choice[1][:, None]
    table_b = np.stack(
        [kept * c.b[keep] + left * c.b[broken], c.b[broken] + v.gain_b[rows][:, :, None]], axis=1
    )
    table_a = np.stack([kept * c.a[keep] + left * (c.a[broken] + gain_a), c.a[broken]], axis=1)
    return table_a, table_b, np.tile([1.0, game.weights.renege], (len(rows), 1)), choice[0]


def reviews(
    game: Game, c: Continuation, precision: tuple[float, float], rows: Ints, beliefs: Floats,
    branches: bool, solver: TypedSolver = solve_typed,
) -> Outcome:  # fmt: skip
    """Settlements under review; ``rows`` index ``game.reviews``, the rest as :func:`a_moves`."""
    v = game.reviews
    used, node = np.unique(rows, return_inverse=True)
    table_a, table_b, weight, stay = review_tables(game, c, precision, used)
    solved = solver(table_b, weight, precision[1], node, beliefs, game.grid)
    value_a, value_b, best = _worth(game, table_a, table_b, weight, node, solved)
    nobody = np.zeros(len(rows))
    if not branches:
        return Outcome(
            value_a, value_b, solved.residual, solved.steps, None, nobody, best - value_b
        )
    out, lane = _Collector(), np.arange(len(rows))
    stays = at_beliefs(game, stay[:, None], node, solved.posterior[:, 0].T)[0]
    sigma, posterior = solved.sigma, solved.posterior
    offer = game.layout.offer[v.states[rows]]
    out.add(lane, v.states[rows], sigma[:, 0] * stays, posterior[:, 0], KEPT, offer)
    out.add(lane, v.broken[rows], sigma[:, 0] * (1 - stays), posterior[:, 0], BROKEN_A, offer)
    out.add(lane, v.broken[rows], sigma[:, 1], posterior[:, 1], BROKEN_B, offer)
    return Outcome(
        value_a, value_b, solved.residual, solved.steps, out.done(), nobody, best - value_b
    )
