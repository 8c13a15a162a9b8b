"""Who loses more from delay."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.answers.answer_crises import (
    changed,
    reference,
    solved,
    starter,
    starter_solved,
    yaml_of,
)
from tests.solution.certificates import certificate, check

import offramp
from offramp.answers._measures import hold_path, waiting
from offramp.answers.leverage import turning
from offramp.solution import Certificate


def test_waiting_no_month_is_worth_nothing() -> None:
    w = waiting(solved(), 0, 3)
    assert w.a[0] == 0
    assert (w.b[:, 0] == 0).all()
    assert (w.voice[:, 0] == 0).all()


def test_the_hold_path_keeps_all_probability() -> None:
    path = hold_path(solved(), 12)
    assert np.abs(path.chance.sum(1) - 1).max() < 1e-12


def test_waiting_one_month_is_one_months_flow_and_a_discounted_signature() -> None:
    """D(1) written out from the tables of the game."""
    solution = solved()
    game = solution.game
    offer = next(i for i, o in enumerate(game.offers) if o.contract == "armed_freeze")
    w = waiting(solution, offer, 1)
    row = int(np.flatnonzero(game.moves.states == game.start)[0])
    index, share = game.grid.locate(game.opening[None])

    def expected_a(month: int, state: int) -> float:
        c = solution.continuation(month).a[state]
        mixed = sum(share[v, 0] * c[:, index[v, 0]] for v in range(len(index)))
        return float(mixed @ game.opening)

    now = expected_a(0, int(game.moves.sign[row, offer]))
    chance = game.chance[0][game.start].toarray()[0]
    later = 0.0
    for state in np.flatnonzero(chance):
        rows = np.flatnonzero(game.moves.states == state)
        target = int(game.moves.sign[rows[0], offer]) if len(rows) else int(state)
        later += chance[state] * expected_a(1, target)
    delta = game.discount[0]
    flow = float(game.flow_a[0, game.start])
    assert w.a[1] == pytest.approx((1 - delta) * flow + delta * later - now, abs=1e-12)


def test_delay_costs_ukraine_more_than_russia_in_the_reference_crisis() -> None:
    answer = offramp.leverage(solved())
    data = answer.to_dict()["data"]
    assert data["contract"] == "armed_freeze"
    assert data["delay_a"][12] < -0.05
    assert data["delay_a"][12] < data["delay_b_mean"][12] < 0


def test_a_flow_from_delay_makes_waiting_pay() -> None:
    more = offramp.leverage(changed("types.stalling.delay_flow", 0.25), "armed_freeze")
    less = offramp.leverage(changed("types.stalling.delay_flow", 0.0), "armed_freeze")
    at_more = more.to_dict()["data"]["delay_b"]["stalling"][12]
    at_less = less.to_dict()["data"]["delay_b"]["stalling"][12]
    assert at_more > 0 > at_less


def test_fracture_makes_b_wait_and_a_lose() -> None:
    whole, broken = changed("coalition.fracture", 0.004), changed("coalition.fracture", 0.040)
    assert broken.opening_a < whole.opening_a - 0.01
    mean = whole.game.opening
    assert mean @ np.array(broken.opening_b) > mean @ np.array(whole.opening_b) + 0.005
    waits = [
        offramp.leverage(s, "armed_freeze").to_dict()["data"]["delay_b_mean"][12]
        for s in (whole, broken)
    ]
    assert waits[1] > waits[0]


def test_a_more_patient_russia_loses_less_from_delay() -> None:
    patient = offramp.leverage(changed("blocs.B.patience", 0.993), "armed_freeze")
    hasty = offramp.leverage(changed("blocs.B.patience", 0.965), "armed_freeze")
    mean = solved().game.opening
    for answer in (patient, hasty):
        assert len(answer.to_dict()["data"]["delay_b"]) == len(mean)
    assert (
        patient.to_dict()["data"]["delay_b"]["sincere"][12]
        > hasty.to_dict()["data"]["delay_b"]["sincere"][12]
    )


def test_a_curve_turns_at_a_peak_or_trough_that_it_leaves_again() -> None:
    assert turning(np.array([0.0, 0.1, 0.2, 0.15, 0.1]), 0.005) == 2
    assert turning(np.array([0.0, -0.1, -0.2, -0.1]), 0.005) == 2
    assert turning(np.array([0.0, 0.1, 0.2, 0.199]), 0.005) is None
    assert turning(np.array([0.0, -0.1, -0.2]), 0.005) is None
    assert turning(np.array([0.0]), 0.005) is None


def test_every_figure_rests_on_paths_of_the_crisis() -> None:
    answer = offramp.leverage(solved())
    known = offramp.quantities(reference())
    assert answer.trace().supports
    for support in answer.trace().supports:
        assert support.path in known
        assert support.source
    assert answer.trace().certificate


def test_an_unknown_contract_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="armed_freeze"):
        offramp.leverage(solved(), "no_such_deal")


def test_the_starter_crisis_has_a_leverage_answer() -> None:
    answer = offramp.leverage(starter_solved())
    assert answer.table().rows
    assert answer.chart().spec
    assert "index" not in answer.words()


def test_no_headline_names_a_loser_where_delay_pays_or_changes_nothing() -> None:
    """The branches of the headline, on made-up curves."""
    from offramp.answers._measures import Span, Waiting
    from offramp.answers.leverage import _headline

    fine = certificate()

    def says(a: float, b: float, unit: float = 1.0, told: Certificate = fine) -> str:
        months = np.arange(2)
        w = Waiting(
            months, np.array([0.0, a]), np.zeros((1, 2)), np.zeros((0, 2)), np.zeros(2), None
        )
        names, mean_b = ("Aland", "Bland"), np.array([0.0, b])
        return _headline(names, w, mean_b, Span(0, 0, unit, 1.0), 1, told)

    assert "pays Aland" in says(0.10, -0.002)
    assert "pays Bland" in says(0.003, 0.10)
    assert "about as much" in says(-0.1000, -0.1001)
    assert "costs Aland more than Bland" in says(-0.2, -0.1)
    assert "costs Bland more than Aland" in says(-0.2, -0.1, unit=4.0)
    assert "Neither side is in a hurry" in says(0.1, 0.1)
    assert "favours Bland" in says(-0.1, 0.1)
    assert "no distinguishable difference" in says(0.001, -0.001)
    # The same curves where the certificate knows the values to .15 only.
    coarse = certificate(check("more offers", 0.15))
    assert "to either side" in says(-0.1, 0.1, told=coarse)
    assert "to Bland it makes no distinguishable difference" in says(-0.2, 0.1, told=coarse)
    assert "about as much" in says(-0.4, -0.2, told=coarse)
    assert "costs Aland more than Bland" in says(-0.6, -0.2, told=coarse)


def test_a_short_horizon_has_an_answer() -> None:
    raw = yaml_of(starter())
    raw["clock"] = {"horizon_months": 1, "padding_months": 0}
    raw["plans"] = {"wait": {"name": "Wait"}}
    crisis = offramp.Crisis.model_validate(raw)
    answer = offramp.leverage(offramp.solve(offramp.compile(crisis)))
    assert "1 months" not in answer.words()


def test_a_solve_that_knows_values_badly_says_nothing_about_delay() -> None:
    solution = starter_solved()
    coarse = replace(solution.certificate, checks=(check("more offers", 9.0),))
    answer = offramp.leverage(solution, certificate=coarse)
    assert "no distinguishable difference to either side" in answer.headline
    assert "do not distinguishably change" in answer.charts[1].title
    assert answer.to_dict()["data"]["turns"] == {"A": None, "B": None}
    assert "no distinguishable difference" in answer.paragraphs[0]
    assert answer.trace().certificate == (coarse.summary(),)
    assert offramp.leverage(solution).headline != answer.headline


def test_a_certificate_that_is_not_met_is_handed_on() -> None:
    solution = starter_solved()
    missed = replace(solution.certificate, unsolved=0.5)
    assert offramp.leverage(solution).trace().met
    assert not offramp.leverage(solution, certificate=missed).trace().met
    assert not offramp.deal(solution, certificate=missed).trace().met
