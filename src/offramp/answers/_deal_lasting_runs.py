"""Small re-solves for what happens to a deal: a game changed in a few things, solved, and read at its start.

A :class:`Job` names the changes; :func:`look` compiles, solves for values and reads, on the first day::

    gap_i(x) = C_i(sign x) + lump_i - C_i(no deal this round)

for every contract x, by type of B, and how long the contracts asked for live (:mod:`._deal_durability`).
Jobs run in parallel and come back in order. Sweeps use the sketch grid; the answers that rest on
them say so and hold one point against the grid under study.

*Snapback.* A broken settlement returns to the node of the plan at which its levers are fully on.
Switched off, it returns to the plan's first node: levers begin again by their own triggers.

*Drift.* A contract that shifts power moves an issue by r a month towards B's end while it is kept. Signed on
the first day, its flows in month t are those of ``x_m(t) = x_m + r t``, up to the end of the scale, red-line
penalties as signed; whoever would sign it later would sign the terms that it has then.

Units: stake of each side itself; probabilities; months.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offramp.answers._deal_durability import Life, lives
from offramp.answers._deter_runs import Solved
from offramp.answers._runs import in_parallel
from offramp.crisis import Crisis, Plan, override
from offramp.game import Game, Resolution, compile_game
from offramp.game._events import hosts_of
from offramp.game._resolution import SKETCH
from offramp.game._states import SETTLED
from offramp.solution import Solution
from offramp.solution._induction import induce
from offramp.solution._nodes import at_beliefs
from offramp.solution.kernels import Kernel

Floats = NDArray[np.float64]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Drift:
    """An issue that moves towards B's end by ``per_month`` while a contract is kept."""

    contract: str
    issue: str
    per_month: float


@dataclass(frozen=True)
class Job:
    """One changed game and what is read from it.

    Attributes:
        name: What it is called among its fellows.
        changes: Paths and values put into the crisis.
        lives: Contracts whose life is run forward.
        months: How long.
        snapback: Whether the plan's levers are back at once after a breach.
        host_stays: Whether the host never withdraws its consent.
        drift: A contract that shifts power.
        kernel: Which code solves it.
        pledges: Public commitments (A, B) under which gaps are read besides those of the first day.
    """

    name: str
    plan: Plan
    resolution: Resolution
    precision: float
    frozen: bool
    kernel: Kernel = "auto"
    changes: tuple[tuple[str, Any], ...] = ()
    lives: tuple[str, ...] = ()
    months: int = 24
    snapback: bool = True
    host_stays: bool = False
    drift: Drift | None = None
    pledges: tuple[tuple[bool, bool], ...] = ()


@dataclass(frozen=True)
class Signing:
    """What signing gains against letting the round pass, by offer: A, B's types, chance of ratification.

    ``worth``: what having signed is worth to A.
    """

    ids: tuple[str, ...]
    a: Floats
    b: Floats
    ratified: Floats
    worth: Floats

    def at(self, contract: str) -> int:
        """Place of an offer."""
        return self.ids.index(contract)

    def suits(self, place: int, theta: int) -> bool:
        """Whether A gains, its voices are likelier than not to ratify, and a type of B gains."""
        suits_a = self.a[place] >= 0 and self.ratified[place] >= 0.5
        return bool(suits_a and self.b[place, theta] >= 0)


@dataclass(frozen=True)
class Look:
    """What a job found; ``pledged`` by the pledges asked for that the game has."""

    signing: Signing
    life: dict[str, Life]
    pledged: dict[tuple[bool, bool], Signing]


def job_of(solution: Solution, name: str, resolution: Resolution = SKETCH, **more: Any) -> Job:
    """A job on the game under study, at its own precision."""
    game = solution.game
    return Job(
        name=name,
        plan=game.plan,
        resolution=resolution,
        precision=solution.precision,
        frozen=game.grid.frozen is not None,
        kernel="numba" if solution.kernel == "numba" else "auto",
        **more,
    )


def run(
    crisis: Crisis,
    jobs: Sequence[Job],
    workers: int | None,
    progress: Progress | None,
    label: str,
) -> dict[str, Look]:
    """Every job by its name."""
    found = in_parallel(crisis, look, jobs, workers, progress, label)
    return {job.name: one for job, one in zip(jobs, found, strict=True)}


def look(crisis: Crisis, job: Job) -> Look:
    """Compile, solve and read one job."""
    changed = override(crisis, dict(job.changes))
    if job.host_stays:
        changed = host_kept(changed)
    game = compile_game(changed, job.plan, None, job.resolution, frozen_beliefs=job.frozen)
    if not job.snapback:
        game = without_snapback(game)
    if job.drift is not None:
        game = drifting(game, job.drift)
    solved = Solved(game, induce(game, job.precision, kernel=job.kernel))
    return read(solved, job.lives, job.months, job.pledges)


