"""Every solve that a comparison of plans needs, and what differences between plans count for.

Each plan is solved with its own offer over the precision band, and with one offer held the same for
all. The first plan, the best and the next best are then solved again under the refinements of the
certificate (:mod:`offramp.solution._refinements`); the first under those that count as no error, too.

The error of a difference between two checked plans is the largest change of that difference under one
refinement: what moves both alike cancels, and a refinement that one of them has no use for (no ramp
to cut finer) leaves that one where it is. A plan that was not checked is held against the largest
error of those that were.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from offramp.answers._facts import join
from offramp.answers._measures import best_placed, gaps
from offramp.answers._runs import Progress, Run, Task, run_all
from offramp.crisis import Crisis
from offramp.game import Resolution, compile_game
from offramp.game._resolution import named
from offramp.solution import (
    BAND,
    DEFAULT_PRECISION,
    Certificate,
    Check,
    Metric,
    Refinement,
    check_of,
    distinguishable,
    left_out,
    neighbours,
    solve,
    with_checks,
)
from offramp.solution._certificate import largest

MONTH = 12
"""Month at which plans are compared (or the horizon, if it is shorter)."""
LEADERS = 2
"""Plans whose differences are checked beside the first: the best and the next best for A."""


@dataclass(frozen=True)
class Comparison:
    """All solves of a comparison.

    Attributes:
        own: Plan id -> run at the headline precision with its own offer.
        same: Plan id -> run with the same offer for all.
        band: Plan id -> runs over the precision band, own offer.
        checks: Plan id -> what each refinement changed, for the plans that were checked.
        skipped: Why some refinements do not apply to the first plan.
        offer: The offer held the same.
    """

    crisis: Crisis
    own: dict[str, Run]
    same: dict[str, Run]
    band: dict[str, tuple[Run, ...]]
    checks: dict[str, tuple[Check, ...]]
    skipped: tuple[str, ...]
    offer: str | None
    month: int

    def settled_range(self, plan: str) -> tuple[float, float]:
        """Chance of settlement at the month over the precision band."""
        values = [r.at("settled", self.month) for r in self.band[plan]]
        return min(values), max(values)

    def value_range(self, plan: str) -> tuple[float, float]:
        """A's value over the precision band."""
        values = [r.value_a for r in self.band[plan]]
        return min(values), max(values)

    def error(self, metric: Metric, plan: str) -> float:
        """Error of a plan's figure, or the largest of the checked plans if it was not checked."""
        checked = [self.checks[plan]] if plan in self.checks else list(self.checks.values())
        return max((largest(c, metric) or 0.0 for c in checked), default=0.0)

    def error_between(self, metric: Metric, plan: str, other: str) -> float:
        """Error of the difference between two plans."""
        if plan not in self.checks or other not in self.checks:
            return max(self.error(metric, plan), self.error(metric, other))
        moved = [{c.name: c for c in self.checks[p] if c.counts} for p in (plan, other)]
        return max(
            (
                _apart(moved[0].get(name), moved[1].get(name), metric)
                for name in {*moved[0], *moved[1]}
            ),
            default=0.0,
        )

    def differ(self, metric: Metric, plan: str, other: str, x: float, y: float) -> bool:
        """Whether figure x of a plan and figure y of another differ by more than the error."""
        return distinguishable(x, y, metric, self.error_between(metric, plan, other))

    def worth_more(self, plan: str, other: str) -> bool:
        """Whether a plan is worth distinguishably more to A than another, each with its own offer."""
        x, y = self.own[plan].value_a, self.own[other].value_a
        return x > y and self.differ("value_a", plan, other, x, y)

    def ranked(self) -> list[str]:
        """Plans by what they are worth to A, best first."""
        return sorted(self.own, key=lambda p: -self.own[p].value_a)

    def certificate(self, plan: str | None = None) -> Certificate:
        """The certificate of a plan's solve (the first by default) with checks and band."""
        chosen = next(iter(self.own)) if plan is None else plan
        heads = [(r.task.precision, r.headline(self.month)) for r in self.band[chosen]]
        first = chosen == next(iter(self.own))
        return with_checks(
            self.own[chosen].certificate,
            self.checks.get(chosen, ()),
            skipped=self.skipped if first else (),
            band=heads,
        )


