"""A donor stops: what is missing month by month, when half of it is back, and what helps most.

*Substitution.* Others replace the share sigma of a lost contribution in twelve months, at a constant rate::

    left(n) = (1 - sigma)^(n / 12),      half back at n* = 12 ln(1/2) / ln(1 - sigma)

The loss counts in full from the first day: the lag and ramp with which help runs out would only soften it.
Where a lever of denial shifts battle odds by d, d left(n) of the shift remains; a lever with its own months
of substitution M is replaced in a straight line, ``left(n) = max(0, 1 - n / M)``.

*Mitigations* are ranked by the shift that remains on average over twelve months when another lever of the
bloc is begun on the same day, ``mean_n [d left(n) + d_l effect_l(n)]``; beside them stands substitution at
the high end of its range. A negative figure means more than made good.

*Backstop.* A lever that adds g to the response phi of a guarantee moves ``d phi G``, the loss that a breach
must expect, to ``d (phi + g) G``; where it shifts the hazard h of incidents the chance of one within a
year, ``1 - (1 - h)^12``, moves with it. A token backstop adds nothing: its price to A is V_A with the gain
less V_A without, each game solved, for the game as it stands and for a contract under that guarantee signed
on the first day.

Units: shares; shifts of the chance that a battle step favours B; stake of B for ``d phi G``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from offramp.crisis import Crisis, Lever, override
from offramp.game import Game, compile_game
from offramp.game._plans import effect
from offramp.solution import Solution, solve
from offramp.solution._nodes import at_beliefs

YEAR = 12
CEILING = 1.0


def left_after(months: float, substitution: float) -> float:
    """Share of a loss that others have not replaced after some months."""
    return float((1.0 - substitution) ** (months / YEAR))


def half_back(substitution: float) -> float | None:
    """Months until half of a loss is replaced; None if it never is."""
    if substitution <= 0:
        return None
    return 0.0 if substitution >= 1 else YEAR * math.log(0.5) / math.log(1.0 - substitution)


@dataclass(frozen=True)
class Mitigation:
    """Something done on the day that the donor stops, and the shift that remains on average.

    ``blocked``: red lines take it away, or nobody who would have to carry it is left.
    """

    id: str
    name: str
    remains: float
    note: str
    blocked: bool = False


@dataclass(frozen=True)
class Denial:
    """A lever of denial in the donor's hands: its shift of battle odds, and months to half."""

    lever: str
    shift: float
    months: tuple[float, ...]
    half: float | None


@dataclass(frozen=True)
class AidCut:
    """What a donor's stop costs.

    Attributes:
        share: Its share of the bloc's recorded contributions, by kind; ``share_now`` at the pace at which
            its help continues, where the file gives one.
        left, low, high: Share of the loss still missing by month: at the substitution of the file, at
            its high end (low) and at its low end (high).
        half: Months until half is back: central, soonest, latest.
    """

    donor: str
    share: dict[str, float]
    share_now: dict[str, float] | None
    left: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    half: tuple[float | None, float | None, float | None]
    denials: tuple[Denial, ...]
    mitigations: tuple[Mitigation, ...]


def donor_of(crisis: Crisis) -> str | None:
    """The donor whose stop is looked at: the broker if it gives, else the largest giver; or nobody."""
    gave = {
        key: sum(member.contributions.values())
        for key, member in crisis.members.items()
        if member.bloc == "A" and any(v > 0 for v in member.contributions.values())
    }
    if len(gave) < 2:
        return None
    if crisis.broker is not None and crisis.broker.actor in gave:
        return crisis.broker.actor
    return max(gave, key=lambda key: gave[key])


