"""What would tell the readings apart, in tables, a chart and sentences."""

from __future__ import annotations

import math
from typing import Any

from offramp.answers._answer import Cell, Chart, Column, Table
from offramp.answers._charts import matrix
from offramp.answers._facts import percent, quoted
from offramp.answers._style import Fill
from offramp.audit._found import Found, plain
from offramp.audit._telling import Telling, Told
from offramp.crisis import Crisis

ROWS = 3
"""Observations of each pair that the table lists."""
KEPT = 8
"""Observations of each pair that the figures list."""
MUCH = 100.0
"""Odds beyond this are told as "more than": draws do not resolve them."""
STEPS: tuple[tuple[float, Fill], ...] = ((0.3, "dark"), (0.1, "mid"), (0.03, "pale"))
"""Bits from which a cell of the chart is shaded."""
NOTHING = "nothing that this game predicts"
UNCHECKED = (
    "no draw was asked again on a finer grid, so that the grid's own error is not in these figures"
)


def beyond(told: Told) -> str:
    """What a difference that is told is larger than."""
    return "the spread over draws" + (" and what the next finer grid moves" if told.checked else "")


def odds_words(t: Telling) -> str:
    """``1.8 times``."""
    if math.isinf(t.odds) or t.odds > MUCH:
        return f"more than {MUCH:.0f} times"
    return f"{t.odds:.1f} times"


def label_of(crisis: Crisis, reading: str) -> str:
    return crisis.readings[reading].label


def outcome_of(t: Telling) -> str:
    """The outcome that tells most, after what it is an outcome of: ``...: war``."""
    return f"{t.look.text}: {t.look.outcomes[t.best]}"


def source_of(t: Telling) -> str:
    """Where the chances come from."""
    return {
        "stand": "evidence: chances by type of B and each reading's beliefs",
        "item": "evidence: chances by type of B and each reading's beliefs",
        "test": "a test of the file, asked of the game",
        "event": "the event's own chance",
        "member": "the members' own chances while nobody acts",
    }.get(t.look.kind, "the solved game")


def telling_table(crisis: Crisis, told: Told) -> Table:
    """The best observations of every pair."""
    rows: list[tuple[Cell, ...]] = []
    for pair in told.by_pair:
        name = " / ".join(label_of(crisis, r) for r in pair)
        best = told.best(pair)[:ROWS]
        rows += [
            (
                name, t.look.text, t.look.outcomes[t.best], t.first[t.best], t.second[t.best],
                label_of(crisis, t.favours), odds_words(t), t.bits, t.low, t.high, source_of(t),
            )
            for t in best
        ]  # fmt: skip
        if not best:
            rows.append((name, NOTHING, "", None, None, "", "", None, None, None, ""))
    columns = (
        Column("pair", "Tells apart"),
        Column("look", "What to look for"),
        Column("outcome", "The outcome that tells most"),
        Column("first", "Its chance under the first", "share"),
        Column("second", "under the second", "share"),
        Column("favours", "Seeing it favours"),
        Column("odds", "which becomes likelier against the other by"),
        Column("bits", "Expected information", "number", "bits", 2),
        Column("low", "at least", "number", "", 2),
        Column("high", "at most", "number", "", 2),
        Column("source", "Where its chance comes from"),
    )
    note = (
        f"Readings carried to {crisis.as_of} and solved under {quoted(crisis.plans[told.plan].name)}, with "
        f"the same {told.draws} draws. Information from even odds between the two: 0 tells nothing, 1 bit "
        f"settles it; at least, at most: 95 % interval of each figure. At most {ROWS} a pair, and only those "
        f"whose difference is beyond {beyond(told)}, by an interval that holds for everything that the pair "
        "is compared on (95 %). They overlap: their information does not add up."
    )
    if not told.checked:
        note += f" {UNCHECKED[0].upper()}{UNCHECKED[1:]}."
    return Table("What would tell two readings apart", columns, tuple(rows), note)


def discriminators_table(crisis: Crisis, told: Told | None) -> Table | None:
    """The file's own tests with their information, or why there is none."""
    rows: list[tuple[Cell, ...]] = []
    for place, test in enumerate(crisis.discriminators):
        name = " / ".join(label_of(crisis, r) for r in test.readings if r in crisis.readings)
        measured = _measured(told, place, test.items, test.readings) if told is not None else []
        for t in measured:
            assert told is not None
            said = (
                f"“{t.look.outcomes[t.best]}” favours {quoted(label_of(crisis, t.favours))}, which becomes "
                f"{odds_words(t)} as likely against the other"
                if t.tells
                else f"no difference beyond {beyond(told)}, or a negligible one"
            )
            what = t.look.text if t.look.kind != "test" else "the outcomes that the file names"
            rows.append((name, str(test.test), what, t.bits, t.low, t.high, said))
        if not measured:
            rows.append((name, str(test.test), "", None, None, None, _why(told, place, test)))
    if not rows:
        return None
    columns = (
        Column("pair", "Tells apart"),
        Column("test", "The file's test"),
        Column("what", "What is looked at"),
        Column("bits", "Expected information", "number", "bits", 2),
        Column("low", "at least", "number", "", 2),
        Column("high", "at most", "number", "", 2),
        Column("said", "What it would say, or why that is unknown"),
    )
    return Table("The file's own tests between readings", columns, tuple(rows))


