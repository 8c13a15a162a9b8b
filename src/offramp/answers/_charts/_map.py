"""The map of two issues: who accepts where, the contracts as points, red lines as dashed rules.

Names stand beside their points where they fit, and become numbers with a list where they do not.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from offramp.answers._answer import Chart, Column, Table
from offramp.answers._charts._canvas import (
    Encoding,
    KeyEntry,
    Layer,
    Layout,
    at,
    key,
    label,
    mark,
    quantity,
    value_axis,
    wrap_up,
)
from offramp.answers._style import (
    FILLS,
    INK,
    MUTED,
    PAPER,
    RULE,
    Fill,
    side_colour,
    text_width,
    wrap,
)


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract on the map: its name and its terms on the two issues."""

    name: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class RedLine:
    """A red line on one of the two issues, with whose it is in the label."""

    label: str
    at: float
    axis: Literal["x", "y"] = "x"


def two_issue_map(
    name: str,
    *,
    title: str,
    subtitle: str,
    alt: str,
    x_issue: str,
    y_issue: str,
    xs: Sequence[float],
    ys: Sequence[float],
    accept_a: Sequence[Sequence[bool]],
    accept_b: Sequence[Sequence[bool]],
    side_a: str,
    side_b: str,
    contracts: Sequence[Contract] = (),
    red_lines: Sequence[RedLine] = (),
) -> Chart:
    """Two issues from 0 to 1, who accepts where, contracts as points, red lines as rules.

    ``accept_a[i][j]`` says whether A accepts the contract at ``xs[i]``, ``ys[j]``.
    """
    for side, grid in (("A", accept_a), ("B", accept_b)):
        if len(grid) != len(xs) or any(len(line) != len(ys) for line in grid):
            raise ValueError(f"chart {name!r}: acceptance of {side} does not match the grid")
    x_edges, y_edges = _edges(xs), _edges(ys)
    status = [
        [
            {(True, True): "both", (True, False): "a", (False, True): "b"}.get(
                (bool(accept_a[i][j]), bool(accept_b[i][j])), "none"
            )
            for j in range(len(ys))
        ]
        for i in range(len(xs))
    ]
    words = {
        "both": "both accept",
        "a": f"only {side_a} accepts",
        "b": f"only {side_b} accepts",
        "none": "neither accepts",
    }
    fills: dict[str, Fill] = {"both": "both", "a": "a", "b": "b", "none": "none"}

    def draw(layout: Layout) -> tuple[list[Layer], float]:
        plot = layout.width - 46
        height = 290.0 if layout.narrow else 400.0
        x_axis = value_axis("number", wrap(x_issue, plot - 20, layout.size), 1, 5, False)
        y_axis = value_axis("number", wrap(y_issue, height - 20, layout.size), 1, 5, False)
        x = quantity("left", (0, 1), x_axis)
        y = quantity("top", (0, 1), y_axis)
        layers: list[Layer] = []
        for code in ("a", "b", "both"):
            boxes = _boxes(status, code, x_edges, y_edges)
            for box_ in boxes:
                box_["right"] = min(1.0, box_["right"] + SEAM)
            if boxes:
                fill = FILLS[fills[code]][0]
                layers.append(
                    mark(
                        "rect",
                        boxes,
                        {"x": x, "x2": {"field": "right"}, "y": y, "y2": {"field": "bottom"}},
                        fill=fill,
                        opacity=1,
                    )
                )
        for grid, side in ((accept_a, "a"), (accept_b, "b")):
            border = _border(grid, x_edges, y_edges)
            if border:
                layers.append(
                    mark(
                        "rule",
                        border,
                        {"x": x, "x2": {"field": "right"}, "y": y, "y2": {"field": "bottom"}},
                        color=side_colour("a" if side == "a" else "b"),
                        strokeWidth=1.8,
                        strokeCap="round",
                    )
                )
        frame = {"left": 0, "right": 1, "top": 0, "bottom": 1}
        layers.append(
            mark(
                "rect",
                [frame],
                {"x": x, "x2": {"field": "right"}, "y": y, "y2": {"field": "bottom"}},
                fill=None,
                stroke=RULE,
            )
        )
        rules = sorted((r for r in red_lines if r.axis == "x"), key=lambda r: r.at)
        taken: list[Box] = [
            (c.x * plot - 10, (1 - c.y) * height - 10, c.x * plot + 10, (1 - c.y) * height + 10)
            for c in contracts
        ]
        top_rows = 0.0
        for rule in red_lines:
            layers.append(_red_line(rule, x, y))
            if rule.axis == "y":
                box = _beside(rule, plot, height, layout, taken)
                taken.append(box)
                at_right = box[0] > 6
                layers += label(
                    rule.label,
                    x,
                    y,
                    layout,
                    row={
                        "left": box[2 if at_right else 0] / plot,
                        "top": 1 - (box[1] + box[3]) / 2 / height,
                    },
                    align="right" if at_right else "left",
                    colour=INK,
                    halo=True,
                    width=0.6 * plot,
                )
        for rule in reversed(rules):
            leftward = rule.at > 0.5
            room = plot * (rule.at if leftward else 1 - rule.at) - 8
            lines = len(wrap(rule.label, room, layout.size))
            layers.append(
                mark(
                    "rule",
                    [{"left": rule.at}],
                    {"x": x, "y": at(-(top_rows + lines * layout.line)), "y2": at(0)},
                    color=MUTED,
                    strokeDash=[4, 3],
                    strokeWidth=1.2,
                )
            )
            layers += label(
                rule.label,
                x,
                at(-top_rows - 4),
                layout,
                row={"left": rule.at},
                align="right" if leftward else "left",
                dx=-5 if leftward else 5,
                colour=INK,
                width=room,
                anchor="bottom",
            )
            top_rows += lines * layout.line + 4
        layers += _contracts(contracts, plot, height, x, y, layout, taken, x_issue)
        present = [c for c in words if any(c in line for line in status)]
        entries = [
            KeyEntry("square", FILLS[fills[c]][0], RULE if c == "none" else INK, words[c])
            for c in present
        ]
        keys = key(entries, layout, plot)
        return layers + [_raised(k, top_rows) for k in keys], height

    rows = tuple(
        (
            c.name,
            float(c.x),
            float(c.y),
            words[status[_nearest(xs, c.x)][_nearest(ys, c.y)]],
        )
        for c in contracts
    )
    table = Table(
        title,
        (
            Column("contract", "Contract"),
            Column("x", x_issue, "number"),
            Column("y", y_issue, "number"),
            Column("accepts", "Who accepts (nearest point of the grid)"),
        ),
        rows,
        "; ".join(f"{r.label}: {r.at:g}" for r in red_lines),
    )
    return wrap_up(name, title, subtitle, alt, table, draw)


