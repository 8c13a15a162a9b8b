"""How far a coarse resolution is off: some draws of an ensemble solved again at a finer one.

For a column y, with d the draws that both resolutions solved: the mean, the standard deviation and the largest
size of ``y_coarse(d) - y_fine(d)``, and Spearman's rank correlation of y over d. A bias shifts every draw alike
and leaves sensitivity, discovery and the ranking of plans as they are; what those need is the rank
correlation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from offramp.crisis import Crisis
from offramp.ensembles.ensemble import Ensemble
from offramp.ensembles.run import Progress, run
from offramp.game import Resolution
from offramp.game._resolution import named


@dataclass(frozen=True)
class Difference:
    """One column of one plan and reading, coarse less fine.

    Attributes:
        column, plan, reading: What is compared.
        draws: Draws with a number at both.
        mean, spread, largest: Of the differences: mean, standard deviation, largest size.
        rank: Rank correlation over draws; nan for fewer than three or if one of them is constant.
    """

    column: str
    plan: str
    reading: str | None
    draws: int
    mean: float
    spread: float
    largest: float
    rank: float


def against(
    crisis: Crisis,
    ensemble: Ensemble,
    resolution: str | Resolution = "draft",
    draws: int = 16,
    columns: Sequence[str] | None = None,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> tuple[Difference, ...]:
    """Solve the first draws of an ensemble at another resolution and compare.

    Args:
        crisis: The crisis that the ensemble came from.
        ensemble: Results to be checked.
        resolution: The resolution to hold them against.
        draws: How many of the first draws; at most those there are.
        columns: Measures; left out: ``value_a`` and the probability of settlement at every month.
        workers: As in :func:`offramp.ensembles.run`.
        progress: As in :func:`offramp.ensembles.run`.

    Raises:
        ValueError: for a plan that is not in the crisis file, or the resolution of the ensemble.
        KeyError: for a column that is not in the results.
    """
    made = ensemble.manifest
    if named(resolution).name == made["resolution"]["name"]:
        raise ValueError(f"the ensemble was solved at {named(resolution).name} itself")
    ensemble.same_crisis(crisis)
    for plan in ensemble.plans:
        if plan in made["plans_not_in_file"]:
            raise ValueError(f"plan {plan!r} is not in the crisis file")
    if columns is None:
        settled = (f"settled_{month}" for month in made["months"])
        columns = [c for c in ("value_a", *settled) if c in ensemble.measures]
    finer = run(
        crisis,
        ensemble.design.first(draws),
        plans=ensemble.plans,
        readings=ensemble.readings,
        transplant=made["transplant"],
        resolution=resolution,
        precision=made["precision"],
        months=made["months"],
        workers=workers,
        progress=progress,
    )
    return tuple(
        _difference(ensemble, finer, column, plan, reading)
        for plan in ensemble.plans
        for reading in ensemble.readings
        for column in columns
    )


def _difference(
    coarse: Ensemble, fine: Ensemble, column: str, plan: str, reading: str | None
) -> Difference:
    y = fine.column(column, plan, reading)
    x = coarse.column(column, plan, reading)[: len(y)]
    known = ~(np.isnan(x) | np.isnan(y))
    x, y = x[known], y[known]
    gap = x - y
    if not len(gap):
        return Difference(column, plan, reading, 0, np.nan, np.nan, np.nan, np.nan)
    rank = np.nan
    if len(x) > 2 and np.ptp(x) > 0 and np.ptp(y) > 0:
        rank = float(np.corrcoef(rankdata(x), rankdata(y))[0, 1])
    return Difference(
        column,
        plan,
        reading,
        len(gap),
        float(gap.mean()),
        float(gap.std()),
        float(np.abs(gap).max()),
        rank,
    )
