"""The designed plan: exact where it can be, its gap where it is not, its store, limits and interruption."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.answers.answer_crises import starter

import offramp
from offramp.answers import Answer
from offramp.answers import _design_search as searching
from offramp.answers._design_search import Bench, Result, Store
from offramp.answers._design_space import Design, Limits, Space, space_of
from offramp.answers.design import design
from offramp.crisis import Crisis
from offramp.solution import Solution

OFFERS = (None, "grand_bargain")


@cache
def with_levers() -> Crisis:
    """The starter crisis with one lever more."""
    embargo = starter().levers["embargo"].model_dump(mode="json")
    return offramp.override(
        starter(),
        {
            "levers.patrols": {
                **embargo, "name": "Patrols", "step_shift": -0.05, "cost_to_target": 0.01,
                "cost_to_holder": 0.01, "rung": 3,
            },
        },
    )  # fmt: skip


@cache
def solved() -> Solution:
    return offramp.solve(offramp.compile(with_levers(), "pressure", resolution="sketch"))


def space(limits: Limits | None = None) -> Space:
    return space_of(with_levers(), solved().game.plan, limits or Limits(), (4, 8), OFFERS)


@cache
def full_answer() -> Answer:
    return design(solved(), months=(4,), offers=OFFERS)


def in_full() -> dict[str, Any]:
    found: dict[str, Any] = full_answer().to_dict()["data"]
    return found


def test_space_counts_what_it_lists_and_neighbours_stay_inside() -> None:
    every = list(space().all())
    assert len(every) == len(set(every)) == space().size
    known = set(every)
    for d in every[::17]:
        near = list(space().neighbours(d))
        assert d not in near
        assert set(near) <= known
        assert set(space().exchanges(d)) <= known


def test_limits_on_cost_and_rung_cut_exactly() -> None:
    cost = dict(zip(space().levers, space().cost, strict=True))
    cap = cost["embargo"]
    cut = space(Limits(rung=1, cost=cap))
    assert dict(cut.left) == {"patrols": "its rung 3 is beyond the limit"}
    kept = {
        frozenset(k for k, p in zip(cut.levers, d.places, strict=True) if p != "out")
        for d in cut.all()
    }
    assert kept == {frozenset(), frozenset({"embargo"}), frozenset({"port_fund"})}
    assert cost["embargo"] + cost["port_fund"] > cap


def test_all_designs_are_solved_where_there_are_few() -> None:
    assert in_full()["complete"]
    assert in_full()["size"] == in_full()["solved"]
    best = in_full()["best_on_search_grid"]
    assert best >= max(p["value_a"] for p in in_full()["frontier"]) - 1e-12


def test_heuristic_gap_on_a_case_that_can_be_enumerated() -> None:
    """The heuristic finds the best of all designs here, with fewer solves."""
    found = design(solved(), months=(4,), offers=OFFERS, heuristic=True)
    data = found.to_dict()["data"]
    gap = in_full()["best_on_search_grid"] - data["best_on_search_grid"]
    assert 0 <= gap < 0.002
    assert data["solved"] < in_full()["solved"]
    assert not data["complete"]
    assert "not proven best" in found.words()
    assert "none is better" in full_answer().words()


def test_frontier_has_no_dominated_design() -> None:
    front = in_full()["frontier"]
    for i, x in enumerate(front):
        for y in front[i + 1 :]:
            assert y["disaster"] >= x["disaster"]
            assert y["value_a"] > x["value_a"]


def test_a_limit_on_disaster_is_kept_or_said_to_be_out_of_reach() -> None:
    out = design(solved(), months=(4,), offers=(None,), limits=Limits(disaster=0.0))
    assert out.headline == "No plan that was looked at keeps to the limits"
    assert out.data is not None
    assert out.data["best"] is None
    risks = sorted(p["disaster"] for p in in_full()["finalists"])
    cap = risks[0]
    kept = design(solved(), months=(4,), offers=(None,), limits=Limits(disaster=cap)).data
    assert kept is not None
    assert kept["best"] is None or kept["best"]["disaster"] <= cap


def test_results_are_kept_and_read_again(tmp_path: Path) -> None:
    file = tmp_path / "designs.jsonl"
    first = design(solved(), months=(4,), offers=(None,), store=file).to_dict()["data"]
    lines = file.read_text(encoding="utf-8").splitlines()
    assert len(lines) == first["done"]
    file.write_text("\n".join(lines) + '\n{"key": "cut', encoding="utf-8")
    again = design(solved(), months=(4,), offers=(None,), store=file).to_dict()["data"]
    assert again["done"] == 0
    assert again["reused"] == first["solved"]
    assert again["finalists"] == first["finalists"]


def test_another_number_in_the_crisis_is_another_key(tmp_path: Path) -> None:
    other = offramp.override(with_levers(), {"war.cost.B": 0.25})
    changed = offramp.solve(offramp.compile(other, "pressure", resolution="sketch"))
    keys = set()
    for s in (solved(), changed):
        bench = Bench(s, space(), Store(), 1, None, 10)
        keys.add(bench.key(bench.job(next(space().all()), bench.grid)))
    assert len(keys) == 2


def test_interrupted_it_returns_what_it_has(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    calls = 0
    real = searching.perform

    def stop_later(crisis: Crisis, job: Any) -> Result:
        nonlocal calls
        calls += 1
        if calls > 20:
            raise KeyboardInterrupt
        return real(crisis, job)

    monkeypatch.setattr(searching, "perform", stop_later)
    file = tmp_path / "designs.jsonl"
    answer = design(solved(), months=(4,), offers=OFFERS, store=file, workers=1)
    assert answer.data is not None
    assert answer.data["stopped"] == "interrupted"
    assert answer.data["solved"] == len(file.read_text(encoding="utf-8").splitlines()) == 16
    assert "interrupted" in answer.words()
    assert any("interrupted" in w for w in answer.warnings)


def test_interrupted_before_anything_is_solved_it_says_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stop(crisis: Crisis, job: Any) -> Result:
        raise KeyboardInterrupt

    monkeypatch.setattr(searching, "perform", stop)
    with pytest.raises(KeyboardInterrupt):
        design(solved(), months=(4,), offers=(None,))


def test_a_budget_ends_the_search_and_is_said() -> None:
    answer = design(solved(), months=(4,), offers=OFFERS, heuristic=True, budget=5)
    assert answer.data is not None
    assert "budget of 5" in answer.data["stopped"]


def test_no_lever_to_design_with() -> None:
    bare = offramp.override(starter(), {"plans.pressure": None, "levers.embargo": None})
    bare = offramp.override(bare, {"levers.port_fund": None})
    answer = design(
        offramp.solve(offramp.compile(bare, resolution="sketch")), months=(3,), offers=OFFERS
    )
    assert answer.data is not None
    assert answer.data["levers"] == []
    assert answer.data["size"] == 2
    assert answer.data["worth"] == {}


def test_bad_input_is_refused_with_one_clear_sentence() -> None:
    with pytest.raises(ValueError, match="rungs is at least 0"):
        Limits(rung=-1)
    with pytest.raises(ValueError, match="is a probability"):
        Limits(disaster=2)
    with pytest.raises(ValueError, match="cost is at least 0"):
        Limits(cost=-0.1)
    with pytest.raises(ValueError, match="trigger date"):
        design(solved(), months=())
    with pytest.raises(KeyError, match="no contract 'treaty'"):
        design(solved(), offers=("treaty",))
    with pytest.raises(ValueError, match="budget"):
        design(solved(), budget=1)


def test_json_words_and_a_plan_that_the_game_takes() -> None:
    answer = full_answer()
    json.dumps(answer.to_dict(), allow_nan=False)
    assert len(answer.paragraphs) >= 3
    best = in_full()["best"]
    places = tuple(best["levers"].get(k, "out") for k in space().levers)
    plan = space().plan(solved().game.plan, Design(places, 4, best["offer"]))
    again = offramp.solve(offramp.compile(with_levers(), plan, resolution="draft"))
    assert again.opening_a == pytest.approx(best["value_a"], abs=1e-6)
