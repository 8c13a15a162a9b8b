"""Events: what nobody in the game decides, read into chances, parameters and public on/off states.

Each effect is put to one use:

* cohesion: one tier down (or up) with the event's chance; a member that withdraws its consent takes
  its share of the contributions out of cohesion;
* position: a battle shock; rung: the war climbs a step, or, where no step is left or there is no war,
  one month's accident hazard of the rung reached; regime: war breaks out, or a ceasefire begins;
* parameter: see the calendar module; consent of the host: the force behind a guarantee may be sent
  home, which lowers the chance of a response; lever_off: a lever that is on from the start drops out;
* contract: terms put to A by outsiders, in force if A's voices ratify them.

Conditions may name the regimes, ``months``, ``force_deployed`` (a settlement whose guarantee has a
force behind it, or a ceasefire in which the plan uses one) and ``broker_sides_with_b`` (a chance).

A *tracked* event is a public on/off state: it happens once, its moves come with it, and its changes of
parameters are in force in full while it is on; if all of them pass, it goes off at 1 / months. Each
tracked event doubles the states, so each resolution has a limit; beyond it they are averaged too, their
moves with the chance that the event happens in that month for the first time. Other events can happen
again and again.

Units: chances per month.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from offramp.crisis import _expressions as ex
from offramp.crisis._pressure import Plan
from offramp.crisis._schema import Crisis
from offramp.crisis._setting import Effect, Event
from offramp.game._calendar import (
    Change,
    Timeline,
    chances_of,
    contribution_shares,
    in_force,
    readable,
    timeline,
)
from offramp.game._preferences import Floats

WITH_FORCE = 4
"""Row of a settlement with a force, after stand-off, war, ceasefire and settlement without one."""
REGIMES = ("standoff", "war", "ceasefire", "settlement")
CONDITIONS = (*REGIMES, "always", "months", "force_deployed", "broker_sides_with_b")
MOST_TRACKED = {"sketch": 0, "draft": 1, "standard": 2, "fine": 3}
"""Tracked events by resolution; each doubles the number of states."""
MOST_ELSEWHERE = 3
"""Tracked events at a resolution without a name of its own."""


@dataclass(frozen=True)
class Tracked:
    """A public on/off event: chance of happening (months, 5), and what comes with it."""

    key: str
    chance: Floats
    tiers: int
    steps: int
    ends: float


@dataclass(frozen=True)
class Imposed:
    """Terms put to A by outsiders: contract and monthly chance (months, 5)."""

    key: str
    contract: str
    chance: Floats


@dataclass
class Events:
    """Events read for one game; arrays are (months, 5): month and regime row.

    Attributes:
        lower, lift: Chance of one tier less and more.
        lost: Expected fall of cohesion by consent withdrawn.
        incident: (rungs, chance) of events on the ladder.
        to_war, to_pause: Chance that the regime changes.
        shocks: Battle steps towards B -> monthly chance in war, (months,).
        off: Lever -> chance that an event has put an end to it, (months+1,).
        tracked, imposed: See there.
        worlds: One timeline per combination of tracked events; ``expected`` averages all events.
        notes: What is left out, and why; ``averages`` what is in by its expected effect.
    """

    lower: Floats
    lift: Floats
    lost: Floats
    incident: list[tuple[int, Floats]]
    to_war: Floats
    to_pause: Floats
    shocks: dict[int, Floats] = field(default_factory=dict)
    off: dict[str, Floats] = field(default_factory=dict)
    tracked: tuple[Tracked, ...] = ()
    imposed: list[Imposed] = field(default_factory=list)
    worlds: tuple[Timeline, ...] = ()
    expected: Timeline | None = None
    notes: list[str] = field(default_factory=list)
    averages: list[str] = field(default_factory=list)


def forces_of(crisis: Crisis) -> frozenset[str]:
    """Levers that stand behind a guarantee: the forces that can be deployed."""
    return frozenset(g.lever for g in crisis.guarantees.values() if g.lever is not None)


def hosts_of(crisis: Crisis) -> frozenset[str]:
    """Whose consent a force needs: the principal of A, if it has a say in deployment."""
    bloc = crisis.blocs["A"]
    member = crisis.members.get(bloc.principal)
    asked = bloc.principal in bloc.consent.get("deployment", ())
    if asked or (member is not None and "deployment" in member.vetoes):
        return frozenset({bloc.principal})
    return frozenset()


def events_of(
    crisis: Crisis, plan: Plan, months: int, shown: int, cohesion: Floats, resolution: str
) -> Events:
    """Read all events of a crisis for a game of ``months`` months."""
    zero = np.zeros((months, 5))
    found = Events(zero.copy(), zero.copy(), zero.copy(), [], zero.copy(), zero.copy())
    most = MOST_TRACKED.get(resolution.rstrip("*"), MOST_ELSEWHERE)
    wanted = [key for key, event in crisis.events.items() if event.tracked]
    for key in wanted[most:]:
        found.averages.append(
            f"event {key}: averaged over the chance that it has happened, once; this resolution tracks "
            f"{most} events"
        )
    forced_pause = bool(forces_of(crisis) & set(plan.on_ceasefire))
    changes: list[Change] = []
    inside: dict[str, list[Change]] = {}
    tracked: list[Tracked] = []
    for key, event in crisis.events.items():
        where = regimes_of(crisis, event, months, forced_pause)
        if isinstance(where, str):
            found.notes.append(f"event {key}: {where}")
            continue
        chance = chances_of(crisis, event, months)[:, None] * where
        if key in wanted[:most]:
            inside[key] = []
            tracked.append(_tracked(crisis, key, event, chance, inside[key], months, found))
            changes += _averaged(
                crisis, key, event, chance, months, found, chance.max(1), parameters_only=True
            )
        else:
            lasting = in_force(chance.max(1), None)
            once = chance * (1 - lasting[:-1, None]) if event.tracked else chance
            changes += _averaged(crisis, key, event, once, months, found, happens=chance.max(1))
    cut: list[str] = []
    usual = [c for c in changes if c.event not in inside]
    found.tracked = tuple(tracked)
    worlds = []
    for h in range(2 ** len(tracked)):
        on = [c for bit, t in enumerate(tracked) if h >> bit & 1 for c in inside[t.key]]
        worlds.append(timeline(crisis, [*usual, *on], shown, months, cut))
    found.worlds = tuple(worlds)
    found.expected = timeline(crisis, changes, shown, months, cut) if tracked else worlds[0]
    found.averages += list(dict.fromkeys(cut))
    return found


def regimes_of(crisis: Crisis, event: Event, months: int, forced_pause: bool) -> Floats | str:
    """Whether an event can happen by month and regime row, (months, 5); or why it is not read."""
    text = event.when.strip()
    if text == "always":
        return np.ones((months, 5))
    try:
        condition = ex.parse(text)
    except ex.ExpressionError as error:
        return f"its condition is not understood ({error})"
    strange = [name for name, _ in ex.names(condition) if name not in CONDITIONS]
    if strange:
        return (
            f"its condition reads {', '.join(strange)}; events are read by regime, month, force and "
            "broker only"
        )
    sides = crisis.broker.sides_with_b.value if crisis.broker is not None else 0.0
    rows = []
    for row in range(5):
        words = {word: i == min(row, 3) for i, word in enumerate(REGIMES)}
        force = row == WITH_FORCE or (row == 2 and forced_pause)
        truth = np.zeros(months)
        for with_b, share in ((True, sides), (False, 1.0 - sides)):
            values = {
                **words,
                "always": True,
                "months": np.arange(months, dtype=np.float64),
                "force_deployed": force,
                "broker_sides_with_b": with_b,
            }
            holds = np.asarray(ex.evaluate(condition, values), dtype=np.float64)
            truth = truth + share * np.broadcast_to(holds, (months,))
        rows.append(truth)
    return np.stack(rows, axis=1)


def _tracked(
    crisis: Crisis, key: str, event: Event, chance: Floats, inside: list[Change], months: int,
    found: Events,
) -> Tracked:  # fmt: skip
    """The on/off state of an event and, in ``inside``, the changes that hold while it is on."""
    tiers = steps = 0
    lasting = [e.months for e in event.effects if e.kind == "parameter"]
    for effect in event.effects:
        if effect.kind == "cohesion":
            tiers += effect.steps
        elif effect.kind == "position":
            steps += effect.steps
        elif effect.kind == "parameter":
            by = _by(effect)
            if by and (why := _unread(crisis, event, effect)) is None:
                inside.append(Change(key, effect.path, np.full(months + 1, by)))
            elif by and why:
                (found.averages if why.startswith("that") else found.notes).append(
                    f"event {key}: {effect.path}: {why}"
                )
        else:
            found.notes.append(
                f"event {key}: its effect on {effect.kind} is left out while the event is tracked"
            )
    passing = [m for m in lasting if m is not None]
    ends = 1.0 / max(1.0, max(passing)) if passing and len(passing) == len(lasting) else 0.0
    if passing and not ends:
        found.averages.append(f"event {key}: all of its changes last as long as the event is on")
    return Tracked(key, chance, tiers, steps, ends)


def _by(effect: Effect) -> float:
    return effect.change.value if effect.change is not None else 0.0


def _unread(crisis: Crisis, event: Event, effect: Effect) -> str | None:
    """Why a change of a parameter is not read; None if it is."""
    if not readable(crisis, effect.path):
        return "no table of the game reads this number"
    if effect.path == "broker.aid":
        broker = crisis.broker
        if any(e.kind == "cohesion" and e.steps > 0 for e in event.effects):
            return "that loss of aid is the loss which its fall of cohesion brings; counted once"
        if broker is None or broker.actor not in contribution_shares(crisis):
            return "the broker has no stated share of the contributions"
    return None


def _averaged(
    crisis: Crisis, key: str, event: Event, chance: Floats, months: int, found: Events,
    happens: Floats, *, parameters_only: bool = False,
) -> list[Change]:  # fmt: skip
    """Put an event's effects into chances; the expected changes of parameters.

    ``happens`` is its chance by month given that it has not happened, ``chance`` that of its moves.
    """
    changes: list[Change] = []
    paths: list[str] = []
    for effect in event.effects:
        given = effect.probability.value if effect.probability is not None else 1.0
        if effect.kind == "parameter":
            why = _unread(crisis, event, effect)
            if why is None:
                by = given * _by(effect) * in_force(happens, effect.months)
                changes.append(Change(key, effect.path, by))
                paths.append(effect.path)
            elif not parameters_only:
                into = found.averages if why.startswith("that") else found.notes
                into.append(f"event {key}: {effect.path}: {why}")
        elif parameters_only:
            continue
        elif effect.kind == "cohesion":
            (found.lower if effect.steps > 0 else found.lift)[:] += given * chance
        elif effect.kind == "position":
            shock = found.shocks.setdefault(effect.steps, np.zeros(months))
            shock += given * chance[:, 1]
        elif effect.kind == "rung":
            found.incident.append((effect.steps, given * chance))
        elif effect.kind == "regime" and effect.target in ("war", "ceasefire"):
            into_war = effect.target == "war"
            rows = [0, 2] if into_war else [1]
            (found.to_war if into_war else found.to_pause)[:, rows] += given * chance[:, rows]
        elif effect.kind == "lever_off":
            off = found.off.setdefault(effect.target, np.zeros(months + 1))
            off += (1 - off) * given * in_force(happens, effect.months)
            paths.append(f"the end of {effect.target}")
        elif effect.kind == "contract":
            found.imposed.append(Imposed(key, effect.target, given * chance))
        elif effect.kind == "consent":
            changes += _consent(crisis, key, effect, given * chance, paths, found)
        else:
            found.notes.append(f"event {key}: a regime of {effect.target} cannot come by itself")
    if paths and not parameters_only:
        found.averages.append(
            f"event {key}: {', '.join(dict.fromkeys(paths))} by the chance that it has happened"
        )
    return changes


def _consent(
    crisis: Crisis, key: str, effect: Effect, chance: Floats, paths: list[str], found: Events
) -> list[Change]:
    """Consent withdrawn: by the host, the forces behind guarantees; by a member, its share."""
    if effect.target in hosts_of(crisis):
        gone = in_force(chance.max(1), effect.months)
        forces = {g: x for g, x in crisis.guarantees.items() if x.lever is not None}
        if forces:
            paths.append("the response of forces that the host asks to leave")
        return [
            Change(key, f"guarantees.{g}.response", -x.response.value * gone)
            for g, x in forces.items()
        ]
    share = contribution_shares(crisis).get(effect.target, 0.0)
    if share > 0:
        found.lost[:] += share * chance
        paths.append(f"the contributions of {effect.target}")
    else:
        found.notes.append(
            f"event {key}: {effect.target} has no stated share of the contributions to take away"
        )
    return []
