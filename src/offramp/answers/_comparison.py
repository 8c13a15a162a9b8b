"""Every solve that a comparison of plans needs, and what differences between plans count for.

Each plan is solved with its own offer on the grid asked for. What varies one thing (another precision, one
offer held the same for all) is solved on a coarser *sweep grid*, together with the plan as it is, and the
change is added to the plan's own figure (:func:`carried`): values by difference, probabilities by difference
of their log-odds. One such figure is solved on the grid asked for as well, and the two are compared.

The first plan, the best and the next best are then solved again under the refinements of the certificate
(:mod:`offramp.solution._refinements`), on the sweep grid; the first on the grid asked for, too, with those
that count as no error, if a certificate of it is wanted. The sweep grid has the draft's offers, positions,
ramps and clock; it is coarser in beliefs, and events act by their expectation.

The error of a difference between two checked plans is the largest change of that difference under one
refinement: what moves both alike cancels, and a refinement that one of them has no use for (no ramp
to cut finer) leaves that one where it is. A plan that was not checked is held against the largest
error of those that were.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from offramp.answers._facts import join
from offramp.answers._measures import best_placed, gaps
from offramp.answers._runs import Progress, Run, Task, run_all
from offramp.crisis import Crisis
from offramp.game import Resolution, compile_game
from offramp.game._resolution import SKETCH, named
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
SWEEP = Resolution(
    SKETCH.name,
    position_factor=1,
    belief_steps=(6, 1),
    offers=6,
    tiers=3,
    phases=2,
    rungs=1,
    solve_every=1.0,
    particle_steps=2,
)
"""Grid of what is varied; named after the sketch, whose rule for events (by expectation) it follows."""


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
        sweep: Plan id -> run on the sweep grid with its own offer.
        alike: Plan id -> checks on the sweep grid where ``checks`` holds finer ones.
        carry: What carrying a figure over missed where it was checked: (plan id, value, chance of
            settlement), or None where nothing was carried.
    """

    crisis: Crisis
    own: dict[str, Run]
    same: dict[str, Run]
    band: dict[str, tuple[Run, ...]]
    checks: dict[str, tuple[Check, ...]]
    skipped: tuple[str, ...]
    offer: str | None
    month: int
    sweep: dict[str, Run] = field(default_factory=dict)
    alike: dict[str, tuple[Check, ...]] = field(default_factory=dict)
    carry: tuple[str, float, float] | None = None

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
        moved = [
            {c.name: c for c in self.alike.get(p, self.checks[p]) if c.counts}
            for p in (plan, other)
        ]
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


def sweep_grid(grid: Resolution) -> Resolution:
    """The grid of what is varied: the grid itself if it is no finer."""
    coarse = grid.offers < SWEEP.offers or grid.belief_steps[1] <= SWEEP.belief_steps[1]
    return grid if coarse else SWEEP


def carried(own: Run, near: Run, far: Run) -> Run:
    """A plan's own run moved by what separates ``far`` from ``near`` on another grid."""

    def moved(name: str) -> tuple[float, ...]:
        rows = zip(getattr(own, name), getattr(near, name), getattr(far, name), strict=True)
        return tuple(_by_odds(x, y, z) for x, y, z in rows)

    pairs = zip(own.value_b, near.value_b, far.value_b, strict=True)
    return replace(
        far,
        value_a=own.value_a + far.value_a - near.value_a,
        value_b=tuple(x + z - y for x, y, z in pairs),
        settled=moved("settled"),
        war=moved("war"),
        ceasefire=moved("ceasefire"),
        waiting=moved("waiting"),
        disaster=moved("disaster"),
        lost=moved("lost"),
        first_deal=moved("first_deal"),
    )


def _by_odds(own: float, near: float, far: float) -> float:
    """``own`` with its log-odds moved by those of ``far`` less ``near``; ``far`` where there are none."""
    if not all(0.0 < x < 1.0 for x in (own, near, far)):
        return far
    odds = _logit(own) + _logit(far) - _logit(near)
    return 1.0 / (1.0 + math.exp(-odds))


