"""Tables and charts of the forecasts answer."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from offramp.answers._answer import Cell, Chart, Column, Table
from offramp.answers._charts import Dot, PlanRow, dots_and_ranges, matrix
from offramp.answers._facts import bare, percent, span_text
from offramp.answers._forecasts_facts import (
    COIN,
    EDGES,
    TRUTHS,
    Group,
    Item,
    grid,
    waits_for,
)
from offramp.estimation import phrases
from offramp.estimation.scoring import Bin, bins

MINUTE = 0.005
"""Chances below this print as such."""


def scores_table(groups: Sequence[Group], least: int, whose: str) -> Table:
    """The main table: one row an author."""
    rows: list[tuple[Cell, ...]] = []
    for g in groups:
        s = g.scores
        if s is None:
            rows.append((g.name, len(g.items), 0, *([None] * 9)))
            continue
        rows.append(
            (
                g.name, len(g.items), s.count, g.rank, s.brier,
                f"{s.brier_low:.2f} to {s.brier_high:.2f}", s.log if isfinite(s.log) else None,
                s.said, s.came, span_text(s.came_low, s.came_high), s.worse, s.tied,
            )
        )  # fmt: skip
    return Table(
        "Scores of the resolved forecasts",
        (
            Column("who", whose),
            Column("made", "Forecasts", "integer", "", 0),
            Column("resolved", "Resolved", "integer", "", 0),
            Column("rank", "Rank", "integer", "", 0),
            Column("brier", "Brier score", "number", "", 3),
            Column("brier_range", "over the coded ranges"),
            Column("log", "Log score", "number", "nats", 2),
            Column("said", "Said on average", "share", "", 0),
            Column("came", "Came true", "share", "", 0),
            Column("came_range", "90 % interval"),
            Column("worse", "Chance of as bad a score if right", "share", "", 1),
            Column("tied", "same, one cause for all", "share", "", 1),
        ),
        tuple(rows),
        f"Lower is better: 0 is perfect, {COIN} is a coin, 1 certain and wrong. Nobody with fewer than "
        f"{least} resolved forecasts is ranked, and the questions differ from author to author: a rank "
        "compares scores, not skill. The last two columns take every stated probability to be right and ask "
        "how often a score would be this bad or worse, with independent events and with one cause for all. "
        "A dash: nothing to compute from, or an infinite log score.",
    )


def parts_table(groups: Sequence[Group], whose: str) -> Table | None:
    """Calibration, resolution, uncertainty and discrimination."""
    rows: list[tuple[Cell, ...]] = []
    for g in groups:
        s = g.scores
        if s is None:
            continue
        interval = (
            None if s.discrimination_low is None or s.discrimination_high is None
            else f"{s.discrimination_low:.2f} to {s.discrimination_high:.2f}"
        )  # fmt: skip
        rows.append(
            (
                g.name, s.count, s.parts.reliability, s.parts.resolution, s.parts.uncertainty,
                s.parts.within, s.brier, f"{s.right} of {s.count - s.even}", s.discrimination,
                interval, s.luck,
            )
        )  # fmt: skip
    if not rows:
        return None
    return Table(
        "Where the Brier score comes from",
        (
            Column("who", whose),
            Column("resolved", "Resolved", "integer", "", 0),
            Column("reliability", "Calibration", "number", "", 3),
            Column("resolution", "Resolution", "number", "", 3),
            Column("uncertainty", "Uncertainty", "number", "", 3),
            Column("within", "Within bins", "signed", "", 3),
            Column("brier", "Brier score", "number", "", 3),
            Column("right", "Calls right"),
            Column("discrimination", "Surer when right", "share", "", 0),
            Column("interval", "90 % interval"),
            Column("luck", "as high by luck", "share", "", 0),
        ),
        tuple(rows),
        "Brier = calibration (0 is best) − resolution + uncertainty of the questions + what is left within "
        "bins (bins are the terms of ICD 203). “Surer when right”: chance that a right call was made with "
        "more confidence than a wrong one; it needs both. With so few forecasts the parts are descriptions, "
        "not estimates.",
    )


def items_table(groups: Sequence[Group], whose: str) -> Table:
    """Every forecast with its outcome."""
    rows: list[tuple[Cell, ...]] = [
        (
            i.id, g.name, i.text, i.probability,
            None if i.low is None or i.high is None else f"{bare(i.low)} to {bare(i.high)}",
            "came true" if i.outcome else "did not", i.brier,
            i.date.isoformat() if i.date else None, i.confidence or None, i.basis, i.fact,
        )
        for g in groups
        for i in g.resolved
    ]  # fmt: skip
    return Table(
        "Resolved forecasts one by one",
        (
            Column("id", "Id"),
            Column("who", whose),
            Column("text", "Forecast"),
            Column("p", "Said", "share", "", 0),
            Column("range", "coded range"),
            Column("outcome", "Outcome"),
            Column("brier", "Brier", "number", "", 4),
            Column("date", "Settled"),
            Column("confidence", "Coding is"),
            Column("basis", "Carrying premises"),
            Column("fact", "What happened"),
        ),
        tuple(rows),
    )


def unresolved_table(groups: Sequence[Group], whose: str) -> Table | None:
    """What is still open, and what it waits for."""
    rows: list[tuple[Cell, ...]] = [
        (i.id, g.name, i.text, i.probability, i.resolves.isoformat(), waits_for(i), i.fact or None)
        for g in groups
        for i in g.items
        if i.outcome is None
    ]
    if not rows:
        return None
    return Table(
        "Not resolved, and not scored",
        (
            Column("id", "Id"),
            Column("who", whose),
            Column("text", "Forecast"),
            Column("p", "Said", "share", "", 0),
            Column("resolves", "Resolves"),
            Column("waits", "Waits for"),
            Column("fact", "Known to the coder"),
        ),
        tuple(rows),
        "An open forecast counts for nobody and against nobody.",
    )


def bins_of(groups: Sequence[Group]) -> tuple[Bin, ...]:
    """All resolved forecasts by term of ICD 203."""
    done = [i.as_forecast() for g in groups for i in g.resolved]
    return bins(done, EDGES) if done else ()


def bin_name(b: Bin) -> str:
    """The term of ICD 203 for a bin, with the term's own range."""
    middle = (b.low + b.high) / 2
    term = min(phrases.phrases("icd203"), key=lambda p: abs(p.middle - middle))
    return f"{term.words} ({span_text(term.low, term.high)})"


