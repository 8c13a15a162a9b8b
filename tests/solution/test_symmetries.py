"""What must hold of values and choices: names, units and grids are ours, the game is not.

Sides may be exchanged, payoffs measured on another scale with another zero, acts that nobody would
take added, grids cut finer.
"""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.game.small_crises import FEATURES, TINY, small
from tests.oracles.worlds import game as cut
from tests.oracles.worlds import lively

from offramp.game import compile_game
from offramp.game._states import REGIME_NAMES
from offramp.solution import METRICS, certify, recompiled, solve
from offramp.solution._nodes import ACT_NAMES

SAME = 1e-9
"""Two solutions of one fixed point, each to a residual of 1e-10 in log-odds."""
FEW = settings(max_examples=5, deadline=None, derandomize=True)

# --- Exchanging the sides ------------------------------------------------------------------

SWAP = str.maketrans("AB", "BA")


def exchanged(x):
    """A structure in which every mapping with exactly the keys A and B has them exchanged."""
    if isinstance(x, list | tuple):
        return [exchanged(v) for v in x]
    if not isinstance(x, dict):
        return x
    if set(x) == {"A", "B"}:
        return {"A": exchanged(x["B"]), "B": exchanged(x["A"])}
    return {k: exchanged(v) for k, v in x.items()}


def mirrored(raw):
    """The same crisis with the sides' names exchanged and the pie measured from the other end."""
    new = exchanged(copy.deepcopy(raw))
    new["issues"]["pie"]["status_quo"] = 1 - raw["issues"]["pie"]["status_quo"]
    new["war"]["step_favours_b"] = 1 - raw["war"]["step_favours_b"]
    if "decisive" in new["war"]:
        new["war"]["decisive"]["odds_b"] = 1 - raw["war"]["decisive"]["odds_b"]
    for contract in new["contracts"].values():
        contract["terms"]["pie"] = 1 - contract["terms"]["pie"]
    for line in new.get("red_lines", {}).values():
        number = float(line["rule"].split()[-1])
        rule = "<=" if ">=" in line["rule"] else ">="
        line["actor"] = "b" if line["actor"] == "a" else "a"
        line["rule"] = f"x {rule} {1 - number:.12g}"
    return new


@st.composite
def sided(draw: Any) -> Any:
    """Changes to the lively war in which the sides differ in whatever has two sides."""

    def both(least: float, middle: float, most: float) -> Any:
        return {"A": draw(st.floats(least, middle)), "B": draw(st.floats(middle, most))}

    war = {
        "cost": both(0.02, 0.15, 0.3),
        "collapse": both(0, 0.01, 0.03),
        "reach": 1,
        "step_size": 0.1,
        "step_favours_b": draw(st.floats(0.2, 0.8)),
        "decisive": {
            "available_to": ["A", "B"],
            "odds_b": draw(st.floats(0.3, 0.7)),
            "odds_b_per_step": draw(st.floats(0, 0.2)),
            "cost": both(0.02, 0.15, 0.3),
        },
    }
    patience = both(0.85, 0.93, 0.97)
    half, year = draw(st.floats(0.3, 0.5)), draw(st.floats(0.5, 0.7))
    raw: dict[str, Any] = {
        "issues": {
            "pie": {
                "name": "The pie",
                "status_quo": draw(st.floats(0.3, 0.7)),
                "moves_with_war": True,
            }
        },
        "blocs": {side: {"patience": patience[side]} for side in "AB"},
        "clock": {
            "horizon_months": 5,
            "padding_months": 1,
            "round_months": 1,
            "recognition": both(0.1, 0.3, 0.5),
        },
        "war": war,
        "weights": {"fight_out": draw(st.floats(0.2, 2.0))},
        "ladder": {"cost": both(0, 0.02, 0.05)},
        "contracts": {
            "plain": {"name": "Plain", "terms": {"pie": half}},
            "short": {"name": "Short", "terms": {"pie": year}, "lasts_months": 6},
            "edge": {"name": "At a line", "terms": {"pie": 0.45}},
        },
        "red_lines": {
            "west": {"actor": "a", "issue": "pie", "rule": "x <= 0.6", "penalty": 0.1},
            "east": {"actor": "b", "issue": "pie", "rule": "x >= 0.45", "penalty": 0.2},
        },
    }
    if draw(st.booleans()):
        raw["regime"] = "standoff"
        raw["standoff"] = {
            "attackers": ["A", "B"],
            "cost": both(0.02, 0.15, 0.3),
            "attack_cost": both(0, 0.05, 0.1),
        }
    return raw


