"""What would tell two readings apart: observations that the solved game predicts differently for them.

Every reading is carried to the file's date and solved under one plan, with the same draws of everything else
and its own premises from its own ranges. An observation O (:mod:`offramp.audit._looks`) has outcomes o with

    p_r(o) = mean over draws of Pr(o | reading r, draw).

Two readings r and s at even odds, neither preferred: what seeing O is expected to tell is the mutual
information of O and which of the two holds, the Jensen-Shannon divergence

    I = H((p_r + p_s) / 2) - (H(p_r) + H(p_s)) / 2    bits, 0 (tells nothing) to 1 (settles it),

and an outcome o multiplies the odds of r against s by p_r(o) / p_s(o). The outcome named is the one that
contributes most to I. Even odds are the question's, not a weight that anybody gave a reading; nothing
here is averaged over readings.

Draws are the same for both readings, so that the n differences d_i(o) = p_r(o | draw i) - p_s(o | draw i) are
paired. The interval of their mean is Student's,

    mean(d) -+ t(1 - .05 / (2 m), n - 1) sd(d) / sqrt(n),

widened to hold for all m differences of a pair at once (Bonferroni): m counts every outcome of every
observation that is compared, an observation of two outcomes once. So whichever outcome turns out to tell
most, the pair is told apart by chance alone in at most 5 % of cases. Points of a scrambled sequence spread
more evenly than independent draws, which leaves the interval too wide rather than too narrow. A few draws
are asked again on the next finer grid; ``error`` is how far d_i(o) moves there at most. The observation is
*sure* to tell if the interval does not hold 0 and, where a finer grid was asked, the difference exceeds
``error``. The interval of I (95 %, each by itself) is Student's, too, by the jackknife on sqrt(I), a distance
that is nearly linear where I is small; where it reaches below nought it begins at nought. Informations of
several observations do not add up, for they depend on each other.

Source: Lin 1991; Lindley 1956; Dunn 1961; Tukey 1958. Units: bits, probabilities.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from offramp.audit._draws import Job, central, drawn_paths, points_of, scopes_of
from offramp.audit._epochs import Setting, setting_of
from offramp.audit._keeping import Keeping, Task, name_of, worked
from offramp.audit._looks import Look, chances, looks_of
from offramp.audit._watching import watched
from offramp.crisis import Crisis
from offramp.ensembles.reach import reached
from offramp.game import Resolution

Floats = NDArray[np.float64]
Progress = Callable[[str, int, int], None]
PIECE = 4
"""Draws of a piece of work."""
DOUBT = 0.05
"""How often an interval may miss."""
ROUNDING = 1e-9
"""Differences of chances up to this size are none."""
LEAST = 0.005
"""Bits below which an observation is not worth waiting for: it would be told as 0.00."""
NEVER = 1e-6
"""A chance below this counts as none when odds are put in words."""


@dataclass(frozen=True)
class Telling:
    """One observation for a pair of readings at even odds.

    Attributes:
        readings: The pair (r, s).
        look: What is looked at.
        bits: Expected information, from ``low`` to ``high``.
        first, second: Chance of each outcome under r and under s.
        best: Place of the outcome that tells most.
        gap: Difference of the two chances of that outcome, from ``gap_low`` to ``gap_high``; the interval
            holds for all observations of the pair at once.
        error: How far the gap moves on the finer grid; nan if that is not known.
        draws: Draws in which both crises can answer it.
        checked: Whether some draws were asked again on the finer grid.
    """

    readings: tuple[str, str]
    look: Look
    bits: float
    low: float
    high: float
    first: tuple[float, ...]
    second: tuple[float, ...]
    best: int
    gap: float
    gap_low: float
    gap_high: float
    error: float
    draws: int
    checked: bool

    @property
    def sure(self) -> bool:
        """Whether the difference is beyond chance and, where a finer grid was asked, beyond its error.

        Asked without an answer (``error`` is nan) it is not sure.
        """
        apart = self.gap_low > ROUNDING or self.gap_high < -ROUNDING
        return apart and (not self.checked or abs(self.gap) > self.error)

    @property
    def tells(self) -> bool:
        """Whether it is sure to tell, and more than :data:`LEAST`."""
        return self.sure and self.bits >= LEAST

    @property
    def favours(self) -> str:
        """The reading that the outcome makes likelier."""
        return self.readings[0 if self.gap > 0 else 1]

    @property
    def against(self) -> str:
        """The reading that it makes less likely."""
        return self.readings[1 if self.gap > 0 else 0]

    @property
    def odds(self) -> float:
        """By how much the outcome multiplies the odds of :attr:`favours`; inf where the other rules it out."""
        p, q = self.first[self.best], self.second[self.best]
        high, low = max(p, q), min(p, q)
        return math.inf if low < NEVER else high / low


@dataclass(frozen=True)
class Told:
    """All observations for all pairs.

    Attributes:
        plan: The plan under which every reading was solved.
        draws: Draws of each reading; ``checked`` of them also on the finer grid.
        by_pair: Observations of each pair that its crisis can answer, most information first.
        reasons: By pair and key of a look that was asked of both: why it is not in ``by_pair``, for want of
            two draws in which both crises can answer it.
    """

    plan: str
    draws: int
    checked: int
    by_pair: Mapping[tuple[str, str], tuple[Telling, ...]]
    reasons: Mapping[tuple[str, str], Mapping[str, str]]

    def best(self, pair: tuple[str, str]) -> tuple[Telling, ...]:
        """What surely tells a pair apart and can still be seen, most information first."""
        return tuple(t for t in self.by_pair[pair] if t.tells and t.look.kind != "stand")

    def of(self, pair: tuple[str, str], key: str) -> Telling | None:
        """An observation of a pair, whichever way round the pair is named."""
        rows = self.by_pair.get(pair) or self.by_pair.get((pair[1], pair[0])) or ()
        return next((t for t in rows if t.look.key == key), None)

    def why(self, pair: tuple[str, str], key: str) -> str | None:
        """Why a pair has no figure for an observation; None if it has one or was not asked."""
        said = self.reasons.get(pair) or self.reasons.get((pair[1], pair[0])) or {}
        return said.get(key)


@dataclass(frozen=True)
class _Rows:
    """Chances of all outcomes of all looks side by side, (draws, outcomes), and why some are nan."""

    values: Floats
    reasons: Mapping[str, str]


@dataclass(frozen=True)
class _Job:
    """Some draws of one reading under a plan; ``looks`` are worked out from the crisis."""

    draws: Job
    plan: str
    keys: tuple[str, ...]


def _perform(crisis: Crisis, job: _Job) -> _Rows:
    looks = tuple(x for x in looks_of(crisis) if x.key in job.keys)
    found: list[Floats] = []
    reasons: dict[str, str] = {}
    for scope in scopes_of(crisis, job.draws):
        row, why = chances(scope, looks, job.plan)
        found.append(np.concatenate(row))
        reasons.update(why)
    return _Rows(np.array(found), reasons)


def _plain(rows: _Rows) -> Any:
    return {"values": rows.values.tolist(), "reasons": dict(rows.reasons)}


def _back(kept: Any) -> _Rows:
    return _Rows(np.array(kept["values"], dtype=float), kept["reasons"])


TASK = Task(_perform, _plain, _back)


def tell(
    crisis: Crisis, readings: Sequence[str], draws: int, check: int, resolution: Resolution,
    finer: Resolution, *, seed: int, kept: Keeping | None, workers: int | None,
    progress: Progress | None,
) -> Told | None:  # fmt: skip
    """What would tell each pair of these readings apart; None without a pair, a plan or draws."""
    if len(readings) < 2 or not crisis.plans or draws < 2:
        return None
    plan = next(iter(crisis.plans))
    looks = looks_of(crisis)
    asked = {key: _keys(crisis, looks, key, readings) for key in readings}
    paths: dict[str, tuple[str, ...]] = {}
    width: dict[str, int] = {}
    for key in readings:
        setting = setting_of(crisis, key, True)
        mine = tuple(x for x in looks if x.key in asked[key])
        paths[key] = read_paths(crisis, setting, mine, plan, resolution)
        width[key] = len(setting.premises)
    every = tuple(dict.fromkeys(p for x in paths.values() for p in x))
    points = points_of(draws, len(every), seed)
    jobs: list[_Job] = []
    for grid, count in ((resolution, draws), (finer, min(check, draws))):
        for key in readings:
            at = points[:count, [every.index(p) for p in paths[key]]]
            on = np.ones((count, width[key]), dtype=bool)
            jobs += [
                _Job(Job(key, True, (), paths[key], at[i : i + PIECE], on[i : i + PIECE], grid),
                     plan, asked[key])
                for i in range(0, count, PIECE)
            ]  # fmt: skip
    rows = worked(
        crisis, TASK, jobs, lambda job: _name(crisis, job), kept, workers, progress,
        "looking for what would tell",
    )  # fmt: skip
    said: dict[str, dict[str, str]] = {key: {} for key in readings}
    parts: dict[tuple[str, bool], list[Floats]] = {}
    for job, one in zip(jobs, rows, strict=True):
        coarse = job.draws.resolution == resolution
        reading = job.draws.reading or ""
        parts.setdefault((reading, coarse), []).append(one.values)
        if coarse:
            said[reading].update(one.reasons)
    tables = {place: np.concatenate(values) for place, values in parts.items()}
    by_pair = {pair: _ranked(pair, looks, asked, tables) for pair in combinations(readings, 2)}
    reasons = {pair: _reasons(pair, found, asked, said) for pair, found in by_pair.items()}
    return Told(plan, draws, min(check, draws), by_pair, reasons)


def read_paths(
    crisis: Crisis, setting: Setting, looks: Sequence[Look], plan: str, resolution: Resolution
) -> tuple[str, ...]:
    """Numbers that vary in a reading's draws: what the plan's game reads, and what these looks read.

    The latter is found by looking once, at central values.
    """
    seen: set[str] = set()
    order: list[str] = []
    scope = central(crisis, setting.reading, True, resolution)
    chances(watched(scope, seen, order), tuple(looks), plan)
    more = (path for path in order if path in seen)
    return drawn_paths(setting, tuple(dict.fromkeys((*reached(setting.file, (plan,)), *more))))


def _reasons(
    pair: tuple[str, str], found: Sequence[Telling], asked: Mapping[str, tuple[str, ...]],
    said: Mapping[str, Mapping[str, str]],
) -> dict[str, str]:  # fmt: skip
    """Why looks that were asked of both have no figure."""
    known = {t.look.key for t in found}
    both = [key for key in asked[pair[0]] if key in asked[pair[1]] and key not in known]
    none = "its chance is no number in this game"
    return {key: next((said[r][key] for r in pair if key in said[r]), none) for key in both}


def _keys(
    crisis: Crisis, looks: Sequence[Look], reading: str, readings: Sequence[str]
) -> tuple[str, ...]:
    """Looks that are asked of a reading: tests and what stands for them only of those that they name."""

    def wanted(look: Look) -> bool:
        if look.kind == "test":
            tests = [crisis.discriminators[int(look.named)]]
        elif look.kind == "stand":
            tests = [x for x in crisis.discriminators if look.named in x.items]
        else:
            return True
        return any(reading in x.readings and set(x.readings) <= set(readings) for x in tests)

    return tuple(look.key for look in looks if wanted(look))


def _name(crisis: Crisis, job: _Job) -> str:
    head = {
        "kind": "telling", "reading": job.draws.reading, "paths": job.draws.paths, "plan": job.plan,
        "keys": job.keys, "resolution": repr(job.draws.resolution),
    }  # fmt: skip
    return name_of(crisis, head, job.draws.points, job.draws.masks)


def _columns(looks: Sequence[Look], keys: Sequence[str]) -> dict[str, slice]:
    """Where each look's outcomes stand in a reading's rows."""
    found: dict[str, slice] = {}
    at = 0
    for look in looks:
        if look.key in keys:
            found[look.key] = slice(at, at + len(look.outcomes))
            at += len(look.outcomes)
    return found


def _ranked(
    pair: tuple[str, str], looks: Sequence[Look], asked: Mapping[str, tuple[str, ...]],
    tables: Mapping[tuple[str, bool], Floats],
) -> tuple[Telling, ...]:  # fmt: skip
    """Observations of a pair: those that tell first, then by information."""
    where = [_columns(looks, asked[key]) for key in pair]

    def of(look: Look, coarse: bool) -> tuple[Floats, Floats]:
        r, s = (tables[key, coarse][:, w[look.key]] for key, w in zip(pair, where, strict=True))
        return r, s

    usable = []
    for look in looks:
        if all(look.key in w for w in where):
            r, s = of(look, True)
            both = np.asarray(np.isfinite(r).all(axis=1) & np.isfinite(s).all(axis=1), dtype=bool)
            if both.sum() >= 2:
                usable.append((look, r, s, both))
    differences = sum(len(look.outcomes) if len(look.outcomes) > 2 else 1 for look, *_ in usable)
    found = []
    for look, r, s, both in usable:
        fine = None
        if (pair[0], False) in tables:
            x, y = of(look, False)
            fine = x - y
        found.append(_telling(pair, look, r, s, both, fine, differences))
    return tuple(sorted(found, key=lambda t: (not t.tells, -t.bits, t.look.key)))


def _telling(
    pair: tuple[str, str], look: Look, r: Floats, s: Floats, both: NDArray[np.bool_],
    fine: Floats | None, differences: int,
) -> Telling:  # fmt: skip
    n = int(both.sum())
    p, q = r[both].mean(axis=0), s[both].mean(axis=0)
    best = int(np.argmax(parts_of(p, q)))
    paired = (r - s)[both, best]
    half = _widths(DOUBT / differences, n) * float(paired.std(ddof=1))
    low, high = _bits_interval(r[both], s[both])
    error = math.nan
    if fine is not None:
        moved = np.abs(fine[:, best] - (r - s)[: len(fine), best])
        moved = moved[np.isfinite(moved)]
        error = float(moved.max()) if len(moved) else math.nan
    gap = float(paired.mean())
    return Telling(
        pair, look, float(parts_of(p, q).sum()), low, high, tuple(map(float, p)),
        tuple(map(float, q)), best, gap, gap - half, gap + half, error, n, fine is not None,
    )  # fmt: skip


def _widths(doubt: float, n: int) -> float:
    """Half the width of a mean's interval over n draws, in standard deviations of a draw."""
    return float(student.ppf(1 - doubt / 2, n - 1)) / math.sqrt(n)


def _bits_interval(r: Floats, s: Floats) -> tuple[float, float]:
    """Interval of the information from draws of both chances, (draws, outcomes) each."""
    n = len(r)
    whole = math.sqrt(float(parts_of(r.mean(axis=0), s.mean(axis=0)).sum()))
    without = (r.sum(axis=0) - r) / (n - 1), (s.sum(axis=0) - s) / (n - 1)
    left = np.sqrt(parts_of(*without).sum(axis=-1))
    half = _widths(DOUBT, n) * (n - 1) * float(left.std(ddof=1))
    low, high = whole - half, whole + half
    return (low * low if low > 0 else 0.0), (high * high if high < 1 else 1.0)


def parts_of(p: Floats, q: Floats) -> Floats:
    """What each outcome adds to the information of even odds between p and q, in bits; same shape."""
    m = (p + q) / 2

    def term(x: Floats) -> Floats:
        ratio = np.divide(x, m, out=np.ones_like(m), where=(x > 0) & (m > 0))
        return np.asarray(0.5 * x * np.log2(ratio))

    return np.asarray(np.maximum(term(p) + term(q), 0.0))
