"""Why no deal: what is lost to each of four obstacles, averaged over every order of taking them away.

Definition. With a set S of obstacles taken away the surplus is::

    v(S) = V_A(S) + V_B(S),   V_B over B's types at the opening beliefs

both solved again from the start. The four obstacles and what takes each away:

* *information*: the type of B is known from the start; the same solve, read at certainty of each type
  and weighted by the opening beliefs, so no solve of its own;
* *commitment*: settlements bind and are never looked at again;
* *red lines*: no red line, hard or soft; issues are divisible; nothing is kept off the table;
* *domestic*: no voice has a floor, and neither leader pays at home for signing.

The share of obstacle i is Shapley's value::

    share_i = sum over S without i of |S|! (3 - |S|)! / 4! (v(S + i) - v(S))

and shares sum to what is lost, v(all) - v(none). A share can be negative: taking that obstacle away
costs surplus on average (knowing the type early, for one, makes A ask the ready type for more). Shares are
linear in the two sides' values, so they are reported for each side in its own stake, and the sum only says
what equal weights would make of it. Below :data:`ENOUGH` lost the shares are not worded as findings.

*Talks at all*: the surplus over ``v_never``, the values if from today nobody ever moves.

Comparator: Fearon (1995): with known types, binding deals, divisible stakes and unitary sides a range
exists, so each of the four obstacles is one of his explanations (or, the last, Putnam's).
Source: Shapley (1953). Units: own stake.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np

from offramp.answers._deal_runs import (
    Job,
    Seen,
    finer_than,
    grid_for,
    run_jobs,
)
from offramp.answers._measures import hold_path
from offramp.answers._runs import Progress
from offramp.crisis import Crisis
from offramp.game import Game
from offramp.solution import BAND, Solution
from offramp.solution._induction import terminal_values

INFORMATION, COMMITMENT, LINES, HOME = "information", "commitment", "lines", "home"
OBSTACLES = (INFORMATION, COMMITMENT, LINES, HOME)
SOLVED = (COMMITMENT, LINES, HOME)
"""Obstacles that take a solve to take away."""
ENOUGH = 0.1
"""Surplus lost (stakes of both sides) from which shares are worded."""

Pair = tuple[float, float]
"""(A, B over its types), each in its own stake."""


@dataclass(frozen=True)
class Shares:
    """Shapley shares at one precision.

    Attributes:
        lost: v(all) - v(none) of each side.
        share: By obstacle, of each side.
        alone: What taking each away alone would bring, of each side.
        worth: v of every set of obstacles, of each side.
    """

    lost: Pair
    share: dict[str, Pair]
    alone: dict[str, Pair]
    worth: dict[frozenset[str], Pair]

    @property
    def total(self) -> float:
        """Surplus lost, both stakes added."""
        return sum(self.lost)

    def sum(self, obstacle: str) -> float:
        """Share of an obstacle, both stakes added."""
        return sum(self.share[obstacle])


@dataclass(frozen=True)
class Why:
    """Why no deal.

    Attributes:
        shares: At the solution's own precision; ``band`` at others.
        never: Values if nobody ever moves; ``grid`` the grid of the solves, ``own`` if the solution's.
        error: How far the surplus lost moves on a finer grid (None: the sweep is on the own grid).
        types: Number of types; ``frozen`` if beliefs do not move in this game.
        absent: Obstacles that the crisis does not have at all.
    """

    shares: Shares
    band: dict[float, Shares]
    never: Pair
    grid: str
    own: bool
    error: float | None
    frozen: bool
    absent: tuple[str, ...]

    @property
    def told(self) -> bool:
        """Whether enough is lost for shares to be worded."""
        return self.shares.total >= ENOUGH

    def span(self, obstacle: str) -> Pair:
        """Range of an obstacle's share over the precisions."""
        found = [x.sum(obstacle) for x in (self.shares, *self.band.values())]
        return min(found), max(found)

    @property
    def ranked(self) -> tuple[str, ...]:
        """Obstacles by share, largest first."""
        return tuple(sorted(OBSTACLES, key=lambda x: -self.shares.sum(x)))

    @property
    def steady(self) -> bool:
        """Whether the first obstacle is the same over the band."""
        first = self.ranked[0]
        return all(max(OBSTACLES, key=x.sum) == first for x in self.band.values())


def without(crisis: Crisis, taken: frozenset[str]) -> dict[str, Any]:
    """Paths that take obstacles away."""
    found: dict[str, Any] = {}
    if COMMITMENT in taken:
        found["settlement.binding"] = True
    if LINES in taken:
        for key in crisis.red_lines:
            found[f"red_lines.{key}.hard"] = False
            found[f"red_lines.{key}.penalty"] = 0.0
        for key, issue in crisis.issues.items():
            if not issue.divisible:
                found[f"issues.{key}.divisible"] = True
            if issue.open.value < 1:
                found[f"issues.{key}.open"] = 1.0
    if HOME in taken:
        for key, actor in crisis.actors.items():
            if actor.floor is not None:
                found[f"actors.{key}.floor"] = None
        for side in ("A", "B"):
            if crisis.blocs[side].audience.cost.value:
                found[f"blocs.{side}.audience.cost"] = 0.0
    return found


