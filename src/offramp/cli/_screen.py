"""Printing for people: words wrapped to the terminal, tables in columns, small print dimmed.

Text comes from crisis files and is never trusted: no markup in
it is followed, and control characters are written as escapes.
"""

from __future__ import annotations

import os
import re
import textwrap
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from offramp.answers import Answer
    from offramp.answers._answer import Table

PIPE_WIDTH = 100
"""Columns of wrapped words where there is no terminal and COLUMNS is not set."""

HEIGHT = 25
"""Lines of a terminal; nothing is laid out by it."""
NARROWEST = 40
"""Narrowest terminal we lay out for, in columns."""

SPACES = frozenset("\u00a0\u202f\u2060")
"""Spaces that keep numbers and units together: harmless, though Python calls them unprintable."""


def safe(text: str) -> str:
    """Text without anything that a terminal could take for a command."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in SPACES else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    return " " if character in "\n\t" else character.encode("unicode_escape").decode("ascii")


class Screen:
    """Collects what is to be printed to a stream, laid out for it; :meth:`text` gives it."""

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console

        self.terminal = stream.isatty()
        width = None if self.terminal and not os.environ.get("COLUMNS") else _columns()
        # Without a height, Rich takes a terminal of the kind "dumb" to be 80 columns wide whatever we say.
        height = None if width is None else HEIGHT
        self._console = Console(
            file=stream, width=width, height=height, highlight=False, soft_wrap=False
        )
        if self._console.width < NARROWEST:
            self._console.width = NARROWEST
        self._parts: list[str] = []

    def text(self) -> str:
        """Everything so far, with colours if the stream is a terminal that takes them."""
        return "".join(self._parts)

    def words(self, text: str = "", style: str = "", bullet: str = "") -> None:
        """A paragraph, wrapped; with a bullet, the lines below hang under its text."""
        from rich.text import Text

        joined = re.sub(r"(?<=\d) (?=%)", "\u00a0", safe(text))
        below = " " * len(bullet)
        wrapped = textwrap.wrap(
            joined,
            self._console.width,
            initial_indent=bullet,
            subsequent_indent=below,
            break_on_hyphens=False,
        )
        for line in wrapped or [""]:
            self._add(Text(line.replace("\u00a0", " "), style=style))

    def lines(self, text: str, style: str = "") -> None:
        """Lines as they are: excerpts with carets, commands to copy."""
        from rich.text import Text

        for line in text.splitlines():
            self._add(Text(safe(line), style=style), soft_wrap=True)

    def add(self, renderable: Any) -> None:
        """Something that rich knows how to lay out."""
        self._add(renderable)

    def raw(self, text: str) -> None:
        """Text for programs, as it is."""
        self._parts.append(text)

    def table(self, table: Table) -> None:
        """A table with its title and note."""
        from offramp.answers._style import cell_text, heading_text
        from offramp.cli._tables import drawn, plain

        headings = [safe(heading_text(c)) for c in table.columns]
        rows = [
            [safe(cell_text(value, c)) for value, c in zip(row, table.columns, strict=True)]
            for row in table.rows
        ]
        left = [c.format == "text" for c in table.columns]
        if table.title:
            self.words(table.title, "bold")
        if self.terminal:
            self._add(drawn(headings, rows, left, self._console.width))
        else:
            self._parts.append(plain(headings, rows, left))
        if table.note:
            self.words(table.note, "dim")

    def answer(self, answer: Answer) -> None:
        """Headline, words, the main table, what would flip it, what it rests on, certificate."""
        trace = answer.trace()
        self.words(answer.headline, "bold")
        for paragraph in answer.paragraphs:
            self.words()
            self.words(paragraph)
        if answer.tables:
            self.words()
            self.table(answer.table())
        self._list("It would change if", answer.flips)
        self._list(
            "It rests on",
            [
                f"{s.path} = {s.value}"
                + (f" ({s.range})" if s.range else "")
                + (f": {s.why}" if s.why else "")
                + (f" [{s.source}]" if s.source else "")
                for s in trace.supports
            ],
        )
        if answer.warnings:
            self.words()
        for warning in answer.warnings:
            self.words(f"Take care: {warning}", "yellow")
        if trace.certificate:
            self.words()
            self.words("Certificate: " + "; ".join(trace.certificate), "dim")

    def _list(self, title: str, items: Any) -> None:
        if items:
            self.words()
            self.words(title, "bold")
        for item in items:
            self.words(item, bullet="- ")

    def _add(self, renderable: Any, **options: Any) -> None:
        with self._console.capture() as captured:
            self._console.print(renderable, **options)
        text = captured.get()
        if not self.terminal:
            text = "".join(f"{line.rstrip()}\n" for line in text.splitlines())
        self._parts.append(text)


def _columns() -> int:
    given = os.environ.get("COLUMNS", "")
    return int(given) if given.isdigit() and int(given) else PIPE_WIDTH
