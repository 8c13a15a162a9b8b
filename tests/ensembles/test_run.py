"""Running a design: common draws, the same bytes for any workers, resuming, draws that fail."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.ensembles.ensemble_crises import PATHS, TINY, same_name, starter, war_at_end

from offramp import compile as compile_game
from offramp import load, override, solve
from offramp.crisis import Crisis, Quantity, UnknownPath
from offramp.ensembles import (
    DEFAULT,
    Design,
    Interrupted,
    OtherRun,
    against,
    given,
    load_results,
    run,
    sample,
)
from offramp.ensembles.run import MOST_BLOCKS, PER_BLOCK, draws_per_block, duration
from offramp.game import CompileError

PLANS = ("status_quo", "pressure")


@pytest.fixture(scope="module")
def crisis() -> Crisis:
    return starter()


@pytest.fixture(scope="module")
def design(crisis: Crisis) -> Design:
    return sample(crisis, PATHS, draws=40, seed=1)


def small_run(crisis: Crisis, design: Design, **kwargs: Any) -> Any:
    settings: dict[str, Any] = {"plans": PLANS, "resolution": TINY, "workers": 1} | kwargs
    return run(crisis, design, **settings)


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


def test_every_row_is_the_solve_of_its_draw_and_plan(crisis: Crisis, design: Design) -> None:
    found = small_run(crisis, design)
    assert found.complete
    assert found.solved == 80
    for draw, plan in ((0, "status_quo"), (7, "pressure"), (39, "pressure")):
        drawn = override(crisis, dict(zip(PATHS, map(float, design.values[draw]), strict=True)))
        alone = solve(compile_game(drawn, plan, None, TINY), 8.0, kernel="numba")
        assert found.column("value_a", plan)[draw] == alone.opening_a
        assert found.column("settled_12", plan)[draw] == alone.headline(12).settled
        again = found.solution(crisis, draw, plan)
        assert again.opening_a == alone.opening_a


def test_plans_share_their_draws_so_equal_plans_give_equal_numbers(
    crisis: Crisis, design: Design
) -> None:
    twin = crisis.plans["pressure"].model_copy(update={"name": "its twin"})
    found = small_run(crisis, design, plans=("pressure", twin))
    np.testing.assert_array_equal(
        found.column("value_a", "pressure"), found.column("value_a", "its twin")
    )
    with pytest.raises(ValueError, match="not in the crisis file"):
        found.solution(crisis, 0, "its twin")


def test_the_draws_matter_and_plans_differ(crisis: Crisis, design: Design) -> None:
    found = small_run(crisis, design)
    assert np.ptp(found.column("value_a", "pressure")) > 0.01
    assert (
        np.abs(found.column("value_a", "pressure") - found.column("value_a", "status_quo")).max()
        > 0
    )


def test_one_two_and_four_workers_write_the_same_bytes(
    crisis: Crisis, design: Design, tmp_path: Path
) -> None:
    written = {}
    for workers in (1, 2, 4):
        folder = tmp_path / str(workers)
        small_run(crisis, design, workers=workers, folder=folder, measures=(*DEFAULT, war_at_end))
        written[workers] = bytes_of(folder)
    assert len(written[1]) >= 4 + 2 * 3  # at least three blocks, each with counts
    assert written[1] == written[2] == written[4]


def test_an_interrupted_run_keeps_what_is_done_and_goes_on_from_there(
    crisis: Crisis, design: Design, tmp_path: Path
) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    small_run(crisis, design, folder=whole)

    def stop(label: str, done: int, total: int) -> None:
        assert total == 80
        if done >= 32:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted, match="32 of 80 solves were done, kept in") as caught:
        small_run(crisis, design, folder=broken, progress=stop)
    partial = caught.value.ensemble
    assert partial.solved == 32
    assert np.isnan(partial.column("value_a", "pressure")[16:]).all()
    assert not np.isnan(partial.column("value_a", "pressure")[:16]).any()
    assert load_results(broken).solved == 32
    told: list[int] = []
    found = small_run(crisis, design, folder=broken, progress=lambda _, done, __: told.append(done))
    assert told == [32, 64, 80]  # what was done is not solved again
    assert found.complete
    assert bytes_of(broken) == bytes_of(whole)
    told.clear()
    small_run(crisis, design, folder=broken, progress=lambda _, done, __: told.append(done))
    assert told == [80]


def test_an_interrupt_stops_workers_too(crisis: Crisis, design: Design) -> None:
    def stop(label: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(Interrupted) as caught:
        small_run(crisis, design, workers=2, progress=stop)
    assert 0 < caught.value.ensemble.solved < 80
    assert small_run(crisis, design, workers=2).complete  # and new ones take their place


def test_a_block_half_written_is_done_again(crisis: Crisis, design: Design, tmp_path: Path) -> None:
    small_run(crisis, design, folder=tmp_path)
    before = bytes_of(tmp_path)
    whole = tmp_path / "summaries" / "block-000001.parquet"
    left = tmp_path / "summaries" / "block-000001.parquet.of-a-killed-process.part"
    left.write_bytes(whole.read_bytes()[:100])
    whole.unlink()
    assert load_results(tmp_path).solved == 48
    small_run(crisis, design, folder=tmp_path)
    left.unlink()
    assert bytes_of(tmp_path) == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"precision": 20.0}, "precision"),
        ({"plans": ("pressure",)}, "plans"),
        ({"months": (3,)}, "months"),
        ({"measures": (war_at_end,)}, "measures"),
        ({"resolution": TINY.with_(offers=3, name="tiny")}, "resolution"),
    ],
)
def test_a_folder_never_mixes_two_runs(
    crisis: Crisis, design: Design, tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    first = given(PATHS, design.values[:2])
    small_run(crisis, first, folder=tmp_path)
    with pytest.raises(OtherRun, match=said):
        small_run(crisis, first, folder=tmp_path, **change)


def test_a_folder_never_mixes_designs_or_crises(
    crisis: Crisis, design: Design, tmp_path: Path
) -> None:
    first = given(PATHS, design.values[:2])
    small_run(crisis, first, folder=tmp_path)
    with pytest.raises(OtherRun, match="design"):
        small_run(crisis, given(PATHS, design.values[1:3]), folder=tmp_path)
    with pytest.raises(OtherRun, match="crisis_hash"):
        small_run(override(crisis, {"war.cost.A": 0.23}), first, folder=tmp_path)


def test_a_draw_that_contradicts_itself_is_a_row_with_a_reason(crisis: Crisis) -> None:
    values = np.array([[0.2, 0.2], [0.6, 0.9], [0.3, 0.3], [0.3, 1.4]])
    odd = given(("clock.recognition.A", "clock.recognition.B"), values)
    faster = override(crisis, {"clock.round_months": 1.0})
    found = small_run(faster, odd)
    assert found.complete
    for plan in PLANS:
        assert np.isnan(found.column("value_a", plan)).tolist() == [False, True, False, True]
        reasons = dict(found.failures(plan))
        assert set(reasons) == {1, 3}
        assert "more than 1" in reasons[1]
        assert "share or probability" in reasons[3]


def test_a_run_in_which_every_draw_fails_is_still_a_table(crisis: Crisis, tmp_path: Path) -> None:
    odd = given(("clock.recognition.A", "clock.recognition.B"), np.array([[0.6, 0.9]]))
    found = small_run(crisis, odd, folder=tmp_path)
    assert found.solved == 2
    assert found.measures == ()
    assert len(found.failures("pressure")) == 1
    assert load_results(tmp_path).failures("pressure") == found.failures("pressure")


def test_readings_carry_the_same_points_to_their_own_ranges() -> None:
    crisis = load("ukraine-2025")
    readings = (None, *list(crisis.readings)[:1])
    design = sample(crisis, ("war.cost.B", "war.collapse.A"), draws=2)
    found = run(
        crisis, design, plans=("status_quo",), readings=readings, workers=1, resolution=TINY
    )
    assert found.solved == 4
    base, moved = (found.column("value_a", reading=r) for r in readings)
    assert not np.isnan(base).any()
    assert not np.isnan(moved).any()
    assert (base != moved).all()
    assert found.values(readings[1]).shape == (2, 2)
    assert found.solution(crisis, 1, reading=readings[1]).opening_a == moved[1]
    with pytest.raises(KeyError, match="not in the results"):
        found.column("value_a", reading="nobody")


def test_a_coarse_run_can_be_held_against_a_finer_one(crisis: Crisis, design: Design) -> None:
    """The same draws at the same grid differ by nothing; at a finer one by what is reported."""
    few = given(PATHS, design.values[:6])
    coarse = small_run(crisis, few, plans=("pressure",))
    same = against(crisis, coarse, TINY.with_(name="its twin"), draws=4, workers=1)
    assert [d.column for d in same] == ["value_a", "settled_6", "settled_12"]
    assert all(d.largest == 0 and d.draws == 4 and d.rank == pytest.approx(1) for d in same)
    finer = TINY.with_(name="finer", offers=4)
    found = against(crisis, coarse, finer, draws=4, columns=["value_a"], workers=1)[0]
    own = small_run(crisis, few.first(4), plans=("pressure",), resolution=finer)
    gap = coarse.column("value_a")[:4] - own.column("value_a")
    assert found.mean == pytest.approx(gap.mean(), abs=1e-15)
    assert found.largest == np.abs(gap).max() > 0
    with pytest.raises(ValueError, match="solved at tiny itself"):
        against(crisis, coarse, TINY)


def test_measures_of_ones_own_stand_beside_the_summary(crisis: Crisis, design: Design) -> None:
    few = given(PATHS, design.values[:2])
    found = small_run(crisis, few, plans=("pressure",), measures=(*DEFAULT, war_at_end))
    assert found.column("war_at_end") == pytest.approx(found.column("war_12"))
    with pytest.raises(KeyError, match="two measures are called 'value_a'"):
        small_run(crisis, few, measures=(*DEFAULT, same_name))


@pytest.mark.parametrize(
    ("wrong", "error", "said"),
    [
        ({"plans": ()}, CompileError, "at least one plan"),
        ({"plans": ("nobody",)}, CompileError, "there is no plan"),
        ({"plans": ("pressure", "pressure")}, CompileError, "twice"),
        ({"readings": ("nobody",)}, UnknownPath, "no reading"),
        ({"months": (13,)}, ValueError, "not shown"),
        ({"months": ()}, ValueError, "at least one month"),
        ({"measures": ()}, ValueError, "at least one measure"),
        ({"resolution": "coarse"}, ValueError, "unknown resolution"),
    ],
)
def test_what_cannot_be_run_is_refused_before_anything_is_solved(
    crisis: Crisis, design: Design, wrong: dict[str, Any], error: type[Exception], said: str
) -> None:
    if "scheduler" in wrong:
        pytest.importorskip("distributed")
        said = "nobody answers"
    with pytest.raises(error, match=said):
        small_run(crisis, design, **wrong)


def test_a_parameter_of_another_crisis_is_refused(crisis: Crisis) -> None:
    with pytest.raises(UnknownPath):
        small_run(crisis, given(("levers.nothing.ramp",), np.ones((1, 1))))


def test_a_crisis_with_one_type_and_a_short_horizon_runs(crisis: Crisis) -> None:
    one = {
        "types": {"weary": crisis.types["weary"].model_copy(update={"prior": Quantity(value=1.0)})},
        "evidence": {},
        "hypotheses": crisis.hypotheses.model_copy(update={"unmodelled": Quantity(value=0.0)}),
        "clock": crisis.clock.model_copy(update={"horizon_months": 1}),
    }
    short = crisis.model_copy(update=one)
    found = small_run(short, sample(short, ("war.cost.B",), draws=3), plans=("status_quo",))
    assert found.manifest["months"] == [1]
    assert not np.isnan(found.column("settled_1")).any()
    assert found.column("value_b") == pytest.approx(found.column("value_b_weary"))


def test_blocks_follow_from_the_run_and_never_from_the_workers() -> None:
    assert draws_per_block(1000, 1) == PER_BLOCK
    assert draws_per_block(1000, 10) == 4
    assert draws_per_block(1, 100) == 1
    assert draws_per_block(10**6, 1) * MOST_BLOCKS >= 10**6


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "1 s"), (59.2, "60 s"), (200, "4 min"), (7300, "2 h 02 min")]
)
def test_the_time_left_is_said_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_progress_says_how_long_the_rest_will_take(crisis: Crisis, design: Design) -> None:
    told: list[tuple[str, int, int]] = []
    keep: Callable[[str, int, int], None] = lambda *args: told.append(args)  # noqa: E731
    small_run(crisis, design, progress=keep)
    assert [t[1:] for t in told] == [(32, 80), (64, 80), (80, 80)]
    assert "left" in told[0][0]
    assert "left" not in told[-1][0]
