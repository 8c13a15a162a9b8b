"""Words, tables, charts, thresholds and warnings that a study adds to the comparison of plans."""

from __future__ import annotations

from offramp.answers._answer import Chart, Table
from offramp.answers._coalition_facts import members_of
from offramp.answers._comparison import Comparison
from offramp.answers._facts import join, percent, quoted, stake
from offramp.answers._plans_lines_views import (
    clause_table,
    derived_tables,
    derived_words,
    findings_of,
    findings_table,
    ledger_table,
    lines_table,
)
from offramp.answers._plans_split import NAMES
from offramp.answers._plans_study import Study
from offramp.answers._plans_study_views import (
    bite_chart,
    chains_table,
    least,
    parts_chart,
    parts_tables,
    pressure_table,
    ratio_chart,
    regret_chart,
    regret_table,
    start_words,
)
from offramp.answers._plans_timing_views import (
    agreement_table,
    agreement_words,
    starts_chart,
    starts_table,
    starts_words,
)

MOST_STARTS = 3
"""Plans whose start is named in the words; the table has all."""


def more_paragraphs(c: Comparison, s: Study) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Paragraphs that come before the comparison, and after it."""
    waits = start_words(c, s)
    first: tuple[str, ...] = ()
    if waits:
        text = join(waits[:MOST_STARTS])
        more = len(waits) - MOST_STARTS
        tail = f"; the table has {more} more" if more > 0 else ""
        first = (f"Before anything else: {text}{tail}.",)
    then = []
    if s.splits:
        then.append(_split_words(c, s))
    timed = [] if s.starts is None else [starts_words(c, s.starts)]
    timed += [] if s.agreement is None else [agreement_words(c, s.agreement)]
    if timed:
        then.append(" ".join(timed))
    if s.derived is not None:
        then.append(derived_words(c, s.derived))
    elif s.survivals:
        then.append(
            "The members' lines leave every plan whole."
            if members_of(c.crisis)
            else "The file names no members of a coalition, so nobody's lines cut a plan."
        )
    if s.regret is not None and len(c.own) > 1:
        then.append(_regret_words(c, s))
    return first, tuple(then)


def _split_words(c: Comparison, s: Study) -> str:
    """The best plan's difference from the first, part by part."""
    told = [x for x in s.splits if x.differing]
    if not told:
        return "The plans have every part in common: there is nothing to split."
    best = max(told, key=lambda x: x.total)
    limit = least(c, best.plan, best.base)
    name, base = quoted(c.crisis.plans[best.plan].name), quoted(c.crisis.plans[best.base].name)
    big = sorted(
        (p for p in best.differing if abs(best.shapley[p]) > limit),
        key=lambda p: -abs(best.shapley[p]),
    )
    if not big:
        return f"Of what separates {name} from {base}, no part by itself is distinguishable."
    shares = join(f"{NAMES[p].lower()} {stake(best.shapley[p], True)}" for p in big)
    rest = [NAMES[p].lower() for p in best.differing if p not in big]
    tail = (
        f"; {join(rest)} {'makes' if len(rest) == 1 else 'make'} no distinguishable difference"
        if rest
        else ""
    )
    return f"Split into its parts, {name} differs from {base} by {shares}{tail}."


def _regret_words(c: Comparison, s: Study) -> str:
    assert s.regret is not None
    r = s.regret
    ranked, limit = r.ranked(), max(r.error, 0.005)
    alike = [p for p in ranked if r.worst(p) - r.worst(ranked[0]) <= limit]
    names = join(quoted(c.crisis.plans[p].name) for p in alike)
    worst = r.worst(ranked[0])
    at = max(range(len(r.columns)), key=lambda i: r.of(ranked[0])[i])
    if len(alike) > 1:
        return (
            f"By largest regret there is no distinguishable difference between {names} ({stake(worst)} "
            "at most)."
        )
    if worst <= limit:
        return (
            f"{names} is nowhere distinguishably worse than another plan, whatever the precision, type "
            "or reading."
        )
    kind = {"precision": "at precision", "type": "if the type is", "reading": "under the reading"}[
        r.columns[at][0]
    ]
    return (
        f"{names} has the smallest largest regret: at worst, {kind} {quoted(r.columns[at][1])}, it costs "
        f"{stake(worst)} against the best plan there."
    )  # fmt: skip


