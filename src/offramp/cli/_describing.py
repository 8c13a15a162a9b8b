"""Commands that only read or write crisis files: check, new, library and schema."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offramp.cli._files import SCHEMA_SUFFIXES, json_text, target, write
from offramp.cli._outcome import CHECK_FAILED, INVALID, OK, Failure, Notice, Outcome

if TYPE_CHECKING:
    from offramp.answers._answer import Table
    from offramp.cli._screen import Screen
    from offramp.crisis import Crisis

COUNTED = (
    "issues",
    "actors",
    "members",
    "outsiders",
    "types",
    "levers",
    "contracts",
    "guarantees",
    "plans",
    "red_lines",
    "events",
    "evidence",
    "readings",
    "epochs",
    "sources",
)


def check_crisis(source: str, strict: bool, quiet: bool) -> Outcome:
    """Every problem, every warning, and the numbers that the package assumed."""
    from offramp.crisis import examine

    examined = examine(source)
    warnings = tuple(map(Notice.of, examined.warnings))
    crisis = examined.crisis
    if crisis is None:
        problems = tuple(map(Notice.of, examined.problems))
        total = _count(len(problems), "problem")
        return Outcome(
            code=INVALID, errors=problems, warnings=warnings, remarks=(f"{source}: {total}",)
        )
    failed = strict and bool(warnings)
    said = f"{_count(len(warnings), 'warning')}, and --strict allows none"
    leaned = defaults(crisis)
    data = {
        "crisis": crisis.id,
        "title": crisis.title,
        "as_of": crisis.as_of.isoformat(),
        "counts": counts(crisis),
        "defaults": leaned.records(),
    }

    def show(screen: Screen) -> None:
        if quiet:
            _show_warnings(screen, warnings)
        else:
            _show_check(screen, source, crisis, warnings, leaned)

    return Outcome(
        data=data,
        show=show,
        code=CHECK_FAILED if failed else OK,
        errors=(Notice(said, code="strict"),) if failed else (),
        warnings=warnings,
    )


def counts(crisis: Crisis) -> dict[str, int]:
    """How much there is of what; ``numbers`` are those that the game reads."""
    from offramp.crisis import defaults_used, parameters

    found = {name: len(getattr(crisis, name)) for name in COUNTED}
    return found | {"numbers": len(parameters(crisis)), "defaults": len(defaults_used(crisis))}


def defaults(crisis: Crisis) -> Table:
    """The numbers that the file leaves out, with what is assumed and why."""
    from offramp.answers._answer import Column, Table
    from offramp.crisis import defaults_used

    columns = (Column("path", "Parameter"), Column("value", "Assumed"), Column("why", "Why"))
    rows = []
    for path, number in defaults_used(crisis).items():
        value = f"{number.value:g}"
        if number.low is not None and number.high is not None:
            value += f" ({number.low:g} to {number.high:g})"
        rows.append((path, f"{value} {number.unit}".rstrip(), number.note))
    return Table("", columns, tuple(rows))


def _show_check(
    screen: Screen, source: str, crisis: Crisis, warnings: tuple[Notice, ...], leaned: Table
) -> None:
    screen.lines(f"{source}: no problems, {_count(len(warnings), 'warning')}", "bold")
    screen.words(f"{crisis.title}, as of {crisis.as_of}")
    found = counts(crisis)
    parts = [f"{n} {name.replace('_', ' ')}" for name, n in found.items() if n]
    screen.words(", ".join(parts))
    if warnings:
        screen.words()
        _show_warnings(screen, warnings)
    if leaned.rows:
        screen.words()
        count = _count(len(leaned.rows), "number")
        screen.words(f"{count} left to the defaults of the package", "bold")
        screen.table(leaned)


def _show_warnings(screen: Screen, warnings: tuple[Notice, ...]) -> None:
    for warning in warnings:
        screen.lines(str(warning), "yellow")


def new_crisis(file: Path, quiet: bool) -> Outcome:
    """Write the starter crisis and say what to do next."""
    from offramp.crisis import new

    try:
        made = new(file)
    except (OSError, ValueError) as error:
        text = str(error) if error.args and isinstance(error.args[0], str) else None
        if isinstance(error, OSError) and text is None:
            text = f"cannot write {file}: {error.strerror or error}"
        raise Failure(text or str(error)) from error
    name = shlex.quote(str(made))
    steps = [f"offramp check {name}", f"offramp brief {name}"]

    def show(screen: Screen) -> None:
        if quiet:
            screen.lines(str(made))
            return
        screen.lines(f"{made} is there: a crisis of a dozen numbers, all of them made up.")
        screen.words()
        screen.words("1. Edit it. A number can be 0.3, a range (0.2 to 0.4), or carry its source.")
        screen.lines(f"2. {steps[0]}")
        screen.lines(f"3. {steps[1]}")
        screen.words()
        screen.words("For an editor that completes: offramp schema --out crisis.schema.json", "dim")

    return Outcome(data={"file": str(made), "next": steps}, show=show)


def warm_up() -> Outcome:
    """Compile the solver for every number of types, and say how long it took."""
    from offramp.solution.kernels import warmup
    from offramp.solution.kernels._jit import cache_folder

    taken = warmup()
    folder = str(cache_folder())

    def show(screen: Screen) -> None:
        for types, seconds in taken.items():
            screen.lines(f"{types} types of B: ready in {seconds:.1f} s")
        screen.lines(f"kept in {folder}")

    return Outcome(data={"seconds": taken, "folder": folder}, show=show)


def list_library() -> Outcome:
    """The crises that come with the package."""
    from offramp.answers._answer import Column, Table
    from offramp.crisis import load
    from offramp.library import names, path

    found: list[dict[str, Any]] = []
    for name in names():
        crisis = load(name)
        found.append(
            {
                "name": name,
                "title": crisis.title,
                "as_of": crisis.as_of.isoformat(),
                "summary": crisis.summary,
                "counts": counts(crisis),
                "file": str(path(name)),
            }
        )
    shown = ("issues", "levers", "plans", "readings")
    columns = (
        Column("name", "Name"),
        Column("title", "Title"),
        Column("as_of", "As of"),
        *(Column(name, name.capitalize(), "integer") for name in shown),
    )
    rows = tuple(
        (one["name"], one["title"], one["as_of"], *(one["counts"][name] for name in shown))
        for one in found
    )
    table = Table("", columns, rows)
    return Outcome(data={"crises": found}, show=lambda screen: screen.table(table))


def print_schema(out: Path | None) -> Outcome:
    """The JSON Schema of a crisis file."""
    place = None if out is None else target(out, SCHEMA_SUFFIXES)
    from offramp.crisis import json_schema

    text = json_text(json_schema(), ascii_only=place is None)
    if place is None:
        return Outcome(show=lambda screen: screen.raw(text))
    write(place, text)
    return Outcome(remarks=(f"Written to {out}",))


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
