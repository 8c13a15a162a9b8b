"""The broker's roles as shocks, its aid and who replaces it, and terms imposed over A's head.

*Roles.* Each is the game solved with what the file can say of the role, less the game as it is:

* backer: it stands behind guarantees (their response rises by what its levers add), its aid does not
  stop, and no terms are imposed;
* absent: its aid stops in the first month, and it neither backs, denies nor imposes anything;
* mediator: A offers the contract whose name speaks of the broker, or else the one that it values most
  among those that cross none of A's red lines, and no terms are imposed;
* imposing: terms are put to A in the first month, in force if A's voices ratify them;
* siding with B: it sides with B for certain, its aid stops in the first month, and what else it can deny
  is denied until others have replaced it.

Of its levers of denial those with no replacement time of their own are the stop of aid itself, which the
event already brings, and are not added.

*Imposed terms.* For voice v: accepting is worth W_v of the terms and its premium on a deal, kept for
ever, with and without the penalties of red lines; refusing is worth the voice's value
(:mod:`._stress_runs`) in the game in which the broker carries out the share a of its threat: a times all
its levers of denial shift the odds of battle, each until it is replaced. *Fighting on* is the same with
nothing ever settled. The *switch* is the smallest a at which accepting is worth as much. P(refuse) = 1 -
prod_v Lambda(s_v (W_v - floor_v)), at today's position and the highest tier.

Units: stake of A or of the voice itself; shares; shifts of the chance that a battle step favours B.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from offramp.answers._stress_events import plain, sure_event
from offramp.answers._stress_runs import Outcome
from offramp.crisis import Crisis, Event
from offramp.crisis._pressure import Plan
from offramp.game import Game

YEAR = 12.0
THREATS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Shares of the broker's threat at which the game is solved."""
DENIED = "denied_by_the_broker"
STOPPED = "aid_stopped_by_the_broker"


@dataclass(frozen=True)
class Role:
    """A role of the broker: what is changed, what is forced, and what of it the file cannot say.

    ``nothing``: why there is nothing to solve; empty if there is.
    """

    key: str
    name: str
    says: str
    changes: tuple[tuple[str, object], ...] = ()
    events: tuple[str, ...] = ()
    offer: str | None = None
    nothing: str = ""


def stops_aid(crisis: Crisis) -> tuple[str, ...]:
    """Events by which the broker's aid falls for good."""
    return tuple(
        key
        for key, event in crisis.events.items()
        if any(
            e.kind == "parameter"
            and e.path == "broker.aid"
            and plain(e.change) < 0
            and e.months is None
            for e in event.effects
        )
    )


def imposes(crisis: Crisis) -> tuple[str, ...]:
    """Events that put terms to A."""
    return tuple(
        key
        for key, event in crisis.events.items()
        if any(e.kind == "contract" for e in event.effects)
    )


def denials(crisis: Crisis) -> dict[str, tuple[float, float]]:
    """The broker's levers of denial: shift of the odds of battle, and months until it is replaced."""
    if crisis.broker is None:
        return {}
    share = crisis.coalition.substitution.value
    others = YEAR / share if share > 0 else YEAR * 100
    found = {}
    for key, lever in crisis.levers.items():
        if (
            lever.kind == "denial"
            and lever.holder == crisis.broker.actor
            and plain(lever.step_shift) > 0
        ):
            months = lever.substitution_months
            found[key] = (plain(lever.step_shift), others if months is None else months.value)
    return found


def _odds(name: str, shift: float, months: float) -> dict[str, object]:
    return {
        "kind": "parameter", "path": "war.step_favours_b", "change": shift, "months": max(1.0, months),
    }  # fmt: skip


def _hazards(crisis: Crisis, keys: Sequence[str]) -> tuple[tuple[str, object], ...]:
    return tuple((f"events.{k}.hazard", 0.0) for k in keys if crisis.events[k].hazard.value > 0)


def _event(crisis: Crisis, key: str, name: str, effects: tuple[object, ...]) -> tuple[str, object]:
    made: Event = sure_event(crisis, key, name, effects).events[key]
    return f"events.{key}", made


