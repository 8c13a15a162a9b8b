"""Forward with an eye on something: when a plan's trigger is first met, and what a sight announces.

*First passage.* The trigger of stage i is met in month t if the plan's triggers, looked at in that month,
take a history from before stage i to stage i or beyond, or if A is then seen not to follow through. Histories
leave the count when that happens, so that each counts once; one in which a broken deal puts the plan
at its last stage never met the trigger. ``met`` and ``begun`` are cumulative probabilities.

*Sight.* The distribution at month m is split by what is seen there, and each part is run on by itself:
probabilities of what follows given the sight are exact, and those given its absence follow by subtraction.

Units: probabilities, months, A's own stake.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.game import Game
from offramp.game._states import A_GONE, B_GONE, CEASEFIRE, DISASTER
from offramp.solution import Solution
from offramp.solution._forward import join, opening, walking
from offramp.solution._nodes import at_beliefs
from offramp.solution._particles import Cloud

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

NOTHING = 1e-12
"""Probability left below which a run ends."""
EVENTS = ("first deal", "A collapses", "B collapses", "disaster")
"""What a sight may announce; each happens at most once."""


@dataclass(frozen=True)
class Firing:
    """The trigger of one stage: chances by month that it has been met, and that its stage has begun."""

    stage: int
    met: tuple[float, ...]
    begun: tuple[float, ...]


@dataclass(frozen=True)
class Course:
    """What happens from a month on: cumulative chances of EVENTS, (months, 4), and A's value there."""

    month: int
    mass: float
    events: Floats
    value_a: float
    belief: Floats


def firings(
    solution: Solution, progress: Callable[[int, int], None] | None = None
) -> tuple[Firing, ...]:
    """First passages of every trigger of a committed plan, up to the months shown."""
    game = solution.game
    stages = [i + 1 for i, trigger in enumerate(game.automaton.trigger) if trigger is not None]
    found = []
    for n, stage in enumerate(stages):
        found.append(_firing(solution, stage))
        if progress is not None:
            progress(n + 1, len(stages))
    return tuple(found)


def _firing(solution: Solution, stage: int) -> Firing:
    game, lay = solution.game, solution.game.layout
    of_node = np.array([n.stage for n in game.automaton.nodes])
    lapsed = np.array([n.lapsed for n in game.automaton.nodes])
    met, begun = np.zeros(game.shown + 1), np.zeros(game.shown + 1)
    cloud = opening(game)
    with walking(game, solution.values) as walk:
        for t in range(game.shown + 1):
            parts = []
            before = cloud.state
            for after in walk.lottery(t, cloud):
                active = lay.node[before] >= 0
                z0, z1 = lay.node[before], lay.node[after.state]
                starts = active & (of_node[z0] < stage) & (of_node[z1] >= stage)
                fails = (
                    active
                    & ~lapsed[z0]
                    & lapsed[z1]
                    & (of_node[z0] < stage)
                    & (of_node[z1] == stage - 1)
                )
                begun[t] += after.mass[starts].sum()
                met[t] += after.mass[starts | fails].sum()
                keep = ~(starts | fails)
                parts.append(
                    Cloud(
                        after.state[keep], after.belief[keep], after.mass[keep], after.signed[keep]
                    )
                )
            cloud = join(parts)
            if t == game.shown or cloud.mass.sum() < NOTHING:
                break
            cloud = walk.spread(t, walk.played(t, cloud))
    return Firing(stage, _plain(np.cumsum(met)), _plain(np.cumsum(begun)))


def to_month(solution: Solution, month: int) -> Cloud:
    """The distribution at the start of a month."""
    cloud = opening(solution.game)
    with walking(solution.game, solution.values) as walk:
        for t in range(month):
            cloud = walk.spread(t, walk.played(t, join(walk.lottery(t, cloud))))
    return cloud


def part(cloud: Cloud, pick: Bools) -> Cloud:
    """The particles picked, as a distribution of their own."""
    mass = cloud.mass[pick]
    return Cloud(cloud.state[pick], cloud.belief[pick], mass / mass.sum(), cloud.signed[pick])


def course(solution: Solution, cloud: Cloud, month: int, last: int) -> Course:
    """What follows from a distribution at a month, up to another."""
    game, lay = solution.game, solution.game.layout
    values = at_beliefs(game, solution.values.a[month], cloud.state, cloud.belief)
    value = float((cloud.mass[:, None] * cloud.belief * values.T).sum() / cloud.mass.sum())
    belief: Floats = cloud.mass @ cloud.belief / cloud.mass.sum()
    total = float(cloud.mass.sum())
    events = np.zeros((last - month + 1, len(EVENTS)))
    with walking(game, solution.values) as walk:
        for t in range(month, last + 1):
            regime = lay.regime[cloud.state]
            events[t - month] = [
                cloud.mass[cloud.signed].sum(),
                *(cloud.mass[regime == r].sum() for r in (A_GONE, B_GONE, DISASTER)),
            ]
            if t == last:
                break
            cloud = walk.spread(t, walk.played(t, join(walk.lottery(t, cloud))))
    return Course(month, total, events, value, belief)


def still_open(game: Game, cloud: Cloud) -> Bools:
    """Particles in which nothing is settled or over."""
    found: Bools = game.layout.regime[cloud.state] <= CEASEFIRE
    return found


def _plain(values: Floats) -> tuple[float, ...]:
    return tuple(float(v) for v in values)
