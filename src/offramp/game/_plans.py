"""Plans as automata: stages, triggers, counters, phases of a ramp, and what is in force in each.

A plan is a committed policy of A that B knows. Its public state z is a node of a small automaton:

* a stage i (stages whose trigger is ``start`` are entered at month 0);
* a counter w of months without a ceasefire, kept only while a later trigger reads it, up to the
  number beyond which no such trigger can tell the difference;
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
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from offramp.crisis import _expressions as ex
from offramp.crisis._paths import override
from offramp.crisis._pressure import Lever, LeverUse, Plan
from offramp.crisis._schema import Crisis
from offramp.game._preferences import Floats, on_the_table

NEVER_UNDONE = 120.0
"""Months of undoing from which a lever counts as irreversible."""
COUNTED = "months_without_ceasefire"
"""The name by which triggers read the counter."""
READ_BY_TERMS = re.compile(
    r"issues\.[^.]+\.open|relief\.(comply|defy|clarity)|blocs\.B\.audience\.(cost|vagueness)"
)
"""Parameter paths that a lever may set stage by stage."""


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
    signing_cost: float

    def lifted(self, share: float) -> float:
        """Chance of lifting within 12 months of signing for a relief share in [0, 1]."""
        return self.defy + share * self.clarity * (self.comply - self.defy)


@dataclass(frozen=True)
class Node:
    """A node of the plan automaton: stage index, counter, phase (0 = no phased lever yet)."""

    stage: int
    counter: int
    phase: int


@dataclass(frozen=True)
class Automaton:
    """The compiled plan.

    Attributes:
        nodes: All nodes; node 0 is where month 0 starts.
        names: What readers see for each node.
        trigger: Per stage, the parsed condition to enter the next stage (None if there is none).
        enter: Per node, the node entered when the next stage's trigger fires (-1 if none).
        tick: Per node, the node after a month without ceasefire; ``reset`` after one with it.
        progress: Per node, (next phase's node or itself, monthly chance of moving on).
        residual: Per node, class of pressure that outlives a signature (0 = none yet); the class
            after the last, ``lifted``, is pressure taken off after a deal.
        final: Node to which a broken settlement returns (levers fully on).
        phased: Per node, the pressure of phased levers.
        age: Per node, mean age in months of its phased levers.
        calendar: Per month, the pressure of levers on since month 0.
        terms: Per stage.
    """

    nodes: tuple[Node, ...]
    names: tuple[str, ...]
    trigger: tuple[ex.Expression | None, ...]
    enter: tuple[int, ...]
    tick: tuple[int, ...]
    reset: tuple[int, ...]
    progress: tuple[tuple[int, float], ...]
    residual: tuple[int, ...]
    final: int
    phased: tuple[Pressure, ...]
    age: tuple[float, ...]
    calendar: tuple[Pressure, ...]
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
    total = Pressure(cost_by_voice=(0.0,) * len(voices))
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


def _terms(crisis: Crisis, plan: Plan, active: tuple[LeverUse, ...], notes: list[str]) -> Terms:
    changes: dict[str, float] = {}
    if plan.relief.comply is not None:
        changes["relief.comply"] = plan.relief.comply.value
    if plan.relief.clarity is not None:
        changes["relief.clarity"] = plan.relief.clarity.value
    for use in active:
        lever = crisis.levers[use.lever]
        for path, value in lever.sets.items():
            if READ_BY_TERMS.fullmatch(path):
                if path not in ("relief.comply", "relief.clarity") or path not in changes:
                    changes[path] = value
            else:
                notes.append(f"lever {use.lever}: its effect on {path} is not part of the game")
    staged = override(crisis, changes) if changes else crisis
    shift = 0.0
    for use in active:
        for path, by in crisis.levers[use.lever].shifts.items():
            if path == "blocs.B.audience.cost":
                shift += use.intensity * by.value
            else:
                notes.append(f"lever {use.lever}: its shift of {path} is not part of the game")
    audience = staged.blocs["B"].audience
    cost = (audience.cost.value + shift) * (1.0 - audience.vagueness.value)
    defies = [
        (abs(pain(crisis, crisis.levers[u.lever])), q.value)
        for u in active
        if (q := crisis.levers[u.lever].lift_if_defy) is not None
        and crisis.levers[u.lever].undo_months < NEVER_UNDONE
    ]
    total = sum(w for w, _ in defies)
    defy = sum(w * v for w, v in defies) / total if total > 0 else staged.relief.defy.value
    comply = staged.relief.comply.value
    if plan.relief.comply is None and "relief.comply" not in changes:
        promised = [
            (abs(pain(crisis, crisis.levers[u.lever])), q.value)
            for u in active
            if (q := crisis.levers[u.lever].lift_if_comply) is not None
            and crisis.levers[u.lever].undo_months < NEVER_UNDONE
        ]
        total = sum(w for w, _ in promised)
        comply = sum(w * v for w, v in promised) / total if total > 0 else comply
    if cost < 0:
        raise ValueError(
            "levers shift blocs.B.audience.cost below zero; lower their `shifts` or raise the cost"
        )
    return Terms(on_the_table(staged), comply, defy, staged.relief.clarity.value, cost)


def _counter_limit(trigger: ex.Expression | None, months: int) -> int:
    """Count of ``months_without_ceasefire`` beyond which the trigger no longer changes.

    0 if it is not read; n for ``>= n`` and ``< n``, n + 1 for ``> n``, ``<= n``, ``== n`` and
    ``!= n``; all months solved where it is part of a sum or compared with another name.
    """
    if trigger is None:
        return 0
    limit = 0
    for node in ex.walk(trigger):
        if not isinstance(node, ex.Compare):
            continue
        left = node.first
        for sign, right in node.rest:
            for counted, other, inclusive in (
                (left, right, (">=", "<")),
                (right, left, ("<=", ">")),
            ):
                if not any(isinstance(n, ex.Name) and n.name == COUNTED for n in ex.walk(counted)):
                    continue
                number = ex._constant(other)
                if not isinstance(counted, ex.Name) or number is None:
                    limit = months
                elif sign in inclusive:
                    limit = max(limit, math.ceil(number))
                else:
                    limit = max(limit, math.floor(number) + 1)
            left = right
    return min(limit, months)


def _left_out(plan: Plan, started: tuple[LeverUse, ...]) -> list[str]:
    """What the plan says that its automaton does not do, in words."""
    out = " is not part of the game"
    notes = [
        f"plan {plan.name}: `{x}`{out}" for x in ("on_ceasefire", "on_event") if getattr(plan, x)
    ]
    on = {use.lever for use in started}
    earlier: set[str] = set()
    for stage in plan.stages:
        if stage.expires_months is not None:
            notes.append(f"stage {stage.name}: that it expires{out}")
        if stage.trigger.strip() == "start":
            continue
        who = f"stage {stage.name}"
        notes += [f"{who}: that it ends {x}, on from the start,{out}" for x in stage.off if x in on]
        twice = [use.lever for use in stage.on if use.lever in on | earlier]
        notes += [f"{who}: {x} is on already and is added to that" for x in twice]
        if earlier - set(stage.off):
            notes.append(f"{who}: levers of the stage before ramp up anew with it")
        earlier = (earlier - set(stage.off)) | {use.lever for use in stage.on}
    return notes


def automaton(crisis: Crisis, plan: Plan, phases: int, months: int) -> Automaton:
    """Compile a plan.

    Args:
        crisis: The crisis, with any reading already applied.
        plan: The plan.
        phases: Phases of a ramp that starts at a random date.
        months: Months solved (calendar pressure is tabulated for 0..months).
    """
    notes: list[str] = []
    cap = plan.slowest_ramp.value if plan.slowest_ramp is not None else None
    at_start = [s for s in plan.stages if s.trigger.strip() == "start"]
    later = [s for s in plan.stages if s.trigger.strip() != "start"]
    started = tuple(u for s in at_start for u in s.on)
    calendar = tuple(package(crisis, started, float(t), cap) for t in range(months + 1))
    used = {use.lever: crisis.levers[use.lever] for stage in plan.stages for use in stage.on}
    notes += [
        f"lever {key}: the exhaustion it adds is not part of the game"
        for key, lever in used.items()
        if lever.exhaustion is not None and lever.exhaustion.value
    ]
    notes += _left_out(plan, started)
    nodes: list[Node] = []
    stage_uses: list[tuple[LeverUse, ...]] = [()]
    for stage in later:
        off = set(stage.off)
        stage_uses.append(tuple(u for u in stage_uses[-1] if u.lever not in off) + stage.on)
    triggers = [ex.parse(s.trigger) for s in later] + [None]
    read = [_counter_limit(trigger, months) for trigger in triggers]
    limits = [max(read[i:]) for i in range(len(read))]
    for i in range(len(later) + 1):
        for w in range(limits[i] + 1):
            nodes += [Node(i, w, p) for p in ([0] if not stage_uses[i] else range(1, phases + 1))]
    where: Mapping[Node, int] = {n: i for i, n in enumerate(nodes)}
    sojourn = [_sojourn(crisis, uses, phases, cap) for uses in stage_uses]
    phased = tuple(
        _phase_pressure(crisis, stage_uses[n.stage], n.phase, phases, sojourn[n.stage], months, cap)
        for n in nodes
    )
    classes = sorted({(n.stage, n.phase) for n in nodes if n.phase > 0})
    any_start = bool(started)
    residual = tuple(
        1 + classes.index((n.stage, n.phase))
        if n.phase > 0
        else (1 + len(classes) if any_start else 0)
        for n in nodes
    )

    def entered(n: Node) -> int:
        if n.stage >= len(later):
            return -1
        first = 1 if stage_uses[n.stage + 1] else 0
        return where[Node(n.stage + 1, min(n.counter, limits[n.stage + 1]), first)]

    names = []
    for n in nodes:
        label = (
            later[n.stage - 1].name
            if n.stage > 0
            else (at_start[-1].name if at_start else "before any trigger")
        )
        if n.phase:
            label += " at full effect" if n.phase == phases else f", ramp phase {n.phase}"
        if limits[n.stage]:
            label += f", {n.counter} months without ceasefire"
        names.append(label)
    stage_terms = tuple(_terms(crisis, plan, started + uses, notes) for uses in stage_uses)
    top = max(n.stage for n in nodes)
    final = max(i for i, n in enumerate(nodes) if n.stage == top)
    return Automaton(
        nodes=tuple(nodes),
        names=tuple(names),
        trigger=tuple(triggers),
        enter=tuple(entered(n) for n in nodes),
        tick=tuple(
            where[Node(n.stage, min(n.counter + 1, limits[n.stage]), n.phase)] for n in nodes
        ),
        reset=tuple(where[Node(n.stage, 0, n.phase)] for n in nodes),
        progress=tuple(
            (where[Node(n.stage, n.counter, n.phase + 1)], 1.0 - math.exp(-1.0 / sojourn[n.stage]))
            if 0 < n.phase < phases
            else (i, 0.0)
            for i, n in enumerate(nodes)
        ),
        residual=residual,
        final=final,
        phased=phased,
        age=tuple(_mean_age(n.phase, phases, sojourn[n.stage], months) for n in nodes),
        calendar=calendar,
        terms=stage_terms,
        notes=tuple(dict.fromkeys(notes)),
    )


def _sojourn(crisis: Crisis, uses: tuple[LeverUse, ...], phases: int, cap: float | None) -> float:
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


def _phase_pressure(
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
    ages, weight = _ages_in(phase, phases, sojourn, months)
    averaged = []
    for use in uses:
        lever = crisis.levers[use.lever]
        level = float(
            sum(w * effect(lever, float(a), cap) for w, a in zip(weight, ages, strict=True))
        )
        if level > 0:
            averaged.append(LeverUse(lever=use.lever, intensity=min(1.0, use.intensity * level)))
    return package(crisis, tuple(averaged), None, cap)


def _ages_in(phase: int, phases: int, sojourn: float, months: int) -> tuple[Floats, Floats]:
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


def _mean_age(phase: int, phases: int, sojourn: float, months: int) -> float:
    if phase == 0:
        return 0.0
    ages, weight = _ages_in(phase, phases, sojourn, months)
    return float((ages * weight).sum())
