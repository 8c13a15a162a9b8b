"""What a comparison of plans asks beyond its own solves: one batch of cases, put together again.

Everything here varies something, so it is solved on the comparison's sweep grid (see
:mod:`._comparison`). Parts: ``through_time`` (start, pressure, chain), ``split`` (:mod:`._plans_split`),
``start`` and ``agreement`` (:mod:`._plans_timing`), ``lines`` (:mod:`._plans_lines`), ``clause``, ``regret``.

*Clause.* The guarantee behind a plan's own offer is put at both ends of its ranges: vague (chances of detection
and of response at their low ends) and written down in full (at their high ends). What changes is how
long each type keeps the contract once it is signed, and what the plan is worth.

*Regret.* In a column (a precision, a reading, a type of B that A does not know) a plan's regret is
``max_q V_A(q) - V_A(p)``; a plan's largest regret over all columns is what it can cost at worst, and the plan
with the least of these is the minimax-regret choice (Savage 1951). Regrets up to the error of a difference
count as none.

Units: A's stake; probabilities; months.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from offramp.answers._comparison import Comparison
from offramp.answers._plans_lines import Survival, derived_plan, survival
from offramp.answers._plans_runs import Case, Look, Portrait, solved
from offramp.answers._plans_split import Split, differing, key_of, mixtures, split_of
from offramp.answers._plans_timing import (
    Agreement,
    Bite,
    Starts,
    agreement_cases,
    bite,
    needs_consent,
    start_cases,
    starts_of,
    waiting,
)
from offramp.answers._runs import Progress, Task
from offramp.crisis import Crisis

PARTS = ("through_time", "split", "start", "agreement", "lines", "clause", "regret")
CLAUSES = ("vague", "as in the file", "written down in full")


@dataclass(frozen=True)
class Derived:
    """What the lines leave of one plan, solved beside it and beside the file's own version."""

    survival: Survival
    whole: Portrait
    left: Portrait
    written: Portrait | None


@dataclass(frozen=True)
class Clause:
    """A plan's own offer with its guarantee vague, as it is, and written down: see the module."""

    plan: str
    guarantee: str
    detection: tuple[float, float, float]
    response: tuple[float, float, float]
    value_a: tuple[float, float, float]
    kept: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Regret:
    """V_A by plan and column, and the regrets.

    Attributes:
        columns: (kind, name): ``precision``, ``type`` or ``reading``.
        value: Plan id -> V_A per column.
        error: Error of a difference, A's stake.
    """

    columns: tuple[tuple[str, str], ...]
    value: dict[str, tuple[float, ...]]
    error: float

    def of(self, plan: str) -> tuple[float, ...]:
        """A plan's regret per column."""
        best = [max(v[i] for v in self.value.values()) for i in range(len(self.columns))]
        return tuple(b - x for b, x in zip(best, self.value[plan], strict=True))

    def worst(self, plan: str) -> float:
        """A plan's largest regret."""
        return max(self.of(plan))

    def ranked(self) -> list[str]:
        """Plans by largest regret, least first."""
        return sorted(self.value, key=self.worst)


@dataclass(frozen=True)
class Study:
    """The parts that were asked for; None or empty where one was not, or where there is nothing to it."""

    portraits: dict[str, Portrait]
    bites: dict[str, Bite]
    splits: tuple[Split, ...] = ()
    starts: Starts | None = None
    agreement: Agreement | None = None
    survivals: tuple[Survival, ...] = ()
    derived: Derived | None = None
    clause: Clause | None = None
    regret: Regret | None = None
    solved: int = 0


def study(
    c: Comparison,
    parts: Iterable[str],
    focus: str | None = None,
    workers: int | None = 1,
    progress: Progress | None = None,
) -> Study:
    """Solve and put together the parts asked for.

    Args:
        c: The comparison.
        parts: Some of :data:`PARTS`.
        focus: Plan whose start, agreement and clause are looked at; left out, the best that has them.
        workers: Processes.
        progress: Told (label, done, total).

    Raises:
        ValueError: for an unknown part.
        KeyError: for a focus that is not compared.
    """
    wanted = set(parts)
    if unknown := sorted(wanted - set(PARTS)):
        raise ValueError(f"there is no part {unknown[0]!r}; the parts are {', '.join(PARTS)}")
    if focus is not None and focus not in c.own:
        raise KeyError(f"plan {focus!r} is not compared; the plans are {', '.join(c.own)}")
    return _Gathering(c, frozenset(wanted), focus).run(workers, progress)


