"""Four questions around a deal, each a few re-solves of the game.

*Narrative room.* What signing costs B's leader at home is cost x (1 - vagueness). With vagueness set to v
and everything solved again, the contract nearest to acceptance misses type theta by
``need_theta(v) = max(0, -gap_theta(v))``, the concession that would still be needed.

*Unlocking.* With an issue that A keeps (partly) closed opened in full: the room for a deal
(:mod:`._deal_room`) and both sides' values.

*Partial deals.* On an issue with a secondary part a partial deal moves what holds today to x, war and all other
issues as they are: ``V_i(status quo of m = x) - V_i``, solved again. x is the point of the secondary part that
A lets be discussed at which the smaller of the two static gains is largest. The core has no chance as long
as it is off the table; what opening it to :data:`CORE` of the way does to the room for a full deal is
solved, too.

*Motives.* What if B's motive rests on another issue? The weight of one issue in B's preferences is
multiplied by :data:`TILT`; the same again with that issue all or nothing (today's point or an end; contracts'
terms on it go to the nearest of the three). A verdict that changes rests on the motive.

Units: own stake; points of a scale.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offramp.answers._deal_room import Room
from offramp.answers._deal_runs import Job, Seen
from offramp.crisis import Crisis
from offramp.game import Game
from offramp.solution import Solution

Floats = NDArray[np.float64]

CORE = 0.6
"""Share of the way to B's end to which a closed core is opened."""
TILT = 3.0
"""Factor on the weight of the issue that B's motive is put on."""
MOST_MOTIVES = 3
"""Issues on which B's motive is put in turn."""
BASE = "as it is"


@dataclass(frozen=True)
class Narrative:
    """What a vaguer or sharper aim does: by vagueness the concession each type still needs.

    ``own`` is the crisis's vagueness; ``price`` what signing costs B's leader at that.
    """

    contract: str
    own: float
    price: float
    need: dict[float, tuple[float, ...]]
    gap: dict[float, tuple[float, ...]]


@dataclass(frozen=True)
class Unlocked:
    """An issue (or every one) opened in full."""

    issue: str | None
    room: Room | None
    value_a: float
    mean_b: float


@dataclass(frozen=True)
class Partial:
    """A partial deal on the secondary part of an issue.

    Attributes:
        point: Terms of the partial deal (None: no point suits both sides, statically).
        gain_a, gain_b: What it is worth to A, and to B by type, solved.
        losers: Voices that lose by it, statically.
        core_open: Whether any of the core is on the table; ``limit`` the furthest point.
        room, core_room: Room for a full deal as things are and with the core opened.
    """

    issue: str
    secondary: float
    limit: float
    point: float | None
    gain_a: float
    gain_b: tuple[float, ...]
    losers: tuple[str, ...]
    core_open: bool
    room: Room | None
    core_room: Room | None


@dataclass(frozen=True)
class Verdicts:
    """What is found under one motive of B."""

    name: str
    issue: str | None
    whole: bool
    room: float | None
    offer: tuple[str, ...] | None
    best: str | None
    signers: tuple[str, ...]
    in_the_way: tuple[str, ...]


@dataclass(frozen=True)
class Parts:
    """All four."""

    grid: str
    base: Seen
    narrative: Narrative | None
    unlocked: tuple[Unlocked, ...]
    partial: tuple[Partial, ...]
    motives: tuple[Verdicts, ...]