DEMANDS = {
    "A": {
        "audience": {"cost": 0.08, "vagueness": 0.2},
        "commitment": {"level": 0.45, "decay": 0.1, "set_by": ["commit"]},
    },
    "B": {
        "audience": {"cost": 0.04, "vagueness": 0.5},
        "commitment": {"level": 0.5, "decay": 0.2, "set_by": ["commit", "escalate"]},
    },
}
"""Public demands of both sides; without them audiences of A and of B are not mirror images."""


def of_the_other(names):
    """For each name the place of the one with A and B exchanged (itself if there is none)."""
    swapped = [name.translate(SWAP) for name in names]
    return [list(names).index(x if x in names else y) for x, y in zip(swapped, names, strict=True)]


@pytest.mark.parametrize("mode", ["logit", "exact"])
@given(raw=sided())
@settings(FEW, max_examples=15)
def test_sides_with_every_outside_option_may_be_exchanged(mode, raw):
    """All-out war open to both, attacks, red lines, public demands: nothing hangs on the names."""
    if mode == "logit":
        raw["blocs"] = {side: {**raw["blocs"][side], **DEMANDS[side]} for side in "AB"}
        raw["weights"]["commit"] = 0.3
    # Contracts and the frontier's ends only: between them its points are even in B's stake, not in A's.
    one = solve(cut(lively(raw), offers=2, rungs=1), mode=mode)
    two = solve(cut(lively(mirrored(raw)), offers=2, rungs=1), mode=mode)
    assert two.opening_a == pytest.approx(one.opening_b[0], abs=SAME)
    assert two.opening_b[0] == pytest.approx(one.opening_a, abs=SAME)
    if mode == "logit":
        acts, regimes = of_the_other(ACT_NAMES), of_the_other(REGIME_NAMES)
        assert two.futures.acts[:, acts] == pytest.approx(one.futures.acts, abs=SAME)
        assert two.futures.regime[:, regimes] == pytest.approx(one.futures.regime, abs=SAME)
        for name in ("A fought it out", "B fought it out", "A committed itself"):
            assert one.futures.acts[:, ACT_NAMES.index(name)].sum() > 0


# --- Scale and zero of payoffs -------------------------------------------------------------


def every_lump_times(table, factor):
    """A table of moves or reviews with all that is paid at once times a factor."""
    paid = {
        f.name: factor * getattr(table, f.name)
        for f in dataclasses.fields(table)
        if f.name.startswith(("lump_", "gain_"))
    }
    assert paid
    return dataclasses.replace(table, **paid)


def measured(game, factor=1.0, zero_a=0.0, zeros_b=(0.0, 0.0)):
    """The game with A's payoffs and those of B's types on another scale with other zeros."""
    end = game.terminal and tuple(factor * v for v in game.terminal)
    return dataclasses.replace(
        game,
        flow_a=factor * game.flow_a + zero_a,
        flow_b=factor * game.flow_b + np.array(zeros_b)[:, None, None],
        terminal=end,
        moves=every_lump_times(game.moves, factor),
        reviews=every_lump_times(game.reviews, factor),
    )


