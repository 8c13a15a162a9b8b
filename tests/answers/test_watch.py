"""The watch answer: degenerate cases, words, round trip."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from tests.answers.answer_crises import starter
from tests.game.small_crises import FEATURES, TINY, small

import offramp
from offramp.answers import Answer
from offramp.answers._watch_calendar import condition_words
from offramp.answers._watch_indicators import lead_time
from offramp.answers.watch import watch
from offramp.crisis import Crisis
from offramp.game import Resolution

QUICK = Resolution("quick", 1, (6, 3), 0, 2, 1, 0, 3.0, 6)


def asked(crisis: Crisis, plan: str | None = None, mode: Any = None, **more: Any) -> Answer:
    return watch(offramp.solve(offramp.compile(crisis, plan, resolution=TINY, mode=mode)), **more)


@cache
def starter_answer() -> Answer:
    solution = offramp.solve(offramp.compile(starter(), "pressure", resolution=QUICK))
    return watch(solution)


def plain(answer: Answer) -> dict[str, Any]:
    """The answer through JSON: no value may be lost or infinite."""
    found: dict[str, Any] = json.loads(json.dumps(answer.to_dict(), allow_nan=False))
    return found


def test_the_starter_crisis_has_an_answer_with_words_tables_and_charts() -> None:
    answer = starter_answer()
    found = plain(answer)
    assert found["answer"] == "watch"
    assert 3 <= len(answer.paragraphs) <= 6
    assert answer.charts
    assert "Embargo" in found["data"]["triggers"]
    assert set(found["data"]["bottom_line"]["values"]) == set(starter().plans)


def test_every_figure_rests_on_paths_of_the_crisis() -> None:
    known = offramp.quantities(starter())
    assert all(s.path in known for s in starter_answer().trace().supports)


def test_charts_have_a_table_twin_and_words_for_those_who_cannot_see_them() -> None:
    for chart in starter_answer().charts:
        assert chart.table.rows
        assert chart.alt.strip()


def test_a_plan_without_triggers_says_so() -> None:
    answer = asked(small(), "idle")
    assert plain(answer)["data"]["triggers"] == {}
    assert "no step that waits for a trigger" in answer.words()


def test_an_adaptive_plan_has_no_triggers_but_an_expected_number_of_steps() -> None:
    answer = asked(small(), "wait", mode="adaptive")
    assert plain(answer)["data"]["triggers"] == {}
    assert "when it likes" in answer.words()


def test_one_type_has_nothing_to_learn_and_one_plan_nothing_to_choose() -> None:
    one = {"only": {"name": "Only", "prior": 1.0}}
    answer = asked(small(types=one, plans={"idle": {"name": "Idle"}}))
    found = plain(answer)["data"]["bottom_line"]
    assert found["thresholds"] == {}
    assert found["observations"] == {}
    assert "one plan" in answer.words()


def test_a_horizon_of_one_month_is_too_short_to_look_ahead() -> None:
    clock = {"horizon_months": 1, "padding_months": 0, "round_months": 1.0}
    stage = {"name": "Embargo", "trigger": "months >= 1", "on": [{"lever": "embargo"}]}
    plans = {"wait": {"name": "Wait", "stages": [stage]}}
    answer = asked(small(clock=clock, plans=plans))
    found = plain(answer)["data"]
    assert found["indicators"] is None
    assert len(found["triggers"]["Embargo"]["met"]) == 2
    assert found["triggers"]["Embargo"]["met"][1] > 0.05
    assert "horizon is too short" in answer.words()


def test_a_crisis_without_contracts_events_or_third_parties_has_an_answer() -> None:
    answer = asked(small(contracts={}), "wait")
    found = plain(answer)["data"]
    assert found["opinion"]["why_not"]
    assert found["events"] == {}
    assert "no channel" in answer.words()


@pytest.mark.parametrize("name", sorted(FEATURES))
def test_whatever_a_crisis_has_the_answer_stands(name: str) -> None:
    changes, plan, more = FEATURES[name]
    grid = TINY.with_(**more) if more else TINY
    crisis = small(**changes)
    answer = watch(offramp.solve(offramp.compile(crisis, plan, resolution=grid)), plans=[plan])
    found = plain(answer)["data"]
    assert list(found["bottom_line"]["values"]) == [plan]


def test_frozen_beliefs_leave_the_ranking_out() -> None:
    game = offramp.compile(small(), "idle", resolution=TINY, frozen_beliefs=True)
    assert plain(watch(offramp.solve(game)))["data"]["bottom_line"] is None


def test_plans_and_shifts_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="no plan"):
        asked(small(), "idle", plans=["nothing"])
    with pytest.raises(ValueError, match="positive"):
        asked(small(), "idle", shift=0.0)


def test_conditions_read_as_words() -> None:
    game = offramp.compile(small(), "wait", resolution=TINY)
    words = condition_words(
        game, "months_without_ceasefire >= 2 and belief.patient > 0.3 or not war"
    )
    assert words == (
        "months without a ceasefire at least 2 and belief in “patient” above 0.3 or not war goes on"
    )


def test_the_lead_time_is_the_median_month_of_what_comes() -> None:
    import numpy as np

    assert lead_time(np.array([0.0, 0.1, 0.3, 0.4])) == 2
    assert lead_time(np.zeros(4)) is None


def test_progress_is_told_to_the_end_of_every_part() -> None:
    told: list[tuple[str, int, int]] = []
    asked(small(), "wait", progress=lambda *x: told.append(x))
    for label in {x[0] for x in told}:
        last = [x for x in told if x[0] == label][-1]
        assert last[1] == last[2]
