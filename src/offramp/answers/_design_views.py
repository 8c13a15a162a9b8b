"""Words, tables and charts of a designed plan."""

from __future__ import annotations

from dataclasses import dataclass, replace

from offramp.answers._answer import Cell, Chart, Column, Table
from offramp.answers._charts import Bar, Dot, PlanRow, diverging_bars, dots_and_ranges
from offramp.answers._design_search import Bench, Result
from offramp.answers._design_space import Design, Limits, Space
from offramp.answers._facts import fine_percent, join, owner, percent, quoted, side_names, stake
from offramp.crisis import Crisis
from offramp.solution import Solution

MOST_ROWS = 10
PLACE_WORDS = {"out": "left out", "now": "from the first day", "later": "at the trigger"}


@dataclass(frozen=True)
class Chosen:
    """The search's outcome.

    Attributes:
        best: The design chosen; None if none keeps to the limits.
        fine: Finalists on the finer grid, best first; ``grid``, ``finer`` the two grids' names.
        own: The plan under study on the finer grid, whatever the limits.
        error: Size up to which a difference of A's value is none; ``error_disaster`` of disaster.
        frontier: Undominated designs on the grid of the search, safest first.
        worth: By lever of the best design: A's value with it less without, on the grid of the search.
        complete: Whether every design within cost and rung was solved.
        heuristic: Whether the search was a heuristic; ``stopped`` why it ended early, if it did.
        beyond: Least chance of disaster among the finalists on the finer grid.
    """

    best: Design | None
    fine: tuple[tuple[Design, Result], ...]
    own: Result | None
    grid: str
    finer: str
    error: float
    error_disaster: float
    frontier: tuple[tuple[Design, Result], ...]
    worth: tuple[tuple[str, float], ...]
    complete: bool
    heuristic: bool
    stopped: str
    beyond: float | None

    @property
    def result(self) -> Result | None:
        """The best design on the finer grid if it was solved there."""
        return self.fine[0][1] if self.fine else None


def limits_words(limits: Limits) -> str:
    """The limits in words."""
    said = []
    if limits.rung is not None:
        said.append(f"no lever above rung {limits.rung}")
    if limits.cost is not None:
        said.append(f"an own cost of at most {limits.cost:g}")
    if limits.disaster is not None:
        said.append(f"a chance of disaster of at most {fine_percent(limits.disaster)}")
    if limits.consent:
        said.append("every lever passes its rule of consent")
    return join(said) if said else "no limits"


def design_words(crisis: Crisis, space: Space, design: Design) -> str:
    """A design in a phrase."""
    names = {
        place: [
            crisis.levers[k].name
            for k, p in zip(space.levers, design.places, strict=True)
            if p == place
        ]
        for place in ("now", "later")
    }
    offer = "any offer" if design.offer is None else quoted(crisis.contracts[design.offer].name)
    parts = []
    if names["now"]:
        parts.append(f"at once {join(quoted(n) for n in names['now'])}")
    if names["later"]:
        parts.append(
            f"after {design.months} months without a ceasefire "
            f"{join(quoted(n) for n in names['later'])}"
        )
    if not parts:
        parts.append("no lever")
    return f"{'; '.join(parts)}; {offer}"


def headline(solution: Solution, space: Space, chosen: Chosen) -> str:
    """The finding as a heading."""
    a, _ = side_names(solution.game)
    if chosen.best is None or chosen.result is None:
        return "No plan that was looked at keeps to the limits"
    if chosen.own is None:
        return f"The best plan found is worth {stake(chosen.result.value_a)} to {a}"
    gain = chosen.result.value_a - chosen.own.value_a
    if gain > chosen.error:
        return (
            f"Within the limits a plan is worth {stake(gain)} more to {a} than the one under study"
        )
    if gain < -chosen.error:
        return f"The limits cost {a} {stake(-gain)} against the plan under study"
    return "Within the limits nothing found differs from the plan under study"


