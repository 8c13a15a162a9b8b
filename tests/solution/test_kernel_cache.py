"""Machine code on disk: never stale, made for what is in use only, and no condition of working.

Every test runs a fresh Python with a cache folder of its own, because what is compiled once in a process
stays compiled in it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from llvmlite import binding

import offramp

pytestmark = pytest.mark.slow

SOURCE = Path(offramp.__file__).parent
REPOSITORY = Path(__file__).parents[2]

ONE_KERNEL = """
import json
import numpy as np
from offramp.solution.kernels import _grid, _jit

at, points = np.zeros(1, dtype=np.int64), np.eye(2)
ca = np.array([[[0.1, 0.3], [0.2, 0.5]], [[0.0, 0.4], [0.1, 0.2]]])
table_a, table_b = np.empty((1, 2, 2, 2)), np.empty((1, 2, 2, 2))
log_w, stays = np.empty((1, 2)), np.empty((1, 2))
_grid.review_tables(
    at, points, 3.0, 0.05, at, at + 1, np.zeros(1), np.zeros((1, 2)), ca, ca + 0.1, table_a, table_b,
    log_w, stays,
)
print(json.dumps({"stays": stays[0].tolist(), "hash": _jit.source_hash()}))
"""
"""Runs one kernel that calls exp_ from another module, and prints A's chances to keep a settlement."""

TWO_TYPES = """
import json
from tests.game.small_crises import TINY, small
from offramp.game import compile_game
from offramp.solution._induction import induce
from offramp.solution.kernels import _two

values = induce(compile_game(small(), "idle", None, TINY), 5.0, kernel="numba")
assembly = "".join(_two.solve_two.inspect_asm().values())
print(json.dumps({"a": values.a[0].tolist(), "assembly": assembly}))
"""
"""Solves a game with two types backwards and prints its opening values and the machine's code."""


def run(script, cache, folders, home):
    """What a fresh Python prints, as JSON, and what it says on standard error."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("NUMBA_", "COV"))}
    environment |= {
        "PYTHONPATH": os.pathsep.join(map(str, folders)),
        "OFFRAMP_CACHE": str(cache),
        "OFFRAMP_THREADS": "1",
        # Wherever else machine code might be put is below ``home``, too.
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "xdg"),
        "TMPDIR": str(home),
    }
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=home, capture_output=True, text=True,
        timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


def machine_code(folder):
    """Files of machine code below a folder, with the times they were written at."""
    return {p: p.stat().st_mtime_ns for p in Path(folder).rglob("*.nbc")}


@pytest.fixture
def package(tmp_path):
    """A copy of the package that may be edited: the folder it lies in."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(SOURCE, tmp_path / "copy" / "offramp", ignore=ignored)
    return tmp_path / "copy"


def edit(file, old, new):
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))


def test_an_edit_in_a_module_that_a_kernel_imports_never_runs_stale_code(package, tmp_path):
    cache = tmp_path / "cache"
    leaf = package / "offramp" / "solution" / "kernels" / "_math.py"
    first, _ = run(ONE_KERNEL, cache, [package], tmp_path)
    made = machine_code(cache)
    assert any("review_tables" in p.name for p in made)
    again, _ = run(ONE_KERNEL, cache, [package], tmp_path)
    assert again == first
    assert machine_code(cache) == made, "unchanged source was compiled again"
    # The module of the kernel itself stays as it is: what changes is a polynomial it calls.
    edit(leaf, "p = p * r + 0.5\n", "p = p * r + 0.25\n")
    edited, _ = run(ONE_KERNEL, cache, [package], tmp_path)
    assert edited["hash"] != first["hash"]
    assert abs(edited["stays"][0] - first["stays"][0]) > 1e-6
    fresh = {p: t for p, t in machine_code(cache).items() if p not in made}
    assert all(edited["hash"] in p.parts for p in fresh)
    assert any("review_tables" in p.name for p in fresh)
    # Taken back, the edit brings the first version's code back, too, without compiling.
    edit(leaf, "p = p * r + 0.25\n", "p = p * r + 0.5\n")
    before = machine_code(cache)
    assert run(ONE_KERNEL, cache, [package], tmp_path)[0] == first
    assert machine_code(cache) == before


def test_without_a_place_to_keep_it_code_is_compiled_and_that_is_said(package, tmp_path):
    kept, said = run(ONE_KERNEL, tmp_path / "cache", [package], tmp_path)
    assert said == ""
    (tmp_path / "file").write_text("no folder can be made below a file")
    found, said = run(ONE_KERNEL, tmp_path / "file" / "cache", [package], tmp_path)
    assert found == kept
    assert said.count("cannot keep compiled kernels") == 1
    assert "Set OFFRAMP_CACHE to a folder that can be written" in said


def test_a_cache_folder_that_is_there_but_closed_is_said_too(package, tmp_path):
    """Numba by itself goes on to other places without a word, such as the package's own folder."""
    cache = tmp_path / "cache"
    kept, _ = run(ONE_KERNEL, cache, [package], tmp_path)
    # A file where the compiler's own folder should be: closed, even to who may write anywhere.
    [inner] = {p.parent for p in machine_code(cache)}
    shutil.rmtree(inner)
    inner.write_text("")
    found, said = run(ONE_KERNEL, cache, [package], tmp_path)
    assert found == kept
    strays = machine_code(package)
    assert not strays, f"machine code went to {next(iter(strays)).relative_to(package)}"
    assert "cannot keep compiled kernels" in said


@pytest.fixture(scope="module")
def cold(tmp_path_factory):
    """A game with two types solved twice with one cache folder, empty at first.

    What it printed and said each time, and the files of machine code after each.
    """
    home = tmp_path_factory.mktemp("cold")
    runs = []
    for _ in range(2):
        out, said = run(TWO_TYPES, home / "cache", [SOURCE.parent, REPOSITORY], home)
        runs.append((out, said, machine_code(home / "cache")))
    return runs


def test_a_game_with_two_types_does_not_wait_for_the_code_of_three(cold):
    _, said, made = cold[0]
    names = {re.sub(r"-.*", "", p.name) for p in made}
    assert "_two.solve_two" in names
    assert "_grid.evaluate" in names
    assert not [name for name in names if name.startswith("_three.")]
    # Nor for what follows particles forward, which a backward solve does not do.
    assert not [name for name in names if name.startswith("_push.")]
    assert "compiling the solver for 2 types of B" in said


def test_a_second_process_takes_the_code_from_the_disk_and_finds_the_same(cold):
    (first, _, made), (second, _, after) = cold
    assert second["a"] == first["a"]
    assert after == made


def test_the_look_up_of_payoffs_is_vectorised(cold):
    """Without the promise that arrays do not overlap the loops would run number by number."""
    features = binding.get_host_cpu_features()
    assembly = cold[0][0]["assembly"]
    assert "solve_two" in assembly
    if features.get("avx512f"):
        assert assembly.count("vgather") >= 4, "two payoffs at two neighbouring beliefs"
    elif features.get("avx2"):
        # There compilers may think gathering dearer than loading numbers one by one; the
        # arithmetic on them is four wide in any case.
        assert len(re.findall(r"\bv(?:mul|fmadd\w*)pd\b.*%ymm", assembly)) > 40
    else:
        pytest.skip("neither AVX2 nor AVX-512 on this processor: no such instructions to look for")
