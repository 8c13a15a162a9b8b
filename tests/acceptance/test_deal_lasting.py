"""Rows S16, S23, S31, S51, S53, S54, S56, S57 and S59 on the reference crisis: what happens to a deal."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

import pytest
from tests.answers.answer_crises import reference

import offramp
from offramp.answers._deal_lasting import Lasting, lasting
from offramp.answers._deal_lasting_runs import Drift
from offramp.answers._deal_tally import Entry
from offramp.crisis import Crisis, in_epoch
from offramp.solution import Check, Metric, Solution, check_of, neighbours

GRID = "sketch"


def solved(
    plan: str, changes: dict[str, Any] | None = None, crisis: Crisis | None = None
) -> Solution:
    """A plan of the reference crisis with some numbers changed."""
    changed = offramp.override(crisis or reference(), changes or {})
    return offramp.solve(offramp.compile(changed, plan, resolution=GRID), kernel="numba")


@cache
def base(plan: str) -> Solution:
    return solved(plan)


@cache
def answer(plan: str = "status_quo") -> Lasting:
    """A plan of the reference crisis as it is."""
    return lasting(base(plan))


def of(found: Lasting, *keys: str) -> Any:
    """A figure by the way to it."""
    value: Any = found.data
    for key in keys:
        value = value[key]
    return value


@cache
def checks() -> tuple[Check, ...]:
    """What two refinements move in the headline figures of the status quo."""
    own = base("status_quo")
    found = []
    for x in [x for x in neighbours(own.game) if x.counts][:2]:
        other = offramp.solve(x.apply(own.game), kernel="numba")
        pair = own.headline(12), other.headline(12)
        found.append(check_of(x, *pair, other.futures.unsolved_mass))
    return tuple(found)


def error(metric: Metric) -> float:
    """Largest change of a figure under them, at least what is printed."""
    return max(0.005, *(abs(c.change(metric)) for c in checks()))


def expected(by_type: dict[str, float]) -> float:
    """A figure by type over the priors."""
    prior = {t: k.prior.value for t, k in reference().types.items()}
    return sum(prior[t] * x for t, x in by_type.items()) / sum(prior.values())


# --- S16: ways out -------------------------------------------------------------------------------


def test_S16_amount_missing_and_three_cheapest_mixes() -> None:
    way = of(answer("plan_a"), "offramp")
    missing = max(way["missing"].values())
    assert missing > 0.15 + error("value_b")
    assert len(way["mixes"]) == 3
    costs = [m["cost"] for m in way["mixes"]]
    assert costs == sorted(costs)
    for mix in way["mixes"]:
        assert mix["enough"]
        assert min(mix["gap_b"].values()) >= -0.002
        assert 0.01 < mix["cost"] < 0.5 * missing
        assert mix["terms"]["guarantee"] == 0.55
    assert len({str((m["instruments"], m["terms"])) for m in way["mixes"]}) == 3


def test_S16_the_offer_itself_is_what_the_gap_says() -> None:
    """The amount missing is the gap of signing today in the game under study."""
    data = answer("plan_a").data
    for theta, gap in data["gap_b"]["plan_a_deal"].items():
        assert data["offramp"]["missing"][theta] == pytest.approx(max(0.0, -gap), abs=1e-12)


def test_S16_sharper_aims_need_a_larger_concession() -> None:
    """With nothing that saves face at hand; the file's ladder out takes up most of the difference."""

    def at(vagueness: float) -> tuple[float, float]:
        changes = {"blocs.B.audience.vagueness": vagueness, "levers.exit_ladder.shifts": {}}
        way = lasting(solved("plan_a", changes)).data["offramp"]
        return max(way["missing"].values()), way["mixes"][0]["cost"]

    sharp, vague = at(0.0), at(0.85)
    assert sharp[0] > vague[0] + 0.05 + error("value_b")
    assert sharp[1] > vague[1] + error("value_a")


# --- S23, S31, S51: durability -------------------------------------------------------------------


def test_S23_firm_wording_makes_a_force_deal_last() -> None:
    switched = of(answer(), "switched")
    for contract in ("plan_a_deal", "plan_a_backstop"):
        for theta in reference().types:
            loose = switched["loose"][contract][theta]
            assert switched["firm"][contract][theta] > loose + 0.2 + error("settled")


def test_S31_weaker_substitute_is_easier_to_sign_and_shorter_lived() -> None:
    """Of what B accepts: the UN option against the armed freeze and the force, for the preparing type."""
    data = answer().data
    gaps, lives = data["gap_b"], data["lives"]
    for theta in reference().types:
        assert gaps["un_freeze"][theta] > gaps["plan_a_deal"][theta] + 0.1
    assert gaps["un_freeze"]["preparing"] > gaps["armed_freeze"]["preparing"] + 0.01
    assert gaps["un_freeze"]["preparing"] > -error("value_b")
    preparing = {c: lives[c]["kept"]["preparing"][24] for c in lives}
    assert preparing["un_freeze"] < preparing["armed_freeze"] - 0.2 - error("settled")
    assert preparing["un_freeze"] < preparing["plan_a_deal"] - 0.2


