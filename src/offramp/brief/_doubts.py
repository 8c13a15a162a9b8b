"""The parts of a brief that say how far to trust it: what the numbers hang on, and the rival readings.

Each part has a heading, its answers in reading order, and the sentences by which page 1 mentions it. An
answer that was made before and handed in takes the place of the one that would be made here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from offramp.answers import Answer
from offramp.answers._sensitivity_small_answer import hangs_on
from offramp.audit import Sizes
from offramp.brief._audited import Depth, audited
from offramp.brief.document import Part
from offramp.crisis import Crisis, SealedFile, crisis_hash
from offramp.ensembles.code import SOLVING, code_hash

Progress = Callable[[str, int, int], None]

HANGS = "What the numbers hang on"
READINGS = "Rival readings"
ADDED = "Added to this brief"
UNCERTAIN = ("sensitivity", "discover")
"""Names of the answers of the first part."""
FINDING = "finding_out"
"""Name of the chart whose title says what is most worth finding out."""


@dataclass(frozen=True)
class Doubts:
    """What these parts are asked for.

    Attributes:
        plan, against: The plan of the brief, and the one it is held against (None: there is one plan).
        reading, precision, seed: As everywhere in the brief.
        draws: Draws of all inputs; 0 leaves the first part out.
        audit: Draws of the audit.
        sealed: File with outcomes.
        folder: Where finished pieces are kept.
        source: What the crisis is called in commands.
    """

    plan: str
    against: str | None
    reading: str | None
    precision: float
    seed: int
    draws: int
    audit: Depth | Sizes
    sealed: str | Path | SealedFile | None
    folder: Path | None
    source: str


def doubted(
    crisis: Crisis,
    asked: Doubts,
    added: Sequence[Answer],
    before: int,
    workers: int | None,
    progress: Progress | None,
) -> tuple[tuple[Answer, ...], tuple[Part, ...]]:
    """The answers of these parts, and the parts; ``before`` answers stand before them."""
    answers: list[Answer] = []
    parts: list[Part] = []

    def part(heading: str, found: Sequence[Answer], summary: tuple[str, ...]) -> None:
        if found:
            parts.append(Part(heading, before + len(answers), summary))
            answers.extend(found)

    hanging = _hanging(crisis, asked, added, workers, progress)
    part(HANGS, hanging, tuple(hanging_lines(hanging)))
    readings = _readings(crisis, asked, added, workers, progress)
    part(READINGS, readings, tuple(f"{a.headline}." for a in readings if a.name == "audit"))
    taken = {id(a) for a in answers}
    rest = [a for a in added if id(a) not in taken]
    part(ADDED, rest, tuple(f"{a.headline}." for a in rest))
    return tuple(answers), tuple(parts)


def hanging_lines(found: Sequence[Answer]) -> list[str]:
    """Headlines of the first part, with what is most worth finding out."""
    lines = [f"{a.headline}." for a in found]
    lines += [f"{c.title}." for a in found for c in a.charts if c.name == FINDING]
    return lines


def _hanging(
    crisis: Crisis,
    asked: Doubts,
    added: Sequence[Answer],
    workers: int | None,
    progress: Progress | None,
) -> tuple[Answer, ...]:
    given = {a.name: a for a in added if a.name in UNCERTAIN}
    if asked.draws == 0 or len(given) == len(UNCERTAIN):
        return tuple(given[name] for name in UNCERTAIN if name in given)
    made = hangs_on(
        crisis,
        asked.plan,
        asked.against,
        reading=asked.reading,
        draws=asked.draws,
        precision=asked.precision,
        workers=workers,
        progress=progress,
        folder=None if asked.folder is None else asked.folder / _draws_name(crisis, asked),
        seed=asked.seed,
        source=asked.source,
    )
    own = {a.name: a for a in made} | given
    return tuple(own[name] for name in UNCERTAIN if name in own)


def _draws_name(crisis: Crisis, asked: Doubts) -> str:
    """A name for the draws that tells them from those of any other brief."""
    program = code_hash((*SOLVING, "answers"))
    head = (crisis_hash(crisis), program, asked.plan, asked.against, asked.reading, asked.precision,
            asked.draws, asked.seed)  # fmt: skip
    return f"brief-{hashlib.sha256(repr(head).encode()).hexdigest()[:16]}"


def _readings(
    crisis: Crisis,
    asked: Doubts,
    added: Sequence[Answer],
    workers: int | None,
    progress: Progress | None,
) -> tuple[Answer, ...]:
    given = tuple(a for a in added if a.name == "audit" or a.name.startswith("audit-"))
    if given:
        return tuple(sorted(given, key=lambda a: a.name == "audit"))
    return audited(
        crisis,
        asked.audit,
        sealed=asked.sealed,
        workers=workers,
        progress=progress,
        folder=None if asked.folder is None else asked.folder / "audit",
        seed=asked.seed,
        source=asked.source,
    )
