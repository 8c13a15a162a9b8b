"""The coalition's rows of the acceptance list, through the public API, on the shipped crisis."""

from __future__ import annotations

import time
from functools import cache
from typing import Any

import numpy as np
import pytest

import offramp
from offramp.answers._coalition_votes import Rule, banzhaf, shapley_shubik
from offramp.answers._coalition_ways import margins, scaled
from offramp.answers.coalition import coalition
from offramp.crisis import Crisis, in_epoch
from offramp.crisis._pressure import LeverUse, Plan, Stage
from offramp.game import DRAFT
from offramp.solution import Solution
from offramp.solution._induction import induce

GRID = "sketch"
EPS = 1e-9
PATHS = (
    "broker.sides_with_b", "coalition.fracture", "events.opponent_wins_lead.hazard",
    "events.host_leader_change.hazard",
)  # fmt: skip


@cache
def reference() -> Crisis:
    return offramp.load("ukraine-2025")


def solved(
    changes: dict[str, Any] | None = None,
    plan: str | Plan = "plan_a",
    reading: str | None = None,
    crisis: Crisis | None = None,
) -> Solution:
    changed = offramp.override(crisis or reference(), changes or {})
    return offramp.solve(offramp.compile(changed, plan, reading, resolution=GRID))


@cache
def base() -> Solution:
    return solved()


@cache
def consent_base() -> Solution:
    """A plan that solves fast, where only consent is looked at."""
    return solved(plan="plan_b")


def asked(solution: Solution, **more: Any) -> dict[str, Any]:
    data: dict[str, Any] = coalition(solution, **{"solved": 0, **more}).to_dict()["data"]
    return data


def test_S3_time_is_harder_on_the_coalition_and_a_shared_threat_narrows_the_gap() -> None:
    united_crisis = offramp.override(reference(), {"coalition.threat_unity": 0.7})
    default, united = (
        asked(offramp.solve(offramp.compile(c, "plan_a", resolution="draft")))
        for c in (reference(), united_crisis)
    )
    for key in ("whole_members", "whole_game"):
        gap = default["other_side"][24] - default[key][24]
        narrowed = united["other_side"][24] - united[key][24]
        assert gap > 0.2, key
        assert narrowed < gap - 0.01, key
    assert default["crossing"] is not None
    assert 1 <= default["crossing"] <= 12


def test_S3_gap_is_ten_times_what_finer_beliefs_and_fronts_move_it() -> None:
    gaps = []
    for grid in (DRAFT, DRAFT.with_(belief_steps=(20, 6)), DRAFT.with_(position_factor=2)):
        found = asked(offramp.solve(offramp.compile(reference(), "plan_a", resolution=grid)))
        gaps.append(found["other_side"][24] - found["whole_game"][24])
    assert gaps[0] > 0.2
    assert all(gaps[0] > 10 * abs(gap - gaps[0]) for gap in gaps[1:])


def test_S3_survival_is_the_files_own_hazards_for_the_other_side() -> None:
    b = reference()
    hazard = 1 - b.blocs["B"].office_hazard.value
    other = asked(base())["other_side"]
    low = (hazard * (1 - b.war.collapse.B.value)) ** 24
    assert low - EPS <= other[24] <= hazard**24 + EPS


def test_S21_the_rule_decides_more_than_the_members() -> None:
    rules = asked(base())["rules"]
    assert rules["union"]["holds"][12] < 0.2
    assert rules["contributors"]["holds"][12] > 0.8
    assert rules["contributors"]["holds"][12] < rules["majority"]["holds"][12]
    assert abs(rules["union"]["kept"] - rules["contributors"]["kept"]) > 0.2


def test_S26_a_likelier_change_at_the_hosts_shortens_the_force_and_a_fixed_term_wins_part_back() -> (
    None
):
    calm = asked(base())["host_terms"]
    shaken = asked(solved({"events.host_leader_change.hazard": 0.024}))["host_terms"]
    assert shaken["0"][24] < calm["0"][24] - 0.01
    assert shaken["0"][24] < shaken["12"][24] - 0.005
    assert shaken["12"][24] < shaken["24"][24]
    contributors = asked(solved({"events.host_leader_change.hazard": 0.024}))["rules"][
        "contributors"
    ]
    assert shaken["24"][24] == pytest.approx(contributors["holds"][24], abs=1e-12)