def test_S51_detection_and_snapback_hold_the_preparing_type() -> None:
    switched = of(answer("sticks_relief"), "switched")
    bare, both = (switched[s]["armed_freeze"]["preparing"] for s in ("bare", "as judged"))
    alone = switched["no guarantee"]["armed_freeze"]["preparing"]
    assert bare < 0.2
    assert both > 0.9
    assert max(bare, alone) < both - 0.5
    assert abs(alone - bare) < error("settled")  # what detection adds, snapback alone does not
    assert switched["bare"]["armed_freeze"]["sincere"] > bare + 0.4


def test_S51_a_ceasefire_is_a_pause_and_never_the_end_of_the_war() -> None:
    found = answer()
    pause = found.data["pause"]
    for theta in reference().types:
        on, war, deal = (pause[k][theta][24] for k in ("holds", "war", "deal"))
        assert on < 0.2
        assert war > 0.3
        assert on + war + deal < 1 + 1e-9
    assert pause["war"]["preparing"][12] > pause["war"]["sincere"][12] + 0.1
    said = next(s for s in found.sentences if "ceasefire" in s)
    assert "a pause, not an end" in said
    assert "end of the war" not in " ".join(found.sentences)


# --- S53: partial deals --------------------------------------------------------------------------


def test_S53_secondary_deal_has_about_even_odds_with_A() -> None:
    deal = of(answer(), "partial", "order")
    assert deal["start"] < deal["at"] <= deal["core_from"]
    assert deal["accepts_a"] == pytest.approx(0.5, abs=0.05)
    assert deal["accepts_b"] > 0.6
    assert 0.25 < deal["both"] < 0.75


def test_S53_core_is_shut_for_A_and_opens_with_the_table() -> None:
    """A cannot offer the core; opening it to .60 lets A propose what it could not."""
    shut = base("status_quo").game
    open_ = solved("status_quo", {"issues.order.open": 0.6}).game
    for game, may in ((shut, False), (open_, True)):
        place = [o.contract for o in game.offers].index("order_deal")
        free = game.crisis.issues["alignment"].open.value >= 1
        assert not game.moves.propose[0][:, place].any()
        assert not free
        limit = game.crisis.issues["order"]
        assert (limit.status_quo + limit.open.value * (1 - limit.status_quo) > 0.5) is may


def test_S53_chance_of_the_core_comes_out_otherwise() -> None:
    """It is not 0: B may propose named contracts beyond A's table, and floors fall as A loses cohesion."""
    core = of(answer(), "partial", "order", "core")
    assert core > 0.05 + error("settled")


# --- S54: a closed issue -------------------------------------------------------------------------


@cache
def opened(weight: float) -> dict[str, Any]:
    """The order question opened in the contract nearest to acceptance, for a weight of it in B's eyes."""
    crisis = solved("status_quo", {"actors.RU.preferences.order.weight": weight})
    found: dict[str, Any] = lasting(crisis).data["unlock"]["order"]
    assert found["contract"] == "armed_freeze"
    return found


def test_S54_opening_the_order_question_makes_terms_hold_where_it_weighs() -> None:
    closed, open_ = opened(0.25)["alone"]
    for theta in ("stalling", "preparing"):
        assert open_[theta] > closed[theta] + 0.1 + error("settled")
    little = opened(0.05)["alone"]
    gain = expected(open_) - expected(closed)
    assert gain > expected(little[1]) - expected(little[0]) + 0.1 + error("settled")


def test_S54_no_difference_at_a_small_weight_comes_out_otherwise() -> None:
    """At .05 opening still helps the terms hold, less than half as much; a guarantee hides it altogether."""
    gain = {}
    for weight in (0.05, 0.25):
        closed, open_ = opened(weight)["alone"]
        gain[weight] = expected(open_) - expected(closed)
    assert 0.05 + error("settled") < gain[0.05] < 0.5 * gain[0.25]
    guaranteed = opened(0.05)["guaranteed"]
    assert abs(expected(guaranteed[1]) - expected(guaranteed[0])) < 0.005


# --- S56: a term that shifts power ---------------------------------------------------------------


