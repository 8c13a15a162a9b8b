"""Plans side by side: what happens, what it is worth, and how much of a difference is the offer.

Definition. Each plan is a committed policy of A that B knows and answers. For each it is solved what
happens by month 12 and what A's and B's values are, (i) with the plan's own offer and (ii) with one
offer held the same for all plans. The difference between a plan and the first plan is split::

    V(plan, own offer) - V(first, own offer)
        = [V(plan, same) - V(first, same)]          pressure, promised relief and timing
        + [rest]                                    the offer and its interactions

The rest holds the contract with its own relief and guarantee, and how offer and pressure interact.
Ranges run over the precision band (3, 8, 20 per round). A difference smaller than the largest change of
the first plan under a finer grid or another horizon is no distinguishable difference.

Units: A's own stake; probabilities. Floors are common to all plans unless a plan commits to its offer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from offramp.answers._answer import Answer, Cell, Chart, Column, Table, Trace
from offramp.answers._charts import Dot, PlanRow, Share, dots_and_ranges, stacked_area
from offramp.answers._facts import fine_percent, join, percent, quoted, span_text, stake, supports
from offramp.answers._measures import best_placed, gaps
from offramp.answers._runs import Progress, Run, Task, run_all
from offramp.crisis import Crisis, Plan
from offramp.game import Resolution, compile_game
from offramp.game._resolution import named
from offramp.solution import BAND, DEFAULT_PRECISION, Certificate, neighbours, solve

MONTH = 12
"""Month at which plans are compared (or the horizon, if it is shorter)."""
NOBODY = "nobody new"
"""What stands for no further consent."""


@dataclass(frozen=True)
class Comparison:
    """All solves of a comparison.

    Attributes:
        own: Plan id -> run at the headline precision with its own offer.
        same: Plan id -> run with the same offer for all.
        band: Plan id -> runs over the precision band, own offer.
        checks: (name, change of A's value, change of P(settled)) on the first plan.
        offer: The offer held the same.
    """

    crisis: Crisis
    own: dict[str, Run]
    same: dict[str, Run]
    band: dict[str, tuple[Run, ...]]
    checks: tuple[tuple[str, float, float], ...]
    offer: str | None
    month: int

    @property
    def value_noise(self) -> float:
        """Error of values: largest change under the checks."""
        return max((abs(c[1]) for c in self.checks), default=0.0)

    @property
    def settled_noise(self) -> float:
        """Error of the chance of settlement."""
        return max((abs(c[2]) for c in self.checks), default=0.0)

    def settled_range(self, plan: str) -> tuple[float, float]:
        """Chance of settlement at the month over the precision band."""
        values = [r.at("settled", self.month) for r in self.band[plan]]
        return min(values), max(values)

    def value_range(self, plan: str) -> tuple[float, float]:
        """A's value over the precision band."""
        values = [r.value_a for r in self.band[plan]]
        return min(values), max(values)

    def certificate(self) -> Certificate:
        """The certificate of the first plan's solve with its checks."""
        run = next(iter(self.own.values()))
        return Certificate(
            run.residual, run.unsolved, run.mass_error, run.martingale_error,
            run.task.precision, "logit", run.task.resolution.name, self.checks,
        )  # fmt: skip


def compare(
    crisis: Crisis,
    plans: Sequence[str] | None = None,
    *,
    reading: str | None = None,
    precision: float = DEFAULT_PRECISION,
    resolution: str | Resolution = "draft",
    offer: str | None = None,
    workers: int | None = 1,
    progress: Progress | None = None,
) -> Comparison:
    """Solve every plan with its own and with the same offer, over the precision band.

    Args:
        crisis: The crisis.
        plans: Plan ids; None means all.
        reading: Apply a reading's premises.
        precision: Headline precision.
        resolution: Grid sizes.
        offer: Contract to hold the same; None picks the one nearest to acceptance under the first.
        workers: Processes.
        progress: Told (label, done, total).

    Raises:
        KeyError: for an unknown plan.
        ValueError: for an empty list of plans.
    """
    chosen = list(crisis.plans) if plans is None else list(plans)
    if not chosen:
        raise ValueError("name at least one plan to compare")
    for plan in chosen:
        if plan not in crisis.plans:
            raise KeyError(f"there is no plan {plan!r}; the plans are {join(crisis.plans)}")
    grid = named(resolution)
    if offer is None:
        offer = _same_offer(crisis, chosen[0], reading, precision, grid)
    band = sorted({*BAND, precision})
    first_game = compile_game(crisis, chosen[0], reading, grid)
    checks = [name for name, _ in neighbours(first_game)]
    tasks = [Task(p, False, k, grid, reading) for p in chosen for k in band]
    if offer is not None:
        tasks += [Task(p, offer, precision, grid, reading) for p in chosen]
    tasks += [Task(chosen[0], False, precision, grid, reading, check) for check in checks]
    done = dict(zip(tasks, run_all(crisis, tasks, workers, progress), strict=True))
    month = min(MONTH, crisis.clock.horizon_months)
    own = {p: done[Task(p, False, precision, grid, reading)] for p in chosen}
    base = own[chosen[0]]
    measured = []
    for check in checks:
        run = done[Task(chosen[0], False, precision, grid, reading, check)]
        common = min(month, run.horizon)
        measured.append(
            (
                check,
                run.value_a - base.value_a,
                run.at("settled", common) - base.at("settled", common),
            )
        )
    return Comparison(
        crisis=crisis,
        own=own,
        same={p: done[Task(p, offer, precision, grid, reading)] for p in chosen} if offer else {},
        band={p: tuple(done[Task(p, False, k, grid, reading)] for k in band) for p in chosen},
        checks=tuple(measured),
        offer=offer,
        month=month,
    )


def _same_offer(
    crisis: Crisis, plan: str, reading: str | None, precision: float, grid: Resolution
) -> str | None:
    """The named contract nearest to acceptance when A may offer anything."""
    solution = solve(compile_game(crisis, plan, reading, grid, offer=None), precision)
    if not solution.game.offers:
        return None
    best = best_placed(solution, gaps(solution, (0,))[0])
    return None if best is None else solution.game.offers[best].contract


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


def who_must_agree(crisis: Crisis, plan: Plan) -> str:
    """Actors and members whose consent the plan's stages and levers need."""
    names: dict[str, None] = {}
    known = {k: x.name for k, x in crisis.actors.items()}
    known |= {k: x.name for k, x in crisis.members.items()}
    for stage in plan.stages:
        for who in stage.authority.of:
            names[known.get(who, who)] = None
        for use in stage.on:
            consent = crisis.levers[use.lever].consent
            if consent.rule == "unanimity":
                names["all members"] = None
            elif consent.rule == "qualified_majority":
                names["a qualified majority"] = None
            for who in consent.also:
                names[known.get(who, who.replace("_", " "))] = None
    return join(names) if names else NOBODY


def _offer_name(crisis: Crisis, plan: Plan) -> str:
    return crisis.contracts[plan.offer].name if plan.offer else "any"


def describe(c: Comparison) -> Answer:
    """The comparison in words, tables and charts."""
    crisis = c.crisis
    a = crisis.blocs["A"].name
    ids = list(c.own)
    best = max(ids, key=lambda p: c.own[p].value_a)
    headline = _headline(c, ids, best)
    chart = _settled_chart(c, headline)
    return Answer(
        name="plans",
        question="Which plan does better, and is it the pressure or the offer?",
        headline=headline,
        paragraphs=_paragraphs(c, ids, best),
        tables=(plans_table(c), *((_split_table(c),) if c.same else ()), _needs_table(c)),
        charts=(chart, _value_chart(c), _futures_chart(c, best)),
        evidence_trace=Trace(
            formula="V(plan, own) - V(first, own) = [V(plan, same) - V(first, same)] + offer",
            supports=supports(crisis, _paths(crisis)),
            certificate=(c.certificate().summary(),),
            settings=(
                ("plans", ", ".join(ids)),
                ("same offer", c.offer or "none"),
                ("precision band", _band(c)),
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
            "value_noise": c.value_noise,
            "settled_noise": c.settled_noise,
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
    rest = [p for p in ids if p != best]
    second = max(rest, key=lambda p: c.own[p].value_a)
    lead = c.own[best].value_a - c.own[second].value_a
    if lead <= c.value_noise:
        return (
            f"No distinguishable difference for {a} between {quoted(crisis.plans[best].name)} and "
            f"{quoted(crisis.plans[second].name)}"
        )
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
    if best != base and c.same:
        total = c.own[best].value_a - c.own[base].value_a
        pressure = c.same[best].value_a - c.same[base].value_a
        assert c.offer is not None
        said.append(
            f"Against {quoted(crisis.plans[base].name)} it gains {stake(total, True)}. With the same offer "
            f"under both ({quoted(crisis.contracts[c.offer].name)}) the gain is {stake(pressure, True)}: that "
            f"part is pressure, promised relief and timing; the other {stake(total - pressure, True)} is the "
            "offer and how it interacts with them."
        )
    if c.same:
        assert c.offer is not None
        top = max(ids, key=lambda p: c.same[p].value_a)
        if top != best:
            said.append(
                f"With the offer held the same, {quoted(crisis.plans[top].name)} is worth most "
                f"({stake(c.same[top].value_a)})."
            )
    worst = max(ids, key=lambda p: c.own[p].at("disaster", c.month))
    said.append(
        f"The highest chance of disaster ({crisis.ladder.disaster}) within {c.month} months is "
        f"{fine_percent(c.own[worst].at('disaster', c.month))}, under {quoted(crisis.plans[worst].name)}."
    )
    alike = [
        crisis.plans[p].name
        for p in ids
        if p != best and abs(c.own[p].value_a - c.own[best].value_a) <= c.value_noise
    ]
    if len(ids) == 1:
        said.append(
            f"Finer grids and other horizons move its value by up to {c.value_noise:.3f} and the chance of "
            f"settlement by up to {percent(c.settled_noise)}."
        )
    elif alike:
        said.append(
            f"No distinguishable difference in value from the best: {join(map(quoted, alike))} "
            f"(finer grids and other horizons move values by up to {c.value_noise:.3f})."
        )
    else:
        said.append(
            f"Its lead exceeds what finer grids and other horizons move ({c.value_noise:.3f}); they move the "
            f"chance of settlement by up to {percent(c.settled_noise)}."
        )
    return tuple(said)


def plans_table(c: Comparison) -> Table:
    """Plans side by side."""
    crisis, m = c.crisis, c.month
    a, b = crisis.blocs["A"].name, crisis.blocs["B"].name
    columns = (
        Column("plan", "Plan"),
        Column("settled", f"In a settlement at month {m}", "share", "", 0),
        Column("range", "Range"),
        Column("same", "With the same offer", "share", "", 0),
        Column("first", f"First deal by month {m}", "share", "", 0),
        Column("value_a", f"Worth to {a}", "number", "own stake", 2),
        Column("value_b", f"Worth to {b}, by type"),
        Column("disaster", f"Disaster by month {m}", "share", "", 1),
        Column("lost", f"{a} collapses", "share", "", 0),
    )
    rows: list[tuple[Cell, ...]] = []
    for p, run in c.own.items():
        low, high = c.settled_range(p)
        rows.append(
            (
                crisis.plans[p].name,
                run.at("settled", m),
                span_text(low, high),
                c.same[p].at("settled", m) if c.same else None,
                run.at("first_deal", m),
                run.value_a,
                " / ".join(stake(v) for v in run.value_b),
                run.at("disaster", m),
                run.at("lost", m),
            )
        )
    same = f" Same offer: {quoted(crisis.contracts[c.offer].name)}." if c.offer else ""
    types = " / ".join(k.name.lower() for k in crisis.types.values())
    return Table(
        "Plans side by side",
        columns,
        tuple(rows),
        f"Ranges over precision {_band(c)} per round. Types of {b} in order: {types}.{same}",
    )


def _band(c: Comparison) -> str:
    """The precisions compared, as words."""
    runs = next(iter(c.band.values()))
    return join(f"{r.task.precision:g}" for r in runs)


def _needs_table(c: Comparison) -> Table:
    """What each plan offers, when it starts and who must agree."""
    crisis = c.crisis
    columns = (
        Column("plan", "Plan"),
        Column("offer", "Offer"),
        Column("starts", "Starts"),
        Column("agree", "Who must agree"),
    )
    rows = tuple(
        (
            plan.name,
            _offer_name(crisis, plan),
            "; ".join(s.trigger.replace("_", " ") for s in plan.stages) or "already in force",
            who_must_agree(crisis, plan),
        )
        for plan in (crisis.plans[p] for p in c.own)
    )
    return Table("What each plan offers and needs", columns, rows)


def _split_table(c: Comparison) -> Table:
    crisis = c.crisis
    base = next(iter(c.own))
    columns = (
        Column("plan", "Plan"),
        Column("total", f"Gain on {quoted(crisis.plans[base].name)}", "signed", "own stake", 3),
        Column("pressure", "Pressure, promised relief and timing", "signed", "own stake", 3),
        Column("offer", "The offer and interactions", "signed", "own stake", 3),
        Column("verdict", "Reading"),
    )
    rows = []
    for p in c.own:
        if p == base:
            continue
        total = c.own[p].value_a - c.own[base].value_a
        pressure = c.same[p].value_a - c.same[base].value_a
        small = abs(total) <= c.value_noise
        lead = abs(total - pressure) - abs(pressure)
        verdict = (
            "no distinguishable difference"
            if small
            else "both about alike"
            if abs(lead) <= c.value_noise
            else "mostly the offer"
            if lead > 0
            else "mostly pressure, promised relief and timing"
        )
        rows.append((crisis.plans[p].name, total, pressure, total - pressure, verdict))
    return Table(
        f"What {crisis.blocs['A'].name} gains, split",
        columns,
        tuple(rows),
        f"Own stake. Differences up to {c.value_noise:.3f} are within what finer grids and horizons move.",
    )


def _settled_chart(c: Comparison, headline: str) -> Chart:
    crisis = c.crisis
    rows = []
    for p, run in c.own.items():
        low, high = c.settled_range(p)
        rows.append(
            PlanRow(
                crisis.plans[p].name,
                Dot(run.at("settled", c.month), low, high),
                Dot(c.same[p].at("settled", c.month)) if c.same else None,
                f"offers {_offer_name(crisis, crisis.plans[p])}" if crisis.plans[p].offer else "",
            )
        )
    ordered = max(c.own, key=lambda p: c.own[p].at("settled", c.month))
    top = c.own[ordered].at("settled", c.month)
    tied = [p for p in c.own if top - c.own[p].at("settled", c.month) <= c.settled_noise]
    title = (
        f"A settlement at month {c.month} is likeliest under {quoted(crisis.plans[ordered].name)}"
        if len(tied) == 1 and len(rows) > 1
        else f"No distinguishable difference in settlements at month {c.month}"
        if len(tied) == len(rows) > 1
        else f"Settlements at month {c.month}: {join(quoted(crisis.plans[p].name) for p in tied)} lead"
        if len(rows) > 1
        else headline
    )
    return dots_and_ranges(
        "plans_settled",
        title=title,
        subtitle=f"Chance of being in a settlement at month {c.month}; range over precision",
        alt=f"{title}: {percent(c.own[ordered].at('settled', c.month))}.",
        rows=rows,
        series=("own offer", "same offer"),
        format="share",
        domain=(0.0, 1.0),
    )


def _value_chart(c: Comparison) -> Chart:
    crisis = c.crisis
    a = crisis.blocs["A"].name
    rows = []
    for p, run in c.own.items():
        low, high = c.value_range(p)
        rows.append(
            PlanRow(
                crisis.plans[p].name,
                Dot(run.value_a, low, high),
                Dot(c.same[p].value_a) if c.same else None,
            )
        )
    best = max(c.own, key=lambda p: c.own[p].value_a)
    title = _headline(c, list(c.own), best) if len(rows) > 1 else f"Worth to {a}"
    return dots_and_ranges(
        "plans_value",
        title=title,
        subtitle=f"Value to {a} at the start, own stake; range over precision",
        alt=f"{title}: {stake(c.own[best].value_a)}.",
        rows=rows,
        series=("own offer", "same offer"),
        format="number",
        unit="own stake",
        decimals=2,
    )


def _futures_chart(c: Comparison, plan: str) -> Chart:
    crisis, run = c.crisis, c.own[plan]
    months = list(range(len(run.settled)))
    over = tuple(
        1 - s - w - f - n
        for s, w, f, n in zip(run.settled, run.war, run.ceasefire, run.waiting, strict=True)
    )
    parts = [
        Share("settlement", run.settled),
        Share("ceasefire", run.ceasefire),
        Share("stand-off", run.waiting),
        Share("war", run.war),
        Share("a side gone or disaster", over),
    ]
    parts = [p for p in parts if max(p.values) > 1e-9]
    end = len(run.settled) - 1
    title = (
        f"Under {quoted(crisis.plans[plan].name)} there is war at month {end} with a chance of "
        f"{percent(run.war[-1])}"
    )
    return stacked_area(
        "futures",
        title=title,
        subtitle="Probability of each state of affairs by month",
        alt=f"{title}; in a settlement {percent(run.settled[-1])}.",
        months=[float(t) for t in months],
        shares=parts,
        start=crisis.as_of,
    )


def _flips(c: Comparison, ids: list[str], a: str) -> tuple[str, ...]:
    found = []
    if c.same:
        by_own = max(ids, key=lambda p: c.own[p].value_a)
        by_same = max(ids, key=lambda p: c.same[p].value_a)
        if by_own != by_same:
            assert c.offer is not None
            found.append(
                f"The order flips if every plan offers {quoted(c.crisis.contracts[c.offer].name)}: then "
                f"{quoted(c.crisis.plans[by_same].name)} is worth most to {a}."
            )
    headline = next(iter(c.own.values())).task.precision
    best = max(ids, key=lambda p: c.own[p].value_a)
    for place, run in enumerate(c.band[ids[0]]):
        k = run.task.precision
        top = max(ids, key=lambda p, at=place: c.band[p][at].value_a)  # type: ignore[misc]
        if k != headline and top != best:
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
