"""Plans as automata: stages, triggers, counters, phases of a ramp, and what is in force in each.

A plan is a conditional policy of A that B knows, committed or adaptive. Its public state z is a node of
a small automaton:

* a stage i (stages whose trigger is ``start`` are entered at month 0);
* a counter w of months without a ceasefire, kept only while a later trigger reads it, up to the
  number beyond which no such trigger can tell the difference;
* whether A was seen not to follow through (only if it is not sure to follow);
* a phase p of the ramp of levers switched on at a random date: phase p is left at rate 1/d per
  month, d chosen from the levers' lags and ramps, and each lever's strength in a phase is its
  effect curve averaged over the ages spent there (so the mean effect is matched).

Levers of stages that start at month 0 need no phase: their effect is an exact function of time.

Effect of a lever at age a (months): 0 before ``lag``, then (a - lag)/ramp up to 1, then halved every
``adaptation_half_life``. Pain on B is ``cost x pain_to_stake x felt x leak x effect x intensity`` with
felt = sum over constituencies of share x weight, leak = 1 - offset x backer_share for levers that
leak. Reversible pressure erodes under defiance at hazard -ln(1 - defy)/12 and is lifted after a
deal at -ln(1 - comply*)/12, comply* = defy + relief share x clarity x (comply - defy).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from offramp.crisis import _expressions as ex
from offramp.crisis._pressure import Lever, LeverUse
from offramp.crisis._schema import Crisis
from offramp.game._preferences import Floats

NEVER_UNDONE = 120.0
"""Months of undoing from which a lever counts as irreversible."""


@dataclass(frozen=True)
class Pressure:
    """What the levers in force do at full cohesion, before erosion.

    Flows are stake-equivalents; ``step_shift`` is added to the chance that a step favours B.
    ``cost`` is all that A pays; ``carrot_cost`` the part of it for levers that give B something.
    """

    reversible: float = 0.0
    irreversible: float = 0.0
    carrot: float = 0.0
    step_shift: float = 0.0
    exhaustion: float = 0.0
    accident: float = 0.0
    cost: float = 0.0
    cost_by_voice: tuple[float, ...] = ()
    carrot_cost: float = 0.0
    carrot_cost_by_voice: tuple[float, ...] = ()

    def plus(self, other: Pressure) -> Pressure:
        """Both packages together."""
        return Pressure(
            self.reversible + other.reversible,
            self.irreversible + other.irreversible,
            self.carrot + other.carrot,
            self.step_shift + other.step_shift,
            self.exhaustion + other.exhaustion,
            self.accident + other.accident,
            self.cost + other.cost,
            _summed(self.cost_by_voice, other.cost_by_voice),
            self.carrot_cost + other.carrot_cost,
            _summed(self.carrot_cost_by_voice, other.carrot_cost_by_voice),
        )


def _summed(one: tuple[float, ...], other: tuple[float, ...]) -> tuple[float, ...]:
    """Sum by voice; an empty tuple counts as zeros."""
    if not one or not other:
        return one or other
    return tuple(a + b for a, b in zip(one, other, strict=True))


@dataclass(frozen=True)
class Terms:
    """What a stage changes about talking: the table, relief, audience cost."""

    limit: Floats
    comply: float
    defy: float
    clarity: float
    audience: float
    vagueness: float

    @property
    def signing_cost(self) -> float:
        """What B pays at home for signing below its declared aims."""
        return self.audience * (1.0 - self.vagueness)

    def shifted(self, cost: float, vagueness: float) -> Terms:
        """The same terms with B's audience cost and the vagueness of its aims moved by events."""
        return replace(
            self,
            audience=max(0.0, self.audience + cost),
            vagueness=min(1.0, max(0.0, self.vagueness + vagueness)),
        )

    def lifted(self, share: float) -> float:
        """Chance of lifting within 12 months of signing for a relief share in [0, 1]."""
        return self.defy + share * self.clarity * (self.comply - self.defy)


@dataclass(frozen=True)
class Node:
    """A node of the plan automaton: stage index, counter, phase (0 = no phased lever yet).

    ``lapsed``: A was seen not to follow through; no later stage begins from here.
    """

    stage: int
    counter: int
    phase: int
    lapsed: bool = False


