"""Which deals both sides could sign, and what stops them."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from tests.answers.answer_crises import changed, solved, starter, starter_solved, yaml_of
from tests.solution.certificates import check

import offramp
from offramp.answers._measures import gaps


def test_plan_a_has_no_range_today() -> None:
    solution = solved()
    answer = offramp.deal(solution, "plan_a_deal")
    data = answer.to_dict()["data"]
    for per_type in data["gap_b"]["plan_a_deal"].values():
        assert per_type[0] < -0.1
    assert all("plan_a_deal" not in today[0] for today in data["range"].values())


def test_every_red_line_that_the_offer_crosses_is_lifted_and_solved_again() -> None:
    data = offramp.deal(solved(), "plan_a_deal").to_dict()["data"]
    assert [x["line"] for x in data["lifted"]] == ["ru_force"]
    gain = np.array(data["lifted"][0]["gap_b"])
    before = np.array([v[0] for v in data["gap_b"]["plan_a_deal"].values()])
    assert (gain > before).all()


def test_a_gap_is_the_value_of_signing_less_the_value_of_letting_the_round_pass() -> None:
    solution = solved()
    game = solution.game
    g = gaps(solution, (0,))[0]
    c = solution.continuation(0)
    index, share = game.grid.locate(game.opening[None])
    row = int(np.flatnonzero(game.moves.states == game.start)[0])
    for o in range(len(game.offers)):
        target = int(game.moves.sign[row, o])
        mixed = sum(
            share[v, 0] * (c.b[target, :, index[v, 0]] - c.b[game.start, :, index[v, 0]])
            for v in range(len(index))
        )
        assert g.b[o] == pytest.approx(mixed + game.moves.lump_sign_b[row, o], abs=1e-12)


def test_a_lower_floor_makes_ratification_likelier() -> None:
    low = gaps(changed("actors.UA.floor.value", 0.50), (0,))[0]
    high = gaps(changed("actors.UA.floor.value", 0.60), (0,))[0]
    ids = [o.contract for o in solved().game.offers]
    armed = ids.index("armed_freeze")
    assert low.ratified[armed] > 0.8 > 0.3 > high.ratified[armed]


def test_a_public_pull_against_signing_narrows_the_range() -> None:
    mild = gaps(changed("blocs.B.audience.cost", 0.0), (0,))[0]
    strong = gaps(changed("blocs.B.audience.cost", 0.16), (0,))[0]
    armed = [o.contract for o in solved().game.offers].index("armed_freeze")
    assert (mild.b[armed] > strong.b[armed] + 0.01).all()


def test_terms_settled_over_a_partys_head_are_named_but_never_offered() -> None:
    answer = offramp.deal(solved())
    rows = {row[0]: row for row in answer.table().rows}
    assert "over the parties' heads" in str(rows["Terms settled without Ukraine"][-1])


def test_the_answer_is_plain_json_with_tables_and_charts() -> None:
    answer = offramp.deal(starter_solved())
    text = json.dumps(answer.to_dict(), allow_nan=False)
    assert '"headline"' in text
    assert answer.charts
    for chart in answer.charts:
        assert chart.alt
        assert chart.table.rows


def test_an_unknown_offer_is_refused() -> None:
    with pytest.raises(ValueError, match="no contract 'nothing'"):
        offramp.deal(solved(), "nothing")


def test_no_offer_is_invented_where_no_plan_has_one() -> None:
    raw = yaml_of(starter())
    raw["plans"] = {"wait": {"name": "Wait"}}
    answer = offramp.deal(offramp.solve(offramp.compile(offramp.Crisis.model_validate(raw))))
    assert answer.to_dict()["data"]["offer"] is None
    assert "the offer of" not in answer.words()


def test_efficient_terms_that_both_would_sign_are_spelt_out() -> None:
    answer = offramp.deal(starter_solved())
    ranges = answer.to_dict()["data"]["range"]
    named = [x for today in ranges.values() for x in today[0] if x.startswith("frontier")]
    if named:
        assert "efficient terms" in answer.table().note
    else:
        assert "efficient terms" not in answer.headline


def test_deal_works_on_an_exact_solution() -> None:
    raw = yaml_of(starter())
    kind = next(iter(raw["types"]))
    raw["types"] = {kind: raw["types"][kind] | {"prior": {"value": 1.0}}}
    raw["hypotheses"] = {"unmodelled": {"value": 0.0}}
    raw["evidence"], raw["readings"], raw["epochs"], raw["dependence"] = {}, {}, {}, {}
    raw["plans"] = {"wait": {"name": "Wait"}}
    crisis = offramp.Crisis.model_validate(raw)
    answer = offramp.deal(offramp.solve(offramp.compile(crisis), mode="exact"))
    assert answer.headline


def test_gains_within_the_error_are_no_gains() -> None:
    """A solve that knows values badly tells nobody to sign or to wait."""
    solution = starter_solved()
    clear = offramp.deal(solution)
    coarse = replace(solution.certificate, checks=(check("more offers", 9.0),))
    answer = offramp.deal(solution, certificate=coarse)
    assert all("no distinguishable difference" in str(r[-1]) for r in answer.table().rows if r[1])
    assert not any("no distinguishable" in str(r[-1]) for r in clear.table().rows)
    dates = answer.tables[1].rows
    assert all(str(cell).endswith("(close)") for row in dates for cell in row[1:])
    gains = next(x for x in answer.charts if x.name == "gains")
    assert "makes no distinguishable difference" in gains.title
    assert "no distinguishable difference" in " ".join(answer.paragraphs)
    assert answer.to_dict()["data"]["gap_a"] == clear.to_dict()["data"]["gap_a"]
