"""Conditions that arguments of the closed forms must meet.

Each function returns nothing and raises ``ValueError`` with the argument's name, its value and the
condition it breaks. All comparisons are written so that ``nan`` fails them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

SUM_TOLERANCE = 1e-9
"""How far shares may be from summing to one (rounding of hand-typed shares)."""


def require(condition: bool, message: str) -> None:
    """Raise ``ValueError(message)`` unless ``condition`` holds."""
    if not condition:
        raise ValueError(message)


def require_finite(**values: float) -> None:
    """Every value is a finite number."""
    for name, value in values.items():
        require(math.isfinite(value), f"{name} must be a finite number, got {value!r}")


def require_nonnegative(**values: float) -> None:
    """Every value is finite and at least zero."""
    require_finite(**values)
    for name, value in values.items():
        require(value >= 0.0, f"{name} must be at least 0, got {value!r}")


def require_positive(**values: float) -> None:
    """Every value is finite and above zero."""
    require_finite(**values)
    for name, value in values.items():
        require(value > 0.0, f"{name} must be above 0, got {value!r}")


def require_probability(**values: float) -> None:
    """Every value lies in [0, 1]."""
    for name, value in values.items():
        require(0.0 <= value <= 1.0, f"{name} must lie in [0, 1], got {value!r}")


def require_open_unit(**values: float) -> None:
    """Every value lies strictly between 0 and 1."""
    for name, value in values.items():
        require(0.0 < value < 1.0, f"{name} must lie strictly between 0 and 1, got {value!r}")


def require_discount(**values: float) -> None:
    """Every value is a discount factor below one: in [0, 1)."""
    for name, value in values.items():
        require(0.0 <= value < 1.0, f"{name} must lie in [0, 1), got {value!r}")


def require_shares(name: str, values: Sequence[float]) -> None:
    """``values`` are at least zero each and sum to one."""
    require(len(values) > 0, f"{name} must not be empty")
    for value in values:
        require(value >= 0.0, f"every entry of {name} must be at least 0, got {value!r}")
    total = math.fsum(values)
    require(abs(total - 1.0) <= SUM_TOLERANCE, f"{name} must sum to 1, got {total!r}")
