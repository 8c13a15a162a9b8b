"""The brief: what a solved crisis says, for readers who have ten minutes.

``document`` holds the :class:`Brief`, ``words`` the yardsticks of probability, ``figures`` turns a
chart into SVG, ``html`` writes the page and ``terminal`` the summary. Nothing here computes.
"""

from offramp.brief.document import Brief, Source

__all__ = ["Brief", "Source"]
