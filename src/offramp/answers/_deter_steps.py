"""B's next step up: how likely it is, what it is worth, and what a threat does to it.

A step up is what B can do to raise the stakes where it stands: climb the ladder in war, break a
ceasefire, attack out of a stand-off; at its own initiative or as the answer to a proposal of A.

With C the continuation, x = c L the expected cost of a threat of size L that is carried out with
probability c, and lambda B's precision, type theta's choice at a node is the fixed point::

    P_theta(step) proportional to w_step exp(lambda (C_theta(step, mu') - x)),   mu' the posterior

The *gain* of a step is ``g_theta = C_theta(step) - C_theta(hold)`` at the opening beliefs. A threat hangs over
the coming round only: what follows keeps the value it has in the solved game. A threat that stands for
good is solved in full by :func:`threatened`.

Units: B's stake, lumps; chances are per round in which somebody has the initiative.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from offramp.answers._deter_runs import Solved
from offramp.answers._measures import OPEN_REGIMES, hold_path
from offramp.game import Game
from offramp.game._acts import HOLD, UP
from offramp.game._states import CEASEFIRE, STANDOFF
from offramp.solution import Solution
from offramp.solution._nodes import (
    A_ANSWERED,
    A_FOUGHT,
    B_FIGHT,
    B_UP,
    Branches,
    Continuation,
    a_moves,
    at_beliefs,
    b_moves,
    b_tables,
)

Floats = NDArray[np.float64]

STEPS = (B_UP, A_ANSWERED)
"""Acts that are a step up by B."""
ALL_OUT = (B_FIGHT, A_FOUGHT)
"""Acts by which B forces all-out war."""
MOST_COST = 1.0
"""Largest expected cost looked at when a threat is searched for: B's whole stake."""
LIGHTEST = 1e-6
"""States of the hold path with less mass than this are passed over."""


@dataclass(frozen=True)
class NextStep:
    """B's next step today.

    Attributes:
        what: The step in words ("climb to: ...").
        gain: What it brings over holding, by type (stake).
        chance: Chance of a step in a coming round, by type.
        all_out: Chance of all-out war forced by B in a coming round, by type.
        expected: Expected number of steps by B up to each month, (months+1,).
    """

    what: str
    gain: Floats
    chance: Floats
    all_out: Floats
    expected: Floats


def step_words(game: Game, state: int) -> str | None:
    """The step open to B in a state, in words; None if there is none."""
    rows = np.flatnonzero(game.moves.states == state)
    if not len(rows) or game.moves.up[1, rows[0]] < 0 or game.weights.escalate[1] <= 0:
        return None
    regime = int(game.layout.regime[state])
    if regime == STANDOFF:
        return "an attack out of the stand-off"
    if regime == CEASEFIRE:
        return "breaking the ceasefire"
    ladder = game.crisis.ladder
    names = {r.rung: r.name for r in ladder.rungs}
    rung = ladder.base + ladder.step
    return f"a climb to rung {rung} ({names[rung]})"


def threatened(game: Game, cost: float) -> Game:
    """The game in which every step up by B costs it ``cost`` more, as a lump (stake)."""
    moves = replace(game.moves, lump_attack_b=game.moves.lump_attack_b - cost)
    return replace(game, moves=moves)


def first_round(game: Game) -> int:
    """The first month in which somebody has the initiative."""
    return int(np.flatnonzero(game.protocol.recognition.sum(1) > 0)[0])


def _share(b: Branches, acts: tuple[int, ...], types: int) -> Floats:
    pick = np.isin(b.act, acts)
    return np.asarray(b.chance[pick].sum(0)) if pick.any() else np.zeros(types)


def chances(solved: Solved, cost: float = 0.0) -> tuple[Floats, Floats]:
    """Chances in a coming round that B steps up, and that it forces all-out war, by type.

    Args:
        solved: The solved game.
        cost: Expected cost of the threat over this round (stake).
    """
    game = threatened(solved.game, cost) if cost else solved.game
    share = game.protocol.recognition[first_round(game)]
    rows = np.flatnonzero(game.acts.states == solved.first)
    types = len(game.types)
    step, all_out = np.zeros(types), np.zeros(types)
    for weight, node in zip(share / share.sum(), (a_moves, b_moves), strict=True):
        if weight > 0:
            out = node(game, solved.today, solved.values.precision, rows, game.opening[None], True)
            assert out.branches is not None
            step += weight * _share(out.branches, STEPS, types)
            all_out += weight * _share(out.branches, ALL_OUT, types)
    return step, all_out


def gain_of(solved: Solved) -> Floats:
    """What a step brings B over holding, by type, at the opening beliefs."""
    game = solved.game
    rows = np.flatnonzero(game.acts.states == solved.first)
    _, table_b, _, _ = b_tables(game, solved.today, solved.values.precision, rows)
    n_p, names = game.acts.proposals.target.shape[1], game.acts.own[1].names

    def worth(name: str) -> Floats:
        table = table_b[:, n_p + names.index(name)]
        return at_beliefs(game, table, np.zeros(1, dtype=np.intp), game.opening[None])[:, 0]

    return worth(UP) - worth(HOLD)


def next_step(solution: Solution, solved: Solved) -> NextStep | None:
    """B's next step today; None if there is none."""
    what = step_words(solved.game, solved.first)
    if what is None:
        return None
    step, all_out = chances(solved)
    acts = solution.futures.acts[: solution.game.shown]
    expected = np.concatenate([[0.0], np.cumsum(acts[:, list(STEPS)].sum(1))])
    return NextStep(what, gain_of(solved), step, all_out, expected)


def cost_that(solved: Solved, share: float) -> float | None:
    """Expected cost at which the chance of a step, over types, falls to ``share`` of what it is now.

    None if no cost up to B's whole stake is enough.
    """
    mu = solved.game.opening
    target = share * float(mu @ chances(solved)[0])

    def excess(cost: float) -> float:
        return float(mu @ chances(solved, cost)[0]) - target

    low, high = 0.0, 1.0 / max(solved.values.precision[1], 1.0)
    while excess(high) > 0:
        low, high = high, 2 * high
        if high > MOST_COST:
            return None
    for _ in range(24):
        middle = 0.5 * (low + high)
        if excess(middle) > 0:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


def by_month(solution: Solution, months: tuple[int, ...]) -> Floats:
    """Chance that B, given the initiative, steps up by month and type, if nobody has acted before.

    Beliefs stay at their opening. Shape (months, types); nan where no step is open by then.
    """
    game = solution.game
    found = np.full((len(months), len(game.types)), np.nan)
    path = hold_path(solution, max(months))
    for i, t in enumerate(months):
        rows = np.arange(len(game.acts.states))
        weight = path.chance[t][game.acts.states]
        open_ = game.layout.regime[game.acts.states] <= OPEN_REGIMES
        rows = rows[open_ & (weight > LIGHTEST) & (game.moves.up[1] >= 0)]
        if not len(rows):
            continue
        found[i] = _chance_at(game, solution.continuation(t), solution, rows, weight[rows])
    return found


def _chance_at(
    game: Game, c: Continuation, solution: Solution, rows: NDArray[np.intp], weight: Floats
) -> Floats:
    beliefs = np.tile(game.opening, (len(rows), 1))
    out = b_moves(game, c, solution.values.precision, rows, beliefs, True)
    assert out.branches is not None
    pick = np.isin(out.branches.act, STEPS)
    mass = (weight / weight.sum())[out.branches.lane[pick]]
    return np.asarray(mass @ out.branches.chance[pick])
