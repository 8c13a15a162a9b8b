"""Everything that the contribution answer has found out, before any word of it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from offramp.answers._contribution_aid import (
    AidCut,
    Backstop,
    aid_cut,
    backstop_of,
    donor_of,
)
from offramp.answers._contribution_chain import (
    Chain,
    Deployment,
    Verdict,
    chain,
    deployment,
    verdicts,
)
from offramp.answers._contribution_compare import Comparators, comparators
from offramp.answers._contribution_losses import Loss, losses
from offramp.answers._contribution_model import (
    CAUSES,
    Binding,
    Bools,
    Floats,
    Model,
    bindings,
    build,
    coverage,
)
from offramp.answers._contribution_solve import (
    Allocation,
    Coalitions,
    Stopped,
    allocate,
    minimal_coalitions,
)
from offramp.answers._contribution_task import Task
from offramp.crisis import Crisis
from offramp.solution import Certificate, Solution

Progress = Callable[[str, int, int], None]
PAIRS_UP_TO = 250
"""Members up to which every pair is taken out."""


@dataclass(frozen=True)
class Closing:
    """How much of a kind's shortfall goes if one cause is lifted."""

    kind: str
    cause: str
    closes: float


@dataclass(frozen=True)
class Planned:
    """What is known of a task.

    Attributes:
        there: Members that take part if everybody who can does.
        cover: What can be had over the need, by kind.
        short: Least shortfall by kind, unit-months; ``bindings`` its certificates.
        closings: What lifting single causes would close, best first.
        rules: Rules on who takes part that cannot be kept.
        plan: None if the solver gave up; ``stopped`` says why.
        singles, pairs: What losing one or two members does; ``bare`` without the backstop.
    """

    model: Model
    there: Bools
    cover: Floats
    short: Floats
    bindings: tuple[Binding, ...]
    closings: tuple[Closing, ...]
    rules: tuple[str, ...]
    plan: Allocation | None
    stopped: str
    coalitions: Coalitions
    singles: tuple[Loss, ...]
    pairs: tuple[Loss, ...]
    bare: Loss | None
    comparators: Comparators

    @property
    def feasible(self) -> bool:
        """Whether the task can be done."""
        return not self.short.any() and not self.rules

    @property
    def pivotal(self) -> tuple[str, ...]:
        """Members without any one of whom the task fails (none if it fails anyway)."""
        if not self.feasible:
            return ()
        return tuple(self.model.members[x.gone[0]] for x in self.singles if x.fails)


def planned(crisis: Crisis, task: Task) -> Planned:
    """Everything about a task.

    Raises:
        ValueError: where limits over the whole task meet too many stretches.
    """
    model = build(crisis, task)
    there = model.staying(np.zeros(len(model.members), dtype=bool))
    short = model.shortfalls(there)
    plan, stopped = None, ""
    try:
        plan = allocate(model, there, task.share_by)
    except Stopped as why:
        stopped = str(why)
    coalitions = minimal_coalitions(model)
    return Planned(
        model=model,
        there=there,
        cover=coverage(model, there),
        short=short,
        bindings=bindings(model, there),
        closings=_closings(crisis, task, model, short) if short.any() else (),
        rules=model.broken_rules(there),
        plan=plan,
        stopped=stopped or coalitions.stopped,
        coalitions=coalitions,
        singles=losses(model, 1),
        pairs=losses(model, 2) if len(model.members) <= PAIRS_UP_TO else (),
        bare=_bare(model),
        comparators=comparators(crisis, model, there),
    )


def _closings(crisis: Crisis, task: Task, model: Model, short: Floats) -> tuple[Closing, ...]:
    found = []
    for cause in CAUSES:
        freed = build(crisis, task, (cause,))
        left = freed.shortfalls(freed.staying(np.zeros(len(freed.members), dtype=bool)))
        for k, kind in enumerate(model.kinds):
            if short[k] > 0 and left[k] < short[k]:
                found.append(Closing(kind, cause, float(1 - left[k] / short[k])))
    return tuple(sorted(found, key=lambda c: -c.closes))


