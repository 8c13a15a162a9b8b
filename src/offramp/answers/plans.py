"""Plans side by side: what happens, what it is worth, and how much of a difference is the offer.

Definition. Each plan is a committed policy of A that B knows and answers. For each it is solved what
happens by month 12 and what A's and B's values are, (i) with the plan's own offer and (ii) with one
offer held the same for all plans. The difference between a plan and the first plan is split::

    V(plan, own offer) - V(first, own offer)
        = [V(plan, same) - V(first, same)]          pressure, promised relief and timing
        + [rest]                                    the offer and its interactions

The rest holds the contract with its own relief and guarantee, and how offer and pressure interact.
Ranges run over the precision band (3, 8, 20 per round).

*Error.* The first plan, the best and the next best are solved again under every refinement that the certificate
counts (finer grids and clock, a later end). The error of a difference between two of them is the largest
change of that difference under one refinement: what moves both alike cancels. A plan that was not
checked is held against the largest error of those that were. A difference up to its error is no
distinguishable difference, in words, tables and charts.

Units: A's own stake; probabilities. Floors are common to all plans unless a plan commits to its offer.
"""

from __future__ import annotations

from collections.abc import Sequence

from offramp.answers._answer import Answer, Trace
from offramp.answers._comparison import Comparison, compare
from offramp.answers._facts import fine_percent, join, percent, quoted, span_text, stake, supports
from offramp.answers._plans_views import (
    band_words,
    futures_chart,
    needs_table,
    plans_table,
    settled_chart,
    split_table,
    value_chart,
)
from offramp.answers._runs import Progress
from offramp.crisis import Crisis
from offramp.game import Resolution
from offramp.solution import DEFAULT_PRECISION, METRICS


def compare_plans(
    crisis: Crisis,
    plans: Sequence[str] | None = None,
    *,
    reading: str | None = None,
    precision: float = DEFAULT_PRECISION,
    resolution: str | Resolution = "draft",
    offer: str | None = None,
    workers: int | None = 1,
    progress: Progress | None = None,
) -> Answer:
    """Plans side by side as an answer; arguments as :func:`compare`."""
    return describe(
        compare(
            crisis, plans, reading=reading, precision=precision, resolution=resolution,
            offer=offer, workers=workers, progress=progress,
        )
    )  # fmt: skip


def describe(c: Comparison) -> Answer:
    """The comparison in words, tables and charts."""
    crisis = c.crisis
    a = crisis.blocs["A"].name
    ids = list(c.own)
    best = max(ids, key=lambda p: c.own[p].value_a)
    headline = _headline(c, ids, best)
    chart = settled_chart(c, headline)
    return Answer(
        name="plans",
        question="Which plan does better, and is it the pressure or the offer?",
        headline=headline,
        paragraphs=_paragraphs(c, ids, best),
        tables=(plans_table(c), *((split_table(c),) if c.same else ()), needs_table(c)),
        charts=(chart, value_chart(c, headline), futures_chart(c, best)),
        evidence_trace=Trace(
            formula="V(plan, own) - V(first, own) = [V(plan, same) - V(first, same)] + offer",
            supports=supports(crisis, _paths(crisis)),
            certificate=(c.certificate().summary(),),
            met=all(run.met for run in c.own.values()),
            settings=(
                ("plans", ", ".join(ids)),
                ("same offer", c.offer or "none"),
                ("precision band", band_words(c)),
                ("resolution", next(iter(c.own.values())).task.resolution.name),
            ),
        ),
        flips=_flips(c, ids, a),
        warnings=tuple(
            f"{crisis.plans[p].name}: certificate not met" for p in ids if not c.own[p].met
        ),
        data={
            "month": c.month,
            "same_offer": c.offer,
            "plans": {
                p: {
                    "value_a": c.own[p].value_a,
                    "value_b": list(c.own[p].value_b),
                    "settled": list(c.own[p].settled),
                    "disaster": list(c.own[p].disaster),
                    "settled_range": list(c.settled_range(p)),
                    "value_range": list(c.value_range(p)),
                    "same_offer": {
                        "value_a": c.same[p].value_a,
                        "settled": c.same[p].at("settled", c.month),
                    }
                    if c.same
                    else None,
                }
                for p in ids
            },
            "errors": {p: {metric: c.error(metric, p) for metric in METRICS} for p in c.checks},
            "certificates": {p: c.certificate(p).to_dict() for p in c.checks},
        },
    )


def _headline(c: Comparison, ids: list[str], best: str) -> str:
    crisis = c.crisis
    a = crisis.blocs["A"].name
    if len(ids) == 1:
        return (
            f"Under {quoted(crisis.plans[best].name)} there is a settlement at month {c.month} with a chance "
            f"of {percent(c.own[best].at('settled', c.month))}"
        )
    alike = [p for p in c.ranked() if p == best or not c.worth_more(best, p)]
    if len(alike) > 1:
        names = join(quoted(crisis.plans[p].name) for p in alike)
        return f"No distinguishable difference for {a} between {names}"
    return f"{quoted(crisis.plans[best].name)} is worth most to {a}"


