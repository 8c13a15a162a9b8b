"""What the schema refuses, in plain words: validation errors become findings that people read.

Every sentence says what was expected and what was found. An unknown key gets a did-you-mean among
the fields of its own mapping; a missing one gets the field's description.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from offramp.crisis._diagnostics import Path, did_you_mean, dotted, nearest
from offramp.crisis._findings import Finding
from offramp.crisis._quantity import WAYS_TO_WRITE, Frozen, Quantity
from offramp.crisis._schema import Crisis
from offramp.crisis._shapes import classes, field_shape, item_shape

Details = Mapping[str, Any]
"""One error as the validator gives it: ``type``, ``loc``, ``msg``, ``input`` and ``ctx``."""

KEY = "[key]"
"""What the validator appends to the path of a key that is itself at fault."""

LONGEST_INTEGER = 10**30
"""The largest that a message writes out."""

_PATTERNS = {
    "id": "lower-case letters, digits and hyphens, as in `my-crisis`",
    "grade": "an Admiralty grade: a letter A to F and a digit 1 to 6, as in `B2`",
}
"""What the patterns of the schema ask for, by field."""

_BOUNDS = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}


def findings(error: ValidationError, raw: Any) -> list[Finding]:
    """The problems of one validation of ``raw``, in plain words and without echoes.

    A missing field whose name an unknown key nearly spells is one problem, not two.
    """
    details: list[Any] = error.errors(include_url=False)
    unknown = [e for e in details if e["type"] == "extra_forbidden"]
    meant = {(*e["loc"][:-1], _meant(e)) for e in unknown}
    kept = [e for e in details if not (e["type"] == "missing" and e["loc"] in meant)]
    return [_finding(e, raw) for e in kept]


def misreadings(raw: Any) -> Iterator[Finding]:
    """Values that Python would take for something else: true for 1, a number for a date."""
    yield from _misread(raw, Crisis, ())


def _misread(raw: Any, shape: Any, path: Path) -> Iterator[Finding]:
    models = classes(shape)
    if isinstance(raw, Mapping) and models:
        for key, value in raw.items():
            if key in models[0].model_fields:
                yield from _misread(value, field_shape(models[0], key), (*path, key))
    elif isinstance(raw, Mapping):
        for key, value in raw.items():
            yield from _misread(value, item_shape(shape), (*path, key))
    elif isinstance(raw, list | tuple):
        if not models:
            for place, value in enumerate(raw):
                yield from _misread(value, item_shape(shape), (*path, place))
    elif isinstance(raw, bool) and not models:
        text = str(shape)
        if "bool" not in text and ("float" in text or "int" in text):
            yield Finding(path, f"expected a number, got {said(raw)}", code="type")
    elif isinstance(raw, int | float) and "datetime.date" in str(shape):
        yield Finding(path, f"expected a date, got {said(raw)}", _DATE_HINT, code="type")


_DATE_HINT = "write it as year-month-day, as in 2025-04-15"


def said(value: Any) -> str:
    """A value as a person would name it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) > LONGEST_INTEGER:
        return "a number that is too large"
    if isinstance(value, int | float):
        return f"the number {value:g}" if isinstance(value, float) else f"the number {value}"
    if isinstance(value, str):
        return f"the text `{value[:60]}{'…' if len(value) > 60 else ''}`"
    if isinstance(value, Mapping):
        return "a mapping"
    return "a list" if isinstance(value, list | tuple) else f"a {type(value).__name__}"


def _meant(error: Details) -> str | None:
    model = _model_at(error["loc"][:-1])
    return None if model is None else nearest(str(error["loc"][-1]), model.model_fields)


def _shape_at(loc: Sequence[str | int]) -> Any:
    """The declared type at a place; parts that only name an alternative of a union are skipped."""
    shape: Any = Crisis
    for part in loc:
        models = classes(shape)
        if models and isinstance(part, str):
            if part in models[0].model_fields:
                shape = field_shape(models[0], part)
        elif not (isinstance(part, str) and "[" in part):
            shape = item_shape(shape)
    return shape


def _model_at(loc: Sequence[str | int]) -> type[Frozen] | None:
    models = classes(_shape_at(loc))
    return models[0] if models else None


def raw_path(loc: Sequence[str | int], raw: Any) -> Path:
    """The part of a validator's path that is in the data."""
    path: Path = ()
    for part in loc:
        inside = (isinstance(raw, Mapping) and part in raw) or (
            isinstance(raw, list | tuple) and isinstance(part, int) and part < len(raw)
        )
        if inside:
            raw, path = raw[part], (*path, part)
    return path


def _finding(error: Details, raw: Any) -> Finding:
    kind, loc, value = error["type"], error["loc"], error["input"]
    path = raw_path(loc, raw)
    if kind == "extra_forbidden":
        return _unknown_key(loc, path)
    if kind == "missing":
        return _missing_key(loc, path)
    if loc[-1:] == (KEY,):
        return _wrong_key(error, path)
    message, hint = sentence(error)
    if classes(_shape_at(loc)) == (Quantity,) and kind == "model_type":
        message, hint = f"expected {WAYS_TO_WRITE}, got {said(value)}", None
    return Finding(path, message, hint, code="type")


