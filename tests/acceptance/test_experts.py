"""S14 and S15: elicited words as support of whole plans, and the conditions of the answers."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

import offramp
from offramp.answers import Answer
from offramp.answers.experts import experts
from offramp.crisis import Crisis


@cache
def reference() -> Crisis:
    return offramp.load("ukraine-2025")


def package(answer: Answer, plan: str) -> dict[str, Any]:
    [found] = [p for p in answer.to_dict()["data"]["packages"] if p["plan"] == plan]
    return dict(found)


def test_S14_words_stand_for_shares() -> None:
    [board] = experts(reference()).to_dict()["data"]["boards"].values()
    shares = {item["word"]: item["share"] for item in board["items"].values()}
    assert shares == {"consensus": 0.95, "most": 0.70}
    assert board["number"] == [6, 12]


def test_S14_three_items_that_most_back_are_together_backed_by_a_minority_if_independent() -> None:
    """.70^3 = .343 by itself; with the two items of consensus, as plan_b has them, .31."""
    found = package(experts(reference(), plan="plan_b"), "plan_b")
    shares = reference().elicitation["officials_2025"].shares
    most = [
        k for k in found["asked"] if reference().elicitation["officials_2025"].answers[k] == "most"
    ]
    assert len(most) == 3
    assert shares["most"].value ** 3 == pytest.approx(0.343)
    assert found["independent"] == pytest.approx(0.343 * 0.95**2)
    assert found["independent"] < 0.5 - 0.15


def test_S14_both_extremes_of_dependence_are_shown() -> None:
    """Nested backers: .70. Objectors laid end to end: 2(.95) + 3(.70) - 4 = 0."""
    answer = experts(reference(), plan="plan_b")
    found = package(answer, "plan_b")
    assert found["least"] == pytest.approx(0.0, abs=1e-12)
    assert found["most"] == pytest.approx(0.70)
    [row] = answer.tables[1].records()
    assert (row["least"], row["most"]) == pytest.approx((0.0, 0.70), abs=1e-12)
    assert 0 < found["majority_needs_correlation"] < 1


def test_S14_the_ranges_of_the_words_do_not_lift_independence_to_a_sure_majority() -> None:
    low, high = package(experts(reference()), "plan_b")["independent_range"]
    assert low == pytest.approx(0.85**2 * 0.55**3)
    assert high == pytest.approx(0.85**3)
    assert low < 0.5 < high


def test_S14_what_refusals_leave_of_the_package_has_more_behind_it_item_by_item() -> None:
    answer = experts(reference())
    assert package(answer, "plan_b_minus")["independent"] > package(answer, "plan_b")["independent"]
    assert package(answer, "plan_b_minus")["not_asked"] == ["shadow_fleet"]


def test_S14_support_is_not_consent() -> None:
    assert "not a state's consent" in experts(reference()).words()


def test_S15_plan_b_in_a_ceasefire_is_outside_the_respondents_conditions() -> None:
    answer = experts(reference(), plan="plan_b", regime="ceasefire")
    [said] = [w for w in answer.warnings if w.startswith("Outside respondents' conditions")]
    assert "the talks have failed" in said
    assert "ceasefire" in said
    [outside] = answer.to_dict()["data"]["outside"]
    assert (outside["plan"], outside["regime"]) == ("plan_b", "ceasefire")


def test_S15_the_same_holds_for_a_crisis_in_which_a_ceasefire_exists() -> None:
    paused = offramp.override(reference(), {"regime": "ceasefire"})
    answer = experts(paused, plan="plan_b")
    assert any(w.startswith("Outside respondents' conditions") for w in answer.warnings)


def test_S15_in_the_war_that_they_were_asked_about_there_is_no_such_warning() -> None:
    answer = experts(reference(), plan="plan_b")
    assert answer.to_dict()["data"]["outside"] == []
    assert not any(w.startswith("Outside") for w in answer.warnings)
    verdicts = {c["text"]: c["verdict"] for c in answer.to_dict()["data"]["conditions"]}
    assert verdicts["the talks have failed"] == "holds"


def test_S15_a_condition_that_nothing_can_check_is_listed_as_unchecked() -> None:
    answer = experts(reference(), plan="plan_b")
    verdicts = {c["text"]: c["verdict"] for c in answer.to_dict()["data"]["conditions"]}
    assert verdicts["nothing that looks like escalation to Russia"] == "unchecked"
    assert any("nothing that looks like escalation" in w for w in answer.warnings)


def test_S15_with_a_solution_the_chance_of_leaving_the_conditions_is_said() -> None:
    solution = offramp.solve(offramp.compile(reference(), "plan_b", resolution="sketch"))
    answer = experts(reference(), plan="plan_b", solution=solution)
    told = answer.to_dict()["data"]["in_a_ceasefire"]["plan_b"]
    assert told["chance"] == pytest.approx(float(solution.futures.regime[12, 2]))
    assert any("in a ceasefire at month 12" in w for w in answer.warnings)
