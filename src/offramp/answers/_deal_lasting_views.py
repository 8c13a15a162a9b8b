"""Tables and charts of what happens to a deal. Nothing is computed here but what is printed.

Charts: ``lasting`` (contracts by type: does it live to the month that is read) and ``offramp`` (what each way
out costs A). Every other finding is a table.
"""

from __future__ import annotations

from collections.abc import Sequence

from offramp.answers._answer import Cell, Chart, Column, Table
from offramp.answers._charts import matrix
from offramp.answers._deal_lasting_counts import demand_tables, tally_tables
from offramp.answers._deal_lasting_facts import Found, expected
from offramp.answers._deal_lasting_mix import Tried
from offramp.answers._deal_lasting_names import (
    contract_name,
    given_by_row,
    issue_name,
    mix_words,
)
from offramp.answers._facts import months_text, percent, quoted, side_names
from offramp.answers._style import DASH, Fill, number
from offramp.game import Game

SHADES: tuple[tuple[float, Fill], ...] = (
    (0.9, "dark"),
    (0.6, "mid"),
    (0.3, "light"),
    (0.0, "pale"),
)
"""Shade of a chance of living from each share up."""


def tables(game: Game, found: Found) -> tuple[Table, ...]:
    """Every table, the lives of contracts first."""
    built = [_lives(game, found)]
    if found.switches:
        built.append(_switched(game, found))
    if found.pause is not None:
        built.append(_pause(game, found))
    if found.offramp is not None and found.offramp.mixes:
        built.append(_mixes(game, found))
    if found.unlocks:
        built.append(_unlocks(game, found))
    if found.shifts:
        built.append(_shifts(game, found))
    if found.partial:
        built.append(_partial(game, found))
    if found.demands is not None:
        built += demand_tables(game, found.demands)
    if found.tally.entries:
        built += tally_tables(game, found.tally)
    return tuple(built)


def _types(game: Game) -> list[str]:
    return [game.crisis.types[t].name for t in game.types]


def _share(name: str, heading: str) -> Column:
    return Column(name, heading, "share", decimals=0)


def _lives(game: Game, found: Found) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for key, life in found.look.life.items():
        at = found.look.signing.at(key)
        rows.append(
            (
                contract_name(game, key),
                *(float(x) for x in life.at(found.month)),
                expected(game, life.by_b[:, -1]),
                expected(game, life.by_a[:, -1]),
                float(found.look.signing.ratified[at]),
            )
        )
    a, b = side_names(game)
    return Table(
        f"Signed today, still in force after {months_text(found.month)}",
        (
            Column("contract", "Contract"),
            *(
                _share(t, f"If {b} is {quoted(n.lower())}")
                for t, n in zip(game.types, _types(game), strict=True)
            ),
            _share("by_b", f"Broken by {b}"),
            _share("by_a", f"Broken by {a}"),
            _share("ratified", "Ratified today"),
        ),
        tuple(rows),
        "Once broken a contract stays broken here. The two columns on who breaks it are expected over today's "
        "belief in types. A contract that nobody would sign has a life here, too: read it with its "
        "ratification.",
    )


def _switched(game: Game, found: Found) -> Table:
    keys = list(found.switches[0].life)
    rows: list[tuple[Cell, ...]] = [
        (
            contract_name(game, key),
            *(expected(game, s.life[key].at(found.month)) for s in found.switches if key in s.life),
        )
        for key in keys
    ]
    return Table(
        f"What holds a contract: chance to live {months_text(found.month)}, one thing changed",
        (
            Column("contract", "Contract"),
            *(_share(s.name.replace(" ", "_"), s.heading) for s in found.switches),
        ),
        tuple(rows),
        "Over today's belief in types, on the sketch grid; compare along a row. A breach costs detection times "
        "response times loss, so that without detection or without response it costs the same: nothing. Each "
        "change holds for every contract of the game. Loose and firm wording stand for the low and "
        "high ends of "
        "the file's ranges of detection and response.",
    )


