"""Facts of the forecasts answer: items, groups, ranks, the grid of right and wrong reasons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from offramp.answers._forecasts_sealed import Outcomes
from offramp.crisis import Crisis, Reading
from offramp.estimation import phrases
from offramp.estimation.ledger import Record
from offramp.estimation.scoring import LEAST, Forecast, Scores, brier, call, score

Truth = Literal["holds", "does not hold", "not assessed"]
TRUTHS: tuple[Truth, ...] = ("holds", "does not hold", "not assessed")

EDGES = tuple(sorted({p.high for p in phrases.phrases("icd203") if p.high < 0.99}))
"""Edges of the bins: where one ICD 203 term ends and the next begins."""
COIN = 0.25
"""Brier score of whoever says one half each time."""


@dataclass(frozen=True)
class Item:
    """One dated forecast, and how it turned out if that is known."""

    id: str
    group: str
    text: str
    probability: float
    low: float | None
    high: float | None
    resolves: dt.date
    rule: str
    outcome: bool | None = None
    date: dt.date | None = None
    confidence: str = ""
    fact: str = ""
    basis: Truth = "not assessed"

    @property
    def brier(self) -> float | None:
        """Its Brier score, once it is resolved."""
        return None if self.outcome is None else brier(self.probability, self.outcome)

    @property
    def right(self) -> bool | None:
        """Whether the call was right; None if unresolved, or at one half."""
        return None if self.outcome is None else call(self.probability, self.outcome)

    def as_forecast(self) -> Forecast:
        """As the scoring rules take it.

        Raises:
            ValueError: if it is not resolved.
        """
        if self.outcome is None:
            raise ValueError(f"{self.id} is not resolved")
        return Forecast(self.probability, self.outcome, self.low, self.high)


@dataclass(frozen=True)
class Group:
    """An author's forecasts: scores of the resolved ones, and a rank if there are enough.

    Attributes:
        spread: Least and greatest Brier score when all forecasts settled on one date are left out,
            date by date; None if one date settled all.
        days: Number of different dates that settled them.
    """

    id: str
    name: str
    items: tuple[Item, ...]
    scores: Scores | None
    spread: tuple[float, float] | None
    days: int
    rank: int | None = None

    @property
    def resolved(self) -> tuple[Item, ...]:
        """Items whose outcome is known."""
        return tuple(i for i in self.items if i.outcome is not None)


# --- Items -----------------------------------------------------------------------------------


def items_of(
    crisis: Crisis, outcomes: Outcomes, premises: Mapping[tuple[str, str], bool | None]
) -> dict[str, tuple[Item, ...]]:
    """Forecasts by reading, in file order."""
    return {
        name: tuple(_item(name, reading, key, outcomes, premises) for key in reading.forecasts)
        for name, reading in crisis.readings.items()
        if reading.forecasts
    }


def _item(
    name: str,
    reading: Reading,
    key: str,
    outcomes: Outcomes,
    premises: Mapping[tuple[str, str], bool | None],
) -> Item:
    f = reading.forecasts[key]
    known = outcomes.forecasts.get(key)
    return Item(
        id=key,
        group=name,
        text=f.text,
        probability=f.probability.value,
        low=f.probability.low,
        high=f.probability.high,
        resolves=f.resolves,
        rule=f.rule,
        outcome=None if known is None or known.outcome is None else bool(known.outcome),
        date=known.date if known else None,
        confidence=known.confidence if known else "",
        fact=known.fact if known else "",
        basis=_basis(name, reading, premises),
    )


def _basis(name: str, reading: Reading, premises: Mapping[tuple[str, str], bool | None]) -> Truth:
    """Whether the premises that carry a reading hold: all of them, or not, or nobody has said."""
    carrying = reading.load_bearing_guess
    found = [premises.get((name, path)) for path in carrying]
    if any(x is False for x in found):
        return "does not hold"
    return "holds" if found and all(x is True for x in found) else "not assessed"


def premise_truths(
    crisis: Crisis, outcomes: Outcomes, given: Mapping[str, bool | None] | None
) -> dict[tuple[str, str], bool | None]:
    """Whether premises hold: from the sealed file, then from what the caller says.

    Raises:
        KeyError: for a key that is not ``reading:path`` of a premise.
    """
    found: dict[tuple[str, str], bool | None] = {
        key: None if o.outcome is None else bool(o.outcome) for key, o in outcomes.premises.items()
    }
    for key, truth in (given or {}).items():
        name, _, path = key.partition(":")
        reading = crisis.readings.get(name)
        if reading is None or all(p.path != path for p in reading.premises):
            raise KeyError(f"{key!r} is not `reading:path` of a premise")
        found[name, path] = truth
    return found


def items_of_ledger(records: Sequence[Record]) -> dict[str, tuple[Item, ...]]:
    """Open forecasts of a ledger by who made them; hidden ones have nothing to score yet.

    A ledger knows when an outcome was written down, not when it came about, and several may be written
    down in one sitting. So the day that settles a forecast is its own date.
    """
    found: dict[str, list[Item]] = {}
    for r in records:
        o = r.opening
        if o is None:
            continue
        who = o.who or "no name given"
        found.setdefault(who, []).append(
            Item(
                r.id, who, o.text, o.probability, None, None, r.resolves, o.rule,
                r.outcome, None, r.confidence, r.fact,
            )
        )  # fmt: skip
    return {who: tuple(items) for who, items in found.items()}


# --- Groups ----------------------------------------------------------------------------------


def groups_of(
    items: Mapping[str, Sequence[Item]], names: Mapping[str, str], least: int
) -> tuple[Group, ...]:
    """Groups with scores; the best Brier score of those with ``least`` resolved items ranks first."""
    groups = [_group(key, names.get(key, key), tuple(list_)) for key, list_ in items.items()]
    able = sorted(
        (g for g in groups if g.scores is not None and g.scores.count >= least),
        key=lambda g: g.scores.brier if g.scores else 0.0,
    )
    # One group alone has nobody to be ranked against.
    ranks = {g.id: n for n, g in enumerate(able, start=1)} if len(able) > 1 else {}
    return tuple(replace(g, rank=ranks.get(g.id)) for g in groups)


def _group(key: str, name: str, items: tuple[Item, ...]) -> Group:
    done = [i for i in items if i.outcome is not None]
    scores = score([i.as_forecast() for i in done], EDGES) if done else None
    days = sorted({i.date or i.resolves for i in done})
    spread = None
    if len(days) > 1:
        left = [
            score([i.as_forecast() for i in done if (i.date or i.resolves) != d]).brier
            for d in days
        ]
        spread = (min(left), max(left))
    return Group(key, name, items, scores, spread, len(days))


def ranked(groups: Sequence[Group]) -> list[Group]:
    """Groups that have a rank, best first."""
    return sorted((g for g in groups if g.rank is not None), key=lambda g: g.rank or 0)


def firm(better: Group, worse: Group) -> bool:
    """Whether the order survives the coder's ranges, and leaving out all that one date settled."""
    a, b = better.scores, worse.scores
    if a is None or b is None or better.spread is None or worse.spread is None:
        return False
    return a.brier_high < b.brier_low and better.spread[1] < worse.spread[0]


