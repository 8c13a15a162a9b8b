"""Offramp: a workbench for coercive bargaining.

``crisis -> game -> solution -> answer -> brief``: one word for each stage, and one function to go
from each to the next::

    crisis = offramp.load("ukraine-2025")
    game = offramp.compile(crisis, plan="plan_b")
    solution = offramp.solve(game)
    answer = offramp.leverage(solution)
    offramp.brief(crisis).save("brief.html")

Names are imported when they are first used, so that ``import offramp`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from offramp._version import VERSION

__version__ = VERSION

_WHERE = {
    "Crisis": ("offramp.crisis", "Crisis"),
    "CrisisError": ("offramp.crisis", "CrisisError"),
    "load": ("offramp.crisis", "load"),
    "loads": ("offramp.crisis", "loads"),
    "check": ("offramp.crisis", "check"),
    "override": ("offramp.crisis", "override"),
    "quantities": ("offramp.crisis", "quantities"),
    "compile": ("offramp.game", "compile_game"),
    "Game": ("offramp.game", "Game"),
    "TableGame": ("offramp.game", "TableGame"),
    "from_tables": ("offramp.game", "from_tables"),
    "to_efg": ("offramp.solution", "to_efg"),
    "solve": ("offramp.solution", "solve"),
    "certify": ("offramp.solution", "certify"),
    "Solution": ("offramp.solution", "Solution"),
    "leverage": ("offramp.answers", "leverage"),
    "deal": ("offramp.answers", "deal"),
    "bluff": ("offramp.answers", "bluff"),
    "coalition": ("offramp.answers", "coalition"),
    "deter": ("offramp.answers", "deter"),
    "offensive": ("offramp.answers", "offensive"),
    "futures": ("offramp.answers", "futures"),
    "watch": ("offramp.answers", "watch"),
    "compare_plans": ("offramp.answers", "compare_plans"),
    "contribution": ("offramp.answers", "contribution"),
    "design": ("offramp.answers", "design"),
    "discover": ("offramp.answers", "discover"),
    "experts": ("offramp.answers", "experts"),
    "forecasts": ("offramp.answers", "forecasts"),
    "sensitivity": ("offramp.answers", "sensitivity"),
    "stress": ("offramp.answers", "stress"),
    "audit": ("offramp.audit", "audit"),
    "sample": ("offramp.ensembles", "sample"),
    "run": ("offramp.ensembles", "run"),
    "load_results": ("offramp.ensembles", "load_results"),
    "Answer": ("offramp.answers", "Answer"),
    "brief": ("offramp.brief", "brief"),
}

if TYPE_CHECKING:
    from offramp.answers import (
        Answer,
        bluff,
        coalition,
        compare_plans,
        contribution,
        deal,
        design,
        deter,
        discover,
        experts,
        forecasts,
        futures,
        leverage,
        offensive,
        sensitivity,
        stress,
        watch,
    )
    from offramp.audit import audit
    from offramp.brief import brief
    from offramp.crisis import Crisis, CrisisError, check, load, loads, override, quantities
    from offramp.ensembles import load_results, run, sample
    from offramp.game import Game, TableGame, from_tables
    from offramp.game import compile_game as compile
    from offramp.solution import Solution, certify, solve, to_efg

__all__ = [
    "Answer", "Crisis", "CrisisError", "Game", "Solution", "TableGame", "audit", "bluff", "brief",
    "certify", "check", "coalition", "compare_plans", "compile", "contribution", "deal", "design",
    "deter", "discover", "experts", "forecasts", "from_tables", "futures", "leverage", "load",
    "load_results", "loads", "offensive", "override", "quantities", "run", "sample", "sensitivity",
    "solve", "stress", "to_efg", "watch",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'offramp' has no attribute {name!r}")
    module, attribute = _WHERE[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
