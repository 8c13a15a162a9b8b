"""How fast the solver is, and against what: ``./dev bench solver`` (three to six minutes on two cores).

Everything is measured in one run on one machine, as CPU time of one thread unless a line says wall
clock, so that the ratios do not depend on the machine's mood:

1. backward induction per belief-state and round, two and three types of B, compiled against NumPy;
2. the machine's own limit: exponentials taken times the measured time of one, and look-ups likewise;
3. draft, standard and fine games, wall clock on all cores, memory, forward pass against backward;
4. growth with belief-states, periods, offers and types;
5. typed nodes left unsolved by precision, and the share at which several solutions were found;
6. the first compile on an empty cache;
7. peers, where they are installed (``pip install offramp[peers]``) and can express the same work.

``--quick`` leaves out fine games, growth and the cold compile.
"""

from __future__ import annotations

import argparse
import gc
import io
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

import numpy as np

from offramp.crisis import Crisis, load
from offramp.game import Game, Resolution, compile_game
from offramp.game._resolution import DRAFT, FINE, STANDARD
from offramp.solution import kernels
from offramp.solution._forward import propagate
from offramp.solution._induction import Values, continuation, induce
from offramp.solution._nodes import b_tables
from offramp.solution._typed import TOLERANCE, solve_typed

CRISIS = "ukraine-2025"
KAPPA = 8.0
MONTH = 12
LOOPED = 40
"""Lanes given to the plain loop: enough to time it, few enough to wait for it."""
MOST_STEPS = 2000


def seconds(work: Callable[[], Any], repeats: int = 1) -> tuple[Any, float]:
    """Result and the least CPU seconds of a few repeats."""
    best, result = math.inf, None
    for _ in range(repeats):
        gc.collect()
        start = time.process_time()
        result = work()
        best = min(best, time.process_time() - start)
    return result, best


