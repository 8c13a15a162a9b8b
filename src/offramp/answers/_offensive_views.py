"""Tables and charts of the offensive answer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from offramp.answers._answer import Cell, Chart, Column, Table
from offramp.answers._charts import Dot, Line, PlanRow, Threshold, dots_and_ranges, fan
from offramp.answers._facts import months_text, side_names, type_name
from offramp.answers._offensive_choice import Outcome, Reaction, Timing
from offramp.answers._offensive_front import Standing
from offramp.answers._offensive_race import Race
from offramp.answers._offensive_risk import Risk, direction
from offramp.game import Game

TIMES = (0, 1, 2, 3, 6, 9, 12, 15, 18)
"""Months in tables."""
SCALE = 0.01
"""The axis of wait-or-go runs at least this far either way: less is not distinguishable."""


def steps(gain: float) -> str:
    """``+2 steps``, ``today``."""
    if not gain:
        return "today's front"
    sign = "+" if gain > 0 else "\N{MINUS SIGN}"
    return f"{sign}{abs(gain):g} step{'' if abs(gain) == 1 else 's'}"


def position_table(
    game: Game, written: Sequence[Standing], redrawn: Sequence[Standing], months: int
) -> Table:
    """Every position, terms as written; redrawn terms beside them."""
    a, b = side_names(game)
    moved = {x.gain: x for x in redrawn}
    columns = [
        Column("gain", f"Gain of {a}", "signed", "steps", 0),
        Column("settled", f"First settlement by month {months}", "share", "", 1),
        Column("climbs", f"Times {b} climbs, expected", "number", "", 2),
        Column("war", f"Still at war at month {months}", "share", "", 1),
        Column("disaster", "Disaster", "share", "", 2),
        Column("value_a", f"Worth to {a}", "number", "own stake", 3),
        *(
            Column(f"value_b_{t}", _worth_to(game, j), "number", "own stake", 3)
            for j, t in enumerate(game.types)
        ),
    ]
    if moved:
        columns += [
            Column("settled_redrawn", "First settlement, terms redrawn", "share", "", 1),
            Column("climbs_redrawn", f"Times {b} climbs, terms redrawn", "number", "", 2),
            Column("value_a_redrawn", f"Worth to {a}, terms redrawn", "number", "own stake", 3),
        ]
    rows = []
    for x in written:
        row: list[Cell] = [
            x.gain, x.settled, x.climbs, x.war, x.disaster, x.value_a, *x.value_b,
        ]  # fmt: skip
        if moved:
            other = moved.get(x.gain)
            row += [other.settled, other.climbs, other.value_a] if other else [None, None, None]
        rows.append(tuple(row))
    return Table(
        "The same game from other fronts",
        tuple(columns),
        tuple(rows),
        "Nothing but the position at the start differs. Terms redrawn: another game, in which every contract "
        "drawn along today's line follows the front. Expected climbs bound the chance that there is one.",
    )


def _worth_to(game: Game, j: int) -> str:
    b = side_names(game)[1]
    return f"Worth to {b}" if len(game.types) == 1 else f"Worth to {b}, {type_name(game, j)}"


def lottery_table(
    game: Game,
    lottery: Sequence[Outcome],
    at: dict[float, Standing],
    mix: Standing,
    today: Standing,
) -> Table:
    """Outcomes of the offensive and their mixture."""
    a, b = side_names(game)
    columns = (
        Column("outcome", "Outcome"),
        Column("chance", "Chance", "share", "", 0),
        Column("gain", "Gain read", "signed", "steps", 0),
        Column("settled", "First settlement", "share", "", 1),
        Column("climbs", f"Times {b} climbs", "number", "", 2),
        Column("value_a", f"Worth to {a}", "number", "own stake", 3),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            o.name.replace("_", " "), o.chance, o.read_at, at[o.read_at].settled, at[o.read_at].climbs,
            at[o.read_at].value_a,
        )
        for o in lottery
    ]  # fmt: skip
    rows += [
        ("all outcomes", 1.0, None, mix.settled, mix.climbs, mix.value_a),
        ("no offensive", None, 0.0, today.settled, today.climbs, today.value_a),
    ]
    return Table(
        "The offensive as a lottery, started and decided at once",
        columns,
        tuple(rows),
        "The file gives a failed offensive no price of its own, so none is counted.",
    )


def timing_table(game: Game, t: Timing) -> Table:
    """Wait or go."""
    a, b = side_names(game)
    columns = (
        Column("month", "Start in month", "months", "", 0),
        Column("ready", "Readiness", "share", "", 0),
        Column("war", "War still on", "share", "", 0),
        Column("a", f"Adds to the value of {a}", "signed", "own stake", 4),
        Column("b", f"Adds to the value of {b}", "signed", "own stake", 4),
    )
    rows = tuple(
        (float(n), t.ready[n], t.at_war[n], t.a[n], t.b[n])
        for n in dict.fromkeys((*TIMES, t.best))
        if n < len(t.months)
    )
    return Table(
        "Wait or go",
        columns,
        tuple(sorted(rows)),
        f"Readiness starts at {t.ready_now:.0%} and is full after {t.ready_after:g} months: {t.why}. The "
        "offensive comes as a surprise, and only where the war is still on.",
    )


def reaction_table(game: Game, found: Sequence[Reaction]) -> Table:
    """What B does after a setback."""
    b = side_names(game)[1]
    columns = [
        Column("plan", "Plan, all its steps in force"),
        Column("climbs", "Climbs", "share", "", 1),
        Column("fights_on", "Fights on", "share", "", 1),
        Column("cuts", "Cuts losses", "share", "", 1),
    ]
    if len(game.types) > 1:
        columns += [
            Column(f"climbs_{t}", f"Climbs, {type_name(game, j)}", "share", "", 1)
            for j, t in enumerate(game.types)
        ]
        columns += [
            Column(f"cuts_{t}", f"Cuts losses, {type_name(game, j)}", "share", "", 1)
            for j, t in enumerate(game.types)
        ]
    rows = []
    for x in found:
        row: list[Cell] = [x.label, *(x.mean(game, w) for w in ("climbs", "fights_on", "cuts"))]
        if len(game.types) > 1:
            row += [*x.climbs, *x.cuts]
        rows.append(tuple(row))
    return Table(
        f"{b} after a setback, at its next initiative",
        tuple(columns),
        tuple(rows),
        "Cuts losses: makes an offer, proposes a pause or steps down. These are acts of one "
        "round, not the course "
        "of the war.",
    )


def race_table(game: Game, r: Race) -> Table:
    """Stocks by month."""
    columns = (
        Column("month", "Month", "months", "", 0),
        Column("gained", "Production has added", "number", "percentage points", 1),
        Column("lost", "Lost support has taken", "number", "percentage points", 1),
        Column("cohesion", "Cohesion, expected", "share", "", 0),
        Column("exhaustion", f"Exhaustion of {side_names(game)[1]}", "number", "stock", 2),
    )
    rows = tuple(
        (
            float(t),
            100 * float(r.gained[t]),
            100 * float(r.lost[t]),
            float(r.cohesion[t]),
            float(r.exhaustion_b[t]),
        )
        for t in sorted({t for t in (*TIMES, 24, 36, game.shown) if t <= game.shown})
        if not np.isnan(r.lost[t])
    )
    return Table(
        "Support against production",
        columns,
        rows,
        "Percentage points of the chance that a battle step goes one way or the other.",
    )


def risk_table(game: Game, found: Sequence[Risk], months: int, least: float) -> Table:
    """Settlement by type over B's risk of collapse and its cost of war."""
    columns = (
        Column("what", f"Number of {side_names(game)[1]}"),
        Column("value", "Value", "number", "", 3),
        Column("settled", f"In a settlement at month {months}", "share", "", 1),
        *(
            Column(f"settled_{t}", f"Type {type_name(game, j)}", "share", "", 1)
            for j, t in enumerate(game.types)
        ),
    )
    rows: list[tuple[Cell, ...]] = []
    for x in found:
        rows += [
            (x.what, v, x.settled[i], *(series[i] for series in x.by_type))
            for i, v in enumerate(x.values)
        ]
        rows.append(_ways(x, least))
    return Table(
        "Does the risk of failure make for settlement?",
        columns,
        tuple(rows),
        "One number at a time over its own range, everything else the same.",
    )


