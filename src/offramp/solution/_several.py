"""How often a choice on the path of play has more than one solution.

Typed nodes may have several fixed points; the solver reports one, the pooling limit. The probe looks
at the heaviest nodes of each round and at a sample of the others, weighted by the probability of
getting there: B's choice at its initiative, B's answers to A's proposals, B's reviews of settlements.
Counts are lower bounds (:mod:`offramp.solution._multiplicity`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offramp.game import Game
from offramp.solution._induction import Values, continuation
from offramp.solution._multiplicity import Probe, probe
from offramp.solution._nodes import answers_to, b_tables
from offramp.solution._particles import Heavy

Floats = NDArray[np.float64]

LIMIT = 120
"""Most nodes looked at of each kind."""


def several_at(game: Game, values: Values, heavy: tuple[Heavy, ...]) -> Probe | None:
    """Share of the choices met with several solutions; None if nobody has anything to signal."""
    if len(game.types) == 1 or game.grid.size == 1 or not heavy:
        return None
    own: list[tuple[Floats, Floats, Floats, Floats]] = []
    replies: list[tuple[Floats, Floats, Floats, Floats]] = []
    for h in heavy:
        c = continuation(game, h.month, values.a[h.month + 1], values.b[h.month + 1])
        shares = game.protocol.recognition[h.month]
        if shares[1] > 0:
            _, table, weight, _ = b_tables(game, c, values.precision, h.rows)
            own.append((table, weight, h.belief, shares[1] * h.mass))
        if shares[0] > 0:
            for k in range(game.acts.proposals.target.shape[1]):
                ask = game.acts.proposals.weight[0][h.rows, k]
                ok = np.flatnonzero(ask > 0)
                if len(ok):
                    _, table, odds = answers_to(game, c, k, h.rows[ok], 0)
                    share = shares[0] * ask[ok] / game.acts.proposals.weight[0][h.rows[ok]].sum(1)
                    replies.append(
                        (np.moveaxis(table, 0, 1), odds.T, h.belief[ok], share * h.mass[ok])
                    )
    found = [_probe(game, values.precision[1], part) for part in (own, replies) if part]
    mass = [sum(float(p[3].sum()) for p in part) for part in (own, replies) if part]
    if not found:
        return None
    total = sum(mass)
    return Probe(
        share=sum(p.share * m for p, m in zip(found, mass, strict=True)) / total,
        unsolved=sum(p.unsolved * m for p, m in zip(found, mass, strict=True)) / total,
        probed=sum(p.probed for p in found),
        lanes=sum(p.lanes for p in found),
        certain=sum(p.certain * m for p, m in zip(found, mass, strict=True)) / total,
        largest_gap=max(p.largest_gap for p in found),
    )


def _probe(
    game: Game, precision: float, parts: list[tuple[Floats, Floats, Floats, Floats]]
) -> Probe:
    table = np.concatenate([p[0] for p in parts])
    weight = np.concatenate([p[1] for p in parts])
    prior = np.concatenate([p[2] for p in parts])
    mass = np.concatenate([p[3] for p in parts])
    node = np.arange(len(table))
    return probe(table, weight, precision, node, prior, game.grid, mass, limit=LIMIT)
