"""How far a set of members covers a task, exactly and for every set at once.

Months in which nothing changes form a *stretch* t of l_t months. Member i can put f_ikt of kind k in
place in stretch t, and over the whole task at most B_ik unit-months; the need is n_kt. For a set S of
members and one kind the least shortfall is a transport problem, and by the theorem of Gale (1957) and
Hoffman (1960) it equals the worst set A of stretches::

    short_k(S) = max_A [ sum_{t in A} n_kt l_t - sum_{i in S} b_ik(A) ]_+
    b_ik(A) = m_ik l(A) + min( B_ik - m_ik L_i,  sum_{t in A} (f_ikt - m_ik) l_t )

where m_ik is the least that member i brings in each of the L_i months in which it is there and the kind
is needed (a capacity that is tied to those months; without a limit b is just the sum of f over A).
Where no member has a limit over the whole task the worst A is the set of stretches with a gap.
The sum over i is additive in S, so all ways to lose one or two members cost two matrix products, and the
A at which the maximum is reached is the certificate: kind, months, need and what can be had. Members
whose ``only_with`` is broken leave as well, and so do those who depend on them.

Time is compressed exactly: capacities and needs are constant within a stretch, so an average over it is
feasible whenever the months are. More than the need may be brought, so nobody's least stands in the way
of cover, except that it uses up a limit.

Units: the kind's own; shortfalls in unit-months. Raises ``ValueError`` where a kind with limits over the
whole task changes in more than ``MOST_STRETCHES`` stretches.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from offramp.answers._contribution_task import Task, barred
from offramp.crisis import Crisis

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

Cause = Literal["red lines", "reserves", "readiness", "limits", "share caps", "conditions"]
CAUSES: tuple[Cause, ...] = (
    "red lines",
    "reserves",
    "readiness",
    "limits",
    "share caps",
    "conditions",
)
"""Constraints on members that can be lifted to see what they cost."""
MOST_STRETCHES = 12
"""Stretches whose subsets are enumerated for a kind with limits over the whole task."""
TOLERANCE = 1e-6
"""Shortfall, as a share of the need, below which the need is met."""
MIXED = 1 << 22
"""Figures held at once when sets of members are evaluated."""


@dataclass(frozen=True)
class Stretch:
    """Months ``start`` to ``end`` (not included) in which nothing changes."""

    start: int
    end: int
    phase: int

    @property
    def months(self) -> int:
        """Length."""
        return self.end - self.start


@dataclass(frozen=True)
class Cut:
    """The sets of stretches at which a kind can fall short.

    Attributes:
        sets: Which stretches belong to each, (sets, stretches).
        need: Unit-months needed in each, (sets,).
        supply: What each member can bring in each, (members, sets).
        apart: Whether shortfalls of the sets add up (no limits over the task), or the worst counts.
    """

    sets: Bools
    need: Floats
    supply: Floats
    apart: bool

    def short(self, brought: Floats) -> Floats:
        """Shortfall from what is brought, (..., sets) -> (...)."""
        gap = np.maximum(self.need - brought, 0.0)
        total: Floats = gap.sum(-1) if self.apart else gap.max(-1, initial=0.0)
        return total


@dataclass(frozen=True)
class Model:
    """A task as arrays; see the module for the symbols.

    Attributes:
        members, kinds: Ids in the order of the arrays.
        need: n, (kinds, stretches); ``free``: f, (members, kinds, stretches); ``total``: B, inf without
            a limit, (members, kinds); ``minimum``: (members, kinds).
        cuts: Sets of stretches by kind.
        drags: drags[j, i]: if j goes, i goes (true for i = j), (members, members).
        why: Refusal or lever that bars a member from a kind outside war phases, or None.
    """

    task: Task
    members: tuple[str, ...]
    kinds: tuple[str, ...]
    stretches: tuple[Stretch, ...]
    need: Floats
    free: Floats
    total: Floats
    minimum: Floats
    cuts: tuple[Cut, ...]
    drags: Bools
    why: tuple[tuple[str | None, ...], ...]

    @property
    def length(self) -> Floats:
        """Months of each stretch."""
        return np.array([s.months for s in self.stretches], dtype=float)

    @property
    def needed(self) -> Floats:
        """Unit-months needed by kind."""
        total: Floats = self.need @ self.length
        return total

    @property
    def able(self) -> Bools:
        """Members that can bring something that is needed."""
        found: Bools = self.useful.max(1, initial=0.0) > 0
        return found

    @property
    def useful(self) -> Floats:
        """Most unit-months that each member can bring in months of need, (members, kinds)."""
        there = np.einsum("ikt,t,kt->ik", self.free, self.length, self.need > 0)
        least: Floats = np.minimum(there, self.total)
        return least

    def staying(self, out: Bools) -> Bools:
        """Members that are there once those in ``out`` (..., members) have gone."""
        gone: Bools = (out.astype(float) @ self.drags.astype(float)) > 0
        return ~gone

    def shortfalls(self, there: Bools) -> Floats:
        """Shortfall by kind of sets of members, (..., members) -> (..., kinds)."""
        flat = there.reshape(-1, len(self.members)).astype(float)
        found = np.empty((len(flat), len(self.kinds)))
        for k, cut in enumerate(self.cuts):
            at_once = max(1, MIXED // max(1, len(cut.need)))
            for a in range(0, len(flat), at_once):
                found[a : a + at_once, k] = cut.short(flat[a : a + at_once] @ cut.supply)
        # Rounding is no shortfall.
        found[found <= TOLERANCE * self.needed] = 0.0
        shaped: Floats = found.reshape(*there.shape[:-1], len(self.kinds))
        return shaped

    def broken_rules(self, there: Bools) -> tuple[str, ...]:
        """Rules on who takes part that a set of members breaks: members missing, or too few."""
        found = [
            m for m in self.task.must_include if not (there & self.able)[self.members.index(m)]
        ]
        count = sum(
            bool(there[i] and self.able[i])
            for i, m in enumerate(self.members)
            if m not in self.task.backstop
        )
        few = (FEW,) if count < self.task.min_contributors else ()
        return (*found, *few)

    def feasible(self, there: Bools) -> bool:
        """Whether a set of members, those who stay away for want of others left out, can do it."""
        stay = self.staying(~there) & there
        return not self.shortfalls(stay).any() and not self.broken_rules(stay)


FEW = "too few contributors"


@dataclass(frozen=True)
class Binding:
    """Why a kind falls short: the months in which it does, what they need and what can be had.

    ``months`` are spans (first, last) counted from 1; amounts are unit-months over them.
    """

    kind: str
    months: tuple[tuple[int, int], ...]
    need: float
    supply: float
    phases: tuple[str, ...]

    @property
    def short(self) -> float:
        """The shortfall."""
        return self.need - self.supply


def build(crisis: Crisis, task: Task, lifted: tuple[Cause, ...] = ()) -> Model:
    """Arrays of a task, with some causes of shortage lifted.

    Raises:
        ValueError: where limits over the whole task meet too many stretches.
    """
    members = tuple(task.offers)
    stretches = _stretches(task, "readiness" in lifted)
    n, m, s = len(members), len(task.kinds), len(stretches)
    need = np.array(
        [[float(task.phases[x.phase].needs.get(k.id, 0.0)) for x in stretches] for k in task.kinds]
    ).reshape(m, s)
    free, total = np.zeros((n, m, s)), np.full((n, m), np.inf)
    minimum = np.zeros((n, m))
    why: list[tuple[str | None, ...]] = []
    war = np.array([task.phases[x.phase].at_war for x in stretches])
    start = np.array([x.start for x in stretches])
    for i, key in enumerate(members):
        offer = task.offers[key]
        there = start >= offer.ready
        if offer.until is not None:
            there &= start < offer.until
        if "readiness" in lifted:
            there[:] = True
        lines: list[str | None] = []
        for k, kind in enumerate(task.kinds):
            keeps = 0.0 if "reserves" in lifted else offer.reserve.get(kind.id, 0.0)
            most = (offer.capacity.get(kind.id, 0.0) - keeps) / kind.rotation
            row = np.where(there, most, 0.0)
            lines.append(barred(crisis, task, key, kind, False))
            if "red lines" not in lifted:
                if lines[-1] is not None:
                    row[~war] = 0.0
                if war.any() and barred(crisis, task, key, kind, True) is not None:
                    row[war] = 0.0
            if kind.max_share < 1 and "share caps" not in lifted:
                row = np.minimum(row, kind.max_share * need[k])
            free[i, k] = row
            minimum[i, k] = offer.minimum.get(kind.id, 0.0)
            if "limits" not in lifted and kind.id in offer.total:
                total[i, k] = offer.total[kind.id]
        why.append(tuple(lines))
    length = np.array([x.months for x in stretches], dtype=float)
    return Model(
        task=task,
        members=members,
        kinds=tuple(kind.id for kind in task.kinds),
        stretches=stretches,
        need=need,
        free=free,
        total=total,
        minimum=minimum,
        cuts=tuple(
            _cut(kind.label, need[k], free[:, k], total[:, k], minimum[:, k], length)
            for k, kind in enumerate(task.kinds)
        ),
        drags=_drags(task, members, "conditions" in lifted),
        why=tuple(why),
    )


def _stretches(task: Task, always: bool) -> tuple[Stretch, ...]:
    found, start = [], 0
    marks = set() if always else {o.ready for o in task.offers.values()}
    if not always:
        marks |= {o.until for o in task.offers.values() if o.until is not None}
    for place, phase in enumerate(task.phases):
        end = start + phase.months
        edges = [start, *sorted(x for x in marks if start < x < end), end]
        found += [Stretch(a, b, place) for a, b in pairwise(edges)]
        start = end
    return tuple(found)


def _drags(task: Task, members: tuple[str, ...], free: bool) -> Bools:
    """Who leaves if somebody does, through any chain of conditions."""
    n = len(members)
    drags = np.eye(n, dtype=bool)
    if free:
        return drags
    place = {m: i for i, m in enumerate(members)}
    for i, m in enumerate(members):
        for other in task.offers[m].only_with:
            drags[place[other], i] = True
    for j in range(n):  # transitive closure
        drags |= drags[:, [j]] & drags[[j], :]
    return drags


def _cut(
    name: str, need: Floats, free: Floats, total: Floats, minimum: Floats, length: Floats
) -> Cut:
    """Sets of stretches for one kind: single ones, or all unions where members have limits."""
    asked = np.flatnonzero(need > 0)
    there = (free[:, asked] * length[asked]).sum(1)
    apart = not bool((total < there - TOLERANCE).any())
    if apart:
        sets = np.eye(len(need), dtype=bool)[asked]
        return Cut(sets, need[asked] * length[asked], free[:, asked] * length[asked], True)
    # Stretches alike in need and in what everybody can bring act as one.
    column = np.vstack([need[asked], free[:, asked]])
    tied = np.where((free > 0) & (need > 0), minimum[:, None], 0.0)
    _, group = np.unique(column, axis=1, return_inverse=True)
    group = np.ravel(group)
    count = int(group.max()) + 1
    if count > MOST_STRETCHES:
        raise ValueError(
            f"{name}: members have limits over the whole task, and needs or offers change {count} "
            f"times; at most {MOST_STRETCHES} can be told apart: merge phases, or dates of readiness"
        )
    unions = (np.arange(1, 2**count)[:, None] >> np.arange(count)) & 1
    sets = np.zeros((len(unions), len(need)), dtype=bool)
    sets[:, asked] = unions[:, group] == 1
    months = sets * length
    supply = tied @ months.T + np.minimum(
        (total - tied @ length)[:, None], (free - tied) @ months.T
    )
    return Cut(sets, months @ need, supply, False)


def bindings(model: Model, there: Bools) -> tuple[Binding, ...]:
    """For each kind that falls short, the months that bind: the certificate."""
    found = []
    short = model.shortfalls(there)
    for k, cut in enumerate(model.cuts):
        if not short[k]:
            continue
        brought = there.astype(float) @ cut.supply
        gap = cut.need - brought
        worst = gap > TOLERANCE * cut.need if cut.apart else np.arange(len(gap)) == gap.argmax()
        where = np.atleast_1d(cut.sets[worst].any(axis=0))
        found.append(
            Binding(
                model.kinds[k],
                _spans([s for s, on in zip(model.stretches, where, strict=True) if on]),
                float(cut.need[worst].sum()),
                float(brought[worst].sum()),
                tuple(
                    dict.fromkeys(
                        model.task.phases[s.phase].name
                        for s, on in zip(model.stretches, where, strict=True)
                        if on
                    )
                ),
            )
        )
    return tuple(found)


def _spans(stretches: list[Stretch]) -> tuple[tuple[int, int], ...]:
    spans: list[tuple[int, int]] = []
    for s in stretches:
        if spans and spans[-1][1] == s.start:
            spans[-1] = (spans[-1][0], s.end)
        else:
            spans.append((s.start + 1, s.end))
    return tuple(spans)


def coverage(model: Model, there: Bools) -> Floats:
    """What can be had over the need, by kind, at its worst set of stretches; inf if none is needed."""
    found = np.full(len(model.kinds), np.inf)
    for k, cut in enumerate(model.cuts):
        if len(cut.need):
            found[k] = float(((there.astype(float) @ cut.supply) / cut.need).min())
    return found