def sentence(error: Details) -> tuple[str, str | None]:
    """What was expected and what was found, and a suggestion."""
    message, hint = _expected(error)
    if error["type"] != "value_error":
        message = f"{message}, got {said(error['input'])}"
    return message, hint


def _within(path: Path) -> str:
    return f" in {dotted(path)}" if path else ""


def _unknown_key(loc: Sequence[str | int], path: Path) -> Finding:
    name, model = str(loc[-1]), _model_at(loc[:-1])
    known = model.model_fields if model else {}
    hint = did_you_mean(name, known)
    if hint is None:
        hint = f"the keys here are {', '.join(f'`{key}`' for key in list(known)[:12])}"
        hint += ", …" if len(known) > 12 else ""
    message = f"unknown key `{name}`{_within(path[:-1])}"
    return Finding(path, message, hint, at_key=True, code="unknown-key")


def _missing_key(loc: Sequence[str | int], path: Path) -> Finding:
    name, model = str(loc[-1]), _model_at(loc[:-1])
    field = model.model_fields.get(name) if model else None
    about = f": {field.description}" if field is not None and field.description else ""
    where = _within(path) or " at the top of the file"
    return Finding(path, f"`{name}` is missing{where}", f"add `{name}`{about}", code="missing")


def _wrong_key(error: Details, path: Path) -> Finding:
    name = str(error["loc"][-2])
    allowed = _choices(error)
    known = " or ".join(f"`{key}`" for key in allowed)
    message = f"unknown key `{name}`{_within(path[:-1])}"
    hint = did_you_mean(name, allowed) or (f"expected {known}" if known else None)
    return Finding(path, message, hint, at_key=True, code="unknown-key")


def _choices(error: Details) -> list[str]:
    listed = str(error.get("ctx", {}).get("expected", ""))
    return [part.strip().strip("'") for part in listed.replace(" or ", ", ").split(",") if part]


def _expected(error: Details) -> tuple[str, str | None]:
    """What was expected, and a suggestion."""
    kind, ctx, value = error["type"], error.get("ctx", {}), error["input"]
    if kind in _BOUNDS:
        key, words = _BOUNDS[kind]
        return f"expected a number that is {words} {ctx[key]:g}", None
    if kind == "literal_error":
        return _one_of(_choices(error), value)
    if kind in _SENTENCES:
        message, hint = _SENTENCES[kind]
        return message, hint(value) if callable(hint) else hint
    if kind == "string_pattern_mismatch":
        names = [part for part in error["loc"] if part in _PATTERNS]
        wanted = _PATTERNS[str(names[-1])] if names else "text of another form"
        return f"expected {wanted}", None
    if kind == "string_too_long":
        return f"expected at most {ctx['max_length']} characters", "cut it, or use `note`"
    if kind in ("too_short", "too_long"):
        bound, limit = ("at least", "min_length") if kind == "too_short" else ("", "max_length")
        count = ctx[limit]
        message = f"expected {bound or 'at most'} {count} {'entry' if count == 1 else 'entries'}"
        return message, None
    if kind == "value_error":
        return error["msg"].removeprefix("Value error, "), None
    return error["msg"].replace("Input should be", "expected").replace("Input", "the value"), None


def _one_of(allowed: list[str], value: Any) -> tuple[str, str | None]:
    listed = ", ".join(f"`{choice}`" for choice in allowed[:-1])
    listed = f"{listed} or `{allowed[-1]}`" if listed else f"`{allowed[-1]}`"
    return f"expected {listed}", did_you_mean(str(value), allowed)


def _quoted(value: Any) -> str | None:
    if isinstance(value, bool | int | float):
        return "put it in quotes if it is text"
    return None


def _listed(value: Any) -> str | None:
    return f"write it as a list: [{value}]" if isinstance(value, str) and value else None


def _as_list(value: Any) -> str | None:
    return _listed(value) or "write `- value` lines, or [one, two]"


def _as_mapping(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "write `id:` and its fields below it, without dashes"
    return "write `key: value` lines"


_Hint = str | Callable[[Any], str | None] | None

_SENTENCES: dict[str, tuple[str, _Hint]] = {
    "model_type": ("expected a mapping", _as_mapping),
    "model_attributes_type": ("expected a mapping", _as_mapping),
    "dict_type": ("expected a mapping", _as_mapping),
    "tuple_type": ("expected a list", _as_list),
    "list_type": ("expected a list", _as_list),
    "string_type": ("expected text", _quoted),
    "float_type": ("expected a number", None),
    "float_parsing": ("expected a number", None),
    "int_type": ("expected a whole number", None),
    "int_parsing": ("expected a whole number", None),
    "int_from_float": ("expected a whole number", None),
    "finite_number": ("expected a finite number", "leave the field out, or give a bound"),
    "bool_type": ("expected true or false", None),
    "bool_parsing": ("expected true or false", None),
    "date_type": ("expected a date", _DATE_HINT),
    "date_parsing": ("expected a date", _DATE_HINT),
    "date_from_datetime_parsing": ("expected a date", _DATE_HINT),
    "date_from_datetime_inexact": ("expected a date", _DATE_HINT),
}
