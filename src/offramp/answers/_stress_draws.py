"""What events do over the ranges of the inputs: the sweep of events, once per draw.

Definition. With x_d the d-th draw of all numbers that have a range (:func:`offramp.ensembles.sample`), and
D(e; x) the effect of event e alone on A's value in the game with numbers x::

    range(e) = [5 %, 95 %] of D(e; x_d);   worst(e) = share of d with D(e; x_d) = min_f D(f; x_d) < 0

Draws are common to all events. A share carries Wilson's 90 % interval. Draws whose numbers contradict each
other are left out and counted.

Units: stakes of A; shares of draws. Not modelled: pairs of events (too many solves), and terms held.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from offramp.answers._answer import Chart, Column, Table
from offramp.answers._charts import Dot, PlanRow, dots_and_ranges
from offramp.answers._facts import percent, quoted, stake
from offramp.answers._stress_facts import stress_draw
from offramp.ensembles import run, sample
from offramp.game import RESOLUTIONS
from offramp.solution import Solution

Floats = NDArray[np.float64]
Progress = Callable[[str, int, int], None]

LEVEL = 0.9
"""Of ranges over draws and of intervals of shares."""
GRID = RESOLUTIONS["sketch"]
"""The grid on which draws are solved."""


@dataclass(frozen=True)
class Drawn:
    """Effects of events over draws.

    Attributes:
        events: Keys, in the order of the file.
        effects: (draws, events) changes of A's value; only draws that could be solved.
        asked, failed: Draws asked for, and those that could not be solved.
    """

    events: tuple[str, ...]
    effects: Floats
    asked: int
    failed: int

    def quantiles(self, event: int) -> tuple[float, float, float]:
        """Lower end, median and upper end of an event's effect."""
        tail = (1 - LEVEL) / 2
        low, mid, high = np.quantile(self.effects[:, event], [tail, 0.5, 1 - tail])
        return float(low), float(mid), float(high)

    def worst(self) -> Floats:
        """Share of draws in which each event costs A most."""
        least = self.effects.argmin(1)
        costs = self.effects.min(1) < 0
        counts = np.bincount(least[costs], minlength=len(self.events))
        shares: Floats = counts / len(self.effects)
        return shares


def event_effects(solution: Solution, events: tuple[str, ...] = ()) -> dict[str, float]:
    """A measure of an ensemble: effect of each event alone on A's value; nan where it cannot happen."""
    found = stress_draw(solution)
    return {f"event_{key}": found.get(key, float("nan")) for key in events}


def drawn(
    solution: Solution,
    draws: int,
    *,
    seed: int = 0,
    folder: str | Path | None = None,
    workers: int | None = 1,
    progress: Progress | None = None,
) -> Drawn:
    """Force every event in every draw from the ranges of the file.

    Args:
        solution: The solved game: its plan, reading and precision are drawn around.
        draws: How many.
        seed: Of the draws.
        folder: Where finished draws are kept, so that an interrupted run can go on.
        workers: Processes; None means one per core.
        progress: Told (label, done, total).

    Raises:
        ValueError: for fewer than eight draws, if no event can be forced, or if no draw could be solved.
    """
    if draws < 8:
        raise ValueError(f"ranges over draws need at least 8 of them; got {draws}")
    crisis = solution.game.crisis
    events = tuple(crisis.events)
    if not events:
        raise ValueError("this crisis has no event that could be forced: leave the draws out")
    ensemble = run(
        crisis,
        sample(crisis, draws=draws, seed=seed),
        plans=[solution.game.plan_id],
        resolution=GRID,
        precision=solution.precision,
        folder=folder,
        workers=workers,
        progress=progress,
        measures=(partial(event_effects, events=events),),
    )
    columns = [ensemble.column(f"event_{key}", solution.game.plan_id) for key in events]
    effects = np.column_stack(columns) if columns else np.zeros((draws, 0))
    can = np.asarray(~np.isnan(effects).all(axis=0))
    effects = effects[:, can]
    whole = ~np.isnan(effects).any(1)
    if not can.any() or not whole.any():
        raise ValueError("no draw could be solved with its events forced")
    kept = tuple(key for key, yes in zip(events, can, strict=True) if yes)
    return Drawn(kept, effects[whole], draws, int((~whole).sum()))


def interval(share: float, n: int) -> tuple[float, float]:
    """Wilson's interval of a share seen in n draws."""
    z = float(norm.ppf(0.5 + LEVEL / 2))
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * float(np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)))
    return max(0.0, middle - half), min(1.0, middle + half)


def order(found: Drawn) -> list[int]:
    """Events by how often they cost A most, then by their median effect."""
    worst = found.worst()
    return sorted(range(len(found.events)), key=lambda e: (-worst[e], found.quantiles(e)[1]))


def sentence(solution: Solution, found: Drawn) -> str:
    """What the draws say in words."""
    crisis, n = solution.game.crisis, len(found.effects)
    a = crisis.blocs["A"].name
    first, worst = order(found)[0], found.worst()
    if worst[first] == 0:
        said = f"Over {n} draws from the ranges of the file no event costs {a} anything."
    else:
        low, high = interval(float(worst[first]), n)
        down, mid, up = found.quantiles(first)
        name = quoted(crisis.events[found.events[first]].name)
        share = f"{percent(float(worst[first]))} of them ({percent(low)} to {percent(high)})"
        said = (
            f"Over {n} draws from the ranges of the file {name} costs {a} most in {share}: "
            f"{stake(mid, True)} of its stake at the median, {stake(down, True)} to "
            f"{stake(up, True)} in nine draws of ten."
        )
    if found.failed:
        said += f" {found.failed} of {found.asked} draws contradict themselves and are left out."
    return said


def table(solution: Solution, found: Drawn) -> Table:
    """Effects over draws, the most damaging event first."""
    crisis, worst = solution.game.crisis, found.worst()
    rows = []
    for e in order(found):
        low, mid, high = found.quantiles(e)
        ends = interval(float(worst[e]), len(found.effects))
        below = float((found.effects[:, e] < 0).mean())
        rows.append(
            (crisis.events[found.events[e]].name, mid, low, high, below, float(worst[e]), *ends)
        )
    return Table(
        "Every event alone, over the ranges of the inputs",
        (
            Column("event", "Event"),
            Column("median", "Median effect on A", "signed", "A's stake", 3),
            Column("low", "5 %", "signed", "A's stake", 3),
            Column("high", "95 %", "signed", "A's stake", 3),
            Column("costs", "Draws in which it costs A", "share", decimals=0),
            Column("worst", "Draws in which it costs A most", "share", decimals=0),
            Column("worst_low", "at least", "share", decimals=0),
            Column("worst_high", "at most", "share", decimals=0),
        ),
        tuple(rows),
        f"{len(found.effects)} draws on the {GRID.name} grid, terms as they come. “At least” and “at most”: "
        "90 % interval of the share.",
    )


def chart(solution: Solution, found: Drawn) -> Chart:
    """The range of each event's effect."""
    crisis = solution.game.crisis
    rows = []
    for e in order(found):
        low, mid, high = found.quantiles(e)
        rows.append(PlanRow(crisis.events[found.events[e]].name, Dot(mid, low, high)))
    said = sentence(solution, found)
    return dots_and_ranges(
        "draws",
        title="What each event does, over the ranges of the inputs",
        subtitle=f"Change of the value to {crisis.blocs['A'].name}, share of its stake; nine draws of ten",
        alt=said,
        rows=rows,
        series=("effect",),
        format="signed",
        decimals=3,
    )
