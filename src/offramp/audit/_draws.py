"""Draws: the same points of chance for every reading, every plan and every premise, on or off.

A point has a coordinate for every number that varies. A premise that is *on* takes the value that its
coordinate picks from the reading's range; one that is *off*, and every other number, the value that the
same coordinate picks from the file's own range at that date. So two readings, or a premise on and off,
never differ by their samples. Numbers that the games do not read stay as they are, and so do the
protocol of rounds and priors (the latter unless a premise states them). A lever that spares B a part of its
price of signing spares at most all of it: where the price drawn is less than levers take off, what they
take off is scaled down to it, unless the central numbers of the file and of the premises that are on contradict
each other so already: then the claims are refused that need such a game.

Points: scrambled Sobol sequence (Owen), one dimension per path.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from offramp.audit._asking import ask
from offramp.audit._epochs import Setting, setting_of, with_premises
from offramp.audit._worlds import NotAsked, Scope
from offramp.crisis import BadValue, Crisis, Quantity, UnknownPath, get, override, parameters
from offramp.crisis._claims import Node, parse
from offramp.crisis._paths import _is_prior
from offramp.ensembles.sampling import values_at, varies
from offramp.ensembles.spared import fitted
from offramp.game import Resolution

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
BITS = 30
"""Bits of a coordinate; points sit in the middle of their cell of this grid."""
NOT_DRAWN = ("clock.", "hypotheses.")
"""Sections whose numbers stay at their central values."""


@dataclass(frozen=True)
class Job:
    """Some draws of one reading.

    Attributes:
        reading: Id, None for the file alone; ``transplant``: carried to the file's own date.
        claims: Ids of the claims that are asked.
        paths: Paths of the columns of ``points``.
        points: Points of the unit cube, (draws, paths).
        masks: Premises that are on, (draws, premises).
        resolution: Grid of the games.
    """

    reading: str | None
    transplant: bool
    claims: tuple[str, ...]
    paths: tuple[str, ...]
    points: Floats
    masks: Bools
    resolution: str | Resolution


@dataclass(frozen=True)
class Rows:
    """What came of a job: truths (1, 0, nan where not asked) and margins, (draws, claims).

    Margins may be infinite, where no terms at all suit A. ``reasons`` say why a claim was not asked;
    ``solves`` counts games.
    """

    truth: Floats
    margin: Floats
    reasons: Mapping[str, str]
    solves: int


def parsed_claims(crisis: Crisis) -> dict[str, Node]:
    """All claims of a file that are in the grammar, by id."""
    return {
        key: parse(claim.expression)
        for reading in crisis.readings.values()
        for key, claim in reading.claims.items()
        if claim.expression
    }


def swaps_of(crisis: Crisis) -> dict[str, Mapping[str, Any]]:
    """Changes of each swap by id."""
    return {
        key: s.changes for reading in crisis.readings.values() for key, s in reading.swaps.items()
    }


def drawn_paths(setting: Setting, read: Sequence[str]) -> tuple[str, ...]:
    """Numbers that vary in this setting: those the games read, and the premises."""
    stated = [path for path, _ in setting.premises]
    known = parameters(setting.file)
    others = [
        path
        for path in read
        if path in known
        and varies(known[path])
        and not path.startswith(NOT_DRAWN)
        and not _is_prior(path)
    ]
    return tuple(dict.fromkeys((*stated, *others)))


def points_of(draws: int, dimensions: int, seed: int) -> Floats:
    """Points strictly inside the unit cube, (draws, dimensions); the first n of more are the same n."""
    if dimensions == 0:
        return np.zeros((draws, 0))
    engine = qmc.Sobol(dimensions, scramble=True, bits=BITS, rng=np.random.default_rng(seed))
    count = 1 << max(0, (draws - 1).bit_length())
    return np.asarray(engine.random(count)[:draws] + math.ldexp(0.5, -BITS))


def scopes_of(crisis: Crisis, job: Job) -> Iterator[Scope]:
    """The drawn crises of a job, one after the other."""
    setting = _setting(crisis, job.reading, job.transplant)
    claims, swaps = parsed_claims(crisis), swaps_of(crisis)
    on, off = _values(setting, job)
    for i in range(len(job.points)):
        yield _scope(setting, job, on[i], off[i], job.masks[i], claims, swaps)


def perform(crisis: Crisis, job: Job) -> Rows:
    """Ask the claims of every draw of a job."""
    claims = parsed_claims(crisis)
    n = len(job.points)
    truth, margin = np.full((n, len(job.claims)), np.nan), np.full((n, len(job.claims)), np.nan)
    reasons: dict[str, str] = {}
    solves = 0
    for i, scope in enumerate(scopes_of(crisis, job)):
        for j, key in enumerate(job.claims):
            try:
                found = ask(claims[key], scope)
            except NotAsked as why:
                reasons.setdefault(key, str(why))
                continue
            truth[i, j], margin[i, j] = float(found.truth), found.margin
        solves += scope.all_solves
    return Rows(truth, margin, reasons, solves)


@lru_cache(maxsize=16)
def _cached(key: tuple[int, str | None, bool]) -> list[tuple[Crisis, Setting]]:
    return []


def _setting(crisis: Crisis, reading: str | None, transplant: bool) -> Setting:
    """The setting of a reading, made once per crisis and process."""
    kept = _cached((id(crisis), reading, transplant))
    if not kept or kept[0][0] is not crisis:
        kept[:] = [(crisis, setting_of(crisis, reading, transplant))]
    return kept[0][1]


def _values(setting: Setting, job: Job) -> tuple[list[dict[str, float]], list[dict[str, float]]]:
    """By draw: values of premises that are on, and values of the file's own ranges."""
    stated = [path for path, _ in setting.premises]
    present = [p for p in job.paths if _number(setting.file, p)]
    columns = [job.paths.index(p) for p in stated]
    own = values_at(setting.named, stated, job.points[:, columns]) if stated else None
    where = [job.paths.index(p) for p in present]
    base = values_at(setting.file, present, job.points[:, where])
    priors = {p for p in present if _is_prior(p)}
    on = [
        dict(zip(stated, map(float, own[i]), strict=True)) if own is not None else {}
        for i in range(len(job.points))
    ]
    off = [
        {p: float(v) for p, v in zip(present, base[i], strict=True) if p not in priors}
        for i in range(len(job.points))
    ]
    return on, off


