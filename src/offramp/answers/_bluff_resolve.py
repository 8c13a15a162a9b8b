"""A's resolve: what has been seen of it, kept apart from B's type.

Items about A never move the beliefs about B. What they say of A is read on a dial of its own: the chance c that
A follows through. With a likelihood ratio r_i = P(item | A follows through) / P(item | it does not),

    log odds(c) = log odds(c0) + sum_i e_i log( (w_i l_i + (1 - w_i) / 2) / (w_i (1 - l_i) + (1 - w_i) / 2) ),
    l_i = r_i / (1 + r_i),     e_i = the ledger's exponents x 2^(-age_i / half-life)

with w_i the Admiralty weight. The file codes no r_i, so without one an item is listed and the dial does
not move. The spread by source is the dial with one sender's items alone.

Units: probability; ages in months of 30.4 days at the as-of date.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from offramp.answers._bluff_ledger import ABOUT_A, Item, Ledger
from offramp.crisis import Crisis

HALF_LIFE = 6.0
"""Months after which an item about A's resolve weighs half: moods and packages change within a year."""
DAYS = 30.44
EVEN = 0.5


@dataclass(frozen=True)
class Sighting:
    """An item about A: its age, weight now (grade x ageing) and ratio (None: the file gives none)."""

    item: Item
    age: float
    weight: float
    ratio: float | None


@dataclass(frozen=True)
class Dial:
    """A's resolve: where it starts, where the items leave it, and each source alone."""

    start: float
    now: float
    by_source: tuple[tuple[str, float], ...]
    sightings: tuple[Sighting, ...]

    @property
    def coded(self) -> bool:
        """Whether any item says which way it points."""
        return any(s.ratio is not None for s in self.sightings)


def dial(
    crisis: Crisis,
    book: Ledger,
    credibility: float,
    ratios: Mapping[str, float] | None = None,
    half_life: float = HALF_LIFE,
) -> Dial:
    """The dial of A's resolve.

    Args:
        crisis: The crisis.
        book: Its ledger.
        credibility: The chance that A follows through, as the game has it. Where it is 0 or 1 nothing
            could move it, and the dial starts at even odds.
        ratios: Item -> how much likelier it is if A follows through than if it does not.
        half_life: Months after which an item weighs half.

    Raises:
        ValueError: for a ratio that is not positive or belongs to no known item about A.
    """
    known = {i.id: i for i in book.about_a()}
    for key, ratio in (ratios or {}).items():
        if key not in known:
            raise ValueError(f"{key!r} is no item about A that could be known at the as-of date")
        if not 0 < ratio < math.inf:
            raise ValueError(f"{key}: a likelihood ratio is positive; got {ratio:g}")
    start = credibility if 0 < credibility < 1 else EVEN
    sightings = []
    moves: dict[str, float] = {}
    total = 0.0
    for item in known.values():
        age = (crisis.as_of - item.item.date).days / DAYS
        fresh = 0.5 ** (age / half_life)
        ratio_of = (ratios or {}).get(item.id)
        sightings.append(Sighting(item, age, item.weight * fresh, ratio_of))
        if ratio_of is not None:
            step = _step(crisis, item, ratio_of) * fresh
            sender = item.item.sender or "not stated"
            moves[sender] = moves.get(sender, 0.0) + step
            total += step
    assert all(s.item.status == ABOUT_A for s in sightings)
    return Dial(
        start,
        _after(start, total),
        tuple((sender, _after(start, step)) for sender, step in moves.items()),
        tuple(sorted(sightings, key=lambda s: -s.weight)),
    )


def _step(crisis: Crisis, item: Item, ratio: float) -> float:
    rules = crisis.evidence_rules
    a = rules.acts_over_words.value
    exponent = rules.hindsight.value * 2 / (1 + a) * (a if item.item.kind == "act" else 1.0)
    for group in item.groups:
        exponent *= crisis.dependence[group].exponent
    share = ratio / (1 + ratio)
    yes = item.weight * share + (1 - item.weight) / 2
    return exponent * math.log(yes / (1 - yes))


def _after(start: float, step: float) -> float:
    odds = math.log(start / (1 - start)) + step
    return 1 / (1 + math.exp(-odds))
