"""How long the solver takes: ``python benchmarks/solver.py``, under a minute on one core.

Two tables. The first times compiling, solving backwards and running forwards on the reference
crisis. The second solves the same typed nodes (B's moves in one month of the draft game) with the
package and with a plain Python loop, in the same run, so that the ratio does not depend on the
machine's mood.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from offramp.crisis import load
from offramp.game import Game, compile_game
from offramp.solution._forward import propagate
from offramp.solution._induction import Values, continuation, induce
from offramp.solution._nodes import b_tables
from offramp.solution._typed import TOLERANCE, solve_typed

CRISIS = "ukraine-2025"
PLANS = ("status_quo", "plan_b")
RESOLUTIONS = ("sketch", "draft")
KAPPA = 8.0
MONTH = 12
LOOPED = 60
"""Lanes given to the plain loop: enough to time it, few enough to wait for it."""
MOST_STEPS = 2000


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """Result and seconds."""
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def solves() -> tuple[Game, Values]:
    """Print the first table; return the last draft game of the first plan and its values."""
    columns = (
        "resolution", "plan", "states", "belief-states", "periods", "compile s", "backward s",
        "per period s", "us per belief-state and period", "forward s", "particles", "unsolved",
    )  # fmt: skip
    print(" | ".join(columns))
    kept = None
    for resolution in RESOLUTIONS:
        for plan in PLANS:
            crisis = load(CRISIS)
            game, compiling = timed(partial(compile_game, crisis, plan, None, resolution))
            values, backward = timed(partial(induce, game, KAPPA))
            futures, forward = timed(partial(propagate, game, values))
            size = game.size
            each = backward / size["periods"]
            cells = (
                resolution, plan, f"{size['states']:,}", f"{size['belief_states']:,}",
                f"{size['periods']}", f"{compiling:.3f}", f"{backward:.2f}", f"{each:.3f}",
                f"{1e6 * each / size['belief_states']:.1f}", f"{forward:.2f}",
                f"{futures.particles:,}", f"{futures.unsolved_mass:.2%}",
            )  # fmt: skip
            print(" | ".join(cells))
            if plan == PLANS[0]:
                kept = (game, values)
    assert kept is not None
    return kept


def corners(belief: list[float], steps: int) -> list[tuple[tuple[int, ...], float]]:
    """Freudenthal corners (cumulative coordinates) and weights of one belief."""
    total, whole, part = 0.0, [], []
    for p in belief[:-1]:
        total += p
        c = min(total * steps, float(steps))
        whole.append(min(int(c + 1e-12), steps))
        part.append(max(c - whole[-1], 0.0))
    order = sorted(range(len(part)), key=lambda j: (-part[j], -j))
    shares = [1.0, *(part[j] for j in order), 0.0]
    found = []
    for v in range(len(shares) - 1):
        if v:
            whole[order[v - 1]] += 1
        share = shares[v] - shares[v + 1]
        if share > 0:
            found.append((tuple(min(w, steps) for w in whole), share))
    return found


def looped(
    table: Any, weight: Any, precision: float, prior: list[float], steps: int, where: dict[Any, int]
) -> float:
    """One typed node by damped iteration of Bayes and logit in plain Python; its last change."""
    acts = [b for b in range(len(weight)) if weight[b] > 0]
    types = range(len(prior))
    sigma = {b: [weight[b] / sum(weight)] * len(prior) for b in acts}
    damping, last = 1.0, math.inf
    for _ in range(MOST_STEPS):
        q = {}
        for b in acts:
            joint = [prior[j] * sigma[b][j] for j in types]
            total = sum(joint) or 1.0
            around = corners([x / total for x in joint], steps)
            q[b] = [sum(u * table[b][j][where[at]] for at, u in around) for j in types]
        change = 0.0
        new: dict[int, list[float]] = {b: [0.0] * len(prior) for b in acts}
        for j in types:
            top = max(q[b][j] for b in acts)
            e = {b: weight[b] * math.exp(precision * (q[b][j] - top)) for b in acts}
            z = sum(e.values())
            for b in acts:
                new[b][j] = e[b] / z
                change = max(change, abs(new[b][j] - sigma[b][j]))
        if change < TOLERANCE:
            return change
        damping = max(0.02, damping * 0.6) if change > 0.95 * last else min(1.0, damping * 1.1)
        last = change
        for b in acts:
            sigma[b] = [
                (1 - damping) * old + damping * x for old, x in zip(sigma[b], new[b], strict=True)
            ]
    return change


def typed_nodes(game: Game, values: Values) -> None:
    """Print the second table."""
    c = continuation(game, MONTH, values.a[MONTH + 1], values.b[MONTH + 1])
    rows = np.arange(len(game.moves.states))
    _, table, weight, _ = b_tables(game, c, values.precision, rows)
    some = np.flatnonzero(weight.max(0) > 0)
    table, weight = np.ascontiguousarray(table[:, some]), weight[:, some]
    rng = np.random.default_rng(0)
    lanes = 20_000
    node = rng.integers(0, len(rows), lanes)
    prior = rng.dirichlet(np.ones(len(game.types)), lanes)
    precision = values.precision[1]
    found, ours = timed(lambda: solve_typed(table, weight, precision, node, prior, game.grid))
    points = np.rint(np.cumsum(game.grid.points, axis=1)[:, :-1] * game.grid.steps).astype(int)
    where = {tuple(int(x) for x in row): i for i, row in enumerate(points)}
    plain = table.tolist()
    weights = weight.tolist()

    def loop() -> list[float]:
        return [
            looped(plain[n], weights[n], precision, p, game.grid.steps, where)
            for n, p in zip(node[:LOOPED].tolist(), prior[:LOOPED].tolist(), strict=True)
        ]

    changes, theirs = timed(loop)
    fast, slow = lanes / ours, LOOPED / theirs
    print("solver | lanes | seconds | lanes per s | solved")
    solved = float((found.residual < TOLERANCE).mean())
    print(f"package | {lanes:,} | {ours:.2f} | {fast:,.0f} | {solved:.2%}")
    done = float(np.mean([x < TOLERANCE for x in changes]))
    print(f"plain Python loop | {LOOPED} | {theirs:.2f} | {slow:,.1f} | {done:.2%}")
    print(f"ratio | | | {fast / slow:,.0f} |")


def main() -> None:
    """Print both tables."""
    game, values = solves()
    print()
    print(
        f"typed nodes of {game.plan_id} at {game.resolution.name}, month {MONTH}: "
        f"{len(game.types)} types, up to {len(game.offers) + 5} acts"
    )
    typed_nodes(game, values)


if __name__ == "__main__":
    main()
