"""Table games as files, and the text of files: numbers, labels, copies."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from tests.solution.efg_trees import forgets, quantal, read, values

from offramp.game import (
    Act,
    Chance,
    End,
    MoveA,
    MoveB,
    MoveBoth,
    Proposal,
    from_tables,
)
from offramp.game._tables import State
from offramp.solution import solve_tables, to_efg
from offramp.solution._efg_text import (
    Branch,
    Move,
    Place,
    copies_of,
    decimal,
    distinct,
    exact,
    quoted,
)


def threat(steps=4000):
    return from_tables(
        {
            "opening": MoveB([Act("threaten", "threatened"), Act("wait", "quiet")]),
            "threatened": MoveA([Act("stand", "tested", a=-0.1), Act("yield", "yielded")]),
            "tested": MoveB([Act("fight", "war"), Act("back down", "shamed", b=-0.05)]),
            "quiet": End(a=0.9, b=0.6),
            "yielded": End(a=0.6, b=1.0),
            "shamed": End(a=1.0, b=0.2),
            "war": End(a=0.0, b={"tough": 0.4, "soft": 0.0}),
        },
        start="opening",
        types={"tough": 0.2, "soft": 0.8},
        belief_steps=steps,
        title="A threat",
    )


def test_a_threat_and_its_answer():
    tree = read(to_efg(threat(), precision=3.0))
    found = quantal(tree, 1.0)
    solved = solve_tables(threat(), 3.0)
    for nodes in tree.sets().values():
        state = nodes[0].label.split(". ")[1].split(",")[0]
        theta = nodes[0].path[0] if nodes[0].key[0] == 2 else None
        for act, share in zip(nodes[0].acts, found[nodes[0].key], strict=True):
            assert solved.chance(state, act, theta) == pytest.approx(share, abs=1e-7)


def test_later_periods_flows_and_lumps_count_less():
    game = from_tables(
        {
            "mine": MoveA(
                [Act("take", "over", a=0.5, b=0.1), Act("pass", "yours", later=True)],
                flow_a=0.1, flow_b=0.2, at_end=(0.4, 0.2),
            ),
            "yours": MoveB(
                [Act("take", "over", a=0.1, b=0.6), Act("pass", "mine", later=True)],
                flow_a=0.1, flow_b=0.05, at_end=(0.3, 0.3),
            ),
            "over": End(0.2, 0.3),
        },
        "mine", periods=3, discount=(0.9, 0.8),
    )  # fmt: skip
    solved = solve_tables(game, (4.0, 6.0))
    tree = read(to_efg(game, precision=(4.0, 6.0), players="periods"))
    assert tree.players == ("A, period 0", "A, period 2", "B, period 1")
    found = quantal(tree, 1.0)
    for (player, _), nodes in tree.sets().items():
        period = int(tree.players[player - 1][-1])
        state = "yours" if period == 1 else "mine"
        assert found[nodes[0].key][0] == pytest.approx(
            solved.chance(state, "take", period=period), abs=1e-12
        )
    assert values(tree.root, found)[0] / 4 == pytest.approx(solved.value("A", "mine"), abs=1e-12)
    pooled = read(to_efg(game, precision=(4.0, 6.0)))
    assert pooled.players == ("A", "B")
    assert "noisier" in pooled.comment
    assert "noisier" not in tree.comment
    last = [nodes[0].key for nodes in pooled.sets().values() if "period 2" in nodes[0].label]
    noisy = quantal(pooled, 1.0)[last[0]][0]
    assert abs(noisy - 0.5) < abs(solved.chance("mine", "take", period=2) - 0.5)


def test_simultaneous_moves_with_private_kinds():
    rng = np.random.default_rng(5)
    game = from_tables(
        {
            "game": MoveBoth(
                ["u", "d"], ["l", "m", "r"], "end", rng.normal(size=(2, 2, 3)),
                rng.normal(size=(3, 2, 3)), kinds_a={"x": 0.3, "y": 0.7},
                kinds_b={"x": 0.2, "y": 0.5, "z": 0.3},
            ),
            "end": End(0, 0),
        },
        "game",
    )  # fmt: skip
    tree = read(to_efg(game))
    assert not forgets(tree)
    assert len(tree.sets()) == 5
    found = quantal(tree, 0.7)
    solved = solve_tables(game, 0.7)
    for player, acts in ((1, ("u", "d")), (2, ("l", "m", "r"))):
        for k, act in enumerate(acts):
            share = 0.0
            for first, p in zip(tree.root.then, tree.root.chances, strict=True):
                node = first if player == 1 else first.then[0]
                share += p * found[node.key][k]
            assert solved.chance("game", act) == pytest.approx(share, abs=1e-9)


def test_news_that_depends_on_the_type():
    game = from_tables(
        {
            "news": Chance({"good": {"s": 0.8, "t": 0.3}, "bad": {"s": 0.2, "t": 0.7}}),
            "good": MoveA([Act("trust", "trusted"), Act("doubt", "doubted")]),
            "bad": MoveA([Act("trust", "trusted"), Act("doubt", "doubted")]),
            "trusted": MoveB([Act("honour", "deal"), Act("cheat", "cheated")]),
            "deal": End(1, {"s": 1, "t": 0.4}),
            "cheated": End(-1, {"s": 0.2, "t": 1}),
            "doubted": End(0, 0),
        },
        "news",
        types={"s": 0.5, "t": 0.5},
        belief_steps=200,
    )
    tree = read(to_efg(game))
    found = quantal(tree, 5.0)
    solved = solve_tables(game, 5.0)
    for nodes in tree.sets().values():
        state = nodes[0].label.split(". ")[1].split(",")[0]
        if nodes[0].key[0] == 1:
            assert found[nodes[0].key][0] == pytest.approx(solved.chance(state, "trust"), abs=1e-6)


def test_nests_as_precise_as_single_acts_are_weights():
    acts = [
        Act(f"offer {k}", "end", w, a=v, nest="offers")
        for k, (w, v) in enumerate(((0.5, 0.3), (0.25, 0.7), (0.25, 0.4)))
    ]
    acts.append(Act("attack", "end", 1.5, a=0.5))
    move = MoveA(acts, nests={"offers": 2.0})
    game = from_tables({"go": move, "end": End(0, 0)}, "go")
    tree = read(to_efg(game, weights="copies"))
    found = quantal(tree, 4.0)[tree.root.key]
    solved = solve_tables(game, 4.0)
    for name in ("offer 0", "offer 1", "offer 2", "attack"):
        copies = [p for act, p in zip(tree.root.acts, found, strict=True) if act.startswith(name)]
        assert sum(copies) == pytest.approx(solved.chance("go", name), abs=1e-12)
    own = from_tables({"go": replace(move, top=0.5), "end": End(0, 0)}, "go")
    with pytest.raises(ValueError, match="precision of their own"):
        to_efg(own)


def test_a_forced_move_is_no_node():
    states: dict[str, State] = {
        "go": MoveA([Act("on", "ask", a=0.25), Act("off", "end", weight=0)], flow_b=0.5),
        "ask": MoveB([Act("yes", "end", b=1), Act("no", "end")]),
        "end": End(1, 0),
    }
    text = to_efg(from_tables(states, "go"))
    assert text.split("\n\n")[1].splitlines() == [
        'p "" 2 1 "1. ask" { "yes" "no" } 0',
        't "" 1 "1. end" { 1.25 1.5 }',
        't "" 2 "2. end" { 1.25 0.5 }',
    ]


def test_tables_without_a_finite_tree_are_refused():
    states: dict[str, State] = {
        "offer": Proposal("A", "low", "high", [Act("refuse", "none")]),
        "low": End(1, 0), "high": End(0, 1), "none": End(0.2, 0.2),
    }  # fmt: skip
    with pytest.raises(ValueError, match="finitely many acts"):
        to_efg(from_tables(states, "offer"))
    with pytest.raises(ValueError, match="written whole"):
        to_efg(threat(), 1)
    with pytest.raises(ValueError, match="positive and finite"):
        to_efg(threat(), precision=math.inf)


# --- The format -----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_written_probabilities_sum_to_exactly_one(seed):
    rng = np.random.default_rng(seed)
    chances = rng.dirichlet(np.full(rng.integers(1, 40), 0.2)).tolist()
    written = [Decimal(p) for p in exact(chances)]
    assert sum(written) == 1
    assert [float(p) for p in written] == pytest.approx(chances, abs=2e-16 * len(chances))
    with pytest.raises(ValueError, match="sum to 1"):
        exact([0.5, 0.4])


def test_numbers_are_written_to_all_digits_and_without_exponent():
    for number in (0.1, -1.5e-12, 1e22, 1 / 3, -0.0, 3):
        text = decimal(number)
        assert re.fullmatch(r"-?\d+(\.\d+)?", text)
        assert float(text) == number
    with pytest.raises(ValueError, match="finite"):
        decimal(math.nan)


def test_labels_differ_and_stay_on_one_line():
    assert distinct(["a", "b", "a", "a [2]", "a"]) == ["a", "b", "a [2]", "a [2] [2]", "a [3]"]
    assert quoted('say "no"\n or \\ yes') == '"say \\"no\\" or / yes"'


@pytest.mark.parametrize(
    ("weights", "copies"),
    [((1, 1), [1, 1]), ((0.5, 1.5), [1, 3]), ((2 / 3, 1), [2, 3]), ((0.25, 1, 5), [1, 4, 20])],
)
def test_copies_are_the_least_whole_numbers_in_proportion(weights, copies):
    acts = tuple(Branch(str(i), w, Place(("x",))) for i, w in enumerate(weights))
    assert copies_of(Move(0, 0, "choice", acts)) == copies


def test_twenty_one_copies_are_too_many():
    acts = tuple(Branch(str(i), w, Place(("x",))) for i, w in enumerate((1, 21)))
    with pytest.raises(ValueError, match="up to 20"):
        copies_of(Move(0, 0, "choice", acts))
