"""What the answers that rest on many draws share: names of inputs, choice of plans, error of the grid.

*Error of the grid.* The first few draws are solved again on the draft grid. For a figure m the answer
reports ``mean |m(coarse) - m(draft)|`` and the largest such difference over these draws, and uses the
mean one as the size up to which two figures of an ensemble are no distinguishable difference.

Input names are for readers: entries by their own names, fields with spaces, blocs by theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from offramp.answers._facts import join, owner
from offramp.answers._names import readable
from offramp.crisis import Crisis
from offramp.ensembles import DEFAULT, Design, Ensemble, Measure, run
from offramp.ensembles.run import Progress
from offramp.game import Resolution
from offramp.game._resolution import RESOLUTIONS, named
from offramp.solution import Solution

Floats = NDArray[np.float64]

CHECKED = 4
"""Draws solved again on the draft grid: enough for the size of the error, cheap enough to do always."""

FINER = "draft"
"""Grid that figures of a coarser one are checked on."""

DIFFERENCE = "difference of value_a"


def input_name(crisis: Crisis, path: str) -> str:
    """A dotted path in words, such as ``War: cost, Northland``."""
    name = readable(crisis, path.removesuffix(".value"))
    return name[:1].upper() + name[1:]


def input_names(crisis: Crisis, paths: Sequence[str]) -> dict[str, str]:
    """Names of inputs by path, told apart by the path where two would read the same."""
    found = {path: input_name(crisis, path) for path in paths}
    often = list(found.values())
    return {p: n if often.count(n) == 1 else f"{n} ({p})" for p, n in found.items()}


def chosen_plan(crisis: Crisis, plan: str | None) -> str:
    """The plan asked for; None means the first of the file.

    Raises:
        ValueError: for an unknown plan, or a crisis without plans.
    """
    if not crisis.plans:
        raise ValueError("the crisis has no plan")
    if plan is None:
        return next(iter(crisis.plans))
    if plan not in crisis.plans:
        raise ValueError(f"there is no plan {plan!r}; the plans are {join(crisis.plans)}")
    return plan


def other_plan(crisis: Crisis, plan: str) -> str | None:
    """The plan to compare with if none is named: the first of the file that is another one."""
    return next((key for key in crisis.plans if key != plan), None)


def finite(value: float) -> float | None:
    """JSON has no number for a missing figure."""
    return float(value) if np.isfinite(value) else None


def fitted_words(crisis: Crisis, where: str) -> str:
    """A warning that draws were fitted (:mod:`offramp.ensembles.spared`); ``where``: ``3 of 64 draws``."""
    b = owner(crisis.blocs["B"].name)
    return (
        f"in {where} levers would spare more of {b} price of signing than there is; what they spare was "
        "scaled down to all of it, so these rest on other numbers than were drawn"
    )


def by_type(solution: Solution) -> dict[str, float]:
    """A measure: A's value and the opening belief for each of B's types."""
    game = solution.game
    values = solution._opening(solution.values.a)
    found = {}
    for key, value, belief in zip(game.types, values, game.opening, strict=True):
        found[f"value_a_{key}"] = float(value)
        found[f"belief_{key}"] = float(belief)
    return found


MEASURES: tuple[Measure, ...] = (*DEFAULT, by_type)
"""What these answers keep of every solve."""


@dataclass(frozen=True)
class GridError:
    """How far coarse figures lie from finer ones over a few draws.

    Attributes:
        draws: Draws compared.
        coarse, fine: Names of the two grids.
        mean, largest: By figure, absolute difference.
    """

    draws: int
    coarse: str
    fine: str
    mean: Mapping[str, float]
    largest: Mapping[str, float]

    def line(self) -> str:
        """In one sentence."""
        if not self.draws:
            return f"Solved at {self.coarse} resolution; no finer grid was compared."
        value = f"{self.mean['value_a']:.3f} on average, {self.largest['value_a']:.3f} at most"
        return (
            f"Solved at {self.coarse} resolution; against {self.fine} on {self.draws} of the draws the "
            f"value to A moves by {value}."
        )


def finer_than(resolution: str | Resolution, finer: str | Resolution | None) -> Resolution | None:
    """The grid to check on; None if none is asked for, or the solves are on it or a finer one."""
    if finer is None:
        return None
    own, other = named(resolution), named(finer)
    order = list(RESOLUTIONS)
    known = own.name in RESOLUTIONS and other.name in RESOLUTIONS
    if own.name == other.name or (known and order.index(own.name) > order.index(other.name)):
        return None
    return other


def first_draws(design: Design, count: int) -> Design:
    """The first draws of a design as a design of their own."""
    points = None if design.points is None else design.points[:count]
    return replace(design, values=design.values[:count], points=points, base=None)


def grid_error(
    crisis: Crisis,
    ensemble: Ensemble,
    figures: Sequence[tuple[str, str]],
    *,
    resolution: str | Resolution,
    finer: str | Resolution | None,
    precision: float,
    workers: int | None,
    progress: Progress | None,
    draws: int = CHECKED,
    folder: Path | None = None,
) -> GridError:
    """Error of the grid for figures (measure, plan) of an ensemble with one reading.

    ``mean`` and ``largest`` are by measure, over plans and draws; with two plans ``DIFFERENCE`` is that of
    one's value to A less the other's. Nothing is compared if the ensemble is itself on the finer grid.
    """
    coarse = named(resolution).name
    grid = finer_than(resolution, finer)
    if grid is None or draws == 0:
        return GridError(0, coarse, "", {}, {})
    few = first_draws(ensemble.design, draws)
    plans = list(dict.fromkeys(plan for _, plan in figures))
    again = run(
        crisis,
        few,
        plans=plans,
        readings=ensemble.readings,
        resolution=grid,
        precision=precision,
        folder=folder,
        workers=workers,
        progress=progress,
        measures=MEASURES,
    )
    reading = ensemble.readings[0]
    gaps: dict[str, list[float]] = {}
    for measure, plan in figures:
        own = ensemble.column(measure, plan, reading)[: few.draws]
        other = again.column(measure, plan, reading)
        both = np.isfinite(own) & np.isfinite(other)
        gaps.setdefault(measure, []).extend(np.abs(own - other)[both].tolist())
    if len(plans) == 2:
        apart = [
            e.column("value_a", plans[0], reading)[: few.draws]
            - e.column("value_a", plans[1], reading)[: few.draws]
            for e in (ensemble, again)
        ]
        gap = np.abs(apart[0] - apart[1])
        gaps[DIFFERENCE] = gap[np.isfinite(gap)].tolist()
    known = {m: g for m, g in gaps.items() if g}
    if not known:
        return GridError(0, coarse, grid.name, {}, {})
    return GridError(
        few.draws,
        coarse,
        grid.name,
        {m: float(np.mean(g)) for m, g in known.items()},
        {m: float(np.max(g)) for m, g in known.items()},
    )
