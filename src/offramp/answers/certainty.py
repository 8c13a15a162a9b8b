"""How far can the numbers of a solve be trusted as a solution of the game?

Definition. The plan is solved again under one refinement at a time and at every precision of the band.
The error of a figure m is ``max_r |m(refined by r) - m|`` over the refinements that count; which
they are, and what else a certificate holds, stands in :mod:`offramp.solution._certificate`.

Units: own stake; probabilities. Classical comparator: grid convergence studies of numerical work
(Roache 1994); they bound the error of solving, never that of the inputs.
"""

from __future__ import annotations

from offramp.answers._answer import Answer, Cell, Chart, Column, Table, Trace
from offramp.answers._charts import Bar, diverging_bars
from offramp.answers._facts import quoted
from offramp.answers._runs import Progress, Task, run_all
from offramp.crisis import Crisis
from offramp.game import Resolution, compile_game
from offramp.game._resolution import named
from offramp.solution import (
    BAND,
    DEFAULT_PRECISION,
    Certificate,
    check_of,
    left_out,
    neighbours,
    with_checks,
)
from offramp.solution._certificate import MARTINGALE_LIMIT, MASS_LIMIT, UNSOLVED_LIMIT
from offramp.solution._certificate_words import points, size

MONTH = 12
"""Month at which probabilities are read (or the horizon, if it is shorter)."""


def certified(
    crisis: Crisis,
    plan: str | None = None,
    *,
    reading: str | None = None,
    precision: float = DEFAULT_PRECISION,
    resolution: str | Resolution = "draft",
    workers: int | None = 1,
    progress: Progress | None = None,
) -> Answer:
    """The full certificate of one plan as an answer.

    Args:
        crisis: The crisis.
        plan: Plan id; None means the first of the file.
        reading: Apply a reading's premises first.
        precision: kappa per negotiation round.
        resolution: Grid sizes.
        workers: Processes; None means one per core.
        progress: Told (label, done, total).
    """
    chosen = plan if plan is not None else next(iter(crisis.plans))
    grid = named(resolution)
    game = compile_game(crisis, chosen, reading, grid)
    band = sorted({*BAND, precision})
    refinements = neighbours(game)
    tasks = [Task(chosen, False, k, grid, reading, probe=k == precision) for k in band]
    tasks += [Task(chosen, False, precision, grid, reading, x.name) for x in refinements]
    done = dict(zip(tasks, run_all(crisis, tasks, workers, progress, "certifying"), strict=True))
    month = min(MONTH, crisis.clock.horizon_months)
    own = done[Task(chosen, False, precision, grid, reading, probe=True)]
    checks = []
    for x in refinements:
        other = done[Task(chosen, False, precision, grid, reading, x.name)]
        common = min(month, other.horizon)
        checks.append(
            check_of(x, own.headline(common), other.headline(common), other.certificate.unsolved)
        )
    certificate = with_checks(
        own.certificate,
        checks,
        skipped=left_out(game),
        band=[(k, done[task].headline(month)) for k, task in zip(band, tasks, strict=False)],
    )
    return describe_certificate(certificate, game.crisis, chosen)


def describe_certificate(certificate: Certificate, crisis: Crisis, plan: str) -> Answer:
    """A certificate with its checks as words, tables and charts."""
    a = crisis.blocs["A"].name
    headline = _headline(certificate, crisis, plan)
    said = [f"{line[:1].upper()}{line[1:]}." for line in certificate.lines(each=False)]
    return Answer(
        name="certify",
        question="How far can the numbers of this solve be trusted?",
        headline=headline,
        paragraphs=tuple(said),
        tables=(
            checks_table(certificate, crisis, plan),
            band_table(certificate, crisis),
            tolerances_table(certificate),
        ),
        charts=_charts(certificate, a),
        evidence_trace=Trace(
            formula="error(m) = max over refinements r of |m(refined by r) - m|",
            certificate=(certificate.summary(),),
            met=certificate.met,
            settings=(
                ("plan", plan),
                ("resolution", certificate.resolution),
                ("precision", f"{certificate.precision:g} per round"),
                ("mode", certificate.mode),
                ("kernel", certificate.kernel),
            ),
        ),
        warnings=tuple(
            f"{check.name}: the refined solve leaves {100 * check.unsolved:.1f} % of its choices unsolved, "
            "more than is tolerated, so its change is indicative"
            for check in certificate.checks
            if check.unsolved > UNSOLVED_LIMIT
        ),
        data=certificate.to_dict(),
    )


def _headline(certificate: Certificate, crisis: Crisis, plan: str) -> str:
    name, a = quoted(crisis.plans[plan].name), crisis.blocs["A"].name
    if not certificate.met:
        return f"The solve of {name} misses its tolerance: read every number as indicative"
    value, settled = certificate.error("value_a"), certificate.error("settled")
    if value is None or settled is None:
        return f"The solve of {name} meets its tolerances; how far finer grids move it is not known"
    return (
        f"The solve of {name} meets its tolerances; the value to {a} is known within {size(value)} "
        f"of its stake, the chance of settlement within {points(settled)}"
    )


