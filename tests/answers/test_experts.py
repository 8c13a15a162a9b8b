"""The experts answer on small and odd crises; its words and its JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.answers.answer_crises import starter, yaml_of

import offramp
from offramp.answers import Answer
from offramp.answers._experts_facts import respondents
from offramp.answers.experts import experts
from offramp.crisis import Crisis, CrisisError
from offramp.crisis._expressions import ExpressionError
from offramp.estimation.pooling import Assessment, Seed

BOARD: dict[str, Any] = {
    "question": "What would you back?",
    "respondents": "Ten desk officers (10)",
    "answers": {"embargo": "most"},
    "shares": {"most": [0.7, 0.55, 0.85], "some": [0.35, 0.15, 0.55]},
    "conditions": ["not ceasefire"],
}


def with_board(number: Any = None, **changes: Any) -> Crisis:
    plain = yaml_of(starter())
    plain["elicitation"] = {"desk": {**BOARD, **changes}}
    if number is not None:
        plain["war"]["cost"]["B"] = number
    return offramp.loads(json.dumps(plain), "small.json")


def plain(answer: Answer) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(json.dumps(answer.to_dict(), allow_nan=False))
    return read


def lever_plan(crisis: Crisis) -> str:
    return next(k for k, p in crisis.plans.items() if any(s.on for s in p.stages))


def test_where_nobody_was_asked_it_says_so() -> None:
    answer = experts(starter())
    assert answer.headline.startswith("Nobody was asked")
    assert not answer.charts
    assert plain(answer)["data"]["boards"] == {}
    assert answer.table().rows == ()


def test_one_item_has_one_support_and_nothing_about_dependence() -> None:
    crisis = with_board()
    answer = experts(crisis, plan=lever_plan(crisis))
    [found] = plain(answer)["data"]["packages"]
    assert found["least"] == found["independent"] == found["most"] == 0.7
    assert "independent" not in answer.headline
    assert answer.flips == ()


def test_a_condition_written_as_an_expression_is_checked_as_it_stands() -> None:
    crisis = with_board()
    plan = lever_plan(crisis)
    [condition] = plain(experts(crisis, plan=plan))["data"]["conditions"]
    assert condition["how"] == "written as an expression"
    assert condition["verdict"] == "holds"
    outside = plain(experts(crisis, plan=plan, regime="ceasefire"))["data"]["outside"]
    assert [x["plan"] for x in outside] == [plan]


def test_a_condition_in_words_is_unchecked_until_somebody_says_what_it_means() -> None:
    crisis = with_board(conditions=["all is quiet at the front"])
    plan = lever_plan(crisis)
    [loose] = plain(experts(crisis, plan=plan))["data"]["conditions"]
    assert (loose["verdict"], loose["expression"]) == ("unchecked", None)
    given = {"all is quiet at the front": "ceasefire or standoff"}
    answer = experts(crisis, plan=plan, conditions=given, regime="war")
    [read] = plain(answer)["data"]["conditions"]
    assert (read["how"], read["verdict"]) == ("given by the caller", "does not hold")
    assert any(w.startswith("Outside respondents' conditions") for w in answer.warnings)


def test_a_reading_of_a_condition_must_be_about_state_and_about_a_condition() -> None:
    crisis = with_board(conditions=["quiet"])
    with pytest.raises(ExpressionError):
        experts(crisis, conditions={"quiet": "weather > 3"})
    with pytest.raises(KeyError, match="no condition"):
        experts(crisis, conditions={"loud": "war"})


def test_items_that_no_plan_uses_are_said_to_be_so() -> None:
    crisis = with_board(answers={"a parade": "some"})
    answer = experts(crisis)
    assert answer.headline == "People were asked about items that are not used here"
    assert plain(answer)["data"]["packages"] == []
    assert [c.name for c in answer.charts] == ["shares"]


def test_a_number_of_respondents_that_is_not_stated_is_not_made_up() -> None:
    answer = experts(with_board(respondents="some officers"))
    [board] = plain(answer)["data"]["boards"].values()
    assert board["number"] is None
    assert answer.table().records()[0]["sample"] is None
    assert any("not stated" in text for text in answer.warnings)


@pytest.mark.parametrize(
    ("text", "number"),
    [("6 to 12", (6, 12)), ("twelve", None), ("n = 40", (40, 40)), ("12 to 6", None), ("0", None)],
)
def test_the_number_of_respondents_is_read_where_it_stands(text: str, number: Any) -> None:
    assert respondents(text) == number


def test_a_word_cannot_stand_for_more_than_everybody() -> None:
    with pytest.raises(CrisisError, match="lies between 0 and 1"):
        with_board(shares={"most": 1.4})


def test_unknown_plans_and_regimes_are_refused() -> None:
    with pytest.raises(KeyError, match="no plan"):
        experts(starter(), plan="nope")
    with pytest.raises(ValueError, match="begins in one of"):
        experts(starter(), regime="settlement")


TWO = {
    "experts": [
        {"who": "north", "value": 0.10, "low": 0.05, "high": 0.15},
        {"who": "south", "value": 0.30, "low": 0.20, "high": 0.40},
    ],
    "pool": "linear",
}


def test_experts_whose_ranges_miss_each_other_are_pooled_and_flagged() -> None:
    answer = experts(with_board(TWO))
    found = plain(answer)["data"]["numbers"]["war.cost.B"]
    assert found["ranges_miss_each_other"]
    assert found["pools"]["quantile average"]["middle"] == pytest.approx(0.2)
    mixture = found["pools"]["linear pool"]
    assert mixture["high"] - mixture["low"] > 0.25
    assert found["spread"] == pytest.approx(0.2)
    assert any("miss each other on war.cost.B" in text for text in answer.warnings)
    assert "do not even meet" in answer.words()


def test_an_expert_without_a_range_leaves_the_files_rule_alone() -> None:
    one = {"experts": [TWO["experts"][0], {"who": "south", "value": 0.3}], "pool": "quantile"}
    found = plain(experts(with_board(one)))["data"]["numbers"]["war.cost.B"]
    assert found["pools"] == {}
    assert found["used"] == pytest.approx(0.2)


def test_seed_questions_move_the_weight_to_who_knew_the_answers() -> None:
    seeds = [
        Seed(
            str(k),
            k + 0.1,
            {"north": Assessment(k - 1, k, k + 1), "south": Assessment(k + 5, k + 6, k + 7)},
        )
        for k in range(6)
    ]
    answer = experts(with_board(TWO), seeds=seeds)
    data = plain(answer)["data"]
    assert data["performance"]["weights"]["north"] > 0.99
    earned = data["numbers"]["war.cost.B"]["pools"]["performance-weighted"]
    assert earned["middle"] == pytest.approx(0.10, abs=0.005)
    assert any("6 seed questions" in text for text in answer.warnings)


def test_a_solution_of_another_plan_is_refused() -> None:
    crisis = with_board()
    plans = list(crisis.plans)
    solution = offramp.solve(offramp.compile(crisis, plans[0], resolution="sketch"))
    with pytest.raises(ValueError, match="the solution is of"):
        experts(crisis, plan=plans[-1], solution=solution)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("asked in 2025, 12 respondents", (12, 12)),
        ("between 6 and 12 officials", (6, 12)),
        ("60 % of 12 people", (12, 12)),
    ],
)
def test_years_and_percentages_are_no_respondents(
    text: str, expected: tuple[int, int] | None
) -> None:
    assert respondents(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "not during a ceasefire",
        "until a ceasefire holds",
        "unless the talks have failed",
        "whether or not talks collapse",
        "no warning is given",
    ],
)
def test_a_condition_that_turns_its_words_round_is_not_read(text: str) -> None:
    answer = experts(with_board(conditions=[text]))
    assert any(f"Nothing here can check the condition “{text}”" in w for w in answer.warnings)
