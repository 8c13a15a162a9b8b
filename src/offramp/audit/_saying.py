"""How the audit names things: claims by their text, numbers by their names, verdicts by a mark and a word.

A claim that was asked of a reading is *sorted*: a structural one (the same in every draw of every reading)
holds or fails whatever anybody assumes; of the others one whose interval lies on its verdict's side follows,
is contradicted or is undetermined; the rest is not settled by these draws. Structural claims count as such
only if their own interval is clear, too. Verdicts of fewer than :data:`LEAST` draws are told as a count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Literal

from offramp.answers._answer import Table
from offramp.answers._facts import bare, join, percent, quoted, range_text
from offramp.answers._names import readable
from offramp.answers._style import Fill
from offramp.audit._epochs import setting_of
from offramp.audit._found import Author, Found
from offramp.audit._verdicts import Cell
from offramp.crisis import Crisis, Quantity, quantities

LONGEST = 90
"""Characters of a claim in charts and sentences."""
LEAST = 4
"""Draws below which a share is told as a count, not as a verdict."""
MOST_LISTED = 3
"""Claims or numbers that a sentence lists; it counts the rest."""
SHOWN = {
    "follows": "follows",
    "contradicts": "contradicted",
    "undetermined": "undetermined",
    "not asked": "not asked",
    "not expressed": "not expressed",
}
"""Verdicts as readers see them."""
HOLDS, FAILS = "holds whatever is assumed", "fails whatever is assumed"
"""What is said of a structural claim instead of a verdict."""
MARKS = {"follows": "+", "contradicts": "\N{MINUS SIGN}", "undetermined": "±"}
"""Signs before verdicts: no verdict is drawn darker than another."""
MARKED = "+ follows, \N{MINUS SIGN} contradicted, ± undetermined"
"""Key of the signs."""

Sort = Literal[
    "follows", "holds", "fails", "contradicts", "undetermined", "unsettled", "not asked", "not expressed",
]  # fmt: skip
SORTS: tuple[Sort, ...] = (
    "follows", "holds", "fails", "contradicts", "undetermined", "unsettled", "not asked", "not expressed",
)  # fmt: skip
"""In the order in which they are told."""


# --- Names -----------------------------------------------------------------------------------


def short(text: str) -> str:
    """A claim cut to a line or two."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def plain_text(text: str) -> str:
    """A text on one line without its full stop."""
    return " ".join(text.split()).rstrip(".")


def claim_said(found: Found, name: str) -> str:
    """A claim inside a sentence: its short text in quotes."""
    return quoted(short(plain_text(found.claims[name][2])))


def claims_said(found: Found, names: Iterable[str]) -> str:
    """Claims inside a sentence; beyond three the rest is counted."""
    return listed([claim_said(found, name) for name in names], "claims")


def listed(items: Sequence[str], what: str, last: str = "and") -> str:
    """``a, b and 4 other claims``; two more are named, not counted."""
    if len(items) <= MOST_LISTED + 1:
        return join(items, last)
    return join((*items[:MOST_LISTED], f"{len(items) - MOST_LISTED} other {what}"), last)


def number_said(crisis: Crisis, path: str) -> str:
    """A number by its name; one that the crisis of another date has is named by its path in words."""
    parts = path.split(".")
    if parts[0] == "red_lines" and len(parts) > 1 and parts[1] not in crisis.red_lines:
        return f"red line {parts[1]}: {' '.join(parts[2:])}".replace("_", " ")
    return readable(crisis, path)


def stated(crisis: Crisis, found: Found, author: Author) -> dict[str, Quantity]:
    """Each premise as the reading's own crisis has it: path -> value with its range."""
    own = quantities(setting_of(crisis, author.id, found.transplant).named)
    return {path: own[path] for path in author.premises if path in own}


def value_said(number: Quantity) -> str:
    """``0.72 (0.6 to 0.85)``; the value alone where there is no range."""
    if number.low is None:
        return bare(number.value)
    return f"{bare(number.value)} ({range_text(number)})"


# --- Verdicts --------------------------------------------------------------------------------


