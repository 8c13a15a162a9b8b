"""Many re-solves of one game with something changed, for the answer about leverage.

A :class:`Variant` is the solved game's own crisis with some paths replaced, a plan, and possibly a
*bump*: a flow taken off one side in every unsettled state of the first months. What comes back is a
:class:`Seen`: values, the chance of settlement, how well B's type is known, and the value of delay.

Which grid. If all variants together are small they are solved at the solution's own resolution. If not,
at :data:`SWEEP`, and the largest effects are solved again on a finer grid: the *error* of an effect is
the difference between the two, never less than what readers see printed.

Units: own stake; probabilities.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from offramp.answers._measures import OPEN_REGIMES, waiting
from offramp.answers._runs import Progress, in_parallel
from offramp.crisis import Crisis, override
from offramp.crisis._pressure import Plan
from offramp.game import Game, Resolution, compile_game
from offramp.game._resolution import DRAFT, FINE, SKETCH, STANDARD
from offramp.game._states import SETTLED
from offramp.solution import Solution, solve
from offramp.solution._certificate import PRINTED
from offramp.solution._induction import induce
from offramp.solution._nodes import at_beliefs

SWEEP = SKETCH.with_(name="levers", phases=2, tiers=3)
"""Grid on which many levers are weighed: a sketch that keeps the ramp and all coalition tiers."""
OWN_GRID = 150_000
"""Belief-states, over all variants, up to which the solution's own grid is used (about ten seconds)."""
POOLED = 8
"""Variants from which several processes pay for handing them the crisis."""


@dataclass(frozen=True)
class Bump:
    """A flow (own stake if for ever) taken off one side while nothing is settled, for some months."""

    side: Literal["A", "B"]
    size: float
    months: int

    def apply(self, game: Game) -> Game:
        """The game with the flow taken off."""
        unsettled = game.layout.regime <= OPEN_REGIMES
        last = min(self.months, game.months)
        if self.side == "A":
            flow_a = game.flow_a.copy()
            flow_a[:last, unsettled] -= self.size
            return replace(game, flow_a=flow_a)
        flow_b = game.flow_b.copy()
        flow_b[:, :last, unsettled] -= self.size
        return replace(game, flow_b=flow_b)


@dataclass(frozen=True)
class Variant:
    """One re-solve: a name, paths replaced, the plan (None: the game's own), a bump.

    ``forward``: whether the futures are wanted, too; without them it costs a third.
    """

    name: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    plan: Plan | None = None
    bump: Bump | None = None
    forward: bool = False


@dataclass(frozen=True)
class Seen:
    """What a re-solve says.

    Attributes:
        value_a: A's value; ``value_b`` B's by type; ``opening`` the beliefs they are weighed by.
        settled: Chance of being in a settlement at the month of reading (None: not looked at).
        known: Expected belief in the true type at that month (None: not looked at).
        terms_a: Mean stake of A in the deals in force at that month (None: not looked at, no deal).
        delay_a, delay_b: Value of waiting that long before signing the contract (None: not looked at,
            or no such contract in this game).
    """

    value_a: float
    value_b: tuple[float, ...]
    opening: tuple[float, ...]
    settled: float | None
    known: float | None
    terms_a: float | None
    delay_a: float | None
    delay_b: tuple[float, ...] | None

    @property
    def mean_b(self) -> float:
        """B's value over its types."""
        return sum(p * v for p, v in zip(self.opening, self.value_b, strict=True))


@dataclass(frozen=True)
class Frame:
    """What all variants share: crisis (reading applied), plan, precision, month, contract, mode."""

    crisis: Crisis
    plan: Plan
    precision: float
    mode: str
    frozen: bool
    month: int
    wait: int
    contract: str | None


def frame_of(solution: Solution, month: int, wait: int, contract: str | None) -> Frame:
    """The frame of a solution's variants."""
    game = solution.game
    frozen = game.grid.frozen is not None
    return Frame(
        game.crisis, game.plan, solution.precision, solution.mode, frozen, month, wait, contract
    )


def read(solution: Solution, frame: Frame) -> Seen:
    """Reduce a solution to what the answer needs."""
    game, f = solution.game, solution.futures
    month = min(frame.month, game.shown)
    offer = next(
        (i for i, o in enumerate(game.offers) if o.contract and o.contract == frame.contract), None
    )
    wait = None
    if offer is not None and frame.wait > 0:
        wait = waiting(solution, offer, min(frame.wait, game.months - 1))
    in_force = f.settled_on[month]
    worth = game.stakes.bloc(game.signed_value, 0) if game.offers else np.zeros(0)
    total = float(in_force.sum())
    return Seen(
        value_a=solution.opening_a,
        value_b=solution.opening_b,
        opening=tuple(float(p) for p in game.opening),
        settled=float(f.regime[month, SETTLED]),
        known=float(game.opening @ np.diagonal(f.belief[month])),
        terms_a=float(in_force @ worth) / total if len(worth) and total > 0 else None,
        delay_a=None if wait is None else float(wait.a[-1]),
        delay_b=None if wait is None else tuple(float(x) for x in wait.b[:, -1]),
    )


