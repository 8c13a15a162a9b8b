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
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

from offramp.crisis import Crisis
from offramp.crisis._diagnostics import did_you_mean

T = TypeVar("T")
Amounts = Mapping[str, float]

SLACK = 1e-9
"""Amounts that differ by less than this share are the same amount."""
MOST_MONTHS = 1200
"""Longest task."""


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
    if task.months > MOST_MONTHS:
        yield f"the task lasts {task.months} months; at most {MOST_MONTHS} are planned"
    yield from _bad_kinds(crisis, task)
    for phase in task.phases:
        where = f"phase {phase.name!r}"
        if phase.months < 1:
            yield f"{where}: a phase lasts at least one month, not {phase.months}"
        yield from _bad_amounts(f"{where}: need", phase.needs, kinds)
    if task.phases and not any(v > 0 for phase in task.phases for v in phase.needs.values()):
        yield "no phase needs anything"
    for key, offer in task.offers.items():
        yield from _unknown("member", key, crisis.members)
        yield from _bad_offer(crisis, task, key, offer)
    for what, named in (("must_include", task.must_include), ("backstop", task.backstop)):
        for key in named:
            yield from (f"{what}: {m}" for m in _unknown("offer from", key, task.offers))
    able = len([k for k in task.offers if k not in task.backstop])
    if not 0 <= task.min_contributors <= max(able, 1):
        yield f"min_contributors is {task.min_contributors}, but {able} members can contribute"
    if task.lever is not None:
        yield from _unknown("lever", task.lever, crisis.levers)
    yield from _bad_weights(task)
    if task.cost_ratio is not None and not 0 < task.cost_ratio < 1:
        yield f"cost_ratio must lie between 0 and 1, not at {task.cost_ratio:g}"


def _bad_kinds(crisis: Crisis, task: Task) -> Iterator[str]:
    for kind in task.kinds:
        if not (math.isfinite(kind.rotation) and kind.rotation >= 1):
            yield f"kind `{kind.id}`: rotation must be at least 1, not {kind.rotation:g}"
        if not 0 < kind.max_share <= 1:
            yield f"kind `{kind.id}`: max_share must lie in (0, 1], not at {kind.max_share:g}"
        for key in kind.refused_by:
            known = (*crisis.refusals, *crisis.levers)
            yield from (f"kind `{kind.id}`: {m}" for m in _unknown("refusal", key, known))


def _bad_offer(crisis: Crisis, task: Task, key: str, offer: Offer) -> Iterator[str]:
    kinds = {kind.id: kind for kind in task.kinds}
    where = f"offer of `{key}`"
    for what in ("capacity", "reserve", "minimum", "total"):
        yield from _bad_amounts(f"{where}: {what}", getattr(offer, what), kinds)
    if offer.ready < 0:
        yield f"{where}: ready must not be before the task, not {offer.ready}"
    if offer.until is not None and offer.until <= offer.ready:
        yield f"{where}: it leaves in month {offer.until}, before it is ready in month {offer.ready}"
    for other in offer.only_with:
        yield from (f"{where}: {m}" for m in _unknown("offer from", other, task.offers))
    for kind in kinds.values():
        has, keeps = offer.capacity.get(kind.id, 0.0), offer.reserve.get(kind.id, 0.0)
        if keeps > has:
            yield f"{where}: it keeps {keeps:g} of {kind.label} and has only {has:g}"
            continue
        least = offer.minimum.get(kind.id, 0.0)
        free = (has - keeps) / max(kind.rotation, 1.0)
        if least > free * (1 + SLACK):
            yield f"{where}: its least is {least:g} of {kind.label}, but it can put in place {free:g}"
        needs = [p.needs[kind.id] for p in task.phases if p.needs.get(kind.id, 0.0) > 0]
        if needs and least > kind.max_share * min(needs) * (1 + SLACK):
            yield (
                f"{where}: its least, {least:g} of {kind.label}, is above "
                + (
                    f"the whole need of {min(needs):g}"
                    if kind.max_share == 1
                    else f"the largest share one member may carry, {kind.max_share * min(needs):g}"
                )
            )
        lasts = least * needed_months(task, kind.id, offer)
        if lasts > offer.total.get(kind.id, math.inf) * (1 + SLACK):
            yield (
                f"{where}: its least of {kind.label} for the whole task comes to {lasts:g} "
                f"unit-months, above its limit of {offer.total[kind.id]:g}"
            )


def needed_months(task: Task, kind: str, offer: Offer) -> int:
    """Months in which the kind is needed while the member is there."""
    count, start = 0, 0
    for phase in task.phases:
        end = start + phase.months
        if phase.needs.get(kind, 0.0) > 0:
            last = end if offer.until is None else min(end, offer.until)
            count += max(0, last - max(start, offer.ready))
        start = end
    return count


def _bad_amounts(where: str, amounts: Amounts, kinds: Iterable[str]) -> Iterator[str]:
    for key, amount in amounts.items():
        yield from (f"{where}: {m}" for m in _unknown("kind", key, kinds))
        if not math.isfinite(amount) or amount < 0:
            yield f"{where}: `{key}` must be a number of at least 0, not {amount:g}"


def _bad_weights(task: Task) -> Iterator[str]:
    for rule, weights in task.weights.items():
        if rule == "capacity":
            yield "weights: `capacity` is the name of a built-in rule"
        for key, weight in weights.items():
            yield from (f"weights.{rule}: {m}" for m in _unknown("offer from", key, task.offers))
            if not math.isfinite(weight) or weight < 0:
                yield f"weights.{rule}: `{key}` must be a number of at least 0, not {weight:g}"
        missing = [key for key in task.offers if key not in weights and key not in task.backstop]
        if missing:
            yield f"weights.{rule}: no weight for {', '.join(missing)}"
        if not any(weight > 0 for weight in weights.values()):
            yield f"weights.{rule}: every weight is 0"
    if task.share_by != "capacity" and task.share_by not in task.weights:
        known = ("capacity", *task.weights)
        yield from (f"share_by: {m}" for m in _unknown("rule", task.share_by, known))


def _unknown(what: str, key: str, known: Iterable[str]) -> Iterator[str]:
    names = tuple(known)
    if key not in names:
        hint = did_you_mean(key, names)
        yield f"there is no {what} `{key}`" + (f": {hint}" if hint else "")


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
