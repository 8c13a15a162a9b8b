"""A crisis to start from: a dozen numbers, commented, that pass every check."""

from __future__ import annotations

import json
import os
import re
import tempfile
import unicodedata
from importlib import resources
from pathlib import Path

SUFFIXES = (".yaml", ".yml")


def text() -> str:
    """The starter crisis as it is shipped."""
    return resources.files("offramp.crisis").joinpath("starter.yaml").read_text("utf-8")


def new(path: str | Path) -> Path:
    """Write a starter crisis, named after the file, and give back where it is.

    A name without a suffix gets ``.yaml``. The file appears whole or not at all, and nothing that
    is already there is touched.

    Raises:
        FileExistsError: something of this name is there already.
        FileNotFoundError: there is no such folder.
        ValueError: the name has the suffix of another kind of file.
    """
    file = Path(path)
    if not file.suffix:
        file = file.with_name(file.name + ".yaml")
    if file.suffix.lower() not in SUFFIXES:
        raise ValueError(f"{file}: a crisis is written as a .yaml file, not {file.suffix}")
    if not file.parent.is_dir():
        raise FileNotFoundError(f"{file}: there is no folder {file.parent}")
    if os.path.lexists(file):
        raise FileExistsError(_TAKEN.format(file))
    _write(file, _named(text(), file.stem))
    return file


_TAKEN = "{}: there is a file of this name already; choose another name, or move it away"


def _named(crisis: str, stem: str) -> str:
    """The text with an id and a title made of the file's name."""
    words = re.sub(r"[\W_]+", " ", stem).strip()
    plain = unicodedata.normalize("NFKD", words.lower()).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "crisis"
    title = words[:1].upper() + words[1:] or "A crisis"
    crisis = re.sub(r"^id: .*$", f"id: {_scalar(slug)}", crisis, count=1, flags=re.MULTILINE)
    line = f"title: {_scalar(title)}".replace("\\", r"\\")
    return re.sub(r"^title: .*$", line, crisis, count=1, flags=re.MULTILINE)


def _scalar(value: str) -> str:
    """The text plain where that reads as text in YAML, in quotes otherwise."""
    plain = re.fullmatch(r"[^\W\d][\w -]*", value) and value.lower() not in _WORDS
    return value if plain else json.dumps(value, ensure_ascii=False)


_WORDS = {"null", "true", "false"}


def _write(file: Path, content: str) -> None:
    """Write beside the place, then link into it: a link never replaces what is there."""
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".tmp", dir=file.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(content)
        Path(name).chmod(0o666 & ~_umask())
        try:
            os.link(name, file)
        except FileExistsError:
            raise FileExistsError(_TAKEN.format(file)) from None
        except OSError:  # a file system without links
            with file.open("x", encoding="utf-8", newline="\n") as stream:
                stream.write(content)
    finally:
        Path(name).unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
