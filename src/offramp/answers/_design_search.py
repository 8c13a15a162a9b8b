"""The search for a plan: in full where that is possible, else a heuristic whose gap is known where it is.

A's value is not additive in levers and has no bound that a partial design would give: levers can be worth
more or less together than apart (that is what plans are for). So there is no exact branch and bound on
value. What is exact: cost and rung only rise, and cut the tree (:mod:`._design_space`). If no more than
:data:`IN_FULL` designs are left they are all solved. Otherwise:

1. start from the plan under study and from doing nothing, each brought within the limits;
2. look at every design that differs in one lever's place, the date or the offer; keep the best few (the
   *beam*) and repeat until the best no longer changes;
3. look at every exchange of places between two levers of the best; if one is better go on from there;
4. solve the best few again on a finer grid and take the best of these (:mod:`.design`).

What comes out is best among its neighbours and exchanges, not proven best. ``heuristic`` can be asked for
where all designs can be solved, which measures the gap.

*Kept results.* Every solve is written to a store (one JSON object a line, keyed by a hash of crisis, plan,
grid, precision and reading) as soon as its batch is done, and read from it. Interrupted, the search returns
what it has.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from offramp.answers._design_space import Design, Limits, Place, Space
from offramp.answers._runs import Progress, in_parallel
from offramp.answers._stress_events import Scene
from offramp.answers._stress_runs import MONTH, case_of, solved, sweep_grid
from offramp.crisis import Crisis, crisis_hash
from offramp.crisis._pressure import Plan
from offramp.game import Resolution, compile_game
from offramp.solution import Solution

IN_FULL = 150
"""Designs up to which all are solved."""
BEAM = 2
BATCH = 8
"""Designs a worker solves before results are kept and the interrupt is looked at."""


@dataclass(frozen=True)
class Result:
    """What a design comes to: A's value, B's over its types, settlement and disaster at the month read."""

    value_a: float
    value_b: float
    settled: float
    disaster: float


@dataclass(frozen=True)
class Job:
    """One solve of a design."""

    plan: Plan
    grid: Resolution
    precision: float
    mode: str
    frozen: bool


def perform(crisis: Crisis, job: Job) -> Result:
    """Compile, solve and reduce."""
    game = compile_game(crisis, job.plan, None, job.grid, frozen_beliefs=job.frozen)
    solution = solved(game, job.precision, job.mode)
    head = solution.headline(MONTH)
    mean = sum(p * v for p, v in zip(game.opening, head.value_b, strict=True))
    return Result(head.value_a, float(mean), head.settled, head.disaster)


@dataclass
class Store:
    """Results by hash, in memory and, with a path, on disk: one JSON object a line."""

    path: Path | None = None
    known: dict[str, Result] = field(default_factory=dict)
    read: int = 0

    def __post_init__(self) -> None:
        if self.path is None or not self.path.exists():
            return
        for line in self.path.read_text(encoding="utf-8").splitlines():
            try:
                entry = json.loads(line)
            except json.JSONDecodeError:
                continue  # a line cut short when the writer was stopped
            key = entry.pop("key")
            self.known[key] = Result(**entry)
        self.read = len(self.known)

    def keep(self, key: str, result: Result) -> None:
        """Remember a result."""
        self.known[key] = result
        if self.path is not None:
            entry = {
                "key": key, "value_a": result.value_a, "value_b": result.value_b,
                "settled": result.settled, "disaster": result.disaster,
            }  # fmt: skip
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry) + "\n")


class Bench:
    """Solves designs, each once, and remembers them."""

    def __init__(
        self, solution: Solution, space: Space, store: Store, workers: int | None,
        progress: Progress | None, budget: int,
    ) -> None:  # fmt: skip
        self.solution, self.space, self.store = solution, space, store
        self.workers, self.progress, self.budget = workers, progress, budget
        self.grid = sweep_grid(solution)
        self.found: dict[Design, Result] = {}
        self.done = self.reused = 0
        self.crisis = crisis_hash(solution.game.crisis)

    @property
    def spent(self) -> bool:
        """Whether the budget of solves is used up."""
        return self.done >= self.budget

    def job(self, design: Design, grid: Resolution) -> Job:
        case = case_of(self.solution, Scene("today"), grid)
        plan = self.space.plan(self.solution.game.plan, design)
        return Job(plan, grid, case.precision, case.mode, case.frozen)

    def key(self, job: Job) -> str:
        """Hash of everything that a result depends on."""
        text = json.dumps(
            [
                self.crisis, job.plan.model_dump(mode="json"), repr(job.grid), job.precision,
                job.mode, job.frozen, self.solution.game.reading_id,
            ],
            sort_keys=True,
        )  # fmt: skip
        return hashlib.sha256(text.encode()).hexdigest()

    def solve(self, designs: Iterable[Design], label: str) -> None:
        """Solve designs within cost and rung on the grid of the search, batch by batch."""
        todo = [d for d in dict.fromkeys(designs) if d not in self.found and self.space.allows(d)]
        new: list[tuple[Design, str, Job]] = []
        for d in todo:
            job = self.job(d, self.grid)
            key = self.key(job)
            if key in self.store.known:
                self.found[d] = self.store.known[key]
                self.reused += 1
            else:
                new.append((d, key, job))
        queue = iter(new[: max(0, self.budget - self.done)])
        size = BATCH * (self.workers or 2)
        while batch := list(islice(queue, size)):
            results = self._run([job for _, _, job in batch], label)
            for (d, key, _), result in zip(batch, results, strict=True):
                self.store.keep(key, result)
                self.found[d] = result

    def _run(self, jobs: Sequence[Job], label: str) -> list[Result]:
        def tell(name: str, done: int, total: int) -> None:
            if self.progress is not None:
                self.progress(name, min(self.done + done, self.budget), self.budget)

        results = in_parallel(self.solution.game.crisis, perform, jobs, self.workers, tell, label)
        self.done += len(jobs)
        return results

    def again(self, designs: Sequence[Design], grid: Resolution, label: str) -> list[Result]:
        """The same designs on another grid."""
        found = []
        for d in designs:
            job = self.job(d, grid)
            key = self.key(job)
            if key not in self.store.known:
                self.store.keep(key, self._run([job], label)[0])
            found.append(self.store.known[key])
        return found

    def ranked(self) -> list[Design]:
        """Designs solved, best first: those within the limit on disaster by A's value, then the rest."""
        limits = self.space.limits
        return sorted(self.found, key=lambda d: (*merit(self.found[d], limits), repr(d)))


