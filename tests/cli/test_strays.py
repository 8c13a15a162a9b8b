"""What compiled libraries print by themselves does not reach stdout."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import offramp.cli._describing
from offramp.cli import main
from offramp.cli._outcome import Outcome

ROOT = Path(__file__).resolve().parents[2]


def test_a_line_written_below_python_goes_to_stderr(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def noisy() -> Outcome:
        os.write(1, b"from a compiled library\n")
        return Outcome(data={"here": True})

    monkeypatch.setattr(offramp.cli._describing, "list_library", noisy)
    assert main(["library", "--json"]) == 0
    out, err = capfd.readouterr()
    assert "compiled" not in out
    assert '"here": true' in out
    assert "from a compiled library" in err


def test_stdout_works_as_before_where_stderr_is_closed() -> None:
    code = (
        "import os; os.close(2); from offramp.cli import main; raise SystemExit(main(['library']))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0
    assert "ukraine-2025" in done.stdout
