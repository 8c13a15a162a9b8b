"""The tables of a reading's page, and its figures as plain values."""

from __future__ import annotations

import math
from typing import Any

from offramp.answers._answer import Cell, Column, Table
from offramp.answers._forecasts_facts import Group
from offramp.audit._charts import main_claim
from offramp.audit._found import Author, Found, plain
from offramp.audit._map import TOGETHER, Swap
from offramp.audit._saying import number_said, short, verdict_text, without
from offramp.crisis import Crisis


def claims_table(crisis: Crisis, found: Found, author: Author) -> Table:
    """Its claims in words with verdicts."""
    rows: list[tuple[Cell, ...]] = []
    for name in author.claims:
        cell = author.cells[name]
        rows.append(
            (
                found.claims[name][2], found.claims[name][1],
                verdict_text(cell, name in found.structural),
                plain(cell.share), plain(cell.low), plain(cell.high),
                plain(author.off[name].share) if name in author.off else None,
                "; ".join(number_said(crisis, p) for p, _ in author.carrying(name)[:2]),
            )
        )  # fmt: skip
    columns = (
        Column("claim", "It says"),
        Column("kind", "As a"),
        Column("verdict", "By its own premises"),
        Column("share", "True in", "share", "of draws", 0),
        Column("low", "at least", "share", "", 0),
        Column("high", "at most", "share", "", 0),
        Column("off", "without its premises", "share", "", 0),
        Column("carried", "Carried by"),
    )
    idle = set() if author.off else {"off"}
    idle |= set() if author.loads else {"carried"}
    return without(Table(f"{author.label}: what follows", columns, tuple(rows)), idle)


def premises_table(crisis: Crisis, found: Found, author: Author) -> Table:
    """Its premises, and what each carries of its first conclusion."""
    claim = main_claim(found, author)
    loads = author.loads.get(claim) if claim is not None else None
    rows: list[tuple[Cell, ...]] = []
    stated = crisis.readings[author.id].premises
    for j, (path, premise) in enumerate(zip(author.premises, stated, strict=True)):
        v = premise.value
        rows.append(
            (
                str(premise.why), path, v.value, v.low, v.high,
                None if loads is None else float(loads.truth.value[j]),
                None if loads is None else float(loads.truth.low[j]),
                None if loads is None else float(loads.truth.high[j]),
                "no: it carries nothing here" if path in author.unread else "yes",
            )
        )  # fmt: skip
    columns = (
        Column("why", "It assumes"),
        Column("path", "As a number of the game"),
        Column("value", "Value", "number"),
        Column("low", "from", "number"),
        Column("high", "to", "number"),
        Column("load", "Carries", "signed", "share of draws"),
        Column("load_low", "at least", "signed"),
        Column("load_high", "at most", "signed"),
        Column("read", "Read by the game"),
    )
    if claim is None or loads is None:
        table = Table(f"{author.label}: what it assumes", columns, tuple(rows))
        return without(table, {"load", "load_low", "load_high"})
    note = f"Carries: of “{short(found.claims[claim][2])}”."
    return Table(f"{author.label}: what it assumes", columns, tuple(rows), note)


def forecasts_table(group: Group) -> Table:
    """Its dated forecasts."""
    outcome = {True: "happened", False: "did not happen", None: "open"}
    columns = (
        Column("text", "Forecast"),
        Column("by", "By"),
        Column("probability", "Chance it gave", "share", "", 0),
        Column("outcome", "What came"),
        Column("brier", "Brier score", "number"),
    )
    rows = tuple(
        (i.text, str(i.resolves), i.probability, outcome[i.outcome], i.brier) for i in group.items
    )
    note = "Outcomes come from the sealed file, opened for scoring only."
    return Table(f"{group.name}: forecasts", columns, rows, note)


def page_data(found: Found, author: Author, group: Group | None) -> dict[str, Any]:
    """The page's figures as plain values."""
    return {
        "reading": author.id,
        "as_of": author.as_of,
        "claims": {c: author.cells[c].word for c in author.claims},
        "shares": {c: plain(author.cells[c].share) for c in author.claims},
        "main": main_claim(found, author),
        "unread": list(author.unread),
        "turned_by": [
            {"claim": s.claim, "other": s.other, "path": s.path} for s in turning(found, author)
        ],
        "forecasts": None
        if group is None
        else {
            "items": len(group.items),
            "resolved": len(group.resolved),
            "brier": None
            if group.scores is None or not math.isfinite(group.scores.brier)
            else float(group.scores.brier),
        },
    }


def turning(found: Found, author: Author) -> tuple[Swap, ...]:
    """Exchanges that turn a claim of this reading."""
    turns = [s for s in found.swaps if s.author == author.id and s.turns]
    single = {(s.claim, s.other) for s in turns if s.path != TOGETHER}
    return tuple(s for s in turns if s.path != TOGETHER or (s.claim, s.other) not in single)