def sort_of(found: Found, author: Author, claim: str) -> Sort:
    """What came of a claim under a reading."""
    cell = author.cells[claim]
    if not cell.draws:
        return "not expressed" if cell.word == "not expressed" else "not asked"
    if not cell.clear:
        return "unsettled"
    if claim in found.structural:
        return "holds" if cell.share == 1.0 else "fails"
    return cell.word


def sorted_out(found: Found, author: Author) -> dict[Sort, list[str]]:
    """A reading's own claims by what came of them, in the order of :data:`SORTS`."""
    by: dict[Sort, list[str]] = {sort: [] for sort in SORTS}
    for claim in author.claims:
        by[sort_of(found, author, claim)].append(claim)
    return {sort: names for sort, names in by.items() if names}


def tally_of(found: Found, authors: Iterable[Author]) -> Counter[Sort]:
    """How many of the readings' own claims came out how."""
    return Counter(sort_of(found, a, c) for a in authors for c in a.claims)


def tallied(tally: Counter[Sort], follow: str, whose: str) -> str:
    """``1 follows ..., 3 more hold whatever anybody assumes and 2 are not settled by these draws``.

    Args:
        tally: Claims by what came of them.
        follow: What is said after "follows", such as ``from its premises``; it may be empty.
        whose: ``its`` or ``their``.
    """
    n = tally["follows"]
    more = " more" if n else ""

    def said(sort: Sort, one: str, many: str) -> list[str]:
        return [f"{tally[sort]}{one if tally[sort] == 1 else many}"] if tally[sort] else []

    none = "none clearly" if tally["unsettled"] else "none"
    first = f"{n or none} {'follow' if n > 1 else 'follows'} {follow}".rstrip()
    return join(
        [
            first,
            *said("holds", f"{more} holds whatever anybody assumes", f"{more} hold whatever anybody assumes"),
            *said("fails", " fails whatever anybody assumes", " fail whatever anybody assumes"),
            *said("contradicts", " is contradicted", " are contradicted"),
            *said(
                "undetermined", f" depends on values within {whose} own ranges",
                f" depend on values within {whose} own ranges",
            ),
            *said("unsettled", " is not settled by these draws", " are not settled by these draws"),
            *said("not asked", " could not be asked", " could not be asked"),
            *said("not expressed", " cannot be expressed", " cannot be expressed"),
        ]
    )  # fmt: skip


def count_said(share: float, draws: int) -> str:
    """``1 of 1``."""
    return f"{round(share * draws)} of {draws}"


def cell_text(cell: Cell) -> str:
    """``follows, 97 %``; of a few draws ``1 of 1``."""
    if not cell.draws:
        return SHOWN[cell.word]
    if cell.draws < LEAST:
        return count_said(cell.share, cell.draws)
    return f"{SHOWN[cell.word]}, {percent(cell.share)}"


def verdict_text(cell: Cell, structural: bool = False) -> str:
    """``follows``, ``follows, not clearly`` or, of a clear structural claim, ``holds whatever is assumed``."""
    if structural and cell.clear:
        return HOLDS if cell.share == 1.0 else FAILS
    return SHOWN[cell.word] if cell.clear or not cell.draws else f"{SHOWN[cell.word]}, not clearly"


def marked(
    word: str, clear: bool, share: float | None, draws: int, structural: bool = False
) -> tuple[str, Fill]:
    """A verdict for a chart: sign and word, and a fill that is the same for every clear verdict."""
    if not draws or share is None:
        return SHOWN[word], "none"
    if draws < LEAST:
        return count_said(share, draws), "none"
    if structural and clear:
        return f"{MARKS[word]} {HOLDS if share == 1.0 else FAILS}", "light"
    text = f"{MARKS[word]} {SHOWN[word]}"
    return (text, "light") if clear else (f"{text}?", "none")


# --- Tables ----------------------------------------------------------------------------------


def without(table: Table, names: Collection[str]) -> Table:
    """A table that leaves out columns, such as those of figures that were not sampled."""
    keep = [k for k, column in enumerate(table.columns) if column.name not in names]
    return replace(
        table,
        columns=tuple(table.columns[k] for k in keep),
        rows=tuple(tuple(row[k] for k in keep) for row in table.rows),
    )
