"""What a command comes to: data, a way to print it, warnings, errors and an exit code.

A command returns an :class:`Outcome` or raises; only :mod:`offramp.cli._run` prints. With
``--json`` an outcome is one envelope, of the same shape whether the command worked or not::

    {"schema": "offramp/1", "ok": true, "data": {...}, "warnings": [...]}

``ok`` is true if and only if the exit code is 0; otherwise ``data`` has ``exit_code`` and
``errors``, beside whatever there is to show.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from offramp.cli._screen import Screen
    from offramp.crisis import Problem

SCHEMA = "offramp/1"
"""Version of the envelope: its number changes when a reader would have to."""

OK, INTERNAL, USAGE, INVALID, CHECK_FAILED, NOT_CONVERGED, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning or an error; ``details`` is its place in a file, ``text`` how it prints."""

    message: str
    suggestion: str | None = None
    code: str = "usage"
    details: Mapping[str, Any] = field(default_factory=dict)
    text: str | None = None

    @classmethod
    def of(cls, problem: Problem) -> Notice:
        """A problem of a crisis file: prints with its place and a caret."""
        return cls(
            problem.message, problem.suggestion, problem.code, problem.to_dict(), str(problem)
        )

    def to_dict(self) -> dict[str, Any]:
        """The same keys whatever went wrong; those that do not apply are null."""
        plain = {"message": self.message, "suggestion": self.suggestion, "code": self.code}
        return {**_NOWHERE, **plain, **self.details}

    def __str__(self) -> str:
        if self.text is not None:
            return self.text
        return self.message if self.suggestion is None else f"{self.message}\n  {self.suggestion}"


_NOWHERE: dict[str, Any] = {
    "message": "",
    "path": [],
    "file": None,
    "line": None,
    "column": None,
    "cell": None,
    "suggestion": None,
    "excerpt": None,
    "code": "",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a command.

    ``show`` prints the data for people; ``remarks`` are lines for stderr that ``--quiet`` and
    ``--json`` leave out; ``warnings`` are for the envelope (``show`` or a remark says them to
    people).
    """

    data: Mapping[str, Any] = field(default_factory=dict)
    show: Callable[[Screen], None] | None = None
    code: int = OK
    errors: tuple[Notice, ...] = ()
    warnings: tuple[Notice, ...] = ()
    remarks: tuple[str, ...] = ()

    def envelope(self) -> dict[str, Any]:
        """The outcome as ``--json`` prints it."""
        data = dict(self.data)
        if self.code != OK:
            data |= {"exit_code": self.code, "errors": [e.to_dict() for e in self.errors]}
        warnings = [w.to_dict() for w in self.warnings]
        return {"schema": SCHEMA, "ok": self.code == OK, "data": data, "warnings": warnings}


class Failure(Exception):
    """A command that cannot go on, for a reason that its user can act on."""

    def __init__(self, message: str, suggestion: str | None = None, code: int = USAGE) -> None:
        super().__init__(message)
        name = {USAGE: "usage", INVALID: "invalid"}.get(code, "failed")
        self.notice, self.code = Notice(message, suggestion, name), code
