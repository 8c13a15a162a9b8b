"""What a search for ways out is made of: mixes, mixes as solved, and all of it together.

Units: stake of each side itself; issues in [0, 1].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.answers._deal_moves import Instrument
from offramp.solution._certificate import PRINTED

Floats = NDArray[np.float64]

TOLERANCE = 0.002
"""Shortfall or excess to which a mix is tuned (stake)."""
ENOUGH = PRINTED["value_b"]
"""Shortfall of a type up to which signing and waiting show no distinguishable difference."""


@dataclass(frozen=True)
class Mix:
    """A way out.

    Attributes:
        given: Instruments; ``terms`` all terms of the contract.
        cost: Cost to A while the deal is kept (stake of A).
        need: What the terms were asked to give B.
        short: What no terms within A's limits give.
    """

    given: tuple[Instrument, ...]
    terms: tuple[float, ...]
    cost: float
    need: float
    short: float


@dataclass(frozen=True)
class Tried:
    """A mix as solved: gaps of B's types, A's gap, change of its value of signing, ratification.

    ``solves`` counts the times it was solved.
    """

    mix: Mix
    gap_b: tuple[float, ...]
    gap_a: float
    change_a: float
    ratified: float
    resolution: str
    solves: int

    @property
    def enough(self) -> bool:
        """Whether no type sees a distinguishable loss in signing."""
        return min(self.gap_b) >= -ENOUGH


@dataclass(frozen=True)
class Offramp:
    """What is missing and how it can be given.

    Attributes:
        contract: The offer on the table.
        missing: What each type is short of, on the grid under study (stake of B).
        single: Least cost of a mix that suits one type alone, by type; None where nothing is enough.
        mixes: The cheapest mixes for every type, as solved on the sketch grid.
        final: The cheapest solved on the grid under study (or the draft's); None if there is none.
        most: What all terms and one of each kind of instrument together give B, at best.
    """

    contract: str
    missing: tuple[float, ...]
    single: tuple[float | None, ...]
    mixes: tuple[Tried, ...]
    final: Tried | None
    most: float


@dataclass(frozen=True)
class Effects:
    """What each instrument gives B's types and takes from A's value of signing, alone."""

    gives: dict[str, Floats]
    takes: dict[str, float]