def read(
    solved: Solved,
    wanted: Sequence[str] = (),
    months: int = 24,
    pledges: Sequence[tuple[bool, bool]] = (),
) -> Look:
    """Gaps on the first day, lives of contracts, gaps under public commitments."""
    game, lay = solved.game, solved.game.layout
    ids = tuple(o.id for o in game.offers)
    offers = [ids.index(c) for c in wanted if c in ids]
    life = lives(solved, offers, months)
    pledged = {}
    for both in pledges:
        if both in lay.pledges:
            where = lay.other(np.array([solved.first]), pledge=lay.pledges.index(both))
            pledged[both] = signing_at(solved, int(where[0]))
    return Look(
        signing_at(solved, solved.first),
        {ids[o]: one for o, one in zip(offers, life, strict=True)},
        pledged,
    )


def signing_at(solved: Solved, state: int) -> Signing:
    """Gaps of every offer in an open state on the first day, at the opening beliefs."""
    game, m = solved.game, solved.game.moves
    row = int(np.flatnonzero(m.states == state)[0])
    mu = game.opening
    everywhere = np.append(m.sign[row], state)
    beliefs = np.tile(mu, (len(everywhere), 1))
    a = mu @ at_beliefs(game, solved.today.a, everywhere, beliefs)
    b = at_beliefs(game, solved.today.b, everywhere, beliefs).T
    worth = a[:-1] + m.lump_sign_a[row]
    gain_b = b[:-1] + m.lump_sign_b[row][:, None] - b[-1]
    ids = tuple(o.id for o in game.offers)
    return Signing(ids, worth - a[-1], gain_b, m.ratify[row].copy(), worth)


def host_kept(crisis: Crisis) -> Crisis:
    """The crisis in which no event makes the host withdraw its consent."""
    hosts = hosts_of(crisis)
    events = {
        key: event.model_copy(
            update={
                "effects": tuple(
                    x for x in event.effects if not (x.kind == "consent" and x.target in hosts)
                )
            }
        )
        for key, event in crisis.events.items()
    }
    return crisis.model_copy(update={"events": events})


def without_snapback(game: Game) -> Game:
    """The game in which a breach leads to the plan's first node."""
    lay, v = game.layout, game.reviews
    back = lay.other(v.broken, node=0) if len(v.states) else v.broken
    return replace(game, reviews=replace(v, broken=back))


def snaps_back(game: Game) -> bool:
    """Whether a breach brings pressure back that the plan would have to begin anew otherwise."""
    return any(n != 0 for n in game.layout.node[game.reviews.broken])


def drifting(game: Game, drift: Drift) -> Game:
    """The game in which a contract's terms move while it is kept.

    Raises:
        ValueError: if the contract cannot be signed, or there is no such issue.
    """
    ids = [o.contract for o in game.offers]
    if drift.contract not in ids:
        raise ValueError(f"there is no contract {drift.contract!r} that can be signed")
    if drift.issue not in game.stakes.issues:
        raise ValueError(f"there is no issue {drift.issue!r}")
    offer, m = ids.index(drift.contract), game.stakes.issues.index(drift.issue)
    lost = losses(game, offer, m, drift.per_month, game.months)
    where = np.flatnonzero((game.layout.regime == SETTLED) & (game.layout.offer == offer))
    side_a = game.stakes.side == 0
    flow_voice, flow_a, flow_b = game.flow_voice.copy(), game.flow_a.copy(), game.flow_b.copy()
    flow_voice[:, :, where] -= lost[side_a][:, :, None]
    flow_a[:, where] -= game.stakes.bloc(lost, 0)[:, None]
    flow_b[:, :, where] -= game.stakes.bloc(lost, 1)[None, :, None]
    return replace(game, flow_a=flow_a, flow_voice=flow_voice, flow_b=flow_b)


def losses(game: Game, offer: int, issue: int, per_month: float, months: int) -> Floats:
    """What each voice has lost of W by month through a drift, (voices, months+1)."""
    terms = np.tile(np.array(game.offers[offer].terms), (months + 1, 1))
    start = terms[0].copy()
    end = 1.0 if per_month >= 0 else 0.0
    moved = start[issue] + per_month * np.arange(months + 1)
    terms[:, issue] = np.where((moved - end) * np.sign(per_month) > 0, end, moved)
    return np.asarray(game.stakes.plain(start[None]) - game.stakes.plain(terms))
