"""Acceptance of contribution planning: rows S18, S20, S22, S34, S35 and S36 on the reference crisis."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from tests.answers.contribution_tasks import FORCE, changed, offer
from tests.answers.contribution_tasks import without as with_out

import offramp
from offramp.answers import Answer
from offramp.answers._contribution_chain import deployment, without
from offramp.answers.contribution import Task, contribution
from offramp.crisis import Crisis, LeverUse, Stage, override
from offramp.solution import Solution


@cache
def crisis() -> Crisis:
    return offramp.load("ukraine-2025")


@cache
def solved(plan: str, resolution: str = "sketch") -> Solution:
    return offramp.solve(offramp.compile(crisis(), plan, resolution=resolution))


@cache
def answered(plan: str, resolution: str = "sketch") -> Answer:
    return contribution(solved(plan, resolution), FORCE)


def planned(task: Task = FORCE, case: Crisis | None = None) -> dict:
    data = contribution(case or crisis(), task).data
    assert data is not None
    return data["plan"]


# --- S18: a mandate, or a truce, before troops ---------------------------------------------


def test_S18_force_before_a_ceasefire_is_blocked_and_would_be_forces_in_war() -> None:
    now = deployment(crisis(), "reassurance_force")
    assert crisis().regime == "war"
    assert now.blocked
    assert now.missing == ("ceasefire",)
    assert (now.becomes, now.rung) == ("forces_in_war", 6)


def test_S18_after_a_ceasefire_the_same_force_may_come_on_a_low_rung() -> None:
    then = deployment(crisis(), "reassurance_force", "ceasefire")
    assert not then.blocked
    assert then.becomes is None
    assert then.rung == crisis().levers["reassurance_force"].rung == 2


def test_S18_a_mandate_that_nobody_gives_blocks_even_in_a_ceasefire() -> None:
    tool = crisis().levers["reassurance_force"]
    case = override(crisis(), {"levers.reassurance_force.needs": (*tool.needs, "mandate")})
    assert deployment(case, "reassurance_force", "ceasefire").missing == ("mandate",)
    assert not deployment(case, "reassurance_force", "ceasefire", ("mandate",)).blocked


def test_S18_answer_says_that_it_is_blocked_and_by_what() -> None:
    words = contribution(crisis(), FORCE).words()
    assert "is blocked today: it needs a ceasefire" in words
    assert crisis().levers["forces_in_war"].name in words


# --- S20: asymmetric contributions ---------------------------------------------------------


def test_S20_without_polish_troops_the_task_is_still_feasible() -> None:
    assert planned()["feasible"]
    stays_home = {k: v for k, v in FORCE.offers["PL"].capacity.items() if k != "land"}
    fewer = planned(changed(FORCE, "PL", capacity=stays_home))
    assert fewer["feasible"]
    # Its refusal to send soldiers is in the crisis file: none were counted to begin with.
    assert fewer["cover"]["land"] == pytest.approx(planned()["cover"]["land"], abs=1e-12)
    assert planned(with_out(FORCE, "PL"))["feasible"]


def test_S20_a_pole_that_sent_soldiers_would_raise_the_cover() -> None:
    willing = override(
        crisis(), {"members.PL.refuses": (), "levers.reassurance_force.objectors": ()}
    )
    assert planned(case=willing)["cover"]["land"] > planned()["cover"]["land"] + 0.4


@pytest.mark.parametrize("gone", [("GB",), ("FR",), ("GB", "FR")])
def test_S20_without_the_two_leads_it_is_infeasible_in_soldiers_and_not_only_by_rule(
    gone: tuple[str, ...],
) -> None:
    no_rule = replace(FORCE, must_include=())
    left = planned(with_out(no_rule, *gone))
    assert not left["feasible"]
    assert left["short"]["land"] / left["needed"]["land"] > 0.1
    assert not left["rules_broken"]


def test_S20_pivotal_members_are_those_without_whom_it_fails() -> None:
    data = planned()
    assert set(data["pivotal"]) == {"GB", "FR", "KR"}
    for coalition in data["minimal"]:
        assert set(data["pivotal"]) <= set(coalition)


def test_S20_swapping_equal_capacities_changes_nothing() -> None:
    swapped = replace(
        FORCE, offers={**FORCE.offers, "NL": FORCE.offers["SE"], "SE": FORCE.offers["NL"]}
    )
    before, after = planned(), planned(swapped)
    assert after["cover"] == pytest.approx(before["cover"], abs=1e-12)
    assert after["feasible"] == before["feasible"]
    assert len(after["minimal"]) == len(before["minimal"])
    assert after["carried"]["NL"] == pytest.approx(before["carried"]["SE"], abs=1e-6)


# --- S22: the backstop ---------------------------------------------------------------------


def test_S22_backstop_lowers_the_chance_that_the_force_is_attacked() -> None:
    behind = contribution(crisis()).data["backstop"]  # type: ignore[index]
    assert behind["response"] == pytest.approx([0.45, 0.65])
    event, without_it, with_it = behind["incident"]
    assert event == "attack_on_force"
    assert without_it == pytest.approx(1 - 0.98**12)
    assert with_it < without_it - 0.05
    assert behind["expected_loss"][1] > behind["expected_loss"][0] + 0.05


def test_S22_price_of_a_token_backstop_shows_once_the_contract_is_signed() -> None:
    """Beyond what the grid moves it by: the change from the sketch's grid to the draft's."""
    coarse, fine = (answered("plan_a", r).data["backstop"] for r in ("sketch", "draft"))  # type: ignore[index]
    error = abs(fine["price_a_once_signed"] - coarse["price_a_once_signed"])
    assert fine["contract"] == "plan_a_deal"
    assert fine["price_a_once_signed"] > 0.05 > error
    assert "once" in " ".join(answered("plan_a", "draft").flips)


def test_S22_before_anything_is_signed_the_price_comes_out_otherwise() -> None:
    """B hardly ever signs the contract that the backstop stands behind, so today it is worth nothing."""
    behind = answered("plan_a").data["backstop"]  # type: ignore[index]
    assert abs(behind["price_a"]) < solved("plan_a").certificate.least("value_a")
    assert "no distinguishable difference" in " ".join(answered("plan_a").flips)


def test_S22_without_the_backstop_the_plan_shows_who_would_go_too() -> None:
    leaning = replace(
        changed(FORCE, "CA", only_with=("US",)),
        offers={
            **changed(FORCE, "CA", only_with=("US",)).offers,
            "US": offer(logistics=4),
        },
        backstop=("US",),
    )
    data = planned(leaning)
    assert data["feasible"]
    assert data["without_backstop"] == {"short": {}, "rules": []}
    thin = replace(
        leaning, phases=tuple(replace(p, needs={**p.needs, "logistics": 20}) for p in FORCE.phases)
    )
    assert set(planned(thin)["without_backstop"]["short"]) == {"logistics"}
    alone = planned(with_out(leaning, "NL", "DK", "SE"))
    assert alone["short"]["land"] > 0
    assert alone["without_backstop"]["short"]["land"] > alone["short"]["land"] + 1


# --- S34: a donor stops --------------------------------------------------------------------


def test_S34_odds_shift_at_once_and_half_is_back_within_a_year() -> None:
    aid = contribution(crisis()).data["aid"]  # type: ignore[index]
    assert aid["donor"] == "US"
    shift = aid["odds"]["us_aid"]
    assert shift[0] == pytest.approx(0.06)
    assert shift[12] == pytest.approx(0.06 * (1 - 0.55))
    half = aid["half_back"]
    assert 10 < half[0] < 12
    assert half[1] < 6 < 20 < half[2]


def test_S34_share_of_the_record_and_at_the_pace_of_today() -> None:
    aid = contribution(crisis()).data["aid"]  # type: ignore[index]
    assert aid["share"]["military_eur_bn"] == pytest.approx(0.46, abs=0.02)
    assert aid["share_now"]["military_eur_bn"] < aid["share"]["military_eur_bn"] / 2


def test_S34_mitigations_are_ranked_and_those_beyond_red_lines_come_last() -> None:
    aid = contribution(crisis()).data["aid"]  # type: ignore[index]
    ids = [m["id"] for m in aid["mitigations"]]
    open_ = [m["remains"] for m in aid["mitigations"] if m["id"] != "forces_in_war"]
    assert ids[-1] == "forces_in_war"
    assert open_ == sorted(open_)
    assert ids[0] == "mil_aid_surge"
    nothing = next(m["remains"] for m in aid["mitigations"] if m["id"] == "")
    assert open_[0] < nothing - 0.01


def test_S34_faster_substitution_brings_half_back_sooner() -> None:
    slow, fast = (
        contribution(override(crisis(), {"coalition.substitution": s})).data["aid"]["half_back"][0]  # type: ignore[index]
        for s in (0.4, 0.7)
    )
    assert fast < slow - 6


# --- S35: no troops into a live war --------------------------------------------------------

LEADS = ("GB", "FR", "DE", "PL", "IT", "ES")


def six_leads() -> Task:
    """The task with all six leads offering soldiers."""
    more = {m: FORCE.offers.get(m, offer()) for m in LEADS}
    return replace(
        FORCE,
        offers={
            **FORCE.offers,
            **{
                m: replace(o, capacity={"air": 5.0, **o.capacity, "land": 25.0})
                for m, o in more.items()
            },
        },
    )


def test_S35_forces_in_war_survive_nobodys_red_lines_among_six_leads() -> None:
    lines = contribution(crisis(), six_leads()).data["red_lines"]  # type: ignore[index]
    war = lines["forces_in_war"]
    assert set(LEADS) <= set(war["named"])
    assert [m for m in LEADS if m not in war["against"]] == []
    assert war["survives"] is False
    assert lines["reassurance_force"]["survives"] is True


def test_S35_a_phase_at_war_of_the_same_task_has_no_soldiers_from_them() -> None:
    fighting = replace(
        six_leads(), phases=(replace(FORCE.phases[0], at_war=True), *FORCE.phases[1:])
    )
    data = planned(fighting)
    assert not data["feasible"]
    assert planned(six_leads())["feasible"]
    assert data["binding"]["land"]["months"] == [[1, 4]]


def test_S35_no_derived_plan_keeps_it() -> None:
    data = contribution(crisis(), six_leads()).data["red_lines"]  # type: ignore[index]
    dropped = [key for key, line in data.items() if line["survives"] is False]
    assert dropped == ["forces_in_war"]
    bold = (
        crisis()
        .plans["plan_b"]
        .model_copy(
            update={
                "stages": (
                    *crisis().plans["plan_b"].stages,
                    Stage(name="Own soldiers", on=(LeverUse(lever="forces_in_war"),)),
                )
            }
        )
    )
    left = without(bold, dropped)
    assert left == crisis().plans["plan_b"]
    for plan in crisis().plans.values():
        assert without(plan, dropped) == plan


# --- S36: redundant before it starts -------------------------------------------------------


@pytest.mark.parametrize("plan", ["status_quo", "plan_a"])
def test_S36_chain_is_a_product_and_not_likelier_than_its_weakest_link(plan: str) -> None:
    chain = answered(plan).data["chain"]  # type: ignore[index]
    product = 1.0
    for p in chain["steps"].values():
        product *= p
    assert chain["product"] == pytest.approx(product, rel=1e-12)
    assert chain["product"] <= min(chain["steps"].values())
    assert chain["steps"][chain["weakest"]] == min(chain["steps"].values())


def test_S36_weakest_link_is_acceptance_where_the_plan_does_not_send_the_force_by_itself() -> None:
    chain = answered("status_quo").data["chain"]  # type: ignore[index]
    assert chain["weakest"] == "acceptance"
    second = sorted(chain["steps"].values())[1]
    assert second - chain["steps"]["acceptance"] > chain["steps_apart_by"] + 0.3


def test_S36_under_plan_a_the_end_of_the_fighting_is_weaker_so_it_comes_out_otherwise() -> None:
    """Its force follows any truce, so B lets it in by stopping: the truce is then the weakest step."""
    chains = [answered("plan_a", r).data["chain"] for r in ("sketch", "draft")]  # type: ignore[index]
    gaps = [c["steps"]["acceptance"] - c["steps"]["ceasefire"] for c in chains]
    assert [c["weakest"] for c in chains] == ["ceasefire", "ceasefire"]
    assert min(gaps) > abs(gaps[0] - gaps[1])  # beyond what the grid moves it by
    chain, steps = chains[1], chains[1]["steps"]
    # Both are B's to give; together they are far below what members and the host add.
    together = steps["ceasefire"] * steps["acceptance"]
    assert together < min(steps["host_consent"], steps["contributors"]) - 0.2
    assert chain["in_a_deal"] < 0.001


def test_S36_a_host_that_withholds_consent_becomes_the_weakest_link() -> None:
    case = override(
        crisis(), {f"guarantees.{g}.host_consent": 0.05 for g in ("force", "force_backstop")}
    )
    chain = contribution(case, FORCE).data["chain"]  # type: ignore[index]
    assert chain["weakest"] == "host_consent"
    assert chain["steps"]["ceasefire"] is None
