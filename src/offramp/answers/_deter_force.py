"""Who stands behind a guarantee: backstop, link to a wider guarantee, contributors after losses.

*Backstop.* A lever that adds to a guarantee's response. Its worth to A is V_A of the signed contract with the
gain less V_A without it, the game solved again; a token backstop forgoes that.

*Link.* l in [0, 1] ties an attack on the force to a wider guarantee with response phi_W. While the backer
stays the response is ``phi_l = phi + l (phi_W - phi)``; it stays a year with ``Lambda(logit s0 + l k d)``:
s0 from its monthly chance to stay, d the crisis's coefficient of dissent times the backer's dissent, k how
much it minds being drawn in. Deterrence is ``phi(l) = stay(l) phi_l + (1 - stay(l)) phi``; entrapment, the
chance a year of being drawn into a wider war by an incident, is ``stay(l) l (1 - (1 - eta d phi_l)^12)``. For
small k the best link is 1; for large k it lies inside.

*Losses.* After D dead contributor m stays with ``tau_m^(D / 50)``, ``logit tau_m = logit tau + threat (t_m -
mean t) + dissent (e_m - mean e)``, tau the file's casualty tolerance and the coefficients those of members'
stay. The number who stay is Poisson-binomial if members decide apart
(:func:`offramp.theory.quota_probability`); if one shock moves all, it is the rank of the shock among the
tau_m. Both are shown; members who watch each other lie between.

*Tolerance.* B reckons with the pledge only as far as contributors would stay: it is deterred while
``d phi P(at least n stay; tau) G >= T - R``. The threshold is the tau at which equality holds.

Source: Snyder 1984 on abandonment and entrapment; the rest is bookkeeping on the crisis's own numbers,
outside the solved game. Units: probabilities; B's stake.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from offramp.answers._deter_guarantee import Hold, incidents, review_today, survival
from offramp.answers._deter_runs import Solved, Solver, recompiled
from offramp.crisis import Crisis, get, override
from offramp.crisis._actors import Member
from offramp.crisis._pressure import Lever
from offramp.game import Resolution
from offramp.solution import Solution
from offramp.theory import quota_probability

Floats = NDArray[np.float64]

HEAVY = 50.0
"""Deaths at which the file's casualty tolerance is read: its note speaks of fifty dead."""
FEWEST = 3
"""Contributors below which a force is no longer a joint one."""
LEAST_SHARE = 0.01
"""Members with a smaller share of the bloc's military contributions cannot man a force and are not counted."""
SURE = 1e-9
"""Chances are kept this far from 0 and 1 before their logit is taken."""
YEAR = 12


def backstops(crisis: Crisis, lever: str | None) -> tuple[str, ...]:
    """Levers that add to the response of a guarantee provided by ``lever``."""
    return tuple(
        key
        for key, tool in crisis.levers.items()
        if tool.response_gain is not None and (lever in tool.needs or not tool.needs)
    )


def incident_cut(crisis: Crisis, lever: Lever) -> float:
    """Share of the hazard of incidents that remains while a backstop stands."""
    found = incidents(crisis)
    if found is None or found.hazard <= 0:
        return 1.0
    left = 1.0
    for key in found.ids:
        shift = lever.shifts.get(f"events.{key}.hazard")
        after = crisis.events[key].hazard.value + (shift.value if shift is not None else 0.0)
        left *= 1 - min(1.0, max(0.0, after))
    return (1 - left) / found.hazard


@dataclass(frozen=True)
class Backstop:
    """A real backstop against a token one.

    Attributes:
        response: Response without and with it.
        worth_a: V_A of the signed contract, without and with, its own flow cost counted while it lasts.
        breaks: Chance that B, over types, breaks at the first review, without and with.
        survives: Share still under the contract at the month read, by type: (2, types).
        hazard: Monthly hazard of incidents without and with; None if the file names none.
    """

    lever: str
    name: str
    contract: str
    response: tuple[float, float]
    worth_a: tuple[float, float]
    breaks: tuple[float, float]
    survives: Floats
    hazard: tuple[float, float] | None


