"""A file says what the game says: read back and solved literally, it gives the solver's play."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pytest
from tests.game.small_crises import FEATURES, TINY, small
from tests.oracles import worlds
from tests.solution.efg_play import KAPPA, at_opening, certain, cut, even, signals, solver_play
from tests.solution.efg_trees import forgets, quantal, read, responses, values

from offramp.game import compile_game
from offramp.solution import to_efg
from offramp.solution._choice import stake_precision
from offramp.solution._induction import induce

EARLY = {"plans.wait.stages": [
    {"name": "Embargo", "trigger": "months_without_ceasefire >= 1 and belief.patient > 0.3",
     "on": [{"lever": "embargo"}], "commits": False}
]}  # fmt: skip


def own_values(game, kappa, tree, profile):
    """Expected payoffs at the root by type, in stake units, read off the players of month 0."""
    spacing = game.protocol.spacing
    heads = tree.root.then if tree.root.label.endswith("type of Bland") else [tree.root]
    found = []
    for side, bloc in enumerate("AB"):
        name = game.crisis.blocs[bloc].name
        i = next(i for i, label in enumerate(tree.players) if label.startswith(name))
        late = int(tree.players[i].split()[-1]) if "month" in tree.players[i] else 0
        scale = stake_precision(kappa, game.discount[side], spacing) / game.discount[side] ** late
        found.append([values(head, profile)[i] / scale for head in heads])
    return found


@pytest.mark.parametrize("theta", ["weary", "patient"])
@pytest.mark.parametrize("feature", FEATURES)
def test_play_in_the_file_is_play_in_the_game(feature, theta):
    """B's type known: every feature of the game, two months, to nine digits."""
    changes, plan, resolution = FEATURES[feature]
    game = certain(even(changes | (EARLY if plan == "wait" else {}), plan, **resolution), theta)
    text = to_efg(game, 2, precision=KAPPA, players="periods")
    assert "All acts of a choice have the same prior weight." in text
    tree = read(text)
    assert not forgets(tree)
    found = own_values(game, KAPPA, tree, quantal(tree, 1.0))
    expected = at_opening(game, induce(cut(game, 2), KAPPA))
    j = game.types.index(theta)
    assert found[0] == pytest.approx([expected[0][j]], abs=1e-9)
    assert found[1] == pytest.approx([expected[1][j]], abs=1e-9)


@pytest.mark.parametrize(
    ("changes", "resolution"),
    [
        ({}, {}),
        FEATURES["floors and a fracturing coalition"][::2],
        FEATURES["a stand-off, audience costs and all-out war"][::2],
    ],
)
def test_every_choice_of_a_month_is_the_solvers(changes, resolution):
    """Two types: each information set, against the solver on a fine belief grid."""
    game = even(changes, belief_steps=(20_000, 1), **resolution)
    game = replace(game, opening=np.array([0.6, 0.4]))
    tree = read(to_efg(game, precision=KAPPA))
    played = solver_play(game, KAPPA, tree)
    literal = quantal(tree, 1.0)
    assert played.keys() == literal.keys()
    assert len(literal) >= 9
    for key, shares in literal.items():
        assert played[key] == pytest.approx(shares, abs=1e-7), key
    again = responses(tree, played, 1.0)
    for key, shares in again.items():
        assert played[key] == pytest.approx(shares, abs=1e-7), key


@pytest.mark.parametrize(
    "feature", ["ceasefire, reneging and collapse", "evidence every second month"]
)
def test_two_months_of_signals_are_worth_the_same(feature):
    changes, plan, resolution = FEATURES[feature]
    if "evidence_channel" in changes:
        changes = changes | {"evidence_channel.every_months": 1}
    game = even(changes, plan, belief_steps=(1000, 1), **resolution)
    game = replace(game, opening=np.array([0.6, 0.4]))
    tree = read(to_efg(game, 2, precision=KAPPA, players="periods"))
    assert ("public signal" in repr(tree.root)) == ("evidence_channel" in changes)
    found = own_values(game, KAPPA, tree, quantal(tree, 1.0))
    expected = at_opening(game, induce(cut(game, 2), KAPPA))
    for side in (0, 1):
        assert found[side] == pytest.approx(expected[side].tolist(), abs=1e-6)


@pytest.mark.parametrize("kappa", [0.5, 1.0, 2.0])
def test_first_months_choices_look_ahead_to_what_signals_will_mean(kappa):
    """What A hopes for depends on B's type, so B's acts of the first month change A's answers."""
    game = signals(steps=2000)
    tree = read(to_efg(game, 2, precision=kappa, players="periods"))
    literal = quantal(tree, 1.0)
    played = solver_play(game, kappa, tree, 2)
    for key, shares in played.items():
        assert literal[key] == pytest.approx(shares, abs=1e-6), key
    offer = [
        sum(p for act, p in zip(n.acts, literal[n.key], strict=True) if "propose" in act)
        for n in (
            tree.root.then[0].to("Bland has the initiative"),
            tree.root.then[1].to("Bland has the initiative"),
        )
    ]
    assert abs(offer[0] - offer[1]) > 0.01


