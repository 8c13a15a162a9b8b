"""Nature's moves: from a state after the sides have acted to the state a month later.

War, one month, in this order: disaster (accident hazard of the rung, of levers in use and of
incidents), collapse of a side, terms put to A by outsiders, otherwise independently a battle step, a
change of coalition tier, the ripening of a clock, the progress of a plan's ramp, the fading of public
commitments, tracked events, an outbreak or a pause that an event brings, and the tick of the plan's
counter. Ceasefire adds breakdown into war. In a settlement pressure may be lifted and a dated contract
expires.

A lattice with f steps per step of the file keeps the mean and the variance of the battle diffusion:
intensity f^2 and odds 1/2 + (p - 1/2)/f. At the outermost position a step outwards stays, unless
``ends_decide``: then it ends the war.

Each month's chance is a sparse matrix, rows are states after the moves, columns states a month
later; rows sum to one. Months in which nothing changes share one matrix.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from offramp.game._events import WITH_FORCE
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
Factor = Sequence[tuple[int, Floats]]
"""Something that may change in a month: (by how much, chance), chances of shape (months or 1, n)."""


@dataclass(frozen=True)
class Happening:
    """A tracked event: chance (months, 5), new tier (tiers, tiers), lattice steps, chance of its end."""

    chance: Floats
    tier: Floats
    steps: int
    ends: float


@dataclass(frozen=True)
class Rates:
    """Monthly chances that drive a game in one world, as arrays over lattice coordinates.

    The first axis of every chance by month has months+1 rows, or one where nothing changes. Regime
    rows are stand-off, war, ceasefire, settlement, settlement with a force.

    Attributes:
        up: Chance that the front moves towards B, shape (months, nodes, tiers).
        down: Chance that it moves towards A, same shape.
        jumps: Battle shocks by events: (steps towards B, monthly chance (months,)).
        ends_decide: Whether the last positions end the war.
        disaster: Accident hazard in war, shape (months, rungs, nodes).
        calm: Accident hazard in stand-off and ceasefire, shape (months, 2, nodes).
        incident: Accident hazard that events add, shape (months, regime rows, rungs).
        climb: Chance that events take the war a step up, (months,).
        collapse: Hazards (A, B) in war by tier, shape (2, months, tiers).
        pause_share: Share of collapse and accident hazards that goes on in a ceasefire, (months,).
        turn: Chance that the regime changes by itself, (months, 3): a stand-off or a ceasefire into
            war, a war into a ceasefire.
        worsen, mend: Tier moves, (months, regime rows, tiers).
        ripen: Chance that the clock ripens, (months, regime rows).
        tick, reset: Plan node after a month without and with ceasefire.
        advance: Plan node of the next phase, and its chance.
        lift: Chance that residual pressure is lifted, by offer and residual class.
        expire: Chance that a contract expires, by offer; ``force`` whether a force watches it.
        back: Plan node to which an expired or broken contract returns, by residual class.
        lifted: Class of pressure that has been lifted after a deal.
        residual: Class of pressure that outlives a signature or a collapse, by plan node.
        fade: Chance that a side's public commitment is forgotten, (A, B).
        imposed: Offers that outsiders may put in force: (offer, chance (months, regime rows),
            chance of ratification (positions, tiers)).
    """

    up: Floats
    down: Floats
    jumps: tuple[tuple[int, Floats], ...]
    ends_decide: bool
    disaster: Floats
    calm: Floats
    incident: Floats
    climb: Floats
    collapse: Floats
    pause_share: Floats
    turn: Floats
    worsen: Floats
    mend: Floats
    ripen: Floats
    tick: Ints
    reset: Ints
    advance: tuple[Ints, Floats]
    lift: Floats
    expire: Floats
    force: NDArray[np.bool_]
    back: Ints
    residual: Ints
    lifted: int
    fade: tuple[float, float]
    imposed: tuple[tuple[int, Floats, Floats], ...]


@dataclass
class _Entries:
    """Sparse entries under construction: rows, columns, and monthly probability arrays."""

    rows: list[Ints]
    cols: list[Ints]
    data: list[Floats]

    def add(self, rows: Ints, cols: Ints, probability: Floats) -> None:
        """Append entries; ``probability`` has shape (months+1, n) or (1, n)."""
        some = probability.max(0) > 0
        if some.any():
            self.rows.append(rows[some])
            self.cols.append(cols[some])
            self.data.append(probability[:, some])


def chance_matrices(
    layout: Layout, worlds: Sequence[Rates], tracked: Sequence[Happening], months: int
) -> tuple[sparse.csr_matrix, ...]:
    """One transition matrix per month 0..months-1; equal months share one object.

    Args:
        layout: The states.
        worlds: Rates for each value of ``layout.happened``.
        tracked: Tracked events, in the order of its bits.
        months: Months solved.
    """
    entries = _Entries([], [], [])
    for world, rates in enumerate(worlds):
        _active(layout, rates, tracked, world, entries)
        _settled(layout, rates, tracked, world, entries)
    ends = np.flatnonzero(layout.regime >= A_GONE)
    entries.add(ends, ends, np.ones((1, len(ends))))
    rows, cols = np.concatenate(entries.rows), np.concatenate(entries.cols)
    constant = all(
        len(d) == 1 or np.array_equal(d, np.broadcast_to(d[:1], d.shape)) for d in entries.data
    )
    matrices: list[sparse.csr_matrix] = []
    build = _Builder(rows, cols, layout.size)
    previous: Floats | None = None
    for t in range(months):
        if t > 0 and constant:
            matrices.append(matrices[0])
            continue
        data = np.concatenate([d[min(t, len(d) - 1)] for d in entries.data])
        if previous is not None and np.array_equal(previous, data):
            matrices.append(matrices[-1])
            continue
        matrices.append(build.matrix(data))
        previous = data
    return tuple(matrices)


class _Builder:
    """Sparse matrices of one structure: where entries go is worked out once for all months.

    Equal, to the last bit, to ``csr_matrix((data, (rows, cols)))`` without its zeros: entries of one
    place are added up in the order in which scipy sorts them.
    """

    def __init__(self, rows: Ints, cols: Ints, size: int) -> None:
        count = sparse.coo_matrix((np.arange(len(rows)), (rows, cols)), shape=(size, size))
        # The ranks of the entries in scipy's own order, seen by sorting their numbers.
        row_of, starts = np.sort(rows, kind="stable"), np.zeros(size + 1, dtype=np.int32)
        np.cumsum(np.bincount(rows, minlength=size), out=starts[1:])
        by_row = np.argsort(rows, kind="stable")
        order = sparse.csr_matrix((by_row, count.col[by_row], starts), shape=(size, size))
        order.sort_indices()
        self._order = order.data
        columns = order.indices
        new = np.ones(len(rows), dtype=bool)
        new[1:] = (row_of[1:] != row_of[:-1]) | (columns[1:] != columns[:-1])
        self._place = np.cumsum(new) - 1
        self._columns = columns[new]
        self._rows = row_of[new]
        self._starts = np.zeros(size + 1, dtype=columns.dtype)
        np.cumsum(np.bincount(self._rows, minlength=size), out=self._starts[1:])
        self._size = size

    def matrix(self, data: Floats) -> sparse.csr_matrix:
        """The matrix of one month's probabilities."""
        summed = np.bincount(self._place, data[self._order], len(self._columns))
        columns, starts = self._columns, self._starts
        some = summed != 0
        if not some.all():
            summed, columns = summed[some], columns[some]
            starts = np.zeros_like(self._starts)
            np.cumsum(np.bincount(self._rows[some], minlength=self._size), out=starts[1:])
        return sparse.csr_matrix((summed, columns, starts), shape=(self._size, self._size))


