"""Running a design: draws x plans x readings, each a solve.

Draws are common: every plan and every reading is solved for the same points of the unit cube, each
reading with its own ranges. Results do not depend on the number of workers, nor on where they run: a block
of draws is a pure function of what it is given, and rows are in the order of draw, plan, reading.

An interrupted run keeps the blocks that are done; with a folder, running again goes on from there.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from offramp.crisis import Crisis, Plan, UnknownPath, with_reading
from offramp.ensembles.design import Design
from offramp.ensembles.ensemble import Ensemble
from offramp.ensembles.manifest import manifest_of
from offramp.ensembles.measures import DEFAULT, Measure, months_for, ready
from offramp.ensembles.pool import in_processes, in_turn
from offramp.ensembles.store import Folder
from offramp.ensembles.tables import joined, summary_table
from offramp.ensembles.work import Block, Floats, Rows, Setting, plan_name
from offramp.game import CompileError, Resolution
from offramp.game._resolution import SKETCH, named

Progress = Callable[[str, int, int], None]
"""Called with (label, solves done, solves in all)."""

PER_BLOCK = 32
"""Solves in a block of a small run: a few seconds of work, which is what an interrupt loses."""
MOST_BLOCKS = 256
"""Files of a large run: its blocks are larger."""


class Interrupted(KeyboardInterrupt):
    """A run was interrupted; ``ensemble`` holds what was done."""

    def __init__(self, ensemble: Ensemble) -> None:
        where = f", kept in {ensemble.folder}; run again to go on" if ensemble.folder else ""
        super().__init__(f"{ensemble.solved} of {ensemble.wanted} solves were done{where}")
        self.ensemble = ensemble


def run(
    crisis: Crisis,
    design: Design,
    *,
    plans: Sequence[str | Plan],
    readings: Sequence[str | None] = (None,),
    transplant: bool = True,
    resolution: str | Resolution = SKETCH,
    precision: float = 8.0,
    months: Sequence[int] | None = None,
    folder: str | Path | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
    measures: Sequence[Measure] = DEFAULT,
) -> Ensemble:
    """Solve every draw of a design for every plan under every reading.

    Args:
        crisis: The crisis.
        design: The draws.
        plans: Plan ids, or plans that are not in the file.
        readings: Readings; None is the crisis as it stands.
        transplant: Apply readings to this crisis rather than to the one of their own date.
        resolution: Of every game; left out, the sketch made for ensembles.
        precision: kappa per negotiation round.
        months: Months at which probabilities are kept; left out: 6, 12 and 24 as far as shown.
        folder: Where results are kept, block by block; the same run goes on where it stopped.
        workers: Processes; None means one per core, 1 works in this process. More than one starts
            Python again, so a script that asks for it needs ``if __name__ == "__main__":``.
        scheduler: Address of a Dask scheduler, used instead of processes.
        progress: Told (label with the time left, solves done, solves in all).
        measures: What is kept of each solve.

    Raises:
        CompileError: for no plan, an unknown one, or two of one name.
        UnknownPath: for a parameter or a reading that does not exist.
        OtherRun: if the folder holds another run.
        NoCluster: if the cluster cannot be used.
        Interrupted: at Ctrl-C, with what was done.
    """
    grid = named(resolution)
    shown = months_for(crisis.clock.horizon_months, months)
    _known(crisis, plans, readings)
    crises = tuple(
        crisis if r is None else with_reading(crisis, r, transplant=transplant) for r in readings
    )
    inputs = tuple(design.under(one) for one in crises)
    size = draws_per_block(design.draws, len(plans) * len(readings))
    manifest = manifest_of(
        crisis,
        design,
        plans=plans,
        readings=readings,
        transplant=transplant,
        resolution=grid,
        precision=precision,
        months=shown,
        measures=measures,
        block=size,
    )
    setting = Setting(
        crises, tuple(readings), tuple(plans), design.paths, grid, precision, ready(measures, shown)
    )
    blocks = [
        (i, Block(first, np.stack([x[first : first + size] for x in inputs])))
        for i, first in enumerate(range(0, design.draws, size))
    ]
    kept: dict[int, Rows] = {}
    store = None if folder is None else Folder(Path(folder))
    if store is not None:
        store.begin(manifest, crisis, design, readings, inputs)

    def result() -> Ensemble:
        rows = (
            store.read()
            if store is not None
            else joined([summary_table(kept[i]) for i in sorted(kept)])
        )
        names = tuple(plan_name(p) for p in plans)
        at = store.path if store is not None else None
        return Ensemble(design, names, tuple(readings), manifest, rows, inputs, at)

    ready_made = store.done() if store is not None else set()
    left = [(i, block) for i, block in blocks if i not in ready_made]
    per_draw = len(plans) * len(readings)
    solves = sum(block.values.shape[1] for _, block in left) * per_draw
    meter = _Meter(progress, design.draws * per_draw, solves)
    try:
        # Closed at once when something stops it, so that workers do not work on.
        with closing(_worked(setting, left, workers, scheduler)) as stream:
            for number, rows in stream:
                if store is not None:
                    store.write(number, rows)
                else:
                    kept[number] = rows
                meter.more(len(rows.draw))
    except KeyboardInterrupt:
        raise Interrupted(result()) from None
    return result()


def draws_per_block(draws: int, per_draw: int) -> int:
    """Draws of a block: by the size of the run only, never by the workers."""
    return max(math.ceil(PER_BLOCK / per_draw), math.ceil(draws / MOST_BLOCKS))


def _worked(
    setting: Setting, blocks: list[tuple[int, Block]], workers: int | None, scheduler: str | None
) -> Generator[tuple[int, Rows]]:
    if scheduler is not None:
        from offramp.ensembles.cluster import on_cluster

        return on_cluster(setting, blocks, scheduler)
    count = min(len(blocks), workers or os.cpu_count() or 1)
    return in_turn(setting, blocks) if count <= 1 else in_processes(setting, blocks, count)


def _known(crisis: Crisis, plans: Sequence[str | Plan], readings: Sequence[str | None]) -> None:
    """Refuse what cannot be run before anything is."""
    if not plans or not readings:
        raise CompileError(
            "an ensemble needs at least one plan and one reading (None: as it stands)"
        )
    for plan in plans:
        if isinstance(plan, str) and plan not in crisis.plans:
            raise CompileError(
                f"there is no plan {plan!r}; the plans are {', '.join(crisis.plans)}"
            )
    names = [plan_name(p) for p in plans]
    if len(set(names)) < len(names) or len(set(readings)) < len(readings):
        raise CompileError("a plan or a reading is given twice")
    for reading in readings:
        if reading is not None and reading not in crisis.readings:
            raise UnknownPath(f"readings.{reading}", f"there is no reading `{reading}`")


@dataclass
class _Meter:
    """Tells how many solves are done and how long the rest will take."""

    tell: Progress | None
    total: int
    left: int
    begun: float = 0.0
    fresh: int = 0

    def __post_init__(self) -> None:
        self.begun = time.monotonic()
        if self.tell is not None and self.left < self.total:
            self.tell("Solving draws", self.total - self.left, self.total)

    def more(self, solves: int) -> None:
        """Some more are done."""
        self.fresh += solves
        self.left -= solves
        if self.tell is not None:
            rest = (time.monotonic() - self.begun) / self.fresh * self.left
            label = "Solving draws" + (f" (about {duration(rest)} left)" if self.left else "")
            self.tell(label, self.total - self.left, self.total)


def duration(seconds: float) -> str:
    """A time to wait in words, rounded up to what matters."""
    if seconds < 90:
        return f"{max(1, math.ceil(seconds))} s"
    minutes = math.ceil(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02d} min"


__all__ = ["Floats", "Interrupted", "Progress", "draws_per_block", "run"]
