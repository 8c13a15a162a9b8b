"""A brief takes in answers that were made before, of the same crisis only."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.cli_done import Run

from offramp.answers import Answer, answer_from
from offramp.cli._briefing import saved as saved_answer
from offramp.cli._files import json_text
from offramp.cli._outcome import Failure
from offramp.crisis import load


@pytest.fixture
def saved(run: Run, mine: Path, tmp_path: Path) -> Path:
    place = tmp_path / "bluff.json"
    done = run("bluff", mine, "--resolution", "sketch", "--out", place, "--quiet")
    assert done.code == 0, done.err
    return place


def test_a_saved_answer_is_the_answer(saved: Path, mine: Path) -> None:
    raw = json.loads(saved.read_text(encoding="utf-8"))
    answer = answer_from(raw)
    assert isinstance(answer, Answer)
    again = json.loads(json_text(answer.to_dict()))
    assert again == {k: raw[k] for k in again}
    assert saved_answer(saved, load(mine)) == answer


def test_an_envelope_is_taken_too(run: Run, mine: Path, saved: Path, tmp_path: Path) -> None:
    done = run("bluff", mine, "--resolution", "sketch", "--json", "--quiet")
    place = tmp_path / "envelope.json"
    place.write_text(done.out, encoding="utf-8")
    assert saved_answer(place, load(mine)).headline == saved_answer(saved, load(mine)).headline


def test_an_answer_of_another_state_of_the_crisis_is_refused(saved: Path, mine: Path) -> None:
    text = mine.read_text(encoding="utf-8").replace("\ntitle: ", "\ntitle: Not ", 1)
    mine.write_text(text, encoding="utf-8")
    with pytest.raises(Failure, match="another state of the crisis"):
        saved_answer(saved, load(mine))


def test_an_answer_about_another_plan_does_not_take_a_place_in_the_brief(
    run: Run, mine: Path, tmp_path: Path
) -> None:
    place = tmp_path / "other.json"
    done = run("discover", mine, "--plan", "pressure", "--draws", "8", "--out", place, "--quiet")
    assert done.code == 0, done.err
    with pytest.raises(Failure, match="pressure"):
        saved_answer(place, load(mine))
    assert saved_answer(place, load(mine), "pressure").name == "discover"


@pytest.mark.parametrize("text", ["{", "[]", '{"data": 1}', '{"answer": "bluff", "tables": 3}'])
def test_what_is_no_answer_is_2(run: Run, mine: Path, tmp_path: Path, text: str) -> None:
    place = tmp_path / "wrong.json"
    place.write_text(text, encoding="utf-8")
    done = run("brief", mine, "--resolution", "sketch", "--with", place)
    assert done.code == 2
    assert "wrong.json" in done.err


def test_a_file_that_is_not_there_is_2(run: Run, mine: Path) -> None:
    done = run("brief", mine, "--with", "nowhere.json")
    assert (done.code, done.out) == (2, "")
    assert "nowhere.json" in done.err
