"""One act against many offers: the number of offers on a grid is no argument for offering."""

from __future__ import annotations

import pytest
from tests.oracles.worlds import game, pie

import offramp
from offramp import theory
from offramp.solution._nodes import A_FIGHT, A_SIGNED

LAMBDA = 10.0


def fights(offers, reserve=0.4 - 1e-6):
    """P(A fights) when fighting is worth .45, a deal x if B accepts it (x <= .6) and .3 if not.

    B's discount factor is so near 1 that the common precision per round makes B all but exact; its
    war is worth a hair less than .4, so that it accepts the offer of exactly .4.
    """
    crisis = pie(
        {
            "blocs": {"A": {"patience": 0.95}, "B": {"patience": 1 - 1e-10}},
            "war": {
                "cost": {"A": 0.2, "B": 0.5 - reserve},
                "decisive": {
                    "available_to": ["A"], "odds_b": 0.5, "cost": {"A": 0.05, "B": 0},
                },
            },
            "weights": {"hold": 0, "propose": 1, "fight_out": 1},
        }
    )  # fmt: skip
    solution = offramp.solve(game(crisis, offers=offers), precision=LAMBDA * (1 - 0.95))
    return solution.futures.acts[0]


@pytest.mark.parametrize(("offers", "printed"), [(11, 0.580), (101, 0.644), (1001, 0.650)])
def test_finer_offers_do_not_crowd_out_the_one_act_beside_them(offers, printed):
    """At 11 offers the design note prints .747, from a floating-point refusal of the offer of
    exactly .6; accepted at equality it is .580."""
    share = fights(offers)[A_FIGHT]
    assert share == pytest.approx(printed, abs=5e-4)
    assert share == pytest.approx(theory.offer_grid(offers, LAMBDA).nested, abs=1e-6)


def test_eleven_offers_with_the_marginal_one_refused_give_the_printed_number():
    share = fights(11, reserve=0.4 + 1e-6)[A_FIGHT]
    assert share == pytest.approx(0.747, abs=5e-4)
    closed = theory.offer_grid(11, LAMBDA, accepts_limit=False).nested
    assert share == pytest.approx(closed, abs=1e-6)


def test_what_is_not_fought_over_is_offered_and_signed_or_refused():
    acts = fights(101)
    assert acts.sum() == pytest.approx(1, abs=1e-12)
    assert 0 < acts[A_SIGNED] < 1 - acts[A_FIGHT]
