"""The file of a ledger: its table, its triggers, its chain of hashes, and the check of all three.

See :mod:`.ledger` for what is promised and to whom.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

APPLICATION = 0x0FF2A3
"""Marks an SQLite file as a ledger."""
VERSION = 1
START = "0" * 64
"""What the first entry continues."""
WAIT = 20.0
"""Seconds that a writer waits for another."""

_TABLE = """
CREATE TABLE entries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('seal', 'reveal', 'resolve')),
    forecast TEXT NOT NULL,
    body TEXT NOT NULL,
    previous TEXT NOT NULL UNIQUE,
    hash TEXT NOT NULL UNIQUE
)"""
_TRIGGERS = {
    "no_update": "CREATE TRIGGER no_update BEFORE UPDATE ON entries BEGIN "
    "SELECT RAISE(ABORT, 'entries of a ledger are never changed'); END",
    "no_delete": "CREATE TRIGGER no_delete BEFORE DELETE ON entries BEGIN "
    "SELECT RAISE(ABORT, 'entries of a ledger are never deleted'); END",
    "only_append": "CREATE TRIGGER only_append BEFORE INSERT ON entries "
    "WHEN NEW.previous IS NOT COALESCE((SELECT hash FROM entries ORDER BY seq DESC LIMIT 1), '"
    + START
    + "') BEGIN SELECT RAISE(ABORT, 'an entry must continue the chain'); END",
}


class LedgerError(ValueError):
    """Something the ledger refuses."""


class Tampered(LedgerError):
    """The ledger does not hold together: an entry was changed, removed, or put in."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What a commitment commits to. Keep it secret until it is revealed, and keep it."""

    text: str
    probability: float
    resolves: dt.date
    rule: str
    who: str
    salt: str

    def commitment(self) -> str:
        """SHA-256 of the canonical JSON of all fields."""
        return _hash({**asdict(self), "resolves": self.resolves.isoformat()})

    def to_json(self) -> str:
        """As text for a file or a note."""
        return json.dumps(
            {**asdict(self), "resolves": self.resolves.isoformat()}, ensure_ascii=False
        )

    @classmethod
    def from_json(cls, text: str) -> Opening:
        """The reverse of :meth:`to_json`.

        Raises:
            LedgerError: if this is no opening.
        """
        try:
            raw = json.loads(text)
            raw["resolves"] = dt.date.fromisoformat(raw["resolves"])
            return cls(**raw)
        except (ValueError, KeyError, TypeError) as error:
            raise LedgerError(f"this is not the opening of a sealed forecast: {error}") from None


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the ledger."""

    seq: int
    at: dt.datetime
    kind: str
    forecast: str
    body: Mapping[str, Any]
    previous: str
    hash: str


def entries(db: sqlite3.Connection) -> tuple[Entry, ...]:
    """All rows of an open ledger, checked.

    Raises:
        Tampered: naming the first entry that does not fit.
    """
    held = dict(db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    for name, sql in _TRIGGERS.items():
        if held.get(name) != sql:
            raise Tampered(f"the trigger {name} is gone or changed: somebody opened this ledger up")
    previous = START
    found: list[Entry] = []
    for seq, at, kind, forecast, body, prior, own in db.execute(
        "SELECT seq, at, kind, forecast, body, previous, hash FROM entries ORDER BY seq"
    ):
        if seq != len(found) + 1:
            raise Tampered(f"entry {len(found) + 1} is missing")
        if prior != previous:
            raise Tampered(f"entry {seq} does not continue the one before it")
        if own != _chain(seq, at, kind, forecast, body, prior):
            raise Tampered(f"entry {seq} was changed after it was written")
        found.append(
            Entry(seq, dt.datetime.fromisoformat(at), kind, forecast, json.loads(body), prior, own)
        )
        previous = own
    last = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'entries'").fetchone()
    if (last[0] if last else 0) != len(found):
        raise Tampered(f"entries after {len(found)} were cut off")
    _check_commitments(found)
    return tuple(found)


def _check_commitments(found: list[Entry]) -> None:
    commitments: dict[str, str] = {}
    for entry in found:
        if entry.kind == "seal":
            commitments[entry.forecast] = str(entry.body["commitment"])
        raw = entry.body.get("opening")
        if raw is not None:
            opening = Opening.from_json(json.dumps(raw))
            if opening.commitment() != commitments.get(entry.forecast):
                raise Tampered(f"entry {entry.seq}: {entry.forecast} is not what was sealed")


# --- The file ------------------------------------------------------------------------------


@contextmanager
def writing(file: Path, create: bool = False) -> Iterator[sqlite3.Connection]:
    """A connection that holds the write lock, on a ledger that has been checked."""
    if not create and not file.is_file():
        raise LedgerError(f"there is no ledger {file}")
    with closing(_connect(file)) as db:
        try:
            db.execute("BEGIN IMMEDIATE")
            if create and not db.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]:
                _make(db)
            _check_kind(db, file)
            entries(db)
            yield db
        except sqlite3.DatabaseError as error:
            raise LedgerError(f"{file} cannot be written as a ledger: {error}") from None
        finally:
            if db.in_transaction:
                db.rollback()


@contextmanager
def reading(file: Path) -> Iterator[sqlite3.Connection]:
    if not file.is_file():
        raise LedgerError(f"there is no ledger {file}")
    with closing(_connect(file)) as db:
        try:
            _check_kind(db, file)
            yield db
        except sqlite3.DatabaseError as error:
            raise LedgerError(f"{file} cannot be read as a ledger: {error}") from None


def _connect(file: Path) -> sqlite3.Connection:
    try:
        return sqlite3.connect(file, timeout=WAIT, isolation_level=None)
    except sqlite3.Error as error:
        raise LedgerError(f"{file} cannot be opened: {error}") from None


def _make(db: sqlite3.Connection) -> None:
    db.execute(_TABLE)
    for sql in _TRIGGERS.values():
        db.execute(sql)
    db.execute(f"PRAGMA application_id = {APPLICATION}")
    db.execute(f"PRAGMA user_version = {VERSION}")


def _check_kind(db: sqlite3.Connection, file: Path) -> None:
    if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION:
        raise LedgerError(f"{file} is not a ledger of forecasts")
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version != VERSION:
        raise LedgerError(f"{file} has version {version} of the format; this is version {VERSION}")


def append(
    db: sqlite3.Connection, at: dt.datetime, kind: str, forecast: str, body: Mapping[str, Any]
) -> None:
    """Write one entry and end the transaction."""
    last = db.execute("SELECT seq, hash, at FROM entries ORDER BY seq DESC LIMIT 1").fetchone()
    seq, previous = (last[0] + 1, last[1]) if last else (1, START)
    if last and dt.datetime.fromisoformat(last[2]) > at:
        raise LedgerError(
            f"the clock says {at.isoformat()}, but the last entry is of {last[2]}: entries stand in "
            "the order of time"
        )
    text, when = _canonical(body), at.isoformat()
    own = _chain(seq, when, kind, forecast, text, previous)
    db.execute(
        "INSERT INTO entries (seq, at, kind, forecast, body, previous, hash) VALUES (?,?,?,?,?,?,?)",
        (seq, when, kind, forecast, text, previous, own),
    )
    db.execute("COMMIT")


def _chain(seq: int, at: str, kind: str, forecast: str, body: str, previous: str) -> str:
    return _hash(
        {
            "seq": seq,
            "at": at,
            "kind": kind,
            "forecast": forecast,
            "body": body,
            "previous": previous,
        }
    )


def _canonical(value: Any) -> str:
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def _hash(value: Any) -> str:
    return hashlib.sha256(_canonical(value).encode("utf-8")).hexdigest()
