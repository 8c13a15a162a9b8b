"""The same solved game from other positions of the front, and the window between too little and too far.

A *gain* g counts battlefield steps that A has won (g < 0: lost). The policies are those of the solved game;
only where the futures start is another. Far gains (more than ``LARGE`` steps, what the file calls success)
carry the file's chance that B climbs at once.

* ``S(g)``: chance that a first settlement has been signed by month m;
* ``E(g)``: expected number of times that B climbs the ladder by then, an upper bound of the chance that it
  does so at all;
* window: gains g > 0 with ``S(g) - S(0)`` above the certificate's error and ``E(g)`` up to a stated level, both
  interpolated between positions.

Contracts name their lines on the map as the file has them today. *Terms redrawn* is another game, solved
again: terms that stand at today's line move with the front, and A's floors are those of the new front.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from offramp.crisis import Crisis, override
from offramp.game import DRAFT, CompileError, Game, Resolution, compile_game
from offramp.game._states import A_GONE, B_GONE, DISASTER, WAR
from offramp.solution import Solution, solve
from offramp.solution import _nodes as nodes
from offramp.solution._forward import propagate
from offramp.solution._induction import induce
from offramp.solution._nodes import at_beliefs

LARGE = 2.0
"""Steps beyond which a gain counts as too large: `war.offensive.success` is a gain of two steps."""
FARTHEST = 3
"""Steps that are looked at where the file has an offensive, if the scale of the issue allows."""
HEAVY_GAME = 20_000
"""Belief-states from which sweeps are solved at draft resolution instead."""
B_CLIMBS = (nodes.B_UP, nodes.A_ANSWERED, nodes.B_FIGHT, nodes.A_FOUGHT)
"""Acts by which B climbs, at its own initiative or in answer to a proposal; all-out war is a climb."""
AT_THE_LINE = 1e-9
"""How near a term must be to today's line to count as drawn along it."""


@dataclass(frozen=True)
class Standing:
    """How things go from a position: what happens within the months, and values at the start.

    Attributes:
        gain: Steps won by A.
        settled: Chance that a first settlement has been signed.
        climbs: Expected number of times that B climbs.
        war, disaster, lost, won: Chance of war, disaster, A's collapse, B's collapse at the end.
        value_a, value_b: Values at the start (B's by type).
        terms: Mean of what the moving issues are settled at, given a settlement; nan without one.
    """

    gain: float
    settled: float
    climbs: float
    war: float
    disaster: float
    lost: float
    won: float
    value_a: float
    value_b: tuple[float, ...]
    terms: float


@dataclass(frozen=True)
class Board:
    """The game that sweeps are read from.

    Attributes:
        solution: Solved at the grid of sweeps.
        coarser: Whether that grid is coarser than the one asked for.
        extended: Steps of reach that were added.
        months: Months within which things are counted.
    """

    solution: Solution
    coarser: bool
    extended: int
    months: int


def sweep_grid(game: Game) -> Resolution:
    """The grid of sweeps: the game's own, or draft if that one is heavy."""
    heavy = game.layout.size * game.grid.size > HEAVY_GAME
    return DRAFT if heavy else game.resolution


def again(game: Game, crisis: Crisis, grid: Resolution) -> Game:
    """Another crisis under the same plan and beliefs."""
    changed = compile_game(
        crisis, game.plan, None, grid, frozen_beliefs=game.grid.frozen is not None
    )
    return replace(changed, plan_id=game.plan_id, reading_id=game.reading_id)


def board(solution: Solution, months: int) -> Board:
    """The game for sweeps, with the reach that the offensive needs where the scale allows it."""
    game = solution.game
    grid = sweep_grid(game)
    coarser = grid != game.resolution
    war = game.crisis.war
    missing = FARTHEST - war.reach
    if war.offensive is not None and missing > 0 and moves(game.crisis) and not war.ends_decide:
        farther = override(game.crisis, {"war.reach": FARTHEST})
        try:
            wider = again(game, farther, grid)
        except CompileError:
            wider = None
        if wider is not None:
            return Board(solve(wider, solution.precision), coarser, missing, months)
    if not coarser:
        return Board(solution, False, 0, months)
    return Board(solve(again(game, game.crisis, grid), solution.precision), True, 0, months)


def solved(game: Game, precision: float, months: int) -> Solution:
    """A logit solution whose futures are run for the first months only: what sweeps need."""
    values = induce(game, precision)
    return Solution(game, precision, "logit", values, propagate(shortened(game, months), values))


def shortened(game: Game, months: int, start: int | None = None) -> Game:
    """The same game for running futures forward a few months, perhaps from elsewhere."""
    return replace(
        game,
        start=game.start if start is None else start,
        months=min(months + 1, game.months),
        shown=months,
    )


