"""Tables and charts of the robustness answer."""

from __future__ import annotations

import math

from offramp.answers._answer import Cell, Chart, Column, Table
from offramp.answers._charts import Dot, PlanRow, dots_and_ranges, matrix
from offramp.answers._facts import join, percent, quoted
from offramp.answers._robust_facts import WORTH, Found, Under
from offramp.answers._style import Fill
from offramp.crisis import Crisis
from offramp.ensembles.robust import Held

HAS = "the one that has"
SETS_THE_BAR = "sets the bar"
NO_ANSWER = "no answer"

FILLS: dict[str, Fill] = {
    "holds up": "dark",
    "cannot be told": "light",
    "falls short": "none",
    SETS_THE_BAR: "pale",
    NO_ANSWER: "none",
}

SHARES: tuple[tuple[float, Fill], ...] = ((0.5, "dark"), (0.25, "mid"), (0.1, "light"))
"""Shades of shares of futures from which on each is used."""


def name_of(crisis: Crisis, plan: str) -> str:
    """What readers call a plan."""
    return crisis.plans[plan].name


def cell(held: Held, weighted: bool) -> str:
    """A plan under one reading, in words."""
    if math.isnan(held.share):
        return NO_ANSWER
    how = percent(held.share) if weighted else f"{held.hits} of {held.futures}"
    return f"{held.verdict}: {how}"


def main_table(crisis: Crisis, found: Found) -> Table:
    """Plans by readings, in words."""
    weighted = bool(found.moments)
    over = (Column("every", "Under every reading"),) if len(found.under) > 1 else ()
    rows: list[tuple[Cell, ...]] = []
    for plan in found.plans:
        if plan == found.setter:
            rows.append((name_of(crisis, plan), *(SETS_THE_BAR for _ in (*over, *found.under))))
            continue
        words = (cell(u.held[plan], weighted) for u in found.under)
        every = (found.standings[plan].verdict for _ in over)
        rows.append((name_of(crisis, plan), *every, *words))
    what = "weight of the futures" if weighted else "futures"
    return Table(
        "Which plans are good enough, often enough",
        (
            Column("plan", "Plan"),
            *over,
            *(Column(f"reading_{k}", u.name) for k, u in enumerate(found.under)),
        ),
        tuple(rows),
        f"Holds up: good enough in at least {percent(found.share)} of the {what}, and surely so; falls short: "
        "surely not; cannot be told: the 95 % interval lies on both sides. A future without an answer counts "
        "against a plan that is to hold up and for one that is to fall short.",
    )


def shares_table(crisis: Crisis, found: Found) -> Table:
    """The shares behind the words, with their intervals."""
    weighted = bool(found.moments)
    rows: list[tuple[Cell, ...]] = []
    for u in found.under:
        for plan in found.judged:
            h = u.held[plan]
            plain = (_share(u.plain_held[plan]),) if weighted else ()
            rows.append(
                (
                    u.name,
                    name_of(crisis, plan),
                    _share(h),
                    h.low,
                    h.high,
                    h.futures,
                    *plain,
                    h.verdict,
                )
            )
    return Table(
        "How often each plan is good enough",
        (
            Column("reading", "Reading"),
            Column("plan", "Plan"),
            Column("share", "Good enough", "share", "", 0),
            Column("low", "at least", "share", "", 0),
            Column("high", "at most", "share", "", 0),
            Column("futures", "Futures", "integer"),
            *((Column("plain", "Unweighted", "share", "", 0),) if weighted else ()),
            Column("verdict", ""),
        ),
        tuple(rows),
        "Good enough: " + join(bar.words(crisis) for bar in found.bars) + ".",
    )


def _share(held: Held) -> float | None:
    return None if math.isnan(held.share) else held.share


