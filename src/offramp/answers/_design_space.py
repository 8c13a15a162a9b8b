"""Plans that can be designed: which levers in which stage, when the second stage begins, what A offers.

A *design* gives each admissible lever a place: left out, on from the first day, or on when a trigger fires;
the months without a ceasefire after which it fires; and the contract that A offers (or none: A may offer
anything). All else (relief, who may propose, whose floor holds, agreement beforehand, what follows a
ceasefire) is the plan's under study.

*Admissible* are levers in A's hands that the game reads and that need nothing which is not there. With
consent asked for, a lever must also pass its own rule; where each member acts for itself it is used at the
strength that those who agree can give.

*Limits.* Cost is the sum of the levers' own flow costs at the intensity used, the rung the highest of
theirs: both can only rise when a lever is added, so whatever is built on a design beyond them is beyond
them, too, and is never looked at. The chance of disaster is known only once a game is solved.

Units: flow in stake-equivalents of A; rungs of the file's ladder; probability; months.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal

from offramp.answers._stress_events import plain
from offramp.answers._stress_plan import passages_of
from offramp.crisis import Crisis
from offramp.crisis._pressure import Lever, LeverUse, Plan, Stage

Place = Literal["out", "now", "later"]
PLACES: tuple[Place, ...] = ("out", "now", "later")
SLACK = 1e-12


@dataclass(frozen=True)
class Limits:
    """What a designed plan may not exceed; None: no limit.

    Attributes:
        rung: Highest rung of a lever.
        cost: Own flow cost of all levers together.
        disaster: Chance of a disaster by the month read.
        consent: Whether every lever must pass its rule of consent.
    """

    rung: int | None = None
    cost: float | None = None
    disaster: float | None = None
    consent: bool = True

    def __post_init__(self) -> None:
        if self.rung is not None and self.rung < 0:
            raise ValueError(f"a limit on rungs is at least 0; got {self.rung}")
        if self.cost is not None and self.cost < 0:
            raise ValueError(f"a limit on cost is at least 0; got {self.cost:g}")
        if self.disaster is not None and not 0 <= self.disaster <= 1:
            raise ValueError(f"a limit on disaster is a probability; got {self.disaster:g}")


@dataclass(frozen=True)
class Design:
    """A point of the space: one place per lever of the space, trigger months, contract offered."""

    places: tuple[Place, ...]
    months: int
    offer: str | None


@dataclass(frozen=True)
class Space:
    """What can be chosen.

    Attributes:
        levers, strength: Admissible levers and the intensity at which each is used.
        months: Trigger dates to choose from; ``offers`` contracts, None for anything.
        left: Levers left out, and why.
    """

    levers: tuple[str, ...]
    strength: tuple[float, ...]
    cost: tuple[float, ...]
    rung: tuple[int, ...]
    months: tuple[int, ...]
    offers: tuple[str | None, ...]
    limits: Limits
    left: tuple[tuple[str, str], ...]

    @property
    def size(self) -> int:
        """Number of designs before limits; a trigger date counts once where nothing waits for it."""
        n = len(self.levers)
        waiting = pow(3, n) - pow(2, n)
        return int(len(self.offers) * (pow(2, n) + waiting * len(self.months)))

    def cost_of(self, d: Design) -> float:
        return sum(c for c, p in zip(self.cost, d.places, strict=True) if p != "out")

    def rung_of(self, d: Design) -> int:
        return max((r for r, p in zip(self.rung, d.places, strict=True) if p != "out"), default=0)

    def allows(self, d: Design) -> bool:
        """Whether a design keeps to the limits that are known before solving."""
        lim = self.limits
        return (lim.cost is None or self.cost_of(d) <= lim.cost + SLACK) and (
            lim.rung is None or self.rung_of(d) <= lim.rung
        )

    def tidy(self, d: Design) -> Design:
        """The same design with the first trigger date where nothing waits for it."""
        return d if "later" in d.places else replace(d, months=self.months[0])

    def all(self) -> Iterator[Design]:
        """Every design within cost and rung, cut as soon as what is chosen is beyond them."""
        for offer in self.offers:
            for places in self._within((), 0.0):
                waits = "later" in places
                for months in self.months if waits else self.months[:1]:
                    yield Design(places, months, offer)

    def _within(self, chosen: tuple[Place, ...], cost: float) -> Iterator[tuple[Place, ...]]:
        i = len(chosen)
        if i == len(self.levers):
            yield chosen
            return
        lim = self.limits
        for place in PLACES:
            more = cost + (self.cost[i] if place != "out" else 0.0)
            high = place != "out" and lim.rung is not None and self.rung[i] > lim.rung
            if not high and (lim.cost is None or more <= lim.cost + SLACK):
                yield from self._within((*chosen, place), more)

    def neighbours(self, d: Design) -> Iterator[Design]:
        """Designs that differ in one lever's place, the date or the offer."""
        for i, place in product(range(len(self.levers)), PLACES):
            if place != d.places[i]:
                yield self.tidy(replace(d, places=_with(d.places, i, place)))
        if "later" in d.places:
            yield from (replace(d, months=m) for m in self.months if m != d.months)
        yield from (replace(d, offer=o) for o in self.offers if o != d.offer)

    def exchanges(self, d: Design) -> Iterator[Design]:
        """Designs in which two levers have exchanged their places."""
        for i in range(len(d.places)):
            for j in range(i):
                if d.places[i] != d.places[j]:
                    yield self.tidy(
                        replace(d, places=_with(_with(d.places, i, d.places[j]), j, d.places[i]))
                    )

    def plan(self, base: Plan, d: Design) -> Plan:
        """The design as a plan."""
        now, later = (self._uses(d, place) for place in ("now", "later"))
        stages: list[Stage] = []
        if now:
            stages.append(Stage(name="From the first day", trigger="start", on=now))
        if later:
            trigger = f"months_without_ceasefire >= {d.months}"
            stages.append(
                Stage(name=f"After {d.months} months", trigger=trigger, on=later, announced=True)
            )
        return base.model_copy(
            update={"name": "Designed plan", "stages": tuple(stages), "offer": d.offer}
        )

    def _uses(self, d: Design, place: str) -> tuple[LeverUse, ...]:
        return tuple(
            LeverUse(lever=key, intensity=s)
            for key, s, p in zip(self.levers, self.strength, d.places, strict=True)
            if p == place
        )

    def of(self, plan: Plan) -> Design:
        """The design nearest to a plan of the file: levers of later stages wait for the nearest date."""
        now = {u.lever for s in plan.stages if s.trigger.strip() == "start" for u in s.on}
        later = {u.lever for s in plan.stages for u in s.on} - now
        places: tuple[Place, ...] = tuple(
            "now" if k in now else "later" if k in later else "out" for k in self.levers
        )
        offer = plan.offer if plan.offer in self.offers else self.offers[0]
        return self.tidy(Design(places, self.months[0], offer))


