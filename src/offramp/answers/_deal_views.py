"""Tables and charts of the deal answer: today, by date, lines lifted, gains, the two-issue map."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offramp.answers._answer import Cell, Chart, Column, Table
from offramp.answers._charts import (
    Bar,
    Contract,
    RedLine,
    acceptance_strip,
    diverging_bars,
    matrix,
    two_issue_map,
)
from offramp.answers._deal_facts import (
    Lifted,
    blockers,
    capital,
    close_calls,
    close_words,
    line_words,
)
from offramp.answers._facts import (
    join,
    owner,
    quoted,
    side_names,
    stake,
    type_name,
)
from offramp.answers._measures import Gaps
from offramp.game import Game
from offramp.solution import Certificate, Metric, Solution

Floats = NDArray[np.float64]

MAP_POINTS = 41
"""Points per axis of the two-issue map."""


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"


def today_table(game: Game, now: Gaps, shown: list[int], told: Certificate) -> Table:
    a, b = side_names(game)
    columns = [
        Column("contract", "Contract"),
        Column("gap_a", f"{a} gains", "signed", "own stake", 2),
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
        Column("stops", "What stops it"),
    ]
    rows: list[tuple[Cell, ...]] = []
    for i in shown:
        stops = blockers(game, now, i)
        close = close_words(game, now, i, told)
        rows.append(
            (
                game.offers[i].name,
                float(now.a[i]),
                float(now.ratified[i]),
                *(float(x) for x in now.b[i]),
                "; ".join((*(stops or ("nothing",)), *([close] if close else []))),
            )
        )
    offered = {o.contract for o in game.offers}
    for key, contract in game.crisis.contracts.items():
        if key not in offered:
            why = (
                "put forward over the parties' heads"
                if contract.imposed
                else "beyond a hard red line: "
                + join(
                    line_words(game, x.id)
                    for x in game.stakes.lines
                    if x.hard
                    and bool(x.crossed(np.array([contract.terms[m] for m in game.stakes.issues])))
                )
            )
            rows.append((contract.name, None, None, *(None for _ in game.types), why))
    return Table(
        "Signing today against letting the round pass",
        tuple(columns),
        tuple(rows),
        "Gains in each side's own stake; minus: it would rather let the round pass."
        + "".join(
            f" {game.offers[i].name}: {join(_terms_words(game, i))}."
            for i in shown
            if game.offers[i].contract is None
        ),
    )


def _terms_words(game: Game, offer: int) -> list[str]:
    """Terms of an offer, issue by issue, with the nearest meaning on its scale."""
    words = []
    for issue, x in zip(game.crisis.issues.values(), game.offers[offer].terms, strict=True):
        near = min(issue.scale, key=lambda p: abs(p.at - x), default=None)
        means = f" (near {quoted(near.means)})" if near is not None else ""
        words.append(f"{issue.name.lower()} {stake(x)}{means}")
    return words


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


def lifted_table(game: Game, lifted: tuple[Lifted, ...], offer: int | None) -> Table:
    _, b = side_names(game)
    assert offer is not None
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
    )


def strip_chart(
    solution: Solution, all_gaps: tuple[Gaps, ...], shown: list[int], headline: str
) -> Chart:
    """Who accepts by date: B counts as accepting when it does in expectation over its types."""
    game = solution.game
    a, b = side_names(game)
    if len(all_gaps) < 2:
        g = all_gaps[0]
        return matrix(
            "acceptance",
            title=headline,
            subtitle="Who would sign today",
            alt=headline,
            rows=[game.offers[i].name for i in shown],
            columns=[a, *(f"{b}, {type_name(game, j)}" for j in range(len(game.types)))],
            cells=[
                [_yes(g.accepts_a(i)), *(_yes(g.accepts_b(i, j)) for j in range(len(game.types)))]
                for i in shown
            ],
        )
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


def _map_issues(game: Game, near: int) -> tuple[int, int]:
    """The two divisible issues on which the two sides' weighted stakes are largest."""
    s = game.stakes
    a = np.abs(s.influence[s.side == 0] @ s.weight[s.side == 0])
    b = np.abs(s.influence[s.side == 1] @ s.weight[s.side == 1])
    order = np.argsort(-np.minimum(a, b), kind="stable")
    return int(order[0]), int(order[1])


def map_chart(solution: Solution, now: Gaps, near: int) -> Chart:
    """Both acceptance sets on two issues, the rest at the terms of the nearest contract."""
    game = solution.game
    a, b = side_names(game)
    stakes = game.stakes
    m, n = _map_issues(game, near)
    issues = list(game.crisis.issues.values())
    axes = [
        np.array(sorted(issues[i].points))
        if not issues[i].divisible
        else np.linspace(0, 1, MAP_POINTS)
        for i in (m, n)
    ]
    base = np.array(game.offers[near].terms)
    grid = np.tile(base, (len(axes[0]), len(axes[1]), 1))
    grid[:, :, m], grid[:, :, n] = axes[0][:, None], axes[1][None]
    signed = stakes.signed(grid)
    near_w = stakes.signed(base[None])
    need_a = float(stakes.bloc(near_w, 0)[0]) - float(now.a[near])
    need_b = float(stakes.bloc(near_w, 1)[0]) - float(game.opening @ now.b[near])
    possible = stakes.feasible(grid)
    limit = np.maximum(game.automaton.terms[0].limit, base)
    accept_a = (stakes.bloc(signed, 0) >= need_a) & possible & (grid <= limit + 1e-9).all(-1)
    accept_b = (stakes.bloc(signed, 1) >= need_b) & possible
    for v in range(len(stakes.voices)):
        floor = game.opening_floor(v)
        if floor is not None:
            side = accept_a if stakes.side[v] == 0 else accept_b
            side &= signed[v] >= floor
    both = bool((accept_a & accept_b).any())
    title = (
        f"Moving {issues[m].name.lower()} and {issues[n].name.lower()} alone finds common ground"
        if both
        else f"Moving {issues[m].name.lower()} and {issues[n].name.lower()} alone finds no common ground"
    )
    lines = [
        RedLine(
            f"{owner(game.crisis.actors[x.actor].name)} red line",
            x.bound,
            "x" if x.issue == m else "y",
        )
        for x in stakes.lines
        if x.issue in (m, n) and x.actor in stakes.voices
    ]
    points = [
        Contract(o.name, o.terms[m], o.terms[n]) for o in game.offers if o.contract is not None
    ]
    return two_issue_map(
        "map",
        title=title,
        subtitle=f"All else as in {quoted(game.offers[near].name)}, guarantee and relief included; "
        f"{b} over its types; 0 is {a}'s end, 1 is {b}'s",
        alt=f"{title}, with the other issues as in {quoted(game.offers[near].name)}.",
        x_issue=issues[m].name,
        y_issue=issues[n].name,
        xs=[float(x) for x in axes[0]],
        ys=[float(y) for y in axes[1]],
        accept_a=accept_a.tolist(),
        accept_b=accept_b.tolist(),
        side_a=a,
        side_b=b,
        contracts=points,
        red_lines=lines,
    )
