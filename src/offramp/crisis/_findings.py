"""What a cross-check finds, and what it looks at.

A check is a function from a :class:`View` to findings. It says where (the path of the value at
fault), what (a sentence), and what to write instead. :func:`placed` turns findings into problems
with a line, a column and a caret once the file is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from offramp.crisis._diagnostics import Path, Problem, did_you_mean
from offramp.crisis._document import Document
from offramp.crisis._quantity import Frozen, Quantity
from offramp.crisis._schema import Crisis, entries


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong (or, as a ``warning``, odd) with a crisis.

    ``offset`` counts characters into a text, ``at_key`` moves the caret from a value to its key.
    """

    path: Path
    message: str
    suggestion: str | None = None
    warning: bool = False
    offset: int | None = None
    at_key: bool = False
    code: str = "check"


@dataclass(frozen=True)
class View:
    """A crisis and the ids that may be referred to in it.

    ``ids`` also holds entries that failed the schema and are not in ``crisis``: a reference to
    one of them is no second error.
    """

    crisis: Crisis
    more_ids: Mapping[str, Iterable[str]] = field(default_factory=dict)

    @cached_property
    def ids(self) -> dict[str, tuple[str, ...]]:
        """Ids by section, in file order."""
        return {
            section: tuple(dict.fromkeys((*known, *self.more_ids.get(section, ()))))
            for section, known in entries(self.crisis).items()
        }

    @cached_property
    def parties(self) -> tuple[str, ...]:
        """Whoever can hold, suffer, agree or object: blocs, actors, members, outsiders."""
        sections = ("actors", "members", "outsiders")
        return ("A", "B", *(key for section in sections for key in self.ids[section]))

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Every model, field and number of the crisis."""
        return tuple(walk(self.crisis))


@dataclass(frozen=True, slots=True)
class Node:
    """A value, where it is, and which field of which model it belongs to."""

    path: Path
    value: Any
    owner: type[Frozen]
    field: str


def walk(
    value: Any, path: Path = (), owner: type[Frozen] = Frozen, name: str = ""
) -> Iterator[Node]:
    """All models and quantities below ``value``, outermost first."""
    if isinstance(value, Quantity):
        yield Node(path, value, owner, name)
    elif isinstance(value, Frozen):
        yield Node(path, value, owner, name)
        model = type(value)
        pair = set(model.model_fields) == {"A", "B"}
        for inner in model.model_fields:
            below = (owner, name) if pair else (model, inner)
            yield from walk(getattr(value, inner), (*path, inner), *below)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from walk(item, (*path, key), owner, name)
    elif isinstance(value, tuple | list):
        for place, item in enumerate(value):
            yield from walk(item, (*path, place), owner, name)


def reference(
    path: Path, word: str, known: Iterable[str], what: str, *, at_key: bool = False
) -> Iterator[Finding]:
    """A finding if ``word`` is not among the ``known`` ids of ``what``."""
    known = tuple(known)
    if word in known:
        return
    hint = did_you_mean(word, known)
    if hint is None:
        few = ", ".join(f"`{key}`" for key in known[:8])
        more = f" and {len(known) - 8} more" if len(known) > 8 else ""
        hint = f"there are {few}{more}" if known else f"this crisis has no {what} at all"
    yield Finding(path, f"there is no {what} `{word}`", hint, at_key=at_key, code="reference")


def placed(finding: Finding, document: Document | None, name: str = "") -> Problem:
    """The finding as a problem: with its place in the file if there is one."""
    if document is None:
        return Problem(
            finding.message,
            finding.path,
            name,
            suggestion=finding.suggestion,
            code=finding.code,
        )
    return document.problem(
        finding.path,
        finding.message,
        finding.suggestion,
        at_key=finding.at_key,
        offset=finding.offset,
        code=finding.code,
    )
