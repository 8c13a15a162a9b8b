"""Speed of ensembles: ``./dev bench ensembles`` (some three minutes on two quiet cores).

Draws of every number with a range that the reference crisis's games read, solved for a plan; rates by wall
clock and by processor time (which other work on the machine moves less). ``--draws N`` draws more,
``--long`` runs the thousand draws of one plan, and of two plans under five readings (some 20 minutes).
Nothing is asserted. Rows of the statistics come from ``ensembles_statistics.py``.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import importlib.util
import os
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from offramp import ensembles
from offramp.crisis import Crisis, load
from offramp.ensembles.arrow import arrow, parquet
from offramp.ensembles.tables import FIRST_COLUMNS
from offramp.game import DRAFT, compile_game
from offramp.game._resolution import SKETCH

CRISIS = "ukraine-2025"
PLANS = ("status_quo", "plan_b")
MILLION = 1_000_000


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a Markdown table."""
    print(f"\n### {title}\n")
    print("| " + " | ".join(columns) + " |")
    print("|" + "---|" * len(columns))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |", flush=True)


def clocked(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """Result, seconds by the clock, processor seconds of this process and its finished children."""

    def used() -> float:
        both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return sum(one.ru_utime + one.ru_stime for one in both)

    start, before = time.perf_counter(), used()
    result = work()
    return result, time.perf_counter() - start, used() - before


def warm(crisis: Crisis, workers: int | None) -> None:
    """Machine code loaded and worker processes started."""
    design = ensembles.sample(crisis, draws=64)
    ensembles.run(crisis, design, plans=PLANS[:1], workers=workers)


def rates(crisis: Crisis, draws: int) -> float:
    """Print solves per second; processor seconds of the slowest sketch."""
    rows = []
    slowest = 0.0
    for resolution, n, target in ((SKETCH, draws, 20.0), (DRAFT, max(4, draws // 8), 4.0)):
        design = ensembles.sample(crisis, draws=n)
        for plan in PLANS:
            size = compile_game(crisis, plan, None, resolution).size["belief_states"]
            solve_all = partial(
                ensembles.run, crisis, design, plans=[plan], resolution=resolution, workers=1
            )
            found, wall, cpu = clocked(solve_all)
            each = cpu / found.solved
            slowest = max(slowest, each) if resolution is SKETCH else slowest
            rows.append(
                (
                    resolution.name, plan, f"{size:,}", found.solved, f"{wall / found.solved * 1000:.0f} ms",
                    f"{each * 1000:.0f} ms", f"{2 / each:.1f} / s", f">= {target:g} / s",
                )
            )  # fmt: skip
    table(
        "Solves: draw, compile, solve, measure",
        (
            "resolution",
            "plan",
            "belief-states",
            "draws",
            "clock",
            "processor",
            "two cores",
            "target",
        ),
        rows,
    )
    return slowest


def parts(crisis: Crisis, draws: int = 16) -> None:
    """Where the time of a sketch goes."""
    from offramp.game._numbers import Numbers
    from offramp.solution._forward import propagate
    from offramp.solution._induction import induce

    design = ensembles.sample(crisis, draws=draws)
    numbers = Numbers(crisis, design.paths)
    rows = []
    for plan in PLANS:
        spent = np.zeros(4)
        for row in design.values:
            times = [time.process_time()]
            drawn = numbers.set(dict(zip(design.paths, map(float, row), strict=True)))
            times.append(time.process_time())
            game = compile_game(drawn, plan, None, SKETCH)
            times.append(time.process_time())
            values = induce(game, 8.0, kernel="numba")
            times.append(time.process_time())
            propagate(game, values)
            times.append(time.process_time())
            spent += np.diff(times)
        rows.append((plan, *(f"{x * 1000 / draws:.1f} ms" for x in spent)))
    table(
        "Where a sketch's processor time goes",
        ("plan", f"set {len(design.paths)} numbers", "compile", "backward", "forward"),
        rows,
    )


def accuracy(crisis: Crisis, draws: int) -> None:
    """A sketch held against a draft, draw by draw."""
    design = ensembles.sample(crisis, draws=draws)
    coarse = ensembles.run(crisis, design, plans=PLANS, workers=None)
    columns = ["value_a", "value_b", "settled_12", "disaster_12"]
    rows = [
        (
            d.plan, d.column, d.draws, f"{d.mean:+.4f}", f"{d.spread:.4f}", f"{d.largest:.4f}",
            f"{d.rank:.3f}",
        )
        for d in ensembles.against(crisis, coarse, "draft", draws, columns)
    ]  # fmt: skip
    table(
        "A sketch less a draft, over draws",
        ("plan", "column", "draws", "mean", "sd", "largest", "rank correlation"),
        rows,
    )


def workers_table(crisis: Crisis, draws: int) -> None:
    """Two workers against one, by the clock: processes and Dask."""
    design = ensembles.sample(crisis, draws=draws)

    def timed(**how: Any) -> float:
        def once() -> None:
            ensembles.run(crisis, design, plans=PLANS, **how)

        once()
        return min(clocked(once)[1] for _ in range(2))

    one = timed(workers=1)
    rows = [("one, in this process", f"{one:.1f} s", "", "")]

    def add(name: str, seconds: float, target: float) -> None:
        rows.append((name, f"{seconds:.1f} s", f"{one / (2 * seconds):.0%}", f">= {target:.0%}"))

    add("two processes", timed(workers=2), 0.9)
    if importlib.util.find_spec("distributed") is not None:
        distributed: Any = importlib.import_module("distributed")
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
        ) as local:
            add("two Dask workers", timed(scheduler=local.scheduler_address), 0.85)
    table(
        f"Workers: {2 * draws} solves; processors here: {os.cpu_count()}",
        ("workers", "clock", "efficiency", "target"),
        rows,
    )


def million_rows(crisis: Crisis) -> None:
    """A million summaries: written, loaded, grouped; what they take in memory."""
    pa, pq = arrow(), parquet()
    design = ensembles.sample(crisis, draws=64)
    few = ensembles.run(crisis, design, plans=PLANS, workers=None).table()
    rng = np.random.default_rng(0)
    files = 256
    per = -(-MILLION // files)
    with tempfile.TemporaryDirectory() as folder:
        for i in range(files):
            block = few.take(pa.array(np.arange(per) % few.num_rows))
            for j, name in enumerate(block.column_names):
                if name not in FIRST_COLUMNS:
                    moved = block[name].to_numpy() + 1e-3 * rng.standard_normal(per)
                    block = block.set_column(j, name, pa.array(moved))
            pq.write_table(block, Path(folder) / f"block-{i:06d}.parquet", compression="zstd")
        on_disk = sum(p.stat().st_size for p in Path(folder).iterdir())

        def two_columns() -> Any:
            some = ensembles.read_rows(folder, ["plan", "settled_12", "value_a"])
            return some.group_by("plan").aggregate([("settled_12", "mean"), ("value_a", "mean")])

        def everything() -> Any:
            every = ensembles.read_rows(folder)
            return every, every.group_by("plan").aggregate([("settled_12", "mean")])

        two_columns()
        _, some, some_cpu = clocked(two_columns)
        (every, _), whole, whole_cpu = clocked(everything)
        rows = [
            ("load two columns and group by plan", f"{some:.2f} s", f"{some_cpu:.2f} s", "< 1 s"),
            (f"load all {every.num_columns} columns and group", f"{whole:.2f} s", f"{whole_cpu:.2f} s", ""),
            ("memory of all of them", f"{every.nbytes / 1e6:.0f} MB", "", "<= 1 GB"),
            ("on disk", f"{on_disk / 1e6:.0f} MB", "", ""),
        ]  # fmt: skip
    table(
        f"{per * files:,} summaries in {files} files",
        ("what", "clock", "processor", "target"),
        rows,
    )


def everything(crisis: Crisis) -> list[tuple[str, str, str]]:
    """A thousand draws of two plans under five readings, stopped after a part, and taken up again."""
    readings = list(crisis.readings)[:5]
    design = ensembles.sample(crisis, draws=1000)
    with tempfile.TemporaryDirectory() as folder:
        solve_all = partial(
            ensembles.run,
            crisis,
            design,
            plans=PLANS,
            readings=readings,
            workers=None,
            folder=folder,
        )

        def stop(label: str, done: int, total: int) -> None:
            if done > total // 10:
                raise KeyboardInterrupt

        def begun() -> None:
            with contextlib.suppress(KeyboardInterrupt):
                solve_all(progress=stop)

        _, first, _ = clocked(begun)
        kept = sum(1 for _ in (Path(folder) / "summaries").glob("*.parquet"))
        found, rest, _ = clocked(solve_all)
        _, again, _ = clocked(solve_all)
    of = f"1,000 draws x 2 plans x {len(readings)} readings"
    return [
        (f"{of}: stopped by Ctrl-C, {kept} blocks kept", f"{first / 60:.1f} min", ""),
        (f"{of}: taken up, all {found.solved:,} solves there", f"{rest / 60:.1f} min", ""),
        (f"{of}: both parts", f"{(first + rest) / 60:.1f} min", "<= 45 min"),
        (f"{of}: the same call once more", f"{again:.1f} s", ""),
    ]


def whole(crisis: Crisis, each: float, long: bool) -> None:
    """A thousand draws of one plan; a thousand of two plans under five readings."""
    rows = []
    if long:
        design = ensembles.sample(crisis, draws=1000)
        for plan in PLANS:
            with tempfile.TemporaryDirectory() as folder:
                solve_all = partial(
                    ensembles.run, crisis, design, plans=[plan], workers=None, folder=folder
                )
                found, wall, _ = clocked(solve_all)
            what = f"1,000 draws of {plan}, {len(found.failures(plan))} failed"
            rows.append((what, f"{wall / 60:.1f} min", "<= 5 min"))
        rows += everything(crisis)
    for what, solves, target in (
        ("1,000 draws of one plan, reckoned from the slower rate", 1_000, "<= 5 min"),
        ("1,000 draws x 2 plans x 5 readings, reckoned", 10_000, "<= 45 min"),
    ):
        rows.append((what, f"{solves * each / 120:.1f} min", target))
    table("End to end on two cores", ("what", "time", "target"), rows)


def statistics() -> None:
    """Rows of the statistics, if their benchmark is there."""
    if importlib.util.find_spec("ensembles_statistics") is None:
        return
    print("\n### Statistics\n")
    importlib.import_module("ensembles_statistics").main()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--draws", type=int, default=64, help="draws of a sketch (draft: an eighth)"
    )
    parser.add_argument("--long", action="store_true", help="run the thousand draws")
    parser.add_argument("--no-statistics", action="store_true", help="solves only")
    asked = parser.parse_args()
    crisis = load(CRISIS)
    warm(crisis, 1)
    each = rates(crisis, asked.draws)
    parts(crisis)
    workers_table(crisis, asked.draws)
    accuracy(crisis, max(16, asked.draws // 4))
    million_rows(crisis)
    whole(crisis, each, asked.long)
    if not asked.no_statistics:
        statistics()


if __name__ == "__main__":
    main()
