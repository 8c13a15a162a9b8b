"""Tables and charts of the futures answer."""

from __future__ import annotations

import numpy as np

from offramp.answers._answer import Cell, Chart, Column, Table
from offramp.answers._charts import Line, Share, fan, stacked_area
from offramp.answers._facts import percent, quoted, side_names
from offramp.answers._futures_choice import Chosen
from offramp.answers._futures_facts import LEVELS, Attrition, Fans, Floats
from offramp.answers._futures_samples import Histories
from offramp.answers._futures_stories import month_name, regime_words, story
from offramp.game import Game
from offramp.game._states import (
    A_GONE,
    B_GONE,
    CEASEFIRE,
    DISASTER,
    FOUGHT,
    SETTLED,
    STANDOFF,
    WAR,
)
from offramp.solution import Solution

ORDER = (DISASTER, A_GONE, FOUGHT, B_GONE, WAR, STANDOFF, CEASEFIRE, SETTLED)
"""Regimes in tables and charts: ends by force, then what is open, then settlement."""
SEEN = 0.005
"""Regimes that never get this likely share one layer of the chart."""


def shown_months(months: int) -> list[int]:
    """Months in tables."""
    return [t for t in (0, 3, 6, 9, 12, 18, 24, 36, 48, 60) if t < months] + [months]


def regime_table(solution: Solution) -> Table:
    """Regimes by month, and first settlement beside them."""
    game, f = solution.game, solution.futures
    used = [r for r in ORDER if f.regime[: game.shown + 1, r].max() > 0]
    columns = (
        Column("month", "Month", "months", "", 0),
        Column("date", "Date"),
        *(Column(f"regime_{r}", _capital(regime_words(game, r)), "share", "", 1) for r in used),
        Column("first", "A first settlement signed by then", "share", "", 1),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            float(t),
            month_name(game, t),
            *(float(f.regime[t, r]) for r in used),
            float(f.first_deal[t]),
        )
        for t in shown_months(game.shown)
    )
    return Table(
        "Where things stand, month by month",
        columns,
        rows,
        "Exact probabilities of the solved game, not frequencies of samples. A settlement that breaks counts "
        "in the last column and no longer in the settlement column.",
    )


def terms_table(solution: Solution, fans: Fans | None) -> Table | None:
    """Contracts in force at the end, and how often each is signed."""
    game, f = solution.game, solution.futures
    end = game.shown
    signed = f.signed[:end].sum(0)
    if not signed.sum() > 0 and not f.settled_on[end].sum() > 0:
        return None
    order = [i for i in np.argsort(-f.settled_on[end], kind="stable") if signed[i] >= 0.0005]
    issues = game.crisis.issues
    columns = (
        Column("contract", "Contract"),
        Column("stands", f"In force at month {end}", "share", "", 1),
        Column("signed", "Times signed, expected", "number", "", 3),
        *(Column(f"issue_{m}", issues[m].name, "number", "issue", 2) for m in game.stakes.issues),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            game.offers[i].name,
            float(f.settled_on[end, i]),
            float(signed[i]),
            *(float(x) for x in game.offers[i].terms),
        )
        for i in order
    ]
    if fans is not None and not np.isnan(next(iter(fans.terms.values()))[0, end]):
        rows += [
            (
                f"{percent(level)} of settlements are at or below",
                None,
                None,
                *(float(fans.terms[m][k, end]) for m in game.stakes.issues),
            )
            for k, level in enumerate(LEVELS)
        ]
    a, b = side_names(game)
    return Table(
        "What is signed",
        columns,
        tuple(rows),
        f"Terms run from 0, the end that {a} wants, to 1, the end that {b} wants.",
    )


def attrition_table(solution: Solution, found: Attrition) -> Table:
    """Hazards of giving way through time."""
    game = solution.game
    a, b = side_names(game)
    columns = (
        Column("months", "Months"),
        Column("open", "Nothing settled or over before", "share", "", 0),
        Column("hazard_a", f"{a} gives way, a month", "share", "", 1),
        Column("hazard_b", f"{b} gives way, a month", "share", "", 1),
    )
    rows = tuple((f"{s.first} to {s.last}", s.open, s.hazard_a, s.hazard_b) for s in found.spans)
    return Table(
        "Who gives way first",
        columns,
        rows,
        "Giving way is to sign the first settlement on the other side's offer. The hazards are averages over "
        "whoever is still holding out: readier types leave early, so a hazard that falls with "
        "time need not mean that anybody's resolve grows.",
    )


def fan_table(solution: Solution, fans: Fans) -> Table:
    """Quantiles of front and values."""
    game = solution.game
    a, b = side_names(game)
    columns = [Column("month", "Month", "months", "", 0)]
    series: list[tuple[str, str, Floats, str, int]] = []
    if game.layout.sizes[0] > 1:
        series.append(("front", f"Front, steps towards {b}", fans.front, "steps", 1))
    series += [
        ("value_a", f"Value to {a}", fans.value_a, "own stake", 2),
        ("value_b", f"Value to {b}", fans.value_b, "own stake", 2),
    ]
    for name, heading, _, unit, decimals in series:
        columns += [
            Column(f"{name}_{round(100 * q)}", f"{heading}, {percent(q)}", "number", unit, decimals)
            for q in LEVELS
        ]
    rows = tuple(
        (float(t), *(_plain(v[k, t]) for _, _, v, _, _ in series for k in range(len(LEVELS))))
        for t in shown_months(game.shown)
    )
    return Table(
        "Quantiles over all futures",
        tuple(columns),
        rows,
        "The front: given that nothing is settled or over. Values: over all futures, ended ones too; "
        "values of different actors share no unit.",
    )


