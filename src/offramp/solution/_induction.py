"""Backward induction: values of every state and belief, month by month.

    V_i(t, s, mu) = value at the node of month t after the plan's triggers have been looked at
    C_i(t, s, mu) = (1 - delta_i) u_i(t, s) + delta_i sum_s' P_t(s, s') V_i(t + 1, s', mu)

In months without a round V = C. With a round, A has the initiative with probability pi_A, B with
pi_B, nobody otherwise; settlements are reviewed. At the end active states are worth the stalemate
(the same flows and chances for ever without talks) or the crisis's own numbers; settlements are
kept. B's discount factor applies to every type.

Units: stake. Types share one public state, so transitions do not depend on type.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import splu

from offramp.game import Game
from offramp.game._states import CEASEFIRE
from offramp.solution._choice import stake_precision
from offramp.solution._nodes import Continuation, Outcome, a_moves, b_moves, reviews

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
    """

    a: Floats
    b: Floats
    residual: Floats
    unsolved: Floats
    precision: tuple[float, float]


def terminal_values(game: Game) -> tuple[Floats, Floats]:
    """Values at the end of the solved months, shapes (nS,) and (types, nS)."""
    t = game.months
    delta_a, delta_b = game.discount
    chance = game.chance[-1]
    active = np.flatnonzero(game.layout.regime <= CEASEFIRE)
    a = _perpetual(chance, game.flow_a[t], delta_a)
    b = np.stack([_perpetual(chance, game.flow_b[j, t], delta_b) for j in range(len(game.types))])
    if game.terminal is not None:
        a[active], b[:, active] = game.terminal[0], game.terminal[1]
        settled_or_gone = game.layout.regime > CEASEFIRE
        a[settled_or_gone] = game.flow_a[t][settled_or_gone]
        b[:, settled_or_gone] = game.flow_b[:, t, settled_or_gone]
    return a, b


def _perpetual(chance: sparse.csr_matrix, flow: Floats, delta: float) -> Floats:
    """V = (1 - delta) u + delta P V."""
    system = sparse.identity(chance.shape[0], format="csc") - delta * chance.tocsc()
    value: Floats = splu(system).solve((1 - delta) * flow)
    return value


def continuation(game: Game, t: int, next_a: Floats, next_b: Floats) -> Continuation:
    """C of both sides in month t from the values of month t + 1."""
    n_s, types, nb = next_a.shape
    delta_a, delta_b = game.discount
    chance = game.chance[t]
    a = delta_a * (chance @ next_a.reshape(n_s, -1)).reshape(n_s, types, nb)
    b = delta_b * (chance @ next_b.reshape(n_s, -1)).reshape(n_s, types, nb)
    a += (1 - delta_a) * game.flow_a[t][:, None, None]
    b += (1 - delta_b) * game.flow_b[:, t].T[:, :, None]
    return Continuation(a, b)


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
        unsolved += int((out.residual > 1e-9).sum())
    return a, b, worst, unsolved / max(1, rows * nb)


def induce(game: Game, kappa: float, progress: Progress | None = None) -> Values:
    """Solve a game backwards by logit play.

    Args:
        game: The compiled game.
        kappa: Precision per negotiation round.
        progress: Told after each month.
    """
    precision = (
        stake_precision(kappa, game.discount[0], game.protocol.spacing),
        stake_precision(kappa, game.discount[1], game.protocol.spacing),
    )
    n_s, types, nb = game.layout.size, len(game.types), game.grid.size
    a = np.empty((game.months + 1, n_s, types, nb))
    b = np.empty_like(a)
    end_a, end_b = terminal_values(game)
    a[-1] = end_a[:, None, None]
    b[-1] = end_b.T[:, :, None]
    residual = np.zeros(game.months)
    unsolved = np.zeros(game.months)
    active, settled = game.moves.states, game.reviews.states
    for t in range(game.months - 1, -1, -1):
        c = continuation(game, t, a[t + 1], b[t + 1])
        va, vb = c.a.copy(), c.b.copy()
        pi_a, pi_b = game.protocol.recognition[t]
        if pi_a + pi_b > 0:
            va[active] *= 1 - pi_a - pi_b
            vb[active] *= 1 - pi_a - pi_b
            for share, node in ((pi_a, a_moves), (pi_b, b_moves)):
                if share > 0:
                    na, nb_, worst, bad = _on_grid(game, node, c, precision, len(active))
                    va[active] += share * na
                    vb[active] += share * nb_
                    residual[t] = max(residual[t], worst)
                    unsolved[t] = max(unsolved[t], bad)
            if len(settled):
                na, nb_, worst, bad = _on_grid(game, reviews, c, precision, len(settled))
                va[settled], vb[settled] = na, nb_
                residual[t] = max(residual[t], worst)
                unsolved[t] = max(unsolved[t], bad)
        a[t], b[t] = _after_triggers(game, t, va, vb)
        if progress is not None:
            progress(game.months - t, game.months)
    return Values(a, b, residual, unsolved, precision)


def _after_triggers(game: Game, t: int, va: Floats, vb: Floats) -> tuple[Floats, Floats]:
    """Move active belief-states to where the plan's triggers put them."""
    if all(trigger is None for trigger in game.automaton.trigger):
        return va, vb
    active = game.moves.states
    nb = game.grid.size
    states = np.repeat(active, nb)
    moved = game.after_triggers(t, states, np.tile(game.grid.points, (len(active), 1)))
    index = np.tile(np.arange(nb), len(active))
    out_a, out_b = va.copy(), vb.copy()
    out_a[states, :, index] = va[moved, :, index]
    out_b[states, :, index] = vb[moved, :, index]
    return out_a, out_b
