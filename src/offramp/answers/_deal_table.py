"""The list of contracts: who would sign each, voice by voice and type by type, and the red line in the way.

The *binding red line* of a contract is the crossed line of somebody who is not suited whose lifting would
give that actor most; the cell says what the line costs and what would be missing without it, everything
else as it is (no re-solve). A contract that nobody's crossed line stands in the way of has none: its terms
fall short by themselves, or suit everybody.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offramp.answers._answer import Cell, Chart, Column, Table
from offramp.answers._charts import matrix
from offramp.answers._deal_facts import blockers, close_words, crossed, line_words
from offramp.answers._facts import join, quoted, side_names, stake, type_name
from offramp.answers._measures import Gaps
from offramp.game import Game
from offramp.solution import Certificate

Floats = NDArray[np.float64]

YES, NO, CLOSE = "yes", "no", "close"


def binding_line(game: Game, now: Gaps, offer: int) -> tuple[str, float, float] | None:
    """(red line, what it costs its actor's side, what is missing without it), if one is in the way."""
    s = game.stakes
    terms = np.array([game.offers[offer].terms])
    paid = s.penalties(terms)[:, 0]
    found: list[tuple[float, str, float]] = []
    for line in crossed(game, offer):
        v = s.voices.index(line.actor)
        others = (
            sum(x.penalty for x in crossed(game, offer) if x.actor == line.actor) - line.penalty
        )
        saved = float(paid[v] - min(others, s.cap))
        level = game.opening_floor(v)
        short = 0.0 if level is None else level - float(game.signed_value[v, offer])
        cost = saved
        missing = short - saved
        if s.side[v] == 1:
            least = float(now.b[offer].min())
            cost = saved * float(s.influence[v])
            short, missing = max(short, -least), max(short - saved, -least - cost)
        elif now.a[offer] < 0:
            cost_a = saved * float(s.influence[v])
            short, missing = max(short, -float(now.a[offer])), max(missing, -now.a[offer] - cost_a)
        if short > 0:
            found.append((cost, line.id, max(0.0, float(missing))))
    if not found:
        return None
    cost, line_id, missing = max(found)
    return line_id, cost, missing


def line_cell(game: Game, now: Gaps, offer: int) -> str:
    """The red line in the way of a contract, in words."""
    found = binding_line(game, now, offer)
    if found is None:
        return "none"
    line, cost, missing = found
    rest = f"{stake(missing)} short without it" if missing > 0.005 else "enough by itself"
    return f"{line_words(game, line)} (costs {stake(cost)}; {rest})"


def today_table(game: Game, now: Gaps, shown: list[int], told: Certificate) -> Table:
    """What signing is worth today, contract by contract, and what stops it."""
    a, b = side_names(game)
    columns = [
        Column("contract", "Contract"),
        Column("gap_a", f"{a} gains", "signed", "own stake", 2),
        Column("ratified", "Chance of ratification", "share", "", 0),
        *(
            Column(
                f"gap_{t}",
                f"{b} gains, {type_name(game, game.types.index(t))}",
                "signed",
                "own stake",
                2,
            )
            for t in game.types
        ),
        Column("line", "Red line in the way"),
        Column("stops", "What stops it"),
    ]
    rows: list[tuple[Cell, ...]] = []
    for i in shown:
        stops = blockers(game, now, i)
        close = close_words(game, now, i, told)
        rows.append(
            (
                game.offers[i].name,
                float(now.a[i]),
                float(now.ratified[i]),
                *(float(x) for x in now.b[i]),
                line_cell(game, now, i),
                "; ".join((*(stops or ("nothing",)), *([close] if close else []))),
            )
        )
    offered = {o.contract for o in game.offers}
    for key, contract in game.crisis.contracts.items():
        if key not in offered:
            lines = [
                line_words(game, x.id)
                for x in game.stakes.lines
                if x.hard
                and bool(x.crossed(np.array([contract.terms[m] for m in game.stakes.issues])))
            ]
            why = (
                "put forward over the parties' heads"
                if contract.imposed
                else f"beyond a hard red line: {join(lines)}"
            )
            rows.append((contract.name, None, None, *(None for _ in game.types), join(lines), why))
    return Table(
        "Signing today against letting the round pass",
        tuple(columns),
        tuple(rows),
        "Gains in each side's own stake; minus: it would rather let the round pass."
        + "".join(
            f" {game.offers[i].name}: {join(_terms_words(game, i))}."
            for i in shown
            if game.offers[i].contract is None
        ),
    )


def _terms_words(game: Game, offer: int) -> list[str]:
    """Terms of an offer, issue by issue, with the nearest meaning on its scale."""
    words = []
    for issue, x in zip(game.crisis.issues.values(), game.offers[offer].terms, strict=True):
        near = min(issue.scale, key=lambda p: abs(p.at - x), default=None)
        means = "" if near is None else f" (near {quoted(near.means)})"
        words.append(f"{quoted(issue.name)} {stake(x)}{means}")
    return words


def voices_table(game: Game, shown: list[int]) -> Table | None:
    """By how much each contract clears the floor of each voice that is asked; None without floors."""
    asked = [
        (v, actor, level)
        for v, actor in enumerate(game.stakes.voices)
        if (level := game.opening_floor(v)) is not None
    ]
    if not asked:
        return None
    columns = (
        Column("contract", "Contract"),
        *(
            Column(actor, f"{game.crisis.actors[actor].name}, above its floor of {stake(level)}",
                   "signed", "own stake", 2)
            for _, actor, level in asked
        ),
    )  # fmt: skip
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            game.offers[i].name,
            *(float(game.signed_value[v, i]) - level for v, _, level in asked),
        )
        for i in shown
    )
    return Table(
        "Voices whose consent is needed, today",
        columns,
        rows,
        "At its floor a voice ratifies with an even chance; every one of them has to.",
    )


def range_chart(game: Game, now: Gaps, shown: list[int], told: Certificate, headline: str) -> Chart:
    """Contracts by who would sign today: side A, its voices, B's types."""
    a, b = side_names(game)
    voices = [
        (v, actor, level)
        for v, actor in enumerate(game.stakes.voices)
        if (level := game.opening_floor(v)) is not None
    ]
    many = len(game.types) > 1
    columns = [a, *(f"{game.crisis.actors[k].name} ratifies" for _, k, _ in voices)]
    columns += [f"{b}, {type_name(game, j)}" if many else b for j in range(len(game.types))]
    cells = []
    for i in shown:
        row = [_word(float(now.a[i]), told.least("value_a"))]
        for v, _, level in voices:
            row.append(_word(float(game.signed_value[v, i]) - level, told.least("value_a")))
        row += [_word(float(x), told.least("value_b")) for x in now.b[i]]
        cells.append(row)
    return matrix(
        "range",
        title=headline,
        subtitle="Who would sign today rather than let the round pass; close: no distinguishable "
        "difference",
        alt=f"{headline}. Contracts by who would sign.",
        rows=[game.offers[i].name for i in shown],
        columns=columns,
        cells=cells,
        fills={YES: "mid", CLOSE: "light", NO: "none"},
        corner="Contract",
    )


def _word(gain: float, least: float) -> str:
    return CLOSE if abs(gain) <= least else YES if gain > 0 else NO
