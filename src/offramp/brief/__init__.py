"""The brief: what a solved crisis says, for readers who have ten minutes.

``brief`` composes one from a crisis; ``document`` holds the :class:`Brief`, ``words`` the yardsticks of
probability, ``figures`` turns a chart into SVG, ``html`` writes the page and ``terminal`` the summary.

The front door is ``offramp.brief(crisis)``, and this package has the same name: it may be called.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from offramp.brief._audited import DEPTHS, GLANCE, Depth
from offramp.brief._compose import brief
from offramp.brief.document import Brief, Part, Source

__all__ = ["DEPTHS", "GLANCE", "Brief", "Depth", "Part", "Source", "brief"]


class _Callable(ModuleType):
    """A package that composes a brief when it is called."""

    def __call__(self, *args: Any, **kwargs: Any) -> Brief:
        return brief(*args, **kwargs)


sys.modules[__name__].__class__ = _Callable