def backstop(
    solution: Solution, base: Solved, solver: Solver, grid: Resolution, hold: Hold, month: int
) -> Backstop | None:
    """The first backstop of a contract's guarantee, solved with and without; None if there is none."""
    crisis = solution.game.crisis
    key = solution.game.offers[hold.offer].guarantee
    if key is None:
        return None
    found = backstops(crisis, crisis.guarantees[key].lever)
    if not found:
        return None
    tool = crisis.levers[found[0]]
    assert tool.response_gain is not None
    before = crisis.guarantees[key].response.value
    after = min(1.0, before + tool.response_gain.value)
    changes: dict[str, object] = {f"guarantees.{key}.response": after}
    for path, shift in tool.shifts.items():
        changes[path] = override_by(crisis, path, shift.value)
    [with_it] = solver.solve([recompiled(solution, grid, override(crisis, changes))], "a backstop")
    offer = with_it.offer(hold.id)
    own = base.offer(hold.id)
    assert offer is not None
    assert own is not None
    lives = [survival(x, o, month).kept for x, o in ((base, own), (with_it, offer))]
    cost = tool.cost_to_holder.value if tool.cost_to_holder is not None else 0.0
    delta = base.game.discount[0]
    paid = (1 - delta) * sum(
        delta**t * float(base.game.opening @ lives[1][:, t]) for t in range(month)
    )
    worth = [x.worth(x.signed(o))[0] for x, o in ((base, own), (with_it, offer))]
    mu = base.game.opening
    now = incidents(crisis)
    return Backstop(
        found[0],
        tool.name,
        hold.name,
        (before, after),
        (worth[0], worth[1] - cost * paid),
        (
            float(mu @ review_today(base, own)[1]),
            float(mu @ review_today(with_it, offer)[1]),
        ),
        np.array([life[:, month] for life in lives]),
        (now.hazard, now.hazard * incident_cut(crisis, tool)) if now is not None else None,
    )


def override_by(crisis: Crisis, path: str, shift: float) -> float:
    """The number at a path moved by a shift, kept at or above nil where it is a hazard."""
    now = float(get(crisis, path).value)
    return max(0.0, now + shift) if path.endswith("hazard") else now + shift


@dataclass(frozen=True)
class Link:
    """Deterrence and entrapment by strength of the link to a wider guarantee.

    Attributes:
        link: Strengths, 0 to 1.
        aversion: How much the backer minds being drawn in, multiples of its coded dissent.
        stay: Chance that the backer still stands behind it after a year, (aversions, links).
        response: Chance that a detected breach is answered, same shape.
        entrapped: Chance a year of being drawn into a wider war; None without incidents.
        best: Link with the highest response, by aversion.
    """

    backer: str
    wider: str
    link: Floats
    aversion: tuple[float, ...]
    stay: Floats
    response: Floats
    entrapped: Floats | None
    best: Floats


AVERSIONS = (0.0, 1.0, 2.0, 4.0)


def link(crisis: Crisis, hold: Hold, aversions: tuple[float, ...] = AVERSIONS) -> Link | None:
    """The trade-off of a link; None if the file names no wider guarantee or no backer."""
    wider = [g for g in crisis.guarantees.values() if g.wider_link is not None]
    backer = _backer(crisis, hold)
    if not wider or backer is None:
        return None
    widest = max(wider, key=lambda g: g.wider_link.value if g.wider_link is not None else 0.0)
    member = crisis.members[backer]
    stays = (member.stays.value if member.stays is not None else 1.0) ** YEAR
    minds = crisis.coalition.stay.dissent * (
        member.dissent.value if member.dissent is not None else 0.0
    )
    strength = np.linspace(0, 1, 21)
    k = np.array(aversions)[:, None]
    stay = expit(logit(min(max(stays, SURE), 1 - SURE)) + k * minds * strength)
    phi, top = hold.enforcement.response, widest.response.value
    linked = phi + strength * max(0.0, top - phi)
    response = stay * linked + (1 - stay) * phi
    now = incidents(crisis)
    entrapped = None
    if now is not None:
        year = 1 - (1 - now.hazard * hold.enforcement.detection * linked) ** YEAR
        entrapped = stay * strength * year
    best = strength[response.argmax(1)]
    return Link(member.name, widest.name, strength, aversions, stay, response, entrapped, best)


def _backer(crisis: Crisis, hold: Hold) -> str | None:
    found = [crisis.levers[k].holder for k in backstops(crisis, hold.enforcement.lever)]
    if crisis.broker is not None:
        found.append(crisis.broker.actor)
    return next((x for x in found if x in crisis.members), None)


@dataclass(frozen=True)
class Losses:
    """Contributors after an incident.

    Attributes:
        members: Contributors; ``stays`` the chance that each stays.
        fewest: Contributors needed.
        apart, together: Chance that fewer remain, members deciding apart and moved by one shock.
        by_year: The same within a year at the file's hazard of incidents: apart, together, without and
            with a backstop, (2, 2); None if the file names no incident.
    """

    members: tuple[str, ...]
    stays: Floats
    deaths: float
    tolerance: float
    fewest: int
    apart: float
    together: float
    by_year: Floats | None


