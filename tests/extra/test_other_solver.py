"""Another solver, given our files, finds our equilibria.

Gambit traces agents' logit equilibria from lambda = 0 (Turocy 2005), by other equations and other code
than ours. It is under the GPL, so it is no dependency: ``pip install 'offramp[peers]'`` brings
it for these tests, and nothing in the package imports it.
"""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from tests.game.small_crises import FEATURES, TINY, small
from tests.solution.efg_play import (
    KAPPA,
    at_opening,
    certain,
    cut,
    even,
    sides_of,
    signals,
    solver_play,
)
from tests.solution.efg_trees import Profile, read, values

from offramp import theory
from offramp.game import Act, End, MoveA, MoveB, compile_game, from_tables
from offramp.game._tables import State
from offramp.solution import solve_tables, to_efg
from offramp.solution._choice import stake_precision
from offramp.solution._induction import induce

gambit = pytest.importorskip(
    "pygambit", reason="pygambit is not installed (pip install 'offramp[peers]')"
)

AGREE = 1e-6
"""Largest difference between probabilities of the two solvers."""


def gambit_play(text: str, lam: float = 1.0) -> Profile:
    """Gambit's agents' logit equilibrium on the principal branch, by information set of our reader."""
    game = gambit.read_efg(io.StringIO(text))
    assert game.is_perfect_recall
    (found,) = gambit.qre.logit_solve_lambda(game, lam, first_step=0.01, max_accel=1.05)
    assert found.lam == pytest.approx(lam, rel=1e-8)
    play = {}
    for key, nodes in read(text).sets().items():
        shares = found.profile[gambit.H.path(*nodes[0].path)]
        play[key] = [float(shares[act]) for act in nodes[0].acts]
    return play


def differ(one: Profile, other: Profile) -> float:
    assert one.keys() == other.keys()
    return max(abs(x - y) for key in one for x, y in zip(one[key], other[key], strict=True))


@pytest.mark.parametrize("theta", ["weary", "patient"])
@pytest.mark.parametrize(
    "feature", ["ceasefire, reneging and collapse", "escalation and disaster",
                "floors and a fracturing coalition"],
)  # fmt: skip
def test_one_round_with_complete_information(feature, theta):
    changes, plan, resolution = FEATURES[feature]
    game = certain(even(changes, plan, **resolution), theta)
    text = to_efg(game, precision=KAPPA)
    ours, theirs = solver_play(game, KAPPA, read(text)), gambit_play(text)
    assert len(ours) >= 8
    assert differ(ours, theirs) < AGREE


@pytest.mark.parametrize("kappa", [0.5, 2.0, 4.0])
@pytest.mark.parametrize(
    "feature", ["ceasefire, reneging and collapse", "a stand-off, audience costs and all-out war"]
)
def test_one_round_of_signals_by_two_types(feature, kappa):
    changes, plan, resolution = FEATURES[feature]
    game = even(changes, plan, belief_steps=(20_000, 1), **resolution)
    game = replace(game, opening=np.array([0.6, 0.4]))
    text = to_efg(game, precision=kappa)
    ours, theirs = solver_play(game, kappa, read(text)), gambit_play(text)
    assert len(ours) >= 9
    assert differ(ours, theirs) < AGREE


@pytest.mark.parametrize("kappa", [0.5, 1.0, 2.0])
def test_two_rounds_of_signals_by_two_types(kappa):
    """What A hopes for depends on B's type, so B's acts of the first month change A's answers."""
    game = signals(steps=2000)
    text = to_efg(game, 2, precision=kappa, players="periods")
    tree = read(text)
    ours, theirs = solver_play(game, kappa, tree, 2), gambit_play(text)
    assert differ(ours, {key: theirs[key] for key in ours}) < AGREE
    values_a, values_b = at_opening(game, induce(cut(game, 2), kappa))
    for side, expected in enumerate((values_a, values_b)):
        name = sides_of(game)[side]
        lam = stake_precision(kappa, game.discount[side], game.protocol.spacing)
        i = tree.players.index(f"{name}, month 0")
        pay = [values(head, theirs)[i] / lam for head in tree.root.then]
        assert pay == pytest.approx(expected.tolist(), abs=AGREE)


