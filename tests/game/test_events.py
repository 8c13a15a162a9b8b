"""Events: dates, averages over what has happened, public on/off states, members, broker, force, host."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.game.small_crises import NO_ACCIDENTS, TINY, small

from offramp.crisis import load
from offramp.game import compile_game
from offramp.game._calendar import in_force

CALM = {
    "clock.horizon_months": 12,
    "war.collapse": {"A": 0.0, "B": 0.0},
    "ladder": NO_ACCIDENTS,
    "war.reach": 0,
    "ceasefire.possible": False,
}
TIERS = {
    "coalition.tiers": [1.0, 0.6, 0.2],
    "coalition.tier_names": ["whole", "strained", "split"],
    "coalition.fracture": 0.06,
    "coalition.threat_unity": 0.0,
    "coalition.substitution": 0.0,
}
CALM_TIERS = {"coalition.fracture": 0.0, "coalition.substitution": 0.5}
GIVEN = {
    "members": {
        "aland": {"name": "Aland", "contributions": {"total_eur_bn": 6.0}},
        "ally": {
            "name": "Ally", "contributions": {"total_eur_bn": 4.0}, "stays": 0.98, "dissent": 0.1,
            "threat": 0.5,
        },
    }
}  # fmt: skip

FORCE = {
    "guarantees": {
        "patrol": {"name": "Patrol", "detection": 0.8, "response": 0.5, "lever": "court"}
    },
    "contracts.freeze.guarantee": "patrol",
    "blocs.A.consent": {"deployment": ["aland"]},
}


def event(hazard=0.1, effects=(), **more):
    return {"name": "The event", "hazard": hazard, "effects": list(effects), **more}


def changes(path, by, **more):
    return {"kind": "parameter", "path": path, "change": by, **more}


def compiled(plan="idle", resolution=TINY, **what):
    return compile_game(small(**{**CALM, **what}), plan, None, resolution)


def spread(game, months):
    """Chances of all states after some months in which nobody acts."""
    p = np.zeros(game.layout.size)
    p[game.start] = 1.0
    for t in range(months):
        p = np.asarray(game.chance[t].T @ p).ravel()
    return p


def war_flow(game):
    """B's flow in the opening war by month, first type."""
    return game.flow_b[0][:, game.start]


@pytest.mark.parametrize(
    ("date", "first"), [("2026-03", 2), ("2026-07-20", 6), ("2026", 6), ("2026-01", 1)]
)
def test_a_dated_event_changes_its_number_from_its_date(date, first):
    what = event(1.0, [changes("war.cost.B", 0.1)], date=date)
    gap = war_flow(compiled()) - war_flow(compiled(events={"raid": what}))
    assert gap == pytest.approx(np.where(np.arange(13) >= first, 0.1, 0.0), abs=1e-12)


def test_an_event_dated_before_the_file_or_after_the_horizon_changes_nothing():
    for date in ("2025-11", "2031"):
        what = event(1.0, [changes("war.cost.B", 0.1)], date=date)
        assert war_flow(compiled(events={"raid": what})) == pytest.approx(war_flow(compiled()))


def test_an_untracked_event_counts_by_the_chance_that_it_has_happened():
    what = event(0.1, [changes("war.cost.B", 0.2)])
    game = compiled(events={"raid": what})
    gap = war_flow(compiled()) - war_flow(game)
    assert gap == pytest.approx(0.2 * (1 - 0.9 ** np.arange(13)), abs=1e-12)
    assert not game.notes
    assert any("war.cost.B by the chance that it has happened" in x for x in game.averages)


def test_what_passes_counts_by_the_chance_that_it_is_still_going_on():
    what = event(0.1, [changes("war.cost.B", 0.2, months=3)])
    gap = war_flow(compiled()) - war_flow(compiled(events={"raid": what}))
    months = np.minimum(np.arange(13), 3)
    assert gap == pytest.approx(0.2 * (1 - 0.9**months), abs=1e-12)
    assert in_force(np.ones(4), 2.0) == pytest.approx([0, 1, 1, 1, 1])


