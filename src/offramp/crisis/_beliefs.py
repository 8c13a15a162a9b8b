"""What the other side may want, and what has been seen.

Types of bloc B are payoff and capability vectors, never behaviours. Prior probabilities hold at
``prior_date``; evidence after that date and not after the as-of date updates them by Bayes' rule::

    posterior(theta)  proportional to  prior(theta) * prod_y L_used(y | theta)^exponent
    L_used = w L + (1 - w) mean(L),    w = reliability weight x credibility weight (Admiralty)

Evidence that arrives while the game goes on is a *channel*: every few months a public signal y with

    P(y | theta) = w L(y | theta) + (1 - w) mean_theta L(y | theta),    w = reliability (1 - unmodelled)

``unmodelled`` is a floor: some probability stays on "none of these". Solvers use the modelled
types renormalised; the floor is shown with every posterior.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from offramp.crisis._quantity import Frozen, Quantity, Sources, Text, assumed


def _zero(why: str, unit: str = "flow") -> Quantity:
    return assumed(0.0, 0.0, 0.0, why, unit)


class Kind(Frozen):
    """One type of bloc B: a payoff vector."""

    name: str = Field(description="Name that readers see.")
    meaning: Text = Field(default="", description="What this type wants, in a sentence.")
    prior: Quantity = Field(description="Prior probability.")
    delay_flow: Quantity = Field(
        default_factory=lambda: _zero("delay is worth nothing in itself"),
        description="Flow value of delay in war and ceasefire (negative: delay hurts).",
    )
    war_cost: Quantity | None = Field(
        default=None, description="Own flow cost of war where it differs from the bloc's."
    )
    delay_cost_share: Quantity = Field(
        default_factory=lambda: _zero("no extra cost of war", "share of war cost"),
        description="Extra cost of war as a share of the bloc's war cost.",
    )
    war_bonus: Quantity = Field(
        default_factory=lambda: _zero("war has no bonus"),
        description="Flow value of war once this type's clock is ripe.",
    )
    ripens_in_war: Quantity = Field(
        default_factory=lambda: _zero("no clock", "per month"),
        description="Monthly hazard that the clock ripens during war.",
    )
    ripens_in_pause: Quantity = Field(
        default_factory=lambda: _zero("no clock", "per month"),
        description="Monthly hazard that the clock ripens during ceasefire or settlement.",
    )
    renege_gain: Quantity = Field(
        default_factory=lambda: _zero("nothing to gain from breaking a deal", "lump, stake"),
        description="Lump gained by breaking a settlement by surprise.",
    )
    attack_gain: Quantity = Field(
        default_factory=lambda: _zero("nothing to gain from attacking", "lump, stake"),
        description="Lump gained by attacking out of a stand-off.",
    )


class Hypotheses(Frozen):
    """How the types are to be read."""

    prior_date: dt.date | None = Field(
        default=None,
        description="Date at which the priors hold; earlier evidence is not used again.",
    )
    unmodelled: Quantity = Field(
        default_factory=lambda: assumed(
            0.03, 0.01, 0.1, "no list of types is complete", "probability"
        ),
        description="Probability kept for none of the types.",
    )
    note: Text = Field(default="", description="Anything else.")


class Evidence(Frozen):
    """A dated observation and how likely each type was to produce it."""

    date: dt.date = Field(description="When it was seen.")
    text: Text = Field(description="What was seen, in neutral words.")
    kind: Literal["word", "act", "absence"] = Field(
        default="act", description="Word, act or absence."
    )
    about: Literal["A", "B"] = Field(
        default="B",
        description="Whose type or resolve it bears on; items on A never move B's type.",
    )
    sender: str = Field(default="", description="Who produced the signal.")
    audience: tuple[str, ...] = Field(default=(), description="To whom it was addressed.")
    grade: str | None = Field(
        default=None, pattern=r"^[A-F][1-6]$", description="Admiralty grade, e.g. `B2`."
    )
    likelihood: dict[str, float] = Field(
        default_factory=dict, description="Type -> chance of seeing this from it."
    )
    move: str | None = Field(
        default=None, description="Move of the game whose chance per type replaces `likelihood`."
    )
    chance_of_seeing: float | None = Field(
        default=None, ge=0, le=1, description="For absences: chance that we would have seen it."
    )
    cost: Literal["none", "low", "medium", "high"] = Field(
        default="low", description="What it cost a sender who did not mean it."
    )
    epochs: tuple[str, ...] = Field(default=(), description="Epochs it belongs to.")
    sealed_for: tuple[str, ...] = Field(
        default=(), description="Epochs whose readers could not know it."
    )
    after_as_of: bool = Field(
        default=False,
        description="Dated after the as-of date: kept for demonstrations, never used.",
    )
    include: bool = Field(default=True, description="Whether it is used.")
    note: Text = Field(default="", description="Anything else.")
    source: Sources = Field(default=())


class Dependence(Frozen):
    """Items that are not independent: their log-likelihoods are tempered together."""

    items: tuple[str, ...] = Field(min_length=2, description="Evidence ids.")
    exponent: float = Field(gt=0, le=1, description="Shared exponent.")
    note: str = Field(default="", description="Why.")


class EvidenceChannel(Frozen):
    """Evidence about B's type that arrives while the game goes on, seen by both sides.

    Left out, nothing is learned but from what B does at the table.
    """

    every_months: int = Field(default=3, ge=1, le=60, description="Months between two signals.")
    reliability: Quantity = Field(
        default_factory=lambda: assumed(
            0.15, 0.0, 0.3, "public evidence on intentions is weak", "share"
        ),
        description=(
            "Weight of the likelihoods: 0 says nothing; 1, and no likelihoods given, shows the type."
        ),
    )
    likelihood: dict[str, dict[str, float]] = Field(
        default_factory=dict,
        description=(
            "Signal -> type -> chance of it from that type; the signals of a type sum to 1. Left "
            "out: one signal for each type, which points to it."
        ),
    )
    note: Text = Field(default="", description="Anything else.")
    source: Sources = Field(default=())


class EvidenceRules(Frozen):
    """How grades and kinds weigh."""

    reliability: dict[str, float] = Field(
        default_factory=lambda: {"A": 0.95, "B": 0.85, "C": 0.7, "D": 0.5, "E": 0.3, "F": 0.55},
        description="Weight of each reliability letter; F cannot be judged.",
    )
    credibility: dict[str, float] = Field(
        default_factory=lambda: {
            "1": 0.95,
            "2": 0.85,
            "3": 0.65,
            "4": 0.4,
            "5": 0.2,
            "6": 0.5,
        },
        description="Weight of each credibility digit; 6 cannot be judged.",
    )
    acts_over_words: Quantity = Field(
        default_factory=lambda: assumed(2.0, 1.0, 5.0, "acts cost more than words", "ratio"),
        description="Ratio of weight on log-likelihoods of acts to words.",
    )
    hindsight: Quantity = Field(
        default_factory=lambda: assumed(0.7, 0.4, 1.0, "coded after the fact", "exponent"),
        description="Exponent on likelihoods that were coded after the outcome was known.",
    )
    note: Text = Field(default="", description="Anything else.")
