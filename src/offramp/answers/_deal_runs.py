"""Re-solves of one game with something changed, for the answer about deals.

A :class:`Job` replaces paths of the solved game's own crisis; a :class:`Seen` is what comes back: values at
the opening beliefs and at certainty of each type, what signing every contract is worth today, and where
asked the room for a deal. The plan, the precision and the mode stay those of the solution.

Which grid. If all jobs together are small they are solved at the solution's own resolution, else at
:data:`SWEEP`; every comparison is between solves on one grid.

Units: own stake.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offramp.answers._deal_room import Room, room
from offramp.answers._deal_setting import setting_of
from offramp.answers._measures import Gaps
from offramp.answers._runs import Progress, in_parallel
from offramp.crisis import Crisis, override
from offramp.crisis._pressure import Plan
from offramp.game import Game, Resolution, compile_game
from offramp.game._resolution import DRAFT, SKETCH
from offramp.solution import Solution, solve
from offramp.solution._induction import Values, continuation, induce
from offramp.solution._nodes import at_beliefs

Floats = NDArray[np.float64]

SWEEP = SKETCH.with_(name="sweep", phases=2, belief_steps=(6, 2))
"""Grid of many re-solves: a sketch that keeps the ramp and beliefs between certainty and the prior."""
OWN_GRID = 100_000
"""Belief-states, over all jobs, up to which the solution's own grid is used (some five seconds)."""
POOLED = 300_000
"""Belief-states, over all jobs, from which several processes pay for being started."""


@dataclass(frozen=True)
class Frame:
    """What all jobs share."""

    plan: Plan
    precision: float
    mode: str
    frozen: bool
    resolution: Resolution


@dataclass(frozen=True)
class Job:
    """One re-solve: a name, paths replaced, another precision, another grid, whether to look for room."""

    name: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    precision: float | None = None
    resolution: Resolution | None = None
    room: bool = False


@dataclass(frozen=True)
class Order:
    """A job with its frame: what a worker process gets."""

    frame: Frame
    job: Job


@dataclass(frozen=True)
class Seen:
    """What a re-solve says.

    Attributes:
        value_a, value_b: Values at the opening beliefs, B's by type.
        known_a, known_b: Values if the type were known from the start, by type.
        opening: Opening beliefs.
        offers: Ids of the contracts that can be signed.
        gap_a, gap_b, ratified: What signing each is worth today; chance of ratification.
        room: The best terms that suit every type (None: not looked for, or none allowed).
        rooms: The same for each type alone.
    """

    value_a: float
    value_b: tuple[float, ...]
    known_a: tuple[float, ...]
    known_b: tuple[float, ...]
    opening: tuple[float, ...]
    offers: tuple[str, ...]
    gap_a: tuple[float, ...]
    gap_b: tuple[tuple[float, ...], ...]
    ratified: tuple[float, ...]
    room: Room | None = None
    rooms: tuple[Room | None, ...] = ()

    @property
    def mean_b(self) -> float:
        """B's value over its types."""
        return sum(p * v for p, v in zip(self.opening, self.value_b, strict=True))

    def now(self) -> Gaps:
        """Gaps of every contract today."""
        types = len(self.opening)
        return Gaps(
            0,
            np.array(self.gap_a),
            np.array(self.gap_b).reshape(len(self.offers), types),
            np.array(self.ratified),
        )

    def of(self, offer: str) -> tuple[float, tuple[float, ...], float] | None:
        """(gap of A, gaps of B, chance of ratification) of a contract, None if it cannot be signed."""
        if offer not in self.offers:
            return None
        i = self.offers.index(offer)
        return self.gap_a[i], self.gap_b[i], self.ratified[i]


def frame_of(solution: Solution, resolution: Resolution | None = None) -> Frame:
    """The frame of a solution's jobs."""
    game = solution.game
    return Frame(
        game.plan,
        solution.precision,
        solution.mode,
        game.grid.frozen is not None,
        resolution or game.resolution,
    )


def today(game: Game, values: Values) -> Gaps:
    """Gaps of every contract in the first month, from the values alone."""
    c = continuation(game, 0, values.a[1], values.b[1])
    here = game.after_triggers(0, np.array([game.start]), game.opening[None])
    row = np.flatnonzero(game.moves.states == here[0])
    m = game.moves
    offers, types = len(game.offers), len(game.types)
    a, b = np.empty(offers), np.empty((offers, types))
    rest_a = at_beliefs(game, c.a, here, game.opening[None])[:, 0] @ game.opening
    rest_b = at_beliefs(game, c.b, here, game.opening[None])[:, 0]
    for o in range(offers):
        target = m.sign[row, o]
        signed_a = at_beliefs(game, c.a, target, game.opening[None])[:, 0] @ game.opening
        signed_b = at_beliefs(game, c.b, target, game.opening[None])[:, 0]
        a[o] = signed_a + m.lump_sign_a[row[0], o] - rest_a
        b[o] = signed_b + m.lump_sign_b[row[0], o] - rest_b
    return Gaps(0, a, b, m.ratify[row[0]])


