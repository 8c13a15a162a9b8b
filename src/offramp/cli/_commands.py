"""Every command, in the order in which help lists them. What they do is in other modules."""

from __future__ import annotations

from offramp.cli import _forecast_commands, _questions, _studies, _tools
from offramp.cli._options import app

__all__ = ["app"]

PARTS = (_questions, _studies, _tools, _forecast_commands)
"""Importing them registers their commands."""


def _is_later(name: str | None) -> bool:
    """Whether a command stands after the brief, which comes first."""
    return name != "brief"


app.registered_commands.sort(key=lambda c: _is_later(c.callback.__name__ if c.callback else None))
