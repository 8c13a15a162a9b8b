"""Solved crises shared by the tests of answers: each solved once per process."""

from __future__ import annotations

from functools import cache
from typing import Any

import offramp
from offramp.crisis import Crisis
from offramp.crisis._starter import text
from offramp.solution import Solution


@cache
def reference() -> Crisis:
    """The shipped reference crisis."""
    return offramp.load("ukraine-2025")


@cache
def solved(plan: str = "status_quo") -> Solution:
    """A plan of the reference crisis at draft resolution."""
    return offramp.solve(offramp.compile(reference(), plan))


@cache
def changed(path: str, value: float) -> Solution:
    """The status quo of the reference crisis with one number changed."""
    crisis = offramp.override(reference(), {path: value})
    return offramp.solve(offramp.compile(crisis, "status_quo"))


@cache
def starter() -> Crisis:
    """The crisis that `offramp new` writes."""
    return offramp.loads(text(), "starter.yaml")


@cache
def starter_solved() -> Solution:
    """Its first plan."""
    return offramp.solve(offramp.compile(starter()))


def yaml_of(crisis: Crisis) -> dict[str, Any]:
    """A crisis as a plain mapping, to be changed and read again."""
    return crisis.model_dump(mode="json")
