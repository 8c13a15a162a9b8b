"""Tables of what the members' lines leave of plans, of a contract's clause, and of what the linter finds."""

from __future__ import annotations

from offramp.answers._answer import Cell, Column, Table
from offramp.answers._coalition_facts import name_of
from offramp.answers._comparison import Comparison
from offramp.answers._facts import join, percent, quoted, stake
from offramp.answers._plans_lines import (
    Kept,
    Ledger,
    Survival,
    contested_levers,
    ledger,
    majority_route,
)
from offramp.answers._plans_study import CLAUSES, Clause, Derived
from offramp.answers._plans_study_views import NONE, least
from offramp.crisis import Crisis, check

MOST_LEDGER = 8
"""Members shown in the ledger of one lever."""


def lines_table(c: Comparison, found: tuple[Survival, ...]) -> Table:
    """Every plan: how much of its pressure is left, what is lost, and whose line took it."""
    crisis = c.crisis
    rows: list[tuple[Cell, ...]] = []
    for s in found:
        lost = [k for k in s.kept if k.fate == "lost"]
        less = [k for k in s.kept if k.fate == "reduced"]
        rows.append(
            (
                crisis.plans[s.plan].name,
                s.left,
                "; ".join(_lost_words(crisis, k) for k in lost) or "nothing",
                "; ".join(
                    f"{crisis.levers[k.lever].name} to {percent(k.after / k.before)}" for k in less
                )
                or "nothing",
                "; ".join(
                    f"{crisis.issues[x.issue].name}: {name_of(crisis, x.owner)}" for x in s.lines
                )
                or "none",
            )
        )
    return Table(
        "What the members' lines leave of each plan",
        (
            Column("plan", "Plan"),
            Column("left", "Pressure left", "share", "", 0),
            Column("lost", "Lost, and whose line took it"),
            Column("reduced", "Reduced, where each acts for itself"),
            Column("terms", "Terms of the offer beyond a line of its own side"),
        ),
        tuple(rows),
        "By each lever's own rule of consent, with refusals and expected objections as they stand. "
        "Pressure: pain "
        "of sticks at full effect; a dash: the plan has none. A lever under a joint rule passes whole or "
        "not at all.",
    )


def _lost_words(crisis: Crisis, k: Kept) -> str:
    who = join(name_of(crisis, m) for m in k.took)
    return f"{crisis.levers[k.lever].name} ({k.why or who})"


def derived_tables(c: Comparison, d: Derived) -> tuple[Table, Table]:
    """One plan lever by lever beside the file's own version, and the three solved."""
    crisis, s = c.crisis, d.survival
    name = crisis.plans[s.plan].name
    there = s.written is not None
    rows: list[tuple[Cell, ...]] = []
    for k in s.kept:
        other = (
            ""
            if k.route is None
            else f"under {k.route[0]} it {'would pass, too' if k.route[1] else 'would fail'}"
        )
        if k.fate == "lost" and majority_route(crisis, k.lever):
            other = "by qualified majority it would pass"
        rows.append(
            (
                crisis.levers[k.lever].name,
                k.rule,
                join(name_of(crisis, m) for m in k.against) or "nobody",
                k.before,
                k.after,
                *((k.written,) if there else ()),
                _compared(k) if there else "",
                other,
            )
        )
    extra = crisis.plans[s.written].stages if s.written is not None else ()
    level = {u.lever: u.intensity for stage in extra for u in stage.on}
    for key in s.added:
        name_of_it, anew = crisis.levers[key].name, "the file brings it in anew"
        rows.append((name_of_it, "", "", 0.0, 0.0, level.get(key, 1.0), anew, ""))
    columns = (
        Column("lever", "Lever"), Column("rule", "Rule"), Column("against", "Against it"),
        Column("before", "In the plan", "share", "", 0), Column("after", "Left by the lines", "share", "", 0),
        *((Column("written", "In the file's version", "share", "", 0),) if there else ()),
        Column("compared", "Compared"), Column("route", "Another rule"),
    )  # fmt: skip
    one = Table(
        f"{name}: what the lines leave, lever by lever",
        columns,
        tuple(rows),
        "Strengths of levers. What the file scales down beyond the rules is a judgement of its author; "
        "what it brings in anew cannot be derived.",
    )
    limit, m = least(c, s.plan), c.month
    solved = [("as planned", d.whole), ("what the lines leave", d.left)]
    if d.written is not None and s.written is not None:
        solved.append((f"the file's version, {quoted(crisis.plans[s.written].name)}", d.written))
    outcome = tuple(
        (
            word,
            x.value_a,
            x.settled[m],
            ""
            if x is d.whole
            else NONE
            if abs(x.value_a - d.whole.value_a) <= limit
            else stake(x.value_a - d.whole.value_a, True),
        )
        for word, x in solved
    )
    two = Table(
        f"{name}: as planned and as it survives",
        (
            Column("version", "Version"),
            Column("value_a", f"Worth to {crisis.blocs['A'].name}", "number", "own stake", 3),
            Column("settled", f"In a settlement at month {m}", "share", "", 0),
            Column("change", "Against the plan"),
        ),
        outcome,
        "Solved on the coarser grid." if c.alike else "",
    )
    return one, two


