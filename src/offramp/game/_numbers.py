"""Setting many numbers of a crisis at once.

What :func:`offramp.crisis.override` does for any value, for the case that events and ensembles need by the
thousand: numbers at known paths. Ways to the numbers and bounds are looked up once, and every branch is
copied once however many numbers in it change. The result is equal to that of ``override``, errors included.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from offramp.crisis import BadValue, Crisis, Frozen, Quantity
from offramp.crisis._access import _step, limits
from offramp.crisis._bounds import Bounds

_Key = str | int


class Numbers:
    """Numbers at given paths of crises that have the shape of one crisis.

    Raises:
        UnknownPath: for a path that leads nowhere.
        BadValue: for a path to something that is not a number with a range.
    """

    def __init__(self, crisis: Crisis, paths: Iterable[str]) -> None:
        self._ways: dict[str, tuple[_Key, ...]] = {}
        self._bounds: dict[str, Bounds | None] = {}
        self._now: dict[str, Quantity] = {}
        self._crisis = crisis
        for path in paths:
            way, number = _way(crisis, path)
            if not isinstance(number, Quantity):
                raise BadValue(path, "this is not a number with a range")
            self._ways[path], self._now[path] = way, number
            self._bounds[path] = limits(crisis, path)

    def value(self, path: str) -> float:
        """The number's central value in the crisis as it is."""
        return self._now[path].value

    def bounds(self, path: str) -> Bounds | None:
        """What the number can be by its meaning."""
        return self._bounds[path]

    def set(self, values: Mapping[str, float]) -> Crisis:
        """The crisis with these values; nothing else changes, and nothing is shared but what is equal.

        Raises:
            BadValue: for a value that the number cannot have; of several, the first.
        """
        tree: dict[_Key, Any] = {}
        for path, value in values.items():
            new = self._at(path, value)
            way = self._ways[path]
            branch = tree
            for key in way[:-1]:
                branch = branch.setdefault(key, {})
            branch[way[-1]] = new
        changed: Crisis = _rebuilt(self._crisis, tree) if tree else self._crisis
        return changed

    def _at(self, path: str, value: float) -> Quantity:
        """``Quantity.at``, held against the bounds, and no longer the package's assumption."""
        value = float(value)
        if not abs(value) < float("inf"):
            raise BadValue(path, "nothing in a crisis is infinite or undefined")
        old = self._now[path]
        low, high = old.low, old.high
        inside = low is not None and high is not None and low <= value <= high
        changes: dict[str, Any] = {
            "value": value,
            "low": low if inside else None,
            "high": high if inside else None,
        }
        if old.is_default:
            changes["source"] = tuple(key for key in old.source if key != "default")
            changes["note"] = ""
        new: Quantity = _copied(old, changes)
        bounds = self._bounds[path]
        broken = bounds.broken_by(new) if bounds is not None else None
        if broken is not None:
            raise BadValue(path, f"this is {broken}")
        return new


def _way(crisis: Crisis, path: str) -> tuple[tuple[_Key, ...], Any]:
    """The keys that lead to a value, and the value."""
    node: Any = crisis
    parts, done = tuple(path.split(".")), 0
    keys: list[_Key] = []
    while done < len(parts):
        key, used = _step(crisis, node, parts, done)
        keys.append(key)
        node = getattr(node, key) if isinstance(node, Frozen) else node[key]
        done += used
    return tuple(keys), node


def _rebuilt(node: Any, tree: Any) -> Any:
    """``node`` with what ``tree`` holds in place of what is there."""
    if not isinstance(tree, dict):
        return tree
    if isinstance(node, Frozen):
        return _copied(node, {k: _rebuilt(node.__dict__[k], sub) for k, sub in tree.items()})
    if isinstance(node, Mapping):
        return {**node, **{k: _rebuilt(node[k], sub) for k, sub in tree.items()}}
    items = list(node)
    for place, sub in tree.items():
        items[place] = _rebuilt(items[place], sub)
    return tuple(items)


def _copied(node: Any, changes: Mapping[str, Any]) -> Any:
    """``model_copy(update=changes)`` without copying what is not changed."""
    kind: Any = type(node)
    new = kind.__new__(kind)
    object.__setattr__(new, "__dict__", {**node.__dict__, **changes})
    object.__setattr__(new, "__pydantic_extra__", node.__pydantic_extra__)
    object.__setattr__(
        new, "__pydantic_fields_set__", node.__pydantic_fields_set__ | changes.keys()
    )
    object.__setattr__(new, "__pydantic_private__", node.__pydantic_private__)
    return new
