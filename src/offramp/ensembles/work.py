"""One block of an ensemble: consecutive draws, each solved for every plan and reading.

A block is the unit of work, of storage and of resuming. It is a pure function of what it is given: no
worker knows how many there are. Draws that cannot be compiled or solved keep their row, with the reason.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from offramp.crisis import Crisis, Plan
from offramp.ensembles.measures import Measure, taken
from offramp.ensembles.spared import Drawn, Draws
from offramp.game import Game, Resolution, compile_game
from offramp.solution import Kernel, solve

Floats = NDArray[np.float64]

CANNOT = (ValueError, ArithmeticError, RuntimeError)
"""What a draw that contradicts itself raises: while values are set, compiled, or solved."""


@dataclass(frozen=True)
class Setting:
    """Everything that all blocks of a run share.

    Attributes:
        crises: The crisis under each reading.
        readings: Their ids; None is the crisis as it stands.
        plans: Plan ids, or plans that are not in the file.
        paths: Parameters that are drawn.
        measures: Functions of a solution alone.
    """

    crises: tuple[Crisis, ...]
    readings: tuple[str | None, ...]
    plans: tuple[str | Plan, ...]
    paths: tuple[str, ...]
    resolution: Resolution
    precision: float
    measures: tuple[Measure, ...]


@dataclass(frozen=True)
class Block:
    """Draws ``first``.. of a design: values by reading, shape (readings, draws, paths)."""

    first: int
    values: Floats


@dataclass
class Rows:
    """Results of a block, by row: draw, then plan, then reading.

    Attributes:
        draw, plan, reading: What each row is.
        failed: Why a row has no results, or None.
        fitted: Whether what levers spare B was scaled down (:mod:`offramp.ensembles.spared`).
        columns: Numbers by name, nan in failed rows.
    """

    draw: list[int] = field(default_factory=list)
    plan: list[str] = field(default_factory=list)
    reading: list[str | None] = field(default_factory=list)
    failed: list[str | None] = field(default_factory=list)
    fitted: list[bool] = field(default_factory=list)
    columns: dict[str, list[float]] = field(default_factory=dict)

    def add(
        self,
        draw: int,
        plan: str,
        reading: str | None,
        got: dict[str, float],
        failed: str | None,
        fitted: bool,
    ) -> None:
        """Append a row; a column that appears for the first time is nan before."""
        before = len(self.draw)
        self.draw.append(draw)
        self.plan.append(plan)
        self.reading.append(reading)
        self.failed.append(failed)
        self.fitted.append(fitted)
        for name in got:
            self.columns.setdefault(name, [np.nan] * before)
        for name, column in self.columns.items():
            column.append(got.get(name, np.nan))


def plan_name(plan: str | Plan) -> str:
    """What results call a plan."""
    return plan if isinstance(plan, str) else plan.name


def perform(setting: Setting, block: Block) -> Rows:
    """Solve every draw of a block for every plan and reading."""
    rows = Rows()
    draws = [Draws(crisis, setting.paths) for crisis in setting.crises]
    for i in range(block.values.shape[1]):
        drawn = [_drawn(one, setting.paths, block.values[r, i]) for r, one in enumerate(draws)]
        for plan in setting.plans:
            for reading, one in zip(setting.readings, drawn, strict=True):
                got: dict[str, float] = {}
                failed: str | None = None
                if isinstance(one, str):
                    failed = one
                else:
                    try:
                        game = compile_game(one.crisis, plan, None, setting.resolution)
                        found = solve(game, setting.precision, kernel=kernel_for(game))
                        got = taken(setting.measures, found)
                    except CANNOT as error:
                        failed = reason_of(error)
                mended = not isinstance(one, str) and one.fitted
                rows.add(block.first + i, plan_name(plan), reading, got, failed, mended)
    return rows


def _drawn(draws: Draws, paths: Sequence[str], values: Floats) -> Drawn | str:
    """The crisis of a draw, or why it cannot have these values."""
    try:
        return draws.at(dict(zip(paths, map(float, values), strict=True)))
    except CANNOT as error:
        return reason_of(error)


def reason_of(error: Exception) -> str:
    """Why a draw has no results, in words."""
    said = str(error) or "no message"
    return said if isinstance(error, ValueError) else f"{type(error).__name__}: {said}"


def kernel_for(game: Game) -> Kernel:
    """Compiled code wherever it covers the game: an ensemble solves it many times."""
    return "numba" if len(game.types) in (2, 3) and game.grid.size > 1 else "numpy"


_SETTINGS: dict[str, Setting] = {}
"""In a worker process: the setting it worked on last, by the hash of its pickle."""


def packed(setting: Setting) -> tuple[str, bytes]:
    """A setting for workers: (hash, pickle)."""
    pickled = pickle.dumps(setting)
    return hashlib.sha256(pickled).hexdigest(), pickled


def perform_packed(key: str, pickled: bytes, block: Block) -> Rows:
    """:func:`perform` in a worker, which keeps the setting for the next block."""
    if key not in _SETTINGS:
        found = pickle.loads(pickled)
        assert isinstance(found, Setting)
        _SETTINGS.clear()
        _SETTINGS[key] = found
    return perform(_SETTINGS[key], block)
