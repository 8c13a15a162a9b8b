"""Burdens and votes inside a coalition.

*Public goods.* The common effort is ``G = sum_i g_i``. With utility ``theta_i ln G - g_i`` only the
member with the largest ``theta`` pays, ``G = max theta``. With ``x_i^(1 - a) G^a``, ``x_i = w_i -
g_i``, contributors spend down to the same private consumption ``x = G (1 - a) / a``; over a
contributing set of ``n`` members with total wealth ``W``, ``G = a W / (a + n (1 - a))``.
Redistribution among contributors changes nothing.
*Best shot.* One volunteer is enough. At cost-to-value ratio ``c / v`` each of ``n`` volunteers with
probability ``1 - (c / v)^(1/(n-1))``; somebody does with ``1 - (c / v)^(n/(n-1))``.
*Weakest link.* ``G = min_i g_i``: every common level from 0 to the lowest level that some member
would want for everybody is an equilibrium, and more is better for all.

*Votes.* On a line, a q-rule leaves the deals ``[x_(n-q+1), x_(q)]`` unbeaten. A dividing game has
a core only if somebody holds a veto. Shapley-Shubik counts the orders in which a member turns a
losing coalition into a winning one; Banzhaf counts coalitions in which it is critical. Members who
consent independently with probability ``p_j`` reach a quota with a Poisson-binomial tail.

Units: wealth and contributions in one unit; powers and probabilities as shares.

Sources: Olson and Zeckhauser (1966), *Review of Economics and Statistics* 48(3), 266-279;
Bergstrom, Blume and Varian (1986), *Journal of Public Economics* 29(1), 25-49; Diekmann (1985),
*Journal of Conflict Resolution* 29(4), 605-610; Hirshleifer (1983), *Public Choice* 41(3), 371-386;
Shapley and Shubik (1954), *American Political Science Review* 48(3), 787-792; Banzhaf (1965),
*Rutgers Law Review* 19(2), 317-343.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from offramp.theory._conditions import (
    require,
    require_finite,
    require_nonnegative,
    require_open_unit,
    require_positive,
    require_probability,
)


@dataclass(frozen=True, slots=True)
class CommonEffort:
    """Total of a public good and each member's contribution, in the unit of wealth."""

    total: float
    contributions: tuple[float, ...]


def quasilinear_burden(valuations: Sequence[float]) -> CommonEffort:
    """Contributions when utility is ``theta_i ln G - g_i``: the keenest member pays alone.

    Arguments: ``valuations`` theta_i above 0, in the unit of contributions. Raises ``ValueError``
    on a tie for the largest, where any split between the keenest is an equilibrium. Source: Olson
    and Zeckhauser (1966).
    """
    require(len(valuations) > 0, "valuations must not be empty")
    for theta in valuations:
        require_positive(theta=theta)
    largest = max(valuations)
    require(
        sum(theta == largest for theta in valuations) == 1,
        "a tie for the largest valuation: any split between the keenest is an equilibrium",
    )
    return CommonEffort(
        float(largest), tuple(float(t) if t == largest else 0.0 for t in valuations)
    )


def cobb_douglas_burden(wealth: Sequence[float], taste: float) -> CommonEffort:
    """Contributions when utility is ``x_i^(1 - taste) G^taste``.

    Arguments: ``wealth`` per member, at least 0, not all 0; ``taste`` for the public good strictly
    between 0 and 1. Raises ``ValueError`` otherwise. Source: Bergstrom, Blume and Varian (1986).
    """
    require_open_unit(taste=taste)
    for w in wealth:
        require_nonnegative(wealth=w)
    require(any(w > 0.0 for w in wealth), "at least one member must have wealth")
    total, pooled = 0.0, 0.0
    for n, w in enumerate(sorted(wealth, reverse=True), start=1):
        if w <= total * (1.0 - taste) / taste:
            break
        pooled += w
        total = taste * pooled / (taste + n * (1.0 - taste))
    keeps = total * (1.0 - taste) / taste
    return CommonEffort(total, tuple(max(w - keeps, 0.0) for w in wealth))


@dataclass(frozen=True, slots=True)
class Volunteers:
    """Probabilities that one member volunteers and that the good is provided."""

    volunteers: float
    provided: float


def volunteers_dilemma(members: int, cost_ratio: float) -> Volunteers:
    """Symmetric equilibrium when one volunteer is enough.

    Arguments: ``members`` at least 2; ``cost_ratio`` c / v in (0, 1).
    Raises ``ValueError`` otherwise. Source: Diekmann (1985).
    """
    require(members >= 2, f"members must be at least 2, got {members!r}")
    require_open_unit(cost_ratio=cost_ratio)
    stays_out = math.exp(math.log(cost_ratio) / (members - 1))
    return Volunteers(1.0 - stays_out, 1.0 - stays_out**members)


def weakest_link_range(preferred: Sequence[float]) -> tuple[float, float]:
    """Equilibrium levels of a good that is as strong as its weakest contribution.

    Arguments: ``preferred`` common level that each member would choose for all, at least 0.
    Returns the lowest and the highest equilibrium level; the highest is best for all.
    Raises ``ValueError`` otherwise. Source: Hirshleifer (1983).
    """
    require(len(preferred) > 0, "preferred must not be empty")
    for level in preferred:
        require_nonnegative(preferred=level)
    return 0.0, float(min(preferred))