def aid_cut(crisis: Crisis, donor: str, blocked: Sequence[str] = ()) -> AidCut:
    """What is missing after a donor stops; ``blocked`` levers are no help and rank last.

    Raises:
        ValueError: for a donor that is not a member or has nothing on record.
    """
    if donor not in crisis.members or not any(crisis.members[donor].contributions.values()):
        raise ValueError(f"the file records no contribution of `{donor}`")
    months = range(crisis.clock.horizon_months + 1)
    number = crisis.coalition.substitution
    s, low, high = (
        number.value,
        number.value if number.low is None else number.low,
        number.value if number.high is None else number.high,
    )
    total: dict[str, float] = {}
    for member in crisis.members.values():
        if member.bloc == "A":
            for kind, amount in member.contributions.items():
                total[kind] = total.get(kind, 0.0) + amount
    own = crisis.members[donor].contributions
    share = {k: own.get(k, 0.0) / v for k, v in total.items() if v > 0}
    now = None
    if crisis.broker is not None and crisis.broker.actor == donor and crisis.broker.aid.value < 1:
        a = crisis.broker.aid.value
        now = {k: a * p / (a * p + 1 - p) if a * p + 1 - p > 0 else 0.0 for k, p in share.items()}
    return AidCut(
        donor,
        share,
        now,
        tuple(left_after(n, s) for n in months),
        tuple(left_after(n, high) for n in months),
        tuple(left_after(n, low) for n in months),
        (half_back(s), half_back(high), half_back(low)),
        _denials(crisis, donor, s),
        _mitigations(crisis, donor, s, high, blocked),
    )


def _left_of(lever: Lever, months: float, substitution: float) -> float:
    if lever.substitution_months is None:
        return left_after(months, substitution)
    return max(0.0, 1.0 - months / lever.substitution_months.value)


def _shift(lever: Lever) -> float:
    return 0.0 if lever.step_shift is None else lever.step_shift.value


def _held(crisis: Crisis, donor: str) -> list[str]:
    return [
        key
        for key, lever in crisis.levers.items()
        if lever.kind == "denial"
        and _shift(lever) > 0
        and (lever.holder == donor or key in crisis.members[donor].holds)
    ]


def _denials(crisis: Crisis, donor: str, s: float) -> tuple[Denial, ...]:
    found = []
    for key in _held(crisis, donor):
        lever = crisis.levers[key]
        own = lever.substitution_months
        shift = tuple(_shift(lever) * _left_of(lever, n, s) for n in range(YEAR + 1))
        half = half_back(s) if own is None else own.value / 2
        found.append(Denial(key, _shift(lever), shift, half))
    return tuple(found)


def _mitigations(
    crisis: Crisis, donor: str, s: float, high: float, blocked: Sequence[str]
) -> tuple[Mitigation, ...]:
    """What can be done about the donor's largest denial, best first."""
    held = _held(crisis, donor)
    if not held:
        return ()
    lever = crisis.levers[max(held, key=lambda key: _shift(crisis.levers[key]))]
    loss = [_shift(lever) * _left_of(lever, n, s) for n in range(1, YEAR + 1)]
    base = sum(loss) / YEAR
    found = [Mitigation("", "nothing more", base, "substitution as the file has it")]
    if lever.substitution_months is None and high > s:
        better = sum(_shift(lever) * left_after(n, high) for n in range(1, YEAR + 1)) / YEAR
        found.append(
            Mitigation("substitution", "others replace faster", better, f"{high:.0%} in a year")
        )
    for key, other in crisis.levers.items():
        on_a = other.holder == "A" or _bloc(crisis, other.holder) == "A"
        if not on_a or other.holder == donor or _shift(other) >= 0:
            continue
        gain = sum(_shift(other) * effect(other, n) for n in range(1, YEAR + 1)) / YEAR
        against = [m for m in other.objectors if m in crisis.members]
        names = ", ".join(crisis.members[m].name for m in against)
        shut = key in blocked
        note = f"{'red lines of' if shut else 'objecting:'} {names}" if names else ""
        found.append(Mitigation(key, other.name, base + gain, note, shut))
    return tuple(sorted(found, key=lambda m: (m.blocked, m.remains)))


def _bloc(crisis: Crisis, who: str) -> str | None:
    if who in crisis.members:
        return crisis.members[who].bloc
    return crisis.actors[who].bloc if who in crisis.actors else None


# --- The backstop --------------------------------------------------------------------------


