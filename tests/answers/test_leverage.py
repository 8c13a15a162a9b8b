"""Who loses more from delay, and what levers are worth."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from tests.answers.answer_crises import (
    changed,
    reference,
    solved,
    starter,
    starter_solved,
    yaml_of,
)
from tests.solution.certificates import certificate, check

import offramp
from offramp.answers import Answer
from offramp.answers._leverage_levers import idle_levers, levers_used, taken_away, without
from offramp.answers._leverage_pressure import PlanFlows
from offramp.answers._leverage_runs import (
    Change,
    Variant,
    errors_of,
    finer_than,
    frame_of,
    sweep,
)
from offramp.answers._leverage_words import pressure_title
from offramp.answers._measures import Span, Waiting, hold_path, waiting
from offramp.answers.leverage import leverage, turning
from offramp.game._resolution import RESOLUTIONS
from offramp.solution import Certificate, Solution


def delay(solution: Solution, contract: str | None = None, **options: Any) -> Answer:
    """The answer without its re-solves."""
    return leverage(solution, contract, levers=False, **options)


@cache
def pressure(**levers: Any) -> Solution:
    """The starter's plan with levers, changed by field of the embargo."""
    crisis = starter()
    if levers:
        crisis = offramp.override(crisis, {f"levers.embargo.{k}": v for k, v in levers.items()})
    return offramp.solve(offramp.compile(crisis, "pressure", resolution="sketch"))


@cache
def weighed() -> Answer:
    return leverage(pressure())


def test_waiting_no_month_is_worth_nothing() -> None:
    w = waiting(solved(), 0, 3)
    assert w.a[0] == 0
    assert (w.b[:, 0] == 0).all()
    assert (w.voice[:, 0] == 0).all()


def test_the_hold_path_keeps_all_probability() -> None:
    path = hold_path(solved(), 12)
    assert np.abs(path.chance.sum(1) - 1).max() < 1e-12


def test_waiting_one_month_is_one_months_flow_and_a_discounted_signature() -> None:
    """D(1) written out from the tables of the game."""
    solution = solved()
    game = solution.game
    offer = next(i for i, o in enumerate(game.offers) if o.contract == "armed_freeze")
    w = waiting(solution, offer, 1)
    row = int(np.flatnonzero(game.moves.states == game.start)[0])
    index, share = game.grid.locate(game.opening[None])

    def expected_a(month: int, state: int) -> float:
        c = solution.continuation(month).a[state]
        mixed = sum(share[v, 0] * c[:, index[v, 0]] for v in range(len(index)))
        return float(mixed @ game.opening)

    now = expected_a(0, int(game.moves.sign[row, offer]))
    chance = game.chance[0][game.start].toarray()[0]
    later = 0.0
    for state in np.flatnonzero(chance):
        rows = np.flatnonzero(game.moves.states == state)
        target = int(game.moves.sign[rows[0], offer]) if len(rows) else int(state)
        later += chance[state] * expected_a(1, target)
    delta = game.discount[0]
    flow = float(game.flow_a[0, game.start])
    assert w.a[1] == pytest.approx((1 - delta) * flow + delta * later - now, abs=1e-12)


def test_delay_costs_ukraine_more_than_russia_in_the_reference_crisis() -> None:
    answer = delay(solved())
    data = answer.to_dict()["data"]
    assert data["contract"] == "armed_freeze"
    assert data["delay_a"][12] < -0.05
    assert data["delay_a"][12] < data["delay_b_mean"][12] < 0


def test_a_flow_from_delay_makes_waiting_pay() -> None:
    more = delay(changed("types.stalling.delay_flow", 0.25), "armed_freeze")
    less = delay(changed("types.stalling.delay_flow", 0.0), "armed_freeze")
    at_more = more.to_dict()["data"]["delay_b"]["stalling"][12]
    at_less = less.to_dict()["data"]["delay_b"]["stalling"][12]
    assert at_more > 0 > at_less