def test_solved_values_can_stand_for_the_months_after():
    game = certain(even({}), "patient")
    game = replace(game, grid=type(game.grid)(2, 0, (0.0, 1.0)))
    solved = induce(game, KAPPA)
    tree = read(to_efg(game, 1, precision=KAPPA, continuation=solved))
    found = own_values(game, KAPPA, tree, quantal(tree, 1.0))
    assert found[0] == pytest.approx([solved.a[0, game.start, 1, 0]], abs=1e-9)
    assert found[1] == pytest.approx([solved.b[0, game.start, 1, 0]], abs=1e-9)
    shorter = read(to_efg(game, 1, precision=KAPPA))
    other = own_values(game, KAPPA, shorter, quantal(shorter, 1.0))
    assert abs(other[0][0] - found[0][0]) > 1e-3


def test_values_that_depend_on_beliefs_are_refused():
    game = even({})
    with pytest.raises(ValueError, match="depend on beliefs"):
        to_efg(game, 1, continuation=induce(game, KAPPA))
    with pytest.raises(ValueError, match="another game"):
        to_efg(game, 1, continuation=induce(cut(game, 2), KAPPA))


def test_a_file_can_be_checked_by_hand():
    """One offer, one month: half each is worth .5, refusing leaves the war at .5 - .1."""
    half = {"half": {"name": 'Half "each"', "terms": {"pie": 0.5}}}
    game = worlds.game(worlds.pie({"contracts": half}), offers=0)
    head, body = to_efg(game).split("\n\n")
    assert head.startswith('EFG 2 R "A pie between two sides" { "Aland" "Bland" }\n"')
    assert "complete information" in head.lower()
    assert body.splitlines() == [
        'p "" 1 1 "1. month 0: Aland to move; war" { "propose Half \\"each\\"" "hold" } 0',
        'p "" 2 1 "1. month 0: Bland to answer the proposal of Half \\"each\\"; war" '
        '{ "accept" "refuse" } 0',
        't "" 1 "1. settlement, Half \\"each\\"" { 0.5 0.5 }',
        't "" 2 "2. war" { 0.4 0.4 }',
        't "" 3 "3. war" { 0.4 0.4 }',
    ]
    assert read(to_efg(game)).root.acts == ('propose Half "each"', "hold")


def test_a_sides_information_sets_are_what_it_can_know():
    game = compile_game(small(), "idle", None, TINY)
    tree = read(to_efg(game, 2))
    assert not forgets(tree)
    for (player, _), nodes in tree.sets().items():
        types = {node.path[0] for node in nodes}
        assert types == ({"Weary", "Patient"} if player == 1 else {nodes[0].path[0]})
        assert len({node.path[1:] for node in nodes}) == 1
        assert (player == 2) == ("Weary" in nodes[0].label or "Patient" in nodes[0].label)


def test_weights_are_said_or_written_as_copies():
    game = compile_game(small(), "idle", None, TINY)
    game = certain(game, "weary")
    noted = to_efg(game, 1, precision=KAPPA)
    for name in ("Aland", "Bland"):
        assert f"{name}: propose Freeze 0.5, propose Swap 0.5, propose a ceasefire 0.5." in noted
    copied = to_efg(game, 1, precision=KAPPA, weights="copies")
    assert "hold (2 of 2)" in copied
    tree = read(copied)
    assert not forgets(tree)
    found = own_values(game, KAPPA, tree, quantal(tree, 1.0))
    plain = read(noted)
    missed = own_values(game, KAPPA, plain, quantal(plain, 1.0))
    expected = [x[0] for x in at_opening(game, induce(cut(game, 1), KAPPA))]
    assert [x[0] for x in found] == pytest.approx(expected, abs=1e-9)
    assert abs(missed[0][0] - expected[0]) > 1e-4


def test_a_copy_is_not_seen_by_the_other_side():
    game = compile_game(
        small(**{"weights.propose": 6.0, "settlement.binding": True}), "idle", None, TINY
    )
    tree = read(to_efg(certain(game, "weary"), 2, weights="copies"))
    assert not forgets(tree)
    replies = [
        nodes
        for nodes in tree.sets().values()
        if "B" in nodes[0].label
        and "month 0: Bland to answer the proposal of Freeze" in nodes[0].label
    ]
    assert [len(nodes) for nodes in replies] == [6]


def test_weights_out_of_proportion_are_refused_as_copies():
    game = compile_game(small(**{"weights.ceasefire": math.pi}), "idle", None, TINY)
    with pytest.raises(ValueError, match=r"propose a ceasefire 3\.14159, .* weights='note'"):
        to_efg(game, weights="copies")


