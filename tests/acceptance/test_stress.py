"""Rows S26-S29 and S32-S36 under stress, on the shipped crisis, through the public answer."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

import offramp
from offramp.answers._stress_events import Scene
from offramp.answers._stress_plan import blocked_in_plan, half_back
from offramp.answers._stress_runs import case_of, perform, sweep_grid
from offramp.answers.stress import stress
from offramp.crisis import Crisis
from offramp.crisis._pressure import LeverUse, Stage
from offramp.game._resolution import DRAFT
from offramp.solution import Solution


@cache
def reference() -> Crisis:
    return offramp.load("ukraine-2025")


@cache
def solved(plan: str = "plan_a", reading: str | None = None) -> Solution:
    return offramp.solve(offramp.compile(reference(), plan, reading, resolution="sketch"))


@cache
def data(reading: str | None = None) -> dict[str, Any]:
    """The answer on a sketch; its two largest effects are solved again as drafts."""
    found: dict[str, Any] = stress(solved("plan_a", reading), pairs=reading is None).to_dict()[
        "data"
    ]
    return found


def size(event: dict[str, Any]) -> float:
    return abs(event["value_a"])


def test_S26_a_new_host_leader_four_times_as_likely_and_a_treaty_that_recovers_part() -> None:
    host = data()["host"]
    lost = host["calm"]["0"][24] - host["shaken"]["0"][24]
    assert lost > 0.01
    assert 0.5 < host["recovered"]["12"] < 1.0
    assert host["shaken"]["12"][24] < host["shaken"]["24"][24]
    # The treaty that outlives the horizon leaves only what members do.
    assert host["shaken"]["24"][24] == pytest.approx(data()["members"]["holds"][24], abs=1e-12)


def test_S26_the_event_itself_hardly_reaches_the_deal_comes_out_otherwise() -> None:
    """It asks the force to leave with one chance in ten: the game only answers breaches a little less."""
    event = data()["events"]["host_leader_change"]
    assert size(event) < data()["error"]["value_a"]


def test_S27_the_hostile_vote_in_a_lead_hits_hardest_with_the_other_lead_and_others_do_not() -> (
    None
):
    blow = data()["members"]["blow"]
    assert data()["members"]["rule"] == "contributors"
    assert blow["FR"] == pytest.approx(blow["GB"], abs=1e-12)
    assert blow["FR"] == max(blow.values()) > 0.3
    assert max(v for m, v in blow.items() if m not in ("FR", "GB")) < 0.01


def test_S27_in_the_game_its_share_of_help_is_small() -> None:
    event = data()["events"]["opponent_wins_lead"]
    aid = data()["events"]["us_aid_cut"]
    assert event["intact"][0] < -0.02
    assert event["intact"][0] > aid["intact"][0] + 0.1


def test_S28_imposed_terms_please_the_broker_and_the_host_would_refuse() -> None:
    found = data()["imposed"]
    host, broker = found["voices"]["UA"], found["voices"]["US"]
    margin = {v: c["accept"] - c["refuse"][0] for v, c in found["voices"].items()}
    assert margin["US"] > 0.03
    assert margin["UA"] < margin["EUL"] < -0.1
    assert found["weakest"] == "UA"
    assert found["refused"] > 0.99
    assert host["ratifies"] < 1e-6
    assert broker["ratifies"] is None
    assert host["refuse"] == sorted(host["refuse"], reverse=True)
    assert host["refuse"][0] - host["refuse"][-1] > 0.005


def test_S28_no_switch_inside_the_threat_comes_out_otherwise() -> None:
    """Red lines and the hope of a later settlement keep it from switching; without both it would accept."""
    host = data()["imposed"]["voices"]["UA"]
    assert host["switch"] is None
    assert host["switch_without_red_lines"] is None
    assert host["without_red_lines"] - host["accept"] == pytest.approx(0.40, abs=1e-9)
    assert host["switch_alone"] == 0.0
    # A threat eight times as grave as all its levers does not do it either: refusing falls too slowly.
    fall = host["refuse"][0] - host["refuse"][-1]
    assert host["refuse"][0] - 8 * fall > host["accept"]


@pytest.mark.parametrize("reading", [None, "broker_decides"])
def test_S29_the_broker_siding_with_b_is_measured_and_ranked_comes_out_otherwise(
    reading: str | None,
) -> None:
    """Its stated chance moves nothing; with all that it can do it weighs as much as the stop of its aid."""
    found = data(reading=reading)
    error = found["error"]["value_a"]
    assert abs(found["sides_with_b_alone"]["value_a"]) < 1e-9
    full = found["roles"]["sides_with_b"]["full"]
    aid = found["events"]["us_aid_cut"]
    assert abs(full["value_a"]) > 0.02
    assert full["value_a"] == pytest.approx(aid["value_a"], abs=error)
    larger = [k for k, e in found["events"].items() if size(e) > abs(full["value_a"])]
    assert 1 <= len(larger) <= 3
    assert found["dominant"]["event"] == "oil_price_fall"
    assert found["roles"]["sides_with_b"]["held"]["value_a"] < -0.01


def test_S32_an_attack_breaks_the_coalition_by_more_than_ten_times_what_the_grid_moves_it() -> None:
    attack = data()["events"]["attack_on_force"]
    assert attack["scene"] == "truce"
    base = case_of(solved(), Scene("truce"), DRAFT)
    finer = perform(reference(), replace(base, events=("attack_on_force",))).change(
        perform(reference(), base)
    )
    error = abs(finer.intact[0] - attack["intact"][0])
    assert attack["intact"][0] < -0.2
    assert abs(attack["intact"][0]) > 10 * max(error, 0.005)
    assert attack["held"]["value_a"] < -0.04
    assert attack["disaster"] > 0.002


def test_S32_fewer_than_three_contributors_and_a_backstop_that_halves_the_hazard() -> None:
    found = data()["losses"]
    assert (found["deaths"], found["tolerance"], found["fewest"]) == (50, 0.25, 3)
    assert 0.2 < found["apart"] < found["together"] < 0.95
    without, with_it = found["by_year"]
    assert with_it[0] < without[0] - 0.03
    assert with_it[1] < without[1] - 0.03


def test_S33_the_tolerance_at_which_the_pledge_stops_deterring_is_found() -> None:
    at = data()["tolerance"]
    assert at[0] == at[1] == 0
    assert 0.01 < at[2] < 0.25


def test_S34_help_is_gone_at_once_and_half_of_the_shock_is_back_within_a_year() -> None:
    found = data()
    assert 10 < found["aid_half_back"][0] < 12
    cut = found["events"]["us_aid_cut"]
    assert cut["front_shocked"]
    assert cut["cohesion_shocked"]
    assert 3 < cut["front_half_back"] < 12
    assert 3 < cut["cohesion_half_back"] < 12
    links = found["events"]["starlink_denial"]["front_half_back"]
    assert 11 < links < 15


def test_S34_faster_substitution_brings_cohesion_back_sooner() -> None:
    back = []
    for share in (0.4, 0.7):
        crisis = offramp.override(reference(), {"coalition.substitution": share})
        case = case_of(solved(), Scene("today"), sweep_grid(solved()))
        base = perform(crisis, case)
        shocked = perform(crisis, replace(case, events=("us_aid_cut",)))
        half = half_back(base.cohesion, shocked.cohesion, 0.005)
        assert half is not None
        back.append(half)
    assert back[1] < back[0] - 1


def test_S34_mitigations_are_ranked_by_what_they_recover_for_their_cost() -> None:
    ranked = data()["mitigations"]
    assert ranked[0]["id"] == "substitution"
    assert ranked[0]["cost"] == 0
    assert ranked[0]["recovered"] > data()["error"]["value_a"]
    able = [m for m in ranked if m["recovered"] > 0 and m["cost"] > 0]
    per_cost = [m["recovered"] / m["cost"] for m in able]
    assert len(per_cost) > 2
    assert per_cost == sorted(per_cost, reverse=True)


def test_S35_soldiers_in_the_live_war_are_not_among_the_mitigations_and_are_blocked_in_a_plan() -> (
    None
):
    assert "forces_in_war" not in [m["id"] for m in data()["mitigations"]]
    plan = reference().plans["plan_a"]
    bold = plan.model_copy(
        update={"stages": (Stage(name="Own soldiers", on=(LeverUse(lever="forces_in_war"),)),)}
    )
    blocked = blocked_in_plan(reference(), bold)
    assert [p.lever for p in blocked] == ["forces_in_war"]
    assert {"GB", "FR", "DE"} <= set(blocked[0].against)
    assert blocked_in_plan(reference(), plan) == ()


def test_S36_the_steps_of_the_force_are_failure_modes_and_each_is_a_single_point() -> None:
    rows = {r[0]: r for r in data()["failures"]}
    steps = [r for name, r in rows.items() if name.startswith("Force: ")]
    assert len(steps) == 3
    assert all(r[3] for r in steps)
    weakest = max(steps, key=lambda r: r[1])
    assert "weakest" in weakest[2]
    assert rows["France leaves"][3]
    assert rows["United Kingdom leaves"][3]


def test_pairs_that_strike_the_same_help_recover_less_than_they_add_up_to() -> None:
    found = data()
    pairs = {frozenset(p["events"]): p for p in found["pairs"]}
    both = pairs[frozenset({"attack_on_force", "hostages"})]
    assert both["beyond"]["intact"][0] > 0.05
    assert both["intact"][0] < found["events"]["attack_on_force"]["intact"][0] - 0.05
    undone = pairs[frozenset({"battlefield_shock_A", "battlefield_shock_B"})]
    assert undone["value_a"] == pytest.approx(0, abs=1e-9)


def test_a_fall_of_cohesion_helps_on_paper_only_because_terms_fall_with_it() -> None:
    cut = data()["events"]["us_aid_cut"]
    error = data()["error"]["value_a"]
    assert cut["value_a"] > error
    assert cut["held"]["value_a"] < -0.01
    assert cut["intact"][0] < -0.15
