"""Which deals both sides could sign, and what stops them."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from tests.answers.answer_crises import reference, starter, starter_solved, yaml_of
from tests.solution.certificates import check

import offramp
from offramp.answers import _deal_runs
from offramp.answers._deal_program import Programme, solve
from offramp.answers._deal_room import room
from offramp.answers._deal_runs import today
from offramp.answers._deal_setting import Setting, setting_of
from offramp.answers._deal_why import COMMITMENT, HOME, INFORMATION, LINES, OBSTACLES, shapley
from offramp.answers._measures import gaps
from offramp.solution import Solution
from offramp.theory import bargaining_range


@cache
def sketched(plan: str = "status_quo", *changes: tuple[str, float]) -> Solution:
    """A plan of the reference crisis as a sketch, with numbers changed."""
    crisis = offramp.override(reference(), dict(changes))
    return offramp.solve(offramp.compile(crisis, plan, resolution="sketch"))


def changed(path: str, value: float) -> Solution:
    return sketched("status_quo", (path, value))


def test_plan_a_has_no_range_today() -> None:
    solution = sketched()
    answer = offramp.deal(solution, "plan_a_deal", parts=False)
    data = answer.to_dict()["data"]
    for per_type in data["gap_b"]["plan_a_deal"].values():
        assert per_type[0] < -0.1
    assert all("plan_a_deal" not in today[0] for today in data["range"].values())


def test_every_red_line_that_the_offer_crosses_is_lifted_and_solved_again() -> None:
    data = offramp.deal(sketched(), "plan_a_deal", parts=False).to_dict()["data"]
    assert [x["line"] for x in data["lifted"]] == ["ru_force"]
    gain = np.array(data["lifted"][0]["gap_b"])
    before = np.array([v[0] for v in data["gap_b"]["plan_a_deal"].values()])
    assert gain.mean() > before.mean() + 0.005


def test_a_gap_is_the_value_of_signing_less_the_value_of_letting_the_round_pass() -> None:
    solution = sketched()
    game = solution.game
    g = gaps(solution, (0,))[0]
    c = solution.continuation(0)
    index, share = game.grid.locate(game.opening[None])
    row = int(np.flatnonzero(game.moves.states == game.start)[0])
    for o in range(len(game.offers)):
        target = int(game.moves.sign[row, o])
        mixed = sum(
            share[v, 0] * (c.b[target, :, index[v, 0]] - c.b[game.start, :, index[v, 0]])
            for v in range(len(index))
        )
        assert g.b[o] == pytest.approx(mixed + game.moves.lump_sign_b[row, o], abs=1e-12)


def test_a_lower_floor_makes_ratification_likelier() -> None:
    low = gaps(changed("actors.UA.floor.value", 0.50), (0,))[0]
    high = gaps(changed("actors.UA.floor.value", 0.60), (0,))[0]
    ids = [o.contract for o in sketched().game.offers]
    armed = ids.index("armed_freeze")
    assert low.ratified[armed] > 0.8 > 0.3 > high.ratified[armed]


def test_a_public_pull_against_signing_narrows_the_range() -> None:
    mild = gaps(changed("blocs.B.audience.cost", 0.0), (0,))[0]
    strong = gaps(changed("blocs.B.audience.cost", 0.16), (0,))[0]
    armed = [o.contract for o in sketched().game.offers].index("armed_freeze")
    assert (mild.b[armed] > strong.b[armed] + 0.01).all()


def test_terms_settled_over_a_partys_head_are_named_but_never_offered() -> None:
    answer = offramp.deal(sketched(), parts=False)
    rows = {row[0]: row for row in answer.table().rows}
    assert "over the parties' heads" in str(rows["Terms settled without Ukraine"][-1])


def test_the_answer_is_plain_json_with_tables_and_charts() -> None:
    answer = offramp.deal(starter_solved(), parts=False)
    text = json.dumps(answer.to_dict(), allow_nan=False)
    assert '"headline"' in text
    assert answer.charts
    for chart in answer.charts:
        assert chart.alt
        assert chart.table.rows


def test_an_unknown_offer_is_refused() -> None:
    with pytest.raises(ValueError, match="no contract 'nothing'"):
        offramp.deal(sketched(), "nothing")


def test_no_offer_is_invented_where_no_plan_has_one() -> None:
    raw = yaml_of(starter())
    raw["plans"] = {"wait": {"name": "Wait"}}
    answer = offramp.deal(
        offramp.solve(offramp.compile(offramp.Crisis.model_validate(raw))), parts=False
    )
    assert answer.to_dict()["data"]["offer"] is None
    assert "the offer of" not in answer.words()


def test_efficient_terms_that_both_would_sign_are_spelt_out() -> None:
    answer = offramp.deal(starter_solved(), parts=False)
    ranges = answer.to_dict()["data"]["range"]
    named = [x for today in ranges.values() for x in today[0] if x.startswith("frontier")]
    if named:
        assert "efficient terms" in answer.table().note
    else:
        assert "efficient terms" not in answer.headline


def test_deal_works_on_an_exact_solution() -> None:
    raw = yaml_of(starter())
    kind = next(iter(raw["types"]))
    raw["types"] = {kind: raw["types"][kind] | {"prior": {"value": 1.0}}}
    raw["hypotheses"] = {"unmodelled": {"value": 0.0}}
    raw["evidence"], raw["readings"], raw["epochs"], raw["dependence"] = {}, {}, {}, {}
    raw["plans"] = {"wait": {"name": "Wait"}}
    crisis = offramp.Crisis.model_validate(raw)
    answer = offramp.deal(offramp.solve(offramp.compile(crisis), mode="exact"), parts=False)
    assert answer.headline


def test_gains_within_the_error_are_no_gains() -> None:
    """A solve that knows values badly tells nobody to sign or to wait."""
    solution = starter_solved()
    clear = offramp.deal(solution, parts=False)
    coarse = replace(solution.certificate, checks=(check("more offers", 9.0),))
    answer = offramp.deal(solution, certificate=coarse, parts=False)
    assert all("no distinguishable difference" in str(r[-1]) for r in answer.table().rows if r[1])
    assert not any("no distinguishable" in str(r[-1]) for r in clear.table().rows)
    dates = answer.tables[1].rows
    assert all(str(cell).endswith("(close)") for row in dates for cell in row[1:])
    gains = next(x for x in answer.charts if x.name == "gains")
    assert "makes no distinguishable difference" in gains.title
    assert "no distinguishable difference" in " ".join(answer.paragraphs)
    assert answer.to_dict()["data"]["gap_a"] == clear.to_dict()["data"]["gap_a"]


# --- Room, relaxations, why no deal --------------------------------------------------------------


def one_issue() -> offramp.Crisis:
    """One divisible issue, one type, one voice a side, no floor, no price of signing, binding deals."""
    raw = yaml_of(starter())
    kind = next(iter(raw["types"]))
    raw["types"] = {kind: {"name": "Only one", "prior": {"value": 1.0}}}
    raw["hypotheses"] = {"unmodelled": {"value": 0.0}}
    for key in ("evidence", "readings", "epochs", "dependence", "red_lines", "levers"):
        raw[key] = {}
    raw["plans"] = {"wait": {"name": "Wait"}}
    del raw["issues"]["transit"]
    for actor in raw["actors"].values():
        actor["preferences"].pop("transit", None)
        actor["floor"] = None
    raw["contracts"] = {"half": {"name": "Half", "terms": {"line": 0.5}}}
    raw["settlement"] = {"binding": True}
    raw["blocs"]["B"]["audience"] = {"cost": {"value": 0.0}}
    return offramp.Crisis.model_validate(raw)


def data_of(solution: offramp.Solution, offer: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = offramp.deal(solution, offer, parts=False).to_dict()["data"]
    return found


def test_the_room_against_never_talking_is_fearons_range() -> None:
    """With W_A = 1 - x and W_B = x the range is [p - c_A, p + c_B]; its best split leaves half to each."""
    solution = offramp.solve(offramp.compile(one_issue(), resolution="sketch"))
    data = data_of(solution)
    never = data["why"]["never_talking"]
    p, cost_a = 0.5, 0.5 - never["A"]
    fearon = bargaining_range(p, cost_a, p - never["B"])
    assert data["room"]["never_talking"]["margin"] == pytest.approx(
        (fearon.high - fearon.low) / 2, abs=1e-6
    )
    terms = data["room"]["never_talking"]["terms"]["line"]
    assert 1 - terms == pytest.approx((fearon.high + fearon.low) / 2, abs=1e-6)


def test_one_issue_one_type_and_one_voice_are_said_in_words() -> None:
    answer = offramp.deal(offramp.solve(offramp.compile(one_issue(), resolution="sketch")))
    text = answer.words()
    assert "of type" not in text
    assert "there is nothing to explain away" in text
    assert "No issue is kept off the table" in text
    assert "With a single issue there is no other motive" in text
    assert not any(c.name == "map" for c in answer.charts)
    assert set(answer.to_dict()["data"]["why"]["absent"]) >= {"information", "commitment", "home"}
    for share in ("commitment", "home"):
        found = answer.to_dict()["data"]["why"]["shares"][share]
        assert found["sum"] == pytest.approx(0.0, abs=1e-9)
    json.dumps(answer.to_dict(), allow_nan=False)


def test_the_margin_of_an_offer_kept_as_it_is_is_its_gap() -> None:
    data = data_of(sketched(), "plan_a_deal")
    kept = data["room"]["offer"]["kept"]["margins"]
    assert kept["A"] == pytest.approx(data["gap_a"]["plan_a_deal"][0], abs=1e-9)
    for t, values in data["gap_b"]["plan_a_deal"].items():
        assert kept[f"type {t}"] == pytest.approx(values[0], abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_the_best_terms_beat_every_other_terms_that_are_tried(seed: int) -> None:
    """Random terms, with each contract's guarantee and relief where its guarantee may stand."""
    solution = sketched()
    game = solution.game
    setting = setting_of(game, gaps(solution, (0,))[0])
    assert setting is not None
    rng = np.random.default_rng(seed)
    setting = replace(setting, offset=setting.offset + rng.normal(0, 0.1, setting.offset.shape))
    best = room(setting)
    assert best is not None
    issues = list(game.crisis.issues.values())
    guarantee = next(m for m, x in enumerate(issues) if not x.divisible)
    points = {p.at: p.guarantee for p in issues[guarantee].scale}
    for _ in range(1500):
        x = rng.uniform(0, 1, len(issues)) * setting.limit
        near = np.array(best.terms) + rng.normal(0, 0.05, len(issues))
        x = np.clip(near, 0, setting.limit) if rng.random() < 0.5 else x
        x[guarantee] = rng.choice(issues[guarantee].points)
        if not bool(game.stakes.feasible(x[None])[0]):
            continue
        worth = setting.share @ game.stakes.signed(x[None])[:, 0]
        for f, o in enumerate(setting.contracts):
            at = game.offers[o]
            if at.guarantee == points[x[guarantee]] or at.terms[guarantee] == x[guarantee]:
                assert (worth + setting.offset[f]).min() <= best.margin + 1e-7
    frame = setting.contracts.index(best.frame)
    worth = setting.share @ game.stakes.signed(np.array(best.terms)[None])[:, 0]
    assert (worth + setting.offset[frame]).min() == pytest.approx(best.margin, abs=1e-9)


