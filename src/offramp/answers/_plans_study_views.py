"""Tables and charts of the split, of pressure through time, of chains and of regret."""

from __future__ import annotations

import math

from offramp.answers._answer import Cell, Chart, Column, Table
from offramp.answers._charts import (
    Bar,
    Dot,
    Line,
    PlanRow,
    Threshold,
    diverging_bars,
    dots_and_ranges,
    fan,
)
from offramp.answers._comparison import Comparison
from offramp.answers._facts import join, percent, quoted, stake
from offramp.answers._plans_runs import Portrait
from offramp.answers._plans_split import NAMES, PARTS, Split
from offramp.answers._plans_study import Regret, Study
from offramp.answers._plans_timing import Bite
from offramp.solution._certificate import PRINTED

NONE = "no distinguishable difference"
MOST_LINES = 3
"""Plans drawn in one chart of lines."""
READ = (3, 6, 12, 18)
"""Months at which pressure is read."""


def least(c: Comparison, plan: str, other: str | None = None) -> float:
    """Largest change of A's value that counts as none: for one plan, or between two."""
    error = c.error("value_a", plan) if other is None else c.error_between("value_a", plan, other)
    return max(PRINTED["value_a"], error)


def started(c: Comparison, x: Portrait, plan: str) -> float | None:
    """Chance that the first thing in a plan that waits has begun by the month read; None if nothing waits."""
    if x.begun:
        return x.begun[0][min(c.month, len(x.begun[0]) - 1)]
    return x.paused[min(c.month, len(x.paused) - 1)] if x.paused else None


def parts_tables(c: Comparison, splits: tuple[Split, ...]) -> tuple[Table, Table]:
    """Shapley shares of five parts, and what each does by itself with the interaction."""
    base = next(iter(c.own))
    first = quoted(c.crisis.plans[base].name)
    parts = tuple(Column(p, NAMES[p], "signed", "own stake", 3) for p in PARTS)
    shares: list[tuple[Cell, ...]] = []
    alone: list[tuple[Cell, ...]] = []
    for s in splits:
        name, limit = c.crisis.plans[s.plan].name, least(c, s.plan, s.base)
        in_it = [s.shapley[p] if p in s.differing else None for p in PARTS]
        shares.append((name, s.total, *in_it, limit, reading_of(s, limit)))
        by_itself = [s.alone[p] if p in s.differing else None for p in PARTS]
        alone.append((name, s.total, *by_itself, s.interaction))
    gain = Column("total", f"Gain on {first}", "signed", "own stake", 3)
    one = Table(
        f"Why each plan differs from {first}",
        (
            Column("plan", "Plan"), gain, *parts,
            Column("least", "Least that counts", "number", "own stake", 3), Column("verdict", "Reading"),
        ),
        tuple(shares),
        f"Shapley shares of {c.crisis.blocs['A'].name}'s gain over every order in which the parts are "
        "exchanged; "
        f"a dash: both plans have that part in common. {_grid_note(c, splits)}",
    )  # fmt: skip
    other = Table(
        "One part exchanged at a time, and what they do together",
        (Column("plan", "Plan"), gain, *parts,
         Column("interaction", "Interaction", "signed", "own stake", 3)),
        tuple(alone),
        f"Each part of the plan put into {first} by itself. Where that plan has no stages, pressure without "
        "the plan's timing begins at once; the interaction is what is left of the gain.",
    )  # fmt: skip
    return one, other


def _grid_note(c: Comparison, splits: tuple[Split, ...]) -> str:
    base = next(iter(c.own))
    if not c.alike:
        return "Solved on the grid of the answer."
    apart = max(
        (abs(s.total - (c.own[s.plan].value_a - c.own[base].value_a)) for s in splits), default=0.0
    )
    return f"Solved on the coarser grid; there the gains differ from those of the answer by up to {apart:.3f}."


