"""Which program made a result: a hash of its sources, the same on every machine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

SOLVING = ("crisis", "game", "solution", "ensembles")
"""Packages that a solve and its summary depend on."""
DIGITS = 16
"""Hexadecimal digits of a hash."""


def code_hash(packages: Iterable[str] = SOLVING) -> str:
    """Hash of every Python file of some packages of this program, by its place in them."""
    return _hash(tuple(packages))


@lru_cache(maxsize=8)
def _hash(packages: tuple[str, ...]) -> str:
    return tree_hash(Path(__file__).resolve().parent.parent, packages)


def tree_hash(root: Path, folders: Iterable[str] = (".",)) -> str:
    """Hash of every Python file of some folders below ``root``, by its place there."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:DIGITS]
