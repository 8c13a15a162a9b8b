"""Results of a run in memory: rows, and columns aligned with the design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offramp.crisis import Crisis, crisis_hash, with_reading
from offramp.ensembles.arrow import Table, arrow, compute
from offramp.ensembles.design import Design
from offramp.ensembles.histograms import Histogram, count
from offramp.ensembles.spared import Draws
from offramp.ensembles.tables import FIRST_COLUMNS
from offramp.ensembles.work import kernel_for
from offramp.game import Resolution, compile_game
from offramp.solution import Solution, solve

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, repr=False)
class Ensemble:
    """Results of a run: rows by draw, plan and reading, in that order.

    Attributes:
        design: What was drawn.
        plans, readings: What each draw was solved for.
        manifest: What the results depend on.
        rows: The summaries, a ``pyarrow.Table``.
        inputs: Values as drawn, by reading, each (draws, paths); where a draw was :meth:`fitted`, it was
            solved with smaller ones of levers.
        folder: Where they are kept, None if only in memory.
    """

    design: Design
    plans: tuple[str, ...]
    readings: tuple[str | None, ...]
    manifest: dict[str, Any]
    rows: Table
    inputs: tuple[Floats, ...]
    folder: Path | None = None

    def __repr__(self) -> str:
        return (
            f"<Ensemble of {self.manifest['crisis']}: {self.solved} of {self.wanted} solves, "
            f"{len(self.plans)} plans, {len(self.readings)} readings>"
        )

    @property
    def wanted(self) -> int:
        """Solves of a complete run."""
        return self.design.draws * len(self.plans) * len(self.readings)

    @property
    def solved(self) -> int:
        """Rows that are there, failed ones included."""
        return int(self.rows.num_rows)

    @property
    def complete(self) -> bool:
        """Whether every row is there."""
        return self.solved == self.wanted

    @property
    def measures(self) -> tuple[str, ...]:
        """Names of the numbers kept of each solve."""
        return tuple(name for name in self.rows.column_names if name not in FIRST_COLUMNS)

    def column(self, name: str, plan: str | None = None, reading: str | None = None) -> Floats:
        """A measure by draw, aligned with the design, shape (draws,); nan where there is none.

        Args:
            name: Name of a measure.
            plan: Plan id; may be left out if there is one plan.
            reading: Reading id; None is the crisis as it stands, or the only reading of the run.

        Raises:
            KeyError: for a measure, plan or reading that is not in the results.
        """
        if name not in self.measures:
            raise KeyError(f"no measure {name!r}; there are {', '.join(self.measures)}")
        return np.asarray(self._by_draw(name)[self._cell(plan, reading)])

    def values(self, reading: str | None = None) -> Floats:
        """Values of the design's parameters under a reading, shape (draws, paths).

        Raises:
            KeyError: if the reading is not in the results.
        """
        return self.inputs[self._reading(reading)]

    def failures(
        self, plan: str | None = None, reading: str | None = None
    ) -> tuple[tuple[int, str], ...]:
        """Draws without results and why: (draw, reason)."""
        p, r = self._cell(plan, reading)
        mine = self._mine(p, r)
        draws = self.rows["draw"].to_numpy()[mine]
        reasons = self.rows["failed"].to_pylist() if mine.any() else []
        kept = [reasons[i] for i in np.flatnonzero(mine)]
        return tuple((int(d), why) for d, why in zip(draws, kept, strict=True) if why is not None)

    def fitted(self, reading: str | None = None) -> Bools:
        """Draws in which what levers spare B was scaled down to its price of signing, shape (draws,).

        Raises:
            KeyError: if the reading is not in the results.
            ValueError: for results of an earlier version, which do not tell.
        """
        if "fitted" not in self.rows.column_names:
            raise ValueError(
                "these results were made before fitted draws were marked; run them again"
            )
        mine = self._which_reading == self._reading(reading)
        found: Bools = np.zeros(self.design.draws, dtype=np.bool_)
        marked = self.rows["fitted"].to_numpy(zero_copy_only=False)
        found[self.rows["draw"].to_numpy()[mine]] = marked[mine]
        return found

    def table(self, inputs: bool = False) -> Table:
        """The rows as a ``pyarrow.Table``; with ``inputs`` the drawn values beside them."""
        if not inputs:
            return self.rows
        pa = arrow()
        draw = self.rows["draw"].to_numpy()
        which = self._which_reading
        table = self.rows
        stacked = np.stack(self.inputs)
        for j, path in enumerate(self.design.paths):
            table = table.append_column(path, pa.array(stacked[which, draw, j]))
        return table

    def histogram(
        self, name: str, plan: str | None = None, reading: str | None = None
    ) -> Histogram:
        """Counts of a measure over the draws."""
        return count(name, self.column(name, plan, reading))

    def solution(
        self, crisis: Crisis, draw: int, plan: str | None = None, reading: str | None = None
    ) -> Solution:
        """Solve one draw again, to look at it in full.

        Raises:
            ValueError: for another crisis than the one the results came from, or a plan that is
                not in its file.
        """
        self.same_crisis(crisis)
        p, r = self._cell(plan, reading)
        if self.plans[p] in self.manifest["plans_not_in_file"]:
            raise ValueError(f"plan {self.plans[p]!r} is not in the crisis file")
        named = self.readings[r]
        if named is not None:
            crisis = with_reading(crisis, named, transplant=self.manifest["transplant"])
        drawn = dict(zip(self.design.paths, map(float, self.inputs[r][draw]), strict=True))
        sizes = dict(self.manifest["resolution"])
        sizes["belief_steps"] = tuple(sizes["belief_steps"])
        one = Draws(crisis, self.design.paths).at(drawn).crisis
        game = compile_game(one, self.plans[p], None, Resolution(**sizes))
        found = solve(game, self.manifest["precision"], kernel=kernel_for(game))
        return replace(found, game=replace(game, reading_id=named))

    def same_crisis(self, crisis: Crisis) -> None:
        """Refuse another crisis than the one the results came from.

        Raises:
            ValueError: if it is another.
        """
        if crisis_hash(crisis) != self.manifest["crisis_hash"]:
            raise ValueError("this is not the crisis that the results came from")

    # --- Where rows are ------------------------------------------------------------------

    def _cell(self, plan: str | None, reading: str | None) -> tuple[int, int]:
        if plan is None:
            if len(self.plans) > 1:
                raise KeyError(f"say which plan: {', '.join(self.plans)}")
            plan = self.plans[0]
        if plan not in self.plans:
            raise KeyError(
                f"plan {plan!r} is not in the results; there are {', '.join(self.plans)}"
            )
        return self.plans.index(plan), self._reading(reading)

    def _reading(self, reading: str | None) -> int:
        if reading is None and None not in self.readings and len(self.readings) == 1:
            return 0
        if reading not in self.readings:
            known = ", ".join(r if r is not None else "None" for r in self.readings)
            raise KeyError(f"reading {reading!r} is not in the results; there are {known}")
        return self.readings.index(reading)

    @cached_property
    def _which_plan(self) -> NDArray[np.intp]:
        return _codes(self.rows["plan"], self.plans)

    @cached_property
    def _which_reading(self) -> NDArray[np.intp]:
        return _codes(self.rows["reading"], self.readings)

    def _mine(self, p: int, r: int) -> NDArray[np.bool_]:
        mine: NDArray[np.bool_] = (self._which_plan == p) & (self._which_reading == r)
        return mine

    def _by_draw(self, name: str) -> Floats:
        """A measure as (plans, readings, draws)."""
        shape = (len(self.plans), len(self.readings), self.design.draws)
        out: Floats = np.full(shape, np.nan)
        found = self.rows[name].to_numpy(zero_copy_only=False)
        out[self._which_plan, self._which_reading, self.rows["draw"].to_numpy()] = found
        return out


def _codes(column: Any, names: Sequence[str | None]) -> NDArray[np.intp]:
    """Places of a column's entries in ``names``."""
    pa, pc = arrow(), compute()
    places = pc.index_in(column, value_set=pa.array(list(names), pa.string()))
    return np.asarray(places.to_numpy(zero_copy_only=False), dtype=np.intp)
