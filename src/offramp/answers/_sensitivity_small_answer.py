"""Two answers from one small sample: what the numbers hang on, and when the plan fails.

Figures: :mod:`offramp.answers._sensitivity_small` and :mod:`offramp.answers._discover_facts`. Both say that the
sample is small, and which command takes a larger one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from offramp.answers import _sensitivity_words as words
from offramp.answers._answer import Answer, Cell, Chart, Column, Table, Trace
from offramp.answers._discover_facts import examine, failure_for
from offramp.answers._ensemble_inputs import (
    FINER,
    chosen_plan,
    finite,
    fitted_words,
    input_names,
    other_plan,
)
from offramp.answers._facts import join, quoted, supports
from offramp.answers._sensitivity_runs import ENDS
from offramp.answers._sensitivity_small import Small, small
from offramp.answers._sensitivity_views import (
    NOTHING,
    information_chart,
    information_table,
    swings_chart,
    swings_table,
)
from offramp.answers.discover import answer_of
from offramp.answers.sensitivity import information_data, swings_data, worth_title
from offramp.crisis import Crisis, with_reading
from offramp.ensembles.run import Progress
from offramp.ensembles.sampling import NoRange, values_at
from offramp.game import Resolution
from offramp.solution import DEFAULT_PRECISION

DRAWS = 72
"""Draws of all inputs: what the value of finding out is estimated from (64), and some that may fail."""
CHECKED = 2
"""Draws solved again on the finer grid."""
NAMED = 3
"""Inputs named in a sentence."""


def hangs_on(
    crisis: Crisis,
    plan: str | None = None,
    against: str | None = None,
    *,
    reading: str | None = None,
    draws: int = DRAWS,
    checked: int = CHECKED,
    resolution: str | Resolution = "sketch",
    finer: str | Resolution | None = FINER,
    precision: float = DEFAULT_PRECISION,
    workers: int | None = 1,
    progress: Progress | None = None,
    folder: str | Path | None = None,
    seed: int = 0,
    source: str = "",
) -> tuple[Answer, ...]:
    """What a plan's result hangs on and in which futures it fails, both from one small sample.

    Args:
        crisis: The crisis.
        plan: Plan id; None means the first of the file.
        against: The plan that it has to beat; None means the first other plan of the file.
        reading: Apply a reading's premises and ranges first.
        draws: Draws of all inputs, solved for both plans.
        checked: Draws solved again on the ``finer`` grid.
        resolution: Grid of every other solve.
        finer: Grid on which some draws are repeated, for the error; None leaves that out.
        precision: kappa per negotiation round.
        workers: Processes; None means one per core.
        progress: Told (label, done, total).
        folder: Where results are kept.
        seed: Seed of the draws.
        source: What the crisis is called in commands; left out, its id.

    Returns:
        Two answers, ``sensitivity`` and ``discover``; the first alone if no number has a range.

    Raises:
        ValueError: for an unknown plan, or fewer than four draws.
    """
    if draws < 4:
        raise ValueError(f"a small study needs at least four draws; got {draws}")
    chosen = chosen_plan(crisis, plan)
    other = other_plan(crisis, chosen) if against is None else chosen_plan(crisis, against)
    others = () if other is None or other == chosen else (other,)
    try:
        found = small(
            crisis, chosen, others, reading=reading, draws=draws, checked=checked,
            resolution=resolution, finer=finer, precision=precision, workers=workers,
            progress=progress, folder=folder, seed=seed,
        )  # fmt: skip
    except NoRange:
        return (_nothing(crisis, chosen),)
    command = f"{source or crisis.id} --plan {chosen}"
    if reading is not None:
        command += f" --reading {reading}"
    failure = failure_for(crisis, chosen, others[0] if others else None, None, found.study.month)
    box = examine(found.ensemble, chosen, failure, reading, found.error)
    fails = answer_of(crisis, found.ensemble, box, reading, precision, seed)
    versus = f" --against {failure.against}" if failure.against else ""
    more = (
        f"{draws} draws are few to describe when a plan fails; `offramp discover {command}{versus}` takes "
        "more"
    )
    fails = replace(fails, warnings=(*fails.warnings, more))
    return _answer(crisis, found, reading, precision, seed, command), fails


def _nothing(crisis: Crisis, plan: str) -> Answer:
    """No number has a range."""
    name = quoted(crisis.plans[plan].name)
    said = f"No number that {name} rests on has a range, so nothing shows what its result hangs on"
    table = Table("Numbers with a range", (Column("input", "Input"),), (), "There are none.")
    return Answer(
        name="sensitivity",
        question=QUESTION,
        headline=said,
        paragraphs=(f"In this model every input is taken as certain. {ADVICE}",),
        tables=(table,),
        charts=(),
        evidence_trace=Trace(formula=""),
        data={"plan": plan, "paths": []},
    )


QUESTION = "What do the numbers hang on, and what is worth finding out?"
ADVICE = "Write a range such as `0.1 to 0.3` beside a number, and it is varied here."
FORMULA = (
    "How far input j alone moves the outcome Y: swing_j = Y(j at its 5th or 95th percentile, others at their "
    "centre);  share of the variance that it explains alone: S_j = adjusted R^2 of E[Y | X_j];  worth of "
    "finding j out before choosing a plan p: EVPPI_j = E[max_p E[Y_p | X_j]] - max_p E[Y_p]"
)


def _answer(
    crisis: Crisis, found: Small, reading: str | None, precision: float, seed: int, command: str
) -> Answer:
    study = found.study
    names = input_names(crisis, study.paths)
    stated = crisis if reading is None else with_reading(crisis, reading)
    a, plan = crisis.blocs["A"].name, quoted(crisis.plans[study.plan].name)
    what = f"the value of {plan} to {a}"
    every = [s.name for s in study.swings]
    low, high = (values_at(stated, every, np.full((1, len(every)), u))[0] for u in ENDS)
    ends = {p: (float(x), float(y)) for p, x, y in zip(every, low, high, strict=True)}
    headline = _headline(found, names, plan, a)
    charts: list[Chart | None] = [
        swings_chart(study, names, ends, headline, what),
        information_chart(study, names, worth_title(study, names)),
    ]
    info = _worth(information_table(study, names, crisis))
    tables = [_widest(swings_table(study, names, crisis)), *(() if info is None else (info,))]
    tables += [
        _shares_table(found, m, _measure_words(found, m, what), names)
        for m in found.shares
        if found.leaders(m)
    ]
    top = [s.name for s in study.swings if np.isfinite(s.reach) and s.reach > 0]
    return Answer(
        name="sensitivity",
        question=QUESTION,
        headline=headline,
        paragraphs=(
            words.spread(study, crisis, plan, a),
            words.one_at_a_time_words(study, names, a),
            _shares_words(found, names, what),
            words.finding_out(study, names, crisis),
            _limits_words(command),
        ),
        tables=tuple(tables),
        charts=tuple(c for c in charts if c is not None),
        evidence_trace=Trace(
            formula=FORMULA,
            supports=supports(stated, [(p, "moves the value most") for p in top[:5]]),
            evidence=tuple(w.name for w in study.evidence if w.name in crisis.evidence),
            certificate=(found.error.line(),),
            settings=(
                ("plan", study.plan),
                ("chosen among", ", ".join(study.plans)),
                ("reading", reading or "base"),
                ("resolution", study.grid),
                ("precision", f"{precision:g} per round"),
                ("draws", str(found.ensemble.design.draws)),
                ("inputs", str(len(study.paths))),
                ("solves", str(study.solves)),
                ("seed", str(seed)),
            ),
        ),
        flips=words.flips(study, names, crisis),
        warnings=_warnings(crisis, found, command),
        data=_data(found, ends),
    )


def _widest(swings: Table) -> Table:
    """The first rows of the table of swings, with a note of how many more there are."""
    more = len(swings.rows) - WIDEST
    if more <= 0:
        return swings
    return replace(
        swings,
        rows=swings.rows[:WIDEST],
        note=f"{swings.note} {more} more inputs move it by less than the last one shown.",
    )


WIDEST = 12
"""Rows of the table of swings: what fits on a page."""


def _worth(table: Table | None) -> Table | None:
    """What is worth finding out, without the rows that say nothing."""
    if table is None:
        return None
    rows = tuple(row for row in table.rows if row[-1] != NOTHING)
    left = len(table.rows) - len(rows)
    note = (
        f"{table.note} Left out: {left} of which nothing can be distinguished."
        if left
        else table.note
    )
    return replace(table, rows=rows, note=note)


def _headline(found: Small, names: Mapping[str, str], plan: str, a: str) -> str:
    """The widest swing, unless the next is within the error of the grid."""
    moving = [s for s in found.study.swings if np.isfinite(s.reach) and s.reach > 0]
    if not moving:
        return f"No input moves what {plan} is worth to {a} when it alone is moved"
    error = found.error.largest.get("value_a", 0.0)
    close = [s for s in moving if moving[0].reach - s.reach <= error]
    if moving[0].reach <= error:
        return f"No input moves what {plan} is worth to {a} by more than the error of the grid"
    if len(close) > NAMED:
        return (
            f"Moved one at a time, {quoted(names[moving[0].name])} and {len(close) - 1} other inputs move what "
            f"{plan} is worth to {a} most, and cannot be ranked"
        )
    listed = join(quoted(names[s.name]) for s in close)
    if len(close) > 1:
        return f"Moved one at a time, {listed} move what {plan} is worth to {a} most, and cannot be ranked"
    return f"Moved alone, {listed} moves what {plan} is worth to {a} most"


def _measure_words(found: Small, measure: str, what: str) -> str:
    if measure == "value_a":
        return what
    return f"the chance of a settlement by month {found.study.month}"


def _shares_words(found: Small, names: Mapping[str, str], what: str) -> str:
    """Which inputs explain more of the draws than luck would."""
    parts = []
    for measure in found.study.sample:
        called = _measure_words(found, measure, what)
        if measure not in found.shares:
            parts.append(
                f"{called[:1].upper()}{called[1:]}: too few draws, or all alike, to say what explains it."
            )
            continue
        top = found.leaders(measure)[:NAMED]
        luck = words.share(found.luck[measure])
        if not top:
            parts.append(
                f"No single input stands out in {called}: the best of {len(found.study.paths)} inputs without "
                f"effect reaches {luck} of the variance in one case of twenty, and none goes beyond."
            )
            continue
        known = found.shares[measure]
        said = join(
            f"{quoted(names[p])} explains {words.share(known[p].value)} alone "
            f"({words.shares(known[p].low, known[p].high)})"
            for p in top
        )
        parts.append(
            f"Of the variance of {called}, {said}; the best of {len(found.study.paths)} inputs without effect "
            f"reaches {luck} in one case of twenty."
        )
    return " ".join((TOGETHER, *parts))


TOGETHER = "Now over all draws together, in which every input moves at once."
"""Tells shares of the variance from what one input does when it alone is moved."""


def _limits_words(command: str) -> str:
    return (
        "How inputs act together was not looked at, nor how the chance of a settlement moves with each: "
        f"`offramp sensitivity {command}` takes more draws and says it."
    )


def _shares_table(found: Small, measure: str, what: str, names: Mapping[str, str]) -> Table:
    """The inputs that explain more of a figure than luck would."""
    known = found.shares[measure]
    luck = found.luck[measure]
    columns = (
        Column("input", "Input"),
        Column("path", "Path"),
        Column("share", "Explains alone", "share", "of the variance", 0),
        Column("low", "from", "share", "", 0),
        Column("high", "to", "share", "", 0),
        Column("goes", "When it rises, the outcome"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            names[p], p, known[p].value, known[p].low, known[p].high,
            "rises" if found.rising[measure][p] > 0 else "falls",
        )
        for p in found.leaders(measure)[:SHOWN]
    ]  # fmt: skip
    return Table(
        f"What explains {what} in the draws",
        columns,
        tuple(rows),
        f"{found.ensemble.design.draws} draws; 95 % bootstrap intervals, not clipped. By luck the best of "
        f"{len(found.study.paths)} inputs without effect reaches {words.share(luck)}.",
    )


SHOWN = 8
"""Rows of a table of shares."""


def _warnings(crisis: Crisis, found: Small, command: str) -> tuple[str, ...]:
    said = [
        f"{found.ensemble.design.draws} draws tell large effects only; "
        f"`offramp sensitivity {command}` takes more"
    ]
    study = found.study
    if study.failures:
        more = f" (and {len(study.failures) - 3} more reasons)" if len(study.failures) > 3 else ""
        said.append(f"draws without a result: {'; '.join(study.failures[:3])}{more}")
    if study.fitted:
        said.append(fitted_words(crisis, f"{study.fitted} of {found.ensemble.design.draws} draws"))
    return tuple(said)


def _data(found: Small, ends: dict[str, tuple[float, float]]) -> dict[str, Any]:
    study = found.study

    return {
        "plan": study.plan,
        "plans": list(study.plans),
        "month": study.month,
        "paths": list(study.paths),
        "shares": {
            m: {
                p: {k: finite(v) for k, v in asdict(s).items()} | {"rank": found.rising[m][p]}
                for p, s in known.items()
            }
            for m, known in found.shares.items()
        },
        "luck": dict(found.luck),
        "swings": swings_data(study, ends),
        "draws": {m: [finite(float(v)) for v in y] for m, y in study.sample.items()},
        "finding_out": information_data(study),
        "grid_error": {"mean": dict(found.error.mean), "largest": dict(found.error.largest)},
        "solves": study.solves,
        "failures": list(study.failures),
    }
