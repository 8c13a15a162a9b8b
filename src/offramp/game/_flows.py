"""The flows of a game.

Flows by month (stake units if sustained for ever), for bloc i with stake W_i at today's terms moved
by the battlefield position k (red-line penalties off: they belong to signed deals):

* war:        W_i(k) - cost_i (1 + stock_i) - ladder cost one step up - pressure or own cost
* ceasefire:  W_i(k) - cost_share * cost_i (1 + stock_i) - pressure or own cost
* stand-off:  W_i    - stand-off cost - pressure or own cost
* settlement: W_i(x) with penalties - residual pressure (B), own cost (A), plus premium, force costs
* a side gone: W_i with every issue at the other side's end; disaster: -1 for both

stock_i is exhaustion added up over the months so far, B's with what levers add to it. Parameters are
those of the month in the state's world of tracked events. In a ceasefire the plan's levers for that
case add their mean effect over the life of a pause. Type theta of B adds ``delay_flow`` while there is
no settlement and ``war_bonus`` in war once its clock is ripe.
Pressure counts at cohesion I(tier) and erodes; see the plans module. Tiers act on battle odds, on A's
risk of collapse, and on floors (specification R).
"""

from __future__ import annotations

import numpy as np

from offramp.crisis._schema import Crisis
from offramp.game._calendar import Timeline, added_up
from offramp.game._game import CompileError
from offramp.game._offers import Offer
from offramp.game._plans import Automaton, Pressure, hazard_of
from offramp.game._preferences import Floats, Stakes
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
)


def flows_of(
    crisis: Crisis,
    stakes: Stakes,
    auto: Automaton,
    offers: tuple[Offer, ...],
    layout: Layout,
    cohesion: Floats,
    terms_at: Floats,
    worlds: tuple[Timeline, ...],
    months: int,
) -> tuple[Floats, Floats, Floats]:
    """Flows of A (months+1, nS), of A's voices (voices, months+1, nS), of B's types.

    ``worlds`` are the crises of each month for each value of ``layout.happened``.
    """
    n_s, horizon = layout.size, np.arange(months + 1)
    plain = stakes.plain(terms_at)
    a_voices = np.flatnonzero(stakes.side == 0)
    voice = np.zeros((len(a_voices), months + 1, n_s))
    flow_b = np.zeros((len(crisis.types), months + 1, n_s))
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
    pausing = auto.pausing
    every = [(regime, h) for h in range(len(worlds)) for regime in (STANDOFF, WAR, CEASEFIRE)]
    for regime, h in every:
        s = np.flatnonzero((layout.regime == regime) & (layout.happened == h))
        if not len(s):
            continue
        world = worlds[h]
        k, e, z, c, g = (
            layout.position[s], layout.rung[s], layout.node[s], layout.tier[s], layout.clock[s],
        )  # fmt: skip
        waits = 1.0 if regime == STANDOFF else 0.0
        wait_a = waits * world.series(lambda x: x.standoff.cost.A.value)
        wait_b = waits * world.series(lambda x: x.standoff.cost.B.value)
        climbed_a = world.series(lambda x: x.ladder.cost["A"].value)
        climbed_b = world.series(lambda x: x.ladder.cost["B"].value)
        share = np.full(months + 1, 0.0 if regime == STANDOFF else 1.0)
        if regime == CEASEFIRE:
            share = world.series(lambda x: x.ceasefire.cost_share.value)
        war_a = world.series(lambda x: x.war.cost.A.value) * (
            1 + added_up(world.series(lambda x: x.war.exhaustion.A.value))
        )
        worn = added_up(world.series(lambda x: x.war.exhaustion.B.value))[:, None] + auto.worn[:, z]
        paused = pausing if regime == CEASEFIRE else Pressure()
        for i, v in enumerate(a_voices):
            voice[i][:, s] = (
                plain[v, k][None]
                - ratio[i] * (share * war_a + wait_a)[:, None]
                - ratio[i] * climbed_a[:, None] * (e > 0)
                - voice_node[:, z, i]
                - (paused.cost_by_voice[i] if paused.cost_by_voice else 0.0)
            )
        composite_own[:, s] = own_node[:, z] + paused.cost
        pressure = (hurt.active[:, z] + paused.reversible + paused.irreversible) * unity[c]
        for j, theta in enumerate(crisis.types):
            bonus = _by_type(world, theta, "war_bonus")
            delay = _by_type(world, theta, "delay_flow")
            flow_b[j][:, s] = (
                stakes.bloc(plain[:, k], 1)[None]
                - share[:, None] * _war_cost_b(world, theta)[:, None] * (1 + worn)
                - wait_b[:, None]
                - climbed_b[:, None] * (e > 0)
                - pressure
                + delay[:, None]
                + (bonus[:, None] * (g == 1) if regime == WAR else 0.0)
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
        relief = np.array([crisis.relief.schedules[x.relief] for x in offers])
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
        if pausing.cost_by_voice:
            in_pause = layout.regime == CEASEFIRE
            weighted_own[:, in_pause] += influence[i] * pausing.cost_by_voice[i]
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


def _by_type(world: Timeline, theta: str, field: str) -> Floats:
    """A number of one type by month."""
    return world.series(lambda crisis: float(getattr(crisis.types[theta], field).value))


def _war_cost_b(world: Timeline, theta: str) -> Floats:
    """B's war cost by month for a type, before exhaustion."""

    def cost(crisis: Crisis) -> float:
        kind = crisis.types[theta]
        base = kind.war_cost.value if kind.war_cost is not None else crisis.war.cost.B.value
        return base + kind.delay_cost_share.value * crisis.war.cost.B.value

    return world.series(cost)


def _force_costs(crisis: Crisis, offers: tuple[Offer, ...]) -> tuple[Floats, Floats]:
    """Flow costs to B and to A of the lever behind each offer's guarantee."""
    b, a = np.zeros(len(offers)), np.zeros(len(offers))
    for o, offer in enumerate(offers):
        if offer.enforcement.lever is not None:
            lever = crisis.levers[offer.enforcement.lever]
            b[o] = lever.cost_to_target.value if lever.cost_to_target else 0.0
            a[o] = lever.cost_to_holder.value if lever.cost_to_holder else 0.0
    return b, a
