"""What happens to a deal: closed forms, degenerate cases, words, JSON."""

from __future__ import annotations

import datetime as dt
import json
from functools import cache

import numpy as np
import pytest
from tests.answers.answer_crises import starter_solved
from tests.game.small_crises import TINY, small

import offramp
from offramp.answers._deal_durability import lives
from offramp.answers._deal_lasting import Lasting, lasting
from offramp.answers._deal_lasting_runs import (
    Drift,
    drifting,
    losses,
    read,
    without_snapback,
)
from offramp.answers._deal_moves import filled, limits_of, pieces
from offramp.answers._deal_tally import Entry, tally
from offramp.answers._deter_runs import solved_of
from offramp.crisis import load
from offramp.solution import Solution
from offramp.solution._induction import induce

WHY: dict[str, object] = {"clock.horizon_months": 8}


def solved(plan: str | None = None, /, **changes: object) -> Solution:
    return offramp.solve(offramp.compile(small(**(WHY | changes)), plan, resolution=TINY))


@cache
def plain() -> tuple[Solution, Lasting]:
    own = solved("press")
    return own, lasting(own)


def one_type(**changes: object) -> Solution:
    crisis = small(**(WHY | changes)).model_dump(mode="json")
    kind = crisis["types"]["weary"]
    crisis["types"] = {
        "weary": {**kind, "prior": 1.0 - crisis["hypotheses"]["unmodelled"]["value"]}
    }
    crisis["plans"] = {"idle": crisis["plans"]["idle"]}
    return offramp.solve(offramp.compile(load(crisis), resolution=TINY))


# --- figures ----------------------------------------------------------------------------------------


def test_lives_add_up_and_fall() -> None:
    own, found = plain()
    for life in read(solved_of(own), ("freeze", "swap"), 8).life.values():
        assert (life.kept[:, 0] == 1).all()
        assert (np.diff(life.kept, axis=1) <= 1e-12).all()
        assert (np.diff(life.by_b, axis=1) >= 0).all()
        np.testing.assert_allclose(life.kept + life.by_a + life.by_b, 1.0, atol=1e-12)
    assert set(found.data["lives"]) == {"freeze", "swap"}


def test_life_is_that_of_the_futures_when_nothing_else_can_be_signed() -> None:
    """Kept settlements of the whole game, started in one: the walk of the solution is the oracle."""
    from offramp.solution._forward import walking
    from offramp.solution._particles import Cloud

    own = solved("press")
    game, months = own.game, 8
    [life] = lives(solved_of(own), [0], months)
    start = solved_of(own).signed(0)
    cloud = Cloud(np.array([start]), game.opening[None].copy(), np.ones(1), np.ones(1, dtype=bool))
    with walking(game, own.values, "numpy") as walk:
        for t in range(months):
            cloud = walk.spread(t, walk.played(t, cloud))
            on = (game.layout.regime[cloud.state] == 3) & (game.layout.offer[cloud.state] == 0)
            cloud = Cloud(*(x[on] for x in (cloud.state, cloud.belief, cloud.mass, cloud.signed)))
            by_type = (cloud.mass[:, None] * cloud.belief).sum(0) / game.opening
            np.testing.assert_allclose(life.kept[:, t + 1], by_type, atol=2e-3)


def test_a_dated_contract_lapses_at_its_rate() -> None:
    crisis = small(**(WHY | {"settlement.binding": True})).model_dump(mode="json")
    crisis["contracts"]["freeze"]["lasts_months"] = 10
    own = offramp.solve(offramp.compile(load(crisis), "idle", resolution=TINY))
    life = read(solved_of(own), ("freeze", "swap"), 6).life
    np.testing.assert_allclose(life["freeze"].kept[:, 6], 0.9**6, atol=1e-12)
    np.testing.assert_allclose(life["swap"].kept[:, 6], 1.0, atol=1e-12)
    assert "binding" in " ".join(lasting(own).sentences)


def test_pause_is_followed_to_what_comes_of_it() -> None:
    pause = plain()[1].data["pause"]
    for theta in ("weary", "patient"):
        holds, war, deal = (np.array(pause[k][theta]) for k in ("holds", "war", "deal"))
        assert holds[0] == 1
        assert (np.diff(holds) <= 0).all()
        assert (holds + war + deal <= 1 + 1e-9).all()


