"""Efficient deals of two blocs, against linear programmes and perturbations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from offramp.theory import (
    logroll_deal,
    logroll_order,
    logroll_vertices,
    logroll_winners,
    quadratic_frontier,
)

WA, WB = (0.7, 0.3), (0.2, 0.8)
weights = st.lists(st.floats(0.05, 1.0), min_size=3, max_size=3).map(
    lambda w: tuple(x / sum(w) for x in w)
)


def test_quadratic_blocs_split_every_issue_by_salience():
    even = quadratic_frontier(0.5, WA, WB, (1.0, 1.0), (0.0, 0.0))
    weak = quadratic_frontier(0.2, WA, WB, (1.0, 1.0), (0.0, 0.0))
    assert even == pytest.approx((0.77777778, 0.27272727), abs=5e-9)
    assert weak == pytest.approx((0.46666667, 0.08571429), abs=5e-9)


@given(wa=weights, wb=weights, omega=st.floats(0.0, 1.0), seed=st.integers(0, 99))
def test_no_other_terms_serve_the_weighted_blocs_better(wa, wb, omega, seed):
    rng = np.random.default_rng(seed)
    ta, tb = rng.random(3), rng.random(3)
    best = np.array(quadratic_frontier(omega, wa, wb, tuple(ta), tuple(tb)))

    def welfare(x):
        loss_a = (np.array(wa) * (x - ta) ** 2).sum(axis=-1)
        loss_b = (np.array(wb) * (x - tb) ** 2).sum(axis=-1)
        return -omega * loss_a - (1.0 - omega) * loss_b

    assert (welfare(rng.random((500, 3))) <= welfare(best) + 1e-12).all()
    assert (welfare(best + 0.01 * rng.normal(size=(100, 3))) <= welfare(best) + 1e-12).all()


def test_linear_blocs_trade_whole_issues():
    assert logroll_order(WA, WB) == (0, 1)
    assert logroll_winners(0.5, WA, WB) == ("A", "B")
    assert logroll_winners(0.9, WA, WB) == ("A", "A")
    assert logroll_winners(0.5, (0.5, 0.5), (0.5, 0.5)) == ("tie", "tie")


def test_log_rolling_gives_each_bloc_what_it_cares_about():
    corners = logroll_vertices(WA, WB, (1.0, 1.0), (0.0, 0.0))
    assert [c.value_a for c in corners] == pytest.approx([0.0, 0.7, 1.0])
    assert [c.value_b for c in corners] == pytest.approx([1.0, 0.8, 0.0])


@given(wa=weights, wb=weights, value=st.floats(0.0, 1.0))
def test_log_rolled_deals_solve_the_linear_programme(wa, wb, value):
    deal = logroll_deal(value, wa, wb, (3.0, 0.0, 5.0), (1.0, 2.0, 4.0))
    optimum = linprog(c=np.array(wb), A_ub=[-np.array(wa)], b_ub=[-value], bounds=[(0.0, 1.0)] * 3)
    assert optimum.x is not None
    assert deal.value_a == pytest.approx(value, abs=1e-9)
    assert deal.value_b == pytest.approx(1.0 - float(np.dot(wb, optimum.x)), abs=1e-7)
    won = [(deal.terms[0] - 1.0) / 2.0, (2.0 - deal.terms[1]) / 2.0, deal.terms[2] - 4.0]
    assert sum(0.0 < h < 1.0 for h in won) <= 1 or value < 1e-9
    assert sum(w * h for w, h in zip(wa, won, strict=True)) == pytest.approx(value, abs=1e-9)


def test_an_issue_that_one_bloc_ignores_stays_with_the_other():
    deal = logroll_deal(1.0, (1.0, 0.0), (0.5, 0.5), (1.0, 1.0), (0.0, 0.0))
    assert deal.terms == (1.0, 0.0)
    assert (deal.value_a, deal.value_b) == (1.0, 0.5)


@given(wa=weights, wb=weights)
def test_corners_of_the_frontier_are_deals_of_their_own_value(wa, wb):
    ideals = ((1.0, 1.0, 1.0), (0.0, 0.0, 0.0))
    for corner in logroll_vertices(wa, wb, *ideals):
        deal = logroll_deal(min(corner.value_a, 1.0), wa, wb, *ideals)
        assert deal.value_b == pytest.approx(corner.value_b, abs=1e-7)


@pytest.mark.parametrize(
    "call",
    [
        lambda: quadratic_frontier(1.2, WA, WB, (1.0, 1.0), (0.0, 0.0)),
        lambda: quadratic_frontier(0.5, (0.7, 0.7), WB, (1.0, 1.0), (0.0, 0.0)),
        lambda: quadratic_frontier(0.5, WA, WB, (1.0,), (0.0, 0.0)),
        lambda: quadratic_frontier(1.0, (1.0, 0.0), WB, (1.0, 1.0), (0.0, 0.0)),
        lambda: logroll_order((1.0, 0.0), (1.0, 0.0)),
        lambda: logroll_deal(0.5, WA, WB, (1.0, 1.0), (1.0, 0.0)),
        lambda: logroll_deal(1.5, WA, WB, (1.0, 1.0), (0.0, 0.0)),
        lambda: logroll_vertices(WA, WB, (1.0, 0.0), (0.0, 0.0)),
    ],
)
def test_frontiers_without_issues_to_trade_are_refused(call):
    with pytest.raises(ValueError):
        call()
