"""The commands and their options, as people type them. What they do is in other modules."""

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
        metavar="N", min=0, help="Which sample histories `futures` draws; kept with the result."
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
    json: Json = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No progress, no remarks, no summary.")
    ] = False,
    strict: Strict = False,
) -> Outcome:
    """Write the brief as a page, and print a summary.

    The page is one file that opens anywhere, with the network off.
    """
    from offramp.cli._answering import Question, write_brief

    question = Question(crisis, plan, reading, precision, resolution.value, seed, quiet, strict)
    return write_brief(question, out, added or ())


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


def _with_options(
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
        from offramp.cli._answering import Question, answer_one

        asked = Question(crisis, plan, reading, precision, resolution.value, seed, quiet, strict)
        stated = {k: v for k, v in options.items() if v is not None and v != []}
        return answer_one(name, asked, out, stated)

    _with_options(answer, extras)
    answer.__name__ = name
    answer.__doc__ = about
    command(f"offramp {name} {example}")(answer)


DRAWS = extra("draws", int | None, None, "Draws from the ranges of the file.", metavar="N", min=8)
FOLDER = extra(
    "folder", Path | None, None,
    "Where runs are kept: the same command goes on there after an interruption.",
    metavar="FOLDER", show_default="nowhere",
)  # fmt: skip

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
    DRAWS,
    FOLDER,
)
question(
    "watch",
    "Which signs to watch, when a plan's triggers may fire, and what would change the bottom line.",
    "ukraine-2025 --plan plan_b",
)


def study(name: str, about: str, example: str, *extras: inspect.Parameter) -> None:
    """Register a command about a whole crisis: its answer makes what solves it needs by itself."""

    def answer(
        crisis: Crisis,
        out: Out = None,
        json: Json = False,
        quiet: Quiet = False,
        strict: Strict = False,
        plan: str | None = None,
        reading: str | None = None,
        precision: float = 8.0,
        resolution: Resolution = Resolution.sketch,
        seed: int = 0,
        **options: Any,
    ) -> Outcome:
        from offramp.cli._answering import Question, answer_crisis

        asked = Question(crisis, plan, reading, precision, resolution.value, seed, quiet, strict)
        stated = {k: v for k, v in options.items() if v not in (None, [], False)}
        return answer_crisis(name, asked, out, stated)

    _with_options(answer, extras, always={"crisis", "out", "json", "quiet", "strict"})
    answer.__name__ = name
    answer.__doc__ = about
    command(f"offramp {name} {example}")(answer)


def common(name: str, annotation: Any, default: Any = None) -> inspect.Parameter:
    """One of the common options, for a study that has it."""
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation
    )


PLAN, READING = common("plan", Plan), common("reading", Reading)
SEED, SKETCH = common("seed", Seed, 0), common("resolution", Cut, Resolution.sketch)
PRECISION = common("precision", Precision, 8.0)
SCHEDULER = extra(
    "scheduler", str | None, None, "Address of a Dask scheduler, as tcp://host:port.",
    metavar="ADDRESS", show_default="the processes of this machine",
)  # fmt: skip

study(
    "forecasts",
    "How the dated forecasts of each reading fared: scores, calibration, what is still open.",
    "ukraine-2025",
    extra(
        "sealed",
        Path | None,
        None,
        "The file with the outcomes.",
        metavar="FILE",
        show_default="the one that the crisis names",
    ),
)
study(
    "experts",
    "What those who were asked agree on, and how much support a plan has if they do.",
    "ukraine-2025 --plan plan_b --regime ceasefire",
    PLAN,
    extra(
        "regime",
        str | None,
        None,
        "State of affairs in which the plan is to be used.",
        metavar="standoff|war|ceasefire",
        show_default="today's",
    ),
)
study(
    "sensitivity",
    "Which numbers the results hang on, and what finding them out would be worth.",
    "ukraine-2025 --draws 64 --folder runs",
    PLAN,
    READING,
    PRECISION,
    SKETCH,
    SEED,
    DRAWS,
    FOLDER,
    SCHEDULER,
)
study(
    "discover",
    "In which futures a plan fails, in words and as a box.",
    "ukraine-2025 --plan plan_b --draws 512 --folder runs",
    PLAN,
    READING,
    PRECISION,
    SKETCH,
    SEED,
    DRAWS,
    FOLDER,
    SCHEDULER,
    extra(
        "against",
        str | None,
        None,
        "The plan that it has to beat.",
        metavar="ID",
        show_default="the first of the file",
    ),
    extra(
        "fails",
        str | None,
        None,
        "What counts as failing.",
        metavar="RULE",
        show_default="worth less than the other plan",
    ),
)


study(
    "audit",
    "Whether each reading's conclusions follow from its own premises, and which premise carries them.",
    "ukraine-2025 --quick --folder audit",
    extra("readings", list[str] | None, None, "A reading; may be repeated.", flag="--reading",
          metavar="ID", show_default="all"),
    extra("claims", list[str] | None, None, "A claim; may be repeated.", flag="--claim",
          metavar="ID", show_default="all"),
    extra("draws", int | None, None, "Draws of a reading's own premises.", metavar="N", min=2,
          show_default="500, or 100 with --quick"),
    extra("quick", bool, False, "Fewer draws and wider intervals.", flag="--quick"),
    extra("transplant", bool, False, "Carry every reading to the file's own date.",
          flag="--transplant"),
    SKETCH,
    SEED,
    FOLDER,
)  # fmt: skip


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
    from offramp.cli._answering import Question, answer_design, answer_plans

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
    from offramp.cli._answering import Question
    from offramp.cli._answering import certify as work

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
    from offramp.cli._answering import Question, export_tree

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


# --- Forecasts -----------------------------------------------------------------------------

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
