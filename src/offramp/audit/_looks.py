"""What can be looked at in a solved game: observations with outcomes that exclude each other.

A :class:`Look` is a question of fact that somebody could answer later on ("how do things stand in month 6?")
with its outcomes in words. :func:`chances` gives the probability of each outcome in one drawn crisis, in the
order of :func:`looks_of`, so that columns agree between readings and draws:

* how things stand in a month, and which contract is in force then: from the distribution over futures;
* when a first settlement is signed: cells of months;
* B's move when it first has the initiative, at the opening beliefs: as ``P_act`` of the claim grammar;
* whether an event happens, while its condition holds: ``1 - prod (1 - hazard)``;
* whether a member of bloc A is still in: the members' own chances while nobody acts;
* whether an item of evidence would be seen: ``sum_j mu_j P(seen | type j)``, mu the opening beliefs;
* what a discriminator of the file names in ``observe``: questions of the claim grammar.

Units: probabilities. A look that this crisis cannot answer is nan with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from offramp.answers._bluff_ledger import ledger
from offramp.answers._bluff_observations import chance_of_item, unseen
from offramp.answers._coalition_facts import members_of
from offramp.audit._asking import measure
from offramp.audit._functionals import happened, policy, staying, weights_of
from offramp.audit._worlds import NotAsked, Scope, World
from offramp.crisis import Crisis
from offramp.crisis._claims import parse
from offramp.game._evidence import opening_beliefs

Floats = NDArray[np.float64]
MONTHS = (6, 12)
"""Months at which things are looked at: an observation that comes late helps nobody choose."""
SLACK = 1e-9
"""How far chances of outcomes may add up beyond 1."""


@dataclass(frozen=True)
class Look:
    """A question of fact with outcomes.

    Attributes:
        key: Id within an audit.
        kind: ``state``, ``deal``, ``contract``, ``move``, ``event``, ``member``, ``item``, ``stand`` (an item
            of the past that a test of the file has stand for others of its kind) or ``test``.
        text: What to look for, in words.
        outcomes: In words; they exclude each other and leave nothing out.
        named: Id of the event, member or item, number of the test, or the month.
    """

    key: str
    kind: str
    text: str
    outcomes: tuple[str, ...]
    named: str | int = ""


def months_of(crisis: Crisis) -> tuple[int, ...]:
    """Months that are looked at, none beyond the crisis's horizon."""
    inside = tuple(m for m in MONTHS if m <= crisis.clock.horizon_months)
    return inside or (crisis.clock.horizon_months,)


def looks_of(crisis: Crisis) -> tuple[Look, ...]:
    """Everything that can be looked at in this crisis."""
    a, b = crisis.blocs["A"].name, crisis.blocs["B"].name
    months = months_of(crisis)
    last = months[-1]
    state = (
        "neither war nor settlement", "war", "a ceasefire", "a settlement", f"{a} has collapsed",
        f"{b} has collapsed", "the war has been fought out", "disaster",
    )  # fmt: skip
    found = [
        Look(f"state_{m}", "state", f"How things stand in month {m}", state, m) for m in months
    ]
    cells = [f"by month {months[0]}"]
    cells += [f"in months {p + 1} to {m}" for p, m in pairwise(months)]
    found.append(
        Look("deal", "deal", "When a first settlement is signed", (*cells, f"not by month {last}"))
    )
    if crisis.contracts:
        names = (
            *(c.name for c in crisis.contracts.values()),
            "terms of no contract of the file",
            "none",
        )
        found.append(
            Look(f"contract_{last}", "contract", f"Which contract is in force in month {last}",
                 names, last)
        )  # fmt: skip
    found.append(
        Look("move", "move", f"What {b} does when it first has the initiative",
             ("it climbs", "it offers, pauses or steps down", "it fights on"))
    )  # fmt: skip
    found += [
        Look(f"event:{key}", "event", f"{event.name}, within {last} months",
             ("it happens", "it does not happen"), key)
        for key, event in crisis.events.items()
    ]  # fmt: skip
    found += [
        Look(f"member:{key}", "member", f"{crisis.members[key].name}, in month {last}",
             (f"still in {a}", f"no longer in {a}"), key)
        for key in members_of(crisis)
    ]  # fmt: skip
    open_ones = open_items(crisis)
    found += [
        Look(f"item:{key}", "item" if key in open_ones else "stand",
             str(crisis.evidence[key].text).rstrip("."), ("it is seen", "it is not seen"), key)
        for key in dict.fromkeys((*open_ones, *_standing(crisis)))
    ]  # fmt: skip
    for place, test in enumerate(crisis.discriminators):
        if test.observe:
            outcomes = (*test.observe, "none of these")
            found.append(Look(f"test:{place}", "test", str(test.test), outcomes, place))
    return tuple(found)