def paragraphs(solution: Solution, space: Space, bench: Bench, chosen: Chosen) -> tuple[str, ...]:
    """Three to six sentences."""
    game = solution.game
    a, _ = side_names(game)
    crisis = game.crisis
    number = len(bench.found)
    start = (
        f"Under {limits_words(space.limits)}, {len(space.levers)} levers, "
        f"{len(space.months)} trigger dates and {len(space.offers)} offers make "
        f"{space.size:,} designs; {number:,} were solved."
    )
    if chosen.best is None or chosen.result is None:
        least = (
            ""
            if chosen.beyond is None
            else f" (the safest finalist carries {fine_percent(chosen.beyond)})"
        )
        return (
            start,
            f"None of them keeps to the limit on disaster{least}: loosen it, or change the levers.",
            how_words(chosen),
        )
    x = chosen.result
    texts = [
        start,
        f"In this model the best has {design_words(crisis, space, chosen.best)}.",
        f"It is worth {stake(x.value_a)} to {a}, with a settlement by month 12 at {percent(x.settled)}, "
        f"a disaster at {fine_percent(x.disaster)} and an own cost of {space.cost_of(chosen.best):.3f}.",
    ]
    level = [d for d, r in chosen.fine[1:] if x.value_a - r.value_a <= chosen.error]
    if level:
        texts.append(
            f"{len(level)} other finalist{'s' if len(level) > 1 else ''} cannot be told apart from it "
            f"(differences up to {chosen.error:.3f} are none): choose among them on other grounds."
        )
    carry = [(k, w) for k, w in chosen.worth if w > chosen.error]
    if carry:
        texts.append(f"What carries it: {join(quoted(crisis.levers[k].name) for k, _ in carry)}.")
    elif chosen.worth:
        texts.append(
            "No single lever of it is worth more than the error: it is the package, or the offer."
        )
    texts.append(how_words(chosen))
    return tuple(texts)


def how_words(chosen: Chosen) -> str:
    """How sure the search is of having found the best."""
    if chosen.stopped:
        return f"The search was {chosen.stopped}: this is the best of what was solved by then."
    if chosen.complete:
        return "Every design within cost and rung was solved, so none is better on that grid."
    return (
        "The search is a heuristic: nothing better was found among the neighbours and exchanges of the best; "
        "it is not proven best."
    )


def flips(solution: Solution, space: Space, bench: Bench, chosen: Chosen) -> tuple[str, ...]:
    """What would change the choice."""
    texts = []
    crisis = solution.game.crisis
    if chosen.best is not None:
        here = bench.found[chosen.best]
        for offer in space.offers:
            other = bench.found.get(replace(chosen.best, offer=offer))
            if offer == chosen.best.offer or other is None:
                continue
            name = "any offer" if offer is None else quoted(crisis.contracts[offer].name)
            change = other.value_a - here.value_a
            told = (
                stake(change, True)
                if abs(change) > chosen.error
                else "no distinguishable difference"
            )
            texts.append(f"The same levers with {name}: {told}.")
    safe = [f for f in chosen.frontier if f[0] != chosen.best]
    if chosen.best is not None and safe and chosen.result is not None:
        result = safe[0][1]
        here = bench.found[chosen.best]
        less = here.disaster - result.disaster
        if less > chosen.error_disaster:
            texts.append(
                f"The safest plan on the frontier carries {fine_percent(less)} less risk of disaster and "
                f"costs {stake(here.value_a - result.value_a)} of the stake."
            )
    return tuple(texts)


def warnings(space: Space, bench: Bench, chosen: Chosen) -> tuple[str, ...]:
    """What readers must know."""
    texts = [
        f"The search ran on the grid {quoted(chosen.grid)}; the finalists were solved again on "
        f"{quoted(chosen.finer)}."
        if chosen.beyond is not None
        else f"The search ran on the grid {quoted(chosen.grid)} only.",
        "What follows a ceasefire, relief, agreement beforehand and floors are those of the plan under study.",
    ]
    if chosen.stopped:
        texts.append(f"The search was {chosen.stopped}.")
    if bench.reused:
        texts.append(f"{bench.reused} results were taken from the store.")
    if chosen.fine and chosen.error > 0.01:
        texts.append(
            f"The finer grid moves A's value by up to {chosen.error:.3f} between finalists."
        )
    return tuple(texts)


