"""Rows of the inventory about levers and delay, through the public API.

Sketches of the reference crisis, or of the starter crisis with one lever. Where a row's own direction did
not come out, the test says what did, and its name ends in ``comes_out_otherwise``.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import offramp
from offramp.answers import Answer
from offramp.answers.leverage import leverage
from offramp.crisis import Crisis
from offramp.crisis._starter import text
from offramp.game._resolution import SKETCH
from offramp.solution import Solution
from offramp.solution._certificate import PRINTED

PRINT = PRINTED["value_a"]
DRAG = {"types.stalling.delay_flow": 0.0, "coalition.fracture": 0.0, "war.intensity": 0.0}
TYPES = ("sincere", "stalling", "preparing")


@cache
def reference() -> Crisis:
    return offramp.load("ukraine-2025")


@cache
def solved(plan: str, *changes: tuple[str, float]) -> Solution:
    crisis = offramp.override(reference(), dict(changes))
    return offramp.solve(offramp.compile(crisis, plan, resolution="sketch"))


def plain(plan: str, *changes: tuple[str, float], contract: str | None = None) -> dict[str, Any]:
    """Raw figures without re-solves."""
    return read(leverage(solved(plan, *changes), contract, levers=False))


@cache
def whole() -> Answer:
    """The answer for the plan without levers."""
    return leverage(solved("status_quo"))


@cache
def sticks() -> Answer:
    """The answer for the plan with every stick, where A has no other levers but those behind guarantees."""
    plan = reference().plans["sticks_only"]
    keep = {u.lever for s in plan.stages for u in s.on}
    keep |= {g.lever for g in reference().guarantees.values() if g.lever is not None}
    levers = {k: v for k, v in reference().levers.items() if k in keep}
    crisis = reference().model_copy(update={"levers": levers})
    return leverage(offramp.solve(offramp.compile(crisis, "sticks_only", resolution="sketch")))


def read(answer: Answer) -> dict[str, Any]:
    found: dict[str, Any] = answer.to_dict()["data"]
    return found


def lever(answer: Answer, key: str) -> dict[str, Any]:
    (found,) = (x for x in read(answer)["levers"]["weighed"] if x["id"] == key)
    return dict(found)


def channel_row(answer: Answer, key: str) -> dict[str, Any]:
    table = next(t for t in answer.tables if "by channel" in t.title)
    (row,) = (r for r in table.records() if r["lever"] == reference().levers[key].name)
    return row


def test_S1_without_a_flow_from_delay_fracture_and_drift_waiting_never_beats_signing() -> None:
    """The gap of signing now, of every type; base and faster fracture stand on the other side."""
    off = plain("status_quo", *DRAG.items(), contract="armed_freeze")
    base = plain("status_quo", contract="armed_freeze")
    worn = plain("status_quo", ("coalition.fracture", 0.04), contract="armed_freeze")
    assert all(off["gap_now"][t] > PRINT for t in TYPES)
    assert base["gap_now"]["stalling"] < off["gap_now"]["stalling"] - 2 * PRINT
    assert base["gap_now"]["stalling"] < -PRINT
    for t in TYPES:
        assert worn["gap_now"][t] < base["gap_now"][t] - 2 * PRINT
        assert max(off["delay_b"][t]) <= 0
        assert off["best_month"][t] == 0


def test_S1_fracture_moves_the_gap_by_ten_times_what_a_finer_grid_moves_the_effect() -> None:
    """Gap of signing now, stalling type, fracture .004 -> .040: -.0242 at the draft as at the sketch."""
    effects = []
    for grid in ("sketch", "draft"):
        gaps = []
        for pace in (0.004, 0.04):
            crisis = offramp.override(reference(), {"coalition.fracture": pace})
            game = offramp.compile(crisis, "status_quo", resolution=grid)
            found = read(leverage(offramp.solve(game), "armed_freeze", levers=False))
            gaps.append(found["gap_now"]["stalling"])
        effects.append(gaps[1] - gaps[0])
    assert effects[1] < -0.02
    assert abs(effects[1]) > 10 * abs(effects[1] - effects[0])


def test_S1_fracture_makes_waiting_cheaper_but_the_best_month_stays_now_comes_out_otherwise() -> (
    None
):
    """The row expects a later optimum. For one and the same contract it stays at month 0; B waits
    in this game for better terms (the gap above), not for a later date of the same ones."""
    slow = plain("status_quo", ("coalition.fracture", 0.004), contract="armed_freeze")
    fast = plain("status_quo", ("coalition.fracture", 0.04), contract="armed_freeze")
    for t in TYPES:
        assert fast["delay_b"][t][12] > slow["delay_b"][t][12] + 0.002
        assert slow["best_month"][t] == fast["best_month"][t] == 0


def test_S1_delay_is_split_into_flow_fracture_and_drift() -> None:
    without = read(whole())["levers"]["delay_without"]
    assert set(without) == {"nothing", "flow", "fracture", "drift"}
    own = without["nothing"]["b"]
    assert own["stalling"] - without["flow"]["b"]["stalling"] > PRINT
    assert abs(own["sincere"] - without["flow"]["b"]["sincere"]) < PRINT
    table = next(t for t in whole().tables if t.title.startswith("Why waiting"))
    for row in table.records():
        parts = [row[k] for k in ("flow", "fracture", "drift", "rest")]
        total = sum(float(x) for x in parts if x is not None)
        assert total == pytest.approx(float(row["delay"] or 0.0), abs=1e-12)


def test_S4_a_year_of_pain_is_worth_less_to_the_patient() -> None:
    """12 months of a flow of .10 at discounts .965, .985, .993: .0348, .0166, .0081."""
    answer = leverage(solved("status_quo"), levers=False)
    worth = {r["label"]: r["worth"] for r in read(answer)["exchange"]["rates"]}
    assert worth["low"] == pytest.approx(0.0348, abs=5e-5)
    assert worth["central"] == pytest.approx(0.0166, abs=5e-5)
    assert worth["high"] == pytest.approx(0.0081, abs=5e-5)
    assert "0.0166" in answer.words()
    assert "0.0081 to 0.0348" in answer.words()


def test_S4_patience_decides_how_likely_a_settlement_is() -> None:
    chances = [
        solved("status_quo", ("blocs.B.patience", d)).headline(12).settled
        for d in (0.965, 0.985, 0.993)
    ]
    assert chances[0] > chances[1] + 0.1
    assert chances[1] > chances[2] + 0.1


def test_S4_in_final_terms_a_year_of_pain_is_a_step_on_each_issue() -> None:
    data = plain("status_quo", contract="armed_freeze")["exchange"]
    central = next(r["worth"] for r in data["rates"] if r["label"] == "central")
    weight = reference().actors["RU"].preferences["territory"].weight.value
    assert central / data["issue_slopes"]["territory"] == pytest.approx(0.0166 / weight, abs=1e-3)


def test_S6_pain_on_a_public_that_does_not_count_moves_nobody() -> None:
    """Public share of the package's pain at sensitivities 0, .15, .4: 0, 2, 5 %."""
    shares = [
        plain("plan_b", ("blocs.B.felt_by.public", s))["felt_package"]["public"]
        for s in (0.0, 0.15, 0.4)
    ]
    assert shares[0] == 0
    assert shares[1] == pytest.approx(0.02, abs=0.005)
    assert shares[2] == pytest.approx(0.05, abs=0.005)