def test_fracture_makes_b_wait_and_a_lose() -> None:
    whole, broken = changed("coalition.fracture", 0.004), changed("coalition.fracture", 0.040)
    assert broken.opening_a < whole.opening_a - 0.01
    mean = whole.game.opening
    assert mean @ np.array(broken.opening_b) > mean @ np.array(whole.opening_b) + 0.005
    waits = [
        delay(s, "armed_freeze").to_dict()["data"]["delay_b_mean"][12] for s in (whole, broken)
    ]
    assert waits[1] > waits[0]


def test_a_more_patient_russia_loses_less_from_delay() -> None:
    patient = delay(changed("blocs.B.patience", 0.993), "armed_freeze")
    hasty = delay(changed("blocs.B.patience", 0.965), "armed_freeze")
    mean = solved().game.opening
    for answer in (patient, hasty):
        assert len(answer.to_dict()["data"]["delay_b"]) == len(mean)
    assert (
        patient.to_dict()["data"]["delay_b"]["sincere"][12]
        > hasty.to_dict()["data"]["delay_b"]["sincere"][12]
    )


def test_a_curve_turns_at_a_peak_or_trough_that_it_leaves_again() -> None:
    assert turning(np.array([0.0, 0.1, 0.2, 0.15, 0.1]), 0.005) == 2
    assert turning(np.array([0.0, -0.1, -0.2, -0.1]), 0.005) == 2
    assert turning(np.array([0.0, 0.1, 0.2, 0.199]), 0.005) is None
    assert turning(np.array([0.0, -0.1, -0.2]), 0.005) is None
    assert turning(np.array([0.0]), 0.005) is None


def test_every_figure_rests_on_paths_of_the_crisis() -> None:
    answer = delay(solved())
    known = offramp.quantities(reference())
    assert answer.trace().supports
    for support in answer.trace().supports:
        assert support.path in known
        assert support.source
    assert answer.trace().certificate


def test_an_unknown_contract_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="armed_freeze"):
        delay(solved(), "no_such_deal")


def test_the_starter_crisis_has_a_leverage_answer() -> None:
    answer = delay(starter_solved())
    assert answer.table().rows
    assert answer.chart().spec
    assert "index" not in answer.words()


def test_no_headline_names_a_loser_where_delay_pays_or_changes_nothing() -> None:
    """The branches of the headline, on made-up curves."""
    from offramp.answers.leverage import _headline

    fine = certificate()

    def says(a: float, b: float, unit: float = 1.0, told: Certificate = fine) -> str:
        months = np.arange(2)
        w = Waiting(
            months, np.array([0.0, a]), np.zeros((1, 2)), np.zeros((0, 2)), np.zeros(2), None
        )
        names, mean_b = ("Aland", "Bland"), np.array([0.0, b])
        return _headline(names, w, mean_b, Span(0, 0, unit, 1.0), 1, told)

    assert "pays Aland" in says(0.10, -0.002)
    assert "pays Bland" in says(0.003, 0.10)
    assert "about as much" in says(-0.1000, -0.1001)
    assert "costs Aland more than Bland" in says(-0.2, -0.1)
    assert "costs Bland more than Aland" in says(-0.2, -0.1, unit=4.0)
    assert "Neither side is in a hurry" in says(0.1, 0.1)
    assert "favours Bland" in says(-0.1, 0.1)
    assert "no distinguishable difference" in says(0.001, -0.001)
    # The same curves where the certificate knows the values to .15 only.
    coarse = certificate(check("more offers", 0.15))
    assert "to either side" in says(-0.1, 0.1, told=coarse)
    assert "to Bland it makes no distinguishable difference" in says(-0.2, 0.1, told=coarse)
    assert "about as much" in says(-0.4, -0.2, told=coarse)
    assert "costs Aland more than Bland" in says(-0.6, -0.2, told=coarse)


def test_a_short_horizon_has_an_answer() -> None:
    raw = yaml_of(starter())
    raw["clock"] = {"horizon_months": 1, "padding_months": 0}
    raw["plans"] = {"wait": {"name": "Wait"}}
    crisis = offramp.Crisis.model_validate(raw)
    answer = delay(offramp.solve(offramp.compile(crisis)))
    assert "1 months" not in answer.words()


