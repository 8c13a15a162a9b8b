"""What pressure is worth: flows of a plan, monthly pain against final terms, the value of a month of war.

*Flows of a plan.* On the hold path (nobody acts) ``s_B(t)`` is the pain that the plan's levers put on B
and ``s_A(t)`` what they cost A, given that nothing is settled: the flows of the game less those of the
same game in which these levers neither hurt nor cost.

*Exchange rate.* A flow s on B for n months is worth ``s (1 - delta_B^n)`` of its stake. On issue m, at
the terms of a contract, that is as much as ``s (1 - delta_B^n) / |dW_B / dx_m|`` of the issue's scale.

*Leverage theorem* (``offramp.theory.leverage_values``; compact version of Merlo and Wilson 1995): with
random proposers, a pie of 1 and common patience delta,
``dv_A = sum_t (1 - delta) delta^t [pi_A s_B(t) - (1 - pi_A) s_A(t)]``. To compare it with the game each
flow is divided by its side's span (from the stalemate to its best deal), delta is the geometric mean of
the two, pi_A is A's share of the initiative, and the result is multiplied by the span again. Its slope for
a flow on B in the first n months is ``pi_A (1 - delta^n) span_A / span_B``.

*A month of war* for B's type theta, against a month of peace on the same line: ``delay_flow + war_bonus
[clock ripe] - war cost (1 + ...)``; for A minus its war cost. Ranges add up the ends of the inputs'
ranges, so they are wide: every input at its worst, or at its best.

Units: own stake; flows as if for ever; one month of a flow u is worth ``(1 - delta) u``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.answers._leverage_levers import levers_used
from offramp.answers._measures import OPEN_REGIMES, Span, hold_path
from offramp.crisis import Crisis, Quantity, override
from offramp.game import compile_game
from offramp.game._plans import pain
from offramp.solution import Solution
from offramp.theory import leverage_values

Floats = NDArray[np.float64]
YEAR = 12
"""Months for which a unit of pain is priced."""
UNIT = 0.10
"""Flow that is priced, in the target's stake."""
STEP = 1e-4
"""Step of the slope of a stake along an issue."""
SIGN_SLACK = 1e-9
"""Net values of war up to this size count as zero."""


@dataclass(frozen=True)
class PlanFlows:
    """Pain on B and own cost of A by month on the hold path, given that nothing is settled."""

    pain: Floats
    own: Floats

    @property
    def any(self) -> bool:
        """Whether the plan presses or costs at all."""
        return bool(self.pain.any() or self.own.any())


def plan_flows(solution: Solution, months: int) -> PlanFlows:
    """Flows of the plan's levers for months 0..months."""
    game = solution.game
    crisis, used = game.crisis, levers_used(game.crisis, game.plan)
    nothing = np.zeros(months + 1)
    if not used:
        return PlanFlows(nothing, nothing)
    changes = {
        f"levers.{key}.{field}": None
        for key in used
        for field in ("cost_to_target", "cost_to_holder")
    }
    bare = compile_game(
        override(crisis, changes),
        game.plan,
        None,
        game.resolution,
        frozen_beliefs=game.grid.frozen is not None,
    )
    path = hold_path(solution, months).chance
    unsettled = game.layout.regime <= OPEN_REGIMES
    mass = np.maximum(path[:, unsettled].sum(1), 1e-300)
    last = months + 1
    hurt = (bare.flow_b[0] - game.flow_b[0])[:last, unsettled]
    paid = (bare.flow_a - game.flow_a)[:last, unsettled]
    weight = path[:, unsettled] / mass[:, None]
    return PlanFlows((weight * hurt).sum(1), (weight * paid).sum(1))


@dataclass(frozen=True)
class Theorem:
    """What the leverage theorem predicts.

    Attributes:
        dv_a: A's gain from the plan's flows, in A's stake; ``dv_b`` B's loss in B's.
        slope_b: dV_A per unit of flow on B for the first ``months``; ``slope_a`` on A.
        recognition: pi_A; ``delta`` the common patience.
    """

    dv_a: float
    dv_b: float
    slope_b: float
    slope_a: float
    recognition: float
    delta: float
    months: int


def theorem_of(solution: Solution, flows: PlanFlows, own: Span, months: int) -> Theorem | None:
    """The theorem's predictions for the plan's flows and for a unit of flow on either side.

    None where a side has nothing to gain, or nobody ever has the initiative.
    """
    game = solution.game
    initiative = game.protocol.recognition.sum(0)
    if math.isnan(own.a) or math.isnan(own.b) or initiative.sum() <= 0:
        return None
    pi = float(initiative[0] / initiative.sum())
    delta = math.sqrt(game.discount[0] * game.discount[1])
    rows = [
        (-float(a) / own.a, -float(b) / own.b) for a, b in zip(flows.own, flows.pain, strict=True)
    ]
    with_flows = leverage_values(rows, (pi, 1.0 - pi), delta)
    weight = 1.0 - delta**months
    return Theorem(
        dv_a=(with_flows[0] - pi) * own.a,
        dv_b=(with_flows[1] - (1.0 - pi)) * own.b,
        slope_b=weight * pi * own.a / own.b,
        slope_a=-weight * (1.0 - pi),
        recognition=pi,
        delta=delta,
        months=months,
    )


