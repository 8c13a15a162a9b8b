"""Irreversible moves kept in hand: options on a failure of the talks.

Side i holds a move that cannot be taken back. Let ``T_t(s)`` be what the talks are worth to i in public state s
of month t, the move unused (the solved value at the opening beliefs, B's over its types), and ``K_t(s)`` the
value with the move made: the game solved again with it in force from the first day, at full strength, plus
a gain g that the file does not contain (nil unless given). While nothing is signed and nobody else acts,
nature's moves P decide when to use it, an optimal stopping problem::

    W_t(s) = max{ K_t(s) - T_t(s),  delta_i E[ W_{t+1}(s') | s ] },    W nil once the talks are over

* value used now ``K - T``; value of holding ``max(0, delta E W)``, what the right to use it later is worth;
* *exercise boundary*: the value of talks ``b = T_0 - x`` where x solves ``K_0 - T_0 + x = delta E W(x)``, W(x)
  with every T lowered by x. While the talks are worth more than b, holding is better; below it, using is.

Stopping gains one for one in x, waiting by a discounted expectation, so x is unique. Using an irreversible
move changes for good what can be signed: both ranges of contracts are given.

Source: optimal stopping, Snell 1952; irreversible investment, Dixit and Pindyck 1994. Units: stake of i.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from offramp.answers._deter_runs import (
    Solved,
    Solver,
    levers_of,
    recompiled,
    with_lever,
    without_lever,
)
from offramp.crisis import Crisis, get, override
from offramp.game import Game, Resolution
from offramp.game._plans import NEVER_UNDONE
from offramp.solution import Solution
from offramp.solution._nodes import at_beliefs

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Side = Literal["A", "B"]


def irreversible(crisis: Crisis) -> tuple[tuple[Side, str], ...]:
    """Levers that cannot be undone, with the side that holds them."""
    sides: dict[str, Side] = {}
    both: tuple[Side, Side] = ("A", "B")
    for key in both:
        for name in (key, *crisis.blocs[key].voices):
            sides[name] = key
    for name, member in crisis.members.items():
        sides.setdefault(name, member.bloc)
    return tuple(
        (sides[lever.holder], key)
        for key, lever in crisis.levers.items()
        if lever.undo_months >= NEVER_UNDONE and lever.holder in sides
    )


@dataclass(frozen=True)
class Reserve:
    """An irreversible move kept in hand.

    Attributes:
        side, lever, name: Whose it is, its id and name.
        in_use: Whether the plan under study uses it already (then it is taken out for ``talks``).
        talks: Value of the talks today, the move unused; ``used`` with the move made.
        hold: What the right to use it later is worth today.
        boundary: Value of talks below which using it today is best; None if it is never used by then.
        before, after: Contracts that both sides would sign today with the move unused and made, and
            the ids of contracts that A may no longer put on the table in ``lost``.
        room: Largest gain of B from a contract on A's table, over types, unused and made (stake).
    """

    side: Side
    lever: str
    name: str
    in_use: bool
    talks: float
    used: float
    hold: float
    boundary: float | None
    before: tuple[str, ...]
    after: tuple[str, ...]
    lost: tuple[str, ...]
    room: tuple[float, float]


def crisis_after(crisis: Crisis, side: Side, lever: str) -> Crisis:
    """The crisis with the lever at full strength at once (A) or with its shifts made (B)."""
    tool = crisis.levers[lever]
    if side == "A":
        return override(
            crisis,
            {
                f"levers.{lever}.lag": 0.0,
                f"levers.{lever}.ramp": 0.0,
                f"levers.{lever}.adaptation_half_life": None,
            },
        )
    changes: dict[str, object] = {}
    for path, shift in tool.shifts.items():
        changes[path] = float(get(crisis, path).value) + shift.value
    changes.update(tool.sets)
    if tool.cost_to_holder is not None:
        cost = crisis.war.cost.B.value + tool.cost_to_holder.value
        changes["war.cost.B"] = cost
    return override(crisis, changes)


def reserve(
    solution: Solution,
    base: Solved,
    solver: Solver,
    grid: Resolution,
    side: Side,
    lever: str,
    gain: float = 0.0,
) -> Reserve:
    """Value of a held-back move, and its exercise boundary.

    Args:
        solution: The game under study.
        base: The same on the grid of the sweep.
        solver: Solves.
        grid: That grid.
        side: Whose move it is.
        lever: Its lever.
        gain: What making it is worth beyond what the game contains (stake).
    """
    crisis, plan = solution.game.crisis, solution.game.plan
    in_use = side == "A" and lever in levers_of(plan)
    idle, busy = plan, plan
    if side == "A":
        idle, busy = without_lever(plan, lever), with_lever(plan, lever, "made")
    before = base
    if in_use:
        [before] = solver.solve([recompiled(solution, grid, plan=idle)], "a held-back move")
    made = recompiled(solution, grid, crisis_after(crisis, side, lever), busy)
    [after] = solver.solve([made], "a held-back move")
    talks, then = _matched(before, after, side)
    then = then + gain
    option = _Option(before.game, talks, then, side)
    value = option.stop(0.0)
    return Reserve(
        side, lever, crisis.levers[lever].name, in_use,
        option.talks_now, option.talks_now + option.use_now, max(0.0, value), option.boundary(),
        _range(before), _range(after), _lost(before, after), (_room(before), _room(after)),
    )  # fmt: skip


def _matched(before: Solved, after: Solved, side: Side) -> tuple[Floats, Floats]:
    """Values of active states of the first game in both games, (months+1, states), opening beliefs.

    States are matched by what they are; the node of the plan is matched by its stage's name.
    """
    one, two = before.game, after.game
    lay = one.layout
    states = one.acts.states
    node = _nodes(one, two)
    there = np.stack(two.layout.at)[
        lay.regime[states], lay.position[states], lay.rung[states], node[lay.node[states]],
        lay.tier[states], lay.clock[states], lay.pledge[states], lay.happened[states],
    ]  # fmt: skip
    return _values(before, states, side), _values(after, there, side)


def _nodes(one: Game, two: Game) -> Ints:
    """Node of the second plan's automaton for each node of the first.

    The second plan may have one more stage, on from the start: its stages then count from there.
    """
    shift = max(n.stage for n in two.automaton.nodes) - max(n.stage for n in one.automaton.nodes)
    known = {(n.stage, n.counter, n.phase, n.lapsed): i for i, n in enumerate(two.automaton.nodes)}
    found = []
    for n in one.automaton.nodes:
        keys = [(n.stage + d, n.counter, n.phase, n.lapsed) for d in (shift, 0)]
        found.append(next(known[k] for k in keys if k in known))
    return np.array(found, dtype=np.intp)


def _values(solved: Solved, states: Ints, side: Side) -> Floats:
    game = solved.game
    mu = np.tile(game.opening, (len(states), 1))
    tables = solved.values.a if side == "A" else solved.values.b
    return np.array([game.opening @ at_beliefs(game, table, states, mu) for table in tables])


class _Option:
    """The stopping problem on the active states of a game."""

    def __init__(self, game: Game, talks: Floats, then: Floats, side: Side) -> None:
        self.game, self.advance = game, then - talks
        self.delta = game.discount[0 if side == "A" else 1]
        states = game.acts.states
        row = np.full(game.layout.size, -1)
        row[states] = np.arange(len(states))
        self.first = int(row[game.start])
        self.talks_now = float(talks[0, self.first])
        self.use_now = float(self.advance[0, self.first])
        self.steps: list[sparse.csr_matrix] = []
        known: dict[int, sparse.csr_matrix] = {}
        beliefs = np.tile(game.opening, (len(states), 1))
        for t in range(game.shown):
            matrix = game.chance[t]
            if id(matrix) not in known:
                known[id(matrix)] = matrix[states][:, states].tocsr()
            to = row[game.after_triggers(t, states, beliefs)]
            self.steps.append(known[id(matrix)][to])

    def stop(self, lower: float) -> float:
        """What holding is worth today if all talks were worth ``lower`` less."""
        w = np.maximum(0.0, self.advance[self.game.shown] + lower)
        for t in range(self.game.shown - 1, 0, -1):
            w = np.maximum(self.advance[t] + lower, self.delta * (self.steps[t] @ w))
        return float(self.delta * (self.steps[0] @ w)[self.first])

    def boundary(self) -> float | None:
        """Value of talks at which using today and holding are worth the same."""

        def use_better(lower: float) -> bool:
            return self.use_now + lower >= self.stop(lower)

        low, high = -2.0, 2.0
        if use_better(low) or not use_better(high):
            return None
        for _ in range(40):
            middle = 0.5 * (low + high)
            low, high = (low, middle) if use_better(middle) else (middle, high)
        return self.talks_now - high


def _gaps(solved: Solved) -> tuple[Floats, Floats, Floats]:
    """What signing each offer today brings A, and B by type; and the chance of ratification."""
    game, m = solved.game, solved.game.moves
    row = int(np.flatnonzero(m.states == solved.first)[0])
    wait_a, wait_b = solved.worth(solved.first)
    a = np.empty(len(game.offers))
    b = np.empty((len(game.offers), len(game.types)))
    for o in range(len(game.offers)):
        worth_a, worth_b = solved.worth(int(m.sign[row, o]))
        a[o] = worth_a + m.lump_sign_a[row, o] - wait_a
        b[o] = worth_b + m.lump_sign_b[row, o] - wait_b
    return a, b, m.ratify[row]


def _range(solved: Solved) -> tuple[str, ...]:
    """Contracts that A and some type of B would sign today and A's voices would rather ratify."""
    a, b, ratified = _gaps(solved)
    either = solved.game.moves.propose[0] | solved.game.moves.propose[1]
    row = int(np.flatnonzero(solved.game.moves.states == solved.first)[0])
    return tuple(
        o.id
        for i, o in enumerate(solved.game.offers)
        if a[i] >= 0 and b[i].max() >= 0 and ratified[i] >= 0.5 and either[row, i]
    )


def _lost(before: Solved, after: Solved) -> tuple[str, ...]:
    """Named contracts on A's table before and not after."""
    return tuple(sorted(_table(before) - _table(after)))


def _table(solved: Solved) -> set[str]:
    game = solved.game
    row = int(np.flatnonzero(game.moves.states == solved.first)[0])
    within = np.array([n.stage for n in game.automaton.nodes])[game.layout.node[solved.first]]
    limit = game.automaton.terms[int(within)].limit
    return {
        o.contract
        for i, o in enumerate(game.offers)
        if o.contract is not None
        and game.moves.sign[row, i] >= 0
        and bool((np.array(o.terms) <= limit + 1e-9).all())
    }


def _room(solved: Solved) -> float:
    """Largest gain of B, over its types, from a named contract on A's table."""
    _, b, _ = _gaps(solved)
    on = _table(solved)
    mean = b @ solved.game.opening
    named = [float(mean[i]) for i, o in enumerate(solved.game.offers) if o.contract in on]
    return max(named, default=float("nan"))
