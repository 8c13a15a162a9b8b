"""Who cannot be spared: the task after members have gone.

*N-1, N-2.* Shortfall by kind after any one or two members have gone, with all who stay away without them, by
the additive conditions of :mod:`._contribution_model`: one matrix product for all ways at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from offramp.answers._contribution_model import FEW, Bools, Floats, Model


@dataclass(frozen=True)
class Loss:
    """What is short by kind once some members have gone, and which rules are broken."""

    gone: tuple[int, ...]
    follow: tuple[int, ...]
    short: Floats
    rules: tuple[str, ...]

    def worst(self, needed: Floats) -> float:
        """Largest shortfall over the kinds, as a share of the need."""
        parts = np.divide(self.short, needed, out=np.zeros_like(needed), where=needed > 0)
        return float(parts.max(initial=0.0))

    @property
    def fails(self) -> bool:
        """Whether the task cannot be done any more."""
        return bool(self.short.any() or self.rules)


def losses(model: Model, size: int) -> tuple[Loss, ...]:
    """Every way to lose ``size`` members that can bring something or that others wait for."""
    n = len(model.members)
    matter = np.flatnonzero(
        model.able | (model.drags & ~np.eye(n, dtype=bool)).any(1) | _musts(model)
    )
    groups = list(combinations(matter.tolist(), size))
    if not groups:
        return ()
    out = np.zeros((len(groups), n), dtype=bool)
    out[np.arange(len(groups))[:, None], np.array(groups)] = True
    stay = model.staying(out)
    short = model.shortfalls(stay)
    musts = np.array([model.members.index(m) for m in model.task.must_include], dtype=np.intp)
    counted = model.able & np.array([m not in model.task.backstop for m in model.members])
    few = (stay & counted).sum(1) < model.task.min_contributors
    missing = ~(stay & model.able)[:, musts]
    found = []
    for row, gone in enumerate(groups):
        names = [model.members[musts[m]] for m in np.flatnonzero(missing[row])]
        rules = (*names, FEW) if few[row] else tuple(names)
        follow = tuple(int(x) for x in np.flatnonzero(~stay[row] & ~out[row] & model.able))
        found.append(Loss(gone, follow, short[row], rules))
    return tuple(found)


def _musts(model: Model) -> Bools:
    return np.array([m in model.task.must_include for m in model.members])
