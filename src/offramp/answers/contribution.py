"""Can the coalition carry the task, who is needed for it, and what has to come true first?

Definition. A task needs n_kt of kind k in every month of stretch t. Members S cover it if for every kind
the least shortfall is nought (Gale 1957, Hoffman 1960; :mod:`._contribution_model`)::

    short_k(S) = max_A [ sum_{t in A} n_kt l_t - sum_{i in S} b_ik(A) ]_+,
    b_ik(A) = min( B_ik, sum_{t in A} f_ikt l_t )           (less plain where members have a least)

and the rules on who takes part hold. The A that attains the maximum names the months that bind. The
contribution plan is a mixed-integer programme on HiGHS (:mod:`._contribution_solve`): the least shortfall
first, then the nearest to fair shares by a rule (capacity, GDP, population, need). A coalition is minimal if
it covers the task and no part of it does. N-1 and N-2 take any one or two members out, with all who stay
away without them; "without the backstop" takes the backstop out.

The force behind the task begins if a chain of steps comes true, ``P = prod_s p_s``
(:mod:`._contribution_chain`); a donor that stops leaves ``(1 - sigma)^(n/12)`` of its help missing after n
months (:mod:`._contribution_aid`).

Where the file has no task and none is given, the help on record is taken for the need and for all that
members have.

Classical comparators: private provision of a common good (Olson and Zeckhauser 1966; Bergstrom, Blume and
Varian 1986), weakest link (Hirshleifer 1983), volunteer's dilemma (Diekmann 1985), all in
:mod:`offramp.theory.coalitions`; see :mod:`._contribution_compare`.

Symbols: f what member i can have in place, B its limit over the whole task in unit-months, l_t months.
Units: each kind's own; shares of the need; probabilities. Nothing here is a move of the game: red lines,
reserves and offers are inputs, and only the chain and the price of a backstop ask a solved game.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from offramp.answers._answer import Answer, Trace
from offramp.answers._contribution_charts import charts
from offramp.answers._contribution_facts import Facts, Planned, Progress, gather
from offramp.answers._contribution_task import (
    Kind,
    Offer,
    Phase,
    Task,
    checked,
    default_task,
    task_from,
    task_of,
    with_need,
)
from offramp.answers._contribution_views import carried, tables
from offramp.answers._contribution_words import flips, headline, paragraphs
from offramp.answers._facts import settings, supports
from offramp.crisis import Crisis, quantities
from offramp.solution import Certificate, Solution

__all__ = ["Kind", "Offer", "Phase", "Task", "contribution", "task_from", "task_of"]


def contribution(
    crisis_or_solution: Crisis | Solution,
    task: Task | str | None = None,
    *,
    donor: str | None = None,
    month: int = 12,
    certificate: Certificate | None = None,
    progress: Progress | None = None,
    workers: int | None = 1,
) -> Answer:
    """Plan contributions to a task, or to the help on record.

    Args:
        crisis_or_solution: A crisis; or a solved game, which adds whether the fighting stops, whether B
            lets the force in, and what a backstop is worth to A (one more solve).
        task: Needs by phase and offers by member, or the id of a task of the file; left out, the file's
            first task, and the help on record if it has none.
        donor: Whose stop is looked at; left out, the broker if it gives, else the largest giver.
        month: Month at which the chain of preconditions is read.
        certificate: What differences are held against; left out, the solution's own, which knows no error
            from refinements.
        progress: Told (label, done, total).
        workers: Accepted like elsewhere; one core is enough.

    Raises:
        ValueError: with every mistake in the task, one a line; for a donor with nothing on record; for a
            month before the first.
    """
    if month < 1:
        raise ValueError(f"month must be at least 1, not {month}")
    solution = crisis_or_solution if isinstance(crisis_or_solution, Solution) else None
    crisis = solution.game.crisis if solution is not None else crisis_or_solution
    assert isinstance(crisis, Crisis)
    task = next(iter(crisis.tasks), None) if task is None else task
    asked = task is not None
    wanted = (
        default_task(crisis)
        if task is None
        else task_of(crisis, task)
        if isinstance(task, str)
        else task
    )
    if wanted is not None:
        wanted = checked(crisis, with_need(crisis, wanted))
    told = None if solution is None else certificate or solution.certificate
    facts = gather(crisis, solution, wanted, asked, donor, month, told, progress)
    said = headline(facts)
    return Answer(
        name="contribution",
        question="Can the coalition carry the task, and who is needed for it?",
        headline=said,
        paragraphs=paragraphs(facts),
        tables=tables(facts),
        charts=charts(facts, said),
        evidence_trace=Trace(
            formula="short_k(S) = max_A [ sum_{t in A} n_kt l_t - sum_{i in S} b_ik(A) ]_+;  P = prod_s p_s",
            supports=supports(crisis, _inputs(facts)),
            certificate=(told.summary(),) if told is not None else (),
            met=told is None or told.met,
            settings=_settings(facts),
        ),
        flips=flips(facts),
        warnings=_warnings(facts),
        data=_data(facts),
    )


def _settings(facts: Facts) -> tuple[tuple[str, str], ...]:
    found = [] if facts.solution is None else list(settings(facts.solution))
    if facts.planned is not None:
        task = facts.planned.model.task
        found += [
            ("task", task.name),
            ("fair shares by", task.share_by),
            ("amounts from", task.source or "the task as given"),
        ]
    return tuple(found)


def _inputs(facts: Facts) -> list[tuple[str, str]]:
    """Paths of the numbers that the figures rest on, those that the file has."""
    wanted = []
    if facts.chain is not None:
        wanted += [
            (path, f"whether {step.name}")
            for step in facts.chain.steps
            for path in step.rests_on.split(", ")
        ]
    if facts.aid is not None:
        wanted.append(("coalition.substitution", "how fast others replace lost help"))
        wanted += [
            (f"levers.{d.lever}.step_shift", "what the stop does to battle odds")
            for d in facts.aid.denials
        ]
        if facts.aid.share_now is not None:
            wanted.append(("broker.aid", "the pace at which its help goes on"))
    if facts.backstop is not None:
        b = facts.backstop
        wanted += [
            (f"guarantees.{b.guarantee}.response", "the chance of an answer without the backstop"),
            (f"levers.{b.lever}.response_gain", "what the backstop adds to it"),
        ]
    known = quantities(facts.crisis)
    return [(path, why) for path, why in dict(wanted).items() if path in known]


def _warnings(facts: Facts) -> tuple[str, ...]:
    found = []
    plan = facts.planned
    if plan is not None and plan.stopped:
        found.append(f"not proved to the end: {plan.stopped}")
    if plan is not None and not plan.pairs and len(plan.model.members) > 1:
        found.append("pairs of members were not taken out")
    if plan is not None and facts.lever is not None and not facts.asked:
        size = facts.crisis.levers[facts.lever].size_thousand
        if size is not None:
            found.append(
                f"the file gives the force a size ({size.value:g} thousand) and no member an offer of people: "
                "give a task to plan it"
            )
    return tuple(found)


def _data(facts: Facts) -> dict[str, Any]:
    found: dict[str, Any] = {"asked": facts.asked, "month": facts.month}
    if facts.planned is not None:
        found["plan"] = _plan_data(facts.planned)
    if facts.deployment is not None:
        d = facts.deployment
        found["deployment"] = {
            "lever": d.lever,
            "regime": d.regime,
            "missing": list(d.missing),
            "becomes": d.becomes,
            "rung": d.rung,
        }
    if facts.chain is not None:
        weakest = facts.chain.weakest
        found["chain"] = {
            "steps": {s.id: s.p for s in facts.chain.steps},
            "product": facts.chain.product if facts.chain.known else None,
            "weakest": None if weakest is None else weakest.id,
            "in_a_deal": facts.chain.in_deal,
            "steps_apart_by": facts.chain.apart,
        }
    found["red_lines"] = {
        v.lever: {"named": list(v.named), "against": list(v.against), "survives": v.survives}
        for v in facts.verdicts
    }
    if facts.aid is not None:
        a = facts.aid
        found["aid"] = {
            "donor": a.donor,
            "share": a.share,
            "share_now": a.share_now,
            "left": list(a.left),
            "left_fast": list(a.low),
            "left_slow": list(a.high),
            "half_back": list(a.half),
            "odds": {d.lever: list(d.months) for d in a.denials},
            "mitigations": [{"id": m.id, "remains": m.remains} for m in a.mitigations],
        }
    if facts.backstop is not None:
        b = facts.backstop
        found["backstop"] = {
            "lever": b.lever,
            "guarantee": b.guarantee,
            "response": list(b.response),
            "expected_loss": list(b.loss),
            "incident": None if b.incident is None else list(b.incident),
            "price_a": b.price,
            "contract": b.contract,
            "price_a_once_signed": b.signed,
        }
    return found


def _plan_data(plan: Planned) -> dict[str, Any]:
    model = plan.model
    kinds, members = model.kinds, model.members

    def loss(short: np.ndarray) -> dict[str, float]:
        return {k: float(v) for k, v in zip(kinds, short, strict=True) if v > 0}

    share = carried(plan)
    return {
        "task": model.task.name,
        "members": list(members),
        "kinds": list(kinds),
        "stretches": [[s.start, s.end] for s in model.stretches],
        "feasible": plan.feasible,
        "rules_broken": list(plan.rules),
        "needed": dict(zip(kinds, map(float, model.needed), strict=True)),
        "cover": {
            k: float(c) if np.isfinite(c) else None for k, c in zip(kinds, plan.cover, strict=True)
        },
        "short": loss(plan.short),
        "binding": {
            b.kind: {"months": [list(m) for m in b.months], "need": b.need, "supply": b.supply}
            for b in plan.bindings
        },
        "causes": [{"kind": c.kind, "cause": c.cause, "closes": c.closes} for c in plan.closings],
        "given": None if plan.plan is None else plan.plan.given.tolist(),
        "fair": None if plan.plan is None else plan.plan.fair.tolist(),
        "carried": {
            m: None if np.isnan(v) else float(v) for m, v in zip(members, share, strict=True)
        },
        "pivotal": list(plan.pivotal),
        "minimal": [[members[i] for i in c] for c in plan.coalitions.found],
        "minimal_all_found": plan.coalitions.all_found,
        "without": {
            members[x.gone[0]]: {"short": loss(x.short), "rules": list(x.rules)}
            for x in plan.singles
        },
        "pairs_that_fail": [[members[i] for i in x.gone] for x in plan.pairs if x.fails],
        "without_backstop": None
        if plan.bare is None
        else {"short": loss(plan.bare.short), "rules": list(plan.bare.rules)},
        "private_provision": dict(plan.comparators.private),
        "weakest_link": plan.comparators.level if np.isfinite(plan.comparators.level) else None,
    }
