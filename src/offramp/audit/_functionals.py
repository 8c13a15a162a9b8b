"""What the questions of claims come to in a solved world: one function each.

Definitions are those of :data:`offramp.crisis._claims_functions.FUNCTIONS`; where an answer already has
the functional it is called, not repeated.
"""

from __future__ import annotations

import math
from typing import cast

import numpy as np
from numpy.typing import NDArray

from offramp.answers._coalition_facts import (
    binding_refusals,
    contributing,
    leads_of,
    members_of,
    shares_of,
)
from offramp.answers._coalition_stay import Stays, stays_of
from offramp.answers._coalition_votes import Rule, chances, unanimity
from offramp.answers._coalition_ways import passage
from offramp.answers._deter_guarantee import survival
from offramp.answers._deter_runs import Solved
from offramp.answers._measures import OPEN_REGIMES, hold_path
from offramp.answers._offensive_choice import CLIMB, CUT
from offramp.answers._offensive_front import place
from offramp.audit._room import gaps_at, room
from offramp.audit._worlds import NotAsked, Scope, World, start_of, terms_at
from offramp.crisis import Crisis, Quantity
from offramp.game import Game
from offramp.game._calendar import chances_of
from offramp.game._events import REGIMES, forces_of, regimes_of
from offramp.game._plans import pain
from offramp.game._preferences import stakes_of
from offramp.game._states import CEASEFIRE, WAR
from offramp.solution import Solution
from offramp.solution._induction import continuation
from offramp.solution._nodes import at_beliefs, b_moves
from offramp.theory import deterrent_probability

Floats = NDArray[np.float64]
CONTRIBUTORS = 3
"""Contributors that a rule of contributors needs."""
ACTS = ("climb", "offer", "fight_on")
"""Moves of B that `P_act` asks about, as :func:`policy` has them."""
ROWS = {
    "standoff": 0, "war": 1, "ceasefire": 2, "settlement": 3, "a_collapsed": 4, "b_collapsed": 5,
    "disaster": 7,
}  # fmt: skip
"""Regimes of claims by their place in the game's table of regimes."""


def weights_of(game: Game, kind: str | None) -> Floats:
    """Weights over B's types: the opening beliefs, or one type."""
    if kind is None:
        return game.opening
    if kind not in game.types:
        raise NotAsked(f"at {game.crisis.as_of} there is no type {kind}")
    return np.asarray(np.eye(len(game.types))[game.types.index(kind)])


def _as_solution(solved: Solved) -> Solution:
    """Functionals of the game alone take any solution; they read nothing else of it."""
    return cast(Solution, solved)


# --- Values ----------------------------------------------------------------------------------


def value(
    scope: Scope, world: World, side: str, act: str, month: int, kind: str | None, position: int
) -> float:
    """V(side, act)."""
    solved = scope.solved(world)
    game = solved.game
    weights = weights_of(game, kind)
    start = start_of(game, position)

    def of(a: Floats, b: Floats) -> float:
        return float(game.opening @ a) if side == "A" else float(weights @ b)

    if act == "start":
        where, mu = np.array([start]), game.opening[None]
        return of(
            at_beliefs(game, solved.values.a[0], where, mu)[:, 0],
            at_beliefs(game, solved.values.b[0], where, mu)[:, 0],
        )
    if act == "hold":
        return _held(solved, side, weights, month)
    state = int(game.after_triggers(0, np.array([start]), game.opening[None])[0])
    a, b = solved.worth(state)
    base = a if side == "A" else float(weights @ b)
    if act == "stall":
        return base
    offer = offer_of(game, world)
    gain_a, gain_b = gaps_at(solved, state)
    return base + (float(gain_a[offer]) if side == "A" else float(gain_b[offer] @ weights))


def offer_of(game: Game, world: World) -> int:
    """The contract that is on the table."""
    wanted = world.offer if world.offer not in (None, "any") else game.plan.offer
    if wanted is None:
        raise NotAsked(f"the plan {world.plan} makes no offer of its own; name one with `offer=`")
    found = [i for i, o in enumerate(game.offers) if o.contract == wanted]
    if not found:
        raise NotAsked(f"at {game.crisis.as_of} {wanted} crosses a hard red line")
    return found[0]


