"""A small mixed-integer linear programme, solved exactly by branching on switches.

    min c x   subject to   least <= M x <= most,   lower <= x <= upper,   x_i in {0, 1} for switches i

Best bound first: a relaxation (HiGHS) whose switches are all 0 or 1 is optimal once no open branch has a
better bound; the switch farthest from both is branched on otherwise. The final programme is solved
once more with its switches fixed, so that they are exact. A problem of a dozen switches takes a few
relaxations. SciPy's own mixed-integer solver prints to standard output in rare cases, which belongs to
the answers of the command line.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix

Floats = NDArray[np.float64]

WHOLE = 1e-6
"""Distance from 0 or 1 at which a switch counts as set."""
SLACK = 1e-10
"""Difference of bounds that is not worth a branch."""


@dataclass(frozen=True)
class Programme:
    """A programme; ``switches`` are the columns that are 0 or 1."""

    cost: Floats
    matrix: Floats
    least: Floats
    most: Floats
    lower: Floats
    upper: Floats
    switches: NDArray[np.intp]


def solve(p: Programme) -> Floats | None:
    """The optimum, or None if nothing is feasible."""
    rows = LinearConstraint(csr_matrix(p.matrix), p.least, p.most)

    def relaxed(lower: Floats, upper: Floats) -> tuple[float, Floats] | None:
        found = milp(p.cost, constraints=rows, bounds=Bounds(lower, upper))
        return None if found.x is None else (float(found.fun), found.x)

    first = relaxed(p.lower, p.upper)
    if first is None:
        return None
    tick = count()
    open_: list[tuple[float, int, Floats, Floats, Floats]] = []
    heapq.heappush(open_, (first[0], next(tick), first[1], p.lower, p.upper))
    best: tuple[float, Floats] | None = None
    while open_:
        bound, _, x, lower, upper = heapq.heappop(open_)
        if best is not None and bound >= best[0] - SLACK:
            break
        off = np.minimum(x[p.switches], 1 - x[p.switches])
        if float(off.max(initial=0.0)) <= WHOLE:
            set_low, set_high = lower.copy(), upper.copy()
            set_low[p.switches] = set_high[p.switches] = np.rint(x[p.switches])
            done = relaxed(set_low, set_high)
            if done is not None and (best is None or done[0] < best[0]):
                best = done
            continue
        switch = int(p.switches[int(np.argmax(off))])
        for value in (0.0, 1.0):
            child_low, child_high = lower.copy(), upper.copy()
            child_low[switch] = child_high[switch] = value
            child = relaxed(child_low, child_high)
            if child is not None and (best is None or child[0] < best[0] - SLACK):
                heapq.heappush(open_, (child[0], next(tick), child[1], child_low, child_high))
    return None if best is None else best[1]
