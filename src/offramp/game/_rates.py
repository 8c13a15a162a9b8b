"""Monthly chances of a game on its lattice coordinates: battle, accidents, collapse, tiers, lifting.

Battle odds for B: p = step_favours_b + outsiders + levers x I(tier) + odds_loss (1 - I), moved on the
logit scale by A's production; the lattice keeps mean and variance. Collapse of A rises by
``collapse_gain (1 - I)``. Cohesion falls at ``fracture (1 - preagreement) (1 - threat_unity) / gap`` plus
the hazards of events, and mends at ``substitution / 12``. Pressure is lifted after a deal at the hazard
that exceeds its erosion under defiance. Units: probabilities per month.
"""

from __future__ import annotations

import math

import numpy as np

from offramp.crisis import _expressions as ex
from offramp.crisis._pressure import Plan
from offramp.crisis._schema import Crisis
from offramp.game._chance import Rates
from offramp.game._game import CompileError
from offramp.game._offers import Offer
from offramp.game._plans import Automaton, hazard_of
from offramp.game._preferences import Floats
from offramp.game._states import (
    WAR,
    Layout,
)

EVENT_WORDS = ("always", "war", "ceasefire", "settlement", "standoff")


def _logit(p: float) -> float:
    return math.log(p / (1 - p))


def rates_of(
    crisis: Crisis,
    plan: Plan,
    auto: Automaton,
    offers: tuple[Offer, ...],
    layout: Layout,
    cohesion: Floats,
    ripening: tuple[float, float],
    factor: int,
    months: int,
    notes: list[str],
) -> Rates:
    """All monthly chances on the lattice coordinates."""
    war, coalition = crisis.war, crisis.coalition
    n_nodes, n_tiers = len(auto.nodes), len(cohesion)
    intensity = war.intensity.value * factor**2
    if intensity > 1:
        raise CompileError(
            f"war.intensity {war.intensity.value:g} is too high for {factor} lattice steps per step; "
            "use a coarser resolution"
        )
    static_shift = sum(
        o.step_shift.value for o in crisis.outsiders.values() if o.step_shift is not None
    )
    up = np.zeros((months + 1, n_nodes, n_tiers))
    disaster = np.zeros((months + 1, layout.sizes[1], n_nodes))
    calm = np.zeros((months + 1, n_nodes))
    accidents = {r.rung: r.accident.value for r in crisis.ladder.rungs}
    base_rung, step = crisis.ladder.base, crisis.ladder.step
    for t in range(months + 1):
        for z in range(n_nodes):
            pressure = auto.calendar[t].plus(auto.phased[z])
            for c, unity in enumerate(cohesion):
                p = (
                    war.step_favours_b.value
                    + static_shift
                    + pressure.step_shift * unity
                    + coalition.odds_loss.value * (1 - unity)
                )
                if not 0 <= p <= 1 or (war.production.value and p in (0, 1)):
                    raise CompileError(
                        f"war.step_favours_b: levers and cohesion move battle odds to {p:.2f}, "
                        "outside [0, 1]; lower `step_shift` or `coalition.odds_loss`"
                    )
                if war.production.value:
                    p = 1 / (1 + math.exp(-(_logit(p) - war.production.value * t)))
                up[t, z, c] = (0.5 + (p - 0.5) / factor) * intensity
            for e in range(layout.sizes[1]):
                disaster[t, e, z] = accidents[base_rung + step * e] + pressure.accident
            calm[t, z] = accidents[base_rung] + pressure.accident
    down = intensity - up
    unity_loss = 1 - cohesion
    collapse = np.stack(
        [
            war.collapse.A.value * (1 + coalition.collapse_gain.value * unity_loss),
            np.full(n_tiers, war.collapse.B.value),
        ]
    )
    worsen, mend, jumps = _events(crisis, plan, cohesion, factor, notes)
    ends = float(disaster.max() + collapse.sum(0).max())
    if ends > 1:
        raise CompileError(f"war: hazards of collapse and disaster add to {ends:.2f} per month")
    shaken = intensity + sum(hazard for _, hazard in jumps)
    if shaken > 1:
        raise CompileError(
            f"war.intensity and battle events add to {shaken:.2f} moves of the front per month; "
            "at most one is possible"
        )
    lift = np.zeros((max(1, len(offers)), layout.sizes[6]))
    for r in range(1, max(auto.residual) + 1):
        terms = auto.terms[_stage_of_class(auto, r)]
        erosion = hazard_of(terms.defy)
        if terms.comply < terms.defy:
            notes.append(
                "lifting is likelier after defiance than after compliance: pressure erodes at the rate of "
                "defiance and a deal lifts nothing more"
            )
        for o, offer in enumerate(offers):
            share = crisis.relief.schedules[offer.relief]
            after = hazard_of(terms.lifted(share))
            lift[o, r] = max(0.0, 1.0 - (1.0 - after) / (1.0 - erosion)) if erosion < 1 else 0.0
    return Rates(
        up=up,
        down=down,
        jumps=jumps,
        ends_decide=war.ends_decide,
        disaster=disaster,
        calm=calm,
        collapse=collapse,
        pause_share=crisis.ceasefire.collapse_share.value,
        breakdown=crisis.ceasefire.breakdown.value,
        worsen=worsen,
        mend=mend,
        ripen=np.array([ripening[1], ripening[0], ripening[1], ripening[1]]),
        tick=np.array(auto.tick),
        reset=np.array(auto.reset),
        advance=(
            np.array([p[0] for p in auto.progress]),
            np.array([p[1] for p in auto.progress]),
        ),
        lift=lift,
        expire=np.array(
            [1.0 / max(o.lasts_months, 1.0) if o.lasts_months else 0.0 for o in offers] or [0.0]
        ),
        back=np.array([0 if r == 0 else auto.final for r in range(layout.sizes[6])]),
        residual=np.array(auto.residual),
        lifted=auto.lifted,
    )