def _compared(k: Kept) -> str:
    written = k.written or 0.0
    if k.after <= 0 and written <= 0:
        return "lost in both"
    if k.after <= 0:
        return "the file keeps what the rule does not let pass"
    if written <= 0:
        return "the file drops it, its rule lets it pass"
    if abs(written - k.after) <= 0.05:
        return "alike"
    return f"the file keeps {'less' if written < k.after else 'more'}"


def derived_words(c: Comparison, d: Derived) -> str:
    """What was lost, whose line took it, and what that costs."""
    crisis, s = c.crisis, d.survival
    name = quoted(crisis.plans[s.plan].name)
    lost = [k for k in s.kept if k.fate == "lost"]
    took = join(dict.fromkeys(name_of(crisis, m) for k in lost for m in k.took))
    left = "" if s.left is None else f" leave {percent(s.left)} of its pressure"
    said = f"Of {name} the members' lines{left or ' leave what each may do alone'}"
    if lost:
        gone = join(quoted(crisis.levers[k.lever].name) for k in lost)
        said += f"; {gone} {'is' if len(lost) == 1 else 'are'} lost" + (
            f" to {took}" if took else ""
        )
    limit = least(c, s.plan)
    moved = d.left.value_a - d.whole.value_a
    said += (
        ". To A's side that makes no distinguishable difference"
        if abs(moved) <= limit
        else f". That {'costs' if moved < 0 else 'gains'} {crisis.blocs['A'].name} {stake(abs(moved))}"
    ).replace("A's side", crisis.blocs["A"].name)
    if s.left_written is not None and s.left is not None:
        gap = s.left_written - s.left
        said += (
            "; the file's own version keeps about as much"
            if abs(gap) <= 0.05
            else f"; the file's own version keeps {percent(s.left_written)} of it, before its substitutes"
        )
    return f"{said}."


def ledger_table(c: Comparison, survivals: tuple[Survival, ...]) -> Table | None:
    """Own cost against benefit by member, for the joint lever that most stand against."""
    crisis = c.crisis
    keys = contested_levers(survivals)
    if not keys:
        return None
    chosen = next(k for s in survivals for k in s.kept if k.lever == keys[0])
    rows = ledger(crisis, chosen.lever)
    shown = sorted(rows, key=lambda x: (not (x.stated or x.predicted), x.benefit - x.burden))
    return Table(
        f"{crisis.levers[chosen.lever].name}: whose cost exceeds the benefit",
        (
            Column("member", "Member"),
            Column("burden", "Cost and dispute", "number", "log-odds", 2),
            Column("benefit", "Shared threat", "number", "log-odds", 2),
            Column("predicted", "By these numbers"),
            Column("stated", "On file"),
        ),
        tuple(_ledger_row(crisis, x) for x in shown[:MOST_LEDGER]),
        f"Rule: {chosen.rule}. A member objects by these numbers if cost and dispute exceed a shared threat "
        "felt once more in full.",
    )


