"""Public commitments: who can make one, what ends it, and what backing down costs."""

from __future__ import annotations

import numpy as np
import pytest
from tests.game.small_crises import TINY, small

from offramp.crisis import override
from offramp.game import CompileError, compile_game

VOICED = {
    "blocs.A.audience": {"cost": 0.06, "vagueness": 0.5},
    "blocs.B.audience": {"cost": 0.1, "vagueness": 0.2},
}
DEMANDS = {"blocs.A.commitment": {"demand": "freeze"}, "blocs.B.commitment": {"demand": "swap"}}


def compiled(plan="idle", resolution=TINY, **changes):
    return compile_game(small(**{**VOICED, **changes}), plan, None, resolution)


def row_of(game, state):
    return int(np.flatnonzero(game.moves.states == state)[0])


def flags(game, state):
    return game.layout.pledges[int(game.layout.pledge[state])]


def test_a_crisis_without_commitments_keeps_its_states_and_its_audience_costs():
    plain = compiled()
    assert plain.layout.pledges == ((False, False),)
    assert compiled(**DEMANDS).layout.size > plain.layout.size
    assert (plain.moves.commit == -1).all()
    assert (plain.moves.lump_sign_a == -0.03).all()
    assert not plain.moves.lump_down.any()
    assert not plain.moves.lump_pause.any()


def test_committing_oneself_is_an_act_of_its_own_and_is_remembered():
    game = compiled(**DEMANDS)
    at = row_of(game, game.start)
    for side in (0, 1):
        to = int(game.moves.commit[side, at])
        assert flags(game, to) == (side == 0, side == 1)
        assert game.moves.commit[side, row_of(game, to)] == -1
        name = game.crisis.blocs["AB"[side]].name
        assert f"{name} committed in public" in game.state_name(to)
        own = game.acts.own[side]
        assert own.target[at, own.names.index("commit")] == to
        # A quarter a month as a departure from routine, and rounds come once a month here.
        assert own.weight[at, own.names.index("commit")] == pytest.approx(0.25)


def test_only_a_committed_side_pays_and_only_for_less_than_its_demand():
    game = compiled(**DEMANDS)
    free, m = row_of(game, game.start), game.moves
    freeze, swap = 0, 1
    for side, lump, paid in ((0, m.lump_sign_a, 0.03), (1, m.lump_sign_b, 0.08)):
        on = row_of(game, int(m.commit[side, free]))
        assert not lump[free].any()
        demanded, other = (freeze, swap) if side == 0 else (swap, freeze)
        assert lump[on, demanded] == 0
        assert lump[on, other] == pytest.approx(-paid)


def test_a_level_of_stake_can_be_the_demand():
    worth = compiled().stakes.bloc(compiled().signed_value, 1)
    low, high = sorted(worth)
    for level, missed in ((low - 0.01, 0), ((low + high) / 2, 1), (high + 0.01, 2)):
        game = compiled(**{"blocs.B.commitment": {"level": level}})
        on = row_of(game, int(game.moves.commit[1, row_of(game, game.start)]))
        assert (game.moves.lump_sign_b[on] < 0).sum() == missed


def test_a_ceasefire_costs_whoever_is_committed_and_frees_it():
    game = compiled(**DEMANDS)
    m = game.moves
    on = row_of(game, int(m.commit[1, row_of(game, game.start)]))
    assert m.lump_pause[:, on] == pytest.approx([0.0, -0.08])
    assert flags(game, int(m.pause[on])) == (False, False)
    proposals = game.acts.proposals
    assert proposals.lump_b[on, -1] == pytest.approx(-0.08)
    assert proposals.lump_a[on, -1] == 0


def test_climbing_can_commit_and_stepping_down_costs_the_side_that_does():
    here = {
        "blocs.B.commitment": {"demand": "swap", "set_by": ["escalate"]},
        "ladder": {
            "base": 1,
            "rungs": [{"rung": r, "name": f"rung {r}", "accident": 0.0} for r in range(3)],
        },
    }
    game = compiled(resolution=TINY.with_(rungs=1), **here)
    m, at = game.moves, row_of(game, game.start)
    assert (m.commit == -1).all()
    assert flags(game, int(m.up[0, at])) == (False, False)
    climbed = int(m.up[1, at])
    assert flags(game, climbed) == (False, True)
    high = row_of(game, climbed)
    assert m.lump_down[:, high] == pytest.approx([0.0, -0.08])
    assert flags(game, int(m.down[1, high])) == (False, False)
    assert flags(game, int(m.down[0, high])) == (False, True)
    own = game.acts.own[1]
    assert own.lump_b[high, own.names.index("down")] == pytest.approx(-0.08)
    assert not game.acts.own[0].lump_b[high].any()


def test_a_demand_is_forgotten_at_its_rate_and_a_signature_ends_it():
    game = compiled(**{"blocs.B.commitment": {"demand": "swap", "decay": 0.1}})
    on = int(game.moves.commit[1, row_of(game, game.start)])
    still = game.layout.pledge == game.layout.pledge[on]
    stays = np.asarray(game.chance[0][on].todense()).ravel()
    active = game.layout.regime <= 2
    assert stays[active & ~still].sum() == pytest.approx(0.1 * stays[active].sum())
    # Settlements know nothing of it, so whoever breaks one starts free.
    assert (game.layout.pledge[game.reviews.broken] == 0).all()


def test_a_stage_commits_a_when_it_begins():
    stage = {"name": "Demand", "on": [{"lever": "embargo"}], "commits": True}
    late = {**stage, "trigger": "months >= 1"}
    demand = {"blocs.A.commitment": {"demand": "freeze"}}
    game = compiled("press", **demand, **{"plans.press.stages": [stage]})
    assert flags(game, game.start) == (True, False)
    game = compiled("press", **demand, **{"plans.press.stages": [late]})
    assert flags(game, game.start) == (False, False)
    beliefs = game.opening[None]
    after = game.after_triggers(1, np.array([game.start]), beliefs)
    assert flags(game, int(after[0])) == (True, False)


def test_a_stage_that_commits_to_nothing_is_refused():
    stage = {"name": "Demand", "on": [], "commits": True}
    crisis = override(small(), {"plans.press.stages": [stage]})
    with pytest.raises(CompileError, match=r"blocs\.A\.commitment"):
        compile_game(crisis, "press", None, TINY)
