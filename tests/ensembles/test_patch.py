"""Draws set their numbers fast; what comes of it is what the plain ways give, to the last bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import sparse
from tests.ensembles.ensemble_crises import PATHS, starter

from offramp import load, override
from offramp.crisis import BadValue, Crisis, UnknownPath, get, with_reading
from offramp.ensembles import sample, sampled_by_default
from offramp.game import Game, _chance, compile_game
from offramp.game._numbers import Numbers


@pytest.fixture(scope="module")
def reference() -> Crisis:
    return load("ukraine-2025")


def tables(game: Game) -> list[Any]:
    found: list[Any] = [game.flow_a, game.flow_voice, game.flow_b, game.opening, game.signed_value]
    for group in (game.moves, game.reviews, game.protocol):
        found += [getattr(group, name) for name in type(group).__dataclass_fields__]
    for matrix in game.chance:
        found += [matrix.data, matrix.indices, matrix.indptr]
    return [*found, game.floors, game.discount, game.notes, game.averages]


def same(one: Game, other: Game) -> bool:
    return all(
        np.array_equal(x, y, equal_nan=np.asarray(x).dtype.kind == "f")
        for x, y in zip(tables(one), tables(other), strict=True)
    )


def test_every_sampled_number_of_the_reference_crisis_is_set_as_override_sets_it(
    reference: Crisis,
) -> None:
    paths = sampled_by_default(reference)
    assert len(paths) > 200
    numbers = Numbers(reference, paths)
    for path in paths:
        number = get(reference, path)
        for value in (number.low, number.high):
            assert numbers.set({path: value}) == override(reference, {path: value}), path


def test_games_of_whole_draws_are_equal_to_the_last_bit(reference: Crisis) -> None:
    design = sample(reference, draws=3, seed=4)
    numbers = Numbers(reference, design.paths)
    for plan, row in zip(("plan_b", "reciprocal", "status_quo"), design.values, strict=True):
        drawn = dict(zip(design.paths, map(float, row), strict=True))
        one, other = numbers.set(drawn), override(reference, drawn)
        assert one == other
        assert same(
            compile_game(one, plan, None, "sketch"), compile_game(other, plan, None, "sketch")
        )


def test_what_is_not_drawn_is_shared_and_what_is_drawn_forgets_that_it_was_assumed() -> None:
    crisis = starter()
    assumed = next(p for p in sampled_by_default(crisis) if get(crisis, p).is_default)
    changed = Numbers(crisis, [assumed]).set({assumed: get(crisis, assumed).high})
    assert not get(changed, assumed).is_default
    assert changed.actors is crisis.actors
    assert Numbers(crisis, [assumed]).set({}) is crisis


def test_the_crisis_itself_never_changes() -> None:
    crisis, untouched = starter(), starter()
    Numbers(crisis, PATHS).set({p: get(crisis, p).high for p in PATHS})
    assert crisis == untouched


@pytest.mark.parametrize(
    ("path", "value", "error"),
    [
        ("blocs.B.patience", 1.0, BadValue),
        ("war.cost.B", -0.1, BadValue),
        ("war.cost.B", float("nan"), BadValue),
    ],
)
def test_impossible_values_are_refused_in_the_words_of_override(
    path: str, value: float, error: type[Exception]
) -> None:
    crisis = starter()
    with pytest.raises(error) as plain:
        override(crisis, {path: value})
    with pytest.raises(error) as fast:
        Numbers(crisis, [path]).set({path: value})
    assert str(fast.value) == str(plain.value)


def test_only_numbers_can_be_set() -> None:
    with pytest.raises(BadValue, match="not a number with a range"):
        Numbers(starter(), ["regime"])
    with pytest.raises(UnknownPath):
        Numbers(starter(), ["war.nothing"])


def literal(rows: Any, cols: Any, data: Any, size: int) -> sparse.csr_matrix:
    matrix = sparse.csr_matrix((data, (rows, cols)), shape=(size, size))
    matrix.eliminate_zeros()
    return matrix


@pytest.mark.parametrize("seed", range(5))
def test_a_month_s_matrix_is_scipys_own_to_the_last_bit(seed: int) -> None:
    """Entries that meet are added up in scipy's order; entries that add up to zero are left out."""
    rng = np.random.default_rng(seed)
    size, n = 40, 3000
    rows, cols = rng.integers(0, size, n), rng.integers(0, size, n)
    build = _chance._Builder(rows, cols, size)
    for _ in range(3):
        data = rng.random(n) * (rng.random(n) < 0.05)
        one, other = build.matrix(data), literal(rows, cols, data, size)
        for name in ("data", "indices", "indptr"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
        assert one.nnz < n / 2


@pytest.mark.parametrize("reading", [True, False])
def test_chance_of_the_reference_crisis_is_as_before(
    reference: Crisis, monkeypatch: pytest.MonkeyPatch, reading: bool
) -> None:
    crisis = with_reading(reference, next(iter(reference.readings))) if reading else reference

    class Literal:
        def __init__(self, rows: Any, cols: Any, size: int) -> None:
            self.rows, self.cols, self.size = rows, cols, size

        def matrix(self, data: Any) -> sparse.csr_matrix:
            return literal(self.rows, self.cols, data, self.size)

    fast = compile_game(crisis, "plan_b", None, "draft")
    monkeypatch.setattr(_chance, "_Builder", Literal)
    assert same(fast, compile_game(crisis, "plan_b", None, "draft"))
