"""What members let through, what is blocked, and the cheapest way round; and when a pledge stops binding.

*Ways round a blocked lever*, each with its price in A's stake:

* buy-off: the cheapest set of objectors whose consent meets the rule, at their stated price, else at the
  part of the lever's own cost that falls on them (exposure x cost to the holder), marked as an estimate;
* majority: the same members by qualified majority, if those who agree reach it; price: the objectors'
  added chance of leaving within a year (the file's ``overruled``) x their share x what a share of help is
  worth to A. It needs another legal basis than the lever's own rule;
* exclusion: those who agree act without the others, unless one of these is named in the rule besides the
  members; price: the strength lost x what the lever is worth to A.

*Package strength*: L(X) = sum over levers in X of pain on B at full effect x the lever's chance of passing.

*Yielding.* An objector yields to a shared threat once a1 threat_i shock reaches what cost and dispute take
from it: ``-a2 exposure_i c - a3 dissent_i`` with c the lever's own cost as a part of the bloc's.

*Pledge.* A deal with a force is answered with chance phi tau if tau is the chance that contributors stay after
heavy losses. Type theta keeps it while ``C_keep - C_break >= 0``. The game is solved again with phi tau for a
few tau, and the critical tolerance tau* is where the difference turns from below 0 to above, in straight
lines between them. Comparator: :func:`offramp.theory.enforcement.compliance_margin`.

Units: A's stake (a flow held for ever costs that much); chances.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from offramp.answers._coalition_facts import asked, majority_of, members_of, stance
from offramp.answers._coalition_stay import Stays
from offramp.answers._coalition_votes import Rule, chances
from offramp.crisis import Crisis, override
from offramp.game import Game
from offramp.game._plans import pain
from offramp.solution import Solution
from offramp.solution._induction import Values, continuation
from offramp.solution._nodes import at_beliefs

MOST_BOUGHT = 10
"""Objectors among whom every set is tried; beyond it all are bought."""


@dataclass(frozen=True)
class Passage:
    """How a lever fares under its rule of consent.

    Attributes:
        rule: Whom it asks (None: each for itself).
        agree, against: Members asked, by stance; where each acts for itself, all members.
        passes: Whether those who agree meet the rule. ``strength``: share of it that is left where each
            acts for itself (by what members give), else 1 or 0.
    """

    lever: str
    rule: Rule | None
    agree: tuple[str, ...]
    against: tuple[str, ...]
    passes: bool
    strength: float
    pain: float


@dataclass(frozen=True)
class Route:
    """A way round: ``price`` is None where it does not exist, and ``how`` says why."""

    kind: str
    price: float | None
    how: str
    estimated: bool = False


@dataclass(frozen=True)
class Workaround:
    """The ways round a blocked lever; ``best`` is the cheapest that exists."""

    lever: str
    blockers: tuple[str, ...]
    routes: tuple[Route, ...]
    worth: float | None

    @property
    def best(self) -> Route | None:
        open_ = [r for r in self.routes if r.price is not None]
        return min(open_, key=lambda r: r.price or 0.0, default=None)


def passage(
    crisis: Crisis, key: str, leads: tuple[str, ...], number: int, share: dict[str, float]
) -> Passage:
    """Stances on a lever put through its rule."""
    lever = crisis.levers[key]
    rule = asked(crisis, lever, leads, number)
    keys = rule.members if rule is not None else members_of(crisis)
    said = {m: stance(crisis, m, key, rule) for m in keys}
    agree = tuple(m for m in keys if said[m].agrees)
    against = tuple(m for m in keys if not said[m].agrees)
    passes = rule.holds(frozenset(agree)) if rule is not None else True
    strength = float(passes)
    if rule is None and lever.consent.rule == "national":
        total = sum(share[m] for m in keys)
        strength = sum(share[m] for m in agree) / total if total > 0 else 1.0
    return Passage(key, rule, agree, against, passes, strength, pain(crisis, lever))


def strength_of(passages: Iterable[Passage]) -> float:
    """Pain on B of what passes."""
    return sum(max(0.0, p.pain) * p.strength for p in passages)


def yields_at(crisis: Crisis, member: str, lever: str) -> float:
    """Shared threat from which a member no longer stands against a lever (inf: none is enough)."""
    who, stay = crisis.members[member], crisis.coalition.stay
    base = crisis.standoff.cost.A.value if crisis.regime == "standoff" else crisis.war.cost.A.value
    own = crisis.levers[lever].cost_to_holder
    cost = own.value / base if own is not None and base > 0 else 0.0
    against = -stay.exposure * (who.exposure.value if who.exposure else 0.0) * cost
    against -= stay.dissent * (who.dissent.value if who.dissent else 0.0)
    pull = stay.threat * (who.threat.value if who.threat else 0.0)
    if against <= 0:
        return 0.0
    return against / pull if pull > 0 else math.inf


def under_shock(crisis: Crisis, found: Passage, shock: float) -> Passage:
    """The same lever once a shared threat is felt: objectors who yield are counted as agreeing."""
    if found.rule is None:
        return found
    yielded = tuple(m for m in found.against if yields_at(crisis, m, found.lever) <= shock)
    agree = tuple(m for m in found.rule.members if m in found.agree or m in yielded)
    against = tuple(m for m in found.against if m not in yielded)
    passes = found.rule.holds(frozenset(agree))
    return replace(found, agree=agree, against=against, passes=passes, strength=float(passes))


def workaround(
    crisis: Crisis, blocked: Passage, stays: Stays, help_worth: float, worth: float | None
) -> Workaround:
    """Price every way round one blocked lever.

    Args:
        crisis: The crisis.
        blocked: The lever, which does not pass.
        stays: Members' chances of staying.
        help_worth: What the whole of members' help is worth to A (stake), terms held.
        worth: What the lever is worth to A, or None if it was not solved.
    """
    assert blocked.rule is not None
    routes = (
        _bought(crisis, blocked),
        _by_majority(crisis, blocked, stays, help_worth),
        _without(crisis, blocked, stays, worth),
    )
    return Workaround(blocked.lever, blocked.against, routes, worth)


def price_of(crisis: Crisis, member: str, lever: str) -> tuple[float | None, bool]:
    """Price of a member's consent as a flow, and whether it is estimated."""
    who = crisis.members[member]
    if who.buyoff is not None:
        return who.buyoff.value, False
    own = crisis.levers[lever].cost_to_holder
    if who.exposure is None or own is None:
        return None, True
    return who.exposure.value * own.value, True


