"""Histories told in sentences: acts, turns of nature, and where things stand at the end.

Nothing here is a forecast of events: a story is one run of the model. B's type is private in the game, so
it is told as a condition ("if B is of type ...").
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import numpy as np

from offramp.answers._charts._canvas import date_of
from offramp.answers._facts import join, owner, quoted, side_names, type_name
from offramp.answers._futures_samples import Histories
from offramp.game import Game
from offramp.game._states import (
    A_GONE,
    B_GONE,
    CEASEFIRE,
    DISASTER,
    FOUGHT,
    REGIME_NAMES,
    SETTLED,
    STANDOFF,
    WAR,
)
from offramp.solution import _nodes as nodes

MOST_TURNS = 5
"""Turns that a story tells; the lesser ones are counted."""

NOTHING = {
    0: (nodes.A_REFUSED, nodes.A_UNRATIFIED, nodes.A_PAUSE_REFUSED, nodes.A_ANSWERED, nodes.A_FOUGHT),
    1: (nodes.B_REFUSED, nodes.B_UNRATIFIED, nodes.B_PAUSE_REFUSED, nodes.B_ANSWERED, nodes.B_FOUGHT),
}  # fmt: skip
"""Acts by which an offer or a ceasefire proposed by A (B) comes to nothing."""
CLIMBS = {
    0: (nodes.A_UP, nodes.B_ANSWERED),
    1: (nodes.B_UP, nodes.A_ANSWERED),
}
"""Acts by which A (B) climbs, or attacks out of a stand-off or a ceasefire."""
FORCES = {0: (nodes.A_FIGHT, nodes.B_FOUGHT), 1: (nodes.B_FIGHT, nodes.A_FOUGHT)}
"""Acts by which A (B) forces all-out war."""


@dataclass(frozen=True)
class Turn:
    """Something that a story tells: month, how little it matters (0 most), words."""

    month: int
    rank: int
    text: str


def month_name(game: Game, month: int) -> str:
    """``June 2025``."""
    return f"{date_of(month, game.crisis.as_of):%B %Y}"


def story(game: Game, h: Histories, i: int) -> str:
    """One history in two to four sentences."""
    a, b = side_names(game)
    lay = game.layout
    opening = (
        f"If {b} is of type {type_name(game, int(h.kind[i]))}" if len(game.types) > 1 else "Here"
    )
    failed = {side: int(np.isin(h.act[i], NOTHING[side]).sum()) for side in (0, 1)}
    parts = []
    if any(failed.values()):
        made = join(
            f"{_count(n, 'proposal')} of {name}"
            for n, name in ((failed[0], a), (failed[1], b))
            if n
        )
        parts.append(f"{made} {_verb(sum(failed.values()), 'comes', 'come')} to nothing")
    else:
        parts.append("no proposal fails")
    active = np.flatnonzero(lay.regime[h.state[i]] <= CEASEFIRE)
    moved = _front(game, int(h.state[i, active[-1]]))
    if moved:
        parts.append(f"the front moves {moved}")
    said = [f"{opening}, {join(parts)}."]
    turns = turns_of(game, h, i)
    kept = sorted(
        sorted(turns, key=lambda x: (x.rank, x.month))[:MOST_TURNS], key=lambda x: x.month
    )
    if kept:
        told = [
            f"in {month_name(game, month)} {join(turn.text for turn in same)}"
            for month, same in ((m, list(g)) for m, g in groupby(kept, key=lambda x: x.month))
        ]
        rest = len(turns) - len(kept)
        if rest:
            told.append(f"there {_verb(rest, 'is', 'are')} {_count(rest, 'lesser turn')} besides")
        said.append(_sentence("; ".join(told)))
    else:
        said.append("Nobody climbs, pauses or signs, and nothing happens to either side.")
    said.append(_sentence(f"in {month_name(game, h.months)} {_end(game, int(h.state[i, -1]))}"))
    return " ".join(said)


def turns_of(game: Game, h: Histories, i: int) -> list[Turn]:
    """Everything of note in one history."""
    found: list[Turn] = []
    for t in range(h.months):
        found += _plan_turns(game, t, int(h.state[i, t]), int(h.begun[i, t]))
        found += _act_turns(game, t, int(h.begun[i, t]), int(h.act[i, t]), int(h.offer[i, t]))
        found += _nature_turns(game, t, int(h.after[i, t]), int(h.state[i, t + 1]))
    return found


def _plan_turns(game: Game, t: int, before: int, after: int) -> list[Turn]:
    lay, auto = game.layout, game.automaton
    if before == after or lay.node[before] < 0 or lay.node[after] == lay.node[before]:
        return []
    was, now = (auto.nodes[int(lay.node[s])].stage for s in (before, after))
    if now > was:
        return [Turn(t, 2, f"the plan moves on ({auto.names[int(lay.node[after])]})")]
    return []


def _act_turns(game: Game, t: int, state: int, act: int, offer: int) -> list[Turn]:
    sides = side_names(game)
    regime = int(game.layout.regime[state])
    name = quoted(game.offers[offer].name) if offer >= 0 else ""
    for side in (0, 1):
        who, other = sides[side], sides[1 - side]
        signed, paused, down, committed, broken = (
            (nodes.A_SIGNED, nodes.A_PAUSE, nodes.A_DOWN, nodes.A_COMMITTED, nodes.BROKEN_A),
            (nodes.B_SIGNED, nodes.B_PAUSE, nodes.B_DOWN, nodes.B_COMMITTED, nodes.BROKEN_B),
        )[side]
        if act == signed:
            return [Turn(t, 0, f"{name} is signed on the offer of {who}")]
        if act == broken:
            return [Turn(t, 0, f"the settlement on {name} is broken by {who}")]
        if act == paused:
            return [Turn(t, 1, f"a ceasefire proposed by {who} is agreed")]
        if act == committed:
            return [Turn(t, 2, f"a demand is declared in public by {who}")]
        if act == down:
            return [Turn(t, 2, f"a step down the ladder is taken by {who}")]
        if act in FORCES[side]:
            return [Turn(t, 0, f"all-out war is forced by {who}")]
        if act in CLIMBS[side]:
            answer = f" in answer to a proposal of {other}" if act != CLIMBS[side][0] else ""
            if regime == WAR:
                return [Turn(t, 2, f"a step up the ladder is taken by {who}{answer}")]
            what = "the ceasefire is ended" if regime == CEASEFIRE else "the war is opened"
            return [Turn(t, 1, f"{what} by {who}{answer}")]
    if act == nodes.A_ACTIVATED:
        return [Turn(t, 2, f"the next stage of the plan is begun by {sides[0]}")]
    return []


def _nature_turns(game: Game, t: int, before: int, after: int) -> list[Turn]:
    lay, crisis = game.layout, game.crisis
    a, b = side_names(game)
    was, now = int(lay.regime[before]), int(lay.regime[after])
    found: list[Turn] = []
    if was != now:
        turned = {
            A_GONE: f"the collapse of {a} ends the war",
            B_GONE: f"the collapse of {b} ends the war",
            DISASTER: f"disaster strikes ({crisis.ladder.disaster})",
            SETTLED: "terms put by outsiders come into force",
            WAR: "the ceasefire breaks down" if was == CEASEFIRE else "war breaks out",
            CEASEFIRE: "a pause comes about without an agreement",
        }
        text = turned.get(now, "")
        if was == SETTLED and now <= CEASEFIRE:
            text = "the contract runs out"
        if text:
            found.append(Turn(t, 0 if now >= SETTLED else 1, text))
    if lay.tier[before] >= 0 and lay.tier[after] >= 0 and lay.tier[before] != lay.tier[after]:
        verb = "falls" if lay.tier[after] > lay.tier[before] else "recovers"
        found.append(Turn(t, 3, f"the cohesion of {a} {verb} ({_tier(game, after)})"))
    if lay.happened[before] >= 0 and lay.happened[after] >= 0:
        new = int(lay.happened[after]) & ~int(lay.happened[before])
        found += [
            Turn(t, 2, f"this event occurs: {quoted(crisis.events[event].name)}")
            for bit, event in enumerate(game.tracked)
            if new >> bit & 1
        ]
    if was == now == WAR and lay.rung[after] > lay.rung[before]:
        found.append(Turn(t, 2, "events take the war a step up the ladder"))
    return found


def _end(game: Game, state: int) -> str:
    lay, crisis = game.layout, game.crisis
    a, b = side_names(game)
    regime = int(lay.regime[state])
    if regime == SETTLED:
        return f"the settlement on {quoted(game.offers[int(lay.offer[state])].name)} stands"
    ended = {
        A_GONE: f"the war is over: {a} has collapsed",
        B_GONE: f"the war is over: {b} has collapsed",
        DISASTER: f"it has ended in disaster ({crisis.ladder.disaster})",
        FOUGHT: "the war has been fought out",
    }
    if regime in ended:
        return ended[regime]
    what = {
        STANDOFF: "the stand-off goes on",
        WAR: "the war goes on",
        CEASEFIRE: "a ceasefire holds",
    }
    more = [what[regime]]
    if lay.rung[state] > 0:
        more.append("one step up the ladder")
    if lay.sizes[3] > 1:
        more.append(f"with the cohesion of {a} {_tier(game, state)}")
    return ", ".join(more)


def _tier(game: Game, state: int) -> str:
    coalition = game.crisis.coalition
    level = np.abs(np.array(coalition.tiers) - game.cohesion[game.layout.tier[state]]).argmin()
    return coalition.tier_names[int(level)]


def _front(game: Game, state: int) -> str:
    """``1.5 steps nearer the aims of B``, or nothing."""
    lay = game.layout
    steps = (int(lay.position[state]) - (lay.sizes[0] - 1) // 2) / game.front_factor
    if not steps:
        return ""
    aims = side_names(game)[1 if steps > 0 else 0]
    plural = "step" if abs(steps) == 1 else "steps"
    return f"{abs(steps):.3g} {plural} nearer the aims of {aims}"


def regime_words(game: Game, regime: int) -> str:
    """A regime with the sides' names."""
    a, b = side_names(game)
    return (
        REGIME_NAMES[regime]
        .replace("A collapsed", f"{owner(a)} collapse")
        .replace("B collapsed", f"{owner(b)} collapse")
    )


WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def _count(n: int, what: str) -> str:
    number = WORDS[n] if n < len(WORDS) else f"{n}"
    return f"{number} {what}" if n == 1 else f"{number} {what}s"


def _verb(n: int, one: str, many: str) -> str:
    return one if n == 1 else many


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
