"""Sticks, carrots and the conditions attached to them.

*Conditionality.* A target complies when what compliance changes is worth its cost ``kappa``. Stick
``l`` of size ``s_l`` is off with probability ``rho_c`` after compliance and ``rho_d`` after
defiance; carrot ``m`` of size ``g_m`` is delivered with ``a_c`` and ``a_d``. Coercive leverage is::

    L = sum_l s_l (rho_c - rho_d) + sum_m g_m (a_c - a_d)

and the target complies when ``L >= kappa``. A stick that stays on, or a carrot that comes, whatever
the target does adds exactly nothing: pain is not leverage, and relief that nobody believes in
(a law that cannot be repealed, ``rho_c`` near 0) is no leverage either. A logit target complies
with probability ``1 / (1 + exp(-lambda (L - kappa)))``.

*Repeated.* If a stick in force is lifted each period with probability ``rho``, before that period's
pain, the expected present value of relief is ``rho s / ((1 - delta)(1 - delta (1 - rho)))``, to be
compared with the cost of complying for ever, ``kappa / (1 - delta)``.

*Threat or imposition.* The sender is tough with probability ``pi`` and then imposes a sanction of
size ``s`` on defiance. The target gives in to the threat when ``pi s >= kappa``; if not, and the
sanction is imposed, it has learnt that the sender is tough and gives in when ``s >= kappa``. So
imposed sanctions succeed only for ``kappa / s`` in ``(pi, 1]``, and under complete information no
sanction that would succeed is ever imposed.

Units: sizes and costs in one unit (per period where repeated), probabilities in [0, 1].

Sources: Lacy and Niou (2004), *Journal of Politics* 66(1), 25-42; Hovi, Huseby and Sprinz (2005),
*World Politics* 57(4), 479-499. Both parts are compact versions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from offramp.theory._conditions import (
    require_discount,
    require_finite,
    require_nonnegative,
    require_positive,
    require_probability,
)


@dataclass(frozen=True, slots=True)
class ConditionalLever:
    """A stick or carrot of some size and how much its release depends on the target.

    ``if_comply`` and ``if_defy`` are the probabilities that the target is better off by ``size``
    (the stick is off, the carrot delivered) after complying or defying. Raises ``ValueError`` for
    a negative size or a probability outside [0, 1].
    """

    size: float
    if_comply: float
    if_defy: float

    def __post_init__(self) -> None:
        require_nonnegative(size=self.size)
        require_probability(if_comply=self.if_comply, if_defy=self.if_defy)


def coercive_leverage(
    sticks: Sequence[ConditionalLever], carrots: Sequence[ConditionalLever] = ()
) -> float:
    """What compliance changes for the target, in the unit of the levers' sizes.

    Negative where compliance makes matters worse for the target. Arguments: the levers in play.
    Source: the conditionality lemma, compact version of Lacy and Niou (2004).
    """
    return math.fsum(
        lever.size * (lever.if_comply - lever.if_defy) for lever in (*sticks, *carrots)
    )


def complies(leverage: float, compliance_cost: float) -> bool:
    """Whether an exact target complies: leverage at least the cost of complying (one unit).

    Raises ``ValueError`` for non-finite arguments. Source: as :func:`coercive_leverage`.
    """
    require_finite(leverage=leverage, compliance_cost=compliance_cost)
    return leverage >= compliance_cost


def comply_probability(leverage: float, compliance_cost: float, precision: float) -> float:
    """Probability that a logit target complies.

    Arguments: leverage and cost in one unit; ``precision`` at least 0 per that unit.
    Raises ``ValueError`` otherwise. Source: as :func:`coercive_leverage`.
    """
    require_finite(leverage=leverage, compliance_cost=compliance_cost)
    require_nonnegative(precision=precision)
    margin = precision * (leverage - compliance_cost)
    if margin >= 0.0:
        return 1.0 / (1.0 + math.exp(-margin))
    return math.exp(margin) / (1.0 + math.exp(margin))


def discounted_relief(size: float, lifting: float, delta: float) -> float:
    """Expected present value of a stick's relief when it is lifted at a constant rate.

    Arguments: ``size`` of the stick per period; ``lifting`` probability per period; ``delta`` per
    period in [0, 1). Raises ``ValueError`` otherwise. Source: as :func:`coercive_leverage`.
    """
    require_nonnegative(size=size)
    require_probability(lifting=lifting)
    require_discount(delta=delta)
    return lifting * size / ((1.0 - delta) * (1.0 - delta * (1.0 - lifting)))


def repeated_leverage(
    sticks: Sequence[ConditionalLever],
    delta: float,
) -> float:
    """Present value of what lasting compliance changes, for sticks lifted at constant rates.

    Here ``if_comply`` and ``if_defy`` are lifting probabilities *per period*. Compare with the cost
    of complying for ever, ``kappa / (1 - delta)``. Arguments: sticks; ``delta`` in [0, 1).
    Raises ``ValueError`` otherwise. Source: as :func:`coercive_leverage`.
    """
    require_discount(delta=delta)
    return math.fsum(
        discounted_relief(s.size, s.if_comply, delta) - discounted_relief(s.size, s.if_defy, delta)
        for s in sticks
    )


@dataclass(frozen=True, slots=True)
class SanctionThreat:
    """What a threat of sanctions leads to.

    ``threat_works``: the target gives in before anything is imposed. ``imposition_works``: it would
    give in to an imposed sanction. ``imposed``: probability that a sanction is imposed.
    ``success``: probability that the target gives in, at either stage.
    """

    threat_works: bool
    imposition_works: bool
    imposed: float
    success: float


def threaten_sanction(tough: float, size: float, compliance_cost: float) -> SanctionThreat:
    """Whether a sanction works as a threat, once imposed, or not at all.

    Compact version of Lacy and Niou (2004). Arguments: ``tough`` probability (pi) that the sender
    imposes after defiance; ``size`` (s) of the sanction and ``compliance_cost`` (kappa), above 0,
    in one unit. Raises ``ValueError`` otherwise.
    """
    require_probability(tough=tough)
    require_positive(size=size, compliance_cost=compliance_cost)
    works = size >= compliance_cost
    if tough * size >= compliance_cost:
        return SanctionThreat(True, works, 0.0, 1.0)
    return SanctionThreat(False, works, tough, tough if works else 0.0)
