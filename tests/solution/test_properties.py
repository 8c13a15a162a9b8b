"""What must hold of probabilities and beliefs in every solution, whatever the numbers.

Beliefs are conditional probabilities: nothing is lost, nothing is learned on average, what types do
alike tells them apart for nobody, and people who are drawn one by one see what the forward run says.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.game.small_crises import TINY, small

from offramp.game import compile_game
from offramp.game._states import SETTLED
from offramp.solution import solve
from offramp.solution._forward import propagate
from offramp.solution._induction import continuation, induce
from offramp.solution._nodes import ACT_NAMES, a_moves, b_moves, reviews

ROUNDING = 1e-12
SAME = 1e-9
"""Two solutions of one fixed point, each to a residual of 1e-10 in log-odds."""
FEW = settings(max_examples=8, deadline=None, derandomize=True)

THIRD = {"name": "Brittle", "delay_flow": -0.02, "renege_gain": 0.06, "war_cost": 0.2}
CHANNEL = {
    "every_months": 2,
    "reliability": 0.7,
    "likelihood": {
        "parade": {"weary": 0.1, "patient": 0.5},
        "rumour": {"weary": 0.6, "patient": 0.1},
        "quiet": {"weary": 0.3, "patient": 0.4},
    },
}


@st.composite
def games(draw: Any) -> Any:
    """Small crises with two or three types, several plans, public news, doubts about the plan."""
    part = st.floats(0.02, 0.98)
    prior = draw(part)
    changes: dict[str, Any] = {
        "clock.horizon_months": 5,
        "clock.round_months": draw(st.sampled_from([1.0, 2.0])),
        "types.weary.prior": prior,
        "types.patient.prior": 1 - prior,
        "types.weary.delay_flow": draw(st.floats(-0.1, 0.0)),
        "types.patient.war_bonus": draw(st.floats(0.0, 0.2)),
        "war.collapse": {"A": draw(st.floats(0, 0.05)), "B": draw(st.floats(0, 0.05))},
    }
    plan = draw(st.sampled_from(["idle", "press", "wait"]))
    if draw(st.booleans()):
        changes["evidence_channel"] = CHANNEL
    elif draw(st.booleans()):
        third = draw(part) * prior
        changes["types.brittle"] = THIRD | {"prior": third}
        changes["types.weary.prior"] = prior - third
    if plan == "wait":
        changes["plans.wait.credibility"] = draw(st.sampled_from([0.4, 1.0]))
        changes["plans.wait.followed"] = draw(st.sampled_from([0.7, 1.0]))
    return compile_game(small(**changes), plan, None, TINY)


# --- What is conserved ---------------------------------------------------------------------


@given(
    game=games(), kappa=st.floats(0.5, 20), kernel=st.sampled_from(["numpy", "numba"])
)  # fmt: skip
@FEW
def test_probability_and_what_is_believed_of_each_type_are_conserved_every_month(
    game, kappa, kernel
):
    futures = propagate(game, induce(game, kappa, kernel=kernel))
    assert futures.mass_error < ROUNDING
    assert max(futures.martingale_by_type) < ROUNDING
    assert np.abs(futures.regime.sum(1) - 1).max() < ROUNDING
    assert np.abs(futures.regime_by_type.sum(2) - 1).max() < ROUNDING
    # Mean beliefs given the true type average to the prior, and in truth's favour.
    mixed = np.einsum("j,tjk->tk", game.opening, futures.belief)
    assert np.abs(mixed - game.opening).max() < ROUNDING
    last = np.diagonal(futures.belief[-1])
    assert (last > game.opening - ROUNDING).all()
    assert last.max() > game.opening.max() * (1 + 1e-9), "nobody learned anything"


@given(game=games(), kappa=st.floats(1, 40), seed=st.integers(0, 99))
@FEW
def test_after_every_act_belief_is_what_bayes_rule_makes_of_the_policies(game, kappa, seed):
    """Branch by branch, also where the fixed point is not solved; so beliefs are martingales."""
    values = induce(game, kappa, kernel="numpy")
    c = continuation(game, 0, values.a[1], values.b[1])
    rng = np.random.default_rng(seed)
    types, lanes = len(game.types), 60
    beliefs = np.concatenate([rng.dirichlet(np.ones(types), lanes - types), np.eye(types)])
    nodes = [(a_moves, game.acts.states), (b_moves, game.acts.states)]
    nodes += [(reviews, game.reviews.states)] * (len(game.reviews.states) > 0)
    for kind, states in nodes:
        rows = rng.integers(0, len(states), lanes)
        out = kind(game, c, values.precision, rows, beliefs, True).branches
        assert out is not None
        prior = beliefs[out.lane]
        joint = prior * out.chance
        total = joint.sum(1)
        assert np.abs(out.belief * total[:, None] - joint).max() < ROUNDING
        assert np.abs(np.bincount(out.lane, total) - 1).max() < ROUNDING
        for j in range(types):
            mean = np.bincount(out.lane, total * out.belief[:, j])
            assert np.abs(mean - beliefs[:, j]).max() < ROUNDING
            # Every type does something, whoever it is taken for.
            assert np.abs(np.bincount(out.lane, out.chance[:, j]) - 1).max() < ROUNDING


# --- No signal, no update ------------------------------------------------------------------

ALIKE = {"delay_flow": 0.02, "renege_gain": 0.05, "war_cost": 0.12}
IDLE = {"idle": {"name": "Idle"}, "press": {"name": "Press", "stages": [
    {"name": "Embargo", "trigger": "start", "on": [{"lever": "embargo"}]}]}}  # fmt: skip


def peopled(priors, plan="press", steps=4, **changes):
    """A small crisis whose B has types named 0, 1, ... given as (prior, parameters)."""
    types = {f"t{i}": {"name": f"T{i}", "prior": p, **kind} for i, (p, kind) in enumerate(priors)}
    crisis = small(types=types, plans=IDLE, **changes)
    return compile_game(crisis, plan, None, TINY.with_(belief_steps=(steps, steps)))


@pytest.mark.parametrize("kernel", ["numpy", "numba"])
@pytest.mark.parametrize("priors", [(0.3, 0.7), (0.5, 0.15, 0.35)])
def test_types_that_differ_in_name_only_never_separate(priors, kernel):
    one = solve(peopled([(1.0, ALIKE)]), 8.0)
    many = solve(peopled([(p, ALIKE) for p in priors]), 8.0, kernel=kernel)
    assert np.abs(many.futures.belief - many.game.opening).max() < SAME
    # Nor does it matter that there are several: everything is as if there were one.
    assert np.abs(many.values.a - one.values.a).max() < SAME
    assert np.abs(many.values.b - one.values.b).max() < SAME
    assert many.futures.acts == pytest.approx(one.futures.acts, abs=SAME)
    assert one.futures.acts[:, ACT_NAMES.index("B held")].min() > 1e-4


@given(
    share=st.floats(0.05, 0.95), split=st.sampled_from([0, 1]), apart=st.booleans(),
    kappa=st.floats(2, 10), gain=st.floats(0.0, 0.1),
)  # fmt: skip
@FEW
def test_splitting_a_type_into_two_that_differ_in_name_only_changes_nothing(
    share, split, apart, kappa, gain
):
    """On the finer simplex, too: linear functions of a sum of beliefs stay linear there."""
    kinds = [
        (0.45, {"delay_flow": -0.06, "renege_gain": gain}),
        (0.55, {"delay_flow": 0.05, "war_cost": 0.1}),
    ]
    prior, kind = kinds[split]
    halves = [(prior * share, kind), (prior * (1 - share), kind)]
    # Next to each other in the order of types, or with the other type between them.
    other = kinds[1 - split]
    ordered = [halves[0], other, halves[1]] if apart else [*halves, other]
    two, three = peopled([kinds[split], other]), peopled(ordered)
    one, more = (solve(game, kappa, kernel="numpy") for game in (two, three))
    assert one.values.unsolved.max() == more.values.unsolved.max() == 0
    assert more.opening_a == pytest.approx(one.opening_a, abs=SAME)
    same = (0, 2) if apart else (0, 1)
    theirs = 1 if apart else 2
    for j in same:
        assert more.opening_b[j] == pytest.approx(one.opening_b[0], abs=SAME)
    assert more.opening_b[theirs] == pytest.approx(one.opening_b[1], abs=SAME)
    assert more.values.a[0].min() == pytest.approx(one.values.a[0].min(), abs=SAME)
    # The halves are told from the other type, never from each other.
    path = more.futures.belief
    for true in range(3):
        odds = path[:, true, same[0]] / path[:, true, same[1]]
        assert odds == pytest.approx(share / (1 - share), rel=1e-7)
    assert abs(path[-1, theirs, theirs] - other[0]) > 1e-4


@given(prior=st.floats(0.05, 0.95), kappa=st.floats(2, 12), news=st.booleans())
@FEW
def test_the_order_in_which_two_types_are_listed_changes_nothing(prior, kappa, news):
    channel = {"evidence_channel": CHANNEL} if news else {}
    weary = {"name": "Weary", "prior": prior, "delay_flow": -0.06, "renege_gain": 0.02}
    patient = {"name": "Patient", "prior": 1 - prior, "delay_flow": 0.05, "renege_gain": 0.12}
    found = []
    for types in ({"weary": weary, "patient": patient}, {"patient": patient, "weary": weary}):
        game = compile_game(small(types=types, **channel), "wait", None, TINY)
        found.append(solve(game, kappa, kernel="numpy"))
    one, two = found
    assert one.values.unsolved.max() == two.values.unsolved.max() == 0
    assert two.values.b == pytest.approx(one.values.b[:, :, ::-1, ::-1], abs=SAME)
    assert two.values.a == pytest.approx(one.values.a[:, :, ::-1, ::-1], abs=SAME)
    assert two.futures.acts == pytest.approx(one.futures.acts, abs=SAME)
    assert two.futures.belief == pytest.approx(one.futures.belief[:, ::-1, ::-1], abs=SAME)


def test_news_that_every_type_makes_alike_is_no_news():
    quiet, real = (
        compile_game(small(**more), "idle", None, TINY)
        for more in ({}, {"evidence_channel": CHANNEL})
    )
    # The compiler leaves such a channel out, so it is put in its place here.
    weather = np.array([[0.2, 0.2], [0.8, 0.8]])
    signals = tuple(None if x is None else weather for x in real.signals)
    told = dataclasses.replace(real, signals=signals)
    one, two, three = (solve(game, 6.0) for game in (quiet, told, real))
    assert two.values.a == pytest.approx(one.values.a, abs=SAME)
    assert two.values.b == pytest.approx(one.values.b, abs=SAME)
    assert two.futures.belief == pytest.approx(one.futures.belief, abs=SAME)
    assert np.abs(three.futures.belief - one.futures.belief).max() > 0.01


# --- People drawn one by one ---------------------------------------------------------------


@dataclasses.dataclass
class Sample:
    """Histories drawn one by one: regimes, beliefs and first deals by (month, path); true types."""

    theta: Any
    regime: Any
    belief: Any
    signed: Any
    acts: Any


def drawn(game, values, paths, seed):
    """Types, moves, nature, news and A's resolve are drawn; beliefs follow the solved policies."""
    rng = np.random.default_rng(seed)
    types = len(game.types)
    theta = rng.choice(types, paths, p=game.opening)
    state, belief = np.full(paths, game.start), np.tile(game.opening, (paths, 1))
    regime, beliefs, signed, acts = [], [], [], []
    ever = np.zeros(paths, dtype=bool)
    row = np.full(game.layout.size, -1)
    row[game.acts.states] = np.arange(len(game.acts.states))
    settled = np.full(game.layout.size, -1)
    settled[game.reviews.states] = np.arange(len(game.reviews.states))
    for t in range(game.months + 1):
        ever |= game.layout.regime[state] == SETTLED
        regime.append(game.layout.regime[state])
        beliefs.append(belief.copy())
        signed.append(ever.copy())
        if t == game.months:
            break
        lottery = game.trigger_lottery(t, state, belief, actual=True)
        which = rng.choice(len(lottery), paths, p=[p for _, p in lottery])
        state = np.stack([moved for moved, _ in lottery])[which, np.arange(paths)]
        pi_a, pi_b = game.protocol.recognition[t]
        c = continuation(game, t, values.a[t + 1], values.b[t + 1])
        u = rng.random(paths)
        active, under = row[state] >= 0, (settled[state] >= 0) & (pi_a + pi_b > 0)
        act = np.where(active & (u >= pi_a + pi_b), 0, -1)
        for kind, who, index in (
            (a_moves, active & (u < pi_a), row),
            (b_moves, active & (u >= pi_a) & (u < pi_a + pi_b), row),
            (reviews, under, settled),
        ):
            lanes = np.flatnonzero(who)
            if not len(lanes):
                continue
            out = kind(game, c, values.precision, index[state[lanes]], belief[lanes], True).branches
            assert out is not None
            order = np.argsort(out.lane, kind="stable")
            chance = out.chance[order, theta[lanes][out.lane[order]]]
            # Chances of a lane sum to 1, so lane i owns the stretch from i to i + 1.
            pick = np.searchsorted(
                np.cumsum(chance), np.arange(len(lanes)) + rng.random(len(lanes))
            )
            pick = order[np.minimum(pick, len(order) - 1)]
            assert (out.lane[pick] == np.arange(len(lanes))).mean() > 0.999
            state[lanes], belief[lanes], act[lanes] = (
                out.target[pick], out.belief[pick], out.act[pick],
            )  # fmt: skip
        acts.append(act)
        ever |= game.layout.regime[state] == SETTLED
        matrix = game.chance[t]
        before = state.copy()
        for s in np.unique(before).tolist():
            here = np.flatnonzero(before == s)
            lo, hi = matrix.indptr[s], matrix.indptr[s + 1]
            state[here] = rng.choice(matrix.indices[lo:hi], len(here), p=matrix.data[lo:hi])
        if game.signals[t] is not None:
            edges = np.cumsum(game.signals[t], axis=0)[:, theta]
            y = np.minimum((edges < rng.random(paths)).sum(0), len(game.signals[t]) - 1)
            belief = belief * game.signals[t][y]
            belief /= belief.sum(1, keepdims=True)
    return Sample(theta, *(np.array(x) for x in (regime, beliefs, signed, acts)))