def _stage_of_class(auto: Automaton, r: int) -> int:
    """Stage whose talking terms hold for a class of residual pressure."""
    return max(n.stage for n, k in zip(auto.nodes, auto.residual, strict=True) if k == r)


def _events(
    crisis: Crisis, plan: Plan, cohesion: Floats, factor: int, notes: list[str]
) -> tuple[Floats, Floats, tuple[tuple[int, float], ...]]:
    """Tier moves by regime and tier, and battle shocks.

    Fracture falls at ``slope (1 - preagreement) (1 - threat_unity) / gap`` while no deal is signed.
    Events and substitution move cohesion by one tier of the file; where fewer tiers are kept their
    chances are scaled by the gaps, so that the mean movement stays the same.
    """
    coalition = crisis.coalition
    n = len(cohesion)
    tiers = np.array(coalition.tiers)
    at = np.array([int(np.abs(tiers - c).argmin()) for c in cohesion])
    fall = (tiers[at[:-1]] - tiers[at[:-1] + 1]) / (cohesion[:-1] - cohesion[1:])
    rise = (tiers[at[1:] - 1] - tiers[at[1:]]) / (cohesion[:-1] - cohesion[1:])
    worsen, mend = np.zeros((4, n)), np.zeros((4, n))
    if n > 1:
        slope = coalition.fracture.value * (1 - coalition.threat_unity.value)
        if plan.preagreed:
            slope *= 1 - coalition.preagreement.value
        for c in range(n - 1):
            worsen[:3, c] += slope / (cohesion[c] - cohesion[c + 1])
        mend[:, 1:] += coalition.substitution.value / 12 * rise
    shocks: dict[int, float] = {}
    for key, event in crisis.events.items():
        where = _regimes_of(event.when)
        if where is None:
            notes.append(f"event {key}: its condition `{event.when}` is not part of the game")
            continue
        for effect in event.effects:
            chance = event.hazard.value * (effect.probability.value if effect.probability else 1.0)
            if effect.kind == "cohesion" and n > 1:
                if effect.steps > 0:
                    worsen[where, : n - 1] += chance * fall
                else:
                    mend[where, 1:] += chance * rise
            elif effect.kind == "position" and effect.steps:
                if WAR in where:
                    steps = effect.steps * factor
                    shocks[steps] = shocks.get(steps, 0.0) + chance
            else:
                notes.append(
                    f"event {key}: its effect on {effect.path or effect.kind} is not part of the game"
                )
    if (worsen + mend).max(initial=0.0) > 1:
        raise CompileError("coalition: hazards of tier changes add to more than 1 per month")
    return worsen, mend, tuple(sorted(shocks.items()))


def _regimes_of(when: str) -> list[int] | None:
    """Regimes (stand-off, war, ceasefire, settlement) in which an event can happen."""
    text = when.strip()
    if text == "always":
        return [0, 1, 2, 3]
    try:
        condition = ex.parse(text)
    except ex.ExpressionError:
        return None
    if any(name not in EVENT_WORDS for name, _ in ex.names(condition)):
        return None
    words = ("standoff", "war", "ceasefire", "settlement")
    return [
        i
        for i in range(4)
        if bool(ex.evaluate(condition, {w: j == i for j, w in enumerate(words)} | {"always": True}))
    ]
