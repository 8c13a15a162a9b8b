"""Crises and measures that the tests of ensembles share; workers look the measures up by name."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from offramp import loads, override
from offramp.crisis import Crisis
from offramp.crisis._starter import text
from offramp.game import SKETCH
from offramp.solution import Solution

TINY = SKETCH.with_(name="tiny", offers=2, tiers=1, rungs=0, belief_steps=(2, 1))
"""A few hundred states: a solve takes some milliseconds."""
PATHS = ("war.cost.B", "blocs.B.patience", "types.stalling.delay_flow")


def starter() -> Crisis:
    """The starter crisis with a year's horizon."""
    return override(loads(text()), {"clock.horizon_months": 12, "clock.padding_months": 2})


def war_at_end(solution: Solution) -> Mapping[str, float]:
    """A measure of one's own."""
    return {"war_at_end": float(solution.futures.regime[solution.game.shown, 1])}


def same_name(solution: Solution) -> Mapping[str, float]:
    """A measure that calls its number what the summary calls another."""
    return {"value_a": float(np.float64(solution.opening_a))}
