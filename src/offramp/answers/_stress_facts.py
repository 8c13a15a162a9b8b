"""Everything the stress answer works out before a word is written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from offramp.answers._coalition_ways import Passage
from offramp.answers._contribution_aid import AidCut, aid_cut, donor_of
from offramp.answers._contribution_chain import Chain, chain, verdicts
from offramp.answers._contribution_facts import blocked_levers, force_of
from offramp.answers._deter_force import Losses, Tolerance, losses, tolerance
from offramp.answers._deter_guarantee import holds
from offramp.answers._deter_runs import solved_of
from offramp.answers._runs import Progress
from offramp.answers._stress_broker import (
    THREATS,
    Imposed,
    Role,
    imposed_terms,
    roles,
    threatened,
)
from offramp.answers._stress_events import Driver, Scene, contract_for, drivers_of, uses
from offramp.answers._stress_plan import (
    Host,
    Members,
    Remedy,
    blocked_in_plan,
    half_back,
    host_events,
    host_in,
    members_in,
    remedies,
    shaken_host,
)
from offramp.answers._stress_runs import (
    MONTH,
    Case,
    Effect,
    Outcome,
    case_of,
    check_grid,
    run_cases,
    sweep_grid,
)
from offramp.game import Game, compile_game
from offramp.solution import Certificate, Solution

HELD = (("conversions.fracture_to_terms", 0.0),)
"""With the terms held: what A holds out for does not move with the coalition's cohesion."""
MOST_PAIRED = 14
"""Events that are also forced in pairs: those with the largest effects."""
CHECKED = 2
"""Events whose effect is solved again on the finer grid: the two largest."""
VISIBLE_COHESION, VISIBLE_DRIFT = 0.005, 0.0005
"""Least shock to cohesion (share) and to the front (steps per month) whose recovery is timed."""
TODAY = Scene("today")


@dataclass(frozen=True)
class Shock:
    """One event forced.

    Attributes:
        effect: In full; ``held`` with the terms held.
        cohesion, front: Months until half of its shock to cohesion and to the front's drift is back: nan if it
            has none, None if not within the months shown.
    """

    driver: Driver
    effect: Effect
    held: Effect
    cohesion: float | None
    front: float | None


@dataclass(frozen=True)
class PairShock:
    """Two events forced together: their effect, and what is beyond the sum of both alone."""

    first: Driver
    second: Driver
    effect: Effect
    beyond: Effect


@dataclass(frozen=True)
class RoleShock:
    """A role of the broker and its effect, in full and with the terms held; None if nothing was solved."""

    role: Role
    effect: Effect | None
    held: Effect | None


@dataclass(frozen=True)
class Relief:
    """A remedy after the worst shock: what it recovers of A's value with the terms held."""

    remedy: Remedy
    recovered: float
    share: float


@dataclass(frozen=True)
class Found:
    """Facts of the answer.

    Attributes:
        bases: Each scene without a shock; ``shocks`` largest effect on A's value first.
        error: Size up to which an effect is no difference; ``moved`` the largest change by the finer grid.
        sides: Effect of the chance alone that the broker sides with B, from never to surely.
        worst: The event that costs A most with the terms held; None if none does beyond the error.
        forced: Whether the plan or its offer rests on a force.
        solved: Games solved; ``left`` events that could not be forced, and why.
    """

    months: int
    grid: str
    finer: str
    bases: dict[Scene, Outcome]
    shocks: tuple[Shock, ...]
    pairs: tuple[PairShock, ...]
    error: Effect
    moved: Effect
    checked: tuple[str, ...]
    roles: tuple[RoleShock, ...]
    sides: Effect | None
    imposed: Imposed | None
    members: Members | None
    host: Host | None
    losses: Losses | None
    tolerance: Tolerance | None
    force_contract: str | None
    chain: Chain | None
    blocked: tuple[Passage, ...]
    aid: AidCut | None
    worst: Shock | None
    reliefs: tuple[Relief, ...]
    solved: int
    left: tuple[str, ...]
    forced: bool

    def seen(self, effect: Effect) -> bool:
        """Whether an effect on A's value is beyond the error."""
        return abs(effect.value_a) > self.error.value_a


class Runner:
    """Runs cases and counts them."""

    def __init__(self, solution: Solution, workers: int | None, progress: Progress | None) -> None:
        self.solution, self.workers, self.progress = solution, workers, progress
        self.done = 0

    def run(self, cases: Sequence[Case], label: str) -> list[Outcome]:
        if not cases:
            return []
        self.done += len(cases)
        crisis = self.solution.game.crisis
        return run_cases(crisis, cases, self.workers, self.progress, label)


