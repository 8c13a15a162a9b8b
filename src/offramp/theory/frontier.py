"""The deals that leave nothing on the table between two blocs.

A deal puts every issue ``m`` at a point ``x_m``. Bloc i has the ideal point ``theta_im``, the
salience ``w_im >= 0`` (summing to 1 over issues), and loses in proportion to distance or to its
square. An efficient deal maximises ``omega W_A + (1 - omega) W_B`` for some weight ``omega``.

*Quadratic loss.* Every issue is compromised, in proportion to weighted salience::

    x_m = (omega w_Am theta_Am + (1 - omega) w_Bm theta_Bm) / (omega w_Am + (1 - omega) w_Bm)

*Linear loss.* Every issue goes to the bloc with the larger weighted salience: log-rolling. Walking
along the frontier from B's favourite deal to A's, issues change hands in falling order of
``w_Am / w_Bm``, one at a time, so that at most one issue is split. With distances measured in units
of the issue's span ``|theta_Am - theta_Bm|``, ``W_A`` is the salience to A of what A has won, plus
the split part, and ``W_B`` the salience to B of what B keeps.

Units: points in the issue's own unit, values and weights in [0, 1].

Sources: Keeney and Raiffa (1976), *Decisions with Multiple Objectives*; Raiffa (1982), *The Art and
Science of Negotiation*.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from offramp.theory._conditions import (
    require,
    require_finite,
    require_probability,
    require_shares,
)

VALUE_ROUNDING = 1e-12
"""Rounding allowed when a requested value is compared with the largest attainable one."""


@dataclass(frozen=True, slots=True)
class FrontierDeal:
    """An efficient deal: the point on every issue and the value to each bloc, in [0, 1]."""

    terms: tuple[float, ...]
    value_a: float
    value_b: float


def _check_blocs(
    salience_a: Sequence[float],
    salience_b: Sequence[float],
    ideal_a: Sequence[float],
    ideal_b: Sequence[float],
) -> None:
    require_shares("salience_a", salience_a)
    require_shares("salience_b", salience_b)
    sizes = {len(salience_a), len(salience_b), len(ideal_a), len(ideal_b)}
    require(len(sizes) == 1, "saliences and ideal points must cover the same issues")
    for m, point in enumerate((*ideal_a, *ideal_b)):
        require_finite(**{f"ideal point {m % len(ideal_a)}": point})


def quadratic_frontier(
    omega: float,
    salience_a: Sequence[float],
    salience_b: Sequence[float],
    ideal_a: Sequence[float],
    ideal_b: Sequence[float],
) -> tuple[float, ...]:
    """Efficient terms of two blocs with quadratic losses.

    Arguments: ``omega`` weight of A in [0, 1]; saliences summing to 1; ideal points in the issue's
    unit. Raises ``ValueError`` for sequences of different length, or an issue to which neither bloc
    with positive weight attaches any salience, since every point is efficient there.
    Source: Keeney and Raiffa (1976).
    """
    require_probability(omega=omega)
    _check_blocs(salience_a, salience_b, ideal_a, ideal_b)
    terms: list[float] = []
    for m, (wa, wb, ta, tb) in enumerate(
        zip(salience_a, salience_b, ideal_a, ideal_b, strict=True)
    ):
        pull_a, pull_b = omega * wa, (1.0 - omega) * wb
        require(pull_a + pull_b > 0.0, f"issue {m} has no weight: every point is efficient")
        terms.append((pull_a * ta + pull_b * tb) / (pull_a + pull_b))
    return tuple(terms)


def logroll_order(salience_a: Sequence[float], salience_b: Sequence[float]) -> tuple[int, ...]:
    """Issues in the order in which A wins them, dearest to A relative to B first.

    Issues of equal ratio keep their given order. Arguments: saliences summing to 1.
    Raises ``ValueError`` for different lengths, or an issue without salience to either bloc.
    Source: Raiffa (1982).
    """
    require_shares("salience_a", salience_a)
    require_shares("salience_b", salience_b)
    require(len(salience_a) == len(salience_b), "saliences must cover the same issues")

    def ratio(m: int) -> float:
        require(salience_a[m] + salience_b[m] > 0.0, f"issue {m} matters to neither bloc")
        return -salience_a[m] / (salience_a[m] + salience_b[m])

    return tuple(sorted(range(len(salience_a)), key=ratio))


def logroll_winners(
    omega: float, salience_a: Sequence[float], salience_b: Sequence[float]
) -> tuple[str, ...]:
    """Which bloc takes each issue at the weight ``omega``: ``"A"``, ``"B"`` or ``"tie"``.

    On a tie every division of the issue is efficient. Arguments: ``omega`` in [0, 1]; saliences
    summing to 1. Raises ``ValueError`` otherwise. Source: Raiffa (1982).
    """
    require_probability(omega=omega)
    logroll_order(salience_a, salience_b)
    pulls = [omega * wa - (1.0 - omega) * wb for wa, wb in zip(salience_a, salience_b, strict=True)]
    return tuple("A" if pull > 0.0 else "B" if pull < 0.0 else "tie" for pull in pulls)


def logroll_deal(
    value_a: float,
    salience_a: Sequence[float],
    salience_b: Sequence[float],
    ideal_a: Sequence[float],
    ideal_b: Sequence[float],
) -> FrontierDeal:
    """The efficient deal of two blocs with linear losses that gives A a stated value.

    Arguments: ``value_a`` in [0, 1]; saliences summing to 1; ideal points in the issue's unit.
    Distances count in spans between the two ideal points, so that 0 and 1 are the other side's
    ideal and one's own. Raises ``ValueError`` for a value outside [0, 1], for sequences of
    different length, for coinciding ideal points, and for an issue without salience to either bloc.
    Source: Raiffa (1982).
    """
    require_probability(value_a=value_a)
    _check_blocs(salience_a, salience_b, ideal_a, ideal_b)
    for m, (ta, tb) in enumerate(zip(ideal_a, ideal_b, strict=True)):
        require(ta != tb, f"ideal points of issue {m} coincide: nothing to bargain over")
    won = [0.0] * len(salience_a)
    left = value_a
    for m in logroll_order(salience_a, salience_b):
        weight = salience_a[m]
        if weight == 0.0:
            continue
        won[m] = 1.0 if left >= weight - VALUE_ROUNDING else left / weight
        left -= won[m] * weight
        if left <= VALUE_ROUNDING:
            break
    return FrontierDeal(
        terms=tuple(tb + h * (ta - tb) for h, ta, tb in zip(won, ideal_a, ideal_b, strict=True)),
        value_a=math.fsum(h * w for h, w in zip(won, salience_a, strict=True)),
        value_b=math.fsum((1.0 - h) * w for h, w in zip(won, salience_b, strict=True)),
    )


def logroll_vertices(
    salience_a: Sequence[float],
    salience_b: Sequence[float],
    ideal_a: Sequence[float],
    ideal_b: Sequence[float],
) -> tuple[FrontierDeal, ...]:
    """Corners of the linear frontier, from B's ideal deal to A's, one more issue to A at each.

    Between neighbours the frontier is straight: one issue is split. Arguments and errors as
    :func:`logroll_deal`. Source: Raiffa (1982).
    """
    _check_blocs(salience_a, salience_b, ideal_a, ideal_b)
    for m, (ta, tb) in enumerate(zip(ideal_a, ideal_b, strict=True)):
        require(ta != tb, f"ideal points of issue {m} coincide: nothing to bargain over")
    order = logroll_order(salience_a, salience_b)
    corners: list[FrontierDeal] = []
    for count in range(len(order) + 1):
        to_a = set(order[:count])
        corners.append(
            FrontierDeal(
                terms=tuple(ideal_a[m] if m in to_a else ideal_b[m] for m in range(len(order))),
                value_a=math.fsum(salience_a[m] for m in to_a),
                value_b=math.fsum(w for m, w in enumerate(salience_b) if m not in to_a),
            )
        )
    return tuple(corners)
