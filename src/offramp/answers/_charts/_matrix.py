"""The matrix: words in cells, shaded by what they say; a list below each name on a phone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from offramp.answers._answer import Chart, Column, Table
from offramp.answers._charts._canvas import (
    Layer,
    Layout,
    at,
    label,
    mark,
    pixel_row,
    quantity,
    wrap_up,
)
from offramp.answers._style import (
    FILLS,
    MUTED,
    PAPER,
    RULE,
    Fill,
    text_width,
    wrap,
)


def matrix(
    name: str,
    *,
    title: str,
    subtitle: str,
    alt: str,
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Sequence[Sequence[str]],
    fills: Mapping[str, Fill] | None = None,
    corner: str = "",
) -> Chart:
    """Words in cells; ``fills`` shades a cell by its word, and the word stays readable.

    On a phone, a matrix whose words do not fit its columns becomes a list below each row's name.
    """
    if len(cells) != len(rows) or any(len(line) != len(columns) for line in cells):
        raise ValueError(f"chart {name!r}: cells do not match rows and columns")
    if not rows or not columns:
        raise ValueError(f"chart {name!r} has nothing to draw")
    shade = dict(fills or {})

    def draw(layout: Layout) -> tuple[list[Layer], float]:
        full = PAGE_PLOT if len(columns) > FEW_COLUMNS else layout.width - layout.names + 90
        plot = layout.width if layout.narrow else full
        across = plot / len(columns)
        inside = across - 8
        size = _fitting([*columns, *(w for line in cells for w in line)], inside, layout)
        if layout.narrow and size < SMALLEST:
            return _listed(rows, columns, cells, shade, layout)
        x = quantity("left", (0, len(columns)), None)
        placed: list[tuple[float, float, float]] = []
        top = 0.0
        for name_, line in zip(rows, cells, strict=True):
            lines = max(len(wrap(word, inside, size)) for word in line)
            room = plot if layout.narrow else layout.names
            names = len(wrap(name_, room, layout.size)) * layout.line
            body = lines * layout.line + 12
            if layout.narrow:
                placed.append((top, top + names + 3, body))
                top += names + 3 + body + 8
            else:
                body = max(body, names + 6)
                placed.append((top, top, body))
                top += body + 3
        height = top
        y = pixel_row("top", height)
        boxes: list[Layer] = []
        layers: list[Layer] = []
        for k, heading in enumerate(columns):
            layers += label(
                heading,
                x,
                at(-7),
                layout,
                row={"left": k + 0.5},
                align="center",
                colour=MUTED,
                width=inside,
                size=size,
                anchor="bottom",
            )
        for name_, line, (name_top, body_top, body) in zip(rows, cells, placed, strict=True):
            if layout.narrow:
                layers += label(
                    name_,
                    at(0),
                    y,
                    layout,
                    row={"top": name_top},
                    width=plot,
                    anchor="top",
                    weight="bold",
                )
            else:
                layers += label(
                    name_,
                    at(0),
                    y,
                    layout,
                    row={"top": body_top + body / 2},
                    align="right",
                    dx=-10,
                    width=layout.names,
                )
            for k, word in enumerate(line):
                fill, ink = FILLS[shade.get(word, "none")]
                box = {"left": k, "right": k + 1, "top": body_top, "bottom": body_top + body}
                boxes.append(
                    mark(
                        "rect",
                        [box],
                        {"x": x, "x2": {"field": "right"}, "y": y, "y2": {"field": "bottom"}},
                        fill=fill,
                        stroke=RULE if fill == PAPER else PAPER,
                        strokeWidth=1,
                    )
                )
                layers += label(
                    word,
                    x,
                    y,
                    layout,
                    row={"left": k + 0.5, "top": body_top + body / 2},
                    align="center",
                    colour=ink,
                    width=inside,
                    size=size,
                )
        return boxes + layers, height

    table = Table(
        title,
        (Column("row", corner or "Item"), *(Column(f"c{k}", c) for k, c in enumerate(columns))),
        tuple((r, *line) for r, line in zip(rows, cells, strict=True)),
    )
    return wrap_up(name, title, subtitle, alt, table, draw)


FEW_COLUMNS = 4
"""Columns up to which a matrix is drawn to fit half a page; more need the whole width."""

PAGE_PLOT = 570.0
"""Width of a matrix on a whole page, without its row names, in pixels."""

SMALLEST = 10.0
"""Type size on a phone below which a matrix turns into a list, in pixels."""


def _listed(
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Sequence[Sequence[str]],
    shade: Mapping[str, Fill],
    layout: Layout,
) -> tuple[list[Layer], float]:
    """A matrix as a list: each row's name, then a line for each column with its word."""
    split = 0.46
    names, words = split * layout.width - 10, (1 - split) * layout.width - 10
    x = quantity("left", (0, 1), None)
    blocks: list[tuple[str, float, str, Fill, float]] = []
    heads: list[tuple[str, float]] = []
    top = 0.0
    for name, line in zip(rows, cells, strict=True):
        heads.append((name, top))
        top += len(wrap(name, layout.width, layout.size)) * layout.line + 4
        for heading, word in zip(columns, line, strict=True):
            lines = max(len(wrap(heading, names, layout.size)), len(wrap(word, words, layout.size)))
            body = lines * layout.line + 8
            blocks.append((heading, top, word, shade.get(word, "none"), body))
            top += body + 2
        top += 10
    y = pixel_row("top", top)
    boxes: list[Layer] = []
    layers: list[Layer] = []
    for name, head in heads:
        layers += label(
            name,
            at(0),
            y,
            layout,
            row={"top": head},
            width=layout.width,
            weight="bold",
            anchor="top",
        )
    for heading, start, word, fill_name, body in blocks:
        fill, ink = FILLS[fill_name]
        middle = start + body / 2
        box = {"left": split, "right": 1, "top": start, "bottom": start + body}
        place = {"x": x, "x2": {"field": "right"}, "y": y, "y2": {"field": "bottom"}}
        edge = RULE if fill == PAPER else PAPER
        boxes.append(mark("rect", [box], place, fill=fill, stroke=edge, strokeWidth=1))
        row = {"left": split, "top": middle}
        layers += label(heading, at(0), y, layout, row=row, width=names, colour=MUTED)
        layers += label(word, x, y, layout, row=row, dx=8, width=words, colour=ink)
    return boxes + layers, top


def _fitting(texts: Sequence[str], room: float, layout: Layout) -> float:
    """The largest type size at which the longest word fits in ``room``, not below 9 pixels."""
    widest = max(text_width(word, 1.0) for text in texts for word in [*text.split(), " "])
    return max(9.0, min(layout.size, room / widest))
