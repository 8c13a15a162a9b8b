"""The crises that come with the package, by name. ``offramp.load(name)`` reads one of them."""

from __future__ import annotations

from pathlib import Path

from offramp.crisis._diagnostics import did_you_mean
from offramp.crisis._document import read
from offramp.crisis._shipped import shipped

__all__ = ["describe", "names", "path"]


def names() -> tuple[str, ...]:
    """Names of the shipped crises, sorted."""
    return tuple(shipped())


def path(name: str) -> Path:
    """The crisis file of a shipped crisis. Raises KeyError with a did-you-mean."""
    try:
        return shipped()[name]
    except KeyError:
        hint = did_you_mean(name, names()) or f"there are {', '.join(names())}"
        raise KeyError(f"there is no shipped crisis `{name}`: {hint}") from None


def describe() -> tuple[dict[str, str], ...]:
    """Name, title, as-of date, summary and file of every shipped crisis, not validated."""
    rows = []
    for name, file in shipped().items():
        data = read(file).data
        row = {key: str(data.get(key, "")) for key in ("title", "as_of", "summary")}
        rows.append({"name": name, **row, "file": str(file)})
    return tuple(rows)
