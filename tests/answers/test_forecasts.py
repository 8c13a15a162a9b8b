"""The forecasts answer on small and odd crises and ledgers; its words and its JSON."""

from __future__ import annotations

import datetime as dt
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.answers.answer_crises import starter, yaml_of

import offramp
from offramp.answers import Answer
from offramp.answers._forecasts_outside import View, outside_table, outside_view
from offramp.answers._forecasts_sealed import sealed_beside
from offramp.answers.forecasts import forecast_ledger, forecasts
from offramp.crisis import Crisis, CrisisError, SealedFile
from offramp.estimation import LedgerError, Tampered
from offramp.estimation.ledger import resolve, seal

PATH = "war.cost.B"


def reading(label: str, **probabilities: Any) -> dict[str, Any]:
    return {
        "label": label,
        "epoch": "now",
        "as_of": "2026-01-15",
        "stance": "A view.",
        "premises": [{"path": PATH, "value": 0.2}],
        "load_bearing_guess": [PATH],
        "forecasts": {
            key: {"text": f"Event {key}.", "probability": p, "resolves": "2026-06-30"}
            for key, p in probabilities.items()
        },
    }


def crisis_of(**readings: dict[str, Any]) -> Crisis:
    plain = yaml_of(starter())
    plain["epochs"] = {"now": {"name": "Now", "as_of": "2026-01-15", "regime": plain["regime"]}}
    plain["readings"] = readings
    plain["sealed"] = "sealed.yaml"
    return offramp.loads(json.dumps(plain), "small.json")


def sealed(**outcomes: Any) -> SealedFile:
    return SealedFile.model_validate(
        {
            "offramp_sealed": 1,
            "outcomes": {
                key.replace("__", ":").replace("_dot_", "."): (
                    value if isinstance(value, dict)
                    else {"outcome": value, "date": "2026-06-30", "confidence": "high", "fact": "Seen."}
                )
                for key, value in outcomes.items()
            },
        }
    )  # fmt: skip


def plain(answer: Answer) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(json.dumps(answer.to_dict(), allow_nan=False))
    return read


def test_without_readings_there_is_nothing_to_score() -> None:
    answer = forecasts(starter())
    assert answer.headline == "There are no forecasts to score"
    assert not answer.charts
    assert plain(answer)["answer"] == "forecasts"


def test_without_a_sealed_file_every_forecast_is_open_and_that_is_said() -> None:
    answer = forecasts(crisis_of(one=reading("One", a=0.8, b=0.3)))
    data = plain(answer)["data"]
    assert data["unresolved"] == ["a", "b"]
    assert "None of the 2 forecasts is resolved" in answer.headline
    assert any("No sealed file" in text for text in answer.warnings)
    assert not answer.charts


def test_one_author_with_enough_forecasts_is_scored_and_not_ranked() -> None:
    crisis = crisis_of(one=reading("One", a=0.8, b=0.3, c=0.6, d=0.9))
    answer = forecasts(crisis, sealed=sealed(a=1, b=0, c=1, d=1))
    assert "nobody to rank against" in answer.headline
    assert plain(answer)["data"]["ranking"] == []
    assert 3 <= len(answer.paragraphs) <= 6


def test_an_author_who_was_certain_and_wrong_has_no_finite_log_score() -> None:
    crisis = crisis_of(one=reading("One", a=1.0, b=0.5))
    answer = forecasts(crisis, sealed=sealed(a=0, b=1))
    scores = plain(answer)["data"]["groups"]["one"]["scores"]
    assert scores["log"] is None
    assert scores["brier"] == pytest.approx((1 + 0.25) / 2)
    assert scores["no_call"] == 1
    assert answer.table().records()[0]["log"] is None


def test_a_tie_is_called_a_tie() -> None:
    four = dict(a1=[0.8, 0.6, 0.9], a2=[0.7, 0.5, 0.9], a3=0.3, a4=0.6)
    other = dict(b1=[0.8, 0.6, 0.9], b2=[0.7, 0.5, 0.9], b3=0.3, b4=0.65)
    crisis = crisis_of(one=reading("One", **four), two=reading("Two", **other))
    answer = forecasts(crisis, sealed=sealed(**dict.fromkeys((*four, *other), 1)))
    assert plain(answer)["data"]["ranking"] == ["two", "one"]
    assert not plain(answer)["data"]["ranking_is_firm"]
    assert "take it as a tie" in answer.words()
    assert any("could change places" in text for text in answer.flips)


