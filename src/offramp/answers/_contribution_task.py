"""A task that a coalition is to carry: what it needs month by month, and what each member offers.

A task is a list of phases; a phase lasts some months and needs an amount of each kind in every one of
them: people or aircraft in place, money or shells delivered. A member's offer says, by kind, what it has
(``capacity``), what it keeps for itself (``reserve``), the least with which it takes part (``minimum``),
a limit over the whole task (``total``, in unit-months), from which month and until which month, and
without whom it stays away (``only_with``). Of a kind with ``rotation`` r, one unit in place takes r units
of capacity, so that a member can put in place at most ``(capacity - reserve) / r``.

Red lines come from the crisis: who refuses the task's lever or one of the kind's ``refused_by`` supplies
none of it; who refuses or objects to the lever sends nobody (kinds that are ``deployed``). In a phase
``at_war`` the lever is what it becomes in a live war (:func:`wartime`).

Every mistake in a task is reported, in one error. Raises ``ValueError``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

from offramp.crisis import CoalitionTask, Crisis, TaskKind, TaskOffer, TaskPhase
from offramp.crisis._check_tasks import Known, mistakes
from offramp.crisis._diagnostics import did_you_mean, dotted

T = TypeVar("T")
Amounts = Mapping[str, float]


@dataclass(frozen=True)
class Kind:
    """A kind of contribution.

    Attributes:
        id: Key in needs and offers; ``name`` is what readers see, ``unit`` what one of it is.
        rotation: Units of capacity that keep one unit in place (3: one there, one back, one training).
        deployed: Whether it is people sent: who objects to the lever sends none.
        refused_by: Ids of refusals or levers; a member that refuses one of them supplies none.
        max_share: Largest share of the need that one member may carry.
    """

    id: str
    name: str = ""
    unit: str = ""
    rotation: float = 1.0
    deployed: bool = False
    refused_by: tuple[str, ...] = ()
    max_share: float = 1.0

    @property
    def label(self) -> str:
        """What readers see."""
        return self.name or self.id.replace("_", " ")


@dataclass(frozen=True)
class Phase:
    """Months of the task and what each of them needs, by kind."""

    name: str
    months: int
    needs: Amounts
    at_war: bool = False


@dataclass(frozen=True)
class Offer:
    """What one member can bring; amounts by kind. See the module for each field."""

    capacity: Amounts
    reserve: Amounts = field(default_factory=dict)
    minimum: Amounts = field(default_factory=dict)
    total: Amounts = field(default_factory=dict)
    ready: int = 0
    until: int | None = None
    only_with: tuple[str, ...] = ()


@dataclass(frozen=True)
class Task:
    """What is to be done and who offers what.

    Attributes:
        must_include: Members without whom the task does not start.
        min_contributors: Fewest members that bring something, the backstop not counted.
        backstop: Members that stand behind the task and may step away.
        weights: Rules of fair shares by name (`gdp`, `population`), each with a weight per member. The
            rule `need` comes by itself where the file states the threat that each feels.
        share_by: The rule that the plan follows as far as limits allow; `capacity` is always there.
        lever: The crisis's lever that this task carries out.
        cost_ratio: Cost of volunteering over its worth, for the volunteer's dilemma.
        source: Where the amounts come from.
    """

    name: str
    kinds: tuple[Kind, ...]
    phases: tuple[Phase, ...]
    offers: Mapping[str, Offer]
    must_include: tuple[str, ...] = ()
    min_contributors: int = 1
    backstop: tuple[str, ...] = ()
    weights: Mapping[str, Amounts] = field(default_factory=dict)
    share_by: str = "capacity"
    lever: str | None = None
    cost_ratio: float | None = None
    source: str = ""

    @property
    def months(self) -> int:
        """Length of the task."""
        return sum(phase.months for phase in self.phases)


def task_from(raw: Mapping[str, Any]) -> Task:
    """A task from a plain mapping, as a YAML file holds it: kinds and offers keyed by id.

    Raises:
        ValueError: for an unknown or missing field.
    """
    entries = dict(raw)
    kinds = tuple(
        _made(Kind, {"id": key, **(spec or {})}, f"kinds.{key}")
        for key, spec in entries.pop("kinds", {}).items()
    )
    phases = tuple(
        _made(Phase, spec, f"phases.{place}")
        for place, spec in enumerate(entries.pop("phases", ()))
    )
    offers = {
        key: _made(Offer, spec or {}, f"offers.{key}")
        for key, spec in entries.pop("offers", {}).items()
    }
    return _made(Task, {**entries, "kinds": kinds, "phases": phases, "offers": offers}, "the task")


def _made(cls: type[T], spec: Mapping[str, Any], where: str) -> T:
    known = [f.name for f in fields(cls)]  # type: ignore[arg-type]
    for name in spec:
        if name not in known:
            hint = did_you_mean(name, known)
            raise ValueError(f"{where}: there is no field `{name}`" + (f": {hint}" if hint else ""))
    plain = {k: tuple(v) if isinstance(v, list) else v for k, v in spec.items()}
    try:
        return cls(**plain)
    except TypeError as error:
        missing = str(error).partition("argument")[2].strip(" s:")
        raise ValueError(f"{where}: {missing or error} is missing") from None


def task_of(crisis: Crisis, key: str) -> Task:
    """A task of the crisis file.

    Raises:
        ValueError: if the file has no such task.
    """
    if key not in crisis.tasks:
        hint = did_you_mean(key, crisis.tasks)
        known = ", ".join(crisis.tasks) or "none"
        raise ValueError(f"there is no task `{key}`: {hint or f'the file has {known}'}")
    raw = crisis.tasks[key]
    return Task(
        name=raw.name,
        kinds=tuple(
            Kind(k, v.name, v.unit, v.rotation, v.deployed, v.refused_by, v.max_share)
            for k, v in raw.kinds.items()
        ),
        phases=tuple(Phase(p.name, p.months, p.needs, p.at_war) for p in raw.phases),
        offers={
            k: Offer(o.capacity, o.reserve, o.minimum, o.total, o.ready, o.until, o.only_with)
            for k, o in raw.offers.items()
        },
        must_include=raw.must_include,
        min_contributors=raw.min_contributors,
        backstop=raw.backstop,
        weights=raw.weights,
        share_by=raw.share_by,
        lever=raw.lever,
        cost_ratio=raw.cost_ratio,
        source="; ".join(raw.source) or str(raw.note),
    )


def with_need(crisis: Crisis, task: Task) -> Task:
    """The task with the rule `need`, shares by felt threat, if the file states it for every contributor."""
    felt = {
        key: threat.value
        for key in task.offers
        if key not in task.backstop
        and key in crisis.members
        and (threat := crisis.members[key].threat) is not None
    }
    stated = len(felt) == sum(key not in task.backstop for key in task.offers)
    if "need" in task.weights or not stated or not any(v > 0 for v in felt.values()):
        return task
    return replace(task, weights={**task.weights, "need": felt})


def checked(crisis: Crisis, task: Task) -> Task:
    """The task, if nothing is wrong with it.

    Raises:
        ValueError: with every mistake, one a line.
    """
    wrong = list(_mistakes(crisis, task))
    if wrong:
        raise ValueError("\n".join(wrong))
    return task


def _mistakes(crisis: Crisis, task: Task) -> Iterator[str]:
    kinds = {kind.id: kind for kind in task.kinds}
    if not task.kinds:
        yield "the task names no kind of contribution"
    if len(kinds) < len(task.kinds):
        yield "two kinds have the same id"
    if not task.phases:
        yield "the task has no phase"
    if not task.offers:
        yield "the task has no offer from any member"
    if not (task.kinds and task.phases and task.offers):
        return
    known = Known(tuple(crisis.members), tuple(crisis.levers), tuple(crisis.refusals))
    for found in mistakes(_written(task), known):
        hint = f": {found.suggestion}" if found.suggestion else ""
        yield f"{dotted(found.path)}: {found.message}{hint}"


def _written(task: Task) -> CoalitionTask:
    """The task as a file holds it."""
    return CoalitionTask(
        name=task.name,
        lever=task.lever,
        kinds={k.id: TaskKind(**{f: getattr(k, f) for f in TaskKind.model_fields}) for k in task.kinds},
        phases=tuple(
            TaskPhase(name=p.name, months=p.months, needs=dict(p.needs), at_war=p.at_war)
            for p in task.phases
        ),
        offers={
            key: TaskOffer(
                capacity=dict(o.capacity), reserve=dict(o.reserve), minimum=dict(o.minimum),
                total=dict(o.total), ready=o.ready, until=o.until, only_with=o.only_with,
            )
            for key, o in task.offers.items()
        },
        must_include=task.must_include,
        min_contributors=task.min_contributors,
        backstop=task.backstop,
        weights={rule: dict(weights) for rule, weights in task.weights.items()},
        share_by=task.share_by,
        cost_ratio=task.cost_ratio,
    )  # fmt: skip


# --- Red lines -----------------------------------------------------------------------------


def wartime(crisis: Crisis, lever: str) -> str | None:
    """What a lever becomes if it is used in a live war: the same holder's lever on that rung.

    None if the file gives it no rung in war, or no other lever of the holder against the same target
    stands on that rung, or several do.
    """
    tool = crisis.levers[lever]
    if tool.rung_if_war is None:
        return None
    found = [
        key
        for key, other in crisis.levers.items()
        if key != lever
        and other.holder == tool.holder
        and other.rung == tool.rung_if_war
        and set(other.targets) & set(tool.targets)
        and "ceasefire" not in other.needs
    ]
    return found[0] if len(found) == 1 else None


def barred(crisis: Crisis, task: Task, member: str, kind: Kind, at_war: bool) -> str | None:
    """The id of the refusal or lever for which a member supplies none of a kind, if there is one."""
    refuses = crisis.members[member].refuses
    for key in kind.refused_by:
        if key in refuses:
            return key
    lever = task.lever
    if lever is None:
        return None
    if at_war and kind.deployed:
        lever = wartime(crisis, lever) or lever
    if lever in refuses or (kind.deployed and member in crisis.levers[lever].objectors):
        return lever
    return None


# --- What the file itself holds ------------------------------------------------------------


def default_task(crisis: Crisis) -> Task | None:
    """The task of keeping up the help on record, if the file records any for bloc A; else None.

    Needs and capacities are what the file says members gave: nothing is known of what they could give.
    """
    givers = {
        key: member.contributions
        for key, member in crisis.members.items()
        if member.bloc == "A" and any(v > 0 for v in member.contributions.values())
    }
    names = list(dict.fromkeys(kind for gave in givers.values() for kind in gave))
    needs = {k: math.fsum(gave.get(k, 0.0) for gave in givers.values()) for k in names}
    needs = {k: v for k, v in needs.items() if v > 0}
    if not needs:
        return None
    broker = crisis.broker.actor if crisis.broker is not None else None
    return Task(
        name="Keep up the help on record",
        kinds=tuple(Kind(k, *worded(k)) for k in needs),
        phases=(Phase("all months", crisis.clock.horizon_months, needs),),
        offers={
            key: Offer({k: v for k, v in gave.items() if k in needs})
            for key, gave in givers.items()
        },
        backstop=(broker,) if broker in givers and len(givers) > 1 else (),
        source="members' contributions on record in the file",
    )


def worded(kind: str) -> tuple[str, str]:
    """Name and unit of a kind of the file: ``military_eur_bn`` is military, in EUR bn."""
    for ending, unit in (("_eur_bn", "EUR bn"), ("_usd_bn", "USD bn"), ("_thousand", "thousand")):
        if kind.endswith(ending):
            return kind.removesuffix(ending).replace("_", " "), unit
    return kind.replace("_", " "), ""
