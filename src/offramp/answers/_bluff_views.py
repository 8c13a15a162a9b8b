"""Tables and charts of the bluff answer."""

from __future__ import annotations

import math

import numpy as np

from offramp.answers._answer import Cell, Column, Format, Table
from offramp.answers._bluff_ledger import Ledger
from offramp.answers._bluff_moves import Initiative, Probe
from offramp.answers._bluff_observations import RARE, Observation
from offramp.answers._bluff_resolve import Dial
from offramp.answers._facts import join, months_text, quoted, side_names
from offramp.game import Game
from offramp.solution import Certificate, Solution


def type_columns(
    game: Game, prefix: str, format: Format = "share", decimals: int = 0
) -> list[Column]:
    """One column per type."""
    return [
        Column(f"{prefix}_{t}", game.crisis.types[t].name, format, "", decimals) for t in game.types
    ]


def short(text: str, most: int = 90) -> str:
    """A sentence cut at a word."""
    text = " ".join(text.split()).rstrip(".")
    if len(text) <= most:
        return text
    return text[:most].rsplit(" ", 1)[0] + " …"


def beliefs_table(solution: Solution, book: Ledger) -> Table:
    """Prior, posterior, and what the game expects to be believed later if the talks are still open."""
    game = solution.game
    unknown = book.unmodelled
    columns = [Column("type", "What it may be"), Column("prior", "Before", "share", "", 0)]
    columns += [Column("posterior", "Now", "share", "", 0)]
    columns += [Column("words", "By words alone", "share", "", 0)]
    columns += [Column("acts", "By acts alone", "share", "", 0)]
    last = game.shown
    columns.append(Column("known", f"If true, believed at month {last}", "share", "", 0))
    rows: list[tuple[Cell, ...]] = []
    for j, t in enumerate(game.types):
        rows.append(
            (
                game.crisis.types[t].name,
                book.prior[j] * (1 - unknown),
                book.posterior[j] * (1 - unknown),
                book.balance.words[j] * (1 - unknown),
                book.balance.acts[j] * (1 - unknown),
                float(solution.futures.belief[last, j, j]) * (1 - unknown),
            )
        )
    rows.append(("none of these", unknown, unknown, unknown, unknown, None))
    return Table(
        "What it may be, before and after the evidence",
        tuple(columns),
        tuple(rows),
        "“None of these” keeps a fixed share: no list of types is complete. Last column: the mean belief in "
        "a type that is the true one, from what the game's own moves and signals will show.",
    )


def ledger_table(game: Game, book: Ledger) -> Table:
    """The evidence log."""
    columns = (
        Column("date", "Date"),
        Column("item", "Item"),
        Column("what", "What was seen"),
        Column("kind", "Kind"),
        Column("grade", "Grade"),
        Column("bits", "Strength", "number", "bits", 2),
        *type_columns(game, "shift", "signed", 1),
        Column("status", "Used"),
    )
    rows: list[tuple[Cell, ...]] = []
    for i in book.items:
        shifts = [100 * x if i.used else None for x in i.shift]
        group = f", counted with {join(i.groups)}" if i.used and i.groups else ""
        rows.append(
            (
                i.item.date.isoformat(),
                i.id,
                short(i.item.text),
                i.item.kind,
                i.item.grade or "–",
                i.strength if i.used else None,
                *shifts,
                f"yes{group}" if i.used else f"no: {i.status}",
            )
        )
    return Table(
        "The evidence log: what each item moved",
        columns,
        tuple(rows),
        "Columns of types: percentage points by which the belief would be lower (minus: higher) without "
        "the item. Strength: the most by which it tells one type from another, after its grade, kind and "
        "group.",
    )