def history_table(game: Game, h: Histories, chosen: list[Chosen]) -> Table:
    """The histories that are shown, told."""
    return Table(
        f"{len(chosen)} sample histories",
        (
            Column("weight", "Stands for", "share", "", 1),
            Column("end", "At the end"),
            Column("story", "History"),
        ),
        tuple(
            (x.weight, _capital(regime_words(game, x.regime)), story(game, h, x.index))
            for x in chosen
        ),
        "Runs of the model, chosen to span the distribution; none of them is a forecast. A history stands for "
        "the exact chance of its end times the share of drawn histories with that end which it is nearest to.",
    )


def charts(solution: Solution, fans: Fans | None, headline: str) -> tuple[Chart, ...]:
    """All charts of the answer."""
    game = solution.game
    found = [_regime_chart(solution, headline), _deal_chart(solution)]
    if fans is not None:
        if game.layout.sizes[0] > 1:
            found.append(_front_chart(solution, fans))
        found += [_value_chart(solution, fans, 0), _value_chart(solution, fans, 1)]
    return tuple(chart for chart in found if chart is not None)


def _regime_chart(solution: Solution, headline: str) -> Chart:
    game, f = solution.game, solution.futures
    months = list(range(game.shown + 1))
    seen = f.regime[: game.shown + 1]
    kept = [r for r in ORDER if seen[:, r].max() >= SEEN]
    rest = [r for r in ORDER if r not in kept and seen[:, r].max() > 0]
    shares = [
        Share(_capital(regime_words(game, r)), tuple(float(p) for p in seen[:, r])) for r in kept
    ]
    if rest:
        shares.insert(0, Share("Other ends", tuple(float(p) for p in seen[:, rest].sum(1))))
    return stacked_area(
        "regimes",
        title=headline,
        subtitle="Exact probability of each state of affairs",
        alt=f"{headline}.",
        months=months,
        shares=shares,
        start=game.crisis.as_of,
    )


def _deal_chart(solution: Solution) -> Chart | None:
    game, f = solution.game, solution.futures
    end = game.shown
    first = tuple(float(p) for p in f.first_deal[: end + 1])
    within = tuple(float(p) for p in f.regime[: end + 1, SETTLED])
    if not first[-1] > 0:
        return None
    lost = first[-1] - within[-1]
    title = (
        "Settlements, once signed, are kept within the horizon"
        if lost < SEEN
        else f"{percent(lost)} of futures have signed a settlement by month {end} and are not in one then"
    )
    return fan(
        "deals",
        title=title,
        subtitle="Chance that a first settlement has been signed, and that one is in force",
        alt=f"{title}: signed {percent(first[-1])}, in force {percent(within[-1])} at month {end}.",
        months=list(range(end + 1)),
        lines=[
            Line("a first settlement has been signed", first),
            Line("a settlement is in force", within),
        ],
        start=game.crisis.as_of,
        format="share",
        decimals=0,
    )


def _front_chart(solution: Solution, fans: Fans) -> Chart | None:
    game = solution.game
    _, b = side_names(game)
    months = [t for t in range(game.shown + 1) if not np.isnan(fans.front[1, t])]
    if len(months) < 2:
        return None
    low, mid, high = (tuple(float(x) for x in row[months]) for row in fans.front)
    end = months[-1]
    title = (
        f"While it stays open, four futures of five keep the front between {_steps(low[-1])} and "
        f"{_steps(high[-1])} of today at month {end}"
    )
    return fan(
        "front",
        title=title,
        subtitle=f"Steps towards {b}: median, and the band of four futures in five, given nothing is settled",
        alt=f"{title}.",
        months=months,
        lines=[Line("front", mid, "neutral", low, high)],
        start=game.crisis.as_of,
        unit="steps",
        decimals=1,
    )


def _value_chart(solution: Solution, fans: Fans, side: int) -> Chart | None:
    game = solution.game
    name = side_names(game)[side]
    table = (fans.value_a, fans.value_b)[side]
    low, mid, high = (tuple(float(x) for x in row) for row in table)
    title = (
        f"By month {game.shown} what {name} can expect lies between {low[-1]:.2f} and {high[-1]:.2f} of its "
        "stake in four futures of five"
    ).replace("-", "\N{MINUS SIGN}")
    return fan(
        f"value_{'ab'[side]}",
        title=title,
        subtitle="Value at each month, own stake: median and the band of four futures in five",
        alt=f"{title}.",
        months=list(range(game.shown + 1)),
        lines=[Line(name, mid, ("a", "b")[side], low, high)],
        start=game.crisis.as_of,
        unit="own stake",
    )


def held_words(game: Game, regime: int) -> str:
    """A regime as the subject of a sentence."""
    words = {
        SETTLED: "a settlement in force",
        WAR: "war",
        CEASEFIRE: "a ceasefire",
        STANDOFF: "a stand-off",
        DISASTER: "disaster",
    }
    return words.get(regime, regime_words(game, regime))


def contract_words(game: Game, offer: int) -> str:
    """A contract's name in quotes."""
    return quoted(game.offers[offer].name)


def _steps(x: float) -> str:
    return f"{x:+.3g}".replace("-", "\N{MINUS SIGN}") if x else "0"


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _plain(x: float) -> float | None:
    return None if np.isnan(x) else float(x)
