"""Where a plan's triggers take the public state.

A trigger that fires moves the plan's node on, within the month as far as triggers allow. If B believes
that A follows through with chance c only, each firing is a public lottery: with chance c the next stage
begins; otherwise A is seen not to act, and the state goes to a *lapsed* node, in which what is in force
stays in force and no later stage begins. With J firings in a row::

    all stages begin  c^J;      A lapses at the j-th firing  c^(j-1) (1 - c),  j = 1..J

A settlement is the end of a lapse: if it is broken, the plan stands where a broken settlement leaves any
plan. Committed plans only; an adaptive A begins stages by an act of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from offramp.crisis import _expressions as ex

if TYPE_CHECKING:
    from offramp.game._game import Game
    from offramp.game._states import Layout

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]


def entered(game: Game, states: Ints) -> Ints:
    """States once the next stage of the plan has begun; -1 where there is no next stage."""
    return enter(game.layout, game.automaton.enter, game.automaton.commits, states)


def enter(
    layout: Layout, enter_of: tuple[int, ...], commits: tuple[bool, ...], states: Ints
) -> Ints:
    """Active states moved to the node that their node is followed by, A committed if the stage says so."""
    z = np.array(enter_of)[layout.node[states]]
    p = layout.pledge[states]
    p = np.where(np.array(commits)[z] & (z >= 0), layout.pledged(0)[p], p)
    moved = layout.other(states, node=np.maximum(z, 0), pledge=p)
    return np.where(z >= 0, moved, -1)


def fire(game: Game, month: int, states: Ints, beliefs: Floats) -> tuple[Ints, list[Ints]]:
    """States with every trigger followed, and with A lapsing at the first, second, ... firing."""
    auto, lay = game.automaton, game.layout
    result = states.copy()
    lapsed: list[Ints] = []
    if all(t is None for t in auto.trigger):
        return result, lapsed
    active = lay.node[states] >= 0
    open_stage = np.array([n.stage if auto.enter[i] >= 0 else -1 for i, n in enumerate(auto.nodes)])
    firings = np.zeros(len(states), dtype=np.intp)
    for i, trigger in enumerate(auto.trigger):
        if trigger is None:
            continue
        pick = np.flatnonzero(active & (open_stage[lay.node[result]] == i))
        if not len(pick):
            continue
        fired = pick[_holds(game, trigger, month, result[pick], beliefs[pick])]
        if not len(fired):
            continue
        if auto.lapse:
            for j in np.unique(firings[fired]).tolist():
                while len(lapsed) <= j:
                    lapsed.append(np.full(len(states), -1))
                here = fired[firings[fired] == j]
                z = np.array(auto.lapse)[lay.node[result[here]]]
                lapsed[j][here] = lay.other(result[here], node=z)
        firings[fired] += 1
        result[fired] = entered(game, result[fired])
    return result, [np.where(other >= 0, other, result) for other in lapsed]


def _holds(game: Game, trigger: ex.Expression, month: int, s: Ints, beliefs: Floats) -> Bools:
    """Whether a trigger holds in states ``s`` at A's beliefs."""
    lay = game.layout
    counter = np.array([n.counter for n in game.automaton.nodes])
    values: dict[str, object] = {
        "months": np.full(len(s), float(month)),
        "months_without_ceasefire": counter[lay.node[s]].astype(float),
        "position": (lay.position[s] - (lay.sizes[0] - 1) // 2) / game.front_factor,
        "cohesion": game.cohesion[lay.tier[s]],
        "rung": game.crisis.ladder.base + game.crisis.ladder.step * lay.rung[s],
        "war": lay.regime[s] == 1,
        "ceasefire": lay.regime[s] == 2,
        "standoff": lay.regime[s] == 0,
        "settlement": np.zeros(len(s), dtype=bool),
    }
    for j, theta in enumerate(game.types):
        values[f"belief.{theta}"] = beliefs[:, j]
    return np.broadcast_to(np.asarray(ex.evaluate(trigger, values), dtype=bool), s.shape)