def _pause(game: Game, found: Found) -> Table:
    assert found.pause is not None
    half = min(12, found.month)
    months = [half] if half == found.month else [half, found.month]
    rows: list[tuple[Cell, ...]] = []
    for j, name in enumerate(_types(game)):
        cells: list[Cell] = [name]
        for t in months:
            cells += [
                float(found.pause.holds[j, t]),
                float(found.pause.war[j, t]),
                float(found.pause.deal[j, t]),
            ]
        rows.append(tuple(cells))
    columns = [Column("type", "Type")]
    for t in months:
        columns += [
            _share(f"holds_{t}", f"On at month {t}"),
            _share(f"war_{t}", f"War again by {t}"),
            _share(f"deal_{t}", f"Settled by {t}"),
        ]
    return Table(
        "A ceasefire begun today is a pause",
        tuple(columns),
        tuple(rows),
        "The first thing that comes of it. The rest is collapse or disaster.",
    )


def _mixes(game: Game, found: Found) -> Table:
    way = found.offramp
    assert way is not None
    every = [
        *way.mixes,
        *([way.final] if way.final is not None and way.final not in way.mixes else []),
    ]
    rows = tuple(
        (
            mix_words(game, way.contract, t.mix),
            t.mix.cost,
            t.change_a,
            t.gap_a,
            min(t.gap_b),
            t.ratified,
            t.resolution,
        )
        for t in every
    )
    a, b = side_names(game)
    return Table(
        f"Ways out of “{contract_name(game, way.contract)}” tried for every type of {b}",
        (
            Column("mix", "What is given"),
            Column("cost", f"Cost to {a} while kept", "number", "stake", 3),
            Column("change", f"Change of {a}'s value of signing", "signed", "stake", 3),
            Column("gain_a", f"{a} gains by signing", "signed", "stake", 3),
            Column("least_b", f"{b}'s most reluctant type gains", "signed", "stake", 3),
            _share("ratified", "Ratified today"),
            Column("grid", "Grid"),
        ),
        rows,
        "Cost is W given up, and what instruments other than terms take from the value of signing. The "
        "change of "
        "the value of signing also reckons with breach: where it rises, what is given makes the deal last.",
    )


def _unlocks(game: Game, found: Found) -> Table:
    rows = tuple(
        (
            issue_name(game, u.issue),
            u.closed_at,
            u.open_at,
            expected(game, u.alone[0]),
            expected(game, u.alone[1]),
            expected(game, u.life[0]),
            expected(game, u.life[1]),
            expected(game, u.gap_b[1] - u.gap_b[0]),
            u.gap_a[1] - u.gap_a[0],
            u.ratified[1],
        )
        for u in found.unlocks
    )
    a, b = side_names(game)
    month = months_text(found.month)
    return Table(
        f"One closed issue opened in “{contract_name(game, found.unlocks[0].contract)}”",
        (
            Column("issue", "Issue"),
            Column("closed_at", "Closed at", "number"),
            Column("open_at", "Opened to", "number"),
            _share("alone_closed", f"Lives {month} by its terms alone, closed"),
            _share("alone_open", "the same, opened"),
            _share("life_closed", f"Lives {month} as guaranteed, closed"),
            _share("life_open", "the same, opened"),
            Column("gain_b", f"{b} gains by the opening", "signed", "stake", 3),
            Column("gain_a", f"{a} gains by the opening", "signed", "stake", 3),
            _share("ratified", "Ratified when opened"),
        ),
        rows,
        "Everything else in the contract is as it was. Over today's belief in types, on the sketch grid.",
    )


