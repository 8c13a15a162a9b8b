"""Many solves of one crisis, in parallel, each reduced to what comparisons need.

A :class:`Task` names a plan, an offer rule, a precision and a change of grid or horizon; a
:class:`Run` holds the headline numbers that came of it. Tasks run in worker processes (or here, for
one worker) and come back in the order asked for, so results do not depend on the number of workers.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from offramp.crisis import Crisis
from offramp.ensembles.pool import kept, stop
from offramp.game import Resolution, compile_game
from offramp.solution import Certificate, Headline, Solution, neighbours, solve, with_probe

Progress = Callable[[str, int, int], None]
J = TypeVar("J")
R = TypeVar("R")
S = TypeVar("S")


@dataclass(frozen=True)
class Task:
    """One solve: plan, offer (False = the plan's own), precision, resolution, name of a refinement.

    ``probe``: also look for choices with several solutions.
    """

    plan: str
    offer: str | bool | None
    precision: float
    resolution: Resolution
    reading: str | None = None
    check: str | None = None
    probe: bool = False


@dataclass(frozen=True)
class Run:
    """What a solve says about a plan.

    Attributes:
        value_a: A's value at the start; ``value_b`` B's by type (own stakes).
        settled, war, ceasefire, waiting, disaster, lost: Probability by month of being in a
            settlement, war, ceasefire, stand-off, disaster, or of A having collapsed.
        first_deal: Probability that a first deal has been signed, by month.
        certificate: What the solve shows by itself.
    """

    task: Task
    value_a: float
    value_b: tuple[float, ...]
    settled: tuple[float, ...]
    war: tuple[float, ...]
    ceasefire: tuple[float, ...]
    waiting: tuple[float, ...]
    disaster: tuple[float, ...]
    lost: tuple[float, ...]
    first_deal: tuple[float, ...]
    certificate: Certificate

    @property
    def met(self) -> bool:
        """Whether the certificate is met."""
        return self.certificate.met

    def headline(self, month: int) -> Headline:
        """Headline numbers at a month.

        Raises:
            IndexError: for a month beyond the horizon of this run.
        """
        return Headline(
            month,
            self.value_a,
            self.value_b,
            self.at("settled", month),
            self.at("war", month),
            self.at("ceasefire", month),
            self.at("disaster", month),
        )

    def at(self, series: str, month: int) -> float:
        """A probability by month.

        Raises:
            IndexError: for a month beyond the horizon of this run.
        """
        values: tuple[float, ...] = getattr(self, series)
        return values[month]

    @property
    def horizon(self) -> int:
        """Last month of the run."""
        return len(self.settled) - 1


def reduce(solution: Solution, task: Task) -> Run:
    """Headline numbers of a solution."""
    f, game = solution.futures, solution.game
    end = game.shown + 1
    return Run(
        task=task,
        value_a=solution.opening_a,
        value_b=solution.opening_b,
        settled=_series(f.regime[:end, 3]),
        war=_series(f.regime[:end, 1]),
        ceasefire=_series(f.regime[:end, 2]),
        waiting=_series(f.regime[:end, 0]),
        disaster=_series(f.regime[:end, 7]),
        lost=_series(f.regime[:end, 4]),
        first_deal=_series(f.first_deal[:end]),
        certificate=with_probe(solution.certificate, solution.several)
        if task.probe
        else solution.certificate,
    )


def _series(values: np.ndarray) -> tuple[float, ...]:
    return tuple(float(v) for v in values)


def perform(crisis: Crisis, task: Task) -> Run:
    """Compile, solve and reduce one task."""
    game = compile_game(crisis, task.plan, task.reading, task.resolution, offer=task.offer)
    if task.check is not None:
        game = {x.name: x for x in neighbours(game)}[task.check].apply(game)
    return reduce(solve(game, task.precision), task)


_SHARED: dict[str, Any] = {}
"""In a worker process: what its last jobs shared (a crisis, mostly), by the hash of its pickle."""


def _work(key: str, pickled: bytes, perform_one: Callable[[Any, J], R], job: J) -> R:
    if key not in _SHARED:
        _SHARED.clear()
        _SHARED[key] = pickle.loads(pickled)
    return perform_one(_SHARED[key], job)


def run_all(
    crisis: Crisis,
    tasks: Sequence[Task],
    workers: int | None = 1,
    progress: Progress | None = None,
    label: str = "solving",
) -> list[Run]:
    """Perform tasks in order, on several processes if that pays.

    Args:
        crisis: The crisis.
        tasks: What to solve.
        workers: Processes, at most as many as tasks; None means one per core. More than one starts
            Python again, so a script that asks for it needs ``if __name__ == "__main__":``.
        progress: Told (label, done, total).
        label: What the progress is called.
    """
    return in_parallel(crisis, perform, tasks, workers, progress, label)


def in_parallel(
    shared: S,
    perform_one: Callable[[S, J], R],
    jobs: Sequence[J],
    workers: int | None,
    progress: Progress | None,
    label: str,
) -> list[R]:
    """``perform_one(shared, job)`` for every job, in order; other arguments as :func:`run_all`.

    ``shared`` is what all jobs need, mostly the crisis: each process is given it once. ``perform_one``
    is a function of a module: worker processes look it up by name.
    """
    count = min(len(jobs), workers or os.cpu_count() or 1)
    found: list[R] = []
    if count <= 1:
        for job in jobs:
            found.append(perform_one(shared, job))
            _tell(progress, label, len(found), len(jobs))
        return found
    pool = kept(count)
    pickled = pickle.dumps(shared)
    key = hashlib.sha256(pickled).hexdigest()
    try:
        asked = [pool.submit(_work, key, pickled, perform_one, job) for job in jobs]
        for one in asked:
            found.append(one.result())
            _tell(progress, label, len(found), len(jobs))
    except BaseException:
        stop(count)
        raise
    return found


def _tell(progress: Progress | None, label: str, done: int, total: int) -> None:
    if progress is not None:
        progress(label, done, total)
