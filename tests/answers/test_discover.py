"""Scenario discovery: planted failures are found and put into words; degenerate cases say so."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest
from tests.ensembles.ensemble_crises import TINY, starter

from offramp.answers._discover_facts import Failure, examine, failure_of, measure_words, tried
from offramp.answers._ensemble_inputs import DIFFERENCE, GridError
from offramp.answers.discover import answer_of, discover
from offramp.ensembles import sample

FINER = TINY.with_(name="finer", offers=3, belief_steps=(3, 2))
"""A little finer than tiny, and as quick."""

PATHS = ("war.cost.B", "war.collapse.A", "blocs.B.patience", "types.stalling.delay_flow")


@dataclass(frozen=True)
class Planted:
    """Results as a run gives them, with outcomes of our own making."""

    design: Any
    columns: dict
    plans: tuple = ("status_quo", "pressure")
    manifest: object = None

    def __post_init__(self):
        object.__setattr__(self, "manifest", {"resolution": {"name": "tiny"}})

    @property
    def measures(self):
        return tuple({m for m, _ in self.columns})

    def column(self, name, plan, reading=None):
        return self.columns[name, plan]

    def values(self, reading=None):
        return self.design.values

    def failures(self, plan=None, reading=None):
        return ()

    def fitted(self, reading=None):
        return np.zeros(self.design.draws, dtype=bool)


@cache
def design(draws=1024):
    return sample(starter(), PATHS, draws, seed=1)


def planted(rule, draws=1024, noise=0.0):
    """``rule``: unit points to the value of the status quo less that of pressure."""
    d = design(draws)
    gap = rule(d.points) + noise * np.random.default_rng(0).standard_normal(len(d.points))
    return Planted(
        d, {("value_a", "status_quo"): 0.5 + gap, ("value_a", "pressure"): np.full(len(gap), 0.5)}
    )


WORSE = Failure("value_a", "<", None, "pressure")
OTHER = f"“{starter().plans['pressure'].name}”"


def corner(u):
    """The status quo is worse where war is cheap for B and A collapses easily."""
    return np.where((u[:, 0] < 0.4) & (u[:, 1] > 0.5), -0.1, 0.1)


def answered(results, failure=WORSE, error=None):
    found = examine(results, "status_quo", failure, None, error)
    return answer_of(starter(), results, found, None, 8.0, 0)


def test_a_planted_corner_is_found_and_said_in_words():
    answer = answered(planted(corner))
    assert answer.headline.startswith(f"“Status quo” is worth less to Arland than {OTHER} when ")
    assert "“War: cost, Borland” is below" in answer.headline
    assert "“War: collapse, Arland” is above" in answer.headline
    (box, *_) = answer.data["boxes"]
    assert box["density"] > 0.9
    assert box["coverage"] > 0.9
    assert box["mass"] == pytest.approx(0.2, abs=0.03)
    assert {limit["name"] for limit in box["limits"]} == {"war.cost.B", "war.collapse.A"}
    assert answer.data["held_out"]["density"] > 0.85
    assert len(answer.flips) == 2


def test_the_tree_finds_the_same_corner():
    answer = answered(planted(corner))
    top = answer.data["tree"][0]
    assert {limit["name"] for limit in top["limits"]} == {"war.cost.B", "war.collapse.A"}
    assert top["density"] > 0.9


def test_where_most_futures_fail_the_box_says_when_the_plan_holds():
    answer = answered(planted(lambda u: -corner(u)))
    assert answer.data["describes"] == "holds"
    assert answer.headline.startswith(
        f"“Status quo” is not worth less to Arland than {OTHER} when "
    )
    assert "fails in most futures" in answer.words()


def test_noise_has_no_condition_and_the_answer_says_so():
    rng = np.random.default_rng(3)
    sign = np.where(rng.random(1024) < 0.3, -0.1, 0.1)
    answer = answered(planted(lambda u: sign))
    assert "no simple condition says in which" in answer.headline
    assert answer.charts == ()
    assert answer.flips == ()
    assert [t.title for t in answer.tables] == ["Failures by plan"]
    if answer.data["boxes"]:
        assert len(answer.paragraphs) == 2
        assert "does not hold up on the other half" in answer.paragraphs[1]


def test_the_headline_says_what_failing_means_and_how_many_draws_cannot_be_told_apart():
    """Of 1024 draws a third fails, a third lies within the error of the grid; luck decides which."""
    rng = np.random.default_rng(5)
    gap = rng.choice([-0.3, 0.05, 0.3], 1024)
    error = GridError(
        4, "tiny", "draft", {DIFFERENCE: 0.1, "value_a": 0.1}, {DIFFERENCE: 0.1, "value_a": 0.1}
    )
    answer = answered(planted(lambda u: gap), error=error)
    fails, close = int((gap < -0.1).sum()), int((np.abs(gap) <= 0.1).sum())
    assert answer.headline.startswith(f"“Status quo” is worth less to Arland than {OTHER} in 3")
    assert "cannot be told apart" in answer.headline
    table = next(t for t in answer.tables if t.title == "Failures by plan")
    assert [row["draws"] for row in table.records()] == [fails, 1024 - fails - close, close]


def test_a_condition_stands_in_the_headline_with_the_share_that_meets_it():
    gap = np.where(np.random.default_rng(6).random(1024) < 0.3, -0.1, 0.1)
    answer = answered(planted(lambda u: gap), Failure("value_a", "<", 0.5))
    assert answer.headline.startswith("“Status quo” fails (the value to Arland is below 0.5) in ")


def test_one_draw_is_no_draws():
    results = planted(corner)
    results.columns["value_a", "status_quo"][:1] = np.nan
    assert any(w.startswith("1 draw gave no figure") for w in answered(results).warnings)


@pytest.mark.parametrize(
    ("gap", "words"),
    [(0.1, "in none of 1024 draws"), (-0.1, "in all of 1024 draws")],
)
def test_all_or_none_is_said(gap, words):
    answer = answered(planted(lambda u: np.full(len(u), gap)))
    assert f"is worth less to Arland than {OTHER} {words}" in answer.headline
    assert answer.charts == ()
    assert answer.data["boxes"] == []
    json.dumps(answer.to_dict(), allow_nan=False)


def test_a_handful_of_failures_is_not_described():
    answer = answered(planted(lambda u: np.where(np.arange(len(u)) < 5, -0.1, 0.1)))
    assert f"less to Arland than {OTHER} in 5 of 1024 draws: too few to say when" in answer.headline


def test_differences_within_the_error_of_the_grid_are_not_failures():
    error = GridError(
        4, "tiny", "draft", {DIFFERENCE: 0.2, "value_a": 0.2}, {DIFFERENCE: 0.3, "value_a": 0.3}
    )
    answer = answered(planted(corner), error=error)
    assert answer.data["fails"] == 0
    assert answer.data["close"] == 1024
    assert "cannot be told apart" in answer.words()


def test_draws_without_a_figure_are_left_out_and_counted():
    results = planted(corner)
    results.columns["value_a", "status_quo"][:7] = np.nan
    answer = answered(results)
    assert (answer.data["draws"], answer.data["lost"]) == (1017, 7)
    assert any("7 draws gave no figure" in w for w in answer.warnings)


def test_no_draw_solved_is_said():
    results = planted(corner)
    results.columns["value_a", "status_quo"][:] = np.nan
    assert "No draw" in answered(results).headline


def test_one_input_still_gives_a_chart():
    d: Any = sample(starter(), PATHS[:1], 512, seed=1)
    gap = np.where(d.points[:, 0] < 0.3, -0.1, 0.1)
    results = Planted(d, {("value_a", "status_quo"): gap, ("value_a", "pressure"): 0 * gap})
    answer = answered(results)
    assert "“War: cost, Borland” is below" in answer.headline
    assert [c.name for c in answer.charts] == ["box", "trajectory"]


def test_charts_carry_their_tables_and_the_answer_survives_json():
    answer = answered(planted(corner, noise=0.05))
    json.dumps(answer.to_dict(), allow_nan=False)
    box, trajectory = answer.charts
    assert len(box.table.rows) == 400
    records = trajectory.table.records()
    densities = [row["density"] for row in records]
    assert densities[-1] > densities[0]
    (shown,) = (row for row in records if row["box"] == "the box shown")
    first = answer.data["boxes"][0]
    assert (shown["coverage"], shown["density"]) == (first["coverage"], first["density"])


def test_the_box_shown_is_a_point_of_its_curve_and_no_other_point_is_better_in_both():
    results = planted(corner, noise=0.08)
    found = examine(results, "status_quo", WORSE)
    assert found.boxes is not None
    points = tried(found.boxes, found.X, found.cases)
    assert found.solid is found.boxes.boxes[0]
    assert found.solid in points
    assert len(points) > 3
    for one in points:
        for other in points:
            assert not (other.coverage > one.coverage and other.density > one.density)


# --- Conditions ----------------------------------------------------------------------------


def test_conditions_are_read_and_bad_ones_refused():
    assert failure_of("disaster_12 > 0.05") == Failure("disaster_12", ">", 0.05)
    assert failure_of(" settled_12<=.2 ") == Failure("settled_12", "<", 0.2)
    for text in ("settled_12", "settled_12 == 0.2", "settled_12 < many", "__import__('os')"):
        with pytest.raises(ValueError, match="is not a condition"):
            failure_of(text)


def test_figures_read_as_words():
    assert (
        measure_words("settled_12", starter()) == "the chance of being in a settlement by month 12"
    )
    assert measure_words("value_a", starter()) == "the value to Arland"
    assert measure_words("my_own", starter()) == "my own"


# --- The whole way -------------------------------------------------------------------------


@cache
def solved():
    return discover(
        starter(), paths=PATHS, draws=96, resolution=TINY, finer=FINER, fails="settled_12 < 0.9"
    )


def test_a_costly_war_for_b_is_what_brings_settlements():
    """The whole way from draws to words; both directions are those of the model's own swings."""
    answer = solved()
    strength = answer.data["rank_correlation"]
    assert strength["war.cost.B"] < -0.2
    assert answer.data["draws"] == 96
    assert 0 < answer.data["fails"] < 96
    assert dict(answer.trace().settings)["fails if"] == (
        "the chance of being in a settlement by month 12 is below 0.9"
    )


