"""The public states of a game and their names.

States come in layers: active (stand-off, war, ceasefire) with position k, escalation e, plan node
z, coalition tier c, clock g, public commitments p and tracked events h; settlements with the offer,
k, c, g, the class of pressure that is still in force and h; and absorbing ones (either side's collapse
with the pressure that outlives it, war fought out at k, disaster). p and h have one value each unless
the crisis lets a side commit itself in public or tracks an event, so that crises without them keep
their states. h is a number whose bits say which tracked events are on. Nobody outside this package
sees an index: every state has a name.
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
        pledge: Index into ``pledges`` of an active state.
        happened: Tracked events that are on, as bits, in active states and settlements.
        at: ``at[regime][k, e, z, c, g, p, h]`` -> state or -1.
        settled_at: ``settled_at[o, k, c, g, r, h]`` -> state or -1.
        gone: ``gone[side, c, r]`` -> state; ``fought[k]`` -> state; ``disaster`` -> state.
        sizes: (positions, rungs, nodes, tiers, clocks, offers, residual classes).
        pledges: Who is publicly committed (A, B) at each value of p.
        worlds: Number of values of h.
    """

    regime: Ints
    position: Ints
    rung: Ints
    node: Ints
    tier: Ints
    clock: Ints
    offer: Ints
    residual: Ints
    pledge: Ints
    happened: Ints
    at: tuple[Ints, Ints, Ints]
    settled_at: Ints
    gone: Ints
    fought: Ints
    disaster: int
    sizes: tuple[int, int, int, int, int, int, int]
    pledges: tuple[tuple[bool, bool], ...]
    worlds: int

    @property
    def size(self) -> int:
        """Number of states."""
        return len(self.regime)

    @property
    def active(self) -> tuple[Ints, Ints, Ints]:
        """``active[regime][k, e, z, c, g]``: nobody committed, no tracked event on."""
        stand, war, pause = (block[..., 0, 0] for block in self.at)
        return stand, war, pause

    @property
    def settled(self) -> Ints:
        """``settled[o, k, c, g, r]``: no tracked event on."""
        return self.settled_at[..., 0]

    def pledged(self, side: int) -> Ints:
        """Value of p once a side has committed itself, by p; p itself where it cannot."""
        return self._with(side, True)

    def released(self, side: int) -> Ints:
        """Value of p once a side's commitment is over, by p."""
        return self._with(side, False)

    def _with(self, side: int, on: bool) -> Ints:
        found = []
        for i, both in enumerate(self.pledges):
            wanted = (on, both[1]) if side == 0 else (both[0], on)
            found.append(self.pledges.index(wanted) if wanted in self.pledges else i)
        return np.array(found, dtype=np.intp)

    def other(self, states: Ints, **coordinates: Ints | int) -> Ints:
        """The active states that differ from ``states`` in the given coordinates only.

        Coordinates: ``regime``, ``position``, ``rung``, ``node``, ``tier``, ``clock``, ``pledge``,
        ``happened``.
        """
        names = ("regime", "position", "rung", "node", "tier", "clock", "pledge", "happened")
        index = tuple(
            np.broadcast_to(coordinates.get(name, getattr(self, name)[states]), states.shape)
            for name in names
        )
        found: Ints = np.stack(self.at)[index]
        return found


NOBODY = ((False, False),)
"""No side can commit itself in public."""


def lay_out(
    positions: int,
    rungs: int,
    nodes: int,
    tiers: int,
    clocks: int,
    offers: int,
    residuals: int,
    standoff: bool,
    pledges: tuple[tuple[bool, bool], ...] = NOBODY,
    worlds: int = 1,
) -> Layout:
    """Enumerate every combination of coordinates."""
    columns: list[list[Ints]] = []

    def add(regime: int, shape: tuple[int, ...], axes: tuple[int, ...]) -> Ints:
        """Append a block; ``axes`` says which of the nine coordinates each dimension is."""
        start = sum(len(c[0]) for c in columns)
        grid = np.indices(shape).reshape(len(shape), -1)
        block = [np.full(grid.shape[1], -1) for _ in range(10)]
        block[0][:] = regime
        for axis, values in zip(axes, grid, strict=True):
            block[axis] = values
        columns.append(block)
        return start + np.arange(grid.shape[1]).reshape(shape)

    promises = len(pledges)
    width = (positions, rungs, nodes, tiers, clocks, promises, worlds)
    empty = np.full(width, -1)
    axes = (1, 2, 3, 4, 5, 8, 9)
    war = add(WAR, width, axes)
    calm = (positions, 1, nodes, tiers, clocks, promises, worlds)
    pause = np.broadcast_to(add(CEASEFIRE, calm, axes), width)
    wait = np.broadcast_to(add(STANDOFF, calm, axes), width) if standoff else empty
    kept = (offers, positions, tiers, clocks, residuals, worlds)
    settled = add(SETTLED, kept, (6, 1, 4, 5, 7, 9)) if offers else np.full(kept, -1)
    gone = np.stack(
        [add(A_GONE, (tiers, residuals), (4, 7)), add(B_GONE, (tiers, residuals), (4, 7))]
    )
    fought = add(FOUGHT, (positions,), (1,))
    disaster = int(add(DISASTER, (1,), (1,))[0])
    regime, position, rung, node, tier, clock, offer, residual, pledge, happened = (
        np.concatenate([block[i] for block in columns]).astype(np.intp) for i in range(10)
    )
    return Layout(
        regime, position, rung, node, tier, clock, offer, residual, pledge, happened,
        (wait.astype(np.intp), war.astype(np.intp), pause.astype(np.intp)),
        settled.astype(np.intp), gone.astype(np.intp), fought.astype(np.intp), disaster,
        (positions, rungs, nodes, tiers, clocks, offers, residuals), pledges, worlds,
    )  # fmt: skip
