"""What people see: colours, tables that fit, progress; and signals, pipes and start-up."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from offramp.answers import Column, Table
from offramp.cli import _progress
from offramp.cli._screen import Screen, safe

OFFRAMP = (sys.executable, "-m", "offramp")
ROOT = Path(__file__).resolve().parents[2]


def heeds_interrupts() -> None:
    """In a child: heed Ctrl-C even if this run itself was started as a job that ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "src")}


def wide(rows: int) -> Table:
    text = "a contract whose name takes up rather a lot of space"
    columns = [Column("plan", "Plan"), Column("offer", "What is offered")]
    columns += [Column(f"c{k}", f"Chance in month {k}", "share", decimals=0) for k in range(6)]
    shares = tuple(0.1 * j for j in range(6))
    return Table("Wide", tuple(columns), tuple((f"Plan {k}", text, *shares) for k in range(rows)))


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
@pytest.mark.parametrize("rows", [1, 2, 9])
def test_tables_fit_the_terminal_and_nothing_is_cut(
    monkeypatch: pytest.MonkeyPatch, width: int, rows: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "dumb")
    screen = Screen(Terminal())
    screen.table(wide(rows))
    text = screen.text()
    assert max(len(line.rstrip()) for line in text.splitlines()) <= width
    words = text.split()
    assert words.count("space") == rows
    assert words.count("50") == rows


@pytest.mark.parametrize("no_colour", [False, True])
def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch, no_colour: bool) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    if no_colour:
        monkeypatch.setenv("NO_COLOR", "1")
    screen = Screen(Terminal())
    screen.words("Take care", "yellow")
    assert ("\x1b[33m" in screen.text()) is not no_colour


def test_text_of_a_crisis_cannot_command_the_terminal() -> None:
    assert safe("plain – 5 %") == "plain – 5 %"
    assert safe("a\x1b[2Jb\u202ec\nd") == r"a\x1b[2Jb\u202ec d"
    screen = Screen(io.StringIO())
    screen.words("[red]x[/red] \x1b[31m")
    screen.table(Table("", (Column("x", "X"),), (("\x1b]0;title\x07",),)))
    assert "[red]x[/red]" in screen.text()
    assert "\x1b" not in screen.text()
    assert "\x07" not in screen.text()


@pytest.mark.parametrize(
    ("terminal", "quiet", "patience", "shown"),
    [
        (True, False, 0.0, True),
        (True, True, 0.0, False),
        (False, False, 0.0, False),
        (True, False, 60.0, False),
    ],
)
def test_progress_is_for_people_who_wait(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, quiet: bool, patience: float, shown: bool
) -> None:
    stream = Terminal() if terminal else io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(_progress, "PATIENCE", patience)
    with _progress.Progress(quiet) as progress:
        progress("Solving", 0, 0)
        progress("Solving", 3, 10)
    assert bool(stream.getvalue()) is shown


# --- Processes -----------------------------------------------------------------------------


def test_ctrl_c_leaves_nothing_half_written(
    tmp_path: Path, mine: Path, environment: dict[str, str]
) -> None:
    """The page is there whole or not at all, and the reader sees one line."""
    call = [*OFFRAMP, "leverage", "mine.yaml", "--resolution", "fine", "--out", "out.html"]
    process = subprocess.Popen(
        call,
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heeds_interrupts,
    )
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    # Python itself dies of the signal if it came in the middle of an import: 130 in a shell, too.
    assert process.returncode in (130, -signal.SIGINT), err
    assert out == ""
    assert "nterrupted" in err
    assert "Traceback" not in err
    assert [p.name for p in tmp_path.iterdir()] == ["mine.yaml"]


def test_a_closed_pipe_is_quiet(environment: dict[str, str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*OFFRAMP, "schema"], stdout=writing, stderr=subprocess.PIPE, env=environment, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_an_encoding_without_signs_gets_escapes(environment: dict[str, str]) -> None:
    environment |= {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [*OFFRAMP, "check", "ukraine-2025"], capture_output=True, env=environment, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.isascii()


def test_help_loads_nothing_heavy(environment: dict[str, str]) -> None:
    code = (
        "import sys; from offramp.cli import main; main(['--help']); "
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    assert not loaded & {"numpy", "scipy", "altair", "pydantic", "yaml", "jinja2", "vl_convert"}
    assert "rich" not in loaded
