"""Where acts lead: proposals, signatures, ratification, escalation, breaches.

A signed contract passes with probability ``prod_v Lambda(steepness_v (W_v(x) - floor_v))`` over the voices
with a floor whose consent the bloc's rules ask for; A's floors fall by ``fracture_to_terms (1 - I)`` and
move by a share of the stake lost or won on the ground (specification R). Lumps are in stake units.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from offramp.crisis._pressure import Plan
from offramp.crisis._schema import Crisis
from offramp.game._game import CompileError, Moves, Reviews
from offramp.game._offers import Offer
from offramp.game._plans import Automaton
from offramp.game._preferences import Floats, Stakes
from offramp.game._states import (
    CEASEFIRE,
    SETTLED,
    STANDOFF,
    WAR,
    Layout,
)

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
    ratify = ratification_of(crisis, stakes, floors, signed)[:, k, c].T
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
    crisis: Crisis, auto: Automaton, offers: tuple[Offer, ...], layout: Layout
) -> Reviews:
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
