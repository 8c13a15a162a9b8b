"""Tasks that a coalition is to carry: what is needed month by month, and what each member offers.

A task is a list of phases; a phase lasts some months and needs an amount of each kind in every one of
them: people or aircraft in place, money or shells delivered. A member's offer says, by kind, what it has
(``capacity``), what it keeps for itself (``reserve``), the least with which it takes part (``minimum``),
a limit over the whole task (``total``, in unit-months), from which month and until which month, and
without whom it stays away (``only_with``). Of a kind with ``rotation`` r, one unit in place takes r units
of capacity, so that a member can put in place at most ``(capacity - reserve) / r``.

Units: each kind's own; months; shares in [0, 1].
"""

from __future__ import annotations

from pydantic import Field

from offramp.crisis._quantity import Frozen, Sources, Text


class TaskKind(Frozen):
    """A kind of contribution."""

    name: str = Field(default="", description="Name that readers see.")
    unit: str = Field(default="", description="What one of it is.")
    rotation: float = Field(
        default=1.0,
        description="Units of capacity that keep one unit in place (3: one there of three).",
    )
    deployed: bool = Field(
        default=False, description="People sent: who objects to the task's lever sends none."
    )
    refused_by: tuple[str, ...] = Field(
        default=(), description="Refusals or levers; a member that refuses one supplies none."
    )
    max_share: float = Field(
        default=1.0, description="Largest share of the need that one member may carry."
    )


class TaskPhase(Frozen):
    """Months of the task and what each of them needs."""

    name: str = Field(description="Name that readers see.")
    months: int = Field(description="How long it lasts.")
    needs: dict[str, float] = Field(description="Amount needed in every month, by kind.")
    at_war: bool = Field(default=False, description="Whether it falls into a live war.")


class TaskOffer(Frozen):
    """What one member can bring; amounts by kind."""

    capacity: dict[str, float] = Field(description="What it has.")
    reserve: dict[str, float] = Field(default_factory=dict, description="What it keeps for itself.")
    minimum: dict[str, float] = Field(
        default_factory=dict, description="The least with which it takes part."
    )
    total: dict[str, float] = Field(
        default_factory=dict, description="Limit over the whole task, in unit-months."
    )
    ready: int = Field(default=0, description="Month of the task from which it is there.")
    until: int | None = Field(default=None, description="Month in which it leaves.")
    only_with: tuple[str, ...] = Field(
        default=(), description="Members without whom it stays away."
    )


class CoalitionTask(Frozen):
    """What is to be done by a coalition, and who offers what for it."""

    name: str = Field(description="Name that readers see.")
    lever: str | None = Field(default=None, description="Lever that this task carries out.")
    kinds: dict[str, TaskKind] = Field(min_length=1, description="Kinds of contributions by id.")
    phases: tuple[TaskPhase, ...] = Field(min_length=1, description="Phases in order.")
    offers: dict[str, TaskOffer] = Field(min_length=1, description="Offers by member.")
    must_include: tuple[str, ...] = Field(
        default=(), description="Members without whom it does not start."
    )
    min_contributors: int = Field(default=1, description="Fewest members that bring something.")
    backstop: tuple[str, ...] = Field(
        default=(), description="Members that stand behind it and may step away."
    )
    weights: dict[str, dict[str, float]] = Field(
        default_factory=dict, description="Rules of fair shares (`gdp`): weight by member."
    )
    share_by: str = Field(default="capacity", description="Rule that the plan follows.")
    cost_ratio: float | None = Field(
        default=None, description="Cost of volunteering over its worth (volunteer's dilemma)."
    )
    note: Text = Field(default="", description="What the amounts stand for.")
    source: Sources = Field(default=())
