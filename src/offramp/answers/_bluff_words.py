"""The bluff answer in sentences: headline, paragraphs, what would change it."""

from __future__ import annotations

import datetime as dt
import math
import re

import numpy as np

from offramp.answers._bluff_codings import Coding, contested
from offramp.answers._bluff_ledger import Item, Ledger
from offramp.answers._bluff_moves import Initiative, Probe, entropy
from offramp.answers._bluff_observations import RARE, Observation
from offramp.answers._bluff_resolve import Dial
from offramp.answers._bluff_views import actor_name, fits, short, when_words
from offramp.answers._facts import bare, join, months_text, percent, side_names, stake, type_name
from offramp.game import Game
from offramp.solution import Certificate, Solution

HARDLY = 0.02
"""Probability shifted between types below which the evidence is said to hardly move beliefs."""
LITTLE = 0.005
"""Bits below which an observation is said to tell next to nothing."""


def headline(game: Game, book: Ledger) -> str:
    """Who leads, and what the evidence did."""
    _, b = side_names(game)
    if len(book.types) == 1:
        return f"The file knows one type of {b}, so there is nothing to learn about it"
    lead, before = book.leader, int(np.argmax(book.prior))
    now = percent(book.posterior[lead] * (1 - book.unmodelled))
    then = percent(book.prior[lead] * (1 - book.unmodelled))
    if not book.used:
        return (
            f"Nothing that counts has been seen: {type_name(game, lead)} leads with {now} by the prior "
            "alone"
        )
    if lead != before:
        return (
            f"The evidence turns the lead from {type_name(game, before)} to {type_name(game, lead)}, now "
            f"at {now}"
        )
    moved = 0.5 * sum(abs(x - y) for x, y in zip(book.posterior, book.prior, strict=True))
    if moved < HARDLY:
        return f"The evidence hardly moves beliefs: {type_name(game, lead)} leads with {now}"
    verb = "strengthens" if book.posterior[lead] > book.prior[lead] else "weakens"
    if abs(book.posterior[lead] - book.prior[lead]) < HARDLY:
        return f"The evidence leaves {type_name(game, lead)} in the lead with {now} and reorders the rest"
    return f"The evidence {verb} {type_name(game, lead)}, which leads: {now}, from {then}"


def paragraphs(
    solution: Solution,
    book: Ledger,
    next_move: Initiative | None,
    offers: tuple[Probe, ...],
    seen: tuple[Observation, ...],
    others: tuple[Coding, ...],
    meter: Dial,
    told: Certificate,
) -> tuple[str, ...]:
    """Three to six sentences or so."""
    game = solution.game
    if len(book.types) == 1:
        return (_alone(solution), *_resolve(game, meter))
    said = [_standing(game, book)]
    if book.used:
        said += [_items(game, book), _balance(game, book)]
    if next_move is not None:
        said.append(_acts(game, next_move, told))
    if seen:
        said.append(_next(game, seen, offers, told))
    said += _resolve(game, meter)
    return tuple(said)


def _alone(solution: Solution) -> str:
    _, b = side_names(solution.game)
    return (
        f"Everything that {b} does is done by the one type that the file describes; no act, word or answer can "
        "tell anything apart. Add a second type under `types` to ask whether it bluffs."
    )


def _standing(game: Game, book: Ledger) -> str:
    order = np.argsort(-np.array(book.posterior))
    keep = 1 - book.unmodelled
    listed = join(f"{type_name(game, int(j))} {percent(book.posterior[j] * keep)}" for j in order)
    return (
        f"At the as-of date the beliefs are {listed}, with {percent(book.unmodelled)} kept for none of these; "
        f"{_counted(book)}."
        if book.items
        else f"The file has no dated evidence: the beliefs are its priors, {listed}, with "
        f"{percent(book.unmodelled)} kept for none of these."
    )


def _counted(book: Ledger) -> str:
    used, left = len(book.used), len(book.items) - len(book.used)
    one = "item moves" if len(book.items) == 1 else "items move"
    if not left:
        return f"the {used} dated {one} them"
    return (
        f"{used} of {len(book.items)} dated {one} them, the others are later, older than the prior, about "
        "the other side, or neutral"
    )


def points(x: float) -> str:
    """Percentage points with their sign."""
    return f"{100 * x:+.0f}".replace("-", "\N{MINUS SIGN}")


