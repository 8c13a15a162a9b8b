"""The program and the options that its commands share, as people type them."""

from __future__ import annotations

import functools
import inspect
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


def command(
    example: str, group: typer.Typer | None = None, name: str | None = None
) -> Callable[[Callable[..., Outcome]], Callable[..., Outcome]]:
    """Make a function a command whose help is its docstring and an example.

    The parser only checks the options and gives the work back; it runs once the parser is done. So
    no exception of a command passes through the parser, which has its own ideas about them.
    """

    def register(function: Callable[..., Outcome]) -> Callable[..., Outcome]:
        @functools.wraps(function)
        def later(*arguments: Any, **options: Any) -> Work:
            return functools.partial(function, *arguments, **options)

        about = inspect.cleandoc(function.__doc__ or "")
        parent = app if group is None else group
        parent.command(name, help=f"{about}\n\n\b\nExample:\n  {example}")(later)
        return function

    return register


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
    int,
    typer.Option(
        metavar="N", min=0, help="Seed of everything that is drawn: histories, inputs, sets."
    ),
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
