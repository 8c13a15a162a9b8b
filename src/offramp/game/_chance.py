"""Nature's moves: from a state after the sides have acted to the state a month later.

War, one month, in this order: disaster (accident hazard of the rung and of levers in use), collapse of
a side, otherwise independently a battle step, a change of coalition tier, the ripening of a clock, the
progress of a plan's ramp, and the tick of its counter. Ceasefire adds breakdown into war. In a
settlement pressure may be lifted and a dated contract expires.

A lattice with f steps per step of the file keeps the mean and the variance of the battle diffusion:
intensity f^2 and odds 1/2 + (p - 1/2)/f. At the outermost position a step outwards stays, unless
``ends_decide``: then it ends the war.

Each month's chance is a sparse matrix, rows are states after the moves, columns states a month
later; rows sum to one. Months in which nothing changes share one matrix.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from offramp.game._preferences import Floats
from offramp.game._states import (
    A_GONE,
    CEASEFIRE,
    SETTLED,
    STANDOFF,
    WAR,
    Layout,
)

Ints = NDArray[np.intp]


@dataclass(frozen=True)
class Rates:
    """Monthly chances that drive a game, as arrays over lattice coordinates.

    Attributes:
        up: Chance that the front moves towards B, shape (months+1, nodes, tiers).
        down: Chance that it moves towards A, same shape.
        jumps: Battle shocks by events: (steps towards B, monthly chance).
        ends_decide: Whether the last positions end the war.
        disaster: Accident hazard in war, shape (months+1, rungs, nodes).
        calm: Accident hazard in ceasefire and stand-off, same shape without rungs.
        collapse: Hazards (A, B) in war by tier, shape (2, tiers).
        pause_share: Share of collapse and accident hazards that goes on in a ceasefire.
        breakdown: Hazard that a ceasefire breaks down.
        worsen, mend: Tier moves by regime (stand-off, war, ceasefire, settlement) and tier.
        ripen: Chance that the clock ripens by regime.
        tick, reset: Plan node after a month without and with ceasefire.
        advance: Plan node of the next phase, and its chance.
        lift: Chance that residual pressure is lifted, by offer and residual class.
        expire: Chance that a contract expires, by offer.
        back: Plan node to which an expired or broken contract returns, by residual class.
        lifted: Class of pressure that has been lifted after a deal.
        residual: Class of pressure that outlives a signature or a collapse, by plan node.
    """

    up: Floats
    down: Floats
    jumps: tuple[tuple[int, float], ...]
    ends_decide: bool
    disaster: Floats
    calm: Floats
    collapse: Floats
    pause_share: float
    breakdown: float
    worsen: Floats
    mend: Floats
    ripen: Floats
    tick: Ints
    reset: Ints
    advance: tuple[Ints, Floats]
    lift: Floats
    expire: Floats
    back: Ints
    residual: Ints
    lifted: int


@dataclass
class _Entries:
    """Sparse entries under construction: rows, columns, and monthly probability arrays."""

    rows: list[Ints]
    cols: list[Ints]
    data: list[Floats]

    def add(self, rows: Ints, cols: Ints, probability: Floats) -> None:
        """Append entries; ``probability`` has shape (months+1, n) or (1, n)."""
        self.rows.append(rows)
        self.cols.append(cols)
        self.data.append(probability)


def chance_matrices(layout: Layout, rates: Rates, months: int) -> tuple[sparse.csr_matrix, ...]:
    """One transition matrix per month 0..months-1; equal months share one object."""
    entries = _Entries([], [], [])
    _active(layout, rates, entries)
    _settled(layout, rates, entries)
    ends = np.flatnonzero(layout.regime >= A_GONE)
    entries.add(ends, ends, np.ones((1, len(ends))))
    rows, cols = np.concatenate(entries.rows), np.concatenate(entries.cols)
    constant = all(
        len(d) == 1 or np.array_equal(d, np.broadcast_to(d[:1], d.shape)) for d in entries.data
    )
    matrices: list[sparse.csr_matrix] = []
    n = layout.size
    previous: Floats | None = None
    for t in range(months):
        if t > 0 and constant:
            matrices.append(matrices[0])
            continue
        data = np.concatenate([d[min(t, len(d) - 1)] for d in entries.data])
        if previous is not None and np.array_equal(previous, data):
            matrices.append(matrices[-1])
            continue
        matrix = sparse.csr_matrix((data, (rows, cols)), shape=(n, n))
        matrix.eliminate_zeros()
        matrices.append(matrix)
        previous = data
    return tuple(matrices)


def _active(layout: Layout, rates: Rates, entries: _Entries) -> None:
    positions, _, _, tiers, clocks, _, _ = layout.sizes
    for regime in (STANDOFF, WAR, CEASEFIRE):
        s = np.flatnonzero(layout.regime == regime)
        if not len(s):
            continue
        k, e, z, c, g = (
            layout.position[s], layout.rung[s], layout.node[s], layout.tier[s], layout.clock[s],
        )  # fmt: skip
        months = rates.up.shape[0]
        if regime == WAR:
            disaster = rates.disaster[:, e, z]
            gone = [np.tile(rates.collapse[i, c], (months, 1)) for i in (0, 1)]
            up, down = rates.up[:, z, c], rates.down[:, z, c]
            stop = np.zeros(len(s))
        elif regime == CEASEFIRE:
            disaster = rates.calm[:, z] * rates.pause_share
            gone = [np.tile(rates.collapse[i, c] * rates.pause_share, (months, 1)) for i in (0, 1)]
            up = down = np.zeros((months, len(s)))
            stop = np.full(len(s), rates.breakdown)
        else:
            disaster = rates.calm[:, z]
            gone = [np.zeros((months, len(s)))] * 2
            up = down = np.zeros((months, len(s)))
            stop = np.zeros(len(s))
        residual = rates.residual[z]
        entries.add(s, np.full(len(s), layout.disaster), disaster)
        for side in (0, 1):
            entries.add(s, layout.gone[side][c, residual], gone[side])
        alive = 1.0 - disaster - gone[0] - gone[1]
        moves: list[tuple[int, Floats]] = [(1, up), (-1, down)]
        stay = 1.0 - up - down
        if regime == WAR:
            for steps, hazard in rates.jumps:
                moves.append((steps, np.full_like(up, hazard)))
                stay = stay - hazard
        moves.append((0, stay))
        for dk, pk in moves:
            beyond = k + dk
            if rates.ends_decide and dk != 0:
                for side, over in ((0, beyond >= positions - 1), (1, beyond <= 0)):
                    if over.any():
                        entries.add(
                            s[over], layout.gone[side][c[over], residual[over]],
                            (alive * pk)[:, over],
                        )  # fmt: skip
                inside = (beyond > 0) & (beyond < positions - 1)
            else:
                inside = np.ones(len(s), dtype=bool)
            if not inside.any():
                continue
            k2 = np.clip(beyond, 0, positions - 1)
            _spread(
                layout, rates, entries, regime, s, inside, k2, e, z, c, g, alive * pk, stop,
                tiers, clocks,
            )  # fmt: skip


def _spread(
    layout: Layout, rates: Rates, entries: _Entries, regime: int, s: Ints, inside: NDArray[np.bool_],
    k2: Ints, e: Ints, z: Ints, c: Ints, g: Ints, weight: Floats, stop: Floats, tiers: int, clocks: int,
) -> None:  # fmt: skip
    """Tier, clock, phase and breakdown, independently, for one battle step."""
    advance, go = rates.advance
    for dc in (-1, 0, 1):
        pc = _tier_chance(rates, regime, c, dc, tiers)
        for dg in range(2 if clocks > 1 else 1):
            pg = _clock_chance(rates, regime, g, dg, clocks)
            for dz in (0, 1):
                pz = np.where(dz == 1, go[z], 1.0 - go[z])
                for broke in (0, 1) if regime == CEASEFIRE else (0,):
                    pb = stop if broke else 1.0 - stop
                    static = pc * pg * pz * pb
                    pick = inside & (static > 0)
                    if not pick.any():
                        continue
                    into = WAR if broke else regime
                    z2 = advance[z] if dz else z
                    z2 = rates.reset[z2] if into == CEASEFIRE else rates.tick[z2]
                    target = layout.active[into][
                        k2[pick],
                        e[pick],
                        z2[pick],
                        c[pick] - dc,
                        np.minimum(g[pick] + dg, clocks - 1),
                    ]
                    entries.add(s[pick], target, (weight * static)[:, pick])


def _tier_chance(rates: Rates, regime: int, c: Ints, dc: int, tiers: int) -> Floats:
    """Chance of moving ``dc`` tiers up (+1 mends, -1 worsens)."""
    worse = np.where(c < tiers - 1, rates.worsen[regime][c], 0.0)
    better = np.where(c > 0, rates.mend[regime][c], 0.0)
    return worse if dc == -1 else better if dc == 1 else 1.0 - worse - better


def _clock_chance(rates: Rates, regime: int, g: Ints, dg: int, clocks: int) -> Floats:
    if clocks == 1:
        return np.ones(len(g))
    ripening = np.where(g == 0, rates.ripen[regime], 0.0)
    return ripening if dg else 1.0 - ripening


def _settled(layout: Layout, rates: Rates, entries: _Entries) -> None:
    s = np.flatnonzero(layout.regime == SETTLED)
    if not len(s):
        return
    _, _, _, tiers, clocks, _, _ = layout.sizes
    o, k, c, g, r = (
        layout.offer[s], layout.position[s], layout.tier[s], layout.clock[s], layout.residual[s],
    )  # fmt: skip
    expire = rates.expire[o]
    lift = np.where(r > 0, rates.lift[o, r], 0.0)
    for dc in (-1, 0, 1):
        pc = _tier_chance(rates, SETTLED, c, dc, tiers)
        for dg in range(2 if clocks > 1 else 1):
            pg = _clock_chance(rates, SETTLED, g, dg, clocks)
            for lifted in (0, 1):
                pl = lift if lifted else 1.0 - lift
                for over in (0, 1):
                    static = pc * pg * pl * (expire if over else 1.0 - expire)
                    pick = static > 0
                    if not pick.any():
                        continue
                    c2, g2 = c[pick] - dc, np.minimum(g[pick] + dg, clocks - 1)
                    if over:
                        zero = np.zeros(int(pick.sum()), dtype=np.intp)
                        target = layout.active[WAR][k[pick], zero, rates.back[r[pick]], c2, g2]
                    else:
                        r2 = np.where(lifted == 1, rates.lifted, r[pick])
                        target = layout.settled[o[pick], k[pick], c2, g2, r2]
                    entries.add(s[pick], target, static[None, pick])
