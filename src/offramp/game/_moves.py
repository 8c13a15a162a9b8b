"""Where acts lead: proposals, signatures, ratification, escalation, breaches.

A signed contract passes with probability ``prod_v Lambda(steepness_v (W_v(x) - floor_v))`` over the voices
with a floor whose consent the bloc's rules ask for; A's floors fall by ``fracture_to_terms (1 - I)`` and
move by a share of the stake lost or won on the ground (specification R). Lumps are in stake units.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from offramp.crisis._pressure import Plan
from offramp.crisis._schema import Crisis
from offramp.game._calendar import Timeline
from offramp.game._commitment import (
    climbing,
    commit_targets,
    committed,
    price_of,
    short_of_demand,
)
from offramp.game._game import CompileError, Moves, Reviews
from offramp.game._offers import Offer
from offramp.game._plans import Automaton
from offramp.game._preferences import Bools, Floats, Stakes
from offramp.game._states import (
    CEASEFIRE,
    SETTLED,
    STANDOFF,
    WAR,
    Layout,
)
from offramp.game._triggers import enter

Ints = NDArray[np.intp]

ALL_WON = 0.95
"""Stake from which a deal counts as meeting B's declared aims: no audience cost."""
OFFER_SLACK = 0.02
"""How far below its own offer A's floor lies when the plan says that the offer is the floor."""


def moves_of(
    crisis: Crisis,
    plan: Plan,
    stakes: Stakes,
    auto: Automaton,
    offers: tuple[Offer, ...],
    layout: Layout,
    floors: Floats,
    signed: Floats,
    worlds: tuple[Timeline, ...],
) -> Moves:
    """Where acts lead and what they cost at once; ``worlds`` by value of ``layout.happened``."""
    states = np.flatnonzero(layout.regime <= CEASEFIRE)
    regime, k, e, z, c, g, p, h = (
        layout.regime[states], layout.position[states], layout.rung[states], layout.node[states],
        layout.tier[states], layout.clock[states], layout.pledge[states], layout.happened[states],
    )  # fmt: skip
    n, n_o = len(states), len(offers)
    war, calm = regime == WAR, regime == CEASEFIRE
    up, down = np.full((2, n), -1), np.full((2, n), -1)
    for side, key in enumerate(("A", "B")):
        flag = climbing(crisis, layout, p, side)
        to_war = layout.other(states, regime=WAR, rung=0, pledge=flag)
        up[side, calm] = to_war[calm]
        if key in crisis.standoff.attackers:
            up[side, regime == STANDOFF] = to_war[regime == STANDOFF]
        if layout.sizes[1] > 1:
            low = war & (e == 0)
            up[side, low] = layout.other(states[low], rung=1, pledge=flag[low])
            high = war & (e == 1)
            off = layout.released(side)[p]
            down[side, high] = layout.other(states[high], rung=0, pledge=off[high])
    nobody = np.zeros(n, dtype=np.intp)
    to_pause = layout.other(states, regime=CEASEFIRE, rung=0, pledge=nobody)
    pause = np.where(war & crisis.ceasefire.possible, to_pause, -1)
    fight = np.full((2, n), -1)
    if crisis.war.decisive is not None:
        for side, key in enumerate(("A", "B")):
            if key in crisis.war.decisive.available_to:
                fight[side] = layout.fought[k]
    residual = np.array(auto.residual)[z]
    sign = np.full((n, n_o), -1)
    for o in range(n_o):
        sign[:, o] = layout.settled_at[o, k, c, g, residual, h]
    ratify = ratification_of(crisis, stakes, floors, signed)[:, k, c].T
    stage = np.array([node.stage for node in auto.nodes])[z]
    activate = np.full(n, -1)
    if plan.mode == "adaptive":
        allowed = auto.opens[z, regime]
        activate[allowed] = enter(layout, auto.enter, auto.commits, states[allowed])
    lump_sign_a, lump_sign_b, lump_down, lump_pause = _lumps(
        crisis, stakes, auto, layout, signed, worlds, states, stage
    )
    attack = np.array(
        [[getattr(w.whole.standoff.attack_cost, i).value for i in "AB"] for w in worlds]
    )
    gain = np.array([[kind.attack_gain.value for kind in w.whole.types.values()] for w in worlds])
    waiting = regime == STANDOFF
    return Moves(
        states=states,
        up=up,
        down=down,
        pause=pause,
        fight=fight,
        sign=sign,
        ratify=ratify,
        propose=_proposals(crisis, plan, stakes, auto, offers, stage),
        lump_attack_a=np.where(waiting, -attack[h, 0], 0.0),
        lump_attack_b=np.where(waiting[:, None], gain[h] - attack[h, 1][:, None], 0.0),
        lump_attacked_b=np.where(waiting, -attack[h, 1], 0.0),
        lump_sign_a=lump_sign_a,
        lump_sign_b=lump_sign_b,
        lump_down=lump_down,
        lump_pause=lump_pause,
        commit=commit_targets(crisis, layout, states),
        activate=activate,
    )


