"""Whether any terms suit both sides: a mixed-integer programme over the terms of a settlement.

    room = max_x  W_B(x) - r_B    subject to   W_A(x) >= r_A,   W_v(x) >= floor_v,
                                               no hard red line crossed, x on the table

W are stakes in signed terms with linear loss (penalties of soft red lines, capped per actor, as binary
choices; indivisible issues as a choice among their points). Reservations r are read off a contract with
the same guarantee: ``r_i = W_i(ref) - gap_i(ref)``, for with the same guarantee the value of signing
moves one for one with W while the deal is kept. Each guarantee is a programme of its own.

Solver: HiGHS through :func:`scipy.optimize.milp`. Units: stake of B.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from offramp.answers._deter_runs import Solved
from offramp.audit._worlds import NotAsked
from offramp.game import Game
from offramp.game._offers import guarantee_at
from offramp.game._preferences import on_the_table
from offramp.solution._nodes import at_beliefs

Floats = NDArray[np.float64]
INFEASIBLE = 2
"""What scipy calls a programme without a solution."""
NO_TERMS = -np.inf
"""Room where no terms satisfy A's side at all: the greatest value of an empty set."""


def gaps_at(solved: Solved, state: int) -> tuple[Floats, Floats]:
    """What signing each offer in a state gains over letting the round pass: A (offers,), B (offers, types)."""
    game, c = solved.game, solved.today
    row = np.flatnonzero(game.moves.states == state)
    if not len(row):
        raise NotAsked("nothing can be signed where this game starts")
    i, mu = int(row[0]), game.opening[None]
    targets = game.moves.sign[i]
    beliefs = np.repeat(mu, len(targets) + 1, axis=0)
    where = np.append(targets, state)
    a = game.opening @ at_beliefs(game, c.a, where, beliefs)
    b = at_beliefs(game, c.b, where, beliefs)
    gain_a = a[:-1] + game.moves.lump_sign_a[i] - a[-1]
    gain_b = (b[:, :-1] - b[:, -1:]).T + game.moves.lump_sign_b[i][:, None]
    return gain_a, gain_b


def room(solved: Solved, state: int, held: Mapping[str, float], weights: Floats) -> float:
    """Most that B gains over its reservation by terms that A takes.

    Args:
        solved: The solved game.
        state: Where it starts.
        held: Issues held at given points.
        weights: Over B's types.

    Raises:
        NotAsked: without linear loss, or without any contract to read reservations off.

    Returns:
        The room, :data:`NO_TERMS` where no terms at all satisfy A's side.
    """
    game = solved.game
    stakes = game.stakes
    if stakes.exponent != 1:
        raise NotAsked("the range of terms is found for linear loss only")
    if not game.offers:
        raise NotAsked("no contract can be signed in this game")
    for issue in held:
        if issue not in stakes.issues:
            raise NotAsked(f"at {game.crisis.as_of} there is no issue {issue}")
    gain_a, gain_b = gaps_at(solved, state)
    signed_a = stakes.bloc(game.signed_value, 0)
    signed_b = stakes.bloc(game.signed_value, 1)
    reserve_a, reserve_b = signed_a - gain_a, signed_b - gain_b @ weights
    guarded = next(
        (m for m, i in enumerate(game.crisis.issues.values()) if any(p.guarantee for p in i.scale)),
        None,
    )
    position = int(game.layout.position[state])
    floors = game.floors[:, position, int(game.layout.tier[state])]
    best, looked = NO_TERMS, False
    for guarantee, point in _guarantees(game, guarded, held):
        known = [i for i, o in enumerate(game.offers) if o.guarantee == guarantee]
        if guarded is None:
            known = list(range(len(game.offers)))
        if not known:
            continue
        looked = True
        ref = max(known, key=lambda i: float(gain_b[i] @ weights))
        fixed = dict(held)
        if guarded is not None and point is not None:
            fixed[stakes.issues[guarded]] = point
        most = _most(game, fixed, float(reserve_a[ref]), floors)
        if most is not None:
            best = max(best, most - float(reserve_b[ref]))
    if not looked:
        raise NotAsked("no contract has this guarantee, so reservations cannot be read off one")
    return float(best)


