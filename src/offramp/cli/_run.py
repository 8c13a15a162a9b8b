"""From arguments to an exit code: parse, do, print, and explain whatever went wrong."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from typing import Any

from offramp.cli._outcome import INTERNAL, INTERRUPTED, USAGE, Failure, Notice, Outcome

MAX_SHOWN = 100
"""Errors printed before "and N more"; the envelope always holds all of them."""


def run(arguments: Sequence[str]) -> int:
    """Run one command, print its outcome and return its exit code."""
    options = set(arguments[: arguments.index("--")] if "--" in arguments else arguments)
    for stream in (sys.stdout, sys.stderr):
        _forgive(stream)
    outcome = _attempt(arguments)
    try:
        if "--json" in options:
            _print_envelope(outcome)
        else:
            _print(outcome, quiet=not options.isdisjoint({"--quiet", "-q"}))
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read us has seen enough
        _hush()
    return outcome.code


def _attempt(arguments: Sequence[str]) -> Outcome:
    try:
        work = _parsed(arguments)
        if work == INTERRUPTED:  # the parser turns an interruption into a code
            raise KeyboardInterrupt
        if not callable(work):
            return Outcome(code=work or 0)
        with _strays_to_stderr():
            outcome: Outcome = work()
        return outcome
    except KeyboardInterrupt:
        notice = Notice(
            "interrupted; nothing was left half-written",
            "the same command again goes on from the pieces that were finished, if it keeps any",
            code="interrupted",
        )
        return Outcome(code=INTERRUPTED, errors=(notice,))
    except SystemExit as leave:
        return Outcome(code=leave.code if isinstance(leave.code, int) else INTERNAL)
    except Failure as failure:
        return Outcome(code=failure.code, errors=(failure.notice,))
    except Exception as error:
        return _explained(error)


@contextlib.contextmanager
def _strays_to_stderr() -> Iterator[None]:
    """Send what compiled libraries print by themselves to stderr while a command works.

    HiGHS leaves a line on stdout now and then; there it would spoil `--json`.
    """
    sys.stdout.flush()
    try:
        os.fstat(2)
        kept = os.dup(1)
    except OSError:  # one of them is closed
        yield
        return
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


def _parsed(arguments: Sequence[str]) -> Any:
    """The command to run with its options, or an exit code where help was all that was asked."""
    from typer.main import get_command

    from offramp.cli._commands import app

    return get_command(app).main(args=list(arguments), prog_name="offramp", standalone_mode=False)


def _explained(error: Exception) -> Outcome:
    """What to say about an exception: of the parser, of a crisis file, or of our own making."""
    if hasattr(error, "format_message"):
        return Outcome(code=USAGE, errors=(_usage(error),))
    code = getattr(error, "exit_code", None)
    if code is not None:
        problems = getattr(error, "problems", None)
        if problems is None:
            return Outcome(code=code, errors=(Notice(str(error), code="compile"),))
        return Outcome(code=code, errors=tuple(map(Notice.of, problems)))
    if os.environ.get("OFFRAMP_DEBUG", "") not in ("", "0"):
        traceback.print_exception(error)
    about = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    if isinstance(error, MemoryError):
        hint = "there is not enough memory: a coarser --resolution needs less"
    else:
        hint = (
            "this is a fault of Offramp: please report it, with the command and the crisis file; "
            "OFFRAMP_DEBUG=1 shows where it happened"
        )
    return Outcome(
        code=INTERNAL, errors=(Notice(f"internal error: {about}", hint, code="internal"),)
    )


def _usage(error: Any) -> Notice:
    message: str = error.format_message().replace("Value error, ", "")
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        return Notice("a command is missing", "offramp --help lists them", text=message)
    if context is None:
        return Notice(message)
    hint = f"try `{context.command_path} --help`"
    return Notice(message, hint, text=f"{context.get_usage()}\nError: {message}\n  {hint}")


# --- Output --------------------------------------------------------------------------------


def _print_envelope(outcome: Outcome) -> None:
    from offramp.cli._files import json_text

    if outcome.data or outcome.errors or outcome.warnings:  # not after --help
        sys.stdout.write(json_text(outcome.envelope(), ascii_only=True))


def _print(outcome: Outcome, quiet: bool) -> None:
    if outcome.show is not None:
        from offramp.cli._screen import Screen

        screen = Screen(sys.stdout)
        outcome.show(screen)
        sys.stdout.write(screen.text())
        sys.stdout.flush()
    lines = [] if quiet else list(outcome.remarks)
    shown = outcome.errors[:MAX_SHOWN]
    lines += [str(e) if e.text is not None else f"Error: {e}" for e in shown]
    if len(outcome.errors) > len(shown):
        lines.append(f"and {len(outcome.errors) - len(shown)} more")
    if lines:
        with contextlib.suppress(BrokenPipeError):
            sys.stderr.write("\n".join(lines) + "\n")


def _forgive(stream: Any) -> None:
    """What a stream's encoding cannot say becomes an escape, not a crash."""
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="backslashreplace")


def _hush() -> None:
    """Point stdout at nothing, so that no flush at exit complains of the closed pipe."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
