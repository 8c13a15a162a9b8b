"""Nature: chances that sum to one, and a front that keeps its mean and variance on any lattice."""

from __future__ import annotations

import numpy as np
import pytest
from tests.game.small_crises import FEATURES, NO_ACCIDENTS, TINY, small

from offramp.crisis import load, override
from offramp.game import CompileError, compile_game


@pytest.mark.parametrize("feature", FEATURES)
def test_chances_of_every_state_and_month_sum_to_one(feature):
    changes, plan, resolution = FEATURES[feature]
    game = compile_game(small(**changes), plan, None, TINY.with_(**resolution))
    assert len(game.chance) == game.months
    for matrix in game.chance:
        assert matrix.data.min() >= 0
        assert np.asarray(matrix.sum(1)).ravel() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("plan", ["status_quo", "plan_b", "sticks_relief"])
@pytest.mark.parametrize("resolution", ["sketch", "draft", "standard"])
def test_chances_of_the_reference_crisis_sum_to_one(plan, resolution):
    game = compile_game(load("ukraine-2025"), plan, None, resolution)
    for matrix in game.chance[:: game.months // 3]:
        assert matrix.data.min() >= 0
        assert np.asarray(matrix.sum(1)).ravel() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("feature", FEATURES)
def test_what_is_over_stays_over(feature):
    changes, plan, resolution = FEATURES[feature]
    game = compile_game(small(**changes), plan, None, TINY.with_(**resolution))
    over = np.flatnonzero(game.layout.regime > 3)
    for matrix in game.chance:
        assert matrix[over][:, over].diagonal() == pytest.approx(1)


def displacement(factor, intensity=0.08, favours=0.6, months=12):
    """Mean and variance, in issue units, of the front after some months of nothing but war."""
    crisis = small(
        **{
            "war.reach": 12,
            "war.step_size": 0.04,
            "war.intensity": intensity,
            "war.step_favours_b": favours,
            "war.collapse": {"A": 0.0, "B": 0.0},
            "ladder": NO_ACCIDENTS,
            "clock.horizon_months": months,
        }
    )
    game = compile_game(crisis, "idle", None, TINY.with_(position_factor=factor))
    p = np.zeros(game.layout.size)
    p[game.start] = 1
    for matrix in game.chance:
        p = np.asarray(matrix.T @ p).ravel()
    war = game.layout.regime == 1
    assert p[war].sum() == pytest.approx(1)
    x = (game.layout.position - (game.layout.sizes[0] - 1) // 2) * 0.04 / factor
    mean = float(p[war] @ x[war])
    return mean, float(p[war] @ (x[war] - mean) ** 2)


@pytest.mark.parametrize("factor", [1, 2, 3])
def test_a_finer_front_keeps_mean_and_variance(factor):
    mean, variance = displacement(factor)
    monthly = 0.08 * (2 * 0.6 - 1)
    assert mean == pytest.approx(12 * monthly * 0.04, abs=1e-9)
    assert variance == pytest.approx(12 * (0.08 - monthly**2) * 0.04**2, rel=1e-6)


def test_an_intensity_too_high_for_the_lattice_is_refused():
    with pytest.raises(CompileError, match="coarser resolution"):
        compile_game(small(**{"war.intensity": 0.3}), "idle", None, TINY.with_(position_factor=2))


def test_hazards_that_add_to_more_than_one_are_refused():
    # Fine while the coalition is whole; a broken one doubles the risk of collapse.
    brittle = small(**{"war.collapse": {"A": 0.6, "B": 0.1}, "coalition.fracture": 0.01})
    with pytest.raises(CompileError, match="collapse and disaster"):
        compile_game(brittle, "idle", None, TINY)
    rout = {"name": "Rout", "hazard": 0.9, "effects": [{"kind": "position", "steps": 1}]}
    with pytest.raises(CompileError, match="moves of the front"):
        compile_game(small(events={"rout": rout}), "idle", None, TINY)


def tier_path(resolution, months=24, **changes):
    """Mean cohesion by month while war goes on."""
    crisis = small(
        **{
            "war.collapse": {"A": 0.0, "B": 0.0},
            "ladder": NO_ACCIDENTS,
            "coalition.tiers": [1.0, 0.75, 0.5, 0.25],
            "coalition.tier_names": ["a", "b", "c", "d"],
            "coalition.fracture": 0.0,
            "clock.horizon_months": months,
            **changes,
        }
    )
    game = compile_game(crisis, "idle", None, resolution)
    p = np.zeros(game.layout.size)
    p[game.start] = 1
    path = []
    for matrix in game.chance:
        path.append(float(p @ np.where(game.layout.tier >= 0, game.cohesion[game.layout.tier], 0)))
        p = np.asarray(matrix.T @ p).ravel()
    return np.array(path)


QUARREL = {"name": "Quarrel", "hazard": 0.02, "effects": [{"kind": "cohesion", "steps": 1}]}


@pytest.mark.parametrize(
    "changes",
    [
        {"coalition.fracture": 0.01, "coalition.substitution": 0.0},
        {"events": {"quarrel": QUARREL}, "coalition.substitution": 0.0},
    ],
    ids=["fracture", "an event"],
)
def test_fewer_tiers_fall_as_fast_on_average(changes):
    """The first months, before the last tier is in sight."""
    fine = tier_path(TINY.with_(tiers=4), months=8, **changes)
    coarse = tier_path(TINY.with_(tiers=2), months=8, **changes)
    assert fine[7] < 0.98
    assert coarse == pytest.approx(fine, abs=0.002)


def test_cohesion_falls_at_the_stated_rate():
    path = tier_path(
        TINY.with_(tiers=4),
        months=4,
        **{
            "coalition.fracture": 0.02,
            "coalition.substitution": 0.0,
            "coalition.threat_unity": 0.3,
        },
    )
    assert -np.diff(path) == pytest.approx(0.02 * 0.7, abs=1e-9)


def test_an_agreed_plan_slows_the_fall():
    crisis = load("ukraine-2025")
    # plan_b is agreed beforehand; without recovery only the fall is left.
    crisis = override(crisis, {"coalition.substitution": 0.0})
    falls = []
    for plan in ("status_quo", "plan_b"):
        game = compile_game(crisis, plan, None, "draft")
        row = game.chance[0][game.start].toarray().ravel()
        falls.append(row[game.layout.tier == 1].sum() / row[game.layout.regime == 1].sum())
    event = 0.04
    agreed, free = falls[1] - event, falls[0] - event
    assert agreed < free
    assert agreed / free == pytest.approx(1 - crisis.coalition.preagreement.value, abs=0.05)


def test_a_ceasefire_breaks_down_at_its_hazard():
    game = compile_game(small(), "idle", None, TINY)
    lay = game.layout
    pause = np.flatnonzero(lay.regime == 2)[0]
    row = game.chance[0][pause].toarray().ravel()
    alive = row[lay.regime <= 2].sum()
    assert row[lay.regime == 1].sum() / alive == pytest.approx(0.02)
    # A fifth of the war's hazards of collapse goes on.
    assert row[lay.regime == 4].sum() == pytest.approx(0.2 * 0.02)
    assert row[lay.regime == 5].sum() == pytest.approx(0.2 * 0.01)
