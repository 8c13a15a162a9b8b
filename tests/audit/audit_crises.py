"""Crises and scopes shared by the tests of the audit."""

from __future__ import annotations

from functools import cache

import offramp
from offramp.audit._draws import central
from offramp.audit._worlds import Scope
from offramp.crisis import Crisis
from offramp.crisis._starter import text

GRID = "sketch"


@cache
def reference() -> Crisis:
    """The shipped reference crisis."""
    return offramp.load("ukraine-2025")


@cache
def starter() -> Crisis:
    """The crisis that `offramp new` writes."""
    return offramp.loads(text(), "starter.yaml")


@cache
def scope(reading: str | None = None, transplant: bool = False) -> Scope:
    """A scope at central values, shared so that its games are solved once."""
    return central(reference(), reading, transplant, GRID)
