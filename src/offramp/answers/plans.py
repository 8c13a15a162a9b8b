"""Which plan does better, and why: side by side, split, dated, cut by lines, and regretted.

Definition. Each plan is a committed policy of A that B knows and answers. For each it is solved what
happens by month 12 and what A's and B's values are, (i) with the plan's own offer and (ii) with one
offer held the same for all plans. The difference between a plan and the first plan is split::

    V(plan, own offer) - V(first, own offer)
        = [V(plan, same) - V(first, same)]          pressure, promised relief and timing
        + [rest]                                    the offer and its interactions

The rest holds the contract with its own relief and guarantee, and how offer and pressure interact.
Ranges run over the precision band (3, 8, 20 per round).

With every part (``parts`` left out) the answer goes on: every difference is split into floor, offer,
pressure, relief and timing (:mod:`._plans_split`, Shapley's shares beside one part at a time with the
interaction); whether a plan has begun by the month that is read comes first; then pressure against own cost
through time, the start date, agreeing now, at the trigger or never (:mod:`._plans_timing`), what the
members' lines leave of it (:mod:`._plans_lines`), what has to come true before a force stands, how firmly its
guarantee is written, and regret over precisions, types and readings (:mod:`._plans_study`). ``parts=()`` is the
light answer: the comparison alone.

Classical comparators: Shapley's value (1953) of the parts; Savage's minimax regret (1951); the conjunction
rule for chains (never likelier than the weakest link). None of them is a closed form of this game.

*Error.* The first plan, the best and the next best are solved again under every refinement that the certificate
counts (finer grids and clock, a later end). The error of a difference between two of them is the largest
change of that difference under one refinement: what moves both alike cancels. A plan that was not
checked is held against the largest error of those that were. A difference up to its error is no
distinguishable difference, in words, tables and charts.

Units: A's own stake; probabilities. Floors are common to all plans unless a plan commits to its offer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from offramp.answers._answer import Answer, Trace
from offramp.answers._comparison import Comparison, compare
from offramp.answers._facts import fine_percent, join, percent, quoted, span_text, stake, supports
from offramp.answers._plans_data import study_data
from offramp.answers._plans_study import PARTS, Study, study
from offramp.answers._plans_views import (
    band_words,
    futures_chart,
    grid_words,
    needs_table,
    plans_table,
    settled_chart,
    split_table,
    value_chart,
)
from offramp.answers._plans_words import (
    more_charts,
    more_flips,
    more_paragraphs,
    more_tables,
    more_warnings,
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
    parts: Iterable[str] | None = None,
    focus: str | None = None,
) -> Answer:
    """Plans side by side as an answer; the other arguments as :func:`compare`.

    Args:
        crisis: The crisis.
        plans: Plan ids, the first as the one that others are held against; None means all.
        reading: Apply a reading's premises.
        precision: Headline precision.
        resolution: Grid sizes of the comparison; what is varied is solved on a coarser one.
        offer: Contract to hold the same; None picks the one nearest to acceptance.
        workers: Processes.
        progress: Told (label, done, total).
        parts: Some of ``through_time``, ``split``, ``start``, ``agreement``, ``lines``, ``clause`` and
            ``regret``; None means all, none of them the light answer.
        focus: Plan whose start, agreement, lines and clause are looked at; left out, the best that has them.

    Raises:
        KeyError: for an unknown plan, or a focus that is not compared.
        ValueError: for an empty list of plans, or an unknown part.
    """
    wanted = PARTS if parts is None else tuple(parts)
    if unknown := sorted(set(wanted) - set(PARTS)):
        raise ValueError(f"there is no part {unknown[0]!r}; the parts are {', '.join(PARTS)}")
    found = compare(
        crisis, plans, reading=reading, precision=precision, resolution=resolution,
        offer=offer, workers=workers, progress=progress, certify=not wanted,
    )  # fmt: skip
    return describe(found, study(found, wanted, focus, workers, progress) if wanted else None)


def describe(c: Comparison, more: Study | None = None) -> Answer:
    """The comparison, and what a study adds to it, in words, tables and charts."""
    crisis = c.crisis
    a = crisis.blocs["A"].name
    ids = list(c.own)
    best = max(ids, key=lambda p: c.own[p].value_a)
    headline = _headline(c, ids, best)
    chart = settled_chart(c, headline)
    extra = ((), ()) if more is None else more_paragraphs(c, more)
    told = _paragraphs(c, ids, best, short=more is not None)
    run = next(iter(c.own.values()))
    varied = next(iter((c.sweep or c.own).values())).task.resolution
    return Answer(
        name="plans",
        question="Which plan does better, and is it the pressure or the offer?",
        headline=headline,
        paragraphs=(*extra[0], *told, *extra[1]),
        tables=(
            plans_table(c, more),
            *((split_table(c),) if c.same else ()),
            needs_table(c),
            *(() if more is None else more_tables(c, more)),
        ),
        charts=(
            chart,
            value_chart(c, headline),
            futures_chart(c, best),
            *(() if more is None else more_charts(c, more)),
        ),
        evidence_trace=Trace(
            formula="V(plan, own) - V(first, own) = [V(plan, same) - V(first, same)] + offer",
            supports=supports(crisis, _paths(crisis)),
            certificate=(c.certificate().summary(),),
            met=all(run.met for run in c.own.values()),
            settings=(
                ("plans", ", ".join(ids)),
                ("same offer", c.offer or "none"),
                ("precision band", band_words(c)),
                ("resolution", run.task.resolution.name),
                ("varied on", grid_words(varied, run.task.resolution)),
                *(() if more is None else (("games solved beside", str(more.solved)),)),
            ),
        ),
        flips=(*_flips(c, ids, a), *(() if more is None else more_flips(c, more))),
        warnings=(
            *(f"{crisis.plans[p].name}: certificate not met" for p in ids if not c.own[p].met),
            *(() if more is None else more_warnings(c, more)),
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
            "carried": None if c.carry is None else list(c.carry),
            **({} if more is None else {"parts": study_data(c, more)}),
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


def _paragraphs(
    c: Comparison, ids: list[str], best: str, *, short: bool = False
) -> tuple[str, ...]:
    """The comparison in words; ``short`` leaves to a study what it says better."""
    crisis = c.crisis
    a = crisis.blocs["A"].name
    low, high = c.settled_range(best)
    said = [
        f"Under {quoted(crisis.plans[best].name)} the chance of being in a settlement at month {c.month} "
        f"is {percent(c.own[best].at('settled', c.month))} "
        f"({span_text(low, high)} over the precision band); it is worth "
        f"{stake(c.own[best].value_a)} to {a}."
    ]
    if short:
        return (*said, _told_apart(c, ids, best))
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