def test_the_default_is_the_comparison_with_another_plan():
    answer: Any = discover(starter(), paths=PATHS[:2], draws=16, resolution=TINY, finer=FINER)
    assert answer.data["failure"]["against"] == "pressure"
    assert "it is worth less to Arland than" in answer.words()
    assert answer.data["grid_error"]["mean"][DIFFERENCE] >= 0


def test_a_single_plan_is_held_against_a_stated_chance_of_settlement():
    only = starter()
    only = only.model_copy(update={"plans": {"status_quo": only.plans["status_quo"]}})
    answer: Any = discover(only, paths=PATHS[:2], draws=16, resolution=TINY, finer=FINER)
    assert answer.data["failure"] == {
        "measure": "settled_12", "sense": "<", "level": 0.5, "against": None,
    }  # fmt: skip


def test_what_cannot_be_asked_is_refused():
    with pytest.raises(ValueError, match="worse than itself"):
        discover(starter(), plan="pressure", against="pressure", resolution=TINY, finer=FINER)
    with pytest.raises(ValueError, match="no figure 'happiness'"):
        discover(
            starter(), paths=PATHS[:1], draws=8, resolution=TINY, finer=FINER, fails="happiness < 1"
        )
    with pytest.raises(ValueError, match="there is no plan"):
        discover(starter(), plan="plan_z", resolution=TINY, finer=FINER)
