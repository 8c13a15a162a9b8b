"""Warnings about commitments, events and ways to follow a plan that make no difference."""

from __future__ import annotations

import pytest
from tests.game.small_crises import small

from offramp.crisis import check


def warned(**changes) -> list[str]:
    return [w.message for w in check(small(**changes)).warnings]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"plans.press.mode": "adaptive"}, "leaves A no choice"),
        ({"plans.press.credibility": 0.5}, "no stage of the plan waits for a trigger"),
        ({"plans.press.followed": 0.5}, "`followed` is not used"),
        ({"plans.wait.mode": "adaptive", "plans.wait.credibility": 0.5}, "A decides itself"),
        ({"blocs.B.commitment": {"level": 0.5}}, "backing down costs B nothing"),
        (
            {"events": {"vote": {"name": "Vote", "hazard": 0.1, "date": "2025-11"}}},
            "before the as-of date",
        ),
        ({"events": {"vote": {"name": "Vote", "hazard": 0.1, "tracked": True}}}, "for nothing"),
    ],
    ids=lambda value: "" if isinstance(value, dict) else value,
)
def test_what_makes_no_difference_is_pointed_out(changes, message):
    assert any(message in found for found in warned(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"plans.wait.mode": "adaptive"},
        {"plans.wait.credibility": 0.5, "plans.wait.followed": 0.9},
        {"events": {"vote": {"name": "Vote", "hazard": 0.1, "date": "2026-01"}}},
        {"blocs.B.commitment": {"level": 0.5}, "blocs.B.audience": {"cost": 0.1}},
    ],
    ids=["adaptive", "credibility", "this month", "commitment"],
)
def test_what_does_is_not(changes):
    assert warned(**changes) == warned()


def test_an_adaptive_plan_may_wait_for_a_ceasefire_with_a_lever_that_needs_one():
    stage = {"name": "Arms", "trigger": "months >= 1", "on": [{"lever": "arms"}]}
    changes = {"plans.wait.stages": [stage], "levers.arms.needs": ["ceasefire"]}
    assert check(small(**changes, **{"plans.wait.mode": "adaptive"})).ok
    with pytest.raises(ValueError, match="needs a ceasefire"):
        small(**changes)
