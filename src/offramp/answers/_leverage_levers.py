"""Which levers there are, how each is taken out of a game, and what it is worth.

For a lever of the plan, *net leverage* is what the plan is worth with it less what the plan is worth
without it (stages, answers to events and use in a ceasefire). For a lever of A that the plan leaves
idle, the plan is solved with the lever in full force from its last step on (a plan without steps: from
today; a lever that needs a ceasefire: from each ceasefire).

A *part* of a lever is what is lost when one of its effects is taken away and all else stays:

* coerce: what depends on what B does. A stick in force from the first month is made permanent: B feels
  it whatever it does, and its chances of being lifted no longer count among the package's. So a stick
  that can never be lifted coerces exactly 0. A stick that begins at a trigger, or in a ceasefire, is
  also a threat, which B escapes by acting before: it is made painless, and *relief*, the part that making
  it permanent takes away, is shown apart. A carrot is made worthless. What a lever says about the terms
  of relief is dropped;
* constrain: its shift of the battle odds and what it adds to B's exhaustion;
* terms: what it opens or closes on the table, and what it adds to B's price of signing;
* risk: the accident hazard of its rung, which both sides bear;
* own cost: what its holder pays.

The rest is the pain that B feels whatever it does, and what the parts do together:
``rest = net - sum of parts``. The conditionality lemma (``offramp.theory``, module ``sanctions``) is the
comparator: pain alone moves B's value, not what it does, and so nothing of A's.

*Signal*: A's own aims are common knowledge in this game, so using a lever tells B nothing about A, and
no value passes through that channel. What B's answers reveal about B under the lever is measured, as
the change of the expected belief in B's true type.

Units: own stake; probabilities. ``felt`` are shares of a stick's pain that reach B's leader.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from offramp.answers._leverage_runs import Change, Seen, Variant, change
from offramp.crisis import Crisis
from offramp.crisis._pressure import Lever, LeverUse, Plan, Stage
from offramp.game._automaton import READ_BY_TERMS
from offramp.game._plans import NEVER_UNDONE, pain

Part = Literal["coerce", "relief", "constrain", "terms", "risk", "own"]
PARTS: tuple[Part, ...] = ("coerce", "constrain", "terms", "risk", "own")
"""Parts that add up to the net with the rest; ``relief`` is a part of ``coerce``."""
CONSTITUENCIES = ("elite", "public", "budget", "military")
FOR_EVER = 999.0
"""Months of undoing of a lever that is made permanent."""
PRICE = "blocs.B.audience.cost"
"""The only path that a lever's ``shifts`` move in a game."""


@dataclass(frozen=True)
class Weighed:
    """A lever with what it is worth.

    Attributes:
        used: Whether the plan uses it.
        net: Plan with it less plan without it.
        parts: What each part adds; a part that the lever has not is absent.
        rest: Net less the parts (None: the parts were not solved for).
        pain: Flow cost to B's leader at full effect and cohesion (own stake; negative: a gift).
        felt: Share of that pain that reaches B's leader by each constituency (empty without pain).
    """

    id: str
    name: str
    used: bool
    kind: str
    channels: tuple[str, ...]
    rung: int
    net: Change
    parts: Mapping[Part, Change]
    rest: Change | None
    pain: float
    own_cost: float
    felt: Mapping[str, float]

    @property
    def per_rung(self) -> float:
        """Net leverage per rung of the ladder, the lowest counting as one."""
        return self.net.a / max(1, self.rung)


def levers_used(crisis: Crisis, plan: Plan) -> tuple[str, ...]:
    """Levers that a plan's stages, uses in a ceasefire and answers to events switch on."""
    found = [use.lever for stage in plan.stages for use in stage.on]
    found += plan.on_ceasefire
    found += [x for event, keys in plan.on_event.items() if event in crisis.events for x in keys]
    return tuple(dict.fromkeys(key for key in found if key in crisis.levers))


def on_side(crisis: Crisis, who: str, side: str) -> bool:
    """Whether a bloc, actor or member is, or belongs to, a side."""
    if who == side:
        return True
    if who in crisis.actors:
        return crisis.actors[who].bloc == side
    return who in crisis.members and crisis.members[who].bloc == side