def wall(work: Callable[[], Any], repeats: int = 1) -> tuple[Any, float]:
    """Result and the least wall-clock seconds."""
    best, result = math.inf, None
    for _ in range(repeats):
        start = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - start)
    return result, best


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a Markdown table."""
    print(f"\n### {title}\n")
    print("| " + " | ".join(columns) + " |")
    print("|" + "---|" * len(columns))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |", flush=True)


@cache
def crisis_of(types: int) -> Crisis:
    """The reference crisis with its first types of B (priors scaled)."""
    crisis = load(CRISIS)
    if types == len(crisis.types):
        return crisis
    kept = dict(list(crisis.types.items())[:types])
    total = sum(kind.prior.value for kind in kept.values())
    scaled = {
        key: kind.model_copy(
            update={"prior": kind.prior.model_copy(update={"value": kind.prior.value / total})}
        )
        for key, kind in kept.items()
    }
    return crisis.model_copy(update={"types": scaled, "events": {}})  # events name types


@cache
def game_of(types: int, resolution: Resolution, plan: str = "status_quo") -> Game:
    """A compiled game."""
    return compile_game(crisis_of(types), plan, None, resolution)


def rounds_of(game: Game) -> int:
    """Months with a negotiation round."""
    return int((game.protocol.recognition.sum(1) > 0).sum())


def single() -> None:
    """Solve on one thread from here on."""
    os.environ["OFFRAMP_THREADS"] = "1"


def every_core() -> None:
    """Solve on all cores from here on."""
    os.environ.pop("OFFRAMP_THREADS", None)


# --- 1 and 2: the kernel -------------------------------------------------------------------------

KERNEL_GAMES = (
    (2, DRAFT.with_(name="2 types D=10"), 2.0),
    (2, DRAFT.with_(name="2 types D=20", belief_steps=(20, 4)), 2.0),
    (3, DRAFT.with_(name="3 types D=4"), 6.0),
    (3, DRAFT.with_(name="3 types D=6", belief_steps=(10, 6)), 6.0),
)


def throughput() -> tuple[float, float]:
    """Seconds of one vectorised exponential and of one look-up, as the kernels do them."""
    from offramp.solution.kernels._grid import _read
    from offramp.solution.kernels._jit import kernel
    from offramp.solution.kernels._math import exp_

    def many_exp(x: Any, y: Any, times: int) -> None:
        for _ in range(times):
            for i in range(len(x)):
                y[i] = exp_(x[i])

    def many_read(
        T: Any, k0: Any, k1: Any, k2: Any, big: Any, small: Any, q: Any, times: int
    ) -> None:
        for _ in range(times):
            _read(T, len(q), 0, 0, 0, k0, k1, k2, big, small, q)

    rng = np.random.default_rng(0)
    x = rng.uniform(-50, 0, 4096)
    exp_many = kernel(many_exp)
    exp_many(x, np.empty_like(x), 1)
    _, t_exp = seconds(lambda: exp_many(x, np.empty_like(x), 500), 3)
    n = 96
    read_many = kernel(many_read)
    places = [rng.integers(0, 2000, n).astype(np.uint64) for _ in range(3)]
    args = (rng.random(2048), *places, rng.random(n), rng.random(n), np.empty(n))
    read_many(*args, 1)
    _, t_read = seconds(lambda: read_many(*args, 20_000), 3)
    return t_exp / (500 * len(x)), t_read / (20_000 * n * 3)


def kernel_table() -> None:
    """Backward induction per belief-state and round on one core."""
    single()
    t_exp, t_look = throughput()
    rows = []
    for types, resolution, target in KERNEL_GAMES:
        game = game_of(types, resolution)
        for kappa in (3.0, 8.0, 20.0):
            if kappa != KAPPA and "D=10" not in resolution.name and "D=6" not in resolution.name:
                continue
            values, fast = seconds(partial(induce, game, kappa, kernel="numba"), 3)
            _, slow = seconds(partial(induce, game, kappa, kernel="numpy"))
            per = 1e6 * fast / (game.size["belief_states"] * rounds_of(game))
            exps = _exps(game, values)
            looks = exps * (9 / 6 if types == 3 else 4 / 3)
            rows.append(
                (
                    resolution.name, f"{kappa:g}", len(game.offers) + 1,
                    f"{game.size['belief_states']:,}", f"{per:.2f}", f"{target:g}",
                    f"{slow / fast:.0f}x", f"{fast / (exps * t_exp):.1f}x",
                    f"{fast / (exps * t_exp + looks * t_look):.1f}x",
                )
            )  # fmt: skip
    table(
        "1, 2. Kernel, one core: microseconds per belief-state and round (both sides may move)",
        ("game", "kappa", "proposals", "belief-states", "us", "target us", "NumPy / Numba",
         "time / exp limit", "time / exp + look-up limit"),
        rows,
    )  # fmt: skip
    print(f"\none exponential {1e9 * t_exp:.2f} ns, one look-up {1e9 * t_look:.2f} ns")


def _exps(game: Game, values: Values) -> int:
    """Exponentials that the rounds of a solve take."""
    nodes = kernels.nodes_of(game, values.precision)
    for t in range(game.months):
        shares = game.protocol.recognition[t]
        if shares.sum() > 0:
            c = continuation(game, t, values.a[t + 1], values.b[t + 1])
            nodes.month(c.a, c.b, (float(shares[0]), float(shares[1])), None)
    return nodes.exps


# --- 3: whole games --------------------------------------------------------------------------------

WHOLE = (
    ("draft", 3, DRAFT, "status_quo", 0.3),
    ("draft, rounds every month", 3, DRAFT.with_(solve_every=1.0), "status_quo", 0.3),
    ("draft", 3, DRAFT, "plan_b", 0.3),
    ("standard", 3, STANDARD, "status_quo", 5.0),
    ("standard", 3, STANDARD, "plan_b", 5.0),
    ("fine", 3, FINE, "status_quo", 60.0),
    ("fine", 3, FINE, "plan_b", 60.0),
)


def whole_table(quick: bool) -> None:
    """Whole solves, wall clock, all cores; memory; forward against backward."""
    every_core()
    rows = []
    for name, types, resolution, plan, target in WHOLE:
        if quick and name == "fine":
            continue
        game, compiling = wall(partial(game_of, types, resolution, plan))
        repeats = 2 if name.startswith("draft") else 1
        values, backward = wall(partial(induce, game, KAPPA, kernel="numba"), repeats)
        _, forward = wall(partial(propagate, game, values), repeats)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        rows.append(
            (
                name, plan, f"{game.size['states']:,}", f"{game.size['belief_states']:,}",
                rounds_of(game), f"{compiling:.2f}", f"{backward:.2f}", f"{target:g}",
                f"{forward:.2f}", f"{forward / backward:.2f}", f"{peak:,.0f}",
            )
        )  # fmt: skip
    table(
        f"3. Whole games on {kernels.threads()} threads, wall clock",
        ("resolution", "plan", "states", "belief-states", "rounds", "compile s", "backward s",
         "target s", "forward s", "forward / backward (target .5)", "peak memory so far, MB"),
        rows,
    )  # fmt: skip


# --- 4: growth -----------------------------------------------------------------------------------


def growth_table() -> None:
    """Time against size, one thing at a time."""
    single()
    rows = []
    base = DRAFT.with_(name="base")

    def line(
        what: str, sizes: Sequence[object], games: Sequence[Game], unit: Sequence[float]
    ) -> None:
        cells = []
        for game, units in zip(games, unit, strict=True):
            _, taken = seconds(partial(induce, game, KAPPA, kernel="numba"), 2)
            cells.append(f"{1e6 * taken / units:.2f}")
        rows.append((what, " / ".join(str(s) for s in sizes), " / ".join(cells)))

    tiers = [game_of(3, base.with_(position_factor=f)) for f in (1, 2, 3)]
    work = [g.size["belief_states"] * rounds_of(g) for g in tiers]
    line(
        "belief-states (finer front)", [f"{g.size['belief_states']:,}" for g in tiers], tiers, work
    )
    games = [game_of(3, base.with_(belief_steps=(10, d))) for d in (4, 6, 8, 10)]
    work = [g.size["belief_states"] * rounds_of(g) for g in games]
    line(
        "belief-states (finer beliefs)",
        [f"{g.size['belief_states']:,}" for g in games],
        games,
        work,
    )
    games = []
    for months in (12, 24, 48):
        clock = crisis_of(3).clock.model_copy(update={"horizon_months": months})
        crisis = crisis_of(3).model_copy(update={"clock": clock})
        games.append(compile_game(crisis, "status_quo", None, base))
    work = [g.size["belief_states"] * rounds_of(g) for g in games]
    line("rounds", [rounds_of(g) for g in games], games, work)
    games = [game_of(3, base.with_(offers=k)) for k in (4, 8, 16, 32)]
    work = [g.size["belief_states"] * rounds_of(g) * (len(g.offers) + 1) for g in games]
    line("proposals (per proposal)", [len(g.offers) + 1 for g in games], games, work)
    games = [game_of(k, base) for k in (2, 3)]
    work = [g.size["belief_states"] * rounds_of(g) for g in games]
    line("types (the compiled counts)", (2, 3), games, work)
    table("4. Growth, one core: microseconds per unit of work (flat = linear)",
          ("what grows", "sizes", "us per unit"), rows)  # fmt: skip


# --- 5: unsolved and several ---------------------------------------------------------------------


def unsolved_table() -> None:
    """Shares of typed nodes above tolerance, and of those with several solutions."""
    from offramp.solution._multiplicity import probe

    every_core()
    rows = []
    for types, resolution, _ in (KERNEL_GAMES[1], KERNEL_GAMES[3]):
        game = game_of(types, resolution)
        for kappa in (3.0, 8.0, 20.0):
            values = induce(game, kappa, kernel="numba")
            futures = propagate(game, values)
            at = values.residual > 0
            c = continuation(game, MONTH, values.a[MONTH + 1], values.b[MONTH + 1])
            every = np.arange(len(game.acts.states))
            _, payoffs, weight, _ = b_tables(game, c, values.precision, every)
            rng = np.random.default_rng(0)
            node = rng.integers(0, len(every), 150)
            prior = rng.dirichlet(np.ones(types), 150)
            several = probe(
                payoffs, weight, values.precision[1], node, prior, game.grid, np.full(150, 1 / 150)
            )
            rows.append(
                (
                    resolution.name, f"{kappa:g}", f"{values.unsolved[at].mean():.1e}",
                    f"{values.unsolved.max():.1e}", f"{futures.unsolved_mass:.1e}",
                    f"{several.share:.3f}",
                )
            )  # fmt: skip
    table(
        f"5. Typed nodes above {TOLERANCE:g} in log-odds, and B's moves with several solutions",
        ("game", "kappa", "unsolved, mean over rounds", "worst round", "by probability of getting there",
         "several solutions (150 of B's nodes)"),
        rows,
    )  # fmt: skip


# --- 6: cold compile -----------------------------------------------------------------------------

COLD = """
import time, offramp
from offramp.solution._induction import induce
from offramp.solution._forward import propagate
game = offramp.compile(offramp.load("ukraine-2025"), plan="status_quo")
start = time.perf_counter()
values = induce(game, 8.0, kernel="numba")
propagate(game, values)
print(time.perf_counter() - start)
"""


def cold_table() -> None:
    """First solve on an empty and on a full cache of machine code."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name in ("empty cache", "full cache"):
            done = subprocess.run(
                [sys.executable, "-c", COLD],
                env=os.environ | {"OFFRAMP_CACHE": folder},
                capture_output=True,
                text=True,
                check=True,
            )
            rows.append((name, f"{float(done.stdout):.2f}"))
    table("6. First draft solve of a new process (three types), wall clock, target 20 s",
          ("machine code", "seconds"), rows)  # fmt: skip


