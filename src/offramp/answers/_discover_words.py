"""Sentences and tables of scenario discovery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from offramp.answers._answer import Cell, Column, Table
from offramp.answers._discover_facts import Failure, Found, measure_words
from offramp.answers._facts import bare, join, percent, quoted
from offramp.crisis import Crisis
from offramp.ensembles.discovery import Box, Limit
from offramp.ensembles.trees import Tree

MOST_LEAVES = 8


def limit_words(limit: Limit, names: Mapping[str, str]) -> str:
    """One input's limits in words."""
    name = quoted(names[limit.name])
    if np.isfinite(limit.low) and np.isfinite(limit.high):
        return f"{name} lies between {bare(limit.low)} and {bare(limit.high)}"
    if np.isfinite(limit.low):
        return f"{name} is above {bare(limit.low)}"
    return f"{name} is below {bare(limit.high)}"


def box_words(box: Box, names: Mapping[str, str]) -> str:
    """A box as a condition."""
    ranked = sorted(box.limits, key=lambda limit: limit.quasi_p)
    return join(limit_words(limit, names) for limit in ranked)


def outcome_words(failure: Failure, crisis: Crisis, holds: bool) -> str:
    """What a plan does in the futures described, as a verb with what it means."""
    if failure.against is not None:
        other = quoted(crisis.plans[failure.against].name)
        return f"is {'not ' if holds else ''}worth less to {crisis.blocs['A'].name} than {other}"
    if not holds:
        return f"fails ({failure.words(crisis)})"
    side = "below" if failure.sense == "<" else "above"
    return f"holds ({measure_words(failure.measure, crisis)} is not {side} {failure.level:g})"


def draws_words(n: int) -> str:
    """``1 draw``, ``3 draws``."""
    return f"{n} draw" if n == 1 else f"{n} draws"


def counts_table(found: Found, crisis: Crisis) -> Table:
    """In how many draws each plan fails."""
    n, count = len(found.fails), int(found.fails.sum())
    plan, a = crisis.plans[found.plan].name, crisis.blocs["A"].name
    columns = (
        Column("plan", "Plan"),
        Column("what", "In these draws"),
        Column("draws", "Draws", "integer", "", 0),
        Column("share", "Share of draws", "share", "", 0),
    )
    against = found.failure.against
    if against is None:
        kinds = [
            (plan, outcome_words(found.failure, crisis, False), count),
            (plan, outcome_words(found.failure, crisis, True), n - count),
        ]
    else:
        other = crisis.plans[against].name
        kinds = [
            (plan, f"worth less to {a} than {quoted(other)}", count),
            (other, f"worth less to {a} than {quoted(plan)}", n - count - found.close),
            ("either", "cannot be told apart within the error of the grid", found.close),
        ]
    rows: list[tuple[Cell, ...]] = [(who, what, k, k / n if n else None) for who, what, k in kinds]
    return Table("Failures by plan", columns, tuple(rows), f"{draws_words(n)} of all inputs.")


def figures_words(box: Box, case: str) -> str:
    """Coverage, density and mass in words."""
    return (
        f"{percent(box.density)} of the draws inside are {case}, against {percent(box.interest / box.rows)} "
        f"of all; the box holds {percent(box.coverage)} of all {case} in {percent(box.mass)} of the draws"
    )


def boxes_table(
    boxes: Sequence[Box],
    names: Mapping[str, str],
    ranges: Mapping[str, tuple[float, float]],
    case: str,
) -> Table:
    """Limits of every box, an input a row."""
    columns = (
        Column("box", "Box", "integer", "", 0),
        Column("input", "Input"),
        Column("path", "Path"),
        Column("low", "From", "number", "", 4),
        Column("high", "To", "number", "", 4),
        Column("range_low", "Range drawn from", "number", "", 4),
        Column("range_high", "to", "number", "", 4),
        Column("quasi_p", "Chance that the limit does nothing", "number", "", 4),
        Column("coverage", f"Share of all {case} inside", "share", "", 0),
        Column("density", f"Share of {case} among draws inside", "share", "", 0),
        Column("mass", "Share of all draws inside", "share", "", 0),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            k,
            names[limit.name],
            limit.name,
            limit.low if np.isfinite(limit.low) else None,
            limit.high if np.isfinite(limit.high) else None,
            *ranges[limit.name],
            limit.quasi_p,
            box.coverage,
            box.density,
            box.mass,
        )
        for k, box in enumerate(boxes, 1)
        for limit in sorted(box.limits, key=lambda one: one.quasi_p)
    ]
    note = (
        "A box is a set of limits on inputs. Chance that the limit does nothing: of so many "
        f"{case} inside without it, on the draws the box was found on (quasi-p-value). The three shares are "
        "known as coverage, density and mass."
    )
    return Table(f"Where {case} are found", columns, tuple(rows), note)


def leaves_table(tree: Tree, names: Mapping[str, str], case: str) -> Table:
    """Leaves of the tree as conditions."""
    columns = (
        Column("when", "When"),
        Column("density", f"Share of {case} there", "share", "", 0),
        Column("coverage", f"Share of all {case}", "share", "", 0),
        Column("mass", "Share of all draws", "share", "", 0),
    )
    rows: list[tuple[Cell, ...]] = []
    for leaf in tree.leaves()[:MOST_LEAVES]:
        words = join(limit_words(limit, names) for limit in leaf.limits) or "always"
        rows.append((words[:1].upper() + words[1:], leaf.density, leaf.coverage, leaf.mass))
    return Table(
        "The same as a tree of questions",
        columns,
        tuple(rows),
        "A question is asked where it tells draws apart better than idle inputs would by luck (1 in 20).",
    )


def tree_words(tree: Tree, names: Mapping[str, str], case: str) -> str:
    """The densest leaf in a sentence."""
    leaves = tree.leaves()
    if len(leaves) < 2:
        return "A tree of yes-no questions finds nothing to ask."
    top, last = leaves[0], leaves[-1]
    return (
        f"A tree of yes-no questions agrees most where {join(limit_words(x, names) for x in top.limits)} "
        f"({percent(top.density)} are {case}) and least where "
        f"{join(limit_words(x, names) for x in last.limits)} ({percent(last.density)})."
    )
