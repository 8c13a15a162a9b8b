"""Compiled kernels: the same solution as the whole-array code beside them, at full speed.

The whole-array (NumPy) code of :mod:`offramp.solution` is the specification and the test oracle; these
kernels follow it step by step for games with two or three types of B and a belief grid. Machine code
is made at first use, for the type counts in use only, and kept on disk (:mod:`._jit`).
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from offramp.game import Game
    from offramp.solution.kernels._backward import Nodes

Kernel = Literal["auto", "numba", "numpy"]

WORTH_COMPILING = 12_000
"""Belief-states times solved rounds below which the NumPy code is used rather than waiting."""

_announced: set[int] = set()


def chosen(game: Game, kernel: Kernel) -> Literal["numba", "numpy"]:
    """Which code solves a game: depends on the game and the wish only, so that results repeat.

    Raises:
        ValueError: if the compiled kernels are asked for a game that they do not cover.
    """
    if kernel not in ("auto", "numba", "numpy"):
        raise ValueError(f"unknown kernel {kernel!r}; choose 'auto', 'numba' or 'numpy'")
    covered = len(game.types) in (2, 3) and game.grid.size > 1
    if kernel == "numba" and not covered:
        raise ValueError(
            "the compiled kernels cover two or three types of B with a belief grid; this game has "
            f"{len(game.types)} and {game.grid.size} beliefs: use kernel='numpy' or 'auto'"
        )
    if kernel != "auto":
        return kernel
    rounds = int((game.protocol.recognition.sum(1) > 0).sum())
    work = game.layout.size * game.grid.size * rounds
    return "numba" if covered and work >= WORTH_COMPILING else "numpy"


def threads() -> int:
    """Threads for one solve: $OFFRAMP_THREADS, one in worker processes, else one per core."""
    if asked := os.environ.get("OFFRAMP_THREADS"):
        return max(1, int(asked))
    if multiprocessing.parent_process() is not None:
        return 1
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


@contextmanager
def pool(count: int | None = None) -> Iterator[ThreadPoolExecutor | None]:
    """Threads that share the blocks of a solve, or None for one thread."""
    count = threads() if count is None else count
    if count <= 1:
        yield None
        return
    with ThreadPoolExecutor(count, "offramp") as executor:
        yield executor


def compiled(types: int) -> bool:
    """Whether machine code for a type count is on disk."""
    from offramp.solution.kernels._jit import cache_folder

    wanted = {2: ("solve_two",), 3: ("solve_two", "solve_three")}[types] + ("evaluate",)
    return all(any(cache_folder().rglob(f"*{name}*.nbc")) for name in wanted)


def nodes_of(game: Game, precision: tuple[float, float]) -> Nodes:
    """The decision nodes of a game, ready for the kernels; says so if machine code must be made."""
    types = len(game.types)
    if types not in _announced:
        _announced.add(types)
        if not compiled(types):
            print(
                f"offramp: compiling the solver for {types} types of B (once, some 15 to 30 seconds; "
                "`offramp warmup` does it ahead)",
                file=sys.stderr,
                flush=True,
            )
    from offramp.solution._typed import SCHEME
    from offramp.solution.kernels._backward import Nodes
    from offramp.solution.kernels._lanes import Scheme

    return Nodes(game, precision, Scheme(*SCHEME))


def warmup() -> dict[int, float]:
    """Make the machine code of every type count ahead of use: seconds taken by each."""
    import time

    from offramp.crisis import load, loads
    from offramp.crisis._starter import text
    from offramp.game import compile_game
    from offramp.solution._solution import solve

    taken = {}
    for crisis in (loads(text()), load("ukraine-2025")):
        start = time.perf_counter()
        game = compile_game(crisis, None, None, "sketch")
        solve(game, kernel="numba")
        taken[len(game.types)] = time.perf_counter() - start
    return taken
