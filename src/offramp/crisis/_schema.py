"""The crisis: one immutable description that a person writes and everything else reads.

``Crisis`` is the only definition of the file format: YAML and JSON are read into it and the JSON
Schema is emitted from it. Every number has a dotted path (``blocs.B.patience``,
``levers.visa_ban.cost_to_target``); readings and plans override by path.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from offramp.crisis._actors import Actor, Bloc, Broker, Issue, Member, Outsider, RedLine
from offramp.crisis._beliefs import (
    Dependence,
    Evidence,
    EvidenceChannel,
    EvidenceRules,
    Hypotheses,
    Kind,
)
from offramp.crisis._pressure import (
    Coalition,
    Contract,
    Guarantee,
    Ladder,
    Lever,
    Plan,
    Relief,
    Rung,
)
from offramp.crisis._quantity import Frozen, Text, assumed
from offramp.crisis._readings import (
    BaseRate,
    Discriminator,
    Elicitation,
    Epoch,
    Reading,
    Transplant,
)
from offramp.crisis._setting import (
    Ceasefire,
    Clock,
    Conversions,
    Event,
    Settlement,
    Standoff,
    War,
    Weights,
)
from offramp.crisis._tasks import CoalitionTask


class Source(Frozen):
    """Where numbers come from."""

    title: str = Field(description="Title.")
    author: str = Field(default="", description="Author or publisher.")
    year: str = Field(default="", description="Year or date.")
    kind: Literal["data", "document", "judgement", "record", "other"] = Field(
        default="other", description="What sort of source it is."
    )
    licence: str = Field(default="", description="Licence or terms, as found.")
    note: Text = Field(default="", description="Cut-off, caveats.")


def _short_ladder() -> Ladder:
    steps = (
        (0, "talks without pressure", 0.0, 0.0, 0.0),
        (1, "limited fighting or sanctions", 0.0005, 0.0, 0.002),
        (2, "open war", 0.001, 0.0003, 0.004),
        (3, "war widened in means or place", 0.003, 0.001, 0.01),
    )
    return Ladder(
        name="short economic-military ladder (preset)",
        base=2,
        rungs=tuple(
            Rung(
                rung=r,
                name=n,
                accident=assumed(c, lo, hi, "order of magnitude; no data", "per month"),
            )
            for r, n, c, lo, hi in steps
        ),
    )


class Crisis(Frozen):
    """A crisis as a person writes it. See the field descriptions for units and defaults."""

    offramp: Literal[1] = Field(description="Format version of this file.")
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="Short name, lower case.")
    title: str = Field(description="Title that readers see.")
    summary: Text = Field(default="", description="What the crisis is, in a few sentences.")
    as_of: dt.date = Field(description="The date the file speaks from; nothing later is used.")
    data_cut: dt.date | None = Field(default=None, description="Last date of any data used.")
    version: str = Field(default="1", description="Version of this file.")
    handling: str = Field(default="", description="Handling banner of the brief.")
    seat: str = Field(default="", description="For whom the brief is written.")
    regime: Literal["standoff", "war", "ceasefire"] = Field(
        default="war", description="Regime at the as-of date."
    )
    exponent: Literal[1, 2] = Field(
        default=1, description="Loss exponent of all preferences: 1 log-rolls, 2 compromises."
    )
    penalty_cap: float = Field(
        default=0.4,
        gt=0,
        le=1,
        description="Most stake that an actor's red lines can cost in a deal.",
    )
    sources: dict[str, Source] = Field(default_factory=dict, description="Sources by key.")
    blocs: dict[Literal["A", "B"], Bloc] = Field(description="The two negotiating sides.")
    actors: dict[str, Actor] = Field(description="Actors by id.")
    issues: dict[str, Issue] = Field(min_length=1, description="Issues by id.")
    red_lines: dict[str, RedLine] = Field(default_factory=dict, description="Red lines by id.")
    clock: Clock = Field(default_factory=Clock, description="Time and rounds.")
    war: War = Field(default_factory=War, description="The war that moves.")
    ceasefire: Ceasefire = Field(default_factory=Ceasefire, description="The pause.")
    standoff: Standoff = Field(default_factory=Standoff, description="Before a war.")
    settlement: Settlement = Field(default_factory=Settlement, description="Life of settlements.")
    weights: Weights = Field(default_factory=Weights, description="Prior weights of acts.")
    types: dict[str, Kind] = Field(min_length=1, description="Types of bloc B by id.")
    hypotheses: Hypotheses = Field(default_factory=Hypotheses, description="How to read the types.")
    ladder: Ladder = Field(default_factory=_short_ladder, description="Escalation ladder.")
    guarantees: dict[str, Guarantee] = Field(default_factory=dict, description="Guarantees by id.")
    contracts: dict[str, Contract] = Field(default_factory=dict, description="Contracts by id.")
    relief: Relief = Field(default_factory=Relief, description="How pressure comes off.")
    levers: dict[str, Lever] = Field(default_factory=dict, description="Levers by id.")
    plans: dict[str, Plan] = Field(
        default_factory=lambda: {"status_quo": Plan(name="Status quo")}, description="Plans by id."
    )
    coalition: Coalition = Field(default_factory=Coalition, description="Cohesion of bloc A.")
    members: dict[str, Member] = Field(default_factory=dict, description="Members by id.")
    tasks: dict[str, CoalitionTask] = Field(
        default_factory=dict, description="Tasks that members contribute to, by id."
    )
    refusals: dict[str, str] = Field(
        default_factory=dict,
        description=(
            "Terms members refuse: id -> condition on an issue (`territory > 0.65`) or words."
        ),
    )
    outsiders: dict[str, Outsider] = Field(default_factory=dict, description="Outsiders by id.")
    broker: Broker | None = Field(default=None, description="A broker, if there is one.")
    events: dict[str, Event] = Field(default_factory=dict, description="Events by id.")
    conversions: Conversions = Field(
        default_factory=Conversions, description="Conversions with no data behind them."
    )
    evidence: dict[str, Evidence] = Field(default_factory=dict, description="Evidence by id.")
    evidence_rules: EvidenceRules = Field(
        default_factory=EvidenceRules, description="How evidence weighs."
    )
    evidence_channel: EvidenceChannel | None = Field(
        default=None, description="Evidence that arrives while the game goes on."
    )
    dependence: dict[str, Dependence] = Field(
        default_factory=dict, description="Groups of items that are not independent."
    )
    base_rates: dict[str, BaseRate] = Field(default_factory=dict, description="Outside view.")
    epochs: dict[str, Epoch] = Field(default_factory=dict, description="The crisis at other dates.")
    readings: dict[str, Reading] = Field(default_factory=dict, description="Rival readings.")
    discriminators: tuple[Discriminator, ...] = Field(
        default=(), description="What would tell readings apart."
    )
    transplant: Transplant = Field(
        default_factory=Transplant, description="Readings moved in time."
    )
    elicitation: dict[str, Elicitation] = Field(
        default_factory=dict, description="What people answered."
    )
    sealed: str | None = Field(
        default=None,
        description="File with sealed outcomes, beside this one; opened by scoring only.",
    )


def entries(crisis: Crisis) -> Mapping[str, tuple[str, ...]]:
    """Ids by section, for cross-checks and suggestions."""
    names = (
        "actors",
        "issues",
        "red_lines",
        "types",
        "guarantees",
        "contracts",
        "levers",
        "plans",
        "members",
        "tasks",
        "refusals",
        "outsiders",
        "events",
        "evidence",
        "epochs",
        "readings",
    )
    return {name: tuple(getattr(crisis, name)) for name in names}