def _shifts(game: Game, found: Found) -> Table:
    rows = tuple(
        (
            contract_name(game, s.drift.contract),
            issue_name(game, s.drift.issue),
            12 * s.drift.per_month,
            s.worth,
            s.static,
            s.shifting,
            s.ratified,
        )
        for s in found.shifts
    )
    a, _ = side_names(game)
    return Table(
        "If a deal shifts power: the terms as signed, and what follows",
        (
            Column("contract", "Contract"),
            Column("issue", "Issue that moves"),
            Column("rate", "Drift a year", "signed"),
            Column("worth", f"{a}'s W as signed", "number", "stake"),
            Column("static", f"{a} gains, no drift", "signed", "stake", 3),
            Column("shifting", f"{a} gains, with it", "signed", "stake", 3),
            _share("ratified", "Ratified today"),
        ),
        rows,
        "Ratification looks at the terms as signed and sees no drift. On the sketch grid.",
    )


def _partial(game: Game, found: Found) -> Table:
    rows = tuple(
        (
            issue_name(game, p.issue),
            p.start,
            p.at,
            p.gain_a,
            p.gain_b,
            p.accepts_a,
            p.accepts_b,
            p.both,
            p.core,
        )
        for p in found.partial
    )
    a, b = side_names(game)
    return Table(
        "Agreement on the secondary part of an issue while the conflict goes on",
        (
            Column("issue", "Issue"),
            Column("start", "From", "number"),
            Column("at", "To", "number"),
            Column("gain_a", f"{a} gains", "signed", "stake", 3),
            Column("gain_b", f"{b} gains", "signed", "stake", 3),
            _share("accepts_a", f"{a} accepts"),
            _share("accepts_b", f"{b} accepts"),
            _share("both", "Both"),
            _share("core", f"A settlement beyond it in {months_text(game.shown)}"),
        ),
        rows,
        "One round of choice at the game's precision against leaving things as they are.",
    )


def charts(game: Game, found: Found, titles: tuple[str, str]) -> tuple[Chart, ...]:
    """The chart of lives, and of ways out where there are any; ``titles`` are their findings."""
    built = []
    if found.look.life:
        built.append(_lives_chart(game, found, titles[0]))
    way = found.offramp
    if way is not None and way.mixes:
        built.append(_mixes_chart(game, way.contract, way.mixes, titles[1]))
    return tuple(built)


def _shade(share: float) -> Fill:
    return next(fill for at, fill in SHADES if share >= at)


def _lives_chart(game: Game, found: Found, title: str) -> Chart:
    keys = list(found.look.life)
    cells = [[float(x) for x in found.look.life[k].at(found.month)] for k in keys]
    words = [[percent(x) for x in row] for row in cells]
    fills: dict[str, Fill] = {
        w: _shade(x)
        for row, said in zip(cells, words, strict=True)
        for x, w in zip(row, said, strict=True)
    }
    _, b = side_names(game)
    return matrix(
        "lasting",
        title=title,
        subtitle=f"Chance to be in force {months_text(found.month)} after signing today, by type of {b}",
        alt=f"{title}.",
        rows=[contract_name(game, k) for k in keys],
        columns=_types(game),
        cells=words,
        fills=fills,
        corner="Contract",
    )


def _mixes_chart(game: Game, contract: str, mixes: Sequence[Tried], title: str) -> Chart:
    """What is given on each row, in each mix; a dash is a thing left as it is in the offer."""
    a, b = side_names(game)
    enough = [t for t in mixes if t.enough]
    drawn = enough or list(mixes)
    listed = [given_by_row(game, contract, t.mix) for t in drawn]
    rows = list(dict.fromkeys(row for one in listed for row in one)) or ["Nothing"]
    suits = f"Each suits every type of {b}." if enough else f"None suits every type of {b}."
    return matrix(
        "offramp",
        title=title,
        subtitle=f"What a way out gives, and its cost to {a} while the deal is kept (stake). {suits}",
        alt=f"{title}.",
        rows=rows,
        columns=[f"costs {number(t.mix.cost, 'number', 3)}" for t in drawn],
        cells=[[one.get(row, DASH) for one in listed] for row in rows],
        fills={word: "light" for one in listed for word in one.values()},
        corner="Given",
    )