def _active(
    layout: Layout, rates: Rates, tracked: Sequence[Happening], world: int, entries: _Entries
) -> None:
    positions, _, _, tiers, clocks, _, _ = layout.sizes
    for regime in (STANDOFF, WAR, CEASEFIRE):
        s = np.flatnonzero((layout.regime == regime) & (layout.happened == world))
        if not len(s):
            continue
        k, e, z, c, g, p = (
            layout.position[s], layout.rung[s], layout.node[s], layout.tier[s], layout.clock[s],
            layout.pledge[s],
        )  # fmt: skip
        nothing = np.zeros((1, len(s)))
        up = down = nothing
        share = rates.pause_share[:, None] if regime == CEASEFIRE else 1.0
        if regime == WAR:
            disaster = rates.disaster[:, e, z]
            up, down = rates.up[:, z, c], rates.down[:, z, c]
        else:
            disaster = rates.calm[:, regime // 2, z] * share
        disaster = disaster + rates.incident[:, regime][:, e]
        gone = [nothing, nothing]
        if regime != STANDOFF:
            gone = [rates.collapse[i][:, c] * share for i in (0, 1)]
        residual = rates.residual[z]
        entries.add(s, np.full(len(s), layout.disaster), disaster)
        for side in (0, 1):
            entries.add(s, layout.gone[side][c, residual], gone[side])
        alive = 1.0 - disaster - gone[0] - gone[1]
        for offer, chance, ratified in rates.imposed:
            made = chance[:, regime][:, None] * ratified[k, c]
            entries.add(s, layout.settled_at[offer, k, c, g, residual, world], alive * made)
            alive = alive * (1.0 - made)
        moves: list[tuple[int, Floats]] = [(1, up), (-1, down)]
        stay = 1.0 - up - down
        if regime == WAR:
            for steps, hazard in rates.jumps:
                moves.append((steps, np.broadcast_to(hazard[:, None], (len(hazard), len(s)))))
                stay = stay - hazard[:, None]
        moves.append((0, stay))
        advance, go = rates.advance
        turn = np.broadcast_to(rates.turn[:, regime][:, None], (len(rates.turn), len(s)))
        rise = np.where(e == 0, rates.climb[:, None], 0.0) if regime == WAR else nothing
        if layout.sizes[1] == 1:
            rise = nothing
        factors: list[Factor] = [
            _tier(rates, regime, c, tiers),
            _clock(rates, regime, g, clocks),
            ((0, (1.0 - go[z])[None]), (1, go[z][None])),
            ((0, 1.0 - turn), (1, turn)),
            ((0, 1.0 - rise), (1, rise)),
            _fading(layout, rates, p, 0),
            _fading(layout, rates, p, 1),
            *(_event(one, regime, world >> bit & 1, c) for bit, one in enumerate(tracked)),
        ]
        # What does not depend on the battle step is worked out once.
        rest = list(_product(factors))
        for dk, pk in moves:
            weight = alive * pk
            if not (weight > 0).any():
                continue
            beyond = k + dk
            inside = np.ones(len(s), dtype=bool)
            if rates.ends_decide and dk != 0:
                for side, over in ((0, beyond >= positions - 1), (1, beyond <= 0)):
                    where = layout.gone[side][c[over], residual[over]]
                    entries.add(s[over], where, weight[:, over])
                inside = (beyond > 0) & (beyond < positions - 1)
            for chance, (dc, dg, dz, turned, up_one, out_a, out_b, *events) in rest:
                pick = inside & (chance.max(0) > 0)
                if not pick.any():
                    continue
                into = regime if not turned else CEASEFIRE if regime == WAR else WAR
                z2 = advance[z] if dz else z
                z2 = rates.reset[z2] if into == CEASEFIRE else rates.tick[z2]
                k2, c2, h2 = np.clip(beyond, 0, positions - 1), c + dc, world
                for bit, code in enumerate(events):
                    if code:
                        h2 ^= 1 << bit
                        if not world >> bit & 1:
                            k2 = np.clip(k2 + tracked[bit].steps, 0, positions - 1)
                            c2 = c2 + code - FELL
                p2 = layout.released(0)[p] if out_a else p
                p2 = layout.released(1)[p2] if out_b else p2
                target = layout.at[into][
                    k2[pick],
                    np.minimum(e + up_one, layout.sizes[1] - 1)[pick],
                    z2[pick],
                    np.clip(c2, 0, tiers - 1)[pick],
                    np.minimum(g + dg, clocks - 1)[pick],
                    p2[pick],
                    h2,
                ]
                entries.add(s[pick], target, weight[:, pick] * chance[:, pick])


FELL = 1000
"""Code of an event that happened while the tier stays; FELL + d if it moves by d."""


def _product(factors: Sequence[Factor]) -> Iterator[tuple[Floats, tuple[int, ...]]]:
    """Chances of all combinations of what may change, but for those without a chance."""
    if not factors:
        yield np.ones((1, 1)), ()
        return
    for chance, rest in _product(factors[1:]):
        for code, own in factors[0]:
            both = own * chance
            if (both > 0).any():
                yield both, (code, *rest)


def _tier(rates: Rates, row: int | Ints, c: Ints, tiers: int) -> Factor:
    """Tier one down (+1) and one up (-1)."""
    worse = np.where(c < tiers - 1, rates.worsen[:, row, c], 0.0)
    better = np.where(c > 0, rates.mend[:, row, c], 0.0)
    return (1, worse), (0, 1.0 - worse - better), (-1, better)


def _clock(rates: Rates, row: int, g: Ints, clocks: int) -> Factor:
    if clocks == 1:
        return ((0, np.ones((1, len(g)))),)
    ripening = np.where(g == 0, rates.ripen[:, row][:, None], 0.0)
    return (0, 1.0 - ripening), (1, ripening)


def _fading(layout: Layout, rates: Rates, p: Ints, side: int) -> Factor:
    """A public commitment may be forgotten."""
    committed = np.array([both[side] for both in layout.pledges])[p]
    chance = np.where(committed, rates.fade[side], 0.0)[None]
    return (0, 1.0 - chance), (1, chance)


def _event(one: Happening, row: int | Ints, on: int, c: Ints) -> Factor:
    """A tracked event may happen, with a change of tier, or come to an end."""
    if on:
        ends = np.full((1, len(c)), one.ends)
        return (0, 1.0 - ends), (FELL, ends)
    chance = one.chance[:, row] * np.ones((1, len(c)))
    tiers = len(one.tier)
    found: list[tuple[int, Floats]] = [(0, 1.0 - chance)]
    for d in range(1 - tiers, tiers):
        to = np.clip(c + d, 0, tiers - 1)
        share = np.where(to == c + d, one.tier[c, to], 0.0)[None]
        if (share > 0).any():
            found.append((FELL + d, chance * share))
    return tuple(found)


def _settled(
    layout: Layout, rates: Rates, tracked: Sequence[Happening], world: int, entries: _Entries
) -> None:
    _, _, _, tiers, clocks, _, _ = layout.sizes
    every = np.flatnonzero((layout.regime == SETTLED) & (layout.happened == world))
    forced = rates.force[layout.offer[every]] if len(every) else np.zeros(0, dtype=bool)
    for row, s in ((SETTLED, every[~forced]), (WITH_FORCE, every[forced])):
        if not len(s):
            continue
        o, k, c, g, r = (
            layout.offer[s], layout.position[s], layout.tier[s], layout.clock[s],
            layout.residual[s],
        )  # fmt: skip
        expire = rates.expire[o][None]
        lift = np.where(r > 0, rates.lift[o, r], 0.0)[None]
        disaster = rates.incident[:, row, :1] * np.ones((1, len(s)))
        entries.add(s, np.full(len(s), layout.disaster), disaster)
        factors: list[Factor] = [
            _tier(rates, row, c, tiers),
            _clock(rates, row, g, clocks),
            ((0, 1.0 - lift), (1, lift)),
            ((0, 1.0 - expire), (1, expire)),
            *(_event(one, row, world >> bit & 1, c) for bit, one in enumerate(tracked)),
        ]
        for chance, (dc, dg, lifted, over, *events) in _product(factors):
            c2, h2 = c + dc, world
            for bit, code in enumerate(events):
                if code:
                    h2 ^= 1 << bit
                    if not world >> bit & 1:
                        c2 = c2 + code - FELL
            c2 = np.clip(c2, 0, tiers - 1)
            g2 = np.minimum(g + dg, clocks - 1)
            if over:
                zero = np.zeros(len(s), dtype=np.intp)
                target = layout.at[WAR][k, zero, rates.back[r], c2, g2, zero, h2]
            else:
                r2 = np.full(len(s), rates.lifted) if lifted else r
                target = layout.settled_at[o, k, c2, g2, r2, h2]
            entries.add(s, target, (1.0 - disaster) * chance)