def groups_table(game: Game, book: Ledger) -> Table | None:
    """Dependent items: together, and as if they were independent."""
    if not book.groups:
        return None
    columns = (
        Column("group", "Group"),
        Column("items", "Items"),
        Column("exponent", "Weight of each", "share", "", 0),
        *type_columns(game, "shift", "signed", 1),
        Column("together", "Strength counted once", "number", "bits", 2),
        Column("apart", "Counted apart", "number", "bits", 2),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            g.id.replace("_", " "),
            ", ".join(g.items),
            g.exponent,
            *(100 * x for x in g.shift),
            (max(g.together) - min(g.together)) / math.log(2),
            (max(g.apart) - min(g.apart)) / math.log(2),
        )
        for g in book.groups
    ]
    return Table(
        "Items that are not independent",
        columns,
        tuple(rows),
        "Columns of types: percentage points that the whole group moved. An item in several groups is "
        "tempered by each.",
    )


def heard_table(game: Game, book: Ledger) -> Table | None:
    """Words by sender and audience."""
    if not book.heard:
        return None
    crisis = game.crisis
    columns = (
        Column("sender", "Who spoke"),
        Column("audience", "To whom"),
        Column("items", "Messages"),
        *(
            Column(
                f"log_{t}", f"Speaks for {quoted(crisis.types[t].name.lower())}", "signed", "", 2
            )
            for t in game.types
        ),
        Column("fits", "Fits best"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            actor_name(game, h.sender) if h.sender else "not stated",
            actor_name(game, h.audience) if h.audience else "everybody, or not stated",
            ", ".join(h.items),
            *h.log,
            fits(game, h.log),
        )
        for h in book.heard
    ]
    return Table(
        "Words by audience",
        columns,
        tuple(rows),
        "Natural log-likelihood summed over the messages, mean over types taken out: 0 says nothing, +0.1 "
        "raises the odds by about a tenth. A message to several audiences counts in each row, once in all.",
    )


TELLS = 0.05
"""Log-likelihood spread below which words fit every type about alike."""


def fits(game: Game, log: tuple[float, ...]) -> str:
    """The type that the words fit best, if they tell anything."""
    if max(log) - min(log) < TELLS:
        return "all types about alike"
    return game.crisis.types[game.types[int(np.argmax(log))]].name


def actor_name(game: Game, key: str) -> str:
    """What readers call an actor, a bloc, an outsider or a member."""
    crisis = game.crisis
    if key in crisis.blocs:
        return crisis.blocs["A" if key == "A" else "B"].name
    for section in (crisis.actors, crisis.outsiders, crisis.members):
        if key in section:
            return str(getattr(section[key], "name", "") or key)
    return key


