"""S60: dated forecasts scored against the sealed outcomes of the shipped crisis, through the public API."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

import offramp
from offramp.answers import Answer
from offramp.answers.forecasts import forecasts
from offramp.crisis import Crisis
from offramp.estimation.ledger import read, resolve, seal

AUTHOR = "time_favours_b"
"""The reading that the row calls r004."""


@cache
def reference() -> Crisis:
    return offramp.load("ukraine-2025")


@cache
def scored() -> Answer:
    return forecasts(reference())


def data() -> dict[str, Any]:
    found: dict[str, Any] = scored().to_dict()["data"]
    return found


def test_S60_brier_scores_of_the_sure_miss_and_of_the_two_sure_hits() -> None:
    items = data()["groups"][AUTHOR]["items"]
    assert items["f004_1"]["brier"] == pytest.approx(0.92, abs=0.005)
    assert items["f004_4"]["brier"] < 0.01
    assert items["f004_5"]["brier"] < 0.01
    assert items["f004_1"]["right"] is False
    assert items["f004_4"]["right"] is True


def test_S60_nobody_with_fewer_than_four_resolved_forecasts_is_ranked() -> None:
    groups = data()["groups"]
    few = {key for key, g in groups.items() if g["resolved"] < 4}
    assert few
    assert all(groups[key]["rank"] is None for key in few)
    ranked = data()["ranking"]
    assert set(ranked) == set(groups) - few
    briers = [groups[key]["scores"]["brier"] for key in ranked]
    assert briers == sorted(briers)


def test_S60_one_resolved_forecast_more_or_less_decides_whether_there_is_a_rank() -> None:
    """With a threshold of three, the author with three resolved forecasts is ranked; with nine, nobody."""
    three = forecasts(reference(), least=3).to_dict()["data"]["ranking"]
    assert len(three) == len(data()["ranking"]) + 1
    answer = forecasts(reference(), least=9)
    assert answer.to_dict()["data"]["ranking"] == []
    assert "nobody is ranked" in answer.headline


def test_S60_unresolved_forecasts_are_listed_with_what_they_wait_for_and_not_scored() -> None:
    [table] = [t for t in scored().tables if t.title.startswith("Not resolved")]
    listed = {row["id"]: row for row in table.records()}
    assert set(listed) == set(data()["unresolved"])
    made = sum(g["made"] for g in data()["groups"].values())
    assert len(listed) == made - sum(g["resolved"] for g in data()["groups"].values())
    assert all(row["waits"] for row in listed.values())
    assert "rule" in str(listed["f001_1"]["waits"])


def test_S60_the_intent_half_fails_and_the_resolve_half_holds_which_one_number_hides() -> None:
    """The inventory's verdict on r004: the mixed record is 4 of 8, worse than a coin, on few occasions."""
    scores = data()["groups"][AUTHOR]["scores"]
    assert scores["right"] == 4
    assert scores["brier"] == pytest.approx(0.3553, abs=0.0005)
    assert scores["brier"] > 0.25
    assert scores["chance_of_worse"] < 0.01
    assert scores["chance_of_worse_tied"] == pytest.approx(0.05)
    low, high = scores["came_interval"]
    assert high - low > 0.5
    assert any("independent trials" in text for text in scored().warnings)


def test_S60_the_order_of_the_two_ranked_authors_survives_the_coding() -> None:
    """Ranges of the coded words do not overlap, nor do scores without what one date settled."""
    groups = data()["groups"]
    best, worst = (groups[key]["scores"] for key in data()["ranking"])
    assert data()["ranking_is_firm"]
    assert best["brier_range"][1] < worst["brier_range"][0]
    assert best["brier_without_one_date"][1] < worst["brier_without_one_date"][0]


def test_S60_right_for_the_wrong_reason_is_not_claimed_where_no_premise_was_assessed() -> None:
    assert all(key.endswith("not assessed") for key in data()["reasons"])
    assert "cannot be said" in scored().words()


def test_S60_a_failed_premise_moves_right_calls_into_the_wrong_reason() -> None:
    reading = reference().readings[AUTHOR]
    path = reading.load_bearing_guess[0]
    answer = forecasts(reference(), premises={f"{AUTHOR}:{path}": False})
    reasons = answer.to_dict()["data"]["reasons"]
    assert set(reasons["right / does not hold"]) == {"f004_4", "f004_5", "f004_7", "f004_8"}
    assert len(reasons["wrong / does not hold"]) == 4
    assert "right although a carrying premise failed" in answer.words()


def test_S60_numbers_are_held_against_the_authors_words_on_published_scales() -> None:
    """ "Likely" at 80 % is on the edge of ICD 203's range; "possible" carries no number at all."""
    [table] = [t for t in scored().tables if t.title.startswith("Words of the authors")]
    rows = {row["id"]: row for row in table.records()}
    assert rows["f000_1"]["fits"] == "ICD 203, IPCC"
    assert rows["f004_7"]["fits"] == "none"
    assert any(w.startswith("f004_7 is coded as 45") for w in scored().warnings)


def test_S60_outcomes_do_not_reach_the_crisis_that_is_solved() -> None:
    """The crisis as loaded holds the name of the sealed file and none of its facts."""
    dumped = reference().model_dump_json()
    for group in scored().tables[2].records():
        assert str(group["fact"]) not in dumped


def test_S60_a_users_own_forecasts_are_sealed_resolved_and_scored(tmp_path) -> None:
    import datetime as dt

    from offramp.answers.forecasts import forecast_ledger

    file = tmp_path / "book.db"
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    end = dt.datetime(2026, 2, 2, tzinfo=dt.UTC)
    said = ((0.9, True), (0.8, True), (0.7, False), (0.2, False), (0.6, True))
    for k, (p, _) in enumerate(said):
        seal(file, f"event {k}", p, dt.date(2026, 2, 1), "the desk's log", who="desk", now=start)
    for k, (_, outcome) in enumerate(said[:4], start=1):
        resolve(file, f"F{k}", outcome, "in the log", now=end)
    assert len(read(file)) == 5
    found = forecast_ledger(file).to_dict()["data"]
    desk = found["groups"]["desk"]
    assert desk["scores"]["brier"] == pytest.approx((0.01 + 0.04 + 0.49 + 0.04) / 4)
    assert found["unresolved"] == ["F5"]
