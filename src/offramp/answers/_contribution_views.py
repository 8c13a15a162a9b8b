"""Tables of the contribution answer."""

from __future__ import annotations

import numpy as np

from offramp.answers._answer import Cell, Column, Table
from offramp.answers._contribution_facts import Facts, Planned
from offramp.answers._contribution_force_views import (
    aid_tables,
    backstop_table,
    chain_table,
    verdict_table,
)
from offramp.answers._contribution_losses import Loss
from offramp.answers._contribution_model import Floats
from offramp.answers._contribution_solve import weights_of
from offramp.answers._contribution_words import (
    causes_of,
    kind_of,
    months_of,
    rules_text,
    worst_kind,
)
from offramp.answers._facts import bare, join, percent
from offramp.crisis import Crisis

SHOWN_LOSSES = 12
"""Ways to lose members that the table lists."""


def tables(facts: Facts) -> tuple[Table, ...]:
    """Main table first."""
    plan, found = facts.planned, []
    if plan is not None:
        found = [loss_table(facts, plan)]
        if facts.asked:
            found = [
                cover_table(plan),
                *found,
                member_table(facts, plan),
                coalition_table(facts.crisis, plan),
                theory_table(facts.crisis, plan),
            ]
    if facts.chain is not None and facts.chain.steps:
        found.append(chain_table(facts.chain))
    if facts.verdicts:
        found.append(verdict_table(facts))
    if facts.aid is not None:
        found += aid_tables(facts.crisis, facts.aid)
    if facts.backstop is not None:
        found.append(backstop_table(facts))
    return tuple(found) or (nothing_table(),)


def nothing_table() -> Table:
    """What stands in where the file has nothing to plan with."""
    return Table(
        "Contributions on record",
        (Column("member", "Member"), Column("kind", "Kind")),
        (),
        "No member has a contribution on record.",
    )


def cover_table(plan: Planned) -> Table:
    """Cover by kind with what binds."""
    model, rows = plan.model, []
    for k, kind in enumerate(model.task.kinds):
        if model.needed[k] <= 0:
            continue
        binding = next((b for b in plan.bindings if b.kind == kind.id), None)
        cause = join(causes_of(plan, kind.id)[0], "or")
        rows.append(
            (
                kind.label,
                kind.unit or None,
                float(model.need[k].max()),
                float(plan.cover[k]),
                float(plan.short[k] / model.needed[k]),
                None if binding is None else months_of(binding),
                None if binding is None else cause or "too little is offered",
            )
        )
    return Table(
        "Cover by kind",
        (
            Column("kind", "Kind"),
            Column("unit", "Unit"),
            Column("need", "Need at its peak", "number", decimals=2),
            Column("cover", "Can be had over the need, worst months", "share", decimals=0),
            Column("short", "Missing over the task", "share", decimals=0),
            Column("months", "Where it binds"),
            Column("cause", "What costs most of it"),
        ),
        tuple(rows),
        "Cover is for the set of months in which it is lowest. The cause is the constraint whose lifting, "
        "alone, closes most of the gap.",
    )


def carried(plan: Planned) -> Floats:
    """Share of the task by member: mean over the kinds of what it brings over what is brought."""
    if plan.plan is None:
        return np.full(len(plan.model.members), np.nan)
    given = plan.plan.months(plan.model)
    needed = plan.model.needed > 0
    brought = given.sum(0)
    parts = np.divide(given, brought, out=np.zeros_like(given), where=brought > 0)
    mean: Floats = parts[:, needed].mean(1)
    return mean


def rules(plan: Planned) -> tuple[str, ...]:
    """Rules of fair shares that are shown."""
    return ("capacity", *plan.model.task.weights)


def member_table(facts: Facts, plan: Planned) -> Table:
    """Who carries how much, beside each rule of fair shares."""
    crisis, model = facts.crisis, plan.model
    share = carried(plan)
    by_rule = {rule: weights_of(model, rule) for rule in rules(plan)}
    private = plan.comparators.private
    single = {x.gone[0]: x for x in plan.singles}
    columns = [
        Column("member", "Member"),
        Column("carries", "Carries", "share", decimals=0),
        *(Column(f"by_{r}", f"By {r.replace('_', ' ')}", "share", decimals=0) for r in by_rule),
        Column("private", "Left to themselves", "share", decimals=0),
        Column("without", "Missing without it", "share", decimals=0),
        Column("note", "Note"),
    ]
    rows: list[tuple[Cell, ...]] = []
    for i, m in enumerate(model.members):
        loss = single.get(i)
        lines = {
            f"{kind.label}: refuses {line.replace('_', ' ')}"
            for kind, line in zip(model.task.kinds, model.why[i], strict=True)
            if line is not None and model.task.offers[m].capacity.get(kind.id, 0.0) > 0
        }
        if not plan.there[i]:
            lines.add("stays away without another")
        rows.append(
            (
                crisis.members[m].name,
                None if np.isnan(share[i]) else float(share[i]),
                *(float(w[i] / w.sum()) if w.sum() > 0 else None for w in by_rule.values()),
                private.get(m) if private else None,
                None if loss is None else loss.worst(model.needed),
                "; ".join(sorted(lines)) or None,
            )
        )
    order = sorted(range(len(rows)), key=lambda r: -(share[r] if not np.isnan(share[r]) else 0.0))
    return Table(
        "Burden by member",
        tuple(columns),
        tuple(rows[r] for r in order),
        "Carries: mean over the kinds of the share it brings in this plan, the nearest to fair shares by "
        f"{model.task.share_by}. Left to themselves: private provision by members with equal taste "
        "(Bergstrom, Blume and Varian). Missing without it: the kind that is hurt most.",
    )


