"""Tables and charts of the lever half of the answer about leverage."""

from __future__ import annotations

from offramp.answers._answer import Cell, Chart, Column, Table
from offramp.answers._charts import Bar, Dot, Line, PlanRow, diverging_bars, dots_and_ranges, fan
from offramp.answers._facts import owner, side_names, type_name
from offramp.answers._leverage_ledger import Ledger
from offramp.answers._leverage_levers import CONSTITUENCIES, PARTS, Weighed
from offramp.answers._leverage_pressure import PlanFlows, WarMonth
from offramp.answers._leverage_runs import Errors
from offramp.answers._measures import Span
from offramp.game import Game

OWN = "own stake"
POINTS = "percentage points"
NOT_HERE = "no channel in this game"
HEADINGS = {
    "coerce": "Coerce",
    "constrain": "Constrain",
    "terms": "Terms on the table",
    "risk": "Accident risk",
    "own": "Own cost",
}
PEOPLE = {"elite": "Elite", "public": "Public", "budget": "State budget", "military": "Forces"}
MOST_BARS = 8
"""Levers in the chart."""


def told_apart(x: Weighed, errors: Errors) -> bool:
    """Whether a lever's net leverage for A is larger than the error."""
    return abs(x.net.a) > errors.of(x.id).a


def points(share: float | None) -> float | None:
    """A difference of probabilities in percentage points."""
    return None if share is None else 100 * share


def grid_note(ledger: Ledger) -> str:
    """Which grid the levers were weighed on, and what counts as a difference, in words."""
    grid = (
        "Solved again on the grid of this solution"
        if ledger.own
        else "Solved again on a coarser grid than this solution"
    )
    e = ledger.errors.most
    counted = (
        f"; {len(ledger.errors.each)} of the levers also on the grid {ledger.errors.finer}, and how far "
        "that moves a lever's effect is its error"
        if ledger.errors.each
        else ""
    )
    return (
        f"{grid}{counted}. The largest error, which counts for all others: {e.a:.3f} (A) and {e.b:.3f} (B) "
        f"of a stake, {100 * e.settled:.1f} points."
    )


def parts_table(game: Game, ledger: Ledger) -> Table:
    """Net leverage for A by channel, of the levers that were taken apart."""
    a, b = side_names(game)
    columns = (
        Column("lever", "Lever"),
        Column("net", f"Net, worth to {a}", "signed", OWN, 3),
        *(Column(p, HEADINGS[p], "signed", OWN, 3) for p in PARTS),
        Column("rest", "Rest", "signed", OWN, 3),
        Column("signal", "Signal"),
        Column("net_b", f"Net, worth to {b}", "signed", OWN, 3),
        Column("settled", "In a settlement", "signed", POINTS, 1),
        Column("told", "Net larger than the error"),
    )
    rows: list[tuple[Cell, ...]] = []
    for x in ledger.apart:
        assert x.rest is not None
        rows.append(
            (
                x.name,
                x.net.a,
                *(x.parts[p].a if p in x.parts else 0.0 for p in PARTS),
                x.rest.a,
                NOT_HERE if "signal" in x.channels else None,
                x.net.mean_b,
                points(x.net.settled),
                "yes" if told_apart(x, ledger.errors) else "no",
            )
        )
    whose = (
        "The plan's levers" if ledger.used else "The strongest levers, each added to the plan alone"
    )
    return Table(
        f"{whose}: net leverage by channel",
        columns,
        tuple(rows),
        "Each part is what is lost without it. Coerce: what depends on what the target does, relief and "
        "threat; an unconditional stick has none. Constrain: battle odds and exhaustion. Rest: pain that "
        f"comes whatever the target does, and what the parts do together. {grid_note(ledger)}",
    )


def types_table(game: Game, ledger: Ledger) -> Table:
    """What each lever of the plan, or the strongest, is worth by B's type, and to the terms."""
    a, b = side_names(game)
    columns = (
        Column("lever", "Lever"),
        *(
            Column(f"b_{t}", f"{b}, {type_name(game, j)}", "signed", OWN, 3)
            for j, t in enumerate(game.types)
        ),
        Column("relief", f"Of coerce, by relief: worth to {a}", "signed", OWN, 3),
        Column("terms", f"{owner(a)} stake in the deals in force", "signed", OWN, 3),
        Column("known", f"Belief in {owner(b)} true type", "signed", POINTS, 1),
    )
    rows = tuple(
        (
            x.name,
            *x.net.b,
            x.parts["relief"].a if "relief" in x.parts else None,
            x.net.terms_a,
            points(x.net.known),
        )
        for x in ledger.apart
    )
    return Table(
        f"The same levers, by {owner(b)} type",
        columns,
        rows,
        f"What {owner(b)} answers reveal about it under the lever is in the last column; a dash: not "
        f"looked at, or none. {grid_note(ledger)}",
    )


def idle_table(game: Game, ledger: Ledger) -> Table:
    """Levers that the plan leaves idle, each added alone."""
    a, b = side_names(game)
    columns = (
        Column("lever", "Lever added alone"),
        Column("rung", "Rung", "integer", "", 0),
        Column("net", f"Worth to {a}", "signed", OWN, 3),
        Column("per_rung", "Per rung", "signed", OWN, 4),
        Column("net_b", f"Worth to {b}", "signed", OWN, 3),
        Column("settled", "In a settlement", "signed", POINTS, 1),
        Column("told", "Larger than the error"),
    )
    rows = tuple(
        (
            x.name,
            x.rung,
            x.net.a,
            x.per_rung,
            x.net.mean_b,
            points(x.net.settled),
            "yes" if told_apart(x, ledger.errors) else "no",
        )
        for x in ledger.idle
    )
    out = "; ".join(f"{game.crisis.levers[k].name}: {why}" for k, why in ledger.out.items())
    left = f" Not weighed: {out}." if out else ""
    return Table(
        "Levers that the plan leaves idle",
        columns,
        rows,
        f"In full force with the plan's last step (a plan without steps: from today). "
        f"{grid_note(ledger)}{left}",
    )


