"""One small crisis file, and a way to run a command in this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from offramp.cli import main
from offramp.crisis import new


class Done(NamedTuple):
    """What a command printed and returned."""

    code: int
    out: str
    err: str

    @property
    def envelope(self) -> dict[str, Any]:
        found = json.loads(self.out)
        assert list(found) == ["schema", "ok", "data", "warnings"]
        assert found["schema"] == "offramp/1"
        assert found["ok"] == (self.code == 0)
        return found


Run = Callable[..., Done]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "OFFRAMP_DEBUG", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*arguments: str | Path) -> Done:
        capsys.readouterr()
        code = main([str(a) for a in arguments])
        return Done(code, *capsys.readouterr())

    return command


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """The starter crisis: valid, without warnings."""
    return new(tmp_path / "mine.yaml")


@pytest.fixture
def broken(mine: Path) -> Path:
    """The starter crisis with two faults."""
    text = mine.read_text(encoding="utf-8")
    text = text.replace("\nregime:", "\nregimee:", 1)
    mine.write_text(text + "\nlevvers: {}\n", encoding="utf-8")
    return mine
