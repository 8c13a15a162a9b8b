"""The solution: values and policies of an equilibrium, the distribution over futures, a certificate."""

from offramp.solution._forward import Futures
from offramp.solution._solution import (
    BAND,
    DEFAULT_PRECISION,
    Certificate,
    Headline,
    Solution,
    certify,
    neighbours,
    recompiled,
    solve,
    with_checks,
)

__all__ = [
    "BAND",
    "DEFAULT_PRECISION",
    "Certificate",
    "Futures",
    "Headline",
    "Solution",
    "certify",
    "neighbours",
    "recompiled",
    "solve",
    "with_checks",
]