def test_S27_a_hostile_vote_in_a_lead_state_is_what_ends_the_force() -> None:
    data = asked(base())
    pivotal = data["rules"]["contributors"]["pivotal"]
    leads = {"GB", "FR"}
    assert set(data["leads"]) == leads
    others = [v for m, v in pivotal.items() if m not in leads]
    assert min(pivotal[m] for m in leads) > 0.5
    assert max(others) < 0.01
    calm = solved({"members.FR.elections.0.hostile": 0.0})
    before = asked(calm)["rules"]["contributors"]["holds"]
    assert before[23] == pytest.approx(data["rules"]["contributors"]["holds"][23], abs=1e-12)
    lost = before[24] - data["rules"]["contributors"]["holds"][24]
    assert lost == pytest.approx(0.35 * before[24], abs=1e-9)
    assert max(pivotal, key=lambda m: pivotal[m]) == "FR"


def test_S29_the_broker_siding_with_b_is_not_the_largest_effect_and_comes_out_otherwise() -> None:
    """The game reads ``sides_with_b`` only through imposed terms, which A's voices would not ratify."""
    told = solved(reading="broker_decides")
    effects = {
        path: abs(high - low) for path, (low, high) in asked(told, drivers=PATHS)["drivers"].items()
    }
    assert effects["broker.sides_with_b"] < 1e-6
    assert max(effects, key=lambda p: effects[p]) == "coalition.fracture"
    assert effects["coalition.fracture"] > 0.005


def test_S33_a_pledge_stops_binding_below_a_critical_tolerance_of_losses() -> None:
    """The threshold found by three re-solves is checked by two more, on either side of it."""
    critical = asked(base(), solved=1)["pledges"]["plan_a_deal"]["critical"]
    tolerance = reference().coalition.casualty_tolerance.value
    assert all(x is not None and 0 < x < 0.8 for x in critical)
    assert max(critical) > tolerance + 0.05
    for tau, kept in ((max(critical) + 0.15, True), (max(min(critical) - 0.15, 0.05), False)):
        game = offramp.compile(scaled(reference(), tau), "plan_a", resolution=GRID)
        own = margins(game, induce(game, base().precision), "plan_a_deal")
        assert own is not None
        assert all(x > 0.001 if kept else x < -0.001 for x in own), (tau, own)


def test_S64_the_cheapest_way_round_a_lone_objector_is_listed_with_its_price() -> None:
    data = asked(consent_base(), solved=1)
    assert data["levers"]["shadow_fleet"] | {"pain": 0} == {
        "passes": False, "strength": 0.0, "pain": 0, "against": ["HU"],
    }  # fmt: skip
    way = data["ways"]["shadow_fleet"]
    assert way["routes"]["buy-off"] == pytest.approx(0.01)
    assert way["best"] in ("majority", "exclusion")
    assert way["price"] < way["routes"]["buy-off"]
    without_objector = asked(solved({"levers.shadow_fleet.objectors": ("TR",)}, "plan_b"))
    assert without_objector["levers"]["shadow_fleet"]["passes"]


def test_S64_with_unanimity_only_and_no_price_the_lever_is_lost() -> None:
    data = asked(solved({"members.HU.buyoff": None, "members.HU.exposure": None}, "plan_b"))
    assert data["ways"]["shadow_fleet"]["routes"]["buy-off"] is None
    assert data["levers"]["shadow_fleet"]["strength"] == 0.0


def test_S68_dropping_the_strongest_sanction_takes_its_share_of_the_package() -> None:
    free = {f"levers.{x}.objectors": () for x in ("bank_cutoff", "shadow_fleet", "frozen_assets")}
    free |= {
        f"members.{m}.refuses": () for m in ("HU", "SK", "FR", "IT", "BE", "DE", "ES", "GB", "TR")
    }
    whole = asked(solved(free, "plan_b"))
    kept_out = {**free, "levers.bank_cutoff.objectors": ("HU",)}
    less = asked(solved(kept_out, "plan_b"))
    fall = whole["package_strength"] - less["package_strength"]
    assert fall == pytest.approx(whole["levers"]["bank_cutoff"]["pain"], abs=1e-12)
    assert fall / whole["package_strength"] > 0.02


