"""Commands of a forecast ledger: ``offramp forecast ...``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from offramp.cli._options import (
    Json,
    Out,
    Quiet,
    app,
    command,
)
from offramp.cli._outcome import Outcome

forecast = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="""A ledger of your own forecasts: sealed before the fact, scored after it.

    The ledger is one file to which entries are only added; each carries the hash of the one before.
    """,
)
app.add_typer(forecast, name="forecast")

Ledger = Annotated[
    Path, typer.Argument(metavar="LEDGER", help="The file that holds the forecasts.")
]
Id = Annotated[str, typer.Argument(metavar="ID", help="Of the forecast, as `F3`.")]
Head = Annotated[
    str | None,
    typer.Option(
        metavar="HASH", help="A head that was published earlier: it must still be in the chain."
    ),
]


@command("offramp forecast seal mine.ledger \"There is a truce\" -p 0.2 --resolves 2027-06-30 "
         "--rule \"a truce in force on that day, as the UN reports it\"", forecast)  # fmt: skip
def seal(
    ledger: Ledger,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What is forecast.")],
    probability: Annotated[
        float,
        typer.Option("--probability", "-p", metavar="SHARE", min=0.0, max=1.0, help="Its chance."),
    ],
    resolves: Annotated[str, typer.Option(metavar="DATE", help="By when it shows, as 2027-06-30.")],
    rule: Annotated[
        str, typer.Option(metavar="TEXT", help="What counts as true, and who says so.")
    ],
    who: Annotated[str, typer.Option(metavar="NAME", help="Who forecasts.")] = "",
    hidden: Annotated[
        bool, typer.Option("--hidden", help="Write a commitment only; you keep the text.")
    ] = False,
    json: Json = False,
) -> Outcome:
    """Seal a forecast before the fact."""
    from offramp.cli._ledgers import seal as work

    return work(ledger, text, probability, resolves, rule, who, hidden)


@command("offramp forecast reveal mine.ledger F1 opening.json", forecast)
def reveal(
    ledger: Ledger,
    id: Id,
    opening: Annotated[
        Path, typer.Argument(metavar="FILE", help="What `seal --hidden` told you to keep.")
    ],
    json: Json = False,
) -> Outcome:
    """Open a hidden forecast."""
    from offramp.cli._files import text_of
    from offramp.cli._ledgers import reveal as work

    return work(ledger, id, text_of(opening))


@command(
    'offramp forecast resolve mine.ledger F1 no --fact "no truce, UN report of 1 July"', forecast
)
def resolve(
    ledger: Ledger,
    id: Id,
    came: Annotated[str, typer.Argument(metavar="yes|no", help="Whether it came true.")],
    fact: Annotated[
        str, typer.Option(metavar="TEXT", help="What happened, and where it is reported.")
    ],
    confidence: Annotated[
        str, typer.Option(metavar="certain|high|medium|low", help="Of this coding.")
    ] = "high",
    early: Annotated[bool, typer.Option("--early", help="It is settled before its date.")] = False,
    correct: Annotated[
        bool, typer.Option("--correct", help="Replace an earlier resolution; both stay.")
    ] = False,
    json: Json = False,
) -> Outcome:
    """Say how a forecast turned out."""
    from offramp.cli._ledgers import resolve as work

    return work(ledger, id, came, fact, confidence, early, correct)


@command("offramp forecast list mine.ledger", forecast, "list")
def listed(ledger: Ledger, head: Head = None, json: Json = False) -> Outcome:
    """List every forecast of a ledger, after checking that nothing in it was changed."""
    from offramp.cli._ledgers import listed as work

    return work(ledger, head)


@command("offramp forecast score mine.ledger", forecast)
def score(
    ledger: Ledger, head: Head = None, out: Out = None, json: Json = False, quiet: Quiet = False
) -> Outcome:
    """Score the resolved forecasts of a ledger, by who made them."""
    from offramp.cli._ledgers import score as work

    return work(ledger, head, out, quiet)
