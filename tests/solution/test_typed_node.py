"""The typed node against its definition: every act is a best reply to the belief it leaves behind."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offramp.game import simplex_grid
from offramp.solution._choice import logit, stake_precision
from offramp.solution._typed import GONE, TOLERANCE, _Problem, solve_typed

STEPS = {2: 10, 3: 5, 4: 3}


def random_nodes(types, seed, nodes=4, acts=5, lanes=60, spread=0.1):
    """Payoff tables, prior weights (some acts missing), nodes of lanes, and priors."""
    rng = np.random.default_rng(seed)
    grid = simplex_grid(types, STEPS[types])
    # Payoffs that lean on the belief but not too steeply: a slope in p plus a little roughness.
    slope = rng.normal(size=(nodes, acts, types, types))
    table = spread * (
        np.einsum("nktj,mj->nktm", slope, grid.points)
        + 0.2 * rng.normal(size=(nodes, acts, types, grid.size))
    )
    weight = rng.uniform(0.1, 1.0, (nodes, acts))
    weight[:, -1] *= rng.random(nodes) < 0.5
    node = rng.integers(0, nodes, lanes)
    prior = rng.dirichlet(np.ones(types), lanes)
    return table, weight, node, prior, grid


def interpolate(grid, values, belief):
    """Freudenthal interpolation written out for one belief."""
    d, n = grid.steps, grid.types
    points = {tuple(np.rint(p * d).astype(int)): i for i, p in enumerate(grid.points)}
    c = np.cumsum(belief)[:-1] * d
    whole = np.floor(c + 1e-12).astype(int)
    part = np.maximum(c - whole, 0)
    # Raise cumulative coordinates by falling fraction, the later one first among equals.
    order = sorted(range(n - 1), key=lambda j: (-part[j], -j))
    shares = [1.0, *[part[j] for j in order], 0.0]
    total, at = 0.0, whole.copy()
    for v in range(n):
        if v:
            at[order[v - 1]] += 1
        share = shares[v] - shares[v + 1]
        if share > 1e-13:
            corner = np.diff(np.concatenate([[0], at, [d]]))
            total += share * values[points[tuple(corner)]]
    return total


def best_reply(table, weight, precision, posterior, grid):
    """sigma[theta][b] proportional to w_b exp(lambda Q_theta,b(p_b)), one lane, by hand."""
    types, acts = table.shape[1], table.shape[0]
    sigma = np.zeros((types, acts))
    for theta in range(types):
        q = [
            interpolate(grid, table[b, theta], posterior[:, b]) if weight[b] > 0 else 0.0
            for b in range(acts)
        ]
        top = max(x for x, w in zip(q, weight, strict=True) if w > 0)
        e = [w * math.exp(precision * (x - top)) for x, w in zip(q, weight, strict=True)]
        sigma[theta] = [v / sum(e) for v in e]
    return sigma


@pytest.mark.parametrize("types", [2, 3, 4])
@pytest.mark.parametrize("seed", [1, 2])
def test_policies_are_logit_replies_to_the_beliefs_they_leave(types, seed):
    table, weight, node, prior, grid = random_nodes(types, seed)
    found = solve_typed(table, weight, 30.0, node, prior, grid)
    solved = found.residual < TOLERANCE
    assert solved.mean() > 0.95
    for lane in range(len(node)):
        n = node[lane]
        sigma = found.sigma[:, :, lane]
        assert sigma.sum(1) == pytest.approx(np.ones(types), abs=1e-12)
        # Bayes' rule holds to rounding, and the belief of an act never taken is not divided by 0.
        for b in np.flatnonzero(weight[n] > 0):
            joint = prior[lane] * sigma[:, b]
            assert found.posterior[:, b, lane] == pytest.approx(joint / joint.sum(), abs=1e-12)
        assert (sigma[:, weight[n] == 0] == 0).all()
        if not solved[lane]:
            continue
        again = best_reply(table[n], weight[n], 30.0, found.posterior[:, :, lane], grid)
        assert np.abs(again - sigma).max() < 1e-8


@pytest.mark.parametrize("types", [2, 3, 4])
def test_at_low_precision_damped_iteration_finds_the_same_policy(types):
    table, weight, node, prior, grid = random_nodes(types, 7, lanes=12)
    precision = 6.0
    found = solve_typed(table, weight, precision, node, prior, grid)
    for lane in range(len(node)):
        n = node[lane]
        sigma = np.tile(weight[n] / weight[n].sum(), (types, 1))
        for _ in range(400):
            joint = prior[lane][:, None] * sigma
            total = joint.sum(0)
            posterior = np.where(total > 0, joint / np.where(total > 0, total, 1), 1 / types)
            new = best_reply(table[n], weight[n], precision, posterior, grid)
            if np.abs(new - sigma).max() < 1e-13:
                break
            sigma = 0.3 * sigma + 0.7 * new
        assert np.abs(sigma - found.sigma[:, :, lane]).max() < 1e-9


def test_a_steep_node_is_still_solved_or_says_that_it_is_not():
    table, weight, node, prior, grid = random_nodes(3, 11, nodes=20, lanes=2000)
    found = solve_typed(table, weight, 120.0, node, prior, grid)
    claimed = np.flatnonzero(found.residual < TOLERANCE)
    assert len(claimed) > 0.9 * len(node)
    for lane in claimed[::100]:
        n = node[lane]
        again = best_reply(table[n], weight[n], 120.0, found.posterior[:, :, lane], grid)
        assert np.abs(again - found.sigma[:, :, lane]).max() < 1e-7


def literal_residual(table, weight, precision, prior, sigma, grid):
    """Largest gap in log-odds between a policy's posteriors and those of the reply to them."""
    joint = (prior[:, None] * sigma)[:, weight > 0]
    posterior = np.full(sigma.shape, 1 / len(prior))
    posterior[:, weight > 0] = joint / joint.sum(0)
    reply = best_reply(table, weight, precision, posterior, grid)
    again = (prior[:, None] * reply)[:, weight > 0]
    ours, theirs = (np.log(x[:-1]) - np.log(x[-1]) for x in (joint, again))
    return np.abs(ours - theirs).max()


