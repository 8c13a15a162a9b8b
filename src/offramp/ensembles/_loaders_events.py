"""Coded events as publishers give them. See :mod:`offramp.ensembles.loaders`."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from offramp.crisis._diagnostics import did_you_mean
from offramp.ensembles._loaders_series import filled
from offramp.ensembles._tables_in import (
    BadField,
    Layout,
    Loaded,
    Record,
    number_from,
    read_table,
)

PLOVER = (
    "AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT", "REQUEST",
    "ACCUSE", "REJECT", "THREATEN", "PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT",
)  # fmt: skip
"""The sixteen event types of the PLOVER manual."""

ACLED_TYPES = (
    "Battles",
    "Explosions/Remote violence",
    "Violence against civilians",
    "Protests",
    "Riots",
    "Strategic developments",
)

GDELT_COLUMNS = (
    "GlobalEventID", "Day", "MonthYear", "Year", "FractionDate",
    *(f"Actor{i}{part}" for i in (1, 2) for part in (
        "Code", "Name", "CountryCode", "KnownGroupCode", "EthnicCode", "Religion1Code",
        "Religion2Code", "Type1Code", "Type2Code", "Type3Code")),
    "IsRootEvent", "EventCode", "EventBaseCode", "EventRootCode", "QuadClass", "GoldsteinScale",
    "NumMentions", "NumSources", "NumArticles", "AvgTone",
    *(f"{who}Geo_{part}" for who in ("Actor1", "Actor2", "Action") for part in (
        "Type", "FullName", "CountryCode", "ADM1Code", "ADM2Code", "Lat", "Long", "FeatureID")),
    "DATEADDED", "SOURCEURL",
)  # fmt: skip
"""Columns of a GDELT 2.0 event file, which has no header line."""


@dataclass(frozen=True, slots=True)
class Event:
    """One coded event.

    Attributes:
        id: The publisher's identifier; not every publisher's is unique.
        date: Day of the event.
        source, target: Actors as coded, by country code where there is one.
        directed: Whether source and target mean who did it to whom.
        kind: CAMEO code (text), ACLED event type, or PLOVER type.
        country: Where it happened.
        score: Goldstein score or PLOVER intensity; None if the publisher gives none.
        fatalities: Reported deaths; None if the publisher gives none.
    """

    id: str
    date: dt.date
    source: str
    target: str
    directed: bool
    kind: str
    country: str
    score: float | None = None
    fatalities: int | None = None


# --- Events --------------------------------------------------------------------------------

GDELT = Layout("GDELT 2.0 events", "\t", False, (), GDELT_COLUMNS)
ACLED = Layout(
    "ACLED",
    ",",
    True,
    ("event_id_cnty", "event_date", "event_type", "actor1", "actor2", "country", "fatalities"),
)
POLECAT = Layout(
    "POLECAT",
    "\t",
    False,
    (
        "Event ID",
        "Event Date",
        "Event Type",
        ("Intensity", "Event Intensity"),
        ("Actor Country", "Actor Name"),
        ("Recipient Country", "Recipient Name"),
        "Country",
    ),
)
GOLDSTEIN = 10.0
"""Scores lie between -10 and 10."""


def load_gdelt(path: str | Path) -> Loaded[Event]:
    """Events of a GDELT 2.0 event file."""
    return read_table(path, GDELT, _gdelt_row)


def _gdelt_row(record: Record) -> Event:
    code = record.needed("EventCode")
    if not code.isdigit() or not 2 <= len(code) <= 4:
        raise BadField(
            "EventCode",
            f"`{code[:40]}` is not a CAMEO code",
            "codes are text of two to four digits; a spreadsheet turns 014 into 14",
        )
    score = record.text_of("GoldsteinScale")
    return Event(
        record.needed("GlobalEventID"),
        record.date("Day", ("%Y%m%d",), "20250415"),
        record.text_of("Actor1CountryCode") or record.text_of("Actor1Code"),
        record.text_of("Actor2CountryCode") or record.text_of("Actor2Code"),
        True,
        code,
        record.text_of("ActionGeo_CountryCode"),
        record.number("GoldsteinScale", least=-GOLDSTEIN, most=GOLDSTEIN) if score else None,
    )


def load_acled(path: str | Path) -> Loaded[Event]:
    """Events of an ACLED export.

    Raises:
        DataFileError: if columns are missing.
    """
    return read_table(path, ACLED, _acled_row, ("data_id", "event_id_no_cnty", "iso3", "timestamp"))


def _acled_row(record: Record) -> Event:
    kind = record.needed("event_type")
    if kind not in ACLED_TYPES:
        raise BadField(
            "event_type", f"unknown event type `{kind[:40]}`", did_you_mean(kind, ACLED_TYPES)
        )
    return Event(
        record.needed("event_id_cnty"),
        record.date("event_date", ("%Y-%m-%d", "%d %B %Y"), "2025-04-15 or 15 April 2025"),
        record.needed("actor1"),
        record.text_of("actor2"),
        False,
        kind,
        record.needed("country"),
        None,
        record.integer("fatalities", least=0),
    )


def load_polecat(path: str | Path) -> Loaded[Event]:
    """Events of a POLECAT file; rows that are broken are reported, the rest is read.

    Raises:
        DataFileError: if columns are missing.
    """
    return read_table(path, POLECAT, _polecat_row, ("Event Mode", "Quad Code", "Contexts"))


def _polecat_row(record: Record) -> Event:
    kind = record.needed("Event Type").strip('"')
    if kind not in PLOVER:
        raise BadField(
            "Event Type", f"unknown event type `{kind[:40]}`", did_you_mean(kind, PLOVER)
        )
    column = "Intensity" if "Intensity" in record.fields else "Event Intensity"
    score = record.text_of(column)
    if score and number_from(score) is None:
        raise BadField(column, f"`{column}` is not a number: `{score[:40]}`")
    return Event(
        record.needed("Event ID"),
        record.date("Event Date", ("%Y-%m-%d",), "2025-04-15"),
        _either(record, "Actor Country", "Actor Name"),
        _either(record, "Recipient Country", "Recipient Name"),
        True,
        kind,
        record.text_of("Country"),
        record.number(column, least=-GOLDSTEIN, most=GOLDSTEIN) if score else None,
    )


def _either(record: Record, *columns: str) -> str:
    for column in columns:
        if column in record.fields and (found := record.text_of(column)) not in ("", "None"):
            return found
    return ""


def monthly_counts(
    rows: Iterable[Event], *, kinds: Iterable[str] | None = None, country: str | None = None
) -> dict[dt.date, float]:
    """Events by month; kinds match by prefix, so CAMEO 17 takes 172; months between with none are 0."""
    starts = None if kinds is None else tuple(kinds)
    found: Counter[dt.date] = Counter()
    for event in rows:
        wanted = starts is None or event.kind.startswith(starts)
        if wanted and (country is None or event.country == country):
            found[event.date.replace(day=1)] += 1
    return filled({month: float(count) for month, count in found.items()})
