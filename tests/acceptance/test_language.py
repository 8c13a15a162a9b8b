"""S63: labels that take a side stand nowhere as facts, neither in the package nor in its library."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import offramp
from offramp.crisis import Crisis, Frozen
from offramp.crisis._shipped import shipped
from offramp.estimation import partisan

SOURCE = Path(offramp.__file__).parent
LISTS = {"language.py", "_language.py"}
"""Modules that hold lists of labels, and are themselves no text."""
NAMES = {"name", "label", "title"}
ATTRIBUTED = {"author_terms"}
"""Fields whose content is an author's by definition."""


def python_texts() -> Iterator[tuple[str, str]]:
    """Every text in the package's code, docstrings and messages alike."""
    for file in sorted(SOURCE.rglob("*.py")):
        if file.name in LISTS:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield f"{file.relative_to(SOURCE)}:{node.lineno}", node.value


def page_texts() -> Iterator[tuple[str, str]]:
    for pattern in ("*.jinja", "*.html", "starter*.yaml"):
        for file in sorted(SOURCE.rglob(pattern)):
            yield str(file.relative_to(SOURCE)), file.read_text(encoding="utf-8")


def texts(value: Any, path: str = "", field: str = "") -> Iterator[tuple[str, str, str]]:
    """Path, field and text of everything written in a crisis, ids included."""
    if isinstance(value, str):
        yield path, field, value
    elif isinstance(value, Frozen):
        for name in type(value).model_fields:
            if name not in ATTRIBUTED:
                yield from texts(getattr(value, name), f"{path}.{name}" if path else name, name)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield f"{path}.{key}", "name", str(key).replace("_", " ")
            yield from texts(inner, f"{path}.{key}", field)
    elif isinstance(value, tuple | list):
        for place, inner in enumerate(value):
            yield from texts(inner, f"{path}.{place}", field)


@pytest.fixture(params=list(shipped()))
def crisis(request: pytest.FixtureRequest) -> Crisis:
    return offramp.load(request.param)


def test_S63_the_packages_own_words_take_no_side() -> None:
    every = [*python_texts(), *page_texts()]
    assert len(every) > 1000
    assert [f for f in partisan(every) if not f.attributed] == []


def test_S63_names_of_actors_levers_plans_and_readings_take_no_side(crisis: Crisis) -> None:
    """In a name there is no room for attribution: an author's term does not stand there either."""
    names = [(path, text) for path, field, text in texts(crisis) if field in NAMES]
    assert len(names) > 20
    assert partisan(names) == ()


def test_S63_in_prose_a_label_is_an_authors_term_and_says_so(crisis: Crisis) -> None:
    prose = [(path, text) for path, _, text in texts(crisis)]
    found = {(f.place, f.label) for f in partisan(prose) if not f.attributed}
    assert not found


def test_S63_the_reading_with_partisan_labels_says_how_they_were_coded() -> None:
    notes = [
        r.language_note for r in offramp.load("ukraine-2025").readings.values() if r.language_note
    ]
    assert notes
    assert all(not [f for f in partisan({"note": note}) if not f.attributed] for note in notes)


def test_S63_a_label_in_an_actors_name_would_be_found() -> None:
    plain = offramp.load("ukraine-2025")
    actor = next(iter(plain.actors))
    named = offramp.override(plain, {f"actors.{actor}.name": "The Kiev regime"})
    names = [(path, text) for path, field, text in texts(named) if field in NAMES]
    assert [(f.place, f.label) for f in partisan(names)] == [
        (f"actors.{actor}.name", "Kiev regime")
    ]
