"""Solving a game given as tables: values backwards, exact probabilities forwards.

Backwards, for t = T - 1, ..., 0 and the states of a period from its last to its first, every state is
solved at every belief of the grid (:mod:`offramp.solution._table_nodes`)::

    V_i(t, s, theta, mu) = flow_i(s) + E[lump_i + delta_i^(t' - t) V_i(t', s', theta, mu')]

Forwards, the probability of every state, act and type is carried with its *exact* belief; policies
are solved again at those beliefs from the stored values, and paths that meet in one state with
one belief (to 13 decimals) are added up. Nothing is sampled or dropped.

Precision is lambda per payoff unit, common or (A, B); ``inf`` is best response. If
``round_periods`` m is given, it is kappa per round of m periods and ``lambda_i = kappa / (1 -
delta_i^m)``, the crisis solver's unit. Best responses need that nothing is signalled: they are
refused where A could learn about B's type and act on it, and at simultaneous moves.

Source: agent quantal response (McKelvey and Palfrey 1998).
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from offramp.game._tables import TableGame
from offramp.solution._choice import stake_precision
from offramp.solution._table_nodes import Play, play
from offramp.solution._table_solution import TOLERANCE, TableSolution, Visit, after_acts

Floats = NDArray[np.float64]

LIGHT = 1e-6
"""Lanes reached with less probability do not count for the certificate's residual."""
SAME = 13
"""Decimals to which beliefs agree that are added up."""
MOST_PATHS = 200_000
"""Most (state, belief) pairs held at once."""


def solve_tables(
    game: TableGame,
    precision: float | tuple[float, float] = math.inf,
    mode: Literal["logit", "exact"] | None = None,
    *,
    round_periods: float | None = None,
    trace: bool = False,
) -> TableSolution:
    """Solve a table game.

    Args:
        game: The game.
        precision: lambda per payoff unit, common or (A, B); ``inf``: best responses. With
            ``round_periods``: kappa per round.
        mode: "exact" is precision ``inf`` for both; "logit" asks for a finite one.
        round_periods: Periods per negotiation round, if precision is kappa.
        trace: Solve every signalling choice by continuation from lambda = 0, not only those that
            Newton's method does not settle at once.

    Raises:
        ValueError: for a precision that is not positive, and for best responses where they are not
            defined (signals that A uses, simultaneous moves) or needed (proposers).
    """
    if mode not in (None, "logit", "exact"):
        raise ValueError(f"unknown mode {mode!r}; choose 'logit' or 'exact'")
    pair = precision if isinstance(precision, tuple) else (precision, precision)
    if mode == "exact":
        pair = (math.inf, math.inf)
    if not all(p > 0 for p in pair):
        raise ValueError(f"precision must be positive, got {precision!r}")
    if mode == "logit" and all(math.isinf(p) for p in pair):
        raise ValueError("logit mode needs a finite precision (lambda per payoff unit)")
    if round_periods is not None:
        pair = (
            pair[0]
            if math.isinf(pair[0])
            else _per_round(pair[0], game.discount[0], round_periods),
            pair[1]
            if math.isinf(pair[1])
            else _per_round(pair[1], game.discount[1], round_periods),
        )
    _require(game, pair)
    a, b, known = _induce(game, pair, trace)
    visits = _propagate(game, a, b, known, pair, trace)
    return _certified(game, pair, a, b, visits, trace)


def _per_round(kappa: float, discount: float, periods: float) -> float:
    return stake_precision(kappa, discount, periods)


def _require(game: TableGame, precision: tuple[float, float]) -> None:
    """Refuse best responses where they have no solution, and noisy proposers."""
    exact = any(math.isinf(p) for p in precision)
    if exact and game.informative:
        raise ValueError(
            f"best responses are refused: A can learn about B's type in "
            f"{', '.join(map(repr, game.informative))} and act on it, so B's acts are signals, and "
            "signalling games need a finite precision for both sides (mode='logit')"
        )
    for node in game.nodes:
        if node.kind == "both" and exact:
            raise ValueError(
                f"best responses are refused: in {node.name!r} both sides move at once, and best "
                "responses may cycle or be many; give a finite precision (mode='logit')"
            )
        if node.kind == "proposal" and not math.isinf(precision["AB".index(node.by)]):
            raise ValueError(
                f"state {node.name!r}: a continuous proposal needs a proposer that plays best "
                f"responses: give precision inf for {node.by}, or list offers as acts in a nest"
            )


Known = dict[tuple[int, int], Play]
"""Play by period and state where there is one belief only, so that it is solved once."""


