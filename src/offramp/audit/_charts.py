"""Charts of the audit: verdicts in words, and the loads on each reading's first conclusion."""

from __future__ import annotations

from offramp.answers._answer import Chart
from offramp.answers._charts import Bar, diverging_bars, matrix
from offramp.answers._facts import quoted
from offramp.answers._style import Fill
from offramp.audit._found import Author, Found
from offramp.audit._saying import LEAST, MARKED, marked, number_said, short
from offramp.audit._words import headline_of
from offramp.crisis import Crisis

MOST_BARS = 4
"""Premises of a claim that the chart of loads shows."""


def matrix_chart(crisis: Crisis, found: Found) -> Chart | None:
    """Verdicts in words."""
    if not found.authors or not found.claims:
        return None
    fills: dict[str, Fill] = {}
    cells = []
    for name in found.claims:
        line = []
        for a in found.authors:
            cell = a.cells[name]
            text, fill = marked(cell.word, cell.clear, cell.share, cell.draws)
            line.append(text)
            fills[text] = fill
        cells.append(line)
    title = headline_of(crisis, found)
    return matrix(
        "verdicts",
        title=title,
        subtitle=f"{MARKED}: the claim is true in at least 80 %, in at most 20 %, or in between of the draws "
        "from each reading's own ranges; white with a question mark, more draws could turn it; "
        f"of fewer than {LEAST} draws, the number in which it was true",
        alt=f"{title}.",
        rows=[short(text) for _, _, text in found.claims.values()],
        columns=[a.label for a in found.authors],
        cells=cells,
        fills=fills,
        corner="Claim",
    )


def loads_chart(crisis: Crisis, found: Found) -> Chart | None:
    """The heaviest loads on each reading's first conclusion that was asked."""
    bars: list[Bar] = []
    worst: tuple[float, str, str] | None = None
    for a in found.authors:
        claim = main_claim(found, a)
        carried = a.loads.get(claim) if claim else None
        if claim is None or carried is None:
            continue
        use = carried.truth
        order = sorted(range(len(a.premises)), key=lambda j: -abs(float(use.value[j])))[:MOST_BARS]
        for j in order:
            if abs(float(use.value[j])) < 5e-4:
                continue
            bars.append(
                Bar(
                    number_said(crisis, a.premises[j]),
                    float(use.value[j]), float(use.low[j]), float(use.high[j]),
                    group=f"{a.label}: {short(found.claims[claim][2])}",
                )
            )  # fmt: skip
            if float(use.high[j]) < 0 and (worst is None or float(use.value[j]) < worst[0]):
                worst = (float(use.value[j]), number_said(crisis, a.premises[j]), a.label)
    if not bars:
        return None
    title = (
        f"{worst[1]} works against the conclusion of {quoted(worst[2])}, whose premise it is"
        if worst
        else "What carries each reading's first conclusion"
    )
    return diverging_bars(
        "loads",
        title=title,
        subtitle="Shapley share of each premise in the share of draws in which the conclusion is true",
        alt=f"{title}.",
        bars=bars,
        positive=("neutral", "carries"),
        negative=("outside", "hurts"),
        heading="Load",
    )


def main_claim(found: Found, author: Author) -> str | None:
    """The reading's first conclusion that was asked, else its first claim that was."""
    asked = [c for c in author.claims if author.cells[c].draws]
    conclusions = [c for c in asked if found.claims[c][1] == "conclusion"]
    return next(iter(conclusions or asked), None)
