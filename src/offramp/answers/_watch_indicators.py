"""Indicators: what can be seen in public at a month, how likely it is, and what it announces.

An indicator I is a public fact at month m (a ceasefire holds, the coalition is strained, a tracked event has
happened, ...). For each later event E (a first deal, a collapse, disaster) with P(E by h | not before m)::

    lift = P(E by h | I at m, nothing settled) - P(E by h | nothing settled at m)
    lead = median of (month of E - m) given I and E by h

both exact, from the part of the distribution in which I holds. ``worth`` is what A's value at m is with I
less what it is on average: the bell rings for bad news if it is negative.

Units: probabilities, months, A's own stake. No classical comparator.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.answers._facts import side_names
from offramp.answers._watch_forward import EVENTS, Course, course, part, still_open, to_month
from offramp.game._states import CEASEFIRE, WAR
from offramp.solution import Solution
from offramp.solution._particles import Cloud

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Fact = tuple[str, str, Bools, float]
"""Id, words, particles, chance."""

LOOK = 3
"""Month at which indicators are read, if the horizon allows: the first review of a plan."""
HORIZON = 12
"""Month by which what they announce is counted, if the horizon allows."""
RARE = 0.01
"""Facts less (or more) likely than this (or its complement) are left out: they separate nothing."""
MOST = 6


@dataclass(frozen=True)
class Indicator:
    """A public fact at a month.

    Attributes:
        id, name: For machines and readers.
        chance: Probability at the month, given that nothing is settled.
        event: What it announces most (an entry of EVENTS); ``lift`` by how much, ``given`` its chance then.
        lifts: The same for every event.
        lead: Median months from the sight to that event, given that it comes (None: it never does).
        worth: A's value with it less A's value on average.
        belief: Mean belief where it is seen.
    """

    id: str
    name: str
    chance: float
    event: str
    lift: float
    given: float
    lifts: tuple[float, ...]
    lead: int | None
    worth: float
    belief: tuple[float, ...]


@dataclass(frozen=True)
class Board:
    """All indicators of a month, and what is expected there without any."""

    month: int
    by: int
    open_share: float
    usual: tuple[float, ...]
    value_a: float
    indicators: tuple[Indicator, ...]


def _facts(solution: Solution, cloud: Cloud) -> list[tuple[str, str, Bools]]:
    """Public facts by particle."""
    game = solution.game
    a, b = side_names(game)
    lay, s = game.layout, cloud.state
    middle = (lay.sizes[0] - 1) // 2
    stage = np.array([n.stage for n in game.automaton.nodes])
    lapsed = np.array([n.lapsed for n in game.automaton.nodes])
    facts: list[tuple[str, str, Bools]] = [
        ("ceasefire", "a ceasefire holds", lay.regime[s] == CEASEFIRE),
        ("war", "fighting goes on", lay.regime[s] == WAR),
        ("front_b", f"the front has moved in favour of {b}", lay.position[s] > middle),
        ("front_a", f"the front has moved in favour of {a}", lay.position[s] < middle),
        ("rung", "the ladder has been climbed", lay.rung[s] > 0),
        ("cohesion", f"the cohesion of {a} has fallen", lay.tier[s] > 0),
        ("clock", "the clock of a type that prepares is ripe", lay.clock[s] == 1),
        ("stage", "a later step of the plan is in force", stage[lay.node[s]] > 0),
        ("lapse", f"{a} was seen not to follow through", lapsed[lay.node[s]]),
    ]
    for side, name in enumerate((a, b)):
        flag = np.array([both[side] for both in lay.pledges])
        facts.append(
            (f"committed_{'ab'[side]}", f"{name} is committed in public", flag[lay.pledge[s]])
        )
    for bit, event in enumerate(game.tracked):
        on = (np.maximum(lay.happened[s], 0) >> bit & 1).astype(bool)
        facts.append((f"event:{event}", game.crisis.events[event].name, on))
    if len(game.types) > 1:
        lead = int(np.argmax(game.opening))
        turned = cloud.belief.argmax(1) != lead
        kind = game.crisis.types[game.types[lead]].name.lower()
        facts.append(("turned", f"{b} no longer looks most like \u201c{kind}\u201d", turned))
    return facts


def board(
    solution: Solution,
    month: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Board | None:
    """Indicators at a month; None if the horizon is too short to look ahead or nothing is open then."""
    game = solution.game
    at = min(LOOK, game.shown // 2) if month is None else month
    by = min(HORIZON, game.shown)
    if at < 1 or by <= at:
        return None
    whole = to_month(solution, at)
    open_now = still_open(game, whole)
    if whole.mass[open_now].sum() < RARE:
        return None
    # What is settled or over by then has announced itself; histories that signed before keep their flag off
    # so that the next deal counts.
    now = part(whole, open_now)
    now = Cloud(now.state, now.belief, now.mass, np.zeros(len(now.state), dtype=bool))
    usual = course(solution, now, at, by)
    facts = [
        (key, name, pick, float(now.mass[pick].sum())) for key, name, pick in _facts(solution, now)
    ]
    facts = _telling(facts)
    found = []
    for n, (key, name, pick, chance) in enumerate(facts):
        then = course(solution, part(now, pick), at, by)
        found.append(_indicator(key, name, chance, usual, then, by - at))
        if progress is not None:
            progress(n + 1, len(facts))
    return Board(
        at,
        by,
        float(whole.mass[open_now].sum()),
        tuple(float(x) for x in usual.events[by - at]),
        usual.value_a,
        tuple(sorted(found, key=lambda i: -abs(i.worth))),
    )


def _telling(facts: list[Fact]) -> list[Fact]:
    """Facts that separate something, each once: neither a fact nor its contrary again."""
    found: list[Fact] = []
    for fact in sorted(facts, key=lambda f: -min(f[3], 1 - f[3])):
        same = any((fact[2] == f[2]).all() or (fact[2] != f[2]).all() for f in found)
        if RARE < fact[3] < 1 - RARE and not same:
            found.append(fact)
    return found[:MOST]


def _indicator(
    key: str, name: str, chance: float, usual: Course, then: Course, horizon: int
) -> Indicator:
    lifts = then.events[horizon] - usual.events[horizon]
    best = int(np.argmax(np.abs(lifts)))
    return Indicator(
        key,
        name,
        chance,
        EVENTS[best],
        float(lifts[best]),
        float(then.events[horizon, best]),
        tuple(float(x) for x in lifts),
        lead_time(then.events[:, best]),
        then.value_a - usual.value_a,
        tuple(float(x) for x in then.belief),
    )


def lead_time(cumulative: Floats) -> int | None:
    """Median month of an event given that it happens, from its cumulative chances."""
    total = float(cumulative[-1])
    if total < 1e-9:
        return None
    return int(np.argmax(cumulative >= total / 2))
