"""Guarantees: does the threat behind a settlement hold B to it, incident by incident?

*Enforcement.* A breach brings type theta the temptation ``T_theta - R`` (its gain less what breaking a deal
costs) and, detected with probability d and answered with probability phi, the loss G. The classical
one-shot margin is ``d phi G - (T - R)`` (:func:`offramp.theory.compliance_margin`); the solved margin adds
what a breach leads to::

    M_theta = C_theta(kept) - [ C_theta(broken) + T - R - d phi G ]

on the day after signing, at the opening beliefs.

*Survival* runs the contract forward through the solved reviews: the share of each type still under it.

*Rules of engagement.* An incident of size s in (0, 1] (1 = an open breach) brings ``s (T - R)`` and risks
``s G``. Under rules that hold fire below a size h the chance of an answer is ``phi 1[s >= h]``, so the incident
is deterred when ``d phi 1[s >= h] G >= T - R``; the chance that type theta takes such an occasion is the logit
of that margin at B's precision. Firing carries the accident hazard of the rung that the incident leads to::

    risk a year = 1 - (1 - eta_incident d phi 1[s >= h] eta_rung)^12

at the file's hazard of incidents: deterrence of the probe is bought with accident risk. The proportional
scale is an assumption; the file has one number per guarantee.

Units: B's stake, lumps; probabilities.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from offramp.answers._deter_runs import Solved
from offramp.crisis import Crisis
from offramp.game import Game
from offramp.game._offers import Enforcement
from offramp.game._states import SETTLED
from offramp.solution import Solution
from offramp.solution._induction import continuation
from offramp.solution._nodes import BROKEN_B, KEPT, at_beliefs, reviews
from offramp.theory import compliance_margin

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


@dataclass(frozen=True)
class Survival:
    """Share of each type under a contract signed today, by month: (types, months+1)."""

    kept: Floats
    broken_by_b: Floats


def survival(solved: Solved, offer: int, months: int) -> Survival:
    """Run a contract signed on the first day through the solved reviews."""
    game, lay = solved.game, solved.game.layout
    types = len(game.types)
    kept, broken = np.ones((types, months + 1)), np.zeros((types, months + 1))
    row_of = np.full(lay.size, -1)
    row_of[game.reviews.states] = np.arange(len(game.reviews.states))
    state = np.array([solved.signed(offer)])
    joint = game.opening[None].copy()
    for t in range(months):
        if game.protocol.recognition[t].sum() > 0 and len(state):
            state, joint, gone = _review(solved, t, row_of, state, joint)
            broken[:, t + 1] = gone / game.opening
        broken[:, t + 1] += broken[:, t]
        state, joint = _nature(game, t, offer, state, joint)
        kept[:, t + 1] = joint.sum(0) / game.opening
    return Survival(kept, broken)


def _review(
    solved: Solved, t: int, row_of: Ints, state: Ints, joint: Floats
) -> tuple[Ints, Floats, Floats]:
    """Particles that outlive the review of a month, and the mass of each type that breaks."""
    game = solved.game
    under = row_of[state] >= 0
    if not under.any():
        return state, joint, np.zeros(len(game.types))
    c = continuation(game, t, solved.values.a[t + 1], solved.values.b[t + 1])
    belief = joint[under] / joint[under].sum(1, keepdims=True)
    out = reviews(game, c, solved.values.precision, row_of[state[under]], belief, True)
    assert out.branches is not None
    b = out.branches
    mass = joint[under][b.lane] * b.chance
    stays = b.act == KEPT
    gone = mass[b.act == BROKEN_B].sum(0)
    return (
        np.concatenate([state[~under], b.target[stays]]),
        np.concatenate([joint[~under], mass[stays]]),
        gone,
    )


def _nature(game: Game, t: int, offer: int, state: Ints, joint: Floats) -> tuple[Ints, Floats]:
    """Nature's month and the news; particles of one state are merged where no news tells them apart."""
    lay, types = game.layout, joint.shape[1]
    spread = np.zeros((lay.size, types))
    np.add.at(spread, state, joint)
    spread = np.asarray(game.chance[t].T @ spread)
    held = (lay.regime == SETTLED) & (lay.offer == offer) & (spread.sum(1) > 0)
    where = np.flatnonzero(held)
    return where, spread[where]


@dataclass(frozen=True)
class Hold:
    """How a contract's guarantee holds B, by type.

    Attributes:
        offer: Index of the contract; ``name`` its name, ``guarantee`` that of its guarantee.
        enforcement: d, phi, G.
        temptation: T - R by type; ``margin`` the classical margin; ``solved`` the solved one.
        breaks: Chance that the type breaks at the first review.
        survives: Share of the type still under the contract at the month that is read.
    """

    offer: int
    id: str
    name: str
    guarantee: str
    enforcement: Enforcement
    temptation: Floats
    margin: Floats
    solved: Floats
    breaks: Floats
    survives: Floats


def guarantee_name(crisis: Crisis, key: str | None) -> str:
    """What readers call a guarantee."""
    return crisis.guarantees[key].name if key is not None else "no guarantee"


