"""What every chart shares: two layouts, a theme, text marks, axes of months, and the wrapping up.

A chart is drawn twice from the same figures: a wide layout (a page, a screen) and a narrow one
(a phone). The wide one is the chart's ``spec``; the narrow one travels inside it under
``usermeta.offramp.narrow``, where Vega-Lite ignores it and our renderers find it.

Vertical positions are in pixels wherever rows carry names: the y scale of such a chart is the
identity, so that wrapped names get exactly the room they need. Horizontal positions are in data
units, since the width belongs to the reader ("container").

Marks are written as Vega-Lite mappings. Altair's objects validate themselves at every step, which
costs half a second a chart; here a chart costs milliseconds, and the tests pass every finished
specification through Altair's schema.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from offramp.answers._answer import Chart, Format, Table
from offramp.answers._style import (
    CHART_FONT,
    GRID,
    INK,
    MUTED,
    PAPER,
    RULE,
    number,
    text_width,
    wrap,
)

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"

LINE_HEIGHT = 1.25
"""Line height of wrapped labels, in multiples of the type size."""

Layer = dict[str, Any]
"""One layer of a chart: data, mark and encoding."""

Encoding = dict[str, Any]
"""Where a mark's position comes from: a field on a scale, or a fixed pixel."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A page to draw on: the width to reckon with, type size, and room for labels (pixels)."""

    narrow: bool
    width: float
    size: float
    margin: float
    """Room for labels of series at the right."""
    names: float
    """Room for names of rows at the left; none in the narrow layout: names go above."""
    ticks: int

    @property
    def line(self) -> float:
        """Height of a line of label text."""
        return round(self.size * LINE_HEIGHT)


WIDE = Layout(narrow=False, width=540, size=12, margin=150, names=180, ticks=7)
NARROW = Layout(narrow=True, width=324, size=11.5, margin=104, names=0, ticks=4)


def wrap_up(
    name: str,
    title: str,
    subtitle: str,
    alt: str,
    table: Table,
    draw: Callable[[Layout], tuple[list[Layer], float]],
) -> Chart:
    """Draw both layouts and return the chart with its table twin."""
    if not alt.strip():
        raise ValueError(f"chart {name!r} has no alt text: say its finding in a sentence")
    wide = _specification(title, subtitle, alt, WIDE, *draw(WIDE))
    narrow = _specification(title, subtitle, alt, NARROW, *draw(NARROW))
    wide["usermeta"] = {"offramp": {"narrow": narrow}}
    return Chart(name=name, title=title, subtitle=subtitle, alt=alt, spec=wide, table=table)


def _specification(
    title: str, subtitle: str, alt: str, layout: Layout, layers: list[Layer], height: float
) -> dict[str, Any]:
    across = 340 if layout.narrow else 720
    return {
        "$schema": SCHEMA,
        "description": alt,
        "background": PAPER,
        "width": "container",
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": {"left": 4, "top": 6, "right": 10 if layout.narrow else 16, "bottom": 4},
        "title": {
            "text": wrap(title, across, 15),
            "subtitle": wrap(subtitle, across, layout.size),
            "anchor": "start",
            "frame": "bounds",
            "offset": 14,
        },
        "layer": _merged(layers),
        "config": {
            "aria": False,
            "font": CHART_FONT,
            "lineBreak": "\n",
            "view": {"stroke": None},
            "title": {
                "fontSize": 15,
                "fontWeight": 600,
                "color": INK,
                "subtitleFontSize": layout.size,
                "subtitleColor": MUTED,
                "subtitlePadding": 5,
            },
            "axis": {
                "labelFontSize": layout.size,
                "titleFontSize": layout.size,
                "titleFontWeight": "normal",
                "labelColor": MUTED,
                "titleColor": MUTED,
                "gridColor": GRID,
                "domainColor": RULE,
                "tickColor": RULE,
                "labelPadding": 8,
                "titlePadding": 8,
                "labelLineHeight": layout.line,
                "titleLineHeight": layout.line,
            },
        },
    }


