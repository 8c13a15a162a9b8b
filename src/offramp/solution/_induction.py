"""Backward induction: values of every state and belief, month by month.

    V_i(t, s, mu) = value at the node of month t after the plan's triggers have been looked at
    C_i(t, s, mu) = (1 - delta_i) u_i(t, s) + delta_i sum_s' P_t(s, s') V_i(t + 1, s', mu)

In months without a round V = C. With a round, A has the initiative with probability pi_A, B with
pi_B, nobody otherwise; settlements are reviewed. At the end active states are worth the stalemate
(the same flows and chances for ever without talks) or the crisis's own numbers; settlements are
kept. B's discount factor applies to every type.

A public signal y about B's type at the end of month t replaces V_i(t + 1, s, mu) by ``sum_y P(y | theta)
V_i,theta(t + 1, s, mu_y)``, mu_y by Bayes' rule. Where B believes that A follows its plan with some
chance only, what a trigger leads to is a lottery over states.

Units: stake. Types share one public state, so transitions do not depend on type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import splu

from offramp.game import BeliefGrid, Game
from offramp.game._states import CEASEFIRE
from offramp.solution._choice import stake_precision
from offramp.solution._nodes import Continuation, Outcome, a_moves, b_moves, reviews
from offramp.solution._typed import TOLERANCE
from offramp.solution.kernels import Kernel, chosen

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]
"""Called with (months done, months in all)."""

CHUNK = 60_000
"""Lanes handled at once: keeps temporary arrays in the cache and memory small."""


@dataclass(frozen=True)
class Values:
    """Values by month, state, type and grid belief.

    Attributes:
        a, b: Shape (months+1, nS, types, NB); A's are conditional on B's type.
        residual: Largest fixed-point residual by month, shape (months,).
        unsolved: Share of typed lanes above tolerance by month.
        precision: lambda of A and B per stake unit.
        kernel: Which code solved it, ``numba`` or ``numpy``.
    """

    a: Floats
    b: Floats
    residual: Floats
    unsolved: Floats
    precision: tuple[float, float]
    kernel: str = "numpy"


def terminal_values(game: Game) -> tuple[Floats, Floats]:
    """Values at the end of the solved months, shapes (nS,) and (types, nS)."""
    t = game.months
    delta_a, delta_b = game.discount
    chance = game.chance[-1]
    active = np.flatnonzero(game.layout.regime <= CEASEFIRE)
    a = _perpetual(chance, game.flow_a[t], delta_a)
    b = np.ascontiguousarray(_perpetual(chance, game.flow_b[:, t].T, delta_b).T)
    if game.terminal is not None:
        a[active], b[:, active] = game.terminal[0], game.terminal[1]
        settled_or_gone = game.layout.regime > CEASEFIRE
        a[settled_or_gone] = game.flow_a[t][settled_or_gone]
        b[:, settled_or_gone] = game.flow_b[:, t, settled_or_gone]
    return a, b


def _perpetual(chance: sparse.csr_matrix, flow: Floats, delta: float) -> Floats:
    """V = (1 - delta) u + delta P V; ``flow`` (nS,), or (nS, types) for several at once."""
    system = sparse.identity(chance.shape[0], format="csc") - delta * chance.tocsc()
    value: Floats = splu(system).solve((1 - delta) * flow)
    return value


def continuation(game: Game, t: int, next_a: Floats, next_b: Floats) -> Continuation:
    """C of both sides in month t from the values of month t + 1."""
    n_s, types, nb = next_a.shape
    delta_a, delta_b = game.discount
    chance = game.chance[t]
    likelihood = game.signals[t]
    if likelihood is not None and nb > 1:
        expected = _learning(game.grid, likelihood.shape, likelihood.tobytes())
        next_a, next_b = (np.matmul(v[:, :, None], expected)[:, :, 0] for v in (next_a, next_b))
    a = delta_a * (chance @ next_a.reshape(n_s, -1)).reshape(n_s, types, nb)
    b = delta_b * (chance @ next_b.reshape(n_s, -1)).reshape(n_s, types, nb)
    a += (1 - delta_a) * game.flow_a[t][:, None, None]
    b += (1 - delta_b) * game.flow_b[:, t].T[:, :, None]
    return Continuation(a, b)


def learning(grid: BeliefGrid, likelihood: Floats) -> Floats:
    """Operator of a signal: ``V_theta(mu) -> sum_y P(y | theta) V_theta(mu_y)``.

    Args:
        grid: The belief grid.
        likelihood: P(y | theta), shape (signals, types).

    Returns:
        Shape (types, NB, NB): column m holds the weights of grid beliefs seen from belief m.
    """
    operator = np.zeros((grid.types, grid.size, grid.size))
    column = np.arange(grid.size)
    for row in likelihood:
        joint = grid.points * row
        total = joint.sum(1, keepdims=True)
        after = np.where(total > 0, joint / np.maximum(total, 1e-300), grid.points)
        index, share = grid.locate(after)
        for v in range(len(index)):
            for theta in range(grid.types):
                np.add.at(operator[theta], (index[v], column), row[theta] * share[v])
    return operator


@lru_cache(maxsize=16)
def _learning(grid: BeliefGrid, shape: tuple[int, ...], likelihood: bytes) -> Floats:
    """:func:`learning`, made once for signals that come again and again."""
    operator = learning(grid, np.frombuffer(likelihood).reshape(shape))
    operator.flags.writeable = False
    return operator


Node = Callable[[Game, Continuation, tuple[float, float], NDArray[np.intp], Floats, bool], Outcome]


def _on_grid(
    game: Game, node: Node, c: Continuation, precision: tuple[float, float], rows: int
) -> tuple[Floats, Floats, float, float]:
    """Run a node on every row and grid belief in chunks: values (rows, types, NB), residuals."""
    nb, types = game.grid.size, len(game.types)
    a = np.empty((rows, types, nb))
    b = np.empty((rows, types, nb))
    worst, unsolved = 0.0, 0
    per = max(1, CHUNK // (nb * 4))
    for first in range(0, rows, per):
        some = np.arange(first, min(rows, first + per))
        lanes = np.repeat(some, nb)
        beliefs = np.tile(game.grid.points, (len(some), 1))
        out = node(game, c, precision, lanes, beliefs, False)
        a[some] = np.moveaxis(out.value_a.reshape(types, len(some), nb), 0, 1)
        b[some] = np.moveaxis(out.value_b.reshape(types, len(some), nb), 0, 1)
        worst = max(worst, float(out.residual.max(initial=0.0)))
        unsolved += int((out.residual > TOLERANCE).sum())
    return a, b, worst, unsolved / max(1, rows * nb)


def induce(
    game: Game, kappa: float, progress: Progress | None = None, kernel: Kernel = "auto"
) -> Values:
    """Solve a game backwards by logit play.

    Args:
        game: The compiled game.
        kappa: Precision per negotiation round.
        progress: Told after each month.
        kernel: ``numba``: compiled kernels; ``numpy``: whole-array code; ``auto``: by the game's size.
    """
    precision = (
        stake_precision(kappa, game.discount[0], game.protocol.spacing),
        stake_precision(kappa, game.discount[1], game.protocol.spacing),
    )
    which = chosen(game, kernel)
    n_s, types, nb = game.layout.size, len(game.types), game.grid.size
    a = np.empty((game.months + 1, n_s, types, nb))
    b = np.empty_like(a)
    end_a, end_b = terminal_values(game)
    a[-1] = end_a[:, None, None]
    b[-1] = end_b.T[:, :, None]
    residual = np.zeros(game.months)
    unsolved = np.zeros(game.months)
    active, settled = game.acts.states, game.reviews.states
    with _rounds(game, precision, which) as round_of:
        for t in range(game.months - 1, -1, -1):
            c = continuation(game, t, a[t + 1], b[t + 1])
            shares = (
                float(game.protocol.recognition[t, 0]),
                float(game.protocol.recognition[t, 1]),
            )
            va, vb = c.a, c.b
            if sum(shares) > 0:
                new_a, new_b, residual[t], unsolved[t] = round_of(c, shares)
                va[active], vb[active] = new_a[: len(active)], new_b[: len(active)]
                va[settled], vb[settled] = new_a[len(active) :], new_b[len(active) :]
            a[t], b[t] = _after_triggers(game, t, va, vb)
            if progress is not None:
                progress(game.months - t, game.months)
    return Values(a, b, residual, unsolved, precision, which)


Round = Callable[[Continuation, tuple[float, float]], tuple[Floats, Floats, float, float]]
"""Values of active states, then of settlements, in a month with a round; worst residual; unsolved."""


@contextmanager
def _rounds(game: Game, precision: tuple[float, float], which: str) -> Iterator[Round]:
    """What solves one month's nodes."""
    if which == "numpy":
        yield partial(_round, game, precision)
        return
    from offramp.solution.kernels import nodes_of, pool

    with pool() as threads:
        nodes = nodes_of(game, precision)
        yield lambda c, shares: nodes.month(c.a, c.b, shares, threads)


