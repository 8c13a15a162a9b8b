"""Compile a crisis, a plan, a reading and a resolution into a game.

Flows by month (stake units if sustained for ever), for bloc i with stake W_i at today's terms moved
by the battlefield position k (red-line penalties off: they belong to signed deals):

* war:        W_i(k) - cost_i (1 + exhaustion_i t) - ladder cost one step up - pressure or own cost
* ceasefire:  W_i(k) - cost_share * cost_i (1 + exhaustion_i t) - pressure or own cost
* stand-off:  W_i    - stand-off cost - pressure or own cost
* settlement: W_i(x) with penalties - residual pressure (B), own cost (A), plus premium, force costs
* a side gone: W_i with every issue at the other side's end; disaster: -1 for both

Type theta of B adds ``delay_flow`` while there is no settlement and ``war_bonus`` in war once its
clock is ripe. Pressure counts at cohesion I(tier) and erodes; see the plans module. Tiers act on
battle odds, on A's risk of collapse, and on floors (specification R).
"""

from __future__ import annotations

import math

import numpy as np

from offramp.crisis import _expressions as ex
from offramp.crisis._paths import with_reading
from offramp.crisis._pressure import Plan
from offramp.crisis._schema import Crisis
from offramp.game._beliefs import BeliefGrid, simplex_grid
from offramp.game._chance import Ints, Rates, chance_matrices
from offramp.game._evidence import opening_beliefs
from offramp.game._game import ActWeights, CompileError, Game, Moves, Protocol, Reviews
from offramp.game._offers import Offer, offers_of
from offramp.game._plans import Automaton, automaton, hazard_of
from offramp.game._preferences import Floats, Stakes, stakes_of
from offramp.game._resolution import Resolution, named
from offramp.game._states import (
    A_GONE,
    B_GONE,
    CEASEFIRE,
    DISASTER,
    FOUGHT,
    SETTLED,
    STANDOFF,
    WAR,
    Layout,
    lay_out,
)

ALL_WON = 0.95
"""Stake from which a deal counts as meeting B's declared aims: no audience cost."""
OFFER_SLACK = 0.02
"""How far below its own offer A's floor lies when the plan says that the offer is the floor."""
EVENT_WORDS = ("always", "war", "ceasefire", "settlement", "standoff")


