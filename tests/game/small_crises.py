"""Small invented crises: a few states, two types, two or three offers, a month at a time.

``small()`` is the plain one; keyword arguments change sections by dotted path, so that each test
names what it is about: ``small(**{"coalition.fracture": 0.05})``.
"""

from __future__ import annotations

import copy
from typing import Any

from offramp.crisis import Crisis, load
from offramp.game import Resolution

TINY = Resolution(
    "tiny",
    position_factor=1,
    belief_steps=(4, 3),
    offers=0,
    tiers=3,
    phases=2,
    rungs=0,
    solve_every=1.0,
    particle_steps=8,
)
"""Five beliefs for two types, no frontier offers (named contracts only), no second rung."""

NO_ACCIDENTS: dict[str, Any] = {
    "base": 2,
    "rungs": [{"rung": r, "name": f"rung {r}", "accident": 0.0} for r in range(4)],
}
"""A ladder on which nothing goes wrong by itself."""

_PLAIN: dict[str, Any] = {
    "offramp": 1,
    "id": "small",
    "title": "A small crisis",
    "as_of": "2026-01-15",
    "blocs": {
        "A": {
            "name": "Aland",
            "principal": "aland",
            "voices": {"aland": 0.7, "ally": 0.3},
            "patience": 0.85,
        },
        "B": {"name": "Bland", "principal": "bland", "voices": {"bland": 1.0}, "patience": 0.9},
    },
    "actors": {
        "aland": {
            "name": "Aland",
            "bloc": "A",
            "preferences": {
                "land": {"ideal": 0.0, "weight": 0.6},
                "order": {"ideal": 0.0, "weight": 0.4},
            },
        },
        "ally": {
            "name": "Ally",
            "bloc": "A",
            "preferences": {
                "land": {"ideal": 0.3, "weight": 0.2},
                "order": {"ideal": 0.0, "weight": 0.8},
            },
        },
        "bland": {
            "name": "Bland",
            "bloc": "B",
            "preferences": {
                "land": {"ideal": 1.0, "weight": 0.7},
                "order": {"ideal": 0.9, "weight": 0.3},
            },
        },
    },
    "issues": {
        "land": {"name": "Land", "status_quo": 0.5, "moves_with_war": True},
        "order": {"name": "Order", "status_quo": 0.4},
    },
    "clock": {"horizon_months": 3, "padding_months": 0, "round_months": 1.0},
    "war": {
        "cost": {"A": 0.2, "B": 0.15},
        "reach": 1,
        "step_size": 0.2,
        "intensity": 0.2,
        "step_favours_b": 0.6,
        "collapse": {"A": 0.02, "B": 0.01},
    },
    "types": {
        "weary": {"name": "Weary", "prior": 0.6, "delay_flow": -0.06, "renege_gain": 0.02},
        "patient": {"name": "Patient", "prior": 0.4, "delay_flow": 0.05, "renege_gain": 0.12},
    },
    "contracts": {
        "freeze": {"name": "Freeze", "terms": {"land": 0.5, "order": 0.2}},
        "swap": {"name": "Swap", "terms": {"land": 0.7, "order": 0.05}, "relief": "phased"},
    },
    "levers": {
        "embargo": {
            "name": "Embargo",
            "kind": "stick",
            "holder": "aland",
            "targets": ["bland"],
            "cost_to_target": 0.1,
            "cost_to_holder": 0.02,
            "lag": 1,
            "ramp": 2,
            "lift_if_comply": 0.7,
            "lift_if_defy": 0.2,
            "rung": 1,
        },
        "arms": {
            "name": "Arms",
            "kind": "denial",
            "holder": "ally",
            "targets": ["bland"],
            "cost_to_holder": 0.03,
            "step_shift": -0.1,
            "lag": 0,
            "ramp": 3,
            "rung": 2,
        },
        "fund": {
            "name": "Fund",
            "kind": "carrot",
            "holder": "aland",
            "targets": ["bland"],
            "cost_to_target": -0.04,
            "cost_to_holder": 0.01,
            "ramp": 0,
        },
        "court": {
            "name": "Court",
            "kind": "stick",
            "holder": "aland",
            "targets": ["bland"],
            "cost_to_target": 0.05,
            "undo_months": 999,
            "ramp": 1,
        },
    },
    "plans": {
        "idle": {"name": "Idle"},
        "press": {
            "name": "Press",
            "stages": [{"name": "Embargo", "trigger": "start", "on": [{"lever": "embargo"}]}],
        },
        "wait": {
            "name": "Wait",
            "stages": [
                {
                    "name": "Embargo",
                    "trigger": "months_without_ceasefire >= 2 and belief.patient > 0.3",
                    "on": [{"lever": "embargo"}, {"lever": "arms"}],
                }
            ],
        },
    },
}


