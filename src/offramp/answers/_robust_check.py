"""How far the coarse grid is off when plans are compared: some futures solved again on a finer one.

Symbols. s_p = y_p(coarse) - y_p(finer) for a figure y of plan p in one future. The error of a difference of p
and q is the mean of ``|s_p - s_q|`` over the futures checked: what shifts all plans alike cancels. The error of
a figure by itself is the mean of ``|s_p|``. One future is checked under each reading, ``CHECKED`` in all where
there are fewer readings: the first ones in which every plan has a worth (else those in which most have).

A pair that could be compared in no such future is given the largest error of any pair. Draws are solved as the
ensemble solves them (:mod:`offramp.ensembles.spared`). A future counts as checked if every plan was solved on
both grids; the others are counted apart, and what can be compared in them is.

Units: those of the figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from offramp.answers._ensemble_inputs import finer_than
from offramp.answers._runs import Progress, in_parallel
from offramp.crisis import Crisis, with_reading
from offramp.ensembles import DEFAULT, Ensemble
from offramp.ensembles.measures import ready, taken
from offramp.ensembles.spared import Draws
from offramp.ensembles.work import CANNOT, kernel_for, reason_of
from offramp.game import Resolution, compile_game
from offramp.game._resolution import named
from offramp.solution import solve

Floats = NDArray[np.float64]

CHECKED = 4
"""Futures solved again at least: fewer say little about a mean."""


@dataclass(frozen=True, eq=False)
class PlanError:
    """Errors of figures of plans.

    Attributes:
        coarse, finer: Names of the grids; ``finer`` is empty if nothing was compared.
        checked: Futures in which every plan was solved on both grids.
        between: By measure, error of a difference of two plans, (plans, plans).
        own: By measure, error of a plan's figure by itself, (plans,).
        largest: By measure, the largest single ``|s_p - s_q|``.
        partly: Futures compared in which some plan was not solved.
        failed: Why plans that are solved on the coarse grid were not on the finer one, one a solve.
    """

    coarse: str
    finer: str
    checked: int
    between: Mapping[str, Floats]
    own: Mapping[str, Floats]
    largest: Mapping[str, float]
    partly: int = 0
    failed: tuple[str, ...] = ()

    def of(self, measure: str, plan: int, other: int | None) -> float:
        """Error of a plan's figure held against another plan's, or against a number."""
        return float(
            self.own[measure][plan] if other is None else self.between[measure][plan, other]
        )

    def typical(self, measure: str) -> float:
        """The largest error of a difference of any two plans."""
        return float(self.between[measure].max())

    def over(self) -> str:
        """In how many futures it was looked at: ``4 futures``."""
        whole = f"{self.checked} future{'' if self.checked == 1 else 's'}"
        if not self.partly:
            return whole
        if not self.checked:
            return f"{self.partly} in which not every plan can be solved"
        return f"{whole} and {self.partly} in which not every plan can be solved"


@dataclass(frozen=True)
class Shared:
    """What every solve of the check has in common."""

    crisis: Crisis
    paths: tuple[str, ...]
    transplant: bool
    grid: Resolution
    precision: float
    months: tuple[int, ...]


@dataclass(frozen=True)
class Again:
    """One solve of the check."""

    plan: str
    reading: str | None
    values: tuple[float, ...]


def again(shared: Shared, job: Again) -> dict[str, float] | str:
    """Figures of one future at the finer grid, or why it cannot be solved there."""
    crisis = shared.crisis
    if job.reading is not None:
        crisis = with_reading(crisis, job.reading, transplant=shared.transplant)
    try:
        values = dict(zip(shared.paths, job.values, strict=True))
        drawn = Draws(crisis, shared.paths).at(values).crisis
        game = compile_game(drawn, job.plan, None, shared.grid)
        found = solve(game, shared.precision, kernel=kernel_for(game))
    except CANNOT as error:
        return reason_of(error)
    return taken(ready(DEFAULT, shared.months), found)


def plan_error(
    crisis: Crisis,
    ensemble: Ensemble,
    measures: Sequence[str],
    *,
    finer: str | Resolution | None,
    workers: int | None,
    progress: Progress | None,
) -> PlanError:
    """Solve one future under each reading again and compare; zero errors if there is no finer grid."""
    made = ensemble.manifest
    n = len(ensemble.plans)
    coarse = str(made["resolution"]["name"])
    grid = None if finer is None else finer_than(_grid(made), finer)
    nothing = PlanError(
        coarse, "", 0,
        {m: np.zeros((n, n)) for m in measures}, {m: np.zeros(n) for m in measures},
        dict.fromkeys(measures, 0.0),
    )  # fmt: skip
    if grid is None:
        return nothing
    shared = Shared(
        crisis, ensemble.design.paths, bool(made["transplant"]), grid, float(made["precision"]),
        tuple(made["months"]),
    )  # fmt: skip
    places = _places(ensemble)
    jobs = [
        Again(plan, ensemble.readings[r], tuple(map(float, ensemble.inputs[r][draw])))
        for r, draw in places
        for plan in ensemble.plans
    ]
    solved = in_parallel(
        shared, again, jobs, workers, progress, f"Checking on the {grid.name} grid"
    )
    shifts = {m: np.full((len(places), n), np.nan) for m in measures}
    solved_on_both = np.zeros((len(places), n), dtype=np.bool_)
    failed: list[str] = []
    for k, (r, draw) in enumerate(places):
        for p, plan in enumerate(ensemble.plans):
            got, reading = solved[k * n + p], ensemble.readings[r]
            there = bool(np.isfinite(ensemble.column("value_a", plan, reading)[draw]))
            if isinstance(got, str):
                failed += [got] if there else []
                continue
            solved_on_both[k, p] = there
            for m in measures:
                shifts[m][k, p] = ensemble.column(m, plan, reading)[draw] - got[m]
    if not all(np.isfinite(s).any() for s in shifts.values()):
        return replace(nothing, failed=tuple(failed))
    whole = int(solved_on_both.all(axis=1).sum())
    return PlanError(
        coarse,
        grid.name,
        whole,
        {m: _filled(_pairs(s)) for m, s in shifts.items()},
        {m: _filled(_mean(np.abs(s))) for m, s in shifts.items()},
        {m: float(np.nanmax(np.abs(s[:, :, None] - s[:, None, :]))) for m, s in shifts.items()},
        int(solved_on_both.any(axis=1).sum()) - whole,
        tuple(failed),
    )


def _grid(manifest: Mapping[str, object]) -> Resolution:
    sizes = dict(manifest["resolution"])  # type: ignore[call-overload]
    sizes["belief_steps"] = tuple(sizes["belief_steps"])
    return named(Resolution(**sizes))


def _places(ensemble: Ensemble) -> list[tuple[int, int]]:
    """Which futures are solved again: (place of the reading, draw)."""
    count = max(CHECKED, len(ensemble.readings))
    found = []
    for r, reading in enumerate(ensemble.readings):
        there = [np.isfinite(ensemble.column("value_a", p, reading)) for p in ensemble.plans]
        order = np.argsort(-np.stack(there).sum(axis=0), kind="stable")
        mine = len(range(r, count, len(ensemble.readings)))
        found += [(r, int(draw)) for draw in order[:mine]]
    return found


def _pairs(shift: Floats) -> Floats:
    return _mean(np.abs(shift[:, :, None] - shift[:, None, :]))


def _mean(gaps: Floats) -> Floats:
    """Mean over cases of those that are there; nan where none is."""
    there = np.isfinite(gaps)
    count = there.sum(axis=0)
    total = np.where(there, gaps, 0.0).sum(axis=0)
    found: Floats = np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0)
    return found


def _filled(errors: Floats) -> Floats:
    found: Floats = np.where(np.isfinite(errors), errors, np.nanmax(errors))
    return found
