"""How a plan is followed: surely, with a credibility, or as A likes; and evidence on the way."""

from __future__ import annotations

import numpy as np
import pytest
from tests.game.small_crises import TINY, small

from offramp.crisis import load, override
from offramp.game import CompileError, compile_game

LATE = {"plans.wait.stages": [
    {"name": "One", "trigger": "months >= 1", "on": [{"lever": "embargo"}]},
    {"name": "Two", "trigger": "months >= 1", "on": [{"lever": "arms"}]},
]}  # fmt: skip


def half_believed(credibility=0.4, plan="wait", followed=None, **changes):
    return compile_game(
        small(**changes), plan, None, TINY, credibility=credibility, followed=followed
    )


def lottery(game, month, actual=False):
    states = np.array([game.start, int(game.moves.states[-1])])
    beliefs = np.tile(game.opening, (2, 1))
    return game.trigger_lottery(month, states, beliefs, actual=actual)


class TestCredibility:
    def test_a_plan_that_is_believed_is_no_lottery(self):
        game = half_believed(1.0, **LATE)
        ((moved, chance),) = lottery(game, 1)
        assert chance == 1.0
        assert not game.automaton.lapse
        start = np.array([game.start])
        assert moved[0] == game.after_triggers(1, start, game.opening[None])[0]
        assert game.layout.node[moved[0]] != game.layout.node[game.start]

    def test_no_trigger_no_lottery(self):
        assert lottery(half_believed(**LATE), 0)[0][1] == 1.0

    def test_each_firing_is_a_lottery_of_its_own(self):
        """Two stages in one month: both begin, A lapses at once, or after the first."""
        game = half_believed(0.4, **LATE)
        pairs = lottery(game, 1)
        assert sum(p for _, p in pairs) == pytest.approx(1)
        nodes = [game.automaton.nodes[game.layout.node[states[0]]] for states, _ in pairs]
        found = {(n.stage, n.lapsed): p for n, (_, p) in zip(nodes, pairs, strict=True)}
        assert found == pytest.approx({(2, False): 0.16, (0, True): 0.6, (1, True): 0.24})
        states = np.array([game.start, int(game.moves.states[-1])])
        followed = game.after_triggers(1, states, np.tile(game.opening, (2, 1)))
        assert (pairs[0][0] == followed).all()

    def test_after_a_lapse_no_stage_begins_and_what_is_on_stays_on(self):
        game = half_believed(0.4, **LATE)
        lapsed = next(
            states[:1]
            for states, _ in lottery(game, 1)
            if game.automaton.nodes[game.layout.node[states[0]]].stage == 1
        )
        for month in range(2, game.months):
            again = game.trigger_lottery(month, lapsed, game.opening[None])
            assert len(again) == 1
            assert (again[0][0] == lapsed).all()
        z = int(game.layout.node[lapsed[0]])
        assert game.automaton.phased[z].reversible > 0
        assert game.automaton.nodes[game.automaton.tick[z]].lapsed
        assert "not carried out" in game.state_name(int(lapsed[0]))

    def test_what_b_believes_and_what_a_does_may_differ(self):
        game = half_believed(0.4, followed=1.0)
        fires = {"plans.wait.stages": LATE["plans.wait.stages"][:1]}
        game = half_believed(0.4, followed=0.9, **fires)
        assert [p for _, p in lottery(game, 1)] == pytest.approx([0.4, 0.6])
        assert [p for _, p in lottery(game, 1, actual=True)] == pytest.approx([0.9, 0.1])
        liar = half_believed(1.0, followed=0.0, **fires)
        ((_, sure),) = lottery(liar, 1)
        ((states, chance),) = lottery(liar, 1, actual=True)
        assert sure == chance == 1.0
        assert liar.automaton.nodes[liar.layout.node[states[0]]].lapsed

    def test_the_file_says_how_credible_a_plan_is_unless_the_caller_does(self):
        crisis = small(**{"plans.wait.credibility": 0.7})
        assert compile_game(crisis, "wait", None, TINY).credibility == 0.7
        assert compile_game(crisis, "wait", None, TINY, credibility=0.2).credibility == 0.2
        assert compile_game(small(), "wait", None, TINY).credibility == 1.0
        with pytest.raises(CompileError, match="between 0 and 1"):
            half_believed(1.5)

    def test_a_recompiled_plan_is_followed_in_the_same_way(self):
        game = compile_game(small(), "wait", None, TINY, credibility=0.3, followed=0.8)
        again = compile_game(game.crisis, game.plan, None, game.resolution)
        assert (again.credibility, again.followed) == (0.3, 0.8)