def test_the_reported_residual_is_not_flattering():
    """Policies of solved nodes are fixed points; those with a large residual are not.

    Three types and a precision far beyond use: with two types, bisection leaves nothing unsolved.
    """
    table, weight, node, prior, grid = random_nodes(3, 5, nodes=30, lanes=2000)
    precision = 600.0
    found = solve_typed(table, weight, precision, node, prior, grid)
    solved = found.residual < TOLERANCE
    unsolved = found.residual > 1e-3
    some = [*np.flatnonzero(unsolved)[:60], *np.flatnonzero(solved)[:60]]
    looked = [0, 0]
    for lane in some:
        n = node[lane]
        sigma = found.sigma[:, :, lane]
        if sigma[:, weight[n] > 0].min() < 1e-100:
            continue
        real = literal_residual(table[n], weight[n], precision, prior[lane], sigma, grid)
        looked[int(solved[lane])] += 1
        assert real < 1e-6 if solved[lane] else real > 1e-6
    assert min(looked) > 5


@given(
    shift=st.floats(-3, 3),
    types=st.sampled_from([2, 3, 4]),
    seed=st.integers(0, 50),
)
@settings(max_examples=15, deadline=None)
def test_a_constant_added_to_all_payoffs_changes_no_choice(shift, types, seed):
    table, weight, node, prior, grid = random_nodes(types, seed, lanes=20)
    plain = solve_typed(table, weight, 20.0, node, prior, grid)
    # Each type may even have a constant of its own.
    own = shift * np.arange(1, types + 1)[None, None, :, None]
    moved = solve_typed(table + own, weight, 20.0, node, prior, grid)
    assert np.abs(plain.sigma - moved.sigma).max() < 1e-8