BATCHES, PATHS = 12, 1500


@pytest.fixture(scope="module", params=["news and doubts", "three types"])
def histories(request):
    """A game, its forward run, and histories drawn from it."""
    changes: dict[str, Any] = {"clock.horizon_months": 6, "plans.wait.followed": 0.6}
    if request.param == "three types":
        changes |= {
            "types.brittle": THIRD | {"prior": 0.25},
            "types.weary.prior": 0.4,
            "types.patient.prior": 0.35,
        }
    else:
        changes["evidence_channel"] = CHANNEL
    # Cells in which particles merge are narrow: what merging moves is far below sampling noise.
    game = compile_game(small(**changes), "wait", None, TINY.with_(particle_steps=40))
    values = induce(game, 5.0, kernel="numpy")
    return game, propagate(game, values), drawn(game, values, BATCHES * PATHS, seed=2026)


def z_scores(found, expected):
    """Frequencies in batches against probabilities, where normal approximations hold."""
    error = np.sqrt(np.maximum(expected * (1 - expected), 1e-300) / PATHS)
    fit = (expected * PATHS > 20) & ((1 - expected) * PATHS > 20)
    return ((found - expected) / error)[..., fit]


def test_histories_drawn_one_by_one_have_the_probabilities_of_the_forward_run(histories):
    """Root mean square of z over batches: near 1. Less would mean sharing, more a wrong number."""
    _, futures, sample = histories
    shape = (-1, BATCHES, PATHS)
    regime = sample.regime.reshape(shape)
    z = [z_scores((regime == r).mean(2).T, futures.regime[:, r]) for r in range(8)]
    z.append(z_scores(sample.signed.reshape(shape).mean(2).T, futures.first_deal))
    acts = sample.acts.reshape(shape)
    z += [z_scores((acts == k).mean(2).T, futures.acts[:, k]) for k in range(len(ACT_NAMES))]
    every = np.concatenate([x.ravel() for x in z])
    assert len(every) > 60 * BATCHES
    assert 0.8 < np.sqrt(np.mean(every**2)) < 1.2
    # Means over all batches, which show a bias of a quarter of a batch's error. There are fewer of
    # them, and months of one history are alike, so that their root mean square is less certain.
    means = np.concatenate([x.mean(0).ravel() for x in z]) * np.sqrt(BATCHES)
    assert 0.7 < np.sqrt(np.mean(means**2)) < 1.3


def test_beliefs_along_a_history_are_the_chances_of_the_types(histories):
    """Of all who are believed with .3 to be of a type, a share of .3 is: in every month and decile."""
    game, _, sample = histories
    z = []
    for t in range(1, game.months + 1):
        for j in range(len(game.types)):
            p = sample.belief[t][:, j]
            for decile in range(10):
                some = np.flatnonzero((p >= decile / 10) & (p < (decile + 1) / 10))
                spread = (p[some] * (1 - p[some])).sum()
                if spread > 20:
                    z.append(((sample.theta[some] == j) - p[some]).sum() / np.sqrt(spread))
    assert len(z) > 60
    assert 0.8 < np.sqrt(np.mean(np.square(z))) < 1.2
    moved = np.abs(sample.belief[-1] - game.opening).max(1)
    assert np.quantile(moved, 0.5) > 0.05, "beliefs hardly moved, so there was little to test"
