"""The two-issue map: where on two issues do both sides accept, by type of B and date?

The other issues, the guarantee and the relief are those of the nearest contract x0. A point x is inside a
side's set at month t if ``W(x) - W(x0) + gap(x0, t) >= 0``: exact for deals that break as often as x0. A's set
also keeps to what A lets onto the table (x0's own terms included) and to floors of its voices, which
fall with cohesion and ground on the hold path: their mean there is used. Beyond a hard red line nothing is
inside either set. Units: points of the two scales; shares of the map.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offramp.answers._answer import Cell, Chart, Column, Table
from offramp.answers._charts import Contract, RedLine, two_issue_map
from offramp.answers._facts import owner, quoted, side_names, type_name
from offramp.answers._measures import Gaps, hold_path
from offramp.game import Game
from offramp.solution import Solution

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MAP_POINTS = 41
"""Points per axis of the two-issue map."""


@dataclass(frozen=True)
class Plane:
    """Two issues of a game with the rest held.

    Attributes:
        x, y: The issues; ``xs`` and ``ys`` the points.
        terms: All terms at every point, (nx, ny, issues).
        near: The contract whose other terms are held.
        allowed: No hard red line crossed; ``table`` also on A's table.
    """

    x: int
    y: int
    xs: Floats
    ys: Floats
    terms: Floats
    near: int
    allowed: Bools
    table: Bools


def plane_of(game: Game, near: int) -> Plane | None:
    """The plane of the two issues that weigh most on both sides; None with a single issue."""
    if len(game.stakes.issues) < 2:
        return None
    m, n = _issues(game)
    issues = list(game.crisis.issues.values())
    xs, ys = (
        np.linspace(0, 1, MAP_POINTS) if issues[i].divisible else np.array(sorted(issues[i].points))
        for i in (m, n)
    )
    base = np.array(game.offers[near].terms)
    terms = np.tile(base, (len(xs), len(ys), 1))
    terms[:, :, m], terms[:, :, n] = xs[:, None], ys[None]
    allowed = game.stakes.feasible(terms)
    limit = np.maximum(game.automaton.terms[0].limit, base)
    return Plane(m, n, xs, ys, terms, near, allowed, allowed & (terms <= limit + 1e-9).all(-1))


def _issues(game: Game) -> tuple[int, int]:
    """The two issues on which the smaller of the two sides' weighted stakes is largest."""
    s = game.stakes
    a = np.abs(s.influence[s.side == 0] @ s.weight[s.side == 0])
    b = np.abs(s.influence[s.side == 1] @ s.weight[s.side == 1])
    order = np.argsort(-np.minimum(a, b), kind="stable")
    return int(order[0]), int(order[1])


def floors_at(solution: Solution, months: tuple[int, ...]) -> list[list[float | None]]:
    """Mean floor of each voice on the hold path, by month (None where a voice is not asked)."""
    game = solution.game
    path = hold_path(solution, max(months))
    rows, lay = game.moves.states, game.layout
    found: list[list[float | None]] = []
    for t in months:
        weight = path.chance[t][rows] / path.chance[t][rows].sum()
        levels: list[float | None] = []
        for v in range(len(game.stakes.voices)):
            table = game.floors[v]
            asked = not bool(np.isnan(table).any())
            mean = weight @ table[lay.position[rows], lay.tier[rows]] if asked else None
            levels.append(None if mean is None else float(mean))
        found.append(levels)
    return found


def sets_at(
    game: Game, plane: Plane, g: Gaps, floors: list[float | None], theta: int | None
) -> tuple[Bools, Bools]:
    """Points that A accepts and points that B accepts (type theta, or over its types)."""
    s = game.stakes
    signed = s.signed(plane.terms)
    base = s.signed(np.array(game.offers[plane.near].terms)[None])
    gap_b = float(game.opening @ g.b[plane.near] if theta is None else g.b[plane.near, theta])
    a = s.bloc(signed, 0) - s.bloc(base, 0)[0] + float(g.a[plane.near]) >= 0
    b = s.bloc(signed, 1) - s.bloc(base, 1)[0] + gap_b >= 0
    a, b = a & plane.table, b & plane.allowed
    for v, level in enumerate(floors):
        if level is not None:
            if s.side[v] == 0:
                a = a & (signed[v] >= level)
            else:
                b = b & (signed[v] >= level)
    return a, b


