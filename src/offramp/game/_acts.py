"""The acts of each side at each node, as tables: what a solver kernel reads.

Three lists by active state. A side's own acts (hold, climb, step down, fight it out, and where the crisis
has them commit itself in public and begin the next stage of an adaptive plan): post-state, prior weight,
lumps. Proposals: every offer and, last, a ceasefire: the state reached if it is
accepted and ratified, the chance of ratification, each side's prior weight of making it, lumps of
signing. Other answers to a proposal, beside accepting and refusing, which both have weight one::

    own act      C_i(target) + lump_i
    accepted     r (C_i(sign) + lump_i) + (1 - r) C_i(here)
    refused      C_i(here)

Prior weights are per round; the offers of a node share the weight of proposing equally. A weight of
zero means that the act is not available there. Lumps are in stake units, A's known to everybody, B's by
its type.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.game._game import ActWeights, Moves

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

HOLD, UP, DOWN, FIGHT = "hold", "up", "down", "fight"
COMMIT, ACTIVATE = "commit", "activate"


@dataclass(frozen=True)
class Acts:
    """Acts of one side: K of them at each of n active states.

    Attributes:
        names: Kind of each act, length K.
        target: Post-state, (n, K); meaningless where the weight is zero.
        weight: Prior weight, (n, K).
        lump_a, lump_b: What it pays at once, (n, K) and (n, K, types).
    """

    names: tuple[str, ...]
    target: Ints
    weight: Floats
    lump_a: Floats
    lump_b: Floats


@dataclass(frozen=True)
class Proposals:
    """Offers and, last, a ceasefire: P columns at each of n active states.

    Attributes:
        target: State reached when it is signed, (n, P).
        ratify: Chance of ratification, (n, P).
        weight: Prior weight of proposing it by side, (2, n, P).
        lump_a, lump_b: Lumps of signing, (n, P) each.
    """

    target: Ints
    ratify: Floats
    weight: Floats
    lump_a: Floats
    lump_b: Floats


@dataclass(frozen=True)
class ActTables:
    """Everything that can be done at the active states ``states``.

    ``own[i]`` are the acts of side i at its initiative, ``reply[i]`` its answers, beside accepting and
    refusing, to the other side's proposals.
    """

    states: Ints
    own: tuple[Acts, Acts]
    reply: tuple[Acts, Acts]
    proposals: Proposals


def act_tables(moves: Moves, weights: ActWeights, types: int) -> ActTables:
    """Lay the moves of a game out as tables."""
    n = len(moves.states)
    here = moves.states
    none = np.zeros(n)
    none_b = np.zeros((n, types))
    attacked_b = np.repeat(moves.lump_attacked_b[:, None], types, axis=1)
    up = (
        (UP, moves.up[0], weights.escalate[0], moves.lump_attack_a, attacked_b),
        (UP, moves.up[1], weights.escalate[1], moves.lump_attack_a, moves.lump_attack_b),
    )
    fight = tuple((FIGHT, moves.fight[side], weights.fight, none, none_b) for side in (0, 1))
    nowhere = np.full(n, -1)
    # Backing down from a public demand costs the side that made it, nobody else.
    backing = (
        (moves.lump_down[0], none_b),
        (none, np.repeat(moves.lump_down[1][:, None], types, axis=1)),
    )
    own = tuple(
        _acts(
            (
                (HOLD, here, weights.hold, none, none_b),
                up[side],
                (DOWN, moves.down[side], weights.de_escalate, *backing[side]),
                fight[side],
                (COMMIT, moves.commit[side], weights.commit, none, none_b),
                (
                    ACTIVATE,
                    nowhere if side else moves.activate,
                    weights.activate,
                    none,
                    none_b,
                ),
            )
        )
        for side in (0, 1)
    )
    reply = tuple(_acts((up[side], fight[side])) for side in (0, 1))
    offered = moves.propose & (moves.sign >= 0)[None]
    count = np.maximum(offered.sum(2, keepdims=True), 1)
    pause = np.where(moves.pause >= 0, weights.ceasefire, 0.0)
    weight = np.concatenate(
        [weights.propose * offered / count, np.broadcast_to(pause[None, :, None], (2, n, 1))],
        axis=2,
    )
    proposals = Proposals(
        target=np.concatenate([moves.sign, moves.pause[:, None]], axis=1),
        ratify=np.concatenate([moves.ratify, np.ones((n, 1))], axis=1),
        weight=weight,
        lump_a=np.concatenate([moves.lump_sign_a, moves.lump_pause[0][:, None]], axis=1),
        lump_b=np.concatenate([moves.lump_sign_b, moves.lump_pause[1][:, None]], axis=1),
    )
    return ActTables(here, (own[0], own[1]), (reply[0], reply[1]), proposals)


def _acts(rows: tuple[tuple[str, Ints, float, Floats, Floats], ...]) -> Acts:
    """Columns of acts that are available somewhere."""
    kept = [row for row in rows if row[2] > 0 and (row[1] >= 0).any()]
    n = len(rows[0][1])
    types = rows[0][4].shape[1]
    if not kept:
        nothing = np.zeros((n, 0))
        return Acts((), np.zeros((n, 0), dtype=np.intp), nothing, nothing, np.zeros((n, 0, types)))
    return Acts(
        tuple(row[0] for row in kept),
        np.stack([row[1] for row in kept], 1).astype(np.intp),
        np.stack([row[2] * (row[1] >= 0) for row in kept], 1).astype(np.float64),
        np.stack([row[3] for row in kept], 1),
        np.stack([row[4] for row in kept], 1),
    )
