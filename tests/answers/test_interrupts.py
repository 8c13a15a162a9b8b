"""Ctrl-C while several processes work: what is done is returned, and the interpreter ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from offramp.ensembles.pool import kept, stop

ROOT = Path(__file__).resolve().parents[2]

SCRIPT = """
import sys, time

def slow(shared, job):
    time.sleep(0.1 if job == 0 else 30)
    return job

if __name__ == "__main__":
    from offramp.answers._runs import in_parallel

    def told(label, done, total):
        print("done", done, flush=True)

    try:
        in_parallel(bytes(500_000), slow, range(12), 2, told, "working")
    except KeyboardInterrupt:
        print("interrupted", flush=True)
    sys.exit(7)
"""
"""The payload is larger than a pipe holds, so that the pool's own thread is stuck in writing it."""


def heeds_interrupts() -> None:
    """In a child: heed Ctrl-C even if this run itself was started as a job that ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_stopping_fails_what_is_pending_and_cancels_nothing() -> None:
    """A cancelled future would kill the pool's own thread in CPython 3.11, and with it the way out."""
    pool = kept(2)
    futures = [pool.submit(time.sleep, 30) for _ in range(12)]
    stop(2)
    done, waiting = wait(futures, timeout=20)
    assert not waiting
    assert not any(future.cancelled() for future in done)
    assert all(isinstance(future.exception(), BrokenProcessPool) for future in done)
    assert kept(2) is not pool
    assert kept(2).submit(abs, -3).result(timeout=20) == 3
    stop(2)


def test_an_interrupted_pool_lets_the_interpreter_end(tmp_path: Path) -> None:
    script = tmp_path / "work.py"
    script.write_text(SCRIPT, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(
        [sys.executable, str(script)], env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=heeds_interrupts,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "done 1\n"
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        try:
            out, err = process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    assert process.returncode == 7
    assert out == "interrupted\n"
    assert "InvalidStateError" not in err
