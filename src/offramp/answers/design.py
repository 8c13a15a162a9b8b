"""The best plan within limits on escalation, cost, risk and consent, and what safety costs.

Definition. Over designs z (levers by stage, trigger date, offer: :mod:`._design_space`)::

    max V_A(z)   subject to   rung(z) <= r,  cost(z) <= c,  P(disaster by 12; z) <= d,  consent

V_A(z) is A's value in the game solved under z as a committed plan that B knows and answers. The
*frontier* are the designs solved that no other beats in both V_A and P(disaster). What a lever *adds* is
V_A of the best design less V_A of the same without the lever.

The search is exact where all designs within cost and rung can be solved, else a heuristic that reports
itself as one (:mod:`._design_search` says why there is no exact bound on value). It runs on a coarse
grid; the best few are solved again on a finer one, which decides among them. The *error* of a difference
is the certificate's, or half the range of what the finer grid changes over the finalists if that is more:
what moves all alike does not count.

Classical comparator: none. Plans are commitments of the stronger sort (Schelling 1960): B's answer is
solved each time.

Units: A's own stake; flow in stake-equivalents; rungs; probability.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from offramp.answers._answer import Answer, Trace
from offramp.answers._design_search import (
    Bench,
    Job,
    Result,
    Store,
    frontier,
    merit,
    perform,
    search,
)
from offramp.answers._design_space import Design, Limits, Space, space_of
from offramp.answers._design_views import (
    Chosen,
    charts_of,
    flips,
    headline,
    paragraphs,
    tables_of,
    warnings,
)
from offramp.answers._facts import settings, supports
from offramp.answers._stress_runs import MONTH, check_grid, sweep_grid
from offramp.crisis import Crisis, quantities
from offramp.game import Resolution, compile_game
from offramp.solution import Certificate, Solution, solve

Progress = Callable[[str, int, int], None]
QUESTION = (
    "Which stages, trigger and offer serve A best within the limits, and what does safety cost?"
)
DATES = (3, 6, 9)
"""Trigger dates that are looked at, months without a ceasefire."""
FINALISTS = 5
SAFEST = 3
"""Safest designs of the frontier that are solved again where there is a limit on disaster."""
BUDGET = 400
"""Most solves on the grid of the search."""


def design(
    subject: Solution | Crisis,
    *,
    limits: Limits | None = None,
    progress: Progress | None = None,
    workers: int | None = 1,
    store: str | Path | None = None,
    certificate: Certificate | None = None,
    months: Sequence[int] = DATES,
    offers: Sequence[str | None] | None = None,
    budget: int = BUDGET,
    heuristic: bool = False,
) -> Answer:
    """Search for the best plan within limits.

    Args:
        subject: The solved game whose plan is the starting point, or a crisis (its first plan is solved).
        limits: What the plan may not exceed; left out, only consent is asked for.
        progress: Told (label, done, total).
        workers: Processes; None means one per core.
        store: File in which solved designs are kept and from which they are read.
        certificate: What differences are held against; left out, the solution's own.
        months: Trigger dates to look at.
        offers: Contracts to look at (None among them: any); left out, those of the file's plans.
        budget: Most solves of the search.
        heuristic: Use the heuristic even where all designs could be solved.

    Interrupted (Ctrl-C), it returns what has been solved so far and says so.

    Raises:
        KeyError: for an offer that is no contract.
        ValueError: for limits or dates that make no sense, or a budget below two solves.
    """
    if budget < 2:
        raise ValueError("a search needs a budget of at least two solves")
    solution = (
        solve(compile_game(subject, resolution="draft")) if isinstance(subject, Crisis) else subject
    )
    told = certificate or solution.certificate
    game = solution.game
    chosen_limits = limits or Limits()
    space = space_of(game.crisis, game.plan, chosen_limits, months, offers)
    bench = Bench(
        solution, space, Store(None if store is None else Path(store)), workers, progress, budget
    )
    complete, stopped = False, ""
    fine: list[tuple[Design, Result]] = []
    own: Result | None = None
    grid = check_grid(solution)
    try:
        complete = search(bench, heuristic=heuristic)
        if bench.spent and not complete:
            stopped = f"stopped after its budget of {budget} solves"
        finalists = _finalists(bench, chosen_limits)
        results = bench.again(finalists, grid, "finalists on a finer grid")
        fine = list(zip(finalists, results, strict=True))
        own = _own(solution, grid)
    except KeyboardInterrupt:
        stopped = "interrupted"
        if not bench.found:
            raise
    chosen = _choose(bench, chosen_limits, fine, own, grid, told, complete, heuristic, stopped)
    title = headline(solution, space, chosen)
    return Answer(
        name="design",
        question=QUESTION,
        headline=title,
        paragraphs=paragraphs(solution, space, bench, chosen),
        tables=tables_of(solution, space, chosen),
        charts=charts_of(solution, space, chosen, title),
        evidence_trace=Trace(
            formula="max V_A(z) s.t. rung(z) <= r, cost(z) <= c, P(disaster; z) <= d, consent",
            supports=supports(game.crisis, _paths(game.crisis, space, chosen)),
            certificate=(told.summary(),),
            met=told.met,
            settings=(
                *settings(solution),
                ("searched on", chosen.grid),
                ("finalists on", chosen.finer),
                ("games solved", str(bench.done)),
            ),
        ),
        flips=flips(solution, space, bench, chosen),
        warnings=warnings(space, bench, chosen),
        data=_data(space, bench, chosen),
    )


def _finalists(bench: Bench, limits: Limits) -> list[Design]:
    """The best within the limits, and with a limit on disaster the safest ones: risk grows on finer grids."""
    able = [d for d in bench.ranked() if merit(bench.found[d], limits)[0] == 0]
    safe = [d for d, _ in frontier(bench)][:SAFEST] if limits.disaster is not None else []
    return list(dict.fromkeys((*able[:FINALISTS], *safe)))


def _own(solution: Solution, grid: Resolution) -> Result:
    """The plan under study as it stands, on the finer grid."""
    game = solution.game
    if grid == game.resolution:
        head = solution.headline(MONTH)
        mean = sum(p * v for p, v in zip(game.opening, head.value_b, strict=True))
        return Result(head.value_a, float(mean), head.settled, head.disaster)
    frozen = game.grid.frozen is not None
    return perform(game.crisis, Job(game.plan, grid, solution.precision, solution.mode, frozen))


def _choose(
    bench: Bench,
    limits: Limits,
    fine: list[tuple[Design, Result]],
    own: Result | None,
    grid: Resolution,
    told: Certificate,
    complete: bool,
    heuristic: bool,
    stopped: str,
) -> Chosen:
    """Decide on the finer grid, or on the grid of the search if the finalists were not reached."""
    moved = [r.value_a - bench.found[d].value_a for d, r in fine]
    apart = (max(moved) - min(moved)) / 2 if moved else 0.0
    risk = [abs(r.disaster - bench.found[d].disaster) for d, r in fine]
    ranked = sorted((x for x in fine if merit(x[1], limits)[0] == 0), key=lambda x: -x[1].value_a)
    finer = grid.name
    if not fine:
        finer = bench.grid.name
        ranked = [
            (d, bench.found[d])
            for d in bench.ranked()[:FINALISTS]
            if merit(bench.found[d], limits)[0] == 0
        ]
    best = ranked[0][0] if ranked else None
    return Chosen(
        best=best,
        fine=tuple(ranked),
        own=own,
        grid=sweep_grid(bench.solution).name,
        finer=finer,
        error=max(told.least("value_a"), apart),
        error_disaster=max(told.least("disaster"), max(risk, default=0.0)),
        frontier=tuple(frontier(bench)),
        worth=_worth(bench, best) if best is not None else (),
        complete=complete,
        heuristic=heuristic or not complete,
        stopped=stopped,
        beyond=min((r.disaster for _, r in fine), default=None),
    )


def _worth(bench: Bench, best: Design) -> tuple[tuple[str, float], ...]:
    """What each lever of the best design adds, where the design without it has been solved."""
    found = []
    for i, place in enumerate(best.places):
        if place == "out":
            continue
        bare = tuple("out" if j == i else p for j, p in enumerate(best.places))
        other = bench.found.get(bench.space.tidy(replace(best, places=bare)))
        if other is not None:
            found.append((bench.space.levers[i], bench.found[best].value_a - other.value_a))
    return tuple(sorted(found, key=lambda x: -x[1]))


def _paths(crisis: Crisis, space: Space, chosen: Chosen) -> list[tuple[str, str]]:
    known = quantities(crisis)
    used = [] if chosen.best is None else zip(space.levers, chosen.best.places, strict=True)
    paths = [
        (f"levers.{k}.{field}", f"{what} of a lever of the plan")
        for k, p in used
        if p != "out"
        for field, what in (("cost_to_target", "the effect"), ("cost_to_holder", "the own cost"))
    ]
    return [p for p in paths if p[0] in known]


def _data(space: Space, bench: Bench, chosen: Chosen) -> dict[str, object]:
    def plain(d: Design, r: Result) -> dict[str, object]:
        return {
            "levers": {k: p for k, p in zip(space.levers, d.places, strict=True) if p != "out"},
            "months": d.months if "later" in d.places else None,
            "offer": d.offer, "value_a": r.value_a, "value_b": r.value_b, "settled": r.settled,
            "disaster": r.disaster, "cost": space.cost_of(d), "rung": space.rung_of(d),
        }  # fmt: skip

    return {
        "size": space.size,
        "solved": len(bench.found),
        "done": bench.done,
        "reused": bench.reused,
        "complete": chosen.complete,
        "stopped": chosen.stopped,
        "limits": {
            "rung": space.limits.rung, "cost": space.limits.cost,
            "disaster": space.limits.disaster, "consent": space.limits.consent,
        },
        "levers": list(space.levers),
        "left": dict(space.left),
        "error": chosen.error,
        "best": plain(chosen.best, chosen.fine[0][1]) if chosen.best and chosen.fine else None,
        "best_on_search_grid": None
        if not bench.found
        else bench.found[bench.ranked()[0]].value_a,
        "finalists": [plain(d, r) for d, r in chosen.fine],
        "own": None if chosen.own is None else chosen.own.value_a,
        "frontier": [plain(d, r) for d, r in chosen.frontier],
        "worth": dict(chosen.worth),
    }  # fmt: skip