def test_S6_no_weight_of_the_public_makes_it_the_main_channel_comes_out_otherwise() -> None:
    """The row's premise (a public share above 40 %) cannot bind: at full weight it stays below 15 %."""
    for weight in (0.15, 0.3, 1.0):
        package = plain("plan_b", ("blocs.B.felt_by.public", weight))["felt_package"]
        assert max(package, key=lambda k: package[k]) == "budget"
        assert package["public"] < 0.15


def test_S12_a_visa_ban_is_symbolic() -> None:
    """The lever that falls on the public most is worth nothing distinguishable to A."""
    ban = lever(sticks(), "visa_ban")
    found = read(sticks())["levers"]
    error = found["errors_each"].get("visa_ban", found["errors"])["a"]
    assert abs(ban["net"]["value_a"]) < error
    assert max(abs(p["value_a"]) for p in ban["parts"].values()) < error
    assert channel_row(sticks(), "visa_ban")["told"] == "no"


def test_S7_pain_starts_below_own_cost_and_passes_it() -> None:
    """Every stick at once: the ratio is below 1 in the first month and above 1 from the second."""
    flows = plain("sticks_only")["pressure"]
    ratio = np.array(flows["pain_b"])[1:] / np.array(flows["own_cost_a"])[1:]
    assert ratio[0] < 0.9
    assert (ratio[1:] > 1.05).all()
    assert ratio[2] > ratio[0] + 0.3