# --- 7: peers ----------------------------------------------------------------------------------------


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
    payoffs: Any,
    weight: Any,
    precision: float,
    prior: list[float],
    steps: int,
    where: dict[Any, int],
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
            q[b] = [sum(u * payoffs[b][j][where[at]] for at, u in around) for j in types]
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


def loop_table() -> None:
    """The same typed nodes by the kernel, by NumPy and by a plain loop."""
    from offramp.solution._typed import SCHEME
    from offramp.solution.kernels._lanes import Scheme, play

    single()
    game = game_of(3, DRAFT)
    values = induce(game, KAPPA, kernel="numba")
    c = continuation(game, MONTH, values.a[MONTH + 1], values.b[MONTH + 1])
    every = np.arange(len(game.acts.states))
    payoffs_a, payoffs, weight, _ = b_tables(game, c, values.precision, every)
    some = np.flatnonzero(weight.max(0) > 0)
    payoffs_a, payoffs = (np.ascontiguousarray(p[:, some]) for p in (payoffs_a, payoffs))
    weight = np.ascontiguousarray(weight[:, some])
    rng = np.random.default_rng(0)
    lanes = 20_000
    node = rng.integers(0, len(every), lanes)
    prior = rng.dirichlet(np.ones(3), lanes)
    lam = values.precision[1]
    log_w = np.where(weight > 0, np.log(np.maximum(weight, 1e-300)), -1e290)
    args = (payoffs_a, payoffs, log_w, lam, node, prior, game.grid, Scheme(*SCHEME))
    found, fast = seconds(lambda: play(*args), 3)
    whole, slow = seconds(lambda: solve_typed(payoffs, weight, lam, node, prior, game.grid))
    at = np.rint(np.cumsum(game.grid.points, axis=1)[:, :-1] * game.grid.steps).astype(int)
    where = {tuple(int(x) for x in row): i for i, row in enumerate(at)}
    plain, weights = payoffs.tolist(), weight.tolist()
    changes, loop = seconds(
        lambda: [
            looped(plain[n], weights[n], lam, p, game.grid.steps, where)
            for n, p in zip(node[:LOOPED].tolist(), prior[:LOOPED].tolist(), strict=True)
        ]
    )
    each = loop / LOOPED
    table(
        f"7a. {lanes:,} of B's nodes in month {MONTH} (three types, {weight.shape[1]} acts), one core",
        ("by", "nodes", "us a node", "against the plain loop", "solved"),
        (
            ("compiled kernel", f"{lanes:,}", f"{1e6 * fast / lanes:.1f}", f"{each / (fast / lanes):,.0f}x",
             f"{(found.residual < TOLERANCE).mean():.2%}"),
            ("NumPy", f"{lanes:,}", f"{1e6 * slow / lanes:.1f}", f"{each / (slow / lanes):,.0f}x",
             f"{(whole.residual < TOLERANCE).mean():.2%}"),
            ("plain Python loop", LOOPED, f"{1e6 * each:,.0f}", "1x",
             f"{np.mean([x < TOLERANCE for x in changes]):.2%}"),
        ),
    )  # fmt: skip


