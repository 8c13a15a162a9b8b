"""Who stands in the way of a contract: crossed lines, refusing types, voices below their floor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.answers._facts import (
    join,
    owner,
    side_names,
    type_name,
)
from offramp.answers._measures import Gaps
from offramp.game import Game
from offramp.game._preferences import Line
from offramp.solution import Certificate

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Lifted:
    """What lifting one red line does to the offer on the table."""

    line: str
    actor: str
    gap_a: float
    gap_b: tuple[float, ...]
    ratified: float
    opens_for: tuple[str, ...]


def crossed(game: Game, offer: int) -> tuple[Line, ...]:
    """Red lines of the game's voices that a contract crosses."""
    terms = np.array(game.offers[offer].terms)
    return tuple(
        line
        for line in game.stakes.lines
        if line.actor in game.stakes.voices and bool(line.crossed(terms))
    )


def blockers(game: Game, now: Gaps, offer: int) -> tuple[str, ...]:
    """Who stands in the way of a contract, in words."""
    a, b = side_names(game)
    words = []
    if now.a[offer] < 0:
        words.append(f"{a} gains nothing")
    if now.ratified[offer] < 0.5:
        worst = weakest_voice(game, offer)
        words.append(f"{worst} would not ratify" if worst else f"{a} would not ratify")
    refusing = [j for j in range(len(game.types)) if now.b[offer, j] < 0]
    if len(refusing) == len(game.types):
        words.append(f"{b} refuses, whatever its type" if len(game.types) > 1 else f"{b} refuses")
    elif refusing:
        kinds = join((type_name(game, j) for j in refusing), "or")
        words.append(f"{b} refuses if its type is {kinds}")
    return tuple(words)


def close_calls(game: Game, now: Gaps, offer: int, told: Certificate) -> tuple[str, ...]:
    """Sides, or a side of some types, for whom signing and waiting differ by less than the error."""
    a, b = side_names(game)
    who = []
    if not told.distinguishable(float(now.a[offer]), 0.0, "value_a"):
        who.append(a)
    close = [
        j
        for j in range(len(game.types))
        if not told.distinguishable(float(now.b[offer, j]), 0.0, "value_b")
    ]
    if len(close) == len(game.types):
        who.append(f"{b}, whatever its type" if len(game.types) > 1 else b)
    elif close:
        who.append(f"{b} if its type is {join((type_name(game, j) for j in close), 'or')}")
    return tuple(who)


def close_words(game: Game, now: Gaps, offer: int, told: Certificate) -> str:
    """Close calls as a clause; empty if there is none."""
    who = close_calls(game, now, offer, told)
    return (
        f"between signing and waiting no distinguishable difference for {join(who)}" if who else ""
    )


def weakest_voice(game: Game, offer: int) -> str | None:
    """The voice asked whose floor the contract misses by most (or clears by least)."""
    worst, name = np.inf, None
    for v, actor in enumerate(game.stakes.voices):
        floor = game.opening_floor(v)
        if floor is not None:
            margin = float(game.signed_value[v, offer]) - floor
            if margin < worst:
                worst, name = margin, game.crisis.actors[actor].name
    return name


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def line_words(game: Game, line: str) -> str:
    red = game.crisis.red_lines[line]
    actor = game.crisis.actors[red.actor].name
    return f"{owner(actor)} red line on {game.crisis.issues[red.issue].name.lower()}"
