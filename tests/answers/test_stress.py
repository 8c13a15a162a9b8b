"""The stress answer where there is little to stress, its JSON, and its words."""

from __future__ import annotations

import json
import math
from functools import cache
from typing import Any

import pytest
from tests.answers.answer_crises import starter, starter_solved

import offramp
from offramp.answers import Answer
from offramp.answers._stress_broker import THREATS
from offramp.answers._stress_events import COPY, Scene, Shift, forced
from offramp.answers._stress_facts import stress_draw
from offramp.answers._stress_plan import half_back, per_cost
from offramp.answers.stress import stress
from offramp.crisis import Crisis


def event(**more: Any) -> dict[str, Any]:
    return {"name": "Storm", "hazard": 0.02, **more}


@cache
def with_events() -> Crisis:
    """The starter crisis with a shock to the front, one to a number, one that never holds, one of nothing."""
    return offramp.override(
        starter(),
        {
            "events.loss": event(
                name="Ground is lost", when="war", effects=[{"kind": "position", "steps": 1}]
            ),
            "events.costs": event(
                name="Fighting grows dearer",
                effects=[{"kind": "parameter", "path": "war.cost.A", "change": 0.05}],
            ),
            "events.force_hit": event(
                name="A force is hit",
                when="force_deployed",
                effects=[{"kind": "cohesion", "steps": 1}],
            ),
            "events.idle": event(name="Nothing"),
        },
    )


@cache
def stressed() -> Answer:
    return stress(offramp.solve(offramp.compile(with_events(), resolution="sketch")))


def test_no_events_is_said_in_words() -> None:
    answer = stress(starter_solved())
    assert answer.headline == "The file names no event that could be forced"
    assert answer.table().rows == ()
    assert answer.charts == ()
    assert answer.data is not None
    assert answer.data["dominant"]["event"] is None
    assert answer.data["imposed"] is None
    assert answer.data["members"] is None


def test_events_that_cannot_be_forced_are_listed_with_the_reason() -> None:
    data = stressed().to_dict()["data"]
    assert set(data["events"]) == {"loss", "costs"}
    assert any(x.startswith("event force_hit: its condition holds neither") for x in data["left"])
    assert any(x.startswith("event idle: the file gives it no effect") for x in data["left"])


def test_losses_of_ground_and_dearer_war_are_bad_for_a() -> None:
    data = stressed().to_dict()["data"]
    assert data["events"]["loss"]["value_a"] < -0.005
    assert -data["error"]["value_a"] < data["events"]["costs"]["value_a"] < 0
    told = {r["event"]: r["told"] for r in stressed().table().records()}
    assert told == {
        "Ground is lost": "yes",
        "Fighting grows dearer": "no distinguishable difference",
    }
    assert 0 < data["events"]["loss"]["likely"] < 1
    assert not data["events"]["loss"]["cohesion_shocked"]


def test_pairs_are_there_and_can_be_left_out() -> None:
    data = stressed().to_dict()["data"]
    assert [set(p["events"]) for p in data["pairs"]] == [{"loss", "costs"}]
    pair = data["pairs"][0]
    alone = sum(data["events"][k]["value_a"] for k in ("loss", "costs"))
    assert pair["beyond"]["value_a"] == pytest.approx(pair["value_a"] - alone, abs=1e-12)
    solution = offramp.solve(offramp.compile(with_events(), resolution="sketch"))
    assert stress(solution, pairs=False).to_dict()["data"]["pairs"] == []


def test_json_round_trip_and_tables_agree_with_the_data() -> None:
    answer = stressed()
    again = json.loads(json.dumps(answer.to_dict(), allow_nan=False))
    assert again["data"] == json.loads(json.dumps(answer.to_dict()["data"]))
    for row, (key, value) in zip(
        answer.table().records(), again["data"]["events"].items(), strict=True
    ):
        assert row["value_a"] == value["value_a"], key
    assert len(answer.paragraphs) >= 3
    assert any("grid" in w for w in answer.warnings)


def test_progress_is_told_and_workers_change_nothing() -> None:
    said: list[str] = []
    solution = offramp.solve(offramp.compile(with_events(), resolution="sketch"))
    answer = stress(solution, progress=lambda label, done, total: said.append(label))
    assert {"events", "pairs of events", "mitigations"} <= set(said)
    assert answer.to_dict()["data"] == stressed().to_dict()["data"]


def test_one_draw_for_ranges_gives_the_same_effects() -> None:
    solution = offramp.solve(offramp.compile(with_events(), resolution="sketch"))
    data = stressed().to_dict()["data"]
    drawn = stress_draw(solution)
    assert drawn == {k: data["events"][k]["value_a"] for k in drawn}
    assert set(drawn) == set(data["events"])


def test_forcing_moves_the_opening_and_dates_the_rest() -> None:
    crisis, shift = forced(with_events(), ("loss", "costs"), Scene("today"))
    assert shift == Shift(steps=1, tiers=0)
    assert crisis.events["costs"].hazard.value == 1.0
    assert crisis.events["costs"].date == crisis.as_of.isoformat()
    assert crisis.events["loss"] == with_events().events["loss"]
    assert f"loss_{COPY}" not in crisis.events


def test_an_effect_in_a_horizon_of_one_month() -> None:
    crisis = offramp.override(with_events(), {"clock.horizon_months": 1})
    answer = stress(offramp.solve(offramp.compile(crisis, resolution="sketch")), pairs=False)
    assert answer.data is not None
    assert answer.data["month"] == 1
    assert answer.data["events"]["loss"]["value_a"] < 0


def test_one_type_of_b() -> None:
    plain = starter().model_dump(mode="json")
    plain["types"] = {"stalling": {**plain["types"]["stalling"], "prior": 1.0}}
    plain["evidence"], plain["events"] = (
        {},
        {"loss": event(effects=[{"kind": "position", "steps": 1}])},
    )
    plain["plans"] = {"status_quo": plain["plans"]["status_quo"]}
    crisis = offramp.load(plain)
    answer = stress(offramp.solve(offramp.compile(crisis, resolution="sketch")), pairs=False)
    assert answer.data is not None
    assert len(answer.data["events"]["loss"]["value_b"]) == 1


def test_half_back_in_months() -> None:
    assert half_back((1.0, 1.0, 1.0, 1.0), (1.0, 0.6, 0.7, 0.9), 0.01) == pytest.approx(1.5)
    assert half_back((1.0, 1.0), (1.0, 0.5), 0.01) is None
    still = half_back((1.0, 1.0), (1.0, 1.0), 0.01)
    assert still is not None
    assert math.isnan(still)


def test_recovery_per_cost_and_threats() -> None:
    assert per_cost(0.02, 0.01) == pytest.approx(2.0)
    assert per_cost(0.02, 0.0) is None
    assert THREATS[0] == 0.0
    assert THREATS[-1] == 1.0
