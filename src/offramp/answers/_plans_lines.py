"""What the members' lines leave of a plan: derived from rules of consent, not written.

For each lever of a plan the members that its rule asks either agree or stand against it (their refusals, and
the objections the file expects). A lever under a joint rule is kept whole if the rule is met without those
who stand against it, and lost otherwise; where each acts for itself it keeps the share of those who agree
in what the coalition gives (:func:`._coalition_ways.passage`). A lever that needs a lost one is lost with
it, one that its holder refuses is lost, and terms of relief that a lost lever sets fall back to those of
the crisis. Plan B-minus is the plan with these strengths::

    intensity'_l = intensity_l x strength_l,    L = sum_l pain_l x intensity_l,    left = L' / L .

Where the file holds a plan that says it is *derived from* this one, the two are set side by side lever by
lever: what the file drops, keeps or adds beyond what the rules derive. Substitutes cannot be derived.

*Whose cost exceeds the benefit.* A member's own side of a lever, in log-odds of keeping its posture
(:func:`._coalition_ways.yields_at`): burden = -a2 exposure_i c - a3 dissent_i, with c the lever's own cost as
a part of the bloc's; benefit = a1 threat_i, a threat felt once more in full. burden > benefit predicts an
objection, which is compared with those on file.

*Terms.* A term of the plan's offer beyond a line of A's own actors, or beyond a member's refusal of terms, is
listed with its owner. Units: flows in B's stake; shares; log-odds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from offramp.answers._coalition_facts import asked, leads_of, majority_of, members_of, shares_of
from offramp.answers._coalition_votes import Rule, unanimity
from offramp.answers._coalition_ways import passage, yields_at
from offramp.crisis import Crisis, Plan
from offramp.crisis._pressure import LeverUse

CONTRIBUTORS = 3
"""Least number of contributors where a lever's rule asks contributors."""
EACH = "each for itself"
"""Words for a lever that nobody decides on jointly."""
WHOLE = 1 - 1e-9
"""Strength from which a lever counts as kept whole."""
_TERM = re.compile(r"\s*([A-Za-z_]\w*)\s*(<=|>=|<|>)\s*([0-9.]+)\s*")


@dataclass(frozen=True)
class Kept:
    """What is left of one lever.

    Attributes:
        rule: The lever's rule of consent in words; ``route`` another rule by which it would pass or fail:
            (name, passes), or None.
        asked, against: Members.
        before, after: Intensity in the plan and what is left of it.
        took: Members whose line took it or a part of it; ``why`` in words where no line did.
        written: Intensity in the plan of the file that is derived from this one; None without such a plan.
        said: Members that the file names as having taken it.
        pain: Flow on B at full strength.
    """

    lever: str
    rule: str
    route: tuple[str, bool] | None
    asked: tuple[str, ...]
    against: tuple[str, ...]
    before: float
    after: float
    took: tuple[str, ...]
    why: str
    written: float | None
    said: tuple[str, ...]
    pain: float

    @property
    def fate(self) -> str:
        """``kept``, ``reduced`` or ``lost``."""
        if self.after <= 0:
            return "lost"
        return "kept" if self.after >= self.before * WHOLE else "reduced"


@dataclass(frozen=True)
class Line:
    """A term of the offer beyond somebody's line."""

    issue: str
    term: float
    rule: str
    owner: str
    hard: bool


@dataclass(frozen=True)
class Survival:
    """What the lines leave of a plan.

    ``written`` is the plan of the file that is derived from it; ``added`` what only that one has.
    """

    plan: str
    kept: tuple[Kept, ...]
    lines: tuple[Line, ...]
    written: str | None
    added: tuple[str, ...]

    @property
    def left(self) -> float | None:
        """Share of the plan's pain on B that is left; None if it puts none on B."""
        return self._share(lambda k: k.after)

    @property
    def left_written(self) -> float | None:
        """The same by the levers that the file's own version keeps, substitutes apart."""
        return None if self.written is None else self._share(lambda k: k.written or 0.0)

    def _share(self, of: Callable[[Kept], float]) -> float | None:
        whole = sum(max(0.0, k.pain) * k.before for k in self.kept)
        return sum(max(0.0, k.pain) * of(k) for k in self.kept) / whole if whole > 0 else None

    @property
    def lost(self) -> tuple[Kept, ...]:
        """Levers of which nothing, or not all, is left."""
        return tuple(k for k in self.kept if k.fate != "kept")


