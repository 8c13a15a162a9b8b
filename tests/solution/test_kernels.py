"""The compiled kernels against the whole-array code that specifies them.

Both follow the same steps from the same starts, so that solutions differ by rounding; where one of
them stops a Newton step before the other, by what a residual of 1e-10 in log-odds is worth, which is
what a tolerance of 1e-9 leaves room for.
"""

from __future__ import annotations

import dataclasses
import math
import threading
from types import SimpleNamespace
from typing import Any

import numba
import numpy as np
import pytest
from tests.game.small_crises import FEATURES, TINY, small

from offramp.game import compile_game, simplex_grid
from offramp.solution import solve
from offramp.solution._forward import propagate
from offramp.solution._induction import induce
from offramp.solution._nodes import _worth
from offramp.solution._typed import GONE, NEWTON_STEPS, SCHEME, TOLERANCE, solve_typed
from offramp.solution.kernels import _backward, _forward, chosen, pool, threads
from offramp.solution.kernels._jit import RELAXED
from offramp.solution.kernels._lanes import Scheme, play
from offramp.solution.kernels._math import exp_, log_

CLOSE = 1e-9
PRECISION = {2: 12.0, 3: 5.0}
"""kappa at which every node of the crises below is solved, with so many types."""
BRITTLE = {
    "name": "Brittle", "prior": 0.23, "delay_flow": -0.01, "renege_gain": 0.06, "war_cost": 0.22,
}  # fmt: skip


def with_types(types, feature):
    """A small crisis with one feature of the game and two or three types of B."""
    changes, plan, resolution = FEATURES[feature]
    changes = {"clock.horizon_months": 4, **changes}
    if types == 3:
        changes |= {
            "types.brittle": BRITTLE,
            "types.weary.prior": 0.44,
            "types.patient.prior": 0.33,
        }
        if "evidence_channel" in changes:
            channel = changes["evidence_channel"]
            seen = zip(channel["likelihood"].items(), (0.2, 0.3, 0.5), strict=True)
            more = {name: {**row, "brittle": chance} for (name, row), chance in seen}
            changes["evidence_channel"] = {**channel, "likelihood": more}
    return compile_game(small(**changes), plan, None, TINY.with_(**resolution))


def arrays_of(futures):
    """Everything that a forward run reports, by name; ``particles`` is no result.

    Of the heaviest places of each round their masses: equally heavy ones may come in any order.
    """
    names = [f.name for f in dataclasses.fields(futures) if f.name not in ("particles", "heavy")]
    found = {name: np.asarray(getattr(futures, name), dtype=float) for name in names}
    found["heavy"] = np.concatenate([np.sort(place.mass) for place in futures.heavy])
    return found


# --- Whole games ---------------------------------------------------------------------------


@pytest.mark.parametrize("types", [2, 3])
@pytest.mark.parametrize("feature", FEATURES)
def test_compiled_values_and_futures_are_those_of_the_whole_array_code(feature, types):
    game = with_types(types, feature)
    plain = induce(game, PRECISION[types], kernel="numpy")
    fast = induce(game, PRECISION[types], kernel="numba")
    assert (plain.kernel, fast.kernel) == ("numpy", "numba")
    assert plain.unsolved.max() == fast.unsolved.max() == 0
    assert max(plain.residual.max(), fast.residual.max()) < TOLERANCE
    assert np.abs(fast.a - plain.a).max() < CLOSE
    assert np.abs(fast.b - plain.b).max() < CLOSE
    slow, quick = (arrays_of(propagate(game, v)) for v in (plain, fast))
    assert slow["unsolved_mass"] == quick["unsolved_mass"] == 0
    for name, wanted in slow.items():
        assert quick[name] == pytest.approx(wanted, abs=CLOSE, nan_ok=True), name
    # Something happened that could have differed: acts were taken, beliefs moved.
    assert (slow["acts"].sum(0) > 1e-6).sum() > 4
    assert np.abs(slow["belief"][-1] - game.opening).max() > 1e-3


