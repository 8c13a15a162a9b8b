"""Levers that spare B part of its price of signing, in a draw that has them spare more than there is.

The price of signing and what levers take off it are drawn apart, so a draw may hold price c and shifts
-s_1, -s_2, .. with s = sum s_i > c. Nobody can be spared more than the price: the shifts are scaled to
-s_i c / s, so that together they take off all of it. Draws with s <= c are left alone. Losing such draws
instead would leave out futures in which signing comes cheap, and them only. Units: stake.
"""

from __future__ import annotations

from offramp.crisis import Crisis, override

PRICE = "blocs.B.audience.cost"
"""The number that levers may take a part off."""


def overspared(crisis: Crisis) -> dict[str, float]:
    """Shifts by path, scaled down; empty if levers take off no more than there is."""
    off = {
        f"levers.{key}.shifts.{PRICE}": lever.shifts[PRICE].value
        for key, lever in crisis.levers.items()
        if PRICE in lever.shifts and lever.shifts[PRICE].value < 0
    }
    price = crisis.blocs["B"].audience.cost.value
    total = -sum(off.values())
    return {path: value * price / total for path, value in off.items()} if total > price else {}


def spared(crisis: Crisis) -> Crisis:
    """The crisis in which levers take no more off B's price of signing than there is."""
    less = overspared(crisis)
    return override(crisis, less) if less else crisis