def values_only(game: Game, precision: float) -> Seen:
    """Values of a game at its start, without its futures."""
    values = induce(game, precision)
    start, mu = np.array([game.start]), game.opening[None]
    a, b = (at_beliefs(game, table[0], start, mu)[:, 0] for table in (values.a, values.b))
    opening = tuple(float(p) for p in game.opening)
    return Seen(
        float(a @ game.opening), tuple(map(float, b)), opening, None, None, None, None, None
    )


def perform(frame: Frame, variant: Variant, resolution: Resolution) -> Seen:
    """Compile, solve and reduce one variant."""
    crisis = override(frame.crisis, variant.changes) if variant.changes else frame.crisis
    game = compile_game(
        crisis, variant.plan or frame.plan, None, resolution, frozen_beliefs=frame.frozen
    )
    if variant.bump is not None:
        game = variant.bump.apply(game)
    if frame.mode == "exact":
        return read(solve(game, mode="exact"), frame)
    if not variant.forward:
        return values_only(game, frame.precision)
    return read(solve(game, frame.precision), frame)


def _perform(frame: Frame, job: tuple[Variant, Resolution]) -> Seen:
    return perform(frame, *job)


def sweep(
    frame: Frame,
    variants: Sequence[Variant],
    resolution: Resolution,
    workers: int | None = 1,
    progress: Progress | None = None,
    label: str = "weighing levers",
) -> dict[str, Seen]:
    """Solve variants, by name; the same figures for any number of processes."""
    jobs = [(variant, resolution) for variant in variants]
    few = len(variants) < POOLED
    found = in_parallel(frame, _perform, jobs, 1 if few else workers, progress, label)
    return {variant.name: seen for variant, seen in zip(variants, found, strict=True)}


def grid_for(solution: Solution, variants: int) -> Resolution:
    """Own resolution where it is affordable or coarser than :data:`SWEEP`, else that one."""
    game = solution.game
    own = game.resolution
    if own == SKETCH or game.size["belief_states"] * variants <= OWN_GRID:
        return own
    return SWEEP


def finer_than(grid: str, own: Resolution) -> Resolution:
    """Grid on which the largest effects are checked: one step finer, or a draft for the sweep.

    Nothing is finer than the finest, which is held against the one below it.
    """
    if grid == own.name:
        return {DRAFT.name: STANDARD, STANDARD.name: FINE, FINE.name: STANDARD}.get(grid, DRAFT)
    return DRAFT


@dataclass(frozen=True)
class Change:
    """One re-solve less another; None where one of them was not looked at."""

    a: float
    b: tuple[float, ...]
    mean_b: float
    settled: float | None
    known: float | None
    terms_a: float | None

    def minus(self, other: Change) -> Change:
        """The difference of two changes."""
        return Change(
            self.a - other.a,
            tuple(x - y for x, y in zip(self.b, other.b, strict=True)),
            self.mean_b - other.mean_b,
            less(self.settled, other.settled),
            less(self.known, other.known),
            less(self.terms_a, other.terms_a),
        )


def less(x: float | None, y: float | None) -> float | None:
    """A difference, or None where one side of it is."""
    return None if x is None or y is None else x - y


def change(now: Seen, then: Seen) -> Change:
    """``now`` less ``then``."""
    return Change(
        now.value_a - then.value_a,
        tuple(x - y for x, y in zip(now.value_b, then.value_b, strict=True)),
        now.mean_b - then.mean_b,
        less(now.settled, then.settled),
        less(now.known, then.known),
        less(now.terms_a, then.terms_a),
    )


@dataclass(frozen=True)
class Error:
    """Sizes up to which an effect is no distinguishable difference."""

    a: float
    b: float
    settled: float


@dataclass(frozen=True)
class Errors:
    """Error of effects, and how it was found.

    Attributes:
        most: The largest over the levers solved again, which counts for all others.
        each: The error of each lever solved again; ``finer`` names the grid.
    """

    most: Error
    each: Mapping[str, Error]
    finer: str

    def of(self, lever: str) -> Error:
        """The error of a lever's effects."""
        return self.each.get(lever, self.most)


def errors_of(pairs: Sequence[tuple[str, Change, Change]], finer: str) -> Errors:
    """Differences of effects on two grids, at least what readers see printed."""
    printed = Error(PRINTED["value_a"], PRINTED["value_b"], PRINTED["settled"])
    each = {}
    for key, coarse, fine in pairs:
        shift = fine.minus(coarse)
        each[key] = Error(
            max(printed.a, abs(shift.a)),
            max(printed.b, *map(abs, shift.b)),
            max(printed.settled, abs(shift.settled or 0.0)),
        )
    found = (printed, *each.values())
    most = Error(max(e.a for e in found), max(e.b for e in found), max(e.settled for e in found))
    return Errors(most, each, finer)
