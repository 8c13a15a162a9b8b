"""Worker processes end with the process that started them; pieces are written whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from offramp.ensembles.store import _put

SCRIPT = """
import os, time
from offramp.ensembles.pool import kept

if __name__ == "__main__":
    print(kept(1).submit(os.getpid).result(), flush=True)
    time.sleep(600)
"""


def test_workers_end_when_the_main_process_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "main.py"
    script.write_text(SCRIPT)
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as main:
        assert main.stdout is not None
        worker = int(main.stdout.readline())
        os.kill(worker, 0)  # it is there
        main.send_signal(signal.SIGKILL)
        main.wait()
        for _ in range(300):
            if _gone(worker):
                return
            time.sleep(0.1)
    os.kill(worker, signal.SIGKILL)
    raise AssertionError("the worker outlived its main process by half a minute")


def _gone(process: int) -> bool:
    """Whether a process has ended (one that nobody has waited for yet has)."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    status = Path(f"/proc/{process}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z"


def test_two_writers_of_one_piece_do_not_get_in_each_others_way(tmp_path: Path) -> None:
    place = tmp_path / "block.parquet"

    def write(letter: str) -> None:
        for _ in range(200):
            _put(place, letter.encode() * 1000)
            assert place.read_bytes() in (b"a" * 1000, b"b" * 1000)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(write, "a"), pool.submit(write, "b")]:
            done.result()
    assert [p.name for p in tmp_path.iterdir()] == ["block.parquet"]