def _merged(layers: Sequence[Layer]) -> list[Layer]:
    """Neighbouring marks that differ in their data alone become one layer."""
    merged: list[Layer] = []
    for layer in layers:
        last = merged[-1] if merged else None
        separate = layer["mark"]["type"] in ("line", "area")
        if (
            last is not None
            and not separate
            and last["mark"] == layer["mark"]
            and last["encoding"] == layer["encoding"]
        ):
            merged[-1] = {
                **last,
                "data": {"values": [*last["data"]["values"], *layer["data"]["values"]]},
            }
        else:
            merged.append(layer)
    return merged


def mark(
    kind: str, rows: Sequence[Mapping[str, Any]], encoding: Encoding, **settings: Any
) -> Layer:
    """A layer of one kind of mark over inline rows."""
    return {
        "data": {"values": [dict(row) for row in rows]},
        "mark": {"type": kind, **settings},
        "encoding": encoding,
    }


def at(pixels: float) -> Encoding:
    """A fixed position, in pixels from the plot's left or top."""
    return {"value": pixels}


def quantity(
    field: str, domain: tuple[float, float], axis: Mapping[str, Any] | None = None
) -> Encoding:
    """A position in data units on a fixed domain."""
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"domain": list(domain), "nice": False, "zero": False},
        "axis": None if axis is None else dict(axis),
    }


def pixel_row(field: str, height: float) -> Encoding:
    """A vertical position in pixels from the top."""
    return quantity(field, (height, 0))


def label(
    text: str,
    x: Encoding,
    y: Encoding,
    layout: Layout,
    *,
    row: Mapping[str, Any] | None = None,
    align: str = "left",
    dx: float = 0,
    dy: float = 0,
    colour: str = INK,
    width: float | None = None,
    size: float | None = None,
    weight: str = "normal",
    halo: bool = False,
    anchor: str = "middle",
) -> list[Layer]:
    """One wrapped label as a text mark, centred on its point (or above it, or below it).

    ``row`` holds the fields that the encodings ``x`` and ``y`` name. ``anchor`` says which part
    of the block of lines sits on the point: ``top``, ``middle`` or ``bottom``.
    """
    points = layout.size if size is None else size
    lines = wrap(text, width, points) if width is not None else [text]
    step = round(points * LINE_HEIGHT)
    above = {"middle": (len(lines) - 1) / 2, "bottom": len(lines) - 0.5, "top": -0.5}[anchor]
    datum = {**(row or {}), "label": "\n".join(lines)}
    encoding = {"x": x, "y": y, "text": {"field": "label", "type": "nominal"}}
    settings: dict[str, Any] = {
        "align": align,
        "baseline": "middle",
        "dx": dx,
        "dy": dy - above * step,
        "fontSize": points,
        "fontWeight": weight,
        "lineHeight": step,
        "lineBreak": "\n",
    }
    marks = [mark("text", [datum], encoding, color=colour, **settings)]
    if halo:
        edge = {"stroke": PAPER, "strokeWidth": 3, "strokeJoin": "round", "strokeOpacity": 0.8}
        marks.insert(0, mark("text", [datum], encoding, color=PAPER, **edge, **settings))
    return marks


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """A shape and the words for it, in the line of keys above a chart."""

    shape: str
    fill: str
    stroke: str
    text: str


def key(entries: Sequence[KeyEntry], layout: Layout, width: float) -> list[Layer]:
    """A line (or lines) of keys above the plot, inside ``width`` pixels."""
    room = width - 22
    rows: list[list[tuple[KeyEntry, float]]] = []
    across = 0.0
    for entry in entries:
        need = 22 + min(room, text_width(entry.text, layout.size))
        if not rows or across + need > width:
            rows.append([])
            across = 0.0
        rows[-1].append((entry, across))
        across += need + 16
    layers: list[Layer] = []
    up = -layout.line / 2 - 2
    for row in reversed(rows):
        lines = max(len(wrap(entry.text, room, layout.size)) for entry, _ in row)
        up -= lines * layout.line / 2
        for entry, left in row:
            layers.append(
                mark(
                    "point",
                    [{}],
                    {"x": at(left + 7), "y": at(up)},
                    shape=entry.shape,
                    size=90,
                    filled=True,
                    fill=entry.fill,
                    stroke=entry.stroke,
                    strokeWidth=1.4,
                    opacity=1,
                )
            )
            place = at(left + 19), at(up)
            layers += label(entry.text, *place, layout, colour=MUTED, width=room)
        up -= lines * layout.line / 2 + 4
    return layers


