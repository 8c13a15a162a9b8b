"""The crises that come with the package: folders of ``offramp/library`` with a ``crisis.yaml``."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

CRISIS_FILE = "crisis.yaml"
"""The file of that name in a folder is the crisis of that folder."""


@cache
def shipped() -> dict[str, Path]:
    """Crisis file by name, sorted by name."""
    library = resources.files("offramp").joinpath("library")
    found: dict[str, Path] = {}
    for folder in library.iterdir():
        file = folder.joinpath(CRISIS_FILE)
        if folder.is_dir() and file.is_file():
            found[folder.name] = Path(str(file))
    return dict(sorted(found.items()))