def moves(crisis: Crisis) -> bool:
    """Whether any issue moves with the war."""
    return any(issue.moves_with_war for issue in crisis.issues.values())


def gains(game: Game) -> list[int]:
    """Whole steps that the lattice holds, from A's heaviest loss to its largest gain."""
    reach = (game.layout.sizes[0] - 1) // 2 // game.front_factor
    return list(range(-reach, reach + 1))


def place(game: Game, gain: float, rung: int = 0, node: int | None = None) -> int:
    """The opening state moved to a gain (and a rung, and a step of the plan).

    Raises:
        ValueError: for a gain that the lattice does not hold.
    """
    middle = (game.layout.sizes[0] - 1) // 2
    position = middle - round(gain * game.front_factor)
    if not 0 <= position < game.layout.sizes[0]:
        raise ValueError(f"a gain of {gain:g} steps lies outside the positions of this game")
    here = np.array([game.start])
    regime = int(game.layout.regime[game.start])
    rung = rung if regime == WAR and game.layout.sizes[1] > 1 else 0
    other = {"position": position, "rung": rung}
    if node is not None:
        other["node"] = node
    return int(game.layout.other(here, **other)[0])


def standing(solution: Solution, months: int, gain: float, rung: int = 0) -> Standing:
    """How things go from one position."""
    game = solution.game
    start = place(game, gain, rung)
    f = propagate(shortened(game, months, start), solution.values)
    opening = game.opening[None]
    state = np.array([start])
    a = at_beliefs(game, solution.values.a[0], state, opening)[:, 0]
    b = at_beliefs(game, solution.values.b[0], state, opening)[:, 0]
    at = f.regime[months]
    moving = [m for m, issue in enumerate(game.crisis.issues.values()) if issue.moves_with_war]
    held = f.settled_on[months]
    terms = np.nan
    if moving and len(game.offers) and held.sum() > 0:
        signed = np.array([[offer.terms[m] for m in moving] for offer in game.offers]).mean(1)
        terms = float(held @ signed / held.sum())
    return Standing(
        gain=float(gain),
        settled=float(f.first_deal[months]),
        climbs=float(f.acts[:months][:, list(B_CLIMBS)].sum()),
        war=float(at[WAR]),
        disaster=float(at[DISASTER]),
        lost=float(at[A_GONE]),
        won=float(at[B_GONE]),
        value_a=float(a @ game.opening),
        value_b=tuple(float(x) for x in b),
        terms=terms,
    )


def mixed(gain: float, parts: list[tuple[float, Standing]]) -> Standing:
    """A lottery over standings."""

    def mean(name: str) -> float:
        return float(sum(p * getattr(x, name) for p, x in parts))

    held = [(p * x.settled, x.terms) for p, x in parts if not np.isnan(x.terms)]
    weight = sum(w for w, _ in held)
    return Standing(
        gain=gain,
        settled=mean("settled"),
        climbs=mean("climbs"),
        war=mean("war"),
        disaster=mean("disaster"),
        lost=mean("lost"),
        won=mean("won"),
        value_a=mean("value_a"),
        value_b=tuple(
            float(sum(p * x.value_b[j] for p, x in parts)) for j in range(len(parts[0][1].value_b))
        ),
        terms=sum(w * x for w, x in held) / weight if weight > 0 else np.nan,
    )


def after(solution: Solution, months: int, gain: float, provoked: float) -> Standing:
    """How things go after a gain, with the chance that B climbs at once if the gain is too large."""
    calm = standing(solution, months, gain)
    lay = solution.game.layout
    climbs = gain > LARGE and provoked > 0
    if not climbs or lay.sizes[1] < 2 or lay.regime[solution.game.start] != WAR:
        return calm
    up = standing(solution, months, gain, rung=1)
    up = replace(up, climbs=up.climbs + 1.0)
    return mixed(float(gain), [(1 - provoked, calm), (provoked, up)])


def sweep(b: Board) -> list[Standing]:
    """Every whole step, terms as the file names them."""
    offensive = b.solution.game.crisis.war.offensive
    provoked = offensive.too_far.value if offensive is not None else 0.0
    return [after(b.solution, b.months, g, provoked) for g in gains(b.solution.game)]


