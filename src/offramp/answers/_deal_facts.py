"""Who stands in the way of a contract: crossed lines, refusing types, voices below their floor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.answers._deal_relax import Step
from offramp.answers._deal_room import Room
from offramp.answers._facts import (
    join,
    owner,
    quoted,
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
    return f"{owner(actor)} red line on {quoted(game.crisis.issues[red.issue].name)}"


def who_names(game: Game) -> dict[str, str]:
    """Conditions of a deal by name -> what readers see."""
    a, b = side_names(game)
    found = {"A": a, "B": b}
    found |= {f"voice {v}": game.crisis.actors[v].name for v in game.stakes.voices}
    many = len(game.types) > 1
    for j, t in enumerate(game.types):
        found[f"type {t}"] = f"{b} of type {type_name(game, j)}" if many else b
    return found


def suited_least(game: Game, room: Room) -> str:
    """Who is suited least by the best terms, in words."""
    names = who_names(game)
    return join(dict.fromkeys(names[k] for k in room.binding))


def step_words(game: Game, step: Step) -> str:
    """A relaxation as a noun phrase."""
    crisis = game.crisis
    if step.kind == "line":
        return line_words(game, step.key)
    if step.kind == "floor":
        return f"{owner(crisis.actors[step.key].name)} floor"
    if step.kind == "lock":
        return f"the lock on {quoted(crisis.issues[step.key].name)}"
    if step.kind == "points":
        return f"the indivisibility of {quoted(crisis.issues[step.key].name)}"
    side = crisis.blocs["A" if step.key == "A" else "B"].name
    return f"what signing costs {owner(side)} leader at home"


def least_words(game: Game, step: Step) -> str:
    """How much of a relaxation opens a range, in words; empty where nothing was measured."""
    if step.least is None:
        return ""
    if step.kind == "floor":
        return f"a fall by {step.least:.3f} of its stake"
    issues = list(game.crisis.issues)
    if step.kind == "line":
        line = next(x for x in game.stakes.lines if x.id == step.key)
        return (
            f"terms at {line.bound + line.sign * step.least:.2f}; the line is at {line.bound:.2f}"
        )
    limit = float(game.automaton.terms[0].limit[issues.index(step.key)])
    return f"terms at {limit + step.least:.2f}; the lock is at {limit:.2f}"
