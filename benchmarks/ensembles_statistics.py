"""Speed of the statistics of ensembles: Sobol indices and scenario discovery, each against its peer.

Called by ``./dev bench ensembles``; alone: ``python benchmarks/ensembles_statistics.py``. Best of three
runs in this process, wall clock, one thread. The peers (SALib, EMA Workbench) are optional: without them
our own time is printed. Nothing is asserted. Each row: what, seconds, target, the peer's seconds, ratio.

* Sobol: 131,072 base points x 12 inputs (1,835,008 outcomes), first and total order with 100 bootstrap
  resamples, in both.
* PRIM: 100,000 rows x 8 inputs, one box by peeling and pasting with alpha .05 down to 5 % of the rows, in
  both; cases of interest are a planted box with a tenth of all labels flipped, so that peeling goes on to
  the end in both.
"""

from __future__ import annotations

import importlib.util
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from offramp.ensembles.discovery import best_box, discover_boxes, paste, peel
from offramp.ensembles.information import value_of_information
from offramp.ensembles.sobol import sobol_indices, sobol_sample
from offramp.ensembles.trees import grow

RUNS = 3


def best_of(work: Callable[[], Any], runs: int = RUNS) -> float:
    """Seconds of the fastest run."""
    found = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def there(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def sobol_row() -> tuple[str, float, float, float | None]:
    names = [f"x{j}" for j in range(12)]
    sample = sobol_sample(names, 131_072)
    slopes = np.arange(1.0, 13.0)
    outcomes = sample.evaluate(lambda u: u @ slopes + 5 * u[:, 0] * u[:, 11])
    ours = best_of(lambda: sobol_indices(sample, outcomes, resamples=100))
    theirs = None
    if there("SALib"):
        from SALib.analyze import sobol

        blocks = outcomes.values.reshape(14, -1)
        rows = np.concatenate([blocks[:1], blocks[2:], blocks[1:2]]).T.ravel()
        problem = {"num_vars": 12, "names": names, "bounds": [[0.0, 1.0]] * 12}

        def peer() -> None:
            sobol.analyze(problem, rows, calc_second_order=False, num_resamples=100, seed=1)

        theirs = best_of(peer)
    return "Sobol indices, 131,072 x 12, 100 resamples", ours, 1.0, theirs


def planted(rows: int = 100_000, inputs: int = 8) -> tuple[Any, Any, list[str]]:
    rng = np.random.default_rng(0)
    X = rng.random((rows, inputs))
    y = ((X[:, 0] < 0.4) & (X[:, 3] > 0.5)) ^ (rng.random(rows) < 0.1)
    return X, y, [f"x{j}" for j in range(inputs)]


def prim_row() -> tuple[str, float, float, float | None]:
    X, y, names = planted()

    def one_box() -> None:
        paste(best_box(peel(X, y, names)), X, y, names)

    ours = best_of(one_box)
    theirs = None
    if there("ema_workbench"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pandas as pd
            from ema_workbench.analysis import prim

            table = pd.DataFrame(X, columns=names)

            def peer() -> None:
                prim.Prim(table, y, threshold=0.1, peel_alpha=0.05, mass_min=0.05).find_box()

            theirs = best_of(peer)
    return "PRIM, one box, 100,000 x 8", ours, 1.0, theirs


def statistics_rows() -> list[tuple[str, float, float | None, float | None]]:
    """All rows: what, seconds, target seconds, seconds of the peer."""
    X, y, names = planted()
    rows: list[tuple[str, float, float | None, float | None]] = [sobol_row(), prim_row()]
    whole = best_of(lambda: discover_boxes(X, y, names))
    rows.append(("PRIM, all boxes, quasi-p, held out", whole, None, None))
    rows.append(("CART, 100,000 x 8", best_of(lambda: grow(X, y, names)), None, None))
    rng = np.random.default_rng(1)
    inputs, worth = rng.random((1024, 60)), rng.standard_normal((1024, 3))
    many = [f"x{j}" for j in range(60)]
    value = best_of(lambda: value_of_information(inputs, worth, many, ["p", "q", "r"]), 1)
    rows.append(("Value of finding out, 1,024 draws x 60 inputs x 3 plans", value, None, None))
    return rows


def main() -> None:
    print("| what | seconds | target | peer, seconds | ratio |")
    print("|---|---|---|---|---|")
    for what, ours, target, theirs in statistics_rows():
        limit = "" if target is None else f"<= {target:g}"
        peer = "" if theirs is None else f"{theirs:.2f}"
        ratio = "" if theirs is None else f"{theirs / ours:.0f} x"
        print(f"| {what} | {ours:.3f} | {limit} | {peer} | {ratio} |")


if __name__ == "__main__":
    main()
