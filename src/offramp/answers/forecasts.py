"""How did dated forecasts fare, and can so few of them tell one author from another?

Definition. Forecast i of a reading gives p_i to an event that happened (o_i = 1) or did not (o_i = 0) by its
date and rule. Brier score ``B = mean (p_i - o_i)^2``, logarithmic score ``L = mean -ln p_i(o_i)``, and
Murphy's parts ``B = calibration - resolution + uncertainty + within bins``. Honest for four to eight
forecasts: exact intervals, the exact chance of so bad a score if every p_i were right (independent events,
and one cause for all), the coder's ranges for p_i carried through, no rank below four resolved items, and
nothing resolved without a rule. Symbols and sources in :mod:`offramp.estimation.scoring`.

*Right for the wrong reason*: a call is right if p_i and o_i lie on the same side of one half; the premises
that carry its reading hold, do not hold, or nobody has said. Truths of premises come from the sealed
file (entries keyed ``reading:path``) or from the caller, never from the game.

No game is solved, and the sealed file is opened here only. :func:`forecast_ledger` scores a user's own ledger
(:mod:`offramp.estimation.ledger`) in the same way. Classical comparator: a forecaster who always says one
half, B = 1/4 and L = ln 2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from offramp.answers._answer import Answer, Chart, Table, Trace
from offramp.answers._facts import join, supports
from offramp.answers._forecasts_facts import (
    LEAST_RANKED,
    Group,
    grid,
    groups_of,
    items_of,
    items_of_ledger,
    odd_items,
    order_is_firm,
    premise_truths,
    ranked,
)
from offramp.answers._forecasts_sealed import open_sealed, sealed_beside
from offramp.answers._forecasts_views import (
    bins_of,
    brier_chart,
    calibration_chart,
    grid_chart,
    items_table,
    parts_table,
    scores_table,
    unresolved_table,
)
from offramp.answers._forecasts_wording import worded_of, worded_table, worded_warnings
from offramp.answers._forecasts_words import (
    brier_words,
    calibration_words,
    flips_of,
    headline_of,
    paragraphs_of,
    warnings_of,
)
from offramp.crisis import Crisis, SealedFile
from offramp.estimation import ledger

__all__ = ["forecast_ledger", "forecasts", "sealed_beside"]

QUESTION = "How did the dated forecasts fare, and what can so few of them tell?"
FORMULA = (
    "B = mean (p - o)^2 = calibration - resolution + uncertainty + within bins; "
    "L = mean -ln p(what happened); P(B >= observed | every p right)"
)
NO_GAME = "No game is solved for this answer: the scores are exact arithmetic."


def forecasts(
    crisis: Crisis,
    *,
    sealed: str | Path | SealedFile | None = None,
    premises: Mapping[str, bool | None] | None = None,
    least: int = LEAST_RANKED,
) -> Answer:
    """The dated forecasts of every reading, scored against the sealed outcomes.

    Args:
        crisis: The crisis.
        sealed: The sealed file; left out, the one beside a shipped crisis. Without one nothing is resolved.
        premises: Whether premises turned out to hold, keyed ``reading:path``; adds to the sealed file.
        least: Resolved forecasts below which nobody is ranked.

    Raises:
        CrisisError: for a sealed file that is missing or malformed.
        KeyError: for a premise that no reading states.
        ValueError: if ``least`` is below 1.
    """
    if least < 1:
        raise ValueError("a rank needs at least one resolved forecast")
    outcomes = open_sealed(crisis, sealed)
    truths = premise_truths(crisis, outcomes, premises)
    items = items_of(crisis, outcomes, truths)
    names = {key: reading.label for key, reading in crisis.readings.items()}
    groups = groups_of(items, names, least)
    warnings = warnings_of(groups, least)
    if items and not outcomes.file:
        warnings.append("No sealed file was opened, so every forecast counts as open.")
    if outcomes.unknown:
        warnings.append(
            f"The sealed file speaks of {join(outcomes.unknown)}, which no reading states."
        )
    for key, listed in items.items():
        warnings += odd_items(listed, crisis.readings[key].as_of)
    worded = worded_of(crisis)
    warnings += worded_warnings(worded)
    settings = (("sealed file", outcomes.file or "none"), ("least resolved for a rank", str(least)))
    paths = [
        (f"readings.{g.id}.forecasts.{i.id}.probability", "coded from the author's words")
        for g in groups
        for i in g.items
    ]
    return _answer(
        "forecasts", groups, least, "Reading", warnings,
        Trace(FORMULA, supports(crisis, paths), (), (NO_GAME,), True, settings), coded=True,
        more=worded_table(worded),
    )  # fmt: skip


def forecast_ledger(
    file: str | Path, *, head: str | None = None, least: int = LEAST_RANKED
) -> Answer:
    """A ledger's own forecasts, checked for tampering and scored by who made them.

    Args:
        file: The ledger.
        head: A hash that was published earlier, to be found in the chain.
        least: Resolved forecasts below which nobody is ranked.

    Raises:
        LedgerError: if it is no ledger; its subclass ``Tampered`` if it does not hold together.
    """
    if least < 1:
        raise ValueError("a rank needs at least one resolved forecast")
    records = ledger.read(file, head=head)
    groups = groups_of(items_of_ledger(records), {}, least)
    warnings = warnings_of(groups, least)
    hidden = [r.id for r in records if r.opening is None]
    if hidden:
        warnings.append(
            f"{join(hidden)} {'is' if len(hidden) == 1 else 'are'} still hidden: reveal before resolving."
        )
    if early := [r.id for r in records if r.early]:
        warnings.append(f"Resolved before the date: {join(early)}.")
    if changed := [r.id for r in records if r.corrected]:
        warnings.append(
            f"The outcome was corrected later for {join(changed)}; the ledger keeps both."
        )
    if head is None:
        warnings.append(
            "The chain holds together. Whether somebody rewrote the whole file shows only against a head "
            "published earlier."
        )
    settings = (
        ("ledger", Path(file).name),
        ("head", ledger.head(file)),
        ("checked against", head or "nothing published"),
        ("least resolved for a rank", str(least)),
    )
    return _answer(
        "forecast-ledger", groups, least, "Forecaster", warnings,
        Trace(FORMULA, (), (), (NO_GAME,), True, settings), coded=False,
    )  # fmt: skip


def _answer(
    name: str,
    groups: tuple[Group, ...],
    least: int,
    whose: str,
    warnings: Sequence[str],
    trace: Trace,
    coded: bool,
    more: Table | None = None,
) -> Answer:
    tables: list[Table | None] = [scores_table(groups, least, whose)]
    charts: list[Chart | None] = []
    every = [i for g in groups for i in g.items]
    if any(g.scores for g in groups):
        tables += [parts_table(groups, whose), items_table(groups, whose)]
        title, alt = calibration_words(groups)
        charts += [
            calibration_chart(groups, title, alt),
            brier_chart(groups, *brier_words(groups, least)),
        ]
        if coded:
            cells = grid(every)
            dark = all(t == "not assessed" for _, t in cells)
            finding = (
                "Right or wrong for what reason: not assessed"
                if dark
                else "Right and wrong calls, by whether their premises held"
            )
            charts.append(grid_chart(every, finding, f"{finding}: {_cells_text(cells)}."))
    tables += [unresolved_table(groups, whose), more]
    return Answer(
        name=name,
        question=QUESTION,
        headline=headline_of(groups, least),
        paragraphs=paragraphs_of(groups, least, coded),
        tables=tuple(t for t in tables if t is not None),
        charts=tuple(c for c in charts if c is not None),
        evidence_trace=trace,
        flips=flips_of(groups, least),
        warnings=tuple(warnings),
        data=_plain(groups),
    )


def _cells_text(cells: Mapping[Any, Sequence[str]]) -> str:
    return "; ".join(f"{row}, premises {truth}: {len(ids)}" for (row, truth), ids in cells.items())


def _plain(groups: Sequence[Group]) -> dict[str, Any]:
    """Everything as plain values."""
    every = [i for g in groups for i in g.items]
    return {
        "groups": {
            g.id: {
                "name": g.name,
                "made": len(g.items),
                "resolved": len(g.resolved),
                "rank": g.rank,
                "scores": None if g.scores is None else _scores(g),
                "items": {
                    i.id: {
                        "text": i.text,
                        "probability": i.probability,
                        "low": i.low,
                        "high": i.high,
                        "resolves": i.resolves.isoformat(),
                        "rule": i.rule,
                        "outcome": i.outcome,
                        "settled": i.date.isoformat() if i.date else None,
                        "brier": i.brier,
                        "right": i.right,
                        "premises": i.basis,
                    }
                    for i in g.items
                },
            }
            for g in groups
        },
        "ranking": [g.id for g in ranked(groups)],
        "ranking_is_firm": order_is_firm(groups) if ranked(groups) else None,
        "unresolved": [i.id for i in every if i.outcome is None],
        "bins": [
            {"low": b.low, "high": b.high, "count": b.count, "said": b.said, "came": b.came,
             "came_low": b.came_low, "came_high": b.came_high}
            for b in bins_of(groups)
        ],
        "reasons": {f"{row} / {truth}": ids for (row, truth), ids in grid(every).items()},
    }  # fmt: skip


def _scores(g: Group) -> dict[str, Any]:
    s = g.scores
    assert s is not None
    return {
        "count": s.count,
        "brier": s.brier,
        "brier_range": [s.brier_low, s.brier_high],
        "brier_without_one_date": list(g.spread) if g.spread else None,
        "log": s.log if s.log < float("inf") else None,
        "expected_brier": s.expected,
        "chance_of_worse": s.worse,
        "chance_of_worse_tied": s.tied,
        "said": s.said,
        "came": s.came,
        "came_interval": [s.came_low, s.came_high],
        "right": s.right,
        "no_call": s.even,
        "calibration": s.parts.reliability,
        "resolution": s.parts.resolution,
        "uncertainty": s.parts.uncertainty,
        "within_bins": s.parts.within,
        "discrimination": s.discrimination,
        "discrimination_interval": (
            None if s.discrimination_low is None else [s.discrimination_low, s.discrimination_high]
        ),
        "luck": s.luck,
    }
