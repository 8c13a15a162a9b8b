"""Language: no side's label stands as a fact in what the tool itself says (S63).

Names (of blocs, actors, types, levers, plans, events, contracts and so on), titles, claims and stances are
the tool's own words: there a partisan label is a fault. In a reading's ``author_terms`` and
``language_note`` labels are the author's, and may stand. The list below is small and blunt on purpose; a
file adds to it by naming its authors' terms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from offramp.crisis import Crisis, Frozen

LABELS = (
    "aggressor", "barbaric", "bandit", "evil", "fascist", "freedom fighter", "genocidal", "hordes", "junta",
    "liberation", "liberator", "liberators", "nazi", "neo-nazi", "occupiers", "orcs", "puppet", "puppets",
    "rogue state", "special military operation", "stooge", "stooges", "terrorist", "terrorists", "thug",
    "thugs", "tyrant", "unprovoked", "warmonger", "warmongers",
)  # fmt: skip
"""Labels that take a side, in lower case."""
OWN_WORDS = frozenset(
    {"name", "title", "summary", "label", "stance", "text", "why", "note", "means", "meaning", "role",
     "wants", "effect", "rule", "basis", "what", "test", "definition", "question", "expression", "seat"}
)  # fmt: skip
"""Fields that hold the tool's own words."""
AUTHORS = frozenset({"author_terms", "language_note"})
"""Fields in which an author's terms may stand."""


@dataclass(frozen=True)
class Label:
    """A label, and where it stands as a fact."""

    path: str
    label: str
    text: str


def labels_in(crisis: Crisis, more: Iterable[str] = ()) -> tuple[Label, ...]:
    """Partisan labels in the tool's own words: the built-in ones, the authors' terms, and ``more``."""
    terms = {t for r in crisis.readings.values() for t in r.author_terms}
    every = sorted({x.lower() for x in (*LABELS, *terms, *more)}, key=len, reverse=True)
    found = re.compile(r"(?<!\w)(" + "|".join(map(re.escape, every)) + r")(?!\w)", re.IGNORECASE)
    return tuple(
        Label(path, match[0], text)
        for path, text in _texts(crisis, "", "")
        for match in found.finditer(text)
    )


def _texts(value: Any, path: str, field: str) -> Iterator[tuple[str, str]]:
    """Texts that are the tool's own words, and ids."""
    if isinstance(value, str):
        if field in OWN_WORDS:
            yield path, value
    elif isinstance(value, Frozen):
        for name in type(value).model_fields:
            if name not in AUTHORS:
                yield from _texts(getattr(value, name), f"{path}.{name}" if path else name, name)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield f"{path}.{key}", str(key).replace("_", " ")
            yield from _texts(inner, f"{path}.{key}", field)
    elif isinstance(value, tuple | list):
        for place, inner in enumerate(value):
            yield from _texts(inner, f"{path}.{place}", field)
