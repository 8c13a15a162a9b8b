"""The solves behind the sensitivity answer, and the figures made of them.

1. *One at a time.* Every input with a range is moved from its central value to the 5th and to the 95th
   percentile, all others at their centre. This ranks inputs without sampling noise, but at one place.
2. *Indices.* The ``leading`` inputs by that ranking become factors of their own; all the others together
   are one more factor, so that what the ranking may have missed (an input that acts only away from the
   centre) is itself measured and not assumed away. One scrambled Sobol sequence gives the samples A and
   B of all inputs, ``base`` draws each; the blocks AB_j of the factors are solved besides. Total orders
   and the first order of the group come from these; first orders of single inputs by regression on the
   draws of A and B (:mod:`offramp.ensembles.main_effects`), which is far less noisy at this size.
3. *Value of finding out.* The other plans are solved on A and B too; no solve is made for it alone.
4. *Error of the grid.* The widest swings are solved again on the draft grid.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from offramp.answers._ensemble_inputs import MEASURES, finer_than
from offramp.crisis import Crisis, quantities, with_reading
from offramp.ensembles import Design, Ensemble, given, run, sampled_by_default
from offramp.ensembles._sobol_sample import SobolSample, halves, sobol_sample
from offramp.ensembles.information import (
    Information,
    Worth,
    value_of_evidence,
    value_of_information,
)
from offramp.ensembles.main_effects import main_effect
from offramp.ensembles.measures import months_for
from offramp.ensembles.run import Progress
from offramp.ensembles.sampling import NoRange, quantile_of, values_at
from offramp.ensembles.sobol import (
    Index,
    Sensitivity,
    Swing,
    one_at_a_time,
    sobol_indices,
    tornado,
)
from offramp.game import Resolution
from offramp.game._evidence import updates
from offramp.game._resolution import named

Floats = NDArray[np.float64]

OTHERS = "all other inputs together"
MONTH = 12
"""Month at which the chance of settlement is read (or the last one, if the horizon is shorter)."""

ENDS = (0.05, 0.95)
"""Percentiles between which inputs are moved one at a time: the ends of a stated 90 % interval."""

CHECKED = 3
"""Widest swings that are solved again on the finer grid."""


@dataclass(frozen=True)
class Study:
    """Everything that the answer says in figures.

    Attributes:
        plan, plans: The plan, and the plans that are chosen among.
        month: Month of the chance of settlement.
        paths: All inputs drawn.
        leading: Those that are factors of their own.
        indices: Indices by measure (``value_a`` and ``settled_M``).
        swings: One at a time, of the value to A.
        sample: Draws of A and B by measure, of the plan.
        information: Value of finding out inputs; None with one plan, or too few draws.
        evidence: Value of observations about B's type; empty with one type.
        grid: Grid of all solves; ``finer`` the one that swings were checked on, None if none was.
        checked: By input, its widest change from the centre on both grids.
        solves: Solves made; ``failures`` are reasons of those that gave no result.
        fitted: Draws that :mod:`offramp.ensembles.spared` fitted.
    """

    plan: str
    plans: tuple[str, ...]
    month: int
    paths: tuple[str, ...]
    leading: tuple[str, ...]
    indices: dict[str, Sensitivity]
    swings: tuple[Swing, ...]
    sample: dict[str, Floats]
    information: Information | None
    evidence: tuple[Worth, ...]
    grid: str
    finer: str | None
    checked: dict[str, tuple[float, float]]
    solves: int
    failures: tuple[str, ...]
    fitted: int


def study(
    crisis: Crisis,
    plan: str,
    others: Sequence[str],
    *,
    reading: str | None,
    paths: Sequence[str] | None,
    base: int,
    leading: int,
    resolution: str | Resolution,
    finer: str | Resolution | None,
    precision: float,
    workers: int | None,
    scheduler: str | None,
    progress: Progress | None,
    folder: str | Path | None,
    seed: int,
) -> Study:
    """Make the solves and the figures."""
    stated = crisis if reading is None else with_reading(crisis, reading)
    plans = (plan, *others)
    chosen = tuple(paths) if paths is not None else sampled_by_default(crisis, plans, reading)
    if not chosen:
        raise NoRange("no number that the games of these plans read has a range")
    for path in chosen:
        quantile_of(stated, path)
    month = min(MONTH, crisis.clock.horizon_months)
    months = tuple(sorted({*months_for(crisis.clock.horizon_months, None), month}))
    measures = ("value_a", f"settled_{month}")

    def solved(
        design: Design, of: Sequence[str], name: str, grid: str | Resolution = resolution
    ) -> Ensemble:
        return run(
            crisis,
            design,
            plans=of,
            readings=(reading,),
            resolution=grid,
            precision=precision,
            months=months,
            folder=None if folder is None else Path(folder) / name,
            workers=workers,
            scheduler=scheduler,
            progress=progress,
            measures=MEASURES,
        )

    def drawn(points: Floats) -> Design:
        return Design(
            chosen, values_at(stated, chosen, points), points, seed, "sensitivity", reading
        )

    ends = solved(given(chosen, ends_of(stated, chosen)), (plan,), "ends")
    at_ends = {m: ends.column(m, plan, reading) for m in measures}
    top = widest([tornado(chosen, y) for y in at_ends.values()], leading)
    both = np.concatenate(halves(len(chosen), base, seed))
    first = solved(drawn(both), plans, "draws")
    y = {m: first.column(m, plan, reading) for m in measures}
    rest = tuple(p for p in chosen if p not in top)
    sample = sobol_sample(chosen, base, seed=seed, groups={OTHERS: rest} if rest else None)
    blocks = solved(drawn(sample.points[2 * base :]), (plan,), "steps")
    indices = {
        m: _with_main_effects(
            _indices(sample, y[m], blocks.column(m, plan, reading)), chosen, both, y[m]
        )
        for m in measures
    }
    swings = tornado(chosen, at_ends["value_a"], indices["value_a"])
    grid, checked = finer_than(resolution, finer), {}
    if grid is not None:
        again = partial(solved, name="check", grid=grid)
        checked = _checked(stated, swings[:CHECKED], plan, reading, again)
    ensembles = (ends, first, blocks)
    return Study(
        plan,
        plans,
        month,
        chosen,
        top,
        indices,
        swings,
        y,
        information_of(first, plans, reading),
        evidence_of(stated, first, plans, reading),
        named(resolution).name,
        grid.name if grid is not None and checked else None,
        checked,
        sum(e.solved for e in ensembles),
        tuple(
            sorted({why for e in ensembles for p in e.plans for _, why in e.failures(p, reading)})
        ),
        int(first.fitted(reading).sum()),
    )


def widest(rankings: Sequence[Sequence[Swing]], most: int) -> tuple[str, ...]:
    """Inputs by their reach as a share of the widest one's, the greater share over the measures."""
    share: dict[str, float] = {}
    for swings in rankings:
        most_reach = max((s.reach for s in swings if np.isfinite(s.reach)), default=0.0)
        for s in swings:
            own = s.reach / most_reach if most_reach > 0 and np.isfinite(s.reach) else 0.0
            share[s.name] = max(share.get(s.name, 0.0), own)
    order = sorted(share, key=lambda name: -share[name])
    return tuple(order[:most])