@dataclass(frozen=True)
class Automaton:
    """The compiled plan.

    Attributes:
        nodes: All nodes; node 0 is where month 0 starts.
        names: What readers see for each node.
        trigger: Per stage, the parsed condition to enter the next stage (None if there is none).
        enter: Per node, the node entered when the next stage's trigger fires (-1 if none).
        lapse: Per node, the node in which A has been seen not to follow through; empty if A is
            sure to follow.
        commits: Per node, whether entering its stage commits A in public.
        opens: Per node, whether an adaptive A may begin the next stage in a stand-off, in war, in a
            ceasefire, (nodes, 3).
        tick: Per node, the node after a month without ceasefire; ``reset`` after one with it.
        progress: Per node, (next phase's node or itself, monthly chance of moving on).
        residual: Per node, class of pressure that outlives a signature (0 = none yet); the class
            after the last, ``lifted``, is pressure taken off after a deal.
        final: Node to which a broken settlement returns (levers fully on).
        phased: Per node, the pressure of phased levers.
        age: Per node, mean age in months of its phased levers.
        calendar: Per month, the pressure of levers on since month 0.
        pausing: Pressure of the levers that the plan uses in a ceasefire.
        worn: Exhaustion that levers have added to B by month and node, (months+1, nodes).
        terms: Per stage.
    """

    nodes: tuple[Node, ...]
    names: tuple[str, ...]
    trigger: tuple[ex.Expression | None, ...]
    enter: tuple[int, ...]
    lapse: tuple[int, ...]
    commits: tuple[bool, ...]
    opens: NDArray[np.bool_]
    tick: tuple[int, ...]
    reset: tuple[int, ...]
    progress: tuple[tuple[int, float], ...]
    residual: tuple[int, ...]
    final: int
    phased: tuple[Pressure, ...]
    age: tuple[float, ...]
    calendar: tuple[Pressure, ...]
    pausing: Pressure
    worn: Floats
    terms: tuple[Terms, ...]
    notes: tuple[str, ...]

    @property
    def lifted(self) -> int:
        """Residual class of pressure that has been lifted after a deal (0: nothing to lift)."""
        most = max(self.residual)
        return most + 1 if most else 0


def hazard_of(chance: float, months: float = 12.0) -> float:
    """Monthly chance that compounds to ``chance`` over ``months``."""
    return float(1.0 - (1.0 - chance) ** (1.0 / months))


def effect(lever: Lever, age: float, cap: float | None = None) -> float:
    """Strength of a lever ``age`` months after it was switched on, in [0, 1]."""
    ramp = lever.ramp.value if cap is None else min(lever.ramp.value, cap)
    since = age - lever.lag.value
    if since < 0:
        return 0.0
    level = 1.0 if ramp <= 0 else min(1.0, since / ramp)
    if lever.adaptation_half_life is not None and since > ramp:
        level *= 0.5 ** ((since - ramp) / lever.adaptation_half_life.value)
    return float(level)


def pain(crisis: Crisis, lever: Lever) -> float:
    """Flow cost of a stick to B at full effect and cohesion (negative: a carrot's benefit)."""
    if lever.cost_to_target is None:
        return 0.0
    raw = lever.cost_to_target.value
    if raw < 0:
        return raw
    felt = lever.felt_by
    weights = crisis.blocs["B"].felt_by
    passed = (
        felt.elite * weights.elite.value
        + felt.public * weights.public.value
        + felt.budget * weights.budget.value
        + felt.military * weights.military.value
    )
    offset = 0.0
    if lever.leaks:
        covered = [
            o.offset.value
            for o in crisis.outsiders.values()
            if o.offset is not None and o.leans == "B"
        ]
        offset = max(covered, default=0.0) * crisis.conversions.backer_share.value
    return raw * crisis.conversions.pain_to_stake.value * passed * (1.0 - offset)