def survival(crisis: Crisis, plan_id: str, leads: tuple[str, ...] | None = None) -> Survival:
    """Derive what the members' lines leave of a plan of the file."""
    plan = crisis.plans[plan_id]
    written = next((k for k, p in crisis.plans.items() if p.derived_from == plan_id), None)
    there = _strengths(crisis.plans[written]) if written is not None else {}
    before = _strengths(plan)
    chosen = leads_of(crisis, None) if leads is None else leads
    share = shares_of(crisis)
    found: dict[str, Kept] = {}
    for key, level in before.items():
        found[key] = _kept(crisis, key, level, chosen, share, written, there)
    for _ in before:  # what needs a lost lever is lost, and so on down
        for key, one in found.items():
            gone = [n for n in crisis.levers[key].needs if n in found and found[n].after <= 0]
            if one.after > 0 and gone:
                name = crisis.levers[gone[0]].name
                found[key] = _without(one, found[gone[0]].took, f"needs “{name}”, which is lost")
    added = tuple(k for k in there if k not in before)
    return Survival(plan_id, tuple(found.values()), _crossed(crisis, plan), written, added)


def _without(one: Kept, took: tuple[str, ...], why: str) -> Kept:
    return Kept(
        one.lever, one.rule, one.route, one.asked, one.against, one.before, 0.0, took, why,
        one.written, one.said, one.pain,
    )  # fmt: skip


def _strengths(plan: Plan) -> dict[str, float]:
    """Largest intensity of each lever of a plan."""
    found: dict[str, float] = {}
    for stage in plan.stages:
        for use in stage.on:
            found[use.lever] = max(found.get(use.lever, 0.0), use.intensity)
    for key in (*plan.on_ceasefire, *(x for levers in plan.on_event.values() for x in levers)):
        found.setdefault(key, 1.0)
    return found


def _kept(
    crisis: Crisis,
    key: str,
    level: float,
    leads: tuple[str, ...],
    share: dict[str, float],
    written: str | None,
    there: Mapping[str, float],
) -> Kept:
    lever = crisis.levers[key]
    found = passage(crisis, key, leads, CONTRIBUTORS, share)
    strength, why = found.strength, ""
    if lever.holder in found.against:
        strength, why = 0.0, f"{_name(crisis, lever.holder)} holds it and stands against it"
    dropped = crisis.plans[written].dropped.get(key, ()) if written is not None else ()
    return Kept(
        key,
        _rule_words(crisis, key, found.rule),
        _other_rule(found.rule, found.agree),
        found.rule.members if found.rule is not None else members_of(crisis),
        found.against,
        level,
        level * strength,
        found.against if strength < WHOLE else (),
        why,
        None if written is None else there.get(key, 0.0),
        tuple(dropped),
        found.pain,
    )


def _rule_words(crisis: Crisis, key: str, rule: Rule | None) -> str:
    word = crisis.levers[key].consent.rule
    if rule is None:
        return EACH if word == "national" else "nobody is asked"
    return rule.name


def _other_rule(rule: Rule | None, agree: tuple[str, ...]) -> tuple[str, bool] | None:
    """How a joint decision would go under the usual other rule of the same members."""
    return None if rule is None or len(rule.members) < 3 else _tried(rule, agree)


def _tried(rule: Rule, agree: tuple[str, ...]) -> tuple[str, bool] | None:
    if rule.key == "majority":
        all_of = unanimity("unanimity", "unanimity", rule.members)
        return "unanimity", all_of.holds(frozenset(agree))
    return None


def majority_route(crisis: Crisis, key: str) -> bool | None:
    """Whether a lever under unanimity would pass by qualified majority; None if that is not its rule."""
    rule = asked(crisis, crisis.levers[key], leads_of(crisis, None), CONTRIBUTORS)
    if rule is None or rule.key != "unanimity" or len(rule.members) < 3:
        return None
    found = passage(crisis, key, leads_of(crisis, None), CONTRIBUTORS, shares_of(crisis))
    return majority_of(crisis, rule.members).holds(frozenset(found.agree))


