"""Certificates made up for tests, with changes by keyword."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from offramp.solution import Certificate, Check

GOOD = Certificate(
    mode="logit",
    kernel="numpy",
    resolution="draft",
    precision=8.0,
    residual=1e-10,
    unsolved=0.0,
    several=0.0,
    several_probed=0,
    mass_error=0.0,
    martingale=(0.0, 0.0),
    regret=None,
    noise=(0.01, 0.01),
    sides=("Aland", "Bland"),
    types=("weary", "patient"),
)


def certificate(*checks: Check, **changes: Any) -> Certificate:
    """A certificate that is met, with checks and changes."""
    return replace(GOOD, checks=checks, **changes)


def check(name: str = "finer front", size: float = 0.0, **changes: Any) -> Check:
    """A check that moves every figure by ``size``."""
    moved = Check(name, "more of it", True, 12, size, (size, size), size, size, 0.0)
    return replace(moved, **changes)
