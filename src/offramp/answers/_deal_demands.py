"""Public demands: how much room they leave, and which of them nobody could give up.

*Commitment.* A side that has published a demand D pays ``audience.cost (1 - vagueness)`` for signing less
while the demand stands (:mod:`offramp.game._commitment`). The crisis is solved with both sides able to commit
themselves: to the demand that the file declares, else to the named contract that suits the side best. The
range on the first day is then read in four positions of the same game: nobody is committed, either is, both::

    range_theta(p) = { x : gap_A(x | p) >= 0, ratified >= 1/2, gap_theta(x | p) >= 0 }

The size of the range is the number of contracts in it, expected over the belief in B's types. B's tied hands
cost A, too: with fewer deals to wait for, A's gain from signing now may rise, so that only the whole count
tells.

In the textbook the committed side may gain from its tied hands (Fearon 1997; :func:`offramp.theory.tie_hands`);
here the count says only what is left to agree on.

*Which were not negotiable.* Issue by issue the other side's hard lines, its soft lines and what it keeps off
the table say how far a demand can be met; a demand beyond is called closed.

Units: stake of each side itself; issues in [0, 1]; counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.answers._deal_lasting_runs import Job, Look, Signing, job_of
from offramp.crisis import Crisis
from offramp.game import Game
from offramp.game._preferences import EDGE, on_the_table
from offramp.solution import Solution

Floats = NDArray[np.float64]

POSITIONS = ((False, False), (True, False), (False, True), (True, True))
"""Who is committed: (A, B)."""
SHORT = 0.005
"""Distance from a demand that is not seen in print."""


@dataclass(frozen=True)
class Demand:
    """What a side demands in public: a contract, or a least W; ``cost`` of signing less while it stands."""

    side: str
    contract: str | None
    level: float | None
    cost: float
    declared: bool


@dataclass(frozen=True)
class Met:
    """One issue: what a side demands on it, how far the other side can go, and what stops it there.

    ``verdict``: ``open`` (can be met), ``line`` (at the price of a soft line), ``closed``.
    """

    side: str
    issue: str
    demanded: float
    reachable: float
    verdict: str
    stops: str


@dataclass(frozen=True)
class Demands:
    """Demands of both sides, the range of each type in each position, its expected size, and issue by issue."""

    demands: tuple[Demand, ...]
    inside: dict[tuple[bool, bool], tuple[tuple[str, ...], ...]]
    size: dict[tuple[bool, bool], float]
    met: tuple[Met, ...]


def demands_of(game: Game) -> tuple[Demand, ...]:
    """The public demand of each side that has one or could have one."""
    crisis, found = game.crisis, []
    worth = {i: game.stakes.bloc(game.signed_value, i) for i in (0, 1)}
    named = [i for i, o in enumerate(game.offers) if o.contract is not None and not o.imposed]
    for i, key in enumerate(("A", "B")):
        bloc = crisis.blocs["A" if key == "A" else "B"]
        cost = bloc.audience.cost.value * (1 - bloc.audience.vagueness.value)
        own = bloc.commitment
        if own is not None:
            level = own.level.value if own.level is not None else None
            found.append(Demand(key, own.demand, level, cost, True))
        elif named:
            best = max(named, key=lambda o: float(worth[i][o]))
            found.append(Demand(key, game.offers[best].contract, None, cost, False))
    return tuple(found)


def demand_job(solution: Solution) -> Job | None:
    """The game in which both sides can commit themselves, on the sketch grid; None without a demand."""
    demands = demands_of(solution.game)
    if not demands:
        return None
    changes: list[tuple[str, object]] = [
        (f"blocs.{one.side}.commitment", {"demand": one.contract})
        for one in demands
        if not one.declared
    ]
    return job_of(solution, "demands", changes=tuple(changes), pledges=POSITIONS)


def demands(game: Game, look: Look) -> Demands:
    """Counts of the range, and what can be met."""
    who = demands_of(game)
    types = range(len(game.types))
    inside = {
        both: tuple(tuple(x for i, x in enumerate(s.ids) if s.suits(i, j)) for j in types)
        for both, s in _signings(look).items()
    }
    weight = game.opening / game.opening.sum()
    size = {
        both: float(sum(w * len(own) for w, own in zip(weight, by_type, strict=True)))
        for both, by_type in inside.items()
    }
    met = tuple(m for one in who if one.contract for m in _met(game, one))
    return Demands(who, inside, size, met)


def _signings(look: Look) -> dict[tuple[bool, bool], Signing]:
    return {both: look.pledged[both] for both in POSITIONS if both in look.pledged}


def _met(game: Game, demand: Demand) -> list[Met]:
    """Issue by issue: how far the other side can go towards the demand."""
    crisis, stakes = game.crisis, game.stakes
    assert demand.contract is not None
    terms = crisis.contracts[demand.contract].terms
    up = demand.side == "B"
    limit = on_the_table(crisis)
    found = []
    for m, key in enumerate(stakes.issues):
        wanted = float(terms[key])
        hard, soft, stops_hard, stops_soft = _lines(game, m, up, wanted)
        if up and wanted > float(limit[m]) + EDGE and float(limit[m]) < hard:
            hard, stops_hard = float(limit[m]), _locked(crisis, key)
        reach, verdict, stops = wanted, "open", ""
        if (hard < wanted - SHORT) if up else (hard > wanted + SHORT):
            reach, verdict, stops = hard, "closed", stops_hard
        elif stops_soft:
            reach, verdict, stops = soft, "line", stops_soft
        found.append(Met(demand.side, key, wanted, reach, verdict, stops))
    return found


def _locked(crisis: Crisis, issue: str) -> str:
    who = crisis.issues[issue].locked_by
    name = crisis.actors[who].name if who in crisis.actors else crisis.blocs["A"].name
    return f"the rest is kept off the table by {name}"


def _lines(game: Game, m: int, up: bool, wanted: float) -> tuple[float, float, str, str]:
    """Where the other side's hard and soft lines stop a move towards a demand, and whose they are."""
    stakes, crisis = game.stakes, game.crisis
    hard = soft = 1.0 if up else 0.0
    by_hard = by_soft = ""
    other = 0 if up else 1
    for line in stakes.lines:
        theirs = (
            line.actor not in stakes.voices or stakes.side[stakes.voices.index(line.actor)] == other
        )
        crossed = line.sign * (wanted - line.bound) > EDGE
        if line.issue != m or (line.sign > 0) != up or not theirs or not crossed:
            continue
        whose = f"a {'hard' if line.hard else 'red'} line of {crisis.actors[line.actor].name}"
        closer = (
            line.bound < (hard if line.hard else soft)
            if up
            else line.bound > (hard if line.hard else soft)
        )
        if line.hard and closer:
            hard, by_hard = line.bound, whose
        elif not line.hard and closer:
            soft, by_soft = line.bound, whose
    return hard, soft, by_hard, by_soft
