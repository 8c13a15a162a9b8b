"""Commands besides questions: the brief, plans, certificates, files and the library."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from offramp.cli._options import (
    Crisis,
    Cut,
    Json,
    Out,
    Plan,
    Plans,
    Precision,
    Quiet,
    Reading,
    Resolution,
    Seed,
    Strict,
    command,
)
from offramp.cli._outcome import Outcome


@command("offramp brief ukraine-2025 --plan plan_b --out plan-b.html")
def brief(
    crisis: Crisis,
    plan: Plan = None,
    reading: Reading = None,
    precision: Precision = 8.0,
    resolution: Cut = Resolution.draft,
    seed: Seed = 0,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.html", help="Where the page goes.", show_default="<file>-brief.html"
        ),
    ] = None,
    added: Annotated[
        list[Path] | None,
        typer.Option(
            "--with",
            metavar="FILE.json",
            help="Add an answer made before with --out FILE.json; may be repeated.",
            show_default="none",
        ),
    ] = None,
    audit: Annotated[
        str,
        typer.Option(
            metavar="none|glance|quick|full",
            help="How many draws the readings' claims are asked of.",
        ),
    ] = "glance",
    folder: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Where finished pieces are kept: the next brief goes on from there.",
            show_default="the user's cache",
        ),
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Ignore finished pieces that are kept, and keep none.")
    ] = False,
    json: Json = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No progress, no remarks, no summary.")
    ] = False,
    strict: Strict = False,
) -> Outcome:
    """Write the brief as a page, and print a summary.

    The page is one file that opens anywhere, with the network off.
    """
    from offramp.cli._asked import Question
    from offramp.cli._briefing import write_brief

    question = Question(crisis, plan, reading, precision, resolution.value, seed, quiet, strict)
    return write_brief(question, out, added or (), audit=audit, folder=folder, fresh=fresh)


@command("offramp plans ukraine-2025 --plan plan_a --plan plan_b --out plans.csv")
def plans(
    crisis: Crisis,
    plan: Plans = None,
    reading: Reading = None,
    precision: Precision = 8.0,
    resolution: Cut = Resolution.draft,
    seed: Seed = 0,
    design: Annotated[
        bool,
        typer.Option(
            "--design", help="Search for the best plan within limits, starting from --plan."
        ),
    ] = False,
    max_rung: Annotated[
        int | None,
        typer.Option(metavar="RUNG", min=0, help="With --design: highest rung of a lever."),
    ] = None,
    max_cost: Annotated[
        float | None,
        typer.Option(
            metavar="STAKE", min=0.0, help="With --design: own cost of all levers, a flow."
        ),
    ] = None,
    max_disaster: Annotated[
        float | None,
        typer.Option(metavar="SHARE", min=0.0, max=1.0, help="With --design: chance of disaster."),
    ] = None,
    any_consent: Annotated[
        bool,
        typer.Option("--any-consent", help="With --design: levers that nobody agreed to, too."),
    ] = False,
    budget: Annotated[
        int | None,
        typer.Option(metavar="N", min=2, help="With --design: most solves of the search."),
    ] = None,
    store: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="With --design: keep solved plans here, and go on from them."
        ),
    ] = None,
    out: Out = None,
    json: Json = False,
    quiet: Quiet = False,
    strict: Strict = False,
) -> Outcome:
    """Bloc A's plans side by side, or the best plan within limits (--design)."""
    from offramp.cli._answering import answer_design, answer_plans
    from offramp.cli._asked import Question

    limits = {"rung": max_rung, "cost": max_cost, "disaster": max_disaster}
    options = {k: v for k, v in {"budget": budget, "store": store}.items() if v is not None}
    if not design:
        given = [k for k, v in {**limits, **options, "consent": any_consent or None}.items() if v]
        if given:
            raise typer.BadParameter("limits, --budget and --store belong to --design.")
        question = Question(crisis, None, reading, precision, resolution.value, seed, quiet, strict)
        return answer_plans(question, plan or None, out)
    if plan and len(plan) > 1:
        raise typer.BadParameter("--design starts from one --plan.")
    start = plan[0] if plan else None
    question = Question(crisis, start, reading, precision, resolution.value, seed, quiet, strict)
    return answer_design(question, {**limits, "consent": not any_consent}, options, out)


@command("offramp certify ukraine-2025 --plan plan_b --strict")
def certify(
    crisis: Crisis,
    plan: Plan = None,
    reading: Reading = None,
    precision: Precision = 8.0,
    resolution: Cut = Resolution.draft,
    seed: Seed = 0,
    out: Out = None,
    json: Json = False,
    quiet: Quiet = False,
    strict: Strict = False,
) -> Outcome:
    """How far the numbers can be trusted.

    Solves a plan again on finer grids, a finer clock, with other ends and at other precisions: some
    dozen solves.
    """
    from offramp.cli._answering import certify as work
    from offramp.cli._asked import Question

    question = Question(crisis, plan, reading, precision, resolution.value, seed, quiet, strict)
    return work(question, out)


@command("offramp export mine.yaml --months 1 --out game.efg")
def export(
    crisis: Crisis,
    out: Annotated[Path, typer.Option(metavar="FILE.efg", help="The file to write.")],
    plan: Plan = None,
    reading: Reading = None,
    months: Annotated[
        int, typer.Option(metavar="N", min=1, help="Months after which the game is cut off.")
    ] = 1,
    precision: Annotated[
        float | None,
        typer.Option(
            metavar="KAPPA",
            help="Scale payoffs so that lambda 1 in the other solver is this precision.",
            show_default="payoffs in stake units",
        ),
    ] = None,
    weights: Annotated[
        str,
        typer.Option(
            metavar="note|copies",
            help="Prior weights of acts: in a comment, or as copies of the acts.",
        ),
    ] = "note",
    resolution: Cut = Resolution.sketch,
    json: Json = False,
    quiet: Quiet = False,
) -> Outcome:
    """Write the game as a tree for another solver.

    The file is in Gambit's extensive form (.efg). Only small games fit: few months, few offers.
    """
    from offramp.cli._answering import export_tree
    from offramp.cli._asked import Question

    question = Question(crisis, plan, reading, precision or 8.0, resolution.value, 0, quiet, False)
    return export_tree(question, out, months, precision, weights)


@command("offramp check mine.yaml --strict")
def check(
    crisis: Crisis,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 4 if there are warnings.")
    ] = False,
    json: Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only what is wrong.")] = False,
) -> Outcome:
    """Find every problem of a crisis file.

    Lists what is in it, warnings, and the numbers that it leaves to the defaults.
    """
    from offramp.cli._describing import check_crisis

    return check_crisis(crisis, strict, quiet)


@command("offramp new mine.yaml")
def new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to make.")],
    json: Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only where it is.")] = False,
) -> Outcome:
    """Make a crisis of a dozen numbers to start from."""
    from offramp.cli._describing import new_crisis

    return new_crisis(file, quiet)


@command("offramp warmup")
def warmup(json: Json = False) -> Outcome:
    """Compile the solver ahead of its first use.

    Takes some seconds for each number of types; the result is kept on disk.
    """
    from offramp.cli._describing import warm_up

    return warm_up()


@command("offramp library")
def library(json: Json = False) -> Outcome:
    """List the crises that come with the package."""
    from offramp.cli._describing import list_library

    return list_library()


@command("offramp schema --out crisis.schema.json")
def schema(
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.json", help="Write it to a file instead.")
    ] = None,
) -> Outcome:
    """Print the JSON Schema of a crisis file.

    Editors complete and check with it.
    """
    from offramp.cli._describing import print_schema

    return print_schema(out)
