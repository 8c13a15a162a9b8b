"""What every chart shares: two layouts, a theme, text marks, axes of months, and the wrapping up.

A chart is drawn twice from the same figures: a wide layout (a page, a screen) and a narrow one
(a phone). The wide one is the chart's ``spec``; the narrow one travels inside it under
``usermeta.offramp.narrow``, where Vega-Lite ignores it and our renderers find it.

Vertical positions are in pixels wherever rows carry names: the y scale of such a chart is the
identity, so that wrapped names get exactly the room they need. Horizontal positions are in data
units, since the width belongs to the reader ("container").
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
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

LINE_HEIGHT = 1.25
"""Line height of wrapped labels, in multiples of the type size."""


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


WIDE = Layout(narrow=False, width=540, size=12, margin=150, names=190, ticks=7)
NARROW = Layout(narrow=True, width=330, size=11.5, margin=104, names=0, ticks=4)


def wrap_up(
    name: str,
    title: str,
    subtitle: str,
    alt: str,
    table: Table,
    draw: Callable[[Layout], tuple[list[Any], float]],
) -> Chart:
    """Draw both layouts and return the chart with its table twin."""
    if not alt.strip():
        raise ValueError(f"chart {name!r} has no alt text: say its finding in a sentence")
    wide = _specification(title, subtitle, alt, WIDE, *draw(WIDE))
    narrow = _specification(title, subtitle, alt, NARROW, *draw(NARROW))
    wide["usermeta"] = {"offramp": {"narrow": narrow}}
    return Chart(name=name, title=title, subtitle=subtitle, alt=alt, spec=wide, table=table)


def _specification(
    title: str, subtitle: str, alt: str, layout: Layout, layers: list[Any], height: float
) -> dict[str, Any]:
    import altair as alt_

    across = 340 if layout.narrow else 720
    chart = (
        alt_.layer(*layers)
        .properties(
            width="container",
            height=height,
            autosize=alt_.AutoSizeParams(type="fit-x", contains="padding"),
            padding={"left": 4, "top": 6, "right": 10 if layout.narrow else 16, "bottom": 4},
            description=alt,
            background=PAPER,
            title=alt_.TitleParams(
                text=wrap(title, across, 15),
                subtitle=wrap(subtitle, across, layout.size),
                anchor="start",
                frame="bounds",
                offset=14,
            ),
        )
        .resolve_scale(color="independent", shape="independent")
        .configure(aria=False, font=CHART_FONT, lineBreak="\n")
        .configure_view(stroke=None)
        .configure_title(
            fontSize=15,
            subtitleFontSize=layout.size,
            color=INK,
            subtitleColor=MUTED,
            fontWeight=600,
            subtitlePadding=5,
        )
        .configure_axis(
            labelFontSize=layout.size,
            titleFontSize=layout.size,
            titleFontWeight="normal",
            labelColor=MUTED,
            titleColor=MUTED,
            gridColor=GRID,
            domainColor=RULE,
            tickColor=RULE,
            labelPadding=5,
            titlePadding=8,
            labelLineHeight=layout.line,
        )
    )
    spec: dict[str, Any] = chart.to_dict()
    return spec


def data(rows: Sequence[dict[str, Any]]) -> Any:
    """Inline data of one mark."""
    import altair as alt

    return alt.Data(values=list(rows))


def quantity(field: str, domain: tuple[float, float], axis: Any = None) -> Any:
    """A horizontal position in data units on a fixed domain."""
    import altair as alt

    return alt.X(
        field,
        type="quantitative",
        scale=alt.Scale(domain=list(domain), nice=False, zero=False),
        axis=axis,
    )


def pixel_row(field: str, height: float) -> Any:
    """A vertical position in pixels from the top."""
    import altair as alt

    scale = alt.Scale(domain=[height, 0], nice=False, zero=False)
    return alt.Y(field, type="quantitative", scale=scale, axis=None)


def label(
    text: str,
    x: Any,
    y: Any,
    layout: Layout,
    *,
    row: dict[str, Any] | None = None,
    align: str = "left",
    dx: float = 0,
    dy: float = 0,
    colour: str = INK,
    width: float | None = None,
    size: float | None = None,
    weight: str = "normal",
    halo: bool = False,
    anchor: str = "middle",
) -> list[Any]:
    """One wrapped label as a text mark, centred on its point (or above it, or below it).

    ``x`` and ``y`` are Altair encodings; ``row`` holds the fields that they name. ``anchor``
    says which part of the block of lines sits on the point: ``top``, ``middle`` or ``bottom``.
    """
    import altair as alt

    points = layout.size if size is None else size
    lines = wrap(text, width, points) if width is not None else [text]
    step = round(points * LINE_HEIGHT)
    above = {"middle": (len(lines) - 1) / 2, "bottom": len(lines) - 0.5, "top": -0.5}[anchor]
    datum = {**(row or {}), "label": "\n".join(lines)}
    settings = {
        "align": align,
        "baseline": "middle",
        "dx": dx,
        "dy": dy - above * step,
        "fontSize": points,
        "fontWeight": weight,
        "lineHeight": step,
        "lineBreak": "\n",
    }
    marks = [alt.Chart(data([datum])).mark_text(color=colour, **settings)]
    if halo:
        marks.insert(
            0,
            alt.Chart(data([datum])).mark_text(
                color=PAPER,
                stroke=PAPER,
                strokeWidth=4,
                strokeJoin="round",
                strokeOpacity=0.9,
                **settings,
            ),
        )
    return [m.encode(x=x, y=y, text=alt.Text("label", type="nominal")) for m in marks]


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """A shape and the words for it, in the line of keys above a chart."""

    shape: str
    fill: str
    stroke: str
    text: str


def key(entries: Sequence[KeyEntry], layout: Layout, width: float) -> list[Any]:
    """A line (or lines) of keys above the plot, inside ``width`` pixels."""
    import altair as alt

    step = layout.line + 4
    places: list[tuple[float, int]] = []
    across, line = 0.0, 0
    for entry in entries:
        need = 22 + text_width(entry.text, layout.size) + 16
        if across and across + need - 16 > width:
            across, line = 0.0, line + 1
        places.append((across, line))
        across += need
    layers: list[Any] = []
    for entry, (left, row) in zip(entries, places, strict=True):
        up = -(line - row) * step - layout.line
        layers.append(
            mark("point", [{}], {"x": at(left + 7), "y": at(up)}, shape=entry.shape, size=90, filled=True, fill=entry.fill, stroke=entry.stroke, strokeWidth=1.4, opacity=1)
        )
        layers += label(entry.text, at(left + 19), at(up), layout, colour=MUTED)
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


def month_axis(months: tuple[float, float], start: dt.date | None, layout: Layout) -> Any:
    """An axis of months with the calendar date on its second line."""
    import json

    import altair as alt

    ticks = month_ticks(months, layout)
    words = {
        f"{tick:g}": [f"{tick:g}", date_text(date_of(tick, start), layout.narrow)]
        if start
        else [f"{tick:g}"]
        for tick in ticks
    }
    return alt.Axis(
        values=ticks,
        title="Months" if start is None else f"Months from {start.day} {start:%B %Y}",
        grid=False,
        labelExpr=f"({json.dumps(words)})[datum.value]",
        labelOverlap=False,
        labelFlush=False,
        tickSize=4,
    )


def month_ticks(months: tuple[float, float], layout: Layout) -> list[float]:
    """Round months at which to write labels."""
    first, last = months
    for step in (1, 2, 3, 6, 12, 24, 60, 120):
        if (last - first) / step <= layout.ticks - 0.5:
            break
    start = -int(-first // step) * step
    ticks = [float(start + i * step) for i in range(int((last - start) / step + 1e-9) + 1)]
    return ticks or [float(first)]


def value_axis(format: Format, unit: str, span: float, count: int, grid: bool = True) -> Any:
    """An axis of values in the table's format, with the unit as its title."""
    import altair as alt

    if format == "share":
        decimals = 0 if span > 0.04 else 1
        text = f"format(100 * datum.value, '.{decimals}f') + ' %'"
    else:
        decimals = 0 if span >= 8 else 1 if span >= 0.8 else 2 if span >= 0.08 else 3
        sign = "+" if format == "signed" else ","
        text = f"datum.value == 0 ? '0' : format(datum.value, '{sign}.{decimals}f')"
    return alt.Axis(
        title=unit or None,
        grid=grid,
        tickCount=count,
        domain=False,
        ticks=False,
        labelExpr=text,
        titleAlign="left",
    )


def tidy_domain(low: float, high: float, format: Format) -> tuple[float, float]:
    """A domain a little wider than the figures; shares stay within 0 and 1."""
    if not high > low:
        low, high = low - 0.5, high + 0.5
    pad = 0.06 * (high - low)
    first, last = low - pad, high + pad
    if low >= 0 and first < 0.35 * high:
        first = 0.0
    if format == "share":
        first, last = max(first, 0.0), min(last, 1.0)
    return first, last


def span_text(low: float | None, high: float | None, format: Format, decimals: int) -> str:
    """``48–75 %``: a range with its unit once."""
    if low is None or high is None:
        return ""
    first, last = number(low, format, decimals), number(high, format, decimals)
    if format == "share":
        first = first.removesuffix(" %")
    return f"{first} to {last}" if "−" in first + last else f"{first}–{last}"
