"""Random two-type nodes and the definition of a solution, written out for tests of root finding."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from offramp.game import BeliefGrid, simplex_grid

Floats = NDArray[np.float64]
Case = tuple[Floats, Floats, float, NDArray[np.intp], Floats, BeliefGrid]
"""Table, weights, precision, node and prior of each lane, grid."""
MONTH = 0.03
"""What a month is worth of the stake at a discount factor of .97."""


def rough_nodes(seed: int, acts: int, steps: int, kappa: float, count: int) -> Case:
    """One lane for each of ``count`` nodes: levels, slopes, a kink and noise in the belief.

    Payoffs are a few months' worth of the stake, .03 to about 1; everything that
    :func:`solve_typed` needs, in its order.
    """
    rng = np.random.default_rng(seed)
    grid = simplex_grid(2, steps)
    p = grid.points[:, 0]
    size = (count, acts, 2, 1)
    level = rng.normal(size=size) * rng.choice([1.0, 5.0, 20.0], size=(count, 1, 1, 1))
    bend = np.abs(p - rng.uniform(0.1, 0.9, size=(count, acts, 1, 1)))
    table = MONTH * (
        level
        + 4 * rng.normal(size=size) * p
        + 4 * rng.normal(size=size) * bend
        + 0.3 * rng.normal(size=(count, acts, 2, p.size))
    )
    weight = rng.uniform(0.1, 1.0, (count, acts))
    prior = rng.dirichlet([1.0, 1.0], count)
    return table, weight, kappa / MONTH, np.arange(count), prior, grid


def three_outcomes(share: float = 0.5, steps: int = 20) -> Case:
    """Act 0 pays type 1 more the more it is taken for a sign of type 1; act 1 pays nothing.

    Q_1 - Q_2 of act 0 is -3 where p < .3, 0 where .4 < p < .6, 3 where p > .7, linear between,
    split evenly over the types. With lambda = 1, equal weights and prior ``share`` of .5 there
    are three stable solutions: the act is a sign of type 2, of nothing, of type 1.
    """
    grid = simplex_grid(2, steps)
    p = grid.points[:, 0]
    gap = np.interp(p, [0, 0.3, 0.4, 0.6, 0.7, 1], [-3, -3, 0, 0, 3, 3])
    table = np.zeros((1, 2, 2, p.size))
    table[0, 0] = [gap / 2, -gap / 2]
    return table, np.ones((1, 2)), 1.0, np.zeros(1, dtype=int), np.array([[share, 1 - share]]), grid


def best_replies(
    table: Floats, weight: Floats, precision: float, node: NDArray[np.intp], prior: Floats,
    grid: BeliefGrid, x: Floats,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Log-odds after each act if types reply to beliefs of log-odds x, (1, K, lanes); and sigma.

    By probabilities and Bayes' rule: sigma (lanes, K, 2) from payoffs at the beliefs.
    """
    at = np.argsort(grid.points[:, 0])
    replies, policies = np.empty_like(x), []
    for lane, n in enumerate(node):
        belief = expit(x[0, :, lane])
        q = np.array(
            [
                [np.interp(b, grid.points[at, 0], table[n, k, theta, at]) for theta in (0, 1)]
                for k, b in enumerate(belief)
            ]
        )
        with np.errstate(divide="ignore"):
            score = np.log(weight[n])[:, None] + precision * q
        # Logs throughout: an act that is never taken still leaves a belief.
        log_sigma = score - np.logaddexp.reduce(score, axis=0)
        log_joint = np.log(prior[lane]) + log_sigma
        with np.errstate(invalid="ignore"):
            replies[0, :, lane] = log_joint[:, 0] - log_joint[:, 1]
        policies.append(np.exp(log_sigma))
    return replies, np.array(policies)
