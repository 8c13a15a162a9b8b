"""Observed moments: weights that follow by hand, refusals in their place, collapse said aloud."""

from __future__ import annotations

import numpy as np
import pytest
from tests.answers.robust_plants import PLANS, answered, crisis, examined, observing

from offramp.answers._robust_moments import Moment, base_rate_moments, load_moments, observed
from offramp.crisis import CrisisError
from offramp.ensembles.weights import OutOfReach


def test_an_observation_moves_the_shares_and_the_unweighted_ones_stay_beside_them():
    plain = answered(observing())
    assert plain.data["under"]["base"]["held"]["pressure"]["share"] == 0.5
    answer = answered(observing(), moments=[Moment("settled_12", 0.71, 1e-4)])
    under = answer.data["under"]["base"]
    assert under["held"]["pressure"]["share"] == pytest.approx(0.85, abs=1e-3)  # .2 + .6 x = .71
    assert under["held_unweighted"]["pressure"]["share"] == 0.5
    assert answer.data["verdicts"]["pressure"] == "holds up"
    # Kish, by hand: weights .85 / 200 and .15 / 200.
    assert under["weights"]["effective"] == pytest.approx(
        1 / (200 * (0.00425**2 + 0.00075**2)), rel=0.01
    )
    assert "400 draws then count for 268" in answer.words()
    assert not under["weights"]["collapsed"]
    moments = next(t for t in answer.tables if "observed" in t.title)
    assert moments.records()[0]["after"] == pytest.approx(0.71, abs=1e-3)
    assert moments.records()[0]["before"] == pytest.approx(0.5)


def test_an_observation_with_a_large_error_moves_little():
    moved = []
    for e in (0.01, 0.3, 3.0):
        data = answered(observing(), moments=[Moment("settled_12", 0.71, e)]).data
        moved.append(data["under"]["base"]["held"]["pressure"]["share"])
    assert moved[0] > moved[1] > moved[2] > 0.5


def test_weights_that_collapse_are_said_and_decide_nothing():
    results = observing(64)
    rare = np.full(64, 0.2)
    rare[:2] = 0.9
    results.columns["settled_12", "status_quo", None] = rare
    answer = answered(results, moments=[Moment("settled_12", 0.88, 0.01)])
    assert answer.data["under"]["base"]["weights"]["effective"] < 3
    (warning,) = (w for w in answer.warnings if "collapsed" in w)
    assert "64 draws count for 2" in warning
    assert "fewer than the 30" in warning
    assert answer.data["verdicts"]["pressure"] == "cannot be told"


def test_an_observation_out_of_reach_is_refused_with_the_reading():
    with pytest.raises(OutOfReach, match=r"the file as it stands: .* draws"):
        answered(observing(), moments=[Moment("settled_12", 1.0, 1e-6)])


def test_ended_is_what_is_no_longer_open():
    results = observing(4)
    for kind, value in (("war", 0.3), ("ceasefire", 0.2), ("standoff", 0.1), ("disaster", 0.05)):
        results.columns[f"{kind}_12", "status_quo", None] = np.full(4, value)
    found = examined(
        results, moments=[Moment("ended_12", 0.35, 0.1), Moment("ended_or_paused_12", 0.55, 0.1)]
    )
    weighted = found.under[0].weighted
    assert weighted is not None
    assert weighted.before == pytest.approx([0.35, 0.55])


