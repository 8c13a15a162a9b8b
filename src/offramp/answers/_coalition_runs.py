"""Re-solves of the coalition answer: a member gone, a lever's worth, one number at the ends of its range.

*A member gone.* Its share s is taken out of every tier of cohesion (I becomes I (1 - s)), levers that only it
can use drop out of the plan, and a guarantee whose force follows a rule that cannot be met without it is
not answered. In the game lower cohesion also lowers what A holds out for (specification R); so each
removal is solved twice, in full and *with the terms held*: with floors raised by f s / (1 - s) and
``fracture_to_terms`` f / (1 - s) every floor stays what it was, tier by tier, and only help and pressure
are lost.

*A lever's worth* to A: V_A with the plan and the lever from the first day on, less V_A without the lever.

*One number at a time:* V_A at both ends of a number's range, all else as it is; its total effect is the
distance between the two.

Games finer than a draft are swept on the draft grid (:func:`sweep_grid`). Units: stake of each side itself.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from offramp.answers._coalition_facts import asked, members_of
from offramp.crisis import Crisis, override, quantities
from offramp.crisis._pressure import LeverUse, Plan, Stage
from offramp.game import Game, Resolution, compile_game
from offramp.game._resolution import DRAFT
from offramp.solution import Solution, solve
from offramp.solution._induction import Values, induce
from offramp.solution._nodes import at_beliefs

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Outcome:
    """What a solve says: A's value, B's over its types, chance of settlement at the month read.

    ``settled`` is None where only values were solved.
    """

    value_a: float
    value_b: float
    settled: float | None


@dataclass(frozen=True)
class Removal:
    """A member gone: outcomes without it, in full and with the terms held, and ``base`` with it.

    ``levers`` dropped out of the plan with it; ``unanswered`` are guarantees that lose their force.
    """

    member: str
    share: float
    base: Outcome
    full: Outcome
    held: Outcome
    levers: tuple[str, ...]
    unanswered: tuple[str, ...]


@dataclass(frozen=True)
class Driver:
    """One number of the coalition or the broker: A's value at both ends of its range."""

    path: str
    low: float
    high: float
    at_low: float
    at_high: float

    @property
    def total(self) -> float:
        return abs(self.at_high - self.at_low)


def sweep_grid(solution: Solution) -> Resolution:
    """The grid of repeated solves: the game's own, or the draft's if that is coarser."""
    own = solution.game.resolution
    finer = own.position_factor > DRAFT.position_factor or own.belief_steps > DRAFT.belief_steps
    return DRAFT if finer else own


class Solver:
    """Solves changed games as the one under study was, and counts them for a progress bar."""

    def __init__(
        self, solution: Solution, month: int, workers: int | None, progress: Progress | None
    ) -> None:
        self.solution, self.month, self.progress = solution, month, progress
        self.grid = sweep_grid(solution)
        self.workers = workers or os.cpu_count() or 1
        self.done = self.total = 0

    def game(self, crisis: Crisis, plan: Plan) -> Game:
        """A changed crisis or plan, compiled like the game under study."""
        own = self.solution.game
        found = compile_game(
            crisis, plan, None, self.grid, frozen_beliefs=own.grid.frozen is not None
        )
        return replace(found, plan_id=own.plan_id, reading_id=own.reading_id)

    def outcomes(self, cases: Sequence[tuple[Crisis, Plan, bool]], label: str) -> list[Outcome]:
        """Outcomes in the order asked for."""
        self.total += len(cases)
        found: list[Outcome] = []
        with ThreadPoolExecutor(max(1, min(self.workers, len(cases)))) as pool:
            for outcome in pool.map(self._one, cases):
                found.append(outcome)
                self.done += 1
                if self.progress is not None:
                    self.progress(label, self.done, self.total)
        return found

    def values(self, cases: Sequence[Crisis], label: str) -> list[tuple[Game, Values]]:
        """Changed crises under the same plan on the grid of the re-solves, solved for values only."""
        own = self.solution.game

        def one(crisis: Crisis) -> tuple[Game, Values]:
            frozen = own.grid.frozen is not None
            game = compile_game(crisis, own.plan, None, self.grid, frozen_beliefs=frozen)
            return game, induce(game, self.solution.precision)

        self.total += len(cases)
        found: list[tuple[Game, Values]] = []
        with ThreadPoolExecutor(max(1, min(self.workers, len(cases)))) as pool:
            for pair in pool.map(one, cases):
                found.append(pair)
                self.done += 1
                if self.progress is not None:
                    self.progress(label, self.done, self.total)
        return found

    def _one(self, case: tuple[Crisis, Plan, bool]) -> Outcome:
        crisis, plan, forward = case
        kappa = self.solution.precision
        game = self.game(crisis, plan)
        if self.solution.mode == "exact":
            return outcome_of(solve(game, mode="exact"), self.month)
        if forward:
            return outcome_of(solve(game, kappa), self.month)
        values = induce(game, kappa)
        start, mu = np.array([game.start]), game.opening[None]
        a = at_beliefs(game, values.a[0], start, mu)[:, 0]
        b = at_beliefs(game, values.b[0], start, mu)[:, 0]
        return Outcome(float(game.opening @ a), float(game.opening @ b), None)