def _apart(one: Check | None, other: Check | None, metric: Metric) -> float:
    """How far a refinement moves the difference of two figures (a plan without it does not move)."""
    if metric == "value_b":
        types = len((one or other).value_b)  # type: ignore[union-attr]
        still = (0.0,) * types
        pairs = zip(one.value_b if one else still, other.value_b if other else still, strict=True)
        return max(abs(x - y) for x, y in pairs)
    return abs((one.change(metric) if one else 0.0) - (other.change(metric) if other else 0.0))


def compare(
    crisis: Crisis,
    plans: Sequence[str] | None = None,
    *,
    reading: str | None = None,
    precision: float = DEFAULT_PRECISION,
    resolution: str | Resolution = "draft",
    offer: str | None = None,
    workers: int | None = 1,
    progress: Progress | None = None,
) -> Comparison:
    """Solve every plan with its own and with the same offer, over the precision band.

    Args:
        crisis: The crisis.
        plans: Plan ids; None means all.
        reading: Apply a reading's premises.
        precision: Headline precision.
        resolution: Grid sizes.
        offer: Contract to hold the same; None picks the one nearest to acceptance under the first.
        workers: Processes.
        progress: Told (label, done, total).

    Raises:
        KeyError: for an unknown plan.
        ValueError: for an empty list of plans.
    """
    chosen = list(crisis.plans) if plans is None else list(plans)
    if not chosen:
        raise ValueError("name at least one plan to compare")
    for plan in chosen:
        if plan not in crisis.plans:
            raise KeyError(f"there is no plan {plan!r}; the plans are {join(crisis.plans)}")
    grid = named(resolution)
    if offer is None:
        offer = _same_offer(crisis, chosen[0], reading, precision, grid)
    band = sorted({*BAND, precision})
    base = Task(chosen[0], False, precision, grid, reading, probe=True)

    def task(plan: str, k: float) -> Task:
        return base if plan == chosen[0] and k == precision else Task(plan, False, k, grid, reading)

    tasks = [task(p, k) for p in chosen for k in band]
    if offer is not None:
        tasks += [Task(p, offer, precision, grid, reading) for p in chosen]
    first_game = compile_game(crisis, chosen[0], reading, grid)
    of_first = neighbours(first_game)
    tasks += [Task(chosen[0], False, precision, grid, reading, x.name) for x in of_first]
    done = dict(zip(tasks, run_all(crisis, tasks, workers, progress), strict=True))
    own = {p: done[task(p, precision)] for p in chosen}
    leaders = sorted(chosen, key=lambda p: -own[p].value_a)[:LEADERS]
    todo = {chosen[0]: of_first}
    for plan in leaders:
        if plan not in todo:
            game = compile_game(crisis, plan, reading, grid)
            todo[plan] = tuple(x for x in neighbours(game) if x.counts)
    more = [
        Task(p, False, precision, grid, reading, x.name)
        for p, refinements in todo.items()
        if p != chosen[0]
        for x in refinements
    ]
    done |= dict(zip(more, run_all(crisis, more, workers, progress, "checking"), strict=True))
    month = min(MONTH, crisis.clock.horizon_months)
    checks = {
        p: tuple(
            _checked(x, own[p], done[Task(p, False, precision, grid, reading, x.name)], month)
            for x in refinements
        )
        for p, refinements in todo.items()
    }
    return Comparison(
        crisis=crisis,
        own=own,
        same={p: done[Task(p, offer, precision, grid, reading)] for p in chosen} if offer else {},
        band={p: tuple(done[task(p, k)] for k in band) for p in chosen},
        checks=checks,
        skipped=left_out(first_game),
        offer=offer,
        month=month,
    )


def _checked(refinement: Refinement, base: Run, other: Run, month: int) -> Check:
    """What a refinement changed, read at the same month of both."""
    common = min(month, other.horizon)
    return check_of(
        refinement, base.headline(common), other.headline(common), other.certificate.unsolved
    )


def _same_offer(
    crisis: Crisis, plan: str, reading: str | None, precision: float, grid: Resolution
) -> str | None:
    """The named contract nearest to acceptance when A may offer anything."""
    solution = solve(compile_game(crisis, plan, reading, grid, offer=None), precision)
    if not solution.game.offers:
        return None
    best = best_placed(solution, gaps(solution, (0,))[0])
    return None if best is None else solution.game.offers[best].contract
