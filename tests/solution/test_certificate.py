"""What a certificate measures, what it tolerates, and which differences it lets nobody speak of."""

from __future__ import annotations

import json
import math

import pytest
from tests.game.small_crises import TINY, small
from tests.solution.certificates import certificate, check

from offramp.crisis import load
from offramp.game import DRAFT, SKETCH, End, MoveA, compile_game, from_tables
from offramp.game import Act as TableAct
from offramp.solution import (
    METRICS,
    certify,
    check_of,
    distinguishable,
    left_out,
    neighbours,
    recompiled,
    solve,
    solve_tables,
)
from offramp.solution._choice import stake_precision


def small_game(plan="wait", resolution=TINY, **changes):
    return compile_game(small(**changes), plan, None, resolution)


def named(game):
    return {x.name: x for x in neighbours(game)}


# --- Tolerances ----------------------------------------------------------------------------


def test_a_solve_says_which_kernel_made_it_and_that_it_is_met():
    solution = solve(small_game("idle"), 5.0, kernel="numpy")
    assert solution.certificate.met
    assert "numpy kernel" in solution.certificate.lines()[0]
    assert solution.certificate.types == ("weary", "patient")
    assert solution.certificate.error("value_a") is None
    assert "was not checked" in solution.certificate.summary()


@pytest.mark.parametrize(
    "changes",
    [{"unsolved": 0.0101}, {"mass_error": 2e-12}, {"martingale": (0.0, 2e-9)}],
    ids=["choices unsolved", "probability lost", "beliefs of one type drift"],
)
def test_a_certificate_that_misses_a_tolerance_says_so(changes):
    assert certificate().met
    worse = certificate(**changes)
    assert not worse.met
    assert "TOLERANCE MISSED" in " ".join(worse.lines())
    assert "TOLERANCE MISSED" in worse.summary()
    assert worse.to_dict()["met"] is False


def test_regret_and_several_solutions_are_said_and_do_not_gate():
    """Logit players leave something on the table by assumption: it is said next to their noise."""
    found = certificate(regret=(0.02, 0.5), noise=(0.011, 0.013), several=0.2, several_probed=1200)
    assert found.met
    said = " ".join(found.lines())
    assert "costs on the path of play: Aland 0.02 and Bland 0.5" in said
    assert "differences of 0.011 and 0.013" in said
    assert "second solution found at 20" in said
    assert "1,200" in said


def test_precision_out_of_its_band_is_said():
    says = {k: " ".join(certificate(precision=k).lines()) for k in (1.0, 8.0, 25.0)}
    assert "mostly noise" in says[1.0]
    assert "several equilibria" in says[25.0]
    assert "noise" not in says[8.0]
    assert "several equilibria" not in says[8.0]
    assert "at precision 8 per round" in says[8.0]


# --- Errors and differences ----------------------------------------------------------------


def test_the_error_is_the_largest_change_over_the_checks_that_count():
    found = certificate(
        check("more offers", 0.01),
        check("finer front", -0.02),
        check("rounds half as long", 0.3, counts=False),
    )
    assert {metric: found.error(metric) for metric in METRICS} == dict.fromkeys(METRICS, 0.02)
    assert "[for information, not counted as error]" in found.lines()[-2]


def test_the_error_of_bs_values_is_that_of_the_type_that_moves_most():
    found = certificate(check("more offers", 0.0, value_b=(0.004, -0.03)))
    assert found.error("value_b") == 0.03
    assert found.checks[0].change("value_b") == -0.03


def test_figures_no_further_apart_than_the_error_are_not_distinguishable():
    found = certificate(check("more offers", 0.02))
    assert not found.distinguishable(0.50, 0.52 - 1e-12, "value_a")
    assert found.distinguishable(0.50, 0.5201, "value_a")
    assert found.distinguishable(0.5201, 0.50, "settled")
    assert not found.distinguishable(0.50, math.nan, "value_a")


def test_figures_that_print_alike_are_not_distinguishable_however_well_they_are_solved():
    found = certificate(check("more offers", 1e-6))
    assert not found.distinguishable(0.500, 0.504, "value_a")
    assert found.distinguishable(0.500, 0.506, "value_a")
    assert found.distinguishable(0.001, 0.002, "disaster")
    assert not distinguishable(0.001, 0.0014, "disaster", None)


def test_the_precision_band_is_a_range_and_no_error():
    game = small_game("idle", **{"clock.horizon_months": 2})
    found = certify(solve(game, 5.0), month=2, band=(2.0, 5.0))
    assert [k for k, _ in found.band] == [2.0, 5.0]
    low, high = (head.value_a for _, head in found.band)
    assert low != high
    assert "a range of behaviour, not an error" in " ".join(found.lines())
    bare = certify(solve(game, 5.0), month=2, band=())
    assert {m: bare.error(m) for m in METRICS} == {m: found.error(m) for m in METRICS}
    assert len(bare.band) == 1