def loss_table(facts: Facts, plan: Planned) -> Table:
    """The worst ways to lose one or two members, and the backstop."""
    crisis, model = facts.crisis, plan.model

    def row(loss: Loss) -> tuple[Cell, ...]:
        k = worst_kind(plan, loss)
        hurt = loss.worst(model.needed)
        return (
            join(crisis.members[model.members[i]].name for i in loss.gone),
            join(crisis.members[model.members[i]].name for i in loss.follow) or None,
            hurt,
            model.task.kinds[k].label if hurt > 0 else None,
            rules_text(crisis, loss.rules) or None,
        )

    def ordered(losses: tuple[Loss, ...]) -> list[Loss]:
        return sorted(losses, key=lambda x: (-x.worst(model.needed), -len(x.rules)))

    singles = ordered(plan.singles)
    rows = [row(x) for x in ([plan.bare] if plan.bare is not None else [])]
    if plan.bare is not None and len(plan.bare.gone) == 1:
        singles = [x for x in singles if x.gone != plan.bare.gone]
    rows += [row(x) for x in singles[:SHOWN_LOSSES]]
    if facts.asked:
        alone = {x.gone[0] for x in plan.singles if x.fails}
        new = [x for x in ordered(plan.pairs) if x.fails and not alone & set(x.gone)]
        rows += [row(x) for x in new[:SHOWN_LOSSES]]
    failing = sum(x.fails for x in plan.pairs)
    return Table(
        "If members leave",
        (
            Column("gone", "Gone"),
            Column("follow", "Leave with them"),
            Column("short", "Missing of the kind hurt most", "share", decimals=0),
            Column("kind", "Kind hurt most"),
            Column("rule", "Rule that breaks"),
        ),
        tuple(rows),
        f"All {len(plan.singles)} single losses and {len(plan.pairs)} pairs were worked out; {failing} pairs "
        "leave a gap. Pairs are listed where neither member alone does.",
    )


def coalition_table(crisis: Crisis, plan: Planned) -> Table:
    """Minimal coalitions."""
    rows = tuple(
        (len(c), join(crisis.members[plan.model.members[i]].name for i in c))
        for c in plan.coalitions.found
    )
    note = (
        "There is no other coalition that is enough and loses that with any member."
        if plan.coalitions.all_found
        else "The search was stopped before it was proved that there is no smaller one."
        if plan.coalitions.stopped
        else "There are more; these are the smallest."
    )
    return Table(
        "Coalitions that are just enough",
        (Column("size", "Members", "integer"), Column("who", "Who")),
        rows,
        note,
    )


def theory_table(crisis: Crisis, plan: Planned) -> Table:
    """What textbook models say of the same members."""
    c, task = plan.comparators, plan.model.task
    rows: list[tuple[Cell, ...]] = []
    if c.weakest is not None and np.isfinite(c.level):
        rows.append(
            (
                "Weakest link (Hirshleifer 1983)",
                f"the task is as good as its scarcest kind, {kind_of(plan, c.weakest).label}: "
                f"{percent(c.level)} of the need",
            )
        )
    if c.keenest is not None:
        rows.append(
            (
                "Keenest alone (Olson and Zeckhauser 1966)",
                f"{crisis.members[c.keenest].name}, which feels the largest threat, would pay for all",
            )
        )
    if c.taste is not None:
        top = max(c.private, key=lambda m: c.private[m])
        rows.append(
            (
                "Private provision (Bergstrom, Blume and Varian 1986)",
                f"{len(c.private)} members would give anything, {crisis.members[top].name} most: "
                f"{percent(c.private[top])} of the task; it takes a taste of {bare(c.taste)}",
            )
        )
    for kind, (n, p) in c.volunteers.items():
        rows.append(
            (
                "Volunteer's dilemma (Diekmann 1985)",
                f"{n} members could each bring {kind_of(plan, kind).label} alone; that somebody does has "
                f"a chance of {percent(p)} at a cost ratio of {bare(task.cost_ratio or 0.0)}",
            )
        )
    return Table(
        "Left to themselves: textbook models",
        (Column("model", "Model"), Column("says", "What it says here")),
        tuple(rows),
    )
