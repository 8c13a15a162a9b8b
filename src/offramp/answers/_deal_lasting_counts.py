"""Tables of public demands and of the tally of concessions."""

from __future__ import annotations

import numpy as np

from offramp.answers._answer import Cell, Column, Table
from offramp.answers._deal_demands import POSITIONS, Demands
from offramp.answers._deal_lasting_names import contract_name, issue_name
from offramp.answers._deal_tally import Tally
from offramp.answers._facts import bare, join, quoted, side_names
from offramp.game import Game

POSITION_WORDS = {
    POSITIONS[0]: "Nobody",
    POSITIONS[1]: "{a} only",
    POSITIONS[2]: "{b} only",
    POSITIONS[3]: "Both",
}


def demand_tables(game: Game, d: Demands) -> list[Table]:
    """The range by who is committed, and demands issue by issue."""
    a, b = side_names(game)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            POSITION_WORDS[both].format(a=a, b=b),
            d.size[both],
            *(len(own) for own in d.inside[both]),
            join(contract_name(game, x) for x in sorted(set().union(*d.inside[both]))) or "none",
        )
        for both in d.inside
    )
    built = [
        Table(
            "Public demands and the room they leave",
            (
                Column("committed", "Who has made its demand public"),
                Column("size", "Contracts in the range", "number"),
                *(
                    Column(t, f"If {b} is {quoted(n.lower())}", "integer")
                    for t, n in zip(
                        game.types, [game.crisis.types[t].name for t in game.types], strict=True
                    )
                ),
                Column("which", "Which"),
            ),
            rows,
            f"Contracts that suit {a}, its voices and the type today, expected over today's belief in "
            "types. On "
            "the sketch grid.",
        )
    ]
    if d.met:
        words = {"open": "can be met", "line": "at the price of a line", "closed": "cannot be met"}
        built.append(
            Table(
                "Demands issue by issue: how far the other side can go",
                (
                    Column("side", "Who demands"),
                    Column("issue", "Issue"),
                    Column("demanded", "Demanded", "number"),
                    Column("reachable", "Reachable", "number"),
                    Column("verdict", "Verdict"),
                    Column("stops", "What stops it"),
                ),
                tuple(
                    (
                        a if m.side == "A" else b,
                        issue_name(game, m.issue),
                        m.demanded,
                        m.reachable,
                        words[m.verdict],
                        m.stops or None,
                    )
                    for m in d.met
                ),
            )
        )
    return built


def tally_tables(game: Game, t: Tally) -> list[Table]:
    """The tally by issue, and the ledger behind it."""
    a, b = side_names(game)
    lines = [*t.rows, t.whole] if len(t.rows) > 1 else [t.whole]
    return [
        Table(
            "Concessions so far, counted",
            (
                Column("issue", "Issue"),
                Column("a", f"{a}, entries", "integer"),
                Column("b", f"{b}, entries", "integer"),
                Column("a_lasting", f"{a}, by how lasting", "number"),
                Column("b_lasting", f"{b}, by how lasting", "number"),
            ),
            tuple(
                (
                    "All"
                    if r is t.whole
                    else issue_name(game, r.issue)
                    if r.issue
                    else "None stated",
                    *r.entries,
                    *r.lasting,
                )
                for r in lines
            ),
            "An entry counts its weight; by how lasting, times u / (u + 12) for u months to undo it, "
            "half where "
            "that is not stated. The count says what was given, not why: it is no evidence on the type "
            f"of {b}.",
        ),
        Table(
            "Ledger of concessions",
            (
                Column("date", "By"),
                Column("side", "Who"),
                Column("text", "What"),
                Column("issue", "Issue"),
                Column("undo", "Months to undo"),
            ),
            tuple(
                (
                    None if e.date is None else e.date.isoformat(),
                    a if e.side == "A" else b,
                    e.text,
                    issue_name(game, e.issue) if e.issue else None,
                    None
                    if e.undo_months is None
                    else "never"
                    if np.isinf(e.undo_months)
                    else bare(e.undo_months),
                )
                for e in t.entries
            ),
        ),
    ]
