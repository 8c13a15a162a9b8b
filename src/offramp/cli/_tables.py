"""Tables for people: drawn on a terminal, plain columns with one line per row elsewhere.

A table too wide for a terminal is turned on its side, or told row by row: nothing is ever cut.
"""

from __future__ import annotations

from typing import Any, Literal

LONGEST_WORD = 16
"""A column leaves room for its longest word up to this many letters; longer words break."""

GAP, DRAWN_GAP = 2, 3
"""Blank places between two columns of a plain table, and of a drawn one."""

TALLEST = 4
"""Lines that a cell is given room for; a table that would need more is turned or told."""


def plain(headings: list[str], rows: list[list[str]], left: list[bool]) -> str:
    """Columns two spaces apart, one line per row."""
    from rich.cells import cell_len

    body = [headings, *rows]
    widths = [max(cell_len(row[j]) for row in body) for j in range(len(headings))]

    def line(row: list[str]) -> str:
        cells = []
        for text, width, to_the_left in zip(row, widths, left, strict=True):
            space = " " * (width - cell_len(text))
            cells.append(text + space if to_the_left else space + text)
        return (" " * GAP).join(cells).rstrip()

    return "".join(f"{line(row)}\n" for row in body)


def drawn(headings: list[str], rows: list[list[str]], left: list[bool], width: int) -> Any:
    """The table as rich draws it: as it is, on its side, or row by row."""
    if _fits(headings, rows, width):
        return _grid(headings, rows, left, width)
    on_its_side = [list(column) for column in zip(headings, *rows, strict=True)]
    top, *below = on_its_side
    if rows and below and _fits(top, below, width):
        return _grid(top, below, [True] + [any(left[1:])] * len(rows), width)
    return _told(headings, rows)


def _fits(headings: list[str], rows: list[list[str]], width: int) -> bool:
    needed = sum(_room(j, headings, rows) for j in range(len(headings)))
    return needed + DRAWN_GAP * (len(headings) - 1) <= width


def _room(j: int, headings: list[str], rows: list[list[str]]) -> int:
    texts = [row[j] for row in (headings, *rows)]
    word = max((len(word) for text in texts for word in text.split()), default=1)
    return max(min(word, LONGEST_WORD), -(-max(map(len, texts)) // TALLEST))


def _widths(headings: list[str], rows: list[list[str]], width: int) -> list[int]:
    """Room for every column, and what is left over to those that would use it."""
    from rich.cells import cell_len

    room = [_room(j, headings, rows) for j in range(len(headings))]
    wanted = [max(cell_len(row[j]) for row in (headings, *rows)) for j in range(len(headings))]
    spare = width - sum(room) - DRAWN_GAP * (len(room) - 1)
    while spare > 0 and any(w > r for w, r in zip(wanted, room, strict=True)):
        neediest = max(range(len(room)), key=lambda j: wanted[j] / room[j])
        room[neediest] += 1
        spare -= 1
    return room


def _grid(headings: list[str], rows: list[list[str]], left: list[bool], width: int) -> Any:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    view = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    widths = _widths(headings, rows, width)
    for heading, to_the_left, columns in zip(headings, left, widths, strict=True):
        justify: Literal["left", "right"] = "left" if to_the_left else "right"
        view.add_column(Text(heading), justify=justify, overflow="fold", width=columns)
    for row in rows:
        view.add_row(*map(Text, row))
    return view


def _told(headings: list[str], rows: list[list[str]]) -> Any:
    """A block for each row: its first cell, and the others below it by name."""
    from rich.console import Group
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    parts: list[Any] = []
    for row in rows:
        block = Table.grid(padding=(0, GAP, 0, 0))
        block.add_column(ratio=2, overflow="fold")
        block.add_column(ratio=3, overflow="fold")
        for heading, cell in zip(headings[1:], row[1:], strict=True):
            block.add_row(Text(heading, style="dim"), Text(cell))
        parts += [Text(row[0], style="underline"), Padding(block, (0, 0, 0, GAP))]
    return Group(*parts)
