"""The ledger of dated evidence: what each item moved, groups, words against acts, audiences.

Everything is read off the rule by which the game opens (:mod:`offramp.game._evidence`)::

    log posterior = log prior + sum_i u_i,     u_i = e_i log L'_i   (by type, tempered)

*Leave one out.* The contribution of item i is ``posterior - posterior(without u_i)``; of a dependence
group, the same with all its items left out. Counted apart, a group would weigh ``sum_i u_i / exponent``.

*Words against acts.* With a = acts over words, exponents are h 2a/(1+a) for acts and h 2/(1+a) for words
and absences. In s = a/(1+a) every log posterior is a straight line,

    f_theta(s) = log prior + 2 (1 - s) W_theta + 2 s A_theta,

W and A the sums at a = 1. The leading hypothesis is the upper envelope of these lines, so the weights at
which it changes, a = s/(1-s), are exact.

Units: probabilities; natural logarithms inside, bits (log base 2) where shown.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from offramp.crisis import Crisis, Evidence, override
from offramp.game._evidence import NEVER, Update, opening_beliefs, prior_of, updates

Floats = NDArray[np.float64]
LOW, HIGH = 1e-3, 1e3
"""Weights of acts over words outside these are words alone and acts alone."""


@dataclass(frozen=True)
class Item:
    """A dated observation and what it did.

    Attributes:
        id, item: As in the crisis file.
        status: Why it was not used; empty if it was.
        weight: Admiralty weight (0: cannot be judged; 1: no grade).
        log: Tempered log-likelihood by type, mean taken out; zeros if it was not used.
        shift: Posterior less the posterior without it, by type.
        groups: Dependence groups it belongs to.
    """

    id: str
    item: Evidence
    status: str
    weight: float
    log: tuple[float, ...]
    shift: tuple[float, ...]
    groups: tuple[str, ...]

    @property
    def used(self) -> bool:
        """Whether it moves the beliefs at all."""
        return not self.status

    @property
    def strength(self) -> float:
        """Bits by which it can tell the best-fitting type from the worst."""
        return (max(self.log) - min(self.log)) / math.log(2.0)

    @property
    def moved(self) -> float:
        """Probability that it shifted between types."""
        return 0.5 * sum(abs(x) for x in self.shift)


@dataclass(frozen=True)
class Group:
    """Items that count once: together, and what they would weigh if they were independent."""

    id: str
    items: tuple[str, ...]
    exponent: float
    shift: tuple[float, ...]
    together: tuple[float, ...]
    apart: tuple[float, ...]


@dataclass(frozen=True)
class Turn:
    """A weight of acts over words at which the leading hypothesis changes."""

    weight: float
    below: int
    above: int


@dataclass(frozen=True)
class Balance:
    """Words against acts.

    Attributes:
        prior: Beliefs before any evidence; ``words``, ``acts`` with these alone, at full weight.
        turns: Every change of the leading hypothesis over all positive weights.
        now: The weight that is used, with its range.
    """

    prior: tuple[float, ...]
    words: tuple[float, ...]
    acts: tuple[float, ...]
    turns: tuple[Turn, ...]
    now: float
    low: float | None
    high: float | None
    weights: tuple[float, ...]
    path: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Heard:
    """What one sender told one audience: log-likelihoods summed, by type."""

    sender: str
    audience: str
    items: tuple[str, ...]
    log: tuple[float, ...]


@dataclass(frozen=True)
class Ledger:
    """All of it. ``path`` holds (date, posterior) from the prior date on."""

    types: tuple[str, ...]
    prior: tuple[float, ...]
    posterior: tuple[float, ...]
    items: tuple[Item, ...]
    path: tuple[tuple[dt.date, tuple[float, ...]], ...]
    groups: tuple[Group, ...]
    balance: Balance
    heard: tuple[Heard, ...]
    unmodelled: float

    @property
    def used(self) -> tuple[Item, ...]:
        """Items that move beliefs, oldest first."""
        return tuple(i for i in self.items if i.used)

    @property
    def keep(self) -> float:
        """What the modelled types share: one less the floor for none of these."""
        return 1.0 - self.unmodelled

    @property
    def leader(self) -> int:
        """The likeliest type."""
        return int(np.argmax(self.posterior))

    def about_a(self) -> tuple[Item, ...]:
        """Items on A's resolve that could be known at the as-of date."""
        return tuple(i for i in self.items if i.item.about == "A" and i.status == ABOUT_A)


ABOUT_A = "bears on A's resolve, not on B's type"
NEUTRAL = "cannot be judged (grade F or 6): neutral"
FLAT = "equally likely from every type: neutral"
LATER = "dated after the as-of date"
EARLIER = "the prior already holds it"
LEFT_OUT = "left out by the file"
UNLINKED = "no likelihood given"


def ledger(crisis: Crisis) -> Ledger:
    """The evidence log of a crisis."""
    types = tuple(crisis.types)
    prior = prior_of(crisis)
    found = updates(crisis)
    logs = {u.id: np.array(u.log_likelihood) for u in found}
    posterior = opening_beliefs(crisis)
    items = []
    for key, item in sorted(crisis.evidence.items(), key=lambda kv: kv[1].date):
        log = logs.get(key, np.zeros(len(types)))
        items.append(
            Item(
                key,
                item,
                _status(crisis, key, item, logs),
                graded(crisis, item.grade),
                _plain(log - log.mean()),
                _plain(posterior - _posterior(prior, logs, {key})),
                tuple(g for g, group in crisis.dependence.items() if key in group.items),
            )
        )
    return Ledger(
        types,
        _plain(prior),
        _plain(posterior),
        tuple(items),
        _path(crisis, prior, found),
        _groups(crisis, prior, posterior, logs),
        balance(crisis),
        _heard(items),
        crisis.hypotheses.unmodelled.value,
    )


