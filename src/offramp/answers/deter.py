"""Is B deterred from its next step, and what does the risk that deters it cost?

Definition. A step up is the next thing B can do to raise the stakes where it stands. Its chance in a coming
round is type theta's choice in the solved game,

    P_theta(step; x) proportional to w exp(lambda (C_theta(step) - x)),    x = c L

with L a threatened cost and c the chance that it is carried out. B is *deterred* where the gain g_theta of
the step over holding is not positive, and the *critical credibility* of a threat that takes the gain away is
c* = g / (g + L). The price of deterrence is risk that nobody controls,

    P(disaster by n) = sum_{t < n} sum_s m_t(s) eta_t(s),

split by rung, levers and events, with a band over the hazards' ranges, for every plan and against a cap that
the user sets. A settlement deters by its guarantee while d phi G >= T - R, incident by incident. An
irreversible move kept in hand is an option with an exercise boundary: the value of talks below which using
it is best. The parts are defined in full in :mod:`._deter_steps`, :mod:`._deter_risk`,
:mod:`._deter_guarantee`, :mod:`._deter_force` and :mod:`._deter_reserve`.

Classical comparators: the deterrence threshold (:func:`offramp.theory.deterrent_probability`), detection and
response (:func:`offramp.theory.compliance_margin`), a quota of contributors
(:func:`offramp.theory.quota_probability`).

Symbols: lambda B's precision, C continuation values, w prior weights, m_t exact masses, eta accident hazard,
d detection, phi response, G loss when answered, T - R temptation. Units: B's stake for gains and costs,
A's for what a plan, a lever or a backstop is worth to A; probabilities.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offramp.answers._answer import Answer, Trace
from offramp.answers._deter_charts import charts_of
from offramp.answers._deter_facts import (
    COSTS,
    CREDIBILITIES,
    Found,
    Standing,
    threat_of,
)
from offramp.answers._deter_flips import flips_of, warnings_of
from offramp.answers._deter_force import HEAVY, backstop, link, losses, tolerance
from offramp.answers._deter_guarantee import Hold, engagements, holds, incidents
from offramp.answers._deter_plain import plain, supporting
from offramp.answers._deter_reserve import irreversible, reserve
from offramp.answers._deter_risk import (
    exposure,
    plan_risks,
    reach,
    riskiest,
)
from offramp.answers._deter_runs import (
    Progress,
    Solved,
    Solver,
    recompiled,
    solved_of,
    sweep_grid,
)
from offramp.answers._deter_steps import (
    STEPS,
    NextStep,
    by_month,
    chances,
    cost_that,
    next_step,
    threatened,
)
from offramp.answers._deter_views import tables_of
from offramp.answers._deter_words import headline_of, paragraphs_of
from offramp.answers._facts import settings
from offramp.game import Resolution
from offramp.solution import Certificate, Solution, solve

Floats = NDArray[np.float64]

MONTH = 12
"""Month at which probabilities are read (or the horizon, if it is shorter)."""
LATER = (0, 3, 6, 12)
"""Months of the hold path at which B's choice is read."""
CAP = 0.02
"""Chance of disaster by that month above which a plan is flagged: one in fifty, for the user to change."""
HALF = 0.5
"""A threat is sized by what halves the chance of a step."""


def deter(
    solution: Solution,
    *,
    benefit: float | None = None,
    cost: float | None = None,
    credibility: float | None = None,
    cap: float = CAP,
    deaths: float | None = None,
    tolerance_of_losses: float | None = None,
    reserve_gain: float = 0.0,
    plans: tuple[str, ...] | None = None,
    progress: Progress | None = None,
    certificate: Certificate | None = None,
) -> Answer:
    """Whether B is deterred from its next step, what a threat needs, and what the risk costs.

    Args:
        solution: The solved game.
        benefit: What the step brings B (stake), in place of the gain in the solved game.
        cost: What carrying the threat out costs B (stake), in place of the file's levers.
        credibility: Chance that it is carried out, in place of the file's.
        cap: Chance of disaster above which a plan is flagged.
        deaths: Deaths in the incident that contributors are tested with; left out, fifty.
        tolerance_of_losses: Casualty tolerance in place of the file's.
        reserve_gain: What making a held-back move is worth to its holder beyond the game (stake).
        plans: Plans whose risk is compared; left out, all of the file.
        progress: Told (label, done, total).
        certificate: What differences are held against; left out, the solution's own.

    Raises:
        ValueError: for an exact solution, a cap, credibility or tolerance outside [0, 1], or a cost that
            is not positive.
        KeyError: for an unknown plan.
    """
    if solution.mode == "exact":
        raise ValueError(
            "chances of a step need noisy choice: solve the game in logit mode for this answer"
        )
    for name, share in (("cap", cap), ("tolerance_of_losses", tolerance_of_losses)):
        if share is not None and not 0 <= share <= 1:
            raise ValueError(f"{name} is a chance between 0 and 1; got {share:g}")
    crisis = solution.game.crisis
    for plan in plans or ():
        if plan not in crisis.plans:
            raise KeyError(f"there is no plan {plan!r}; the plans are {', '.join(crisis.plans)}")
    found = _find(
        solution, benefit, cost, credibility, cap, deaths, tolerance_of_losses, reserve_gain,
        tuple(crisis.plans) if plans is None else plans, progress,
    )  # fmt: skip
    told = certificate or solution.certificate
    headline = headline_of(solution, found, told)
    return Answer(
        name="deter",
        question="Is the other side deterred from its next step, and what does the risk cost?",
        headline=headline,
        paragraphs=paragraphs_of(solution, found, told),
        tables=tables_of(solution, found, told),
        charts=charts_of(solution, found),
        evidence_trace=Trace(
            formula="P(step; x) ~ w exp(lambda (C(step) - x)), x = c L; c* = g / (g + L); "
            "P(disaster) = sum m_t(s) eta_t(s); keep while d phi G >= T - R",
            supports=supporting(solution, found),
            evidence=tuple(k for k, e in crisis.evidence.items() if e.include),
            certificate=(told.summary(),),
            met=told.met,
            settings=(*settings(solution), ("swept on", sweep_grid(solution).name)),
        ),
        flips=flips_of(solution, found, told),
        warnings=warnings_of(solution, found, told),
        data=plain(solution, found),
    )


