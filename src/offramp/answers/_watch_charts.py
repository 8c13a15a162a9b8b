"""Charts of the watch answer."""

from __future__ import annotations

import numpy as np

from offramp.answers._answer import Chart
from offramp.answers._charts import Bar, Line, diverging_bars, fan
from offramp.answers._facts import percent, quoted, side_names
from offramp.answers._watch_calendar import Step
from offramp.answers._watch_indicators import Board
from offramp.answers._watch_ranking import Ranking
from offramp.answers._watch_views import plan_name
from offramp.game import Game


def triggers_chart(game: Game, steps: tuple[Step, ...], title: str) -> Chart | None:
    """Chances of triggers through time."""
    if not steps or game.shown < 1:
        return None
    lines = [Line(s.name, s.met, "a") for s in steps[:3]]
    return fan(
        "triggers",
        title=title,
        subtitle="Chance that the condition of each step of the plan has been met",
        alt=f"{title}.",
        months=list(range(game.shown + 1)),
        lines=lines,
        start=game.crisis.as_of,
        format="share",
        decimals=0,
        domain=(0.0, 1.0),
    )


def indicators_chart(game: Game, found: Board | None) -> Chart | None:
    """What each sight means for A."""
    if found is None or not found.indicators:
        return None
    a, _ = side_names(game)
    worst = min(found.indicators, key=lambda i: i.worth)
    best = max(found.indicators, key=lambda i: i.worth)
    first = worst if abs(worst.worth) >= abs(best.worth) else best
    way = "lower" if first.worth < 0 else "raise"
    title = (
        f"What would {way} the value to {a} in this game most by month {found.month}: {first.name}"
    )
    return diverging_bars(
        "indicators",
        title=title,
        subtitle=f"Change of the value to {a} at month {found.month} if it is seen, own stake",
        alt=f"{title}, worth {first.worth:+.3f} of its stake.",
        bars=[
            Bar(f"{i.name[:1].upper()}{i.name[1:]} ({percent(i.chance)})", i.worth)
            for i in found.indicators
        ],
        unit="own stake",
        decimals=3,
        heading="Change",
    )


def sways_chart(game: Game, found: Ranking | None) -> Chart | None:
    """Plans' worth on the way to certainty of the type that changes the bottom line first."""
    if found is None or len(found.plans) < 2:
        return None
    turns = [t for t in found.thresholds if t.at is not None]
    if not turns:
        return None
    gap = {t.type: (t.at or 0.0) - t.now for t in turns}
    first = min(turns, key=lambda t: gap[t.type])
    kind = quoted(game.crisis.types[game.types[first.type]].name.lower())
    title = f"The best plan changes where the belief in {kind} reaches {percent(first.at or 0.0)}"
    corner = np.eye(len(game.types))[first.type]
    bars = []
    for label, belief in (("today", game.opening), (f"if {kind} were certain", corner)):
        bars += [
            Bar(game.crisis.plans[p.plan].name, p.at(belief) - found.best.at(belief), group=label)
            for p in found.plans[1:5]
        ]
    a, _ = side_names(game)
    return diverging_bars(
        "bottom_line",
        title=title,
        subtitle=f"Worth of other plans to {a} less that of {plan_name(game, found.best.plan)}, own stake",
        alt=f"{title}.",
        bars=bars,
        unit="own stake",
        decimals=3,
        heading="Difference",
    )
