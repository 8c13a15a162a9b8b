"""Compiling: every move leads to a state that exists, states have names, floors and clocks count."""

from __future__ import annotations

import re

import numpy as np
import pytest
from tests.game.small_crises import FEATURES, NO_ACCIDENTS, TINY, small

from offramp.crisis import load, override
from offramp.game import CompileError, compile_game
from offramp.game._resolution import named


def games():
    for changes, plan, resolution in FEATURES.values():
        yield compile_game(small(**changes), plan, None, TINY.with_(**resolution))
    for plan in ("status_quo", "plan_b", "sticks_only"):
        yield compile_game(load("ukraine-2025"), plan, None, "draft")


@pytest.mark.parametrize(
    "game", list(games()), ids=lambda g: f"{g.crisis.id}-{g.plan_id}-{g.layout.size}"
)
class TestEveryGame:
    def test_moves_lead_to_states_of_the_right_kind(self, game):
        lay, m = game.layout, game.moves
        assert (lay.regime[m.states] <= 2).all()
        for table, regimes in (
            (m.up, {1}),
            (m.down, {1}),
            (m.pause, {2}),
            (m.fight, {6}),
            (m.sign, {3}),
        ):
            targets = table[table >= 0]
            assert (targets < lay.size).all()
            assert set(lay.regime[targets].tolist()) <= regimes
        # Signing keeps the front, the tier and the clock, and remembers the offer.
        rows, offers = np.nonzero(m.sign >= 0)
        to, here = m.sign[rows, offers], m.states[rows]
        assert (lay.offer[to] == offers).all()
        for kept in (lay.position, lay.tier, lay.clock):
            assert (kept[to] == kept[here]).all()
        v = game.reviews
        assert (lay.regime[v.states] == 3).all()
        assert (lay.regime[v.broken] == 1).all()

    def test_escalating_and_stepping_down_undo_each_other(self, game):
        lay, m = game.layout, game.moves
        row = {int(s): i for i, s in enumerate(m.states)}
        for i, s in enumerate(m.states):
            if lay.regime[s] == 1 and m.up[0, i] >= 0:
                back = m.down[0, row[int(m.up[0, i])]]
                # Stepping down ends A's public commitment, whoever it was that climbed.
                assert back == lay.other(np.array([s]), pledge=lay.released(0)[lay.pledge[s]])[0]

    def test_names_are_unique_and_hold_no_index(self, game):
        names = [game.state_name(int(s)) for s in game.moves.states]
        assert len(set(names)) == len(names)
        for name in names:
            assert not re.search(r"\[|\]|_|\bstate\b|node \d|#", name)
        for s in range(game.layout.size):
            assert game.state_name(s)

    def test_coordinates_are_found_again(self, game):
        lay = game.layout
        for s in game.moves.states:
            at = (lay.position[s], lay.rung[s], lay.node[s], lay.tier[s], lay.clock[s])
            assert lay.at[lay.regime[s]][(*at, lay.pledge[s], lay.happened[s])] == s
            if lay.pledge[s] == lay.happened[s] == 0:
                assert lay.active[lay.regime[s]][at] == s

    def test_chances_of_ratification_and_of_initiative_are_chances(self, game):
        assert ((game.moves.ratify >= 0) & (game.moves.ratify <= 1)).all()
        share = game.protocol.recognition
        assert (share >= 0).all()
        assert (share.sum(1) <= 1 + 1e-12).all()
        assert game.opening.sum() == pytest.approx(1)


@pytest.mark.parametrize(("tiers", "says"), [(2, "broken"), (3, "strained")])
def test_tiers_keep_their_names_when_some_are_left_out(tiers, says):
    """Of two tiers the first and the last are kept; the last is still called broken."""
    game = compile_game(
        load("ukraine-2025"), "status_quo", None, named("sketch").with_(tiers=tiers)
    )
    s = int(game.layout.active[1][2, 0, 0, 1, 0])
    assert f"coalition {says}" in game.state_name(s)


def test_the_front_is_named_in_steps_of_the_file():
    crisis = small(**{"war.intensity": 0.1, "ladder": NO_ACCIDENTS})
    game = compile_game(crisis, "idle", None, TINY.with_(position_factor=2))
    lay = game.layout
    names = [game.state_name(int(lay.active[1][k, 0, 0, 0, 0])) for k in range(5)]
    assert "1 step towards Aland" in names[0]
    assert "0.5 steps towards Aland" in names[1]
    assert "step" not in names[2]
    assert "0.5 steps towards Bland" in names[3]
    assert "1 step towards Bland" in names[4]


