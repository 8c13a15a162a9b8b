"""Names of numbers for readers: a dotted path in words."""

from __future__ import annotations

import re

from offramp.answers._facts import owner
from offramp.crisis import Crisis


def readable(crisis: Crisis, path: str) -> str:
    """A dotted path in words: entries by their names, fields with spaces."""
    parts = path.split(".")
    node: object = crisis
    words: list[str] = []
    for part in parts:
        node = node.get(part) if isinstance(node, dict) else getattr(node, part, None)
        name = getattr(node, "name", None)
        words.append(name if isinstance(name, str) and name else re.sub(r"_", " ", part))
    if parts[0] == "red_lines" and len(parts) > 1:
        line = crisis.red_lines[parts[1]]
        actor, issue = crisis.actors[line.actor].name, crisis.issues[line.issue].name
        return f"{owner(actor)} red line on {issue.lower()}: {' '.join(words[2:])}"
    if parts[-1] in ("A", "B"):
        words[-1] = crisis.blocs[parts[-1]].name  # type: ignore[index]
        words = [*words[:-2], f"{words[-2]}, {words[-1]}"]
    if len(words) > 1 and words[0] in (
        "actors", "blocs", "levers", "issues", "types", "plans", "members", "guarantees", "events",
        "outsiders", "red lines", "contracts",
    ):  # fmt: skip
        words = words[1:]
    return ": ".join((words[0], " ".join(words[1:]))) if len(words) > 1 else words[0]
