"""Powell (2004, 2006): the declining side fights today if tomorrow cannot be promised away.

One month, then an end at which power has shifted. B, the rising side, makes an offer for this
month only; A may accept, refuse or fight it out at today's odds. At the end B can lock in what its
new power gives it and A gets all the rest: the best that A can hope for, so that war means that no
efficient bargain exists. (Battlefield positions do not move while a deal holds, so the shift cannot be played
out as a drift of the front under one-month deals; the end's values carry it.) Numbers in stakes:
costs of one pie are .1 at a discount of .9.
"""

from __future__ import annotations

import pytest
from tests.oracles.worlds import game, pie

import offramp
from offramp import theory
from offramp.game._states import FOUGHT, WAR
from offramp.solution._nodes import ACT_NAMES

DELTA, P_NOW, COST = 0.9, 0.7, 0.1


def fought(p_next, precision=None, contracts=11):
    """Chance that A fights it out when its chance of winning falls from .7 to ``p_next``."""
    locked_in = (1 - p_next) - COST
    crisis = pie(
        {
            "blocs": {"A": {"patience": DELTA}, "B": {"patience": DELTA}},
            "issues": {"pie": {"name": "The pie", "status_quo": 1 - P_NOW}},
            "clock": {
                "recognition": {"A": 0, "B": 1},
                "at_the_end": {"A": 1 - locked_in, "B": locked_in},
            },
            "war": {
                "cost": {"A": COST, "B": COST},
                "decisive": {
                    "available_to": ["A"],
                    "odds_b": 1 - P_NOW,
                    "cost": {"A": COST, "B": COST},
                },
            },
            "weights": {"hold": 0, "fight_out": 1},
            "contracts": {
                f"month_{k}": {
                    "name": f"{k / (contracts - 1):.2f} for a month",
                    "terms": {"pie": k / (contracts - 1)},
                    "lasts_months": 1,
                }
                for k in range(contracts)
            },
        }
    )
    compiled = game(crisis, offers=0)
    if precision is None:
        solution = offramp.solve(compiled, mode="exact")
    else:
        solution = offramp.solve(compiled, precision=precision)
    answered = solution.futures.acts[0, ACT_NAMES.index("B's offer answered by all-out war")]
    assert solution.futures.regime[1, FOUGHT] == pytest.approx(answered, abs=1e-12)
    assert solution.futures.regime[1, WAR] == pytest.approx(1 - answered, abs=1e-12)
    return answered


def test_a_fast_decline_brings_war_and_a_slow_one_does_not():
    assert fought(0.3) == 1
    assert fought(0.5) == 0


def test_war_begins_where_the_lock_ins_exceed_what_there_is():
    low, high = 0.3, 0.5
    while high - low > 1e-7:
        middle = (low + high) / 2
        low, high = (middle, high) if fought(middle) else (low, middle)
    assert low == pytest.approx(0.45555556, abs=1e-6)
    assert low == pytest.approx(theory.shift_threshold(P_NOW, 1, 1, DELTA), abs=1e-6)


def test_noise_blurs_the_threshold_but_does_not_move_it():
    just_below, just_above = fought(0.45, 2000), fought(0.46, 2000)
    assert just_below > 0.9
    assert just_above < 0.1
