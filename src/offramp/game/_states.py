"""The public states of a game and their names.

States come in layers: active (stand-off, war, ceasefire) with position k, escalation e, plan node
z, coalition tier c and clock g; settlements with the offer, k, c, g and the class of pressure that
is still in force; and absorbing ones (either side's collapse with the pressure that outlives it, war
fought out at k, disaster). All combinations are laid out as arrays; the compiler then keeps the
reachable ones. Nobody outside this package sees an index: every state has a name.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.intp]

STANDOFF, WAR, CEASEFIRE, SETTLED, A_GONE, B_GONE, FOUGHT, DISASTER = range(8)
REGIME_NAMES = (
    "stand-off", "war", "ceasefire", "settlement", "A collapsed", "B collapsed",
    "war fought out", "disaster",
)  # fmt: skip
ACTIVE = (STANDOFF, WAR, CEASEFIRE)


@dataclass(frozen=True)
class Layout:
    """All states as parallel arrays; -1 where a coordinate does not apply.

    Attributes:
        regime, position, rung, node, tier, clock, offer, residual: Coordinates, shape (nS,).
        active: ``active[regime][k, e, z, c, g]`` -> state or -1.
        settled: ``settled[o, k, c, g, r]`` -> state or -1.
        gone: ``gone[side, c, r]`` -> state; ``fought[k]`` -> state; ``disaster`` -> state.
        sizes: (positions, rungs, nodes, tiers, clocks, offers, residual classes).
    """

    regime: Ints
    position: Ints
    rung: Ints
    node: Ints
    tier: Ints
    clock: Ints
    offer: Ints
    residual: Ints
    active: tuple[Ints, Ints, Ints]
    settled: Ints
    gone: Ints
    fought: Ints
    disaster: int
    sizes: tuple[int, int, int, int, int, int, int]

    @property
    def size(self) -> int:
        """Number of states."""
        return len(self.regime)


def lay_out(
    positions: int,
    rungs: int,
    nodes: int,
    tiers: int,
    clocks: int,
    offers: int,
    residuals: int,
    standoff: bool,
) -> Layout:
    """Enumerate every combination of coordinates."""
    columns: list[list[Ints]] = []

    def add(regime: int, shape: tuple[int, ...], axes: tuple[int, ...]) -> Ints:
        """Append a block; ``axes`` says which of the seven coordinates each dimension is."""
        start = sum(len(c[0]) for c in columns)
        grid = np.indices(shape).reshape(len(shape), -1)
        block = [np.full(grid.shape[1], -1) for _ in range(8)]
        block[0][:] = regime
        for axis, values in zip(axes, grid, strict=True):
            block[axis] = values
        columns.append(block)
        return start + np.arange(grid.shape[1]).reshape(shape)

    width = (positions, rungs, nodes, tiers, clocks)
    empty = np.full(width, -1)
    war = add(WAR, width, (1, 2, 3, 4, 5))
    calm = (positions, 1, nodes, tiers, clocks)
    pause = np.broadcast_to(add(CEASEFIRE, calm, (1, 2, 3, 4, 5)), width)
    wait = np.broadcast_to(add(STANDOFF, calm, (1, 2, 3, 4, 5)), width) if standoff else empty
    if offers:
        settled = add(SETTLED, (offers, positions, tiers, clocks, residuals), (6, 1, 4, 5, 7))
    else:
        settled = np.full((0, positions, tiers, clocks, residuals), -1)
    gone = np.stack(
        [add(A_GONE, (tiers, residuals), (4, 7)), add(B_GONE, (tiers, residuals), (4, 7))]
    )
    fought = add(FOUGHT, (positions,), (1,))
    disaster = int(add(DISASTER, (1,), (1,))[0])
    regime, position, rung, node, tier, clock, offer, residual = (
        np.concatenate([block[i] for block in columns]).astype(np.intp) for i in range(8)
    )
    return Layout(
        regime, position, rung, node, tier, clock, offer, residual,
        (wait.astype(np.intp), war.astype(np.intp), pause.astype(np.intp)),
        settled.astype(np.intp), gone.astype(np.intp), fought.astype(np.intp), disaster,
        (positions, rungs, nodes, tiers, clocks, offers, residuals),
    )  # fmt: skip
