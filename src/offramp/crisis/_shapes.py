"""Declared types of the schema: of a field, of the items of a mapping or list."""

from __future__ import annotations

from functools import lru_cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from offramp.crisis._quantity import Frozen


@lru_cache(maxsize=2048)
def field_shape(model: type[Frozen], name: str) -> Any:
    """The declared type of a field, with its constraints."""
    field = model.model_fields[name]
    if not field.metadata:
        return field.annotation
    return Annotated[(field.annotation, *field.metadata)]


@lru_cache(maxsize=2048)
def item_shape(shape: Any) -> Any:
    """The declared type of the values of a mapping or of the items of a list."""
    args = get_args(shape)
    if get_origin(shape) is Annotated:
        return item_shape(args[0])
    if get_origin(shape) in (Union, UnionType):
        return next((item_shape(s) for s in args if get_origin(s) in (dict, tuple)), Any)
    if not args:
        return Any
    return args[1] if get_origin(shape) is dict else args[0]


@lru_cache(maxsize=2048)
def classes(shape: Any) -> tuple[type[Frozen], ...]:
    """The models among which a value of this declared type is."""
    if get_origin(shape) is Annotated:
        return classes(get_args(shape)[0])
    if get_origin(shape) in (Union, UnionType):
        return tuple(model for s in get_args(shape) for model in classes(s))
    return (shape,) if isinstance(shape, type) and issubclass(shape, Frozen) else ()
