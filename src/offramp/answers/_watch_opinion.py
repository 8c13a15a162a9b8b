"""Third parties' opinion: message -> tolerance of B -> leakage of sanctions -> pressure -> values.

The tolerance s of third parties scales what leaks through sanctions that leak (elasticity one, an assumption of
this answer: the game's tables hold leakage at today's s)::

    leak(s) = offset x backer_share x s / s0,     pain(s) = sum over leaking levers of raw pain x (1 - leak(s))

so a shift ds changes pain by ``- raw x offset x backer_share x ds / s0``. What that is worth in the game comes
from solving again with ``backer_share`` scaled by s/s0 at the two ends of a large shift.

Comparator: leverage of a sanction, ``pi_A s_B - (1 - pi_A) s_A`` (:func:`offramp.theory.sanction_leverage`).
Units: flows of B's stake if kept up for ever; shares; own stakes.
"""

from __future__ import annotations

from dataclasses import dataclass

from offramp.crisis import Crisis, get, override, quantities
from offramp.game import Game
from offramp.game._plans import pain
from offramp.theory import sanction_leverage

LARGE = 0.15
"""A large shift of tolerance: a third of the middle of the road, and half the width of a wide range."""


@dataclass(frozen=True)
class Messenger:
    """A lever that moves third parties: who speaks, how far it shifts them, what that does to B."""

    lever: str
    name: str
    holder: str
    shift: float
    low: float | None
    high: float | None
    pain: float
    cost: float
    in_plan: bool


@dataclass(frozen=True)
class Part:
    """A number on the path and how far its range moves B's pain."""

    path: str
    value: float
    low: float | None
    high: float | None
    swing: float


@dataclass(frozen=True)
class Opinion:
    """The path of influence.

    Attributes:
        why_not: Why there is none; empty if there is.
        outsider: Whose tolerance; ``support`` its share today.
        leaking: Levers of the plan that leak; ``pain`` what they cost B, ``all_pain`` all sticks of the plan.
        slope: Change of B's pain per unit of tolerance.
        shift: The large shift that is solved; ``scales`` of backer_share for less and more tolerance.
        textbook: Leverage of the leaking levers by the textbook, today and with less tolerance.
        parts: Numbers on the path, the one with the largest swing first.
    """

    why_not: str
    outsider: str = ""
    path: str = ""
    support: float = 0.0
    leaking: tuple[str, ...] = ()
    pain: float = 0.0
    all_pain: float = 0.0
    slope: float = 0.0
    shift: float = 0.0
    backer: float = 0.0
    textbook: tuple[float, float] = (0.0, 0.0)
    messengers: tuple[Messenger, ...] = ()
    parts: tuple[Part, ...] = ()

    def changes(self, shift: float) -> tuple[tuple[str, float], ...]:
        """Numbers of the file that stand for a shift of tolerance."""
        return (("conversions.backer_share", self.backer * (1 + shift / self.support)),)


