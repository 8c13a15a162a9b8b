"""The ledger: sealed before, opened only by what was sealed, and tampering shows."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from offramp.estimation import LedgerError, Opening, Tampered
from offramp.estimation.ledger import head, read, resolve, reveal, seal

JANUARY = dt.datetime(2026, 1, 10, 12, tzinfo=dt.UTC)
JUNE = dt.date(2026, 6, 30)
JULY = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Two open forecasts and a hidden one; the first is resolved."""
    file = tmp_path / "book.db"
    seal(file, "A truce holds at midyear", 0.3, JUNE, "both staffs say so", who="desk", now=JANUARY)
    seal(file, "Aid is cut", 0.6, JUNE, "no deliveries for a month", who="desk", now=JANUARY)
    seal(file, "The broker leaves", 0.1, JUNE, "it says so", who="desk", hidden=True, now=JANUARY)
    resolve(file, "F1", False, "no truce; both staffs, 30 June", now=JULY)
    return file


def without_triggers(file: Path) -> sqlite3.Connection:
    db = sqlite3.connect(file)
    for name in ("no_update", "no_delete", "only_append"):
        db.execute(f"DROP TRIGGER {name}")
    return db


def with_triggers_back(db: sqlite3.Connection, sql: dict[str, str]) -> None:
    for text in sql.values():
        db.execute(text)
    db.commit()
    db.close()


def triggers(file: Path) -> dict[str, str]:
    db = sqlite3.connect(file)
    found = dict(db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    db.close()
    return found


def test_what_was_sealed_is_what_is_read(book: Path) -> None:
    first, second, third = read(book)
    assert first.opening is not None
    assert (first.opening.text, first.opening.probability) == ("A truce holds at midyear", 0.3)
    assert (first.outcome, second.outcome, third.opening) == (False, None, None)
    assert first.resolved_at == JULY


def test_a_hidden_forecast_leaves_no_trace_of_its_text(tmp_path: Path) -> None:
    file = tmp_path / "book.db"
    record, opening = seal(file, "Secret words", 0.7312, JUNE, "r", hidden=True, now=JANUARY)
    raw = file.read_bytes()
    assert b"Secret words" not in raw
    assert b"0.7312" not in raw
    assert record.commitment == opening.commitment()


@pytest.mark.parametrize(
    "change",
    [
        {"probability": 0.11},
        {"text": "The broker stays"},
        {"rule": "others say so"},
        {"resolves": dt.date(2026, 12, 31)},
        {"salt": "0" * 32},
    ],
)
def test_only_what_was_sealed_opens_it(tmp_path: Path, change: dict) -> None:
    file = tmp_path / "book.db"
    _, opening = seal(file, "The broker leaves", 0.1, JUNE, "it says so", hidden=True, now=JANUARY)
    with pytest.raises(LedgerError, match="does not open F1"):
        reveal(file, "F1", replace(opening, **change), now=JULY)
    kept = Opening.from_json(opening.to_json())
    reveal(file, "F1", kept, now=JULY)
    assert read(file)[0].opening == opening


def test_the_same_forecast_twice_has_two_commitments(tmp_path: Path) -> None:
    """The salt keeps anybody from guessing a short text."""
    file = tmp_path / "book.db"
    one, _ = seal(file, "x", 0.5, JUNE, "r", hidden=True, now=JANUARY)
    two, _ = seal(file, "x", 0.5, JUNE, "r", hidden=True, now=JANUARY)
    assert one.commitment != two.commitment


def test_the_past_cannot_be_forecast(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="before the fact"):
        seal(tmp_path / "b.db", "x", 0.5, JUNE, "r", now=JULY)
    with pytest.raises(LedgerError, match="before the fact"):
        seal(tmp_path / "b.db", "x", 0.5, JANUARY.date(), "r", now=JANUARY)


@pytest.mark.parametrize(
    ("text", "p", "rule", "words"),
    [
        (" ", 0.5, "r", "needs a text"),
        ("x", 0.5, " ", "needs a rule"),
        ("x", 1.5, "r", "not a prob"),
    ],
)
def test_what_cannot_be_scored_later_is_not_sealed(
    tmp_path: Path, text: str, p: float, rule: str, words: str
) -> None:
    with pytest.raises(LedgerError, match=words):
        seal(tmp_path / "b.db", text, p, JUNE, rule, now=JANUARY)


def test_resolving_waits_for_the_date_and_for_the_opening(book: Path) -> None:
    with pytest.raises(LedgerError, match="in the order of time"):
        resolve(book, "F2", True, "seen", early=True, now=JANUARY)
    with pytest.raises(LedgerError, match="reveal it before"):
        resolve(book, "F3", True, "seen", now=JULY)
    with pytest.raises(LedgerError, match="no forecast 'F9'"):
        resolve(book, "F9", True, "seen", now=JULY)
    with pytest.raises(LedgerError, match="say what happened"):
        resolve(book, "F2", True, " ", now=JULY)


def test_an_early_resolution_says_that_it_is_one(tmp_path: Path) -> None:
    file = tmp_path / "b.db"
    seal(file, "x", 0.5, JUNE, "r", now=JANUARY)
    march = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    with pytest.raises(LedgerError, match="resolves on 2026-06-30"):
        resolve(file, "F1", True, "seen", now=march)
    resolve(file, "F1", True, "seen", early=True, now=march)
    assert read(file)[0].early


def test_a_correction_is_added_and_the_first_word_stays(book: Path) -> None:
    with pytest.raises(LedgerError, match="resolved already"):
        resolve(book, "F1", True, "it did", now=JULY)
    resolve(book, "F1", True, "it did: later report", correct=True, now=JULY)
    record = read(book)[0]
    assert (record.outcome, record.corrected) == (True, 1)
    rows = sqlite3.connect(book).execute("SELECT COUNT(*) FROM entries WHERE kind = 'resolve'")
    assert rows.fetchone()[0] == 2


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE entries SET body = '{}' WHERE seq = 1", "never changed"),
        ("DELETE FROM entries WHERE seq = 4", "never deleted"),
        ("INSERT INTO entries (at, kind, forecast, body, previous, hash) VALUES "
         "('2026-01-01', 'seal', 'F9', '{}', 'x', 'y')", "continue the chain"),
        ("REPLACE INTO entries SELECT * FROM entries WHERE seq = 1", "."),
    ],
)  # fmt: skip
def test_the_file_refuses_to_be_edited(book: Path, sql: str, words: str) -> None:
    db = sqlite3.connect(book)
    with pytest.raises(sqlite3.DatabaseError, match=words):
        db.execute(sql)
    db.close()
    assert len(read(book)) == 3


