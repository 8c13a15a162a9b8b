"""One answer as a page: the same look as the brief, no script, nothing loaded from anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from offramp.answers import Answer

HERE = Path(__file__).parent


def page(answer: Answer, run: Mapping[str, Any]) -> str:
    """The page; ``run`` says what the answer came from."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from offramp.answers._style import SANS, SERIF
    from offramp.brief.figures import draw
    from offramp.brief.html import TEMPLATES, FigureView, css_string, table_view, tidy

    environment = Environment(
        loader=FileSystemLoader([HERE, TEMPLATES]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["tidy"] = tidy
    css = (TEMPLATES / "brief.css").read_text(encoding="utf-8")
    for name, value in (
        ("SERIF", SERIF),
        ("SANS", SANS),
        ("HANDLING", css_string(str(run["handling"]))),
        ("TITLE", css_string(answer.headline)),
    ):
        css = css.replace(f"{{{{{name}}}}}", value)
    figures = [
        FigureView(f"f{k}", chart, draw(chart, f"f{k}"), table_view(chart.table), (), "")
        for k, chart in enumerate(answer.charts, 1)
    ]
    tables = [table_view(table) for table in answer.tables]
    template = environment.get_template("answer.html.jinja")
    text = template.render(answer=answer, run=run, figures=figures, tables=tables, css=css)
    return text if text.endswith("\n") else text + "\n"
