"""Cross-checks of tasks and of rules of consent: who is named exists, and what is asked can be met."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from offramp.crisis._diagnostics import Path
from offramp.crisis._findings import Finding, View, reference
from offramp.crisis._tasks import CoalitionTask, TaskKind, TaskOffer

SLACK = 1e-9
"""Amounts that differ by less than this share are the same amount."""
MOST_MONTHS = 1200
"""Longest task."""


class Known(NamedTuple):
    """Ids that a task may name."""

    members: tuple[str, ...]
    levers: tuple[str, ...]
    refusals: tuple[str, ...]


def tasks(view: View) -> Iterator[Finding]:
    """Tasks name members, levers and kinds that exist, and offers that their owners can make."""
    known = Known(view.ids["members"], view.ids["levers"], view.ids["refusals"])
    for key, task in view.crisis.tasks.items():
        yield from mistakes(task, known, ("tasks", key))


def mistakes(task: CoalitionTask, known: Known, at: Path = ()) -> Iterator[Finding]:
    """Everything wrong with one task; paths start with ``at``."""
    months = sum(phase.months for phase in task.phases)
    if months > MOST_MONTHS:
        message = f"the task lasts {months} months; at most {MOST_MONTHS} are planned"
        yield Finding((*at, "phases"), message)
    yield from _kinds(task, known, at)
    for place, phase in enumerate(task.phases):
        where = (*at, "phases", place)
        if phase.months < 1:
            message = f"phase {phase.name!r}: a phase lasts at least one month, not {phase.months}"
            yield Finding((*where, "months"), message)
        yield from _amounts(f"phase {phase.name!r}: need", phase.needs, task, (*where, "needs"))
    if not any(v > 0 for phase in task.phases for v in phase.needs.values()):
        yield Finding((*at, "phases"), "no phase needs anything")
    for key, offer in task.offers.items():
        yield from reference((*at, "offers", key), key, known.members, "member", at_key=True)
        yield from _offer(task, key, offer, (*at, "offers", key))
    for what, named in (("must_include", task.must_include), ("backstop", task.backstop)):
        for place, key in enumerate(named):
            yield from reference((*at, what, place), key, task.offers, "offer from")
    able = len([k for k in task.offers if k not in task.backstop])
    if not 0 <= task.min_contributors <= max(able, 1):
        message = f"min_contributors is {task.min_contributors}, but {able} members can contribute"
        yield Finding((*at, "min_contributors"), message, f"write {able} or less")
    if task.lever is not None:
        yield from reference((*at, "lever"), task.lever, known.levers, "lever")
    yield from _weights(task, at)
    if task.cost_ratio is not None and not 0 < task.cost_ratio < 1:
        message = f"cost_ratio must lie between 0 and 1, not at {task.cost_ratio:g}"
        yield Finding((*at, "cost_ratio"), message)


def _kinds(task: CoalitionTask, known: Known, at: Path) -> Iterator[Finding]:
    for key, kind in task.kinds.items():
        where = (*at, "kinds", key)
        if not (math.isfinite(kind.rotation) and kind.rotation >= 1):
            message = f"kind `{key}`: rotation must be at least 1, not {kind.rotation:g}"
            yield Finding((*where, "rotation"), message)
        if not 0 < kind.max_share <= 1:
            message = f"kind `{key}`: max_share must lie in (0, 1], not at {kind.max_share:g}"
            yield Finding((*where, "max_share"), message)
        names = (*known.refusals, *known.levers)
        for place, word in enumerate(kind.refused_by):
            yield from reference((*where, "refused_by", place), word, names, "refusal")


def _offer(task: CoalitionTask, key: str, offer: TaskOffer, at: Path) -> Iterator[Finding]:
    where = f"offer of `{key}`"
    for what in ("capacity", "reserve", "minimum", "total"):
        yield from _amounts(f"{where}: {what}", getattr(offer, what), task, (*at, what))
    if offer.ready < 0:
        message = f"{where}: ready must not be before the task, not {offer.ready}"
        yield Finding((*at, "ready"), message)
    if offer.until is not None and offer.until <= offer.ready:
        message = (
            f"{where}: it leaves in month {offer.until}, before it is ready in month {offer.ready}"
        )
        yield Finding((*at, "until"), message)
    for place, other in enumerate(offer.only_with):
        yield from reference((*at, "only_with", place), other, task.offers, "offer from")
    for name, kind in task.kinds.items():
        yield from _capacity(task, name, kind, offer, where, at)


def _capacity(
    task: CoalitionTask, name: str, kind: TaskKind, offer: TaskOffer, where: str, at: Path
) -> Iterator[Finding]:
    label = kind.name or name.replace("_", " ")
    has, keeps = offer.capacity.get(name, 0.0), offer.reserve.get(name, 0.0)
    if keeps > has:
        message = f"{where}: it keeps {keeps:g} of {label} and has only {has:g}"
        yield Finding((*at, "reserve", name), message, "raise the capacity or lower the reserve")
        return
    least = offer.minimum.get(name, 0.0)
    free = (has - keeps) / max(kind.rotation, 1.0)
    if least > free * (1 + SLACK):
        message = f"{where}: its least is {least:g} of {label}, but it can put in place {free:g}"
        yield Finding((*at, "minimum", name), message)
    needs = [p.needs[name] for p in task.phases if p.needs.get(name, 0.0) > 0]
    if needs and least > kind.max_share * min(needs) * (1 + SLACK):
        most = (
            f"the whole need of {min(needs):g}"
            if kind.max_share == 1
            else f"the largest share one member may carry, {kind.max_share * min(needs):g}"
        )
        yield Finding(
            (*at, "minimum", name), f"{where}: its least, {least:g} of {label}, is above {most}"
        )
    lasts = least * needed_months(task, name, offer)
    if lasts > offer.total.get(name, math.inf) * (1 + SLACK):
        message = (
            f"{where}: its least of {label} for the whole task comes to {lasts:g} "
            f"unit-months, above its limit of {offer.total[name]:g}"
        )
        yield Finding((*at, "total", name), message)


def needed_months(task: CoalitionTask, kind: str, offer: TaskOffer) -> int:
    """Months in which the kind is needed while the member is there."""
    count, start = 0, 0
    for phase in task.phases:
        end = start + phase.months
        if phase.needs.get(kind, 0.0) > 0:
            last = end if offer.until is None else min(end, offer.until)
            count += max(0, last - max(start, offer.ready))
        start = end
    return count


def _amounts(
    what: str, amounts: Mapping[str, float], task: CoalitionTask, at: Path
) -> Iterator[Finding]:
    for key, amount in amounts.items():
        yield from reference((*at, key), key, task.kinds, "kind", at_key=True)
        if not math.isfinite(amount) or amount < 0:
            message = f"{what}: `{key}` must be a number of at least 0, not {amount:g}"
            yield Finding((*at, key), message)


def _weights(task: CoalitionTask, at: Path) -> Iterator[Finding]:
    for rule, weights in task.weights.items():
        where = (*at, "weights", rule)
        if rule == "capacity":
            yield Finding(where, "weights: `capacity` is the name of a built-in rule")
        for key, weight in weights.items():
            yield from reference((*where, key), key, task.offers, "offer from", at_key=True)
            if not math.isfinite(weight) or weight < 0:
                message = f"weights.{rule}: `{key}` must be a number of at least 0, not {weight:g}"
                yield Finding((*where, key), message)
        missing = [key for key in task.offers if key not in weights and key not in task.backstop]
        if missing:
            yield Finding(where, f"weights.{rule}: no weight for {', '.join(missing)}")
        if not any(weight > 0 for weight in weights.values()):
            yield Finding(where, f"weights.{rule}: every weight is 0")
    if task.share_by != "capacity" and task.share_by not in task.weights:
        yield from reference((*at, "share_by"), task.share_by, ("capacity", *task.weights), "rule")


# --- Rules of consent ------------------------------------------------------------------------


def rules(view: View) -> Iterator[Finding]:
    """Rules of consent name parties that exist and ask for no more than there is."""
    crisis = view.crisis
    weights = crisis.coalition.majority_weights
    for key, weight in weights.items():
        if not math.isfinite(weight) or weight < 0:
            message = f"the weight of `{key}` must be a number of at least 0, not {weight:g}"
            yield Finding(("coalition", "majority_weights", key), message)
    for key, lever in crisis.levers.items():
        consent, at = lever.consent, ("levers", key, "consent")
        for place, word in enumerate(consent.named):
            yield from reference((*at, "named", place), word, view.parties, "actor")
        if (consent.named or consent.at_least is not None) and consent.rule != "contributors":
            message = (
                f"`named` and `at_least` belong to the rule `contributors`, not to `{consent.rule}`"
            )
            yield Finding((*at, "rule"), message, "write `rule: contributors`, or `also`")
        yield from _count(view, at, consent.at_least, consent.named)
        if consent.quota is not None and consent.rule != "qualified_majority":
            message = f"a quota belongs to the rule `qualified_majority`, not to `{consent.rule}`"
            yield Finding((*at, "quota"), message, "write `rule: qualified_majority`")
            continue
        yield from _quota(weights, at, consent.quota, consent.of or view.ids["members"])


def _count(view: View, at: Path, least: int | None, named: tuple[str, ...]) -> Iterator[Finding]:
    if least is None:
        return
    givers = {
        key
        for key, member in view.crisis.members.items()
        if any(v > 0 for v in member.contributions.values())
    } | set(named)
    if least < 1:
        yield Finding((*at, "at_least"), f"at least one must be in, not {least}")
    elif least > len(givers):
        message = f"it asks for {least} contributors, but only {len(givers)} members contribute"
        yield Finding((*at, "at_least"), message, f"write {len(givers)} or less")


def _quota(
    weights: Mapping[str, float], at: Path, quota: float | None, asked: Iterable[str]
) -> Iterator[Finding]:
    if quota is None:
        return
    asked = tuple(asked)
    missing = [m for m in asked if m not in weights]
    if missing:
        few = ", ".join(f"`{m}`" for m in missing[:5])
        more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
        yield Finding(
            (*at, "quota"),
            f"a quota needs a weight of everyone asked; there is none for {few}{more}",
            "add them to `coalition.majority_weights`, or name in `of` whom the rule asks",
        )
        return
    total = math.fsum(weights[m] for m in asked)
    if quota <= 0:
        yield Finding((*at, "quota"), f"a quota must be above 0, not {quota:g}")
    elif quota > total * (1 + SLACK):
        message = f"the quota is {quota:g}, but the weights of those asked add up to {total:g}"
        yield Finding((*at, "quota"), message, f"write {total:g} or less")


CHECKS = (tasks, rules)
