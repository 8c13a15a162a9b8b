"""What the deterrence answer finds, gathered in one place, and the reciprocal threat.

*Reciprocal threat.* A says in advance that a step up will be matched. With benefit g, extra cost L and
execution probability c, both relative to not stepping, the step is deterred when ``c >= g / (g + L)`` if the
match takes the benefit away, and when ``c >= g / L`` if the benefit is kept
(:func:`offramp.theory.deterrent_probability`). g is B's gain of the step in the solved game, L what the levers
that the threat would switch on cost B while they stay on, c the file's credibility of A's threats; each can be
given instead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.answers._deter_force import Backstop, Link, Losses, Tolerance
from offramp.answers._deter_guarantee import Engagement, Hold, Incidents
from offramp.answers._deter_reserve import Reserve
from offramp.answers._deter_risk import Exposure, PlanRisk, Reach
from offramp.answers._deter_steps import NextStep
from offramp.crisis import Crisis
from offramp.game._plans import pain
from offramp.theory import deterrent_probability

Floats = NDArray[np.float64]

COSTS = (0.005, 0.01, 0.02, 0.05, 0.10)
"""Sizes of threat shown, shares of B's stake."""
CREDIBILITIES = (0.1, 0.25, 0.5, 0.75, 1.0)
"""Chances shown that a threat is carried out."""


@dataclass(frozen=True)
class Threat:
    """A threat against B's next step.

    Attributes:
        lever: Lever that makes the threat, if the file has one; ``name`` what it is called.
        benefit: What the step brings, by type (stake); ``given`` if the caller said so.
        cost: What carrying it out costs B (stake); None if nobody says.
        credibility: Chance that it is carried out.
        critical: Least credibility that deters, by type, if the match takes the benefit away; None
            where there is no benefit to deter.
        critical_kept: The same if the benefit is kept; above 1 where no threat of that size deters.
    """

    lever: str | None
    name: str
    benefit: Floats
    given: bool
    cost: float | None
    credibility: float
    critical: tuple[float | None, ...]
    critical_kept: tuple[float | None, ...]

    @property
    def expected(self) -> float | None:
        """Expected cost c L."""
        return None if self.cost is None else self.cost * self.credibility

    def deters(self, j: int) -> bool | None:
        """Whether type j is deterred; None if no size of threat is known."""
        needed = self.critical[j]
        if needed is None:
            return True
        return None if self.cost is None else self.credibility >= needed


def threat_of(
    crisis: Crisis,
    gain: Floats,
    benefit: float | None,
    cost: float | None,
    credibility: float | None,
) -> Threat:
    """The file's reciprocal threat, or the one given.

    Raises:
        ValueError: for a cost that is not positive or a credibility outside [0, 1].
    """
    if cost is not None and not cost > 0:
        raise ValueError(f"the cost of a threat must be positive; got {cost:g}")
    if credibility is not None and not 0 <= credibility <= 1:
        raise ValueError(f"credibility is a chance between 0 and 1; got {credibility:g}")
    key = next((k for k, x in crisis.levers.items() if _matches(crisis, k) and x.executes), None)
    size = cost
    if size is None and key is not None:
        matched = sum(pain(crisis, crisis.levers[x]) for x in crisis.levers[key].executes)
        size = matched if matched > 0 else None
    chance = crisis.blocs["A"].threat_credibility.value if credibility is None else credibility
    brings = gain if benefit is None else np.full(len(gain), benefit)

    def needed(kept: bool) -> tuple[float | None, ...]:
        return tuple(
            None if g <= 0 else (
                deterrent_probability(float(g), size, kept) if size is not None else None
            )
            for g in brings
        )  # fmt: skip

    return Threat(
        key,
        crisis.levers[key].name if key is not None else "a threat of that size",
        brings,
        benefit is not None,
        size,
        chance,
        needed(False),
        needed(True),
    )


def _matches(crisis: Crisis, key: str) -> bool:
    lever = crisis.levers[key]
    mine = {
        "A",
        *crisis.blocs["A"].voices,
        *(k for k, m in crisis.members.items() if m.bloc == "A"),
    }
    return lever.kind == "threat" and lever.holder in mine


@dataclass(frozen=True)
class Standing:
    """A threat that stands for good, the game solved again: before and after.

    Attributes:
        cost: Expected cost of every step (stake).
        steps: Expected number of steps by B by the month read.
        disaster, settled: Chances by (at) that month.
        value_a, value_b: Values at the start (B's over its types).
    """

    cost: float
    steps: tuple[float, float]
    disaster: tuple[float, float]
    settled: tuple[float, float]
    value_a: tuple[float, float]
    value_b: tuple[float, float]


@dataclass(frozen=True)
class Found:
    """Everything the deterrence answer has found; what does not apply is None or empty.

    Attributes:
        month: Month at which figures are read.
        surface: Chance of a step in a coming round, over types, by cost and credibility.
        halves: Expected cost at which that chance halves.
        moved: What the grid of repeated solves moves: V_A at the start and P(disaster); None if none.
        later: Chance of a step given the initiative, by month and type; ``months`` which.
    """

    month: int
    cap: float
    step: NextStep | None
    threat: Threat | None
    surface: Floats
    halves: float | None
    months: tuple[int, ...]
    later: Floats
    standing: Standing | None
    risk: Exposure
    moved: tuple[float, float] | None
    plans: tuple[PlanRisk, ...]
    reach: Reach | None
    holds: tuple[Hold, ...]
    pledge: Hold | None
    engagements: tuple[Engagement, ...]
    incidents: Incidents | None
    backstop: Backstop | None
    link: Link | None
    losses: Losses | None
    tolerance: Tolerance | None
    reserves: tuple[Reserve, ...]
