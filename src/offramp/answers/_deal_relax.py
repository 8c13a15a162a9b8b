"""What would have to give: single relaxations and pairs that leave room for a deal, and how much of each.

Definition. With relaxation r taken the room is ``max_x min_c margin_c(x; r)`` (:mod:`._deal_room`); r
*opens* a range if it was empty and now is not. Its least size: for a red line or a lock the smallest distance
beyond it at which some terms suit everybody; for a floor the smallest fall; for a side the
least it would have to be given on top. Pairs are tried only where no single relaxation opens a range and all
together do.

*Around one offer* its terms stay, line by line; then one issue after another is freed, the smallest set first.

Units: own stake; points of an issue's scale.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np

from offramp.answers._deal_room import Room, guarantee_of, room
from offramp.answers._deal_setting import Relax, Setting
from offramp.game import Game

Kind = Literal["line", "floor", "lock", "points", "home"]
MOST_ISSUES = 7
"""Issues up to which every set of freed terms is tried; with more, sets of up to two, and all."""


@dataclass(frozen=True)
class Step:
    """One relaxation and what comes of it.

    Attributes:
        kind, key: What is taken away, and whose or which (red line, voice, issue, side).
        relax: The relaxation.
        room: The best terms with it (None: no terms are allowed).
        least: The least of it that opens a range, in points of the scale or own stake (None: not
            measured, or it opens none).
    """

    kind: Kind
    key: str
    relax: Relax
    room: Room | None
    least: float | None

    @property
    def opens(self) -> bool:
        """Whether some terms suit everybody with it."""
        return self.room is not None and self.room.open


@dataclass(frozen=True)
class Pair:
    """Two relaxations together."""

    first: Step
    second: Step
    room: Room | None

    @property
    def opens(self) -> bool:
        """Whether some terms suit everybody with both."""
        return self.room is not None and self.room.open


@dataclass(frozen=True)
class Freed:
    """An offer with some of its terms freed."""

    issues: tuple[int, ...]
    room: Room | None


@dataclass(frozen=True)
class Around:
    """One offer: as it is, without one red line, with the fewest terms freed that open a range.

    Attributes:
        kept: The offer as it is.
        lines: Red line crossed by it -> without that line.
        all_lines: Without any red line it crosses (None: it crosses none).
        each: With one issue freed, for every issue.
        fewest: The smallest sets of freed terms that open a range, best first; empty: not even all.
        all: With every term freed.
    """

    offer: int
    kept: Room | None
    lines: dict[str, Room | None]
    all_lines: Room | None
    each: tuple[Freed, ...]
    fewest: tuple[Freed, ...]
    all: Freed


@dataclass(frozen=True)
class Relaxed:
    """Everything about room today.

    Attributes:
        base: The best terms as things are; ``by_type`` for one type of B alone.
        singles: Every relaxation, by the room it leaves, most first.
        pairs: Pairs that open a range, most room first; empty where a single one does.
        tried_pairs: Whether pairs were tried.
        every: With everything relaxed at once; ``never`` as things are, had each side only the choice
            between these terms and no talks ever.
        short: By ``A``, ``B`` (all its types) and voice: what it would have to be given on top for
            everybody to be suited; None where the others cannot be.
    """

    setting: Setting
    base: Room | None
    by_type: dict[str, Room | None]
    singles: tuple[Step, ...]
    pairs: tuple[Pair, ...]
    tried_pairs: bool
    every: Room | None
    never: Room | None
    short: dict[str, float | None]
    around: Around | None


def steps_of(setting: Setting) -> list[tuple[Kind, str, Relax]]:
    """Every single relaxation that the crisis has."""
    game, s = setting.game, setting.game.stakes
    found: list[tuple[Kind, str, Relax]] = [
        ("line", line.id, Relax(lines=frozenset({line.id})))
        for line in s.lines
        if line.hard or (line.actor in s.voices and line.penalty > 0)
    ]
    found += [
        ("floor", c.key, Relax(floors=frozenset({c.key})))
        for c in setting.conditions
        if c.kind == "voice"
    ]
    for m, (key, issue) in enumerate(game.crisis.issues.items()):
        if setting.limit[m] < 1 - 1e-9:
            found.append(("lock", key, Relax(unlocked=frozenset({m}))))
        if not issue.divisible:
            found.append(("points", key, Relax(divided=frozenset({m}))))
    found += [
        ("home", side, Relax(gifts=gift)) for side in ("A", "B") if (gift := at_home(setting, side))
    ]
    return found


def at_home(setting: Setting, side: str) -> tuple[tuple[str, float], ...]:
    """What signing costs a side's leader at home today, as gifts to its conditions."""
    game = setting.game
    here = game.after_triggers(0, np.array([game.start]), game.opening[None])
    row = int(np.flatnonzero(game.moves.states == here[0])[0])
    table = game.moves.lump_sign_a if side == "A" else game.moves.lump_sign_b
    cost = -float(min(table[row, f] for f in setting.contracts))
    if cost <= 0:
        return ()
    if side == "A":
        return (("A", cost),)
    return tuple((c.name, cost) for c in setting.conditions if c.kind == "type")