def test_relaxing_more_never_leaves_less_room() -> None:
    found = data_of(sketched(), "plan_a_deal")["room"]
    base = found["base"]["margin"]
    assert all(x["room"]["margin"] >= base - 1e-7 for x in found["singles"])
    assert (
        found["everything"]["margin"] >= max(x["room"]["margin"] for x in found["singles"]) - 1e-7
    )
    assert all(x["margin"] >= base - 1e-7 for x in found["by_type"].values())


def test_the_least_fall_of_a_floor_that_opens_a_range_opens_it_and_no_less_does() -> None:
    solution = sketched()
    (step,) = (
        x
        for x in data_of(solution, "plan_a_deal")["room"]["singles"]
        if (x["kind"], x["key"]) == ("floor", "UA")
    )
    setting = setting_of(solution.game, gaps(solution, (0,))[0])
    assert setting is not None
    assert step["least"] > 0.001
    enough = room(setting.shifted({"voice UA": step["least"]}))
    short = room(setting.shifted({"voice UA": step["least"] - 0.001}))
    assert enough is not None
    assert short is not None
    assert enough.margin == pytest.approx(0.0, abs=1e-6)
    assert short.margin < -1e-4


def test_hard_lines_that_leave_no_terms_are_said() -> None:
    solution = sketched()
    setting = setting_of(solution.game, gaps(solution, (0,))[0])
    assert setting is not None
    assert room(replace(setting, limit=np.zeros(len(setting.limit)))) is None