def _bare(model: Model) -> Loss | None:
    """The task without anybody of the backstop."""
    task = model.task
    gone = tuple(model.members.index(m) for m in task.backstop)
    if not gone:
        return None
    out = np.zeros(len(model.members), dtype=bool)
    out[list(gone)] = True
    stay = model.staying(out)
    follow = tuple(int(i) for i in np.flatnonzero(~stay & ~out & model.able))
    return Loss(gone, follow, model.shortfalls(stay), model.broken_rules(stay))


@dataclass(frozen=True)
class Facts:
    """Everything: the task (None if the file records nothing), the force, the donor.

    ``asked``: the task was given and not taken from the record.
    """

    crisis: Crisis
    solution: Solution | None
    month: int
    asked: bool
    planned: Planned | None
    lever: str | None
    deployment: Deployment | None
    chain: Chain | None
    verdicts: tuple[Verdict, ...]
    backstop: Backstop | None
    aid: AidCut | None


def force_of(crisis: Crisis, task: Task | None) -> str | None:
    """The lever that the task carries out, or the first that provides a guarantee in the file."""
    if task is not None and task.lever is not None:
        return task.lever
    behind = {g.lever for g in crisis.guarantees.values() if g.lever is not None}
    return next((key for key in crisis.levers if key in behind), None)


def gather(
    crisis: Crisis,
    solution: Solution | None,
    task: Task | None,
    asked: bool,
    donor: str | None,
    month: int,
    told: Certificate | None,
    progress: Progress | None,
) -> Facts:
    """Work everything out.

    Raises:
        ValueError: for a donor with nothing on record, or a task too finely cut.
    """

    def tell(label: str, done: int) -> None:
        if progress is not None:
            progress(label, done, 3)

    tell("Planning contributions", 0)
    plan = planned(crisis, task) if task is not None else None
    tell("Looking at the force", 1)
    # A step is a sum or a ratio of two probabilities by regime.
    apart = 0.0 if told is None else 2 * told.least("settled")
    least = 0.0 if told is None else told.least("value_a")
    lever = force_of(crisis, task)
    names = _contributors(plan) if asked and plan is not None else ()
    needs_backstop = plan is not None and asked and plan.bare is not None and plan.bare.fails
    steps = (
        None
        if lever is None
        else chain(crisis, lever, names, needs_backstop, solution, month, apart)
    )
    behind = None if lever is None else backstop_of(crisis, lever, solution, least)
    tell("Looking at the donor", 2)
    who = donor or donor_of(crisis)
    stands = verdicts(crisis, task if asked else None)
    found = Facts(
        crisis,
        solution,
        month,
        asked,
        plan,
        lever,
        None if lever is None else deployment(crisis, lever),
        steps,
        stands,
        behind,
        None if who is None else aid_cut(crisis, who, blocked_levers(crisis, stands)),
    )
    tell("Contributions", 3)
    return found


def blocked_levers(crisis: Crisis, stands: tuple[Verdict, ...]) -> tuple[str, ...]:
    """Levers that contributors would have to carry and cannot: dropped by a task, or unmet needs today."""
    found = []
    for v in stands:
        gone = v.survives is False
        # Without a task: those that could only be sent into a live war, with members on record against.
        in_war = (
            v.survives is None
            and bool(v.against)
            and "ceasefire" not in crisis.levers[v.lever].needs
        )
        early = deployment(crisis, v.lever).blocked
        if gone or in_war or early:
            found.append(v.lever)
    return tuple(found)


def _contributors(plan: Planned) -> tuple[str, ...]:
    """Whose staying the chain counts on: who cannot be spared; the backstop has a step of its own."""
    task = plan.model.task
    names = dict.fromkeys((*task.must_include, *plan.pivotal))
    return tuple(m for m in names if m not in task.backstop)
