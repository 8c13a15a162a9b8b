"""One small crisis file, and a way to run a command in this process."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.cli_done import Done, Run

from offramp.cli import main
from offramp.crisis import new


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "OFFRAMP_DEBUG", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("offramp.cli._kept.user_cache", lambda: tmp_path / "cache")


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
    text = mine.read_text(encoding="utf-8").replace("\nas_of: 2026", "\nas_of: yesterday 2026", 1)
    mine.write_text(text + "\nlevvers: {}\n", encoding="utf-8")
    return mine


@pytest.fixture
def odd(mine: Path) -> Path:
    """The starter crisis with one warning."""
    text = mine.read_text(encoding="utf-8")
    mine.write_text(text + "\ndata_cut: 2026-02-01\n", encoding="utf-8")
    return mine
