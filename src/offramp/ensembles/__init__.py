"""Ensembles: one solve is an opinion, a thousand are an analysis.

:func:`sample` (or :func:`saltelli`, :func:`given`) makes a design: which values of which parameters are
solved. :func:`run` solves it for plans and readings, on any number of workers with the same bytes, and
goes on where it was interrupted. The result is an :class:`Ensemble`: a table with a row per draw, plan
and reading, and columns aligned with the design for what is computed from it.
"""

from offramp.ensembles.cluster import NoCluster
from offramp.ensembles.compare import Difference, against
from offramp.ensembles.design import Design, given, saltelli, sample, sampled_by_default
from offramp.ensembles.ensemble import Ensemble
from offramp.ensembles.histograms import Histogram
from offramp.ensembles.manifest import OtherRun
from offramp.ensembles.measures import DEFAULT, Measure, summary
from offramp.ensembles.reach import reached
from offramp.ensembles.run import Interrupted, run
from offramp.ensembles.sampling import NoRange
from offramp.ensembles.store import NoResults, load_results, read_rows
from offramp.ensembles.tables import load_histogram

__all__ = [
    "DEFAULT",
    "Design",
    "Difference",
    "Ensemble",
    "Histogram",
    "Interrupted",
    "Measure",
    "NoCluster",
    "NoRange",
    "NoResults",
    "OtherRun",
    "against",
    "given",
    "load_histogram",
    "load_results",
    "reached",
    "read_rows",
    "run",
    "saltelli",
    "sample",
    "sampled_by_default",
    "summary",
]
