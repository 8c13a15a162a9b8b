"""Settlements that nobody enforces but the sides themselves.

Per-period payoffs of a settlement: reward ``R`` when both comply, temptation ``T`` of breaching
alone, punishment ``P`` after collapse, sucker's payoff ``S``; ``T > R > P > S``.

*Grim trigger* keeps compliance when ``delta >= (T - R) / (T - P)``.
*Penance*: after a breach the offender complies alone for one period before cooperation resumes,
which the victim has no reason to renegotiate; it needs
``delta >= max{(T - R) / (R - S), (P - S) / (R - S)}``.

*Detection and response.* A breach is detected with probability ``d``; a guarantor then imposes
``G`` with probability ``phi``. One-shot compliance needs ``d phi G >= T - R``; if detection also
moves play from the settlement value ``V_S`` to ``V_P``, it needs
``T - R <= d [phi G + delta (V_S - V_P)]``.

*Treaty band.* Power fluctuates between positions ``k`` at which side 1 would win with ``p_k``. A
fixed division ``x`` survives all of them when ``max_k (p_k - c1_k) <= x <= min_k (p_k + c2_k)``. At
constant costs such a division exists exactly when ``max p - min p <= c1 + c2``.

Units: payoffs in one unit per period; values in the same unit, discounted sums; powers,
probabilities and division in [0, 1], costs in shares of the pie.

Sources: Friedman (1971), *Review of Economic Studies* 38(1), 1-12; van Damme (1989), *Journal of
Economic Theory* 47(1), 206-217; Werner and Yuen (2005), *International Organization* 59(2),
261-292 (the band is a compact version); detection and response is a compact version of Fearon
(1998), *International Organization* 52(2), 269-305.
"""

from __future__ import annotations

from collections.abc import Sequence

from offramp.theory._conditions import (
    require,
    require_discount,
    require_finite,
    require_nonnegative,
    require_positive,
    require_probability,
)
from offramp.theory.ultimatum import BargainingRange


def grim_threshold(temptation: float, reward: float, punishment: float) -> float:
    """Smallest discount factor at which the threat to end cooperation for ever sustains it.

    Arguments: payoffs per period with ``temptation > reward > punishment``.
    Raises ``ValueError`` otherwise. Source: Friedman (1971).
    """
    require_finite(temptation=temptation, reward=reward, punishment=punishment)
    require(temptation > reward > punishment, "payoffs must fall: temptation, reward, punishment")
    return (temptation - reward) / (temptation - punishment)


def penance_threshold(temptation: float, reward: float, punishment: float, sucker: float) -> float:
    """Smallest discount factor at which one period of penance sustains cooperation.

    Above 1 means that penance never suffices. Arguments: payoffs per period with ``temptation >
    reward > punishment > sucker``. Raises ``ValueError`` otherwise. Source: van Damme (1989).
    """
    require_finite(temptation=temptation, reward=reward, punishment=punishment, sucker=sucker)
    require(
        temptation > reward > punishment > sucker,
        "payoffs must fall: temptation, reward, punishment, sucker",
    )
    return max(temptation - reward, punishment - sucker) / (reward - sucker)


def compliance_margin(
    breach_gain: float,
    detection: float,
    response: float,
    penalty: float,
    delta: float = 0.0,
    settlement_value: float = 0.0,
    collapse_value: float = 0.0,
) -> float:
    """How much a side loses on balance by breaching; at least 0 means that it complies.

    Arguments: ``breach_gain`` T - R this period; ``detection`` and ``response`` probabilities;
    ``penalty`` of the guarantor's response; ``delta`` in [0, 1); continuation values with and
    without the settlement. The defaults give the one-shot case. Raises ``ValueError`` otherwise.
    Source: compact version of Fearon (1998).
    """
    require_probability(detection=detection, response=response)
    require_nonnegative(penalty=penalty)
    require_discount(delta=delta)
    require_finite(
        breach_gain=breach_gain, settlement_value=settlement_value, collapse_value=collapse_value
    )
    stake = response * penalty + delta * (settlement_value - collapse_value)
    return detection * stake - breach_gain


def critical_detection(
    breach_gain: float,
    response: float,
    penalty: float,
    delta: float = 0.0,
    settlement_value: float = 0.0,
    collapse_value: float = 0.0,
) -> float:
    """Probability of detection at and above which a side complies; above 1 if none is enough.

    Arguments and errors as :func:`compliance_margin`, with ``breach_gain`` above 0; refused if
    detection costs the offender nothing. Source: compact version of Fearon (1998).
    """
    require_positive(breach_gain=breach_gain)
    stake = breach_gain + compliance_margin(
        breach_gain, 1.0, response, penalty, delta, settlement_value, collapse_value
    )
    require(stake > 0.0, "detection costs the offender nothing: no probability deters a breach")
    return breach_gain / stake


def treaty_band(
    powers: Sequence[float], costs_1: Sequence[float], costs_2: Sequence[float]
) -> BargainingRange:
    """Fixed divisions that both sides prefer to war at every position.

    The band may be empty (``exists`` is then false, ``width`` negative). Arguments: ``powers``
    p_k, probability that side 1 wins at position k; costs of war at the same positions, at least 0.
    Raises ``ValueError`` otherwise. Source: compact version of Werner and Yuen (2005).
    """
    require(len(powers) > 0, "powers must not be empty")
    require(
        len(powers) == len(costs_1) == len(costs_2), "powers and costs must cover the same places"
    )
    for p, c1, c2 in zip(powers, costs_1, costs_2, strict=True):
        require_probability(power=p)
        require_nonnegative(cost_1=c1, cost_2=c2)
    return BargainingRange(
        max(p - c for p, c in zip(powers, costs_1, strict=True)),
        min(p + c for p, c in zip(powers, costs_2, strict=True)),
    )


def fixed_treaty_exists(powers: Sequence[float], cost_1: float, cost_2: float) -> bool:
    """Whether some fixed division survives all positions, at constant costs of war.

    Arguments: as :func:`treaty_band`, one cost per side. Raises ``ValueError`` otherwise.
    Source: compact version of Werner and Yuen (2005).
    """
    return treaty_band(powers, [cost_1] * len(powers), [cost_2] * len(powers)).exists
