"""Terms apart: an issue that is kept off the table, terms that shift power, partial deals.

*Unlocking.* For an issue that A keeps partly off the table one contract is solved twice with everything else
the same: the issue as it stands today, and at the furthest place that a contract of the file gives it. Reported
is what the opening does to its acceptance and to its life by type, as guaranteed and held by its terms alone
(no breach is answered): a strong guarantee hides what an open question does.

*A term that shifts power.* If signing lets B move issue m by r a month, the deal is worth to A, kept for ever::

    V_A(r) = (1 - delta) sum_t delta^t W_A(x_m + r t, x_rest),     static: V_A(0) = W_A(x)

Static terms look the same for every r. The rate at which A's whole gain from signing is gone solves
``V_A(0) - V_A(r) = gap_A``; the issue with the least such rate is the one to watch. A drift that is stated is
solved in full: the flows of the settlement move, and both sides reckon with it. Classical comparator: Powell's
commitment condition, :func:`offramp.theory.lock_in_excess` (a shift that peace brings and that cannot be
promised away).

*Partial deals.* On issues with a secondary part the sides may agree on that part alone while the conflict goes
on. With p the expected share of discounted time in which it does, type theta accepts with chance
Lambda(lambda_B p dW_B) and A with Lambda(lambda_A p dW_A): one round of logit choice against leaving things
as they are. The place is the one that both accept most likely. The chance of the core is that of a settlement
in which the issue lies beyond the secondary part, signed within the horizon.

Units: stake of each side itself; issue units a month; probabilities.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from offramp.answers._deal_lasting_runs import Drift, Job, Look, Signing, job_of, losses
from offramp.answers._deal_moves import changed_contract
from offramp.crisis import Crisis
from offramp.game import Game
from offramp.game._preferences import on_the_table
from offramp.game._states import CEASEFIRE
from offramp.solution import Solution

Floats = NDArray[np.float64]

APART = 0.02
"""Least distance between an issue closed and opened that is worth a solve."""
PLACES = 41
"""Places of a secondary issue that are tried."""
FASTEST = 0.25
"""Fastest drift looked for (issue units a month): faster shifts happen at once."""


@dataclass(frozen=True)
class Unlock:
    """One contract with an issue closed and opened: life by type, gaps and ratification in both.

    ``alone``: life by the terms alone, without any answer to a breach.
    """

    issue: str
    contract: str
    closed_at: float
    open_at: float
    life: tuple[Floats, Floats]
    alone: tuple[Floats, Floats]
    gap_b: tuple[Floats, Floats]
    gap_a: tuple[float, float]
    ratified: tuple[float, float]


def closed_issues(game: Game) -> list[tuple[str, float, float]]:
    """Issues partly off the table: id, place today, furthest place of a contract that can be signed."""
    found = []
    limit = on_the_table(game.crisis)
    named = [o for o in game.offers if o.contract is not None and not o.imposed]
    for m, (key, issue) in enumerate(game.crisis.issues.items()):
        if issue.open.value >= 1.0 or not issue.divisible:
            continue
        furthest = max((o.terms[m] for o in named), default=issue.status_quo)
        if furthest > float(limit[m]) and furthest - issue.status_quo > APART:
            found.append((key, issue.status_quo, float(furthest)))
    return found


def unlock_jobs(solution: Solution, contract: str, months: int) -> list[Job]:
    """The contract with each closed issue as it is and opened."""
    jobs = []
    for key, low, high in closed_issues(solution.game):
        for word, at in (("closed", low), ("opened", high)):
            entry = _with_issue(solution.game, contract, key, at)
            change = (f"contracts.{contract}", entry)
            read: dict[str, Any] = {"lives": (contract,), "months": months}
            unanswered = unguaranteed(solution.game.crisis)
            jobs.append(job_of(solution, f"{key} {word}", changes=(change,), **read))
            jobs.append(
                job_of(solution, f"{key} {word} alone", changes=(change, *unanswered), **read)
            )
    return jobs


def unguaranteed(crisis: Crisis) -> tuple[tuple[str, float], ...]:
    """Changes with which no breach is answered."""
    return tuple((f"guarantees.{key}.response", 0.0) for key in crisis.guarantees)


def _with_issue(game: Game, contract: str, issue: str, at: float) -> dict[str, object]:
    terms = game.crisis.contracts[contract].terms
    return changed_contract(
        game.crisis, contract, [at if m == issue else terms[m] for m in game.stakes.issues]
    )


def unlocked(solution: Solution, contract: str, looks: dict[str, Look], month: int) -> list[Unlock]:
    """What the jobs found."""
    found = []
    for key, low, high in closed_issues(solution.game):
        first, last = (looks[f"{key} {word}"] for word in ("closed", "opened"))
        alone = [looks[f"{key} {word} alone"] for word in ("closed", "opened")]
        if any(contract not in one.life for one in (first, last)):
            continue  # there the contract crosses a hard line and cannot be signed
        i, j = first.signing.at(contract), last.signing.at(contract)
        found.append(
            Unlock(
                key,
                contract,
                low,
                high,
                (first.life[contract].at(month), last.life[contract].at(month)),
                (alone[0].life[contract].at(month), alone[1].life[contract].at(month)),
                (first.signing.b[i], last.signing.b[j]),
                (float(first.signing.a[i]), float(last.signing.a[j])),
                (float(first.signing.ratified[i]), float(last.signing.ratified[j])),
            )
        )
    return found


@dataclass(frozen=True)
class Watched:
    """The rate of drift on an issue at which A's gain from signing a contract is gone (None: none does)."""

    contract: str
    issue: str
    rate: float | None