def reading_of(s: Split, limit: float) -> str:
    """The largest share in words."""
    if abs(s.total) <= limit:
        big = [p for p in s.differing if abs(s.shapley[p]) > limit]
        if not big:
            return NONE
        up = [NAMES[p].lower() for p in big if s.shapley[p] > 0]
        down = [NAMES[p].lower() for p in big if s.shapley[p] < 0]
        if up and down:
            return f"{NONE}: {join(up)} and {join(down)} offset each other"
        return f"{NONE} in sum"
    same = [p for p in s.differing if s.shapley[p] * s.total > 0 and abs(s.shapley[p]) > limit]
    if not same:
        return "no single part stands out"
    top = sorted(same, key=lambda p: -abs(s.shapley[p]))
    near = [p for p in top if abs(s.shapley[top[0]]) - abs(s.shapley[p]) <= limit]
    return f"mostly {join(NAMES[p].lower() for p in near)}"


def parts_chart(c: Comparison, splits: tuple[Split, ...]) -> Chart | None:
    """Shares of the plan that gains most on the first, or loses least."""
    told = [s for s in splits if s.differing]
    if not told:
        return None
    best = max(told, key=lambda s: s.total)
    a, base = c.crisis.blocs["A"].name, quoted(c.crisis.plans[best.base].name)
    name = quoted(c.crisis.plans[best.plan].name)
    limit = least(c, best.plan, best.base)
    word = reading_of(best, limit)
    title = (
        f"{name} against {base}: {word}"
        if abs(best.total) <= limit
        else f"What {name} {'gains' if best.total > 0 else 'loses'} on {base} is {word}"
        if word.startswith("mostly")
        else f"{name} against {base}: {word}"
    )
    return diverging_bars(
        "plans_parts",
        title=title,
        subtitle=f"Shapley shares of {a}'s gain, own stake",
        alt=f"{title}: {stake(best.total, True)} in all.",
        bars=[Bar(NAMES[p], best.shapley[p]) for p in best.differing],
        positive=("a", f"helps {a}"),
        negative=("b", f"hurts {a}"),
        unit="own stake",
        decimals=3,
        heading="Share",
    )


def ratio_of(x: Portrait) -> tuple[float | None, ...]:
    """Pain over own cost by month, each as a part of what its side could gain; None without a cost."""
    unit = x.span_a / x.span_b if not (math.isnan(x.span_a) or math.isnan(x.span_b)) else 1.0
    return tuple(b / a * unit if a > 1e-12 else None for a, b in zip(x.own, x.pain, strict=True))


def pressure_table(c: Comparison, s: Study) -> Table:
    """When each plan begins, how fast it bites, and pain against own cost."""
    b, a = c.crisis.blocs["B"].name, c.crisis.blocs["A"].name
    months = [m for m in READ if m <= c.crisis.clock.horizon_months]
    columns = (
        Column("plan", "Plan"),
        Column("started", f"Begun by month {c.month}", "share", "", 0),
        Column("earliest", "Earliest month of pressure", "months", "", 0),
        Column("half", "Months from there to half of it", "months", "", 0),
        Column("full", "To nearly all", "months", "", 0),
        *(Column(f"ratio_{m}", f"Pain to own cost, month {m}", "number", "", 2) for m in months),
        Column("late", "Remark"),
    )
    rows: list[tuple[Cell, ...]] = []
    for p, x in s.portraits.items():
        bite, ratio = s.bites[p], ratio_of(x)
        rows.append(
            (
                c.crisis.plans[p].name,
                started(c, x, p),
                bite.starts if bite.share else None,
                bite.half,
                bite.full,
                *(ratio[m] if m < len(ratio) else None for m in months),
                late_words(c, bite),
            )
        )
    return Table(
        "When plans begin and when they bite",
        columns,
        tuple(rows),
        f"Pain: flow on {b} while nothing is settled and nobody acts; own cost: {a}'s. Each as a part of "
        "what its "
        "side could gain at all, so that the two can be compared; a dash: no cost. Half and nearly all "
        "(95 %) of the most that the package's sticks ever reach together.",
    )


