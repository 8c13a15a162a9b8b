"""Robustness on the shipped crisis: rows of the acceptance list that ask what holds up, at few draws.

S52 and S55, S66, the rule that readings are never averaged, and what calibration found robust in sign: the
pressure package is worth more to A than the force without it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import offramp
from offramp.answers.robust import robust
from offramp.crisis import Crisis
from offramp.ensembles import sampled_by_default

PLANS = ("status_quo", "plan_a", "plan_b", "sticks_only")
READINGS = (None, "delay_costs", "time_favours_b")
DRAWS = 8


@cache
def reference() -> Crisis:
    return offramp.load("ukraine-2025")


@cache
def kept() -> TemporaryDirectory[str]:
    """Where the draws are kept, so that other thresholds cost nothing."""
    return TemporaryDirectory(prefix="offramp-robust-")


@cache
def found(*thresholds: str) -> Any:
    return robust(
        reference(),
        plans=PLANS,
        readings=READINGS,
        draws=DRAWS,
        thresholds=thresholds or None,
        finer=None,
        folder=Path(kept().name) / "runs",
    )


def under(answer: Any, reading: str | None) -> Any:
    return answer.data["under"][reading or "base"]


def test_S52_sticks_without_a_way_out_fall_short_under_every_reading() -> None:
    assert found().data["verdicts"]["sticks_only"] == "falls short"
    for reading in READINGS:
        assert under(found(), reading)["held"]["sticks_only"]["verdict"] == "falls short"
        regret = under(found(), reading)["regret"]["plans"]
        assert regret["sticks_only"]["mean_regret"] == max(
            p["mean_regret"] for p in regret.values()
        )


def test_the_pressure_package_is_worth_more_than_the_force_alone_under_every_reading() -> None:
    for reading in READINGS:
        plans = under(found(), reading)["regret"]["plans"]
        assert plans["plan_b"]["mean"] > plans["plan_a"]["mean"] + 0.01


def test_readings_are_never_averaged_and_each_stands_by_itself() -> None:
    """What is said under a reading does not depend on which others are asked."""
    alone = robust(
        reference(), plans=PLANS[:2], readings=["delay_costs"], draws=4, finer=None,
    )  # fmt: skip
    beside = robust(
        reference(), plans=PLANS[:2], readings=[None, "delay_costs"], draws=4, finer=None,
    )  # fmt: skip
    assert under(alone, "delay_costs") == under(beside, "delay_costs")
    shares = [under(found(), r)["held"]["plan_b"]["share"] for r in READINGS]
    assert len(set(shares)) > 1, "readings differ"
    row = next(
        r for r in found().table().records() if r["plan"] == "Pressure package if the talks fail"
    )
    cells = [row[f"reading_{k}"] for k in range(len(READINGS))]
    assert all(f": {round(8 * s)} of 8" in str(c) for s, c in zip(shares, cells, strict=True))


def test_S66_a_plan_above_a_cap_on_disaster_is_flagged_and_not_hidden() -> None:
    answer = found("disaster_12 <= 0.01")
    assert set(answer.data["verdicts"]) == set(PLANS)
    assert len(answer.table().rows) == len(PLANS)
    for reading in READINGS:
        held = under(answer, reading)["held"]
        assert held["sticks_only"]["share"] < held["status_quo"]["share"]
    loose = found("disaster_12 <= 0.2")
    assert set(loose.data["verdicts"].values()) == {"holds up"}


def test_S55_safety_or_rank_leaves_the_verdicts_on_plans_and_moves_their_worth() -> None:
    """The swap of motives of the reading that claims them equivalent, put to whole plans."""
    (swap,) = reference().readings["no_carrots"].swaps.values()
    swapped = offramp.override(reference(), dict(swap.changes))
    plans = ["status_quo", "order_talks", "sticks_only"]
    paths = sampled_by_default(reference(), plans)  # the same draws, though the swap adds a number

    def asked(crisis: Crisis) -> Any:
        return robust(crisis, plans=plans, readings=[None], paths=paths, draws=DRAWS, finer=None)

    before, after = asked(reference()), asked(swapped)
    turned = {
        p: (v, after.data["verdicts"][p])
        for p, v in before.data["verdicts"].items()
        if after.data["verdicts"][p] != v
    }
    assert turned == {}
    moved = [
        abs(
            under(before, None)["regret"]["plans"][p]["mean"]
            - under(after, None)["regret"]["plans"][p]["mean"]
        )
        for p in ("status_quo", "order_talks")
    ]
    assert max(moved) > 1e-3, "the swap does something"
