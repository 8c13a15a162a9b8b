"""Solves of changed plans: each case reduced to what the parts of the plans answer read.

A :class:`Case` is a plan (of the file, or put together from others), a reading, a precision, changes of
numbers and how much to look at: ``value`` solves backwards only, ``clause`` adds how long the plan's own offer
is kept once it is signed (:func:`._deter_guarantee.survival`); ``run`` runs forward; ``whole`` adds what the
plan looks like through time on its own game:

* *pain and own cost*: flows on the hold path (:func:`._leverage_pressure.plan_flows`);
* *begun*: first passage of every trigger (:func:`._watch_forward.firings`); *paused*: first passage into a
  ceasefire, ``P(some month t' <= t in a ceasefire)``;
* *intact*: chance that the coalition is at its highest tier, on the hold path, while nothing is settled;
* *dispute*: ``F(t) = 1 - prod_{t' < t} (1 - fracture (1 - unity) (1 - preagreement [plan agreed]))``, the
  dispute that has built up by month t;
* *chain*: what has to come true before a force stands (:mod:`._contribution_chain`).

Units: own stakes; flows as if for ever; probabilities by month.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from offramp.answers._coalition_facts import leads_of
from offramp.answers._contribution_chain import Chain, chain
from offramp.answers._deter_guarantee import survival
from offramp.answers._deter_runs import Solved
from offramp.answers._leverage_pressure import plan_flows
from offramp.answers._measures import OPEN_REGIMES, hold_path, span
from offramp.answers._runs import Progress, in_parallel
from offramp.answers._watch_forward import NOTHING, firings
from offramp.crisis import Crisis, Plan, override
from offramp.game import Game, Resolution, compile_game
from offramp.game._states import CEASEFIRE
from offramp.solution import Solution, solve
from offramp.solution._forward import join, opening, walking
from offramp.solution._induction import induce
from offramp.solution._nodes import at_beliefs
from offramp.solution._particles import Cloud

Floats = NDArray[np.float64]
Look = Literal["value", "clause", "run", "whole"]


@dataclass(frozen=True)
class Case:
    """One solve of a plan object; ``changes`` are paths of the crisis with their new values."""

    plan: Plan
    precision: float
    resolution: Resolution
    reading: str | None = None
    changes: tuple[tuple[str, Any], ...] = ()
    look: Look = "run"
    month: int = 12


@dataclass(frozen=True)
class Portrait:
    """What a case looks like; series are empty where the look did not go that far.

    Attributes:
        value_a: A's value at the start; ``by_type`` the same if B were of each type, which A does not
            know; ``value_b`` B's by type.
        settled, disaster: Probabilities by month.
        pain, own: Flows on B and on A by month; ``span_a``, ``span_b`` what each side could gain.
        begun: Per stage that waits for a trigger, chance by month that its trigger has been met.
        paused: Chance by month that there has been a ceasefire; empty if the plan waits for none.
        intact, dispute: See the module.
        chain: What a force needs; None without one.
        signed_own: Chance of being in a settlement on the plan's own offer at the month that is read.
        kept: Share of each type still under the plan's own offer at the end, had it been signed today.
    """

    value_a: float
    by_type: tuple[float, ...]
    value_b: tuple[float, ...]
    settled: tuple[float, ...] = ()
    disaster: tuple[float, ...] = ()
    pain: tuple[float, ...] = ()
    own: tuple[float, ...] = ()
    span_a: float = float("nan")
    span_b: float = float("nan")
    begun: tuple[tuple[float, ...], ...] = ()
    paused: tuple[float, ...] = ()
    intact: tuple[float, ...] = ()
    dispute: tuple[float, ...] = ()
    chain: Chain | None = None
    signed_own: float | None = None
    kept: tuple[float, ...] = ()


def solved(
    crisis: Crisis,
    cases: Sequence[Case],
    workers: int | None = 1,
    progress: Progress | None = None,
    label: str = "solving",
) -> list[Portrait]:
    """Every case in the order asked for."""
    return in_parallel(crisis, perform, cases, workers, progress, label) if cases else []


def perform(crisis: Crisis, case: Case) -> Portrait:
    """Compile, solve and reduce one case."""
    if case.changes:
        crisis = override(crisis, dict(case.changes))
    game = compile_game(crisis, case.plan, case.reading, case.resolution)
    if case.look == "value":
        values = induce(game, case.precision)
        a, b = _at_start(game, values.a[0]), _at_start(game, values.b[0])
        return Portrait(float(game.opening @ np.array(a)), a, b)
    if case.look == "clause":
        return _clause(game, case)
    solution = solve(game, case.precision)
    a = _at_start(game, solution.values.a[0])
    end = game.shown + 1
    run = Portrait(
        solution.opening_a,
        a,
        solution.opening_b,
        _plain(solution.futures.regime[:end, 3]),
        _plain(solution.futures.regime[:end, 7]),
    )
    return run if case.look == "run" else _whole(solution, run, case.month)


def _clause(game: Game, case: Case) -> Portrait:
    """Values, and how long the plan's own offer is kept."""
    values = induce(game, case.precision)
    a, b = _at_start(game, values.a[0]), _at_start(game, values.b[0])
    place = next(
        i
        for i, o in enumerate(game.offers)
        if o.contract is not None and o.contract == case.plan.offer
    )
    last = min(game.shown, game.months - 1)
    kept = survival(Solved(game, values), place, last).kept[:, -1]
    return Portrait(float(game.opening @ np.array(a)), a, b, kept=_plain(kept))


