"""What questions come to: each against its definition, computed another way, on solved games."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from tests.audit.audit_crises import GRID, reference, scope, starter

import offramp
from offramp.answers._measures import gaps
from offramp.audit._asking import ask, measure, turned_by
from offramp.audit._draws import central
from offramp.audit._room import _most, gaps_at
from offramp.audit._worlds import NotAsked, Scope, World
from offramp.crisis._claims import Ask, parse
from offramp.game._preferences import on_the_table


def number(text: str, at: Scope | None = None) -> float:
    return measure(parse(text), at or scope())


def truth(text: str, at: Scope | None = None) -> bool:
    return ask(parse(text), at or scope()).truth


@pytest.fixture(scope="module")
def solved() -> offramp.Solution:
    game = offramp.compile(reference(), "status_quo", resolution=GRID)
    return offramp.solve(game, kernel="numba")


# --- Against the solution ------------------------------------------------------------------------


def test_values_and_chances_are_those_of_the_solution(solved: offramp.Solution) -> None:
    head = solved.headline(12)
    assert number("V(A, start | status_quo)") == pytest.approx(head.value_a, abs=1e-9)
    mean_b = float(np.dot(solved.game.opening, head.value_b))
    assert number("V(B, start | status_quo)") == pytest.approx(mean_b, abs=1e-9)
    stalling = solved.game.types.index("stalling")
    one = number("V(B, start | status_quo, type=stalling)")
    assert one == pytest.approx(head.value_b[stalling], abs=1e-9)
    for text, value in (
        ("P_settle(12 | status_quo)", head.settled), ("P_war(12 | status_quo)", head.war),
        ("P_disaster(12 | status_quo)", head.disaster),
        ("P(ceasefire, 12 | status_quo)", head.ceasefire),
        ("P_deal(12 | status_quo)", float(solved.futures.first_deal[12])),
        ("P_settle(24 | status_quo)", solved.headline(24).settled),
    ):  # fmt: skip
        assert number(text) == pytest.approx(value, abs=1e-9), text


def test_signing_less_stalling_is_the_gap_of_the_deal_answer(solved: offramp.Solution) -> None:
    game = solved.game
    i = [o.contract for o in game.offers].index("armed_freeze")
    now = gaps(solved, (0,))[0]
    world = "status_quo, offer=armed_freeze"
    gain_b = number(f"V(B, deal | {world}) - V(B, stall | {world})")
    gain_a = number(f"V(A, deal | {world}) - V(A, stall | {world})")
    # An offer of its own leaves fewer proposals; the gap is read in the same way in that game.
    same = offramp.solve(
        offramp.compile(reference(), "status_quo", resolution=GRID, offer="armed_freeze"),
        kernel="numba",
    )
    own = gaps(same, (0,))[0]
    assert gain_b == pytest.approx(float(own.b[i] @ game.opening), abs=1e-9)
    assert gain_a == pytest.approx(float(own.a[i]), abs=1e-9)
    assert now.b.shape == own.b.shape


def test_chances_of_terms_add_up_to_a_settlement() -> None:
    low = number("P_terms(order, 0, 0.3, 12 | status_quo)")
    high = number("P_terms(order, 0.3, 1.01, 12 | status_quo)")
    assert low + high == pytest.approx(number("P_settle(12 | status_quo)"), abs=1e-9)


def test_the_stake_in_terms_is_that_of_the_formula() -> None:
    crisis = reference()
    weight = crisis.actors["RU"].preferences["alignment"].weight.value
    total = sum(p.weight.value for p in crisis.actors["RU"].preferences.values())
    gained = number("W(RU, alignment=0.8) - W(RU, alignment=0.6)")
    assert gained == pytest.approx(0.2 * weight / total, abs=1e-12)
    squared = number("W(RU, alignment=0.8 | exponent=2) - W(RU, alignment=0.6 | exponent=2)")
    assert squared == pytest.approx((0.4**2 - 0.2**2) * weight / total, abs=1e-12)


def test_events_happen_by_their_hazard() -> None:
    h = reference().events["battlefield_shock_B"].hazard.value
    assert number("P_event(battlefield_shock_B, 12)") == pytest.approx(1 - (1 - h) ** 12)
    assert number("P_event(battlefield_shock_B, 0)") == 0.0


def test_equal_chances_of_relief_coerce_nothing_and_unequal_ones_do() -> None:
    same = "levers.hydrocarbon_stop.lift_if_comply=levers.hydrocarbon_stop.lift_if_defy"
    assert number(f"coerce(hydrocarbon_stop | {same})") == 0.0
    assert number("coerce(hydrocarbon_stop)") > 0.001


def test_the_threat_that_is_needed_is_the_textbook_one() -> None:
    hurt = sum(number(f"coerce({x} | levers.{x}.lift_if_comply=1, levers.{x}.lift_if_defy=0)")
               for x in ("long_range", "mil_aid_surge"))  # fmt: skip
    assert number("critical(recip_threat, 0.05)") == pytest.approx(0.05 / (0.05 + hurt))


def test_consent_and_staying() -> None:
    assert number("consent(forces_in_war)") == 0.0
    pair = number("P_stay(GB, FR, 12 | plan_a)")
    one = number("P_stay(GB, 12 | plan_a)")
    assert pair == pytest.approx(one * number("P_stay(FR, 12 | plan_a)"))
    assert number("P_stay(unanimity, 12 | plan_a)") < number("P_stay(contributors, 12 | plan_a)")
    assert 0 < number("P_continue(B, 12 | plan_a)") < 1
    assert number("P_stay(contributors, 24 | plan_a)") < number("P_stay(contributors, 12 | plan_a)")


def test_costs_add_up_what_the_file_says() -> None:
    """Without levers or wear, fighting alone costs each voice its part and B its own cost of war."""
    crisis = reference()
    still = "war.exhaustion.B=0, war.intensity=0, ceasefire.possible=false, war.cost.B=0.2"
    bare = {t: f"types.{t}.delay_cost_share=0" for t in ("sincere",)}
    text = f"cost(B, 6 | status_quo, without=mobilisation_B, {still}, {bare['sincere']})"
    assert number(text) == pytest.approx(0.2, abs=0.01)
    ua, eul = (number(f"cost({v}, 6 | status_quo)") for v in ("UA", "EUL"))
    ratio = crisis.actors["UA"].war_cost_ratio / crisis.actors["EUL"].war_cost_ratio
    assert ua / eul == pytest.approx(ratio, rel=0.05)


# --- The range of terms ---------------------------------------------------------------------------


def test_the_programme_beats_every_feasible_terms_and_is_nearly_met_by_one() -> None:
    at = scope()
    game = at.solved(World(plan="status_quo")).game
    stakes, rng = game.stakes, np.random.default_rng(0)
    position = (game.layout.sizes[0] - 1) // 2
    floors = game.floors[:, position, 0]
    m = stakes.issues.index("guarantee")
    fixed = {"guarantee": 0.55}
    reserve = 0.45
    best = _most(game, fixed, reserve, floors)
    assert best is not None
    limit = np.maximum(on_the_table(game.crisis), stakes.status_quo)
    terms = rng.random((200_000, len(stakes.issues))) * limit
    terms[:, m] = 0.55
    signed = stakes.signed(terms)
    ok = stakes.feasible(terms) & (stakes.bloc(signed, 0) >= reserve)
    for v in range(len(stakes.voices)):
        if not math.isnan(floors[v]):
            ok &= signed[v] >= floors[v]
    found = stakes.bloc(signed, 1)[ok]
    assert len(found) > 100
    assert found.max() <= best + 1e-9
    assert found.max() >= best - 0.04
    assert _most(game, fixed, 0.99, floors) is None


def test_room_is_what_the_programme_leaves_over_the_reservation() -> None:
    at = scope()
    solved = at.solved(World(plan="plan_a"))
    start = int(solved.first)
    gain_a, gain_b = gaps_at(solved, start)
    assert gain_a.shape == (len(solved.game.offers),)
    assert gain_b.shape == (len(solved.game.offers), len(solved.game.types))
    free, held = number("room(| plan_a)"), number("room(guarantee=0.35 | plan_a)")
    assert held <= free + 1e-9
    assert number("room(guarantee=0.35, territory=0.55 | plan_a)") <= held + 1e-9
    with pytest.raises(NotAsked, match="linear loss"):
        number("room(| plan_a, exponent=2)")


# --- Questions that change a number ----------------------------------------------------------------


def test_a_slope_a_swing_and_a_switch_of_something_known() -> None:
    weight = "actors.RU.preferences.alignment.weight"
    of = "W(RU, alignment=0.5)"
    low, high = 0.12, 0.35
    at_low, at_high = (number(f"W(RU, alignment=0.5 | {weight}={x})") for x in (low, high))
    assert number(f"swing({of}, {weight})") == pytest.approx(at_high - at_low)
    step = 0.1 * (high - low)
    up = number(f"W(RU, alignment=0.5 | {weight}={0.25 + step})")
    assert number(f"d({of}, {weight})") == pytest.approx((up - number(of)) / step)
    turn = number("switch_at(war.cost.B > 0.3, war.cost.B, 0.1, 0.5)")
    assert turn == pytest.approx(0.3, abs=1e-3)
    with pytest.raises(NotAsked, match="does not turn"):
        number("switch_at(war.cost.B > 0.9, war.cost.B, 0.1, 0.5)")
    assert truth("increasing(P_event(us_aid_cut, 12), events.us_aid_cut.hazard)")
    assert not truth("increasing(P_event(us_aid_cut, 12), war.cost.B)")


def test_a_slope_at_a_limit_is_taken_downwards() -> None:
    at = replace(scope(), crisis=offramp.override(reference(), {"blocs.B.felt_by.elite": 1.0}))
    text = "d(coerce(visa_ban), blocs.B.felt_by.elite)"
    assert number(text, at) > 0


def test_margins_say_by_how_much() -> None:
    found = ask(parse("war.cost.B < 0.3"), scope())
    assert found.truth
    assert found.margin == pytest.approx(0.1)
    both = ask(parse("war.cost.B < 0.3 and war.cost.A > 0.27"), scope())
    assert both.truth
    assert both.margin == pytest.approx(0.01)
    either = ask(parse("war.cost.B > 0.3 or war.cost.A > 0.27"), scope())
    assert either.truth
    assert either.margin == pytest.approx(0.01)
    wrong = ask(parse("not (0.1 < war.cost.B < 0.3)"), scope())
    assert not wrong.truth
    assert wrong.margin == pytest.approx(-0.1)
    assert truth("war.cost.B == 0.2 and war.cost.B >= 0.2 and war.cost.B != 0.3")


def test_what_a_swap_turns_is_named() -> None:
    claims = {"one": parse("war.cost.B < 0.3"), "two": parse("war.cost.A < 0.3")}
    at = replace(scope(), claims=claims, swaps={"dear": {"war.cost.B": 0.32}})
    node = parse("unchanged(one, two | swap=dear)")
    assert isinstance(node, Ask)
    found = ask(node, at)
    assert not found.truth
    assert found.margin == pytest.approx(-0.02)
    assert turned_by(node, at) == ("one",)
    still = ask(parse("unchanged(two | swap=dear)"), at)
    assert still.truth
    assert still.margin == pytest.approx(0.02)


def test_worlds_share_solves_and_inner_worlds_go_first() -> None:
    at = central(reference(), None, False, GRID)
    measure(parse("P_settle(12 | plan_a) + P_war(12 | plan_a) + V(A, start | plan_a)"), at)
    assert at.solves == 1
    inner = World(plan="plan_b", changes=(("war.cost.B", 0.3),))
    outer = World(plan="plan_a", offer="armed_freeze", changes=(("war.cost.B", 0.1),))
    merged = inner.over(outer)
    assert (merged.plan, merged.offer) == ("plan_b", "armed_freeze")
    assert at.crisis_of(merged).war.cost.B.value == 0.3


def test_agreement_now_or_later_moves_the_crisis_of_later_months_only() -> None:
    at = scope()
    now, later = (at.game(World(plan="plan_b", agreed=m)) for m in (0, 6))
    assert now.plan.preagreed
    assert later.plan.preagreed
    assert later.crisis.coalition.preagreement.value == 0.0
    assert any("agreed" in e.name for e in later.crisis.events.values())
    assert number("V(A, start | plan_b, agreed=0)") != number("V(A, start | plan_b, agreed=6)")


def test_what_a_date_lacks_is_said_and_not_guessed() -> None:
    for text, said in (
        ("V(B, deal | status_quo)", "makes no offer"),
        ("P_war(1 | status_quo, without=donbas_attack_or_pretext)", "donbas_attack_or_pretext"),
        ("coerce(sanctions_2022)", "no lever sanctions_2022"),
        ("concessions(A)", "no ledger"),
        ("logLR(e11, sincere, stalling)", "older than"),
        ("P_settle(30 | status_quo)", "beyond the horizon"),
        ("P_deal(12 | status_quo, position=9)", "does not reach position"),
        ("P_act(A, climb | status_quo)", "B's own initiative"),
    ):
        with pytest.raises(NotAsked, match=said):
            number(text)


def test_questions_work_on_a_starter_crisis() -> None:
    crisis = starter()
    at = central(crisis, None, False, GRID)
    plan = next(iter(crisis.plans))
    settled = number(f"P_settle(6 | {plan})", at)
    assert 0 <= settled <= 1
    assert number(f"P_war(6 | {plan})", at) + settled <= 1 + 1e-9
    kind = next(iter(crisis.types))
    assert 0 <= number(f"post({kind})", at) <= 1
    with pytest.raises(NotAsked, match=r"no members|no ledger"):
        number(f"P_stay(leads, 6 | {plan})", at) if not crisis.members else number(
            "concessions(A)", at
        )