def _aid_stop(crisis: Crisis) -> tuple[tuple[tuple[str, object], ...], tuple[str, ...]]:
    """The stop of the aid: the file's own event, or one made of the whole aid."""
    own = stops_aid(crisis)
    if own:
        return (), own[:1]
    if crisis.broker is None or crisis.broker.aid.value <= 0:
        return (), ()
    effect = {"kind": "parameter", "path": "broker.aid", "change": -crisis.broker.aid.value}
    return (_event(crisis, STOPPED, "The broker's aid stops", (effect,)),), ()


def roles(crisis: Crisis, plan: Plan, game: Game) -> tuple[Role, ...]:
    """The broker's roles as far as the file can say them; none without a broker."""
    if crisis.broker is None:
        return ()
    no_terms = _hazards(crisis, imposes(crisis))
    stays = _hazards(crisis, stops_aid(crisis))
    stop, stop_events = _aid_stop(crisis)
    gains = _gains(crisis)
    terms = imposes(crisis)
    offer = _brokered(game)
    denied = tuple(
        _event(crisis, f"{DENIED}_{k}", crisis.levers[k].name, (_odds(k, *x),))
        for k, x in denials(crisis).items()
        if crisis.levers[k].substitution_months is not None
    )
    same = offer is not None and offer == plan.offer
    a, b = (crisis.blocs[x].name for x in ("A", "B"))
    return (
        Role(
            "backer", "Backer", "stands behind guarantees; aid goes on; no terms imposed",
            (*gains, *stays, *no_terms),
            nothing="" if gains or stays or no_terms else "the file gives it nothing to back with",
        ),
        Role(
            "absent", "Absent", "aid stops in the first month; nothing is backed, denied or imposed",
            (*stop, *no_terms), stop_events,
            nothing="" if stop or stop_events or no_terms else "nothing in the file would be missed",
        ),
        Role(
            "mediator", "Mediator", f"{a} offers the broker's terms; none are imposed",
            no_terms, offer=offer,
            nothing=f"the broker has no voice in {a}, so the file does not say what it would propose"
            if offer is None
            else f"it would propose what {a} offers anyway" if same and not no_terms else "",
        ),
        Role(
            "imposing", "Imposing terms", f"puts terms to {a} in the first month",
            events=terms[:1], nothing="" if terms else "the file has no terms to impose",
        ),
        Role(
            "sides_with_b", f"Siding with {b}", "aid stops, what it can deny is denied, terms may be imposed",
            (("broker.sides_with_b", 1.0), *stop, *denied), stop_events,
        ),
    )  # fmt: skip


def _gains(crisis: Crisis) -> tuple[tuple[str, object], ...]:
    """Responses of guarantees with the broker behind them."""
    assert crisis.broker is not None
    found: list[tuple[str, object]] = []
    for lever in crisis.levers.values():
        if lever.holder != crisis.broker.actor or plain(lever.response_gain) <= 0:
            continue
        behind = [
            k
            for k, g in crisis.guarantees.items()
            if g.lever is not None and g.lever in lever.needs
        ]
        # A guarantee that has the backstop inside it answers more often already: take the bare ones.
        bare = min((crisis.guarantees[k].response.value for k in behind), default=0.0)
        for key in behind:
            response = crisis.guarantees[key].response.value
            if response == bare:
                raised = min(1.0, response + plain(lever.response_gain))
                found.append((f"guarantees.{key}.response", raised))
    return tuple(found)


def _brokered(game: Game) -> str | None:
    """The contract that the broker would put forward; see the module."""
    crisis = game.crisis
    assert crisis.broker is not None
    stakes = game.stakes
    for key, contract in crisis.contracts.items():
        if not contract.imposed and "broker" in f"{key} {contract.name}".lower():
            return key
    if crisis.broker.actor not in stakes.voices[: len(game.voices)]:
        return None
    v = stakes.voices.index(crisis.broker.actor)
    found: dict[str, float] = {}
    for key, contract in crisis.contracts.items():
        if contract.imposed:
            continue
        terms = np.array([[contract.terms[m] for m in stakes.issues]])
        if stakes.penalties(terms)[: len(game.voices)].any() or not stakes.feasible(terms)[0]:
            continue
        found[key] = float(stakes.plain(terms)[v, 0])
    return max(found, key=lambda k: found[k], default=None)