def forced_alone(
    solution: Solution, runner: Runner, drivers: Sequence[Driver]
) -> tuple[dict[Scene, Outcome], list[Shock]]:
    """Every event alone, in full and with the terms held, on the grid of the sweep."""
    grid = sweep_grid(solution)
    scenes = list(dict.fromkeys((TODAY, *(d.scene for d in drivers))))
    base = {s: case_of(solution, s, grid) for s in scenes}
    cases = [c for s in scenes for c in (base[s], replace(base[s], changes=HELD))]
    for d in drivers:
        one = replace(base[d.scene], events=(d.key,))
        cases += [one, replace(one, changes=HELD)]
    done = runner.run(cases, "events")
    n = 2 * len(scenes)
    full = dict(zip(scenes, done[0:n:2], strict=True))
    held = dict(zip(scenes, done[1:n:2], strict=True))
    shocks = []
    for i, d in enumerate(drivers):
        a, b = done[n + 2 * i], done[n + 2 * i + 1]
        shocks.append(
            Shock(
                d,
                a.change(full[d.scene]),
                b.change(held[d.scene]),
                half_back(full[d.scene].cohesion, a.cohesion, VISIBLE_COHESION),
                half_back(full[d.scene].drift, a.drift, VISIBLE_DRIFT),
            )
        )
    shocks.sort(key=lambda s: -abs(s.effect.value_a))
    return full, shocks


def _pairs(
    solution: Solution, runner: Runner, bases: dict[Scene, Outcome], shocks: Sequence[Shock]
) -> tuple[PairShock, ...]:
    grid = sweep_grid(solution)
    able = [s for s in shocks if not s.driver.unread][:MOST_PAIRED]
    both = [(x, y) for x, y in combinations(able, 2) if x.driver.scene == y.driver.scene]
    cases = [
        replace(case_of(solution, x.driver.scene, grid), events=(x.driver.key, y.driver.key))
        for x, y in both
    ]
    found = []
    for (x, y), outcome in zip(both, runner.run(cases, "pairs of events"), strict=True):
        effect = outcome.change(bases[x.driver.scene])
        found.append(PairShock(x.driver, y.driver, effect, effect.less(x.effect.plus(y.effect))))
    return tuple(sorted(found, key=lambda p: -abs(p.beyond.value_a)))


def _checks(
    solution: Solution, runner: Runner, shocks: Sequence[Shock], told: Certificate
) -> tuple[Effect, Effect, tuple[str, ...]]:
    """The error of an effect: the certificate's, or the largest change by the finer grid if that is more."""
    zero = Effect(0.0, (0.0,) * len(solution.game.types), 0.0, 0.0, (0.0, 0.0))
    print_floor = Effect(
        told.least("value_a"), (told.least("value_b"),) * len(solution.game.types),
        told.least("settled"), told.least("disaster"), (told.least("settled"),) * 2,
    )  # fmt: skip
    grid = check_grid(solution)
    able = [s for s in shocks if not s.driver.unread][:CHECKED]
    scenes = list(dict.fromkeys(s.driver.scene for s in able))
    base = {s: case_of(solution, s, grid) for s in scenes}
    cases = [base[s] for s in scenes]
    cases += [replace(base[s.driver.scene], events=(s.driver.key,)) for s in able]
    if able:
        cases += [replace(base[able[0].driver.scene], changes=HELD)]
        cases += [replace(base[able[0].driver.scene], changes=HELD, events=(able[0].driver.key,))]
    done = runner.run(cases, "checks on a finer grid")
    at = dict(zip(scenes, done, strict=False))
    moved = zero
    for s, outcome in zip(able, done[len(scenes) :], strict=False):
        moved = moved.largest(outcome.change(at[s.driver.scene]).less(s.effect))
    if able:
        moved = moved.largest(done[-1].change(done[-2]).less(able[0].held))
    return print_floor.largest(moved), moved, tuple(s.driver.key for s in able)


def gather(
    solution: Solution,
    told: Certificate,
    pairs: bool,
    workers: int | None,
    progress: Progress | None,
) -> Found:
    """Work everything out."""
    game = solution.game
    crisis, months = game.crisis, min(MONTH, game.shown)
    runner = Runner(solution, workers, progress)
    drivers, left = drivers_of(solution, months)
    bases, shocks = forced_alone(solution, runner, drivers)
    error, moved, checked = _checks(solution, runner, shocks, told)
    both = _pairs(solution, runner, bases, shocks) if pairs else ()
    worst = min(
        (s for s in shocks if s.held.value_a < -error.value_a),
        key=lambda s: s.held.value_a, default=None,
    )  # fmt: skip
    role_shocks, sides, imposed = _broker(solution, runner, bases[TODAY])
    contract, lost, tau = _force(solution)
    lever = force_of(crisis, None)
    stands = verdicts(crisis, None)
    donor = donor_of(crisis)
    return Found(
        months=months,
        grid=sweep_grid(solution).name,
        finer=check_grid(solution).name,
        bases=bases,
        shocks=tuple(shocks),
        pairs=both,
        error=error,
        moved=moved,
        checked=checked,
        roles=role_shocks,
        sides=sides,
        imposed=imposed,
        members=members_in(solution),
        host=_host(solution),
        losses=lost,
        tolerance=tau,
        force_contract=contract,
        chain=None
        if lever is None
        else chain(crisis, lever, (), False, solution, months, 2 * told.least("settled")),
        blocked=blocked_in_plan(crisis, game.plan),
        aid=None if donor is None else aid_cut(crisis, donor, blocked_levers(crisis, stands)),
        worst=worst,
        reliefs=_reliefs(solution, runner, worst),
        solved=runner.done,
        left=left,
        forced=lever is not None and _rests_on(game, lever),
    )


