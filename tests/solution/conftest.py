"""Solves of the reference crisis at draft resolution, each done once per test session."""

from __future__ import annotations

from functools import cache

import pytest

from offramp.crisis import load, override
from offramp.game import compile_game
from offramp.solution import solve


@pytest.fixture(scope="session")
def draft():
    """``draft(plan, offer=..., **changes)``: a solution; a change is a path with __ for dots."""

    @cache
    def solved(plan, offer, changes):
        crisis = load("ukraine-2025")
        if changes:
            crisis = override(crisis, dict(changes))
        return solve(compile_game(crisis, plan, None, "draft", offer=offer))

    def call(plan, offer=False, **changes):
        named = tuple(sorted((k.replace("__", "."), v) for k, v in changes.items()))
        return solved(plan, offer, named)

    return call
