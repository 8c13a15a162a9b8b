"""The brief as one HTML page that opens with the network off and runs no script.

The page forbids itself to load or run anything (content security policy), and every piece of text
goes through Jinja's autoescape. Charts are inline SVG in two sizes; a media query shows one.

Links within the page carry a reader from a figure to what it rests on: every path in an answer's
trace has a row in the parameter table, and every row links its source.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from offramp.answers._answer import Answer, Chart, Column, Table
from offramp.answers._runs import in_parallel
from offramp.answers._style import (
    SANS,
    SERIF,
    cell_text,
    heading_text,
    text_width,
)
from offramp.brief import words
from offramp.brief.figures import HALF_WIDTH, PAGE_WIDTH, Drawing, draw

if TYPE_CHECKING:
    from jinja2 import Environment

    from offramp.brief.document import Brief, Source

TEMPLATES = Path(__file__).parent / "templates"

PICTURE, WHY = "picture", "why"
"""Identifiers of the figures of page 1."""

PHONE_TABLE = 330
"""Room for a table on a phone, in pixels."""

LONG_TABLE = 14
"""Rows past which a wide table scrolls sideways on a phone, rather than stacking as cards."""


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell as the template prints it."""

    text: Markup
    label: str
    numeric: bool
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class TableView:
    """A table as the template prints it; ``shape`` says what it does on a phone."""

    caption: str
    headings: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[CellView, ...], ...]
    note: str
    shape: str


@dataclass(frozen=True, slots=True)
class FigureView:
    """A chart with its words, its drawing, what it rests on, and its table twin."""

    identifier: str
    chart: Chart
    drawing: Drawing
    table: TableView
    rests_on: tuple[Markup, ...]
    certificate: str


@dataclass(frozen=True, slots=True)
class AnswerView:
    """An answer with everything rendered; ``part`` is the heading that it opens, if any."""

    anchor: str
    answer: Answer
    figures: tuple[FigureView, ...]
    tables: tuple[TableView, ...]
    supports: tuple[dict[str, Any], ...]
    evidence: tuple[Markup, ...]
    certificate: str
    part: str


@dataclass(frozen=True, slots=True)
class Anchors:
    """Where paths and sources stand in the page, and what a path is called."""

    paths: Mapping[str, str]
    names: Mapping[str, str]
    sources: frozenset[str] = field(default_factory=frozenset)

    def path(self, path: str) -> Markup:
        """A link to a parameter's row, with the parameter's name."""
        text = self.names.get(path) or path
        return Markup('<a href="#{}" title="{}">{}</a>').format(
            self.paths[path], path, breakable(text)
        )

    def source(self, text: str) -> Markup:
        """Text in which every key of a source is a link to it."""
        parts = re.split(r"([\s,;]+)", text)
        return Markup("").join(
            Markup('<a href="#{}">{}</a>').format(anchor("s", p), p)
            if p in self.sources
            else escape(p)
            for p in parts
        )


def page(brief: Brief, workers: int | None = 1) -> str:
    """The whole page; charts are drawn by ``workers`` processes (None: one per core)."""
    drawings = _drawings(brief, workers)
    parameters = brief.all_parameters()
    anchors = _anchors(brief, parameters)
    opens = {part.first: part.heading for part in brief.parts}
    answers = tuple(
        _answer(a, k, anchors, opens.get(k, ""), drawings) for k, a in enumerate(brief.answers)
    )
    picture = brief.lead_picture
    disagreements = [f"“{d.passage}”: {d.problem}" for d in brief.disagreements()]
    text = (
        _environment()
        .get_template("brief.html.jinja")
        .render(
            brief=brief,
            answers=answers,
            picture=_lead_figure(picture, brief, anchors, PICTURE, drawings),
            why=_lead_figure(brief.why_no_deal_chart, brief, anchors, WHY, drawings),
            options=table_view(brief.options),
            parameters=_parameter_view(parameters, anchors),
            assumptions=_parameter_view(brief.assumptions, anchors, rows_are_anchors=False),
            base_rates=_sourced_view(brief.base_rates, anchors) if brief.base_rates else None,
            certificate=table_view(brief.certificate),
            checks=[table_view(t) for t in brief.checks],
            yardstick=table_view(words.yardstick_table(brief.yardstick)),
            yardstick_name=words.NAMES[brief.yardstick],
            sources=[_source_view(s) for s in brief.sources],
            bibtex="\n\n".join(s.bibtex() for s in brief.sources),
            warnings=[*brief.warnings, *disagreements],
            css=_css(brief),
        )
    )
    return text


