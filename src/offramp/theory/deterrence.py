"""Deterrence: how credible a threat must be, and what it is worth when types are private.

*Critical credibility.* A challenger compares the status quo (``SQ``) with challenging, which ends
in the defender's concession (``DC``) or in conflict (``DD``). It stays quiet when the probability
of resistance is at least ``(DC - SQ) / (DC - DD)``. With gain ``G`` and loss ``L`` relative to the
status quo this is ``G / (G + L)`` when resistance forfeits the gain, and ``G / L`` when the gain
is kept and the loss comes on top.

*Unilateral deterrence game.* The challenger is hard with probability ``p_Ch``, the defender with
``p_Def``; each knows its own type. The challenger initiates or leaves the status quo (SQ); the
defender concedes (DC) or resists; the challenger then presses on to conflict (DD) or backs down
(CD). ``c`` marks the challenger's payoffs, ``d`` the defender's, ``+`` hard and ``-`` soft types.
A hard challenger presses, a soft one backs down; a hard defender always resists. Thresholds::

    c_s = (cDC - cSQ) / (cDC - cCD)      resistance that deters a soft challenger
    c_t = (cDC - cSQ) / (cDC - cDD+)     resistance that deters a hard challenger
    d_n = (dCD - dDC) / (dCD - dDD-)     odds of a hard challenger that make a soft defender yield

* ``p_Def >= c_t``: certain deterrence, nobody initiates.
* ``c_s <= p_Def < c_t``: separation, hard challengers initiate, soft defenders yield to them.
* ``p_Def < c_s``, ``p_Ch >= d_n``: attack, everybody initiates and soft defenders yield.
* ``p_Def < c_s``, ``p_Ch < d_n``: bluff. Soft challengers initiate with probability
  ``p_Ch (1 - d_n) / ((1 - p_Ch) d_n)``, soft defenders resist with
  ``(c_s - p_Def) / (1 - p_Def)``.

These are perfect Bayesian equilibria, not all of them: the belief that any challenger is soft,
which play never tests, supports a further deterrence equilibrium in the last three regions, as
a hard challenger, too, prefers the status quo to conflict.

*Logit play.* Every agent of every type, the challenger's second move included, chooses by a logit
of precision ``lambda`` (per payoff unit) at Bayesian beliefs. The fixed point is unique: a stronger
belief that an initiator is hard lowers resistance, which raises the initiation log-odds of soft
types by more than those of hard types, so the posterior log-odds implied by a belief fall in it and
cross it once.

Sources: Zagare and Kilgour (1993), *International Studies Quarterly* 37(1), 1-27; Zagare and
Kilgour (2000), *Perfect Deterrence*; McKelvey and Palfrey (1998), *Experimental Economics* 1(1),
9-41. The region list is a compact version.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from offramp.theory._conditions import (
    require,
    require_finite,
    require_nonnegative,
    require_open_unit,
    require_positive,
    require_probability,
)

ROOT_TOLERANCE = 1e-14
"""Absolute tolerance of the posterior log-odds at the logit fixed point."""


def critical_credibility(concession: float, status_quo: float, conflict: float) -> float:
    """Probability of resistance at and above which a challenge is deterred.

    Arguments: the challenger's payoffs with ``concession > status_quo`` and ``concession >
    conflict``. Above 1: no threat deters, since conflict beats the status quo. Raises
    ``ValueError`` otherwise. Source: Zagare and Kilgour (2000).
    """
    require_finite(concession=concession, status_quo=status_quo, conflict=conflict)
    require(concession > status_quo, "concession must exceed status_quo: else nothing to deter")
    require(concession > conflict, "concession must exceed conflict: else resistance is no threat")
    return (concession - status_quo) / (concession - conflict)


def deterrent_probability(gain: float, loss: float, gain_kept: bool) -> float:
    """Probability of punishment at and above which a challenge is deterred.

    Arguments: ``gain`` of an unpunished challenge and ``loss`` by punishment, relative to the
    status quo, both above 0 and in one unit; ``gain_kept`` whether the gain survives punishment.
    The result exceeds 1 when the gain is kept and outweighs the loss: nothing deters.
    Raises ``ValueError`` otherwise. Source: Zagare and Kilgour (2000).
    """
    require_positive(gain=gain, loss=loss)
    return gain / loss if gain_kept else gain / (gain + loss)


def attacks(concession: float, status_quo: float, conflict: float, hard_defender: float) -> bool:
    """Whether a challenger attacks a defender that resists if hard and yields if soft.

    Rudimentary asymmetric deterrence. Arguments: the challenger's payoffs with ``conflict <
    status_quo < concession``; ``hard_defender`` in [0, 1]. Raises ``ValueError`` otherwise.
    Source: Zagare and Kilgour (2000), appendix.
    """
    require(conflict < status_quo, "conflict must be worse than the status quo for the challenger")
    require_probability(hard_defender=hard_defender)
    return hard_defender < critical_credibility(concession, status_quo, conflict)


@dataclass(frozen=True, slots=True)
class DeterrencePayoffs:
    """Payoffs of the unilateral deterrence game, any unit per player.

    Challenger ``c_dc > c_sq > c_dd_hard > c_cd > c_dd_soft``; defender ``d_cd > d_dd_hard > d_dc >
    d_dd_soft``. Raises ``ValueError`` if an order fails. Source: Zagare and Kilgour (2000).
    """

    c_dc: float
    c_sq: float
    c_dd_hard: float
    c_cd: float
    c_dd_soft: float
    d_cd: float
    d_dd_hard: float
    d_dc: float
    d_dd_soft: float

    def __post_init__(self) -> None:
        require(
            self.c_dc > self.c_sq > self.c_dd_hard > self.c_cd > self.c_dd_soft,
            "the challenger's payoffs must fall: c_dc, c_sq, c_dd_hard, c_cd, c_dd_soft",
        )
        require(
            self.d_cd > self.d_dd_hard > self.d_dc > self.d_dd_soft,
            "the defender's payoffs must fall: d_cd, d_dd_hard, d_dc, d_dd_soft",
        )


Region = Literal["deterrence", "separation", "attack", "bluff"]
"""Which equilibrium of the unilateral deterrence game applies."""


@dataclass(frozen=True, slots=True)
class DeterrenceEquilibrium:
    """Thresholds and play: probabilities to initiate (challenger) and to resist (defender)."""

    region: Region
    c_s: float
    c_t: float
    d_n: float
    hard_initiates: float
    soft_initiates: float
    hard_resists: float
    soft_resists: float


def unilateral_deterrence(
    payoffs: DeterrencePayoffs, hard_challenger: float, hard_defender: float
) -> DeterrenceEquilibrium:
    """The textbook equilibrium of the unilateral deterrence game.

    Arguments: ``payoffs``; probabilities in (0, 1) that challenger and defender are hard. Where
    nobody initiates, soft defenders are reported to resist, as they do against an intruder that
    they think to be hard with the prior probability, unless that prior is ``d_n`` or more.
    Raises ``ValueError`` for probabilities outside (0, 1). Source: Zagare and Kilgour (2000).
    """
    require_open_unit(hard_challenger=hard_challenger, hard_defender=hard_defender)
    c_s = critical_credibility(payoffs.c_dc, payoffs.c_sq, payoffs.c_cd)
    c_t = critical_credibility(payoffs.c_dc, payoffs.c_sq, payoffs.c_dd_hard)
    d_n = (payoffs.d_cd - payoffs.d_dc) / (payoffs.d_cd - payoffs.d_dd_soft)

    def play(region: Region, hard: float, soft: float, resists: float) -> DeterrenceEquilibrium:
        return DeterrenceEquilibrium(region, c_s, c_t, d_n, hard, soft, 1.0, resists)

    if hard_defender >= c_t:
        return play("deterrence", 0.0, 0.0, 1.0 if hard_challenger < d_n else 0.0)
    if hard_defender >= c_s:
        return play("separation", 1.0, 0.0, 0.0)
    if hard_challenger >= d_n:
        return play("attack", 1.0, 1.0, 0.0)
    bluff = hard_challenger * (1.0 - d_n) / ((1.0 - hard_challenger) * d_n)
    return play("bluff", 1.0, bluff, (c_s - hard_defender) / (1.0 - hard_defender))


@dataclass(frozen=True, slots=True)
class DeterrencePlay:
    """Logit play of each type, in probabilities, and the residual of the posterior log-odds."""

    hard_initiates: float
    soft_initiates: float
    hard_resists: float
    soft_resists: float
    residual: float


def _logistic(z: float) -> float:
    if z >= 0.0:
        return 1.0 / (1.0 + math.exp(-z))
    grown = math.exp(z)
    return grown / (1.0 + grown)


def _log_logistic(z: float) -> float:
    return -math.log1p(math.exp(-z)) if z >= 0.0 else z - math.log1p(math.exp(z))


def logit_deterrence(
    payoffs: DeterrencePayoffs, hard_challenger: float, hard_defender: float, precision: float
) -> DeterrencePlay:
    """Logit play of the unilateral deterrence game.

    Arguments: as :func:`unilateral_deterrence`; ``precision`` at least 0, per payoff unit.
    Raises ``ValueError`` otherwise. Source: McKelvey and Palfrey (1998).
    """
    require_open_unit(hard_challenger=hard_challenger, hard_defender=hard_defender)
    require_nonnegative(precision=precision)
    from scipy.optimize import brentq

    u = payoffs
    prior = math.log(hard_challenger) - math.log1p(-hard_challenger)
    presses_hard = _logistic(precision * (u.c_dd_hard - u.c_cd))
    presses_soft = _logistic(precision * (u.c_dd_soft - u.c_cd))
    end_hard = presses_hard * u.c_dd_hard + (1.0 - presses_hard) * u.c_cd
    end_soft = presses_soft * u.c_dd_soft + (1.0 - presses_soft) * u.c_cd

    def margins(belief: float) -> tuple[float, float, float, float]:
        """Log-odds of initiating (hard, soft) and of resisting (hard, soft) at this belief."""
        pressed = belief * presses_hard + (1.0 - belief) * presses_soft
        resist_hard = precision * (pressed * u.d_dd_hard + (1.0 - pressed) * u.d_cd - u.d_dc)
        resist_soft = precision * (pressed * u.d_dd_soft + (1.0 - pressed) * u.d_cd - u.d_dc)
        resisted = hard_defender * _logistic(resist_hard)
        resisted += (1.0 - hard_defender) * _logistic(resist_soft)
        start_hard = precision * ((1.0 - resisted) * u.c_dc + resisted * end_hard - u.c_sq)
        start_soft = precision * ((1.0 - resisted) * u.c_dc + resisted * end_soft - u.c_sq)
        return start_hard, start_soft, resist_hard, resist_soft

    def implied(belief: float) -> float:
        """Posterior log-odds of a hard initiator when play answers this belief."""
        start_hard, start_soft, _, _ = margins(belief)
        return prior + _log_logistic(start_hard) - _log_logistic(start_soft)

    lowest, highest = implied(1.0), implied(0.0)
    log_odds = float(
        brentq(
            lambda x: x - implied(_logistic(x)), lowest - 1.0, highest + 1.0, xtol=ROOT_TOLERANCE
        )
    )
    residual = abs(log_odds - implied(_logistic(log_odds)))
    chances = [_logistic(z) for z in margins(_logistic(log_odds))]
    return DeterrencePlay(chances[0], chances[1], chances[2], chances[3], residual)
