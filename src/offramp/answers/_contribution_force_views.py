"""Tables of the contribution answer on the force, a donor that stops, and the backstop."""

from __future__ import annotations

from offramp.answers._answer import Cell, Column, Table
from offramp.answers._contribution_aid import AidCut
from offramp.answers._contribution_chain import Chain
from offramp.answers._contribution_facts import Facts
from offramp.answers._contribution_task import worded
from offramp.answers._facts import join, percent, quoted
from offramp.crisis import Crisis

SHOWN_MONTHS = (0, 3, 6, 12, 18, 24)
"""Months in the table of a donor's stop."""


def chain_table(steps: Chain) -> Table:
    """The chain of preconditions."""
    weakest = steps.weakest
    rows = [
        (
            s.name,
            s.p,
            s.low,
            s.high,
            steps.product / s.p if s.p else None,
            "the weakest" if s is weakest else None,
            s.rests_on or "no figure",
        )
        for s in steps.steps
    ]
    unknown = any(s.p is None for s in steps.steps)
    rows.append(
        (
            "all of it" + (", at most" if unknown else ""),
            steps.product if steps.known else None,
            None,
            None,
            None,
            None,
            "product",
        )
    )
    return Table(
        "What has to come true",
        (
            Column("step", "Step"),
            Column("p", "Probability", "share", decimals=0),
            Column("low", "Low", "share", decimals=0),
            Column("high", "High", "share", decimals=0),
            Column("sure", "All of it, if this were sure", "share", decimals=0),
            Column("weakest", "Weakest"),
            Column("rests_on", "Rests on"),
        ),
        tuple(rows),
        "Steps in order, each given those before it; a step without a figure is counted as sure, so that "
        "the product is an upper bound.",
    )


def verdict_table(facts: Facts) -> Table:
    """Red lines against what contributors do together."""
    crisis = facts.crisis
    rows = tuple(
        (
            crisis.levers[v.lever].name,
            sum(m not in v.against for m in v.named) if v.named else None,
            len(v.named) or None,
            join(crisis.members[m].name for m in v.against) or None,
            None if v.survives is None else "survives" if v.survives else "dropped",
            v.why,
        )
        for v in facts.verdicts
    )
    return Table(
        "Red lines",
        (
            Column("lever", "Lever"),
            Column("with", "Would go along", "integer"),
            Column("named", "Of members named", "integer"),
            Column("against", "Against"),
            Column("verdict", "Verdict"),
            Column("why", "Why"),
        ),
        rows,
        "A verdict needs a task that says what the lever takes.",
    )


def _help(kind: str) -> str:
    return f"{worded(kind)[0]} help"


def aid_tables(crisis: Crisis, aid: AidCut) -> list[Table]:
    """A donor's stop by month, and what helps."""
    name = crisis.members[aid.donor].name
    months = [n for n in SHOWN_MONTHS if n < len(aid.left)]
    denials = [crisis.levers[d.lever].name for d in aid.denials]
    rows = tuple(
        (
            float(n),
            aid.left[n],
            aid.low[n],
            aid.high[n],
            *(d.months[n] if n < len(d.months) else None for d in aid.denials),
        )
        for n in months
    )
    share = join(f"{percent(v)} of {_help(k)}" for k, v in aid.share.items())
    now = (
        " At the pace at which its help goes on that is "
        + join(f"{percent(v)} of {_help(k)}" for k, v in aid.share_now.items())
        + "."
        if aid.share_now
        else ""
    )
    found = [
        Table(
            f"If {name} stops",
            (
                Column("month", "Months after", "months", decimals=0),
                Column("left", "Of the loss still missing", "share", decimals=0),
                Column("low", "Fast substitution", "share", decimals=0),
                Column("high", "Slow substitution", "share", decimals=0),
                *(
                    Column(f"odds_{i}", f"Shift of battle odds left: {n}", "signed", decimals=3)
                    for i, n in enumerate(denials)
                ),
            ),
            rows,
            f"Its share of what is on record: {share}.{now}",
        )
    ]
    if aid.mitigations:
        found.append(
            Table(
                f"What helps if {name} stops",
                (
                    Column("what", "Begun on the same day"),
                    Column("remains", "Shift of battle odds that remains", "signed", decimals=3),
                    Column("note", "Note"),
                ),
                tuple((m.name, m.remains, m.note or None) for m in aid.mitigations),
                "Mean over twelve months; plus favours B, minus means more than made good. What red "
                "lines take away stands last.",
            )
        )
    return found


def backstop_table(facts: Facts) -> Table:
    """A guarantee without its backstop and with it."""
    b = facts.backstop
    assert b is not None
    rows: list[tuple[Cell, ...]] = [
        ("Chance that a violation is answered", b.response[0], b.response[1]),
        ("Loss that a breach must expect, B's stake", b.loss[0], b.loss[1]),
    ]
    if b.incident is not None:
        event, before, after = b.incident
        rows.append((f"{facts.crisis.events[event].name}: chance within a year", before, after))
    if b.price is not None:
        rows.append(("Worth to A today, own stake", 0.0, b.price))
    if b.signed is not None and b.contract is not None:
        deal = quoted(facts.crisis.contracts[b.contract].name)
        rows.append((f"Worth to A once {deal} is signed, own stake", 0.0, b.signed))
    return Table(
        f"Backstop: {facts.crisis.levers[b.lever].name}",
        (
            Column("measure", "Measure"),
            Column("without", "Without, or a token", "number", decimals=3),
            Column("with", "With", "number", decimals=3),
        ),
        tuple(rows),
        "" if b.price is None else f"Worth below {b.least:.3g} is no distinguishable difference.",
    )
