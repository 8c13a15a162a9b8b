"""Series that publishers give by month or day: aid by donor, area held. See :mod:`offramp.ensembles.loaders`.

Units: euros in billions; km2.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from offramp.crisis._diagnostics import did_you_mean
from offramp.ensembles._tables_in import (
    BadField,
    Layout,
    Loaded,
    Record,
    Skip,
    read_table,
)

KINDS = ("military", "financial", "humanitarian")
"""Kinds of aid in the tracker."""


@dataclass(frozen=True, slots=True)
class Aid:
    """Aid of one donor in one month; ``month`` is its first day."""

    donor: str
    month: dt.date
    kind: str
    billions: float


@dataclass(frozen=True, slots=True)
class Area:
    """Area held on a day, km2."""

    date: dt.date
    km2: float


# --- Aid -----------------------------------------------------------------------------------

KIEL_VALUES = (
    "tot_sub_activity_value_EUR_redistr",
    "tot_sub_activity_value_EUR",
    "tot_sub_day_value_EUR",
)
"""Value columns of the main sheet over the releases, the newest first; euros."""

KIEL_SHEET = Layout(
    "Kiel tracker, main data",
    ",",
    True,
    ("donor", "aid_type_general", "measure", "month", KIEL_VALUES),
)
KIEL_TABLE = Layout(
    "Kiel tracker, by donor and month", ",", True, ("country", "year", "month", KINDS)
)
BEFORE_FIRST = dt.date(2021, 12, 1)
"""Month 0 of the main sheet's count; January 2022 is 1."""

MOST_MONTHS = 600
"""A count of months beyond fifty years is a slip."""


def load_kiel(path: str | Path, *, measure: str = "Allocation") -> Loaded[Aid]:
    """Aid by donor, month and kind.

    Args:
        path: The main data sheet saved as CSV, or a CSV with country, year, month and kinds (EUR bn).
        measure: ``Allocation`` or ``Commitment``: what the main sheet is filtered for.

    Raises:
        DataFileError: if neither layout fits.
        ValueError: for another measure.
    """
    if measure not in ("Allocation", "Commitment"):
        raise ValueError("the tracker's measures are Allocation and Commitment")
    with Path(path).open(encoding="utf-8-sig", errors="replace") as stream:
        header = [name.strip().strip('"') for name in stream.readline().rstrip("\r\n").split(",")]
    if "country" in header or "year" in header:
        loaded = read_table(path, KIEL_TABLE, _kiel_rows, ("total", *KINDS))
        rows = tuple(aid for group in loaded.rows for aid in group)
        return Loaded(loaded.file, loaded.publisher, rows, loaded.problems, loaded.skipped)
    value = next((name for name in KIEL_VALUES if name in header), KIEL_VALUES[0])
    return read_table(path, KIEL_SHEET, _kiel_sheet_row(value, measure), KIEL_VALUES)


def _kiel_sheet_row(value: str, measure: str) -> Callable[[Record], Aid]:
    def row(record: Record) -> Aid:
        found = record.needed("measure")
        if found not in ("Allocation", "Commitment"):
            raise BadField(
                "measure",
                f"unknown measure `{found[:40]}`",
                did_you_mean(found, ("Allocation", "Commitment")),
            )
        if found != measure:
            raise Skip(f"measure is {found}")
        kind = _kind(record.needed("aid_type_general"))
        count = record.integer("month", least=0, most=MOST_MONTHS)
        if count == 0:
            raise Skip("month not known")
        amount = record.text_of(value)
        if amount in ("", "."):
            raise Skip("no value given")
        return Aid(
            record.needed("donor"),
            _months_after(BEFORE_FIRST, count),
            kind,
            record.number(value, least=0.0) / 1e9,
        )

    return row


def _kiel_rows(record: Record) -> tuple[Aid, ...]:
    donor = record.needed("country")
    month = dt.date(
        record.integer("year", least=1900, most=2200), record.integer("month", least=1, most=12), 1
    )
    return tuple(
        Aid(donor, month, kind, record.number(kind))
        for kind in KINDS
        if kind in record.fields and record.text_of(kind) != ""
    )


def _kind(text: str) -> str:
    kind = text.casefold()
    if kind not in KINDS:
        raise BadField(
            "aid_type_general", f"unknown kind of aid `{text[:40]}`", did_you_mean(kind, KINDS)
        )
    return kind


def _months_after(start: dt.date, count: int) -> dt.date:
    index = start.year * 12 + start.month - 1 + count
    return dt.date(index // 12, index % 12 + 1, 1)


def monthly_aid(
    rows: Iterable[Aid], *, donors: Iterable[str] | None = None, kinds: Iterable[str] = KINDS
) -> dict[dt.date, float]:
    """Aid by month, EUR bn, in the order of months; months between with none are 0."""
    wanted = None if donors is None else set(donors)
    kept = set(kinds)
    totals: dict[dt.date, float] = {}
    for aid in rows:
        if aid.kind in kept and (wanted is None or aid.donor in wanted):
            totals[aid.month] = totals.get(aid.month, 0.0) + aid.billions
    return filled(totals)


def filled(totals: Mapping[dt.date, float]) -> dict[dt.date, float]:
    """Every month from the first to the last; those without a figure are 0."""
    if not totals:
        return {}
    month, last = min(totals), max(totals)
    found = {}
    while month <= last:
        found[month] = totals.get(month, 0.0)
        month = _months_after(month, 1)
    return found


# --- Territory -----------------------------------------------------------------------------

AREA_COLUMNS = ("occupied_km2", "area_km2", "km2", "area")
TERRITORY = Layout("territory series", ",", True, ("date", AREA_COLUMNS))


def load_territory(path: str | Path) -> Loaded[Area]:
    """Daily area in km2, ordered by day.

    Raises:
        DataFileError: if there is no column of dates or of areas.
    """
    seen: dict[dt.date, int] = {}

    def row(record: Record) -> Area:
        date = record.date("date", ("%Y-%m-%d", "%d.%m.%Y"), "2025-04-15")
        if date in seen:
            raise BadField("date", f"{date} was given before, in line {seen[date]}")
        column = next(name for name in AREA_COLUMNS if name in record.fields)
        found = Area(date, record.number(column, least=0.0))
        seen[date] = record.line
        return found

    loaded = read_table(path, TERRITORY, row, AREA_COLUMNS)
    rows = tuple(sorted(loaded.rows, key=lambda area: area.date))
    return Loaded(loaded.file, loaded.publisher, rows, loaded.problems, loaded.skipped)


def monthly_change(rows: Iterable[Area]) -> dict[dt.date, float]:
    """Change of area by month, km2: last day of the month less last day of the month before.

    A month follows only on one with data: a gap in the series gives no change across it.
    """
    last: dict[dt.date, float] = {}
    for area in sorted(rows, key=lambda a: a.date):
        last[area.date.replace(day=1)] = area.km2
    return {
        month: km2 - last[before]
        for month, km2 in last.items()
        if (before := _months_after(month, -1)) in last
    }