def small(**changes: Any) -> Crisis:
    """The plain small crisis with entries replaced by dotted path (made where missing)."""
    data = copy.deepcopy(_PLAIN)
    for path, value in changes.items():
        *parts, last = path.split(".")
        here = data
        for part in parts:
            here = here.setdefault(part, {})
        here[last] = value
    return load(data)


FEATURES: dict[str, tuple[dict[str, Any], str, dict[str, Any]]] = {
    "ceasefire, reneging and collapse": ({}, "idle", {}),
    "pressure from the start, lifted after a deal": (
        {
            "contracts.swap.guarantee": "watch",
            "guarantees": {
                "watch": {"name": "Watch", "detection": 0.8, "response": 0.5, "loss": 0.3}
            },
        },
        "press",
        {},
    ),
    "a trigger on waiting and on beliefs": ({}, "wait", {}),
    "escalation and disaster": (
        {
            "ladder": {
                "base": 1,
                "step": 1,
                "rungs": [
                    {"rung": 0, "name": "calm", "accident": 0.0},
                    {"rung": 1, "name": "war", "accident": 0.01},
                    {"rung": 2, "name": "wider war", "accident": 0.05},
                ],
                "cost": {"A": 0.03, "B": 0.01},
            },
            "war.reach": 0,
            "blocs.B.escalation_aversion": 0.3,
        },
        "idle",
        {"rungs": 1},
    ),
    "floors and a fracturing coalition": (
        {
            "actors.aland.floor": {"value": 0.5, "steepness": 20},
            "actors.ally.floor": {"value": 0.6, "steepness": 20},
            "coalition.fracture": 0.08,
            "blocs.A.audience": {"cost": 0.06, "vagueness": 0.5},
            "blocs.B.audience": {"cost": 0.04, "vagueness": 0.5},
            "coalition.tiers": [1.0, 0.5],
            "coalition.tier_names": ["whole", "split"],
            "events": {
                "rout": {
                    "name": "Rout",
                    "hazard": 0.04,
                    "when": "war",
                    "effects": [{"kind": "position", "steps": 1}],
                },
                "quarrel": {
                    "name": "Quarrel",
                    "hazard": 0.05,
                    "effects": [{"kind": "cohesion", "steps": 1}],
                },
            },
        },
        "idle",
        {},
    ),
    "a clock, exhaustion and production": (
        {
            "types.patient.war_bonus": 0.1,
            "types.patient.ripens_in_war": 0.2,
            "types.patient.ripens_in_pause": 0.3,
            "types.weary.delay_cost_share": 0.2,
            "war.exhaustion": {"A": 0.01, "B": 0.05},
            "war.production": 0.05,
            "war.reach": 0,
        },
        "idle",
        {},
    ),
    "a stand-off, audience costs and all-out war": (
        {
            "regime": "standoff",
            "war.reach": 0,
            "standoff.attackers": ["A", "B"],
            "standoff.attack_cost": {"A": 0.05, "B": 0.03},
            "types.patient.attack_gain": 0.06,
            "blocs.A.audience": {"cost": 0.03, "vagueness": 0.5},
            "blocs.B.audience": {"cost": 0.08, "vagueness": 0.25},
            "war.decisive": {
                "available_to": ["B"],
                "odds_b": 0.5,
                "cost": {"A": 0.25, "B": 0.2},
            },
            "clock.round_months": 2.0,
        },
        "idle",
        {},
    ),
    "a carrot, a force, red lines and premiums": (
        {
            "plans.press.stages": [
                {
                    "name": "Both hands",
                    "trigger": "start",
                    "on": [{"lever": "court", "intensity": 0.5}, {"lever": "fund"}],
                }
            ],
            "plans.press.relief": {"comply": 0.8, "clarity": 0.9},
            "actors.ally.deal_premium": 0.1,
            "actors.bland.deal_premium": 0.05,
            "red_lines": {
                "coast": {"actor": "aland", "issue": "land", "rule": "x <= 0.6", "penalty": 0.1},
                "pride": {"actor": "bland", "issue": "order", "rule": "x >= 0.1", "penalty": 0.9},
            },
            "guarantees": {
                "patrol": {
                    "name": "Patrol",
                    "detection": 0.9,
                    "response": 0.9,
                    "loss": 0.2,
                    "lever": "court",
                }
            },
            "levers.court.cost_to_holder": 0.02,
            "contracts.freeze.guarantee": "patrol",
            "contracts.freeze.relief": "full",
            "exponent": 2,
        },
        "press",
        {},
    ),
    "a trigger above a count, an end at the map's edge": (
        {
            "plans.wait.stages": [
                {
                    "name": "Embargo",
                    "trigger": "months_without_ceasefire > 1 and belief.patient > 0.3",
                    "on": [{"lever": "embargo"}],
                }
            ],
            "war.ends_decide": True,
        },
        "wait",
        {},
    ),
    "evidence every second month": (
        {
            "evidence_channel": {
                "every_months": 2,
                "reliability": 0.6,
                "likelihood": {
                    "build-up": {"weary": 0.1, "patient": 0.5},
                    "withdrawal": {"weary": 0.4, "patient": 0.1},
                    "quiet": {"weary": 0.5, "patient": 0.4},
                },
            },
        },
        "idle",
        {},
    ),
    "a plan that is half believed": ({"plans.wait.credibility": 0.4}, "wait", {}),
    "a plan that A may begin when it likes": ({"plans.wait.mode": "adaptive"}, "wait", {}),
    "public demands that both sides can make": (
        {
            "blocs.A.audience": {"cost": 0.05, "vagueness": 0.4},
            "blocs.B.audience": {"cost": 0.08, "vagueness": 0.25},
            "blocs.A.commitment": {"demand": "freeze", "decay": 0.1, "set_by": ["commit"]},
            "blocs.B.commitment": {"level": 0.6, "decay": 0.2, "set_by": ["commit", "escalate"]},
            "war.reach": 0,
            "ladder": {
                "base": 1,
                "step": 1,
                "rungs": [
                    {"rung": 0, "name": "calm", "accident": 0.0},
                    {"rung": 1, "name": "war", "accident": 0.01},
                    {"rung": 2, "name": "wider war", "accident": 0.05},
                ],
            },
        },
        "idle",
        {"rungs": 1},
    ),
    "a stage that commits A": (
        {
            "blocs.A.audience": {"cost": 0.05, "vagueness": 0.4},
            "blocs.A.commitment": {"demand": "freeze", "set_by": ["escalate"]},
            "war.reach": 0,
            "plans.wait.stages": [
                {
                    "name": "Embargo",
                    "trigger": "months_without_ceasefire >= 2 and belief.patient > 0.3",
                    "on": [{"lever": "embargo"}],
                    "commits": True,
                }
            ],
        },
        "wait",
        {},
    ),
    "a contract that ends, a fixed end value": (
        {
            "contracts.freeze.lasts_months": 2.0,
            "clock.at_the_end": {"A": 0.3, "B": 0.4},
            "war.reach": 0,
            "clock.protocol": "alternating",
        },
        "idle",
        {},
    ),
}
"""One feature of the game each: changes to the small crisis, plan, changes to the resolution."""
