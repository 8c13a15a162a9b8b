"""Tables and charts of when a plan is agreed and when it starts."""

from __future__ import annotations

from offramp.answers._answer import Cell, Chart, Column, Table
from offramp.answers._charts import Line, fan
from offramp.answers._comparison import Comparison
from offramp.answers._facts import join, percent, quoted, stake
from offramp.answers._plans_study_views import NONE, least
from offramp.answers._plans_timing import MODES, Agreement, Starts

MODE_NAMES = {
    "now": "agreed now",
    "sure": "agreed at the trigger, consent being sure",
    "at_trigger": "left to consent at the trigger",
    "never": "never agreed",
}


def agreement_table(c: Comparison, a: Agreement) -> Table:
    """The plan under the four ways to agree on it."""
    m = c.month
    columns = (
        Column("mode", "The plan is"),
        Column("value_a", f"Worth to {c.crisis.blocs['A'].name}", "number", "own stake", 3),
        Column("settled", f"In a settlement at month {m}", "share", "", 0),
        Column("begun", f"First stage begun by month {m}", "share", "", 0),
        Column("intact", f"Coalition whole at month {m}", "share", "", 0),
        Column("dispute", f"Dispute built up by month {m}", "share", "", 0),
        Column("verdict", "Against now"),
    )
    now = a.cases["now"]
    rows: list[tuple[Cell, ...]] = []
    for mode in MODES:
        x = a.cases[mode]
        begun = x.begun[0][min(m, len(x.begun[0]) - 1)] if x.begun else None
        rows.append(
            (
                MODE_NAMES[mode],
                x.value_a,
                x.settled[m],
                begun * (a.chance if mode == "at_trigger" else 1.0) if begun is not None else None,
                x.intact[m] if m < len(x.intact) else None,
                x.dispute[m],
                "" if mode == "now" else _against(c, a, now.value_a, x.value_a),
            )
        )
    who = (
        f"{join(c.crisis.members[k].name for k in a.contested)} stand against a lever of it or a term of its "
        "offer: that is what an agreement settles."
        if a.contested
        else "Nobody stands against a lever of it or a term of its offer, so there is nothing that an "
        "agreement "
        "would settle: its effect on dispute is taken as 0 and consent as sure."
    )
    return Table(
        f"{c.crisis.plans[a.plan].name}: agree now, at the trigger, or never",
        columns,
        tuple(rows),
        f"{who} Chance of consent at the trigger, month {a.month}: {percent(a.chance)}, over the levers "
        "that the "
        "lines leave. Never: stages that need consent do not exist. Whole: at its highest tier, on the path on "
        "which nobody acts. Solved on the coarser grid.",
    )


def _against(c: Comparison, a: Agreement, now: float, other: float) -> str:
    if abs(other - now) <= least(c, a.plan):
        return NONE
    return f"{'better' if other > now else 'worse'} by {stake(abs(other - now))}"


def agreement_words(c: Comparison, a: Agreement) -> str:
    """What agreeing now is worth, and where it comes from."""
    name, side = quoted(c.crisis.plans[a.plan].name), c.crisis.blocs["A"].name
    if not a.contested:
        return (
            f"Nobody stands against any part of {name}, so agreeing on it beforehand gains {side} nothing that "
            "agreeing later would not."
        )
    now, at_trigger, m = a.cases["now"], a.cases["at_trigger"], c.month
    together = (
        f"it keeps the coalition whole to month {m} with a chance of {percent(now.intact[m])} in "
        f"place of {percent(at_trigger.intact[m])}"
    )
    if abs(a.gain) <= least(c, a.plan):
        return (
            f"Agreeing on {name} now rather than at its trigger makes no distinguishable difference in "
            "value to "
            f"{side} ({stake(a.gain, True)}), though {together}."
        )
    word = "is worth" if a.gain > 0 else "costs"
    return (
        f"Agreeing on {name} now rather than at its trigger {word} {stake(abs(a.gain))} of {side}'s stake: "
        f"{together}."
    )  # fmt: skip


