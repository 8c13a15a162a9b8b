"""Solving the game again around a deal: without the offer's red lines, with the best terms written in.

Every re-solve is compared with the crisis as it is on the same grid. Units: own stake.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from offramp.answers._deal_facts import Lifted, crossed, step_words
from offramp.answers._deal_parts import BASE, Parts, jobs_of, parts_of
from offramp.answers._deal_relax import Relaxed, as_contract, paths_of
from offramp.answers._deal_room import Room
from offramp.answers._deal_runs import Job, Seen, grid_for, run_jobs
from offramp.answers._runs import Progress
from offramp.game import Game
from offramp.solution import Solution

MOST_RESOLVES = 4
"""Red lines lifted one at a time with a solve each."""
SWEPT = 24
"""Re-solves for which the grid is chosen."""


@dataclass(frozen=True)
class Again:
    """What came of solving the game again.

    Attributes:
        grid: Name of the grid; ``own`` if it is the solution's.
        lifted: Red lines of the offer lifted in turn; ``untried`` those left out.
        checked: The best terms as a contract of the file: what they leave to whoever is suited least.
        parts: The questions around a deal (None: not asked).
    """

    grid: str
    own: bool
    lifted: tuple[Lifted, ...]
    untried: tuple[str, ...]
    checked: dict[str, float | None]
    parts: Parts | None


def again_of(
    solution: Solution,
    offer: int | None,
    near: int,
    found: Relaxed | None,
    parts: bool,
    workers: int | None,
    progress: Progress | None,
) -> Again:
    """Solve again without the offer's red lines, with the best terms written in, and for the parts."""
    game = solution.game
    lines = () if offer is None else tuple(x.id for x in crossed(game, offer))
    jobs = jobs_of(solution) if parts else [Job(BASE)]
    jobs += [Job(f"without {x}", _without(x)) for x in lines[:MOST_RESOLVES]]
    written: list[tuple[str, str, Room]] = []
    if found is not None and found.base is not None and game.offers[near].contract is not None:
        entry = as_contract(game, found.base, "Best terms")
        jobs.append(Job("written", {f"contracts.{WRITTEN}": entry}))
        written.append(("", "written", found.base))
        step = next((x for x in found.singles if x.opens), None)
        if step is not None and step.room is not None and not found.base.open:
            entry = as_contract(game, step.room, "Best terms")
            changes: dict[str, Any] = {**paths_of(game, step), f"contracts.{WRITTEN}": entry}
            jobs.append(Job("written, relaxed", changes))
            written.append((f" without {step_words(game, step)}", "written, relaxed", step.room))
    grid = grid_for(solution, SWEPT)
    seen = run_jobs(solution, jobs, grid, workers, progress, "solving around a deal")
    table = None if offer is None else game.offers[offer].contract
    nearest = game.offers[near].contract
    checked = {what: _least_of(seen[job], terms) for what, job, terms in written}
    return Again(
        grid.name,
        grid == game.resolution,
        () if offer is None else _lifted(game, seen, offer, lines[:MOST_RESOLVES]),
        lines[MOST_RESOLVES:],
        checked,
        parts_of(solution, seen, grid.name, table, nearest or "") if parts else None,
    )


WRITTEN = "best_terms_written"
"""Id of the contract that holds the best terms in a re-solve."""


def _least_of(seen: Seen, written: Room) -> float | None:
    """What the written terms leave to whoever is suited least: sides as solved, voices against floors."""
    found = seen.of(WRITTEN)
    if found is None:
        return None
    gap_a, gap_b, _ = found
    voices = [x for k, x in written.margins.items() if k.startswith("voice ")]
    return min(gap_a, *gap_b, *voices)


def _without(line: str) -> dict[str, Any]:
    return {f"red_lines.{line}.penalty": 0.0, f"red_lines.{line}.hard": False}


def _lifted(
    game: Game, seen: dict[str, Seen], offer: int, lines: Sequence[str]
) -> tuple[Lifted, ...]:
    """The offer without one red line at a time, against the same grid with it; none if it suits all."""
    key = game.offers[offer].id
    types = range(len(game.types))

    def signers(x: Seen) -> set[int]:
        g, i = x.now(), x.offers.index(key)
        return {j for j in types if g.accepts_a(i) and g.accepts_b(i, j)}

    if key not in seen[BASE].offers or len(signers(seen[BASE])) == len(game.types):
        return ()
    before = signers(seen[BASE])
    found = []
    for line in lines:
        other = seen[f"without {line}"]
        worth = other.of(key)
        if worth is None:
            continue
        opens = tuple(t for j, t in enumerate(game.types) if j in signers(other) - before)
        actor = game.crisis.red_lines[line].actor
        found.append(Lifted(line, actor, worth[0], worth[1], worth[2], opens))
    return tuple(found)