def derived_plan(crisis: Crisis, found: Survival) -> Plan:
    """Plan B-minus: the plan at the strengths that the lines leave."""
    plan = crisis.plans[found.plan]
    left = {k.lever: k.after / k.before for k in found.kept}
    gone = [k.lever for k in found.kept if k.after <= 0]
    unsaid = {
        name: None
        for name in ("comply", "clarity")
        if any(f"relief.{name}" in crisis.levers[x].sets for x in gone)
    }
    stages = tuple(
        stage.model_copy(
            update={
                "on": tuple(
                    LeverUse(lever=u.lever, intensity=u.intensity * left[u.lever])
                    for u in stage.on
                    if left[u.lever] > 0
                )
            }
        )
        for stage in plan.stages
    )
    return plan.model_copy(
        update={
            "name": f"{plan.name}, what the lines leave",
            "stages": tuple(
                now for now, was in zip(stages, plan.stages, strict=True) if now.on or not was.on
            ),
            "on_ceasefire": tuple(x for x in plan.on_ceasefire if left[x] > 0),
            "on_event": {
                event: some
                for event, levers in plan.on_event.items()
                if (some := tuple(x for x in levers if left[x] > 0))
            },
            "relief": plan.relief.model_copy(update=unsaid),
            "derived_from": found.plan,
            "dropped": {k.lever: k.took for k in found.lost},
        }
    )


def _name(crisis: Crisis, key: str) -> str:
    if key in crisis.members:
        return crisis.members[key].name
    return crisis.actors[key].name if key in crisis.actors else key


def contested_levers(found: Iterable[Survival]) -> tuple[str, ...]:
    """Sticks under a joint rule of several members that somebody asked stands against, most first."""
    joint = {
        k.lever: k
        for s in found
        for k in s.kept
        if len(k.asked) > 2 and k.rule != EACH and k.pain > 0 and k.against
    }
    return tuple(sorted(joint, key=lambda x: (-len(joint[x].against), -joint[x].pain)))


# --- Terms ---------------------------------------------------------------------------------


def _crossed(crisis: Crisis, plan: Plan) -> tuple[Line, ...]:
    """Terms of the plan's own offer beyond lines of A's actors and members."""
    if plan.offer is None:
        return ()
    terms = crisis.contracts[plan.offer].terms
    found = []
    for line in crisis.red_lines.values():
        actor = crisis.actors.get(line.actor)
        match = re.fullmatch(r"\s*x\s*(<=|>=|<|>)\s*([0-9.]+)\s*", line.rule)
        term = terms.get(line.issue)
        if actor is None or actor.bloc != "A" or match is None or term is None:
            continue
        if not _meets(term, match[1], float(match[2])):
            found.append(Line(line.issue, term, line.rule, line.actor, line.hard))
    for member in members_of(crisis):
        for refusal in crisis.members[member].refuses:
            match = _TERM.fullmatch(crisis.refusals.get(refusal, ""))
            term = terms.get(match[1]) if match is not None else None
            if match is not None and term is not None and _meets(term, match[2], float(match[3])):
                found.append(Line(match[1], term, crisis.refusals[refusal], member, False))
    return tuple(found)


def _meets(x: float, sign: str, limit: float) -> bool:
    slack = 1e-9
    return {
        "<=": x <= limit + slack,
        ">=": x >= limit - slack,
        "<": x < limit - slack,
        ">": x > limit + slack,
    }[sign]


# --- Own cost against benefit ----------------------------------------------------------------


@dataclass(frozen=True)
class Ledger:
    """A member's own side of a lever; ``predicted`` an objection, ``stated`` one on file."""

    member: str
    burden: float
    benefit: float
    predicted: bool
    stated: bool


def ledger(crisis: Crisis, key: str) -> tuple[Ledger, ...]:
    """Burden and benefit of a lever for every member that its rule asks, heaviest burden first."""
    lever, stay = crisis.levers[key], crisis.coalition.stay
    rule = asked(crisis, lever, leads_of(crisis, None), CONTRIBUTORS)
    found = []
    for m in rule.members if rule is not None else members_of(crisis):
        who = crisis.members[m]
        threat = stay.threat * (who.threat.value if who.threat is not None else 0.0)
        turn = yields_at(crisis, m, key)
        stated = m in lever.objectors or key in who.refuses
        found.append(Ledger(m, _burden(crisis, m, key), threat, turn > 1, stated))
    return tuple(sorted(found, key=lambda x: x.benefit - x.burden))


def _burden(crisis: Crisis, member: str, key: str) -> float:
    who, stay = crisis.members[member], crisis.coalition.stay
    base = crisis.standoff.cost.A.value if crisis.regime == "standoff" else crisis.war.cost.A.value
    own = crisis.levers[key].cost_to_holder
    cost = own.value / base if own is not None and base > 0 else 0.0
    burden = -stay.exposure * (who.exposure.value if who.exposure is not None else 0.0) * cost
    return max(0.0, burden - stay.dissent * (who.dissent.value if who.dissent is not None else 0.0))