def late_words(c: Comparison, bite: Bite) -> str:
    """What a plan's ramps mean for its deadline."""
    if not bite.share:
        return f"puts no pressure on {c.crisis.blocs['B'].name}"
    by = "its deadline" if bite.stated else "the month that is read"
    if bite.late:
        return f"late: half of the pressure comes after {by}, month {bite.deadline:g}"
    if bite.slow:
        names = join(quoted(c.crisis.levers[k].name) for k, _ in bite.slow)
        verb = "is" if len(bite.slow) == 1 else "are"
        return f"{names} {verb} not in full force by {by}, month {bite.deadline:g}"
    return f"all in force by {by}, month {bite.deadline:g}"


def _pressing(c: Comparison, s: Study) -> list[str]:
    return [p for p in c.ranked() if p in s.bites and s.bites[p].share][:MOST_LINES]


def bite_chart(c: Comparison, s: Study) -> Chart | None:
    """Share of the pressure in force by months since the plan could begin."""
    some = _pressing(c, s)
    if not some:
        return None
    crisis = c.crisis
    slowest = max(some, key=lambda p: s.bites[p].starts + (s.bites[p].half or 0))
    at = round(s.bites[slowest].starts + (s.bites[slowest].half or 0))
    title = (
        f"Half of the pressure is in force by month {at} at the earliest, under every plan shown"
    )
    if len(some) == 1:
        title = (
            f"Half of the pressure of {quoted(crisis.plans[some[0]].name)} is in force by month {at} "
            "at the earliest"
        )
    months = list(range(crisis.clock.horizon_months + 1))
    lines = []
    for p in some:
        bite = s.bites[p]
        begin = round(bite.starts)
        share = [0.0] * begin + list(bite.share)
        lines.append(Line(crisis.plans[p].name, tuple(share[: len(months)]), "a"))
    return fan(
        "plans_bite",
        title=title,
        subtitle="Share of the most that a plan's sticks reach, from the earliest month they can begin",
        alt=f"{title}.",
        months=[float(m) for m in months],
        lines=lines,
        start=crisis.as_of,
        thresholds=[Threshold("half", 0.5, "value")],
        format="share",
        decimals=0,
        domain=(0.0, 1.0),
    )  # fmt: skip


def ratio_chart(c: Comparison, s: Study) -> Chart | None:
    """Pain to own cost through time."""
    crisis = c.crisis
    some = [p for p in _pressing(c, s) if any(v is not None for v in ratio_of(s.portraits[p]))]
    if not some:
        return None
    series = {p: tuple(v if v is not None else 0.0 for v in ratio_of(s.portraits[p])) for p in some}
    end = {p: series[p][-1] for p in some}
    high = [p for p in some if end[p] > 1]
    b, a = crisis.blocs["B"].name, crisis.blocs["A"].name
    title = (
        f"In the end every plan shown presses {b} harder than it costs {a}"
        if len(high) == len(some)
        else f"No plan shown ends up pressing {b} harder than it costs {a}"
        if not high
        else f"Only {join(quoted(crisis.plans[p].name) for p in high)} ends up pressing {b} harder than it "
        f"costs {a}"
    )
    months = [float(m) for m in range(len(next(iter(series.values()))))]
    return fan(
        "plans_ratio",
        title=title,
        subtitle="Pain over own cost, each as a part of what its side could gain; 0 before there is any",
        alt=f"{title}: at the end {join(f'{end[p]:.2f} under {quoted(crisis.plans[p].name)}' for p in some)}.",
        months=months,
        lines=[Line(crisis.plans[p].name, series[p], "b") for p in some],
        start=crisis.as_of,
        thresholds=[Threshold("as much pain as cost", 1.0, "value")],
    )  # fmt: skip


def chains_table(c: Comparison, s: Study) -> Table | None:
    """What has to come true before each plan stands, step by step."""
    rows: list[tuple[Cell, ...]] = []
    for p, x in s.portraits.items():
        if x.chain is None:
            continue
        chain, weakest = x.chain, x.chain.weakest
        near = c.error("settled", p)
        rival = [
            k.name
            for k in chain.known
            if weakest is not None and k is not weakest and (k.p or 0) - (weakest.p or 0) <= near
        ]
        for step in chain.steps:
            word = ""
            if weakest is not None and step is weakest:
                word = "weakest link" + (f", with {join(rival)}" if rival else "")
            rows.append((c.crisis.plans[p].name, step.name, step.p, word))
        told = "all of these" + ("" if len(chain.known) == len(chain.steps) else ", at most")
        rows.append((c.crisis.plans[p].name, told, chain.product, ""))
    if not rows:
        return None
    return Table(
        "What has to come true before the force of a plan stands",
        (
            Column("plan", "Plan"),
            Column("step", "Step"),
            Column("chance", "Chance", "share", "", 1),
            Column("word", ""),
        ),
        tuple(rows),
        f"Steps in order, read at month {c.month}; the product takes each step as given by those before, and "
        "contributors as independent. A step without a chance is not counted.",
    )


