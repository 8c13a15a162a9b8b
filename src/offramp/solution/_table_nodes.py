"""What happens in one state of a table game, given what comes after it.

For beliefs mu (lanes) and act k with post-beliefs mu_k, ``Q_i(k, theta) = lump_i(k, theta) +
delta_i V_i(post-state, theta, mu_k)``. A's payoffs are kept by B's type, as in the crisis solver.

* Chance: ``V(theta) = sum_k P_theta(k) Q(k, theta)``, and mu_k follows Bayes' rule.
* A moves: logit of ``sum_theta mu(theta) Q_a(k, theta)``, beliefs unchanged.
* B moves: logit of ``Q_b(k, theta)`` at the posterior that the choice itself implies.
* Both move: :func:`offramp.solution._simultaneous.trace_both`; B's kinds are (type, kind) pairs.
* A proposal: for each tau the other side answers with logit or best response; the proposer takes the
  best tau. Against best responses the payoff is linear between the points where somebody is
  indifferent, so those points and the ends are compared. Against logit it is smooth: the best of
  ``GRID`` points is refined by bounded minimisation between its neighbours.

Precision ``inf`` means best response: the first act listed among those within ``TIE`` of the best;
acceptance counts as listed first, and among equally good tau the one accepted most often is taken.

Units: payoffs as in the game; lambda per payoff unit; residuals in log-odds (signals) or probability
(simultaneous moves).
Source: McKelvey and Palfrey (1998); threshold proposals as in Stahl (1972) and Fearon (1995).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from offramp.game import BeliefGrid
from offramp.game._tables import Node
from offramp.solution._choice import logit
from offramp.solution._continuation import Nests, trace_signals
from offramp.solution._simultaneous import trace_both
from offramp.solution._typed import TOLERANCE, solve_typed

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

TIE = 1e-12
"""Payoffs closer than this are equal (best responses)."""
GRID = 513
"""Points at which a proposal to a logit responder is tried before the best is refined."""


@dataclass(frozen=True)
class After:
    """Discounted values after each act on the belief grid, shape (K, types, NB)."""

    a: Floats
    b: Floats


@dataclass(frozen=True)
class Play:
    """What happens in a state at given beliefs (lanes).

    Attributes:
        share: Probability of each act by type, (types, K, lanes).
        posterior: Belief after each act, (types, K, lanes).
        value_a, value_b: By type, (types, lanes), flows included.
        residual: Largest residual of each lane.
        tau: Proposed points, (lanes,); nan where nothing is proposed.
        crossings: Precisions at which the branch followed crossed another one.
    """

    share: Floats
    posterior: Floats
    value_a: Floats
    value_b: Floats
    residual: Floats
    tau: Floats
    crossings: tuple[float, ...] = ()


def at(grid: BeliefGrid, table: Floats, belief: Floats) -> Floats:
    """Values (types, NB) at beliefs (types, lanes), shape (types, lanes)."""
    if table.shape[1] == 1:
        return np.repeat(table, belief.shape[1], axis=1)
    index, share = grid.locate(belief.T)
    return np.asarray((table[:, index] * share).sum(1))


def choose(payoff: Floats, node: Node, precision: float) -> Floats:
    """Shares of a node's acts (K, lanes) by logit, nested logit or best response."""
    nests = nests_of(node)
    if math.isinf(precision):
        open_acts = nests.weight > 0
        worth = np.where(open_acts[:, None], payoff, -np.inf)
        first = (worth >= worth.max(0) - TIE).argmax(0)
        return np.asarray((np.arange(len(payoff))[:, None] == first).astype(float))
    if nests.plain:
        return logit(payoff, np.broadcast_to(nests.weight[:, None], payoff.shape), precision)
    return np.exp(nests.log_policy(payoff, precision)[0])


def nests_of(node: Node) -> Nests:
    """The nests of a move."""
    return Nests(node.nest, node.weight, node.nest_weight, node.top)


