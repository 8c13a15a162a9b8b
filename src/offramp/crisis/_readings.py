"""Rival readings of a crisis: epochs, premises, claims, forecasts, and what would tell them apart.

A *reading* overrides parameter paths with its own central values and ranges, states claims and
dated forecasts, and belongs to an *epoch* with an as-of date; nothing dated later reaches its
solver. Readings stand next to each other and are never averaged. Outcomes that score forecasts
live in a separate sealed file that only scoring opens.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from offramp.crisis._quantity import Frozen, Quantity, Sources, Text


class Epoch(Frozen):
    """The crisis as it stood at another date, as changes to this file."""

    name: str = Field(description="Name that readers see.")
    as_of: dt.date = Field(description="Nothing after this date may be used.")
    as_of_range: tuple[dt.date, dt.date] | None = Field(default=None, description="If uncertain.")
    regime: Literal["standoff", "war", "ceasefire"] = Field(description="Regime at that date.")
    coercer: Literal["A", "B"] = Field(default="A", description="Who presses whom.")
    prior_date: dt.date | None = Field(default=None, description="Date at which its priors hold.")
    changes: dict[str, Any] = Field(
        default_factory=dict,
        description="Parameter path -> number, or path of an entry -> the entry itself.",
    )
    concessions: dict[Literal["A", "B"], tuple[str, ...]] = Field(
        default_factory=dict, description="Concessions made so far by each side."
    )
    note: Text = Field(default="", description="Anything else.")


class Premise(Frozen):
    """A number that a reading takes to be so."""

    path: str = Field(description="Parameter path.")
    value: Quantity = Field(description="The reading's central value and range.")
    why: Text = Field(default="", description="The author's reason, in our words.")
    source: Sources = Field(default=())


class Claim(Frozen):
    """Something that a reading concludes, prescribes or takes for granted."""

    kind: Literal["conclusion", "step", "prescription", "prediction", "hidden", "tension"] = Field(
        description="`hidden`: needed but unsaid; `tension`: two statements that may clash."
    )
    text: Text = Field(description="In our words.")
    expression: str = Field(
        default="", description="In the claim grammar (`docs/claims.md`); checked at load."
    )
    not_expressed: Text = Field(
        default="", description="Why the claim cannot be put to this game, if it cannot."
    )
    reports: dict[str, str] = Field(
        default_factory=dict,
        description="More questions in the claim grammar, read off at central values: label -> question.",
    )
    source: Sources = Field(default=())

    @model_validator(mode="after")
    def _said_once(self) -> Self:
        if bool(self.expression.strip()) == bool(self.not_expressed.strip()):
            raise ValueError(
                "give either an `expression` or, in `not_expressed`, why there is none"
            )
        return self


class Swap(Frozen):
    """Another way to have the same facts: changes that a claim can be asked with and without."""

    name: str = Field(description="Name that readers see.")
    changes: dict[str, Any] = Field(description="Parameter path -> number, or field -> value.")
    note: Text = Field(default="", description="Why these changes stand for it.")


class Forecast(Frozen):
    """A dated, resolvable forecast."""

    text: Text = Field(description="What is forecast.")
    probability: Quantity = Field(description="Probability, coded from the author's words.")
    resolves: dt.date = Field(description="Date of resolution.")
    rule: Text = Field(default="", description="How it is resolved.")
    basis: Text = Field(default="", description="Where the probability comes from.")


class Reading(Frozen):
    """One author's way of seeing the crisis."""

    label: str = Field(description="Name that readers see.")
    epoch: str = Field(description="Epoch in which it was written.")
    as_of: dt.date = Field(description="The author's own as-of date.")
    as_of_range: tuple[dt.date, dt.date] | None = Field(default=None, description="If uncertain.")
    stance: Text = Field(description="In a sentence, in our words.")
    document: str = Field(default="", description="The text it codes.")
    premises: tuple[Premise, ...] = Field(default=(), description="Its premises.")
    claims: dict[str, Claim] = Field(default_factory=dict, description="Its claims by id.")
    swaps: dict[str, Swap] = Field(
        default_factory=dict, description="Alternatives that claims are asked with and without."
    )
    forecasts: dict[str, Forecast] = Field(default_factory=dict, description="Its forecasts by id.")
    load_bearing_guess: tuple[str, ...] = Field(
        default=(), description="Premises that the coder thinks carry it (checked by the audit)."
    )
    excluded_spans: tuple[str, ...] = Field(
        default=(), description="Parts of the document that are not the author's."
    )
    language_note: Text = Field(default="", description="How partisan labels were coded.")
    author_terms: tuple[str, ...] = Field(
        default=(), description="Labels of the author's own; they name nothing and state no fact."
    )


