"""A difference between two plans, split into floor, offer, pressure, relief and timing.

A plan has five parts: *floor* (whose floor holds), *offer* (its contract, who may make offers), *pressure*
(levers that are no carrots, their strength, what is used in a ceasefire or in answer to events), *relief*
(terms of lifting, carrots) and *timing* (triggers, authority before or at them, how surely it is followed).
A mixture ``P_S`` takes the parts in S from the plan and the others from the first plan; with
``v(S) = V_A(P_S)``

    one at a time:   v({c}) - v({}),       interaction = [v(all) - v({})] - sum_c (v({c}) - v({}))
    Shapley:         phi_c = sum over S without c of |S|! (k - |S| - 1)! / k! [v(S + c) - v(S)]

Shapley's shares (Shapley 1953) add up to the difference and do not depend on an order; what one part does by
itself and what it does together with others stand side by side. A part that two plans have in common is
left out: its share is exactly 0.

Levers of one plan under the timing of another are put into its stages in order, the last taking what is
left over; under a timing without stages they are on from the start. Units: A's stake, solved on one grid.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass

from offramp.crisis import Crisis, Plan
from offramp.crisis._pressure import LeverUse, Stage

PARTS = ("floor", "offer", "pressure", "relief", "timing")
NAMES = {
    "floor": "Floor",
    "offer": "Offer",
    "pressure": "Pressure",
    "relief": "Relief",
    "timing": "Timing",
}


@dataclass(frozen=True)
class Split:
    """A plan's difference from the first plan.

    Attributes:
        total: v(all) - v({}) on the grid of the mixtures.
        alone: What each part does by itself; ``shapley`` its share. Parts in common are 0 in both.
        solved: Different mixtures that were solved.
    """

    plan: str
    base: str
    total: float
    alone: Mapping[str, float]
    shapley: Mapping[str, float]
    differing: tuple[str, ...]
    solved: int

    @property
    def interaction(self) -> float:
        """What the parts do together beyond what each does by itself."""
        return self.total - sum(self.alone.values())


def differing(crisis: Crisis, base: Plan, plan: Plan) -> tuple[str, ...]:
    """Parts in which two plans differ."""
    return tuple(part for part in PARTS if _part(crisis, base, part) != _part(crisis, plan, part))


def _carrot(crisis: Crisis, lever: str) -> bool:
    return crisis.levers[lever].kind in ("carrot", "concession")


def _part(crisis: Crisis, plan: Plan, part: str) -> object:
    """What a part of a plan says, in a form that can be compared."""
    if part == "floor":
        return plan.floor if plan.offer is not None else "common"
    if part == "offer":
        return (plan.offer, plan.may_propose)
    if part == "relief":
        own = plan.relief
        numbers = tuple(q.value if q is not None else None for q in (own.comply, own.clarity))
        return (numbers, _uses(crisis, plan, carrots=True))
    if part == "pressure":
        return (
            _uses(crisis, plan, carrots=False),
            plan.on_ceasefire,
            tuple(sorted(plan.on_event.items())),
            plan.slowest_ramp.value if plan.slowest_ramp is not None else None,
        )
    waiting = tuple(
        (s.trigger.strip(), s.commits) for s in plan.stages if s.trigger.strip() != "start"
    )
    opening = tuple((s.commits, s.expires_months) for s in plan.stages if _opens(s))
    told = (plan.credibility.value, plan.followed.value)
    return (
        waiting,
        tuple(x for x in opening if x != (False, None)),
        plan.preagreed,
        plan.mode,
        told,
    )


def _opens(stage: Stage) -> bool:
    return stage.trigger.strip() == "start"


def _uses(crisis: Crisis, plan: Plan, *, carrots: bool) -> tuple[tuple[str, float], ...]:
    return tuple(
        sorted(
            (u.lever, u.intensity)
            for s in plan.stages
            for u in s.on
            if _carrot(crisis, u.lever) is carrots
        )
    )


def mixture(crisis: Crisis, base: Plan, plan: Plan, taken: frozenset[str]) -> Plan:
    """The first plan with some parts of another."""
    if not taken:
        return base
    if taken >= set(differing(crisis, base, plan)):
        return plan

    def of(part: str) -> Plan:
        return plan if part in taken else base

    offer, relief, press, time = of("offer"), of("relief"), of("pressure"), of("timing")
    return base.model_copy(
        update={
            "floor": of("floor").floor,
            "offer": offer.offer,
            "alternatives": (),
            "may_propose": offer.may_propose,
            "relief": relief.relief,
            "stages": _stages(crisis, time, press, relief),
            "on_ceasefire": press.on_ceasefire,
            "on_event": press.on_event,
            "slowest_ramp": press.slowest_ramp,
            "preagreed": time.preagreed,
            "mode": time.mode,
            "credibility": time.credibility,
            "followed": time.followed,
            "evidence_channel": time.evidence_channel,
            "withheld": (),
            "derived_from": None,
            "dropped": {},
        }
    )


def _stages(crisis: Crisis, time: Plan, press: Plan, relief: Plan) -> tuple[Stage, ...]:
    """Stages with the dates of one plan, the pressure of another and the carrots of a third."""
    frame = list(time.stages) or [Stage(name="From the start")]
    on: list[list[LeverUse]] = [[] for _ in frame]
    off: list[list[str]] = [[] for _ in frame]
    for source, carrots in ((press, False), (relief, True)):
        for i, stage in enumerate(source.stages):
            place = min(i, len(frame) - 1)
            on[place] += [u for u in stage.on if _carrot(crisis, u.lever) is carrots]
            off[place] += [x for x in stage.off if _carrot(crisis, x) is carrots]
    made = [
        stage.model_copy(update={"on": tuple(a), "off": tuple(x for x in b if x not in _ids(a))})
        for stage, a, b in zip(frame, on, off, strict=True)
    ]
    return tuple(stage for stage in made if stage.on or stage.off or stage.commits)


def _ids(uses: list[LeverUse]) -> set[str]:
    return {use.lever for use in uses}


def mixtures(crisis: Crisis, base: Plan, plan: Plan) -> dict[frozenset[str], Plan]:
    """Every mixture of the parts in which two plans differ."""
    parts = differing(crisis, base, plan)
    return {
        frozenset(some): mixture(crisis, base, plan, frozenset(some))
        for size in range(len(parts) + 1)
        for some in itertools.combinations(parts, size)
    }


def key_of(plan: Plan) -> str:
    """What two plans have in common if they are the same to the game: everything but words."""
    words = {"name", "summary", "fails_if", "source", "dropped", "derived_from", "withheld"}
    words |= {"alternatives", "deadline_months", "rung_cap", "disaster_cap"}
    data = plan.model_dump(mode="json", exclude=words)
    data["stages"] = [
        {k: v for k, v in stage.items() if k not in ("authority", "announced")}
        for stage in data["stages"]
    ]
    return repr(data)


def split_of(
    plan: str, base: str, parts: tuple[str, ...], value: Mapping[frozenset[str], float]
) -> Split:
    """Shares from the value of every mixture."""
    k, nothing = len(parts), value[frozenset()]
    shapley, alone = dict.fromkeys(PARTS, 0.0), dict.fromkeys(PARTS, 0.0)
    for part in parts:
        alone[part] = value[frozenset({part})] - nothing
        others = [p for p in parts if p != part]
        for size in range(k):
            weight = math.factorial(size) * math.factorial(k - size - 1) / math.factorial(k)
            for some in itertools.combinations(others, size):
                without = frozenset(some)
                shapley[part] += weight * (value[without | {part}] - value[without])
    return Split(plan, base, value[frozenset(parts)] - nothing, alone, shapley, parts, len(value))