def _checked(
    crisis: Crisis,
    swings: Sequence[Swing],
    plan: str,
    reading: str | None,
    solved: Callable[[Design, Sequence[str]], Ensemble],
) -> dict[str, tuple[float, float]]:
    """Change of the value to A from the centre to the further end, on both grids."""
    known = quantities(crisis)
    names = tuple(s.name for s in swings if np.isfinite(s.reach))
    if not names:
        return {}
    centre = np.array([known[p].value for p in names])
    points = np.tile(centre, (1 + len(names), 1))
    for j, swing in enumerate(swings[: len(names)]):
        low, high = (values_at(crisis, (swing.name,), np.array([[u]]))[0, 0] for u in ENDS)
        further_low = abs(swing.at_low - swing.centre) > abs(swing.at_high - swing.centre)
        points[1 + j, j] = low if further_low else high
    y = solved(given(names, points), (plan,)).column("value_a", plan, reading)
    found = {}
    for j, swing in enumerate(swings[: len(names)]):
        own = max((swing.at_low - swing.centre, swing.at_high - swing.centre), key=lambda x: abs(x))
        if np.isfinite(y[[0, 1 + j]]).all():
            found[swing.name] = (own, float(y[1 + j] - y[0]))
    return found


def _indices(sample: SobolSample, halves_y: Floats, blocks_y: Floats) -> Sensitivity:
    return sobol_indices(
        sample, sample.outcomes(np.concatenate([halves_y, blocks_y]), of=sample.key)
    )


