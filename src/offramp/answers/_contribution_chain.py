"""What has to come true before the first soldier moves, and whose red lines stand against it.

*Preconditions.* A lever needs a ceasefire, a mandate, the host's consent or other levers. What is missing
today blocks it; used all the same in a live war it becomes what the file puts on its rung there
(:func:`._contribution_task.wartime`).

*Chain.* The force is there and stays for a year if every step comes true::

    P = product_s p_s,      dP / dp_s = P / p_s,      weakest link = the step with the smallest p_s

so the weakest link is also where a point of probability buys most. Steps: the fighting has stopped by
the month that is read, and B has let the force in (both from the solved game, under its plan); the host
consents; every contributor in question stays, ``prod_i stays_i^12`` (independent); the backstop comes, if
the task needs it. A step for which nothing gives a probability is named, not guessed: then P is an upper
bound. Comparator: the conjunction rule; a chain of steps is never likelier than its weakest link.

*Red lines.* A lever survives if the members whose lines it does not cross still carry the task: cover
and rules hold, as in :mod:`._contribution_model`.

Units: probabilities.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from offramp.answers._contribution_model import Model, build
from offramp.answers._contribution_task import Task, barred, wartime
from offramp.answers._facts import join
from offramp.crisis import Crisis, Plan
from offramp.game._states import CEASEFIRE, SETTLED
from offramp.solution import Solution

YEAR = 12


@dataclass(frozen=True)
class Deployment:
    """Whether a lever can begin in a regime.

    Attributes:
        missing: What it needs that the regime and the plan do not give.
        becomes: The lever that it turns into in a live war, if the file says which.
        rung: Its rung here.
    """

    lever: str
    regime: str
    missing: tuple[str, ...]
    becomes: str | None
    rung: int

    @property
    def blocked(self) -> bool:
        """Whether something that it needs is missing."""
        return bool(self.missing)


def deployment(
    crisis: Crisis, lever: str, regime: str | None = None, given: Sequence[str] = ()
) -> Deployment:
    """Check a lever's preconditions; ``given`` are levers in use and consents that have been obtained.

    The host's consent counts as given where the file has a probability for it: that is a step of the
    chain, not a block.
    """
    tool = crisis.levers[lever]
    now = regime or crisis.regime
    consented = any(
        g.lever == lever and g.host_consent is not None for g in crisis.guarantees.values()
    )
    missing = tuple(
        need
        for need in tool.needs
        if need not in given
        and not (need == "ceasefire" and now == "ceasefire")
        and not (need == "host_consent" and consented)
    )
    at_war = now != "ceasefire"
    return Deployment(
        lever,
        now,
        missing,
        wartime(crisis, lever) if at_war else None,
        tool.rung_if_war if at_war and tool.rung_if_war is not None else tool.rung,
    )


@dataclass(frozen=True)
class Step:
    """One step of the chain; ``p`` is None where nothing gives a probability."""

    id: str
    name: str
    p: float | None
    low: float | None = None
    high: float | None = None
    rests_on: str = ""


@dataclass(frozen=True)
class Chain:
    """The steps and what they come to.

    ``in_deal``: chance that a deal with the force in it is in force at the month that is read; None
    without a solved game. ``apart``: steps that differ by less are not told apart.
    """

    lever: str
    steps: tuple[Step, ...]
    in_deal: float | None = None
    apart: float = 0.0

    @property
    def known(self) -> tuple[Step, ...]:
        """Steps that have a probability."""
        return tuple(s for s in self.steps if s.p is not None)

    @property
    def product(self) -> float:
        """Product of the known steps: an upper bound where one is not known."""
        return math.prod(s.p for s in self.known if s.p is not None)

    @property
    def weakest(self) -> Step | None:
        """The least likely of the known steps."""
        return min(self.known, key=lambda s: s.p or 0.0, default=None)

    @property
    def rival(self) -> Step | None:
        """A step that cannot be told apart from the weakest, if there is one."""
        weakest = self.weakest
        others = [s for s in self.known if s is not weakest]
        if weakest is None or weakest.p is None or not others:
            return None
        second = min(others, key=lambda s: s.p or 0.0)
        return second if (second.p or 0.0) - weakest.p <= self.apart else None


def chain(
    crisis: Crisis,
    lever: str,
    contributors: Sequence[str],
    needs_backstop: bool,
    solution: Solution | None,
    month: int,
    apart: float = 0.0,
) -> Chain:
    """The chain of a lever for these contributors, read at a month of the solved game if there is one."""
    tool = crisis.levers[lever]
    steps: list[Step] = []
    if "ceasefire" in tool.needs:
        steps += _from_the_game(crisis, lever, solution, month)
    for other in (n for n in tool.needs if n in crisis.levers):
        steps.append(Step(other, f"{crisis.levers[other].name} is in use", None))
    if "mandate" in tool.needs:
        steps.append(Step("mandate", "a mandate is given", None))
    consent = [g for g in crisis.guarantees.items() if g[1].lever == lever]
    asked = "host_consent" in tool.needs or any(g.host_consent for _, g in consent)
    if asked:
        stated = [(k, g.host_consent) for k, g in consent if g.host_consent is not None]
        if stated:
            key, number = min(stated, key=lambda x: x[1].value)
            steps.append(
                Step(
                    "host_consent",
                    "the host consents for a year",
                    number.value,
                    number.low,
                    number.high,
                    f"guarantees.{key}.host_consent",
                )
            )
        else:
            steps.append(Step("host_consent", "the host consents", None))
    steps += _contributors_stay(crisis, contributors)
    if needs_backstop and crisis.broker is not None:
        number = crisis.broker.backstop
        steps.append(
            Step(
                "backstop",
                "a backstop comes",
                number.value,
                number.low,
                number.high,
                "broker.backstop",
            )
        )
    if solution is None or "ceasefire" not in tool.needs:
        return Chain(lever, tuple(steps))
    return Chain(lever, tuple(steps), _in_deal(crisis, lever, solution, month), apart)


def _contributors_stay(crisis: Crisis, contributors: Sequence[str]) -> list[Step]:
    staying = [(m, crisis.members[m].stays) for m in contributors]
    known = [(m, s) for m, s in staying if s is not None]
    if not known:
        return []
    names = join(crisis.members[m].name for m, _ in known)
    return [
        Step(
            "contributors",
            f"{names} stay{'s' if len(known) == 1 else ''} for a year",
            math.prod(s.value for _, s in known) ** YEAR,
            math.prod(s.value if s.low is None else s.low for _, s in known) ** YEAR,
            math.prod(s.value if s.high is None else s.high for _, s in known) ** YEAR,
            ", ".join(f"members.{m}.stays" for m, _ in known),
        )
    ]


def _from_the_game(crisis: Crisis, lever: str, solution: Solution | None, month: int) -> list[Step]:
    """P(the fighting has stopped), and P(B has let the force in, given that)."""
    target = crisis.blocs["B"].name
    stopped, let_in = (
        "the fighting has stopped",
        f"{target} has agreed to terms with the force in them",
    )
    if solution is None:
        return [Step("ceasefire", stopped, None), Step("acceptance", let_in, None)]
    game, futures = solution.game, solution.futures
    t = min(month, game.shown)
    pause = float(futures.regime[t, CEASEFIRE])
    calm = pause + float(futures.regime[t, SETTLED])
    with_force = _in_deal(crisis, lever, solution, month)
    if uses(game.plan, lever):
        with_force += pause
    accepted = None if calm <= 0 else with_force / calm
    where = f"the solved game, plan {game.plan_id}, month {t}"
    return [
        Step("ceasefire", stopped, calm, rests_on=where),
        Step("acceptance", let_in, accepted, rests_on=where),
    ]


def _in_deal(crisis: Crisis, lever: str, solution: Solution, month: int) -> float:
    """Chance of being in a settlement whose guarantee the lever provides."""
    t = min(month, solution.game.shown)
    return sum(
        float(solution.futures.settled_on[t, i])
        for i, offer in enumerate(solution.game.offers)
        if offer.guarantee is not None and crisis.guarantees[offer.guarantee].lever == lever
    )


def uses(plan: Plan, lever: str) -> bool:
    """Whether a plan sends the force as soon as there is a ceasefire."""
    staged = any(use.lever == lever for stage in plan.stages for use in stage.on)
    return lever in plan.on_ceasefire or staged


# --- Red lines -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """What red lines leave of a lever.

    Attributes:
        named: Members that the task counts on for it, or that the file names; none without a task.
        against: Those that refuse or object.
        survives: Whether the rest carry it; None where no task says what it takes.
        why: In words.
    """

    lever: str
    named: tuple[str, ...]
    against: tuple[str, ...]
    survives: bool | None
    why: str


def verdicts(crisis: Crisis, task: Task | None) -> tuple[Verdict, ...]:
    """Red lines against every lever that contributors carry together."""
    found = []
    for key, tool in crisis.levers.items():
        if tool.consent.rule != "contributors":
            continue
        mine = task is not None and task.lever is not None
        peace = mine and task is not None and key == task.lever
        war = (
            mine
            and task is not None
            and task.lever is not None
            and key == wartime(crisis, task.lever)
        )
        if task is not None and (peace or war):
            found.append(_tested(crisis, task, key, at_war=bool(war)))
        else:
            found.append(_on_record(crisis, key))
    return tuple(found)


def _on_record(crisis: Crisis, lever: str) -> Verdict:
    tool = crisis.levers[lever]
    against = tuple(
        m
        for m, member in crisis.members.items()
        if member.bloc == "A" and (m in tool.objectors or lever in member.refuses)
    )
    said = "on record against it" if against else "nobody is on record against it"
    return Verdict(lever, (), against, None, f"{said}; a task says whether the rest is enough")


def _tested(crisis: Crisis, task: Task, lever: str, at_war: bool) -> Verdict:
    """Whether the task can still be carried by those who do not mind, all its phases in this regime."""
    posed = replace(task, phases=tuple(replace(p, at_war=at_war) for p in task.phases))
    model = build(crisis, posed)
    sent = [k for k in posed.kinds if k.deployed]
    objectors = crisis.levers[lever].objectors
    named = tuple(
        m
        for m in posed.offers
        if m in posed.must_include
        or m in objectors
        or any(posed.offers[m].capacity.get(k.id, 0.0) > 0 for k in sent)
    )
    against = tuple(
        m
        for m in named
        if m in objectors or any(barred(crisis, posed, m, k, at_war) is not None for k in sent)
    )
    why = _failure(crisis, model)
    return Verdict(lever, named, against, not why, why or "those who do not mind can carry it")


def _failure(crisis: Crisis, model: Model) -> str:
    """Why the members of a model together cannot do the task; empty if they can."""
    everybody = model.staying(model.able & False)
    short = model.shortfalls(everybody)
    kinds = [k.label for k, s in zip(model.task.kinds, short, strict=True) if s > 0]
    rules = model.broken_rules(everybody)
    wanted = [crisis.members[m].name for m in rules if m in crisis.members]
    said = []
    if kinds:
        said.append(f"not enough {join(kinds)}")
    if wanted:
        said.append(f"nothing from {join(wanted)}")
    if len(rules) > len(wanted):
        said.append("too few contributors")
    return join(said)


def without(plan: Plan, dropped: Sequence[str]) -> Plan:
    """What is left of a plan when levers are taken out; empty stages go, too."""
    stages = tuple(
        stage.model_copy(update={"on": tuple(u for u in stage.on if u.lever not in dropped)})
        for stage in plan.stages
    )
    kept = tuple(now for now, was in zip(stages, plan.stages, strict=True) if now.on or not was.on)
    return plan.model_copy(
        update={
            "stages": kept,
            "on_ceasefire": tuple(x for x in plan.on_ceasefire if x not in dropped),
            "on_event": {
                event: left
                for event, levers in plan.on_event.items()
                if (left := tuple(x for x in levers if x not in dropped))
            },
        }
    )
