"""The first sentences of page 1: what is likely, what moves it, what to do, and on what ground.

Two ranges stand beside the chance of a settlement and are told apart. One runs over precision and the grid,
with every input at its central value; the other over draws of all inputs from their ranges (the 5th and the
95th percentile), where the brief has draws. The middle draw and the figure at central values differ in general:
E[f(X)] and the median of f(X) are not f at the centre of X.

*Settled without a range today.* Let p_j be the chance of being in a settlement at month m if B's type is j,
pi the opening beliefs, and J the types for which no contract has a range today. Then ``sum_J pi_j p_j`` of the
chance ``sum_j pi_j p_j`` comes from types without a range. Whether a range opens for them is read on the hold
path (nobody acts before), at the months at which the answer about deals reads it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from offramp.answers import Answer, Comparison
from offramp.answers._facts import join, percent, quoted, span_text, stake
from offramp.answers._futures_stories import regime_words
from offramp.answers._plans_views import NOBODY, who_must_agree
from offramp.brief.words import Yardstick, confidence_sentence, sentence
from offramp.crisis import Crisis, parameters
from offramp.game import Game
from offramp.game._states import SETTLED

Confidence = Literal["low", "moderate", "high"]

MOSTLY, NARROW = 0.5, 0.1
"""Confidence is moderate if more than this share of numbers is data and the bands are narrower."""
LEAST = 0.01
"""Chance of a settlement from types without a range that is worth a sentence: a point."""


@dataclass(frozen=True)
class Spread:
    """The chance of a settlement over draws of all inputs.

    Attributes:
        low, middle, high: 5th percentile, median, 95th percentile.
        draws: Draws that could be solved.
        coarser: Whether they were solved on another grid than the brief's.
    """

    low: float
    middle: float
    high: float
    draws: int
    coarser: bool


def spread_of(answers: Sequence[Answer], plan: str, month: int, grid: str) -> Spread | None:
    """The spread that the brief's own draws show; None if it has none of this plan and month.

    Args:
        answers: The brief's answers.
        plan: Its plan.
        month: At which month the settlement is read.
        grid: Name of the grid that the plan itself is solved on.
    """
    for answer in answers:
        data = answer.data or {}
        drawn = data.get("draws") if answer.name == "sensitivity" else None
        if not isinstance(drawn, Mapping) or data.get("plan") != plan:
            continue
        known = [x for x in drawn.get(f"settled_{month}", ()) if x is not None]
        if len(known) > 1:
            low, middle, high = (float(x) for x in np.percentile(known, [5, 50, 95]))
            own = dict(answer.trace().settings).get("resolution", grid)
            return Spread(low, middle, high, len(known), own != grid)
    return None


def bridge_words(game: Game, bargain: Answer, futures: Answer, month: int) -> str:
    """How a settlement comes about without a range today; "" where none does, or every type has a range."""
    deals: dict[str, Any] = dict(bargain.data or {})
    told: dict[str, Any] = dict(futures.data or {})
    ranges: dict[str, list[list[str]]] = deals["range"]
    closed = [t for t in game.types if not ranges[t][0]]
    name = regime_words(game, SETTLED)
    belief = dict(zip(game.types, (float(x) for x in game.opening), strict=True))
    parts = {t: belief[t] * told["regimes_by_type"][t][name][month] for t in game.types}
    without = sum(parts[t] for t in closed)
    if without < LEAST:
        return ""
    b = game.crisis.blocs["B"].name
    whole = points(sum(parts.values()))
    chance = f"of the chance of a settlement at month {month}"
    if len(game.types) == 1:
        said = f"The {whole} {chance} need no range today"
    else:
        part = points(without)
        share = (
            f"All {chance} comes"
            if len(closed) == len(game.types)
            else f"Of the {whole} {chance}, {part} {'comes' if part == '1 point' else 'come'}"
        )
        said = f"{share} from types of {b} for which no deal has a range today"
    return f"{said}: {_opening_words(game, deals, closed, month)}."


def _opening_words(game: Game, deals: Mapping[str, Any], closed: Sequence[str], month: int) -> str:
    """Whether ranges open later while nobody acts, and what else signs deals."""
    months = [t for t in deals["months"] if t <= month]
    first = {
        t: next((m for m, inside in zip(months, deals["range"][t], strict=False) if inside), None)
        for t in closed
    }
    opened = {t: m for t, m in first.items() if m is not None}
    noise = (
        "signed because choices follow gains without being sharp, or because the front, cohesion, pressure "
        "and beliefs have moved"
    )
    last = months[-1]
    if not opened:
        return f"while nobody acts none opens by month {last}, so these deals are {noise}"
    kinds = join(quoted(game.crisis.types[t].name.lower()) for t in opened)
    who = "" if len(opened) == len(closed) else f" if the type is {kinds}"
    when = sorted(set(opened.values()))
    by = f"month {when[-1]}" if len(when) == 1 else f"months {when[0]} to {when[-1]}"
    return f"while nobody acts one opens by {by}{who}, and deals without one are {noise}"


def bottom_line(
    c: Comparison,
    delay: Answer,
    bargain: Answer,
    first: str,
    yardstick: Yardstick,
    spread: Spread | None = None,
    bridge: str = "",
) -> tuple[str, ...]:
    """What is likely under the first plan, what moves it, and what to do.

    Args:
        c: The comparison of plans.
        delay: The answer about leverage.
        bargain: The answer about deals.
        first: The plan of the brief.
        yardstick: Words of probability.
        spread: The chance of a settlement over draws of all inputs, if there are any.
        bridge: How a settlement can be without a range today; "" leaves it out.
    """
    crisis = c.crisis
    a = crisis.blocs["A"].name
    p = c.own[first].at("settled", c.month)
    low, high = c.settled_range(first)
    error = c.error("settled", first)
    low, high = max(0.0, low - error), min(1.0, high + error)
    likely = sentence(
        p,
        f"there is a settlement at month {c.month} under {quoted(crisis.plans[first].name)}",
        yardstick,
        low,
        high,
    )
    if spread is not None:
        likely += f" {_spread_words(spread, p, low, high, error)}"
    moves = " ".join(x for x in (f"{delay.headline}.", f"{bargain.headline}.", bridge) if x)
    best = max(c.own, key=lambda x: c.own[x].value_a)
    gain = c.own[best].value_a - c.own[first].value_a
    name = quoted(crisis.plans[best].name)
    alike = [quoted(crisis.plans[x].name) for x in c.own if x != best and not c.worth_more(best, x)]
    if len(c.own) == 1:
        todo = f"The file has one plan: nothing is said about what {a} should do instead."
    elif not c.worth_more(best, first):
        todo = (
            f"No plan in the file is distinguishably better for {a} than "
            f"{quoted(crisis.plans[first].name)}."
        )
    else:
        agree = who_must_agree(crisis, crisis.plans[best])
        needs = "no further consent is needed" if agree == NOBODY else f"it needs {agree} to agree"
        tie = f", though not distinguishably more than {join(alike)}" if alike else ""
        todo = f"For {a} {name} is worth most ({stake(gain, True)} of its stake{tie}); {needs}."
    if c.same and c.offer is not None:
        top = max(c.same, key=lambda x: c.same[x].value_a)
        x, y = c.same[top].value_a, c.own[best].value_a
        more = x - y
        if more > 0 and c.differ("value_a", top, best, x, y) and crisis.plans[top].offer != c.offer:
            todo += (
                f" A mix that is not in the file would do better still: {quoted(crisis.plans[top].name)} with "
                f"the offer {quoted(crisis.contracts[c.offer].name)} ({stake(more, True)})."
            )
    return (likely, moves, todo)


def _spread_words(s: Spread, p: float, low: float, high: float, error: float) -> str:
    """The range over inputs beside the one over precision and the grid, and why their middles differ."""
    text = (
        f"The range {span_text(low, high)} runs over precision and the grid, with every input at its central "
        f"value; over the ranges of the inputs the chance runs from {percent(s.low)} to {percent(s.high)} in "
        f"nine of ten of {s.draws} draws"
    )
    if abs(s.middle - p) <= error:
        return f"{text}."
    grid = ", and the draws are solved on a coarser grid" if s.coarser else ""
    return (
        f"{text}. Their middle, {percent(s.middle)}, is not the figure at central values, since ranges need "
        f"not lie evenly around them and effects do not add up{grid}."
    )


def confidence(crisis: Crisis, c: Comparison, spread: Spread | None = None) -> str:
    """Low unless most numbers rest on data and the bands over precision and over inputs are narrow."""
    numbers = parameters(crisis)
    kinds = {key: source.kind for key, source in crisis.sources.items()}

    def measured(source: tuple[str, ...]) -> bool:
        named = {kinds.get(re.split(r"[:\s]", s)[0]) for s in source if s}
        return "data" in named and "judgement" not in named

    share = sum(measured(q.source) for q in numbers.values()) / max(1, len(numbers))
    best = max(c.own, key=lambda p: c.own[p].value_a)
    widest = c.settled_range(best)[1] - c.settled_range(best)[0]
    if spread is not None:
        widest = max(widest, spread.high - spread.low)
    level: Confidence = "moderate" if share > MOSTLY and widest < NARROW else "low"
    return confidence_sentence(
        level,
        f"{percent(share)} of the {len(numbers)} numbers rest on data alone, the rest on judgement, and "
        + (
            "the ranges here run over precision and the grid, not over the inputs"
            if spread is None
            else f"what the ranges of the inputs leave open is {points(spread.high - spread.low)} of "
            "probability wide"
        ),
    )


def points(p: float) -> str:
    """A difference of probabilities in points: they are no per cent of the figure."""
    whole = round(100 * p)
    if whole == 0 and p > 0:
        return "less than a point"
    return f"{whole} point" if whole == 1 else f"{whole} points"
