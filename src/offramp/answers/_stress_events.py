"""Events made to happen: where each can happen at all, and the crisis in which it does.

*Forced.* An event is made to happen in the first month, for sure and for both sides to reckon with from
the first day. It is dated to the as-of date with chance 1; if it moves the coalition, the front, the
ladder or the regime and nothing that lasts, it may come again later at its own hazard, otherwise it comes
once. A move of the front, the coalition or, in war, the ladder is made before the first month: the game
opens where the event leads to.

*Scene.* An event is forced where its condition holds: as the file opens; else in a truce on the first
day; else under a contract signed on the first day (with a force behind its guarantee if the condition
asks for one). Its effect is the difference from the same scene without it, so effects in different scenes
are conditional on different things.

*How likely.* With h_t the event's own chance in month t and q_t the chance, in the solved game under
study, that its condition holds then, P(by n) = 1 - prod_{t<n} (1 - h_t q_t).

Units: probabilities.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from offramp.crisis import Crisis, Event, Quantity, override
from offramp.crisis._pressure import Plan
from offramp.game import Game
from offramp.game._calendar import chances_of
from offramp.game._events import WITH_FORCE, forces_of, regimes_of
from offramp.game._states import CEASEFIRE, SETTLED, STANDOFF, WAR
from offramp.solution import Solution

Floats = NDArray[np.float64]
Place = Literal["today", "truce", "deal"]

MOVES_ONLY = frozenset({"cohesion", "position", "rung", "regime"})
"""Effects that pass as soon as they have happened: such an event can come again."""
SHIFTS = frozenset({"cohesion", "position"})
"""Effects that are made before the first month."""
OPENING = {"standoff": STANDOFF, "war": WAR, "ceasefire": CEASEFIRE}
COPY = "again"


@dataclass(frozen=True)
class Scene:
    """Where a shock strikes: as the file opens, in a truce, or under a contract signed today."""

    place: Place
    contract: str | None = None


@dataclass(frozen=True)
class Driver:
    """An event that can be forced.

    Attributes:
        scene: Where it is forced.
        likely: Chance that it happens within the months read, in the game under study.
        unread: Why nothing of it reaches the game; empty if something does.
    """

    key: str
    name: str
    scene: Scene
    likely: float
    unread: str = ""


def drivers_of(solution: Solution, months: int) -> tuple[tuple[Driver, ...], tuple[str, ...]]:
    """Events that can be forced, in the order of the file, and what is said of the others."""
    game = solution.game
    crisis, found, left = game.crisis, [], []
    for key, event in crisis.events.items():
        scene = scene_of(game, event)
        if isinstance(scene, str):
            left.append(f"event {key}: {scene}")
            continue
        found.append(
            Driver(key, event.name, scene, _likely(solution, event, months), _unread(game, key))
        )
    return tuple(found), tuple(left)


def scene_of(game: Game, event: Event) -> Scene | str:
    """The scene in which an event's condition holds in the first months, or why there is none."""
    crisis = game.crisis
    pause = bool(forces_of(crisis) & set(game.plan.on_ceasefire))
    where = regimes_of(crisis, event, game.months, pause)
    if isinstance(where, str):
        return where
    if not event.effects:
        return "the file gives it no effect"
    holds = where[0] > 0
    if holds[OPENING[crisis.regime]]:
        return Scene("today")
    if holds[CEASEFIRE] and crisis.ceasefire.possible:
        return Scene("truce")
    deal = contract_for(game, needs_force=not holds[SETTLED]) if holds[WITH_FORCE] else None
    if deal is not None:
        return Scene("deal", deal)
    return "its condition holds neither today nor in a truce nor under a contract of the file"


def contract_for(game: Game, *, needs_force: bool) -> str | None:
    """The plan's own offer if it fits, else the first contract that does."""
    forces = forces_of(game.crisis)
    able = [
        o.contract
        for o in game.offers
        if o.contract is not None
        and not game.crisis.contracts[o.contract].imposed
        and (not needs_force or o.enforcement.lever in forces)
    ]
    return game.plan.offer if game.plan.offer in able else next(iter(able), None)


