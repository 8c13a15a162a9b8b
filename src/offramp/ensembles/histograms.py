"""Histograms that can be added up: counts on fixed grids.

Bins are the same for every run: ``[i w, (i + 1) w)`` for whole numbers i, with width w = .01 for values and
probabilities (columns whose numbers are months have w = 1). So the histogram of two runs together is the
sum of their histograms, whatever was drawn, and results that are too large to keep draw by draw can be kept
as counts. ``nan`` has no bin; it is counted apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WIDTH = 0.01
"""Width of a bin of values and probabilities."""
MONTH_COLUMNS = ("first_deal_median",)
"""Columns in months, with bins of one month."""
NOT_COUNTED = ("residual", "unsolved", "mass_error", "martingale_error")
"""Columns of the certificate, which differ by orders of magnitude."""


@dataclass(frozen=True, eq=False)
class Histogram:
    """Counts of one column: ``counts[i]`` in ``[(first + i) width, (first + i + 1) width)``.

    ``missing`` rows had no number.
    """

    width: float
    first: int
    counts: Ints
    missing: int = 0

    @property
    def total(self) -> int:
        """Rows with a number."""
        return int(self.counts.sum())

    @property
    def edges(self) -> Floats:
        """Edges of the bins, one more than there are bins."""
        return np.asarray((self.first + np.arange(len(self.counts) + 1)) * self.width)

    def __add__(self, other: Histogram) -> Histogram:
        if self.width != other.width:
            raise ValueError(f"histograms of widths {self.width:g} and {other.width:g} do not add")
        missing = self.missing + other.missing
        some = [h for h in (self, other) if len(h.counts)]
        if not some:
            return Histogram(self.width, 0, np.zeros(0, dtype=np.int64), missing)
        first = min(h.first for h in some)
        last = max(h.first + len(h.counts) for h in some)
        counts = np.zeros(last - first, dtype=np.int64)
        for h in some:
            counts[h.first - first : h.first - first + len(h.counts)] += h.counts
        return Histogram(self.width, first, counts, missing)

    def quantile(self, share: float) -> float:
        """Value below which a share of the rows lie, linear within a bin; at most one width off.

        Raises:
            ValueError: if nothing was counted, or the share is not between 0 and 1.
        """
        if not 0 <= share <= 1:
            raise ValueError(f"a share lies between 0 and 1; got {share:g}")
        if not self.total:
            raise ValueError("nothing was counted")
        below = np.concatenate([[0], np.cumsum(self.counts)]) / self.total
        return float(np.interp(share, below, self.edges))


def width_of(column: str) -> float:
    """Width of a column's bins."""
    return 1.0 if column in MONTH_COLUMNS else WIDTH


def count(column: str, values: Floats) -> Histogram:
    """Histogram of values."""
    width = width_of(column)
    known = values[~np.isnan(values)]
    missing = len(values) - len(known)
    if not len(known):
        return Histogram(width, 0, np.zeros(0, dtype=np.int64), missing)
    # A value on an edge belongs to the bin above it, whatever rounding the division brings.
    bins = np.floor(known / width + 1e-9).astype(np.int64)
    first = int(bins.min())
    return Histogram(width, first, np.bincount(bins - first).astype(np.int64), missing)


def added(parts: Iterable[Histogram]) -> Histogram | None:
    """The sum of histograms; None of none."""
    total: Histogram | None = None
    for part in parts:
        total = part if total is None else total + part
    return total


def counted(columns: Mapping[str, Floats]) -> dict[str, Histogram]:
    """Histograms of every column but those of the certificate."""
    return {
        name: count(name, values) for name, values in columns.items() if name not in NOT_COUNTED
    }
