"""What would change the deterrence answer, and what its figures do not cover."""

from __future__ import annotations

from offramp.answers._deter_facts import Found
from offramp.answers._deter_risk import Reach
from offramp.answers._deter_runs import sweep_grid
from offramp.answers._deter_words import apart, capital, up_to
from offramp.answers._facts import fine_percent, percent, quoted, side_names, stake, type_name
from offramp.solution import Certificate, Solution

FAR = 20.0
"""Multiples of the file's hazards beyond which the way to the cap is not worth a line."""


def _reach_flips(reach: Reach, a: str, told: Certificate) -> list[str]:
    """Sign changes of a lever's worth between rungs at which it can be told from nothing."""
    said = []
    for i in range(len(reach.rung) - 1):
        pair = [float(g) for g in reach.gain[i : i + 2]]
        if pair[0] * pair[1] < 0 and all(told.distinguishable(g, 0.0, "value_a") for g in pair):
            low, high = (float(h) for h in reach.hazard[i : i + 2])
            flip = low + (high - low) * pair[0] / (pair[0] - pair[1])
            turns = "a gain into a loss" if pair[0] > 0 else "a loss into a gain"
            said.append(
                f"{quoted(reach.name)} turns from {turns} for {a} where it adds about {flip:.1%} "
                "a month to the "
                "accident hazard."
            )
    return said


def flips_of(solution: Solution, found: Found, told: Certificate) -> tuple[str, ...]:
    """Thresholds at which the finding would change."""
    game = solution.game
    a, b = side_names(game)
    said = []
    if found.threat is not None and found.threat.cost is not None:
        for j, c in enumerate(found.threat.critical):
            if c is not None:
                kind = f" of type {type_name(game, j)}" if len(game.types) > 1 else ""
                said.append(
                    f"{b}{kind} is deterred once a threat of that size is believed at {percent(c)} or more."
                )
    n = found.month
    risk = float(found.risk.disaster[n])
    if risk > 0 and found.cap / risk <= FAR:
        said.append(
            f"Accident hazards about {found.cap / risk:.1f} times those of the file would put "
            f"{quoted(game.plan.name)} "
            f"at the cap of {fine_percent(found.cap)}."
        )
    if found.reach is not None:
        said += _reach_flips(found.reach, a, told)
    if found.tolerance is not None:
        for j, at in enumerate(found.tolerance.threshold):
            if at is not None and 0 < at < 1:
                kind = f"type {type_name(game, j)}" if len(game.types) > 1 else b
                said.append(
                    f"Below a casualty tolerance of {percent(at)} the pledge no longer deters {kind} by itself "
                    f"(now {percent(found.tolerance.now)})."
                )
    for r in found.reserves:
        if r.boundary is not None and apart(r, told):
            said.append(
                f"{capital(quoted(r.name))} is used once the talks are worth less than "
                f"{stake(r.boundary)} to its "
                f"holder (now {stake(r.talks)})."
            )
    return tuple(said)


def warnings_of(solution: Solution, found: Found, told: Certificate) -> tuple[str, ...]:
    """What the figures do not cover, and plans above the cap."""
    said = [
        f"{quoted(p.name)} has a chance of disaster of {fine_percent(p.risk)} by month "
        f"{found.month}, above the cap "
        f"of {fine_percent(found.cap)}"
        for p in found.plans
        if p.risk > found.cap
    ]
    if found.moved is not None:
        value, risk = (abs(x) for x in found.moved)
        said.append(
            "solves of other plans, levers and threats run on a coarser grid "
            f"({sweep_grid(solution).name}); for the plan under study it moves the value by "
            f"{up_to(value, 3)} and the chance of disaster by {up_to(100 * risk, 2)} percentage points"
        )
    if found.engagements or found.link is not None:
        said.append(
            "rules of engagement, the link to a wider guarantee and losses among contributors are "
            "reckoned from the file's numbers beside the solved game, which has one response per guarantee"
        )
    if any(r.side == "B" for r in found.reserves):
        said.append(
            "moves held by the second bloc enter by what the file says they shift; a gain that it does not "
            "contain is left out unless given"
        )
    if not told.met:
        said.append("the solve misses its tolerance: read every number as indicative")
    return tuple(said)
