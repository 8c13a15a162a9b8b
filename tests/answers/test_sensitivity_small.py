"""What a result hangs on from a small sample: the tornado, luck among many inputs, and the words."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from tests.ensembles.ensemble_crises import TINY, starter

import offramp
from offramp.answers import Answer
from offramp.answers import _sensitivity_small as small_study
from offramp.answers._ensemble_inputs import GridError, input_names
from offramp.answers._sensitivity_small import best_by_luck, small
from offramp.answers._sensitivity_small_answer import _headline, hangs_on
from offramp.crisis import Crisis, quantities
from offramp.ensembles.main_effects import main_effect
from offramp.ensembles.sampling import values_at
from offramp.ensembles.spared import PRICE, spared


@cache
def both() -> tuple[Answer, ...]:
    """The two answers about the starter, on a grid that solves in milliseconds."""
    return hangs_on(starter(), draws=64, checked=1, resolution=TINY, finer=None)


def test_every_input_is_moved_alone_and_its_ends_are_those_of_a_whole_solve() -> None:
    """The backward pass alone gives the values that solving the changed crisis gives."""
    data = both()[0].data
    assert data is not None
    swings = {s["path"]: s for s in data["swings"]}
    assert set(swings) == set(data["paths"])
    widest = sorted(swings, key=lambda p: -abs(swings[p]["at_high"] - swings[p]["at_low"]))[:2]
    for path in widest:
        for end, level in (("at_low", 0.05), ("at_high", 0.95)):
            value = float(values_at(starter(), (path,), np.array([[level]]))[0, 0])
            changed = offramp.override(starter(), {path: value})
            solved = offramp.solve(offramp.compile(changed, data["plan"], resolution=TINY))
            assert swings[path][end] == pytest.approx(solved.opening_a, abs=1e-9)


def test_an_end_at_which_levers_spare_too_much_is_fitted_as_a_draw_is() -> None:
    crisis = offramp.load("ukraine-2025")
    low = offramp.override(crisis, {PRICE: 0.01})
    job = small_study._Ends("sticks_relief", TINY, 8.0, ((PRICE, 0.01), None))
    at_low, centre = small_study._values(crisis, job)
    solved = offramp.solve(offramp.compile(spared(low), "sticks_relief", resolution=TINY))
    assert at_low == pytest.approx(solved.opening_a, abs=1e-9)
    assert np.isfinite(centre)
    assert np.isnan(small_study._values(low, job)).all()  # a file that contradicts itself


def test_the_best_of_many_idle_inputs_seldom_passes_luck_and_a_real_effect_does() -> None:
    rng = np.random.default_rng(7)
    passed = 0
    for _ in range(20):
        X, y = rng.random((64, 40)), rng.normal(size=64)
        luck = best_by_luck(X, y, 1)
        passed += max(main_effect(x, y, resamples=1).value for x in X.T) > luck
    assert passed <= 4  # 1 in 20 is expected
    y = X[:, 3] + 0.3 * rng.normal(size=64)
    assert main_effect(X[:, 3], y, resamples=1).value > best_by_luck(X, y, 1)


def test_luck_grows_with_the_number_of_inputs() -> None:
    rng = np.random.default_rng(8)
    X, y = rng.random((64, 200)), rng.normal(size=64)
    assert best_by_luck(X, y, 0) > best_by_luck(X[:, :5], y, 0)


def test_both_answers_say_that_they_are_small_and_which_command_takes_more() -> None:
    sensitivity, discover = both()
    assert (sensitivity.name, discover.name) == ("sensitivity", "discover")
    assert "`offramp sensitivity strait --plan status_quo`" in " ".join(sensitivity.warnings)
    assert "`offramp discover strait --plan status_quo --against pressure`" in " ".join(
        discover.warnings
    )


def test_there_is_a_tornado_and_a_box_or_a_sentence_that_there_is_none() -> None:
    sensitivity, discover = both()
    assert next(c for c in sensitivity.charts if c.name == "tornado").table.rows
    assert discover.data is not None
    drawn = [c.name for c in discover.charts]
    if drawn:
        assert drawn == ["box", "trajectory"]
        assert "such a box holds" in discover.words()
    else:
        assert discover.table().title == "Failures by plan"
        told = "no simple condition", "too few", "most often where"
        assert any(x in discover.headline for x in told)


def test_one_input_at_a_time_and_all_draws_together_are_told_apart() -> None:
    sensitivity, _ = both()
    assert sensitivity.headline.startswith("Moved ")
    assert "with all other inputs at their centre" in sensitivity.paragraphs[1]
    assert sensitivity.paragraphs[2].startswith("Now over all draws together")


def test_finding_out_is_worth_something_only_where_plans_differ() -> None:
    assert "knowing everything before choosing would be worth" in both()[0].words()
    alone = starter().model_copy(update={"plans": {"status_quo": starter().plans["status_quo"]}})
    sensitivity, discover = hangs_on(alone, draws=4, resolution=TINY, finer=None)
    assert "There is one plan to choose" in sensitivity.words()
    assert "too few draws" in sensitivity.words().lower()
    assert sensitivity.data is not None
    assert sensitivity.data["shares"] == {}
    assert discover.data is not None
    assert discover.data["failure"]["measure"] == "settled_12"


def test_inputs_that_differ_by_less_than_the_error_of_the_grid_are_not_ranked() -> None:
    crisis = starter()
    first, second = crisis.plans
    found = small(
        crisis, first, (second,), reading=None, draws=8, checked=0, resolution=TINY, finer=None,
        precision=8.0, workers=1, progress=None, folder=None, seed=0,
    )  # fmt: skip
    reach = [s.reach for s in found.study.swings]
    assert reach[0] > reach[1] > reach[2]
    names = input_names(crisis, found.study.paths)

    def said(error: float) -> str:
        off = GridError(1, "tiny", "draft", {"value_a": error}, {"value_a": error})
        return _headline(replace(found, error=off), names, "it", "Arland")

    assert "cannot be ranked" not in said(0.0)
    assert said(reach[0] - reach[1] + 1e-9).count("“") == 2
    assert "cannot be ranked" in said(reach[0] - reach[1] + 1e-9)
    assert "by more than the error of the grid" in said(reach[0])


def fixed() -> Crisis:
    """The starter with every number certain."""
    crisis = starter()
    ranges = {
        p: q.model_copy(update={"low": None, "high": None}) for p, q in quantities(crisis).items()
    }
    return offramp.override(crisis, ranges)


def test_a_crisis_without_ranges_is_said_to_hang_on_nothing_that_can_be_shown() -> None:
    answers = hangs_on(fixed(), draws=8, resolution=TINY, finer=None)
    assert [a.name for a in answers] == ["sensitivity"]
    assert "has a range" in answers[0].headline
    assert not answers[0].table().rows


def test_kept_pieces_are_found_again_and_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked() -> tuple[Answer, ...]:
        return hangs_on(starter(), draws=8, resolution=TINY, finer=None, folder=tmp_path)

    first = asked()

    def no_more(*_: object) -> None:
        raise AssertionError("solved again")

    monkeypatch.setattr("offramp.ensembles.pool.perform", no_more)
    monkeypatch.setattr(small_study, "_values", no_more)
    assert [a.to_dict() for a in asked()] == [a.to_dict() for a in first]


def test_the_answers_do_not_depend_on_the_number_of_workers() -> None:
    one, two = (
        hangs_on(starter(), draws=40, resolution=TINY, finer=None, workers=n) for n in (1, 2)
    )
    assert [a.to_dict() for a in one] == [a.to_dict() for a in two]


def test_an_unknown_plan_and_too_few_draws_are_refused() -> None:
    with pytest.raises(ValueError, match="no plan"):
        hangs_on(starter(), "nothing")
    with pytest.raises(ValueError, match="at least four"):
        hangs_on(starter(), draws=3)