def test_the_sealed_file_can_say_whether_a_premise_held() -> None:
    crisis = crisis_of(one=reading("One", a=0.8, b=0.3))
    key = f"one__{PATH.replace('.', '_dot_')}"
    answer = forecasts(crisis, sealed=sealed(a=1, b=1, **{key: 0}))
    reasons = plain(answer)["data"]["reasons"]
    assert reasons == {"right / does not hold": ["a"], "wrong / does not hold": ["b"]}
    held = forecasts(crisis, sealed=sealed(a=1, b=1, **{key: 1}))
    assert plain(held)["data"]["reasons"]["wrong / holds"] == ["b"]
    assert "wrong although the premises held: b" in held.words()
    overruled = forecasts(crisis, sealed=sealed(a=1, **{key: 1}), premises={f"one:{PATH}": None})
    assert plain(overruled)["data"]["reasons"] == {"right / not assessed": ["a"]}


def test_odd_dates_and_strange_ids_in_the_sealed_file_are_said() -> None:
    crisis = crisis_of(one=reading("One", a=0.8, b=0.3))
    early = {"outcome": 1, "date": "2026-01-02", "confidence": "low"}
    late = {"outcome": 0, "date": "2026-07-30", "confidence": "certain"}
    answer = forecasts(crisis, sealed=sealed(a=early, b=late, zz=1))
    said = " ".join(answer.warnings)
    assert "a was settled on 2026-01-02, not after" in said
    assert "b was to resolve by 2026-06-30" in said
    assert "zz, which no reading states" in said
    assert "coding of a is itself uncertain" in said


def test_a_premise_that_nobody_states_is_refused() -> None:
    crisis = crisis_of(one=reading("One", a=0.8))
    with pytest.raises(KeyError, match="reading:path"):
        forecasts(crisis, premises={"one:war.cost.A": True})
    with pytest.raises(ValueError, match="at least one resolved"):
        forecasts(crisis, least=0)


def test_a_malformed_sealed_file_is_refused_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "sealed.yaml"
    file.write_text("offramp_sealed: 1\noutcomes:\n  a: {outcome: 2, confidence: high}\n")
    crisis = crisis_of(one=reading("One", a=0.8))
    with pytest.raises(CrisisError) as refused:
        forecasts(crisis, sealed=file)
    assert "sealed.yaml:3" in str(refused.value)
    with pytest.raises(CrisisError, match="no such file"):
        forecasts(crisis, sealed=tmp_path / "none.yaml")


def test_the_sealed_file_stands_beside_the_crisis_and_nowhere_else(tmp_path: Path) -> None:
    crisis = crisis_of(one=reading("One", a=0.8))
    assert sealed_beside(crisis) is None
    assert sealed_beside(crisis, tmp_path / "mine.yaml") == tmp_path / "sealed.yaml"
    away = offramp.override(crisis, {"sealed": "../elsewhere.yaml"})
    with pytest.raises(ValueError, match="leads out of the folder"):
        sealed_beside(away, tmp_path / "mine.yaml")


# --- Ledgers ---------------------------------------------------------------------------------

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
END = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    file = tmp_path / "book.db"
    for who, p in (("north", 0.9), ("north", 0.6), ("south", 0.2)):
        seal(file, "x", p, dt.date(2026, 2, 1), "log", who=who, now=START)
    seal(file, "y", 0.2, dt.date(2026, 2, 1), "log", who="south", hidden=True, now=START)
    resolve(file, "F1", True, "log", now=END)
    return file


def test_a_ledger_is_scored_by_who_made_the_forecasts(book: Path) -> None:
    answer = forecast_ledger(book)
    data = plain(answer)["data"]
    assert data["groups"]["north"]["scores"]["brier"] == pytest.approx(0.01)
    assert data["groups"]["south"]["scores"] is None
    assert data["unresolved"] == ["F2", "F3"]
    assert any("F4 is still hidden" in text for text in answer.warnings)
    assert any("rewrote the whole file" in text for text in answer.warnings)
    assert "coder" not in answer.words()


