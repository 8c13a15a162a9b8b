"""The tornado: what each input does to a figure when it alone goes from low to high."""

from __future__ import annotations

from collections.abc import Sequence

from offramp.answers._answer import Cell, Chart, Column, Format, Table
from offramp.answers._charts._canvas import (
    KeyEntry,
    Layer,
    Layout,
    at,
    key,
    label,
    mark,
    pixel_row,
    quantity,
    tidy_domain,
    value_axis,
    wrap_up,
)
from offramp.answers._style import FILLS, INK, MUTED, RULE, number, wrap
from offramp.ensembles.sobol import Swing

LOW, HIGH = "pale", "dark"
"""Fills of the half of a bar that belongs to the low and to the high end of the input."""


def tornado_chart(
    name: str,
    *,
    title: str,
    subtitle: str,
    alt: str,
    swings: Sequence[Swing],
    names: Sequence[str],
    ends: Sequence[tuple[float, float]],
    format: Format = "number",
    unit: str = "",
    decimals: int = 2,
) -> Chart:
    """One bar an input around the figure at the centre, pale towards its low end, dark towards its high.

    ``names`` are the inputs' names and ``ends`` their low and high values, in the order of ``swings``.
    """
    if not swings:
        raise ValueError(f"chart {name!r} has nothing to draw")
    centre = swings[0].centre
    figures = [v for s in swings for v in (s.at_low, s.at_high, s.centre)]
    domain = tidy_domain(min(figures), max(figures), format)
    pad = 0.12 * (domain[1] - domain[0])
    domain = (domain[0] - pad, domain[1] + pad)

    def draw(layout: Layout) -> tuple[list[Layer], float]:
        room = layout.width if layout.narrow else layout.names - 12
        body = layout.line + 4.0
        placed: list[tuple[float, float]] = []
        top = 4.0
        for text in names:
            block = len(wrap(text, room, layout.size)) * layout.line
            if layout.narrow:
                placed.append((top, top + block + body / 2 + 1))
                top += block + body + 10
            else:
                tall = max(block, body)
                placed.append((top + tall / 2, top + tall / 2))
                top += tall + 8
        height = top
        y = pixel_row("top", height)
        axis = value_axis(format, unit, domain[1] - domain[0], 4 if layout.narrow else 6)
        x = quantity("value", domain, axis)
        layers: list[Layer] = []
        for swing, text, (name_at, middle) in zip(swings, names, placed, strict=True):
            layers += label(
                text,
                at(0),
                y,
                layout,
                row={"top": name_at},
                align="left" if layout.narrow else "right",
                dx=0 if layout.narrow else -10,
                width=room,
                anchor="top" if layout.narrow else "middle",
            )
            halves = sorted(
                ((swing.at_low, LOW), (swing.at_high, HIGH)), key=lambda h: -abs(h[0] - centre)
            )
            # The longer half first: where both ends lie on one side the shorter one stays visible.
            for value, fill in halves:
                box = {"value": centre, "end": value, "top": middle - 7, "bottom": middle + 7}
                layers.append(
                    mark(
                        "rect",
                        [box],
                        {"x": x, "x2": {"field": "end"}, "y": y, "y2": {"field": "bottom"}},
                        fill=FILLS[fill][0],  # type: ignore[index]
                        stroke=RULE,
                        strokeWidth=0.8,
                    )
                )
            left, right = sorted((swing.at_low, swing.at_high))
            for value, align, dx in ((left, "right", -5), (right, "left", 5)):
                edge = min(value, centre) if align == "right" else max(value, centre)
                if abs(value - centre) > 0 and edge == value:
                    layers += label(
                        number(value, format, decimals),
                        x,
                        y,
                        layout,
                        row={"value": value, "top": middle},
                        align=align,
                        dx=dx,
                        halo=True,
                    )
        layers.append(mark("rule", [{"value": centre}], {"x": x}, color=INK, strokeWidth=1.2))
        entries = [
            KeyEntry("square", FILLS["pale"][0], RULE, "input at its low end"),
            KeyEntry("square", FILLS["dark"][0], MUTED, "at its high end"),
        ]
        layers += key(entries, layout, layout.width - layout.names)
        return layers, height

    columns = (
        Column("input", "Input"),
        Column("low", "Its low end", "number", "", 3),
        Column("high", "Its high end", "number", "", 3),
        Column("at_low", "Figure at the low end", format, unit, decimals + 1),
        Column("at_high", "Figure at the high end", format, unit, decimals + 1),
        Column("reach", "Reach", format, unit, decimals + 1),
    )
    rows: list[tuple[Cell, ...]] = [
        (text, low, high, s.at_low, s.at_high, s.reach)
        for s, text, (low, high) in zip(swings, names, ends, strict=True)
    ]
    note = f"At the centre: {number(centre, format, decimals + 1)}."
    return wrap_up(name, title, subtitle, alt, Table(title, columns, tuple(rows), note), draw)
