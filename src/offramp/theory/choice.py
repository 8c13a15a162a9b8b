"""Noisy choice: logit, nests, and textbook quantal responses.

*Logit.* Action ``a`` of value ``Q_a`` is chosen with probability proportional to
``w_a exp(lambda Q_a)``; ``lambda`` is the precision per unit of value, ``w`` are prior weights. Two
values of a choice are in use: expected payoff ``sum_a P_a Q_a``, and the log-sum
``(1 / lambda) ln sum_a w_a exp(lambda Q_a)``.

*Nests.* A class of actions counts once, however finely it is cut. With weights that sum to 1 inside
a class its inclusive value is ``IV = (1 / lambda) ln sum_k w_k exp(lambda Q_k)``; the class is
chosen by a logit over inclusive values and the action by a logit inside the class.

*Offer grid.* Why nests are needed. A proposer attacks, worth ``v``, or makes one of ``N`` offers
that ask for ``x_k = (k - 1) / (N - 1)`` of the pie. The responder accepts exactly when ``x_k <= h``
(``h = p + c_2`` in the ultimatum game) and the proposer then gets ``x_k``; a refused offer leaves
it ``r`` (``r = p - c_1``). Plain logit counts offers, so the attack fades as ``N`` grows. With
nests it tends to ``e^(lambda v) / (e^(lambda v) + M)``,
``M = (e^(lambda h) - 1) / lambda + (1 - h) e^(lambda r)``.

*Asymmetric matching pennies.* Player 1 gets ``X`` at (U, L), 1 at (D, R), else 0; player 2 gets 1
at (U, R) and (D, L), else 0. Quantal response is the unique solution of
``P(U) = 1 / (1 + exp(-lambda (X q - 1 + q)))``, ``q = P(L) = 1 / (1 + exp(-lambda (1 - 2 P(U))))``.

*Centipede.* Movers alternate; the mover at a node takes and ends the game, or passes it on. Logit
agents are solved backwards from the last node.

*Coordination.* Two players get 1 for a match of either action, else 0. Symmetric responses solve
``p = 1 / (1 + exp(-lambda (2 p - 1)))``; a branch leaves ``p = 1/2`` where ``lambda`` passes 2.

Sources: McFadden (1978), in *Spatial Interaction Theory and Planning Models*; McKelvey and Palfrey
(1995), *Games and Economic Behavior* 10(1), 6-38; McKelvey and Palfrey (1998), *Experimental
Economics* 1(1), 9-41; Turocy (2005), *Games and Economic Behavior* 51(2), 243-263.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from offramp.theory._conditions import (
    require,
    require_finite,
    require_nonnegative,
    require_positive,
    require_probability,
    require_shares,
)

GRID_ROUNDING = 1e-9
"""Tolerance, in grid steps, when an offer is compared with the most that is accepted."""

ROOT_TOLERANCE = 1e-15
"""Absolute tolerance of the bracketed roots, in probability."""


def logistic(z: float) -> float:
    """``1 / (1 + exp(-z))`` without overflow. Argument: ``z``, a log-odds."""
    if z >= 0.0:
        return 1.0 / (1.0 + math.exp(-z))
    grown = math.exp(z)
    return grown / (1.0 + grown)


def _weights(values: Sequence[float], weights: Sequence[float] | None) -> list[float]:
    require(len(values) > 0, "values must not be empty")
    for value in values:
        require_finite(value=value)
    if weights is None:
        return [1.0] * len(values)
    require(len(weights) == len(values), "weights and values must have the same length")
    for weight in weights:
        require_nonnegative(weight=weight)
    require(any(w > 0.0 for w in weights), "at least one weight must be above 0")
    return [float(w) for w in weights]


def logit_shares(
    values: Sequence[float], precision: float, weights: Sequence[float] | None = None
) -> tuple[float, ...]:
    """Probability of each action under (weighted) logit choice.

    Arguments: ``values`` in one unit; ``precision`` at least 0 per that unit; prior ``weights``,
    1 each by default. Raises ``ValueError`` otherwise. Source: McFadden (1978).
    """
    require_nonnegative(precision=precision)
    base = _weights(values, weights)
    top = max(v for v, w in zip(values, base, strict=True) if w > 0.0)
    raw = [
        w * math.exp(precision * (v - top)) if w > 0.0 else 0.0
        for v, w in zip(values, base, strict=True)
    ]
    total = math.fsum(raw)
    return tuple(r / total for r in raw)


def logsum_value(
    values: Sequence[float], precision: float, weights: Sequence[float] | None = None
) -> float:
    """Log-sum value of a choice; with weights that sum to 1, the inclusive value of a nest.

    Arguments as :func:`logit_shares`, with ``precision`` above 0. Raises ``ValueError`` otherwise.
    Source: McFadden (1978).
    """
    require_positive(precision=precision)
    base = _weights(values, weights)
    top = max(v for v, w in zip(values, base, strict=True) if w > 0.0)
    total = math.fsum(
        w * math.exp(precision * (v - top)) for v, w in zip(values, base, strict=True) if w > 0.0
    )
    return top + math.log(total) / precision


def expected_value(
    values: Sequence[float], precision: float, weights: Sequence[float] | None = None
) -> float:
    """Expected payoff of a logit choice. Arguments and errors as :func:`logit_shares`."""
    shares = logit_shares(values, precision, weights)
    return math.fsum(p * v for p, v in zip(shares, values, strict=True))


@dataclass(frozen=True, slots=True)
class Nest:
    """A class of actions: values in one unit, and weights inside the class that sum to 1.

    Without weights the class is spread evenly. Raises ``ValueError`` for weights that do not fit.
    """

    values: tuple[float, ...]
    weights: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        _weights(self.values, self.weights or None)
        if self.weights:
            require_shares("weights of a nest", self.weights)

    def spread(self) -> tuple[float, ...]:
        """Weights inside the class, summing to 1."""
        return self.weights or (1.0 / len(self.values),) * len(self.values)


def nested_shares(
    nests: Sequence[Nest],
    precision: float,
    class_precision: float | None = None,
    class_weights: Sequence[float] | None = None,
) -> tuple[tuple[float, ...], ...]:
    """Probability of each action, class by class, when classes are chosen by inclusive value.

    Arguments: ``precision`` above 0 inside classes; ``class_precision`` between classes, the same
    by default; prior ``class_weights``, 1 each by default. Raises ``ValueError`` otherwise.
    Source: McFadden (1978).
    """
    require(len(nests) > 0, "nests must not be empty")
    inclusive = [logsum_value(nest.values, precision, nest.spread()) for nest in nests]
    between = precision if class_precision is None else class_precision
    classes = logit_shares(inclusive, between, class_weights)
    return tuple(
        tuple(share * p for p in logit_shares(nest.values, precision, nest.spread()))
        for share, nest in zip(classes, nests, strict=True)
    )


@dataclass(frozen=True, slots=True)
class OfferGridShares:
    """Probability of the attack under plain logit, under nested logit, and its nested limit."""

    plain: float
    nested: float
    nested_limit: float


def _log_mean(precision: float, accepted_up_to: float, refused: float) -> float:
    """Log of M: the mean of exp(precision * payoff) over all offers in [0, 1]."""
    parts: list[float] = []
    top = precision * accepted_up_to
    if top > 0.0:
        parts.append(top + math.log(-math.expm1(-top)) - math.log(precision))
    if accepted_up_to < 1.0:
        parts.append(precision * refused + math.log1p(-accepted_up_to))
    largest = max(parts)
    return largest + math.log(math.fsum(math.exp(part - largest) for part in parts))


def offer_grid(
    points: int,
    precision: float = 10.0,
    attack: float = 0.45,
    accepted_up_to: float = 0.6,
    refused: float = 0.3,
    accepts_limit: bool = True,
) -> OfferGridShares:
    """How often a proposer attacks, against a grid of offers to an exact responder.

    Arguments: ``points`` N >= 2 of the grid on [0, 1]; ``precision`` above 0; payoffs ``attack``
    (v) and ``refused`` (r) of the proposer; ``accepted_up_to`` (h) in [0, 1], the most that the
    responder concedes; ``accepts_limit`` whether it concedes exactly ``h``. Grid points are
    compared with ``h`` up to rounding, so that 6/10 is 0.6. Raises ``ValueError`` otherwise.
    Source: the ultimatum game of Fearon (1995) under the logit choice of McKelvey and Palfrey
    (1998).
    """
    require(points >= 2, f"points must be at least 2, got {points!r}")
    require_positive(precision=precision)
    require_finite(attack=attack, refused=refused)
    require_probability(accepted_up_to=accepted_up_to)
    last = accepted_up_to * (points - 1) + (GRID_ROUNDING if accepts_limit else -GRID_ROUNDING)
    offers = tuple(k / (points - 1) if k <= last else refused for k in range(points))
    plain = logit_shares((attack, *offers), precision)[0]
    nested = nested_shares((Nest((attack,)), Nest(offers)), precision)[0][0]
    limit = logistic(precision * attack - _log_mean(precision, accepted_up_to, refused))
    return OfferGridShares(plain, nested, limit)


def matching_pennies_qre(prize: float, precision: float) -> tuple[float, float]:
    """Quantal response (P(U), P(L)) of asymmetric matching pennies.

    Arguments: ``prize`` X above 0 of player 1 at (U, L), other wins being 1; ``precision`` at least
    0. Raises ``ValueError`` otherwise. Source: McKelvey and Palfrey (1995).
    """
    require_positive(prize=prize)
    require_nonnegative(precision=precision)
    from scipy.optimize import brentq

    def left(up: float) -> float:
        return logistic(precision * (1.0 - 2.0 * up))

    def gap(up: float) -> float:
        return up - logistic(precision * ((prize + 1.0) * left(up) - 1.0))

    up = float(brentq(gap, 0.0, 1.0, xtol=ROOT_TOLERANCE))
    return up, left(up)


def centipede_take(payoffs: Sequence[tuple[float, float]], precision: float) -> tuple[float, ...]:
    """Probability of taking at each node of a centipede game under logit agents.

    Arguments: ``payoffs[t]`` (first mover, second mover) if taken at node t, and last the payoffs
    if everybody passes; the first mover decides at even t. ``precision`` at least 0 per payoff
    unit. Raises ``ValueError`` for fewer than two pairs. Source: McKelvey and Palfrey (1998).
    """
    require(len(payoffs) >= 2, "payoffs must hold at least one node and the final pass")
    require_nonnegative(precision=precision)
    for first, second in payoffs:
        require_finite(first=first, second=second)
    ahead = payoffs[-1]
    takes: list[float] = []
    for t in range(len(payoffs) - 2, -1, -1):
        here, mover = payoffs[t], t % 2
        take = logistic(precision * (here[mover] - ahead[mover]))
        takes.append(take)
        ahead = (
            take * here[0] + (1.0 - take) * ahead[0],
            take * here[1] + (1.0 - take) * ahead[1],
        )
    return tuple(reversed(takes))


def coordination_branch(precision: float) -> float:
    """Larger symmetric quantal response of the 2 x 2 coordination game with payoffs 1 and 0.

    It is 1/2 up to precision 2 and above 1/2 beyond. Argument: ``precision`` at least 0.
    Raises ``ValueError`` otherwise. Source: Turocy (2005).
    """
    require_nonnegative(precision=precision)
    if precision <= 2.0:
        return 0.5
    from scipy.optimize import brentq

    half = precision / 2.0
    tilt = brentq(
        lambda d: math.tanh(half * d) - d,
        math.sqrt(3.0 * (half - 1.0)) / half**1.5 / 2.0,
        1.0,
        xtol=ROOT_TOLERANCE,
    )
    return (1.0 + float(tilt)) / 2.0