@pytest.mark.parametrize("types", [2, 3])
def test_what_cannot_happen_has_no_chance_in_the_compiled_futures_either(types):
    """An answer that is not available has probability 0, not 1e-44, and no particle follows it."""
    game = with_types(types, "a trigger above a count, an end at the map's edge")
    values = induce(game, PRECISION[types], kernel="numba")
    plain = propagate(game, values, kernel="numpy")
    fast = propagate(game, values, kernel="numba")
    assert (plain.acts == 0).any()
    for name in ("acts", "position", "node", "regime"):
        phantom = (getattr(plain, name) == 0) & (getattr(fast, name) > 0)
        assert not phantom.any(), f"{name}: {getattr(fast, name)[phantom].max()}"
    assert fast.particles == plain.particles


def test_a_forward_run_may_use_another_kernel_than_the_values():
    game = with_types(2, "a trigger on waiting and on beliefs")
    values = induce(game, 5.0, kernel="numpy")
    own, other = propagate(game, values), propagate(game, values, kernel="numba")
    assert other.regime == pytest.approx(own.regime, abs=CLOSE)
    assert other.regime.tobytes() != own.regime.tobytes(), "the same code ran twice"


def test_every_kernel_says_which_it_was():
    game = with_types(2, "ceasefire, reneging and collapse")
    assert solve(game, 5.0, kernel="numba").kernel == "numba"
    assert solve(game, 5.0, kernel="numpy").kernel == "numpy"
    # So small a game is not worth the wait for machine code.
    assert chosen(game, "auto") == "numpy"


def test_games_that_the_kernels_do_not_cover_are_refused_by_name_and_solved_by_auto():
    crisis = small(types={"only": {"name": "Only", "prior": 1.0}}, plans={"idle": {"name": "Idle"}})
    single = compile_game(crisis, "idle", None, TINY)
    frozen = compile_game(small(), "idle", None, TINY, frozen_beliefs=True)
    for game in (single, frozen):
        with pytest.raises(ValueError, match="two or three types of B with a belief grid"):
            induce(game, 5.0, kernel="numba")
        assert induce(game, 5.0).kernel == "numpy"


# --- Threads -------------------------------------------------------------------------------


@pytest.mark.parametrize("types", [2, 3])
def test_the_number_of_threads_leaves_no_trace_in_the_results(types, monkeypatch):
    # Blocks so small that there are dozens of them to be shared out.
    monkeypatch.setattr(_backward, "BLOCK_LANES", 40)
    monkeypatch.setattr(_forward, "BLOCK_LANES", 40)
    game = with_types(types, "a trigger on waiting and on beliefs")
    ran_on = []
    plain_block = _backward.Nodes.b_block

    def watched(self, *args):
        ran_on.append(threading.current_thread().name)
        return plain_block(self, *args)

    monkeypatch.setattr(_backward.Nodes, "b_block", watched)
    results = {}
    for count in ("1", "2", "3"):
        ran_on.clear()
        monkeypatch.setenv("OFFRAMP_THREADS", count)
        values = induce(game, 12.0, kernel="numba")
        futures = arrays_of(propagate(game, values))
        assert len(ran_on) > 20
        assert all(name.startswith("offramp") == (count != "1") for name in ran_on)
        everything = [values.a, values.b, *futures.values()]
        results[count] = b"".join(np.ascontiguousarray(x).tobytes() for x in everything)
    assert results["1"] == results["2"] == results["3"]


def test_how_many_threads_there_are_can_be_said(monkeypatch):
    monkeypatch.setenv("OFFRAMP_THREADS", "3")
    assert threads() == 3
    with pool() as executor:
        assert executor is not None
        assert executor._max_workers == 3
    monkeypatch.setenv("OFFRAMP_THREADS", "0")
    assert threads() == 1
    with pool() as executor:
        assert executor is None
    monkeypatch.delenv("OFFRAMP_THREADS")
    assert threads() >= 1


# --- Single nodes --------------------------------------------------------------------------