def _with(places: tuple[Place, ...], at: int, place: Place) -> tuple[Place, ...]:
    return (*places[:at], place, *places[at + 1 :])


def space_of(
    crisis: Crisis,
    base: Plan,
    limits: Limits,
    months: Sequence[int],
    offers: Sequence[str | None] | None,
) -> Space:
    """The designs of a crisis under limits.

    Raises:
        KeyError: for an offer that is no contract of the file.
        ValueError: for no trigger date, or one below a month.
    """
    if not months or min(months) < 1:
        raise ValueError("give at least one trigger date, each of at least one month")
    chosen = _offers(crisis, base) if offers is None else tuple(dict.fromkeys(offers))
    for offer in chosen:
        if offer is not None and offer not in crisis.contracts:
            raise KeyError(
                f"there is no contract {offer!r}; they are {', '.join(crisis.contracts)}"
            )
    passes = passages_of(crisis, base) if limits.consent else {}
    own = {"A", *crisis.blocs["A"].voices, *(a for a, x in crisis.actors.items() if x.bloc == "A")}
    own |= {m for m, x in crisis.members.items() if x.bloc == "A"}
    levers: list[tuple[str, float, float, int]] = []
    left: list[tuple[str, str]] = []
    for key, lever in crisis.levers.items():
        if lever.holder not in own:
            continue
        why = _why_not(crisis, base, key, lever)
        if not why and key in passes and not passes[key].passes:
            why = "its rule of consent is not met"
        strength = passes[key].strength if key in passes else 1.0
        if not why and strength <= 0:
            why = "nobody who would have to act agrees"
        if not why and limits.rung is not None and lever.rung > limits.rung:
            why = f"its rung {lever.rung} is beyond the limit"
        cost = strength * max(0.0, plain(lever.cost_to_holder))
        if not why and limits.cost is not None and cost > limits.cost + SLACK:
            why = "its own cost alone is beyond the limit"
        if why:
            left.append((key, why))
        else:
            levers.append((key, min(1.0, strength), cost, lever.rung))
    return Space(
        tuple(x[0] for x in levers), tuple(x[1] for x in levers), tuple(x[2] for x in levers),
        tuple(x[3] for x in levers), tuple(sorted(set(months))), chosen, limits, tuple(left),
    )  # fmt: skip


def _why_not(crisis: Crisis, base: Plan, key: str, lever: Lever) -> str:
    """Why a lever cannot be designed with, whatever the limits."""
    broker = crisis.broker.actor if crisis.broker is not None else None
    if lever.kind in ("denial", "guarantee"):
        return f"a {lever.kind} is not begun by a stage"
    if lever.holder == broker or (broker is not None and key in _held(crisis, broker)):
        return "the broker holds it"
    if key in base.withheld:
        return "the plan under study keeps it back on purpose"
    unmet = [n for n in lever.needs if n != "war" or crisis.regime != "war"]
    if unmet:
        return f"it needs {', '.join(unmet)}"
    effects = (lever.cost_to_target, lever.step_shift, lever.exhaustion)
    if not lever.sets and all(plain(x) == 0 for x in effects):
        return "the game reads no effect of it"
    return ""


def _held(crisis: Crisis, member: str) -> tuple[str, ...]:
    return tuple(crisis.members[member].holds) if member in crisis.members else ()


def _offers(crisis: Crisis, base: Plan) -> tuple[str | None, ...]:
    """What A may offer: what it offers now, anything, and the contracts named with the file's plans."""
    named = [base.offer, None]
    for plan in crisis.plans.values():
        named += [plan.offer, *plan.alternatives]
    return tuple(dict.fromkeys(o for o in named if o is None or not crisis.contracts[o].imposed))
