"""Who has conceded what, by date and issue, and how easily it can be taken back.

Each entry of the ledger counts its weight w (1 unless stated). Weighted by reversibility an entry that takes u
months to undo counts::

    w u / (u + 12)

so that a step that can be taken back at once counts nothing, one that takes a year half, and one that cannot be
undone all. An entry whose reversibility is not stated counts half, and the answer says how many there are.
The balance is A's total less B's: positive, A has conceded more.

The ledger is what the file's epochs list up to the as-of date, or what the caller gives. It says what was
given, never why: a side that means to settle and one that plays for time may make the same concessions, so
that B's type is judged from evidence with likelihoods and from nothing here.

Units: entries; months.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from offramp.crisis import Crisis

HALFWAY = 12.0
"""Months of undoing at which an entry counts half."""
UNKNOWN = 0.5
"""Share at which an entry counts whose reversibility is not stated."""


@dataclass(frozen=True)
class Entry:
    """A concession.

    Attributes:
        side: Who made it.
        text: What it was.
        date: When, or by when, it was made.
        issue: The issue that it bears on; None if none is stated.
        weight: How much it counts before reversibility.
        undo_months: Months to take it back; ``inf`` for never; None if not stated.
    """

    side: Literal["A", "B"]
    text: str
    date: dt.date | None = None
    issue: str | None = None
    weight: float = 1.0
    undo_months: float | None = None

    def __post_init__(self) -> None:
        if self.side not in ("A", "B"):
            raise ValueError(f"a concession is A's or B's, not {self.side!r}'s")
        if not self.weight >= 0:
            raise ValueError(f"the weight of a concession is not negative; got {self.weight:g}")
        if self.undo_months is not None and not self.undo_months >= 0:
            raise ValueError(f"months of undoing are not negative; got {self.undo_months:g}")

    @property
    def lasting(self) -> float:
        """Weight after reversibility."""
        u = self.undo_months
        if u is None:
            return UNKNOWN * self.weight
        return self.weight if u == float("inf") else self.weight * u / (u + HALFWAY)


@dataclass(frozen=True)
class Row:
    """A line of the tally: entries and lasting weight of both sides on an issue (None: not stated)."""

    issue: str | None
    entries: tuple[int, int]
    lasting: tuple[float, float]


@dataclass(frozen=True)
class Tally:
    """The ledger by date, the tally in all and by issue, and how many entries state no reversibility."""

    entries: tuple[Entry, ...]
    whole: Row
    rows: tuple[Row, ...]
    unstated: int

    @property
    def balance(self) -> int:
        """A's entries less B's."""
        return self.whole.entries[0] - self.whole.entries[1]

    @property
    def lasting_balance(self) -> float:
        """A's lasting weight less B's."""
        return self.whole.lasting[0] - self.whole.lasting[1]


def ledger_of(crisis: Crisis) -> tuple[Entry, ...]:
    """Concessions that the file's epochs list, up to the as-of date; each is dated by its epoch."""
    found: list[Entry] = []
    sides: tuple[Literal["A", "B"], ...] = ("A", "B")
    for epoch in crisis.epochs.values():
        if epoch.as_of > crisis.as_of:
            continue
        for side in sides:
            found += [Entry(side, x, epoch.as_of) for x in epoch.concessions.get(side, ())]
    return tuple(found)


def tally(crisis: Crisis, ledger: Sequence[Entry] | None = None) -> Tally:
    """Count a ledger; left out, the file's.

    Raises:
        ValueError: for an entry on an issue that the crisis does not have, or dated after its as-of date.
    """
    entries = ledger_of(crisis) if ledger is None else tuple(ledger)
    for one in entries:
        if one.issue is not None and one.issue not in crisis.issues:
            raise ValueError(
                f"concession {one.text!r}: there is no issue {one.issue!r}; there are "
                f"{', '.join(crisis.issues)}"
            )
        if one.date is not None and one.date > crisis.as_of:
            raise ValueError(
                f"concession {one.text!r} is dated {one.date}, after the as-of date {crisis.as_of}"
            )
    ordered = tuple(sorted(entries, key=lambda e: (e.date is None, e.date or crisis.as_of)))
    issues = [i for i in (*crisis.issues, None) if any(e.issue == i for e in ordered)]
    rows = tuple(_row(i, [e for e in ordered if e.issue == i]) for i in issues)
    unstated = sum(e.undo_months is None for e in ordered)
    return Tally(ordered, _row(None, list(ordered)), rows, unstated)


def _row(issue: str | None, entries: list[Entry]) -> Row:
    sides = [[e for e in entries if e.side == s] for s in ("A", "B")]
    return Row(
        issue,
        (len(sides[0]), len(sides[1])),
        (sum(e.lasting for e in sides[0]), sum(e.lasting for e in sides[1])),
    )
