"""The contribution plan: who brings what, and who is enough.

*Plan.* Mixed-integer programme on HiGHS. x_ikt >= 0 is what member i has of kind k in place in stretch t,
u_ik in {0, 1} whether it takes part in a kind of which it brings at least m_ik, s_kt the shortfall::

    sum_i x_ikt + s_kt >= n_kt,   m_ik u_ik <= x_ikt <= f_ikt u_ik,   sum_t l_t x_ikt <= B_ik
    min  W sum_kt l_t s_kt / need_k  +  sum_ik [ sum_t l_t x_ikt - fair_ik ]_+ / need_k,   W large

so the plan stays as near to the fair share as dates, limits and least contributions allow. Its shortfall
is held against the least possible one, which :mod:`._contribution_model` knows in closed form.

*Minimal coalitions.* y_i in {0, 1}: who is in. ``min sum_i y_i`` such that the covering condition of
:mod:`._contribution_model` holds for every kind and set of stretches, y_i <= y_j where i stays away
without j, and the rules on who takes part hold. Conditions are added as they are broken. A coalition
that is found is cut off together with everything that contains it, so that the next one is minimal,
too, and never smaller.

*Fair shares.* A rule gives each member a weight; a kind is shared in proportion, nobody above what it
can bring, the rest shared among the others (water filling).

Sources: Dantzig (1963) for the programme; Gale (1957) and Hoffman (1960) for the conditions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, vstack

from offramp.answers._contribution_model import TOLERANCE, Bools, Floats, Model

Ints = NDArray[np.intp]

MOST_COALITIONS = 12
"""Minimal coalitions that are listed."""
FIRST = 1e4
"""W: weight of a shortfall against a departure from fair shares, both in shares of the need."""
NODES = 2000
"""Branch-and-bound nodes given to one search for a coalition: a count, so that results repeat."""
SECONDS = 60.0
"""Time given to one programme, out of caution."""
INFEASIBLE = 2
"""SciPy's status of a programme without solution."""
UNPROVED = "the search for the smallest coalition was stopped before it was proved"


class Stopped(RuntimeError):
    """The solver gave up before the optimum was proved."""


@dataclass(frozen=True)
class Allocation:
    """Who brings what: amounts in place, (members, kinds, stretches), and shortfalls (kinds, stretches)."""

    given: Floats
    short: Floats
    fair: Floats

    def months(self, model: Model) -> Floats:
        """Unit-months by member and kind."""
        total: Floats = self.given @ model.length
        return total


def shares(model: Model, weights: Floats, there: Bools) -> Floats:
    """Fair shares in unit-months, (members, kinds): in proportion to weights, within what is useful.

    Members that weigh nothing come in only when the others have given all they can.
    """
    most = np.where(there[:, None], model.useful, 0.0)
    fair = np.zeros_like(most)
    for k, need in enumerate(model.needed):
        left = _pour(fair[:, k], most[:, k], weights, float(need))
        _pour(fair[:, k], most[:, k], (weights <= 0).astype(float), left)
    return fair


def _pour(level: Floats, most: Floats, weights: Floats, left: float) -> float:
    """Add ``left`` to levels in proportion to weights up to ``most``; returns what does not fit."""
    open_ = (weights > 0) & (level < most)
    while open_.any() and left > 0:
        step = left * weights / weights[open_].sum()
        fits = open_ & (level + step < most)
        full = open_ & ~fits
        if not full.any():
            level[open_] += step[open_]
            return 0.0
        left -= float((most - level)[full].sum())
        level[full] = most[full]
        open_ = fits
    return max(left, 0.0)


def weights_of(model: Model, rule: str) -> Floats:
    """Weight of each member under a rule: `capacity` weighs by what it can bring over the need."""
    if rule == "capacity":
        need = np.where(model.needed > 0, model.needed, np.inf)
        total: Floats = (model.useful / need).sum(1)
        return total
    given: Mapping[str, float] = model.task.weights[rule]
    return np.array([float(given.get(m, 0.0)) for m in model.members])