def opinion(game: Game, shift: float = LARGE) -> Opinion:
    """The path of influence for a plan.

    Raises:
        ValueError: for a shift that is not positive.
    """
    if not shift > 0:
        raise ValueError(f"a shift of tolerance is positive; got {shift:g}")
    crisis = game.crisis
    holder = next(
        (
            (k, o)
            for k, o in crisis.outsiders.items()
            if o.support is not None and o.support.value > 0
        ),
        None,
    )
    if holder is None:
        return Opinion("the file has no third party whose tolerance of the other side is given")
    uses = [use for stage in game.plan.stages for use in stage.on]
    leaking = list(
        dict.fromkeys(
            u.lever
            for u in uses
            if crisis.levers[u.lever].leaks and pain(crisis, crisis.levers[u.lever]) > 0
        )
    )
    if not leaking:
        return Opinion("no lever of this plan leaks through third parties")
    if not any(o.offset is not None and o.leans == "B" for o in crisis.outsiders.values()):
        return Opinion("nobody is on file who would make good what sanctions cost")
    key, outsider = holder
    assert outsider.support is not None
    support, backer = outsider.support.value, crisis.conversions.backer_share.value
    if backer <= 0:
        return Opinion("backers make good nothing in this file (`conversions.backer_share` is 0)")
    largest = min(shift, support, (1 - backer) / backer * support)
    intensity = {u.lever: u.intensity for u in uses}
    slope = -_leak(crisis, intensity, leaking) / support
    messengers = []
    for name, lever in crisis.levers.items():
        if lever.third_party_shift is None:
            continue
        moved = lever.third_party_shift
        messengers.append(
            Messenger(
                name, lever.name, lever.holder, moved.value, moved.low, moved.high, slope * moved.value,
                lever.cost_to_holder.value if lever.cost_to_holder else 0.0,
                name in intensity,
            )
        )  # fmt: skip
    return Opinion(
        "",
        outsider.name,
        f"outsiders.{key}.support",
        support,
        tuple(leaking),
        _pain(crisis, intensity, leaking),
        _pain(crisis, intensity, [x for x in intensity if pain(crisis, crisis.levers[x]) > 0]),
        slope,
        largest,
        backer,
        _textbook(game, intensity, leaking, slope * largest),
        tuple(sorted(messengers, key=lambda m: -m.pain)),
        _parts(crisis, intensity, leaking, f"outsiders.{key}.support", slope, tuple(messengers)),
    )


def _textbook(
    game: Game, intensity: dict[str, float], levers: list[str], less: float
) -> tuple[float, float]:
    """Eaton and Engers's leverage of the levers, kept up through all rounds, today and with less leakage."""
    crisis, shares = game.crisis, game.protocol.recognition.sum(0)
    own = sum(
        intensity[x] * cost.value
        for x in levers
        if (cost := crisis.levers[x].cost_to_holder) is not None
    )
    hurt = _pain(crisis, intensity, levers)
    share = float(shares[0] / shares.sum())
    today, then = (
        sanction_leverage(own, x, share, game.discount[1], game.months) for x in (hurt, hurt - less)
    )
    return today, then


def _pain(crisis: Crisis, intensity: dict[str, float], levers: list[str]) -> float:
    return sum(intensity[x] * pain(crisis, crisis.levers[x]) for x in levers)


def _leak(crisis: Crisis, intensity: dict[str, float], levers: list[str]) -> float:
    """Pain that leaks away today."""
    tight = override(crisis, {"conversions.backer_share": 0.0})
    return _pain(tight, intensity, levers) - _pain(crisis, intensity, levers)


def _parts(
    crisis: Crisis,
    intensity: dict[str, float],
    leaking: list[str],
    support: str,
    slope: float,
    messengers: tuple[Messenger, ...],
) -> tuple[Part, ...]:
    """How far each number on the path moves B's pain over its range."""
    known = quantities(crisis)
    found = []
    for path in (
        *(f"outsiders.{k}.offset" for k, o in crisis.outsiders.items() if o.offset is not None),
        "conversions.backer_share",
        "conversions.pain_to_stake",
    ):
        number = known[path]
        if number.low is None or number.high is None:
            continue
        ends = [
            _pain(override(crisis, {path: end}), intensity, leaking)
            for end in (number.low, number.high)
        ]
        found.append(Part(path, number.value, number.low, number.high, abs(ends[1] - ends[0])))
    number = get(crisis, support)
    if number.low is not None:
        found.append(
            Part(
                support,
                number.value,
                number.low,
                number.high,
                abs(slope) * (number.high - number.low),
            )
        )
    found += [
        Part(
            f"levers.{m.lever}.third_party_shift", m.shift, m.low, m.high,
            abs(slope) * (m.high - m.low),
        )
        for m in messengers
        if m.low is not None and m.high is not None
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda p: -p.swing))