def compile_game(
    crisis: Crisis,
    plan: str | Plan | None = None,
    reading: str | None = None,
    resolution: str | Resolution = "draft",
    *,
    offer: str | bool | None = False,
    frozen_beliefs: bool = False,
    transplant: bool = True,
) -> Game:
    """Compile a crisis.

    Args:
        crisis: The crisis.
        plan: Plan id, a Plan, or None for the first plan of the file.
        reading: Apply a reading's premises first.
        resolution: Name or grid sizes.
        offer: Replace the plan's offer: a contract id, or None to let A offer anything.
        frozen_beliefs: Do not update beliefs (textbook cases with very many types).
        transplant: Apply the reading to this crisis rather than to the one of its own date.

    Raises:
        CompileError: if the crisis cannot be turned into this game, or has no such plan.
        KeyError: for an unknown reading.
    """
    if reading is not None:
        crisis = with_reading(crisis, reading, transplant=transplant)
    grid_choice = named(resolution)
    plan_id, chosen = _plan_of(crisis, plan)
    if offer is not False:
        chosen = chosen.model_copy(update={"offer": offer})
    stakes = stakes_of(crisis)
    clock = crisis.clock
    months = clock.horizon_months + clock.padding_months
    auto = automaton(crisis, chosen, grid_choice.phases, months)
    offers = offers_of(crisis, stakes, grid_choice.offers)
    factor = 1 if crisis.war.ends_decide else grid_choice.position_factor
    reach = crisis.war.reach * factor
    cohesion = _tiers(crisis, grid_choice.tiers)
    clocks, ripening = _clock_of(crisis)
    rungs = 1 + min(grid_choice.rungs, 1)
    layout = lay_out(
        positions=2 * reach + 1,
        rungs=rungs,
        nodes=len(auto.nodes),
        tiers=len(cohesion),
        clocks=clocks,
        offers=len(offers),
        residuals=1 + auto.lifted,
        standoff=crisis.regime == "standoff",
    )
    notes = list(auto.notes)
    terms_at = _positions(crisis, stakes, reach, factor)
    rates = _rates(crisis, chosen, auto, offers, layout, cohesion, ripening, factor, months, notes)
    chance = chance_matrices(layout, rates, months)
    types = tuple(crisis.types)
    opening = opening_beliefs(crisis)
    if frozen_beliefs:
        grid = BeliefGrid(len(types), 0, tuple(float(p) for p in opening))
    else:
        steps = grid_choice.belief_steps[0 if len(types) == 2 else 1]
        grid = simplex_grid(len(types), steps)
    flow_a, flow_voice, flow_b = _flows(
        crisis, stakes, auto, offers, layout, cohesion, terms_at, months
    )
    signed = stakes.signed(
        np.array([o.terms for o in offers]).reshape(len(offers), len(stakes.issues))
    )
    start_regime = {"standoff": STANDOFF, "war": WAR, "ceasefire": CEASEFIRE}[crisis.regime]
    start = int(layout.active[start_regime][reach, 0, 0, 0, 0])
    return Game(
        crisis=crisis,
        plan_id=plan_id,
        plan=chosen,
        reading_id=reading,
        resolution=grid_choice,
        stakes=stakes,
        offers=offers,
        automaton=auto,
        layout=layout,
        grid=grid,
        types=types,
        opening=opening,
        months=months,
        shown=clock.horizon_months,
        discount=(crisis.blocs["A"].patience.value, crisis.blocs["B"].patience.value),
        voices=tuple(crisis.blocs["A"].voices),
        flow_a=flow_a,
        flow_voice=flow_voice,
        flow_b=flow_b,
        chance=chance,
        moves=_moves(crisis, chosen, stakes, auto, offers, layout, cohesion, terms_at, signed),
        reviews=_reviews(crisis, auto, offers, layout),
        weights=_act_weights(crisis, grid_choice),
        protocol=_protocol(crisis, chosen, grid_choice, months),
        terminal=None
        if clock.at_the_end == "stalemate"
        else (clock.at_the_end["A"], clock.at_the_end["B"]),
        start=start,
        cohesion=cohesion,
        notes=tuple(dict.fromkeys(notes)),
        signed_value=signed,
    )


def _plan_of(crisis: Crisis, plan: str | Plan | None) -> tuple[str, Plan]:
    if isinstance(plan, Plan):
        return plan.name, plan
    key = plan if plan is not None else next(iter(crisis.plans))
    if key not in crisis.plans:
        raise CompileError(f"there is no plan {key!r}; the plans are {', '.join(crisis.plans)}")
    return key, crisis.plans[key]


def _tiers(crisis: Crisis, most: int) -> Floats:
    """Cohesion levels kept at this resolution, highest first."""
    tiers = np.array(crisis.coalition.tiers)
    if crisis.coalition.fracture.value <= 0 and not any(
        f.kind == "cohesion" for e in crisis.events.values() for f in e.effects
    ):
        return tiers[:1]
    if len(tiers) <= most:
        return tiers
    keep = np.unique(np.rint(np.linspace(0, len(tiers) - 1, most)).astype(int))
    kept: Floats = tiers[keep]
    return kept


def _clock_of(crisis: Crisis) -> tuple[int, tuple[float, float]]:
    """Number of clock levels and the chances of ripening in war and in pauses."""
    clocks = {
        (k.ripens_in_war.value, k.ripens_in_pause.value)
        for k in crisis.types.values()
        if k.war_bonus.value != 0
    }
    if not clocks:
        return 1, (0.0, 0.0)
    if len(clocks) > 1:
        raise CompileError(
            "types with a war bonus have different clocks; give them the same `ripens_in_war` "
            "and `ripens_in_pause` (one public clock is modelled)"
        )
    return 2, clocks.pop()