def test_S7_if_own_cost_fell_due_in_full_pain_would_pass_it_late_in_the_first_year() -> None:
    """Package of plan B, its ramp in two phases: the ratio to the full own cost crosses 1 near month 9."""
    grid = SKETCH.with_(phases=2)
    solution = offramp.solve(offramp.compile(reference(), "plan_b", resolution=grid))
    flows = read(leverage(solution, levers=False))["pressure"]
    ratio = np.array(flows["pain_b"]) / max(flows["own_cost_a"])
    assert ratio[3] < 0.8
    assert ratio[6] < 0.97
    assert ratio[12] > 1.03
    assert ratio[3] < ratio[6] < ratio[12]


def test_S7_with_ramping_own_cost_plan_b_presses_harder_from_its_first_month_comes_out_otherwise() -> (
    None
):
    """In the game a holder's cost ramps with the lever, so the ratio exceeds 1 when the package begins."""
    flows = plain("plan_b")["pressure"]
    begins = int(np.argmax(np.array(flows["pain_b"]) > 0))
    assert begins == 3
    assert flows["pain_b"][begins] > 1.2 * flows["own_cost_a"][begins]


def test_S9_arms_constrain_nothing_where_the_front_stands_still() -> None:
    """Their shift of the battle odds is worth exactly nothing then, and something where it moves."""
    worth = []
    for intensity in (0.0, 0.1):
        values = []
        for shift in (-0.03, 0.0):
            solution = solved(
                "sticks_only",
                ("war.intensity", intensity),
                ("levers.mil_aid_surge.step_shift", shift),
            )
            values.append(np.array([solution.opening_a, *solution.opening_b]))
        worth.append(values[0] - values[1])
    assert np.abs(worth[0]).max() < 1e-12
    assert worth[1][0] > 1e-4
    assert (worth[1][1:] < -1e-5).all()


def test_S9_where_it_moves_arms_constrain_about_as_little_as_they_coerce_comes_out_otherwise() -> (
    None
):
    """The row expects coerce small and constrain large. The battle odds shift by .03 at an intensity of
    .10 steps a month, which is worth less than what can be told apart; coercion is as small."""
    parts = lever(sticks(), "mil_aid_surge")["parts"]
    assert 1e-4 < parts["constrain"]["value_a"] < PRINT
    assert 1e-4 < parts["coerce"]["value_a"] < PRINT
    assert parts["constrain"]["value_b_mean"] < -1e-5
    assert parts["own"]["value_a"] < -PRINT


def test_S10_a_contest_in_a_third_theatre_is_never_among_the_three_best_levers() -> None:
    """By net leverage and by net leverage per rung, each idle lever added alone."""
    found = read(whole())["levers"]
    net = {x["id"]: x["net"]["value_a"] for x in found["weighed"]}
    rung = {x["id"]: max(1, x["rung"]) for x in found["weighed"]}
    per_rung = {key: value / rung[key] for key, value in net.items()}
    assert len(net) > 15
    for score in (net, per_rung):
        assert "proxy_campaign" not in sorted(score, key=lambda k: -score[k])[:3]
    best = max(per_rung.values())
    assert best - per_rung["proxy_campaign"] > found["errors"]["a"] / rung["proxy_campaign"] + PRINT


def test_S46_the_net_value_of_a_month_of_war_has_a_sign_and_a_range_per_side_and_type() -> None:
    war = {w["who"]: w for w in plain("status_quo")["war_month"]}
    delta = reference().blocs["B"].patience.value
    stalling = war["better off waiting"]
    assert stalling["net"] == pytest.approx(-0.11)
    assert stalling["low"] == pytest.approx(0.03 - 0.35)
    assert stalling["high"] == pytest.approx(0.14 - 0.10)
    assert stalling["month"] == pytest.approx((1 - delta) * -0.11)
    assert stalling["sign"] == "either"
    assert war["ready to settle"]["sign"] == "costs"
    assert war[reference().blocs["A"].name]["sign"] == "costs"
    ripe = war["getting ready for more, once its clock is ripe"]
    assert ripe["sign"] == "either"
    assert ripe["net"] > war["getting ready for more"]["net"]


def test_S46_a_war_that_costs_a_type_little_pays_once_the_flow_from_delay_exceeds_it() -> None:
    cheap = plain("status_quo", ("war.cost.B", 0.02), ("types.stalling.delay_flow", 0.13))
    war = {w["who"]: w for w in cheap["war_month"]}
    assert war["better off waiting"]["net"] > 0
    assert war["ready to settle"]["net"] < 0


