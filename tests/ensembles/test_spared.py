"""Levers that spare B more of its price of signing than there is."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from tests.ensembles.ensemble_crises import TINY

from offramp import load, override
from offramp.ensembles import given, load_results, run
from offramp.ensembles.spared import PRICE, Draws, fitted, overspared, spared


@pytest.fixture(scope="module")
def case():
    crisis = load("ukraine-2025")
    (path,) = overspared(override(crisis, {PRICE: 0.001}))
    plan = next(
        p for p, x in crisis.plans.items() if path.split(".")[1] in str(x)
    )  # a plan that uses it
    return crisis, path, plan


def test_shifts_are_scaled_to_the_price(case):
    crisis, path, _ = case
    low = override(crisis, {PRICE: 0.01})
    assert overspared(low) == {path: pytest.approx(-0.01)}
    assert overspared(crisis) == {}
    assert spared(crisis) is crisis


def test_a_draw_that_spares_more_than_there_is_spares_all_of_it(case):
    crisis, path, plan = case
    both = given((PRICE, path), np.array([[0.02, -0.05], [0.02, -0.02], [0.02, -0.01]]))
    found = run(crisis, both, plans=[plan], resolution=TINY, workers=1).column("value_a", plan)
    assert found[0] == pytest.approx(found[1], abs=1e-12)
    assert abs(found[2] - found[1]) > 1e-6


def test_a_file_whose_own_numbers_contradict_each_other_is_not_mended(case):
    crisis, path, plan = case
    odd = override(crisis, {PRICE: 0.02, path: -0.05})
    found = run(odd, given(("war.cost.B",), np.array([[0.02]])), plans=[plan], resolution=TINY,
                workers=1)  # fmt: skip
    assert "below zero" in dict(found.failures(plan))[0]


def plain(price, shifts):
    """As much of a crisis as the scaling reads."""
    levers = {
        str(k): SimpleNamespace(shifts={PRICE: SimpleNamespace(value=v)})
        for k, v in enumerate(shifts)
    }
    cost = SimpleNamespace(value=price)
    return SimpleNamespace(
        levers=levers, blocs={"B": SimpleNamespace(audience=SimpleNamespace(cost=cost))}
    )


def test_what_is_spared_never_passes_the_price_by_rounding():
    """In whatever order a plan adds up some or all of the levers."""
    rng = np.random.default_rng(3)
    mended = 0
    for case in range(3000):
        count = 1 + case % 3
        price = float(rng.uniform(0, 0.2)) * 10.0 ** -int(rng.integers(0, 300) * (case % 5 == 0))
        scaled = overspared(plain(price, -rng.uniform(0.001, 0.3, count)))
        mended += bool(scaled)
        for size in range(1, len(scaled) + 1):
            for some in itertools.permutations(scaled.values(), size):
                off = 0.0
                for value in some:
                    off += 1.0 * value
                assert price + off >= 0.0
        if scaled:
            assert -sum(scaled.values()) == pytest.approx(price, rel=1e-14)
    assert mended > 2000


def test_a_draw_is_solved_again_as_it_was_and_says_that_it_was_fitted(case, tmp_path):
    crisis, path, plan = case
    both = given((PRICE, path), np.array([[0.02, -0.05], [0.02, -0.01]]))
    found = run(crisis, both, plans=[plan], resolution=TINY, workers=1, folder=tmp_path)
    assert not found.failures(plan)
    assert found.fitted().tolist() == [True, False]
    assert found.values()[0].tolist() == [0.02, -0.05]  # as it was drawn
    for draw in (0, 1):
        assert found.solution(crisis, draw).opening_a == found.column("value_a")[draw]
    kept = load_results(tmp_path)
    assert kept.fitted().tolist() == [True, False]
    assert "fitted" not in kept.measures
    with pytest.raises(KeyError, match="not in the results"):
        kept.fitted("nobody")


def test_a_draw_is_fitted_only_if_its_centre_does_not_contradict_itself(case):
    crisis, path, _ = case
    low, odd = override(crisis, {PRICE: 0.01}), override(crisis, {PRICE: 0.02, path: -0.05})
    assert fitted(low, lambda: crisis).levers != low.levers
    assert fitted(low, lambda: odd) is low

    def never():
        raise AssertionError("asked for a centre that nothing hangs on")

    assert fitted(crisis, never) is crisis
    assert Draws(crisis, (PRICE,)).at({PRICE: 0.01}).fitted
    one = Draws(odd, (PRICE,)).at({PRICE: 0.01})
    assert not one.fitted
    assert one.crisis == override(odd, {PRICE: 0.01})
