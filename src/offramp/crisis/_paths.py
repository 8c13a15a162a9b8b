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
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from offramp.crisis._diagnostics import CrisisError, Problem, did_you_mean, nearest
from offramp.crisis._quantity import DEFAULT_SOURCE, Frozen, Quantity
from offramp.crisis._schema import Crisis
from offramp.crisis._shapes import classes, field_shape, item_shape
from offramp.crisis._wording import sentence

NOT_THE_GAME = frozenset(
    {"sources", "evidence", "base_rates", "epochs", "readings", "elicitation", "discriminators"}
)
"""Sections whose numbers describe what people said or saw; the solver reads none of them directly
(evidence enters by its dates and likelihoods, readings by :func:`with_reading`)."""


class UnknownPath(KeyError):
    """A path that leads to nothing in this crisis; ``suggestion`` is a whole sentence or None."""

    def __init__(self, path: str, message: str, suggestion: str | None = None) -> None:
        super().__init__(path)
        self.path, self.message, self.suggestion = path, message, suggestion

    def __str__(self) -> str:
        return ": ".join(filter(None, (self.message, self.suggestion)))


class BadValue(ValueError):
    """A value that does not fit where a path leads."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"`{path}`: {message}")
        self.path, self.message = path, message


# --- Reading -------------------------------------------------------------------------------


def quantities(crisis: Crisis) -> dict[str, Quantity]:
    """Every number with a range and a source, by path, in the order of the schema and the file.

    The answers of single experts inside a number are not listed: they are part of it.
    """
    return dict(_walk(crisis, ""))


def parameters(crisis: Crisis) -> dict[str, Quantity]:
    """The quantities that the game may read: all but those of :data:`NOT_THE_GAME`."""
    found: dict[str, Quantity] = {}
    for name in type(crisis).model_fields:
        if name not in NOT_THE_GAME:
            found.update(_walk(getattr(crisis, name), name))
    return found


def defaults_used(crisis: Crisis) -> dict[str, Quantity]:
    """The numbers that the file left out and the package assumed, by path."""
    return {path: number for path, number in parameters(crisis).items() if number.is_default}


def _walk(value: Any, path: str) -> Iterator[tuple[str, Quantity]]:
    if isinstance(value, Quantity):
        yield path, value
    elif isinstance(value, Frozen):
        for name in type(value).model_fields:
            yield from _walk(getattr(value, name), f"{path}.{name}" if path else name)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _walk(inner, f"{path}.{key}")
    elif isinstance(value, tuple | list):
        for place, inner in enumerate(value):
            yield from _walk(inner, f"{path}.{place}")


def get(crisis: Crisis, path: str) -> Any:
    """The value at ``path``: a quantity, a plain field, or a whole entry.

    Raises :class:`UnknownPath` with a did-you-mean.
    """
    node: Any = crisis
    parts = tuple(path.split("."))
    done = 0
    while done < len(parts):
        key, used = _step(crisis, node, parts, done)
        node = getattr(node, key) if isinstance(node, Frozen) else node[key]
        done += used
    return node


def _step(crisis: Crisis, node: Any, parts: tuple[str, ...], done: int) -> tuple[Any, int]:
    """The next key on the way from ``node``, and how many parts of the path it takes.

    Keys of a mapping may hold dots themselves (``shifts`` is keyed by paths).
    """
    part = parts[done]
    if isinstance(node, Frozen):
        if part in type(node).model_fields:
            return part, 1
    elif isinstance(node, Mapping):
        for end in range(done + 1, len(parts) + 1):
            if (key := ".".join(parts[done:end])) in node:
                return key, end - done
    elif isinstance(node, tuple | list) and part.isdecimal() and int(part) < len(node):
        return int(part), 1
    raise _unknown(crisis, node, parts, done)


def _unknown(crisis: Crisis, node: Any, parts: tuple[str, ...], done: int) -> UnknownPath:
    path, part = ".".join(parts), parts[done]
    before = ".".join(parts[:done])
    if node is None:
        message = f"`{before}` is left out in this crisis, so there is no `{path}`"
        return UnknownPath(path, message, f"give `{before}` as a whole")
    names: Iterable[str] = ()
    if isinstance(node, Frozen):
        names = type(node).model_fields
    elif isinstance(node, Mapping):
        names = node
    elif isinstance(node, tuple | list):
        names = map(str, range(len(node)))
    message = f"there is no `{part}` in `{before}`" if before else f"there is no section `{part}`"
    guess = nearest(part, names)
    if guess is not None:
        whole = ".".join((*parts[:done], guess, *parts[done + 1 :]))
        return UnknownPath(path, message, f"did you mean `{whole}`?")
    return UnknownPath(path, message, did_you_mean(path, quantities(crisis)))


# --- Replacing -----------------------------------------------------------------------------


def override(crisis: Crisis, changes: Mapping[str, Any]) -> Crisis:
    """A crisis with other values at these paths, changed in the given order.

    A path to a quantity takes a number (the range stays if it holds the number, unit and grade
    always do), or a :class:`Quantity` or any way of writing one. A path to a plain field takes a
    value of its type; a path to a whole entry takes a mapping or a model, and may name a new
    entry; ``None`` empties a field that may be left out and removes an entry.

    Only the changed branch is copied. Cross-checks are not run again: see
    :func:`offramp.crisis.check`.

    Raises :class:`UnknownPath` for a path that leads nowhere, :class:`BadValue` for a value that
    does not fit.
    """
    for path, value in changes.items():
        crisis = _replaced(crisis, crisis, tuple(path.split(".")), 0, value, Crisis)
    return crisis


def _replaced(
    crisis: Crisis, node: Any, parts: tuple[str, ...], done: int, value: Any, shape: Any
) -> Any:
    """``node``, whose declared type is ``shape``, with ``value`` at the rest of the path."""
    if done == len(parts):
        return _fitted(".".join(parts), node, value, shape)
    key: Any = _new_entry(node, parts, done, value, shape)
    used = 1
    if key is None:
        key, used = _step(crisis, node, parts, done)
    if isinstance(node, Frozen):
        inner = field_shape(type(node), key)
        part = _replaced(crisis, getattr(node, key), parts, done + used, value, inner)
        return node.model_copy(update={key: part})
    inner = item_shape(shape)
    if isinstance(node, Mapping):
        if value is None and done + used == len(parts):
            return {k: v for k, v in node.items() if k != key}
        part = _replaced(crisis, node.get(key), parts, done + used, value, inner)
        return {**node, key: part}
    part = _replaced(crisis, node[key], parts, done + used, value, inner)
    return (*node[:key], part, *node[key + 1 :])


def _new_entry(node: Any, parts: tuple[str, ...], done: int, value: Any, shape: Any) -> str | None:
    """The id of an entry that is to be added: only whole entries are, never stray numbers."""
    key = parts[done]
    if not isinstance(node, Mapping) or key in node or done < len(parts) - 1:
        return None
    whole = isinstance(value, Mapping | Frozen) and not isinstance(value, Quantity)
    return key if whole and _is_model(item_shape(shape)) else None


def _fitted(path: str, old: Any, value: Any, shape: Any) -> Any:
    if isinstance(old, Quantity) and not isinstance(value, Quantity | Mapping):
        if isinstance(value, int | float) and not isinstance(value, bool):
            return _stated(_finite(path, old.at(value)))
        if value is not None:
            new: Quantity = _valid(path, value, Quantity)
            return _stated(old).model_copy(
                update={"value": new.value, "low": new.low, "high": new.high}
            )
    if isinstance(value, Frozen) and isinstance(value, classes(shape)):
        return value
    return _valid(path, value, shape)


def _finite(path: str, number: Quantity) -> Quantity:
    if not abs(number.value) < float("inf"):
        raise BadValue(path, "nothing in a crisis is infinite or undefined")
    return number


def _stated(number: Quantity) -> Quantity:
    """A number that somebody has set is no longer the package's assumption."""
    if not number.is_default:
        return number
    source = tuple(key for key in number.source if key != DEFAULT_SOURCE)
    return number.model_copy(update={"source": source, "note": ""})


def _valid(path: str, value: Any, shape: Any) -> Any:
    try:
        return _adapter(shape).validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        said = sentence(first)[0]
        raise BadValue(path, f"{where}: {said}" if where else said) from None


@lru_cache(maxsize=2048)
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


def _is_model(shape: Any) -> bool:
    return any(c is not Quantity for c in classes(shape))


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
