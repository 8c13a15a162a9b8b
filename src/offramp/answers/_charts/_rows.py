"""Charts with a row for each plan or lever: dots with ranges, and bars around zero.

Names stand left of their row on a page, and above it on a phone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from offramp.answers._answer import Cell, Chart, Column, Format, Table
from offramp.answers._charts._canvas import (
    Encoding,
    KeyEntry,
    Layer,
    Layout,
    at,
    key,
    label,
    mark,
    pixel_row,
    quantity,
    span_text,
    tidy_domain,
    value_axis,
    wrap_up,
)
from offramp.answers._style import (
    GRID,
    INK,
    MUTED,
    PAPER,
    Side,
    number,
    side_colour,
    text_width,
    wrap,
)


@dataclass(frozen=True, slots=True)
class Dot:
    """A figure with its range."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan's figure, the same figure in a second series, and a remark below its name."""

    name: str
    first: Dot
    second: Dot | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A signed figure; bars with the same ``group`` stand together below its name."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    group: str = ""


def dots_and_ranges(
    name: str,
    *,
    title: str,
    subtitle: str,
    alt: str,
    rows: Sequence[PlanRow],
    series: tuple[str, str] | tuple[str] = ("value",),
    side: Side = "a",
    format: Format = "share",
    unit: str = "",
    decimals: int = 0,
    domain: tuple[float, float] | None = None,
) -> Chart:
    """One row a plan: a dot and its range; a second series differs by shape, fill and place."""
    if not rows:
        raise ValueError(f"chart {name!r} has nothing to draw")
    paired = any(row.second is not None for row in rows)
    if paired and len(series) < 2:
        raise ValueError(f"chart {name!r}: name both series")
    dots = [d for row in rows for d in (row.first, row.second) if d is not None]
    figures = [v for d in dots for v in (d.value, d.low, d.high) if v is not None]
    first, last = domain or tidy_domain(min(figures), max(figures), format)
    colour = side_colour(side)

    def draw(layout: Layout) -> tuple[list[Layer], float]:
        tall = layout.line + 4
        placed: list[tuple[PlanRow, float, float, float]] = []
        top = 4.0
        for row in rows:
            room = layout.width if layout.narrow else layout.names
            names = len(wrap(row.name, room, layout.size)) * layout.line
            if row.remark:
                names += len(wrap(row.remark, room, layout.size - 1)) * layout.line
            body = tall * (2 if row.second else 1)
            if layout.narrow:
                placed.append((row, top, top + names + 2, body))
                top += names + 2 + body + 12
            else:
                body = max(body, names)
                placed.append((row, top, top, body))
                top += body + 14
        height = top
        y = pixel_row("top", height)
        axis = value_axis(format, unit, last - first, 4 if layout.narrow else 6)
        x = quantity("value", (first, last), axis)
        layers: list[Layer] = []
        for row, name_top, body_top, body in placed:
            layers.append(
                mark(
                    "rule",
                    [{"top": body_top + body + (6 if layout.narrow else 7)}],
                    {"y": y},
                    color=GRID,
                )
            )
            layers += _row_name(row.name, row.remark, name_top, body, y, layout)
            pair = [d for d in (row.first, row.second) if d is not None]
            for k, dot in enumerate(pair):
                middle = body_top + body / 2 + (k - (len(pair) - 1) / 2) * tall
                layers += _dot(dot, k, middle, colour, x, y, format, decimals, layout)
        if first < 0 < last:
            layers.insert(0, _zero(x))
        if paired:
            entries = [
                KeyEntry("circle", colour, colour, series[0]),
                KeyEntry("diamond", PAPER, colour, series[-1]),
            ]
            layers += key(entries, layout, layout.width - layout.names)
        return layers, height

    columns = [Column("plan", "Plan")]
    for k, heading in enumerate(series if paired else series[:1]):
        columns += [
            Column(f"value_{k}", heading, format, unit, decimals),
            Column(f"low_{k}", f"{heading}, low", format, unit, decimals),
            Column(f"high_{k}", f"{heading}, high", format, unit, decimals),
        ]
    remarks = any(row.remark for row in rows)
    if remarks:
        columns.append(Column("remark", "Remark"))
    cells: list[tuple[Cell, ...]] = []
    for row in rows:
        line: list[Cell] = [row.name]
        for d in (row.first, row.second) if paired else (row.first,):
            line += [d.value, d.low, d.high] if d is not None else [None, None, None]
        cells.append((*line, row.remark) if remarks else tuple(line))
    return wrap_up(name, title, subtitle, alt, Table(title, tuple(columns), tuple(cells)), draw)


