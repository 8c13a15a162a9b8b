"""Compiling a plan into its automaton: stages, triggers, counters, lapses, levers by the month.

A committed plan moves on when a trigger fires. An adaptive A moves on by an act of its own whenever it
has the initiative. That act asks for what the automaton knows: that there is a next stage, and a
ceasefire where a lever of the stage needs one. It does not ask for the stage's trigger, nor for the
agreement of those named under ``authority``: whether they agree is not a public state of the game.

Levers that are on from the start are tabulated by month: effect curve, the months that their stage
lasts, events that put an end to them, parameters of the month. Levers that answer an event are on at age
t - u with the chance that the event happens in month u. Levers used in a ceasefire have their mean
effect over the life of a pause that only breaks down: weights (1 - breakdown)^age.

Exhaustion: levers add to B's stock what they add per month, summed over the months they have been on; in
a phase of a ramp its mean over the ages spent there.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

import numpy as np

from offramp.crisis import _expressions as ex
from offramp.crisis._paths import override
from offramp.crisis._pressure import LeverUse, Plan
from offramp.crisis._schema import Crisis
from offramp.game._calendar import added_up, chances_of
from offramp.game._events import Events, regimes_of
from offramp.game._plans import (
    NEVER_UNDONE,
    Automaton,
    Node,
    Pressure,
    Terms,
    ages_in,
    effect,
    mean_age,
    package,
    pain,
    phase_pressure,
    sojourn_of,
)
from offramp.game._preferences import Floats, on_the_table

COUNTED = "months_without_ceasefire"
"""The name by which triggers read the counter."""
READ_BY_TERMS = re.compile(
    r"issues\.[^.]+\.open|relief\.(comply|defy|clarity)|blocs\.B\.audience\.(cost|vagueness)"
)
"""Parameter paths that a lever may set stage by stage."""


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
    cost = audience.cost.value + shift
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
    return Terms(
        on_the_table(staged),
        comply,
        defy,
        staged.relief.clarity.value,
        cost,
        audience.vagueness.value,
    )


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


def _left_out(crisis: Crisis, plan: Plan, started: tuple[LeverUse, ...]) -> list[str]:
    """What the plan says that its automaton does not do, in words."""
    notes = [
        f"plan {plan.name}: its answer to {key} is left out: acts of bloc B's levers are not in the game"
        for key in plan.on_event
        if key not in crisis.events
    ]
    on = {use.lever for use in started}
    used = {use.lever for stage in plan.stages for use in stage.on}
    notes += [
        f"plan {plan.name}: {x} is used by a stage, so its use in a ceasefire adds nothing"
        for x in plan.on_ceasefire
        if x in used
    ]
    earlier: set[str] = set()
    for stage in plan.stages:
        if stage.trigger.strip() == "start":
            continue
        who = f"stage {stage.name}"
        if stage.expires_months is not None:
            notes.append(
                f"{who}: that it expires is not part of the game: the age of a stage that begins by a "
                "trigger is not a public state"
            )
        notes += [
            f"{who}: that it ends {x}, on from the start, is not part of the game"
            for x in stage.off
            if x in on
        ]
        twice = [use.lever for use in stage.on if use.lever in on | earlier]
        notes += [f"{who}: {x} is on already and is added to that" for x in twice]
        if earlier - set(stage.off):
            notes.append(f"{who}: levers of the stage before ramp up anew with it")
        earlier = (earlier - set(stage.off)) | {use.lever for use in stage.on}
    return notes


def automaton(
    crisis: Crisis, plan: Plan, phases: int, months: int, events: Events, may_lapse: bool = False
) -> Automaton:
    """Compile a plan.

    Args:
        crisis: The crisis, with any reading already applied.
        plan: The plan.
        phases: Phases of a ramp that starts at a random date.
        months: Months solved (calendar pressure is tabulated for 0..months).
        events: What events change by the month.
        may_lapse: Whether A may be seen not to follow through, so that nodes for that are needed.
    """
    notes: list[str] = []
    cap = plan.slowest_ramp.value if plan.slowest_ramp is not None else None
    adaptive = plan.mode == "adaptive"
    at_start = [s for s in plan.stages if s.trigger.strip() == "start"]
    later = [s for s in plan.stages if s.trigger.strip() != "start"]
    started = tuple(u for s in at_start for u in s.on)
    calendar = _calendar(crisis, plan, months, cap, events)
    notes += _left_out(crisis, plan, started)
    nodes: list[Node] = []
    stage_uses: list[tuple[LeverUse, ...]] = [()]
    for stage in later:
        off = set(stage.off)
        kept = tuple(u for u in stage_uses[-1] if u.lever not in off)
        stage_uses.append(kept + _thinned(stage.on, events, months))
    parsed = [ex.parse(s.trigger) for s in later]
    triggers: list[ex.Expression | None] = [*(None if adaptive else t for t in parsed), None]
    read = [_counter_limit(trigger, months) for trigger in triggers]
    limits = [max(read[i:]) for i in range(len(read))]
    ramps = [[0] if not uses else list(range(1, phases + 1)) for uses in stage_uses]
    for i in range(len(later) + 1):
        for w in range(limits[i] + 1):
            nodes += [Node(i, w, p) for p in ramps[i]]
    open_nodes = len(nodes)
    if may_lapse and not adaptive:
        for i in range(len(later)):
            nodes += [Node(i, 0, p, lapsed=True) for p in ramps[i]]
    where: Mapping[Node, int] = {n: i for i, n in enumerate(nodes)}
    sojourn = [sojourn_of(crisis, uses, phases, cap) for uses in stage_uses]
    phased = tuple(
        phase_pressure(crisis, stage_uses[n.stage], n.phase, phases, sojourn[n.stage], months, cap)
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
        if n.stage >= len(later) or n.lapsed:
            return -1
        first = 1 if stage_uses[n.stage + 1] else 0
        return where[Node(n.stage + 1, min(n.counter, limits[n.stage + 1]), first)]

    def counted(n: Node, w: int) -> int:
        return where[n if n.lapsed else Node(n.stage, min(w, limits[n.stage]), n.phase)]

    names = []
    for n in nodes:
        label = (
            later[n.stage - 1].name
            if n.stage > 0
            else (at_start[-1].name if at_start else "before any trigger")
        )
        if n.phase:
            label += " at full effect" if n.phase == phases else f", ramp phase {n.phase}"
        if n.lapsed:
            label += ", next stage not carried out"
        elif limits[n.stage]:
            label += f", {n.counter} months without ceasefire"
        names.append(label)
    stage_terms = tuple(_terms(crisis, plan, started + uses, notes) for uses in stage_uses)
    top = max(n.stage for n in nodes)
    final = max(i for i, n in enumerate(nodes) if n.stage == top)
    needs_pause = [any("ceasefire" in crisis.levers[u.lever].needs for u in s.on) for s in later]
    worn = _worn_by_node(crisis, nodes, stage_uses, phases, sojourn, months, cap)
    return Automaton(
        nodes=tuple(nodes),
        names=tuple(names),
        trigger=tuple(triggers),
        enter=tuple(entered(n) for n in nodes),
        lapse=tuple(
            where[Node(n.stage, 0, n.phase, lapsed=True)] if n.stage < len(later) else i
            for i, n in enumerate(nodes)
        )
        if len(nodes) > open_nodes
        else (),
        commits=tuple(n.stage > 0 and later[n.stage - 1].commits for n in nodes),
        opens=np.array(
            [
                [
                    entered(n) >= 0 and (regime == 2 or not needs_pause[n.stage])
                    for regime in range(3)
                ]
                for n in nodes
            ]
        ),
        tick=tuple(counted(n, n.counter + 1) for n in nodes),
        reset=tuple(counted(n, 0) for n in nodes),
        progress=tuple(
            (
                where[Node(n.stage, n.counter, n.phase + 1, n.lapsed)],
                1.0 - math.exp(-1.0 / sojourn[n.stage]),
            )
            if 0 < n.phase < phases
            else (i, 0.0)
            for i, n in enumerate(nodes)
        ),
        residual=residual,
        final=final,
        phased=phased,
        age=tuple(mean_age(n.phase, phases, sojourn[n.stage], months) for n in nodes),
        calendar=calendar,
        pausing=_pausing(crisis, plan, months, cap),
        worn=added_up(np.array([p.exhaustion for p in calendar]))[:, None] + worn,
        terms=stage_terms,
        notes=tuple(dict.fromkeys(notes)),
    )


def _thinned(uses: tuple[LeverUse, ...], events: Events, months: int) -> tuple[LeverUse, ...]:
    """Uses at a random date, weakened by the mean chance that an event has put an end to them."""
    found = []
    for use in uses:
        left = 1.0 - float(events.off.get(use.lever, np.zeros(months + 1)).mean())
        if left > 0:
            found.append(LeverUse(lever=use.lever, intensity=use.intensity * left))
    return tuple(found)


def _calendar(
    crisis: Crisis, plan: Plan, months: int, cap: float | None, events: Events
) -> tuple[Pressure, ...]:
    """Pressure by month of levers on from the start and of levers that answer events."""
    assert events.expected is not None
    answers = {
        key: levers for key, levers in plan.on_event.items() if key in crisis.events and levers
    }
    pause = bool(plan.on_ceasefire)
    happens: dict[str, Floats] = {}
    for key in answers:
        event = crisis.events[key]
        where = regimes_of(crisis, event, months, pause)
        if isinstance(where, str):
            continue  # the events of the game say so
        chance = chances_of(crisis, event, months) * where.max(1)
        quiet = np.concatenate([[1.0], np.cumprod(1.0 - chance)])
        happens[key] = quiet[:-1] * chance
    found = []
    for t in range(months + 1):
        now = events.expected.months[t]
        uses = []
        for stage in plan.stages:
            if stage.trigger.strip() != "start":
                continue
            if stage.expires_months is not None and t >= stage.expires_months:
                continue
            for use in stage.on:
                left = 1.0 - float(events.off[use.lever][t]) if use.lever in events.off else 1.0
                if left > 0:
                    uses.append(LeverUse(lever=use.lever, intensity=use.intensity * left))
        total = package(now, tuple(uses), float(t), cap)
        late = []
        for key, first in happens.items():
            for lever in answers[key]:
                ages = t - 1 - np.arange(t)
                curve = [effect(crisis.levers[lever], float(age), cap) for age in ages]
                level = float(first[:t] @ np.array(curve)) if t else 0.0
                if level > 0:
                    late.append(LeverUse(lever=lever, intensity=min(1.0, level)))
        found.append(total.plus(package(now, tuple(late), None, cap)) if late else total)
    return tuple(found)


def _pausing(crisis: Crisis, plan: Plan, months: int, cap: float | None) -> Pressure:
    """Mean pressure, over the life of a pause, of the levers that a plan uses in a ceasefire."""
    used = {use.lever for stage in plan.stages for use in stage.on}
    weight = (1.0 - crisis.ceasefire.breakdown.value) ** np.arange(months + 1)
    uses = []
    for key in plan.on_ceasefire:
        if key in used:
            continue
        curve = np.array([effect(crisis.levers[key], float(a), cap) for a in range(months + 1)])
        level = float(weight @ curve / weight.sum())
        if level > 0:
            uses.append(LeverUse(lever=key, intensity=min(1.0, level)))
    return package(crisis, tuple(uses), None, cap) if uses else Pressure()


def _worn_by_node(
    crisis: Crisis,
    nodes: list[Node],
    stage_uses: list[tuple[LeverUse, ...]],
    phases: int,
    sojourn: list[float],
    months: int,
    cap: float | None,
) -> Floats:
    """Mean exhaustion that levers of a phase have added so far, by node."""
    found = np.zeros(len(nodes))
    for z, n in enumerate(nodes):
        if not n.phase:
            continue
        rate = np.zeros(months + 1)
        for use in stage_uses[n.stage]:
            lever = crisis.levers[use.lever]
            if lever.exhaustion is not None:
                curve = [effect(lever, float(a), cap) for a in range(months + 1)]
                rate += use.intensity * lever.exhaustion.value * np.array(curve)
        _, weight = ages_in(n.phase, phases, sojourn[n.stage], months)
        found[z] = float(weight @ added_up(rate))
    return found