def idle_levers(crisis: Crisis, plan: Plan) -> tuple[tuple[str, ...], dict[str, str]]:
    """A's levers on B that the plan leaves idle, and why others of A's are left out."""
    used = levers_used(crisis, plan)
    found: list[str] = []
    out: dict[str, str] = {}
    for key, lever in crisis.levers.items():
        if key in used or not on_side(crisis, lever.holder, "A"):
            continue
        missing = [n for n in lever.needs if n in crisis.levers and n not in used]
        if not any(on_side(crisis, target, "B") for target in lever.targets):
            out[key] = "it is not aimed at the other side"
        elif missing:
            out[key] = f"it needs {crisis.levers[missing[0]].name}, which the plan does not use"
        else:
            found.append(key)
    return tuple(found), out


def without(plan: Plan, lever: str) -> Plan:
    """The plan with one lever taken out everywhere."""
    return plan.model_copy(
        update={
            "stages": tuple(
                stage.model_copy(update={"on": tuple(u for u in stage.on if u.lever != lever)})
                for stage in plan.stages
            ),
            "on_ceasefire": tuple(x for x in plan.on_ceasefire if x != lever),
            "on_event": {
                event: tuple(x for x in keys if x != lever) for event, keys in plan.on_event.items()
            },
        }
    )


def added(crisis: Crisis, plan: Plan, lever: str) -> Plan:
    """The plan with one more lever in its last step, or from each ceasefire if it needs one."""
    if "ceasefire" in crisis.levers[lever].needs and crisis.regime != "ceasefire":
        return plan.model_copy(update={"on_ceasefire": (*plan.on_ceasefire, lever)})
    use = LeverUse(lever=lever)
    if not plan.stages:
        stage = Stage(name=crisis.levers[lever].name, on=(use,))
        return plan.model_copy(update={"stages": (stage,)})
    last = plan.stages[-1]
    more = last.model_copy(update={"on": (*last.on, use)})
    return plan.model_copy(update={"stages": (*plan.stages[:-1], more)})


def is_threat(crisis: Crisis, plan: Plan, key: str) -> bool:
    """Whether B can act before the lever begins: at a later stage's trigger, or in a ceasefire."""
    started = {u.lever for s in plan.stages if s.trigger.strip() == "start" for u in s.on}
    later = {u.lever for s in plan.stages if s.trigger.strip() != "start" for u in s.on}
    pausing = key in plan.on_ceasefire and crisis.regime != "ceasefire"
    return key not in started and (key in later or pausing)


def _of_relief(path: str) -> bool:
    return path.startswith("relief.")


def _opens(path: str) -> bool:
    return READ_BY_TERMS.fullmatch(path) is not None and not _of_relief(path)


def taken_away(crisis: Crisis, key: str, part: Part, threat: bool = False) -> dict[str, Any]:
    """Paths to replace so that a lever loses one part; empty if it has no such part.

    Args:
        crisis: The crisis.
        key: The lever.
        part: The part.
        threat: Whether B can act before the lever begins.
    """
    lever, at = crisis.levers[key], f"levers.{key}"
    changes: dict[str, Any] = {}
    if part in ("coerce", "relief"):
        hurt = pain(crisis, lever)
        if part == "relief" and not (threat and hurt > 0):
            return {}
        stands = hurt > 0 and not (part == "coerce" and threat)
        if stands and lever.undo_months < NEVER_UNDONE:
            changes[f"{at}.undo_months"] = FOR_EVER
        elif hurt and not stands:
            changes[f"{at}.cost_to_target"] = None
        if any(_of_relief(path) for path in lever.sets):
            changes[f"{at}.sets"] = {k: v for k, v in lever.sets.items() if not _of_relief(k)}
    elif part == "constrain":
        for field in ("step_shift", "exhaustion"):
            number = getattr(lever, field)
            if number is not None and number.value != 0:
                changes[f"{at}.{field}"] = None
    elif part == "terms":
        if any(_opens(path) for path in lever.sets):
            changes[f"{at}.sets"] = {k: v for k, v in lever.sets.items() if not _opens(k)}
        if PRICE in lever.shifts:
            changes[f"{at}.shifts"] = {k: v for k, v in lever.shifts.items() if k != PRICE}
    elif part == "risk":
        hazards = {r.rung: r.accident.value for r in crisis.ladder.rungs}
        if lever.kind != "carrot" and hazards.get(lever.rung, 0.0) > 0:
            changes[f"{at}.rung"] = max(hazards) + 1  # no accident is known for it
    elif lever.cost_to_holder is not None and lever.cost_to_holder.value != 0:
        changes[f"{at}.cost_to_holder"] = None
    return changes


