"""Charts of the deterrence answer: the threat's surface, risk by plan, margins of guarantees."""

from __future__ import annotations

from offramp.answers._answer import Chart
from offramp.answers._charts import Bar, Dot, PlanRow, diverging_bars, dots_and_ranges, matrix
from offramp.answers._deter_facts import COSTS, CREDIBILITIES, Found
from offramp.answers._deter_words import tiny
from offramp.answers._facts import fine_percent, owner, percent, quoted, side_names
from offramp.answers._style import Fill
from offramp.solution import Solution


def charts_of(solution: Solution, found: Found) -> tuple[Chart, ...]:
    """The threat's surface, risk by plan, margins of guarantees."""
    charts = [
        _threat_chart(solution, found),
        _risk_chart(solution, found),
        _margin_chart(solution, found),
    ]
    return tuple(c for c in charts if c is not None)


def _threat_chart(solution: Solution, found: Found) -> Chart | None:
    if found.step is None:
        return None
    _, b = side_names(solution.game)
    cells = [[tiny(float(v)).replace("under", "<") for v in row] for row in found.surface]
    now = float(solution.game.opening @ found.step.chance)
    fills: dict[str, Fill] = {}
    for row, words in zip(found.surface, cells, strict=True):
        for v, word in zip(row, words, strict=True):
            share = float(v) / now if now > 0 else 1.0
            fills[word] = (
                "mid"
                if share > 0.75
                else "light"
                if share > 0.5
                else "pale"
                if share > 0.1
                else "none"
            )
    halves = (
        f"An expected cost of {found.halves:.3f} of its stake halves the chance of {owner(b)} next step"
        if found.halves is not None
        else f"No threat up to its whole stake halves the chance of {owner(b)} next step"
    )
    return matrix(
        "threat",
        title=halves,
        subtitle=f"Chance of a step in a coming round, now {fine_percent(now)}, by size of the "
        "threat (rows, share of "
        f"{owner(b)} stake) and chance that it is carried out (columns)",
        alt=f"{halves}; without a threat it is {fine_percent(now)} in a round.",
        rows=[f"costs {c:g}" for c in COSTS],
        columns=[percent(p) for p in CREDIBILITIES],
        cells=cells,
        fills=fills,
        corner="Threat",
    )


def _risk_chart(solution: Solution, found: Found) -> Chart | None:
    if not found.plans:
        return None
    ranked = sorted(found.plans, key=lambda p: -p.risk)
    over = [p for p in ranked if p.risk > found.cap]
    title = (
        f"{len(over)} of {len(ranked)} plans {'carries' if len(over) == 1 else 'carry'} more "
        "risk than the cap of "
        f"{fine_percent(found.cap)}"
        if over
        else f"No plan carries more risk than the cap of {fine_percent(found.cap)}"
    )
    high = [p for p in ranked if p.high > found.cap >= p.risk]
    if high:
        title += f"; {len(high)} would at the high end of the hazards"
    return dots_and_ranges(
        "risk",
        title=title,
        subtitle=f"Chance of disaster by month {found.month}; the bar is the range of the accident hazards",
        alt=f"{title}. The riskiest is {quoted(ranked[0].name)} with {fine_percent(ranked[0].risk)}.",
        rows=[
            PlanRow(
                p.name,
                Dot(p.risk, p.low, p.high),
                remark="above the cap" if p.risk > found.cap else "",
            )
            for p in ranked
        ],
        decimals=1,
    )


def _margin_chart(solution: Solution, found: Found) -> Chart | None:
    if not found.holds:
        return None
    _, b = side_names(solution.game)
    seen: dict[str, float] = {}
    for h in found.holds:
        seen.setdefault(h.guarantee, float(h.margin.min()))
    weak = [g for g, v in seen.items() if v < 0]
    title = (
        f"{len(weak)} of {len(seen)} guarantees leave {b} something to gain by a breach"
        if weak
        else f"Every guarantee makes a breach cost {b} more than it brings"
    )
    return diverging_bars(
        "margins",
        title=title,
        subtitle="Expected loss less temptation of the most tempted type, taken once, share of "
        f"{owner(b)} stake",
        alt=f"{title}.",
        bars=[Bar(g, v) for g, v in sorted(seen.items(), key=lambda x: -x[1])],
        positive=("neutral", "deters"),
        negative=("b", "does not deter"),
        unit="own stake",
        decimals=3,
        heading="Margin",
    )