def test_exhaustion_that_is_added_once_stays_in_the_stock():
    """One oil shock a month for certain: the stock grows by its size from the month after."""
    what = event(1.0, [changes("war.exhaustion.B", 0.05, months=1)])
    gap = war_flow(compiled()) - war_flow(compiled(events={"oil": what}))
    # In force from month 1, so in the stock from month 2.
    stock = 0.05 * np.maximum(np.arange(13) - 1, 0)
    assert gap == pytest.approx(0.15 * stock, abs=1e-12)


def test_a_ripening_clock_speeds_up_when_the_event_has_happened():
    clock = {"types.patient.war_bonus": 0.1, "types.patient.ripens_in_war": 0.1}
    what = event(0.2, [changes("types.patient.ripens_in_war", 0.3)])
    game = compiled(**clock, events={"mobilised": what})
    lay = game.layout
    ripe = lay.active[1][0, 0, 0, 0, 1]
    found = [game.chance[t][game.start, ripe] for t in range(5)]
    assert found == pytest.approx(0.1 + 0.3 * (1 - 0.8 ** np.arange(5)), abs=1e-12)


class TestTracked:
    def test_both_sides_see_whether_it_has_happened(self):
        what = event(0.1, [changes("war.cost.B", 0.2)], tracked=True)
        game = compiled(events={"raid": what})
        lay = game.layout
        assert game.tracked == ("raid",)
        p = spread(game, 5)
        assert p[lay.happened == 1].sum() == pytest.approx(1 - 0.9**5)
        after = lay.other(np.array([game.start]), happened=1)[0]
        gap = game.flow_b[:, :, game.start] - game.flow_b[:, :, after]
        assert gap == pytest.approx(0.2)
        assert "The event" in game.state_name(int(after))
        assert "The event" not in game.state_name(game.start)

    def test_it_happens_once_and_its_fall_of_cohesion_comes_with_it(self):
        what = event(0.3, [{"kind": "cohesion", "steps": 1}], tracked=True)
        quiet = {**TIERS, "coalition.fracture": 0.0}
        game = compiled(**quiet, events={"quarrel": what})
        p = spread(game, 12)
        lay = game.layout
        by_tier = [p[lay.tier == c].sum() for c in range(3)]
        assert by_tier == pytest.approx([0.7**12, 1 - 0.7**12, 0.0], abs=1e-12)
        assert p[(lay.happened == 1) & (lay.tier == 0)].sum() == 0
        # Not tracked, it happens again and again.
        again = compiled(**quiet, events={"quarrel": {**what, "tracked": False}})
        assert spread(again, 12)[again.layout.tier == 2].sum() > 0.8

    def test_it_passes_if_all_its_changes_pass(self):
        what = event(0.5, [changes("war.cost.B", 0.2, months=4)], tracked=True)
        game = compiled(events={"raid": what})
        on = game.layout.other(np.array([game.start]), happened=1)[0]
        assert game.chance[0][on, game.start] == pytest.approx(0.25)
        assert game.chance[0][game.start, on] == pytest.approx(0.5)

    def test_it_is_remembered_in_a_settlement_and_after_its_breach(self):
        what = event(0.1, [changes("blocs.B.audience.cost", -0.04)], tracked=True)
        voiced = {"blocs.B.audience": {"cost": 0.1, "vagueness": 0.5}}
        game = compiled(**voiced, events={"exit": what})
        lay, m = game.layout, game.moves
        before = int(np.flatnonzero(m.states == game.start)[0])
        after = int(np.flatnonzero(m.states == lay.other(m.states[[before]], happened=1)[0])[0])
        assert m.lump_sign_b[before] == pytest.approx(-0.05)
        assert m.lump_sign_b[after] == pytest.approx(-0.03)
        deal = m.sign[after, 0]
        assert lay.happened[deal] == 1
        broken = game.reviews.broken[np.flatnonzero(game.reviews.states == deal)[0]]
        assert lay.happened[broken] == 1

    def test_a_resolution_tracks_so_many_and_averages_the_others(self):
        what = event(0.1, [changes("war.cost.B", 0.2)], tracked=True)
        events = dict.fromkeys(("one", "two"), what)
        game = compiled(resolution="draft", events=events)
        assert game.tracked == ("one",)
        assert any(x.startswith("event two: averaged") for x in game.averages)
        assert compiled(resolution="standard", events=events).layout.worlds == 4
        sketch = compiled(resolution="sketch", events=events)
        assert sketch.layout.worlds == 1
        gap = war_flow(compiled(resolution="sketch")) - war_flow(sketch)
        assert gap == pytest.approx(0.4 * (1 - 0.9 ** np.arange(13)), abs=1e-12)

    def test_beyond_the_limit_its_moves_come_once_on_average(self):
        what = event(0.3, [{"kind": "cohesion", "steps": 1}], tracked=True)
        quiet = {**TIERS, "coalition.fracture": 0.0, "coalition.tiers": [1.0, 0.4]}
        quiet["coalition.tier_names"] = ["whole", "split"]
        game = compiled(resolution="sketch", **quiet, events={"quarrel": what})
        falls = [game.chance[t][game.start, game.layout.active[1][0, 0, 0, 1, 0]] for t in range(4)]
        assert falls == pytest.approx(0.3 * 0.7 ** np.arange(4), abs=1e-12)

    def test_the_reference_crisis_keeps_its_size_within_three_times(self):
        crisis = load("ukraine-2025")
        tracked = [k for k, e in crisis.events.items() if e.tracked]
        assert tracked == ["us_aid_cut"]
        game = compile_game(crisis, "status_quo", None, "draft")
        assert game.layout.size < 3 * 492
        assert not game.notes


