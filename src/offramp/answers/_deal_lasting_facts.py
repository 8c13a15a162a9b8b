"""Everything that is found about what happens to a deal: contracts looked at, re-solves, results.

Small re-solves run on the sketch grid in two batches: all that do not wait for one another, then the filling up
of ways out. How each contract lives, how a ceasefire lives and what the offer lacks are read from the solution
under study itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offramp.answers._deal_demands import Demands, demand_job, demands
from offramp.answers._deal_durability import Life, Pause, pause
from offramp.answers._deal_lasting_mix import Offramp
from offramp.answers._deal_lasting_runs import (
    Drift,
    Job,
    Look,
    Progress,
    job_of,
    read,
    run,
    snaps_back,
)
from offramp.answers._deal_lasting_terms import (
    Partial,
    Shift,
    Unlock,
    Watched,
    drifts_to_watch,
    heaviest,
    partial_deals,
    shift_of,
    unguaranteed,
    unlock_jobs,
    unlocked,
)
from offramp.answers._deal_offramp import find, single_jobs
from offramp.answers._deal_tally import Entry, Tally, tally
from offramp.answers._deter_runs import solved_of
from offramp.answers._measures import best_placed, gaps
from offramp.crisis import Crisis
from offramp.game import Game
from offramp.game._events import hosts_of
from offramp.solution import Solution

Floats = NDArray[np.float64]

MONTH = 24
"""Month to which survival is read (or the horizon, if it is shorter)."""
MOST_UNNAMED = 5
"""Points of the frontier whose life is shown where the file names no contract."""


@dataclass(frozen=True)
class Switch:
    """Life of every contract with one thing changed, on the sketch grid.

    ``name`` is the key; ``heading`` what readers see.
    """

    name: str
    heading: str
    life: dict[str, Life]


@dataclass(frozen=True)
class Found:
    """All findings; None or empty where there is nothing to say.

    Attributes:
        month: Month to which lives are read.
        table: The offer on the table; ``near`` the contract nearest to acceptance.
        look: Gaps and lives on the grid under study.
        switches: Lives with things switched, the first of them as judged.
        snapback: Whether there is pressure that comes back after a breach.
        pause: A ceasefire begun today.
        stated: Whether the drifts were stated, not supposed.
    """

    month: int
    table: str | None
    near: str | None
    look: Look
    switches: tuple[Switch, ...]
    snapback: bool
    pause: Pause | None
    offramp: Offramp | None
    unlocks: tuple[Unlock, ...]
    watched: tuple[Watched, ...]
    shifts: tuple[Shift, ...]
    stated: bool
    partial: tuple[Partial, ...]
    demands: Demands | None
    tally: Tally


def find_all(
    solution: Solution,
    ledger: Sequence[Entry] | None,
    shifts: Sequence[Drift] | None,
    workers: int | None,
    progress: Progress | None,
) -> Found:
    """Read the solution, solve what is needed, and put the findings together."""
    game = solution.game
    month = min(MONTH, game.shown)
    counted = tally(game.crisis, ledger)
    named = [o.id for o in game.offers if o.contract is not None and not o.imposed]
    shown = named or [o.id for o in game.offers][:MOST_UNNAMED]
    solved = solved_of(solution)
    own = read(solved, shown, month)
    paused = pause(solved, month)
    partial = tuple(partial_deals(solution))
    if not named:
        return Found(
            month, None, None, own, (), snaps_back(game), paused, None, (), (), (), False, partial, None,
            counted,
        )  # fmt: skip
    table, near = on_the_table(game, named), nearest(solution, named)
    drifts = _drifts(game, near, shifts)
    jobs = _jobs(solution, named, table, near, month, drifts)
    looks = run(game.crisis, jobs, workers, progress, "changing one thing at a time")
    base = looks["offer"].signing
    way = find(solution, table, own.signing, looks, workers, progress)
    return Found(
        month,
        table,
        near,
        own,
        _switches(game, looks),
        snaps_back(game),
        paused,
        way,
        tuple(unlocked(solution, near, looks, month)),
        tuple(drifts_to_watch(game, near, float(own.signing.a[own.signing.at(near)]))),
        tuple(shift_of(game, d, base, looks[f"drift {i}"].signing) for i, d in enumerate(drifts)),
        shifts is not None,
        partial,
        demands(game, looks["demands"]) if "demands" in looks else None,
        counted,
    )


def on_the_table(game: Game, named: Sequence[str]) -> str:
    """The plan's own offer, else the first offer of any plan, else the first contract."""
    plans = [game.plan, *game.crisis.plans.values()]
    offers = [p.offer for p in plans if p.offer in named]
    return next((o for o in offers if o is not None), named[0])


