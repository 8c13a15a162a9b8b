"""The commands and their options, as people type them. What they do is in other modules."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from offramp.cli._outcome import Outcome

app = typer.Typer(
    name="offramp",
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help: it reads anywhere, and takes no time
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="""A workbench for coercive bargaining: sanctions, arms, offers, deadlines and guarantees
    in one solved game.

    \b
    Example:
      offramp brief ukraine-2025

    Start your own with `offramp new mine.yaml`.
    """,
    epilog="Exit codes: 0 fine, 1 internal error, 2 wrong usage, 3 the crisis file is invalid, "
    "4 a check failed, 5 not converged (with --strict), 130 interrupted.",
)

Work = Callable[[], Outcome]


def later(command: Callable[..., Outcome]) -> Callable[..., Work]:
    """Let the parser check the options; the command itself runs once the parser is done.

    So no exception of a command passes through the parser, which has its own ideas about them.
    """

    @functools.wraps(command)
    def bound(*arguments: Any, **options: Any) -> Work:
        return functools.partial(command, *arguments, **options)

    return bound


class Resolution(StrEnum):
    """How finely a crisis is cut into a game."""

    sketch = "sketch"
    draft = "draft"
    standard = "standard"
    fine = "fine"


def _positive(value: float) -> float:
    if not (math.isfinite(value) and value > 0):
        raise typer.BadParameter(f"{value:g} is not a positive number.")
    return value


CRISIS = typer.Argument(
    metavar="CRISIS", help="A shipped crisis (`offramp library` lists them) or a YAML file."
)
Crisis = Annotated[str, CRISIS]
Plan = Annotated[
    str | None,
    typer.Option(metavar="ID", help="Bloc A's plan.", show_default="the first of the file"),
]
Plans = Annotated[
    list[str] | None,
    typer.Option(
        "--plan", metavar="ID", help="A plan to compare; may be repeated.", show_default="all"
    ),
]
Reading = Annotated[
    str | None,
    typer.Option(metavar="ID", help="See it with this reading's premises.", show_default="none"),
]
Precision = Annotated[
    float,
    typer.Option(
        metavar="KAPPA",
        help="How exactly both sides weigh their choices, per round of talks; 3 is noisy, "
        "20 nearly exact.",
        callback=_positive,
    ),
]
Cut = Annotated[
    Resolution,
    typer.Option(
        metavar="NAME",
        help="How fine the game is: sketch, draft (seconds), standard, or fine (minutes).",
    ),
]
Seed = Annotated[
    int, typer.Option(metavar="N", min=0, help="For what is sampled; kept with the result.")
]
Out = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Write the answer to a file, too: .json, .html, .svg (chart), .vl.json (Vega-Lite), "
        ".csv (table).",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON envelope, and nothing else.")]
Quiet = Annotated[
    bool,
    typer.Option("--quiet", "-q", help="No progress, no remarks; with --out, print nothing."),
]
Strict = Annotated[
    bool, typer.Option("--strict", help="Exit with 5 if the solution misses its tolerance.")
]


def _version(wanted: bool) -> None:
    if wanted:
        from offramp import __version__

        typer.echo(f"offramp {__version__}")
        raise typer.Exit


@app.callback()
def _offramp(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Print the version and stop."
        ),
    ] = False,
) -> None:
    pass


@app.command()
@later
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
            metavar="FILE.html", help="Where the page goes.", show_default="<crisis>-brief.html"
        ),
    ] = None,
    json: Json = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No progress, no remarks, no summary.")
    ] = False,
    strict: Strict = False,
) -> Outcome:
    r"""Write the brief as a page, and print a summary.

    The page is one file that opens anywhere, with the network off.

    \b
    Example:
      offramp brief ukraine-2025 --plan plan_b --out plan-b.html
    """
    from offramp.cli._answering import Question, write_brief

    question = Question(crisis, plan, reading, precision, resolution.value, seed, quiet, strict)
    return write_brief(question, out)


@app.command()
@later
def leverage(
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
    r"""Who gains from delay, and until when.

    \b
    Example:
      offramp leverage ukraine-2025 --out leverage.svg
    """
    from offramp.cli._answering import Question, answer_one

    question = Question(crisis, plan, reading, precision, resolution.value, seed, quiet, strict)
    return answer_one("leverage", question, out)


@app.command()
@later
def deal(
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
    r"""Which contracts both sides would accept, and why not.

    \b
    Example:
      offramp deal ukraine-2025 --reading my_reading --json
    """
    from offramp.cli._answering import Question, answer_one

    question = Question(crisis, plan, reading, precision, resolution.value, seed, quiet, strict)
    return answer_one("deal", question, out)


@app.command()
@later
def plans(
    crisis: Crisis,
    plan: Plans = None,
    reading: Reading = None,
    precision: Precision = 8.0,
    resolution: Cut = Resolution.draft,
    seed: Seed = 0,
    out: Out = None,
    json: Json = False,
    quiet: Quiet = False,
    strict: Strict = False,
) -> Outcome:
    r"""Bloc A's plans side by side.

    \b
    Example:
      offramp plans ukraine-2025 --plan plan_a --plan plan_b --out plans.csv
    """
    from offramp.cli._answering import Question, answer_plans

    question = Question(crisis, None, reading, precision, resolution.value, seed, quiet, strict)
    return answer_plans(question, plan or None, out)


@app.command()
@later
def check(
    crisis: Crisis,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 4 if there are warnings.")
    ] = False,
    json: Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only what is wrong.")] = False,
) -> Outcome:
    r"""Find every problem of a crisis file.

    Lists what is in it, warnings, and the numbers that it leaves to the defaults.

    \b
    Example:
      offramp check mine.yaml --strict
    """
    from offramp.cli._describing import check_crisis

    return check_crisis(crisis, strict, quiet)


@app.command()
@later
def new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to make.")],
    json: Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only where it is.")] = False,
) -> Outcome:
    r"""Make a crisis of a dozen numbers to start from.

    \b
    Example:
      offramp new mine.yaml
    """
    from offramp.cli._describing import new_crisis

    return new_crisis(file, quiet)


@app.command()
@later
def library(json: Json = False) -> Outcome:
    r"""List the crises that come with the package.

    \b
    Example:
      offramp library
    """
    from offramp.cli._describing import list_library

    return list_library()


@app.command()
@later
def schema(
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.json", help="Write it to a file instead.")
    ] = None,
) -> Outcome:
    r"""Print the JSON Schema of a crisis file.

    Editors complete and check with it.

    \b
    Example:
      offramp schema --out crisis.schema.json
    """
    from offramp.cli._describing import print_schema

    return print_schema(out)