def test_S56_static_terms_look_fine_while_the_value_falls_with_the_drift() -> None:
    drift = Drift("armed_freeze", "alignment", 0.05)
    found = lasting(base("status_quo"), shifts=(drift,))
    [shift] = found.data["shifts"]
    still = lasting(base("status_quo"), shifts=(Drift("armed_freeze", "alignment", 0.0),)).data[
        "shifts"
    ][0]
    assert shift["worth"] == still["worth"] > 0.6
    assert shift["ratified"] == still["ratified"] > 0.5
    assert still["shifting"] == pytest.approx(still["static"], abs=1e-12)
    assert shift["shifting"] < shift["static"] - 0.05 - error("value_a")
    assert any("Concession shifts power" in w for w in found.warnings)


def test_S56_faster_drifts_cost_more() -> None:
    drifts = [Drift("armed_freeze", "alignment", r) for r in (0.005, 0.02, 0.1)]
    gains = [s["shifting"] for s in lasting(base("status_quo"), shifts=drifts).data["shifts"]]
    assert gains[0] > gains[1] + 0.005
    assert gains[1] > gains[2] + 0.005


# --- S57: public demands -------------------------------------------------------------------------


def test_S57_public_demands_shrink_the_range() -> None:
    size = of(answer(), "demands", "size")
    assert size["none"] >= size["A"]
    assert size["none"] > size["A+B"] + 0.2
    assert size["none"] > size["B"] + 0.2
    dear = lasting(solved("status_quo", {"blocs.B.audience.vagueness": 0.0})).data["demands"]
    assert dear["size"]["B"] < size["B"] <= size["none"] == dear["size"]["none"]


def test_S57_says_which_demands_were_not_negotiable() -> None:
    found = answer()
    verdicts = {(m["side"], m["issue"]): m["verdict"] for m in found.data["demands"]["issues"]}
    assert verdicts["B", "alignment"] == verdicts["B", "order"] == "closed"
    assert verdicts["B", "territory"] == verdicts["A", "guarantee"] == "line"
    assert verdicts["B", "sanctions"] == "open"
    assert "Of Russia's demands" in " ".join(found.sentences)


# --- S59: concessions counted --------------------------------------------------------------------

CODED = (
    ("A", "2021-12-17", "talks on European security conceded", "order", 1.0),
    ("A", "2022-02-12", "advisers withdrawn", "territory", 1.0),
    ("A", "2022-01-19", "own soldiers ruled out", None, 12.0),
    ("A", "2022-01-26", "missiles not to be deployed", "order", 24.0),
    ("A", "2022-02-16", "toughest sanction said to be off", "sanctions", 1.0),
    ("A", "2022-02-15", "accession put off without date", "alignment", 24.0),
    ("B", "2022-02-14", "talks continue", "order", 0.0),
    ("B", "2022-02-15", "recognition kept back", "territory", 0.0),
    ("B", "2022-02-15", "return of some units announced, and disputed", "territory", 1.0),
)
"""One coder's dates, issues and months of undoing for the nine entries that the file lists."""


@cache
def winter() -> Solution:
    """The crisis as it stood in February 2022."""
    return solved("status_quo", crisis=in_epoch(reference(), "e2022a"))


def test_S59_six_concessions_against_three() -> None:
    found = lasting(winter())
    counted = found.data["tally"]
    assert counted["count"] == {"A": 6, "B": 3}
    assert counted["balance"] == 3
    assert counted["unstated"] == 9
    assert {e["date"] for e in counted["entries"]} == {"2022-02-18"}


def test_S59_weighting_by_reversibility_narrows_the_balance_and_splits_it_by_issue() -> None:
    ledger = [
        Entry(side, text, dt.date.fromisoformat(date), issue, undo_months=undo)  # type: ignore[arg-type]
        for side, date, text, issue, undo in CODED
    ]
    counted = lasting(winter(), ledger=ledger).data["tally"]
    assert counted["balance"] == 3
    assert 1 < counted["lasting_balance"] < counted["balance"] - 0.5
    dates = [e["date"] for e in counted["entries"]]
    assert dates == sorted(dates)
    rows = counted["by_issue"]
    assert rows["territory"]["count"] == [1, 2]
    assert sum(r["lasting"][0] - r["lasting"][1] for r in rows.values()) == pytest.approx(
        counted["lasting_balance"]
    )


def test_S59_the_tally_moves_no_belief_in_a_type() -> None:
    one_sided = [Entry("A", f"concession {i}", dt.date(2022, 1, 5)) for i in range(20)]
    without, with_it = lasting(winter(), ledger=()), lasting(winter(), ledger=one_sided)
    for key in ("lives", "gap_b", "pause", "offramp"):
        assert without.data[key] == with_it.data[key]
    said = next(s for s in with_it.sentences if "ledger" in s)
    assert "no evidence on the type" in said
    assert not any("ledger" in s for s in without.sentences)