def regret_table(c: Comparison, r: Regret) -> Table:
    """Regret by plan over precisions, types and readings."""
    heads = {"precision": "precision", "type": "if", "reading": "reading"}
    columns = (
        Column("plan", "Plan"),
        Column("worst", "Largest regret", "number", "own stake", 3),
        Column("where", "Where"),
        *(
            Column(f"column_{i}", f"{heads[kind]}: {name}", "number", "own stake", 3)
            for i, (kind, name) in enumerate(r.columns)
        ),
    )
    limit = max(r.error, PRINTED["value_a"])
    rows: list[tuple[Cell, ...]] = []
    for p in r.ranked():
        own = r.of(p)
        at = max(range(len(own)), key=lambda i, v=own: v[i])  # type: ignore[misc]
        where = "nowhere distinguishable" if own[at] <= limit else _place(r.columns[at])
        rows.append((c.crisis.plans[p].name, r.worst(p), where, *own))
    return Table(
        "What each plan costs at worst",
        columns,
        tuple(rows),
        f"Regret: what the best plan of a column is worth more to {c.crisis.blocs['A'].name}, own stake. Up to "
        f"{limit:.3f} it is no distinguishable difference. Types: if that were the type, which "
        f"{c.crisis.blocs['A'].name} does not know. Types and readings are solved on the coarser grid.",
    )


def _place(column: tuple[str, str]) -> str:
    kind, name = column
    return f"precision {name}" if kind == "precision" else name


def regret_chart(c: Comparison, r: Regret) -> Chart | None:
    """Largest regrets, least first."""
    if len(r.value) < 2:
        return None
    ranked, limit = r.ranked(), max(r.error, PRINTED["value_a"])
    alike = [p for p in ranked if r.worst(p) - r.worst(ranked[0]) <= limit]
    names = join(quoted(c.crisis.plans[p].name) for p in alike)
    title = (
        f"{names} costs least where it turns out wrong"
        if len(alike) == 1
        else f"No distinguishable difference in the largest regret between {names}"
    )
    return dots_and_ranges(
        "plans_regret",
        title=title,
        subtitle=f"Largest regret over {months_columns(r)}, own stake",
        alt=f"{title}: {stake(r.worst(ranked[0]))} at most.",
        rows=[PlanRow(c.crisis.plans[p].name, Dot(r.worst(p))) for p in ranked],
        series=("largest regret",),
        format="number",
        unit="own stake",
        decimals=2,
    )


def months_columns(r: Regret) -> str:
    """What the columns are, in words."""
    count = {k: sum(kind == k for kind, _ in r.columns) for k in ("precision", "type", "reading")}
    words = {"precision": "precisions", "type": "types", "reading": "readings"}
    return join(f"{n} {words[k] if n > 1 else k}" for k, n in count.items() if n)


def start_words(c: Comparison, s: Study) -> list[str]:
    """Chance that each plan that waits has begun, unlikeliest first."""
    found = [(p, started(c, x, p)) for p, x in s.portraits.items()]
    waits = sorted(((p, x) for p, x in found if x is not None), key=lambda item: item[1])
    said = []
    for p, chance in waits:
        plan = c.crisis.plans[p]
        what = (
            "its first trigger is met"
            if any(stage.trigger.strip() != "start" for stage in plan.stages)
            else "there is a ceasefire, without which it has nothing to begin with,"
        )
        said.append(
            f"under {quoted(plan.name)} {what} by month {c.month} with a chance of {percent(chance)}"
        )
    return said
