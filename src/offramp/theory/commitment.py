"""Shifting power: when the promise of tomorrow cannot buy peace today.

Each period there is one pie of size 1; at discount factor ``delta`` the whole stream is worth
``B = 1 / (1 - delta)`` in pies of today. ``M_D(t)`` and ``M_R(t)`` are what the declining side D
and the rising side R can lock in by fighting in period ``t``. Tomorrow R can always secure
``M_R(t + 1)``, so the most that R can concede from ``t`` onwards is ``B - delta M_R(t + 1)``. Peace
cannot be efficient, and D fights, exactly when D's lock-in exceeds it::

    M_D(t) + delta M_R(t + 1) > B

*Costs.* With ``M_D = p_t B - c_D`` and ``M_R = (1 - p') B - c_R``, where ``p_t`` and ``p'`` are D's
probabilities of winning today and tomorrow and costs are in pies, D fights when ``p'`` falls below
``1 - ((1 - p_t) B + c_D) / (delta B) - c_R / B``.

*Destruction.* If war destroys a fraction ``d`` of every later pie and ``delta`` tends to 1, D
fights when the shift ``p_t - p'`` exceeds ``d / (1 - d)``.

*Armed peace.* If peace needs arming of ``a1 + a2`` every period, a once-for-all war of total cost
``C`` is cheaper when ``a1 + a2 > (1 - delta) C`` (compact version of the costly-peace argument).

Sources: Powell (2004), *American Political Science Review* 98(2), 231-241; Powell (2006),
*International Organization* 60(1), 169-203; Fearon (1995) for the shift against costs.
"""

from __future__ import annotations

from offramp.theory._conditions import (
    require,
    require_discount,
    require_finite,
    require_nonnegative,
    require_probability,
)


def _stream(delta: float) -> float:
    require_discount(delta=delta)
    return 1.0 / (1.0 - delta)


def largest_concession(rising_lock_in_next: float, delta: float) -> float:
    """The most that the rising side can concede from today on: ``B - delta M_R(t + 1)``.

    Arguments: ``rising_lock_in_next`` in pies of the next period; ``delta`` per-period discount
    factor in [0, 1). Raises ``ValueError`` outside that domain. Source: Powell (2004, 2006).
    """
    require_finite(rising_lock_in_next=rising_lock_in_next)
    return _stream(delta) - delta * rising_lock_in_next


def lock_in_excess(declining_lock_in: float, rising_lock_in_next: float, delta: float) -> float:
    """By how much the two lock-ins exceed what there is: ``M_D + delta M_R(t + 1) - B``.

    Positive means that no efficient equilibrium exists; the number (pies of today) is what a third
    party would have to add for peace. Arguments and errors as :func:`largest_concession`, with
    ``declining_lock_in`` in pies of today. Source: Powell (2004, 2006).
    """
    require_finite(declining_lock_in=declining_lock_in)
    return declining_lock_in - largest_concession(rising_lock_in_next, delta)


def shift_causes_war(
    p_now: float, p_next: float, cost_declining: float, cost_rising: float, delta: float
) -> bool:
    """Whether the declining side fights rather than watch its odds fall.

    Arguments: the declining side's probability of winning now and next period; both costs of war
    in pies; ``delta`` in [0, 1). Raises ``ValueError`` outside those domains.
    Source: Powell (2006).
    """
    require_probability(p_now=p_now, p_next=p_next)
    require_nonnegative(cost_declining=cost_declining, cost_rising=cost_rising)
    stream = _stream(delta)
    declining = p_now * stream - cost_declining
    rising = (1.0 - p_next) * stream - cost_rising
    return lock_in_excess(declining, rising, delta) > 0.0


def shift_threshold(p_now: float, cost_declining: float, cost_rising: float, delta: float) -> float:
    """Tomorrow's winning probability of the declining side below which it fights today.

    A value of 0 or less means that no shift, however large, brings war. Arguments as
    :func:`shift_causes_war`, with ``delta`` strictly above 0. Raises ``ValueError`` outside those
    domains. Source: Powell (2006).
    """
    require_probability(p_now=p_now)
    require_nonnegative(cost_declining=cost_declining, cost_rising=cost_rising)
    stream = _stream(delta)
    require(delta > 0.0, "delta must be above 0: without a future no shift matters")
    needed = ((1.0 - p_now) * stream + cost_declining) / (delta * stream)
    return 1.0 - needed - cost_rising / stream


def destruction_shift_threshold(destroyed: float) -> float:
    """Largest shift of power that patient sides survive in peace: ``d / (1 - d)``.

    Arguments: ``destroyed`` fraction of every later pie lost to war, in [0, 1).
    Raises ``ValueError`` outside that domain. Source: Powell (2006), limit of ``delta`` to 1.
    """
    require_discount(destroyed=destroyed)
    return destroyed / (1.0 - destroyed)


def armed_peace_costs_more_than_war(
    arming_1: float, arming_2: float, war_cost: float, delta: float
) -> bool:
    """Whether arming for ever costs more than one war: ``a1 + a2 > (1 - delta) C``.

    Compact version of the costly-peace argument. Arguments: ``arming_i`` in pies per period;
    ``war_cost`` total cost of the war to both sides, in pies; ``delta`` in [0, 1).
    Raises ``ValueError`` outside those domains. Source: Powell (2006).
    """
    require_nonnegative(arming_1=arming_1, arming_2=arming_2, war_cost=war_cost)
    require_discount(delta=delta)
    return arming_1 + arming_2 > (1.0 - delta) * war_cost
