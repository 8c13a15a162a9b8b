"""What to watch: third-party opinion, triggers by date, and what would change the bottom line."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import offramp
from offramp.answers._bluff_observations import Observation, Outcome
from offramp.answers._watch_forward import firings
from offramp.answers._watch_ranking import Job, Valued, perform, rank, valued
from offramp.answers.watch import watch
from offramp.crisis import Crisis
from offramp.game import Resolution
from offramp.game._plans import pain
from offramp.solution import Solution

QUICK = Resolution("quick", 1, (6, 3), 0, 2, 1, 0, 3.0, 6)


@cache
def crisis() -> Crisis:
    return offramp.load("ukraine-2025")


@cache
def solved(plan: str, trigger: str | None = None, followed: float | None = None) -> Solution:
    """A plan of the reference crisis on a coarse grid, with another trigger for its first later stage."""
    chosen = crisis().plans[plan]
    if trigger is not None:
        stage = chosen.stages[0].model_copy(update={"trigger": trigger})
        chosen = chosen.model_copy(update={"stages": (stage, *chosen.stages[1:])})
    game = offramp.compile(
        crisis(), chosen, resolution=QUICK, followed=followed, credibility=followed
    )
    return offramp.solve(game)


def test_S44_a_large_shift_of_third_party_opinion_moves_pressure_clearly_and_values_hardly() -> (
    None
):
    """A third less tolerance: pressure a fifth up, values by no distinguishable amount."""
    solution = offramp.solve(offramp.compile(crisis(), "sticks_only", resolution=QUICK))
    data = watch(solution, plans=["sticks_only"]).to_dict()["data"]["opinion"]
    told = solution.certificate
    assert data["why_not"] == ""
    assert data["shift"] == pytest.approx(data["support"] / 3, abs=1e-9)
    assert data["slope"] < 0
    assert -data["slope"] * data["shift"] / data["pain"] > 0.15
    cases = data["cases"]
    mu = solution.game.opening
    worth_b = {k: float(mu @ np.array(v["value_b"])) for k, v in cases.items()}
    assert worth_b["less"] < worth_b["today"] - 1e-4
    assert worth_b["more"] > worth_b["today"] + 1e-4
    for other in ("less", "more"):
        assert not told.distinguishable(worth_b[other], worth_b["today"], "value_b")
        assert not told.distinguishable(
            cases[other]["value_a"], cases["today"]["value_a"], "value_a"
        )
    assert data["textbook_leverage"]["less"] > data["textbook_leverage"]["today"] + 5e-4


def test_S44_the_best_messenger_and_the_numbers_on_the_path_are_named() -> None:
    solution = offramp.solve(offramp.compile(crisis(), "sticks_only", resolution=QUICK))
    answer = watch(solution, plans=["sticks_only"])
    data = answer.to_dict()["data"]["opinion"]
    assert list(data["messengers"]) == ["info_campaign"]
    assert data["messengers"]["info_campaign"]["holder"] == "UA"
    assert "levers.info_campaign.third_party_shift" in data["path"]
    assert "outsiders.GS.support" in data["path"]
    assert "best messenger on file is Ukraine" in answer.words()


def test_S44_the_slope_is_the_pain_that_leaks_away_today_per_point_of_tolerance() -> None:
    solution = offramp.solve(offramp.compile(crisis(), "sticks_only", resolution=QUICK))
    data = watch(solution, plans=["sticks_only"]).to_dict()["data"]["opinion"]
    tight = offramp.override(crisis(), {"conversions.backer_share": 0.0})
    leaks = sum(
        pain(tight, tight.levers[x]) - pain(crisis(), crisis().levers[x]) for x in data["leaking"]
    )
    assert data["slope"] == pytest.approx(-leaks / data["support"], rel=1e-9)


def test_S44_a_plan_without_leaking_levers_has_no_channel_for_opinion() -> None:
    answer = watch(solved("status_quo"), plans=["status_quo"])
    assert answer.to_dict()["data"]["opinion"]["why_not"]
    assert "no channel" in answer.words()


def test_a_trigger_by_the_calendar_is_met_as_often_as_nothing_is_settled_by_then() -> None:
    """Exact: up to the firing the game is what it was, so its own distribution says the chance."""
    solution = solved("plan_b", "months >= 6")
    (firing,) = firings(solution)
    still_open = float(solution.futures.regime[6, :3].sum())
    assert firing.met[5] == 0.0
    assert firing.met[6] == pytest.approx(still_open, abs=1e-9)
    assert firing.begun[6] == pytest.approx(still_open, abs=1e-9)
    assert 0.5 < still_open < 1.0


def test_a_trigger_on_months_without_a_ceasefire_is_never_met_before_those_months_are_over() -> (
    None
):
    data = watch(solved("plan_b"), plans=["plan_b"]).to_dict()["data"]["triggers"]["Package"]
    assert data["met"][2] == 0.0
    assert data["met"][3] > 0.05
    assert all(b >= a for a, b in zip(data["met"], data["met"][1:], strict=False))
    later = watch(solved("plan_b", "months_without_ceasefire >= 6"), plans=["plan_b"]).to_dict()[
        "data"
    ]["triggers"]["Package"]
    assert later["met"][5] == 0.0
    assert later["met"][6] < data["met"][6]


def test_a_trigger_that_is_followed_six_times_in_ten_begins_six_tenths_as_often_as_it_is_met() -> (
    None
):
    (firing,) = firings(solved("plan_b", "months >= 6", 0.6))
    assert firing.begun[-1] == pytest.approx(0.6 * firing.met[-1], abs=1e-9)
    assert firing.met[-1] > 0.3


def test_the_value_at_a_corner_is_the_value_of_the_game_in_which_the_type_is_known() -> None:
    """No new solve is needed to ask what a plan would be worth under other beliefs."""
    here = valued(solved("status_quo"), "status_quo")
    silent = crisis().model_copy(update={"evidence": {}, "dependence": {}})
    corner = {"types.sincere.prior": 0.0, "types.stalling.prior": 1.0, "types.preparing.prior": 0.0}
    known = perform(silent, Job("status_quo", tuple(corner.items()), 8.0, QUICK, None))
    assert here.at(np.array([0.0, 1.0, 0.0])) == pytest.approx(known.value_a, abs=1e-9)
    assert here.at(solved("status_quo").game.opening) == pytest.approx(here.value_a, abs=1e-12)


def _line(plan: str, low: float, high: float) -> Valued:
    """A plan worth ``low`` against the first of two types and ``high`` against the second."""
    a = np.array([[low, low], [high, high]])
    start = np.array([0.3, 0.7]) @ np.array([low, high])
    return Valued(plan, 1, a, a, float(start), (low, high), 0.0, True)


def test_the_belief_at_which_the_best_plan_changes_is_where_their_lines_cross() -> None:
    """Safe: .5 whatever the type. Bold: .2 and .6. At belief p in the second type bold is worth .2 + .4 p."""
    safe, bold = _line("safe", 0.5, 0.5), _line("bold", 0.2, 0.6)
    found = rank([safe, bold], np.array([0.3, 0.7]), (), 0.0, None, "test")
    assert found.best.plan == "safe"
    up = found.thresholds[1]
    assert up.plan == "bold"
    assert up.at == pytest.approx(0.75, abs=0.002)
    assert found.thresholds[0].at is None
    cautious = rank([safe, bold], np.array([0.3, 0.7]), (), 0.05, None, "test")
    assert cautious.thresholds[1].at == pytest.approx(0.875, abs=0.002)


def test_an_observation_is_worth_what_choosing_after_it_gains_and_names_what_it_changes() -> None:
    """It shows the type: bold against the second (.6), safe against the first (.5), instead of .5 always."""
    mu = np.array([0.3, 0.7])
    seen = Observation(
        "x", "a look", "item", None, 1.0, 0.88,
        (Outcome("first", (1.0, 0.0), (1.0, 0.0)), Outcome("second", (0.0, 1.0), (0.0, 1.0))),
    )  # fmt: skip
    found = rank(
        [_line("safe", 0.5, 0.5), _line("bold", 0.2, 0.6)], mu, (seen,), 0.01, None, "test"
    )
    (sway,) = found.sways
    assert sway.worth == pytest.approx(0.7 * 0.6 + 0.3 * 0.5 - 0.5)
    assert [(o[0], o[2]) for o in sway.best] == [("first", "safe"), ("second", "bold")]
    blind = Observation(
        "y", "nothing", "item", None, 1.0, 0.0, (Outcome("seen", (1.0, 1.0), (0.3, 0.7)),)
    )
    (idle,) = rank(
        [_line("safe", 0.5, 0.5), _line("bold", 0.2, 0.6)], mu, (blind,), 0.0, None, "t"
    ).sways
    assert idle.worth == 0.0
    assert not idle.changes


def test_a_sign_and_its_absence_average_to_what_is_expected_without_it() -> None:
    """P(E) = P(I) P(E | I) + P(not I) P(E | not I): the part without the sign stays a probability."""
    data = watch(solved("plan_b"), plans=["plan_b"]).to_dict()["data"]["indicators"]
    assert data["signs"]
    for sign in data["signs"].values():
        for event, usual in data["usual"].items():
            given = usual + sign["lifts"][event]
            absent = (usual - sign["chance"] * given) / (1 - sign["chance"])
            assert -1e-9 <= given <= 1 + 1e-9
            assert -1e-6 <= absent <= 1 + 1e-6
        assert sign["lead"] is None or 0 <= sign["lead"] <= data["by"] - data["month"]
