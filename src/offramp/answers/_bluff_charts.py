"""Charts of the bluff answer."""

from __future__ import annotations

import numpy as np

from offramp.answers._answer import Chart
from offramp.answers._bluff_ledger import Item, Ledger
from offramp.answers._bluff_observations import Observation
from offramp.answers._bluff_views import short
from offramp.answers._charts import Bar, Dot, Line, PlanRow, diverging_bars, dots_and_ranges, fan
from offramp.answers._facts import quoted
from offramp.game import Game
from offramp.solution import Solution

DAYS = 30.4375
VISIBLE = 0.0005
"""Bits below which an observation would be drawn as nothing."""
MOST = 10
"""Rows of a chart of items or observations."""


def path_chart(solution: Solution, book: Ledger, title: str) -> Chart | None:
    """Beliefs by date."""
    dates = [d for d, _ in book.path]
    if len(dates) < 2 or len(book.types) < 2:
        return None
    start = dates[0]
    months: list[float] = []
    values: list[tuple[float, ...]] = []
    for d, p in book.path:
        month = (d - start).days / DAYS
        if values and month > months[-1] + 0.1:
            months.append(month - 0.02)
            values.append(values[-1])
        elif values:
            month = months[-1] + 0.02
        months.append(month)
        values.append(p)
    game = solution.game
    lines = [
        Line(game.crisis.types[t].name, tuple(book.keep * v[j] for v in values), "neutral")
        for j, t in enumerate(book.types)
    ]
    if len(lines) > 3:
        keep = sorted(range(len(lines)), key=lambda j: -book.posterior[j])[:3]
        lines = [lines[j] for j in sorted(keep)]
    return fan(
        "beliefs_by_date",
        title=title,
        subtitle="Belief in each type after every dated item that counts",
        alt=f"{title}. Beliefs move in steps, on the dates on which something was seen.",
        months=months,
        lines=lines,
        start=start,
        format="share",
        decimals=0,
        domain=(0.0, 1.0),
    )


def items_chart(game: Game, book: Ledger) -> Chart | None:
    """What single items moved, for the type that leads."""
    moved = sorted(book.used, key=lambda i: -i.moved)[:MOST]
    if not moved:
        return None
    lead = book.leader
    name = quoted(game.crisis.types[game.types[lead]].name.lower())

    def label(i: Item) -> str:
        return f"{i.id}: {short(i.item.text, 60)}"

    first = max(moved, key=lambda i: abs(i.shift[lead]))
    title = f"{first.id} moves the belief in {name} most"
    return diverging_bars(
        "items_moved",
        title=title,
        subtitle=f"Change of the belief in {name} due to each item, percentage points",
        alt=f"{title}: by {100 * first.shift[lead]:+.1f} points.",
        bars=[Bar(label(i), 100 * i.shift[lead]) for i in moved],
        unit="points",
        decimals=1,
        heading="Points",
    )


def balance_chart(game: Game, book: Ledger) -> Chart | None:
    """Words alone and acts alone."""
    if len({i.item.kind == "act" for i in book.used}) < 2 or len(book.types) < 2:
        return None
    rows = []
    for j, t in enumerate(book.types):
        ends = (book.keep * book.balance.words[j], book.keep * book.balance.acts[j])
        rows.append(
            PlanRow(
                game.crisis.types[t].name,
                Dot(book.keep * book.posterior[j], min(ends), max(ends)),
                remark=f"words alone {ends[0]:.0%}, acts alone {ends[1]:.0%}",
            )
        )
    title = "Words alone and acts alone " + (
        "favour the same type"
        if int(np.argmax(book.balance.words)) == int(np.argmax(book.balance.acts))
        else "favour different types"
    )
    return dots_and_ranges(
        "words_and_acts",
        title=title,
        subtitle="Belief in each type: as weighed (dot), from words alone to acts alone (line)",
        alt=f"{title}.",
        rows=rows,
        series=("as weighed",),
        side="neutral",
        domain=(0.0, 1.0),
    )


def observations_chart(seen: tuple[Observation, ...]) -> Chart | None:
    """Expected information of what could be seen next."""
    top = [o for o in seen if o.bits >= VISIBLE][:MOST]
    if not top:
        return None
    title = f"Most is to be learned from {short(top[0].name, 60)}"
    return diverging_bars(
        "expected_information",
        title=title,
        subtitle="Expected information about the type, hundredths of a bit",
        alt=f"{title}: {top[0].bits:.3f} bits.",
        bars=[Bar(short(o.name[:1].upper() + o.name[1:], 70), 100 * o.bits) for o in top],
        format="number",
        unit="hundredths of a bit",
        decimals=1,
        heading="Hundredths of a bit",
    )
