"""The brief on a terminal: title, bottom line, plans, range of deals, certificate, the file.

Colours come from rich, which leaves them out where ``NO_COLOR`` is set or output is no terminal;
:func:`plain` never has any.
"""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from offramp.answers._answer import Table
from offramp.answers._style import cell_text, heading_text

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, Group, RenderResult
    from rich.table import Table as RichTable

    from offramp.brief.document import Brief

SHORTEST = 40
"""Narrowest terminal we lay out for, in columns."""

NARROW = 90
"""Columns from which the plans stand in a table; below it they stand one after the other."""

LONGEST_WORD = 16
"""A column leaves room for its longest word up to this many letters; longer words break."""


def renderable(brief: Brief, saved: Path | str | None = None) -> Group:
    """The summary as a rich renderable. Text is literal: no markup in it is followed."""
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    parts: list[Text | RichTable | Padding | _Fitting] = []
    if brief.handling:
        parts.append(Text(brief.handling, style="reverse"))
    parts.append(Text(brief.title, style="bold"))
    facts = [f"as of {brief.as_of}", brief.case, brief.seat and f"for {brief.seat}"]
    parts += [Text(" · ".join(f for f in facts if f), style="dim"), Text()]
    parts += [Text(line) for line in brief.bottom_line]
    if brief.confidence:
        parts.append(Text(brief.confidence, style="italic"))
    parts += [Text(), _Fitting(brief.options)]
    if brief.options.note:
        parts.append(Text(brief.options.note, style="dim"))
    if brief.range_line:
        parts += [Text(), Text(brief.range_line)]
    parts.append(Text())
    parts += [Text(f"Take care: {w}", style="yellow") for w in _warnings(brief)]
    for row in brief.certificate.rows:
        cells = zip(row, brief.certificate.columns, strict=True)
        line = " · ".join(cell_text(v, c) for v, c in cells if v not in (None, ""))
        parts.append(Text(f"Certificate: {line}", style="dim"))
    if saved is not None:
        parts.append(Text(f"Brief written to {saved}"))
    return Group(*parts)


def plain(brief: Brief, width: int = 100, saved: Path | str | None = None) -> str:
    """The summary as text without colour codes."""
    from rich.console import Console

    console = Console(
        file=StringIO(),
        width=max(width, SHORTEST),
        no_color=True,
        color_system=None,
        force_terminal=False,
        highlight=False,
        legacy_windows=False,
    )
    with console.capture() as captured:
        console.print(renderable(brief, saved))
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def _warnings(brief: Brief) -> list[str]:
    words = [f"“{d.passage}”: {d.problem}" for d in brief.disagreements()]
    return [*brief.warnings, *words]


class _Fitting:
    """A table where it fits, and row after row where the terminal is narrow: nothing is cut."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.padding import Padding
        from rich.text import Text

        if options.max_width >= NARROW:
            yield _table(self.table)
            return
        for row in self.table.rows:
            yield Text(cell_text(row[0], self.table.columns[0]), style="bold")
            for value, column in zip(row[1:], self.table.columns[1:], strict=True):
                text = Text(f"{heading_text(column)}: {cell_text(value, column)}")
                yield Padding(text, (0, 0, 0, 2))


def _table(table: Table) -> RichTable:
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    view = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, title_justify="left")
    for j, column in enumerate(table.columns):
        texts = [heading_text(column), *(cell_text(row[j], column) for row in table.rows)]
        longest = max(len(w) for t in texts for w in (t.split() or [""]))
        view.add_column(
            Text(texts[0]),
            justify="left" if column.format == "text" else "right",
            overflow="fold",
            min_width=min(longest, LONGEST_WORD),
        )
    for row in table.rows:
        cells = zip(row, table.columns, strict=True)
        view.add_row(*(Text(cell_text(v, c)) for v, c in cells))
    return view