class TestMembersAndBroker:
    def test_a_member_that_dissents_more_may_leave_with_its_contributions(self):
        what = event(1.0, [changes("members.ally.dissent", 0.4)])
        game = compiled(**TIERS, **GIVEN, events={"vote": what})
        down = game.layout.active[1][0, 0, 0, 1, 0]
        # stays .98, coefficient -1.5 on dissent, a share of .4 of the contributions, gap .4.
        leaves = 1 / (1 + math.exp(math.log(0.98 / 0.02) - 1.5 * 0.4))
        rise = 0.4 * (leaves - 0.02)
        found = [game.chance[t][game.start, down] for t in (0, 1, 5)]
        assert found == pytest.approx([0.06 / 0.4] + [(0.06 + rise) / 0.4] * 2, abs=1e-12)

    def test_a_member_that_withdraws_its_consent_takes_its_share_out_of_cohesion(self):
        what = event(0.1, [{"kind": "consent", "target": "ally", "probability": 0.5}])
        game = compiled(**TIERS, **GIVEN, events={"vote": what})
        down = game.layout.active[1][0, 0, 0, 1, 0]
        expected = (0.06 + 0.1 * 0.5 * 0.4) / 0.4
        assert game.chance[0][game.start, down] == pytest.approx(expected)

    def test_a_member_without_contributions_is_named_as_left_out(self):
        what = event(0.1, [{"kind": "consent", "target": "ally"}])
        assert any("ally has no stated share" in x for x in compiled(events={"v": what}).notes)

    def test_lost_aid_of_the_broker_shifts_the_odds_like_lost_cohesion(self):
        here = {**GIVEN, "broker": {"actor": "ally", "aid": 0.5}, "war.reach": 1}
        what = event(1.0, [changes("broker.aid", -0.25)])
        lost, kept = compiled(**here, events={"cut": what}), compiled(**here)
        up = kept.layout.active[1][2, 0, 0, 0, 0]
        gain = [
            float(lost.chance[t][lost.start, up] - kept.chance[t][kept.start, up]) for t in (0, 1)
        ]
        # intensity .2, odds_loss .12, share .4, a quarter of the aid.
        assert gain == pytest.approx([0.0, 0.2 * 0.12 * 0.4 * 0.25], abs=1e-12)

    def test_aid_that_goes_with_a_fall_of_cohesion_is_counted_once(self):
        here = {**GIVEN, "broker": {"actor": "ally", "aid": 0.5}, "war.reach": 1}
        both = event(0.2, [changes("broker.aid", -0.25), {"kind": "cohesion", "steps": 1}])
        game = compiled(**here, **CALM_TIERS, events={"cut": both})
        assert np.ptp([matrix.data for matrix in game.chance], axis=0).max() == 0
        assert any("counted once" in x for x in game.averages)


