"""Plan the draws of an audit, run them on any number of workers, and put them together.

Four samples per reading share one sequence of points: *own* (its own claims, every premise on), *cross*
(everybody else's claims, on the first points), *off* (its own claims, every premise off) and *sets* (its own
claims under the random sets of :mod:`offramp.audit._loads`). A fifth asks a few of the own draws again on a
finer grid. With ``Sizes.first`` the own sample is taken in two parts: the second asks only claims that the
first has not settled (``Cell.clear``), and sets are drawn for one claim of each reading that some premise
may turn: the first whose truth has varied so far, conclusions before others. With a folder finished pieces
are kept (:mod:`offramp.audit._keeping`) and an interrupted audit goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offramp.audit._draws import Job, Rows, drawn_paths, parsed_claims, perform, points_of
from offramp.audit._epochs import Setting, setting_of
from offramp.audit._keeping import Keeping, Task, name_of, worked
from offramp.audit._loads import coalitions
from offramp.audit._verdicts import verdict
from offramp.crisis import Crisis
from offramp.crisis import _expressions as ex
from offramp.crisis._claims import Ask, walk
from offramp.ensembles.reach import reached
from offramp.game import Resolution

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Progress = Callable[[str, int, int], None]
PIECE = 4
"""Draws of a piece of work: small enough that an interrupted audit loses little."""
SPARE = 3
"""Pairs of sets per premise, at least, so that loads can be fitted and their spread be known."""


@dataclass(frozen=True)
class Sizes:
    """Draws of each sample; ``pairs`` of sets, ``check`` on the finer grid.

    ``first``: after so many own draws only unsettled claims are asked on (0: all are asked to the end, and
    loads are taken of all). ``spare``: pairs per premise at least. ``swaps``: claims per pair of readings
    that premises are exchanged for. ``tell``: draws per reading for what would tell readings apart.
    """

    own: int
    cross: int
    off: int
    pairs: int
    check: int
    first: int = 0
    spare: int = SPARE
    swaps: int = 4
    tell: int = 8


FULL = Sizes(own=500, cross=56, off=96, pairs=160, check=3, tell=64)
QUICK = Sizes(own=100, cross=1, off=6, pairs=20, check=1, first=16, spare=1, swaps=1, tell=6)


@dataclass(frozen=True)
class Sample:
    """One sample of one reading: outcomes by claim, (draws, claims), and the sets that were on."""

    claims: tuple[str, ...]
    masks: Bools
    truth: Floats
    margin: Floats
    reasons: Mapping[str, str]

    def of(self, claim: str) -> tuple[Floats, Floats]:
        """Truths and margins of a claim."""
        j = self.claims.index(claim)
        return self.truth[:, j], self.margin[:, j]


@dataclass(frozen=True)
class Sampled:
    """All samples by (reading, name), and the games solved for them, kept pieces included."""

    settings: Mapping[str, Setting]
    samples: Mapping[tuple[str, str], Sample]
    solves: int


def plans_named(crisis: Crisis) -> tuple[str, ...]:
    """Plans that some claim asks about, in the order of the file."""
    named = {
        part.value.name
        for claim in parsed_claims(crisis).values()
        for node in walk(claim)
        if isinstance(node, Ask)
        for part in node.world
        if part.name is None and isinstance(part.value, ex.Name)
    }
    return tuple(plan for plan in crisis.plans if plan in named)


def sampled(
    crisis: Crisis,
    readings: Sequence[str],
    sizes: Sizes,
    resolution: str | Resolution,
    finer: str | Resolution,
    *,
    wanted: Sequence[str],
    transplant: bool,
    seed: int,
    workers: int | None,
    kept: Keeping | None,
    progress: Progress | None,
) -> Sampled:
    """Run all samples; ``wanted`` are the claims that are asked."""
    settings = {key: setting_of(crisis, key, transplant) for key in readings}
    claims = [c for c in parsed_claims(crisis) if c in wanted]
    plans = plans_named(crisis)
    paths_by: dict[str, tuple[str, ...]] = {}
    for key, setting in settings.items():
        there = [p for p in plans if p in setting.file.plans]
        paths_by[key] = drawn_paths(setting, reached(setting.file, there) if there else ())
    every = tuple(dict.fromkeys(p for paths in paths_by.values() for p in paths))
    pairs = {key: max(sizes.pairs, sizes.spare * len(s.premises)) for key, s in settings.items()}
    points = points_of(sizes.own + max(pairs.values(), default=0), len(every), seed)
    first = sizes.first if 0 < sizes.first < sizes.own else sizes.own
    draws: list[_Draws] = []
    later: list[_Draws] = []
    for key, setting in settings.items():
        author = crisis.readings[key]
        own = tuple(c for c in author.claims if c in claims)
        others = tuple(c for c in claims if c not in own)
        width = len(setting.premises)
        mine = points[:, [every.index(p) for p in paths_by[key]]]
        sets = coalitions(width, pairs[key], seed)
        again = np.repeat(mine[sizes.own :], 2, axis=0)[: len(sets)]
        on, off = np.ones((sizes.own, width), bool), np.zeros((sizes.off, width), bool)
        n = min(sizes.check, first)
        draws += [
            _Draws(key, "own", own, mine[:first], on[:first], resolution),
            _Draws(key, "cross", others, mine[: sizes.cross], on[: sizes.cross], resolution),
            _Draws(key, "off", own, mine[: sizes.off], off, resolution),
            _Draws(key, "check", own, mine[:n], on[:n], finer),
        ]
        more = _Draws(key, "own", own, mine[first : sizes.own], on[first:], resolution)
        some = _Draws(key, "sets", own, again, sets, resolution)
        if first == sizes.own:
            draws.append(some)
        else:
            later += [more, some]

    def run(todo: Sequence[_Draws], label: str) -> list[tuple[str, str, Job, Rows]]:
        jobs = [
            (d.reading, d.name, Job(d.reading, transplant, d.claims, paths_by[d.reading],
                                    d.points[i : i + PIECE], d.masks[i : i + PIECE], d.grid))
            for d in todo
            for i in range(0, len(d.points) if d.claims else 0, PIECE)
        ]  # fmt: skip
        rows = worked(
            crisis, TASK, [job for *_, job in jobs], lambda job: _name(crisis, job), kept, workers,
            progress, label,
        )  # fmt: skip
        return [(key, name, job, r) for (key, name, job), r in zip(jobs, rows, strict=True)]

    done = run(draws, "asking claims")
    if later:
        seen = _grouped(done)
        ends = {
            name
            for reading in crisis.readings.values()
            for name, claim in reading.claims.items()
            if claim.kind == "conclusion"
        }
        todo = [_narrowed(d, seen, ends) for d in later]
        done += run(todo, "asking what is not settled")
    return Sampled(settings, _grouped(done), sum(r.solves for *_, r in done))


@dataclass(frozen=True)
class _Draws:
    """Draws of one sample of one reading that are still to be asked."""

    reading: str
    name: str
    claims: tuple[str, ...]
    points: Floats
    masks: Bools
    grid: str | Resolution


def _narrowed(draws: _Draws, seen: Mapping[tuple[str, str], Sample], ends: Set[str]) -> _Draws:
    """The claims that need the second part: unsettled ones; for sets, the first whose truth has varied."""
    own, off = seen.get((draws.reading, "own")), seen.get((draws.reading, "off"))
    if own is None:
        return replace(draws, claims=())
    kept = []
    for claim in draws.claims:
        truth, margin = own.of(claim)
        cell = verdict(truth, margin)
        if not cell.draws:
            continue
        if draws.name == "own":
            wanted = not cell.clear
        else:
            both = truth if off is None else np.concatenate([truth, off.of(claim)[0]])
            wanted = len(np.unique(both[np.isfinite(both)])) > 1
        if wanted:
            kept.append(claim)
    if draws.name == "sets":
        kept = [*(c for c in kept if c in ends), *(c for c in kept if c not in ends)][:1]
    return replace(draws, claims=tuple(kept))


def _grouped(done: Sequence[tuple[str, str, Job, Rows]]) -> dict[tuple[str, str], Sample]:
    grouped: dict[tuple[str, str], list[tuple[Job, Rows]]] = {}
    for key, name, job, rows in done:
        grouped.setdefault((key, name), []).append((job, rows))
    return {place: _joined(parts) for place, parts in grouped.items()}


def _joined(parts: Sequence[tuple[Job, Rows]]) -> Sample:
    """Parts one below the other; a claim that a part did not ask is nan there."""
    claims = tuple(dict.fromkeys(c for job, _ in parts for c in job.claims))
    reasons: dict[str, str] = {}
    truth: list[Floats] = []
    margin: list[Floats] = []
    for job, rows in parts:
        reasons.update(rows.reasons)
        at = [claims.index(c) for c in job.claims]
        for all_parts, values in ((truth, rows.truth), (margin, rows.margin)):
            wide = np.full((len(values), len(claims)), np.nan)
            wide[:, at] = values
            all_parts.append(wide)
    return Sample(
        claims,
        np.concatenate([job.masks for job, _ in parts]),
        np.concatenate(truth),
        np.concatenate(margin),
        reasons,
    )


# --- Pieces that are kept ----------------------------------------------------------------------


def _plain(rows: Rows) -> Any:
    return {
        "truth": rows.truth.tolist(),
        "margin": rows.margin.tolist(),
        "reasons": dict(rows.reasons),
        "solves": rows.solves,
    }


def _back(kept: Any) -> Rows:
    return Rows(np.array(kept["truth"]), np.array(kept["margin"]), kept["reasons"], kept["solves"])


TASK = Task(perform, _plain, _back)


def _name(crisis: Crisis, job: Job) -> str:
    head = {
        "kind": "claims", "reading": job.reading, "transplant": job.transplant,
        "claims": job.claims, "paths": job.paths, "resolution": repr(job.resolution),
    }  # fmt: skip
    return name_of(crisis, head, job.points, job.masks)
