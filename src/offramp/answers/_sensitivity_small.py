"""What a result hangs on, from so few solves that a brief can afford them.

One sample of ``draws`` points of all n inputs is solved for every plan (Y is a figure of the plan, X_j an
input); besides, the value to A is worked out at both ends of every input::

    swing       Y with X_j at its 5th and 95th percentile, all others at their centre
    alone       S_j = 1 - (1 - R_j^2) (draws - 1) / (draws - 1 - k), R_j^2 of Y on a spline of X_j
    luck        the largest S_j over all n inputs, Y shuffled: its 95th percentile over shuffles
    finding out the gain from choosing a plan once X_j is known (:mod:`offramp.ensembles.information`)

Draws and ends in which levers spare more of B's price of signing than there is are fitted as in every
ensemble (:mod:`offramp.ensembles.spared`). A swing needs values only, and these come from the backward pass
alone: the distribution over futures, most of a solve, is left out. A share S_j below luck is no finding: it
is the best of n, and the best of n idle inputs gets as far. What inputs do together is not looked at; that
takes the swapped samples of :func:`offramp.answers.sensitivity`.

Classical comparators: Saltelli et al. (2008) for main effects, White (2000) for the best of many by luck.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from offramp.answers._ensemble_inputs import (
    MEASURES,
    GridError,
    grid_error,
)
from offramp.answers._runs import in_parallel
from offramp.answers._sensitivity_runs import (
    MONTH,
    Study,
    ends_of,
    evidence_of,
    information_of,
)
from offramp.crisis import Crisis, with_reading
from offramp.ensembles import Ensemble, run, sample
from offramp.ensembles.discovery import rank_correlations
from offramp.ensembles.information import Floats, basis
from offramp.ensembles.main_effects import KNOTS, MainEffect, main_effect
from offramp.ensembles.measures import months_for
from offramp.ensembles.run import Progress
from offramp.ensembles.sobol import tornado
from offramp.ensembles.spared import Draws
from offramp.ensembles.work import CANNOT, kernel_for
from offramp.game import Resolution, compile_game
from offramp.game._resolution import named
from offramp.solution._induction import induce
from offramp.solution._nodes import at_beliefs

PIECE = 16
"""Points of the tornado in a piece of work."""
SHUFFLES = 100
"""Shuffles behind the level that luck reaches: its 95th percentile then rests on five of them."""
LUCK = 95
"""Percentile of the best share over shuffles that counts as luck."""
LEAST = 0.01
"""Shares that differ by less print alike, and are no difference."""
FEWEST = 10 * (KNOTS + 2)
"""Draws below which no share of the variance is given."""


@dataclass(frozen=True)
class Small:
    """A small study: what was solved, and the shares of the variance it shows.

    Attributes:
        study: Sample, swings and value of finding out; it has no indices.
        ensemble: The draws of all plans.
        error: Error of the grid over a few of the draws.
        shares: By measure, what each input explains alone; empty with too few draws.
        rising: By measure and input, rank correlation with the figure.
        luck: By measure, the share that the best of all inputs reaches by luck.
    """

    study: Study
    ensemble: Ensemble
    error: GridError
    shares: Mapping[str, Mapping[str, MainEffect]]
    rising: Mapping[str, Mapping[str, float]]
    luck: Mapping[str, float]

    def leaders(self, measure: str) -> list[str]:
        """Inputs that explain more of a figure than luck, by a per cent at least; the greatest first."""
        known = self.shares.get(measure, {})
        found = [p for p, s in known.items() if s.value >= self.luck[measure] + LEAST]
        return sorted(found, key=lambda p: -known[p].value)


def small(
    crisis: Crisis,
    plan: str,
    others: Sequence[str],
    *,
    reading: str | None,
    draws: int,
    checked: int,
    resolution: str | Resolution,
    finer: str | Resolution | None,
    precision: float,
    workers: int | None,
    progress: Progress | None,
    folder: str | Path | None,
    seed: int,
) -> Small:
    """Make the solves and the figures.

    Args:
        crisis: The crisis.
        plan: The plan; ``others`` are those it is chosen among.
        others: Further plans.
        reading: Apply a reading's premises and ranges first.
        draws: Draws of all inputs.
        checked: Draws solved again on the ``finer`` grid.
        resolution: Grid of every other solve.
        finer: Grid of the check; None leaves it out.
        precision: kappa per negotiation round.
        workers: Processes; None means one per core.
        progress: Told (label, done, total).
        folder: Where results are kept.
        seed: Seed of the draws.

    Raises:
        NoRange: if no number that the games read has a range.
    """
    plans = (plan, *others)
    stated = crisis if reading is None else with_reading(crisis, reading)
    month = min(MONTH, crisis.clock.horizon_months)
    months = tuple(sorted({*months_for(crisis.clock.horizon_months, None), month}))
    design = sample(crisis, None, draws, seed, reading=reading, plans=plans)
    place = None if folder is None else Path(folder)
    first = run(
        crisis, design, plans=plans, readings=(reading,), resolution=resolution,
        precision=precision, months=months, folder=None if place is None else place / "draws",
        workers=workers, progress=progress, measures=MEASURES,
    )  # fmt: skip
    measures = ("value_a", f"settled_{month}")
    y = {m: first.column(m, plan, reading) for m in measures}
    X, paths = first.values(reading), design.paths
    swings = tornado(
        paths, _at_ends(stated, plan, paths, resolution, precision, workers, progress, place)
    )
    error = grid_error(
        crisis, first, [("value_a", p) for p in plans], resolution=resolution, finer=finer,
        precision=precision, workers=workers, progress=progress, draws=checked,
        folder=None if place is None else place / f"finer-{checked}",
    )  # fmt: skip
    study = Study(
        plan,
        plans,
        month,
        paths,
        (),
        {},
        swings,
        y,
        information_of(first, plans, reading),
        evidence_of(stated, first, plans, reading),
        named(resolution).name,
        None,
        {},
        first.solved,
        tuple(sorted({why for p in first.plans for _, why in first.failures(p, reading)})),
        int(first.fitted(reading).sum()),
    )
    shares: dict[str, dict[str, MainEffect]] = {}
    rising: dict[str, dict[str, float]] = {}
    luck: dict[str, float] = {}
    for m, values in y.items():
        known = np.isfinite(values)
        if known.sum() < FEWEST or np.ptp(values[known]) == 0:
            continue
        shares[m] = {p: main_effect(X[:, j], values) for j, p in enumerate(paths)}
        ranks = rank_correlations(X[known], values[known])
        rising[m] = {p: float(ranks[j]) for j, p in enumerate(paths)}
        luck[m] = best_by_luck(X[known], values[known], seed)
    return Small(study, first, error, shares, rising, luck)


@dataclass(frozen=True)
class _Ends:
    """Some points that each differ from the centre in at most one input: (path, value), or None."""

    plan: str
    resolution: Resolution
    precision: float
    moves: tuple[tuple[str, float] | None, ...]


def _at_ends(
    stated: Crisis,
    plan: str,
    paths: tuple[str, ...],
    resolution: str | Resolution,
    precision: float,
    workers: int | None,
    progress: Progress | None,
    folder: Path | None,
) -> Floats:
    """The value to A at every point of the tornado, (1 + 2 inputs,); nan where there is none."""
    points = ends_of(stated, paths)
    moves: list[tuple[str, float] | None] = []
    for row in points:
        (moved,) = np.nonzero(row != points[0])
        moves.append((paths[moved[0]], float(row[moved[0]])) if len(moved) else None)
    name = None if folder is None else folder / "ends.npy"
    if name is not None and name.exists():
        kept: Floats = np.load(name, allow_pickle=False)
        return kept
    jobs = [
        _Ends(plan, named(resolution), precision, tuple(moves[i : i + PIECE]))
        for i in range(0, len(moves), PIECE)
    ]
    told = in_parallel(stated, _values, jobs, workers, progress, "moving one input at a time")
    found = np.array([v for values in told for v in values])
    if name is not None:
        part = name.with_suffix(f".{os.getpid()}.part")
        with part.open("wb") as file:
            np.save(file, found)
        part.replace(name)
    return found


def _values(crisis: Crisis, job: _Ends) -> tuple[float, ...]:
    """The value to A at every point of a job."""
    draws = Draws(crisis, [move[0] for move in job.moves if move is not None])
    return tuple(_value(crisis, draws, job, move) for move in job.moves)


def _value(crisis: Crisis, draws: Draws, job: _Ends, move: tuple[str, float] | None) -> float:
    try:
        there = crisis if move is None else draws.at(dict([move])).crisis
        game = compile_game(there, job.plan, None, job.resolution)
        values = induce(game, job.precision, kernel=kernel_for(game))
    except CANNOT:  # this end contradicts another number; tables say so
        return float("nan")
    start = np.array([game.start])
    return float(at_beliefs(game, values.a[0], start, game.opening[None])[:, 0] @ game.opening)


def best_by_luck(X: Floats, y: Floats, seed: int) -> float:
    """Share of the variance that the best of all inputs explains alone where none has an effect.

    ``X`` (draws, inputs) and ``y`` (draws,) without gaps; the outcome is shuffled.
    """
    n = len(y)
    rng = np.random.default_rng(seed)
    centred = y - y.mean()
    shuffled = np.stack([rng.permutation(centred) for _ in range(SHUFFLES)])
    best = np.full(SHUFFLES, -np.inf)
    for j in range(X.shape[1]):
        if np.ptp(X[:, j]) == 0:
            continue
        q = basis(X[:, j], KNOTS)
        k = q.shape[1] - 1
        explained = ((shuffled @ q) ** 2).sum(axis=1) / (centred**2).sum()
        best = np.maximum(best, 1 - (1 - explained) * (n - 1) / (n - 1 - k))
    return float(np.percentile(best, LUCK)) if np.isfinite(best).all() else 0.0
