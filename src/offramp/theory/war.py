"""War as a stochastic process: battles move a front until one side has lost everything.

*Gambler's ruin.* ``n`` forts, side 1 holds ``k`` of them, wins each battle with probability ``p``
and takes a fort, else loses one. With ``q = 1 - p`` and ``rho = q / p``::

    P = (1 - rho^k) / (1 - rho^n),     E[battles] = (n P - k) / (p - q)

and ``k / n``, ``k (n - k)`` at ``p = 1/2``. Discounted by ``delta`` per battle, with
``l = (1 +- sqrt(1 - 4 delta^2 p q)) / (2 delta p)``, ``E[delta^tau; 1 wins]`` is
``(l1^k - l2^k) / (l1^n - l2^n)``. At costs ``c1 + c2`` per battle the bargaining range is
``(c1 + c2) E[battles]`` wide: narrowest next to collapse.

*Diffusion limit.* Position ``x`` in ``[0, b]``, drift ``mu`` and variance ``s2`` per unit of time:
``P = (1 - exp(-2 mu x / s2)) / (1 - exp(-2 mu b / s2))``, ``E[T] = (b P - x) / mu``.

*Fight to the finish.* Each period the opponent collapses with probability ``s`` (prize 1), oneself
with probability ``d`` (nothing), fighting costs ``c``: ``V = (s - c) / (1 - delta (1 - s - d))``.
Each period without collapse multiplies the odds of type 1 against type 2 by
``(1 - s1 - d1) / (1 - s2 - d2)``.

*No common prior.* Side i starts from Beta(a_i, b_i) about the chance that side 1 wins a battle;
after ``w`` wins in ``m`` battles its mean is ``(a_i + w) / (a_i + b_i + m)``. With beliefs ``p_1``
and ``p_2`` about side 1's victory the range is ``[p_1 - c1, p_2 + c2]``, empty under enough mutual
optimism.

Sources: Feller (1968), *An Introduction to Probability Theory*, vol. 1, ch. XIV; Smith (1998),
*Journal of Conflict Resolution* 42(3), 301-320; Smith and Stam (2004), *Journal of Conflict
Resolution* 48(6), 783-813; Powell (2004), *American Journal of Political Science* 48(2), 344-361.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from offramp.theory._conditions import (
    require,
    require_finite,
    require_nonnegative,
    require_open_unit,
    require_positive,
    require_probability,
)
from offramp.theory.ultimatum import BargainingRange

DRIFTLESS = 1e-17
"""Below this ``|exponent| * whole`` the win probability is ``part / whole`` to the last bit."""

NEAR_EVEN = 1e-4
"""Below this ``n |log rho|`` the quotient for E[battles] loses digits and a sum replaces it."""

NEAR_DRIFTLESS = 1e-5
"""Below this ``2 |mu| b / s2`` a two-term series in the drift replaces the quotient for E[T]."""


@dataclass(frozen=True, slots=True)
class WarCourse:
    """Probability that side 1 wins, and mean length (battles, or units of time)."""

    win_probability: float
    expected_length: float


def _check_forts(p: float, forts: int, held: int) -> None:
    require_open_unit(p=p)
    require(forts >= 1, f"forts must be at least 1, got {forts!r}")
    require(0 <= held <= forts, f"held must lie in 0..{forts}, got {held!r}")


def _ruin_ratio(exponent: float, part: float, whole: float) -> float:
    """(1 - e^(-exponent part)) / (1 - e^(-exponent whole)) without overflow; part/whole at 0."""
    if abs(exponent) * whole < DRIFTLESS:
        return part / whole
    if exponent < 0.0:
        shrink = math.exp(exponent * (whole - part))
        return shrink * math.expm1(exponent * part) / math.expm1(exponent * whole)
    return math.expm1(-exponent * part) / math.expm1(-exponent * whole)


def gamblers_ruin(p: float, forts: int, held: int) -> WarCourse:
    """Outcome and length of a war fought battle by battle.

    Arguments: ``p`` probability in (0, 1) that side 1 wins a battle; ``forts`` in all, at least 1;
    ``held`` by side 1, 0 to ``forts``. Length in battles. Raises ``ValueError`` otherwise.
    Source: Smith (1998); Feller (1968).
    """
    _check_forts(p, forts, held)
    strength = math.log(p) - math.log1p(-p)
    win = _ruin_ratio(strength, held, forts)
    if held in (0, forts):
        return WarCourse(win, 0.0)
    if abs(strength) * forts >= NEAR_EVEN:
        return WarCourse(win, (forts * win - held) / (2.0 * p - 1.0))
    ladder = [0.0]
    for j in range(forts):
        ladder.append(ladder[-1] + math.exp(-strength * j))
    visits = (
        ladder[min(held, j)] * (ladder[forts] - ladder[max(held, j)]) * math.exp(strength * j)
        for j in range(1, forts)
    )
    return WarCourse(win, math.fsum(visits) / (p * ladder[forts]))


def discounted_victory(p: float, forts: int, held: int, delta: float) -> float:
    """Expected discount factor at victory, zero if side 1 loses: ``E[delta^tau; 1 wins]``.

    Arguments: as :func:`gamblers_ruin`; ``delta`` in (0, 1] per battle.
    Raises ``ValueError`` otherwise. Source: Feller (1968), ch. XIV.
    """
    _check_forts(p, forts, held)
    require(0.0 < delta <= 1.0, f"delta must lie in (0, 1], got {delta!r}")
    if delta == 1.0:
        return gamblers_ruin(p, forts, held).win_probability
    root = math.sqrt(1.0 - 4.0 * delta * delta * p * (1.0 - p))
    larger = (1.0 + root) / (2.0 * delta * p)
    log_ratio = math.log((1.0 + root) / (1.0 - root))
    return larger ** (held - forts) * _ruin_ratio(log_ratio, held, forts)


def settlement_width(p: float, forts: int, held: int, cost_1: float, cost_2: float) -> float:
    """Width of the bargaining range: costs per battle times the battles still expected.

    Arguments: as :func:`gamblers_ruin`; costs per battle at least 0, in shares of the prize.
    Raises ``ValueError`` otherwise. Source: Smith and Stam (2004).
    """
    require_nonnegative(cost_1=cost_1, cost_2=cost_2)
    return (cost_1 + cost_2) * gamblers_ruin(p, forts, held).expected_length


def diffusion_war(drift: float, variance: float, position: float, width: float) -> WarCourse:
    """Outcome and length of a war whose front is a Brownian motion with drift.

    Arguments: ``drift`` and ``variance`` > 0 per unit of time; ``position`` of the front in
    ``[0, width]``; side 1 wins at ``width`` > 0. Length in units of time.
    Raises ``ValueError`` otherwise. Source: limit of Smith (1998).
    """
    require_finite(drift=drift)
    require_positive(variance=variance, width=width)
    require(0.0 <= position <= width, f"position must lie in [0, {width!r}], got {position!r}")
    exponent = 2.0 * drift / variance
    win = _ruin_ratio(exponent, position, width)
    if abs(exponent) * width >= NEAR_DRIFTLESS:
        return WarCourse(win, (width * win - position) / drift)
    left = width - position
    length = position * left / variance * (1.0 + exponent * (width - 2.0 * position) / 6.0)
    return WarCourse(win, length)


def fight_to_finish_value(
    opponent_collapse: float, own_collapse: float, flow_cost: float, delta: float
) -> float:
    """Value of fighting until one side collapses, for a prize of 1.

    Arguments: probabilities per period that the opponent (s) or oneself (d) collapses, s + d <= 1;
    ``flow_cost`` (c) per period in shares of the prize; ``delta`` in [0, 1] per period, and
    ``delta (1 - s - d) < 1``. Raises ``ValueError`` otherwise. Source: Powell (2004), AJPS.
    """
    _check_collapse(opponent_collapse, own_collapse)
    require_nonnegative(flow_cost=flow_cost)
    require_probability(delta=delta)
    survive = delta * (1.0 - opponent_collapse - own_collapse)
    require(survive < 1.0, "the war never ends and is not discounted: its value is not finite")
    return (opponent_collapse - flow_cost) / (1.0 - survive)


def _check_collapse(opponent: float, own: float) -> None:
    require_probability(opponent_collapse=opponent, own_collapse=own)
    require(opponent + own <= 1.0, f"collapse probabilities sum to {opponent + own!r}, above 1")


def stalemate_odds(
    prior_odds: float,
    collapse_1: tuple[float, float],
    collapse_2: tuple[float, float],
    periods: int,
) -> float:
    """Odds of type 1 against type 2 after ``periods`` of war in which nobody collapsed.

    Arguments: ``prior_odds`` at least 0; ``collapse_i`` the pair (opponent collapses, oneself
    collapses) of probabilities per period if type i is true; ``periods`` at least 0.
    Raises ``ValueError`` otherwise, and when type 2 rules out a stalemate.
    Source: Powell (2004), AJPS.
    """
    require_nonnegative(prior_odds=prior_odds)
    _check_collapse(*collapse_1)
    _check_collapse(*collapse_2)
    require(periods >= 0, f"periods must be at least 0, got {periods!r}")
    stay_2 = 1.0 - sum(collapse_2)
    require(stay_2 > 0.0, "type 2 collapses for certain: a stalemate has no finite odds")
    return float(prior_odds * ((1.0 - sum(collapse_1)) / stay_2) ** periods)


def battle_belief(alpha: float, beta: float, wins: int, battles: int) -> float:
    """Mean belief about the chance of winning a battle after a record of battles.

    Arguments: Beta prior parameters above 0; ``wins`` of ``battles``, 0 <= wins <= battles.
    Raises ``ValueError`` otherwise. Source: Smith and Stam (2004).
    """
    require_positive(alpha=alpha, beta=beta)
    require(0 <= wins <= battles, f"wins must lie in 0..{battles}, got {wins!r}")
    return (alpha + wins) / (alpha + beta + battles)


def range_without_common_prior(
    belief_1: float, belief_2: float, c1: float, c2: float
) -> BargainingRange:
    """Deals that both prefer to war when each has its own estimate of side 1's chance to win.

    Arguments: ``belief_i`` side i's probability that *side 1* wins; costs of war at least 0 in
    shares of the pie. Raises ``ValueError`` otherwise. Source: Smith and Stam (2004).
    """
    require_probability(belief_1=belief_1, belief_2=belief_2)
    require_nonnegative(c1=c1, c2=c2)
    return BargainingRange(belief_1 - c1, belief_2 + c2)
