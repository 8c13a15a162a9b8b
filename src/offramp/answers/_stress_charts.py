"""Charts of the stress answer, each with its table twin."""

from __future__ import annotations

from offramp.answers._answer import Chart
from offramp.answers._charts import Bar, Dot, PlanRow, diverging_bars, dots_and_ranges
from offramp.answers._facts import owner, percent, quoted, side_names, stake
from offramp.answers._stress_facts import Found
from offramp.solution import Solution

MOST_BARS = 8
FULL, HELD = "as it comes", "terms held"


def charts_of(solution: Solution, found: Found, title: str) -> tuple[Chart, ...]:
    """Effects of single events, imposed terms by voice, mitigations."""
    charts = (_effects(solution, found, title), _voices(found), _reliefs(solution, found))
    return tuple(c for c in charts if c is not None)


def _effects(solution: Solution, found: Found, title: str) -> Chart | None:
    a, _ = side_names(solution.game)
    able = [s for s in found.shocks if not s.driver.unread]
    shown = sorted(able, key=lambda s: -max(abs(s.effect.value_a), abs(s.held.value_a)))[:MOST_BARS]
    if not shown:
        return None
    bars = [
        Bar(name, value, group=s.driver.name)
        for s in shown
        for name, value in ((FULL, s.effect.value_a), (HELD, s.held.value_a))
    ]
    return diverging_bars(
        "events",
        title=title,
        subtitle=f"Change of {owner(a)} value if the event happens at once, share of its stake; a "
        f"difference up to "
        f"{found.error.value_a:.3f} is none",
        alt=f"{title}. Largest: {shown[0].driver.name}, {stake(shown[0].effect.value_a, True)} as it comes and "
        f"{stake(shown[0].held.value_a, True)} with the terms held.",
        bars=bars,
        positive=("a", f"better for {a}"),
        negative=("neutral", f"worse for {a}"),
        decimals=3,
        heading="Change of value",
    )


def _voices(found: Found) -> Chart | None:
    x = found.imposed
    if x is None:
        return None
    weak = x.weakest
    title = (
        f"{weak.name} would lose {stake(-weak.margin)} by accepting {quoted(x.name)}"
        if weak.margin < 0
        else f"Nobody who is asked would lose by accepting {quoted(x.name)}"
    )
    return dots_and_ranges(
        "imposed",
        title=title,
        subtitle="Worth to each voice, share of its own stake; ranges: from the whole threat to none",
        alt=f"{title}; the terms are refused with {percent(x.refused)}.",
        rows=[
            PlanRow(c.name, Dot(c.accept), Dot(c.refuse[0], min(c.refuse), max(c.refuse)))
            for c in x.voices
        ],
        series=("accepting", "refusing"),
        domain=(min(0.0, *(c.accept for c in x.voices)) - 0.05, 1.0),
        format="number",
        decimals=2,
    )


def _reliefs(solution: Solution, found: Found) -> Chart | None:
    if found.worst is None or not found.reliefs:
        return None
    a, _ = side_names(solution.game)
    able = [r for r in found.reliefs if r.recovered > found.error.value_a]
    after = quoted(found.worst.driver.name)
    title = (
        f"{quoted(able[0].remedy.name)} comes first after {after}"
        if able
        else f"Nothing recovers more than the error after {after}"
    )
    return diverging_bars(
        "mitigations",
        title=title,
        subtitle=f"{owner(a)} value recovered, own cost counted, share of its stake; in the order of "
        f"what is recovered "
        "for its cost",
        alt=f"{title}: the loss is {stake(-found.worst.held.value_a)}.",
        bars=[Bar(r.remedy.name, r.recovered) for r in found.reliefs[:MOST_BARS]],
        positive=("a", "recovers"),
        negative=("neutral", "makes it worse"),
        decimals=3,
        heading="Recovered",
    )
