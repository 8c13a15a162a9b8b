"""Cross-checks of claims and of what discriminators observe: expressions can be read and fit the crisis."""

from __future__ import annotations

import re
from collections.abc import Iterator

from offramp.crisis._claims import ClaimError, Node, parse
from offramp.crisis._claims_check import Known, check_claim, known_of
from offramp.crisis._diagnostics import Path
from offramp.crisis._findings import Finding, View
from offramp.crisis._paths import NOT_THE_GAME, BadValue, UnknownPath, override
from offramp.crisis._readings import Reading

_LINES = re.compile(r"[Ll]ines?\s+(\d+)\s*(?:-\s*(\d+))?")
_CITED = re.compile(r"\bL(\d+)(?:-L?(\d+))?")


def claims(view: View) -> Iterator[Finding]:
    """Claims and what they report are in the grammar, or say why they cannot be."""
    crisis = view.crisis
    if not any(reading.claims for reading in crisis.readings.values()):
        return
    known = known_of(crisis)
    seen: dict[str, str] = {}
    for key, reading in crisis.readings.items():
        for name, claim in reading.claims.items():
            path: Path = ("readings", key, "claims", name)
            if name in seen:
                message = f"the claim id `{name}` is taken by the reading `{seen[name]}`"
                yield Finding(path, message, "ids of claims are unique in a file", at_key=True)
            seen.setdefault(name, key)
            if claim.expression:
                yield from _wrong((*path, "expression"), claim.expression, known, "truth")
            for label, text in claim.reports.items():
                yield from _wrong((*path, "reports", label), text, known, None)


def _wrong(path: Path, text: str, known: Known, wanted: str | None) -> Iterator[Finding]:
    errors: list[ClaimError]
    try:
        node: Node = parse(text)
        errors = check_claim(node, known, wanted) if wanted else _either(node, known)
    except ClaimError as error:
        errors = [error]
    for one in errors:
        yield Finding(path, one.message, one.suggestion, offset=one.offset, code="claim")


def _either(node: Node, known: Known) -> list[ClaimError]:
    """A report may be a number or a truth."""
    as_truth = check_claim(node, known, "truth")
    return as_truth and check_claim(node, known, "number")


def observables(view: View) -> Iterator[Finding]:
    """What a discriminator observes is a number in the grammar."""
    tests = view.crisis.discriminators
    if not any(test.observe for test in tests):
        return
    known = known_of(view.crisis)
    for place, test in enumerate(tests):
        for label, text in test.observe.items():
            path: Path = ("discriminators", place, "observe", label)
            yield from _wrong(path, text, known, "number")


def premises(view: View) -> Iterator[Finding]:
    """Premises replace numbers of the game, nothing else: not evidence, outcomes or other readings."""
    for key, reading in view.crisis.readings.items():
        for place, premise in enumerate(reading.premises):
            section = premise.path.split(".")[0]
            if section in NOT_THE_GAME or section == "sealed":
                path: Path = ("readings", key, "premises", place, "path")
                message = f"a premise cannot change `{section}`: the game takes nothing from there"
                yield Finding(path, message, "name a number of the game", code="premise")


def swaps(view: View) -> Iterator[Finding]:
    """The changes of a swap can be applied to the file, or to the reading's own date."""
    crisis = view.crisis
    for key, reading in crisis.readings.items():
        for name, swap in reading.swaps.items():
            path: Path = ("readings", key, "swaps", name)
            epoch = crisis.epochs.get(reading.epoch)
            for changes in ({}, epoch.changes if epoch is not None else {}):
                try:
                    override(override(crisis, changes), swap.changes)
                    break
                except (BadValue, UnknownPath) as wrong:
                    fault = str(wrong)
            else:
                yield Finding((*path, "changes"), fault, code="swap")


def spans(view: View) -> Iterator[Finding]:
    """Nothing is cited from a span that is marked as not the author's."""
    for key, reading in view.crisis.readings.items():
        out = [
            (int(a), int(b or a))
            for text in reading.excluded_spans
            for a, b in _LINES.findall(text)
        ]
        if not out:
            continue
        for path, source in _sources(key, reading):
            if not source.startswith(f"{reading.document}:"):
                continue
            for first, last in _CITED.findall(source):
                low, high = int(first), int(last or first)
                hit = next(((a, b) for a, b in out if low <= b and high >= a), None)
                if hit is not None:
                    message = f"`{source}` lies in the excluded lines {hit[0]}-{hit[1]}"
                    hint = "what stands there is not the author's"
                    yield Finding(path, message, hint, code="excluded")


def _sources(key: str, reading: Reading) -> Iterator[tuple[Path, str]]:
    at: Path = ("readings", key)
    for place, premise in enumerate(reading.premises):
        for source in (*premise.source, *premise.value.source):
            yield (*at, "premises", place), source
    for name, claim in reading.claims.items():
        for source in claim.source:
            yield (*at, "claims", name), source
    for name, forecast in reading.forecasts.items():
        for source in forecast.probability.source:
            yield (*at, "forecasts", name), source


CHECKS = (claims, observables, premises, swaps, spans)