def _paragraphs(c: Comparison, ids: list[str], best: str) -> tuple[str, ...]:
    crisis = c.crisis
    a = crisis.blocs["A"].name
    low, high = c.settled_range(best)
    said = [
        f"Under {quoted(crisis.plans[best].name)} the chance of being in a settlement at month {c.month} "
        f"is {percent(c.own[best].at('settled', c.month))} "
        f"({span_text(low, high)} over the precision band); it is worth "
        f"{stake(c.own[best].value_a)} to {a}."
    ]
    base = ids[0]
    if best != base and c.worth_more(best, base):
        said.append(_gain(c, best, base))
    elif best != base:
        said.append(
            f"Against {quoted(crisis.plans[base].name)} there is no distinguishable difference in value: "
            f"{stake(c.own[best].value_a - c.own[base].value_a, True)}, with an error of "
            f"{c.error_between('value_a', best, base):.3f}."
        )
    if c.same:
        assert c.offer is not None
        top = max(ids, key=lambda p: c.same[p].value_a)
        if c.differ("value_a", top, best, c.same[top].value_a, c.same[best].value_a):
            said.append(
                f"With the offer held the same, {quoted(crisis.plans[top].name)} is worth most "
                f"({stake(c.same[top].value_a)})."
            )
    said += [_disasters(c, ids), _told_apart(c, ids, best)]
    return tuple(said)


def _gain(c: Comparison, best: str, base: str) -> str:
    """What the best plan gains on the first, and how much of it is the offer."""
    crisis = c.crisis
    total = c.own[best].value_a - c.own[base].value_a
    said = f"Against {quoted(crisis.plans[base].name)} it gains {stake(total, True)}."
    if not c.same:
        return said
    assert c.offer is not None
    x, y = c.same[best].value_a, c.same[base].value_a
    same = f"With the same offer under both ({quoted(crisis.contracts[c.offer].name)})"
    if not c.differ("value_a", best, base, x, y):
        return (
            f"{said} {same} there is no distinguishable difference ({stake(x - y, True)}): the gain is the "
            "offer and how it interacts with pressure, promised relief and timing."
        )
    rest = total - (x - y)
    other = (
        f"the other {stake(rest, True)} is the offer and how it interacts with them"
        if c.differ("value_a", best, base, rest, 0.0)
        else "the offer and how it interacts with them makes no distinguishable difference"
    )
    return (
        f"{said} {same} the gain is {stake(x - y, True)}: that part is pressure, promised relief and "
        f"timing; {other}."
    )


def _disasters(c: Comparison, ids: list[str]) -> str:
    """The plan with the highest chance of disaster, if it stands out."""
    crisis = c.crisis
    chance = {p: c.own[p].at("disaster", c.month) for p in ids}
    worst, least = max(ids, key=lambda p: chance[p]), min(ids, key=lambda p: chance[p])
    if len(ids) == 1:
        return (
            f"The chance of disaster ({crisis.ladder.disaster}) within {c.month} months is "
            f"{fine_percent(chance[worst])}."
        )
    if not c.differ("disaster", worst, least, chance[worst], chance[least]):
        return (
            f"The chance of disaster ({crisis.ladder.disaster}) within {c.month} months is "
            f"{fine_percent(chance[least])} to {fine_percent(chance[worst])}: no distinguishable difference "
            "between plans."
        )
    near = [
        quoted(crisis.plans[p].name)
        for p in ids
        if p != worst and not c.differ("disaster", worst, p, chance[worst], chance[p])
    ]
    tie = f" (not distinguishably higher than under {join(near)})" if near else ""
    return (
        f"The highest chance of disaster ({crisis.ladder.disaster}) within {c.month} months is "
        f"{fine_percent(chance[worst])}, under {quoted(crisis.plans[worst].name)}{tie}."
    )


def _told_apart(c: Comparison, ids: list[str], best: str) -> str:
    """How large the error is, and which plans it leaves level with the best."""
    error = f"{c.error('value_a', best):.3f}"
    if len(ids) == 1:
        return (
            f"Finer grids, a finer clock and a later end move its value by up to {error} and the chance of "
            f"settlement by up to {percent(c.error('settled', best))}."
        )
    alike = [quoted(c.crisis.plans[p].name) for p in ids if p != best and not c.worth_more(best, p)]
    if alike:
        return (
            f"No distinguishable difference in value from the best: {join(alike)} (finer grids, a finer "
            f"clock and a later end move its own value by up to {error})."
        )
    return (
        "Its lead on every other plan exceeds what finer grids, a finer clock and a later end make of it; "
        f"they move its own value by up to {error} and the chance of settlement by up to "
        f"{percent(c.error('settled', best))}."
    )


def _flips(c: Comparison, ids: list[str], a: str) -> tuple[str, ...]:
    found = []
    best = max(ids, key=lambda p: c.own[p].value_a)
    if c.same:
        top = max(ids, key=lambda p: c.same[p].value_a)
        if c.differ("value_a", top, best, c.same[top].value_a, c.same[best].value_a):
            assert c.offer is not None
            found.append(
                f"The order flips if every plan offers {quoted(c.crisis.contracts[c.offer].name)}: then "
                f"{quoted(c.crisis.plans[top].name)} is worth most to {a}."
            )
    headline = next(iter(c.own.values())).task.precision
    for place, run in enumerate(c.band[ids[0]]):
        k = run.task.precision
        value = {p: c.band[p][place].value_a for p in ids}
        top = max(ids, key=lambda p, worth=value: worth[p])  # type: ignore[misc]
        if k != headline and c.differ("value_a", top, best, value[top], value[best]):
            found.append(
                f"At precision {k:g} per round {quoted(c.crisis.plans[top].name)} comes first."
            )
    return tuple(found)


def _paths(crisis: Crisis) -> list[tuple[str, str]]:
    return [
        ("clock.recognition.A", "how often A has the initiative"),
        ("war.cost.B", "what B escapes by settling"),
        ("war.collapse.A", "what B may win by fighting on"),
        ("conversions.pain_to_stake", "what pressure is worth in stakes"),
        ("coalition.fracture", "how fast A's cohesion falls"),
        ("conversions.fracture_to_terms", "how far fracture lowers A's floor"),
        ("relief.comply", "whether pressure comes off after a deal"),
    ]