def redrawn(game: Game, gain: int) -> Crisis:
    """The crisis with the front, and every term drawn along today's front, moved by a gain.

    Raises:
        CompileError: if the line would leave the issue's scale.
    """
    crisis = game.crisis
    by = -gain * crisis.war.step_size
    room = 1.0
    changes: dict[str, object] = {}
    for m, (key, issue) in enumerate(crisis.issues.items()):
        if not issue.moves_with_war:
            continue
        now = float(game.stakes.status_quo[m])
        there = now + by
        if not 0 <= there <= 1:
            raise CompileError(f"a gain of {gain} steps takes issue {key} outside its scale")
        room = min(room, there, 1 - there)
        changes[f"issues.{key}.status_quo"] = there
        for name, contract in crisis.contracts.items():
            if abs(contract.terms[key] - now) <= AT_THE_LINE:
                changes[f"contracts.{name}.terms.{key}"] = there
    reach = int(min(crisis.war.reach, (room + AT_THE_LINE) / crisis.war.step_size))
    changes["war.reach"] = reach
    lay = game.layout
    middle, there_k = (lay.sizes[0] - 1) // 2, (lay.sizes[0] - 1) // 2 - gain * game.front_factor
    for v, actor in enumerate(game.stakes.voices):
        floor = crisis.actors[actor].floor
        own = int(game.stakes.side[v]) == 0 and game.plan.floor == "offer" and game.plan.offer
        if floor is None or own or np.isnan(game.floors[v, middle, 0]):
            continue
        risen = float(game.floors[v, there_k, 0] - game.floors[v, middle, 0])
        changes[f"actors.{actor}.floor.value"] = floor.value.value + risen
    return override(crisis, changes)


def sweep_redrawn(b: Board) -> tuple[list[Standing], list[str]]:
    """Gains of at least one step with terms redrawn along the new front, and why others are missing."""
    game = b.solution.game
    offensive = game.crisis.war.offensive
    provoked = offensive.too_far.value if offensive is not None else 0.0
    found, missing = [], []
    for g in gains(game):
        if g < 1:
            continue
        try:
            other = again(game, redrawn(game, g), game.resolution)
        except CompileError as why:
            missing.append(f"{g} steps: {why}")
            continue
        if other.layout.sizes[0] < game.layout.sizes[0]:
            kept = gains(other)[-1]
            missing.append(
                f"{g} steps with terms redrawn: the issue's scale leaves room for {kept} more, and "
                "the front stops there"
            )
        there = solved(other, b.solution.precision, b.months)
        calm = standing(there, b.months, 0.0)
        parts = [(1.0, calm)]
        if g > LARGE and provoked > 0 and other.layout.sizes[1] > 1:
            up = standing(there, b.months, 0.0, rung=1)
            parts = [(1 - provoked, calm), (provoked, replace(up, climbs=up.climbs + 1.0))]
        found.append(mixed(float(g), parts))
    return found, missing


@dataclass(frozen=True)
class Window:
    """Gains that bring settlement nearer without too much escalation.

    Attributes:
        low, high: Its ends in steps (None: there is no such gain).
        best: Gain with the highest chance of settlement inside it, or over all gains if it is empty.
        lower, upper: What ends it below and above.
    """

    low: float | None
    high: float | None
    best: float
    lower: str
    upper: str

    @property
    def width(self) -> float:
        """Width in steps."""
        return 0.0 if self.low is None or self.high is None else self.high - self.low


MESH = 200
"""Points a step at which the window is looked for."""


def window(today: Standing, ahead: list[Standing], least: float, level: float) -> Window:
    """The widest window among gains ahead of today.

    Args:
        today: No gain.
        ahead: Gains above zero in increasing order.
        least: What a rise of the chance of settlement must exceed.
        level: Most times that B may climb, in expectation.
    """
    line = [today, *ahead]
    if not ahead:
        return Window(None, None, 0.0, "no gain can be read", "no gain can be read")
    at = np.array([x.gain for x in line])
    mesh = np.linspace(0.0, at[-1], max(2, round(at[-1] * MESH) + 1))
    settles = np.interp(mesh, at, [x.settled for x in line]) - today.settled
    climbs = np.interp(mesh, at, [x.climbs for x in line])
    good = (settles > least) & (climbs <= level) & (mesh > 0)
    if not good.any():
        best = max(line, key=lambda x: x.settled).gain
        short = "settlement is no likelier than today"
        return Window(
            None, None, best, short, short if settles.max() <= least else "B climbs too often"
        )
    edges = np.flatnonzero(np.diff(np.concatenate([[False], good, [False]]).astype(int)))
    runs = list(zip(edges[::2], edges[1::2], strict=True))
    first, stop = max(runs, key=lambda r: mesh[r[1] - 1] - mesh[r[0]])
    best = float(mesh[first + int(settles[first:stop].argmax())])
    lower = "too little: settlement is no likelier than today"
    if first > 0 and settles[first - 1] > least:
        lower = "B climbs too often below"
    if stop == len(mesh):
        upper = "the largest gain that is looked at"
    elif climbs[stop] > level:
        upper = "too far: B climbs too often"
    else:
        upper = "too far: settlement is no likelier than today"
    return Window(float(mesh[first]), float(mesh[stop - 1]), best, lower, upper)


def settled_at(solution: Solution, months: int) -> float:
    """Chance that a first settlement has been signed by a month, at the solution's own grid."""
    return float(solution.futures.first_deal[months])
