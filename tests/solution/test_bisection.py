"""Nested root finding for two types against closed forms, dense scans, SciPy and the definition."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from tests.solution.typed_tables import Case, best_replies, rough_nodes, three_outcomes

from offramp.game import BeliefGrid, simplex_grid
from offramp.solution import _bisection
from offramp.solution._bisection import bisect_typed, selections
from offramp.solution._folds import Select
from offramp.solution._multiplicity import several
from offramp.solution._typed import TOLERANCE, solve_typed

SELECTIONS: tuple[Select, ...] = ("lowest", "near", "highest")


def misfit(case: Case, x):
    """Largest distance between beliefs and those that best replies to them leave, by lane."""
    return np.abs(best_replies(*case, x)[0] - x).max((0, 1))


def policy(case: Case, x):
    """Sigma of the replies to x, (lanes, K, 2)."""
    return best_replies(*case, x)[1]


# --- Solved, and truly so ----------------------------------------------------------------------


@pytest.mark.parametrize("steps", [10, 20])
@pytest.mark.parametrize("acts", [3, 8])
@pytest.mark.parametrize("kappa", [3, 8])
def test_every_rough_node_is_solved(kappa, acts, steps):
    case = rough_nodes(kappa + acts + steps, acts, steps, kappa, count=500)
    _, residual = bisect_typed(*case)
    solved = residual < 1e-10
    assert solved.all(), f"{solved.mean():.2%} solved, worst {residual.max():.1e}"


@pytest.mark.parametrize("acts", [3, 16])
def test_very_precise_choices_are_solved_too(acts):
    for select in SELECTIONS:
        case = rough_nodes(1, acts, 20, 20, count=150)
        residual = bisect_typed(*case, select)[1]
        solved = residual < 1e-10
        assert solved.all(), f"{select}: {solved.mean():.2%} solved, worst {residual.max():.1e}"


@pytest.mark.parametrize("select", SELECTIONS)
@pytest.mark.parametrize("kappa", [3, 20])
def test_solutions_are_best_replies_to_the_beliefs_they_leave(kappa, select):
    case = rough_nodes(3, 4, 10, kappa, count=120)
    x, residual = bisect_typed(*case, select)
    literal = misfit(case, x)
    assert literal.max() < 1e-9
    assert np.abs(literal - residual).max() < 1e-9


def test_residuals_of_what_is_not_solved_are_not_flattering(monkeypatch):
    """With no curve followed, lanes that need one stay unsolved, and their residual is the truth."""
    case = rough_nodes(4, 4, 10, 8, count=150)
    whole, _ = bisect_typed(*case)
    monkeypatch.setattr(_bisection, "MOST_ARCS", 0)
    x, residual = bisect_typed(*case)
    failed = residual > 1e-6
    assert 3 < failed.sum() < 75
    assert (residual[~failed] < 1e-10).all()
    assert np.mean(np.abs(x - whole).max((0, 1)) == 0) > 0.5
    assert misfit(case, x) == pytest.approx(residual, rel=1e-6, abs=1e-9)


def test_a_selection_that_ends_on_curves_too_long_gives_way_to_another(monkeypatch):
    monkeypatch.setattr(_bisection, "MOST_ARCS", 1)
    case = rough_nodes(4, 4, 10, 8, count=150)
    alone = [(x, residual[:3] < 1e-10) for x, residual in selections(*case)]
    x, residual = bisect_typed(*case)
    rescued = [lane for lane, (_, (near, lowest, _)) in enumerate(alone) if lowest and not near]
    assert len(rescued) > 2
    assert (residual[rescued] < 1e-10).all()
    for lane in rescued:
        assert x[0, :, lane] == pytest.approx(alone[lane][0][1], abs=1e-12)
    for lane, (_, each) in enumerate(alone):
        assert (residual[lane] < 1e-10) == each.any()


def test_where_the_curve_beside_a_jump_closes_the_unbounded_one_has_a_solution(monkeypatch):
    tried = []
    follow = _bisection._Lane._follow

    def watched(lane, branches, c, direction):
        found = follow(lane, branches, c, direction)
        tried.append((np.isinf(c), found is not None))
        return found

    monkeypatch.setattr(_bisection._Lane, "_follow", watched)
    case = rough_nodes(99, 8, 20, 20, count=600)
    assert bisect_typed(*case)[1].max() < 1e-10
    whole = [found for unbounded, found in tried if unbounded]
    assert len(whole) >= 2
    assert all(whole)
    assert [found for unbounded, found in tried if not unbounded].count(False) >= 2 * len(whole)


# --- Known solutions ------------------------------------------------------------------------------


def closed_form(gap):
    """Log-odds after both acts of :func:`three_outcomes` if act 0 earns type 1 ``gap`` more."""
    rho = np.log((np.exp(gap / 2) + 1) / (np.exp(-gap / 2) + 1))
    return np.array([gap - rho, -rho])


def scanned_roots(gap_at, c, x):
    """All x with f(x) = c, by signs on a dense grid."""
    f = x - gap_at(1 / (1 + np.exp(-x))) - c
    return [
        brentq(lambda y: y - gap_at(1 / (1 + np.exp(-y))) - c, x[i], x[i + 1])
        for i in np.flatnonzero(f[:-1] * f[1:] < 0)
    ]


def test_three_known_solutions_are_found_by_the_three_selections():
    case = three_outcomes()
    for select, gap in zip(SELECTIONS, (-3.0, 0.0, 3.0), strict=True):
        x, residual = bisect_typed(*case, select)
        assert x[0, :, 0] == pytest.approx(closed_form(gap), abs=1e-12)
        assert residual[0] < 1e-12


def test_a_dense_scan_finds_the_same_three_and_no_other_for_these_selections():
    """F(rho) = log Z_1 - log Z_2 - rho, each act at its lowest, nearest or highest root."""
    table, _, _, _, _, grid = three_outcomes()
    at = np.argsort(grid.points[:, 0])
    gap_of = table[0, 0, 0, at] - table[0, 0, 1, at]

    def gap_at(p):
        return np.interp(p, grid.points[at, 0], gap_of)

    c = 0.0

    def pulled(roots):
        return min(x for x in roots if x > -1e-9) if c > 0 else max(x for x in roots if x < 1e-9)

    line = np.linspace(-8.0, 8.0, 2000)
    # Nearest on the side to which replies pull from the prior, which is at 0 and has f(0) = 0.
    choices: dict[Select, Any] = {"lowest": min, "near": pulled, "highest": max}
    for (select, choose), gap in zip(choices.items(), (-3.0, 0.0, 3.0), strict=True):

        def excess(rho, choose=choose):
            nonlocal c
            c = -rho
            root = choose(scanned_roots(gap_at, -rho, line))
            own = gap_at(1 / (1 + np.exp(-root)))
            return np.log((np.exp(own / 2) + 1) / (np.exp(-own / 2) + 1)) - rho

        rho = np.linspace(-3.05, 3.05, 160)
        f = np.array([excess(r) for r in rho])
        crossings = [i for i in range(len(rho) - 1) if f[i] * f[i + 1] < 0]
        # A jump is a change of sign across which F does not get small.
        roots = []
        for i in crossings:
            root = brentq(excess, rho[i], rho[i + 1], xtol=1e-13)
            if abs(excess(root)) < 1e-9:
                roots.append(root)
        x = bisect_typed(*three_outcomes(), select)[0][0, :, 0]
        assert len(roots) == 1
        assert -roots[0] == pytest.approx(x[1], abs=1e-9)  # act 1 reveals only that 0 was not done
        assert x == pytest.approx(closed_form(gap), abs=1e-9)


def test_two_equal_acts_fold_together_and_the_tie_is_broken():
    """Two acts that each pay whoever they are a sign of: pooling, or x* = (s / 2) tanh(x* / 2)."""
    s = 6.0
    grid = simplex_grid(2, 2)
    p = grid.points[:, 0]
    table = np.array([[[s * (p - 0.5) / 2, -s * (p - 0.5) / 2]] * 2])
    prior = np.array([[0.5, 0.5]])
    case = (table, np.ones((1, 2)), 1.0, np.zeros(1, dtype=int), prior, grid)
    apart = brentq(lambda y: y - s / 2 * np.tanh(y / 2), 0.5, s)
    known = [np.zeros(2), np.array([apart, -apart]), np.array([-apart, apart])]
    for select in SELECTIONS:
        x, residual = bisect_typed(*case, select)
        assert residual[0] < 1e-12
        assert min(np.abs(x[0, :, 0] - k).max() for k in known) < 1e-10


@pytest.mark.parametrize("seed", range(5))
def test_two_acts_without_folds_agree_with_nested_brentq(seed):
    rng = np.random.default_rng(seed)
    grid = simplex_grid(2, 10)
    at = np.argsort(grid.points[:, 0])
    line = grid.points[at, 0]
    # Slopes of Q_1 - Q_2 below 4 / lambda: every act has one root.
    table = np.cumsum(rng.uniform(-0.19, 0.19, (1, 2, 2, 11)), axis=-1)[..., np.argsort(at)]
    table += rng.normal(size=(1, 2, 2, 1))
    weight = rng.uniform(0.2, 1.0, (1, 2))
    prior = rng.dirichlet([1, 1], 1)
    l0 = np.log(prior[0, 0] / prior[0, 1])

    def q(k, theta, x):
        return np.interp(1 / (1 + np.exp(-x)), line, table[0, k, theta, at])

    def after(rho):
        return [
            brentq(lambda x, k=k: x - l0 + rho - q(k, 0, x) + q(k, 1, x), -60, 60, xtol=1e-14)
            for k in (0, 1)
        ]

    def excess(rho):
        x = after(rho)
        z = [sum(weight[0, k] * np.exp(q(k, t, x[k])) for k in (0, 1)) for t in (0, 1)]
        return np.log(z[0] / z[1]) - rho

    expected = after(brentq(excess, -20, 20, xtol=1e-14))
    for select in SELECTIONS:
        x, residual = bisect_typed(table, weight, 1.0, np.zeros(1, dtype=int), prior, grid, select)
        assert residual[0] < 1e-12
        assert x[0, :, 0] == pytest.approx(expected, abs=1e-10)


# --- Against the solver that is used first --------------------------------------------------------


def test_imprecise_choices_have_one_solution_and_both_solvers_find_it():
    case = rough_nodes(5, 5, 10, 0.05, count=200)
    found = solve_typed(*case)
    assert (found.residual < TOLERANCE).all()
    for select in SELECTIONS:
        x, _ = bisect_typed(*case, select)
        assert np.abs(policy(case, x) - found.sigma.transpose(2, 1, 0)).max() < 1e-9


def test_both_solvers_agree_where_no_second_solution_is_known():
    case = rough_nodes(6, 3, 10, 3, count=400)
    found = solve_typed(*case)
    x = {select: bisect_typed(*case, select)[0] for select in SELECTIONS}
    spread = np.abs(policy(case, x["lowest"]) - policy(case, x["highest"])).max((1, 2))
    apart = np.abs(policy(case, x["near"]) - found.sigma.transpose(2, 1, 0)).max((1, 2))
    both = (found.residual < TOLERANCE) & (spread < 1e-6)
    assert both.sum() > 300
    share = (apart[both] < 1e-6).mean()
    # Not all: equal lowest and highest selections are no proof of uniqueness.
    assert share > 0.95, f"{share:.1%} agree"


def test_mixed_selections_are_solutions_and_show_more_than_the_three():
    case = rough_nodes(7, 3, 10, 8, count=200)
    more = 0
    for lane, (x, residual) in enumerate(selections(*case)):
        one = (*case[:3], case[3][[lane]], case[4][[lane]], case[5])
        assert len(x) == len(residual) >= 3
        assert residual.max() < 1e-10
        policies = np.concatenate([policy(one, row[None, :, None]) for row in x])
        distances = np.abs(policies[:, None] - policies[None]).max((2, 3))
        more += bool(distances[:3, :3].max() < 1e-6 < distances.max())
        for row, select in zip(x, _bisection.ORDER, strict=False):
            assert row == pytest.approx(bisect_typed(*one, select)[0][0, :, 0], abs=1e-10)
    assert more > 3


# --- Statements that need no second method --------------------------------------------------------


@given(seed=st.integers(0, 300), kappa=st.sampled_from([0.5, 3.0, 20.0]))
@settings(max_examples=20, deadline=None, derandomize=True)
def test_types_may_change_places(seed, kappa):
    """Renaming the types turns log-odds round: what was lowest is highest."""
    table, weight, precision, node, prior, grid = rough_nodes(seed, 3, 10, kappa, count=4)
    case = (table, weight, precision, node, prior, grid)
    renamed = (table[:, :, ::-1, ::-1], weight, precision, node, prior[:, ::-1], grid)
    # Where solutions abound the two may settle on different ones, but on solutions.
    alone = several(*case).found + several(*renamed).found == 2
    for select, opposite in zip(SELECTIONS, reversed(SELECTIONS), strict=True):
        x, y = bisect_typed(*case, select)[0], bisect_typed(*renamed, opposite)[0]
        assert misfit(case, -y).max() < 1e-9
        assert np.abs(policy(case, x) - policy(case, -y))[alone].max(initial=0.0) < 1e-6


def test_an_act_that_is_not_available_changes_nothing_and_keeps_the_prior():
    table, weight, precision, node, prior, grid = rough_nodes(8, 5, 10, 3, count=40)
    weight[:, 2] = 0
    x, residual = bisect_typed(table, weight, precision, node, prior, grid)
    left = [0, 1, 3, 4]
    alone, same = bisect_typed(table[:, left], weight[:, left], precision, node, prior, grid)
    assert np.array_equal(x[:, left], alone)
    assert np.array_equal(residual, same)
    assert x[0, 2] == pytest.approx(np.log(prior[:, 0] / prior[:, 1]), abs=1e-12)


def test_nearly_certain_priors_and_single_acts_are_solved():
    table, weight, precision, node, _, grid = rough_nodes(9, 4, 20, 8, count=6)
    rare = np.array([1e-299, 1e-30, 1e-9])
    prior = np.concatenate([np.stack([rare, 1 - rare], 1), np.stack([1 - rare, rare], 1)])
    assert bisect_typed(table, weight, precision, node, prior, grid)[1].max() < 1e-10
    # One act says nothing.
    x, residual = bisect_typed(table[:, :1], weight[:, :1], precision, node, prior, grid)
    assert residual.max() < 1e-10
    assert x[0, 0] == pytest.approx(np.log(prior[:, 0] / prior[:, 1]), abs=1e-9)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (dict(table=np.zeros((1, 2, 3, 21))), "two types"),
        (dict(grid=BeliefGrid(2, 0, (0.5, 0.5))), "beliefs that move"),
        (dict(weight=np.zeros((1, 2))), "no act available"),
        (dict(prior=np.array([[1.0, 0.0]])), "rules a type out"),
        (dict(select="lower"), "select is one of"),
    ],
)
def test_what_cannot_be_solved_is_refused(change, message):
    names = ("table", "weight", "precision", "node", "prior", "grid")
    case = dict(zip(names, three_outcomes(), strict=True)) | change
    with pytest.raises(ValueError, match=message):
        bisect_typed(**case)
