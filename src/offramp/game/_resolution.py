"""How finely a crisis is cut into a game.

A resolution sets the grids on which continuous things live: battlefield positions, the belief
simplex, offers on the Pareto frontier, phases of a plan's ramp, and how often the negotiation
nodes are solved. Rates, hazards and prior weights scale with these choices, so a finer grid
approximates the same crisis rather than another one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Resolution:
    """Grid sizes of a compiled game.

    Attributes:
        name: What results call it.
        position_factor: Lattice steps per step of the crisis file (diffusion-matched).
        belief_steps: Steps per edge of the belief simplex for two types and for three or more.
        offers: Points on the Pareto frontier.
        tiers: Most coalition tiers kept.
        phases: Phases of a ramp that starts at a random date.
        rungs: Rungs above the base that can be reached.
        solve_every: Months between solved negotiation nodes, at most the mean round spacing.
        particle_steps: Steps per edge of the belief cells in which forward particles merge.
    """

    name: str
    position_factor: int
    belief_steps: tuple[int, int]
    offers: int
    tiers: int
    phases: int
    rungs: int
    solve_every: float
    particle_steps: int

    def with_(self, **changes: int | float | str | tuple[int, int]) -> Resolution:
        """A copy with other grid sizes; named ``custom`` unless a name is given."""
        return replace(self, **({"name": f"{self.name}*"} | changes))  # type: ignore[arg-type]


SKETCH = Resolution("sketch", 1, (6, 1), 6, 3, 1, 1, 3.0, 2)
"""For ensembles and inner loops: the offers, tiers and rungs of a draft, for they move results; coarse
beliefs and rare rounds, which scarcely do (``benchmarks/ensembles.py`` measures it)."""
DRAFT = Resolution("draft", 1, (10, 4), 6, 3, 2, 1, 1.0, 6)
STANDARD = Resolution("standard", 2, (20, 6), 11, 3, 3, 1, 1.0, 8)
FINE = Resolution("fine", 3, (20, 10), 15, 3, 4, 1, 1.0, 12)
RESOLUTIONS = {r.name: r for r in (SKETCH, DRAFT, STANDARD, FINE)}


def named(resolution: str | Resolution) -> Resolution:
    """Look a resolution up by name.

    Raises:
        ValueError: for an unknown name.
    """
    if isinstance(resolution, Resolution):
        return resolution
    if resolution not in RESOLUTIONS:
        raise ValueError(
            f"unknown resolution {resolution!r}; choose one of {', '.join(RESOLUTIONS)}"
        )
    return RESOLUTIONS[resolution]
