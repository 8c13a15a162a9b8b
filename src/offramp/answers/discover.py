"""In which futures does a plan fail?

Definitions. A future is one draw of all inputs from their ranges. The plan *fails* in a future if

* ``worse than PLAN`` (the default): its value to A lies below that of another plan in the same future by
  more than the error of the grid; or
* a stated condition on a figure holds, such as ``settled_12 < 0.2`` or ``disaster_12 > 0.05``.

Cases of interest are the failures; where more than half of all futures fail, they are the futures in which
the plan holds, since a condition that describes most of the world says nothing. Boxes with coverage,
density and mass by PRIM, and a tree of questions beside them (:mod:`offramp.ensembles.discovery`,
:mod:`offramp.ensembles.trees`). Both search among the inputs with the strongest rank correlation with
failing; the box is repeated on one half of the draws and measured on the other, and a box that is no
denser there than chance is said not to hold up.

Classical comparator: Bryant and Lempert (2010), scenario discovery; EMA Workbench's ``prim`` takes the same
steps. The literal definition is the oracle in the tests.

What it does not say: how likely the failing futures are. Mass is a share of what the ranges leave open.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from offramp.answers import _discover_words as words
from offramp.answers._answer import Answer, Chart, Trace
from offramp.answers._discover_charts import scatter_chart, trajectory_chart
from offramp.answers._discover_facts import (
    Failure,
    Found,
    data_of,
    examine,
    failure_for,
    failure_of,
    tried,
)
from offramp.answers._ensemble_inputs import (
    DIFFERENCE,
    FINER,
    MEASURES,
    chosen_plan,
    fitted_words,
    grid_error,
    input_names,
)
from offramp.answers._facts import join, percent, quoted, supports
from offramp.crisis import Crisis, with_reading
from offramp.ensembles import Ensemble, run, sample
from offramp.ensembles.discovery import (
    Discovery,
)
from offramp.ensembles.measures import months_for, ready, taken
from offramp.ensembles.run import Progress
from offramp.game import Resolution, compile_game
from offramp.game._resolution import named
from offramp.solution import DEFAULT_PRECISION, solve

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

__all__ = ["Failure", "Found", "discover", "examine", "failure_of"]

DRAWS = 256
"""Draws: with one plan to compare with, 512 solves, under a minute on two cores."""


def discover(
    crisis: Crisis,
    *,
    plan: str | None = None,
    against: str | None = None,
    fails: str | Failure | None = None,
    reading: str | None = None,
    paths: Sequence[str] | None = None,
    draws: int = DRAWS,
    resolution: str | Resolution = "sketch",
    finer: str | Resolution | None = FINER,
    precision: float = DEFAULT_PRECISION,
    workers: int | None = 1,
    scheduler: str | None = None,
    progress: Progress | None = None,
    folder: str | Path | None = None,
    seed: int = 0,
) -> Answer:
    """In which futures a plan fails, as boxes, a tree, and in words.

    Args:
        crisis: The crisis.
        plan: Plan id; None means the first of the file.
        against: The plan it is compared with; None means the first other plan of the file.
        fails: A condition that replaces the comparison, such as ``disaster_12 > 0.05``.
        reading: Apply a reading's premises and ranges first.
        paths: Inputs to vary; None means every number with a range that the games read.
        draws: Draws.
        resolution: Grid of every solve.
        finer: Grid on which a few solves are repeated, for the error; None leaves that out.
        precision: kappa per negotiation round.
        workers: Processes; None means one per core.
        scheduler: Address of a Dask scheduler, used instead of processes.
        progress: Told (label, done, total).
        folder: Where results are kept; the same call goes on where it was interrupted.
        seed: Seed of the draws.

    Raises:
        ValueError: for an unknown plan, a plan compared with itself, a condition that cannot be read or
            is on a figure that is not kept, or (``NoRange``) no input with a range.
    """
    chosen = chosen_plan(crisis, plan)
    month = min(12, crisis.clock.horizon_months)
    failure = failure_for(crisis, chosen, against, fails, month)
    plans = (chosen,) if failure.against is None else (chosen, failure.against)
    months = tuple(sorted({*months_for(crisis.clock.horizon_months, None), month}))
    if fails is not None:
        one = solve(compile_game(crisis, chosen, reading, resolution), precision)
        kept = taken(ready(MEASURES, months), one)
        if failure.measure not in kept:
            raise ValueError(f"there is no figure {failure.measure!r}; there are {join(kept)}")
    design = sample(crisis, paths, draws, seed, reading=reading, plans=plans)
    ensemble = run(
        crisis,
        design,
        plans=plans,
        readings=(reading,),
        resolution=resolution,
        precision=precision,
        months=months,
        folder=folder,
        workers=workers,
        scheduler=scheduler,
        progress=progress,
        measures=MEASURES,
    )
    error = grid_error(
        crisis,
        ensemble,
        [("value_a", p) for p in plans],
        resolution=resolution,
        finer=finer,
        precision=precision,
        workers=workers,
        progress=progress,
        folder=None
        if folder is None or finer is None
        else Path(folder) / f"on-{named(finer).name}",
    )
    found = examine(ensemble, chosen, failure, reading, error)
    return answer_of(crisis, ensemble, found, reading, precision, seed)


def answer_of(
    crisis: Crisis,
    ensemble: Ensemble,
    found: Found,
    reading: str | None,
    precision: float,
    seed: int,
) -> Answer:
    """The answer that an ensemble gives: ``found`` is what :func:`examine` made of it."""
    paths = ensemble.design.paths
    names = input_names(crisis, paths)
    stated = crisis if reading is None else with_reading(crisis, reading)
    plan = quoted(crisis.plans[found.plan].name)
    verb = words.outcome_words(found.failure, crisis, found.holds)
    case = "futures in which it holds" if found.holds else "failures"
    ranges = {
        p: (float(found.X[:, j].min()), float(found.X[:, j].max())) if len(found.X) else (0.0, 0.0)
        for j, p in enumerate(paths)
    }
    box = found.solid
    headline = _headline(crisis, found, names, plan, verb)
    tables = [words.counts_table(found, crisis)]
    if found.boxes is not None and box is not None:
        tables.insert(0, words.boxes_table(found.boxes.boxes, names, ranges, case))
    if found.tree is not None and len(found.tree.leaves()) > 1:
        tables.append(words.leaves_table(found.tree, names, case))
    top = [limit.name for limit in box.limits] if box is not None else []
    return Answer(
        name="discover",
        question="In which futures does the plan fail?",
        headline=headline,
        paragraphs=_paragraphs(crisis, found, names, plan, case),
        tables=tuple(tables),
        charts=_charts(found, names, headline, case),
        evidence_trace=Trace(
            formula=(
                "Of n draws T lie inside the box, H of them cases: coverage = H / all cases, density = H / T, "
                "mass = T / n; the search takes away the draws at one end of an input (a peel) where density "
                "gains most per draw removed"
            ),
            supports=supports(stated, [(p, "limits the box") for p in top]),
            certificate=(found.error.line(),),
            settings=(
                ("plan", found.plan),
                ("fails if", found.failure.words(crisis)),
                ("reading", reading or "base"),
                ("resolution", str(ensemble.manifest["resolution"]["name"])),
                ("precision", f"{precision:g} per round"),
                ("draws", str(ensemble.design.draws)),
                ("inputs", str(len(paths))),
                ("seed", str(seed)),
                ("design", ensemble.design.hash[:12]),
            ),
        ),
        flips=_flips(found, names),
        warnings=_warnings(found) + _fitted(crisis, ensemble, reading),
        data=data_of(found, paths),
    )


def _headline(crisis: Crisis, found: Found, names: dict[str, str], plan: str, verb: str) -> str:
    n = len(found.fails)
    if not n:
        return f"No draw of {plan} could be solved"
    count = int(found.fails.sum())
    fails = words.outcome_words(found.failure, crisis, False)
    alike = f"; in {percent(found.close / n)} the two cannot be told apart" if found.close else ""
    if count == 0:
        return f"{plan} {fails} in none of {n} draws{alike}"
    if count == n:
        return f"{plan} {fails} in all of {n} draws"
    if found.boxes is None:
        return f"{plan} {verb} in {int(found.cases.sum())} of {n} draws: too few to say when{alike}"
    if found.solid is None:
        leaves = found.tree.leaves() if found.tree is not None else ()
        if len(leaves) > 1:
            where = join(words.limit_words(x, names) for x in leaves[0].limits)
            return f"{plan} {verb} most often where {where} ({percent(leaves[0].density)} of draws)"
        return f"{plan} {fails} in {percent(count / n)} of draws, and no simple condition says in which{alike}"
    return f"{plan} {verb} when {words.box_words(found.solid, names)}"


def _paragraphs(
    crisis: Crisis, found: Found, names: dict[str, str], plan: str, case: str
) -> tuple[str, ...]:
    n, clause = len(found.fails), found.failure.words(crisis)
    if not n:
        return ("Every draw failed to solve; the reasons are among the warnings.",)
    share = float(found.fails.mean())
    verb = "holds" if found.holds else "fails"
    said = [
        f"In this model {plan} counts as failing where {clause}: {percent(share)} of {n} draws of the "
        f"{len(names)} inputs that have a range."
        + (
            f" In {found.close} of them the two plans cannot be told apart within the error of the grid; "
            "these do not count as failures."
            if found.close
            else ""
        )
    ]
    if found.holds and 0 < share < 1 and found.boxes is not None:
        said.append("It fails in most futures, so what follows describes those in which it holds.")
    box = found.solid
    if found.boxes is not None and box is not None:
        said.append(
            f"It {verb} when {words.box_words(box, names)}: {words.figures_words(box, case)}."
        )
        said.append(_unseen(found.boxes, case))
        said += [
            f"It also {verb} when {words.box_words(more, names)}: {words.figures_words(more, case)}."
            for more in found.boxes.boxes[1:]
        ]
    elif found.boxes is not None:
        said.append(_no_box(found.boxes, case))
    if found.tree is not None and (box is not None or len(found.tree.leaves()) > 1):
        said.append(words.tree_words(found.tree, names, case))
    return tuple(said)


def _unseen(found: Discovery, case: str) -> str:
    held = found.held_out
    assert held is not None
    return (
        f"Searched for on one half of the draws and measured on the other, such a box holds "
        f"{percent(held.density)} {case} (all draws: {percent(found.share)})."
    )


def _no_box(found: Discovery, case: str) -> str:
    """One sentence on a box that was not found, or does not hold up on draws it had not seen."""
    if not found.boxes:
        return (
            "No condition on inputs tells these futures from the others better than chance: what decides is "
            "spread over many inputs, or lies in how they meet."
        )
    held = found.held_out
    if held is None:
        return "There are too few cases to try a condition on draws that the search had not seen."
    return (
        f"A condition on inputs found on one half of the draws does not hold up on the other half "
        f"({percent(held.density)} {case} there, {percent(found.share)} among all draws), so none is shown."
    )


def _charts(found: Found, names: dict[str, str], headline: str, case: str) -> tuple[Chart, ...]:
    box = found.solid
    if found.boxes is None or box is None:
        return ()
    boxes = tried(found.boxes, found.X, found.cases)
    verb = "holds" if found.holds else "fails"
    ranked = sorted(box.limits, key=lambda limit: limit.quasi_p)
    columns = [limit.column for limit in ranked[:2]]
    if len(columns) < 2:
        order = np.argsort(-np.abs(found.strength))
        columns.append(
            int(next(c for c in order if c not in columns)) if len(order) > 1 else columns[0]
        )
    paths = list(names)
    by_column = {limit.column: limit for limit in box.limits}
    axes = (names[paths[columns[0]]], names[paths[columns[1]]])
    other = "it fails" if found.holds else "it does not"
    return (
        scatter_chart(
            found.X[:, columns],
            found.cases,
            (by_column.get(columns[0]), by_column.get(columns[1])),
            axes,
            title=headline,
            alt=f"{headline}: {words.figures_words(box, case)}.",
            words=(f"it {verb}", other),
        ),
        trajectory_chart(
            boxes,
            box,
            title=(
                f"The box holds {percent(box.coverage)} of {case}; of the draws inside {percent(box.density)} "
                f"are {case}"
            ),
            alt=(
                f"As boxes hold less of all {case}, their share inside goes from "
                f"{percent(boxes[0].density)} to {percent(boxes[-1].density)}."
            ),
            case=case,
        ),
    )


def _flips(found: Found, names: dict[str, str]) -> tuple[str, ...]:
    if found.solid is None:
        return ()
    verb = "holds" if found.holds else "fails"
    edges = []
    for limit in sorted(found.solid.limits, key=lambda one: one.quasi_p):
        for bound, side in ((limit.low, "below"), (limit.high, "above")):
            if np.isfinite(bound):
                edges.append(f"{names[limit.name]} {side} {bound:.3g}: outside of where it {verb}")
    return tuple(edges)


def _fitted(crisis: Crisis, ensemble: Ensemble, reading: str | None) -> tuple[str, ...]:
    """A warning, if draws were fitted."""
    count = int(ensemble.fitted(reading).sum())
    draws = f"{count} of {ensemble.design.draws} draws"
    return (fitted_words(crisis, draws),) if count else ()


def _warnings(found: Found) -> tuple[str, ...]:
    said = []
    if found.lost:
        said.append(
            f"{words.draws_words(found.lost)} gave no figure: {'; '.join(found.failures[:3])}"
        )
    if found.failure.against is not None and found.error.draws:
        gap = found.error.largest.get(DIFFERENCE)
        if gap is not None:
            said.append(
                f"the two plans' difference moves by up to {gap:.3f} of a stake between the "
                f"{found.error.coarse} and the {found.error.fine} grid ({found.error.draws} draws)"
            )
    return tuple(said)
