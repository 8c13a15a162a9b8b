"""Sentences on the four questions around a deal: narrative room, unlocking, partial deals, motives."""

from __future__ import annotations

from offramp.answers._deal_facts import capital
from offramp.answers._deal_parts import CORE, Narrative, Partial, Parts, Verdicts
from offramp.answers._facts import join, owner, percent, quoted, side_names, stake
from offramp.game import Game
from offramp.solution import Certificate

SWAPS = ("some terms suit everybody", "who would sign the offer", "the contract nearest to acceptance",
         "who would sign that one")  # fmt: skip
"""Verdicts compared between motives."""


def narrative_words(game: Game, found: Narrative | None, told: Certificate) -> str:
    """How much of the concession depends on how vaguely B's aims were stated."""
    _, b = side_names(game)
    if found is None:
        return f"Signing costs {owner(b)} leader nothing at home: there is nothing to explain away."
    levels = sorted(found.need)
    name = quoted(game.crisis.contracts[found.contract].name)
    sharp, own, vague = (max(found.need[v]) for v in (levels[0], found.own, levels[-1]))
    if not told.distinguishable(sharp, vague, "value_b"):
        return (
            f"How vaguely {b} stated its aims makes no distinguishable difference to what {name} would have "
            "to be sweetened by."
        )
    return (
        f"With aims stated as vaguely as they are, {name} would have to be worth {stake(own)} more to the "
        f"type of {b} least ready for it; had every aim been stated sharply {stake(sharp)}, were all of it "
        f"open to rewording {stake(vague)}."
    )


def unlock_words(game: Game, parts: Parts, told: Certificate) -> str:
    """What opening closed issues does to the room, in full or up to part of the core."""
    if not parts.unlocked:
        return "No issue is kept off the table."
    base = parts.base.room
    tried = [(quoted(game.crisis.issues[x.issue].name), x.room) for x in parts.unlocked if x.issue]
    tried += [
        (f"the core of {quoted(game.crisis.issues[x.issue].name)} to {percent(CORE)}", x.core_room)
        for x in parts.partial
        if x.core_room is not None
    ]
    moved = []
    for name, room in tried:
        if room is None or base is None:
            continue
        change = room.margin - base.margin
        if told.distinguishable(change, 0.0, "value_b"):
            turn = ", which opens a range" if room.open and not base.open else ""
            moved.append(f"{name} moves the room by {stake(change, True)}{turn}")
    if moved:
        return f"Opening what is kept closed: {join(moved)}."
    return (
        f"Opening what is kept closed ({join(name for name, _ in tried)}) makes no distinguishable "
        "difference to the room for a deal."
    )


def partial_words(game: Game, found: tuple[Partial, ...], told: Certificate) -> str:
    """What partial deals on secondary parts are worth in the game as a whole."""
    if not found:
        return "No issue has a secondary part on which a partial deal could be struck."
    a, b = side_names(game)
    said = []
    for x in found:
        name = quoted(game.crisis.issues[x.issue].name)
        if x.point is None:
            said.append(f"No point of the secondary part of {name} suits both sides.")
            continue
        mean = float(sum(p * g for p, g in zip(game.opening, x.gain_b, strict=True)))
        clear = told.distinguishable(x.gain_a, 0.0, "value_a") or told.distinguishable(
            mean, 0.0, "value_b"
        )
        worth = (
            f"is worth {stake(x.gain_a, True)} to {a} and {stake(mean, True)} to {b}"
            if clear
            else "makes no distinguishable difference to what either side can expect"
        )
        core = "" if x.core_open else "; its core is off the table, so a deal on that has no chance"
        said.append(f"A partial deal on {name} (at {x.point:.2f}) {worth}{core}.")
    return " ".join(said)


def differences(own: Verdicts, other: Verdicts, least: float) -> tuple[str, ...]:
    """Verdicts that change with the motive."""
    found = []
    if own.room is not None and other.room is not None:
        apart = abs(own.room - other.room) > least and max(abs(own.room), abs(other.room)) > least
        if apart and (own.room >= 0) != (other.room >= 0):
            found.append(SWAPS[0])
    pairs = ((own.offer, other.offer), (own.best, other.best), (own.signers, other.signers))
    found += [name for name, (x, y) in zip(SWAPS[1:], pairs, strict=True) if x != y]
    return tuple(found)


def motive_name(game: Game, x: Verdicts) -> str:
    """A motive in words."""
    if x.issue is None:
        return "as coded"
    name = quoted(game.crisis.issues[x.issue].name)
    return f"{name}, all or nothing" if x.whole else name


def motive_words(game: Game, motives: tuple[Verdicts, ...], told: Certificate) -> str:
    """Whether the verdicts rest on B's motive."""
    _, b = side_names(game)
    if len(motives) < 2:
        return f"With a single issue there is no other motive of {b} to try."
    own, others = motives[0], motives[1:]
    least = told.least("value_b")
    moved = [
        f"{motive_name(game, x)} ({join(d)})" for x in others if (d := differences(own, x, least))
    ]
    if not moved:
        return f"No verdict changes when {owner(b)} motive is put on another issue."
    same = len(others) - len(moved)
    rest = f"; under the other {same} none does" if same else ""
    return capital(
        f"verdicts that change if {owner(b)} motive rests on another issue: {'; '.join(moved)}{rest}."
    )
