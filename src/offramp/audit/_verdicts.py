"""Verdicts: in what share of the draws of a reading's own premises a claim is true.

*Follows*: in at least :data:`FOLLOWS` of the draws; *contradicts*: in at most :data:`CONTRADICTS` (the
reading's premises speak against its claim); *undetermined* in between. The interval is Wilson's (1927)
for a share; a verdict is *clear* if the whole interval lies on its side. A claim that comes out the same in
every draw of every reading, and could be asked of two at least, says nothing about any of them: it is
*structural*.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from offramp.ensembles._robust_survival import wilson

Floats = NDArray[np.float64]
FOLLOWS = 0.8
CONTRADICTS = 0.2

Word = Literal["follows", "contradicts", "undetermined", "not asked", "not expressed"]


@dataclass(frozen=True)
class Cell:
    """One claim under one reading.

    Attributes:
        word: The verdict.
        share: Share of draws in which it is true (nan: none was asked), ``low`` to ``high`` its interval.
        draws: Draws that count.
        clear: Whether the interval lies on the verdict's side.
        margin: Median margin; infinite where in most draws no terms at all suit A.
        reason: Why it was not asked.
    """

    word: Word
    share: float
    low: float
    high: float
    draws: int
    clear: bool
    margin: float
    reason: str = ""

    @property
    def constant(self) -> bool:
        """Whether it came out the same in every draw."""
        return self.draws > 0 and self.share in (0.0, 1.0)


def verdict(truth: Floats, margin: Floats, reason: str = "") -> Cell:
    """The verdict on one claim from its draws; nan are draws in which it could not be asked."""
    known = np.isfinite(truth)
    n = int(known.sum())
    if n == 0:
        return Cell("not asked", math.nan, math.nan, math.nan, 0, False, math.nan, reason)
    true = round(float(truth[known].sum()))
    share = true / n
    low, high = wilson(share, n)
    word: Word = (
        "follows" if share >= FOLLOWS else "contradicts" if share <= CONTRADICTS else "undetermined"
    )
    clear = (
        low >= FOLLOWS
        if word == "follows"
        else high <= CONTRADICTS
        if word == "contradicts"
        else low > CONTRADICTS and high < FOLLOWS
    )
    return Cell(word, share, low, high, n, clear, median(margin[~np.isnan(margin)]))


def median(values: Floats) -> float:
    """The median, nan of none; where infinite and finite values meet in the middle, the lower one."""
    if not len(values):
        return math.nan
    ordered = np.sort(values)
    low, high = float(ordered[(len(values) - 1) // 2]), float(ordered[len(values) // 2])
    return (low + high) / 2 if math.isfinite(low) and math.isfinite(high) else low


def not_expressed(reason: str) -> Cell:
    """The cell of a claim that the file says cannot be put to the game."""
    return Cell("not expressed", math.nan, math.nan, math.nan, 0, False, math.nan, reason)


def structural(cells: Sequence[Cell]) -> bool:
    """Whether a claim is constant, and the same, over all draws of all readings, two at least, asked."""
    asked = [c for c in cells if c.draws > 0]
    return len(asked) > 1 and all(c.constant for c in asked) and len({c.share for c in asked}) == 1
