"""What moves the outcome, and what is worth finding out before choosing a plan?

Definitions. Y(X) is a figure of the solved game as a function of its inputs X, drawn from their stated
ranges, independently. For an input j (or a group of inputs)::

    first order  S_j = Var(E[Y | X_j]) / Var(Y)           what knowing j alone would explain
    total order  T_j = E[Var(Y | X_-j)] / Var(Y)          what j takes part in, alone or with others
    swing        Y(j at its 5th and at its 95th percentile, all others at their centre)
    EVPPI(j)     = E[max_p E[Y_p | X_j]] - max_p E[Y_p]   what knowing j is worth before choosing plan p
    EVSI(e)      = the same for one more observation like the evidence item e, or for B's type itself

Y is the value to A in A's own stake (``value_a``) and the chance of a settlement at a month. The solves
and how inputs are chosen: :mod:`offramp.answers._sensitivity_runs`; estimators and intervals:
:mod:`offramp.ensembles.sobol` and :mod:`offramp.ensembles.information`.

Classical comparators: Saltelli et al. (2008) for the indices, Raiffa and Schlaifer (1961) for the value
of information. There is no closed form for a solved crisis; both estimators are held against closed forms
in their tests.

What it does not say: how likely the inputs are. Ranges are somebody's judgement; a share of variance is a
share of what these ranges leave open, so an input with a narrow range looks harmless.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from offramp.answers import _sensitivity_words as words
from offramp.answers._answer import Answer, Chart, Trace
from offramp.answers._ensemble_inputs import (
    FINER,
    chosen_plan,
    finite,
    fitted_words,
    input_names,
    other_plan,
)
from offramp.answers._facts import owner, quoted, supports
from offramp.answers._sensitivity_runs import ENDS, Study, study
from offramp.answers._sensitivity_views import (
    indices_chart,
    indices_table,
    information_chart,
    information_table,
    sure,
    swings_chart,
    swings_table,
)
from offramp.crisis import Crisis, with_reading
from offramp.ensembles.run import Progress
from offramp.ensembles.sampling import values_at
from offramp.game import Resolution
from offramp.solution import DEFAULT_PRECISION

DRAWS = 128
"""Draws of all inputs (samples A and B together). With eight leading inputs and 300 in all that is some
1,400 solves: one or two minutes on two cores, and intervals of about a tenth of the variance."""

LEADING = 8
"""Inputs that get indices of their own."""


def sensitivity(
    crisis: Crisis,
    *,
    plan: str | None = None,
    against: Sequence[str] | None = None,
    reading: str | None = None,
    paths: Sequence[str] | None = None,
    draws: int = DRAWS,
    leading: int = LEADING,
    resolution: str | Resolution = "sketch",
    finer: str | Resolution | None = FINER,
    precision: float = DEFAULT_PRECISION,
    workers: int | None = 1,
    scheduler: str | None = None,
    progress: Progress | None = None,
    folder: str | Path | None = None,
    seed: int = 0,
) -> Answer:
    """What moves the outcome of a plan, and what is worth finding out.

    Args:
        crisis: The crisis.
        plan: Plan id; None means the first of the file.
        against: Plans that it is chosen among; None means the first other plan of the file.
        reading: Apply a reading's premises and ranges first.
        paths: Inputs to vary; None means every number with a range that the games of the plans read.
        draws: Draws of all inputs; an even number.
        leading: Inputs that get indices of their own.
        resolution: Grid of every solve.
        finer: Grid on which a few solves are repeated, for the error; None leaves that out.
        precision: kappa per negotiation round.
        workers: Processes; None means one per core.
        scheduler: Address of a Dask scheduler, used instead of processes.
        progress: Told (label, done, total).
        folder: Where results are kept; the same call goes on where it was interrupted.
        seed: Seed of the draws.

    Raises:
        ValueError: for an unknown plan, fewer than four draws or an odd number, no leading input, or
            (``NoRange``) no input with a range.
    """
    if draws < 4 or leading < 1:
        raise ValueError("sensitivity needs at least four draws and one leading input")
    if draws % 2:
        raise ValueError(f"draws come in pairs: {draws} is odd; take {draws + 1}")
    chosen = chosen_plan(crisis, plan)
    if against is None:
        other = other_plan(crisis, chosen)
        others: tuple[str, ...] = () if other is None else (other,)
    else:
        others = tuple(
            p for p in dict.fromkeys(chosen_plan(crisis, p) for p in against) if p != chosen
        )
    found = study(
        crisis,
        chosen,
        others,
        reading=reading,
        paths=paths,
        base=draws // 2,
        leading=leading,
        resolution=resolution,
        finer=finer,
        precision=precision,
        workers=workers,
        scheduler=scheduler,
        progress=progress,
        folder=folder,
        seed=seed,
    )
    return _answer(crisis, found, reading, precision, seed)


def _answer(
    crisis: Crisis, found: Study, reading: str | None, precision: float, seed: int
) -> Answer:
    names = input_names(crisis, found.paths)
    stated = crisis if reading is None else with_reading(crisis, reading)
    a, plan = crisis.blocs["A"].name, quoted(crisis.plans[found.plan].name)
    value = found.indices["value_a"]
    settled = f"settled_{found.month}"
    low, high = (values_at(stated, found.paths, np.full((1, len(found.paths)), u))[0] for u in ENDS)
    ends = {p: (float(x), float(y)) for p, x, y in zip(found.paths, low, high, strict=True)}
    what = f"the value of {plan} to {a}"
    chance = f"the chance of a settlement by month {found.month}"
    headline = words.headline(found, value, names, plan, a)
    top = [i.factor for i in words.leaders(value)] or list(found.leading[:1])
    widest = next((s for s in found.swings if s.reach > 0), None)
    charts: list[Chart | None] = [
        swings_chart(
            found,
            names,
            ends,
            f"Moved alone, {names[widest.name]} swings {what} most" if widest else "",
            what,
        ),
        indices_chart(found, value, what, names, headline),
        information_chart(found, names, worth_title(found, names)),
    ]
    info = information_table(found, names, crisis)
    paragraphs = (
        words.spread(found, crisis, plan, a),
        words.drivers(found, value, names),
        words.together(found, value, names),
        words.one_at_a_time_words(found, names, a),
        words.finding_out(found, names, crisis),
    )
    return Answer(
        name="sensitivity",
        question="What moves the outcome, and what is worth finding out?",
        headline=headline,
        paragraphs=tuple(p for p in paragraphs if p),
        tables=(
            indices_table(found, "value_a", what, names),
            swings_table(found, names, crisis),
            *(() if info is None else (info,)),
            indices_table(found, settled, chance, names),
        ),
        charts=tuple(c for c in charts if c is not None),
        evidence_trace=Trace(
            formula=(
                "Share of the variance that input j explains alone: S_j = adjusted R^2 of E[Y | X_j];  share "
                "that it takes part in: T_j = mean((y_A - y_j)^2) / (2 V);  worth of finding j out before "
                "choosing a plan p: EVPPI_j = E[max_p E[Y_p | X_j]] - max_p E[Y_p]"
            ),
            supports=supports(
                stated, [(p, "among those that move the outcome most") for p in top[:5]]
            ),
            evidence=tuple(w.name for w in found.evidence if w.name in crisis.evidence),
            certificate=(_grid_line(found, a),),
            settings=(
                ("plan", found.plan),
                ("chosen among", ", ".join(found.plans)),
                ("reading", reading or "base"),
                ("resolution", found.grid),
                ("precision", f"{precision:g} per round"),
                ("base points", str(value.base)),
                ("solves", str(found.solves)),
                ("seed", str(seed)),
                ("sample", value.key[:12]),
            ),
        ),
        flips=words.flips(found, names, crisis),
        warnings=_warnings(crisis, found),
        data=_data(found, ends),
    )


def worth_title(found: Study, names: dict[str, str]) -> str:
    """What is most worth finding out, as a heading: an input only if its whole interval clears luck."""
    info = found.information
    if info is None:
        return "What finding out is worth was not estimated"
    worth = [w for w in info.worths if sure(w)]
    if not worth:
        return (
            "No single input is surely worth finding out before choosing; knowing everything would gain "
            f"{info.perfect:.3f} of a stake"
        )
    first = worth[0]
    return f"{names[first.name]} is most worth finding out before choosing ({first.value:.3f} of a stake)"


def _grid_line(found: Study, a: str) -> str:
    if found.finer is None:
        return f"All solves on the {found.grid} grid."
    gaps = [abs(own - finer) for own, finer in found.checked.values()]
    return (
        f"All solves on the {found.grid} grid; of the {len(gaps)} widest swings of {owner(a)} value the "
        f"{found.finer} grid moves one by {max(gaps):.3f} at most. Shares of variance carry the sampling "
        "interval only."
    )


def _warnings(crisis: Crisis, found: Study) -> tuple[str, ...]:
    said = list(dict.fromkeys(w for s in found.indices.values() for w in s.warnings))
    if found.failures:
        more = f" (and {len(found.failures) - 3} more reasons)" if len(found.failures) > 3 else ""
        said.append(f"draws without a result: {'; '.join(found.failures[:3])}{more}")
    if found.fitted:
        draws = max(len(values) for values in found.sample.values())
        said.append(fitted_words(crisis, f"{found.fitted} of {draws} draws"))
    turned = [p for p, (own, finer) in found.checked.items() if own * finer < 0]
    if turned:
        said.append(
            f"on the {found.finer} grid the swing of {', '.join(turned)} goes the other way: do not read "
            "the coarse one"
        )
    return tuple(said)


def _data(found: Study, ends: dict[str, tuple[float, float]]) -> dict[str, Any]:
    return {
        "plan": found.plan,
        "plans": list(found.plans),
        "month": found.month,
        "paths": list(found.paths),
        "leading": list(found.leading),
        "indices": {
            measure: {
                "sample": s.key,
                "mean": s.mean,
                "variance": s.variance,
                "base": s.base,
                "lost": s.lost,
                "factors": [asdict(i) for i in s.indices],
            }
            for measure, s in found.indices.items()
        },
        "swings": swings_data(found, ends),
        "draws": {m: [finite(float(v)) for v in y] for m, y in found.sample.items()},
        "finding_out": information_data(found),
        "checked": {p: list(pair) for p, pair in found.checked.items()},
        "solves": found.solves,
        "failures": list(found.failures),
    }


def swings_data(found: Study, ends: dict[str, tuple[float, float]]) -> list[dict[str, Any]]:
    """Swings as plain values."""
    return [
        {
            "path": s.name,
            "low": ends[s.name][0],
            "high": ends[s.name][1],
            "at_low": finite(s.at_low),
            "at_high": finite(s.at_high),
            "centre": finite(s.centre),
            "hidden": s.hidden,
        }
        for s in found.swings
    ]


def information_data(found: Study) -> dict[str, Any] | None:
    """The value of finding out as plain values; None where it was not estimated."""
    info = found.information
    if info is None:
        return None
    return {
        "best": info.best,
        "now": info.now,
        "perfect": [info.perfect, info.perfect_low, info.perfect_high],
        "inputs": [asdict(w) for w in info.worths],
        "observations": [asdict(w) for w in found.evidence],
        "draws": info.draws,
    }
