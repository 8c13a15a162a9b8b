"""Solves of the stress answer: one changed game each, reduced to what shocks are compared by.

A :class:`Case` says what is forced, where, and what else is changed; an :class:`Outcome` holds the
figures. Cases run in worker processes and come back in the order asked for.

*Grid.* Sweeps run on a sketch with the coalition tiers of the draft (:func:`sweep_grid`): fewer beliefs,
offers and rounds solved, no event that is a public state. Some points are solved again on the draft grid
(:mod:`.stress`), and the largest change of an effect is its error.

*Coalition intact.* On the hold path (nobody acts: :mod:`._measures`) the chance that the coalition is in
its highest tier, given that nothing has collapsed. *Cohesion* is the mean tier on the same path, *drift*
the expected movement of the front towards B in a month of war on it, in steps of the file.

*A voice's value* is ``(1 - d) sum_{t<T} d^t E w_v(t) + d^T E w_v(T)``, w_v the flow of voice v in the
solved futures, d its own discount and T the last month shown: what it can expect, its last flow kept for
ever. *Alone* is the same on the hold path: nobody acts, so that nothing is ever settled.

Units: stake of each side or voice itself; probabilities; steps per month.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from offramp.answers._measures import hold_path
from offramp.answers._runs import Progress, in_parallel
from offramp.answers._stress_events import Scene, Shift, forced, staged
from offramp.crisis import Crisis, override
from offramp.crisis._pressure import Plan
from offramp.game import Game, Resolution, compile_game
from offramp.game._resolution import DRAFT, SKETCH
from offramp.game._states import A_GONE, SETTLED, WAR
from offramp.solution import Solution, solve

Floats = NDArray[np.float64]

MONTH = 12
"""Month at which probabilities are read (or the horizon, if it is shorter)."""


class NoScene(ValueError):
    """A scene that a game does not have."""


@dataclass(frozen=True)
class Case:
    """One solve: events forced in a scene, numbers changed, a plan, a grid.

    ``events`` are forced after ``changes`` are made; ``entries`` are whole entries put into the file first.
    """

    scene: Scene
    plan: Plan
    grid: Resolution
    precision: float
    mode: str
    frozen: bool
    events: tuple[str, ...] = ()
    changes: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What a solve says.

    Attributes:
        value_a: A's value at the start of the scene; ``value_b`` B's by type; ``voices`` of A's voices, and
            ``alone`` on the hold path.
        settled, disaster, lost: Chance of a settlement, a disaster, a collapse of A at the month read.
        intact: Chance that the coalition is whole at months 12 and 24 (or the horizon).
        cohesion, drift: By month; see the module.
    """

    value_a: float
    value_b: tuple[float, ...]
    voices: tuple[float, ...]
    alone: tuple[float, ...]
    settled: float
    disaster: float
    lost: float
    intact: tuple[float, float]
    cohesion: tuple[float, ...]
    drift: tuple[float, ...]

    def change(self, base: Outcome) -> Effect:
        """What is different from a base."""
        return Effect(
            self.value_a - base.value_a,
            tuple(x - y for x, y in zip(self.value_b, base.value_b, strict=True)),
            self.settled - base.settled,
            self.disaster - base.disaster,
            (self.intact[0] - base.intact[0], self.intact[1] - base.intact[1]),
        )


@dataclass(frozen=True)
class Effect:
    """Differences from a base: A's value, B's by type, settlement, disaster, coalition whole at 12 and 24."""

    value_a: float
    value_b: tuple[float, ...]
    settled: float
    disaster: float
    intact: tuple[float, float]

    def plus(self, other: Effect) -> Effect:
        """Both effects together, as if they only added up."""
        return Effect(
            self.value_a + other.value_a,
            tuple(x + y for x, y in zip(self.value_b, other.value_b, strict=True)),
            self.settled + other.settled,
            self.disaster + other.disaster,
            (self.intact[0] + other.intact[0], self.intact[1] + other.intact[1]),
        )

    def less(self, other: Effect) -> Effect:
        """This effect beyond another."""
        return self.plus(other.times(-1.0))

    def times(self, factor: float) -> Effect:
        """The effect scaled."""
        return Effect(
            factor * self.value_a,
            tuple(factor * x for x in self.value_b),
            factor * self.settled,
            factor * self.disaster,
            (factor * self.intact[0], factor * self.intact[1]),
        )

    def largest(self, other: Effect) -> Effect:
        """Figure by figure the larger in size."""
        return Effect(
            max(abs(self.value_a), abs(other.value_a)),
            tuple(max(abs(x), abs(y)) for x, y in zip(self.value_b, other.value_b, strict=True)),
            max(abs(self.settled), abs(other.settled)),
            max(abs(self.disaster), abs(other.disaster)),
            (
                max(abs(self.intact[0]), abs(other.intact[0])),
                max(abs(self.intact[1]), abs(other.intact[1])),
            ),
        )

    def record(self) -> dict[str, object]:
        """As plain values."""
        return {
            "value_a": self.value_a, "value_b": list(self.value_b), "settled": self.settled,
            "disaster": self.disaster, "intact": list(self.intact),
        }  # fmt: skip


def sweep_grid(solution: Solution) -> Resolution:
    """The grid of the sweep: no finer than a sketch, but with the draft's tiers where the game has them."""
    own = solution.game.resolution
    return SKETCH.with_(offers=min(SKETCH.offers, own.offers), tiers=DRAFT.tiers)