def _items(game: Game, book: Ledger) -> str:
    top = sorted(book.used, key=lambda i: -i.moved)[:2]

    def words(i: Item) -> str:
        j = int(np.argmax(np.abs(i.shift)))
        return f"{i.id} ({short(i.item.text, 70)}; {points(i.shift[j])} points on {type_name(game, j)})"

    said = f"Left out one at a time, the items that move most are {join(words(i) for i in top)}"
    if len(top) == 1:
        said = f"The item that moves most is {words(top[0])}"
    if book.groups:
        strongest = max(book.groups, key=lambda g: max(g.apart) - min(g.apart))
        once = (max(strongest.together) - min(strongest.together)) / math.log(2)
        apart = (max(strongest.apart) - min(strongest.apart)) / math.log(2)
        said += (
            f"; {join(strongest.items)} are not independent and count for {once:.1f} bits together instead of "
            f"{apart:.1f}"
        )
    return said + "."


def _balance(game: Game, book: Ledger) -> str:
    bal = book.balance
    kinds = {i.item.kind == "act" for i in book.used}
    if len(kinds) == 1:
        only = "acts" if kinds == {True} else "words and absences"
        return (
            f"All that counts are {only}, so there is nothing to weigh them against. "
            f"{_audiences(game, book)}"
        )
    words, acts = int(np.argmax(bal.words)), int(np.argmax(bal.acts))
    said = (
        f"Words alone would put {type_name(game, words)} first with "
        f"{percent(book.keep * bal.words[words])}, acts alone "
        f"{type_name(game, acts)} with {percent(book.keep * bal.acts[acts])}; "
    )
    if bal.turns:
        said += "the lead changes " + join(
            f"from {type_name(game, t.below)} to {type_name(game, t.above)} where acts weigh {bare(t.weight)} "
            "times as much as words"
            for t in bal.turns
        )
        said += f" (now {bare(bal.now)})"
    else:
        said += f"no weight of acts against words changes the lead (now {bare(bal.now)})"
    return said + f". {_audiences(game, book)}"


def _audiences(game: Game, book: Ledger) -> str:
    by_sender: dict[str, list[int]] = {}
    for n, h in enumerate(book.heard):
        if h.audience:
            by_sender.setdefault(h.sender, []).append(n)
    several = {s: rows for s, rows in by_sender.items() if len(rows) > 1}
    if not book.heard:
        return "No words are on file that could differ by audience."
    if not several:
        return "No sender is on file with words to more than one audience, so messages cannot be compared."
    said = []
    for sender, rows in several.items():
        best = {fits(game, book.heard[n].log) for n in rows}
        told = join(
            f"to {actor_name(game, book.heard[n].audience)} they fit "
            f"{fits(game, book.heard[n].log).lower()}"
            for n in rows
        )
        verdict = "differ by audience" if len(best) > 1 else "do not differ by audience"
        said.append(f"The words of {actor_name(game, sender)} {verdict}: {told}")
    return ". ".join(said) + "."


def _acts(game: Game, next_move: Initiative, told: Certificate) -> str:
    _, b = side_names(game)
    mu = game.opening
    likely = [m for m in next_move.moves if max(m.chance) >= RARE]
    expected = max(likely, key=lambda m: float(np.array(m.chance) @ mu))
    telling = max(likely, key=lambda m: max(m.chance) / max(min(m.chance), 1e-12))
    others = [p for p in telling.price if not math.isnan(p)]
    least = min(others, default=0.0)
    ratio = max(telling.chance) / max(min(telling.chance), 1e-12)
    times = f"{ratio:.1f} times" if ratio < 100 else "more than 100 times"
    said = (
        f"At its next initiative {b} most likely {expected.name} "
        f"({percent(float(np.array(expected.chance) @ mu))}). Most telling would be that it {telling.name}: "
        f"{type_name(game, telling.likes)} does so {times} as often as the type least given to it"
    )
    if least <= told.least("value_b"):
        return f"{said}, but another type could do the same at no distinguishable cost, so it is weak proof."
    return f"{said}, and any other type would give up at least {stake(least)} of its stake by doing it."


def _next(
    game: Game, seen: tuple[Observation, ...], offers: tuple[Probe, ...], told: Certificate
) -> str:
    a, _ = side_names(game)
    best = seen[0]
    doubt = entropy(game.opening)
    if best.bits < LITTLE:
        said = (
            f"Nothing that can be seen next tells the types well apart: the best, {short(best.name)}, is "
            f"expected to remove {best.bits:.3f} of {doubt:.2f} bits of doubt"
        )
    else:
        said = (
            f"Of what can be seen next, most is to be learned from {short(best.name)} ({when_words(best)}): "
            f"{best.bits:.3f} of {doubt:.2f} bits of doubt"
        )
    if not offers:
        return said + "."
    probe = max(offers, key=lambda p: p.bits)
    worth = (
        f"is worth {stake(probe.gain, True)} to {a} beyond letting the round pass"
        if told.distinguishable(probe.gain, 0.0, "value_a")
        else f"makes no distinguishable difference to {a}"
    )
    learned = (
        f"{stake(probe.learning, True)} of it for what the answer teaches"
        if told.distinguishable(probe.learning, 0.0, "value_a")
        else "what the answer teaches is itself worth no distinguishable amount"
    )
    return (
        f"{said}. As a probe, offering {probe.name} would bring {probe.bits:.3f} bits and {worth}; "
        f"{learned}."
    )


