"""Colours, type and number formats shared by every chart and page.

One look everywhere: bloc A has one hue (blue), bloc B another (orange), outsiders are grey.
Uncertainty is a lighter band of the same hue. Things that are nobody's side (regimes, marks of
an audit) use a slate ramp ordered by lightness. Hues also differ in lightness, so that a page
printed in grey still reads, and no hue pair is a red and a green.

Lengths are CSS pixels. Text widths are estimates from the widest common sans (DejaVu Sans), so
that a line which fits here fits on any reader's machine.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from offramp.answers._answer import Cell, Column, Format

Side = Literal["a", "b", "outside", "neutral"]
"""Whose figure it is. ``neutral`` is for measures that belong to no side."""

Fill = Literal["none", "pale", "light", "mid", "dark", "a", "b", "both"]
"""How a cell is filled: a slate step, one side's tint, or both sides together."""

INK = "#1d2126"
MUTED = "#59626c"
RULE = "#aab1b8"
GRID = "#e6e8eb"
PAPER = "#ffffff"

SERIF = (
    "'Iowan Old Style', 'Palatino Linotype', Palatino, Charter, 'Source Serif 4', Georgia, serif"
)
SANS = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif"
CHART_FONT = "Helvetica Neue, Helvetica, Arial, Liberation Sans, sans-serif"

SHADES: dict[Side, tuple[str, ...]] = {
    "a": ("#174a7c", "#4a83b8", "#8fb6d8"),
    "b": ("#b5530f", "#d4853f", "#e6b07f"),
    "outside": ("#6b7279", "#8f969d", "#b3b9bf"),
    "neutral": ("#2f3b47", "#66737f", "#9aa5af"),
}
"""Shades of a side's hue, for up to three series of one side; the first is the side's colour."""

DASHES: tuple[tuple[int, ...], ...] = ((1, 0), (7, 4), (2, 3))
"""Dash patterns that tell series of one side apart without colour."""

SHAPES: dict[Side, str] = {
    "a": "circle",
    "b": "diamond",
    "outside": "square",
    "neutral": "triangle-up",
}

RAMP = ("#33424f", "#566775", "#7d8c99", "#a3afb9", "#c6ced5", "#e4e8ec")
"""Slate ramp for ordered things that are nobody's side, dark to pale."""

FILLS: dict[Fill, tuple[str, str]] = {
    "none": ("#ffffff", INK),
    "pale": ("#eef0f3", INK),
    "light": ("#d5dbe1", INK),
    "mid": ("#a9b4be", INK),
    "dark": ("#3d4c5a", "#ffffff"),
    "a": ("#d3e3f2", INK),
    "b": ("#efb88c", INK),
    "both": ("#a098bd", INK),
}
"""Fill and the ink that reads on it. Tints of A, B and both differ in lightness, too."""

MINUS = "−"
DASH = "–"


def side_colour(side: Side, rank: int = 0) -> str:
    """The colour of the ``rank``-th series of a side."""
    shades = SHADES[side]
    return shades[min(rank, len(shades) - 1)]


def ramp(count: int) -> tuple[str, ...]:
    """``count`` steps of the slate ramp, as far apart as the ramp allows."""
    if count <= 1:
        return RAMP[:1]
    last = len(RAMP) - 1
    return tuple(RAMP[round(i * last / (count - 1))] for i in range(count))


def number(value: float, format: Format, decimals: int = 2) -> str:
    """A number as readers see it: ``0.625`` is ``62 %`` as a share, ``+0.62`` signed."""
    if not math.isfinite(value):
        return "∞" if value > 0 else MINUS + "∞" if value < 0 else "not a number"
    if format == "integer":
        text = f"{value:,.0f}"
    elif format == "share":
        text = f"{100 * value:.{decimals}f} %"
    elif format == "signed":
        text = f"{value:+.{decimals}f}"
    elif format == "text":
        text = f"{value:g}"
    else:
        text = f"{value:,.{decimals}f}"
    if not any(digit in text for digit in "123456789"):
        text = text.replace("-", "").replace("+", "")
    return text.replace("-", MINUS)


def cell_text(value: Cell, column: Column) -> str:
    """A table cell as readers see it; ``None`` is a dash that means "does not apply"."""
    if value is None:
        return DASH
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        if isinstance(value, int) and column.format == "text":
            return str(value)
        return number(value, column.format, column.decimals)
    return value


def heading_text(column: Column) -> str:
    """A column's heading with its unit, where the cells do not show it."""
    return f"{column.heading} ({column.unit})" if column.unit else column.heading


NARROW = frozenset("iljtfrI.,:;'’|!()[] ")
BROAD = frozenset("mwMW@%—")


def text_width(text: str, size: float) -> float:
    """Estimated width of one line of text in pixels."""
    ems = 0.0
    for letter in text:
        if letter in NARROW:
            ems += 0.36
        elif letter in BROAD:
            ems += 0.95
        elif letter.isupper():
            ems += 0.72
        else:
            ems += 0.62
    return ems * size


def wrap(text: str, width: float, size: float) -> list[str]:
    """Break ``text`` into lines of at most ``width`` pixels; a word that is longer is cut."""
    lines: list[str] = []
    line = ""
    for word in text.replace(" %", "\u00a0%").split(" "):
        trial = f"{line} {word}" if line else word
        if text_width(trial, size) <= width:
            line = trial
            continue
        if line:
            lines.append(line)
        line = word
        while text_width(line, size) > width and len(line) > 2:
            cut = len(line) - 1
            while cut > 1 and text_width(line[:cut] + "-", size) > width:
                cut -= 1
            lines.append(line[:cut] + "-")
            line = line[cut:]
    if line or not lines:
        lines.append(line)
    return lines


def spread(
    targets: Sequence[float], heights: Sequence[float], low: float, high: float
) -> list[float]:
    """Centres of labels near ``targets``, in their order, that do not overlap.

    ``heights`` are the labels' heights; centres stay inside ``low`` to ``high`` where the labels
    fit at all, and run past ``high`` where they do not. The result is in the order given.
    """
    order = sorted(range(len(targets)), key=lambda i: targets[i])
    centres = [0.0] * len(targets)
    floor = low
    for i in order:
        centres[i] = max(targets[i], floor + heights[i] / 2)
        floor = centres[i] + heights[i] / 2
    ceiling = high
    for i in reversed(order):
        centres[i] = min(centres[i], ceiling - heights[i] / 2)
        ceiling = centres[i] - heights[i] / 2
    floor = low
    for i in order:
        centres[i] = max(centres[i], floor + heights[i] / 2)
        floor = centres[i] + heights[i] / 2
    return centres
