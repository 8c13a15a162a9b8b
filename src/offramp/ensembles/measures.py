"""What is kept of each solve: named numbers.

A measure is a function of a module (workers look it up by name) from a solution to named numbers. If it
has a parameter ``months``, it is given the months of the run. Names are columns of the results: they must
not depend on the draw, and two measures may not use the same name. :func:`summary` is the default;
``docs/ensembles.md`` is its data dictionary.

Units: values in each side's own stake; probabilities; months.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np

from offramp.game._states import (
    A_GONE,
    B_GONE,
    CEASEFIRE,
    DISASTER,
    FOUGHT,
    SETTLED,
    STANDOFF,
    WAR,
)
from offramp.solution import Solution

Measure = Callable[..., Mapping[str, float]]
"""``(solution) -> numbers`` or ``(solution, months) -> numbers``."""

REGIMES = {
    "settled": SETTLED,
    "war": WAR,
    "ceasefire": CEASEFIRE,
    "standoff": STANDOFF,
    "disaster": DISASTER,
    "a_collapsed": A_GONE,
    "b_collapsed": B_GONE,
    "fought_out": FOUGHT,
}
"""Columns of probabilities by regime, each at every month of the run."""
MONTHS = (6, 12, 24)
"""Months at which probabilities are read unless others are asked for."""


def summary(solution: Solution, months: Sequence[int] = MONTHS) -> dict[str, float]:
    """Values, probabilities by month, the first deal, the coalition, and the certificate.

    ``value_b`` is B's value expected over the opening beliefs, ``value_b_X`` type X's.
    ``intact_t`` is the probability that A's cohesion is in its highest tier at month t given that
    nothing is settled or over; nan if it is certain that something is. ``first_deal_median`` is the
    first month by which a deal has been signed with even odds; nan if that is after the last month
    shown.
    """
    game, futures, certificate = solution.game, solution.futures, solution.certificate
    found = {
        "value_a": solution.opening_a,
        "value_b": float(np.dot(game.opening, solution.opening_b)),
    }
    for theta, value in zip(game.types, solution.opening_b, strict=True):
        found[f"value_b_{theta}"] = value
    for name, regime in REGIMES.items():
        for month in months:
            found[f"{name}_{month}"] = float(futures.regime[month, regime])
    for month in months:
        found[f"first_deal_{month}"] = float(futures.first_deal[month])
    signed = np.flatnonzero(futures.first_deal[: game.shown + 1] >= 0.5)
    found["first_deal_median"] = float(signed[0]) if len(signed) else math.nan
    for month in months:
        still = float(futures.tier[month].sum())
        found[f"intact_{month}"] = float(futures.tier[month, 0]) / still if still > 0 else math.nan
    found["residual"] = certificate.residual
    found["unsolved"] = certificate.unsolved
    found["mass_error"] = certificate.mass_error
    found["martingale_error"] = max(certificate.martingale)
    found["met"] = float(certificate.met)
    return found


DEFAULT: tuple[Measure, ...] = (summary,)
"""What is kept unless somebody asks for more."""


def months_for(horizon: int, months: Sequence[int] | None) -> tuple[int, ...]:
    """Months at which results are read: those asked for, or of 6, 12 and 24 those that are shown.

    Raises:
        ValueError: for no month, or one that is not shown.
    """
    if months is None:
        return tuple(m for m in MONTHS if m <= horizon) or (horizon,)
    if not months:
        raise ValueError("give at least one month at which results are read")
    for month in months:
        if not 0 <= month <= horizon:
            raise ValueError(
                f"month {month} is not shown: the crisis's horizon is {horizon} months"
            )
    return tuple(sorted(set(months)))


def ready(measures: Sequence[Measure], months: tuple[int, ...]) -> tuple[Measure, ...]:
    """The measures as functions of a solution alone.

    Raises:
        ValueError: for no measure, or one that workers cannot look up by name.
    """
    if not measures:
        raise ValueError("give at least one measure; the default is `summary`")
    return tuple(
        partial(m, months=months) if "months" in inspect.signature(m).parameters else m
        for m in measures
    )


def name_of(measure: Measure) -> str:
    """A name that stands for a measure in a manifest: its module and name, and what it is bound to."""
    if isinstance(measure, partial):
        bound = [*map(repr, measure.args), *(f"{k}={v!r}" for k, v in measure.keywords.items())]
        return f"{name_of(measure.func)}({', '.join(bound)})"
    where = getattr(measure, "__module__", type(measure).__module__)
    return f"{where}.{getattr(measure, '__qualname__', repr(measure))}"


def taken(measures: Sequence[Measure], solution: Solution) -> dict[str, float]:
    """All measures of one solution.

    Raises:
        KeyError: if two measures use one name.
    """
    found: dict[str, float] = {}
    for measure in measures:
        for name, value in measure(solution).items():
            if name in found:
                raise KeyError(f"two measures are called {name!r}")
            found[name] = float(value)
    return found
