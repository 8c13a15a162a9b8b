"""The offensive as a lottery, when to start it, and what B does after a setback.

*Lottery.* The file's outcomes with their chances; without outcomes, success against failure. A failure is no
gain, a marginal one a step, the window two, too far three; other words need to be given a gain.

*Wait or go.* Starting in month n shifts the front of every future that is still at war then, by surprise:
nobody reckons with it beforehand and values are those of the solved game. With readiness
``r(n) = min(1, r_0 + (1 - r_0) n / N)`` scaling the chance of every outcome that gains ground,

    D_i(n) = delta_i^n  sum_particles w  sum_o p_o(n) [ V_i(n, s moved by g_o, mu) - V_i(n, s, mu) ] ,

what the offensive adds to side i's value today. The rest of its value is the same for all n.

*Double down or cut losses.* B's policy at its own initiative right after a gain of A of two steps (or the
largest on the lattice), with all steps of A's plan in force and at today's beliefs: it climbs, fights on
(holds, commits itself), or cuts losses (offers, proposes a pause, steps down). *Without carrots* is the same
plan with every carrot taken out and no more relief after compliance than after defiance.

Units: own stake; probabilities; months.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.answers._futures_clouds import clouds
from offramp.answers._offensive_front import LARGE, Board, gains, place, solved
from offramp.crisis import Crisis, Plan
from offramp.game import Game, compile_game
from offramp.game._states import WAR
from offramp.solution import Solution
from offramp.solution import _nodes as nodes
from offramp.solution._nodes import at_beliefs, b_moves

Floats = NDArray[np.float64]

GAINS: Mapping[str, float] = {
    "fails": 0.0,
    "failure": 0.0,
    "marginal": 1.0,
    "window": 2.0,
    "success": 2.0,
    "too_far": 3.0,
}
"""Steps that the words of `war.offensive.outcomes` stand for."""
READY_NOW = 0.5
"""Readiness today if nothing is said: half of what it will be."""
READY_AFTER = 6.0
"""Months to full readiness if neither the file nor a lever says more."""
LONGEST_WAIT = 18
"""Latest start that is looked at, if the horizon allows."""


@dataclass(frozen=True)
class Outcome:
    """An outcome of the offensive; ``read_at`` is the gain it is read at on the lattice."""

    name: str
    chance: float
    gain: float
    read_at: float


def outcomes(
    game: Game, words: Mapping[str, float] | None = None
) -> tuple[tuple[Outcome, ...], tuple[str, ...]]:
    """The lottery of the file, and what had to be said about it.

    Raises:
        ValueError: if ``words`` names an outcome that the file does not have.
    """
    offensive = game.crisis.war.offensive
    if offensive is None:
        return (), ()
    chances = dict(offensive.outcomes)
    if not chances:
        chances = {"fails": 1 - offensive.success.value, "success": offensive.success.value}
    if unknown := sorted(set(words or {}) - set(chances)):
        raise ValueError(
            f"the offensive has no outcome {unknown[0]!r}; it has {', '.join(chances)}"
        )
    known = {**GAINS, **(words or {})}
    unread = [name for name in chances if name not in known]
    if unread:
        return (), tuple(
            f"outcome {name!r} of the offensive has no gain in steps that is known, so the lottery "
            "is left out; "
            "name its gain"
            for name in unread
        )
    held = gains(game)
    found, said = [], []
    for name, chance in chances.items():
        read = min(max(known[name], held[0]), held[-1])
        if read != known[name]:
            said.append(
                f"outcome {name.replace('_', ' ')!r} gains {known[name]:g} steps, but the front "
                f"keeps {held[-1]}: it is "
                f"read at {read:g}"
            )
        found.append(Outcome(name, chance, known[name], read))
    return tuple(found), tuple(said)


@dataclass(frozen=True)
class Timing:
    """What starting in month n adds to each side's value today.

    Attributes:
        months: n.
        ready: Readiness r(n).
        a, b: D_A(n) and D_B(n) over B's types.
        at_war: Chance that the war is on in month n.
        ready_after: N; ``why`` says where it comes from.
        off_lattice: Largest share of futures whose gain would have passed the last position.
    """

    months: tuple[int, ...]
    ready: tuple[float, ...]
    a: tuple[float, ...]
    b: tuple[float, ...]
    at_war: tuple[float, ...]
    ready_now: float
    ready_after: float
    why: str
    off_lattice: float

    @property
    def best(self) -> int:
        """Month in which starting adds most to A's value."""
        return self.months[int(np.argmax(self.a))]


