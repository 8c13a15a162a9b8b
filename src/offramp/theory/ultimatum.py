"""One demand, one answer: bargaining in the shadow of war.

Two sides divide a pie of size 1. If nobody settles they fight: side 1 wins the whole pie with
probability ``p`` and the fight costs ``c1`` and ``c2``, in shares of the pie. Side 1 demands a
share ``x``; side 2 accepts or fights.

*Complete information.* Side 1 accepts at least ``p - c1``, side 2 leaves at most ``p + c2`` to
side 1, so the bargaining range ``[p - c1, p + c2]`` has the width ``c1 + c2 >= 0``. It can still
hold no feasible deal when the issue is indivisible. If whoever strikes first gains ``d1`` or
``d2`` in winning probability, the range becomes ``[p + d1 - c1, p - d2 + c2]``, which is not empty
exactly when ``d1 + d2 <= c1 + c2``.

*Private cost.* Side 2 knows ``c2``; side 1 knows only its distribution ``F``. With ``z = x - p``::

    U1(z) = (1 - F(z)) (p + z) + F(z) (p - c1)

For ``c2 ~ U[low, high]`` this is concave on ``[low, high]`` and the best demand is
``z* = max(low, (high - c1) / 2)``; ``low`` is the safe corner, accepted by everyone. A side cannot
demand more than the pie: where ``z* > 1 - p`` the constrained maximum is ``x = 1``.
For two types ``c_low < c_high`` the risky demand ``p + c_high`` beats the safe ``p + c_low`` when
the share of low-cost types is at most ``(c_high - c_low) / (c_high + c1)``.

*Logit answer.* The proposer offers ``y`` out of ``Q``; the responder accepts with probability
``1 / (1 + exp(-(y - R2) / s))``; a refusal leaves ``R1`` to the proposer. With ``W`` the Lambert
function and ``u = (Q - R1 - s - R2) / s``::

    y* = Q - R1 - s (1 + W(e^u)),   Pr(accept) = W / (1 + W),   value = R1 + s W

``W(e^u)`` is the Wright omega function, which stays finite where ``e^u`` overflows.

Sources: Fearon (1995), *International Organization* 49(3), 379-414; Ramsay and Signorino (2009),
"A statistical model of the ultimatum game" (the logit version).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from offramp.theory._conditions import (
    require,
    require_finite,
    require_nonnegative,
    require_positive,
    require_probability,
)


@dataclass(frozen=True, slots=True)
class BargainingRange:
    """Shares of side 1 that both sides prefer to fighting: ``low`` to ``high``.

    The ends are reservation values and may lie outside [0, 1]. ``low > high`` means that the range
    is empty.
    """

    low: float
    high: float

    @property
    def width(self) -> float:
        """Length of the range; negative when it is empty (the size of the gap)."""
        return self.high - self.low

    @property
    def exists(self) -> bool:
        """Whether some share satisfies both sides."""
        return self.low <= self.high


@dataclass(frozen=True, slots=True)
class Demand:
    """A best demand: side 1's share asked for, probability of war, side 1's expected share."""

    demand: float
    war_probability: float
    value: float


@dataclass(frozen=True, slots=True)
class LogitOffer:
    """A best offer to a logit responder, in the units of the pie, and what it leads to."""

    offer: float
    accept_probability: float
    value: float


def _check_war(p: float, c1: float, c2: float) -> None:
    require_probability(p=p)
    require_nonnegative(c1=c1, c2=c2)


def bargaining_range(p: float, c1: float, c2: float) -> BargainingRange:
    """Deals that both sides prefer to war under complete information.

    Arguments: ``p`` probability that side 1 wins; ``c1``, ``c2`` costs of war (shares of the pie).
    Raises ``ValueError`` for ``p`` outside [0, 1] or a negative cost. Source: Fearon (1995).
    """
    _check_war(p, c1, c2)
    return BargainingRange(p - c1, p + c2)


def first_strike_range(p: float, c1: float, c2: float, d1: float, d2: float) -> BargainingRange:
    """Deals that neither side wants to upset by striking first.

    Arguments: as :func:`bargaining_range`; ``d1``, ``d2`` gain in winning probability for side 1
    or 2 if it strikes first (``p + d1 <= 1``, ``p - d2 >= 0``).
    Raises ``ValueError`` where a probability would leave [0, 1]. Source: Fearon (1995).
    """
    _check_war(p, c1, c2)
    require_nonnegative(d1=d1, d2=d2)
    require(p + d1 <= 1.0, f"p + d1 is a probability and must not exceed 1, got {p + d1!r}")
    require(p - d2 >= 0.0, f"p - d2 is a probability and must not be negative, got {p - d2!r}")
    return BargainingRange(p + d1 - c1, p - d2 + c2)


def peace_survives_first_strike(c1: float, c2: float, d1: float, d2: float) -> bool:
    """Whether the advantage of striking first leaves any deal: ``d1 + d2 <= c1 + c2``.

    Arguments: costs of war and first-strike advantages, shares of the pie, all at least 0.
    Raises ``ValueError`` for negative arguments. Source: Fearon (1995).
    """
    require_nonnegative(c1=c1, c2=c2, d1=d1, d2=d2)
    return d1 + d2 <= c1 + c2


def indivisible_settlements(
    points: Iterable[float], p: float, c1: float, c2: float
) -> tuple[float, ...]:
    """The feasible divisions that both sides prefer to war; empty when indivisibility means war.

    Arguments: ``points`` feasible shares of side 1 in [0, 1]; others as :func:`bargaining_range`.
    Raises ``ValueError`` for shares outside [0, 1]. Source: Fearon (1995).
    """
    deals = bargaining_range(p, c1, c2)
    shares = tuple(points)
    for share in shares:
        require_probability(share=share)
    return tuple(x for x in shares if deals.low <= x <= deals.high)


def uniform_cost_demand(p: float, c1: float, low: float, high: float) -> Demand:
    """Best demand when the other side's cost of war is uniform on ``[low, high]``.

    Arguments: ``p`` probability that side 1 wins; ``c1`` own cost; ``0 <= low < high`` bounds of
    the other side's cost, all in shares of the pie. The demand is at most the whole pie.
    Raises ``ValueError`` outside those domains. Source: Fearon (1995).
    """
    _check_war(p, c1, low)
    require_finite(high=high)
    require(high > low, f"high must exceed low, got low={low!r}, high={high!r}")
    markup = min(max(low, (high - c1) / 2.0), 1.0 - p)
    war = (markup - low) / (high - low) if markup > low else 0.0
    return Demand(p + markup, war, (1.0 - war) * (p + markup) + war * (p - c1))


def risky_demand_threshold(c1: float, c_low: float, c_high: float) -> float:
    """Largest share of low-cost opponents at which the risky demand is still best.

    Arguments: ``c1`` own cost of war; ``0 <= c_low < c_high`` the two possible costs of the other
    side (shares of the pie). Assumes that ``p + c_high`` is within the pie.
    Raises ``ValueError`` outside those domains. Source: Fearon (1995).
    """
    require_nonnegative(c1=c1, c_low=c_low)
    require_finite(c_high=c_high)
    require(c_high > c_low, f"c_high must exceed c_low, got {c_high!r} and {c_low!r}")
    return (c_high - c_low) / (c_high + c1)


def two_type_demand(p: float, c1: float, c_low: float, c_high: float, low_share: float) -> Demand:
    """Best demand against two cost types; the risky one on a tie.

    Arguments: ``low_share`` probability that the other side's cost is ``c_low``; others as
    :func:`uniform_cost_demand`. Demands are at most the whole pie.
    Raises ``ValueError`` outside those domains. Source: Fearon (1995).
    """
    _check_war(p, c1, c_low)
    require_probability(low_share=low_share)
    require_finite(c_high=c_high)
    require(c_high > c_low, f"c_high must exceed c_low, got {c_high!r} and {c_low!r}")
    safe, risky = min(c_low, 1.0 - p), min(c_high, 1.0 - p)
    if risky > safe and low_share <= risky_demand_threshold(c1, safe, risky):
        value = (1.0 - low_share) * (p + risky) + low_share * (p - c1)
        return Demand(p + risky, low_share, value)
    return Demand(p + safe, 0.0, p + safe)


def logit_ultimatum(
    pie: float, proposer_refusal: float, responder_refusal: float, scale: float
) -> LogitOffer:
    """Best offer to a responder whose answer is logit.

    Arguments: ``pie`` (Q); payoffs of a refusal to the proposer (R1) and the responder (R2);
    ``scale`` (s > 0) of the responder's logit noise, all in one unit. The offer is the
    unconstrained maximiser, so it may be negative or exceed the pie.
    Raises ``ValueError`` for a scale of 0 or less or non-finite arguments.
    Source: Ramsay and Signorino (2009).
    """
    require_finite(pie=pie, proposer_refusal=proposer_refusal, responder_refusal=responder_refusal)
    require_positive(scale=scale)
    from scipy.special import wrightomega

    exponent = (pie - proposer_refusal - scale - responder_refusal) / scale
    omega = float(wrightomega(exponent))
    return LogitOffer(
        offer=pie - proposer_refusal - scale * (1.0 + omega),
        accept_probability=omega / (1.0 + omega),
        value=proposer_refusal + scale * omega,
    )