def play(
    node: Node, after: After, belief: Floats, grid: BeliefGrid,
    precision: tuple[float, float], trace: bool,
) -> Play:  # fmt: skip
    """Solve one state at beliefs (types, lanes)."""
    if node.kind == "both":
        return _both(node, after, belief, precision)
    if node.kind == "proposal":
        return _proposal(node, after, belief, precision)
    types, lanes = belief.shape
    residual = np.zeros(lanes)
    prior = np.repeat(belief[:, None], len(node.acts), axis=1)
    if node.kind == "chance":
        share = np.repeat(node.chance[:, :, None], lanes, axis=2)
    elif node.kind == "a":
        worth = np.stack([at(grid, table, belief) for table in after.a])
        expected = node.lump_a[:, None] + (belief * worth).sum(1)
        share = np.repeat(choose(expected, node, precision[0])[None], types, axis=0)
    elif types == 1 or grid.size == 1 or math.isinf(precision[1]):
        worth = after.b[:, :, :1] + node.lump_b.T[:, :, None]
        share = np.repeat(
            np.stack([choose(worth[:, j], node, precision[1]) for j in range(types)]), lanes, axis=2
        )
    else:
        share, residual = _signal(node, after, belief, grid, precision[1], trace)
    posterior = prior if node.kind == "a" else _bayes(belief, share)
    value_a = np.full((types, lanes), node.flow_a)
    value_b = np.repeat(node.flow_b[:, None], lanes, axis=1)
    for k in range(len(node.acts)):
        if share[:, k].any():
            value_a += share[:, k] * (node.lump_a[k] + at(grid, after.a[k], posterior[:, k]))
            value_b += share[:, k] * (
                node.lump_b[:, k, None] + at(grid, after.b[k], posterior[:, k])
            )
    return Play(share, posterior, value_a, value_b, residual, np.full(lanes, np.nan))


def _signal(
    node: Node, after: After, belief: Floats, grid: BeliefGrid, precision: float, trace: bool
) -> tuple[Floats, Floats]:
    """Policy (types, K, lanes) of a typed node and its residual.

    Newton's method at once or, if ``trace``, continuation; lanes that the one leaves unsolved (a path
    that folds back cannot be followed in lambda) are tried by the other. Nests need continuation.
    """
    nests = nests_of(node)
    table = after.b + node.lump_b.T[:, :, None]

    def traced(lanes: Ints) -> tuple[Floats, Floats]:
        found = trace_signals(table, nests, precision, belief.T[lanes], grid)
        return found.sigma, found.residual

    def at_once(lanes: Ints) -> tuple[Floats, Floats]:
        at_node = np.zeros(len(lanes), dtype=np.intp)
        found = solve_typed(
            table[None], nests.weight[None], precision, at_node, belief.T[lanes], grid
        )
        return found.sigma, found.residual

    methods = [traced] if not nests.plain else [traced, at_once] if trace else [at_once, traced]
    sigma, residual = (x.copy() for x in methods[0](np.arange(belief.shape[1])))
    for method in methods[1:]:
        hard = np.flatnonzero(residual >= TOLERANCE)
        if len(hard):
            other, error = method(hard)
            better = error < residual[hard]
            sigma[:, :, hard[better]] = other[:, :, better]
            residual[hard[better]] = error[better]
    return sigma, residual


def _bayes(belief: Floats, share: Floats) -> Floats:
    """Posteriors (types, K, lanes); the prior where an act has probability 0."""
    joint = belief[:, None] * share
    total = joint.sum(0)
    prior = np.broadcast_to(belief[:, None], joint.shape)
    return np.where(total > 0, joint / np.where(total > 0, total, 1.0), prior)


def _both(node: Node, after: After, belief: Floats, precision: tuple[float, float]) -> Play:
    """Simultaneous moves, lane by lane; post-states do not depend on beliefs here."""
    types, lanes = belief.shape
    shape = (len(node.rows), len(node.columns))
    then_a = after.a[:, :, 0].T.reshape(types, *shape)
    then_b = after.b[:, :, 0].T.reshape(types, *shape)
    m = len(node.kinds_b)
    b_pay = (then_b[:, None] + node.pay_b[None]).reshape(types * m, *shape)
    share = np.zeros((types, shape[0] * shape[1], lanes))
    value_a, value_b = np.zeros((types, lanes)), np.zeros((types, lanes))
    residual = np.zeros(lanes)
    crossings: tuple[float, ...] = ()
    for lane in range(lanes):
        mu = belief[:, lane]
        column = [(mu[:, None] * node.kinds_b).reshape(-1)]
        if types > 1:
            # A's payments depend on B's type: fold what it expects, given the column, in below.
            same = np.ptp(then_a, axis=0).max(initial=0.0) <= TIE
            if not same:
                raise ValueError(
                    f"state {node.name!r}: what A gets after a simultaneous move depends on B's "
                    "type; this is not solved: make A's worth there the same for all types"
                )
        found = trace_both(
            (node.kinds_a, column[0]), (then_a[0] + node.pay_a, b_pay),
            (node.row_weight, node.column_weight), precision,
        )  # fmt: skip
        crossings = crossings + found.crossings
        residual[lane] = found.residual
        x = node.kinds_a @ found.rows
        rows_pay = np.einsum("n,nr,nrc->rc", node.kinds_a, found.rows, node.pay_a)
        for j in range(types):
            by_kind = found.columns[j * m : (j + 1) * m]
            y = node.kinds_b @ by_kind
            share[j, :, lane] = np.outer(x, y).reshape(-1)
            value_a[j, lane] = ((rows_pay + x[:, None] * then_a[j]) @ y).sum()
            paid = np.einsum("m,mc,mrc->rc", node.kinds_b, by_kind, node.pay_b)
            value_b[j, lane] = (x @ (paid + y * then_b[j])).sum()
    value_a += node.flow_a
    value_b += node.flow_b[:, None]
    return Play(
        share, _bayes(belief, share), value_a, value_b, residual, np.full(lanes, np.nan), crossings
    )