def order_is_firm(groups: Sequence[Group]) -> bool:
    """Whether every step of the ranking is firm."""
    return all(firm(a, b) for a, b in pairwise(ranked(groups)))


def waits_for(item: Item) -> str:
    """What an unresolved item waits for."""
    if item.rule and item.fact:
        return f"a decision on its rule ({_bare(item.rule)})"
    if item.rule:
        return f"its outcome, by its rule ({_bare(item.rule)})"
    return "an outcome; no rule but its text is stated"


def _bare(text: str) -> str:
    return text.rstrip(". ")


def odd_items(items: Sequence[Item], as_of: dt.date | None) -> list[str]:
    """Outcomes whose date does not fit the forecast."""
    said = []
    for i in items:
        if i.outcome is None or i.date is None:
            continue
        if as_of is not None and i.date <= as_of:
            said.append(
                f"{i.id} was settled on {i.date.isoformat()}, not after the date of its reading "
                f"({as_of.isoformat()}): it may have been known."
            )
        if i.date > i.resolves:
            said.append(
                f"{i.id} was to resolve by {i.resolves.isoformat()}, and its outcome is dated "
                f"{i.date.isoformat()}."
            )
    return said


def grid(items: Sequence[Item]) -> dict[tuple[str, Truth], list[str]]:
    """Ids of resolved forecasts by (right, wrong or no call) and by whether the premises hold."""
    cells: dict[tuple[str, Truth], list[str]] = {}
    for i in items:
        if i.outcome is not None:
            row = {True: "right", False: "wrong", None: "no call"}[i.right]
            cells.setdefault((row, i.basis), []).append(i.id)
    return cells


LEAST_RANKED = LEAST
"""Resolved forecasts below which nobody is ranked."""
