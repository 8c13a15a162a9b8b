"""Estimation: forecasts scored, opinions pooled, words turned into numbers. Beside the pipeline.

==============  =========================================================================
``phrases``     what a verbal estimate means on a published scale
``scoring``     Brier and log scores, calibration and discrimination for a handful of forecasts
``ledger``      forecasts sealed before the fact in a file that cannot be edited unnoticed
``pooling``     several experts, one number: linear, quantile and performance-weighted pools
``joint``       from shares item by item to the share that backs a whole package
``language``    labels that take a side, and where they may stand
==============  =========================================================================

Nothing here knows a crisis, a game or an answer: plain numbers and texts go in and come out.
"""

from __future__ import annotations

from offramp.estimation._ledger_file import Entry, LedgerError, Opening, Tampered
from offramp.estimation.joint import Support, all_of, joint_support
from offramp.estimation.language import Found, partisan
from offramp.estimation.ledger import Record, head, read, resolve, reveal, seal
from offramp.estimation.phrases import SCALES, Phrase, UnknownPhrase, found_in, meaning, meanings
from offramp.estimation.pooling import (
    Assessment,
    Performance,
    Pool,
    Seed,
    calibration,
    linear_pool,
    performance,
    quantile_average,
)
from offramp.estimation.scoring import (
    Forecast,
    Scores,
    brier,
    log_score,
    murphy,
    score,
)

__all__ = [
    "SCALES",
    "Assessment",
    "Entry",
    "Forecast",
    "Found",
    "LedgerError",
    "Opening",
    "Performance",
    "Phrase",
    "Pool",
    "Record",
    "Scores",
    "Seed",
    "Support",
    "Tampered",
    "UnknownPhrase",
    "all_of",
    "brier",
    "calibration",
    "found_in",
    "head",
    "joint_support",
    "linear_pool",
    "log_score",
    "meaning",
    "meanings",
    "murphy",
    "partisan",
    "performance",
    "quantile_average",
    "read",
    "resolve",
    "reveal",
    "score",
    "seal",
]
