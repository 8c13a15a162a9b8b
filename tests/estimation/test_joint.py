"""Joint support: bounds that are reached, and the factor between them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special

from offramp.estimation.joint import all_of, correlation_for, disagreement, joint_support

shares = st.lists(st.integers(0, 20).map(lambda k: k / 20), min_size=1, max_size=6)


@given(shares)
@settings(deadline=None)
def test_the_bounds_are_reached_by_real_groups_of_twenty(p: list[float]) -> None:
    """Nested backers reach the upper bound; objectors laid end to end reach the lower one."""
    people = 20
    nested = np.array([np.arange(people) < round(x * people) for x in p])
    against, at = np.zeros((len(p), people), dtype=bool), 0
    for k, x in enumerate(p):
        for _ in range(people - round(x * people)):
            against[k, at % people] = True
            at += 1
    found = joint_support(p)
    assert nested.all(axis=0).mean() == pytest.approx(found.high)
    assert (~against).all(axis=0).mean() == pytest.approx(found.low)
    assert found.low - 1e-12 <= found.independent <= found.high + 1e-12


def test_no_group_of_four_lies_outside_the_bounds() -> None:
    """Every way in which four people can answer two questions."""
    for answers in itertools.product((0, 1), repeat=8):
        a = np.array(answers).reshape(2, 4)
        found = joint_support(list(a.mean(axis=1)))
        assert found.low - 1e-12 <= a.all(axis=0).mean() <= found.high + 1e-12


@pytest.mark.parametrize("rho", [0.1, 0.5, 0.9])
def test_the_common_factor_by_another_quadrature(rho: float) -> None:
    p = np.array([0.95, 0.7, 0.55])
    t = special.ndtri(p)

    def inside(z: float) -> float:
        inner = special.ndtr((t - np.sqrt(rho) * z) / np.sqrt(1 - rho))
        return float(np.prod(inner) * np.exp(-z * z / 2) / np.sqrt(2 * np.pi))

    assert all_of(list(p), rho) == pytest.approx(integrate.quad(inside, -9, 9)[0], abs=1e-6)


def test_the_factor_leads_from_independence_to_nested_backers() -> None:
    p = [0.7, 0.7, 0.7]
    found = [all_of(p, r) for r in (0.0, 0.3, 0.6, 0.9, 1.0)]
    assert found == sorted(found)
    assert found[0] == pytest.approx(0.343)
    assert found[-1] == pytest.approx(0.7)


def test_the_correlation_that_a_majority_needs() -> None:
    needed = correlation_for([0.7, 0.7, 0.7], 0.5)
    assert needed is not None
    assert all_of([0.7, 0.7, 0.7], needed) == pytest.approx(0.5, abs=1e-5)
    assert correlation_for([0.4, 0.9], 0.5) is None
    assert correlation_for([0.9, 0.9], 0.5) == 0.0


def test_certain_and_impossible_items() -> None:
    assert all_of([1.0, 1.0], 0.5) == 1.0
    assert all_of([1.0, 0.6], 0.5) == pytest.approx(0.6)
    assert all_of([0.0, 0.9], 0.5) == 0.0
    assert joint_support([0.6]).low == joint_support([0.6]).high == 0.6


def test_disagreement_is_largest_at_an_even_split() -> None:
    assert disagreement(0.5) == 0.5
    assert disagreement(1.0) == 0.0


def test_what_is_no_share_is_refused() -> None:
    with pytest.raises(ValueError, match="not a share"):
        joint_support([1.2])
    with pytest.raises(ValueError, match="no items"):
        joint_support([])
    with pytest.raises(ValueError, match="common correlation"):
        all_of([0.5], -0.1)


@pytest.mark.parametrize("rho", [0.3, 0.9, 0.99, 0.998])
def test_strong_correlation_is_integrated_as_well_as_weak(rho):
    shares = [0.51, 0.55, 0.52, 0.9, 0.95]
    t = special.ndtri(shares)

    def inside(z):
        each = special.ndtr((t - np.sqrt(rho) * z) / np.sqrt(1 - rho))
        return each.prod() * np.exp(-z * z / 2) / np.sqrt(2 * np.pi)

    exact, _ = integrate.quad(inside, -9, 9, limit=500, epsabs=1e-12, points=[0.0])
    assert all_of(shares, rho) == pytest.approx(exact, abs=1e-9)
