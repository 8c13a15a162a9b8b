"""Everything the answer about leverage solves again, in one place.

The plan's levers are weighed with their parts; A's idle levers one at a time, with parts for the
strongest few if the plan uses none. The value of delay is solved without B's flow from delay, without
fracture of A's coalition, and with the front standing still. A small flow is put on either side for a
year, for slopes to hold against the leverage theorem; the plan is solved with its flows taken off; and a
backer of B at the low and high end of its range. :mod:`._leverage_runs` says on which grid, and what counts
as a difference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from offramp.answers._leverage_levers import (
    Weighed,
    added,
    behind_guarantee,
    idle_levers,
    levers_used,
    net_variants,
    part_variants,
    weigh,
)
from offramp.answers._leverage_pressure import YEAR, backer_levels, backer_of, leaks_of
from offramp.answers._leverage_runs import (
    Bump,
    Change,
    Errors,
    Seen,
    Variant,
    change,
    errors_of,
    finer_than,
    frame_of,
    grid_for,
    read,
    sweep,
)
from offramp.answers._runs import Progress
from offramp.crisis import Crisis
from offramp.crisis._pressure import Plan
from offramp.game import Resolution, compile_game
from offramp.solution import Solution

SPLIT_IDLE = 6
"""Idle levers that are taken apart if the plan uses none."""
PARTS_EACH = 4
"""Parts that a lever has on average, to choose the grid by."""
SMALL_FLOW = 0.01
"""Flow by which slopes are measured; policies answer it in a straight line."""
CHECKED_STATES, FEWEST_CHECKS = 200_000, 2
"""Belief-states, over all checks on the finer grid, that bound how many levers are checked."""
BASE = "base"
SIDES: tuple[Literal["A", "B"], ...] = ("A", "B")
REASONS = ("flow", "fracture", "drift")


@dataclass(frozen=True)
class BackerEnd:
    """The plan with a backer of B at one end of its range, less the plan as it is."""

    level: float
    change: Change


@dataclass(frozen=True)
class Marginal:
    """Marginal leverage on one grid.

    Attributes:
        slope_a, slope_b: Change per unit of flow that A or B bears for a year while unsettled.
        flows: The plan less the plan without what its levers cost both sides (None: nothing).
    """

    slope_a: Change
    slope_b: Change
    flows: Change | None


@dataclass(frozen=True)
class Ledger:
    """What the re-solves found.

    Attributes:
        grid: Name of the grid; ``own`` whether it is the solution's own.
        levers: The plan's levers in its order, then idle ones, best for A first.
        out: Why other levers of A are not weighed.
        delay: The game's own value of delay and what it loses, by what was taken out.
        marginal: What a little more flow on either side does, and what the plan's flows do, on this
            grid; ``marginal_finer`` on the grid of the checks.
        leaks: By end of the range (None: nothing of the plan leaks).
    """

    grid: str
    own: bool
    errors: Errors
    base: Seen
    levers: tuple[Weighed, ...]
    out: Mapping[str, str]
    delay: Mapping[str, Seen]
    marginal: Marginal
    marginal_finer: Marginal
    backer: str | None
    leaks: Mapping[str, BackerEnd] | None

    @property
    def used(self) -> tuple[Weighed, ...]:
        """Levers of the plan."""
        return tuple(x for x in self.levers if x.used)

    @property
    def idle(self) -> tuple[Weighed, ...]:
        """Levers that the plan leaves idle."""
        return tuple(x for x in self.levers if not x.used)

    @property
    def apart(self) -> tuple[Weighed, ...]:
        """Levers taken apart into their parts."""
        return tuple(x for x in self.levers if x.rest is not None)


def delay_variants(crisis: Crisis) -> dict[str, dict[str, Any]]:
    """Reasons to wait, each with the paths that take it out; reasons that are absent are left out."""
    flow = {
        f"types.{key}.delay_flow": 0.0
        for key, kind in crisis.types.items()
        if kind.delay_flow.value != 0
    }
    fracture = {"coalition.fracture": 0.0} if crisis.coalition.fracture.value > 0 else {}
    moves = any(issue.moves_with_war for issue in crisis.issues.values())
    drift = {"war.intensity": 0.0} if moves and crisis.war.intensity.value > 0 else {}
    every = {"flow": flow, "fracture": fracture, "drift": drift}
    return {name: dict(changes) for name, changes in every.items() if changes}


def _costless(crisis: Crisis, plan: Plan) -> dict[str, Any]:
    """Paths that take off what the plan's levers cost both sides while nothing is settled."""
    return {
        f"levers.{key}.{field}": None
        for key in levers_used(crisis, plan)
        for field in ("cost_to_target", "cost_to_holder")
        if (number := getattr(crisis.levers[key], field)) is not None and number.value != 0
        if not behind_guarantee(crisis, key)
    }


def _marginal_variants(solution: Solution) -> list[Variant]:
    """A small flow on either side, and the plan without its flows."""
    game = solution.game
    year = min(YEAR, game.shown)
    found = [Variant(f"slope {side}", bump=Bump(side, SMALL_FLOW, year)) for side in SIDES]
    flows = _costless(game.crisis, game.plan)
    return [*found, Variant("no flows", flows)] if flows else found


def _marginal(seen: Mapping[str, Seen], base: Seen) -> Marginal:
    on_a, on_b = (_per_unit(change(seen[f"slope {side}"], base)) for side in SIDES)
    return Marginal(on_a, on_b, change(base, seen["no flows"]) if "no flows" in seen else None)