def waiting_values(game: Game, values: Values) -> tuple[float, tuple[float, ...]]:
    """What letting the first round pass is worth to A, and to B by type."""
    c = continuation(game, 0, values.a[1], values.b[1])
    here = game.after_triggers(0, np.array([game.start]), game.opening[None])
    a = at_beliefs(game, c.a, here, game.opening[None])[:, 0] @ game.opening
    b = at_beliefs(game, c.b, here, game.opening[None])[:, 0]
    return float(a), tuple(float(x) for x in b)


def read(game: Game, values: Values, look: bool) -> Seen:
    """Reduce the values of a game to what the answer needs."""
    start, types = np.array([game.start]), len(game.types)
    opening = game.opening
    a = at_beliefs(game, values.a[0], start, opening[None])[:, 0]
    b = at_beliefs(game, values.b[0], start, opening[None])[:, 0]
    known_a, known_b = [], []
    for j in range(types):
        sure = np.eye(types)[j][None]
        known_a.append(float(at_beliefs(game, values.a[0], start, sure)[j, 0]))
        known_b.append(float(at_beliefs(game, values.b[0], start, sure)[j, 0]))
    now = today(game, values)
    best: Room | None = None
    each: tuple[Room | None, ...] = ()
    if look and (setting := setting_of(game, now)) is not None:
        best = room(setting)
        each = tuple(room(setting.only([t])) for t in game.types)
    return Seen(
        float(a @ opening),
        tuple(float(x) for x in b),
        tuple(known_a),
        tuple(known_b),
        tuple(float(p) for p in opening),
        tuple(o.id for o in game.offers),
        tuple(float(x) for x in now.a),
        tuple(tuple(float(x) for x in row) for row in now.b),
        tuple(float(x) for x in now.ratified),
        best,
        each,
    )


def game_of(crisis: Crisis, frame: Frame, job: Job) -> Game:
    """The changed game."""
    changed = override(crisis, job.changes) if job.changes else crisis
    return compile_game(
        changed, frame.plan, None, job.resolution or frame.resolution, frozen_beliefs=frame.frozen
    )


def perform(crisis: Crisis, order: Order) -> Seen:
    """Compile, solve and reduce one job (by the compiled kernels, which pay from the second job on)."""
    frame, job = order.frame, order.job
    game = game_of(crisis, frame, job)
    if frame.mode == "exact":
        return read(game, solve(game, mode="exact").values, job.room)
    compiled = len(game.types) in (2, 3) and game.grid.size > 1
    values = induce(game, job.precision or frame.precision, kernel="numba" if compiled else "auto")
    return read(game, values, job.room)


def run_jobs(
    solution: Solution,
    jobs: Sequence[Job],
    resolution: Resolution,
    workers: int | None,
    progress: Progress | None,
    label: str,
) -> dict[str, Seen]:
    """Jobs by name, on one grid; the same figures for any number of processes."""
    frame = frame_of(solution, resolution)
    orders = [Order(frame, job) for job in jobs]
    if weight(solution, resolution) * len(jobs) < POOLED:
        workers = 1
    found = in_parallel(solution.game.crisis, perform, orders, workers, progress, label)
    return {job.name: seen for job, seen in zip(jobs, found, strict=True)}


def weight(solution: Solution, resolution: Resolution) -> int:
    """About how many belief-states a job has on a grid."""
    game = solution.game
    own = game.size["belief_states"]
    if resolution == game.resolution:
        return own
    places = resolution.position_factor / game.resolution.position_factor
    pick = 0 if len(game.types) == 2 else 1
    power = max(0, len(game.types) - 1)
    steps = (resolution.belief_steps[pick] / game.resolution.belief_steps[pick]) ** power
    return max(1, int(own * places * steps))


def grid_for(solution: Solution, jobs: int) -> Resolution:
    """Own resolution where it is affordable or coarser than :data:`SWEEP`, else that one."""
    game = solution.game
    if game.resolution == SKETCH or game.size["belief_states"] * jobs <= OWN_GRID:
        return game.resolution
    return SWEEP


def finer_than(grid: Resolution, own: Resolution) -> Resolution | None:
    """Grid on which one figure of a sweep is checked: the draft; None if the sweep is the own grid."""
    return None if grid == own else DRAFT