def test_quadratic_losses_find_terms_with_exact_margins() -> None:
    crisis = reference().model_copy(update={"exponent": 2})
    solution = offramp.solve(offramp.compile(crisis, "status_quo", resolution="sketch"))
    setting = setting_of(solution.game, gaps(solution, (0,))[0])
    assert setting is not None
    best = room(setting)
    assert best is not None
    worth = setting.share @ solution.game.stakes.signed(np.array(best.terms)[None])[:, 0]
    frame = setting.contracts.index(best.frame)
    assert (worth + setting.offset[frame]).min() == pytest.approx(best.margin, abs=1e-9)
    named = [
        (worth_of(setting, i) + setting.offset[k]).min() for k, i in enumerate(setting.contracts)
    ]
    assert best.margin >= max(named) - 1e-4


def worth_of(setting: Setting, offer: int) -> np.ndarray:
    terms = np.array(setting.game.offers[offer].terms)
    inside = bool((terms <= setting.limit + 1e-9).all())
    worth = setting.share @ setting.game.stakes.signed(terms[None])[:, 0]
    return np.asarray(worth if inside else worth - 10.0)


def test_the_programme_agrees_with_trying_every_switch() -> None:
    rng = np.random.default_rng(5)
    for _ in range(20):
        n = 6
        matrix = np.vstack([rng.normal(size=(3, n)), np.eye(n)[:2] * 0 + [1, 1, 1, 0, 0, 0]])
        least = np.array([-np.inf, -np.inf, -np.inf, 1.0, 1.0])
        most = np.array([1.0, 1.0, 1.0, 2.0, 2.0])
        p = Programme(
            rng.normal(size=n), matrix, least, most, np.zeros(n), np.ones(n), np.arange(n)
        )
        tried = [
            np.array(x, dtype=float)
            for x in product((0, 1), repeat=n)
            if (
                (matrix @ np.array(x) <= most + 1e-9) & (matrix @ np.array(x) >= least - 1e-9)
            ).all()
        ]
        best = solve(p)
        if not tried:
            assert best is None
            continue
        assert best is not None
        assert float(p.cost @ best) == pytest.approx(
            min(float(p.cost @ x) for x in tried), abs=1e-9
        )


