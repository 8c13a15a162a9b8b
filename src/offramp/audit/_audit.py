"""Does each reading's conclusion follow from its own premises, and which premise carries it?

Question. Every reading of a crisis states premises (numbers with ranges), and claims in the grammar of
``docs/claims.md``. For reading r and claim c, with x drawn from r's own ranges (and from the file's for
everything else),

    share_rc = Pr_x( c is true in the game solved with x )

*Follows* if share >= .8, *contradicts* if <= .2, else *undetermined*; 95 % Wilson intervals. The *load* of a
premise is its Shapley share of ``share_rc(all premises on) - share_rc(all off)``
(:mod:`offramp.audit._loads`); a load surely below 0 belongs to a premise that works against its author's
claim. Claims that come out the same in every draw of every reading are structural. Readings are asked each
in the crisis of its own date, with nothing later in it (:mod:`offramp.audit._epochs`), or, if asked,
carried to the file's date; they are never averaged.

Classical comparator: none. The nearest relatives are sensitivity analysis of arguments by Shapley values
(Owen 2014) and the modal logic of "follows from".
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict, Unpack

import numpy as np

from offramp.answers._answer import Answer
from offramp.audit._authors import author_of
from offramp.audit._found import Found
from offramp.audit._keeping import Progress, keeping
from offramp.audit._map import differing, exchange
from offramp.audit._pages import pages
from offramp.audit._sampling import FULL, QUICK, Sampled, Sizes, sampled
from offramp.audit._telling import tell
from offramp.audit._verdicts import structural
from offramp.audit._views import answer_of
from offramp.crisis import Crisis, SealedFile, UnknownPath
from offramp.crisis._diagnostics import did_you_mean
from offramp.game import Resolution
from offramp.game._resolution import named

FINER = {"sketch": "draft", "draft": "standard", "standard": "fine", "fine": "standard"}
"""The grid that a few draws are asked again on: the next finer one; of the finest, the one below.
Of a grid of the caller's own it is `draft`."""


class Options(TypedDict, total=False):
    """What an audit is asked with; meanings and defaults are those of :func:`audit`."""

    readings: Sequence[str] | None
    claims: Sequence[str] | None
    draws: int | None
    resolution: str | Resolution
    transplant: bool
    workers: int | None
    folder: str | Path | None
    progress: Progress | None
    quick: bool
    seed: int
    sizes: Sizes | None


def audit(
    crisis: Crisis,
    *,
    readings: Sequence[str] | None = None,
    claims: Sequence[str] | None = None,
    draws: int | None = None,
    resolution: str | Resolution = "sketch",
    transplant: bool = False,
    workers: int | None = 1,
    folder: str | Path | None = None,
    progress: Progress | None = None,
    quick: bool = False,
    seed: int = 0,
    sizes: Sizes | None = None,
) -> Answer:
    """Audit the readings of a crisis.

    Args:
        crisis: The crisis.
        readings: Ids; None means all.
        claims: Ids of claims to ask; None means all of the file.
        draws: Draws for a reading's own claims; left out, 500 (quick: 100).
        resolution: Grid of the games; a few draws are asked again on the next finer one.
        transplant: Carry every reading to the file's own date.
        workers: Processes; None means one per core.
        folder: Keep finished pieces here, and go on with what is there.
        progress: Told (label, done, total).
        quick: Fewer draws and wider intervals.
        seed: Of points and sets.
        sizes: Draws of every sample, instead of those that ``quick`` stands for.

    Raises:
        UnknownPath: for an unknown reading or claim.
        CrisisError: if something dated after an as-of date would be used.
        ValueError: for fewer than two draws.
    """
    found = found_of(
        crisis,
        readings=readings,
        claims=claims,
        draws=draws,
        resolution=resolution,
        transplant=transplant,
        workers=workers,
        folder=folder,
        progress=progress,
        quick=quick,
        seed=seed,
        sizes=sizes,
    )
    return answer_of(crisis, found)


def audit_pages(
    crisis: Crisis,
    *,
    sealed: str | Path | SealedFile | None = None,
    scored: bool = True,
    **options: Unpack[Options],
) -> tuple[Answer, ...]:
    """The audit's answer, followed by a page for each reading.

    Args:
        crisis: The crisis.
        sealed: File with outcomes, opened after the audit to score forecasts; left out, the one
            beside a shipped crisis.
        scored: Whether to open it at all.
        options: As :func:`audit`.
    """
    found = found_of(crisis, **options)
    return (answer_of(crisis, found), *pages(crisis, found, sealed=sealed, scored=scored))


