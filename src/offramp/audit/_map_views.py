"""The disagreement map in tables and sentences."""

from __future__ import annotations

from typing import Any

from offramp.answers._answer import Cell, Column, Table
from offramp.answers._facts import join, quoted
from offramp.audit._found import Found, plain
from offramp.audit._map import TOGETHER, Parted, Swap
from offramp.audit._saying import cell_text, claim_said, listed, number_said
from offramp.crisis import Crisis


def alone(found: Found, parted: Parted) -> tuple[Swap, ...]:
    """Exchanges of one number that turn the claim."""
    return tuple(s for s in _of(found, parted) if s.turns and s.path != TOGETHER)


def _of(found: Found, p: Parted) -> tuple[Swap, ...]:
    return tuple(
        s for s in found.swaps if (s.claim, s.author, s.other) == (p.claim, p.author, p.other)
    )


def cause(crisis: Crisis, found: Found, p: Parted, briefly: bool = False) -> str:
    """Why two readings part on a claim, at central values; ``briefly`` counts numbers beyond a few."""
    if p.here is None:
        return "it cannot be asked at the author's central values"
    rows = _of(found, p)
    turns = alone(found, p)
    if turns:
        names = [quoted(number_said(crisis, s.path)) for s in turns]
        if len(names) == 1:
            return f"{names[0]} alone"
        said = listed(names, "numbers", "or") if briefly else join(names, "or")
        return f"any one of {said}"
    every = next((s for s in rows if s.path == TOGETHER), None)
    if every is None:
        return "no number on which they differ stands in both crises: the dates differ"
    if every.reason:
        return f"could not be tried together: {every.reason}"
    if every.turns:
        return "several numbers together, none alone"
    if p.there is not None and p.here == p.there:
        return "they agree at central values and part only in their ranges"
    return "none of their numbers, not even all together: the crises of the two dates differ"


def map_table(crisis: Crisis, found: Found) -> Table | None:
    """Which numbers make two readings part."""
    if not found.parted:
        return None
    words = {a.id: a for a in found.authors}
    rows: list[tuple[Cell, ...]] = []
    for p in found.parted:
        near = [s for s in _of(found, p) if s.path != TOGETHER and not s.reason]
        most = max(near, key=lambda s: abs(s.moved - s.margin), default=None)
        moved = most is not None and abs(most.moved - most.margin) > 1e-9
        rows.append(
            (
                p.claim, found.claims[p.claim][2],
                f"{words[p.author].label}: {cell_text(words[p.author].cells[p.claim])}",
                f"{words[p.other].label}: {cell_text(words[p.other].cells[p.claim])}",
                cause(crisis, found, p),
                number_said(crisis, most.path) if most is not None and moved else "",
                plain(most.moved - most.margin) if most is not None and moved else None,
            )
        )  # fmt: skip
    columns = (
        Column("claim", "Claim"),
        Column("text", "What it says"),
        Column("author", "Its author"),
        Column("other", "The other"),
        Column("cause", "What makes them part"),
        Column("path", "Number that moves it most"),
        Column("moved", "moves the margin by", "signed", "", 4),
    )
    note = (
        f"At central values on grid {found.resolution}: one number of the author's crisis at a time takes the "
        "other reading's value. Claims whose shares differ most; not every one that differs."
    )
    return Table("Which premises make readings part", columns, tuple(rows), note)


def map_words(crisis: Crisis, found: Found) -> str:
    """A sentence or two for the answer."""
    if len(found.authors) < 2:
        return ""
    if not found.parted:
        return "No two readings come to different verdicts on a claim of either."
    single = [p for p in found.parted if alone(found, p)]
    text = (
        f"Of {len(found.parted)} partings that were traced, {len(single)} "
        f"come{'s' if len(single) == 1 else ''} down to one number "
        "that differs between the two readings."
    )
    if single:
        p = single[0]
        text += (
            f" {quoted(crisis.readings[p.author].label)} and {quoted(crisis.readings[p.other].label)} "
            f"part on {claim_said(found, p.claim)} over {cause(crisis, found, p, briefly=True)}."
        )
    return text


def map_data(crisis: Crisis, found: Found) -> dict[str, Any]:
    """The map as plain values."""
    return {
        "parted": [
            {
                "claim": p.claim, "author": p.author, "other": p.other, "here": p.here,
                "there": p.there, "cause": cause(crisis, found, p),
            }
            for p in found.parted
        ],
        "swaps": [
            {
                "claim": s.claim, "author": s.author, "other": s.other, "path": s.path,
                "own": plain(s.own), "given": plain(s.given), "margin": plain(s.margin),
                "moved": plain(s.moved), "turns": s.turns, "reason": s.reason,
            }
            for s in found.swaps
        ],
    }  # fmt: skip