def _at_start(game: Game, table: Floats) -> tuple[float, ...]:
    start = np.array([game.start])
    return _plain(at_beliefs(game, table, start, game.opening[None])[:, 0])


def _plain(values: Floats) -> tuple[float, ...]:
    return tuple(float(v) for v in values)


def _whole(solution: Solution, run: Portrait, month: int) -> Portrait:
    """A run with what the plan looks like through time."""
    game = solution.game
    months = game.shown
    flows = plan_flows(solution, min(months, game.months - 1))
    room = span(solution)
    met = tuple(f.met for f in firings(solution))
    force = force_of(game.crisis, game.plan)
    links = None
    if force is not None:
        leads = leads_of(game.crisis, None)
        links = chain(
            game.crisis, force, leads, _backed(game.crisis, game.plan, force), solution, month
        )
    return Portrait(
        run.value_a,
        run.by_type,
        run.value_b,
        run.settled,
        run.disaster,
        _plain(flows.pain),
        _plain(flows.own),
        room.a,
        room.b,
        met,
        _first_pause(solution) if waits_for_pause(game.crisis, game.plan) else (),
        _intact(solution, min(months, game.months - 1)),
        dispute_of(game.crisis, game.plan, months),
        links,
        _on_own(solution, month),
    )


def force_of(crisis: Crisis, plan: Plan) -> str | None:
    """The lever behind a guarantee that a plan uses, or that stands behind its own offer."""
    forces = {g.lever for g in crisis.guarantees.values() if g.lever is not None}
    used = [*plan.on_ceasefire, *(u.lever for s in plan.stages for u in s.on)]
    if plan.offer is not None:
        behind = crisis.contracts[plan.offer].guarantee
        used += [g] if behind and (g := crisis.guarantees[behind].lever) is not None else []
    return next((lever for lever in used if lever in forces), None)


def _backed(crisis: Crisis, plan: Plan, force: str) -> bool:
    """Whether the plan also uses a lever that stands behind the force."""
    used = {*plan.on_ceasefire, *(u.lever for s in plan.stages for u in s.on)}
    return any(force in crisis.levers[x].needs for x in used)


def waits_for_pause(crisis: Crisis, plan: Plan) -> bool:
    """Whether some of the plan can only begin in a ceasefire."""
    needy = [u.lever for s in plan.stages for u in s.on if s.trigger.strip() != "start"]
    return bool(plan.on_ceasefire) or any("ceasefire" in crisis.levers[x].needs for x in needy)


def _first_pause(solution: Solution) -> tuple[float, ...]:
    """Chance by month that there has been a ceasefire; histories leave the count at the first."""
    game, lay = solution.game, solution.game.layout
    met = np.zeros(game.shown + 1)
    cloud = opening(game)

    def counted(now: Cloud, month: int) -> Cloud:
        hit = lay.regime[now.state] == CEASEFIRE
        met[month] += now.mass[hit].sum()
        return Cloud(now.state[~hit], now.belief[~hit], now.mass[~hit], now.signed[~hit])

    with walking(game, solution.values) as walk:
        for t in range(game.shown + 1):
            cloud = counted(cloud, t)
            if t == game.shown or cloud.mass.sum() < NOTHING:
                break
            cloud = counted(walk.played(t, join(list(walk.lottery(t, cloud)))), t + 1)
            if cloud.mass.sum() < NOTHING:
                break
            cloud = walk.spread(t, cloud)
    return _plain(np.cumsum(met))


def _intact(solution: Solution, months: int) -> tuple[float, ...]:
    lay = solution.game.layout
    path = hold_path(solution, months).chance * (lay.regime <= OPEN_REGIMES)
    total = np.maximum(path.sum(1), 1e-300)
    return _plain(path[:, lay.tier == 0].sum(1) / total)


def dispute_of(crisis: Crisis, plan: Plan, months: int) -> tuple[float, ...]:
    """Dispute that has built up by month, at the file's numbers of today."""
    c = crisis.coalition
    eased = c.preagreement.value if plan.preagreed else 0.0
    monthly = c.fracture.value * (1 - c.threat_unity.value) * (1 - eased)
    return tuple(1 - (1 - monthly) ** t for t in range(months + 1))


def _on_own(solution: Solution, month: int) -> float | None:
    own = solution.game.plan.offer
    places = [i for i, o in enumerate(solution.game.offers) if o.contract == own]
    if own is None or not places:
        return None
    t = min(month, solution.game.shown)
    return float(sum(solution.futures.settled_on[t, i] for i in places))
