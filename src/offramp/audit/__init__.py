"""The argument audit: does each reading's conclusion follow from its own premises?

``_epochs`` gives the crisis of a reading's own date, ``_worlds`` the games that claims are asked of,
``_functionals`` and ``_room`` what questions come to, ``_asking`` the truth of a claim and its margin,
``_draws`` and ``_sampling`` the samples, ``_keeping`` pieces in a folder, ``_loads`` and ``_verdicts`` the
statistics, ``_authors`` what came of a reading, ``_triggers`` and ``_language`` two audits of their own,
``_map`` what makes readings part, ``_looks`` and ``_telling`` what would tell them apart, ``_views``,
``_map_views``, ``_telling_views`` and ``_words`` the answer, ``_pages`` a page per reading.

The front door is ``offramp.audit(crisis)``, and this package has the same name: it may be called.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from offramp.answers._answer import Answer
from offramp.audit._audit import audit, audit_pages, found_of
from offramp.audit._epochs import Setting, setting_of
from offramp.audit._found import Author, Found
from offramp.audit._language import Label, labels_in
from offramp.audit._loads import Loads, coalitions, loads
from offramp.audit._pages import pages
from offramp.audit._sampling import FULL, QUICK, Sizes
from offramp.audit._triggers import TriggerAudit
from offramp.audit._verdicts import Cell, verdict
from offramp.audit._worlds import NotAsked

__all__ = [
    "FULL",
    "QUICK",
    "Author",
    "Cell",
    "Found",
    "Label",
    "Loads",
    "NotAsked",
    "Setting",
    "Sizes",
    "TriggerAudit",
    "audit",
    "audit_pages",
    "coalitions",
    "found_of",
    "labels_in",
    "loads",
    "pages",
    "setting_of",
    "verdict",
]


class _Callable(ModuleType):
    """A package that audits when it is called."""

    def __call__(self, *args: Any, **kwargs: Any) -> Answer:
        return audit(*args, **kwargs)


sys.modules[__name__].__class__ = _Callable