def graded(crisis: Crisis, grade: str | None) -> float:
    """Admiralty weight of a grade: 0 where it cannot be judged, 1 where none is given."""
    if grade is None:
        return 1.0
    if grade[0] == "F" or grade[1] == "6":
        return 0.0
    rules = crisis.evidence_rules
    return rules.reliability[grade[0]] * rules.credibility[grade[1]]


def _status(crisis: Crisis, key: str, item: Evidence, logs: Mapping[str, Floats]) -> str:
    start = crisis.hypotheses.prior_date
    if not item.include:
        return LEFT_OUT
    if item.after_as_of or item.date > crisis.as_of:
        return LATER
    if item.about == "A":
        return ABOUT_A
    if start is not None and item.date <= start:
        return EARLIER
    if key not in logs:
        return UNLINKED
    if graded(crisis, item.grade) == 0:
        return NEUTRAL
    return FLAT if np.ptp(logs[key]) < 1e-12 else ""


def _plain(values: Floats) -> tuple[float, ...]:
    return tuple(float(v) for v in values)


def _normal(log: Floats) -> Floats:
    weight = np.exp(log - log.max())
    total: Floats = weight / weight.sum()
    return total


def _posterior(prior: Floats, logs: Mapping[str, Floats], without: set[str]) -> Floats:
    log = np.log(np.maximum(prior, NEVER))
    for key, value in logs.items():
        if key not in without:
            log = log + value
    return _normal(log)


def _path(
    crisis: Crisis, prior: Floats, found: tuple[Update, ...]
) -> tuple[tuple[dt.date, tuple[float, ...]], ...]:
    """Beliefs after each date on which something was seen, from the prior date to the as-of date."""
    first = crisis.hypotheses.prior_date or (found[0].date if found else crisis.as_of)
    log = np.log(np.maximum(prior, NEVER))
    steps: list[tuple[dt.date, tuple[float, ...]]] = [(first, _plain(prior))]
    for update in found:
        log = log + np.array(update.log_likelihood)
        if steps[-1][0] == update.date and len(steps) > 1:
            steps.pop()
        steps.append((update.date, _plain(_normal(log))))
    if steps[-1][0] < crisis.as_of:
        steps.append((crisis.as_of, steps[-1][1]))
    return tuple(steps)


def _groups(
    crisis: Crisis, prior: Floats, posterior: Floats, logs: Mapping[str, Floats]
) -> tuple[Group, ...]:
    found = []
    for key, group in crisis.dependence.items():
        used = tuple(i for i in group.items if i in logs)
        if not used:
            continue
        total = np.sum([logs[i] for i in used], axis=0)
        found.append(
            Group(
                key,
                used,
                group.exponent,
                _plain(posterior - _posterior(prior, logs, set(used))),
                _plain(total - total.mean()),
                _plain((total - total.mean()) / group.exponent),
            )
        )
    return tuple(found)


def balance(crisis: Crisis) -> Balance:
    """Words against acts over every weight of acts over words."""
    even = override(crisis, {"evidence_rules.acts_over_words": 1.0})
    prior = prior_of(crisis)
    start = np.log(np.maximum(prior, NEVER))
    words, acts = np.zeros(len(prior)), np.zeros(len(prior))
    for update in updates(even):
        log = np.array(update.log_likelihood)
        if crisis.evidence[update.id].kind == "act":
            acts = acts + log
        else:
            words = words + log

    def line(s: float) -> Floats:
        value: Floats = start + 2 * (1 - s) * words + 2 * s * acts
        return value

    ratio = crisis.evidence_rules.acts_over_words
    weights = tuple(float(w) for w in np.geomspace(0.25, 10.0, 33))
    return Balance(
        _plain(prior),
        _plain(_normal(line(0.0))),
        _plain(_normal(line(1.0))),
        _turns(line(0.0), line(1.0)),
        ratio.value,
        ratio.low,
        ratio.high,
        weights,
        tuple(_plain(_normal(line(w / (1 + w)))) for w in weights),
    )


def _turns(left: Floats, right: Floats) -> tuple[Turn, ...]:
    """Where the highest of several straight lines on [0, 1] changes hands."""
    cuts = {0.0, 1.0}
    for i, j in combinations(range(len(left)), 2):
        gap, end = left[i] - left[j], right[i] - right[j]
        if gap * end < 0:
            cuts.add(float(gap / (gap - end)))
    edges = sorted(cuts)
    middles = [(a + b) / 2 for a, b in pairwise(edges)]
    best = [int(np.argmax(left + s * (right - left))) for s in middles]
    found = []
    for cut, below, above in zip(edges[1:], best, best[1:], strict=False):
        weight = cut / (1 - cut)
        if below != above and LOW < weight < HIGH:
            found.append(Turn(weight, below, above))
    return tuple(found)


def _heard(items: list[Item]) -> tuple[Heard, ...]:
    """Words by sender and audience; a message to several audiences counts for each."""
    told: dict[tuple[str, str], list[Item]] = {}
    for i in items:
        if i.item.kind != "word" or i.item.about != "B" or i.status not in ("", FLAT, NEUTRAL):
            continue
        for audience in i.item.audience or ("",):
            told.setdefault((i.item.sender, audience), []).append(i)
    found = []
    for (sender, audience), said in told.items():
        total = np.sum([i.log for i in said], axis=0)
        found.append(Heard(sender, audience, tuple(i.id for i in said), _plain(total)))
    return tuple(found)
