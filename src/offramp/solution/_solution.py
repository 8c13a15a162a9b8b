"""A solved game: values, the distribution over futures, and a certificate.

``solve`` is the front door. The certificate says how far the result can be trusted as a solution of
this game: fixed-point residuals weighted by the probability of getting there, conservation of
probability and of beliefs and, when asked for, how much the headline numbers move under a finer grid
and a longer or shorter horizon. It says nothing about whether the crisis file is right.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from offramp.game import Game, Resolution, compile_game
from offramp.game._states import CEASEFIRE, DISASTER, SETTLED, WAR
from offramp.solution._forward import Futures, propagate
from offramp.solution._induction import Progress, Values, induce
from offramp.solution._nodes import Continuation, at_beliefs

Floats = NDArray[np.float64]

DEFAULT_PRECISION = 8.0
"""kappa per negotiation round."""
BAND = (3.0, 8.0, 20.0)
"""Precisions at which headline results are reported."""
NOISY, CROWDED = 1.5, 20.0
"""Below the first, choices are mostly noise; above the second, several equilibria are likely."""
UNSOLVED_LIMIT = 0.01
"""Share of probability-weighted nodes above tolerance that a certificate allows."""


@dataclass(frozen=True)
class Headline:
    """The numbers that plans are compared by, with the month they are read at.

    ``value_b`` is by type; ``settled``, ``war``, ``ceasefire``, ``disaster`` are probabilities at
    the month of reading.
    """

    month: int
    value_a: float
    value_b: tuple[float, ...]
    settled: float
    war: float
    ceasefire: float
    disaster: float


@dataclass(frozen=True)
class Certificate:
    """How well the game was solved.

    Attributes:
        residual: Largest log-odds residual at nodes reached with probability above 1e-6.
        unsolved: Probability-weighted share of typed nodes above tolerance.
        mass_error, martingale_error: Departures from conservation.
        value_error, settled_error: Largest change of A's value and of P(settled) under the checks
            in ``checks`` (None if none was run).
        checks: Name of each check and the changes it made to (A's value, P(settled)).
    """

    residual: float
    unsolved: float
    mass_error: float
    martingale_error: float
    precision: float
    mode: str
    resolution: str
    checks: tuple[tuple[str, float, float], ...] = ()

    @property
    def value_error(self) -> float | None:
        """Largest change of A's value under the checks."""
        return max((abs(c[1]) for c in self.checks), default=None)

    @property
    def settled_error(self) -> float | None:
        """Largest change of the chance of settlement under the checks."""
        return max((abs(c[2]) for c in self.checks), default=None)

    @property
    def met(self) -> bool:
        """Whether every tolerance is met."""
        return (
            self.unsolved <= UNSOLVED_LIMIT
            and self.mass_error <= 1e-12
            and self.martingale_error <= 1e-9
        )

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def summary(self) -> str:
        """The certificate in one line."""
        if not self.met:
            return "TOLERANCE MISSED: read every number here as indicative"
        error = self.settled_error
        checked = (
            ""
            if error is None
            else f"; finer grids and other horizons move the chance of settlement by up to {error:.2f}"
        )
        solved = f"{100 * (1 - self.unsolved):.1f}\N{NO-BREAK SPACE}%"
        return f"met at {self.resolution} resolution: {solved} of the choices that matter are solved{checked}"

    def lines(self) -> tuple[str, ...]:
        """The certificate in words."""
        exact = self.mode == "exact"
        how = "best responses" if exact else f"precision {self.precision:g} per round"
        says = [
            f"{self.mode} equilibrium at {how}, {self.resolution} resolution",
            f"{100 * (1 - self.unsolved):.2f}\N{NO-BREAK SPACE}% of the choices that matter solved to 1e-9 "
            f"(largest remaining residual {self.residual:.2g} in log-odds)",
            f"probability conserved to {self.mass_error:.1g}, beliefs to {self.martingale_error:.1g}",
        ]
        says += [_moved(name, dv, ds) for name, dv, ds in self.checks]
        if not self.met:
            says.append("TOLERANCE MISSED: read every number here as indicative")
        if self.precision < NOISY:
            says.append("precision below 1.5 per round: choices are mostly noise")
        if self.precision > CROWDED and not exact:
            says.append("precision above 20 per round: several equilibria are likely, one is shown")
        return tuple(says)


def _moved(name: str, value: float, settled: float) -> str:
    """What a check moved, with true minus signs and no signed zeros."""
    said = [
        "nothing" if abs(x) < 0.0005 else f"{x:+.3f}".replace("-", "\N{MINUS SIGN}")
        for x in (value, settled)
    ]
    return f"{name}: moves the value of A by {said[0]}, the chance of settlement by {said[1]}"


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
    def certificate(self) -> Certificate:
        """What this solve shows by itself; see :func:`certify` for refinement checks."""
        f = self.futures
        return Certificate(
            f.residual_seen, f.unsolved_mass, f.mass_error, f.martingale_error, self.precision,
            self.mode, self.game.resolution.name,
        )  # fmt: skip


def solve(
    game: Game,
    precision: float = DEFAULT_PRECISION,
    mode: Literal["logit", "exact"] = "logit",
    progress: Progress | None = None,
) -> Solution:
    """Solve a game.

    Args:
        game: The compiled game.
        precision: kappa per negotiation round (logit mode).
        mode: ``logit``: quantal response; ``exact``: best responses with continuous threshold
            offers, for complete information and one-shot screening.
        progress: Told (months done, months in all) while solving backwards.

    Raises:
        ValueError: for a precision that is not positive, or exact mode where it is not defined.
    """
    if mode not in ("logit", "exact"):
        raise ValueError(f"unknown mode {mode!r}; choose 'logit' or 'exact'")
    if mode == "exact":
        from offramp.solution._exact import solve_exact

        return solve_exact(game)
    values = induce(game, precision, progress)
    return Solution(game, precision, "logit", values, propagate(game, values))


def neighbours(game: Game) -> tuple[tuple[str, dict[str, object]], ...]:
    """Changes of resolution and horizon under which a result should hardly move."""
    r = game.resolution
    clock = game.crisis.clock
    shorter = max(1, round(clock.horizon_months * 0.75))
    checks: list[tuple[str, dict[str, object]]] = [
        ("more offers", {"resolution": r.with_(offers=max(r.offers * 2 - 1, 2))}),
        (
            "finer beliefs",
            {"resolution": r.with_(belief_steps=(r.belief_steps[0] * 2, r.belief_steps[1] + 2))},
        ),
        ("horizon +25 %", {"horizon": round(clock.horizon_months * 1.25)}),
        ("horizon -25 %", {"horizon": shorter}),
    ]
    finer = r.position_factor + 1
    fits = game.crisis.war.intensity.value * finer**2 <= 1
    if not game.crisis.war.ends_decide and game.layout.sizes[0] > 1 and fits:
        checks.append(("finer front", {"resolution": r.with_(position_factor=finer)}))
    return tuple(checks)


def recompiled(game: Game, resolution: object = None, horizon: object = None) -> Game:
    """The same crisis, plan and offer at another resolution or horizon."""
    crisis = game.crisis
    if horizon is not None:
        clock = crisis.clock.model_copy(update={"horizon_months": horizon})
        crisis = crisis.model_copy(update={"clock": clock})
    finer = resolution if isinstance(resolution, Resolution) else game.resolution
    frozen = game.grid.frozen is not None
    return compile_game(crisis, game.plan, None, finer, frozen_beliefs=frozen)


def certify(solution: Solution, month: int = 12) -> Certificate:
    """The certificate with every refinement and horizon check run (one extra solve each)."""
    base = solution.headline(month)
    checks = []
    for name, change in neighbours(solution.game):
        other = solve(recompiled(solution.game, **change), solution.precision)
        head = other.headline(base.month)
        here = solution.headline(head.month)  # a shorter horizon may end before the month asked for
        checks.append((name, head.value_a - here.value_a, head.settled - here.settled))
    return with_checks(solution.certificate, tuple(checks))


def with_checks(
    certificate: Certificate, checks: tuple[tuple[str, float, float], ...]
) -> Certificate:
    """A certificate with the results of refinement checks."""
    return Certificate(
        certificate.residual, certificate.unsolved, certificate.mass_error,
        certificate.martingale_error, certificate.precision, certificate.mode,
        certificate.resolution, checks,
    )  # fmt: skip