def more_tables(c: Comparison, s: Study) -> tuple[Table, ...]:
    """Tables in the order of the questions: begun, why, when, who, how firmly, at what regret."""
    found: list[Table | None] = []
    if s.portraits and s.bites:
        found += [pressure_table(c, s), chains_table(c, s)]
    if s.splits:
        found += parts_tables(c, s.splits)
    if s.starts is not None:
        found.append(starts_table(c, s.starts))
    if s.agreement is not None:
        found.append(agreement_table(c, s.agreement))
    if s.survivals:
        found.append(lines_table(c, s.survivals))
        if s.derived is not None:
            found += derived_tables(c, s.derived)
        found.append(ledger_table(c, s.survivals))
    if s.clause is not None:
        found.append(clause_table(c, s.clause))
    if s.regret is not None:
        found.append(regret_table(c, s.regret))
    found.append(findings_table(c, findings_of(c.crisis, list(c.own))))
    return tuple(x for x in found if x is not None)


def more_charts(c: Comparison, s: Study) -> tuple[Chart, ...]:
    """One idea each."""
    found: list[Chart | None] = []
    if s.splits:
        found.append(parts_chart(c, s.splits))
    if s.portraits and s.bites:
        found += [ratio_chart(c, s), bite_chart(c, s)]
    if s.starts is not None:
        found.append(starts_chart(c, s.starts))
    if s.regret is not None:
        found.append(regret_chart(c, s.regret))
    return tuple(x for x in found if x is not None)


def more_flips(c: Comparison, s: Study) -> tuple[str, ...]:
    """Where another plan would come first, and what would lift a block."""
    found = []
    best = c.ranked()[0]
    if s.regret is not None and len(c.own) > 1:
        r = s.regret
        for i, (kind, name) in enumerate(r.columns):
            top = max(r.value, key=lambda p, at=i: r.value[p][at])  # type: ignore[misc]
            if kind != "precision" and r.value[top][i] - r.value[best][i] > max(r.error, 0.005):
                word = "If the type is" if kind == "type" else "Under the reading"
                found.append(
                    f"{word} {quoted(name)}, {quoted(c.crisis.plans[top].name)} comes first."
                )
    if s.derived is not None:
        lost = [k for k in s.derived.survival.kept if k.fate == "lost" and len(k.took) == 1]
        for k in lost:
            who = c.crisis.members[k.took[0]].name
            found.append(f"{quoted(c.crisis.levers[k.lever].name)} passes if {who} gives way.")
    return tuple(found)


def more_warnings(c: Comparison, s: Study) -> tuple[str, ...]:
    """Late pressure, plans that hardly begin, and what the checks find."""
    found = []
    for p, bite in s.bites.items():
        name = c.crisis.plans[p].name
        if bite.late:
            by = "its deadline" if bite.stated else "the month that is read"
            found.append(
                f"{name}: late pain, half of its pressure comes after {by}, month {bite.deadline:g}"
            )
        elif bite.stated and bite.slow:
            names = join(c.crisis.levers[k].name for k, _ in bite.slow)
            found.append(
                f"{name}: late pain, {names} in full only after its deadline, month {bite.deadline:g}"
            )
    for p, x in s.portraits.items():
        if x.chain is not None and x.chain.product < 0.01:
            found.append(
                f"{c.crisis.plans[p].name}: the chance that its force stands is {percent(x.chain.product)}"
            )
    found += [
        f"{c.crisis.plans[p].name}: {what}" for p, what, _ in findings_of(c.crisis, list(c.own))
    ]
    return tuple(dict.fromkeys(found))
