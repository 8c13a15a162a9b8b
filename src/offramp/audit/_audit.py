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

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import cast

import numpy as np

from offramp.answers._answer import Answer
from offramp.audit._asking import ask, measure, turned_by
from offramp.audit._draws import central, parsed_claims
from offramp.audit._found import TINY, Author, Carried, Found, Report
from offramp.audit._loads import Loads, TooFew, loads
from offramp.audit._map import differing, exchange
from offramp.audit._pages import pages
from offramp.audit._sampling import FULL, QUICK, Sampled, Sizes, sampled
from offramp.audit._triggers import TriggerAudit
from offramp.audit._verdicts import Cell, not_expressed, structural, verdict
from offramp.audit._views import answer_of
from offramp.audit._worlds import NotAsked, Scope
from offramp.crisis import Crisis, SealedFile, UnknownPath
from offramp.crisis import _expressions as ex
from offramp.crisis._claims import Ask, Node, parse
from offramp.crisis._claims_check import check_claim, known_of
from offramp.crisis._diagnostics import did_you_mean
from offramp.game import Resolution
from offramp.game._resolution import named

Progress = Callable[[str, int, int], None]
FINER = {"sketch": "draft", "draft": "standard", "standard": "fine", "fine": "standard"}
"""The grid that a few draws are asked again on: the next finer one; of the finest, the one below."""


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
    readings: Sequence[str] | None = None,
    resolution: str | Resolution = "sketch",
    transplant: bool = False,
    workers: int | None = 1,
    folder: str | Path | None = None,
    progress: Progress | None = None,
    quick: bool = False,
    seed: int = 0,
    sizes: Sizes | None = None,
) -> tuple[Answer, ...]:
    """The audit's answer, followed by a page for each reading; other arguments as :func:`audit`.

    Args:
        crisis: The crisis.
        sealed: File with outcomes, opened after the audit to score forecasts; left out, the one
            beside a shipped crisis.
        scored: Whether to open it at all.
        readings: Ids; None means all.
        resolution: Grid of the games.
        transplant: Carry every reading to the file's own date.
        workers: Processes; None means one per core.
        folder: Keep finished pieces here.
        progress: Told (label, done, total).
        quick: Fewer draws and wider intervals.
        seed: Of points and sets.
        sizes: Draws of every sample.
    """
    found = found_of(
        crisis, readings=readings, resolution=resolution, transplant=transplant, workers=workers,
        folder=folder, progress=progress, quick=quick, seed=seed, sizes=sizes,
    )  # fmt: skip
    return (answer_of(crisis, found), *pages(crisis, found, sealed=sealed, scored=scored))


def found_of(
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
) -> Found:
    """Everything that an audit finds, before any words; arguments as :func:`audit`."""
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
    size = sizes or (QUICK if quick else FULL)
    if draws is not None:
        if draws < 2:
            raise ValueError(f"an audit needs at least two draws; got {draws}")
        size = _scaled(size, draws)
    grid = named(resolution)
    finer = named(FINER.get(grid.name, grid.name) if grid.name in FINER else "draft")
    done = sampled(
        crisis, chosen, size, grid, finer, wanted=tuple(asked), transplant=transplant, seed=seed,
        workers=workers, folder=Path(folder) if folder is not None else None, progress=progress,
    )  # fmt: skip
    authors = tuple(
        _author(crisis, key, done, tuple(asked), transplant, grid, seed) for key in chosen
    )
    agree, compared, apart = _agreement(done, chosen)
    owners = {c: key for c, (key, _, _) in asked.items() if key in chosen}
    pairs = differing({a.id: a.cells for a in authors}, owners, size.swaps)
    parted, swaps = exchange(crisis, pairs, transplant, grid, workers, progress)
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
        seconds=done.seconds,
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
    )


def _author(
    crisis: Crisis, key: str, done: Sampled, asked: tuple[str, ...], transplant: bool,
    grid: Resolution, seed: int,
) -> Author:  # fmt: skip
    """One reading: cells, loads, tensions."""
    reading, setting = crisis.readings[key], done.settings[key]
    premises = tuple(path for path, _ in setting.premises)
    cells: dict[str, Cell] = {}
    for other in crisis.readings.values():
        for name, claim in other.claims.items():
            if name not in asked:
                continue
            if not claim.expression:
                cells[name] = not_expressed(str(claim.not_expressed))
                continue
            sample = done.samples[(key, "own" if name in reading.claims else "cross")]
            truth, margin = sample.of(name)
            cells[name] = verdict(truth, margin, sample.reasons.get(name, ""))
    carried: dict[str, Carried] = {}
    mine = tuple(c for c in reading.claims if c in asked)
    for name in mine:
        if cells[name].draws and premises and (key, "off") in done.samples:
            found = _carried(done, key, name, seed)
            if found is not None:
                carried[name] = found
    scope = central(crisis, key, transplant, grid)
    return Author(
        id=key,
        label=reading.label,
        as_of=str(setting.as_of),
        claims=mine,
        cells=cells,
        premises=premises,
        loads=carried,
        idle=_idle(premises, carried)
        if len(carried) == sum(cells[c].draws > 0 for c in mine)
        else (),
        swapped=_swapped(crisis, mine, scope),
        triggers=_triggers(crisis, mine, scope),
        reports=_reports(crisis, key, mine, scope),
    )