# --- Imposed terms ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """A voice before imposed terms.

    Attributes:
        accept: Worth of the terms to it; ``bare`` without the penalties of red lines.
        refuse: Worth of refusing, by share of the threat carried out; ``alone`` if nothing is ever settled.
        floor: Least it ratifies today, if it is asked; ``ratifies`` the chance that it does.
        switch: Smallest share of the threat at which it would rather accept; None if none. ``switch_bare``
            without the penalties; ``switch_alone`` without them and without any later settlement.
    """

    voice: str
    name: str
    accept: float
    bare: float
    refuse: tuple[float, ...]
    alone: tuple[float, ...]
    floor: float | None
    ratifies: float | None
    switch: float | None
    switch_bare: float | None
    switch_alone: float | None

    @property
    def margin(self) -> float:
        """What accepting is worth beyond refusing, with no threat."""
        return self.accept - self.refuse[0]


@dataclass(frozen=True)
class Imposed:
    """Imposed terms: the voices' choices, the chance of refusal, who is weakest."""

    contract: str
    name: str
    threats: tuple[float, ...]
    shift: float
    voices: tuple[Choice, ...]
    refused: float

    @property
    def weakest(self) -> Choice:
        """The voice that loses most by accepting, among those that are asked if any is."""
        asked = [c for c in self.voices if c.floor is not None] or list(self.voices)
        return min(asked, key=lambda c: c.margin)


def threatened(crisis: Crisis, share: float) -> tuple[tuple[str, object], ...]:
    """The crisis in which the broker carries out a share of its threat, as changes."""
    if share <= 0:
        return ()
    return tuple(
        _event(crisis, f"{DENIED}_{k}", crisis.levers[k].name, (_odds(k, share * shift, months),))
        for k, (shift, months) in denials(crisis).items()
    )


def imposed_terms(game: Game, outcomes: Sequence[Outcome]) -> Imposed | None:
    """The choices of A's voices; ``outcomes`` are the games at each of :data:`THREATS`."""
    crisis, stakes = game.crisis, game.stakes
    key = next((k for k, c in crisis.contracts.items() if c.imposed), None)
    if key is None:
        return None
    terms = np.array([[crisis.contracts[key].terms[m] for m in stakes.issues]])
    signed, bare = stakes.signed(terms)[:, 0], stakes.plain(terms)[:, 0]
    found, all_ratify = [], 1.0
    for v, voice in enumerate(game.voices):
        refuse, alone = (tuple(o.voices[v] for o in outcomes), tuple(o.alone[v] for o in outcomes))
        premium = plain(crisis.actors[voice].deal_premium)
        accept, unhurt = float(signed[v]) + premium, float(bare[v]) + premium
        floor = game.opening_floor(v)
        rule = crisis.actors[voice].floor
        ratifies = None
        if floor is not None and rule is not None:
            ratifies = float(expit(rule.steepness * (signed[v] - floor)))
            all_ratify *= ratifies
        found.append(
            Choice(
                voice, crisis.actors[voice].name, accept, unhurt, refuse, alone, floor, ratifies,
                _switch(accept, refuse), _switch(unhurt, refuse), _switch(unhurt, alone),
            )
        )  # fmt: skip
    shift = sum(x for x, _ in denials(crisis).values())
    return Imposed(key, crisis.contracts[key].name, THREATS, shift, tuple(found), 1.0 - all_ratify)


def _switch(accept: float, refuse: Sequence[float]) -> float | None:
    """Share of the threat from which accepting is worth as much, in straight lines between solves."""
    if accept >= refuse[0]:
        return 0.0
    for i in range(1, len(refuse)):
        if accept >= refuse[i]:
            part = (refuse[i - 1] - accept) / (refuse[i - 1] - refuse[i])
            return float(THREATS[i - 1] + part * (THREATS[i] - THREATS[i - 1]))
    return None


def inexpressible(crisis: Crisis) -> tuple[str, ...]:
    """What of the broker's roles the game has no place for."""
    if crisis.broker is None:
        return ()
    said = [
        "what the broker knows or tells the sides as a mediator: only the terms it would put forward",
        "its leaning to one side by degrees: the number is read only as the chance that terms are imposed",
    ]
    if crisis.broker.backstop is not None:
        said.append("its own choice to give a backstop: the chance in the file is not played")
    if crisis.broker.easing is not None:
        said.append("its easing of sanctions by itself")
    return tuple(said)
