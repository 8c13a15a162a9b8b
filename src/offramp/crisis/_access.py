"""Finding and replacing the values of a crisis by dotted path. See :mod:`._paths` for paths.

Only the changed branch of a crisis is copied, and only the new value is validated: an override of
sixty numbers takes about a millisecond.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from offramp.crisis._bounds import BOUNDS, Bounds
from offramp.crisis._diagnostics import did_you_mean, nearest
from offramp.crisis._quantity import DEFAULT_SOURCE, Frozen, Quantity
from offramp.crisis._schema import Crisis
from offramp.crisis._setting import Pair
from offramp.crisis._shapes import classes, field_shape, item_shape
from offramp.crisis._wording import sentence


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
    return dict(walk_quantities(crisis, ""))


def walk_quantities(value: Any, path: str) -> Iterator[tuple[str, Quantity]]:
    if isinstance(value, Quantity):
        yield path, value
    elif isinstance(value, Frozen):
        for name in type(value).model_fields:
            yield from walk_quantities(getattr(value, name), f"{path}.{name}" if path else name)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from walk_quantities(inner, f"{path}.{key}")
    elif isinstance(value, tuple | list):
        for place, inner in enumerate(value):
            yield from walk_quantities(inner, f"{path}.{place}")


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
        crisis = _replaced(crisis, crisis, tuple(path.split(".")), 0, value, _AT_THE_TOP)
    return crisis


class _Declared(NamedTuple):
    """The declared type of a value, and the field of the model that holds it."""

    shape: Any
    owner: type[Frozen]
    field: str


_AT_THE_TOP = _Declared(Crisis, Crisis, "")


def _replaced(
    crisis: Crisis, node: Any, parts: tuple[str, ...], done: int, value: Any, as_: _Declared
) -> Any:
    """``node``, declared ``as_``, with ``value`` at the rest of the path."""
    if done == len(parts):
        return _fitted(".".join(parts), node, value, as_)
    key: Any = _new_entry(node, parts, done, value, as_.shape)
    used = 1
    if key is None:
        key, used = _step(crisis, node, parts, done)
    inner = _inside(node, key, as_)
    if isinstance(node, Frozen):
        part = _replaced(crisis, getattr(node, key), parts, done + used, value, inner)
        return node.model_copy(update={key: part})
    if isinstance(node, Mapping):
        if value is None and done + used == len(parts):
            return {k: v for k, v in node.items() if k != key}
        part = _replaced(crisis, node.get(key), parts, done + used, value, inner)
        return {**node, key: part}
    part = _replaced(crisis, node[key], parts, done + used, value, inner)
    return (*node[:key], part, *node[key + 1 :])


def _inside(node: Any, key: Any, as_: _Declared) -> _Declared:
    """How the value at ``key`` of ``node`` is declared; a pair of sides speaks for its holder."""
    if not isinstance(node, Frozen):
        return as_._replace(shape=item_shape(as_.shape))
    shape = field_shape(type(node), key)
    if isinstance(node, Pair):
        return as_._replace(shape=shape)
    return _Declared(shape, type(node), key)


def limits(crisis: Crisis, path: str) -> Bounds | None:
    """What the number at ``path`` can be by its meaning; None if it can be anything."""
    node: Any = crisis
    as_ = _AT_THE_TOP
    parts, done = tuple(path.split(".")), 0
    while done < len(parts):
        key, used = _step(crisis, node, parts, done)
        as_ = _inside(node, key, as_)
        node = getattr(node, key) if isinstance(node, Frozen) else node[key]
        done += used
    return BOUNDS.get((as_.owner, as_.field))


def _new_entry(node: Any, parts: tuple[str, ...], done: int, value: Any, shape: Any) -> str | None:
    """The id of an entry that is to be added: only whole entries are, never stray numbers."""
    key = parts[done]
    if not isinstance(node, Mapping) or key in node or done < len(parts) - 1:
        return None
    whole = isinstance(value, Mapping | Frozen) and not isinstance(value, Quantity)
    return key if whole and _is_model(item_shape(shape)) else None


def _fitted(path: str, old: Any, value: Any, as_: _Declared) -> Any:
    new = _converted(path, old, value, as_.shape)
    bounds = BOUNDS.get((as_.owner, as_.field))
    broken = bounds.broken_by(new) if bounds and isinstance(new, Quantity) else None
    if broken is not None:
        raise BadValue(path, f"this is {broken}")
    return new


def _converted(path: str, old: Any, value: Any, shape: Any) -> Any:
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
        first: Any = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        said = sentence(first)[0]
        raise BadValue(path, f"{where}: {said}" if where else said) from None


@lru_cache(maxsize=2048)
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


def _is_model(shape: Any) -> bool:
    return any(c is not Quantity for c in classes(shape))
