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
        "rungs": [{"rung": 0, "name": "war", "accident": 0}],
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
        if key in ("types", "issues") and isinstance(value, Mapping):
            into[key] = dict(value)
        elif isinstance(value, Mapping) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value


def game(crisis: Crisis, offers: int = 2, **how: Any) -> Game:
    """Compile without rungs or refinement, with ``offers`` points on the frontier."""
    cut = DRAFT.with_(offers=offers, rungs=0, **how.pop("cut", {}))
    return offramp.compile(crisis, resolution=cut, **how)