def regret_table(crisis: Crisis, found: Found) -> Table | None:
    """Regret and domain by reading and plan."""
    weighted = bool(found.moments)
    rows: list[tuple[Cell, ...]] = []
    for u in found.under:
        if u.figures is None:
            continue
        plain = {p.plan: p for p in u.plain.plans} if u.plain is not None else {}
        for p in u.figures.plans:
            more = (plain[p.plan].mean_regret,) if weighted else ()
            rows.append(
                (
                    u.name, name_of(crisis, p.plan), p.mean, p.mean_regret, *more, p.high_regret,
                    p.worst_regret, p.domain, _tie_words(u, p.plan),
                )
            )  # fmt: skip
    if not rows:
        return None
    a = crisis.blocs["A"].name
    return Table(
        "What each plan costs where another would have been better",
        (
            Column("reading", "Reading"),
            Column("plan", "Plan"),
            Column("mean", f"Mean worth to {a}", "number", "own stake", 3),
            Column("regret", "Mean regret", "number", "own stake", 3),
            *(
                (Column("plain", "Mean regret, unweighted", "number", "own stake", 3),)
                if weighted
                else ()
            ),
            Column("high", "Exceeded in one future of ten", "number", "own stake", 3),
            Column("worst", "Worst", "number", "own stake", 3),
            Column("domain", "Best in", "share", "", 0),
            Column("word", "Remark"),
        ),
        tuple(rows),
        f"Regret: what the best plan of the same future is worth more to {a}. Best in: share of futures in "
        "which it is the best plan, plans that cannot be told apart sharing the future (Starr's domain). Only "
        "futures in which every plan has a worth.",
    )


def _tie_words(under: Under, plan: str) -> str | None:
    assert under.figures is not None
    near = under.figures.best["mean regret"]
    if plan not in near:
        return None
    return (
        "least mean regret" if len(near) == 1 else "least mean regret, with others not told from it"
    )


def error_table(crisis: Crisis, found: Found) -> Table:
    """What is good enough, and the error of the grid that each bar allows for."""
    rows: list[tuple[Cell, ...]] = [
        (bar.words(crisis), name_of(crisis, plan), found.allowed(k, plan))
        for k, bar in enumerate(found.bars)
        for plan in found.judged
        if bar.plan != plan
    ]
    return Table(
        "What counts as good enough",
        (
            Column("bar", "Threshold"),
            Column("plan", "Plan"),
            Column("error", "Missed by up to this counts as met", "number", "", 4),
        ),
        tuple(rows),
        _grid_words(found),
    )


def _grid_words(found: Found) -> str:
    e = found.error
    if not e.finer:
        return f"Solved at {e.coarse} resolution; no finer grid was compared, so nothing is allowed for."
    return (
        f"Error of the {e.coarse} grid for the figure compared: mean change of it at {e.finer} resolution over "
        f"{e.over()}, spread over the readings."
    )


def moments_table(crisis: Crisis, found: Found) -> Table | None:
    """What was observed, and what the draws say before and after they are weighted."""
    if not found.moments:
        return None
    rows: list[tuple[Cell, ...]] = []
    for u in found.under:
        w = u.weighted
        assert w is not None
        for k, m in enumerate(found.moments):
            rows.append(
                (
                    u.name, m.name, m.figure, name_of(crisis, m.plan), m.value, m.error,
                    float(w.before[k]), float(w.after[k]), w.effective, m.source or None,
                )
            )  # fmt: skip
    return Table(
        "What was observed, and what it makes of the draws",
        (
            Column("reading", "Reading"),
            Column("moment", "Observed"),
            Column("figure", "Figure of the game"),
            Column("plan", "Read under"),
            Column("value", "Value", "share", "", 0),
            Column("error", "Its error", "share", "", 0),
            Column("before", "Draws, unweighted", "share", "", 0),
            Column("after", "weighted", "share", "", 0),
            Column("effective", f"{found.draws} draws count for", "number", "", 0),
            Column("source", "Source"),
        ),
        tuple(rows),
        "Weights: the closest to equal ones under which the averages come as near as the errors ask, found "
        "anew under every reading.",
    )


# --- Charts ----------------------------------------------------------------------------------


def verdict_chart(crisis: Crisis, found: Found, headline: str) -> Chart:
    """Plans by readings, shaded by verdict."""
    cells, fills = [], dict(FILLS)
    weighted = bool(found.moments)
    for plan in found.judged:
        line = [cell(u.held[plan], weighted) for u in found.under]
        fills |= {word: FILLS[word.split(":")[0]] for word in line}
        cells.append(line)
    bar = "" if found.setter is None else f"; {quoted(name_of(crisis, found.setter))} sets the bar"
    return matrix(
        "robust",
        title=headline,
        subtitle=f"{'Weight' if weighted else 'Number'} of futures where a plan is good enough{bar}",
        alt=f"{headline}. " + _verdicts_in_words(crisis, found),
        rows=[name_of(crisis, p) for p in found.judged],
        columns=[u.name for u in found.under],
        cells=cells,
        fills=fills,
        corner="Plan",
    )