def _held(solved: Solved, side: str, weights: Floats, month: int) -> float:
    """Mean continuation of what is still open at a month if nobody acts."""
    game = solved.game
    path = hold_path(_as_solution(solved), month).chance[month]
    still = np.flatnonzero((path > 0) & (game.layout.regime <= OPEN_REGIMES))
    if path[still].sum() <= 0:
        raise NotAsked("nothing is still open by then")
    c = continuation(game, month, solved.values.a[month + 1], solved.values.b[month + 1])
    beliefs = np.repeat(game.opening[None], len(still), axis=0)
    share = path[still] / path[still].sum()
    if side == "A":
        return float(game.opening @ at_beliefs(game, c.a, still, beliefs) @ share)
    return float(weights @ at_beliefs(game, c.b, still, beliefs) @ share)


def stake(crisis: Crisis, who: str, points: dict[str, float]) -> float:
    """W(who) in signed terms."""
    stakes = stakes_of(crisis)
    terms = stakes.status_quo.copy()
    for issue, point in points.items():
        if issue not in stakes.issues:
            raise NotAsked(f"at {crisis.as_of} there is no issue {issue}")
        terms[stakes.issues.index(issue)] = point
    signed = stakes.signed(terms[None])[:, 0]
    if who in ("A", "B"):
        return float(stakes.bloc(signed, "AB".index(who)))
    if who not in stakes.voices:
        raise NotAsked(f"{who} is no voice of either bloc")
    return float(signed[stakes.voices.index(who)])


def cost(scope: Scope, world: World, who: str, months: int) -> float:
    """Mean discounted cost of fighting and of the plan's levers while nothing is settled."""
    game = scope.game(world)
    if not 0 < months <= game.months:
        raise NotAsked(f"a cost is read over 1 to {game.months} months")
    lay, stakes = game.layout, game.stakes
    path = hold_path(_as_solution(cast(Solved, _OnlyGame(game))), months - 1).chance
    still = np.flatnonzero(lay.regime <= OPEN_REGIMES)
    share = path[:, still] / np.maximum(path[:, still].sum(1, keepdims=True), 1e-300)
    plain = stakes.plain(terms_at(game))[:, lay.position[still]]
    side = (
        1 if who == "B" or (who in stakes.voices and stakes.side[stakes.voices.index(who)]) else 0
    )
    if side == 1:
        wish = np.zeros((len(game.types), len(still)))
        for j, theta in enumerate(game.types):
            kind = game.crisis.types[theta]
            ripe = (lay.clock[still] == 1) & (lay.regime[still] == WAR)
            wish[j] = kind.delay_flow.value + kind.war_bonus.value * ripe
        flow = np.einsum(
            "j,jts->ts", game.opening, game.flow_b[:, :months][:, :, still] - wish[:, None]
        )
        paid = stakes.bloc(plain, 1)[None] - flow
    elif who == "A":
        paid = stakes.bloc(plain, 0)[None] - game.flow_a[:months][:, still]
    elif who in game.voices:
        v = stakes.voices.index(who)
        paid = plain[v][None] - game.flow_voice[game.voices.index(who), :months][:, still]
    else:
        raise NotAsked(f"{who} is no voice of either bloc")
    discount = game.discount[side] ** np.arange(months)
    monthly = (share * paid).sum(1)
    return float(discount @ monthly / discount.sum())


class _OnlyGame:
    """A game without values, for functionals of the game alone."""

    def __init__(self, game: Game) -> None:
        self.game = game


def coerce(crisis: Crisis, lever: str, world: World) -> float:
    """S (rho_c - rho_d)."""
    if lever not in crisis.levers:
        raise NotAsked(f"at {crisis.as_of} there is no lever {lever}")
    tool = crisis.levers[lever]
    plan = crisis.plans.get(world.plan) if world.plan is not None else None
    said = plan.relief.comply if plan is not None else None
    comply = tool.lift_if_comply or said or crisis.relief.comply
    defy = tool.lift_if_defy or crisis.relief.defy
    return pain(crisis, tool) * (comply.value - defy.value)


