"""Charts of scenario discovery: the trade-off of coverage and density, and the box among the draws."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offramp.answers._answer import Cell, Chart, Column, Table
from offramp.answers._charts._canvas import (
    KeyEntry,
    Layer,
    Layout,
    key,
    label,
    mark,
    quantity,
    value_axis,
    wrap_up,
)
from offramp.answers._style import INK, MUTED, PAPER, RULE, SHADES
from offramp.ensembles.discovery import Box, Limit

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MOST_POINTS = 400
"""Draws in the scatter: more would hide each other."""

HEIGHT = 260.0


def trajectory_chart(
    boxes: Sequence[Box], chosen: Box, *, title: str, alt: str, case: str
) -> Chart:
    """Share of all cases inside against share of cases among those inside; ``chosen`` is one of ``boxes``."""
    domain = (0.0, 1.05)

    def draw(layout: Layout) -> tuple[list[Layer], float]:
        axis_x = value_axis("share", f"Share of all {case} that are inside", 1.0, 5)
        axis_y = value_axis("share", f"Share of {case} inside", 1.0, 5)
        x = quantity("coverage", domain, axis_x)
        y = quantity("density", domain, axis_y)
        rows = [
            {"coverage": b.coverage, "density": b.density, "order": k} for k, b in enumerate(boxes)
        ]
        line = {"x": x, "y": y, "order": {"field": "order", "type": "quantitative"}}
        layers = [
            mark("line", rows, line, color=SHADES["neutral"][1], strokeWidth=1.4),
            mark(
                "point",
                rows,
                {"x": x, "y": y},
                size=26,
                filled=True,
                fill=RULE,
                stroke=MUTED,
                opacity=1,
            ),
        ]
        point = {"coverage": chosen.coverage, "density": chosen.density}
        layers.append(
            mark(
                "point",
                [point],
                {"x": x, "y": y},
                size=130,
                filled=True,
                fill=INK,
                stroke=PAPER,
                opacity=1,
            )
        )
        count = len(chosen.limits)
        layers += label(
            f"the box shown: {count} input{'s' if count != 1 else ''}",
            x,
            y,
            layout,
            row=point,
            align="right" if chosen.coverage > 0.5 else "left",
            dx=-11 if chosen.coverage > 0.5 else 11,
            dy=-12,
            weight="bold",
            halo=True,
        )
        return layers, HEIGHT

    columns = (
        Column("box", "Box"),
        Column("coverage", f"Share of all {case} inside", "share", "", 0),
        Column("density", f"Share of {case} among draws inside", "share", "", 0),
        Column("mass", "Share of all draws inside", "share", "", 0),
        Column("inputs", "Inputs limited", "integer", "", 0),
    )
    cells: list[tuple[Cell, ...]] = [
        (
            "the box shown" if b is chosen else "all draws" if not b.limits else "another",
            b.coverage, b.density, b.mass, len(b.limits),
        )
        for b in boxes
    ]  # fmt: skip
    subtitle = f"Each point is a set of limits: further right it holds more {case}, further up fewer others"
    return wrap_up("trajectory", title, subtitle, alt, Table(title, columns, tuple(cells)), draw)


def scatter_chart(
    points: Floats,
    cases: Bools,
    limits: tuple[Limit | None, Limit | None],
    names: tuple[str, str],
    *,
    title: str,
    alt: str,
    words: tuple[str, str],
) -> Chart:
    """Draws on two inputs, cases of interest filled, with the box's limits on these two.

    ``points`` (draws, 2); ``words`` name the cases of interest and the others.
    """
    shown = min(len(points), MOST_POINTS)
    points, cases = points[:shown], cases[:shown]
    ends = [(float(points[:, k].min()), float(points[:, k].max())) for k in (0, 1)]
    pads = [0.04 * ((high - low) or 1.0) for low, high in ends]
    domains = [(low - pad, high + pad) for (low, high), pad in zip(ends, pads, strict=True)]
    box = [
        (
            max(limit.low, domain[0]) if limit is not None else domain[0],
            min(limit.high, domain[1]) if limit is not None else domain[1],
        )
        for limit, domain in zip(limits, domains, strict=True)
    ]

    def draw(layout: Layout) -> tuple[list[Layer], float]:
        spans = [high - low for low, high in domains]
        x = quantity("first", domains[0], value_axis("number", names[0], spans[0], 5))
        y = quantity("second", domains[1], value_axis("number", names[1], spans[1], 5))
        area = {
            "first": box[0][0],
            "first_end": box[0][1],
            "second": box[1][0],
            "second_end": box[1][1],
        }
        place = {"x": x, "x2": {"field": "first_end"}, "y": y, "y2": {"field": "second_end"}}
        layers = [
            mark(
                "rect",
                [area],
                place,
                fill="#eef0f3",
                stroke=INK,
                strokeWidth=1.4,
                strokeDash=[4, 3],
            )
        ]
        for wanted, fill, stroke in ((False, PAPER, MUTED), (True, SHADES["neutral"][0], PAPER)):
            rows = [{"first": float(p), "second": float(q)} for p, q in points[cases == wanted]]
            if rows:
                layers.append(
                    mark(
                        "point",
                        rows,
                        {"x": x, "y": y},
                        size=30,
                        filled=True,
                        fill=fill,
                        stroke=stroke,
                        strokeWidth=0.9,
                        opacity=1,
                    )
                )
        entries = [
            KeyEntry("circle", SHADES["neutral"][0], PAPER, words[0]),
            KeyEntry("circle", PAPER, MUTED, words[1]),
            KeyEntry("square", "#eef0f3", INK, "the box"),
        ]
        layers += key(entries, layout, layout.width)
        return layers, HEIGHT

    columns = (
        Column("first", names[0], "number", "", 4),
        Column("second", names[1], "number", "", 4),
        Column("case", words[0].capitalize()),
    )
    cells: list[tuple[Cell, ...]] = [
        (float(p), float(q), "yes" if c else "no") for (p, q), c in zip(points, cases, strict=True)
    ]
    subtitle = f"{shown} draws; limits of the box on further inputs are not drawn"
    return wrap_up("box", title, subtitle, alt, Table(title, columns, tuple(cells)), draw)
