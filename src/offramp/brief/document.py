"""A brief as a value: everything that a reader sees, before it becomes a page.

A :class:`Brief` reads top-down: the answer, its reasons, the doubts, the machinery. It holds plain
sentences, :class:`~offramp.answers._answer.Table` and :class:`~offramp.answers._answer.Chart`
values, and whole answers. Text in it comes from crisis files and is never trusted: the page
escapes all of it.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offramp.answers._answer import Answer, Chart, Column, Support, Table
from offramp.brief.words import Disagreement, Yardstick, lint

if TYPE_CHECKING:
    from rich.console import Group

HTML_SUFFIXES = (".html", ".htm")

NO_ASSUMPTIONS = Table("Defaults leaned on", (Column("path", "Parameter"),), ())
NO_CERTIFICATE = Table("Certificate", (Column("check", "Check"),), ())


@dataclass(frozen=True, slots=True)
class Source:
    """Where a number comes from; ``key`` is how the crisis file names it."""

    key: str
    title: str
    authors: str = ""
    year: str = ""
    publisher: str = ""
    url: str = ""
    kind: str = "misc"
    accessed: str = ""
    note: str = ""

    def bibtex(self) -> str:
        """The source as a BibTeX entry."""
        fields = {
            "title": self.title,
            "author": self.authors,
            "year": self.year,
            "publisher": self.publisher,
            "url": self.url,
            "urldate": self.accessed,
            "note": self.note,
        }
        kind = re.sub(r"[^a-z]", "", self.kind.lower()) or "misc"
        key = re.sub(r"[^\w.:+/-]", "-", self.key) or "source"
        lines = [f"  {name} = {{{_bibtex_text(text)}}}" for name, text in fields.items() if text]
        return f"@{kind}{{{key},\n" + ",\n".join(lines) + "\n}"


@dataclass(frozen=True, slots=True)
class Part:
    """Answers that stand under a heading of their own, from the one numbered ``first`` (0, 1, ...) on.

    ``summary`` are the sentences by which page 1 mentions it.
    """

    heading: str
    first: int
    summary: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Brief:
    """Everything that a brief says, in reading order.

    ``parameters`` needs a column named ``path``; columns ``name`` and ``source`` are used where
    they exist (to call a parameter by its name, and to link its source). ``picture`` is the one
    picture of page 1, by default the first chart of the first answer. ``deal_range`` says in a
    sentence which contracts both sides accept; the terminal summary prints it. ``checks`` are what
    single refinements moved, plan by plan; ``certificates`` the same as plain values for programs;
    ``met`` says whether every certificate behind the brief meets its tolerances. ``parts`` are headings
    within the answers; page 1 mentions each.
    """

    title: str
    as_of: str
    crisis_hash: str
    version: str
    seed: int
    command: str
    bottom_line: tuple[str, ...]
    confidence: str
    options: Table
    why_no_deal: str
    mind_changers: tuple[str, ...]
    answers: tuple[Answer, ...]
    parameters: Table
    parts: tuple[Part, ...] = ()
    subtitle: str = ""
    handling: str = ""
    case: str = ""
    seat: str = ""
    yardstick: Yardstick = "icd203"
    picture: Chart | None = None
    why_heading: str = "Why no deal today"
    why_no_deal_chart: Chart | None = None
    deal_range: str = ""
    assumptions: Table = NO_ASSUMPTIONS
    sources: tuple[Source, ...] = ()
    base_rates: Table | None = None
    method: tuple[str, ...] = ()
    certificate: Table = NO_CERTIFICATE
    checks: tuple[Table, ...] = ()
    certificates: Mapping[str, Any] = field(default_factory=dict)
    met: bool = True
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if "path" not in (c.name for c in self.parameters.columns):
            raise ValueError("the parameter table needs a column named 'path'")
        if not self.bottom_line:
            raise ValueError("a brief needs a bottom line")
        if any(not 0 <= part.first < len(self.answers) for part in self.parts):
            raise ValueError("a part of a brief begins with one of its answers")

    @property
    def lead_picture(self) -> Chart | None:
        """The one picture of page 1."""
        if self.picture is not None:
            return self.picture
        return next((chart for answer in self.answers for chart in answer.charts), None)

    @property
    def range_line(self) -> str:
        """``deal_range`` where the bottom line does not say it already; "" otherwise."""
        said = any(self.deal_range in line for line in self.bottom_line)
        return "" if said else self.deal_range

    def sentences(self) -> Iterator[str]:
        """Every sentence that readers see, outside tables and charts."""
        yield from self.bottom_line
        yield self.confidence
        yield self.why_no_deal
        yield from self.mind_changers
        yield self.deal_range
        for part in self.parts:
            yield from part.summary
        for answer in self.answers:
            yield answer.headline
            yield from answer.paragraphs
            yield from answer.flips

    def disagreements(self) -> tuple[Disagreement, ...]:
        """Where a word of probability and its number part. A finished brief has none."""
        return tuple(d for text in self.sentences() for d in lint(text, self.yardstick))

    def all_parameters(self) -> Table:
        """The parameter table, with a row for every path that an answer rests on.

        A path that is missing from the table gets a row with what its trace says of it.
        """
        names = [c.name for c in self.parameters.columns]
        place = names.index("path")
        known = {row[place] for row in self.parameters.rows}
        extra: dict[str, Support] = {}
        for answer in self.answers:
            for support in answer.trace().supports:
                if support.path not in known:
                    extra.setdefault(support.path, support)
        said = {"path": "path", "value": "value", "range": "range", "source": "source"}
        rows = tuple(
            tuple(getattr(s, said[name]) if name in said else None for name in names)
            for s in extra.values()
        )
        return replace(self.parameters, rows=self.parameters.rows + rows)

    def to_html(self, workers: int | None = 1) -> str:
        """The brief as one self-contained page: no script, nothing loaded from anywhere.

        Args:
            workers: Processes that draw the charts; None means one per core. The page is the same.
        """
        from offramp.brief.html import page

        return page(self, workers)

    def renderable(self, saved: Path | str | None = None) -> Group:
        """The summary for a terminal, as a rich renderable."""
        from offramp.brief.terminal import renderable

        return renderable(self, saved)

    def summary(self, width: int = 100, saved: Path | str | None = None) -> str:
        """The summary as plain text without colour codes, at most ``width`` columns wide."""
        from offramp.brief.terminal import plain

        return plain(self, width, saved)

    def save(self, path: Path | str, workers: int | None = 1) -> Path:
        """Write the page to ``path`` and return it; readers see the old file or the new one.

        Raises ``ValueError`` for a suffix other than ``.html`` or ``.htm``.
        """
        target = Path(path)
        if target.suffix.lower() not in HTML_SUFFIXES:
            raise ValueError(
                f"cannot write a brief as {target.suffix or 'a file without a suffix'}: "
                f"use a name that ends in {' or '.join(HTML_SUFFIXES)}, not {target.name!r}"
            )
        text = self.to_html(workers)
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(
            prefix=f".{target.name}.", suffix=".part", dir=target.parent
        )
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            Path(draft).chmod(0o666 & ~_umask())
            Path(draft).replace(target)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
        return target


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _bibtex_text(text: str) -> str:
    """Text inside braces: BibTeX's own signs are escaped, line breaks become spaces."""
    escaped = re.sub(r"([&%$#_])", r"\\\1", text) if not text.startswith("http") else text
    return " ".join(escaped.replace("\\{", "{").replace("{", "(").replace("}", ")").split())