def _resolve(game: Game, meter: Dial) -> tuple[str, ...]:
    a, b = side_names(game)
    if not meter.sightings:
        return ()
    count = len(meter.sightings)
    what = "1 item bears" if count == 1 else f"{count} items bear"
    kept = (
        f"{what} on the resolve of {a} and moves"
        if count == 1
        else f"{what} on the resolve of {a} and move"
    )
    said = f"{kept} nothing about the type of {b}"
    if not meter.coded:
        return (
            f"{said}; the file does not say which way they point, so the dial of resolve stays put.",
        )
    spread = join(f"{actor_name(game, s)} alone {percent(p)}" for s, p in meter.by_source)
    return (
        f"{said}; on its own dial the chance that {a} follows through goes from {percent(meter.start)} to "
        f"{percent(meter.now)} ({spread}).",
    )


def flips(game: Game, book: Ledger, others: tuple[Coding, ...]) -> tuple[str, ...]:
    """What would change the leading hypothesis."""
    found = []
    if len(book.types) == 1:
        return ()
    lead, bal = book.leader, book.balance
    for t in bal.turns:
        inside = bal.low is not None and bal.high is not None and bal.low <= t.weight <= bal.high
        found.append(
            f"Acts over words at {bare(t.weight)}: the lead passes from {type_name(game, t.below)} to "
            f"{type_name(game, t.above)} (now {bare(bal.now)}; {'inside' if inside else 'outside'} its range)."
        )
    for i in book.used:
        without = np.array(book.posterior) - np.array(i.shift)
        if int(np.argmax(without)) != lead:
            found.append(
                f"Without {i.id} {type_name(game, int(np.argmax(without)))} would lead "
                f"({short(i.item.text, 70)})."
            )
    for g in book.groups:
        without = np.array(book.posterior) - np.array(g.shift)
        if len(g.items) > 1 and int(np.argmax(without)) != lead:
            found.append(
                f"Without {join(g.items)} together {type_name(game, int(np.argmax(without)))} would lead."
            )
    for o in others:
        if not o.refused and int(np.argmax(o.posterior)) != lead:
            j = int(np.argmax(o.posterior))
            found.append(
                f"As “{o.label}” takes it, {type_name(game, j)} leads with "
                f"{percent(book.keep * o.posterior[j])}."
            )
    found += _boards(game, book, others)
    span = (book.path[-1][0] - book.path[0][0]).days / 30.4375
    if not found:
        found.append(
            f"No single item, group or weight changes the lead; the evidence covers {months_text(round(span))}."
        )
    return tuple(found)


def _boards(game: Game, book: Ledger, others: tuple[Coding, ...]) -> list[str]:
    """What is contested, and the observations that the file names to tell readings apart."""
    fought = contested(book, others)
    leads = {o.id: int(np.argmax(o.posterior)) for o in others if not o.refused}
    found = [
        f"{key} is contested: here it moves {type_name(game, j)} by {points(here)} points, as "
        f"\u201c{who}\u201d takes it by {points(there)}."
        for key, j, who, here, there in fought[:2]
    ]
    if not fought and len({book.leader, *leads.values()}) == 1:
        return found
    for d in game.crisis.discriminators:
        known = [r for r in d.readings if r in leads]
        agree = len(known) == 2 and leads[known[0]] == leads[known[1]]
        if not known or agree or _later(d.test, game.crisis.as_of):
            continue
        names = [f"\u201c{game.crisis.readings[r].label}\u201d" for r in known]
        aim = (
            f"To tell {join(names)} apart" if len(names) == 2 else f"To test the reading {names[0]}"
        )
        found.append(f"{aim}: {' '.join(d.test.split())}")
    return found


def _later(text: str, as_of: dt.date) -> bool:
    """Whether a text speaks of a date after the as-of date."""
    today = as_of.isoformat()
    return any(d > today[: len(d)] for d in re.findall(r"\b\d{4}(?:-\d\d)+\b", text))
