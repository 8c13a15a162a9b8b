"""Decision nodes of one month, on any set of lanes (state, belief).

Given the continuation C of every state on the belief grid, three kinds of node are solved:

* A moves: unilateral acts are worth C; an offer or a ceasefire is answered by typed B (accept,
  reject, climb), which signals; A chooses by logit on expected payoffs.
* B moves: every act, offers included, is a signal; A answers an offer (accept, reject, climb, fight
  out) by logit at the posterior; B's fixed point is the typed node.
* Review of a settlement: B keeps or breaks (typed), then A keeps or breaks.

A signed offer is ratified with the chance of the game's floors; if it is not, nothing has changed.
Arrays: C_A, C_B have shape (nS, types, NB), A's conditional on B's type.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.game import Game
from offramp.solution._choice import logit
from offramp.solution._typed import solve_typed

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
NOBODY = -1


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

    ``value_a`` and ``value_b`` have shape (types, lanes); A's are conditional on B's type.
    """

    value_a: Floats
    value_b: Floats
    residual: Floats
    steps: int
    branches: Branches | None


ACT_NAMES = (
    "nobody moved", "signed A's offer", "A's offer not ratified", "A's offer refused",
    "A's offer answered by escalation", "ceasefire agreed on A's proposal",
    "A's ceasefire refused", "A held", "A escalated", "A stepped down", "A fought it out",
    "signed B's offer", "B's offer not ratified", "B's offer refused",
    "B's offer answered by escalation", "ceasefire agreed on B's proposal",
    "B's ceasefire refused", "B held", "B escalated", "B stepped down", "B fought it out",
    "kept", "broken by B", "broken by A", "B's offer answered by all-out war",
)  # fmt: skip
(
    IDLE, A_SIGNED, A_UNRATIFIED, A_REFUSED, A_ANSWERED, A_PAUSE, A_PAUSE_REFUSED, A_HELD, A_UP,
    A_DOWN, A_FIGHT, B_SIGNED, B_UNRATIFIED, B_REFUSED, B_ANSWERED, B_PAUSE, B_PAUSE_REFUSED,
    B_HELD, B_UP, B_DOWN, B_FIGHT, KEPT, BROKEN_B, BROKEN_A, B_FOUGHT,
) = range(25)  # fmt: skip


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