def _verdicts_in_words(crisis: Crisis, found: Found) -> str:
    said = []
    for verdict in ("holds up", "cannot be told", "falls short"):
        some = [quoted(name_of(crisis, p)) for p in found.with_verdict(verdict)]
        if some:
            said.append(f"{verdict}: {join(some)}")
    text = "; ".join(said)
    return f"{text[:1].upper()}{text[1:]}."


def regret_chart(crisis: Crisis, found: Found) -> Chart | None:
    """Mean and high regret by plan: the largest over readings, with the span over them."""
    known = [u.figures for u in found.under if u.figures is not None]
    if not known or len(found.plans) < 2:
        return None
    rows, largest = [], {}
    for k, plan in enumerate(found.plans):
        mean = [f.plans[k].mean_regret for f in known]
        high = [f.plans[k].high_regret for f in known]
        largest[plan] = max(mean)
        rows.append(
            PlanRow(
                name_of(crisis, plan),
                Dot(max(mean), min(mean), max(mean)),
                Dot(max(high), min(high), max(high)),
            )
        )
    order = sorted(range(len(rows)), key=lambda k: largest[found.plans[k]])
    title = best_words(
        crisis, found, "mean regret", "has the least mean regret", "have the least mean regret", HAS
    )
    least = found.plans[order[0]]
    return dots_and_ranges(
        "robust_regret",
        title=title,
        subtitle="Regret, own stake: the dot is where it is largest over readings, the band goes to the least",
        alt=f"{title}. The largest mean regret of {quoted(name_of(crisis, least))} over readings is "
        f"{largest[least]:.3f}.",
        rows=[rows[k] for k in order],
        series=("mean regret", "exceeded in one future of ten"),
        format="number",
        unit="own stake",
        decimals=3,
    )


def domain_chart(crisis: Crisis, found: Found) -> Chart | None:
    """Share of futures in which each plan is best, by reading."""
    known = [u for u in found.under if u.figures is not None]
    if not known or len(found.plans) < 2:
        return None
    cells: list[list[str]] = []
    fills: dict[str, Fill] = {}
    figures = [u.figures for u in known if u.figures is not None]
    some = [k for k in range(len(found.plans)) if max(f.plans[k].domain for f in figures) > 0]
    for k in some:
        line = []
        for f in figures:
            share = f.plans[k].domain
            word = percent(share)
            shade = next((fill for least, fill in SHARES if round(share, 2) >= least), None)
            fills.setdefault(word, shade or "none")
            line.append(word)
        cells.append(line)
    title = best_words(
        crisis, found, "domain", "is best most often", "are best most often", "the one that is"
    )
    never = "" if len(some) == len(found.plans) else "; plans that never are the best are left out"
    return matrix(
        "robust_domain",
        title=title,
        subtitle=f"Share of futures in which a plan is worth most, those not told apart sharing one{never}",
        alt=f"{title}.",
        rows=[name_of(crisis, found.plans[k]) for k in some],
        columns=[u.name for u in known],
        cells=cells,
        fills=fills,
        corner="Plan",
    )


def close_words(found: Found) -> str:
    """The error of a difference in worth, as a clause."""
    return f"{found.error.typical(WORTH):.4f} of the stake"


def best_words(
    crisis: Crisis, found: Found, criterion: str, one: str, many: str, other: str
) -> str:
    """Which plans are best by a criterion whatever the reading, no surer than it is."""
    where = " under every reading" if len(found.under) > 1 else ""
    alone = found.alone(criterion)
    if alone is not None:
        return f"{quoted(name_of(crisis, alone))} {one}{where}"
    every = found.everywhere(criterion)
    if not every:
        return f"No plan {one}{where}, or cannot be told from {other}"
    names = join(quoted(name_of(crisis, p)) for p in every)
    if len(every) > 1 and set(found.best(criterion).values()) == {every}:
        return f"{names} {many}{where}, with no distinguishable difference between them"
    return f"{names} {one if len(every) == 1 else many}, or cannot be told from {other}{where and ','}{where}"