def open_items(crisis: Crisis) -> tuple[str, ...]:
    """Items about B that no belief of the file's date uses yet."""
    if not crisis.evidence or len(crisis.types) < 2:
        return ()
    return tuple(key for key in unseen(crisis, ledger(crisis)) if usable(crisis, key))


def _standing(crisis: Crisis) -> tuple[str, ...]:
    """Items that discriminators name."""
    named = [key for test in crisis.discriminators for key in test.items]
    return tuple(key for key in named if usable(crisis, key) and len(crisis.types) > 1)


def usable(crisis: Crisis, key: str) -> bool:
    """Whether an item says something of every type of B."""
    item = crisis.evidence[key]
    return item.about == "B" and set(item.likelihood) >= set(crisis.types)


def chances(
    scope: Scope, looks: tuple[Look, ...], plan: str
) -> tuple[tuple[Floats, ...], dict[str, str]]:
    """Chance of each outcome of each look, (outcomes,) each, and why a look has none."""
    found: list[Floats] = []
    reasons: dict[str, str] = {}
    for look in looks:
        try:
            row = _row(scope, look, plan)
        except NotAsked as why:
            reasons[look.key] = str(why)
            row = np.full(len(look.outcomes), np.nan)
        found.append(row)
    return tuple(found), reasons


def _row(scope: Scope, look: Look, plan: str) -> Floats:
    crisis, world = scope.crisis, World(plan=plan)
    months = months_of(crisis)
    last = months[-1]
    match look.kind:
        case "state":
            return np.asarray(scope.futures(world, last).regime[int(look.named)], dtype=float)
        case "deal":
            signed = scope.futures(world, last).first_deal[list(months)]
            return np.diff(np.concatenate([[0.0], signed, [1.0]]))
        case "contract":
            on = scope.futures(world, last).settled_on[last]
            row = np.zeros(len(look.outcomes))
            keys = list(crisis.contracts)
            for offer, p in zip(scope.game(world).offers, on, strict=True):
                place = -2 if offer.contract is None else keys.index(offer.contract)
                row[place] += float(p)
            row[-1] = max(0.0, 1.0 - float(row.sum()))
            return row
        case "move":
            return np.asarray(policy(scope, world) @ weights_of(scope.game(world), None))
        case "member":
            p = float(staying(scope, world, last).of((str(look.named),), last)[0, 0])
            return np.array([p, 1.0 - p])
        case "event":
            p = happened(crisis, str(look.named), last)
            return np.array([p, 1.0 - p])
        case "item" | "stand":
            p = float(opening_beliefs(crisis) @ chance_of_item(crisis, str(look.named)))
            return np.array([p, 1.0 - p])
        case "test":
            test = crisis.discriminators[int(look.named)]
            told = [measure(parse(text), scope) for text in test.observe.values()]
            rest = 1.0 - sum(told)
            if min(told) < -SLACK or rest < -SLACK:
                raise NotAsked("what is to be observed has chances that are not those of outcomes")
            return np.array([*told, max(0.0, rest)])
    raise TypeError(f"no way to look at {look.kind}")
