"""Charts as inline SVG: rendered once for a page and once for a phone, with words for both.

``vl-convert`` renders without a browser and without the network. The title of a chart becomes
text of the page, so the drawing leaves it out; its alt text becomes ``<title>`` and ``<desc>``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from offramp.answers._answer import Chart

PAGE_WIDTH = 780
"""Width of a figure in a section, in pixels: the text column of a wide page."""

HALF_WIDTH = 540
"""Width of a figure on page 1, which shares its row."""

PHONE_WIDTH = 348
"""Width of a figure on a phone of 390 pixels, less the page's margins."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """One chart in both sizes, ready to stand in a page."""

    wide: Markup
    narrow: Markup


def draw(chart: Chart, identifier: str, width: int = PAGE_WIDTH) -> Drawing:
    """Both sizes of a chart; ``identifier`` keeps the ids of several charts apart."""
    return Drawing(
        wide=svg(chart, f"{identifier}-w", width),
        narrow=svg(chart, f"{identifier}-n", PHONE_WIDTH, narrow=True),
    )


def svg(chart: Chart, identifier: str, width: int, narrow: bool = False) -> Markup:
    """A chart as accessible SVG without its title, ``width`` pixels wide."""
    import vl_convert

    text = vl_convert.vegalite_to_svg(sized(chart.spec, width, narrow), allowed_base_urls=[])
    return _inline(text, chart, identifier)


def sized(spec: Mapping[str, Any], width: int, narrow: bool = False) -> dict[str, Any]:
    """The specification of one layout at a width in pixels, without title and metadata."""
    inner = spec.get("usermeta", {}).get("offramp", {}).get("narrow") if narrow else None
    chosen = dict(inner if inner is not None else spec)
    chosen.pop("title", None)
    chosen.pop("usermeta", None)
    chosen["width"] = width
    return chosen


_ROOT = re.compile(r'<svg[^>]*?width="([\d.]+)" height="([\d.]+)"[^>]*>')
_NOISE = re.compile(
    r' (?:aria-[a-z]+="[^"]*"|role="[^"]*"|pointer-events="none"|font-family="[^"]*"'
    r'|class="[^"]*"|stroke-miterlimit="10"|opacity="1")'
)
_EMPTY = re.compile(r'<path d="(?:M0,0h0v0h0Z)?"(?: display="none")?/>')
_IDS = re.compile(r'(id="|url\(#|href="#)(?=[a-z])')
_LONG = re.compile(r"(\d+\.\d{2})\d+")


def _inline(text: str, chart: Chart, identifier: str) -> Markup:
    root = _ROOT.search(text)
    if root is None:
        raise RuntimeError(f"chart {chart.name!r}: the renderer returned no drawing")
    body = text[root.end() :]
    parts = re.split(r"(<[^>]+>)", body)
    for k, part in enumerate(parts):
        if part.startswith("<"):
            part = _IDS.sub(rf"\g<1>{identifier}-", _NOISE.sub("", part))
            parts[k] = _EMPTY.sub("", _LONG.sub(r"\1", part))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {root[1]} {root[2]}" '
        f'width="{root[1]}" height="{root[2]}" role="img" '
        f'aria-labelledby="{identifier}-title {identifier}-desc">'
        f'<title id="{identifier}-title">{escape(chart.title)}</title>'
        f'<desc id="{identifier}-desc">{escape(chart.alt)}</desc>'
    )
    return Markup(head + "".join(parts))
