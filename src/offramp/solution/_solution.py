"""A solved game: values, the distribution over futures, and a certificate.

``solve`` is the front door, for compiled games and for games given as tables;
:mod:`offramp.solution._certificate` says what a certificate holds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, overload

import numpy as np
from numpy.typing import NDArray

from offramp.game import Game
from offramp.game._states import CEASEFIRE, DISASTER, SETTLED, WAR
from offramp.game._tables import TableGame
from offramp.solution._certificate import Certificate, Headline
from offramp.solution._forward import propagate
from offramp.solution._induction import Progress, Values, induce
from offramp.solution._nodes import Continuation, at_beliefs
from offramp.solution._particles import Futures
from offramp.solution.kernels import Kernel

if TYPE_CHECKING:
    from offramp.solution._multiplicity import Probe
    from offramp.solution._table_solution import TableSolution

Floats = NDArray[np.float64]

DEFAULT_PRECISION = 8.0
"""kappa per negotiation round."""
Mode = Literal["logit", "exact"]


@dataclass(frozen=True, repr=False)
class Solution:
    """Values and futures of one game at one precision."""

    game: Game
    precision: float
    mode: str
    values: Values
    futures: Futures

    def __repr__(self) -> str:
        return f"<Solution of {self.game!r}, {self.mode}, precision {self.precision:g}>"

    @property
    def kernel(self) -> str:
        """Which code computed it, ``numba`` or ``numpy``."""
        return self.values.kernel

    @cached_property
    def opening_a(self) -> float:
        """A's value at the start, expected over B's types (stake units)."""
        return float(self._opening(self.values.a) @ self.game.opening)

    @cached_property
    def opening_b(self) -> tuple[float, ...]:
        """B's value at the start by type (stake units)."""
        return tuple(float(v) for v in self._opening(self.values.b))

    def _opening(self, table: Floats) -> Floats:
        start = np.array([self.game.start])
        return at_beliefs(self.game, table[0], start, self.game.opening[None])[:, 0]

    def headline(self, month: int = 12) -> Headline:
        """Headline numbers at a month (at most the shown horizon)."""
        t = min(month, self.game.shown)
        regime = self.futures.regime[t]
        return Headline(
            t,
            self.opening_a,
            self.opening_b,
            float(regime[SETTLED]),
            float(regime[WAR]),
            float(regime[CEASEFIRE]),
            float(regime[DISASTER]),
        )

    def continuation(self, month: int) -> Continuation:
        """C of every state in a month."""
        from offramp.solution._induction import continuation

        return continuation(self.game, month, self.values.a[month + 1], self.values.b[month + 1])

    @cached_property
    def several(self) -> Probe | None:
        """A probe for choices with several solutions on the path of play (logit only)."""
        from offramp.solution._several import several_at

        return several_at(self.game, self.values, self.futures.heavy)

    @cached_property
    def certificate(self) -> Certificate:
        """What this solve shows by itself; see :func:`certify` for refinement checks."""
        f, game, exact = self.futures, self.game, self.mode == "exact"
        noise_a, noise_b = (1.0 / x for x in self.values.precision)
        return Certificate(
            mode=self.mode,
            kernel=self.kernel,
            resolution=game.resolution.name,
            precision=self.precision,
            residual=f.residual_seen,
            unsolved=f.unsolved_mass,
            several=0.0,
            several_probed=0,
            mass_error=f.mass_error,
            martingale=f.martingale_by_type or (f.martingale_error,) * len(game.types),
            regret=None if exact else (f.regret_a, f.regret_b),
            noise=(noise_a, noise_b),
            sides=(game.crisis.blocs["A"].name, game.crisis.blocs["B"].name),
            types=tuple(game.crisis.types[t].name.lower() for t in game.types),
        )


@overload
def solve(
    game: Game,
    precision: float | None = None,
    mode: Mode | None = None,
    progress: Progress | None = None,
    kernel: Kernel = "auto",
) -> Solution: ...


@overload
def solve(
    game: TableGame,
    precision: float | tuple[float, float] | None = None,
    mode: Mode | None = None,
    progress: Progress | None = None,
    kernel: Kernel = "auto",
) -> TableSolution: ...


def solve(
    game: Game | TableGame,
    precision: float | tuple[float, float] | None = None,
    mode: Mode | None = None,
    progress: Progress | None = None,
    kernel: Kernel = "auto",
) -> Solution | TableSolution:
    """Solve a game.

    Args:
        game: The compiled game, or one given as tables.
        precision: Of a compiled game: kappa per negotiation round in logit mode (left out:
            DEFAULT_PRECISION). Of a table game: lambda per payoff unit, common or (A, B) (left out:
            best responses); :func:`solve_tables` takes kappa, too.
        mode: ``logit``: quantal response; ``exact``: best responses with continuous threshold
            offers, for complete information and one-shot screening. Left out: logit for a compiled
            game, what the precision says for a table game.
        progress: Told (months done, months in all) while solving backwards; table games are too
            small to tell.
        kernel: What computes a logit solution of a compiled game: ``numpy`` the plain code, ``numba``
            the compiled one, ``auto`` the compiled one where it pays. Everything else is plain code.

    Raises:
        ValueError: for a precision that is not positive, an exact mode where it is not defined, and
            a kernel that does not cover the game.
    """
    if mode not in (None, "logit", "exact"):
        raise ValueError(f"unknown mode {mode!r}; choose 'logit' or 'exact'")
    tables = isinstance(game, TableGame)
    if (tables or mode == "exact") and kernel not in ("auto", "numpy"):
        raise ValueError(
            f"{'table games' if tables else 'exact solutions'} have no {kernel} kernel; leave `kernel` "
            "out or ask for 'numpy'"
        )
    if isinstance(game, TableGame):
        from offramp.solution._tables import solve_tables

        return solve_tables(game, math.inf if precision is None else precision, mode)
    if isinstance(precision, tuple):
        raise ValueError("a compiled game has one precision per round for both sides")
    if mode == "exact":
        from offramp.solution._exact import solve_exact

        return solve_exact(game)
    kappa = DEFAULT_PRECISION if precision is None else precision
    values = induce(game, kappa, progress, kernel)
    return Solution(game, kappa, "logit", values, propagate(game, values))
