"""Plan the draws of an audit, run them on any number of workers, and put them together.

Four samples per reading share one sequence of points: *own* (its own claims, every premise on), *cross*
(everybody else's claims, on the first points), *off* (its own claims, every premise off) and *sets* (its own
claims under the random sets of :mod:`offramp.audit._loads`). A fifth asks a few of the own draws again on a
finer grid. Each piece of work is named by a hash of what it is; with a folder finished pieces are kept
and an interrupted audit goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from offramp.answers._runs import in_parallel
from offramp.audit._draws import Job, Rows, drawn_paths, parsed_claims, perform
from offramp.audit._epochs import Setting, setting_of
from offramp.audit._loads import coalitions
from offramp.crisis import Crisis, crisis_hash
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
BITS = 30
"""Bits of a coordinate; points sit in the middle of their cell of this grid."""
SAMPLES = ("own", "cross", "off", "sets", "check")


@dataclass(frozen=True)
class Sizes:
    """Draws of each sample; ``pairs`` of sets, ``check`` on the finer grid."""

    own: int
    cross: int
    off: int
    pairs: int
    check: int


FULL = Sizes(own=500, cross=64, off=128, pairs=200, check=4)
QUICK = Sizes(own=100, cross=8, off=24, pairs=40, check=1)


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
    """All samples by (reading, name), and what they cost."""

    settings: Mapping[str, Setting]
    samples: Mapping[tuple[str, str], Sample]
    solves: int
    seconds: float


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
    folder: Path | None,
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
    pairs = {key: max(sizes.pairs, SPARE * len(s.premises)) for key, s in settings.items()}
    points = _points(sizes.own + max(pairs.values(), default=0), len(every), seed)
    jobs: list[Job] = []
    places: list[tuple[str, str]] = []
    for key, setting in settings.items():
        author = crisis.readings[key]
        own = tuple(c for c in author.claims if c in claims)
        others = tuple(c for c in claims if c not in own)
        width = len(setting.premises)
        columns = [every.index(p) for p in paths_by[key]]
        mine = points[:, columns]
        sets = coalitions(width, pairs[key], seed)
        again = np.repeat(mine[sizes.own :], 2, axis=0)[: len(sets)]
        by_name = {
            "own": (own, mine[: sizes.own], np.ones((sizes.own, width), bool), resolution),
            "cross": (others, mine[: sizes.cross], np.ones((sizes.cross, width), bool), resolution),
            "off": (own, mine[: sizes.off], np.zeros((sizes.off, width), bool), resolution),
            "sets": (own, again, sets, resolution),
            "check": (own, mine[: sizes.check], np.ones((sizes.check, width), bool), finer),
        }
        for name in SAMPLES:
            asked, at, masks, grid = by_name[name]
            for first in range(0, len(at) if asked else 0, PIECE):
                cut = slice(first, first + PIECE)
                jobs.append(Job(key, transplant, asked, paths_by[key], at[cut], masks[cut], grid))
                places.append((key, name))
    work = [_Kept(job, folder) for job in jobs]
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    rows = in_parallel(crisis, _kept, work, workers, progress, "asking claims")
    grouped: dict[tuple[str, str], list[tuple[Job, Rows]]] = {}
    for place, job, row in zip(places, jobs, rows, strict=True):
        grouped.setdefault(place, []).append((job, row))
    samples = {place: _joined(parts) for place, parts in grouped.items()}
    return Sampled(settings, samples, sum(r.solves for r in rows), sum(r.seconds for r in rows))


def _points(draws: int, dimensions: int, seed: int) -> Floats:
    """Points strictly inside the unit cube; the first n of more are the same n."""
    if dimensions == 0:
        return np.zeros((draws, 0))
    engine = qmc.Sobol(dimensions, scramble=True, bits=BITS, rng=np.random.default_rng(seed))
    count = 1 << max(0, (draws - 1).bit_length())
    return np.asarray(engine.random(count)[:draws] + math.ldexp(0.5, -BITS))


def _joined(parts: Sequence[tuple[Job, Rows]]) -> Sample:
    reasons: dict[str, str] = {}
    for _, rows in parts:
        reasons.update(rows.reasons)
    return Sample(
        parts[0][0].claims,
        np.concatenate([job.masks for job, _ in parts]),
        np.concatenate([rows.truth for _, rows in parts]),
        np.concatenate([rows.margin for _, rows in parts]),
        reasons,
    )


# --- Pieces that are kept ----------------------------------------------------------------------


@dataclass(frozen=True)
class _Kept:
    """A job and where its result is kept."""

    job: Job
    folder: Path | None


def _kept(crisis: Crisis, work: _Kept) -> Rows:
    """A job's rows: read if they were kept, else worked out and kept."""
    if work.folder is None:
        return perform(crisis, work.job)
    path = work.folder / f"{_name(crisis, work.job)}.npz"
    if path.exists():
        with np.load(path) as kept:
            return Rows(kept["truth"], kept["margin"], json.loads(str(kept["reasons"])), 0, 0.0)
    rows = perform(crisis, work.job)
    part = path.with_suffix(f".{os.getpid()}.part")
    with part.open("wb") as file:
        np.savez(file, truth=rows.truth, margin=rows.margin, reasons=json.dumps(dict(rows.reasons)))
    part.replace(path)
    return rows


def _name(crisis: Crisis, job: Job) -> str:
    head = {
        "version": version("offramp"),
        "crisis": crisis_hash(crisis),
        "reading": job.reading,
        "transplant": job.transplant,
        "claims": job.claims,
        "paths": job.paths,
        "resolution": repr(job.resolution),
    }
    digest = hashlib.sha256(json.dumps(head, sort_keys=True).encode())
    digest.update(np.ascontiguousarray(job.points, dtype="<f8").tobytes())
    digest.update(np.ascontiguousarray(job.masks).tobytes())
    return digest.hexdigest()[:32]