def _positions(crisis: Crisis, stakes: Stakes, reach: int, factor: int) -> Floats:
    """Today's terms at each battlefield position, shape (positions, M)."""
    terms = np.tile(stakes.status_quo, (2 * reach + 1, 1))
    for m, issue in enumerate(crisis.issues.values()):
        if issue.moves_with_war:
            shift = (np.arange(2 * reach + 1) - reach) * crisis.war.step_size / factor
            moved = stakes.status_quo[m] + shift
            outside = moved[(moved < -1e-9) | (moved > 1 + 1e-9)]
            if len(outside):
                raise CompileError(
                    f"war.reach: position {outside[0]:.2f} on issue {stakes.issues[m]} lies outside "
                    "[0, 1]; lower war.reach or war.step_size"
                )
            terms[:, m] = moved
    return terms


def _logit(p: float) -> float:
    return math.log(p / (1 - p))


def _rates(
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
                if war.production.value:
                    if not 0 < p < 1:
                        raise CompileError(
                            f"war.step_favours_b: levers and cohesion move battle odds to {p:.2f}"
                        )
                    p = 1 / (1 + math.exp(-(_logit(p) - war.production.value * t)))
                p = 0.5 + (p - 0.5) / factor
                if not 0 <= p <= 1:
                    raise CompileError(
                        f"war.step_favours_b: levers and cohesion move battle odds to {p:.2f}, "
                        "outside [0, 1]; lower `step_shift` or `coalition.odds_loss`"
                    )
                up[t, z, c] = p * intensity
            for e in range(layout.sizes[1]):
                disaster[t, e, z] = accidents.get(base_rung + step * e, 0.0) + pressure.accident
            calm[t, z] = accidents.get(base_rung, 0.0) + pressure.accident
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
        for o, offer in enumerate(offers):
            share = crisis.relief.schedules.get(offer.relief, 0.0)
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


def _flows(
    crisis: Crisis,
    stakes: Stakes,
    auto: Automaton,
    offers: tuple[Offer, ...],
    layout: Layout,
    cohesion: Floats,
    terms_at: Floats,
    months: int,
) -> tuple[Floats, Floats, Floats]:
    """Flows of A (months+1, nS), of A's voices (voices, months+1, nS), of B's types."""
    n_s, horizon = layout.size, np.arange(months + 1)
    plain = stakes.plain(terms_at)
    a_voices = np.flatnonzero(stakes.side == 0)
    voice = np.zeros((len(a_voices), months + 1, n_s))
    flow_b = np.zeros((len(crisis.types), months + 1, n_s))
    war_a = crisis.war.cost.A.value * (1 + crisis.war.exhaustion.A.value * horizon)
    ratio = np.array([crisis.actors[stakes.voices[v]].war_cost_ratio for v in a_voices])
    premiums = np.array([crisis.actors[v].deal_premium.value for v in stakes.voices])
    premium = premiums[a_voices]
    own_node = np.array([[auto.calendar[t].plus(p).cost for p in auto.phased] for t in horizon])
    voice_node = np.array(
        [[auto.calendar[t].plus(p).cost_by_voice for p in auto.phased] for t in horizon]
    )
    hurt = _pain_tables(auto, layout.sizes[6], months)
    composite_own = np.zeros((months + 1, n_s))
    unity = cohesion
    share = {STANDOFF: 0.0, WAR: 1.0, CEASEFIRE: crisis.ceasefire.cost_share.value}
    for regime in (STANDOFF, WAR, CEASEFIRE):
        s = np.flatnonzero(layout.regime == regime)
        if not len(s):
            continue
        k, e, z, c, g = (
            layout.position[s], layout.rung[s], layout.node[s], layout.tier[s], layout.clock[s],
        )  # fmt: skip
        wait_a = crisis.standoff.cost.A.value if regime == STANDOFF else 0.0
        wait_b = crisis.standoff.cost.B.value if regime == STANDOFF else 0.0
        for i, v in enumerate(a_voices):
            voice[i][:, s] = (
                plain[v, k][None]
                - ratio[i] * (share[regime] * war_a[:, None] + wait_a)
                - ratio[i] * crisis.ladder.cost["A"].value * (e > 0)
                - voice_node[:, z, i]
            )
        composite_own[:, s] = own_node[:, z]
        pressure = hurt.active[:, z] * unity[c]
        for j, kind in enumerate(crisis.types.values()):
            flow_b[j][:, s] = (
                stakes.bloc(plain[:, k], 1)[None]
                - share[regime] * _war_cost_b(crisis, j, horizon)[:, None]
                - wait_b
                - crisis.ladder.cost["B"].value * (e > 0)
                - pressure
                + kind.delay_flow.value
                + (kind.war_bonus.value * (g == 1) if regime == WAR else 0.0)
            )
    s = np.flatnonzero(layout.regime == SETTLED)
    if len(s):
        o, c, r = layout.offer[s], layout.tier[s], layout.residual[s]
        signed = stakes.signed(np.array([offer.terms for offer in offers]))
        force = _force_costs(crisis, offers)
        for i, v in enumerate(a_voices):
            voice[i][:, s] = (
                signed[v, o][None] + premium[i] - force[1][o] - hurt.cost_by_voice[:, r, i]
            )
        composite_own[:, s] = hurt.cost[:, r]
        relief = np.array([crisis.relief.schedules.get(x.relief, 0.0) for x in offers])
        carrot = hurt.carrot[:, None] * relief[o] * (r == auto.lifted) * (r > 0)
        worth = stakes.bloc(signed[:, o], 1) + stakes.bloc(premiums, 1)
        b = worth[None] - force[0][o] - hurt.settled[:, r] * unity[c] + carrot
        flow_b[:, :, s] = b[None]
    nothing, everything = np.zeros(len(stakes.issues)), np.ones(len(stakes.issues))
    for regime, terms in ((A_GONE, everything), (B_GONE, nothing)):
        s = np.flatnonzero(layout.regime == regime)
        value = stakes.plain(terms[None])[:, 0]
        for i, v in enumerate(a_voices):
            voice[i][:, s] = value[v]
        flow_b[:, :, s] = (
            stakes.bloc(value, 1) - hurt.settled[:, layout.residual[s]] * unity[layout.tier[s]]
        )
    s = np.flatnonzero(layout.regime == FOUGHT)
    decisive = crisis.war.decisive
    if decisive is not None:
        middle = (layout.sizes[0] - 1) // 2
        odds = decisive.odds_b.value + decisive.odds_b_per_step * (layout.position[s] - middle)
        if ((odds < 0) | (odds > 1)).any():
            raise CompileError("war.decisive.odds_b_per_step moves the odds outside [0, 1]")
        lost, won = stakes.plain(everything[None])[:, 0], stakes.plain(nothing[None])[:, 0]
        for i, v in enumerate(a_voices):
            voice[i][:, s] = odds * lost[v] + (1 - odds) * won[v] - decisive.cost.A.value
        flow_b[:, :, s] = (
            odds * stakes.bloc(lost, 1) + (1 - odds) * stakes.bloc(won, 1) - decisive.cost.B.value
        )
    s = np.flatnonzero(layout.regime == DISASTER)
    voice[:, :, s] = -1.0
    flow_b[:, :, s] = -1.0
    influence = stakes.influence[a_voices]
    paid_by_voices = np.einsum("v,vts->ts", influence, voice)
    # Voices' own lever costs are for reporting; the bloc pays its levers' costs once, in full.
    weighted_own = np.zeros_like(composite_own)
    for i in range(len(a_voices)):
        active = layout.node >= 0
        weighted_own[:, active] += influence[i] * voice_node[:, layout.node[active], i]
        done = layout.regime == SETTLED
        weighted_own[:, done] += influence[i] * hurt.cost_by_voice[:, layout.residual[done], i]
    flow_a = paid_by_voices + weighted_own - composite_own
    return flow_a, voice, flow_b


class _Pain:
    """Tables of pressure and own costs by plan node and by residual class."""

    active: Floats
    settled: Floats
    cost: Floats
    cost_by_voice: Floats
    carrot: Floats


def _pain_tables(auto: Automaton, classes: int, months: int) -> _Pain:
    """Pressure on B by month: in force (by node), after a signature (by residual class).

    After a deal A pays for sticks while they are in force and for carrots once they are given, which
    is when the sticks come off; what cannot be undone stays.
    """
    horizon = np.arange(months + 1)
    voices = len(auto.phased[0].cost_by_voice)
    table = _Pain()
    table.active = np.zeros((months + 1, len(auto.nodes)))
    table.settled = np.zeros((months + 1, classes))
    table.cost = np.zeros((months + 1, classes))
    table.cost_by_voice = np.zeros((months + 1, classes, voices))
    for z, node in enumerate(auto.nodes):
        erosion = hazard_of(auto.terms[node.stage].defy)
        cal = (1 - erosion) ** horizon
        phased = auto.phased[z]
        fixed = phased.reversible * (1 - erosion) ** auto.age[z] + phased.irreversible
        reversible = np.array([auto.calendar[t].reversible for t in horizon])
        forever = np.array([auto.calendar[t].irreversible for t in horizon])
        table.active[:, z] = reversible * cal + forever + fixed
    for r in range(1, max(auto.residual) + 1):
        z = max(i for i, k in enumerate(auto.residual) if k == r)
        table.settled[:, r] = table.active[:, z]
        for t in horizon:
            both = auto.calendar[t].plus(auto.phased[z])
            table.cost[t, r] = both.cost - both.carrot_cost
            table.cost_by_voice[t, r] = np.subtract(both.cost_by_voice, both.carrot_cost_by_voice)
    final = auto.phased[auto.final]
    if auto.lifted:
        for t in horizon:
            both = auto.calendar[t].plus(final)
            table.settled[t, auto.lifted] = both.irreversible
            table.cost[t, auto.lifted] = both.carrot_cost
            table.cost_by_voice[t, auto.lifted] = both.carrot_cost_by_voice
    table.carrot = np.array([auto.calendar[t].carrot + final.carrot for t in horizon])
    return table


def _war_cost_b(crisis: Crisis, j: int, horizon: Ints) -> Floats:
    """B's war cost by month for type j."""
    kind = list(crisis.types.values())[j]
    base = kind.war_cost.value if kind.war_cost is not None else crisis.war.cost.B.value
    base += kind.delay_cost_share.value * crisis.war.cost.B.value
    grown: Floats = base * (1.0 + crisis.war.exhaustion.B.value * horizon.astype(np.float64))
    return grown


def _force_costs(crisis: Crisis, offers: tuple[Offer, ...]) -> tuple[Floats, Floats]:
    """Flow costs to B and to A of the lever behind each offer's guarantee."""
    b, a = np.zeros(len(offers)), np.zeros(len(offers))
    for o, offer in enumerate(offers):
        if offer.enforcement.lever is not None:
            lever = crisis.levers[offer.enforcement.lever]
            b[o] = lever.cost_to_target.value if lever.cost_to_target else 0.0
            a[o] = lever.cost_to_holder.value if lever.cost_to_holder else 0.0
    return b, a


def _moves(
    crisis: Crisis,
    plan: Plan,
    stakes: Stakes,
    auto: Automaton,
    offers: tuple[Offer, ...],
    layout: Layout,
    cohesion: Floats,
    terms_at: Floats,
    signed: Floats,
) -> Moves:
    states = np.flatnonzero(layout.regime <= CEASEFIRE)
    regime, k, e, z, c, g = (
        layout.regime[states], layout.position[states], layout.rung[states], layout.node[states],
        layout.tier[states], layout.clock[states],
    )  # fmt: skip
    n, n_o = len(states), len(offers)
    zero = np.zeros(n, dtype=np.intp)
    to_war = layout.active[WAR][k, zero, z, c, g]
    to_pause = layout.active[CEASEFIRE][k, zero, z, c, g]
    nowhere = np.full(n, -1)
    higher = (
        layout.active[WAR][k, np.ones(n, dtype=np.intp), z, c, g]
        if layout.sizes[1] > 1
        else nowhere
    )
    up = np.tile(np.where((regime == WAR) & (e == 0), higher, -1), (2, 1))
    up[:, regime == CEASEFIRE] = to_war[regime == CEASEFIRE]
    for side, key in enumerate(("A", "B")):
        up[side, regime == STANDOFF] = (
            to_war[regime == STANDOFF] if key in crisis.standoff.attackers else -1
        )
    down = np.tile(np.where((regime == WAR) & (e == 1), to_war, -1), (2, 1))
    pause = np.where((regime == WAR) & crisis.ceasefire.possible, to_pause, -1)
    fight = np.full((2, n), -1)
    if crisis.war.decisive is not None:
        for side, key in enumerate(("A", "B")):
            if key in crisis.war.decisive.available_to:
                fight[side] = layout.fought[k]
    residual = np.array(auto.residual)[z]
    sign = np.full((n, n_o), -1)
    for o in range(n_o):
        sign[:, o] = layout.settled[o, k, c, g, residual]
    ratify = _ratification(crisis, plan, stakes, offers, cohesion, terms_at, signed)[:, k, c].T
    propose = np.zeros((2, n, n_o), dtype=bool)
    allowed = np.array(
        [
            [_on_table(offer, auto.terms[i].limit) for offer in offers]
            for i in range(len(auto.terms))
        ]
    )
    stage = np.array([node.stage for node in auto.nodes])[z]
    if n_o:
        if "A" in plan.may_propose:
            propose[0] = allowed[stage]
            if plan.offer is not None:
                mine = np.array([offer.contract == plan.offer for offer in offers])
                if not mine.any():
                    broken = _why_not(crisis, stakes, plan.offer)
                    raise CompileError(f"plan offer {plan.offer!r} cannot be signed: {broken}")
                propose[0] = mine[None]
        if "B" in plan.may_propose:
            propose[1] = (
                np.array([[o.frontier < 0 for o in offers]] * len(auto.terms))[stage]
                | allowed[stage]
            )
    w_b = stakes.bloc(signed, 1) if n_o else np.zeros(0)
    cost_b = np.array([t.signing_cost for t in auto.terms])[stage][:, None] * (w_b < ALL_WON)[None]
    audience = crisis.blocs["A"].audience
    cost_a = audience.cost.value * (1 - audience.vagueness.value)
    attack = crisis.standoff.attack_cost
    gain = np.array([kind.attack_gain.value for kind in crisis.types.values()])
    return Moves(
        states=states,
        up=up,
        down=down,
        pause=pause,
        fight=fight,
        sign=sign,
        ratify=ratify,
        propose=propose,
        lump_attack_a=np.where(regime == STANDOFF, -attack.A.value, 0.0),
        lump_attack_b=np.where((regime == STANDOFF)[:, None], gain - attack.B.value, 0.0),
        lump_attacked_b=np.where(regime == STANDOFF, -attack.B.value, 0.0),
        lump_sign_a=np.full(n_o, -cost_a),
        lump_sign_b=-cost_b,
    )


def _on_table(offer: Offer, limit: Floats) -> bool:
    return bool((np.array(offer.terms) <= limit + 1e-9).all())


def _why_not(crisis: Crisis, stakes: Stakes, contract: str) -> str:
    if contract not in crisis.contracts:
        return f"there is no contract of that name; the contracts are {', '.join(crisis.contracts)}"
    if crisis.contracts[contract].imposed:
        return "it is put forward by outsiders, not by A"
    terms = np.array([crisis.contracts[contract].terms[m] for m in stakes.issues])
    crossed = [f"{x.actor}'s {x.id}" for x in stakes.lines if x.hard and bool(x.crossed(terms))]
    return f"it crosses hard red lines ({', '.join(crossed)})"


def _ratification(
    crisis: Crisis,
    plan: Plan,
    stakes: Stakes,
    offers: tuple[Offer, ...],
    cohesion: Floats,
    terms_at: Floats,
    signed: Floats,
) -> Floats:
    """Chance that every voice with a floor ratifies, shape (offers, positions, tiers)."""
    chance = np.ones((len(offers), len(terms_at), len(cohesion)))
    plain = stakes.plain(terms_at)
    middle = (len(terms_at) - 1) // 2
    to_terms = crisis.conversions.fracture_to_terms.value * (1 - cohesion)
    written_off = crisis.coalition.floor_from_territory.value
    if plan.floor == "offer" and plan.offer is not None and plan.offer not in crisis.contracts:
        raise CompileError(
            f"plan offer {plan.offer!r} cannot be signed: {_why_not(crisis, stakes, plan.offer)}"
        )
    for v, actor in enumerate(stakes.voices):
        floor = crisis.actors[actor].floor
        if floor is None:
            continue
        side = int(stakes.side[v])
        needed = crisis.blocs["A" if side == 0 else "B"].consent.get("settlement")
        if needed is not None and actor not in needed:
            continue
        level = floor.value.value
        if side == 0 and plan.floor == "offer" and plan.offer is not None:
            own = np.array([[crisis.contracts[plan.offer].terms[m] for m in stakes.issues]])
            level = float(stakes.signed(own)[v, 0]) - OFFER_SLACK
        lost = written_off * (plain[v, middle] - plain[v])
        threshold = level - lost[:, None] - (to_terms[None] if side == 0 else 0.0)
        margin = floor.steepness * (signed[v][:, None, None] - threshold[None])
        chance *= 1 / (1 + np.exp(-np.clip(margin, -700, 700)))
    return chance


def _reviews(crisis: Crisis, auto: Automaton, offers: tuple[Offer, ...], layout: Layout) -> Reviews:
    states = np.flatnonzero(layout.regime == SETTLED)
    if crisis.settlement.binding:
        states = states[:0]
    o, k, c, g, r = (
        layout.offer[states], layout.position[states], layout.tier[states], layout.clock[states],
        layout.residual[states],
    )  # fmt: skip
    node = np.where(r > 0, auto.final, 0)
    broken = layout.active[WAR][k, np.zeros(len(states), dtype=np.intp), node, c, g]
    breach = crisis.settlement.breach_cost.value
    gains = np.array([kind.renege_gain.value for kind in crisis.types.values()])
    loss = np.array([offer.enforcement.expected_loss for offer in offers])
    gain_b = (
        gains[None, :] - breach - loss[o][:, None] if len(states) else np.zeros((0, len(gains)))
    )
    return Reviews(states, broken, gain_b, np.full(len(states), -breach))


def _act_weights(crisis: Crisis, resolution: Resolution) -> ActWeights:
    w, spacing = crisis.weights, crisis.clock.round_months
    alternating = crisis.clock.protocol == "alternating"
    reviewed = max(1, round(spacing)) if alternating else solve_step(crisis, resolution)
    escalate = w.escalate.value * spacing
    return ActWeights(
        hold=w.hold.value,
        propose=w.propose.value,
        ceasefire=w.ceasefire.value,
        escalate=(
            escalate * (1 - crisis.blocs["A"].escalation_aversion.value),
            escalate * (1 - crisis.blocs["B"].escalation_aversion.value),
        ),
        de_escalate=w.de_escalate.value * spacing,
        fight=w.fight_out.value,
        renege=crisis.settlement.renege_weight.value * reviewed,
    )


def solve_step(crisis: Crisis, resolution: Resolution) -> int:
    """Whole months between solved negotiation nodes."""
    return max(1, int(min(resolution.solve_every, crisis.clock.round_months)))


def _protocol(crisis: Crisis, plan: Plan, resolution: Resolution, months: int) -> Protocol:
    clock = crisis.clock
    recognition = np.zeros((months, 2))
    if clock.protocol == "alternating":
        every = max(1, round(clock.round_months))
        for i, t in enumerate(range(0, months, every)):
            recognition[t, i % 2] = 1.0
        return Protocol(recognition, clock.round_months)
    step = solve_step(crisis, resolution)
    share = np.array([clock.recognition["A"].value, clock.recognition["B"].value])
    if share.sum() > 1 + 1e-9:
        raise CompileError("clock.recognition: the two chances add to more than 1")
    recognition[::step] = share * step / clock.round_months
    if recognition[0].sum() > 1 + 1e-9:
        raise CompileError(
            f"clock.round_months: rounds every {clock.round_months:g} months give more than one move "
            "a month, and one is modelled; use at least 1"
        )
    return Protocol(recognition, clock.round_months)
