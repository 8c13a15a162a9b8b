"""Exact mode: best responses and a continuous threshold offer.

The responder accepts iff accepting is worth at least its best alternative (ties accept, up to
1e-12); the proposer and every other mover take the best act (ties go towards acceptance). Between
two neighbouring frontier offers i and j along which the stakes are linear, the offer that lies a
share tau of the way from i to j is worth::

    S(tau) = (1 - tau) S_i + tau S_j,      S_o = r_o (C(signed o) + lump_o) + (1 - r_o) C(here)

to either side (r_o is the chance of ratification), so a responder whose best alternative is worth
R is indifferent at ``tau* = (R - S_i) / (S_j - S_i)``. The proposer chooses among all frontier
points, the named contracts and the threshold offer of every type on every segment; its payoff is
linear in between, so nothing better lies there. (Chances of ratification are interpolated as well:
where floors bind, the best offer is found to the accuracy of the grid.) Segments across which
stakes jump or bend, and all segments if settlements may be broken or neighbours differ in more than
terms, offer their end points only.

This is a game only where nobody has anything to infer: one type of B, or several types that answer
one offer of an uninformed A, after which no act depends on what was learned. Signalling by types
has no such mode: there argmax iteration cycles, and logit is the tool.

Source: Fearon 1995 (screening by one offer), Rubinstein 1982 and Stahl 1972 (indifference offers).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.crisis import _expressions as ex
from offramp.game import Game
from offramp.game._states import CEASEFIRE, SETTLED
from offramp.solution._forward import _branch, _chance, _merge, _scaled, join
from offramp.solution._induction import Values, _after_triggers, continuation, terminal_values
from offramp.solution._nodes import (
    A_ANSWERED,
    A_DOWN,
    A_FIGHT,
    A_FOUGHT,
    A_HELD,
    A_PAUSE,
    A_PAUSE_REFUSED,
    A_REFUSED,
    A_SIGNED,
    A_UNRATIFIED,
    A_UP,
    ACT_NAMES,
    B_ANSWERED,
    B_DOWN,
    B_FIGHT,
    B_FOUGHT,
    B_HELD,
    B_PAUSE,
    B_PAUSE_REFUSED,
    B_REFUSED,
    B_SIGNED,
    B_UNRATIFIED,
    B_UP,
    BROKEN_A,
    BROKEN_B,
    KEPT,
    Branches,
    Continuation,
    _Collector,
)
from offramp.solution._particles import LIGHT, Cloud, Futures
from offramp.solution._solution import Solution

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

TIE = 1e-12
"""Payoffs (stake units) closer than this are equal."""
LINEAR = 1e-9
"""Largest departure from linearity, at the middle of a segment, of a segment that is mixed."""
BLOCK = 4_000_000
"""Candidate offers times types that are evaluated at once."""
SIMPLE = 4
"""Acts without an answer (hold, escalate, step down, fight out) come before offers."""


@dataclass(frozen=True)
class ExactOffer:
    """An offer that is made while nothing is signed.

    Attributes:
        month: Month in which it is made.
        side: ``A`` or ``B``.
        terms: Its terms, one point per issue, between grid points where it is a threshold offer.
        value_a, value_b: What making it is worth: to A expected over types, to B by type.
        acceptance: Chance that each type of B accepts (of A, the same for all types).
    """

    month: int
    side: str
    terms: tuple[float, ...]
    value_a: float
    value_b: tuple[float, ...]
    acceptance: tuple[float, ...]


@dataclass(frozen=True)
class ExactSolution(Solution):
    """A solution by best responses.

    ``offers`` are those that the sides make or would make, month by month, along the likeliest path
    of chance from the opening state while nothing is signed and nobody escalates. In ``futures`` a
    threshold offer is split between the two neighbouring settlement states with its interpolation
    weights, which keeps its value to both sides.
    """

    offers: tuple[ExactOffer, ...]


def solve_exact(game: Game) -> ExactSolution:
    """Solve a game by best responses with continuous threshold offers.

    Raises:
        ValueError: where types could signal or A could learn something that matters later.
    """
    _require(game)
    values = _induce(game)
    return ExactSolution(
        game, math.inf, "exact", values, _propagate(game, values), _path(game, values)
    )


def _require(game: Game) -> None:
    """Refuse games in which types signal, and those with acts that this mode does not have."""
    if (game.moves.activate >= 0).any():
        raise ValueError(
            "exact mode: an adaptive plan gives A an act that this mode does not have; compile with "
            'mode="committed", or solve it in logit mode'
        )
    if len(game.layout.pledges) > 1:
        raise ValueError(
            "exact mode: public commitments (blocs.A.commitment, blocs.B.commitment) are acts and lumps "
            "that this mode does not have; leave them out, or solve it in logit mode"
        )
    if game.automaton.lapse:
        raise ValueError(
            "exact mode: the plan is not fully credible or not surely followed, which this mode does "
            "not have; compile with credibility=1 and followed=1, or solve it in logit mode"
        )
    if len(game.types) == 1:
        return
    instead = "solve it in logit mode, or leave one type of B in the crisis"
    if game.grid.size != 1:
        raise ValueError(
            f"exact mode: {len(game.types)} types and beliefs that move; compile with "
            f"frozen_beliefs=True if A makes one offer only, or {instead}"
        )
    recognition = game.protocol.recognition
    if (recognition[:, 1] > 0).any() and any(_moves_of(game, 1)):
        raise ValueError(
            "exact mode: B has types and the initiative (clock.recognition.B), so its acts are "
            f"signals, which have no best-response solution; set it to 0 or {instead}"
        )
    rounds = int((recognition.sum(1) > 0).sum())
    if rounds > 1:
        raise ValueError(
            f"exact mode: B has types and there are {rounds} rounds, so what A learns from a "
            f"refusal matters later; leave one round (clock.horizon_months) or {instead}"
        )
    for trigger in game.automaton.trigger:
        if trigger is not None and any(n.startswith("belief.") for n, _ in ex.names(trigger)):
            raise ValueError(
                "exact mode: B has types and the plan's trigger reads beliefs, which are frozen "
                f"here; drop the trigger or {instead}"
            )


def _moves_of(game: Game, side: int) -> tuple[bool, ...]:
    """Which acts a side could ever take at its own initiative (for refusing B's signals)."""
    w, m = game.weights, game.moves
    return (
        w.propose > 0 and bool(m.propose[side].any()),
        w.ceasefire > 0 and bool((m.pause >= 0).any()),
        w.escalate[side] > 0 and bool((m.up[side] >= 0).any()),
        w.de_escalate > 0 and bool((m.down[side] >= 0).any()),
        w.fight > 0 and bool((m.fight[side] >= 0).any()),
    )


def _segments(game: Game) -> Ints:
    """Pairs of neighbouring frontier offers between which values are linear, shape (n, 2)."""
    if len(game.reviews.states):
        return np.zeros((0, 2), dtype=np.intp)
    rank = {o.frontier: k for k, o in enumerate(game.offers) if o.frontier >= 0}
    stakes = game.stakes
    found = []
    for f in sorted(rank):
        if f + 1 not in rank:
            continue
        i, j = rank[f], rank[f + 1]
        a, b = game.offers[i], game.offers[j]
        if (a.relief, a.guarantee, a.lasts_months) != (b.relief, b.guarantee, b.lasts_months):
            continue
        if (game.moves.lump_sign_b[:, i] != game.moves.lump_sign_b[:, j]).any():
            continue
        ends = np.array([a.terms, b.terms])
        changed = np.abs(ends[0] - ends[1]) > 0
        divisible = np.array([issue.divisible for issue in game.crisis.issues.values()])
        if (changed & ~divisible).any():
            continue
        middle = stakes.signed(ends.mean(0, keepdims=True))[:, 0]
        if np.abs(middle - stakes.signed(ends).mean(1)).max() <= LINEAR:
            found.append((i, j))
    return np.array(found, dtype=np.intp).reshape(-1, 2)


@dataclass(frozen=True)
class _Answer:
    """What a mover does at each row, and how the other side answers.

    Attributes:
        act: 0..3 for hold, escalate, step down, fight out; ``SIMPLE`` for an offer.
        low, high, share: The offer lies ``share`` of the way from offer ``low`` to ``high``; the
            number of offers stands for a ceasefire.
        accept: Whether each type accepts, (rows, types); for B's offers, whether A does.
        how: How each type refuses, (rows, types): 0 reject, 1 climb, 2 fight out.
        value_a, value_b: Shape (rows, types).
    """

    act: Ints
    low: Ints
    high: Ints
    share: Floats
    accept: Bools
    how: Ints
    value_a: Floats
    value_b: Floats


def _best(game: Game, c: Continuation, side: int, rows: Ints, segments: Ints) -> _Answer:
    """Best acts of one side at rows of ``game.moves``; C has one belief."""
    m, w, mu = game.moves, game.weights, game.opening
    both = (c.a[:, :, 0], c.b[:, :, 0])
    n, types, n_o = len(rows), len(game.types), len(game.offers)
    here = m.states[rows]
    # What A and B pay when one side (first index) attacks, shape (n, 1 or types).
    paid_a, by_a = m.lump_attack_a[rows][:, None], m.lump_attacked_b[rows][:, None]
    attack = ((paid_a, by_a), (paid_a, m.lump_attack_b[rows]))
    # Offers, with a ceasefire as the last: worth to A and B if accepted, ratification included.
    target = np.concatenate([m.sign[rows], m.pause[rows][:, None]], axis=1)
    ratify = np.concatenate([m.ratify[rows], np.ones((n, 1))], axis=1)
    signing = (
        np.append(m.lump_sign_a[rows], np.zeros((n, 1)), axis=1),
        np.append(m.lump_sign_b[rows], np.zeros((n, 1)), axis=1),
    )
    offered = target >= 0
    offered[:, :n_o] &= m.propose[side][rows] & (w.propose > 0)
    offered[:, n_o] &= w.ceasefire > 0
    signed = tuple(
        ratify[..., None] * (both[i][target] + signing[i][..., None])
        + (1 - ratify[..., None]) * both[i][here][:, None]
        for i in (0, 1)
    )
    # The other side's best alternative to accepting: worth ``best`` to it, ``refused`` to the mover.
    other = 1 - side
    best = np.full((n, types), -np.inf)
    refused = np.zeros((n, types))
    how = np.zeros((n, types), dtype=np.intp)
    for k, (post, weight) in enumerate(_refusals(game, other)):
        if weight <= 0:
            continue
        own, gain = (
            both[i][post[rows]] + (attack[other][i] if k == 1 else 0.0) for i in (side, other)
        )
        better = (post[rows] >= 0)[:, None] & (gain > best + (TIE if k else 0.0))
        best = np.where(better, gain, best)
        how = np.where(better, k, how)
        refused = np.where(better, own, refused)
    # Candidates, flat: simple acts, offers of the grid, threshold offers.
    acts = (
        (here, w.hold),
        (m.up[side, rows], w.escalate[side]),
        (m.down[side, rows], w.de_escalate),
        (m.fight[side, rows], w.fight),
    )
    value = [np.zeros((SIMPLE, n, types)), np.zeros((SIMPLE, n, types))]
    possible = np.zeros((SIMPLE, n), dtype=bool)
    for k, (post, weight) in enumerate(acts):
        possible[k] = (post >= 0) & (weight > 0)
        for i in (0, 1):
            value[i][k] = both[i][post] + (attack[side][i] if k == 1 else 0.0)
    row, low = np.nonzero(offered)
    flat_row, flat_low, flat_high, flat_share = [row], [low], [low], [np.zeros(len(row))]
    for i, j in segments:
        drop = signed[other][:, j] - signed[other][:, i]
        ok = (offered[:, i] & offered[:, j])[:, None] & (np.abs(drop) > 1e-14)
        with np.errstate(divide="ignore", invalid="ignore"):
            tau = np.where(ok, (best - signed[other][:, i]) / drop, -1.0)
        at, theta = np.nonzero((tau > 0) & (tau < 1))
        flat_row.append(at)
        flat_low.append(np.full(len(at), i))
        flat_high.append(np.full(len(at), j))
        flat_share.append(tau[at, theta])
    row, low, high = (np.concatenate(x) for x in (flat_row, flat_low, flat_high))
    share = np.concatenate(flat_share)

    def evaluate(some: Ints) -> tuple[Bools, Floats, Floats]:
        """Acceptance, and payoffs of the mover and of the other, by type, of flat candidates."""
        r, s = row[some], share[some][:, None]
        own, theirs = (
            (1 - s) * signed[i][r, low[some]] + s * signed[i][r, high[some]] for i in (side, other)
        )
        yes = theirs >= best[r] - TIE
        return yes, np.where(yes, own, refused[r]), np.where(yes, theirs, best[r])

    gain = np.empty(len(row))
    yes_mass = np.empty(len(row))
    step = max(1, BLOCK // types)
    for first in range(0, len(row), step):
        some = np.arange(first, min(len(row), first + step))
        yes, own, _ = evaluate(some)
        gain[some] = own @ mu
        yes_mass[some] = yes @ mu
    every_row = np.concatenate([np.tile(np.arange(n), SIMPLE), row])
    simple_gain = np.where(possible, value[side] @ mu, -np.inf).ravel()
    every_gain = np.concatenate([simple_gain, gain])
    every_mass = np.concatenate([np.zeros(SIMPLE * n), yes_mass])
    pick = _pick(n, every_row, every_gain, every_mass)
    act = np.where(pick < SIMPLE * n, pick // n, SIMPLE)
    accept = np.zeros((n, types), dtype=bool)
    value_a, value_b = np.zeros((n, types)), np.zeros((n, types))
    chosen = np.maximum(pick - SIMPLE * n, 0)
    simple = np.flatnonzero(act < SIMPLE)
    value_a[simple] = value[0][act[simple], simple]
    value_b[simple] = value[1][act[simple], simple]
    offers = np.flatnonzero(act == SIMPLE)
    out_low, out_high, out_share = np.full(n, -1), np.full(n, -1), np.zeros(n)
    if len(offers):
        accept[offers], own, theirs = evaluate(chosen[offers])
        value_a[offers], value_b[offers] = (own, theirs) if side == 0 else (theirs, own)
        out_low[offers], out_high[offers] = low[chosen[offers]], high[chosen[offers]]
        out_share[offers] = share[chosen[offers]]
    return _Answer(act, out_low, out_high, out_share, accept, how, value_a, value_b)


def _refusals(game: Game, side: int) -> tuple[tuple[Ints, float], ...]:
    """How a side can answer other than by accepting: post-states and weights, as in logit mode."""
    m, w = game.moves, game.weights
    return (m.states, 1.0), (m.up[side], w.escalate[side]), (m.fight[side], w.fight)


def _pick(n: int, row: Ints, gain: Floats, mass: Floats) -> Ints:
    """Per row, the first candidate of greatest acceptance among those of the greatest gain."""
    best = np.full(n, -np.inf)
    np.maximum.at(best, row, gain)
    if not np.isfinite(best).all():
        raise ValueError(
            "exact mode: a side with the initiative has no act available; give `weights.hold` or "
            "`weights.propose` a positive value"
        )
    near = np.flatnonzero(gain >= best[row] - TIE)
    most = np.full(n, -np.inf)
    np.maximum.at(most, row[near], mass[near])
    near = near[mass[near] >= most[row[near]] - TIE]
    first = np.empty(n, dtype=np.intp)
    first[row[near][::-1]] = near[::-1]
    return first


def _kept(game: Game, c: Continuation) -> tuple[Bools, Bools, Floats, Floats]:
    """Reviews of all settlements: whether B keeps (by type), whether A keeps, values of both."""
    v, mu = game.reviews, game.opening
    a, b = c.a[:, :, 0], c.b[:, :, 0]
    possible = game.weights.renege > 0
    left = a[v.broken] + v.gain_a[:, None]
    a_keeps = ~(possible & (left @ mu > a[v.states] @ mu + TIE))
    held_b = np.where(a_keeps[:, None], b[v.states], b[v.broken])
    held_a = np.where(a_keeps[:, None], a[v.states], left)
    gone_b = b[v.broken] + v.gain_b
    b_keeps = ~(possible & (gone_b > held_b + TIE))
    value_a = np.where(b_keeps, held_a, a[v.broken])
    return b_keeps, a_keeps, value_a, np.where(b_keeps, held_b, gone_b)


def _induce(game: Game) -> Values:
    """Backward induction by best responses; see :mod:`offramp.solution._induction`."""
    types, n_s = len(game.types), game.layout.size
    a = np.empty((game.months + 1, n_s, types, 1))
    b = np.empty_like(a)
    end_a, end_b = terminal_values(game)
    a[-1] = end_a[:, None, None]
    b[-1] = end_b.T[:, :, None]
    active, settled = game.moves.states, game.reviews.states
    rows, segments = np.arange(len(active)), _segments(game)
    for t in range(game.months - 1, -1, -1):
        c = continuation(game, t, a[t + 1], b[t + 1])
        va, vb = c.a.copy(), c.b.copy()
        shares = game.protocol.recognition[t]
        if shares.sum() > 0:
            va[active] *= 1 - shares.sum()
            vb[active] *= 1 - shares.sum()
            for side in (0, 1):
                if shares[side] > 0:
                    best = _best(game, c, side, rows, segments)
                    va[active] += shares[side] * best.value_a[:, :, None]
                    vb[active] += shares[side] * best.value_b[:, :, None]
            if len(settled):
                _, _, va[settled, :, 0], vb[settled, :, 0] = _kept(game, c)
        a[t], b[t] = _after_triggers(game, t, va, vb)
    nothing = np.zeros(game.months)
    return Values(a, b, nothing, nothing.copy(), (math.inf, math.inf))


_CODES = (
    ((A_HELD, A_UP, A_DOWN, A_FIGHT), A_SIGNED, A_UNRATIFIED, A_PAUSE, A_REFUSED, A_PAUSE_REFUSED),
    ((B_HELD, B_UP, B_DOWN, B_FIGHT), B_SIGNED, B_UNRATIFIED, B_PAUSE, B_REFUSED, B_PAUSE_REFUSED),
)
_ANSWERS = ((A_ANSWERED, A_FOUGHT), (B_ANSWERED, B_FOUGHT))


def _branches(game: Game, best: _Answer, side: int, rows: Ints, beliefs: Floats) -> Branches:
    """Where lanes go; a threshold offer is split between its neighbours by its share."""
    m, n_o = game.moves, len(game.offers)
    types = beliefs.shape[1]
    names, signed, unratified, paused, refused, pause_refused = _CODES[side]
    out, prior = _Collector(), beliefs.T
    for k, post in enumerate((m.states, m.up[side], m.down[side], m.fight[side])):
        pick = np.flatnonzero(best.act == k)
        out.add(pick, post[rows[pick]], np.ones((types, len(pick))), prior[:, pick], names[k], -1)
    offers = np.flatnonzero(best.act == SIMPLE)
    pause = offers[best.low[offers] == n_o]
    deal = offers[best.low[offers] < n_o]
    yes = best.accept.T.astype(float)
    out.add(pause, m.pause[rows[pause]], yes[:, pause], prior[:, pause], paused, -1)
    for end, share in ((best.low, 1 - best.share), (best.high, best.share)):
        o, row = end[deal], rows[deal]
        weight = yes[:, deal] * share[deal]
        r = m.ratify[row, o]
        out.add(deal, m.sign[row, o], weight * r, prior[:, deal], signed, o)
        out.add(deal, m.states[row], weight * (1 - r), prior[:, deal], unratified, o)
    for k, (post, _) in enumerate(_refusals(game, 1 - side)):
        no = (~best.accept & (best.how == k)).T.astype(float)
        for group, name in ((deal, refused), (pause, pause_refused)):
            code = name if k == 0 else _ANSWERS[side][k - 1]
            offer = best.low[group] if k == 0 and group is deal else np.full(len(group), -1)
            out.add(group, post[rows[group]], no[:, group], prior[:, group], code, offer)
    return out.done()


def _propagate(game: Game, values: Values) -> Futures:
    """Run the exact policies forward; as :func:`offramp.solution._forward.propagate`."""
    n_t, n_o, types, lay = game.months, len(game.offers), len(game.types), game.layout
    regime = np.zeros((n_t + 1, 8))
    by_type = np.zeros((types, n_t + 1, 8))
    settled_on, first = np.zeros((n_t + 1, n_o)), np.zeros(n_t + 1)
    acts, signed = np.zeros((n_t, len(ACT_NAMES))), np.zeros((n_t, n_o))
    belief = np.zeros((n_t + 1, types, types))
    position, tier, node = (np.zeros((n_t + 1, lay.sizes[i])) for i in (0, 3, 2))
    flow_a, flow_b = np.zeros(n_t), np.zeros((types, n_t))
    flow_voice = np.zeros((len(game.voices), n_t))
    value_a, value_b = np.full(n_t + 1, np.nan), np.full((types, n_t + 1), np.nan)
    segments = _segments(game)
    row_of, review_of = np.full(lay.size, -1), np.full(lay.size, -1)
    row_of[game.moves.states] = np.arange(len(game.moves.states))
    review_of[game.reviews.states] = np.arange(len(game.reviews.states))
    cloud = Cloud(
        np.array([game.start]), game.opening[None].copy(), np.ones(1), np.zeros(1, dtype=bool)
    )
    mass_error = martingale_error = 0.0
    most = 1
    for t in range(n_t + 1):
        w, s = cloud.mass, cloud.state
        joint = w[:, None] * cloud.belief
        totals = joint.sum(0)
        there = totals > 0
        mass_error = max(mass_error, abs(float(w.sum()) - 1.0))
        martingale_error = max(martingale_error, float(np.abs(totals - game.opening).max()))
        given = joint / np.where(there, totals, 1.0)
        kinds = np.eye(8)[lay.regime[s]]
        regime[t] = w @ kinds
        by_type[:, t] = given.T @ kinds
        belief[t] = given.T @ cloud.belief
        held = lay.regime[s] == SETTLED
        settled_on[t] = np.bincount(lay.offer[s[held]], w[held], n_o) if n_o else 0.0
        first[t] = w[cloud.signed].sum()
        on = lay.regime[s] <= CEASEFIRE
        position[t] = np.bincount(lay.position[s[on]], w[on], lay.sizes[0])
        tier[t] = np.bincount(lay.tier[s[on]], w[on], lay.sizes[3])
        node[t] = np.bincount(lay.node[s[on]], w[on], lay.sizes[2])
        if w[on].sum() > LIGHT:
            value_a[t] = (joint[on] * values.a[t, s[on], :, 0]).sum() / w[on].sum()
            share = joint[on].sum(0)
            value_b[:, t] = (joint[on] * values.b[t, s[on], :, 0]).sum(0)
            value_b[:, t] /= np.maximum(share, 1e-300)
        if t == n_t:
            break
        moved = game.after_triggers(t, cloud.state, cloud.belief)
        cloud = Cloud(moved, cloud.belief, cloud.mass, cloud.signed)
        shares = game.protocol.recognition[t]
        if shares.sum() > 0:
            c = continuation(game, t, values.a[t + 1], values.b[t + 1])
            active = np.flatnonzero(row_of[cloud.state] >= 0)
            rest = np.flatnonzero(row_of[cloud.state] < 0)
            rows = row_of[cloud.state[active]]
            idle = 1 - float(shares.sum())
            parts = [_scaled(cloud, active, idle)] if idle > 0 else []
            acts[t, 0] += idle * cloud.mass[active].sum()
            for side in (0, 1):
                if shares[side] <= 0 or not len(active):
                    continue
                best = _best(game, c, side, rows, segments)
                out = _branches(game, best, side, rows, cloud.belief[active])
                parts.append(_branch(cloud, active, float(shares[side]), out, game))
                made = parts[-1].mass
                acts[t] += np.bincount(out.act, made, len(ACT_NAMES))
                done = np.isin(out.act, (A_SIGNED, B_SIGNED))
                if n_o:
                    signed[t] += np.bincount(out.offer[done], made[done], n_o)
            review = review_of[cloud.state[rest]]
            under, others = rest[review >= 0], rest[review < 0]
            if len(under):
                out = _reviewed(game, c, review_of[cloud.state[under]], cloud.belief[under])
                parts.append(_branch(cloud, under, 1.0, out, game))
                acts[t] += np.bincount(out.act, parts[-1].mass, len(ACT_NAMES))
            parts.append(_scaled(cloud, others, 1.0))
            cloud = _merge(game, join(parts), 1)
        joint = cloud.mass[:, None] * cloud.belief
        flow_a[t] = cloud.mass @ game.flow_a[t, cloud.state]
        flow_voice[:, t] = game.flow_voice[:, t, cloud.state] @ cloud.mass
        total = np.maximum(joint.sum(0), 1e-300)
        flow_b[:, t] = (joint.T * game.flow_b[:, t, cloud.state]).sum(1) / total
        cloud = _merge(game, _chance(game, t, cloud), 1)
        most = max(most, len(cloud.state))
    return Futures(
        regime, by_type, settled_on, first, acts, signed, belief, position, tier, node,
        flow_a, flow_voice, flow_b, value_a, value_b, mass_error, martingale_error, 0.0, 0.0, most,
    )  # fmt: skip


def _reviewed(game: Game, c: Continuation, rows: Ints, beliefs: Floats) -> Branches:
    """Where settlements under review go."""
    v = game.reviews
    b_keeps, a_keeps, _, _ = _kept(game, c)
    by_b, by_a = b_keeps[rows].T.astype(float), a_keeps[rows].astype(float)
    out, lane, prior = _Collector(), np.arange(len(rows)), beliefs.T
    offer = game.layout.offer[v.states[rows]]
    out.add(lane, v.states[rows], by_b * by_a, prior, KEPT, offer)
    out.add(lane, v.broken[rows], by_b * (1 - by_a), prior, BROKEN_A, offer)
    out.add(lane, v.broken[rows], 1 - by_b, prior, BROKEN_B, offer)
    return out.done()


def _path(game: Game, values: Values) -> tuple[ExactOffer, ...]:
    """Offers along the likeliest path of chance while nothing is signed."""
    segments, lay = _segments(game), game.layout
    row_of = np.full(lay.size, -1)
    row_of[game.moves.states] = np.arange(len(game.moves.states))
    state = game.start
    found: list[ExactOffer] = []
    for t in range(game.months):
        state = int(game.after_triggers(t, np.array([state]), game.opening[None])[0])
        shares = game.protocol.recognition[t]
        c = continuation(game, t, values.a[t + 1], values.b[t + 1])
        for side in (0, 1):
            if shares[side] <= 0:
                continue
            best = _best(game, c, side, row_of[[state]], segments)
            i, j, s = int(best.low[0]), int(best.high[0]), float(best.share[0])
            if best.act[0] != SIMPLE or i == len(game.offers):
                continue
            terms = (1 - s) * np.array(game.offers[i].terms) + s * np.array(game.offers[j].terms)
            found.append(
                ExactOffer(
                    t,
                    "AB"[side],
                    tuple(float(x) for x in terms),
                    float(best.value_a[0] @ game.opening),
                    tuple(float(x) for x in best.value_b[0]),
                    tuple(float(x) for x in best.accept[0]),
                )
            )
        after = game.chance[t][[state]]
        going_on = lay.regime[after.indices] <= CEASEFIRE
        if not going_on.any():
            break
        state = int(after.indices[int(np.argmax(np.where(going_on, after.data, -1.0)))])
    return tuple(found)
