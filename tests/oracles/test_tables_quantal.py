"""Textbook quantal responses, out of tables: centipede, pennies, coordination, nests."""

from __future__ import annotations

import numpy as np
import pytest

from offramp import theory
from offramp.game import Act, End, MoveA, MoveB, MoveBoth, from_tables
from offramp.game._tables import State
from offramp.solution import solve_tables

FOUR_MOVES = [(0.4, 0.1), (0.2, 0.8), (1.6, 0.4), (0.8, 3.2), (6.4, 1.6)]


def centipede(payoffs):
    last = len(payoffs) - 1
    states: dict[str, State] = {
        f"taken at {k + 1}": End(*pay) for k, pay in enumerate(payoffs[:-1])
    }
    states["passed"] = End(*payoffs[-1])
    for k in range(last):
        onward = f"node {k + 2}" if k + 1 < last else "passed"
        acts = [Act("take", f"taken at {k + 1}"), Act("pass", onward)]
        states[f"node {k + 1}"] = (MoveA if k % 2 == 0 else MoveB)(acts)
    return from_tables(states, "node 1")


@pytest.mark.parametrize(
    ("precision", "printed"),
    [
        (1, (0.296257, 0.277980, 0.464884, 0.832018)),
        (3, (0.271225, 0.601575, 0.905755, 0.991837)),
        (10, (0.851436, 0.981847, 0.999665, 1.0)),
    ],
)
def test_four_moves_of_the_centipede(precision, printed):
    solution = solve_tables(centipede(FOUR_MOVES), precision)
    takes = [solution.chance(f"node {k}", "take") for k in (1, 2, 3, 4)]
    assert takes == pytest.approx(printed, abs=1e-6)


@pytest.mark.parametrize("precision", [0.3, 2, 7])
@pytest.mark.parametrize("moves", [1, 6, 11])
def test_longer_centipedes_with_other_stakes(precision, moves):
    rng = np.random.default_rng(moves)
    payoffs = [tuple(pair) for pair in rng.normal(size=(moves + 1, 2)).tolist()]
    solution = solve_tables(centipede(payoffs), precision)
    takes = [solution.policy(f"node {k + 1}")["take"] for k in range(moves)]
    assert takes == pytest.approx(theory.centipede_take(payoffs, precision), abs=1e-12)


def test_best_responses_take_at_once():
    solution = solve_tables(centipede(FOUR_MOVES), mode="exact")
    assert solution.chance("node 1", "take") == 1
    assert solution.value("A", "node 1") == 0.4
    assert solution.policy("node 3")["take"] == 1
    with pytest.raises(ValueError, match="not reached"):
        solution.chance("node 3", "take")


def both(pay_a, pay_b, **how):
    states: dict[str, State] = {
        "game": MoveBoth(["U", "D"], ["L", "R"], "end", pay_a, pay_b, **how),
        "end": End(0, 0),
    }
    return from_tables(states, "game")


def pennies(prize):
    return both([[prize, 0], [0, 1]], [[0, 1], [1, 0]])


@pytest.mark.parametrize(
    ("precision", "printed"),
    [
        (0.5, (0.83067059, 0.41807747)),
        (1, (0.89357633, 0.31278038)),
        (2, (0.86075439, 0.19107849)),
        (5, (0.70198424, 0.11713529)),
        (20, (0.55462739, 0.10109693)),
    ],
)
def test_asymmetric_matching_pennies(precision, printed):
    solution = solve_tables(pennies(9), precision)
    found = (solution.chance("game", "U"), solution.chance("game", "L"))
    assert found == pytest.approx(printed, abs=1e-8)
    assert solution.residual < 1e-10


@pytest.mark.parametrize("prize", [1.5, 4, 30])
@pytest.mark.parametrize("precision", [0.1, 1, 10, 100])
def test_other_prizes_and_precisions(prize, precision):
    solution = solve_tables(pennies(prize), precision)
    found = (solution.chance("game", "U"), solution.chance("game", "L"))
    assert found == pytest.approx(theory.matching_pennies_qre(prize, precision), abs=1e-9)
    assert solution.branch_points == ()


def test_a_richer_prize_makes_the_other_player_dodge_it():
    """The payoffs of player 1 change; in Nash play only player 2 moves, in noisy play both do."""
    low, high = (solve_tables(pennies(x), 2.0) for x in (2, 9))
    assert high.chance("game", "L") < low.chance("game", "L")
    assert high.chance("game", "U") > low.chance("game", "U") + 0.1


def coordination(tilt=0.0):
    return both(np.eye(2), np.eye(2), row_weights=(1 + tilt, 1))


