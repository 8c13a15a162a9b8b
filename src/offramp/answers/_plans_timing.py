"""When a plan is agreed, when it starts, and when it bites.

*Agreed now, at the trigger, never.* The same levers, offer and relief are solved four times:

* now: the plan is agreed beforehand, so fracture falls by ``coalition.preagreement``;
* at the trigger, consent being sure: not agreed beforehand, every stage still begins;
* at the trigger: each stage begins with the chance that those whom its rules ask still meet them in the
  month its trigger is met; B knows that chance. Members keep their posture as in
  :mod:`._coalition_stay` (``stays`` per month); those who stand against a lever count as out. The least
  chance over the stage's levers stands for all, since the same members decide on each;
* never: stages that need consent do not exist.

So now - never = [what agreeing early keeps together] + [risk that consent fails] + [what the plan is worth
without both]. Agreement can only settle what is contested: where no member refuses or objects to any
lever of the plan, nor refuses a term of its offer, ``preagreement`` is taken as 0 and consent as sure, so
the gain of agreeing now is exactly 0.

*Start.* The first stage that waits is given a date: it begins in month n (``months >= n``), all else as in
the plan; V_A(n) and the chances of settlement against n.

*Bite.* With w_l the pain of lever l at full effect, the share of the package's pressure that is in force a
months after it begins is ``b(a) = sum_l w_l e_l(a) / max_a sum_l w_l e_l(a)``, e_l the effect curve
(lag, ramp, adaptation). *Late*: the month in which half of it is in force, counted from the earliest month
in which the trigger can be met, lies beyond the plan's deadline (or the month at which plans are read).

Units: months; chances; A's stake.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from offramp.answers._coalition_facts import asked, leads_of, members_of, stance
from offramp.answers._coalition_votes import chances
from offramp.answers._plans_lines import CONTRIBUTORS, survival
from offramp.answers._plans_runs import Case, Portrait
from offramp.crisis import Crisis, Plan
from offramp.crisis._check_plan_timing import earliest
from offramp.crisis._pressure import Authority
from offramp.game import Resolution
from offramp.game._plans import effect, pain

STARTS = (0, 2, 4, 6, 9, 12, 15, 18)
"""Months that are tried as the start, as far as the horizon goes."""
HALF, FULL = 0.5, 0.95
"""Shares of the package's pressure from which it counts as half and as fully in force."""
MODES = ("now", "sure", "at_trigger", "never")


def waiting(plan: Plan) -> list[int]:
    """Places of the stages that wait for a trigger."""
    return [i for i, s in enumerate(plan.stages) if s.trigger.strip() != "start"]


# --- Agreement -------------------------------------------------------------------------------


def contested(crisis: Crisis, plan_id: str) -> tuple[str, ...]:
    """Members that stand against a lever of the plan or a term of its offer."""
    found = survival(crisis, plan_id)
    against = {m for kept in found.kept for m in kept.against if m in crisis.members}
    against |= {line.owner for line in found.lines if line.owner in crisis.members}
    return tuple(m for m in members_of(crisis) if m in against)


def needs_consent(crisis: Crisis, plan: Plan, place: int) -> bool:
    """Whether somebody has to agree before a stage begins."""
    stage = plan.stages[place]
    if stage.authority.of:
        return True
    leads = leads_of(crisis, None)
    return any(
        asked(crisis, crisis.levers[u.lever], leads, CONTRIBUTORS) is not None for u in stage.on
    )


def consent_chance(crisis: Crisis, plan_id: str, month: int) -> float:
    """Least chance over the plan's joint levers that pass today that their rule is still met in a month."""
    leads = leads_of(crisis, None)
    found = survival(crisis, plan_id)
    least = 1.0
    for kept in found.kept:
        rule = asked(crisis, crisis.levers[kept.lever], leads, CONTRIBUTORS)
        if rule is None or kept.after <= 0:
            continue
        inside = [
            _stays(crisis, m, month) if stance(crisis, m, kept.lever, rule).agrees else 0.0
            for m in rule.members
        ]
        least = min(least, float(chances(rule, np.array([inside])).holds[0]))
    named = [m for i in waiting(crisis.plans[plan_id])
             for m in crisis.plans[plan_id].stages[i].authority.of if m in crisis.members]  # fmt: skip
    for m in dict.fromkeys(named):
        least = min(least, _stays(crisis, m, month))
    return least


def _stays(crisis: Crisis, member: str, month: int) -> float:
    q = crisis.members[member].stays
    return 1.0 if q is None else q.value**month


@dataclass(frozen=True)
class Agreement:
    """One plan under the four ways to agree on it.

    Attributes:
        contested: Members whose lines the agreement has to settle.
        chance: Chance of consent at the trigger, read at ``month``.
        cases: Mode -> what came of it.
    """

    plan: str
    contested: tuple[str, ...]
    chance: float
    month: int
    cases: dict[str, Portrait]

    @property
    def gain(self) -> float:
        """What agreeing now is worth to A against agreeing at the trigger."""
        return self.cases["now"].value_a - self.cases["at_trigger"].value_a


