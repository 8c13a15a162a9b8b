"""What came of one reading: verdicts, loads, premises that nothing reads, tensions, further questions.

A premise is *read* by a claim if a game that the claim asks about, or the claim itself, looks its number up.
Found by watching each own claim asked twice, at central values with all premises on and with all off. What a
claim does not read has no load on it; what none reads is *unread*: no part of the argument as this game has
it, and it carries nothing. A premise that is read need not move anything: *idle* are those whose loads on
truth and margin are all nought.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import cast

import numpy as np

from offramp.audit._asking import ask, measure, turned_by
from offramp.audit._draws import central, parsed_claims
from offramp.audit._found import TINY, Author, Carried, Report
from offramp.audit._loads import Loads, TooFew, loads
from offramp.audit._sampling import Sampled
from offramp.audit._triggers import TriggerAudit
from offramp.audit._verdicts import Cell, not_expressed, verdict
from offramp.audit._watching import watched
from offramp.audit._worlds import NotAsked, Scope
from offramp.crisis import Crisis
from offramp.crisis import _expressions as ex
from offramp.crisis._claims import Ask, Items, Node, parse, render, walk
from offramp.crisis._claims_check import check_claim, known_of
from offramp.game import Resolution

NO_SIZE = "in some draws no terms at all suit A, so that the margin has no size"


def author_of(
    crisis: Crisis, key: str, done: Sampled, asked: tuple[str, ...], transplant: bool,
    grid: Resolution, seed: int,
) -> Author:  # fmt: skip
    """One reading: cells, loads, tensions."""
    reading, setting = crisis.readings[key], done.settings[key]
    premises = tuple(path for path, _ in setting.premises)
    scope = central(crisis, key, transplant, grid)
    own = tuple(c for c in reading.claims if c in asked)
    reads = reads_of(crisis, own, premises, scope)
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
    for name in own:
        if cells[name].draws and premises and (key, "off") in done.samples:
            found = _carried(done, key, name, seed, premises, reads.get(name))
            if found is not None:
                carried[name] = found
    return Author(
        id=key,
        label=reading.label,
        as_of=str(setting.as_of),
        claims=own,
        cells=cells,
        premises=premises,
        loads=carried,
        idle=_idle(premises, carried)
        if len(carried) == sum(cells[c].draws > 0 for c in own)
        else (),
        unread=tuple(p for p in premises if not any(p in x for x in reads.values()))
        if reads
        else (),
        off=_off(done, key, own),
        grid=_moved(done, key, own),
        swapped=_swapped(crisis, own, scope),
        triggers=_triggers(crisis, own, scope),
        reports=_reports(crisis, key, own, scope),
    )


def _off(done: Sampled, key: str, own: tuple[str, ...]) -> dict[str, Cell]:
    """Verdicts with every premise off."""
    sample = done.samples.get((key, "off"))
    if sample is None:
        return {}
    return {c: verdict(*sample.of(c)) for c in own if c in sample.claims}


def _moved(done: Sampled, key: str, own: tuple[str, ...]) -> dict[str, float]:
    """How far the finer grid moves each claim's margin at most, over the draws asked on both."""
    fine, coarse = done.samples.get((key, "check")), done.samples.get((key, "own"))
    found: dict[str, float] = {}
    for c in own if fine is not None and coarse is not None else ():
        assert fine is not None
        assert coarse is not None
        if c in fine.claims:
            there = fine.of(c)[1]
            here = coarse.of(c)[1][: len(there)]
            both = np.isfinite(there) & np.isfinite(here)
            if both.any():
                found[c] = float(np.abs(there - here)[both].max())
    return found


def _carried(
    done: Sampled, key: str, claim: str, seed: int, premises: tuple[str, ...],
    read: frozenset[str] | None,
) -> Carried | None:  # fmt: skip
    """Loads of all premises on one claim; None where too few draws could be asked."""
    use = None if read is None else np.array([p in read for p in premises], dtype=bool)
    own, off = done.samples[(key, "own")], done.samples[(key, "off")]
    sets = done.samples.get((key, "sets"))
    if sets is not None and claim not in sets.claims:
        return None  # its truth has not varied, so no sets were drawn for it
    n = own.masks.shape[1]
    masks = sets.masks if sets is not None else np.zeros((0, n), dtype=bool)

    def of(which: int) -> Loads | None:
        y = sets.of(claim)[which] if sets is not None else np.zeros(0)
        try:
            return loads(masks, y, off.of(claim)[which], own.of(claim)[which], seed, use)
        except TooFew:
            return None

    truth = of(0)
    if truth is None:
        return None
    samples = (own, off) if sets is None else (own, off, sets)
    endless = any(bool(np.isinf(x.of(claim)[1]).any()) for x in samples)
    return Carried(truth, None, NO_SIZE) if endless else Carried(truth, of(1))


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


def reads_of(
    crisis: Crisis, mine: tuple[str, ...], premises: tuple[str, ...], scope: Scope
) -> dict[str, frozenset[str]]:
    """By own claim that can be asked: the premises that it reads."""
    found: dict[str, frozenset[str]] = {}
    plain = replace(scope, crisis=scope.setting.file, before=scope.setting.file)
    for name, node in _own(crisis, mine).items():
        seen = {path for one in _within(node, scope) for path in _paths(one)}
        asked = False
        for base in (scope, plain):
            try:
                ask(node, watched(base, seen, []))
            except NotAsked:
                continue
            asked = True
        if asked:
            found[name] = frozenset(p for p in premises if p in seen)
    return found


def _within(node: Node, scope: Scope) -> Iterator[Node | Items]:
    """Everything in a claim, and in the claims that it names."""
    for one in walk(node):
        yield one
        if isinstance(one, Ask) and one.function == "unchanged":
            for part in one.arguments:
                inner = scope.claims.get(getattr(part.value, "name", ""))
                if inner is not None:
                    yield from walk(inner)


def _paths(node: Node | Items) -> Iterator[str]:
    """Paths that stand in a claim itself: as numbers, as arguments, or set by a world."""
    if isinstance(node, ex.Name):
        yield node.name
    elif isinstance(node, Ask):
        for part in (*node.arguments, *node.world):
            if part.name is not None:
                yield part.name
            if isinstance(part.value, ex.Name):
                yield part.value.name


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


def _parts(name: str, node: Node, scope: Scope) -> tuple[Report, ...]:
    """Which parts of an `and` hold at central values."""
    if not isinstance(node, ex.Logic) or node.operator != "and":
        return ()
    found = []
    for part in node.operands:
        value: bool | str
        try:
            value = ask(cast(Node, part), scope).truth
        except NotAsked as why:
            value = str(why)
        found.append(Report(name, f"its part {render(cast(Node, part))}", value))
    return tuple(found)


def _reports(crisis: Crisis, key: str, mine: tuple[str, ...], scope: Scope) -> tuple[Report, ...]:
    """Further questions of a reading's claims, at central values."""
    found: list[Report] = []
    known = known_of(crisis)
    own = _own(crisis, mine)
    for name, claim in crisis.readings[key].claims.items():
        if name in own:
            found += _parts(name, own[name], scope)
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
