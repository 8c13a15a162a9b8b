"""The command line: ``offramp COMMAND``.

Data goes to stdout, everything else to stderr; exit codes are in :mod:`offramp.cli._outcome`.
``_questions``, ``_tools`` and ``_forecast_commands`` say which commands there are, ``_options`` which
options they share; ``_answering``, ``_briefing``, ``_describing`` and ``_ledgers`` do what they say,
``_screen`` prints for people, ``_files`` writes what ``--out`` asks for, and ``_run`` turns an outcome
or an exception into output and an exit code.

Nothing heavy is imported here or in those that name commands: ``offramp --help`` must stay quick.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. ``argv`` leaves out the name of the program."""
    try:
        from offramp.cli._run import run

        return run(sys.argv[1:] if argv is None else list(argv))
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrupted.\n")
        return 130
