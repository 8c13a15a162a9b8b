"""Forward: the distribution over futures against sampling, and what it must conserve."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from tests.game.small_crises import FEATURES, TINY, small
from tests.solution.last_month import expected_end

from offramp.game import compile_game
from offramp.solution import solve
from offramp.solution._forward import propagate
from offramp.solution._induction import continuation, induce, terminal_values
from offramp.solution._nodes import a_moves, b_moves, reviews


def sampled(game, values, paths, seed):
    """Share of paths in each regime by month: types, acts and nature drawn one by one."""
    rng = np.random.default_rng(seed)
    lay = game.layout
    theta = rng.choice(len(game.types), paths, p=game.opening)
    state = np.full(paths, game.start)
    belief = np.tile(game.opening, (paths, 1))
    ever = np.zeros(paths, dtype=bool)
    regimes, deals = np.zeros((game.months + 1, 8)), np.zeros(game.months + 1)
    beliefs = np.zeros((game.months + 1, len(game.types)))
    row_of = {int(s): i for i, s in enumerate(game.moves.states)}
    review_of = {int(s): i for i, s in enumerate(game.reviews.states)}
    for t in range(game.months + 1):
        regimes[t] = np.bincount(lay.regime[state], minlength=8) / paths
        ever |= lay.regime[state] == 3
        deals[t] = ever.mean()
        beliefs[t] = belief.mean(0)
        if t == game.months:
            break
        state = game.after_triggers(t, state, belief)
        pi_a, pi_b = game.protocol.recognition[t]
        c = continuation(game, t, values.a[t + 1], values.b[t + 1])
        u = rng.random(paths)
        talks = pi_a + pi_b > 0
        active = np.array([int(s) in row_of for s in state])
        settled = np.array([int(s) in review_of for s in state])
        for kind, who, index in (
            (a_moves, active & (u < pi_a), row_of),
            (b_moves, active & (u >= pi_a) & (u < pi_a + pi_b), row_of),
            (reviews, settled & talks, review_of),
        ):
            lanes = np.flatnonzero(who)
            if not len(lanes):
                continue
            rows = np.array([index[int(s)] for s in state[lanes]])
            out = kind(game, c, values.precision, rows, belief[lanes], True).branches
            assert out is not None
            by_lane: list[list[int]] = [[] for _ in lanes]
            for b, lane in enumerate(out.lane.tolist()):
                by_lane[lane].append(b)
            for i, path in enumerate(lanes.tolist()):
                chances = out.chance[by_lane[i], theta[path]]
                assert chances.sum() == pytest.approx(1, abs=1e-9)
                pick = by_lane[i][rng.choice(len(chances), p=chances / chances.sum())]
                state[path], belief[path] = out.target[pick], out.belief[pick]
        matrix = game.chance[t]
        for path in range(paths):
            lo, hi = matrix.indptr[state[path]], matrix.indptr[state[path] + 1]
            ever[path] |= lay.regime[state[path]] == 3
            state[path] = rng.choice(matrix.indices[lo:hi], p=matrix.data[lo:hi])
    return regimes, deals, beliefs


@pytest.mark.parametrize(
    "feature", ["a trigger on waiting and on beliefs", "floors and a fracturing coalition"]
)
def test_sampled_paths_agree_with_the_forward_distribution(feature):
    changes, plan, resolution = FEATURES[feature]
    crisis = small(**changes, **{"clock.horizon_months": 6, "contracts.freeze.lasts_months": 5.0})
    game = compile_game(crisis, plan, None, TINY.with_(**resolution, particle_steps=40))
    values = induce(game, 4.0)
    futures = propagate(game, values)
    paths, z = 1500, []
    for seed in (1, 2, 3):
        regimes, deals, beliefs = sampled(game, values, paths, seed)
        for got, want in ((regimes, futures.regime), (deals, futures.first_deal)):
            error = np.sqrt(want * (1 - want) / paths)
            big = want * paths > 10
            big &= (1 - want) * paths > 10
            z += list(((got - want) / np.where(error > 0, error, 1))[big])
        assert np.abs(beliefs - game.opening).max() < 0.05
    assert len(z) > 50
    assert np.sqrt(np.mean(np.square(z))) < 1.4


@pytest.mark.parametrize("feature", FEATURES)
def test_probability_and_beliefs_are_conserved(feature):
    changes, plan, resolution = FEATURES[feature]
    crisis = small(**changes, **{"clock.horizon_months": 8})
    futures = solve(compile_game(crisis, plan, None, TINY.with_(**resolution)), 5.0).futures
    assert futures.mass_error < 1e-13
    assert futures.martingale_error < 1e-13
    assert futures.regime.sum(1) == pytest.approx(np.ones(9), abs=1e-12)
    assert futures.regime_by_type.sum(2) == pytest.approx(np.ones((2, 9)), abs=1e-12)
    opening = np.array([0.6, 0.4])
    # Beliefs of the true types, weighted by those types, average to the opening belief.
    assert opening @ futures.belief[8] == pytest.approx(opening, abs=1e-12)
    mixed = np.einsum("j,jtr->tr", opening, futures.regime_by_type)
    assert mixed == pytest.approx(futures.regime, abs=1e-12)


@pytest.mark.parametrize("feature", FEATURES)
def test_a_first_deal_cannot_be_unsigned(feature):
    changes, plan, resolution = FEATURES[feature]
    crisis = small(**changes, **{"clock.horizon_months": 8})
    futures = solve(compile_game(crisis, plan, None, TINY.with_(**resolution)), 5.0).futures
    assert (np.diff(futures.first_deal) >= -1e-15).all()
    assert (futures.first_deal + 1e-15 >= futures.regime[:, 3]).all()
    assert futures.settled_on.sum(1) == pytest.approx(futures.regime[:, 3], abs=1e-12)
    # A first deal needs a signature.
    signatures = np.concatenate([[0.0], np.cumsum(futures.signed.sum(1))])
    assert (futures.first_deal <= signatures + 1e-12).all()


def test_on_average_players_learn_about_the_true_type():
    futures = solve(compile_game(small(), "idle", None, TINY), 5.0).futures
    for theta in (0, 1):
        assert (np.diff(futures.belief[:, theta, theta]) >= -1e-3).all()
        assert futures.belief[-1, theta, theta] > futures.belief[0, theta, theta]


def test_coarse_cells_for_particles_hardly_move_probabilities():
    crisis = small(**{"clock.horizon_months": 8})
    game = compile_game(crisis, "wait", None, TINY.with_(belief_steps=(12, 3)))
    values = induce(game, 5.0)
    regimes = []
    for cells in (3, 8, 60):
        resolution = game.resolution.with_(particle_steps=cells)
        futures = propagate(dataclasses.replace(game, resolution=resolution), values)
        regimes.append(futures.regime)
        assert futures.martingale_error < 1e-13
    assert np.abs(regimes[0] - regimes[2]).max() < 1e-2
    assert np.abs(regimes[1] - regimes[2]).max() < 2e-3


def test_values_add_up_from_what_is_paid_on_the_way():
    """V_A(0) = expected discounted flows on the path plus what is left at the end."""
    changes = {
        "settlement.breach_cost": 0.0,
        "blocs.A.audience": {"cost": 0.0, "vagueness": 0.5},
        "clock.horizon_months": 8,
    }
    game = compile_game(small(**changes), "press", None, TINY.with_(belief_steps=(40, 3)))
    solution = solve(game, 5.0)
    delta = game.discount[0]
    paid = sum((1 - delta) * delta**t * f for t, f in enumerate(solution.futures.flow_a))
    end, _ = terminal_values(game)
    left = expected_end(game, solution, end)
    assert paid + delta**game.months * left == pytest.approx(solution.opening_a, abs=5e-4)