def readiness(crisis: Crisis) -> tuple[float, str]:
    """Months to full readiness and where they come from."""
    offensive = crisis.war.offensive
    if offensive is not None and offensive.start:
        year, month, *_ = (*(int(x) for x in offensive.start.split("-")), 7)
        wait = (year - crisis.as_of.year) * 12 + month - crisis.as_of.month
        if wait > 0:
            return float(wait), f"the expected start, {offensive.start}"
    helping = {
        key: lever.lag.value + lever.ramp.value
        for key, lever in crisis.levers.items()
        if lever.step_shift is not None
        and lever.step_shift.value < 0
        and any(
            use.lever == key for plan in crisis.plans.values() for s in plan.stages for use in s.on
        )
    }
    if helping:
        key = max(helping, key=lambda k: helping[k])
        return helping[key], f"the ramp of {crisis.levers[key].name!r}"
    return READY_AFTER, "an assumption: the file has nothing that says so"


def timing(
    b: Board,
    lottery: tuple[Outcome, ...],
    ready_now: float = READY_NOW,
    ready_after: float | None = None,
) -> Timing:
    """Wait or go.

    Args:
        b: The game.
        lottery: Outcomes when ready.
        ready_now: r_0.
        ready_after: N; left out, from the file.

    Raises:
        ValueError: for a readiness outside [0, 1] or a ramp below 0.
    """
    game = b.solution.game
    if not 0 <= ready_now <= 1:
        raise ValueError(f"readiness is a share between 0 and 1; got {ready_now:g}")
    ramp, why = readiness(game.crisis) if ready_after is None else (ready_after, "as asked")
    if ramp < 0:
        raise ValueError(f"months to readiness must not be negative; got {ramp:g}")
    last = min(LONGEST_WAIT, game.shown)
    ready, a, other, at_war, off = [], [], [], [], 0.0
    for n, cloud in clouds(b.solution, last):
        r = 1.0 if ramp == 0 else min(1.0, ready_now + (1 - ready_now) * n / ramp)
        fighting = game.layout.regime[cloud.state] == WAR
        mass, belief = cloud.mass[fighting], cloud.belief[fighting]
        state = cloud.state[fighting]
        base = _worth(b.solution, n, state, belief)
        add = np.zeros(2)
        for o in lottery:
            if o.gain <= 0:
                continue
            moved, beyond = _moved(game, state, o.read_at)
            gained = _worth(b.solution, n, moved, belief) - base
            add += r * o.chance * (gained @ mass)
            off = max(off, o.chance * float(mass[beyond].sum()))
        discount = np.array(game.discount) ** n
        ready.append(r)
        a.append(float(discount[0] * add[0]))
        other.append(float(discount[1] * add[1]))
        at_war.append(float(mass.sum()))
    return Timing(
        tuple(range(last + 1)),
        tuple(ready),
        tuple(a),
        tuple(other),
        tuple(at_war),
        ready_now,
        ramp,
        why,
        off,
    )


def _worth(solution: Solution, month: int, state: NDArray[np.intp], belief: Floats) -> Floats:
    """Values of A and of B over its types at particles, (2, n)."""
    game = solution.game
    a = at_beliefs(game, solution.values.a[month], state, belief)
    b = at_beliefs(game, solution.values.b[month], state, belief)
    return np.stack([(belief.T * a).sum(0), (belief.T * b).sum(0)])


