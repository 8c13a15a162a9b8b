"""Plans side by side, with the offer held fixed and varied."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import pytest
from tests.answers.answer_crises import reference, starter, yaml_of

from offramp.answers import Answer, Comparison, compare, compare_plans, describe
from offramp.answers._comparison import SWEEP, carried, sweep_grid
from offramp.answers._runs import Task, run_all
from offramp.crisis import Crisis
from offramp.game import DRAFT, SKETCH
from offramp.solution import Check


@pytest.fixture(scope="module")
def small() -> Comparison:
    """The starter's plans at sketch resolution, in this process."""
    return compare(starter(), resolution="sketch", workers=1)


def test_the_number_of_workers_changes_nothing() -> None:
    crisis = starter()
    tasks = [Task(p, False, 8.0, SKETCH) for p in crisis.plans]
    assert run_all(crisis, tasks, workers=1) == run_all(crisis, tasks, workers=2)


def test_the_split_adds_up(small: Comparison) -> None:
    answer = describe(small)
    for row in answer.tables[1].rows:
        total, pressure, offer = (float(str(cell)) for cell in row[1:4])
        assert pressure + offer == pytest.approx(total, abs=1e-12)


def unsure(c: Comparison, size: float = 9.0) -> Comparison:
    """The same solves with errors so large that nothing can be told apart."""
    first, *others = c.own
    lost = (replace(one_check(c), value_a=size, settled=size, disaster=size),)
    kept = (replace(one_check(c), value_a=0.0, settled=0.0, disaster=0.0),)
    return replace(c, checks={first: lost, **dict.fromkeys(others, kept)})


def one_check(c: Comparison) -> Check:
    return next(x for checks in c.checks.values() for x in checks if x.counts)


def test_a_difference_within_its_error_is_called_no_difference(small: Comparison) -> None:
    base, *others = small.own
    for row, plan in zip(describe(small).tables[1].rows, others, strict=True):
        total, error = float(str(row[1])), float(str(row[4]))
        assert error == small.error_between("value_a", plan, base)
        assert (abs(total) > max(error, 0.005)) is (row[5] != "no distinguishable difference")
    for row in describe(unsure(small)).tables[1].rows:
        assert row[5] == "no distinguishable difference"


def test_nothing_that_readers_see_orders_plans_that_cannot_be_told_apart(small: Comparison) -> None:
    """Headline, paragraphs, charts and thresholds: all ask the same question."""
    best = small.ranked()[0]
    run = small.own[best]
    ahead = {**small.own, best: replace(run, value_a=run.value_a + 0.05)}
    told = describe(replace(unsure(small, 0.0), own=ahead))
    level = describe(unsure(small))
    assert "is worth most" in told.headline
    assert "No distinguishable difference" in level.headline
    assert "No distinguishable difference" in level.charts[0].title
    assert level.charts[1].title == level.headline
    said = " ".join((*level.paragraphs, *level.flips))
    for word in ("it gains", "is worth most", "highest chance", "comes first", "lead"):
        assert word not in said
    assert said.count("distinguishable") >= 3


def test_what_moves_two_plans_alike_is_no_error_of_their_difference(small: Comparison) -> None:
    first, second = small.own
    up = replace(one_check(small), value_a=0.20, value_b=(0.20, 0.1), settled=0.20)
    near = replace(up, value_a=0.21, value_b=(0.20, 0.4), settled=0.18)
    alike = replace(small, checks={first: (up,), second: (near,)})
    assert alike.error("value_a", first) == 0.20
    assert alike.error_between("value_a", first, second) == pytest.approx(0.01)
    assert alike.error_between("settled", first, second) == pytest.approx(0.02)
    assert alike.error_between("value_b", first, second) == pytest.approx(0.3)


def test_a_refinement_that_one_plan_has_no_use_for_leaves_it_where_it_is(small: Comparison) -> None:
    first, second = small.own
    ramps = replace(one_check(small), name="finer ramps", value_a=-0.03)
    both = replace(small, checks={first: (), second: (ramps,)})
    assert both.error_between("value_a", first, second) == pytest.approx(0.03)
    ignored = replace(small, checks={first: (), second: (replace(ramps, counts=False),)})
    assert ignored.error_between("value_a", first, second) == 0.0


def test_a_plan_that_was_not_checked_is_held_against_the_largest_error(small: Comparison) -> None:
    first, second = small.own
    moved = replace(one_check(small), value_a=0.04)
    some = replace(small, checks={first: (moved,)})
    assert some.error("value_a", second) == 0.04
    assert some.error_between("value_a", first, second) == 0.04