class TestAdaptive:
    def test_triggers_do_not_fire_and_a_has_an_act_of_its_own(self):
        game = compile_game(small(**LATE), "wait", None, TINY, mode="adaptive")
        states = np.array([game.start])
        assert game.after_triggers(3, states, game.opening[None])[0] == game.start
        acts = game.acts.own[0]
        k, at = (
            acts.names.index("activate"),
            int(np.flatnonzero(game.moves.states == game.start)[0]),
        )
        first = acts.target[at, k]
        assert game.automaton.nodes[game.layout.node[first]].stage == 1
        assert acts.weight[at, k] == pytest.approx(1.0)
        row = int(np.flatnonzero(game.moves.states == first)[0])
        assert game.automaton.nodes[game.layout.node[acts.target[row, k]]].stage == 2
        done = game.layout.node == game.automaton.final
        last = np.isin(game.moves.states, np.flatnonzero(done))
        assert (game.moves.activate[last] == -1).all()
        assert "activate" not in game.acts.own[1].names

    def test_an_adaptive_plan_keeps_no_count_of_months(self):
        waits = compile_game(small(), "wait", None, TINY)
        free = compile_game(small(), "wait", None, TINY, mode="adaptive")
        assert max(n.counter for n in waits.automaton.nodes) == 2
        assert max(n.counter for n in free.automaton.nodes) == 0

    def test_a_lever_that_needs_a_ceasefire_can_be_used_in_one_only(self):
        stage = {"name": "Arms", "trigger": "months >= 1", "on": [{"lever": "arms"}]}
        here = {"plans.wait.stages": [stage], "plans.wait.mode": "adaptive"}
        game = compile_game(
            small(**here, **{"levers.arms.needs": ["ceasefire"]}), "wait", None, TINY
        )
        regime = game.layout.regime[game.moves.states]
        node = game.layout.node[game.moves.states]
        assert (game.moves.activate[(node == 0) & (regime == 1)] == -1).all()
        assert (game.moves.activate[(node == 0) & (regime == 2)] >= 0).all()

    def test_its_prior_weight_is_in_the_file(self):
        crisis = small(**{"weights.activate": 0.3})
        game = compile_game(crisis, "wait", None, TINY, mode="adaptive")
        acts = game.acts.own[0]
        assert acts.weight[:, acts.names.index("activate")].max() == pytest.approx(0.3)


class TestEvidence:
    def test_nothing_arrives_unless_the_file_says_so(self):
        game = compile_game(small(), "idle", None, TINY)
        assert game.signals == (None,) * game.months

    def test_the_channel_points_to_the_type_once_a_quarter_by_default(self):
        channel = {"reliability": 0.5}
        crisis = small(**{"evidence_channel": channel, "clock.horizon_months": 7})
        game = compile_game(crisis, "idle", None, TINY)
        assert [t for t, y in enumerate(game.signals) if y is not None] == [2, 5]
        likelihood = game.signals[2]
        weight = 0.5 * (1 - crisis.hypotheses.unmodelled.value)
        expected = weight * np.eye(2) + (1 - weight) / 2
        assert likelihood == pytest.approx(expected)
        assert likelihood.sum(0) == pytest.approx(1)

    def test_stated_signals_are_weakened_towards_their_mean(self):
        stated = {
            "seen": {"weary": 0.2, "patient": 0.6}, "quiet": {"weary": 0.8, "patient": 0.4},
        }  # fmt: skip
        channel = {"every_months": 1, "reliability": 1.0, "likelihood": stated}
        crisis = small(**{"evidence_channel": channel, "hypotheses.unmodelled": 0.0})
        game = compile_game(crisis, "idle", None, TINY)
        assert all(y == pytest.approx(np.array([[0.2, 0.6], [0.8, 0.4]])) for y in game.signals)
        doubted = override(crisis, {"hypotheses.unmodelled": 0.5})
        game = compile_game(doubted, "idle", None, TINY)
        signal = game.signals[0]
        assert signal is not None
        assert signal[0] == pytest.approx([0.3, 0.5])

    def test_a_channel_that_tells_nothing_is_no_channel(self):
        crisis = small(evidence_channel={"reliability": 0.0})
        assert compile_game(crisis, "idle", None, TINY).signals == (None,) * 3

    def test_a_plan_can_have_a_channel_of_its_own(self):
        crisis = small(**{"plans.wait.evidence_channel": {"every_months": 1}})
        assert compile_game(crisis, "idle", None, TINY).signals[0] is None
        assert compile_game(crisis, "wait", None, TINY).signals[0] is not None

    def test_beliefs_that_are_frozen_learn_nothing(self):
        crisis = small(evidence_channel={"every_months": 1})
        game = compile_game(crisis, "idle", None, TINY, frozen_beliefs=True)
        assert game.signals == (None,) * 3

    def test_the_reference_crisis_learns_a_little_every_quarter(self):
        game = compile_game(load("ukraine-2025"), "status_quo", None, "draft")
        assert [t for t in range(12) if game.signals[t] is not None] == [2, 5, 8, 11]
        signal = game.signals[2]
        assert signal is not None
        ratio = signal[0, 0] / signal[0, 1]
        assert 1.2 < ratio < 2.0
