"""The crisis month by month: parameters that events change, by date or by chance.

An event changes parameters by ``change`` from the month after it happens, for ``months`` or for good.
Untracked events enter by their expected effect: with q_u the chance that the event happens in month u,
the parameter of month t is ``value + change x sum of q_u over the u from which it still lasts``. With
hazard h that is ``1 - (1 - h)^min(t, months)``; a dated event has chance h in the month of its date.
Conditions on the regime are taken to hold from the start (certainty equivalence). What is drawn once
for the whole game (lumps of signing, prior weights, floors, enforcement) takes the mean over the months
that are reported. In the world in which a tracked event is on, its changes are in force in full.

Members and the broker act through cohesion and through the battle:

* a member leaves its posture at ``1 - Lambda(logit(stays) + threat d_threat + exposure d_exposure +
  dissent d_dissent)`` a month (coefficients of ``coalition.stay``, d = change by events) and takes its
  share of the coalition's contributions with it; the rise of that loss is added to the fracture;
* the broker's aid is its share of the contributions times ``broker.aid``; what it loses by events shifts
  the battle odds like the same loss of cohesion. Not where the event also lowers the tier: that is the
  same loss.

Units: the parameters' own.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from offramp.crisis._access import get
from offramp.crisis._quantity import Quantity
from offramp.crisis._schema import Crisis
from offramp.crisis._setting import Event
from offramp.game._numbers import Numbers
from offramp.game._preferences import Floats

_NAME = r"[^.]+"
MONTHLY = re.compile(
    rf"war\.(cost|exhaustion|collapse)\.[AB]|war\.(intensity|step_favours_b|production)"
    rf"|ceasefire\.(cost_share|breakdown|collapse_share)|(standoff|ladder)\.cost\.[AB]"
    rf"|coalition\.(fracture|threat_unity|preagreement|substitution|odds_loss|collapse_gain)"
    rf"|outsiders\.{_NAME}\.step_shift|broker\.aid"
    rf"|types\.{_NAME}\.(delay_flow|war_cost|delay_cost_share|war_bonus|ripens_in_(war|pause))"
    rf"|members\.{_NAME}\.(threat|exposure|dissent|stays)"
)
"""Parameters that the tables read anew every month and in every world of tracked events."""
PRESSING = re.compile(
    rf"conversions\.(pain_to_stake|backer_share)|outsiders\.{_NAME}\.(offset|support)"
    rf"|blocs\.B\.felt_by\.{_NAME}"
    rf"|levers\.{_NAME}\.(cost_to_target|cost_to_holder|step_shift|exhaustion)"
)
"""Parameters of pressure: read by the month for levers that are on from the start."""
STANDING = re.compile(
    rf"blocs\.[AB]\.audience\.(cost|vagueness)|blocs\.[AB]\.escalation_aversion|weights\.{_NAME}"
    rf"|actors\.{_NAME}\.floor\.value|guarantees\.{_NAME}\.(detection|response|loss)"
    rf"|types\.{_NAME}\.(renege_gain|attack_gain)|standoff\.attack_cost\.[AB]"
    rf"|settlement\.(renege_weight|breach_cost)|conversions\.fracture_to_terms"
    rf"|coalition\.floor_from_territory"
)
"""Parameters that the tables read once: they take their mean over the reported months."""
CONTRIBUTED = ("military_eur_bn", "total_eur_bn")
"""Kinds of contributions by which members' shares are measured; the first that the file has."""


@dataclass(frozen=True)
class Change:
    """A parameter, the event that changes it, and by how much each month, (months+1,)."""

    event: str
    path: str
    by: Floats


@dataclass(frozen=True)
class Timeline:
    """One world: the crisis of each month, the one for the game as a whole, and the file's."""

    months: tuple[Crisis, ...]
    whole: Crisis
    base: Crisis

    def series(self, read: Callable[[Crisis], float]) -> Floats:
        """A parameter by month, shape (months+1,)."""
        if self.constant:
            return np.full(len(self.months), float(read(self.months[0])))
        return np.array([float(read(crisis)) for crisis in self.months])

    @cached_property
    def constant(self) -> bool:
        """Whether nothing changes."""
        return all(crisis is self.months[0] for crisis in self.months)

    @cached_property
    def lost_by_members(self) -> Floats:
        """Rise of the share of contributions that leaves per month, (months+1,)."""
        base, shares = self.base, contribution_shares(self.base)
        usual = {
            key: _leaves(base, base, key) for key in shares if base.members[key].stays is not None
        }

        def lost(crisis: Crisis) -> float:
            if crisis.members is base.members:
                return 0.0
            return sum(
                share * (_leaves(crisis, base, key) - usual[key])
                for key, share in shares.items()
                if key in usual and crisis.members[key] is not base.members[key]
            )

        return self.series(lost)

    @cached_property
    def lost_aid(self) -> Floats:
        """Share of the coalition's contributions that the broker no longer gives, (months+1,)."""
        broker = self.base.broker
        if broker is None:
            return np.zeros(len(self.months))
        share = contribution_shares(self.base).get(broker.actor, 0.0)
        given = self.series(lambda c: c.broker.aid.value if c.broker is not None else 0.0)
        return share * (broker.aid.value - given)