def test_months_that_differ_are_not_compared():
    solution = solve(small_game("idle"), 5.0)
    refinement = neighbours(solution.game)[0]
    with pytest.raises(ValueError, match="cannot compare month 1 with month 3"):
        check_of(refinement, solution.headline(3), solution.headline(1), 0.0)


# --- Refinements ---------------------------------------------------------------------------


QUARTERLY = DRAFT.with_(solve_every=3.0)
"""Draft with rounds solved in every third month only."""


def test_every_refinement_of_the_reference_case_cuts_one_thing_finer():
    game = compile_game(load("ukraine-2025"), "plan_b", None, QUARTERLY)
    found = named(game)
    fields = {
        "more offers": {"offers"},
        "finer beliefs": {"belief_steps", "particle_steps"},
        "finer front": {"position_factor"},
        "finer ramps": {"phases"},
        "finer clock": {"solve_every"},
        "later end": set(),
        "earlier end": set(),
        "rounds half as long": {"solve_every"},
    }
    assert set(found) == set(fields)
    for name, refinement in found.items():
        slots = [f for f in DRAFT.__slots__ if f != "name"]
        changed = {f for f in slots if getattr(refinement.resolution, f) != getattr(QUARTERLY, f)}
        assert changed == fields[name]
    assert {n for n, x in found.items() if not x.counts} == {"earlier end", "rounds half as long"}
    assert any("coalition" in reason for reason in left_out(game))
    size = game.layout.size
    assert found["finer front"].apply(game).layout.sizes[0] > game.layout.sizes[0]
    assert found["finer ramps"].apply(game).layout.size > size
    assert found["finer beliefs"].apply(game).grid.size > game.grid.size
    assert len(found["more offers"].apply(game).offers) > len(game.offers)


def test_tiers_that_the_file_has_and_the_game_has_not_are_added():
    grid = SKETCH.with_(tiers=2)
    game = compile_game(load("ukraine-2025"), "status_quo", None, grid)
    refined = named(game)["more coalition tiers"].apply(game)
    assert (len(game.cohesion), len(refined.cohesion)) == (2, 3)


def test_a_finer_clock_has_as_many_rounds_with_the_same_precision_per_stake():
    game = compile_game(load("ukraine-2025"), "status_quo", None, QUARTERLY)
    finer = named(game)["finer clock"].apply(game)
    assert finer.protocol.spacing == game.protocol.spacing
    assert (finer.protocol.recognition.sum(1) > 0).sum() == game.months
    assert finer.protocol.recognition.sum() == pytest.approx(game.protocol.recognition.sum())


def test_rounds_half_as_long_come_twice_as_often_and_keep_the_precision_per_round():
    game = compile_game(load("ukraine-2025"), "status_quo")
    halved = named(game)["rounds half as long"].apply(game)
    spacing = game.crisis.clock.round_months
    assert halved.protocol.spacing == spacing / 2
    assert halved.protocol.recognition.sum() == pytest.approx(2 * game.protocol.recognition.sum())
    solved = solve(recompiled(halved, horizon=1), 8.0)
    assert solved.values.precision[0] == stake_precision(8.0, game.discount[0], spacing / 2)


def test_rounds_of_a_month_are_not_halved_and_the_certificate_says_why():
    game = small_game("idle")
    assert game.crisis.clock.round_months == 1
    assert "rounds half as long" not in named(game)
    assert any("more than one move in a month" in reason for reason in left_out(game))
    assert "finer clock" not in named(game)


def test_alternating_rounds_are_halved_where_they_stay_whole_months():
    for months, halved in ((1.0, False), (2.0, True), (3.0, False), (4.0, True)):
        game = small_game("idle", **{"clock.protocol": "alternating", "clock.round_months": months})
        assert ("rounds half as long" in named(game)) is halved


def test_a_front_too_fast_for_a_finer_lattice_is_not_refined():
    slow = small_game("idle", **{"war.intensity": 0.1})
    fast = small_game("idle", **{"war.intensity": 0.3})
    assert "finer front" in named(slow)
    assert "finer front" not in named(fast)
    assert any("moves too fast" in reason for reason in left_out(fast))


def test_ramps_are_refined_where_levers_start_at_a_date_nobody_knows():
    assert "finer ramps" in named(small_game("wait"))
    assert "finer ramps" not in named(small_game("idle"))
    assert any("ramps" in reason for reason in left_out(small_game("idle")))


def test_beliefs_that_do_not_move_are_not_refined():
    game = compile_game(small(), "idle", None, TINY, frozen_beliefs=True)
    assert "finer beliefs" not in named(game)
    assert any("beliefs" in reason for reason in left_out(game))


