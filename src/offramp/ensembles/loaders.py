"""Observations from publishers' own files: aid by donor and month, territory, event data.

Nobody's data are shipped. A reader downloads a file from its publisher and loads it here:

=====================  ============================================================================
:func:`load_kiel`      Kiel Institute, Ukraine Support Tracker: the main data sheet saved as CSV, or a
                       table by donor and month. Months of the sheet count from December 2021 = 0,
                       and 0 itself means "not known": such rows are left out and counted.
:func:`load_territory` daily area in km2, such as is computed from map polygons: date and area
:func:`load_gdelt`     GDELT 2.0 events: tab-separated, 61 columns, no header, whatever it is called
:func:`load_acled`     ACLED export, layout since March 2023 (31 columns) or before. The order of
                       actor1 and actor2 carries no direction, so events are undirected
:func:`load_polecat`   POLECAT: tab-separated, PLOVER event types; malformed rows are known to occur
=====================  ============================================================================

Each returns :class:`Loaded`: rows, and every problem with its place in the file. CAMEO codes are text:
014 is not 14. Reduction to moments for :mod:`offramp.ensembles.weights`: :func:`monthly_aid`,
:func:`monthly_change`, :func:`monthly_counts`.

Units: euros in billions; km2; counts.
"""

from __future__ import annotations

from offramp.ensembles._loaders_events import (
    Event,
    load_acled,
    load_gdelt,
    load_polecat,
    monthly_counts,
)
from offramp.ensembles._loaders_series import (
    Aid,
    Area,
    load_kiel,
    load_territory,
    monthly_aid,
    monthly_change,
)
from offramp.ensembles._tables_in import DataFileError, Loaded

__all__ = [
    "Aid",
    "Area",
    "DataFileError",
    "Event",
    "Loaded",
    "load_acled",
    "load_gdelt",
    "load_kiel",
    "load_polecat",
    "load_territory",
    "monthly_aid",
    "monthly_change",
    "monthly_counts",
]
