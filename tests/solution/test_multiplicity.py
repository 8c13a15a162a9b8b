"""How many solutions a typed node has: known cases, claims checked one by one, and samples of lanes."""

from __future__ import annotations

import numpy as np
import pytest
from tests.solution.typed_tables import Case, best_replies, rough_nodes, three_outcomes

from offramp.game import BeliefGrid, simplex_grid
from offramp.solution import _bisection
from offramp.solution._bisection import bisect_typed, selections
from offramp.solution._multiplicity import _sample, _starts, probe, several
from offramp.solution._typed import TOLERANCE, solve_typed


def chance_of_act_0(gap):
    """Of each type, in the solution of :func:`three_outcomes` in which type 1 earns ``gap`` more."""
    return np.array([1 / (1 + np.exp(-gap / 2)), 1 / (1 + np.exp(gap / 2))])


GAP_OF_THREE = np.abs(chance_of_act_0(3.0) - chance_of_act_0(-3.0)).max()


def with_a_twin(case: Case, split: float = 0.4, steps: int = 20) -> Case:
    """The two-type case with type 2 cut in two types that differ in name only."""
    table, weight, precision, node, prior, grid = case
    wide = simplex_grid(3, steps)
    at = np.argsort(grid.points[:, 0])
    column = at[np.rint(wide.points[:, 0] * steps).astype(int)]
    tripled = table[:, :, [0, 1, 1]][..., column]
    thirds = np.stack([prior[:, 0], split * prior[:, 1], (1 - split) * prior[:, 1]], axis=1)
    return tripled, weight, precision, node, thirds, wide


def random_of_three(seed: int, acts: int, kappa: float, count: int, steps: int = 6) -> Case:
    """Three types, payoffs linear in the belief with some noise."""
    rng = np.random.default_rng(seed)
    grid = simplex_grid(3, steps)
    slope = rng.normal(size=(count, acts, 3, 3))
    table = 0.03 * (
        4 * np.einsum("nktj,mj->nktm", slope, grid.points)
        + rng.normal(size=(count, acts, 3, 1))
        + 0.3 * rng.normal(size=(count, acts, 3, grid.size))
    )
    prior = rng.dirichlet(np.ones(3), count)
    return table, rng.uniform(0.1, 1, (count, acts)), kappa / 0.03, np.arange(count), prior, grid


# --- Known numbers of solutions ------------------------------------------------------------------


def test_a_node_with_three_known_solutions_has_several_and_the_known_gap():
    verdict = several(*three_outcomes())
    assert verdict.several.tolist() == [True]
    assert verdict.found[0] >= 3
    assert verdict.gap[0] == pytest.approx(GAP_OF_THREE, abs=1e-9)


def test_splitting_a_type_in_two_twins_leaves_the_solutions_as_they_were():
    """Restarts find what root finding finds: the same extremes of the same node."""
    for extra in (0, 8):  # leans to each type are enough
        verdict = several(*with_a_twin(three_outcomes()), extra=extra)
        assert verdict.found[0] >= 3
        assert verdict.gap[0] == pytest.approx(GAP_OF_THREE, abs=1e-8)


def test_a_type_that_is_ruled_out_leaves_a_node_of_the_others():
    table, weight, precision, node, prior, grid = with_a_twin(three_outcomes(), split=1.0)
    assert prior[0, 2] == 0
    face = several(table, weight, precision, node, prior, grid)
    pair = several(*three_outcomes())
    assert face.found.tolist() == pair.found.tolist()
    assert face.gap == pytest.approx(pair.gap, abs=1e-9)
    known = several(table, weight, precision, node, np.array([[0.0, 1.0, 0.0]]), grid)
    assert (known.found.tolist(), known.gap.tolist()) == ([1], [0.0])


@pytest.mark.parametrize("kappa", [0.02, 0.05])
def test_imprecise_choices_have_one_solution(kappa):
    for case in (rough_nodes(1, 4, 10, kappa, count=80), random_of_three(1, 4, kappa, count=40)):
        verdict = several(*case)
        assert (verdict.found == 1).all()
        assert verdict.gap.max() == 0


def test_beliefs_that_cannot_move_leave_one_policy():
    table, weight, precision, node, prior, _ = three_outcomes()
    frozen = BeliefGrid(2, 0, (0.5, 0.5))
    verdict = several(table[..., :1], weight, precision, node, prior, frozen)
    assert (verdict.found[0], verdict.gap[0]) == (1, 0.0)


# --- Claims are proved --------------------------------------------------------------------------


def test_every_claim_of_several_rests_on_two_solutions_that_differ():
    case = rough_nodes(2, 3, 10, 8, count=150)
    verdict = several(*case)
    found = solve_typed(*case)
    assert 10 < verdict.several.sum() < 75
    for lane, (x, _) in enumerate(selections(*case)):
        one = (*case[:3], case[3][[lane]], case[4][[lane]], case[5])
        policies = []
        for row in x:
            replies, sigma = best_replies(*one, row[None, :, None])
            assert np.abs(replies[0, :, 0] - row).max() < 1e-9
            policies.append(sigma[0].T)
        if found.residual[lane] < TOLERANCE:
            policies.append(found.sigma[:, :, lane])
        apart = max(np.abs(a - b).max() for a in policies for b in policies)
        assert verdict.several[lane] == (apart > 1e-6)
        assert verdict.gap[lane] == pytest.approx(apart, abs=2e-6)


