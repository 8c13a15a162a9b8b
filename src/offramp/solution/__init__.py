"""The solution: values and policies of an equilibrium, the distribution over futures, a certificate."""

from offramp.solution._certificate import (
    BAND,
    METRICS,
    Certificate,
    Check,
    Headline,
    Metric,
    certify,
    check_of,
    distinguishable,
    with_checks,
    with_probe,
)
from offramp.solution._efg import to_efg
from offramp.solution._particles import Futures
from offramp.solution._refinements import Refinement, left_out, neighbours, recompiled
from offramp.solution._solution import DEFAULT_PRECISION, Solution, solve
from offramp.solution._table_solution import TableSolution
from offramp.solution._tables import solve_tables
from offramp.solution.kernels import Kernel

__all__ = [
    "BAND",
    "DEFAULT_PRECISION",
    "METRICS",
    "Certificate",
    "Check",
    "Futures",
    "Headline",
    "Kernel",
    "Metric",
    "Refinement",
    "Solution",
    "TableSolution",
    "certify",
    "check_of",
    "distinguishable",
    "left_out",
    "neighbours",
    "recompiled",
    "solve",
    "solve_tables",
    "to_efg",
    "with_checks",
    "with_probe",
]