def package(
    crisis: Crisis, uses: tuple[LeverUse, ...], age: float | None, cap: float | None
) -> Pressure:
    """Pressure of several levers at an age (None = full effect, no adaptation)."""
    voices = tuple(crisis.blocs["A"].voices)
    nothing = (0.0,) * len(voices)
    total = Pressure(cost_by_voice=nothing, carrot_cost_by_voice=nothing)
    exposure = crisis.ladder.exposure.value
    accidents = {r.rung: r.accident.value for r in crisis.ladder.rungs}
    for use in uses:
        lever = crisis.levers[use.lever]
        level = use.intensity * (1.0 if age is None else effect(lever, age, cap))
        hurt = pain(crisis, lever) * level
        own = (lever.cost_to_holder.value if lever.cost_to_holder else 0.0) * level
        by_voice = tuple(own * _pays(crisis, lever.holder, v) for v in voices)
        gives = 1.0 if hurt < 0 else 0.0
        forever = lever.undo_months >= NEVER_UNDONE
        total = total.plus(
            Pressure(
                reversible=0.0 if forever or hurt < 0 else hurt,
                irreversible=hurt if forever and hurt > 0 else 0.0,
                carrot=-hurt if hurt < 0 else 0.0,
                step_shift=(lever.step_shift.value if lever.step_shift else 0.0) * level,
                exhaustion=(lever.exhaustion.value if lever.exhaustion else 0.0) * level,
                accident=exposure * accidents.get(lever.rung, 0.0) * use.intensity
                if lever.kind != "carrot" and level > 0
                else 0.0,
                cost=own,
                cost_by_voice=by_voice,
                carrot_cost=own * gives,
                carrot_cost_by_voice=tuple(x * gives for x in by_voice),
            )
        )
    return total


def _pays(crisis: Crisis, holder: str, voice: str) -> float:
    """Whether a voice pays: the holder does; a bloc's or member's lever costs all but the principal."""
    bloc = crisis.blocs["A"]
    if holder in bloc.voices:
        return 1.0 if holder == voice else 0.0
    return 0.0 if voice == bloc.principal and len(bloc.voices) > 1 else 1.0


def sojourn_of(crisis: Crisis, uses: tuple[LeverUse, ...], phases: int, cap: float | None) -> float:
    """Mean months per phase: two thirds of the mean lag plus ramp, split over the phases before the last."""
    if not uses:
        return 1.0
    weights = []
    for use in uses:
        lever = crisis.levers[use.lever]
        ramp = lever.ramp.value if cap is None else min(lever.ramp.value, cap)
        weights.append((abs(pain(crisis, lever)) * use.intensity + 1e-6, lever.lag.value + ramp))
    mean = sum(w * m for w, m in weights) / sum(w for w, _ in weights)
    return max(1.0, mean / 1.5 / max(1, phases - 1))


def phase_pressure(
    crisis: Crisis,
    uses: tuple[LeverUse, ...],
    phase: int,
    phases: int,
    sojourn: float,
    months: int,
    cap: float | None,
) -> Pressure:
    """Levers' strength averaged over the ages spent in one phase within the horizon."""
    if phase == 0:
        return Pressure(cost_by_voice=(0.0,) * len(crisis.blocs["A"].voices))
    ages, weight = ages_in(phase, phases, sojourn, months)
    averaged = []
    for use in uses:
        lever = crisis.levers[use.lever]
        level = float(
            sum(w * effect(lever, float(a), cap) for w, a in zip(weight, ages, strict=True))
        )
        if level > 0:
            averaged.append(LeverUse(lever=use.lever, intensity=min(1.0, use.intensity * level)))
    return package(crisis, tuple(averaged), None, cap)


def ages_in(phase: int, phases: int, sojourn: float, months: int) -> tuple[Floats, Floats]:
    """Ages 0..months and the share of the time in a phase that is spent at each of them."""
    ages = np.arange(0, months + 1, dtype=float)
    go = 1.0 - math.exp(-1.0 / sojourn)
    here = np.zeros((phases, len(ages)))
    share = np.zeros(phases)
    share[0] = 1.0
    for i in range(len(ages)):
        here[:, i] = share
        moved = share[:-1] * go
        share = share.copy()
        share[:-1] -= moved
        share[1:] += moved
    return ages, here[phase - 1] / here[phase - 1].sum()


def mean_age(phase: int, phases: int, sojourn: float, months: int) -> float:
    if phase == 0:
        return 0.0
    ages, weight = ages_in(phase, phases, sojourn, months)
    return float((ages * weight).sum())