def test_base_rates_are_ready_made_moments():
    assert base_rate_moments(crisis()) == (Moment("base_rate:ends"),)
    (one,) = observed(crisis(), PLANS, base_rate_moments(crisis()))
    assert (one.measure, one.plan, one.value) == ("settled_12", "status_quo", 0.4)
    assert one.error == pytest.approx(0.2 / 1.645, abs=1e-3)
    assert one.name == "Disputes like it end within a year"
    for key, said in (
        ("end", "did you mean `ends`"), ("bare", "its error must be given"), ("other", "no moment"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=said):
            base_rate_moments(crisis(), key)
    (given,) = observed(crisis(), PLANS, [Moment("base_rate:bare", error=0.1)])
    assert (given.measure, given.error) == ("settled_6", 0.1)


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (Moment("settled_12", 0.4, 0.1, "plan_z"), "not compared"),
        (Moment("settled_60", 0.4, 0.1), "beyond the horizon"),
        (Moment("settled_12", 1.4, 0.1), "is a probability"),
        (Moment("settled_12", 0.4, 0.0), "above zero"),
        (Moment("settled_12", 0.4), "needs a number for `error`"),
        (Moment("setled_12", 0.4, 0.1), "did you mean `settled`"),
        (Moment("area_12", 0.4, 0.1), "no draw keeps aid or area"),
    ],
)
def test_moments_that_say_nothing_are_refused(moment, said):
    with pytest.raises(ValueError, match=said):
        observed(crisis(), PLANS, [moment])


def test_one_figure_is_observed_once():
    twice = [Moment("settled_12", 0.4, 0.1), Moment("base_rate:ends")]
    with pytest.raises(ValueError, match="observe the same figure"):
        observed(crisis(), PLANS, twice)


def test_a_table_of_moments_is_read(tmp_path):
    file = tmp_path / "seen.csv"
    file.write_text(
        "measure,plan,value,error,source\n"
        "ended_12,status_quo,0.31,0.07,\"a count, by us\"\n"
        "base_rate:ends,,,,\n"
    )  # fmt: skip
    assert load_moments(file) == (
        Moment("ended_12", 0.31, 0.07, "status_quo", "a count, by us"),
        Moment("base_rate:ends"),
    )
    other = tmp_path / "seen.yaml"
    other.write_text(
        "moments:\n"
        "  - {measure: ended_12, plan: status_quo, value: 0.31, error: 0.07, source: 'a count, by us'}\n"
        "  - {measure: 'base_rate:ends'}\n"
    )
    assert load_moments(other) == load_moments(file)


def test_every_bad_row_of_a_table_is_reported_in_its_place(tmp_path):
    file = tmp_path / "seen.csv"
    file.write_text(
        "measure,plan,value,error\n"
        "setled_12,,0.3,0.1\n"
        "settled_12,,many,0.1\n"
        "settled_12,,0.3,0\n"
        "settled_12,,1.3,0.1\n"
    )
    with pytest.raises(CrisisError) as caught:
        load_moments(file)
    assert caught.value.exit_code == 3
    places = [(p.line, p.column) for p in caught.value.problems]
    assert places == [(2, 1), (3, 13), (4, 17), (5, 13)]
    text = str(caught.value)
    assert f"{file}:2:1: `setled_12` cannot be observed" in text
    assert "did you mean `settled`?" in text


def test_every_bad_entry_of_a_yaml_file_is_reported_in_its_place(tmp_path):
    file = tmp_path / "seen.yaml"
    file.write_text(
        "moments:\n"
        "  - {measure: area_3, value: 0.3, error: 0.1}\n"
        "  - {measure: settled_12, value: 0.3, error: -1}\n"
    )
    with pytest.raises(CrisisError) as caught:
        load_moments(file)
    assert [(p.line, p.column) for p in caught.value.problems] == [(2, 15), (3, 46)]
    file.write_text("moments:\n  - {measure: settled_12, valu: 0.3}\n")
    with pytest.raises(CrisisError, match=r"seen\.yaml:2:.*valu"):
        load_moments(file)


@pytest.mark.parametrize("name", ["seen.csv", "seen.yaml"])
def test_a_file_that_is_not_there_or_empty_is_refused(tmp_path, name):
    with pytest.raises(CrisisError, match="no such file"):
        load_moments(tmp_path / name)
    (tmp_path / name).write_text(
        "measure,value,error\n" if name.endswith("csv") else "moments: []\n"
    )
    with pytest.raises(CrisisError, match=r"no rows|no moments"):
        load_moments(tmp_path / name)