def allocate(model: Model, there: Bools, rule: str) -> Allocation:
    """The plan nearest to the fair shares among those with the least shortfall.

    Raises:
        Stopped: if the solver did not prove an optimum in time.
    """
    fair = (
        _capacity_shares(model, there)
        if rule == "capacity"
        else shares(model, weights_of(model, rule), there)
    )
    nk, nt = model.need.shape
    active = (model.free > 0) & (model.need > 0) & there[:, None, None]
    i, k, t = np.nonzero(active)
    given, short = np.zeros_like(model.free), np.where(model.need > 0, model.need, 0.0)
    if not len(i):
        return Allocation(given, short, fair)
    months, nx = model.length, len(i)
    # Everything in shares of the peak need of its kind: one scale for the solver.
    peak = np.where(model.need.max(1) > 0, model.need.max(1), 1.0)
    need, free, fair_ = model.need / peak[:, None], model.free / peak[:, None], fair / peak
    asked = np.argwhere(model.need > 0)
    pairs, pair = np.unique(i * nk + k, return_inverse=True)
    pi, pk = pairs // nk, pairs % nk
    bounded = model.minimum[pi, pk] > 0
    s0, d0 = nx, nx + len(asked)
    u0 = d0 + len(pairs)
    unit = np.cumsum(bounded) - 1
    columns = u0 + int(bounded.sum())
    row_of = np.full((nk, nt), -1)
    row_of[asked[:, 0], asked[:, 1]] = np.arange(len(asked))
    rows = _Rows(columns)
    rows.add(
        np.concatenate([row_of[k, t], np.arange(len(asked))]),
        np.concatenate([np.arange(nx), s0 + np.arange(len(asked))]),
        np.ones(nx + len(asked)),
        need[asked[:, 0], asked[:, 1]],
        np.full(len(asked), np.inf),
    )
    rows.add(
        np.concatenate([pair, np.arange(len(pairs))]),
        np.concatenate([np.arange(nx), d0 + np.arange(len(pairs))]),
        np.concatenate([months[t], -np.ones(len(pairs))]),
        np.full(len(pairs), -np.inf),
        fair_[pi, pk],
    )
    capped = np.isfinite(model.total[pi, pk])
    if capped.any():
        keep = capped[pair]
        place = np.cumsum(capped) - 1
        rows.add(
            place[pair[keep]],
            np.flatnonzero(keep),
            months[t[keep]],
            np.full(int(capped.sum()), -np.inf),
            (model.total / peak)[pi, pk][capped],
        )
    tied = np.flatnonzero(bounded[pair])
    if len(tied):
        each, to = np.arange(len(tied)), u0 + unit[pair[tied]]
        twice, both = np.concatenate([each, each]), np.concatenate([tied, to])
        for bound, low, high in (
            ((model.minimum / peak)[i, k][tied], 0.0, np.inf),
            (free[i, k, t][tied], -np.inf, 0.0),
        ):
            values = np.concatenate([np.ones(len(tied)), -bound])
            rows.add(twice, both, values, np.full(len(tied), low), np.full(len(tied), high))
    cost = np.zeros(columns)
    cost[s0:d0] = FIRST * (months / (model.needed / peak)[:, None])[asked[:, 0], asked[:, 1]]
    cost[d0:u0] = peak[pk] / model.needed[pk]
    upper = np.full(columns, np.inf)
    upper[:nx], upper[u0:] = free[i, k, t], 1.0
    whole = np.zeros(columns, dtype=np.intp)
    whole[u0:] = 1
    found = _solved(cost, rows, upper, whole, "the contribution plan")
    given[i, k, t] = np.where(found[:nx] > TOLERANCE, found[:nx], 0.0) * peak[k]
    short[asked[:, 0], asked[:, 1]] = (
        np.where(found[s0:d0] > 10 * TOLERANCE, found[s0:d0], 0.0) * peak[asked[:, 0]]
    )
    if ((short @ months - model.shortfalls(there)) > 100 * TOLERANCE * model.needed).any():
        raise Stopped("the contribution plan: the solver stayed above the least shortfall")
    return Allocation(given, short, fair)


def _capacity_shares(model: Model, there: Bools) -> Floats:
    """Every kind on its own: the same share of what each can bring, over the task."""
    most = np.where(there[:, None], model.useful, 0.0)
    total = most.sum(0)
    part = np.divide(model.needed, total, out=np.zeros_like(total), where=total > 0)
    fair: Floats = most * np.minimum(part, 1.0)
    return fair