def test_a_round_at_equal_patience_in_stake_units():
    """No scaling: one lambda for both sides, as the comment of the file says it."""
    game = even({"blocs.A.patience": 0.9}, belief_steps=(20_000, 1))
    game = replace(game, opening=np.array([0.6, 0.4]))
    text = to_efg(game)
    lam = stake_precision(KAPPA, 0.9, game.protocol.spacing)
    ours, theirs = solver_play(game, KAPPA, read(text)), gambit_play(text, lam)
    assert differ(ours, theirs) < AGREE


def test_two_rounds_with_prior_weights_as_copies():
    """Values of both sides after two months, battles between them, weights one half and one."""
    game = certain(
        compile_game(small(**{"settlement.binding": True, "war.reach": 0}), "idle", None, TINY),
        "patient",
    )
    text = to_efg(game, 2, precision=KAPPA, players="periods", weights="copies")
    tree = read(text)
    pay = values(tree.root, gambit_play(text))
    expected = at_opening(game, induce(cut(game, 2), KAPPA))
    for side, name in enumerate(("Aland", "Bland")):
        lam = stake_precision(KAPPA, game.discount[side], game.protocol.spacing)
        i = tree.players.index(f"{name}, month 0")
        assert pay[i] / lam == pytest.approx(expected[side][1], abs=AGREE)


@pytest.mark.parametrize("precision", [1.0, 3.0])
def test_the_centipede_of_four_moves(precision):
    payoffs = [(0.4, 0.1), (0.2, 0.8), (1.6, 0.4), (0.8, 3.2), (6.4, 1.6)]
    states: dict[str, State] = {
        f"taken at {k + 1}": End(*pay) for k, pay in enumerate(payoffs[:-1])
    }
    states["passed"] = End(*payoffs[-1])
    for k in range(4):
        onward = f"node {k + 2}" if k < 3 else "passed"
        acts = [Act("take", f"taken at {k + 1}"), Act("pass", onward)]
        states[f"node {k + 1}"] = (MoveA if k % 2 == 0 else MoveB)(acts)
    text = to_efg(from_tables(states, "node 1"))
    play = gambit_play(text, precision)
    takes = [play[key][0] for key in ((1, 1), (2, 1), (1, 2), (2, 2))]
    assert takes == pytest.approx(theory.centipede_take(payoffs, precision), abs=AGREE)


@pytest.mark.parametrize("precision", [2.0, 6.0])
def test_a_threat_as_a_signal(precision):
    game = from_tables(
        {
            "opening": MoveB([Act("threaten", "threatened"), Act("wait", "quiet")]),
            "threatened": MoveA([Act("stand", "tested"), Act("yield", "yielded")]),
            "tested": MoveB([Act("fight", "war"), Act("back down", "shamed")]),
            "quiet": End(a=0.9, b=0.6),
            "yielded": End(a=0.6, b=1.0),
            "shamed": End(a=1.0, b=0.2),
            "war": End(a=0.0, b={"tough": 0.4, "soft": 0.0}),
        },
        start="opening",
        types={"tough": 0.2, "soft": 0.8},
        belief_steps=10_000,
    )
    text = to_efg(game)
    play = gambit_play(text, precision)
    solved = solve_tables(game, precision)
    for key, nodes in read(text).sets().items():
        state = nodes[0].label.split(". ")[1].split(",")[0]
        theta = nodes[0].path[0] if key[0] == 2 else None
        for act, share in zip(nodes[0].acts, play[key], strict=True):
            assert solved.chance(state, act, theta) == pytest.approx(share, abs=AGREE)
