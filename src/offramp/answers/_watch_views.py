"""Tables and charts of the watch answer."""

from __future__ import annotations

import numpy as np

from offramp.answers._answer import Cell, Column, Table
from offramp.answers._bluff_views import actor_name, short, when_words
from offramp.answers._facts import bare, join, percent, quoted, side_names
from offramp.answers._watch_calendar import Ahead, Step
from offramp.answers._watch_indicators import Board, Indicator
from offramp.answers._watch_opinion import Opinion
from offramp.answers._watch_ranking import Ranking, Valued
from offramp.game import Game
from offramp.solution import Certificate, Metric

DATES = (0, 1, 3, 6, 9, 12, 18, 24)
"""Months at which chances are printed."""
NAMES = {
    "first deal": "a first deal",
    "A collapses": "the collapse of {a}",
    "B collapses": "the collapse of {b}",
    "disaster": "disaster",
}


def event_name(game: Game, event: str) -> str:
    """What an indicator announces, in words."""
    a, b = side_names(game)
    return NAMES[event].format(a=a, b=b)


def triggers_table(game: Game, steps: tuple[Step, ...]) -> Table | None:
    """Chances that each trigger has been met, by date."""
    if not steps:
        return None
    months = [m for m in DATES if m <= game.shown]
    columns = (
        Column("step", "Step of the plan"),
        Column("trigger", "Begins when"),
        Column("agree", "Who must agree"),
        Column("median", "More likely than not by month", "integer"),
        *(Column(f"m{m}", f"By month {m}", "share", "", 0) for m in months),
        Column("begun", f"Begun by month {game.shown}", "share", "", 0),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            s.name,
            s.trigger,
            join(actor_name(game, x) for x in s.waits_for) or "–",
            s.median,
            *(s.met[m] for m in months),
            s.begun[-1],
        )
        for s in steps
    ]
    return Table(
        "Triggers of the plan: the chance that each has been met",
        columns,
        tuple(rows),
        "Each history counts once, in the month in which the condition is first met. A dash: not more likely "
        "than not within the months shown. Begun: met, and carried out.",
    )


def indicators_table(game: Game, found: Board | None, told: Certificate) -> Table | None:
    """Indicators with what they announce."""
    if found is None or not found.indicators:
        return None
    a, _ = side_names(game)
    columns = (
        Column("sight", f"If by month {found.month} …"),
        Column("chance", "Chance", "share", "", 0),
        Column("worth", f"Means for {a}", "signed", "own stake", 3),
        Column("announces", "Announces most"),
        Column("given", f"Its chance by month {found.by}", "share", "", 0),
        Column("usual", "Without the sign", "share", "", 0),
        Column("lead", "Lead time", "months", "months", 0),
        Column("reading", "Reading"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            i.name,
            i.chance,
            i.worth,
            event_name(game, i.event),
            i.given,
            i.given - i.lift,
            i.lead,
            reading(i, told),
        )
        for i in found.indicators
    ]
    return Table(
        f"Indicators at month {found.month}, nothing settled by then",
        columns,
        tuple(rows),
        "Without the sign: the chance on average over what may be seen. Lead time: median months from the "
        "sight to what it announces, where that comes. A sign is not a cause: a front that has moved also "
        "says that fighting went on.",
    )


def tells(i: Indicator, told: Certificate) -> bool:
    """Whether an indicator moves the chance of what it announces by more than the error."""
    metric: Metric = "disaster" if i.event == "disaster" else "settled"
    return told.distinguishable(i.lift, 0.0, metric)


def reading(i: Indicator, told: Certificate) -> str:
    """What an indicator says, in words."""
    if not tells(i, told):
        return "announces nothing distinguishable"
    return "makes it likelier" if i.lift > 0 else "makes it less likely"


def plan_name(game: Game, plan: str) -> str:
    """A plan in quotes."""
    return quoted(game.crisis.plans[plan].name) if plan in game.crisis.plans else quoted(plan)


def ranking_table(game: Game, found: Ranking) -> Table:
    """Plans today and where the type is known."""
    a, _ = side_names(game)
    columns = (
        Column("plan", "Plan"),
        Column("value", f"Worth to {a} today", "number", "own stake", 3),
        *(
            Column(
                f"corner_{t}", f"if {quoted(game.crisis.types[t].name.lower())} is certain", "number",
                "own stake", 3,
            )
            for t in game.types
            if len(game.types) > 1
        ),
        Column("reading", "Reading"),
    )  # fmt: skip

    def known(p: Valued) -> list[float]:
        if len(game.types) == 1:
            return []
        corners = [
            [1.0 if k == j else 0.0 for k in range(len(game.types))] for j in range(len(game.types))
        ]
        return [p.at(np.array(c)) for c in corners]

    rows: list[tuple[Cell, ...]] = [
        (
            game.crisis.plans[p.plan].name if p.plan in game.crisis.plans else p.plan,
            p.value_a,
            *known(p),
            "best"
            if p is found.best
            else "no distinguishable difference to the best"
            if p in found.tied
            else "worse",
        )
        for p in found.plans
    ]
    return Table(
        "Plans at today's beliefs, and if the type were known",
        columns,
        tuple(rows),
        f"Solved at {found.resolution} resolution. Differences up to {found.error:.3f} count as none.",
    )