@pytest.mark.parametrize("weights", ["note", "copies"])
@pytest.mark.parametrize("months", [1, 2])
def test_nodes_are_counted_before_they_are_written(months, weights):
    game = compile_game(small(), "idle", None, TINY)
    nodes = len(read(to_efg(game, months, weights=weights)).root.every())
    said = re.search(r"([\d,]+) nodes", to_efg(game, months, weights=weights, limit=nodes))
    assert said is not None
    assert said[1] == f"{nodes:,}"
    with pytest.raises(ValueError, match=f"has {nodes:,} nodes, the limit is {nodes - 1:,}.*fewer"):
        to_efg(game, months, weights=weights, limit=nodes - 1)


def test_a_hopeless_size_is_refused_at_once():
    game = worlds.game(worlds.lively())
    with pytest.raises(ValueError, match="nodes"):
        to_efg(game, 18)
    with pytest.raises(ValueError, match="more than 50 nodes"):
        to_efg(game, 18, limit=50)


def test_a_settlement_that_nobody_would_break_offers_no_choice():
    """Weight 0 on breaking: months after a signature are averaged, there is no information set."""
    game = certain(even({}), "weary")
    assert "to keep or break it" in to_efg(game, 2)
    kept = replace(game, weights=replace(game.weights, renege=0.0))
    tree = read(to_efg(kept, 2, precision=KAPPA, players="periods"))
    assert not any("to keep or break it" in n.label for n in tree.root.every())
    found = own_values(kept, KAPPA, tree, quantal(tree, 1.0))
    expected = [x[0] for x in at_opening(kept, induce(cut(kept, 2), KAPPA))]
    assert [x[0] for x in found] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("credibility", [1.0, 0.4])
def test_triggers_are_looked_at_before_the_moves_of_a_month(credibility):
    """A ceasefire agreed in the last month sets nothing off before the file ends."""
    stage = {"name": "Embargo", "trigger": "ceasefire", "on": [{"lever": "embargo"}]}
    changes = {"plans.wait.stages": [stage], "plans.wait.credibility": credibility}
    game = certain(even(changes, "wait"), "weary")
    for months in (1, 2):
        tree = read(to_efg(game, months, precision=KAPPA, players="periods"))
        found = own_values(game, KAPPA, tree, quantal(tree, 1.0))
        expected = [x[0] for x in at_opening(game, induce(cut(game, months), KAPPA))]
        assert [x[0] for x in found] == pytest.approx(expected, abs=1e-9)
    labels = [node.label for node in tree.root.every()]
    assert any("whether the plan is followed" in x for x in labels) == (credibility < 1)


def test_months_that_the_game_does_not_have_are_refused():
    game = even({})
    for months, start in ((4, 0), (1, 3), (0, 0), (1, -1)):
        with pytest.raises(ValueError, match="the game has months 0 to 2"):
            to_efg(game, months, start)


def test_the_first_month_may_be_a_later_one():
    """With flows that change by the month, month 1 alone is worth what the solver says it is."""
    game = certain(even({"war.exhaustion": {"A": 0.3, "B": 0.2}, "war.reach": 0}), "weary")
    tree = read(to_efg(game, 1, 1, precision=KAPPA))
    found = own_values(game, KAPPA, tree, quantal(tree, 1.0))
    solved = induce(cut(game, 2), KAPPA)
    at = int(game.grid.points[:, 0].argmax())
    assert found[0] == pytest.approx([solved.a[1, game.start, 0, at]], abs=1e-9)
    assert found[1] == pytest.approx([solved.b[1, game.start, 0, at]], abs=1e-9)
    assert abs(solved.a[1, game.start, 0, at] - solved.a[0, game.start, 0, at]) > 1e-3


def test_a_trigger_on_beliefs_has_no_tree_unless_they_cannot_move():
    game = compile_game(small(), "wait", None, TINY)
    with pytest.raises(ValueError, match=r"trigger on belief\.patient"):
        to_efg(game)
    assert read(to_efg(certain(game, "patient"))).root.acts


def test_stake_units_need_each_sides_own_precision():
    game = compile_game(small(), "idle", None, TINY)
    text = to_efg(game)
    for side, bloc in ((0, "Aland"), (1, "Bland")):
        lam = stake_precision(8, game.discount[side], game.protocol.spacing)
        assert f"{lam:.17g} for {bloc}" in text
    plain, scaled = (read(to_efg(game, precision=p)) for p in (None, 8.0))
    ends = [[n for n in tree.root.every() if n.kind == "t"] for tree in (plain, scaled)]
    for one, other in zip(*ends, strict=True):
        for i in (0, 1):
            lam = stake_precision(8, game.discount[i], game.protocol.spacing)
            assert other.pay[i] == pytest.approx(lam * one.pay[i], rel=1e-14)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"weights": "some"}, "'note' or 'copies'"),
        ({"players": "both"}, "'sides' or 'periods'"),
        ({"precision": (1.0, 2.0)}, "one precision"),
        ({"precision": 0.0}, "positive"),
    ],
)
def test_what_makes_no_sense_is_refused(how, said):
    with pytest.raises(ValueError, match=said):
        to_efg(even({}), **how)
