"""Where blocks are worked on: here, in worker processes, or on a cluster.

All three give the blocks back in whatever order they are done; the caller knows each by its number. Each
solve runs on one thread, so that processors are used by solves rather than shared within one.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager

from offramp.ensembles.work import Block, Rows, Setting, packed, perform, perform_packed

AHEAD = 2
"""Blocks given out per worker: one worked on, one waiting."""
_POOLS: dict[int, ProcessPoolExecutor] = {}
"""Worker processes by their number. Starting one takes over a second, so they are kept."""


def in_turn(setting: Setting, blocks: Sequence[tuple[int, Block]]) -> Generator[tuple[int, Rows]]:
    """Blocks one after another in this process."""
    with _one_thread():
        for number, block in blocks:
            yield number, perform(setting, block)


def in_processes(
    setting: Setting, blocks: Sequence[tuple[int, Block]], workers: int
) -> Generator[tuple[int, Rows]]:
    """Blocks in worker processes, as they are done. If the caller stops, so do they."""
    key, pickled = packed(setting)
    executor = kept(workers)
    waiting: dict[Future[Rows], int] = {}
    left = iter(blocks)
    try:
        while True:
            while len(waiting) < AHEAD * workers and (some := next(left, None)) is not None:
                number, block = some
                waiting[executor.submit(perform_packed, key, pickled, block)] = number
            if not waiting:
                return
            done, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in sorted(done, key=lambda f: waiting[f]):
                yield waiting.pop(future), future.result()
    except BaseException:
        stop(workers)
        raise


def kept(count: int) -> ProcessPoolExecutor:
    """Worker processes, started if there are none of this number."""
    if count not in _POOLS:
        _POOLS[count] = ProcessPoolExecutor(
            count, multiprocessing.get_context("spawn"), initializer=_prepare
        )
    return _POOLS[count]


def _prepare() -> None:
    """One thread per worker's solves; an interrupt is the main process's to handle."""
    os.environ["OFFRAMP_THREADS"] = "1"
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A worker whose main process was killed would wait for work for ever: it ends instead."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def stop(count: int) -> None:
    """Give up queued and running work at once; the next :func:`kept` starts anew.

    Nothing is cancelled: the pool's own thread, which sees its workers end, fails what is pending, and in
    CPython 3.11 dies of a cancelled future, after which the interpreter never exits.
    """
    executor = _POOLS.pop(count, None)
    if executor is None:
        return
    for worker in list((executor._processes or {}).values()):
        worker.terminate()
    executor.shutdown(wait=False)


@contextmanager
def _one_thread() -> Iterator[None]:
    before = os.environ.get("OFFRAMP_THREADS")
    os.environ["OFFRAMP_THREADS"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["OFFRAMP_THREADS"]
        else:
            os.environ["OFFRAMP_THREADS"] = before
