"""Solving as a whole: invariances, reproducibility and limits."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from tests.game.small_crises import FEATURES, TINY, small
from tests.solution.last_month import expected_end

from offramp.game import compile_game
from offramp.solution import recompiled, solve
from offramp.solution._induction import induce, terminal_values


def small_game(plan="wait", resolution=TINY, **changes):
    return compile_game(small(**changes), plan, None, resolution)


def test_a_constant_added_to_everything_b_gets_changes_nothing_but_its_values():
    game = small_game(**{"clock.horizon_months": 6})
    plain = solve(game, 5.0)
    richer = solve(dataclasses.replace(game, flow_b=game.flow_b + 0.7), 5.0)
    assert richer.values.b == pytest.approx(plain.values.b + 0.7, abs=1e-8)
    assert richer.values.a == pytest.approx(plain.values.a, abs=1e-8)
    assert richer.futures.regime == pytest.approx(plain.futures.regime, abs=1e-8)


def test_payoffs_and_precision_scale_together():
    """Stakes twice as large at half the precision: the same behaviour, twice the values."""
    game = small_game("idle", **{"clock.horizon_months": 4})
    double = dataclasses.replace(
        game,
        flow_a=2 * game.flow_a,
        flow_b=2 * game.flow_b,
        moves=dataclasses.replace(
            game.moves,
            lump_sign_a=2 * game.moves.lump_sign_a,
            lump_sign_b=2 * game.moves.lump_sign_b,
        ),
        reviews=dataclasses.replace(
            game.reviews, gain_a=2 * game.reviews.gain_a, gain_b=2 * game.reviews.gain_b
        ),
    )
    one, two = induce(game, 6.0), induce(double, 3.0)
    assert two.a == pytest.approx(2 * one.a, abs=1e-8)
    assert two.b == pytest.approx(2 * one.b, abs=1e-8)


def test_the_same_game_gives_the_same_bytes_twice():
    found = []
    for _ in range(2):
        solution = solve(small_game(), 8.0)
        arrays = [solution.values.a, solution.values.b]
        arrays += [
            v for v in dataclasses.asdict(solution.futures).values() if isinstance(v, np.ndarray)
        ]
        found.append(b"".join(np.ascontiguousarray(v).tobytes() for v in arrays))
    assert found[0] == found[1]


def test_values_stay_within_what_can_be_had():
    for changes, plan, resolution in FEATURES.values():
        game = compile_game(small(**changes), plan, None, TINY.with_(**resolution))
        values = induce(game, 8.0)
        # Lumps: at most a handful of them, each below .2 in these crises.
        assert values.a.min() > min(game.flow_a.min(), 0.3) - 0.3
        assert values.a.max() < game.flow_a.max() + 0.3
        assert values.b.min() > game.flow_b.min() - 0.5
        assert values.b.max() < game.flow_b.max() + 0.5


def test_the_end_is_worth_the_same_flows_and_chances_for_ever():
    game = small_game("press")
    a, b = terminal_values(game)
    chance, (delta_a, delta_b) = game.chance[-1], game.discount
    assert a == pytest.approx((1 - delta_a) * game.flow_a[-1] + delta_a * (chance @ a), abs=1e-12)
    for j in range(2):
        flow = game.flow_b[j, -1]
        assert b[j] == pytest.approx((1 - delta_b) * flow + delta_b * (chance @ b[j]), abs=1e-12)


def test_in_months_without_a_round_nobody_moves():
    game = small_game("idle", **{"clock.protocol": "alternating", "clock.round_months": 2.0})
    assert game.protocol.recognition.tolist() == [[1, 0], [0, 0], [0, 1]]
    acts = solve(game, 5.0).futures.acts
    assert acts[1].sum() == 0
    assert acts[0, 1:11].sum() == pytest.approx(1)


def test_beliefs_that_are_frozen_are_frozen_on_the_way_too():
    # No lumps on A, so that its value is made of flows alone.
    crisis = small(**{"clock.horizon_months": 6, "settlement.breach_cost": 0.0})
    game = compile_game(crisis, "idle", None, TINY, frozen_beliefs=True)
    solution = solve(game, 5.0)
    assert game.grid.size == 1
    assert solution.futures.martingale_error < 1e-13
    # The forward run plays the policies that were solved: what is paid on the way adds up to V.
    end, _ = terminal_values(game)
    delta = game.discount[0]
    paid = sum((1 - delta) * delta**t * f for t, f in enumerate(solution.futures.flow_a))
    last = expected_end(game, solution, end)
    assert paid + delta**game.months * last == pytest.approx(solution.opening_a, abs=1e-8)
    again = recompiled(game)
    assert again.grid.frozen == game.grid.frozen


def test_more_months_of_padding_hardly_move_the_opening():
    short = solve(small_game("idle", **{"clock.horizon_months": 12}), 5.0)
    padded = solve(
        small_game("idle", **{"clock.horizon_months": 12, "clock.padding_months": 12}), 5.0
    )
    assert short.opening_a == pytest.approx(padded.opening_a, abs=0.01)
    assert short.headline(6).settled == pytest.approx(padded.headline(6).settled, abs=0.02)


@pytest.mark.parametrize("kappa", [0.0, -2.0])
def test_a_precision_that_is_not_positive_is_refused(kappa):
    with pytest.raises(ValueError, match="positive"):
        solve(small_game("idle"), kappa)
