"""What stands behind a brief: parameters, assumptions, sources, base rates, and warnings about the file."""

from __future__ import annotations

import re

from offramp.answers import (
    Column,
    Comparison,
    Table,
)
from offramp.answers._facts import (
    bare,
    join,
    percent,
    quoted,
    range_text,
)
from offramp.answers._forecasts_outside import asked_of, outside_table, views_of
from offramp.answers._names import readable
from offramp.brief.document import Source
from offramp.crisis import Crisis, Problem, check, defaults_used, parameters
from offramp.game import Game


def parameter_table(crisis: Crisis) -> Table:
    columns = (
        Column("path", "Parameter"),
        Column("name", "Meaning"),
        Column("value", "Value"),
        Column("range", "Range"),
        Column("unit", "Unit"),
        Column("grade", "Grade"),
        Column("source", "Source"),
        Column("note", "Why"),
    )
    rows = tuple(
        (
            path,
            readable(crisis, path),
            bare(q.value),
            range_text(q),
            q.unit,
            q.grade or "",
            "; ".join(q.source) or "not stated",
            q.note,
        )
        for path, q in parameters(crisis).items()
    )
    return Table(
        "Every number that the game may read",
        columns,
        rows,
        "Ranges are 90 % judgement intervals unless the source says otherwise.",
    )


def assumption_table(crisis: Crisis) -> Table:
    columns = (
        Column("path", "Parameter"),
        Column("name", "Meaning"),
        Column("value", "Assumed"),
        Column("range", "Range"),
        Column("why", "Why"),
    )
    rows = tuple(
        (path, readable(crisis, path), bare(q.value), range_text(q), q.note)
        for path, q in defaults_used(crisis).items()
    )
    return Table(
        "Numbers the file left out, and what was assumed",
        columns,
        rows,
        "Change any by stating it.",
    )


def sources(crisis: Crisis) -> tuple[Source, ...]:
    kinds = {"data": "misc", "document": "article", "judgement": "misc"}
    return tuple(
        Source(
            key=key,
            title=s.title,
            authors=s.author,
            year=s.year,
            kind=kinds.get(s.kind, "misc"),
            note=s.note,
        )
        for key, s in crisis.sources.items()
    )


def base_rates(crisis: Crisis, c: Comparison, first: str) -> Table | None:
    """The outside view beside what the plans of the comparison come to."""
    shown = min(run.horizon for run in c.own.values())
    asked = asked_of(crisis, first, shown)
    known = {
        key: f"is read under {one.plan!r}, which is not compared"
        if not isinstance(one, str) and one.plan not in c.own
        else one
        for key, one in asked.items()
    }
    least = c.certificate(first).least("settled")
    return outside_table(views_of(crisis, known, c.own, least))


def warnings(game: Game, crisis: Crisis) -> tuple[str, ...]:
    said = [warned(crisis, w) for w in check(crisis).warnings]
    if len(game.types) > 1:
        beliefs = join(
            f"{quoted(game.crisis.types[t].name.lower())} {percent(float(p))}"
            for t, p in zip(game.types, game.opening, strict=True)
        )
        said.append(
            f"Opening beliefs about {game.crisis.blocs['B'].name}, after the evidence dated up to the "
            f"as-of date: {beliefs}."
        )
    if game.notes:
        said.append(
            f"{len(game.notes)} effects in the file are left out of this game (events on members, "
            "brokers and single parameters, mostly); the method section lists them."
        )
    return tuple(dict.fromkeys(said))


def warned(crisis: Crisis, warning: Problem) -> str:
    """A warning about the file for readers without it: names for ids, and which plan is meant."""

    def named(match: re.Match[str]) -> str:
        for section in ("actors", "members", "levers", "contracts", "plans", "types", "events"):
            entry = getattr(crisis, section).get(match[1])
            if entry is not None:
                name = str(entry.name)
                return name if section in ("actors", "members") else quoted(name)
        return match[0]

    text = re.sub(r"`([^`]+)`", named, warning.message)
    text = f"{text[:1].upper()}{text[1:]}."
    if warning.path[:1] == ("plans",) and len(warning.path) > 1:
        plan = crisis.plans.get(str(warning.path[1]))
        if plan is not None:
            said = text if text[0] == "“" else text[:1].lower() + text[1:]
            return f"{quoted(plan.name)}: {said}"
    return text
