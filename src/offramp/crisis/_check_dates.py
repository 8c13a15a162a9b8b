"""Cross-checks of time: nothing dated after an as-of date is used, and premises lead somewhere."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from itertools import chain

from offramp.crisis._diagnostics import CrisisError, Path
from offramp.crisis._findings import Finding, View
from offramp.crisis._paths import NOT_THE_GAME, BadValue, UnknownPath, in_epoch, with_reading
from offramp.crisis._quantity import Quantity

_LOOSE_DATE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")
"""A year, a month or a day."""

_AFTER = "keep it for demonstrations with `after_as_of: true`, or correct the date"


def evidence(view: View) -> Iterator[Finding]:
    """Evidence from after the as-of date says so."""
    as_of = view.crisis.as_of
    for key, item in view.crisis.evidence.items():
        path = ("evidence", key, "date")
        if item.date > as_of and not item.after_as_of:
            message = f"this was seen on {item.date}, after the file's as-of date {as_of}"
            yield Finding(path, message, _AFTER, code="later")
        if item.date <= as_of and item.after_as_of:
            message = f"{item.date} is not after the as-of date {as_of}: the item is never used"
            hint = "drop `after_as_of`"
            yield Finding(("evidence", key, "after_as_of"), message, hint, warning=True)


def numbers(view: View) -> Iterator[Finding]:
    """Numbers that the game reads speak about no later date than the file."""
    as_of = view.crisis.as_of
    for node in view.nodes:
        number = node.value
        if not isinstance(number, Quantity) or node.path[0] in NOT_THE_GAME:
            continue
        if number.as_of is not None and number.as_of > as_of:
            message = f"this number is of {number.as_of}, after the file's as-of date {as_of}"
            hint = "give the value that was known then, or move the file's `as_of`"
            yield Finding((*node.path, "as_of"), message, hint, code="later")


def file_dates(view: View) -> Iterator[Finding]:
    """Dates of the file itself, of epochs, readings and forecasts are in order."""
    crisis = view.crisis
    cut, prior = crisis.data_cut, crisis.hypotheses.prior_date
    if cut is not None and cut > crisis.as_of:
        message = f"data up to {cut} are used, after the as-of date {crisis.as_of}"
        yield Finding(("data_cut",), message, "say in `summary` which, or cut them", warning=True)
    if prior is not None and prior > crisis.as_of:
        message = f"the priors hold at {prior}, after the as-of date {crisis.as_of}"
        yield Finding(("hypotheses", "prior_date"), message, code="later")
    for key, epoch in crisis.epochs.items():
        at: Path = ("epochs", key)
        if epoch.as_of > crisis.as_of:
            message = f"the epoch is of {epoch.as_of}, after the file's as-of date {crisis.as_of}"
            yield Finding((*at, "as_of"), message, code="later")
        if epoch.prior_date is not None and epoch.prior_date > epoch.as_of:
            message = f"the epoch's priors hold at {epoch.prior_date}, after it ({epoch.as_of})"
            yield Finding((*at, "prior_date"), message, code="later")
    for key, reading in crisis.readings.items():
        known = crisis.epochs.get(reading.epoch)
        if known is not None and reading.as_of > known.as_of:
            message = (
                f"the reading is of {reading.as_of}, after the as-of date {known.as_of} of its "
                f"epoch `{reading.epoch}`"
            )
            yield Finding(("readings", key, "as_of"), message, code="later")
        for name, forecast in reading.forecasts.items():
            if forecast.resolves <= reading.as_of:
                message = f"it resolves on {forecast.resolves}, no later than it was made"
                path = ("readings", key, "forecasts", name, "resolves")
                yield Finding(path, message, f"the reading is of {reading.as_of}")


def loose_dates(view: View) -> Iterator[Finding]:
    """Dates of elections and events are a year, a month or a day."""
    dates: list[tuple[Path, str]] = [
        (("events", key, "date"), event.date) for key, event in view.crisis.events.items()
    ]
    for key, member in view.crisis.members.items():
        for place, election in enumerate(member.elections):
            dates.append((("members", key, "elections", place, "date"), election.date))
    for path, date in dates:
        if date and not is_date(date):
            message = f"expected a year, a month or a day, got `{date[:40]}`"
            yield Finding(path, message, "write 2026, 2026-04 or 2026-04-12", code="type")


def is_date(text: str) -> bool:
    if not _LOOSE_DATE.fullmatch(text):
        return False
    try:
        dt.date.fromisoformat(text + "-01-01"[3 * text.count("-") :])
    except ValueError:
        return False
    return True


def changes(view: View) -> Iterator[Finding]:
    """Every epoch's changes and every reading's premises can be applied."""
    crisis = view.crisis
    broken: set[str] = set()
    for key, epoch in crisis.epochs.items():
        places: dict[str, Path] = {p: ("epochs", key, "changes", p) for p in epoch.changes}
        for finding in _tried(lambda k=key: in_epoch(crisis, k), ("epochs", key), places):
            broken.add(key)
            yield finding
    for key, reading in crisis.readings.items():
        at: Path = ("readings", key)
        places = {
            premise.path: (*at, "premises", place, "path")
            for place, premise in enumerate(reading.premises)
        }
        for premise in reading.premises:
            mapped = crisis.transplant.maps.get(premise.path)
            if mapped is not None:
                places.setdefault(mapped, ("transplant", "maps", premise.path))
        both = [True]
        known = crisis.epochs.get(reading.epoch)
        if known is not None and reading.epoch not in broken and reading.as_of <= known.as_of:
            both.append(False)
        if reading.as_of > crisis.as_of:
            continue
        found = chain.from_iterable(
            _tried(lambda k=key, t=t: with_reading(crisis, k, transplant=t), at, places)
            for t in both
        )
        yield from dict.fromkeys(found)


def _tried(apply: object, at: Path, places: dict[str, Path]) -> Iterator[Finding]:
    """What goes wrong when ``apply`` is called, at the place of the path that is at fault."""
    assert callable(apply)
    try:
        apply()
    except UnknownPath as error:
        path = places.get(error.path, at)
        at_key = path[0] in ("epochs", "transplant")
        yield Finding(path, error.message, error.suggestion, at_key=at_key, code="reference")
    except BadValue as error:
        yield Finding(places.get(error.path, at), str(error), code="type")
    except CrisisError as error:
        for problem in error.problems:
            path = places.get(".".join(map(str, problem.path)), at)
            yield Finding(path, problem.message, problem.suggestion, code=problem.code)


CHECKS = (evidence, numbers, file_dates, loose_dates, changes)