def outcome_of(solution: Solution, month: int) -> Outcome:
    """Headline of a solution at a month."""
    head = solution.headline(month)
    mean = sum(p * v for p, v in zip(solution.game.opening, head.value_b, strict=True))
    return Outcome(head.value_a, float(mean), head.settled)


def same_game(solution: Solution, solver: Solver) -> Outcome:
    """The game under study on the grid of the re-solves."""
    game = solution.game
    if solver.grid == game.resolution:
        return outcome_of(solution, solver.month)
    return solver.outcomes([(game.crisis, game.plan, True)], "the grid of the re-solves")[0]


# --- A member gone ---------------------------------------------------------------------------


def without(
    crisis: Crisis,
    plan: Plan,
    member: str,
    share: float,
    leads: tuple[str, ...],
    number: int,
    *,
    hold_terms: bool,
) -> tuple[Crisis, Plan, tuple[str, ...], tuple[str, ...]]:
    """Crisis and plan without a member, the levers lost, the guarantees left unanswered."""
    held = set(crisis.members[member].holds)
    used = {u.lever for s in plan.stages for u in s.on} | set(plan.on_ceasefire)
    changes: dict[str, Any] = {
        "coalition.tiers": tuple(x * (1 - share) for x in crisis.coalition.tiers)
    }
    if hold_terms and share > 0:
        f = crisis.conversions.fracture_to_terms.value
        changes["conversions.fracture_to_terms"] = f / (1 - share)
        for key, actor in crisis.actors.items():
            if actor.bloc == "A" and actor.floor is not None:
                path = f"actors.{key}.floor.value"
                changes[path] = actor.floor.value.value + f * share / (1 - share)
    lost = tuple(
        key
        for key, g in crisis.guarantees.items()
        if g.lever is not None
        and (rule := asked(crisis, crisis.levers[g.lever], leads, number)) is not None
        and member in rule.needed
    )
    for key in lost:
        changes[f"guarantees.{key}.response"] = 0.0
    gone = tuple(sorted(held & used))
    kept = tuple(
        s.model_copy(update={"on": tuple(u for u in s.on if u.lever not in held)})
        for s in plan.stages
    )
    paused = tuple(x for x in plan.on_ceasefire if x not in held)
    slim = plan.model_copy(update={"stages": kept, "on_ceasefire": paused}) if gone else plan
    return override(crisis, changes), slim, gone, lost