# Ratification


def ratified(**changes):
    """Chances of ratification of both contracts at today's front, by tier."""
    changes = {
        "actors.aland.floor": {"value": 0.55, "steepness": 20},
        "coalition.fracture": 0.02,
        **changes,
    }
    game = compile_game(small(**changes), "idle", None, TINY)
    lay = game.layout
    rows = [
        int(np.flatnonzero(game.moves.states == lay.active[1][1, 0, 0, c, 0])[0])
        for c in range(lay.sizes[3])
    ]
    return game.moves.ratify[rows]


def test_ratification_by_hand():
    chance = ratified()
    # Freeze is worth 1 - .6 * .5 - .4 * .2 = .62 to Aland, the floor is .55, cohesion 1.
    assert chance[0, 0] == pytest.approx(1 / (1 + np.exp(-20 * (0.62 - 0.55))))
    # At cohesion .6 the floor is .2 * .4 lower.
    assert chance[1, 0] == pytest.approx(1 / (1 + np.exp(-20 * (0.62 - 0.55 + 0.08))))


def test_higher_floors_make_ratification_harder_and_fracture_easier():
    chances = [ratified(**{"actors.aland.floor": {"value": v}}) for v in (0.4, 0.55, 0.7)]
    assert (np.diff(np.array(chances), axis=0) < 0).all()
    assert (np.diff(chances[1], axis=0) > 0).all()


def test_voices_whose_consent_is_not_needed_do_not_ratify():
    free = ratified(**{"blocs.A.consent": {"settlement": ["ally"]}})
    assert free == pytest.approx(1)


def test_ground_lost_lowers_the_floor():
    game = compile_game(
        small(**{"actors.aland.floor": {"value": 0.55, "steepness": 20}}), "idle", None, TINY
    )
    lay = game.layout
    chance = [
        game.moves.ratify[np.flatnonzero(game.moves.states == lay.active[1][k, 0, 0, 0, 0])[0], 0]
        for k in range(3)
    ]
    # A step towards B costs Aland .6 * .2 on the ground, half of which is written off.
    gap = 20 * (0.62 - 0.55)
    assert chance == pytest.approx([1 / (1 + np.exp(-gap - 20 * x)) for x in (-0.06, 0, 0.06)])


def test_our_offer_is_our_floor():
    changes = {
        "actors.aland.floor": {"value": 0.2, "steepness": 200},
        "plans.idle.offer": "freeze",
        "plans.idle.floor": "offer",
        "contracts.worse": {"name": "Worse", "terms": {"land": 0.6, "order": 0.2}},
    }
    game = compile_game(small(**changes), "idle", None, TINY)
    row = int(np.flatnonzero(game.moves.states == game.start)[0])
    at = {o.id: game.moves.ratify[row, i] for i, o in enumerate(game.offers)}
    assert at["freeze"] > 0.97
    assert at["worse"] < 0.01


# Who may propose what


def test_only_those_who_may_propose_do():
    for who in (["A"], ["B"], []):
        game = compile_game(small(**{"plans.idle.may_propose": who}), "idle", None, TINY)
        for side, key in enumerate(("A", "B")):
            assert game.moves.propose[side].any() == (key in who)


def test_a_plan_with_an_offer_makes_no_other():
    game = compile_game(small(**{"plans.idle.offer": "swap"}), "idle", None, TINY.with_(offers=5))
    on = game.moves.propose[0].any(0)
    assert [o.id for o, x in zip(game.offers, on, strict=True) if x] == ["swap"]
    assert game.moves.propose[1].all()


# The calendar


def test_initiative_is_spread_over_the_months_of_a_round():
    game = compile_game(load("ukraine-2025"), "status_quo", None, "standard")
    assert game.protocol.recognition == pytest.approx(0.15)
    coarse = compile_game(load("ukraine-2025"), "status_quo", None, "sketch")
    share = coarse.protocol.recognition
    assert share[::3] == pytest.approx(0.45)
    assert share[1::3].sum() + share[2::3].sum() == 0
    # Months with a round carry the weights of the months since the last one.
    assert coarse.weights.renege == pytest.approx(3 * game.weights.renege)
    assert coarse.months == 30
    assert coarse.shown == 24


