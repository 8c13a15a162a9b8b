"""Publics that punish backing down, and signals that cost.

*Crisis as a race of audience costs.* Two sides want a prize, ``v_i`` to side i. Whoever quits at
time ``t`` pays ``a_i t`` to its audience. War is worth ``w_i``, private, uniform on ``[-C_i, 0]``.
``Q_i(t)`` is the probability that i has quit by ``t``. A side that means to quit later must be
indifferent about when, which makes ``(1 - Q_i(t)) (v_j + a_j t)`` constant. At the horizon ``t*``
only sides remain for whom war is better than paying, ``1 - Q_i(t*) = a_i t* / C_i``, and nobody
quits any more. With ``t_i`` the solution of ``a_i t / C_i = v_j / (v_j + a_j t)``,
``t* = min(t_1, t_2)``; the side with the later ``t_i`` quits at once with the probability::

    1 - a_i t* (v_j + a_j t*) / (C_i v_j)

War occurs with probability ``(1 - Q_1(t*)) (1 - Q_2(t*))``.

*Tied hands and sunk costs.* A challenger is with probability ``r`` one that challenges whatever
happens; otherwise it challenges only a defender that sends no signal. The defender values the prize
at ``v ~ U[0, V]``, wins if it fights, and pays ``c`` for fighting. A signal that ties hands is a
cost ``m`` paid only on backing down; a sunk cost ``m`` is paid at once. Signals that no weaker type
wants to imitate cost ``m* = (1 - r) c`` in both cases. Tying: types ``v >= r c`` signal and war has
probability ``r (1 - F(r c))``. Sinking: types ``v >= c`` signal, war has ``r (1 - F(c))``. Tied
hands pay better on average and bring more war.

Units: prize, costs and war values in one unit; audience costs per unit of time.

Sources: Fearon (1994), *American Political Science Review* 88(3), 577-592; Fearon (1997), *Journal
of Conflict Resolution* 41(1), 68-90. Both are compact versions: uniform types, linear costs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from offramp.theory._conditions import require, require_positive, require_probability


@dataclass(frozen=True, slots=True)
class AudienceRace:
    """The race of audience costs; pairs are (side 1, side 2).

    ``horizon``: the time after which nobody quits. ``stand``: probability of never quitting.
    ``quits_at_once``: probability of quitting at time 0. ``backs_down``: probability of being the
    one that quits. ``war``: probability of war. ``bluff_value``: expected payoff of a side that
    will quit in the end, the same at every quitting time.
    """

    horizon: float
    stand: tuple[float, float]
    quits_at_once: tuple[float, float]
    backs_down: tuple[float, float]
    war: float
    bluff_value: tuple[float, float]


def _own_horizon(cost: float, rival_cost: float, worst_war: float, rival_prize: float) -> float:
    """Positive root of a_i t (v_j + a_j t) = C_i v_j, written without cancellation."""
    linear = cost * rival_prize
    constant = worst_war * rival_prize
    return 2.0 * constant / (linear + math.sqrt(linear**2 + 4.0 * cost * rival_cost * constant))


def audience_race(
    audience_cost: tuple[float, float],
    worst_war: tuple[float, float] = (1.0, 1.0),
    prize: tuple[float, float] = (1.0, 1.0),
) -> AudienceRace:
    """Equilibrium of the race of audience costs.

    Compact version of Fearon (1994). Arguments, each a pair: ``audience_cost`` a_i per unit of
    time; ``worst_war`` C_i, war values being uniform on [-C_i, 0]; ``prize`` v_i. All above 0.
    Raises ``ValueError`` otherwise.
    """
    for i in (0, 1):
        require_positive(audience_cost=audience_cost[i], worst_war=worst_war[i], prize=prize[i])
    from scipy.integrate import quad

    own = [
        _own_horizon(audience_cost[i], audience_cost[1 - i], worst_war[i], prize[1 - i])
        for i in (0, 1)
    ]
    horizon = min(own)
    growth = tuple(audience_cost[i] / prize[i] for i in (0, 1))
    stand = (audience_cost[0] * horizon / worst_war[0], audience_cost[1] * horizon / worst_war[1])
    start = [
        1.0 if own[i] == horizon else stand[i] * (1.0 + growth[1 - i] * horizon) for i in (0, 1)
    ]

    def quits(i: int) -> float:
        """Probability that i quits after time 0 while j still stands."""
        j = 1 - i
        scale = start[0] * start[1] * growth[j]
        total, _ = quad(
            lambda t: scale / ((1.0 + growth[i] * t) * (1.0 + growth[j] * t) ** 2),
            0.0,
            horizon,
            epsabs=1e-14,
            epsrel=1e-12,
        )
        return float(total)

    atoms = (1.0 - start[0], 1.0 - start[1])
    return AudienceRace(
        horizon=horizon,
        stand=stand,
        quits_at_once=atoms,
        backs_down=(atoms[0] + quits(0), atoms[1] + quits(1)),
        war=stand[0] * stand[1],
        bluff_value=(atoms[1] * prize[0], atoms[0] * prize[1]),
    )


@dataclass(frozen=True, slots=True)
class CostlySignal:
    """A separating signal: its cost, the lowest type that sends it, and what follows.

    ``war`` is a probability; ``mean_payoff`` is the defender's, averaged over its types.
    """

    cost: float
    lowest_signaller: float
    war: float
    mean_payoff: float


def _check_signal(reckless: float, fight_cost: float, highest: float) -> None:
    require_probability(reckless=reckless)
    require_positive(fight_cost=fight_cost, highest=highest)
    require(
        fight_cost < highest,
        f"fight_cost must be below the highest type, got {fight_cost!r} and {highest!r}",
    )


def _signal(reckless: float, fight_cost: float, highest: float, lowest: float) -> CostlySignal:
    share = (highest - lowest) / highest
    return CostlySignal(
        cost=(1.0 - reckless) * fight_cost,
        lowest_signaller=lowest,
        war=reckless * share,
        mean_payoff=share * (highest - lowest) / 2.0,
    )


def tie_hands(reckless: float, fight_cost: float, highest: float = 1.0) -> CostlySignal:
    """The signal that costs only if its sender backs down.

    Compact version of Fearon (1997). Arguments: ``reckless`` (r) probability that the challenger
    challenges regardless; ``fight_cost`` (c) of the defender; ``highest`` (V) of its values,
    uniform on [0, V], with c < V. Raises ``ValueError`` otherwise.
    """
    _check_signal(reckless, fight_cost, highest)
    return _signal(reckless, fight_cost, highest, reckless * fight_cost)


def sink_costs(reckless: float, fight_cost: float, highest: float = 1.0) -> CostlySignal:
    """The signal whose cost is paid whatever happens.

    Compact version of Fearon (1997). Arguments and errors as :func:`tie_hands`.
    """
    _check_signal(reckless, fight_cost, highest)
    return _signal(reckless, fight_cost, highest, fight_cost)