def drifts_to_watch(game: Game, contract: str, gain: float) -> list[Watched]:
    """For every divisible issue, soonest first; nothing if A gains nothing to begin with."""
    if gain <= 0:
        return []
    offer = [o.contract for o in game.offers].index(contract)
    found = []
    for m, (key, issue) in enumerate(game.crisis.issues.items()):
        if not issue.divisible:
            continue
        if _lost(game, offer, m, FASTEST) <= gain:
            found.append(Watched(contract, key, None))
            continue
        low, high = 0.0, FASTEST
        for _ in range(40):
            middle = 0.5 * (low + high)
            low, high = (low, middle) if _lost(game, offer, m, middle) > gain else (middle, high)
        found.append(Watched(contract, key, high))
    return sorted(found, key=lambda w: FASTEST * 2 if w.rate is None else w.rate)


def _lost(game: Game, offer: int, issue: int, rate: float) -> float:
    """V_A(0) - V_A(r) of a deal kept for ever."""
    delta = game.discount[0]
    months = int(np.ceil(np.log(1e-6) / np.log(delta)))
    lost = game.stakes.bloc(losses(game, offer, issue, rate, months), 0)
    return float((1 - delta) * (delta ** np.arange(months + 1) @ lost))


@dataclass(frozen=True)
class Shift:
    """A contract with a drift, solved: W of its terms as signed, gains from signing without and with it.

    ``ratified``: chance of ratification, which sees the terms as signed.
    """

    drift: Drift
    worth: float
    static: float
    shifting: float
    gap_b: tuple[Floats, Floats]
    ratified: float


def heaviest(game: Game, contract: str) -> Drift | None:
    """The drift that would cost A most if it took one issue to B's end within the horizon."""
    offer = [o.contract for o in game.offers].index(contract)
    found = []
    for m, (key, issue) in enumerate(game.crisis.issues.items()):
        rate = (1.0 - game.offers[offer].terms[m]) / game.shown
        if issue.divisible and rate > 0:
            found.append((_lost(game, offer, m, rate), Drift(contract, key, rate)))
    return max(found, key=lambda pair: pair[0])[1] if found else None


def shift_of(game: Game, drift: Drift, base: Signing, moved: Signing) -> Shift:
    """What a drift does to the gains from signing on the first day."""
    i, j = base.at(drift.contract), moved.at(drift.contract)
    offer = [o.contract for o in game.offers].index(drift.contract)
    return Shift(
        drift,
        float(game.stakes.bloc(game.signed_value, 0)[offer]),
        float(base.a[i]),
        float(moved.a[j]),
        (base.b[i], moved.b[j]),
        float(base.ratified[i]),
    )


@dataclass(frozen=True)
class Partial:
    """A deal on the secondary part of one issue.

    Attributes:
        issue: Which; ``start`` today's place, ``at`` the place agreed, ``core_from`` where the core begins.
        gain_a: A's gain while the conflict goes on, discounted; ``gain_b`` B's.
        accepts_a: Chance that A accepts; ``accepts_b`` that B does.
        core: Chance that a settlement beyond the secondary part is signed within the horizon.
        table: Furthest place that A lets onto the table.
    """

    issue: str
    start: float
    at: float
    core_from: float
    gain_a: float
    gain_b: float
    accepts_a: float
    accepts_b: float
    core: float
    table: float

    @property
    def both(self) -> float:
        """Chance that both accept."""
        return self.accepts_a * self.accepts_b


def partial_deals(solution: Solution) -> list[Partial]:
    """The likeliest partial deal on every issue that has a secondary part."""
    game, stakes = solution.game, solution.game.stakes
    limit, found = on_the_table(game.crisis), []
    still_a, still_b = (open_time(solution, delta) for delta in game.discount)
    # Policies on the path are those of the solved months; shares of both sides use their own patience.
    lam_a, lam_b = solution.values.precision
    for m, (key, issue) in enumerate(game.crisis.issues.items()):
        if issue.secondary_up_to is None:
            continue
        furthest = min(issue.secondary_up_to, float(limit[m]))
        core = _core(solution, m, issue.secondary_up_to)
        if not furthest > issue.status_quo:
            continue
        at = np.linspace(issue.status_quo, furthest, PLACES)[1:]
        terms = np.tile(stakes.status_quo, (PLACES, 1))
        terms[1:, m] = at
        worth = stakes.plain(terms)
        gain_a = still_a * (stakes.bloc(worth, 0)[1:] - stakes.bloc(worth, 0)[0])
        gain_b = still_b * (stakes.bloc(worth, 1)[1:] - stakes.bloc(worth, 1)[0])
        yes_a, yes_b = expit(lam_a * gain_a), expit(lam_b * gain_b)
        best = int(np.argmax(yes_a * yes_b))
        found.append(
            Partial(
                key,
                issue.status_quo,
                float(at[best]),
                issue.secondary_up_to,
                float(gain_a[best]),
                float(gain_b[best]),
                float(yes_a[best]),
                float(yes_b[best]),
                core,
                float(limit[m]),
            )
        )
    return found


def open_time(solution: Solution, delta: float) -> float:
    """Expected share of discounted time in which nothing is settled or over (the last month goes on)."""
    game = solution.game
    still = solution.futures.regime[:, : CEASEFIRE + 1].sum(1)
    weight = (1 - delta) * delta ** np.arange(game.months + 1)
    weight[-1] = delta**game.months
    return float(weight @ still)


def _core(solution: Solution, issue: int, beyond: float) -> float:
    """Chance that a first or later settlement beyond a place of an issue is signed within the horizon."""
    game = solution.game
    signed = solution.futures.signed[: game.shown].sum(0)
    far = np.array([o.terms[issue] > beyond + 1e-9 for o in game.offers], dtype=bool)
    return float(signed[far].sum()) if len(far) else 0.0
