"""What the solver plays in one month of a small crisis, by information set of the exported tree."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from tests.game.small_crises import TINY, small
from tests.solution.efg_trees import Node, Profile, Tree

from offramp.game import Game, compile_game
from offramp.solution._induction import Values, continuation, induce
from offramp.solution._nodes import a_moves, b_moves

KAPPA = 2.0


def even(changes: dict[str, Any], plan: str = "idle", **resolution: Any) -> Game:
    """A small crisis in which all acts of a choice have weight one."""
    contracts = changes.get("contracts", ("freeze", "swap"))
    months = changes.get("clock.round_months", 1.0)
    alike: dict[str, Any] = {
        "weights.hold": 1.0,
        "weights.propose": float(len(contracts)),
        "weights.ceasefire": 1.0,
        "weights.escalate": 1.0 / months,
        "weights.de_escalate": 1.0 / months,
        "weights.commit": 1.0 / months,
        "weights.activate": 1.0,
        "weights.fight_out": 1.0,
        "settlement.renege_weight": 1.0,
        "blocs.B.escalation_aversion": 0.0,
    }
    how = {"solve_every": months} | resolution
    return compile_game(small(**(changes | alike)), plan, None, TINY.with_(**how))


def cut(game: Game, months: int) -> Game:
    """The same game with fewer months, as if it had been compiled for them."""
    return replace(
        game,
        months=months,
        shown=min(game.shown, months),
        chance=game.chance[:months],
        signals=game.signals[:months],
        protocol=replace(game.protocol, recognition=game.protocol.recognition[:months]),
    )


def certain(game: Game, theta: str) -> Game:
    """The same game once everybody knows B's type."""
    return replace(game, opening=np.array([float(name == theta) for name in game.types]))


def sides_of(game: Game) -> tuple[str, str]:
    """Names of the sides."""
    return game.crisis.blocs["A"].name, game.crisis.blocs["B"].name


def at_opening(game: Game, values: Values) -> tuple[np.ndarray, np.ndarray]:
    """Values of A and B at the start by B's type; the opening beliefs are on the grid."""
    where = np.flatnonzero(np.abs(game.grid.points - game.opening).max(1) < 1e-9)
    assert len(where) == 1, "opening beliefs are not on the grid"
    return values.a[0, game.start, :, where[0]], values.b[0, game.start, :, where[0]]


def signals(steps: int) -> Game:
    """A war in which what A may hope for next month depends on B's type: it breaks settlements or not.

    One contract, no ceasefire, no front: small enough for two months.
    """
    freeze = {"name": "Freeze", "terms": {"land": 0.7, "order": 0.2}}
    changes: dict[str, Any] = {
        "contracts": {"freeze": freeze},
        "ceasefire.possible": False,
        "war.reach": 0,
        "war.collapse": {"A": 0.0, "B": 0.0},
        "types.patient.renege_gain": 0.6,
    }
    game = even(changes, belief_steps=(steps, 1))
    return replace(game, opening=np.array([0.6, 0.4]))


def solver_play(game: Game, kappa: float, tree: Tree, months: int = 1) -> Profile:
    """The solver's choices at every information set of the first month of a tree."""
    game = cut(game, months)
    values = induce(game, kappa, kernel="numpy")
    c = continuation(game, 0, values.a[1], values.b[1])
    row = np.flatnonzero(game.acts.states == game.start)
    mu = game.opening[None]
    known = np.flatnonzero(game.opening == 1)
    types = known.tolist() or list(range(len(game.types)))
    heads = [tree.root] if len(known) else tree.root.then
    found: Profile = {}
    for side, moves in enumerate((a_moves, b_moves)):
        out = moves(game, c, values.precision, row, mu, True)
        assert out.branches is not None
        assert out.residual.max() < 1e-9
        chance = iter(out.branches.chance)
        own = game.acts.own[side]
        first = f"{sides_of(game)[side]} has the initiative"
        nodes = [head.to(first) for head in heads]
        # The solver lists A's own acts before proposals and B's after them.
        proposals = [a for a in nodes[0].acts if a.startswith("propose")]
        mine = [a for a in nodes[0].acts if not a.startswith("propose")]
        assert len(mine) == sum(own.weight[row[0], k] > 0 for k in range(len(own.names)))
        joint: dict[str, np.ndarray] = {}
        answers: dict[str, dict[str, np.ndarray]] = {}

        def alone(
            joint: dict[str, Any] = joint, mine: list[str] = mine, chance: Any = chance
        ) -> None:
            for act in mine:
                joint[act] = next(chance)

        if side == 0:
            alone()
        for act in proposals:
            k = _proposal(game, act)
            ratified = game.acts.proposals.ratify[row[0], k]
            answers[act] = {}
            for answer in nodes[0].to(act).acts:
                share = next(chance)
                if answer == "accept" and k < len(game.offers) and ratified < 1:
                    share = share + next(chance)
                answers[act][answer] = share
            joint[act] = np.sum(list(answers[act].values()), axis=0)
        if side == 1:
            alone()
        assert next(chance, None) is None
        for j, node in zip(types, nodes, strict=True):
            found[node.key] = [float(joint[act][j]) for act in node.acts]
            for act in proposals:
                reply: Node = node.to(act)
                found[reply.key] = [float(answers[act][a][j] / joint[act][j]) for a in reply.acts]
    return found


def _proposal(game: Game, act: str) -> int:
    names = [f"propose {offer.name}" for offer in game.offers]
    return names.index(act) if act in names else len(game.offers)
