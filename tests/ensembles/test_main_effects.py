"""First-order shares by regression, on Ishigami's function and on inputs without effect."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import qmc

from offramp.ensembles.main_effects import main_effect
from offramp.ensembles.testbeds import ishigami


def test_a_linear_share_is_exact_and_its_interval_holds_it():
    unit = qmc.Sobol(3, rng=0).random(256)
    y = unit @ [1.0, 2.0, 3.0]
    for j, exact in enumerate(np.array([1, 4, 9]) / 14):
        found = main_effect(unit[:, j], y)
        assert found.value == pytest.approx(exact, abs=0.03)
        assert found.low <= exact <= found.high


def test_noise_is_a_fraction_of_that_of_swapped_samples():
    found = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        found.append(main_effect(rng.random(128), rng.standard_normal(128), resamples=0).value)
    assert abs(np.mean(found)) < 0.01  # unbiased
    assert np.std(found) < 0.04  # swapped samples of 64 base points: about .12


def test_intervals_of_an_input_without_effect_hold_zero():
    held = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        found = main_effect(rng.random(128), rng.standard_normal(128), seed=seed)
        held += found.low <= 0.01
    assert held >= 17


def test_a_curve_that_a_line_misses_is_seen_by_the_spline_in_part():
    unit = qmc.Sobol(3, rng=1).random(2048)
    y = ishigami(unit)
    assert main_effect(unit[:, 0], y).value == pytest.approx(0.314, abs=0.04)
    assert main_effect(unit[:, 2], y).value == pytest.approx(0.0, abs=0.01)
    # sin^2 has two humps; three slopes follow only part of them. The module says so.
    assert main_effect(unit[:, 1], y).value < 0.44


def test_degenerate_columns():
    y = np.arange(100.0)
    assert main_effect(np.ones(100), y).value == 0.0
    assert main_effect(y, np.ones(100)).high == 0.0
    gaps = np.where(np.arange(100) < 10, np.nan, y)
    assert main_effect(y, gaps).value == pytest.approx(1.0)
    with pytest.raises(ValueError, match="too few"):
        main_effect(y[:20], y[:20])
    with pytest.raises(ValueError, match="do not fit"):
        main_effect(y, y[:50])
