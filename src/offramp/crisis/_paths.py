"""Dotted paths: finding and replacing the numbers of a crisis, and seeing it as others see it.

A path names a value by the fields, ids and places in lists that lead to it from the top:
``blocs.B.patience``, ``levers.visa_ban.cost_to_target``, ``ladder.rungs.2.accident``. Readings,
epochs, plans, sensitivity analysis and the brief's trace all speak in paths.

- :func:`override` gives a new crisis with other values; the old one stays as it is.
- :func:`in_epoch` gives the crisis as it stood at another date: nothing dated later is left in it.
- :func:`with_reading` gives the crisis as one author sees it: premises replace numbers.

Priors. A premise on some types' priors leaves the rest of the probability to the other types in
their old proportion, so that priors and the floor for the unmodelled still sum to 1. A prior that
a reading states holds at the reading's own date, and evidence from before that date does not move
it again (``hypotheses.prior_date``).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping

from offramp.crisis._access import (
    BadValue,
    UnknownPath,
    get,
    limits,
    override,
    quantities,
    walk_quantities,
)
from offramp.crisis._diagnostics import CrisisError, Problem, did_you_mean
from offramp.crisis._quantity import Quantity
from offramp.crisis._schema import Crisis

__all__ = [
    "NOT_THE_GAME",
    "BadValue",
    "UnknownPath",
    "canonical",
    "crisis_hash",
    "defaults_used",
    "get",
    "in_epoch",
    "limits",
    "override",
    "parameters",
    "quantities",
    "with_reading",
]

NOT_THE_GAME = frozenset(
    {"sources", "evidence", "base_rates", "epochs", "readings", "elicitation", "discriminators"}
)
"""Sections whose numbers describe what people said or saw; the solver reads none of them directly
(evidence enters by its dates and likelihoods, readings by :func:`with_reading`)."""


def parameters(crisis: Crisis) -> dict[str, Quantity]:
    """The quantities that the game may read: all but those of :data:`NOT_THE_GAME`."""
    found: dict[str, Quantity] = {}
    for name in type(crisis).model_fields:
        if name not in NOT_THE_GAME:
            found.update(walk_quantities(getattr(crisis, name), name))
    return found


def defaults_used(crisis: Crisis) -> dict[str, Quantity]:
    """The numbers that the file left out and the package assumed, by path."""
    return {path: number for path, number in parameters(crisis).items() if number.is_default}


# --- Other dates, other authors ------------------------------------------------------------


def in_epoch(crisis: Crisis, epoch: str) -> Crisis:
    """The crisis as it stood at an epoch's as-of date, with nothing in it that is dated later.

    Evidence that is dated later, belongs to other epochs only, or is sealed for this one is taken
    out, and dependence groups keep what is left of them. A number of the game that speaks about a
    later date and that the epoch does not replace is refused, not used.

    Raises :class:`UnknownPath` for an unknown epoch, :class:`CrisisError` for later numbers.
    """
    if epoch not in crisis.epochs:
        raise UnknownPath(
            f"epochs.{epoch}", f"there is no epoch `{epoch}`", did_you_mean(epoch, crisis.epochs)
        )
    at = crisis.epochs[epoch]
    moved = override(crisis, at.changes)
    evidence = {
        key: item
        for key, item in moved.evidence.items()
        if item.date <= at.as_of
        and epoch not in item.sealed_for
        and (not item.epochs or epoch in item.epochs)
    }
    groups = {
        key: group.model_copy(update={"items": left})
        for key, group in moved.dependence.items()
        if len(left := tuple(item for item in group.items if item in evidence)) > 1
    }
    hypotheses = moved.hypotheses
    if at.prior_date is not None:
        hypotheses = hypotheses.model_copy(update={"prior_date": at.prior_date})
    moved = moved.model_copy(
        update={
            "as_of": at.as_of,
            "regime": at.regime,
            "evidence": evidence,
            "dependence": groups,
            "hypotheses": hypotheses,
        }
    )
    _refuse_later(moved, parameters(moved), f"epochs.{epoch}", at.as_of)
    return moved


def with_reading(crisis: Crisis, reading: str, *, transplant: bool = True) -> Crisis:
    """The crisis as the author of a reading sees it.

    With ``transplant`` the premises are carried to this crisis (paths mapped by
    ``transplant.maps``); without it the crisis first goes back to the reading's epoch.

    Raises :class:`UnknownPath` for an unknown reading or premise path, and :class:`CrisisError`
    where the reading, or a number in it, is dated after the as-of date.
    """
    if reading not in crisis.readings:
        known = did_you_mean(reading, crisis.readings)
        raise UnknownPath(f"readings.{reading}", f"there is no reading `{reading}`", known)
    author = crisis.readings[reading]
    moved = crisis if transplant else in_epoch(crisis, author.epoch)
    where = f"readings.{reading}"
    if author.as_of > moved.as_of:
        raise CrisisError([_later(where, author.as_of, moved.as_of)])
    maps = crisis.transplant.maps if transplant else {}
    changes = {maps.get(p.path, p.path): p.value for p in author.premises}
    _refuse_later(moved, changes, where, moved.as_of)
    moved = override(moved, changes)
    stated = {path.split(".")[1] for path in changes if _is_prior(path)}
    if not stated:
        return moved
    moved = _others_share_the_rest(moved, stated)
    dated = moved.hypotheses.model_copy(update={"prior_date": author.as_of})
    return moved.model_copy(update={"hypotheses": dated})


def _is_prior(path: str) -> bool:
    parts = path.split(".")
    return len(parts) == 3 and parts[0] == "types" and parts[2] == "prior"


def _others_share_the_rest(crisis: Crisis, stated: set[str]) -> Crisis:
    """Priors of the types that are not ``stated``, scaled so that all sum to 1 with the floor.

    If every type is stated, or those stated leave nothing, all are scaled.
    """
    room = 1.0 - crisis.hypotheses.unmodelled.value
    priors = {key: kind.prior for key, kind in crisis.types.items()}
    taken = sum(priors[key].value for key in stated)
    others = [key for key in priors if key not in stated]
    rest = sum(priors[key].value for key in others)
    scaled = others if others and rest > 0 and taken <= room else list(priors)
    factor = (room - taken) / rest if scaled is others else room / (taken + rest)
    types = dict(crisis.types)
    for key in scaled:
        types[key] = types[key].model_copy(update={"prior": _times(priors[key], factor)})
    return crisis.model_copy(update={"types": types})


def _times(number: Quantity, factor: float) -> Quantity:
    low, high = number.low, number.high
    return number.model_copy(
        update={
            "value": number.value * factor,
            "low": None if low is None else min(1.0, low * factor),
            "high": None if high is None else min(1.0, high * factor),
        }
    )


def _refuse_later(
    crisis: Crisis, numbers: Mapping[str, Quantity], where: str, as_of: dt.date
) -> None:
    late = [
        _later(path, number.as_of, as_of, where)
        for path, number in numbers.items()
        if number.as_of is not None and number.as_of > as_of
    ]
    if late:
        raise CrisisError(late)


def _later(path: str, date: dt.date, as_of: dt.date, where: str = "") -> Problem:
    at = f" of `{where}`" if where else ""
    return Problem(
        f"`{path}` is dated {date}, after the as-of date {as_of}{at}",
        tuple(path.split(".")),
        suggestion=f"give the value that was known then, under `{where}`" if where else None,
        code="later",
    )


# --- Identity ------------------------------------------------------------------------------


def canonical(crisis: Crisis) -> str:
    """The crisis as JSON with sorted keys: equal text if and only if every field is equal."""
    return json.dumps(
        crisis.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )


def crisis_hash(crisis: Crisis) -> str:
    """SHA-256 of :func:`canonical` in hex: which crisis a result came from."""
    return hashlib.sha256(canonical(crisis).encode()).hexdigest()