def _least(setting: Setting, kind: Kind, key: str, relax: Relax) -> float | None:
    """The least of a relaxation that opens a range."""
    game = setting.game
    if kind == "line":
        line = next(x for x in game.stakes.lines if x.id == key)
        found = room(setting, relax, near=(line.issue, line.sign))
        return None if found is None else line.sign * (found.terms[line.issue] - line.bound)
    if kind == "lock":
        m = list(game.crisis.issues).index(key)
        found = room(setting, relax, near=(m, 1.0))
        return None if found is None else found.terms[m] - float(setting.limit[m])
    if kind == "floor":
        found = room(setting, spare=(f"voice {key}",))
        return None if found is None else max(0.0, -found.margin)
    return None


def relaxations(setting: Setting, offer: int | None, talks: Mapping[str, float]) -> Relaxed:
    """Room as things are, with one thing relaxed, with two, with everything; around an offer.

    ``talks``: by condition name, what letting the round pass is worth more than never talking.
    """
    base = room(setting)
    game = setting.game
    shut = base is None or not base.open
    singles = []
    for kind, key, relax in steps_of(setting):
        found = room(setting, relax)
        opens = shut and found is not None and found.open
        least = _least(setting, kind, key, relax) if opens else None
        singles.append(Step(kind, key, relax, found, least))
    singles.sort(key=lambda x: -_margin(x.room))
    together = Relax()
    for step in singles:
        together = together.with_(step.relax)
    every = room(setting, together)
    pairs: list[Pair] = []
    try_pairs = shut and not any(x.opens for x in singles) and every is not None and every.open
    if try_pairs:
        for x, y in combinations(singles, 2):
            pair = Pair(x, y, room(setting, x.relax.with_(y.relax)))
            if pair.opens:
                pairs.append(pair)
        pairs.sort(key=lambda x: -_margin(x.room))
    kinds = tuple(c.name for c in setting.conditions if c.kind == "type")
    groups: dict[str, tuple[str, ...]] = {"A": ("A",), "B": kinds}
    groups |= {c.name: (c.name,) for c in setting.conditions if c.kind == "voice"}
    short = {}
    for name, keys in groups.items():
        found = room(setting, spare=keys)
        short[name] = None if found is None else max(0.0, -found.margin)
    return Relaxed(
        setting=setting,
        base=base,
        by_type={t: room(setting.only([t])) for t in game.types},
        singles=tuple(singles),
        pairs=tuple(pairs),
        tried_pairs=try_pairs,
        every=every,
        never=room(setting.shifted(talks)),
        short=short,
        around=None if offer is None else around(setting, offer),
    )


def _margin(found: Room | None) -> float:
    return -np.inf if found is None else found.margin


def around(setting: Setting, offer: int) -> Around | None:
    """One offer with lines lifted and terms freed; None if it lends no guarantee (imposed terms)."""
    game = setting.game
    if offer not in setting.contracts:
        return None
    terms = game.offers[offer].terms
    issues = range(len(terms))

    def fixed(free: Sequence[int], lines: frozenset[str] = frozenset()) -> Room | None:
        held = tuple((m, terms[m]) for m in issues if m not in free)
        return room(setting, Relax(lines=lines, fixed=held, frame=None if free else offer))

    over = [
        x.id
        for x in game.stakes.lines
        if x.actor in game.stakes.voices and bool(x.crossed(np.array(terms)))
    ]
    kept = fixed(())
    each = tuple(Freed((m,), fixed((m,))) for m in issues)
    everything = Freed(tuple(issues), fixed(tuple(issues)))
    fewest: list[Freed] = []
    if everything.room is not None and everything.room.open and not (kept and kept.open):
        sizes = range(1, len(terms)) if len(terms) <= MOST_ISSUES else range(1, 3)
        for size in sizes:
            tried = each if size == 1 else [Freed(c, fixed(c)) for c in combinations(issues, size)]
            fewest = [x for x in tried if x.room is not None and x.room.open]
            if fewest:
                break
        fewest = fewest or [everything]
        fewest.sort(key=lambda x: -_margin(x.room))
    return Around(
        offer,
        kept,
        {x: fixed((), frozenset({x})) for x in over},
        fixed((), frozenset(over)) if over else None,
        each,
        tuple(fewest),
        everything,
    )


def as_contract(game: Game, found: Room, name: str) -> dict[str, Any]:
    """The terms found as an entry of the crisis file."""
    return {
        "name": name,
        "terms": {m: round(x, 9) for m, x in zip(game.crisis.issues, found.terms, strict=True)},
        "relief": game.offers[found.frame].relief,
        "guarantee": guarantee_of(game, found),
    }


def paths_of(game: Game, step: Step) -> dict[str, Any]:
    """The same relaxation as paths of the crisis file."""
    if step.kind == "line":
        return {
            f"red_lines.{step.key}.hard": False,
            f"red_lines.{step.key}.penalty": 0.0,
        }
    if step.kind == "floor":
        return {f"actors.{step.key}.floor": None}
    if step.kind == "lock":
        return {f"issues.{step.key}.open": 1.0}
    if step.kind == "points":
        return {f"issues.{step.key}.divisible": True}
    return {f"blocs.{step.key}.audience.cost": 0.0}
