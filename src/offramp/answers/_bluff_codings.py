"""The disagreement board: the same evidence as the file's readings, or rival likelihoods, would take it.

A reading brings its own priors, dates and rules; a *view* brings other likelihoods for single items. An item is
*contested* if what it moves differs between two of them by at least :data:`CONTESTED` on some type.

Units: probabilities; percentage points in the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from offramp.answers._answer import Cell, Column, Table
from offramp.answers._bluff_ledger import FLAT, NEUTRAL, Ledger, ledger
from offramp.answers._bluff_views import short
from offramp.answers._facts import quoted
from offramp.crisis import Crisis, CrisisError, UnknownPath, with_reading
from offramp.game import Game

CONTESTED = 0.05
"""Difference in what an item moves from which two views of it are said to disagree."""


@dataclass(frozen=True)
class Coding:
    """Another way to read the same evidence: a reading of the file, or likelihoods put by a user.

    ``neutral`` are items that it takes to be equally likely from every type.
    """

    id: str
    label: str
    prior: tuple[float, ...]
    posterior: tuple[float, ...]
    shifts: Mapping[str, tuple[float, ...]]
    neutral: tuple[str, ...] = ()
    refused: str = ""


def codings(
    crisis: Crisis,
    views: Mapping[str, Mapping[str, Mapping[str, float]]] | None,
    readings: bool = True,
) -> tuple[Coding, ...]:
    """The same evidence as the file's readings take it, and as rival likelihoods would have it.

    Args:
        crisis: The crisis.
        views: Label -> item -> type -> likelihood.
        readings: Whether to look at the file's readings (not for a crisis that one was applied to).

    Raises:
        ValueError: for likelihoods of an unknown item or type, or outside (0, 1].
    """
    found = []
    for key, reading in crisis.readings.items() if readings else ():
        try:
            seen = with_reading(crisis, key)
        except (CrisisError, UnknownPath) as refused:
            found.append(Coding(key, reading.label, (), (), {}, refused=str(refused)))
            continue
        found.append(_coding(key, reading.label, seen))
    for label, likelihoods in (views or {}).items():
        found.append(_coding(label, label, _recoded(crisis, label, likelihoods)))
    return tuple(found)


def _coding(key: str, label: str, seen: Crisis) -> Coding:
    book = ledger(seen)
    shifts = {i.id: i.shift for i in book.used}
    neutral = tuple(i.id for i in book.items if i.status in (FLAT, NEUTRAL))
    return Coding(key, label, book.prior, book.posterior, shifts, neutral)


def _recoded(crisis: Crisis, label: str, likelihoods: Mapping[str, Mapping[str, float]]) -> Crisis:
    evidence = dict(crisis.evidence)
    for key, by_type in likelihoods.items():
        if key not in evidence:
            raise ValueError(f"view {label!r}: there is no evidence {key!r}")
        if set(by_type) != set(crisis.types):
            raise ValueError(
                f"view {label!r}, {key}: give a likelihood for each of {', '.join(crisis.types)}"
            )
        if not all(0 < v <= 1 for v in by_type.values()):
            raise ValueError(f"view {label!r}, {key}: a likelihood lies above 0 and up to 1")
        evidence[key] = evidence[key].model_copy(update={"likelihood": dict(by_type)})
    return crisis.model_copy(update={"evidence": evidence})


def contested(
    book: Ledger, others: tuple[Coding, ...]
) -> tuple[tuple[str, int, str, float, float], ...]:
    """Items that others take otherwise: (item, type, who, moved here, moved there), largest gap first."""
    found = []
    for item in book.used:
        gaps = [
            (abs(o.shifts[item.id][j] - item.shift[j]), j, o)
            for o in others
            if item.id in o.shifts
            for j in range(len(book.types))
        ]
        gaps += [
            (abs(item.shift[j]), j, o)
            for o in others
            if item.id in o.neutral
            for j in range(len(book.types))
        ]
        if not gaps:
            continue
        gap, j, other = max(gaps, key=lambda g: g[0])
        if gap >= CONTESTED:
            there = other.shifts[item.id][j] if item.id in other.shifts else 0.0
            found.append((item.id, j, other.label, item.shift[j], there))
    return tuple(sorted(found, key=lambda f: -abs(f[3] - f[4])))


def _moved(other: Coding, key: str, j: int) -> float | None:
    """Points on a type; None where the view does not use the item."""
    if key in other.shifts:
        return 100 * other.shifts[key][j]
    return 0.0 if key in other.neutral else None


def codings_table(game: Game, book: Ledger, others: tuple[Coding, ...]) -> Table | None:
    """The disagreement board: the same items as others take them."""
    if not others:
        return None
    lead = book.leader
    name = game.crisis.types[game.types[lead]].name
    usable = [o for o in others if not o.refused]
    ids = [i.id for i in book.used]
    ids += sorted({k for o in usable for k in o.shifts} - set(ids))
    columns = (
        Column("item", "Item"),
        Column("what", "What was seen"),
        Column("base", "This file", "signed", "", 1),
        *(Column(f"c{k}", o.label, "signed", "", 1) for k, o in enumerate(usable)),
    )
    base = {i.id: i.shift for i in book.used}
    rows: list[tuple[Cell, ...]] = [
        (
            "",
            "belief now, %",
            100 * book.keep * book.posterior[lead],
            *(100 * book.keep * o.posterior[lead] for o in usable),
        )
    ]
    rows += [
        (
            key,
            short(game.crisis.evidence[key].text),
            100 * base[key][lead] if key in base else None,
            *(_moved(o, key, lead) for o in usable),
        )
        for key in ids
    ]
    return Table(
        f"The same evidence as others take it: percentage points on {quoted(name.lower())}",
        columns,
        tuple(rows),
        "A dash: that view holds the item in its prior already, or does not use it. Readings are never "
        "averaged.",
    )