def test_filling_gives_what_is_wanted_at_least_cost() -> None:
    game = plain()[0].game
    terms = game.offers[0].terms
    wanted = 0.08
    got = filled(game, terms, wanted)
    before, after = game.stakes.signed(np.array([terms, got.terms])).T
    stakes = game.stakes
    assert stakes.bloc(after[:, None], 1) - stakes.bloc(before[:, None], 1) == pytest.approx(wanted)
    cost = float(stakes.bloc(before[:, None], 0)[0] - stakes.bloc(after[:, None], 0)[0])
    assert got.cost == pytest.approx(cost)
    high = limits_of(game, np.array(terms))[1]
    ways = [np.linspace(a, b, 201) for a, b in zip(terms, high, strict=True)]
    grid = np.stack(np.meshgrid(*ways), -1)
    worth = stakes.signed(grid.reshape(-1, len(terms)))
    gain = stakes.bloc(worth, 1) - stakes.bloc(before[:, None], 1)
    dear = stakes.bloc(before[:, None], 0) - stakes.bloc(worth, 0)
    assert got.cost <= dear[gain >= wanted].min() + 1e-9


def test_filling_says_what_no_terms_can_give() -> None:
    game = plain()[0].game
    most = sum(p.gain for p in pieces(game, np.array(game.offers[0].terms)))
    got = filled(game, game.offers[0].terms, most + 0.3)
    assert got.short == pytest.approx(0.3)


def test_a_drift_moves_the_flows_of_one_contract_and_stops_at_the_end_of_the_scale() -> None:
    game = plain()[0].game
    moved = drifting(game, Drift("freeze", "land", 0.2))
    changed = np.flatnonzero((moved.flow_a != game.flow_a).any(0))
    assert (game.layout.offer[changed] == 0).all()
    lost = game.stakes.bloc(losses(game, 0, 0, 0.2, 8), 0)
    assert lost[0] == 0
    assert (np.diff(lost[:3]) > 0).all()
    assert lost[3] == pytest.approx(lost[8])
    none = drifting(game, Drift("freeze", "land", 0.0))
    np.testing.assert_array_equal(none.flow_a, game.flow_a)


def test_a_drift_must_fit_the_crisis() -> None:
    game = plain()[0].game
    with pytest.raises(ValueError, match="no contract 'peace'"):
        drifting(game, Drift("peace", "land", 0.1))
    with pytest.raises(ValueError, match="no issue 'air'"):
        drifting(game, Drift("freeze", "air", 0.1))


def test_without_snapback_a_breach_leads_to_the_first_node() -> None:
    game = plain()[0].game
    assert (without_snapback(game).layout.node[without_snapback(game).reviews.broken] == 0).all()


# --- the tally --------------------------------------------------------------------------------------


def test_reversibility_weighs_between_nothing_and_all() -> None:
    assert Entry("A", "x", undo_months=0).lasting == 0
    assert Entry("A", "x", undo_months=12).lasting == pytest.approx(0.5)
    assert Entry("A", "x", undo_months=float("inf"), weight=2).lasting == 2
    assert Entry("A", "x").lasting == 0.5


def test_a_ledger_must_fit_the_crisis() -> None:
    crisis = small()
    with pytest.raises(ValueError, match="no issue 'air'"):
        tally(crisis, [Entry("A", "x", issue="air")])
    with pytest.raises(ValueError, match="after the as-of date"):
        tally(crisis, [Entry("A", "x", dt.date(2027, 1, 1))])
    with pytest.raises(ValueError, match="A's or B's"):
        Entry("C", "x")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="not negative"):
        Entry("A", "x", undo_months=-1)


def test_a_never_undone_entry_survives_json() -> None:
    own = plain()[0]
    entry = Entry("B", "recognition", dt.date(2026, 1, 2), undo_months=float("inf"))
    found = lasting(own, ledger=(entry,))
    assert json.loads(json.dumps(found.data, allow_nan=False))["tally"]["lasting"]["B"] == 1.0
    assert any(t.title.startswith("Ledger") and t.rows[0][-1] == "never" for t in found.tables)


# --- degenerate cases -------------------------------------------------------------------------------


def well_formed(found: Lasting) -> None:
    """Plain values, whole sentences, tables and charts with rows, no repeated titles."""
    assert found.sentences
    for said in found.sentences:
        assert said.endswith(".")
        assert said[0].isupper() or not said[0].isascii()
        assert "nan" not in said.split()
    json.loads(json.dumps(found.data, allow_nan=False))
    titles = [t.title for t in found.tables]
    assert len(titles) == len(set(titles))
    for chart in found.charts:
        assert chart.table.rows
        assert chart.title


