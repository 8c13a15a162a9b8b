"""Charts: Vega-Lite specifications through Altair, each with its table twin.

==================  =========================================================================
``fan``             lines through months, bands for ranges, labelled thresholds
``stacked_area``    shares that sum to one through months (regimes)
``acceptance_strip``  contracts by date: who accepts
``dots_and_ranges``   plans: a dot and a range a row, optionally a second series
``diverging_bars``  signed figures around zero
``matrix``          words in cells
``two_issue_map``   two issues, both acceptance sets, the contracts on it
==================  =========================================================================

Every builder takes the finding as ``title``, the measure and unit as ``subtitle``, and the finding
once more in a sentence as ``alt``. Sides are ``"a"``, ``"b"``, ``"outside"`` or ``"neutral"``.
"""

from offramp.answers._charts._map import Contract, RedLine, two_issue_map
from offramp.answers._charts._matrix import matrix
from offramp.answers._charts._months import (
    Line,
    Share,
    Threshold,
    fan,
    stacked_area,
)
from offramp.answers._charts._rows import Bar, Dot, PlanRow, diverging_bars, dots_and_ranges
from offramp.answers._charts._strip import acceptance_strip

__all__ = [
    "Bar",
    "Contract",
    "Dot",
    "Line",
    "PlanRow",
    "RedLine",
    "Share",
    "Threshold",
    "acceptance_strip",
    "diverging_bars",
    "dots_and_ranges",
    "fan",
    "matrix",
    "stacked_area",
    "two_issue_map",
]