def _unread(game: Game, key: str) -> str:
    """What compiling said about an event none of whose effects it could use."""
    effects = len(game.crisis.events[key].effects)
    said = [n for n in (*game.notes, *game.averages) if n.startswith(f"event {key}:")]
    lost = [n for n in said if "no table of the game" in n or "left out" in n or "cannot" in n]
    never = [n for n in said if "never comes into force" in n]
    if never:
        return never[0].partition(": ")[2]
    return lost[0].partition(": ")[2] if lost and len(lost) >= effects else ""


def _likely(solution: Solution, event: Event, months: int) -> float:
    game = solution.game
    pause = bool(forces_of(game.crisis) & set(game.plan.on_ceasefire))
    where = regimes_of(game.crisis, event, game.months, pause)
    if isinstance(where, str):
        return 0.0
    regime, settled = solution.futures.regime, solution.futures.settled_on
    forces = forces_of(game.crisis)
    forced = np.array([o.enforcement.lever in forces for o in game.offers], dtype=bool)
    quiet = 1.0
    for t, h in enumerate(chances_of(game.crisis, event, game.months)[:months]):
        rows = np.zeros(5)
        rows[:3] = regime[t, :3]
        rows[WITH_FORCE] = settled[t][forced].sum() if len(forced) else 0.0
        rows[SETTLED] = max(0.0, regime[t, SETTLED] - rows[WITH_FORCE])
        quiet *= 1.0 - min(1.0, float(h * (where[t] @ rows)))
    return 1.0 - quiet


@dataclass(frozen=True)
class Shift:
    """Where the game opens: steps of the front towards B, tiers of the coalition down, rungs up."""

    steps: int = 0
    tiers: int = 0
    rungs: int = 0


def forced(crisis: Crisis, keys: tuple[str, ...], scene: Scene) -> tuple[Crisis, Shift]:
    """The crisis of a scene in which these events happen in the first month, and where it opens."""
    steps = tiers = rungs = 0
    fighting = scene.place == "today" and crisis.regime == "war"
    before = SHIFTS | {"rung"} if fighting else SHIFTS
    for key in keys:
        event = crisis.events[key]
        steps += sum(e.steps for e in event.effects if e.kind == "position")
        tiers += sum(e.steps for e in event.effects if e.kind == "cohesion")
        if fighting:
            rungs += sum(e.steps for e in event.effects if e.kind == "rung")
        rest = tuple(e for e in event.effects if e.kind not in before)
        again = (
            not event.tracked and not event.date and {e.kind for e in event.effects} <= MOVES_ONLY
        )
        sure = event.model_copy(
            update={
                "date": crisis.as_of.isoformat(),
                "hazard": event.hazard.model_copy(update={"value": 1.0, "low": None, "high": None}),
                "when": event.when if any(e.kind == "rung" for e in rest) else "always",
                "tracked": False,
                "effects": rest,
            }
        )
        if not again:
            crisis = override(crisis, {f"events.{key}": sure})
        elif rest:
            crisis = override(crisis, {f"events.{key}_{COPY}": sure})
    return crisis, Shift(steps, tiers, rungs)


def sure_event(crisis: Crisis, key: str, name: str, effects: tuple[object, ...]) -> Crisis:
    """The crisis with one more event that happens in the first month for sure."""
    event = {
        "name": name, "hazard": 1.0, "when": "always", "date": crisis.as_of.isoformat(),
        "effects": list(effects),
    }  # fmt: skip
    return override(crisis, {f"events.{key}": event})


def staged(crisis: Crisis, scene: Scene) -> Crisis:
    """The crisis as it opens in a scene (a contract is signed once the game is compiled)."""
    return override(crisis, {"regime": "ceasefire"}) if scene.place == "truce" else crisis


def plain(number: Quantity | None) -> float:
    """The central value of a number, nil where it is left out."""
    return 0.0 if number is None else float(number.value)


def uses(plan: Plan, lever: str) -> bool:
    """Whether a plan puts a lever to use."""
    return lever in plan.on_ceasefire or any(u.lever == lever for s in plan.stages for u in s.on)
