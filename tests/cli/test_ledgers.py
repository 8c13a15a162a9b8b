"""offramp forecast: a forecast is sealed before the fact, cannot be changed, and is scored after it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from tests.cli.cli_done import Done, Run

RULE = ("--rule", "a truce in force on that day, as the UN reports it")


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return tmp_path / "mine.ledger"


def sealed(run: Run, ledger: Path, *more: str) -> Done:
    words = ("There is a truce", "-p", "0.2", "--resolves", "2999-06-30")
    return run("forecast", "seal", ledger, *words, *RULE, *more)


def test_seal_list_resolve_score(run: Run, ledger: Path) -> None:
    assert sealed(run, ledger).code == 0
    listed = json.loads(run("forecast", "list", ledger, "--json").out)["data"]
    assert [f["forecast"] for f in listed["forecasts"]] == ["F1"]
    assert listed["forecasts"][0]["state"] == "open"
    early = run("forecast", "resolve", ledger, "F1", "no", "--fact", "no truce")
    assert early.code == 2
    assert "resolves on 2999-06-30" in early.err
    done = run("forecast", "resolve", ledger, "F1", "no", "--fact", "no truce", "--early")
    assert done.code == 0
    scored = run("forecast", "score", ledger, "--json")
    assert scored.code == 0
    assert "0.04" in scored.out  # (0.2 - 0)^2


def test_a_hidden_forecast_opens_with_what_was_kept(run: Run, ledger: Path, tmp_path: Path) -> None:
    done = json.loads(sealed(run, ledger, "--hidden", "--json").out)["data"]
    assert "truce" not in run("forecast", "list", ledger).out
    kept = tmp_path / "opening.json"
    kept.write_text(done["opening"].replace("0.2", "0.1"), encoding="utf-8")
    assert run("forecast", "reveal", ledger, "F1", kept).code == 2
    kept.write_text(done["opening"], encoding="utf-8")
    assert run("forecast", "reveal", ledger, "F1", kept).code == 0
    assert "There is a truce" in run("forecast", "list", ledger).out


def test_a_ledger_that_was_changed_is_4(run: Run, ledger: Path) -> None:
    sealed(run, ledger)
    db = sqlite3.connect(ledger)
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        db.execute(f"DROP TRIGGER {name}")
    db.execute("UPDATE entries SET body = replace(body, '0.2', '0.3')")
    db.commit()
    db.close()
    assert run("forecast", "list", ledger).code == 4


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("list", "nowhere.ledger"), "nowhere.ledger"),
        (("resolve", "nowhere.ledger", "F1", "perhaps", "--fact", "x"), "neither yes nor no"),
        (("seal", "a.ledger", "x", "-p", "0.2", "--resolves", "soon", *RULE), "no date"),
        (("seal", "a.ledger", "x", "-p", "2", "--resolves", "2999-01-01", *RULE), "-p"),
    ],
)
def test_what_a_ledger_refuses_is_2(run: Run, words: tuple[str, ...], said: str) -> None:
    done = run("forecast", *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