def priors_everywhere(rng, types, lanes):
    """Inside the simplex, close to its faces, on grid points, on edges, at corners."""
    inside = rng.dirichlet(np.ones(types), lanes // 2)
    close = rng.dirichlet(np.full(types, 0.05), lanes // 4) + 1e-12
    grid = simplex_grid(types, 6).points
    corners = np.eye(types)
    edges = [w * corners[i] + (1 - w) * corners[j]
             for w in rng.uniform(0.01, 0.99, lanes // 24) for i in range(types)
             for j in range(i)]  # fmt: skip
    every = np.concatenate([inside, close / close.sum(1, keepdims=True), grid, edges, corners])
    return rng.permutation(every)


def nodes_at_random(types, acts, seed, nodes=7, lanes=600):
    """Tables of both sides, weights (some 0), nodes and priors of lanes, and the grid."""
    rng = np.random.default_rng(seed)
    grid = simplex_grid(types, {2: 10, 3: 6}[types])
    slope = rng.normal(size=(nodes, acts, types, types))
    rough = rng.normal(size=(nodes, acts, types, grid.size))
    table = 0.1 * (np.einsum("nktj,mj->nktm", slope, grid.points) + 0.2 * rough)
    other = rng.normal(size=table.shape)
    weight = rng.uniform(0.05, 1.0, (nodes, acts))
    weight[:, 1:] *= rng.random((nodes, acts - 1)) < 0.75
    prior = priors_everywhere(rng, types, lanes)
    node = rng.integers(0, nodes, len(prior))
    return table, other, weight, node, prior, grid


def played(table, other, weight, node, prior, grid, precision):
    """What the compiled kernels make of lanes: by type and lane, or type, act and lane."""
    with np.errstate(divide="ignore"):
        log_w = np.where(weight > 0, np.log(weight), GONE)
    out = play(
        np.ascontiguousarray(other), np.ascontiguousarray(table), log_w, precision,
        node.astype(np.int64), prior, grid, Scheme(*SCHEME),
    )  # fmt: skip
    types, acts, lanes = grid.types, weight.shape[1], len(node)
    by_lane = (x.reshape(types, lanes) for x in (out.value_a, out.value_b, out.best))
    return (*by_lane, out.sigma.reshape(types, acts, lanes), out.residual)


@pytest.mark.parametrize("precision", [10.0, 40.0])
@pytest.mark.parametrize("acts", [2, 3, 17])
@pytest.mark.parametrize("types", [2, 3])
def test_compiled_nodes_are_solved_like_those_of_the_whole_array_code(types, acts, precision):
    table, other, weight, node, prior, grid = nodes_at_random(types, acts, seed=acts)
    plain = solve_typed(table, weight, precision, node, prior, grid)
    value_a, value_b, best, sigma, residual = played(
        table, other, weight, node, prior, grid, precision
    )
    solved = (plain.residual < TOLERANCE) & (residual < TOLERANCE)
    assert solved.mean() > 0.98
    assert ((plain.residual < TOLERANCE) == (residual < TOLERANCE)).mean() > 0.995
    assert (weight == 0).any() or acts == 2
    if precision == 40.0:
        assert plain.steps > NEWTON_STEPS, "no lane needed more than Newton's method"
    assert np.abs(sigma - plain.sigma)[..., solved].max() < CLOSE
    assert np.abs(residual - plain.residual)[solved].max() < CLOSE
    # Posteriors by Bayes' rule, after acts that are ever taken: the compiled code lets e^-100 stand
    # for nothing, so that beliefs after acts rarer than that have no meaning.
    joint = prior.T[:, None] * sigma
    total = joint.sum(0)
    taken = (total > 1e-30) & solved
    posterior = joint / np.maximum(total, 1e-300)
    assert np.abs(posterior - plain.posterior)[:, taken].max() < CLOSE
    # What the policies are worth to A, to B's types, and B's best payoffs.
    game: Any = SimpleNamespace(grid=grid)
    worth = _worth(game, other, table, weight, node, plain)
    for ours, theirs in zip((value_a, value_b, best), worth, strict=True):
        assert np.abs(ours - theirs)[:, solved].max() < CLOSE


@pytest.mark.parametrize("types", [2, 3])
def test_beliefs_that_are_certain_stay_certain_and_nothing_is_signalled(types):
    table, other, weight, node, _, grid = nodes_at_random(types, 5, seed=8)
    prior = np.eye(types)[np.arange(len(node)) % types]
    *_, sigma, residual = played(table, other, weight, node, prior, grid, 30.0)
    assert (residual == 0).all()
    corner = grid.points.argmax(0)
    for theta in range(types):
        there = corner[prior.argmax(1)]
        score = 30.0 * np.moveaxis(table[node][:, :, theta], 2, 0)[there, np.arange(len(node))]
        by_hand = weight[node] * np.exp(score)
        by_hand /= by_hand.sum(1, keepdims=True)
        assert np.abs(sigma[theta] - by_hand.T).max() < 1e-12


@pytest.mark.parametrize("types", [2, 3])
def test_a_lane_is_solved_alike_in_any_company(types):
    """Lanes are worked on side by side and take each other's places; none sees its neighbours."""
    table, other, weight, node, prior, grid = nodes_at_random(types, 4, seed=21, lanes=500)
    together = played(table, other, weight, node, prior, grid, 40.0)
    shuffled = np.random.default_rng(3).permutation(len(node))
    again = played(table, other, weight, node[shuffled], prior[shuffled], grid, 40.0)
    for one, two in zip(together, again, strict=True):
        assert two == pytest.approx(one[..., shuffled], abs=1e-13)
    for lane in (0, 17, 250):
        alone = played(
            table, other, weight, node[[lane]], prior[[lane]], grid, 40.0,
        )  # fmt: skip
        for one, two in zip(together, alone, strict=True):
            assert two[..., 0] == pytest.approx(one[..., lane], abs=1e-13)


# --- Functions -----------------------------------------------------------------------------


def in_a_loop(function):
    """The function applied to an array in a compiled loop, as the kernels use it."""

    def every(x, out):
        for i in range(len(x)):
            out[i] = function(x[i])

    compiled = numba.njit(fastmath=RELAXED, error_model="numpy")(every)

    def call(x):
        out = np.empty_like(x)
        compiled(x, out)
        return out

    return call


def test_the_exponential_function_is_good_to_fourteen_digits():
    rng = np.random.default_rng(5)
    halfway = (np.arange(-1020, 1022) + 0.5) * np.log(2)
    odd = [0.0, -0.0, 1e-300, -1e-17, 708.99, -707.99]
    x = np.concatenate([rng.uniform(-708, 709, 50_000), rng.normal(0, 1, 50_000), halfway, odd])
    apart = np.abs(in_a_loop(exp_)(x) / np.exp(x) - 1)
    # The series ends with a term of (ln 2 / 2)^12 / 12! = 6.3e-15 of a result that may be .7 of the
    # next power of two; the rest is rounding.
    assert apart.max() < 1e-14
    assert exp_(0.0) == 1.0
    assert exp_(1.0) == pytest.approx(math.e, rel=1e-14)


def test_the_logarithm_is_good_to_sixteen_digits():
    rng = np.random.default_rng(6)
    log = in_a_loop(log_)
    wide = np.exp(rng.uniform(-700, 700, 50_000))
    powers = 2.0 ** np.arange(-1022, 1024)
    z = np.concatenate([wide, powers, powers * (1 + 2**-52), [np.finfo(float).tiny, 1e308]])
    # 3e-16 of its own and half a unit in the last place, 1.1e-16, of the one it is held against.
    apart = np.abs(log(z) - np.log(z)) / np.maximum(np.abs(np.log(z)), 1.0)
    assert apart.max() < 4e-16
    near = 1 + rng.normal(0, 0.01, 50_000)
    assert np.abs(log(near) - np.log(near)).max() < 1e-16
    assert log_(1.0) == 0.0
