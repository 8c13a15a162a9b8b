"""Tables and charts of the plans answer: side by side, what each needs, the split, futures."""

from __future__ import annotations

from offramp.answers._answer import Cell, Chart, Column, Table
from offramp.answers._charts import Dot, PlanRow, Share, dots_and_ranges, stacked_area
from offramp.answers._comparison import Comparison
from offramp.answers._facts import join, percent, quoted, span_text, stake
from offramp.answers._plans_study import Study
from offramp.answers._plans_study_views import started
from offramp.crisis import Crisis, Plan
from offramp.game import Resolution

NOBODY = "nobody new"
"""What stands for no further consent."""


def who_must_agree(crisis: Crisis, plan: Plan) -> str:
    """Actors and members whose consent the plan's stages and levers need."""
    names: dict[str, None] = {}
    known = {k: x.name for k, x in crisis.actors.items()}
    known |= {k: x.name for k, x in crisis.members.items()}
    for stage in plan.stages:
        for who in stage.authority.of:
            names[known.get(who, who)] = None
        for use in stage.on:
            consent = crisis.levers[use.lever].consent
            if consent.rule == "unanimity":
                names["all members"] = None
            elif consent.rule == "qualified_majority":
                names["a qualified majority"] = None
            for who in consent.also:
                names[known.get(who, who.replace("_", " "))] = None
    return join(names) if names else NOBODY


def _offer_name(crisis: Crisis, plan: Plan) -> str:
    return crisis.contracts[plan.offer].name if plan.offer else "any"


def plans_table(c: Comparison, more: Study | None = None) -> Table:
    """Plans side by side; first whether each has begun, where that was looked at."""
    crisis, m = c.crisis, c.month
    a, b = crisis.blocs["A"].name, crisis.blocs["B"].name
    looked = {} if more is None else more.portraits
    columns = (
        Column("plan", "Plan"),
        *((Column("begun", f"Begun by month {m}", "share", "", 0),) if looked else ()),
        Column("settled", f"In a settlement at month {m}", "share", "", 0),
        Column("range", "Range"),
        Column("same", "With the same offer", "share", "", 0),
        Column("first", f"First deal by month {m}", "share", "", 0),
        Column("value_a", f"Worth to {a}", "number", "own stake", 2),
        Column("value_b", f"Worth to {b}, by type"),
        Column("disaster", f"Disaster by month {m}", "share", "", 1),
        Column("lost", f"{a} collapses", "share", "", 0),
    )
    rows: list[tuple[Cell, ...]] = []
    for p, run in c.own.items():
        low, high = c.settled_range(p)
        rows.append(
            (
                crisis.plans[p].name,
                *((started(c, looked[p], p),) if looked else ()),
                run.at("settled", m),
                span_text(low, high),
                c.same[p].at("settled", m) if c.same else None,
                run.at("first_deal", m),
                run.value_a,
                " / ".join(stake(v) for v in run.value_b),
                run.at("disaster", m),
                run.at("lost", m),
            )
        )
    same = f" Same offer: {quoted(crisis.contracts[c.offer].name)}." if c.offer else ""
    types = " / ".join(k.name.lower() for k in crisis.types.values())
    carried = (
        " Ranges and the same offer are solved on a coarser grid and carried over by difference; checked under "
        f"{quoted(crisis.plans[c.carry[0]].name)}, that misses {abs(c.carry[1]):.3f} of value and "
        f"{percent(abs(c.carry[2]))} of settlement."
        if c.carry is not None
        else ""
    )
    return Table(
        "Plans side by side",
        columns,
        tuple(rows),
        f"Ranges over precision {band_words(c)} per round. Types of {b} in order: {types}.{same}{carried}"
        + (" Begun: a dash where nothing in the plan waits." if looked else ""),
    )


def grid_words(varied: Resolution, own: Resolution) -> str:
    """What the grid of variations is called."""
    if varied == own:
        return own.name
    return (
        f"a coarser grid: {varied.offers} points on the frontier, {varied.belief_steps[-1]} belief steps, "
        f"{varied.phases} ramp phases, events by expectation"
    )


def band_words(c: Comparison) -> str:
    """The precisions compared, as words."""
    runs = next(iter(c.band.values()))
    return join(f"{r.task.precision:g}" for r in runs)


def needs_table(c: Comparison) -> Table:
    """What each plan offers, when it starts and who must agree."""
    crisis = c.crisis
    columns = (
        Column("plan", "Plan"),
        Column("offer", "Offer"),
        Column("starts", "Starts"),
        Column("agree", "Who must agree"),
    )
    rows = tuple(
        (
            plan.name,
            _offer_name(crisis, plan),
            _starts(plan),
            who_must_agree(crisis, plan),
        )
        for plan in (crisis.plans[p] for p in c.own)
    )
    return Table("What each plan offers and needs", columns, rows)


def _starts(plan: Plan) -> str:
    """Triggers of a plan as readers see them."""
    said = [s.trigger.replace("_", " ") for s in plan.stages]
    said += ["once there is a ceasefire"] if plan.on_ceasefire else []
    return "; ".join(said) or "already in force"


