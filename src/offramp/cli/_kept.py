"""Where finished pieces of long commands are kept without being asked, and found again.

A piece is work whose result can be used twice: a block of draws, a batch of claims. Pieces of one state of a
crisis and one state of the package share a folder::

    <user's cache>/offramp/runs/<hash of the crisis>-<hash of the package's code>/<what is kept>

The user's cache is ``$OFFRAMP_CACHE`` or ``$XDG_CACHE_HOME/offramp`` where they are set, else
``~/Library/Caches/offramp`` (macOS), ``%LOCALAPPDATA%/offramp`` (Windows) or ``~/.cache/offramp``. A change
of a number of the crisis, or of a line of code, is another folder, so nothing stale is ever read. Folders
that were not used for a month are removed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offramp.cli._outcome import Failure

if TYPE_CHECKING:
    from offramp.cli._asked import Question
    from offramp.crisis import Crisis

DIGITS = 16
"""Hexadecimal digits of a hash in the name of a folder."""
OURS = re.compile(f"[0-9a-f]{{{DIGITS}}}-[0-9a-f]{{{DIGITS}}}")
"""Names of folders that this program makes."""
KEPT_DAYS = 30
"""Folders that nobody used for so long are removed."""


KEEPS: Mapping[str, frozenset[str]] = {
    "sensitivity": frozenset(),
    "discover": frozenset(),
    "robust": frozenset(),
    "audit": frozenset(),
    "stress": frozenset({"draws"}),
}
"""Questions that keep finished pieces, each with the options without which there are none."""


NOT_SOLVED = ("folder", "scheduler", "share")
"""Options that no piece depends on."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where pieces are kept: ``folder`` (None: nowhere), and the remark that says so."""

    folder: Path | None
    remarks: tuple[str, ...] = ()


def user_cache() -> Path:
    """The user's cache folder for Offramp on this system; it need not exist."""
    if chosen := os.environ.get("OFFRAMP_CACHE"):
        return Path(chosen).expanduser()
    if base := os.environ.get("XDG_CACHE_HOME"):
        return Path(base) / "offramp"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "offramp"
    if sys.platform == "win32" and (local := os.environ.get("LOCALAPPDATA")):
        return Path(local) / "offramp"
    return Path.home() / ".cache" / "offramp"


def kept_for(
    name: str, question: Question, crisis: Crisis, stated: Mapping[str, Any]
) -> tuple[dict[str, Any], Place]:
    """The options of a question without ``fresh``, and where its finished pieces are kept."""
    options = dict(stated)
    fresh = bool(options.pop("fresh", False))
    if name not in KEEPS or not KEEPS[name] <= options.keys():
        return options, Place(None)
    given = options.get("folder")
    # An audit names each piece by all that it depends on, so audits of any size share a folder.
    depends = None if name == "audit" else {
        **{k: _content(v) for k, v in options.items() if k not in NOT_SOLVED},
        **{k: getattr(question, k) for k in ("plan", "reading", "precision", "resolution", "seed")},
    }  # fmt: skip
    return options, place_for(crisis, name, given, fresh, depends)


def place_for(
    crisis: Crisis,
    name: str,
    folder: Path | None,
    fresh: bool,
    options: Mapping[str, Any] | None = None,
) -> Place:
    """Where the pieces of a command are kept.

    Args:
        crisis: The crisis.
        name: What is kept, such as ``audit``.
        folder: The folder asked for; it is used as it is.
        fresh: Whether to keep and read nothing.
        options: What else the pieces depend on, if they are not named by it themselves.

    Raises:
        Failure: for a folder that cannot be written, or both a folder and a fresh start.
    """
    if folder is not None and fresh:
        raise Failure(
            "--fresh ignores what is kept, and --folder names it", "leave one of them out"
        )
    if fresh:
        return Place(None)
    if folder is not None:
        _ready(folder, "name another place with --folder")
        return Place(folder)
    import offramp
    from offramp.crisis import crisis_hash
    from offramp.ensembles.code import tree_hash

    program = tree_hash(Path(offramp.__file__).parent)
    runs = user_cache() / "runs"
    shared = runs / f"{crisis_hash(crisis)[:DIGITS]}-{program}"
    own = shared / (name if options is None else f"{name}-{_key(options)}")
    _ready(own, "name another place with --folder, or keep nothing with --fresh")
    os.utime(shared)
    _forget_old(runs, shared)
    return Place(own, (f"Finished pieces are kept in {own}",))


def _ready(folder: Path, hint: str) -> None:
    """Make a folder and see that files can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        why = error.strerror or error
        raise Failure(f"finished pieces cannot be kept in {folder}: {why}", hint) from error


def _content(value: Any) -> Any:
    """An option as what it stands for: a file by what is in it."""
    if isinstance(value, Path) and value.is_file():
        return hashlib.sha256(value.read_bytes()).hexdigest()
    return value


def _key(options: Mapping[str, Any]) -> str:
    """A short hash of options, whatever their order."""
    text = json.dumps(dict(options), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


def _forget_old(runs: Path, current: Path) -> None:
    """Remove folders of other states that were not used for a month."""
    limit = time.time() - KEPT_DAYS * 86_400
    for other in runs.iterdir():
        with contextlib.suppress(OSError):
            ours = OURS.fullmatch(other.name) and other != current and other.is_dir()
            if ours and other.stat().st_mtime < limit:
                shutil.rmtree(other)
