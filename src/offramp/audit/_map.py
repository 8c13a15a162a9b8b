"""Which difference in premises makes two readings part: exchange one number at a time.

For two readings r and s and a claim c of r whose verdicts differ, ask c at the central values of r in r's own
crisis. Then give one number of r's crisis the value that it has for s, over all numbers on which either
states a premise, and ask again; and last all of them at once. A number whose exchange turns c *causes* the
difference alone; where only all together turn it, it takes several; where not even that does,
the crises of the two dates differ, not the premises.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from offramp.audit._asking import ask
from offramp.audit._draws import central, parsed_claims, swaps_of
from offramp.audit._epochs import Setting, setting_of, with_premises
from offramp.audit._keeping import Keeping, Task, name_of, worked
from offramp.audit._verdicts import Cell
from offramp.audit._worlds import NotAsked, Scope
from offramp.crisis import BadValue, Crisis, Quantity, UnknownPath, get
from offramp.crisis._paths import _is_prior
from offramp.ensembles.spared import fitted
from offramp.game import Resolution

SAME = 1e-12
"""Numbers nearer than this do not differ."""
TOGETHER = "all of them together"
"""Name of the exchange of every number at once."""
PARTING = ("follows", "contradicts", "undetermined")


@dataclass(frozen=True)
class Parted:
    """A claim of one reading whose verdict is another under a second reading.

    ``here`` is its truth at the author's central values, ``there`` at the other's in the other's crisis;
    None where it cannot be asked.
    """

    claim: str
    author: str
    other: str
    here: bool | None
    there: bool | None


@dataclass(frozen=True)
class Swap:
    """What a claim comes to when a number of its author's takes the other reading's value.

    ``margin`` before and ``moved`` after; ``turns``: its truth is another. ``own`` and ``given`` are
    the two values (nan for all together); ``reason`` says why it could not be asked.
    """

    claim: str
    author: str
    other: str
    path: str
    own: float
    given: float
    margin: float
    moved: float
    turns: bool
    reason: str = ""


@dataclass(frozen=True)
class _Exchange:
    """Numbers of a reading to be changed, and the claims to be asked then."""

    reading: str
    transplant: bool
    values: tuple[tuple[str, float], ...]
    claims: tuple[str, ...]
    resolution: Resolution


_Values = tuple[tuple[str, float], ...]
_Told = tuple[tuple[bool, float] | str, ...]


def _exchanged(crisis: Crisis, job: _Exchange) -> _Told:
    """Truth and margin of each claim, or why it could not be asked."""
    scope = _scope(crisis, job)
    if isinstance(scope, str):
        return tuple(scope for _ in job.claims)
    found: list[tuple[bool, float] | str] = []
    for claim in job.claims:
        try:
            one = ask(scope.claims[claim], scope)
        except NotAsked as why:
            found.append(str(why))
        else:
            found.append((one.truth, one.margin))
    return tuple(found)


def _back(kept: Any) -> _Told:
    return tuple(x if isinstance(x, str) else (bool(x[0]), float(x[1])) for x in kept)


TASK = Task(_exchanged, list, _back)


def _name(crisis: Crisis, job: _Exchange) -> str:
    head = {
        "kind": "exchange", "reading": job.reading, "transplant": job.transplant,
        "values": job.values, "claims": job.claims, "resolution": repr(job.resolution),
    }  # fmt: skip
    return name_of(crisis, head)


def _scope(crisis: Crisis, job: _Exchange) -> Scope | str:
    if not job.values:
        return central(crisis, job.reading, job.transplant, job.resolution)
    setting = setting_of(crisis, job.reading, job.transplant)
    told = {p: x.value.value for p, x in setting.premises} | dict(job.values)
    try:
        moved = fitted(with_premises(setting, setting.named, told), lambda: setting.named)
        plain = {p: v for p, v in told.items() if not _is_prior(p)}
        before = with_premises(setting, setting.file, plain)
    except BadValue as wrong:
        return f"the other's value does not fit here: {wrong}"
    return Scope(setting, moved, before, job.resolution, parsed_claims(crisis), swaps_of(crisis))


def differing(
    cells: Mapping[str, Mapping[str, Cell]], owners: Mapping[str, str], most: int
) -> tuple[tuple[str, str, str], ...]:
    """(claim, author, other): for each pair at most ``most`` claims with different verdicts, widest first."""
    found: list[tuple[str, str, str]] = []
    keys = list(cells)
    for n, one in enumerate(keys):
        for two in keys[n + 1 :]:
            apart = []
            for claim, owner in owners.items():
                if owner not in (one, two):
                    continue
                a, b = cells[one][claim], cells[two][claim]
                if a.word in PARTING and b.word in PARTING and a.word != b.word:
                    other = two if owner == one else one
                    apart.append((-abs(a.share - b.share), claim, owner, other))
            found += [(c, o, x) for _, c, o, x in sorted(apart)[:most]]
    return tuple(found)


def exchange(
    crisis: Crisis,
    wanted: Sequence[tuple[str, str, str]],
    transplant: bool,
    resolution: Resolution,
    kept: Keeping | None = None,
    workers: int | None = 1,
    progress: Callable[[str, int, int], None] | None = None,
) -> tuple[tuple[Parted, ...], tuple[Swap, ...]]:
    """The one-at-a-time table of every claim on which two readings part."""
    if not wanted:
        return (), ()
    settings = {
        key: setting_of(crisis, key, transplant)
        for key in dict.fromkeys(k for _, a, b in wanted for k in (a, b))
    }
    asked: dict[tuple[str, _Values], list[str]] = {}
    plan: list[tuple[tuple[str, str, str], list[tuple[str, _Values]]]] = []
    for claim, author, other in wanted:
        numbers = unlike(settings[author], settings[other])
        changes: list[tuple[str, _Values]] = [("", ())]
        changes += [(p, ((p, given),)) for p, _, given in numbers]
        changes += [(TOGETHER, tuple((p, given) for p, _, given in numbers))] if numbers else []
        for key, values in ((author, v) for _, v in changes):
            if claim not in asked.setdefault((key, values), []):
                asked[key, values].append(claim)
        if claim not in asked.setdefault((other, ()), []):
            asked[other, ()].append(claim)
        plan.append(((claim, author, other), changes))
    jobs = [_Exchange(k, transplant, v, tuple(c), resolution) for (k, v), c in asked.items()]
    told = worked(
        crisis, TASK, jobs, lambda job: _name(crisis, job), kept, workers, progress,
        "exchanging premises",
    )  # fmt: skip
    known = {
        (job.reading, job.values, claim): one
        for job, row in zip(jobs, told, strict=True)
        for claim, one in zip(job.claims, row, strict=True)
    }
    parted, swaps = [], []
    for (claim, author, other), changes in plan:
        base = known[author, (), claim]
        there = known[other, (), claim]
        parted.append(
            Parted(
                claim, author, other,
                None if isinstance(base, str) else base[0],
                None if isinstance(there, str) else there[0],
            )
        )  # fmt: skip
        if isinstance(base, str):
            continue
        own = {p: mine for p, mine, _ in unlike(settings[author], settings[other])}
        for path, values in changes[1:]:
            now = known[author, values, claim]
            given = values[0][1] if path != TOGETHER else math.nan
            mine = own.get(path, math.nan)
            if isinstance(now, str):
                row = Swap(claim, author, other, path, mine, given, base[1], math.nan, False, now)
            else:
                turns = now[0] != base[0]
                row = Swap(claim, author, other, path, mine, given, base[1], now[1], turns)
            swaps.append(row)
    return tuple(parted), tuple(swaps)


def unlike(one: Setting, two: Setting) -> tuple[tuple[str, float, float], ...]:
    """Numbers on which either states a premise and that differ at central values: (path, here, there)."""
    paths = dict.fromkeys([p for p, _ in one.premises] + [p for p, _ in two.premises])
    found = []
    for path in paths:
        here, there = _number(one.named, path), _number(two.named, path)
        if here is not None and there is not None and abs(here - there) > SAME:
            found.append((path, here, there))
    return tuple(found)


def _number(crisis: Crisis, path: str) -> float | None:
    try:
        found = get(crisis, path)
    except UnknownPath:
        return None
    return found.value if isinstance(found, Quantity) else None