def peer_table() -> None:
    """QuantEcon on the complete-information restriction; Gambit on a signalling tree."""
    rows: list[tuple[object, ...]] = []
    try:
        import quantecon as qe
    except ImportError:
        rows.append(("QuantEcon backward_induction", "not installed", "", ""))
    else:
        rows.append(_against_quantecon(qe))
    try:
        import pygambit
    except ImportError:
        rows.append(("Gambit logit path", "not installed", "", ""))
    else:
        rows.append(_against_gambit(pygambit))
    table(
        "7b. Peers on the same work, one core",
        ("peer", "work", "peer s / ours s", "agree to"),
        rows,
    )


def _against_quantecon(qe: Any) -> tuple[object, ...]:
    """War as a decision problem of A alone: hold or step up or down, exact best responses."""
    from scipy import sparse

    rng = np.random.default_rng(0)
    game = game_of(3, DRAFT)
    n, months, delta = game.layout.size, game.months, game.discount[0]
    chance = game.chance[0]
    flow = game.flow_a[0]
    shuffled = rng.permutation(n)
    moves = [np.arange(n), shuffled, shuffled[::-1]]
    rows = [chance[m] for m in moves]
    reward = np.stack([(1 - delta) * flow[m] for m in moves], 1)
    stacked = sparse.vstack(
        [sparse.vstack([rows[k][s] for k in range(3)]) for s in range(n)]
    ).tocsr()
    state, act = np.repeat(np.arange(n), 3), np.tile(np.arange(3), n)
    problem = qe.markov.DiscreteDP(reward.reshape(-1), stacked, delta, state, act)
    from quantecon.markov import backward_induction

    backward_induction(problem, months)
    (theirs, _), slow = seconds(lambda: backward_induction(problem, months), 3)

    def ours() -> np.ndarray:
        value = np.zeros(n)
        for _ in range(months):
            here = (1 - delta) * flow + delta * (chance @ value)
            value = np.max([here[m] for m in moves], axis=0)
        return value

    found, fast = seconds(ours, 3)
    return (
        "QuantEcon backward_induction", f"{n:,} states x 3 acts x {months} months, one decider",
        f"{slow / fast:.1f}x", f"{np.abs(found - theirs[0]).max():.0e}",
    )  # fmt: skip