def test_the_starter_crisis() -> None:
    found = lasting(starter_solved())
    well_formed(found)
    assert "no guarantee" in " ".join(found.sentences)
    assert found.data["tally"]["entries"] == []


def test_a_small_crisis() -> None:
    found = plain()[1]
    well_formed(found)
    assert "a pause, not an end" in " ".join(found.sentences)


def test_one_type() -> None:
    found = lasting(one_type())
    well_formed(found)
    assert "if the type is" not in " ".join(found.sentences)


def idle(**changes: object) -> Solution:
    """Without the plan whose trigger needs months."""
    crisis = small(**WHY).model_dump(mode="json")
    crisis["plans"] = {"idle": crisis["plans"]["idle"]}
    for path, value in changes.items():
        crisis[path] = crisis[path] | value if isinstance(value, dict) and value else value
    return offramp.solve(offramp.compile(load(crisis), resolution=TINY.with_(offers=3)))


def test_no_ceasefire_and_a_horizon_of_a_month() -> None:
    found = lasting(idle(ceasefire={"possible": False}, clock={"horizon_months": 1}))
    well_formed(found)
    assert "no ceasefire" in " ".join(found.sentences)
    assert found.data["pause"] is None
    assert found.data["month"] == 1


def test_no_named_contract() -> None:
    found = lasting(idle(contracts={}))
    well_formed(found)
    assert "names no contract" in " ".join(found.sentences)
    assert found.data["offramp"] is None
    assert found.data["lives"]


def test_nothing_that_can_be_signed() -> None:
    crisis = small(**WHY).model_dump(mode="json")
    crisis["contracts"] = {}
    found = lasting(offramp.solve(offramp.compile(load(crisis), "idle", resolution=TINY)))
    well_formed(found)
    assert "none can last" in " ".join(found.sentences)
    assert not found.charts


def test_an_offer_that_needs_no_sweetener() -> None:
    rich = solved(**{"contracts.freeze.terms.land": 1.0, "contracts.freeze.terms.order": 0.9})
    found = lasting(rich)
    well_formed(found)
    assert found.data["offramp"]["contract"] == "freeze"
    assert "no sweetener is needed" in " ".join(found.sentences)
    assert found.data["offramp"]["mixes"] == []


def test_an_offer_that_nothing_can_sweeten_enough() -> None:
    """The offer is at the edge of what A lets onto the table, and B likes the delay better."""
    shut = solved(
        **{
            "issues.land.open": 0.0,
            "issues.order.open": 0.0,
            "contracts.freeze.terms.order": 0.4,
            "contracts.swap.terms.order": 0.4,
            "types.weary.delay_flow": 0.9,
            "types.patient.delay_flow": 0.9,
        },
    )
    found = lasting(shut)
    well_formed(found)
    assert max(found.data["offramp"]["missing"].values()) > 0.05
    assert found.data["offramp"]["mixes"] == []
    assert "nothing left" in " ".join(found.sentences)


def test_the_answer_does_not_depend_on_the_number_of_workers_and_tells_progress() -> None:
    own, found = plain()
    told: list[tuple[str, int, int]] = []
    again = lasting(own, progress=lambda *x: told.append(x))
    assert json.dumps(again.data) == json.dumps(found.data)
    assert told
    assert all(0 < done <= total for _, done, total in told)


def test_an_exact_solution_says_what_is_mixed() -> None:
    crisis = small(**WHY).model_dump(mode="json")
    kind = crisis["types"]["weary"]
    crisis["types"] = {
        "weary": {**kind, "prior": 1.0 - crisis["hypotheses"]["unmodelled"]["value"]}
    }
    crisis["plans"] = {"idle": crisis["plans"]["idle"]}
    own = offramp.solve(offramp.compile(load(crisis), resolution=TINY), mode="exact")
    found = lasting(own)
    well_formed(found)
    assert any("exact" in w for w in found.warnings)


def test_frozen_beliefs_are_kept_in_resolves() -> None:
    game = offramp.compile(small(**WHY), "press", resolution=TINY, frozen_beliefs=True)
    well_formed(lasting(offramp.solve(game)))


def test_induced_values_and_the_solution_agree() -> None:
    """What is read from values alone is what the solution itself says."""
    own = plain()[0]
    again = induce(own.game, own.precision)
    np.testing.assert_allclose(again.a, own.values.a, atol=1e-12)
