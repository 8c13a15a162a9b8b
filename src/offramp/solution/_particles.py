"""What a forward pass carries and what it brings: particles, running sums, and the futures they add up to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


LIGHT = 1e-5
"""Particles lighter than this share one particle per state (their mass and mean belief are kept)."""
REACHED = 1e-6
"""Nodes reached with more probability than this count for the largest residual."""


@dataclass(frozen=True)
class Cloud:
    """Particles at one date: states, beliefs (n, types), masses, and whether a deal was signed."""

    state: Ints
    belief: Floats
    mass: Floats
    signed: NDArray[np.bool_]


@dataclass(frozen=True)
class Heavy:
    """The heaviest active particles of a round: month, rows in the act tables, beliefs, masses."""

    month: int
    rows: Ints
    belief: Floats
    mass: Floats


@dataclass(frozen=True)
class Futures:
    """The exact distribution over public histories, summarised by month.

    Attributes:
        regime: Probability of each regime at the start of month t, (months+1, 8).
        regime_by_type: The same given B's type, (types, months+1, 8).
        settled_on: Probability of being in a settlement on each offer, (months+1, offers).
        first_deal: Probability that the first settlement has been signed by month t, (months+1,).
        acts: Probability of each act in month t, (months, acts).
        signed: Probability that each offer is signed in month t, (months, offers).
        belief: Mean belief given true type, (months+1, true type, type).
        position, tier, node: Joint probabilities with still being open, (months+1, ...).
        flow_a, flow_voice, flow_b: Expected flows by month (A; voices of A; B by type given type).
        value_a, value_b: Expected values of A (months+1,) and of B's types (types, months+1) given
            that nothing is settled or over.
        mass_error, martingale_error: Largest departures from conservation.
        residual_seen: Largest residual at nodes with mass above 1e-6; ``unsolved_mass`` the
            mass-weighted share of nodes above tolerance.
        particles: Largest number of particles held.
        martingale_by_type: Largest departure of each type's mass from its prior.
        regret_a, regret_b: What noise costs on the path of play: expected gain, summed over the rounds
            and not discounted, from playing the best act instead of the logit mixture, policies and
            beliefs given (stake units; B's over its types).
        heavy: The heaviest places at which each round of the shown months is played.
    """

    regime: Floats
    regime_by_type: Floats
    settled_on: Floats
    first_deal: Floats
    acts: Floats
    signed: Floats
    belief: Floats
    position: Floats
    tier: Floats
    node: Floats
    flow_a: Floats
    flow_voice: Floats
    flow_b: Floats
    value_a: Floats
    value_b: Floats
    mass_error: float
    martingale_error: float
    residual_seen: float
    unsolved_mass: float
    particles: int
    martingale_by_type: tuple[float, ...] = ()
    regret_a: float = 0.0
    regret_b: float = 0.0
    heavy: tuple[Heavy, ...] = ()


@dataclass
class Tally:
    """What the rounds add up: acts and signatures by month, regrets, typed nodes looked at.

    ``spread`` is E[mu mu'] so far, (types, types).
    """

    acts: Floats
    signed: Floats
    regrets: Floats
    spread: Floats
    worst: float = 0.0
    unsolved: float = 0.0
    looked: float = 0.0

    def note(self, residual: Floats, mass: Floats, tolerance: float) -> None:
        """Residuals of nodes reached with ``mass``."""
        self.worst = max(self.worst, float(residual[mass > REACHED].max(initial=0.0)))
        self.unsolved += float(mass[residual > tolerance].sum())
        self.looked += float(mass.sum())