def a_moves(
    game: Game, c: Continuation, precision: tuple[float, float], rows: Ints, beliefs: Floats,
    branches: bool,
) -> Outcome:  # fmt: skip
    """Nodes at which A has the initiative.

    Args:
        game: The game.
        c: Continuation of this month.
        precision: lambda of A and B.
        rows: Row of each lane in ``game.moves``.
        beliefs: A's belief at each lane, (lanes, types).
        branches: Whether to return where lanes go.
    """
    m, w = game.moves, game.weights
    n_o, types, lanes = len(game.offers), len(game.types), len(rows)
    here = m.states[rows]
    lane = np.arange(lanes)
    acts = n_o + 5
    payoff = np.full((acts, lanes), -np.inf)
    weight = np.zeros((acts, lanes))
    q_a = np.zeros((acts, types, lanes))
    q_b = np.zeros((acts, types, lanes))
    simple = (
        (n_o + 1, here, w.hold, A_HELD),
        (n_o + 2, m.up[0, rows], w.escalate[0], A_UP),
        (n_o + 3, m.down[0, rows], w.de_escalate, A_DOWN),
        (n_o + 4, m.fight[0, rows], w.fight, A_FIGHT),
    )
    for k, target, share, name in simple:
        ok = target >= 0
        if not ok.any() or share <= 0:
            continue
        q_a[k][:, ok] = at_beliefs(game, c.a, target[ok], beliefs[ok])
        q_b[k][:, ok] = at_beliefs(game, c.b, target[ok], beliefs[ok])
        if name == A_UP:
            q_a[k][:, ok] += m.lump_attack_a[rows[ok]]
            q_b[k][:, ok] += m.lump_attacked_b[rows[ok]]
        weight[k] = share * ok
    offered = m.propose[0][rows] & (m.sign[rows] >= 0)
    count = offered.sum(1)
    proposals: list[tuple[int, Ints]] = []
    for k in [*np.flatnonzero(offered.any(0)).tolist(), n_o]:
        ok = m.pause[rows] >= 0 if k == n_o else offered[:, k]
        share = w.ceasefire if k == n_o else w.propose
        if ok.any() and share > 0:
            weight[k, ok] = share if k == n_o else share / count[ok]
            proposals.append((k, np.flatnonzero(ok)))
    answers: list[tuple[int, Ints, Floats, Floats, Ints]] = []
    residual = np.zeros(lanes)
    steps = 0
    if proposals:
        tables = []
        nodes = []
        first = 0
        for k, where in proposals:
            used, node = np.unique(rows[where], return_inverse=True)
            tables.append(_answer_tables(game, c, used, k))
            nodes.append(node + first)
            first += len(used)
        table_a, table_b, odds = (np.concatenate([t[i] for t in tables]) for i in range(3))
        every = np.concatenate(nodes)
        lanes_of = np.concatenate([where for _, where in proposals])
        solved = solve_typed(table_b, odds, precision[1], every, beliefs[lanes_of], game.grid)
        steps = solved.steps
        np.maximum.at(residual, lanes_of, solved.residual)
        gained_a = np.zeros((types, len(every)))
        gained_b = np.zeros_like(gained_a)
        for b in range(3):
            belief = solved.posterior[:, b].T
            gained_a += solved.sigma[:, b] * at_beliefs(game, table_a[:, b], every, belief)
            gained_b += solved.sigma[:, b] * at_beliefs(game, table_b[:, b], every, belief)
        first = 0
        for k, where in proposals:
            part = slice(first, first + len(where))
            q_a[k][:, where] = gained_a[:, part]
            q_b[k][:, where] = gained_b[:, part]
            if branches:
                answers.append(
                    (k, where, solved.sigma[:, :, part], solved.posterior[:, :, part], rows[where])
                )
            first += len(where)
    expected = np.einsum("lt,ktl->kl", beliefs, q_a)
    payoff = np.where(weight > 0, expected, 0.0)
    choice = logit(payoff, weight, precision[0])
    value_a = np.einsum("kl,ktl->tl", choice, q_a)
    value_b = np.einsum("kl,ktl->tl", choice, q_b)
    if not branches:
        return Outcome(value_a, value_b, residual, steps, None)
    out = _Collector()
    prior = beliefs.T
    for k, target, share, name in simple:
        if share > 0:
            ok = (target >= 0) & (weight[k] > 0)
            out.add(
                lane[ok], target[ok], np.tile(choice[k, ok], (types, 1)), prior[:, ok], name, -1
            )
    for k, where, sigma, posterior, row in answers:
        made = choice[k, where][None]
        refused, climbed = (A_PAUSE_REFUSED, A_ANSWERED) if k == n_o else (A_REFUSED, A_ANSWERED)
        stay = m.states[row]
        if k == n_o:
            out.add(where, m.pause[row], made * sigma[:, 0], posterior[:, 0], A_PAUSE, -1)
        else:
            r = m.ratify[row, k][None]
            signed = m.sign[row, k]
            out.add(where, signed, made * sigma[:, 0] * r, posterior[:, 0], A_SIGNED, k)
            out.add(where, stay, made * sigma[:, 0] * (1 - r), posterior[:, 0], A_UNRATIFIED, k)
        out.add(where, stay, made * sigma[:, 1], posterior[:, 1], refused, k if k < n_o else -1)
        out.add(where, m.up[1, row], made * sigma[:, 2], posterior[:, 2], climbed, -1)
    return Outcome(value_a, value_b, residual, steps, out.done())


def _answer_tables(
    game: Game, c: Continuation, rows: Ints, k: int
) -> tuple[Floats, Floats, Floats]:
    """Payoffs of accept, reject, climb after A's proposal k (the last is a ceasefire)."""
    m, w = game.moves, game.weights
    here = m.states[rows]
    shape = (len(rows), 3, len(game.types), game.grid.size)
    table_a, table_b = np.zeros(shape), np.zeros(shape)
    if k == len(game.offers):
        table_a[:, 0], table_b[:, 0] = c.a[m.pause[rows]], c.b[m.pause[rows]]
    else:
        r = m.ratify[rows, k][:, None, None]
        sign = m.sign[rows, k]
        lump_b = m.lump_sign_b[rows, k][:, None, None]
        table_a[:, 0] = r * (c.a[sign] + m.lump_sign_a[k]) + (1 - r) * c.a[here]
        table_b[:, 0] = r * (c.b[sign] + lump_b) + (1 - r) * c.b[here]
    table_a[:, 1], table_b[:, 1] = c.a[here], c.b[here]
    up = m.up[1, rows]
    climb = up >= 0
    table_a[climb, 2], table_b[climb, 2] = c.a[up[climb]], c.b[up[climb]]
    table_a[climb, 2] += m.lump_attack_a[rows[climb]][:, None, None]
    table_b[climb, 2] += m.lump_attack_b[rows[climb]][:, :, None]
    odds = np.ones((len(rows), 3))
    odds[:, 2] = w.escalate[1] * climb
    return table_a, table_b, odds


