"""Robust plans: planted tables come out as they were planted; what is not known is not claimed."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from tests.answers.robust_plants import PLANS, answered, crisis, error_of, examined, planted
from tests.ensembles.ensemble_crises import TINY, starter

from offramp import load, override
from offramp.answers import _robust_check as check
from offramp.answers import _robust_words as words
from offramp.answers._robust_bars import Bar, bar_of, bars_of
from offramp.answers._robust_facts import examine, least_shares, reading_names, room_needed
from offramp.answers._robust_moments import Moment
from offramp.answers.robust import _answer, robust
from offramp.ensembles import given, run, sample
from offramp.ensembles.spared import PRICE, overspared

FINER = TINY.with_(name="finer", offers=3, belief_steps=(3, 2))
NAME = "“Embargo if talks drag, with a way out”"


# --- Verdicts --------------------------------------------------------------------------------


def test_a_plan_that_is_better_in_every_future_holds_up_and_its_opposite_falls_short():
    good = answered(planted(np.full(64, 0.1)))
    assert good.data["verdicts"] == {"pressure": "holds up"}
    assert good.headline == f"{NAME} holds up"
    bad = answered(planted(np.full(64, -0.1)))
    assert bad.data["verdicts"] == {"pressure": "falls short"}
    assert bad.headline == "No plan holds up"


def test_the_plan_that_sets_the_bar_is_not_judged_by_it():
    answer = answered(planted(np.full(64, -0.1)))
    assert answer.data["sets_the_bar"] == "status_quo"
    assert "status_quo" not in answer.data["verdicts"]
    first = answer.table().rows[0]
    assert first[1:] == ("sets the bar",)
    stated = answered(planted(np.full(64, -0.1)), bars=(bar_of("value_a >= 0.45"),))
    assert stated.data["verdicts"] == {"status_quo": "holds up", "pressure": "falls short"}


def test_readings_are_not_averaged():
    """Very good under one reading does not make up for failing under the other."""
    gain = {"calm": np.full(64, 0.4), "grim": np.full(64, -0.01)}
    answer = answered(planted(gain, readings=("calm", "grim")))
    under = {r: answer.data["under"][r]["held"]["pressure"]["verdict"] for r in ("calm", "grim")}
    assert under == {"calm": "holds up", "grim": "falls short"}
    assert answer.data["verdicts"]["pressure"] == "falls short"
    assert f"{NAME} falls short under “A grim reading”." in answer.words()
    assert "calm" not in answer.words().split("falls short")[1].split(".")[0]


@pytest.mark.parametrize("order", [("calm", "grim"), ("grim", "calm")])
def test_readings_of_one_label_are_judged_apart(order):
    """The plan fails under one of them, whichever comes last, and readers can tell which."""
    base = crisis()
    same = {k: r.model_copy(update={"label": "A reading"}) for k, r in base.readings.items()}
    alike = base.model_copy(update={"readings": same})
    gain = {"calm": np.full(64, 0.4), "grim": np.full(64, -0.01)}
    results = planted(gain, readings=order)
    found = examine(alike, results, bars_of(alike, PLANS, None, 12), 0.5, error_of(0.0), ())
    assert found.standings["pressure"].verdict == "falls short"
    assert found.best("mean regret") == {"calm": ("pressure",), "grim": ("status_quo",)}
    assert least_shares(found)["pressure"] == (0.0, "grim")
    assert len({u.name for u in found.under}) == 2
    name = next(u.name for u in found.under if u.reading == "grim")
    answer = _answer(alike, results, found, 8.0, 0)
    assert f"{NAME} falls short under “{name}”." in answer.words()
    later = same["grim"].model_copy(update={"as_of": same["grim"].as_of + dt.timedelta(1)})
    dated = base.model_copy(update={"readings": {**same, "grim": later}})
    assert reading_names(dated, (None, *order))["grim"] == f"A reading ({later.as_of})"


def test_whichever_plan_sets_every_bar_is_not_judged():
    results = planted(np.full(64, -0.1))
    second = answered(results, bars=(bar_of("value_a >= pressure"),))
    assert second.data["sets_the_bar"] == "pressure"
    assert second.data["verdicts"] == {"status_quo": "holds up"}
    for bars in (
        ("value_a >= pressure", "disaster_12 <= status_quo"),
        ("value_a >= pressure + 0.1",),
        ("value_a >= pressure", "disaster_12 <= 0.5"),
    ):
        found = answered(results, bars=tuple(bar_of(b) for b in bars))
        assert found.data["sets_the_bar"] is None
        assert set(found.data["verdicts"]) == set(PLANS)


def test_a_share_that_few_futures_cannot_place_is_no_verdict():
    gain = np.where(np.arange(16) < 9, 0.1, -0.1)
    answer = answered(planted(gain, n=16))
    assert answer.data["verdicts"]["pressure"] == "cannot be told"
    assert answer.headline.startswith("No plan surely holds up")
    many = answered(planted(np.tile(gain, 40), n=640))
    assert many.data["verdicts"]["pressure"] == "holds up"


def test_a_higher_bar_turns_a_verdict_where_its_flip_says():
    gain = np.where(np.arange(640) < 400, 0.1, -0.1)
    found = examined(planted(gain, n=640))
    assert least_shares(found) == {"pressure": (0.625, None)}
    assert "more than 62 % of futures instead of 50 %" in " ".join(
        words.flips(crisis(), found)
    ).replace("\N{NO-BREAK SPACE}", " ")
    assert examined(planted(gain, n=640), share=0.7).standings["pressure"].verdict == "falls short"


def test_differences_within_the_error_count_as_met_and_as_ties():
    gain = np.full(64, -0.01)
    assert answered(planted(gain)).data["verdicts"]["pressure"] == "falls short"
    answer = answered(planted(gain), error=0.02)
    assert answer.data["verdicts"]["pressure"] == "holds up"
    assert answer.data["least_mean_regret_everywhere"] == list(PLANS)
    assert "no distinguishable difference" in answer.words()
    assert answer.data["under"]["base"]["regret"]["tied"] == 1.0


def test_both_thresholds_count():
    results = planted(np.full(64, 0.1))
    results.columns["disaster_12", "pressure", None] = np.full(64, 0.02)
    answer = answered(results)
    assert answer.data["verdicts"]["pressure"] == "falls short"
    assert "0.01 short of the threshold on the chance of disaster by month 12" in " ".join(
        answer.flips
    )


def test_futures_without_an_answer_count_both_ways():
    """48 of 64 solved and all good: sure only if the others may all be bad."""
    gain = np.full(64, 0.1)
    gain[:16] = np.nan
    reasons = tuple((i, "ValueError: it contradicts itself") for i in range(16))
    answer = answered(planted(gain, reasons=reasons))
    held = answer.data["under"]["base"]["held"]["pressure"]
    assert (held["share"], held["lost"]) == (1.0, 0.25)
    assert (held["hits"], held["futures"]) == (48, 48)
    assert 0.5 < held["low"] < 0.75
    gain[:40] = np.nan
    answer = answered(planted(gain, reasons=reasons))
    assert answer.data["verdicts"]["pressure"] == "cannot be told"
    (warning,) = (w for w in answer.warnings if "cannot be solved" in w)
    assert "in up to 16 of 64 futures" in warning
    assert "it contradicts itself" in warning


def test_no_future_with_all_plans_gives_no_regret_and_says_so():
    answer = answered(planted(np.full(8, np.nan), n=8))
    assert answer.data["under"]["base"]["regret"] is None
    assert answer.table().rows[1][1] == "no answer"
    assert any("no future in which every plan has a worth" in w for w in answer.warnings)
    assert [c.name for c in answer.charts] == ["robust"]
    json.dumps(answer.to_dict(), allow_nan=False)


def test_the_room_a_plan_needs_is_the_miss_of_its_middle_future():
    gain = -np.arange(1, 102) / 1000
    found = examined(planted(gain, n=101))
    assert room_needed(found, 0, "pressure") == pytest.approx(0.051)
    assert (
        room_needed(found, 1, "pressure") == np.inf
    )  # missing the other threshold is what decides
    better = examined(planted(gain, n=101), bars=(bar_of("value_a >= status_quo - 0.051"),))
    assert better.standings["pressure"].held[None].hits == 51


# --- The check on a finer grid -----------------------------------------------------------------


def test_futures_that_were_fitted_are_counted_in_a_warning():
    answer = answered(planted(np.full(64, 0.1), mended=(3, 5)))
    (said,) = (w for w in answer.warnings if "scaled down" in w)
    assert said.startswith("in 2 of 64 futures levers would spare more of ")
    assert answer.data["under"]["base"]["fitted"] == 2
    assert not any("scaled down" in w for w in answered(planted(np.full(64, 0.1))).warnings)


def test_a_draw_whose_levers_spare_too_much_is_checked_as_it_was_solved():
    reference = load("ukraine-2025")
    (lever,) = overspared(override(reference, {PRICE: 0.001}))
    values = (0.02, -0.05)
    plan = "sticks_relief"
    found = run(
        reference, given((PRICE, lever), np.array([values])), plans=[plan], resolution=TINY, workers=1
    )  # fmt: skip
    shared = check.Shared(reference, (PRICE, lever), True, TINY, 8.0, (12,))
    figures = check.again(shared, check.Again(plan, None, values))
    assert isinstance(figures, dict)
    assert figures["value_a"] == found.column("value_a")[0]


def test_only_futures_in_which_every_plan_was_solved_count_as_checked(monkeypatch):
    drawn = run(
        starter(), sample(starter(), ("war.cost.B",), draws=6), plans=PLANS, resolution=TINY, workers=1
    )  # fmt: skip
    solve_again, jobs = check.again, []

    def asked_of(broken):
        def one(shared, job):
            jobs.append(job)
            return broken(job) or solve_again(shared, job)

        monkeypatch.setattr(check, "again", one)
        return check.plan_error(
            starter(), drawn, ["value_a"], finer=FINER, workers=1, progress=None
        )

    whole = asked_of(lambda job: None)
    assert (whole.checked, whole.partly, whole.failed) == (4, 0, ())
    first = jobs[0].values
    error = asked_of(
        lambda job: "no way" if (job.plan, job.values) == ("pressure", first) else None
    )
    assert (error.checked, error.partly, error.failed) == (3, 1, ("no way",))
    assert error.over() == "3 futures and 1 in which not every plan can be solved"
    none = asked_of(lambda job: "no way" if job.plan == "pressure" else None)
    assert (none.checked, none.partly, len(none.failed)) == (0, 4, 4)
    results = planted(np.full(64, 0.1))
    found = examine(crisis(), results, bars_of(crisis(), PLANS, None, 12), 0.5, error_of(0.0), ())
    said = words.warnings(crisis(), replace(found, error=none))
    assert any("4 solves of the check on a finer grid gave no result (no way)" in w for w in said)


# --- Thresholds ------------------------------------------------------------------------------


def test_thresholds_are_read_and_written_back():
    cases = {
        "value_a >= 0.5": Bar("value_a", ">=", 0.5),
        "disaster_12<=status_quo": Bar("disaster_12", "<=", 0.0, "status_quo"),
        "settled_12 >= status_quo - 0.05": Bar("settled_12", ">=", -0.05, "status_quo"),
    }
    for text, bar in cases.items():
        assert bar_of(text) == bar
        assert bar_of(bar.text()) == bar
    assert cases["settled_12 >= status_quo - 0.05"].words(crisis()) == (
        "the chance of being in a settlement by month 12 is at least 0.05 less than that under “Status quo”"
    )


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        (["value_a = 0.5"], "is no threshold"),
        (["__import__('os')"], "is no threshold"),
        (["value_a >= presure"], "did you mean `pressure`"),
        ([], "at least one threshold"),
    ],
)
def test_thresholds_that_cannot_be_read_are_refused(stated, said):
    with pytest.raises(ValueError, match=said):
        bars_of(crisis(), PLANS, stated, 12)


# --- The whole way ---------------------------------------------------------------------------


def asked(**more: Any) -> Any:
    return robust(starter(), **{"draws": 12, "resolution": TINY, "finer": FINER, **more})


@cache
def whole() -> Any:
    return asked()


def test_the_starter_is_answered_in_words_tables_and_charts():
    answer = whole()
    json.dumps(answer.to_dict(), allow_nan=False)
    assert answer.data["solves"] == 24
    assert answer.data["error"]["checked"] == 4
    assert answer.data["error"]["between"]["value_a"][0][1] > 0
    assert [c.name for c in answer.charts] == ["robust", "robust_regret", "robust_domain"]
    assert 3 <= len(answer.paragraphs) <= 6
    assert answer.flips
    assert "status_quo" not in answer.words() + " ".join(answer.flips) + " ".join(answer.warnings)
    regret = answer.data["under"]["base"]["regret"]["plans"]
    for p in regret.values():
        assert 0 <= p["mean_regret"] <= p["worst_regret"]
    assert sum(p["domain"] for p in regret.values()) == pytest.approx(1.0)
    assert min(p["mean_regret"] for p in regret.values()) < max(
        p["worst_regret"] for p in regret.values()
    )


def test_two_workers_give_the_same_answer():
    assert asked(workers=2).to_dict() == whole().to_dict()


def test_an_interrupted_folder_is_gone_on_with(tmp_path):
    """The second time nothing is solved: progress starts where all is done."""
    options = {"draws": 6, "finer": None, "folder": tmp_path / "runs"}
    first = asked(**options)
    told: list[tuple[int, int]] = []
    again = asked(**options, progress=lambda _, done, total: told.append((done, total)))
    assert again.to_dict() == first.to_dict()
    assert told == [(12, 12)]


def test_more_draws_begin_with_the_same_ones():
    few: Any = robust(starter(), draws=4, resolution=TINY, finer=None)
    many: Any = robust(starter(), draws=8, resolution=TINY, finer=None)
    for p in PLANS:
        assert few.data["under"]["base"]["held"].get(p, {}).get("hits", 0) <= many.data["under"][
            "base"
        ]["held"].get(p, {}).get("hits", 0)
    assert "no finer grid was compared" in few.words()
    assert any("only 4 futures" in w for w in few.warnings)


def test_what_cannot_be_asked_is_refused():
    small = {"draws": 4, "resolution": TINY, "finer": None}
    cases: list[tuple[dict[str, Any], str]] = [
        ({"plans": ["plan_z"]}, "there is no plan"),
        ({"plans": []}, "at least one plan"),
        ({"plans": ["pressure"]}, "with one plan there is nothing"),
        ({"readings": ["grimm"]}, "there is no reading"),
        ({"readings": []}, "at least one reading"),
        ({"share": 1.0}, "between 0 and 1"),
        ({"draws": 1}, "at least two draws"),
        ({"paths": []}, "at least one number"),
        ({"paths": ["clock.horizon_months"]}, "has a range under none"),
        ({"thresholds": ["value_c >= 1"]}, "did you mean `value_a`"),
        ({"thresholds": ["settled_60 >= 0.1"]}, "beyond the horizon"),
    ]
    for options, said in cases:
        with pytest.raises(ValueError, match=said):
            robust(starter(), **{**small, **options})


def test_one_plan_is_held_to_what_is_stated():
    answer: Any = robust(
        starter(),
        plans=["pressure"],
        thresholds=["value_a >= 0"],
        draws=8,
        resolution=TINY,
        finer=None,
    )
    assert answer.data["verdicts"] == {"pressure": "holds up"}
    assert [c.name for c in answer.charts] == ["robust"]


def test_a_figure_of_an_observed_event_at_another_month_is_read_there():
    answer: Any = robust(
        starter(), draws=16, resolution=TINY, finer=None, moments=[Moment("first_deal_3", 0.5, 0.2)]
    )
    (moment,) = answer.data["moments"]
    assert moment["measure"] == "first_deal_3"
    assert 1 < answer.data["under"]["base"]["weights"]["effective"] <= 16
