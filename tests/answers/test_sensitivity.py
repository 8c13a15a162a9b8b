"""Sensitivity: words, figures and degenerate cases, on a grid that solves in milliseconds."""

from __future__ import annotations

import json
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from tests.ensembles.ensemble_crises import TINY, starter

from offramp.answers import _sensitivity_words as words
from offramp.answers._ensemble_inputs import input_name, input_names
from offramp.answers._sensitivity_runs import OTHERS
from offramp.answers._sensitivity_views import verdict, worth_verdict
from offramp.answers.sensitivity import sensitivity, worth_title
from offramp.crisis import override
from offramp.ensembles import NoRange
from offramp.ensembles.information import Information, Worth
from offramp.ensembles.sobol import Index

FINER = TINY.with_(name="finer", offers=3, belief_steps=(3, 2))
"""A little finer than tiny, and as quick."""

FEW = ("war.cost.B", "war.collapse.A", "actors.arland.deal_premium", "types.stalling.delay_flow")


@cache
def few():
    """Four inputs, two with indices of their own, the other two together."""
    return sensitivity(starter(), paths=FEW, draws=128, leading=2, resolution=TINY, finer=FINER)


def indices(answer, measure="value_a"):
    return {f["factor"]: f for f in answer.data["indices"][measure]["factors"]}


def test_the_main_table_ranks_by_total_order_and_the_chart_says_the_same():
    answer = few()
    totals = [row["total"] for row in answer.table().records()]
    assert totals == sorted(totals, reverse=True)
    assert len(totals) == 3  # two inputs and the group
    chart = next(c for c in answer.charts if c.name == "indices")
    assert len(chart.table.rows) == 3


def test_what_is_left_out_is_measured_as_a_group():
    found = indices(few())
    assert set(found) == {*few().data["leading"], OTHERS}
    assert found[OTHERS]["rising"] is None
    assert "2 inputs that are not listed one by one" in few().words()


def test_a_costlier_war_for_b_is_worth_more_to_a_and_a_likelier_collapse_of_a_less():
    swings = {s["path"]: s for s in few().data["swings"]}
    assert swings["war.cost.B"]["at_high"] > swings["war.cost.B"]["at_low"] + 0.01
    assert swings["war.collapse.A"]["at_high"] < swings["war.collapse.A"]["at_low"] - 0.01
    found = indices(few())
    assert found["war.collapse.A"]["rising"] < 0.05
    assert "falls as it rises" in few().words()


def test_the_tornado_shows_the_widest_swing_first():
    chart = few().chart()
    assert chart.name == "tornado"
    reaches = [row["reach"] for row in chart.table.records()]
    assert reaches == sorted(reaches, reverse=True)
    spans = [abs(s["at_high"] - s["at_low"]) for s in few().data["swings"]]
    assert max(reaches) >= max(spans) - 1e-12


def test_the_error_of_the_grid_is_stated():
    assert few().data["checked"]
    assert "the finer grid moves one by" in few().trace().certificate[0]
    assert "is the error of a swing" in few().words()


def test_finding_out_is_a_table_and_everything_is_its_ceiling():
    info = few().data["finding_out"]
    assert info["best"] in ("status_quo", "pressure")
    assert all(w["value"] <= info["perfect"][0] + 1e-12 for w in info["inputs"])
    assert {w["name"] for w in info["observations"]} >= {"type"}
    titles = [t.title for t in few().tables]
    assert "What finding out is worth for the choice of plan" in titles


def test_an_input_is_promoted_only_if_its_whole_interval_clears_luck():
    """The same input with its lower end below and above what luck reaches."""
    crisis = starter()
    plans = tuple(crisis.plans)[:2]

    def told(low: float) -> tuple[str, str, str, int]:
        worth = Worth("war.cost.B", 0.006, low, 0.011, 0.005, 0.4, plans)
        info = Information(plans, plans[0], 0.5, 0.011, 0.006, 0.015, (worth,), 70, 0)
        study: Any = SimpleNamespace(information=info, plans=plans, evidence=())
        names = {"war.cost.B": "War: cost, Borland"}
        return (
            worth_title(study, names),
            words.finding_out(study, names, crisis),
            worth_verdict(worth),
            len(words.flips(study, names, crisis)) if plans[0] != plans[1] else 0,
        )

    title, said, verdict, flips = told(0.0051)
    assert (
        title == "War: cost, Borland is most worth finding out before choosing (0.006 of a stake)"
    )
    assert "Most worth finding out: “War: cost, Borland”" in said
    assert (verdict, flips) == ("worth finding out", 1)
    title, said, verdict, flips = told(0.002)
    assert title.startswith("No single input is surely worth finding out")
    assert title.endswith("knowing everything would gain 0.011 of a stake")
    assert "No single input is surely worth finding out: “War: cost, Borland”" in said
    assert verdict.startswith("not surely")
    assert flips == 0


