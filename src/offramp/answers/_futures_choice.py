"""Which histories to show: few, and spanning the distribution.

Histories fall into classes by how they stand at the end (war, ceasefire, settlement, ...). Each class that has
a chance of at least ``RARE`` and turned up gets one place; the other places go to the classes by largest
remainder of ``places x exact chance``. Inside a class the places are its k-medoids: the histories that are
on average nearest to all others in when a first deal came and which, whether one was broken, how often
each side climbed, ceasefires, and where the front ended. A history stands for ``exact chance of its class
x share of the class that is nearest to it``: these weights are shown.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.answers._futures_samples import Histories
from offramp.answers._futures_stories import CLIMBS
from offramp.game import Game
from offramp.game._states import CEASEFIRE, SETTLED
from offramp.solution import _nodes as nodes

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

RARE = 0.01
"""Classes less likely than this are not sure of a place."""
SWEEPS = 20
"""Most rounds of improving the medoids."""


@dataclass(frozen=True)
class Chosen:
    """A history to show: its number, regime at the end, and the probability it stands for."""

    index: int
    regime: int
    weight: float


def features(game: Game, h: Histories) -> Floats:
    """What histories are compared by, each on a scale of about one, (n, features)."""
    lay, months = game.layout, max(1, h.months)
    settled = lay.regime[h.state] == SETTLED
    ever = settled.any(1)
    first = np.where(ever, settled.argmax(1), months) / months
    at = h.state[np.arange(len(ever)), np.where(ever, settled.argmax(1), 0)]
    deals = np.zeros((len(ever), len(game.offers)))
    deals[ever, lay.offer[at[ever]]] = 0.5
    broken = np.isin(h.act, (nodes.BROKEN_A, nodes.BROKEN_B)).sum(1)
    climbs = [np.minimum(np.isin(h.act, CLIMBS[side]).sum(1), 2) / 2 for side in (0, 1)]
    paused = (lay.regime[h.state] == CEASEFIRE).mean(1)
    front = lay.position[h.state].astype(float)
    last = np.where(front >= 0, np.arange(h.months + 1), 0).max(1)
    ends = front[np.arange(len(ever)), last] / max(1, lay.sizes[0] - 1)
    return np.column_stack([first, deals, np.minimum(broken, 2) / 2, *climbs, paused, ends])


def places(chance: Floats, seen: Ints, total: int) -> Ints:
    """How many histories of each class to show.

    Args:
        chance: Exact chance of each class.
        seen: Histories of each class that were drawn; no class gets more places.
        total: Places in all, fewer if fewer histories were drawn.
    """
    given = np.minimum((chance >= RARE) & (seen > 0), 1).astype(np.intp)
    while given.sum() > total:
        given[np.flatnonzero(given)[np.argmin(chance[np.flatnonzero(given)])]] = 0
    while given.sum() < min(total, int(seen.sum())):
        short = np.where(given < seen, chance * total - given, -np.inf)
        given[int(short.argmax())] += 1
    return given


def medoids(points: Floats, count: int) -> tuple[Ints, Ints]:
    """k-medoids in city-block distance: indices of the medoids, and the medoid nearest to each point."""
    apart = np.abs(points[:, None] - points[None]).sum(2)
    found = [int(apart.sum(1).argmin())]
    while len(found) < count:
        near = apart[:, found].min(1)
        gain = np.maximum(near[None] - apart, 0).sum(1)
        gain[found] = -1.0
        found.append(int(gain.argmax()))
    centre = np.array(found, dtype=np.intp)
    for _ in range(SWEEPS):
        belongs = apart[:, centre].argmin(1)
        belongs[centre] = np.arange(count)
        better = centre.copy()
        for k in range(count):
            members = np.flatnonzero(belongs == k)
            better[k] = members[apart[np.ix_(members, members)].sum(1).argmin()]
        if np.array_equal(better, centre):
            break
        centre = better
    belongs = apart[:, centre].argmin(1)
    belongs[centre] = np.arange(count)
    return centre, belongs.astype(np.intp)


def choose(game: Game, h: Histories, chance: Floats, total: int) -> list[Chosen]:
    """Histories that span the distribution, likeliest class first.

    Args:
        game: The game.
        h: Drawn histories.
        chance: Exact chance of each regime at their end, (8,).
        total: How many to choose.
    """
    last = game.layout.regime[h.state[:, -1]]
    seen = np.bincount(last, minlength=len(chance)).astype(np.intp)
    given = places(chance, seen, total)
    every = features(game, h)
    found: list[Chosen] = []
    for regime in np.argsort(-chance, kind="stable").tolist():
        if not given[regime]:
            continue
        members = np.flatnonzero(last == regime)
        centre, belongs = medoids(every[members], int(given[regime]))
        share = np.bincount(belongs, minlength=len(centre)) / len(members)
        order = np.argsort(-share, kind="stable")
        found += [
            Chosen(int(members[centre[k]]), regime, float(chance[regime] * share[k])) for k in order
        ]
    return found