def one_stick(comply: float, defy: float) -> Crisis:
    """The starter crisis with a free embargo from today, no accidents, and relief as given."""
    raw = offramp.loads(text(), "starter.yaml").model_dump(mode="json")
    stick = {**raw["levers"]["embargo"], "lift_if_comply": comply, "lift_if_defy": defy}
    raw["levers"] = {"embargo": {**stick, "cost_to_holder": None, "rung": 0}}
    begin = {"name": "Today", "trigger": "start", "on": [{"lever": "embargo"}]}
    raw["plans"] = {
        "bare": {"name": "No embargo"},
        "stick": {"name": "Embargo", "stages": [begin]},
    }
    for rung in raw["ladder"]["rungs"]:
        rung["accident"] = 0.0
    raw["contracts"]["freeze"]["relief"] = "phased"
    return Crisis.model_validate(raw)


@cache
def embargo(comply: float, defy: float) -> Answer:
    game = offramp.compile(one_stick(comply, defy), "stick", resolution="sketch")
    return leverage(offramp.solve(game))


def test_S52_a_stick_that_is_lifted_as_soon_after_defiance_coerces_exactly_nothing() -> None:
    """Equal relief: A's value, the chance of settlement and the differences of B's types stay."""
    x = lever(embargo(0.3, 0.3), "embargo")
    assert abs(x["parts"]["coerce"]["value_a"]) < 1e-12
    assert abs(x["net"]["value_a"]) < 1e-12
    assert abs(x["net"]["settled"]) < 1e-12
    hurt = list(x["net"]["value_b"].values())
    assert max(hurt) - min(hurt) < 1e-12
    assert max(hurt) < -PRINT


def test_S52_a_stick_that_compliance_lifts_coerces() -> None:
    """Signing comes nearer for every type and for A, by more the more compliance lifts; what is left of
    the lever's worth beside coercion is nothing. The chance of a settlement, high without the stick, hardly
    moves (.84 at the sketch and .77 at the draft without, .83 to .84 and .78 with it)."""
    gaps = []
    for comply, defy in ((0.3, 0.3), (0.7, 0.1), (1.0, 0.0)):
        game = offramp.compile(one_stick(comply, defy), "stick", resolution="sketch")
        gaps.append(read(leverage(offramp.solve(game), "freeze", levers=False))["gap_now"])
    for less, more in pairwise(gaps):
        assert all(more[side] > less[side] for side in less)
    assert gaps[2]["A"] > gaps[0]["A"] + 2 * PRINT
    assert gaps[2]["weary"] > gaps[0]["weary"] + 2 * PRINT
    assert gaps[2]["stalling"] > gaps[0]["stalling"] + PRINT
    x = lever(embargo(0.7, 0.1), "embargo")
    assert x["parts"]["coerce"]["value_a"] > 1e-5
    assert abs(x["rest"]["value_a"]) < 1e-12


def test_S52_what_can_never_be_lifted_has_no_coercive_part() -> None:
    assert "coerce" not in lever(sticks(), "frozen_assets")["parts"]
    row = channel_row(sticks(), "frozen_assets")
    assert row["coerce"] == 0
    assert row["signal"] == "no channel in this game"


def test_S69_a_weaker_backer_makes_every_leaking_stick_hurt_more() -> None:
    """Offset .65 -> .40 raises, -> .85 lowers the pain of each; others do not move."""
    leaks = plain("sticks_only")["leaks"]
    assert leaks["backer"] == "CN"
    assert {x["lever"] for x in leaks["levers"]} == {
        key for key, x in reference().levers.items() if x.leaks
    }
    for x in leaks["levers"]:
        assert x["low"] > 1.15 * x["central"]
        assert x["high"] < 0.9 * x["central"]


def test_S69_the_plans_worth_hardly_depends_on_the_backer_and_the_words_say_so() -> None:
    ends = read(sticks())["levers"]["backer"]
    assert ends["low"]["value_b_mean"] < -1e-4 < 1e-4 < ends["high"]["value_b_mean"]
    assert abs(ends["low"]["value_a"]) < PRINT
    assert any("makes no distinguishable difference" in f for f in sticks().flips)


def test_marginal_leverage_has_the_sign_of_the_leverage_theorem() -> None:
    """Pain on the other side helps A, pain on A hurts it more than in the theorem, since no deal comes
    at once. How much a little pain on B is worth to A is not known well: the grids differ."""
    data = read(whole())
    theorem = data["theorem"]
    assert theorem["slope_b"] > 0
    for grid in ("finer", "levers"):
        slopes = data["levers"]["marginal"][grid]
        assert slopes["slope_a"]["value_a"] < theorem["slope_a"] < 0
        assert slopes["slope_b"]["value_a"] > 0.05
        assert slopes["slope_b"]["value_b_mean"] < 0
    fine = data["levers"]["marginal"]["finer"]["slope_b"]["value_a"]
    assert 0.5 * theorem["slope_b"] < fine < 2 * theorem["slope_b"]
