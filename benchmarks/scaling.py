"""How the work grows with the size of a crisis: ``python benchmarks/scaling.py`` (two to four minutes).

Synthetic crises are built by code from the one that ``offramp new`` writes, one thing made larger at a time:

1. members of the coalition, 5 to 200: compiling, a solve, every member's chance of staying, power indices
   under a weighted majority, and the coalition answer without solves of its own;
2. levers, 5 to 100: compiling and solving a plan that uses ten of them at once, consent to every lever, and
   the space of designs;
3. plans, 2 to 50: solving all of them, in CPU seconds a plan.

CPU seconds of one process, the least of a few repeats, on a sketch. The last column of each table is the power
of growth between this row and the one above it: 1 is linear, 2 quadratic, 0 means no growth.

``--quick`` stops at 50 members, 25 levers and 10 plans.
"""

from __future__ import annotations

import argparse
import gc
import math
import os
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

MEMBERS = (5, 10, 25, 50, 100, 200)
LEVERS = (5, 10, 25, 50, 100)
PLANS = (2, 5, 10, 25, 50)
USED = 10
"""Levers in the plan that is solved, however many the file names."""


def seconds(work: Callable[[], Any], repeats: int = 2) -> tuple[Any, float]:
    """Result and the least CPU seconds of a few repeats."""
    best, result = math.inf, None
    for _ in range(repeats):
        gc.collect()
        start = time.process_time()
        result = work()
        best = min(best, time.process_time() - start)
    return result, best


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a Markdown table."""
    print(f"\n### {title}\n")
    print("| " + " | ".join(columns) + " |")
    print("|" + "---|" * len(columns))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |", flush=True)


def power(sizes: Sequence[int], times: Sequence[float], at: int) -> str:
    """Power of growth from the row above; a dash in the first row."""
    if at == 0 or min(times[at], times[at - 1]) <= 0:
        return "-"
    return f"{math.log(times[at] / times[at - 1]) / math.log(sizes[at] / sizes[at - 1]):.1f}"


# --- Crises --------------------------------------------------------------------------------


def with_members(crisis: Any, number: int, seed: int = 7) -> Any:
    """The crisis with a coalition of so many members, each with help, threat, dissent and a chance to stay."""
    import offramp

    rng = np.random.default_rng(seed)
    members = {
        f"m{i}": {
            "name": f"Member {i}",
            "contributions": {"military_eur_bn": float(rng.integers(1, 30))},
            "threat": float(rng.uniform(0.2, 0.9)),
            "exposure": float(rng.uniform(0.1, 0.5)),
            "dissent": float(rng.uniform(0.1, 0.6)),
            "stays": float(rng.uniform(0.95, 0.999)),
        }
        for i in range(number)
    }
    weights = {key: float(rng.integers(1, 30)) for key in members}
    return offramp.override(
        crisis,
        {
            "members": members,
            "coalition.fracture": 0.02,
            "coalition.majority_weights": weights,
            "levers.embargo.consent": {"rule": "qualified_majority"},
        },
    )


def with_levers(crisis: Any, number: int) -> Any:
    """The crisis with so many sticks, and a plan that uses the first ten at once."""
    import offramp

    stick = crisis.levers["embargo"].model_dump(mode="json")
    levers = {
        f"stick_{i}": {**stick, "name": f"Stick {i}", "cost_to_target": 0.06 / number}
        for i in range(number)
    }
    changes: dict[str, Any] = {f"levers.{key}": lever for key, lever in levers.items()}
    uses = [{"lever": key} for key in list(levers)[:USED]]
    changes["plans.package"] = {
        "name": "Package", "stages": [{"name": "At once", "trigger": "start", "on": uses}],
    }  # fmt: skip
    return offramp.override(crisis, changes)


def with_plans(crisis: Any, number: int) -> Any:
    """The crisis with so many plans: the embargo at different strengths."""
    import offramp

    return offramp.override(
        crisis,
        {
            f"plans.p{i}": {
                "name": f"Plan {i}",
                "stages": [
                    {
                        "name": "Embargo", "trigger": "start",
                        "on": [{"lever": "embargo", "intensity": (i + 1) / number}],
                    }
                ],
            }
            for i in range(number)
        },
    )  # fmt: skip


# --- Growth --------------------------------------------------------------------------------


def members(crisis: Any, sizes: Sequence[int]) -> None:
    """Coalitions of growing size."""
    import offramp
    from offramp.answers._coalition_facts import majority_of, members_of
    from offramp.answers._coalition_votes import Rule, banzhaf, shapley_shubik
    from offramp.answers._stress_plan import members_in
    from offramp.answers.coalition import coalition

    def powers(rule: Rule) -> tuple[tuple[float, ...], tuple[float, ...]]:
        return shapley_shubik(rule), banzhaf(rule)

    rows: list[list[object]] = []
    times: list[float] = []
    for n in sizes:
        case = with_members(crisis, n)
        game, compiled = seconds(partial(offramp.compile, case, resolution="sketch"))
        solution, took = seconds(partial(offramp.solve, game))
        _, stays = seconds(partial(members_in, solution))
        rule = majority_of(case, members_of(case))
        _, votes = seconds(partial(powers, rule), 1)
        _, answer = seconds(partial(coalition, solution, solved=0), 1)
        times.append(answer)
        rows.append(
            [
                n,
                *(f"{x:.3f}" for x in (compiled, took, stays, votes, answer)),
                "",
            ]
        )
    for i, row in enumerate(rows):
        row[-1] = power(sizes, times, i)
    table(
        "Members (CPU seconds)",
        ("members", "compile", "solve", "staying", "power indices", "coalition answer", "growth"),
        rows,
    )


def levers(crisis: Any, sizes: Sequence[int]) -> None:
    """Files with growing numbers of levers."""
    import offramp
    from offramp.answers._design_space import Limits, space_of
    from offramp.answers._stress_plan import passages_of

    rows: list[list[object]] = []
    times: list[float] = []
    for n in sizes:
        case = with_members(with_levers(crisis, n), 10)
        plan = case.plans["package"]
        game, compiled = seconds(partial(offramp.compile, case, "package", resolution="sketch"))
        _, took = seconds(partial(offramp.solve, game))
        _, consent = seconds(partial(passages_of, case, plan))
        space, found = seconds(partial(space_of, case, plan, Limits(), (3, 6, 9), (None,)))
        times.append(compiled)
        designs = len(str(space.size)) - 1
        rows.append(
            [n, *(f"{x:.3f}" for x in (compiled, took, consent, found)), f"10^{designs}", ""]
        )
    for i, row in enumerate(rows):
        row[-1] = power(sizes, times, i)
    table(
        "Levers (CPU seconds)",
        ("levers", "compile", "solve", "consent", "design space", "designs", "growth of compile"),
        rows,
    )


def plans(crisis: Any, sizes: Sequence[int]) -> None:
    """Files with growing numbers of plans, all solved."""
    import offramp

    rows: list[list[object]] = []
    times: list[float] = []
    for n in sizes:
        case = with_plans(crisis, n)

        def work(case: Any = case, n: int = n) -> list[float]:
            return [
                offramp.solve(offramp.compile(case, f"p{i}", resolution="sketch")).opening_a
                for i in range(n)
            ]

        _, took = seconds(work, 1)
        times.append(took)
        rows.append([n, f"{took:.2f}", f"{took / n:.3f}", ""])
    for i, row in enumerate(rows):
        row[-1] = power(sizes, times, i)
    table("Plans (CPU seconds)", ("plans", "all of them", "each", "growth"), rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description="Growth with the size of a crisis.")
    parser.add_argument("--quick", action="store_true", help="stop at moderate sizes")
    chosen = parser.parse_args(arguments)
    os.environ.setdefault("OFFRAMP_THREADS", "1")
    import offramp
    from offramp.crisis._starter import text

    crisis = offramp.loads(text(), "starter.yaml")
    offramp.solve(offramp.compile(crisis, resolution="sketch"))
    members(crisis, MEMBERS[:4] if chosen.quick else MEMBERS)
    levers(crisis, LEVERS[:3] if chosen.quick else LEVERS)
    plans(crisis, PLANS[:3] if chosen.quick else PLANS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
