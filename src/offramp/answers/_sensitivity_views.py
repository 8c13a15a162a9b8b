"""Tables and charts of the sensitivity answer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from offramp.answers._answer import Cell, Chart, Column, Table
from offramp.answers._charts import Bar, Dot, PlanRow, diverging_bars, dots_and_ranges
from offramp.answers._sensitivity_charts import tornado_chart
from offramp.answers._sensitivity_runs import OTHERS, TYPE_KNOWN, Study
from offramp.crisis import Crisis
from offramp.ensembles.information import Worth
from offramp.ensembles.sobol import Index, Sensitivity, Swing

OWN = "own stake"
MOST_BARS = 8
NOTHING = "nothing distinguishable"
"""Verdict on a finding that is worth no more than luck would show."""


def label_of(index: Index, names: Mapping[str, str], study: Study) -> str:
    """What readers call a factor."""
    if index.factor != OTHERS:
        return names[index.factor]
    return f"{len(study.paths) - len(study.leading)} other inputs together"


def verdict(index: Index, constant: bool) -> str:
    """What the indices of a factor say, in a few words."""
    if constant or index.moved == 0.0:
        return "no effect: no step changed the outcome"
    if index.none:
        return "no effect to speak of"
    if index.total_low <= 0 and index.first_low <= 0:
        return "not told apart from none"
    if crossed(index):
        return "too few draws: alone comes out above all it takes part in"
    if index.interacts:
        return "acts together with others"
    if index.first_low > 0:
        return "acts by itself"
    return "matters; alone or with others cannot be told"


CROSSED = 0.05
"""How far the share explained alone may come out above the share taken part in, which it never exceeds."""


def crossed(index: Index) -> bool:
    """Whether the two estimates contradict each other: the sample is too small for either."""
    return index.first - index.total > CROSSED


def direction(index: Index) -> str:
    """Which way the outcome goes when the input rises."""
    if index.rising is None:
        return "–"
    if index.rising >= 0.95:
        return "rises with it"
    if index.rising <= 0.05:
        return "falls with it"
    return f"rises in {100 * index.rising:.0f} % of steps"


def indices_table(study: Study, measure: str, what: str, names: Mapping[str, str]) -> Table:
    """First and total order of every factor."""
    found = study.indices[measure]
    columns = (
        Column("input", "Input"),
        Column("path", "Path"),
        Column("first", "Share it explains alone", "share", "", 0),
        Column("first_low", "from", "share", "", 0),
        Column("first_high", "to", "share", "", 0),
        Column("total", "Share with all it takes part in", "share", "", 0),
        Column("total_low", "from", "share", "", 0),
        Column("total_high", "to", "share", "", 0),
        Column("direction", "When it rises, the outcome"),
        Column("verdict", "In words"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            label_of(i, names, study),
            None if i.factor == OTHERS else i.factor,
            i.first,
            i.first_low,
            i.first_high,
            i.total,
            i.total_low,
            i.total_high,
            direction(i),
            verdict(i, found.constant),
        )
        for i in found.ranked()
    ]
    return Table(
        f"What moves {what}: shares of its variance",
        columns,
        tuple(rows),
        f"{found.base} base points of a scrambled Sobol sequence; {100 * found.level:.0f} % bootstrap "
        "intervals, not clipped: a share a little below 0 is sampling noise. Alone: by regression on plain "
        "draws (the group: by swapped samples). With all it takes part in: by swapped samples; in truth the "
        "first never exceeds the second.",
    )


def swings_table(study: Study, names: Mapping[str, str], crisis: Crisis) -> Table:
    """One at a time: all inputs that move the value at all."""
    columns: tuple[Column, ...] = (
        Column("input", "Input"),
        Column("path", "Path"),
        Column("at_low", "Value at its low end", "number", OWN, 3),
        Column("at_high", "Value at its high end", "number", OWN, 3),
        Column("reach", "Reach", "number", OWN, 3),
    )
    moving = [s for s in study.swings if np.isfinite(s.reach) and s.reach > 0]
    rows: list[tuple[Cell, ...]] = [
        (names[s.name], s.name, s.at_low, s.at_high, s.reach) for s in moving
    ]
    if study.leading:
        columns += (Column("hidden", "Hides interactions"),)
        hides = [
            ("yes" if s.hidden else "no") if s.name in study.leading else "not looked at"
            for s in moving
        ]
        rows = [(*row, word) for row, word in zip(rows, hides, strict=True)]
    a = crisis.blocs["A"].name
    still = sum(1 for s in study.swings if s.reach == 0)
    missing = sum(1 for s in study.swings if np.isnan(s.reach))
    centre = study.swings[0].centre if study.swings else float("nan")
    note = (
        f"Worth to {a} with every input at its centre: {centre:.3f}. {still} of {len(study.swings)} inputs "
        "change nothing there when moved alone"
        + (f"; {missing} have an end that could not be solved" if missing else "")
        + "."
    )
    return Table("One at a time, from the 5th to the 95th percentile", columns, tuple(rows), note)


def information_table(study: Study, names: Mapping[str, str], crisis: Crisis) -> Table | None:
    """Value of finding out, by input, observation, and in all."""
    info = study.information
    if info is None:
        return None
    columns = (
        Column("what", "Finding out"),
        Column("path", "Path or evidence"),
        Column("value", "Worth", "number", OWN, 4),
        Column("low", "from", "number", OWN, 4),
        Column("high", "to", "number", OWN, 4),
        Column("changes", "Changes the choice in", "share", "", 0),
        Column("verdict", "In words"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            "everything, before choosing",
            None,
            info.perfect,
            info.perfect_low,
            info.perfect_high,
            None,
            "the most that any finding can be worth",
        )
    ]
    rows += [
        (names[w.name], w.name, w.value, w.low, w.high, w.changes, worth_verdict(w))
        for w in info.worths[:MOST_BARS]
    ]
    rows += [
        (
            observation(w, crisis),
            None if w.name == TYPE_KNOWN else w.name,
            _plain(w.value),
            _plain(w.low),
            _plain(w.high),
            w.changes,
            "worth something" if w.low > TINY else NOTHING,
        )
        for w in study.evidence[:MOST_BARS]
        if w.name == TYPE_KNOWN or w.value > TINY
    ]
    if study.evidence and all(w.value <= TINY for w in study.evidence if w.name != TYPE_KNOWN):
        rows.append(
            (
                "any one observation like those on file",
                None,
                0.0,
                0.0,
                0.0,
                0.0,
                "would not change the choice",
            )
        )
    chance = info.worths[0].chance if info.worths else 0.0
    return Table(
        "What finding out is worth for the choice of plan",
        columns,
        tuple(rows),
        f"{info.draws} draws. Shuffled inputs reach {chance:.4f} by luck: figures up to that are nothing "
        "distinguishable. An observation is one more like the item, seen or not seen before the plan is "
        "chosen, with play under each plan as it is.",
    )


TINY = 1e-9
"""Values of information this small are rounding."""


def _plain(value: float) -> float:
    """Rounding noise around zero is zero."""
    return 0.0 if abs(value) <= TINY else value


def worth_verdict(w: Worth) -> str:
    """Whether it is worth finding out."""
    if w.nothing:
        return NOTHING
    return SURE if sure(w) else UNSURE


SURE = "worth finding out"
UNSURE = "not surely: its range reaches down to what luck shows"


def sure(w: Worth) -> bool:
    """Whether even the lower end of the interval clears what luck reaches."""
    return w.low > w.chance


def observation(w: Worth, crisis: Crisis) -> str:
    """What an observation is called: the item's text, cut."""
    if w.name == TYPE_KNOWN:
        return f"which type {crisis.blocs['B'].name} is, for certain"
    text = crisis.evidence[w.name].text.rstrip(".")
    return f"an observation like {w.name}: {text[:70]}{'…' if len(text) > 70 else ''}"


