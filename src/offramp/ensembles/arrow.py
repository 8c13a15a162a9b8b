"""pyarrow, imported where it is first used: reading and writing tables is all that needs it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

Table = Any
"""A ``pyarrow.Table``. pyarrow ships no types."""


class NoArrow(ImportError):
    """pyarrow is not installed."""


def _module(name: str) -> Any:
    try:
        return import_module(name)
    except ModuleNotFoundError:
        raise NoArrow("tables of results need the package `pyarrow`: pip install pyarrow") from None


def arrow() -> Any:
    """The module ``pyarrow``."""
    return _module("pyarrow")


def compute() -> Any:
    """The module ``pyarrow.compute``."""
    return _module("pyarrow.compute")


def parquet() -> Any:
    """The module ``pyarrow.parquet``."""
    return _module("pyarrow.parquet")
