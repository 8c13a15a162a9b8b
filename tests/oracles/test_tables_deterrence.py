"""Deterrence with private types on both sides (Zagare and Kilgour 2000), played out of tables.

The challenger is B with its two types. The defender is A; its type is a public draw just before its
only move, which loses nothing: it moves once, and the challenger's later choice and payoff do not
depend on what kind of defender resisted.
"""

from __future__ import annotations

import pytest

from offramp import theory
from offramp.game import Act, Chance, End, MoveA, MoveB, from_tables
from offramp.game._tables import State
from offramp.solution import solve_tables

PRINTED = theory.DeterrencePayoffs(
    c_dc=1, c_sq=0.6, c_dd_hard=0.4, c_cd=0.2, c_dd_soft=0,
    d_cd=1, d_dd_hard=0.8, d_dc=0.6, d_dd_soft=0,
)  # fmt: skip
COSTLY_RETREAT = theory.DeterrencePayoffs(
    c_dc=1, c_sq=0.7, c_dd_hard=0.45, c_cd=0.1, c_dd_soft=-0.2,
    d_cd=0.9, d_dd_hard=0.7, d_dc=0.5, d_dd_soft=0.1,
)  # fmt: skip


def unilateral(payoffs, hard_challenger, hard_defender, steps=2000):
    u = payoffs
    states: dict[str, State] = {
        "opening": MoveB([Act("initiate", "who defends"), Act("wait", "status quo")]),
        "status quo": End(0.9, u.c_sq),
        "who defends": Chance({"hard defender": hard_defender, "soft defender": 1 - hard_defender}),
        "conceded": End(u.d_dc, u.c_dc),
        "backed down": End(u.d_cd, u.c_cd),
    }
    for kind, conflict in (("hard", u.d_dd_hard), ("soft", u.d_dd_soft)):
        states |= {
            f"{kind} defender": MoveA(
                [Act("resist", f"resisted by {kind}"), Act("concede", "conceded")]
            ),
            f"resisted by {kind}": MoveB(
                [Act("press", f"conflict with {kind}"), Act("back down", "backed down")]
            ),
            f"conflict with {kind}": End(
                conflict, {"hard": u.c_dd_hard, "soft": u.c_dd_soft}
            ),
        }  # fmt: skip
    types = {"hard": hard_challenger, "soft": 1 - hard_challenger}
    return from_tables(states, "opening", types=types, belief_steps=steps)


def play(solution):
    return (
        solution.chance("opening", "initiate", "hard"),
        solution.chance("opening", "initiate", "soft"),
        solution.chance("hard defender", "resist"),
        solution.chance("soft defender", "resist"),
    )


@pytest.mark.parametrize(
    ("precision", "printed"),
    [
        (1, (0.51357, 0.48853, 0.57586, 0.48228)),
        (10, (0.53158, 0.24688, 0.96190, 0.53567)),
        (40, (0.97162, 0.34932, 1, 0.39924)),
    ],
)
@pytest.mark.parametrize("trace", [False, True])
def test_the_logit_path_of_the_printed_case(precision, printed, trace):
    solution = solve_tables(unilateral(PRINTED, 0.2, 0.2), precision, trace=trace)
    assert play(solution) == pytest.approx(printed, abs=1e-5)
    assert solution.met
    assert solution.residual < 1e-9


@pytest.mark.parametrize("payoffs", [PRINTED, COSTLY_RETREAT])
@pytest.mark.parametrize(("challenger", "defender"), [(0.1, 0.3), (0.35, 0.05), (0.6, 0.2)])
@pytest.mark.parametrize("precision", [3, 25])
def test_the_logit_path_elsewhere(payoffs, challenger, defender, precision):
    solution = solve_tables(unilateral(payoffs, challenger, defender), precision)
    said = theory.logit_deterrence(payoffs, challenger, defender, precision)
    expected = (said.hard_initiates, said.soft_initiates, said.hard_resists, said.soft_resists)
    assert play(solution) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(
    ("payoffs", "challenger", "defender", "region", "precision"),
    [
        (PRINTED, 0.2, 0.2, "bluff", 400),
        (PRINTED, 0.3, 0.35, "bluff", 1000),
        (COSTLY_RETREAT, 0.3, 0.1, "bluff", 1000),
        (PRINTED, 0.3, 0.6, "separation", 400),
        (COSTLY_RETREAT, 0.7, 0.2, "attack", 400),
    ],
)
@pytest.mark.parametrize("trace", [False, True])
def test_precise_play_is_the_textbook_equilibrium(
    payoffs, challenger, defender, region, precision, trace
):
    said = theory.unilateral_deterrence(payoffs, challenger, defender)
    assert said.region == region
    game = unilateral(payoffs, challenger, defender, steps=4000)
    solution = solve_tables(game, precision, trace=trace)
    expected = (said.hard_initiates, said.soft_initiates, said.hard_resists, said.soft_resists)
    assert play(solution) == pytest.approx(expected, abs=0.005)
    assert solution.residual < 1e-9


def test_soft_challengers_bluff_just_often_enough():
    solution = solve_tables(unilateral(PRINTED, 0.2, 0.2), 400)
    assert play(solution) == pytest.approx((1, 0.375, 1, 0.375), abs=0.005)
    # Whoever sees an initiator then thinks it hard with the probability that makes it indifferent.
    assert solution.belief("soft defender")["hard"] == pytest.approx(0.4, abs=0.005)


@pytest.mark.parametrize(("low", "high"), [(50, 400)])
def test_a_finer_belief_grid_brings_play_nearer_to_the_closed_form(low, high):
    said = theory.logit_deterrence(PRINTED, 0.2, 0.2, 40)
    errors = []
    for steps in (low, high):
        solution = solve_tables(unilateral(PRINTED, 0.2, 0.2, steps), 40)
        errors.append(abs(solution.chance("soft defender", "resist") - said.soft_resists))
    assert errors[1] < errors[0] / 4


@pytest.mark.parametrize("hard", [0.1, 0.3, 0.45, 0.55, 0.9])
@pytest.mark.parametrize(("concession", "status_quo", "conflict"), [(1, 0.5, 0), (1, 0.6, 0.2)])
def test_a_challenge_is_deterred_by_credible_enough_resistance(
    hard, concession, status_quo, conflict
):
    """Rudimentary asymmetric deterrence: A challenges, the hard defender resists."""
    states: dict[str, State] = {
        "opening": MoveA([Act("wait", "status quo"), Act("challenge", "answer")]),
        "status quo": End(status_quo, 1.0),
        "answer": MoveB([Act("resist", "conflict"), Act("concede", "conceded")]),
        "conflict": End(conflict, {"hard": 0.6, "soft": 0.1}),
        "conceded": End(concession, 0.4),
    }
    game = from_tables(states, "opening", types={"hard": hard, "soft": 1 - hard})
    solution = solve_tables(game, mode="exact")
    challenged = solution.chance("opening", "challenge")
    assert challenged == float(theory.attacks(concession, status_quo, conflict, hard))
    assert solution.policy("answer", "hard")["resist"] == 1
    assert solution.policy("answer", "soft")["resist"] == 0
