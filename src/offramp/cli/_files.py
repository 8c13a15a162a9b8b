"""What ``--out`` writes: an answer as JSON, HTML, SVG, Vega-Lite or CSV.

The suffix says which. A place is looked at before any work is done, and a file appears whole or
not at all: readers see the old file or the new one. Only regular files are ever replaced.
"""

from __future__ import annotations

import csv
import io
import json
import math
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offramp.cli._outcome import Failure

if TYPE_CHECKING:
    from offramp.answers import Answer
    from offramp.answers._answer import Table

ANSWER_SUFFIXES = (".json", ".html", ".svg", ".vl.json", ".csv")
BRIEF_SUFFIXES = (".html", ".htm")
SCHEMA_SUFFIXES = (".json",)


def target(path: Path, suffixes: tuple[str, ...]) -> Path:
    """The file to write to, links followed. Raises :class:`Failure` where it cannot be written."""
    if not path.name:
        raise Failure(f"--out {path}: this is no name of a file", f"as in --out out{suffixes[0]}")
    place = path.resolve()
    if place.is_dir():
        hint = f"name a file in it: --out {path / ('out' + suffixes[0])}"
        raise Failure(f"--out {path}: this is a folder", hint)
    if suffix(path, suffixes) is None:
        given = f"no format goes by `{path.suffix}`" if path.suffix else "the name has no suffix"
        known = ", ".join(suffixes)
        raise Failure(f"--out {path}: {given}", f"use a name that ends in one of {known}")
    if place.exists() and not place.is_file():
        raise Failure(f"--out {path}: this is no regular file and is left alone")
    if not place.parent.is_dir():
        raise Failure(f"--out {path}: there is no folder {path.parent}", "make it first")
    return place


def suffix(path: Path, suffixes: tuple[str, ...]) -> str | None:
    """The longest of the suffixes that a file's name ends in."""
    return max((s for s in suffixes if path.name.lower().endswith(s)), key=len, default=None)


def write(place: Path, content: str) -> None:
    """Write beside the place, then move it there."""
    draft = place.with_name(f".{place.name[:100]}.{secrets.token_hex(6)}.part")
    try:
        with draft.open("x", encoding="utf-8", newline="\n", errors="backslashreplace") as stream:
            stream.write(content)
        draft.replace(place)
    except OSError as error:
        raise Failure(f"cannot write {place}: {error.strerror or error}") from error
    finally:
        draft.unlink(missing_ok=True)


def answer_text(answer: Answer, run: Mapping[str, Any], kind: str) -> str:
    """The answer in the format of a suffix."""
    if kind == ".json":
        return json_text({"run": dict(run), **answer.to_dict()})
    if kind == ".html":
        from offramp.cli._page import page

        return page(answer, run)
    if kind == ".csv":
        if not answer.tables:
            raise Failure(f"{answer.name} has no table to write", "write it as .json or .html")
        return csv_text(answer.table())
    if not answer.charts:
        raise Failure(f"{answer.name} has no chart to draw", "write it as .json, .html or .csv")
    spec = _standing_alone(answer.chart().spec)
    if kind == ".vl.json":
        return json_text(spec)
    import vl_convert

    drawn: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    return drawn if drawn.endswith("\n") else drawn + "\n"


def _standing_alone(spec: Mapping[str, Any]) -> dict[str, Any]:
    """A chart that draws without a page around it: a width of its own, one layout."""
    from offramp.brief.figures import PAGE_WIDTH

    return {**{k: v for k, v in spec.items() if k != "usermeta"}, "width": PAGE_WIDTH}


def csv_text(table: Table) -> str:
    """The table with machine names as header, and values as they are, not as they are shown.

    Text that a spreadsheet would run as a formula gets an apostrophe in front.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(c.name for c in table.columns)
    writer.writerows([_csv_cell(value) for value in row] for row in table.rows)
    return out.getvalue()


def _csv_cell(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") and value != "-":
        return "'" + value
    return str(value).lower() if isinstance(value, bool) else value


def json_text(value: Any, ascii_only: bool = False) -> str:
    """JSON, indented; what JSON has no number for (infinity, not a number) is null."""
    return json.dumps(_plain(value), ensure_ascii=ascii_only, allow_nan=False, indent=2) + "\n"


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if hasattr(value, "tolist"):  # an array, or a number of one
        return _plain(value.tolist())
    return value.isoformat() if hasattr(value, "isoformat") else os.fspath(value)


def text_of(path: Path) -> str:
    """What a file says.

    Raises:
        Failure: if it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise Failure(f"cannot read {path}: {reason}") from error