def b_tables(
    game: Game, c: Continuation, precision: tuple[float, float], rows: Ints
) -> tuple[Floats, Floats, Floats, Floats]:
    """B's acts at its own initiative: payoffs of both, prior weights, A's answers to offers.

    Returns:
        table_a, table_b of shape (rows, K, types, NB); weights (rows, K); answers
        (rows, offers + 1, 4, NB): A's chances to accept, reject, climb, fight out.
    """
    m, w, grid = game.moves, game.weights, game.grid
    n_o, n, types, nb = len(game.offers), len(rows), len(game.types), game.grid.size
    here = m.states[rows]
    acts = n_o + 5
    table_a = np.zeros((n, acts, types, nb))
    table_b = np.zeros((n, acts, types, nb))
    weight = np.zeros((n, acts))
    answers = np.zeros((n, n_o + 1, 4, nb))
    simple = (
        (n_o + 1, here, w.hold),
        (n_o + 2, m.up[1, rows], w.escalate[1]),
        (n_o + 3, m.down[1, rows], w.de_escalate),
        (n_o + 4, m.fight[1, rows], w.fight),
    )
    for k, target, share in simple:
        ok = target >= 0
        table_a[ok, k], table_b[ok, k] = c.a[target[ok]], c.b[target[ok]]
        weight[:, k] = share * ok
        if k == n_o + 2:
            table_a[ok, k] += m.lump_attack_a[rows[ok]][:, None, None]
            table_b[ok, k] += m.lump_attack_b[rows[ok]][:, :, None]
    offered = m.propose[1][rows] & (m.sign[rows] >= 0)
    count = np.maximum(offered.sum(1), 1)
    up, fight = m.up[0, rows], m.fight[0, rows]
    other = ((2, up, w.escalate[0]), (3, fight, w.fight))
    for k in range(n_o + 1):
        ok = m.pause[rows] >= 0 if k == n_o else offered[:, k]
        if not ok.any():
            continue
        weight[ok, k] = w.ceasefire if k == n_o else w.propose / count[ok]
        stay = here[ok]
        options_a = np.zeros((4, int(ok.sum()), types, nb))
        options_b = np.zeros_like(options_a)
        odds = np.zeros((4, int(ok.sum()), 1))
        if k == n_o:
            pause = m.pause[rows[ok]]
            options_a[0], options_b[0] = c.a[pause], c.b[pause]
        else:
            r = m.ratify[rows[ok], k][:, None, None]
            sign = m.sign[rows[ok], k]
            lump_b = m.lump_sign_b[rows[ok], k][:, None, None]
            options_a[0] = r * (c.a[sign] + m.lump_sign_a[k]) + (1 - r) * c.a[stay]
            options_b[0] = r * (c.b[sign] + lump_b) + (1 - r) * c.b[stay]
        options_a[1], options_b[1] = c.a[stay], c.b[stay]
        odds[:2] = 1.0
        for b, target, share in other:
            can = target[ok] >= 0
            options_a[b, can] = c.a[target[ok][can]]
            options_b[b, can] = c.b[target[ok][can]]
            if b == 2:
                options_a[b, can] += m.lump_attack_a[rows[ok][can]][:, None, None]
                options_b[b, can] += m.lump_attacked_b[rows[ok][can]][:, None, None]
            odds[b] = (share * can)[:, None]
        expected = np.einsum("mt,bntm->bnm", grid.points, options_a)
        reply = logit(expected, np.broadcast_to(odds, expected.shape), precision[0])
        answers[ok, k] = np.moveaxis(reply, 0, 1)
        table_a[ok, k] = np.einsum("bnm,bntm->ntm", reply, options_a)
        table_b[ok, k] = np.einsum("bnm,bntm->ntm", reply, options_b)
    return table_a, table_b, weight, answers