def test_values_alone_give_the_gaps_of_the_whole_solution() -> None:
    solution = sketched("plan_a")
    whole, quick = gaps(solution, (0,))[0], today(solution.game, solution.values)
    assert quick.a == pytest.approx(whole.a, abs=1e-12)
    assert quick.b == pytest.approx(whole.b, abs=1e-12)
    assert quick.ratified == pytest.approx(whole.ratified, abs=1e-12)


def test_shapley_shares_of_a_made_up_game() -> None:
    """Worth of a set = 1 if it holds both commitment and lines, plus 2 if it holds home."""
    sets = [frozenset(c) for n in range(5) for c in combinations(OBSTACLES, n)]
    worth = {s: (float({COMMITMENT, LINES} <= s), 2.0 * (HOME in s)) for s in sets}
    share = shapley(worth)
    assert share[COMMITMENT] == pytest.approx((0.5, 0.0))
    assert share[LINES] == pytest.approx((0.5, 0.0))
    assert share[HOME] == pytest.approx((0.0, 2.0))
    assert share[INFORMATION] == pytest.approx((0.0, 0.0))


def test_shares_are_not_worded_where_little_is_lost() -> None:
    answer = offramp.deal(starter_solved(), parts=False)
    why = answer.to_dict()["data"]["why"]
    assert why["lost"]["sum"] < 0.1
    assert not why["told"]
    assert "too little to divide" in answer.words()
    assert next(c for c in answer.charts if c.name == "why").title.startswith("Too little")


def test_frozen_beliefs_have_no_share_of_information() -> None:
    game = offramp.compile(starter(), resolution="sketch", frozen_beliefs=True)
    answer = offramp.deal(offramp.solve(game), parts=False)
    shares = answer.to_dict()["data"]["why"]["shares"]
    assert shares["information"]["sum"] == 0
    assert any("beliefs do not move" in x for x in answer.warnings)


def test_a_horizon_of_one_month_is_answered() -> None:
    crisis = offramp.override(starter(), {"clock.horizon_months": 1, "clock.padding_months": 0})
    answer = offramp.deal(offramp.solve(offramp.compile(crisis, resolution="sketch")), parts=False)
    assert answer.to_dict()["data"]["months"] in ([0], [0, 1])
    assert answer.charts[0].name == "range"


def test_no_named_contract_is_answered_by_efficient_terms() -> None:
    raw = yaml_of(starter())
    raw["contracts"] = {}
    raw["plans"] = {"wait": {"name": "Wait"}}
    crisis = offramp.Crisis.model_validate(raw)
    answer = offramp.deal(offramp.solve(offramp.compile(crisis, resolution="sketch")), parts=False)
    assert answer.to_dict()["data"]["best_placed"].startswith("frontier")


def test_every_part_of_a_round_trip_through_json_survives() -> None:
    answer = offramp.deal(starter_solved())
    found = answer.to_dict()
    assert json.loads(json.dumps(found, allow_nan=False)) == json.loads(json.dumps(found))
    assert {"why", "room", "map", "parts", "lasting", "missing", "line"} <= set(found["data"])
    names = [c.name for c in answer.charts]
    assert len(set(names)) == len(names)
    assert {"range", "why", "map", "gains"} <= set(names)
    for table in answer.tables:
        assert all(len(row) == len(table.columns) for row in table.rows)


def test_any_number_of_processes_gives_the_same_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_deal_runs, "POOLED", 0)
    one = offramp.deal(starter_solved(), parts=False, workers=1).to_dict()["data"]
    two = offramp.deal(starter_solved(), parts=False, workers=2).to_dict()["data"]
    assert one["why"] == two["why"]


def test_names_of_issues_and_sides_never_lose_their_capitals() -> None:
    text = offramp.deal(sketched("plan_a"), parts=False).words()
    assert "ukraine" not in text
    assert "\N{LEFT DOUBLE QUOTATION MARK}Who stands behind" in text
