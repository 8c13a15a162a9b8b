"""What is ahead: triggers of the plan and events of the file, by date.

A trigger's chances come from :mod:`offramp.answers._watch_forward`. An event happens by the end of month n with
``1 - prod_t (1 - h_t)`` while its condition holds; its own chance in the game is lower where it does not.
Lead time is the median month of the first happening, among the months shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from offramp.answers._watch_forward import Firing
from offramp.crisis import _expressions as ex
from offramp.game import Game
from offramp.game._calendar import chances_of


@dataclass(frozen=True)
class Step:
    """A step of the plan: its condition, and chances by month that it is met and that the step begins."""

    stage: int
    name: str
    trigger: str
    met: tuple[float, ...]
    begun: tuple[float, ...]
    median: int | None
    waits_for: tuple[str, ...]


@dataclass(frozen=True)
class Ahead:
    """An event nobody decides: chance by month if its condition holds, median month, date."""

    id: str
    name: str
    when: str
    date: str
    by: tuple[float, ...]
    median: int | None
    tracked: bool


COMPARED = ((">=", "at least"), ("<=", "at most"), (">", "above"), ("<", "below"), ("==", "exactly"),
            ("!=", "not"))  # fmt: skip


def steps(game: Game, found: tuple[Firing, ...]) -> tuple[Step, ...]:
    """Triggers of a plan in words."""
    later = [s for s in game.plan.stages if s.trigger.strip() != "start"]
    result = []
    for f in found:
        stage = later[f.stage - 1]
        result.append(
            Step(
                f.stage,
                stage.name,
                condition_words(game, stage.trigger),
                f.met,
                f.begun,
                median(f.met),
                tuple(stage.authority.of),
            )
        )
    return tuple(result)


WORDS = {
    "months_without_ceasefire": "months without a ceasefire",
    "months": "months from now",
    "position": "steps of the front towards the other side",
    "cohesion": "cohesion",
    "rung": "rung of the ladder",
    "war": "war goes on",
    "ceasefire": "a ceasefire holds",
    "standoff": "the stand-off goes on",
    "settlement": "a settlement holds",
}


def condition_words(game: Game, trigger: str) -> str:
    """A trigger for readers: names in words, comparisons spelled out."""

    def named(found: re.Match[str]) -> str:
        name = found.group()
        for t in game.types:
            if name == f"belief.{t}":
                return f"belief in \u201c{game.crisis.types[t].name.lower()}\u201d"
        return WORDS.get(name, name)

    text = re.sub(r"[A-Za-z_][\w.]*", named, ex.render(ex.parse(trigger)))
    for sign, words in COMPARED:
        text = text.replace(f" {sign} ", f" {words} ")
    return text


def median(cumulative: tuple[float, ...]) -> int | None:
    """First month by which something is more likely than not; None if it never is in the months shown."""
    over = [t for t, p in enumerate(cumulative) if p >= 0.5]
    return over[0] if over else None


def ahead(game: Game) -> tuple[Ahead, ...]:
    """Events of the file, the likeliest first."""
    found = []
    for key, event in game.crisis.events.items():
        chance = chances_of(game.crisis, event, game.shown)
        by = tuple(float(x) for x in 1.0 - np.concatenate([[1.0], np.cumprod(1.0 - chance)]))
        if by[-1] > 0:
            found.append(
                Ahead(key, event.name, event.when, event.date, by, median(by), event.tracked)
            )
    return tuple(sorted(found, key=lambda e: -e.by[-1]))
