"""What futures there are, who gives way first, and sample histories."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest
from tests.answers.answer_crises import reference, solved, starter, starter_solved, yaml_of
from tests.solution.certificates import certificate, check

import offramp
from offramp.answers import Answer
from offramp.answers._futures_choice import choose, medoids, places
from offramp.answers._futures_clouds import clouds, quantiles
from offramp.answers._futures_facts import attrition, fans
from offramp.answers._futures_samples import sample
from offramp.answers._futures_stories import story
from offramp.answers.futures import futures
from offramp.game._states import CEASEFIRE, SETTLED
from offramp.solution import Solution


@cache
def answered() -> Answer:
    return futures(solved())


@cache
def sketched() -> Solution:
    return offramp.solve(offramp.compile(reference(), resolution="sketch"), kernel="numba")


def test_clouds_are_the_distribution_that_was_solved() -> None:
    solution = solved()
    lay = solution.game.layout
    for t, cloud in clouds(solution, 12):
        assert cloud.mass.sum() == pytest.approx(1.0, abs=1e-12)
        by_regime = np.bincount(lay.regime[cloud.state], cloud.mass, 8)
        assert by_regime == pytest.approx(solution.futures.regime[t], abs=1e-9)
    assert t == 12


def test_weighted_quantiles_are_the_least_values_that_reach_the_level() -> None:
    values, weights = np.array([3.0, 1.0, 2.0]), np.array([0.5, 0.25, 0.25])
    assert quantiles(values, weights, (0.1, 0.25, 0.5, 0.51, 1.0)) == (1.0, 1.0, 2.0, 3.0, 3.0)
    with pytest.raises(ValueError, match="nothing"):
        quantiles(values, np.zeros(3), (0.5,))


def test_the_median_front_moves_nowhere_before_the_first_month() -> None:
    found = fans(solved())
    assert (found.front[:, 0] == 0).all()
    assert found.value_a[:, 0] == pytest.approx(solved().opening_a, abs=1e-9)
    assert (np.diff(found.value_a, axis=0) >= 0).all()
    assert (np.diff(found.front, axis=0) >= 0).all()


def test_sampled_frequencies_match_the_exact_distribution() -> None:
    """Regimes at two months, given type too, within four standard errors."""
    solution, count = sketched(), 3000
    h = sample(solution, count, seed=7, months=12)
    lay, f = solution.game.layout, solution.futures
    for t in (6, 12):
        regime = lay.regime[h.state[:, t]]
        seen = np.bincount(regime, minlength=8) / count
        error = np.sqrt(f.regime[t] * (1 - f.regime[t]) / count)
        assert (np.abs(seen - f.regime[t]) <= 4 * error + 1e-3).all()
        for j in range(len(solution.game.types)):
            mine = h.kind == j
            settled = float((regime[mine] == SETTLED).mean())
            exact = float(f.regime_by_type[j, t, SETTLED])
            assert abs(settled - exact) <= 4 * np.sqrt(exact * (1 - exact) / mine.sum()) + 1e-3
    acts = np.bincount(h.act[h.act >= 0], minlength=f.acts.shape[1]) / count
    expected = f.acts[:12].sum(0)
    assert (np.abs(acts - expected) <= 4 * np.sqrt(expected / count) + 2e-3).all()


def test_sampled_beliefs_are_right_on_average() -> None:
    """Among histories that end with a belief, that share is of the type believed in."""
    solution = sketched()
    h = sample(solution, 3000, seed=3, months=12)
    believed = h.belief[:, -1]
    for j in range(len(solution.game.types)):
        error = believed[:, j].mean() - (h.kind == j).mean()
        assert abs(error) < 4 * 0.5 / np.sqrt(3000)
    assert believed.sum(1) == pytest.approx(1.0, abs=1e-12)


def test_the_same_seed_gives_the_same_histories_however_many_are_drawn() -> None:
    solution = solved()
    few, many = sample(solution, 20, seed=5), sample(solution, 60, seed=5)
    assert np.array_equal(few.state, many.state[:20])
    assert np.array_equal(few.act, many.act[:20])
    assert not np.array_equal(few.state, sample(solution, 20, seed=6).state)
    one, two = (futures(solution, seed=4).to_dict() for _ in range(2))
    assert json.dumps(one) == json.dumps(two)


def test_weights_of_the_histories_are_exact_probabilities_of_their_ends() -> None:
    solution = solved()
    game = solution.game
    h = sample(solution, 300, seed=1)
    at = solution.futures.regime[game.shown]
    chosen = choose(game, h, at, 12)
    assert len(chosen) == 12
    for regime in {x.regime for x in chosen}:
        weight = sum(x.weight for x in chosen if x.regime == regime)
        assert weight == pytest.approx(at[regime], abs=1e-12)
    assert {x.regime for x in chosen} >= {r for r in range(8) if at[r] > 0.05}


def test_places_go_by_chance_and_every_likely_end_gets_one() -> None:
    given = places(np.array([0.7, 0.27, 0.02, 0.01, 0.0]), np.array([50, 30, 3, 0, 0]), 12)
    assert given.sum() == 12
    assert given[2] == 1
    assert given[3] == given[4] == 0
    assert given[0] > given[1]
    assert places(np.array([0.5, 0.5]), np.array([1, 2]), 12).tolist() == [1, 2]


def test_medoids_find_separate_groups() -> None:
    points = np.array([[0.0], [0.1], [0.2], [5.0], [5.1], [5.2]])
    centre, belongs = medoids(points, 2)
    assert sorted(centre.tolist()) == [1, 4]
    assert belongs[0] == belongs[2] != belongs[5]


def test_a_story_says_the_type_only_as_a_condition_and_how_it_ends() -> None:
    solution = solved()
    h = sample(solution, 40, seed=2)
    for i in range(40):
        told = story(solution.game, h, i)
        assert told.startswith("If Russia is of type ")
        assert 2 <= told.count(". ") + 1 <= 4
        assert "In April 2027" in told
        last = solution.game.layout.regime[h.state[i, -1]]
        assert ("stands" in told.split("In April 2027")[1]) == (last == SETTLED)


def test_giving_way_adds_up_to_all_futures() -> None:
    c = attrition(solved())
    assert c.a + c.b + c.neither + c.never == pytest.approx(1.0, abs=1e-9)
    still = solved().futures.regime[:24, : CEASEFIRE + 1].sum(1)
    spans = {0: (0, 3), 3: (3, 6)}
    for s in c.spans:
        if s.first in spans:
            assert s.open == pytest.approx(float(still[s.first]))
    total = sum(s.hazard_a * float(still[s.first : s.last].sum()) for s in c.spans)
    assert total == pytest.approx(c.a, abs=1e-9)


def test_the_answer_round_trips_through_json_and_says_what_it_is() -> None:
    plain = json.loads(json.dumps(answered().to_dict(), allow_nan=False))
    assert plain["data"]["first_settlement"][24] == pytest.approx(
        float(solved().futures.first_deal[24])
    )
    assert len(plain["data"]["histories"]) == 12
    for t, row in enumerate(np.array(list(plain["data"]["regimes"].values())).T):
        assert row.sum() == pytest.approx(1.0, abs=1e-9), t
    assert 3 <= len(answered().paragraphs) <= 6
    assert "selection" in answered().words()
    assert "gives way more often" in answered().words()
    for chart in answered().charts:
        assert chart.table.rows


def test_equal_chances_are_not_worded_as_different() -> None:
    blunt = certificate(check(size=0.6))
    told = futures(solved(), certificate=blunt, drawn=0)
    assert "about as likely" in told.headline
    assert "no distinguishable difference" in told.words()
    assert "about as likely" not in futures(solved(), certificate=certificate(), drawn=0).headline


def test_the_starter_crisis_gets_an_answer() -> None:
    told = futures(starter_solved())
    assert json.dumps(told.to_dict(), allow_nan=False)
    assert sum(x["weight"] for x in told.to_dict()["data"]["histories"]) == pytest.approx(
        1.0, abs=0.02
    )


def test_one_type_one_month_and_no_contract() -> None:
    data = yaml_of(starter())
    data["clock"]["horizon_months"] = 1
    only = data["types"]["weary"]
    only["prior"]["value"], only["prior"]["low"], only["prior"]["high"] = 1.0, 1.0, 1.0
    data["types"] = {"weary": only}
    data["evidence"] = {}
    data["plans"] = {"status_quo": data["plans"]["status_quo"]}
    data["hypotheses"] = {}
    crisis = offramp.crisis.Crisis.model_validate(data)
    solution = offramp.solve(offramp.compile(crisis, resolution="sketch"))
    told = futures(solution)
    assert json.dumps(told.to_dict(), allow_nan=False)
    assert "If" not in told.tables[1].records()[0]["story"]  # type: ignore[operator]
    assert len(told.data["months"]) == 2  # type: ignore[index]


def test_an_exact_solution_says_what_is_left_out() -> None:
    told = futures(sketched(), drawn=0)
    assert not told.to_dict()["data"]["histories"]
    with pytest.raises(ValueError, match="negative"):
        futures(sketched(), seed=-1)