def test_points_that_are_not_solved_are_not_counted(monkeypatch):
    case = rough_nodes(4, 4, 10, 8, count=150)
    whole = several(*case)
    monkeypatch.setattr(_bisection, "MOST_ARCS", 0)
    residuals = [residual.max() for _, residual in selections(*case)]
    assert max(residuals) > 1e-3
    verdict = several(*case)
    assert (verdict.found <= whole.found).all()
    assert (whole.several & ~verdict.several).sum() < 0.3 * whole.several.sum()


def test_two_solvers_that_disagree_are_two_solutions():
    case = rough_nodes(6, 3, 10, 3, count=300)
    found = solve_typed(*case)
    sigma = best_replies(*case, bisect_typed(*case)[0])[1].transpose(2, 1, 0)
    apart = np.abs(sigma - found.sigma).max((0, 1))
    disagree = (found.residual < TOLERANCE) & (apart > 1e-5)
    assert disagree.sum() > 5
    verdict = several(*case)
    assert verdict.several[disagree].all()
    assert (verdict.gap[disagree] > apart[disagree] - 2e-6).all()


def test_more_restarts_never_find_less():
    case = random_of_three(3, 3, 8, count=40)
    few, many = several(*case, extra=0), several(*case, extra=16)
    # The starts of the few come first among those of the many.
    assert (many.found >= few.found).all()
    assert (many.gap >= few.gap - 2e-6).all()
    assert 3 < few.several.sum() < len(few.found)


def test_starts_lean_to_each_type_after_each_act_and_fill_the_space_evenly():
    starts = _starts(3, 2, 64, seed=4)
    assert starts.shape == (2, 2, 6 + 64)
    leans = np.concatenate([starts[:, :, :6], np.zeros((1, 2, 6))])
    assert {(int(np.abs(s).max(0).argmax()), int(s[:, np.abs(s).max(0).argmax()].argmax()))
            for s in np.moveaxis(leans, 2, 0)} == {(k, t) for k in range(2) for t in range(3)}  # fmt: skip
    u = 1 / (1 + np.exp(-starts[:, :, 6:].reshape(4, 64) / 3))
    counts = [np.histogram(row, bins=8, range=(0, 1))[0] for row in u]
    assert (np.abs(np.array(counts) - 8) <= 4).all()
    assert np.array_equal(starts, _starts(3, 2, 64, seed=4))
    assert not np.array_equal(starts[:, :, 6:], _starts(3, 2, 64, seed=5)[:, :, 6:])


# --- Many lanes, few looked at ------------------------------------------------------------------


def test_a_probe_of_all_lanes_is_the_share_of_mass():
    case = rough_nodes(2, 3, 10, 8, count=60)
    mass = np.random.default_rng(0).exponential(size=60)
    mass[::7] = 0
    verdict = several(*case)
    seen = probe(*case, mass, limit=60)
    assert seen.share == pytest.approx(mass[verdict.several].sum() / mass.sum(), abs=1e-12)
    assert 0 < seen.share < 1
    assert seen.unsolved == 0
    assert seen.probed == seen.lanes == np.count_nonzero(mass)
    assert seen.certain == pytest.approx(1.0, abs=1e-12)
    assert seen.largest_gap == verdict.gap[mass > 0].max()


def test_a_probe_of_some_lanes_comes_close_and_says_how_many_it_saw():
    case = rough_nodes(2, 3, 10, 8, count=600)
    mass = np.random.default_rng(1).pareto(1.2, size=600)
    verdict = several(*case)
    true = mass[verdict.several].sum() / mass.sum()
    seen = probe(*case, mass, limit=200)
    assert seen.probed <= 200 < seen.lanes
    assert np.sort(mass)[-100:].sum() / mass.sum() == pytest.approx(seen.certain)
    assert abs(seen.share - true) < 0.05
    assert seen == probe(*case, mass, limit=200)


def test_a_sample_stands_for_all_mass_and_weighs_lanes_by_it():
    mass = np.random.default_rng(2).exponential(size=1000)
    lane, stands_for, sure = _sample(mass, 101)
    assert len(set(lane.tolist())) == len(lane) <= 101
    assert stands_for.sum() == pytest.approx(mass.sum())
    assert sure == pytest.approx(np.sort(mass)[-50:].sum())
    # Averages of anything that varies slowly over lanes come out right.
    slow = np.sin(np.arange(1000) / 150)
    assert stands_for @ slow[lane] == pytest.approx(mass @ slow, abs=0.02 * mass.sum())
    one, weight, sure = _sample(mass, 1)
    assert (len(one), weight[0], sure) == (1, pytest.approx(mass.sum()), 0.0)


@pytest.mark.parametrize(
    ("mass", "limit", "message"),
    [
        (np.ones(1), 0, "at least one lane"),
        (np.zeros(1), 5, "not all zero"),
        (np.array([-1.0]), 5, "not negative"),
        (np.array([np.nan]), 5, "finite"),
    ],
)
def test_masses_and_limits_that_make_no_sense_are_refused(mass, limit, message):
    with pytest.raises(ValueError, match=message):
        probe(*three_outcomes(), mass, limit=limit)
