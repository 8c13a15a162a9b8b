"""Waiting for the other side to give in.

*Complete information.* Two sides value a prize at ``v_i`` and pay ``k_i`` per unit of time while
both hold out. In the mixed equilibrium each concedes at the constant hazard that keeps the *other*
indifferent, ``h_i = k_j / v_j``. The contest lasts ``1 / (h_1 + h_2)`` on average and side i gives
in first with probability ``h_i / (h_1 + h_2)``. So the side that values the prize more concedes
more often: a feature of this equilibrium, one of many, and not a prediction about strong sides.

*Private values.* Both values are drawn from ``F``; time costs 1 per unit. A side of value ``v``
holds out until ``t(v) = int_0^v x f(x) / (1 - F(x)) dx``. On U[0, m]:
``t = -v - m ln(1 - v / m)`` and the contest lasts ``m / 6`` on average. For an exponential
distribution of rate ``m``: ``t = m v^2 / 2``, average duration ``1 / (4 m)``.

*Haggling and enforcing.* Two deals; side i's favourite gives it the flow ``b`` and the other side
``a < b``; delay costs the flow ``c`` each; interest rate ``r``. Each side concedes at the hazard
``h = r (a + c) / (b - a)``, so delay lasts ``1 / (2 h)`` on average. Once a deal stands, a breach
earns the flow ``g`` until it is detected after a lag ``D`` and then costs ``c`` for ever; the deal
holds when ``exp(-r D) >= (g - a) / (g + c)``. A longer shadow of the future (low ``r``) makes deals
easier to enforce and longer to reach.

Units: flows and costs per unit of time, rates per unit of time, durations in that time unit.

Sources: Hendricks, Weiss and Wilson (1988), *International Economic Review* 29(4), 663-680;
Nalebuff and Riley (1985), *Journal of Theoretical Biology* 113(3), 517-527; Bliss and Nalebuff
(1984), *Journal of Public Economics* 25(1-2), 1-12; Fearon (1998), *International Organization*
52(2), 269-305 (compact version).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from offramp.theory._conditions import (
    require,
    require_finite,
    require_nonnegative,
    require_positive,
)


@dataclass(frozen=True, slots=True)
class AttritionContest:
    """Concession hazards per unit of time, mean duration, and who gives in first how often."""

    hazard_1: float
    hazard_2: float
    expected_duration: float
    first_concedes_1: float
    first_concedes_2: float


def attrition_complete(
    value_1: float, value_2: float, cost_1: float, cost_2: float
) -> AttritionContest:
    """Mixed equilibrium of the war of attrition with known values.

    Arguments: values of the prize and costs per unit of time, above 0, in one unit.
    Raises ``ValueError`` otherwise. Source: Hendricks, Weiss and Wilson (1988).
    """
    require_positive(value_1=value_1, value_2=value_2, cost_1=cost_1, cost_2=cost_2)
    hazard_1, hazard_2 = cost_2 / value_2, cost_1 / value_1
    total = hazard_1 + hazard_2
    return AttritionContest(hazard_1, hazard_2, 1.0 / total, hazard_1 / total, hazard_2 / total)


def uniform_persistence(value: float, highest: float = 1.0) -> float:
    """Time that a side of this value holds out when values are uniform on ``[0, highest]``.

    Arguments: ``0 <= value < highest``, in units of time (a unit of time costs 1). The highest
    type never gives in. Raises ``ValueError`` otherwise. Source: Bliss and Nalebuff (1984).
    """
    require_positive(highest=highest)
    require(0.0 <= value < highest, f"value must lie in [0, {highest!r}), got {value!r}")
    return -value - highest * math.log1p(-value / highest)


def uniform_expected_duration(highest: float = 1.0) -> float:
    """Mean duration of the contest when both values are uniform on ``[0, highest]``.

    Arguments: ``highest`` above 0, in units of time. Raises ``ValueError`` otherwise.
    Source: Bliss and Nalebuff (1984).
    """
    require_positive(highest=highest)
    return highest / 6.0


def exponential_persistence(value: float, rate: float) -> float:
    """Time that a side of this value holds out when values are exponential with this rate.

    Arguments: ``value`` at least 0, in units of time; ``rate`` above 0, per unit of value.
    Raises ``ValueError`` otherwise. Source: Bliss and Nalebuff (1984).
    """
    require_nonnegative(value=value)
    require_positive(rate=rate)
    return rate * value * value / 2.0


def exponential_expected_duration(rate: float) -> float:
    """Mean duration of the contest when both values are exponential with this rate.

    Arguments: ``rate`` above 0, per unit of value. Raises ``ValueError`` otherwise.
    Source: Bliss and Nalebuff (1984).
    """
    require_positive(rate=rate)
    return 1.0 / (4.0 * rate)


@dataclass(frozen=True, slots=True)
class Haggling:
    """Concession hazard of each side per unit of time, and mean delay until a deal."""

    hazard: float
    expected_delay: float


def haggling_delay(worse: float, better: float, delay_cost: float, rate: float) -> Haggling:
    """How long two sides hold out over which deal to sign.

    Compact version of Fearon (1998). Arguments: flows ``worse`` (a) < ``better`` (b) of the two
    deals; ``delay_cost`` (c) flow lost during delay, with a + c > 0; interest ``rate`` (r) > 0.
    Raises ``ValueError`` otherwise.
    """
    require_finite(worse=worse, better=better, delay_cost=delay_cost)
    require_positive(rate=rate)
    require(better > worse, f"better must exceed worse, got {better!r} and {worse!r}")
    require(worse + delay_cost > 0.0, "worse + delay_cost must be above 0: else nobody concedes")
    hazard = rate * (worse + delay_cost) / (better - worse)
    return Haggling(hazard, 1.0 / (2.0 * hazard))


def deal_enforceable(
    deal: float, breach: float, punishment: float, rate: float, detection_lag: float
) -> bool:
    """Whether a side keeps a deal that it could breach until detected.

    Arguments and errors as :func:`longest_enforceable_lag`, with ``detection_lag`` (D) at least 0
    in units of time. Source: compact version of Fearon (1998).
    """
    require_nonnegative(detection_lag=detection_lag)
    return detection_lag <= longest_enforceable_lag(deal, breach, punishment, rate)


def longest_enforceable_lag(deal: float, breach: float, punishment: float, rate: float) -> float:
    """The longest detection lag at which the deal still holds; ``inf`` if a breach never pays.

    Arguments: flows of the ``deal`` (a), of a ``breach`` until detected (g) and lost for ever after
    detection, ``punishment`` (c), with a + c > 0; interest ``rate`` (r) > 0.
    Raises ``ValueError`` otherwise. Source: compact version of Fearon (1998).
    """
    require_finite(deal=deal, breach=breach, punishment=punishment)
    require_positive(rate=rate)
    require(
        deal + punishment > 0.0, "deal + punishment must be above 0: else detection costs nothing"
    )
    if breach <= deal:
        return math.inf
    return math.log((breach + punishment) / (breach - deal)) / rate