@pytest.mark.parametrize("precision", [0.5, 1.5, 1.999])
def test_coordination_stays_even_while_choice_is_noisy(precision):
    solution = solve_tables(coordination(), precision)
    assert solution.chance("game", "U") == pytest.approx(0.5, abs=1e-12)
    assert solution.chance("game", "L") == pytest.approx(0.5, abs=1e-12)
    assert solution.branch_points == ()


@pytest.mark.parametrize("precision", [2.5, 4.99963, 20])
def test_at_precision_two_the_even_branch_crosses_another(precision):
    solution = solve_tables(coordination(), precision)
    assert solution.chance("game", "U") == pytest.approx(0.5, abs=1e-12)
    ((period, state, crossing),) = solution.branch_points
    assert (period, state) == (0, "game")
    assert crossing == pytest.approx(2, abs=1e-3)


@pytest.mark.parametrize("precision", [1, 2.1, 4.99963, 20])
def test_the_slightest_tilt_leads_onto_the_arm_that_leaves_the_even_branch(precision):
    solution = solve_tables(coordination(1e-7), precision)
    arm = theory.coordination_branch(precision)
    assert solution.chance("game", "U") == pytest.approx(arm, abs=1e-5)
    assert solution.branch_points == ()
    if precision == 4.99963:
        assert solution.chance("game", "U") == pytest.approx(0.992809, abs=1e-5)


@pytest.mark.parametrize("seed", range(4))
def test_mixed_policies_answer_each_other(seed):
    """Any game of three acts against two: the literal logit replies give the policies back."""
    rng = np.random.default_rng(seed)
    pay_a, pay_b = rng.normal(size=(2, 3, 2))
    states: dict[str, State] = {
        "game": MoveBoth(["u", "m", "d"], ["l", "r"], "end", pay_a, pay_b),
        "end": End(0, 0),
    }
    solution = solve_tables(from_tables(states, "game"), (3.0, 5.0))
    x = np.array([solution.chance("game", n) for n in ("u", "m", "d")])
    y = np.array([solution.chance("game", n) for n in ("l", "r")])
    assert x == pytest.approx(theory.logit_shares((pay_a @ y).tolist(), 3.0), abs=1e-9)
    assert y == pytest.approx(theory.logit_shares((x @ pay_b).tolist(), 5.0), abs=1e-9)
    assert solution.value("A", "game") == pytest.approx(x @ pay_a @ y, abs=1e-12)
    assert solution.value("B", "game") == pytest.approx(x @ pay_b @ y, abs=1e-12)


# --- Nests ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("precision", "top"), [(2.0, 1.0), (6.0, 0.4), (6.0, 1.7), (0.5, 0.1)])
@pytest.mark.parametrize("side", ["A", "B"])
def test_a_nest_may_have_a_precision_of_its_own(precision, top, side):
    values, shares = [0.3, 0.7, 0.5], [0.2, 0.5, 0.3]
    single, weight, other = 0.6, 0.8, 1.3
    acts = [
        Act(f"offer {k}", "end", weight=w, a=v, b=v, nest="offers")
        for k, (v, w) in enumerate(zip(values, shares, strict=True))
    ]
    acts.append(Act("attack", "end", weight=other, a=single, b=single))
    move = (MoveA if side == "A" else MoveB)(acts, nests={"offers": weight}, top=top)
    solution = solve_tables(from_tables({"go": move, "end": End(0, 0)}, "go"), precision)
    said = theory.nested_shares(
        [theory.Nest(tuple(values), tuple(shares)), theory.Nest((single,))],
        precision, top * precision, (weight, other),
    )  # fmt: skip
    found = [solution.chance("go", f"offer {k}") for k in range(3)]
    assert found == pytest.approx(said[0], abs=1e-12)
    assert solution.chance("go", "attack") == pytest.approx(said[1][0], abs=1e-12)


@pytest.mark.parametrize(("points", "printed"), [(11, 0.580), (101, 0.644), (1001, 0.650)])
def test_many_offers_in_a_nest_do_not_crowd_out_an_attack(points, printed):
    """Attacking is worth .45, an offer x is accepted up to .6 (else .3)."""
    worth = [k / (points - 1) if k <= 0.6 * (points - 1) + 1e-9 else 0.3 for k in range(points)]
    acts = [Act(f"offer {k}", "end", 1 / points, a=x, nest="offers") for k, x in enumerate(worth)]
    acts.append(Act("attack", "end", a=0.45))
    move = MoveA(acts, nests={"offers": 1.0})
    solution = solve_tables(from_tables({"go": move, "end": End(0, 0)}, "go"), 10.0)
    share = solution.chance("go", "attack")
    assert share == pytest.approx(printed, abs=5e-4)
    assert share == pytest.approx(theory.offer_grid(points, 10.0).nested, abs=1e-12)
