"""Futures with evidence, plans that are doubted or not followed, adaptive plans, commitments."""

from __future__ import annotations

import numpy as np
import pytest
from tests.game.small_crises import TINY, small

from offramp.game import compile_game
from offramp.solution import solve

KAPPA = 3.0
LONG = {"clock.horizon_months": 8}


def solved(plan="idle", compiled=None, **changes):
    return solve(
        compile_game(small(**LONG, **changes), plan, None, TINY, **(compiled or {})), KAPPA
    )


def stages(solution, month):
    """Chance of each stage of the plan while nothing is signed, and of a lapse."""
    found: dict[tuple[int, bool], float] = {}
    for node, p in zip(solution.game.automaton.nodes, solution.futures.node[month], strict=True):
        found[node.stage, node.lapsed] = found.get((node.stage, node.lapsed), 0.0) + float(p)
    return found


def true_belief(solution, month):
    """Mean belief in the true type."""
    shares = solution.futures.belief[month].diagonal()
    return float(shares @ solution.game.opening)


def test_evidence_is_learned_from_and_leaves_beliefs_right_on_average():
    quiet = solved()
    channel = {"every_months": 2, "reliability": 0.6}
    seen = solved(evidence_channel=channel)
    assert seen.futures.martingale_error < 1e-12
    assert seen.futures.mass_error < 1e-12
    assert true_belief(seen, 8) > true_belief(quiet, 8) + 0.05
    # Nothing has arrived before the end of the second month.
    assert true_belief(seen, 1) == pytest.approx(true_belief(quiet, 1), abs=0.01)


def test_a_doubted_plan_that_is_followed_never_lapses():
    solution = solved("wait", {"credibility": 0.3, "followed": 1.0})
    found = stages(solution, 8)
    assert found[1, False] > 0.02
    assert found[0, True] == 0


def test_a_plan_that_is_not_followed_never_begins_its_stage():
    solution = solved("wait", {"credibility": 1.0, "followed": 0.0})
    found = stages(solution, 8)
    assert found[0, True] > 0.02
    assert found[1, False] == 0
    assert solution.futures.mass_error < 1e-12


def test_values_are_those_of_the_beliefs_not_of_what_a_does():
    one, other = (
        solved("wait", {"credibility": 0.5, "followed": followed}) for followed in (0.1, 0.9)
    )
    assert one.values.b == pytest.approx(other.values.b)
    assert one.opening_a == pytest.approx(other.opening_a)


def test_a_plan_nobody_believes_is_worth_what_no_plan_is():
    """With credibility 0 the game is the one without the stage, but for a node that says so."""
    doubted, idle = solved("wait", {"credibility": 0.0}), solved("idle")
    assert doubted.opening_a == pytest.approx(idle.opening_a, abs=1e-9)
    assert doubted.opening_b == pytest.approx(idle.opening_b, abs=1e-9)


def test_an_adaptive_a_begins_its_stage_at_some_rounds_only():
    solution = solved("wait", {"mode": "adaptive"})
    begun = [stages(solution, month).get((1, False), 0.0) for month in (0, 1, 8)]
    assert begun[0] == 0
    assert 0 < begun[1] < begun[2] + 0.5
    assert solution.futures.mass_error < 1e-12


def test_a_public_demand_that_costs_nothing_changes_nothing_but_the_states():
    """Flags without an audience cost: the same values wherever nobody can gain by the act itself."""
    demand = {"blocs.B.commitment": {"level": 0.5}}
    plain, flagged = solved(), solved(**demand, **{"weights.commit": 0.0})
    start = (plain.game.start, flagged.game.start)
    assert flagged.values.a[0, start[1]] == pytest.approx(plain.values.a[0, start[0]], abs=1e-9)
    free = flagged.game.layout
    on = np.flatnonzero(free.pledge == 1)[0]
    off = free.other(np.array([on]), pledge=0)[0]
    assert flagged.values.b[0, on] == pytest.approx(flagged.values.b[0, off], abs=1e-9)


@pytest.mark.parametrize(
    ("plan", "compiled", "changes", "message"),
    [
        ("wait", {"mode": "adaptive"}, {}, "adaptive"),
        ("wait", {"credibility": 0.5}, {}, "credible"),
        ("idle", {}, {"blocs.B.commitment": {"level": 0.5}}, "commitments"),
    ],
)
def test_exact_mode_says_what_it_does_not_have(plan, compiled, changes, message):
    game = compile_game(small(**changes), plan, None, TINY, frozen_beliefs=True, **compiled)
    with pytest.raises(ValueError, match=message):
        solve(game, mode="exact")