def _logit(x: float) -> float:
    return math.log(x) - math.log1p(-x)


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
    certify: bool = True,
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
        certify: Check the first plan on the grid asked for, not on the sweep grid alone.

    Raises:
        KeyError: for an unknown plan.
        ValueError: for an empty list of plans.
    """
    chosen = list(crisis.plans) if plans is None else list(dict.fromkeys(plans))
    if not chosen:
        raise ValueError("name at least one plan to compare")
    for plan in chosen:
        if plan not in crisis.plans:
            raise KeyError(f"there is no plan {plan!r}; the plans are {join(crisis.plans)}")
    grid = named(resolution)
    coarse = sweep_grid(grid)
    if offer is None:
        offer = _same_offer(crisis, chosen[0], reading, precision, coarse)
    band = sorted({*BAND, precision})
    first = chosen[0]

    def task(
        plan: str, k: float, on: Resolution, held: str | bool = False, check: str | None = None
    ) -> Task:
        probe = (plan, k, on, held, check) == (first, precision, grid, False, None)
        return Task(plan, held, k, on, reading, check, probe)

    first_game = compile_game(crisis, first, reading, grid)
    of_first = neighbours(first_game) if certify or coarse == grid else ()
    swept = {p: crisis.plans[p].offer == offer for p in chosen}
    tasks = [task(p, precision, grid) for p in chosen]
    tasks += [task(first, precision, grid, check=x.name) for x in of_first]
    tasks += [task(p, k, coarse) for p in chosen for k in band]
    proof = next((p for p in chosen if not swept[p]), None) if offer and coarse != grid else None
    if offer is not None:
        tasks += [task(p, precision, coarse, offer) for p in chosen if not swept[p]]
        tasks += [task(proof, precision, grid, offer)] if proof is not None else []
    tasks = list(dict.fromkeys(tasks))
    done = dict(zip(tasks, run_all(crisis, tasks, workers, progress), strict=True))
    own = {p: done[task(p, precision, grid)] for p in chosen}
    near = {p: done[task(p, precision, coarse)] for p in chosen}
    leaders = sorted(chosen, key=lambda p: -own[p].value_a)[:LEADERS]
    todo: dict[str, tuple[Refinement, ...]] = {}
    for plan in (first, *leaders):
        if plan not in todo and not (plan == first and coarse == grid):
            game = compile_game(crisis, plan, reading, coarse)
            todo[plan] = tuple(x for x in neighbours(game) if x.counts)
    more = [
        task(p, precision, coarse, check=x.name)
        for p, refinements in todo.items()
        for x in refinements
    ]
    done |= dict(zip(more, run_all(crisis, more, workers, progress, "checking"), strict=True))
    month = min(MONTH, crisis.clock.horizon_months)

    def checked(plan: str, refinements: Sequence[Refinement], on: Resolution) -> tuple[Check, ...]:
        base = own[plan] if on == grid else near[plan]
        return tuple(
            _checked(x, base, done[task(plan, precision, on, check=x.name)], month)
            for x in refinements
        )

    alike = {p: checked(p, refinements, coarse) for p, refinements in todo.items()}
    checks = {**alike, **({first: checked(first, of_first, grid)} if of_first else {})}
    same: dict[str, Run] = {}
    for p in chosen if offer is not None else ():
        held = own[p] if swept[p] else done[task(p, precision, coarse, offer or False)]
        same[p] = held if swept[p] or coarse == grid else carried(own[p], near[p], held)
    carry = None
    if proof is not None and offer is not None:
        fine = done[task(proof, precision, grid, offer)]
        carry = (
            proof,
            same[proof].value_a - fine.value_a,
            same[proof].at("settled", month) - fine.at("settled", month),
        )
    return Comparison(
        crisis=crisis,
        own=own,
        same=same,
        band={
            p: tuple(
                own[p]
                if k == precision
                else done[task(p, k, coarse)]
                if coarse == grid
                else carried(own[p], near[p], done[task(p, k, coarse)])
                for k in band
            )
            for p in chosen
        },
        checks={p: checks[p] for p in dict.fromkeys((first, *leaders))},
        skipped=left_out(first_game),
        offer=offer,
        month=month,
        sweep=near,
        alike=alike if coarse != grid else {},
        carry=carry,
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
