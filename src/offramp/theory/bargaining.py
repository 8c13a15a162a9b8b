"""Offers in turn: who gains from delay, and what flows during delay buy.

The pie is 1; ``delta_i`` is side i's discount factor per round. Flows ``b_i`` during disagreement
are in permanent-average units: a flow ``b`` held for ever is worth ``b``, one round of it
``(1 - delta) b``.

*Alternating offers.* The first proposer's share is ``(1 - d2) / (1 - d1 d2)``; with ``T`` rounds
and a common ``d`` it is ``(1 - (-d)^T) / (1 + d)``. With inside options it is
``[(1 - d2)(1 - b2) + d2 (1 - d1) b1] / (1 - d1 d2)``. An outside option ``w2`` which the responder
may take after refusing matters only once it exceeds ``d / (1 + d)``. Fixed costs per round give
everything to a proposer with the lower cost, and the other side's cost to one with the higher
cost. If talks break down with probability ``q`` after each refusal, leaving ``f_i``, the first
proposer gets ``f1 + (1 - f1 - f2) / (2 - q)``.

*Leverage theorem.* ``n`` actors, unanimity, actor i proposes with probability ``pi_i`` in each of
``T`` rounds, common ``delta``, flows ``b_i(t)``; after the last round the pie goes to i with
probability ``pi_i``. With reservation values ``r_i = (1 - delta) b_i(t) + delta v_i(t + 1)`` and a
non-negative surplus ``1 - sum_j r_j`` in every round, ``v_i(t) = r_i + pi_i (1 - sum_j r_j)``, so::

    v_i(0) = sum_t (1 - delta) delta^t [b_i(t) + pi_i (1 - sum_j b_j(t))] + delta^T pi_i

Leverage is the discounted average of the inside-option advantage. A sanction that costs the sender
``s_A`` and the target ``s_B`` per round throughout changes the sender's share by
``(1 - delta^T) [pi_A s_B - (1 - pi_A) s_A]``.

*Closed-rule majority.* Identical actors, random recognition, ``k`` of ``n`` votes: each expects
``1/n``, the proposer buys ``k - 1`` votes at ``delta / n``.

Sources: Stahl (1972); Rubinstein (1982), *Econometrica* 50(1), 97-109; Binmore, Rubinstein and
Wolinsky (1986), *RAND Journal* 17(2), 176-188; Binmore, Shaked and Sutton (1989), *Quarterly
Journal of Economics* 104(4), 753-770; Muthoo (1999), *Bargaining Theory with Applications*; Merlo
and Wilson (1995), *Econometrica* 63(2), 371-399; Baron and Ferejohn (1989), *American Political
Science Review* 83(4), 1181-1206; Eaton and Engers (1992), *Journal of Political Economy* 100(5),
899-928. The leverage theorem is a compact version of the last three lines of work.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from offramp.theory._conditions import (
    require,
    require_discount,
    require_finite,
    require_nonnegative,
    require_open_unit,
    require_probability,
    require_shares,
)

SURPLUS_TOLERANCE = 1e-12
"""Rounding allowed when checking that reservation values sum to at most the pie."""


def rubinstein_share(delta_1: float, delta_2: float) -> float:
    """First proposer's share when sides alternate offers for ever.

    Arguments: discount factors per round in [0, 1). Raises ``ValueError`` outside that domain.
    Source: Rubinstein (1982).
    """
    require_discount(delta_1=delta_1, delta_2=delta_2)
    return (1.0 - delta_2) / (1.0 - delta_1 * delta_2)


def finite_horizon_share(delta: float, rounds: int) -> float:
    """First proposer's share when there are ``rounds`` alternating offers and then nothing.

    Arguments: common discount factor in [0, 1]; ``rounds`` at least 1.
    Raises ``ValueError`` outside those domains. Source: Stahl (1972).
    """
    require_probability(delta=delta)
    require(rounds >= 1, f"rounds must be at least 1, got {rounds!r}")
    return float((1.0 - (-delta) ** rounds) / (1.0 + delta))


def inside_option_share(delta_1: float, delta_2: float, flow_1: float, flow_2: float) -> float:
    """First proposer's share when both sides draw a flow while they disagree.

    Arguments: discount factors in [0, 1); flows in permanent-average shares of the pie (negative
    for a cost of delay), summing to at most 1. Raises ``ValueError`` if the flows leave no
    surplus, or if an equilibrium share would lie outside [0, 1], where the bound on offers binds
    and the formula does not hold. Source: Muthoo (1999).
    """
    require_discount(delta_1=delta_1, delta_2=delta_2)
    require_finite(flow_1=flow_1, flow_2=flow_2)
    require(flow_1 + flow_2 <= 1.0, "flow_1 + flow_2 exceeds the pie: the sides prefer delay")
    denominator = 1.0 - delta_1 * delta_2
    first = ((1.0 - delta_2) * (1.0 - flow_2) + delta_2 * (1.0 - delta_1) * flow_1) / denominator
    second = ((1.0 - delta_1) * (1.0 - flow_1) + delta_1 * (1.0 - delta_2) * flow_2) / denominator
    for name, share in (("first", first), ("second", second)):
        require(
            0.0 <= share <= 1.0,
            f"the share of the {name} side as proposer would be {share:.6g}, outside [0, 1]",
        )
    return first


def outside_option_share(delta: float, responder_outside: float) -> float:
    """First proposer's share when the responder may refuse and take an outside option.

    Arguments: common discount factor in [0, 1); ``responder_outside`` share of the pie in [0, 1].
    Raises ``ValueError`` outside those domains. Source: Binmore, Shaked and Sutton (1989).
    """
    require_discount(delta=delta)
    require_probability(responder_outside=responder_outside)
    return 1.0 - max(delta / (1.0 + delta), responder_outside)


def fixed_cost_share(cost_1: float, cost_2: float) -> float:
    """First proposer's share when each round of delay costs a fixed amount.

    Arguments: costs per round in shares of the pie, in (0, 1), not equal.
    Raises ``ValueError`` outside that domain; equal costs support a continuum of divisions.
    Source: Rubinstein (1982).
    """
    require_open_unit(cost_1=cost_1, cost_2=cost_2)
    require(cost_1 != cost_2, "equal costs support a continuum of divisions, not one share")
    return 1.0 if cost_1 < cost_2 else cost_2


def breakdown_share(breakdown: float, fallback_1: float, fallback_2: float) -> float:
    """First proposer's share when talks may collapse after every refusal; no discounting.

    Arguments: ``breakdown`` probability per refusal in (0, 1]; payoffs of collapse in shares of the
    pie, each at least 0, summing to at most 1. Raises ``ValueError`` outside those domains.
    Source: Binmore, Rubinstein and Wolinsky (1986).
    """
    require_probability(breakdown=breakdown)
    require(breakdown > 0.0, "breakdown must be above 0: with no friction any division can stand")
    require_nonnegative(fallback_1=fallback_1, fallback_2=fallback_2)
    surplus = 1.0 - fallback_1 - fallback_2
    require(surplus >= 0.0, "fallback payoffs exceed the pie: no deal beats collapse for both")
    return fallback_1 + surplus / (2.0 - breakdown)


def leverage_weight(delta: float, t: int) -> float:
    """Weight of round ``t`` in today's shares: ``(1 - delta) delta^t``.

    Arguments: ``delta`` in [0, 1); ``t`` at least 0. Raises ``ValueError`` outside those domains.
    Source: compact version of Merlo and Wilson (1995).
    """
    require_discount(delta=delta)
    require(t >= 0, f"t must be at least 0, got {t!r}")
    return float((1.0 - delta) * delta**t)


def leverage_values(
    flows: Sequence[Sequence[float]], recognition: Sequence[float], delta: float
) -> tuple[float, ...]:
    """Expected shares of ``n`` actors who bargain under unanimity while flows run.

    Arguments: ``flows[t][i]`` permanent-average flow of actor i during disagreement in round t
    (shares of the pie); ``recognition[i]`` probability of proposing, summing to 1; ``delta`` common
    discount factor in [0, 1). Shares are transferable and may be negative.
    Raises ``ValueError`` for ragged flows, and where reservation values exceed the pie in some
    round, naming it: there the actors prefer delay and the formula does not hold.
    Source: compact version of Merlo and Wilson (1995).
    """
    require_discount(delta=delta)
    require_shares("recognition", recognition)
    n = len(recognition)
    for t, row in enumerate(flows):
        require(len(row) == n, f"round {t} has {len(row)} flows for {n} actors")
        for flow in row:
            require_finite(flow=flow)
    values = [float(pi) for pi in recognition]
    for t in range(len(flows) - 1, -1, -1):
        reserve = [(1.0 - delta) * b + delta * v for b, v in zip(flows[t], values, strict=True)]
        surplus = 1.0 - math.fsum(reserve)
        require(
            surplus >= -SURPLUS_TOLERANCE,
            f"reservation values exceed the pie by {-surplus:.6g} in round {t}: delay is preferred",
        )
        values = [r + pi * surplus for r, pi in zip(reserve, recognition, strict=True)]
    return tuple(values)


def sanction_leverage(
    sender_cost: float, target_cost: float, sender_recognition: float, delta: float, rounds: int
) -> float:
    """Change in the sender's share from a sanction that lasts through all rounds of bargaining.

    Negative where the sanction hurts the sender's share: the sender's cost counts with weight
    ``1 - pi_A``, the target's with ``pi_A``. Arguments: costs as permanent-average flows (shares of
    the pie, at least 0); ``sender_recognition`` in [0, 1]; ``delta`` in [0, 1); ``rounds`` >= 0.
    Raises ``ValueError`` outside those domains. Source: compact version of Eaton and Engers (1992).
    """
    require_nonnegative(sender_cost=sender_cost, target_cost=target_cost)
    require_probability(sender_recognition=sender_recognition)
    require_discount(delta=delta)
    require(rounds >= 0, f"rounds must be at least 0, got {rounds!r}")
    gain = sender_recognition * target_cost - (1.0 - sender_recognition) * sender_cost
    return float((1.0 - delta**rounds) * gain)


@dataclass(frozen=True, slots=True)
class MajorityBargain:
    """Shares of the pie: each actor's expectation, the proposer's share, a bought partner's."""

    value: float
    proposer_share: float
    partner_share: float


def baron_ferejohn(members: int, votes: int, delta: float) -> MajorityBargain:
    """Closed-rule bargaining among identical actors with random recognition.

    Arguments: ``members`` n >= 1; ``votes`` needed, proposer included, 1 to n; ``delta`` in
    [0, 1]. Raises ``ValueError`` outside those domains. Source: Baron and Ferejohn (1989).
    """
    require(members >= 1, f"members must be at least 1, got {members!r}")
    require(1 <= votes <= members, f"votes must lie in 1..{members}, got {votes!r}")
    require_probability(delta=delta)
    price = delta / members
    return MajorityBargain(1.0 / members, 1.0 - (votes - 1) * price, price)
