"""Plan design on the shipped crisis: within the limits, at least as good as the plan under study."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import offramp
from offramp.answers._design_space import Limits
from offramp.answers.design import design

LIMITS = Limits(rung=3, cost=0.020)
OFFERS = ("plan_a_deal", "armed_freeze")


@cache
def found() -> dict[str, Any]:
    solution = offramp.solve(
        offramp.compile(offramp.load("ukraine-2025"), "plan_b", resolution="sketch")
    )
    answer = design(solution, limits=LIMITS, months=(3,), offers=OFFERS)
    data: dict[str, Any] = answer.to_dict()["data"]
    return data


def test_every_finalist_keeps_to_the_limits_and_to_consent() -> None:
    assert found()["finalists"]
    for plan in (*found()["finalists"], *found()["frontier"]):
        assert plan["cost"] <= 0.020 + 1e-12
        assert plan["rung"] <= 3
        assert "frozen_assets" not in plan["levers"]  # its custodian and others refuse
    assert found()["left"]["frozen_assets"] == "its rule of consent is not met"


def test_all_designs_within_the_limits_were_solved_and_the_best_beats_the_plan_under_study() -> (
    None
):
    assert found()["complete"]
    best = found()["best"]
    assert best["offer"] == "armed_freeze"
    assert best["value_a"] > found()["own"] + found()["error"]


def test_less_risk_costs_value_along_the_frontier() -> None:
    front = found()["frontier"]
    assert len(front) >= 2
    for x, y in pairwise(front):
        assert x["disaster"] <= y["disaster"]
        assert x["value_a"] < y["value_a"]
