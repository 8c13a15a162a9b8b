"""Each member's chance of keeping its posture month by month, and what follows for the coalition.

For member i in month t, along the path on which nothing is settled and nobody acts::

    logit p_i(t) = logit stays_i + a1 threat_i (shock + U(t) - U(0)) + a2 exposure_i c(t)
                   + a3 dissent_i F(t) + a4 o_i(t) + a5 preagreement [plan agreed beforehand]
                   + a1 d threat_i(t) + a2 d exposure_i(t) + a3 d dissent_i(t)

with a1..a5 the file's ``coalition.stay`` (threat, exposure, dissent, overruled, preagreed), U the shared
threat (``coalition.threat_unity``) of the month in expectation over events, c the plan's own cost in force
as a part of what the war (or the stand-off) costs the bloc, F(t) = 1 - prod(1 - fracture (1 - U) (1 -
preagreement [agreed])) the dispute that has built up (fatigue), o_i the chance that a lever is in use which
i refuses and which would bind it (a decision that each takes for itself binds nobody), and d the expected
change of i's own numbers by events. ``stays`` is thus the posture as of today: no new shock, no cost, no
dispute. Threat unifies, time divides, and both act on the same scale.

Besides, a hostile winner of a dated vote takes its country out (chance ``hostile`` in the month of the
vote; a vote without a stated chance moves nothing), and events that withdraw a member's consent do so at
their hazard. Members leave for good and independently of each other given these numbers. S_i(t) is the
chance that i is still in; the coalition keeps the share ``sum_i s_i [i in]`` of what it gives, and counts
as at a tier of the game if that share is nearest to the tier's cohesion.

*Going alone.* The pull on a member is the part of its log-odds that cost and dispute take away, less what
a shared threat gives: ``g_i = -a2 exposure_i c - a3 dissent_i F - a1 threat_i shock``. Above 0 it gains by
going alone; the shock at which the sign turns is (a2 exposure_i c + a3 dissent_i F) / (-a1 threat_i).

Units: chances per month and by month; log-odds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.answers._coalition_facts import members_of, shares_of
from offramp.answers._coalition_votes import kept_share
from offramp.answers._measures import OPEN_REGIMES, hold_path
from offramp.crisis import Crisis, Quantity
from offramp.game._calendar import chances_of, month_of
from offramp.game._events import REGIMES, events_of, forces_of, regimes_of
from offramp.game._states import CEASEFIRE, WAR
from offramp.solution import Solution

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Vote:
    """An election ahead: month, words, chance of a hostile winner (None: not stated)."""

    member: str
    month: int
    date: str
    what: str
    hostile: float | None


@dataclass(frozen=True)
class Stays:
    """Members month by month.

    Attributes:
        members: Keys, in the order of the file.
        monthly: Chance of keeping the posture in month t, (H, n).
        alive: Chance of still being in at month t, (H+1, n).
        share: Each member's share of what is given, (n,); all 0 if none is stated.
        cost, dispute, unity: c, F and U by month, (H+1,).
        pull: g_i at the month that is read, before any shock; ``turn`` the shock that turns it.
        overruled: Chance that a refused lever is in use at that month, (n,).
        votes: Elections inside the horizon or later.
        tiers: The game's tiers on the same path, given that nothing is over, (H+1, tiers).
        reached: The members' own: chance that the share kept is nearest to each tier of the file.
        cohesion: The tiers' levels. ``game_mean`` and ``member_mean``: expected cohesion, (H+1,).
        other: Chance that the other side's leader and state are still there, (H+1,).
        read: Month at which single figures are read.
        unstated: Members without a stated chance of staying, taken to stay.
    """

    members: tuple[str, ...]
    monthly: Floats
    alive: Floats
    share: Floats
    cost: Floats
    dispute: Floats
    unity: Floats
    pull: Floats
    turn: Floats
    overruled: Floats
    votes: tuple[Vote, ...]
    tiers: Floats
    reached: Floats
    cohesion: Floats
    game_mean: Floats
    member_mean: Floats
    other: Floats
    read: int
    unstated: tuple[str, ...]

    @property
    def months(self) -> int:
        """Last month."""
        return len(self.alive) - 1

    def of(self, members: tuple[str, ...], month: int | None = None) -> Floats:
        """Chances of still being in for some members, at a month or at all of them."""
        where = [self.members.index(m) for m in members]
        return self.alive[:, where] if month is None else self.alive[month : month + 1, where]


def _number(q: Quantity | None) -> float:
    return q.value if q is not None else 0.0


def _logistic(x: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-x)))


def stays_of(
    solution: Solution,
    months: int,
    read: int,
    binding: Mapping[str, tuple[str, ...]],
    shock: float = 0.0,
) -> Stays:
    """Members' chances on the path on which nobody acts.

    Args:
        solution: The solved game.
        months: Last month.
        read: Month at which single figures are read.
        binding: Member -> levers that it refuses and that would bind it if they were used.
        shock: A shared threat that is felt from the first month on, beyond that of today (1: felt
            threats count once more in full).
    """
    game = solution.game
    crisis, plan, stay = game.crisis, game.plan, game.crisis.coalition.stay
    keys = members_of(crisis)
    people = [crisis.members[m] for m in keys]
    events = events_of(
        crisis, plan, game.months, game.shown, game.cohesion, game.resolution.name
    ).expected
    assert events is not None
    path = hold_path(solution, months).chance
    still = path * (game.layout.regime <= OPEN_REGIMES)
    weight = still / np.maximum(still.sum(1, keepdims=True), 1e-300)
    unity = events.series(lambda c: c.coalition.threat_unity.value)[: months + 1]
    agreed = 1.0 if plan.preagreed else 0.0
    fray = events.series(lambda c: c.coalition.fracture.value)[: months + 1] * (1 - unity)
    eased = events.series(lambda c: c.coalition.preagreement.value)[: months + 1]
    fray = fray * (1 - agreed * eased)
    dispute = np.concatenate([[0.0], 1 - np.cumprod(1 - fray[:-1])])
    cost = _cost_share(solution, weight)
    use = _in_use(solution, weight)
    nothing = np.zeros(months + 1)
    refused = np.array(
        [
            np.max([use.get(x, nothing) for x in binding.get(key, ())] or [nothing], axis=0)
            for key in keys
        ]
    ).T.reshape(months + 1, len(people))
    threat, exposure, dissent = (
        np.array([_number(getattr(m, f)) for m in people])
        for f in ("threat", "exposure", "dissent")
    )
    drift = np.zeros((months + 1, len(people)))
    for i, key in enumerate(keys):
        slopes = {"threat": stay.threat, "exposure": stay.exposure, "dissent": stay.dissent}
        for field, slope in slopes.items():
            base = _number(getattr(people[i], field))
            now = events.series(lambda c, k=key, f=field: _number(getattr(c.members[k], f)))  # type: ignore[misc]
            drift[:, i] += slope * (now[: months + 1] - base)
    given = np.array([1.0 if m.stays is None else m.stays.value for m in people])
    with np.errstate(divide="ignore"):
        base_odds = np.log(given) - np.log1p(-given)
    burden = stay.exposure * np.outer(cost, exposure) + stay.dissent * np.outer(dispute, dissent)
    odds = (
        base_odds
        + stay.threat * np.outer(shock + unity - unity[0], threat)
        + burden
        + stay.overruled * refused
        + stay.preagreed * agreed * eased[:, None]
        + drift
    )
    monthly = np.where(
        np.isfinite(base_odds), _logistic(np.where(np.isfinite(odds), odds, 0.0)), given
    )
    monthly = monthly[:-1] * (1 - _withdrawn(solution, keys, months))
    alive = np.concatenate([np.ones((1, len(keys))), np.cumprod(monthly, axis=0)])
    votes = votes_of(crisis)
    for vote in votes:
        if vote.hostile is not None and vote.month <= months:
            alive[vote.month :, keys.index(vote.member)] *= 1 - vote.hostile
    share = np.array([shares_of(crisis)[m] for m in keys])
    lay = game.layout
    tiers = np.stack(
        [(weight * (lay.tier == k)).sum(1) for k in range(len(game.cohesion))], axis=1
    )  # fmt: skip
    reached = _reached(share, alive, np.array(crisis.coalition.tiers))
    lost = 1 - alive @ share if share.sum() > 0 else np.zeros(months + 1)
    pull = -burden[read] - stay.threat * threat * shock
    with np.errstate(divide="ignore", invalid="ignore"):
        turn = np.where(stay.threat * threat > 0, -burden[read] / (stay.threat * threat), np.inf)
    return Stays(
        keys, monthly, alive, share, cost, dispute, unity, pull, turn, refused[read], votes,
        tiers, reached, game.cohesion, tiers @ game.cohesion,
        1 - lost * (1 - _replaced(events.series(lambda c: c.coalition.substitution.value), months)),
        other_side(solution, weight, months), read,
        tuple(k for k, m in zip(keys, people, strict=True) if m.stays is None),
    )  # fmt: skip


def _replaced(substitution: Floats, months: int) -> float:
    """Share of what is lost that others replace, on average over the months since it was lost."""
    if months == 0:
        return 0.0
    monthly = float(substitution[: months + 1].mean()) / 12
    age = np.arange(1, months + 1)
    return float(np.minimum(1.0, monthly * age).mean())


def _reached(share: Floats, alive: Floats, cohesion: Floats) -> Floats:
    """Chance by month that the share kept is nearest to each tier of the game."""
    found = np.zeros((len(alive), len(cohesion)))
    if share.sum() <= 0 or len(cohesion) == 1:
        found[:, 0] = 1.0
        return found
    middles = (cohesion[:-1] + cohesion[1:]) / 2
    at_least = kept_share(share.tolist(), alive, [float(x) for x in middles])
    edges = np.concatenate([np.zeros((len(alive), 1)), at_least, np.ones((len(alive), 1))], axis=1)
    return np.diff(edges, axis=1)


def _cost_share(solution: Solution, weight: Floats) -> Floats:
    """Own cost of the plan in force by month, as a part of what the regime of today costs the bloc."""
    game = solution.game
    crisis, auto = game.crisis, game.automaton
    base = crisis.standoff.cost.A.value if crisis.regime == "standoff" else crisis.war.cost.A.value
    node = np.where(game.layout.node >= 0, game.layout.node, 0)
    phased = np.array([p.cost for p in auto.phased])[node]
    own = np.array([float(weight[t] @ phased) + auto.calendar[t].cost for t in range(len(weight))])
    if base <= 0:
        return np.where(own > 0, 1.0, 0.0)
    return np.asarray(own / base)


def _in_use(solution: Solution, weight: Floats) -> dict[str, Floats]:
    """Chance by month that each lever of the plan is in use."""
    game = solution.game
    months = len(weight)
    node = np.where(game.layout.node >= 0, game.layout.node, 0)
    stage = np.array([n.stage for n in game.automaton.nodes])[node]
    later = [s for s in game.plan.stages if s.trigger.strip() != "start"]
    found: dict[str, Floats] = {}
    for s in game.plan.stages:
        if s.trigger.strip() == "start":
            ends = math.inf if s.expires_months is None else s.expires_months
            for use in s.on:
                found[use.lever] = (np.arange(months) < ends).astype(np.float64)
    on: set[str] = set()
    for number in range(1, len(later) + 1):
        here = later[number - 1]
        on = (on - set(here.off)) | {use.lever for use in here.on}
        exactly = (weight * (stage == number)).sum(1)
        for lever in on:
            found[lever] = np.minimum(1.0, found.get(lever, np.zeros(months)) + exactly)
    return found


def _withdrawn(solution: Solution, keys: tuple[str, ...], months: int) -> Floats:
    """Chance by month that an event withdraws a member's consent, (months, n)."""
    crisis = solution.game.crisis
    row = REGIMES.index(crisis.regime)
    stays = np.ones((months, len(keys)))
    forced = bool(forces_of(crisis) & set(solution.game.plan.on_ceasefire))
    for event in crisis.events.values():
        for effect in event.effects:
            if effect.kind != "consent" or effect.target not in keys:
                continue
            where = regimes_of(crisis, event, months, forced)
            if isinstance(where, str):
                continue
            given = effect.probability.value if effect.probability is not None else 1.0
            stays[:, keys.index(effect.target)] *= (
                1 - chances_of(crisis, event, months) * where[:, row] * given
            )
    return np.asarray(1 - stays)


def votes_of(crisis: Crisis) -> tuple[Vote, ...]:
    """Elections of members of A after the as-of date, by date."""
    found = [
        Vote(key, max(1, month_of(crisis, e.date)), e.date, e.what,
             None if e.hostile is None else e.hostile.value)
        for key in members_of(crisis)
        for e in crisis.members[key].elections
        if month_of(crisis, e.date) >= 0
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda v: v.month))


def other_side(solution: Solution, weight: Floats, months: int) -> Floats:
    """Chance that B's leader is in office and B has not collapsed, by month, while nothing is settled."""
    crisis, lay = solution.game.crisis, solution.game.layout
    hazard = crisis.war.collapse.B.value
    war = (weight * (lay.regime == WAR)).sum(1)
    pause = (weight * (lay.regime == CEASEFIRE)).sum(1)
    gone = hazard * (war + crisis.ceasefire.collapse_share.value * pause)
    kept = (1 - crisis.blocs["B"].office_hazard.value) * (1 - gone[:months])
    return np.concatenate([[1.0], np.cumprod(kept)])