def test_a_missing_trigger_is_noticed(book: Path) -> None:
    db = without_triggers(book)
    db.commit()
    db.close()
    with pytest.raises(Tampered, match="trigger no_update"):
        read(book)


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        (
            "UPDATE entries SET body = replace(body, '0.3', '0.1') WHERE seq = 1",
            "entry 1 was changed",
        ),
        (
            "UPDATE entries SET at = '2025-01-01T00:00:00+00:00' WHERE seq = 2",
            "entry 2 was changed",
        ),
        ("DELETE FROM entries WHERE seq = 2", "entry 2 is missing"),
        ("DELETE FROM entries WHERE seq = 4", "cut off"),
    ],
)
def test_edits_behind_the_triggers_are_noticed(book: Path, sql: str, words: str) -> None:
    saved = triggers(book)
    db = without_triggers(book)
    db.execute(sql)
    with_triggers_back(db, saved)
    with pytest.raises(Tampered, match=words):
        read(book)
    with pytest.raises(Tampered):
        seal(book, "x", 0.5, dt.date(2027, 1, 1), "r", now=JULY)


def test_a_rehashed_forecast_no_longer_fits_its_commitment(book: Path) -> None:
    """Whoever re-hashes the chain but not the commitment is caught; whoever does both, by the head."""
    from offramp.estimation._ledger_file import START, _chain

    published = head(book)
    saved = triggers(book)
    db = without_triggers(book)
    db.execute(
        "UPDATE entries SET body = replace(body, '\"probability\":0.3', '\"probability\":0.1')"
    )
    previous = START
    for row in db.execute(
        "SELECT seq, at, kind, forecast, body FROM entries ORDER BY seq"
    ).fetchall():
        seq, at, kind, forecast, body = row
        own = _chain(seq, at, kind, forecast, body, previous)
        db.execute(
            "UPDATE entries SET previous = ?, hash = ? WHERE seq = ?", (previous, own, row[0])
        )
        previous = own
    with_triggers_back(db, saved)
    with pytest.raises(Tampered, match="F1 is not what was sealed"):
        read(book)
    assert published != previous


def test_a_published_head_shows_that_a_ledger_was_replaced(tmp_path: Path, book: Path) -> None:
    published = head(book)
    assert len(read(book, head=published[:12])) == 3
    other = tmp_path / "other.db"
    seal(other, "A truce holds at midyear", 0.1, JUNE, "both staffs say so", now=JANUARY)
    with pytest.raises(Tampered, match="rewritten or cut"):
        read(other, head=published)
    with pytest.raises(LedgerError, match="first 8 digits"):
        read(book, head="ab")


def test_what_is_no_ledger_is_not_read(tmp_path: Path) -> None:
    text = tmp_path / "x.db"
    text.write_text("no database at all, but long enough to be looked at. " * 20)
    for file in (text, tmp_path / "none.db"):
        with pytest.raises(LedgerError):
            read(file)
    other = tmp_path / "other.db"
    sqlite3.connect(other).execute("CREATE TABLE t (x)").connection.close()
    with pytest.raises(LedgerError, match="not a ledger"):
        seal(other, "x", 0.5, JUNE, "r", now=JANUARY)
    with pytest.raises(LedgerError, match="not the opening"):
        Opening.from_json(json.dumps({"text": "x"}))


def test_writers_at_the_same_time_take_turns(tmp_path: Path) -> None:
    file = tmp_path / "b.db"

    def one(k: int) -> str:
        return seal(file, f"event {k}", k / 10, JUNE, "r", now=JANUARY)[0].id

    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(one, range(10)))
    assert sorted(ids) == sorted(f"F{k}" for k in range(1, 11))
    assert len(read(file)) == 10


def test_times_name_their_zone(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="zone"):
        seal(tmp_path / "b.db", "x", 0.5, JUNE, "r", now=dt.datetime(2026, 1, 1))
