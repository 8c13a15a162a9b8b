"""The solver agrees with a literal, slow backward induction on small crises."""

from __future__ import annotations

import numpy as np
import pytest
from tests.game.small_crises import FEATURES, TINY, small
from tests.solution.reference import Reference, State, state_of

from offramp.game import compile_game
from offramp.solution._induction import induce

KAPPA = 2.0


def patience_ran_out(month: int, state: State, belief: float) -> bool:
    """`months_without_ceasefire >= 2 and belief.patient > 0.3` on nodes of the plan `wait`."""
    waited = {0: 0, 1: 1, 2: 2}.get(state[3], 0)
    return waited >= 2 and 1 - belief > 0.3


@pytest.mark.parametrize("feature", FEATURES)
def test_values_equal_those_of_a_literal_backward_induction(feature):
    changes, plan, resolution = FEATURES[feature]
    game = compile_game(small(**changes), plan, None, TINY.with_(**resolution))
    values = induce(game, KAPPA)
    fires = patience_ran_out if plan == "wait" else None
    expected = Reference(game, KAPPA, fires).solve()
    assert values.unsolved.max() == 0
    order = np.rint(game.grid.points[:, 0] * game.grid.steps).astype(int)
    seen = 0
    for s in range(game.layout.size):
        name = state_of(game, s)
        if name not in expected[0]:
            continue
        seen += 1
        for t in range(game.months + 1):
            for got, want in zip((values.a[t, s], values.b[t, s]), expected[t][name], strict=True):
                for at, i in enumerate(order):
                    assert got[:, at] == pytest.approx(want[i], abs=1e-8), (
                        t,
                        game.state_name(s),
                        i,
                    )
    assert seen == len(expected[0])