def _ledger_row(crisis: Crisis, x: Ledger) -> tuple[Cell, ...]:
    return (
        crisis.members[x.member].name,
        x.burden,
        x.benefit,
        "objects" if x.predicted else "agrees",
        "against" if x.stated else "not against",
    )


# --- Clause ----------------------------------------------------------------------------------


def clause_table(c: Comparison, x: Clause) -> Table:
    """A plan's own contract with its guarantee vague, as it is, and written down."""
    crisis = c.crisis
    types = [k.name for k in crisis.types.values()]
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (word, x.detection[i], x.response[i], *x.kept[i], x.value_a[i])
        for i, word in enumerate(CLAUSES)
    )
    offer = crisis.contracts[crisis.plans[x.plan].offer or ""].name
    return Table(
        f"{offer}: how firmly the clause on {crisis.guarantees[x.guarantee].name} is written",
        (
            Column("clause", "The clause is"),
            Column("detection", "Breach detected", "share", "", 0),
            Column("response", "Detected breach answered", "share", "", 0),
            *(
                Column(f"kept_{i}", f"Kept at the end: {name.lower()}", "share", "", 0)
                for i, name in enumerate(types)
            ),
            Column("value_a", f"Plan worth to {crisis.blocs['A'].name}", "number", "own stake", 3),
        ),
        rows,
        f"{clause_words(c, x)} Vague and written down: low and high ends of the file's ranges. Kept: share of "
        "each type still under the contract at the end, had it been signed today. False alarms are not part "
        "of the game.",
    )


def clause_words(c: Comparison, x: Clause) -> str:
    """Which type the clause holds."""
    crisis = c.crisis
    gain = [high - low for low, high in zip(x.kept[0], x.kept[-1], strict=True)]
    most = max(range(len(gain)), key=lambda i: gain[i])
    offer = quoted(crisis.contracts[crisis.plans[x.plan].offer or ""].name)
    name = quoted(list(crisis.types.values())[most].name.lower())
    worth = x.value_a[-1] - x.value_a[0]
    told = (
        "worth to the plan it makes no distinguishable difference"
        if abs(worth) <= least(c, x.plan)
        else f"the plan is worth {stake(abs(worth))} {'more' if worth > 0 else 'less'}"
    )
    if gain[most] <= 0.005:
        return (
            f"How firmly the guarantee of {offer} is written hardly changes how long any type keeps it; "
            f"in {told}."
        )
    return (
        f"Written down in full rather than left vague, the guarantee of {offer} raises the share of type "
        f"{name} "
        f"still keeping it at the end from {percent(x.kept[0][most])} to {percent(x.kept[-1][most])}; "
        f"{'in ' if told.startswith('worth') else ''}{told}."
    )


# --- Linter ------------------------------------------------------------------------------------


def findings_of(crisis: Crisis, plans: list[str]) -> tuple[tuple[str, str, str], ...]:
    """What the checks find about the plans compared: plan, what, way out."""
    report = check(crisis)
    return tuple(
        (str(p.path[1]), p.message, p.suggestion or "")
        for p in (*report.problems, *report.warnings)
        if len(p.path) > 1 and p.path[0] == "plans" and str(p.path[1]) in plans
    )


def findings_table(c: Comparison, found: tuple[tuple[str, str, str], ...]) -> Table | None:
    """Findings in a table; None if there are none."""
    if not found:
        return None
    return Table(
        "What is odd about these plans as they are written",
        (Column("plan", "Plan"), Column("what", "What"), Column("way", "Way out")),
        tuple((c.crisis.plans[p].name, what, way) for p, what, way in found),
        "The checks of the file; `offramp check` shows where.",
    )
