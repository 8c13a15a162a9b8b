"""What a plan cannot do without, who can break it by leaving, and what helps.

*Members.* With S_i(t) each member's chance of still being in (:mod:`._coalition_stay`), the force's rule
(contributors with the leads among them, else the leads, else all) holds with chance P(t). The blow of
losing member i at once is P(t | i in as it is) - P(t | i out); of a vote that turns out hostile, the same
at the month of the vote.

*Host.* P(t) of the rule with the host in it, at the file's hazard that its consent is withdrawn and at
four times that, with consent bound by treaty for 0, 12 or 24 months.

*Failure modes.* Each row is one thing that can fail: an event whose effect, with what A holds out for
unchanged, is a loss to A beyond the error; a member without whom the rule cannot hold; a step of the
force's chain; a lever of the plan that its rule of consent blocks. It is a *single point of failure* if
the plan cannot go on without it: for members, steps and levers the rule or the step says so; an event is
one if it takes more than half of the chance of a settlement or of a whole coalition at the month read.

*Mitigations.* A lever of A begun on the first day after the worst shock, the plan agreed beforehand, help
replaced at the high end of its range: what is recovered is V_A with shock and mitigation less V_A with
the shock, its own cost counted; the cost is its flow at full effect, as if paid for ever. They are ranked
by what they recover for each unit of cost, those without a cost of their own first among those that
recover anything.

Units: probabilities; A's own stake.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offramp.answers._coalition_facts import (
    binding_refusals,
    leads_of,
    levers_of,
    members_of,
    name_of,
    rules_of,
    shares_of,
)
from offramp.answers._coalition_stay import Stays, stays_of
from offramp.answers._coalition_votes import Rule, chances
from offramp.answers._coalition_ways import Passage, fixed_terms, passage
from offramp.answers._stress_events import plain, uses
from offramp.crisis import Crisis, override
from offramp.crisis._pressure import LeverUse, Plan, Stage
from offramp.game._events import hosts_of
from offramp.solution import Solution

CONTRIBUTORS = 3
"""Least number of contributors to a force where its rule names none."""
TIMES = 4.0
"""Factor by which the hazard of a change of leader at the host's is raised."""
BLOCKS = 1e-9


@dataclass(frozen=True)
class MemberBlow:
    """What losing a member does to the chance that the force's rule holds at the last month shown.

    ``vote``: month and chance of a hostile result of its next vote, if the file states one.
    """

    member: str
    name: str
    share: float
    alive: float
    blow: float
    vote: tuple[int, float] | None
    needed: bool


@dataclass(frozen=True)
class Members:
    """The force's rule and its members; ``holds`` is its chance by month."""

    rule: Rule
    holds: tuple[float, ...]
    blows: tuple[MemberBlow, ...]


@dataclass(frozen=True)
class Host:
    """Chance by month that a force stays with the host: by factor on the hazard, then by treaty months."""

    host: str
    name: str
    hazard: float
    calm: dict[int, tuple[float, ...]]
    shaken: dict[int, tuple[float, ...]]

    def recovered(self, term: int) -> float | None:
        """Part of what the likelier change takes away that a treaty of ``term`` months gives back."""
        lost = self.calm[0][-1] - self.shaken[0][-1]
        return (self.shaken[term][-1] - self.shaken[0][-1]) / lost if lost > 0 else None


def stays_in(solution: Solution) -> Stays:
    """Members' chances in a solved game."""
    crisis = solution.game.crisis
    months = min(solution.game.shown, solution.game.months - 1)
    binding = binding_refusals(crisis, leads_of(crisis, None), CONTRIBUTORS)
    return stays_of(solution, months, min(12, months), binding)


def rule_of(crisis: Crisis) -> Rule | None:
    """The rule of a force: contributors, else the leads, else all; None without members."""
    if not members_of(crisis):
        return None
    rules = {r.key: r for r in rules_of(crisis, leads_of(crisis, None), CONTRIBUTORS)}
    return next((rules[k] for k in ("contributors", "leads", "unanimity") if k in rules), None)


def members_in(solution: Solution) -> Members | None:
    """Each member's loss and what it does to the force's rule."""
    crisis = solution.game.crisis
    rule = rule_of(crisis)
    if rule is None:
        return None
    stays = stays_in(solution)
    inside = stays.of(rule.members)
    told = chances(rule, inside)
    share = shares_of(crisis)
    votes = {
        v.member: (v.month, v.hostile)
        for v in reversed(stays.votes)
        if v.hostile is not None and v.hostile > 0
    }
    end = len(inside) - 1
    blows = [
        MemberBlow(
            m, name_of(crisis, m), share[m], float(inside[end, i]),
            _shown(float(told.holds[end] - told.without[end, i])), votes.get(m),
            bool(told.without[end, i] <= BLOCKS < told.holds[end]),
        )
        for i, m in enumerate(rule.members)
    ]  # fmt: skip
    ranked = sorted(blows, key=lambda x: (-x.blow, x.member))
    return Members(rule, tuple(map(float, told.holds)), tuple(ranked))