def _rests_on(game: Game, lever: str) -> bool:
    """Whether a plan uses a force, or offers a contract whose guarantee has it."""
    offer = next((o for o in game.offers if o.contract == game.plan.offer), None)
    return uses(game.plan, lever) or (offer is not None and offer.enforcement.lever == lever)


def _broker(
    solution: Solution, runner: Runner, base: Outcome
) -> tuple[tuple[RoleShock, ...], Effect | None, Imposed | None]:
    """The roles, the chance alone of siding with B, and imposed terms."""
    game = solution.game
    crisis = game.crisis
    grid = sweep_grid(solution)
    plain_case = case_of(solution, TODAY, grid)
    parts = roles(crisis, game.plan, game)
    able = [r for r in parts if not r.nothing]
    cases: list[Case] = [replace(plain_case, changes=HELD)]
    for r in able:
        plan = game.plan if r.offer is None else game.plan.model_copy(update={"offer": r.offer})
        one = replace(plain_case, plan=plan, events=r.events, changes=r.changes)
        cases += [one, replace(one, changes=(*r.changes, *HELD))]
    ends = (0.0, 1.0) if parts else ()
    cases += [replace(plain_case, changes=(("broker.sides_with_b", x),)) for x in ends]
    terms = any(c.imposed for c in crisis.contracts.values())
    cases += [replace(plain_case, changes=threatened(crisis, a)) for a in THREATS if terms]
    done = runner.run(cases, "the broker's roles")
    held_base, rest = done[0], done[1:]
    effects = {
        r.key: (rest[2 * i].change(base), rest[2 * i + 1].change(held_base))
        for i, r in enumerate(able)
    }
    rest = rest[2 * len(able) :]
    sides = rest[1].change(rest[0]) if parts else None
    rest = rest[len(ends) :]
    return (
        tuple(RoleShock(r, *effects.get(r.key, (None, None))) for r in parts),
        sides,
        imposed_terms(game, rest) if terms else None,
    )


def _host(solution: Solution) -> Host | None:
    game = solution.game
    if not host_events(game.crisis):
        return None
    again = compile_game(
        shaken_host(game.crisis), game.plan, None, game.resolution,
        frozen_beliefs=game.grid.frozen is not None,
    )  # fmt: skip
    # Members and hosts are read off the path on which nobody acts: it needs the game, not its values.
    return host_in(solution, replace(solution, game=again))


def _force(solution: Solution) -> tuple[str | None, Losses | None, Tolerance | None]:
    """Contributors after losses, and the tolerance at which the pledge stops deterring."""
    game = solution.game
    contract = contract_for(game, needs_force=True)
    if contract is None or solution.mode == "exact":
        return contract, None, None
    found = next((h for h in holds(solved_of(solution), 0) if h.id == contract), None)
    if found is None:
        return contract, None, None
    return contract, losses(game.crisis, found), tolerance(game.crisis, found)


def _reliefs(solution: Solution, runner: Runner, worst: Shock | None) -> tuple[Relief, ...]:
    """Remedies after the worst shock, those that recover most for their cost first."""
    if worst is None:
        return ()
    game = solution.game
    shocked = replace(
        case_of(solution, worst.driver.scene, sweep_grid(solution)),
        events=(worst.driver.key,), changes=HELD,
    )  # fmt: skip
    todo = remedies(game.crisis, game.plan)
    cases = [replace(shocked, changes=(*HELD, *r.changes), plan=r.plan or game.plan) for r in todo]
    done = runner.run([shocked, *cases], "mitigations")
    lost = -worst.held.value_a
    found = [
        Relief(r, o.value_a - done[0].value_a, (o.value_a - done[0].value_a) / lost)
        for r, o in zip(todo, done[1:], strict=True)
    ]
    return tuple(sorted(found, key=_rank))


def _rank(relief: Relief) -> tuple[float, float]:
    """Those that recover something first: free ones by what they recover, then by recovery per cost."""
    cost = relief.remedy.cost
    if relief.recovered <= 0:
        return (math.inf, -relief.recovered)
    return (-math.inf if cost <= 0 else -relief.recovered / cost, -relief.recovered)


def stress_draw(solution: Solution, workers: int | None = 1) -> dict[str, float]:
    """Effect of every event alone on A's value: one draw of the sweep, for ranges over inputs."""
    drivers, _ = drivers_of(solution, min(MONTH, solution.game.shown))
    _, shocks = forced_alone(solution, Runner(solution, workers, None), drivers)
    return {s.driver.key: s.effect.value_a for s in shocks}