def _proposal(node: Node, after: After, belief: Floats, precision: tuple[float, float]) -> Play:
    """A proposal between two post-states; the proposer plays a best response."""
    types, lanes = belief.shape
    a = after.a[:, :, 0].T + node.lump_a
    b = after.b[:, :, 0].T + node.lump_b
    share = np.zeros((types, len(node.acts), lanes))
    tau = np.zeros(lanes)
    for lane in range(lanes):
        tau[lane] = _best_point(node, a, b, belief[:, lane], precision)
        answers = _answers(node, a, b, belief[:, lane], precision, np.array([tau[lane]]))[..., 0]
        share[:, 0, lane] = answers[:, 0] * (1 - tau[lane])
        share[:, 1, lane] = answers[:, 0] * tau[lane]
        share[:, 2:, lane] = answers[:, 1:]
    value_a = node.flow_a + np.einsum("jkl,jk->jl", share, a)
    value_b = node.flow_b[:, None] + np.einsum("jkl,jk->jl", share, b)
    return Play(share, _bayes(belief, share), value_a, value_b, np.zeros(lanes), tau)


def _answers(
    node: Node, a: Floats, b: Floats, mu: Floats, precision: tuple[float, float], tau: Floats
) -> Floats:
    """Chance of acceptance and of the other answers at each point, (types, 1 + answers, points)."""
    weight = node.weight[1:]
    out = np.empty((len(mu), len(weight), len(tau)))
    if node.by == "A":
        lam, worth = precision[1], b
    else:
        lam, worth = precision[0], (mu @ a)[None]
    for j, row in enumerate(worth):
        accepted = (1 - tau) * row[0] + tau * row[1]
        payoff = np.concatenate([accepted[None], np.repeat(row[2:, None], len(tau), axis=1)])
        if math.isinf(lam):
            payoff[weight <= 0] = -np.inf
            first = (payoff >= payoff.max(0) - TIE).argmax(0)
            out[j] = np.arange(len(weight))[:, None] == first
        else:
            out[j] = logit(payoff, np.broadcast_to(weight[:, None], payoff.shape), lam)
    if node.by == "B":
        out[:] = out[0]
    return out


def _best_point(
    node: Node, a: Floats, b: Floats, mu: Floats, precision: tuple[float, float]
) -> float:
    """The proposer's best tau."""
    own = mu @ a if node.by == "A" else b[0]

    def worth(tau: Floats) -> tuple[Floats, Floats]:
        answers = _answers(node, a, b, mu, precision, tau)
        if node.by == "A":
            mix = (1 - tau) * a[:, :1] + tau * a[:, 1:2]
            total = answers[:, 0] * mix + np.einsum("jkp,jk->jp", answers[:, 1:], a[:, 2:])
            return mu @ total, mu @ answers[:, 0]
        mix_b = (1 - tau) * own[0] + tau * own[1]
        return answers[0, 0] * mix_b + own[2:] @ answers[0, 1:], answers[0, 0]

    other = precision[1] if node.by == "A" else precision[0]
    if math.isinf(other):
        rows = b if node.by == "A" else (mu @ a)[None]
        open_answers = node.weight[2:] > 0
        points = [0.0, 1.0]
        for row in rows:
            slope, best = row[1] - row[0], row[2:][open_answers].max()
            if abs(slope) > TIE:
                points.append(float((best - row[0]) / slope))
        tau = np.array([p for p in points if 0.0 <= p <= 1.0])
        value, accepted = worth(tau)
        near = np.flatnonzero(value >= value.max() - TIE)
        return float(tau[near[accepted[near].argmax()]])
    tau = np.linspace(0.0, 1.0, GRID)
    value, _ = worth(tau)
    i = int(value.argmax())
    low, high = tau[max(i - 1, 0)], tau[min(i + 1, GRID - 1)]
    found = minimize_scalar(
        lambda p: -float(worth(np.array([p]))[0][0]),
        bounds=(float(low), float(high)),
        method="bounded",
        options={"xatol": 1e-12},
    )
    return float(found.x) if -found.fun >= value[i] else float(tau[i])
