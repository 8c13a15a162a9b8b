"""What every answer is made of: words, a table, a chart and a trace.

An :class:`Answer` holds no presentation engine. Words are plain sentences, tables are typed
columns of plain values, charts are Vega-Lite specifications (plain mappings) that carry their
own table twin, and the trace says which inputs, evidence and certificate the figures rest on.

Units are stated per column. Nothing here computes: the modules beside this one do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Cell = str | float | int | bool | None
"""One value of a table. ``None`` prints as a dash and means "does not apply"."""

Format = Literal["text", "share", "number", "signed", "months", "integer"]
"""How a column prints: ``share`` as a percentage, ``signed`` with its sign, and so on."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: machine name, heading for readers, format, unit, and decimals to show.

    ``decimals`` of a ``share`` counts decimals of the percentage.
    """

    name: str
    heading: str
    format: Format = "text"
    unit: str = ""
    decimals: int = 2


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of plain values under typed columns; ``note`` is small print below the table."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(
                    f"table {self.title!r}: a row has {len(row)} cells for {len(self.columns)} columns"
                )

    def records(self) -> list[dict[str, Cell]]:
        """Rows as dictionaries keyed by column name."""
        return [dict(zip((c.name for c in self.columns), row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Chart:
    """A Vega-Lite chart whose title states its finding.

    ``spec`` is a complete Vega-Lite 6 specification with inline data; ``alt`` says the finding in
    a sentence for readers who cannot see it; ``table`` holds the same figures.
    """

    name: str
    title: str
    subtitle: str
    alt: str
    spec: Mapping[str, Any]
    table: Table


@dataclass(frozen=True, slots=True)
class Support:
    """An input that carries a finding: its path in the crisis file, value, range and source."""

    path: str
    value: str
    range: str
    source: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """Where the figures come from: formula, parameter paths, evidence ids, certificate lines.

    ``met`` says whether the certificates behind the figures meet their tolerances.
    """

    formula: str
    supports: tuple[Support, ...] = ()
    evidence: tuple[str, ...] = ()
    certificate: tuple[str, ...] = ()
    met: bool = True
    settings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question an analyst asks.

    ``headline`` is the finding as a heading ("Delay favours B until month 7"). ``paragraphs``
    are three to six sentences. ``flips`` are thresholds at which the finding would change.
    ``data`` holds the raw figures (plain lists and numbers) for ``to_dict`` and tests.
    """

    name: str
    question: str
    headline: str
    paragraphs: tuple[str, ...]
    tables: tuple[Table, ...]
    charts: tuple[Chart, ...]
    evidence_trace: Trace
    flips: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    data: Mapping[str, Any] | None = None

    def words(self) -> str:
        """Headline and paragraphs as plain text."""
        return "\n\n".join((self.headline, *self.paragraphs))

    def table(self) -> Table:
        """The main table."""
        return self.tables[0]

    def chart(self) -> Chart:
        """The main chart."""
        return self.charts[0]

    def trace(self) -> Trace:
        """Formula, inputs, evidence and certificate behind the figures."""
        return self.evidence_trace

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain JSON-ready values (the body of the ``--json`` envelope)."""
        return {
            "answer": self.name,
            "question": self.question,
            "headline": self.headline,
            "words": list(self.paragraphs),
            "tables": [_table_dict(t) for t in self.tables],
            "charts": [
                {
                    "name": c.name,
                    "title": c.title,
                    "subtitle": c.subtitle,
                    "alt": c.alt,
                    "spec": dict(c.spec),
                    "table": _table_dict(c.table),
                }
                for c in self.charts
            ],
            "flips": list(self.flips),
            "warnings": list(self.warnings),
            "trace": asdict(self.evidence_trace),
            "data": dict(self.data) if self.data is not None else {},
        }


def _table_dict(table: Table) -> dict[str, Any]:
    return {
        "title": table.title,
        "columns": [asdict(c) for c in table.columns],
        "rows": [list(r) for r in table.rows],
        "note": table.note,
    }


def _table_from(raw: Mapping[str, Any]) -> Table:
    return Table(
        raw["title"],
        tuple(Column(**c) for c in raw["columns"]),
        tuple(tuple(r) for r in raw["rows"]),
        raw["note"],
    )


def answer_from(raw: Mapping[str, Any]) -> Answer:
    """The answer that :meth:`Answer.to_dict` wrote; other fields of ``raw`` are left alone.

    Raises:
        KeyError, TypeError: for a mapping that is no whole answer.
    """
    trace = raw["trace"]
    return Answer(
        name=raw["answer"],
        question=raw["question"],
        headline=raw["headline"],
        paragraphs=tuple(raw["words"]),
        tables=tuple(_table_from(t) for t in raw["tables"]),
        charts=tuple(
            Chart(
                c["name"], c["title"], c["subtitle"], c["alt"], c["spec"], _table_from(c["table"])
            )
            for c in raw["charts"]
        ),
        evidence_trace=Trace(
            formula=trace["formula"],
            supports=tuple(Support(**x) for x in trace["supports"]),
            evidence=tuple(trace["evidence"]),
            certificate=tuple(trace["certificate"]),
            met=bool(trace["met"]),
            settings=tuple((k, v) for k, v in trace["settings"]),
        ),
        flips=tuple(raw["flips"]),
        warnings=tuple(raw["warnings"]),
        data=dict(raw["data"]),
    )