def jobs_of(solution: Solution) -> list[Job]:
    """Every re-solve that the four questions need."""
    game = solution.game
    crisis = game.crisis
    jobs = [Job(BASE, room=True)]
    jobs += [
        Job(f"vagueness {v:g}", {"blocs.B.audience.vagueness": v}) for v in _vaguenesses(crisis)
    ]
    shut = closed(game)
    jobs += [Job(f"open {m}", {f"issues.{m}.open": 1.0}, room=True) for m in shut]
    if len(shut) > 1:
        jobs.append(Job("open all", {f"issues.{m}.open": 1.0 for m in shut}, room=True))
    for m in secondary(crisis):
        point, _ = meeting_point(game, m)
        if point is not None:
            jobs.append(Job(f"partial {m}", {f"issues.{m}.status_quo": point}))
        if crisis.issues[m].open.value < CORE:
            jobs.append(Job(f"core {m}", {f"issues.{m}.open": CORE}, room=True))
    jobs += [
        Job(_motive_name(m, whole), motive(crisis, m, whole), room=True)
        for m, whole in motives_of(game)
    ]
    return jobs


def _vaguenesses(crisis: Crisis) -> tuple[float, ...]:
    """Vaguenesses tried: none, the ends of the range, all; nothing if signing has no price."""
    audience = crisis.blocs["B"].audience
    if audience.cost.value <= 0:
        return ()
    found = {0.0, 1.0, audience.vagueness.value}
    found |= {x for x in (audience.vagueness.low, audience.vagueness.high) if x is not None}
    return tuple(sorted(found))


def closed(game: Game) -> tuple[str, ...]:
    """Issues of which A keeps a part off the table."""
    return tuple(m for m, issue in game.crisis.issues.items() if issue.open.value < 1)


def secondary(crisis: Crisis) -> tuple[str, ...]:
    """Issues with a secondary part, other than the one that the battlefield moves."""
    return tuple(
        m
        for m, issue in crisis.issues.items()
        if issue.secondary_up_to is not None and not issue.moves_with_war
    )


def meeting_point(game: Game, issue: str) -> tuple[float | None, tuple[str, ...]]:
    """Point of the secondary part that suits both sides best today, and who loses by it."""
    s, crisis = game.stakes, game.crisis
    m = s.issues.index(issue)
    part = crisis.issues[issue]
    assert part.secondary_up_to is not None
    top = min(part.secondary_up_to, float(game.automaton.terms[0].limit[m]))
    if part.divisible:
        points = np.unique(np.append(np.linspace(0.0, top, 61), s.ideal[:, m]))
    else:
        points = np.array(sorted(part.points))
    points = points[points <= top + 1e-9]
    terms = np.tile(s.status_quo, (len(points), 1))
    terms[:, m] = points
    allowed = s.feasible(terms)
    gain = s.plain(terms) - s.plain(s.status_quo[None])
    least = np.where(allowed, np.minimum(s.bloc(gain, 0), s.bloc(gain, 1)), -np.inf)
    if not len(points) or float(least.max()) <= 1e-9:
        return None, ()
    best = int(np.argmax(least))
    losers = tuple(s.voices[v] for v in range(len(s.voices)) if gain[v, best] < -1e-9)
    return round(float(points[best]), 9), losers


def motives_of(game: Game) -> tuple[tuple[str, bool], ...]:
    """Issues on which B's motive is put: those kept closed, then B's heaviest; each divisible and whole."""
    s = game.stakes
    if len(s.issues) < 2:
        return ()
    weight = s.bloc(s.weight, 1)
    heavy = [s.issues[i] for i in np.argsort(-weight, kind="stable")]
    chosen = list(dict.fromkeys((*closed(game), *heavy)))[:MOST_MOTIVES]
    chosen = [m for m in chosen if weight[s.issues.index(m)] > 0]
    found = [(m, False) for m in chosen]
    found += [
        (m, True)
        for m in chosen
        if game.crisis.issues[m].divisible and not game.crisis.issues[m].moves_with_war
    ]
    return tuple(found)


def _motive_name(issue: str, whole: bool) -> str:
    return f"motive {issue}{' whole' if whole else ''}"