def critical(crisis: Crisis, lever: str, benefit: float) -> float:
    """Least credibility at which a threat deters a step of this benefit."""
    if lever not in crisis.levers:
        raise NotAsked(f"at {crisis.as_of} there is no lever {lever}")
    hurt = sum(pain(crisis, crisis.levers[x]) for x in crisis.levers[lever].executes)
    if hurt <= 0:
        raise NotAsked(f"{lever} threatens nothing that hurts B")
    if benefit <= 0:
        return 0.0
    return deterrent_probability(benefit, hurt, False)


# --- Chances ----------------------------------------------------------------------------------


def in_regime(scope: Scope, world: World, regime: str, month: int) -> float:
    return float(scope.futures(world, month).regime[month, ROWS[regime]])


def dealt(scope: Scope, world: World, month: int, position: int = 0) -> float:
    return float(scope.futures(world, month, position).first_deal[month])


def on_terms(scope: Scope, world: World, issue: str, low: float, high: float, month: int) -> float:
    game = scope.game(world)
    if issue not in game.stakes.issues:
        raise NotAsked(f"at {game.crisis.as_of} there is no issue {issue}")
    m = game.stakes.issues.index(issue)
    inside = np.array([low <= o.terms[m] < high for o in game.offers], dtype=bool)
    return float(scope.futures(world, month).settled_on[month] @ inside)


def deployed(scope: Scope, world: World, lever: str, month: int) -> float:
    game = scope.game(world)
    if lever not in game.crisis.levers:
        raise NotAsked(f"at {game.crisis.as_of} there is no lever {lever}")
    futures = scope.futures(world, month)
    pause = float(futures.regime[month, CEASEFIRE]) if lever in game.plan.on_ceasefire else 0.0
    behind = np.array([o.enforcement.lever == lever for o in game.offers], dtype=bool)
    return pause + float(futures.settled_on[month] @ behind)


def happened(crisis: Crisis, event: str, month: int) -> float:
    """Chance that an event has happened by a month, its condition taken as met from the start."""
    if event not in crisis.events:
        raise NotAsked(f"at {crisis.as_of} there is no event {event}")
    item = crisis.events[event]
    where = regimes_of(crisis, item, max(month, 1), bool(forces_of(crisis)))
    if isinstance(where, str):
        raise NotAsked(f"event {event}: {where}")
    row = REGIMES.index(crisis.regime)
    chance = chances_of(crisis, item, max(month, 1))[:month] * where[:month, row]
    return float(1 - np.prod(1 - chance))


def acts(
    scope: Scope, world: World, side: str, move: str, kind: str | None, position: int
) -> float:
    """B's policy at its own initiative, every step of the plan in force."""
    if side != "B":
        raise NotAsked("policies are read for B's own initiative")
    share = policy(scope, world, position)[ACTS.index(move)]
    return float(share @ weights_of(scope.game(world), kind))


def policy(scope: Scope, world: World, position: int = 0) -> Floats:
    """B's chances to climb, to offer and to fight on at its first initiative, (3, types)."""

    def found() -> Floats:
        solved = scope.solved(world)
        game = solved.game
        rounds = np.flatnonzero(game.protocol.recognition[:, 1] > 0)
        if not len(rounds):
            raise NotAsked("B never has the initiative in this game")
        month = int(rounds[0])
        start_of(game, position)
        state = place(game, -position, node=game.automaton.final)
        row = np.flatnonzero(game.acts.states == state)
        c = continuation(game, month, solved.values.a[month + 1], solved.values.b[month + 1])
        out = b_moves(game, c, solved.values.precision, row, game.opening[None], True)
        branches = out.branches
        assert branches is not None
        climb, cut = (branches.chance[np.isin(branches.act, a)].sum(0) for a in (CLIMB, CUT))
        return np.stack([climb, cut, 1 - climb - cut])

    return cast(Floats, scope.once(("policy", world, position), found))


