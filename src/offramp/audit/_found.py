"""What an audit has found, before any words: cells, loads, tensions, swaps, and how sure the grid is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from offramp.audit._loads import Loads
from offramp.audit._map import Parted, Swap
from offramp.audit._telling import Told
from offramp.audit._triggers import TriggerAudit
from offramp.audit._verdicts import Cell


@dataclass(frozen=True)
class Carried:
    """Loads of a reading's premises on one of its claims: on its truth, and on its margin.

    ``why`` says why there are none on the margin.
    """

    truth: Loads
    margin: Loads | None
    why: str = ""


@dataclass(frozen=True)
class Report:
    """A further question of a claim, at central values; ``value`` is a number, a truth or why not."""

    claim: str
    label: str
    value: float | bool | str


@dataclass(frozen=True)
class Author:
    """One reading.

    Attributes:
        id, label, as_of: Of the reading.
        claims: Its own claims; ``cells`` every claim of the file asked of it.
        premises: Paths of its premises, as they stand in this setting.
        loads: By own claim that was asked.
        idle: Premises that move none of its own claims at all.
        unread: Premises that nothing reads: no game that its own claims ask about, and no claim itself.
        off: By own claim: its verdict with every premise taken back to the file's own ranges.
        grid: By own claim: how far the next finer grid moves its margin at most; left out where it was
            not asked on both, or had no size there.
        swapped: By claim of the kind ``unchanged(...)``: the claims that the swap turns.
        triggers: By claim: what a never-unless comes to.
        reports: Further questions.
    """

    id: str
    label: str
    as_of: str
    claims: tuple[str, ...]
    cells: Mapping[str, Cell]
    premises: tuple[str, ...]
    loads: Mapping[str, Carried] = field(default_factory=dict)
    idle: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    off: Mapping[str, Cell] = field(default_factory=dict)
    grid: Mapping[str, float] = field(default_factory=dict)
    swapped: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    triggers: Mapping[str, TriggerAudit] = field(default_factory=dict)
    reports: tuple[Report, ...] = ()

    @property
    def alike(self) -> tuple[str, ...]:
        """Own claims whose verdict is clear, and clearly the same, without any of the reading's premises."""
        return tuple(
            c
            for c in self.claims
            if c in self.off
            and self.off[c].word == self.cells[c].word
            and self.off[c].clear
            and self.cells[c].clear
        )

    @property
    def fine(self) -> tuple[str, ...]:
        """Own claims whose median margin is smaller than what the finer grid moves it by."""
        return tuple(
            c for c in self.claims if c in self.grid and abs(self.cells[c].margin) < self.grid[c]
        )

    def hurting(self, claim: str) -> tuple[tuple[str, float], ...]:
        """Premises whose load on a claim's truth is surely negative, heaviest first.

        Where the truth never turns, those whose load on the margin is surely negative.
        """
        return tuple(sorted(self._signed(claim, -1), key=lambda x: x[1]))

    def carrying(self, claim: str) -> tuple[tuple[str, float], ...]:
        """Premises whose load is surely positive, heaviest first."""
        return tuple(sorted(self._signed(claim, +1), key=lambda x: -x[1]))

    def by_margin(self, claim: str) -> bool:
        """Whether loads are read off the margin: no premise turns the truth."""
        found = self.loads.get(claim)
        if found is None or found.margin is None:
            return False
        sure = (found.truth.low > 0) | (found.truth.high < 0)
        return not bool(sure.any())

    def _signed(self, claim: str, sign: int) -> list[tuple[str, float]]:
        found = self.loads.get(claim)
        if found is None:
            return []
        use = found.margin if self.by_margin(claim) and found.margin is not None else found.truth
        sure = use.low > TINY if sign > 0 else use.high < -TINY
        return [(p, float(v)) for p, v, s in zip(self.premises, use.value, sure, strict=True) if s]


ENOUGH = 0.9
"""Share of single verdicts that must agree with the finer grid before the coarser one is trusted."""
TINY = 1e-9
"""Loads up to this size are none."""


@dataclass(frozen=True)
class Found:
    """Everything.

    Attributes:
        authors: Readings in the order of the file.
        claims: Every claim: id -> (reading, kind, text).
        structural: Claims that come out the same in every draw of every reading.
        draws, cross, pairs: Draws for own claims, for others' claims, pairs for loads.
        resolution, finer: Grids; ``agree`` of ``compared`` verdicts of single draws agree on both.
        transplant: Whether readings were carried to the file's own date.
        solves: Games solved for the samples; those of kept pieces count.
        first: Own draws after which a settled claim was left alone; 0 if none was.
        told: What would tell the readings apart; None if nothing was looked for.
        stale: Kept pieces of another version of the program, which were not used.
        swaps: What exchanging single premises between readings does; ``parted``: claims it was asked of.
    """

    authors: tuple[Author, ...]
    claims: Mapping[str, tuple[str, str, str]]
    structural: tuple[str, ...]
    draws: int
    cross: int
    pairs: int
    resolution: str
    finer: str
    agree: int
    compared: int
    differing: tuple[tuple[str, str], ...]
    transplant: bool
    solves: int
    first: int = 0
    swaps: tuple[Swap, ...] = ()
    parted: tuple[Parted, ...] = ()
    told: Told | None = None
    stale: int = 0

    @property
    def agreement(self) -> float | None:
        """Share of single verdicts that agree with the finer grid."""
        return self.agree / self.compared if self.compared else None

    def author(self, reading: str) -> Author:
        """A reading by id.

        Raises:
            KeyError: if it was not audited.
        """
        for one in self.authors:
            if one.id == reading:
                return one
        raise KeyError(reading)


def plain(x: float) -> float | None:
    """A number as JSON takes it."""
    return float(x) if math.isfinite(x) else None
