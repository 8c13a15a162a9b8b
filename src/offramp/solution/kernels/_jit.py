"""How kernels are compiled and where their machine code is kept.

Machine code is cached on disk, in a folder named by a hash of the source of every module in this
package, the versions of Numba and llvmlite and the flags below. Numba's own cache looks at the
module of a compiled function only, so an edit in a module it calls would run stale code; here any
edit of any kernel module is another folder. The folder is ``$OFFRAMP_CACHE/kernels`` or
``kernels`` in the user's cache folder for Offramp; if it cannot be written, code is compiled again in
each process and that is said once.

Flags: contraction, signed zeros, reciprocals and approximate functions are relaxed; reassociation
is not (the exponential function rests on the order of its additions), nor are infinities and NaN.
"noalias" promises LLVM that array arguments do not overlap, which vectorises table look-ups; callers
pass distinct arrays.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite
import numba
from numba.core.caching import UserProvidedCacheLocator
from numba.core.compiler import CompilerBase, DefaultPassBuilder

RELAXED = {"contract", "nsz", "arcp", "afn"}
KEPT_DAYS = 30
"""Folders of other versions that nobody used for so long are removed."""


class NoAlias(CompilerBase):
    """Numba's compiler with the promise that array arguments do not overlap."""

    def define_pipelines(self) -> list[Any]:
        self.state.flags.noalias = True
        built: Any = DefaultPassBuilder
        return [built.define_nopython_pipeline(self.state)]


def source_hash(folder: Path | None = None) -> str:
    """Hash of the sources of all kernel modules and of what compiles them."""
    digest = hashlib.sha256()
    here = folder if folder is not None else Path(__file__).parent
    for path in sorted(here.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    made_by = (
        numba.__version__,
        llvmlite.__version__,
        sys.implementation.cache_tag,
        *sorted(RELAXED),
    )
    digest.update(repr(made_by).encode())
    return digest.hexdigest()[:20]


def cache_root() -> Path:
    """Folder under which machine code is kept."""
    if chosen := os.environ.get("OFFRAMP_CACHE"):
        return Path(chosen).expanduser() / "kernels"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "offramp" / "kernels"
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "offramp" / "kernels"


@cache
def cache_folder() -> Path:
    """This version's folder, made if need be; a temporary one if the usual place is read-only."""
    folder = cache_root() / source_hash()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(folder)
        with tempfile.TemporaryFile(dir=folder):
            pass
        if not _usable(folder):
            raise OSError(f"something is in the way in {folder}")
    except OSError as error:
        folder = Path(tempfile.mkdtemp(prefix="offramp-kernels-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        print(
            f"offramp: cannot keep compiled kernels ({error}); they are compiled again in every "
            "process. Set OFFRAMP_CACHE to a folder that can be written.",
            file=sys.stderr,
        )
        return folder
    _forget_old(folder)
    return folder


def _usable(folder: Path) -> bool:
    """Whether Numba can keep this package's code below the folder (else it goes elsewhere unasked)."""
    with _config(folder):
        locator: Any = UserProvidedCacheLocator
        return locator.from_function(source_hash, __file__) is not None


def _forget_old(current: Path) -> None:
    """Remove folders of other versions that were not used for a month."""
    limit = time.time() - KEPT_DAYS * 86_400
    for other in current.parent.iterdir():
        with contextlib.suppress(OSError):
            if other != current and other.is_dir() and other.stat().st_mtime < limit:
                shutil.rmtree(other)


@contextlib.contextmanager
def _config(folder: Path) -> Iterator[None]:
    """Numba reads its cache folder when a function is decorated: set it for ours only."""
    config: Any = numba.config
    before = config.CACHE_DIR
    config.CACHE_DIR = str(folder)
    try:
        yield
    finally:
        config.CACHE_DIR = before


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a driver: cached, without the GIL, arguments that do not overlap."""
    with _config(cache_folder()):
        made: Callable[..., Any] = numba.njit(
            cache=True, nogil=True, fastmath=RELAXED, error_model="numpy", pipeline_class=NoAlias
        )(function)
        return made


def leaf(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a small function that is inlined where it is called."""
    with _config(cache_folder()):
        made: Callable[..., Any] = numba.njit(
            cache=True,
            nogil=True,
            fastmath=RELAXED,
            error_model="numpy",
            forceinline=True,
            pipeline_class=NoAlias,
        )(function)
        return made
