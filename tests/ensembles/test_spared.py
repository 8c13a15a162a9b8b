"""Levers that spare B more of its price of signing than there is."""

from __future__ import annotations

import numpy as np
import pytest
from tests.ensembles.ensemble_crises import TINY

from offramp import load, override
from offramp.ensembles import given, run
from offramp.ensembles.spared import PRICE, overspared, spared


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