# --- Charts --------------------------------------------------------------------------------


def indices_chart(
    study: Study, found: Sensitivity, what: str, names: Mapping[str, str], title: str
) -> Chart | None:
    """First and total order as dots with intervals."""
    if found.constant:
        return None
    shown = found.ranked()[: MOST_BARS + 1]
    rows = [
        PlanRow(
            label_of(i, names, study),
            Dot(i.first, i.first_low, i.first_high),
            Dot(i.total, i.total_low, i.total_high),
        )
        for i in shown
    ]
    top = shown[0]
    return dots_and_ranges(
        "indices",
        title=title,
        subtitle=f"Share of the variance of {what}, with 95 % intervals: alone, and with all it takes part in",
        alt=(
            f"{title}. {label_of(top, names, study)}: {100 * top.first:.0f} % alone, "
            f"{100 * top.total:.0f} % with others."
        ),
        rows=rows,
        series=("alone", "with others"),
        side="neutral",
        format="share",
    )


def swings_chart(
    study: Study,
    names: Mapping[str, str],
    ends: Mapping[str, tuple[float, float]],
    title: str,
    what: str,
) -> Chart | None:
    """The tornado of the widest swings."""
    shown: list[Swing] = [s for s in study.swings if np.isfinite(s.reach) and s.reach > 0][
        :MOST_BARS
    ]
    if not shown:
        return None
    first = shown[0]
    return tornado_chart(
        "tornado",
        title=title,
        subtitle=f"{what[:1].upper()}{what[1:]}, one input at a time from its 5th to its 95th percentile",
        alt=(
            f"{title}: from {first.at_low:.2f} with {names[first.name]} at its low end to "
            f"{first.at_high:.2f} at its high end."
        ),
        swings=shown,
        names=[names[s.name] for s in shown],
        ends=[ends[s.name] for s in shown],
        unit=OWN,
    )


def information_chart(study: Study, names: Mapping[str, str], title: str) -> Chart | None:
    """What finding out single inputs is worth, with intervals."""
    info = study.information
    if info is None or info.perfect <= TINY:
        return None
    bars = [Bar("everything", info.perfect, info.perfect_low, info.perfect_high)]
    bars += [
        Bar(names[w.name], w.value, w.low, w.high) for w in info.worths[:MOST_BARS] if not w.nothing
    ]
    chance = info.worths[0].chance if info.worths else 0.0
    return diverging_bars(
        "finding_out",
        title=title,
        subtitle=f"Gain from choosing the plan afterwards, 95 % intervals; luck alone reaches {chance:.4f}",
        alt=f"{title}. Knowing everything would be worth {info.perfect:.3f} of a stake.",
        bars=bars,
        format="number",
        unit=OWN,
        decimals=3,
        heading="Worth",
    )
