"""The strip of who accepts which contract, and from when."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence

from offramp.answers._answer import Chart, Column, Table
from offramp.answers._charts._canvas import (
    KeyEntry,
    Layer,
    Layout,
    at,
    key,
    label,
    mark,
    month_axis,
    pixel_row,
    quantity,
    wrap_up,
)
from offramp.answers._charts._months import month_cells, month_columns, same_length
from offramp.answers._style import (
    FILLS,
    INK,
    RULE,
    Fill,
    text_width,
    wrap,
)


def acceptance_strip(
    name: str,
    *,
    title: str,
    subtitle: str,
    alt: str,
    months: Sequence[float],
    contracts: Mapping[str, Sequence[tuple[bool, bool]]],
    side_a: str,
    side_b: str,
    start: dt.date | None = None,
) -> Chart:
    """Contracts by date: who accepts, as words and fills; equal neighbours are one segment.

    ``contracts`` maps a contract to a pair (A accepts, B accepts) for each month.
    """
    same_length(name, months, list(contracts.items()))
    words = {"both": "both", "a": f"only {side_a}", "b": f"only {side_b}", "none": "neither"}
    fills: dict[str, Fill] = {"both": "both", "a": "a", "b": "b", "none": "none"}

    def status(pair: tuple[bool, bool]) -> str:
        return {(True, True): "both", (True, False): "a", (False, True): "b"}.get(pair, "none")

    marks = {c: [status((bool(p[0]), bool(p[1]))) for p in seq] for c, seq in contracts.items()}
    steps = [b - a for a, b in itertools.pairwise(months)] or [1.0]
    edges = [float(m) for m in months] + [float(months[-1]) + steps[-1]]
    span = (edges[0], edges[-1])

    def draw(layout: Layout) -> tuple[list[Layer], float]:
        x = quantity("left", span, month_axis(span, start, layout))
        plot = layout.width if layout.narrow else layout.width - layout.names
        cell = layout.line + 14
        layers: list[Layer] = []
        top = 0.0
        placed: list[tuple[str, float, float]] = []
        for contract in marks:
            lines = len(wrap(contract, plot if layout.narrow else layout.names, layout.size))
            head = lines * layout.line + 3 if layout.narrow else 0
            body = cell if layout.narrow else max(cell, lines * layout.line + 6)
            placed.append((contract, top, top + head))
            top += head + body + 7
        height = top
        y = pixel_row("top", height)
        for contract, row_top, cell_top in placed:
            body = cell
            if layout.narrow:
                layers += label(
                    contract,
                    at(0),
                    y,
                    layout,
                    row={"top": row_top},
                    width=plot,
                    anchor="top",
                    weight="bold",
                )
            else:
                layers += label(
                    contract,
                    at(0),
                    y,
                    layout,
                    row={"top": cell_top + body / 2},
                    align="right",
                    dx=-10,
                    width=layout.names,
                )
            for left, right, who in _runs(marks[contract], edges):
                fill, ink = FILLS[fills[who]]
                box = {"left": left, "right": right, "top": cell_top, "bottom": cell_top + body}
                layers.append(
                    mark(
                        "rect",
                        [box],
                        {"x": x, "x2": {"field": "right"}, "y": y, "y2": {"field": "bottom"}},
                        fill=fill,
                        stroke=RULE,
                        strokeWidth=0.8,
                    )
                )
                room = plot * (right - left) / (span[1] - span[0]) - 10
                if text_width(words[who], layout.size) <= room:
                    middle = {"left": (left + right) / 2, "top": cell_top + body / 2}
                    layers += label(
                        words[who], x, y, layout, row=middle, align="center", colour=ink
                    )
        present = [w for w in words if any(w in seq for seq in marks.values())]
        entries = [
            KeyEntry("square", FILLS[fills[w]][0], RULE if w == "none" else INK, words[w])
            for w in present
        ]
        layers += key(entries, layout, plot)
        return layers, height

    columns = (
        Column("contract", "Contract"),
        *month_columns(start),
        Column("accepts", "Who accepts"),
    )
    rows = tuple(
        (contract, *month_cells(left, start), words[who])
        for contract, seq in marks.items()
        for left, _, who in _runs(seq, edges)
    )
    table = Table(title, columns, rows, "A row says who accepts from that month on.")
    return wrap_up(name, title, subtitle, alt, table, draw)


def _runs(marks: Sequence[str], edges: Sequence[float]) -> list[tuple[float, float, str]]:
    runs: list[tuple[float, float, str]] = []
    for k, who in enumerate(marks):
        if runs and runs[-1][2] == who:
            runs[-1] = (runs[-1][0], edges[k + 1], who)
        else:
            runs.append((edges[k], edges[k + 1], who))
    return runs
