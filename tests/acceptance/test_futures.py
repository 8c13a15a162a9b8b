"""Acceptance: the contest of nerves (row S71 of the acceptance list)."""

from __future__ import annotations

import itertools
from functools import cache

import pytest

import offramp
from offramp.answers import Answer
from offramp.answers._futures_facts import attrition
from offramp.answers.futures import futures
from offramp.crisis import Crisis
from offramp.solution import Solution, neighbours
from offramp.theory import attrition_complete


@cache
def crisis() -> Crisis:
    return offramp.load("ukraine-2025")


@cache
def solution() -> Solution:
    return offramp.solve(offramp.compile(crisis(), "status_quo"))


@cache
def answer() -> Answer:
    return futures(solution())


@cache
def error() -> float:
    """What two refinements change in the difference between the sides' chances of giving way first."""
    refined = [x for x in neighbours(solution().game) if x.name in ("later end", "more offers")]
    assert len(refined) == 2
    own = attrition(solution())
    changes = []
    for x in refined:
        other = attrition(offramp.solve(x.apply(solution().game)))
        share = own.b / (own.a + own.b) - other.b / (other.a + other.b)
        changes += [abs(share), abs(own.disaster - other.disaster)]
    return max(changes)


def test_S71_while_both_hold_the_accident_hazard_accrues() -> None:
    """Every month of holding adds risk, a rung higher more of it, and talks that settle cut it."""
    data = answer().to_dict()["data"]["attrition"]
    held, up = data["disaster_if_both_hold"], data["disaster_if_both_hold_one_step_up"]
    assert all(later > earlier for earlier, later in itertools.pairwise(held))
    assert held[24] > 0.015
    assert up[24] > 2 * held[24]
    assert held[24] - data["disaster"] > 0.003


def test_S71_rising_escalation_raises_the_hazard_of_an_accident() -> None:
    riskier = offramp.override(crisis(), {"ladder.rungs.4.accident": 0.003})
    higher = futures(offramp.solve(offramp.compile(riskier, "status_quo")), drawn=0)
    base = answer().to_dict()["data"]["attrition"]
    then = higher.to_dict()["data"]["attrition"]
    assert then["disaster_if_both_hold"][24] > 1.5 * base["disaster_if_both_hold"][24]
    assert then["disaster"] > base["disaster"] + 0.005


def test_S71_who_gives_way_first_is_reported_with_the_selection_caveat() -> None:
    data = answer().to_dict()["data"]["attrition"]
    first = data["gives_way_first"]
    assert first["A"] + first["B"] + first["outsiders"] + first["nobody"] == pytest.approx(1.0)
    assert min(first["A"], first["B"]) > error()
    assert "selection of the most stubborn" in answer().words()
    table = next(t for t in answer().tables if t.title == "Who gives way first")
    assert "need not mean that anybody's resolve grows" in table.note


def test_S71_costlier_war_makes_a_side_give_way_more_often() -> None:
    """A's own cost of war raised: it takes the other side's offers more often, at a higher rate."""
    dear = offramp.override(crisis(), {"war.cost.B": 0.35})
    then = futures(offramp.solve(offramp.compile(dear, "status_quo")), drawn=0)
    base = answer().to_dict()["data"]["attrition"]["gives_way_first"]
    after = then.to_dict()["data"]["attrition"]["gives_way_first"]
    share = base["B"] / (base["A"] + base["B"])
    assert after["B"] > base["B"] + error()
    assert after["B"] / (after["A"] + after["B"]) > share + error()


def test_S71_the_textbook_comparator_warns_of_the_high_value_paradox() -> None:
    paradox = attrition_complete(1, 2, 0.1, 0.1)
    assert paradox.first_concedes_1 == pytest.approx(1 / 3)
    assert paradox.first_concedes_2 > paradox.first_concedes_1
    textbook = answer().to_dict()["data"]["attrition"]["textbook"]
    assert textbook["A_first"] + textbook["B_first"] == pytest.approx(1.0)
    assert "Do not read it as a forecast" in answer().words()
    assert "gives way more often" in answer().words()
