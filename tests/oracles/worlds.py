"""Small crises for oracles: one pie between two sides, everything else switched off.

Issue ``pie`` runs from A's end 0 to B's end 1: a settlement x gives A the stake 1 - x and B the
stake x. War pays each side its share of the status quo less its cost, for ever unless said
otherwise.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import offramp
from offramp.crisis import Crisis
from offramp.game import Game
from offramp.game._resolution import DRAFT

PLAIN: dict[str, Any] = {
    "offramp": 1,
    "id": "oracle",
    "title": "A pie between two sides",
    "as_of": "2026-01-01",
    "blocs": {
        "A": {"name": "Aland", "principal": "a", "voices": {"a": 1}, "patience": 0.95},
        "B": {"name": "Bland", "principal": "b", "voices": {"b": 1}, "patience": 0.95},
    },
    "actors": {
        "a": {"name": "Aland", "bloc": "A", "preferences": {"pie": {"ideal": 0, "weight": 1}}},
        "b": {"name": "Bland", "bloc": "B", "preferences": {"pie": {"ideal": 1, "weight": 1}}},
    },
    "issues": {"pie": {"name": "The pie", "status_quo": 0.5}},
    "clock": {
        "horizon_months": 1,
        "padding_months": 0,
        "round_months": 1,
        "recognition": {"A": 1, "B": 0},
    },
    "war": {
        "cost": {"A": 0.1, "B": 0.1},
        "reach": 0,
        "intensity": 0,
        "collapse": {"A": 0, "B": 0},
    },
    "ceasefire": {"possible": False},
    "settlement": {"binding": True},
    "ladder": {
        "rungs": [
            {"rung": 0, "name": "war", "accident": 0},
            {"rung": 1, "name": "wider war", "accident": 0},
        ],
        "cost": {"A": 0, "B": 0},
    },
    "weights": {
        "hold": 1, "propose": 1, "ceasefire": 0, "escalate": 0, "de_escalate": 0, "fight_out": 0,
    },
    "types": {"only": {"name": "The only type", "prior": 1}},
    "relief": {"comply": 0, "defy": 0, "clarity": 1},
    "conversions": {"pain_to_stake": 1, "fracture_to_terms": 0, "backer_share": 0},
}  # fmt: skip


def pie(changes: Mapping[str, Any] | None = None) -> Crisis:
    """The plain crisis with nested changes; a changed mapping under a new key is added."""
    raw = copy.deepcopy(PLAIN)
    _merge(raw, changes or {})
    return Crisis.model_validate(raw)


def _merge(into: dict[str, Any], changes: Mapping[str, Any]) -> None:
    for key, value in changes.items():
        if isinstance(value, Mapping) and isinstance(into.get(key), dict) and key not in WHOLE:
            _merge(into[key], value)
        else:
            into[key] = copy.deepcopy(value)


WHOLE = ("types", "issues")
"""Sections that a change replaces instead of adding to."""

LIVELY: dict[str, Any] = {
    "issues": {"pie": {"name": "The pie", "status_quo": 0.45, "moves_with_war": True}},
    "blocs": {"A": {"patience": 0.96}, "B": {"patience": 0.97}},
    "clock": {
        "horizon_months": 12,
        "padding_months": 6,
        "round_months": 2,
        "recognition": {"A": 0.5, "B": 0.3},
    },
    "war": {
        "cost": {"A": 0.2, "B": 0.15}, "reach": 2, "step_size": 0.1, "intensity": 0.3,
        "step_favours_b": 0.6, "collapse": {"A": 0.01, "B": 0.004},
    },
    "ceasefire": {"possible": True},
    "ladder": {
        "rungs": [
            {"rung": 0, "name": "war", "accident": 0.001},
            {"rung": 1, "name": "wider war", "accident": 0.01},
        ],
        "cost": {"A": 0.03, "B": 0.02},
    },
    "weights": {"ceasefire": 0.5, "escalate": 0.25, "de_escalate": 0.25},
    "contracts": {
        "plain": {"name": "Half each", "terms": {"pie": 0.5}},
        "short": {"name": "A year", "terms": {"pie": 0.55}, "lasts_months": 12},
    },
}  # fmt: skip
"""A war with a front, a ladder and pauses."""


def lively(changes: Mapping[str, Any] | None = None) -> Crisis:
    """The lively war with nested changes."""
    raw = copy.deepcopy(PLAIN)
    _merge(raw, LIVELY)
    _merge(raw, changes or {})
    return Crisis.model_validate(raw)


def game(crisis: Crisis, offers: int = 2, rungs: int = 0, **how: Any) -> Game:
    """Compile with ``offers`` points on the frontier and, unless asked for, no higher rung."""
    cut = DRAFT.with_(offers=offers, rungs=rungs, belief_steps=(20, 10), solve_every=1)
    return offramp.compile(crisis, resolution=cut, **how)
