"""The crisis of a reading: its own date first, or carried to the file's, and nothing dated later in it.

``setting_of`` gives the crisis in which a reading is asked. Without transplant the crisis first goes back
to the reading's epoch (:func:`offramp.crisis.in_epoch`) and to the author's own date in it; with it, the
reading's premises replace numbers of the file as it stands. Whatever is dated after the as-of date that
holds is *refused*:

* evidence: an item that is dated later, or sealed for the epoch, and that would be used;
* events: one with a date after the epoch's as-of date that the epoch does not itself declare, for
  nobody then could give its chance;
* numbers: one that speaks about a later date (refused by ``in_epoch`` and ``with_reading``);
* outcomes: nothing under ``sealed`` can be a premise, a swap or a change of an epoch. The sealed file
  itself is never opened here.

A premise on a type's prior holds at the reading's own date; evidence from before it does not move that
prior again. What single items say is therefore asked of the file's prior (:attr:`Setting.before`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from offramp.crisis import (
    Crisis,
    CrisisError,
    Epoch,
    Premise,
    Problem,
    Reading,
    Transplant,
    UnknownPath,
    in_epoch,
    override,
    parameters,
    with_reading,
)
from offramp.crisis._diagnostics import did_you_mean
from offramp.crisis._paths import NOT_THE_GAME, _is_prior, _others_share_the_rest
from offramp.game._calendar import month_of

SEALED = "sealed"


@dataclass(frozen=True)
class Setting:
    """Where a reading is asked.

    Attributes:
        reading: Its id; None for the file without any reading.
        author: The reading.
        file: The crisis of that date, without the reading's premises.
        named: The same with all premises at their central values and with their ranges.
        epoch: The epoch; None where the reading is carried to the file's own date.
        premises: Premises with the path they have here.
    """

    reading: str | None
    author: Reading | None
    file: Crisis
    named: Crisis
    epoch: Epoch | None
    premises: tuple[tuple[str, Premise], ...]

    @property
    def as_of(self) -> dt.date:
        """The date that holds."""
        return self.file.as_of


def setting_of(crisis: Crisis, reading: str | None, transplant: bool = False) -> Setting:
    """The crisis in which a reading is asked.

    Raises:
        UnknownPath: for an unknown reading or epoch.
        CrisisError: for anything dated after the as-of date that would be used.
    """
    if reading is None:
        refuse_later(crisis, None)
        return Setting(None, None, crisis, crisis, None, ())
    if reading not in crisis.readings:
        hint = did_you_mean(reading, crisis.readings)
        raise UnknownPath(f"readings.{reading}", f"there is no reading `{reading}`", hint)
    author = crisis.readings[reading]
    refuse_sealed(crisis, reading)
    epoch, maps = None, dict(crisis.transplant.maps)
    file = crisis
    if not transplant:
        file, epoch, maps = at_its_date(crisis, author), crisis.epochs[author.epoch], {}
    refuse_later(file, epoch)
    named = with_reading(file, reading)
    premises = tuple((maps.get(p.path, p.path), p) for p in author.premises)
    return Setting(reading, author, file, named, epoch, premises)


def at_its_date(crisis: Crisis, author: Reading) -> Crisis:
    """The crisis of a reading's epoch as it stood on the author's own date: no later evidence is in it.

    Raises:
        CrisisError: for a number of the game that speaks about a later date.
    """
    moved = in_epoch(crisis, author.epoch)
    if moved.as_of <= author.as_of:
        return moved.model_copy(update={"transplant": Transplant()})
    late = [
        _later(tuple(path.split(".")), f"`{path}` is dated {number.as_of}", author.as_of)
        for path, number in parameters(moved).items()
        if number.as_of is not None and number.as_of > author.as_of
    ]
    if late:
        raise CrisisError(late)
    evidence = {k: item for k, item in moved.evidence.items() if item.date <= author.as_of}
    groups = {
        key: group.model_copy(update={"items": left})
        for key, group in moved.dependence.items()
        if len(left := tuple(item for item in group.items if item in evidence)) > 1
    }
    return moved.model_copy(
        update={
            "as_of": author.as_of,
            "evidence": evidence,
            "dependence": groups,
            "transplant": Transplant(),
        }
    )


def refuse_later(crisis: Crisis, epoch: Epoch | None) -> None:
    """Refuse evidence and events that nobody could know at the crisis's as-of date.

    Raises:
        CrisisError: naming each of them.
    """
    late = [
        _later(
            ("evidence", key), f"the item of evidence `{key}` is dated {item.date}", crisis.as_of
        )
        for key, item in crisis.evidence.items()
        if item.date > crisis.as_of and item.include and not item.after_as_of
    ]
    if epoch is not None:
        told = {path.split(".")[1] for path in epoch.changes if path.startswith("events.")}
        late += [
            _later(
                ("events", key),
                f"the event `{key}` is dated {event.date} and the epoch does not declare it",
                crisis.as_of,
            )
            for key, event in crisis.events.items()
            if event.date and month_of(crisis, event.date) > 0 and key not in told
        ]
    if late:
        raise CrisisError(late)


def _later(path: tuple[str, ...], what: str, as_of: dt.date) -> Problem:
    return Problem(
        f"{what}, after the as-of date {as_of}",
        path,
        suggestion="what was known then is all that may be used",
        code="later",
    )


def refuse_sealed(crisis: Crisis, reading: str) -> None:
    """Refuse premises, swaps and epochs that reach for outcomes, evidence or other readings.

    Raises:
        CrisisError: naming each path.
    """
    author = crisis.readings[reading]
    epoch = crisis.epochs.get(author.epoch)
    forbidden = {*NOT_THE_GAME, SEALED}
    wanted: list[tuple[tuple[str, ...], str]] = [
        (("readings", reading, "premises"), p.path) for p in author.premises
    ]
    wanted += [
        (("readings", reading, "swaps", key), path)
        for key, swap in author.swaps.items()
        for path in swap.changes
    ]
    if epoch is not None:
        wanted += [(("epochs", author.epoch, "changes"), path) for path in epoch.changes]
    found = [
        Problem(
            f"`{path}` is not a number of the game",
            where,
            suggestion="outcomes, evidence and readings never reach the solver this way",
            code="sealed",
        )
        for where, path in wanted
        if path.split(".")[0] in forbidden
    ]
    if found:
        raise CrisisError(found)


def with_premises(setting: Setting, crisis: Crisis, values: dict[str, float]) -> Crisis:
    """``crisis`` with some premises at given values; priors that are not stated share the rest."""
    moved = override(crisis, values)
    stated = {path.split(".")[1] for path in values if _is_prior(path)}
    if not stated:
        return moved
    moved = _others_share_the_rest(moved, stated)
    assert setting.author is not None
    dated = moved.hypotheses.model_copy(update={"prior_date": setting.author.as_of})
    return moved.model_copy(update={"hypotheses": dated})
