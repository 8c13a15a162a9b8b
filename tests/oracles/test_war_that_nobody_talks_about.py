"""The war alone is the gambler's ruin (Smith 1998): forts change hands until one side has none."""

from __future__ import annotations

import pytest
from tests.oracles.worlds import game, pie

import offramp
from offramp import theory
from offramp.game._states import A_GONE, B_GONE, CEASEFIRE


def course(step_favours_b, **changes):
    """P(A wins) and the expected number of months until somebody has won, from the futures."""
    war = {"intensity": 1, "reach": 5, "ends_decide": True, "step_favours_b": step_favours_b}
    clock = {"horizon_months": 500, "recognition": {"A": 0, "B": 0}}
    compiled = game(pie({"clock": clock, "war": war, **changes}), offers=0)
    regime = offramp.solve(compiled).futures.regime
    assert regime[-1, A_GONE] + regime[-1, B_GONE] == pytest.approx(1, abs=1e-8)
    return regime[-1, B_GONE], regime[:, : CEASEFIRE + 1].sum()


def test_winning_six_battles_in_ten_wins_seven_wars_in_eight():
    won, months = course(0.4)
    said = theory.gamblers_ruin(0.6, 10, 5)
    assert won == pytest.approx(0.8836363636, abs=1e-6)
    assert months == pytest.approx(19.18181818, abs=1e-6)
    assert won == pytest.approx(said.win_probability, abs=1e-6)
    assert months == pytest.approx(said.expected_length, abs=1e-6)


def test_the_war_is_even_when_every_battle_is():
    won, months = course(0.5)
    assert won == pytest.approx(0.5, abs=1e-6)
    assert months == pytest.approx(25, abs=1e-6)


def test_a_side_left_with_three_forts_of_ten_wins_an_even_war_three_times_in_ten():
    """Games open in the middle of the lattice, so A first loses two battles for certain, until a
    lever that acts from the third month evens the odds."""
    aid = {
        "name": "Aid", "kind": "denial", "holder": "A", "targets": ["b"],
        "step_shift": -0.5, "lag": 2, "ramp": 0,
    }  # fmt: skip
    plan = {"name": "Aided", "stages": [{"name": "aid", "on": [{"lever": "aid"}]}]}
    won, months = course(1.0, levers={"aid": aid}, plans={"aided": plan})
    said = theory.gamblers_ruin(0.5, 10, 3)
    assert won == pytest.approx(0.3, abs=1e-6)
    assert months - 2 == pytest.approx(21, abs=1e-6)
    assert won == pytest.approx(said.win_probability, abs=1e-6)
    assert months - 2 == pytest.approx(said.expected_length, abs=1e-6)
