"""Plans as automata: effect curves, phases, triggers that fire when and only when they should."""

from __future__ import annotations

import numpy as np
import pytest
from tests.game.small_crises import NO_ACCIDENTS, TINY, small

from offramp.game import compile_game
from offramp.game._plans import effect, hazard_of

STEADY = {
    "clock.horizon_months": 12,
    "war.collapse": {"A": 0.0, "B": 0.0},
    "ladder": NO_ACCIDENTS,
    "war.intensity": 0.0,
    "weights.ceasefire": 0.5,
}


def waits_for(trigger, levers=("embargo",), **changes):
    """A crisis whose plan ``wait`` has one stage with this trigger."""
    stage = {"name": "Squeeze", "trigger": trigger, "on": [{"lever": x} for x in levers]}
    return small(**STEADY, **{"plans.wait.stages": [stage]}, **changes)


def war_flows(game):
    """B's flow (first type) by month in war at today's front, for each node."""
    lay = game.layout
    s = lay.active[1][(lay.sizes[0] - 1) // 2, 0, :, 0, 0]
    return game.flow_b[0][:, s]


def test_effect_curve_by_hand():
    lever = small(**{"levers.embargo.adaptation_half_life": 6}).levers["embargo"]
    # Lag 1, ramp 2, then halved every 6 months.
    assert [effect(lever, a) for a in (0, 1, 2, 3)] == [0, 0, 0.5, 1]
    assert effect(lever, 9) == pytest.approx(0.5)
    assert effect(lever, 15) == pytest.approx(0.25)
    # A cap on ramps brings full effect earlier.
    assert effect(lever, 2, cap=1) == 1


def test_levers_on_from_the_start_follow_their_effect_curve_exactly():
    crisis = small(**STEADY, **{"levers.embargo.adaptation_half_life": 4})
    pressed, idle = (compile_game(crisis, plan, None, TINY) for plan in ("press", "idle"))
    lever = crisis.levers["embargo"]
    gap = war_flows(idle)[:, 0] - war_flows(pressed)[:, 0]
    # .1 felt in four equal parts, the public's by half; erosion at the hazard of .2 a year.
    full = 0.1 * (0.25 + 0.25 * 0.5 + 0.25 + 0.25)
    stays = (1 - 0.2) ** (np.arange(13) / 12)
    expected = [full * effect(lever, t) * stays[t] for t in range(13)]
    assert gap == pytest.approx(expected, abs=1e-12)
    own = idle.flow_a[:, idle.start] - pressed.flow_a[:, pressed.start]
    assert own == pytest.approx([0.02 * effect(lever, t) for t in range(13)], abs=1e-12)


@pytest.mark.parametrize("phases", [1, 2, 3, 5])
def test_phases_match_the_mean_effect_of_a_lever(phases):
    """Averaged over the months after the trigger, phases give what the effect curve gives."""
    crisis = waits_for("months >= 0", **{"levers.embargo.lift_if_defy": 0.0})
    game = compile_game(crisis, "wait", None, TINY.with_(phases=phases))
    auto, lever = game.automaton, crisis.levers["embargo"]
    share = np.zeros(len(auto.nodes))
    share[auto.enter[0]] = 1
    felt, curve = [], []
    for age in range(game.months + 1):
        felt.append(share @ [p.reversible for p in auto.phased])
        curve.append(effect(lever, age))
        moved = np.zeros_like(share)
        for z, (to, chance) in enumerate(auto.progress):
            moved[to] += share[z] * chance
            moved[z] += share[z] * (1 - chance)
        share = moved
    full = 0.1 * 0.875
    assert np.mean(felt) == pytest.approx(full * np.mean(curve), rel=1e-9)
    # More phases follow the ramp more closely.
    if phases >= 3:
        assert felt[0] < 0.35 * full
        assert felt[-1] > 0.9 * full


def fired(game, month, counter=None, belief=0.5, regime=1):
    """Whether the plan moves on from its first stage at this month, count and belief in `patient`."""
    lay, auto = game.layout, game.automaton
    z = next(
        i
        for i, n in enumerate(auto.nodes)
        if n.stage == 0 and (counter is None or n.counter == counter)
    )
    s = np.array([lay.active[regime][(lay.sizes[0] - 1) // 2, 0, z, 0, 0]])
    after = game.after_triggers(month, s, np.array([[1 - belief, belief]]))
    return auto.nodes[int(lay.node[after[0]])].stage == 1


def test_a_trigger_on_waiting_counts_months_without_a_ceasefire():
    game = compile_game(waits_for("months_without_ceasefire >= 3"), "wait", None, TINY)
    assert [fired(game, 5, w) for w in range(4)] == [False, False, False, True]
    # The count goes up by one a month in war and starts again in a ceasefire.
    auto = game.automaton
    first = [i for i, n in enumerate(auto.nodes) if n.stage == 0]
    assert [auto.nodes[auto.tick[i]].counter for i in first] == [1, 2, 3, 3]
    assert [auto.nodes[auto.reset[i]].counter for i in first] == [0] * 4


@pytest.mark.parametrize(
    ("condition", "fires_at"),
    [
        ("months_without_ceasefire >= 3", {3, 4, 5, 6}),
        ("months_without_ceasefire > 3", {4, 5, 6}),
        ("3 < months_without_ceasefire", {4, 5, 6}),
        ("3 <= months_without_ceasefire", {3, 4, 5, 6}),
        ("months_without_ceasefire > 2.5", {3, 4, 5, 6}),
        ("months_without_ceasefire == 3", {3}),
        ("months_without_ceasefire - 1 >= 3", {4, 5, 6}),
        ("max(months_without_ceasefire, 2) >= 4", {4, 5, 6}),
        ("1 < months_without_ceasefire <= 3", {2, 3}),
    ],
)
def test_the_counter_reaches_every_number_that_a_trigger_can_tell_apart(condition, fires_at):
    """Months of unbroken war after which the trigger holds, counted on the automaton itself."""
    # The trigger also asks for a belief that A does not have, so that the count runs on.
    auto = compile_game(waits_for(f"{condition} and belief.patient > 0.99"), "wait", None, TINY)
    lay = auto.layout
    z, held = 0, set()
    for month in range(7):
        s = np.array([lay.active[1][(lay.sizes[0] - 1) // 2, 0, z, 0, 0]])
        after = auto.after_triggers(month, s, np.array([[0.0, 1.0]]))
        if auto.automaton.nodes[int(lay.node[after[0]])].stage == 1:
            held.add(month)
        z = auto.automaton.tick[z]
    assert held == fires_at


def test_a_count_is_kept_for_a_later_stage():
    """The second stage asks for five months, and two of them passed before the first."""
    stages = [
        {"name": "One", "trigger": "months >= 2", "on": [{"lever": "embargo"}]},
        {"name": "Two", "trigger": "months_without_ceasefire >= 5", "on": [{"lever": "arms"}]},
    ]
    game = compile_game(small(**STEADY, **{"plans.wait.stages": stages}), "wait", None, TINY)
    auto, lay = game.automaton, game.layout
    z, stage = 0, []
    for month in range(7):
        s = np.array([lay.active[1][(lay.sizes[0] - 1) // 2, 0, z, 0, 0]])
        z = int(lay.node[game.after_triggers(month, s, np.array([[0.5, 0.5]]))[0]])
        stage.append(auto.nodes[z].stage)
        z = auto.tick[z]
    assert stage == [0, 0, 1, 1, 1, 2, 2]


def test_a_trigger_on_beliefs_fires_above_its_threshold_only():
    game = compile_game(waits_for("belief.patient > 0.6"), "wait", None, TINY)
    assert [fired(game, 0, belief=p) for p in (0.0, 0.6, 0.6001, 1.0)] == [False, False, True, True]


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("months >= 4", lambda month, regime: month >= 4),
        ("ceasefire", lambda month, regime: regime == 2),
        ("war and months < 2", lambda month, regime: regime == 1 and month < 2),
        ("not war or months == 3", lambda month, regime: regime != 1 or month == 3),
        ("position <= 0 and cohesion > 0.5", lambda month, regime: True),
        ("settlement", lambda month, regime: False),
    ],
)
def test_triggers_read_the_public_state(condition, holds):
    game = compile_game(waits_for(condition), "wait", None, TINY)
    for month in range(6):
        for regime in (1, 2):
            assert fired(game, month, regime=regime) == holds(month, regime)


@pytest.mark.parametrize("factor", [1, 2])
@pytest.mark.parametrize("decide", [False, True])
def test_a_trigger_on_the_front_reads_steps_of_the_file(factor, decide):
    crisis = waits_for("position >= 1", **{"war.reach": 2, "war.ends_decide": decide})
    game = compile_game(crisis, "wait", None, TINY.with_(position_factor=factor))
    lay = game.layout
    middle = (lay.sizes[0] - 1) // 2
    per_step = 1 if decide else factor
    for k in range(lay.sizes[0]):
        s = np.array([lay.active[1][k, 0, 0, 0, 0]])
        after = game.after_triggers(0, s, np.array([[0.5, 0.5]]))
        stage = game.automaton.nodes[int(lay.node[after[0]])].stage
        assert (stage == 1) == (k - middle >= per_step)


def test_triggers_leave_settlements_and_ends_alone():
    game = compile_game(waits_for("months >= 0"), "wait", None, TINY)
    done = np.flatnonzero(game.layout.regime > 2)
    beliefs = np.tile([0.5, 0.5], (len(done), 1))
    assert (game.after_triggers(3, done, beliefs) == done).all()


def test_two_stages_may_fire_in_one_month():
    stages = [
        {"name": "One", "trigger": "months >= 2", "on": []},
        {"name": "Two", "trigger": "belief.patient > 0.5", "on": [{"lever": "embargo"}]},
    ]
    game = compile_game(small(**STEADY, **{"plans.wait.stages": stages}), "wait", None, TINY)
    s = np.array([game.start] * 2)
    after = game.after_triggers(2, s, np.array([[0.8, 0.2], [0.2, 0.8]]))
    assert [game.automaton.nodes[int(game.layout.node[x])].stage for x in after] == [1, 2]


def test_chances_within_a_year_compound_to_themselves():
    assert (1 - hazard_of(0.3)) ** 12 == pytest.approx(0.7)
    assert hazard_of(0.0) == 0
    assert hazard_of(1.0) == 1


def test_pressure_after_a_deal_lifts_at_the_promised_rate():
    """Erosion and lifting together leave 1 - comply* of reversible pressure after a year."""
    crisis = small(**STEADY, **{"levers.embargo.lag": 0, "levers.embargo.ramp": 0})
    game = compile_game(crisis, "press", None, TINY)
    lay = game.layout
    swap = next(i for i, o in enumerate(game.offers) if o.id == "swap")
    s = lay.settled[swap, 0, 0, 0, 1]
    stays = game.chance[0][s, s]
    # Relief "phased" brings .75 of the conditional relief, half of whose conditions are stated.
    comply = 0.2 + 0.75 * 0.5 * (0.7 - 0.2)
    left = (stays * (1 - hazard_of(0.2))) ** 12
    assert left == pytest.approx(1 - comply)


def test_what_a_plan_says_and_the_game_leaves_out_is_noted():
    stages = [
        {"name": "One", "trigger": "start", "on": [{"lever": "embargo"}]},
        {"name": "Two", "trigger": "months >= 1", "on": [{"lever": "arms"}], "off": ["embargo"]},
        {"name": "Three", "trigger": "months >= 2", "on": [{"lever": "arms"}], "expires_months": 3},
    ]
    changes = {
        "plans.wait.stages": stages,
        "plans.wait.on_ceasefire": ["arms"],
        "plans.wait.on_event": {"court": ["fund"]},
    }
    notes = " | ".join(compile_game(small(**STEADY, **changes), "wait", None, TINY).notes)
    assert "its answer to court is left out" in notes
    assert "arms is used by a stage, so its use in a ceasefire adds nothing" in notes
    assert "stage Two: that it ends embargo, on from the start" in notes
    assert "stage Three: arms is on already" in notes
    assert "stage Three: levers of the stage before ramp up anew" in notes
    assert "stage Three: that it expires" in notes
    assert not compile_game(small(**STEADY), "wait", None, TINY).notes
