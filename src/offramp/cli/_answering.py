"""Commands that solve a crisis: the answers, the comparison of plans, certificates, and the brief."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offramp.cli._asked import Case, Question, known, named, read
from offramp.cli._files import (
    ANSWER_SUFFIXES,
    answer_text,
    suffix,
    target,
    write,
)
from offramp.cli._kept import kept_for
from offramp.cli._outcome import NOT_CONVERGED, OK, Failure, Notice, Outcome
from offramp.cli._progress import Progress

if TYPE_CHECKING:
    from offramp.answers import Answer
    from offramp.cli._screen import Screen
    from offramp.crisis import Crisis
    from offramp.solution import Solution


def answer_one(
    name: str, question: Question, out: Path | None, stated: Mapping[str, Any] | None = None
) -> Outcome:
    """Solve once and answer one question; ``stated`` holds options of this question alone."""
    place = None if out is None else target(out, ANSWER_SUFFIXES)
    case, question = read(question)
    stated, kept = kept_for(name, question, case.crisis, stated or {})
    with Progress(question.quiet) as progress:
        solution = solved(case.crisis, question, progress)
        import offramp.answers
        from offramp.answers._ask import ask

        options = dict(stated) if kept.folder is None else {**stated, "folder": kept.folder}
        try:
            answer = ask(
                getattr(offramp.answers, name),
                solution,
                progress=progress,
                workers=None,
                seed=question.seed,
                **options,
            )
        except ValueError as error:
            if not stated:
                raise
            raise Failure(str(error)) from error
    command = question.command(name, stated=stated)
    run = manifest(case.crisis, question, command, [solution.game.plan_id])
    return _delivered(answer, run, case, question, place, kept.remarks)


def answer_crisis(
    name: str, question: Question, out: Path | None, stated: Mapping[str, Any] | None = None
) -> Outcome:
    """Answer a question about a whole crisis, whose answer solves what it needs by itself."""
    place = None if out is None else target(out, ANSWER_SUFFIXES)
    case, question = read(question)
    import inspect

    import offramp.answers
    from offramp.crisis import CrisisError

    function = getattr(offramp if name == "audit" else offramp.answers, name)
    stated, kept = kept_for(name, question, case.crisis, stated or {})
    stated = named(stated, case.crisis)
    shared: dict[str, Any] = {
        "plan": question.plan,
        "reading": question.reading,
        "precision": question.precision,
        "resolution": question.resolution,
        "seed": question.seed,
        "workers": None,
    }
    takes = inspect.signature(function).parameters
    if "sealed" in takes:
        from offramp.answers._forecasts_sealed import sealed_beside

        shared["sealed"] = sealed_beside(case.crisis, question.source)
    if kept.folder is not None:
        shared["folder"] = kept.folder
    options = {k: v for k, v in {**shared, **stated}.items() if k in takes}
    with Progress(question.quiet) as progress:
        if "progress" in takes:
            options["progress"] = progress
        try:
            answer = function(case.crisis, **options)
        except CrisisError:  # a file named by an option: reported with its places
            raise
        except ValueError as error:
            raise Failure(str(error)) from error
    command = question.command(name, stated=stated)
    plans = [question.plan] if question.plan else stated.get("plans") or list(case.crisis.plans)
    run = manifest(case.crisis, question, command, plans)
    return _delivered(answer, run, case, question, place, kept.remarks)


def answer_plans(question: Question, plans: Sequence[str] | None, out: Path | None) -> Outcome:
    """Solve every plan and compare."""
    place = None if out is None else target(out, ANSWER_SUFFIXES)
    case, question = read(question)
    plans = [known(plan, case.crisis.plans, "plan") for plan in plans or ()]
    from offramp.answers import compare_plans

    chosen = list(dict.fromkeys(plans)) if plans else None
    with Progress(question.quiet) as progress:
        answer = compare_plans(
            case.crisis,
            chosen,
            reading=question.reading,
            precision=question.precision,
            resolution=question.resolution,
            workers=None,
            progress=progress,
        )
    command = question.command("plans", chosen)
    run = manifest(case.crisis, question, command, chosen or list(case.crisis.plans))
    return _delivered(answer, run, case, question, place)


def answer_design(
    question: Question, limits: Mapping[str, Any], options: Mapping[str, Any], out: Path | None
) -> Outcome:
    """Search for a plan within limits, starting from a plan of the file."""
    place = None if out is None else target(out, ANSWER_SUFFIXES)
    case, question = read(question)
    from offramp.answers import design
    from offramp.answers._design_space import Limits

    try:
        within = Limits(**limits)
    except ValueError as error:
        raise Failure(str(error)) from error
    with Progress(question.quiet) as progress:
        solution = solved(case.crisis, question, progress)
        try:
            answer = design(solution, limits=within, progress=progress, workers=None, **options)
        except (ValueError, KeyError) as error:
            raise Failure(str(error.args[0] if error.args else error)) from error
    stated = {f"max_{k}": v for k, v in limits.items() if k != "consent" and v is not None}
    if not limits.get("consent", True):
        stated["any_consent"] = True
    command = question.command("plans", stated={"design": True, **stated, **options})
    run = manifest(case.crisis, question, command, [solution.game.plan_id])
    return _delivered(answer, run, case, question, place)


def certify(question: Question, out: Path | None) -> Outcome:
    """Solve a plan under every refinement and say how far its numbers can be trusted."""
    place = None if out is None else target(out, ANSWER_SUFFIXES)
    case, question = read(question)
    from offramp.answers import certified

    with Progress(question.quiet) as progress:
        answer = certified(
            case.crisis,
            question.plan,
            reading=question.reading,
            precision=question.precision,
            resolution=question.resolution,
            workers=None,
            progress=progress,
        )
    plan = question.plan or next(iter(case.crisis.plans))
    run = manifest(case.crisis, question, question.command("certify"), [plan])
    return _delivered(answer, run, case, question, place)


def export_tree(
    question: Question, out: Path, months: int, precision: float | None, weights: str
) -> Outcome:
    """Write the game of a plan as an extensive form."""
    if weights not in ("note", "copies"):
        raise Failure(f"there is no way `{weights}` to write weights", "use note or copies")
    place = target(out, (".efg",))
    case, question = read(question)
    from offramp.game import compile_game
    from offramp.solution import to_efg

    game = compile_game(case.crisis, question.plan, question.reading, question.resolution)
    try:
        text = to_efg(
            game, months, precision=precision, weights="copies" if weights == "copies" else "note"
        )
    except ValueError as error:
        raise Failure(str(error)) from error
    write(place, text)
    nodes = sum(line[:2] in ("c ", "p ", "t ") for line in text.splitlines())

    def show(screen: Screen) -> None:
        screen.lines(f"{out}: {nodes:,} nodes, cut off after {months} month{'s' * (months > 1)}")

    return Outcome(
        data={"file": str(out), "nodes": nodes, "months": months},
        show=None if question.quiet else show,
        warnings=case.warnings,
    )


# --- Steps ---------------------------------------------------------------------------------


def solved(crisis: Crisis, question: Question, progress: Progress) -> Solution:
    """The crisis compiled under a plan and solved."""
    import offramp

    progress("Compiling", 0, 1)
    game = offramp.compile(crisis, question.plan, question.reading, question.resolution)
    return offramp.solve(
        game, question.precision, progress=lambda done, total: progress("Solving", done, total)
    )


def manifest(
    crisis: Crisis, question: Question, command: str, plans: Sequence[str]
) -> dict[str, Any]:
    """What a result came from: enough to get it again."""
    from offramp import __version__
    from offramp.crisis import crisis_hash

    return {
        "command": command,
        "crisis": crisis.id,
        "title": crisis.title,
        "handling": crisis.handling,
        "as_of": crisis.as_of.isoformat(),
        "crisis_hash": crisis_hash(crisis),
        "plans": list(plans),
        "reading": question.reading,
        "precision": question.precision,
        "resolution": question.resolution,
        "seed": question.seed,
        "version": __version__,
    }


# --- Delivery ------------------------------------------------------------------------------


def _delivered(
    answer: Answer,
    run: Mapping[str, Any],
    case: Case,
    question: Question,
    place: Path | None,
    remarks: tuple[str, ...] = (),
) -> Outcome:
    data = {"run": run, **answer.to_dict()}
    if place is not None:
        write(place, answer_text(answer, run, suffix(place, ANSWER_SUFFIXES) or ".json"))
        data["file"] = str(place)
        remarks = (f"Written to {place}", *remarks)
    silent = question.quiet and place is not None
    return concluded(
        data=data,
        show=None if silent else lambda screen: screen.answer(answer),
        missed=not answer.trace().met,
        warnings=answer.warnings,
        case=case,
        question=question,
        remarks=remarks,
    )


def concluded(
    *,
    data: Mapping[str, Any],
    show: Any,
    missed: bool,
    warnings: Sequence[str],
    case: Case,
    question: Question,
    remarks: tuple[str, ...],
) -> Outcome:
    """The outcome, with the warnings of answer, certificate and crisis."""
    said = "the certificate misses its tolerance: read every number as indicative"
    trouble = Notice(said, "try another --resolution or --precision", "not-converged")
    noted = tuple(Notice(text, code="answer") for text in warnings)
    fails = missed and question.strict
    return Outcome(
        data=data,
        show=show,
        code=NOT_CONVERGED if fails else OK,
        errors=(trouble,) if fails else (),
        warnings=(*noted, *((trouble,) if missed and not fails else ()), *case.warnings),
        remarks=(*remarks, *case.remarks(question.source)),
    )