@pytest.mark.parametrize("feature", FEATURES)
@given(factor=st.floats(0.1, 10))
@settings(FEW, max_examples=2)
def test_the_unit_of_payoffs_changes_no_choice_if_precision_is_per_unit(feature, factor):
    """With every lump there is: attacks, signatures, stepping down, pauses, breaches."""
    changes, plan, resolution = FEATURES[feature]
    game = compile_game(small(**changes), plan, None, TINY.with_(**resolution))
    one = solve(game, 4.0, kernel="numpy")
    two = solve(measured(game, factor), 4.0 / factor, kernel="numpy")
    assert one.values.unsolved.max() == 0
    assert two.values.a / factor == pytest.approx(one.values.a, abs=SAME)
    assert two.values.b / factor == pytest.approx(one.values.b, abs=SAME)
    assert two.futures.acts == pytest.approx(one.futures.acts, abs=SAME)
    assert two.futures.regime == pytest.approx(one.futures.regime, abs=SAME)
    assert two.futures.belief == pytest.approx(one.futures.belief, abs=SAME)
    assert two.futures.regret_b / factor == pytest.approx(one.futures.regret_b, abs=SAME)


@pytest.mark.parametrize(
    "feature", ["pressure from the start, lifted after a deal", "public demands that both sides can make"]
)  # fmt: skip
@given(zero_a=st.floats(-3, 3), weary=st.floats(-3, 3), patient=st.floats(-3, 3))
@FEW
def test_every_side_and_every_type_may_have_a_zero_of_its_own(feature, zero_a, weary, patient):
    """So no choice rests on comparing payoffs of different people."""
    changes, plan, resolution = FEATURES[feature]
    game = compile_game(small(**changes), plan, None, TINY.with_(**resolution))
    one = solve(game, 6.0, kernel="numpy")
    two = solve(measured(game, 1.0, zero_a, (weary, patient)), 6.0, kernel="numpy")
    assert one.values.unsolved.max() == 0
    assert two.values.a - zero_a == pytest.approx(one.values.a, abs=SAME)
    shift = np.array([weary, patient])[:, None]
    assert two.values.b - shift == pytest.approx(one.values.b, abs=SAME)
    assert two.futures.acts == pytest.approx(one.futures.acts, abs=SAME)


# --- Acts that nobody would take -----------------------------------------------------------

RUINOUS: dict[str, dict[str, Any]] = {
    "all-out war that ruins both": {
        "war": {
            "decisive": {"available_to": ["A", "B"], "odds_b": 0.5, "cost": {"A": 0.9, "B": 0.9}}
        },
        "weights": {"fight_out": 1.0},
    },
    "a demand for everything": {"contracts": {"all": {"name": "All", "terms": {"pie": 0.0}}}},
    "an offer of everything": {"contracts": {"none": {"name": "None", "terms": {"pie": 1.0}}}},
}
"""Further acts at the lively war's nodes: A's worst, B's worst, everybody's worst."""


@pytest.mark.parametrize("act", RUINOUS)
def test_an_act_worse_than_another_whatever_comes_changes_nothing_in_exact_mode(act):
    clock = {"clock": {"horizon_months": 6, "padding_months": 2}}
    plain = cut(lively(clock), offers=4, rungs=1)
    more = cut(lively({**clock, **RUINOUS[act]}), offers=4, rungs=1)
    one, two = solve(plain, mode="exact"), solve(more, mode="exact")
    assert two.opening_a == pytest.approx(one.opening_a, abs=1e-12)
    assert two.opening_b == pytest.approx(one.opening_b, abs=1e-12)
    assert two.futures.acts == pytest.approx(one.futures.acts, abs=1e-12)
    # The act is there: those who choose with noise take it now and then.
    assert abs(solve(more, 0.3).opening_a - solve(plain, 0.3).opening_a) > 1e-6


# --- Finer grids ---------------------------------------------------------------------------