def contributors_of(crisis: Crisis, lever: str | None) -> tuple[str, ...]:
    """Members that may man a force: those the file's consent rule names, else members of A with a share of
    its military contributions that neither are its host nor object to the lever nor refuse it (or a
    refusal that shares a word with its id).
    """
    if lever is None:
        return ()
    tool = crisis.levers[lever]
    if tool.consent.of:
        return tuple(m for m in tool.consent.of if m in crisis.members)
    words = set(lever.split("_"))

    def refuses(key: str) -> bool:
        return any(
            r == lever or (r in crisis.refusals and words & set(r.split("_")))
            for r in crisis.members[key].refuses
        )

    given = {k: _military(m) for k, m in crisis.members.items() if m.bloc == "A"}
    least = LEAST_SHARE * sum(given.values())
    return tuple(
        key
        for key, amount in given.items()
        if key != crisis.blocs["A"].principal
        and key not in tool.objectors
        and amount > 0
        and amount >= least
        and not refuses(key)
    )


def _military(member: Member) -> float:
    given = member.contributions
    return given.get("military_eur_bn", given.get("troops", 0.0))


def stay_chances(crisis: Crisis, members: Sequence[str], deaths: float, tolerance: float) -> Floats:
    """Chance that each contributor stays after losses."""
    felt = np.array([_of(crisis, m, "threat") for m in members])
    split = np.array([_of(crisis, m, "dissent") for m in members])
    model = crisis.coalition.stay
    level = logit(min(max(tolerance, SURE), 1 - SURE))
    level = level + model.threat * (felt - felt.mean()) + model.dissent * (split - split.mean())
    return np.asarray(expit(level) ** (deaths / HEAVY), dtype=np.float64)


def _of(crisis: Crisis, member: str, field: str) -> float:
    number = getattr(crisis.members[member], field)
    return float(number.value) if number is not None else 0.0


def fewer_than(stays: Floats, fewest: int) -> tuple[float, float]:
    """Chance that fewer than ``fewest`` stay: members apart, and moved by one shock."""
    if len(stays) < fewest:
        return 1.0, 1.0
    apart = 1.0 - quota_probability([float(p) for p in stays], fewest)
    together = 1.0 - float(np.sort(stays)[::-1][fewest - 1])
    return max(0.0, apart), together


def losses(
    crisis: Crisis,
    hold: Hold,
    deaths: float = HEAVY,
    tolerance: float | None = None,
    fewest: int = FEWEST,
    contributors: Sequence[str] | None = None,
) -> Losses | None:
    """What an incident does to the contributors; None if nobody can be counted as one."""
    members = tuple(contributors or contributors_of(crisis, hold.enforcement.lever))
    if not members:
        return None
    tau = crisis.coalition.casualty_tolerance.value if tolerance is None else tolerance
    stays = stay_chances(crisis, members, deaths, tau)
    chance = np.array(fewer_than(stays, fewest))
    now = incidents(crisis)
    by_year = None
    if now is not None:
        cuts = [
            incident_cut(crisis, crisis.levers[k])
            for k in backstops(crisis, hold.enforcement.lever)
        ]
        hazards = np.array([now.hazard, now.hazard * min(cuts, default=1.0)])
        by_year = 1 - (1 - hazards[:, None] * chance[None]) ** YEAR
    return Losses(
        tuple(crisis.members[m].name for m in members),
        stays, deaths, tau, fewest, float(chance[0]), float(chance[1]), by_year,
    )  # fmt: skip


@dataclass(frozen=True)
class Tolerance:
    """Casualty tolerance at which the pledge stops deterring each type of B.

    Attributes:
        now: The file's tolerance.
        threshold: By type; 0 if it deters at any tolerance (or nothing tempts), None if at none.
        response: Response that B reckons with, at the file's tolerance.
        margin: Margin by type at the file's tolerance, members apart.
    """

    now: float
    threshold: tuple[float | None, ...]
    response: float
    margin: Floats


def tolerance(
    crisis: Crisis,
    hold: Hold,
    deaths: float = HEAVY,
    tolerance: float | None = None,
    fewest: int = FEWEST,
    contributors: Sequence[str] | None = None,
) -> Tolerance | None:
    """Find the thresholds by bisection; None if nobody can be counted as a contributor."""
    members = tuple(contributors or contributors_of(crisis, hold.enforcement.lever))
    if not members:
        return None
    e = hold.enforcement
    tau = crisis.coalition.casualty_tolerance.value if tolerance is None else tolerance

    def enough(level: float) -> float:
        return 1.0 - fewer_than(stay_chances(crisis, members, deaths, level), fewest)[0]

    found: list[float | None] = []
    for tempted in hold.temptation:
        need = float(tempted) / e.expected_loss if e.expected_loss > 0 else np.inf
        if tempted <= 0:
            found.append(0.0)
        elif need > enough(1.0):
            found.append(None)
        else:
            low, high = 0.0, 1.0
            for _ in range(50):
                middle = 0.5 * (low + high)
                low, high = (middle, high) if enough(middle) < need else (low, middle)
            found.append(high)
    now = enough(tau)
    return Tolerance(tau, tuple(found), e.response * now, now * e.expected_loss - hold.temptation)