def split_table(c: Comparison) -> Table:
    crisis = c.crisis
    base = next(iter(c.own))
    columns = (
        Column("plan", "Plan"),
        Column("total", f"Gain on {quoted(crisis.plans[base].name)}", "signed", "own stake", 3),
        Column("pressure", "Pressure, promised relief and timing", "signed", "own stake", 3),
        Column("offer", "The offer and interactions", "signed", "own stake", 3),
        Column("error", "Error", "number", "own stake", 3),
        Column("verdict", "Reading"),
    )
    rows: list[tuple[Cell, ...]] = []
    for p in c.own:
        if p == base:
            continue
        total = c.own[p].value_a - c.own[base].value_a
        pressure = c.same[p].value_a - c.same[base].value_a
        offer = total - pressure
        verdict = (
            "no distinguishable difference"
            if not c.differ("value_a", p, base, total, 0.0)
            else "both about alike"
            if not c.differ("value_a", p, base, abs(offer), abs(pressure))
            else "mostly the offer"
            if abs(offer) > abs(pressure)
            else "mostly pressure, promised relief and timing"
        )
        error = c.error_between("value_a", p, base)
        rows.append((crisis.plans[p].name, total, pressure, offer, error, verdict))
    return Table(
        f"What {crisis.blocs['A'].name} gains, split",
        columns,
        tuple(rows),
        "Own stake. Error: the most that one refinement (a finer grid or clock, a later end) moves the gain; "
        f"measured for {join(quoted(crisis.plans[p].name) for p in c.checks)}, and the largest error of these "
        "for the others. No gain is told from a smaller one than its error, or than .005.",
    )


def settled_chart(c: Comparison, headline: str) -> Chart:
    crisis = c.crisis
    rows = []
    for p, run in c.own.items():
        low, high = c.settled_range(p)
        rows.append(
            PlanRow(
                crisis.plans[p].name,
                Dot(run.at("settled", c.month), low, high),
                Dot(c.same[p].at("settled", c.month)) if c.same else None,
                f"offers {_offer_name(crisis, crisis.plans[p])}" if crisis.plans[p].offer else "",
            )
        )
    ordered = max(c.own, key=lambda p: c.own[p].at("settled", c.month))
    top = c.own[ordered].at("settled", c.month)
    tied = [
        p
        for p in c.own
        if p == ordered or not c.differ("settled", ordered, p, top, c.own[p].at("settled", c.month))
    ]
    title = (
        f"A settlement at month {c.month} is likeliest under {quoted(crisis.plans[ordered].name)}"
        if len(tied) == 1 and len(rows) > 1
        else f"No distinguishable difference in settlements at month {c.month}"
        if len(tied) == len(rows) > 1
        else f"Settlements at month {c.month}: {join(quoted(crisis.plans[p].name) for p in tied)} lead"
        if len(rows) > 1
        else headline
    )
    return dots_and_ranges(
        "plans_settled",
        title=title,
        subtitle=f"Chance of being in a settlement at month {c.month}; range over precision",
        alt=f"{title}: {percent(c.own[ordered].at('settled', c.month))}.",
        rows=rows,
        series=("own offer", "same offer"),
        format="share",
        domain=(0.0, 1.0),
    )


def value_chart(c: Comparison, headline: str) -> Chart:
    crisis = c.crisis
    a = crisis.blocs["A"].name
    rows = []
    for p, run in c.own.items():
        low, high = c.value_range(p)
        rows.append(
            PlanRow(
                crisis.plans[p].name,
                Dot(run.value_a, low, high),
                Dot(c.same[p].value_a) if c.same else None,
            )
        )
    best = max(c.own, key=lambda p: c.own[p].value_a)
    title = headline if len(rows) > 1 else f"Worth to {a}"
    return dots_and_ranges(
        "plans_value",
        title=title,
        subtitle=f"Value to {a} at the start, own stake; range over precision",
        alt=f"{title}: {stake(c.own[best].value_a)}.",
        rows=rows,
        series=("own offer", "same offer"),
        format="number",
        unit="own stake",
        decimals=2,
    )


def futures_chart(c: Comparison, plan: str) -> Chart:
    crisis, run = c.crisis, c.own[plan]
    months = list(range(len(run.settled)))
    over = tuple(
        1 - s - w - f - n
        for s, w, f, n in zip(run.settled, run.war, run.ceasefire, run.waiting, strict=True)
    )
    parts = [
        Share("settlement", run.settled),
        Share("ceasefire", run.ceasefire),
        Share("stand-off", run.waiting),
        Share("war", run.war),
        Share("a side gone or disaster", over),
    ]
    parts = [p for p in parts if max(p.values) > 1e-9]
    end = len(run.settled) - 1
    title = (
        f"Under {quoted(crisis.plans[plan].name)} there is war at month {end} with a chance of "
        f"{percent(run.war[-1])}"
    )
    return stacked_area(
        "futures",
        title=title,
        subtitle="Probability of each state of affairs by month",
        alt=f"{title}; in a settlement {percent(run.settled[-1])}.",
        months=[float(t) for t in months],
        shares=parts,
        start=crisis.as_of,
    )
