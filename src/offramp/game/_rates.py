"""Monthly chances of a game on its lattice coordinates: battle, accidents, collapse, tiers, lifting.

Battle odds for B: p = step_favours_b + outsiders + levers x I(tier) + odds_loss (1 - I + aid lost), moved
on the logit scale by A's production added up over the months; the lattice keeps mean and variance.
Collapse of A rises by ``collapse_gain (1 - I)``. Cohesion falls at ``(fracture (1 - preagreement) (1 -
threat_unity) + contributions lost by events) / gap`` plus the hazards of events, and mends at
``substitution / 12``. Pressure is lifted after a deal at the hazard that exceeds its erosion under
defiance. Parameters are those of the month in one world of tracked events. Units: probabilities per
month.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from offramp.crisis._pressure import Plan
from offramp.crisis._schema import Crisis
from offramp.game._calendar import Timeline, added_up
from offramp.game._chance import Happening, Rates
from offramp.game._events import Events
from offramp.game._game import CompileError
from offramp.game._offers import Offer
from offramp.game._plans import Automaton, hazard_of
from offramp.game._preferences import Floats
from offramp.game._states import Layout


def rates_of(
    crisis: Crisis,
    plan: Plan,
    auto: Automaton,
    offers: tuple[Offer, ...],
    layout: Layout,
    cohesion: Floats,
    world: Timeline,
    events: Events,
    imposed: tuple[tuple[int, Floats, Floats], ...],
    factor: int,
    months: int,
    notes: list[str],
) -> Rates:
    """All monthly chances on the lattice coordinates in one world of tracked events."""
    intensity = world.series(lambda c: c.war.intensity.value) * factor**2
    if intensity.max() > 1:
        raise CompileError(
            f"war.intensity {intensity.max() / factor**2:g} is too high for {factor} lattice steps per "
            "step; use a coarser resolution"
        )
    n_tiers = len(cohesion)
    p = _odds(auto, world, cohesion, months)
    up = (0.5 + (p - 0.5) / factor) * intensity[:, None, None]
    down = intensity[:, None, None] - up
    disaster, calm = _accidents(crisis, auto, layout, months)
    incident, climb = _incidents(crisis, layout, events, months)
    unity_loss = 1 - cohesion
    collapse = np.stack(
        [
            world.series(lambda c: c.war.collapse.A.value)[:, None]
            * (1 + world.series(lambda c: c.coalition.collapse_gain.value)[:, None] * unity_loss),
            np.repeat(world.series(lambda c: c.war.collapse.B.value)[:, None], n_tiers, axis=1),
        ]
    )
    worsen, mend = _tiers(crisis, plan, cohesion, world, events, months)
    jumps = tuple(
        (steps * factor, _padded(hazard)) for steps, hazard in sorted(events.shocks.items())
    )
    ends = float(disaster.max() + incident.max() + collapse.sum(0).max())
    if ends > 1:
        raise CompileError(f"war: hazards of collapse and disaster add to {ends:.2f} per month")
    shaken = float((intensity + sum(hazard for _, hazard in jumps)).max())
    if shaken > 1:
        raise CompileError(
            f"war.intensity and battle events add to {shaken:.2f} moves of the front per month; "
            "at most one is possible"
        )
    breakdown = world.series(lambda c: c.ceasefire.breakdown.value)
    to_war, to_pause = _padded(events.to_war), _padded(events.to_pause)
    turn = np.stack(
        [
            to_war[:, 0],
            to_pause[:, 1] * crisis.ceasefire.possible,
            breakdown + (1 - breakdown) * to_war[:, 2],
        ],
        axis=1,
    )
    if max(turn.max(), climb.max()) > 1:
        raise CompileError("events: chances that the regime or the rung changes add to more than 1")
    in_war, in_pause = _ripening(world)
    declared = (crisis.blocs["A"].commitment, crisis.blocs["B"].commitment)
    fades = [c.decay.value if c is not None else 0.0 for c in declared]
    return Rates(
        up=_thin(up),
        down=_thin(down),
        jumps=jumps,
        ends_decide=crisis.war.ends_decide,
        disaster=_thin(disaster),
        calm=_thin(calm),
        incident=_thin(incident),
        climb=_thin(climb),
        collapse=collapse[:, :1] if _constant(collapse[0]) and _constant(collapse[1]) else collapse,
        pause_share=_thin(world.series(lambda c: c.ceasefire.collapse_share.value)),
        turn=_thin(turn),
        worsen=_thin(worsen),
        mend=_thin(mend),
        ripen=_thin(np.stack([in_pause, in_war, in_pause, in_pause, in_pause], axis=1)),
        tick=np.array(auto.tick),
        reset=np.array(auto.reset),
        advance=(
            np.array([p[0] for p in auto.progress]),
            np.array([p[1] for p in auto.progress]),
        ),
        lift=_lifting(crisis, auto, offers, layout, notes),
        expire=np.array(
            [1.0 / max(o.lasts_months, 1.0) if o.lasts_months else 0.0 for o in offers] or [0.0]
        ),
        force=np.array([o.enforcement.lever is not None for o in offers] or [False]),
        back=np.array([0 if r == 0 else auto.final for r in range(layout.sizes[6])]),
        residual=np.array(auto.residual),
        lifted=auto.lifted,
        fade=(fades[0], fades[1]),
        imposed=tuple((o, _padded(chance), ratified) for o, chance, ratified in imposed),
    )


def _logit(p: Floats) -> Floats:
    return np.asarray(np.log(p / (1 - p)))


def _padded(by_month: Floats) -> Floats:
    """Months 0..months-1 with the last repeated, so that every table has months+1 rows."""
    return np.concatenate([by_month, by_month[-1:]])


def _constant(by_month: Floats) -> bool:
    return bool((by_month == by_month[:1]).all())


def _thin(by_month: Floats) -> Floats:
    """One row where nothing changes from month to month."""
    return by_month[:1] if _constant(by_month) else by_month


def _odds(auto: Automaton, world: Timeline, cohesion: Floats, months: int) -> Floats:
    """Chance that a step favours B, (months+1, nodes, tiers)."""
    fixed = world.series(
        lambda c: (
            c.war.step_favours_b.value
            + sum(o.step_shift.value for o in c.outsiders.values() if o.step_shift is not None)
        )
    )
    loss = world.series(lambda c: c.coalition.odds_loss.value)
    levers = np.array(
        [
            [auto.calendar[t].step_shift + n.step_shift for n in auto.phased]
            for t in range(months + 1)
        ]
    )
    p = (
        fixed[:, None, None]
        + levers[:, :, None] * cohesion
        + loss[:, None, None] * (1 - cohesion + world.lost_aid[:, None, None])
    )
    rate = world.series(lambda c: c.war.production.value)
    outside = (p < 0) | (p > 1)
    if rate.any():
        outside |= (p == 0) | (p == 1)
    if outside.any():
        raise CompileError(
            f"war.step_favours_b: levers, cohesion and events move battle odds to {p[outside][0]:.2f}, "
            "outside [0, 1]; lower `step_shift` or `coalition.odds_loss`"
        )
    if rate.any():
        p = 1 / (1 + np.exp(-(_logit(p) - added_up(rate)[:, None, None])))
    return np.asarray(p)


def _accidents(
    crisis: Crisis, auto: Automaton, layout: Layout, months: int
) -> tuple[Floats, Floats]:
    """Accident hazards in war (months+1, rungs, nodes) and out of it (months+1, 2, nodes)."""
    accidents = {r.rung: r.accident.value for r in crisis.ladder.rungs}
    base, step = crisis.ladder.base, crisis.ladder.step
    used = np.array(
        [[auto.calendar[t].accident + n.accident for n in auto.phased] for t in range(months + 1)]
    )
    at = np.array([accidents[base + step * e] for e in range(layout.sizes[1])])
    disaster = at[None, :, None] + used[:, None, :]
    calm = np.stack([used, used + auto.pausing.accident], axis=1) + accidents[base]
    return disaster, calm


def _incidents(
    crisis: Crisis, layout: Layout, events: Events, months: int
) -> tuple[Floats, Floats]:
    """Accident hazard and climbs by events that move the ladder: (months+1, rows, rungs), (months+1,)."""
    accidents = {r.rung: r.accident.value for r in crisis.ladder.rungs}
    rungs = layout.sizes[1]
    hazard = np.zeros((months + 1, 5, rungs))
    climb = np.zeros(months + 1)
    for steps, chance in events.incident:
        by_month = _padded(chance)
        if rungs > 1:
            climb += by_month[:, 1]
        for row in range(5):
            for e in range(rungs):
                if row == 1 and e == 0 and rungs > 1:
                    continue  # the war climbs and runs the hazard of the next rung
                stands = crisis.ladder.base + crisis.ladder.step * e
                reached = max(r for r in accidents if r <= max(stands, stands + steps))
                now = 0.0 if row >= 3 else accidents[stands]
                hazard[:, row, e] += by_month[:, row] * max(0.0, accidents[reached] - now)
    return hazard, climb


def _ripening(world: Timeline) -> tuple[Floats, Floats]:
    """Chance that the clock ripens in war and otherwise: the mean over types with a war bonus."""

    def mean(c: Crisis, field: str) -> float:
        found = [
            float(getattr(kind, field).value)
            for kind in c.types.values()
            if kind.war_bonus.value != 0
        ]
        return sum(found) / len(found) if found else 0.0

    return (
        world.series(lambda c: mean(c, "ripens_in_war")),
        world.series(lambda c: mean(c, "ripens_in_pause")),
    )


def _lifting(
    crisis: Crisis,
    auto: Automaton,
    offers: tuple[Offer, ...],
    layout: Layout,
    notes: list[str],
) -> Floats:
    """Chance that residual pressure is lifted, by offer and residual class."""
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
    return lift


def _stage_of_class(auto: Automaton, r: int) -> int:
    """Stage whose talking terms hold for a class of residual pressure."""
    return max(n.stage for n, k in zip(auto.nodes, auto.residual, strict=True) if k == r)


def _tiers(
    crisis: Crisis,
    plan: Plan,
    cohesion: Floats,
    world: Timeline,
    events: Events,
    months: int,
) -> tuple[Floats, Floats]:
    """Tier moves by month, regime row and tier, (months+1, 5, tiers) each.

    Fracture falls at ``slope (1 - preagreement) (1 - threat_unity) / gap`` while no deal is signed.
    Events and substitution move cohesion by one tier of the file; where fewer tiers are kept their
    chances are scaled by the gaps, so that the mean movement stays the same.
    """
    n = len(cohesion)
    worsen, mend = np.zeros((months + 1, 5, n)), np.zeros((months + 1, 5, n))
    if n == 1:
        return worsen, mend
    tiers = np.array(crisis.coalition.tiers)
    at = np.array([int(np.abs(tiers - c).argmin()) for c in cohesion])
    gap = cohesion[:-1] - cohesion[1:]
    fall = (tiers[at[:-1]] - tiers[at[:-1] + 1]) / gap
    rise = (tiers[at[1:] - 1] - tiers[at[1:]]) / gap
    slope = world.series(lambda c: c.coalition.fracture.value) * (
        1 - world.series(lambda c: c.coalition.threat_unity.value)
    )
    if plan.preagreed:
        slope = slope * (1 - world.series(lambda c: c.coalition.preagreement.value))
    slope = np.maximum(0.0, slope + world.lost_by_members)
    worsen[:, :3, :-1] += slope[:, None, None] / gap
    worsen[:, :, :-1] += _padded(events.lost)[:, :, None] / gap
    worsen[:, :, :-1] += _padded(events.lower)[:, :, None] * fall
    substitution = world.series(lambda c: c.coalition.substitution.value)
    mend[:, :, 1:] += substitution[:, None, None] / 12 * rise
    mend[:, :, 1:] += _padded(events.lift)[:, :, None] * rise
    if (worsen + mend).max(initial=0.0) > 1:
        raise CompileError("coalition: hazards of tier changes add to more than 1 per month")
    return worsen, mend


def happenings_of(
    crisis: Crisis, events: Events, cohesion: Floats, factor: int
) -> Sequence[Happening]:
    """Tracked events on the lattice coordinates of a game."""
    return tuple(
        Happening(
            _thin(_padded(one.chance)),
            _tier_after(crisis, cohesion, one.tiers),
            one.steps * factor,
            one.ends,
        )
        for one in events.tracked
    )


def _tier_after(crisis: Crisis, cohesion: Floats, steps: int) -> Floats:
    """Chances of the tier after a fall of ``steps`` tiers of the file, (tiers, tiers).

    Where the tier reached is not kept, its neighbours share it with the same mean.
    """
    tiers = np.array(crisis.coalition.tiers)
    found = np.zeros((len(cohesion), len(cohesion)))
    for i, level in enumerate(cohesion):
        at = int(np.abs(tiers - level).argmin())
        reached = float(tiers[min(max(at + steps, 0), len(tiers) - 1)])
        below = int(np.searchsorted(-cohesion, -reached))
        if below >= len(cohesion):
            found[i, -1] = 1.0
        elif below == 0 or cohesion[below] == reached:
            found[i, below] = 1.0
        else:
            share = (reached - cohesion[below]) / (cohesion[below - 1] - cohesion[below])
            found[i, below - 1], found[i, below] = share, 1.0 - share
    return found
