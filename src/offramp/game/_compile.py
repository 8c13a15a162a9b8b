"""Compile a crisis, a plan, a reading and a resolution into a game.

The pieces: stakes and offers, the plan's automaton, the layout of public states, monthly rates and
chance, flows, moves, prior weights of acts and the protocol of rounds. Each has a module of its own that
states its formulas; here they are put together, and nothing is decided.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from offramp.crisis._paths import with_reading
from offramp.crisis._pressure import Plan
from offramp.crisis._schema import Crisis
from offramp.game._automaton import automaton
from offramp.game._beliefs import BeliefGrid, simplex_grid
from offramp.game._chance import chance_matrices
from offramp.game._commitment import pledges_of
from offramp.game._events import Events, Imposed, events_of
from offramp.game._evidence import opening_beliefs, signals_of
from offramp.game._flows import flows_of
from offramp.game._game import ActWeights, CompileError, Game, Protocol
from offramp.game._moves import floors_of, moves_of, ratification_of, reviews_of
from offramp.game._offers import offers_of
from offramp.game._preferences import Floats, Stakes, stakes_of
from offramp.game._rates import happenings_of, rates_of
from offramp.game._resolution import Resolution, named
from offramp.game._states import (
    CEASEFIRE,
    STANDOFF,
    WAR,
    lay_out,
)

NEVER_RATIFIED = 1e-6
"""Chance of ratification below which imposed terms are left out: they never come into force."""


def compile_game(
    crisis: Crisis,
    plan: str | Plan | None = None,
    reading: str | None = None,
    resolution: str | Resolution = "draft",
    *,
    offer: str | bool | None = False,
    mode: Literal["committed", "adaptive"] | None = None,
    credibility: float | None = None,
    followed: float | None = None,
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
        mode: Replace the plan's mode.
        credibility: Replace the chance, as B believes, that A follows through at a trigger.
        followed: Replace the chance that A really does.
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
    chosen = _changed(chosen, offer, mode, credibility, followed)
    believed, kept = chosen.credibility.value, chosen.followed.value
    stakes = stakes_of(crisis)
    clock = crisis.clock
    months = clock.horizon_months + clock.padding_months
    cohesion = _tiers(crisis, grid_choice.tiers)
    events = events_of(crisis, chosen, months, clock.horizon_months, cohesion, grid_choice.name)
    assert events.expected is not None
    worlds, usual = events.worlds, events.expected.whole
    auto = automaton(
        crisis, chosen, grid_choice.phases, months, events, may_lapse=min(believed, kept) < 1
    )
    factor = 1 if crisis.war.ends_decide else grid_choice.position_factor
    reach = crisis.war.reach * factor
    terms_at = _positions(crisis, stakes, reach, factor)
    floors = floors_of(usual, chosen, stakes, cohesion, terms_at)
    put = _imposed(usual, stakes, floors, events)
    offers = offers_of(usual, stakes, grid_choice.offers, frozenset(one.contract for one, _ in put))
    signed = stakes.signed(
        np.array([o.terms for o in offers]).reshape(len(offers), len(stakes.issues))
    )
    clocks = _clocks(crisis)
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
        pledges=pledges_of(crisis, chosen),
        worlds=len(worlds),
    )
    notes = [*auto.notes, *events.notes]
    number = {o.contract: i for i, o in enumerate(offers)}
    imposed = tuple((number[one.contract], one.chance, ratified) for one, ratified in put)
    rates = [
        rates_of(
            crisis, chosen, auto, offers, layout, cohesion, world, events, imposed, factor, months,
            notes,
        )
        for world in worlds
    ]  # fmt: skip
    tracked = happenings_of(crisis, events, cohesion, factor)
    chance = chance_matrices(layout, rates, tracked, months)
    types = tuple(crisis.types)
    opening = opening_beliefs(crisis)
    if frozen_beliefs:
        grid = BeliefGrid(len(types), 0, tuple(float(p) for p in opening))
    else:
        steps = grid_choice.belief_steps[0 if len(types) == 2 else 1]
        grid = simplex_grid(len(types), steps)
    flow_a, flow_voice, flow_b = flows_of(
        crisis, stakes, auto, offers, layout, cohesion, terms_at, worlds, months
    )
    start_regime = {"standoff": STANDOFF, "war": WAR, "ceasefire": CEASEFIRE}[crisis.regime]
    opens_committed = any(s.commits for s in chosen.stages if s.trigger.strip() == "start")
    pledge = int(layout.pledged(0)[0]) if opens_committed else 0
    start = int(layout.at[start_regime][reach, 0, 0, 0, 0, pledge, 0])
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
        moves=moves_of(crisis, chosen, stakes, auto, offers, layout, floors, signed, worlds),
        reviews=reviews_of(crisis, auto, offers, layout, worlds),
        weights=_act_weights(usual, grid_choice),
        protocol=_protocol(crisis, chosen, grid_choice, months),
        terminal=None
        if clock.at_the_end == "stalemate"
        else (clock.at_the_end["A"], clock.at_the_end["B"]),
        start=start,
        cohesion=cohesion,
        notes=tuple(dict.fromkeys(notes)),
        signed_value=signed,
        floors=floors,
        signals=(None,) * months if frozen_beliefs else signals_of(crisis, chosen, months),
        credibility=believed,
        followed=kept,
        tracked=tuple(one.key for one in events.tracked),
        averages=tuple(dict.fromkeys(events.averages)),
    )


def _changed(
    plan: Plan,
    offer: str | bool | None,
    mode: Literal["committed", "adaptive"] | None,
    credibility: float | None,
    followed: float | None,
) -> Plan:
    """The plan with what the caller replaces."""
    changes: dict[str, object] = {}
    if offer is not False:
        changes["offer"] = offer
    if mode is not None:
        changes["mode"] = mode
    for name, value in (("credibility", credibility), ("followed", followed)):
        if value is None:
            continue
        if not 0 <= value <= 1:
            raise CompileError(f"{name} is a chance between 0 and 1; got {value:g}")
        changes[name] = getattr(plan, name).at(value)
    return plan.model_copy(update=changes) if changes else plan


def _imposed(
    crisis: Crisis, stakes: Stakes, floors: Floats, events: Events
) -> tuple[tuple[Imposed, Floats], ...]:
    """Terms that outsiders may put in force, with their chance of ratification by position and tier."""
    found = []
    for one in events.imposed:
        contract = crisis.contracts[one.contract]
        terms = np.array([[contract.terms[m] for m in stakes.issues]])
        ratified = ratification_of(crisis, stakes, floors, stakes.signed(terms))[0]
        if not bool(stakes.feasible(terms)[0]):
            events.averages.append(
                f"event {one.key}: {one.contract} crosses a hard red line and never comes into force"
            )
        elif ratified.max() < NEVER_RATIFIED:
            events.averages.append(
                f"event {one.key}: A's voices ratify {one.contract} with a chance of at most "
                f"{ratified.max():.0e}, so it never comes into force"
            )
        else:
            found.append((one, ratified))
    return tuple(found)


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


def _clocks(crisis: Crisis) -> int:
    """Number of clock levels: two if a type gains from war once a clock is ripe."""
    clocks = {
        (k.ripens_in_war.value, k.ripens_in_pause.value)
        for k in crisis.types.values()
        if k.war_bonus.value != 0
    }
    if len(clocks) > 1:
        raise CompileError(
            "types with a war bonus have different clocks; give them the same `ripens_in_war` "
            "and `ripens_in_pause` (one public clock is modelled)"
        )
    return 1 + len(clocks)


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
        commit=w.commit.value * spacing,
        activate=w.activate.value,
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
