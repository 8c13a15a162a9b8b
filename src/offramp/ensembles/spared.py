"""The crisis of a draw. Where levers spare B more than its price of signing, they spare all of it.

The price of signing and what levers take off it are drawn apart, so a draw may hold price c and shifts
-s_1, -s_2, .. with s = sum s_i > c. Nobody can be spared more than the price: the shifts are scaled to
-c s_i / s, so that together they take off all of it. Draws with s <= c are left alone. Losing such draws
instead would leave out futures in which signing comes cheap, and them only. Units: stake.

*Rounding.* The scaled shifts are brought towards zero, by some units in the last place, until their sum is at
most c (1 - (k - 1) 2^-52), k the number of levers: a sum of any of them, rounded in any order, is then at
most c.

*A crisis that contradicts itself.* Where the central numbers of the crisis that is drawn from spare B more than
there is, the fault is the file's and not a draw's: no draw of it is mended, and its games are refused.

Whoever solves a draw takes its crisis from here: :class:`Draws` for many of one crisis, :func:`fitted` for one.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from offramp.crisis import Crisis, override
from offramp.game._numbers import Numbers

PRICE = "blocs.B.audience.cost"
"""The number that levers may take a part off."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """The crisis of a draw; ``fitted``: what levers spare B was scaled down in it."""

    crisis: Crisis
    fitted: bool


class Draws:
    """The crises of draws of one crisis.

    Args:
        crisis: What is drawn from, at its central numbers, under the reading asked for.
        paths: Numbers that are drawn.

    Raises:
        UnknownPath: for a path that leads nowhere.
        BadValue: for a path to something that is not a number with a range.
    """

    def __init__(self, crisis: Crisis, paths: Iterable[str]) -> None:
        self._numbers = Numbers(crisis, paths)
        self._contradicts = bool(overspared(crisis))

    def at(self, values: Mapping[str, float]) -> Drawn:
        """The crisis with these values.

        Raises:
            BadValue: for a value that the number cannot have.
        """
        found = self._numbers.set(values)
        mended = found if self._contradicts else spared(found)
        return Drawn(mended, mended is not found)


def fitted(crisis: Crisis, centre: Callable[[], Crisis]) -> Crisis:
    """A draw with its levers scaled down where that is needed; as it is if its centre contradicts itself.

    ``centre`` gives the crisis at central numbers, and is asked only where something would be scaled down.
    """
    mended = spared(crisis)
    return crisis if mended is crisis or overspared(centre()) else mended


def overspared(crisis: Crisis) -> dict[str, float]:
    """Shifts by path, scaled down; empty if levers take off no more than there is."""
    off = {
        f"levers.{key}.shifts.{PRICE}": lever.shifts[PRICE].value
        for key, lever in crisis.levers.items()
        if PRICE in lever.shifts and lever.shifts[PRICE].value < 0
    }
    price = crisis.blocs["B"].audience.cost.value
    total = -math.fsum(off.values())
    if not total > price:
        return {}
    most = price * (1 - (len(off) - 1) * sys.float_info.epsilon)
    scaled = {path: price * (value / total) for path, value in off.items()}
    while -math.fsum(scaled.values()) > most:
        scaled = {path: math.nextafter(value, 0.0) for path, value in scaled.items()}
    return scaled


def spared(crisis: Crisis) -> Crisis:
    """The crisis in which levers take no more off B's price of signing than there is; itself if they do not."""
    less = overspared(crisis)
    return override(crisis, less) if less else crisis
