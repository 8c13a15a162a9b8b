"""Charts through time: the fan and the stacked area.

Time runs left to right in months with calendar dates below. Series are labelled where they end;
labels keep clear of one another, and a thin leader joins a label that had to move.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from offramp.answers._answer import Cell, Chart, Column, Format, Table
from offramp.answers._charts._canvas import (
    Encoding,
    Layer,
    Layout,
    date_of,
    date_text,
    label,
    mark,
    month_axis,
    month_ticks,
    quantity,
    tidy_domain,
    value_axis,
    wrap_up,
)
from offramp.answers._style import (
    DASHES,
    INK,
    MUTED,
    PAPER,
    RULE,
    SHADES,
    SHAPES,
    Side,
    number,
    ramp,
    side_colour,
    spread,
    text_width,
    wrap,
)

SUM_TOLERANCE = 1e-6
"""How far stacked shares may be from one: rounding of inputs, not a missing regime."""


@dataclass(frozen=True, slots=True)
class Line:
    """A series through the months; ``low`` and ``high`` bound its lighter band."""

    name: str
    values: tuple[float, ...]
    side: Side = "neutral"
    low: tuple[float, ...] | None = None
    high: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """One layer of a stacked area: a name and its share at each month."""

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Threshold:
    """A dashed rule with words on it, at a month or at a value."""

    label: str
    at: float
    axis: Literal["month", "value"] = "month"


def fan(
    name: str,
    *,
    title: str,
    subtitle: str,
    alt: str,
    months: Sequence[float],
    lines: Sequence[Line],
    start: dt.date | None = None,
    thresholds: Sequence[Threshold] = (),
    format: Format = "number",
    unit: str = "",
    decimals: int = 2,
    domain: tuple[float, float] | None = None,
) -> Chart:
    """Lines through months with bands, end labels and thresholds."""
    same_length(name, months, [(line.name, line.values) for line in lines])
    for line in lines:
        if (line.low is None) != (line.high is None):
            raise ValueError(f"chart {name!r}: {line.name!r} has one edge of its band only")
    values = [v for line in lines for v in (*line.values, *(line.low or ()), *(line.high or ()))]
    values += [t.at for t in thresholds if t.axis == "value"]
    first, last = domain or tidy_domain(min(values), max(values), format)
    span = (float(months[0]), float(months[-1]))
    ranks = _ranks(lines)

    def draw(layout: Layout) -> tuple[list[Layer], float]:
        height = 250.0 if layout.narrow else 300.0
        to_pixels = height / (last - first)
        x = quantity("month", span, month_axis(span, start, layout))
        y = quantity("value", (first, last), value_axis(format, "", last - first, 5))
        layers: list[Layer] = []
        for line, rank in zip(lines, ranks, strict=True):
            if line.low is None or line.high is None:
                continue
            band = [
                {"month": m, "value": a, "high": b}
                for m, a, b in zip(months, line.low, line.high, strict=True)
            ]
            layers.append(
                mark(
                    "area",
                    band,
                    {"x": x, "y": y, "y2": {"field": "high"}},
                    color=side_colour(line.side, rank),
                    opacity=0.17,
                    line=False,
                )
            )
        if first < 0 < last:
            layers.append(mark("rule", [{"value": 0}], {"y": y}, color=RULE))
        ticks = set(month_ticks(span, layout))
        for line, rank in zip(lines, ranks, strict=True):
            points = [{"month": m, "value": v} for m, v in zip(months, line.values, strict=True)]
            colour = side_colour(line.side, rank)
            layers.append(
                mark(
                    "line",
                    points,
                    {"x": x, "y": y},
                    color=colour,
                    strokeWidth=2.2,
                    strokeDash=list(DASHES[min(rank, 2)]),
                )
            )
            layers.append(
                mark(
                    "point",
                    [p for p in points if p["month"] in ticks],
                    {"x": x, "y": y},
                    shape=SHAPES[line.side],
                    size=44,
                    filled=True,
                    fill=colour if rank == 0 else PAPER,
                    stroke=colour,
                    strokeWidth=1.5,
                    opacity=1,
                )
            )
        layers += _value_rules(thresholds, y)
        layers += _month_rules(thresholds, span, (first, last), height, x, y, layout)
        ends = [
            (
                f"{line.name} {number(line.values[-1], format, decimals)}",
                line.values[-1],
                SHADES[line.side][0],
                side_colour(line.side, rank),
            )
            for line, rank in zip(lines, ranks, strict=True)
        ]
        ends += [
            (f"{t.label} {number(t.at, format, decimals)}", t.at, MUTED, MUTED)
            for t in thresholds
            if t.axis == "value"
        ]
        layers += _end_labels(ends, span[1], last, to_pixels, height, x, y, layout)
        return layers, height

    columns = [*month_columns(start)]
    for i, line in enumerate(lines):
        columns.append(Column(f"series_{i}", line.name, format, unit, decimals))
        if line.low is not None:
            columns.append(Column(f"series_{i}_low", f"{line.name}, low", format, unit, decimals))
            columns.append(Column(f"series_{i}_high", f"{line.name}, high", format, unit, decimals))
    rows: list[tuple[Cell, ...]] = []
    for k, month in enumerate(months):
        row: list[Cell] = [*month_cells(month, start)]
        for line in lines:
            row.append(float(line.values[k]))
            if line.low is not None and line.high is not None:
                row += [float(line.low[k]), float(line.high[k])]
        rows.append(tuple(row))
    note = "; ".join(f"{t.label}: {t.at:g}" for t in thresholds)
    table = Table(title, tuple(columns), tuple(rows), note)
    return wrap_up(name, title, subtitle, alt, table, draw)


def stacked_area(
    name: str,
    *,
    title: str,
    subtitle: str,
    alt: str,
    months: Sequence[float],
    shares: Sequence[Share],
    start: dt.date | None = None,
    decimals: int = 0,
) -> Chart:
    """Shares that sum to one through the months, first layer at the bottom.

    Shades run from dark to pale in the order given, so give regimes in an order that means
    something (worst first). Raises ``ValueError`` where the shares do not sum to one.
    """
    same_length(name, months, [(s.name, s.values) for s in shares])
    for k, month in enumerate(months):
        total = sum(s.values[k] for s in shares)
        if abs(total - 1) > SUM_TOLERANCE:
            raise ValueError(f"chart {name!r}: shares at month {month:g} sum to {total:.6f}, not 1")
    span = (float(months[0]), float(months[-1]))
    shades = ramp(len(shares))

    def draw(layout: Layout) -> tuple[list[Layer], float]:
        height = 260.0 if layout.narrow else 300.0
        x = quantity("month", span, month_axis(span, start, layout))
        y = quantity("value", (0, 1), value_axis("share", "", 1, 5, False))
        layers: list[Layer] = []
        floor = [0.0] * len(months)
        ends: list[tuple[str, float, str, str]] = []
        for share, shade in zip(shares, shades, strict=True):
            ceiling = [a + v for a, v in zip(floor, share.values, strict=True)]
            rows = [
                {"month": m, "value": a, "top": b}
                for m, a, b in zip(months, floor, ceiling, strict=True)
            ]
            layers.append(
                mark(
                    "area",
                    rows,
                    {"x": x, "y": y, "y2": {"field": "top"}},
                    color=shade,
                    opacity=1,
                    line={"color": PAPER, "strokeWidth": 1.2},
                )
            )
            end = share.values[-1]
            text = "<1 %" if 0 < end < 0.005 else number(end, "share", decimals)
            ends.append((f"{share.name} {text}", (floor[-1] + ceiling[-1]) / 2, INK, shade))
            floor = ceiling
        layers += _end_labels(ends, span[1], 1.0, height, height, x, y, layout, swatch=True)
        return layers, height

    columns = (
        *month_columns(start),
        *(Column(f"share_{i}", s.name, "share", "", decimals) for i, s in enumerate(shares)),
    )
    rows = tuple(
        (*month_cells(month, start), *(float(s.values[k]) for s in shares))
        for k, month in enumerate(months)
    )
    return wrap_up(name, title, subtitle, alt, Table(title, columns, rows), draw)


def _ranks(lines: Sequence[Line]) -> list[int]:
    seen: dict[Side, int] = {}
    ranks = []
    for line in lines:
        ranks.append(seen.get(line.side, 0))
        seen[line.side] = ranks[-1] + 1
    return ranks


def same_length(
    name: str, months: Sequence[float], series: Sequence[tuple[str, Sequence[Any]]]
) -> None:
    """Refuse months that do not increase, and series of another length."""
    if len(months) < 2 or any(b <= a for a, b in itertools.pairwise(months)):
        raise ValueError(f"chart {name!r}: months must be two or more, and increase")
    if not series:
        raise ValueError(f"chart {name!r} has nothing to draw")
    for label_, values in series:
        if len(values) != len(months):
            raise ValueError(
                f"chart {name!r}: {label_!r} has {len(values)} values for {len(months)} months"
            )


def month_columns(start: dt.date | None) -> tuple[Column, ...]:
    """The columns of a table through time: month, and date where the start is known."""
    month = Column("month", "Month", "months", decimals=0)
    return (month,) if start is None else (month, Column("date", "Date"))


def month_cells(month: float, start: dt.date | None) -> tuple[Cell, ...]:
    """The cells of :func:`month_columns`."""
    if start is None:
        return (float(month),)
    return (float(month), date_text(date_of(month, start)))


def _end_labels(
    ends: Sequence[tuple[str, float, str, str]],
    month: float,
    top: float,
    to_pixels: float,
    height: float,
    x: Encoding,
    y: Encoding,
    layout: Layout,
    swatch: bool = False,
) -> list[Layer]:
    """Labels right of the last month; each is (text, value, ink, colour of its leader)."""
    room = layout.margin - 22
    heights = [len(wrap(text, room, layout.size)) * layout.line + 4.0 for text, *_ in ends]
    targets = [(top - value) * to_pixels for _, value, *_ in ends]
    centres = spread(targets, heights, 0.0, max(height, sum(heights)))
    layers: list[Layer] = []
    for (text, value, ink, colour), centre in zip(ends, centres, strict=True):
        placed = top - centre / to_pixels
        leader = {"month": month, "value": value, "label_at": placed}
        layers.append(
            mark(
                "rule",
                [leader],
                {"x": x, "x2": {"field": "month"}, "y": y, "y2": {"field": "label_at"}},
                color=RULE,
                strokeWidth=1,
                xOffset=3,
                x2Offset=14,
            )
        )
        if swatch:
            layers.append(
                mark(
                    "point",
                    [{"month": month, "value": placed}],
                    {"x": x, "y": y},
                    shape="square",
                    size=90,
                    filled=True,
                    fill=colour,
                    stroke=MUTED,
                    strokeWidth=0.6,
                    opacity=1,
                    xOffset=20,
                )
            )
        layers += label(
            text,
            x,
            y,
            layout,
            row={"month": month, "value": placed},
            dx=29 if swatch else 18,
            colour=ink,
            width=room,
        )
    return layers


def _value_rules(thresholds: Sequence[Threshold], y: Encoding) -> list[Layer]:
    """Horizontal dashed rules; their words stand at the line's end, among the series' labels."""
    return [
        mark("rule", [{"value": t.at}], {"y": y}, color=MUTED, strokeDash=[4, 3], strokeWidth=1)
        for t in thresholds
        if t.axis == "value"
    ]


def _month_rules(
    thresholds: Sequence[Threshold],
    span: tuple[float, float],
    domain: tuple[float, float],
    height: float,
    x: Encoding,
    y: Encoding,
    layout: Layout,
) -> list[Layer]:
    """Vertical dashed rules; their labels stand above the plot, on levels that do not collide."""
    plot = layout.width - layout.margin
    first, last = domain
    to_value = (last - first) / height
    taken: list[tuple[float, float, float]] = []
    layers: list[Layer] = []
    labels: list[Layer] = []
    rules = [(t, (t.at - span[0]) / (span[1] - span[0]) * plot) for t in thresholds]
    rules = [(t, left) for t, left in rules if t.axis == "month"]
    leftward = [r for r in rules if r[1] > 0.62 * plot]
    rightward = [r for r in rules if r[1] <= 0.62 * plot]
    ordered = [
        *sorted(rightward, key=lambda r: -r[1]),
        *sorted(leftward, key=lambda r: r[1]),
    ]
    for rule, left in ordered:
        flip = (rule, left) in leftward
        room = max(80.0, left - 4 if flip else layout.width - left - 12)
        lines = wrap(rule.label, room, layout.size)
        width = max(text_width(line, layout.size) for line in lines)
        tall = len(lines) * layout.line
        start, end = (left - width, left) if flip else (left, left + width)
        base = 5.0
        for other_start, other_end, other_top in sorted(taken, key=lambda t: t[2]):
            if start < other_end + 8 and other_start - 8 < end:
                base = max(base, other_top + 5)
        taken.append((start, end, base + tall))
        rule_row = {"month": rule.at, "value": last + (base + tall) * to_value, "foot": first}
        layers.append(
            mark(
                "rule",
                [rule_row],
                {"x": x, "y": y, "y2": {"field": "foot"}},
                color=MUTED,
                strokeDash=[4, 3],
                strokeWidth=1,
            )
        )
        labels += label(
            rule.label,
            x,
            y,
            layout,
            row={"month": rule.at, "value": last + (base + 2) * to_value},
            align="right" if flip else "left",
            dx=-5 if flip else 5,
            colour=MUTED,
            width=room,
            anchor="bottom",
            halo=True,
        )
    return layers + labels