class _Rows:
    """Constraint rows collected in blocks."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.blocks: list[LinearConstraint] = []
        self.matrices: list[csr_array] = []
        self.lows: list[Floats] = []

    def add(self, row: Ints, column: Ints, value: Floats, low: Floats, high: Floats) -> None:
        """A block of rows, numbered from 0."""
        matrix = csr_array(coo_array((value, (row, column)), shape=(len(low), self.columns)))
        self.blocks.append(LinearConstraint(matrix, low, high))
        self.matrices.append(matrix)
        self.lows.append(low)


def _solved(cost: Floats, rows: _Rows, upper: Floats, whole: Ints, what: str) -> Floats:
    result = milp(
        cost,
        constraints=rows.blocks,
        bounds=Bounds(np.zeros(len(cost)), upper),
        integrality=whole,
        options={"time_limit": SECONDS, "mip_rel_gap": 0.0},
    )
    if result.x is None or not result.success:
        raise Stopped(f"{what}: {result.message}")
    return cast(Floats, result.x)


@dataclass(frozen=True)
class Coalitions:
    """Minimal coalitions, smallest first, as members' places; ``all_found``: there is no other.

    ``stopped`` tells why the search ended before that, if not for the number asked for; then the last
    one is minimal and enough, but ``unproved``: there may be a smaller one.
    """

    found: tuple[tuple[int, ...], ...]
    all_found: bool
    stopped: str = ""

    @property
    def unproved(self) -> bool:
        """Whether the first itself may not be the smallest."""
        return bool(self.stopped) and len(self.found) == 1


def minimal_coalitions(model: Model, most: int = MOST_COALITIONS) -> Coalitions:
    """Sets of members that can do the task and of which no proper subset can."""
    n = len(model.members)
    everybody = np.ones(n, dtype=bool)
    if not model.feasible(everybody):
        return Coalitions((), True)
    rows = _Rows(n)
    upper = model.able.astype(float)
    # Who brings nothing may still be wanted by others that stay away without it.
    wanted = (model.drags & ~np.eye(n, dtype=bool))[:, model.able].any(1)
    upper[wanted] = 1.0
    for j, i in np.argwhere(model.drags & ~np.eye(n, dtype=bool)):
        _row(rows, {int(j): 1.0, int(i): -1.0}, 0.0)
    for m in model.task.must_include:
        _row(rows, {model.members.index(m): 1.0}, 1.0)
    counted = {
        i: 1.0
        for i, m in enumerate(model.members)
        if model.able[i] and m not in model.task.backstop
    }
    if model.task.min_contributors:
        _row(rows, counted, float(model.task.min_contributors))
    asked: list[tuple[int, int]] = [
        (k, a)
        for k, cut in enumerate(model.cuts)
        for a in (range(len(cut.need)) if cut.apart else (len(cut.need) - 1,))
    ]
    done: set[tuple[int, int]] = set()
    found: list[tuple[int, ...]] = []
    whole = np.ones(n, dtype=np.intp)
    while True:
        for k, a in asked:
            if (k, a) not in done:
                done.add((k, a))
                cut = model.cuts[k]
                useful = np.minimum(cut.supply[:, a] / cut.need[a], 1.0)
                _row(rows, dict(enumerate(useful)), 1.0 - TOLERANCE)
        chosen, proved = _chosen(rows, upper, whole)
        if not proved:
            # What is left of a coalition that is enough, or of everybody, when nobody can go any more.
            enough = everybody if chosen is None or not model.feasible(chosen) else chosen
            one = _thinned(model, enough)
            kept = [] if any(set(c) <= set(one) for c in found) else [one]
            return Coalitions((*found, *kept), False, UNPROVED)
        if chosen is None:
            return Coalitions(tuple(found), True)
        asked = [x for x in _broken(model, chosen) if x not in done]
        if asked:
            continue
        if len(found) == most:
            return Coalitions(tuple(found), False)
        found.append(tuple(int(x) for x in np.flatnonzero(chosen)))
        _row(rows, dict.fromkeys(found[-1], -1.0), 1.0 - len(found[-1]))


def _row(rows: _Rows, values: Mapping[int, float], low: float) -> None:
    column = np.array(list(values), dtype=np.intp)
    value = np.array(list(values.values()), dtype=float)
    rows.add(
        np.zeros(len(column), dtype=np.intp), column, value, np.array([low]), np.array([np.inf])
    )


def _chosen(rows: _Rows, upper: Floats, whole: Ints) -> tuple[Bools | None, bool]:
    """The smallest set of members that meets the rows, None if there is none; and whether that is proved."""
    if not rows.blocks:
        return np.zeros(len(upper), dtype=bool), True
    matrix = LinearConstraint(csr_array(vstack(rows.matrices)), np.concatenate(rows.lows), np.inf)
    result = milp(
        np.ones(len(upper)),
        constraints=[matrix],
        bounds=Bounds(np.zeros(len(upper)), upper),
        integrality=whole,
        # Without presolve: HiGHS prints to standard output when it repairs a presolved solution.
        options={"node_limit": NODES, "time_limit": SECONDS, "presolve": False},
    )
    if result.x is None:
        return None, result.status == INFEASIBLE
    chosen: Bools = np.round(result.x) == 1
    return chosen, bool(result.success)


def _thinned(model: Model, enough: Bools) -> tuple[int, ...]:
    """A minimal coalition inside one that is enough: members go, the smallest givers first."""
    needed = np.where(model.needed > 0, model.needed, np.inf)
    there = enough.copy()
    for i in np.argsort((model.useful / needed).sum(1), kind="stable"):
        if there[i]:
            there[i] = False
            there[i] = not model.feasible(there)
    return tuple(int(x) for x in np.flatnonzero(there))


def _broken(model: Model, chosen: Bools) -> list[tuple[int, int]]:
    """For each kind that a set fails to cover, the set of stretches where the gap is largest."""
    found = []
    for k, cut in enumerate(model.cuts):
        if not len(cut.need):
            continue
        gap = 1.0 - (chosen.astype(float) @ cut.supply) / cut.need
        worst = int(gap.argmax())
        if gap[worst] > 2 * TOLERANCE:
            found.append((k, worst))
    return found