def test_a_solve_that_knows_values_badly_says_nothing_about_delay() -> None:
    solution = starter_solved()
    coarse = replace(solution.certificate, checks=(check("more offers", 9.0),))
    answer = delay(solution, certificate=coarse)
    assert "no distinguishable difference to either side" in answer.headline
    assert "do not distinguishably change" in answer.charts[1].title
    assert answer.to_dict()["data"]["turns"] == {"A": None, "B": None}
    assert "no distinguishable difference" in answer.paragraphs[0]
    assert answer.trace().certificate == (coarse.summary(),)
    assert delay(solution).headline != answer.headline


def test_a_certificate_that_is_not_met_is_handed_on() -> None:
    solution = starter_solved()
    missed = replace(solution.certificate, unsolved=0.5)
    assert delay(solution).trace().met
    assert not delay(solution, certificate=missed).trace().met
    assert not offramp.deal(solution, certificate=missed).trace().met


# --- Levers --------------------------------------------------------------------------------


def test_net_leverage_is_the_difference_of_two_plans() -> None:
    """With the lever less without it, solved here by hand."""
    solution = pressure()
    crisis, plan = solution.game.crisis, solution.game.plan
    bare = offramp.solve(offramp.compile(crisis, without(plan, "embargo"), resolution="sketch"))
    found = weighed().to_dict()["data"]["levers"]["weighed"]
    (x,) = (x for x in found if x["id"] == "embargo")
    assert x["net"]["value_a"] == pytest.approx(solution.opening_a - bare.opening_a, abs=1e-12)
    for j, t in enumerate(solution.game.types):
        moved = solution.opening_b[j] - bare.opening_b[j]
        assert x["net"]["value_b"][t] == pytest.approx(moved, abs=1e-12)
    settled = solution.headline(12).settled - bare.headline(12).settled
    assert x["net"]["settled"] == pytest.approx(settled, abs=1e-12)


def test_the_parts_and_the_rest_add_up_to_the_net() -> None:
    for x in weighed().to_dict()["data"]["levers"]["weighed"]:
        parts = [c["value_a"] for p, c in x["parts"].items() if p != "relief"]
        total = sum(parts) + x["rest"]["value_a"]
        assert total == pytest.approx(x["net"]["value_a"], abs=1e-12)


def test_the_whole_answer_survives_json() -> None:
    said = weighed().to_dict()
    assert json.loads(json.dumps(said, allow_nan=False)) == json.loads(json.dumps(said))
    assert said["data"]["levers"]["weighed"]


def test_every_chart_has_a_twin_and_words_for_those_who_cannot_see_it() -> None:
    answer = weighed()
    for chart in answer.charts:
        assert chart.table.rows
        assert chart.alt
    assert {c.name for c in answer.charts} >= {"delay", "levers", "pressure", "war"}


def test_progress_and_workers_change_no_figure() -> None:
    told: list[tuple[str, int, int]] = []
    solution = pressure()
    frame = frame_of(solution, 12, 6, "freeze")
    variants = [Variant(f"v{k}", {"war.cost.B": 0.1 + 0.02 * k}, forward=True) for k in range(8)]
    grid = solution.game.resolution
    one = sweep(frame, variants, grid, 1, lambda *said: told.append(said))
    two = sweep(frame, variants, grid, 2)
    assert one == two
    assert told[-1][1:] == (8, 8)


def test_a_crisis_without_levers_says_so() -> None:
    raw = yaml_of(starter())
    raw["levers"] = {}
    raw["plans"] = {"wait": {"name": "Wait"}}
    crisis = offramp.Crisis.model_validate(raw)
    answer = leverage(offramp.solve(offramp.compile(crisis, resolution="sketch")))
    assert "no lever to weigh" in answer.words()
    assert not any(c.name in ("levers", "pressure") for c in answer.charts)
    assert answer.to_dict()["data"]["levers"]["weighed"] == []
    assert answer.to_dict()["data"]["levers"]["marginal"]["finer"]["slope_b"]["value_a"] > 0