class TestForceHostAndTerms:
    def test_an_attack_on_the_force_comes_only_where_there_is_one(self):
        what = event(
            0.1, [{"kind": "cohesion", "steps": 1}, {"kind": "rung", "steps": 1}],
            when="force_deployed",
        )  # fmt: skip
        ladder = {
            "base": 1,
            "rungs": [{"rung": r, "name": f"rung {r}", "accident": 0.02 * r} for r in range(3)],
        }
        quiet = {**TIERS, "coalition.fracture": 0.0, "ladder": ladder}
        game = compiled(**FORCE, **quiet, events={"attack": what})
        lay = game.layout
        freeze, swap = 0, 1
        for offer, chance in ((freeze, 0.1), (swap, 0.0)):
            s, down = lay.settled[offer, 0, 0, 0, 0], lay.settled[offer, 0, 1, 0, 0]
            disaster = game.chance[0][s, lay.disaster]
            # One step above the base rung is rung 2, accident .04.
            assert disaster == pytest.approx(chance * 0.04)
            assert game.chance[0][s, down] == pytest.approx(chance * (1 - disaster))
        assert game.chance[0][game.start, lay.active[1][0, 0, 0, 1, 0]] == 0

    def test_a_host_that_may_ask_the_force_to_leave_weakens_its_answer(self):
        what = event(0.05, [{"kind": "consent", "target": "aland", "probability": 0.4}])
        game = compiled(**FORCE, events={"vote": what})
        still = np.mean(1 - (1 - 0.98 ** np.arange(13)))
        assert game.offers[0].enforcement.response == pytest.approx(0.5 * still)
        assert compiled(**FORCE).offers[0].enforcement.response == 0.5

    def test_a_broker_that_may_side_with_b_makes_the_event_as_likely_as_that(self):
        what = event(0.2, [{"kind": "cohesion", "steps": 1}], when="war and broker_sides_with_b")
        here = {
            **TIERS,
            "coalition.fracture": 0.0,
            "broker": {"actor": "ally", "sides_with_b": 0.3},
        }
        game = compiled(**here, events={"turn": what})
        down = game.layout.active[1][0, 0, 0, 1, 0]
        assert game.chance[0][game.start, down] == pytest.approx(0.2 * 0.3)

    def test_imposed_terms_come_into_force_if_a_ratifies_them(self):
        what = event(0.2, [{"kind": "contract", "target": "diktat"}], when="war")
        here = {
            "contracts.diktat": {
                "name": "Diktat", "terms": {"land": 0.6, "order": 0.4}, "imposed": True
            },
            "actors.aland.floor": {"value": 0.5, "steepness": 5},
        }  # fmt: skip
        game = compiled(**here, events={"summit": what})
        number = next(i for i, o in enumerate(game.offers) if o.contract == "diktat")
        assert not game.moves.propose[:, :, number].any()
        ratified = game.moves.ratify[np.flatnonzero(game.moves.states == game.start)[0], number]
        assert 0 < ratified < 1
        deal = game.layout.settled[number, 0, 0, 0, 0]
        assert game.chance[0][game.start, deal] == pytest.approx(0.2 * ratified)
        steep = {**here, "actors.aland.floor": {"value": 0.9, "steepness": 60}}
        refused = compiled(**steep, events={"summit": what})
        assert all(o.contract != "diktat" for o in refused.offers)
        assert any("never comes into force" in x for x in refused.averages)

    def test_a_war_may_break_out_or_pause_by_itself(self):
        out = event(0.1, [{"kind": "regime", "target": "war"}])
        stop = event(0.05, [{"kind": "regime", "target": "ceasefire"}], when="war")
        pausing = {"ceasefire.possible": True, "ceasefire.breakdown": 0.02}
        game = compiled(**pausing, events={"raid": out, "truce": stop})
        war, pause = game.start, game.layout.active[2][0, 0, 0, 0, 0]
        assert game.chance[0][war, pause] == pytest.approx(0.05)
        assert game.chance[0][pause, war] == pytest.approx(0.02 + 0.98 * 0.1)


