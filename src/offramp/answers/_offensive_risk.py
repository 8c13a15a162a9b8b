"""Does a side that risks failure get serious: settlement against B's war cost and risk of collapse.

For each of the two numbers of the file, over its own range (low, central, high), everything else the same:
``S_theta(v)`` is the chance that type theta of B is in a settlement at month m when the number is v. A report
per type says whether it rises, falls, does both, or does not move by more than the stated least difference.

Classical comparator: the fight to the finish (collapse hazards s, d; flow cost c), whose value to a side falls
with its own hazard of collapse, ``V = (s - c) / (1 - delta (1 - s - d))``. Units: probabilities.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from offramp.answers._offensive_front import Board, again, solved
from offramp.crisis import override, quantities
from offramp.game import CompileError
from offramp.game._states import SETTLED
from offramp.solution import Futures

PATHS = {"war.collapse.B": "risk of collapse a month", "war.cost.B": "cost of war"}
"""What is varied, and what readers call it."""


@dataclass(frozen=True)
class Risk:
    """Settlement over the range of one number.

    Attributes:
        path, what: The number.
        values: Its values, increasing.
        settled: Chance of being in a settlement by value, over types; ``by_type`` (types, values).
    """

    path: str
    what: str
    values: tuple[float, ...]
    settled: tuple[float, ...]
    by_type: tuple[tuple[float, ...], ...]


def direction(series: Sequence[float], least: float) -> str:
    """``rises``, ``falls``, ``rises and falls`` or ``makes no distinguishable difference``."""
    up = any(y - x > least for i, x in enumerate(series) for y in series[i + 1 :])
    down = any(x - y > least for i, x in enumerate(series) for y in series[i + 1 :])
    if up and down:
        return "rises and falls"
    if up or down:
        return "rises" if up else "falls"
    return "makes no distinguishable difference"


def risks(b: Board) -> list[Risk]:
    """Both numbers over their ranges (those that have one)."""
    game = b.solution.game
    known = quantities(game.crisis)
    found = []
    for path, what in PATHS.items():
        number = known[path]
        if number.low is None or number.high is None or number.low == number.high:
            continue
        rows = {number.value: _settled(b.solution.futures, b.months)}
        for value in (number.low, number.high):
            if value in rows:
                continue
            try:
                other = again(game, override(game.crisis, {path: value}), game.resolution)
            except CompileError:
                continue
            rows[value] = _settled(solved(other, b.solution.precision, b.months).futures, b.months)
        if len(rows) < 2:
            continue
        values = tuple(sorted(rows))
        found.append(
            Risk(
                path,
                what,
                values,
                tuple(rows[v][0] for v in values),
                tuple(tuple(rows[v][1][j] for v in values) for j in range(len(game.types))),
            )
        )
    return found


def _settled(f: Futures, months: int) -> tuple[float, tuple[float, ...]]:
    """In a settlement at a month: over types, and by type."""
    return (
        float(f.regime[months, SETTLED]),
        tuple(float(p) for p in f.regime_by_type[:, months, SETTLED]),
    )