def test_the_leaders_are_checked_beside_the_first(small: Comparison) -> None:
    assert set(small.checks) == set(small.own)
    first, second = small.own
    assert any(not x.counts for x in small.checks[first])
    assert all(x.counts for x in small.checks[second])
    offers = next(x for x in small.checks[second] if x.name == "more offers")
    task = Task(second, False, 8.0, SKETCH, None, "more offers")
    run = run_all(starter(), [task])[0]
    assert offers.value_a == pytest.approx(run.value_a - small.own[second].value_a, abs=1e-12)


def test_the_answer_says_whether_every_plan_meets_its_certificate(small: Comparison) -> None:
    assert describe(small).trace().met
    second = list(small.own)[1]
    run = small.own[second]
    missed = replace(run, certificate=replace(run.certificate, unsolved=0.5))
    answer = describe(replace(small, own={**small.own, second: missed}))
    assert not answer.trace().met
    assert "certificate not met" in answer.warnings[0]


def test_ranges_hold_their_central_value(small: Comparison) -> None:
    for plan, run in small.own.items():
        low, high = small.settled_range(plan)
        assert low <= run.at("settled", small.month) <= high


def test_an_unknown_plan_is_refused() -> None:
    with pytest.raises(KeyError, match="no plan 'nothing'"):
        compare(starter(), ["nothing"])


@pytest.mark.slow
def test_sticks_with_stated_relief_beat_sticks_alone_with_the_same_offer() -> None:
    crisis = reference()
    plans = ("sticks_only", "sticks_relief")
    alone, relief = run_all(crisis, [Task(p, "armed_freeze", 8.0, DRAFT) for p in plans], workers=2)
    assert relief.value_a > alone.value_a + 0.02
    assert relief.at("settled", 12) > alone.at("settled", 12) + 0.05


def test_no_plans_at_all_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one plan"):
        compare(starter(), [])


# --- The parts -----------------------------------------------------------------------------------


@cache
def whole() -> Answer:
    """The starter's plans with every part."""
    return compare_plans(starter(), resolution="sketch")


def test_every_part_of_the_answer_survives_json() -> None:
    data = json.loads(json.dumps(whole().to_dict()))["data"]["parts"]
    assert set(data["through_time"]) == set(starter().plans)
    assert data["regret"]["worst"]["status_quo"] >= 0
    assert min(data["regret"]["worst"].values()) <= data["regret"]["worst"]["pressure"]
    one = data["split"]["pressure"]
    assert sum(one["shapley"].values()) == pytest.approx(one["total"], abs=1e-12)


def test_a_crisis_without_members_says_that_nobodys_lines_cut_a_plan() -> None:
    assert "names no members" in whole().words()
    assert whole().to_dict()["data"]["parts"]["agreement"] is None


def test_the_light_answer_solves_nothing_beside_the_comparison(small: Comparison) -> None:
    light = compare_plans(starter(), resolution="sketch", parts=())
    assert light.words() == describe(small).words()
    assert "parts" not in light.to_dict()["data"]
    assert len(whole().tables) > len(light.tables)


def test_an_unknown_part_and_a_focus_that_is_not_compared_are_refused() -> None:
    with pytest.raises(ValueError, match="no part 'nothing'"):
        compare_plans(starter(), parts=["nothing"])
    with pytest.raises(KeyError, match="not compared"):
        compare_plans(
            starter(), ["status_quo"], resolution="sketch", parts=["lines"], focus="pressure"
        )


def tiny() -> Crisis:
    """One type, one month, one plan with a lever from the start."""
    data = yaml_of(starter())
    data["types"] = {"weary": {"name": "Wants out", "prior": 1.0}}
    data["evidence"] = {}
    data["clock"] = {**data["clock"], "horizon_months": 1}
    stage = {"name": "Now", "trigger": "start", "on": [{"lever": "embargo"}]}
    data["plans"] = {"only": {"name": "Only", "stages": [stage]}}
    return Crisis.model_validate(data)


def test_one_type_one_month_and_one_plan_are_said_in_words() -> None:
    answer = compare_plans(tiny(), resolution="sketch")
    assert "start" in answer.words()
    assert answer.to_dict()["data"]["parts"]["split"] == {}
    json.dumps(answer.to_dict())


def test_a_figure_carried_over_moves_by_what_the_other_grid_moved(small: Comparison) -> None:
    first, second = small.own.values()
    same = carried(first, first, first)
    assert same.value_a == pytest.approx(first.value_a, abs=1e-15)
    assert same.settled == pytest.approx(first.settled, abs=1e-12)
    moved = carried(second, first, first)
    assert moved.value_a == pytest.approx(second.value_a, abs=1e-12)
    assert all(0.0 <= p <= 1.0 for p in carried(second, first, second).settled)
    assert sweep_grid(SKETCH) == SKETCH
    assert sweep_grid(DRAFT) == SWEEP
