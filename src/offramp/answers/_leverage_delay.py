"""Tables and charts of the delay half of the answer about leverage: waiting, and values while open."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offramp.answers._answer import Chart, Column, Table
from offramp.answers._charts import Line, Threshold, fan
from offramp.answers._facts import side_names, stake, type_name
from offramp.answers._measures import Span, Waiting
from offramp.solution import Certificate, Metric, Solution

Floats = NDArray[np.float64]

SHOWN = (1, 3, 6, 9, 12, 18)
"""Months in the table."""


def delay_table(solution: Solution, w: Waiting, mean_b: Floats, deal: str) -> Table:
    game = solution.game
    a, b = side_names(game)
    unit = "own stake"
    columns = [
        Column("months", "Months of waiting", "months", "months", 0),
        Column("a", a, "signed", unit, 2),
        Column("b", f"{b}, expected", "signed", unit, 2),
    ]
    if len(game.types) > 1:
        columns += [
            Column(f"b_{t}", f"{b}, {type_name(game, game.types.index(t))}", "signed", unit, 2)
            for t in game.types
        ]
    if len(game.voices) > 1:
        columns += [
            Column(f"voice_{v}", f"{game.crisis.actors[v].name} alone", "signed", unit, 2)
            for v in game.voices
        ]
    rows = []
    for n in SHOWN if int(w.months[-1]) else (0,):
        if n > int(w.months[-1]):
            continue
        row: list[float] = [float(n), float(w.a[n]), float(mean_b[n])]
        if len(game.types) > 1:
            row += [float(x) for x in w.b[:, n]]
        if len(game.voices) > 1:
            row += [float(x) for x in w.voice[:, n]]
        rows.append(tuple(row))
    return Table(
        f"Value of signing {deal} later instead of now",
        tuple(columns),
        tuple(rows),
        "Each column in that actor's own stake: 1 is its best on every issue for ever. "
        "Columns share no unit. Minus: waiting costs. Voices alone: own patience, deal kept for ever.",
    )


def posterior_open(solution: Solution) -> Floats:
    """Probability of each type of B given that nothing is settled yet, (types, months+1)."""
    f = solution.futures
    joint = solution.game.opening[:, None] * f.regime_by_type[:, :, :3].sum(2)
    total: Floats = joint / np.maximum(joint.sum(0), 1e-300)
    return total


def value_b_open(solution: Solution) -> Floats:
    """B's value while nothing is settled, over the types that are still there, (months+1,)."""
    value: Floats = (posterior_open(solution) * solution.futures.value_b).sum(0)
    return value


def shares_of(solution: Solution, own: Span) -> dict[int, float]:
    """A's share of what both sides can still expect, each by its own span, by month."""
    if np.isnan(own.a) or np.isnan(own.b):
        return {}
    value_b = value_b_open(solution)
    found = {}
    for t in _round_months(solution):
        a = (float(solution.futures.value_a[t]) - own.stalemate_a) / own.a
        b = (float(value_b[t]) - own.stalemate_b) / own.b
        if a >= 0 and b >= 0 and a + b > 0:
            found[t] = a / (a + b)
    return found


def share_table(solution: Solution, own: Span) -> Table:
    game, f = solution.game, solution.futures
    a, b = side_names(game)
    columns = (
        Column("month", "Month", "months", "", 0),
        Column("open", "Nothing settled", "share", "", 0),
        Column("a", f"{a}'s value", "number", "own stake", 2),
        Column("b", f"{b}'s value", "number", "own stake", 2),
        Column("share", f"{a}'s share", "share", "", 0),
    )
    value_b, share = value_b_open(solution), shares_of(solution, own)
    every = _round_months(solution)
    rows = tuple(
        (
            float(t),
            float(f.regime[t, :3].sum()),
            float(f.value_a[t]),
            float(value_b[t]),
            share.get(t),
        )
        for t in every[:: max(1, len(every) // 8)]
    )
    return Table(
        "Values while nothing is settled",
        columns,
        rows,
        "Values in each side's own stake. The share compares what each can still expect above the "
        "stalemate, as a part of the most it could gain; a dash: one side expects less than the stalemate.",
    )


def delay_chart(
    solution: Solution,
    w: Waiting,
    mean_b: Floats,
    headline: str,
    deal: str,
    turns: tuple[int | None, int | None],
) -> Chart:
    game = solution.game
    a, b = side_names(game)
    rules = [Threshold("signing now", 0.0, "value")]
    for name, month in zip((a, b), turns, strict=True):
        if month:
            rules.append(Threshold(f"turns for {name}", float(month)))
    several = len(game.types) > 1
    return fan(
        "delay",
        title=headline,
        subtitle=f"Value of signing {deal} later instead of now, in each side's own stake"
        + (f"; band: {b}'s types" if several else ""),
        alt=f"{headline}. After {int(w.months[-1])} months: {a} {stake(float(w.a[-1]), True)}, "
        f"{b} {stake(float(mean_b[-1]), True)} of its own stake.",
        months=[float(m) for m in w.months],
        lines=[
            Line(a, tuple(map(float, w.a)), "a"),
            Line(
                b,
                tuple(map(float, mean_b)),
                "b",
                tuple(map(float, w.b.min(0))) if several else None,
                tuple(map(float, w.b.max(0))) if several else None,
            ),
        ],
        start=game.crisis.as_of,
        thresholds=rules,
        format="signed",
        unit="own stake",
        decimals=2,
    )


def share_chart(solution: Solution, told: Certificate) -> Chart | None:
    game, f = solution.game, solution.futures
    a, b = side_names(game)
    months = _round_months(solution)
    if len(months) < 2:
        return None
    value_b = value_b_open(solution)
    drift_a = _drift(float(f.value_a[months[-1]]), float(f.value_a[0]), "value_a", told)
    drift_b = _drift(float(value_b[months[-1]]), float(value_b[0]), "value_b", told)
    title = f"In the futures still unsettled {a}'s prospects {drift_a} and {b}'s {drift_b}"
    return fan(
        "open_values",
        title=title,
        subtitle="Value to each side if nothing has been settled by then (fewer futures each month), own stake",
        alt=f"{title}: {a} {stake(float(f.value_a[0]))} to {stake(float(f.value_a[months[-1]]))}, "
        f"{b} {stake(float(value_b[0]))} to {stake(float(value_b[months[-1]]))}.",
        months=[float(t) for t in months],
        lines=[
            Line(a, tuple(float(f.value_a[t]) for t in months), "a"),
            Line(b, tuple(float(value_b[t]) for t in months), "b"),
        ],
        start=game.crisis.as_of,
        unit="own stake",
    )


def _round_months(solution: Solution) -> list[int]:
    """Shown months in which a round may take place (values in between only count down to it)."""
    game = solution.game
    rounds = game.protocol.recognition.sum(1) > 0
    return [
        t
        for t in range(min(game.shown, game.months - 1) + 1)
        if rounds[t] and not np.isnan(solution.futures.value_a[t])
    ]


def _drift(then: float, now: float, metric: Metric, told: Certificate) -> str:
    if not told.distinguishable(then, now, metric):
        return "do not distinguishably change"
    return "worsen" if then < now else "improve"