def _bought(crisis: Crisis, blocked: Passage) -> Route:
    assert blocked.rule is not None
    price = {m: price_of(crisis, m, blocked.lever) for m in blocked.against}
    priced = [m for m in blocked.against if price[m][0] is not None]
    sets = (
        (s for k in range(1, len(priced) + 1) for s in itertools.combinations(priced, k))
        if len(priced) <= MOST_BOUGHT
        else iter([tuple(priced)])
    )
    best: tuple[float, tuple[str, ...]] | None = None
    for some in sets:
        total = sum(price[m][0] or 0.0 for m in some)
        if (best is None or total < best[0]) and blocked.rule.holds(
            frozenset((*blocked.agree, *some))
        ):
            best = (total, some)
    if best is None:
        return Route("buy-off", None, "no price is stated or can be estimated for those in the way")
    names = ", ".join(crisis.members[m].name for m in best[1])
    guess = any(price[m][1] for m in best[1])
    return Route("buy-off", best[0], f"buy the consent of {names}", guess)


def _by_majority(crisis: Crisis, blocked: Passage, stays: Stays, help_worth: float) -> Route:
    assert blocked.rule is not None
    if blocked.rule.key != "unanimity" or len(blocked.rule.members) < 3:
        return Route("majority", None, "its rule is not unanimity of several members")
    named = tuple(m for m in crisis.levers[blocked.lever].consent.also if m in blocked.rule.members)
    if any(m in blocked.against for m in named):
        who = ", ".join(crisis.members[m].name for m in named if m in blocked.against)
        return Route("majority", None, f"{who} must agree besides")
    voters = tuple(m for m in blocked.rule.members if m not in named) or blocked.rule.members
    if not majority_of(crisis, voters).holds(frozenset(blocked.agree)):
        return Route("majority", None, "those who agree are too few")
    price = sum(_flight(crisis, stays, m) * _share(stays, m) for m in blocked.against) * help_worth
    return Route(
        "majority", max(0.0, price), "decide by qualified majority; needs another legal basis"
    )


def _share(stays: Stays, member: str) -> float:
    return float(stays.share[stays.members.index(member)])


def _flight(crisis: Crisis, stays: Stays, member: str) -> float:
    """Added chance of leaving within a year if a member is overruled."""
    i = stays.members.index(member)
    months = min(12, stays.months)
    p = stays.monthly[:months, i]
    odds = p * np.exp(crisis.coalition.stay.overruled)  # against 1 - p: who surely stays still does
    return float(np.prod(p) - np.prod(odds / (odds + 1 - p)))


def _without(crisis: Crisis, blocked: Passage, stays: Stays, worth: float | None) -> Route:
    assert blocked.rule is not None
    lever = crisis.levers[blocked.lever]
    stuck = [
        m
        for m in blocked.against
        if m in lever.consent.also or m == lever.holder or blocked.lever in crisis.members[m].holds
    ]
    if stuck or not blocked.agree:
        who = ", ".join(crisis.members[m].name for m in stuck) or "everybody"
        return Route("exclusion", None, f"it cannot be done without {who}")
    weights = majority_of(crisis, blocked.rule.members).weights
    size = (
        dict(zip(blocked.rule.members, weights, strict=True))
        if weights
        else (dict.fromkeys(blocked.rule.members, 1))
    )
    kept = sum(size[m] for m in blocked.agree) / sum(size.values())
    if worth is None:
        return Route(
            "exclusion", None, f"{kept:.0%} of it is left; what it is worth was not solved"
        )
    price = (1 - kept) * max(0.0, worth)
    return Route(
        "exclusion", price, f"those who agree act alone; {kept:.0%} of its strength is left"
    )