@dataclass(frozen=True)
class Backstop:
    """What a lever behind the force does to a guarantee.

    Attributes:
        response: Chance of an answer without and with it; ``loss``: d phi G without and with.
        incident: Chance of an incident within a year without and with, if the file has both.
        price: V_A with the gain less V_A without; None where no game was solved.
        signed: The same for the contract ``contract`` once it is signed; None if there is none to sign.
        least: Size up to which a price is no distinguishable difference.
    """

    lever: str
    guarantee: str
    response: tuple[float, float]
    loss: tuple[float, float]
    incident: tuple[str, float, float] | None
    price: float | None = None
    contract: str | None = None
    signed: float | None = None
    least: float = 0.0


def backstop_of(
    crisis: Crisis, lever: str, solution: Solution | None, least: float = 0.0
) -> Backstop | None:
    """The backstop of a lever's own guarantee, if the file has one of each; ``least`` as in the result."""
    behind = [
        key
        for key, tool in crisis.levers.items()
        if tool.response_gain is not None and lever in tool.needs
    ]
    carried = [key for key, g in crisis.guarantees.items() if g.lever == lever]
    if not behind or not carried:
        return None
    key = behind[0]
    # A guarantee that has the backstop inside it already answers more often: take the bare one.
    name = min(carried, key=lambda g: crisis.guarantees[g].response.value)
    guarantee, tool = crisis.guarantees[name], crisis.levers[key]
    assert tool.response_gain is not None
    before = guarantee.response.value
    after = min(CEILING, before + tool.response_gain.value)
    scale = guarantee.detection.value * guarantee.loss.value
    found = Backstop(
        key, name, (before, after), (scale * before, scale * after), _incident(crisis, tool)
    )
    if solution is None:
        return found
    raised = _with_number(solution, f"guarantees.{name}.response", after)
    contract = _contract_under(solution.game, name)
    signed = None
    if contract is not None and (old := _signed(solution, contract)) is not None:
        new = _signed(raised, contract)
        signed = None if new is None else new - old
    return replace(
        found,
        price=raised.opening_a - solution.opening_a,
        contract=contract if signed is not None else None,
        signed=signed,
        least=least,
    )


def _with_number(solution: Solution, path: str, value: float) -> Solution:
    """The same game with one number changed, solved in the same way."""
    game = solution.game
    frozen = game.grid.frozen is not None
    changed = override(game.crisis, {path: value})
    again = compile_game(changed, game.plan, None, game.resolution, frozen_beliefs=frozen)
    if solution.mode == "exact":
        return solve(again, mode="exact")
    return solve(again, solution.precision)


def _contract_under(game: Game, guarantee: str) -> str | None:
    """The plan's own offer if the guarantee enforces it, else the first contract that it does."""
    under = [o.contract for o in game.offers if o.contract and o.guarantee == guarantee]
    return game.plan.offer if game.plan.offer in under else next(iter(under), None)


def _signed(solution: Solution, contract: str) -> float | None:
    """What a contract signed on the first day is worth to A; None if it cannot be signed then."""
    game = solution.game
    offer = next(i for i, o in enumerate(game.offers) if o.contract == contract)
    start, belief = np.array([game.start]), game.opening[None]
    first = int(game.after_triggers(0, start, belief)[0])
    row = np.flatnonzero(game.moves.states == first)
    if not len(row) or game.moves.sign[row[0], offer] < 0:
        return None
    state = np.array([int(game.moves.sign[row[0], offer])])
    return float(at_beliefs(game, solution.continuation(0).a, state, belief)[:, 0] @ game.opening)


def _incident(crisis: Crisis, tool: Lever) -> tuple[str, float, float] | None:
    for event, happening in crisis.events.items():
        shift = tool.shifts.get(f"events.{event}.hazard")
        if shift is not None:
            h = happening.hazard.value
            with_it = min(1.0, max(0.0, h + shift.value))
            return event, 1 - (1 - h) ** YEAR, 1 - (1 - with_it) ** YEAR
    return None
