"""What to watch: triggers and indicators with chances and lead time, and what would change the advice.

Definition. (i) For every trigger of the plan, the probability that its condition has been met by each
month, each history counted once. (ii) For public facts I at a month m, ``P(E by h | I) - P(E by h)`` for the
event E that I announces most, the lead time ``median(month of E - m | I, E)``, and what I means for A's
value. (iii) The bottom line is the plan worth most to A; the beliefs, and the observations with their
posteriors, at which another plan is worth more by more than the error. (iv) How far opinion among third
parties moves the pressure on B.

Triggers and indicators are exact sums over the distribution of futures
(:mod:`offramp.answers._watch_forward`, :mod:`offramp.answers._watch_indicators`); every plan is solved once
and read at all beliefs (:mod:`offramp.answers._watch_ranking`); opinion is two solves more
(:mod:`offramp.answers._watch_opinion`). Plans and opinion are solved at draft resolution where the solution is
finer; the plan at hand is then solved at both, and what that moves counts as error.

Classical comparators: value of information in statistical decisions (Raiffa and Schlaifer 1961); leverage of a
sanction (:func:`offramp.theory.sanction_leverage`).
Units: probabilities, months, own stakes, flows in own stake.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from offramp.answers._answer import Answer, Trace
from offramp.answers._bluff_ledger import ledger
from offramp.answers._bluff_moves import initiative, probes
from offramp.answers._bluff_observations import Observation, observations
from offramp.answers._facts import settings, supports
from offramp.answers._runs import Progress
from offramp.answers._watch_calendar import Ahead, Step, ahead, steps
from offramp.answers._watch_charts import indicators_chart, sways_chart, triggers_chart
from offramp.answers._watch_forward import EVENTS, firings
from offramp.answers._watch_indicators import Board, board
from offramp.answers._watch_opinion import LARGE, Opinion, opinion
from offramp.answers._watch_ranking import Job, Ranking, Valued, perform_all, rank, valued
from offramp.answers._watch_views import (
    events_table,
    indicators_table,
    opinion_table,
    path_table,
    ranking_table,
    sways_table,
    thresholds_table,
    triggers_table,
)
from offramp.answers._watch_words import flips, headline, paragraphs
from offramp.game._resolution import DRAFT, SKETCH
from offramp.solution import Certificate, Solution


def watch(
    solution: Solution,
    *,
    plans: Sequence[str] | None = None,
    shift: float = LARGE,
    progress: Progress | None = None,
    workers: int | None = 1,
    certificate: Certificate | None = None,
) -> Answer:
    """Triggers, indicators, and what would change the bottom line.

    Args:
        solution: The solved game.
        plans: Plans to rank; left out, all of the file.
        shift: Shift of third parties' tolerance that is solved each way.
        progress: Told (label, done, total).
        workers: Processes; None means one per core.
        certificate: What differences are held against; left out, the solution's own, which knows no
            error from refinements.

    Raises:
        ValueError: for an unknown plan, or a shift that is not positive.
    """
    game = solution.game
    told = certificate or solution.certificate
    exact = solution.mode == "exact"
    path = opinion(game, shift)
    ranking, less, more, today = _ranked(solution, plans, path, told, workers, progress)
    tell = None if progress is None else (lambda d, t: progress("watching triggers", d, t))
    found = () if exact else firings(solution, tell)
    tell = None if progress is None else (lambda d, t: progress("watching signs", d, t))
    signs = None if exact else board(solution, progress=tell)
    plan_steps = steps(game, found)
    events = ahead(game)
    head = headline(game, plan_steps, signs, ranking, told)
    tables = [
        triggers_table(game, plan_steps),
        indicators_table(game, signs, told),
        None if ranking is None else ranking_table(game, ranking),
        None if ranking is None else thresholds_table(game, ranking),
        None if ranking is None else sways_table(game, ranking),
        opinion_table(game, path, less, more, today),
        path_table(game, path),
        events_table(game, events),
    ]
    charts = (
        triggers_chart(game, plan_steps, head if plan_steps else ""),
        indicators_chart(game, signs),
        sways_chart(game, ranking),
    )
    return Answer(
        name="watch",
        question="What should be watched, how early does it tell, and what would change the advice?",
        headline=head,
        paragraphs=paragraphs(
            solution, plan_steps, signs, ranking, path, (less, today, more), events, told
        ),
        tables=tuple(t for t in tables if t is not None),
        charts=tuple(c for c in charts if c is not None),
        evidence_trace=Trace(
            formula="P(trigger met by t); P(E by h | I) - P(E by h); argmax_plan V_A(plan, mu)",
            supports=supports(game.crisis, _paths(solution, path)),
            evidence=tuple(i.id for i in ledger(game.crisis).used),
            certificate=(told.summary(),),
            met=told.met and (ranking is None or all(p.met for p in ranking.plans)),
            settings=(
                *settings(solution),
                *((("plans solved at", ranking.resolution),) if ranking is not None else ()),
            ),
        ),
        flips=flips(game, ranking),
        warnings=_warnings(solution, ranking, exact),
        data=_data(solution, plan_steps, signs, ranking, path, (less, today, more), events),
    )


def _ranked(
    solution: Solution,
    plans: Sequence[str] | None,
    path: Opinion,
    told: Certificate,
    workers: int | None,
    progress: Progress | None,
) -> tuple[Ranking | None, Valued | None, Valued | None, Valued | None]:
    """Every plan at every belief, and the two solves of opinion."""
    game, crisis = solution.game, solution.game.crisis
    if solution.mode == "exact" or game.grid.frozen is not None:
        return None, None, None, None
    for p in plans or ():
        if p not in crisis.plans:
            raise ValueError(f"there is no plan {p!r}; the plans are {', '.join(crisis.plans)}")
    wanted = list(dict.fromkeys(plans if plans is not None else crisis.plans))
    coarse = game.resolution if game.resolution.name in (SKETCH.name, DRAFT.name) else DRAFT
    same = coarse == game.resolution
    at_hand = game.plan_id
    replaced = crisis.plans.get(at_hand) != game.plan
    jobs = [
        Job(p, (), solution.precision, coarse, None)
        for p in wanted
        if not (same and p == at_hand and not replaced)
    ]
    if not same and at_hand in crisis.plans and at_hand not in wanted:
        jobs.append(Job(at_hand, (), solution.precision, coarse, None))
    moves = [] if path.why_not or at_hand not in crisis.plans else [-path.shift, path.shift]
    jobs += [Job(at_hand, path.changes(ds), solution.precision, coarse, None) for ds in moves]
    done = dict(
        zip(jobs, perform_all(crisis, jobs, workers, progress, "solving plans"), strict=True)
    )
    plain = {job.plan: v for job, v in done.items() if not job.changes}
    own = valued(solution, at_hand)
    if same and not replaced:
        plain[at_hand] = own
    drift = None if same or at_hand not in plain else abs(own.value_a - plain[at_hand].value_a)
    error = max(told.least("value_a"), drift or 0.0)
    seen: tuple[Observation, ...] = ()
    if len(game.types) > 1:
        seen = observations(game, ledger(crisis), initiative(solution), probes(solution))
    table = [plain[p] for p in wanted if p in plain]
    ranking = rank(table, game.opening, seen, error, drift, coarse.name) if table else None
    shifted = [done[job] for job in jobs if job.changes]
    less, more = (shifted[0], shifted[1]) if len(shifted) == 2 else (None, None)
    return ranking, less, more, plain.get(at_hand)


def _paths(solution: Solution, path: Opinion) -> list[tuple[str, str]]:
    game = solution.game
    found = [(f"types.{t}.prior", "what was believed before the evidence") for t in game.types]
    found += [("coalition.fracture", "how fast A's cohesion falls while talks drag")]
    found += [("ceasefire.breakdown", "how often a ceasefire breaks down")]
    if not path.why_not:
        found += [
            (path.path, "tolerance of B that scales what leaks"),
            ("conversions.backer_share", "share of leaking pain that backers make good"),
        ]
    return found


def _warnings(solution: Solution, ranking: Ranking | None, exact: bool) -> tuple[str, ...]:
    found = []
    if not solution.certificate.met:
        found.append("the solve misses its tolerance: read every number as indicative")
    if exact:
        found.append(
            "an exact solution has no distribution to split: triggers and indicators are left out"
        )
    if ranking is not None:
        found += [f"{p.plan}: certificate not met" for p in ranking.plans if not p.met]
        if ranking.drift is not None and ranking.drift > solution.certificate.least("value_a"):
            found.append(
                f"plans are compared at {ranking.resolution} resolution; the plan at hand moves by "
                f"{ranking.drift:.3f} of a stake when it is solved as finely as the rest of the answer"
            )
    reading = solution.game.reading_id
    if reading is not None:
        found.append(f"every plan is solved with the premises of the reading {reading}")
    return tuple(found)


def _data(
    solution: Solution,
    plan_steps: tuple[Step, ...],
    signs: Board | None,
    ranking: Ranking | None,
    path: Opinion,
    opinions: tuple[Valued | None, Valued | None, Valued | None],
    events: tuple[Ahead, ...],
) -> dict[str, Any]:
    game = solution.game
    names = ("less", "today", "more")
    return {
        "triggers": {
            s.name: {
                "stage": s.stage,
                "condition": s.trigger,
                "met": list(s.met),
                "begun": list(s.begun),
                "median_month": s.median,
            }
            for s in plan_steps
        },
        "indicators": None
        if signs is None
        else {
            "month": signs.month,
            "by": signs.by,
            "open": signs.open_share,
            "usual": dict(zip(EVENTS, signs.usual, strict=True)),
            "value_a": signs.value_a,
            "signs": {
                i.id: {
                    "name": i.name,
                    "chance": i.chance,
                    "worth": i.worth,
                    "announces": i.event,
                    "lead": i.lead,
                    "lifts": dict(zip(EVENTS, i.lifts, strict=True)),
                    "belief": dict(zip(game.types, i.belief, strict=True)),
                }
                for i in signs.indicators
            },
        },
        "bottom_line": None
        if ranking is None
        else {
            "best": ranking.best.plan,
            "tied": [p.plan for p in ranking.tied],
            "error": ranking.error,
            "drift": ranking.drift,
            "resolution": ranking.resolution,
            "values": {p.plan: p.value_a for p in ranking.plans},
            "thresholds": {
                game.types[t.type]: {
                    "now": t.now,
                    "at": t.at,
                    "plan": t.plan if t.at is not None else None,
                    "corner": t.corner,
                }
                for t in ranking.thresholds
            },
            "observations": {
                s.observation.id: {
                    "bits": s.observation.bits,
                    "worth": s.worth,
                    "outcomes": [
                        {"name": n, "chance": c, "best": p, "gain": g} for n, c, p, g in s.best
                    ],
                }
                for s in ranking.sways
            },
        },
        "opinion": {"why_not": path.why_not}
        if path.why_not
        else {
            "why_not": "",
            "outsider": path.outsider,
            "support": path.support,
            "shift": path.shift,
            "leaking": list(path.leaking),
            "pain": path.pain,
            "all_pain": path.all_pain,
            "slope": path.slope,
            "textbook_leverage": {"today": path.textbook[0], "less": path.textbook[1]},
            "cases": {
                n: {"value_a": v.value_a, "value_b": list(v.value_b), "settled": v.settled}
                for n, v in zip(names, opinions, strict=True)
                if v is not None
            },
            "messengers": {
                m.lever: {
                    "holder": m.holder,
                    "shift": m.shift,
                    "pain": m.pain,
                    "cost": m.cost,
                    "in_plan": m.in_plan,
                }
                for m in path.messengers
            },
            "path": {p.path: p.swing for p in path.parts},
        },
        "events": {e.id: {"by": list(e.by), "median": e.median, "when": e.when} for e in events},
    }
