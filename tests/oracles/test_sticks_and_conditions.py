"""A stick coerces by what complying changes about it, not by how much it hurts."""

from __future__ import annotations

import numpy as np
import pytest
from tests.oracles.worlds import game, lively

import offramp
from offramp.solution._nodes import ACT_NAMES

CALM = [
    {"rung": 0, "name": "war", "accident": 0},
    {"rung": 1, "name": "wider war", "accident": 0},
]


def under(pain, comply, defy, types=None, **clock):
    """The lively war, one contract with full relief, and a stick of ``pain`` (0: none)."""
    stick = {
        "name": "Embargo", "kind": "stick", "holder": "A", "targets": ["b"],
        "cost_to_target": pain, "ramp": 6, "lift_if_comply": comply, "lift_if_defy": defy,
        "felt_by": {"elite": 1, "public": 0, "budget": 0, "military": 0},
    }  # fmt: skip
    on = [{"name": "on", "on": [{"lever": "embargo"}]}] if pain else []
    crisis = lively(
        {
            "settlement": {"binding": False},
            "ladder": {"rungs": CALM},
            "contracts": {"deal": {"name": "Deal", "terms": {"pie": 0.5}, "relief": "full"}},
            "levers": {"embargo": stick},
            "plans": {"plan": {"name": "Plan", "stages": on, "offer": "deal"}},
            "relief": {"comply": comply, "defy": defy, "clarity": 1},
            "clock": clock,
        }
        | ({"types": types} if types else {})
    )
    return offramp.solve(game(crisis, offers=3, rungs=1))


@pytest.mark.parametrize("lifting", [0.0, 0.3])
def test_a_stick_that_compliance_does_not_lift_moves_no_decision(lifting):
    off, on = under(0.0, lifting, lifting), under(0.25, lifting, lifting)
    assert on.futures.acts == pytest.approx(off.futures.acts, abs=1e-12)
    assert on.futures.signed == pytest.approx(off.futures.signed, abs=1e-12)
    assert on.futures.regime == pytest.approx(off.futures.regime, abs=1e-12)
    assert on.opening_a == pytest.approx(off.opening_a, abs=1e-12)
    assert on.opening_b[0] < off.opening_b[0] - 0.05


def test_such_a_stick_takes_the_same_from_the_target_wherever_the_game_stands():
    off, on = under(0.0, 0.3, 0.3), under(0.25, 0.3, 0.3)
    lay, other = on.game.layout, off.game.layout
    pressed = np.flatnonzero(lay.node >= 0)
    free = np.array([
        other.active[lay.regime[s]][
            lay.position[s], lay.rung[s], lay.node[s], lay.tier[s], lay.clock[s]
        ]
        for s in pressed
    ])  # fmt: skip
    for t in (0, 5, 12):
        lost = off.values.b[t, free, 0, 0] - on.values.b[t, pressed, 0, 0]
        assert lost == pytest.approx(np.full(len(lost), lost[0]), abs=1e-12)


def test_signals_do_not_change_that():
    types = {
        "soft": {"name": "Soft", "prior": 0.6, "war_cost": 0.25},
        "hard": {"name": "Hard", "prior": 0.4, "war_cost": 0.05},
    }
    off, on = under(0.0, 0.3, 0.3, types), under(0.25, 0.3, 0.3, types)
    assert on.futures.acts == pytest.approx(off.futures.acts, abs=1e-7)
    assert on.futures.belief == pytest.approx(off.futures.belief, abs=1e-7)


def accepted(solution):
    """Chance that B accepts A's first offer."""
    acts = dict(zip(ACT_NAMES, solution.futures.acts[0], strict=True))
    yes = acts["signed A's offer"]
    no = acts["A's offer refused"] + acts["A's offer answered by escalation"]
    return yes / (yes + no)


def test_the_same_stick_raises_acceptance_once_compliance_lifts_it():
    alike, conditional = under(0.25, 0.1, 0.1), under(0.25, 0.7, 0.1)
    assert accepted(conditional) > accepted(alike) + 0.05
    assert conditional.opening_a > alike.opening_a


def test_the_more_compliance_lifts_the_more_readily_an_offer_is_accepted():
    """The more of the difference between complying and defying there is, not of the pain."""
    chances = [accepted(under(0.25, comply, 0.1)) for comply in (0.1, 0.3, 0.5, 0.7, 0.9)]
    assert chances == sorted(chances)
    assert accepted(under(0.1, 0.9, 0.1)) > accepted(under(0.25, 0.1, 0.1))