def merit(result: Result, limits: Limits) -> tuple[float, float]:
    """Sort key: excess over the limit on disaster, then A's value from the top."""
    over = 0.0 if limits.disaster is None else max(0.0, result.disaster - limits.disaster)
    return over, -result.value_a


def within(space: Space, design: Design) -> Design:
    """A design brought within cost and rung by dropping the dearest of its levers."""
    while not space.allows(design):
        used = [i for i, p in enumerate(design.places) if p != "out"]
        high = [
            i for i in used if space.limits.rung is not None and space.rung[i] > space.limits.rung
        ]
        worst = max(high or used, key=lambda i: space.cost[i])
        places: tuple[Place, ...] = tuple(
            "out" if i == worst else p for i, p in enumerate(design.places)
        )
        design = space.tidy(replace(design, places=places))
    return design


def enumerable(space: Space) -> list[Design] | None:
    """All designs within cost and rung, if there are few enough to solve."""
    found = list(islice(space.all(), IN_FULL + 1))
    return found if len(found) <= IN_FULL else None


def search(bench: Bench, *, heuristic: bool = False) -> bool:
    """Fill the bench; whether every design within cost and rung has been solved."""
    space = bench.space
    every = None if heuristic else enumerable(space)
    if every is not None:
        bench.solve(every, "all designs")
        return len(bench.found) >= len(every)
    nothing: tuple[Place, ...] = tuple("out" for _ in space.levers)
    empty = Design(nothing, space.months[0], space.offers[0])
    own = within(space, space.of(bench.solution.game.plan))
    bench.solve([own, empty], "starting points")
    looked: set[Design] = set()
    while not bench.spent:
        beam = [d for d in bench.ranked()[:BEAM] if d not in looked]
        if beam:
            for d in beam:
                looked.add(d)
                bench.solve(space.neighbours(d), "neighbours")
            continue
        best = bench.ranked()[0]
        bench.solve(space.exchanges(best), "exchanges")
        if bench.ranked()[0] == best:
            break
    return False


def frontier(bench: Bench) -> list[tuple[Design, Result]]:
    """Designs that no other beats in both A's value and the chance of disaster, safest first."""
    order = sorted(bench.found.items(), key=lambda x: (x[1].disaster, -x[1].value_a))
    best, kept = float("-inf"), []
    for design, result in order:
        if result.value_a > best + 1e-12:
            kept.append((design, result))
            best = result.value_a
    return kept
