"""Reading a crisis: from a shipped name, a file, a text or a mapping, with all errors in one pass.

:func:`load` gives a crisis or raises :class:`~offramp.crisis._diagnostics.CrisisError` with every
problem found. :func:`examine` never raises for what a file says: it gives the crisis if there is
one, the problems, and the warnings, each with its place.

One pass. The reader refuses what is no YAML. Then the schema is applied; and if it refuses parts
of the file, those parts are cut out and the cross-checks run on what is left, so that an unknown
lever is reported together with a misspelt key. What only follows from a part that was cut out is
not reported.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from offramp.crisis._check import run
from offramp.crisis._diagnostics import CrisisError, Path, Problem, did_you_mean
from offramp.crisis._document import Document, from_text, read
from offramp.crisis._findings import Finding, View, placed
from offramp.crisis._schema import Crisis
from offramp.crisis._shipped import CRISIS_FILE, shipped
from offramp.crisis._wording import findings, misreadings, raw_path

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
TEXTS = (".yaml", ".yml", ".json")

MAX_CUTS = 12
"""Times that refused parts are cut out before the cross-checks are given up: a cut may leave its
surroundings incomplete, and these go next; the schema is less than twelve levels deep."""


@dataclass(frozen=True)
class Examined:
    """What a source says: ``crisis`` is None if and only if there are problems."""

    crisis: Crisis | None
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def load(source: str | FilePath | Mapping[str, Any]) -> Crisis:
    """A crisis from a shipped name (``ukraine-2025``), a YAML or JSON file, or a mapping.

    Raises :class:`CrisisError` with all problems, each with its place and a suggestion.
    """
    return _crisis(examine(source))


def loads(text: str, name: str = "<text>") -> Crisis:
    """A crisis from YAML or JSON text; ``name`` stands for the file in messages."""
    return _crisis(_examined(lambda: _of_document(from_text(text, name))))


def examine(source: str | FilePath | Mapping[str, Any]) -> Examined:
    """Everything that can be said about a source, without raising."""
    if isinstance(source, Mapping):
        data = _plain(source)
        return _examined(lambda: _of_data(data, None))
    return _examined(lambda: _of_document(read(locate(source))))


def locate(source: str | FilePath) -> FilePath:
    """The file that ``source`` names: a shipped crisis, a file, or a folder with a crisis file.

    Raises :class:`CrisisError` for a workbook and for a name that is neither shipped nor a file.
    """
    file, name = FilePath(source), str(source)
    if file.suffix.lower() in WORKBOOKS:
        raise _no_such(
            name,
            "this version of Offramp reads no workbooks yet; a later one will",
            "write the crisis as a YAML file: `offramp new crisis.yaml` makes one to start from",
        )
    bare = isinstance(source, str) and file.name == name and file.suffix.lower() not in TEXTS
    if bare and name in shipped():
        return shipped()[name]
    if file.is_dir() and (file / CRISIS_FILE).is_file():
        return file / CRISIS_FILE
    if bare and not file.exists():
        known = ", ".join(f"`{key}`" for key in shipped())
        hint = did_you_mean(name, shipped()) or (f"shipped are {known}" if known else None)
        raise _no_such(name, "there is no shipped crisis and no file of this name", hint)
    return file


def _no_such(name: str, message: str, hint: str | None) -> CrisisError:
    return CrisisError([Problem(message, file=name, suggestion=hint, code="file")])


def _crisis(examined: Examined) -> Crisis:
    if examined.crisis is None:
        raise CrisisError(examined.problems)
    return examined.crisis


def _examined(look: Any) -> Examined:
    try:
        found: Examined = look()
    except CrisisError as error:
        return Examined(None, error.problems, ())
    return found


def _plain(value: Any) -> Any:
    """A mapping as JSON would hold it: models dumped, tuples as lists, dates as text."""
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _of_document(document: Document) -> Examined:
    return _of_data(document.data, document)


def _of_data(data: Any, document: Document | None) -> Examined:
    refused = list(misreadings(data))
    crisis: Crisis | None = None
    try:
        crisis = Crisis.model_validate(data)
    except ValidationError as error:
        refused = [*_first_of_each(refused, findings(error, data))]
    if crisis is not None and not refused:
        found = run(View(crisis))
    else:
        rest = _what_is_left(data, [f.path for f in refused])
        found = () if rest is None else _independent(run(View(rest, _ids(data))), refused)
    problems = [placed(f, document) for f in (*refused, *found) if not f.warning]
    warnings = tuple(placed(f, document) for f in found if f.warning)
    if problems:
        return Examined(None, CrisisError(problems).problems, warnings)
    return Examined(crisis, (), warnings)


def _first_of_each(first: Iterable[Finding], second: Iterable[Finding]) -> Iterable[Finding]:
    """All findings, but one only about any one value."""
    seen: set[tuple[Path, bool]] = set()
    for finding in (*first, *second):
        key = (finding.path, finding.code == "missing")
        if finding.code == "missing" or key not in seen:
            yield finding
        seen.add(key)


def _ids(data: Any) -> dict[str, tuple[str, ...]]:
    """Ids by section as written, whether or not the entries pass the schema."""
    sections = data if isinstance(data, Mapping) else {}
    return {
        name: tuple(map(str, section))
        for name, section in sections.items()
        if isinstance(section, Mapping)
    }


def _independent(found: Iterable[Finding], refused: list[Finding]) -> tuple[Finding, ...]:
    """Findings that do not only follow from a refused part: none above or below one."""
    cut = [f.path for f in refused if f.path]
    return tuple(
        finding
        for finding in found
        if not any(
            finding.path[: len(path)] == path or path[: len(finding.path)] == finding.path
            for path in cut
        )
    )


# --- Cutting out what the schema refuses ---------------------------------------------------

_PLACEHOLDERS: dict[str, Any] = {
    "offramp": 1,
    "id": "unknown",
    "title": "unknown",
    "as_of": "9999-12-31",
}
"""Stand in for missing fields of the whole file, so that the rest can be checked."""


def _what_is_left(data: Any, refused: list[Path]) -> Crisis | None:
    """The crisis without the parts that the schema refuses, or None if too little is left."""
    if not isinstance(data, dict):
        return None
    rest = copy.deepcopy(data)
    for path in sorted(refused, key=len, reverse=True):
        _cut(rest, path)
    for _ in range(MAX_CUTS):
        try:
            return Crisis.model_validate(rest)
        except ValidationError as error:
            for detail in error.errors(include_url=False, include_input=False):
                path = raw_path(detail["loc"], rest)
                if detail["type"] == "missing" and len(detail["loc"]) == 1:
                    name = str(detail["loc"][0])
                    if name not in _PLACEHOLDERS:
                        return None
                    rest[name] = _PLACEHOLDERS[name]
                else:
                    _cut(rest, path)
    return None


def _cut(data: dict[str, Any], path: Path) -> None:
    """Take the value at ``path`` out; of a list all of it, so that no other place shifts."""
    for depth, part in enumerate(path):
        if isinstance(part, int):
            path = path[:depth]
            break
    node: Any = data
    for part in path[:-1]:
        if not isinstance(node, dict) or part not in node:
            return
        node = node[part]
    if path and isinstance(node, dict):
        node.pop(path[-1], None)