def _round(
    game: Game, precision: tuple[float, float], c: Continuation, shares: tuple[float, float]
) -> tuple[Floats, Floats, float, float]:
    """A month's nodes by whole-array code."""
    active, settled = game.acts.states, game.reviews.states
    va, vb = (1 - sum(shares)) * c.a[active], (1 - sum(shares)) * c.b[active]
    worst, unsolved = 0.0, 0.0
    for share, node in zip(shares, (a_moves, b_moves), strict=True):
        if share > 0:
            na, nb, residual, bad = _on_grid(game, node, c, precision, len(active))
            va += share * na
            vb += share * nb
            worst, unsolved = max(worst, residual), max(unsolved, bad)
    if len(settled):
        na, nb, residual, bad = _on_grid(game, reviews, c, precision, len(settled))
        va, vb = np.concatenate([va, na]), np.concatenate([vb, nb])
        worst, unsolved = max(worst, residual), max(unsolved, bad)
    return va, vb, worst, unsolved


def _after_triggers(game: Game, t: int, va: Floats, vb: Floats) -> tuple[Floats, Floats]:
    """Move active belief-states to where the plan's triggers put them, as B expects."""
    if all(trigger is None for trigger in game.automaton.trigger):
        return va, vb
    active = game.acts.states
    nb = game.grid.size
    states = np.repeat(active, nb)
    index = np.tile(np.arange(nb), len(active))
    out_a, out_b = va.copy(), vb.copy()
    out_a[states, :, index] = 0.0
    out_b[states, :, index] = 0.0
    lottery = game.trigger_lottery(t, states, np.tile(game.grid.points, (len(active), 1)))
    for moved, chance in lottery:
        out_a[states, :, index] += chance * va[moved, :, index]
        out_b[states, :, index] += chance * vb[moved, :, index]
    return out_a, out_b