def mimicry_table(solution: Solution, next_move: Initiative, told: Certificate) -> Table:
    """B's next acts: who does them, what they would show, what they cost the others."""
    game = solution.game
    _, b = side_names(game)
    columns = (
        Column("act", f"{b} …"),
        *type_columns(game, "chance", "share", 1),
        Column("likes", "Most given to it"),
        *(
            Column(
                f"price_{t}", f"Price to {quoted(game.crisis.types[t].name.lower())}", "signed",
                "own stake", 3,
            )
            for t in game.types
        ),
        Column("reading", "Reading"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for m in next_move.moves:
        if max(m.chance) < RARE:
            continue
        rows.append(
            (
                m.name,
                *m.chance,
                game.crisis.types[game.types[m.likes]].name,
                *(None if math.isnan(p) else p for p in m.price),
                price_words(m.price, told),
            )
        )
    return Table(
        f"What {b} may do next, and what it would cost a type that does not mean it",
        columns,
        tuple(rows),
        "Chance of each act by type at the next initiative. Price: what a type gives up by doing it instead of "
        "what it does otherwise, beliefs and all other play held fixed; minus: it gives up nothing.",
    )


def price_words(price: tuple[float, ...], told: Certificate) -> str:
    """Whether an act can be mimicked for next to nothing."""
    known = [p for p in price if not math.isnan(p)]
    if not known:
        return "one type only: nobody to mimic it"
    if max(known) <= told.least("value_b"):
        return "cheap: no distinguishable price for any other type"
    if min(known) <= told.least("value_b"):
        return "cheap for some, costly for others"
    return "costly for every other type"


def probes_table(game: Game, probes: tuple[Probe, ...], told: Certificate) -> Table:
    """Offers made to learn."""
    a, b = side_names(game)
    columns = (
        Column("offer", f"{a} offers"),
        Column("planned", "The plan allows it"),
        *(
            Column(
                f"accept_{t}",
                f"{quoted(game.crisis.types[t].name.lower())} accepts",
                "share",
                "",
                0,
            )
            for t in game.types
        ),
        Column("bits", "Expected information", "number", "bits", 4),
        Column("gain", f"Worth to {a} beyond passing", "signed", "own stake", 3),
        Column("learning", "of which learning", "signed", "own stake", 4),
        Column("reading", "Reading"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            p.name,
            p.planned,
            *p.accepted,
            p.bits,
            p.gain,
            p.learning,
            "no distinguishable difference to passing"
            if not told.distinguishable(p.gain, 0.0, "value_a")
            else "worth making"
            if p.gain > 0
            else "costs more than it brings",
        )
        for p in probes
    ]
    return Table(
        f"Offers as probes: what {a} would learn from {b}'s answer next round",
        columns,
        tuple(rows),
        "Learning: the same answers and outcomes, with the value after them read at today's beliefs instead "
        "of at those that the answer teaches everybody. It can be negative.",
    )


def observations_table(game: Game, seen: tuple[Observation, ...]) -> Table:
    """What to look for next."""
    columns = (
        Column("what", "What to look for"),
        Column("when", "When"),
        Column("bits", "Expected information", "number", "bits", 4),
        Column("outcome", "Most telling outcome"),
        Column("chance", "Its chance", "share", "", 0),
        *type_columns(game, "after"),
    )
    rows: list[tuple[Cell, ...]] = []
    for o in seen:
        best = o.outcomes[0] if o.outcomes else None
        rows.append(
            (
                short(o.name),
                when_words(o),
                o.bits,
                best.name if best else "–",
                float(np.array(best.chance) @ game.opening) if best else None,
                *(best.belief if best else (None,) * len(game.types)),
            )
        )
    return Table(
        "What to look for next, the most informative first",
        columns,
        tuple(rows),
        "Columns of types: beliefs after the most telling outcome. Bits: how much of the uncertainty about the "
        "type the observation is expected to remove.",
    )


def when_words(o: Observation) -> str:
    """When something can be seen."""
    if o.source == "item":
        return "no month in the game"
    if o.source == "signal":
        return f"end of month {o.month}"
    start = "this month" if o.month == 0 else f"in {months_text(o.month or 0)}"
    return start if o.chance > 0.995 else f"{start}, if the round comes ({o.chance:.0%} a month)"


def resolve_table(game: Game, meter: Dial) -> Table | None:
    """Items about A."""
    if not meter.sightings:
        return None
    a, _ = side_names(game)
    columns = (
        Column("date", "Date"),
        Column("item", "Item"),
        Column("what", "What was seen"),
        Column("sender", "Source"),
        Column("grade", "Grade"),
        Column("weight", "Weight now", "share", "", 0),
        Column("ratio", "Likelier if it follows through", "number", "times", 2),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            s.item.item.date.isoformat(), s.item.id, short(s.item.item.text),
            actor_name(game, s.item.item.sender) if s.item.item.sender else "not stated",
            s.item.item.grade or "–", s.weight, s.ratio,
        )
        for s in meter.sightings
    ]  # fmt: skip
    return Table(
        f"What bears on the resolve of {a}, kept off the type of {side_names(game)[1]}",
        columns,
        tuple(rows),
        "Weight now: grade, halved every six months. A dash: the file does not say which way the item points.",
    )
