"""Tables and charts of the deal answer: contracts by date, lines lifted, gains, room, why no deal."""

from __future__ import annotations

from offramp.answers._answer import Cell, Chart, Column, Table
from offramp.answers._charts import (
    Bar,
    acceptance_strip,
    diverging_bars,
)
from offramp.answers._deal_facts import (
    Lifted,
    capital,
    close_calls,
    least_words,
    line_words,
    step_words,
    suited_least,
)
from offramp.answers._deal_relax import Relaxed
from offramp.answers._deal_room import Room
from offramp.answers._deal_why import (
    COMMITMENT,
    ENOUGH,
    HOME,
    INFORMATION,
    LINES,
    OBSTACLES,
    Why,
)
from offramp.answers._facts import (
    join,
    quoted,
    side_names,
    stake,
    type_name,
)
from offramp.answers._measures import Gaps
from offramp.game import Game
from offramp.solution import Certificate, Metric, Solution

MOST_PAIRS = 5
"""Pairs of relaxations in the table."""


def dates_table(
    game: Game, all_gaps: tuple[Gaps, ...], shown: list[int], told: Certificate
) -> Table:
    _, b = side_names(game)
    columns = [Column("contract", "Contract")]
    columns += [Column(f"m{g.month}", f"Month {g.month}") for g in all_gaps]
    rows = [(game.offers[i].name, *(_who(game, g, i, told) for g in all_gaps)) for i in shown]
    return Table(
        "Who would sign, by date, if nobody acts before",
        tuple(columns),
        tuple(rows),
        f"Where {b}'s answer depends on its type, the types that would sign are named. Close: signing and "
        "waiting are no distinguishable difference for one of them.",
    )


def _who(game: Game, g: Gaps, i: int, told: Certificate) -> str:
    """Who would sign a contract: ``both``, one side, or a side if it is of some type; if it is close."""
    return _signers(game, g, i) + (" (close)" if close_calls(game, g, i, told) else "")


def _signers(game: Game, g: Gaps, i: int) -> str:
    a, b = side_names(game)
    willing = [j for j in range(len(game.types)) if g.accepts_b(i, j)]
    kinds = join((type_name(game, j) for j in willing), "or")
    every = len(willing) == len(game.types)
    if g.accepts_a(i):
        return "both" if every else f"both if {kinds}" if willing else f"{a} only"
    return f"{b} only" if every else f"{b} if {kinds}" if willing else "neither"


def lifted_table(game: Game, lifted: tuple[Lifted, ...], offer: int, grid: str) -> Table:
    """The offer on the table with one red line lifted at a time, solved again."""
    _, b = side_names(game)
    columns = (
        Column("line", "Red line lifted"),
        Column("ratified", "Chance of ratification", "share", "", 0),
        *(
            Column(
                f"gap_{t}",
                f"{b} gains, {type_name(game, game.types.index(t))}",
                "signed",
                "own stake",
                2,
            )
            for t in game.types
        ),
        Column("opens", "Opens the range"),
    )
    rows = tuple(
        (
            capital(line_words(game, x.line)),
            x.ratified,
            *x.gap_b,
            "yes" if len(x.opens_for) == len(game.types) else "in part" if x.opens_for else "no",
        )
        for x in lifted
    )
    return Table(
        f"{quoted(game.offers[offer].name)} without one red line at a time (solved again)",
        columns,
        rows,
        grid,
    )


def strip_chart(solution: Solution, all_gaps: tuple[Gaps, ...], shown: list[int]) -> Chart:
    """Who accepts by date: B counts as accepting when it does in expectation over its types."""
    game = solution.game
    a, b = side_names(game)
    contracts = {
        game.offers[i].name: [(g.accepts_a(i), float(game.opening @ g.b[i]) >= 0) for g in all_gaps]
        for i in shown
    }
    agreed = [name for name, dates in contracts.items() if dates[0] == (True, True)]
    title = (
        f"Both sides would sign {join(map(quoted, agreed))} today"
        if agreed
        else f"Over {b}'s types, no contract has both signatures today"
        if len(game.types) > 1
        else "No contract has both signatures today"
    )
    return acceptance_strip(
        "acceptance",
        title=title,
        subtitle=f"Who would sign, by date, if nobody acts before ({b}: over its types)",
        alt=f"{title}. Contracts by date with the sides that accept.",
        months=[float(g.month) for g in all_gaps],
        contracts=contracts,
        side_a=a,
        side_b=b,
        start=game.crisis.as_of,
    )


def gains_chart(solution: Solution, now: Gaps, offer: int, told: Certificate) -> Chart:
    """What each side, and each type of B, gains by signing one offer today."""
    game = solution.game
    a, b = side_names(game)
    name = quoted(game.offers[offer].name)
    many = len(game.types) > 1
    bars = [Bar(a, float(now.a[offer]))]
    bars += [
        Bar(f"{b}, {type_name(game, j)}" if many else b, float(now.b[offer, j]))
        for j in range(len(game.types))
    ]
    metrics: list[Metric] = ["value_a", *(["value_b"] * len(game.types))]  # type: ignore[list-item]
    clear = [told.distinguishable(bar.value, 0.0, m) for bar, m in zip(bars, metrics, strict=True)]
    losing = [bar.name for bar, seen in zip(bars, clear, strict=True) if seen and bar.value < 0]
    even = [bar.name for bar, seen in zip(bars, clear, strict=True) if not seen]
    if many and all(clear[1:]) and all(bar.value < 0 for bar in bars[1:]):
        losing = [*losing[: int(bars[0].value < 0 and clear[0])], f"{b}, whatever its type,"]
    title = (
        f"Signing {name} today leaves {join(losing)} worse off"
        if losing
        else f"Signing {name} today makes no distinguishable difference to {join(even)}"
        if even
        else f"Both sides gain by signing {name} today"
    )
    return diverging_bars(
        "gains",
        title=title,
        subtitle="Gain from signing today against letting the round pass, each in its own stake",
        alt=f"{title}: {join(f'{bar.name} {stake(bar.value, True)}' for bar in bars)}.",
        bars=bars,
        positive=("neutral", "would sign"),
        negative=("outside", "would rather wait"),
        unit="own stake",
        heading="Gain",
    )