def _carried(done: Sampled, key: str, claim: str, seed: int) -> Carried | None:
    """Loads of all premises on one claim; None where too few draws could be asked."""
    own, off = done.samples[(key, "own")], done.samples[(key, "off")]
    sets = done.samples.get((key, "sets"))
    if sets is not None and claim not in sets.claims:
        return None  # its truth has not varied, so no sets were drawn for it
    n = own.masks.shape[1]
    masks = sets.masks if sets is not None else np.zeros((0, n), dtype=bool)

    def of(which: int) -> Loads | None:
        y = sets.of(claim)[which] if sets is not None else np.zeros(0)
        try:
            return loads(masks, y, off.of(claim)[which], own.of(claim)[which], seed)
        except TooFew:
            return None

    truth = of(0)
    return None if truth is None else Carried(truth, of(1))


def _idle(premises: tuple[str, ...], carried: Mapping[str, Carried]) -> tuple[str, ...]:
    """Premises that move neither the truth nor the margin of any own claim."""
    if not carried:
        return ()
    moved = np.zeros(len(premises), dtype=bool)
    for found in carried.values():
        for one in (found.truth, found.margin):
            if one is not None:
                moved |= (one.low > TINY) | (one.high < -TINY) | (np.abs(one.value) > 1e-3)
    return tuple(p for p, m in zip(premises, moved, strict=True) if not m)


def _swapped(crisis: Crisis, mine: tuple[str, ...], scope: Scope) -> dict[str, tuple[str, ...]]:
    """Claims of the kind `unchanged(...)` and what the swap turns at central values."""
    found: dict[str, tuple[str, ...]] = {}
    for name, node in _own(crisis, mine).items():
        if isinstance(node, Ask) and node.function == "unchanged":
            try:
                found[name] = turned_by(node, scope)
            except NotAsked:
                continue
    return found


def _triggers(crisis: Crisis, mine: tuple[str, ...], scope: Scope) -> dict[str, TriggerAudit]:
    """Claims of the form ``P_event(e, m) * path + rest < bound`` at central values."""
    found: dict[str, TriggerAudit] = {}
    for name, node in _own(crisis, mine).items():
        parts = trigger_parts(node)
        if parts is None:
            continue
        event, response, rest, bound = parts
        try:
            numbers = [measure(x, scope) for x in (event, response, rest, bound)]
        except NotAsked:
            continue
        if all(0 <= x <= 1 for x in numbers) and numbers[2] <= 1 - numbers[0]:
            found[name] = TriggerAudit(*numbers)
    return found


def trigger_parts(node: Node) -> tuple[Node, Node, Node, Node] | None:
    """Trigger, response, rest and bound of a claim of that form; None for other claims."""
    match node:
        case ex.Compare(
            first=ex.Binary(
                operator="+", left=ex.Binary(operator="*", left=event, right=path), right=rest
            ),
            rest=(("<", bound),),
        ) if isinstance(event, Ask) and event.function == "P_event" and isinstance(path, ex.Name):
            return event, path, cast(Node, rest), cast(Node, bound)
    return None


def _own(crisis: Crisis, mine: tuple[str, ...]) -> dict[str, Node]:
    every = parsed_claims(crisis)
    return {name: every[name] for name in mine if name in every}


def _reports(crisis: Crisis, key: str, mine: tuple[str, ...], scope: Scope) -> tuple[Report, ...]:
    """Further questions of a reading's claims, at central values."""
    found = []
    known = known_of(crisis)
    for name, claim in crisis.readings[key].claims.items():
        for label, text in claim.reports.items() if name in mine else ():
            node = parse(text)
            value: float | bool | str
            try:
                if check_claim(node, known, "truth"):
                    value = measure(node, scope)
                else:
                    value = ask(node, scope).truth
            except NotAsked as why:
                value = str(why)
            found.append(Report(name, label, value))
    return tuple(found)


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