def _proposals(
    crisis: Crisis,
    plan: Plan,
    stakes: Stakes,
    auto: Automaton,
    offers: tuple[Offer, ...],
    stage: Ints,
) -> Bools:
    """Whether each side may propose each offer, shape (2, n, offers)."""
    propose = np.zeros((2, len(stage), len(offers)), dtype=bool)
    if not offers:
        return propose
    allowed = np.array([[_on_table(x, terms.limit) for x in offers] for terms in auto.terms])
    if "A" in plan.may_propose:
        propose[0] = allowed[stage]
        if plan.offer is not None:
            mine = np.array([offer.contract == plan.offer for offer in offers])
            if not mine.any():
                broken = _why_not(crisis, stakes, plan.offer)
                raise CompileError(f"plan offer {plan.offer!r} cannot be signed: {broken}")
            propose[0] = mine[None]
    if "B" in plan.may_propose:
        named = np.array([[o.frontier < 0 for o in offers]] * len(auto.terms))
        propose[1] = named[stage] | allowed[stage]
    propose[:, :, [o.imposed for o in offers]] = False
    return propose


def _lumps(
    crisis: Crisis,
    stakes: Stakes,
    auto: Automaton,
    layout: Layout,
    signed: Floats,
    worlds: tuple[Timeline, ...],
    states: Ints,
    stage: Ints,
) -> tuple[Floats, Floats, Floats, Floats]:
    """What signing costs A and B (n, offers), stepping down and pausing cost each side (2, n)."""
    n, n_o = len(states), signed.shape[1]
    h = layout.happened[states]
    # Audience costs by world and stage: levers of the plan shift B's.
    costs_a = np.array([price_of(world, 0) for world in worlds])[h]
    base = crisis.blocs["B"].audience
    by_stage = np.array(
        [
            [
                t.shifted(
                    world.whole.blocs["B"].audience.cost.value - base.cost.value,
                    world.whole.blocs["B"].audience.vagueness.value - base.vagueness.value,
                ).signing_cost
                for t in auto.terms
            ]
            for world in worlds
        ]
    )
    costs_b = by_stage[h, stage]
    sign, down, pause = [], np.zeros((2, n)), np.zeros((2, n))
    for side, cost in enumerate((costs_a, costs_b)):
        declared = crisis.blocs["A" if side == 0 else "B"].commitment
        if declared is None:
            due = np.ones(n_o, dtype=bool) if side == 0 else stakes.bloc(signed, 1) < ALL_WON
            sign.append(-cost[:, None] * due[None])
            continue
        on = committed(layout, states, side)
        due = short_of_demand(crisis, stakes, signed, side)
        sign.append(-(cost * on)[:, None] * due[None])
        down[side] = pause[side] = -cost * on
    return sign[0], sign[1], down, pause


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


def floors_of(
    crisis: Crisis, plan: Plan, stakes: Stakes, cohesion: Floats, terms_at: Floats
) -> Floats:
    """Least W each voice ratifies, by voice, position and tier; nan where it is not asked.

    Raises:
        CompileError: if the plan's offer is its floor and there is no such contract.
    """
    floors = np.full((len(stakes.voices), len(terms_at), len(cohesion)), np.nan)
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
        floors[v] = level - lost[:, None] - (to_terms[None] if side == 0 else 0.0)
    return floors


def ratification_of(crisis: Crisis, stakes: Stakes, floors: Floats, signed: Floats) -> Floats:
    """Chance that every voice asked ratifies, shape (offers, positions, tiers)."""
    chance = np.ones((signed.shape[1], *floors.shape[1:]))
    for v, actor in enumerate(stakes.voices):
        floor = crisis.actors[actor].floor
        if floor is not None and not np.isnan(floors[v]).any():
            chance *= expit(floor.steepness * (signed[v][:, None, None] - floors[v][None]))
    return chance


def reviews_of(
    crisis: Crisis,
    auto: Automaton,
    offers: tuple[Offer, ...],
    layout: Layout,
    worlds: tuple[Timeline, ...],
) -> Reviews:
    """Settlements under review; whoever breaks one is free of any public commitment."""
    states = np.flatnonzero(layout.regime == SETTLED)
    if crisis.settlement.binding:
        states = states[:0]
    o, k, c, g, r, h = (
        layout.offer[states], layout.position[states], layout.tier[states], layout.clock[states],
        layout.residual[states], layout.happened[states],
    )  # fmt: skip
    node = np.where(r > 0, auto.final, 0)
    zero = np.zeros(len(states), dtype=np.intp)
    broken = layout.at[WAR][k, zero, node, c, g, zero, h]
    breach = np.array([w.whole.settlement.breach_cost.value for w in worlds])[h]
    gains = np.array([[x.renege_gain.value for x in w.whole.types.values()] for w in worlds])
    loss = np.array([offer.enforcement.expected_loss for offer in offers])
    if not len(states):
        return Reviews(states, broken, np.zeros((0, gains.shape[1])), np.zeros(0))
    gain_b = gains[h] - breach[:, None] - loss[o][:, None]
    return Reviews(states, broken, gain_b, -breach)