def sorted_acts(policy: Any) -> list[tuple[str, float]]:
    """A policy's acts d0, d1, ... in order."""
    return sorted(policy, key=lambda item: int(item[0][1:]))


def _against_gambit(pygambit: Any) -> tuple[object, ...]:
    """Two types demand one of 101 shares, A accepts or fights: logit play at lambda 10."""
    demands, lam, p, cost = 101, 10.0, 0.5, (0.1, 0.1, 0.3)
    shares = np.linspace(0, 1, demands).tolist()
    acts = " ".join(f'"d{k}"' for k in range(demands))
    lines = ['EFG 2 R "demands" { "B" "A" }', 'c "" 1 "" { "tough" 1/2 "soft" 1/2 } 0']
    outcome = 0
    for i in range(2):
        lines.append(f'p "" 1 {i + 1} "" {{ {acts} }} 0')
        for k, x in enumerate(shares):
            war = (p - cost[1 + i], 1 - p - cost[0])
            lines.append(f'p "" 2 {k + 1} "" {{ "yes" "no" }} 0')
            for pay in ((x, 1 - x), war):
                outcome += 1
                lines.append(f't "" {outcome} "" {{ {pay[0]!r}, {pay[1]!r} }}')
    text = "\n".join(lines).replace("np.float64(", "").replace(")", "") + "\n"
    game = pygambit.read_efg(io.StringIO(text))
    found, slow = seconds(lambda: pygambit.qre.logit_solve_lambda(game, lam=[lam])[0].profile)
    theirs = np.array(
        [[float(v) for _, v in sorted_acts(policy)] for _, policy in next(iter(found))]
    )
    yes = np.exp(lam * (1 - np.array(shares)))
    accept = yes / (yes + math.exp(lam * (1 - p - cost[0])))
    worth = np.stack([accept * np.array(shares) + (1 - accept) * (p - cost[1 + i]) for i in (0, 1)])
    payoffs = np.ascontiguousarray(np.repeat(worth.T[None, :, :, None], 21, axis=3))
    log_w = np.zeros((1, demands))
    from offramp.game import simplex_grid
    from offramp.solution._typed import SCHEME
    from offramp.solution.kernels._lanes import Scheme, play

    node, prior, scheme = np.zeros(1, dtype=np.int64), np.array([[0.5, 0.5]]), Scheme(*SCHEME)
    grid = simplex_grid(2, 20)
    ours, fast = seconds(
        lambda: [play(payoffs, payoffs, log_w, lam, node, prior, grid, scheme) for _ in range(20)]
    )
    gap = np.abs(ours[0].sigma.reshape(2, demands) - theirs).max()
    return (
        "Gambit logit path", f"{demands} demands, two types, lambda {lam:g}",
        f"{slow / max(fast / 20, 1e-9):,.0f}x", f"{gap:.0e}",
    )  # fmt: skip


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="leave out the slow tables")
    quick = parser.parse_args().quick
    warm = game_of(3, DRAFT)
    propagate(warm, induce(warm, KAPPA, kernel="numba"))
    kernel_table()
    whole_table(quick)
    if not quick:
        growth_table()
    unsolved_table()
    if not quick:
        cold_table()
    loop_table()
    peer_table()


if __name__ == "__main__":
    main()