def agreement_cases(
    crisis: Crisis,
    plan_id: str,
    precision: float,
    grid: Resolution,
    reading: str | None,
    month: int,
) -> tuple[dict[str, Case], tuple[str, ...], float, int]:
    """Cases by mode, contested members, chance of consent, and the month it is read at."""
    plan = crisis.plans[plan_id]
    against = contested(crisis, plan_id)
    stages = [plan.stages[i] for i in waiting(plan)]
    when = max((round(earliest(s.trigger)) for s in stages), default=0)
    chance = consent_chance(crisis, plan_id, when) if against else 1.0
    at_trigger = tuple(
        s.model_copy(update={"authority": Authority(of=s.authority.of, when="at_trigger")})
        if s.authority.of
        else s
        for s in plan.stages
    )
    now = plan.model_copy(update={"preagreed": True})
    sure = plan.model_copy(update={"preagreed": False, "stages": at_trigger})
    asks = sure.model_copy(
        update={"credibility": plan.credibility.at(chance), "followed": plan.followed.at(chance)}
    )
    never = sure.model_copy(
        update={
            "stages": tuple(
                s for i, s in enumerate(at_trigger) if not needs_consent(crisis, plan, i)
            )
        }
    )
    changes = () if against else (("coalition.preagreement", 0.0),)

    def case(p: Plan) -> Case:
        return Case(p, precision, grid, reading, changes, "whole", month)

    cases = {"now": case(now), "sure": case(sure), "never": case(never)}
    if chance < 1:
        cases["at_trigger"] = case(asks)
    return cases, against, chance, when


# --- Start -----------------------------------------------------------------------------------


def starting(plan: Plan, month: int) -> Plan:
    """The plan with its first waiting stage (or, failing that, its first stage) begun in a given month."""
    places = waiting(plan) or list(range(len(plan.stages)))[:1]
    stages = tuple(
        s.model_copy(update={"trigger": f"months >= {month}"}) if i == places[0] else s
        for i, s in enumerate(plan.stages)
    )
    return plan.model_copy(update={"stages": stages})


def start_cases(
    plan: Plan, horizon: int, precision: float, grid: Resolution, reading: str | None
) -> dict[int, Case]:
    """A case per month in which the plan may start."""
    if not plan.stages:
        return {}
    return {
        n: Case(starting(plan, n), precision, grid, reading)
        for n in STARTS
        if n == 0 or n < horizon
    }


@dataclass(frozen=True)
class Starts:
    """A plan against the month it starts: A's value, chances of settlement at the month read and the end."""

    plan: str
    months: tuple[int, ...]
    value_a: tuple[float, ...]
    settled: tuple[float, ...]
    settled_end: tuple[float, ...]
    own_value: float

    @property
    def best(self) -> int:
        """Month with the highest value, the earliest of equals."""
        return self.months[max(range(len(self.months)), key=lambda i: self.value_a[i])]


def starts_of(
    plan: str, months: Sequence[int], found: Sequence[Portrait], read: int, own: float
) -> Starts:
    """The curve from the solves of its cases."""
    return Starts(
        plan,
        tuple(months),
        tuple(x.value_a for x in found),
        tuple(x.settled[min(read, len(x.settled) - 1)] for x in found),
        tuple(x.settled[-1] for x in found),
        own,
    )


# --- Bite ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bite:
    """How fast a plan's pressure comes into force.

    Attributes:
        share: b(a) for ages 0..horizon; empty without pressure.
        starts: Earliest month in which its first pressure can begin.
        half, full: Ages at which half and nearly all of it is in force.
        deadline: Month it has to work by, and whether the plan itself states it.
        slow: Levers that are not at full effect within the deadline, with the month they are.
    """

    plan: str
    share: tuple[float, ...]
    starts: float
    half: int | None
    full: int | None
    deadline: float
    stated: bool
    slow: tuple[tuple[str, float], ...]

    @property
    def late(self) -> bool:
        """Whether half of the pressure comes after the deadline."""
        return self.half is not None and self.starts + self.half > self.deadline


def bite(crisis: Crisis, plan_id: str, read: int) -> Bite:
    """The effect curve of a plan's sticks."""
    plan = crisis.plans[plan_id]
    horizon = crisis.clock.horizon_months
    cap = plan.slowest_ramp.value if plan.slowest_ramp is not None else None
    deadline = float(read) if plan.deadline_months is None else plan.deadline_months
    total = np.zeros(horizon + 1)
    starts, slow = float(horizon), []
    for stage in plan.stages:
        begins = 0.0 if stage.trigger.strip() == "start" else earliest(stage.trigger)
        for use in stage.on:
            lever = crisis.levers[use.lever]
            hurt = max(0.0, pain(crisis, lever)) * use.intensity
            if hurt <= 0:
                continue
            starts = min(starts, begins)
            total += hurt * np.array([effect(lever, a, cap) for a in range(horizon + 1)])
            ramp = lever.ramp.value if cap is None else min(cap, lever.ramp.value)
            at_full = begins + lever.lag.value + ramp
            if at_full > deadline:
                slow.append((use.lever, at_full))
    peak = float(total.max())
    if peak <= 0:
        return Bite(plan_id, (), 0.0, None, None, deadline, plan.deadline_months is not None, ())
    share = total / peak
    return Bite(
        plan_id,
        tuple(float(x) for x in share),
        starts,
        int(np.argmax(share >= HALF)),
        int(np.argmax(share >= FULL)),
        deadline,
        plan.deadline_months is not None,
        tuple(sorted(slow, key=lambda x: -x[1])),
    )