def behind_guarantee(crisis: Crisis, key: str) -> bool:
    """Whether the lever provides a guarantee, so that its costs are due after a deal, too."""
    return any(guarantee.lever == key for guarantee in crisis.guarantees.values())


def parts_of(crisis: Crisis, plan: Plan, key: str) -> dict[Part, dict[str, Any]]:
    """The parts that a lever has in this game, with the paths that take each away.

    What a lever behind a guarantee costs either side is also what the guarantee costs after a deal, so
    these parts cannot be taken away alone and stay in the rest.
    """
    threat = is_threat(crisis, plan, key)
    every: tuple[Part, ...] = (*PARTS, "relief")
    if behind_guarantee(crisis, key):
        every = ("constrain", "terms", "risk")
    found = {part: taken_away(crisis, key, part, threat) for part in every}
    return {part: changes for part, changes in found.items() if changes}


def net_variants(crisis: Crisis, plan: Plan, idle: Sequence[str]) -> list[Variant]:
    """Re-solves for the net leverage of the plan's levers and of idle ones.

    The futures are looked at for the plan's own levers, or for idle ones if it uses none.
    """
    used = levers_used(crisis, plan)
    found = [Variant(f"without {x}", plan=without(plan, x), forward=True) for x in used]
    return found + [
        Variant(f"with {x}", plan=added(crisis, plan, x), forward=not used) for x in idle
    ]


def part_variants(crisis: Crisis, plan: Plan, key: str) -> list[Variant]:
    """Re-solves for the parts of one lever."""
    here = None if key in levers_used(crisis, plan) else added(crisis, plan, key)
    return [
        Variant(f"{key} less {part}", changes, here)
        for part, changes in parts_of(crisis, here or plan, key).items()
    ]


def weigh(crisis: Crisis, plan: Plan, key: str, base: Seen, seen: Mapping[str, Seen]) -> Weighed:
    """Net leverage of a lever, and its parts if they were solved for."""
    lever, used = crisis.levers[key], key in levers_used(crisis, plan)
    whole = base if used else seen[f"with {key}"]
    bare = seen[f"without {key}"] if used else base
    net = change(whole, bare)
    has = parts_of(crisis, plan if used else added(crisis, plan, key), key)
    split = all(f"{key} less {part}" in seen for part in has)
    parts = {p: change(whole, seen[f"{key} less {p}"]) for p in has} if split else {}
    rest = net
    for part in PARTS:
        if part in parts:
            rest = rest.minus(parts[part])
    return Weighed(
        id=key,
        name=lever.name,
        used=used,
        kind=lever.kind,
        channels=tuple(lever.channels),
        rung=lever.rung,
        net=net,
        parts=parts,
        rest=rest if split else None,
        pain=pain(crisis, lever),
        own_cost=lever.cost_to_holder.value if lever.cost_to_holder is not None else 0.0,
        felt=felt_shares(crisis, lever),
    )


def felt_shares(crisis: Crisis, lever: Lever) -> dict[str, float]:
    """Share of a stick's pain on B's leader that comes through each constituency."""
    if pain(crisis, lever) <= 0:
        return {}
    weights = crisis.blocs["B"].felt_by
    reach = {c: getattr(lever.felt_by, c) * getattr(weights, c).value for c in CONSTITUENCIES}
    total = sum(reach.values())
    return {c: x / total for c, x in reach.items()}


def package_shares(crisis: Crisis, plan: Plan) -> dict[str, float]:
    """The same for all sticks of a plan, by their pain at full effect and the plan's intensity."""
    strength: dict[str, float] = {}
    for stage in plan.stages:
        for use in stage.on:
            strength[use.lever] = max(strength.get(use.lever, 0.0), use.intensity)
    for key in levers_used(crisis, plan):
        strength.setdefault(key, 1.0)
    total = dict.fromkeys(CONSTITUENCIES, 0.0)
    for key, level in strength.items():
        hurt = pain(crisis, crisis.levers[key])
        for c, share in felt_shares(crisis, crisis.levers[key]).items():
            total[c] += level * hurt * share
    size = sum(total.values())
    return {c: x / size for c, x in total.items()} if size > 0 else {}