def test_a_ledger_whose_published_head_is_gone_is_not_scored(book: Path) -> None:
    with pytest.raises(Tampered, match="rewritten or cut"):
        forecast_ledger(book, head="0123456789abcdef")


def test_an_empty_and_a_missing_ledger(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="no ledger"):
        forecast_ledger(tmp_path / "none.db")


# --- The outside view ------------------------------------------------------------------------


def rated(**rates: Any) -> Crisis:
    full = yaml_of(starter())
    full["base_rates"] = {
        key: {"name": key, "definition": "Forty wars.", **rate} for key, rate in rates.items()
    }
    return offramp.loads(json.dumps(full), "rated.json")


@cache
def viewed() -> tuple[dict[str, View], Any]:
    crisis = rated(
        wide={"value": [0.5, 0.0, 1.0], "bears_on": "P(settlement within 6 months)"},
        high={"value": [0.999, 0.998, 1.0], "bears_on": "P(settlement within 1 months)"},
        point={"value": 0.43, "bears_on": "Response to an announced package"},
        several={"parts": {"ceasefire": 0.4, "victory": 0.6}, "bears_on": "Shares of regimes"},
        lost={"value": 0.3, "bears_on": "P(settlement within 6 months), no_such_plan"},
        late={"value": 0.3, "bears_on": "P(settlement within 999 months)"},
        ended={"value": [0.5, 0.2, 0.8], "bears_on": "P(settlement or end of war within 6 months)"},
        stuck={"value": [0.5, 0.0, 1.0], "bears_on": "P(no settlement)"},
    )
    solution = offramp.solve(offramp.compile(crisis, resolution="sketch"))
    return {v.id: v for v in outside_view(solution)}, solution


def test_a_base_rate_is_held_against_the_games_own_probability() -> None:
    views, solution = viewed()
    assert views["wide"].low == pytest.approx(float(solution.futures.regime[6, 3]))
    assert views["wide"].verdict == "inside"
    assert views["high"].verdict == "below"
    stuck = views["stuck"]
    assert stuck.month == min(12, solution.game.shown)
    assert stuck.low == pytest.approx(1 - float(solution.futures.regime[stuck.month or 0, 3]))


def test_the_end_of_a_war_is_read_with_and_without_ceasefires() -> None:
    views, solution = viewed()
    row = solution.futures.regime[6]
    ended = views["ended"]
    assert ended.low == pytest.approx(1 - float(row[[0, 1, 2, 7]].sum()), abs=1e-9)
    assert ended.high == pytest.approx((ended.low or 0.0) + float(row[2]), abs=1e-9)


def test_what_the_game_does_not_give_is_listed_and_not_computed() -> None:
    views, _ = viewed()
    for key in ("point", "several", "lost", "late"):
        assert views[key].low is None
    assert "compare in words" in views["several"].verdict
    assert "no_such_plan" in views["lost"].verdict
    assert "beyond the horizon" in views["late"].verdict
    table = outside_table(tuple(views.values()))
    assert table is not None
    assert len(table.rows) == 8


def test_without_base_rates_there_is_no_outside_view() -> None:
    assert outside_table(()) is None


def test_outcomes_written_down_in_one_sitting_are_not_settled_by_one_date(tmp_path: Path) -> None:
    file = tmp_path / "sitting.ledger"
    for month in range(1, 6):
        seal(file, f"event {month}", 0.8, dt.date(2026, month, 28), "by the press",
             who="north", now=dt.datetime(2025, 12, 1, tzinfo=dt.UTC))  # fmt: skip
    for k in range(1, 6):
        resolve(file, f"F{k}", k > 2, "reported", now=dt.datetime(2026, 7, 1, k, tzinfo=dt.UTC))
    answer = forecast_ledger(file)
    assert not any("were settled on" in text for text in answer.warnings)
    group = plain(answer)["data"]["groups"]["north"]
    assert group["scores"]["brier_without_one_date"] is not None
