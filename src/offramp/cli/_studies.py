"""Commands about a whole crisis (``study``): their answers make the solves that they need by themselves."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

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
from offramp.cli._questions import FOLDER, FRESH, draws_option, extra, with_options


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
        from offramp.cli._answering import answer_crisis
        from offramp.cli._asked import Question

        asked = Question(crisis, plan, reading, precision, resolution.value, seed, quiet, strict)
        stated = {k: v for k, v in options.items() if v not in (None, [], False)}
        return answer_crisis(name, asked, out, stated)

    with_options(answer, extras, always={"crisis", "out", "json", "quiet", "strict"})
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
    "ukraine-2025 --draws 64",
    PLAN,
    READING,
    PRECISION,
    SKETCH,
    SEED,
    draws_option("128"),
    FOLDER,
    FRESH,
    SCHEDULER,
)
study(
    "discover",
    "In which futures a plan fails, in words and as a box.",
    "ukraine-2025 --plan plan_b --draws 512",
    PLAN,
    READING,
    PRECISION,
    SKETCH,
    SEED,
    draws_option("256"),
    FOLDER,
    FRESH,
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
    "robust",
    "Which plans hold up over all futures and under every reading.",
    "ukraine-2025 --draws 64",
    PRECISION, SKETCH, SEED, draws_option("32"), FOLDER, FRESH, SCHEDULER,
    extra("plans", list[str] | None, None, "A plan; may be repeated, the first sets the bar.",
          flag="--plan", metavar="ID", show_default="all"),
    extra("readings", list[str] | None, None, "A reading; may be repeated.", flag="--reading",
          metavar="ID", show_default="the file as it stands, and all"),
    extra("thresholds", list[str] | None, None,
          "What is good enough, as `disaster_12 <= 0.02`; may be repeated.", flag="--threshold",
          metavar="RULE", show_default="no worse than the first plan in worth and in disaster"),
    extra("share", float | None, None, "Share of futures in which a plan must be good enough.",
          metavar="SHARE", min=0.01, max=0.99, show_default="0.5"),
    extra("moments", Path | None, None, "A CSV or YAML file of observed figures.", metavar="FILE"),
)  # fmt: skip
study(
    "audit",
    "Whether each reading's conclusions follow from its own premises, and which premise carries them.",
    "ukraine-2025 --quick",
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
    FRESH,
)  # fmt: skip
