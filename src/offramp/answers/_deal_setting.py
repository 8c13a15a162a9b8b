"""Who has to be suited by a deal, under what limits, and what may be taken away.

:mod:`._deal_room` states the margins that these conditions are about. Units: own stake; points of a scale.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from offramp.answers._measures import Gaps
from offramp.game import Game

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Condition:
    """Somebody who has to be suited: a side, a voice with a floor, or a type of B."""

    key: str
    kind: Literal["side", "voice", "type"]

    @property
    def name(self) -> str:
        """``A``, ``voice UA``, ``type stalling``: unlike in all cases."""
        return self.key if self.kind == "side" else f"{self.kind} {self.key}"


@dataclass(frozen=True)
class Setting:
    """What the room is looked for under, at one date.

    Attributes:
        conditions: Who has to be suited.
        share: Weight of each voice in each condition's W, (conditions, voices).
        offset: k - R by contract in the game and condition, (contracts, conditions).
        contracts: Offers of the game that lend guarantee and relief.
        limit: Furthest point of each issue that A lets onto the table.
    """

    game: Game
    conditions: tuple[Condition, ...]
    share: Floats
    offset: Floats
    contracts: tuple[int, ...]
    limit: Floats

    def shifted(self, by: Mapping[str, float]) -> Setting:
        """With margins moved by condition name."""
        move = np.array([by.get(c.name, 0.0) for c in self.conditions])
        return replace(self, offset=self.offset + move)

    def only(self, types: Sequence[str]) -> Setting:
        """With these types of B alone."""
        kept = [i for i, c in enumerate(self.conditions) if c.kind != "type" or c.key in types]
        return replace(
            self,
            conditions=tuple(self.conditions[i] for i in kept),
            share=self.share[kept],
            offset=self.offset[:, kept],
        )


@dataclass(frozen=True)
class Relax:
    """What is taken away: red lines, floors of voices, locks, indivisibility; ``fixed`` terms stay."""

    lines: frozenset[str] = frozenset()
    floors: frozenset[str] = frozenset()
    unlocked: frozenset[int] = frozenset()
    divided: frozenset[int] = frozenset()
    gifts: tuple[tuple[str, float], ...] = ()
    fixed: tuple[tuple[int, float], ...] = ()
    frame: int | None = None

    def with_(self, other: Relax) -> Relax:
        """Both relaxations; terms and frame as fixed here."""
        return replace(
            self,
            lines=self.lines | other.lines,
            floors=self.floors | other.floors,
            unlocked=self.unlocked | other.unlocked,
            divided=self.divided | other.divided,
            gifts=(*self.gifts, *other.gifts),
        )


def setting_of(
    game: Game, now: Gaps, floors: Sequence[float | None] | None = None
) -> Setting | None:
    """The setting at a date; ``floors`` by voice, left out those of today. None without contracts."""
    s = game.stakes
    kept = _frames(game)
    if not kept:
        return None
    asked = [game.opening_floor(v) if floors is None else floors[v] for v in range(len(s.voices))]
    voters = [v for v, level in enumerate(asked) if level is not None]
    even = 0.5 ** (1 / max(1, len(voters)))
    conditions = [Condition("A", "side")]
    share = [np.where(s.side == 0, s.influence, 0.0)]
    worth_a, worth_b = (s.bloc(game.signed_value, side) for side in (0, 1))
    offset = [now.a[list(kept)] - worth_a[list(kept)]]
    for v in voters:
        level, floor = asked[v], game.crisis.actors[s.voices[v]].floor
        assert level is not None
        assert floor is not None
        spread = float(np.log(even / (1 - even))) / floor.steepness
        conditions.append(Condition(s.voices[v], "voice"))
        share.append(np.eye(len(s.voices))[v])
        offset.append(np.full(len(kept), -level - spread))
    for j, key in enumerate(game.types):
        conditions.append(Condition(key, "type"))
        share.append(np.where(s.side == 1, s.influence, 0.0))
        offset.append(now.b[list(kept), j] - worth_b[list(kept)])
    limit = np.asarray(game.automaton.terms[0].limit, dtype=np.float64)
    return Setting(game, tuple(conditions), np.array(share), np.array(offset).T, kept, limit)


def _frames(game: Game) -> tuple[int, ...]:
    """Offers that lend guarantee and relief: every named one, others where no named one has theirs."""
    named = [i for i, o in enumerate(game.offers) if o.contract is not None and not o.imposed]
    seen = {(game.offers[i].guarantee, game.offers[i].relief) for i in named}
    for i, offer in enumerate(game.offers):
        pair = (offer.guarantee, offer.relief)
        if offer.contract is None and pair not in seen:
            seen.add(pair)
            named.append(i)
    return tuple(named)
