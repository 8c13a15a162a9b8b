"""Sentences and tables of scenario discovery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from offramp.answers._answer import Cell, Column, Table
from offramp.answers._facts import bare, join, percent, quoted
from offramp.ensembles.discovery import Box, Discovery, Limit
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


def figures_words(box: Box, case: str) -> str:
    """Coverage, density and mass in words."""
    return (
        f"{percent(box.density)} of the draws inside are {case}, against {percent(box.interest / box.rows)} "
        f"of all; the box holds {percent(box.coverage)} of all {case} in {percent(box.mass)} of the draws"
    )


def holds_up(found: Discovery) -> bool:
    """Whether a box is denser than chance on draws that its search had not seen."""
    held = found.held_out
    if held is None or not held.inside:
        return False
    share = held.interest / held.rows
    error = np.sqrt(share * (1 - share) / held.inside)
    return bool(held.density > share + 2 * error)


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
        Column("quasi_p", "Quasi-p", "number", "", 4),
        Column("coverage", "Coverage", "share", "", 0),
        Column("density", "Density", "share", "", 0),
        Column("mass", "Mass", "share", "", 0),
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
        f"Density: share of {case} among the draws inside. Quasi-p: chance of so dense a box if the limit "
        "did nothing, on the draws it was found on."
    )
    if not rows:
        note = "No box was found. " + note
    return Table(f"Where {case} are found", columns, tuple(rows), note)


def leaves_table(tree: Tree, names: Mapping[str, str], case: str) -> Table:
    """Leaves of the tree as conditions."""
    columns = (
        Column("when", "When"),
        Column("density", f"Share of {case}", "share", "", 0),
        Column("coverage", "Coverage", "share", "", 0),
        Column("mass", "Mass", "share", "", 0),
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