def test_S68_a_shock_as_large_as_todays_threat_does_not_restore_it_comes_out_otherwise() -> None:
    """Objectors yield at the shock at which their threat outweighs their dissent; the least
    threatened needs several times today's."""
    assert asked(consent_base(), shock=1.0)["levers"]["bank_cutoff"]["against"] == [
        "IT",
        "HU",
        "SK",
    ]
    assert not asked(consent_base(), shock=6.0)["levers"]["bank_cutoff"]["passes"]
    large = asked(consent_base(), shock=7.0)
    assert large["levers"]["bank_cutoff"]["passes"]
    assert large["package_strength"] > asked(consent_base())["package_strength"] + 1e-4


@cache
def before_the_war() -> Solution:
    crisis = in_epoch(reference(), "e2022a")
    first = Stage(name="Threatened package", on=(LeverUse(lever="sanctions_2022"),))
    return solved(plan=Plan(name="Package", stages=(first,)), crisis=crisis)


def test_S70_members_gain_by_going_alone_until_a_shared_threat_turns_the_sign() -> None:
    calm, shaken = asked(before_the_war()), asked(before_the_war(), shock=1.0)
    for m in ("FR", "DE"):
        assert calm["members"][m]["pull"] > 0.05
        assert shaken["members"][m]["pull"] < -0.05
        assert 0 < calm["members"][m]["turns_at"] < 1
        assert shaken["members"][m]["alive"][12] > calm["members"][m]["alive"][12] + 0.005
    assert shaken["rules"]["union"]["holds"][12] > calm["rules"]["union"]["holds"][12] + 0.01


def test_a_missing_giver_costs_a_twice_what_print_shows_once_the_terms_are_held() -> None:
    solution = offramp.solve(offramp.compile(reference(), "status_quo", resolution="draft"))
    least = solution.certificate.least("value_a")
    removed = coalition(solution, solved=1).to_dict()["data"]["removed"]["US"]
    held, full = removed["held"] - removed["base"], removed["full"] - removed["base"]
    assert held < -2 * least
    assert full > held


def test_eec_1958_and_the_security_council() -> None:
    eec = Rule("eec", "EEC", tuple("FDINBL"), weights=(4, 4, 4, 2, 2, 1), quota=12)
    assert shapley_shubik(eec) == pytest.approx([x / 60 for x in (14, 14, 14, 9, 9, 0)], abs=1e-12)
    assert banzhaf(eec) == pytest.approx([x / 21 for x in (5, 5, 5, 3, 3, 0)], abs=1e-12)
    names = tuple(f"m{i}" for i in range(15))
    council = shapley_shubik(Rule("un", "UN", names, frozenset(names[:5]), count=9))
    assert council[0] == pytest.approx(0.19627040, abs=1e-8)
    assert council[14] == pytest.approx(0.00186480, abs=1e-8)


def test_power_indices_of_two_hundred_members_take_under_two_seconds() -> None:
    weights = tuple(int(w) for w in np.random.default_rng(7).integers(1, 31, 200))
    names = tuple(f"m{i}" for i in range(200))
    rule = Rule("large", "large", names, weights=weights, quota=int(0.65 * sum(weights)))
    start = time.process_time()
    shapley, banz = shapley_shubik(rule), banzhaf(rule)
    assert time.process_time() - start < 2
    assert sum(shapley) == pytest.approx(1, abs=1e-12)
    assert sum(banz) == pytest.approx(1, abs=1e-12)
    alike: dict[int, float] = {}
    for w, share in zip(weights, shapley, strict=True):
        assert alike.setdefault(w, share) == pytest.approx(share, abs=1e-14)
    ordered = [alike[w] for w in sorted(alike)]
    assert ordered == sorted(ordered)