def test_sides_that_alternate_take_turns_and_review_as_often_as_they_talk():
    crisis = small(
        **{
            "clock.protocol": "alternating",
            "clock.round_months": 3.0,
            "clock.horizon_months": 9,
        }
    )
    game = compile_game(crisis, "idle", None, TINY)
    turns = np.argwhere(game.protocol.recognition).tolist()
    assert turns == [[0, 0], [3, 1], [6, 0]]
    assert game.weights.renege == pytest.approx(3 * 0.05)


def test_more_than_one_move_a_month_is_refused():
    with pytest.raises(CompileError, match="one move a month"):
        compile_game(small(**{"clock.round_months": 0.5}), "idle", None, TINY)


def test_unknown_plans_are_refused_with_those_that_exist():
    with pytest.raises(CompileError, match="idle, press, wait"):
        compile_game(small(), "none")


def test_two_clocks_are_refused():
    changes = {
        "types.weary.war_bonus": 0.1,
        "types.patient.war_bonus": 0.1,
        "types.patient.ripens_in_war": 0.1,
    }
    with pytest.raises(CompileError, match="different clocks"):
        compile_game(small(**changes), "idle", None, TINY)


# Flows


def test_war_flows_by_hand():
    game = compile_game(small(), "idle", None, TINY)
    # Aland .7 * (1 - .3 - .16) + ally .3 * (1 - .2 * .2/.7 - .32) less .2; front and order as they are.
    aland, ally = 1 - 0.6 * 0.5 - 0.4 * 0.4, 1 - 0.2 * (0.2 / 0.7) - 0.8 * 0.4
    assert game.flow_a[0, game.start] == pytest.approx(0.7 * aland + 0.3 * ally - 0.2)
    bland = 1 - 0.7 * 0.5 - 0.3 * (0.5 / 0.9)
    assert game.flow_b[:, 0, game.start] == pytest.approx(
        [bland - 0.15 - 0.06, bland - 0.15 + 0.05]
    )


def test_voices_add_up_to_the_bloc():
    """What voices are paid, weighted, is what the bloc is paid apart from shared lever costs."""
    game = compile_game(load("ukraine-2025"), "status_quo", None, "draft")
    weights = game.stakes.influence[game.stakes.side == 0]
    summed = np.einsum("v,vts->ts", weights, game.flow_voice)
    no_levers = compile_game(load("ukraine-2025"), "status_quo", None, "draft").automaton
    assert not any(p.cost for p in no_levers.calendar)
    assert summed == pytest.approx(game.flow_a, abs=1e-12)


def test_disaster_is_worse_than_anything_else():
    for game in games():
        s = game.layout.disaster
        assert (game.flow_a[:, s] == -1).all()
        assert game.flow_a.min() == -1
        assert game.flow_b.min() == -1


def test_pressure_hurts_less_when_the_coalition_is_strained():
    # What levers wear B down does not depend on who keeps them up, so it is left aside here.
    crisis = override(load("ukraine-2025"), {"levers.hydrocarbon_stop.exhaustion": 0.0})
    game = compile_game(crisis, "sticks_only", None, "draft")
    idle = compile_game(crisis, "status_quo", None, "draft")
    s = game.layout.active[1][2, 0, 0, :, 0]
    hurt = idle.flow_b[0, 12, idle.layout.active[1][2, 0, 0, :, 0]] - game.flow_b[0, 12, s]
    assert hurt[0] > 0
    assert hurt == pytest.approx(hurt[0] * game.cohesion)


def test_every_number_moves_something_or_is_named_in_the_notes():
    """A change of a premise that the game reads changes a table."""
    crisis = load("ukraine-2025")
    base = compile_game(crisis, "plan_b", None, "sketch")
    for path, value in {
        "war.cost.B": 0.3,
        "coalition.fracture": 0.03,
        "blocs.B.audience.vagueness": 0.2,
        "relief.clarity": 0.4,
        "guarantees.reassurance.detection": 0.5,
        "types.sincere.prior": 0.5,
    }.items():
        try:
            changed = override(crisis, {path: value})
        except KeyError:
            continue
        other = compile_game(changed, "plan_b", None, "sketch")
        same = (
            np.array_equal(base.flow_b, other.flow_b)
            and np.array_equal(base.moves.ratify, other.moves.ratify)
            and np.array_equal(base.moves.lump_sign_b, other.moves.lump_sign_b)
            and np.array_equal(base.reviews.gain_b, other.reviews.gain_b)
            and np.array_equal(base.opening, other.opening)
            and all(abs(a - b).max() == 0 for a, b in zip(base.chance, other.chance, strict=True))
        )
        own = base.plan.relief.clarity is not None and path == "relief.clarity"
        assert same == own, path