def diverging_bars(
    name: str,
    *,
    title: str,
    subtitle: str,
    alt: str,
    bars: Sequence[Bar],
    positive: tuple[Side, str] = ("neutral", ""),
    negative: tuple[Side, str] = ("neutral", ""),
    format: Format = "signed",
    unit: str = "",
    decimals: int = 2,
    heading: str = "Value",
) -> Chart:
    """Bars around zero; ``positive`` and ``negative`` give the side and the words of a direction.

    Bars that follow one another with the same ``group`` stand below the group's name.
    """
    if not bars:
        raise ValueError(f"chart {name!r} has nothing to draw")
    figures = [v for b in bars for v in (b.value, b.low, b.high) if v is not None]
    low, high = min(0.0, *figures), max(0.0, *figures)
    if not high > low:
        low, high = -1.0, 1.0
    pad = 0.02 * (high - low)
    first, last = (low - pad if low < 0 else 0.0), (high + pad if high > 0 else 0.0)

    def draw(layout: Layout) -> tuple[list[Layer], float]:
        room = layout.width if layout.narrow else layout.names - 12
        tall = layout.line + 2.0
        names: list[tuple[str, float, bool]] = []
        placed: list[tuple[Bar, float]] = []
        top, group = 4.0, ""
        for bar in bars:
            if bar.group and bar.group != group:
                top += 6 if placed else 0
                names.append((bar.group, top, True))
                top += len(wrap(bar.group, layout.width, layout.size)) * layout.line + 2
            elif group and not bar.group:
                top += 6
            group = bar.group
            block = len(wrap(bar.name, room, layout.size)) * layout.line
            names.append((bar.name, top, False))
            if layout.narrow:
                placed.append((bar, top + block + tall / 2))
                top += block + tall + 8
            else:
                placed.append((bar, top + max(block, tall) / 2))
                top += max(block, tall) + 7
        height = top
        y = pixel_row("top", height)
        axis = value_axis(format, unit, last - first, 4 if layout.narrow else 6)
        reserve = 0.0 if low >= 0 else 0.16 * (last - first)
        x = quantity("value", (first - reserve, last), axis)
        layers: list[Layer] = [_zero(x)]
        name_x = at(0)
        for text, name_top, is_group in names:
            if is_group or layout.narrow:
                layers += label(
                    text,
                    name_x,
                    y,
                    layout,
                    row={"top": name_top},
                    dx=0 if layout.narrow else -layout.names,
                    width=layout.width,
                    anchor="top",
                    weight="bold" if is_group else "normal",
                    halo=True,
                )
        for (bar, middle), (text, *_rest) in zip(
            placed, [n for n in names if not n[2]], strict=True
        ):
            side = positive[0] if bar.value >= 0 else negative[0]
            colour = side_colour(side)
            if not layout.narrow:
                layers += label(
                    text,
                    name_x,
                    y,
                    layout,
                    row={"top": middle},
                    align="right",
                    dx=-10,
                    width=room,
                )
            box = {"value": 0, "end": bar.value, "top": middle - 7, "bottom": middle + 7}
            layers.append(
                mark(
                    "rect",
                    [box],
                    {"x": x, "x2": {"field": "end"}, "y": y, "y2": {"field": "bottom"}},
                    color=colour,
                    opacity=0.85,
                )
            )
            reach = [bar.value]
            if bar.low is not None and bar.high is not None:
                reach += [bar.low, bar.high]
                layers.append(
                    mark(
                        "rule",
                        [{"value": bar.low, "end": bar.high, "top": middle}],
                        {"x": x, "x2": {"field": "end"}, "y": y},
                        color=INK,
                        strokeWidth=1.3,
                    )
                )
            edge = max(*reach, 0.0) if bar.value >= 0 else min(*reach, 0.0)
            layers += label(
                number(bar.value, format, decimals),
                x,
                y,
                layout,
                row={"value": edge, "top": middle},
                align="left" if bar.value >= 0 else "right",
                dx=6 if bar.value >= 0 else -6,
                halo=True,
            )
        if positive[1] or negative[1]:
            entries = [
                KeyEntry("square", side_colour(side), side_colour(side), words)
                for (side, words) in (negative, positive)
                if words
            ]
            layers += key(entries, layout, layout.width - layout.names)
        return layers, height

    grouped, ranged = any(b.group for b in bars), any(b.low is not None for b in bars)
    columns = [Column("group", "Of")] if grouped else []
    columns += [Column("name", "Item"), Column("value", heading, format, unit, decimals)]
    if ranged:
        columns += [
            Column("low", "Low", format, unit, decimals),
            Column("high", "High", format, unit, decimals),
        ]
    cells: list[tuple[Cell, ...]] = [
        (
            *((b.group,) if grouped else ()),
            b.name,
            b.value,
            *((b.low, b.high) if ranged else ()),
        )
        for b in bars
    ]
    return wrap_up(name, title, subtitle, alt, Table(title, tuple(columns), tuple(cells)), draw)


