"""Is the other side deterred: degenerate cases, words, and the answer as plain values."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.answers.answer_crises import starter, starter_solved, yaml_of
from tests.game.small_crises import FEATURES, NO_ACCIDENTS, TINY, small
from tests.solution.certificates import certificate, check

import offramp
from offramp.answers import Answer
from offramp.answers._deter_force import fewer_than
from offramp.answers._deter_guarantee import survival
from offramp.answers._deter_risk import exposure
from offramp.answers._deter_runs import solved_of
from offramp.answers._deter_steps import chances, cost_that
from offramp.answers.deter import deter
from offramp.crisis import load
from offramp.game import Resolution
from offramp.game._resolution import named
from offramp.solution import Solution
from offramp.theory import deterrent_probability

STAND_OFF, ESCALATION = (
    next(v for k, v in FEATURES.items() if k.startswith(start))
    for start in ("a stand-off", "escalation")
)


def solved(plan: str | None = None, resolution: Resolution = TINY, **changes: Any) -> Solution:
    """A small crisis with changes, solved."""
    return offramp.solve(offramp.compile(small(**changes), plan, resolution=resolution))


def feature(name: str) -> Solution:
    """A feature of the game in the small crisis, solved."""
    changes, plan, grid = FEATURES[name]
    return solved(plan, TINY.with_(**grid), **changes)


def figures(answer: Answer) -> dict[str, Any]:
    """Raw figures of an answer."""
    found: dict[str, Any] = answer.to_dict()["data"]
    return found


# --- Degenerate cases ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(FEATURES))
def test_every_feature_of_the_game_has_an_answer(name: str) -> None:
    solution = feature(name)
    answer = deter(solution, plans=(solution.game.plan_id,))
    assert answer.headline
    assert all(p.endswith(".") for p in answer.paragraphs)
    assert json.loads(json.dumps(answer.to_dict(), allow_nan=False))["answer"] == "deter"


def test_starter_crisis_has_an_answer_on_a_grid_without_a_ladder() -> None:
    grid = named("sketch").with_(rungs=0)
    answer = deter(offramp.solve(offramp.compile(starter(), resolution=grid)))
    assert "no step up" in answer.headline
    assert "keeps no rung" in answer.words()


def test_starter_crisis_has_an_answer_at_a_draft() -> None:
    answer = deter(starter_solved())
    assert "climb to rung" in answer.words()
    assert "guarantee" in answer.words()
    assert "Nobody holds a move that cannot be undone" in answer.words()


def test_crisis_of_one_month_has_an_answer() -> None:
    plain = yaml_of(starter())
    plain["clock"] |= {"horizon_months": 1, "padding_months": 0}
    plain["plans"] = {"status_quo": plain["plans"]["status_quo"]}
    solution = offramp.solve(offramp.compile(load(plain), resolution="sketch"))
    answer = deter(solution)
    assert figures(answer)["month"] == 1
    assert "by month 1" in answer.words()


def test_one_type_is_not_called_a_type() -> None:
    plain = yaml_of(small(regime="ceasefire"))
    plain["types"] = {"weary": {**plain["types"]["weary"], "prior": 1.0}}
    plain["plans"] = {"idle": plain["plans"]["idle"]}
    answer = deter(offramp.solve(offramp.compile(load(plain), resolution=TINY)))
    assert "breaking the ceasefire" in answer.words()
    assert "its type" not in answer.words()


def test_ladder_without_accidents_has_no_risk() -> None:
    answer = deter(solved(ladder=NO_ACCIDENTS))
    assert figures(answer)["risk"]["disaster"][-1] == 0
    assert "No accident hazard is met" in answer.words()


def test_without_contracts_there_is_nothing_to_hold() -> None:
    answer = deter(solved(contracts={}))
    assert "no contract" in answer.words().lower()
    assert figures(answer)["guarantees"] == {}


def test_binding_settlements_need_no_guarantee() -> None:
    assert "bind by assumption" in deter(solved(settlement={"binding": True})).words()


def test_all_out_war_is_named_where_it_can_be_forced() -> None:
    changes, plan, grid = STAND_OFF
    answer = deter(solved(plan, TINY.with_(**grid), **changes))
    assert "attack out of the stand-off" in answer.words()
    assert "forces all-out war" in answer.words()


def test_exact_solutions_are_refused() -> None:
    solution = replace(solved(), mode="exact")
    with pytest.raises(ValueError, match="logit"):
        deter(solution)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"cap": 1.5}, "cap"),
        ({"tolerance_of_losses": -0.1}, "tolerance"),
        ({"credibility": 2.0, "benefit": 0.1}, "credibility"),
        ({"cost": 0.0, "benefit": 0.1}, "positive"),
    ],
)
def test_impossible_numbers_are_refused(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        deter(solved(), plans=(), **wrong)


def test_unknown_plan_is_refused() -> None:
    with pytest.raises(KeyError, match="nowhere"):
        deter(solved(), plans=("nowhere",))


# --- Words and figures ---------------------------------------------------------------------------


def test_gain_below_the_error_is_no_difference() -> None:
    changes, plan, grid = ESCALATION
    solution = solved(plan, TINY.with_(**grid), **changes)
    clear = deter(solution, plans=())
    assert "would cost it more than it brings" in clear.headline
    rough = deter(solution, plans=(), certificate=certificate(check(size=0.5)))
    assert "no distinguishable difference" in rough.headline


def test_missed_tolerance_is_said() -> None:
    answer = deter(solved(), plans=(), certificate=certificate(unsolved=0.5))
    assert any("misses its tolerance" in w for w in answer.warnings)
    assert not answer.trace().met


def test_plan_above_the_cap_is_in_headline_table_and_warnings() -> None:
    answer = deter(solved(), cap=0.0)
    names = {p.name for p in small().plans.values()}
    assert all(n in answer.headline for n in names)
    assert sum("above the cap" in w for w in answer.warnings) == len(names)
    table = next(t for t in answer.tables if t.title.startswith("Accident risk by plan"))
    assert {r["plan"] for r in table.records()} == names


def test_progress_ends_where_it_said() -> None:
    told: list[tuple[int, int]] = []
    deter(solved(), progress=lambda _, done, total: told.append((done, total)))
    assert [d for d, _ in told] == list(range(1, len(told) + 1))
    assert all(d <= t for d, t in told)


def test_inputs_of_the_trace_are_in_the_file() -> None:
    answer = deter(starter_solved(), plans=())
    known = offramp.quantities(starter())
    assert all(s.path in known for s in answer.trace().supports)
    assert answer.trace().evidence == tuple(starter().evidence)


def test_every_chart_has_its_table() -> None:
    for chart in deter(starter_solved()).charts:
        assert chart.table.rows
        assert chart.title
        assert chart.alt


# --- Laws ----------------------------------------------------------------------------------------


def test_chance_of_a_step_falls_in_the_expected_cost() -> None:
    own = solved_of(starter_solved())
    mu = own.game.opening
    found = [float(mu @ chances(own, x)[0]) for x in (0.0, 0.002, 0.005, 0.02, 0.1)]
    assert found == sorted(found, reverse=True)
    assert found[-1] < 1e-4 < found[0]


def test_cost_that_halves_the_chance_halves_it() -> None:
    own = solved_of(starter_solved())
    mu = own.game.opening
    cost = cost_that(own, 0.5)
    assert cost is not None
    now, then = (float(mu @ chances(own, x)[0]) for x in (0.0, cost))
    assert then == pytest.approx(now / 2, rel=1e-4)


def test_risk_walked_is_the_risk_of_the_futures() -> None:
    changes, plan, grid = ESCALATION
    solution = solved(plan, TINY.with_(**grid), **changes)
    shown = solution.game.shown
    walked = exposure(solution, solved_of(solution), shown)
    assert np.abs(walked.disaster - solution.futures.regime[: shown + 1, 7]).max() < 1e-14
    assert np.abs(walked.source.sum(0) - walked.disaster).max() < 1e-14
    assert (walked.source >= -1e-15).all()


def test_survival_starts_whole_and_only_falls() -> None:
    solution = solved()
    for offer in range(len(solution.game.offers)):
        life = survival(solved_of(solution), offer, solution.game.shown)
        assert (life.kept[:, 0] == 1).all()
        assert (np.diff(life.kept, axis=1) <= 1e-12).all()
        assert (life.kept + life.broken_by_b <= 1 + 1e-12).all()


def test_fewer_than_counts_as_by_hand() -> None:
    apart, together = fewer_than(np.array([0.9, 0.8, 0.7]), 2)
    assert apart == pytest.approx(1 - 0.902)
    assert together == pytest.approx(0.2)
    assert fewer_than(np.array([0.9]), 2) == (1.0, 1.0)


def test_critical_credibilities_are_the_textbook_ones() -> None:
    found = figures(deter(solved(), plans=(), benefit=0.08, cost=0.1))["reciprocal"]
    for kept, key in ((False, "critical"), (True, "critical_if_kept")):
        wanted = deterrent_probability(0.08, 0.1, kept)
        assert all(v == pytest.approx(wanted) for v in found[key].values())