def _number(crisis: Crisis, path: str) -> bool:
    try:
        return isinstance(get(crisis, path), Quantity)
    except UnknownPath:
        return False


def _scope(
    setting: Setting, job: Job, on: dict[str, float], off: dict[str, float], mask: Bools,
    claims: Mapping[str, Node], swaps: Mapping[str, Mapping[str, Any]],
) -> Scope:  # fmt: skip
    """The drawn crisis."""
    chosen = {path: v for (path, v), used in zip(on.items(), mask, strict=True) if used}
    try:
        base = override(setting.file, off)
        crisis = with_premises(setting, base, chosen)
        told = {path: v for path, v in chosen.items() if not _is_prior(path)}
        before = with_premises(setting, base, told)
        crisis = fitted(crisis, lambda: _centre(setting, tuple(chosen)))
    except BadValue as wrong:  # a number outside its meaning is a fault of the ranges, not a draw
        raise ValueError(f"a drawn number does not fit the crisis: {wrong}") from wrong
    return Scope(setting, crisis, before, job.resolution, claims, swaps)


def _centre(setting: Setting, on: Sequence[str]) -> Crisis:
    """The file of that date with some premises at their central values."""
    return with_premises(
        setting, setting.file, {p: x.value.value for p, x in setting.premises if p in on}
    )


def central(
    crisis: Crisis, reading: str | None, transplant: bool, resolution: str | Resolution
) -> Scope:
    """A scope at central values, every premise on; one that contradicts itself is not mended."""
    setting = _setting(crisis, reading, transplant)
    told = {path: p.value.value for path, p in setting.premises if not _is_prior(path)}
    before = with_premises(setting, setting.file, told)
    return Scope(
        setting, setting.named, before, resolution, parsed_claims(crisis), swaps_of(crisis)
    )