def contribution_shares(crisis: Crisis) -> dict[str, float]:
    """Each member's share of what bloc A's coalition has contributed; empty if nothing is stated."""
    for kind in CONTRIBUTED:
        given = {
            key: m.contributions.get(kind, 0.0)
            for key, m in crisis.members.items()
            if m.bloc == "A"
        }
        total = sum(given.values())
        if total > 0:
            return {key: amount / total for key, amount in given.items()}
    return {}


def _leaves(crisis: Crisis, base: Crisis, member: str) -> float:
    """Chance per month that a member leaves its posture."""
    now, then = crisis.members[member], base.members[member]
    stays = now.stays.value if now.stays is not None else 1.0
    if stays >= 1.0:
        return 0.0
    if stays <= 0.0:
        return 1.0
    stay = crisis.coalition.stay
    shift = sum(
        slope * (_number(getattr(now, field)) - _number(getattr(then, field)))
        for slope, field in (
            (stay.threat, "threat"), (stay.exposure, "exposure"), (stay.dissent, "dissent"),
        )
    )  # fmt: skip
    return 1.0 / (1.0 + math.exp(math.log(stays / (1 - stays)) + shift))


def _number(q: Quantity | None) -> float:
    return q.value if q is not None else 0.0


def month_of(crisis: Crisis, date: str) -> int:
    """Months from the as-of date to a written date; the middle of a year that has no month."""
    parts = [int(part) for part in date.split("-")]
    if len(parts) == 1:
        parts.append(7)
    day = dt.date(parts[0], parts[1], parts[2] if len(parts) > 2 else 1)
    start = crisis.as_of
    return (day.year - start.year) * 12 + day.month - start.month


def chances_of(crisis: Crisis, event: Event, months: int) -> Floats:
    """Chance that an event happens by the end of month t, given that it has not before, (months,).

    A dated event happens at its date or not at all, so that its effects are there in the month of the
    date (in month 1 if that is the month of the as-of date); one dated earlier is over.
    """
    if not event.date:
        return np.full(months, event.hazard.value)
    found = np.zeros(months)
    at = month_of(crisis, event.date)
    if 0 <= at <= months:
        found[max(at - 1, 0)] = event.hazard.value
    return found


def in_force(chances: Floats, lasts: float | None) -> Floats:
    """Chance, by month 0..months, that an event has happened and its effect still lasts."""
    months = len(chances)
    quiet = np.concatenate([[1.0], np.cumprod(1.0 - chances)])
    if lasts is None:
        return np.asarray(1.0 - quiet)
    back = np.maximum(np.arange(months + 1) - max(1, round(lasts)), 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(quiet[back] > 0, 1.0 - quiet / quiet[back], 1.0))


def timeline(
    crisis: Crisis, changes: Iterable[Change], shown: int, months: int, cut: list[str]
) -> Timeline:
    """The crisis under these changes; what leaves its bounds is held there and named in ``cut``."""
    total: dict[str, Floats] = {}
    for change in changes:
        total[change.path] = total.get(change.path, np.zeros(months + 1)) + change.by
    if not total:
        return Timeline((crisis,) * (months + 1), crisis, crisis)
    numbers = Numbers(crisis, total)
    moving = {p: by for p, by in total.items() if not STANDING.fullmatch(p)}
    by_month: list[Crisis] = []
    previous: dict[str, float] = {}
    for t in range(months + 1):
        values = {p: _value(numbers, p, float(by[t]), cut) for p, by in moving.items()}
        if by_month and values == previous:
            by_month.append(by_month[-1])
        else:
            differs = {p: v for p, v in values.items() if v != numbers.value(p)}
            by_month.append(numbers.set(differs))
        previous = values
    mean = {p: _value(numbers, p, float(by[: shown + 1].mean()), cut) for p, by in total.items()}
    return Timeline(tuple(by_month), numbers.set(mean), crisis)


def _value(numbers: Numbers, path: str, change: float, cut: list[str]) -> float:
    value = numbers.value(path) + change
    bounds = numbers.bounds(path)
    if bounds is None or bounds.hold(value):
        return value
    cut.append(f"events would move {path} beyond what it can be; it is held at its limit")
    return min(max(value, bounds.low), bounds.high)


def readable(crisis: Crisis, path: str) -> bool:
    """Whether the tables of a game read this parameter, so that an event can change it."""
    known = any(kind.fullmatch(path) for kind in (MONTHLY, PRESSING, STANDING))
    return known and isinstance(get(crisis, path), Quantity)


def added_up(rate: Floats) -> Floats:
    """Stock at the start of each month of what grows at a monthly rate, from nothing."""
    if bool((rate == rate[:1]).all()):
        return np.asarray(rate[0] * np.arange(len(rate), dtype=np.float64))
    return np.concatenate([[0.0], np.cumsum(rate[:-1])])