def thresholds_table(game: Game, found: Ranking) -> Table | None:
    """The belief at which the bottom line changes."""
    if not found.thresholds or len(found.plans) < 2:
        return None
    columns = (
        Column("type", "If the other side turned out to be"),
        Column("now", "Believed now", "share", "", 0),
        Column("at", "The best plan changes at", "share", "", 0),
        Column("plan", "to"),
        Column("corner", "Best if certain"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            game.crisis.types[game.types[t.type]].name,
            t.now,
            t.at,
            plan_name(game, t.plan) if t.at is not None else None,
            plan_name(game, t.corner),
        )
        for t in found.thresholds
    ]
    return Table(
        "Beliefs at which another plan would do better",
        columns,
        tuple(rows),
        "Beliefs move towards certainty of one type, the others in proportion. A dash: no belief on that way "
        "changes the best plan by more than the error.",
    )


def sways_table(game: Game, found: Ranking) -> Table | None:
    """Observations and whether they change the bottom line."""
    if not found.sways or len(found.plans) < 2:
        return None
    columns = (
        Column("what", "What to look for"),
        Column("when", "When"),
        Column("bits", "Expected information", "number", "bits", 4),
        Column("worth", "Worth of seeing it before choosing", "number", "own stake", 4),
        Column("outcome", "What would change the best plan"),
        Column("plan", "to"),
    )
    rows: list[tuple[Cell, ...]] = []
    for s in sorted(found.sways, key=lambda x: (not x.changes, -x.worth, -x.observation.bits)):
        turned = max((o for o in s.best if o[3] > 0), key=lambda o: o[1], default=None)
        rows.append(
            (
                short(s.observation.name),
                when_words(s.observation),
                s.observation.bits,
                s.worth,
                f"{turned[0]} ({percent(turned[1])})" if turned else "nothing that it can show",
                plan_name(game, turned[2]) if turned else None,
            )
        )
    return Table(
        "Which observation would change the bottom line",
        columns,
        tuple(rows),
        "Worth: own stake gained by choosing the plan after seeing it rather than before.",
    )


def events_table(game: Game, found: tuple[Ahead, ...]) -> Table | None:
    """Events of the file by date."""
    if not found:
        return None
    months = [m for m in (3, 6, 12) if m <= game.shown]
    columns = (
        Column("event", "Event"),
        Column("when", "While"),
        Column("date", "Date"),
        *(Column(f"m{m}", f"By month {m}", "share", "", 0) for m in months),
        Column("median", "More likely than not by month", "integer"),
        Column("tracked", "The game sees it happen"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            e.name,
            e.when.replace("_", " "),
            e.date or "–",
            *(e.by[m] for m in months),
            e.median,
            e.tracked,
        )
        for e in found
    ]
    return Table(
        "Events ahead that nobody at the table decides",
        columns,
        tuple(rows),
        "Chances if the condition under “While” holds throughout; lower where it does not.",
    )


def opinion_table(
    game: Game, path: Opinion, less: Valued | None, more: Valued | None, today: Valued | None
) -> Table | None:
    """What a large shift of third-party opinion does."""
    if path.why_not or less is None or more is None or today is None:
        return None
    a, b = side_names(game)
    columns = (
        Column("case", f"Tolerance of {b} among {path.outsider.lower()}"),
        Column("support", "Share", "share", "", 0),
        Column("pain", f"Pressure that leaks, on {b}", "number", "flow, own stake", 4),
        Column("value_a", f"Worth to {a}", "number", "own stake", 3),
        Column("value_b", f"Worth to {b}, expected", "number", "own stake", 3),
        Column("settled", "In a settlement at month 12", "share", "", 1),
    )
    mu = game.opening
    rows: list[tuple[Cell, ...]] = [
        (
            name,
            path.support + ds,
            path.pain + path.slope * ds,
            v.value_a,
            float(mu @ np.array(v.value_b)),
            v.settled,
        )
        for name, ds, v in (
            ("less", -path.shift, less),
            ("as today", 0.0, today),
            ("more", path.shift, more),
        )
    ]
    return Table(
        "Influence of third-party opinion: a large shift either way",
        columns,
        tuple(rows),
        "Leakage is taken to rise in proportion to tolerance. Pressure: flow cost at full effect of the plan's "
        "levers that leak.",
    )


def path_table(game: Game, path: Opinion) -> Table | None:
    """Messengers and the numbers on the path."""
    if path.why_not:
        return None
    columns = (
        Column("what", "On the path"),
        Column("value", "Value", "number", "", 3),
        Column("range", "Range"),
        Column("swing", "Moves the pressure by", "number", "flow, own stake", 4),
        Column("holder", "Who speaks"),
    )
    speakers = {f"levers.{m.lever}.third_party_shift": m for m in path.messengers}
    rows: list[tuple[Cell, ...]] = [
        (
            p.path,
            p.value,
            f"{bare(p.low)} to {bare(p.high)}" if p.low is not None and p.high is not None else "–",
            p.swing,
            actor_name(game, speakers[p.path].holder) if p.path in speakers else "–",
        )
        for p in path.parts
    ]
    return Table(
        "What decides how much opinion matters",
        columns,
        tuple(rows),
        "By how much the flow cost of leaking levers changes over each number's own range, the others fixed.",
    )
