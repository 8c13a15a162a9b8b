"""Events over the ranges of the inputs: shares, ranges and their words."""

from __future__ import annotations

import numpy as np
import pytest
from tests.answers.answer_crises import starter

import offramp
from offramp.answers import stress
from offramp.answers._stress_draws import Drawn, drawn, event_effects, interval, order, table
from offramp.answers._stress_facts import stress_draw
from offramp.crisis import Crisis
from offramp.ensembles import sample
from offramp.solution import Solution


@pytest.fixture(scope="module")
def base() -> Solution:
    """The starter crisis with two events: A's help is lost, or the front jumps."""
    raw = starter().model_dump(mode="json")
    raw["events"] = {
        "aid_cut": {
            "name": "Aid cut",
            "hazard": 0.01,
            "when": "war",
            "effects": [{"kind": "cohesion", "steps": 1}],
        },
        "breach": {
            "name": "Breach",
            "hazard": 0.01,
            "when": "war",
            "effects": [{"kind": "position", "steps": 1}],
        },
    }
    raw["war"]["cost"]["B"] = {"value": 0.2, "low": 0.1, "high": 0.3, "source": ["x"]}
    crisis = Crisis.model_validate(raw)
    return offramp.solve(offramp.compile(crisis, resolution="sketch"), kernel="numba")


def test_worst_is_counted_among_draws_in_which_something_costs() -> None:
    effects = np.array([[-0.1, -0.2], [0.1, 0.2], [-0.3, 0.0], [0.0, -0.1]])
    found = Drawn(("x", "y"), effects, 4, 0)
    assert found.worst().tolist() == [0.25, 0.5]
    assert order(found) == [1, 0]
    assert found.quantiles(0)[1] == pytest.approx(-0.05)


def test_wilson_by_hand() -> None:
    low, high = interval(0.5, 100)
    z = 1.6448536269514722
    half = z / (1 + z * z / 100) * (0.25 / 100 + z * z / 40000) ** 0.5
    assert low == pytest.approx(0.5 - half)
    assert high == pytest.approx(0.5 + half)
    assert interval(0.0, 10)[0] == 0.0
    assert interval(1.0, 10)[1] == 1.0


def test_each_draw_is_the_sweep_of_the_game_with_its_numbers(base: Solution) -> None:
    crisis = base.game.crisis
    found = drawn(base, 8, seed=3)
    assert found.events == ("aid_cut", "breach")
    assert len(found.effects) + found.failed == 8
    assert np.ptp(found.effects, axis=0).min() > 0
    design = sample(crisis, draws=8, seed=3)
    first = dict(zip(design.paths, map(float, design.values[0]), strict=True))
    game = offramp.compile(offramp.override(crisis, first), base.game.plan_id, resolution="sketch")
    alone = stress_draw(offramp.solve(game, kernel="numba"))
    assert found.effects[0].tolist() == pytest.approx([alone["aid_cut"], alone["breach"]], abs=1e-9)
    np.testing.assert_array_equal(found.effects, drawn(base, 8, seed=3, workers=2).effects)


def test_an_event_that_cannot_happen_is_no_number(base: Solution) -> None:
    found = event_effects(base, ("aid_cut", "nothing"))
    assert np.isnan(found["event_nothing"])
    assert np.isfinite(found["event_aid_cut"])


def test_the_answer_carries_them(base: Solution) -> None:
    answer = stress(base, pairs=False, draws=8)
    assert any(t.title == "Every event alone, over the ranges of the inputs" for t in answer.tables)
    assert answer.charts[-1].name == "draws"
    assert "draws from the ranges of the file" in answer.words()
    assert table(base, drawn(base, 8)).rows[0][0] in ("Aid cut", "Breach")
    assert stress(base, pairs=False).data["draws"] is None  # type: ignore[index]


def test_what_cannot_be_drawn_is_refused(base: Solution) -> None:
    with pytest.raises(ValueError, match="at least 8"):
        drawn(base, 4)
    bare = offramp.solve(offramp.compile(starter(), resolution="sketch"))
    with pytest.raises(ValueError, match="no event"):
        drawn(bare, 8)