def _induce(
    game: TableGame, precision: tuple[float, float], trace: bool
) -> tuple[Floats, Floats, Known]:
    """Values by period, state, type and grid belief."""
    known: Known = {}
    types, nb = len(game.types), game.grid.size
    a = np.full((game.periods + 1, len(game.nodes), types, nb), np.nan)
    b = np.full_like(a, np.nan)
    for i, node in enumerate(game.nodes):
        periods = slice(None) if node.kind == "end" else game.periods
        a[periods, i] = node.end_a
        b[periods, i] = node.end_b[:, None]
    points = game.grid.points.T
    for t in range(game.periods - 1, -1, -1):
        for i in game.order:
            node = game.nodes[i]
            if node.kind != "end":
                after = after_acts(game, node, t, a, b)
                found = play(node, after, points, game.grid, precision, trace)
                a[t, i], b[t, i] = found.value_a, found.value_b
                if nb == 1:
                    known[t, i] = found
    return a, b, known


Cloud = tuple[Floats, Floats]
"""Beliefs (types, lanes) and masses (lanes,) that arrive in one state."""


def _added(parts: list[Cloud]) -> Cloud:
    """Paths that meet with one belief, added up; the mean keeps every type's mass."""
    belief = np.concatenate([p[0] for p in parts], axis=1)
    mass = np.concatenate([p[1] for p in parts])
    if belief.shape[1] == 1:
        return belief, mass
    _, inverse = np.unique(np.round(belief, SAME), axis=1, return_inverse=True)
    inverse = inverse.reshape(-1)
    total: Floats = np.bincount(inverse, mass).astype(np.float64)
    joint = np.stack([np.bincount(inverse, mass * row) for row in belief])
    return np.asarray(joint / joint.sum(0), dtype=np.float64), total


def _propagate(
    game: TableGame, a: Floats, b: Floats, known: Known, precision: tuple[float, float], trace: bool
) -> tuple[dict[int, Visit], ...]:
    """Exact probabilities of every state, act and belief."""
    visits: list[dict[int, Visit]] = []
    points = game.grid.points.T
    ahead: dict[int, list[Cloud]] = {game.start: [(game.prior[:, None], np.ones(1))]}
    for t in range(game.periods + 1):
        now, ahead = ahead, {}
        here: dict[int, Visit] = {}
        for i in reversed(game.order):
            if i not in now:
                continue
            node = game.nodes[i]
            belief, mass = _added(now[i])
            if len(mass) > MOST_PATHS:
                raise ValueError(
                    f"state {node.name!r} is reached with more than {MOST_PATHS} different beliefs; "
                    "take fewer periods or types"
                )
            if node.kind == "end" or t == game.periods:
                worth_a = np.full(belief.shape, node.end_a)
                worth_b = np.repeat(node.end_b[:, None], len(mass), axis=1)
                here[i] = Visit(belief, mass, None, worth_a, worth_b)
                continue
            if (t, i) in known and np.array_equal(belief, points):
                found = known[t, i]
            else:
                after = after_acts(game, node, t, a, b)
                found = play(node, after, belief, game.grid, precision, trace)
            here[i] = Visit(belief, mass, found, found.value_a, found.value_b)
            arriving = mass * (belief[:, None] * found.share).sum(0)
            for k in range(len(node.acts)):
                some = arriving[k] > 0
                if some.any():
                    cloud = (found.posterior[:, k, some], arriving[k, some])
                    target = ahead if node.later[k] else now
                    target.setdefault(int(node.to[k]), []).append(cloud)
        visits.append(here)
    return tuple(visits)


def _certified(
    game: TableGame, precision: tuple[float, float], a: Floats, b: Floats,
    visits: tuple[dict[int, Visit], ...], trace: bool,
) -> TableSolution:  # fmt: skip
    """The solution with its certificate."""
    residual = unsolved = looked = 0.0
    final = np.zeros(len(game.types))
    branches: list[tuple[int, str, float]] = []
    for t, here in enumerate(visits):
        for i, visit in here.items():
            if visit.played is None:
                final += visit.belief @ visit.mass
                continue
            heavy = visit.mass > LIGHT
            residual = max(residual, float(visit.played.residual[heavy].max(initial=0.0)))
            if game.nodes[i].kind != "chance":
                unsolved += float(visit.mass[visit.played.residual > TOLERANCE].sum())
                looked += float(visit.mass.sum())
            branches += [(t, game.nodes[i].name, lam) for lam in visit.played.crossings]
    mode = "exact" if all(math.isinf(p) for p in precision) else "logit"
    return TableSolution(
        game, precision, mode, a, b, visits, residual, unsolved / looked if looked else 0.0,
        abs(float(final.sum()) - 1.0), float(np.abs(final - game.prior).max()), tuple(branches),
        trace,
    )  # fmt: skip