def test_choices_get_closer_to_best_replies_as_precision_rises():
    table, weight, node, prior, grid = random_nodes(3, 3, lanes=200)
    regrets = []
    for precision in (5.0, 20.0, 80.0):
        found = solve_typed(table, weight, precision, node, prior, grid)
        regret = []
        for lane in range(0, len(node), 10):
            n = node[lane]
            for theta in range(3):
                q = np.array(
                    [
                        interpolate(grid, table[n, b, theta], found.posterior[:, b, lane])
                        if weight[n, b] > 0
                        else -np.inf
                        for b in range(table.shape[1])
                    ]
                )
                chosen = found.sigma[theta, :, lane]
                regret.append(q.max() - chosen[chosen > 0] @ q[chosen > 0])
        regrets.append(float(np.mean(regret)))
    assert regrets[0] > 2 * regrets[1] > 4 * regrets[2]


def test_one_type_chooses_by_weighted_logit():
    rng = np.random.default_rng(0)
    grid = simplex_grid(1, 5)
    table = rng.normal(size=(1, 4, 1, 1))
    weight = np.array([[1.0, 0.5, 0.0, 2.0]])
    found = solve_typed(table, weight, 3.0, np.zeros(1, dtype=int), np.ones((1, 1)), grid)
    by_hand = weight[0] * np.exp(3.0 * table[0, :, 0, 0])
    assert found.sigma[0, :, 0] == pytest.approx(by_hand / by_hand.sum(), abs=1e-14)
    plain = logit(table[0, :, :, 0], weight.T, 3.0)
    assert plain[:, 0] == pytest.approx(found.sigma[0, :, 0], abs=1e-14)


def test_types_with_the_same_payoffs_reveal_nothing():
    table, weight, node, prior, grid = random_nodes(3, 4)
    table[:] = table[:, :, :1]
    found = solve_typed(table, weight, 40.0, node, prior, grid)
    for b in range(table.shape[1]):
        on = weight[node, b] > 0
        assert np.abs(found.posterior[:, b, on] - prior[on].T).max() < 1e-9


def test_a_node_without_acts_is_refused():
    table, weight, node, prior, grid = random_nodes(2, 0)
    weight[0] = 0
    with pytest.raises(ValueError, match="no act available"):
        solve_typed(table, weight, 1.0, node, prior, grid)


def test_precision_per_round_is_precision_over_what_a_round_is_worth():
    assert stake_precision(8.0, 0.97, 3.0) == pytest.approx(8 / (1 - 0.97**3))
    for kappa, delta in ((0.0, 0.9), (-1.0, 0.9), (8.0, 1.0), (8.0, 0.0)):
        with pytest.raises(ValueError, match=r"precision|discount"):
            stake_precision(kappa, delta, 1.0)


@pytest.mark.parametrize("tau", [None, 0.4])
def test_three_types_written_out_take_the_same_steps_as_any_number(tau):
    table, weight, node, prior, grid = random_nodes(3, 9)
    rng = np.random.default_rng(1)
    x = rng.normal(size=(2, table.shape[1], len(node)))
    log_prior = np.log(prior.T)
    odds = log_prior[:-1] - log_prior[-1]
    with np.errstate(divide="ignore"):
        log_weight = np.where(weight > 0, np.log(weight), GONE)[node].T
    steps = []
    for written_out in (True, False):
        problem = _Problem(table.reshape(-1), table.shape, 30.0, grid, written_out)
        damping = None if tau is None else np.full(len(node), tau)
        steps.append(problem.newton(x, odds, log_weight, node, damping))
    assert steps[0][0] == pytest.approx(steps[1][0], rel=1e-10)
    close = np.abs(steps[0][1] - steps[1][1]).max((0, 1)) < 1e-8
    # They may part only where a matrix is nudged off singularity.
    assert close.mean() > 0.9
