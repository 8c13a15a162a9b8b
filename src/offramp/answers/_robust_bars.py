"""What "good enough" means: conditions on a plan's figures, in each future by itself.

A bar is ``figure sense level``, the level a number, or another plan's figure *in the same future* with or
without a number added to it::

    value_a >= 0.5        disaster_12 <= status_quo        value_a >= status_quo + 0.01

With y the plan's figure and c the level, the margin is y - c (c - y for ``<=``). A bar is met unless it is
missed by more than the error of the grid for that margin: what a finer grid might turn round is no failure.

*Left to itself* the answer holds every plan to the first one: worth at least as much to A, and disaster no
likelier. Each of these two can be wrong for a purpose of one's own, so they are stated in words and their flips
are given. The plan that sets a bar meets it by construction; where it sets all of them it is not judged.

Units: those of the figure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from offramp.answers._discover_facts import measure_words
from offramp.answers._facts import bare, join, quoted
from offramp.crisis import Crisis
from offramp.crisis._diagnostics import did_you_mean

Floats = NDArray[np.float64]

_NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_BAR = re.compile(
    rf"\s*(?P<measure>[A-Za-z_]\w*)\s*(?P<sense><=|>=)\s*"
    rf"(?:(?P<level>[-+]?{_NUMBER})|(?P<plan>[A-Za-z_][\w-]*)(?:\s*(?P<sign>[-+])\s*(?P<more>{_NUMBER}))?)\s*"
)


@dataclass(frozen=True)
class Bar:
    """One condition.

    Attributes:
        measure: A figure of the results.
        sense: On which side of the level it is good enough.
        level: The level, or what is added to the other plan's figure.
        plan: The plan whose figure in the same future is the level; None for a fixed level.
    """

    measure: str
    sense: Literal[">=", "<="]
    level: float
    plan: str | None = None

    def words(self, crisis: Crisis) -> str:
        """As a clause: ``the value to A is at least that under X``."""
        what = measure_words(self.measure, crisis)
        side = "at least" if self.sense == ">=" else "at most"
        if self.plan is None:
            return f"{what} is {side} {bare(self.level)}"
        other = f"that under {quoted(crisis.plans[self.plan].name)}"
        if self.level == 0:
            return f"{what} is {side} {other}"
        size = f"{bare(abs(self.level))} {'more' if self.level > 0 else 'less'} than"
        return f"{what} is {side} {size} {other}"

    def text(self) -> str:
        """As it is written."""
        if self.plan is None:
            return f"{self.measure} {self.sense} {self.level:g}"
        more = "" if self.level == 0 else f" {'+' if self.level > 0 else '-'} {abs(self.level):g}"
        return f"{self.measure} {self.sense} {self.plan}{more}"

    def margin(self, y: Floats, other: Floats | None) -> Floats:
        """By how much it is met; negative where it is missed, nan without a figure.

        Args:
            y: The plan's figure by future.
            other: The figure of the plan that sets the level, for a bar that has one.
        """
        level = self.level if other is None else other + self.level
        found: Floats = y - level if self.sense == ">=" else level - y
        return found


def bars_of(
    crisis: Crisis, plans: Sequence[str], stated: Sequence[str | Bar] | None, month: int
) -> tuple[Bar, ...]:
    """The bars asked for, or the two that hold every plan to the first.

    Raises:
        ValueError: for text that is no bar, a plan that is not compared, or no bar where one must be stated.
    """
    if stated is None:
        if len(plans) < 2:
            raise ValueError(
                "with one plan there is nothing to hold it to: compare two, or state what is good enough, "
                "for example value_a >= 0.5"
            )
        first = plans[0]
        return (Bar("value_a", ">=", 0.0, first), Bar(f"disaster_{month}", "<=", 0.0, first))
    if not stated:
        raise ValueError("state at least one threshold, or leave them out for the usual two")
    bars = tuple(bar if isinstance(bar, Bar) else bar_of(bar) for bar in stated)
    for bar in bars:
        if bar.plan is not None and bar.plan not in plans:
            hint = did_you_mean(bar.plan, plans)
            raise ValueError(
                f"the threshold {bar.text()!r} names {bar.plan!r}, which is not compared; "
                + (hint or f"the plans are {join(plans)}")
            )
    return bars


def bar_of(text: str) -> Bar:
    """A bar from text such as ``disaster_12 <= status_quo + 0.01``.

    Raises:
        ValueError: for text that is not of this form.
    """
    found = _BAR.fullmatch(text)
    if found is None:
        raise ValueError(
            f"{text!r} is no threshold; write a figure, >= or <=, and a number or a plan: "
            "disaster_12 <= 0.05, value_a >= status_quo"
        )
    sense: Literal[">=", "<="] = ">=" if found["sense"] == ">=" else "<="
    if found["level"] is not None:
        return Bar(found["measure"], sense, float(found["level"]))
    more = float((found["sign"] or "+") + (found["more"] or "0"))
    return Bar(found["measure"], sense, more, found["plan"])


def month_of(measure: str) -> int | None:
    """The month a figure is read at: 12 of ``settled_12``; None without one."""
    found = re.fullmatch(r"\w+_(\d+)", measure)
    return None if found is None else int(found[1])


def margins(bars: Sequence[Bar], plans: Sequence[str], figures: Mapping[str, Floats]) -> Floats:
    """Margins by bar, future and plan; ``figures`` by measure are (futures, plans)."""
    found = []
    for bar in bars:
        y = figures[bar.measure]
        other = None if bar.plan is None else y[:, plans.index(bar.plan)]
        found.append(np.column_stack([bar.margin(y[:, p], other) for p in range(len(plans))]))
    return np.stack(found)