# --- Why no deal ------------------------------------------------------------------------------

NAMES = {
    INFORMATION: "Information",
    COMMITMENT: "Commitment",
    LINES: "Red lines and indivisible issues",
    HOME: "Limits at home and in the coalition",
}
TAKEN = {
    INFORMATION: "the type is known from the start",
    COMMITMENT: "settlements bind",
    LINES: "no red line, every issue divisible and open",
    HOME: "no floors, nothing paid at home for signing",
}


def why_table(game: Game, why: Why) -> Table:
    """Shapley shares of the four obstacles, side by side."""
    a, b = side_names(game)
    columns = (
        Column("obstacle", "Obstacle"),
        Column("taken", "Taken away means"),
        Column("a", f"Lost to it, {a}", "signed", "own stake", 3),
        Column("b", f"Lost to it, {b}", "signed", "own stake", 3),
        Column("sum", "Both added", "signed", "stakes", 3),
        Column("low", "Least over precision", "signed", "stakes", 3),
        Column("high", "Most over precision", "signed", "stakes", 3),
        Column("alone", "Taken away alone", "signed", "stakes", 3),
    )
    rows: list[tuple[Cell, ...]] = []
    for x in OBSTACLES:
        low, high = why.span(x) if why.band else (None, None)
        share = why.shares.share[x]
        rows.append(
            (NAMES[x], TAKEN[x], *share, why.shares.sum(x), low, high, sum(why.shares.alone[x]))
        )
    rows.append(("All four", "", *why.shares.lost, why.shares.total, None, None, None))
    moved = f" On a finer grid the total moves by {why.error:.3f}." if why.error is not None else ""
    grid = "on the grid of this solution" if why.own else "on a coarser grid than this solution"
    note = (
        f"Average over every order in which obstacles are taken away, from eight solves {grid}.{moved} Minus: "
        "taking it away costs surplus on average. Stakes of the two sides share no unit: the sum "
        "only counts both alike."
    )
    if not why.told:
        note += f" Less than {ENOUGH:g} is lost in all: the shares are not to be read as findings."
    return Table("What is lost to each obstacle", columns, tuple(rows), note)


def why_chart(why: Why, title: str) -> Chart:
    """Four bars around zero; thin ranges are over precision."""
    bars = []
    for x in why.ranked:
        low, high = why.span(x) if why.band else (None, None)
        bars.append(Bar(NAMES[x], why.shares.sum(x), low, high))
    ranges = ", lines: range over precision" if why.band else ""
    return diverging_bars(
        "why",
        title=title,
        subtitle=f"Surplus lost to each obstacle, stakes of both sides added{ranges}",
        alt=f"{title}: {join(f'{bar.name.lower()} {stake(bar.value, True)}' for bar in bars)}.",
        bars=bars,
        positive=("neutral", "stands in the way"),
        negative=("outside", "taking it away costs"),
        unit="stakes",
        heading="Share",
    )


# --- Room ---------------------------------------------------------------------------------------


def room_table(game: Game, found: Relaxed) -> Table:
    """The room for a deal as things are and with one thing, or two, relaxed."""
    columns = (
        Column("relaxed", "Given up"),
        Column("room", "Room that leaves", "signed", "own stake", 3),
        Column("opens", "Opens a range"),
        Column("least", "Least of it that does"),
        Column("binding", "Who is suited least"),
    )

    def row(name: str, x: Room | None, least: str = "") -> tuple[Cell, ...]:
        if x is None:
            return (name, None, "no terms are allowed", least, "")
        opens = "yes" if x.open else "no"
        return (name, x.margin, opens, least, suited_least(game, x))

    rows = [row("nothing", found.base)]
    rows += [
        row(f"nothing, if its type were {type_name(game, game.types.index(t))}", x)
        for t, x in found.by_type.items()
        if len(game.types) > 1
    ]
    shut = found.base is None or not found.base.open
    rows += [row(step_words(game, x), x.room, least_words(game, x)) for x in found.singles if shut]
    rows += [
        row(f"{step_words(game, x.first)}, and {step_words(game, x.second)}", x.room)
        for x in found.pairs[:MOST_PAIRS]
    ]
    rows.append(row("all of these", found.every))
    return Table(
        "Room for any deal at all today, and what would have to give",
        columns,
        tuple(rows),
        "Room: how much the best terms leave to whoever is suited least, in that actor's own stake; minus: by "
        "how much they fail it. Terms are free within red lines, what is on the table and the points of "
        "indivisible issues; guarantee and relief are those of a contract in the file.",
    )


def terms_table(game: Game, rooms: list[tuple[str, Room]]) -> Table:
    """The best terms themselves."""
    issues = list(game.crisis.issues.values())
    columns = (
        Column("case", "Terms that suit everybody best"),
        *(
            Column(m, issue.name, "number", "", 2)
            for m, issue in zip(game.crisis.issues, issues, strict=True)
        ),
        Column("frame", "Guarantee and relief as in"),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, *x.terms, game.offers[x.frame].name) for name, x in rooms
    )
    a, b = side_names(game)
    return Table("The terms behind the room", columns, rows, f"0 is {a}'s end, 1 is {b}'s.")