CUTS: dict[str, tuple[tuple[dict[str, Any], ...], str, dict[str, Any]]] = {
    "offers": (tuple({"offers": n} for n in (5, 9, 17)), "idle", {}),
    "beliefs": (
        tuple({"belief_steps": (n, 3), "particle_steps": 24} for n in (8, 16, 32)), "idle", {},
    ),
    "positions of the front": (
        tuple({"position_factor": n} for n in (1, 2, 4)), "idle", {"war.intensity": 0.06},
    ),
    "phases of a ramp": (
        tuple({"phases": n} for n in (2, 4, 8)),
        "wait",
        {"levers.embargo.ramp": 8, "clock.horizon_months": 12},
    ),
    "coalition tiers": (
        tuple({"tiers": n} for n in (2, 3, 5)),
        "idle",
        {
            "coalition.fracture": 0.08,
            "coalition.tiers": [1, 0.75, 0.5, 0.25, 0.0],
            "coalition.tier_names": ["whole", "cracked", "split", "loose", "gone"],
            "actors.aland.floor": {"value": 0.5, "steepness": 20},
        },
    ),
    "months between solved rounds": (
        tuple({"solve_every": n} for n in (4.0, 2.0, 1.0)),
        "idle",
        {"clock.round_months": 4.0, "clock.horizon_months": 12},
    ),
}  # fmt: skip


def figures(game):
    """Opening values of A and of B's types, and the chance to be settled at the end."""
    solution = solve(game, 5.0, kernel="numpy")
    assert solution.futures.unsolved_mass == 0
    return np.array([solution.opening_a, *solution.opening_b, solution.headline(99).settled])


@pytest.mark.parametrize("what", CUTS)
def test_cutting_finer_moves_results_less_and_less(what):
    cuts, plan, changes = CUTS[what]
    crisis = small(**{"clock.horizon_months": 6, "clock.padding_months": 2, **changes})
    coarse, fine, finest = (
        figures(compile_game(crisis, plan, None, TINY.with_(**cut))) for cut in cuts
    )
    first, second = np.abs(fine - coarse).max(), np.abs(finest - fine).max()
    assert first > 1e-4
    # Each cut is twice as fine, so an error of order one halves; .75 leaves room for cross terms.
    assert second < 0.75 * first


def test_what_a_certificate_says_of_the_clock_holds_for_finer_clocks():
    """Solving four times as often stays within twice the error, which was found by solving twice as often."""
    changes = CUTS["months between solved rounds"][2]
    game = compile_game(small(**changes), "idle", None, TINY.with_(solve_every=4.0))
    base = solve(game, 5.0, kernel="numpy")
    certificate = certify(base, month=12, band=(), kernel="numpy")
    assert {c.name for c in certificate.checks if c.counts} >= {"finer clock", "later end"}
    monthly = solve(recompiled(game, game.resolution.with_(solve_every=1.0)), 5.0, kernel="numpy")
    here, there = base.headline(12), monthly.headline(12)
    moved = {m: np.abs(np.subtract(getattr(there, m), getattr(here, m))).max() for m in METRICS}
    for metric in METRICS:
        error = certificate.error(metric)
        assert error is not None
        # Errors of order one in the step: 4 to 2 months is half of what 4 to 0 would be.
        assert moved[metric] <= 2 * error, metric
    assert moved["value_a"] > 0.5 * (certificate.error("value_a") or 0), "a bound too far off"


def test_rounds_half_as_long_move_results_by_what_the_certificate_says_and_count_as_no_error():
    """Twice the rounds is another premise about how often the sides talk."""
    game = compile_game(
        small(**{"clock.round_months": 4.0, "clock.horizon_months": 8}),
        "idle", None, TINY.with_(solve_every=4.0),
    )  # fmt: skip
    base = solve(game, 5.0, kernel="numpy")
    certificate = certify(base, month=8, band=(), kernel="numpy")
    [said] = [c for c in certificate.checks if c.name == "rounds half as long"]
    halved = solve(recompiled(game, game.resolution.with_(solve_every=2.0), round_months=2.0), 5.0)
    assert said.settled == pytest.approx(
        halved.headline(8).settled - base.headline(8).settled, abs=1e-12
    )
    assert abs(said.settled) > 0.01
    counted = [abs(c.settled) for c in certificate.checks if c.name != said.name and c.counts]
    assert certificate.error("settled") == max(counted)
