"""Which plan holds up over all futures and under all readings?

Definitions. A *future* is one draw of every number that has a range. All plans are solved in the same futures,
and under every reading at the same points of its own ranges (:mod:`offramp.ensembles`). With Y[i, p] what plan
p is worth to A in future i under a reading::

    regret[i, p]   = max_q Y[i, q] - Y[i, p]          mean, 90th percentile, worst      (Savage 1951)
    satisficing(p) = share of futures in which p meets every threshold                  (Simon 1956)
    domain(p)      = share of futures in which p is the best plan, ties shared          (Starr 1963)

A plan *holds up* under a reading if its satisficing share is at least the share asked for (one half), *falls
short* if it is not, and it *cannot be told* where the 95 % interval of the share lies on both sides. Over all
readings a plan holds up if it does so under each and falls short if it does so under one. Nothing is averaged
over readings: they are rivals, and shares of futures are shares of what the ranges leave open, not
chances.

*Thresholds.* Left to itself the answer holds every plan to the first one, future by future: worth at least
as much to A, and disaster no likelier (:mod:`._robust_bars`).

*Error.* One future under each reading is solved again on a finer grid, for every plan
(:mod:`._robust_check`). Differences between plans up to the mean change of that difference are ties, and a
threshold missed by no more is met.

*Moments.* With observed figures the draws are weighted so that their averages come near them
(:mod:`._robust_moments`); unweighted figures then stand beside the weighted ones.

Classical comparators: the four criteria themselves, by hand in the tests of :mod:`offramp.ensembles.robust`.

Units: A's own stake; probabilities; shares of futures.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from offramp.answers._answer import Answer, Trace
from offramp.answers._ensemble_inputs import FINER
from offramp.answers._facts import join
from offramp.answers._robust_bars import Bar, bars_of, month_of
from offramp.answers._robust_check import plan_error
from offramp.answers._robust_data import robust_data
from offramp.answers._robust_facts import WORTH, Found, examine
from offramp.answers._robust_moments import Moment, base_rate_moments, load_moments, observed
from offramp.answers._robust_views import (
    domain_chart,
    error_table,
    main_table,
    moments_table,
    regret_chart,
    regret_table,
    shares_table,
    verdict_chart,
)
from offramp.answers._robust_words import flips, headline, paragraphs, warnings
from offramp.crisis import Crisis, Quantity, get, with_reading
from offramp.crisis._diagnostics import did_you_mean
from offramp.ensembles import DEFAULT, Design, Ensemble, run, sampled_by_default
from offramp.ensembles.design import _points
from offramp.ensembles.measures import months_for, ready, taken
from offramp.ensembles.run import Progress
from offramp.ensembles.sampling import NoRange, values_at, varies
from offramp.game import Resolution, compile_game
from offramp.solution import DEFAULT_PRECISION, solve

__all__ = ["Bar", "Moment", "base_rate_moments", "load_moments", "robust"]

DRAWS = 32
"""Futures: with eight plans and six readings some 1,500 sketches, 270 processor seconds."""

SHARE = 0.5
"""Share of futures in which a plan must be good enough to hold up: more often than not."""

MONTH = 12
"""Month at which disaster is read (or the last one, if the horizon is shorter)."""

QUESTION = "Which plan holds up over all futures and under every reading?"


def robust(
    crisis: Crisis,
    *,
    plans: Sequence[str] | None = None,
    readings: Sequence[str | None] | None = None,
    paths: Sequence[str] | None = None,
    draws: int = DRAWS,
    thresholds: Sequence[str | Bar] | None = None,
    share: float = SHARE,
    resolution: str | Resolution = "sketch",
    finer: str | Resolution | None = FINER,
    precision: float = DEFAULT_PRECISION,
    workers: int | None = 1,
    scheduler: str | None = None,
    progress: Progress | None = None,
    folder: str | Path | None = None,
    seed: int = 0,
    moments: Sequence[Moment] | str | Path | None = None,
) -> Answer:
    """Regret, satisficing and domain of plans over futures and readings; which plans hold up under all.

    Args:
        crisis: The crisis.
        plans: Plan ids, the first as the one that others are held against; None means all.
        readings: Readings, None among them for the file as it stands; left out, that and every reading.
        paths: Inputs to vary; None means every number with a range that the games read.
        draws: Futures.
        thresholds: What is good enough, as ``value_a >= 0.5`` or ``disaster_12 <= status_quo``; left out,
            worth at least as much to A as the first plan, and disaster no likelier.
        share: Share of futures in which a plan must be good enough to hold up.
        resolution: Grid of every solve.
        finer: Grid on which one future under each reading is solved again; None leaves that out.
        precision: kappa per negotiation round.
        workers: Processes; None means one per core.
        scheduler: Address of a Dask scheduler, used instead of processes.
        progress: Told (label, done, total).
        folder: Where results are kept; the same call goes on where it was interrupted.
        seed: Seed of the draws.
        moments: Observed figures, or a file of them.

    Raises:
        ValueError: for an unknown plan, reading or threshold, one plan without thresholds, a share outside
            (0, 1), moments that no weights can meet, or (``NoRange``) no number with a range.
        UnknownPath: for a path that leads nowhere.
        CrisisError: for a file of moments that cannot be read.
    """
    if not 0 < share < 1:
        raise ValueError(f"a share of futures lies between 0 and 1, not at {share:g}")
    chosen = _plans(crisis, plans)
    asked = _readings(crisis, readings)
    month = min(MONTH, crisis.clock.horizon_months)
    bars = bars_of(crisis, chosen, thresholds, month)
    listed = load_moments(moments) if isinstance(moments, str | Path) else tuple(moments or ())
    seen = observed(crisis, chosen, listed)
    months = _months(crisis, month, bars, [m.month for m in seen])
    if thresholds is not None:
        _known(crisis, chosen[0], bars, months, resolution, precision)
    ensemble = run(
        crisis,
        _design(crisis, chosen, asked, paths, draws, seed),
        plans=chosen,
        readings=asked,
        resolution=resolution,
        precision=precision,
        months=months,
        folder=folder,
        workers=workers,
        scheduler=scheduler,
        progress=progress,
        measures=DEFAULT,
    )
    measures = list(dict.fromkeys([WORTH, *(bar.measure for bar in bars)]))
    error = plan_error(crisis, ensemble, measures, finer=finer, workers=workers, progress=progress)
    found = examine(crisis, ensemble, bars, share, error, seen)
    return _answer(crisis, ensemble, found, precision, seed)


def _plans(crisis: Crisis, plans: Sequence[str] | None) -> tuple[str, ...]:
    if not crisis.plans:
        raise ValueError("the crisis has no plan")
    if plans is None:
        return tuple(crisis.plans)
    chosen = tuple(dict.fromkeys(plans))
    if not chosen:
        raise ValueError("name at least one plan, or leave them out for all")
    for plan in chosen:
        if plan not in crisis.plans:
            hint = did_you_mean(plan, crisis.plans) or f"the plans are {join(crisis.plans)}"
            raise ValueError(f"there is no plan {plan!r}; {hint}")
    return chosen


def _readings(crisis: Crisis, readings: Sequence[str | None] | None) -> tuple[str | None, ...]:
    if readings is None:
        return (None, *crisis.readings)
    chosen = tuple(dict.fromkeys(readings))
    if not chosen:
        raise ValueError("name at least one reading, or leave them out for all")
    for reading in chosen:
        if reading is not None and reading not in crisis.readings:
            hint = did_you_mean(reading, crisis.readings) or (
                f"the readings are {join(crisis.readings)}"
                if crisis.readings
                else "the crisis has none"
            )
            raise ValueError(f"there is no reading {reading!r}; {hint}")
    return chosen


def _months(
    crisis: Crisis, month: int, bars: Sequence[Bar], others: Sequence[int]
) -> tuple[int, ...]:
    horizon = crisis.clock.horizon_months
    named = [m for bar in bars if (m := month_of(bar.measure)) is not None]
    for m in named:
        if m > horizon:
            raise ValueError(f"a threshold is read at month {m}, beyond the horizon of {horizon}")
    return tuple(sorted({*months_for(horizon, None), month, *named, *others}))


def _known(
    crisis: Crisis,
    plan: str,
    bars: Sequence[Bar],
    months: tuple[int, ...],
    resolution: str | Resolution,
    precision: float,
) -> None:
    """Refuse a threshold on a figure that the results do not hold, before anything is drawn."""
    one = solve(compile_game(crisis, plan, None, resolution), precision)
    kept = taken(ready(DEFAULT, months), one)
    for bar in bars:
        if bar.measure not in kept:
            hint = did_you_mean(bar.measure, kept) or f"there are {join(kept)}"
            raise ValueError(f"there is no figure {bar.measure!r} for a threshold; {hint}")


def _design(
    crisis: Crisis,
    plans: Sequence[str],
    readings: Sequence[str | None],
    paths: Sequence[str] | None,
    draws: int,
    seed: int,
) -> Design:
    """Draws of the numbers asked for, or of all that some game of some reading reads, with a range there."""
    if draws < 2:
        raise ValueError(f"shares of futures need at least two draws; got {draws}")
    stated = {r: crisis if r is None else with_reading(crisis, r) for r in readings}
    if paths is None:
        read = (p for r in readings for p in sampled_by_default(crisis, plans, r))
        chosen = tuple(dict.fromkeys(read))
        if not chosen:
            raise NoRange("no number that the games of these plans read has a range")
    else:
        chosen = tuple(dict.fromkeys(paths))
        for path in chosen:
            numbers = [get(one, path) for one in stated.values()]
            if not any(isinstance(x, Quantity) and varies(x) for x in numbers):
                raise NoRange(f"`{path}` has a range under none of the readings")
        if not chosen:
            raise NoRange("name at least one number to vary, or leave them out for all")
    points = _points(draws, len(chosen), seed, "sobol")
    first = readings[0]
    return Design(chosen, values_at(stated[first], chosen, points), points, seed, "sobol", first)


def _answer(
    crisis: Crisis, ensemble: Ensemble, found: Found, precision: float, seed: int
) -> Answer:
    title = headline(crisis, found)
    e = found.error
    checked = (
        f"Solved at {e.coarse} resolution; against {e.finer} over {e.over()} the differences in worth "
        f"between plans move by {e.typical(WORTH):.4f} on average, {e.largest[WORTH]:.4f} at most."
        if e.finer
        else f"Solved at {e.coarse} resolution; no finer grid was compared."
    )
    return Answer(
        name="robust",
        question=QUESTION,
        headline=title,
        paragraphs=paragraphs(crisis, found),
        tables=tuple(
            t
            for t in (
                main_table(crisis, found),
                shares_table(crisis, found),
                regret_table(crisis, found),
                error_table(crisis, found),
                moments_table(crisis, found),
            )
            if t is not None
        ),
        charts=tuple(
            c
            for c in (
                verdict_chart(crisis, found, title),
                regret_chart(crisis, found),
                domain_chart(crisis, found),
            )
            if c is not None
        ),
        evidence_trace=Trace(
            formula="regret[i, p] = max_q V_A[i, q] - V_A[i, p]; satisficing(p) = share of i in which every "
            "threshold is met; domain(p) = share of i in which p is best",
            certificate=(checked,),
            settings=(
                ("plans", ", ".join(found.plans)),
                ("readings", ", ".join(r or "base" for r in ensemble.readings)),
                ("thresholds", "; ".join(bar.text() for bar in found.bars)),
                ("share asked for", f"{found.share:g}"),
                ("moments", "; ".join(m.measure for m in found.moments) or "none"),
                ("resolution", e.coarse),
                ("precision", f"{precision:g} per round"),
                ("draws", str(found.draws)),
                ("inputs", str(len(ensemble.design.paths))),
                ("seed", str(seed)),
                ("design", ensemble.design.hash[:12]),
            ),
        ),
        flips=flips(crisis, found),
        warnings=warnings(crisis, found),
        data=robust_data(found),
    )
