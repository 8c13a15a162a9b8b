"""Which plan holds up over all futures and all readings? Regret, satisficing, Starr's domain.

Definitions. Y[i, p] is what plan p is worth in future i; higher is better; own stake of the chooser::

    regret[i, p]   = max_q Y[i, q] - Y[i, p]
    mean regret    = mean_i, worst regret = max_i, high regret = 90th percentile over i
    satisficing(p) = share of futures in which every stated threshold is met    (Simon 1956)
    domain(p)      = share of futures in which p is the best plan, ties shared  (Starr 1963)

With equal weights on draws from stated ranges a share of futures is a share of the volume of inputs,
in Starr's sense, and not a chance that anybody has estimated.

*Ties.* Two worths closer than ``error`` (the error of a solve) are a tie. A plan is *within error of the
best* if its figure is no further from the best plan's than the error of figures, or, for shares, than
sampling can tell: two standard errors of the paired difference.

*Surviving.* A plan survives a reading if its satisficing share there is at least ``share``; it survives
all readings if it survives each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

HIGH = 90
"""Percentile that stands for "a bad case, but not the worst one"."""

STANDARD_ERRORS = 2.0


@dataclass(frozen=True)
class PlanRobustness:
    """How one plan holds up.

    Attributes:
        plan: The plan.
        mean: Mean worth.
        mean_regret, high_regret, worst_regret: Regret.
        domain, domain_error: Share of futures in which it is best, ties shared; standard error.
        satisfices, satisfices_error: Share of futures that meet every threshold; None without any.
        ties: Per criterion, whether it is within error of the best plan.
    """

    plan: str
    mean: float
    mean_regret: float
    high_regret: float
    worst_regret: float
    domain: float
    domain_error: float
    satisfices: float | None
    satisfices_error: float | None
    ties: Mapping[str, bool]


@dataclass(frozen=True)
class Robustness:
    """All plans, and the best by each criterion with whatever ties with it."""

    plans: tuple[PlanRobustness, ...]
    best: Mapping[str, tuple[str, ...]]
    futures: int
    lost: int
    tied: float
    """Share of futures in which more than one plan is best within error."""

    @property
    def agreed(self) -> tuple[str, ...]:
        """Plans that are best, or tie with the best, by every criterion."""
        sets = [set(names) for names in self.best.values()]
        common = set.intersection(*sets) if sets else set()
        return tuple(p.plan for p in self.plans if p.plan in common)


def regret(Y: ArrayLike) -> Floats:
    """Regret of every plan in every future, shape of ``Y``."""
    worth = np.asarray(Y, dtype=np.float64)
    found: Floats = worth.max(axis=1, keepdims=True) - worth
    return found


def domain(Y: ArrayLike, error: float = 0.0) -> Floats:
    """Shares in which each plan is best in each future: 1 / ties for those within ``error`` of the best."""
    best = regret(Y) <= error
    found: Floats = best / best.sum(axis=1, keepdims=True)
    return found


@dataclass(frozen=True)
class Threshold:
    """A condition on one outcome: ``outcome sense level``, for example worth at least .4."""

    outcome: str
    sense: Literal[">=", "<="]
    level: float

    def met(self, values: ArrayLike) -> Bools:
        """Where it holds; a missing value does not meet it."""
        v = np.asarray(values, dtype=np.float64)
        found: Bools = v >= self.level if self.sense == ">=" else v <= self.level
        return found


def satisficing(outcomes: Mapping[str, ArrayLike], thresholds: Sequence[Threshold]) -> Bools:
    """Futures x plans in which every threshold is met.

    Raises:
        KeyError: for a threshold on an outcome that is not there.
        ValueError: without thresholds: "good enough" must be said.
    """
    if not thresholds:
        raise ValueError("satisficing needs at least one threshold")
    met = [t.met(outcomes[t.outcome]) for t in thresholds]
    found: Bools = np.logical_and.reduce(met)
    return found


def robustness(
    Y: ArrayLike,
    plans: Sequence[str],
    *,
    error: float = 0.0,
    good_enough: ArrayLike | None = None,
) -> Robustness:
    """Regret, domain and satisficing of every plan.

    Args:
        Y: Worths, (futures, plans). A future with a missing worth is left out whole.
        plans: Names.
        error: Error of one worth; smaller differences are ties.
        good_enough: Futures x plans from :func:`satisficing`.

    Raises:
        ValueError: for shapes that do not fit, a negative error, or no complete future.
    """
    worth = np.asarray(Y, dtype=np.float64)
    if worth.ndim != 2 or worth.shape[1] != len(plans):
        raise ValueError(f"worths of shape {worth.shape} for {len(plans)} plans")
    if error < 0:
        raise ValueError("an error is not negative")
    whole = np.isfinite(worth).all(axis=1)
    if not whole.any():
        raise ValueError("there is no future in which every plan has a worth")
    enough: Floats | None = None
    if good_enough is not None:
        flags_in = np.asarray(good_enough, dtype=np.bool_)
        if flags_in.shape != worth.shape:
            raise ValueError(f"good enough {flags_in.shape} does not fit worths {worth.shape}")
        enough = flags_in[whole].astype(np.float64)
    worth = worth[whole]
    lost = regret(worth)
    best_in = domain(worth, error)
    criteria: dict[str, tuple[Floats, Floats]] = {
        "mean regret": (-lost, -lost.mean(axis=0)),
        "high regret": (-lost, -np.percentile(lost, HIGH, axis=0)),
        "worst regret": (-lost, -lost.max(axis=0)),
        "domain": (best_in, best_in.mean(axis=0)),
    }
    if enough is not None:
        criteria["satisficing"] = (enough, enough.mean(axis=0))
    near = {
        name: _near_best(figures, each, name in ("domain", "satisficing"), error)
        for name, (each, figures) in criteria.items()
    }
    n = len(worth)
    rows = tuple(
        PlanRobustness(
            plan,
            float(worth[:, p].mean()),
            float(lost[:, p].mean()),
            float(np.percentile(lost[:, p], HIGH)),
            float(lost[:, p].max()),
            float(best_in[:, p].mean()),
            float(best_in[:, p].std() / np.sqrt(n)),
            None if enough is None else float(enough[:, p].mean()),
            None if enough is None else float(enough[:, p].std() / np.sqrt(n)),
            {name: bool(flags[p]) for name, flags in near.items()},
        )
        for p, plan in enumerate(plans)
    )
    best = {
        name: tuple(plan for plan, near_it in zip(plans, flags, strict=True) if near_it)
        for name, flags in near.items()
    }
    tied = float(((lost <= error).sum(axis=1) > 1).mean())
    return Robustness(rows, best, n, int((~whole).sum()), tied)


def _near_best(figures: Floats, each: Floats, is_share: bool, error: float) -> Bools:
    """Which plans cannot be told from the best."""
    top = int(np.argmax(figures))
    behind = figures[top] - figures
    if not is_share:
        found: Bools = behind <= error
        return found
    spread = (each[:, [top]] - each).std(axis=0) / np.sqrt(len(each))
    found = behind <= STANDARD_ERRORS * spread
    return found


@dataclass(frozen=True)
class Survival:
    """Satisficing shares of a plan by reading."""

    plan: str
    shares: Mapping[str, float]
    least: float

    @property
    def worst(self) -> str:
        """The reading under which it does worst."""
        return min(self.shares, key=lambda reading: self.shares[reading])

    @property
    def survives(self) -> bool:
        """Whether it is good enough under every reading."""
        return min(self.shares.values()) >= self.least


def survivors(
    good_enough: Mapping[str, ArrayLike], plans: Sequence[str], *, share: float = 0.5
) -> tuple[Survival, ...]:
    """Plans by their worst reading, best first.

    Args:
        good_enough: Per reading, futures x plans.
        plans: Names.
        share: Share of futures that must be good enough under each reading.

    Raises:
        ValueError: without readings, or for shapes that do not fit.
    """
    if not good_enough:
        raise ValueError("no reading to survive")
    tables = {name: np.asarray(t, dtype=np.bool_) for name, t in good_enough.items()}
    for name, table in tables.items():
        if table.ndim != 2 or table.shape[1] != len(plans) or not len(table):
            raise ValueError(f"reading {name!r}: shape {table.shape} for {len(plans)} plans")
    found = [
        Survival(plan, {name: float(t[:, p].mean()) for name, t in tables.items()}, share)
        for p, plan in enumerate(plans)
    ]
    return tuple(sorted(found, key=lambda s: -min(s.shares.values())))