def holds(solved: Solved, month: int) -> tuple[Hold, ...]:
    """Every named contract that can be signed, looked at on the day after it is signed."""
    game = solved.game
    if game.crisis.settlement.binding or not len(game.reviews.states):
        return ()
    breach = game.crisis.settlement.breach_cost.value
    temptation = np.array([t.renege_gain.value for t in game.crisis.types.values()]) - breach
    found = []
    for i, offer in enumerate(game.offers):
        if offer.contract is None:
            continue
        e = offer.enforcement
        classical = [
            compliance_margin(float(t), e.detection, e.response, e.loss) for t in temptation
        ]
        margin, breaks = review_today(solved, i)
        found.append(
            Hold(
                i,
                offer.id,
                offer.name,
                guarantee_name(game.crisis, offer.guarantee),
                e,
                temptation,
                np.array(classical),
                margin,
                breaks,
                survival(solved, i, month).kept[:, month],
            )
        )
    return tuple(found)


def review_today(solved: Solved, offer: int, loss: float | None = None) -> tuple[Floats, Floats]:
    """The solved margin of keeping, and the chance of a break by B, at the first review, by type.

    Args:
        solved: The solved game.
        offer: The contract.
        loss: Expected loss of a breach today in place of the contract's own (stake).
    """
    game, v = solved.game, solved.game.reviews
    if loss is not None:
        shift = loss - game.offers[offer].enforcement.expected_loss
        of = game.layout.offer[v.states] == offer
        v = replace(v, gain_b=v.gain_b - shift * of[:, None])
        game = replace(game, reviews=v)
    row = np.flatnonzero(v.states == solved.signed(offer))
    mu = game.opening[None]
    kept = at_beliefs(game, solved.today.b, v.states[row], mu)[:, 0]
    broken = at_beliefs(game, solved.today.b, v.broken[row], mu)[:, 0] + v.gain_b[row[0]]
    out = reviews(game, solved.today, solved.values.precision, row, mu, True)
    assert out.branches is not None
    gone = out.branches.chance[out.branches.act == BROKEN_B]
    breaks = gone.sum(0) if len(gone) else np.zeros(len(game.types))
    return kept - broken, np.asarray(breaks)


@dataclass(frozen=True)
class Rules:
    """Rules of engagement: the least size of incident that is answered."""

    name: str
    holds_below: float


RULES = (
    Rules("may not fire", 1.0),
    Rules("in self-defence", 0.5),
    Rules("robust", 0.0),
)
"""Rules that are compared: fire is held until an open breach, below half of it, or never."""
SIZES = (0.1, 0.25, 0.5, 1.0)
"""Sizes of incidents as shares of an open breach: a probe, a raid, a large attack, the breach itself."""


@dataclass(frozen=True)
class Engagement:
    """A guarantee under rules of engagement, by size of incident.

    Attributes:
        rules: The rules (for another guarantee: its own name; it answers at any size).
        answer: Chance of an answer given the incident, by size.
        margin: Margin against the incident of the most tempted type, by size (stake).
        taken: Chance that B, over its types, takes an occasion of that size.
        risk: Accident risk a year if incidents come at the file's hazard; None if it names none.
    """

    rules: str
    answer: Floats
    margin: Floats
    taken: Floats
    risk: Floats | None


def engagements(
    solution: Solution, hold: Hold, others: tuple[Hold, ...], rules: tuple[Rules, ...] = RULES
) -> tuple[Engagement, ...]:
    """A guarantee under each set of rules, then other guarantees, which answer alike at any size."""
    rows = [(r.name, r.holds_below, hold) for r in rules]
    rows += [(other.guarantee, 0.0, other) for other in others]
    incident = incidents(solution.game.crisis)
    sizes = np.array(SIZES)
    found = []
    for name, below, of in rows:
        e = of.enforcement
        answer = np.where(sizes >= below, e.detection * e.response, 0.0)
        margin = sizes[None] * (answer[None] * e.loss - of.temptation[:, None])
        taken = solution.game.opening @ expit(-solution.values.precision[1] * margin)
        risk = None
        if incident is not None:
            risk = 1 - (1 - incident.hazard * answer * incident.accident) ** 12
        found.append(Engagement(name, answer, margin.min(0), taken, risk))
    return tuple(found)


@dataclass(frozen=True)
class Incidents:
    """Incidents on a force that the file names.

    Attributes:
        ids: Events; ``names`` what readers call them.
        hazard: Monthly hazard of any of them.
        accident: Monthly accident hazard of the rung that they lead to, the largest.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    hazard: float
    accident: float


def incidents(crisis: Crisis) -> Incidents | None:
    """Events that need a deployed force; None if there are none."""
    keys = [k for k, e in crisis.events.items() if "force_deployed" in e.when]
    if not keys:
        return None
    accidents = {r.rung: r.accident.value for r in crisis.ladder.rungs}
    none_of = 1.0
    reached = [crisis.ladder.base]
    for key in keys:
        event = crisis.events[key]
        none_of *= 1 - min(1.0, event.hazard.value)
        steps = sum(e.steps for e in event.effects if e.kind == "rung")
        top = crisis.ladder.base + steps
        reached.append(max(r for r in accidents if r <= max(top, crisis.ladder.base)))
    return Incidents(
        tuple(keys),
        tuple(crisis.events[k].name for k in keys),
        1 - none_of,
        max(accidents[r] for r in reached),
    )