class TestPlansAndEvents:
    def test_a_lever_that_an_event_ends_counts_while_it_lasts(self):
        what = event(0.1, [{"kind": "lever_off", "target": "embargo"}])
        base, ended = compiled("press"), compiled("press", events={"leak": what})
        idle = war_flow(compiled())
        full, left = idle - war_flow(base), idle - war_flow(ended)
        assert left == pytest.approx(full * 0.9 ** np.arange(13), abs=1e-12)

    def test_a_lever_that_answers_an_event_comes_when_the_event_does(self):
        what = event(1.0, [], date="2026-04")
        answer = {"plans.press.stages": [], "plans.press.on_event": {"raid": ["court"]}}
        game = compiled("press", **answer, events={"raid": what})
        gap = war_flow(compiled()) - war_flow(game)
        # In the month of the date it has just been switched on; its ramp takes a month.
        expected = np.where(np.arange(13) >= 4, 0.05 * 0.875, 0.0)
        assert gap == pytest.approx(expected, abs=1e-12)

    def test_levers_for_a_ceasefire_act_in_a_ceasefire_only(self):
        here = {"ceasefire.possible": True, "ceasefire.breakdown": 0.0, "levers.court.ramp": 0}
        used = {"plans.press.stages": [], "plans.press.on_ceasefire": ["court"]}
        game, idle = compiled("press", **here, **used), compiled(**here)
        assert war_flow(game) == pytest.approx(war_flow(idle))
        pause = game.layout.active[2][0, 0, 0, 0, 0]
        gap = idle.flow_b[0, :, pause] - game.flow_b[0, :, pause]
        assert gap == pytest.approx(0.05 * 0.875)

    def test_a_stage_from_the_start_that_expires_is_over_then(self):
        stage = {"name": "Embargo", "on": [{"lever": "embargo"}], "expires_months": 5}
        game = compiled("press", **{"plans.press.stages": [stage]})
        gap = war_flow(compiled()) - war_flow(game)
        assert (gap[2:5] > 0).all()
        assert gap[5:] == pytest.approx(0)

    def test_what_levers_wear_down_makes_war_dearer(self):
        worn = {"levers.embargo.exhaustion": 0.1}
        gap = war_flow(compiled("press")) - war_flow(compiled("press", **worn))
        # Lag 1, ramp 2: effects 0, 0, .5, 1, 1, ... summed up to the month before.
        stock = 0.1 * np.concatenate([[0, 0, 0, 0.5], 0.5 + np.arange(1, 10)])
        assert gap == pytest.approx(0.15 * stock, abs=1e-12)

    @pytest.mark.parametrize("when", ["position > 1", "cohesion < 0.5"])
    def test_a_condition_that_events_cannot_read_is_named(self, when):
        notes = compiled(events={"raid": event(0.1, [], when=when)}).notes
        assert len(notes) == 1
        assert "its condition reads" in notes[0]

    def test_a_number_that_no_table_reads_is_named(self):
        what = event(0.1, [changes("blocs.B.patience", -0.05)])
        notes = compiled(events={"raid": what}).notes
        assert notes == ("event raid: blocs.B.patience: no table of the game reads this number",)
