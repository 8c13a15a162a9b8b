"""The brief: what a solved crisis says, for readers who have ten minutes.

``brief`` composes one from a crisis; ``document`` holds the :class:`Brief`, ``words`` the yardsticks of
probability, ``figures`` turns a chart into SVG, ``html`` writes the page and ``terminal`` the summary.
"""

from offramp.brief._compose import brief
from offramp.brief.document import Brief, Source

__all__ = ["Brief", "Source", "brief"]