def anchor(kind: str, name: str) -> str:
    """An id for a name, one to one: letters, digits, dots and dashes stay, others become codes."""
    safe = re.sub(r"[^A-Za-z0-9.-]", lambda m: f"_{ord(m.group()):x}_", name)
    return f"{kind}-{safe}"


def breakable(text: str) -> Markup:
    """Text that may break after the dots and underscores of a path."""
    if " " in text:
        return tidy(text)
    pieces = re.split(r"(?<=[._/])", text)
    return Markup("<wbr>").join(pieces)


def tidy(text: str) -> Markup:
    """Escaped text in which "48–75 %" and "month 9" stay on one line; `x` between backticks is code."""
    joined = re.sub(r"(?<=\d)–(?=\d)", "\u2060–\u2060", text.replace(" %", "\u00a0%"))
    joined = re.sub(r"\b([Mm]onths?) (?=\d)", "\\1\u00a0", joined)
    return Markup(re.sub(r"`([^`\n]+)`", r"<code>\1</code>", str(escape(joined))))


def table_view(table: Table, marked: Mapping[tuple[int, int], CellView] | None = None) -> TableView:
    """A table for the template; ``marked`` replaces cells that hold links or anchors."""
    given = marked or {}
    headings = tuple((heading_text(c), _numeric(c)) for c in table.columns)
    rows = tuple(
        tuple(
            given.get((i, j)) or CellView(tidy(cell_text(value, c)), heading_text(c), _numeric(c))
            for j, (value, c) in enumerate(zip(row, table.columns, strict=True))
        )
        for i, row in enumerate(table.rows)
    )
    return TableView(table.title, headings, rows, table.note, _shape(table))


def _numeric(column: Column) -> bool:
    return column.format != "text"


def _shape(table: Table) -> str:
    """What a table does on a phone: stand as it is, stack its rows as cards, or scroll."""
    width = 0.0
    for j, column in enumerate(table.columns):
        texts = [heading_text(column), *(cell_text(row[j], column) for row in table.rows)]
        longest_word = max(text_width(w, 13) for t in texts for w in (t.split() or [""]))
        whole = max(text_width(t, 13) for t in texts[1:] or texts)
        width += max(longest_word, min(whole, 90)) + 14
    if width <= PHONE_TABLE:
        return "plain"
    return "scroll" if len(table.rows) > LONG_TABLE and len(table.columns) > 3 else "cards"


def _anchors(brief: Brief, parameters: Table) -> Anchors:
    records = parameters.records()
    paths = {str(r["path"]): anchor("p", str(r["path"])) for r in records}
    names = {str(r["path"]): str(r["name"]) for r in records if r.get("name")}
    return Anchors(paths, names, frozenset(s.key for s in brief.sources))


def _parameter_view(table: Table, anchors: Anchors, rows_are_anchors: bool = True) -> TableView:
    """A table of parameters: its rows are anchors, or link to them; sources are links."""
    marked: dict[tuple[int, int], CellView] = {}
    for i, row in enumerate(table.rows):
        for j, (value, column) in enumerate(zip(row, table.columns, strict=True)):
            text = cell_text(value, column)
            heading = heading_text(column)
            if column.name == "path" and text in anchors.paths:
                name = Markup("<code>{}</code>").format(breakable(text))
                if rows_are_anchors:
                    marked[i, j] = CellView(name, heading, False, anchors.paths[text])
                else:
                    link = Markup('<a href="#{}">{}</a>').format(anchors.paths[text], name)
                    marked[i, j] = CellView(link, heading, False)
            elif column.name == "source":
                marked[i, j] = CellView(anchors.source(text), heading, False)
    view = table_view(table, marked)
    return TableView(
        view.caption,
        view.headings,
        view.rows,
        view.note,
        "cards" if view.shape == "scroll" else view.shape,
    )


def _sourced_view(table: Table, anchors: Anchors) -> TableView:
    return _parameter_view(table, anchors, rows_are_anchors=False)