def absent_in(game: Game) -> tuple[str, ...]:
    """Obstacles of which the game has nothing that could be taken away."""
    crisis = game.crisis
    found = [x for x in SOLVED if not without(crisis, frozenset({x}))]
    if COMMITMENT not in found and crisis.settlement.binding:
        found.append(COMMITMENT)
    if len(game.types) == 1:
        found.append(INFORMATION)
    return tuple(x for x in OBSTACLES if x in found)


def subsets() -> list[frozenset[str]]:
    """The eight sets that are solved."""
    return [frozenset(c) for n in range(len(SOLVED) + 1) for c in combinations(SOLVED, n)]


def shapley(worth: Mapping[frozenset[str], Pair]) -> dict[str, Pair]:
    """Shapley's value of each obstacle, by side."""
    n = len(OBSTACLES)
    found = {}
    for i in OBSTACLES:
        others = [x for x in OBSTACLES if x != i]
        total = [0.0, 0.0]
        for size in range(n):
            weight = factorial(size) * factorial(n - size - 1) / factorial(n)
            for chosen in combinations(others, size):
                before = frozenset(chosen)
                after = before | {i}
                for side in (0, 1):
                    total[side] += weight * (worth[after][side] - worth[before][side])
        found[i] = (total[0], total[1])
    return found


def shares_of(solves: Mapping[frozenset[str], Seen], frozen: bool) -> Shares:
    """Shares from the eight solves; each is read at the opening beliefs and at certainty."""
    worth: dict[frozenset[str], Pair] = {}
    for taken, seen in solves.items():
        worth[taken] = (seen.value_a, seen.mean_b)
        known = (
            sum(p * x for p, x in zip(seen.opening, seen.known_a, strict=True)),
            sum(p * x for p, x in zip(seen.opening, seen.known_b, strict=True)),
        )
        worth[taken | {INFORMATION}] = worth[taken] if frozen else known
    none = worth[frozenset()]
    every = worth[frozenset(OBSTACLES)]
    return Shares(
        lost=(every[0] - none[0], every[1] - none[1]),
        share=shapley(worth),
        alone={
            x: (worth[frozenset({x})][0] - none[0], worth[frozenset({x})][1] - none[1])
            for x in OBSTACLES
        },
        worth=worth,
    )


def never_moves(solution: Solution) -> tuple[float, tuple[float, ...]]:
    """What A has, and B by type, if from today nobody ever moves (plan and nature go on)."""
    game = solution.game
    path = hold_path(solution, game.months - 1)
    delta_a, delta_b = game.discount
    end_a, end_b = terminal_values(game)
    a, b = 0.0, np.zeros(len(game.types))
    for t in range(game.months):
        p = path.chance[t]
        a += (1 - delta_a) * delta_a**t * float(p @ game.flow_a[t])
        b += (1 - delta_b) * delta_b**t * (game.flow_b[:, t] @ p)
    last = np.asarray(game.chance[game.months - 1].T @ path.chance[-1])
    a += delta_a**game.months * float(last @ end_a)
    b += delta_b**game.months * (end_b @ last)
    return a, tuple(float(x) for x in b)


def why_no_deal(
    solution: Solution,
    *,
    progress: Progress | None = None,
    workers: int | None = 1,
    band: bool = True,
) -> Why:
    """Eight solves at the solution's precision, eight more at each other precision of the band."""
    crisis = solution.game.crisis
    sets = subsets()
    levels: list[float | None] = [None]
    if band and solution.mode == "logit":
        levels += [k for k in BAND if k != solution.precision]
    grid = grid_for(solution, len(sets) * len(levels))
    jobs = [Job(_name(taken, k), without(crisis, taken), k) for k in levels for taken in sets]
    finer = finer_than(grid, solution.game.resolution)
    checks = []
    if finer is not None:
        every = frozenset(SOLVED)
        checks = [
            replace(Job(_name(taken, None), without(crisis, taken)), resolution=finer)
            for taken in (frozenset[str](), every)
        ]
    checks = [replace(job, name=f"check {job.name}") for job in checks]
    done = run_jobs(solution, jobs + checks, grid, workers, progress, "taking obstacles away")
    frozen = solution.game.grid.frozen is not None
    found = [shares_of({taken: done[_name(taken, k)] for taken in sets}, frozen) for k in levels]
    error, never = None, never_moves(solution)
    if checks:
        none, every_seen = (done[job.name] for job in checks)
        total = _total(every_seen, frozen) - none.value_a - none.mean_b
        error = abs(total - found[0].total)
    return Why(
        shares=found[0],
        band={k: x for k, x in zip(levels, found, strict=True) if k is not None},
        never=(never[0], float(solution.game.opening @ np.array(never[1]))),
        grid=grid.name,
        own=finer is None,
        error=error,
        frozen=frozen,
        absent=absent_in(solution.game),
    )


def _total(seen: Seen, frozen: bool) -> float:
    if frozen:
        return seen.value_a + seen.mean_b
    return sum(
        p * (a + b) for p, a, b in zip(seen.opening, seen.known_a, seen.known_b, strict=True)
    )


def _name(taken: frozenset[str], precision: float | None) -> str:
    level = "own" if precision is None else f"{precision:g}"
    return f"{level}: {', '.join(sorted(taken)) or 'nothing'}"