def date_of(month: float, start: dt.date) -> dt.date:
    """The calendar date ``month`` months after ``start`` (fractions by days of 30.4)."""
    whole = int(month // 1)
    index = start.year * 12 + start.month - 1 + whole
    day = min(start.day, 28)
    date = dt.date(index // 12, index % 12 + 1, day)
    return date + dt.timedelta(days=round((month - whole) * 30.4375))


def date_text(date: dt.date, short: bool = False) -> str:
    """``Apr 2025``, or ``Apr ’25`` where room is short."""
    return f"{date:%b} ’{date:%y}" if short else f"{date:%b %Y}"


def month_axis(months: tuple[float, float], start: dt.date | None, layout: Layout) -> Encoding:
    """An axis of months with the calendar date on its second line."""
    ticks = month_ticks(months, layout)
    words = {
        f"{tick:g}": [f"{tick:g}", date_text(date_of(tick, start), layout.narrow)]
        if start
        else [f"{tick:g}"]
        for tick in ticks
    }
    return {
        "values": ticks,
        "title": "Months" if start is None else f"Months from {start.day} {start:%B %Y}",
        "grid": False,
        "labelExpr": f"({json.dumps(words)})[datum.value]",
        "labelOverlap": False,
        "labelFlush": False,
        "tickSize": 4,
    }


def month_ticks(months: tuple[float, float], layout: Layout) -> list[float]:
    """Round months at which to write labels."""
    first, last = months
    for step in (1, 2, 3, 6, 12, 24, 60, 120):
        if (last - first) / step <= layout.ticks - 0.5:
            break
    start = -int(-first // step) * step
    ticks = [float(start + i * step) for i in range(int((last - start) / step + 1e-9) + 1)]
    return ticks or [float(first)]


def value_axis(
    format: Format, unit: str | list[str], span: float, count: int, grid: bool = True
) -> Encoding:
    """An axis of values in the table's format, with the unit as its title."""
    if format == "share":
        decimals = 0 if span > 0.04 else 1
        text = f"format(100 * datum.value, '.{decimals}f') + ' %'"
    else:
        decimals = 0 if span >= 8 else 1 if span >= 0.8 else 2 if span >= 0.08 else 3
        sign = "+" if format == "signed" else ","
        text = f"datum.value == 0 ? '0' : format(datum.value, '{sign}.{decimals}f')"
    return {
        "title": unit or None,
        "grid": grid,
        "tickCount": count,
        "domain": False,
        "ticks": False,
        "labelExpr": text,
        "titleAnchor": "start",
    }


def tidy_domain(low: float, high: float, format: Format) -> tuple[float, float]:
    """A domain a little wider than the figures; shares stay within 0 and 1."""
    if not high > low:
        low, high = low - 0.5, high + 0.5
    pad = 0.06 * (high - low)
    first, last = low - pad, high + pad
    if low >= 0 and first < 0.35 * high:
        first = 0.0
    if format == "share":
        first = first if low < 0 else max(first, 0.0)
        last = last if high > 1 else min(last, 1.0)
    return first, last


def span_text(low: float | None, high: float | None, format: Format, decimals: int) -> str:
    """``48–75 %``: a range with its unit once."""
    if low is None or high is None:
        return ""
    first, last = number(low, format, decimals), number(high, format, decimals)
    if format == "share":
        first = first.removesuffix(" %")
    return f"{first} to {last}" if "−" in first + last else f"{first}–{last}"