def q_rule_core(ideal_points: Sequence[float], votes: int) -> tuple[float, float]:
    """Points on a line that no ``votes`` members want to move away from.

    Arguments: finite ideal points; ``votes`` needed to change, more than half and at most all.
    Raises ``ValueError`` otherwise. Source: Black (1958), *The Theory of Committees and Elections*.
    """
    n = len(ideal_points)
    require(n / 2 < votes <= n, f"votes must exceed half of {n} members and not exceed them")
    for point in ideal_points:
        require_finite(ideal_point=point)
    ordered = sorted(ideal_points)
    return float(ordered[n - votes]), float(ordered[votes - 1])


def _check_votes(weights: Sequence[int], quota: int) -> None:
    require(len(weights) > 0, "weights must not be empty")
    for weight in (*weights, quota):
        require(weight == int(weight), f"weights and quota must be integers, got {weight!r}")
    require(all(w >= 0 for w in weights), "weights must be at least 0")
    total = sum(weights)
    require(0 < quota <= total, f"quota must lie in 1..{total} (all votes), got {quota!r}")


def veto_players(weights: Sequence[int], quota: int) -> tuple[int, ...]:
    """Positions of the members without whom no coalition reaches the quota.

    A dividing game has a non-empty core exactly when there is one. Arguments: integer voting
    weights and quota. Raises ``ValueError`` for a quota out of reach. Source: Shapley (1962),
    *Behavioral Science* 7(1), 59-66.
    """
    _check_votes(weights, quota)
    total = sum(weights)
    return tuple(i for i, w in enumerate(weights) if total - w < quota)


def _coalitions_without(weights: Sequence[int], member: int) -> list[list[int]]:
    """Number of coalitions of the others, by size and by total weight."""
    others = [int(w) for i, w in enumerate(weights) if i != member]
    top = sum(others)
    counts = [[0] * (top + 1) for _ in range(len(others) + 1)]
    counts[0][0] = 1
    for done, w in enumerate(others):
        for size in range(done, -1, -1):
            row, following = counts[size], counts[size + 1]
            for weight in range(top - w, -1, -1):
                if row[weight]:
                    following[weight + w] += row[weight]
    return counts


def _swings(weights: Sequence[int], quota: int) -> list[list[int]]:
    """For each member, its number of swings by size of the coalition that it joins."""
    known: dict[int, list[int]] = {}
    for i, w in enumerate(weights):
        if int(w) not in known:
            counts = _coalitions_without(weights, i)
            known[int(w)] = [sum(row[max(int(quota) - int(w), 0) : int(quota)]) for row in counts]
    return [known[int(w)] for w in weights]


def shapley_shubik(weights: Sequence[int], quota: int) -> tuple[float, ...]:
    """Shapley-Shubik power of each member of a weighted vote; sums to 1, exact up to rounding.

    Arguments: integer weights at least 0; integer quota, 1 to their sum.
    Raises ``ValueError`` otherwise. Source: Shapley and Shubik (1954).
    """
    _check_votes(weights, quota)
    n = len(weights)
    orders = math.factorial(n)
    return tuple(
        float(
            Fraction(
                sum(
                    swings * math.factorial(size) * math.factorial(n - size - 1)
                    for size, swings in enumerate(row)
                ),
                orders,
            )
        )
        for row in _swings(weights, quota)
    )


def banzhaf(weights: Sequence[int], quota: int) -> tuple[float, ...]:
    """Normalised Banzhaf power of each member of a weighted vote; sums to 1.

    Arguments and errors as :func:`shapley_shubik`. Source: Banzhaf (1965).
    """
    _check_votes(weights, quota)
    swings = [sum(row) for row in _swings(weights, quota)]
    total = sum(swings)
    return tuple(float(Fraction(s, total)) for s in swings)


def consent_distribution(probabilities: Sequence[float]) -> tuple[float, ...]:
    """Probability of 0, 1, ..., n consents when members decide independently.

    Arguments: probability of consent per member. Raises ``ValueError`` outside [0, 1].
    Source: Poisson-binomial distribution, by adding one member at a time.
    """
    pmf = [1.0]
    for p in probabilities:
        require_probability(probability=p)
        longer = [*pmf, 0.0]
        pmf = [
            longer[k] * (1.0 - p) + (longer[k - 1] * p if k else 0.0) for k in range(len(longer))
        ]
    return tuple(pmf)


def quota_probability(probabilities: Sequence[float], votes: int) -> float:
    """Probability that at least ``votes`` members consent; all of them for unanimity.

    Arguments: as :func:`consent_distribution`; ``votes`` 0 to the number of members.
    Raises ``ValueError`` otherwise.
    """
    n = len(probabilities)
    require(0 <= votes <= n, f"votes must lie in 0..{n}, got {votes!r}")
    return math.fsum(consent_distribution(probabilities)[votes:])
