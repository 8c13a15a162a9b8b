"""What evidence says about B's type: priors, posteriors, and the weight of single items.

Single items are asked of the file's prior. A reading's premise on a prior holds at the reading's own date, so
evidence from before it cannot move it again; and an item that nobody had at the as-of date is refused.

Units: probabilities, log-odds.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offramp.audit._worlds import NotAsked, Scope
from offramp.game._evidence import opening_beliefs, prior_of, updates

Floats = NDArray[np.float64]


def prior(scope: Scope, kind: str) -> float:
    crisis = scope.before
    if kind not in crisis.types:
        raise NotAsked(f"at {crisis.as_of} there is no type {kind}")
    return float(prior_of(crisis)[list(crisis.types).index(kind)])


def posterior(scope: Scope, kind: str, items: tuple[str, ...]) -> float:
    if kind not in scope.crisis.types:
        raise NotAsked(f"at {scope.crisis.as_of} there is no type {kind}")
    j = list(scope.crisis.types).index(kind)
    if not items:
        return float(opening_beliefs(scope.crisis)[j])
    logs = np.log(np.maximum(prior_of(scope.before), 1e-300))
    for item in items:
        logs = logs + _log_likelihood(scope, item)
    weight = np.exp(logs - logs.max())
    return float(weight[j] / weight.sum())


def log_ratio(scope: Scope, item: str, one: str, other: str) -> float:
    types = list(scope.before.types)
    for kind in (one, other):
        if kind not in types:
            raise NotAsked(f"at {scope.crisis.as_of} there is no type {kind}")
    logs = _log_likelihood(scope, item)
    return float(logs[types.index(one)] - logs[types.index(other)])


def _log_likelihood(scope: Scope, item: str) -> Floats:
    crisis = scope.before
    found = {u.id: u for u in updates(crisis)}
    if item in found:
        return np.array(found[item].log_likelihood)
    if item not in crisis.evidence:
        raise NotAsked(
            f"{item} is not known at {crisis.as_of}: dated later, sealed, or of another date"
        )
    seen = crisis.evidence[item]
    if not seen.likelihood or seen.about != "B" or not seen.include:
        raise NotAsked(f"{item} says nothing about B's type")
    raise NotAsked(f"{item} is older than the date at which the priors hold")
