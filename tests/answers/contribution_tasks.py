"""Tasks that the tests of contribution planning share.

Amounts are made up for the tests and stand for no state's plans; who refuses what, and the size of the
force, come from the reference crisis.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from offramp.answers.contribution import Kind, Offer, Phase, Task

KINDS = (
    Kind("land", "soldiers", "thousand", 3.0, True, ("own_troops_in_force",)),
    Kind("air", "combat aircraft", "aircraft", deployed=True),
    Kind("sea", "ships", "ships"),
    Kind("logistics", "transport and supply", "thousand tons"),
    Kind("money", "money", "EUR bn"),
    Kind("industry", "shells", "thousand"),
)
"""One soldier in place takes three: one there, one back, one in training."""


def offer(
    land: float = 0,
    air: float = 0,
    sea: float = 0,
    logistics: float = 0,
    money: float = 0,
    industry: float = 0,
    **more: Any,
) -> Offer:
    """An offer from amounts by kind."""
    capacity = {
        "land": land,
        "air": air,
        "sea": sea,
        "logistics": logistics,
        "money": money,
        "industry": industry,
    }
    return Offer({k: float(v) for k, v in capacity.items() if v}, **more)


FORCE = Task(
    name="Reassurance force",
    kinds=KINDS,
    phases=(
        Phase("entry", 4, {"land": 8, "air": 20, "logistics": 6, "money": 0.2}),
        Phase(
            "full size",
            20,
            {"land": 20, "air": 40, "sea": 6, "logistics": 10, "money": 0.3, "industry": 40},
        ),
        Phase("drawdown", 12, {"land": 12, "air": 20, "sea": 4, "logistics": 6, "money": 0.2}),
    ),
    offers={
        "GB": offer(land=25, air=20, sea=3, logistics=3, money=0.10, industry=10),
        "FR": offer(land=25, air=18, sea=3, logistics=3, money=0.08, industry=8),
        "CA": offer(land=6, money=0.04, logistics=1),
        "NL": offer(land=6, air=8, sea=1, logistics=1, money=0.06),
        "DK": offer(land=4, air=4, sea=1, money=0.06),
        "SE": offer(land=6, air=8, money=0.04, industry=6),
        "PL": offer(land=30, logistics=6, money=0.03),
        "DE": offer(logistics=4, money=0.15, industry=12),
        "JP": offer(money=0.10),
        "KR": offer(industry=20),
    },
    must_include=("GB", "FR"),
    min_contributors=3,
    lever="reassurance_force",
    source="made up for the tests",
)
"""A task that the members of the reference crisis could carry."""


def without(task: Task, *members: str) -> Task:
    """The task with some offers taken out, rules and all."""
    return replace(task, offers={k: v for k, v in task.offers.items() if k not in members})


def changed(task: Task, member: str, **fields: Any) -> Task:
    """The task with another offer of one member."""
    return replace(task, offers={**task.offers, member: replace(task.offers[member], **fields)})
