"""Plans side by side, with the offer held fixed and varied."""

from __future__ import annotations

import pytest
from tests.answers.answer_crises import reference, starter

from offramp.answers import Comparison, compare, describe
from offramp.answers._runs import Task, run_all
from offramp.game import DRAFT, SKETCH


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


def test_a_difference_within_the_grids_error_is_called_no_difference(small: Comparison) -> None:
    answer = describe(small)
    for row in answer.tables[1].rows:
        if abs(float(str(row[1]))) <= small.value_noise:
            assert row[4] == "no distinguishable difference"
        else:
            assert row[4] != "no distinguishable difference"


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
