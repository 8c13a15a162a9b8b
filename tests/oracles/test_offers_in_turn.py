"""Offers in turn and at random: Rubinstein 1982, Stahl 1972, and leverage from delay."""

from __future__ import annotations

import pytest
from tests.oracles.worlds import game, pie

import offramp
from offramp import theory
from offramp.solution._exact import ExactSolution


def stahl(rounds, delta):
    """Offers in turn, A first; nothing for anybody meanwhile or if time runs out."""
    return pie(
        {
            "blocs": {"A": {"patience": delta}, "B": {"patience": delta}},
            "clock": {
                "horizon_months": rounds,
                "protocol": "alternating",
                "at_the_end": {"A": 0, "B": 0},
            },
            "war": {"cost": {"A": 0.5, "B": 0.5}},
        }
    )


@pytest.mark.parametrize("rounds", [1, 2, 5, 40])
@pytest.mark.parametrize("delta", [0.8, 0.9])
def test_the_first_proposer_gets_what_finitely_many_rounds_give(rounds, delta):
    solution = offramp.solve(game(stahl(rounds, delta)), mode="exact")
    assert isinstance(solution, ExactSolution)
    share = theory.finite_horizon_share(delta, rounds)
    assert solution.opening_a == pytest.approx(share, abs=1e-10)
    assert solution.opening_b[0] == pytest.approx(1 - share, abs=1e-10)
    first = solution.offers[0]
    assert (first.month, first.side, first.acceptance) == (0, "A", (1.0,))
    assert 1 - first.terms[0] == pytest.approx(share, abs=1e-10)
    assert [o.side for o in solution.offers] == ["AB"[t % 2] for t in range(rounds)]
    assert solution.futures.first_deal[1] == pytest.approx(1, abs=1e-12)


def test_five_rounds_at_point_nine_give_the_first_proposer_eight_parts_in_ten():
    assert theory.finite_horizon_share(0.9, 5) == pytest.approx(0.8371, abs=5e-5)
    solution = offramp.solve(game(stahl(5, 0.9)), mode="exact")
    assert solution.opening_a == pytest.approx(0.8371, abs=5e-5)


def test_very_precise_play_on_a_grid_of_a_thousand_offers_comes_close_to_best_response():
    solution = offramp.solve(game(stahl(5, 0.9), offers=1001), precision=1e5)
    assert solution.opening_a == pytest.approx(0.8371, abs=1e-3)


def test_many_rounds_give_rubinsteins_share():
    solution = offramp.solve(game(stahl(200, 0.9)), mode="exact")
    assert solution.opening_a == pytest.approx(theory.rubinstein_share(0.9, 0.9), abs=1e-8)


# --- Leverage ------------------------------------------------------------------------------


def sanctioned(rounds=60, delta=0.95):
    """War pays A .2; B loses .1 by it and, from month 11, .3 more by a stick.

    The stick comes off a month after any deal. That month of pain is no leverage for anybody: it is
    lost whether B signs or not, so with S_t there to share, sum_t delta^t (S_t - delta S_(t+1))
    collapses to S_0 - delta^T S_T, and the theorem holds as if a deal ended the pain at once.
    """
    return pie(
        {
            "blocs": {"A": {"patience": delta}, "B": {"patience": delta}},
            "clock": {
                "horizon_months": rounds,
                "recognition": {"A": 0.4, "B": 0.6},
                "at_the_end": {"A": 0.4, "B": 0.6},
            },
            "war": {"cost": {"A": 0.3, "B": 0.6}},
            "relief": {
                "comply": 1, "defy": 0, "clarity": 1,
                "schedules": {"none": 1, "partial": 1, "phased": 1, "full": 1},
            },
            "levers": {
                "embargo": {
                    "name": "Embargo", "kind": "stick", "holder": "A", "targets": ["b"],
                    "cost_to_target": 0.3, "lag": 11, "ramp": 0,
                    "felt_by": {"elite": 1, "public": 0, "budget": 0, "military": 0},
                }
            },
            "plans": {
                "embargo": {
                    "name": "Embargo", "stages": [{"name": "on", "on": [{"lever": "embargo"}]}],
                }
            },
        }
    )  # fmt: skip


FLOWS = [(0.2, -0.1 if t <= 10 else -0.4) for t in range(60)]


def test_a_stick_that_will_hurt_in_a_year_already_moves_today_s_shares():
    solution = offramp.solve(game(sanctioned()), mode="exact")
    said = theory.leverage_values(FLOWS, (0.4, 0.6), 0.95)
    assert said == pytest.approx((0.61535647, 0.38464353), abs=5e-9)
    assert (solution.opening_a, solution.opening_b[0]) == pytest.approx(said, abs=1e-9)
    assert solution.futures.first_deal[1] == pytest.approx(1, abs=1e-12)


def test_without_the_stick_the_same_deal_gives_the_target_more():
    calm = [(0.2, -0.1)] * 60
    crisis = sanctioned().model_copy(update={"plans": pie().plans})
    solution = offramp.solve(game(crisis), mode="exact")
    said = theory.leverage_values(calm, (0.4, 0.6), 0.95)
    assert (solution.opening_a, solution.opening_b[0]) == pytest.approx(said, abs=1e-9)
    assert said[0] < 0.61


def test_very_precise_play_on_a_grid_of_offers_comes_close_to_the_leverage_theorem():
    """Grid errors add up over 60 rounds and do not shrink evenly: .6060 at 101 offers, .6160 at
    201, .6220 at 401, .6176 at 1001 and .6163 at 2001, against .6154. That is why exact mode has
    offers between the grid points."""
    solution = offramp.solve(game(sanctioned(), offers=201), precision=2000)
    assert solution.opening_a == pytest.approx(0.61535647, abs=2e-3)
    assert solution.opening_b[0] == pytest.approx(0.38464353, abs=2e-3)


def test_growing_exhaustion_is_leverage_for_the_side_that_tires_less():
    crisis = pie(
        {
            "clock": {
                "horizon_months": 30,
                "recognition": {"A": 0.5, "B": 0.5},
                "at_the_end": {"A": 0.5, "B": 0.5},
            },
            "war": {"cost": {"A": 0.2, "B": 0.2}, "exhaustion": {"A": 0.01, "B": 0.05}},
        }
    )
    flows = [(0.3 - 0.002 * t, 0.3 - 0.01 * t) for t in range(30)]
    solution = offramp.solve(game(crisis), mode="exact")
    said = theory.leverage_values(flows, (0.5, 0.5), 0.95)
    assert said[0] > 0.5
    assert (solution.opening_a, solution.opening_b[0]) == pytest.approx(said, abs=1e-9)
