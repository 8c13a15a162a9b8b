"""A ledger of forecasts: sealed before the date, resolved after it, and not to be edited unnoticed.

One SQLite file with one table that only grows. Entry k holds ``kind`` (seal, reveal, resolve), the
time it was written, a body, and two hashes::

    commitment  c = SHA-256( canonical JSON of {text, probability, rule, resolves, who, salt} )
    chain       h_k = SHA-256( canonical JSON of {seq, at, kind, forecast, body, previous: h_(k-1)} )

*Open* seals keep text and probability in the ledger. *Hidden* ones keep the commitment and the two dates
only; the :class:`Opening` goes to the forecaster, who later reveals it, and a changed word, probability or
rule does not open the seal. The salt (128 random bits) keeps anybody from guessing it.

What it protects against. Triggers refuse UPDATE and DELETE and rows that do not continue the chain. Whoever
takes the triggers out still has to re-hash every later entry, and :func:`read` checks all of it each time:
triggers, numbering, chain, commitments, and that no row was cut off the end. Somebody with the file
can still rewrite it as a whole, and the clock is the machine's own: so publish the *head* (the last hash)
when it matters, by mail or in print, and pass it to ``read(..., head=...)``. A changed mind is a new
forecast; both are scored.

Raises: :class:`LedgerError` for what the ledger refuses, :class:`Tampered` where it no longer holds together.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from offramp.estimation._ledger_file import (
    START,
    Entry,
    LedgerError,
    Opening,
    Tampered,
    append,
    entries,
    reading,
    writing,
)

CONFIDENCES = ("certain", "high", "medium", "low")
"""How sure the coding of an outcome is."""


@dataclass(frozen=True, slots=True)
class Record:
    """A forecast as the ledger has it now.

    Attributes:
        opening: None while it is hidden.
        outcome: None until it is resolved; ``corrected``: resolutions that a later one replaced.
        early: Resolved before its date.
    """

    id: str
    sealed_at: dt.datetime
    resolves: dt.date
    commitment: str
    opening: Opening | None
    outcome: bool | None = None
    resolved_at: dt.datetime | None = None
    fact: str = ""
    confidence: str = ""
    early: bool = False
    corrected: int = 0


# --- Writing -------------------------------------------------------------------------------


def seal(
    file: str | Path,
    text: str,
    probability: float,
    resolves: dt.date,
    rule: str,
    *,
    who: str = "",
    hidden: bool = False,
    now: dt.datetime | None = None,
) -> tuple[Record, Opening]:
    """Seal a forecast; the file is made if there is none.

    Args:
        file: The ledger.
        text: What is forecast, as a statement that will be true or false.
        probability: Chance that it will be true.
        resolves: Date by which that shows: after today.
        rule: What counts as true, and who says so.
        who: Who forecasts.
        hidden: Write the commitment only; the opening is yours to keep.
        now: The time, for tests; left out, the clock's.

    Raises:
        LedgerError: for an empty text or rule, a probability outside [0, 1], or a date that is not ahead.
    """
    moment = _moment(now)
    if not text.strip():
        raise LedgerError("a forecast needs a text")
    if not rule.strip():
        raise LedgerError("a forecast needs a rule: what counts as true, and who says so")
    if not 0 <= probability <= 1:
        raise LedgerError(f"{probability!r} is not a probability between 0 and 1")
    if resolves <= moment.date():
        raise LedgerError(
            f"a forecast is sealed before the fact: {resolves.isoformat()} is not after "
            f"{moment.date().isoformat()}"
        )
    opening = Opening(
        text.strip(), float(probability), resolves, rule.strip(), who.strip(), secrets.token_hex(16)
    )
    commitment = opening.commitment()
    body: dict[str, Any] = {"commitment": commitment, "resolves": resolves.isoformat()}
    if not hidden:
        body["opening"] = json.loads(opening.to_json())
    with writing(Path(file), create=True) as db:
        number = 1 + db.execute("SELECT COUNT(*) FROM entries WHERE kind = 'seal'").fetchone()[0]
        identity = f"F{number}"
        append(db, moment, "seal", identity, body)
    return Record(identity, moment, resolves, commitment, None if hidden else opening), opening


def reveal(
    file: str | Path, forecast: str, opening: Opening, *, now: dt.datetime | None = None
) -> None:
    """Open a hidden forecast.

    Raises:
        LedgerError: if the opening does not fit the commitment, or the forecast is unknown or open.
    """
    moment = _moment(now)
    with writing(Path(file)) as db:
        record = _known(db, forecast)
        if record.opening is not None:
            raise LedgerError(f"{forecast} is open already")
        if opening.commitment() != record.commitment:
            raise LedgerError(
                f"this does not open {forecast}: text, probability, rule, date or salt differ from "
                "what was sealed"
            )
        append(db, moment, "reveal", forecast, {"opening": json.loads(opening.to_json())})


def resolve(
    file: str | Path,
    forecast: str,
    outcome: bool,
    fact: str,
    *,
    confidence: str = "high",
    early: bool = False,
    correct: bool = False,
    now: dt.datetime | None = None,
) -> None:
    """Say how a forecast turned out.

    Args:
        file: The ledger.
        forecast: Its id.
        outcome: Whether it came true.
        fact: What happened, with where it is reported.
        confidence: Of this coding: certain, high, medium or low.
        early: The question is settled before its date.
        correct: Replace an earlier resolution; both stay in the ledger.
        now: The time, for tests.

    Raises:
        LedgerError: before the date without ``early``, a second time without ``correct``, for a forecast
            that is still hidden or unknown, or without a fact.
    """
    moment = _moment(now)
    if not fact.strip():
        raise LedgerError("say what happened, and where it is reported")
    if confidence not in CONFIDENCES:
        raise LedgerError(f"confidence is one of {', '.join(CONFIDENCES)}; got {confidence!r}")
    with writing(Path(file)) as db:
        record = _known(db, forecast)
        if record.opening is None:
            raise LedgerError(f"{forecast} is hidden: reveal it before it is resolved")
        if moment.date() < record.resolves and not early:
            raise LedgerError(
                f"{forecast} resolves on {record.resolves.isoformat()}; if it is settled already, "
                "say so (early)"
            )
        if record.outcome is not None and not correct:
            raise LedgerError(
                f"{forecast} is resolved already; a correction must say that it is one"
            )
        body = {
            "outcome": bool(outcome),
            "fact": fact.strip(),
            "confidence": confidence,
            "early": moment.date() < record.resolves,
        }
        append(db, moment, "resolve", forecast, body)


# --- Reading -------------------------------------------------------------------------------


def read(file: str | Path, *, head: str | None = None) -> tuple[Record, ...]:
    """Every forecast, after the whole ledger has been checked.

    Args:
        file: The ledger.
        head: A hash that was published earlier: it must be in the chain (at least its first 8 digits).

    Raises:
        LedgerError: if this is no ledger.
        Tampered: if it does not hold together.
    """
    with reading(Path(file)) as db:
        rows = entries(db)
    if head is not None:
        if len(head) < 8:
            raise LedgerError("give at least the first 8 digits of the published head")
        if not any(e.hash.startswith(head.lower()) for e in rows):
            raise Tampered(
                f"the published head {head} is not in this ledger: it was rewritten or cut"
            )
    return _records(rows)


def head(file: str | Path) -> str:
    """The last hash: whoever has it can tell later whether anything before it was changed."""
    with reading(Path(file)) as db:
        rows = entries(db)
    return rows[-1].hash if rows else START


def _records(rows: tuple[Entry, ...]) -> tuple[Record, ...]:
    found: dict[str, dict[str, Any]] = {}
    for e in rows:
        raw = e.body.get("opening")
        opening = None if raw is None else Opening.from_json(json.dumps(raw))
        if e.kind == "seal":
            found[e.forecast] = {
                "id": e.forecast,
                "sealed_at": e.at,
                "resolves": dt.date.fromisoformat(e.body["resolves"]),
                "commitment": e.body["commitment"],
                "opening": opening,
            }
        elif e.kind == "reveal":
            found[e.forecast]["opening"] = opening
        else:
            known = found[e.forecast]
            corrected = known.get("corrected", 0) + (known.get("outcome") is not None)
            known.update(e.body, resolved_at=e.at, corrected=corrected)
    return tuple(Record(**fields) for fields in found.values())


def _known(db: sqlite3.Connection, forecast: str) -> Record:
    records = {r.id: r for r in _records(entries(db))}
    if forecast not in records:
        known = ", ".join(records) or "none"
        raise LedgerError(f"there is no forecast {forecast!r} in this ledger; it holds {known}")
    return records[forecast]


def _moment(now: dt.datetime | None) -> dt.datetime:
    moment = now or dt.datetime.now(dt.UTC)
    if moment.tzinfo is None:
        raise LedgerError("times in a ledger name their zone")
    return moment.astimezone(dt.UTC)
