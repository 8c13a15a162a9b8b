"""Worlds: the games that claims are asked of, each compiled and solved once for all claims of a draw.

A :class:`World` says how a game differs from the crisis of the draw: plan, offer, a lever more or less, an
event less, the month of agreement, a swap, numbers at given paths. A :class:`Scope` holds one drawn crisis
and what has been solved of it; questions that share a world share its solve.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from offramp.answers._deter_runs import Solved, with_lever, without_lever
from offramp.answers._offensive_front import place, shortened
from offramp.audit._epochs import Setting
from offramp.crisis import BadValue, Crisis, Event, UnknownPath, get, override
from offramp.crisis import Quantity as Number
from offramp.crisis._claims import Items, Node
from offramp.crisis._claims_check import BASE, fitting
from offramp.crisis._setting import Effect
from offramp.game import Game, Resolution, compile_game
from offramp.game._preferences import stakes_of
from offramp.game._resolution import named
from offramp.solution import DEFAULT_PRECISION
from offramp.solution._forward import propagate
from offramp.solution._induction import induce
from offramp.solution._particles import Futures
from offramp.solution.kernels import Kernel

AGREEMENT = "agreement_of_the_plan"
"""Name of the event by which a plan is agreed at a later month."""


WALKS = (1, 3, 6, 12)
"""Months to which futures are walked."""


class NotAsked(ValueError):
    """A question that has no answer in this world; the message says why."""


@dataclass(frozen=True)
class World:
    """How a game differs from the crisis of the draw. ``changes`` are paths with values, in order."""

    plan: str | None = None
    offer: str | None = None
    lever: str | None = None
    less: str | None = None
    without: str | None = None
    agreed: int | None = None
    swap: str | None = None
    changes: tuple[tuple[str, Any], ...] = ()

    def over(self, below: World) -> World:
        """This world's settings where it has them, else those of the world around it."""
        mine = {
            name: value if (value := getattr(self, name)) is not None else getattr(below, name)
            for name in ("plan", "offer", "lever", "less", "without", "agreed", "swap")
        }
        return World(**mine, changes=(*below.changes, *self.changes))

    @property
    def facts(self) -> World:
        """What changes the crisis, the plan and its levers left aside."""
        return World(without=self.without, agreed=self.agreed, swap=self.swap, changes=self.changes)