def nearest(solution: Solution, named: Sequence[str]) -> str:
    """The named contract nearest to acceptance today."""
    place = best_placed(solution, gaps(solution, (0,))[0])
    key = solution.game.offers[place].id if place is not None else named[0]
    return key if key in named else named[0]


def _drifts(game: Game, near: str, shifts: Sequence[Drift] | None) -> tuple[Drift, ...]:
    """Drifts that are stated, else the heaviest that one issue of the nearest contract could take."""
    if shifts is not None:
        return tuple(shifts)
    worst = heaviest(game, near)
    return () if worst is None else (worst,)


def _jobs(
    solution: Solution,
    named: Sequence[str],
    table: str,
    near: str,
    month: int,
    drifts: Sequence[Drift],
) -> list[Job]:
    crisis = solution.game.crisis
    lives: dict[str, Any] = {"lives": tuple(named), "months": month}
    jobs = [job_of(solution, "as judged", **lives)]
    if crisis.guarantees:
        jobs += [
            job_of(solution, "no guarantee", changes=unguaranteed(crisis), **lives),
            job_of(solution, "sure detection", changes=_detection(crisis), **lives),
            job_of(solution, "loose", changes=_ends(crisis, "low"), **lives),
            job_of(solution, "firm", changes=_ends(crisis, "high"), **lives),
        ]
    if snaps_back(solution.game):
        jobs.append(job_of(solution, "no snapback", snapback=False, **lives))
        if crisis.guarantees:
            jobs.append(
                job_of(solution, "bare", snapback=False, changes=unguaranteed(crisis), **lives)
            )
    if _host_matters(crisis):
        jobs.append(job_of(solution, "host stays", host_stays=True, **lives))
    jobs += single_jobs(solution, table)
    jobs += unlock_jobs(solution, near, month)
    jobs += [job_of(solution, f"drift {i}", drift=d) for i, d in enumerate(drifts)]
    demand = demand_job(solution)
    return jobs if demand is None else [*jobs, demand]


def _ends(crisis: Crisis, end: str) -> tuple[tuple[str, float], ...]:
    """Detection and response of every guarantee at one end of their ranges."""
    found = []
    for key, one in crisis.guarantees.items():
        for field in ("detection", "response"):
            number = getattr(one, field)
            at = getattr(number, end)
            found.append((f"guarantees.{key}.{field}", float(number.value if at is None else at)))
    return tuple(found)


def _detection(crisis: Crisis) -> tuple[tuple[str, float], ...]:
    return tuple((f"guarantees.{key}.detection", 1.0) for key in crisis.guarantees)


def _host_matters(crisis: Crisis) -> bool:
    """Whether some event makes the host withdraw its consent, and a force hangs on it."""
    hosts = hosts_of(crisis)
    force = any(g.lever is not None for g in crisis.guarantees.values())
    return force and any(
        x.kind == "consent" and x.target in hosts for e in crisis.events.values() for x in e.effects
    )


HEADINGS = {
    "as judged": "As judged",
    "no guarantee": "No breach answered",
    "bare": "Neither answer nor snapback",
    "no snapback": "No snapback",
    "sure detection": "Every breach seen",
    "loose": "Loosely worded",
    "firm": "Firmly worded",
    "host stays": "Host sure to stay",
}
"""What readers see of each switch."""


def _switches(game: Game, looks: dict[str, Look]) -> tuple[Switch, ...]:
    return tuple(
        Switch(name, heading, looks[name].life)
        for name, heading in HEADINGS.items()
        if name in looks
    )


def expected(game: Game, by_type: Floats) -> float:
    """A figure by type over today's beliefs."""
    return float(game.opening @ by_type / game.opening.sum())