# --- The host ----------------------------------------------------------------------------------

TERMS = (0, 12, 24)
"""Months for which a treaty may bind the host's consent."""


def fixed_terms(rule: Rule, stays: Stays, host: str) -> dict[int, tuple[float, ...]]:
    """Chance by month that a force stays if the host cannot withdraw consent in the first months.

    After the term the host is as likely to ask it to leave as it would have been from the start.
    """
    at = rule.members.index(host)
    found = {}
    for term in TERMS:
        inside = stays.of(rule.members).copy()
        own = inside[:, at]
        inside[:, at] = own[np.maximum(np.arange(len(own)) - term, 0)]
        found[term] = tuple(float(x) for x in chances(rule, inside).holds)
    return found


# --- The pledge --------------------------------------------------------------------------------


TOLERANCES = (0.0, 1 / 3, 2 / 3)
"""Tolerances at which the game is solved again; 1 is the game itself."""


@dataclass(frozen=True)
class Pledge:
    """A deal that a force stands behind: what each type gains by keeping it, and where that turns.

    Attributes:
        margin: C_keep - C_break on the first day by type, (tolerances, types); ``at`` the tolerances.
        critical: Tolerance below which a type breaks the deal: 0 if it keeps it anyway, None if no
            tolerance is enough.
    """

    offer: str
    name: str
    response: float
    at: tuple[float, ...]
    margin: tuple[tuple[float, ...], ...]
    critical: tuple[float | None, ...]


def scaled(crisis: Crisis, tolerance: float) -> Crisis:
    """The crisis in which forces behind guarantees answer only if contributors stay after losses."""
    return override(
        crisis,
        {
            f"guarantees.{key}.response": g.response.value * tolerance
            for key, g in crisis.guarantees.items()
            if g.lever is not None
        },
    )


def forced_deals(game: Game) -> dict[str, int]:
    """Named contracts whose guarantee has a force, and their place among the offers."""
    return {
        o.contract: i
        for i, o in enumerate(game.offers)
        if o.contract is not None and o.enforcement.lever is not None and o.enforcement.response > 0
    }


def margins(game: Game, values: Values, contract: str) -> tuple[float, ...] | None:
    """C_keep - C_break of each type on the first day of a contract; None if it is never looked at again."""
    index = next(i for i, o in enumerate(game.offers) if o.contract == contract)
    start = game.after_triggers(0, np.array([game.start]), game.opening[None])
    row = int(np.flatnonzero(game.moves.states == start[0])[0])
    kept = int(game.moves.sign[row, index])
    place = np.flatnonzero(game.reviews.states == kept)
    if not len(place):
        return None
    where = np.array([kept, int(game.reviews.broken[place[0]])])
    c = continuation(game, 0, values.a[1], values.b[1])
    worth = at_beliefs(game, c.b, where, np.tile(game.opening, (2, 1)))
    return tuple(map(float, worth[:, 0] - worth[:, 1] - game.reviews.gain_b[place[0]]))


def pledges(solution: Solution, again: Mapping[float, tuple[Game, Values]]) -> tuple[Pledge, ...]:
    """Critical tolerance of every named contract with a force, by type of B.

    Args:
        solution: The game itself: contributors stay whatever the losses.
        again: Tolerance -> the game solved with it (see :func:`scaled`).
    """
    found = []
    games = {1.0: (solution.game, solution.values), **again}
    at = tuple(sorted(games))
    for contract, place in forced_deals(solution.game).items():
        rows = [margins(*games[tau], contract) for tau in at]
        table = [row for row in rows if row is not None]
        if len(table) < len(at):
            continue
        offer = solution.game.offers[place]
        critical = tuple(_turn(at, [row[j] for row in table]) for j in range(len(table[0])))
        found.append(
            Pledge(contract, offer.name, offer.enforcement.response, at, tuple(table), critical)
        )
    return tuple(found)


def _turn(at: tuple[float, ...], margin: list[float]) -> float | None:
    """Where a margin first turns from below 0 to above, in straight lines between tolerances."""
    if margin[0] >= 0:
        return 0.0
    for i in range(1, len(at)):
        if margin[i] >= 0:
            part = -margin[i - 1] / (margin[i] - margin[i - 1])
            return float(at[i - 1] + part * (at[i] - at[i - 1]))
    return None