def b_moves(
    game: Game, c: Continuation, precision: tuple[float, float], rows: Ints, beliefs: Floats,
    branches: bool,
) -> Outcome:  # fmt: skip
    """Nodes at which B has the initiative; arguments as :func:`a_moves`."""
    m = game.moves
    n_o, lanes = len(game.offers), len(rows)
    used, node = np.unique(rows, return_inverse=True)
    table_a, table_b, weight, answers = b_tables(game, c, precision, used)
    open_acts = np.flatnonzero(weight.max(0) > 0)
    table_a, table_b, weight = table_a[:, open_acts], table_b[:, open_acts], weight[:, open_acts]
    solved = solve_typed(table_b, weight, precision[1], node, beliefs, game.grid)
    value_a = np.zeros((len(game.types), lanes))
    value_b = np.zeros_like(value_a)
    out = _Collector()
    lane = np.arange(lanes)
    names = {n_o + 1: B_HELD, n_o + 2: B_UP, n_o + 3: B_DOWN, n_o + 4: B_FIGHT}
    for i, k in enumerate(open_acts.tolist()):
        sigma, posterior = solved.sigma[:, i], solved.posterior[:, i]
        belief = posterior.T
        value_a += sigma * at_beliefs(game, table_a[:, i], node, belief)
        value_b += sigma * at_beliefs(game, table_b[:, i], node, belief)
        if not branches:
            continue
        ok = (weight[node, i] > 0) & (sigma.max(0) > 0)
        if not ok.any():
            continue
        who, row, s, p = lane[ok], rows[ok], sigma[:, ok], posterior[:, ok]
        if k > n_o:
            target = (m.states, m.up[1], m.down[1], m.fight[1])[k - n_o - 1][row]
            out.add(who, target, s, p, names[k], -1)
            continue
        reply = at_beliefs(game, answers[:, k], node[ok], p.T)
        if k == n_o:
            out.add(who, m.pause[row], s * reply[0], p, B_PAUSE, -1)
        else:
            r = m.ratify[row, k]
            out.add(who, m.sign[row, k], s * reply[0] * r, p, B_SIGNED, k)
            out.add(who, m.states[row], s * reply[0] * (1 - r), p, B_UNRATIFIED, k)
        refused = B_PAUSE_REFUSED if k == n_o else B_REFUSED
        out.add(who, m.states[row], s * reply[1], p, refused, k if k < n_o else -1)
        out.add(who, m.up[0, row], s * reply[2], p, B_ANSWERED, -1)
        out.add(who, m.fight[0, row], s * reply[3], p, B_FOUGHT, -1)
    return Outcome(
        value_a, value_b, solved.residual, solved.steps, out.done() if branches else None
    )


def reviews(
    game: Game, c: Continuation, precision: tuple[float, float], rows: Ints, beliefs: Floats,
    branches: bool,
) -> Outcome:  # fmt: skip
    """Settlements under review: B keeps or breaks, then A; ``rows`` index ``game.reviews``."""
    v = game.reviews
    used, node = np.unique(rows, return_inverse=True)
    keep, broken = v.states[used], v.broken[used]
    gain_a = v.gain_a[used][:, None, None]
    expected = np.einsum(
        "mt,bntm->bnm", game.grid.points, np.stack([c.a[keep], c.a[broken] + gain_a])
    )
    odds = np.array([1.0, game.weights.renege])[:, None, None]
    choice = logit(expected, np.broadcast_to(odds, expected.shape), precision[0])
    kept, left = choice[0][:, None], choice[1][:, None]
    table_b = np.stack(
        [kept * c.b[keep] + left * c.b[broken], c.b[broken] + v.gain_b[used][:, :, None]], axis=1
    )
    table_a = np.stack([kept * c.a[keep] + left * (c.a[broken] + gain_a), c.a[broken]], axis=1)
    weight = np.tile([1.0, game.weights.renege], (len(used), 1))
    solved = solve_typed(table_b, weight, precision[1], node, beliefs, game.grid)
    value_a = np.zeros((len(game.types), len(rows)))
    value_b = np.zeros_like(value_a)
    for i in range(2):
        belief = solved.posterior[:, i].T
        value_a += solved.sigma[:, i] * at_beliefs(game, table_a[:, i], node, belief)
        value_b += solved.sigma[:, i] * at_beliefs(game, table_b[:, i], node, belief)
    if not branches:
        return Outcome(value_a, value_b, solved.residual, solved.steps, None)
    out = _Collector()
    lane = np.arange(len(rows))
    stays = at_beliefs(game, choice[0][:, None], node, solved.posterior[:, 0].T)[0]
    sigma, posterior = solved.sigma, solved.posterior
    offer = game.layout.offer[v.states[rows]]
    out.add(lane, v.states[rows], sigma[:, 0] * stays, posterior[:, 0], KEPT, offer)
    out.add(lane, v.broken[rows], sigma[:, 0] * (1 - stays), posterior[:, 0], BROKEN_A, offer)
    out.add(lane, v.broken[rows], sigma[:, 1], posterior[:, 1], BROKEN_B, offer)
    return Outcome(value_a, value_b, solved.residual, solved.steps, out.done())
