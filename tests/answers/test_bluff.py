"""The bluff answer: degenerate cases, words, round trip."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from tests.answers.answer_crises import starter, starter_solved
from tests.game.small_crises import FEATURES, TINY, small

import offramp
from offramp.answers import Answer
from offramp.answers.bluff import bluff
from offramp.crisis import Crisis

ITEM: dict[str, Any] = {
    "date": "2025-12-01",
    "text": "Bland sends an envoy.",
    "kind": "act",
    "likelihood": {"weary": 0.8, "patient": 0.2},
}


def asked(crisis: Crisis, plan: str = "idle", **more: Any) -> Answer:
    return bluff(offramp.solve(offramp.compile(crisis, plan, resolution=TINY)), **more)


@cache
def starter_answer() -> Answer:
    return bluff(starter_solved())


def plain(answer: Answer) -> dict[str, Any]:
    """The answer through JSON: no value may be lost or infinite."""
    again: dict[str, Any] = json.loads(json.dumps(answer.to_dict(), allow_nan=False))
    assert again == json.loads(json.dumps(again))
    return again


def test_the_starter_crisis_has_an_answer_with_words_tables_and_charts() -> None:
    answer = starter_answer()
    found = plain(answer)
    assert found["answer"] == "bluff"
    assert 3 <= len(answer.paragraphs) <= 6
    assert answer.table().rows
    assert answer.charts
    assert found["data"]["items"]["counter_offer"]["used"]
    assert "nothing to weigh them against" in answer.words()


def test_every_figure_rests_on_paths_of_the_crisis_and_on_evidence() -> None:
    trace = starter_answer().trace()
    known = offramp.quantities(starter())
    assert all(s.path in known for s in trace.supports)
    assert trace.evidence == ("counter_offer",)
    assert trace.certificate


def test_charts_have_a_table_twin_and_words_for_those_who_cannot_see_them() -> None:
    for chart in starter_answer().charts:
        assert chart.table.rows
        assert chart.alt.strip()


def test_one_type_is_said_in_words() -> None:
    one = {"only": {"name": "Only", "prior": 1.0}}
    answer = asked(small(types=one, plans={"idle": {"name": "Idle"}}))
    found = plain(answer)["data"]
    assert "one type" in answer.headline
    assert found["observations"] == []
    assert found["next_move"] is None
    assert found["entropy_bits"] == 0.0
    assert answer.flips == ()


def test_no_evidence_leaves_the_prior_and_says_so() -> None:
    answer = asked(small())
    found = plain(answer)["data"]
    assert found["posterior"] == pytest.approx(found["prior"])
    assert "Nothing that counts has been seen" in answer.headline
    assert "no dated evidence" in answer.words()


def test_evidence_on_no_used_date_is_listed_with_its_reason() -> None:
    crisis = small(
        evidence={
            "early": {**ITEM, "date": "2025-01-01"},
            "late": {**ITEM, "date": "2026-06-01", "after_as_of": True},
            "ours": {**ITEM, "about": "A", "likelihood": {}},
            "out": {**ITEM, "include": False},
            "vague": {**ITEM, "grade": "F6"},
            "flat": {**ITEM, "likelihood": {"weary": 0.5, "patient": 0.5}},
            "seen": ITEM,
        },
        hypotheses={"prior_date": "2025-06-01"},
    )
    found = plain(asked(crisis))["data"]["items"]
    assert [k for k, v in found.items() if v["used"]] == ["seen"]
    assert len({v["status"] for k, v in found.items() if k != "seen"}) == 6
    assert all(v["status"] for k, v in found.items() if k != "seen")


def test_evidence_that_turns_the_lead_says_so_and_names_the_item() -> None:
    strong = {**ITEM, "likelihood": {"weary": 0.05, "patient": 0.95}}
    answer = asked(small(evidence={"seen": strong}))
    assert answer.headline.startswith("The evidence turns the lead from")
    assert any("Without seen" in flip for flip in answer.flips)


def test_a_type_below_the_floor_of_the_unmodelled_is_said_to_be_so() -> None:
    sure = {**ITEM, "likelihood": {"weary": 0.001, "patient": 0.99}, "grade": "A1"}
    crisis = small(
        evidence={f"seen{k}": sure for k in range(6)},
        hypotheses={"unmodelled": 0.05},
        **{"types.weary.prior": 0.57, "types.patient.prior": 0.38},
    )
    answer = asked(crisis)
    assert any("none of these types" in w for w in answer.warnings)
    assert plain(answer)["data"]["posterior"]["weary"] < 0.05


def test_one_voice_and_one_audience_cannot_be_compared() -> None:
    word = {**ITEM, "kind": "word", "sender": "bland", "audience": ["aland"]}
    assert "cannot be compared" in asked(small(evidence={"said": word})).words()


def test_a_horizon_of_one_month_has_an_answer() -> None:
    clock = {"horizon_months": 1, "padding_months": 0, "round_months": 1.0}
    found = plain(asked(small(clock=clock, plans={"idle": {"name": "Idle"}})))["data"]
    assert len(found["believed_if_true"]["weary"]) == 2


def test_a_crisis_without_contracts_that_can_be_signed_still_has_acts_to_read() -> None:
    found = plain(asked(small(contracts={})))["data"]
    assert "hold" in found["next_move"]["acts"]


def test_an_item_linked_to_a_move_gets_the_chances_of_the_game() -> None:
    item = {**ITEM, "likelihood": {}, "move": "hold"}
    answer = asked(small(evidence={"seen": item}))
    found = plain(answer)["data"]
    assert found["linked"]["seen"] == found["next_move"]["acts"]["hold"]["chance"]
    assert any("move" in w for w in answer.warnings)
    other = asked(small(evidence={"seen": {**ITEM, "move": "dance"}}))
    assert any("dance" in w for w in other.warnings)


@pytest.mark.parametrize("name", sorted(FEATURES))
def test_whatever_a_crisis_has_the_answer_stands(name: str) -> None:
    changes, plan, more = FEATURES[name]
    grid = TINY.with_(**more) if more else TINY
    answer = bluff(offramp.solve(offramp.compile(small(**changes), plan, resolution=grid)))
    acts = plain(answer)["data"]["next_move"]["acts"]
    for theta in ("weary", "patient"):
        assert sum(a["chance"][theta] for a in acts.values()) == pytest.approx(1.0, abs=1e-9)


def test_a_side_that_moves_later_is_read_at_its_first_round() -> None:
    clock = {
        "horizon_months": 4,
        "padding_months": 0,
        "round_months": 2.0,
        "protocol": "alternating",
    }
    found = plain(asked(small(clock=clock)))["data"]
    assert found["next_move"]["month"] == 2
    assert found["next_move"]["chance"] == 1.0


def test_frozen_beliefs_are_answered() -> None:
    game = offramp.compile(small(), "idle", resolution=TINY, frozen_beliefs=True)
    frozen = plain(bluff(offramp.solve(game)))
    assert frozen["data"]["types"] == ["weary", "patient"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"views": {"x": {"nothing": {"weary": 0.5, "patient": 0.5}}}}, "no evidence"),
        ({"views": {"x": {"seen": {"weary": 0.5}}}}, "each of"),
        ({"views": {"x": {"seen": {"weary": 0.0, "patient": 0.5}}}}, "above 0"),
        ({"resolve": {"seen": 2.0}}, "no item about A"),
    ],
)
def test_views_and_ratios_that_make_no_sense_are_refused(
    more: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        asked(small(evidence={"seen": ITEM}), **more)


def test_no_label_of_a_side_and_no_index_stands_as_a_fact() -> None:
    text = starter_answer().words().lower()
    for word in ("aggressor", "terror", "evil", "state 0", "state index"):
        assert word not in text


def test_progress_is_told_to_the_end() -> None:
    told: list[tuple[str, int, int]] = []
    asked(small(), progress=lambda *x: told.append(x))
    assert told[-1][1] == told[-1][2]