def test_estimates_that_cross_are_not_printed_as_shares():
    """What an input explains alone cannot exceed what it takes part in: then nothing is ranked."""
    names = {"a": "Input a", "b": "Input b"}

    def found(first: float, total: float) -> Any:
        one = Index("a", first, 0.09, 0.48, total, 0.03, 0.27, 0.0, -0.1, 0.1, 1.0, 1.0)
        two = Index("b", 0.06, 0.01, 0.12, 0.08, 0.02, 0.13, 0.0, -0.1, 0.1, 1.0, 1.0)
        return SimpleNamespace(
            constant=False, ranked=lambda: [one, two], indices=(one, two), base=15
        )

    torn, whole, level = found(0.25, 0.10), found(0.07, 0.10), found(0.12, 0.10)
    said = words.drivers(cast(Any, None), torn, names)
    assert "25" not in said
    assert "For “Input a” the estimates cross" in said
    assert "15 base points are too few to rank" in said
    assert "“Input b” takes part in" in said
    assert "too small to rank" in words.headline(cast(Any, None), torn, names, "“P”", "A")
    assert verdict(torn.ranked()[0], False).startswith("too few draws")
    said = words.drivers(cast(Any, None), whole, names)
    assert "and explains" in said
    assert "cross" not in said
    said = words.drivers(cast(Any, None), level, names)
    assert "all of it alone as far as the sample tells" in said


def test_the_answer_survives_json():
    whole = json.loads(json.dumps(few().to_dict(), allow_nan=False))
    assert whole["answer"] == "sensitivity"
    assert (
        whole["data"]["indices"]["value_a"]["sample"] == few().data["indices"]["value_a"]["sample"]
    )
    for chart in few().charts:
        assert chart.alt
        assert chart.spec["usermeta"]["offramp"]["narrow"]


def test_the_same_seed_gives_the_same_answer_and_a_folder_is_gone_on_from(tmp_path):
    options = {
        "paths": FEW,
        "draws": 16,
        "leading": 1,
        "resolution": TINY,
        "finer": FINER,
        "folder": tmp_path,
    }
    told = []
    one = sensitivity(starter(), **options, progress=lambda *x: told.append(x))
    again = sensitivity(starter(), **options)
    assert one.to_dict() == again.to_dict()
    assert told
    assert {p.name for p in tmp_path.iterdir()} == {"check", "draws", "ends", "steps"}


def test_inputs_without_any_effect_are_said_to_have_none():
    """What members' exposure does in this tiny game: nothing, for it has no tier of cohesion."""
    answer: Any = sensitivity(
        starter(), paths=("coalition.fracture",), draws=32, leading=1, resolution=TINY, finer=FINER
    )
    assert answer.headline.startswith("No input moves what")
    assert "the same in every draw" in answer.words()
    assert all(f["total"] == 0.0 for f in indices(answer).values())
    assert not [c for c in answer.charts if c.name in ("indices", "tornado")]
    assert answer.table().records()[0]["verdict"] == "no effect: no step changed the outcome"


def test_one_plan_leaves_no_choice_to_inform():
    only = starter()
    only = only.model_copy(update={"plans": {"status_quo": only.plans["status_quo"]}})
    answer: Any = sensitivity(
        only, paths=FEW[:2], draws=16, leading=2, resolution=TINY, finer=FINER
    )
    assert answer.data["finding_out"] is None
    assert "There is one plan to choose" in answer.words()


def test_few_draws_are_warned_about_and_give_no_value_of_finding_out():
    answer: Any = sensitivity(
        starter(), paths=FEW[:2], draws=16, leading=2, resolution=TINY, finer=FINER
    )
    assert any("only 8 base points" in w for w in answer.warnings)
    assert answer.data["finding_out"] is None
    assert "Too few draws" in answer.words()


def test_a_crisis_without_ranges_is_refused():
    with pytest.raises(NoRange, match="cannot be sampled"):
        sensitivity(
            starter(), paths=("clock.horizon_months",), draws=16, resolution=TINY, finer=FINER
        )
    with pytest.raises(ValueError, match="there is no plan 'plan_z'"):
        sensitivity(starter(), plan="plan_z", resolution=TINY, finer=FINER)
    with pytest.raises(ValueError, match="at least four draws"):
        sensitivity(starter(), draws=2)


def test_names_of_inputs_read_as_words_and_are_told_apart():
    crisis = starter()
    assert input_name(crisis, "war.cost.B") == f"War: cost, {crisis.blocs['B'].name}"
    paths = list(input_names(crisis, FEW))
    assert paths == list(FEW)
    names = input_names(crisis, ["war.cost.A", "war.cost.B", *FEW[2:]])
    assert len(set(names.values())) == len(names)


def test_shares_print_with_a_true_minus_sign():
    assert words.share(-0.02) == "−2\N{NO-BREAK SPACE}%"
    assert words.shares(-0.02, 0.1) == "−2 to 10\N{NO-BREAK SPACE}%"


def test_draws_that_contradict_themselves_are_counted_with_their_reason():
    """Both sides' chances of a round must not add to more than one: some draws break that."""
    crisis = override(starter(), {"clock.recognition.A": 0.5, "clock.recognition.B": 0.49})
    paths = ("war.cost.B", "clock.recognition.A", "clock.recognition.B")
    wide = crisis.model_copy(
        update={
            "clock": crisis.clock.model_copy(
                update={
                    "recognition": {
                        side: number.model_copy(update={"low": 0.3, "high": 0.6})
                        for side, number in crisis.clock.recognition.items()
                    }
                }
            )
        }
    )
    answer: Any = sensitivity(wide, paths=paths, draws=64, leading=3, resolution=TINY, finer=None)
    assert answer.trace().certificate == ("All solves on the tiny grid.",)
    lost = answer.data["indices"]["value_a"]["lost"]
    assert lost > 0
    assert any("add to more than 1" in w for w in answer.warnings)
    assert np.isfinite(answer.data["indices"]["value_a"]["variance"])