@dataclass(frozen=True)
class Rate:
    """What a unit of pain for a year is worth at one patience of the side that feels it."""

    label: str
    delta: float
    worth: float


def exchange_rates(crisis: Crisis, months: int) -> tuple[Rate, ...]:
    """Worth of :data:`UNIT` for some months at B's patience: its low, central and high value."""
    patience = crisis.blocs["B"].patience
    levels = [("low", patience.low), ("central", patience.value), ("high", patience.high)]
    return tuple(
        Rate(label, delta, UNIT * (1.0 - delta**months))
        for label, delta in levels
        if delta is not None
    )


def issue_slopes(solution: Solution, offer: int) -> dict[str, float]:
    """|dW_B / dx_m| of each issue at a contract's terms, towards A's end."""
    game = solution.game
    terms = np.array(game.offers[offer].terms, dtype=float)
    here = float(game.stakes.bloc(game.stakes.plain(terms[None])[:, 0], 1))
    found = {}
    for m, issue in enumerate(game.stakes.issues):
        moved = terms.copy()
        moved[m] -= STEP
        there = float(game.stakes.bloc(game.stakes.plain(moved[None])[:, 0], 1))
        found[issue] = abs(here - there) / STEP
    return found


@dataclass(frozen=True)
class WarMonth:
    """Net flow of war for a side or a type, with the range that its inputs allow, and one month of it."""

    who: str
    side: str
    net: float
    low: float
    high: float
    month: float

    @property
    def sign(self) -> str:
        """What its range says about its sign."""
        if self.low > SIGN_SLACK:
            return "pays"
        if self.high < -SIGN_SLACK:
            return "costs"
        if abs(self.low) <= SIGN_SLACK and abs(self.high) <= SIGN_SLACK:
            return "neither"
        return "either"


def _ends(number: Quantity) -> tuple[float, float, float]:
    low = number.value if number.low is None else number.low
    high = number.value if number.high is None else number.high
    return number.value, low, high


def war_months(solution: Solution) -> tuple[WarMonth, ...]:
    """The war-of-attrition read-out: A, then each type of B, and once its clock is ripe."""
    game = solution.game
    crisis = game.crisis
    delta_a, delta_b = game.discount
    cost, low, high = _ends(crisis.war.cost.A)
    a = crisis.blocs["A"].name
    found = [WarMonth(a, "a", -cost, -high, -low, -(1 - delta_a) * cost)]
    common = crisis.war.cost.B
    for key in game.types:
        kind = crisis.types[key]
        own = _ends(kind.war_cost if kind.war_cost is not None else common)
        more, base = _ends(kind.delay_cost_share), _ends(common)
        price = [x + s * b for x, s, b in zip(own, more, base, strict=True)]
        flow = _ends(kind.delay_flow)
        net = (flow[0] - price[0], flow[1] - price[2], flow[2] - price[1])
        name = kind.name.lower()
        found.append(WarMonth(name, "b", *net, (1 - delta_b) * net[0]))
        if kind.war_bonus.value != 0:
            value, least, most = (x + y for x, y in zip(net, _ends(kind.war_bonus), strict=True))
            ripe = f"{name}, once its clock is ripe"
            found.append(WarMonth(ripe, "b", value, least, most, (1 - delta_b) * value))
    return tuple(found)


@dataclass(frozen=True)
class Leak:
    """Pain of a leaking lever, with the outsider that covers most of it at its low and high."""

    lever: str
    name: str
    low: float
    central: float
    high: float


def backer_of(crisis: Crisis) -> str | None:
    """The outsider on B's side that offsets most, if any."""
    found = {
        key: o.offset.value
        for key, o in crisis.outsiders.items()
        if o.offset is not None and o.leans == "B"
    }
    return max(found, key=lambda key: found[key]) if found else None


def backer_levels(crisis: Crisis, backer: str) -> tuple[float, float, float]:
    """Central, low and high share that a backer offsets."""
    offset = crisis.outsiders[backer].offset
    assert offset is not None
    return _ends(offset)


def leaks_of(crisis: Crisis, backer: str) -> tuple[Leak, ...]:
    """Every lever that leaks, at the backer's low, central and high offset."""
    central, low, high = backer_levels(crisis, backer)
    found = []
    for key, lever in crisis.levers.items():
        if not lever.leaks or pain(crisis, lever) <= 0:
            continue
        at = [
            pain(override(crisis, {f"outsiders.{backer}.offset": level}), lever)
            for level in (low, central, high)
        ]
        found.append(Leak(key, lever.name, *at))
    return tuple(found)
