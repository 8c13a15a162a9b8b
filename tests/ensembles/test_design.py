"""Designs: what is drawn, and that it is what the ranges say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from tests.ensembles.ensemble_crises import PATHS, starter

from offramp import load
from offramp.crisis import (
    Crisis,
    Quantity,
    UnknownPath,
    get,
    limits,
    override,
    parameters,
    with_reading,
)
from offramp.ensembles import Design, NoRange, given, reached, saltelli, sample, sampled_by_default
from offramp.ensembles.sampling import quantile_of, varies
from offramp.game import compile_game

MANY = 1 << 14


@pytest.fixture(scope="module")
def crisis() -> Crisis:
    return starter()


def with_range(crisis: Crisis, path: str, *numbers: float, distribution: Any = "range") -> Crisis:
    c, low, high = numbers
    return override(
        crisis, {path: Quantity(value=c, low=low, high=high, distribution=distribution)}
    )


def grid(n: int = MANY) -> np.ndarray:
    return (np.arange(n) + 0.5) / n


def test_a_range_is_a_ninety_percent_interval_with_the_central_value_as_median(
    crisis: Crisis,
) -> None:
    changed = with_range(crisis, "war.cost.A", 0.2, 0.1, 0.5)
    drawn = quantile_of(changed, "war.cost.A")(grid())
    assert np.mean(drawn < 0.1) == pytest.approx(0.05, abs=1e-4)
    assert np.mean(drawn > 0.5) == pytest.approx(0.05, abs=1e-4)
    assert np.median(drawn) == pytest.approx(0.2, abs=1e-4)
    assert drawn.min() < 0.1
    assert drawn.max() > 0.5


def test_quantiles_of_a_range_rise_without_gaps(crisis: Crisis) -> None:
    drawn = quantile_of(with_range(crisis, "war.cost.A", 0.2, 0.1, 0.5), "war.cost.A")(grid())
    steps = np.diff(drawn)
    assert steps.min() > 0
    assert steps.max() < 20 / MANY


@pytest.mark.parametrize("numbers", [(0.0, 0.0, 0.3), (0.3, 0.0, 0.3), (0.99, 0.9, 1.0)])
def test_nothing_is_drawn_beyond_what_a_number_can_be(
    crisis: Crisis, numbers: tuple[float, float, float]
) -> None:
    path = "ceasefire.cost_share"
    bounds = limits(crisis, path)
    assert bounds is not None
    drawn = quantile_of(with_range(crisis, path, *numbers), path)(grid())
    assert all(bounds.hold(float(v)) for v in (drawn.min(), drawn.max()))
    assert len(np.unique(drawn)) == MANY  # none is held at a limit: nothing is clipped
    assert np.diff(drawn).min() > 0


def test_where_the_central_value_is_an_end_nothing_lies_beyond_it(crisis: Crisis) -> None:
    drawn = quantile_of(with_range(crisis, "war.cost.A", 0.1, 0.1, 0.5), "war.cost.A")(grid())
    assert drawn.min() == pytest.approx(0.1, abs=1e-3)
    assert np.mean(drawn > 0.5) == pytest.approx(0.05, abs=1e-4)


@pytest.mark.parametrize(
    ("distribution", "mean", "fifth"),
    [("uniform", 0.3, 0.12), ("triangular", 0.8 / 3, 0.1 + np.sqrt(0.05 * 0.4 * 0.1))],
)
def test_uniform_and_triangular_run_from_end_to_end(
    crisis: Crisis, distribution: str, mean: float, fifth: float
) -> None:
    changed = with_range(crisis, "war.cost.A", 0.2, 0.1, 0.5, distribution=distribution)
    drawn = quantile_of(changed, "war.cost.A")(grid())
    assert drawn.mean() == pytest.approx(mean, abs=1e-4)
    assert np.quantile(drawn, 0.05) == pytest.approx(fifth, abs=1e-4)
    assert 0.1 <= drawn.min() < drawn.max() <= 0.5


@pytest.mark.parametrize("distribution", ["normal", "lognormal"])
def test_normal_and_lognormal_read_the_ends_as_fifth_and_ninety_fifth_percentile(
    crisis: Crisis, distribution: str
) -> None:
    changed = with_range(crisis, "war.cost.A", 0.3, 0.1, 0.5, distribution=distribution)
    drawn = quantile_of(changed, "war.cost.A")(grid())
    assert drawn.min() >= 0  # a cost is not negative
    low, high = np.quantile(drawn, [0.05, 0.95])
    # The normal loses the seven in a thousand below 0, so its percentiles move a little.
    assert (low, high) == pytest.approx((0.1, 0.5), abs=0.01)


def test_a_number_without_a_range_cannot_be_drawn(crisis: Crisis) -> None:
    fixed = override(crisis, {"war.cost.A": Quantity(value=0.2)})
    with pytest.raises(NoRange, match="has no range"):
        sample(fixed, ["war.cost.A"])
    told = override(
        crisis, {"war.cost.A": {"value": 0.2, "low": 0.1, "high": 0.3, "distribution": "fixed"}}
    )
    with pytest.raises(NoRange, match="has no range"):
        sample(told, ["war.cost.A"])
    with pytest.raises(NoRange, match="lognormal"):
        sample(
            with_range(crisis, "war.cost.A", 0.1, 0, 0.3, distribution="lognormal"), ["war.cost.A"]
        )
    with pytest.raises(UnknownPath, match="did you mean"):
        sample(crisis, ["war.cots.A"])


def test_sobol_points_fill_every_half_of_every_axis(crisis: Crisis) -> None:
    design = sample(crisis, PATHS, draws=64, seed=5)
    assert design.points is not None
    assert ((design.points < 0.5).sum(0) == 32).all()
    assert design.points.min() > 0
    assert design.points.max() < 1


def test_a_longer_design_begins_with_the_shorter_one(crisis: Crisis) -> None:
    short, long = (sample(crisis, PATHS, draws=n, seed=5) for n in (20, 64))
    np.testing.assert_array_equal(short.values, long.values[:20])


def test_the_seed_decides_and_the_hash_tells(crisis: Crisis) -> None:
    one, same, other = (sample(crisis, PATHS, draws=16, seed=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(one.values, same.values)
    assert one.hash == same.hash
    assert one.hash != other.hash
    assert one.hash != sample(crisis, PATHS[::-1], draws=16, seed=1).hash


@for_all(rank=st.floats(-0.9, 0.9))
@settings(max_examples=10, deadline=None)
def test_rank_correlations_are_those_asked_for(rank: float) -> None:
    design = sample(starter(), PATHS, draws=2048, correlations={(PATHS[0], PATHS[2]): rank})
    ranks = np.argsort(np.argsort(design.values, axis=0), axis=0)
    found = np.asarray(np.corrcoef(ranks.T))
    assert found[0, 2] == pytest.approx(rank, abs=0.02)
    assert abs(found[0, 1]) < 0.05


def test_correlations_leave_the_ranges_alone(crisis: Crisis) -> None:
    plain = sample(crisis, PATHS, draws=4096)
    tied = sample(crisis, PATHS, draws=4096, correlations={(PATHS[0], PATHS[1]): 0.7})
    shares = [0.05, 0.5, 0.95]
    for j in range(3):
        a, b = (np.quantile(d.values[:, j], shares) for d in (plain, tied))
        assert b == pytest.approx(a, abs=0.02 * float(np.ptp(plain.values[:, j])))


def test_correlations_that_cannot_be_are_refused(crisis: Crisis) -> None:
    a, b, c = PATHS
    for wanted, said in (
        ({(a, b): 0.9, (b, c): 0.9, (a, c): -0.9}, "cannot all hold"),
        ({(a, "war.cost.A"): 0.5}, "not among"),
        ({(a, b): 1.0}, "between -1 and 1"),
        ({(a, a): 0.5}, "itself"),
        ({(a, b): 0.5, (b, a): 0.2}, "two different"),
    ):
        with pytest.raises(ValueError, match=said):
            sample(crisis, PATHS, draws=8, correlations=wanted)


def test_block_i_of_a_saltelli_design_is_a_with_column_i_from_b(crisis: Crisis) -> None:
    design = Design.saltelli(crisis, PATHS, base=32, seed=3)
    assert design.draws == 32 * (3 + 2)
    a, b = design.values[design.block("A")], design.values[design.block("B")]
    assert not (a == b).any()
    for i, path in enumerate(PATHS):
        mixed = design.values[design.block(path)]
        np.testing.assert_array_equal(mixed[:, i], b[:, i])
        np.testing.assert_array_equal(np.delete(mixed, i, 1), np.delete(a, i, 1))
    with pytest.raises(ValueError, match="power of two"):
        saltelli(crisis, PATHS, base=48)
    with pytest.raises(ValueError, match="Saltelli"):
        sample(crisis, PATHS, draws=8).block("A")


def test_a_matrix_from_outside_is_taken_as_it_is(crisis: Crisis) -> None:
    values = np.array([[0.1, 0.96, 0.0], [0.2, 0.97, 0.1]])
    design = given(PATHS, values)
    np.testing.assert_array_equal(design.under(crisis), values)
    np.testing.assert_array_equal(design.column(PATHS[1]), values[:, 1])
    for wrong in (values[:, :2], values[:0], np.full((1, 3), np.nan)):
        with pytest.raises(ValueError, match="values"):
            given(PATHS, wrong)
    with pytest.raises(ValueError, match="twice"):
        given((PATHS[0],) * 3, values)


@pytest.mark.parametrize("method", ["random", "latin"])
def test_other_points_than_sobol_are_uniform_too(crisis: Crisis, method: Any) -> None:
    design = sample(crisis, PATHS, draws=1000, method=method)
    assert design.points is not None
    assert np.abs(design.points.mean(0) - 0.5).max() < 0.04


def test_what_cannot_be_drawn_is_refused(crisis: Crisis) -> None:
    for kwargs, said in (
        ({"draws": 0}, "at least one"),
        ({"method": "halton"}, "unknown method"),
        ({"paths": []}, "at least one parameter"),
        ({"paths": [PATHS[0]] * 2}, "twice"),
    ):
        with pytest.raises(ValueError, match=said):
            sample(crisis, **({"paths": PATHS} | kwargs))


def test_a_reading_draws_the_same_points_from_its_own_ranges() -> None:
    crisis = load("ukraine-2025")
    reading = next(iter(crisis.readings))
    named = with_reading(crisis, reading)
    own = [p for p, q in parameters(named).items() if q != parameters(crisis).get(p) and varies(q)]
    base = sample(crisis, ["war.cost.B", "war.cost.A"], draws=8)
    moved = sample(crisis, own, draws=8, reading=reading)
    np.testing.assert_array_equal(moved.under(named), moved.values)
    # What the reading says nothing about is drawn as in the crisis itself.
    unmoved = [p for p in base.paths if get(named, p) == get(crisis, p)]
    for path in unmoved:
        j = base.paths.index(path)
        np.testing.assert_array_equal(base.under(named)[:, j], base.values[:, j])
    assert own
    assert any((moved.under(crisis)[:, j] != moved.values[:, j]).any() for j in range(len(own)))


def test_a_number_that_a_reading_fixes_keeps_its_value_there() -> None:
    crisis = load("ukraine-2025")
    fixed = override(crisis, {"war.cost.B": Quantity(value=0.123)})
    assert (sample(crisis, ["war.cost.B"], draws=4).under(fixed) == 0.123).all()


def test_only_numbers_that_games_read_are_drawn_by_default() -> None:
    """A number that is not read cannot move a table; one that is read is watched in the compile."""
    crisis = load("ukraine-2025")
    read = set(reached(crisis))
    drawn = set(sampled_by_default(crisis))
    assert drawn <= read
    assert all(varies(get(crisis, p)) for p in drawn)
    unread = sorted(p for p, q in parameters(crisis).items() if varies(q) and p not in read)
    assert len(unread) > 20
    moved = override(crisis, {p: get(crisis, p).high for p in unread})
    for plan in ("status_quo", "plan_b"):
        game, other = (compile_game(c, plan, None, "sketch") for c in (crisis, moved))
        np.testing.assert_array_equal(game.flow_a, other.flow_a)
        np.testing.assert_array_equal(game.flow_b, other.flow_b)
        for x, y in zip(game.chance, other.chance, strict=True):
            np.testing.assert_array_equal(x.data, y.data)


def test_watching_does_not_change_what_is_compiled(crisis: Crisis) -> None:
    assert "war.cost.A" in reached(crisis, ["pressure"])
    assert set(reached(crisis, ["status_quo"])) < set(reached(crisis, ["status_quo", "pressure"]))


def test_a_crisis_without_ranges_has_nothing_to_draw(crisis: Crisis) -> None:
    certain = override(
        crisis, {p: Quantity(value=q.value) for p, q in parameters(crisis).items() if varies(q)}
    )
    with pytest.raises(NoRange, match="no number that the games read has a range"):
        sample(certain)
