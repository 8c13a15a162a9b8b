"""A scope that notes which numbers of its crises are looked up.

See :mod:`offramp.ensembles.reach`: quantities note when their value is read. What is read need not move
anything; what is not read cannot.
"""

from __future__ import annotations

from dataclasses import replace

from offramp.audit._worlds import Scope
from offramp.ensembles.reach import _watch


def watched(scope: Scope, seen: set[str], order: list[str]) -> Scope:
    """``scope`` with nothing solved yet: every number that is read adds its path to ``seen``.

    ``order`` gets all paths in the order of the file.
    """
    return replace(
        scope,
        crisis=_watch(scope.crisis, "", seen, order),
        before=_watch(scope.before, "", seen, order),
    )