def calibration_chart(groups: Sequence[Group], title: str, alt: str) -> Chart | None:
    """What was said beside what came true, term by term."""
    found = bins_of(groups)
    if not found:
        return None
    rows = [
        PlanRow(
            bin_name(b), Dot(b.came, b.came_low, b.came_high), Dot(b.said),
            f"{b.count} forecast{'s' * (b.count != 1)}",
        )
        for b in found
    ]  # fmt: skip
    return dots_and_ranges(
        "calibration",
        title=title,
        subtitle="Share of forecasts; all authors together, range = 90 % interval for so few",
        alt=alt,
        rows=rows,
        series=("came true", "said, on average"),
        side="neutral",
        domain=(0.0, 1.0),
    )


def brier_chart(groups: Sequence[Group], title: str, alt: str) -> Chart | None:
    """Brier score by author, with the coder's ranges."""
    rows = [
        PlanRow(
            g.name, Dot(g.scores.brier, g.scores.brier_low, g.scores.brier_high), None,
            f"{g.scores.count} resolved" + (f", rank {g.rank}" if g.rank else ", not ranked"),
        )
        for g in groups
        if g.scores is not None
    ]  # fmt: skip
    if not rows:
        return None
    return dots_and_ranges(
        "brier",
        title=title,
        subtitle=f"Brier score: 0 perfect, {COIN} a coin; range = the coder's ranges for what was said",
        alt=alt,
        rows=rows,
        series=("Brier score",),
        side="neutral",
        format="number",
        decimals=2,
        domain=(0.0, 1.0),
    )


def grid_chart(items: Sequence[Item], title: str, alt: str) -> Chart | None:
    """Right or wrong against whether the premises held."""
    cells = grid(items)
    if not cells:
        return None
    kinds = [k for k in ("right", "wrong", "no call") if any(row == k for row, _ in cells)]
    words = [[_count(len(cells.get((k, t), ()))) for t in TRUTHS] for k in kinds]
    return matrix(
        "reasons",
        title=title,
        subtitle="Resolved forecasts, by call and by the premises that carry the reading",
        alt=alt,
        rows=[
            {"right": "Right", "wrong": "Wrong", "no call": "No call (one half)"}[k] for k in kinds
        ],
        columns=["Premises hold", "do not hold", "not assessed"],
        cells=words,
        fills={w: "light" for line in words for w in line if w != "none"},
        corner="Call",
    )


def _count(n: int) -> str:
    return "none" if n == 0 else f"{n} forecast" if n == 1 else f"{n} forecasts"


def chance_text(p: float) -> str:
    """A small chance in words: ``6 in 1,000``."""
    if p < MINUTE / 10:
        return "fewer than 1 in 1,000 cases"
    if p < 10 * MINUTE:
        return f"about {round(1000 * p)} in 1,000 cases"
    return f"{percent(p)} of cases"
