"""Charts of the coalition answer, each with its table twin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from offramp.answers._answer import Chart
from offramp.answers._charts import Bar, Line, Threshold, diverging_bars, fan, matrix
from offramp.answers._coalition_facts import name_of, stance
from offramp.answers._coalition_stay import Stays
from offramp.answers._coalition_views import RuleLine
from offramp.answers._coalition_ways import Passage
from offramp.answers._facts import join, months_text, owner, percent, side_names, stake
from offramp.crisis import Crisis
from offramp.solution import Solution

MOST_ROWS, MOST_COLUMNS = 12, 6
"""Levers and members in the matrix."""


def survival_chart(solution: Solution, stays: Stays, headline: str, below: int | None) -> Chart:
    a, b = side_names(solution.game)
    several = len(stays.cohesion) > 1
    lines = [Line(f"{a}, by members", tuple(map(float, stays.reached[:, 0])), "a")]
    if several:
        lines.append(Line(f"{a}, by the game's tiers", tuple(map(float, stays.tiers[:, 0])), "a"))
    lines.append(Line(b, tuple(map(float, stays.other)), "b"))
    rules = [Threshold("even odds", 0.5, "value")]
    if below:
        rules.append(Threshold("below even odds", float(below)))
    end = stays.months
    return fan(
        "survival",
        title=headline,
        subtitle="Chance of being whole while nothing is settled and nobody acts",
        alt=f"{headline}. At month {end}: {a} {stays.reached[-1, 0]:.0%} by its members, {b} "
        f"{stays.other[-1]:.0%}.",
        months=[float(m) for m in range(end + 1)],
        lines=lines,
        start=solution.game.crisis.as_of,
        thresholds=rules,
        format="share",
        decimals=0,
        domain=(0.0, 1.0),
    )


def consent_chart(
    crisis: Crisis, passages: Sequence[Passage], members: Sequence[str]
) -> Chart | None:
    count: dict[str, int] = {}
    for p in passages:
        for m in p.against:
            count[m] = count.get(m, 0) + 1
    who = sorted((m for m in members if m in count), key=lambda m: -count[m])[:MOST_COLUMNS]
    shown = [p for p in passages if p.against][:MOST_ROWS]
    if not who or not shown:
        return None
    rules = {p.lever: p.rule for p in shown}
    blocked = [crisis.levers[p.lever].name for p in passages if not p.passes]
    title = (
        f"{len(blocked)} of {len(passages)} levers are blocked by those who must agree"
        if blocked
        else "Nobody who must agree blocks a lever"
    )
    return matrix(
        "consent",
        title=title,
        subtitle="Stance of the members with most refusals on the levers that somebody is against",
        alt=f"{title}" + (f": {join(blocked)}." if blocked else "."),
        rows=[
            f"{crisis.levers[p.lever].name} ({'passes' if p.passes else 'blocked'})" for p in shown
        ],
        columns=[name_of(crisis, m) for m in who],
        cells=[[stance(crisis, m, p.lever, rules[p.lever]).word for m in who] for p in shown],
        fills={
            "refuses": "dark",
            "objects": "mid",
            "agrees": "none",
            "holds it": "pale",
            "not asked": "none",
        },
        corner="Lever",
    )


def pivot_chart(
    crisis: Crisis, loss: Mapping[str, tuple[float, float]], least: float
) -> Chart | None:
    seen = sorted(((m, v) for m, v in loss.items() if abs(v[1]) > least), key=lambda x: x[1][1])[:8]
    if not seen:
        return None
    first = name_of(crisis, seen[0][0])
    title = f"{owner(first)} going would cost A most, if what A holds out for stayed the same"
    return diverging_bars(
        "pivotal",
        title=title,
        subtitle="Change of A's value if the member left today, terms held (A's stake)",
        alt=f"{title}: {stake(seen[0][1][1], True)} of its stake.",
        bars=[Bar(name_of(crisis, m), v[1]) for m, v in seen],
        positive=("neutral", "gains"),
        negative=("a", "loses"),
        unit="A's stake",
        decimals=3,
        heading="Change of A's value",
    )


def rules_chart(solution: Solution, lines: Sequence[RuleLine], stays: Stays) -> Chart | None:
    chosen = [x for x in lines if max(x.curve) - min(x.curve) > 0.005][:4]
    if len(chosen) < 2:
        return None
    at = stays.read
    best, worst = max(chosen, key=lambda x: x.curve[at]), min(chosen, key=lambda x: x.curve[at])
    title = (
        f"After {months_text(at)} {worst.rule.name} holds with {percent(worst.curve[at])}, "
        f"{best.rule.name} with {percent(best.curve[at])}"
    )
    return fan(
        "rules",
        title=title,
        subtitle="Chance that those whom each rule needs are still in",
        alt=f"{title}.",
        months=[float(m) for m in range(stays.months + 1)],
        lines=[Line(x.rule.name, x.curve, "neutral") for x in chosen],
        start=solution.game.crisis.as_of,
        format="share",
        decimals=0,
        domain=(0.0, 1.0),
    )