def found_of(crisis: Crisis, **options: Unpack[Options]) -> Found:
    """Everything that an audit finds, before any words; arguments and errors as :func:`audit`.

    What would tell readings apart is looked for unless only some ``claims`` are asked.
    """
    readings, claims = options.get("readings"), options.get("claims")
    draws, workers = options.get("draws"), options.get("workers", 1)
    transplant, seed = options.get("transplant", False), options.get("seed", 0)
    progress, kept = options.get("progress"), keeping(options.get("folder"))
    chosen = list(crisis.readings) if readings is None else list(readings)
    for key in chosen:
        if key not in crisis.readings:
            hint = did_you_mean(key, crisis.readings)
            raise UnknownPath(f"readings.{key}", f"there is no reading `{key}`", hint)
    every = {
        name: (key, claim.kind, str(claim.text))
        for key, reading in crisis.readings.items()
        for name, claim in reading.claims.items()
    }
    for name in claims or ():
        if name not in every:
            raise UnknownPath(name, f"there is no claim `{name}`", did_you_mean(name, every))
    asked = {k: v for k, v in every.items() if claims is None or k in claims}
    size = options.get("sizes") or (QUICK if options.get("quick") else FULL)
    if draws is not None:
        if draws < 2:
            raise ValueError(f"an audit needs at least two draws; got {draws}")
        size = _scaled(size, draws)
    grid = named(options.get("resolution", "sketch"))
    finer = named(FINER.get(grid.name, "draft"))
    done = sampled(
        crisis, chosen, size, grid, finer, wanted=tuple(asked), transplant=transplant, seed=seed,
        workers=workers, kept=kept, progress=progress,
    )  # fmt: skip
    authors = tuple(
        author_of(crisis, key, done, tuple(asked), transplant, grid, seed) for key in chosen
    )
    agree, compared, apart = _agreement(done, chosen)
    owners = {c: key for c, (key, _, _) in asked.items() if key in chosen}
    pairs = differing({a.id: a.cells for a in authors}, owners, size.swaps)
    parted, swaps = exchange(crisis, pairs, transplant, grid, kept, workers, progress)
    told = None
    if claims is None:
        told = tell(
            crisis, chosen, size.tell, size.check, grid, finer, seed=seed, kept=kept,
            workers=workers, progress=progress,
        )  # fmt: skip
    return Found(
        authors=authors,
        claims=asked,
        structural=tuple(c for c in asked if structural([a.cells[c] for a in authors])),
        draws=size.own,
        parted=parted,
        swaps=swaps,
        first=size.first if size.first < size.own else 0,
        cross=size.cross,
        pairs=size.pairs,
        resolution=grid.name,
        finer=finer.name,
        agree=agree,
        compared=compared,
        differing=apart,
        transplant=transplant,
        solves=done.solves,
        told=told,
        stale=kept.stale if kept is not None else 0,
    )


def _scaled(size: Sizes, draws: int) -> Sizes:
    """Other numbers of draws, the samples in the old proportion where that makes sense."""
    part = draws / size.own
    return Sizes(
        own=draws,
        cross=max(1, min(draws, round(size.cross * part))),
        off=max(2, min(draws, round(size.off * part))),
        pairs=max(16, round(size.pairs * part)),
        check=min(size.check, draws),
        first=min(size.first, draws),
        spare=size.spare,
        swaps=size.swaps,
        tell=max(2, min(draws, round(size.tell * part))),
    )


def _agreement(
    done: Sampled, readings: Sequence[str]
) -> tuple[int, int, tuple[tuple[str, str], ...]]:
    """How many single verdicts agree with the finer grid, and which claims differ in some draw."""
    agree = compared = 0
    differing: list[tuple[str, str]] = []
    for key in readings:
        check, own = done.samples.get((key, "check")), done.samples.get((key, "own"))
        if check is None or own is None:
            continue
        for claim in check.claims:
            fine = check.of(claim)[0]
            coarse = own.of(claim)[0][: len(fine)]
            both = np.isfinite(fine) & np.isfinite(coarse)
            same = int((fine[both] == coarse[both]).sum())
            agree, compared = agree + same, compared + int(both.sum())
            if same < int(both.sum()):
                differing.append((key, claim))
    return agree, compared, tuple(differing)