def check_grid(solution: Solution) -> Resolution:
    """The grid of the check: the game's own, but no finer than a draft; a draft for a sketch."""
    own = solution.game.resolution
    finer = (
        own.position_factor > DRAFT.position_factor or own.belief_steps[1] > DRAFT.belief_steps[1]
    )
    return DRAFT if finer or own.name.startswith(SKETCH.name) else own


def case_of(solution: Solution, scene: Scene, grid: Resolution) -> Case:
    """The game under study in a scene, on another grid."""
    game = solution.game
    return Case(
        scene, game.plan, grid, solution.precision, solution.mode, game.grid.frozen is not None
    )


def perform(crisis: Crisis, case: Case) -> Outcome:
    """Compile, solve and reduce one case."""
    changed = override(crisis, dict(case.changes)) if case.changes else crisis
    changed, shift = forced(staged(changed, case.scene), case.events, case.scene)
    game = compile_game(changed, case.plan, None, case.grid, frozen_beliefs=case.frozen)
    if shift != Shift():
        game = replace(game, start=_moved(game, shift))
    if case.scene.place == "deal":
        game = replace(game, start=_signed(game, case.scene.contract))
    return reduce(solved(game, case.precision, case.mode))


def solved(game: Game, precision: float, mode: str) -> Solution:
    """Solve a game as the one under study was, with the compiled kernels where they cover it.

    Sweeps solve many small games, for which the choice left to itself would take the plain code.
    """
    if mode == "exact":
        return solve(game, mode="exact")
    covered = len(game.types) in (2, 3) and game.grid.size > 1
    return solve(game, precision, kernel="numba" if covered else "auto")


def _moved(game: Game, shift: Shift) -> int:
    """The opening state with the front and the coalition moved, as far as there is room.

    A tier that this grid does not keep is the nearest one that it keeps; a rung that it does not keep is left.
    """
    start = np.array([game.start])
    last = game.layout.sizes[0] - 1
    at = np.clip(game.layout.position[start] + shift.steps * game.front_factor, 0, last)
    levels = game.crisis.coalition.tiers
    own = int(game.layout.tier[start[0]])
    now = int(np.abs(np.array(levels) - game.cohesion[own]).argmin())
    reached = levels[min(max(now + shift.tiers, 0), len(levels) - 1)]
    tier = int(np.abs(game.cohesion - reached).argmin()) if shift.tiers else own
    rung = min(int(game.layout.rung[start[0]]) + shift.rungs, game.layout.sizes[1] - 1)
    return int(game.layout.other(start, position=at, tier=tier, rung=max(rung, 0))[0])


def run_cases(
    crisis: Crisis,
    cases: Sequence[Case],
    workers: int | None,
    progress: Progress | None,
    label: str,
) -> list[Outcome]:
    """Outcomes in the order asked for."""
    return in_parallel(crisis, perform, cases, workers, progress, label)


def _signed(game: Game, contract: str | None) -> int:
    """The state of a contract signed on the first day.

    Raises:
        NoScene: if it cannot be signed then.
    """
    start, mu = np.array([game.start]), game.opening[None]
    first = int(game.after_triggers(0, start, mu)[0])
    row = np.flatnonzero(game.moves.states == first)
    offer = [i for i, o in enumerate(game.offers) if o.contract == contract]
    if not len(row) or not offer or game.moves.sign[row[0], offer[0]] < 0:
        raise NoScene(f"contract {contract!r} cannot be signed on the first day")
    return int(game.moves.sign[row[0], offer[0]])


def reduce(solution: Solution) -> Outcome:
    """The figures of a solved case."""
    game = solution.game
    head = solution.headline(MONTH)
    months = game.shown
    lay = game.layout
    path = hold_path(solution, months).chance
    alive = (lay.tier >= 0) & (lay.regime <= SETTLED)
    mass = np.maximum(path[:, alive].sum(1), 1e-300)
    tier = lay.tier[alive]
    whole = path[:, alive] @ (tier == 0) / mass
    mean = path[:, alive] @ game.cohesion[tier] / mass
    end = min(2 * MONTH, months)
    return Outcome(
        head.value_a,
        head.value_b,
        _voices(game, solution.futures.flow_voice),
        _voices(game, np.einsum("vts,ts->vt", game.flow_voice[:, : months + 1], path)),
        head.settled,
        head.disaster,
        float(solution.futures.regime[head.month, A_GONE]),
        (float(whole[head.month]), float(whole[end])),
        tuple(map(float, mean)),
        tuple(map(float, _drift(game, path, months))),
    )


def _drift(game: Game, path: Floats, months: int) -> Floats:
    """Expected movement of the front in a month of war on the hold path, steps of the file towards B."""
    lay = game.layout
    war = np.flatnonzero(lay.regime == WAR)
    at = np.where(lay.position >= 0, lay.position, 0).astype(np.float64)
    found = np.zeros(months)
    for t in range(months):
        rows = game.chance[t][war]
        stays = (lay.position >= 0).astype(np.float64)
        moved = rows @ at - (rows @ stays) * at[war]
        mass = path[t][war]
        found[t] = float(mass @ moved / mass.sum()) if mass.sum() > 0 else np.nan
    return found / game.front_factor


def _voices(game: Game, by_month: Floats) -> tuple[float, ...]:
    """Each voice's value of a stream of flows, (voices, months): see the module."""
    flows = by_month[:, : game.shown + 1]
    found = []
    for v, key in enumerate(game.voices):
        number = game.crisis.actors[key].patience
        d = game.discount[0] if number is None else number.value
        weight = (1 - d) * d ** np.arange(game.shown)
        found.append(float(flows[v, : game.shown] @ weight + d**game.shown * flows[v, -1]))
    return tuple(found)