def test_one_type_one_month_and_levers_have_an_answer() -> None:
    raw = yaml_of(starter())
    raw["clock"] = {"horizon_months": 1, "padding_months": 0}
    raw["types"] = {"weary": {**raw["types"]["weary"], "prior": 0.97}}
    raw["evidence"] = {}
    begin = {"name": "Today", "trigger": "start", "on": [{"lever": "embargo"}]}
    raw["plans"] = {"press": {"name": "Press", "stages": [begin]}}
    crisis = offramp.Crisis.model_validate(raw)
    answer = leverage(offramp.solve(offramp.compile(crisis, resolution="sketch")))
    assert "1 months" not in " ".join((answer.words(), *answer.flips))
    assert "no month to wait" in answer.headline
    assert len(answer.table().rows) == 1
    assert not any("nan" in str(row) for t in answer.tables for row in t.rows)


def test_a_stick_that_cannot_be_lifted_and_starts_today_has_nothing_to_coerce_with() -> None:
    crisis = offramp.override(starter(), {"levers.embargo.undo_months": 999.0})
    assert taken_away(crisis, "embargo", "coerce") == {}
    assert taken_away(crisis, "embargo", "coerce", threat=True)
    assert taken_away(starter(), "embargo", "coerce")
    assert taken_away(starter(), "port_fund", "coerce") == {"levers.port_fund.cost_to_target": None}
    assert taken_away(starter(), "embargo", "constrain") == {}


def test_idle_levers_are_those_that_a_could_add() -> None:
    crisis = reference()
    plan = crisis.plans["plan_b"]
    idle, out = idle_levers(crisis, plan)
    assert not set(idle) & set(levers_used(crisis, plan))
    assert "long_range" in idle
    assert "talks_drag" not in idle
    assert "talks_drag" not in out
    assert "aimed" in out["us_aid"]
    assert "needs" in out["us_backstop"]
    assert not set(idle) & set(out)


def test_an_effect_is_a_difference_only_beyond_what_the_grids_disagree_by() -> None:
    def moved(size: float) -> Change:
        return Change(size, (size, size), size, size, 0.0, None)

    errors = errors_of([("x", moved(0.02), moved(0.05))], "finer")
    assert errors.of("x").a == pytest.approx(0.03)
    assert errors.of("never checked").a == errors.most.a
    assert errors_of([], "").most.a == 0.005


def test_effects_below_their_error_are_not_worded_as_effects() -> None:
    answer = leverage(pressure(cost_to_target=0.001, cost_to_holder=0.001))
    name = starter().levers["embargo"].name
    table = next(t for t in answer.tables if "by channel" in t.title)
    (row,) = (r for r in table.records() if r["lever"] == name)
    assert row["told"] == "no"
    assert f"{name}\N{RIGHT DOUBLE QUOTATION MARK} is worth" not in answer.words()


def test_the_title_of_the_pressure_chart_says_when_the_burden_turns() -> None:
    game, own = starter_solved().game, Span(0, 0, 0.5, 0.5)

    def says(*pain: float) -> str:
        flows = PlanFlows(np.array([0.0, *pain]), np.array([0.0, *(0.1 for _ in pain)]))
        return pressure_title(game, flows, own)

    assert (
        says(0.2, 0.2) == "While nothing is settled the plan's levers cost Borland more than Arland"
    )
    assert says(0.05, 0.05).endswith("cost Arland more than Borland")
    assert says(0.05, 0.2).endswith("cost Borland more than Arland from month 2")
    assert says(0.2, 0.05).endswith("cost Borland more than Arland until month 1")
    assert says(0.05, 0.2, 0.05).endswith("from month 2 to month 2")


def test_words_show_no_index_and_no_blank() -> None:
    text = " ".join((weighed().words(), *weighed().flips, *weighed().warnings))
    for word in ("index", "nan", "None", "{", "}"):
        assert word not in text


def test_every_grid_is_held_against_another_one() -> None:
    for own in RESOLUTIONS.values():
        assert finer_than(own.name, own).name != own.name
    assert finer_than("draft", RESOLUTIONS["draft"]).name == "standard"
    assert finer_than("fine", RESOLUTIONS["fine"]).name == "standard"
