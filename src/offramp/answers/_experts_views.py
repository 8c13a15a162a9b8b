"""Tables and charts of the experts answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from offramp.answers._answer import Cell, Chart, Column, Table
from offramp.answers._charts import Dot, PlanRow, dots_and_ranges
from offramp.answers._experts_conditions import Breach, Condition, Use, verdict
from offramp.answers._experts_facts import MAJORITY, SLACK, Board, Number, Package, item_name
from offramp.answers._facts import bare, join, range_text, span_text
from offramp.crisis import Crisis
from offramp.estimation.pooling import Performance, Pool


def board_table(boards: Sequence[Board]) -> Table:
    """The elicitation board: what was asked, the word it got, and how far respondents differ."""
    rows: list[tuple[Cell, ...]] = [
        (
            i.name, i.word, i.share.value, _range(i.share.low, i.share.high),
            number_text(b.number), _people(i.share.value, b.number), i.differ,
            span_text(*i.sample) if i.sample else None, b.source.question,
        )
        for b in boards
        for i in b.items
    ]  # fmt: skip
    return Table(
        "What respondents backed, item by item",
        (
            Column("item", "Item"),
            Column("word", "Reported as"),
            Column("share", "Stands for", "share", "", 0),
            Column("range", "range"),
            Column("n", "Respondents"),
            Column("people", "in people"),
            Column("differ", "Two differ", "share", "", 0),
            Column("sample", "A wider group, 90 %"),
            Column("question", "Question"),
        ),
        tuple(rows),
        "The words are the report's; the shares that they stand for are the coder's. “Two differ”: chance "
        "that two respondents picked at random answer differently. The wider group: what such a share among "
        "the least number of respondents would allow for everybody like them, had they been picked at random.",
    )


def number_text(number: tuple[int, int] | None) -> str:
    """``6 to 12``, or that it is not stated."""
    if number is None:
        return "not stated"
    return str(number[0]) if number[0] == number[1] else f"{number[0]} to {number[1]}"


def _people(share: float, number: tuple[int, int] | None) -> str | None:
    if number is None:
        return None
    low, high = round(share * number[0]), round(share * number[1])
    return f"{low} of {number[0]}" if number[0] == number[1] else f"{low} to {high}"


def _range(low: float | None, high: float | None) -> str | None:
    return None if low is None or high is None else span_text(low, high)


def support_table(crisis: Crisis, packages: Sequence[Package]) -> Table | None:
    """Joint support of each plan under both extremes of dependence."""
    rows: list[tuple[Cell, ...]] = []
    for p in packages:
        s = p.support
        rows.append(
            (
                crisis.plans[p.plan].name, len(p.asked),
                s.low if s else None, s.independent if s else None, s.high if s else None,
                f"{span_text(p.least.independent, p.most.independent)}" if p.least and p.most else None,
                p.correlation,
                join(item_name(crisis, x) for x in p.scaled) or None,
                join(item_name(crisis, x) for x in p.others) or None,
                join(item_name(crisis, x) for x in (*p.left, *p.later)) or None,
            )
        )  # fmt: skip
    if not rows:
        return None
    return Table(
        "From items to plans: who backs all that a plan uses",
        (
            Column("plan", "Plan"),
            Column("items", "Items asked about", "integer", "", 0),
            Column("least", "At least", "share", "", 0),
            Column("independent", "If independent", "share", "", 0),
            Column("most", "At most", "share", "", 0),
            Column("range", "independent, over the ranges"),
            Column("correlation", "Correlation that a majority needs", "number", "", 2),
            Column("scaled", "Used below full strength"),
            Column("others", "Nobody was asked about"),
            Column("left", "Asked about, not used from the start"),
        ),
        tuple(rows),
        "At least: those who object to one item back all the others. At most: whoever backs the least popular "
        "item backs the rest. The correlation is that of one factor behind all items at which half back the "
        "whole; a dash: no correlation is enough. Backing of levers that nobody was asked about is not in "
        "these figures.",
    )


def conditions_table(
    crisis: Crisis, conditions: Sequence[Condition], uses: Sequence[Use], regime: str
) -> Table | None:
    """Conditions of the answers, how they were read, and where the plans stand."""
    if not conditions:
        return None
    rows: list[tuple[Cell, ...]] = []
    for c in conditions:
        mine = [u for u in uses if u.board == c.board]
        outside = [
            f"{crisis.plans[u.plan].name} ({u.regime})"
            for u in mine
            if verdict(c, u.regime) == "does not hold"
        ]
        rows.append(
            (
                c.text, c.expression or None, c.how or "cannot be checked: left to the reader",
                verdict(c, regime), "; ".join(outside) or ("none" if c.checkable else None),
            )
        )  # fmt: skip
    return Table(
        "Conditions of the answers",
        (
            Column("condition", "Respondents assumed"),
            Column("expression", "read as"),
            Column("how", "how"),
            Column("today", f"In the regime asked about ({regime})"),
            Column("outside", "Used outside it by"),
        ),
        tuple(rows),
    )


def scope_text(crisis: Crisis, breach: Breach) -> str:
    """A warning for one use outside a condition."""
    name = crisis.plans[breach.use.plan].name
    return (
        f"Outside respondents' conditions: “{name}” would use their answers in a {breach.use.regime} "
        f"({breach.use.when}), and they answered on the assumption that “{breach.condition.text}” "
        f"(read as `{breach.condition.expression}`)."
    )


def numbers_table(numbers: Sequence[Number]) -> Table | None:
    """Numbers with several experts, by each rule."""
    if not numbers:
        return None
    rows: list[tuple[Cell, ...]] = []
    for n in numbers:
        answers = "; ".join(f"{e.who} {bare(e.value)}" for e in n.quantity.experts)
        rows.append(
            (
                n.path, len(n.quantity.experts), answers, n.spread, n.apart,
                f"{n.quantity.pool}: {bare(n.quantity.value)} ({range_text(n.quantity)})",
                _pool(n.linear), _pool(n.quantile), _pool(n.earned),
            )
        )  # fmt: skip
    return Table(
        "Numbers that several people gave",
        (
            Column("path", "Number"),
            Column("n", "Experts", "integer", "", 0),
            Column("answers", "Central values"),
            Column("spread", "Spread", "number", "", 3),
            Column("apart", "Ranges miss each other"),
            Column("used", "Used, by the file's rule"),
            Column("linear", "Linear pool"),
            Column("quantile", "Quantile average"),
            Column("earned", "Performance-weighted"),
        ),
        tuple(rows),
        "Pools as median (5th to 95th percentile). The linear pool is the mixture of the experts' densities; "
        "the file's linear rule keeps their mean and spans all their ranges, which is wider. A dash: somebody "
        "gave no range, or there are no seed questions.",
    )


def _pool(pool: Pool | None) -> str | None:
    return None if pool is None else f"{bare(pool.middle)} ({bare(pool.low)} to {bare(pool.high)})"


def performance_table(found: Performance | None) -> Table | None:
    """What seed questions say about each expert."""
    if found is None:
        return None
    rows: list[tuple[Cell, ...]] = [
        (e, found.calibration[e], found.information[e], found.weights[e]) for e in found.calibration
    ]
    rows.append(("all, at these weights", found.maker[0], found.maker[1], None))
    rows.append(("all, at equal weights", found.equal[0], found.equal[1], None))
    return Table(
        f"Experts on {found.seeds} seed questions",
        (
            Column("expert", "Expert"),
            Column("calibration", "Calibration", "number", "p-value", 4),
            Column("information", "Information", "number", "nats", 3),
            Column("weight", "Weight", "share", "", 1),
        ),
        tuple(rows),
        "Cooke's classical model: weight = calibration × information where calibration reaches "
        f"{found.alpha:.2g}. The seeds have trained these weights, so the last two rows flatter them.",
    )


# --- Charts ----------------------------------------------------------------------------------


def shares_chart(boards: Sequence[Board], title: str) -> Chart | None:
    """Shares by item."""
    rows = [
        PlanRow(i.name, Dot(i.share.value, i.share.low, i.share.high), None, f"“{i.word}”")
        for b in boards
        for i in b.items
    ]
    if not rows:
        return None
    listed = "; ".join(
        f"{i.name} {span_text(i.share.value, i.share.value)}" for b in boards for i in b.items
    )
    return dots_and_ranges(
        "shares",
        title=title,
        subtitle="Share of respondents that the reported word stands for, with its range",
        alt=f"{title}. {listed}.",
        rows=rows,
        series=("share",),
        side="neutral",
        domain=(0.0, 1.0),
    )


def support_chart(crisis: Crisis, packages: Sequence[Package], title: str) -> Chart | None:
    """Joint support of each plan between its extremes."""
    able = [p for p in packages if p.support is not None]
    if not able:
        return None
    rows = [
        PlanRow(
            crisis.plans[p.plan].name,
            Dot(p.support.independent, p.support.low, p.support.high)
            if p.support.low < p.support.high
            else Dot(p.support.high),
            None,
            f"{len(p.asked)} item{'s' * (len(p.asked) != 1)} asked about"
            + (f", {len(p.others)} not" if p.others else ""),
        )
        for p in able
        if p.support is not None
    ]
    listed = "; ".join(
        f"{crisis.plans[p.plan].name} {span_text(p.support.low, p.support.high)}"
        for p in able
        if p.support is not None
    )
    return dots_and_ranges(
        "support",
        title=title,
        subtitle="Share that backs every item of the plan: dot if independent, range = both extremes",
        alt=f"{title}. {listed}.",
        rows=rows,
        series=("joint support",),
        side="neutral",
        domain=(0.0, 1.0),
    )


# --- Plain values ----------------------------------------------------------------------------


def plain_of(
    boards: Sequence[Board],
    packages: Sequence[Package],
    conditions: Sequence[Condition],
    breaches: Sequence[Breach],
    later: Sequence[Breach],
    regime: str,
    numbers: Sequence[Number],
    found: Performance | None,
    lapse: Mapping[str, tuple[int, float]],
) -> dict[str, object]:
    """Everything as plain values, for JSON."""
    return {
        "regime": regime,
        "boards": {
            b.id: {
                "question": b.source.question,
                "respondents": b.source.respondents,
                "number": list(b.number) if b.number else None,
                "items": {
                    i.id: {"name": i.name, "word": i.word, "share": i.share.value,
                           "low": i.share.low, "high": i.share.high, "differ": i.differ,
                           "sample": list(i.sample) if i.sample else None}
                    for i in b.items
                },
            }
            for b in boards
        },
        "packages": [
            {"plan": p.plan, "board": p.board, "asked": [i.id for i in p.asked],
             "scaled": list(p.scaled), "later": list(p.later), "not_asked": list(p.others),
             "left_out": list(p.left), "majority": MAJORITY,
             "least": p.support.low if p.support else None,
             "independent": p.support.independent if p.support else None,
             "most": p.support.high if p.support else None,
             "independent_range": [p.least.independent, p.most.independent]
             if p.least and p.most else None,
             "extremes_over_ranges": [p.least.low, p.most.high] if p.least and p.most else None,
             "majority_needs_correlation": p.correlation}
            for p in packages
        ],
        "conditions": [
            {"board": c.board, "text": c.text, "expression": c.expression or None,
             "how": c.how or None, "verdict": verdict(c, regime)}
            for c in conditions
        ],
        "outside": [_breach(b) for b in breaches],
        "outside_if_a_ceasefire_follows": [_breach(b) for b in later],
        "in_a_ceasefire": {k: {"month": m, "chance": x} for k, (m, x) in lapse.items()},
        "numbers": {
            n.path: {
                "experts": [{"who": e.who, "value": e.value, "low": e.low, "high": e.high,
                             "weight": e.weight} for e in n.quantity.experts],
                "rule": n.quantity.pool, "used": n.quantity.value, "spread": n.spread,
                "ranges_miss_each_other": n.apart,
                "pools": {p.rule if p is not n.earned else "performance-weighted":
                          {"low": p.low, "middle": p.middle, "high": p.high,
                           "weights": dict(p.weights)}
                          for p in (n.linear, n.quantile, n.earned) if p is not None},
            }
            for n in numbers
        },
        "performance": None if found is None else {
            "seeds": found.seeds, "few": found.few, "alpha": found.alpha,
            "calibration": dict(found.calibration), "information": dict(found.information),
            "weights": dict(found.weights), "combined": list(found.maker),
            "equal": list(found.equal),
        },
    }  # fmt: skip


def _breach(b: Breach) -> dict[str, str]:
    return {
        "condition": b.condition.text,
        "plan": b.use.plan,
        "regime": b.use.regime,
        "when": b.use.when,
    }


def is_none(share: float) -> bool:
    """Whether a joint support is nobody at all."""
    return share < SLACK
