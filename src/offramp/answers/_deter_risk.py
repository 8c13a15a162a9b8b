"""Accident risk: where it comes from, what each plan buys of it, and what a weapon's reach is worth.

Nobody decides a disaster: it happens at the accident hazard eta of the state reached (rung, levers in use,
incidents). With m_t(s) the exact mass of state s after the moves of month t::

    P(disaster by n) = sum_{t < n} sum_s m_t(s) eta_t(s)

and the sum splits exactly by source: the rung at which the war stands, the step above it, levers in use,
events. The *band* holds conduct fixed and moves every rung's hazard to the ends of its range; with
h_t the mean hazard of those not yet in disaster, survivors are rescaled by (1 - h'_t) / (1 - h_t).

*Reach.* A lever that improves A's odds adds exposure times the hazard of its own rung. Its worth to A is
``V(with) - V(without)``, solved again with the lever at its own rung, at the safest and at the most
dangerous one short of disaster. B runs the same risk, so more hazard need not be worse for A: the sign is
what comes out, and where it changes is found between the rungs by a straight line.

Source: risk as a contest that leaves something to chance, Schelling 1960; Powell 1990. Units:
probabilities; A's stake.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.answers._deter_runs import (
    Solved,
    Solver,
    levers_of,
    recompiled,
    with_lever,
    without_lever,
)
from offramp.crisis import Crisis, override
from offramp.crisis._pressure import Plan
from offramp.game import Game, Resolution
from offramp.game._states import DISASTER, SETTLED, WAR
from offramp.solution import Solution
from offramp.solution._forward import opening, walking
from offramp.solution._particles import Cloud

Floats = NDArray[np.float64]
CERTAIN = 0.5
"""A rung with this monthly hazard or more is the disaster itself rather than a risk of it."""
SOURCES = ("base rung", "step above it", "levers in use", "events")


@dataclass(frozen=True)
class Exposure:
    """Accident risk of a plan by month.

    Attributes:
        disaster: Chance of disaster by month n, (months+1,).
        low, high: The same with every rung's hazard at the ends of its range, conduct held.
        source: The same by source, (sources, months+1); the sources add up to ``disaster``.
        rung_months: Expected months of war at the base rung and one step above, (2,).
    """

    disaster: Floats
    low: Floats
    high: Floats
    source: Floats
    rung_months: Floats


def with_hazards(crisis: Crisis, end: str) -> Crisis:
    """The crisis with the accident hazard of every rung at the ``low`` or ``high`` end of its range."""
    changes = {}
    for i, rung in enumerate(crisis.ladder.rungs):
        bound = getattr(rung.accident, end)
        if bound is not None:
            changes[f"ladder.rungs.{i}.accident"] = bound
    return override(crisis, changes) if changes else crisis


def exposure(
    solution: Solution, solved: Solved, months: int, *, band: bool = True, split: bool = True
) -> Exposure:
    """Walk the solved game forward and add up hazards.

    Args:
        solution: The game under study: how games are compiled.
        solved: The game to walk (the same one, or another plan's).
        months: Months to walk.
        band: Whether to work the ends of the hazards' ranges out; else both are the central figure.
        split: Whether to tell levers in use from events; else what they add is laid to events.
    """
    game = solved.game
    plan, grid = game.plan, game.resolution
    calm = [override(game.crisis, {"ladder.exposure": 0.0})] if split else []
    ends_of = [with_hazards(game.crisis, e) for e in ("low", "high")] if band else []
    others = [recompiled(solution, grid, crisis, plan) for crisis in (*calm, *ends_of)]
    accidents = {r.rung: r.accident.value for r in game.crisis.ladder.rungs}
    base = accidents[game.crisis.ladder.base]
    above = accidents[game.crisis.ladder.base + game.crisis.ladder.step] if _climbs(game) else base
    pause = game.crisis.ceasefire.collapse_share.value
    own, *rest = (_hazards(g, months) for g in (game, *others))
    safely = rest.pop(0) if split else own
    low, high = rest or (own, own)
    lay = game.layout
    part = np.zeros((len(SOURCES), months + 1))
    ends = np.zeros((2, months + 1))
    alive = np.ones(2)
    spent = np.zeros(2)
    for t, cloud in _after_moves(solved, months):
        live = lay.regime[cloud.state] < DISASTER
        s, m = cloud.state[live], cloud.mass[live]
        total = own[t][s]
        war = lay.regime[s] == WAR
        rung = lay.rung[s]
        share = np.where(war, 1.0, np.where(lay.regime[s] == 0, 1.0, pause))
        at_base = np.where(lay.regime[s] < SETTLED, base * share, 0.0)
        step = np.where(war & (rung > 0), above - base, 0.0)
        safe = safely[t][s]
        rows = np.array([at_base, step, total - safe, safe - at_base - step])
        part[:, t + 1] = part[:, t] + rows @ m
        spent += [float(m[war & (rung == 0)].sum()), float(m[war & (rung > 0)].sum())]
        left = float(m.sum())
        if left > 0:
            mean = float(m @ total) / left
            for i, table in enumerate((low, high)):
                h = float(m @ table[t][s]) / left
                ends[i, t + 1] = ends[i, t] + alive[i] * left * h
                alive[i] *= (1 - h) / max(1 - mean, 1e-12)
        else:
            ends[:, t + 1] = ends[:, t]
    return Exposure(part.sum(0), ends[0], ends[1], part, spent)


def _climbs(game: Game) -> bool:
    return game.layout.sizes[1] > 1


def _hazards(game: Game, months: int) -> list[Floats]:
    """Chance of disaster in each month by state; months that share a matrix share the array."""
    unit = np.zeros(game.layout.size)
    unit[game.layout.disaster] = 1.0
    known: dict[int, Floats] = {}
    found = []
    for matrix in game.chance[:months]:
        if id(matrix) not in known:
            known[id(matrix)] = np.asarray(matrix @ unit)
        found.append(known[id(matrix)])
    return found


def _after_moves(solved: Solved, months: int) -> list[tuple[int, Cloud]]:
    """Particles of each month after the sides have moved, before nature does."""
    cloud = opening(solved.game)
    found = []
    with walking(solved.game, solved.values) as walk:
        for t in range(months):
            cloud = walk.played(t, walk.triggered(t, cloud))
            found.append((t, cloud))
            cloud = walk.spread(t, cloud)
    return found


@dataclass(frozen=True)
class PlanRisk:
    """P(disaster) of one plan at the month that is read, with its band."""

    plan: str
    name: str
    risk: float
    low: float
    high: float
    value_a: float


def plan_risks(
    solution: Solution, solver: Solver, grid: Resolution, plans: tuple[str, ...], month: int
) -> tuple[PlanRisk, ...]:
    """Chance of disaster under each plan, its own offer and grid ``grid``."""
    crisis = solution.game.crisis
    games = [recompiled(solution, grid, plan=p) for p in plans]
    found = []
    for plan, solved in zip(plans, solver.solve(games, "plans"), strict=True):
        x = exposure(solution, solved, month, split=False)
        found.append(
            PlanRisk(
                plan,
                crisis.plans[plan].name,
                float(x.disaster[month]),
                float(x.low[month]),
                float(x.high[month]),
                solved.opening[0],
            )
        )
    return tuple(found)


@dataclass(frozen=True)
class Reach:
    """What a lever that adds accident risk is worth to A, by the rung at which it counts.

    Attributes:
        lever, name: Id and name; ``odds`` its shift of battle odds at full effect.
        rung: Rungs looked at, the safest first; ``own`` the rung of the file.
        hazard: Monthly accident hazard that it adds there.
        gain: V_A with it less V_A without it.
        gain_b: V_B over types with it less without it.
        risk: P(disaster) by the month that is read, with it; ``risk_without`` without it.
        flips: Added monthly hazards at which the gain changes its sign, between rungs looked at.
    """

    lever: str
    name: str
    odds: float
    own: int
    rung: tuple[int, ...]
    hazard: Floats
    gain: Floats
    gain_b: Floats
    risk: Floats
    risk_without: float
    flips: tuple[float, ...]


def riskiest(crisis: Crisis, plan: Plan) -> str | None:
    """A's lever that improves its battle odds at the highest rung and that some plan may use."""
    accidents = {r.rung: r.accident.value for r in crisis.ladder.rungs}
    side_a = {
        "A",
        *crisis.blocs["A"].voices,
        *(k for k, m in crisis.members.items() if m.bloc == "A"),
    }
    used = {lever for p in crisis.plans.values() for lever in levers_of(p)} | levers_of(plan)
    for plan_ in crisis.plans.values():
        used |= {lever for levers in plan_.on_event.values() for lever in levers}
    found = [
        key
        for key, lever in crisis.levers.items()
        if lever.holder in side_a
        and lever.step_shift is not None
        and lever.step_shift.value < 0
        and not lever.needs
        and accidents.get(lever.rung, 0.0) > 0
    ]
    return max(
        found,
        key=lambda k: (k in used, accidents[crisis.levers[k].rung]),
        default=None,
    )


def rungs_looked_at(crisis: Crisis, own: int) -> tuple[int, ...]:
    """The safest rung, the lever's own, and the two with the largest hazards short of disaster itself."""
    accidents = {r.rung: r.accident.value for r in crisis.ladder.rungs}
    short = sorted((r for r in accidents if accidents[r] < CERTAIN), key=lambda r: accidents[r])
    found = {min(accidents, key=lambda r: accidents[r]), own, *short[-2:]}
    return tuple(sorted(found, key=lambda r: accidents[r]))


def reach(
    solution: Solution,
    solver: Solver,
    grid: Resolution,
    lever: str,
    month: int,
    rungs: tuple[int, ...] | None = None,
) -> Reach:
    """Value of a lever at its own rung and others: the rung acts through the accident hazard only."""
    crisis, plan = solution.game.crisis, solution.game.plan
    tool = crisis.levers[lever]
    accidents = {r.rung: r.accident.value for r in crisis.ladder.rungs}
    looked = rungs_looked_at(crisis, tool.rung) if rungs is None else rungs
    on, off = with_lever(plan, lever, tool.name), without_lever(plan, lever)
    games = [recompiled(solution, grid, crisis, off)]
    games += [
        recompiled(solution, grid, override(crisis, {f"levers.{lever}.rung": r}), on)
        for r in looked
    ]
    solved = solver.solve(games, "a lever's reach")
    values = [x.opening for x in solved]
    risk = [
        float(exposure(solution, x, month, band=False, split=False).disaster[month]) for x in solved
    ]
    mu = solution.game.opening
    hazard = crisis.ladder.exposure.value * np.array([accidents[r] for r in looked])
    gain = np.array([a - values[0][0] for a, _ in values[1:]])
    gain_b = np.array([float(mu @ (b - values[0][1])) for _, b in values[1:]])
    flips = tuple(
        float(hazard[i] + (hazard[i + 1] - hazard[i]) * gain[i] / (gain[i] - gain[i + 1]))
        for i in range(len(looked) - 1)
        if gain[i] * gain[i + 1] < 0
    )
    odds = tool.step_shift.value if tool.step_shift is not None else 0.0
    return Reach(
        lever, tool.name, odds, tool.rung, looked, hazard, gain, gain_b, np.array(risk[1:]),
        risk[0], flips,
    )  # fmt: skip
