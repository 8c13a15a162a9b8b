"""How long does each contract live, by type of B, and how long does a ceasefire hold?

*Life of a contract.* It is signed on the first day and run forward through the solved reviews and nature's
months. With s the settlement state, theta the type and sigma the solved policies::

    kept_theta(t + 1) = sum_s p_theta(t, s) Pr_theta(B keeps | s) Pr(A keeps | s) Pr(it does not lapse | s)

    theta keeps more surely the larger  C_theta(kept) - [ C_theta(broken) + gain - breach cost - d phi G ]

Once broken it stays broken here, whatever is signed later. Beliefs are carried by state. Classical comparator:
the compliance margin ``d phi G - (T - R)`` of :func:`offramp.theory.compliance_margin`.

*A ceasefire is a pause.* It is begun on the first day and played on by both sides; what is followed is the
chance that it still holds, that war is back, and that a settlement has come of it. It is no end of the war:
mobilised forces and their cost go on, and either side may end it in any round.

Units: probabilities given the type; months.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.answers._deter_runs import Solved
from offramp.game._states import CEASEFIRE, SETTLED, WAR
from offramp.solution._forward import walking
from offramp.solution._induction import continuation
from offramp.solution._nodes import BROKEN_A, BROKEN_B, KEPT, reviews
from offramp.solution._particles import Cloud

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


@dataclass(frozen=True)
class Life:
    """Chances by type and month since signing, each (types, months+1).

    ``kept``: still in force; ``by_b``, ``by_a``: broken by a side so far; the rest has lapsed or was replaced.
    """

    kept: Floats
    by_b: Floats
    by_a: Floats

    def at(self, month: int) -> Floats:
        """Chance of being kept, by type."""
        return np.asarray(self.kept[:, month])


def lives(solved: Solved, offers: Sequence[int], months: int) -> list[Life]:
    """Lives of contracts signed on the first day."""
    if not offers:
        return []
    game, lay = solved.game, solved.game.layout
    types, n = len(game.types), len(offers)
    place = np.full(len(game.offers), -1)
    place[list(offers)] = np.arange(n)
    row_of = np.full(lay.size, -1)
    row_of[game.reviews.states] = np.arange(len(game.reviews.states))
    kept = np.ones((n, types, months + 1))
    by_b, by_a = np.zeros_like(kept), np.zeros_like(kept)
    state = np.array([solved.signed(o) for o in offers])
    chance = np.ones((n, types))
    for t in range(months):
        by_b[:, :, t + 1], by_a[:, :, t + 1] = by_b[:, :, t], by_a[:, :, t]
        if len(game.reviews.states) and game.protocol.recognition[t].sum() > 0:
            chance, gone_b, gone_a = _review(solved, t, row_of[state], state, chance)
            at = place[lay.offer[state]]
            np.add.at(by_b[:, :, t + 1], at, gone_b)
            np.add.at(by_a[:, :, t + 1], at, gone_a)
        spread = np.zeros((lay.size, types))
        np.add.at(spread, state, chance)
        spread = np.asarray(game.chance[t].T @ spread)
        alive = (lay.regime == SETTLED) & (spread.max(1) > 0)
        alive &= place[np.where(lay.offer >= 0, lay.offer, 0)] >= 0
        state = np.flatnonzero(alive)
        chance = spread[state]
        kept[:, :, t + 1] = 0.0
        np.add.at(kept[:, :, t + 1], place[lay.offer[state]], chance)
    return [Life(kept[i], by_b[i], by_a[i]) for i in range(n)]


def _review(
    solved: Solved, t: int, rows: Ints, state: Ints, chance: Floats
) -> tuple[Floats, Floats, Floats]:
    """What outlives a month's review, and what B and A break: (states, types) each."""
    game = solved.game
    c = continuation(game, t, solved.values.a[t + 1], solved.values.b[t + 1])
    joint = chance * game.opening
    total = joint.sum(1, keepdims=True)
    seen = np.where(total > 0, joint / np.maximum(total, 1e-300), game.opening)
    if game.grid.frozen is not None:
        seen = np.tile(np.array(game.grid.frozen), (len(state), 1))
    out = reviews(game, c, solved.values.precision, rows, seen, True)
    assert out.branches is not None
    b = out.branches
    found = []
    for act in (KEPT, BROKEN_B, BROKEN_A):
        part = np.zeros_like(chance)
        np.add.at(part, b.lane[b.act == act], b.chance[b.act == act])
        found.append(part * chance)
    return found[0], found[1], found[2]


@dataclass(frozen=True)
class Pause:
    """A ceasefire begun on the first day, by type and month, each (types, months+1).

    ``holds``: still on; ``war``: it led back to war; ``deal``: to a settlement (each the first of these).
    """

    holds: Floats
    war: Floats
    deal: Floats


def pause(solved: Solved, months: int) -> Pause | None:
    """The life of a ceasefire; None where none is possible."""
    game, lay = solved.game, solved.game.layout
    if not game.crisis.ceasefire.possible:
        return None
    types = len(game.types)
    zero = np.zeros(1, dtype=np.intp)
    first = np.array([solved.first])
    if lay.regime[solved.first] != CEASEFIRE:
        first = lay.other(first, regime=CEASEFIRE, rung=0, pledge=zero)
    holds = np.ones((types, months + 1))
    war, deal = np.zeros_like(holds), np.zeros_like(holds)
    prior = np.maximum(game.opening, 1e-300)
    cloud = Cloud(first, game.opening[None].copy(), np.ones(1), np.zeros(1, dtype=bool))
    with walking(game, solved.values) as walk:
        for t in range(months):
            cloud = walk.spread(t, walk.played(t, walk.triggered(t, cloud)))
            regime = lay.regime[cloud.state]
            joint = cloud.mass[:, None] * cloud.belief / prior
            for table, wanted in ((war, WAR), (deal, SETTLED)):
                table[:, t + 1] = table[:, t] + joint[regime == wanted].sum(0)
            on = regime == CEASEFIRE
            holds[:, t + 1] = joint[on].sum(0)
            cloud = Cloud(cloud.state[on], cloud.belief[on], cloud.mass[on], cloud.signed[on])
            if not on.any():
                for table in (war, deal):
                    table[:, t + 2 :] = table[:, t + 1 : t + 2]
                holds[:, t + 2 :] = 0.0
                break
    return Pause(holds, war, deal)