def _measured(
    told: Told, place: int, items: tuple[str, ...], pair: tuple[str, str]
) -> list[Telling]:
    keys = [f"test:{place}", *(f"item:{key}" for key in items)]
    return [t for key in keys if (t := told.of(pair, key)) is not None]


def _why(told: Told | None, place: int, test: Any) -> str:
    if test.not_observed:
        return str(test.not_observed)
    if not test.observe and not test.items:
        return "unknown: the file names nothing of the game or of its evidence that stands for it"
    if told is None:
        return "not looked at in this audit"
    keys = (f"test:{place}", *(f"item:{key}" for key in test.items))
    reasons = [why for k in keys if (why := told.why(test.readings, k)) is not None]
    return reasons[0] if reasons else "not looked at: one of the two readings was not audited"


def telling_chart(crisis: Crisis, told: Told) -> Chart | None:
    """A pair a row: what to look for, the outcome that tells, whom it favours and by how much."""
    cells: list[list[str]] = []
    rows: list[str] = []
    fills: dict[str, Fill] = {}
    for pair in told.by_pair:
        rows.append(" / ".join(label_of(crisis, r) for r in pair))
        best = next(iter(told.best(pair)), None)
        if best is None:
            cells.append([NOTHING, "–", "–", "–"])
            continue
        bits = f"{best.bits:.2f} bits"
        fills[bits] = next((fill for least, fill in STEPS if best.bits >= least), "none")
        which = "first" if best.favours == pair[0] else "second"
        favours = f"the {which}, {odds_words(best)}"
        cells.append([best.look.text, best.look.outcomes[best.best], favours, bits])
    if not rows:
        return None
    title = title_of(told)
    return matrix(
        "telling",
        title=title,
        subtitle="For each pair the observation expected to tell most, from even odds (1 bit would settle it)",
        alt=f"{title}.",
        rows=rows,
        columns=["Look for", "Outcome that tells most", "It favours", "Expected information"],
        cells=cells,
        fills=fills,
        corner="Readings",
    )


def title_of(told: Told) -> str:
    """The finding in a line, with its size."""
    sure = [t for pair in told.by_pair for t in told.best(pair)[:1]]
    if not sure:
        return "Nothing that this game predicts surely tells any two readings apart"
    most = max(t.bits for t in sure)
    return f"What happens is expected to tell two readings apart by {most:.2f} of 1 bit at best"


def telling_words(crisis: Crisis, found: Found) -> str:
    """Two to four sentences for the answer."""
    told = found.told
    if told is None or not told.by_pair:
        return ""
    firsts = {pair: best[0] for pair in told.by_pair if (best := told.best(pair))}
    if not firsts:
        return (
            f"Carried to {crisis.as_of}, no observation that this game predicts tells any two readings "
            f"apart beyond {beyond(told)}."
        )
    t = max(firsts.values(), key=lambda t: t.bits)
    text = (
        f"What would tell readings apart, all carried to {crisis.as_of} under "
        f"{quoted(crisis.plans[told.plan].name)}: for {quoted(label_of(crisis, t.readings[0]))} against "
        f"{quoted(label_of(crisis, t.readings[1]))} the best single observation is “{outcome_of(t)}”, with a "
        f"chance of {percent(t.first[t.best])} under the one and {percent(t.second[t.best])} under the other "
        f"({t.bits:.2f} bits expected of the 1 that would settle even odds)."
    )
    weak = min(firsts.values(), key=lambda t: t.bits)
    if weak.high < t.low:
        text += (
            " Of those that can be told apart, the hardest are "
            f"{quoted(label_of(crisis, weak.readings[0]))} and "
            f"{quoted(label_of(crisis, weak.readings[1]))}: {weak.bits:.2f} bits at best."
        )
    none = [pair for pair in told.by_pair if pair not in firsts]
    if none:
        names = "; ".join(" and ".join(quoted(label_of(crisis, r)) for r in p) for p in none)
        text += f" For {names} no observation tells surely."
    return text if told.checked else f"{text} {UNCHECKED[0].upper()}{UNCHECKED[1:]}."


def telling_data(crisis: Crisis, found: Found) -> dict[str, Any]:
    """The observations as plain values."""
    told = found.told
    if told is None:
        return {"telling": None}

    def one(t: Telling) -> dict[str, Any]:
        return {
            "look": t.look.key, "text": t.look.text, "outcomes": list(t.look.outcomes),
            "chances": {r: list(c) for r, c in zip(t.readings, (t.first, t.second), strict=True)},
            "best": t.look.outcomes[t.best], "favours": t.favours, "odds": plain(t.odds),
            "bits": t.bits, "low": t.low, "high": t.high, "gap": t.gap, "gap_low": t.gap_low,
            "gap_high": t.gap_high, "error": plain(t.error), "sure": t.sure, "draws": t.draws,
        }  # fmt: skip

    return {
        "telling": {
            "plan": told.plan,
            "draws": told.draws,
            "checked": told.checked,
            "pairs": [
                {
                    "readings": list(pair),
                    "observations": [
                        one(t)
                        for i, t in enumerate(every)
                        if i < KEPT or t.look.kind == "test" or t.look.key in _named(crisis)
                    ],
                    "unanswered": dict(told.reasons[pair]),
                }
                for pair, every in told.by_pair.items()
            ],
        }
    }


def _named(crisis: Crisis) -> set[str]:
    return {f"item:{key}" for test in crisis.discriminators for key in test.items}