class _Gathering:
    """Cases by a key of their own, solved once each."""

    def __init__(self, c: Comparison, wanted: frozenset[str], focus: str | None) -> None:
        self.c, self.wanted, self.focus = c, wanted, focus
        self.crisis: Crisis = c.crisis
        self.base = next(iter(c.own))
        task: Task = (c.sweep or c.own)[self.base].task
        self.precision, self.grid, self.reading = task.precision, task.resolution, task.reading
        self.cases: dict[Hashable, Case] = {}
        self.ranked = c.ranked()

    def _case(self, plan: str, look: Look = "value", reading: str | None = None) -> Case:
        chosen, of = self.crisis.plans[plan], reading or self.reading
        return Case(chosen, self.precision, self.grid, of, (), look, self.c.month)

    def _first(self, ok: Iterable[str]) -> str | None:
        """The plan in focus if it will do, else the best of those that will."""
        fit = list(ok)
        return self.focus if self.focus in fit else next(iter(fit), None)

    def run(self, workers: int | None, progress: Progress | None) -> Study:
        crisis, c = self.crisis, self.c
        plans = crisis.plans
        if self.wanted & {"through_time", "regret"}:
            for p in c.own:
                self.cases["whole", p] = self._case(p, "whole")
        mixed = self._mixtures() if "split" in self.wanted else {}
        begins = self._start_plan() if "start" in self.wanted else None
        dated = (
            start_cases(plans[begins], crisis.clock.horizon_months, self.precision, self.grid, self.reading)
            if begins is not None
            else {}
        )  # fmt: skip
        self.cases |= {("start", n): case for n, case in dated.items()}
        agreed = self._agreement_plan() if "agreement" in self.wanted else None
        found = None
        if agreed is not None:
            found = agreement_cases(
                crisis, agreed, self.precision, self.grid, self.reading, c.month
            )
            self.cases |= {("agreement", mode): case for mode, case in found[0].items()}
        survivals = tuple(survival(crisis, p) for p in c.own) if "lines" in self.wanted else ()
        cut = self._cut(survivals)
        clause = self._clause_plan() if "clause" in self.wanted else None
        if "regret" in self.wanted and self.reading is None:
            for r in crisis.readings:
                for p in c.own:
                    self.cases["reading", r, p] = self._case(p, reading=r)
        done, number = self._solved(workers, progress)
        return Study(
            portraits={p: done["whole", p] for p in c.own if ("whole", p) in done},
            bites={p: bite(crisis, p, c.month) for p in c.own} if "through_time" in self.wanted else {},
            splits=self._splits(mixed, done),
            starts=None
            if begins is None or not dated
            else starts_of(begins, list(dated), [done["start", n] for n in dated], c.month,
                           (c.sweep or c.own)[begins].value_a),
            agreement=None if agreed is None or found is None else self._agreement(agreed, found, done),
            survivals=survivals,
            derived=self._derived(cut, done),
            clause=None if clause is None else self._clause(clause, done),
            regret=self._regret(done) if "regret" in self.wanted else None,
            solved=number,
        )  # fmt: skip

    def _solved(
        self, workers: int | None, progress: Progress | None
    ) -> tuple[dict[Hashable, Portrait], int]:
        """Every case by its key, and how many were solved: equal ones once, as far as one of them looks."""
        alike: dict[Hashable, Case] = {}
        of: dict[Hashable, Hashable] = {}
        for key, case in self.cases.items():
            same = (key_of(case.plan), case.reading, case.changes, case.look == "clause")
            of[key] = same
            if same not in alike or _SIZE[case.look] < _SIZE[alike[same].look]:
                alike[same] = case
        order = sorted(alike, key=lambda k: _SIZE[alike[k].look])
        some = [alike[k] for k in order]
        found = solved(self.crisis, some, workers, progress, "varying plans")
        by_same = dict(zip(order, found, strict=True))
        return {key: by_same[same] for key, same in of.items()}, len(order)

    # --- Split ------------------------------------------------------------------------------

    def _mixtures(self) -> dict[str, dict[frozenset[str], str]]:
        """Plan id -> parts taken -> key of the case; equal mixtures are solved once."""
        base = self.crisis.plans[self.base]
        found: dict[str, dict[frozenset[str], str]] = {}
        for p in self.c.own:
            if p == self.base:
                continue
            found[p] = {}
            for taken, plan in mixtures(self.crisis, base, self.crisis.plans[p]).items():
                key = key_of(plan)
                found[p][taken] = key
                self.cases.setdefault(
                    ("mix", key), Case(plan, self.precision, self.grid, self.reading, (), "value")
                )
        return found

    def _splits(
        self, mixed: dict[str, dict[frozenset[str], str]], done: dict[Hashable, Portrait]
    ) -> tuple[Split, ...]:
        plans = self.crisis.plans
        return tuple(
            split_of(
                p,
                self.base,
                differing(self.crisis, plans[self.base], plans[p]),
                {taken: done["mix", key].value_a for taken, key in keys.items()},
            )
            for p, keys in mixed.items()
        )

    # --- Start and agreement -------------------------------------------------------------------

    def _start_plan(self) -> str | None:
        plans = self.crisis.plans
        late = [p for p in self.ranked if waiting(plans[p])]
        return self._first(late or [p for p in self.ranked if plans[p].stages])

    def _agreement_plan(self) -> str | None:
        plans = self.crisis.plans
        return self._first(
            p
            for p in self.ranked
            if any(needs_consent(self.crisis, plans[p], i) for i in waiting(plans[p]))
        )

    def _agreement(
        self,
        plan: str,
        found: tuple[dict[str, Case], tuple[str, ...], float, int],
        done: dict[Hashable, Portrait],
    ) -> Agreement:
        cases, against, chance, month = found
        solved_modes = {mode: done["agreement", mode] for mode in cases}
        solved_modes.setdefault("at_trigger", solved_modes["sure"])
        return Agreement(plan, against, chance, month, solved_modes)

    # --- Lines ---------------------------------------------------------------------------------

    def _cut(self, survivals: tuple[Survival, ...]) -> Survival | None:
        """The plan whose derived version is solved: one with a written version, else the best that loses."""
        by_plan = {s.plan: s for s in survivals}
        losing = [p for p in self.ranked if p in by_plan and by_plan[p].lost]
        chosen = self._first([p for p in losing if by_plan[p].written] or losing)
        if chosen is None:
            return None
        self.cases["cut", "whole"] = self._case(chosen, "run")
        derived = derived_plan(self.crisis, by_plan[chosen])
        self.cases["cut", "left"] = Case(derived, self.precision, self.grid, self.reading)
        written = by_plan[chosen].written
        if written is not None:
            self.cases["cut", "written"] = self._case(written, "run")
        return by_plan[chosen]

    def _derived(self, cut: Survival | None, done: dict[Hashable, Portrait]) -> Derived | None:
        if cut is None:
            return None
        return Derived(cut, done["cut", "whole"], done["cut", "left"], done.get(("cut", "written")))

    # --- Clause --------------------------------------------------------------------------------

    def _clause_plan(self) -> str | None:
        plan = self._first(p for p in self.ranked if self._ranges(p) is not None)
        if plan is None:
            return None
        key, detection, response = self._ranges(plan) or ("", (0.0,) * 3, (0.0,) * 3)
        for place, word in enumerate(CLAUSES):
            changes = (
                (f"guarantees.{key}.detection", detection[place]),
                (f"guarantees.{key}.response", response[place]),
            )
            self.cases["clause", word] = Case(
                self.crisis.plans[plan], self.precision, self.grid, self.reading, changes, "clause"
            )
        return plan

    def _ranges(
        self, plan: str
    ) -> tuple[str, tuple[float, float, float], tuple[float, float, float]] | None:
        """Guarantee behind a plan's own offer, with the ranges of detection and response."""
        offer = self.crisis.plans[plan].offer
        key = None if offer is None else self.crisis.contracts[offer].guarantee
        if key is None:
            return None
        detection, response = (
            (q.low, q.value, q.high)
            for q in (self.crisis.guarantees[key].detection, self.crisis.guarantees[key].response)
        )
        if None in (*detection, *response):
            return None
        return key, detection, response  # type: ignore[return-value]

    def _clause(self, plan: str, done: dict[Hashable, Portrait]) -> Clause:
        key, detection, response = self._ranges(plan) or ("", (0.0,) * 3, (0.0,) * 3)
        found = [done["clause", word] for word in CLAUSES]
        a, b, d = (x.value_a for x in found)
        return Clause(plan, key, detection, response, (a, b, d), tuple(x.kept for x in found))

    # --- Regret --------------------------------------------------------------------------------

    def _regret(self, done: dict[Hashable, Portrait]) -> Regret:
        c, crisis = self.c, self.crisis
        runs = c.band[self.base]
        columns = [("precision", f"{r.task.precision:g}") for r in runs]
        columns += [("type", kind.name) for kind in crisis.types.values()]
        named = [r for r in crisis.readings if ("reading", r, self.base) in done]
        columns += [("reading", crisis.readings[r].label) for r in named]
        value = {
            p: (
                *(r.value_a for r in c.band[p]),
                *done["whole", p].by_type,
                *(done["reading", r, p].value_a for r in named),
            )
            for p in c.own
        }
        error = max((c.error("value_a", p) for p in c.checks), default=0.0)
        return Regret(tuple(columns), value, error)


_SIZE = {"whole": 0, "run": 1, "clause": 2, "value": 3}
"""Large solves first, so that no worker is left with one at the end."""