def _find(
    solution: Solution,
    benefit: float | None,
    cost: float | None,
    credibility: float | None,
    cap: float,
    deaths: float | None,
    tolerated: float | None,
    reserve_gain: float,
    plans: tuple[str, ...],
    progress: Progress | None,
) -> Found:
    game = solution.game
    crisis, grid = game.crisis, sweep_grid(solution)
    own = solved_of(solution)
    month = min(MONTH, game.shown)
    lever = riskiest(crisis, game.plan)
    moves = irreversible(crisis)
    total = len(plans) + 1 + (5 if lever else 0) + 2 + len(moves)
    solver = Solver(solution, progress, total)
    base = own
    if grid != game.resolution:
        [base] = solver.solve([recompiled(solution, grid)], "the plan on the grid of sweeps")
    step = next_step(solution, own)
    months = tuple(t for t in LATER if t <= min(game.shown, game.months - 1))
    surface, halves, standing, threat = np.zeros((0, 0)), None, None, None
    if step is not None or benefit is not None:
        gain = step.gain if step is not None else np.zeros(len(game.types))
        threat = threat_of(crisis, gain, benefit, cost, credibility)
    if step is not None:
        surface = _surface(own, step)
        halves = cost_that(own, HALF)
        if halves is not None:
            standing = _standing(solution, base, grid, halves, month, solver)
    all_holds = holds(own, month)
    pledge = _pledge(solution, all_holds)
    how = (HEAVY if deaths is None else deaths, tolerated)
    return Found(
        month=month,
        cap=cap,
        step=step,
        threat=threat,
        surface=surface,
        halves=halves,
        months=months,
        later=by_month(solution, months),
        standing=standing,
        risk=exposure(solution, own, game.shown),
        moved=None if base is own else _moved(solution, own, base, month),
        plans=plan_risks(solution, solver, grid, plans, month),
        reach=reach(solution, solver, grid, lever, month) if lever is not None else None,
        holds=all_holds,
        pledge=pledge,
        engagements=engagements(solution, pledge, _others(all_holds, pledge)) if pledge else (),
        incidents=incidents(crisis),
        backstop=backstop(solution, base, solver, grid, pledge, month) if pledge else None,
        link=link(crisis, pledge) if pledge else None,
        losses=losses(crisis, pledge, *how) if pledge else None,
        tolerance=tolerance(crisis, pledge, *how) if pledge else None,
        reserves=tuple(
            reserve(solution, base, solver, grid, side, key, reserve_gain) for side, key in moves
        ),
    )


def _moved(solution: Solution, own: Solved, base: Solved, month: int) -> tuple[float, float]:
    """What the grid of sweeps moves: V_A at the start, and P(disaster) by the month that is read."""
    risks = [
        float(exposure(solution, x, month, band=False, split=False).disaster[month])
        for x in (own, base)
    ]
    return base.opening[0] - own.opening[0], risks[1] - risks[0]


def _surface(own: Solved, step: NextStep) -> Floats:
    """Chance of a step in a coming round, over types, by cost and credibility."""
    mu = own.game.opening
    known: dict[float, float] = {0.0: float(mu @ step.chance)}
    for x in {round(c * p, 12) for c in COSTS for p in CREDIBILITIES}:
        known[x] = float(mu @ chances(own, x)[0])
    return np.array([[known[round(c * p, 12)] for p in CREDIBILITIES] for c in COSTS])


def _standing(
    solution: Solution, base: Solved, grid: Resolution, cost: float, month: int, solver: Solver
) -> Standing:
    """Solve the game with and without the threat, on the grid of the sweep."""
    same = base.game is solution.game
    before = solution if same else solve(base.game, solution.precision)
    after = solve(threatened(base.game, cost), solution.precision)
    solver.tell("a threat that stands")
    mu = base.game.opening

    def steps(x: Solution) -> float:
        return float(x.futures.acts[:month][:, list(STEPS)].sum())

    one, two = before.headline(month), after.headline(month)
    return Standing(
        cost,
        (steps(before), steps(after)),
        (one.disaster, two.disaster),
        (one.settled, two.settled),
        (one.value_a, two.value_a),
        (float(mu @ one.value_b), float(mu @ two.value_b)),
    )


def _pledge(solution: Solution, found: tuple[Hold, ...]) -> Hold | None:
    """The contract whose guarantee is looked at closely: the plan's offer, else one with a force."""
    game = solution.game
    guarded = [h for h in found if game.offers[h.offer].guarantee is not None]
    own = [h for h in guarded if game.plan.offer == h.id and h.enforcement.lever is not None]
    force = [h for h in guarded if h.enforcement.lever is not None]
    return next(iter([*own, *force, *guarded]), None)


def _others(found: tuple[Hold, ...], pledge: Hold) -> tuple[Hold, ...]:
    """One contract for every other guarantee."""
    seen = {pledge.guarantee}
    kept = []
    for h in found:
        if h.guarantee not in seen and h.enforcement.expected_loss > 0:
            seen.add(h.guarantee)
            kept.append(h)
    return tuple(kept)