def _guarantees(
    game: Game, guarded: int | None, held: Mapping[str, float]
) -> list[tuple[str | None, float | None]]:
    """Guarantees to look at, with the point of the issue that stands for each."""
    if guarded is None:
        return [(None, None)]
    issue = list(game.crisis.issues.values())[guarded]
    name = game.stakes.issues[guarded]
    if name in held:
        terms = game.stakes.status_quo.copy()
        terms[guarded] = held[name]
        return [(guarantee_at(game.crisis, terms), held[name])]
    return [(p.guarantee, p.at) for p in issue.scale if p.guarantee is not None]


def _most(game: Game, fixed: Mapping[str, float], reserve_a: float, floors: Floats) -> float | None:
    """Most of W_B over feasible terms; None if there are none.

    Variables: x (M), losses (V, M), crossed lines (L), penalties (V), capped (V), points of issues.
    """
    stakes, issues = game.stakes, list(game.crisis.issues.values())
    m, v, k = len(stakes.issues), len(stakes.voices), len(stakes.lines)
    split = [i for i, x in enumerate(issues) if not x.divisible]
    counts = [len(issues[i].points) for i in split]
    starts = np.cumsum([0, m, v * m, k, v, v, *counts])
    x0, l0, z0, p0, y0 = (int(s) for s in starts[:5])
    total = int(starts[-1])
    low, high = np.zeros(total), np.ones(total)
    high[l0:z0] = 10.0
    high[:m] = np.maximum(on_the_table(game.crisis), stakes.status_quo)
    whole = np.zeros(total, dtype=np.intp)
    whole[z0:p0] = 1
    whole[y0:] = 1
    rows: list[Floats] = []
    least: list[float] = []
    most: list[float] = []

    def add(row: Mapping[int, float], lower: float, upper: float = np.inf) -> None:
        full = np.zeros(total)
        for column, value in row.items():
            full[column] += value
        rows.append(full)
        least.append(lower)
        most.append(upper)

    span = np.maximum(stakes.ideal, 1 - stakes.ideal)
    for a in range(v):
        for i in range(m):
            loss = l0 + a * m + i
            for sign in (1.0, -1.0):
                add({loss: span[a, i], x0 + i: -sign}, -sign * stakes.ideal[a, i])
    for n, line in enumerate(stakes.lines):
        sign, bound = line.sign, line.sign * line.bound
        if line.hard:
            add({x0 + line.issue: sign}, -np.inf, bound)
        else:
            add({x0 + line.issue: sign, z0 + n: -1.0}, -np.inf, bound)
    for a, voice in enumerate(stakes.voices):
        mine = {z0 + n: -x.penalty for n, x in enumerate(stakes.lines) if x.actor == voice}
        heavy = sum(x.penalty for x in stakes.lines if x.actor == voice)
        add({**mine, p0 + a: 1.0, y0 + a: heavy}, 0.0)
        add({p0 + a: 1.0, y0 + a: -stakes.cap}, 0.0)
    for j, i in enumerate(split):
        at = int(starts[6 + j - 1])
        picks = {at + n: 1.0 for n in range(counts[j])}
        add(picks, 1.0, 1.0)
        add({**{at + n: -p for n, p in enumerate(issues[i].points)}, x0 + i: 1.0}, 0.0, 0.0)
    for name, point in fixed.items():
        i = stakes.issues.index(name)
        low[i] = high[i] = point

    def lost(a: int, share: float = 1.0) -> dict[int, float]:
        found = {l0 + a * m + i: -share * float(stakes.weight[a, i]) for i in range(m)}
        found[p0 + a] = -share
        return found

    together: dict[int, float] = {}
    for i in map(int, np.flatnonzero(stakes.side == 0)):
        together.update(lost(i, float(stakes.influence[i])))
        if not np.isnan(floors[i]):
            add(lost(i), float(floors[i]) - 1.0)
    add(together, reserve_a - 1.0)
    goal = np.zeros(total)
    for i in map(int, np.flatnonzero(stakes.side == 1)):
        for column, value in lost(i, float(stakes.influence[i])).items():
            goal[column] -= value
    found = milp(
        goal,
        integrality=whole,
        bounds=Bounds(low, high),
        constraints=LinearConstraint(np.array(rows), np.array(least), np.array(most)),
    )
    if found.status == INFEASIBLE:
        return None
    if found.status != 0 or found.fun is None:
        raise NotAsked(f"the range of terms was not found: {found.message}")
    return 1.0 - float(found.fun)
