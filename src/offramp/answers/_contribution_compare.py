"""Classical comparators of a contribution plan: what theory says members would do left to themselves.

*Weakest link* (Hirshleifer 1983). A task needs all its kinds together, so the level that can be reached
is that of the kind with the lowest cover: :func:`offramp.theory.weakest_link_range`.

*Keenest alone* (Olson and Zeckhauser 1966). With utility ``theta_i ln G - g_i`` only the member with the
largest theta pays; theta is read as felt threat.

*Private provision* (Bergstrom, Blume and Varian 1986). Member i has wealth w_i, the mean over the kinds of
what it can bring over the need. If all had the same taste a for the common effort, G(a) would be
:func:`offramp.theory.cobb_douglas_burden`; a is solved so that G(a) = 1, the whole task. The larger pay more
than in proportion: w_i less the same private rest for each.

*Volunteer's dilemma* (Diekmann 1985). Where each of n members could bring a kind alone and the cost of it
over its worth is c/v, somebody does with ``1 - (c/v)^(n/(n-1))``: the more could, the less sure it is.

Units: shares of the task.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from offramp.answers._contribution_model import Bools, Floats, Model, coverage
from offramp.crisis import Crisis
from offramp.theory import (
    cobb_douglas_burden,
    quasilinear_burden,
    volunteers_dilemma,
    weakest_link_range,
)

EDGE = 1e-9
"""Tastes are sought this far from 0 and 1."""


@dataclass(frozen=True)
class Comparators:
    """What theory says.

    Attributes:
        level: Cover of the weakest kind; ``weakest`` its id.
        keenest: The member that feels the largest threat, if one does.
        taste: Common taste at which private provision comes to the whole task; None if all that is
            offered is not enough, or one member offers everything.
        private: Share of the task by member under private provision.
        volunteers: For kinds that several members could bring alone: how many, and how likely it is that
            somebody does.
    """

    level: float
    weakest: str | None
    keenest: str | None
    taste: float | None
    private: Mapping[str, float]
    volunteers: Mapping[str, tuple[int, float]]


def comparators(crisis: Crisis, model: Model, there: Bools) -> Comparators:
    """Comparators for the members that are there."""
    cover = coverage(model, there)
    asked = np.isfinite(cover)
    level = weakest_link_range(cover[asked].tolist())[1]
    weakest = model.kinds[int(np.argmin(np.where(asked, cover, np.inf)))]
    taste, private = _private(model, there)
    return Comparators(
        level, weakest, _keenest(crisis, model), taste, private, _volunteers(model, there)
    )


def _keenest(crisis: Crisis, model: Model) -> str | None:
    felt = {m: t.value for m in model.members if (t := crisis.members[m].threat) and t.value > 0}
    if not felt or sum(t == max(felt.values()) for t in felt.values()) > 1:
        return None
    burden = quasilinear_burden(list(felt.values()))
    return next(m for m, g in zip(felt, burden.contributions, strict=True) if g > 0)


def wealth(model: Model, there: Bools) -> Floats:
    """What each member can bring over the need, on average over the kinds that are needed."""
    needed = model.needed > 0
    most = np.where(there[:, None], model.useful, 0.0)[:, needed]
    mean: Floats = np.minimum(most / model.needed[needed], 1.0).mean(1)
    return mean


def _private(model: Model, there: Bools) -> tuple[float | None, dict[str, float]]:
    own = wealth(model, there)
    if (own > 0).sum() < 2 or own.sum() <= 1.0 + EDGE:
        return None, {}

    def excess(taste: float) -> float:
        return cobb_douglas_burden(own.tolist(), taste).total - 1.0

    if excess(1 - EDGE) <= 0:
        return None, {}
    taste = float(brentq(excess, EDGE, 1 - EDGE))
    burden = cobb_douglas_burden(own.tolist(), taste)
    return taste, {m: g for m, g in zip(model.members, burden.contributions, strict=True) if g > 0}


def _volunteers(model: Model, there: Bools) -> dict[str, tuple[int, float]]:
    ratio = model.task.cost_ratio
    if ratio is None:
        return {}
    found = {}
    for k, kind in enumerate(model.kinds):
        cut = model.cuts[k]
        if not len(cut.need):
            continue
        alone = int(((cut.supply >= cut.need * (1 - EDGE)).all(1) & there).sum())
        if alone >= 2:
            found[kind] = (alone, volunteers_dilemma(alone, ratio).provided)
    return found
