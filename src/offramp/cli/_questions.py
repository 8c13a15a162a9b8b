"""Commands that solve one plan and answer one question about it."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Annotated, Any

import typer

from offramp.cli._options import (
    Crisis,
    Cut,
    Json,
    Out,
    Plan,
    Precision,
    Quiet,
    Reading,
    Resolution,
    Seed,
    Strict,
    command,
)
from offramp.cli._outcome import Outcome


def extra(
    name: str, kind: Any, default: Any, help_text: str, flag: str | None = None, **more: Any
) -> inspect.Parameter:
    """An option that one question has besides the common ones; it goes to the answer by its name."""
    flags = (flag,) if flag else ()
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[kind, typer.Option(*flags, help=help_text, **more)],
    )


def with_options(
    function: Any, extras: tuple[inspect.Parameter, ...], always: set[str] | None = None
) -> None:
    """Give a function a signature with further options; of its own keep those ``always`` wanted."""
    shape = inspect.signature(function, eval_str=True)
    own = [p for p in shape.parameters.values() if p.kind is not p.VAR_KEYWORD]
    kept = [p for p in own if always is None or p.name in always]
    merged = [*(p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in kept), *extras]
    function.__signature__ = shape.replace(parameters=merged)
    function.__annotations__ = {p.name: p.annotation for p in merged}


def question(name: str, about: str, example: str, *extras: inspect.Parameter) -> None:
    """Register a command that solves one plan and answers one question about it."""

    def answer(
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
        **options: Any,
    ) -> Outcome:
        from offramp.cli._answering import answer_one
        from offramp.cli._asked import Question

        asked = Question(crisis, plan, reading, precision, resolution.value, seed, quiet, strict)
        stated = {k: v for k, v in options.items() if v is not None and v != []}
        return answer_one(name, asked, out, stated)

    with_options(answer, extras)
    answer.__name__ = name
    answer.__doc__ = about
    command(f"offramp {name} {example}")(answer)


def draws_option(usual: str) -> inspect.Parameter:
    """How many draws; ``usual`` says what is taken if nothing is said."""
    return extra(
        "draws",
        int | None,
        None,
        "Draws from the ranges of the file.",
        metavar="N",
        min=8,
        show_default=usual,
    )


FOLDER = extra(
    "folder", Path | None, None,
    "Where finished pieces are kept: the same command goes on there after an interruption.",
    metavar="FOLDER", show_default="the user's cache",
)  # fmt: skip
FRESH = extra(
    "fresh", bool, False, "Ignore finished pieces that are kept, and keep none.", flag="--fresh"
)

question("leverage", "Who gains from delay, and until when.", "ukraine-2025 --out leverage.svg")
question(
    "bluff",
    "Sincere, stalling or preparing: which evidence says so, and what to look for next.",
    "ukraine-2025 --out bluff.html",
)
question(
    "deter",
    "What would deter the next step, and what risk that buys.",
    "ukraine-2025 --plan plan_b --cap 0.01",
    extra(
        "cap",
        float | None,
        None,
        "Largest chance of disaster that you accept; plans above it are flagged.",
        metavar="SHARE",
        min=0.0,
        max=1.0,
        show_default="0.02",
    ),
    extra(
        "benefit",
        float | None,
        None,
        "What the step is worth to the other side, in its stake.",
        metavar="STAKE",
        show_default="from the game",
    ),
    extra(
        "cost",
        float | None,
        None,
        "What the threatened answer costs it, in its stake.",
        metavar="STAKE",
        show_default="from the game",
    ),
    extra(
        "credibility",
        float | None,
        None,
        "Chance that the threat is carried out.",
        metavar="SHARE",
        min=0.0,
        max=1.0,
        show_default="from the game",
    ),
    extra(
        "deaths",
        float | None,
        None,
        "Losses of the force in the incident that is looked at.",
        metavar="N",
        min=0.0,
        show_default="50",
    ),
)
question(
    "deal",
    "Which contracts both sides would accept, why not, and how long a deal would last.",
    "ukraine-2025 --reading time_favours_b --json",
    extra(
        "offer",
        str | None,
        None,
        "The contract that is looked at.",
        metavar="ID",
        show_default="the plan's own",
    ),
)
question(
    "coalition",
    "Will the coalition hold, who is pivotal, and what survives everybody's red lines.",
    "ukraine-2025 --plan plan_a",
    extra(
        "contributors",
        int | None,
        None,
        "Fewest contributors that keep the effort going.",
        metavar="N",
        min=0,
        show_default="3",
    ),
    extra(
        "shock",
        float | None,
        None,
        "Rise of the shared threat that is tried, 0 to 1.",
        metavar="SHARE",
        min=0.0,
        max=1.0,
        show_default="0",
    ),
)
question(
    "contribution",
    "Can the coalition carry a task, who is needed for it, and what is missing.",
    "ukraine-2025 --task reassurance_force",
    extra("task", str | None, None, "A task of the file.", metavar="ID", show_default="the first"),
    extra(
        "donor",
        str | None,
        None,
        "Whose stop is looked at.",
        metavar="ID",
        show_default="the broker",
    ),
    extra(
        "month",
        int | None,
        None,
        "Month at which the chain of preconditions is read.",
        metavar="N",
        min=1,
        show_default="12",
    ),
)
question(
    "offensive",
    "What gains on the battlefield do to settlement and escalation.",
    "ukraine-2025 --out offensive.csv",
    extra(
        "most_climbs",
        float | None,
        None,
        "Largest chance of the other side's climbing that you accept.",
        flag="--most-climbs",
        metavar="SHARE",
        min=0.0,
        max=1.0,
        show_default="none",
    ),
    extra(
        "lever",
        str | None,
        None,
        "The lever whose date is looked at.",
        metavar="ID",
        show_default="found in the file",
    ),
)
question(
    "futures",
    "What may come, with its chances, and twelve histories that span it.",
    "ukraine-2025 --plan plan_b --seed 7",
)
question(
    "stress",
    "What each event does, alone and in pairs: what breaks, what recovers, what would mend it.",
    "ukraine-2025 --plan plan_b",
    extra("pairs", bool, True, "Whether pairs of events are tried too.", flag="--pairs/--no-pairs"),
    draws_option("none: central values"),
    FOLDER,
    FRESH,
)
question(
    "watch",
    "Which signs to watch, when a plan's triggers may fire, and what would change the bottom line.",
    "ukraine-2025 --plan plan_b",
)
