"""Figures of the futures answer: regimes, first deals and by whom, terms, quantiles, who gives way.

*Giving way.* Side i gives way when the first settlement is signed on the other side's offer. With ``S(t)``
the chance that no deal has been signed by month t and ``F(t)`` its complement, the share of month t's first
deals that were B's offers is taken from all signatures of that month; terms put by outsiders are nobody's.
The hazard of side i in months a..b is (first deals in which i gave way) / (months x chance that nothing
was settled or over).

*Nerves.* ``D_hold(t)`` is the chance of disaster by month t if nobody ever acts, so that only accidents,
collapse and nature decide; one step up the ladder it is read from the same game.

*Textbook.* In the war of attrition (complete information, mixed equilibrium) side j concedes at the rate
``h_j = k_i / v_i`` that keeps i indifferent. Among contracts with at least ``SIGNED_SHARE`` of all signatures
let x_i be the best for i and y_i the best for the other side: ``v_i = W_i(x_i) - W_i(y_i)`` is what i holds out
for, and ``k_i = (1 - delta_i) (W_i(y_i) - u_i)``, with u_i the flow of today, what a month of it costs.

Units: probabilities; steps of the front; values in each side's own stake.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from offramp.answers._futures_clouds import clouds, quantiles
from offramp.answers._measures import hold_path
from offramp.game import Game
from offramp.game._states import CEASEFIRE, DISASTER, SETTLED, WAR
from offramp.solution import Solution
from offramp.solution import _nodes as nodes
from offramp.solution._nodes import at_beliefs
from offramp.theory import AttritionContest, attrition_complete

Floats = NDArray[np.float64]

LEVELS = (0.1, 0.5, 0.9)
"""Quantiles of every fan: the middle and the band that holds four futures of five."""
LIKELY_ENOUGH = 0.001
"""Chance below which a conditional distribution is not read."""


SIGNED_SHARE = 0.05
"""Share of all signatures from which a contract counts as one that the sides hold out for."""


@dataclass(frozen=True)
class Fans:
    """Quantiles by month at ``LEVELS``, (levels, months+1); nan where there is nothing to read.

    Attributes:
        front: Steps towards B of the front, given that nothing is settled or over.
        value_a, value_b: Values over all futures, settled and ended ones too; B's over its types.
        terms: Each issue's settled value given a settlement, by issue id.
    """

    front: Floats
    value_a: Floats
    value_b: Floats
    terms: dict[str, Floats]


def fans(solution: Solution) -> Fans:
    """Quantiles through the months that are shown."""
    game = solution.game
    months = game.shown
    lay, types = game.layout, len(game.types)
    middle = (lay.sizes[0] - 1) // 2
    front, a, b = (np.full((len(LEVELS), months + 1), np.nan) for _ in range(3))
    terms = {issue: np.full((len(LEVELS), months + 1), np.nan) for issue in game.stakes.issues}
    every = np.array([offer.terms for offer in game.offers]).reshape(-1, len(terms))
    for t, cloud in clouds(solution, months):
        va = at_beliefs(game, solution.values.a[t], cloud.state, cloud.belief)
        vb = at_beliefs(game, solution.values.b[t], cloud.state, cloud.belief)
        expected = (cloud.belief.T * va).sum(0)
        a[:, t] = quantiles(expected, cloud.mass, LEVELS)
        by_type = cloud.mass * cloud.belief.T
        b[:, t] = quantiles(vb.reshape(types * len(cloud.state)), by_type.reshape(-1), LEVELS)
        still = lay.regime[cloud.state] <= CEASEFIRE
        if cloud.mass[still].sum() > LIKELY_ENOUGH:
            at = (lay.position[cloud.state[still]] - middle) / game.front_factor
            front[:, t] = quantiles(at, cloud.mass[still], LEVELS)
        held = lay.regime[cloud.state] == SETTLED
        if cloud.mass[held].sum() > LIKELY_ENOUGH:
            signed = every[lay.offer[cloud.state[held]]]
            for m, issue in enumerate(terms):
                terms[issue][:, t] = quantiles(signed[:, m], cloud.mass[held], LEVELS)
    return Fans(front, a, b, terms)


@dataclass(frozen=True)
class Span:
    """Months ``first`` to ``last`` (not included) of the contest: hazards of giving way per month."""

    first: int
    last: int
    hazard_a: float
    hazard_b: float
    open: float


@dataclass(frozen=True)
class Attrition:
    """Who gives way first.

    Attributes:
        a, b, neither: Chance that the first deal within the horizon is one in which A (B) took the
            other's offer, or one put by outsiders.
        never: Chance that there is no deal within the horizon.
        collapse_a, collapse_b, disaster: Ends without a deal.
        again: Expected signatures beyond the first.
        spans: Hazards through time.
        held: Chance of disaster by month if nobody acts; ``held_up`` one step up the ladder, if any.
        holding_a, holding_b: Monthly worth of holding out rather than taking the other's best deal.
        textbook: The complete-information contest, or why there is none.
    """

    a: float
    b: float
    neither: float
    never: float
    collapse_a: float
    collapse_b: float
    disaster: float
    again: float
    spans: tuple[Span, ...]
    held: tuple[float, ...]
    held_up: tuple[float, ...] | None
    holding_a: float | None
    holding_b: float | None
    textbook: AttritionContest | str
    prizes: tuple[float, float] | None


def attrition(solution: Solution) -> Attrition:
    """The read-out of the contest of nerves."""
    f, game = solution.futures, solution.game
    months = game.shown
    first = np.diff(f.first_deal[: months + 1])
    took_b, took_a = f.acts[:months, nodes.A_SIGNED], f.acts[:months, nodes.B_SIGNED]
    signed = took_a + took_b
    share_a = np.divide(took_a, signed, out=np.zeros(months), where=signed > 0)
    share_b = np.divide(took_b, signed, out=np.zeros(months), where=signed > 0)
    bargained = np.minimum(first, signed)
    gave_a, gave_b = bargained * share_a, bargained * share_b
    still = f.regime[:months, : CEASEFIRE + 1].sum(1)
    spans = []
    for low, high in _cuts(months):
        exposed = float(still[low:high].sum())
        if exposed > LIKELY_ENOUGH:
            spans.append(
                Span(
                    low,
                    high,
                    float(gave_a[low:high].sum()) / exposed,
                    float(gave_b[low:high].sum()) / exposed,
                    float(still[low]),
                )
            )
    contest, holding, prizes = _textbook(game, f.signed[:months].sum(0))
    return Attrition(
        a=float(gave_a.sum()),
        b=float(gave_b.sum()),
        neither=float((first - bargained).sum()),
        never=1.0 - float(f.first_deal[months]),
        collapse_a=float(f.regime[months, 4]),
        collapse_b=float(f.regime[months, 5]),
        disaster=float(f.regime[months, DISASTER]),
        again=float((signed - bargained).sum()),
        spans=tuple(spans),
        held=_held(solution),
        held_up=_held_up(solution),
        holding_a=holding[0],
        holding_b=holding[1],
        textbook=contest,
        prizes=prizes,
    )


def _cuts(months: int) -> list[tuple[int, int]]:
    """Quarters of the first year, then half-years: few enough to read."""
    edges = [m for m in (0, 3, 6, 12, 18, 24, 36, 48, 60) if m < months] + [months]
    return list(pairwise(edges))


def _held(solution: Solution) -> tuple[float, ...]:
    """Chance of disaster by month if nobody acts."""
    game = solution.game
    path = hold_path(solution, min(game.shown, game.months - 1)).chance
    return tuple(float(p) for p in path[:, game.layout.disaster])


def _held_up(solution: Solution) -> tuple[float, ...] | None:
    """The same from one step up the ladder, where the war is on and there is one."""
    game = solution.game
    lay = game.layout
    if lay.sizes[1] < 2 or lay.regime[game.start] != WAR:
        return None
    up = int(lay.other(np.array([game.start]), rung=1)[0])
    return _held(replace(solution, game=replace(game, start=up)))


def _textbook(
    game: Game,
    signatures: Floats,
) -> tuple[AttritionContest | str, tuple[float | None, float | None], tuple[float, float] | None]:
    """Contest over the best contract for each side, of those that come to be signed at all."""
    open_to = [
        i
        for i, offer in enumerate(game.offers)
        if not offer.imposed and signatures[i] > SIGNED_SHARE * signatures.sum()
    ]
    if not open_to:
        return (
            "no contract comes to be signed, so there is nothing to hold out for",
            (None, None),
            None,
        )
    terms = np.array([game.offers[i].terms for i in open_to])
    signed = game.stakes.signed(terms)
    worth = np.array([game.stakes.bloc(signed, side) for side in (0, 1)])
    best = worth.argmax(1)
    prize_a = float(worth[0, best[0]] - worth[0, best[1]])
    prize_b = float(worth[1, best[1]] - worth[1, best[0]])
    delta_a, delta_b = game.discount
    now_a = float(game.flow_a[0, game.start])
    now_b = float(game.opening @ game.flow_b[:, 0, game.start])
    cost_a = (1 - delta_a) * (float(worth[0, best[1]]) - now_a)
    cost_b = (1 - delta_b) * (float(worth[1, best[0]]) - now_b)
    holding = (-cost_a, -cost_b)
    if min(prize_a, prize_b) <= 0:
        return (
            "both sides like the same contract best, so there is nothing to hold out for",
            holding,
            None,
        )
    prizes = (prize_a, prize_b)
    if min(cost_a, cost_b) <= 0:
        return (
            "for at least one side holding out costs nothing, so it need not give way",
            holding,
            prizes,
        )
    return attrition_complete(prize_a, prize_b, cost_a, cost_b), holding, prizes