def starts_table(c: Comparison, s: Starts) -> Table:
    """A plan against the month it starts."""
    limit = least(c, s.plan)
    best = max(s.value_a)
    columns = (
        Column("month", "Starts in month", "integer"),
        Column("value_a", f"Worth to {c.crisis.blocs['A'].name}", "number", "own stake", 3),
        Column("settled", f"In a settlement at month {c.month}", "share", "", 0),
        Column("end", f"At month {c.crisis.clock.horizon_months}", "share", "", 0),
        Column("verdict", "Against the best start"),
    )
    rows = tuple(
        (
            n,
            v,
            x,
            y,
            NONE if best - v <= limit else f"worse by {stake(best - v)}",
        )
        for n, v, x, y in zip(s.months, s.value_a, s.settled, s.settled_end, strict=True)
    )
    return Table(
        f"{c.crisis.plans[s.plan].name}: what its start date does",
        columns,
        rows,
        "Its first stage begins in that month whatever happens, and both sides know it; all else as in the "
        "plan. "
        f"With its own trigger it is worth {s.own_value:.3f}. Solved on the coarser grid; differences up to "
        f"{limit:.3f} count as none.",
    )


def starts_words(c: Comparison, s: Starts) -> str:
    """The best start in words."""
    name, side = quoted(c.crisis.plans[s.plan].name), c.crisis.blocs["A"].name
    limit, best = least(c, s.plan), max(s.value_a)
    good = [n for n, v in zip(s.months, s.value_a, strict=True) if best - v <= limit]
    if len(s.months) == 1:
        return f"The horizon leaves one start date for {name}, so nothing is said about its timing."
    if len(good) == len(s.months):
        return (
            f"No start date of {name} from month {s.months[0]} to {s.months[-1]} is distinguishably "
            f"better for {side}."
        )
    dates = "at once" if good == [0] else f"in month {s.best}" if len(good) == 1 else _span(good)
    cost = best - s.value_a[-1]
    tail = f"; a start in month {s.months[-1]} is worth {stake(cost)} less" if cost > limit else ""
    return f"{name} is worth most to {side} if it starts {dates}{tail}."


def _span(months: list[int]) -> str:
    return (
        f"in months {months[0]} to {months[-1]}"
        if months[0]
        else f"at once or up to month {months[-1]}"
    )


def starts_chart(c: Comparison, s: Starts) -> Chart | None:
    """Chances of settlement by start month."""
    if len(s.months) < 2:
        return None
    crisis = c.crisis
    error = max(c.error("settled", s.plan), 0.005)
    name, top = quoted(crisis.plans[s.plan].name), max(s.settled)
    good = [n for n, x in zip(s.months, s.settled, strict=True) if top - x <= error]
    falls = all(x > y for x, y in zip(s.settled[:-1], s.settled[1:], strict=True))
    when = f"in month {good[0]}" if len(good) == 1 else _span(good)
    if len(good) == len(s.months):
        title = f"The start of {name} hardly moves settlement at month {c.month}"
    elif falls:
        title = f"The earlier {name} starts, the likelier a settlement at month {c.month}"
    else:
        title = f"A settlement at month {c.month} is likeliest if {name} starts {when}"
    lines = [Line(f"at month {c.month}", s.settled, "a")]
    if crisis.clock.horizon_months > c.month:
        lines.append(Line(f"at month {crisis.clock.horizon_months}", s.settled_end, "neutral"))
    return fan(
        "plans_start",
        title=title,
        subtitle="Chance of being in a settlement, by the month in which the plan starts",
        alt=f"{title}: {percent(s.settled[0])} if it starts in month {s.months[0]}, "
            f"{percent(s.settled[-1])} in month {s.months[-1]}.",
        months=[float(m) for m in s.months],
        lines=lines,
        start=crisis.as_of,
        format="share",
        decimals=0,
        domain=(0.0, 1.0),
    )  # fmt: skip
