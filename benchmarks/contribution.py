"""How contribution planning grows: ``./dev bench contribution`` (about a minute on two cores).

Made-up tasks with members 5 to 200, kinds 2 to 10 and months 12 to 36; CPU time of one process in the
parts of the answer, and each row as a multiple of the row before it. Nothing is asserted.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from offramp.answers._contribution_facts import planned
from offramp.answers._contribution_losses import losses
from offramp.answers._contribution_model import build
from offramp.answers._contribution_solve import allocate, minimal_coalitions
from offramp.answers.contribution import Kind, Offer, Phase, Task
from offramp.crisis import Crisis, Member, load

MOST_MEMBERS = 200
SPARE = 0.6
"""Need over what members can bring on average, in the largest phase."""


def crisis() -> Crisis:
    """The reference crisis with plain members."""
    base = load("ukraine-2025")
    extra = {f"m{i}": Member(name=f"Member {i}") for i in range(MOST_MEMBERS)}
    return base.model_copy(update={"members": {**base.members, **extra}})


def task(members: int, kinds: int, months: int, seed: int = 0) -> Task:
    """Three phases; reserves, dates, least contributions, and limits in two kinds."""
    rng = np.random.default_rng(seed)
    names = [f"k{j}" for j in range(kinds)]
    offers = {}
    for i in range(members):
        capacity = {k: float(rng.integers(2, 20)) for k in names if rng.random() < 0.7}
        offers[f"m{i}"] = Offer(
            capacity,
            {k: 0.2 * v for k, v in capacity.items()},
            {k: 0.05 * v for k, v in capacity.items()} if rng.random() < 0.5 else {},
            {k: 0.7 * months * v for k, v in capacity.items() if k in names[:2]}
            if rng.random() < 0.3
            else {},
            ready=2 if rng.random() < 0.2 else 0,
        )
    could = {k: sum(0.8 * o.capacity.get(k, 0.0) for o in offers.values()) for k in names}
    phases = tuple(
        Phase(f"p{p}", months // 3, {k: SPARE * size * could[k] for k in names})
        for p, size in enumerate((0.3, 1.0, 0.6))
    )
    return Task("benchmark", tuple(Kind(k) for k in names), phases, offers, min_contributors=2)


def seconds(work: Callable[[], Any]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    case = crisis()
    planned(case, task(5, 2, 12))  # everything imported
    print(
        "| members | kinds | months | build | plan | coalitions | N-1, N-2 | all | to the row before |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    before = None
    for members, kinds, months in (
        (5, 2, 12),
        (10, 5, 24),
        (30, 5, 36),
        (30, 10, 12),
        (30, 10, 36),
        (60, 10, 36),
        (100, 10, 36),
        (200, 10, 36),
    ):
        wanted = task(members, kinds, months)
        model = build(case, wanted)
        there = model.staying(np.zeros(members, dtype=bool))

        parts = (
            seconds(partial(build, case, wanted)),
            seconds(partial(allocate, model, there, "capacity")),
            seconds(partial(minimal_coalitions, model)),
            seconds(partial(losses, model, 1)) + seconds(partial(losses, model, 2)),
        )
        whole = seconds(partial(planned, case, wanted))
        ratio = "" if before is None else f"{whole / before:.1f}"
        figures = " | ".join(f"{x:.3f}" for x in parts)
        print(f"| {members} | {kinds} | {months} | {figures} | {whole:.2f} | {ratio} |", flush=True)
        before = whole


if __name__ == "__main__":
    main()