def _per_unit(moved: Change) -> Change:
    per_type = tuple(x / SMALL_FLOW for x in moved.b)
    return Change(moved.a / SMALL_FLOW, per_type, moved.mean_b / SMALL_FLOW, None, None, None)


def _leaking(crisis: Crisis, plan: Plan) -> tuple[str | None, dict[str, float]]:
    """The backer that covers the plan's leaking levers, with the ends of its range."""
    backer = backer_of(crisis)
    if backer is None:
        return None, {}
    leaky = {leak.lever for leak in leaks_of(crisis, backer)}
    if not leaky & set(levers_used(crisis, plan)):
        return backer, {}
    _, low, high = backer_levels(crisis, backer)
    return backer, {"low": low, "high": high}


def weigh_all(
    solution: Solution,
    contract: str | None,
    month: int,
    wait: int,
    workers: int | None = 1,
    progress: Progress | None = None,
) -> Ledger:
    """Solve everything again that the answer needs.

    Args:
        solution: The solved game.
        contract: Contract whose delay is taken apart (None: none is).
        month: Month at which chances are read.
        wait: Months of delay.
        workers: Processes; None means one per core.
        progress: Told (label, done, total).
    """
    game = solution.game
    crisis, plan = game.crisis, game.plan
    used = levers_used(crisis, plan)
    idle, out = idle_levers(crisis, plan)
    frame = frame_of(solution, month, wait, contract)
    backer, ends = _leaking(crisis, plan)
    todo = [Variant(BASE, forward=True), *net_variants(crisis, plan, idle)]
    for key in used:
        todo += part_variants(crisis, plan, key)
    todo += _marginal_variants(solution)
    if contract is not None and wait > 0:
        todo += [
            Variant(f"no {reason}", changes, forward=True)
            for reason, changes in delay_variants(crisis).items()
        ]
    todo += [
        Variant(f"backer {end}", {f"outsiders.{backer}.offset": level}, forward=True)
        for end, level in ends.items()
    ]
    later = 0 if used else PARTS_EACH * min(SPLIT_IDLE, len(idle))
    grid = grid_for(solution, len(todo) + later)
    seen = sweep(frame, todo, grid, workers, progress)
    base = seen[BASE]
    if not used:
        nets = {key: abs(change(seen[f"with {key}"], base).a) for key in idle}
        strongest = sorted(idle, key=lambda key: -nets[key])[:SPLIT_IDLE]
        parts = [v for key in strongest for v in part_variants(crisis, plan, key)]
        seen |= sweep(frame, parts, grid, workers, progress, "taking levers apart")
    weighed = [weigh(crisis, plan, key, base, seen) for key in (*used, *idle)]
    weighed.sort(key=lambda x: (not x.used, 0.0 if x.used else -x.net.a))
    errors, finer = _checked(solution, weighed, grid.name, month, workers, progress)
    leaks = {end: BackerEnd(x, change(seen[f"backer {end}"], base)) for end, x in ends.items()}
    return Ledger(
        grid=grid.name,
        own=grid == game.resolution,
        errors=errors,
        base=base,
        levers=tuple(weighed),
        out=out,
        delay={reason: seen[f"no {reason}"] for reason in REASONS if f"no {reason}" in seen},
        marginal=_marginal(seen, base),
        marginal_finer=finer,
        backer=backer,
        leaks=leaks or None,
    )


def _checked(
    solution: Solution,
    weighed: list[Weighed],
    grid: str,
    month: int,
    workers: int | None,
    progress: Progress | None,
) -> tuple[Errors, Marginal]:
    """The largest effects, and marginal leverage, again on a finer grid."""
    game = solution.game
    finer = finer_than(grid, game.resolution)
    keep = _kept(solution, weighed, finer)
    frame = frame_of(solution, month, 0, None)
    known = finer == game.resolution
    todo = [] if known else [Variant(BASE, forward=True)]
    every = net_variants(game.crisis, game.plan, [x.id for x in keep if not x.used])
    todo += [variant for variant in every if variant.name in _names(keep)]
    todo += _marginal_variants(solution)
    seen = sweep(frame, todo, finer, workers, progress, "checking on a finer grid")
    base = read(solution, frame) if known else seen[BASE]
    pairs = []
    for x, name in zip(keep, _names(keep), strict=True):
        fine = change(base, seen[name]) if x.used else change(seen[name], base)
        pairs.append((x.id, x.net, fine))
    return errors_of(pairs, finer.name), _marginal(seen, base)


def _names(levers: Sequence[Weighed]) -> list[str]:
    """Names of the variants in which levers are left out, or added."""
    return [f"without {x.id}" if x.used else f"with {x.id}" for x in levers]


def _kept(solution: Solution, weighed: list[Weighed], finer: Resolution) -> list[Weighed]:
    """Levers to check, largest effects first, as many as the finer grid affords."""
    if not weighed:
        return []
    game = solution.game
    group = [x for x in weighed if x.used] or weighed
    group = sorted(group, key=lambda x: -max(abs(x.net.a), *map(abs, x.net.b)))
    first = compile_game(
        game.crisis,
        game.plan if group[0].used else added(game.crisis, game.plan, group[0].id),
        None,
        finer,
        frozen_beliefs=game.grid.frozen is not None,
    )
    return group[: max(FEWEST_CHECKS, CHECKED_STATES // first.size["belief_states"])]
