"""What the evidence says by the as-of date: priors become the beliefs that open the game.

For each item dated after the prior date and not after the as-of date, about B, included and not
sealed::

    w = reliability(letter) * credibility(digit);  L' = w L + (1 - w) mean_theta L
    absence of a thing seen with chance s if it were there:  L' = s L' + (1 - s) mean L'
    log posterior = log prior + sum_items e_item * log L',
    e_item = hindsight * (2 a / (1 + a) for acts, 2 / (1 + a) for words) * dependence exponents

with a = acts over words. F and 6 in a grade mean "cannot be judged" and leave an item neutral.

While the game goes on, a channel gives a public signal y at the end of every ``every_months``-th month::

    P(y | theta) = w L(y | theta) + (1 - w) mean_theta L(y | theta),   w = reliability (1 - unmodelled)

L is the file's, or one signal per type that points to it. ``unmodelled`` is the chance that B is none of
the types, so that what is seen bears on none of them.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np

from offramp.crisis._beliefs import EvidenceChannel
from offramp.crisis._pressure import Plan
from offramp.crisis._schema import Crisis
from offramp.game._preferences import Floats

NEVER = 1e-300
"""Stands for a probability of zero, whose logarithm is not a number."""


@dataclass(frozen=True)
class Update:
    """One item's effect: tempered log-likelihood per type.

    ``likelihood`` is the chance of the item by type, graded but not tempered: what a new and independent
    item of the kind would have. Tempering weighs items of one record against each other.
    """

    id: str
    date: dt.date
    log_likelihood: tuple[float, ...]
    likelihood: tuple[float, ...]


def prior_of(crisis: Crisis) -> Floats:
    """Priors of the modelled types, renormalised to one."""
    prior = np.array([kind.prior.value for kind in crisis.types.values()])
    if prior.sum() <= 0:
        raise ValueError("the priors of all types are zero")
    normalised: Floats = prior / prior.sum()
    return normalised


def updates(crisis: Crisis) -> tuple[Update, ...]:
    """Items that may update beliefs by the as-of date, oldest first."""
    start = crisis.hypotheses.prior_date
    rules = crisis.evidence_rules
    ratio = rules.acts_over_words.value
    found = []
    for key, item in sorted(crisis.evidence.items(), key=lambda kv: kv[1].date):
        if not item.include or item.about != "B" or item.after_as_of or not item.likelihood:
            continue
        if item.date > crisis.as_of or (start is not None and item.date <= start):
            continue
        raw = np.array([item.likelihood[theta] for theta in crisis.types])
        mean = raw.mean()
        weight = 1.0
        if item.grade is not None:
            letter, digit = item.grade[0], item.grade[1]
            neutral = letter == "F" or digit == "6"
            weight = 0.0 if neutral else rules.reliability[letter] * rules.credibility[digit]
        used = weight * raw + (1 - weight) * mean
        if item.kind == "absence" and item.chance_of_seeing is not None:
            used = item.chance_of_seeing * used + (1 - item.chance_of_seeing) * used.mean()
        exponent = (
            rules.hindsight.value * (2 / (1 + ratio)) * (ratio if item.kind == "act" else 1.0)
        )
        for group in crisis.dependence.values():
            if key in group.items:
                exponent *= group.exponent
        logs = tuple(float(exponent * math.log(max(v, NEVER))) for v in used)
        found.append(Update(key, item.date, logs, tuple(float(v) for v in used)))
    return tuple(found)


def opening_beliefs(crisis: Crisis) -> Floats:
    """Beliefs over the modelled types at the as-of date, shape (types,)."""
    log = np.log(np.maximum(prior_of(crisis), NEVER))
    for update in updates(crisis):
        log = log + np.array(update.log_likelihood)
    weight = np.exp(log - log.max())
    posterior: Floats = weight / weight.sum()
    return posterior


def likelihood_of(crisis: Crisis, channel: EvidenceChannel) -> Floats:
    """P(y | theta) of a channel's signals, shape (signals, types); columns sum to one."""
    types = tuple(crisis.types)
    if channel.likelihood:
        rows = [[row[theta] for theta in types] for row in channel.likelihood.values()]
        stated = np.array(rows, dtype=np.float64)
    else:
        stated = np.eye(len(types))
    stated = stated / stated.sum(0)
    weight = channel.reliability.value * (1 - crisis.hypotheses.unmodelled.value)
    mixed: Floats = weight * stated + (1 - weight) * stated.mean(1, keepdims=True)
    return mixed


def signals_of(crisis: Crisis, plan: Plan, months: int) -> tuple[Floats | None, ...]:
    """By month, P(y | theta) of the signal that arrives at its end, or None.

    A plan's own channel goes before the crisis's. A channel that cannot tell the types apart gives
    no signal at all.
    """
    channel = plan.evidence_channel or crisis.evidence_channel
    if channel is None or len(crisis.types) == 1:
        return (None,) * months
    likelihood = likelihood_of(crisis, channel)
    if np.ptp(likelihood, axis=1).max() == 0:
        return (None,) * months
    every = channel.every_months
    return tuple(likelihood if (t + 1) % every == 0 else None for t in range(months))