def _ways(x: Risk, least: float) -> tuple[Cell, ...]:
    """The monotonicity report of one number."""
    total = direction(x.settled, least)
    return (f"{x.what}, as it grows: {total}", None, None, *(None for _ in x.by_type))


def sweep_chart(
    game: Game, name: str, title: str, subtitle: str, found: Sequence[Standing]
) -> Chart | None:
    """Settlement and escalation by gain."""
    if len(found) < 2:
        return None
    b = side_names(game)[1]
    rows = [
        PlanRow(steps(x.gain), Dot(x.settled), Dot(min(x.climbs, 1.0))) for x in reversed(found)
    ]
    return dots_and_ranges(
        name,
        title=title,
        subtitle=subtitle,
        alt=f"{title}.",
        rows=rows,
        series=("a settlement is signed", f"{b} climbs (at most this chance)"),
        side="neutral",
    )


def timing_chart(game: Game, t: Timing, title: str) -> Chart | None:
    """What starting in month n adds to A's value."""
    if len(t.months) < 2:
        return None
    a = side_names(game)[0]
    full = (
        [Threshold("fully ready", t.ready_after, "month")]
        if 0 < t.ready_after < t.months[-1]
        else []
    )
    return fan(
        "wait_or_go",
        title=title,
        subtitle=f"What an offensive begun in that month adds to the value of {a} today, own stake",
        alt=f"{title}.",
        months=list(t.months),
        lines=[Line(a, t.a, "a")],
        start=game.crisis.as_of,
        thresholds=[Threshold("adds nothing", 0.0, "value"), *full],
        unit="own stake",
        decimals=3,
        domain=(min(-SCALE, 1.1 * min(t.a)), max(SCALE, 1.1 * max(t.a))),
    )