def checks_table(certificate: Certificate, crisis: Crisis, plan: str) -> Table:
    """What every refinement moves."""
    a, b = crisis.blocs["A"].name, crisis.blocs["B"].name
    columns = (
        Column("check", "Solved again with"),
        Column("what", "What changes"),
        Column("value_a", f"Worth to {a}", "signed", "own stake", 3),
        *(
            Column(f"value_b_{k}", f"Worth to {b}, {quoted(name)}", "signed", "own stake", 3)
            for k, name in enumerate(certificate.types)
        ),
        Column("settled", "In a settlement", "signed", "percentage points", 1),
        Column("disaster", "Disaster", "signed", "percentage points", 2),
        Column("counts", "Counts as error"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            check.name,
            check.what,
            check.value_a,
            *check.value_b,
            100 * check.settled,
            100 * check.disaster,
            "yes" if check.counts else "no",
        )
        for check in certificate.checks
    ]
    months = sorted({check.month for check in certificate.checks})
    note = "Changes of the figures at month " + " or ".join(map(str, months)) if months else ""
    return Table(
        f"{crisis.plans[plan].name}: what finer grids and other ends move",
        columns,
        tuple(rows),
        f"{note}. The error of a figure is its largest change under a check that counts. Rounds half as long "
        "are another premise about the talks, and an earlier end is a coarser game: both are for information.",
    )


def band_table(certificate: Certificate, crisis: Crisis) -> Table:
    """Headline figures at every precision of the band."""
    a, b = crisis.blocs["A"].name, crisis.blocs["B"].name
    month = certificate.band[0][1].month if certificate.band else 0
    columns = (
        Column("precision", "Precision per round", "number", "", 0),
        Column("value_a", f"Worth to {a}", "number", "own stake", 3),
        *(
            Column(f"value_b_{k}", f"Worth to {b}, {quoted(name)}", "number", "own stake", 3)
            for k, name in enumerate(certificate.types)
        ),
        Column("settled", f"In a settlement at month {month}", "share", "", 1),
        Column("disaster", f"Disaster by month {month}", "share", "", 2),
    )
    rows: list[tuple[Cell, ...]] = [
        (k, head.value_a, *head.value_b, head.settled, head.disaster)
        for k, head in certificate.band
    ]
    return Table(
        "Over the precision band",
        columns,
        tuple(rows),
        "How exactly people choose is a premise about behaviour: a range, not an error.",
    )


def tolerances_table(certificate: Certificate) -> Table:
    """What is measured on the solve itself, and what is tolerated."""
    c = certificate
    columns = (Column("what", "Measured"), Column("found", "Found"), Column("limit", "Tolerated"))
    rows: list[tuple[Cell, ...]] = [
        ("share of choices that matter left unsolved", _plain(c.unsolved), _plain(UNSOLVED_LIMIT)),
        ("largest residual where it matters, log-odds", _plain(c.residual), "reported"),
        ("probability created or lost", _plain(c.mass_error), _plain(MASS_LIMIT)),
        *(
            (f"drift of mean beliefs, type {quoted(name)}", _plain(drift), _plain(MARTINGALE_LIMIT))
            for name, drift in zip(c.types, c.martingale, strict=True)
        ),
    ]
    if c.several_probed:
        text = f"{_plain(c.several)} of {c.several_probed:,}"
        rows.append(("share of choices probed with a second solution", text, "reported"))
    if c.regret is not None:
        rows += [
            (
                f"best single deviation of {side}, own stake",
                _plain(gain),
                f"noise is {_plain(noise)}",
            )
            for side, gain, noise in zip(c.sides, c.regret, c.noise, strict=True)
        ]
    return Table(
        "The solve itself",
        columns,
        tuple(rows),
        "Only shares, probability and beliefs decide whether the tolerance is met.",
    )


def _plain(value: float) -> str:
    return f"{value:.2g}"


def _charts(certificate: Certificate, a: str) -> tuple[Chart, ...]:
    """Changes as bars, for A's value and for the chance of settlement."""
    checks = certificate.checks
    if not checks:
        return ()
    charts = []
    for name, what, unit, decimals, scale in (
        ("value_a", f"value to {a}", "own stake", 3, 1.0),
        ("settled", "chance of settlement", "percentage points", 1, 100.0),
    ):
        moved = [scale * getattr(check, name) for check in checks]
        bars = [Bar(check.name, value) for check, value in zip(checks, moved, strict=True)]
        k = max(range(len(checks)), key=lambda i, sizes=moved: abs(sizes[i]))  # type: ignore[misc]
        title = f"Of all checks {quoted(checks[k].name)} moves the {what} most"
        charts.append(
            diverging_bars(
                f"moved_{name}",
                title=title,
                subtitle=f"Change of the {what} under one change of the solve at a time",
                alt=f"{title}: by {moved[k]:+.{decimals}f} {unit}.",
                bars=bars,
                unit=unit,
                decimals=decimals,
                heading="Change",
            )
        )
    return tuple(charts)
