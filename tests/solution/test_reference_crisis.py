"""What the reference crisis says at draft resolution: sizes and directions, not digits."""

from __future__ import annotations

import numpy as np
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("reference-draft")]


def test_as_things_are_a_settlement_within_a_year_is_possible_but_unlikely(draft):
    head = draft("status_quo").headline(12)
    assert 0.10 < head.settled < 0.35
    assert head.disaster < 0.02
    assert head.war > 0.2


def test_nearly_every_choice_that_matters_is_solved(draft):
    for plan in ("status_quo", "sticks_only"):
        certificate = draft(plan).certificate
        assert certificate.unsolved < 0.01
        assert certificate.met
        assert draft(plan).values.unsolved.max() < 0.01


def test_pressure_with_stated_relief_beats_pressure_without_it(draft):
    # The same offer for both, so that only pressure and relief differ.
    with_relief = draft("sticks_relief", "armed_freeze")
    without = draft("sticks_only", "armed_freeze")
    assert with_relief.opening_a > without.opening_a + 0.01
    assert with_relief.headline(12).settled > without.headline(12).settled + 0.01


def test_a_coalition_that_falls_apart_faster_serves_b(draft):
    firm = draft("status_quo", coalition__fracture=0.004)
    brittle = draft("status_quo", coalition__fracture=0.040)
    assert brittle.opening_a < firm.opening_a
    opening = firm.game.opening
    assert np.dot(opening, brittle.opening_b) > np.dot(opening, firm.opening_b)


def test_the_pull_of_sunk_costs_delays_settlement(draft):
    free = draft("status_quo", blocs__B__audience__cost=0.0)
    tied = draft("status_quo", blocs__B__audience__cost=0.18)
    months = np.arange(25)
    # Expected months without a first deal in the two years shown.
    waits = [float((1 - s.futures.first_deal[months]).sum()) for s in (free, tied)]
    assert waits[1] > waits[0] + 0.1
    assert tied.futures.first_deal[12] < free.futures.first_deal[12]