def _moved(
    game: Game, state: NDArray[np.intp], gain: float
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """States after a gain, held at the last position, and which of them were held."""
    wanted = game.layout.position[state] - round(gain * game.front_factor)
    held = np.clip(wanted, 0, game.layout.sizes[0] - 1)
    return game.layout.other(state, position=held), held != wanted


@dataclass(frozen=True)
class Reaction:
    """B's acts at its own initiative after a setback, by type: (types,) each."""

    label: str
    climbs: tuple[float, ...]
    fights_on: tuple[float, ...]
    cuts: tuple[float, ...]
    relief: float
    carrots: tuple[str, ...]

    def mean(self, game: Game, what: str) -> float:
        """Over B's types at the opening beliefs."""
        return float(np.array(getattr(self, what)) @ game.opening)


CLIMB = (nodes.B_UP, nodes.B_FIGHT)
CUT = (
    nodes.B_SIGNED, nodes.B_UNRATIFIED, nodes.B_REFUSED, nodes.B_ANSWERED, nodes.B_PAUSE,
    nodes.B_PAUSE_REFUSED, nodes.B_FOUGHT, nodes.B_DOWN,
)  # fmt: skip


def reaction(solution: Solution, label: str, plan: Plan) -> Reaction | None:
    """B's policy after a setback (None where B never has the initiative or the front cannot move)."""
    game = solution.game
    ahead = min(LARGE, gains(game)[-1])
    if ahead <= 0 or game.protocol.recognition[:, 1].max() <= 0:
        return None
    month = int(np.flatnonzero(game.protocol.recognition[:, 1] > 0)[0])
    state = place(game, ahead, node=game.automaton.final)
    row = np.flatnonzero(game.acts.states == state)
    c = solution.continuation(month)
    out = b_moves(game, c, solution.values.precision, row, game.opening[None], True)
    branches = out.branches
    assert branches is not None
    shares = [branches.chance[np.isin(branches.act, acts)].sum(0) for acts in (CLIMB, CUT)]
    rest = 1.0 - shares[0] - shares[1]
    relief = plan.relief.comply or game.crisis.relief.comply
    return Reaction(
        label,
        tuple(float(x) for x in shares[0]),
        tuple(float(x) for x in rest),
        tuple(float(x) for x in shares[1]),
        relief.value,
        tuple(dict.fromkeys(k for k in _uses(plan) if k in carrots(game.crisis))),
    )


def carrots(crisis: Crisis) -> set[str]:
    """Levers that offer B something."""
    return {
        key
        for key, lever in crisis.levers.items()
        if lever.kind in ("carrot", "concession")
        or (lever.cost_to_target is not None and lever.cost_to_target.value < 0)
    }


def _uses(plan: Plan) -> list[str]:
    return [use.lever for stage in plan.stages for use in stage.on]


def without_carrots(crisis: Crisis, plan: Plan) -> Plan:
    """The same plan with no carrot in it, and no more relief after compliance than after defiance."""
    taken = carrots(crisis)
    stages = tuple(
        s.model_copy(update={"on": tuple(u for u in s.on if u.lever not in taken)})
        for s in plan.stages
    )
    relief = plan.relief.model_copy(update={"comply": crisis.relief.defy})
    return plan.model_copy(update={"stages": stages, "relief": relief})


def kindest(crisis: Crisis, but: str) -> str | None:
    """The plan with most carrots beside one (None if no other has any), the surer relief first."""
    offered = carrots(crisis)
    held = {
        key: (
            sum(k in offered for k in _uses(plan)),
            plan.relief.comply.value if plan.relief.comply else 0.0,
        )
        for key, plan in crisis.plans.items()
        if key != but
    }
    best = max(held, key=lambda k: held[k], default=None)
    return best if best is not None and held[best][0] > 0 else None


def reactions(b: Board) -> list[Reaction]:
    """After a setback: this plan, the plan with most carrots, and that one without them."""
    game = b.solution.game
    crisis = game.crisis
    found = [reaction(b.solution, game.plan.name, game.plan)]
    kind = (
        game.plan_id
        if any(k in carrots(crisis) for k in _uses(game.plan))
        else kindest(crisis, game.plan_id)
    )
    if kind is not None:
        plan = game.plan if kind == game.plan_id else crisis.plans[kind]
        bare = without_carrots(crisis, plan)
        todo = [(f"{plan.name}, carrots taken out", bare)]
        if kind != game.plan_id:
            todo.insert(0, (plan.name, plan))
        for label, variant in todo:
            other = compile_game(
                crisis, variant, None, game.resolution, frozen_beliefs=game.grid.frozen is not None
            )
            found.append(reaction(solved(other, b.solution.precision, 1), label, variant))
    return [x for x in found if x is not None]