def tables_of(solution: Solution, space: Space, chosen: Chosen) -> tuple[Table, ...]:
    """Finalists, the best design lever by lever, the frontier, what was left out."""
    crisis = solution.game.crisis
    a, b = side_names(solution.game)

    def columns(first: str) -> tuple[Column, ...]:
        return (
            Column("plan", first),
            Column("value_a", f"Worth to {a}", "number", "own stake", 3),
            Column("value_b", f"Worth to {b}", "number", "its stake, over types", 3),
            Column("settled", "Settlement", "share", "", 0),
            Column("disaster", "Disaster", "share", "", 2),
            Column("cost", "Own cost", "number", "flow", 3),
            Column("rung", "Highest rung", "integer", "", 0),
        )

    def row(design: Design, r: Result) -> tuple[Cell, ...]:
        return (
            design_words(crisis, space, design), r.value_a, r.value_b, r.settled, r.disaster,
            space.cost_of(design), space.rung_of(design),
        )  # fmt: skip

    rows = [row(d, r) for d, r in chosen.fine]
    if chosen.own is not None:
        o = chosen.own
        rows.append(
            ("The plan under study", o.value_a, o.value_b, o.settled, o.disaster, None, None)
        )
    tables = [
        Table(
            "Finalists", columns("Plan"), tuple(rows),
            f"On the grid “{chosen.finer}”; a difference of A's value up to {chosen.error:.3f} is none. "
            f"Limits: {limits_words(space.limits)}.",
        )
    ]  # fmt: skip
    if chosen.best is not None:
        worth = dict(chosen.worth)
        tables.append(
            Table(
                "The best plan, lever by lever",
                (
                    Column("lever", "Lever"),
                    Column("place", "When"),
                    Column("strength", "Strength", "share", "", 0),
                    Column("cost", "Own cost", "number", "flow", 3),
                    Column("rung", "Rung", "integer", "", 0),
                    Column("worth", f"Adds for {a}", "signed", "own stake", 3),
                ),
                tuple(
                    (
                        crisis.levers[k].name, PLACE_WORDS[p], s, c, r, worth.get(k),
                    )
                    for k, p, s, c, r in zip(
                        space.levers, chosen.best.places, space.strength, space.cost, space.rung,
                        strict=True,
                    )
                ),
                "Adds: A's value of the plan less that of the plan without the lever, on the grid of the "
                "search. Strength: what those who agree can give.",
            )
        )  # fmt: skip
    if chosen.frontier:
        tables.append(
            Table(
                f"Frontier of worth to {a} against the risk of disaster",
                columns("Plan, safest first"),
                tuple(row(d, r) for d, r in chosen.frontier),
                f"Among the designs solved, on the grid “{chosen.grid}”: no other has more worth and "
                f"less risk.",
            )
        )
    if space.left:
        tables.append(
            Table(
                "Levers left out",
                (Column("lever", "Lever"), Column("why", "Why")),
                tuple((crisis.levers[k].name, why) for k, why in space.left),
            )
        )
    return tuple(tables)


def charts_of(solution: Solution, space: Space, chosen: Chosen, title: str) -> tuple[Chart, ...]:
    """Frontier, and what each lever adds."""
    crisis = solution.game.crisis
    a, _ = side_names(solution.game)
    charts: list[Chart] = []
    if chosen.frontier:
        spread = chosen.frontier[:: max(1, len(chosen.frontier) // MOST_ROWS)][:MOST_ROWS]
        if chosen.frontier[-1] not in spread:
            spread = (*spread[: MOST_ROWS - 1], chosen.frontier[-1])
        low, high = spread[0], spread[-1]
        finding = (
            f"From the safest plan to the one worth most: {stake(high[1].value_a - low[1].value_a)} of "
            f"the stake "
            f"for {fine_percent(high[1].disaster - low[1].disaster)} of risk"
            if len(spread) > 1
            else "One plan is both the safest and worth most"
        )
        charts.append(
            dots_and_ranges(
                "frontier",
                title=finding,
                subtitle=f"Worth to {a}, share of its stake, of plans that no other beats in worth and risk; "
                "risk of disaster by month 12 below each name",
                alt=f"{finding}.",
                rows=[
                    PlanRow(
                        _short(crisis, space, d),
                        Dot(r.value_a),
                        remark=f"disaster {fine_percent(r.disaster)}",
                    )
                    for d, r in spread
                ],
                format="number",
                decimals=3,
            )
        )
    if chosen.worth:
        charts.append(
            diverging_bars(
                "levers",
                title=title,
                subtitle=f"What each lever of the best plan adds to {owner(a)} value, share of its stake",
                alt=f"{title}. Most is added by {crisis.levers[chosen.worth[0][0]].name}.",
                bars=[Bar(crisis.levers[k].name, w) for k, w in chosen.worth[:MOST_ROWS]],
                positive=("a", "adds"),
                negative=("neutral", "takes away"),
                decimals=3,
                heading="Adds",
            )
        )
    return tuple(charts)


def _short(crisis: Crisis, space: Space, design: Design) -> str:
    """A design in a few words for a row of a chart."""
    used = sum(p != "out" for p in design.places)
    offer = "any offer" if design.offer is None else crisis.contracts[design.offer].name
    when = f", {sum(p == 'later' for p in design.places)} after {design.months} months"
    return (
        f"{used} lever{'s' if used != 1 else ''}{when if 'later' in design.places else ''}; {offer}"
    )
