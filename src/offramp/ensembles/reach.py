"""Which numbers of a crisis are read when a plan is compiled into a game.

Found by watching: the crisis is compiled with quantities that note when their value is read. A number
that is read need not move a result (it may be multiplied by nothing); one that is not read cannot.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from offramp.crisis import Crisis, Frozen, Quantity, with_reading
from offramp.game import Resolution, compile_game


class _Watched(Quantity):
    """A quantity that adds its path to a set when its value is read; copies do the same."""

    def __getattribute__(self, name: str) -> Any:
        if name == "value":
            held = object.__getattribute__(self, "__dict__")
            if (note := held.get("_note")) is not None:
                note[1].add(note[0])
        return super().__getattribute__(name)


def reached(
    crisis: Crisis,
    plans: Iterable[str] | None = None,
    *,
    reading: str | None = None,
    resolution: str | Resolution = "sketch",
) -> tuple[str, ...]:
    """Paths of the numbers that the games of these plans read, in the order of the file.

    Args:
        crisis: The crisis.
        plans: Plan ids; None means all plans of the crisis.
        reading: Apply a reading first.
        resolution: Resolution of the games that are looked at.

    Raises:
        CompileError: if a plan cannot be compiled.
    """
    if reading is not None:
        crisis = with_reading(crisis, reading)
    seen: set[str] = set()
    order: list[str] = []
    watched = _watch(crisis, "", seen, order)
    for plan in plans if plans is not None else tuple(crisis.plans):
        compile_game(watched, plan, None, resolution)
    return tuple(path for path in order if path in seen)


def _watch(value: Any, path: str, seen: set[str], order: list[str]) -> Any:
    """A copy in which every quantity notes when it is read."""
    if isinstance(value, Quantity):
        order.append(path)
        copy = _Watched.model_construct(**dict(value))
        copy.__dict__["_note"] = (path, seen)
        return copy
    if isinstance(value, Frozen):
        inner = {
            name: _watch(getattr(value, name), f"{path}.{name}" if path else name, seen, order)
            for name in type(value).model_fields
        }
        return value.model_copy(update=inner)
    if isinstance(value, Mapping):
        return {key: _watch(x, f"{path}.{key}", seen, order) for key, x in value.items()}
    if isinstance(value, tuple | list):
        return tuple(_watch(x, f"{path}.{i}", seen, order) for i, x in enumerate(value))
    return value
