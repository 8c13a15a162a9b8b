"""The outside view: base rates of the crisis held against the game's own results.

A base rate is a frequency in a stated reference class; ``bears_on`` names the result of the game that it should
be held against. Where that is a probability the game has, in the form ``P(result within n months), plan``, this
module computes it:

- *settlement*: P(a settlement is in force at month n);
- *end of war*: that, or a side has collapsed, at month n; a reference class that counts wars as ended once a
  ceasefire holds is met by the upper figure, which adds P(ceasefire);
- *no settlement*: 1 - P(settlement).

Verdict: *inside* the base rate's range, *above* or *below* it; with a range of one point or within the
certificate's error of an end there is no distinguishable difference. Everything else that ``bears_on`` says
is listed in its words and not computed. A base rate is no test of the game: its class is never this case.

Units: probabilities. Source: the crisis's own ``base_rates``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from offramp.answers._answer import Cell, Column, Table
from offramp.answers._facts import bare, percent, range_text, span_text
from offramp.answers._runs import Progress, Run, Task, reduce, run_all
from offramp.crisis import BaseRate, Crisis
from offramp.solution import Certificate, Solution

_ASKS = re.compile(
    r"P\((?P<what>[^)]*?)(?:\s+within\s+(?P<n>\d+)\s+months?)?\)(?:\s*,\s*(?P<plan>[\w-]+))?\s*",
    re.IGNORECASE,
)
MONTH = 12
"""Month at which a result without one is read (or the horizon, if it is shorter)."""


@dataclass(frozen=True)
class View:
    """A base rate beside the game's own figure.

    Attributes:
        low, high: The game's figure; they differ where the reference class may count ceasefires.
        month, plan: Where it was read; None where nothing could be computed.
        verdict: ``inside``, ``above``, ``below``, ``no distinguishable difference``, or why not computed.
    """

    id: str
    rate: BaseRate
    low: float | None
    high: float | None
    month: int | None
    plan: str | None
    verdict: str


@dataclass(frozen=True)
class Asked:
    """A probability of the game: what, by which month, under which plan."""

    what: str
    month: int
    plan: str


def outside_view(
    solution: Solution,
    *,
    progress: Progress | None = None,
    workers: int | None = 1,
    certificate: Certificate | None = None,
) -> tuple[View, ...]:
    """Every base rate of the crisis, with the game's figure where it bears on one.

    Args:
        solution: The solved game; other plans that a base rate names are solved at its settings.
        progress: Told (label, done, total).
        workers: Solves at the same time.
        certificate: What differences are held against; left out, the solution's own.
    """
    game = solution.game
    crisis = game.crisis
    asked = asked_of(crisis, game.plan_id, game.shown)
    plans = {a.plan for a in asked.values() if isinstance(a, Asked)}
    runs = {
        game.plan_id: reduce(
            solution, Task(game.plan_id, False, solution.precision, game.resolution)
        )
    }
    others = sorted(plans - set(runs))
    tasks = [
        Task(plan, False, solution.precision, game.resolution, reading=game.reading_id)
        for plan in others
    ]
    if tasks:
        found = run_all(crisis, tasks, workers, progress, "base rates")
        runs |= dict(zip(others, found, strict=True))
    return views_of(crisis, asked, runs, (certificate or solution.certificate).least("settled"))


def views_of(
    crisis: Crisis, asked: Mapping[str, Asked | str], runs: Mapping[str, Run], least: float
) -> tuple[View, ...]:
    """Every base rate beside solves that were made already, by plan."""
    return tuple(
        _view(key, rate, asked[key], runs, least) for key, rate in crisis.base_rates.items()
    )


def asked_of(crisis: Crisis, plan: str, shown: int) -> dict[str, Asked | str]:
    """What each base rate asks of the game, or why it asks nothing.

    Args:
        crisis: The crisis.
        plan: The plan under which a base rate that names none is read.
        shown: Last month that a game shows.
    """
    return {key: _asked(crisis, rate, plan, shown) for key, rate in crisis.base_rates.items()}


def _asked(crisis: Crisis, rate: BaseRate, usual: str, shown: int) -> Asked | str:
    """What the game is asked for, or why nothing is."""
    match = _ASKS.fullmatch(rate.bears_on)
    if rate.value is None:
        return "shares of several outcomes: compare in words"
    if match is None:
        return "bears on what the game does not give as one probability"
    what = match["what"].lower()
    if not re.search(r"settlement|end of (?:the )?war", what):
        return "bears on what the game does not give as one probability"
    plan = match["plan"] or usual
    if plan not in crisis.plans:
        return f"names the plan {plan!r}, which the crisis does not have"
    month = int(match["n"]) if match["n"] else min(MONTH, shown)
    if month > shown:
        return f"asks about month {month}, beyond the horizon of {shown}"
    return Asked(what, month, plan)


def _view(
    key: str, rate: BaseRate, asked: Asked | str, runs: Mapping[str, Run], least: float
) -> View:
    if isinstance(asked, str):
        return View(key, rate, None, None, None, None, asked)
    low, high = _figure(asked.what, runs[asked.plan], asked.month)
    return View(key, rate, low, high, asked.month, asked.plan, _verdict(rate, low, high, least))


def _figure(what: str, run: Run, month: int) -> tuple[float, float]:
    settled = run.at("settled", month)
    if what.startswith("no settlement"):
        return 1 - settled, 1 - settled
    if "end of" not in what:
        return settled, settled
    going = sum(run.at(name, month) for name in ("war", "ceasefire", "waiting", "disaster"))
    ended = max(1 - going, 0.0)  # masses add up to one, but for rounding
    return ended, ended + run.at("ceasefire", month)


def _verdict(rate: BaseRate, low: float, high: float, least: float) -> str:
    assert rate.value is not None
    first = rate.value.value if rate.value.low is None else rate.value.low
    last = rate.value.value if rate.value.high is None else rate.value.high
    if low <= last and high >= first:
        return "inside" if first < last else "no distinguishable difference"
    gap = low - last if low > last else first - high
    if gap <= least:
        return "no distinguishable difference"
    return "above" if low > last else "below"


def outside_table(views: tuple[View, ...]) -> Table | None:
    """The views as a table for a brief; None without base rates."""
    if not views:
        return None
    rows: list[tuple[Cell, ...]] = []
    for v in views:
        rate = v.rate
        if rate.value is None:
            stated = ", ".join(f"{k.replace('_', ' ')} {bare(x)}" for k, x in rate.parts.items())
        else:
            stated = bare(rate.value.value)
            if rate.value.low is not None:
                stated += f" ({range_text(rate.value)})"
        here = None
        if v.low is not None and v.high is not None:
            same = round(100 * v.low) == round(100 * v.high)
            here = percent(v.low) if same else span_text(v.low, v.high)
        where = None if v.month is None else f"{v.plan}, month {v.month}"
        source = "; ".join(rate.source or (rate.value.source if rate.value else ()))
        rows.append(
            (rate.name, rate.definition, stated, rate.bears_on or None, here, where, v.verdict, source)
        )  # fmt: skip
    return Table(
        "The outside view beside the game",
        (
            Column("name", "Outside view"),
            Column("definition", "What was counted"),
            Column("rate", "Rate"),
            Column("bears_on", "Bears on"),
            Column("game", "In this game"),
            Column("where", "read at"),
            Column("verdict", "The game is"),
            Column("source", "Source"),
        ),
        tuple(rows),
        "Two figures for the end of a war: without and with wars that a ceasefire holds. A base rate is no "
        "test of the game, and the game no correction of a base rate: a gap is a question to both.",
    )
