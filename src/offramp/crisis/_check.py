"""Cross-checks: what the schema cannot see, because it needs two places of a file at once.

The checks are small functions, by subject: who and what (:mod:`._check_ids`), numbers
(:mod:`._check_numbers`), conditions (:mod:`._check_conditions`), intentions
(:mod:`._check_plans`), what moves a game (:mod:`._check_moves`), time (:mod:`._check_dates`), tasks
and rules of consent (:mod:`._check_tasks`).
An error means that the crisis cannot be used as written; a warning that it can, but that it
probably does not say what was meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from offramp.crisis import (
    _check_claims,
    _check_conditions,
    _check_dates,
    _check_ids,
    _check_moves,
    _check_numbers,
    _check_plans,
    _check_tasks,
)
from offramp.crisis._diagnostics import Problem
from offramp.crisis._document import Document
from offramp.crisis._findings import Finding, View, placed
from offramp.crisis._schema import Crisis

CHECKS: tuple[Callable[[View], Iterator[Finding]], ...] = (
    *_check_ids.CHECKS,
    *_check_numbers.CHECKS,
    *_check_conditions.CHECKS,
    *_check_plans.CHECKS,
    *_check_moves.CHECKS,
    *_check_dates.CHECKS,
    *_check_claims.CHECKS,
    *_check_tasks.CHECKS,
)


@dataclass(frozen=True)
class Report:
    """What the cross-checks found, in the order of the checks."""

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether the crisis can be used; warnings do not count."""
        return not self.problems


def check(crisis: Crisis, document: Document | None = None) -> Report:
    """Run every cross-check on a crisis that passes the schema.

    With the ``document`` it was read from, each problem has its line, column and caret.
    """
    found = run(View(crisis))
    return Report(
        tuple(placed(f, document) for f in found if not f.warning),
        tuple(placed(f, document) for f in found if f.warning),
    )


def run(view: View) -> tuple[Finding, ...]:
    """Every finding of every check, each once."""
    return tuple(dict.fromkeys(finding for one in CHECKS for finding in one(view)))