def race_chart(game: Game, r: Race, title: str) -> Chart | None:
    """Production against support."""
    months = [t for t in range(game.shown + 1) if not np.isnan(r.lost[t])]
    if len(months) < 2 or (not r.gained.any() and not np.nan_to_num(r.lost).any()):
        return None
    last = (
        [Threshold(f"gap of {months_text(len(r.gap))} ends", r.gap[-1], "month")] if r.gap else []
    )
    return fan(
        "race",
        title=title,
        subtitle="Percentage points of the chance that a battle step goes one way",
        alt=f"{title}.",
        months=months,
        lines=[
            Line("production has added", tuple(100 * float(r.gained[t]) for t in months), "a"),
            Line(
                "lost support has taken", tuple(100 * float(r.lost[t]) for t in months), "neutral"
            ),
        ],
        start=game.crisis.as_of,
        thresholds=last,
        unit="percentage points",
        decimals=1,
    )


def reaction_chart(game: Game, found: Sequence[Reaction], title: str) -> Chart | None:
    """Climbing against cutting losses by plan."""
    if len(found) < 2:
        return None
    rows = [PlanRow(x.label, Dot(x.mean(game, "climbs")), Dot(x.mean(game, "cuts"))) for x in found]
    return dots_and_ranges(
        "setback",
        title=title,
        subtitle="Chance of each at the next initiative after a setback, all steps of the plan in force",
        alt=f"{title}.",
        rows=rows,
        series=("climbs", "cuts losses"),
        side="b",
        decimals=1,
    )