def stay(scope: Scope, world: World, names: tuple[str, ...], month: int) -> float:
    """Chance that those who must be in are still in."""
    game = scope.game(world)
    crisis = game.crisis
    keys = members_of(crisis)
    if not keys:
        raise NotAsked("bloc A has no members in this crisis")
    leads = leads_of(crisis, None)
    rule: Rule
    if names == ("contributors",):
        rule = contributing(crisis, leads, CONTRIBUTORS, host=False)
    elif names == ("leads",):
        if not leads:
            raise NotAsked("the crisis names no leads")
        rule = unanimity("leads", "the leads", leads)
    elif names == ("unanimity",):
        rule = unanimity("unanimity", "all members", keys)
    else:
        gone = [n for n in names if n not in keys]
        if gone:
            raise NotAsked(f"{gone[0]} is no member of bloc A")
        rule = unanimity("named", "those named", names)
    stays = staying(scope, world, month)
    return float(chances(rule, stays.of(rule.members, month)).holds[0])


def staying(scope: Scope, world: World, month: int) -> Stays:
    """Members' chances of still being in by month, while nobody acts."""

    def found() -> Stays:
        game = scope.game(world)
        binding = binding_refusals(game.crisis, leads_of(game.crisis, None), CONTRIBUTORS)
        return stays_of(_as_solution(cast(Solved, _OnlyGame(game))), month, month, binding)

    return cast(Stays, scope.once(("stays", world, month), found))


def goes_on(scope: Scope, world: World, side: str, month: int) -> float:
    """Chance that B's leader and state are still there."""
    if side != "B":
        raise NotAsked("this is asked of B; for A ask `P_stay`")
    game = scope.game(world)
    stays = stays_of(_as_solution(cast(Solved, _OnlyGame(game))), month, month, {})
    return float(stays.other[month])


def passes(crisis: Crisis, lever: str) -> float:
    """Whether, or to what share, a lever gets its consent."""
    if lever not in crisis.levers:
        raise NotAsked(f"at {crisis.as_of} there is no lever {lever}")
    return passage(crisis, lever, leads_of(crisis, None), CONTRIBUTORS, shares_of(crisis)).strength


def survives(scope: Scope, world: World, contract: str, month: int, kind: str | None) -> float:
    solved = scope.solved(world)
    offer = solved.offer(contract)
    if offer is None:
        raise NotAsked(f"at {solved.game.crisis.as_of} {contract} cannot be signed")
    return float(survival(solved, offer, month).kept[:, month] @ weights_of(solved.game, kind))


def space(
    scope: Scope, world: World, held: dict[str, float], kind: str | None, position: int
) -> float:
    """Room for terms that suit both."""
    solved = scope.solved(world)
    game = solved.game
    start = start_of(game, position)
    state = int(game.after_triggers(0, np.array([start]), game.opening[None])[0])
    return room(solved, state, held, weights_of(game, kind))


def rising_steps(scope: Scope, world: World, month: int) -> float:
    game = scope.game(world)
    most = (game.layout.sizes[0] - 1) // 2 // game.front_factor
    before = dealt(scope, world, month)
    steps = 0
    for n in range(1, most + 1):
        now = dealt(scope, world, month, -n)
        if now <= before:
            break
        before, steps = now, n
    return float(steps)


# --- What the file records ----------------------------------------------------------------------


def conceded(scope: Scope, side: str) -> float:
    epoch = scope.setting.epoch
    if epoch is None or not epoch.concessions:
        raise NotAsked(f"there is no ledger of concessions at {scope.setting.as_of}")
    return float(len(epoch.concessions.get(side, ())))  # type: ignore[call-overload]


def number_at(crisis: Crisis, path: str) -> float:
    """A number of a crisis by path."""
    from offramp.crisis import UnknownPath, get

    try:
        found = get(crisis, path)
    except UnknownPath as wrong:
        raise NotAsked(f"at {crisis.as_of}: {wrong}") from wrong
    if not isinstance(found, Quantity) or not math.isfinite(found.value):
        raise NotAsked(f"{path} is no number at {crisis.as_of}")
    return found.value
