"""Solves that the parts of the deterrence answer ask for: games changed in one thing, solved backwards.

A part changes the crisis, the plan or a table of the game. The changed game is compiled as the one under
study was (reading applied, precision and frozen beliefs the same) and solved for values only, one game after
the other, for a solve uses every core. Sweeps run on a grid no finer than the draft's and with fewer beliefs
(:func:`sweep_grid`); the answer says so and holds the plan under study on that grid against its own.

Units: stake of each side itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from offramp.crisis import Crisis
from offramp.crisis._pressure import LeverUse, Plan, Stage
from offramp.game import Game, Resolution, compile_game
from offramp.game._resolution import DRAFT
from offramp.solution import Solution
from offramp.solution._induction import Values, continuation, induce
from offramp.solution._nodes import Continuation, at_beliefs

Floats = NDArray[np.float64]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Solved:
    """A game and its values."""

    game: Game
    values: Values

    @cached_property
    def today(self) -> Continuation:
        """C of every state in month 0."""
        return continuation(self.game, 0, self.values.a[1], self.values.b[1])

    @cached_property
    def opening(self) -> tuple[float, Floats]:
        """Values at the start: A's over B's types, B's by type."""
        start, mu = np.array([self.game.start]), self.game.opening[None]
        a = at_beliefs(self.game, self.values.a[0], start, mu)[:, 0]
        b = at_beliefs(self.game, self.values.b[0], start, mu)[:, 0]
        return float(self.game.opening @ a), b

    @cached_property
    def first(self) -> int:
        """Opening state after the plan's triggers of month 0."""
        start = np.array([self.game.start])
        return int(self.game.after_triggers(0, start, self.game.opening[None])[0])

    def signed(self, offer: int) -> int:
        """Settlement state if an offer were signed on the first day."""
        row = int(np.flatnonzero(self.game.moves.states == self.first)[0])
        return int(self.game.moves.sign[row, offer])

    def worth(self, state: int) -> tuple[float, Floats]:
        """What being in a state on the first day, moves made, is worth at the opening beliefs."""
        where, mu = np.array([state]), self.game.opening[None]
        a = at_beliefs(self.game, self.today.a, where, mu)[:, 0]
        b = at_beliefs(self.game, self.today.b, where, mu)[:, 0]
        return float(self.game.opening @ a), b

    def offer(self, contract: str) -> int | None:
        """Index of a named contract among the offers, if it can be signed."""
        found = [i for i, o in enumerate(self.game.offers) if o.contract == contract]
        return found[0] if found else None


def solved_of(solution: Solution) -> Solved:
    """The game under study itself."""
    return Solved(solution.game, solution.values)


BELIEFS = (6, 2)
"""Most belief steps of repeated solves, for two types and for more: values and risks hardly depend on them."""


def sweep_grid(solution: Solution) -> Resolution:
    """The grid of repeated solves: no finer than the draft's, with fewer beliefs."""
    own = solution.game.resolution
    grid = (
        DRAFT if own.position_factor > DRAFT.position_factor or own.offers > DRAFT.offers else own
    )
    steps = (min(grid.belief_steps[0], BELIEFS[0]), min(grid.belief_steps[1], BELIEFS[1]))
    return grid if steps == grid.belief_steps else grid.with_(belief_steps=steps)


def recompiled(
    solution: Solution,
    grid: Resolution,
    crisis: Crisis | None = None,
    plan: Plan | str | None = None,
) -> Game:
    """Another crisis or plan compiled as the game under study was."""
    game = solution.game
    return compile_game(
        game.crisis if crisis is None else crisis,
        game.plan if plan is None else plan,
        None,
        grid,
        frozen_beliefs=game.grid.frozen is not None,
    )


def with_lever(plan: Plan, lever: str, name: str) -> Plan:
    """The plan with a lever on from the first day, and in no later stage."""
    kept = without_lever(plan, lever)
    first = Stage(name=name, trigger="start", on=(LeverUse(lever=lever),))
    return kept.model_copy(update={"stages": (first, *kept.stages)})


def without_lever(plan: Plan, lever: str) -> Plan:
    """The plan with a lever left out of every stage."""
    stages = tuple(
        s.model_copy(update={"on": tuple(u for u in s.on if u.lever != lever)}) for s in plan.stages
    )
    return plan.model_copy(update={"stages": stages})


def levers_of(plan: Plan) -> set[str]:
    """Levers that a plan switches on in some stage."""
    return {use.lever for stage in plan.stages for use in stage.on}


class Solver:
    """Solves games at the precision of one solution and counts them for a progress bar."""

    def __init__(self, solution: Solution, progress: Progress | None, total: int) -> None:
        self.solution, self.progress = solution, progress
        self.done, self.total = 0, total

    def solve(self, games: Sequence[Game], label: str) -> list[Solved]:
        """Values of every game, in order."""
        found = []
        for game in games:
            found.append(Solved(game, induce(game, self.solution.precision)))
            self.tell(label)
        return found

    def tell(self, label: str) -> None:
        """Count one more solve."""
        self.done += 1
        if self.progress is not None:
            self.progress(label, self.done, max(self.total, self.done))
