"""Which belief would change the bottom line: every plan's value to A at every belief, from one solve each.

A solve holds values at all beliefs, so ``V_A(plan, mu) = sum_theta mu_theta V_A(0, start, theta, mu)`` needs no
solve per belief (the corners are the games in which B's type is known). The bottom line is the plan worth
most to A. It changes at mu if another plan is worth more there by more than the error of a difference: the
certificate's, or what the sweep's own resolution moves the one plan that is solved at both.

*Thresholds.* From today's beliefs towards certainty of type theta, the first belief in theta at which the
bottom line changes. *Worth of seeing y before choosing*, public beliefs moving alike in both::

    E_y max_plan V_A(plan, mu_y) - max_plan E_y V_A(plan, mu_y)  >=  0

Units: A's own stake, probabilities. Classical comparator: value of information in statistical decisions
(Raiffa and Schlaifer 1961).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.answers._bluff_observations import Observation
from offramp.answers._runs import Progress, in_parallel
from offramp.crisis import Crisis, override
from offramp.game import Resolution, compile_game, simplex_grid
from offramp.solution import Solution, solve

Floats = NDArray[np.float64]

ROUNDING = 1e-12
"""Worth of an observation below this is rounding: by Jensen's inequality it is never negative."""
STEPS = 400
"""Beliefs looked at between today's and a corner."""


@dataclass(frozen=True)
class Job:
    """One solve: a plan, changes of numbers, precision, resolution, reading."""

    plan: str
    changes: tuple[tuple[str, float], ...]
    precision: float
    resolution: Resolution
    reading: str | None


@dataclass(frozen=True)
class Valued:
    """A plan's values at the opening state by type and grid belief, and what happens at today's."""

    plan: str
    steps: int
    a: Floats
    b: Floats
    value_a: float
    value_b: tuple[float, ...]
    settled: float
    met: bool

    def at(self, belief: Floats) -> float:
        """V_A of the plan if the game opened at this belief."""
        index, share = simplex_grid(len(belief), self.steps).locate(belief[None])
        by_type = sum(share[v, 0] * self.a[:, index[v, 0]] for v in range(len(index)))
        return float(np.asarray(by_type) @ belief)


def valued(solution: Solution, plan: str) -> Valued:
    """What a solution says about its plan at every belief."""
    game = solution.game
    head = solution.headline()
    return Valued(
        plan,
        game.grid.steps,
        np.array(solution.values.a[0][game.start]),
        np.array(solution.values.b[0][game.start]),
        head.value_a,
        head.value_b,
        head.settled,
        solution.certificate.met,
    )


def perform(crisis: Crisis, job: Job) -> Valued:
    """Compile, solve and reduce one job."""
    changed = override(crisis, dict(job.changes)) if job.changes else crisis
    game = compile_game(changed, job.plan, job.reading, job.resolution)
    return valued(solve(game, job.precision), job.plan)


def perform_all(
    crisis: Crisis, jobs: Sequence[Job], workers: int | None, progress: Progress | None, label: str
) -> list[Valued]:
    """Jobs in order, on several processes if asked for; as :func:`offramp.answers._runs.run_all`."""
    return in_parallel(crisis, perform, jobs, workers, progress, label)


@dataclass(frozen=True)
class Threshold:
    """The first belief in a type, on the way to certainty, at which another plan does better."""

    type: int
    now: float
    at: float | None
    plan: str
    gain: float
    corner: str


@dataclass(frozen=True)
class Sway:
    """An observation and the bottom line after each of its outcomes."""

    observation: Observation
    best: tuple[tuple[str, float, str, float], ...]
    worth: float

    @property
    def changes(self) -> bool:
        """Whether an outcome changes the bottom line."""
        return any(gain > 0 for *_, gain in self.best)


@dataclass(frozen=True)
class Ranking:
    """Plans at today's beliefs and at others.

    Attributes:
        plans: Valued plans, best for A first.
        error: What a difference is held against.
        corners: Type -> plan worth most if that type were known, and its gain over today's best.
    """

    plans: tuple[Valued, ...]
    error: float
    drift: float | None
    thresholds: tuple[Threshold, ...]
    sways: tuple[Sway, ...]
    resolution: str

    @property
    def best(self) -> Valued:
        """The plan worth most to A today."""
        return self.plans[0]

    @property
    def tied(self) -> tuple[Valued, ...]:
        """Plans that are not distinguishably worse than the best."""
        return tuple(p for p in self.plans[1:] if self.best.value_a - p.value_a <= self.error)


def winner(
    plans: Sequence[Valued], belief: Floats, standing: Valued, error: float
) -> tuple[Valued, float]:
    """The plan worth most at a belief and its gain over the standing one (0 if not distinguishable)."""
    values = {p.plan: p.at(belief) for p in plans}
    top = max(plans, key=lambda p: values[p.plan])
    gain = values[top.plan] - values[standing.plan]
    return (top, gain) if gain > error else (standing, 0.0)


def rank(
    plans: Sequence[Valued],
    opening: Floats,
    seen: Sequence[Observation],
    error: float,
    drift: float | None,
    resolution: str,
) -> Ranking:
    """Rank plans today and find what would change the ranking."""
    order = sorted(plans, key=lambda p: -p.value_a)
    best = order[0]
    thresholds = []
    for j in range(len(opening)):
        corner = np.eye(len(opening))[j]
        at: float | None = None
        plan, gain = best.plan, 0.0
        for step in range(1, STEPS + 1):
            belief = opening + step / STEPS * (corner - opening)
            top, more = winner(order, belief, best, error)
            if more > 0:
                at, plan, gain = float(belief[j]), top.plan, more
                break
        last, _ = winner(order, corner, best, error)
        thresholds.append(Threshold(j, float(opening[j]), at, plan, gain, last.plan))
    return Ranking(
        tuple(order),
        error,
        drift,
        tuple(thresholds) if len(opening) > 1 else (),
        tuple(sorted((_sway(order, o, opening, error) for o in seen), key=lambda s: -s.worth)),
        resolution,
    )


def _sway(order: Sequence[Valued], seen: Observation, opening: Floats, error: float) -> Sway:
    best = order[0]
    outcomes = []
    expected: Mapping[str, list[float]] = {p.plan: [] for p in order}
    chances = []
    for o in seen.outcomes:
        belief = np.array(o.belief)
        chance = float(np.array(o.chance) @ opening)
        top, gain = winner(order, belief, best, error)
        outcomes.append((o.name, chance, top.plan, gain))
        chances.append(chance)
        for p in order:
            expected[p.plan].append(p.at(belief))
    weights = np.array(chances)
    table = np.array([expected[p.plan] for p in order])
    worth = float((weights * table.max(0)).sum() - (table @ weights).max())
    return Sway(seen, tuple(outcomes), worth if worth > ROUNDING else 0.0)
