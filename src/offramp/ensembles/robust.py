"""Which plan holds up over all futures and all readings? Regret, satisficing, Starr's domain.

Definitions. Y[i, p] is what plan p is worth in future i; higher is better; own stake of the chooser::

    regret[i, p]   = max_q Y[i, q] - Y[i, p]
    mean regret    = mean_i, worst regret = max_i, high regret = 90th percentile over i
    satisficing(p) = share of futures in which every stated threshold is met    (Simon 1956)
    domain(p)      = share of futures in which p is the best plan, ties shared  (Starr 1963)

With equal weights on draws from stated ranges a share of futures is a share of the volume of inputs,
in Starr's sense, and not a chance that anybody has estimated. Futures may have weights w_i, sum 1
(:mod:`offramp.ensembles.weights`): means, shares and percentiles are then weighted, and n in a standard error
is Kish's effective number, 1 / sum w_i^2. A percentile is a regret that occurs: the least one with at least
that share of the weight at or below it, so that weights 2 and 1 are a row given twice and a row given once.

*Ties.* Two worths closer than ``error`` (the error of a solve, one number, or one for each pair of plans) are a
tie. A plan is *within error of the best* if its figure is no further from the best plan's than the error of
figures, or, for shares, than sampling can tell: two standard errors of the paired difference. With
``sampled`` the same holds of mean regret, whichever of the two is larger.

*Holding up.* A plan holds up under a reading if its satisficing share there is at least the share asked for,
and over all readings if it does so under each (:class:`Standing`). On few futures a share is not known well:
:func:`held` gives Wilson's (1927) 95 % interval and a verdict only if all of it lies on one side of the bar. A
future without an answer counts against a plan that is to hold up and for a plan that is to fall short.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offramp.ensembles._robust_survival import Held, Standing, held, wilson
from offramp.ensembles._robust_weights import fitting_weights, quantile
from offramp.ensembles.weights import effective_size

__all__ = [
    "Held",
    "PlanRobustness",
    "Robustness",
    "Standing",
    "Threshold",
    "domain",
    "held",
    "quantile",
    "regret",
    "robustness",
    "satisficing",
    "wilson",
]

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


def regret(Y: ArrayLike) -> Floats:
    """Regret of every plan in every future, shape of ``Y``."""
    worth = np.asarray(Y, dtype=np.float64)
    found: Floats = worth.max(axis=1, keepdims=True) - worth
    return found


def domain(Y: ArrayLike, error: ArrayLike = 0.0) -> Floats:
    """Shares in which each plan is best in each future: 1 / ties for those within ``error`` of the best."""
    best = _ties(np.asarray(Y, dtype=np.float64), error)
    found: Floats = best / best.sum(axis=1, keepdims=True)
    return found


def _ties(worth: Floats, error: ArrayLike) -> Bools:
    """Futures x plans that are the best or cannot be told from it."""
    between = _pairs(error, worth.shape[1])
    top = worth.argmax(axis=1)
    found: Bools = regret(worth) <= between[top]
    return found


def _pairs(error: ArrayLike, plans: int) -> Floats:
    """Errors of differences, (plans, plans)."""
    given = np.asarray(error, dtype=np.float64)
    if given.shape not in ((), (plans, plans)):
        raise ValueError(
            f"errors of shape {given.shape} for {plans} plans: one, or one for each pair"
        )
    if not (given >= 0).all():
        raise ValueError("an error is not negative")
    return np.broadcast_to(given, (plans, plans))


def _mean(w: Floats, values: Floats) -> Floats:
    found: Floats = (w @ values) / w.sum()
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
    error: ArrayLike = 0.0,
    good_enough: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    sampled: bool = False,
) -> Robustness:
    """Regret, domain and satisficing of every plan.

    Args:
        Y: Worths, (futures, plans). A future with a missing worth is left out whole.
        plans: Names.
        error: Error of the difference of two worths, one number or (plans, plans); smaller ones are ties.
        good_enough: Futures x plans from :func:`satisficing`.
        weights: One a future, of any scale; left out, equal.
        sampled: The futures are a sample: mean regrets that sampling cannot tell apart tie, too.

    Raises:
        ValueError: for shapes that do not fit, a negative error, or no complete future with weight.
    """
    worth = np.asarray(Y, dtype=np.float64)
    if worth.ndim != 2 or worth.shape[1] != len(plans):
        raise ValueError(f"worths of shape {worth.shape} for {len(plans)} plans")
    between = _pairs(error, len(plans))
    given = fitting_weights(weights, len(worth)) if len(worth) else np.zeros(0)
    whole = np.isfinite(worth).all(axis=1)
    if not (whole & (given > 0)).any():
        raise ValueError("there is no future in which every plan has a worth")
    enough: Floats | None = None
    if good_enough is not None:
        flags_in = np.asarray(good_enough, dtype=np.bool_)
        if flags_in.shape != worth.shape:
            raise ValueError(f"good enough {flags_in.shape} does not fit worths {worth.shape}")
        enough = flags_in[whole].astype(np.float64)
    worth, w = worth[whole], fitting_weights(given[whole], int(whole.sum()))
    lost = regret(worth)
    best_in = domain(worth, between)
    high = np.array([quantile(lost[:, p], HIGH / 100, w) for p in range(len(plans))])
    worst = lost[w > 0].max(axis=0)
    criteria: dict[str, tuple[Floats, Floats]] = {
        "mean regret": (-lost, -_mean(w, lost)),
        "high regret": (-lost, -high),
        "worst regret": (-lost, -worst),
        "domain": (best_in, _mean(w, best_in)),
    }
    if enough is not None:
        criteria["satisficing"] = (enough, _mean(w, enough))
    near = {
        name: _near_best(
            figures,
            each,
            w,
            None if name in ("domain", "satisficing") else between,
            sampled and name == "mean regret",
        )
        for name, (each, figures) in criteria.items()
    }
    rows = tuple(
        PlanRobustness(
            plan,
            float(_mean(w, worth[:, p])),
            float(_mean(w, lost[:, p])),
            float(high[p]),
            float(worst[p]),
            float(_mean(w, best_in[:, p])),
            _standard_error(best_in[:, p], w),
            None if enough is None else float(_mean(w, enough[:, p])),
            None if enough is None else _standard_error(enough[:, p], w),
            {name: bool(flags[p]) for name, flags in near.items()},
        )
        for p, plan in enumerate(plans)
    )
    best = {
        name: tuple(plan for plan, near_it in zip(plans, flags, strict=True) if near_it)
        for name, flags in near.items()
    }
    tied = float(_mean(w, _ties(worth, between).sum(axis=1) > 1))
    return Robustness(rows, best, len(worth), int((~whole).sum()), tied)


def _standard_error(values: Floats, w: Floats) -> float:
    spread = float(_mean(w, (values - _mean(w, values)) ** 2))
    return math.sqrt(spread / effective_size(w))


def _near_best(
    figures: Floats, each: Floats, w: Floats, between: Floats | None, sampled: bool
) -> Bools:
    """Which plans cannot be told from the best; ``between`` None: of shares, by sampling alone."""
    top = int(np.argmax(figures))
    behind = figures[top] - figures
    found: Bools = behind <= (0.0 if between is None else between[top])
    if between is None or sampled:
        apart = np.array(
            [_standard_error(each[:, top] - each[:, p], w) for p in range(len(figures))]
        )
        found = found | (behind <= STANDARD_ERRORS * apart)
    return found