@dataclass(frozen=True)
class Ground:
    """Common ground on the map: share of its points, by month and type (last: over the types)."""

    months: tuple[int, ...]
    share: tuple[tuple[float, ...], ...]


def ground_of(
    solution: Solution, plane: Plane, all_gaps: tuple[Gaps, ...], floors: list[list[float | None]]
) -> Ground:
    """Common ground by month and type."""
    game = solution.game
    rows = []
    for g, levels in zip(all_gaps, floors, strict=True):
        row = []
        for theta in (*range(len(game.types)), None):
            a, b = sets_at(game, plane, g, levels, theta)
            row.append(float((a & b).mean()))
        rows.append(tuple(row))
    return Ground(tuple(g.month for g in all_gaps), tuple(rows))


def ground_table(game: Game, plane: Plane, ground: Ground) -> Table:
    """Share of the map on which both sides accept, by date and type."""
    _, b = side_names(game)
    issues = list(game.crisis.issues.values())
    single = len(game.types) == 1
    kinds = [] if single else [type_name(game, j) for j in range(len(game.types))]
    columns = [Column("month", "Month", "integer")]
    columns += [
        Column(f"t{j}", f"{b}, {name}", "share", "of the map", 1) for j, name in enumerate(kinds)
    ]
    columns.append(Column("mean", b if single else f"{b} over its types", "share", "of the map", 1))
    rows: list[tuple[Cell, ...]] = [
        (month, *(row if not single else row[-1:]))
        for month, row in zip(ground.months, ground.share, strict=True)
    ]
    near = quoted(game.offers[plane.near].name)
    return Table(
        f"Common ground on {quoted(issues[plane.x].name)} and {quoted(issues[plane.y].name)}, by date",
        tuple(columns),
        tuple(rows),
        f"Share of the map on which both sides accept if nobody acts before; all else as in {near}.",
    )


def map_chart(solution: Solution, plane: Plane, now: Gaps, floors: list[float | None]) -> Chart:
    """Both acceptance sets on two issues today, B over its types."""
    game = solution.game
    a, b = side_names(game)
    issues = list(game.crisis.issues.values())
    m, n = plane.x, plane.y
    accept_a, accept_b = sets_at(game, plane, now, floors, None)
    both = bool((accept_a & accept_b).any())
    moved = f"Moving {quoted(issues[m].name)} and {quoted(issues[n].name)} alone finds"
    title = f"{moved} common ground" if both else f"{moved} no common ground"
    lines = [
        RedLine(
            f"{owner(game.crisis.actors[x.actor].name)} red line",
            x.bound,
            "x" if x.issue == m else "y",
        )
        for x in game.stakes.lines
        if x.issue in (m, n) and x.actor in game.stakes.voices
    ]
    near = quoted(game.offers[plane.near].name)
    kinds = f"{b} over its types; " if len(game.types) > 1 else ""
    return two_issue_map(
        "map",
        title=title,
        subtitle=f"All else as in {near}, guarantee and relief included; {kinds}0 is {a}'s end, "
        f"1 is {b}'s",
        alt=f"{title}, with the other issues as in {near}.",
        x_issue=issues[m].name,
        y_issue=issues[n].name,
        xs=[float(x) for x in plane.xs],
        ys=[float(y) for y in plane.ys],
        accept_a=accept_a.tolist(),
        accept_b=accept_b.tolist(),
        side_a=a,
        side_b=b,
        contracts=[
            Contract(o.name, o.terms[m], o.terms[n]) for o in game.offers if o.contract is not None
        ],
        red_lines=lines,
    )