def _drawings(brief: Brief, workers: int | None) -> dict[str, Drawing]:
    """Every chart of the page in both sizes, by the identifier of its figure."""
    jobs = [
        _Job(chart, identifier, HALF_WIDTH)
        for chart, identifier in ((brief.lead_picture, PICTURE), (brief.why_no_deal_chart, WHY))
        if chart is not None
    ]
    jobs += [
        _Job(chart, _place(n, k), PAGE_WIDTH)
        for n, answer in enumerate(brief.answers)
        for k, chart in enumerate(answer.charts)
    ]
    drawn = in_parallel(None, _drawn, jobs, workers, None, "drawing")
    return {job.identifier: drawing for job, drawing in zip(jobs, drawn, strict=True)}


@dataclass(frozen=True, slots=True)
class _Job:
    """A chart to be drawn."""

    chart: Chart
    identifier: str
    width: int


def _drawn(_: None, job: _Job) -> Drawing:
    return draw(job.chart, job.identifier, job.width)


def _place(number: int, figure: int) -> str:
    """The identifier of a figure of the answer of this number; both count from 0."""
    return f"a{number + 1}-f{figure + 1}"


def _answer(
    answer: Answer, number: int, anchors: Anchors, part: str, drawings: Mapping[str, Drawing]
) -> AnswerView:
    trace = answer.trace()
    place = f"a{number + 1}"
    supports = tuple(
        {
            "link": anchors.path(s.path),
            "value": tidy(s.value),
            "range": tidy(s.range),
            "why": tidy(s.why),
            "source": anchors.source(s.source),
        }
        for s in trace.supports
    )
    evidence = tuple(anchors.source(e) for e in trace.evidence)
    return AnswerView(
        anchor=place,
        answer=answer,
        figures=tuple(
            _figure(chart, answer, _place(number, k), anchors, drawings)
            for k, chart in enumerate(answer.charts)
        ),
        tables=tuple(table_view(t) for t in answer.tables if t.rows),
        supports=supports,
        evidence=evidence,
        certificate=_certificate(answer),
        part=part,
    )


def _certificate(answer: Answer | None) -> str:
    """Lines of a certificate as one clause: whoever prints it ends the sentence."""
    lines = () if answer is None else answer.trace().certificate
    return "; ".join(line.rstrip(".") for line in lines)


def _figure(
    chart: Chart,
    answer: Answer | None,
    identifier: str,
    anchors: Anchors,
    drawings: Mapping[str, Drawing],
) -> FigureView:
    trace = answer.trace() if answer is not None else None
    return FigureView(
        identifier=identifier,
        chart=chart,
        drawing=drawings[identifier],
        table=table_view(chart.table),
        rests_on=tuple(anchors.path(s.path) for s in trace.supports) if trace else (),
        certificate=_certificate(answer),
    )


def _lead_figure(
    chart: Chart | None,
    brief: Brief,
    anchors: Anchors,
    identifier: str,
    drawings: Mapping[str, Drawing],
) -> FigureView | None:
    """A figure of page 1; it rests on what the answer rests on that holds the same chart."""
    if chart is None:
        return None
    home = next((a for a in brief.answers if any(c.name == chart.name for c in a.charts)), None)
    return _figure(chart, home, identifier, anchors, drawings)


def _source_view(source: Source) -> dict[str, Any]:
    """A source for the list; only plain web addresses become links."""
    web = re.fullmatch(r"https?://[^\s\"'<>]+", source.url)
    return {
        "anchor": anchor("s", source.key),
        "source": source,
        "href": source.url if web else "",
    }


def _css(brief: Brief) -> Markup:
    """The style sheet, with fonts and the handling line of printed pages filled in."""
    text = (TEMPLATES / "brief.css").read_text(encoding="utf-8")
    for name, value in (
        ("SERIF", SERIF),
        ("SANS", SANS),
        ("HANDLING", css_string(brief.handling)),
        ("TITLE", css_string(brief.title)),
    ):
        text = text.replace(f"{{{{{name}}}}}", value)
    return Markup(text)


def css_string(text: str) -> str:
    """A CSS string in which every sign but letters, digits and spaces is a code."""
    return '"' + re.sub(r"[^A-Za-z0-9 ]", lambda m: f"\\{ord(m.group()):06x}", text) + '"'


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["tidy"] = tidy
    return environment