def _with_main_effects(
    found: Sensitivity, names: Sequence[str], points: Floats, y: Floats
) -> Sensitivity:
    """Single inputs' first orders by regression; interactions bounded by the ends of both intervals."""
    if found.constant or np.isfinite(y).sum() < FEWEST:
        return found

    def replaced(index: Index) -> Index:
        if index.factor == OTHERS or index.moved == 0.0:
            return index
        first = main_effect(points[:, names.index(index.factor)], y)
        return replace(
            index,
            first=first.value,
            first_low=first.low,
            first_high=first.high,
            interaction=index.total - first.value,
            interaction_low=index.total_low - first.high,
            interaction_high=index.total_high - first.low,
        )

    return replace(found, indices=tuple(replaced(i) for i in found.indices))


def ends_of(crisis: Crisis, paths: Sequence[str]) -> Floats:
    """Points of the tornado: central values, then each input at both ends of its range."""
    known = quantities(crisis)
    centre = np.array([known[p].value for p in paths])
    low, high = (values_at(crisis, paths, np.full((1, len(paths)), u))[0] for u in ENDS)
    # A central value may lie outside of the middle 90 % (at the end of its own range).
    return one_at_a_time(np.minimum(low, centre), centre, np.maximum(high, centre))


def information_of(
    ensemble: Ensemble, plans: Sequence[str], reading: str | None
) -> Information | None:
    if len(plans) < 2:
        return None
    worth = np.column_stack([ensemble.column("value_a", p, reading) for p in plans])
    if np.isfinite(worth).all(axis=1).sum() < FEWEST:
        return None
    return value_of_information(ensemble.values(reading), worth, ensemble.design.paths, plans)


FEWEST = 64
"""Draws below which the value of finding out is not estimated."""


def evidence_of(
    crisis: Crisis, ensemble: Ensemble, plans: Sequence[str], reading: str | None
) -> tuple[Worth, ...]:
    """Value of one more observation like each item of evidence, and of knowing B's type.

    The observation is new and independent, so its chances are the graded ones, not tempered.

    Rows are draws by types, weighted with each draw's opening belief; A's value is that of the type.
    """
    types = tuple(crisis.types)
    if len(plans) < 2 or len(types) < 2:
        return ()
    worth = np.stack(
        [
            np.column_stack([ensemble.column(f"value_a_{k}", p, reading) for k in types])
            for p in plans
        ],
        axis=2,
    )
    belief = np.column_stack([ensemble.column(f"belief_{k}", plans[0], reading) for k in types])
    whole = np.isfinite(worth).all(axis=(1, 2)) & np.isfinite(belief).all(axis=1)
    n, m = int(whole.sum()), len(types)
    if n < FEWEST:
        return ()
    items: dict[str, Floats] = {TYPE_KNOWN: np.eye(m)}
    for update in updates(crisis):
        chance = np.array(update.likelihood)
        items[update.id] = np.column_stack([chance, 1 - chance])
    return value_of_evidence(
        worth[whole].reshape(n * m, len(plans)),
        {name: np.tile(table, (n, 1)) for name, table in items.items()},
        weights=belief[whole].ravel(),
        draws=np.repeat(np.arange(n), m),
    )


TYPE_KNOWN = "type"
"""Name of the signal that says which type B is."""
