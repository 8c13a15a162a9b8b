"""The brief as a command: what it takes in, where it goes, what is printed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offramp.cli._answering import concluded, manifest
from offramp.cli._asked import Question, read
from offramp.cli._files import BRIEF_SUFFIXES, target, text_of
from offramp.cli._kept import place_for
from offramp.cli._outcome import Failure, Outcome
from offramp.cli._progress import Progress

if TYPE_CHECKING:
    from offramp.answers import Answer
    from offramp.brief import Brief, Depth
    from offramp.cli._screen import Screen
    from offramp.crisis import Crisis


DEFAULT = "glance"
"""The audit that a brief carries unless another is asked for."""


OF_A_PLAN = ("sensitivity", "discover")
"""Answers about one plan that stand in a brief for those that it would make of its own."""


def saved(
    path: Path, crisis: Crisis, plan: str | None = None, reading: str | None = None
) -> Answer:
    """An answer that was written to a file before, of the same crisis.

    Args:
        path: The file.
        crisis: The crisis of the brief.
        plan: Its plan; None means the first of the file.
        reading: Its reading.

    Raises:
        Failure: if the file is no saved answer, of another crisis, or, where it takes the place of one of
            the brief's own, of another plan or reading.
    """
    from offramp.answers import answer_from
    from offramp.crisis import crisis_hash

    hint = "write one with `offramp sensitivity ... --out FILE.json`"
    try:
        found = json.loads(text_of(path))
    except ValueError as error:
        raise Failure(f"{path} is no JSON: {error}", hint) from error
    if isinstance(found, dict) and "schema" in found and isinstance(found.get("data"), dict):
        found = found["data"]
    try:
        answer, run = answer_from(found), found["run"]
        made_for = run["crisis_hash"]
    except (KeyError, TypeError, ValueError) as error:
        raise Failure(f"{path} holds no saved answer", hint) from error
    if made_for != crisis_hash(crisis):
        raise Failure(
            f"{path} answers for another state of the crisis ({run.get('title', 'unknown')})",
            f"make it again: {run.get('command', '')}",
        )
    wanted = (plan or next(iter(crisis.plans)), reading)
    if answer.name in OF_A_PLAN and (run["plans"][0], run["reading"]) != wanted:
        raise Failure(
            f"{path} is about the plan {run['plans'][0]} under {run['reading'] or 'no reading'}, the brief "
            f"about {wanted[0]} under {wanted[1] or 'no reading'}",
            f"make it again: offramp {answer.name} with the plan and the reading of the brief",
        )
    return answer


def write_brief(
    question: Question,
    out: Path | None,
    added: Sequence[Path] = (),
    *,
    audit: str = "glance",
    folder: Path | None = None,
    fresh: bool = False,
) -> Outcome:
    """Write the brief as a page and summarise it.

    Args:
        question: Options that commands share.
        out: The page.
        added: Files with answers made before.
        audit: How much of an audit it carries: none, glance, quick or full.
        folder: Where finished pieces are kept; left out, the user's cache.
        fresh: Keep and read no pieces.

    Raises:
        Failure: for a place that cannot be written, or an answer that does not fit.
    """
    place = None if out is None else target(out, BRIEF_SUFFIXES)
    case, question = read(question)
    given = Path(question.source)
    stem = given.stem if given.suffix else case.crisis.id
    path = out or Path(f"{stem}-brief.html")
    place = place or target(path, BRIEF_SUFFIXES)
    from offramp.brief import brief

    more = [saved(x, case.crisis, question.plan, question.reading) for x in added]
    depth = _depth(audit)
    stated = {"with": [str(x) for x in added], **({"audit": depth} if depth != DEFAULT else {})}
    command = question.command("brief", stated=stated)
    kept = place_for(case.crisis, "", folder, fresh)
    from offramp.answers._forecasts_sealed import sealed_beside

    with Progress(question.quiet) as progress:
        made = brief(
            case.crisis,
            plan=question.plan,
            reading=question.reading,
            precision=question.precision,
            resolution=question.resolution,
            seed=question.seed,
            workers=None,
            progress=progress,
            command=command,
            added=more,
            audit=depth,
            sealed=sealed_beside(case.crisis, question.source),
            folder=kept.folder,
            source=question.source,
        )
    try:
        made.save(place, workers=None)
    except OSError as error:
        raise Failure(f"cannot write {path}: {error.strerror or error}") from error
    plan = question.plan or next(iter(case.crisis.plans))
    run = manifest(case.crisis, question, command, [plan])
    warnings = dict.fromkeys((*made.warnings, *(w for a in made.answers for w in a.warnings)))
    return concluded(
        data={"brief": _brief_data(made), "file": str(path), "run": run},
        show=None if question.quiet else lambda screen: _show_brief(screen, made, path),
        missed=not made.met,
        warnings=tuple(warnings),
        case=case,
        question=question,
        remarks=kept.remarks,
    )


def _depth(audit: str) -> Depth:
    """The audit of this name.

    Raises:
        Failure: if there is none.
    """
    from offramp.brief import DEPTHS

    for depth in DEPTHS:
        if depth == audit:
            return depth
    raise Failure(f"there is no audit `{audit}`", f"choose one of {', '.join(DEPTHS)}")


def _brief_data(made: Brief) -> dict[str, Any]:
    """The brief as plain values; parameters and sources are in the page, and in the crisis."""
    plain = ("title", "subtitle", "handling", "as_of", "case", "seat", "yardstick", "bottom_line",
             "confidence", "why_no_deal", "mind_changers", "deal_range", "method")  # fmt: skip
    tables = ("options", "assumptions", "certificate")
    return {
        **{name: getattr(made, name) for name in plain},
        **{name: asdict(getattr(made, name)) for name in tables},
        "met": made.met,
        "checks": [asdict(table) for table in made.checks],
        "certificates": dict(made.certificates),
        "answers": [answer.to_dict() for answer in made.answers],
    }


def _show_brief(screen: Screen, made: Brief, path: Path) -> None:
    screen.add(made.renderable(saved=path))