def _shown(x: float) -> float:
    """A difference of probabilities without the residue of rounding."""
    return 0.0 if abs(x) <= BLOCKS else x


def host_events(crisis: Crisis) -> tuple[str, ...]:
    """Events by which the host may ask a force to leave."""
    hosts = hosts_of(crisis)
    return tuple(
        key
        for key, event in crisis.events.items()
        if any(e.kind == "consent" and e.target in hosts for e in event.effects)
    )


def shaken_host(crisis: Crisis) -> Crisis:
    """The crisis with the hazard of such events four times as high."""
    changes = {
        f"events.{k}.hazard": min(1.0, TIMES * crisis.events[k].hazard.value)
        for k in host_events(crisis)
    }
    return override(crisis, changes)


def host_in(solution: Solution, shaken: Solution) -> Host | None:
    """The host's consent in the game and in one with likelier changes of its leader."""
    crisis = solution.game.crisis
    events = host_events(crisis)
    if not events or not members_of(crisis):
        return None
    rule = next(
        (r for r in rules_of(crisis, leads_of(crisis, None), CONTRIBUTORS) if r.key == "host"), None
    )
    if rule is None:
        return None
    host = crisis.blocs["A"].principal
    calm, rough = (fixed_terms(rule, stays_in(s), host) for s in (solution, shaken))
    hazard = sum(crisis.events[k].hazard.value for k in events)
    return Host(host, name_of(crisis, host), hazard, calm, rough)


# --- Levers ------------------------------------------------------------------------------------


def passages_of(crisis: Crisis, plan: Plan) -> dict[str, Passage]:
    """How the coalition's levers fare under their rules of consent."""
    if not members_of(crisis):
        return {}
    leads, share = leads_of(crisis, None), shares_of(crisis)
    return {
        key: passage(crisis, key, leads, CONTRIBUTORS, share)
        for key in levers_of(crisis, plan)
    }  # fmt: skip


def blocked_in_plan(crisis: Crisis, plan: Plan) -> tuple[Passage, ...]:
    """Levers of the plan that those who are asked would not let pass."""
    return tuple(
        p for key, p in passages_of(crisis, plan).items() if uses(plan, key) and not p.passes
    )


@dataclass(frozen=True)
class Remedy:
    """Something that A can do after a shock; ``cost`` its flow at full effect."""

    key: str
    name: str
    cost: float
    changes: tuple[tuple[str, object], ...] = ()
    plan: Plan | None = None


def remedies(crisis: Crisis, plan: Plan) -> tuple[Remedy, ...]:
    """Levers that pass and are not in the plan, agreement beforehand, faster substitution."""
    found: list[Remedy] = []
    if not plan.preagreed and crisis.coalition.fracture.value > 0:
        agreed = plan.model_copy(update={"preagreed": True})
        found.append(Remedy("preagreed", "Agree the plan beforehand", 0.0, plan=agreed))
    sub = crisis.coalition.substitution
    if sub.high is not None and sub.high > sub.value:
        found.append(
            Remedy(
                "substitution", f"Others replace lost help faster ({sub.high:.0%} in a year)", 0.0,
                (("coalition.substitution", sub.high),),
            )
        )  # fmt: skip
    passes = passages_of(crisis, plan)
    own = {"A", *crisis.blocs["A"].voices, *(a for a, x in crisis.actors.items() if x.bloc == "A")}
    broker = crisis.broker.actor if crisis.broker is not None else None
    keys = tuple(passes) or tuple(k for k, x in crisis.levers.items() if x.holder in own)
    for key in keys:
        lever = crisis.levers[key]
        if uses(plan, key) or key in plan.withheld or (key in passes and not passes[key].passes):
            continue
        if lever.kind in ("denial", "guarantee") or lever.holder == broker or lever.needs:
            continue
        first = Stage(name=lever.name, trigger="start", on=(LeverUse(lever=key),))
        more = plan.model_copy(update={"stages": (first, *plan.stages)})
        found.append(Remedy(key, lever.name, plain(lever.cost_to_holder), plan=more))
    return tuple(found)


def per_cost(recovered: float, cost: float) -> float | None:
    """What is recovered for each unit of cost; None where it has no cost of its own."""
    return recovered / cost if cost > 0 else None


def half_back(base: tuple[float, ...], shocked: tuple[float, ...], visible: float) -> float | None:
    """Months until half of a shock's largest difference is gone; nan if there is no shock to see.

    None if it is not back within the months shown. Counted from the month of the largest difference, in
    straight lines between months.
    """
    gap = np.abs(np.array(shocked) - np.array(base))
    gap = gap[np.isfinite(gap)]
    if not len(gap) or gap.max() <= visible:
        return float("nan")
    peak = int(gap.argmax())
    half = gap[peak] / 2
    for t in range(peak + 1, len(gap)):
        if gap[t] <= half:
            part = (gap[t - 1] - half) / (gap[t - 1] - gap[t]) if gap[t - 1] > gap[t] else 1.0
            return float(t - 1 + part - peak)
    return None
