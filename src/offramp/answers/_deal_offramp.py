"""The cheapest way to a deal that is at least as good as waiting for B, type by type.

The offer on the table leaves type theta short by ``m_theta = max(0, -gap_theta(x))``, the gap of signing
against letting the round pass on the first day. A *mix* is a set of instruments and terms moved towards B
(:mod:`._deal_moves`) that gives every type what it is short of. It costs A, as long as the deal is kept::

    cost = W_A(offer) - W_A(mix) + (what instruments other than terms take from A's value of signing)

*Search.* Every instrument is solved once alone on the sketch grid for what it gives each type. For each set
of at most two instruments of different kinds, and with each issue kept out in turn, the rest of the need is
filled by terms in the order of A's cost per unit of B's gain. The three cheapest sets that differ in what
they use are then solved as whole contracts and filled up until no type is short by more than the tolerance.
The cheapest is then solved, and filled up once, on the grid under study.

What A gains is its value of signing with breach and re-bargaining reckoned in: a mix that costs W may still
raise that value where it makes the deal last.

Units: stake of each side itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offramp.answers._deal_lasting_mix import TOLERANCE, Effects, Mix, Offramp, Tried
from offramp.answers._deal_lasting_runs import Job, Look, Progress, Signing, job_of, look, run
from offramp.answers._deal_moves import (
    Filled,
    Instrument,
    changed_contract,
    filled,
    instruments,
    with_point,
)
from offramp.answers._deter_runs import with_lever
from offramp.game import Game, Resolution
from offramp.game._resolution import DRAFT, SKETCH
from offramp.solution import Solution

Floats = NDArray[np.float64]

SEEN = 0.005
"""Moves of an issue up to this are not seen in print."""
MIXES = 3
"""Mixes that are shown."""
ROUNDS = 3
"""Times that a mix is solved and filled up."""
FINAL = 2
"""Most times that the cheapest is solved on a grid other than the sketch."""
LIGHT, HEAVY = 500_000, 4_000_000
"""Belief-states times months: beyond the first a mix is trimmed at draft resolution before it is solved on the
grid under study, beyond the second it is solved at draft resolution only."""


def single_jobs(solution: Solution, contract: str) -> list[Job]:
    """The offer as it is and with each instrument alone, on the sketch grid."""
    game = solution.game
    jobs = [job_of(solution, "offer")]
    terms = _start(game, contract)
    jobs += [
        _job(solution, f"try {one.key}", contract, terms, (one,), SKETCH)
        for one in instruments(game, contract)
    ]
    return jobs


def _job(
    solution: Solution,
    name: str,
    contract: str,
    terms: Sequence[float],
    given: tuple[Instrument, ...],
    grid: Resolution,
) -> Job:
    game = solution.game
    entry = changed_contract(game.crisis, contract, terms, given)
    changes: tuple[tuple[str, Any], ...] = ((f"contracts.{contract}", entry),)
    job = job_of(solution, name, grid, changes=changes)
    plan = game.plan
    for one in given:
        if one.kind == "ladder":
            plan = with_lever(plan, one.lever, game.crisis.levers[one.lever].name)
    return replace(job, plan=plan)


def effects_of(solution: Solution, contract: str, looks: dict[str, Look]) -> Effects:
    """What instruments do alone, less the static part of points for A (that is in W)."""
    game = solution.game
    base = looks["offer"].signing
    at = base.at(contract)
    gives, takes = {}, {}
    for one in instruments(game, contract):
        other = looks[f"try {one.key}"].signing
        where = other.at(contract)
        gives[one.key] = other.b[where] - base.b[at]
        takes[one.key] = 0.0 if one.kind == "point" else float(base.worth[at] - other.worth[where])
    return Effects(gives, takes)


def find(
    solution: Solution,
    contract: str,
    today: Signing,
    looks: dict[str, Look],
    workers: int | None,
    progress: Progress | None,
) -> Offramp:
    """Search, fill up and check mixes.

    Args:
        solution: The game under study.
        contract: The offer on the table.
        today: Gaps on the grid under study.
        looks: Results of :func:`single_jobs`.
        workers: Processes.
        progress: Told (label, done, total).
    """
    game = solution.game
    here = today.b[today.at(contract)]
    missing = tuple(float(max(0.0, -g)) for g in here)
    effects = effects_of(solution, contract, looks)
    sketch = looks["offer"].signing
    gap = sketch.b[sketch.at(contract)]
    single = tuple(_cheapest_for(game, contract, effects, gap, j) for j in range(len(gap)))
    most = _most(game, contract, effects)
    if max(missing) <= TOLERANCE:
        return Offramp(contract, missing, (0.0,) * len(missing), (), None, most)
    picked = _distinct(game, contract, _candidates(game, contract, effects, -gap))
    tried = _fill_up(solution, contract, picked, effects, sketch, workers, progress)
    done = [t for t in tried if t.enough]
    final = None
    if done:
        final = _final(solution, contract, done[0], effects, today)
    return Offramp(contract, missing, single, tuple(tried), final, most)


def _sets(game: Game, contract: str, effects: Effects) -> list[tuple[Instrument, ...]]:
    """No instrument, each one that gives every type something, and pairs of different kinds."""
    every = [x for x in instruments(game, contract) if effects.gives[x.key].min() > TOLERANCE]
    pairs = [p for p in combinations(every, 2) if p[0].kind != p[1].kind]
    return [(), *((x,) for x in every), *pairs]


def _candidates(
    game: Game, contract: str, effects: Effects, need: Floats
) -> list[tuple[float, Mix]]:
    """Mixes for a need by type, cheapest first, with the issues left out in turn."""
    found = []
    divisible = [m for m, i in enumerate(game.crisis.issues.values()) if i.divisible]
    for given in _sets(game, contract, effects):
        for without in [(), *((m,) for m in divisible)]:
            mix = _mix(game, contract, effects, given, need, without)
            found.append((mix.cost, mix))
    return sorted(found, key=lambda pair: (pair[1].short > TOLERANCE, pair[0]))


def _mix(
    game: Game,
    contract: str,
    effects: Effects,
    given: tuple[Instrument, ...],
    need: Floats,
    without: Sequence[int] = (),
    extra: float = 0.0,
) -> Mix:
    """Instruments, and terms for what they leave wanting; ``extra`` is asked for on top."""
    stakes, start = game.stakes, _start(game, contract)
    left = np.array(need, dtype=float)
    for one in given:
        left = left - effects.gives[one.key]
    wanted = max(0.0, float(left.max())) + extra
    placed = with_point(start, given)
    filling: Filled = filled(game, placed, wanted, without)
    worth = stakes.bloc(stakes.signed(np.array([start, filling.terms])), 0)
    cost = float(worth[0] - worth[1]) + sum(effects.takes[one.key] for one in given)
    return Mix(given, filling.terms, cost, wanted, filling.short)


def moved_issues(game: Game, contract: str, terms: Sequence[float]) -> tuple[int, ...]:
    """Issues on which terms differ from the offer by enough to be seen in print."""
    pairs = enumerate(zip(_start(game, contract), terms, strict=True))
    return tuple(m for m, (x, y) in pairs if abs(x - y) > SEEN)


def _distinct(game: Game, contract: str, ranked: list[tuple[float, Mix]]) -> list[Mix]:
    """The cheapest mixes that differ in what they use; only such as are enough."""
    seen: set[tuple[Any, ...]] = set()
    found: list[Mix] = []
    for _, mix in ranked:
        used = (tuple(one.key for one in mix.given), moved_issues(game, contract, mix.terms))
        if mix.short > TOLERANCE or used in seen:
            continue
        seen.add(used)
        found.append(mix)
        if len(found) == MIXES:
            break
    return found


def _cheapest_for(
    game: Game, contract: str, effects: Effects, gap: Floats, theta: int
) -> float | None:
    """Least cost of suiting one type."""
    if gap[theta] >= 0:
        return 0.0
    need = np.full(len(gap), -np.inf)
    need[theta] = -gap[theta]
    ranked = _candidates(game, contract, effects, need)
    return ranked[0][1].cost if ranked[0][1].short <= TOLERANCE else None


def _most(game: Game, contract: str, effects: Effects) -> float:
    """What all terms and the best instrument of each kind give, to the type that they give least."""
    start = _start(game, contract)
    best: dict[str, float] = {}
    placed: tuple[Instrument, ...] = ()
    for one in instruments(game, contract):
        gift = float(effects.gives[one.key].min())
        if gift > best.get(one.kind, 0.0):
            best[one.kind] = gift
            placed = (*(x for x in placed if x.kind != one.kind), one)
    every = filled(game, with_point(start, placed), 10.0)
    return sum(best.values()) + 10.0 - every.short


def _fill_up(
    solution: Solution,
    contract: str,
    picked: list[Mix],
    effects: Effects,
    sketch: Signing,
    workers: int | None,
    progress: Progress | None,
) -> list[Tried]:
    """Solve mixes as whole contracts and ask for more where a type is left short."""
    game = solution.game
    base_worth = float(sketch.worth[sketch.at(contract)])
    need = -sketch.b[sketch.at(contract)]
    mixes, extra = list(picked), [0.0] * len(picked)
    tried: list[Tried | None] = [None] * len(picked)
    todo = list(range(len(picked)))
    for turn in range(1, ROUNDS + 1):
        if not todo:
            break
        jobs = [
            _job(solution, f"mix {i}", contract, mixes[i].terms, mixes[i].given, SKETCH)
            for i in todo
        ]
        looks = run(game.crisis, jobs, workers, progress, "filling up ways out")
        again = []
        for i in todo:
            tried[i] = _tried(contract, mixes[i], looks[f"mix {i}"], base_worth, "sketch", turn)
            lacking = -min(tried[i].gap_b)  # type: ignore[union-attr]
            if abs(lacking) > TOLERANCE and (lacking > 0 or mixes[i].need > 0) and turn < ROUNDS:
                extra[i] += lacking
                kept_out = _kept_out(game, contract, mixes[i])
                mixes[i] = _mix(game, contract, effects, mixes[i].given, need, kept_out, extra[i])
                if mixes[i].short <= TOLERANCE:
                    again.append(i)
        todo = again
    done = [t for t in tried if t is not None]
    return sorted(done, key=lambda t: (not t.enough, t.mix.cost))


def _kept_out(game: Game, contract: str, mix: Mix) -> tuple[int, ...]:
    """Divisible issues that a mix leaves alone, so that filling up uses no others."""
    moved = [m for m, x in enumerate(_start(game, contract)) if abs(x - mix.terms[m]) > 1e-6]
    issues = game.crisis.issues.values()
    return tuple(m for m, i in enumerate(issues) if i.divisible and moved and m not in moved)


def _tried(
    contract: str, mix: Mix, found: Look, base_worth: float, resolution: str, solves: int
) -> Tried:
    s = found.signing
    at = s.at(contract)
    return Tried(
        mix,
        tuple(float(v) for v in s.b[at]),
        float(s.a[at]),
        float(s.worth[at]) - base_worth,
        float(s.ratified[at]),
        resolution,
        solves,
    )


def _final(
    solution: Solution, contract: str, best: Tried, effects: Effects, today: Signing
) -> Tried:
    """The cheapest mix on the grid under study, filled up there, too (first at draft if that is cheaper)."""
    game = solution.game
    own = game.resolution
    if own.name == SKETCH.name:
        return best
    work = game.layout.size * game.grid.size * game.months
    found = best
    if work > LIGHT and own.name != DRAFT.name:
        base = look(game.crisis, job_of(solution, "offer", DRAFT)).signing
        found = _tuned(solution, contract, best, effects, DRAFT, base, FINAL)
    if work <= HEAVY or own.name == DRAFT.name:
        found = _tuned(
            solution, contract, found, effects, own, today, FINAL if work <= LIGHT else 1
        )
    return found


def _tuned(
    solution: Solution,
    contract: str,
    best: Tried,
    effects: Effects,
    grid: Resolution,
    base: Signing,
    times: int,
) -> Tried:
    """A mix solved on another grid, and filled up or trimmed there by what it lacks, ``times`` at most."""
    game, start = solution.game, _start(solution.game, contract)
    base_worth = float(base.worth[base.at(contract)])
    mix, need = best.mix, best.mix.need
    kept_out = _kept_out(game, contract, mix)
    found: list[Tried] = []
    for turn in range(1, times + 1):
        one = look(game.crisis, _job(solution, "final", contract, mix.terms, mix.given, grid))
        found.append(_tried(contract, mix, one, base_worth, grid.name, turn))
        lacking = -min(found[-1].gap_b)
        if abs(lacking) <= TOLERANCE or (lacking < 0 and mix.need <= 0):
            break
        need = max(0.0, need + lacking)
        filling = filled(game, with_point(start, mix.given), need, kept_out)
        if filling.short > TOLERANCE:
            break
        worth = game.stakes.bloc(game.stakes.signed(np.array([start, filling.terms])), 0)
        cost = float(worth[0] - worth[1]) + sum(effects.takes[x.key] for x in mix.given)
        mix = Mix(mix.given, filling.terms, cost, need, filling.short)
    return min(found, key=lambda t: (not t.enough, t.mix.cost if t.enough else -min(t.gap_b)))


def _start(game: Game, contract: str) -> tuple[float, ...]:
    base = game.crisis.contracts[contract]
    return tuple(base.terms[m] for m in game.stakes.issues)