def _zero(x: Any) -> Any:
    return mark("rule", [{"value": 0}], {"x": x}, color=MUTED, strokeWidth=1)


def _row_name(
    text: str, remark: str, top: float, body: float, y: Encoding, layout: Layout
) -> list[Layer]:
    """A row's name with its remark: left of the row, or above it on a phone."""
    room = layout.width if layout.narrow else layout.names
    block = len(wrap(text, room, layout.size)) * layout.line
    more = len(wrap(remark, room, layout.size - 1)) * layout.line if remark else 0
    start = top if layout.narrow else top + (body - block - more) / 2
    align, dx = ("left", 0) if layout.narrow else ("right", -12)
    marks = label(
        text,
        at(0),
        y,
        layout,
        row={"top": start},
        align=align,
        dx=dx,
        width=room,
        anchor="top",
        weight="bold" if layout.narrow else "normal",
    )
    if remark:
        marks += label(
            remark,
            at(0),
            y,
            layout,
            row={"top": start + block},
            align=align,
            dx=dx,
            width=room,
            anchor="top",
            colour=MUTED,
            size=layout.size - 1,
        )
    return marks


def _dot(
    dot: Dot,
    rank: int,
    middle: float,
    colour: str,
    x: Encoding,
    y: Encoding,
    format: Format,
    decimals: int,
    layout: Layout,
) -> list[Layer]:
    marks: list[Layer] = []
    reach = dot.value
    if dot.low is not None and dot.high is not None:
        reach = max(dot.value, dot.high)
        marks.append(
            mark(
                "rule",
                [{"value": dot.low, "end": dot.high, "top": middle}],
                {"x": x, "x2": {"field": "end"}, "y": y},
                color=colour,
                strokeWidth=5,
                opacity=0.3,
                strokeCap="round",
            )
        )
    marks.append(
        mark(
            "point",
            [{"value": dot.value, "top": middle}],
            {"x": x, "y": y},
            shape="diamond" if rank else "circle",
            size=100 if rank else 80,
            filled=True,
            fill=PAPER if rank else colour,
            stroke=colour,
            strokeWidth=1.8,
            opacity=1,
        )
    )
    text = number(dot.value, format, decimals)
    words = span_text(dot.low, dot.high, format, decimals)
    whole = f"{text} ({words})" if words else text
    if not layout.narrow or text_width(whole, layout.size) < 0.28 * layout.width:
        text = whole
    marks += label(text, x, y, layout, row={"value": reach, "top": middle}, dx=9, halo=True)
    return marks