def felt_table(game: Game, levers: tuple[Weighed, ...], package: dict[str, float]) -> Table:
    """Through whom a lever's pain reaches B's leader."""
    a, b = side_names(game)
    columns = (
        Column("lever", "Lever"),
        Column("pain", f"Pain on {owner(b)} leader", "number", "flow, own stake", 3),
        *(Column(c, PEOPLE[c], "share", "", 0) for c in CONSTITUENCIES),
        Column("own", f"Cost to {a}", "number", "flow, own stake", 3),
    )
    nobody = (None,) * len(CONSTITUENCIES)
    rows: list[tuple[Cell, ...]] = [
        (
            x.name,
            x.pain,
            *((x.felt[c] for c in CONSTITUENCIES) if x.felt else nobody),
            x.own_cost,
        )
        for x in levers
    ]
    if package:
        shares = tuple(package[c] for c in CONSTITUENCIES)
        rows.append(("All sticks of the plan", None, *shares, None))
    weights = game.crisis.blocs["B"].felt_by
    counted = ", ".join(
        f"{PEOPLE[c].lower()} {getattr(weights, c).value:g}" for c in CONSTITUENCIES
    )
    return Table(
        "Who feels it",
        columns,
        tuple(rows),
        "At full effect and cohesion, after leakage; negative pain is a gift. Shares are of what reaches the "
        f"leader: who feels it, times how much of that the leader feels ({counted}). Costs of the two "
        "sides share no unit.",
    )


def war_table(rows: tuple[WarMonth, ...]) -> Table:
    """The war-of-attrition read-out."""
    words = {
        "pays": "pays over its whole range",
        "costs": "costs over its whole range",
        "either": "sign depends on the inputs",
        "neither": "neither pays nor costs",
    }
    columns = (
        Column("who", "Side or type"),
        Column("net", "Net flow of war", "signed", OWN, 2),
        Column("low", "Low", "signed", OWN, 2),
        Column("high", "High", "signed", OWN, 2),
        Column("month", "One month of it", "signed", OWN, 4),
        Column("sign", "Sign"),
    )
    return Table(
        "What a month of war is worth against a month of peace on the same line",
        columns,
        tuple((w.who, w.net, w.low, w.high, w.month, words[w.sign]) for w in rows),
        "Each in its own stake, before levers, exhaustion and moves of the front. Low and high: every input "
        "at the end of its range that is worst, or best, for that side.",
    )


def levers_chart(game: Game, ledger: Ledger, title: str) -> Chart | None:
    """Net leverage of the plan's levers, or of the strongest idle ones."""
    a, _ = side_names(game)
    group = ledger.used or ledger.idle
    if not group:
        return None
    chosen = sorted(group, key=lambda x: -abs(x.net.a))[:MOST_BARS]
    chosen.sort(key=lambda x: -x.net.a)
    what = (
        "with the lever less without it" if ledger.used else "with the lever added less without it"
    )
    return diverging_bars(
        "levers",
        title=title,
        subtitle=f"Value of the plan to {a} {what}, own stake; the line is the error of each",
        alt=f"{title}. " + "; ".join(f"{x.name} {x.net.a:+.3f}" for x in chosen) + ".",
        bars=[_with_error(x, ledger.errors) for x in chosen],
        unit=OWN,
        decimals=3,
        heading=f"Net leverage for {a}",
    )


def _with_error(x: Weighed, errors: Errors) -> Bar:
    e = errors.of(x.id).a
    return Bar(x.name, x.net.a, x.net.a - e, x.net.a + e)


def flows_chart(game: Game, flows: PlanFlows, own: Span, title: str) -> Chart:
    """What the plan's levers cost both sides through time, each by its own span."""
    a, b = side_names(game)
    months = range(len(flows.pain))
    pain = tuple(float(x) / own.b for x in flows.pain)
    cost = tuple(float(x) / own.a for x in flows.own)
    return fan(
        "pressure",
        title=title,
        subtitle="Flow of the plan's levers while nothing is settled, as a share of what each side could gain",
        alt=f"{title}: after {len(flows.pain) - 1} months {b} {pain[-1]:.1%}, {a} {cost[-1]:.1%}.",
        months=[float(t) for t in months],
        lines=[Line(f"pain on {b}", pain, "b"), Line(f"cost to {a}", cost, "a")],
        start=game.crisis.as_of,
        format="share",
        decimals=1,
    )


def war_chart(game: Game, rows: tuple[WarMonth, ...], title: str) -> Chart:
    """Net value of war by side and type with its range."""
    _, b = side_names(game)
    return dots_and_ranges(
        "war",
        title=title,
        subtitle="Net flow of war against peace on the same line, each in its own stake",
        alt=f"{title}: "
        + "; ".join(f"{w.who} {w.net:+.2f} ({w.low:+.2f} to {w.high:+.2f})" for w in rows)
        + ".",
        rows=[
            PlanRow(w.who if w.side == "a" else f"{b}, {w.who}", Dot(w.net, w.low, w.high))
            for w in rows
        ],
        series=("Net flow of war",),
        side="neutral",
        format="signed",
        unit=OWN,
        decimals=2,
    )