class Discriminator(Frozen):
    """An observation that would tell two readings apart."""

    readings: tuple[str, str] = Field(description="The two readings.")
    parameter: Text = Field(description="Where they differ.")
    test: Text = Field(description="What to do or look for, and what each expects.")
    observe: dict[str, str] = Field(
        default_factory=dict,
        description="Outcome in words -> its chance, in the claim grammar (`docs/claims.md`), asked of the "
        "file's own date; outcomes exclude each other, and what is left is none of them.",
    )
    items: tuple[str, ...] = Field(
        default=(), description="Items of evidence that stand for it, seen or not."
    )
    not_observed: Text = Field(
        default="", description="Why neither this game nor an item of the file can show it."
    )
    lever: str | None = Field(default=None, description="Lever that would make the test.")
    cost: str = Field(default="", description="Cost of the test.")
    data: str = Field(default="", description="Data that bears on it.")

    @model_validator(mode="after")
    def _shown_or_not(self) -> Self:
        if self.not_observed and (self.observe or self.items):
            raise ValueError("give either `observe` or `items`, or the reason why there is neither")
        return self


class Elicitation(Frozen):
    """What several people answered, in their words."""

    question: Text = Field(description="The question.")
    respondents: Text = Field(default="", description="Who and how many.")
    answers: dict[str, str] = Field(description="Item -> `consensus`, `most`, `some`, `few`.")
    shares: dict[str, Quantity] = Field(description="Word -> share of respondents.")
    conditions: tuple[str, ...] = Field(default=(), description="Conditions of the answers.")
    caution: Text = Field(default="", description="What the answers do not say.")
    source: Sources = Field(default=())


class BaseRate(Frozen):
    """An outside-view frequency with its definition."""

    name: str = Field(description="Name that readers see.")
    value: Quantity | None = Field(default=None, description="The rate.")
    parts: dict[str, float] = Field(default_factory=dict, description="Rates of several outcomes.")
    definition: Text = Field(description="What was counted, and how many cases.")
    bears_on: str = Field(default="", description="Result of the game it should be held against.")
    source: Sources = Field(default=())


class Transplant(Frozen):
    """How readings from other dates are carried to this one."""

    note: Text = Field(default="", description="Rule in words.")
    maps: dict[str, str] = Field(
        default_factory=dict, description="Path in the reading's epoch -> path here."
    )


class SealedOutcome(Frozen):
    """How a forecast turned out. Lives in the sealed file only."""

    outcome: Literal[0, 1] | None = Field(description="1 happened, 0 did not, null unresolved.")
    date: dt.date | None = Field(default=None, description="Date of resolution.")
    confidence: Literal["certain", "high", "medium", "low"] = Field(description="Of the coding.")
    fact: Text = Field(default="", description="What happened.")


class SealedFile(Frozen):
    """The sealed file: outcomes by forecast id, opened by scoring only."""

    offramp_sealed: Literal[1] = Field(description="Format of the sealed file.")
    policy: Text = Field(default="", description="Who may open it.")
    outcomes: dict[str, SealedOutcome] = Field(description="Forecast id -> outcome.")