def removals(
    solution: Solution,
    solver: Solver,
    base: Outcome,
    shares: Mapping[str, float],
    leads: tuple[str, ...],
    number: int,
    most: int,
    smallest: float = 0.02,
) -> tuple[Removal, ...]:
    """Members whose going can be seen: the largest giver, leads, holders of the plan's levers, others."""
    game = solution.game
    crisis, plan = game.crisis, game.plan
    used = {u.lever for s in plan.stages for u in s.on} | set(plan.on_ceasefire)
    principal = crisis.blocs["A"].principal

    def weight(m: str) -> tuple[bool, float]:
        return (m in leads or bool(set(crisis.members[m].holds) & used), shares[m])

    able = [
        m
        for m in members_of(crisis)
        if m != principal and shares[m] < 1 and (weight(m)[0] or shares[m] >= smallest)
    ]
    largest = max(able, key=lambda m: shares[m], default=None)
    chosen = sorted(able, key=lambda m: (m != largest, -weight(m)[0], -weight(m)[1]))[:most]
    found: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = []
    cases: list[tuple[Crisis, Plan, bool]] = []
    for m in chosen:
        for hold in (False, True):
            changed, slim, gone, lost = without(
                crisis, plan, m, shares[m], leads, number, hold_terms=hold
            )
            cases.append((changed, slim, not hold))
        found.append((m, gone, lost))
    done = solver.outcomes(cases, "members") if cases else []
    return tuple(
        Removal(m, shares[m], base, done[2 * i], done[2 * i + 1], gone, lost)
        for i, (m, gone, lost) in enumerate(found)
    )


# --- A lever's worth ---------------------------------------------------------------------------


def worth_of(
    solution: Solution, solver: Solver, levers: Iterable[str]
) -> dict[str, tuple[float, float]]:
    """V_A and V_B with each lever from the first day on, less without it."""
    game = solution.game
    chosen = tuple(levers)
    cases: list[tuple[Crisis, Plan, bool]] = []
    for lever in chosen:
        stages = tuple(
            s.model_copy(update={"on": tuple(u for u in s.on if u.lever != lever)})
            for s in game.plan.stages
        )
        off = game.plan.model_copy(update={"stages": stages})
        first = Stage(name=game.crisis.levers[lever].name, on=(LeverUse(lever=lever),))
        on = off.model_copy(update={"stages": (first, *stages)})
        cases += [(game.crisis, off, False), (game.crisis, on, False)]
    done = solver.outcomes(cases, "levers") if cases else []
    return {
        lever: (
            done[2 * i + 1].value_a - done[2 * i].value_a,
            done[2 * i + 1].value_b - done[2 * i].value_b,
        )
        for i, lever in enumerate(chosen)
    }


# --- One number at a time ----------------------------------------------------------------------

DRIVERS = (
    "broker.sides_with_b", "broker.aid", "coalition.fracture", "coalition.threat_unity",
    "coalition.substitution", "coalition.odds_loss", "conversions.fracture_to_terms",
)  # fmt: skip


def driver_paths(crisis: Crisis, plan: Plan) -> tuple[str, ...]:
    """Numbers of the coalition and the broker that the game reads and that have a range."""
    known = quantities(crisis)
    events = [
        f"events.{key}.hazard"
        for key, e in crisis.events.items()
        if any(x.kind in ("consent", "cohesion", "contract") for x in e.effects)
    ]
    paths = [*DRIVERS, *(["coalition.preagreement"] if plan.preagreed else []), *events]
    return tuple(
        p for p in paths
        if p in known and known[p].low is not None and known[p].low != known[p].high
    )  # fmt: skip


def drivers_of(solution: Solution, solver: Solver, paths: Sequence[str]) -> tuple[Driver, ...]:
    """V_A at both ends of each number's range, largest total effect first."""
    crisis, plan = solution.game.crisis, solution.game.plan
    known = quantities(crisis)
    ends: list[tuple[float, float]] = []
    for path in paths:
        q = known[path]
        assert q.low is not None
        assert q.high is not None
        ends.append((q.low, q.high))
    cases = [
        (override(crisis, {path: x}), plan, False)
        for path, pair in zip(paths, ends, strict=True)
        for x in pair
    ]
    done = solver.outcomes(cases, "numbers") if cases else []
    found = [
        Driver(path, *pair, done[2 * i].value_a, done[2 * i + 1].value_a)
        for i, (path, pair) in enumerate(zip(paths, ends, strict=True))
    ]
    return tuple(sorted(found, key=lambda d: -d.total))