def _raised(layer: Layer, up: float) -> Layer:
    """Move a key line above the labels of the red lines."""
    encoding = layer["encoding"]
    return {**layer, "encoding": {**encoding, "y": at(encoding["y"]["value"] - up)}}


def _edges(centres: Sequence[float]) -> list[float]:
    inner = [(a + b) / 2 for a, b in itertools.pairwise(centres)]
    return [0.0, *inner, 1.0]


def _nearest(values: Sequence[float], at: float) -> int:
    return min(range(len(values)), key=lambda i: abs(values[i] - at))


def _boxes(
    status: Sequence[Sequence[str]], code: str, x_edges: Sequence[float], y_edges: Sequence[float]
) -> list[dict[str, Any]]:
    """The cells with a status, merged into boxes."""
    boxes: list[dict[str, Any]] = []
    for i, line in enumerate(status):
        j = 0
        while j < len(line):
            end = j
            while end < len(line) and line[end] == code:
                end += 1
            if end > j:
                low, high = y_edges[j], y_edges[end]
                same = [b for b in boxes if (b["top"], b["bottom"]) == (low, high)]
                if same and same[-1]["right"] == x_edges[i]:
                    same[-1]["right"] = x_edges[i + 1]
                else:
                    boxes.append(
                        {"left": x_edges[i], "right": x_edges[i + 1], "top": low, "bottom": high}
                    )
            j = max(end, j + 1)
    return boxes


def _border(
    grid: Sequence[Sequence[bool]], x_edges: Sequence[float], y_edges: Sequence[float]
) -> list[dict[str, Any]]:
    """Segments between a cell that is accepted and one that is not."""
    border = []
    for i, line in enumerate(grid):
        for j, here in enumerate(line):
            if i + 1 < len(grid) and bool(here) != bool(grid[i + 1][j]):
                border.append((x_edges[i + 1], x_edges[i + 1], y_edges[j], y_edges[j + 1]))
            if j + 1 < len(line) and bool(here) != bool(line[j + 1]):
                border.append((x_edges[i], x_edges[i + 1], y_edges[j + 1], y_edges[j + 1]))
    return [{"left": a, "right": b, "top": c, "bottom": d} for a, b, c, d in border]


def _red_line(rule: RedLine, x: Encoding, y: Encoding) -> Layer:
    place: dict[str, Encoding] = {"x": x} if rule.axis == "x" else {"y": y}
    row = {"left": rule.at, "top": rule.at}
    return mark("rule", [row], place, color=INK, strokeDash=[5, 3], strokeWidth=1.3)


SEAM = 0.002
"""Overlap of neighbouring boxes, so that no light seam shows between them."""

Box = tuple[float, float, float, float]


def _overlap(a: Box, b: Box) -> float:
    return max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))