def motive(crisis: Crisis, issue: str, whole: bool) -> Mapping[str, Any]:
    """Paths that put B's motive on an issue."""
    changes: dict[str, Any] = {}
    for actor in crisis.blocs["B"].voices:
        weight = crisis.actors[actor].preferences[issue].weight.value
        changes[f"actors.{actor}.preferences.{issue}.weight"] = TILT * weight
    if whole:
        points = tuple(sorted({0.0, crisis.issues[issue].status_quo, 1.0}))
        changes[f"issues.{issue}.points"] = points
        changes[f"issues.{issue}.divisible"] = False
        for key, contract in crisis.contracts.items():
            at = min(points, key=lambda x: abs(x - contract.terms[issue]))
            changes[f"contracts.{key}.terms"] = {**contract.terms, issue: at}
    return changes


def parts_of(
    solution: Solution, seen: Mapping[str, Seen], grid: str, offer: str | None, near: str
) -> Parts:
    """The four questions answered from the re-solves of :func:`jobs_of`."""
    game = solution.game
    base = seen[BASE]
    return Parts(
        grid,
        base,
        _narrative(game, seen, near),
        tuple(
            Unlocked(m, x.room, x.value_a, x.mean_b)
            for m, name in (
                *((m, f"open {m}") for m in closed(game)),
                (None, "open all"),
            )
            if (x := seen.get(name)) is not None
        ),
        tuple(_partial(game, seen, m) for m in secondary(game.crisis)),
        (
            _verdicts(game, base, BASE, None, False, offer),
            *(
                _verdicts(game, seen[_motive_name(m, w)], _motive_name(m, w), m, w, offer)
                for m, w in motives_of(game)
            ),
        ),
    )


def _narrative(game: Game, seen: Mapping[str, Seen], near: str) -> Narrative | None:
    audience = game.crisis.blocs["B"].audience
    gap: dict[float, tuple[float, ...]] = {}
    for v in _vaguenesses(game.crisis):
        found = seen[f"vagueness {v:g}"].of(near)
        if found is not None:
            gap[v] = found[1]
    if not gap:
        return None
    own = audience.vagueness.value
    return Narrative(
        near,
        own,
        audience.cost.value * (1 - own),
        {v: tuple(max(0.0, -x) for x in row) for v, row in gap.items()},
        gap,
    )


def _partial(game: Game, seen: Mapping[str, Seen], issue: str) -> Partial:
    part = game.crisis.issues[issue]
    assert part.secondary_up_to is not None
    limit = float(game.automaton.terms[0].limit[game.stakes.issues.index(issue)])
    point, losers = meeting_point(game, issue)
    base = seen[BASE]
    gain_a, gain_b = 0.0, tuple(0.0 for _ in game.types)
    if point is not None:
        with_it = seen[f"partial {issue}"]
        gain_a = with_it.value_a - base.value_a
        gain_b = tuple(x - y for x, y in zip(with_it.value_b, base.value_b, strict=True))
    core = seen.get(f"core {issue}")
    return Partial(
        issue,
        part.secondary_up_to,
        limit,
        point,
        gain_a,
        gain_b,
        losers,
        limit > part.secondary_up_to + 1e-9,
        base.room,
        None if core is None else core.room,
    )


def _verdicts(
    game: Game, seen: Seen, name: str, issue: str | None, whole: bool, offer: str | None
) -> Verdicts:
    now = seen.now()
    named = [i for i, o in enumerate(seen.offers) if o in game.crisis.contracts]
    mean = now.b @ np.array(seen.opening)
    best = max(
        named or range(len(seen.offers)),
        key=lambda i: (now.accepts_a(i), bool(now.ratified[i] >= 0.5), float(mean[i])),
        default=None,
    )
    signs = None
    if offer is not None and offer in seen.offers:
        at = seen.offers.index(offer)
        signs = tuple(t for j, t in enumerate(game.types) if now.accepts_b(at, j))
    return Verdicts(
        name,
        issue,
        whole,
        None if seen.room is None else seen.room.margin,
        signs,
        None if best is None else seen.offers[best],
        ()
        if best is None
        else tuple(t for j, t in enumerate(game.types) if now.accepts_b(best, j)),
        () if seen.room is None else seen.room.binding,
    )
