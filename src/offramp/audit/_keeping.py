"""Pieces of work that are kept in a folder, so that an interrupted audit goes on where it stopped.

A piece is named by a hash of what was asked and by a hash of the program that worked it out: the sources of
every package that a figure of the audit can depend on, and what compiles them. A piece of another version is
never read; :attr:`Keeping.stale` counts such pieces, and the answer says so; files of any other name are not
pieces. Pieces are JSON; numbers in them
come back to the last bit.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np

from offramp.answers._runs import in_parallel
from offramp.crisis import Crisis, crisis_hash
from offramp.ensembles.code import code_hash as sources_hash
from offramp.solution.kernels._jit import source_hash

Progress = Callable[[str, int, int], None]
J = TypeVar("J")
R = TypeVar("R")
PACKAGES = (
    "crisis", "game", "solution", "theory", "estimation", "ensembles", "answers", "audit",
)  # fmt: skip
"""Packages that figures of the audit can depend on."""
SUFFIX = ".json"
PIECE = re.compile(r"[0-9a-f]{32}\.[0-9a-f]{12}\.json|[0-9a-f]{32}(\.[0-9a-f]{12})?\.npz")
"""Names of pieces, of former versions as well."""


def code_hash() -> str:
    """Hash of the sources of :data:`PACKAGES` and of what compiles the kernels."""
    both = sources_hash(PACKAGES) + source_hash()
    return hashlib.sha256(both.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Keeping:
    """A folder of pieces, and the version of the program whose pieces count."""

    folder: Path
    code: str

    def path(self, name: str) -> Path:
        """Where a piece stands."""
        return self.folder / f"{name}.{self.code}{SUFFIX}"

    @property
    def stale(self) -> int:
        """Pieces of another version; they are left where they are and not read."""
        own = f".{self.code}{SUFFIX}"
        kept = (p.name for p in self.folder.iterdir() if PIECE.fullmatch(p.name))
        return sum(not name.endswith(own) for name in kept)


def keeping(folder: str | Path | None) -> Keeping | None:
    """The folder, made if need be."""
    if folder is None:
        return None
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    return Keeping(place, code_hash())


@lru_cache(maxsize=2)
def _hashes(_crisis: int) -> list[tuple[Crisis, str]]:
    return []


def _hash_of(crisis: Crisis) -> str:
    """The crisis's hash, worked out once for all pieces."""
    known = _hashes(id(crisis))
    if not known or known[0][0] is not crisis:
        known[:] = [(crisis, crisis_hash(crisis))]
    return known[0][1]


def name_of(crisis: Crisis, head: Mapping[str, Any], *arrays: np.ndarray) -> str:
    """Name of a piece: a hash of the crisis, of what was asked and of the draws."""
    told = json.dumps({**head, "crisis": _hash_of(crisis)}, sort_keys=True)
    digest = hashlib.sha256(told.encode())
    for array in arrays:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:32]


@dataclass(frozen=True)
class Task(Generic[J, R]):
    """How a kind of job is worked out, and how its result is written down and read back."""

    perform: Callable[[Crisis, J], R]
    plain: Callable[[R], Any]
    back: Callable[[Any], R]


@dataclass(frozen=True)
class _Work(Generic[J, R]):
    task: Task[J, R]
    job: J
    path: Path | None


def worked(
    crisis: Crisis, task: Task[J, R], jobs: Sequence[J], names: Callable[[J], str],
    kept: Keeping | None, workers: int | None, progress: Progress | None, label: str,
) -> list[R]:  # fmt: skip
    """Results of jobs in order, read from the folder where they are kept there."""
    if not jobs:
        return []
    work = [_Work(task, job, kept.path(names(job)) if kept else None) for job in jobs]
    return in_parallel(crisis, _one, work, workers, progress, label)


def _one(crisis: Crisis, work: _Work[J, R]) -> R:
    """A result: read if it was kept, else worked out and kept."""
    if work.path is None:
        return work.task.perform(crisis, work.job)
    if work.path.exists():
        return work.task.back(json.loads(work.path.read_text()))
    found = work.task.perform(crisis, work.job)
    part = work.path.with_suffix(f".{os.getpid()}.part")
    part.write_text(json.dumps(work.task.plain(found)))
    part.replace(work.path)
    return found
