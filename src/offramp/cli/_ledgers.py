"""Commands of a forecast ledger: seal before the fact, resolve after it, score."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offramp.cli._outcome import CHECK_FAILED, USAGE, Failure, Outcome

if TYPE_CHECKING:
    from offramp.cli._screen import Screen
    from offramp.estimation.ledger import Record


def _refused(error: ValueError) -> Failure:
    from offramp.estimation import Tampered

    code = CHECK_FAILED if isinstance(error, Tampered) else USAGE
    return Failure(str(error), code=code)


def seal(
    file: Path, text: str, probability: float, resolves: str, rule: str, who: str, hidden: bool
) -> Outcome:
    """Seal a forecast."""
    from offramp.estimation import LedgerError, ledger

    try:
        day = dt.date.fromisoformat(resolves)
    except ValueError as error:
        raise Failure(f"`{resolves}` is no date", "write it as 2027-03-31") from error
    try:
        record, opening = ledger.seal(file, text, probability, day, rule, who=who, hidden=hidden)
    except LedgerError as error:
        raise _refused(error) from error
    try:
        head = ledger.head(file)
    except LedgerError as error:  # sealed all the same: the opening must not be lost
        head = f"cannot be read ({error})"
    data: dict[str, Any] = {
        "file": str(file), "forecast": record.id, "commitment": record.commitment, "head": head,
    }  # fmt: skip
    if hidden:
        data["opening"] = opening.to_json()

    def show(screen: Screen) -> None:
        screen.lines(f"{record.id} sealed in {file}; head {head}")
        if hidden:
            screen.words("Keep this: without it nobody can open the forecast, you included.")
            screen.lines(opening.to_json())

    return Outcome(data=data, show=show)


def reveal(file: Path, forecast: str, opening: str) -> Outcome:
    """Open a hidden forecast."""
    from offramp.estimation import Opening, ledger

    try:
        ledger.reveal(file, forecast, Opening.from_json(opening))
        head = ledger.head(file)
    except ValueError as error:
        raise _refused(error) from error
    return _done(file, forecast, head, "opened")


def resolve(
    file: Path, forecast: str, came: str, fact: str, confidence: str, early: bool, correct: bool
) -> Outcome:
    """Say how a forecast turned out."""
    from offramp.estimation import LedgerError, ledger

    if came not in ("yes", "no"):
        raise Failure(f"`{came}` is neither yes nor no")
    try:
        ledger.resolve(
            file, forecast, came == "yes", fact,
            confidence=confidence, early=early, correct=correct,
        )  # fmt: skip
        head = ledger.head(file)
    except LedgerError as error:
        raise _refused(error) from error
    return _done(file, forecast, head, "resolved")


def _done(file: Path, forecast: str, head: str, what: str) -> Outcome:
    return Outcome(
        data={"file": str(file), "forecast": forecast, "head": head},
        show=lambda screen: screen.lines(f"{forecast} {what} in {file}; head {head}"),
    )


def listed(file: Path, head: str | None) -> Outcome:
    """Every forecast of a ledger."""
    from offramp.estimation import LedgerError, ledger

    try:
        records = ledger.read(file, head=head)
        last = ledger.head(file)
    except LedgerError as error:
        raise _refused(error) from error
    rows = [_row(record) for record in records]

    def show(screen: Screen) -> None:
        for row in rows:
            chance = "" if row["probability"] is None else f" {row['probability']:.0%}"
            screen.words(
                f"{row['forecast']}{chance}, by {row['resolves']}: {row['text']} ({row['state']})"
            )
        screen.lines(f"head {last}")

    return Outcome(data={"file": str(file), "head": last, "forecasts": rows}, show=show)


def _row(record: Record) -> dict[str, Any]:
    opening = record.opening
    state = "hidden" if opening is None else "open" if record.outcome is None else "resolved"
    return {
        "forecast": record.id,
        "sealed_at": record.sealed_at.isoformat(),
        "resolves": record.resolves.isoformat(),
        "text": "(hidden)" if opening is None else opening.text,
        "probability": None if opening is None else opening.probability,
        "who": None if opening is None else opening.who,
        "rule": None if opening is None else opening.rule,
        "outcome": record.outcome,
        "state": state,
    }


def score(file: Path, head: str | None, out: Path | None, quiet: bool) -> Outcome:
    """Score the resolved forecasts of a ledger."""
    from offramp.answers import forecast_ledger
    from offramp.cli._files import ANSWER_SUFFIXES, answer_text, suffix, target, write
    from offramp.estimation import LedgerError

    place = None if out is None else target(out, ANSWER_SUFFIXES)
    try:
        answer = forecast_ledger(file, head=head)
    except LedgerError as error:
        raise _refused(error) from error
    run = {"command": f"offramp forecast score {file}", "title": str(file)}
    data = {"run": run, **answer.to_dict()}
    if place is not None:
        write(place, answer_text(answer, run, suffix(place, ANSWER_SUFFIXES) or ".json"))
        data["file"] = str(place)
    silent = quiet and place is not None
    return Outcome(data=data, show=None if silent else lambda screen: screen.answer(answer))
