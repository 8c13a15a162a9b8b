"""Charts of the contribution answer, one idea each."""

from __future__ import annotations

import numpy as np

from offramp.answers._answer import Chart
from offramp.answers._charts import (
    Bar,
    Dot,
    Line,
    PlanRow,
    Threshold,
    diverging_bars,
    dots_and_ranges,
    fan,
    matrix,
)
from offramp.answers._contribution_aid import AidCut
from offramp.answers._contribution_chain import Chain
from offramp.answers._contribution_facts import Facts, Planned
from offramp.answers._contribution_views import carried
from offramp.answers._contribution_words import loss_text
from offramp.answers._facts import bare, join, percent
from offramp.answers._style import Fill
from offramp.crisis import Crisis

MOST_ROWS = 16
"""Members that the chart shows."""
MOST_COLUMNS = 6
"""Kinds that the chart shows."""


def charts(facts: Facts, headline: str) -> tuple[Chart, ...]:
    """One idea each."""
    plan, found = facts.planned, []
    if plan is not None and facts.asked:
        found += [cover_chart(plan, headline), *member_chart(facts.crisis, plan)]
    elif plan is not None:
        found.append(record_chart(facts, plan, headline))
    if facts.chain is not None and len(facts.chain.known) > 1:
        found.append(chain_chart(facts.chain))
    if facts.aid is not None and facts.aid.half[0] is not None:
        found.append(aid_chart(facts.crisis, facts.aid))
    return tuple(found)


def cover_chart(plan: Planned, headline: str) -> Chart:
    """Spare or short by kind."""
    kinds = [
        (kind.label, float(c) - 1.0)
        for kind, c in zip(plan.model.task.kinds, plan.cover, strict=True)
        if np.isfinite(c)
    ]
    ordered = sorted(kinds, key=lambda x: x[1])
    said = join(f"{n} {percent(abs(v))} {'short' if v < 0 else 'to spare'}" for n, v in ordered[:3])
    return diverging_bars(
        "cover",
        title=headline,
        subtitle="What can be had above or below the need, in the worst months, as a share of the need",
        alt=f"{headline}. In the worst months: {said}.",
        bars=[Bar(n, v) for n, v in ordered],
        positive=("a", "to spare" if ordered[-1][1] > 0 else ""),
        negative=("neutral", "short" if ordered[0][1] < 0 else ""),
        format="share",
        decimals=0,
        heading="Above or below the need",
    )


def record_chart(facts: Facts, plan: Planned, headline: str) -> Chart:
    """What each member's leaving would take away."""
    losses = sorted(plan.singles, key=lambda x: -x.worst(plan.model.needed))[:MOST_ROWS]
    rows = [
        Bar(
            facts.crisis.members[plan.model.members[x.gone[0]]].name,
            x.worst(plan.model.needed),
        )
        for x in losses
    ]
    return diverging_bars(
        "record",
        title=headline,
        subtitle="Share of the recorded help that is missing without each member, kind hurt most",
        alt=f"{headline}. {losses and loss_text(facts, losses[0])} without the largest giver.",
        bars=rows,
        positive=("a", ""),
        format="share",
        decimals=0,
        heading="Missing without it",
    )


def member_chart(crisis: Crisis, plan: Planned) -> list[Chart]:
    """Members by kinds: what each brings, keeps or refuses."""
    model = plan.model
    if plan.plan is None:
        return []
    given = plan.plan.months(model)
    columns = [k for k in range(len(model.kinds)) if model.needed[k] > 0][:MOST_COLUMNS]
    weight = carried(plan)
    rows = [int(i) for i in np.argsort(-np.nan_to_num(weight), kind="stable")][:MOST_ROWS]
    cells = []
    for i in rows:
        line = []
        for k in columns:
            kind = model.task.kinds[k]
            has = model.task.offers[model.members[i]].capacity.get(kind.id, 0.0)
            if given[i, k] > 0:
                line.append(percent(float(given[i, k] / model.needed[k])))
            elif has <= 0:
                line.append("none")
            elif model.why[i][k] is not None:
                line.append("red line")
            elif not plan.there[i]:
                line.append("stays away")
            else:
                line.append("spare" if model.useful[i, k] > 0 else "keeps it")
        cells.append(line)
    fills: dict[str, Fill] = {
        w: "a" for line in cells for w in line if w[:1].isdigit() or w.startswith("under")
    }
    left = len(model.members) - len(rows)
    return [
        matrix(
            "members",
            title="Who brings what",
            subtitle="Share of the need of each kind over the task"
            + (f"; {left} members that carry less are in the table" if left else ""),
            alt="Who brings what: "
            + join(
                f"{crisis.members[model.members[i]].name} carries {percent(float(weight[i]))}"
                for i in rows[:3]
            )
            + " of the task.",
            rows=[crisis.members[model.members[i]].name for i in rows],
            columns=[model.task.kinds[k].label for k in columns],
            cells=cells,
            fills={
                **fills,
                "red line": "mid",
                "spare": "light",
                "none": "pale",
                "stays away": "mid",
                "keeps it": "light",
            },
            corner="Member",
        )
    ]


def chain_chart(steps: Chain) -> Chart:
    """Every step and the product."""
    weakest = steps.weakest
    assert weakest is not None
    rows = [
        PlanRow(s.name[:1].upper() + s.name[1:], Dot(s.p, s.low, s.high), None, "")
        for s in steps.known
        if s.p is not None
    ]
    unknown = any(s.p is None for s in steps.steps)
    rows.append(PlanRow("All of it" + (", at most" if unknown else ""), Dot(steps.product)))
    title = f"The weakest step: {weakest.name}"
    return dots_and_ranges(
        "chain",
        title=title,
        subtitle="Probability of each step, given those before it, with its range where one is stated",
        alt=f"{title}, {percent(weakest.p or 0.0)}; all of it {percent(steps.product)}.",
        rows=rows,
        series=("probability",),
        side="neutral",
        domain=(0.0, 1.0),
    )


def aid_chart(crisis: Crisis, aid: AidCut) -> Chart:
    """Loss still missing by month."""
    half = aid.half[0]
    assert half is not None
    name = crisis.members[aid.donor].name
    title = f"If {name} stops, half is back after {bare(round(half, 1))} months"
    return fan(
        "recovery",
        title=title,
        subtitle="Share of the lost help still missing; the band is the range of substitution",
        alt=f"{title}; after a year {percent(aid.left[min(12, len(aid.left) - 1)])} is still missing.",
        months=list(range(len(aid.left))),
        lines=[Line("still missing", aid.left, "a", aid.low, aid.high)],
        thresholds=[Threshold("half", 0.5, "value")],
        format="share",
        decimals=0,
        domain=(0.0, 1.0),
    )
