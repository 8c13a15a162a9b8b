"""Public commitments: who can make one, what it demands, and what backing down costs.

A side with a ``commitment`` has a demand D_i: the worth to it of a contract, or a level of W. Its public
flag is set by an act of its own, by climbing the ladder, or (A's) by a stage of its plan; it is forgotten
with a chance per month. While it is on::

    signing x with W_i(x) < D_i, stepping down, a ceasefire:   - audience.cost (1 - vagueness)

A ceasefire and a step down end the commitment, and so does a signature. A side without a ``commitment``
pays its audience cost as before: A on every deal, B on every deal short of its declared aims.

Units: stake, lumps.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from offramp.crisis._pressure import Plan
from offramp.crisis._schema import Crisis
from offramp.game._calendar import Timeline
from offramp.game._game import CompileError
from offramp.game._preferences import Floats, Stakes
from offramp.game._states import STANDOFF, WAR, Layout

Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]
SIDES = ("A", "B")
EVEN = 1e-9
"""How far below its demand a deal may lie and still meet it."""


def pledges_of(crisis: Crisis, plan: Plan) -> tuple[tuple[bool, bool], ...]:
    """The values of the public flag: who can be committed, (A, B), nobody first."""
    declared = [crisis.blocs["A"].commitment, crisis.blocs["B"].commitment]
    if declared[0] is None and any(stage.commits for stage in plan.stages):
        raise CompileError(
            "a stage of the plan commits A in public, but `blocs.A.commitment` does not say to what"
        )
    choices = [(False, True) if c is not None else (False,) for c in declared]
    return tuple((a, b) for b, a in product(choices[1], choices[0]))


def committed(layout: Layout, states: Ints, side: int) -> Bools:
    """Whether a side is committed in active states."""
    return np.array([both[side] for both in layout.pledges])[layout.pledge[states]]


def short_of_demand(crisis: Crisis, stakes: Stakes, signed: Floats, side: int) -> Bools:
    """Whether each offer is worth less to a side than its public demand; ``signed`` (voices, offers)."""
    commitment = crisis.blocs["A" if side == 0 else "B"].commitment
    worth = stakes.bloc(signed, side)
    if commitment is None:
        return np.zeros(worth.shape, dtype=bool)
    if commitment.demand is not None:
        terms = [crisis.contracts[commitment.demand].terms[m] for m in stakes.issues]
        level = float(stakes.bloc(stakes.signed(np.array([terms])), side)[0])
    elif commitment.level is not None:
        level = commitment.level.value
    else:
        raise CompileError(
            f"blocs.{SIDES[side]}.commitment has no demand: name a contract (`demand`) or a `level`"
        )
    return np.asarray(worth < level - EVEN)


def price_of(world: Timeline, side: int) -> float:
    """Audience cost of backing down."""
    audience = world.whole.blocs["A" if side == 0 else "B"].audience
    return audience.cost.value * (1 - audience.vagueness.value)


def commit_targets(crisis: Crisis, layout: Layout, states: Ints) -> Ints:
    """Where the act of committing leads, by side, (2, n); -1 where it is not available."""
    found = np.full((2, len(states)), -1)
    regime = layout.regime[states]
    for side, key in enumerate(SIDES):
        commitment = crisis.blocs["A" if key == "A" else "B"].commitment
        if commitment is None or "commit" not in commitment.set_by:
            continue
        free = ~committed(layout, states, side) & ((regime == STANDOFF) | (regime == WAR))
        to = layout.other(states, pledge=layout.pledged(side)[layout.pledge[states]])
        found[side] = np.where(free, to, -1)
    return found


def climbing(crisis: Crisis, layout: Layout, pledge: Ints, side: int) -> Ints:
    """Value of the flag after a side has climbed the ladder."""
    commitment = crisis.blocs["A" if side == 0 else "B"].commitment
    if commitment is None or "escalate" not in commitment.set_by:
        return pledge
    return layout.pledged(side)[pledge]