def _beside(rule: RedLine, plot: float, height: float, layout: Layout, taken: Sequence[Box]) -> Box:
    """Where the words of a horizontal red line go: on the line, left or right, above or below."""
    lines = wrap(rule.label, 0.6 * plot, layout.size)
    width = max(text_width(line, layout.size) for line in lines)
    tall = len(lines) * layout.line
    at = (1 - rule.at) * height
    boxes = [
        (left, top, left + width, top + tall)
        for top in (at - tall - 3, at + 3)
        for left in (6.0, plot - width - 6)
        if top >= 0 and top + tall <= height
    ]
    boxes = boxes or [(6.0, at - tall - 3, 6.0 + width, at - 3)]
    return min(boxes, key=lambda b: sum(_overlap(b, t) for t in taken))


def _contracts(
    contracts: Sequence[Contract],
    plot: float,
    height: float,
    x: Encoding,
    y: Encoding,
    layout: Layout,
    taken: Sequence[Box],
    x_issue: str,
) -> list[Layer]:
    """Contracts as points; names beside them on a page, numbers and a list on a phone."""
    layers: list[Layer] = []
    points = [(c.x * plot, (1 - c.y) * height) for c in contracts]
    blocked = list(taken)
    placed: list[tuple[Contract, Box] | None] = []
    for contract, (px, py) in zip(contracts, points, strict=True):
        place = (
            None if layout.narrow else _name_box(contract, px, py, plot, height, layout, blocked)
        )
        if place is not None:
            blocked.append(place)
        placed.append((contract, place) if place is not None else None)
    numbered = any(p is None for p in placed)
    groups: list[list[int]] = []
    for k, (px, py) in enumerate(points):
        near = (g for g in groups if math.dist(points[g[0]], (px, py)) < SAME_PLACE)
        group = next(near, None) if numbered else None
        if group is None:
            groups.append([k])
        else:
            group.append(k)
    for group in groups:
        contract = contracts[group[0]]
        layers.append(
            mark(
                "point",
                [{"left": contract.x, "top": contract.y}],
                {"x": x, "y": y},
                shape="circle",
                size=240 * len(group) ** 1.5 if numbered else 80,
                filled=True,
                fill=PAPER,
                stroke=INK,
                strokeWidth=1.6,
                opacity=1,
            )
        )
        if numbered:
            layers += label(
                ",".join(str(k + 1) for k in group),
                x,
                y,
                layout,
                row={"left": contract.x, "top": contract.y},
                align="center",
                weight="bold",
            )
    if numbered:
        down = height + 46.0 + layout.line * len(wrap(x_issue, plot - 20, layout.size))
        for k, contract in enumerate(contracts):
            text = f"{k + 1}  {contract.name}"
            lines = len(wrap(text, plot, layout.size))
            layers += label(text, at(0), at(down), layout, width=plot, anchor="top")
            down += lines * layout.line + 3
        return layers
    for entry in placed:
        if entry is None:
            continue
        contract, box = entry
        align, edge = _aligned(box, contract.x * plot)
        layers += label(
            contract.name,
            x,
            y,
            layout,
            row={"left": edge / plot, "top": 1 - (box[1] + box[3]) / 2 / height},
            align=align,
            halo=True,
            width=NAME_WIDTH,
            weight="bold",
        )
    return layers


def _aligned(box: Box, point: float) -> tuple[str, float]:
    """Text towards its point: left of it, right of it, or centred on it."""
    if box[2] <= point:
        return "right", box[2]
    if box[0] >= point:
        return "left", box[0]
    return "center", (box[0] + box[2]) / 2


SAME_PLACE = 14.0
"""Distance in pixels below which two numbered points share one mark."""

NAME_WIDTH = 150.0
"""Room for a contract's name on the map before it wraps."""


def _name_box(
    contract: Contract,
    px: float,
    py: float,
    plot: float,
    height: float,
    layout: Layout,
    blocked: Sequence[Box],
) -> Box | None:
    """The first place around a point where its name fits; ``None`` where there is none."""
    lines = wrap(contract.name, NAME_WIDTH, layout.size)
    width = max(text_width(line, layout.size) for line in lines) + 4
    tall = len(lines) * layout.line
    places = (
        (px + 10, py - tall / 2),
        (px - 10 - width, py - tall / 2),
        (px - width / 2, py - 9 - tall),
        (px - width / 2, py + 9),
        (px + 6, py - 9 - tall),
        (px + 6, py + 9),
        (px - 6 - width, py - 9 - tall),
        (px - 6 - width, py + 9),
    )
    for left, top in places:
        box = (left, top, left + width, top + tall)
        inside = left >= 2 and top >= 2 and box[2] <= plot - 2 and box[3] <= height - 2
        if inside and not any(_overlap(box, b) for b in blocked):
            return box
    return None
