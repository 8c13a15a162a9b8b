"""Loads and verdicts against games whose answers are known, and against their definitions."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest

from offramp.audit import TriggerAudit, coalitions, loads, verdict
from offramp.audit._loads import fitted
from offramp.audit._verdicts import not_expressed, structural

Game = Callable[[np.ndarray], float]


def shapley(game: Game, n: int) -> np.ndarray:
    """Shapley values by their definition, over all orders."""
    total = np.zeros(n)
    for order in itertools.permutations(range(n)):
        inside = np.zeros(n, dtype=bool)
        before = game(inside)
        for j in order:
            inside[j] = True
            now = game(inside)
            total[j] += now - before
            before = now
    return total / math.factorial(n)


def majority(z: np.ndarray) -> float:
    """True if the weight of what is in reaches a quota; the last one works against it."""
    return float(np.dot([0.5, 0.3, 0.2, 0.1, -0.4], z) >= 0.35)


def smooth(z: np.ndarray) -> float:
    return 0.1 + 0.3 * z[0] - 0.2 * z[1] + 0.25 * z[0] * z[2] - 0.1 * z[3] * z[4]


@pytest.mark.parametrize("game", [majority, smooth])
def test_the_fit_over_all_sets_is_the_shapley_value(game: Game) -> None:
    """With every set once, weighted by the kernel, the fit is exact."""
    n = 5
    sets = [np.array(s, dtype=bool) for s in itertools.product((0, 1), repeat=n)]
    inner = [s for s in sets if 0 < s.sum() < n]
    repeats = {k: 60 // (math.comb(n, k) * k * (n - k) // 2) for k in range(1, n)}
    masks = np.array([s for s in inner for _ in range(repeats[int(s.sum())])])
    y = np.array([game(s) for s in masks])
    none, every = game(np.zeros(n)), game(np.ones(n))
    assert fitted(masks, y, none, every) == pytest.approx(shapley(game, n), abs=1e-12)


@pytest.mark.parametrize("game", [majority, smooth])
def test_a_sample_of_sets_covers_the_truth_and_adds_up(game: Game) -> None:
    n, pairs = 5, 400
    masks = coalitions(n, pairs, seed=3)
    rng = np.random.default_rng(5)
    noise = 0.05 * rng.standard_normal(len(masks))
    y = np.array([game(m) for m in masks]) + noise
    none = game(np.zeros(n)) + 0.05 * rng.standard_normal(100)
    every = game(np.ones(n)) + 0.05 * rng.standard_normal(100)
    found = loads(masks, y, none, every, seed=1)
    truth = shapley(game, n)
    assert found.value.sum() == pytest.approx(found.total, abs=1e-9)
    assert found.value == pytest.approx(truth, abs=0.05)
    inside = (found.low - 0.01 <= truth) & (truth <= found.high + 0.01)
    assert inside.all()
    assert found.high[np.argmin(truth)] < 0 < found.low[np.argmax(truth)]


def test_sets_come_in_pairs_of_complements_with_sizes_by_the_kernel() -> None:
    masks = coalitions(6, 3000, seed=0)
    assert (masks[0::2] == ~masks[1::2]).all()
    sizes = np.bincount(masks.sum(1), minlength=7)
    assert sizes[0] == sizes[6] == 0
    weight = np.array([1 / (k * (6 - k)) for k in range(1, 6)])
    assert sizes[1:6] / sizes.sum() == pytest.approx(weight / weight.sum(), abs=0.02)
    assert (coalitions(6, 5, seed=0) == masks[:10]).all()


def test_one_premise_carries_the_whole_difference_and_none_carries_nothing() -> None:
    found = loads(np.zeros((0, 1), dtype=bool), np.zeros(0), np.zeros(4), np.ones(4))
    assert found.value.tolist() == [1.0]
    assert loads(np.zeros((0, 0), dtype=bool), np.zeros(0), np.zeros(2), np.ones(2)).value.size == 0


def test_loads_refuse_samples_that_cannot_say_anything() -> None:
    masks = coalitions(4, 3, seed=0)
    with pytest.raises(ValueError, match="too few"):
        loads(masks, np.zeros(6), np.zeros(2), np.ones(2))
    with pytest.raises(ValueError, match="and with all off"):
        loads(masks, np.zeros(6), np.full(2, np.nan), np.ones(2))


def test_pairs_that_could_not_be_asked_are_left_out() -> None:
    masks = coalitions(3, 40, seed=0)
    y = masks[:, 0].astype(float)
    y[7] = np.nan
    found = loads(masks, y, np.zeros(9), np.ones(9))
    assert found.pairs == 39
    assert found.value == pytest.approx([1, 0, 0], abs=1e-9)


def test_a_verdict_has_wilsons_interval() -> None:
    """Against the textbook: 8 of 10 gives .490 to .943 (Wilson 1927; Brown, Cai and DasGupta 2001)."""

    def interval(true: int, n: int) -> tuple[float, float]:
        cell = verdict(np.array([1.0] * true + [0.0] * (n - true)), np.zeros(n))
        return cell.low, cell.high

    assert interval(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    low, high = interval(0, 30)
    assert low == 0
    assert 0 < high < 0.13
    assert interval(30, 30) == pytest.approx((1 - high, 1.0))


@pytest.mark.parametrize(
    ("true", "n", "word", "clear"),
    [
        (500, 500, "follows", True), (80, 100, "follows", False), (79, 100, "undetermined", False),
        (50, 100, "undetermined", True), (20, 100, "contradicts", False), (0, 40, "contradicts", True),
        (3, 3, "follows", False),
    ],
)  # fmt: skip
def test_verdicts_by_share_and_interval(true: int, n: int, word: str, clear: bool) -> None:
    truth = np.array([1.0] * true + [0.0] * (n - true))
    cell = verdict(truth, truth - 0.5)
    assert (cell.word, cell.clear, cell.draws) == (word, clear, n)


def test_what_was_not_asked_is_no_verdict() -> None:
    none = np.full(5, np.nan)
    assert verdict(none, none, "no such lever").word == "not asked"
    assert verdict(none, none, "no such lever").reason == "no such lever"
    assert not_expressed("why").draws == 0


def test_structural_is_the_same_everywhere_and_in_every_draw() -> None:
    yes, no, mixed = np.ones(6), np.zeros(6), np.array([1.0, 0, 1, 1, 1, 1])
    cells = {k: verdict(v, v) for k, v in (("yes", yes), ("no", no), ("mixed", mixed))}
    missing = verdict(np.full(3, np.nan), np.full(3, np.nan))
    assert structural([cells["yes"], cells["yes"], missing])
    assert not structural([cells["no"], missing])
    assert not structural([cells["yes"], cells["no"]])
    assert not structural([cells["yes"], cells["mixed"]])
    assert not structural([missing])


def test_a_trigger_in_others_hands() -> None:
    found = TriggerAudit(0.25, 0.97, 0.0, 0.03)
    assert found.fires == pytest.approx(0.2425)
    assert found.contradicts
    assert "less than its own trigger does" in found.words("an invasion", "an attack")
    assert not TriggerAudit(0.25, 0.97, 0.0, 0.30).contradicts
    assert not TriggerAudit(0.25, 0.97).contradicts
    assert TriggerAudit(0.5, 0.5, 0.2).fires == pytest.approx(0.45)
    with pytest.raises(ValueError, match=r"without the trigger, at most 0\.5"):
        TriggerAudit(0.5, 0.5, 0.6)
    with pytest.raises(ValueError, match="response is a probability"):
        TriggerAudit(0.5, 1.5)