@dataclass
class Scope:
    """One crisis that claims are asked of, with everything solved so far.

    Attributes:
        setting: Where the reading is asked.
        crisis: The drawn crisis.
        before: The same without the reading's premises on priors.
        resolution, precision: Of every game.
        claims: All claims of the file by id.
        swaps: Changes of each swap by id.
        solves: Games solved so far.
    """

    setting: Setting
    crisis: Crisis
    before: Crisis
    resolution: str | Resolution
    claims: Mapping[str, Node]
    swaps: Mapping[str, Mapping[str, Any]]
    precision: float = DEFAULT_PRECISION
    solves: int = 0
    _crises: dict[World, Crisis] = field(default_factory=dict, init=False)
    _games: dict[World, Game] = field(default_factory=dict, init=False)
    _solved: dict[World, Solved] = field(default_factory=dict, init=False)
    _futures: dict[tuple[World, int, int], Futures] = field(default_factory=dict, init=False)
    _once: dict[tuple[Any, ...], Any] = field(default_factory=dict, init=False)
    _monthly: Scope | None = field(default=None, init=False)

    def at_pace(self, months: int | None) -> Scope:
        """This scope, or one with monthly rounds if something is asked before the grid's second round.

        A grid that solves a round every three months puts a quarter's acts into its first month.
        """
        grid = named(self.resolution)
        if months is None or months >= grid.solve_every:
            return self
        if self._monthly is None:
            self._monthly = replace(self, resolution=grid.with_(solve_every=1.0), solves=0)
        return self._monthly

    def once(self, key: tuple[Any, ...], work: Callable[[], Any]) -> Any:
        """What ``work`` gives, worked out once for a key."""
        if key not in self._once:
            self._once[key] = work()
        return self._once[key]

    @property
    def all_solves(self) -> int:
        """Games solved here and with monthly rounds."""
        return self.solves + (self._monthly.solves if self._monthly is not None else 0)

    def crisis_of(self, world: World) -> Crisis:
        """The crisis of a world."""
        facts = world.facts
        if facts not in self._crises:
            self._crises[facts] = self._changed(facts)
        return self._crises[facts]

    def _changed(self, world: World) -> Crisis:
        crisis = self.crisis
        try:
            if world.swap is not None:
                crisis = override(crisis, self.swaps[world.swap])
            for path, value in world.changes:
                if value == BASE:
                    value = get(self.setting.file, path).value
                elif isinstance(value, str):
                    value = get(crisis, value).value
                elif isinstance(value, tuple):
                    value = list(value)
                crisis = override(crisis, {path: fitting(crisis, path, value)})
            if world.without is not None:
                get(crisis, f"events.{world.without}")
                crisis = override(crisis, {f"events.{world.without}": None})
        except (UnknownPath, BadValue) as wrong:
            raise NotAsked(f"at {self.setting.as_of}: {wrong}") from wrong
        if world.agreed:
            crisis = _agreed_later(crisis, world.agreed)
        return crisis

    def plainest(self, world: World) -> World:
        """The world without settings that say what its plan says anyway: another name for the same game."""
        plan = self.crisis_of(world).plans.get(world.plan or "")
        if plan is None:
            return world
        offer = None if world.offer == plan.offer else world.offer
        agreed = None if world.agreed == 0 and plan.preagreed else world.agreed
        spare = world.less is not None and world.lever is None
        less = None if spare and without_lever(plan, world.less or "") == plan else world.less
        return replace(world, offer=offer, agreed=agreed, less=less)

    def game(self, world: World) -> Game:
        """The compiled game of a world.

        Raises:
            NotAsked: if the crisis of this date has no such plan, offer or lever.
        """
        world = self.plainest(world)
        if world not in self._games:
            crisis = self.crisis_of(world)
            if world.plan not in crisis.plans:
                raise NotAsked(f"at {self.setting.as_of} there is no plan {world.plan}")
            plan = crisis.plans[world.plan]
            for lever, change in (
                (world.lever, partial(with_lever, name="In use from the first day")),
                (world.less, without_lever),
            ):
                if lever is None:
                    continue
                if lever not in crisis.levers:
                    raise NotAsked(f"at {self.setting.as_of} there is no lever {lever}")
                plan = change(plan, lever)
            if world.agreed is not None:
                plan = plan.model_copy(update={"preagreed": True})
            offer: str | bool | None = False
            if world.offer is not None:
                offer = None if world.offer == "any" else world.offer
                if offer is not None and offer not in crisis.contracts:
                    raise NotAsked(f"at {self.setting.as_of} there is no contract {offer}")
            try:
                found = compile_game(crisis, plan, None, self.resolution, offer=offer)
            except ValueError as wrong:  # a draw can leave what a game can be made of
                raise NotAsked(f"at {self.setting.as_of}: {wrong}") from wrong
            self._games[world] = replace(found, plan_id=world.plan)
        return self._games[world]

    def solved(self, world: World) -> Solved:
        """The game of a world with its values."""
        world = self.plainest(world)
        if world not in self._solved:
            game = self.game(world)
            self._solved[world] = Solved(game, induce(game, self.precision, None, kernel_for(game)))
            self.solves += 1
        return self._solved[world]

    def futures(self, world: World, month: int, position: int = 0) -> Futures:
        """The distribution over futures up to a month, perhaps from another line of the front."""
        world = self.plainest(world)
        solved = self.solved(world)
        game = solved.game
        if month > game.shown:
            raise NotAsked(f"month {month} lies beyond the horizon of {game.shown} months")
        known = [k for k in self._futures if k[0] == world and k[1] >= month and k[2] == position]
        if known:
            return self._futures[known[0]]
        start = start_of(game, position)
        # Most questions ask about one of these; later ones walk to the end.
        length = next((m for m in WALKS if month <= m <= game.shown), game.shown)
        found = propagate(shortened(game, length, start), solved.values)
        self._futures[(world, length, position)] = found
        return found


def start_of(game: Game, position: int) -> int:
    """The opening state with the front some steps further towards B."""
    if position == 0:
        return game.start
    middle = (game.layout.sizes[0] - 1) // 2
    if not 0 <= middle + position * game.front_factor < game.layout.sizes[0]:
        raise NotAsked(f"the front does not reach position {position:+d} in this game")
    return place(game, -position)


def kernel_for(game: Game) -> Kernel:
    """The compiled kernel wherever it covers the game: it is quickest for small ones, too."""
    plain = game.grid.frozen is not None or len(game.types) not in (2, 3)
    return "auto" if plain else "numba"


def _agreed_later(crisis: Crisis, month: int) -> Crisis:
    """Nothing of the agreement's effect until a month, all of it from then on."""
    effect = crisis.coalition.preagreement.value
    total = crisis.as_of.year * 12 + crisis.as_of.month - 1 + month
    event = Event(
        name="The plan is agreed",
        hazard=Number(value=1.0),
        date=f"{total // 12:04d}-{total % 12 + 1:02d}",
        effects=(
            Effect(kind="parameter", path="coalition.preagreement", change=Number(value=effect)),
        ),
    )
    return override(crisis, {"coalition.preagreement": 0.0, f"events.{AGREEMENT}": event})


def frozen_value(value: Node | Items, number: float | None) -> Any:
    """A written setting as a world keeps it: number, truth, path, ``base`` or a tuple of numbers."""
    if isinstance(value, Items):
        return value.values
    if number is not None:
        return number
    return (
        getattr(value, "value", None) if hasattr(value, "value") else getattr(value, "name", None)
    )


def terms_at(game: Game) -> np.ndarray:
    """Today's terms at each battlefield position, shape (positions, issues)."""
    stakes = stakes_of(game.crisis)
    width = game.layout.sizes[0]
    terms = np.tile(stakes.status_quo, (width, 1))
    shift = (np.arange(width) - (width - 1) // 2) * game.crisis.war.step_size / game.front_factor
    for m, issue in enumerate(game.crisis.issues.values()):
        if issue.moves_with_war:
            terms[:, m] += shift
    return terms
