"""War as a random walk, against linear systems and quadrature."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offramp.theory import (
    battle_belief,
    diffusion_war,
    discounted_victory,
    fight_to_finish_value,
    gamblers_ruin,
    range_without_common_prior,
    settlement_width,
    stalemate_odds,
)


def solve_walk(p, forts, delta=1.0):
    """Win probability (discounted) and mean length from every position, by linear algebra."""
    inner = forts - 1
    step = np.zeros((inner, inner))
    reach = np.zeros(inner)
    for row in range(inner):
        if row + 1 < inner:
            step[row, row + 1] = p
        else:
            reach[row] = p
        if row > 0:
            step[row, row - 1] = 1.0 - p
    eye = np.eye(inner)
    win = np.linalg.solve(eye - delta * step, delta * reach)
    return win, np.linalg.solve(eye - step, np.ones(inner))


def test_a_small_edge_per_battle_is_a_large_edge_per_war():
    war = gamblers_ruin(0.6, 10, 5)
    assert war.win_probability == pytest.approx(0.88363636, abs=5e-9)
    assert war.expected_length == pytest.approx(19.18181818, abs=5e-9)


def test_even_battles_are_won_in_proportion_to_forts():
    war = gamblers_ruin(0.5, 10, 3)
    assert war.win_probability == pytest.approx(0.3, abs=1e-14)
    assert war.expected_length == pytest.approx(21.0, abs=1e-12)


def test_discounting_halves_the_worth_of_victory():
    assert discounted_victory(0.6, 10, 5, 0.95) == pytest.approx(0.39695263, abs=5e-9)
    assert discounted_victory(0.6, 10, 5, 1.0) == pytest.approx(0.88363636, abs=5e-9)


@given(
    p=st.one_of(st.floats(0.05, 0.95), st.floats(0.49999, 0.50001)),
    forts=st.integers(2, 25),
    delta=st.floats(0.3, 0.999),
)
def test_ruin_formulas_solve_the_walk_from_every_position(p, forts, delta):
    win, length = solve_walk(p, forts)
    discounted, _ = solve_walk(p, forts, delta)
    for held in range(1, forts):
        war = gamblers_ruin(p, forts, held)
        assert war.win_probability == pytest.approx(win[held - 1], rel=1e-8)
        assert war.expected_length == pytest.approx(length[held - 1], rel=1e-7)
        assert discounted_victory(p, forts, held, delta) == pytest.approx(
            discounted[held - 1], rel=1e-8
        )


def test_war_is_over_at_either_end():
    assert gamblers_ruin(0.3, 8, 0) == gamblers_ruin(0.9, 8, 0)
    assert gamblers_ruin(0.3, 8, 8).win_probability == 1.0
    assert gamblers_ruin(0.3, 8, 8).expected_length == 0.0
    assert discounted_victory(0.3, 8, 0, 0.9) == 0.0
    assert discounted_victory(0.3, 8, 8, 0.9) == 1.0


def test_very_long_and_lopsided_wars_stay_finite():
    assert gamblers_ruin(0.01, 500, 499).win_probability == pytest.approx(0.01 / 0.99, rel=1e-9)
    assert gamblers_ruin(0.99, 500, 250).expected_length == pytest.approx(250 / 0.98, rel=1e-9)


def test_settlement_is_hardest_near_collapse():
    widths = [settlement_width(0.5, 10, k, 0.01, 0.02) for k in range(11)]
    assert widths[3] == pytest.approx(0.03 * 21.0)
    assert widths[0] == widths[10] == 0.0
    assert max(widths) == widths[5]


@given(drift=st.floats(-2.0, 2.0), x=st.floats(0.05, 0.95))
def test_diffusion_is_the_limit_of_many_small_battles(drift, x):
    n = 2000
    held = round(x * n)
    p = 0.5 + drift / (2.0 * n)
    walk = gamblers_ruin(p, n, held)
    front = diffusion_war(drift, 1.0, held / n, 1.0)
    assert front.win_probability == pytest.approx(walk.win_probability, abs=1e-5)
    assert front.expected_length == pytest.approx(walk.expected_length / n**2, abs=1e-4)


def test_a_drift_too_small_to_see_leaves_the_war_fair():
    assert diffusion_war(5e-324, 1.0, 0.25, 1.0).win_probability == 0.25


@given(drift=st.floats(-1e-4, 1e-4), x=st.floats(0.0, 1.0))
def test_a_vanishing_drift_changes_the_war_continuously(drift, x):
    assert diffusion_war(drift, 1.0, x, 1.0).expected_length == pytest.approx(
        x * (1.0 - x) * (1.0 + 2.0 * drift * (1.0 - 2.0 * x) / 6.0), abs=1e-7
    )


def test_fighting_on_is_worth_what_collapse_odds_and_costs_make_of_it():
    assert fight_to_finish_value(0.1, 0.15, 0.02, 0.95) == pytest.approx(0.27826087, abs=5e-9)
    assert fight_to_finish_value(0.1, 0.1, 0.02, 0.95) == pytest.approx(1.0 / 3.0, abs=1e-12)


@given(
    s=st.floats(0.01, 0.5), d=st.floats(0.0, 0.5), c=st.floats(0.0, 0.2), delta=st.floats(0.0, 1.0)
)
def test_fight_to_finish_value_sums_the_periods(s, d, c, delta):
    stay = delta * (1.0 - s - d)
    summed = sum((s - c) * stay**t for t in range(4000))
    assert fight_to_finish_value(s, d, c, delta) == pytest.approx(summed, abs=1e-9)


def test_stalemate_favours_the_type_that_does_not_collapse():
    odds = 1.0
    for _ in range(6):
        odds *= (1.0 - 0.02 - 0.05) / (1.0 - 0.2 - 0.05)
    assert stalemate_odds(1.0, (0.02, 0.05), (0.2, 0.05), 6) == pytest.approx(odds)
    assert stalemate_odds(2.0, (0.1, 0.1), (0.1, 0.1), 50) == pytest.approx(2.0)


def test_battles_move_beliefs_that_started_apart_towards_each_other():
    assert battle_belief(2.0, 2.0, 3, 4) == pytest.approx(0.625, abs=1e-15)
    gaps = [abs(battle_belief(8, 2, m // 2, m) - battle_belief(2, 8, m // 2, m)) for m in (0, 10)]
    assert gaps[1] < gaps[0]


def test_mutual_optimism_above_the_cost_of_war_empties_the_range():
    assert not range_without_common_prior(0.7, 0.3, 0.1, 0.1).exists
    assert range_without_common_prior(0.5, 0.5, 0.1, 0.1).width == pytest.approx(0.2)


@pytest.mark.parametrize(
    "call",
    [
        lambda: gamblers_ruin(1.0, 10, 5),
        lambda: gamblers_ruin(0.5, 10, 11),
        lambda: gamblers_ruin(0.5, 0, 0),
        lambda: discounted_victory(0.5, 10, 5, 0.0),
        lambda: diffusion_war(math.nan, 1.0, 0.5, 1.0),
        lambda: diffusion_war(0.1, 1.0, 2.0, 1.0),
        lambda: fight_to_finish_value(0.0, 0.0, 0.02, 1.0),
        lambda: fight_to_finish_value(0.7, 0.7, 0.02, 0.9),
        lambda: stalemate_odds(1.0, (0.1, 0.1), (0.5, 0.5), 3),
        lambda: battle_belief(2.0, 2.0, 5, 4),
    ],
)
def test_impossible_wars_of_battles_are_refused(call):
    with pytest.raises(ValueError):
        call()