def test_a_game_compiled_again_keeps_its_plan_its_reading_and_its_offer():
    crisis = load("ukraine-2025")
    reading = next(iter(crisis.readings))
    game = compile_game(crisis, "plan_b", reading, SKETCH, offer="armed_freeze")
    again = recompiled(game, game.resolution.with_(offers=5), horizon=6)
    assert (again.plan_id, again.reading_id) == ("plan_b", reading)
    assert again.plan.offer == "armed_freeze"
    assert again.shown == 6
    assert again.opening == pytest.approx(game.opening)


# --- Certifying ----------------------------------------------------------------------------


def test_checks_compare_the_same_month():
    """A horizon cut below the month of reading is read, like the base, at its own last month."""
    game = small_game("idle", **{"clock.horizon_months": 4})
    base, shorter = solve(game, 5.0), solve(recompiled(game, horizon=3), 5.0)
    told: list[tuple[str, int, int]] = []
    found = certify(base, month=4, band=(), progress=lambda *step: told.append(step))
    moved = {x.name: x for x in found.checks}
    assert set(moved) == {x.name for x in neighbours(game)}
    expected = shorter.headline(3).settled - base.headline(3).settled
    assert moved["earlier end"].settled == pytest.approx(expected, abs=1e-12)
    assert moved["earlier end"].month == 3
    assert moved["later end"].month == 4
    counted = [abs(x.settled) for x in found.checks if x.counts]
    assert found.error("settled") == max(counted)
    assert told[0] == (found.checks[0].name, 0, len(found.checks))
    assert told[-1][1:] == (len(found.checks), len(found.checks))
    assert found.skipped == left_out(game)


def test_a_check_measures_the_refined_game_against_this_one():
    game = small_game("idle", **{"clock.horizon_months": 2})
    base = solve(game, 5.0)
    finer = solve(recompiled(game, game.resolution.with_(offers=2)), 5.0)
    offers = next(x for x in certify(base, 2, band=()).checks if x.name == "more offers")
    assert offers.value_a == pytest.approx(finer.opening_a - base.opening_a, abs=1e-12)
    assert offers.value_b == pytest.approx(
        [y - x for x, y in zip(base.opening_b, finer.opening_b, strict=True)], abs=1e-12
    )
    assert abs(offers.value_a) > 1e-6


def test_an_exact_solution_is_checked_by_exact_solutions_and_has_no_band():
    types = {"only": {"name": "Only", "prior": 1.0}}
    plans = {"idle": {"name": "Idle"}}
    crisis = small(types=types, plans=plans, **{"clock.horizon_months": 4})
    game = compile_game(crisis, "idle", None, TINY)
    base = solve(game, mode="exact")
    found = certify(base, month=4)
    assert found.band == ()
    later = solve(recompiled(game, horizon=5), mode="exact")
    end = next(x for x in found.checks if x.name == "later end")
    assert end.value_a == pytest.approx(later.opening_a - base.opening_a, abs=1e-12)
    assert "best responses" in found.lines()[0]


def test_a_certificate_is_plain_data():
    game = small_game("idle", **{"clock.horizon_months": 2})
    found = certify(solve(game, 5.0), month=2, band=(3.0,))
    read = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert read["met"] is True
    assert read["errors"]["value_a"] == found.error("value_a")
    assert [x["name"] for x in read["checks"]] == [x.name for x in found.checks]
    assert [x["precision"] for x in read["band"]] == [3.0, 5.0]
    assert read["lines"] == list(found.lines())
    assert read["tolerances"]["unsolved"] == 0.01


# --- The front door ------------------------------------------------------------------------


def test_a_kernel_that_there_is_not_is_refused():
    game = small_game("idle")
    with pytest.raises(ValueError, match="unknown kernel 'abacus'"):
        solve(game, kernel="abacus")  # type: ignore[call-overload]
    with pytest.raises(ValueError, match="exact solutions have no numba kernel"):
        solve(game, mode="exact", kernel="numba")


def a_table_game():
    return from_tables(
        {
            "start": MoveA([TableAct("left", "low"), TableAct("right", "high")]),
            "low": End(1.0, 0.0),
            "high": End(2.0, 0.0),
        },
        "start",
    )


def test_table_games_go_through_the_same_door():
    game = a_table_game()
    best = solve(game)
    assert best.mode == "exact"
    assert best.reach("high") == 1.0
    noisy = solve(game, 1.5)
    assert noisy.reach("high") == pytest.approx(1 / (1 + math.exp(-1.5)))
    assert noisy.reach("high") == solve_tables(game, 1.5).reach("high")
    with pytest.raises(ValueError, match="table games have no numba kernel"):
        solve(game, kernel="numba")


def test_a_compiled_game_has_one_precision():
    with pytest.raises(ValueError, match="one precision per round"):
        solve(small_game("idle"), (1.0, 2.0))
